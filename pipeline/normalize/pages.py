"""What a page has around its text: its number, and the line that runs along its head.

They are known by their company: numbers that count up, one line again and again, and sentences
that they cut in two. A chapter's number stands between whole paragraphs, and stays.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from pipeline.normalize import titles
from pipeline.normalize.lines import (
    BROKEN_OFF,
    SENTENCE_ENDS,
    SPEAKABLE,
    Line,
    continues,
    wrap_width,
)

FEWEST = 4  # of a kind
CUT_SHARE = 1 / 3  # of page numbers that stand in the middle of a sentence
HEAD_SHARE = 1 / 2  # of running heads that do, or stand beside a page number
FARTHEST = 5  # pages without a number of their own, in a row
LONGEST_HEAD = 70
LONGEST_NUMBER = 20

_NUMBER = re.compile(
    r"(?:(?P<sure>[\[({]?(?:page|pg\.?|p\.)\s*)|[-–—]\s*|\[\s*)?(?P<value>\d{1,4}|(?<=\s)[ivxlc]+)"
    r"(?:\s+of\s+\d{1,4})?\s*[-–—\])}]?",
    re.IGNORECASE,
)
_NUMBER_BESIDE = re.compile(r"^\W{0,3}(\d{1,4})\s+|\s+(\d{1,4})\W{0,3}$")
_IS_PROSE = re.compile(r"^[^\w]*[a-zß-ÿ]|[.!?:;…,][\"'”’)\]*_]*$")

Lines = Sequence[Line | None]


@dataclass(slots=True)
class _Around:
    """For each line the nearest ones with text before and after it."""

    before: list[Line | None] = field(default_factory=list)
    after: list[Line | None] = field(default_factory=list)

    def cut(self, index: int) -> bool:
        """Whether a sentence goes on across this line."""
        before, after = self.before[index], self.after[index]
        if not before or not after or SENTENCE_ENDS.search(before.text):
            return False
        return after.text[0].islower() or len(before.text) >= BROKEN_OFF


def furniture(lines: Lines) -> dict[int, str]:
    """The lines that are a page's and not the text's, by their index, with the rule for each."""
    numbers = {i: value for i, line in enumerate(lines) if line and (value := _number(line))}
    heads = {key: found for key, found in _repeated(lines, numbers).items() if len(found) >= FEWEST}
    if len(numbers) < FEWEST and not heads:
        return {}
    around = _around(lines, {*numbers, *(i for found in heads.values() for i in found)})
    pages = {i for chain in _chains(numbers) if _are_pages(chain, lines, around) for i in chain}
    gone = dict.fromkeys(pages, "page number")
    for found in heads.values():
        gone |= dict.fromkeys(_running(found, lines, pages, around), "running head")
    return gone


def closed_up(lines: Lines, gone: Mapping[int, str]) -> list[Line | None]:
    """The lines without those; a paragraph that a page's end has cut in two is whole again."""
    kept: list[Line | None] = [None if index in gone else line for index, line in enumerate(lines)]
    width = wrap_width(kept)
    closed: list[Line | None] = []
    opened = blank = False
    for index, line in enumerate(kept):
        if line is None:
            opened |= index in gone
            blank |= index not in gone
            continue
        before = closed[-1] if closed else None
        whole = opened and before is not None and continues(before, line, width)
        closed += [None] if blank and not whole else []
        closed.append(line)
        opened = blank = False
    return closed


def _number(line: Line) -> int:
    """The number of a page that a line is nothing but, or 0."""
    if len(line.text) > LONGEST_NUMBER:
        return 0
    match = _NUMBER.fullmatch(line.text)
    if not match:
        return 0
    value = match["value"]
    return int(value) if value.isdecimal() else titles.value_of(value.upper())


def _repeated(lines: Lines, numbers: Mapping[int, int]) -> dict[str, list[int]]:
    """Short lines that stand alone, those of the same letters together."""
    found: dict[str, list[int]] = defaultdict(list)
    last = len(lines) - 1
    for index, line in enumerate(lines):
        if not line or len(line.text) > LONGEST_HEAD or index in numbers:
            continue
        near = ((i, lines[i]) for i in (index - 1, index + 1) if 0 <= i <= last)
        if index not in (0, last) and not any(x is None or i in numbers for i, x in near):
            continue
        key = _NUMBER_BESIDE.sub("", line.text).strip().casefold()
        if SPEAKABLE.search(key) and not _IS_PROSE.search(line.text):
            found[key].append(index)
    return found


def _around(lines: Lines, candidates: set[int]) -> _Around:
    around = _Around()
    near: Line | None = None
    for index, line in enumerate(lines):
        around.before.append(near)
        near = line if line and index not in candidates else near
    near = None
    for index in range(len(lines) - 1, -1, -1):
        around.after.append(near)
        line = lines[index]
        near = line if line and index not in candidates else near
    around.after.reverse()
    return around


def _chains(numbers: Mapping[int, int]) -> Iterator[list[int]]:
    """Lines whose numbers count up, a few pages left out perhaps."""
    growing: dict[int, list[int]] = {}
    for index, value in numbers.items():
        lasts = range(value - 1, value - 1 - FARTHEST, -1)
        chain = next((growing.pop(last) for last in lasts if last in growing), [])
        chain.append(index)
        if value in growing:
            yield growing.pop(value)
        growing[value] = chain
    yield from growing.values()


def _are_pages(chain: Sequence[int], lines: Lines, around: _Around) -> bool:
    if len(chain) < FEWEST:
        return False
    found = (lines[index] for index in chain)
    matches = [_NUMBER.fullmatch(line.text) for line in found if line]
    if all(match and match["sure"] for match in matches):
        return True
    return sum(map(around.cut, chain)) >= max(2, len(chain) * CUT_SHARE)


def _running(found: Sequence[int], lines: Lines, pages: set[int], around: _Around) -> Iterable[int]:
    """Those of a line's occurrences that are heads of pages; its first may be the title itself."""
    beside = [index for index in found if _is_beside(index, lines, pages) or around.cut(index)]
    share = CUT_SHARE if _counts_up(found, lines) else HEAD_SHARE
    if len(beside) < len(found) * share:
        return ()
    return found if found[0] in beside or _number_beside(lines[found[0]]) else found[1:]


def _is_beside(index: int, lines: Lines, pages: set[int]) -> bool:
    """Whether a page's number stands next to a line, a blank one between them perhaps."""
    return any(
        at in pages or (0 <= at < len(lines) and lines[at] is None and at + step in pages)
        for step in (-1, 1)
        for at in (index + step,)
    )


def _number_beside(line: Line | None) -> int:
    match = _NUMBER_BESIDE.search(line.text) if line else None
    return int(match[1] or match[2]) if match else 0


def _counts_up(found: Sequence[int], lines: Lines) -> bool:
    """Whether each has a number on its line, as pages have, and chapters."""
    values = [_number_beside(lines[index]) for index in found]
    return all(0 < one < two for one, two in pairwise(values))
