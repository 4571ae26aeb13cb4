"""An EPUB that came in, read aloud: its own pages with places in them, and overlays beside them.

Its text, look, pictures, contents and identifier stay. It is read once more by what its chapters
were read by, so that each line is known by the very nodes that it came from.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from lxml import etree

from pipeline.model import Book
from pipeline.read import epub
from pipeline.read.document import Writer
from pipeline.read.epub import Unpacked
from pipeline.read.html import Origin
from pipeline.read.markup import parse_html
from pipeline.readalong import contents, opf, origin, package, serial, smil, story, upgrade
from pipeline.readalong.bundle import CONTAINER, Bundle, bundle
from pipeline.readalong.clips import Narrated, audio_name, clips, shares
from pipeline.readalong.page import page
from pipeline.readalong.places import Line, Place, mark
from pipeline.readalong.smil import Par
from pipeline.store import Store

# What is made anew, or holds for the file as it was.
_LEFT = frozenset(("mimetype", CONTAINER, "META-INF/signatures.xml", "META-INF/manifest.xml"))
STYLE = f".{smil.ACTIVE} {{ background-color: #ffe9a8; color: #1a1a1a; }}\n"


@dataclass(slots=True)
class _Making:
    """A book in the making. `folder` is where all that is added lies, in no one's way.

    By the paths of its documents: the places that are in them, the id of all that a document says,
    all of its ids, and what the package file must say of it.
    """

    found: Unpacked
    narrated: Narrated
    made: Bundle
    folder: str
    places: dict[str, list[Place]] = field(default_factory=dict)
    roots: dict[str, str] = field(default_factory=dict)
    ids: dict[str, frozenset[str]] = field(default_factory=dict)
    properties: dict[str, str] = field(default_factory=dict)
    own: list[opf.Own] = field(default_factory=list)

    @property
    def book(self) -> Book:
        return self.narrated.book


def write(path: Path, narrated: Narrated, store: Store) -> None:
    """Leave the book at `path`. Raises Lost, OSError, SourceError."""
    file = Path(narrated.book.file)
    with file.open("rb") as source:
        text = epub.read(source, file.name).document.text
    lines = origin.lines(narrated.chapters, text)
    with file.open("rb") as source, bundle(path, _package_of(file)) as made:
        found = epub.unpacked(source, file.name, [])
        making = _Making(found, narrated, made, _folder(found))
        _pages(making, lines)
        _own_pages(making)
        overlays = _overlays(making)
        nav = _nav(making)
        _copied(making)
        made.add(f"{making.folder}/active.css", STYLE)
        names = [audio_name(n, len(narrated.chapters)) for n, _ in enumerate(narrated.chapters, 1)]
        audio = [f"{making.folder}/{name}" for name in names]
        if opf.is_old(found):
            items = opf.paths_of(found).items()
            there = {item for path, item in items if path in found.archive}
            upgrade.package_file(found.root, making.book, there)
        style, narrators = f"{making.folder}/active.css", narrated.narrators
        added = opf.Added(overlays, making.own, audio, style, nav, narrators, making.properties)
        made.add(found.path, opf.edited(found, making.book, added))
        for name, spoken in zip(audio, narrated.chapters, strict=True):
            story.add_audio(made, name, spoken, store)


def _package_of(file: Path) -> str:
    with file.open("rb") as source:
        return epub.unpacked(source, file.name, []).path


def _folder(found: Unpacked) -> str:
    """A folder beside the package file that the book does not have."""
    taken = {path.lower() for path in found.archive.paths}
    folder = posixpath.join(posixpath.dirname(found.path), "readalong")
    while any(path == folder or path.startswith(f"{folder}/") for path in taken):
        folder += "-x"
    return folder


def _pages(making: _Making, lines: Sequence[Line]) -> None:
    """Every page that has a line, and of an old book all pages."""
    found, at = making.found, 0
    writer, origins = Writer(), list[Origin]()
    for path, root in epub.flattened(found, writer, [], origins.append):
        inside = []
        while at < len(lines) and lines[at].start < writer.written:
            inside.append(lines[at])
            at += 1
        if inside:
            places, making.roots[path] = mark(root, inside, origins)
            if places:
                making.places[path] = places
        origins.clear()
        if path in making.places or opf.is_old(found):
            _add_page(making, path, root)
        making.ids[path] = _ids(root)
    if opf.is_old(found):
        known = dict(found.pages)
        for item in found.package.items:
            if item.media_type == package.XHTML and item.path not in known:
                root = parse_html(found.archive.read(item.path), item.path)
                _add_page(making, item.path, root)


def _ids(root: etree._Element) -> frozenset[str]:
    return frozenset(str(one.get("id")) for one in root.iter(etree.Element) if one.get("id"))


def _add_page(making: _Making, path: str, root: etree._Element) -> None:
    """A page as it has become."""
    if opf.is_old(making.found):
        upgrade.page(root, making.book.title)
        making.properties[path] = upgrade.properties(root)
    if path in making.places:
        head = next((one for one in root if one.tag == f"{serial.XHTML}head"), None)
        if head is None:
            head = root.makeelement(f"{serial.XHTML}head")
            root.insert(0, head)
        href = opf.link(f"{making.folder}/active.css", path)
        etree.SubElement(head, f"{serial.XHTML}link", rel="stylesheet", href=href, type="text/css")
    making.made.add(path, serial.xhtml(root))


def _own_pages(making: _Making) -> None:
    """Chapters that no page has, such as credits: each a page of ours, before the next one's."""
    starts: dict[int, str] = {}
    for path, places in making.places.items():
        for place in places:
            starts.setdefault(place.line.chapter, path)
    before = ""
    for index, spoken in reversed(list(enumerate(making.narrated.chapters))):
        if index in starts:
            before = starts[index]
            continue
        path = f"{making.folder}/page-{index + 1}.xhtml"
        made = page(spoken.script, "page.css", story.ROOT)
        making.made.add(path, made.content)
        lines = spoken.script.utterances
        making.places[path] = [
            Place(Line(index, number, lines[number].start, lines[number].end), name, 1)
            for number, name in made.ids.items()
        ]
        making.roots[path] = story.ROOT
        making.own.insert(0, opf.Own(path, before))
    if making.own:
        making.made.add(f"{making.folder}/page.css", package.STYLE)


def _overlays(making: _Making) -> list[opf.Overlay]:
    """The overlay of each page with places in it."""
    timed = [
        clips(one.joined, placed) for one, placed in zip(
            making.narrated.chapters, _placed(making), strict=True
        )
    ]  # fmt: skip
    made = []
    for number, (path, places) in enumerate(making.places.items(), 1):
        own = f"{making.folder}/overlay-{number}.smil"
        pars = []
        for line, found in _by_line(places).items():
            clip = timed[line.chapter].get(line.number)
            if clip:
                audio = audio_name(line.chapter + 1, len(making.narrated.chapters))
                cut = shares(clip, [place.weight for place in found])
                pars += [
                    Par(place.id, audio, one)
                    for place, one in zip(found, cut, strict=True)
                    if one.length
                ]
        making.made.add(own, smil.overlay(opf.link(path, own), making.roots[path], pars))
        made.append(opf.Overlay(path, own, smil.length(pars)))
    return made


def _placed(making: _Making) -> list[set[int]]:
    """The lines of each chapter that have a place."""
    placed: list[set[int]] = [set() for _ in making.narrated.chapters]
    for places in making.places.values():
        for place in places:
            placed[place.line.chapter].add(place.line.number)
    return placed


def _by_line(places: Sequence[Place]) -> Mapping[Line, list[Place]]:
    found: dict[Line, list[Place]] = {}
    for place in places:
        found.setdefault(place.line, []).append(place)
    return found


def _nav(making: _Making) -> str:
    """A table of contents, for a book that has none as EPUB 3 wants it; its path, or nothing."""
    found = making.found
    if not opf.is_old(found) and any("nav" in item.properties for item in found.package.items):
        return ""
    path = f"{making.folder}/nav.xhtml"
    making.made.add(path, contents.nav(making.book, found, making.ids, path))
    return path


def _copied(making: _Making) -> None:
    """All else, as it is."""
    found = making.found
    new = {*_LEFT, found.path, *(p for p in making.places), *making.properties}
    for path in found.archive.paths:
        if path not in new:
            with making.made.adding(path, found.archive.size(path), packed=True) as member:
                found.archive.copy(path, member)
