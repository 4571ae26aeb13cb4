"""Runs -> lines: in reading order, with their drop caps and without their note references."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import groupby, pairwise

from pipeline.read.pdf.columns import regions_of, rows_of
from pipeline.read.pdf.layout import ASKEW, CAP, UPRIGHT, Bounds, Line, Piece, Run

WIDEST_SPACE = 4  # times the size of the letters; more is a gap
FIRST_RIGHT_TO_LEFT = "\u0590"  # no script before it is written so
_LIGATURES = dict(enumerate(("ff", "fi", "fl", "ffi", "ffl", "st", "st"), 0xFB00))
_CONTROLS = dict.fromkeys((*range(ord(CAP)), *range(0x7F, 0xA0)))
_UNSEEN = {0xAD: None, 0x200B: None, 0xFEFF: None, **_LIGATURES, **_CONTROLS}
_REFERENCE = re.compile(r"[\s\[(]*(?:\d{1,3}|[*†‡§¶]{1,3})(?:,\s?\d{1,3})*[\])]*\s*")


def seen(runs: list[Run], bounds: Bounds) -> tuple[list[Run], tuple[Piece, ...]]:
    """The runs that stand as most of the page does, and what stands beside or across it."""
    turns: Counter[int] = Counter()
    for run in runs:
        turns[run.turn] += len(run.text)
    turn = turns.most_common(1)[0][0] if turns else UPRIGHT
    kinds: dict[str, list[Run]] = defaultdict(list)
    for run in runs:
        if run.turn != turn:
            kinds["sideways text"].append(run)
        else:
            kinds["" if _is_within(run, bounds) else "text beside the page"].append(run)
    within = kinds.pop("", [])
    return within, tuple((rule, _roughly(beside)) for rule, beside in kinds.items())


def _is_within(run: Run, bounds: Bounds) -> bool:
    """Whether a run's middle is on the page; a place that is no number is not."""
    left, low, right, high = bounds
    if run.turn % 2:
        left, low, right, high = low, left, high, right
    return left <= (run.left + run.right) / 2 <= right and low <= run.base <= high


def _roughly(runs: Iterable[Run]) -> str:
    """The text of runs that nobody reads: letters at a slant come one by one."""
    parts: list[str] = []
    for turn, group in groupby(runs, key=lambda run: run.turn):
        alike = list(group)
        rows = [alike] if turn == ASKEW else rows_of(alike)
        parts += ["".join(run.text for run in row) for row in rows]
    return " ".join(parts).translate({**_UNSEEN, ord(CAP): None})


def lines_of(runs: list[Run], had_columns: bool) -> Iterator[Line]:
    """A page's lines, in reading order; `had_columns`: the page before had some."""
    if not runs:
        return
    size = _usual_size(runs)
    for column, region in enumerate(regions_of(runs, size, had_columns)):
        for row in rows_of(_with_caps(region, size)):
            line = _line(row, column)
            if line.text or line.references:
                yield line


def _usual_size(runs: Iterable[Run]) -> float:
    """The size, to a tenth of a point, of most letters."""
    sizes: Counter[float] = Counter()
    for run in runs:
        sizes[round(run.size, 1)] += len(run.text)
    return sizes.most_common(1)[0][0]


def _with_caps(runs: list[Run], size: float) -> list[Run]:
    """The same with every drop cap at the beginning of its first line."""
    caps = [run for run in runs if run.size > 1.6 * size and _is_letter(run.text)]
    for cap in caps:
        beside = [
            run
            for run in runs
            if run.size < 0.7 * cap.size
            and cap.base - 0.3 * size < run.base < cap.top
            and -size < run.left - cap.right < 1.5 * size
        ]
        first = max(beside, key=lambda run: run.base, default=None)
        if first is None or first.base < cap.base + 0.5 * size:
            continue
        moved = {id(run): run._replace(left=cap.left) for run in beside}
        moved[id(first)] = first._replace(left=cap.left, text=cap.text + CAP + first.text)
        runs = [moved.get(id(run), run) for run in runs if run is not cap]
    return runs


def _is_letter(text: str) -> bool:
    """Whether a text is one letter, which a quotation mark may stand before."""
    bare = text.strip()
    return 0 < len(bare) <= 2 and bare[-1].isalpha() and not bare[:-1].isalnum()


def _line(row: list[Run], column: int) -> Line:
    """A row's runs as one text; raised marks behind a word are its note references."""
    size = _usual_size(row)
    base = next(run.base for run in row if abs(run.size - size) < 0.1)
    right_to_left = sum(map(_goes_left, row)) * 2 > len(row)
    row = sorted(row, key=lambda run: -run.right if right_to_left else run.left)
    text, references = "", []
    before: Run | None = None
    for run in row:
        if before and _is_reference(run, text, base, size):
            references.append(run.text.strip())
        else:
            text += (" " if before and _is_apart(before, run) else "") + run.text
        before = run
    return Line(
        " ".join(part for part in text.translate(_UNSEEN).split(" ") if part),
        min(run.left for run in row),
        max(run.right for run in row),
        base,
        size,
        all(run.is_bold for run in row if run.text.strip()),
        column,
        tuple(references),
        any(b.left - a.right > WIDEST_SPACE * size for a, b in pairwise(row)),
    )


def _goes_left(run: Run) -> bool:
    return max(run.text, default="") > FIRST_RIGHT_TO_LEFT and any(
        unicodedata.bidirectional(c) in ("R", "AL") for c in run.text
    )


def _is_apart(before: Run, run: Run) -> bool:
    """Whether there is a space between two runs of a line."""
    gap = run.left - before.right if run.left >= before.left else before.left - run.right
    return gap > 0.2 * min(run.size, before.size)


def _is_reference(run: Run, before: str, base: float, size: float) -> bool:
    """Whether a run is a note's mark: raised, and right behind a word that is no number."""
    is_raised = run.is_raised or (run.size < 0.86 * size and run.base > base + 0.15 * size)
    behind = before[-1:]
    is_behind = bool(behind) and not behind.isspace() and not behind.isdigit()
    return is_raised and is_behind and bool(_REFERENCE.fullmatch(run.text))
