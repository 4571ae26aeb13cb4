"""What is not text goes, what is given once for several is given as often, blanks are marked."""

from __future__ import annotations

from copy import deepcopy

from lxml import etree

from pipeline.errors import SourceError
from pipeline.read.elements import attributes
from pipeline.read.markup import local
from pipeline.read.odt.elements import PICTURES, has_text
from pipeline.read.odt.styles import Styles
from pipeline.read.office import all_of, number, remove

MOST_COPIES = 20_000  # of repeated rows and cells

_DROPPED = frozenset(
    "annotation annotation-end tracked-changes change change-start change-end forms sequence-decls "
    "variable-decls user-field-decls dde-connection-decls soft-page-break binary-data script "
    "event-listeners table-of-content-source illustration-index-source table-index-source "
    "object-index-source user-index-source alphabetical-index-source bibliography-source "
    "table-source scenario table-column table-columns table-header-columns "
    "table-column-group".split()
)


def simplify(text: etree._Element, styles: Styles, name: str) -> None:
    """Leave nothing but text, all of it in its place. Raises SourceError."""
    for element in all_of(text, *_DROPPED):
        remove(element)
    _repeat(text, name)
    _mark_blanks(text, styles)


def _repeat(text: etree._Element, name: str) -> None:
    """Rows and cells that are given once for several, as often as they are meant.

    Those without text are left as they are. Raises SourceError for more than a book has.
    """
    copies = 0
    for tag, key in (
        ("table-cell", "number-columns-repeated"),
        ("table-row", "number-rows-repeated"),
    ):
        for element in all_of(text, tag):
            more = number(attributes(element).get(key, ""), 1) - 1
            if more < 1 or not has_text(element):
                continue
            copies += more * sum(1 for _ in element.iter())
            if copies > MOST_COPIES:
                raise SourceError(f"{name}: a table of more than {MOST_COPIES:,d} repeated cells.")
            for _ in range(more):
                element.addnext(deepcopy(element))


def _mark_blanks(text: etree._Element, styles: Styles) -> None:
    """Paragraphs without a word between two with some: lines that are left blank, or rules."""
    for paragraph in all_of(text, "p"):
        parent = paragraph.getparent()
        where = local(parent.tag) if parent is not None else ""
        if where not in ("text", "section") or not _is_empty(paragraph):
            continue
        around = (paragraph.getprevious(), paragraph.getnext())
        if styles.role(paragraph)[0] == "rule":
            paragraph.tag = "hr"
        elif all(e is not None and local(e.tag) == "p" and not _is_empty(e) for e in around):
            paragraph.text = "\xa0"


def _is_empty(paragraph: etree._Element) -> bool:
    return not has_text(paragraph) and not all_of(paragraph, *PICTURES)
