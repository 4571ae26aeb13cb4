"""The package file of an EPUB that came in: what may not be kept of it, and what is added."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from lxml import etree

from pipeline.model import Book
from pipeline.read.elements import attributes, resolve
from pipeline.read.epub import ENCRYPTION, FONTS, Unpacked
from pipeline.read.markup import local, parse_html
from pipeline.readalong import package, serial, smil

OPF = "{http://www.idpf.org/2007/opf}"
DC = "{http://purl.org/dc/elements/1.1/}"
_PAGES = (package.XHTML, "image/svg+xml")
_OURS = ("media:duration", "media:active-class", "media:narrator")


@dataclass(frozen=True, slots=True)
class Overlay:
    """A document's overlay, both by their paths, and how long it lasts, in milliseconds."""

    document: str
    path: str
    length: int


@dataclass(frozen=True, slots=True)
class Own:
    """A page of ours, by its path, and before which of the book's it stands; "" for the end."""

    path: str
    before: str


@dataclass(frozen=True, slots=True)
class Added:
    """All that a book has more than it had; `properties` are of documents, by their paths."""

    overlays: Sequence[Overlay]
    own: Sequence[Own]
    audio: Sequence[str]
    style: str
    nav: str
    narrators: Sequence[str]
    properties: Mapping[str, str]


def is_old(found: Unpacked) -> bool:
    """Whether it is an EPUB 2 or older, or does not say."""
    return not str(found.root.get("version", "")).startswith("3")


def obstacles(found: Unpacked) -> Iterator[str]:
    """Why a package cannot be used further."""
    parts = {str(child.tag) for child in found.root.iterchildren(etree.Element)}
    if found.root.tag != f"{OPF}package" or not parts >= {
        f"{OPF}{name}" for name in ("metadata", "manifest", "spine")
    }:
        yield "its package file is not as EPUB has it"
        return
    if any(algorithm not in FONTS for algorithm in _locks(found)):
        yield "a part of it is encrypted"
    items = found.package.items
    ids, paths = {item.id for item in items}, {item.path for item in items}
    if len(ids) < len(items) or len(paths) < len(items) or "" in ids:
        yield "its package file lists things twice, or without a name"
    kinds = {item.id: item.media_type for item in items}
    by_path = {item.path: item for item in items}
    spine = [idref for idref, _ in found.package.spine]
    if not spine or len(set(spine)) < len(spine) or any(kinds.get(i) not in _PAGES for i in spine):
        yield "its reading order has what is no page, or a page twice"
    for path, in_order in found.pages:
        if in_order and (path not in by_path or by_path[path].id not in spine):
            yield f"{path!r} is not in its reading order"


def _locks(found: Unpacked) -> Iterator[str]:
    """By what parts of it are encrypted."""
    archive = found.archive
    if ENCRYPTION in archive:
        root = parse_html(archive.read(ENCRYPTION), f"{archive.name}: {ENCRYPTION}")
        for data in root.iter(etree.Element):
            if local(data.tag) == "encrypteddata":
                said = [attributes(one) for one in data.iterdescendants(etree.Element)]
                yield next((one["algorithm"] for one in said if "algorithm" in one), "")


def paths_of(found: Unpacked) -> dict[str, etree._Element]:
    """The items of the manifest by their paths, as the archive spells them."""
    items: dict[str, etree._Element] = {}
    for item in found.root.iter(f"{OPF}item"):
        path = resolve(found.path, str(item.get("href", ""))).partition("#")[0]
        items.setdefault(found.archive.real(path), item)
    return items


def link(path: str, source: str) -> str:
    """A path as a link from the file `source`."""
    relative = posixpath.relpath(f"/{path}", f"/{posixpath.dirname(source)}")
    return quote(relative, safe="/~+,;=@!$'()*")


def edited(found: Unpacked, book: Book, added: Added) -> str:
    """The package file with all that is added, and no overlays but ours."""
    etree.cleanup_namespaces(found.root)  # a second name for ours would be given to what is added
    package_of, items = _Package(found.root, found.path, _ids(found.root)), paths_of(found)
    _without_overlays(package_of, items)
    _retitled(package_of, found, book)
    for path, properties in added.properties.items():
        said = f"{items[path].get('properties', '')} {properties}".split()
        if said:
            items[path].set("properties", " ".join(dict.fromkeys(said)))
    for page in added.own:
        items[page.path] = package_of.item(page.path, package.XHTML)
        _in_spine(package_of, items, page)
    lengths = {}
    for overlay in added.overlays:
        item = package_of.item(overlay.path, smil.MEDIA_TYPE)
        items[overlay.document].set("media-overlay", str(item.get("id")))
        lengths[str(item.get("id"))] = overlay.length
    for path in added.audio:
        package_of.item(path, "audio/mpeg")
    package_of.item(added.style, "text/css")
    if added.nav:
        package_of.item(added.nav, package.XHTML).set("properties", "nav")
    package_of.say(_statements(package_of, book, added, lengths))
    return serial.xml(found.root)


@dataclass(frozen=True, slots=True)
class _Package:
    """A package file's tree, its path, and all ids in it."""

    root: etree._Element
    path: str
    known: set[str]

    def part(self, name: str) -> etree._Element:
        return next(self.root.iterchildren(f"{OPF}{name}"))

    def item(self, path: str, media_type: str) -> etree._Element:
        """One more file in the manifest, under an id that nothing else has."""
        number = len(self.part("manifest")) + 1
        while f"item-{number}" in self.known:
            number += 1
        self.known.add(f"item-{number}")
        said = {"id": f"item-{number}", "href": link(path, self.path), "media-type": media_type}
        return etree.SubElement(self.part("manifest"), f"{OPF}item", said)

    def says(self, name: str) -> set[str]:
        """What the metadata say of this property of the book."""
        metas = self.part("metadata").iterchildren(f"{OPF}meta")
        found = (one for one in metas if one.get("property") == name and not one.get("refines"))
        return {" ".join((one.text or "").split()) for one in found}

    def say(self, statements: Iterable[str]) -> None:
        """Add statements, each an element as text."""
        around = f'<metadata xmlns="{OPF[1:-1]}" xmlns:dc="{DC[1:-1]}">%s</metadata>'
        for element in etree.fromstring(around % "".join(statements)):
            self.part("metadata").append(element)


def _ids(root: etree._Element) -> set[str]:
    return {str(one.get("id")) for one in root.iter(etree.Element)}


def _without_overlays(one: _Package, items: dict[str, etree._Element]) -> None:
    """Overlays that the book had are of another reading."""
    for meta in list(one.part("metadata").iterchildren(f"{OPF}meta")):
        if meta.get("property") in _OURS:
            one.part("metadata").remove(meta)
    for path, item in list(items.items()):
        item.attrib.pop("media-overlay", None)
        if item.get("media-type") == smil.MEDIA_TYPE:
            one.part("manifest").remove(item)
            del items[path]


def _retitled(one: _Package, found: Unpacked, book: Book) -> None:
    """The title that the book's settings give it, if they do."""
    title = next(one.part("metadata").iterchildren(f"{DC}title"), None)
    if title is not None and book.title and book.title != found.package.about.get("title"):
        title.text = book.title


def _in_spine(one: _Package, items: Mapping[str, etree._Element], page: Own) -> None:
    """A page of ours where it belongs."""
    spine = one.part("spine")
    said = {"idref": str(items[page.path].get("id"))}
    made = spine.makeelement(f"{OPF}itemref", said)
    before = items[page.before].get("id") if page.before else None
    refs = list(spine.iterchildren(f"{OPF}itemref"))
    at = next((ref for ref in refs if before and ref.get("idref") == before), None)
    if at is None:
        spine.append(made)
    else:
        at.addprevious(made)


def _statements(
    one: _Package, book: Book, added: Added, lengths: Mapping[str, int]
) -> Iterator[str]:
    """What is to be said of the book beside what it says itself."""
    yield from package.overlay_metadata(lengths)
    for name in added.narrators:
        yield package.meta("media:narrator", name)
    if not one.says("dcterms:modified"):
        yield package.meta("dcterms:modified", package.modified(book.date))
    if not one.says("schema:accessMode"):
        yield from package.accessibility()
        return
    for name, value in package.HEARD:
        if value not in one.says(name):
            yield package.meta(name, value)
