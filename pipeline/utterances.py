"""A block -> its utterances: what is said in one breath each, by whom, and what nobody hears."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from pipeline.model import Block, Change, Chapter, Hint, Skipped, Utterance
from pipeline.normalize.cast import Cast, Voiced, Voices
from pipeline.normalize.clean import title_of
from pipeline.normalize.hints import hints
from pipeline.normalize.passage import Edit, Passage, edits, passage
from pipeline.normalize.pieces import ends_clause, fit, pieces
from pipeline.normalize.rule import HETERONYM, Spoken
from pipeline.normalize.sentences import bare_span, sentences
from pipeline.normalize.speak import Stretch, speak, speak_all

_WORDS = re.compile(r"[^\W_]")
# Symbols that an engine says by name; a line of them is not silence.
_SAID_SYMBOL = re.compile(r"[%&+=@#$£€¥°§]")


@dataclass(frozen=True, slots=True)
class Reading:
    """A chapter, and what decides how its blocks are said."""

    chapter: Chapter
    titles: Mapping[Block, str]
    edits: Sequence[Edit]
    cast: Cast
    voices: Voices
    explained: bool


def reading(chapter: Chapter, cast: Cast, *, explained: bool = False) -> Reading:
    """A chapter, about to be read from its start by this cast."""
    voices = Voices(chapter, cast)
    return Reading(chapter, _titles(chapter), edits(chapter), cast, voices, explained)


@dataclass(frozen=True, slots=True)
class Told:
    """A block as it reads, what is said otherwise in it, and by whom; a title may have its own way.

    `stressed` are stretches in italics.
    """

    block: Block
    read: Passage
    title: str | None
    source: Spoken
    voiced: Sequence[Voiced]
    stressed: Sequence[tuple[int, int]]


def utterances(
    reading: Reading, block: Block, skipped: list[Skipped]
) -> Iterator[tuple[str, Utterance]]:
    """What is said of a block, breath by breath, and the rest before it; none before the first.

    Of code it is only said that it is there.
    """
    chapter = reading.chapter
    if block.kind == "code":
        text = chapter.text[block.start : block.end]
        skipped.append(Skipped("code", text, block.start, block.end))
        yield "", Utterance(text, _announced(text), block.start, block.end)
        return
    told = _told(reading, block)
    why = part = ""
    for sentence in _sentences(told, chapter.language):
        for start, end, voice in _pieces(told, sentence, reading.cast):
            line = _utterance(reading, told, (start, end), voice)
            if line:
                is_anothers = why == "phrase" and line.part != part  # who takes a breath
                yield "clause" if is_anothers else why, line
                skipped += _silent(told.source, start, end, told.read)
                why = "clause" if ends_clause(told.read.text, end) else "phrase"
                part = line.part
            else:
                skipped += _nothing(chapter, told.read.start(start), told.read.end(end))
        why = why and "sentence"


def _told(reading: Reading, block: Block) -> Told:
    title, voices = reading.titles.get(block), reading.voices
    read = passage(reading.chapter, block, () if title else reading.edits)
    if title is None:
        voiced = voices.stretches(block, read)
        source = _spoken(reading, block, read, voiced)
    else:
        who = voices.of_block(block)
        voiced = (Voiced(0, len(read.text), *who),)
        lexicon = reading.cast.roles[who].lexicon
        said = speak(title, reading.chapter.language, lexicon).between(0, len(title))
        source = Spoken(read.text, (Change(0, len(read.text), "title", "title", said),))
    return Told(block, read, title, source, voiced, voices.stressed(block, read))


def _spoken(reading: Reading, block: Block, read: Passage, voiced: Sequence[Voiced]) -> Spoken:
    """A block's text with all that is said otherwise, by the rules of each stretch's language."""
    language, roles = reading.chapter.language, reading.cast.roles
    stretches = (
        Stretch(one.start, one.end, one.language or language, roles[one.who].lexicon)
        for one in voiced
    )
    return speak_all(read.text, stretches, reading.voices.phonemes(block, read, voiced))


def _sentences(told: Told, language: str) -> Iterable[tuple[int, int]]:
    """Where a reader takes a breath; a heading is one."""
    if told.block.kind == "heading":
        return [(0, len(told.read.text))]
    return sentences(told.source, language)


def _utterance(
    reading: Reading, told: Told, span: tuple[int, int], voice: Voiced
) -> Utterance | None:
    """What is said of a piece; None where that is nothing."""
    read, source = told.read, told.source
    said = fit(source.between(*span))
    if not (_WORDS.search(said) or _SAID_SYMBOL.search(said)):
        return None
    start, end = read.start(span[0]), read.end(span[1])
    text = reading.chapter.text[start:end]
    opens = told.block.kind == "heading" and span[0] == 0
    return Utterance(
        text=text,
        spoken=text if said == text else said,  # kept once
        start=start,
        end=end,
        heading=(told.title or title_of(read.text)) if opens else "",
        respelled=_respelled(source, *span),
        changes=tuple(_changes(source, *span, read)) if reading.explained else (),
        part=voice.part,
        language=voice.language,
        hints=_hints(reading, told, span, voice),
    )


def _hints(reading: Reading, told: Told, span: tuple[int, int], voice: Voiced) -> tuple[Hint, ...]:
    """What an engine is told, but for IPA that its voice cannot say."""
    role = reading.cast.roles[voice.who]
    if not role.hints:
        return ()
    language = voice.language or reading.chapter.language
    found = hints(told.source, span, told.stressed, role.hints, language)
    return tuple(hint for hint in found if hint.value not in role.unsaid)


def _nothing(chapter: Chapter, start: int, end: int) -> Iterator[Skipped]:
    """A piece of marks alone, which may have nothing between its ends."""
    if start < end:
        yield Skipped("nothing to say", chapter.text[start:end], start, end)


def _pieces(told: Told, span: tuple[int, int], cast: Cast) -> Iterator[tuple[int, int, Voiced]]:
    """A sentence in pieces, each of one voice, and no longer than its engine takes."""
    source = told.source
    for one in told.voiced:
        start, end = max(span[0], one.start), min(span[1], one.end)
        if start < end:
            longest = cast.roles[one.who].longest
            for part in bare_span(source.source, start, end):
                yield from ((*piece, one) for piece in pieces(source, part, longest))


def _announced(code: str) -> str:
    lines = code.count("\n") + 1
    return f"A listing of {lines} lines." if lines > 1 else "A line of code."


def _silent(source: Spoken, start: int, end: int, read: Passage) -> Iterator[Skipped]:
    """What a rule leaves out in the middle of a line: marks of emphasis, say."""
    for change in source.within(start, end):
        text = source.source[change.start : change.end]
        if text.strip() and not change.spoken.strip() and change.kind != "punctuation":
            yield Skipped(change.rule, text, read.start(change.start), read.end(change.end))


def _respelled(source: Spoken, start: int, end: int) -> str:
    """What an engine gets, if that is not what is spoken."""
    if not any(change.kind == HETERONYM for change in source.within(start, end)):
        return ""
    return fit(source.between(start, end, heard=True))


def _changes(source: Spoken, start: int, end: int, read: Passage) -> Iterator[Change]:
    """What a line says otherwise, by its places in the chapter; quotes and dashes aside."""
    for change in source.within(start, end):
        if change.kind != "punctuation":
            yield replace(change, start=read.start(change.start), end=read.end(change.end))


def _titles(chapter: Chapter) -> dict[Block, str]:
    """The headings that are said otherwise than they are written."""
    said = {(s.start, s.end): s.value for s in chapter.spans if s.kind == "said"}
    blocks = chapter.blocks if said else ()
    return {b: said[b.start, b.end] for b in blocks if (b.start, b.end) in said}
