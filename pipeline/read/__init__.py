"""A source -> Book: what its files hold, and what audiobook.toml and the command say of it."""

from __future__ import annotations

import io
import os
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pipeline.config import (
    LONGER,
    LONGEST_TEXT,
    BookConfig,
    book_file,
    language_tag,
    read_book,
)
from pipeline.errors import ConfigError, SourceError, UsageError, did_you_mean
from pipeline.model import JOINERS, PARTS, Book, Chapter, Cover, Lexeme, Person
from pipeline.normalize import titles
from pipeline.normalize.languages import has_table
from pipeline.normalize.marks import marked
from pipeline.read import formats, lexicon, text
from pipeline.read.chapters import chapters as cut
from pipeline.read.document import Manuscript
from pipeline.read.folder import shown, stories

LANGUAGE = "en-US"
GENRE = "Audiobook"
# Text fields of a Book that are taken as they are.
DETAILS = (
    "subtitle",
    "narrator",
    "series",
    "position",
    "publisher",
    "date",
    "rights",
    "description",
    "guid",
)
STDIN = Path("-")


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command asks of a reader.

    `include` and `exclude` name parts by title, file, or the reason for which they are left out;
    a name that no part has is an error, unless `lenient`: it may be of another book. `lexicon` is
    the file of a person's own pronunciations.
    """

    encoding: str | None = None
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    images: bool = False
    notes: str | None = None
    credits: bool = False
    lexicon: str | None = None
    lenient: bool = False


def read(source: Path, asked: Asked | None = None) -> Book:
    """The book in a folder of stories, in one file, or on stdin.

    Raises SourceError, ConfigError, UsageError.
    """
    asked = asked or Asked()
    config = BookConfig() if source == STDIN else _settings(source)
    encoding = asked.encoding or config.encoding or "utf-8"
    images = asked.images or config.images
    notes = asked.notes or config.notes
    if source.is_dir():
        paths, notices = stories(source, config)
    else:
        paths, notices = [source], ()
    found = [_manuscript(path, encoding, config) for path in paths]
    parts: list[Chapter] = []
    for path, manuscript in zip(paths, found, strict=True):
        parts += _parts(path, manuscript, alone=not source.is_dir(), images=images, notes=notes)
    parts = _configured(parts, config, in_order=source.is_dir())
    parts = _as_asked(parts, asked)
    book = _book(source, config, parts, found, notices)
    if len(paths) == 1 and found[0].epub and source != STDIN:
        book = replace(book, file=str(paths[0]))
    own = _own_words(source, book.lexicon)
    lexemes = (*own, *lexicon.of_person(asked.lexicon))
    wanted = asked.credits or book.credits
    return replace(book, lexicon=lexemes, own_words=len(own), credits=wanted)


def _own_words(source: Path, inside: tuple[Lexeme, ...]) -> tuple[Lexeme, ...]:
    """How words are said in this book: by the file beside it, then by what lies in it."""
    files = [] if source == STDIN else lexicon.beside(source)
    return (*(lexeme for path in files for lexeme in lexicon.read(path)), *inside)


def _settings(source: Path) -> BookConfig:
    try:
        if not source.exists():
            raise SourceError(f"{source}: no such file or folder. Check the spelling.")
        if not source.is_dir() and not source.is_file():
            raise SourceError(f"{source}: neither a file nor a folder.")
        return read_book(book_file(source))
    except (OSError, ValueError) as error:
        raise SourceError(f"{source}: cannot be read ({error}).") from error


def _manuscript(path: Path, encoding: str, config: BookConfig) -> Manuscript:
    """One file's text and what it says about itself, in the language that the settings say."""
    name = "stdin" if path == STDIN else shown(path)
    try:
        with io.BytesIO(sys.stdin.buffer.read()) if path == STDIN else path.open("rb") as file:
            found = formats.read(file, name, encoding, keep_boilerplate=config.keep_boilerplate)
    except OSError as error:
        raise SourceError(f"{name}: cannot be read ({error.strerror or error}).") from error
    about = {
        key: _printable(value)[: LONGER.get(key, LONGEST_TEXT)]
        for key, value in found.about.items()
        if value
    }
    notices = found.notices
    if about.get("language", "").lower() in ("und", "mul", "zxx"):  # BCP 47: none, many, no words
        del about["language"]
    said = about.get("language", "")
    if said:
        try:
            about["language"] = language_tag(said, name)
        except ConfigError:
            del about["language"]
            notices = (*notices, f"{name}: says its language is {said!r:.40}, which is none.")
    if "language" in config.about:
        about["language"] = language_tag(config.about["language"], str(config.path))
    about.setdefault("language", LANGUAGE)
    return replace(found, about=about, notices=notices)


def _parts(
    path: Path, manuscript: Manuscript, *, alone: bool, images: bool, notes: str
) -> list[Chapter]:
    """A file's chapters; one story among others is one chapter, whatever it holds."""
    name = "stdin" if path == STDIN else shown(path)
    whole = not alone and not manuscript.explicit
    made = cut(manuscript, name, whole=whole, images=images, notes=notes)
    file = os.fsencode(path.name).decode(errors="replace")
    if len(made) == 1 and not manuscript.explicit:
        title = _story_title(path, manuscript)
        return [replace(made[0], title=title, file=file)]
    if alone:
        return made
    return [replace(part, file=f"{file}#{part.file.lstrip('#')}") for part in made]


def _story_title(path: Path, manuscript: Manuscript) -> str:
    heading = text.title(manuscript.document)
    named = titles.said(heading, manuscript.about["language"]) if heading else ""
    return named or manuscript.about.get("title", "") or _from_name(path.stem)


def _configured(parts: list[Chapter], config: BookConfig, *, in_order: bool) -> list[Chapter]:
    """The parts as audiobook.toml wants them.

    `in_order`: those that it names come first. Else they change places among themselves.
    """
    by_file = {part.file: part for part in parts}
    named: list[Chapter] = []
    for said in config.chapters:
        part = by_file.get(said["file"])
        if part is None:
            hint = did_you_mean(said["file"], by_file) or f"It has {', '.join([*by_file][:5])}."
            raise ConfigError(
                f"{config.path}: the chapter {said['file']!r} is not in this book. {hint.strip()}"
            )
        if any(part.file == other.file for other in named):
            raise ConfigError(f"{config.path}: the chapter {said['file']!r} is listed twice.")
        language = said.get("language", config.about.get("language", part.language))
        named.append(
            replace(
                part,
                title=said.get("title", "").strip() or part.title,
                author=said.get("author", part.author),
                language=language_tag(language, f"{config.path}: {part.file}"),
                voice=said.get("voice"),
                left_out=_skipped(part, said.get("skip")),
            )
        )
    files = {part.file for part in named}
    if in_order:
        return [*named, *(part for part in parts if part.file not in files)]
    following = iter(named)
    return [next(following) if part.file in files else part for part in parts]


def _skipped(part: Chapter, skip: bool | None) -> str:
    """Why a part is left out, once audiobook.toml has had its say."""
    if skip is None:
        return part.left_out
    return (part.left_out or "skipped") if skip else ""


def _as_asked(parts: list[Chapter], asked: Asked) -> list[Chapter]:
    """The parts with those read and left out that the command names."""
    for names, option, why in (
        (asked.include, "--include", ""),
        (asked.exclude, "--exclude", "excluded"),
    ):
        for name in names:
            wanted = name.casefold()
            known = {part.file for part in parts if wanted in _names(part)}
            if not known and not asked.lenient:
                hint = did_you_mean(
                    name, [n for part in parts for n in (part.title, part.left_out)]
                )
                raise UsageError(
                    f"{option} {name}: no part of this book is called that. "
                    f"{hint or '`make-audiobook plan` lists them.'}".rstrip()
                )
            parts = [replace(p, left_out=why) if p.file in known else p for p in parts]
    return parts


def _names(part: Chapter) -> set[str]:
    return {name.casefold() for name in (part.title, part.file, part.left_out) if name}


def _book(
    source: Path,
    config: BookConfig,
    parts: Sequence[Chapter],
    found: Sequence[Manuscript],
    notices: tuple[str, ...],
) -> Book:
    """All of it together; a book in one file says itself what it is called."""
    own = found[0] if len(found) == 1 else Manuscript(found[0].document)
    about = {**own.about, **{key: value for key, value in config.about.items() if value}}
    author = config.about.get("author", _joined(own.people) or _on_title_page(parts))
    names = [part.name for part in config.cast if part.name not in PARTS]
    chapters = tuple(marked(one, names) for one in _chapters(source, parts, author))
    details: dict[str, Any] = {key: about.get(key, "") for key in DETAILS}
    return Book(
        source="" if source == STDIN else source.resolve().stem,
        title=about.get("title") or _title(source, parts, chapters),
        author=author,
        language=about.get("language") or LANGUAGE,
        genre=about.get("genre") or GENRE,
        chapters=chapters,
        left_out=_left_out(parts),
        people=(Person(author),) if "author" in config.about and author else own.people,
        identifiers=own.identifiers,
        cover=_cover(config) or own.cover,
        lexicon=tuple(lexeme for manuscript in found for lexeme in manuscript.lexicon),
        own_words=0,  # until all of them are together
        credits=config.credits,
        voice=config.voice,
        cast=config.cast,
        languages=config.languages,
        pace=config.pace,
        delivery=config.delivery,
        notices=(
            *notices,
            *(notice for manuscript in found for notice in manuscript.notices),
            *_without_tables(chapters),
        ),
        **details,
    )


def _without_tables(chapters: Sequence[Chapter]) -> Iterator[str]:
    """The languages in which numbers are not put into words, where there are any to be said."""
    for language in sorted({chapter.language for chapter in chapters}):
        texts = (chapter.text for chapter in chapters if chapter.language == language)
        if not has_table(language) and any(re.search(r"\d", text) for text in texts):
            yield f"{language} has no table of numbers: they are left to the voice."


def _chapters(source: Path, parts: Sequence[Chapter], author: str) -> tuple[Chapter, ...]:
    """The parts that are read, by their numbers. Raises SourceError if there are none."""
    if all(part.left_out for part in parts):
        reasons = ", ".join(sorted({part.left_out for part in parts}))
        raise SourceError(
            f"{shown(source)}: all of it would be left out ({reasons}). Use --include."
        )
    read_parts = (part for part in parts if not part.left_out)
    return tuple(
        replace(
            part,
            number=number,
            title=part.title or f"Story {number}",
            author=part.author or author,
        )
        for number, part in enumerate(read_parts, 1)
    )


def _title(source: Path, parts: Sequence[Chapter], chapters: Sequence[Chapter]) -> str:
    """What a book is called that does not say it: by its title page, its one story, or its file."""
    page = next((part.title for part in parts if part.left_out == "title page"), "")
    if page:
        return page
    if len(chapters) == 1 and not source.is_dir():
        return chapters[0].title
    name = source.resolve().name if source.is_dir() else source.stem
    return ("" if source == STDIN else _words(name)) or "Audiobook"


def _on_title_page(parts: Sequence[Chapter]) -> str:
    """Who a title page says that the book is by."""
    for part in parts:
        if part.left_out == "title page":
            for block in part.blocks:
                byline = re.fullmatch(
                    r"by\s+(\S.{0,80})", part.text[block.start : block.end], re.IGNORECASE
                )
                if byline:
                    return byline[1].strip()
    return ""


def _left_out(parts: Sequence[Chapter]) -> tuple[Chapter, ...]:
    """The parts that are not read, each with the number of the chapter that it stands before."""
    number = 1
    found = []
    for part in parts:
        if part.left_out:
            found.append(replace(part, number=number))
        else:
            number += 1
    return tuple(found)


def _joined(people: Iterable[Person]) -> str:
    """The authors as they stand on a title page."""
    names = [person.name for person in people if person.role == "aut"]
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def _printable(text: str) -> str:
    """Text for a terminal and for tags, which must not carry commands."""
    return "".join(char if char.isprintable() or char in JOINERS else " " for char in text)


def _from_name(name: str) -> str:
    """A title from "03_the-long-night"; nothing from a name that is all numbers or a digest."""
    words = _words(re.sub(r"^[\W\d_]+", "", name))
    is_digest = re.fullmatch(r"[0-9a-f]{8,}", words, re.IGNORECASE)
    return "" if is_digest or re.fullmatch(r"[\d_]*[0-9a-f]{12,}", name) else words


def _words(name: str) -> str:
    """A file's name as words, with a capital."""
    name = os.fsencode(name).decode(errors="replace").replace("\ufffd", "")
    words = " ".join(word for word in re.split(r"[\s_.-]+", name) if word)
    return words[:1].upper() + words[1:]


def _cover(config: BookConfig) -> Cover | None:
    if not config.cover or not config.path:
        return None
    from pipeline.publish import cover

    folder = config.path.parent
    path = folder / config.cover
    if folder.resolve() not in path.resolve().parents:
        raise ConfigError(f"{config.path}: the cover {config.cover!r} is outside the folder.")
    return cover.read(path)
