"""OpenDocument Text, zipped or as one flat XML file.

Specification: OpenDocument 1.3, part 3. Its elements are renamed to those of HTML where they
stand; what is not known keeps its text.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import BinaryIO

from lxml import etree

from pipeline.errors import SourceError
from pipeline.read.document import Manuscript
from pipeline.read.elements import text_of
from pipeline.read.markup import local
from pipeline.read.odt.asides import set_aside
from pipeline.read.odt.elements import children
from pipeline.read.odt.parts import parts_of, said_of
from pipeline.read.odt.renaming import rename_all
from pipeline.read.odt.simplify import simplify
from pipeline.read.odt.styles import styles_of
from pipeline.read.office import about_of, all_of, check_boxes, written


def read(file: BinaryIO, name: str) -> Manuscript:
    """An OpenDocument text. Raises SourceError."""
    content, others = parts_of(file, name)
    text = next(filter(_is_body, content.iter(etree.Element)), None)
    if text is None:
        raise SourceError(f"{name}: an OpenDocument file, but no text document. Save it as ODT.")
    roots = [content, *others]
    said = said_of(roots)
    creators = said.get("initial-creator") or said.get("creator", "")
    about, people = about_of(said, creators, said.get("creation-date", ""))
    styles = styles_of(roots)
    about["language"] = about["language"] or styles.language
    notices = _notices(text, name)
    check_boxes(text, "text-box", name)
    simplify(text, styles, name)
    set_aside(text)
    rename_all(text, styles, about["language"], name)
    document = written(text, about["language"], _furniture(roots), has_lines=not others)
    about = {key: value for key, value in about.items() if value}
    return Manuscript(document, about, people, notices=notices)


def _is_body(element: etree._Element) -> bool:
    parent = element.getparent()
    return local(element.tag) == "text" and parent is not None and local(parent.tag) == "body"


def _notices(text: etree._Element, name: str) -> tuple[str, ...]:
    """What is not read, and could be text: formulas and the like, each in a file of its own."""
    count = sum(not text_of(element) for element in all_of(text, "object", "object-ole"))
    return (f"{name}: {count} formulas or other objects in it are not read.",) if count else ()


def _furniture(roots: Iterable[etree._Element]) -> dict[str, None]:
    """What stands at the top or bottom of the pages, once however many kinds of pages have it."""
    return dict.fromkeys(
        text_of(element)
        for root in roots
        for page in all_of(root, "master-page")
        for element in children(page)
        if local(element.tag).startswith(("header", "footer"))
    )
