"""Whose voice a stretch of a chapter is: the narrator's, a part's, or that of another language."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import accumulate, groupby, pairwise
from operator import attrgetter

from pipeline.model import PARTS, Block, Change, Chapter, Part, Span
from pipeline.normalize.ipa import ipa_of
from pipeline.normalize.lexicon import NOTHING, Lexicon
from pipeline.normalize.passage import Passage
from pipeline.normalize.pieces import LONGEST_UTTERANCE
from pipeline.normalize.speakers import Talk, Turn, spoken_by

# A part and a language; the narrator and the chapter's own are "".
Who = tuple[str, str]
ALONE: Who = ("", "")
HEADINGS, NOTES, _ = PARTS
# Marks that belong to a phrase which they touch: nobody else could say them.
_CLOSES = re.compile(r"[.,;:!?…”’\"»)\]]+(?=\s|$)")
_OPENS = re.compile(r"(?:^|(?<=\s))[“‘\"«(\[]+$")
_LETTER = re.compile(r"[^\W\d_]")
# Plain text has its italics in signs: *this*, or _this_.
_STARRED = re.compile(r"(?<![\w*_])(?P<sign>[*_])(?P<word>[^\s*_][^*_\n]{0,60})(?P=sign)(?![\w*_])")
MOST_STRESSED = 4  # words in italics; more are a letter or a thought, and not said louder


@dataclass(frozen=True, slots=True)
class Role:
    """What is known of a voice before it speaks: its lexicon, the kinds of hints that its engine
    takes, how many characters at once, and what IPA it cannot say.
    """

    lexicon: Lexicon = NOTHING
    hints: frozenset[str] = frozenset()
    longest: int = LONGEST_UTTERANCE
    unsaid: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Cast:
    """All who speak in a chapter. A part speaks the languages for which it has a role."""

    roles: Mapping[Who, Role]
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Voiced:
    """A stretch of a passage, whose part it is, and its language, if not the chapter's."""

    start: int
    end: int
    part: str = ""
    language: str = ""

    @property
    def who(self) -> Who:
        return self.part, self.language


@dataclass(slots=True)
class Voices:
    """Goes through a chapter block by block; a quotation may go on from one to the next."""

    chapter: Chapter
    cast: Cast
    _talk: Talk | None = field(init=False)
    _spans: dict[str, list[Span]] = field(init=False)
    _ends: dict[str, list[int]] = field(init=False)  # of each span, or of one before it, if later

    def __post_init__(self) -> None:
        talks = any(part.name not in (HEADINGS, NOTES) for part in self.cast.parts)
        self._talk = Talk(self.cast.parts, self.chapter.language) if talks else None
        self._spans = {}
        for span in self.chapter.spans:
            if span.kind == "language":
                language = phrase_language(span.value, self.chapter.language)
                if language and any(tag == language for _, tag in self.cast.roles):
                    self._spans.setdefault("language", []).append(span)
            elif span.kind in ("aside", "speaker", "phoneme", "emphasis", "strong"):
                kind = "emphasis" if span.kind == "strong" else span.kind
                self._spans.setdefault(kind, []).append(span)
        self._ends = {
            kind: [*accumulate((span.end for span in spans), max)]
            for kind, spans in self._spans.items()
        }

    def of_block(self, block: Block) -> Who:
        """Who reads a block that is no dialogue."""
        names = [part.name for part in self.cast.parts]
        if block.kind == "heading":
            return (HEADINGS if HEADINGS in names else "", "")
        if NOTES in names and any(True for _ in self._inside("aside", block)):
            return (NOTES, "")
        return ALONE

    def stretches(self, block: Block, read: Passage) -> tuple[Voiced, ...]:
        """A block's text by its voices, without a gap."""
        part, _ = self.of_block(block)
        found = [Voiced(0, len(read.text), part)]
        if self._talk and block.kind == "heading":
            self.rest()
        elif self._talk and not part:
            turns = self._turns(self._talk, block, read)
            found = list(_laid(found, [Voiced(t.start, t.end, t.part) for t in turns]))
        for start, end, language in self._phrases(block, read):
            found = list(_in_language(found, start, end, language, self.cast.roles))
        return tuple(_merged(found))

    def rest(self) -> None:
        """A scene, or a section, ends: whoever was speaking has ended."""
        if self._talk:
            self._talk.unclosed = None

    def _turns(self, talk: Talk, block: Block, read: Passage) -> list[Turn]:
        """Who speaks in a block. What is quoted, or a note, does not interrupt a speech."""
        before = talk.unclosed
        marks = [(read.at(span.start), span.value) for span in self._inside("speaker", block)]
        found = list(spoken_by(read.text, marks, talk))
        is_aside = block.kind != "paragraph" or any(True for _ in self._inside("aside", block))
        if is_aside and not found:
            talk.unclosed = before
        return found

    def phonemes(self, block: Block, read: Passage, voiced: Sequence[Voiced]) -> tuple[Change, ...]:
        """Words whose sound the source itself tells, where the voice takes it."""
        return tuple(
            Change(start, end, "phonemes", "phonemes", read.text[start:end], ipa)
            for span in self._inside("phoneme", block)
            if (ipa := ipa_of(span.value))
            for start, end in [(read.at(span.start), read.at(span.end))]
            for one in voiced
            if one.start <= start < end <= one.end and "phonemes" in self.cast.roles[one.who].hints
        )

    def stressed(self, block: Block, read: Passage) -> tuple[tuple[int, int], ...]:
        """Where a word or a few stand in italics."""
        places = [(read.at(s.start), read.at(s.end)) for s in self._inside("emphasis", block)]
        places += [match.span("word") for match in _STARRED.finditer(read.text)]
        return tuple(
            (start, end)
            for start, end in places
            if start < end and len(read.text[start:end].split()) <= MOST_STRESSED
        )

    def _phrases(self, block: Block, read: Passage) -> Iterator[tuple[int, int, str]]:
        """The phrases of other languages in a block, those within others last."""
        for span in self._inside("language", block):
            start = max(0, read.at(max(span.start, block.start)))
            end = min(len(read.text), read.at(min(span.end, block.end)))
            if _LETTER.search(read.text, start, end):
                closes = _CLOSES.match(read.text, end)
                opens = _OPENS.search(read.text, 0, start)
                language = phrase_language(span.value, self.chapter.language)
                yield (
                    opens.start() if opens else start,
                    closes.end() if closes else end,
                    language,
                )

    def _inside(self, kind: str, block: Block) -> Iterator[Span]:
        """The spans of a kind that reach into a block."""
        spans, ends = self._spans.get(kind, []), self._ends.get(kind, [])
        first = bisect_left(ends, block.start)
        last = bisect_left(spans, block.end, key=attrgetter("start"))
        return (s for s in spans[first:last] if s.end > block.start or s.start >= block.start)


@cache
def phrase_language(tag: str, language: str) -> str:
    """A phrase's language as a BCP 47 tag; nothing if it is none, or the one all around it."""
    from langcodes import Language, standardize_tag, tag_is_valid

    if not tag_is_valid(tag):
        return ""
    one, other = Language.get(tag).language, Language.get(language).language
    return "" if one in (other, None, "und", "mul", "zxx", "mis") else standardize_tag(tag)


def _laid(below: Sequence[Voiced], above: Sequence[Voiced]) -> Iterator[Voiced]:
    """Stretches with others laid over them, which are in order."""
    for one in below:
        at = one.start
        for other in above:
            start, end = max(other.start, at), min(other.end, one.end)
            if start >= end:
                continue
            if at < start:
                yield Voiced(at, start, one.part, one.language)
            yield Voiced(start, end, other.part, other.language)
            at = end
        if at < one.end or one.start == one.end:
            yield Voiced(at, one.end, one.part, one.language)


def _merged(found: Sequence[Voiced]) -> Iterator[Voiced]:
    """Neighbours with one voice become one: nobody takes a breath there."""
    for _, run in groupby(found, key=attrgetter("who")):
        one, *others = run
        yield replace(one, end=others[-1].end if others else one.end)


def _in_language(
    found: Sequence[Voiced], start: int, end: int, language: str, roles: Mapping[Who, Role]
) -> Iterator[Voiced]:
    """Stretches with a phrase in another language in them, where whoever speaks can say it."""
    for one in found:
        places = sorted({one.start, one.end, *(p for p in (start, end) if one.start < p < one.end)})
        if one.start == one.end:
            yield one
        for at, to in pairwise(places):
            inside = start <= at and to <= end and (one.part, language) in roles
            yield Voiced(at, to, one.part, language if inside else one.language)
