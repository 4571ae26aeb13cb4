"""Which lines begin a block: by white, by indents, and by what would have fitted above."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.read.pdf.headings import is_across, is_one_heading, is_parted
from pipeline.read.pdf.layout import Placed, Style

_ENDED = re.compile(r"[.!?…:;—–][\"'”’»)\]*]*$")
_OPENS = re.compile(r"[\"'“‘«([¿¡—–-]*(?:[^\W_a-z]|$)")
_CLOSES = re.compile(r"[.!?…—,–][”\"»]$")
_OPENING_QUOTES = frozenset('“«"„')
_BULLET = re.compile(r"[•◦▪‣●○■–*-]\s|\(?\d{1,2}[.)]\s")
_WORDLESS = re.compile(r"[\W_]{1,30}")
_ORNAMENTS = frozenset("*#~⁂❦❧•·=+_◆■●★☆✦✻✽§")


def beginnings(lines: Sequence[Placed], levels: Sequence[int], style: Style) -> list[bool]:
    """Which lines begin a block; `levels` are those of headings."""
    begins = [True] * len(lines)
    for at in range(1, len(lines)):
        before, placed = lines[at - 1], lines[at]
        if levels[at] != levels[at - 1]:
            continue
        if levels[at]:
            begins[at] = not is_one_heading(before, placed, style)
        else:
            begins[at] = _begins(before, placed, begins[at - 1], style)
    return begins


def _begins(before: Placed, placed: Placed, is_first: bool, style: Style) -> bool:
    """Whether a line begins a paragraph; `is_first` if the line before it did.

    It does behind a gap, when it is indented, and when its first word would have fitted into the
    line before: but where a sentence goes on, an indent is none.
    """
    if _is_other(before, placed, style):
        return True
    line, text = placed.line, placed.line.text
    ended = bool(_ENDED.search(before.line.text))
    opens = bool(_OPENS.match(text))
    width = (line.right - line.left) / max(1, len(text))
    fits = before.room > width * (len(text.split(" ", 1)[0]) + 2)
    small = 0.7 * line.size
    if placed.indent > small:
        if abs(placed.indent - before.indent) < 0.4 * small:  # a quotation, or one line each
            return opens and (fits or (ended and is_first))
        return ended or fits
    if before.indent > small and not is_first and not is_across(before, placed):
        return opens or ended
    return fits and (ended or opens)


def _is_other(before: Placed, placed: Placed, style: Style) -> bool:
    """Whether a line is plainly no part of what the line before it belongs to."""
    one, other = before.line, placed.line
    return (
        (is_parted(before, placed, style) and not is_across(before, placed))
        or abs(one.size - other.size) > 0.12 * other.size
        or one.has_gap
        or other.has_gap
        or _is_ornament(before)
        or _is_ornament(placed)
        or bool(_BULLET.match(other.text))
        or bool(_CLOSES.search(one.text) and other.text[:1] in _OPENING_QUOTES)
    )


def _is_ornament(placed: Placed) -> bool:
    """Whether a line parts scenes; a paragraph's last dash on a line of its own does not."""
    text = placed.line.text
    if not _WORDLESS.fullmatch(text):
        return False
    return placed.indent > 2 * placed.line.size or any(c in _ORNAMENTS for c in text)
