"""Who speaks in a paragraph: quotations, and what stands beside them and says whose they are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from pipeline.model import Part
from pipeline.normalize.dialogue import said_before, said_behind, said_directly

QUOTATIONS = "quotations"
NEAR = 20  # characters
# What opens a quotation, and what closes it.
_CLOSERS = {"“": "”", "«": "»", "»": "«»", "„": "“”", "「": "」", "『": "』", "”": "”", '"': '"'}
_OPENER = re.compile(r"[“«»„「『]|(?<![^\s(\[—–-])[\"”](?=\S)|(?<![^\s(\[—–\u2060-])[‘'](?=\w)")
# Words that begin with an apostrophe, which typesetters turn the wrong way round.
_ELIDED = re.compile(
    r"[‘'](?:(?:tis|twas|twere|twill|em|n|cause|til|till|round|bout|im|er|s)\b|\d)", re.IGNORECASE
)
# What is said ends like a sentence or a clause; a word that is only called something does not.
_ENDS = re.compile(r"[.!?…,;:—–。！？，、-][\"'”’»«“)*_\s」』\u2060]*\Z")
_GOES_ON = re.compile(r"(?:[.!?,:;…—–\"”’»«)\]*_\n。！？，、\u2060])\s*\Z")
_BESIDE = re.compile(r"[”\"’»«」』]\s*\Z")
_TITLES = frozenset(
    "mr mrs ms miss mx dr prof rev sir lady lord madam mme mlle monsieur madame herr frau fräulein "
    "señor señora signor signora captain capt col colonel gen general major sgt aunt uncle".split()
)
_ADDED = frozenset("the a an poor old young little dear big good".split())


@dataclass(frozen=True, slots=True)
class Turn:
    """A stretch of a paragraph and the part that it belongs to."""

    start: int
    end: int
    part: str


@dataclass(frozen=True, slots=True)
class Quotation:
    """The outermost marks and what is in them; what is never closed ends with its paragraph."""

    start: int
    end: int
    closed: bool = True


@dataclass(slots=True)
class Talk:
    """A cast, and who is still speaking where a paragraph ends in the middle of a quotation."""

    parts: Sequence[Part]
    language: str = "en"
    unclosed: str | None = None
    names: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.names = {
            _plain(name): part.name for part in self.parts for name in (part.name, *part.also)
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
    was_speech = True
    for one in quotations(text):
        who = said_behind(text, one.start, one.end, talk.language)
        is_beside = _BESIDE.search(_left(text, one.start)) is not None
        was_speech = bool(who) or (_is_speech(text, one, talk) and (was_speech or not is_beside))
        if not was_speech:
            continue
        who = who or said_before(text, one.start, talk.language)
        who = who or said_directly(text, one.start, talk.language)
        if who:
            last = _named(who, talk)
        elif last is None and goes_on is not None and _opens(text, one.start):
            last = goes_on
        speaker = talk.others if last is None else last
        found.append(Turn(one.start, one.end, speaker))
        if not one.closed:
            talk.unclosed = speaker
    return found


def quotations(text: str) -> Iterator[Quotation]:
    """The quotations of a paragraph, the outermost alone."""
    at = 0
    while opener := _OPENER.search(text, at):
        start = opener.start()
        one = _single(text, start) if opener[0] in "‘'" else _double(text, start)
        at = one.end if one else start + 1
        if one:
            yield one


def _double(text: str, start: int) -> Quotation | None:
    closers = _CLOSERS[text[start]]
    for at in range(start + 1, len(text)):
        if text[at] in closers:
            return Quotation(start, at + 1)
        if text[at] == text[start]:  # the one before was never closed
            return None
    return None if text[start] in "”»" else Quotation(start, len(text), closed=False)


def _single(text: str, start: int) -> Quotation | None:
    """A quotation in single marks, which are apostrophes as well; None if it is none.

    The first mark that stands behind punctuation closes it, else the first behind a word.
    """
    if _ELIDED.match(text, start):
        return None
    closer, behind_word, at = "’" if text[start] == "‘" else "'", None, start + 1
    while at < len(text):
        char, following = text[at], text[at + 1 : at + 2]
        if char == "“":  # another's words in it
            at = text.find("”", at)
            if at < 0:
                break
        elif char == "‘":
            break
        elif char == closer and not following.isalnum():
            if text[at - 1] in ",.!?;:…—–-":
                return Quotation(start, at + 1)
            behind_word = behind_word or Quotation(start, at + 1)
        at += 1
    if behind_word or closer == "'":
        return behind_word if closer == "’" else None
    goes_on = at >= len(text) and _opens(text, start)
    return Quotation(start, len(text), closed=False) if goes_on else None


def _left(text: str, at: int) -> str:
    """What stands just before a place: more would be read again for each quotation."""
    return text[max(0, at - NEAR) : at]


def _opens(text: str, at: int) -> bool:
    """Whether a paragraph begins there, white space aside."""
    return at <= NEAR and not text[:at].strip()


def _is_speech(text: str, one: Quotation, talk: Talk) -> bool:
    """Whether a quotation is said by somebody, and is not a title or a word in quotes.

    Where a language has its comma behind the mark, that ends it as well.
    """
    ends = not one.closed or _ENDS.search(text, one.start + 1, one.end) is not None
    if not ends and not talk.language.lower().startswith("en"):
        ends = text[one.end : one.end + 1] in {",", ";"}
    if not ends:
        return False
    if _opens(text, one.start) or _GOES_ON.search(_left(text, one.start)):
        return True
    return bool(said_directly(text, one.start, talk.language))


def _plain(name: str) -> str:
    """A name as it is compared: "Mr.  Brown" is "mr brown", and "the girl" is "girl"."""
    words = name.replace(".", " ").casefold().split()
    while len(words) > 1 and words[0] in _ADDED:
        words = words[1:]
    return " ".join(words)


def _named(who: str, talk: Talk) -> str:
    """The part of somebody whom the text names; of others if they have none."""
    folded = _plain(who)
    if folded in talk.names:
        return talk.names[folded]
    words = folded.split()
    if words[0] in _TITLES:  # Miss Darcy is not Darcy
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
