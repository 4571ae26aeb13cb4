"""How English is read aloud. A rule stands in the room of its semiotic class."""

from __future__ import annotations

from pipeline.normalize.english import (
    abbreviations,
    contacts,
    counting,
    dates,
    heteronyms,
    letters,
    measures,
    money,
    romans,
    symbols,
)
from pipeline.normalize.rule import Locale, Rule

AMERICAN = Locale("en-US", says_and=False, day_first=False, metre=False)
BRITISH = Locale("en-GB", says_and=True, day_first=True, metre=True)

# The first that claims a span has it: what is long and sure stands before what is short.
RULES: tuple[Rule, ...] = (
    *contacts.RULES,
    *symbols.VERSES,
    *dates.RULES,
    counting.tens,
    counting.race,
    counting.duration,
    counting.scaled,
    *money.RULES,
    *measures.RULES,
    abbreviations.number_sign,
    abbreviations.and_the_rest,
    *symbols.RULES,
    *romans.RULES,
    *abbreviations.RULES,
    *letters.RULES,
    *counting.RULES,
    *heteronyms.RULES,
)


def locale(tag: str) -> Locale:
    """The habits of a country: American for the United States and its neighbours, else British."""
    country = tag.partition("-")[2].upper()
    return AMERICAN if country in {"", "US", "PH", "LR"} else BRITISH
