"""Opening and closing credits: chapters that say what a book is, who wrote it, and who reads it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from pipeline.engines import choose, speaker
from pipeline.model import Block, Book, Chapter, Settings, Span, Voice

# What the two chapters are called within their book, where they stay the same from build to build.
OPENING, CLOSING = FILES = ("opening-credits", "closing-credits")
# Whole licences stand in this field too; they go into the tags, and nobody wants them read.
LONGEST_RIGHTS = 300


@dataclass(frozen=True, slots=True)
class Words:
    """What stands around the names in a language; `{}` is what it is about."""

    opening: str
    closing: str
    written: str
    translated: str
    narrated: str
    was: str
    end: str
    also: str


WORDS = {
    "en": Words(
        "Opening Credits", "Closing Credits",
        "written by {}", "translated by {}", "narrated by {}", "This was {}", "The End.", " and ",
    ),
    "de": Words(
        "Vorspann", "Abspann",
        "geschrieben von {}", "übersetzt von {}", "gelesen von {}", "Das war {}", "Ende.", " und ",
    ),
    "fr": Words(
        "Générique de début", "Générique de fin",
        "écrit par {}", "traduit par {}", "lu par {}", "Vous avez écouté {}", "Fin.", " et ",
    ),
    "es": Words(
        "Créditos iniciales", "Créditos finales",
        "escrito por {}", "traducido por {}", "leído por {}", "Ha escuchado {}", "Fin.", " y ",
    ),
    "it": Words(
        "Titoli di testa", "Titoli di coda",
        "scritto da {}", "tradotto da {}", "letto da {}", "Avete ascoltato {}", "Fine.", " e ",
    ),
    "pt": Words(
        "Créditos iniciais", "Créditos finais",
        "escrito por {}", "traduzido por {}", "lido por {}", "Este foi {}", "Fim.", " e ",
    ),
}  # fmt: skip
# In other languages the names alone are said; what the chapters are called is only seen.
BARE = Words("Opening Credits", "Closing Credits", "{}", "{}", "{}", "{}", "", ", ")


def credited(book: Book, voice: Voice, voices: Mapping[str, Voice]) -> Book:
    """The book between its credits, if it asks for them; its chapters are numbered anew.

    `voices` are those that chapters ask for by name; `voice` reads the others and the credits.
    Raises VoiceError.
    """
    if not book.credits:
        return book
    names = narrators(book, voice, voices)
    words = WORDS.get(book.language.partition("-")[0].lower(), BARE)
    first, last = book.chapters[0], book.chapters[-1]
    opening = _chapter(book, words.opening, OPENING, first, _opening(book, words, names))
    closing = _chapter(book, words.closing, CLOSING, last, _closing(book, words, names))
    chapters = enumerate((opening, *book.chapters, closing), 1)
    return replace(
        book,
        chapters=tuple(replace(chapter, number=number) for number, chapter in chapters),
        left_out=tuple(replace(part, number=part.number + 1) for part in book.left_out),
    )


def narrators(book: Book, voice: Voice, voices: Mapping[str, Voice]) -> tuple[str, ...]:
    """Who is thanked for the voices of a book's chapters and of its cast, each once, in order.

    Raises VoiceError.
    """
    names: dict[str, None] = {}
    for chapter in book.chapters:
        profile = voices.get(chapter.voice or "", voice)
        names[narrator_of(book, profile, choose(profile.settings, chapter.language))] = None
    for part in book.cast:
        if part.voice:
            profile = voices[part.voice]
            names[narrator_of(book, profile, choose(profile.settings, book.language))] = None
    return tuple(names)


def narrator_of(book: Book, voice: Voice, settings: Settings) -> str:
    """Who is thanked for reading: whom the book's settings name, else the profile, else the voice.

    `settings` are the profile's with the voice that was chosen. A narrator whom an ebook itself
    names (role nrt) has read another recording, and is not thanked for this one.
    """
    return book.narrator or voice.narrator or speaker(settings)


def _opening(book: Book, words: Words, names: Sequence[str]) -> Iterator[str]:
    yield book.title
    if book.subtitle:
        yield _sentence(book.subtitle)
    for one in _people(book, words, names, translators=True):
        yield _sentence(one)


def _closing(book: Book, words: Words, names: Sequence[str]) -> Iterator[str]:
    whole = [words.was.format(book.title), *_people(book, words, names, translators=False)]
    if words is BARE:
        yield from map(_sentence, whole)
    else:
        yield _sentence(", ".join(whole))
    rights = " ".join(book.rights.split())
    if rights and len(rights) <= LONGEST_RIGHTS and "://" not in rights:
        yield _sentence(rights)
    if words.end:
        yield words.end


def _people(book: Book, words: Words, names: Sequence[str], *, translators: bool) -> Iterator[str]:
    """Who wrote, translated and reads it, as far as that is known."""
    authors = [person.name for person in book.people if person.role == "aut"]
    if authors or book.author:
        yield words.written.format(_joined(authors or [book.author], words))
    others = [person.name for person in book.people if person.role == "trl"]
    if translators and others:
        yield words.translated.format(_joined(others, words))
    yield words.narrated.format(_joined(names, words))


def _joined(names: Sequence[str], words: Words) -> str:
    *others, last = names
    return f"{', '.join(others)}{words.also}{last}" if others else last


def _sentence(text: str) -> str:
    """With a capital first and a full stop last."""
    text = text.strip()
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?", "…")) else ".")


def _chapter(book: Book, title: str, file: str, beside: Chapter, said: Iterator[str]) -> Chapter:
    """A chapter of these paragraphs; the opening's first is a heading. Messages name the file."""
    paragraphs = [one for one in said if one]
    blocks: list[Block] = []
    at = 0
    for paragraph in paragraphs:
        end = at + len(paragraph)
        heads = file == OPENING and not blocks
        blocks.append(Block("heading", at, end, 1) if heads else Block("paragraph", at, end))
        at = end + 2
    return Chapter(
        number=0,
        title=title,
        author=book.author,
        language=book.language,
        source=beside.source,
        file=file,
        text="\n\n".join(paragraphs),
        blocks=tuple(blocks),
        spans=(Span("file", 0, 0, file),),
        at=-1,
    )
