"""Text as written -> text as spoken, in one pass over spans.

A rule looks at the source and never at what another rule made of it. What no rule claims is
spoken as it stands.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter

from pipeline.model import Change
from pipeline.normalize import common, languages
from pipeline.normalize.lexicon import NOTHING, Lexicon, hits
from pipeline.normalize.rule import Locale, Rule, Spoken

# A word, or any other character. Letters that stand for something else (², ﬁ, Ｆ) are no words.
_LETTER = (
    r"[^\W\d_\u00b2\u00b3\u00b9\u00bc-\u00be\u2070-\u209f\u2150-\u218f\u2460-\u2793"
    r"\ufb00-\ufb06\uff01-\uff5e\U0001d400-\U0001d7ff](?![\u0300-\u036f])"
)
_TOKEN = re.compile(
    rf"(?:{_LETTER})+|[^\s,;]|[ \u00a0\u202f](?=[!?;:»])|[\x1c-\x1f\x0b\x0c\x85\u2028\u2029]"
)
# What may follow a word without making it an odd one.
_PLAIN = frozenset(" ,;:!?\n\t\"'’”“‘)(—–-…*[]|")
# Marks of emphasis are no part of a word, whatever `\w` and `\b` say.
_UNDERSCORES = re.compile(r"(?<![^\W_])_+|_+(?![^\W_])")

Rules = tuple[Rule, ...]


class Table:
    """A language's rules by the words and the characters that they are tried at."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._by_char: dict[str, Rules] = {}
        self._odd: dict[tuple[str, str], Rules] = {}
        self._by_word: defaultdict[str, list[Rule]] = defaultdict(list)
        for one in rules:
            for word in one.cue if isinstance(one.cue, frozenset) else ():
                self._by_word[word].append(one)
        for word, found in self._by_word.items():
            folded = word.casefold()
            if folded != word and folded in self._by_word:
                both = {*map(id, found), *map(id, self._by_word[folded])}
                self._by_word[word] = [one for one in rules if id(one) in both]

    def at(self, token: str, following: str) -> Rules | list[Rule]:
        """The rules to try, in order, at a token before this character."""
        if not token[0].isalpha():
            return self._of_char(token)
        found = self._by_word.get(token) or self._by_word.get(token.casefold(), [])
        if (
            following in _PLAIN
            and following
            and token.isascii()
            and not (len(token) > 1 and token.isupper())
        ):
            return found
        if not found:
            return self._of_char(token[0])
        key = (token if token in self._by_word else token.casefold(), token[0])
        if key not in self._odd:
            both = {*map(id, found), *map(id, self._of_char(token[0]))}
            self._odd[key] = tuple(one for one in self._rules if id(one) in both)
        return self._odd[key]

    def claim(self, text: str, at: int, end: int, locale: Locale, changes: list[Change]) -> None:
        """Add what the rules make of a stretch of a text."""
        find = _TOKEN.search
        while (token := find(text, at)) and token.start() < end:
            start, at = token.span()
            for one in self.at(token[0], text[at : at + 1]):
                match = one.pattern.match(text, start)
                if match and match.end() > end:
                    match = one.pattern.match(text, start, end)
                if match and match.end() > start and (said := one.say(match, locale)) is not None:
                    at = match.end()
                    changes.append(Change(start, at, one.kind, one.name, said))
                    break

    def _of_char(self, char: str) -> Rules:
        if char not in self._by_char:
            self._by_char[char] = tuple(
                one for one in self._rules if isinstance(one.cue, str) and re.match(one.cue, char)
            )
        return self._by_char[char]


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a text that is of one language, and what its speaker's lexicon has."""

    start: int
    end: int
    language: str
    lexicon: Lexicon = NOTHING


def speak(text: str, language: str, lexicon: Lexicon = NOTHING) -> Spoken:
    """Find what must be spoken otherwise: what the lexicon has, which no rule may touch, then by
    the language's rules, then by those for all languages.
    """
    return speak_all(text, [Stretch(0, len(text), language, lexicon)])


def speak_all(text: str, stretches: Iterable[Stretch], given: Sequence[Change] = ()) -> Spoken:
    """The same for a text in several languages; no change reaches out of its stretch.

    `given` are changes that stand in the source itself, in order, and count most.
    """
    seen = _UNDERSCORES.sub(lambda found: "*" * len(found[0]), text) if "_" in text else text
    changes: list[Change] = []
    for one in stretches:
        table, locale = _table(one.language)
        at = one.start
        found = hits(text, one.lexicon, one.start, one.end)
        for hit in _merged(found, given, one) if given else found:
            table.claim(seen, at, hit.start, locale, changes)
            changes.append(hit)
            at = hit.end
        table.claim(seen, at, one.end, locale, changes)
    return Spoken(text, tuple(changes))


def _merged(found: Iterable[Change], given: Sequence[Change], one: Stretch) -> list[Change]:
    """Those of a stretch that are given, and those found that they leave room for."""
    inside = [change for change in given if one.start <= change.start and change.end <= one.end]
    free = [
        hit for hit in found if not any(c.start < hit.end and hit.start < c.end for c in inside)
    ]
    return sorted([*inside, *free], key=attrgetter("start"))


@lru_cache(64)
def _table(language: str) -> tuple[Table, Locale]:
    locale, own = languages.find(language)
    return Table((*common.FIRST, *own, *common.RULES)), locale
