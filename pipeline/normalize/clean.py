"""A story's text -> blocks to read, and the pieces that are left out with the rule that says why.

Blocks are spans of the text as it came: nothing is rewritten here, so that every later product
can point back at the story.
"""

from __future__ import annotations

import re
from dataclasses import replace

from pipeline.model import Block, Skipped
from pipeline.normalize.assistant import is_farewell
from pipeline.normalize.headings import is_heading
from pipeline.normalize.lines import MARKDOWN_HEADING, SPEAKABLE, lines_of, paragraphs_of

_MARKDOWN_CLOSE = re.compile(r"[ \t]+#+$")
# What stands right below a line to make a heading of it.
_UNDERLINE = re.compile(r"[ \t]*\n[ \t]*(?:={3,}|-{3,}|~{3,})")


def clean(
    text: str, *, keep_boilerplate: bool = False
) -> tuple[tuple[Block, ...], tuple[Skipped, ...]]:
    """The blocks of a story in reading order, and what is skipped; together all but white space."""
    paragraphs = paragraphs_of(lines_of(text))
    blocks: list[Block] = []
    skipped: list[Skipped] = []
    for index, paragraph in enumerate(paragraphs):
        start, end = paragraph.lines[0].start, paragraph.lines[-1].end
        if mark := MARKDOWN_HEADING.match(text, start, end):
            close = _MARKDOWN_CLOSE.search(text, mark.end(), end)
            stop = close.start() if close else end
            skipped += [_skip("heading mark", text, start, mark.end())]
            skipped += [_skip("heading mark", text, stop, end)] if close else []
            blocks.append(Block("heading", mark.end(), stop))
        elif index and _UNDERLINE.fullmatch(text, paragraphs[index - 1].lines[-1].end, end):
            skipped.append(_skip("heading mark", text, start, end))
            blocks[-1] = replace(blocks[-1], kind="heading")
        elif not SPEAKABLE.search(text, start, end):
            skipped.append(_skip("scene break", text, start, end))
            blocks.append(Block("break", start, end))
        elif not keep_boilerplate and 0 < index == len(paragraphs) - 1 and is_farewell(paragraph):
            skipped.append(_skip("assistant's closing line", text, start, end))
        else:
            heading = is_heading(paragraphs, index)
            blocks.append(Block("heading" if heading else "paragraph", start, end))
    return tuple(blocks), tuple(skipped)


def title_of(heading: str) -> str:
    """A heading as a title: on one line, without marks of emphasis around it."""
    return " ".join(heading.split()).strip("*_# ")


def _skip(rule: str, text: str, start: int, end: int) -> Skipped:
    return Skipped(rule, text[start:end], start, end)
