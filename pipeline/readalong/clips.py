"""When each line of a chapter is heard: clips of its audio, in whole milliseconds."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.model import Book, Cover, Joined, Script


@dataclass(frozen=True, slots=True)
class Clip:
    """A stretch of a chapter's audio, in milliseconds: what is heard while a place is shown."""

    begin: int
    end: int

    @property
    def length(self) -> int:
        return self.end - self.begin


@dataclass(frozen=True, slots=True)
class Spoken:
    """A chapter as it is heard: its script, where its lines start, and its audio in the store."""

    script: Script
    joined: Joined
    audio: str


@dataclass(frozen=True, slots=True)
class Narrated:
    """A book as it is heard: its chapters in their order, who reads it, and its finished cover."""

    book: Book
    chapters: Sequence[Spoken]
    narrators: Sequence[str]
    cover: Cover


def clips(joined: Joined, placed: Collection[int]) -> dict[int, Clip]:
    """The clip of each line that has a place to be shown at; `placed` are their numbers, from 0.

    A reading system stops at a clip's end and starts at the next one's begin, and would leave out
    what lies between. So a clip lasts until the next one begins, rest included, and together they
    are all of the audio. A line without a place, or shorter than a millisecond, is heard with the
    one before, at the start with the one behind.
    """
    end = milliseconds(joined.samples, joined.rate)
    found: list[tuple[int, int]] = []
    for line in sorted(placed):
        begin = milliseconds(joined.starts[line], joined.rate) if found else 0
        if begin < end and (not found or begin > found[-1][1]):
            found.append((line, begin))
    ends = [*(begin for _, begin in found), end][1:]
    return {line: Clip(begin, last) for (line, begin), last in zip(found, ends, strict=True)}


def milliseconds(samples: int, rate: int) -> int:
    """A position, rounded down, so that no clip ends behind the audio."""
    return samples * 1000 // rate


def shares(clip: Clip, weights: Sequence[int]) -> list[Clip]:
    """A clip cut up in proportion: that of a line which several places show one by one.

    Where it is too short for that, the last of them are of no length.
    """
    total, at = sum(weights), 0
    cuts = [clip.begin]
    for weight in weights:
        at += weight
        cuts.append(clip.begin + clip.length * at // total)
    return [Clip(one, other) for one, other in pairwise(cuts)]


def audio_name(number: int, count: int) -> str:
    """What a chapter's audio is called; numbers are of one width, so that names sort."""
    return f"audio/{number:0{max(2, len(str(count)))}d}.mp3"
