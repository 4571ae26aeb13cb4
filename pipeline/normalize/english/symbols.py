"""Signs by name, verses, footnote signs, and small sums."""

from __future__ import annotations

import re
from dataclasses import replace

from pipeline.normalize.english import context
from pipeline.normalize.english.measures import UNITS, named
from pipeline.normalize.english.numbers import cardinal, number, ordinal
from pipeline.normalize.english.romans import value
from pipeline.normalize.rule import Locale, Rule, any_of, rule

BIBLE = {
    "Gen": "Genesis", "Ex": "Exodus", "Exod": "Exodus", "Lev": "Leviticus", "Num": "Numbers",
    "Deut": "Deuteronomy", "Josh": "Joshua", "Judg": "Judges", "Ruth": "Ruth", "Sam": "Samuel",
    "Kgs": "Kings", "Chron": "Chronicles", "Neh": "Nehemiah", "Esth": "Esther", "Ps": "Psalm",
    "Pss": "Psalms", "Prov": "Proverbs", "Eccl": "Ecclesiastes", "Eccles": "Ecclesiastes",
    "Isa": "Isaiah", "Jer": "Jeremiah", "Lam": "Lamentations", "Ezek": "Ezekiel", "Dan": "Daniel",
    "Hos": "Hosea", "Mic": "Micah", "Hab": "Habakkuk", "Zech": "Zechariah", "Mal": "Malachi",
    "Matt": "Matthew", "Rom": "Romans", "Cor": "Corinthians", "Gal": "Galatians",
    "Eph": "Ephesians", "Phil": "Philippians", "Col": "Colossians", "Thess": "Thessalonians",
    "Tim": "Timothy", "Heb": "Hebrews", "Jas": "James", "Pet": "Peter", "Rev": "Revelation",
    "Is": "Isaiah", "Mt": "Matthew", "Mk": "Mark", "Lk": "Luke", "Jn": "John", "Sol": "Solomon",
}  # fmt: skip
_BOOKS = [
    *BIBLE.values(),
    *(
        "Job Joel Amos Obadiah Jonah Nahum Zephaniah Haggai Ezra Mark Luke John Acts Titus "
        "Philemon Jude Quran Koran Sura Surah Psalms"
    ).split(),
]
_BOOK = rf"(?:(?P<short>{any_of(BIBLE)})\.|(?P<book>{any_of(_BOOKS)}))"


_NUMBERED_BOOKS = frozenset(
    "Sam Samuel Kgs Kings Chron Chronicles Cor Corinthians Thess Thessalonians Tim Timothy Pet "
    "Peter John".split()
)
# Of these a chapter is enough; "Mark 3" may be a man with a number.
_SURE_BOOKS = frozenset("Psalm Psalms Genesis Exodus Isaiah Sura Surah".split())
_VERSES = r"\d{1,3}(?:\s?[-–]\s?\d{1,3})?"


@rule(
    "verse",
    "verse",
    frozenset(word for name in (*BIBLE, *_BOOKS) for word in name.split()),
    rf"(?:(?P<which>[1-3]|I{{1,3}})\s)?{_BOOK}\s"
    rf"(?:(?P<small>[ivxlc]{{1,8}})\.\s?(?P<old>{_VERSES})"
    rf"|(?P<chapter>\d{{1,3}})(?::(?P<verses>{_VERSES}(?:,\s?{_VERSES}){{0,6}}))?)(?![\w:])",
)
def verse(match: re.Match[str], locale: Locale) -> str | None:
    """John 3:16, 1 Cor. 13:4-8, Luke ii. 14."""
    name = match["short"] or match["book"]
    verses = match["verses"] or match["old"]
    which = match["which"]
    if (which and name not in _NUMBERED_BOOKS) or not (
        verses or which or match["short"] or name in _SURE_BOOKS
    ):
        return None
    chapter = value(match["small"]) if match["small"] else int(match["chapter"])
    if not chapter:
        return None
    first = ordinal(int(which) if which.isdecimal() else len(which)).capitalize() if which else ""
    said = f"{first} {BIBLE.get(name, name)} {cardinal(chapter, locale)}".strip()
    if not verses:
        return said
    # "twenty, three" is no twenty three
    rest = "," if chapter % 10 == 0 and chapter > 10 and re.match(r"\d(?!\d)", verses) else ""
    spelled = re.sub(r"\s?[-–]\s?", " to ", verses)
    return f"{said}{rest} " + re.sub(r"\d+", lambda found: cardinal(int(found[0])), spelled)


@rule("section", "symbol", r"[§¶]", r"(?P<sign>§§?|¶¶?)\s?")
def section(match: re.Match[str], locale: Locale) -> str:
    """§ 5 is section five, §§ sections."""
    name = "section" if match["sign"][0] == "§" else "paragraph"
    return f"{name}s " if len(match["sign"]) == 2 else f"{name} "


@rule(
    "sign before a number",
    "symbol",
    r"[-−–+±~≈<>≤≥]",
    r"(?<![\w)\]°%])(?:(?P<minus>[-−–])(?=\.?\d|[$£€])|(?P<plus>\+)(?=\.?\d)|(?P<sign>[±~≈<>≤≥])\s?(?=[-−.\d$£€]))",
)
def signed(match: re.Match[str], locale: Locale) -> str | None:
    """-5 is minus five; a dash that opens a line of a list or of speech has a space behind it."""
    if match["minus"]:
        return "minus "
    if match["plus"]:
        return "plus "
    return {
        "±": "plus or minus ", "~": "about ", "≈": "about ", "<": "less than ", ">": "more than ",
        "≤": "at most ", "≥": "at least ",
    }[match["sign"]]  # fmt: skip


_TERM = r"(?:\d|[a-zA-Z]\b|[)π√(²³])"


@rule(
    "operator",
    "mathematics",
    r"[-+=×÷<>≤≥≠±≈−*/]",
    r"(?:(?<=[\d)πa-zA-Z²³%°])|(?<=[\d)πa-zA-Z²³%°]\s))(?P<sign>[+=×÷<>≤≥≠±≈−*/-])(?P<gap2>\s?)(?=[-−+]?[$£€(√]?(?:\d|[a-zA-Zπ]))",
)
def operator(match: re.Match[str], locale: Locale) -> str | None:
    """2 + 2 = 4; a hyphen or a slash is one only in the middle of a sum."""
    sign = match["sign"]
    text = match.string
    gap = text[match.start() - 1].isspace()
    numbers = (
        text[match.start() - 1 - gap].isdigit() and text[match.end() : match.end() + 1].isdigit()
    )
    if sign in "*/-":
        spaced = gap and match["gap2"]
        if not numbers or (sign != "*" and not (spaced and _is_sum(match))):
            return None
    if sign in "<>" and not (gap and match["gap2"]) and not numbers:
        return None
    return f"{'' if gap else ' '}{OPERATORS[sign]}{match['gap2'] or ' '}"


OPERATORS = {
    "+": "plus", "=": "equals", "×": "times", "÷": "divided by", "<": "is less than",
    ">": "is greater than", "≤": "is at most", "≥": "is at least", "≠": "is not equal to",
    "±": "plus or minus", "≈": "is about", "−": "minus", "*": "times", "/": "divided by",
    "-": "minus",
}  # fmt: skip


def _is_sum(match: re.Match[str]) -> bool:
    around = context.left(match, 20) + context.right(match, 20)
    numbers = re.search(r"[\d)a-z]\s?$", context.left(match, 3)) and re.match(
        r"\s?[\d(a-z]", context.right(match, 3)
    )
    return bool(numbers) and bool(re.search(r"[=+×÷]", around) or match["sign"] in "*/")


@rule(
    "power",
    "mathematics",
    r"[\da-zA-Z²³]",
    r"(?:(?P<number>\d{1,15}(?:\.\d{1,8})?)|(?P<letter>\b[a-zA-Z]|(?<=[=+]\s)[a-z]{2}))(?:\^(?P<power>[-−]?\d{1,4})|(?P<raised>[⁻⁰¹²³⁴-⁹]{1,5}))(?!\w)",
)
def power(match: re.Match[str], locale: Locale) -> str | None:
    """10^6, x²; a raised number behind a word is a note's."""
    raised = match["power"] or match["raised"].translate(_RAISED)
    before = number(match["number"], locale) if match["number"] else " ".join(match["letter"])
    negative = raised[0] in "-−"
    value = int(raised.lstrip("-−") or 0)
    if not negative and value in (2, 3):
        return f"{before} {'squared' if value == 2 else 'cubed'}"
    return f"{before} to the power of {'minus ' if negative else ''}{cardinal(value)}"


_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")


@rule(
    "note mark",
    "note",
    r"[\[†‡⁰¹²³⁴-⁹*\d]",
    r"(?:(?<=\S)|(?<=[a-z.,;] ))\[(?:\d{1,4}(?:[,–-]\s?\d{1,4})*|note \d{1,3})\]|[†‡]+"
    r"|(?<=[^\W\d_])[⁰¹²³⁴-⁹]{1,4}(?!\w)|(?<=[.,;:!?”\"’)])[⁰¹²³⁴-⁹]{1,4}"
    r"|(?<=[a-z][.,;!?”\"’])\*{1,3}(?=\s|$)|(?<=[^\W_])\*(?=[\s.,;:!?]|$)"
    r"|(?<=[a-z]{2}[.,;])\d{1,3}(?=\s+[A-Z“\"]|\s*$)|(?<=[a-z][.!?,][”\"’])\d{1,3}(?=\s|$)|(?<=[a-z]{4})\d{1,2}(?=[\s.,;:]|$)",
)
def note_mark(match: re.Match[str], locale: Locale) -> str | None:
    """word[3], word.12, word†: a note's mark is not read; "note 5" is something else."""
    text = match.group()
    if text[0] == "*" and "*" in context.left(match, 400).rpartition("\n")[2]:
        return None  # the end of an emphasis
    if text[0].isdigit() and text.isascii() and _is_name(match):
        return None
    return ""


def _is_name(match: re.Match[str]) -> bool:
    """A word with a number in it is a thing of that name, if it is short or has a capital."""
    found = re.search(r"[\w-]+$", context.left(match))
    word = found[0] if found else ""
    return bool(word) and (not word.islower() or len(word) < 4)


@rule("ampersand", "symbol", r"&", r"(?P<gap>\s?)&")
def ampersand(match: re.Match[str], locale: Locale) -> str:
    """Legacy & Light."""
    before = "" if not match.start() or match["gap"] else " "
    return f"{' ' if match['gap'] else before}and{' ' if context.right(match, 1).strip() else ''}"


@rule(
    "sign",
    "symbol",
    r"[#@$£€¥%©®™°=+≠∞√π÷×№µ<>|\\^~∴→←↑↓⇒•·]",
    r"[#@$£€¥%©®™°=+≠∞√π÷×µ<>|\\^~→←↑↓⇒•·]",
)
def sign(match: re.Match[str], locale: Locale) -> str | None:
    """By name, where nothing better is known; arrows and bullets are silent."""
    char = match.group()
    left, right = context.left(match, 1), context.right(match, 1)
    if char in "→←↑↓⇒•·®™|^~":
        return "" if not (left.isalnum() and right.isalnum()) else " "
    if (
        char in "<>"
        and not (left.isspace() and right.isspace())
        and right not in ".0123456789"
        and not _is_relation(match)
    ):
        return " "  # what is left of a tag, or of a formula
    name = {
        "@": "at", "%": "percent", "©": "copyright", "°": "degrees", "=": "equals", "+": "plus",
        "≠": "is not equal to", "∞": "infinity", "√": "the square root of", "π": "pi",
        "÷": "divided by", "×": "times", "µ": "micro", "#": "hash",
        "<": "less than", ">": "greater than", "\\": "backslash", "£": "pound", "€": "euro",
        "¥": "yen", "$": "dollar",
    }[char]  # fmt: skip
    closes = re.match(r"[.,;:!?)](?!\d)|$", context.right(match, 2))
    return f" {name}{'' if closes else ' '}"


_EACH = (
    "second minute hour day week night month quarter year person head share barrel bottle pint "
    "litre liter gallon kilo kilogram pound ton tonne acre hectare foot yard mile kilometre "
    "kilometer unit game match item piece plate guest room ticket student pupil user seat"
).split()
_PER = frozenset(
    "s sec min hr h wk mo yr lb kg g oz mg ml mL dl dL l L gal ft km² km2 m² m2 mi² km mi".split()
) | {"sq ft", "sq mi", "sq km", "sq m"}


@rule(
    "per",
    "measure",
    r"/",
    rf"(?<=[\w¢²])/(?P<each>{any_of(_EACH)}|{any_of(k for k in UNITS if k in _PER)})\b"
    r"(?:\.(?=\s[a-z]))?(?!/)",
)
def per(match: re.Match[str], locale: Locale) -> str | None:
    """$129/night, 20,000/km²: behind a number, or a number with its unit."""
    if not re.search(r"\d[\d,.]*\s?(?:[a-zA-Z¢²]{1,12})?$", context.left(match, 24)):
        return None
    each = match["each"]
    return f" per {each if each in _EACH else named(each, locale, is_one=True)}"


def _is_relation(match: re.Match[str]) -> bool:
    """x<y, of single letters."""
    around = match.string[max(0, match.start() - 2) : match.end() + 2]
    return re.fullmatch(r"\W?\w[<>]\w\W?", around) is not None


@rule("slash", "symbol", r"/", r"(?<=\S)/(?=\S)")
def slash(match: re.Match[str], locale: Locale) -> str:
    """and/or is and or."""
    return " "


VERSES: tuple[Rule, ...] = (
    verse,
    replace(verse, cue=r"[123]"),
    replace(verse, cue=frozenset(("I", "II", "III"))),
)
RULES: tuple[Rule, ...] = (section, note_mark, power, signed, operator, ampersand, per, sign, slash)
