"""Notes read where the text calls them, or when its chapter ends, if the listener wants them."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from operator import attrgetter
from typing import TypeVar

from pipeline.model import Block, Chapter, Skipped, Span
from pipeline.read.document import Document

# What a note is announced with, for it is heard in the middle of something else.
_NOTE = {
    "en": "Note: ",
    "de": "Anmerkung: ",
    "fr": "Note : ",
    "es": "Nota: ",
    "it": "Nota: ",
    "pt": "Nota: ",
    "nl": "Noot: ",
    "pl": "Przypis: ",
    "ru": "Примечание: ",
}
_HOLDERS = frozenset("footnote footnotes endnote endnotes rearnote rearnotes notes".split())
_COPIED = frozenset("emphasis strong language phoneme said".split())
_LABEL = re.compile(r"\W*(?:\d{1,4}|[a-z])?\W*", re.IGNORECASE)
T = TypeVar("T", Block, Span, Skipped)
# The same before a note's first sentence.
_LABELLED = re.compile(r"[\[(]?(?:\d{1,3}|[*†‡§]{1,3})[\])]?[.:]?\s+(?=[A-ZÀ-ÞА-Я“\"‘'«(])")
DEEPEST = 50  # notes within notes


@dataclass(frozen=True, slots=True)
class Body:
    """A note to be read, its positions counted from its own start."""

    text: str
    blocks: tuple[Block, ...]
    spans: tuple[Span, ...] = ()
    skipped: tuple[Skipped, ...] = ()


def noted(document: Document) -> Document:
    """The document with a span on each note, under the name by which the text refers to it."""
    known = {span.value for span in document.spans if span.kind == "note"}
    called = {span.value for span in document.spans if span.kind == "noteref"} - known
    places = sorted((document.places[p], p) for p in called if p in document.places)
    holders = [s for s in document.spans if s.kind == "type" and s.value in _HOLDERS]
    ends = [block.end for block in document.blocks]
    found = list(document.spans)
    for at, place in places:
        index = bisect_right(ends, at)
        if index == len(ends):
            continue
        block = document.blocks[index]
        following = bisect_right(places, at, key=lambda one: one[0])
        limit = places[following][0] if following < len(places) else len(document.text)
        end = max(block.end, min(limit, _end_of_holder(holders, block)))
        last = max(index, bisect_right(ends, end) - 1)
        found.append(Span("note", block.start, ends[last], place))
    return replace(document, spans=tuple(sorted(found, key=lambda span: (span.start, -span.end))))


def bodies(document: Document) -> dict[str, Body]:
    """The notes of a document by the names that the text calls them."""
    found: dict[str, Body] = {}
    starts: set[int] = set()
    for span in document.spans:
        if span.kind == "note" and span.start not in starts:
            starts.add(span.start)
            if body := _body(document, span):
                found[span.value] = body
    return found


def placed(chapter: Chapter, waiting: dict[str, Body], how: str, language: str) -> Chapter:
    """The chapter with the notes that it calls, "inline" or at its "end", taken from those waiting.

    A note is read once, where the book first calls it.
    """
    inserts: dict[int, list[Body]] = {}
    for span in chapter.spans:
        if span.kind != "noteref" or span.value not in waiting:
            continue
        index = bisect_right(chapter.blocks, span.start, key=attrgetter("start")) - 1
        if index >= 0 and span.start <= chapter.blocks[index].end + 1:
            at = index if how == "inline" else len(chapter.blocks) - 1
            inserts.setdefault(at, []).append(waiting.pop(span.value))
    prefix = _NOTE.get(language.partition("-")[0].lower(), "")
    return _with(chapter, {at: [_announced(one, prefix) for one in inserts[at]] for at in inserts})


def _end_of_holder(holders: Sequence[Span], block: Block) -> int:
    """Where the innermost element ends that says that it holds this block as a note."""
    index = bisect_right(holders, block.start, key=attrgetter("start"))
    for span in reversed(holders[max(0, index - DEEPEST) : index]):
        if span.end >= block.end:
            return span.end
    return block.end


def _body(document: Document, span: Span) -> Body | None:
    blocks = [
        block
        for block in _inside(document.blocks, span.start, span.end)
        if block.kind not in ("break", "image")
    ]
    if len(blocks) > 1 and _LABEL.fullmatch(document.text[blocks[0].start : blocks[0].end]):
        blocks = blocks[1:]
    if not blocks:
        return None
    if label := _LABELLED.match(document.text, blocks[0].start, blocks[0].end):
        blocks[0] = replace(blocks[0], start=label.end())
    start, end = blocks[0].start, blocks[-1].end
    spans = [one for one in _inside(document.spans, start, end) if one.kind in _COPIED]
    return Body(
        document.text[start:end],
        tuple(_moved(blocks, -start)),
        tuple(_moved(spans, -start)),
        tuple(_moved(_inside(document.skipped, start, end), -start)),
    )


def _inside(found: Sequence[T], start: int, end: int) -> list[T]:
    first = bisect_left(found, start, key=attrgetter("start"))
    last = bisect_right(found, end, key=attrgetter("start"))
    return [one for one in found[first:last] if one.end <= end]


def _announced(body: Body, prefix: str) -> Body:
    by = len(prefix)
    blocks = _moved(body.blocks, by)
    first = replace(blocks[0], kind="paragraph", start=0)
    aside = Span("aside", 0, by + len(body.text))
    return Body(
        prefix + body.text,
        (first, *blocks[1:]),
        (aside, *_moved(body.spans, by)),
        tuple(_moved(body.skipped, by)),
    )


def _with(chapter: Chapter, inserts: Mapping[int, Sequence[Body]]) -> Chapter:
    """The chapter with these notes below its blocks of these indices."""
    order = sorted(inserts)
    ends = [chapter.blocks[index].end for index in order]
    texts = ["".join(f"\n{body.text}" for body in inserts[index]) for index in order]
    by = [0, *accumulate(map(len, texts))]
    pieces: list[str] = []
    blocks: list[Block] = []
    spans = [_shifted(span, ends, by) for span in chapter.spans]
    skipped = [_shifted(piece, ends, by) for piece in chapter.skipped]
    at = done = 0
    for index, end, text, moved in zip(order, ends, texts, by, strict=False):
        blocks += [_shifted(block, ends, by) for block in chapter.blocks[done : index + 1]]
        pieces += [chapter.text[at:end], text]
        start = end + moved
        for body in inserts[index]:
            blocks += _moved(body.blocks, start + 1)
            spans += _moved(body.spans, start + 1)
            skipped += _moved(body.skipped, start + 1)
            start += len(body.text) + 1
        at, done = end, index + 1
    blocks += [_shifted(block, ends, by) for block in chapter.blocks[done:]]
    return replace(
        chapter,
        text="".join([*pieces, chapter.text[at:]]),
        blocks=tuple(blocks),
        spans=tuple(sorted(spans, key=lambda span: (span.start, -span.end))),
        skipped=tuple(sorted(skipped, key=lambda piece: (piece.start, piece.end))),
    )


def _moved(found: Sequence[T], by: int) -> list[T]:
    return [replace(one, start=one.start + by, end=one.end + by) for one in found]


def _shifted(one: T, ends: Sequence[int], by: Sequence[int]) -> T:
    """The same where it is when all those notes stand in the text."""
    return replace(
        one,
        start=one.start + by[bisect_left(ends, one.start)],
        end=one.end + by[bisect_left(ends, one.end)],
    )
