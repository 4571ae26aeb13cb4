"""Text that was once read in the wrong encoding: "itâ€™s" was "it’s"."""

from __future__ import annotations

import re

# UTF-8 read as Windows-1252 or Latin-1 begins with one of these letters, and goes on with what
# no word goes on with.
SIGNS = re.compile(
    "(?:[ÂÃ][\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc"
    "\u2013\u2014\u2018-\u201e\u2020-\u2022\u2026\u2030\u2039\u203a\u20ac\u2122]"
    "|â(?:€|\u0080)[\u0080-\uffff]|ï»¿|ðŸ)+"
)
LONGEST_LINE = 100_000  # characters; a longer one is no prose


def repaired(text: str) -> tuple[str, int]:
    """The text as it was meant, and how many places were damaged; all else is left as it is."""
    if not SIGNS.search(text):
        return text, 0
    import ftfy

    lines = text.split("\n")
    count = 0
    for index, line in enumerate(lines):
        damaged = len(SIGNS.findall(line)) if len(line) <= LONGEST_LINE else 0
        fixed = ftfy.fix_encoding(line) if damaged else line
        if fixed != line and "\n" not in fixed:
            lines[index] = fixed
            count += damaged
    return "\n".join(lines), count


def notice(name: str, count: int) -> tuple[str, ...]:
    """What there is to say of a file that was repaired."""
    places = "1 place" if count == 1 else f"{count} places"
    return (f"{name}: {places} read in the wrong encoding once, repaired.",) if count else ()
