"""OpenDocument's elements -> those of HTML, where they stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from lxml import etree

from pipeline.errors import SourceError
from pipeline.read.elements import attributes, text_of
from pipeline.read.markup import DEEPEST, local
from pipeline.read.odt.elements import PARAGRAPHS, SHAPES, children, holds_text, join, wrap
from pipeline.read.odt.numbers import Numbers
from pipeline.read.odt.styles import Styles, language_in
from pipeline.read.office import LOWEST, all_of, number

MOST_SPACES = 100
BOLD = 600

_INDEXES = {
    "table-of-content": "toc",
    "user-index": "toc",
    "illustration-index": "loi",
    "object-index": "loi",
    "table-index": "lot",
    "alphabetical-index": "index",
}
_TAGS = {
    **dict.fromkeys(
        "text index-body index-title bibliography list-header numbered-paragraph text-box "
        "note-body".split(),
        "div",
    ),
    **dict.fromkeys("table-header-rows table-rows table-row-group".split(), "tbody"),
    **dict.fromkeys(("table-cell", "covered-table-cell"), "td"),
    **dict.fromkeys(("s", "tab", "ruby-base"), "span"),
    **{tag: tag for tag in "section table a ruby math".split()},
    "table-row": "tr",
    "line-break": "br",
    "ruby-text": "rt",
}
_MARKS = frozenset(("bookmark", "bookmark-start", "reference-mark", "reference-mark-start"))
_HIDDEN = frozenset(("page-number", "title", "desc"))  # the latter two of shapes with a text
_SPACES = {"s": " ", "tab": "\t"}


def rename_all(text: etree._Element, styles: Styles, language: str, name: str) -> None:
    """Make HTML of a document in this language. Raises SourceError if it is nested too deep."""
    titled = any(styles.role(paragraph)[0] == "title" for paragraph in all_of(text, "p"))
    renaming = _Renaming(styles, language, int(titled))
    stack = [(text, _Around())]
    while stack:
        element, around = stack.pop()
        if around.depth > DEEPEST:
            raise SourceError(f"{name}: elements nested more than {DEEPEST} deep, not a book.")
        inner = children(element)
        inside = replace(renaming.rename(element, around), depth=around.depth + 1)
        stack += [(child, inside) for child in reversed(inner)]


@dataclass(frozen=True, slots=True)
class _Around:
    """What is around an element."""

    depth: int = 0
    is_line: bool = False
    list_style: str = ""
    list_level: int = 0


class _Renaming:
    """The way through a document, from the outside in; a title puts headings a level lower."""

    def __init__(self, styles: Styles, language: str, shift: int) -> None:
        self.styles = styles
        self.language = language
        self.shift = shift
        self.numbers = Numbers(styles)

    def rename(self, element: etree._Element, around: _Around) -> _Around:
        """One element as HTML, and what it is to those in it."""
        tag, said = local(element.tag), attributes(element)
        if "}" not in str(element.tag):  # made by us
            return around
        role, level = self.styles.role(element) if tag in PARAGRAPHS else ("", 0)
        element.attrib.clear()
        for key in ("id", "href") if tag != "note-body" else ("id", "class"):
            if said.get(key):
                element.set(key, said[key])
        if tag in PARAGRAPHS:
            self._paragraph(element, said, role, level)
            return replace(around, is_line=True)
        if tag == "list":
            return self._list(element, said, around)
        if tag == "list-item":
            self._item(element, said, around)
        elif tag == "span":
            self._span(element, said)
        else:
            _other(element, tag, said, is_inline=around.is_line)
        return around

    def _paragraph(
        self, element: etree._Element, said: Mapping[str, str], role: str, level: int
    ) -> None:
        """A paragraph by its role; a title of several is one."""
        style = said.get("style-name", "")
        self._set_language(element, self.styles.text("paragraph", style))
        if role == "heading":
            if said.get("is-list-header") != "true" and not self.styles.takes_number_away(style):
                self._number(element, level)
            element.tag = f"h{min(max(level, 1) + self.shift, LOWEST)}"
        elif role == "title":
            join(element, "h1", "hgroup")
        elif role == "code":
            join(element, "code", "pre")
        else:
            element.tag = "blockquote" if role == "quote" else "p"
        if role == "verse":
            element.set("class", "verse")

    def _number(self, heading: etree._Element, level: int) -> None:
        """Write out the number that a heading gets by itself, unless the file does."""
        is_written = any(local(inner.tag) == "number" for inner in heading)
        if not is_written and (label := self.numbers.label(level)):
            heading.text = f"{label} {heading.text or ''}"

    def _set_language(self, element: etree._Element, said: Mapping[str, str]) -> None:
        """Say the language of an element if it is another than the book's."""
        language = language_in(said)
        if language and language.split("-")[0] != self.language.split("-")[0]:
            element.set("lang", language)

    def _list(self, element: etree._Element, said: Mapping[str, str], around: _Around) -> _Around:
        """A list, with numbers if its style has them."""
        style, level = said.get("style-name") or around.list_style, around.list_level + 1
        goes_on = said.get("continue-numbering") == "true" or "continue-list" in said
        is_ordered = self.numbers.open_list(style, level, goes_on=goes_on)
        element.tag = "ol" if is_ordered else "ul"
        return replace(around, list_style=style, list_level=level)

    def _item(self, element: etree._Element, said: Mapping[str, str], around: _Around) -> None:
        """An item with its number; one that only holds a list has none."""
        element.tag = "li"
        first = next(iter(children(element)), None)
        if first is not None and local(first.tag) != "list":
            start = said.get("start-value", "")
            count = self.numbers.item(around.list_style, around.list_level, start)
            element.set("value", str(count))

    def _span(self, element: etree._Element, said: Mapping[str, str]) -> None:
        """A stretch of text by how it looks."""
        looks = self.styles.text("text", said.get("style-name", ""))
        weight = looks.get("font-weight", "")
        is_bold = weight == "bold" or number(weight, 0) >= BOLD
        is_slanted = looks.get("font-style") in ("italic", "oblique")
        self._set_language(element, looks)
        if looks.get("display") == "none":
            element.set("hidden", "hidden")
        element.tag = "em" if is_slanted else "strong" if is_bold else "span"
        if is_slanted and is_bold:
            wrap(element, "strong")


def _other(element: etree._Element, tag: str, said: Mapping[str, str], *, is_inline: bool) -> None:
    """An element that needs no more than another name, and perhaps a word on what it is."""
    if tag in SHAPES and not holds_text(element):
        _picture(element)
        return
    if tag in _SPACES:
        element.text = _SPACES[tag] * min(number(said.get("c", ""), 1), MOST_SPACES)
    elif tag in _INDEXES:
        element.set("role", f"doc-{_INDEXES[tag]}")
    elif tag in _HIDDEN or said.get("display") == "none":
        element.set("hidden", "hidden")
    elif tag in _MARKS and said.get("name"):
        element.set("id", said["name"])
    element.tag = _TAGS.get(tag, "span" if is_inline else "div")


def _picture(shape: etree._Element) -> None:
    """A picture, by what the book says of it."""
    found = {local(e.tag): text_of(e) for e in shape.iterdescendants(etree.Element)}
    del shape[:]
    shape.tag, shape.text = "img", None
    shape.set("alt", found.get("desc") or found.get("title", ""))
