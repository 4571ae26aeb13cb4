"""Which language the text of a Word document is in, and which parts of it are in another."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from lxml import etree

from pipeline.read.docx.elements import value, words
from pipeline.read.docx.styles import Styles
from pipeline.read.elements import attributes
from pipeline.read.markup import local
from pipeline.read.office import all_of


def main_language(roots: Iterable[etree._Element], styles: Styles, said: str) -> str:
    """The language of most of the text, if it is said; else of the properties, or the styles."""
    letters: Counter[str] = Counter()
    for root in roots:
        for run in all_of(root, "r"):
            letters[language_of(run, styles)] += len(words(run))
    most = max(letters, key=letters.__getitem__, default="")
    if most and letters[most] * 2 > letters.total():
        return most
    return said or _default(styles)


def language_of(run: etree._Element, styles: Styles) -> str:
    """The language that a run says it is in, by itself or by its style."""
    if found := _said(run):
        return found
    paragraph = next((above for above in run.iterancestors() if local(above.tag) == "p"), None)
    for name in (value(run, "rpr", "rstyle"), value(paragraph, "ppr", "pstyle")):
        for style in styles.chain(name):
            if (found := _said(style)) and not _is_default(style):
                return found
    return ""


def _default(styles: Styles) -> str:
    """The language of text that says nothing."""
    found = (_said(style) for style in styles.by_id.values() if _is_default(style))
    defaults = styles.by_id.get("")
    return next(filter(None, found), "") or value(defaults, "rprdefault", "rpr", "lang")


def _said(element: etree._Element) -> str:
    """The language that properties name, unless it is none that there could be."""
    language = value(element, "rpr", "lang")
    return language if re.fullmatch(r"[\w-]{1,40}", language) else ""


def _is_default(style: etree._Element) -> bool:
    return attributes(style).get("default") == "1"
