"""Words of one spelling and two sounds, told apart by the words beside them where that is safe.

The less common reading is written as a word that sounds so. Without a sure sign a word stays.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from pipeline.normalize.english import context
from pipeline.normalize.rule import HETERONYM, Locale, Rule, any_of, rule


class Reading(NamedTuple):
    """A word, how it is said, and what must stand right before it or after it.

    `before` and `after` are words, or phrases with `_` for their spaces; nothing asks for nothing.
    """

    word: str
    said: str
    before: str = ""
    after: str = ""


_MAY = (
    "to will would can could may might shall should must cannot can't won't didn't don't couldn't"
)
_OF = "a an the of with some no and or by from in his her its their my our old heavy small"
READINGS = (
    Reading(
        "lead",
        "led",
        before=f"{_OF} grey gray two three",
        after="pipe pipes paint poisoning bullet bullets shot pellet pellets weight weights coffin "
        "coffins roof mine mines ore soldier soldiers crystal acetate sinker sinkers pencil",
    ),
    Reading(
        "lead",
        "led",
        before="made_of piece_of pieces_of lump_of lumps_of ounce_of ounces_of pound_of pounds_of "
        "ton_of tons_of bar_of bars_of sheet_of sheets_of bits_of heavy_as grey_as gray_as",
    ),
    Reading(
        "wind",
        "wined",
        before=_MAY,
        after="up it them its around round along his_watch her_watch the_clock the_watch "
        "the_handle the_rope the_wool the_bandage the_spring the_yarn through",
    ),
    Reading(
        "winds",
        "wines",
        before="road river path street stream trail lane stair staircase track he she it",
        after="through along around round up down into its between past among across toward "
        "towards away upward upwards downward downwards",
    ),
    Reading(
        "tear",
        "tare",
        before=_MAY,
        after="down apart off out open it them a the his her my their away through itself himself "
        "herself",
    ),
    Reading("tearing", "taring"),
    Reading(
        "wound",
        "wownd",
        before="had have has he she it they I road river path trail stream procession",
        after="up down the_clock the_watch the_toy the_wool the_spring the_rope the_scarf it his "
        "its around round through along tight tightly slowly",
    ),
    Reading("bow", "boe", after="and_arrow and_arrows tie ties legs string strings"),
    Reading("bow", "boe", before="cross violin cello"),
    Reading(
        "bow",
        "boe",
        before="bent_his bent_her bent_the drew_his drew_her drew_the strung_his strung_her "
        "strung_the",
    ),
    Reading(
        "live",
        "lyve",
        before=f"{_OF} to as real",
        after="music broadcast broadcasts audience audiences wire wires round rounds coal coals "
        "album albums concert concerts recording recordings performance performances show shows "
        "television TV radio animal animals bird birds fish oak oaks lobster lobsters lord",
    ),
    Reading("live", "lyve", after="ammunition bait broadcast broadcasts oak oaks"),
    Reading("minute", "my newt", before="very quite extremely most"),
    Reading(
        "minute",
        "my newt",
        before="a in the every with some",
        after="detail details attention particle particles quantity quantities inspection "
        "examination trace traces fragment fragments speck specks portion portions amount amounts "
        "crack scratch care",
    ),
)
_WHEN = (
    r"\b(?:yesterday|last\s(?:night|week|month|year|summer|winter|spring|autumn|fall)|\w+\sago"
    r"|that\s(?:morning|night|evening|day))\b"
)
_DATED = re.compile(_WHEN)
_DATED_BEFORE = re.compile(rf"{_WHEN}[^.!?]*$")
# "has read", "have never read", "have you read", "has the boy read"; not "had him read".
_PARTICIPLE = re.compile(
    r"\b(?:(?:have|has|had|having|i've|you've|we've|they've)(?:n't)?"
    r"(?:\s(?:not|never|ever|just|also|already|always|often|once|only|since|long|both|all))?"
    r"|(?:was|were|been|being|is|are|be|get|got|gets|wasn't|weren't|isn't|aren't)(?:\s(?:never|well|widely|not))?"
    r"|(?:have|has|had)\s(?:you|we|they|he|she|it|i|anyone|anybody|everyone|nobody|any\sof\s\w+"
    r"|(?:the|your|his|her|my)\s\w+)(?:\s(?:not|never|ever|all|both))?)\s$"
)
# Somebody, and "read" without an s: it is past, unless something before it asks for the infinitive.
_SOMEBODY = re.compile(
    r"(?:^|[^\w'])(?:he|she|it|(?:the|his|her|my|a|an|this|that|every|each|our|your|their)\s\w*[^\Ws])\s$"
)
_INFINITIVE = re.compile(
    r"\b(?:did|does|do|didn't|doesn't|don't|could|can|will|would|should|shall|may|might|must|make"
    r"|makes|made|let|lets|that|to|hear|heard|watch|watched|saw|see|help|helped|have|had|lest|grant"
    r"|god|long|if|who|whoever|should|why|than)\b[^.!?;:]{0,40}$"
)
_ALL_HE_DID = re.compile(r"\b(?:did|do|does)\s(?:was|is)\s$")
# "He opened the letter and read it."
_AND_PAST = re.compile(
    r"\b(?:\w{2,}ed|sat|took|got|went|came|stood|lay|found|held|put|broke|drew|tore|sought|bent)\b"
    r"[^.!?;:]{0,40}\sand\s$"
)


@rule("read", HETERONYM, frozenset(("read", "Read")), r"(?P<r>[rR])ead\b(?!-)")
def read(match: re.Match[str], locale: Locale) -> str | None:
    """ "has read", "he read", "I read it yesterday"; "will read" and "who read" stay."""
    left = re.split(r"[.!?;:]\s|[“\"]", context.left(match, 2 * context.REACH))[-1]
    left = left.lower().replace("’", "'")
    right = re.split(r"[.!?;]", context.right(match, 2 * context.REACH))[0]
    if match["r"] == "R" and left.strip():  # a name
        return None
    return f"{match['r']}ed" if _is_past(left, right) else None


def _is_past(left: str, right: str) -> bool:
    if _PARTICIPLE.search(left):
        return not _ALL_HE_DID.search(left)
    somebody = _SOMEBODY.search(left)
    if somebody:
        return not _INFINITIVE.search(left[: somebody.start() + 1])
    if _AND_PAST.search(left):
        return not re.search(r"\bto\s\w+[^.!?;:]*$", left)
    spoken_of = re.search(r"\b(?:i|you|we|they)\s$", left)
    dated = _DATED.search(right) or _DATED_BEFORE.search(left)
    return bool(spoken_of and dated and not _INFINITIVE.search(left[: spoken_of.start()]))


@rule(
    "heteronym",
    HETERONYM,
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
        re.compile(rf"\b(?:{before})\s$" if before else "", re.IGNORECASE),
        re.compile(rf"\s(?:{after})\b" if after else ""),
    )


RULES: tuple[Rule, ...] = (read, by_its_neighbours)
