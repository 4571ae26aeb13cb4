"""Numbers in English words, without commas or hyphens: engines rest at both."""

from __future__ import annotations

import re

from pipeline.normalize.rule import Locale

ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
).split()
TENS = "_ ten twenty thirty forty fifty sixty seventy eighty ninety".split()
SCALES = (
    "_ thousand million billion trillion quadrillion quintillion sextillion septillion octillion "
    "nonillion decillion"
).split()
MOST_DIGITS = 3 * len(SCALES)
# Longer ones without commas are serial numbers.
LONGEST_PLAIN = 15

# As people write them: with commas, with a decimal point, or neither.
WHOLE = r"(?:\d{1,3}(?:,\d{3}){1,12}(?!\d)|\d{1,40}+)"
NUMBER = rf"(?:{WHOLE}(?:\.\d{{1,40}}+)?|\.\d{{1,40}}+)"

_IRREGULAR = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
}


def cardinal(number: int, locale: Locale | None = None) -> str:
    """0 <= number < 10**36: one hundred (and) five."""
    if number == 0:
        return ONES[0]
    link = ["and"] if locale and locale.says_and else []
    words: list[str] = []
    for power in range(len(SCALES) - 1, -1, -1):
        group = number // 1000**power % 1000
        if not group:
            continue
        if power == 0 and words and group < 100:
            words += link
        words += _below_thousand(group, link)
        if power:
            words.append(SCALES[power])
    return " ".join(words)


def _below_thousand(number: int, link: list[str]) -> list[str]:
    hundreds, rest = divmod(number, 100)
    words = [ONES[hundreds], "hundred"] if hundreds else []
    if not rest:
        return words
    if words:
        words += link
    if rest < 20:
        return [*words, ONES[rest]]
    tens, ones = divmod(rest, 10)
    return [*words, TENS[tens], *([ONES[ones]] if ones else [])]


def ordinal(number: int, locale: Locale | None = None) -> str:
    """first, twenty second, one hundredth."""
    *head, last = cardinal(number, locale).split()
    if last in _IRREGULAR:
        last = _IRREGULAR[last]
    elif last.endswith("y"):
        last = f"{last[:-1]}ieth"
    else:
        last = f"{last}th"
    return " ".join([*head, last])


def plural(words: str) -> str:
    """seventies, sixes, two thousands."""
    if words.endswith("y"):
        return f"{words[:-1]}ies"
    return words + ("es" if words.endswith("x") else "s")


def year(number: int, locale: Locale | None = None) -> str:
    """Nineteen seventy nine, nineteen oh five, nineteen hundred, two thousand five."""
    century, rest = divmod(number, 100)
    if number < 1000 or number % 1000 < 10:
        return cardinal(number, locale)
    if rest == 0:
        return f"{cardinal(century)} hundred"
    return f"{cardinal(century)} {'oh ' if rest < 10 else ''}{cardinal(rest)}"


def decade(number: int) -> str:
    """A multiple of ten as a decade: seventies, nineteen seventies, two thousands."""
    return plural(year(number))


def digits(text: str) -> str:
    """One by one, whatever stands between them."""
    return " ".join(ONES[int(char)] for char in text if char.isdecimal())


def label(text: str, locale: Locale | None = None) -> str:
    """A number that names: 747 is seven forty seven, 101 one oh one, 1408 fourteen oh eight."""
    number = int(text) if len(text) <= LONGEST_PLAIN else 0
    if text[0] == "0" or len(text) > 4:
        return digits(text)
    if len(text) < 3 or number % 100 == 0:
        return year(number, locale)
    head, rest = divmod(number, 100)
    return f"{cardinal(head)} {'oh ' if rest < 10 else ''}{cardinal(rest)}"


def number(text: str, locale: Locale | None = None) -> str:
    """A number as written, with commas and a decimal point: three point one four; 007 by digits."""
    whole, point, part = text.replace(",", "").partition(".")
    if (
        (len(whole) > 1 and whole[0] == "0")
        or ("," not in text and len(whole) > LONGEST_PLAIN)
        or len(whole) > MOST_DIGITS
    ):
        said = digits(whole)
    else:
        said = cardinal(int(whole), locale) if whole else ""
    return f"{said} point {digits(part)}".strip() if point and part else said


def fraction(over: int, under: int, locale: Locale | None = None) -> str:
    """One half, three quarters, five eighths, eleven twentieths."""
    name = {2: "half", 4: "quarter"}.get(under) or ordinal(under, locale)
    if over != 1:
        name = "halves" if under == 2 else f"{name}s"
    return f"{cardinal(over, locale)} {name}"


def mixed(whole: str, over: int, under: int, locale: Locale) -> str:
    """Two and a half, three and three quarters; without a whole, a half alone."""
    part = fraction(over, under, locale)
    if not whole:
        return part
    if over == 1:
        part = re.sub(r"^one ", "an " if under in (8, 11, 18) else "a ", part)
    return f"{number(whole, locale)} and {part}"
