"""An EPUB 3 that is read aloud: each line is highlighted while it is heard.

From an EPUB that came in, with its own look; from any other source, a book made of its text.
"""

from __future__ import annotations

from pathlib import Path

from pipeline.readalong import story
from pipeline.readalong.clips import Narrated, Spoken
from pipeline.store import Store

__all__ = ["Narrated", "Spoken", "write"]


def write(path: Path, narrated: Narrated, store: Store) -> None:
    """Leave a book with its chapters' audio at `path`. Raises Lost, OSError."""
    story.write(path, narrated, store)
