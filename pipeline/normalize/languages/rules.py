"""All rules that a table gives, in the order in which they are tried."""

from __future__ import annotations

from dataclasses import replace

from pipeline.normalize.languages.dates import date, phone, time
from pipeline.normalize.languages.numbers import (
    cardinal,
    chain,
    decade,
    fraction,
    lettered,
    negative,
    ordinal,
    range_of,
    ratio,
    year,
)
from pipeline.normalize.languages.quantities import measure, money, percent, scaled
from pipeline.normalize.languages.signs import (
    address,
    currency,
    number_sign,
    section,
    symbol,
    times,
)
from pipeline.normalize.languages.table import Language
from pipeline.normalize.languages.words import abbreviations, roman_ordered, roman_part, roman_ruler
from pipeline.normalize.rule import Rule


def rules(
    language: Language,
    *,
    numbers: tuple[Rule, ...] = (),
    words: tuple[Rule, ...] = (),
    dot: str = "",
) -> tuple[Rule, ...]:
    """All rules of a table in order; `numbers` and `words` are the language's own, and go first."""
    behind_digits, before_digits = money(language)
    web = address(language)
    made = (
        replace(web, cue=frozenset(("http", "https"))),
        web,
        *words,
        *abbreviations(language),
        roman_ruler(language, dot),
        roman_part(language),
        roman_ordered(language),
        *date(language),
        phone(language),
        time(language),
        *numbers,
        before_digits,
        behind_digits,
        scaled(language),
        percent(language),
        measure(language),
        fraction(language),
        *((ordinal(language),) if language.ordinal_marks else ()),
        ratio(language),
        range_of(language),
        chain(language),
        lettered(language),
        year(language),
        cardinal(language),
        negative(language),
        decade(language),
        number_sign(language),
        section(language),
        symbol(language),
        times(language),
        currency(language),
    )
    return tuple(one for one in made if one)
