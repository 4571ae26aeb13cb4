"""Words of one spelling and two sounds, told apart by the words beside them where that is safe.

The less common reading is written as a word that sounds so. Without a sure sign a word stays.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from pipeline.normalize.english import context
from pipeline.normalize.rule import Locale, Rule, any_of, rule


class Reading(NamedTuple):
    """A word, how it is said, and what must stand right before it or after it.

    `before` and `after` are words, or phrases with `_` for their spaces; nothing asks for nothing.
    """

    word: str
    said: str
    before: str = ""
    after: str = ""


_MAY = "to will would can could may might shall should must cannot can't won't didn't couldn't"
_ITS = "up down apart off out open it them the his her my their away through itself himself herself"
READINGS = (
    Reading(
        "lead",
        "led",
        after="pipe pipes paint poisoning bullet bullets shot pellet pellets weight weights coffin "
        "coffins roof mine mines ore soldier soldiers crystal acetate sinker sinkers pencil",
    ),
    Reading(
        "lead",
        "led",
        before="made_of piece_of pieces_of lump_of lumps_of ounce_of ounces_of pound_of pounds_of "
        "ton_of tons_of bar_of bars_of sheet_of sheets_of bits_of heavy_as grey_as gray_as",
    ),
    Reading("wind", "wined", before=_MAY, after=f"{_ITS} around along its"),
    Reading(
        "winds",
        "wines",
        before="road river path street stream trail lane stair staircase track he she it",
    ),
    Reading("tear", "tare", before=_MAY, after=_ITS),
    Reading("tearing", "taring"),
    Reading(
        "wound",
        "wownd",
        before="had have has he she it they I road river path trail stream procession",
        after="up down the_clock the_watch the_toy the_wool the_spring the_rope it his her its "
        "around round through along tight tightly",
    ),
    Reading("bow", "boe", after="and_arrow and_arrows tie ties legs string strings"),
    Reading("bow", "boe", before="cross violin cello long"),
    Reading(
        "live",
        "lyve",
        before="a an the of with by in her his their first to and as some",
        after="music broadcast broadcasts audience audiences wire wires ammunition round rounds "
        "coals bait album albums concert concerts recording recordings performance performances "
        "show shows television TV radio animals birds fish oak oaks",
    ),
    Reading("minute", "my newt", before="very so too as quite pretty more that how really"),
    Reading(
        "minute",
        "my newt",
        before="in the_most every with",
        after="detail details attention particle particles quantity quantities inspection "
        "examination trace traces",
    ),
)
_PAST = (
    r"\b(?:yesterday|last\s(?:night|week|month|year|summer|winter|spring|autumn|fall)|\w+\sago"
    r"|that\s(?:morning|night|evening|day))\b"
)
_HAVE = frozenset(
    "have has had having i've you've we've they've he'd she'd i'd was were been being is are be "
    "got never ever haven't hasn't hadn't wasn't weren't well widely".split()
)
_ASKED = re.compile(
    r"\b(?:did|does|do|didn't|doesn't|could|can|will|would|should|shall|may|might|must|make|makes"
    r"|made|let|that|to|hear|heard|watch|watched|saw|see|help|helped)\s(?:[\w']+\s)?$"
)


@rule("read", "heteronym", frozenset(("read", "Read")), r"(?P<r>[rR])ead\b(?!-)")
def read(match: re.Match[str], locale: Locale) -> str | None:
    """ "has read", "he read", "I read it yesterday"; "will read" and "I read every day" stay."""
    before = context.before(match).lower().replace("’", "'")
    left = context.left(match).lower()
    sentence = re.split(r"[.!?;]", context.right(match, 2 * context.REACH))[0]
    dated = re.search(_PAST, sentence) or re.search(rf"{_PAST}[^.!?]*$", left)
    past = before in _HAVE
    past |= before in {"he", "she", "who"} and not _ASKED.search(left.rstrip()[: -len(before)])
    past |= (
        before in {"i", "you", "we", "they", "and"}
        and bool(dated)
        and not _ASKED.search(left.rstrip()[: -len(before)])
    )
    return f"{match['r']}ed" if past else None


@rule(
    "heteronym",
    "heteronym",
    frozenset(reading.word for reading in READINGS),
    r"(?P<word>[a-z]+)\b(?!['’-])",
)
def by_its_neighbours(match: re.Match[str], locale: Locale) -> str | None:
    """The first reading whose neighbours are there."""
    left, right = context.left(match), context.right(match)
    for reading in READINGS:
        if reading.word == match["word"]:
            before, after = _neighbours(reading)
            if before.search(left) and after.match(right):
                return reading.said
    return None


@cache
def _neighbours(reading: Reading) -> tuple[re.Pattern[str], re.Pattern[str]]:
    before, after = (
        any_of(words.split()).replace("_", r"\s") for words in (reading.before, reading.after)
    )
    return (
        re.compile(rf"\b(?:{before})\s$" if before else ""),
        re.compile(rf"\s(?:{after})\b" if after else ""),
    )


RULES: tuple[Rule, ...] = (read, by_its_neighbours)
