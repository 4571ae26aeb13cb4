"""Rules for what is counted: money, measures, percent."""

from __future__ import annotations

import re

from pipeline.normalize.languages.shared import (
    DIGIT,
    GAP,
    SPACE,
    after,
    counted,
    ends_here,
    quantity,
    say,
)
from pipeline.normalize.languages.table import AFTER, BEFORE, QUANTITY, Language, Number, read
from pipeline.normalize.rule import Locale, Rule, any_of, rule


def money(language: Language) -> tuple[Rule, Rule]:
    signs = any_of(language.currencies)
    scale = any_of(language.scales)

    def amount(written: str, scaled: str | None, sign: str, locale: Locale) -> str | None:
        unit = language.currencies[sign].unit
        if scaled:
            said = counted(written, language.scales[scaled], language, locale)
            return said and f"{said} {language.of(unit.many)}"
        found = re.fullmatch(r"(.*)[.,](\d\d)", written, re.DOTALL)
        if found and (number := read(found[1], language, locale)) and not number.decimals:
            return _with_cents(number, int(found[2]), sign, language, locale)
        return counted(written, unit, language, locale)

    @rule(
        "money",
        "money",
        DIGIT,
        rf"{BEFORE}({QUANTITY})(?:[.,][–—-]{{1,2}})?{GAP}(?:({scale}){GAP})?({signs})(?![^\W_])",
    )
    def say_money(match: re.Match[str], locale: Locale) -> str | None:
        """ "5 €", "5,50 €", "3 Mio. €"."""
        return _stopped(amount(match[1], match[2], match[3], locale), match, language)

    @rule(
        "money before",
        "money",
        rf"[{''.join(sorted({re.escape(sign[0]) for sign in language.currencies}))}]",
        rf"(?<!\w)({signs}){GAP}({QUANTITY})(?:{SPACE}({scale})(?!\w))?{AFTER}",
    )
    def say_before(match: re.Match[str], locale: Locale) -> str | None:
        """ "€ 5", "R$ 1,50", "$ 3 millones": what stands before is said behind."""
        return amount(match[2], match[3], match[1], locale)

    return say_money, say_before


def _with_cents(
    number: Number, cents: int, sign: str, language: Language, locale: Locale
) -> str | None:
    currency = language.currencies[sign]
    cent = currency.cent
    small = f"{language.cardinal(cents, cent.gender, locale)} "
    small += cent.one if cents == 1 else cent.many
    if number.digits:
        return None
    if not number.whole and cents:
        return small
    noun = currency.unit
    big = say(number, noun.gender, language, locale)
    if number.whole and number.whole % 10**6 == 0:
        big += f" {language.of(noun.many)}"
    else:
        big += f" {noun.one if language.is_one(number) else noun.many}"
    if not cents:
        return big
    if not language.says_cents and cents >= 10:
        small = language.cardinal(cents, "", locale)
    return f"{big}{language.cents_joiner}{small}"


def _stopped(said: str | None, match: re.Match[str], language: Language) -> str | None:
    """With the full stop of a short form that ends a sentence: "3 Std."."""
    stops = said and match.group().endswith(".") and ends_here(match, language.openers)
    return f"{said}." if stops else said


def measure(language: Language) -> Rule:
    units = any_of(language.units)

    @rule("measure", "measure", DIGIT, rf"{BEFORE}({QUANTITY}){GAP}({units})(?![^\W_]|['’/]\w)")
    def say_measure(match: re.Match[str], locale: Locale) -> str | None:
        """A number with its unit, in its gender."""
        noun = language.units[match[2]]
        if match[2] == "°" in language.ordinal_marks and re.match(r"\s[^\W\d_]", after(match)):
            return None  # "5° piano"
        metres = re.fullmatch(r"([1-9]),(\d\d)", match[1]) if match[2] == "m" else None
        if metres and language.metre_joiner and metres[2] != "00":
            said = counted(metres[1], noun, language, locale)
            hundredths = language.cardinal(int(metres[2]), "", locale)
            return f"{said}{language.metre_joiner}{hundredths}"
        return _stopped(counted(match[1], noun, language, locale), match, language)

    return say_measure


def percent(language: Language) -> Rule:
    @rule("percent", "percent", DIGIT, rf"{BEFORE}({QUANTITY}){GAP}([%‰])(?!\w)")
    def say_percent(match: re.Match[str], locale: Locale) -> str | None:
        """ "10 %", "5 ‰"."""
        found = quantity(match[1], language.percent_gender, language, locale)
        word = language.percent if match[2] == "%" else language.per_mille
        return f"{found[0]} {word}" if found else None

    return say_percent


def scaled(language: Language) -> Rule | None:
    """Words that are written in full need no rule."""
    short = {sign: noun for sign, noun in language.scales.items() if sign.endswith(".")}
    if not short:
        return None

    @rule("scale", "cardinal", DIGIT, rf"{BEFORE}({QUANTITY}){GAP}({any_of(short)})(?!\w)")
    def say_scaled(match: re.Match[str], locale: Locale) -> str | None:
        """ "5 Mio. Menschen", "3 Mrd."."""
        return _stopped(counted(match[1], short[match[2]], language, locale), match, language)

    return say_scaled
