"""Where the lines of a book's chapters stand in the one text that its EPUB is read as."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence

from pipeline.model import Chapter
from pipeline.readalong.clips import Spoken
from pipeline.readalong.places import Line


def lines(chapters: Sequence[Spoken], text: str) -> list[Line]:
    """All lines that stand in the text, in its order."""
    found = [line for index, one in enumerate(chapters) for line in _lines(index, one, text)]
    return sorted(found, key=lambda line: line.start)


def _lines(index: int, spoken: Spoken, text: str) -> Iterator[Line]:
    """A chapter's lines, each found by its own text's place."""
    chapter = spoken.script.chapter
    kept = list(_kept(chapter, text))
    starts = [start for start, _, _ in kept]

    def place(at: int) -> int | None:
        number = bisect_right(starts, at) - 1
        start, end, origin = kept[number] if number >= 0 else (0, 0, 0)
        return origin + at - start if start <= at < end else None

    for number, line in enumerate(spoken.script.utterances):
        first, last = place(line.start), place(line.end - 1)
        if first is not None and last is not None and first <= last:
            yield Line(index, number, first, last + 1)


def _kept(chapter: Chapter, text: str) -> Iterator[tuple[int, int, int]]:
    """The rows of a chapter's text that are the book's: from, to, and where there.

    A chapter has all rows from its start on, in their order. What stands between them was put in:
    a title that only the contents have, a note where it is called.
    """
    at, start = chapter.at, 0
    if chapter.at < 0:
        return
    for row in chapter.text.split("\n"):
        end = start + len(row)
        is_last = end == len(chapter.text)
        if text.startswith(row, at) and (is_last or text.startswith("\n", at + len(row))):
            yield start, end, at
            at += len(row) + 1
        start = end + 1
