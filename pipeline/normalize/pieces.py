"""Sentences that an engine can take: long ones are cut at clauses, else words, else anywhere."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.normalize.rule import Spoken
from pipeline.normalize.sentences import Span, bare_span

# Characters as spoken. Neural engines lose text past about 500 phonemes; none minds less.
LONGEST_UTTERANCE = 400
_CLAUSE = re.compile(r"[,;:—–…][\"'”’)]*\s|\s(?=[—–])|[，、；：]")
_DASH = re.compile(r"\s*[—–]")
_CLAUSE_ENDS = re.compile(r"[,;:—–…，、；：][\"'”’)」』）]*\s*$")

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


def pieces(spoken: Spoken, span: Span, longest: int = LONGEST_UTTERANCE) -> Iterator[Span]:
    """The span, or parts of it that fit an engine: cut at clauses, else words, else anywhere."""
    start, end = span
    if len(fit(spoken.between(start, end, heard=True))) <= longest or end - start < 2:
        yield span
        return
    cut = _cut(spoken, start, end)
    if cut is None:
        yield span
        return
    for part in (*bare_span(spoken.source, start, cut), *bare_span(spoken.source, cut, end)):
        yield from pieces(spoken, part, longest)


def ends_clause(text: str, at: int) -> bool:
    """Whether a clause ends at this position, by its mark or by the dash that follows."""
    return bool(_DASH.match(text, at) or _CLAUSE_ENDS.search(text, max(0, at - 8), at))


def _cut(spoken: Spoken, start: int, end: int) -> int | None:
    """The best place near the middle."""
    middle = (start + end) // 2
    reach = (end - start) * 2 // 5
    window = max(start + 1, middle - reach), min(end, middle + reach)
    for pattern in (_CLAUSE, re.compile(r"\s+")):
        found = [m.end() for m in pattern.finditer(spoken.source, *window)]
        found = [at for at in found if start < at < end and not spoken.around(at)]
        if found:
            return min(found, key=lambda at: abs(at - middle))
    anywhere = sorted(range(start + 1, end), key=lambda at: abs(at - middle))
    return next((at for at in anywhere if not spoken.around(at)), None)
