"""What an engine is told beside the words: how some of them sound, and which are stressed."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from pipeline.model import Hint
from pipeline.normalize.pieces import fit
from pipeline.normalize.rule import Spoken


def hints(
    source: Spoken,
    span: tuple[int, int],
    stressed: Sequence[tuple[int, int]],
    taken: Collection[str],
    unsaid: Collection[str] = (),
) -> tuple[Hint, ...]:
    """The hints for a piece of a text, of the kinds that are taken; none overlaps another.

    Their positions are in what the engine gets for the piece. IPA that is `unsaid` is none.
    """
    found = [*_phonemes(source, span)] if "phonemes" in taken else []
    found = [hint for hint in found if hint.value not in unsaid]
    for start, end in stressed if "emphasis" in taken else ():
        if span[0] <= start and end <= span[1] and (start, end) != span:
            place = _place(source, span, start, end)
            if place and not any(h.start < place[1] and place[0] < h.end for h in found):
                found.append(Hint(*place, "emphasis"))
    return tuple(sorted(found))


def _phonemes(source: Spoken, span: tuple[int, int]) -> Iterator[Hint]:
    for change in source.within(*span):
        place = change.ipa and _place(source, span, change.start, change.end)
        if place:
            yield Hint(*place, "phonemes", change.ipa)


def _place(source: Spoken, span: tuple[int, int], start: int, end: int) -> tuple[int, int] | None:
    """Where a stretch is in what the engine gets; None if spaces were put into it to make it fit,
    as into a word of a hundred letters.
    """
    whole = fit(source.between(*span, heard=True))
    upto = fit(source.between(span[0], end, heard=True))
    said = fit(source.between(start, end, heard=True))
    fits = said and whole.startswith(upto) and upto.endswith(said)
    return (len(upto) - len(said), len(upto)) if fits else None
