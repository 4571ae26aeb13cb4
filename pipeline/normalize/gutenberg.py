"""Project Gutenberg's frame around a book: what it says of the book, and where the book is.

Only its own exact lines mark the frame: a story may well speak of Project Gutenberg.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

LONGEST_HEADER = 60_000  # characters; the small print of old files has 15,000
CREDITS_AMONG = 6  # paragraphs after the frame

_START = re.compile(
    r"^[ \t]*\*{3} ?START OF (?:THE|THIS) PROJECT GUTENBERG E-?(?:BOOK|TEXT)\b"
    r"[^*\n]*(?:\n[^*\n]+)?\*{3}[ \t]*$",
    re.MULTILINE | re.IGNORECASE,
)
_SMALL_PRINT = re.compile(r"^\*END\*? ?THE SMALL PRINT![^\n]*$", re.MULTILINE)
_END = re.compile(
    r"^[ \t]*\*{3} ?END OF (?:THE|THIS) PROJECT GUTENBERG E-?(?:BOOK|TEXT)\b",
    re.MULTILINE | re.IGNORECASE,
)
_GOODBYE = re.compile(
    r"^[ \t]*(?:\*{3} ?)?End of (?:the |this )?Project Gutenberg(?:['’]s|[ \t]+E-?(?:book|text))\b",
    re.MULTILINE | re.IGNORECASE,
)
_CREDITS = re.compile(
    r"(?:Produced by|(?:This )?E-?(?:text|book) (?:was )?(?:prepared|produced|transcribed|created)"
    r" (?:by|from)|Transcribed (?:from|by)|Prepared by|Scanned (?:and proofed )?by|"
    r"\[?Transcriber['’]s note|Credits:)",
    re.IGNORECASE,
)
_FIELD = re.compile(r"^(\w[\w ]{2,20}):[ \t]+(\S.*(?:\n[ \t]+\S.*)*)", re.MULTILINE)
_PARAGRAPH = re.compile(r"\S[^\n]*(?:\n[^\n]*\S[^\n]*)*")


@dataclass(frozen=True, slots=True)
class Frame:
    """Where the book itself begins and ends in a file, and where its credits are."""

    start: int
    end: int
    credits: tuple[tuple[int, int], ...] = ()


def frame(text: str) -> Frame:
    """The frame around a text; a text without one is all book."""
    starts = (_START.search(text, 0, LONGEST_HEADER), _small_print(text))
    start = max((match.end() for match in starts if match), default=0)
    end = _END.search(text, start)
    last = end.start() if end else len(text)
    if start or end:
        last = _before_goodbye(text, start, last)
    return Frame(start, last, _credits(text, start, last) if start else ())


def header(text: str) -> dict[str, str]:
    """What the fields before the book say: "Title: Emma" as {"title": "Emma"}."""
    start = _START.search(text, 0, LONGEST_HEADER) or _small_print(text)
    fields = _FIELD.findall(text, 0, start.start()) if start else ()
    return {name.lower(): " ".join(value.split()) for name, value in reversed(fields)}


def _small_print(text: str) -> re.Match[str] | None:
    found = _SMALL_PRINT.search(text, 0, LONGEST_HEADER)
    return found if found and "Project Gutenberg" in text[: found.start()] else None


def _before_goodbye(text: str, start: int, end: int) -> int:
    """Where the line begins by which old files end, if nothing of the book follows it."""
    for match in _GOODBYE.finditer(text, max(start, end - 1000), end):
        if not re.search(r"\n[ \t]*\n[ \t]*\S", text[match.start() : end]):
            return match.start()
    return end


def _credits(text: str, start: int, end: int) -> tuple[tuple[int, int], ...]:
    """Who made the file, in a paragraph right after the frame."""
    found = []
    at = start
    for _ in range(CREDITS_AMONG):
        paragraph = _PARAGRAPH.search(text, at, end)
        if not paragraph:
            break
        at = paragraph.end()
        if _CREDITS.match(text, paragraph.start()):
            found.append(paragraph.span())
    return tuple(found)
