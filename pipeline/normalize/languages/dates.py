"""Rules for dates, times of day and telephone numbers."""

from __future__ import annotations

import re

from pipeline.normalize.languages.shared import DIGIT, SPACE, before, digit_by_digit
from pipeline.normalize.languages.table import BEFORE, Language
from pipeline.normalize.rule import Locale, Rule, rule


def date(language: Language) -> tuple[Rule, Rule]:
    def said(match: re.Match[str], day: int, month: int, year: str, locale: Locale) -> str | None:
        if not (1 <= day <= 31 and 1 <= month <= 12):
            return None
        return language.date(day, month, year, before(match), locale)

    @rule(
        "date",
        "date",
        DIGIT,
        rf"{BEFORE}(\d{{1,2}})([./-]|\. )(\d{{1,2}})\2(\d{{4}}|\d\d)(?!\w|[./-]\d)",
    )
    def say_date(match: re.Match[str], locale: Locale) -> str | None:
        """The day comes first: "3.5.1945", "03/05/45"."""
        return said(match, int(match[1]), int(match[3]), match[4], locale)

    @rule("ISO date", "date", DIGIT, rf"{BEFORE}(\d{{4}})-(\d\d)-(\d\d)(?![\w-])")
    def say_iso(match: re.Match[str], locale: Locale) -> str | None:
        """ "1945-05-03"."""
        return said(match, int(match[3]), int(match[2]), match[1], locale)

    return say_date, say_iso


def time(language: Language) -> Rule:
    @rule("time", "time", DIGIT, rf"{BEFORE}(?:{language.time})(?!\w|[:,.]\d)")
    def say_time(match: re.Match[str], locale: Locale) -> str | None:
        """ "14:30 Uhr", "14 h 30"; "Lukas 3:16" is a verse."""
        found = {name.rstrip("_"): part for name, part in match.groupdict().items() if part}
        hour, minute = int(found["hour"]), int(found.get("minute", 0))
        second = int(found.get("second", -1))
        marked = "mark" in found
        if hour > 24 or minute > 59 or second > 59:
            return None
        verse = re.search(r"(?:^|[^.!?\s]\s)[A-ZÀ-Þ1-3]\w*\.?\s$", before(match))
        if not marked and hour < 10 and found["hour"][0] != "0" and verse:
            return None
        return language.clock(hour, minute, second, marked, locale)

    return say_time


def phone(language: Language) -> Rule:
    group = rf"(?:{SPACE}?[/.-]?{SPACE}?\d{{2,8}}|{SPACE}?\(0\))"

    @rule(
        "phone",
        "telephone",
        r"[+(\d]",
        rf"(?<!\w)(?:\+\d{{1,3}}|\(?\d{{2,6}}\)?){group}{{1,6}}(?![\w/]|[.,-]\d)",
    )
    def say_phone(match: re.Match[str], locale: Locale) -> str | None:
        """Digit by digit, with a rest between the groups, of what begins like a number to call."""
        written = match.group()
        asked = re.search(rf"(?:{language.phone_words})\W{{0,3}}$", before(match), re.IGNORECASE)
        length = sum(char.isdigit() for char in written)
        starts = re.match(r"\+|\(?0[1-9]|\(\d\d\)", written) and length >= 8
        if not (starts or asked) or length < 5:
            return None
        groups = re.findall(r"\d+", written)
        said = ", ".join(_phone_group(group, language, locale) for group in groups)
        return f"{language.symbols['+']} {said}" if written[0] == "+" else said

    return say_phone


def _phone_group(digits: str, language: Language, locale: Locale) -> str:
    if language.pairs_in_phones and len(digits) == 2 and digits[0] != "0":
        return language.cardinal(int(digits), "", locale)
    return digit_by_digit(digits, language, locale)
