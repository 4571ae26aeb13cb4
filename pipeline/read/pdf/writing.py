"""The pages' document: headings, paragraphs, and what is not read, each where it stands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pipeline.normalize import titles
from pipeline.read.document import Document, Writer
from pipeline.read.pdf.body import story_of, style_of
from pipeline.read.pdf.headings import levels_of
from pipeline.read.pdf.layout import Page, Piece, Start
from pipeline.read.pdf.paragraphs import beginnings
from pipeline.read.pdf.words import texts_of


def written(pages: Sequence[Page]) -> tuple[Document, list[Start]]:
    """All that stands on the pages, and where its blocks begin."""
    style = style_of(pages)
    lines, before = story_of(pages, style)
    levels = levels_of(lines, style)
    begins = beginnings(lines, levels, style)
    writer = Writer()
    starts: list[Start] = []
    for index, (placed, text) in enumerate(zip(lines, texts_of(lines, begins), strict=True)):
        if begins[index]:
            writer.end()
        _leave_out(writer, before.get(index, ()))
        if begins[index]:
            heading = text if levels[index] else ""
            starts.append(Start(placed.page, placed.line.base, writer.at, heading))
        elif levels[index]:
            starts[-1] = starts[-1]._replace(heading=f"{starts[-1].heading} {text}")
            if titles.is_bare(lines[index - 1].line.text):
                writer.new_line()
        writer.say(text, "heading" if levels[index] else "paragraph", levels[index])
        for reference in placed.line.references:
            writer.skip("note reference", reference)
    _leave_out(writer, before.get(len(lines), ()))
    return writer.finish(), starts


def _leave_out(writer: Writer, pieces: Iterable[Piece]) -> None:
    """Note where pages begin, and what of them is not read."""
    for rule, text in pieces:
        if rule:
            writer.skip(rule, text)
        else:
            writer.span("page", writer.at, text, empty=True)
