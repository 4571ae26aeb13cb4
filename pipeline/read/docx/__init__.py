"""Word's DOCX: mammoth makes HTML of it, after what mammoth does not know is made known to it.

Specification: ECMA-376, part 1. Mammoth never sees the file itself: it gets the parts with text in
them, parsed and written anew, with styles and numbers resolved. So nothing in a hostile file but
its text can reach it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import BinaryIO

from lxml import etree

from pipeline.read.archive import Archive
from pipeline.read.document import Manuscript
from pipeline.read.docx.conversion import converted
from pipeline.read.docx.elements import has_text, words
from pipeline.read.docx.languages import main_language
from pipeline.read.docx.lists import Lists, lists_of
from pipeline.read.docx.notes import drop_calls_of_nothing
from pipeline.read.docx.paragraphs import mark_blanks, style_paragraphs
from pipeline.read.docx.parts import parts_of, said_of, texts_of
from pipeline.read.docx.runs import style_runs
from pipeline.read.docx.simplify import simplify
from pipeline.read.docx.styles import Styles, styles_of
from pipeline.read.office import about_of, all_of, written


def read(file: BinaryIO, name: str) -> Manuscript:
    """A Word document. Raises SourceError."""
    archive = Archive(file, name)
    parts = parts_of(archive)
    texts = texts_of(parts, name)
    said = said_of(archive)
    about, people = about_of(said, said.get("creator", ""), said.get("created", ""))
    styles, lists = styles_of(parts["styles"]), lists_of(parts["numbering"])
    drop_calls_of_nothing(texts)
    roots = list(texts.values())
    for root in roots:
        simplify(root)
    about["language"] = main_language(roots, styles, about["language"])
    _style(roots, styles, lists, about["language"])
    root, notices = converted(texts, name)
    furniture = map(words, (*parts["header"], *parts["footer"]))
    document = written(root, about["language"], furniture)
    about = {key: value for key, value in about.items() if value}
    return Manuscript(document, about, people, notices=notices)


def _style(roots: Sequence[etree._Element], styles: Styles, lists: Lists, language: str) -> None:
    """Give all text those styles that mammoth is told of; a title puts headings a level lower."""
    for root in roots:
        mark_blanks(root, styles)
        style_runs(root, styles, language)
    titles = (p for p in all_of(roots[0], "p") if styles.role(p)[0] == "title")
    shift = int(any(map(has_text, titles)))
    for root in roots:
        style_paragraphs(root, styles, lists, shift)
