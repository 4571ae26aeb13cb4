"""An EPUB's table of contents as it is written: a nav document of EPUB 3, or an NCX."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lxml import etree

from pipeline.errors import SourceError
from pipeline.read import opf
from pipeline.read.archive import Archive
from pipeline.read.elements import attributes, resolve, text_of
from pipeline.read.markup import local, parse_html, parse_xml

_NCX_TYPE = "application/x-dtbncx+xml"
DEEPEST_CONTENTS = 20  # levels


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a table of contents as it is written: a title, its link, and what is below."""

    title: str
    link: str
    below: tuple[Line, ...] = ()


def read(
    archive: Archive, package: opf.Package, notices: list[str]
) -> tuple[tuple[Line, ...], list[tuple[str, str]]]:
    """The table of contents, and places with the types that landmarks give them."""
    lines, landmarks = _from_nav(archive, package)
    if len(lines) > 1:
        return lines, landmarks
    others = _from_ncx(archive, package, notices)
    return (others if len(others) >= len(lines) else lines), landmarks


def _from_nav(
    archive: Archive, package: opf.Package
) -> tuple[tuple[Line, ...], list[tuple[str, str]]]:
    """What EPUB 3's navigation document says."""
    landmarks: list[tuple[str, str]] = []
    for item in _nav_items(package):
        if item.path not in archive:
            continue
        root = parse_html(archive.read(item.path), f"{archive.name}: {item.path}")
        found: tuple[Line, ...] = ()
        navs = [nav for nav in root.iter(etree.Element) if local(nav.tag) == "nav"]
        for nav in navs:
            types = attributes(nav).get("epub:type", "").split()
            if "landmarks" in types:
                landmarks += _landmarks(nav, item.path)
            elif not found and ("toc" in types or len(navs) == 1 or "nav" in item.properties):
                found = tuple(_nav_lines(nav, item.path))
        if found:
            return found, landmarks
    return (), landmarks


def _from_ncx(archive: Archive, package: opf.Package, notices: list[str]) -> tuple[Line, ...]:
    """What EPUB 2's NCX says; one that is damaged is told of."""
    named = [item for item in package.items if item.id == package.ncx != ""]
    others = [i for i in package.items if i.media_type == _NCX_TYPE or i.path.endswith(".ncx")]
    for item in (*named, *others):
        if item.path not in archive:
            continue
        try:
            root = parse_xml(archive.read(item.path), item.path, opf.DEEPEST)
        except SourceError as error:
            notices.append(f"its table of contents cannot be used: {error}")
            continue
        return tuple(_ncx_lines(root, item.path))
    return ()


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
        lists = [
            one for one in element.iterchildren(etree.Element) if local(one.tag) in ("ol", "ul")
        ]
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
