"""A zip file as EPUB wants it, and always of the same bytes: OCF 3.3, 4.2."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from pipeline.readalong import markup

_DATE = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip file knows
_UNIX, _READABLE = 3, 0o100644
LEVEL = 6
CONTAINER = "META-INF/container.xml"


class Bundle:
    """An EPUB in the making. What is put in goes to the disk at once, in the order of the calls."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._zip = archive

    def add(self, name: str, data: str | bytes) -> None:
        """A member that is packed."""
        content = data.encode() if isinstance(data, str) else data
        self._zip.writestr(_entry(name, zipfile.ZIP_DEFLATED), content, compresslevel=LEVEL)

    @contextmanager
    def adding(self, name: str, size: int, *, packed: bool = False) -> Iterator[IO[bytes]]:
        """A member of about so many bytes to write into; audio is packed already."""
        entry = _entry(name, zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED)
        entry.file_size = size  # by which zipfile knows whether it needs the form for large ones
        with self._zip.open(entry, "w") as member:
            yield member


def _entry(name: str, how: int) -> zipfile.ZipInfo:
    """A member without a clock, or a system, in it."""
    entry = zipfile.ZipInfo(name, _DATE)
    entry.compress_type = how
    entry.create_system = _UNIX
    entry.external_attr = _READABLE << 16
    return entry


@contextmanager
def bundle(path: Path, package: str) -> Iterator[Bundle]:
    """A new EPUB whose package file is `package`. Raises OSError when the disk gives up."""
    with zipfile.ZipFile(path, "w", allowZip64=True) as archive:
        archive.writestr(_entry("mimetype", zipfile.ZIP_STORED), b"application/epub+zip")
        made = Bundle(archive)
        made.add(CONTAINER, _container(package))
        yield made


def _container(package: str) -> str:
    said = {"full-path": package, "media-type": "application/oebps-package+xml"}
    return (
        f'{markup.DECLARATION}<container version="1.0" '
        'xmlns="urn:oasis:names:tc:opendocument:xmlns:container">\n<rootfiles>\n'
        f"<rootfile{markup.attributes(said)}/>\n</rootfiles>\n</container>\n"
    )
