"""The files in an OpenDocument text that matter: its content, its styles, its metadata."""

from __future__ import annotations

from collections.abc import Iterable
from typing import BinaryIO

from lxml import etree

from pipeline.errors import SourceError
from pipeline.read.archive import Archive
from pipeline.read.elements import attributes, text_of
from pipeline.read.markup import LARGEST_MARKUP, local, parse_xml
from pipeline.read.odt.elements import children
from pipeline.read.office import all_of

MANIFEST = "META-INF/manifest.xml"


def parts_of(file: BinaryIO, name: str) -> tuple[etree._Element, list[etree._Element]]:
    """The content, and the files with styles and metadata, as far as there are any.

    Raises SourceError.
    """
    start = file.read(4)
    if start != b"PK\x03\x04":
        return parse_xml(start + file.read(LARGEST_MARKUP), name), []
    archive = Archive(file, name)
    if MANIFEST in archive and all_of(_xml(archive, MANIFEST), "encryption-data"):
        raise SourceError(f"{name}: encrypted with a password. Open it, and save it without one.")
    if "content.xml" not in archive:
        raise SourceError(f"{name}: a zip file, but no OpenDocument text. Copy it again.")
    others = [path for path in ("styles.xml", "meta.xml") if path in archive]
    return _xml(archive, "content.xml"), [_xml(archive, path) for path in others]


def _xml(archive: Archive, path: str) -> etree._Element:
    return parse_xml(archive.read(path), f"{archive.name}: {path}")


def said_of(roots: Iterable[etree._Element]) -> dict[str, str]:
    """The document's metadata by name; the first of a name counts."""
    said: dict[str, str] = {}
    for meta in (meta for root in roots for meta in all_of(root, "meta")):
        for element in children(meta):
            name = local(element.tag)
            if name == "user-defined":
                name = f"own {attributes(element).get('name', '').lower()}"
            said[name] = said.get(name) or text_of(element)
    return said
