"""Words of one spelling and two sounds, told apart by the words beside them where that is safe.

The less common reading is written as a word that sounds so. Without a sure sign a word stays.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from pipeline.normalize.english import context
from pipeline.normalize.rule import Locale, Rule, rule


class Reading(NamedTuple):
    """A word, what must stand before it or after it, and how it is then said."""

    word: str
    said: str
    before: str = ""
    after: str = ""


_MAY = r"\b(?:to|will|would|can|could|may|might|shall|should|must|cannot|can't|won't|didn't|couldn't)\s$"
_VERY = r"\b(?:very|so|too|as|quite|pretty|more|that|how|really)\s$"
_ITS = (
    r"\s(?:up|down|apart|off|out|open|it|them|the|his|her|my|away|through|itself|himself|herself)\b"
)
READINGS = (
    Reading("lead", "led", after=r"\s(?:pipes?|paint|poisoning|bullets?|shot|pellets?|weights?|coffins?|roof|mines?|ore|soldiers?|crystal|acetate|sinkers?|pencils?)\b"),
    Reading("lead", "led", before=r"\b(?:made|pieces?|lumps?|ounces?|pounds?|tons?|bars?|sheets?|bits?)\sof\s$"),
    Reading("lead", "led", before=r"\b(?:heavy|grey|gray)\sas\s$"),
    Reading("wind", "wined", before=_MAY, after=r"\s(?:up|down|the|it|his|her|my|their|its|around|through|along)\b"),
    Reading("winds", "wines", before=r"\b(?:road|river|path|street|stream|trail|lane|stair|staircase|track|he|she|it)\s$"),
    Reading("tear", "tare", before=_MAY, after=_ITS),
    Reading("tearing", "taring"),
    Reading("wound", "wownd", before=r"\b(?:had|have|has|he|she|it|they|I|road|river|path|trail|stream|procession)\s$", after=r"\s(?:up|down|the\s(?:clock|watch|toy|wool|spring|rope)|it|his|her|its|around|round|through|along|tight|tightly)\b"),
    Reading("bow", "boe", after=r"\s(?:and\sarrows?|ties?|legs?|strings?)\b"),
    Reading("bow", "boe", before=r"\b(?:cross|violin|long|cello)\s$"),
    Reading("live", "lyve", after=r"\s(?:music|broadcasts?|audiences?|wires?|ammunition|rounds?|coals?|bait|albums?|concerts?|recordings?|performances?|shows?|television|TV|radio|animals?|birds?|fish|oaks?)\b", before=r"\b(?:a|an|the|of|with|by|in|her|his|their|first|to|and|as|some)\s$|^$"),
    Reading("minute", "my newt", before=_VERY),
    Reading("minute", "my newt", before=r"\b(?:in|the\smost|every|with)\s$", after=r"\s(?:detail|details|attention|particles?|quantities|quantity|inspection|examination|traces?)\b"),
)  # fmt: skip
_PAST = r"\b(?:yesterday|last\s(?:night|week|month|year|summer|winter|spring|autumn|fall)|\w+\sago|that\s(?:morning|night|evening|day))\b"
_HAVE = frozenset(
    "have has had having i've you've we've they've he'd she'd i'd was were been being is are be got never "
    "ever haven't hasn't hadn't wasn't weren't well widely".split()
)
_ASKED = re.compile(
    r"\b(?:did|does|do|didn't|doesn't|could|can|will|would|should|shall|may|might|must|make|makes|made|let|"
    r"that|to|hear|heard|watch|watched|saw|see|help|helped)\s(?:[\w']+\s)?$"
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
    left = context.left(match)
    for reading in READINGS:
        if (
            reading.word == match["word"]
            and (not reading.before or re.search(reading.before, left))
            and (not reading.after or re.match(reading.after, context.right(match)))
        ):
            return reading.said
    return None


RULES: tuple[Rule, ...] = (read, by_its_neighbours)
