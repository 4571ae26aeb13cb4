"""Words that a line's end or a drop cap cuts, whole again as the document has them elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from pipeline.read.pdf.layout import CAP, Placed

SHORTEST_PART = 3  # letters of a word that may be a part of a compound
LONGEST_WORD = 100  # characters, so that a hostile line is not searched from end to end
_HYPHENS = ("-", "\u2010")
_WORD = re.compile(r"[^\W\d_]+(?:[-‐’'][^\W\d_]+)*")
_LAST_WORD = re.compile(r"([^\W_]+(?:[-‐’'][^\W_]+)*)[-‐]$")
_HYPHEN = re.compile(r"[-‐]")
_OPEN_DASHES = ("—", "\u2010", "--")
_DASHED = re.compile(r"(?:—|--)(?:\S|$)")


def texts_of(lines: Sequence[Placed], begins: Sequence[bool]) -> list[str]:
    """What to say for every line; a word that goes on in the next is put together in the first.

    A line that goes on ends with a space, unless a dash is there.
    """
    words = _words(lines)
    texts = [_uncapped(placed.line.text, words) for placed in lines]
    for at in range(len(texts) - 1):
        text, following = texts[at], texts[at + 1]
        if begins[at + 1] or not text:
            continue
        last = _LAST_WORD.search(text, max(0, len(text) - LONGEST_WORD))
        if last and following[:1].isalnum():
            rest, _, texts[at + 1] = following.partition(" ")
            texts[at] = text[: last.start()] + _joined(last[1], rest, words) + " "
        elif not text.endswith(_OPEN_DASHES) and not _DASHED.match(following):
            texts[at] += " "
    return texts


def _joined(first: str, rest: str, words: frozenset[str]) -> str:
    """Two parts of a word with or without the hyphen, as the document has it elsewhere.

    If it has neither, the hyphen is the typesetter's, unless a capital or a figure follows it or
    both parts are words of the document: "well-" and "known" are, "deter-" and "mined" are not.
    """
    bare = _WORD.match(rest)
    start, end = first.casefold(), (bare.group() if bare else rest).casefold()
    if start + end in words:
        return first + rest
    parts = _HYPHEN.split(start)[-1], _HYPHEN.split(end)[0]
    are_long = min(map(len, parts)) >= SHORTEST_PART or _HYPHEN.search(start + end)
    are_words = are_long and words.issuperset(parts)
    keeps = f"{start}-{end}" in words or not rest[0].islower() or are_words
    return f"{first}-{rest}" if keeps else first + rest


def _uncapped(text: str, words: frozenset[str]) -> str:
    """A line with its drop cap joined to the word that it begins, or before it as a word."""
    cap, mark, rest = text.partition(CAP)
    if not mark:
        return text
    cap, rest = cap.strip(), rest.lstrip()
    first = _WORD.match(rest)
    letter, word = cap[-1:].casefold(), first.group().casefold() if first else ""
    is_word = letter and letter in "aio" and word in words and letter + word not in words
    return f"{cap} {rest}" if is_word else cap + rest


def _words(lines: Iterable[Placed]) -> frozenset[str]:
    """All words of the body but those that a line's end cuts."""
    words: set[str] = set()
    is_cut = False
    for placed in lines:
        text = placed.line.text.casefold()
        found = _WORD.findall(text.rpartition(CAP)[2])[is_cut:]
        is_cut = text.endswith(_HYPHENS)
        words.update(found[:-1] if is_cut else found)
    return frozenset(words)
