"""Text as written -> text as spoken, in one pass over spans.

A rule looks at the source and never at what another rule made of it. What no rule claims is
spoken as it stands.
"""

from __future__ import annotations

import re
from functools import cache

from pipeline.normalize import common, english
from pipeline.normalize.rule import Change, Rule, Spoken


def speak(text: str, language: str) -> Spoken:
    """Find what must be spoken otherwise; rules for the language first, then those for all."""
    rules, scanner = _table(language.split("-", maxsplit=1)[0].lower())
    changes = []
    at = 0
    while match := scanner.search(text, at):
        change = _claim(rules, text, match.start())
        if change:
            changes.append(change)
        at = change.end if change else match.start() + 1
    return Spoken(text, tuple(changes))


def _claim(rules: tuple[Rule, ...], text: str, at: int) -> Change | None:
    for rule in rules:
        match = rule.pattern.match(text, at)
        if match and match.end() > at and (said := rule.say(match)) is not None:
            return Change(at, match.end(), rule.kind, rule.name, said)
    return None


@cache
def _table(language: str) -> tuple[tuple[Rule, ...], re.Pattern[str]]:
    rules = (english.RULES if language == "en" else ()) + common.RULES
    return rules, re.compile("|".join(f"(?:{rule.pattern.pattern})" for rule in rules))
