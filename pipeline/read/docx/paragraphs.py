"""Paragraphs, each in one of those styles that mammoth is told of, with its number as text."""

from __future__ import annotations

from lxml import etree

from pipeline.read.docx.elements import add, at, has_text, is_styled, run_of, set_style
from pipeline.read.docx.lists import Lists, list_of
from pipeline.read.docx.stylemap import DEEPEST_LIST
from pipeline.read.docx.styles import Styles
from pipeline.read.elements import attributes
from pipeline.read.markup import local
from pipeline.read.office import LOWEST, all_of

_STYLED = ("title", "quote", "code", "verse", "toc")


def mark_blanks(root: etree._Element, styles: Styles) -> None:
    """Paragraphs without a word between two with some: lines that are left blank, or rules."""
    for paragraph in all_of(root, "p"):
        parent = paragraph.getparent()
        if parent is None or local(parent.tag) != "body" or not _is_blank(paragraph):
            continue
        if at(paragraph, "ppr", "pbdr") is not None:
            set_style(paragraph, "Rule")
        elif all(_is_story(e, styles) for e in (paragraph.getprevious(), paragraph.getnext())):
            paragraph.append(run_of(root, "\xa0"))


def _is_blank(paragraph: etree._Element) -> bool:
    is_page_break = any(attributes(e).get("type") == "page" for e in all_of(paragraph, "br"))
    has_more = all_of(paragraph, "footnotereference", "endnotereference", "sectpr")
    return not is_page_break and not has_more and not has_text(paragraph)


def _is_story(element: etree._Element | None, styles: Styles) -> bool:
    """Whether it is a paragraph with text, and no heading."""
    if element is None or local(element.tag) != "p":
        return False
    return has_text(element) and styles.role(element)[0] != "heading"


def style_paragraphs(root: etree._Element, styles: Styles, lists: Lists, shift: int) -> None:
    """Give each paragraph one of our styles, or none; `shift` is added to headings' levels."""
    for paragraph in all_of(root, "p"):
        if not is_styled(paragraph):
            _style(paragraph, styles, lists, shift)


def _style(paragraph: etree._Element, styles: Styles, lists: Lists, shift: int) -> None:
    role, level = styles.role(paragraph)
    key, depth = list_of(paragraph, styles)
    shown = lists.levels.get((key, depth))
    label, count = lists.count(key, depth) if shown and has_text(paragraph) else ("", 0)
    if role == "heading":
        set_style(paragraph, f"H{min(level + shift, LOWEST)}")
        if label:
            paragraph.insert(1, run_of(paragraph, f"{label} "))
        return
    set_style(paragraph, role.capitalize() if role in _STYLED else "")
    if shown and shown.is_item and role not in _STYLED:
        _put_in_list(paragraph, is_ordered=bool(shown.kind), depth=depth)
        if shown.kind and label:
            paragraph.insert(1, run_of(paragraph, str(count), "Number"))


def _put_in_list(paragraph: etree._Element, *, is_ordered: bool, depth: int) -> None:
    """Put a paragraph in one of our two lists."""
    numbering = add(paragraph[0], "numPr")
    add(numbering, "ilvl", str(min(depth, DEEPEST_LIST)))
    add(numbering, "numId", "1" if is_ordered else "2")
