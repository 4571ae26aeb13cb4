"""An EPUB's table of contents as it is written: a nav document of EPUB 3, or an NCX."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lxml import etree

from pipeline.read import opf
from pipeline.read.archive import Archive
from pipeline.read.html import attributes, resolve, text_of
from pipeline.read.markup import local, parse_html, parse_xml

_NCX_TYPE = "application/x-dtbncx+xml"
DEEPEST_CONTENTS = 20  # levels


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a table of contents as it is written: a title, its link, and what is below."""

    title: str
    link: str
    below: tuple[Line, ...] = ()


def read(archive: Archive, package: opf.Package) -> tuple[tuple[Line, ...], list[tuple[str, str]]]:
    """The table of contents, from the nav document or else the NCX; landmarks with their types."""
    landmarks: list[tuple[str, str]] = []
    best: tuple[Line, ...] = ()
    for item in _nav_items(package):
        if item.path not in archive:
            continue
        root = parse_html(archive.read(item.path), f"{archive.name}: {item.path}")
        navs = [nav for nav in root.iter(etree.Element) if local(nav.tag) == "nav"]
        for nav in navs:
            types = attributes(nav).get("epub:type", "").split()
            if "landmarks" in types:
                landmarks += _landmarks(nav, item.path)
            elif not best and ("toc" in types or len(navs) == 1 or "nav" in item.properties):
                best = tuple(_nav_lines(nav, item.path))
        if best:
            break
    if len(best) > 1:
        return best, landmarks
    named = [i for i in package.items if i.id == package.ncx != ""]
    others = [i for i in package.items if i.media_type == _NCX_TYPE or i.path.endswith(".ncx")]
    for item in (*named, *others):
        if item.path in archive:
            where = f"{archive.name}: {item.path}"
            root = parse_xml(archive.read(item.path), where, opf.DEEPEST)
            found = tuple(_ncx_lines(root, item.path))
            return (found if len(found) >= len(best) else best), landmarks
    return best, landmarks


def _nav_items(package: opf.Package) -> list[opf.Item]:
    """Documents that may be the navigation document, the one that says so first."""
    named = [item for item in package.items if "nav" in item.properties]
    guess = [
        item
        for item in package.items
        if item.path.lower().endswith((".xhtml", ".html", ".htm"))
        and any(word in item.path.lower().rpartition("/")[2] for word in ("nav", "toc"))
    ]
    return [*named, *(item for item in guess if item not in named)]


def _nav_lines(parent: etree._Element, path: str, depth: int = 0) -> Iterator[Line]:
    """The entries of a nav's lists; `depth` counts lists, and what stands around them."""
    if depth > 3 * DEEPEST_CONTENTS:
        return
    for element in parent.iterchildren(etree.Element):
        if local(element.tag) != "li":
            yield from _nav_lines(element, path, depth + 1) if local(element.tag) != "a" else ()
            continue
        lists = [one for one in element.iterchildren(etree.Element) if local(one.tag) == "ol"]
        label = next((one for one in element.iterchildren(etree.Element) if one not in lists), None)
        below = tuple(line for one in lists for line in _nav_lines(one, path, depth + 1))
        title = text_of(label) if label is not None else ""
        link = ""
        if label is not None:
            anchors = [one for one in label.iter(etree.Element) if local(one.tag) == "a"]
            link = next((attributes(one).get("href", "") for one in anchors), "")
        if title or below:
            yield Line(title, resolve(path, link) if link else "", below)


def _landmarks(nav: etree._Element, path: str) -> list[tuple[str, str]]:
    return [
        (resolve(path, said.get("href", "")), kind)
        for anchor in nav.iter(etree.Element)
        if local(anchor.tag) == "a" and (said := attributes(anchor))
        for kind in said.get("epub:type", "").lower().split()
    ]


def _ncx_lines(parent: etree._Element, path: str, depth: int = 0) -> Iterator[Line]:
    """The entries of an NCX's navMap."""
    if depth > DEEPEST_CONTENTS:
        return
    for element in parent.iterchildren(etree.Element):
        tag = local(element.tag)
        if tag == "navmap":
            yield from _ncx_lines(element, path, depth)
        if tag != "navpoint":
            continue
        inner = {local(one.tag): one for one in element.iterchildren(etree.Element)}
        title = text_of(inner["navlabel"]) if "navlabel" in inner else ""
        link = attributes(inner["content"]).get("src", "") if "content" in inner else ""
        below = tuple(_ncx_lines(element, path, depth + 1))
        if title or below:
            yield Line(title, resolve(path, link) if link else "", below)


def linked(lines: Sequence[Line]) -> Iterator[str]:
    """Paths of the files that a table of contents points at, in its order."""
    for line in lines:
        yield line.link.partition("#")[0]
        yield from linked(line.below)
