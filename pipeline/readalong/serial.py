"""Trees -> bytes of XHTML and XML."""

from __future__ import annotations

from lxml import etree

from pipeline.read.markup import local
from pipeline.readalong.markup import DECLARATION

XHTML = "{http://www.w3.org/1999/xhtml}"
# HTML, 13.1.2: elements that have no end tag, and so no content.
_VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())


def xhtml(root: etree._Element) -> str:
    """A document of EPUB 3; an empty element that may have content keeps its end tag."""
    for element in root.iter(f"{XHTML}*"):
        if element.text is None and not len(element) and local(element.tag) not in _VOID:
            element.text = ""
    return f"{DECLARATION}<!DOCTYPE html>\n{etree.tostring(root, encoding='unicode')}\n"


def xml(root: etree._Element) -> str:
    return f"{DECLARATION}{etree.tostring(root, encoding='unicode')}\n"
