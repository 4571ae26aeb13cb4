"""FictionBook 2: one XML file, or a zip around one.

Schema: FictionBook 2.21. Its elements are renamed to those of HTML where they stand; what the
schema does not know keeps its text.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import BinaryIO

from lxml import etree

from pipeline.errors import ConfigError, SourceError
from pipeline.model import Cover, Person
from pipeline.normalize import titles
from pipeline.read.archive import Archive
from pipeline.read.contents import Structure, outline
from pipeline.read.document import Manuscript, Writer
from pipeline.read.elements import attributes, text_of
from pipeline.read.html import flatten
from pipeline.read.markup import DEEPEST, LARGEST_MARKUP, local, parse_xml

_TYPE = "{http://www.idpf.org/2007/ops}type"
_NOTES = frozenset("notes comments footnotes".split())
_KEPT = ("id", "lang", "href", "colspan", "rowspan")
_BLOCKS = {
    "body": "div",
    "section": "section",
    "epigraph": "blockquote",
    "cite": "blockquote",
    "annotation": "blockquote",
    "stanza": "div",
    "p": "p",
    "v": "p",
    "text-author": "p",
    "date": "p",
    "table": "table",
    "tr": "tr",
    "th": "th",
    "td": "td",
}
_INLINE = {
    "emphasis": "em",
    "strong": "strong",
    "strikethrough": "s",
    "sub": "sub",
    "sup": "sup",
    "code": "code",
    "a": "a",
}
_LINES = frozenset(("p", "v", "text-author", "subtitle", "td", "th"))
LOWEST = 6  # level of a heading


@dataclass(frozen=True, slots=True)
class _Place:
    """Where an element stands: the level of a title here, and what is around it."""

    level: int
    depth: int = 0
    titled: bool = False
    notes: bool = False
    line: bool = False


def read(file: BinaryIO, name: str) -> Manuscript:
    """A FictionBook. Raises SourceError."""
    root = parse_xml(_xml(file, name), name)
    if local(root.tag) != "fictionbook":
        raise SourceError(f"{name}: not a FictionBook: it is <{local(root.tag)}>.")
    about, people, identifiers = _description(root)
    notices: list[str] = []
    cover = _cover(root, name, notices)
    writer = Writer()
    bodies = [element for element in _children(root) if local(element.tag) == "body"]
    if not bodies:
        raise SourceError(f"{name}: a FictionBook without a text. Copy it again.")
    noted = _note_ids(bodies)
    above = 0
    for index, body in enumerate(bodies):
        title = _title_of(body)
        _to_html(body, noted, above, name)
        if index == 0 and title is not None:
            above = 1  # a second body stands beside the sections of the first
            if about.get("title") and _letters(about["title"]) in _letters(text_of(title)):
                title.set(_TYPE, "titlepage")
        flatten(body, writer, "", about.get("language", ""))
    document = writer.finish()
    return Manuscript(
        document=document,
        contents=tuple(outline(Structure(document))),  # a section's title is no mere heading
        about=about,
        people=people,
        identifiers=identifiers,
        cover=cover,
        notices=tuple(notices),
        explicit=True,
    )


def _xml(file: BinaryIO, name: str) -> bytes:
    """The XML itself, out of its zip if it is in one."""
    data = file.read(LARGEST_MARKUP + 1)
    if not data.startswith(b"PK\x03\x04"):
        return data
    archive = Archive(file, name)
    found = [path for path in archive.paths if path.lower().endswith(".fb2")]
    if len(found) != 1:
        raise SourceError(f"{name}: a zip with {len(found)} .fb2 files. Unpack it and give one.")
    return archive.read(found[0])


def _children(element: etree._Element) -> list[etree._Element]:
    return list(element.iterchildren(etree.Element))


def _is_notes(body: etree._Element) -> bool:
    return attributes(body).get("name", "").lower() in _NOTES


def _note_ids(bodies: list[etree._Element]) -> frozenset[str]:
    """What links to notes point at, also where they do not say that they are such."""
    return frozenset(
        said["id"]
        for body in bodies
        if _is_notes(body)
        for element in body.iterdescendants(etree.Element)
        if "id" in (said := attributes(element))
    )


def _title_of(element: etree._Element) -> etree._Element | None:
    return next((child for child in _children(element) if local(child.tag) == "title"), None)


def _letters(text: str) -> str:
    """A text by its letters and digits alone, to compare."""
    return "".join(char for char in text.casefold() if char.isalnum())


def _to_html(body: etree._Element, noted: frozenset[str], above: int, name: str) -> None:
    """Rename all elements of a body, from the outside in; `above` is a heading's level over it.

    Raises SourceError.
    """
    titled = _title_of(body) is not None
    start = _Place(level=above + titled, titled=titled, notes=_is_notes(body))
    stack = [(body, start)]
    while stack:
        element, here = stack.pop()
        if here.depth > DEEPEST:
            raise SourceError(f"{name}: elements nested more than {DEEPEST} deep, not a book.")
        inside = _inside(element, here)
        stack += [(child, inside) for child in reversed(_children(element))]
        _rename(element, here, noted)


def _inside(element: etree._Element, here: _Place) -> _Place:
    """Where the children of an element stand."""
    tag = local(element.tag)
    here = replace(here, depth=here.depth + 1)
    if tag in ("section", "poem"):
        return replace(here, level=here.level + 1, titled=_title_of(element) is not None)
    return replace(here, line=True) if tag in _LINES else here


def _rename(element: etree._Element, here: _Place, noted: frozenset[str]) -> None:
    """One element as HTML; its attributes are those that mean the same there."""
    tag, said = local(element.tag), attributes(element)
    element.attrib.clear()
    for key in _KEPT:
        if key in said:
            element.set(key, said[key])
    if tag == "body" and here.notes:
        element.set(_TYPE, "footnotes")
    elif tag == "poem":
        element.set("class", "verse")
    elif tag == "a" and (said.get("type") == "note" or said.get("href", "")[1:] in noted):
        element.set(_TYPE, "noteref")
    elif tag == "image":
        element.set("alt", said.get("alt") or said.get("title", ""))
    elif tag == "empty-line" and not len(element) and not here.line:
        element.text = f"\xa0{element.text or ''}"
    element.tag = _name(tag, element, here)


def _name(tag: str, element: etree._Element, here: _Place) -> str:
    """What HTML calls an element."""
    if tag == "title":
        return _heading(here.level, here)
    if tag == "subtitle":
        text = text_of(element)
        is_scene = here.titled and titles.is_number(text)  # a heading would be a chapter's
        has_words = any(char.isalnum() for char in text)
        return _heading(here.level + 1, here) if has_words and not is_scene else "p"
    if tag == "empty-line":
        return "br" if here.line else "p"
    if tag == "image":
        return "img"
    return _BLOCKS.get(tag) or _INLINE.get(tag) or ("span" if _is_inline(tag, here) else "div")


def _is_inline(tag: str, here: _Place) -> bool:
    return tag == "style" or here.line


def _heading(level: int, here: _Place) -> str:
    """A heading's name; among notes there are none, for they begin no chapter."""
    return "div" if here.notes else f"h{min(max(level, 1), LOWEST)}"


def _description(
    root: etree._Element,
) -> tuple[dict[str, str], tuple[Person, ...], tuple[str, ...]]:
    """The text fields of a Book, its people, and its ISBN."""
    about: dict[str, str] = {}
    people: list[Person] = []
    identifiers: list[str] = []
    for tag, element in _fields(root, "title-info"):
        if tag in ("author", "translator"):
            people += _person(element, "trl" if tag == "translator" else "aut")
        elif tag == "sequence":
            said = attributes(element)
            if said.get("name"):
                about.setdefault("series", said["name"])
                about.setdefault("position", said.get("number", ""))
        elif tag in _ABOUT:
            text = " ".join(map(text_of, element)) if tag == "annotation" else text_of(element)
            value = _day(attributes(element).get("value") or text) if tag == "date" else text
            about.setdefault(_ABOUT[tag], " ".join(value.split()))
    for tag, element in _fields(root, "publish-info"):
        if tag == "isbn":
            identifiers.append(text_of(element))
        elif tag in _PUBLISHED:
            key = _PUBLISHED[tag]
            about[key] = about.get(key) or text_of(element)
    return (
        {key: value for key, value in about.items() if value},
        tuple(people),
        tuple(filter(None, identifiers)),
    )


def _day(date: str) -> str:
    """A date without its time."""
    match = re.match(r"\d{4}(?:-\d\d(?:-\d\d)?)?(?=T|$)", date)
    return match[0] if match else date


_ABOUT: Mapping[str, str] = {
    "book-title": "title",
    "annotation": "description",
    "lang": "language",
    "date": "date",
}
_PUBLISHED: Mapping[str, str] = {"publisher": "publisher", "year": "date"}


def _fields(root: etree._Element, group: str) -> list[tuple[str, etree._Element]]:
    """The elements in a group of the description, by name."""
    return [
        (local(element.tag), element)
        for description in _children(root)
        if local(description.tag) == "description"
        for part in _children(description)
        if local(part.tag) == group
        for element in _children(part)
    ]


def _person(element: etree._Element, role: str) -> list[Person]:
    """A person by the names that the file gives in parts."""
    names = {local(part.tag): text_of(part) for part in _children(element)}
    first = " ".join(filter(None, (names.get("first-name"), names.get("middle-name"))))
    last = names.get("last-name", "")
    name = f"{first} {last}".strip() or names.get("nickname", "")
    sort_name = f"{last}, {first}" if first and last else ""
    return [Person(name, role, sort_name)] if name else []


def _cover(root: etree._Element, name: str, notices: list[str]) -> Cover | None:
    """The picture that the description names, if it is one that players show."""
    from pipeline.publish import cover

    pictures = [e for tag, page in _fields(root, "title-info") if tag == "coverpage" for e in page]
    wanted = [attributes(picture).get("href", "").lstrip("#") for picture in pictures]
    for binary in _children(root):
        key = attributes(binary).get("id", "")
        if local(binary.tag) != "binary" or not key or key not in wanted:
            continue
        try:
            return cover.check(base64.b64decode(text_of(binary)), key)
        except (ConfigError, binascii.Error) as error:
            notices.append(f"{name}: its cover cannot be used: {error}")
    return None
