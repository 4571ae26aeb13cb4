"""What an engine is told beside the words: how some of them sound, and which are stressed."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from pipeline.model import Hint
from pipeline.normalize.pieces import fit
from pipeline.normalize.rule import Spoken

_OWNED = re.compile(r"['’][sS]\b|[sS]['’](?!\w)")
_HISSES, _VOICELESS = tuple("szʃʒʧʤ"), tuple("ptkfθ")


def hints(
    source: Spoken,
    span: tuple[int, int],
    stressed: Sequence[tuple[int, int]],
    taken: Collection[str],
    language: str,
) -> tuple[Hint, ...]:
    """The hints for a piece of a text, of the kinds that are taken; none overlaps another.

    Their positions are in what the engine gets for the piece.
    """
    found = [*_phonemes(source, span, language)] if "phonemes" in taken else []
    for start, end in stressed if "emphasis" in taken else ():
        if span[0] <= start and end <= span[1] and (start, end) != span:
            place = _place(source, span, start, end)
            if place and not any(h.start < place[1] and place[0] < h.end for h in found):
                found.append(Hint(*place, "emphasis"))
    return tuple(sorted(found))


def _phonemes(source: Spoken, span: tuple[int, int], language: str) -> Iterator[Hint]:
    """The words that sound otherwise; an English 's goes with its word, or it would be "ess"."""
    for change in source.within(*span):
        place = change.ipa and _place(source, span, change.start, change.end)
        if place:
            owned = None
            if language.lower().startswith("en"):
                owned = _OWNED.match(fit(source.between(*span, heard=True)), place[1])
            ending = _s_behind(change.ipa) if owned else ""
            yield Hint(place[0], place[1] + 2 * bool(owned), "phonemes", change.ipa + ending)


def _s_behind(ipa: str) -> str:
    """How an English 's sounds behind a word."""
    end = ipa.rstrip("ːˑ ")
    return "ɪz" if end.endswith(_HISSES) else "s" if end.endswith(_VOICELESS) else "z"


def _place(source: Spoken, span: tuple[int, int], start: int, end: int) -> tuple[int, int] | None:
    """Where a stretch is in what the engine gets; None if spaces were put into it to make it fit,
    as into a word of a hundred letters.
    """
    whole = fit(source.between(*span, heard=True))
    upto = fit(source.between(span[0], end, heard=True))
    said = fit(source.between(start, end, heard=True))
    fits = said and whole.startswith(upto) and upto.endswith(said)
    return (len(upto) - len(said), len(upto)) if fits else None
