"""Which files of a folder are stories or books, and in which order."""

from __future__ import annotations

import os
import re
from pathlib import Path

from pipeline.config import BOOK_FILE, LEXICONS, BookConfig
from pipeline.errors import SourceError
from pipeline.read import formats


def is_story(path: Path) -> bool:
    """Whether a file's name says that it is a story; what is in it decides how it is read."""
    name = path.name.lower()
    ours = name.endswith(f".{BOOK_FILE}") or name == BOOK_FILE
    return name.endswith(formats.STORIES) and name[0] != "." and not ours and path.is_file()


def is_foreign(path: Path) -> bool:
    """Whether a file's name says that it is a book in a format that cannot be read."""
    return path.name.lower().endswith(formats.FOREIGN) and path.name[0] != "." and path.is_file()


def is_ebook(path: Path) -> bool:
    """Whether a file's name says that it is a whole book."""
    return path.name.lower().endswith(formats.EBOOKS) and path.name[0] != "." and path.is_file()


def stories(folder: Path, config: BookConfig) -> tuple[list[Path], tuple[str, ...]]:
    """The files that a folder's book is made of, by name; and what is left out."""
    try:
        found = sorted(folder.iterdir(), key=lambda path: natural(path.name))
    except OSError as error:
        raise SourceError(f"{folder}: cannot be read ({error.strerror}).") from error
    taken = [path for path in found if is_story(path) or (config.path and is_ebook(path))]
    if not taken:
        raise SourceError(
            f"{folder}: no stories. Put text, Markdown, HTML, DOCX or ODT files there."
        )
    for path in taken:
        if folder.resolve() not in path.resolve().parents:
            raise SourceError(f"{path}: points out of its folder. Copy the story there.")
    known = {BOOK_FILE, *LEXICONS, config.cover, *(path.name for path in taken)}
    notices = tuple(
        f"{shown(path)}: left out, it is {'a folder' if path.is_dir() else 'no story'}."
        for path in found
        if path.name[0] != "." and path.name not in known
    )
    return taken, notices


def natural(name: str) -> tuple[list[tuple[int, str]], str]:
    """What to sort names by: chapter 2 comes before chapter 10."""
    parts = re.split(r"([0-9]+)", name.lower())
    return [(int(p), "") if p.isdecimal() else (-1, p) for p in parts if p], name


def shown(path: Path) -> str:
    """A path as text, whatever its bytes."""
    return os.fsencode(path).decode(errors="replace")
