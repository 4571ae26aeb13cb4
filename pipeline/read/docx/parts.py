"""The files in a Word document that matter: its text, what it is styled with, its properties."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from lxml import etree

from pipeline.errors import SourceError
from pipeline.read.archive import Archive
from pipeline.read.docx.elements import at
from pipeline.read.elements import attributes, resolve, text_of
from pipeline.read.markup import decode, local, parse_xml
from pipeline.read.office import check_boxes

DEEPEST_PART = 250  # nested elements, more than which mammoth cannot take

_RELATED = "styles numbering footnotes endnotes header footer".split()
_NAMESPACES = (
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",
)


def parts_of(archive: Archive) -> dict[str, list[etree._Element]]:
    """The parts by what they are to the document, and "document" itself. Raises SourceError."""
    main = next(iter(_related(archive, "").get("officedocument", ())), "word/document.xml")
    if main not in archive:
        raise SourceError(f"{archive.name}: a zip file, but no Word document. Copy it again.")
    related = _related(archive, main)
    parts = {kind: [_xml(archive, path) for path in related.get(kind, ())] for kind in _RELATED}
    return parts | {"document": [_xml(archive, main)]}


def texts_of(parts: Mapping[str, Sequence[etree._Element]], name: str) -> dict[str, etree._Element]:
    """The parts with text to read, the document first. Raises SourceError if it is not Word's."""
    kinds = ("document", "footnotes", "endnotes")
    texts = {kind: parts[kind][0] for kind in kinds if parts[kind]}
    for root in texts.values():
        if str(root.tag).rpartition("}")[0][1:] not in _NAMESPACES:
            raise SourceError(f"{name}: its text is not Word's. Save it as DOCX again.")
        check_boxes(root, "txbxcontent", name)
    if at(texts["document"], "body") is None:
        raise SourceError(f"{name}: a Word document without a text. Copy it again.")
    return texts


def said_of(archive: Archive) -> dict[str, str]:
    """The document's properties by name. Raises SourceError."""
    said: dict[str, str] = {}
    for kind, paths in _related(archive, "").items():
        if kind in ("core-properties", "custom-properties"):
            for element in _xml(archive, paths[0]).iterchildren(etree.Element):
                own = attributes(element).get("name", "").lower()
                said[f"own {own}" if own else local(element.tag)] = text_of(element)
    return said


def _related(archive: Archive, path: str) -> dict[str, list[str]]:
    """The parts that a part names, by their kind; the usual ones where it names none."""
    folder, _, file = path.rpartition("/")
    rels = f"{folder}/_rels/{file}.rels".lstrip("/")
    found: dict[str, list[str]] = {}
    if rels in archive:
        for element in _xml(archive, rels).iter(etree.Element):
            said = attributes(element)
            target = resolve(path, said.get("target", ""))
            if target in archive and said.get("targetmode", "").lower() != "external":
                kind = said.get("type", "").rpartition("/")[2].lower()
                found.setdefault(kind, []).append(target)
    for kind in _RELATED if path else ():
        usual = f"{folder}/{kind}.xml"
        if usual in archive:
            found.setdefault(kind, [usual])
    return found


def _xml(archive: Archive, path: str) -> etree._Element:
    """A part of the document. Raises SourceError, also for entities, which Word never writes."""
    where, data = f"{archive.name}: {path}", archive.read(path)
    if re.search(r"<!DOCTYPE|<!ENTITY", decode(data, where), re.IGNORECASE):
        raise SourceError(f"{where}: it declares entities. No word processor does; it is a trap.")
    return parse_xml(data, where, DEEPEST_PART)
