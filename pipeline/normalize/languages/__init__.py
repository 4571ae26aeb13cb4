"""How languages are read aloud: which of them have a table of numbers, and where it is.

A module gives `RULES`, in the order in which they are tried, and `locale(tag)`.
"""

from __future__ import annotations

from importlib import import_module

from pipeline.normalize.rule import Locale, Rule

# By the primary subtag; imported when a text in that language comes.
TABLES = {
    "de": "pipeline.normalize.languages.german",
    "en": "pipeline.normalize.english",
    "es": "pipeline.normalize.languages.spanish",
    "fr": "pipeline.normalize.languages.french",
    "it": "pipeline.normalize.languages.italian",
    "pt": "pipeline.normalize.languages.portuguese",
}


def has_table(language: str) -> bool:
    """Whether numbers of this language are put into words here, and not left to the voice."""
    return _primary(language) in TABLES


def find(language: str) -> tuple[Locale, tuple[Rule, ...]]:
    """The habits and the rules of a language; none, if it has no table."""
    if not has_table(language):
        return Locale(language), ()
    module = import_module(TABLES[_primary(language)])
    return module.locale(language), module.RULES


def _primary(language: str) -> str:
    return language.replace("_", "-").partition("-")[0].lower()
