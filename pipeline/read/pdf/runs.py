"""Letters -> runs: PDFium is asked twice for every letter, and for all else once a run."""

from __future__ import annotations

import ctypes
import math
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from pipeline.read.pdf.layout import ASKEW, UPRIGHT, Bounds, Run

BOLD_WEIGHT = 700  # of a font, from 100 to 900
LONGEST_FONT_NAME = 100  # bytes
REACH = 0.6  # of a letter's height, at most between two of one run
_SPACES = frozenset((9, 10, 13, 32, 0xA0, 0x2028, 0x2029))
_LINE_ENDS = frozenset((10, 13))
_HYPHENS = frozenset((2, 0xFFFE))  # what PDFium makes of a hyphen at the end of a line
_BOLD = re.compile(r"bold|black|heavy|demi|cmbx|cmssbx|sfbx|[-,]bd\b", re.IGNORECASE)
_DIGITS = re.compile(r"\d+")
_NOWHERE = -1  # the index of a space, whose place says nothing


def runs_of(page: Any, count: int, bounds: Bounds) -> Iterator[Run]:
    """The letters of a PDFium text page, in the order of the file."""
    from pypdfium2 import raw

    unicode_of, box_of = raw.FPDFText_GetUnicode, raw.FPDFText_GetLooseCharBox
    box = raw.FS_RECTF()
    into = ctypes.byref(box)
    letters: list[str] = []
    indexes: list[int] = []
    space = broken = False
    left = right = low = high = 0.0
    for index in range(count):
        code = unicode_of(page, index)
        if code in _SPACES:
            space, broken = True, broken or code in _LINE_ENDS
            continue
        box_of(page, index, into)
        reach = REACH * (high - low)
        same = box.bottom == low and box.top == high and left - 1 <= box.left <= right + reach
        if (broken or not same) and letters:
            yield from _measured(page, letters, indexes, bounds)
            letters, indexes = [], []
            space = space and not broken  # a line's end is none: a word may go on behind it
        elif not letters:
            space = False
        if space:
            letters.append(" ")
            indexes.append(_NOWHERE)
        space = broken = False
        letters.append("-" if code in _HYPHENS else chr(code))
        indexes.append(index)
        left, right, low, high = box.left, box.right, box.bottom, box.top
    if letters:
        yield from _measured(page, letters, indexes, bounds)


def _measured(
    page: Any, letters: Sequence[str], indexes: Sequence[int], bounds: Bounds
) -> Iterator[Run]:
    """A run with its font; digits that are only raised by their drawing are runs of their own."""
    text = "".join(letters)
    run = _measure(page, text, indexes, bounds)
    digits = [match.span() for match in _DIGITS.finditer(text)] if run.turn == UPRIGHT else []
    raised = [span for span in digits if _is_raised(page, indexes[span[0]], run)]
    if not raised:
        yield run
        return
    cuts = sorted({0, len(text), *(cut for span in raised for cut in span)})
    for start, end in pairwise(cuts):
        if text[start:end].strip():
            part = _measure(page, text[start:end], indexes[start:end], bounds)
            yield part._replace(is_raised=(start, end) in raised)


def _is_raised(page: Any, index: int, run: Run) -> bool:
    """Whether the ink of a digit floats above its base line."""
    from pypdfium2 import raw

    left, right, low, high = (ctypes.c_double() for _ in range(4))
    raw.FPDFText_GetCharBox(page, index, left, right, low, high)
    return low.value - run.base > 0.2 * run.size


def _measure(page: Any, text: str, indexes: Sequence[int], bounds: Bounds) -> Run:
    """A run in a frame in which it stands upright."""
    from pypdfium2 import raw

    placed = [index for index in indexes if index != _NOWHERE]
    first, last = placed[0], placed[-1]
    box, end, matrix = raw.FS_RECTF(), raw.FS_RECTF(), raw.FS_MATRIX()
    raw.FPDFText_GetLooseCharBox(page, first, box)
    raw.FPDFText_GetLooseCharBox(page, last, end)
    x, y = ctypes.c_double(), ctypes.c_double()
    raw.FPDFText_GetCharOrigin(page, first, x, y)
    raw.FPDFText_GetMatrix(page, first, matrix)
    size = raw.FPDFText_GetFontSize(page, first) * math.hypot(matrix.c, matrix.d)
    turn = _turn(matrix.a, matrix.b)
    sides = (
        min(box.left, end.left),
        min(box.bottom, end.bottom),
        max(box.right, end.right),
        max(box.top, end.top),
    )
    left, right, base, top = _upright(sides, (x.value, y.value), turn, bounds)
    size = size if math.isfinite(size) and size > 0.1 else max(top - base, 1.0)
    return Run(well_formed(text), left, right, base, top, size, _is_bold(page, first), turn)


def well_formed(text: str) -> str:
    """The same with surrogates, which a hostile font may give, paired or replaced."""
    try:
        text.encode()
        return text
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _turn(a: float, b: float) -> int:
    """Quarter turns, counted against the clock, of a matrix with this first column."""
    quarters = math.atan2(b, a) / (math.pi / 2)
    return round(quarters) % 4 if abs(quarters - round(quarters)) < 0.1 else ASKEW


def _upright(
    box: Sequence[float], origin: tuple[float, float], turn: int, bounds: Bounds
) -> tuple[float, float, float, float]:
    """Left, right, base line and top of a box after its page was turned back."""
    left, low, right, high = box
    across, up = bounds[0] + bounds[2], bounds[1] + bounds[3]
    x, y = origin
    if turn == 1:
        return low, high, across - x, across - left
    if turn == 2:
        return across - right, across - left, up - y, up - low
    if turn == 3:
        return up - high, up - low, x, right
    return left, right, y, high


def _is_bold(page: Any, index: int) -> bool:
    """By the name of the font, since few say their weight."""
    from pypdfium2 import raw

    flags = ctypes.c_int()
    name = ctypes.create_string_buffer(LONGEST_FONT_NAME)
    raw.FPDFText_GetFontInfo(page, index, name, LONGEST_FONT_NAME, flags)
    bold = _BOLD.search(name.value.decode("utf-8", "replace"))
    return bool(bold) or raw.FPDFText_GetFontWeight(page, index) >= BOLD_WEIGHT
