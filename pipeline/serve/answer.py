"""A request -> an answer: a function, without a socket (RFC 9110)."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import partial
from pathlib import PurePosixPath
from secrets import compare_digest
from urllib.parse import unquote_to_bytes

from pipeline.publish.edition import MEDIA_TYPES
from pipeline.serve import pages, shelf
from pipeline.serve.shelf import File, Shelf

Headers = tuple[tuple[str, str], ...]

METHODS = ("GET", "HEAD")
FEED, OPML, OPDS, PAGE = "feed.xml", "library.opml", "opds.json", "index.html"
TYPES = {
    **MEDIA_TYPES,
    ".epub": "application/epub+zip",
    ".html": "text/html; charset=utf-8",
    ".jpg": "image/jpeg",
    ".json": "application/json",
    ".lrc": "text/plain; charset=utf-8",
    ".opml": "text/x-opml; charset=utf-8",
    ".png": "image/png",
    ".srt": "application/x-subrip; charset=utf-8",
    ".vtt": "text/vtt; charset=utf-8",
    ".xml": "application/rss+xml; charset=utf-8",
}
# Pages have their script and style in them, and take nothing from anywhere else.
POLICY = (
    "default-src 'none'; img-src 'self' data:; media-src 'self'; style-src 'unsafe-inline'; "
    "script-src 'unsafe-inline'; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
ALWAYS: Headers = (
    ("Content-Security-Policy", POLICY),
    ("Referrer-Policy", "no-referrer"),
    ("X-Content-Type-Options", "nosniff"),
)
# One range, first or last bytes; what else a header says is as if it were not there.
RANGE = re.compile(r"(?i:bytes)=[ \t]*(?:([0-9]{1,18})-([0-9]{0,18})|-([0-9]{1,18}))[ \t]*")
LONGEST_RANGE = 100  # characters


@dataclass(frozen=True, slots=True)
class Site:
    """What is served, and the address that all others begin with; it ends with a slash."""

    shelf: Shelf
    token: str
    base: str


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked: names of headers in lower case."""

    method: str
    target: bytes
    headers: tuple[tuple[bytes, bytes], ...] = ()

    def all(self, name: str) -> list[str]:
        """What the headers of this name say."""
        return [value.decode("latin-1") for key, value in self.headers if key == name.encode()]

    def only(self, name: str) -> str:
        """What the one header of this name says; nothing where there are several."""
        found = self.all(name)
        return found[0] if len(found) == 1 else ""


@dataclass(frozen=True, slots=True)
class Part:
    """`length` bytes of a file from `start` on."""

    file: File
    start: int
    length: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said; `body` is bytes, or what to take them from."""

    status: int
    headers: Headers
    body: bytes | Part


@dataclass(frozen=True, slots=True)
class Content:
    """What is found at an address; `shared` is for pages of other sites, too."""

    media_type: str
    source: bytes | File
    shared: bool

    @property
    def size(self) -> int:
        """In bytes."""
        return len(self.source) if isinstance(self.source, bytes) else self.source.size

    @property
    def etag(self) -> str:
        """Says which bytes these are, wherever and whenever they were made."""
        if isinstance(self.source, bytes):
            return f'"{hashlib.sha256(self.source).hexdigest()}"'
        return f'"{self.source.digest}"'


def plain(status: int, text: str, *more: tuple[str, str]) -> Answer:
    """A line for a person."""
    body = f"{text}\n".encode()
    head = (("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body))))
    return Answer(status, (*head, *more, *ALWAYS), body)


NOT_FOUND = plain(404, "There is nothing here.")


def answer(site: Site, request: Request) -> Answer:
    """What this request is told. Raises OSError, and what the writers of feeds raise."""
    if request.method not in METHODS:
        return plain(405, "This can be read only.", ("Allow", ", ".join(METHODS)))
    names = names_of(request.target)
    if not names or not compare_digest(names[0].encode(), site.token.encode()):
        return NOT_FOUND
    if len(names) == 1:  # the page's own addresses are relative, and need the slash
        return plain(308, "It is here.", ("Location", site.base))
    found = _content(site, names[1:])
    return _conditional(request, found) if found else NOT_FOUND


def names_of(target: bytes) -> list[str] | None:
    """The names in an address, each decoded once; None where one could be more than a name.

    The last is empty where the address ends with a slash.
    """
    path = re.sub(rb"^https?://[^/?#]*", b"", target, count=1).partition(b"?")[0]
    if not path.startswith(b"/"):
        return None
    try:
        names = [unquote_to_bytes(part).decode() for part in path[1:].split(b"/")]
    except UnicodeDecodeError:
        return None
    inner = names if names[-1] else names[:-1]
    return names if all(map(_is_name, inner)) else None


def _is_name(name: str) -> bool:
    return bool(name) and not name.startswith(".") and not set(name) & set("/\\\0")


def _content(site: Site, names: list[str]) -> Content | None:
    """What lies behind the token. A file is found by its name in a table, never by a path."""
    folder, *rest = names
    if not rest:
        return _of_library(site, folder or PAGE)
    book = site.shelf.book(folder)
    if book is None:
        return None
    name = "/".join(rest) or PAGE
    if name == FEED:
        return Content(TYPES[".xml"], pages.feed(book.edition, site.base), shared=True)
    found = shelf.file(book, name)
    shared = len(rest) > 1  # chapters/ and transcripts/
    return Content(media_type(name), found, shared) if found else None


def _of_library(site: Site, name: str) -> Content | None:
    writers = {
        PAGE: partial(Content, TYPES[".html"], shared=False),
        OPML: partial(Content, TYPES[".opml"], shared=True),
        OPDS: partial(Content, "application/opds+json", shared=True),
    }
    made = {PAGE: pages.library, OPML: pages.opml, OPDS: pages.opds}
    if name not in made:
        return None
    books = [book.edition for book in site.shelf.books()]
    return writers[name](source=made[name](books, site.base))


def media_type(name: str) -> str:
    """By the name alone; the system's table knows neither M4B nor LRC."""
    path = PurePosixPath(name)
    if path.suffix == ".json" and path.parts[0] == "chapters":
        return "application/json+chapters"
    return TYPES.get(path.suffix, "application/octet-stream")


def _conditional(request: Request, found: Content) -> Answer:
    """All of it, a part, or neither, in the order of RFC 9110, 13.2.2."""
    about = _about(found)
    match = request.all("if-match")
    if match and not _is_among(found.etag, match, weak=False):
        return plain(412, "It has changed.", *about)
    none_match = request.all("if-none-match")
    if none_match and _is_among(found.etag, none_match, weak=True):
        return Answer(304, (*about, *ALWAYS), b"")
    span = _span(request, found)
    if span == (0, 0):
        return plain(416, "There are fewer bytes.", ("Content-Range", f"bytes */{found.size}"))
    start, end = span or (0, found.size)
    head = [("Content-Type", found.media_type), ("Content-Length", str(end - start))]
    if span:
        head.append(("Content-Range", f"bytes {start}-{end - 1}/{found.size}"))
    source = found.source
    body = source[start:end] if isinstance(source, bytes) else Part(source, start, end - start)
    return Answer(206 if span else 200, (*head, *about, *ALWAYS), body)


def _about(found: Content) -> Headers:
    """What is told of it, whether it is sent or not. Nobody but the listener may keep it."""
    shared = (("Access-Control-Allow-Origin", "*"),) if found.shared else ()
    return (
        ("ETag", found.etag),
        ("Accept-Ranges", "bytes"),
        ("Cache-Control", "private, no-cache"),
        *shared,
    )


def _is_among(etag: str, listed: list[str], *, weak: bool) -> bool:
    """Whether a list of ETags has this one, or is a star; a weak one counts if `weak`."""
    text = ",".join(listed)
    if text.strip() == "*":
        return True
    found = re.findall(r'(W/)?("[^"]*")', text)
    return any(tag == etag and (weak or not mark) for mark, tag in found)


def _span(request: Request, found: Content) -> tuple[int, int] | None:
    """First byte and the one behind the last; None for all of them, (0, 0) where none is left.

    Several ranges are answered with all bytes, as are units and words that are not known: both
    are allowed (RFC 9110, 14.2), and cost nothing.
    """
    header = request.only("range")
    if request.method != "GET" or len(header) > LONGEST_RANGE:
        return None
    parsed = RANGE.fullmatch(header)
    condition = request.all("if-range")
    if not parsed or (condition and condition != [found.etag]):
        return None
    first, last, suffix = parsed.groups()
    if suffix is not None:
        start, end = max(0, found.size - int(suffix)), found.size
    else:
        start, end = int(first), min(int(last or found.size) + 1, found.size)
        if last and int(last) < start:
            return None
    return (start, end) if start < end else (0, 0)
