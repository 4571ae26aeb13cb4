"""How English is read aloud: numbers, years, decades, titles, abbreviations, capitals."""

from __future__ import annotations

import re

from pipeline.normalize.rule import Rule

ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
).split()
TENS = "_ ten twenty thirty forty fifty sixty seventy eighty ninety".split()
SCALES = ["", "thousand", "million", "billion", "trillion"]
LARGEST = 10**15

# Names that are said letter by letter or as their own word, and keep their capitals in a run.
ACRONYMS = frozenset(
    "AC AM BBC BC CBS CD CEO CIA DC DJ DNA DVD EMI EU FBI FM GPS HBO IBM ID IQ IT LP MC MD MGM MTV "
    "NASA NATO NBC NYC OK PC PM PR PS RAF RCA TV UFO UK UN UNESCO UNICEF US USA VIP WWII".split()
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

_YEAR_CUE = frozenset(
    "in since until till by of from circa before after around during year spring summer autumn "
    "fall winter early late mid january february march april may june july august september "
    "october november december".split()
)
_NOT_PLURAL = frozenset("was is has his as this its does us plus thus always perhaps".split())


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
    number = int(match[1])
    return decade(number) if number % 10 == 0 and number >= 10 else None


def _say_year(match: re.Match[str]) -> str | None:
    """Four digits are a year by the word before them; a counted plural after them says no."""
    number = int(match.group())
    if not 1100 <= number <= 2099:
        return None
    after = re.match(r"[\s-]+([a-z]+s)\b", match.string[match.end() : match.end() + 40])
    if after and after[1] not in _NOT_PLURAL:
        return None
    before = re.search(
        r"([\w’']+)[\s,(]*$", match.string[max(0, match.start() - 40) : match.start()]
    )
    word = before[1] if before else ""
    if not word or word.lower() in _YEAR_CUE or word[0].isupper():
        return year(number)
    return None


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
    """Two or more words in capitals are a loud name, not letters: Led Zeppelin.

    Acronyms stay, and so do words without a vowel.
    """
    words = match.group().split()
    if all(_stays(word) for word in words):
        return None
    said = " ".join(word if _stays(word) else word.capitalize() for word in words)
    return said.replace("’", "'")


def _stays(word: str) -> bool:
    return word in ACRONYMS or len(word) == 1 or not re.search(r"[AEIOUY]", word)


# Neither side may belong to something these rules do not know: $5, 3.14, 10:30, 1/2, 5kg, 10-12.
_FREE = r"(?<![\w.,:/$£€¥#@+'’–-])"
_ENDS = r"(?![\w%°‰/’']|[.,:]\d|[-–]\d|\s?[°%])"
_DIGITS = r"(?:\d{1,3}(?:,\d{3})+|\d+)"

_LOUD = r"[A-Z]{2,}(?:['’][A-Z]+)?"

RULES = (
    Rule(
        "decade",
        "decade",
        re.compile(r"(?:(?<!\w)[’'‘])?(?<![\w.,:/$£€-])(\d0|\d{3}0)[’']?s\b"),
        _say_decade,
    ),
    Rule("year", "year", re.compile(_FREE + r"\d{4}" + _ENDS), _say_year),
    Rule("ordinal", "ordinal", re.compile(rf"{_FREE}({_DIGITS})(?:st|nd|rd|th)\b"), _say_ordinal),
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
    Rule(
        "capitals",
        "capitals",
        re.compile(rf"\b{_LOUD}(?:[ \t]+(?:{_LOUD}|[AI](?=[ \t]+[A-Z]{{2}})))+\b"),
        _say_capitals,
    ),
)
