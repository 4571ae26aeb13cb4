"""What Markdown, HTML and mail leave in a plain text: marks that are not for the ear."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import replace

from pipeline.model import Skipped, Span
from pipeline.normalize.lines import Line

_QUOTE = re.compile(r"(?:>[ \t]?)+")
_LINK = re.compile(
    r"(?P<image>!)?\[(?P<text>[^\[\]\n]{1,300})\]\([^()\s]{1,500}(?:\s\"[^\"\n]{0,99}\")?\)"
)
_CODE = re.compile(r"(?<![`\w])`(?P<text>[^`\s](?:[^`\n]{0,200}[^`\s])?)`(?![`\w])")
_ENTITY = re.compile(r"&(?:#\d{1,6}|#[xX][0-9a-fA-F]{1,5}|[a-zA-Z]{2,8}\d{0,2});")
_TAG = re.compile(
    r"</?(?P<name>a|b|big|blockquote|br|center|div|em|font|hr|i|p|small|span|strong|sub|sup|tt|u)"
    r"(?:\s[^<>\n]{0,200})?/?>",
    re.IGNORECASE,
)
_PARTS = frozenset("blockquote br center div hr p".split())  # tags that part words

Found = Iterator[Skipped | Span]


def unquoted(lines: list[Line | None]) -> tuple[list[Line | None], list[Skipped]]:
    """The lines of a letter's quotations without the marks before them."""
    bare: list[Line | None] = []
    marks = []
    for line in lines:
        mark = _QUOTE.match(line.text) if line and line.text[0] == ">" else None
        if not line or not mark:
            bare.append(line)
            continue
        start = line.start + mark.end()
        marks.append(Skipped("quotation mark", mark[0], line.start, start))
        rest = line.text[mark.end() :]
        bare.append(replace(line, start=start, text=rest, quoted=True) if rest else None)
    return bare, marks


def remnants(text: str, start: int, end: int) -> Found:
    """Links, code, entities and tags in a stretch of text."""
    if "](" in text:
        yield from _links(text, start, end)
    for match in _CODE.finditer(text, start, end):
        yield _skip("code mark", text, match.start(), match.start() + 1)
        yield _skip("code mark", text, match.end() - 1, match.end())
    for match in _ENTITY.finditer(text, start, end):
        said = html.unescape(match[0])
        if said != match[0]:
            yield Span("said", *match.span(), said)
            if not said.strip("\u00ad\u200b \u00a0"):
                yield _skip("entity", text, *match.span())
    for match in _TAG.finditer(text, start, end):
        yield _skip("tag", text, *match.span())
        if match["name"].lower() in _PARTS:
            yield Span("said", *match.span(), " ")


def _links(text: str, start: int, end: int) -> Found:
    for match in _LINK.finditer(text, start, end):
        if match["image"]:
            yield _skip("image", text, *match.span())
        else:
            yield _skip("link", text, match.start(), match.start("text"))
            yield _skip("link", text, match.end("text"), match.end())


def _skip(rule: str, text: str, start: int, end: int) -> Skipped:
    return Skipped(rule, text[start:end], start, end)
