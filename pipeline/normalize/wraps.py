"""Words that a page has cut: at a line's end, or behind a large initial.

What a word is, the text itself says: it is one where it stands uncut somewhere else.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from pipeline.model import Skipped, Span

HYPHENS = "-\u2010\u00ad"
# From this many different words on, a text would have the parts of a compound as words too.
ENOUGH_WORDS = 1500
# A word with fewer letters may well be the beginning of another: "be-ginning", not "water-plants".
SYLLABLES = 5
# What a hyphen mostly stands behind when it is the writer's own.
_COMPOUNDS = frozenset(
    "all anti arch co cross ever ex far full good great half high ill long low mid much new non "
    "old pre quarter re self semi short so sub twenty thirty forty fifty sixty seventy eighty "
    "ninety ultra under vice well".split()
)
_WORDS_IN_ONE = frozenset("aio")  # letters that are words themselves

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_LEFT = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*$")
_RIGHT = re.compile(r"[^\W\d_]+")
_LETTER = re.compile(r"[\"“‘'«]?(?P<letter>[^\W\d_])[ \t](?P<rest>[^\W\d_][^\W\d_'’]*)")
LONGEST_WORD = 40


def words_of(text: str) -> Counter[str]:
    """How often each word stands in a text, small letters and capitals alike."""
    return Counter(word.lower() for word in _WORD.findall(text))


def joined(text: str, hyphen: int, after: int, words: Counter[str]) -> Iterator[Skipped | Span]:
    """What is left out where a line ends with a hyphen and the next one begins at `after`.

    A hyphen that is the writer's own stays: "well-" and "known" are words.
    """
    left = _LEFT.search(text, max(0, hyphen - LONGEST_WORD), hyphen)
    right = _RIGHT.match(text, after, after + LONGEST_WORD)
    if not left or not right:
        return
    soft = text[hyphen] == "\u00ad"
    if soft or _is_one_word(left[0], right[0], words):
        yield Skipped("hyphen at a line's end", text[hyphen], hyphen, hyphen + 1)
        yield Span("said", hyphen, after)
    else:
        yield Span("said", hyphen, after, "-")


def _is_one_word(left: str, right: str, words: Counter[str]) -> bool:
    is_name = left[0].isupper() and not left.isupper()
    if right[0].isupper() and is_name:  # "Anglo-Saxon"
        return False
    left, right = left.lower(), right.lower()
    whole, compound = words[left + right], words[f"{left}-{right}"]
    if whole or compound:
        return whole > compound
    if len(words) < ENOUGH_WORDS or is_name or left in _COMPOUNDS:
        return False
    if words[left] < 2:  # this place itself has counted one of each
        return True
    return len(left) < SYLLABLES and words[right] < 2


def initial(text: str, start: int, end: int, words: Counter[str]) -> Iterator[Span]:
    """The gap behind a paragraph's large first letter: "T he" is "The", "A man" is two words."""
    match = _LETTER.match(text, start, end)
    if not match or not match["letter"].isupper():
        return
    letter, rest = match["letter"].lower(), match["rest"]
    if not rest.islower() and not rest.isupper():
        return
    is_word = words[rest.lower()] > 1 and (len(rest) > 1 or rest in _WORDS_IN_ONE)
    alone = letter in _WORDS_IN_ONE and is_word
    shouted = letter not in _WORDS_IN_ONE and rest.isupper() and words[rest.lower()] < 2
    if not alone and (words[letter + rest.lower()] or (shouted and len(rest) > 1)):
        yield Span("said", match.end("letter"), match.start("rest"))


def begins_with_letter(text: str, start: int, end: int) -> bool:
    """Whether a paragraph begins with one letter that stands by itself."""
    return _LETTER.match(text, start, end) is not None
