"""Where the books of a library are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from pipeline import manifest
from pipeline.config import BOOK_FILE
from pipeline.errors import SourceError
from pipeline.read.folder import is_ebook, is_foreign, is_story, natural, shown

DEEPEST = 8  # folders: Authors/Author/Series/Book has four


def expanded(sources: Sequence[Path]) -> tuple[list[Path], bool]:
    """The books in all sources, and whether they are to be taken as those of a library."""
    found: list[Path] = []
    for source in sources:
        found += books(source) if is_library(source) else [source]
    return found, len(sources) > 1 or found != list(sources)


def is_library(source: Path) -> bool:
    """Whether a folder holds books rather than the stories of one.

    It does if it has no audiobook.toml, and has ebooks, or no stories but folders with either; not
    one that a build made, where an ebook is the book read aloud.
    """
    if not source.is_dir() or any((source / name).exists() for name in (BOOK_FILE, manifest.FILE)):
        return False
    found = list(source.iterdir())
    if any(map(is_ebook, found)):
        return True
    return not any(map(is_story, found)) and any(True for _ in books(source))


def books(folder: Path, depth: int = 0) -> Iterator[Path]:
    """The sources in a library, by name: ebooks, folders of stories, and what folders hold.

    Folders that a build made, hidden ones, and links to folders are no sources.
    """
    try:
        found = sorted(folder.iterdir(), key=lambda path: natural(path.name))
    except OSError as error:
        raise SourceError(f"{shown(folder)}: cannot be read ({error.strerror}).") from error
    has_ebooks = any(map(is_ebook, found))
    for path in found:
        if is_ebook(path) or is_foreign(path) or (has_ebooks and is_story(path)):
            yield path
        elif path.is_dir() and _may_hold_books(path) and depth < DEEPEST:
            if (path / BOOK_FILE).exists() or _has_only_stories(path):
                yield path
            else:
                yield from books(path, depth + 1)


def _may_hold_books(folder: Path) -> bool:
    return (
        folder.name[0] != "." and not folder.is_symlink() and not (folder / manifest.FILE).exists()
    )


def _has_only_stories(folder: Path) -> bool:
    found = list(folder.iterdir())
    return any(map(is_story, found)) and not any(map(is_ebook, found))
