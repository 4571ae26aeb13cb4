"""A chapter -> a page of XHTML with a place for each of its lines.

All of a chapter's text is there. What a rule leaves out is shown, and has no place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from operator import attrgetter

from pipeline.credits import FILES
from pipeline.model import Block, Chapter, Script, Skipped, Span
from pipeline.normalize.marks import MARKS
from pipeline.readalong import markup

# What several blocks of a kind stand in together.
_AROUND = {
    "quotation": ("<blockquote>\n", "</blockquote>\n"),
    "verse": ('<div class="verse">\n', "</div>\n"),
    "item": ("<ul>\n", "</ul>\n"),
    "row": ("<table>\n<tbody>\n", "</tbody>\n</table>\n"),
}
_TAGS = {
    "quotation": ("<p>", "</p>"),
    "verse": ("<p>", "</p>"),
    "item": ("<li>", "</li>"),
    "row": ("<tr><td>", "</td></tr>"),
    "code": ("<pre><code>", "</code></pre>"),
    "image": ('<p class="picture">', "</p>"),
    "break": ('<p class="break">', "</p>"),
}
# Stretches that are shown as elements.
_INLINE: Mapping[str, str] = {"emphasis": "em", "strong": "strong", "language": "span"}
_LINES = frozenset(("verse", "heading", "row", "item"))  # in which each line is one that is meant
_LABELLED = re.compile(r"(?:[\d.)(]+|[•◦‣*–—-])\s|\w\)\s")
WRAPPED = 45  # characters; plain text whose lines are all shorter was not wrapped but set so


@dataclass(frozen=True, slots=True)
class Section:
    """A heading within a chapter, and its id in the page."""

    title: str
    id: str


@dataclass(slots=True)
class Page:
    """A page as it is made: its XHTML, the ids of lines by their number, and its sections."""

    content: str = ""
    ids: dict[int, str] = field(default_factory=dict)
    sections: list[Section] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Piece:
    """Text from `start` to `end`, of the line of this number, or of none."""

    start: int
    end: int
    line: int | None


@dataclass(frozen=True, slots=True)
class _Block:
    """A block to be written: its pieces, and the stretches of language and emphasis in it.

    `marks` say who speaks, and are not shown; `level` is a heading's in the page; `opens`: nothing
    but headings is before it.
    """

    chapter: Chapter
    block: Block
    pieces: Sequence[_Piece]
    spans: Sequence[Span]
    marks: Sequence[Skipped]
    level: int
    opens: bool

    @property
    def text(self) -> str:
        return self.chapter.text[self.block.start : self.block.end]


def page(script: Script, style: str, root: str) -> Page:
    """The page of a chapter; its text is in an element with the id `root`."""
    chapter = script.chapter
    made = Page()
    body = "".join(_body(script, made))
    is_credits = chapter.file in FILES
    kind = "" if is_credits else ' epub:type="chapter" role="doc-chapter"'
    inner = f'<section id="{root}"{kind}>\n{body}</section>\n'
    made.content = markup.page(chapter.title, chapter.language, inner, style)
    return made


def _body(script: Script, made: Page) -> Iterator[str]:
    """Block by block, with what stands between them."""
    chapter, at, around = script.chapter, 0, ("", "")
    for one in _blocks(script):
        block = one.block
        between = chapter.text[at : max(at, block.start)]
        is_apart = bool(between.strip()) or (block.kind == "verse" and between.count("\n") > 1)
        if is_apart or around != _around(one):
            yield around[1]
            around = ("", "")
        yield from _asides(between)
        if around != _around(one):
            around = _around(one)
            yield around[0]
        yield _block(one, made)
        at = max(at, block.end)
    yield around[1]
    yield from _asides(chapter.text[at:])


def _blocks(script: Script) -> Iterator[_Block]:
    """The blocks of a chapter with all that is to be known of each."""
    chapter, opens = script.chapter, True
    top = min((b.level or 1 for b in chapter.blocks if b.kind == "heading"), default=1)
    waiting = sorted((s for s in chapter.spans if s.kind in _INLINE), key=attrgetter("start"))
    waiting.reverse()
    skipped = [one for one in script.skipped if one.rule in MARKS]
    inside: list[Span] = []
    for index, (block, pieces) in enumerate(zip(chapter.blocks, _pieces(script), strict=True)):
        opens = opens and block.kind == "heading"
        while waiting and waiting[-1].start < block.end:
            inside.append(waiting.pop())
        inside = [span for span in inside if span.end > block.start]
        level = min(6, max(2 if index else 1, (block.level or 1) - top + 1))
        marks = [one for one in skipped if block.start <= one.start < block.end]
        yield _Block(chapter, block, pieces, tuple(inside), marks, level, opens)


def _around(one: _Block) -> tuple[str, str]:
    """What a block stands in with others; a list of items with numbers has no bullets."""
    if one.block.kind == "item" and _LABELLED.match(one.text):
        return '<ul class="labelled">\n', "</ul>\n"
    return _AROUND.get(one.block.kind, ("", ""))


def _asides(between: str) -> Iterator[str]:
    """What stands in no block: a page's number, the mark of a note."""
    for line in between.splitlines():
        if line.strip():
            yield f'<p class="aside">{markup.text(line.strip())}</p>\n'


def _pieces(script: Script) -> list[list[_Piece]]:
    """Each block cut up into lines, and what stands between those."""
    lines = list(enumerate(script.utterances))
    found, next_line, at = [], 0, 0
    for block in script.chapter.blocks:
        pieces, at = [], max(at, block.start)
        while next_line < len(lines) and lines[next_line][1].start < block.end:
            number, line = lines[next_line]
            start, end = max(at, line.start), min(line.end, block.end)
            if at < start:
                pieces.append(_Piece(at, start, None))
            if start < end:
                pieces.append(_Piece(start, end, number))
            at, next_line = max(at, end), next_line + 1
        if at < block.end:
            pieces.append(_Piece(at, block.end, None))
        found.append(pieces)
        at = max(at, block.end)
    return found


def _block(one: _Block, made: Page) -> str:
    """One block, its lines in spans."""
    block = one.block
    if block.kind == "break" and not one.text.strip():
        return "<hr/>\n"
    inner = "".join(_inline(one, piece, made) for piece in one.pieces)
    if block.kind == "heading":
        return _heading(one, inner, made)
    opening, closing = _TAGS.get(block.kind, ("<p>", "</p>"))
    return f"{opening}{inner}{closing}\n"


def _heading(one: _Block, inner: str, made: Page) -> str:
    """A heading, which the contents list unless it opens the chapter."""
    name = f"h{one.block.start}"
    title = " ".join(one.text.split())
    if title and not one.opens and any(piece.line is not None for piece in one.pieces):
        made.sections.append(Section(title, name))
    return f'<h{one.level} id="{name}">{inner}</h{one.level}>\n'


def _inline(one: _Block, piece: _Piece, made: Page) -> str:
    """A line as a span with its id; other text as it is."""
    inner = "".join(_runs(one, piece))
    if piece.line is None:
        return inner
    name = f"s{piece.line + 1}"
    made.ids[piece.line] = name
    return f'<span id="{name}">{inner}</span>'


def _runs(one: _Block, piece: _Piece) -> Iterator[str]:
    """The text of a piece, in the elements that its stretches ask for."""
    edges = {piece.start, piece.end}
    edges |= {edge for span in one.spans for edge in (span.start, span.end)}
    edges |= {edge for mark in one.marks for edge in (mark.start, mark.end)}
    cuts = sorted(edge for edge in edges if piece.start <= edge <= piece.end)
    for start, end in pairwise(cuts):
        if any(mark.start <= start and end <= mark.end for mark in one.marks):
            continue
        opening = closing = ""
        for span in one.spans:
            if span.start <= start and end <= span.end:
                opening, closing = f"{opening}{_opening(span)}", f"</{_INLINE[span.kind]}>{closing}"
        yield f"{opening}{_lines(one, start, end)}{closing}"


def _opening(span: Span) -> str:
    said = {"lang": span.value, "xml:lang": span.value} if span.kind == "language" else {}
    return f"<{_INLINE[span.kind]}{markup.attributes(said)}>"


def _lines(one: _Block, start: int, end: int) -> str:
    """Text whose line ends are kept where they are meant."""
    text = markup.text(one.chapter.text[start:end])
    if one.block.kind == "code" or "\n" not in text:
        return text
    is_meant = one.block.kind in _LINES or max(map(len, one.text.split("\n"))) < WRAPPED
    return text.replace("\n", "<br/>\n") if is_meant else text
