"""Where a reader takes a breath: the sentences of a block, none longer than an engine can take."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.normalize.rule import Spoken

# Characters as spoken. Neural engines lose text past about 500 phonemes; none minds less.
LONGEST_UTTERANCE = 400

Span = tuple[int, int]

_CLOSERS = r"[\"'”’»)\]*_]*"
_BOUNDARY = re.compile(rf"(?P<mark>[.!?…]+){_CLOSERS}(?=\s)|(?P<wide>[。！？]+)[」』”’）\"']*")
_OPENS_SMALL = re.compile(r"[\s\"'“‘«(\[*_—–-]*[^\W\d_]")
_CLAUSE = re.compile(r"[,;:—–…][\"'”’)]*\s|\s(?=[—–])")
_WORD_BEFORE = re.compile(r"(?<![^\W_])((?:[^\W\d_]\.)*[^\W\d_]+)$")
# Abbreviations that something always follows.
_GOES_ON = frozenset(
    "mr mrs ms dr prof st lt col gen capt cpt sgt cmdr rev hon fr sen rep gov pres mt ft vs cf ca "
    "approx fig pp vol ed".split()
)


def sentences(spoken: Spoken, start: int = 0) -> Iterator[Span]:
    """Spans of the source, in order, that leave out nothing but white space."""
    text = spoken.source
    for match in _BOUNDARY.finditer(text):
        if _is_boundary(spoken, match):
            yield from _span(text, start, match.end())
            start = match.end()
    yield from _span(text, start, len(text))


def _span(text: str, start: int, end: int) -> Iterator[Span]:
    bare = text[start:end].strip()
    if bare:
        at = text.index(bare[0], start)
        yield at, at + len(bare)


def _is_boundary(spoken: Spoken, match: re.Match[str]) -> bool:
    """A mark ends a sentence unless it belongs to an abbreviation or the sentence goes on small."""
    text = match.string
    if match["wide"]:
        return True
    opens = _OPENS_SMALL.match(text, match.end())
    if opens and opens.group()[-1].islower():
        return False
    if match["mark"] != ".":
        return True
    change = spoken.last_before(match.end("mark"))
    if change and change.kind == "abbreviation":
        return change.spoken.endswith(".")
    word = _WORD_BEFORE.search(text[max(0, match.start() - 40) : match.start()])
    if not word:
        return True
    is_initial = len(word[1]) == 1 and word[1].isupper() and word[1] != "I"
    return not (is_initial or word[1].lower() in _GOES_ON)


def pieces(spoken: Spoken, span: Span) -> Iterator[Span]:
    """The span, or parts of it that fit an engine: cut at clauses, else words, else anywhere."""
    start, end = span
    if len(spoken.between(start, end)) <= LONGEST_UTTERANCE or end - start < 2:
        yield span
        return
    cut = _cut(spoken, start, end)
    if cut is None:
        yield span
        return
    for part in (*_span(spoken.source, start, cut), *_span(spoken.source, cut, end)):
        yield from pieces(spoken, part)


def _cut(spoken: Spoken, start: int, end: int) -> int | None:
    """The best place near the middle."""
    middle = (start + end) // 2
    reach = (end - start) * 2 // 5
    window = max(start + 1, middle - reach), min(end, middle + reach)
    for pattern in (_CLAUSE, re.compile(r"\s+")):
        found = [m.end() for m in pattern.finditer(spoken.source, *window)]
        found = [at for at in found if start < at < end and not spoken.is_inside(at)]
        if found:
            return min(found, key=lambda at: abs(at - middle))
    anywhere = sorted(range(start + 1, end), key=lambda at: abs(at - middle))
    return next((at for at in anywhere if not spoken.is_inside(at)), None)
