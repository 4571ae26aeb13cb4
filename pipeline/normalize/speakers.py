"""Who speaks in a paragraph: quotations, and what stands beside them and says whose they are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from pipeline.model import Part
from pipeline.normalize.attributions import said_before, said_behind

QUOTATIONS = "quotations"
# A quotation from its first mark to its last, the outermost alone; what is never closed goes on to
# the paragraph's end, as where the next paragraph opens with a mark again.
_QUOTED = re.compile(
    r"“[^“”]*(?:”|\Z)"
    r"|(?<![^\s(\[—–-])\"(?=\S)[^\"]*(?:\"|\Z)"
    r"|«[^«»]*(?:»|\Z)|»[^«»]*«|„[^„“”]*(?:[“”]|\Z)"
    r"|(?<![^\s(\[—–-])‘(?=\S)(?:[^‘’]|(?<![,.!?;:…—–-])’|’(?=\w))*(?:(?<=[,.!?;:…—–-])’(?!\w)|\Z)"
    r"|「[^「」]*(?:」|\Z)|『[^『』]*(?:』|\Z)"
)
_OPENS = '“"«»„‘「『'
# What is said ends like a sentence or a clause; a word that is only called something does not.
_ENDS = re.compile(r"[.!?…,;:—–。！？，、-][\"'”’»«“)*_\s」』]*\Z")
_GOES_ON = re.compile(r"(?:^|[.!?,:;…—–\"”’»)\]*_。！？，、])\s*\Z")
_TITLES = frozenset(
    "mr mrs ms miss mx dr prof rev sir lady lord madam mme mlle monsieur herr frau fräulein señor "
    "señora signor signora captain capt col colonel gen general major sgt aunt uncle".split()
)


@dataclass(frozen=True, slots=True)
class Turn:
    """A stretch of a paragraph and the part that it belongs to."""

    start: int
    end: int
    part: str


@dataclass(slots=True)
class Talk:
    """A cast, and who is still speaking where a paragraph ends in the middle of a quotation."""

    parts: Sequence[Part]
    unclosed: str | None = None
    names: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.names = {
            name.casefold(): part.name for part in self.parts for name in (part.name, *part.also)
        }

    @property
    def others(self) -> str:
        """Who says what nobody is named for; the narrator, if there is no such part."""
        return QUOTATIONS if any(part.name == QUOTATIONS for part in self.parts) else ""


def turns(text: str, talk: Talk) -> list[Turn]:
    """The quotations of a paragraph that are speech, in order, and whose they are."""
    found: list[Turn] = []
    last: str | None = None  # who has spoken in this paragraph: whoever goes on is the same
    goes_on, talk.unclosed = talk.unclosed, None
    for match in _QUOTED.finditer(text):
        start, end = match.span()
        behind = said_behind(text, end)
        if not (behind or _is_speech(text, start, end)):
            continue
        who = behind or said_before(text, start)
        if who:
            last = _named(who, talk)
        elif last is None and goes_on is not None and not text[:start].strip():
            last = goes_on
        speaker = talk.others if last is None else last
        found.append(Turn(start, end, speaker))
        if match[0][-1] not in '”"»«“’」』' or end - start == 1:
            talk.unclosed = speaker
    return found


def _is_speech(text: str, start: int, end: int) -> bool:
    """Whether a quotation is said by somebody, and is not a title or a word in quotes."""
    return bool(_ENDS.search(text, start + 1, end) or end == len(text)) and bool(
        _GOES_ON.search(text, 0, start)
    )


def _named(who: str, talk: Talk) -> str:
    """The part of somebody whom the text names; of others if they have none."""
    folded = " ".join(who.split()).casefold().rstrip(".,")
    if folded in talk.names:
        return talk.names[folded]
    words = folded.split()
    if words[0].rstrip(".") in _TITLES:  # Miss Darcy is not Darcy
        return talk.others
    for name, part in talk.names.items():
        one = name.split()
        if len(words) > len(one) > 0 and one in (words[-len(one) :], words[: len(one)]):
            return part
    return talk.others


def spoken_by(text: str, marks: Sequence[tuple[int, str]], talk: Talk) -> Iterator[Turn]:
    """A paragraph's turns; where marks say who speaks from there on, they count."""
    quoted = turns(text, talk)
    places = [*marks, (len(text), "")]
    before = places[0][0]
    yield from (turn for turn in quoted if turn.start < before)
    for (start, name), (end, _) in pairwise(places):
        if name:
            yield Turn(start, end, name)
        else:
            yield from (turn for turn in quoted if start <= turn.start < end)
