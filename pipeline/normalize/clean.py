"""A story's text -> blocks to read, and the pieces that are left out with the rule that says why.

Blocks are spans of the text as it came: nothing is rewritten here, so that every later product
can point back at the story.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise

from pipeline.model import Block, Skipped
from pipeline.normalize import titles
from pipeline.normalize.titles import CHAPTERS, NAMES, NUMBER_WORD, PARTS, SMALL_WORDS

# Where an editor wraps lines; how many of a document's line breaks must look like its work, and
# how many of its lines may be longer all the same (an address, a table).
WRAP_WIDTHS = range(30, 121)
WRAPPED_SHARE = 0.6
WRAPPED_BREAKS = 3
LONGER_SHARE = 0.2
# A shorter line that breaks off is verse or a list, not a wrap.
BROKEN_OFF = 45
HEADING_WORDS = 14
HEADING_CHARACTERS = 100
ORNAMENTS = "[](){}~*=_ \t"  # that people put around a heading

_SPEAKABLE = re.compile(r"[^\W_]")
_MARKDOWN_HEADING = re.compile(r"#{1,6}[ \t]+(?=\S)")
_MARKDOWN_CLOSE = re.compile(r"[ \t]+#+$")
# What stands right below a line to make a heading of it.
_UNDERLINE = re.compile(r"[ \t]*\n[ \t]*(?:={3,}|-{3,}|~{3,})")
_SENTENCE_ENDS = re.compile(r"[.!?:;…][\"'”’)\]*_]*$")
_FULL_STOP = re.compile(r"[.!?…][\"'”’)\]*_]*$")
_ENDS_OPEN = re.compile(r"[,;\w…’'—–-]$")
_OPENS_QUOTE = re.compile(r"[\"“„«‘]")

# "Chapter 3", "PART TWO: The Road", "Book II. Winter", "Prologue"; in some other languages too.
_NUMBERED_PART = re.compile(
    rf"(?:{'|'.join(sorted(PARTS | CHAPTERS))})\s+(?:the\s+)?"
    rf"(?:\d+|[IVXLC]+|(?:{NUMBER_WORD})(?:[- ](?:and )?(?:{NUMBER_WORD}))*)\b(?P<rest>.*)",
    re.IGNORECASE,
)
_NAMED_PART = re.compile(
    rf"(?:{'|'.join(sorted(NAMES))})(?:\s*[.:]|\s*[.:—–-]\s+(?P<rest>.+))?",
    re.IGNORECASE,
)
_NUMERAL = re.compile(r"(?:\d{1,3}|[IVXLC]+)\.?")

# An assistant that wrote the story takes its leave: it offers the reader more work on the text.
_YOU_WANT = r"you(?:[’']d| would)? (?:like|want|need|prefer)\b"
_THE_TEXT = (
    r"\b(?:versions?|format|tailored|expand|rewrite|revis(?:e|ions?)|adjust(?:ments)?|changes|edits|"
    r"longer|shorter|story|stories|article|script|scene|chapter|series)\b"
)
_FAREWELL = re.compile(
    rf"(?:please )?let me know (?:if|whether) {_YOU_WANT}.*{_THE_TEXT}"
    r"|(?:would you like|do you want) me to (?:expand|continue|rewrite|revise|adjust|write|create|"
    r"turn|add|make|change|develop)\b"
    rf"|if {_YOU_WANT}.*\bI can\b.*{_THE_TEXT}"
    rf"|feel free to (?:ask|request|let me know)\b.*{_THE_TEXT}"
    r"|i hope this (?:story )?helps\b",
    re.IGNORECASE | re.DOTALL,
)
_SOMEBODY_SPEAKS = re.compile(r"\b(?:he|she|they|I|it)\s+(?:said|asked|thought|wrote|had)\b")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the source, without the white space at its ends."""

    start: int
    end: int
    text: str
    indent: int

    @property
    def reach(self) -> int:
        """The column in which it ends."""
        return self.indent + len(self.text)


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
        ends = _SENTENCE_ENDS.search(self.text) or not _SPEAKABLE.search(self.text)
        return len(self.lines) > 1 or bool(ends) or len(self.text) > HEADING_CHARACTERS


def clean(
    text: str, *, keep_boilerplate: bool = False
) -> tuple[tuple[Block, ...], tuple[Skipped, ...]]:
    """The blocks of a story in reading order, and what is skipped; together all but white space."""
    paragraphs = _paragraphs(_lines(text))
    blocks: list[Block] = []
    skipped: list[Skipped] = []
    for index, paragraph in enumerate(paragraphs):
        start, end = paragraph.lines[0].start, paragraph.lines[-1].end
        if mark := _MARKDOWN_HEADING.match(text, start, end):
            close = _MARKDOWN_CLOSE.search(text, mark.end(), end)
            stop = close.start() if close else end
            skipped += [_skip("heading mark", text, start, mark.end())]
            skipped += [_skip("heading mark", text, stop, end)] if close else []
            blocks.append(Block("heading", mark.end(), stop))
        elif index and _UNDERLINE.fullmatch(text, paragraphs[index - 1].lines[-1].end, end):
            skipped.append(_skip("heading mark", text, start, end))
            blocks[-1] = replace(blocks[-1], kind="heading")
        elif not _SPEAKABLE.search(text, start, end):
            skipped.append(_skip("scene break", text, start, end))
            blocks.append(Block("break", start, end))
        elif not keep_boilerplate and 0 < index == len(paragraphs) - 1 and _is_farewell(paragraph):
            skipped.append(_skip("assistant's closing line", text, start, end))
        else:
            heading = _is_heading(paragraphs, index)
            blocks.append(Block("heading" if heading else "paragraph", start, end))
    return tuple(blocks), tuple(skipped)


def title_of(heading: str) -> str:
    """A heading as a title: on one line, without marks of emphasis around it."""
    return " ".join(heading.split()).strip("*_# ")


def _skip(rule: str, text: str, start: int, end: int) -> Skipped:
    return Skipped(rule, text[start:end], start, end)


def _lines(text: str) -> list[Line | None]:
    """The lines of a text; None stands for blank ones."""
    lines: list[Line | None] = []
    at = 0
    for raw in text.split("\n"):
        bare = raw.strip()
        indent = len(raw) - len(raw.lstrip())
        start = at + indent
        lines.append(Line(start, start + len(bare), bare, indent) if bare else None)
        at += len(raw) + 1
    return lines


def _paragraphs(lines: list[Line | None]) -> list[Paragraph]:
    """Lines that were one before an editor wrapped them, together again."""
    width = _wrap_width(lines)
    groups: list[list[Line]] = []
    blank_before: list[bool] = []
    previous: Line | None = None
    for line in lines:
        if line and previous and _continues(previous, line, width):
            groups[-1].append(line)
        elif line:
            groups.append([line])
            blank_before.append(previous is None)
        previous = line
    apart = [before and after for before, after in pairwise([*blank_before, True])]
    return [Paragraph(tuple(group), alone) for group, alone in zip(groups, apart, strict=True)]


def _wrap_width(lines: list[Line | None]) -> int | None:
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


def _continues(previous: Line, line: Line, width: int | None) -> bool:
    """Whether the break before this line is a wrap: its first word would not have fitted above.

    Where paragraphs are single long lines, only a broken sentence says so.
    """
    if not _SPEAKABLE.search(line.text) or not _SPEAKABLE.search(previous.text):
        return False
    if _MARKDOWN_HEADING.match(previous.text) or _MARKDOWN_HEADING.match(line.text):
        return False
    breaks_off = len(previous.text) >= BROKEN_OFF and _ENDS_OPEN.search(previous.text)
    if breaks_off and line.text[0].islower():
        return True
    if width is None or line.indent >= previous.indent + 2:
        return False
    if _FULL_STOP.search(previous.text) and _OPENS_QUOTE.match(line.text):
        return False
    return _is_full(previous, line, width)


def _is_heading(paragraphs: list[Paragraph], index: int) -> bool:
    """A line of its own that says so ("Chapter 3"), or looks so and stands before prose."""
    here = paragraphs[index]
    if len(here.lines) > 1 or len(here.text) > HEADING_CHARACTERS:
        return False
    if names_a_part(here.text, apart=here.apart):
        return True
    if index + 1 == len(paragraphs):
        return False
    if _NUMERAL.fullmatch(here.text):
        return here.apart
    if here.apart and titles.is_number(here.text) and paragraphs[index + 1].is_prose_or_break:
        return _in_title_case(here.text.split()[1:])
    before = paragraphs[index - 1] if index else None
    follows = before is None or before.is_prose_or_break or names_a_part(before.text)
    following = paragraphs[index + 1]
    if index == 0 and len(paragraphs) > 2 and _is_byline_or_subtitle(following):
        following = paragraphs[2]
    return follows and following.is_prose_or_break and _looks_like_a_title(here)


def _is_byline_or_subtitle(paragraph: Paragraph) -> bool:
    byline = re.match(r"by\s+\S", paragraph.text, re.IGNORECASE)
    return len(paragraph.text) <= HEADING_CHARACTERS and bool(
        byline or _looks_like_a_title(paragraph)
    )


def names_a_part(text: str, *, apart: bool = False) -> bool:
    """ "Part 2: The Road" is a heading, "Part 2 of the plan was lost." is not.

    `apart`: blank lines stand around it, so that what a colon introduces may be a sentence.
    """
    text = text.strip(ORNAMENTS)
    if titles.is_ordinal(text):
        return True
    match = _NUMBERED_PART.fullmatch(text) or _NAMED_PART.fullmatch(text)
    if not match:
        return False
    rest = (match["rest"] or "").strip()
    bare = rest.lstrip(".:—–- \t")
    if not bare:
        return True
    introduced = rest != bare or match.re is _NAMED_PART
    ends = _SENTENCE_ENDS.search(bare) and not apart
    return _in_title_case(bare.split()) or (
        introduced and not ends and len(bare.split()) <= HEADING_WORDS
    )


def _looks_like_a_title(here: Paragraph) -> bool:
    text = here.text
    words = text.split()
    if len(words) > HEADING_WORDS or text[0] in "“\"‘'(—–-" or words[0].lower() == "by":
        return False
    if re.search(r"[.,;:…—–][\"'”’)]*$", text) or ("," in text and len(words) <= 3):
        return False
    if text[-1] in "!?":
        least = 2 if here.apart else 4
        return not re.search(r"[,.!?]", text[:-1]) and _in_title_case(words, at_least=least)
    return _in_title_case(words, at_least=2)


def _in_title_case(words: list[str], *, at_least: int = 1) -> bool:
    numbered = bool(re.fullmatch(r"\d+[.:)]?", words[0]))  # "3. The Road", not "15th October"
    words = [re.sub(r"^\W+|\W+$", "", word) for word in words]
    words = [word for word in words if word]
    if len(words) < at_least or not words or not (words[0][0].isupper() or numbered):
        return False
    if numbered and len(words) > 1 and words[1] in _MONTHS:
        return False
    return all(not word[0].islower() or word.lower() in SMALL_WORDS for word in words)


_MONTHS = frozenset(
    "January February March April May June July August September October November December".split()
)


def _is_farewell(paragraph: Paragraph) -> bool:
    """Only the last paragraph can be one, and never the whole story."""
    text = paragraph.text
    return bool(_FAREWELL.match(text)) and not _SOMEBODY_SPEAKS.search(text)
