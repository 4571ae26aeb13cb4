"""An EPUB's package file: metadata, manifest, spine and guide, of OPF 2 and 3 alike."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from lxml import etree

from pipeline.model import Person
from pipeline.read.elements import attributes, resolve, text_of
from pipeline.read.markup import local, parse_html

DEEPEST = 100  # nested elements
_FILE_AS = "{http://www.idpf.org/2007/opf}file-as"
_ROLE = "{http://www.idpf.org/2007/opf}role"


@dataclass(frozen=True, slots=True)
class Item:
    """A file of the book; no path for one that is on the web."""

    id: str
    path: str
    media_type: str
    properties: frozenset[str]


@dataclass(frozen=True, slots=True)
class Package:
    """What the package file says. `guide` gives types by path."""

    about: Mapping[str, str]
    people: tuple[Person, ...]
    identifiers: tuple[str, ...]
    items: tuple[Item, ...]
    spine: tuple[tuple[str, bool], ...]  # id, and whether it is in the reading order
    ncx: str
    guide: tuple[tuple[str, str], ...]
    cover_id: str


def read(root: etree._Element, path: str) -> Package:
    """The package in a tree, its paths counted from the archive's root."""
    elements = [(local(element.tag), element) for element in root.iter(etree.Element)]
    refined = _refinements(elements)
    items = tuple(_item(element, path) for tag, element in elements if tag == "item")
    spine = [element for tag, element in elements if tag == "itemref"]
    metas = {
        said["name"].lower(): said.get("content", "")
        for tag, element in elements
        if tag == "meta" and (said := attributes(element)).get("name")
    }
    return Package(
        about=_about(elements, refined, metas),
        people=_people(elements, refined),
        identifiers=tuple(t for tag, e in elements if tag == "identifier" and (t := text_of(e))),
        items=items,
        spine=tuple(
            (said.get("idref", ""), said.get("linear", "yes").lower() != "no")
            for said in map(attributes, spine)
        ),
        ncx=next((attributes(e).get("toc", "") for tag, e in elements if tag == "spine"), ""),
        guide=tuple(
            (resolve(path, said.get("href", "")), said.get("type", "").lower())
            for tag, element in elements
            if tag == "reference" and (said := attributes(element))
        ),
        cover_id=metas.get("cover", ""),
    )


Elements = list[tuple[str, etree._Element]]
Refined = Mapping[str, Mapping[str, str]]


def _item(element: etree._Element, path: str) -> Item:
    said = attributes(element)
    return Item(
        id=said.get("id", ""),
        path=resolve(path, said.get("href", "")).partition("#")[0],
        media_type=said.get("media-type", "").lower(),
        properties=frozenset(said.get("properties", "").split()),
    )


def _refinements(elements: Elements) -> Refined:
    """EPUB 3: what <meta refines="#id" property="..."> says, by id and property."""
    found: dict[str, dict[str, str]] = {}
    for tag, element in elements:
        said = attributes(element)
        if tag == "meta" and said.get("refines", "").startswith("#") and said.get("property"):
            about = found.setdefault(said["refines"][1:], {})
            name = said["property"]
            value = text_of(element)
            about[name] = f"{about[name]} {value}" if name == "role" and name in about else value
    return found


def _about(elements: Elements, refined: Refined, metas: Mapping[str, str]) -> dict[str, str]:
    """The text fields of a Book."""
    about: dict[str, str] = {}
    for tag, element in elements:
        text = text_of(element)
        if not text:
            continue
        detail = refined.get(attributes(element).get("id", ""), {})
        if tag == "title" and detail.get("title-type", "main") in ("main", "subtitle"):
            key = "title" if detail.get("title-type", "main") == "main" else "subtitle"
            about.setdefault(key, text)
        elif tag in ("publisher", "rights", "language"):
            about.setdefault(tag, text)
        elif tag == "date" and _is_publication(element):
            about.setdefault("date", text[:10])
        elif tag == "description":
            about.setdefault("description", _plain(text))
        elif tag == "meta" and _is_series(element, detail):
            about.setdefault("series", text)
            about.setdefault("position", detail.get("group-position", ""))
    if metas.get("calibre:series"):
        about.setdefault("series", metas["calibre:series"])
        about.setdefault("position", re.sub(r"\.0+$", "", metas.get("calibre:series_index", "")))
    return {key: " ".join(value.split()) for key, value in about.items() if value}


def _is_series(element: etree._Element, detail: Mapping[str, str]) -> bool:
    is_collection = attributes(element).get("property") == "belongs-to-collection"
    return is_collection and detail.get("collection-type", "series") == "series"


def _is_publication(element: etree._Element) -> bool:
    event = next((str(v) for k, v in element.attrib.items() if local(k) == "event"), "")
    return event in ("", "publication", "original-publication")


def _people(elements: Elements, refined: Refined) -> tuple[Person, ...]:
    people = []
    for tag, element in elements:
        name = text_of(element)
        if tag not in ("creator", "contributor") or not name:
            continue
        detail = refined.get(attributes(element).get("id", ""), {})
        roles = (detail.get("role") or str(element.get(_ROLE, ""))).split()
        sort_name = detail.get("file-as") or str(element.get(_FILE_AS, ""))
        if tag == "creator" and (not roles or "aut" in roles):
            roles = ["aut"]
        people.append(Person(name, roles[0] if roles else "ctb", sort_name))
    return tuple(people)


def _plain(description: str) -> str:
    """A description without the markup that many have inside."""
    if "<" not in description:
        return description
    root = parse_html(f"<div>{description}</div>".encode(), "the description")
    return text_of(root)
