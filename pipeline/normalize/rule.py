"""What a rule is, and what it makes of a text."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from operator import attrgetter

from pipeline.model import Change


@dataclass(frozen=True, slots=True)
class Locale:
    """How people of one country write and say a language's numbers.

    `says_and`: one hundred and five. `day_first`: 3/4 is in April. `metre`: how units are spelt.
    """

    tag: str
    says_and: bool = False
    day_first: bool = True
    metre: bool = True


# A word of two sounds, written as the one that is meant: what changes is its sound alone.
HETERONYM = "heteronym"

Verbalize = Callable[[re.Match[str], Locale], str | None]


@dataclass(frozen=True, slots=True)
class Rule:
    """A way of writing, and how it is said.

    `kind` is the semiotic class. `cue` says where the rule is tried: at these words (one in small
    letters stands for all of its forms), or at characters of this class. A class with letters is
    tried at words of an odd form alone: in capitals, or with more than space or a comma behind
    them. `say` gets the match of `pattern`, with the whole text around it, and may decline with
    None, so that a later rule can have the span.
    """

    name: str
    kind: str
    cue: frozenset[str] | str
    pattern: re.Pattern[str]
    say: Verbalize


def rule(
    name: str, kind: str, cue: frozenset[str] | str, pattern: str
) -> Callable[[Verbalize], Rule]:
    """Make a rule of the function that verbalizes it; its docstring says why there is one."""

    def made(say: Verbalize) -> Rule:
        return Rule(name, kind, cue, re.compile(pattern), say)

    return made


def any_of(words: Iterable[str]) -> str:
    """An expression for one of these words, the longest first."""
    return "|".join(re.escape(word) for word in sorted(words, key=lambda word: (-len(word), word)))


def first_words(forms: Iterable[str]) -> frozenset[str]:
    """The cue of a rule for these short forms: the word that each begins with, large or small."""
    words = {found[0] for form in forms if (found := re.match(r"[^\W\d_ºª°]+", form))}
    return frozenset(words | {word[0].upper() + word[1:] for word in words})


@dataclass(frozen=True, slots=True)
class Spoken:
    """A text and what changes when it is spoken."""

    source: str
    changes: tuple[Change, ...]

    def between(self, start: int, end: int, *, heard: bool = False) -> str:
        """The words that are spoken for this stretch of the source, white space folded.

        `heard`: as an engine must get them, so that words of two sounds are said right.
        """
        pieces = []
        at = start
        for change in self.within(start, end):
            if change.kind == HETERONYM and not heard:
                continue
            pieces += [self.source[at : change.start], change.spoken]
            at = change.end
        pieces.append(self.source[at:end])
        return " ".join("".join(pieces).split())

    def within(self, start: int, end: int) -> tuple[Change, ...]:
        """The changes that lie between two positions."""
        first = bisect_left(self.changes, start, key=attrgetter("start"))
        last = bisect_right(self.changes, end, key=attrgetter("end"))
        return self.changes[first:last]

    def around(self, at: int) -> Change | None:
        """The change that this position lies within, where nothing may be cut."""
        index = bisect_right(self.changes, at, key=attrgetter("start")) - 1
        found = self.changes[index] if index >= 0 else None
        return found if found and found.start < at < found.end else None

    def last_before(self, at: int) -> Change | None:
        """The change that ends just here, if there is one."""
        index = bisect_left(self.changes, at, key=attrgetter("end"))
        found = self.changes[index : index + 1]
        return found[0] if found and found[0].end == at else None
