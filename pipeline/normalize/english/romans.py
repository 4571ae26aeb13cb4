"""Roman numerals, only where they are numerals: never DC, CD, MIX, or "I"."""

from __future__ import annotations

import re

from pipeline.normalize.english import context
from pipeline.normalize.english.abbreviations import GIVEN_NAMES
from pipeline.normalize.english.numbers import cardinal, ordinal, year
from pipeline.normalize.rule import Locale, Rule, any_of, rule
from pipeline.normalize.titles import NUMERALS, ROMAN, value_of

# What is counted with Roman numerals; a numeral in small letters may follow those of the first row.
_SMALL = (
    "Vol Volume Scene Canto Page Chapter Act Book Part Section Stanza Footnote Note Line".split()
)
HEADS = [
    *_SMALL,
    *(
        "Volume Vol Stave Lecture Lesson Letter Appendix Annex Article Title Schedule Exhibit "
        "Table Figure Fig Plate Phase Stage Type Class Grade Level Round Series Season Episode "
        "Mark Mk Model Division Corps Region Zone Sonnet Psalm Ode Verse Symphony Sonata Opus Op "
        "Number No Movement Factor Category Group Unit Pillar Amendment Proposition Theorem "
        "Dynasty Legion Apollo Gemini Saturn Titan Rocky Rambo Vatican Olympiad Bowl War Games "
        "Cycle Division Ch Chap Bk Pt Sc"
    ).split(),
]
RULERS = (
    "Abdul Adolf Adrian Afonso Agatha Akbar Albert Alexander Alexios Alexius Alfonso Alfred "
    "Amadeus Amenhotep Anne Antigonus Antiochus Artaxerxes Attalus August Augustus Baldwin Basil "
    "Baudouin Bayezid Beatrix Benedict Bernard Boniface Boris Brian Callixtus Canute Carl Carlos "
    "Carol Casimir Catherine Celestine Charles Christian Christina Clement Cleopatra Conrad "
    "Constans Constantine Cyrus Darius David Demetrius Edgar Edmund Edward Elizabeth Emmanuel "
    "Eric Ethelred Eugene Eugenius Felipe Ferdinand Francis Franz Frederick Friedrich Gaius "
    "George Gregory Gustav Gustavus Haakon Hadrian Harald Harold Henri Henry Hassan Honorius "
    "Hussein Innocent Isabella Ivan James Joan João John Joseph Juan Julius Justin Justinian "
    "Kenneth Ladislaus Leo Leon Leopold Lothair Louis Louise Magnus Mahmud Malcolm Manuel "
    "Margaret Margrethe Maria Martin Mary Matilda Maximilian Mehmed Michael Mithridates Mohammed "
    "Muhammad Murad Mustafa Napoleon Nicholas Olaf Olav Oscar Otto Paul Pedro Peter Philip "
    "Philippe Pius Ptolemy Rama Rameses Ramesses Ramses Richard Robert Rudolf Rudolph Selim Seti "
    "Severus Sigismund Sixtus Stephen Suleiman Sylvester Theodosius Thomas Thutmose Tutankhamun "
    "Umberto Urban Valdemar Victor Victoria Vladimir Vladislaus Wenceslas Wilhelm Wilhelmina "
    "Willem William Xerxes Zog"
).split()
_CROWNS = frozenset(
    "King Queen Pope Emperor Empress Tsar Czar Prince Princess Kaiser Sultan Pharaoh Duke Count "
    "Antipope Saint Patriarch Shah Caliph Khan".split()
)
# Valid numerals that are words, letters or names, in whatever company.
_NO_NUMERALS = frozenset(
    "I C D M L DC CD MD MC MIX DIM LI MI DI CC MM DD LL MV DVD CV CM XL XXL XXX IV".split()
)
_NUMERAL = r"(?P<numeral>[IVXLCDM]{1,15})"
_SMALL_NUMERAL = r"(?P<small>[ivxlc]{1,8})"
_OWN = r"(?P<own>['’]s)?"


def value(numeral: str) -> int:
    """A numeral's value; 0 if it is none in the one way to write it."""
    numeral = numeral.upper()
    return value_of(numeral) if re.fullmatch(ROMAN, numeral) else 0


@rule(
    "part",
    "Roman numeral",
    frozenset(form for head in HEADS for form in (head, head.lower(), head.upper())),
    rf"(?P<head>(?i:{any_of(HEADS)}))(?P<stop>\.?)(?P<gap>\s+)(?:{_NUMERAL}|{_SMALL_NUMERAL})\b"
    r"(?:\.(?=,|;|\s[a-z]))?"
    rf"(?P<range>[-–](?P<until>[IVXLCDM]{{1,8}})\b)?(?!['’]\w|[.]\w)",
)
def part(match: re.Match[str], locale: Locale) -> str | None:
    """Chapter IV, World War II, Act III, Scene ii; "the part I liked" has none."""
    head, numeral = match["head"], match["numeral"] or match["small"]
    if (head.lower(), numeral) in {("model", "X"), ("factor", "X")} or (
        head == "letter" and len(numeral) == 1
    ):
        return None
    if match["small"] and head.capitalize() not in _SMALL:
        return None
    found = value(numeral)
    if not found or (head.islower() and len(numeral) == 1 and numeral not in "VX"):
        return None
    if numeral in ("I", "i", "C", "D", "M", "L", "c", "l") and not _stands_alone(match, numeral):
        return None
    if numeral in _NO_NUMERALS and numeral not in ("I", "IV", "XL", "C", "L"):
        return None
    said = head.capitalize() if head.isupper() else head
    until = f" to {cardinal(value(match['until']))}" if match["until"] else ""
    return f"{_ABBREVIATED.get(said, said)} {cardinal(found, locale)}{until}"


_ABBREVIATED = {
    "Vol": "Volume", "vol": "volume", "Fig": "Figure", "fig": "figure", "No": "Number",
    "no": "number", "Op": "Opus", "op": "opus", "Mk": "Mark", "Ch": "Chapter", "ch": "chapter",
    "Chap": "Chapter", "chap": "chapter", "Bk": "Book", "bk": "book", "Pt": "Part", "pt": "part",
    "Sc": "Scene", "sc": "scene",
}  # fmt: skip


def _stands_alone(match: re.Match[str], numeral: str) -> bool:
    """ "Chapter I" at a line's end, before a mark or a capital; "Part I liked" goes on small."""
    if numeral.lower() != "i":
        return False
    if match["head"].lower() == "war" and context.before(match).lower() == "world":
        return True
    return not re.match(r"\s+[a-z]", context.right(match)) or bool(
        match["head"][0].isupper()
        and re.match(r"\s+(?:of|is|was|and|to|in|has|ends|begins)\b", context.right(match))
    )


@rule(
    "ruler",
    "Roman numeral",
    frozenset(form for name in RULERS for form in (name, name.upper())),
    rf"(?P<name>(?i:{any_of(RULERS)}))(?P<gap>\s+){_NUMERAL}(?P<stop>\.(?!\w))?{_OWN}(?![\w&]|['’]\w)",
)
def ruler(match: re.Match[str], locale: Locale) -> str | None:
    """Henry VIII is Henry the eighth; "James I think" is no king."""
    numeral = match["numeral"]
    found = value(numeral)
    if not found or not re.fullmatch(r"[IVX]+", numeral):
        return None
    if (match["name"], numeral) == ("Malcolm", "X"):
        return None
    if numeral == "I" and not match["stop"] and not _is_the_first(match):
        return None
    if len(numeral) == 1 and _is_initial(match):
        return None
    name = match["name"]
    name = name.capitalize() if name.isupper() else name
    return f"{name} the {ordinal(found)}{_own(match)}{context.stop(match)}"


def _is_initial(match: re.Match[str]) -> bool:
    """James V. Smith."""
    following = context.after(match)
    return following[:1].isupper() and following not in context.OPENERS


def _is_the_first(match: re.Match[str]) -> bool:
    """Elizabeth I: the verb that follows is not that of a speaker."""
    if match["own"] or context.before(match) in _CROWNS:
        return True
    if context.before(match).lower() == "the":
        return False
    following = re.match(r"\s*([,.;:!?)—–-]|[\w'’]+)", context.right(match))
    return following is None or following[1] not in _AFTER_A_SPEAKER


# "Mary I think", "James I never knew": verbs of one who speaks of himself.
_AFTER_A_SPEAKER = frozenset(
    "trust think thought know knew believe suppose guess mean meant remember love loved like "
    "liked met saw see want wanted need needed hate hated miss missed wish wished hope never "
    "always once used am have "
    "do don't didn't can can't could couldn't must will won't would wouldn't shall should".split()
)


def _own(match: re.Match[str]) -> str:
    return "'s" if match["own"] else ""


_HELD = r"(?<![&.])(?P<numeral>[IVXLCDM]{2,15})"


@rule(
    "ordered numeral",
    "Roman numeral",
    r"[IVXLCDM]",
    rf"{_HELD}(?:(?:th|st|nd|rd)?(?=\s+(?P<of>century|centuries|Corps|Army)\b)"
    rf"|(?P<stop>\.(?=,|;|\s+[a-z]))?{_OWN}(?!\w))",
)
def ordered(match: re.Match[str], locale: Locale) -> str | None:
    """The XIX century, the VI Corps, Geo. III."""
    found = value(match["numeral"])
    if not found:
        return None
    if not match["of"]:
        king = context.before(match) in GIVEN_NAMES
        return f"the {ordinal(found)}{_own(match)}" if king else None
    said = ordinal(found, locale)
    return said.capitalize() if match["of"] in ("Corps", "Army") else said


@rule("numeral", "Roman numeral", r"[IVXLCDM]", rf"{_HELD}{_OWN}\b(?![&]|['’]\w|[.]\w)")
def numeral(match: re.Match[str], locale: Locale) -> str | None:
    """After a name: "King Harald III", "Rocky II"; alone a year in full, or one that is sure."""
    written, own = match["numeral"], _own(match)
    found = value(written)
    if not found or written in _NO_NUMERALS or _is_loud(match):
        return None
    if len(written) > 3 and 1000 < found < 2100:
        return year(found, locale) + own
    if re.search(r"[.!?]\s+$", context.left(match)) and context.right(match, 1) == ".":
        return cardinal(found, locale).capitalize()
    if _is_crowned(match):
        return f"the {ordinal(found)}{own}"
    named = context.before(match)[:1].isupper() and re.fullmatch(r"[IVX]+", written)
    return f"{cardinal(found, locale)}{own}" if named or _SURE.fullmatch(written) else None


# No word and no abbreviation looks like these.
_SURE = re.compile(r"II|III|VII|VIII|XII|XIII|XIV|XVI{0,3}|XX+I{0,3}V?|XIX|XX[IVX]+|X{1,3}IX")


def _is_loud(match: re.Match[str]) -> bool:
    """In the middle of words in capitals: MIX THE XL EGGS."""
    around = context.before(match), context.after(match)
    loud = all(len(word) > 1 and word.isupper() for word in around)
    return loud and not _SURE.fullmatch(match["numeral"])


def _is_crowned(match: re.Match[str]) -> bool:
    """Behind a crown or a first name of a kind that rulers have."""
    left = context.left(match)
    return (
        context.before(match) in _CROWNS
        or _CROWN_BEFORE.search(left) is not None
        or _PERSON_BEFORE.search(left) is not None
    )


_GIVEN = (
    "Aaron Adam Alan Allen Andrew Anthony Arthur Barry Benjamin Bill Bob Bradley Bruce Calvin "
    "Chester Christopher Clarence Clark Clyde Cornelius Curtis Dale Daniel Dean Dennis Donald "
    "Douglas Duncan Dwight Earl Edwin Elliot Ernest Eugene Everett Ezra Floyd Frank Franklin Fred "
    "Gary Gene Gerald Gilbert Glenn Gordon Grant Grover Harold Harris Harrison Harry Harvey "
    "Herbert Herman Howard Hugh Hugo Ira Isaac Jack Jacob Jason Jeffrey Jeremiah Jerome Jim Jimmy "
    "Joe Jonathan Jordan Joshua Julian Kevin Kurt Lawrence Lee Leonard Lewis Lloyd Loudon Lucas "
    "Luther Marcus Mark Marshall Matthew Max Maxwell Melvin Milton Morgan Nathan Nathaniel Nelson "
    "Norman Oliver Oscar Owen Patrick Percy Perry Phillip Ralph Raymond Reginald Roger Roland "
    "Ronald Roy Russell Sam Samuel Seth Sidney Simon Spencer Stanley Stuart Theodore Thurston "
    "Timothy Tom Vernon Vincent Wallace Walter Warren Wesley Whitney Wilbur Willard Winthrop "
    "Winston"
).split()


_CROWN_BEFORE = re.compile(rf"\b(?:{any_of(_CROWNS)})\s+(?:[A-Z]\w+\s+){{1,3}}$")
_PERSON_BEFORE = re.compile(
    rf"\b(?:(?:{any_of([*RULERS, *_GIVEN])}|[A-Z]\.)\s+(?:[A-Z][\w.'’]*\s+){{1,2}}"
    r"|(?:named?|named?\swas|called|Mr|Dr|Sir|Judge|Senator|Captain)\b\.?\s(?:[A-Z][\w.'’]*\s){1,3})$"
)


@rule(
    "numbered heading",
    "Roman numeral",
    r"[IVXLC]",
    r"^(?P<numeral>[IVXLC]{1,8})(?P<stop>[.:)]|(?=\s+[—–-]\s))?(?=\s+[“\"‘'(—–-]*\s?[A-Z])",
)
def heading(match: re.Match[str], locale: Locale) -> str | None:
    """ "IV. The Sign" and "XII THE ROAD" begin with a number; "I Am Legend" does not."""
    found = value(match["numeral"])
    initials = re.match(r"\s+[A-Z]\.", context.right(match))
    single = len(match["numeral"]) == 1
    if not found or (single and (initials or not match["stop"] or match["numeral"] not in "IVX")):
        return None
    if not match["stop"] and match["numeral"] in _NO_NUMERALS:
        return None
    if len(match.string) > 120:  # a paragraph, where it may be somebody's initial
        return None
    return f"{cardinal(found, locale)}{'.' if match['stop'] else ''}".capitalize()


@rule(
    "bare numeral",
    "Roman numeral",
    r"[IVXLC]",
    r"^(?P<numeral>[IVXLC]{2,8}|[VX])(?P<stop>\.?)(?=\s*$)",
)
def bare(match: re.Match[str], locale: Locale) -> str | None:
    """A line that is nothing but a numeral."""
    found = value(match["numeral"])
    if not found or match["numeral"] in _NO_NUMERALS - {"IV"}:
        return None
    return f"{cardinal(found, locale).capitalize()}{match['stop']}"


@rule(
    "small numeral",
    "Roman numeral",
    frozenset(numeral.lower() for numeral in NUMERALS),
    r"(?<!\w\()(?<=\()(?P<numeral>[ivx]{2,6}|[iv])(?=\))|\b(?<=[Pp]\. )(?P<page>[ivxlc]{1,8})\b",
)
def small(match: re.Match[str], locale: Locale) -> str | None:
    """(iv) of a list, "p. xii" of a preface."""
    found = value(match["numeral"] or match["page"])
    return cardinal(found, locale) if found else None


@rule(
    "Roman ordinal",
    "Roman numeral",
    frozenset(f"{numeral}th" for numeral in NUMERALS),
    r"(?P<numeral>[IVXLC]{1,8})th\b",
)
def roman_ordinal(match: re.Match[str], locale: Locale) -> str | None:
    """The XIXth century."""
    found = value(match["numeral"])
    return ordinal(found, locale) if found else None


RULES: tuple[Rule, ...] = (heading, bare, part, ruler, ordered, numeral, roman_ordinal, small)
