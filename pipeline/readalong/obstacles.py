"""Why an EPUB's own pages cannot be kept: a reader mends what reading systems do not."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from typing import BinaryIO

from lxml import etree

from pipeline.errors import SourceError
from pipeline.read import epub
from pipeline.read.epub import Unpacked
from pipeline.read.markup import local, parse_html
from pipeline.readalong import opf, package
from pipeline.readalong.serial import XHTML

CHUNK = 1 << 20
MOST_BYTES = 4 * 10**9  # of all members, unpacked


def why_not(path: str) -> str:
    """The first reason; nothing if they can be kept."""
    try:
        with open(path, "rb") as file:  # noqa: PTH123
            return next(_obstacles(epub.unpacked(file, "it", []), file), "")
    except (SourceError, OSError, zipfile.BadZipFile) as error:
        return str(error)


def _obstacles(found: Unpacked, file: BinaryIO) -> Iterator[str]:
    yield from opf.obstacles(found)
    yield from _damaged(file)
    pages = {path for path, in_order in found.pages if in_order}
    if opf.is_old(found):
        pages |= {i.path for i in found.package.items if i.media_type == package.XHTML}
    for path in sorted(pages & {*found.archive.paths}):
        if not path.lower().endswith(".svg"):
            yield from _page(parse_html(found.archive.read(path), path), path)


def _page(root: etree._Element, path: str) -> Iterator[str]:
    if root.tag != f"{XHTML}html" or not any(local(one.tag) == "body" for one in root):
        yield f"{path!r} is no whole XHTML"


def _damaged(file: BinaryIO) -> Iterator[str]:
    """What no reader has looked at may be damaged, or a trap."""
    with zipfile.ZipFile(file) as archive:
        if sum(info.file_size for info in archive.infolist()) > MOST_BYTES:
            yield f"it unpacks to more than {MOST_BYTES // 10**9} GB"
        elif any(info.flag_bits & 1 for info in archive.infolist()):
            yield "a part of it is encrypted"
        elif bad := _first_damaged(archive):
            yield f"{bad!r:.200} is damaged"


def _first_damaged(archive: zipfile.ZipFile) -> str:
    """The first member that is not what its checksum says."""
    for info in archive.infolist():
        try:
            with archive.open(info) as member:
                while member.read(CHUNK):
                    pass
        except Exception:  # noqa: BLE001  each way of packing has errors of its own
            return info.filename
    return ""
