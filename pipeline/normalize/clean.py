"""A story's text -> blocks to read, and the pieces that are left out with the rule that says why.

Blocks are spans of the text as it came: nothing is rewritten here, so that every later product
can point back at the story.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from pipeline.model import Block, Skipped

# Where an editor wraps lines, and how many of a document's line breaks must look like its work.
WRAP_WIDTHS = range(40, 101)
WRAPPED_SHARE = 0.6
HEADING_WORDS = 14
HEADING_CHARACTERS = 100

# Small words stay small in a title: "A Legacy Born From Fire, Curiosity, and Sound".
SMALL_WORDS = frozenset(
    "a an and as at but by for from if in into nor of on or over so the to up via with yet".split()
)

_SPEAKABLE = re.compile(r"[^\W_]")
_MARKDOWN_HEADING = re.compile(r"#{1,6}[ \t]+(?=\S)")
_ENDS_A_SENTENCE = re.compile(r"[.!?:;…]['\"’”)\]*_]*$")
_ENDS_OPEN = re.compile(r"[,;\w…’'—–-]$")
_CHAPTER = re.compile(
    r"(chapter|part|book|act|scene|prologue|epilogue|introduction|preface|afterword)\b",
    re.IGNORECASE,
)

# An assistant that wrote the story takes its leave: an offer, about the text, to the reader.
_ASSISTANT_OFFERS = re.compile(
    r"(let me know|feel free|would you like|if you(’|')d like|i hope (this|you)|i can also|"
    r"please let me know|do you want)\b",
    re.IGNORECASE,
)
_ABOUT_THE_TEXT = re.compile(
    r"\b(version|versions|format|tailored|expand|rewrite|revise|revisions?|adjust|edits?|tone|"
    r"longer|shorter|style|changes|adjustments|story|stories|article|script|series|sequel)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the source, without the white space at its ends."""

    start: int
    end: int
    text: str
    indented: bool


def clean(
    text: str, *, keep_boilerplate: bool = False
) -> tuple[tuple[Block, ...], tuple[Skipped, ...]]:
    """The blocks of a story in reading order, and what is skipped; together all but white space."""
    paragraphs = _paragraphs(_lines(text))
    blocks: list[Block] = []
    skipped: list[Skipped] = []
    for index, lines in enumerate(paragraphs):
        start, end = lines[0].start, lines[-1].end
        if mark := _MARKDOWN_HEADING.match(text, start, end):
            skipped.append(_skip("heading mark", text, start, mark.end()))
            blocks.append(Block("heading", mark.end(), end))
        elif not _SPEAKABLE.search(text, start, end):
            skipped.append(_skip("scene break", text, start, end))
            blocks.append(Block("break", start, end))
        elif not keep_boilerplate and _is_farewell(text[start:end], index, len(paragraphs)):
            skipped.append(_skip("assistant's closing line", text, start, end))
        else:
            heading = len(lines) == 1 and _is_heading(paragraphs, index)
            blocks.append(Block("heading" if heading else "paragraph", start, end))
    return tuple(blocks), tuple(skipped)


def _skip(rule: str, text: str, start: int, end: int) -> Skipped:
    return Skipped(rule, text[start:end], start, end)


def _lines(text: str) -> list[Line | None]:
    """The lines of a text; None stands for blank ones."""
    lines: list[Line | None] = []
    at = 0
    for raw in text.split("\n"):
        bare = raw.strip()
        start = at + len(raw) - len(raw.lstrip())
        lines.append(Line(start, start + len(bare), bare, raw[:2].isspace()) if bare else None)
        at += len(raw) + 1
    return lines


def _paragraphs(lines: list[Line | None]) -> list[list[Line]]:
    """Lines that were one before an editor wrapped them, together again."""
    width = _wrap_width(lines)
    paragraphs: list[list[Line]] = []
    previous: Line | None = None
    for line in lines:
        if line and previous and _continues(previous, line, width):
            paragraphs[-1].append(line)
        elif line:
            paragraphs.append([line])
        previous = line
    return paragraphs


def _wrap_width(lines: list[Line | None]) -> int | None:
    """The width at which a document was wrapped; None if each of its lines is a paragraph."""
    width = max((len(line.text) for line in lines if line), default=0)
    breaks = [_is_full(one, two, width) for one, two in pairwise(lines) if one and two]
    wrapped = width in WRAP_WIDTHS and breaks and sum(breaks) >= WRAPPED_SHARE * len(breaks)
    return width if wrapped else None


def _is_full(line: Line, following: Line, width: int) -> bool:
    """Whether the first word of the next line would not have fitted on this one."""
    return len(line.text) + 1 + len(following.text.split()[0]) > width


def _continues(previous: Line, line: Line, width: int | None) -> bool:
    """Whether the break before this line is a wrap: its first word would not have fitted above.

    Where paragraphs are single long lines, only a broken sentence says so.
    """
    if not _SPEAKABLE.search(line.text) or not _SPEAKABLE.search(previous.text):
        return False
    if _MARKDOWN_HEADING.match(previous.text) or _MARKDOWN_HEADING.match(line.text):
        return False
    if line.text[0].islower() and _ENDS_OPEN.search(previous.text):
        return True
    if width is None or line.indented:
        return False
    return _is_full(previous, line, width)


def _is_heading(paragraphs: list[list[Line]], index: int) -> bool:
    """A short line of its own in title case, or one that opens like "Chapter"."""
    text = paragraphs[index][0].text
    words = text.split()
    if len(words) > HEADING_WORDS or len(text) > HEADING_CHARACTERS or text[0] in "“\"‘'(—–-":
        return False
    if _CHAPTER.match(text) and not re.search(r"[,;:]$", text) and not _is_prose(text):
        return True
    if re.search(r"[.,;:…]['\"’”)]*$", text):
        return False
    if index + 1 == len(paragraphs):
        return False
    follows_open = index > 0 and not _ENDS_A_SENTENCE.search(paragraphs[index - 1][-1].text)
    previous_heading = index > 0 and len(paragraphs[index - 1]) == 1
    if follows_open and not previous_heading:
        return False
    asks = text[-1] in "!?"
    return _in_title_case(words, at_least=4 if asks else 1)


def _is_prose(text: str) -> bool:
    """ "Part of him knew." opens like a heading and is a sentence."""
    return bool(re.search(r"[.!?]['\"’”)]*$", text)) and not re.match(r"\w+\s+[\dIVXLC]+\b", text)


def _in_title_case(words: list[str], *, at_least: int) -> bool:
    numbered = bool(re.fullmatch(r"\d+[.:)]?", words[0]))  # "3. The Road", not "15th October"
    words = [re.sub(r"^\W+|\W+$", "", word) for word in words]
    words = [word for word in words if word]
    if len(words) < at_least or not words or not (words[0][0].isupper() or numbered):
        return False
    return all(not word[0].islower() or word.lower() in SMALL_WORDS for word in words)


def _is_farewell(text: str, index: int, count: int) -> bool:
    """Only the last two paragraphs can be one, and never the whole story."""
    if index < max(1, count - 2):
        return False
    return bool(_ASSISTANT_OFFERS.match(text) and _ABOUT_THE_TEXT.search(text))
