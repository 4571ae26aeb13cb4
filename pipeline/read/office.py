"""What Word's and OpenDocument's texts have in common: styles' names, numbers and properties."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from lxml import etree

from pipeline.errors import SourceError
from pipeline.model import Person
from pipeline.read.document import Document, Writer
from pipeline.read.elements import text_of
from pipeline.read.html import flatten
from pipeline.read.markup import local, parse_html

LONGEST_CHAIN = 30  # styles that are based on one another
MOST_BOXES = 10  # text boxes within one another
LOWEST = 6  # level of a heading

# What paragraphs are by the names of their styles, in LibreOffice, Word and Pandoc.
_ROLES = {
    "toc": r"(?:toc|contents|index|illustration index|table index)(?: heading| \d+)?|"
    r"table of (?:figures|authorities)|toa heading",
    "title": r"(?:book )?title",
    "subtitle": r"sub-?title",
    "heading": r"heading (?P<level>\d+)",
    "quote": r"(?:intense )?quot(?:e|ation)s?|block ?quot(?:e|ation)s?|block text",
    "code": r"(?:source )?code(?: block)?|(?:html )?preformatted(?: text)?|listing",
    "verse": r"(?:verse|poem|poetry|lyrics|stanza|song)\b.*",
    "rule": r"horizontal (?:line|rule)",
}
_BY_NAME = [(role, re.compile(pattern, re.IGNORECASE)) for role, pattern in _ROLES.items()]
_ROMAN = tuple(
    zip(
        (1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1),
        "M CM D CD C XC L XL X IX V IV I".split(),
        strict=True,
    )
)


def all_of(root: etree._Element, *names: str) -> list[etree._Element]:
    """All elements of these local names, in order, that may be changed while one looks at them."""
    return [element for element in root.iter(etree.Element) if local(element.tag) in names]


def remove(element: etree._Element) -> None:
    """Take an element away, but not the text behind it."""
    parent = element.getparent()
    if parent is not None:
        leave_tail(element)
        parent.remove(element)


def leave_tail(element: etree._Element) -> None:
    """Give the text behind an element to what is before it."""
    parent, before = element.getparent(), element.getprevious()
    if element.tail and before is not None:
        before.tail = (before.tail or "") + element.tail
    elif element.tail and parent is not None:
        parent.text = (parent.text or "") + element.tail
    element.tail = None


def put_behind(asides: Iterable[tuple[etree._Element, etree._Element]]) -> None:
    """Put each aside behind its anchor, those of one anchor in their order."""
    last: dict[etree._Element, etree._Element] = {}
    for anchor, aside in asides:
        leave_tail(aside)
        last.get(anchor, anchor).addnext(aside)
        last[anchor] = aside


def check_boxes(root: etree._Element, tag: str, name: str) -> None:
    """Refuse text boxes that take long to look into. Raises SourceError."""
    for box in all_of(root, tag):
        if sum(local(above.tag) == tag for above in box.iterancestors()) > MOST_BOXES:
            raise SourceError(f"{name}: text boxes nested more than {MOST_BOXES} deep, not a book.")


def role_of(name: str) -> tuple[str, int]:
    """What a paragraph is by the name of its style, and a heading's level; "" if plain."""
    bare = re.sub(r"[\s_]+", " ", name).strip()
    for role, pattern in _BY_NAME:
        if match := pattern.fullmatch(bare):
            return role, number(match["level"], LOWEST) if role == "heading" else 0
    return "", 0


def number(text: str, default: int) -> int:
    """A number that a file gives, unless it gives none, or one too long to be meant."""
    return int(text) if re.fullmatch(r"\d{1,9}", text) else default


def numeral(value: int, kind: str) -> str:
    """A number as a list or heading shows it: `kind` is "1", "I", "i", "A", "a" or nothing."""
    if not kind:
        return ""
    if kind in ("A", "a") and value:
        letter = chr(ord(kind) + (value - 1) % 26)
        return letter * ((value - 1) // 26 % 5 + 1)
    if kind in ("I", "i") and 0 < value < 4000:
        return _roman(value) if kind == "I" else _roman(value).lower()
    return str(value)


def _roman(value: int) -> str:
    signs = ""
    for worth, sign in _ROMAN:
        signs += sign * (value // worth)
        value %= worth
    return signs


def count_to(value: int, level: int, counts: dict[int, int]) -> None:
    """Note that a level has come to this number, so that those below it begin anew."""
    counts[level] = value
    for deeper in [one for one in counts if one > level]:
        del counts[deeper]


def about_of(
    said: Mapping[str, str], creators: str, created: str
) -> tuple[dict[str, str], tuple[Person, ...]]:
    """What properties say of a book, those of its writer's own making as "own NAME".

    The year of the file stands in for a date.
    """
    keys = ("title", "language", "publisher", "rights")
    about = {key: said.get(key) or said.get(f"own {key}", "") for key in keys}
    about["description"] = _plain(said.get("description") or said.get("subject", ""))
    about["date"] = said.get("own date", "")[:10] or created[:4]
    names = (name.strip() for name in creators.split(";"))
    return about, tuple(Person(name) for name in names if name)


def _plain(description: str) -> str:
    """A description on one line, without the markup that some have inside."""
    if "<" in description:
        description = text_of(parse_html(f"<div>{description}</div>".encode(), "the description"))
    return " ".join(description.split())


def written(
    root: etree._Element, language: str, furniture: Iterable[str], *, has_lines: bool = False
) -> Document:
    """The text of HTML that was made of a document; its lines, if a person can look them up."""
    writer = Writer()
    flatten(root, writer, "", language)
    for text in furniture:
        if any(map(str.isalpha, text)):
            writer.skip("page header or footer", text)
    document = writer.finish()
    if has_lines:
        return document
    return replace(document, blocks=tuple(replace(block, line=0) for block in document.blocks))
