"""Markdown: CommonMark with tables, strike-through, notes and front matter, by way of HTML."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, BinaryIO

from pipeline.errors import SourceError
from pipeline.model import Person
from pipeline.read.damage import notice, repaired
from pipeline.read.document import Manuscript, Writer
from pipeline.read.elements import KNOWN_TAGS
from pipeline.read.html import flatten
from pipeline.read.markup import parse_html
from pipeline.read.text import decoded

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_FIELD = re.compile(r"([A-Za-z][\w-]*):[ \t]*(.*)")
_ABOUT = {
    "title": "title",
    "subtitle": "subtitle",
    "date": "date",
    "lang": "language",
    "language": "language",
    "publisher": "publisher",
    "rights": "rights",
    "description": "description",
}
_DEFINITION = re.compile(r"^ {0,3}\[[^\]^][^\]]*\]:[^\n]*", re.MULTILINE)
_NO_DEFINITION = re.compile(
    r"^((?:[ \t>*+-]|\d{1,9}[.)])*)\[(?=[^\]^\n][^\]\n]*\]:[ \t]*+(?!<?[^\s]*[/.#@]))", re.MULTILINE
)
_TAG = re.compile(r"(?<!\\)</?([A-Za-z][\w]*)(?![\w:@.+-])")
# What Pandoc, Obsidian and GitHub write beside CommonMark, and what of it is text.
_DIALECTS = (
    (re.compile(r"^(#{1,6}[ \t].*?)[ \t]+\{[#.][^{}\n]*\}[ \t]*$", re.MULTILINE), r"\1"),
    (re.compile(r"^([ \t]*[*+-][ \t]+)\[[ xX]\][ \t]+", re.MULTILINE), r"\1"),
    (re.compile(r"!?\[\[(?:[^\[\]|\n]*\|)?([^\[\]|\n]+)\]\]"), r"\1"),
    (re.compile(r"^((?:>[ \t]*)+)\[!\w+\][+-]?[ \t]*", re.MULTILINE), r"\1"),
    (re.compile(r"[ \t]\^[\w-]+[ \t]*$", re.MULTILINE), ""),
    (re.compile(r"^[ \t]*(?:\[TOC\]|\\(?:newpage|pagebreak))[ \t]*$", re.MULTILINE), ""),
    (re.compile(r"^:{3,}.*$", re.MULTILINE), ""),
    (re.compile(r"`[^`\n]*`\{=\w+\}"), ""),
    (re.compile(r"\[[^\[\]\n]*\]\([^()\n]*\)\{[^{}\n]*\.noteref[^{}\n]*\}"), ""),
    (re.compile(r"\[([^\[\]\n]*)\]\{[^{}\n]*\}"), r"\1"),
    (re.compile(r"(\]\([^()\n]*\))\{[^{}\n]*\}"), r"\1"),
    (re.compile(r"==(?=\S)([^=\n]+?)(?<=\S)=="), r"\1"),
)
MOST_NESTED = 100


def read(file: BinaryIO, name: str, encoding: str = "utf-8") -> Manuscript:
    """A Markdown file; raw HTML in it is read as such. Raises SourceError, ConfigError."""
    text, places = repaired(decoded(file, name, encoding))
    front = _FRONT_MATTER.match(text)
    if front and not _are_fields(front[1]):  # a story may open with a scene break
        front = None
    body = "\n" * front[0].count("\n") + text[front.end() :] if front else text
    writer = Writer()
    if front:
        writer.skip("front matter", front[1])
    about, people = _about(front[1]) if front else ({}, [])
    root = parse_html(_html(body, name), name)
    flatten(root, writer, "", about.get("language", ""))
    for definition in _DEFINITION.findall(_NO_DEFINITION.sub("", body)):
        writer.skip("link", definition)
    return Manuscript(writer.finish(), about, tuple(people), notices=notice(name, places))


def _html(text: str, name: str) -> bytes:
    """The text as HTML, each block with the line that it begins on.

    Indented lines are no code here: stories indent their paragraphs. What Markdown would drop is
    kept: notes that nothing refers to, and "[Ann]: Yes" in a play, which is no link's definition.
    """
    from markdown_it import MarkdownIt
    from mdit_py_plugins.footnote import footnote_plugin

    parser = MarkdownIt("commonmark", {"maxNesting": MOST_NESTED})
    parser.enable(["table", "strikethrough"]).disable("code").use(footnote_plugin)
    text = _NO_DEFINITION.sub(r"\1\\[", text)
    for pattern, kept in _DIALECTS:
        text = pattern.sub(kept, text)
    text = _TAG.sub(lambda tag: tag[0] if tag[1].lower() in KNOWN_TAGS else f"\\{tag[0]}", text)
    try:
        notes: dict[str, Any] = {}
        tokens = parser.parse(text, notes)
        known = notes.get("footnotes", {}).get("refs", {})
        if lost := [name[1:] for name, number in known.items() if number < 0]:
            notes = {}
            tokens = parser.parse(f"{text}\n\n{''.join(f'[^{name}]' for name in lost)}", notes)
        for token in tokens:
            if token.map and token.nesting >= 0:
                token.attrSet("data-line", str(token.map[0] + 1))
        rendered = parser.renderer.render(tokens, parser.options, notes)
    except RecursionError as error:
        raise SourceError(f"{name}: nested too deep, not a story.") from error
    return f"<html><body>{rendered}</body></html>".encode()


def _are_fields(front: str) -> bool:
    lines = front.split("\n")
    return bool(_FIELD.fullmatch(lines[0])) and all(
        not line.strip() or _FIELD.fullmatch(line) or re.match(r"[ \t]+\S|-[ \t]|#", line)
        for line in lines
    )


def _about(front: str) -> tuple[dict[str, str], list[Person]]:
    """What the fields of a front matter say, those that a book has."""
    about: dict[str, str] = {}
    people: list[Person] = []
    key = ""
    for line in front.split("\n"):
        field = _FIELD.fullmatch(line)
        if field:
            key = field[1].lower()
        value = _bare(field[2] if field else line.strip().removeprefix("- "))
        named = _FIELD.fullmatch(value) if not field else None
        if named and named[1] != "name":
            continue
        value = _bare(named[2]) if named else value
        if key in ("author", "authors", "creator") and value:
            people += [Person(name) for name in _listed(value)]
        elif field and key in _ABOUT and value:
            about[_ABOUT[key]] = value
    return about, people


def _bare(value: str) -> str:
    value = value.strip()
    quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
    return value[1:-1] if quoted else value


def _listed(value: str) -> Sequence[str]:
    """The names in a value, which may be written as [one, two]."""
    if value.startswith("[") and value.endswith("]"):
        return [name for part in value[1:-1].split(",") if (name := _bare(part))]
    return [value]
