"""What a page is made of, from letters up to lines; places are in points, y upwards."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

UPRIGHT, ASKEW = 0, 4  # quarter turns; askew is none of them
CAP = "\x1f"  # between a drop cap and its line, until it is known whether they are one word
LARGER = 1.12  # times the body's size make a heading

Bounds = Sequence[float]  # of a page: left, low, right, high
Piece = tuple[str, str]  # what is not read: the rule that says so, and the text


class Run(NamedTuple):
    """Letters of one font on one base line without a wide gap; `turn` is in quarters."""

    text: str
    left: float
    right: float
    base: float
    top: float
    size: float
    is_bold: bool
    turn: int
    is_raised: bool = False


class Line(NamedTuple):
    """A line as printed, without its note references; `column` counts within its page.

    One with a gap is a row of a table, or of a table of contents.
    """

    text: str
    left: float
    right: float
    base: float
    size: float
    is_bold: bool
    column: int
    references: tuple[str, ...]
    has_gap: bool


class Page(NamedTuple):
    """What stands on a page; `hidden` are rules and texts that no reader follows.

    `strange` counts the characters that are none.
    """

    label: str
    low: float
    high: float
    lines: tuple[Line, ...]
    hidden: tuple[Piece, ...]
    is_picture: bool
    strange: int

    @property
    def letters(self) -> int:
        """How much there is to read."""
        return sum(len(line.text) for line in self.lines)


class Style(NamedTuple):
    """What most of a document looks like: its body's size, pitch, measure and weight."""

    size: float
    pitch: float
    measure: float
    is_bold: bool


class Placed(NamedTuple):
    """A line of the body, how far it is indented, and what is free behind it; in points."""

    line: Line
    page: int
    indent: float
    room: float


class Story(NamedTuple):
    """The body's lines, and before which of them pages begin and pieces were left out."""

    lines: list[Placed]
    before: dict[int, list[Piece]]  # a page's label is a piece without a rule


class Start(NamedTuple):
    """Where a block begins: on which page, at which height, and at which offset of the text."""

    page: int
    base: float
    at: int
    heading: str
