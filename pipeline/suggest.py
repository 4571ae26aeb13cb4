"""A book -> the names in it that a voice is likeliest to say wrong.

A score that can be told: each sign of trouble in a word's spelling gives points, and the points
count for more the more often the word is heard.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, partial
from math import log2

from pipeline import engines
from pipeline.model import Book
from pipeline.normalize.lexicon import hits, lexicon
from pipeline.normalize.speak import speak

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_OPENS = re.compile(
    r"(?:^|[.!?…:;—–\-\"“”‘’'«»(\[*_])\s*$"
)  # before a capital that every word gets
SHORTEST = 3
LONGEST_BEFORE = 4  # characters in which an opening would be seen

# Points, what they are for, and the sign, in small letters unless it is about capitals.
_SIGNS = tuple(
    (points, why, re.compile(sign))
    for points, why, sign in (
        (3, "letters that English does not have", r"[^\x00-\x7f]"),
        (2, "a capital inside", r"[a-z][A-Z]"),
        (2, "silent letters?", r"^(?:[kgpmt]n|p[st]|wr|rh|x|cz|tch)|(?:[lm]n|mb|bt|gn)$"),
        (
            2,
            "a place that is said shorter?",
            r"(?:(?:ce|min)ster|wi(?:ch|ck)|b(?:orough|urgh|ury)|(?:qu|h)oun|haugh|mouth|worth|shire)$",
        ),
        (
            2,
            "an ending from elsewhere",
            r"(?:[aeo]u|oux|aux|ault|oi[sx]?|ez|sky|wicz|sch|tz|[ijuvq])$",
        ),
        (
            2,
            "letters that are rare together",
            r"q(?!u)|zh|aa|uu|ii|(?<!c)kh|dh|vr|sz|rgh|dz|xh|ij|aoi|eoi|ngw|mh|^(?:t[sl]|ng|mb|sr|[vdz]l|cth|[bfh]j)",
        ),
        (
            1,
            "four consonants",
            r"(?!.?ght|..?ch|..?sh|..?th|n?ch|tch|[^aeiouy]*s$)[b-df-hj-np-tv-xz]{4}",
        ),
        (1, "three vowels", r"[aeiou]{3}"),
        (1, "an apostrophe inside", r"'"),
    )
)
_CONTRACTION = re.compile(r".*(?:n't|'(?:d|ll|m|re|ve))")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A word that a lexicon may be missing, how often it is there, and why it is listed."""

    word: str
    count: int
    points: int
    because: tuple[str, ...]

    @property
    def weight(self) -> float:
        return self.points * (1 + log2(self.count))


def suggestions(book: Book, engine: str) -> list[Suggestion]:
    """The names of a book that its lexicon does not have, the likeliest trouble first."""
    takes_ipa = "phonemes" in engines.hints(engine)
    known_in = cache(partial(lexicon, book.lexicon, engine, takes_ipa=takes_ipa))
    names: Counter[tuple[str, str]] = Counter()
    inside: Counter[str] = Counter()
    small: Counter[str] = Counter()
    for word, language, is_inside in _words(book):
        if word[0].islower():
            small[word] += 1
        else:
            names[word, language] += 1
            inside[word] += is_inside
    found: dict[str, Suggestion] = {}
    for (word, language), count in names.items():
        because = _because(word, language)
        points = sum(points for points, _ in because)
        is_name = inside[word] > small[word.lower()] or (points > 1 and not small[word.lower()])
        if is_name and not any(True for _ in hits(word, known_in(language))):
            all_of_it = count + (found[word].count if word in found else 0)
            found[word] = Suggestion(word, all_of_it, points, tuple(why for _, why in because))
    return sorted(found.values(), key=lambda one: (-one.weight, -one.count, one.word))


def _words(book: Book) -> Iterator[tuple[str, str, bool]]:
    """Each word in prose, its language, and whether it stands inside a sentence.

    Headings have capitals for no reason, and so have words in capitals; what a rule puts into
    words of its own ("Capt.", "July 3") needs no help.
    """
    for chapter in book.chapters:
        for block in chapter.blocks:
            if block.kind in ("heading", "code", "break"):
                continue
            text = chapter.text[block.start : block.end]
            spoken = speak(text, chapter.language)
            for match in _WORD.finditer(text):
                change = spoken.around(match.start() + 1)
                if change and change.kind != "punctuation":
                    continue
                word = re.sub(r"['’]s$", "", match.group()).replace("’", "'")
                is_long = len(word) >= SHORTEST and not _CONTRACTION.fullmatch(word)
                if is_long and not word.isupper():
                    before = text[max(0, match.start() - LONGEST_BEFORE) : match.start()]
                    yield word, chapter.language, not _OPENS.search(before)


def _because(word: str, language: str) -> list[tuple[int, str]]:
    """The signs of trouble; only English has a table of them."""
    if not language.lower().startswith("en"):
        return []
    return [
        (points, why)
        for points, why, sign in _SIGNS
        if sign.search(word if "A-Z" in sign.pattern else word.lower())
    ]
