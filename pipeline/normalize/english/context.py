"""What stands around a match, as rules ask for it. All of it looks at a bounded stretch."""

from __future__ import annotations

import re

REACH = 60

_BEFORE = re.compile(r"([^\W\d_]+(?:['’][^\W\d_]+)?)[.,]?[\s-]+[“\"‘'(]*$")
_AFTER = re.compile(r"[\s-]+[“\"‘'(]*([^\W\d_]+(?:['’][^\W\d_]+)?)")
_CLOSERS = "”\"’')]»*_"
# Words that open a sentence far more often than they follow a full stop within one.
OPENERS = frozenset(
    "A About Anybody Anyone Everybody After All Although Among An And Another Any Are As At "
    "Because Before Behind Both But By Can Could Did Do Does Down During Each Even Every Everyone "
    "Everything Few For From Had Has Have He Her Here Him His How However I If In Indeed Instead "
    "Into Is It Its Just Later Let Like Many May Maybe Meanwhile Might More Most Much Must My "
    "Neither Never Next No Nobody None Nor Not Nothing Now Of Often On Once One Only Or Other "
    "Others Our Out Over Perhaps She Should Since So Some Somebody Someone Something Sometimes "
    "Soon Still Such Suddenly Than That The Their Them Then There These They This Those Though "
    "Through Thus To Today Tomorrow Tonight Too Two Under Unless Until Up Upon Was We Well Were "
    "What When Where Whether Which While Who Whose Why Will "
    "With Within Without Would Yes Yesterday Yet You Your".split()
)

# After "a $5" or "a 10 km" these do not name a thing that is so much.
NOT_A_THING = frozenset(
    "a an the of in on at to for from by with and or but per each every as than more less is was "
    "are were had has have would could will can that which who when while because if so ago "
    "apiece "
    "away into off up down over under above below about around before after until since".split()
)


# Things that have a size or a price before their names: "the 100 m final", "the $20 bill".
SIZED = (
    "deal contract bill note fine house home mansion project plan program programme fund budget "
    "package grant loan bailout lawsuit settlement bond coin ticket prize reward fee tax toll "
    "investment study film movie hole industry company business market takeover merger increase "
    "raise cut payment debt bridge scheme question stadium tower airport hotel school hospital "
    "museum plant factory facility mission statue painting estate mortgage pension salary wage "
    "bonus fortune empire donation gift bribe ransom bounty jackpot item meal dinner lunch plate "
    "menu bottle stake share final race sprint relay dash hurdles freestyle backstroke "
    "breaststroke butterfly zone limit run walk hike march course trip drive journey stretch "
    "radius wall fence gun guns rifle cannon cannons pistol mortar mortars lens bullet bullets "
    "round rounds shell shells can cans glass cup jar jars bag bags pack packet steak burger fish "
    "disk RAM SSD memory card storage battery screen display TV television monitor engine motor "
    "bulb bulbs lamp charger adapter supply system wire socket line cable pipe hose rope pole "
    "nail nails board boards bolt drill hole trench deep-sea dose doses tablet tablets capsule "
    "capsules solution winds gusts exclusion crossing span model version aircraft boat ship yacht "
    "telescope camera sensor phone diet ascent climb descent backpack"
).split()
_THING = re.compile(rf"\s+(?:(?P<first>[a-z]+)\s+)?(?:{'|'.join(sorted(set(SIZED)))})\b")


def is_adjective(match: re.Match[str]) -> bool:
    """Whether an amount is said of a thing, so that its unit is one: "a 10 km run"."""
    text = right(match)
    thing = _THING.match(text)
    if thing and thing["first"] not in NOT_A_THING:
        return True
    if before(match).lower() not in {"a", "an", "another", "every", "each"}:
        return False
    following = re.match(r"\s+([a-z]+)", text)
    return following is not None and following[1] not in NOT_A_THING


def before(match: re.Match[str]) -> str:
    """The word before a match, as written; nothing across a sentence, or at the start."""
    start = match.start()
    found = _BEFORE.search(match.string[max(0, start - REACH) : start])
    return found[1] if found else ""


def after(match: re.Match[str]) -> str:
    """The word after a match, with only space or a hyphen between."""
    found = _AFTER.match(match.string, match.end(), match.end() + REACH)
    return found[1] if found else ""


def left(match: re.Match[str], characters: int = REACH) -> str:
    """The text right before a match."""
    return match.string[max(0, match.start() - characters) : match.start()]


def right(match: re.Match[str], characters: int = REACH) -> str:
    """The text right after a match."""
    return match.string[match.end() : match.end() + characters]


def ends_sentence(match: re.Match[str], *, before_names: bool = True) -> bool:
    """Whether a sentence ends with the full stop that ends this match.

    `before_names`: such an abbreviation may stand before a name ("Sr.", "p.m.", "U.S."), so that
    only a word that opens sentences shows the end of one.
    """
    rest = right(match)
    bare = rest.lstrip(_CLOSERS)
    if not bare.strip():
        return True
    following = re.match(r"\s+([“\"‘'(\[*_—–-]*)([^\W_]*)", bare)
    if not following:
        return False
    opening, word = following[1], following[2]
    if not word or word[0].islower() or word[0].isdigit():
        return False
    return not before_names or word in OPENERS or bool(opening and opening[0] in '“"‘')


def stop(match: re.Match[str], *, before_names: bool = True) -> str:
    """The full stop that an abbreviation leaves behind: one, where a sentence ends."""
    ends = match.group().endswith(".") and ends_sentence(match, before_names=before_names)
    return "." if ends else ""
