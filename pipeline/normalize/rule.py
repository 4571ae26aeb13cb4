"""What a rule is, and what it makes of a text."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter

Verbalize = Callable[[re.Match[str]], str | None]


@dataclass(frozen=True, slots=True)
class Rule:
    """A way of writing, and how it is said.

    `kind` is the semiotic class. `say` gets the match, with the whole text around it, and may
    decline with None, so that a later rule can have the span.
    """

    name: str
    kind: str
    pattern: re.Pattern[str]
    say: Verbalize


@dataclass(frozen=True, slots=True)
class Change:
    """A span that is spoken other than it is written."""

    start: int
    end: int
    kind: str
    rule: str
    spoken: str


@dataclass(frozen=True, slots=True)
class Spoken:
    """A text and what changes when it is spoken."""

    source: str
    changes: tuple[Change, ...]

    def between(self, start: int, end: int) -> str:
        """What an engine gets for this stretch of the source, white space folded."""
        pieces = []
        at = start
        for change in self.within(start, end):
            pieces += [self.source[at : change.start], change.spoken]
            at = change.end
        pieces.append(self.source[at:end])
        return " ".join("".join(pieces).split())

    def within(self, start: int, end: int) -> tuple[Change, ...]:
        """The changes that lie between two positions."""
        first = bisect_left(self.changes, start, key=attrgetter("start"))
        last = bisect_right(self.changes, end, key=attrgetter("end"))
        return self.changes[first:last]

    def is_inside(self, at: int) -> bool:
        """Whether this position lies within a change, where nothing may be cut."""
        index = bisect_right(self.changes, at, key=attrgetter("start")) - 1
        return index >= 0 and self.changes[index].start < at < self.changes[index].end

    def last_before(self, at: int) -> Change | None:
        """The change that ends just here, if there is one."""
        index = bisect_left(self.changes, at, key=attrgetter("end"))
        found = self.changes[index : index + 1]
        return found[0] if found and found[0].end == at else None
