"""A block as rules see it: without what is left out in the middle of it, and where it came from.

A page's number that cuts a sentence in two, the mark of a note, a hyphen at a line's end: rules for
spoken text never see them, and positions in the source stay what they are.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import attrgetter

from pipeline.model import Block, Chapter


@dataclass(frozen=True, slots=True)
class Edit:
    """A stretch of a text that reads as something else, or as nothing."""

    start: int
    end: int
    reads: str = ""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where an edit is in the source, and where what it reads as is in the passage."""

    edit: Edit
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Passage:
    """A text as it reads; the edits made in it are in order, and none reaches into another."""

    text: str
    offset: int
    places: tuple[_Place, ...] = ()

    def start(self, at: int) -> int:
        """Where the character at this position comes from in the source."""
        index = bisect_right(self.places, at, key=attrgetter("end")) - 1
        following = self.places[index + 1 : index + 2]
        if following and following[0].start <= at:
            return following[0].edit.start
        return self._beyond(index, at)

    def end(self, at: int) -> int:
        """Where, in the source, the characters before this position end."""
        index = bisect_left(self.places, at, key=attrgetter("start")) - 1
        if index >= 0 and at < self.places[index].end:
            return self.places[index].edit.end
        return self._beyond(index, at)

    def at(self, source: int) -> int:
        """Where a character of the source is here; what reads as nothing, where it would be."""
        index = bisect_right(self.places, source, key=lambda place: place.edit.end) - 1
        following = self.places[index + 1 : index + 2]
        if following and following[0].edit.start <= source:
            return following[0].start
        if index < 0:
            return source - self.offset
        place = self.places[index]
        return place.end + source - place.edit.end

    def _beyond(self, index: int, at: int) -> int:
        if index < 0:
            return self.offset + at
        place = self.places[index]
        return place.edit.end + at - place.end


def edits(chapter: Chapter) -> tuple[Edit, ...]:
    """What reads otherwise than it is written, or is skipped, anywhere in a chapter."""
    blocks = {(block.start, block.end) for block in chapter.blocks}
    said = [span for span in chapter.spans if span.kind == "said"]
    found = [Edit(s.start, s.end, s.value) for s in said if (s.start, s.end) not in blocks]
    found += [Edit(piece.start, piece.end) for piece in chapter.skipped]
    return tuple(sorted(found, key=lambda edit: (edit.start, -edit.end, not edit.reads)))


def passage(chapter: Chapter, block: Block, found: Sequence[Edit]) -> Passage:
    """A block's text with the edits that lie in it made."""
    first = bisect_left(found, block.start, key=attrgetter("start"))
    last = bisect_left(found, block.end, key=attrgetter("start"))
    inside = (edit for edit in found[first:last] if edit.end <= block.end)
    return _made(chapter.text, block, inside)


def _made(text: str, block: Block, found: Iterable[Edit]) -> Passage:
    pieces: list[str] = []
    places: list[_Place] = []
    at, length = block.start, 0
    for edit in found:
        if edit.start < at:  # it lies within another
            continue
        start = length + edit.start - at
        pieces += [text[at : edit.start], edit.reads]
        length = start + len(edit.reads)
        places.append(_Place(edit, start, length))
        at = edit.end
    pieces.append(text[at : block.end])
    return Passage("".join(pieces), block.start, tuple(places))
