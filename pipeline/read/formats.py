"""Which format a file has, by what is in it; its name only decides between kinds of plain text."""

from __future__ import annotations

import re
from dataclasses import replace
from importlib import import_module
from pathlib import PurePath
from typing import BinaryIO

from pipeline.errors import SourceError
from pipeline.read.document import Manuscript
from pipeline.read.matter import unframed

STORIES = (".txt", ".text", ".md", ".markdown", ".html", ".htm", ".xhtml", ".docx", ".odt", ".fodt")
# Books that cannot be read, and are worth saying so.
FOREIGN = (".azw", ".azw3", ".mobi", ".prc", ".kfx", ".lit", ".chm", ".djvu", ".doc", ".rtf")
EBOOKS = (".epub", ".fb2", ".fb2.zip", ".pdf")
_NEVER_TEXT = (".docx", ".odt", ".fodt", ".epub", ".fb2", ".pdf", ".zip")
_PEEK = 4096
_SIGNS = (
    ("pdf", re.compile(rb"\A.{0,1000}?%PDF-", re.DOTALL)),
    ("fb2", re.compile(rb"<FictionBook\b", re.IGNORECASE)),
    ("odt", re.compile(rb"<office:document\b")),
    (
        "html",
        re.compile(
            rb"\A(?:\s|<\?xml[^>]*>|<!--.*?-->|\xef\xbb\xbf)*<(?:!doctype\s+html|html|head|body)\b",
            re.IGNORECASE | re.DOTALL,
        ),
    ),
)
_MARKDOWN = re.compile(
    rb"^(?:#{1,6}[ \t]+\S|[^\n]*\]\((?:https?:|#|/)|={3,}[ \t]*$|```)", re.MULTILINE
)
# Beginnings of files that people give in good faith, and what to do with them.
_STRANGERS = (
    (0, b"{\\rtf", "an RTF document. Save it as DOCX or ODT"),
    (0, b"\xd0\xcf\x11\xe0", "an old Word document, or an encrypted one. Save it as DOCX"),
    (60, b"BOOKMOBI", "a Kindle book. Convert it to EPUB first, with Calibre for example"),
    (0, b"ITSF", "a CHM file. Convert it to EPUB first, with Calibre for example"),
    (0, b"AT&TFORM", "a DjVu file, which is pictures. Convert it to EPUB first"),
    (0, b"Rar!", "a RAR archive. Unpack it and give the book"),
    (0, b"7z\xbc\xaf", "a 7z archive. Unpack it and give the book"),
    (0, b"\x1f\x8b", "a gzip archive. Unpack it and give the book"),
)


def read(
    file: BinaryIO, name: str, encoding: str = "utf-8", *, keep_boilerplate: bool = False
) -> Manuscript:
    """A file of any format that is known. Raises SourceError, ConfigError."""
    kind = kind_of(file, name)
    file.seek(0)
    if kind == "text":
        from pipeline.read import text

        return text.read(file, name, encoding, keep_boilerplate=keep_boilerplate)
    if kind == "markdown":
        from pipeline.read import markdown

        return markdown.read(file, name, encoding)
    found = _structured(kind, file, name)
    return found if keep_boilerplate else replace(found, document=unframed(found.document))


def _structured(kind: str, file: BinaryIO, name: str) -> Manuscript:
    """A file that says itself how it is encoded, by the reader of its kind."""
    reader = import_module(f"pipeline.read.{kind}")
    found: Manuscript = reader.read(file, name)
    return found


def kind_of(file: BinaryIO, name: str) -> str:
    """The name of the reader for a file. Raises SourceError for what none can read."""
    start = file.read(_PEEK)
    for at, sign, what in _STRANGERS:
        if start[at:].startswith(sign):
            raise SourceError(f"{name}: {what}.")
    if start.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _kind_of_zip(file, name)
    plain = _narrow(start)
    signed = next((kind for kind, sign in _SIGNS if sign.search(plain)), "")
    return signed or _by_name(start, name)


def _by_name(start: bytes, name: str) -> str:
    """Which kind of plain text it is: its suffix says so, or its marks do."""
    suffix = PurePath(name).suffix.lower()
    if suffix in _NEVER_TEXT:
        raise SourceError(
            f"{name}: named {suffix}, but it is not. It may be damaged; copy it again."
        )
    if suffix in (".md", ".markdown"):
        return "markdown"
    if suffix in (".html", ".htm", ".xhtml"):
        return "html"
    has_marks = suffix not in (".txt", ".text") and _MARKDOWN.search(start)
    return "markdown" if has_marks else "text"


def _narrow(start: bytes) -> bytes:
    """UTF-16 with its zeros away, to look for signs in."""
    return start.replace(b"\0", b"")[2:] if start[:2] in (b"\xff\xfe", b"\xfe\xff") else start


def _kind_of_zip(file: BinaryIO, name: str) -> str:
    from pipeline.read.archive import Archive

    archive = Archive(file, name)
    if "META-INF/container.xml" in archive:
        return "epub"
    if "word/document.xml" in archive or "[Content_Types].xml" in archive:
        if not any(path.startswith("word/") for path in archive.paths):
            raise SourceError(f"{name}: an Office file that is no text document.")
        return "docx"
    if "mimetype" in archive and b"opendocument" in archive.read("mimetype")[:100]:
        return "odt"
    if "content.xml" in archive:
        return "odt"
    paths = [path.lower() for path in archive.paths]
    if sum(path.endswith(".fb2") for path in paths) == 1:
        return "fb2"
    if any(path.endswith(".opf") for path in paths):
        return "epub"
    raise SourceError(f"{name}: an archive, but no book. Unpack it and give the folder.")
