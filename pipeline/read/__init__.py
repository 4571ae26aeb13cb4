"""A source -> Book, one reader for each input format."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from pipeline.config import BOOK_FILE, BookConfig, language_tag, read_book
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
    try:
        if source.is_dir():
            config = read_book(source)
            paths, notices = _stories(source, config)
        elif source.is_file():
            config, paths, notices = BookConfig(), [_story(source)], ()
        elif source.exists():
            raise SourceError(f"{source}: neither a file nor a folder.")
        else:
            raise SourceError(f"{source}: no such file or folder. Check the spelling.")
    except (OSError, ValueError) as error:
        raise SourceError(f"{source}: cannot be read ({error}).") from error
    encoding = encoding or config.encoding or "utf-8"
    said: dict[str, Mapping[str, str]] = {story["file"]: story for story in config.stories}
    language = language_tag(config.language or LANGUAGE, str(source / BOOK_FILE))
    defaults = {"author": config.author or "", "language": language}
    chapters = tuple(
        _chapter(path, number, {**defaults, **said.get(path.name, {})}, encoding)
        for number, path in enumerate(paths, 1)
    )
    single = chapters[0].title if source.is_file() else _words(source.resolve().name)
    return Book(
        title=(config.title or "").strip() or single or "Audiobook",
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
    found = {path.name: path for path in sorted(folder.iterdir(), key=_natural)}
    stories = [name for name in found if _is_story(found[name])]
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
    known = {BOOK_FILE, config.cover, *stories}
    notices = tuple(
        f"{path}: left out, it is {'a folder' if path.is_dir() else f'not a {SUFFIX} file'}."
        for name, path in found.items()
        if name[0] != "." and name not in known
    )
    order = [*named, *(name for name in stories if name not in named)]
    return [_story(found[name], folder) for name in order], notices


def _is_story(path: Path) -> bool:
    return path.suffix.lower() == SUFFIX and path.name[0] != "." and path.is_file()


def _story(path: Path, folder: Path | None = None) -> Path:
    """The path, if it is one of a story, and of this folder."""
    if path.suffix.lower() != SUFFIX:
        raise SourceError(f"{path}: not a {SUFFIX} story. Give a story or a folder of them.")
    if folder and folder.resolve() not in path.resolve().parents:
        raise SourceError(f"{path}: points out of its folder. Copy the story there.")
    return path


def _natural(path: Path) -> tuple[list[tuple[int, str]], str]:
    """Chapter 2 before chapter 10."""
    parts = re.split(r"([0-9]+)", path.name.lower())
    return [(int(p), "") if p.isdecimal() else (-1, p) for p in parts if p], path.name


def _chapter(path: Path, number: int, said: Mapping[str, str], encoding: str) -> Chapter:
    story = text.read(path, encoding)
    return Chapter(
        number=number,
        title=said.get("title", "").strip()
        or text.title(story)
        or _from_name(path.stem)
        or f"Story {number}",
        author=said["author"],
        language=language_tag(said["language"], f"{path.parent / BOOK_FILE}: {path.name}"),
        source=os.fsencode(path).decode(errors="replace"),
        text=story,
    )


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
