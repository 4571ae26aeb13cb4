"""Chapter -> Script: what is said, in which order, and how long to rest in between."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any

from pipeline.errors import AudiobookError
from pipeline.model import Block, Change, Chapter, Hint, Pace, Pause, Script, Skipped, Utterance
from pipeline.normalize.cast import ALONE, Cast, Role, Voiced, Voices
from pipeline.normalize.clean import title_of
from pipeline.normalize.hints import hints
from pipeline.normalize.lexicon import NOTHING, Lexicon
from pipeline.normalize.passage import Edit, Passage, edits, passage
from pipeline.normalize.pieces import ends_clause, fit, pieces
from pipeline.normalize.rule import HETERONYM, Spoken
from pipeline.normalize.sentences import bare_span, sentences
from pipeline.normalize.speak import Stretch, speak, speak_all

_WORDS = re.compile(r"[^\W_]")
# Symbols that an engine says by name; a line of them is not silence.
_SAID_SYMBOL = re.compile(r"[%&+=@#$£€¥°§]")
_SENTENCE_ENDS = re.compile(r"[.!?…。！？][\"'”’»)\]*_」』）]*$")
# The rest between two blocks of a kind, and between such a block and one of another kind.
_ALIKE = {"verse": "verse_line", "item": "list_item", "row": "table_row"}
_APART = {"quotation": "quotation", "verse": "stanza"}
NO_REST = Pause(0, "")


@dataclass(frozen=True, slots=True)
class Reading:
    """A chapter, and what decides how its blocks are said."""

    chapter: Chapter
    titles: Mapping[Block, str]
    edits: Sequence[Edit]
    cast: Cast
    voices: Voices
    explained: bool


def write(
    chapter: Chapter,
    pace: Pace,
    lexicon: Lexicon = NOTHING,
    *,
    cast: Cast | None = None,
    explained: bool = False,
) -> Script:
    """The script of a chapter; every character of it is spoken, skipped by a rule, or space.

    Without a `cast` the narrator speaks all of it, with this lexicon. `explained`: each utterance
    has its changes.
    """
    left_out = list(chapter.skipped)
    cast = cast or Cast({ALONE: Role(lexicon)})
    voices = Voices(chapter, cast)
    reading = Reading(chapter, _titles(chapter), edits(chapter), cast, voices, explained)
    lines: list[Utterance | Pause] = []
    rest = Pause(pace.chapter_start, "chapter_start")
    last: Block | None = None
    for block in chapter.blocks:
        if block.kind == "break":
            rest = longer(rest, Pause(pace.scene_break, "scene_break"))
            continue
        spoken = list(_utterances(reading, block, left_out))
        if spoken and last:
            met = [_rest(pace, why) for why in _between(chapter, last, block)]
            rest = reduce(longer, [*met, rest])
        for why, utterance in spoken:
            lines += [_rest(pace, why) if why else rest, utterance]
            rest, last = NO_REST, block
    if lines:
        lines.append(Pause(pace.chapter_end, "chapter_end"))
    script = Script(chapter, tuple(lines), tuple(sorted(left_out, key=lambda s: s.start)))
    check_ledger(script)
    return script


def packed(script: Script) -> bytes:
    """What a script has beside its chapter, as JSON; texts are the chapter's, by their spans."""
    lines = [
        [line.ms, line.why] if isinstance(line, Pause) else _packed(line) for line in script.lines
    ]
    skipped = [[piece.rule, piece.start, piece.end, piece.text] for piece in script.skipped]
    return json.dumps([lines, skipped], ensure_ascii=False).encode()


def _packed(line: Utterance) -> list[Any]:
    spoken = None if line.spoken == line.text else line.spoken
    unusual = [line.respelled, line.part, line.language, line.hints]
    while unusual and not unusual[-1]:
        unusual.pop()
    return [line.start, line.end, spoken, line.heading, *unusual]


def unpacked(data: bytes, chapter: Chapter) -> Script:
    """The script that `packed` made of this chapter's."""
    lines, skipped = json.loads(data)
    return Script(
        chapter,
        tuple(Pause(*line) if len(line) == 2 else _utterance(chapter, line) for line in lines),
        tuple(Skipped(rule, text, start, end) for rule, start, end, text in skipped),
    )


def _utterance(chapter: Chapter, packed: list[Any]) -> Utterance:
    start, end, spoken, heading, *unusual = packed
    respelled, part, language, hints = [*unusual, "", "", "", ()][:3] + [*unusual[3:], ()][:1]
    text = chapter.text[start:end]
    return Utterance(
        text=text,
        spoken=text if spoken is None else spoken,
        start=start,
        end=end,
        heading=heading,
        respelled=respelled,
        part=part,
        language=language,
        hints=tuple(Hint(*hint) for hint in hints),
    )


def longer(one: Pause, other: Pause) -> Pause:
    """Rests do not add up: where two meet, the longer one is kept."""
    return max(one, other, key=lambda pause: pause.ms)


def _rest(pace: Pace, why: str) -> Pause:
    return Pause(getattr(pace, why), why)


def _between(chapter: Chapter, one: Block, other: Block) -> Iterator[str]:
    """The rests that meet between two blocks, by their fields of `Pace`."""
    kinds = {one.kind, other.kind}
    if other.kind == "heading":
        yield "before_heading"
    if one.kind == "heading":
        yield "after_heading"
    elif len(kinds) == 1 and one.kind in _ALIKE:
        yield from _alike(chapter, one, other)
    else:  # what a colon announces stands on the next line
        announces = chapter.text[one.start : one.end].rstrip().endswith((":", "："))
        yield "sentence" if announces else "paragraph"
    if len(kinds) == 2:
        yield from (why for kind, why in _APART.items() if kind in kinds)


def _alike(chapter: Chapter, one: Block, other: Block) -> Iterator[str]:
    """What lies between two blocks of a kind; a line of verse may end a clause or a sentence."""
    is_verse = one.kind == "verse"
    if is_verse and chapter.text.count("\n", one.end, other.start) > 1:
        yield "stanza"
        return
    yield _ALIKE[one.kind]
    text = chapter.text[one.start : one.end].rstrip()
    if is_verse and _SENTENCE_ENDS.search(text):
        yield "sentence"
    elif is_verse and ends_clause(text, len(text)):
        yield "clause"


def _titles(chapter: Chapter) -> dict[Block, str]:
    """The headings that are said otherwise than they are written."""
    said = {(s.start, s.end): s.value for s in chapter.spans if s.kind == "said"}
    blocks = chapter.blocks if said else ()
    return {b: said[b.start, b.end] for b in blocks if (b.start, b.end) in said}


def _utterances(
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
    title = reading.titles.get(block)
    read = passage(chapter, block, () if title else reading.edits)
    voiced = reading.voices.stretches(block, read) if title is None else ()
    source = _spoken(read, title, voiced, block, reading)
    spans: Iterable[tuple[int, int]] = (
        [(0, len(read.text))] if block.kind == "heading" else sentences(source, chapter.language)
    )
    if title is not None:
        voiced = (Voiced(0, len(read.text), *reading.voices.of_block(block)),)
    stressed = reading.voices.stressed(block, read)
    why = last = ""
    for span in spans:
        for start, end, voice in _pieces(source, span, voiced, reading.cast):
            said = fit(source.between(start, end))
            at = read.start(start), read.end(end)
            text = chapter.text[slice(*at)]
            if _WORDS.search(said) or _SAID_SYMBOL.search(said):
                starts = block.kind == "heading" and start == 0
                changes = tuple(_changes(source, start, end, read)) if reading.explained else ()
                heard = _respelled(source, start, end)
                role = reading.cast.roles[voice.who]
                told = _told(
                    source, (start, end), stressed, role, voice.language or chapter.language
                )
                if why == "phrase" and voice.part != last:
                    why = "clause"  # somebody else takes a breath
                last = voice.part
                yield (
                    why,
                    Utterance(
                        text=text,
                        spoken=text if said == text else said,  # kept once
                        start=at[0],
                        end=at[1],
                        heading=(title or title_of(read.text)) if starts else "",
                        respelled=heard,
                        changes=changes,
                        part=voice.part,
                        language=voice.language,
                        hints=told,
                    ),
                )
                skipped += _silent(source, start, end, read)
                why = "clause" if ends_clause(read.text, end) else "phrase"
            elif text:  # a mark alone may leave nothing between its ends
                skipped.append(Skipped("nothing to say", text, *at))
        why = why and "sentence"


def _told(
    source: Spoken,
    span: tuple[int, int],
    stressed: Sequence[tuple[int, int]],
    role: Role,
    language: str,
) -> tuple[Hint, ...]:
    """What an engine is told, but for IPA that its voice cannot say."""
    found = hints(source, span, stressed, role.hints, language) if role.hints else ()
    return tuple(hint for hint in found if hint.value not in role.unsaid)


def _pieces(
    source: Spoken, span: tuple[int, int], voiced: Sequence[Voiced], cast: Cast
) -> Iterator[tuple[int, int, Voiced]]:
    """A sentence in pieces, each of one voice, and no longer than its engine takes."""
    for one in voiced:
        start, end = max(span[0], one.start), min(span[1], one.end)
        if start < end:
            longest = cast.roles[one.who].longest
            for part in bare_span(source.source, start, end):
                yield from ((*piece, one) for piece in pieces(source, part, longest))


def _spoken(
    read: Passage, title: str | None, voiced: Sequence[Voiced], block: Block, reading: Reading
) -> Spoken:
    """A block's text with all that is said otherwise; a title may bring its own way."""
    language, roles = reading.chapter.language, reading.cast.roles
    if title is None:
        stretches = (
            Stretch(one.start, one.end, one.language or language, roles[one.who].lexicon)
            for one in voiced
        )
        return speak_all(read.text, stretches, reading.voices.phonemes(block, read, voiced))
    lexicon = roles[reading.voices.of_block(block)].lexicon
    said = speak(title, language, lexicon).between(0, len(title))
    return Spoken(read.text, (Change(0, len(read.text), "title", "title", said),))


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


def check_ledger(script: Script) -> None:
    """Nothing is lost silently: each character is in a line, in a skipped piece, or white space."""
    spoken = [(line.start, line.end) for line in script.utterances]
    spans = sorted([*spoken, *((piece.start, piece.end) for piece in script.skipped)])
    at = 0
    for start, end in [*spans, (len(script.chapter.text), len(script.chapter.text))]:
        lost = script.chapter.text[at:start].strip()
        if lost:
            raise AudiobookError(
                f"{where(script.chapter, at)}: {lost[:60]!r} is neither spoken nor skipped. "
                "This is a bug of make-audiobook; please report it with the story."
            )
        at = max(at, end)


def where(chapter: Chapter, at: int) -> str:
    """File, page and line, for messages."""
    pages = [span.value for span in chapter.spans if span.kind == "file" and span.start <= at]
    page = f": {pages[-1]}" if pages else ""
    line = line_number(chapter, at)
    return f"{chapter.source}{page}:{line}" if line else f"{chapter.source}{page}"


def line_number(chapter: Chapter, at: int) -> int:
    """The line of its file; 0 where a format has no lines."""
    block = next((b for b in reversed(chapter.blocks) if b.start <= at and b.line), None)
    return block.line + chapter.text.count("\n", block.start, at) if block else 0
