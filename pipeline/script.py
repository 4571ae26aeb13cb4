"""Chapter -> Script: what is said, in which order, and how long to rest in between."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import reduce
from typing import Any

from pipeline.errors import AudiobookError
from pipeline.model import Block, Chapter, Hint, Pace, Pause, Script, Skipped, Utterance
from pipeline.normalize.cast import ALONE, Cast, Role
from pipeline.normalize.lexicon import NOTHING, Lexicon
from pipeline.normalize.pieces import ends_clause
from pipeline.utterances import reading, utterances

_SENTENCE_ENDS = re.compile(r"[.!?…。！？][\"'”’»)\]*_」』）]*$")
# The rest between two blocks of a kind, and between such a block and one of another kind.
_ALIKE = {"verse": "verse_line", "item": "list_item", "row": "table_row"}
_APART = {"quotation": "quotation", "verse": "stanza"}
NO_REST = Pause(0, "")


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
    read = reading(chapter, cast, explained=explained)
    lines: list[Utterance | Pause] = []
    rest = Pause(pace.chapter_start, "chapter_start")
    last: Block | None = None
    for block in chapter.blocks:
        if block.kind == "break":
            rest = longer(rest, Pause(pace.scene_break, "scene_break"))
            read.voices.rest()
            continue
        spoken = list(utterances(read, block, left_out))
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
