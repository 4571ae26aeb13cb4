"""Runs -> regions: the columns of a page, and what stands above, between and below them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate, groupby
from statistics import median

from pipeline.read.pdf.layout import Run

WIDEST_PAGE = 20_000  # points; a place beyond is a hostile file's
FEWEST_ROWS = 4  # side by side that make columns
FEWEST_LETTERS_A_ROW = 12  # of prose; a table's cell has less


def regions_of(runs: list[Run], size: float, had_columns: bool) -> list[list[Run]]:
    """Parts of a page that are read one after another, each from its top to its bottom.

    `size` is that of most letters; `had_columns`: the page before had some.
    """
    gutter = _gutter(runs, size, 1 if had_columns else FEWEST_ROWS)
    if gutter is None:
        return [runs]
    regions: list[list[Run]] = []
    for crosses, part in _strips(runs, gutter):
        if crosses:
            regions.append(part)
            continue
        for side in _sides(part, gutter):
            if side:
                regions += regions_of(side, size, had_columns=False)
    return regions


def rows_of(runs: Iterable[Run]) -> list[list[Run]]:
    """Runs on one base line, or raised or lowered a little from it; from the top."""
    rows: list[list[Run]] = []
    for run in sorted(runs, key=lambda run: (-run.base, run.left)):
        if rows and _are_level(rows[-1][-1], run):
            rows[-1].append(run)
        else:
            rows.append([run])
    return rows


def _are_level(one: Run, other: Run) -> bool:
    small, large = sorted((one.size, other.size))
    return abs(one.base - other.base) < 0.5 * (large if small >= large / 2 else small)


def _strips(runs: list[Run], x: float) -> list[tuple[bool, list[Run]]]:
    """A page cut at every height where rows begin or cease to cross x."""
    strips = groupby(rows_of(runs), key=lambda row: any(run.left < x < run.right for run in row))
    return [(crosses, [run for row in rows for run in row]) for crosses, rows in strips]


def _sides(runs: Iterable[Run], x: float) -> tuple[list[Run], list[Run]]:
    left: list[Run] = []
    right: list[Run] = []
    for run in runs:
        (left if run.right <= x else right).append(run)
    return left, right


def _gutter(runs: list[Run], size: float, least: int) -> float | None:
    """The middle of the white between two columns, or nothing when there is one column only.

    Where the fewest runs stand, if on both sides of it, at one height, are `least` lines that fill
    their column: tables and verses do not.
    """
    left, right = min(run.left for run in runs), max(run.right for run in runs)
    if not 6 * size < right - left < WIDEST_PAGE:
        return None
    start, end = round((right - left) * 0.25), round((right - left) * 0.75)
    stands = [0] * (round(right - left) + 3)  # runs, by points from the left
    for run in runs:
        stands[max(0, round(run.left - left))] += 1
        stands[max(0, round(run.right - left))] -= 1
    stands = list(accumulate(stands))
    middle = _white(stands, range(start, end + 1), 0.6 * size)
    if middle is None or not _are_columns(runs, left, left + middle, right, least):
        return None
    return left + middle


def _white(stands: Sequence[int], within: range, least: float) -> float | None:
    """The middle of the widest gap. Two runs may stand in it, such as a heading or a number."""
    fewest = min(stands[x] for x in within)
    gap = _widest(stands, within, fewest + 2)
    if len(gap) < least:
        return None
    clear = _widest(stands, gap, min(stands[x] for x in gap))
    return (clear[0] + clear[-1]) / 2


def _widest(stands: Sequence[int], within: range, most: int) -> range:
    """The longest part of a range in which no more than `most` stand."""
    best, start = within[:0], within.start
    for x in range(within.start, within.stop + 1):
        if x == within.stop or stands[x] > most:
            best = max(best, range(start, x), key=len)
            start = x + 1
    return best


def _are_columns(runs: list[Run], left: float, x: float, right: float, least: int) -> bool:
    """Whether some part of the page has so many filled lines on both sides of x."""
    for crosses, part in _strips(runs, x):
        before, behind = _sides(part, x)
        if not crosses and _fills(before, x - left, least) and _fills(behind, right - x, least):
            return True
    return False


def _fills(runs: list[Run], width: float, least: int) -> bool:
    """Whether at least so many lines are prose that is set to a width."""
    rows = rows_of(runs)
    if len(rows) < least:
        return False
    filled = [max(run.right for run in row) - min(run.left for run in row) for row in rows]
    letters = [sum(len(run.text) for run in row) for row in rows]
    return median(filled) > 0.6 * width and median(letters) >= FEWEST_LETTERS_A_ROW
