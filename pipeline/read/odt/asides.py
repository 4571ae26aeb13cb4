"""Notes and text boxes, which hang on a paragraph, go behind it."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from pipeline.read.elements import attributes, text_of
from pipeline.read.markup import local
from pipeline.read.odt.elements import PARAGRAPHS, SHAPES, children, holds_text
from pipeline.read.office import all_of, put_behind


def set_aside(text: etree._Element) -> None:
    """Put notes and text boxes behind the paragraph that they hang on, in their order."""
    put_behind(_asides(text))


def _asides(text: etree._Element) -> Iterator[tuple[etree._Element, etree._Element]]:
    """Each note and box with text after what it goes behind."""
    for element in all_of(text, "note", *SHAPES):
        anchor = _anchor(element)
        if anchor is None:
            continue
        if local(element.tag) == "note":
            yield anchor, _noted(element)
        elif holds_text(element):
            yield anchor, element


def _anchor(element: etree._Element) -> etree._Element | None:
    """The paragraph that an element is in, or the whole table if that is in one."""
    found = None
    for above in element.iterancestors():
        tag = local(above.tag)
        if tag in SHAPES or tag in ("text-box", "note-body"):
            return found
        if tag == "table" or (tag in PARAGRAPHS and found is None):
            found = above
    return found


def _noted(note: etree._Element) -> etree._Element:
    """Make a link of a note where it stands; its body is for elsewhere."""
    said = attributes(note)
    parts = {local(child.tag): child for child in reversed(children(note))}
    mark, body = parts.get("note-citation"), parts.get("note-body")
    note.clear(keep_tail=True)
    note.tag, note.text = "a", text_of(mark) if mark is not None else ""
    note.set("role", "doc-noteref")
    note.set("href", f"#{said.get('id', '')}")
    if body is None:
        body = etree.Element("div")
    body.set("class", said.get("note-class", "footnote"))
    body.set("id", said.get("id", ""))
    return body
