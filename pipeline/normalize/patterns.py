"""Expressions from a person's files: whether one may be used, and for how much of a text.

A file may come from anywhere, and an expression such as (a+)+b takes forever on a line of a's. So
one is refused that has too many ways to match: repeats multiply, and nothing that can match in two
ways may be repeated without end. What is left sees a short stretch of text only. Such an expression
may be slow, but not for long.
"""

from __future__ import annotations

import re
import warnings
from math import inf

LONGEST_PATTERN = 200
LONGEST_MATCH = 60  # characters that an expression is shown
MOST_WAYS = 5_000  # two repeats without end are 3,600
MOST_WAYS_BEFORE = 500  # of what may begin anywhere before a word

_PIECE = re.compile(
    r"(?P<open>\((?:\?(?:[:=!>]|<[=!]|P<\w+>))?+)|(?P<close>\))|(?P<either>\|)"
    r"|(?P<repeat>(?:[*+?]|\{(?P<least>\d*)(?P<to>,?)(?P<most>\d*)\})[+?]?)"
    r"|(?P<one>\\.|\[\^?\]?(?:\\.|[^\]\\])*+\]|.)",
    re.DOTALL,
)


def problem(pattern: str, said: str = "", most: int = MOST_WAYS) -> str:
    """Why an expression, or what is to be said with its groups, cannot be used; else nothing."""
    if len(pattern) > LONGEST_PATTERN:
        return f"is longer than {LONGEST_PATTERN} characters"
    if re.search(r"(?<!\\)(?:\\\\)*\(\?(?![:=!>]|<[=!]|P<\w)", pattern):
        return "has a kind of group that is not known here"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # of what will mean something else one day
            re.compile(pattern).sub(said, "")  # which reads both, though there is no text
    except (re.error, IndexError, OverflowError, RecursionError, Warning) as error:
        return f"is not a regular expression ({error})"
    return "has too many ways to match" if ways(pattern) > most else ""


def ways(pattern: str) -> float:
    """About how many ways a valid expression has to match, at most, at one place.

    What stands side by side multiplies, alternatives add up; to repeat what has several ways
    without end has no bound.
    """
    outer: list[tuple[float, float]] = []  # of each group that is open: alternatives, product
    alternatives, product, last = 0.0, 1.0, 1.0
    for piece in _PIECE.finditer(pattern):
        if piece["repeat"]:
            last = _repeated(last, piece)
            continue
        product, last = product * last, 1.0
        if piece["open"]:
            outer.append((alternatives, product))
            alternatives, product = 0.0, 1.0
        elif piece["either"]:
            alternatives, product = alternatives + product, 1.0
        elif piece["close"]:
            last = alternatives + product
            alternatives, product = outer.pop()
    return alternatives + product * last


def _repeated(inner: float, piece: re.Match[str]) -> float:
    """The ways of what has some, repeated as this says."""
    sign = piece["repeat"][0]
    least = int(piece["least"] or 0) if sign == "{" else int(sign == "+")
    most = LONGEST_MATCH if sign in "*+" else 1
    if sign == "{":
        most = int(piece["most"] or LONGEST_MATCH) if piece["to"] else least
    least, most = min(least, LONGEST_MATCH), min(most, LONGEST_MATCH)
    if inner <= 1:
        return float(most - least + 1)
    try:
        return float(sum(inner**times for times in range(least, most + 1)))
    except OverflowError:
        return inf
