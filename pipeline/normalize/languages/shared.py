"""What the rules of all tables use: what stands around a match, and numbers as they are said."""

from __future__ import annotations

import re

from pipeline.normalize.languages.table import (
    Gender,
    Language,
    Noun,
    Number,
    read,
)
from pipeline.normalize.rule import Locale

DIGIT = r"(?<!\w)\d"
GAP = r"[ \t\u00a0\u202f\u2009]?"
SPACE = r"[ \t\u00a0\u202f\u2009]"
# Up to 399, as centuries, sovereigns and chapters go; CD is no number there, nor C alone.
ROMAN = (
    r"(?<![\w'’])(?<![A-Z][.-])(?=[CLXVI])(?!(?:CC?|L)(?!\w))C{0,3}(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})"
    r"(?![^\W_]|['’]\w)"
)
_FURTHEST = 60  # characters of context


def before(match: re.Match[str]) -> str:
    """What stands before the match, as far as a rule may look."""
    return match.string[max(0, match.start() - _FURTHEST) : match.start()]


def after(match: re.Match[str]) -> str:
    """What follows the match, as far as a rule may look."""
    return match.string[match.end() : match.end() + _FURTHEST]


def ends_here(match: re.Match[str], openers: str) -> bool:
    """Whether a sentence ends with this full stop: the block does, or a new one opens."""
    rest = after(match).lstrip("»”“\"'’)]")
    opens = re.match(rf"\s*+[«»„“\"'‘(–—-]*+\s*+({openers})", rest)
    return not rest.strip() or (opens is not None and opens[1][0].isupper())


def digit_by_digit(digits: str, language: Language, locale: Locale) -> str:
    """Each digit by its name."""
    return " ".join(language.cardinal(int(digit), "", locale) for digit in digits)


def say(number: Number, gender: Gender, language: Language, locale: Locale) -> str:
    """A number in words."""
    gender = "" if number.decimals else gender
    if number.digits:
        whole = digit_by_digit(number.digits, language, locale)
    else:
        whole = language.cardinal(number.whole, gender, locale)
    if not number.decimals:
        return whole
    return f"{whole} {number.mark} {_decimals(number.decimals, language, locale)}"


def _decimals(digits: str, language: Language, locale: Locale) -> str:
    """ "3,14" is "quatorze", "0,05" "zéro cinq"; where digits are told, and many, each of them."""
    bare = digits.lstrip("0")
    if language.digit_decimals or len(bare) > 3 or not bare:
        return digit_by_digit(digits, language, locale)
    zeros = digit_by_digit("0" * (len(digits) - len(bare)), language, locale)
    return f"{zeros} {language.cardinal(int(bare), '', locale)}".strip()


def quantity(
    written: str, gender: Gender, language: Language, locale: Locale
) -> tuple[str, Number] | None:
    """A number or a range in words, and the number that a noun behind it follows."""
    low, _, high = written.replace("–", "-").partition("-")
    first, last = read(low, language, locale), read(high or low, language, locale)
    if first is None or last is None:
        return None
    said = say(last, gender, language, locale)
    if high:
        said = f"{say(first, gender, language, locale)} {language.to} {said}"
    return said, last


def counted(written: str, noun: Noun, language: Language, locale: Locale) -> str | None:
    """A quantity and what it is of: "eine Tonne", "10 bis 12 Kilometer", "un million d'euros"."""
    found = quantity(written, noun.gender, language, locale)
    if found is None:
        return None
    said, last = found
    if last.whole and last.whole % 10**6 == 0 and not last.decimals:
        return f"{said} {language.of(noun.many)}"
    is_one = language.is_one(last) and not re.search("[–-]", written)
    return f"{said} {noun.one if is_one else noun.many}"


def gender_of(match: re.Match[str], language: Language) -> Gender:
    """The gender of the word that follows, where it can be told."""
    rest = after(match)
    if language.feminine_before and re.search(
        rf"(?<!\w)(?:{language.feminine_before})\s$", before(match)
    ):
        return "f"
    if language.feminine and re.match(rf"\s(?:{language.feminine})(?!\w)", rest):
        return "f"
    if language.masculine and re.match(rf"\s(?:{language.masculine})(?!\w)", rest):
        return "m"
    return ""


def year_of_date(written: str, language: Language, locale: Locale) -> str:
    """The year of a date; two digits are said as they are."""
    number = int(written)
    if len(written) == 4 and language.year:
        return language.year(number, locale)
    lead = digit_by_digit("0", language, locale) + " " if len(written) == 2 and number < 10 else ""
    return lead + language.cardinal(number, "", locale)
