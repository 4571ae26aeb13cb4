"""The lines of a plain text, and the paragraphs that they were before an editor wrapped them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import accumulate, pairwise

# Where an editor wraps lines; how many of a document's line breaks must look like its work, and
# how many of its lines may be longer all the same (an address, a table).
WRAP_WIDTHS = range(30, 121)
WRAPPED_SHARE = 0.6
WRAPPED_BREAKS = 3
LONGER_SHARE = 0.2
# A shorter line that breaks off is verse or a list, not a wrap.
BROKEN_OFF = 45
HEADING_CHARACTERS = 100

SPEAKABLE = re.compile(r"[^\W_]")
SENTENCE_ENDS = re.compile(r"[.!?:;…][\"'”’)\]*_]*$")
MARKDOWN_HEADING = re.compile(r"#{1,6}[ \t]+(?=\S)")
BULLET = re.compile(r"[-*+•‣▪▫◦●○■□·](?:[ \t]+)(?=\S)")
_FULL_STOP = re.compile(r"[.!?…][\"'”’)\]*_]*$")
_ENDS_OPEN = re.compile(r"[,;\w…’'—–\u2010\u00ad-]$")
_ENDS_IN_A_WORD = re.compile(r"[^\W\d_][-\u2010\u00ad]$")
_OPENS_QUOTE = re.compile(r"[\"“„«‘]")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the source, without the white space at its ends and a quotation's marks."""

    start: int
    end: int
    text: str
    indent: int
    quoted: bool = False

    @property
    def reach(self) -> int:
        """The column in which it ends."""
        return self.indent + len(self.text)

    @property
    def margin(self) -> int:
        """The column in which its words begin, behind a list's bullet."""
        bullet = BULLET.match(self.text)
        return self.indent + (bullet.end() if bullet else 0)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Lines that belong together, and whether blank lines stand before and after them."""

    lines: tuple[Line, ...]
    apart: bool

    @property
    def text(self) -> str:
        return self.lines[0].text if len(self.lines) == 1 else " ".join(x.text for x in self.lines)

    @property
    def is_prose_or_break(self) -> bool:
        """It ends like a sentence, is too long for anything else, or has no words at all."""
        ends = SENTENCE_ENDS.search(self.text) or not SPEAKABLE.search(self.text)
        return len(self.lines) > 1 or bool(ends) or len(self.text) > HEADING_CHARACTERS


def lines_of(text: str, at: int = 0, end: int | None = None) -> list[Line | None]:
    """The lines of a stretch of text; None stands for blank ones."""
    lines: list[Line | None] = []
    for raw in text[at:end].split("\n"):
        bare = raw.strip()
        indent = len(raw) - len(raw.lstrip())
        start = at + indent
        lines.append(Line(start, start + len(bare), bare, indent) if bare else None)
        at += len(raw) + 1
    return lines


def paragraphs_of(lines: list[Line | None]) -> list[Paragraph]:
    """Lines that were one before an editor wrapped them, together again."""
    width = wrap_width(lines)
    groups: list[list[Line]] = []
    blank_before: list[bool] = []
    previous: Line | None = None
    for line in lines:
        if line and previous and _goes_on(groups[-1], line, width):
            groups[-1].append(line)
        elif line:
            groups.append([line])
            blank_before.append(previous is None)
        previous = line
    apart = [before and after for before, after in pairwise([*blank_before, True])]
    return [Paragraph(tuple(group), alone) for group, alone in zip(groups, apart, strict=True)]


def _goes_on(group: list[Line], line: Line, width: int | None) -> bool:
    """Whether a line belongs to these; a list's next item does not."""
    is_next = BULLET.match(line.text) and BULLET.match(group[0].text)
    alike = line.quoted == group[0].quoted
    return not is_next and alike and continues(group[-1], line, width)


def wrap_width(lines: list[Line | None]) -> int | None:
    """The width at which a document was wrapped; None if each of its lines is a paragraph."""
    broken = [(one, two) for one, two in pairwise(lines) if one and two]
    steps = [0] * (WRAP_WIDTHS.stop + 1)
    for one, two in broken:  # full for every width from its end to where the next word would end
        if one.reach < WRAP_WIDTHS.stop:
            steps[max(one.reach, WRAP_WIDTHS.start)] += 1
            steps[min(one.reach + 1 + len(two.text.split()[0]), WRAP_WIDTHS.stop)] -= 1
    full = list(accumulate(steps))
    width = max(WRAP_WIDTHS, key=lambda at: (full[at], -at))
    if sum(one.reach > width for one, _ in broken) > len(broken) * LONGER_SHARE:
        return None
    return width if full[width] >= max(WRAPPED_BREAKS, WRAPPED_SHARE * len(broken)) else None


def _is_full(line: Line, following: Line, width: int) -> bool:
    """Whether the first word of the next line would not have fitted on this one."""
    return line.reach <= width < line.reach + 1 + len(following.text.split()[0])


def _breaks_off(line: Line) -> bool:
    """Whether a line ends in the middle of a sentence, or of a word."""
    is_long = len(line.text) >= BROKEN_OFF or line.quoted
    end = _ENDS_OPEN if is_long else _ENDS_IN_A_WORD
    return end.search(line.text) is not None


def continues(previous: Line, line: Line, width: int | None) -> bool:
    """Whether the break before this line is a wrap: its first word would not have fitted above.

    Where paragraphs are single long lines, only a broken sentence says so.
    """
    if not SPEAKABLE.search(line.text) or not SPEAKABLE.search(previous.text):
        return False
    if MARKDOWN_HEADING.match(previous.text) or MARKDOWN_HEADING.match(line.text):
        return False
    if line.text[0].islower() and _breaks_off(previous):
        return True
    if width is None or line.indent >= previous.margin + 2:
        return False
    if _FULL_STOP.search(previous.text) and _OPENS_QUOTE.match(line.text):
        return False
    return _is_full(previous, line, width)
