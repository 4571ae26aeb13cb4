"""How English is read aloud: numbers, years, decades, titles, abbreviations, capitals."""

from __future__ import annotations

import re
import unicodedata
from fractions import Fraction

from pipeline.normalize.rule import Rule

ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
).split()
TENS = "_ ten twenty thirty forty fifty sixty seventy eighty ninety".split()
SCALES = ["", "thousand", "million", "billion", "trillion"]
LARGEST = 10**15

# Names that are said letter by letter, or as a word of their own, and keep their capitals among
# other loud words. IT, US, AM, OK and their like are words there: "STOP IT NOW".
ACRONYMS = frozenset(
    "BBC BC CBS CD CEO CIA DC DJ DNA DVD EMI EU FBI FM GPS HBO IBM IQ LP MGM MTV NASA NATO NBC NYC "
    "PC RAF RCA TV UFO UK UN UNESCO UNICEF USA VIP WWII".split()
)

SHORT_FORMS = {
    "Mr": "Mister",
    "Mrs": "Missus",
    "Ms": "Miz",
    "Dr": "Doctor",
    "Prof": "Professor",
}
AFTER_A_NAME = {"Sr": "Senior", "Jr": "Junior"}
LATIN = {"e.g.": "for example", "i.e.": "that is", "etc.": "et cetera"}

# Before a number that counts, or names something else than a year.
_COUNT_CUE = frozenset(
    "page pages line lines room no number about over under nearly almost than least most exactly "
    "only some roughly around approximately figure table verse".split()
)
_NOT_PLURAL = frozenset("was is has his as this its does us plus thus always perhaps".split())
_UNITS = frozenset(
    "people men women children feet percent per million thousand hundred dozen miles kilometers "
    "meters pounds dollars euros".split()
)


def cardinal(number: int) -> str:
    """0 <= number < 10**15 in American style, without "and", commas or hyphens."""
    if number == 0:
        return ONES[0]
    words: list[str] = []
    for power in range(len(SCALES) - 1, -1, -1):
        group = number // 1000**power % 1000
        if group:
            words += [*_below_thousand(group), SCALES[power]]
    return " ".join(filter(None, words))


def _below_thousand(number: int) -> list[str]:
    hundreds, rest = divmod(number, 100)
    words = [ONES[hundreds], "hundred"] if hundreds else []
    if rest >= 20:
        tens, ones = divmod(rest, 10)
        return [*words, TENS[tens], *([ONES[ones]] if ones else [])]
    return [*words, ONES[rest]] if rest else words


def year(number: int) -> str:
    """1000 <= number < 10000 as a year: nineteen seventy nine, nineteen oh five, two thousand."""
    century, rest = divmod(number, 100)
    if number % 1000 < 10:
        return cardinal(number)
    if rest == 0:
        return f"{cardinal(century)} hundred"
    return f"{cardinal(century)} {'oh ' if rest < 10 else ''}{cardinal(rest)}"


def decade(number: int) -> str:
    """A multiple of ten as a decade: seventies, nineteen seventies, two thousands."""
    words = (year(number) if number >= 100 else cardinal(number)).split()
    last = words[-1]
    words[-1] = f"{last[:-1]}ies" if last.endswith("y") else f"{last}s"
    return " ".join(words)


def _say_decade(match: re.Match[str]) -> str | None:
    """ "the 80s" and "'80s"; but "wait 30s" and "£5 10s." are something else."""
    number = int(match[1])
    before = re.search(r"(\w+)[\s-]+$", match.string[max(0, match.start() - 20) : match.start()])
    named = before and before[1].lower() in {"the", "early", "late", "mid", "his", "her", "their"}
    quoted = match.group()[0] in "’'‘"
    if number % 10 or number < 10 or not (number > 99 or named or quoted):
        return None
    return decade(number)


def _say_year(match: re.Match[str]) -> str | None:
    """Four digits from 1100 to 2099 are a year, unless they count or number something."""
    number = int(match.group())
    if not 1100 <= number <= 2099:
        return None
    after = re.match(r"[\s-]+([a-z]+)\b", match.string[match.end() : match.end() + 40])
    counted = after and (
        after[1] in _UNITS or (after[1].endswith("s") and after[1] not in _NOT_PLURAL)
    )
    before = re.search(r"(\w+)\W*$", match.string[max(0, match.start() - 40) : match.start()])
    if counted or (before and before[1].lower() in _COUNT_CUE):
        return None
    return year(number)


def _say_part(match: re.Match[str]) -> str:
    """ "Chapter IV" is Chapter four."""
    return f"{match[1].capitalize()} {cardinal(roman(match[2]))}"


def roman(numeral: str) -> int:
    """The value of a Roman numeral; a smaller sign before a larger one counts down."""
    signs = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}
    values = [signs[sign] for sign in numeral]
    return sum(-v if v < after else v for v, after in zip(values, [*values[1:], 0], strict=True))


def _say_fraction(match: re.Match[str]) -> str:
    """½ is one half, 2¾ two and three quarters."""
    part = Fraction(unicodedata.numeric(match[2])).limit_denominator(10)
    name = {2: "half", 4: "quarter"}.get(part.denominator) or ordinal(part.denominator)
    said = f"{cardinal(part.numerator)} {name}{'s' if part.numerator > 1 else ''}"
    return (
        f"{cardinal(int(match[1]))} and {said.replace('one half', 'a half')}" if match[1] else said
    )


def _say_cardinal(match: re.Match[str]) -> str | None:
    digits = match.group().replace(",", "")
    if (len(digits) > 1 and digits[0] == "0") or int(digits[:16]) >= LARGEST:
        return None
    return cardinal(int(digits))


def _say_ordinal(match: re.Match[str]) -> str | None:
    number = int(match[1].replace(",", ""))
    return ordinal(number) if 0 < number < LARGEST else None


def ordinal(number: int) -> str:
    """first, twenty second, one hundredth."""
    irregular = {
        "one": "first",
        "two": "second",
        "three": "third",
        "five": "fifth",
        "eight": "eighth",
        "nine": "ninth",
        "twelve": "twelfth",
    }
    *head, last = cardinal(number).split()
    if last in irregular:
        last = irregular[last]
    elif last.endswith("y"):
        last = f"{last[:-1]}ieth"
    else:
        last = f"{last}th"
    return " ".join([*head, last])


def _ends_here(match: re.Match[str]) -> bool:
    """Whether a sentence ends after an abbreviation that follows a name."""
    rest = match.string[match.end() :].lstrip("”\"’')]")
    return not rest.strip() or bool(re.match(r"\s+[“\"‘'(]*[A-Z]", rest))


def _say_title(match: re.Match[str]) -> str:
    return SHORT_FORMS[match[1]]


def _say_suffix(match: re.Match[str]) -> str:
    """The full stop is spoken for by the word, unless the sentence ends with it."""
    return AFTER_A_NAME[match[1]] + ("." if _ends_here(match) else "")


def _say_latin(match: re.Match[str]) -> str:
    """ "etc." may end a sentence, "e.g." never does."""
    said = LATIN[match.group().lower()]
    return said + ("." if said == "et cetera" and _ends_here(match) else "")


def _say_capitals(match: re.Match[str]) -> str | None:
    """A word in capitals beside another is part of a loud name, not letters: Led Zeppelin.

    Acronyms stay, and so do Roman numerals and words without a vowel.
    """
    word, text = match.group(), match.string
    beside = _LOUD_AFTER.match(text, match.end()) or _LOUD_BEFORE.search(
        text[max(0, match.start() - 40) : match.start()]
    )
    if not beside or word in ACRONYMS or re.fullmatch(r"[IVX]+", word):
        return None
    if not re.search(r"[AEIOUY]", word):
        return None
    return word.capitalize().replace("’", "'")


_LOUD = r"[A-Z]{2,}(?:['’][A-Z]+)?\b"
_LOUD_AFTER = re.compile(rf"\s+(?:[AI]\s+)?{_LOUD}")
_LOUD_BEFORE = re.compile(rf"\b{_LOUD}\s+(?:[AI]\s+)?$")

# Neither side may belong to something these rules do not know: $5, 3.14, 10:30, 1/2, 5kg, 10-12.
# A group of a telephone number is not a number either.
_FREE = r"(?<![\w.,:/$£€¥#@+'’–-])(?<!\d\s)"
_ENDS = r"(?![\w%°‰/’']|[.,:]\d|[-–]\d|\s?[°%]|\)?[\s-]\d)"
_DIGITS = r"(?:\d{1,3}(?:,\d{3})+|\d+)"

RULES = (
    Rule(
        "part",
        "Roman numeral",
        re.compile(
            r"\b([Cc]hapter|CHAPTER|[Pp]art|PART|[Bb]ook|BOOK|[Aa]ct|ACT|[Ss]cene|SCENE|[Vv]olume|"
            r"VOLUME)\s+(?!I\s+[a-z])([IVXLC]+)\b(?![’'])"
        ),
        _say_part,
    ),
    Rule(
        "decade",
        "decade",
        re.compile(r"(?:(?<!\w)[’'‘])?(?<![\w.,:/$£€])(?<!\d[-–])(\d0|\d{3}0)[’']?s\b"),
        _say_decade,
    ),
    Rule("year", "year", re.compile(_FREE + r"\d{4}" + _ENDS), _say_year),
    Rule("ordinal", "ordinal", re.compile(rf"{_FREE}({_DIGITS})(?:st|nd|rd|th)\b"), _say_ordinal),
    Rule("fraction", "fraction", re.compile(r"(?<![\d.,/])(\d{1,3})?\s?([½¼¾⅐-⅞])"), _say_fraction),
    Rule("cardinal", "cardinal", re.compile(_FREE + _DIGITS + _ENDS), _say_cardinal),
    Rule(
        "title",
        "abbreviation",
        re.compile(rf"\b({'|'.join(SHORT_FORMS)})\.(?=\s+(?:[A-Z]|and\b|&))"),
        _say_title,
    ),
    Rule("suffix", "abbreviation", re.compile(rf"\b({'|'.join(AFTER_A_NAME)})\."), _say_suffix),
    Rule("Latin", "abbreviation", re.compile(r"\b(?:[eE]\.g\.|[iI]\.e\.|etc\.)"), _say_latin),
    Rule("and", "abbreviation", re.compile(r"(?<!\w)[’'‘][nN][’'](?!\w)"), lambda _: "and"),
    Rule("ampersand", "symbol", re.compile(r"(?<=\s)&(?=\s)"), lambda _: "and"),
    Rule("capitals", "capitals", re.compile(rf"\b{_LOUD}"), _say_capitals),
)
