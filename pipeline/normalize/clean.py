"""A story's text -> blocks to read, and the pieces that are left out with the rule that says why.

Blocks are spans of the text as it came: nothing is rewritten here, so that every later product
can point back at the story. What reads otherwise within a block is a span that says how.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from operator import attrgetter

from pipeline.model import Block, BlockKind, Skipped, Span
from pipeline.normalize import assistant, gutenberg, notes, pages, wraps
from pipeline.normalize.headings import is_heading
from pipeline.normalize.lines import (
    BULLET,
    MARKDOWN_HEADING,
    SPEAKABLE,
    Line,
    Paragraph,
    lines_of,
    paragraphs_of,
)
from pipeline.normalize.notes import Mark, Note
from pipeline.normalize.remnants import remnants, unquoted
from pipeline.normalize.verse import with_verse

_MARKDOWN_CLOSE = re.compile(r"[ \t]+#+$")
# What stands right below a line to make a heading of it.
_UNDERLINE = re.compile(r"[ \t]*\n[ \t]*(?:={3,}|-{3,}|~{3,})")


@dataclass(frozen=True, slots=True)
class Cleaned:
    """The blocks of a text in reading order, what is known of it, and what is skipped.

    Notes are blocks too, in a span that says so: who reads them, and where, is not decided here.
    """

    blocks: tuple[Block, ...]
    spans: tuple[Span, ...]
    skipped: tuple[Skipped, ...]


def clean(text: str, *, keep_boilerplate: bool = False) -> Cleaned:
    """The blocks of a story and what is skipped; together all of it but white space."""
    book = gutenberg.Frame(0, len(text)) if keep_boilerplate else gutenberg.frame(text)
    lines, skipped = _lines(text, book)
    paragraphs = paragraphs_of(lines)
    marks = list(notes.marks(text, book.start, book.end))
    known = notes.notes(text, paragraphs, marks)
    blocks, more = _blocks(text, paragraphs, known, keep_boilerplate=keep_boilerplate)
    inline = [
        *_joined(text, paragraphs, blocks),
        *_called(text, marks, known),
        *remnants(text, book.start, book.end),
    ]
    skipped += more
    found = list(_within(blocks, skipped, inline))
    spans = [one for one in found if isinstance(one, Span)]
    skipped += [one for one in found if isinstance(one, Skipped)]
    for note in known:
        end = paragraphs[note.last].lines[-1].end
        spans += [Span("note", note.text, end, note.place)]
        spans += [Span("type", note.start, end, "footnote")]
    return Cleaned(
        tuple(with_verse(text, blocks)),
        tuple(sorted(spans, key=lambda span: (span.start, -span.end))),
        tuple(sorted(skipped, key=lambda piece: (piece.start, -piece.end))),
    )


def title_of(heading: str) -> str:
    """A heading as a title: on one line, without marks of emphasis around it."""
    return " ".join(heading.split()).strip("*_# ")


def _skip(rule: str, text: str, start: int, end: int) -> Skipped:
    return Skipped(rule, text[start:end], start, end)


def _lines(text: str, book: gutenberg.Frame) -> tuple[list[Line | None], list[Skipped]]:
    """The lines of the text itself, and what stands around it and on its pages."""
    skipped = [
        _skip("Project Gutenberg's frame", text, start, end)
        for start, end in ((0, book.start), (book.end, len(text)))
        if text[start:end].strip()
    ]
    skipped += [_skip("transcriber's credits", text, *span) for span in book.credits]
    lines = lines_of(text, book.start, book.end)
    for start, end in book.credits:
        lines = [None if x and start <= x.start < end else x for x in lines]
    lines, marks = unquoted(lines)
    gone = pages.furniture(lines)
    for index, rule in gone.items():
        if line := lines[index]:
            skipped.append(_skip(rule, text, line.start, line.end))
    return pages.closed_up(lines, gone) if gone else lines, skipped + marks


def _blocks(
    text: str, paragraphs: list[Paragraph], known: Sequence[Note], *, keep_boilerplate: bool
) -> tuple[list[Block], list[Skipped]]:
    """A block for each paragraph that is to be read, and what is left out of them."""
    blocks: list[Block] = []
    skipped: list[Skipped] = []
    note_of = {index: note for note in known for index in range(note.first, note.last + 1)}
    bare = [_unmarked(paragraph) for paragraph in paragraphs]
    for index, paragraph in enumerate(paragraphs):
        start, end = paragraph.lines[0].start, paragraph.lines[-1].end
        if index not in note_of and MARKDOWN_HEADING.match(text, start, end):
            block, marks = _marked(text, start, end)
            blocks.append(block)
            skipped += marks
        elif index and _UNDERLINE.fullmatch(text, paragraphs[index - 1].lines[-1].end, end):
            skipped.append(_skip("heading mark", text, start, end))
            blocks[-1] = replace(blocks[-1], kind="heading")
        elif not SPEAKABLE.search(text, start, end):
            skipped.append(_skip("scene break", text, start, end))
            blocks.append(Block("break", start, end))
        elif note := note_of.get(index):
            blocks += _noted(text, paragraph, note)
            skipped += _labelled(text, paragraph, note)
        elif not keep_boilerplate and (why := assistant.why_left_out(paragraphs, index)):
            skipped.append(_skip(why, text, start, end))
        else:
            kind = "heading" if is_heading(bare, index) else _kind(paragraph)
            block, marks = _plain(text, paragraph, bare[index], kind)
            blocks.append(block)
            skipped += marks
    return blocks, skipped


def _marked(text: str, start: int, end: int) -> tuple[Block, list[Skipped]]:
    """A heading without the marks that make it one."""
    mark = MARKDOWN_HEADING.match(text, start, end)
    opening = mark.end() if mark else start
    close = _MARKDOWN_CLOSE.search(text, opening, end)
    stop = close.start() if close else end
    marks = [_skip("heading mark", text, start, opening)]
    marks += [_skip("heading mark", text, stop, end)] if close else []
    return Block("heading", opening, stop), marks


def _plain(
    text: str, paragraph: Paragraph, bare: Paragraph, kind: BlockKind
) -> tuple[Block, list[Skipped]]:
    """A paragraph without the bullet before it; a heading without the mark of its note."""
    start, end = paragraph.lines[0].start, paragraph.lines[-1].end
    bullet = BULLET.match(text, start, end)
    opening = bullet.end() if bullet else start
    stop = bare.lines[-1].end if kind == "heading" else end
    marks = [_skip("bullet", text, start, opening)] if bullet else []
    marks += [_skip("note mark", text, stop, end)] if stop < end else []
    return Block(kind, opening, stop), marks


def _unmarked(paragraph: Paragraph) -> Paragraph:
    """A line without the mark of a note at its end, which a heading may have as well."""
    line = paragraph.lines[0]
    mark = notes.TRAILING.search(line.text) if len(paragraph.lines) == 1 else None
    if not mark or not mark.start():
        return paragraph
    text = line.text[: mark.start()]
    return replace(paragraph, lines=(replace(line, text=text, end=line.start + len(text)),))


def _kind(paragraph: Paragraph) -> BlockKind:
    first = paragraph.lines[0]
    if first.quoted:
        return "quotation"
    return "item" if BULLET.match(first.text) else "paragraph"


def _noted(text: str, paragraph: Paragraph, note: Note) -> Iterator[Block]:
    """A note's paragraph without its label; the line above all notes is a heading."""
    start, end = _body(text, paragraph, note)
    if end <= note.text:
        yield Block("heading", start, end)
    elif SPEAKABLE.search(text, start, end):
        yield Block("paragraph", start, end)


def _labelled(text: str, paragraph: Paragraph, note: Note) -> Iterator[Skipped]:
    """What is a note's label, and the bracket that it may end with."""
    first, last = paragraph.lines[0].start, paragraph.lines[-1].end
    start, end = _body(text, paragraph, note)
    if last > note.text and not SPEAKABLE.search(text, start, end):
        start = end = last
    for at, to in ((first, start), (end, last)):
        if at < to:
            yield _skip("note mark", text, at, to)


def _body(text: str, paragraph: Paragraph, note: Note) -> tuple[int, int]:
    first, last = paragraph.lines[0].start, paragraph.lines[-1].end
    if last <= note.text:
        return first, last
    closed = (
        note.bracketed and text[last - 1] == "]" and "[" not in text[max(first, note.text) : last]
    )
    return max(first, note.text), last - closed


def _joined(
    text: str, paragraphs: Iterable[Paragraph], blocks: Sequence[Block]
) -> Iterator[Skipped | Span]:
    """What a line's end, a page's end or a large initial has cut in two."""
    breaks = [pair for paragraph in paragraphs for pair in pairwise(paragraph.lines)]
    cuts = [(one.end - 1, two.start) for one, two in breaks if one.text[-1] in wraps.HYPHENS]
    for one, two in breaks:
        if text[one.end : two.start].strip():
            yield Span("said", one.end, two.start, " ")
    opened = [
        block
        for before, block in pairwise((Block("break", 0, 0), *blocks))
        if block.kind == "paragraph" and before.kind in ("break", "heading")
        if wraps.begins_with_letter(text, block.start, block.end)
    ]
    words = wraps.words_of(text) if cuts or opened else Counter()
    for hyphen, after in cuts:
        yield from wraps.joined(text, hyphen, after, words)
    for block in opened:
        yield from wraps.initial(text, block.start, block.end, words)


def _called(text: str, marks: Sequence[Mark], known: Sequence[Note]) -> Iterator[Skipped | Span]:
    for mark, place in notes.called(marks, known):
        yield _skip("note mark", text, mark.start, mark.end)
        if place:
            yield Span("noteref", mark.start, mark.start, place)


def _within(
    blocks: Sequence[Block], skipped: Iterable[Skipped], inline: Iterable[Skipped | Span]
) -> Iterator[Skipped | Span]:
    """Of what was found in lines, what lies in a block and in nothing that is skipped anyway."""
    last: Skipped | Span = Span("said", 0, 0)
    old = {id(piece): piece for piece in skipped}
    ordered = sorted((*old.values(), *inline), key=_in_order)
    for one in ordered:
        if id(one) in old:
            last = max(last, one, key=attrgetter("end"))
            continue
        if isinstance(one, Span) and one.kind == "noteref":
            yield one
            continue
        index = bisect_right(blocks, one.start, key=attrgetter("start")) - 1
        inside = index >= 0 and blocks[index].kind != "break" and one.end <= blocks[index].end
        held = isinstance(last, Span) and one.end <= last.end
        same = (one.start, one.end) == (last.start, last.end)
        if inside and (one.start >= last.end or held or same):
            last = max(last, one, key=attrgetter("end"))
            yield one


def _in_order(one: Skipped | Span) -> tuple[int, int, bool]:
    return one.start, -one.end, isinstance(one, Skipped)
