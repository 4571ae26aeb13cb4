"""Which line of a plain text is a heading."""

from __future__ import annotations

import re

from pipeline.normalize import titles
from pipeline.normalize.lines import HEADING_CHARACTERS, SENTENCE_ENDS, Paragraph
from pipeline.normalize.titles import CHAPTERS, NAMES, NUMBER_WORD, PARTS, SMALL_WORDS

HEADING_WORDS = 14
ORNAMENTS = "[](){}~*=_ \t"  # that people put around a heading

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


def is_heading(paragraphs: list[Paragraph], index: int) -> bool:
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
    ends = SENTENCE_ENDS.search(bare) and not apart
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
