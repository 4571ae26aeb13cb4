"""Where a reader takes a breath: the sentences of a block, none longer than an engine can take."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.normalize.rule import Spoken

# Characters as spoken. Neural engines lose text past about 500 phonemes; none minds less.
LONGEST_UTTERANCE = 400

Span = tuple[int, int]

# Possessive, and only from the first of a run of marks: a page of dots costs no more than a page.
_CLOSERS = r"[\"'”’»)\]*_]*+(?:[\u00a0\u202f ]»)?"
_BOUNDARY = re.compile(
    rf"(?<![.!?…])(?P<mark>[.!?…]++){_CLOSERS}(?=\s)|(?P<wide>[。！？]++)[」』”’）\"']*+"
)
_OPENS_SMALL = re.compile(r"[\s\"'“‘«(\[*_—–-]*[^\W\d_]")
_CLAUSE = re.compile(r"[,;:—–…][\"'”’)]*\s|\s(?=[—–])")
_WORD_BEFORE = re.compile(r"(?<![^\W_])((?:[^\W\d_]\.)*[^\W\d_]+)$")
# Abbreviations that something always follows, and those that only a number does.
_GOES_ON = frozenset(
    "mr mrs ms messrs dr prof st lt col gen capt cpt sgt cmdr rev hon fr sen rep gov pres mt ft vs "
    "cf ca approx".split()
)
_BEFORE_A_NUMBER = frozenset(
    "no nos nr p pp ch chap vol fig sec art ext ed rs bk jan feb mar apr jun jul aug sep sept oct "
    "nov dec".split()
)
# After "U.S." or "p.m." these open a new sentence, and most other words do not.
_OPENERS = frozenset(
    "A An And But For He Her His I If In It Nobody Nothing She So Some That The Then There They "
    "This We What When Who You".split()
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
    return not word or not _is_abbreviation(word[1], text[match.end() : match.end() + 40])


def _is_abbreviation(word: str, following: str) -> bool:
    """Whether the full stop after this word belongs to it, by what follows."""
    if "." in word:
        opener = re.match(r"[\s\"'“‘(]*([A-Za-z]+)", following)
        goes_on = opener is not None and opener[1] not in _OPENERS
        return word == "P.S" or (word.isupper() and goes_on)
    if len(word) == 1 and word.isupper() and word != "I":  # an initial
        return True
    if word.lower() in _BEFORE_A_NUMBER:
        return bool(re.match(r"\s+\d", following))
    return word.lower() in _GOES_ON


# Engines lose what does not fit into their word buffer (espeak-ng: about 150 phoneme codes, which
# twelve letters fill when they are spelled). No word of any language comes near these bounds.
LONGEST_WORD = 64
LONGEST_SPELLED = 12
LONGEST_NUMBER = 15
LONGEST_SIGNS = 8
LONGEST_CHAIN = 60
_VOWEL = re.compile(r"[^\Wb-df-hj-np-tv-xzB-DF-HJ-NP-TV-XZ\d_]")


def fit(said: str) -> str:
    """The same with spaces in what has no end: a thousand letters, digits or signs in a row."""
    fitted = re.sub(rf"\S{{{LONGEST_SIGNS + 1},}}", lambda match: _fit_word(match.group()), said)
    return " ".join(fitted.split())


def _fit_word(word: str) -> str:
    parts = [_fit_run(run) for run in re.findall(r"\d+|[^\W\d_]+|[\W_]+", word)]
    joined = "".join(parts)
    if len(word) <= LONGEST_CHAIN:
        return joined
    return re.sub(rf"(\S{{{LONGEST_CHAIN // 2},}}?[^\w\s])(?=\w)", r"\1 ", joined)


def _fit_run(run: str) -> str:
    if run.isdecimal():
        return run if len(run) <= LONGEST_NUMBER else f" {' '.join(run)} "
    if not run[0].isalpha():
        size = LONGEST_SIGNS
    elif len(run) <= (LONGEST_WORD if _VOWEL.search(run) else LONGEST_SPELLED):
        return run
    else:
        size = LONGEST_SPELLED
    return " ".join(run[at : at + size] for at in range(0, len(run), size))


def pieces(spoken: Spoken, span: Span) -> Iterator[Span]:
    """The span, or parts of it that fit an engine: cut at clauses, else words, else anywhere."""
    start, end = span
    if len(fit(spoken.between(start, end))) <= LONGEST_UTTERANCE or end - start < 2:
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
