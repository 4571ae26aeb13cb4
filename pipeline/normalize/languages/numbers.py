"""Rules for numbers that stand alone: cardinals, ordinals, fractions, ranges, years."""

from __future__ import annotations

import re

from pipeline.normalize.languages.shared import (
    DIGIT,
    GAP,
    after,
    before,
    gender_of,
    say,
    year_of_date,
)
from pipeline.normalize.languages.table import AFTER, BEFORE, NUMBER, Language, read
from pipeline.normalize.rule import Locale, Rule, any_of, rule

_HALVES = {"½": (1, 2), "⅓": (1, 3), "⅔": (2, 3), "¼": (1, 4), "¾": (3, 4), "⅕": (1, 5),
           "⅖": (2, 5), "⅗": (3, 5), "⅘": (4, 5), "⅙": (1, 6), "⅚": (5, 6), "⅛": (1, 8),
           "⅜": (3, 8), "⅝": (5, 8), "⅞": (7, 8)}  # fmt: skip


def cardinal(language: Language) -> Rule:
    @rule("cardinal", "cardinal", DIGIT, BEFORE + NUMBER + AFTER)
    def say_cardinal(match: re.Match[str], locale: Locale) -> str | None:
        """All that counts, and what is left of the rest."""
        number = read(match.group(), language, locale)
        if number is None:
            return None
        gender = gender_of(match, language)
        if not gender and number.is_one:
            gender = language.one(before(match), after(match))
        return say(number, gender, language, locale)

    return say_cardinal


def lettered(language: Language) -> Rule:
    @rule("lettered", "cardinal", DIGIT, rf"{BEFORE}(\d{{1,4}})(?=[a-f](?![\w'’]))")
    def say_lettered(match: re.Match[str], locale: Locale) -> str:
        """A house: "12a"."""
        return f"{language.cardinal(int(match[1]), '', locale)} "

    return say_lettered


def negative(language: Language) -> Rule:
    @rule(
        "negative",
        "cardinal",
        r"[-−–]",
        rf"(?<![\w)\]–-])[-−–](?={NUMBER}(?:{GAP}[%‰°]|{AFTER}))",
    )
    def say_negative(_: re.Match[str], __: Locale) -> str:
        """The sign alone; the number that follows has its own rule."""
        return f"{language.minus} "

    return say_negative


def range_of(language: Language) -> Rule:
    @rule("range", "range", DIGIT, rf"{BEFORE}({NUMBER})([/–-])({NUMBER}){AFTER}")
    def say_range(match: re.Match[str], locale: Locale) -> str | None:
        """ "10-12" when it rises; "4-3" is a score, and "1914-18" ends in the same century."""
        first, last = (read(match[at], language, locale) for at in (1, 3))
        if first is None or last is None or (match[2] != "–" and (first.digits or last.digits)):
            return None
        years = re.fullmatch(r"[12]\d{3}.(?:\d\d|[12]\d{3})", match.group())
        if match[2] == "/" and not (years and (first.whole + 1 - last.whole) % 100 == 0):
            return None
        falls = not years and match[2] == "-" and last.whole <= first.whole
        if falls and len(match.group()) > 5:
            return None
        to = language.score if falls else language.to
        gender = gender_of(match, language)
        low, high = (
            year_of_date(part, language, locale) if years else say(number, gender, language, locale)
            for part, number in ((match[1], first), (match[3], last))
        )
        return f"{low} {high}" if match[2] == "/" else f"{low} {to} {high}"

    return say_range


def chain(language: Language) -> Rule:
    @rule("chain", "digit", DIGIT, rf"{BEFORE}\d{{1,9}}(?:\.\d{{1,9}}){{2,7}}+(?!\w)")
    def say_chain(match: re.Match[str], locale: Locale) -> str | None:
        """Sections and versions: 1.2.3; what is a number with separators is read as one."""
        if read(match.group(), language, locale):
            return None
        parts = (language.cardinal(int(part), "", locale) for part in match.group().split("."))
        return f" {language.point} ".join(parts)

    return say_chain


def decade(language: Language) -> Rule:
    @rule("decade", "decade", r"['’‘]", r"(?<!\w)['’‘](\d\d|\d00)(?![\w'’])")
    def say_decade(match: re.Match[str], locale: Locale) -> str:
        """ "gli anni '70", "mai '68": the century is not said."""
        return language.cardinal(int(match[1]), "", locale)

    return say_decade


def ordinal(language: Language) -> Rule:
    marks = any_of(language.ordinal_marks)

    @rule("ordinal", "ordinal", DIGIT, rf"{BEFORE}(\d{{1,3}}(?:\.?\d{{3}})?)({marks})(?!\w)")
    def say_ordinal(match: re.Match[str], locale: Locale) -> str | None:
        """ "1er", "1.º", "2ª"."""
        number = int(match[1].replace(".", ""))
        return _ordinal(number, match[2], match, language, locale)

    return say_ordinal


# From here on "°" is a degree of heat or of an angle, and no ordinal.
HOTTEST = 30


def _ordinal(
    number: int, mark: str, match: re.Match[str], language: Language, locale: Locale
) -> str | None:
    if mark == "°" and not re.match(r"\s[^\W\d_]", after(match)):
        return None  # a degree
    if mark == "°" and number >= HOTTEST and (degree := language.units.get("°C")):
        return f"{language.cardinal(number, degree.gender, locale)} {degree.many.partition(' ')[0]}"
    said = language.ordinal(number, language.ordinal_marks[mark], locale) if number else None
    if said and mark.endswith("er"):  # "1.er" is short for "primer"
        said = said.removesuffix("o") if said.endswith(("primero", "tercero")) else said
    return said


def fraction(language: Language) -> Rule:
    signs = "".join(_HALVES)

    @rule(
        "fraction",
        "fraction",
        rf"{DIGIT}|[{signs}]",
        rf"(?<![\w.,:/-])(?:(\d{{1,6}}){GAP})?(?:([{signs}])|(?<!\d)(\d)/([2-9]|10))"
        rf"(?:{GAP}({any_of(language.units)}))?(?![\w/-]|[.,]\d)",
    )
    def say_fraction(match: re.Match[str], locale: Locale) -> str | None:
        """ "½", "2 ½", "3/4"."""
        top, bottom = _HALVES[match[2]] if match[2] else (int(match[3]), int(match[4]))
        if not 0 < top < bottom:
            return None
        noun = language.portions[bottom]
        part = (
            f"{language.cardinal(top, noun.gender, locale)} {noun.one if top == 1 else noun.many}"
        )
        half = (top, bottom) == (1, 2)
        unit = language.units.get(match[5] or "")
        if not match[1]:
            of = "" if unit is None else f" {unit.one if half else language.of(unit.one)}"
            return (language.half if half else part) + of
        whole = language.cardinal(int(match[1]), "m", locale)
        said = language.mixed(whole, noun.one if half else part, half)
        return f"{said} {unit.many}" if unit else said

    return say_fraction


def ratio(language: Language) -> Rule:
    @rule("ratio", "fraction", DIGIT, rf"{BEFORE}(\d{{1,3}})([:/])(\d{{1,4}})(?![\w/:]|[.,]\d)")
    def say_ratio(match: re.Match[str], locale: Locale) -> str:
        """A score, "3:2"; a verse, "Lukas 3:16"; what is left of fractions, "7/12"."""
        first, last = (language.cardinal(int(match[at]), "", locale) for at in (1, 3))
        if match[2] == ":":
            verse = re.search(r"[^\W\d_]\s$", before(match)) and len(match[3]) == 2
            return f"{first} {last}" if verse else f"{first} {language.score} {last}"
        over = language.over if len(match[3]) < 4 else language.slash  # a law: "5/2010"
        return f"{first} {over} {last}"

    return say_ratio


def year(language: Language) -> Rule | None:
    """Where years are not said like other numbers."""
    spell = language.year
    if spell is None:
        return None

    @rule("year", "year", DIGIT, rf"{BEFORE}1[1-9]\d\d{AFTER}")
    def say_year(match: re.Match[str], locale: Locale) -> str | None:
        """Four digits without a separator, unless they number a page or a room."""
        numbered = re.search(rf"(?:{any_of(_WORDS_OF_COUNT)})\s$", before(match).lower())
        return None if numbered else spell(int(match.group()), locale)

    return say_year


_WORDS_OF_COUNT = "seite nummer vers zimmer etwa rund fast über knapp paragraf kapitel".split()
