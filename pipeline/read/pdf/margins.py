"""What stands at the head and the foot of pages and is none of their text."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from pipeline.normalize import titles
from pipeline.read.pdf.headings import names_a_chapter
from pipeline.read.pdf.layout import LARGER, Line, Page, Style

ZONE = 0.15  # of a page's height, at its head and its foot
LEVEL = 4  # points, within which lines of several pages stand at one height
NEAR = 4  # pages at most between two that have the same running head
RECURS = 3  # pages with the same line make it a running head
LONGEST_NUMBER = 9  # figures
_NUMBER = "\0"  # stands for one in a line's key, since no line has it
_NUMERAL = re.compile(r"\d+|\b[mdclxvi]+\b")
_LONE_NUMBER = re.compile(
    r"[^\w\0]*(?:p\.|pages?|seite|página|pagina|s\.)?[^\w\0]*\0(?:\s*(?:/|of|von)\s*\0)?[^\w\0]*"
)
_WORDLESS = re.compile(r"[\W_]{1,30}")


class _Candidate(NamedTuple):
    """A line at the head (+1) or foot (-1) of a page; `y` is its distance from that edge.

    `text` is its own in small letters, and `key` the same without its numbers.
    """

    page: int
    at: int
    line: Line
    zone: int
    is_outermost: bool
    y: float
    text: str
    key: str


def margins_of(pages: Sequence[Page], style: Style) -> dict[tuple[int, int], str]:
    """By page and line, the rules for running heads and page numbers."""
    largest = LARGER * style.size  # a chapter's title may stand at the top of many pages, too
    candidates = [one for one in _candidates(pages) if one.line.size < largest]
    sure = _recurring(candidates) + _counting(candidates, pages)
    sure += _beside(candidates, sure, len(pages))
    outer = {(candidate.page, candidate.zone) for candidate in sure if candidate.is_outermost}
    return {
        (one.page, one.at): "page number" if _LONE_NUMBER.fullmatch(one.key) else "running head"
        for one in sure
        if (one.page, one.zone) in outer
    }


def _candidates(pages: Sequence[Page]) -> Iterator[_Candidate]:
    """The two uppermost and the two lowest rows of every page, if in its margins."""
    for number, page in enumerate(pages):
        bases = sorted({round(line.base) for line in page.lines})
        depth = ZONE * (page.high - page.low)
        for index, line in enumerate(page.lines):
            base, text = round(line.base), line.text.casefold()
            key = _NUMERAL.sub(_NUMBER, text)
            if page.high - line.base < depth and base >= bases[-2:][0]:
                y, first = page.high - line.base, base >= bases[-1] - 2
                yield _Candidate(number, index, line, 1, first, y, text, key)
            elif line.base - page.low < depth and base <= bases[:2][-1]:
                y, first = line.base - page.low, base <= bases[0] + 2
                yield _Candidate(number, index, line, -1, first, y, text, key)


def _recurring(candidates: Iterable[_Candidate]) -> list[_Candidate]:
    """Lines that stand at one height on several pages, but for their numbers; no bare numbers."""
    alike: dict[tuple[int, str], list[_Candidate]] = defaultdict(list)
    for candidate in candidates:
        if not _WORDLESS.fullmatch(candidate.key):
            alike[candidate.zone, candidate.key].append(candidate)
    sure: list[_Candidate] = []
    for group in alike.values():
        middle = median(candidate.y for candidate in group)
        level = _near([candidate for candidate in group if abs(candidate.y - middle) < LEVEL])
        if len({candidate.page for candidate in level}) >= RECURS:
            sure += _repeated(level)
    return sure


def _near(group: Sequence[_Candidate]) -> list[_Candidate]:
    """Candidates that have another some pages before or behind them."""
    pages = sorted({candidate.page for candidate in group})
    near = {page for pair in pairwise(pages) if pair[1] - pair[0] <= NEAR for page in pair}
    return [candidate for candidate in group if candidate.page in near]


def _repeated(level: Sequence[_Candidate]) -> list[_Candidate]:
    """Lines that are the same on several pages, or whose number is that of the page.

    "Chapter 1" and "Chapter 2", each on one page, are titles.
    """
    texts = Counter(candidate.text for candidate in level)
    offsets = Counter(offset for candidate in level for offset in _offsets(candidate))
    return [
        candidate
        for candidate in level
        if texts[candidate.text] > 1 or any(offsets[o] > 1 for o in _offsets(candidate))
    ]


def _offsets(candidate: _Candidate) -> set[int]:
    """How far the numbers in a line are from the number of its page."""
    return {_value(n) - candidate.page for n in _NUMERAL.findall(candidate.text)}


def _counting(candidates: Iterable[_Candidate], pages: Sequence[Page]) -> list[_Candidate]:
    """Bare numbers that count the pages: they grow as pages do, or are the page's own."""
    offsets: dict[tuple[int, int], list[_Candidate]] = defaultdict(list)
    own: list[_Candidate] = []
    for candidate in candidates:
        if not _LONE_NUMBER.fullmatch(candidate.key):
            continue
        numeral = _NUMERAL.findall(candidate.text)[0]
        value = _value(numeral)
        offsets[candidate.zone, value - candidate.page].append(candidate)
        label = pages[candidate.page].label.casefold()
        if candidate.zone < 0 and (value == candidate.page + 1 or numeral == label):
            own.append(candidate)
    return own + [c for group in offsets.values() if len(group) > 1 for c in group]


def _value(numeral: str) -> int:
    """Of arabic or roman figures; "mild" is taken for some, but counts no pages."""
    if numeral.isdecimal():
        return int(numeral[:LONGEST_NUMBER])
    return titles.value_of(numeral.upper())


def _beside(
    candidates: Iterable[_Candidate], sure: Sequence[_Candidate], pages: int
) -> list[_Candidate]:
    """Heads that are on one page only, such as a short chapter's, where other pages have theirs."""
    places: dict[tuple[int, int], set[int]] = defaultdict(set)
    sizes: dict[int, float] = defaultdict(float)
    for one in sure:
        places[one.zone, round(one.y)].add(one.page)
        sizes[one.zone] = max(sizes[one.zone], one.line.size)
    usual = {place for place, on in places.items() if len(on) >= max(RECURS, pages * 0.1)}
    return [
        one
        for one in candidates
        if one.is_outermost
        and not _is_title(one.line.text)
        and (one.zone, round(one.y)) in usual
        and one.line.size <= sizes[one.zone] * 1.05
    ]


def _is_title(text: str) -> bool:
    """Whether a line names a chapter, and no page behind it."""
    return names_a_chapter(text) and (titles.is_bare(text) or not text[-1].isdecimal())
