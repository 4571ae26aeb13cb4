"""What the shared rules need to know of a language, and how they read a written number."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from pipeline.normalize.rule import Locale

# Of what is counted; "" where nothing is: "eins", "ein Meter", "eine Tonne".
Gender = Literal["", "m", "f", "n"]

# What has more digits than this is said digit by digit.
LONGEST = 15


@dataclass(frozen=True, slots=True)
class Noun:
    """A word for one, for more, and its gender."""

    one: str
    many: str
    gender: Gender = "m"


@dataclass(frozen=True, slots=True)
class Currency:
    """A currency and its hundredth."""

    unit: Noun
    cent: Noun


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it was read; `mark` is the word between it and its decimals."""

    whole: int
    decimals: str = ""
    mark: str = ""
    digits: str = ""  # of a whole number, when it is to be said digit by digit

    @property
    def is_one(self) -> bool:
        return self.whole == 1 and not self.decimals and not self.digits


def nouns(lines: str) -> dict[str, Noun]:
    """A table of `signs | one | many | gender`; signs are separated by spaces."""
    made = {}
    for line in lines.strip().splitlines():
        signs, one, many, gender = (part.strip() for part in line.split("|"))
        made.update(dict.fromkeys(signs.split(), Noun(one, many or one, _gender(gender))))
    return made


def currencies(lines: str) -> dict[str, Currency]:
    """A table of `signs | one | many | gender | cent | cents | gender`."""
    made = {}
    for line in lines.strip().splitlines():
        signs, one, many, gender, cent, cents, other = (part.strip() for part in line.split("|"))
        currency = Currency(Noun(one, many, _gender(gender)), Noun(cent, cents, _gender(other)))
        made.update(dict.fromkeys(signs.split(), currency))
    return made


def phrases(lines: str) -> dict[str, str]:
    """A table of `written | spoken`."""
    pairs = (line.split("|") for line in lines.strip().splitlines())
    return {written.strip(): spoken.strip() for written, spoken in pairs}


def _gender(letter: str) -> Gender:
    return "f" if letter == "f" else "n" if letter == "n" else "m"


def single(numbering: str, small: str, feminine: str) -> Callable[[str, str], Gender]:
    """How the gender of a single thing is told by the ending of its word.

    `numbering` are words before a number that counts nothing (page 1), `small` those behind it that
    name nothing, `feminine` is an expression for the others.
    """
    numbered = re.compile(rf"(?<!\w)(?:{numbering})\s$")
    word_behind = re.compile(rf"\s(?!(?:{small})(?!\w))([^\W\d_]{{2,}})(?!\.\w)")
    is_feminine = re.compile(feminine)

    def gender(before: str, after: str) -> Gender:
        word = word_behind.match(after)
        if word is None or numbered.search(before):
            return ""
        return "f" if is_feminine.fullmatch(word[1]) else "m"

    return gender


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """How one language writes and says what is not spoken as it is written.

    Functions get the locale, because countries differ: nonante, dezanove. Patterns are without
    capturing groups but those that are named here.
    """

    # 0 <= number < 10**LONGEST; what it counts; where.
    cardinal: Callable[[int, Gender, Locale], str]
    # From 1; None where nobody would say it.
    ordinal: Callable[[int, Gender, Locale], str | None]
    # Day, month from 1, year as written or "", and what stands before the date.
    date: Callable[[int, int, str, str, Locale], str]
    # Hour, minutes, seconds (-1: not written), and whether the hour was marked ("h", "Uhr").
    clock: Callable[[int, int, int, bool, Locale], str]
    # The expression for a time, with groups hour, minute, second, mark.
    time: str
    # A sovereign's number, from the name's gender and the text up to it.
    ruler: Callable[[int, Gender, str, Locale], str]
    # A year from 1000 to 2999, where it is said otherwise than a cardinal.
    year: Callable[[int, Locale], str] | None = None

    months: tuple[str, ...]
    decimal: str  # the word: "Komma"
    point: str  # what "." is called in 1.2.3 and in addresses
    slash: str
    hyphen: str
    underscore: str
    at: str
    minus: str
    to: str  # 10-12
    score: str  # 3:2
    over: str  # 7/12
    and_: str
    percent: str
    per_mille: str
    number: str  # №
    sections: tuple[str, str]  # § and §§
    digit_decimals: bool = False  # 3,14 as "eins vier"
    pairs_in_phones: bool = False
    one_below_two: bool = False  # 1,5 kilomètre
    percent_gender: Gender = ""  # ein Prozent
    metre_joiner: str = ""  # 1,80 m as "ein Meter achtzig"
    # The gender of what a single one is of, from what stands before and behind it.
    one: Callable[[str, str], Gender] = field(default=lambda _, __: "")
    point_countries: frozenset[str] = frozenset()  # where 1.5 is one and a half
    cents_joiner: str = " "
    says_cents: bool = True
    of: Callable[[str], str] = field(default=lambda noun: noun)  # un million d'euros

    no_names: str = "(?!)"  # an expression for words in capitals that open a sentence
    initial_names: bool = False  # "M. D." is Monsieur D.
    before_names: Mapping[str, str]
    before_numbers: Mapping[str, str]
    always: Mapping[str, str]  # never at a sentence's end
    may_end: Mapping[str, str]
    openers: str = r"[^\W\d_]"  # what opens a sentence, if it is in capitals
    currencies: Mapping[str, Currency]
    units: Mapping[str, Noun]
    scales: Mapping[str, Noun]
    symbols: Mapping[str, str]
    portions: Mapping[int, Noun]
    half: str  # ½ alone
    mixed: Callable[[str, str, bool], str]  # 2½: the number, the part, whether it is a half
    feminine: str = ""  # expressions for a counted word
    masculine: str = ""
    feminine_before: str = ""  # "as 2", "la 1"
    parts: str  # words before a Roman numeral that is said as a cardinal
    rulers: Mapping[str, Gender]
    ordered: Mapping[str, Gender] = field(default_factory=dict)  # the II World War
    ordinal_marks: Mapping[str, Gender] = field(default_factory=dict)
    phone_words: str
    domains: str

    def is_one(self, number: Number) -> bool:
        """Whether what is counted stands in the singular."""
        return number.is_one or (self.one_below_two and number.whole < 2 and not number.digits)


_SEPARATOR = "[.,’'\u00a0\u202f\u2009 ]"
# No part is without bounds but the first, which is possessive: a page of digits costs a page.
NUMBER = (
    rf"(?:[1-9]\d{{0,2}}(?:{_SEPARATOR}\d{{3}}){{1,6}}+(?!\d)(?:[.,]\d{{1,40}}+)?+"
    r"|\d++(?:[.,]\d{1,40}+)?+)"
)
QUANTITY = rf"{NUMBER}(?:[–-]{NUMBER})?"
# Neither side may belong to what these rules do not know: 1.2/3, A4, 5:30-.
BEFORE = r"(?<!\w)(?<!\d[.,:/’'–-])"
AFTER = r"(?!\w|[.,:/’'–-]\d)"


def read(written: str, language: Language, locale: Locale) -> Number | None:
    """The value of a written number, by the separators of this country; None if they are mixed."""
    decimal = "." if country(locale) in language.point_countries else ","
    whole, mark, rest = _parted(written)
    other = "," if mark == "." else "."
    if mark and mark != decimal and len(rest) == 3 and whole != "0" and other not in whole:
        whole, mark, rest = written, "", ""  # 1.500
    groups = set(re.findall(r"\D", whole))
    if len(groups) > 1 or mark in groups:
        return None
    digits = re.sub(r"\D", "", whole)
    word = language.point if mark == "." and decimal == "," else language.decimal
    if len(digits) > LONGEST or (len(digits) > 1 and digits[0] == "0"):
        return Number(0, rest, word, digits)
    return Number(int(digits), rest, word)


def country(locale: Locale) -> str:
    """The country of a locale's tag, or nothing."""
    return locale.tag.replace("_", "-").partition("-")[2].upper()


def _parted(written: str) -> tuple[str, str, str]:
    """At the last point or comma."""
    found = re.fullmatch(r"(.*)([.,])(\d+)", written, re.DOTALL)
    return (found[1], found[2], found[3]) if found else (written, "", "")
