"""Which lines are headings, and of which level: by their size, their weight, or their words."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.normalize import titles
from pipeline.read.pdf.layout import CAP, LARGER, Placed, Style

LONGEST_HEADING = 200  # characters
MOST_HEADING_LINES = 4
MOST_LEVELS = 6
LONGEST_NAME = 80  # characters; a longer line is prose, though it begins as "Section 4."
WHITE = 1.35  # times the usual pitch part two lines


def levels_of(lines: Sequence[Placed], style: Style) -> list[int]:
    """Every line's heading level, 0 for the body: the largest headings are 1."""
    levels = [0] * len(lines)
    groups: list[tuple[range, float]] = []
    at = 0
    while at < len(lines):
        rank = _rank(lines, at, style)
        end = at + 1
        while rank and end < len(lines) and is_one_heading(lines[end - 1], lines[end], style):
            end += 1
        text = sum(len(placed.line.text) for placed in lines[at:end])
        if rank and text <= LONGEST_HEADING and end - at <= MOST_HEADING_LINES:
            groups.append((range(at, end), rank))
        at = end
    ranks = sorted({rank for _, rank in groups}, reverse=True)
    for group, rank in groups:
        for index in group:
            levels[index] = min(MOST_LEVELS, 1 + ranks.index(rank))
    return levels


def _rank(lines: Sequence[Placed], at: int, style: Style) -> float:
    """The size of a line that is a heading, to half a point, 0 for the body.

    Bold lines of the body's size rank below all larger ones, and above the words "Chapter 1".
    """
    line = lines[at].line
    if not any(c.isalnum() for c in line.text) or CAP in line.text:
        return 0
    if line.size >= LARGER * style.size:
        return round(line.size * 2) / 2
    if not _is_alone(lines, at, style) or line.size < 0.9 * style.size:
        return 0
    if line.is_bold and not style.is_bold and line.text[-1] not in ".,;":
        return style.size
    return style.size - 0.5 if names_a_chapter(line.text) else 0


def names_a_chapter(text: str) -> bool:
    """Whether a line is "Chapter 1", "Part Two: The Sea" or "Prologue"; prose may begin so, too."""
    if len(text) > LONGEST_NAME:
        return False
    first = titles.letters(text.partition(" ")[0])
    if first in titles.NAMES:
        return titles.letters(text) == first
    return titles.is_chapter(text) or titles.is_part(text)


def _is_alone(lines: Sequence[Placed], at: int, style: Style) -> bool:
    """Whether a line is short, and parted from the one before it."""
    placed = lines[at]
    if placed.room + max(0.0, placed.indent) < 0.1 * style.measure:
        return False
    return at == 0 or is_parted(lines[at - 1], placed, style)


def is_parted(before: Placed, placed: Placed, style: Style) -> bool:
    """Whether there is more white than usual between two lines, or another column or page."""
    if is_across(before, placed):
        return True
    gap = before.line.base - placed.line.base
    usual = style.pitch * max(1.0, placed.line.size / style.size)
    return gap < 0 or gap > WHITE * usual


def is_across(before: Placed, placed: Placed) -> bool:
    """Whether another column or page begins between two lines."""
    return (before.page, before.line.column) != (placed.page, placed.line.column)


def is_one_heading(before: Placed, placed: Placed, style: Style) -> bool:
    """Whether a line is of one heading with the line before it."""
    above, below = before.line, placed.line
    is_large = below.size >= LARGER * style.size
    return (
        not is_across(before, placed)
        and abs(above.size - below.size) < 0.3
        and 0 < above.base - below.base < 2 * above.size
        and above.is_bold == below.is_bold
        and (is_large or (below.is_bold and not style.is_bold))
    )
