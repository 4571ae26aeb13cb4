"""An EPUB 3 that is read aloud: each line is highlighted while it is heard.

From an EPUB that came in, with its own look; from any other source, a book made of its text.
"""

from __future__ import annotations

from pathlib import Path

from pipeline.model import Book
from pipeline.readalong import kept, obstacles, story
from pipeline.readalong.clips import Narrated, Spoken
from pipeline.store import Store

__all__ = ["Narrated", "Spoken", "notice", "write"]


def notice(book: Book) -> str:
    """What a person must know of the read-along that a book will become; mostly nothing."""
    why = obstacles.why_not(book.file) if book.file else ""
    return f"{book.file}: a read-along of its text, not of its pages: {why}." if why else ""


def write(path: Path, narrated: Narrated, store: Store) -> None:
    """Leave a book with its chapters' audio at `path`. Raises Lost, OSError, SourceError."""
    file = narrated.book.file
    way = kept if file and not obstacles.why_not(file) else story
    way.write(path, narrated, store)
