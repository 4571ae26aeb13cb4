"""A chapter's title as a person would say it: "IV" is "Chapter 4", "THE SIGN" is "The Sign"."""

from __future__ import annotations

import re

# Small words stay small in a title: "A Legacy Born From Fire, Curiosity, and Sound".
from pipeline.model import JOINERS

SMALL_WORDS = frozenset(
    "a an and as at but by for from if in into nor of on or over so the to up via with yet".split()
)
# What a bare number is a number of.
_CHAPTER = {
    "en": "Chapter",
    "de": "Kapitel",
    "fr": "Chapitre",
    "es": "Capítulo",
    "it": "Capitolo",
    "pt": "Capítulo",
    "nl": "Hoofdstuk",
    "sv": "Kapitel",
    "da": "Kapitel",
    "nb": "Kapittel",
    "no": "Kapittel",
    "pl": "Rozdział",
    "cs": "Kapitola",
    "sk": "Kapitola",
    "hu": "Fejezet",
    "ro": "Capitolul",
    "ca": "Capítol",
    "fi": "Luku",
    "tr": "Bölüm",
    "ru": "Глава",
    "uk": "Розділ",
    "bg": "Глава",
    "sr": "Поглавље",
    "el": "Κεφάλαιο",
    "la": "Caput",
    "eo": "Ĉapitro",
}
# What holds chapters, and what is one, when a number follows.
PARTS = frozenset("part book volume act teil buch band partie livre tome parte libro deel".split())
CHAPTERS = frozenset(
    "chapter letter canto stave scene section kapitel chapitre capítulo capitulo capitolo "
    "hoofdstuk rozdział kapitola глава часть".split()
)
# What stands beside chapters without a number.
NAMES = frozenset(
    "prologue epilogue introduction preface foreword afterword interlude prolog epilog vorwort "
    "nachwort épilogue prólogo prologo epílogo epilogo conclusion appendix".split()
)
_NUMBER_WORDS = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety "
    "hundred first second third fourth fifth sixth seventh eighth ninth tenth last "
    "eins zwei drei vier fünf premier première deux trois uno dos tres due tre"
).split()
NUMBER_WORD = "|".join(_NUMBER_WORDS)
ROMAN = r"(?=[MDCLXVI])M{0,3}(?:CM|CD|D?C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})"
# All up to 399, as centuries, rulers and chapters go.
NUMERALS = frozenset(
    hundreds + tens + ones
    for hundreds in ("", "C", "CC", "CCC")
    for tens in ("", "X", "XX", "XXX", "XL", "L", "LX", "LXX", "LXXX", "XC")
    for ones in ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")
) - {""}
_REST = r"(?:(?P<gap>\s*[.:)—–-]+\s+|\s*[:—–]\s*|\s*\n\s*|\s+)(?P<rest>\S.*)|[.:)]*)"
_NUMBERED = re.compile(rf"(?P<number>\d{{1,3}}|{ROMAN})(?![^\W_]){_REST}", re.DOTALL)
_NAMED = re.compile(
    rf"(?P<part>[^\W\d_]+)\s+"
    rf"(?P<number>(?:the\s+)?(?:{NUMBER_WORD})(?:[- ](?:and )?(?:{NUMBER_WORD}))*"
    rf"|\d{{1,4}}|{ROMAN})"
    rf"(?![^\W_]){_REST}",
    re.DOTALL | re.IGNORECASE,
)
_ORDINAL = re.compile(
    r"(?:the\s+)?(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|last|"
    r"(?:erst|zweit|dritt|viert|fünft|sechst|siebt|acht|neunt|zehnt|elft|letzt)(?:es|er|e)|premi(?:er|ère)|deuxième|troisième|quatrième|cinquième|sixième|"
    r"septième|huitième|neuvième|dixième|primer[oa]?|segund[oa]|tercer[oa]?|prim[oa]|second[oa]|"
    rf"terz[oa])\s+(?P<part>{'|'.join(sorted(PARTS | CHAPTERS))})(?:\s*[.:—–-]\s*.{{0,80}})?",
    re.IGNORECASE,
)
KEPT = {"\n", *JOINERS}  # of what cannot be seen
_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}
_HIGHEST = 400  # a bare number above this is a year, or a title of its own


def said(raw: str, language: str, *, numbered: bool = False) -> str:
    """A title in words on one line.

    `numbered`: in this book bare numbers are those of chapters ("I" is no pronoun, "10" no name).
    """
    clear = "".join(char if char.isprintable() or char in KEPT else " " for char in raw)
    raw = "\n".join(
        " ".join(line.split()).strip("*_#~=[]{} ") for line in clear.split("\n")
    ).strip()
    if found := _named(raw):
        part, number, rest = found
        return f"{part} {number}. {_unshouted(rest)}" if rest else f"{part} {number}"
    if numbered and (bare := _numbered(raw)):
        value, rest = bare
        word = _CHAPTER.get(language.partition("-")[0].lower(), "")
        opening = f"{word} {value}".strip()
        return f"{opening}. {_unshouted(rest)}" if rest else opening
    return _unshouted(" ".join(raw.split()))


def letters(text: str) -> str:
    """A text by its letters and digits alone, to compare."""
    return "".join(char for char in text.casefold() if char.isalnum())


def is_number(raw: str) -> bool:
    """Whether a title is a bare number, or begins with one: "IV", "4. The Sign"."""
    return _numbered(raw.strip()) is not None


def is_ordinal(raw: str) -> bool:
    """Whether a title names a part by its place: "Erstes Kapitel", "The First Part"."""
    return _ORDINAL.fullmatch(raw.strip()) is not None


def is_bare(raw: str) -> bool:
    """Whether a title is nothing but a number: "IV", "Chapter 1"."""
    raw = raw.strip()
    found = _named(raw)
    bare = _numbered(raw)
    return (found is not None and not found[2]) or (bare is not None and not bare[1])


def is_part(raw: str) -> bool:
    """Whether a title names what holds chapters: "Part Two", "Book IV: The Road"."""
    found = _named(raw.strip())
    if ordinal := _ORDINAL.fullmatch(raw.strip()):
        return ordinal["part"].lower() in PARTS
    return found is not None and found[0].lower() in PARTS


def is_chapter(raw: str) -> bool:
    """Whether a title names a chapter by its number, or what stands beside chapters."""
    found = _named(raw.strip())
    if found:
        return found[0].lower() in CHAPTERS
    if ordinal := _ORDINAL.fullmatch(raw.strip()):
        return ordinal["part"].lower() in CHAPTERS
    first = re.match(r"[^\W\d_]+", raw.strip())
    return first is not None and first[0].lower() in NAMES


def _named(raw: str) -> tuple[str, str, str] | None:
    """ "CHAPTER IV: The Sign" -> ("Chapter", "4", "The Sign")."""
    match = _NAMED.fullmatch(raw)
    if not match or match["part"].lower() not in PARTS | CHAPTERS:
        return None
    number, rest = match["number"], " ".join((match["rest"] or "").split())
    if rest and not match["gap"].strip() and "\n" not in match["gap"] and not _opens_title(rest):
        return None  # "Part 2 of the plan"
    part = match["part"].capitalize()
    if re.fullmatch(ROMAN, number.upper()):
        value = value_of(number.upper())
        plain = number.isupper() or (number.islower() and value <= _HIGHEST)
        return (part, str(value), rest) if plain else None
    words = re.sub(r"[^\W\d_]+", lambda word: word[0].capitalize(), number)
    return part, words.replace("The ", "the ").replace("And ", "and "), rest


def _numbered(raw: str) -> tuple[int, str] | None:
    """ "IV: The Sign" -> (4, "The Sign"); "12 Angry Men" and "I Am Legend" are no numbers."""
    match = _NUMBERED.fullmatch(raw)
    if not match:
        return None
    rest = match["rest"] or ""
    if rest and not match["gap"].strip() and "\n" not in match["gap"] and not rest.isupper():
        return None
    number = match["number"]
    value = int(number) if number.isdecimal() else value_of(number)
    return (value, " ".join((match["rest"] or "").split())) if 0 < value <= _HIGHEST else None


def value_of(roman: str) -> int:
    """The value of a Roman numeral in capitals."""
    values = [_VALUES[letter] for letter in roman]
    following = [*values[1:], 0]
    return sum(-one if one < two else one for one, two in zip(values, following, strict=True))


def _opens_title(rest: str) -> bool:
    return rest[0].isupper() or rest[0] in "“\"‘'(["


def _unshouted(title: str) -> str:
    """A title in capitals as one in small letters, Roman numerals and small words kept."""
    words = title.split()
    letters = [char for char in title if char.isalpha()]
    if not letters or any(char.islower() for char in letters):
        return title
    if len(words) == 1 and len(letters) <= 4:
        return title
    firsts = [True, *(bool(re.search(r"[.:!?—–]$", word)) for word in words)]
    return " ".join(_titled(word, first=first) for word, first in zip(words, firsts, strict=False))


def _titled(word: str, *, first: bool) -> str:
    bare = re.sub(r"^\W+|\W+$", "", word)
    if re.fullmatch(ROMAN, bare) and (len(bare) > 1 or bare == "I"):
        return word
    if "." in bare:  # initials
        return word
    if not first and bare.lower() in SMALL_WORDS:
        return word.lower()
    return re.sub(r"[^\W\d_]+(?:['’][^\W\d_]+)*", lambda match: match[0].capitalize(), word)
