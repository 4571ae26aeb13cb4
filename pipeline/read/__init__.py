"""A source -> Book, one reader for each input format."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pipeline.config import BOOK_FILE, BookConfig, read_book
from pipeline.errors import ConfigError, SourceError, did_you_mean
from pipeline.model import Book, Chapter, Cover
from pipeline.read import text

LANGUAGE = "en-US"
GENRE = "Audiobook"
SUFFIX = ".txt"


def read(source: Path, encoding: str | None = None) -> Book:
    """The book in a folder of stories, or in one story.

    Raises SourceError for what cannot be read, ConfigError for a bad audiobook.toml.
    """
    if source.is_dir():
        config = read_book(source)
        paths, notices = _stories(source, config)
    elif source.exists():
        config, paths, notices = BookConfig(), [source], ()
    else:
        raise SourceError(f"{source}: no such file or folder. Check the spelling.")
    encoding = encoding or config.encoding or "utf-8"
    said: dict[str, Mapping[str, str]] = {story["file"]: story for story in config.stories}
    language = _language(config.language or LANGUAGE, str(source / BOOK_FILE))
    defaults = {"author": config.author or "", "language": language}
    chapters = tuple(
        _chapter(path, number, {**defaults, **said.get(path.name, {})}, encoding)
        for number, path in enumerate(paths, 1)
    )
    single = chapters[0].title if source.is_file() else _from_name(source.resolve().name)
    return Book(
        title=config.title or single or "Audiobook",
        author=config.author or "",
        language=language,
        genre=config.genre or GENRE,
        chapters=chapters,
        cover=_cover(source, config),
        voice=config.voice,
        pace=config.pace,
        keep_boilerplate=config.keep_boilerplate,
        notices=notices,
    )


def _stories(folder: Path, config: BookConfig) -> tuple[list[Path], tuple[str, ...]]:
    """The stories that audiobook.toml names in its order, then the others by name."""
    found = {path.name: path for path in sorted(folder.iterdir(), key=_natural) if path.is_file()}
    stories = [name for name in found if name.lower().endswith(SUFFIX) and name[0] != "."]
    named = [story["file"] for story in config.stories]
    for name in named:
        if name not in stories:
            raise ConfigError(
                f"{folder / BOOK_FILE}: the story {name!r} is not a {SUFFIX} file of this folder. "
                f"{did_you_mean(name, stories)}".rstrip()
            )
        if named.count(name) > 1:
            raise ConfigError(f"{folder / BOOK_FILE}: the story {name!r} is listed twice.")
    if not stories:
        raise SourceError(f"{folder}: no stories. Put {SUFFIX} files there, one a story.")
    ignored = [name for name in found if name not in stories and name[0] != "."]
    notices = tuple(
        f"{folder / name}: left out, it is not a {SUFFIX} file."
        for name in ignored
        if name not in (BOOK_FILE, config.cover)
    )
    return [found[name] for name in [*named, *(n for n in stories if n not in named)]], notices


def _natural(path: Path) -> list[Any]:
    """Chapter 2 before chapter 10."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in _digits(path.name)]


def _digits(name: str) -> list[str]:
    return [part for part in re.split(r"([0-9]+)", name.lower()) if part]


def _chapter(path: Path, number: int, said: Mapping[str, str], encoding: str) -> Chapter:
    story = text.read(path, encoding)
    return Chapter(
        number=number,
        title=said.get("title") or text.title(story) or _from_name(path.stem) or f"Story {number}",
        author=said["author"],
        language=_language(said["language"], f"{path.parent / BOOK_FILE}: {path.name}"),
        source=str(path),
        text=story,
    )


def _from_name(name: str) -> str:
    """A title from "03_the-long-night"; nothing from a name that is all numbers or a digest."""
    words = re.sub(r"^[\W\d_]+", "", name)
    words = " ".join(word for word in re.split(r"[\s_.-]+", words) if word)
    looks_like_digest = re.fullmatch(r"[0-9a-f]{8,}", words) or re.fullmatch(
        r"[\d_]*[0-9a-f]{12,}", name
    )
    if not words or looks_like_digest:
        return ""
    return words[0].upper() + words[1:]


def _language(tag: str, where: str) -> str:
    """A BCP 47 tag in its usual spelling. Raises ConfigError."""
    from langcodes import standardize_tag, tag_is_valid

    if not tag_is_valid(tag):
        raise ConfigError(f"{where}: {tag!r} is not a language tag. Write it like en-US or de.")
    return standardize_tag(tag)


def _cover(source: Path, config: BookConfig) -> Cover | None:
    if not config.cover:
        return None
    from pipeline.publish import cover

    path = source / config.cover
    if source.resolve() not in path.resolve().parents:
        raise ConfigError(
            f"{source / BOOK_FILE}: the cover {config.cover!r} is outside the folder."
        )
    return cover.read(path)
