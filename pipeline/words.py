"""Which word is said when: as an engine tells it, as it is kept, and as people see it.

An engine tells of words by cue points in its WAV (`pipeline.riff`), or it does not. They are kept
in few characters, since a book has a hundred thousand: for each word three numbers, samples since
the word before, characters since its end, and how many characters it has.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.model import Cue, Utterance

# Scripts that put no space between words: Thai to Tibetan, Myanmar, Khmer, kana, Han.
_UNSPACED = "\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_UNSPACED += "\U00020000-\U0003ffff"
# What stands between two words beside white space: dashes, an ellipsis, a slash, quotes, brackets.
_APART = r"\u2012-\u2015\u2026/\\\u201c-\u201f\u00ab\u00bb\"()\[\]{}"
_PIECE = re.compile(rf"[{_UNSPACED}]|[^\s{_APART}{_UNSPACED}]+")
# Signs of punctuation by Unicode that are said by their names.
_SAID = frozenset("%‰&@#§¶*")
_NUMBER = r"\d{1,10}"
LATEST = 2**63  # a sample that is in no file
_PACKED = re.compile(rf"{_NUMBER} {_NUMBER} {_NUMBER}(?: {_NUMBER} {_NUMBER} {_NUMBER})*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Said:
    """A word as it is written, and where it is heard, in samples from its utterance's start."""

    start: int
    end: int
    text: str


def spans(text: str) -> list[tuple[int, int]]:
    """Where the words of a text are, without the punctuation around them.

    In scripts without spaces each letter counts as one.
    """
    found = (trimmed(text, *match.span()) for match in _PIECE.finditer(text))
    return [(start, end) for start, end in found if start < end]


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """The part of a span that is said: no spaces or punctuation at its edges.

    The full stop of what has others stays ("e.g.").
    """
    while start < end and _is_silent(text[start]):
        start += 1
    whole = end
    while start < end and _is_silent(text[end - 1]):
        end -= 1
    return start, end + (text[end:whole].startswith(".") and "." in text[start:end])


def _is_silent(char: str) -> bool:
    return unicodedata.category(char)[0] in "PZC" and char not in _SAID


def of_events(text: str, events: Iterable[tuple[int, int]]) -> tuple[Cue, ...]:
    """The words of an engine that tells where in its text it is: (sample, place) of each event.

    An event in the middle of a word, as in a number that is said in parts, is the word's if there
    was none before. Words of which it does not tell ("of the", said as one) go with the last.
    """
    known = spans(text)
    starts = [start for start, _ in known]
    found: list[tuple[int, int]] = []
    for sample, place in events:
        at = bisect(starts, place) - 1
        is_later = not found or (at > found[-1][1] and sample >= found[-1][0])
        if at >= 0 and place < known[at][1] and is_later:
            found.append((sample, at))
    return tuple(
        Cue(sample, starts[at], known[after - 1][1] - starts[at])
        for (sample, at), (_, after) in pairwise([*found, (0, len(known))])
    )


def check(words: Sequence[Cue], samples: int, characters: int) -> None:
    """Refuse words that are not one after another in this audio and text. Raises ValueError."""
    at = end = 0
    for sample, start, length in words:
        if not at <= sample <= samples:
            raise ValueError(f"a word at sample {sample}, after {at} and before {samples}")
        if not (end <= start and 0 < length <= characters - start):
            raise ValueError(f"a word at characters {start} to {start + length} of {characters}")
        at, end = sample, start + length


def packed(words: Iterable[Cue]) -> str:
    """Words in rising order, as `unpacked` reads them; nothing for none."""
    found = []
    at = end = 0
    for sample, start, length in words:
        found.append(f"{sample - at} {start - end} {length}")
        at, end = sample, start + length
    return " ".join(found)


def unpacked(text: str, samples: int) -> tuple[Cue, ...]:
    """The words of an utterance of so many samples. Raises ValueError for what none can have."""
    if not text:
        return ()
    check_packed(text, samples)
    found, at, end = [], 0, 0
    numbers = iter(map(int, text.split(" ")))
    for later, gap, length in zip(numbers, numbers, numbers, strict=True):
        at, start = at + later, end + gap
        end = start + length
        found.append(Cue(at, start, length))
    return tuple(found)


def check_packed(text: str, samples: int) -> None:
    """Refuse what `unpacked` would, in a tenth of the time. Raises ValueError."""
    if text and not _PACKED.fullmatch(text):
        raise ValueError("no words are written like this")
    last = sum(map(int, text.split()[::3]))
    if last > samples:
        raise ValueError(f"a word at sample {last} of {samples}")


def said(utterance: Utterance, words: str, samples: int) -> list[Said]:
    """The words of an utterance, each until the next one or the end of its so many samples.

    `words` are those of `Joined`. What an engine gets in another spelling is written as people do;
    words that are said as one are told as one. One that a manifest has too late is at the end.
    Raises ValueError.
    """
    cues = unpacked(words, LATEST)
    starts = [*(min(cue.sample, samples) for cue in cues), samples]
    told = zip(pairwise(starts), _written(utterance, cues), strict=True)
    return [Said(start, end, text) for (start, end), text in told if text]


def _written(utterance: Utterance, cues: Iterable[Cue]) -> Iterator[str]:
    """The text of each word; by its number, where an engine gets another text than people see."""
    heard, seen = utterance.sound, utterance.spoken
    places = spans(heard) if utterance.respelled else []
    others = spans(seen) if utterance.respelled else []
    starts = [start for start, _ in places]
    for _, start, length in cues:
        first, last = bisect(starts, start - 1), bisect(starts, start + length - 1) - 1
        if len(places) == len(others) and first <= last < len(others):
            yield seen[others[first][0] : others[last][1]]
        else:
            yield heard[slice(*trimmed(heard, start, min(start + length, len(heard))))]
