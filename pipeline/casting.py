"""A book's cast in a chapter: the settings of the narrator, of each part, and of each language."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, partial

from pipeline import engines
from pipeline.engines import choose
from pipeline.errors import VoiceError
from pipeline.model import Book, Chapter, Lexeme, Pace, Part, Script, Settings, Voice
from pipeline.normalize.cast import Cast, Role, Who, phrase_language
from pipeline.normalize.lexicon import Lexicon, lexicon
from pipeline.normalize.pieces import LONGEST_UTTERANCE
from pipeline.script import write

MOST_LANGUAGES = 20  # of phrases in one chapter


@dataclass(frozen=True, slots=True)
class Casting:
    """Who speaks in a chapter, and their settings.

    `choices` say how those came: what was asked for, of which language, and what was chosen.
    Nothing was chosen where there is no voice: `mute` are such languages of phrases. `profiles`
    are those of the parts, by their names.
    """

    cast: Cast
    settings: Mapping[Who, Settings]
    choices: tuple[tuple[Settings, str, Settings | None], ...]
    profiles: Mapping[str, Voice]
    mute: tuple[str, ...] = ()


def named(cast: Iterable[Part], languages: Iterable[tuple[str, str]]) -> Iterator[str]:
    """The voices that a cast, and phrases of other languages, ask for by name."""
    yield from (part.voice for part in cast if part.voice)
    yield from (voice for _, voice in languages)


@dataclass(frozen=True, slots=True)
class Company:
    """All who may speak in a book: `voices` are those that it names, `words` what lexicons have for
    a voice's own words, an engine and a language.
    """

    book: Book
    narrator: Voice
    voices: Mapping[str, Voice]
    words: Callable[[tuple[Lexeme, ...], str, str], Lexicon]


# What was asked for, of which language, and what was chosen, if there is a voice.
Choice = tuple[Settings, str, Settings | None]


def caster(
    book: Book, narrator: Voice, voices: Mapping[str, Voice]
) -> Callable[[Chapter], Casting]:
    """What gives each chapter of a book its casting; `voices` are those that it names."""
    return partial(_casting, Company(book, narrator, voices, cache(partial(_words, book))))


def _words(book: Book, own: tuple[Lexeme, ...], engine: str, language: str) -> Lexicon:
    """How words are said in a book by a voice that has words of its own."""
    takes_ipa = "phonemes" in engines.hints(engine)
    return lexicon(book.lexicon_with(own), engine, language, takes_ipa=takes_ipa)


def _casting(company: Company, chapter: Chapter) -> Casting:
    book, narrator = company.book, company.voices.get(chapter.voice or "", company.narrator)
    asked = [*_asked(book.cast, narrator, company.voices)]
    profiles = {name: profile for name, profile, _ in asked}
    choices: dict[Who, Choice] = {
        (name, ""): (one, chapter.language, _chosen(one, chapter.language, name))
        for name, _, one in asked
    }
    languages = _phrases(chapter)
    choices |= _of_phrases(company, choices, languages[:MOST_LANGUAGES])
    settings = {who: chosen for who, (_, _, chosen) in choices.items() if chosen}
    roles = {}
    for (name, language), one in settings.items():
        own = (_own_voice(company, language) or profiles[name]).lexicon
        words = company.words(own, one.engine, language or chapter.language)
        roles[name, language] = _role(one, words)
    mute = [one for one in languages if any((name, one) not in settings for name in profiles)]
    cast = Cast(roles, book.cast)
    return Casting(cast, settings, tuple(choices.values()), profiles, tuple(mute))


def _of_phrases(
    company: Company, choices: Mapping[Who, Choice], languages: Iterable[str]
) -> dict[Who, Choice]:
    """What is chosen for phrases of other languages, by whoever speaks them."""
    found: dict[Who, Choice] = {}
    for language in languages:
        theirs = _own_voice(company, language)
        for (name, _), (asked, _, chosen) in choices.items():
            one = theirs.settings if theirs else _of_another_language(chosen or asked)
            found[name, language] = (one, language, _chosen_if_there(one, language))
    return found


def _asked(
    cast: Iterable[Part], narrator: Voice, voices: Mapping[str, Voice]
) -> Iterator[tuple[str, Voice, Settings]]:
    """The profiles of the narrator and of each part, with what a part has of its own."""
    yield "", narrator, narrator.settings
    for part in cast:
        voice = voices[part.voice] if part.voice else narrator
        yield part.name, voice, replace(voice.settings, **dict(part.changes))  # type: ignore[arg-type]


def _chosen(asked: Settings, language: str, part: str) -> Settings:
    try:
        found = choose(asked, language)
        engines.check(found)
    except VoiceError as error:
        raise VoiceError(f"[cast] {part}: {error}" if part else str(error)) from error
    return found


def _chosen_if_there(asked: Settings, language: str) -> Settings | None:
    try:
        return choose(asked, language)
    except VoiceError:  # whoever reads the rest says it, too, and a notice that it is so
        return None


def _of_another_language(settings: Settings) -> Settings:
    """The same without its voice, so that one is chosen; a variant stays, as in "+f3".

    A voice of no language speaks them all.
    """
    info = engines.info(settings)
    if info is not None and not info.languages:
        return settings
    _, plus, variant = settings.voice.partition("+")
    return replace(settings, voice=plus + variant, file="")


def _own_voice(company: Company, language: str) -> Voice | None:
    """What audiobook.toml says of a language, or of the language that it is a kind of."""
    told = dict(company.book.languages)
    name = told.get(language) or told.get(language.partition("-")[0])
    return company.voices[name] if name else None


def _phrases(chapter: Chapter) -> list[str]:
    """The other languages of a chapter's phrases, in order."""
    spans = (span for span in chapter.spans if span.kind == "language")
    found = dict.fromkeys(phrase_language(span.value, chapter.language) for span in spans)
    return [language for language in found if language]


def _role(settings: Settings, words: Lexicon) -> Role:
    taken = frozenset(engines.hints(settings.engine))
    longest = engines.longest(settings.engine) or LONGEST_UTTERANCE
    return Role(words, taken, min(longest, LONGEST_UTTERANCE))


def scripted(casting: Casting, write: Callable[[Casting], Script]) -> tuple[Casting, Script]:
    """A chapter's script, and the casting with which it is one that all voices can say.

    IPA that a voice has no sounds for is left out, so that the word is said as it is written.
    """
    first = write(casting)
    unsaid = {
        (line.part, line.language, hint.value)
        for line in first.utterances
        for hint in line.hints
        if hint.value and engines.unsaid(hint.value, casting.settings[line.part, line.language])
    }
    if not unsaid:
        return casting, first
    roles = {
        who: replace(role, unsaid=frozenset(ipa for *one, ipa in unsaid if tuple(one) == who))
        for who, role in casting.cast.roles.items()
    }
    casting = replace(casting, cast=replace(casting.cast, roles=roles))
    return casting, write(casting)


def script_of(chapter: Chapter, pace: Pace, casting: Casting, *, explained: bool = False) -> Script:
    """A chapter's script that all voices can say."""
    _, found = scripted(
        casting, lambda who: write(chapter, pace, cast=who.cast, explained=explained)
    )
    return found


def key_of(cast: Cast) -> list[list[object]]:
    """All of a cast that a script depends on."""
    parts: list[list[object]] = [[part.name, *part.also] for part in cast.parts]
    for who, role in cast.roles.items():
        parts.append([*who, role.lexicon.key, sorted(role.hints), role.longest])
        parts[-1] += [sorted(role.unsaid)] if role.unsaid else []
    return parts
