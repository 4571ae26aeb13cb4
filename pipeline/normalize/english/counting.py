"""Numbers by themselves: cardinal, ordinal, year, decade, fraction, range, label."""

from __future__ import annotations

import re
import unicodedata
from fractions import Fraction

from pipeline.normalize.english import context
from pipeline.normalize.english.numbers import (
    LONGEST_PLAIN,
    NUMBER,
    WHOLE,
    cardinal,
    decade,
    digits,
    label,
    mixed,
    number,
    ordinal,
    plural,
    year,
)
from pipeline.normalize.rule import Locale, Rule, any_of, rule

VULGAR = "[½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅐⅛⅜⅝⅞⅑⅒]"
DIGIT = rf"[\d{VULGAR[1:]}"
# Nothing stands before a number that it is a part of, and nothing after it.
FREE = r"(?<![^\W_])(?<!\d[.,:/])"
END = r"(?![^\W_])(?![.,]\d)"

# An amount of something: a mixed number, a range, or a number.
AMOUNT = (
    rf"(?:(?P<whole>\d{{1,4}})(?:[\s-]"
    rf"|\s?and\s))?(?P<over>\d{{1,3}})/(?P<under>\d{{1,4}})(?![\d/])"
    rf"|(?P<units>\d{{1,4}})?\s?(?P<vulgar>{VULGAR})"
    rf"|(?P<one>{NUMBER})(?:\s?–\s?|-)(?P<two>{NUMBER})"
    rf"|(?P<only>{NUMBER})"
)
_UNDER = frozenset((2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 16, 20, 32, 50, 60, 64, 100, 1000))

# Before a number that counts, or names something else than a year.
_COUNT_CUE = frozenset(
    "page pages line lines number numbers no nos about over under nearly almost than least most "
    "exactly only some roughly around approximately figure table verse another these those all "
    "number chapter up pp p".split()
)
_YEAR_CUE = frozenset(
    "between in since until till by before after from circa during of year to and".split()
)
_NOT_PLURAL = frozenset(
    "was is has his as this its does us plus thus always perhaps towards besides sometimes".split()
)
_COUNTED = frozenset(
    "people men women children feet percent per million thousand hundred billion dozen more fewer "
    "or-so times other different such sheep fish cattle horse foot infantry".split()
)
# What carries a number as a name.
_NUMBERED = frozenset(
    "Boeing Airbus Flight flight Room room Route Highway Interstate Suite Apartment Apt Bus bus "
    "Box Cessna Porsche Ferrari Nokia Lockheed Bay bay Gate gate Locker locker Ward".split()
)
MONTH_NAMES = (
    "January|February|March|April|May|June|July|August|September|October|November|December"
)
STREETS = (
    "Street St Avenue Ave Road Rd Lane Ln Drive Dr Boulevard Blvd Place Pl Court Ct Square Sq "
    "Terrace Ter Parkway Pkwy Highway Hwy Way Row Broadway Circle Cir Crescent Close Mews Hill "
    "Gardens Grove Park"
).split()


def amount(match: re.Match[str], locale: Locale) -> tuple[str, bool] | None:
    """What an AMOUNT comes to, and whether it is one of its kind; None if it is no amount."""
    found = match.groupdict()
    if found["over"]:
        over, under = int(found["over"]), int(found["under"])
        if under not in _UNDER or over >= under:
            return None
        return mixed(found["whole"] or "", over, under, locale), not found["whole"]
    if found["vulgar"]:
        part = Fraction(unicodedata.numeric(found["vulgar"])).limit_denominator(10)
        units = found["units"] or ""
        return mixed(units, part.numerator, part.denominator, locale), not units
    if found["two"]:
        return span(found["one"], found["two"], locale), False
    return number(found["only"], locale), found["only"].lstrip("0") == "1"


def span(one: str, two: str, locale: Locale) -> str:
    """From one number to another; the same twice is no range: fifty fifty."""
    link = " " if one == two else " to "
    return f"{number(one, locale)}{link}{number(two, locale)}"


@rule(
    "battalion",
    "ordinal",
    DIGIT,
    rf"{FREE}(?P<one>\d{{1,2}})/(?P<two>\d{{1,2}})(?:st|nd|rd|th)(?=\s[A-Z])",
)
def battalion(match: re.Match[str], locale: Locale) -> str:
    """The 2/4th Battalion."""
    return f"{ordinal(int(match['one']))} {ordinal(int(match['two']))}"


@rule("pair", "cardinal", DIGIT, rf"{FREE}(?P<over>\d{{1,4}})/(?P<under>\d{{1,4}}){END}(?!/)")
def pair(match: re.Match[str], locale: Locale) -> str | None:
    """What is written like a fraction and is none: 9/11, 24/7, seven and six, odds, years."""
    over, under = int(match["over"]), int(match["under"])
    if (over, under) in {(9, 11), (24, 7), (7, 11)} or over == under:
        return f"{cardinal(over)} {cardinal(under)}"
    link = ""
    if under < 12 and over < 40 and _is_priced(match, locale):
        link = "and"
    elif re.match(r"\s(?:shot|odds|favou?rite|chance|outsider|on\b)", context.right(match)):
        link = "to"
    elif under in (10, 100, 5) and _is_rated(match):
        link = "out of"
    elif over > 99 and 0 < under - over % 10 ** len(match["under"]) < 10:  # 1536/7, 1914/15
        return f"{year(over, locale)} to {cardinal(under, locale)}"
    return f"{cardinal(over, locale)} {link} {cardinal(under, locale)}" if link else None


@rule(
    "fraction",
    "fraction",
    DIGIT,
    rf"{FREE}(?:(?P<whole>\d{{1,4}})(?:[\s-]|\s?and\s))?(?P<over>\d{{1,4}})/(?P<under>\d{{1,4}})"
    rf"(?:ths?|rds?|nds?)?{END}(?!/)",
)
def slashed(match: re.Match[str], locale: Locale) -> str:
    """Parts of a whole: 1/2, 2 1/2; 120/80 is no part."""
    over, under = int(match["over"]), int(match["under"])
    if under in _UNDER and over < under:
        said = mixed(match["whole"] or "", over, under, locale)
        adjective = context.right(match, 2)[:1] == "-" and not match["whole"] and over > 1
        return said.removesuffix("s") if adjective else said
    said = f"{cardinal(over, locale)} over {cardinal(under, locale)}"
    return f"{cardinal(int(match['whole']), locale)} {said}" if match["whole"] else said


def _is_priced(match: re.Match[str], locale: Locale) -> bool:
    """ "marked at 5/6": shillings and pence."""
    at_a_price = re.search(
        r"\b(?:(?:marked|sold|bought|priced|going|was|were)\s(?:at|for)|costs?|paid|[pP]rice)\s$",
        context.left(match),
    )
    british = locale.metre and (
        context.before(match).lower() in {"gave", "charged", "offered", "earned", "worth", "at"}
        or (int(match["over"]) > int(match["under"]) and int(match["under"]) > 2)
    )
    return bool(at_a_price or british) and not re.match(r"\sof\b", context.right(match, 4))


def _is_rated(match: re.Match[str]) -> bool:
    return bool(
        re.search(r"\b(?:rat(?:ed?|ing)|scor(?:ed?|ing)|gave|marks?)\b", context.left(match))
    )


@rule(
    "vulgar fraction",
    "fraction",
    DIGIT,
    rf"(?P<units>\d{{1,4}})?\s?(?P<vulgar>{VULGAR})",
)
def vulgar(match: re.Match[str], locale: Locale) -> str:
    """½ is one half, 2¾ two and three quarters."""
    part = Fraction(unicodedata.numeric(match["vulgar"])).limit_denominator(10)
    said = mixed(match["units"] or "", part.numerator, part.denominator, locale)
    adjective = context.right(match, 2)[:1] == "-" and not match["units"] and part.numerator > 1
    if context.before(match) == "a" and not match["units"]:
        said = said.removeprefix("one ")
    gap = " " if context.left(match, 1).isalnum() else ""
    return gap + (said.removesuffix("s") if adjective else said)


@rule(
    "decade",
    "decade",
    r"[’'‘\d]",
    r"(?:(?<!\w)[’'‘])?(?<![^\W_])(?<!\d[-–])(?<![.,:/$£€])(\d0|\d{3}0)[’']?s\b",
)
def tens(match: re.Match[str], locale: Locale) -> str | None:
    """The 80s and '80s; but "wait 30s" and "£5 10s." are something else."""
    value = int(match[1])
    named = context.before(match).lower() in {
        "the", "early", "late", "mid", "his", "her", "their", "my", "your", "our", "to", "its",
    }  # fmt: skip
    named |= (
        re.search(r"\d0['’]?s,?\s(?:and|or|to|and\searly|and\slate)\s$", context.left(match))
        is not None
    )
    quoted = match.group()[0] in "’'‘"
    if value < 10 or not (value > 99 or named or quoted):
        return None
    return decade(value)


@rule("score", "score", DIGIT, rf"{FREE}(?P<one>\d{{1,2}})[-–]0{END}(?![-–]\d)")
def nil(match: re.Match[str], locale: Locale) -> str | None:
    """3-0 is three nil in Britain."""
    if not locale.metre:
        return None
    return f"{cardinal(int(match['one'])) if match['one'] != '0' else 'nil'} nil"


@rule(
    "range",
    "range",
    DIGIT,
    rf"{FREE}(?P<one>{NUMBER})(?:\s?–\s?|[-‐‑])(?P<two>{NUMBER}){END}(?![-–]\d)"
    rf"(?!\s(?:{MONTH_NAMES}))",
)
def between(match: re.Match[str], locale: Locale) -> str | None:
    """From a number to another; of years where they can be, so that 1984-85 is twenty years ago."""
    one, two = match["one"], match["two"]
    if any(part[0] == "0" and part[1:2].isdigit() for part in (one, two)) or len(one + two) > 20:
        return None
    if one.isdigit() and two.isdigit() and len(one) == 4 and _are_years(match, one, two):
        ends = year(int(two), locale) if len(two) == 4 else cardinal(int(two))
        return f"{year(int(one), locale)} to {ends}"
    if one.isdigit() and two.isdigit() and len(one) == 3 and len(two) == 4:
        return None  # a telephone number
    if (one, two) == ("24", "7"):
        return "twenty four seven"
    if context.before(match) in _NUMBERED:  # Boeing 737-800
        return f"{label(one, locale)} {label(two, locale)}"
    return span(one, two, locale)


def _are_years(match: re.Match[str], one: str, two: str) -> bool:
    if context.before(match).lower() in {"pp", "p", "page", "pages", "lines", "line", "verses"}:
        return False
    if not 1000 <= int(one) <= 2100:
        return False
    if len(two) == 4:
        return int(one) < int(two) <= 2200
    return len(two) < 3 and int(one) % 10 ** len(two) < int(two)


@rule(
    "range dash",
    "range",
    r"[-–]",
    r"(?<=[\d%°CFmskhdt¢])[-–](?=[$£€]?\d)",
)
def range_dash(match: re.Match[str], _: Locale) -> str | None:
    """Between two amounts that each have their own sign: $10-$15, 10%-12%, 1990s-2000s."""
    amount_before = re.search(
        r"(?<![\w-])[$£€]?\d[\d,.]{0,20}(?:[%°][CF]?|[ap]m|s|st|nd|rd|th|km|m|k|kg|ft|¢)?$",
        context.left(match, 24),
    )
    return " to " if amount_before else None


@rule(
    "span dash",
    "range",
    r"–",
    rf"–\s?(?=(?:c\.\s)?\d|(?:{MONTH_NAMES})\s\d)",
)
def span_dash(match: re.Match[str], _: Locale) -> str | None:
    """From one date to another: (30 November 1874 – 24 January 1965), 1303 BC – 1213 BC."""
    behind = re.search(r"(?:\d|\d(?:st|nd|rd|th)|\bBC|\bBCE|\bAD|\bCE)\s?$", context.left(match, 8))
    return " to " if behind else None


@rule("year", "year", DIGIT, rf"{FREE}(?<![$£€#])\d{{4}}{END}")
def year_alone(match: re.Match[str], locale: Locale) -> str | None:
    """Four digits from 1000 to 2099 are a year, unless they count or number something."""
    value = int(match.group())
    before = context.before(match)
    if not (1100 <= value <= 2099 or (value >= 1000 and before.lower() in _YEAR_CUE)):
        return year(value, locale) if _has_era(match) else None
    if before.lower() in _COUNT_CUE:
        return None
    after = context.after(match)
    counted = after in _COUNTED or (
        len(after) > 2 and after.islower() and after.endswith("s") and after not in _NOT_PLURAL
    )
    return None if counted and not _is_dated(before, value) else year(value, locale)


def _is_dated(before: str, value: int) -> bool:
    """ "In 1914 soldiers marched" has a year, "in 1500 homes" has not."""
    preposition = before.lower() in _YEAR_CUE
    if value % 100 == 0:  # "By 1900 women voted"
        return preposition and before[0].isupper() and value > 1600
    return preposition or before == "the"


def _has_era(match: re.Match[str]) -> bool:
    return bool(re.match(r"\s?(?:B\.?C|A\.?D|C\.?E)\b", context.right(match, 8)))


@rule(
    "ordinal", "ordinal", DIGIT, rf"(?<![^\W_])({WHOLE})\s?(?:st|nd|rd|th|ST|ND|RD|TH)(?P<ly>ly)?\b"
)
def place(match: re.Match[str], locale: Locale) -> str | None:
    """1st is first."""
    value = int(match[1].replace(",", ""))
    if re.search(r"\d\s", match.group()):  # "5 th" is a slip of a scanner
        return None
    return ordinal(value, locale) + (match["ly"] or "")


@rule(
    "address",
    "address",
    DIGIT,
    rf"{FREE}(?P<number>\d{{1,5}})(?P<door>[A-Z])?(?=\s+(?:[NSEW]\.?\s+|(?:North|South|East"
    rf"|West)\s+)?"
    rf"(?:\d{{1,3}}(?:st|nd|rd|th)\s+|[A-Z][\w'’.]{{0,30}}\s+){{1,3}}(?:{any_of(STREETS)})\b)",
)
def house(match: re.Match[str], locale: Locale) -> str:
    """A house has a number as a name: 221B is two twenty one B."""
    return label(match["number"], locale) + (f" {match['door']}" if match["door"] else "")


@rule("label", "cardinal", DIGIT, rf"{FREE}\d{{3,5}}{END}")
def numbered(match: re.Match[str], locale: Locale) -> str | None:
    """Planes, flights, rooms and roads: seven forty seven."""
    airliner = re.fullmatch("7[0-8]7", match.group()) and context.before(match).lower() in {
        "a",
        "the",
    }
    return label(match.group(), locale) if airliner or context.before(match) in _NUMBERED else None


@rule("times", "cardinal", DIGIT, rf"{FREE}(?P<only>{NUMBER})[x×]\b(?!\d)")
def fold(match: re.Match[str], locale: Locale) -> str | None:
    """3x is three times, but 2x + 1 is none."""
    if re.match(r"\s?[-+=−]", context.right(match, 2)):
        return None
    return f"{number(match['only'], locale)} times"


@rule("ratio", "ratio", DIGIT, rf"{FREE}(?P<one>{WHOLE}):(?P<two>{WHOLE}){END}(?!:\d)")
def ratio(match: re.Match[str], locale: Locale) -> str:
    """What is no time of day: 3:1 is three to one."""
    return f"{number(match['one'], locale)} to {number(match['two'], locale)}"


_SCALED = {"m": "million", "M": "million", "bn": "billion", "B": "billion", "K": "thousand",
           "k": "thousand", "tn": "trillion", "T": "trillion"}  # fmt: skip
_NOT_MANY = frozenset(
    "across was is has his as this its does us plus thus always inches meters metres".split()
)


@rule(
    "scaled",
    "cardinal",
    DIGIT,
    rf"{FREE}(?P<number>{NUMBER})(?P<scale>bn|tn|[mMKkBT])(?![^\W_])(?P<more>\+)?",
)
def scaled(match: re.Match[str], locale: Locale) -> str | None:
    """67.5m people, 2.4M units, 517K jobs, 3bn views: many of what follows; "10K" is a race."""
    scale = match["scale"]
    following = context.after(match)
    many = following in _COUNTED or (
        following.endswith("s") and following.islower() and following not in _NOT_MANY
    )
    sure = scale in ("bn", "tn") or (scale == "M") or (scale in "BT" and "." in match["number"])
    if not (sure or (many and (scale != "m" or following not in context.SIZED))):
        return None
    more = " plus" if match["more"] else ""
    return f"{number(match['number'], locale)} {_SCALED[scale]}{more}"


@rule(
    "duration",
    "time",
    DIGIT,
    rf"{FREE}(?P<hours>\d{{1,2}})\s?h(?:rs?)?\s?(?P<minutes>\d{{1,2}})\s?m(?:ins?)?\b(?:\s?(?P<seconds>\d{{1,2}})\s?s\b)?|{FREE}(?P<min>\d{{1,2}})m\s?(?P<sec>\d{{1,2}})s\b",
)
def duration(match: re.Match[str], locale: Locale) -> str:
    """7h 40m, 1h32m15s, 4m 33s."""
    parts = [
        (match["hours"], "hour"),
        (match["minutes"] or match["min"], "minute"),
        (match["seconds"] or match["sec"], "second"),
    ]
    return " ".join(
        f"{cardinal(int(count))} {unit}{'' if int(count) == 1 else 's'}"
        for count, unit in parts
        if count
    )


@rule(
    "race time",
    "time",
    DIGIT,
    rf"{FREE}(?:(?P<hours>\d{{1,2}}):)?(?P<minutes>\d{{1,2}}):(?P<seconds>\d{{2}}\.\d{{1,3}}){END}",
)
def race(match: re.Match[str], locale: Locale) -> str:
    """26:49.51."""
    hours = f"{cardinal(int(match['hours']))} hours " if match["hours"] else ""
    seconds = number(match["seconds"].lstrip("0") or "0", locale)
    return f"{hours}{cardinal(int(match['minutes']))} minutes {seconds} seconds"


@rule("clause", "digits", r"\(", r"(?<=[\d)])\((?P<in>[a-zA-Z]|\d{1,2})\)")
def clause(match: re.Match[str], locale: Locale) -> str:
    """12(b)(6), 401(k)."""
    inner = match["in"]
    return f" {cardinal(int(inner)) if inner.isdigit() else inner.upper()}"


@rule("groups", "digits", DIGIT, rf"{FREE}\d{{1,20}}(?:[-‐‑–]\d{{1,20}}){{1,12}}{END}")
def serial(match: re.Match[str], locale: Locale) -> str:
    """Numbers tied by hyphens: short ones by themselves, long ones digit by digit."""
    groups = re.split(r"[-‐‑–]", match.group())
    if all(len(group) < 3 and group[0] != "0" for group in groups):
        return " ".join(cardinal(int(group)) for group in groups)
    return ", ".join(digits(group) for group in groups)


@rule("version", "digits", DIGIT, r"(?<![^\W_vV])\d{1,5}(?:\.\d{1,5}){2,8}(?![^\W_])(?!\.\d)")
def version(match: re.Match[str], locale: Locale) -> str:
    """1.2.3 is one point two point three; four groups are an address of a computer."""
    groups = match.group().split(".")
    link = " dot " if len(groups) == 4 else " point "
    return link.join(number(group, locale) for group in groups)


@rule(
    "glued",
    "verbatim",
    DIGIT,
    r"(?P<number>\d{1,15}+(?:\.\d{1,8}+)?)(?P<letters>[A-Za-z]{1,12}+)(?![^\W\d_])",
)
def glued(match: re.Match[str], locale: Locale) -> str:
    """3D is three D, 5G five G, 1080p ten eighty p; what stands before it may be letters, too."""
    said = (
        label(match["number"], locale)
        if len(match["number"]) > 2 and match["number"].isdigit()
        else number(match["number"], locale)
    )
    gap = " " if context.left(match, 1).isalpha() else ""
    space = " " if match.string[match.end() : match.end() + 1].isdigit() else ""
    if match["letters"] in ("s", "ers"):  # B-17s, 49ers
        return gap + (plural(said) if match["letters"] == "s" else f"{said.removesuffix('e')}ers")
    return f"{gap}{said} {match['letters']}{space}"


@rule("cardinal", "cardinal", DIGIT, rf"{FREE}{NUMBER}{END}")
def count(match: re.Match[str], locale: Locale) -> str:
    """A number that counts, with its decimals."""
    return number(match.group(), locale)


_CALIBRES = {".22", ".25", ".32", ".38", ".44", ".45", ".303", ".357"}


@rule("decimal", "decimal", r"\.", rf"(?<![\w.])\.\d{{1,40}}+{END}")
def point(match: re.Match[str], locale: Locale) -> str:
    """.5 is point five; a .45 is a gun."""
    bats = context.before(match) in {"batted", "hit", "hitting", "batting"} or re.match(
        r"\s(?:hitter|batting|average)", context.right(match)
    )
    if bats and len(match.group()) == 4:
        return label(match.group()[1:])
    if match.group() in _CALIBRES and context.before(match).lower() in {
        "a",
        "the",
        "his",
        "her",
        "my",
        "your",
    }:
        return label(match.group()[1:])
    return number(match.group(), locale)


@rule("digits", "digits", DIGIT, r"\d{1,40}+(?:(?<=[A-Za-z]\d)\.\d{1,8}+(?![\d.]))?")
def left_over(match: re.Match[str], locale: Locale) -> str:
    """What is a part of something else: MP3, COVID-19, R2D2, and numbers without end."""
    text = match.group()
    before = context.left(match, 2)
    gap = " " if before[-1:].isalnum() else ""
    space = " " if match.string[match.end() : match.end() + 1].isalpha() else ""
    if "." in text:  # M6.1
        return gap + number(text, locale) + space
    if len(text) > LONGEST_PLAIN or before[-1:].isdigit():
        return gap + digits(text) + space
    named = bool(gap) or (before[-1:] in "-‐‑" and before[:1].isupper())
    return gap + (label(text, locale) if named else number(text, locale)) + space


RULES: tuple[Rule, ...] = (
    version,
    vulgar,
    battalion,
    pair,
    slashed,
    fold,
    clause,
    ratio,
    nil,
    between,
    serial,
    place,
    house,
    numbered,
    year_alone,
    glued,
    count,
    point,
    left_over,
    range_dash,
    span_dash,
)
