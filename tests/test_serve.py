"""Finished books over HTTP: on real sockets, since clients tidy up what must be refused."""

from __future__ import annotations

import asyncio
import hashlib
import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import psutil
import pytest
import segno
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from pipeline.errors import SourceError, UsageError
from pipeline.serve import address, pages, talk
from pipeline.serve.answer import NOT_FOUND, Part, Request, Site, answer, media_type, names_of
from pipeline.serve.shelf import Shelf, Shelved
from pipeline.serve.talk import Limits
from tests.conftest import run

TOKEN = "abcdefghijklmnopqrstuv"
BOOK = "Sea & Hill, 100% «Ü» 🚢"
SECRET = b"nobody may read this"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of books as the real command leaves it, with one book of two chapters."""
    here = tmp_path_factory.mktemp("project")
    stories = here / "stories"
    stories.mkdir()
    (stories / "1_the-sea.txt").write_text("The sea was calm.\nNobody spoke.\n")
    (stories / "2_the-hill.txt").write_text("The hill was steep.\n")
    (stories / "audiobook.toml").write_text(f"title = {json.dumps(BOOK, ensure_ascii=False)}\n")
    made = run("stories", "--voice", "tone:sine", "--format", "mp3,m4b", cwd=here)
    assert made.code == 0, made.err
    (folder,) = (path.parent for path in (here / "out").glob("*/manifest.json"))
    folder.rename(folder.with_name(BOOK))
    return here / "out"


@pytest.fixture
def out(built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it, that a test may spoil, and lists that are easily read."""
    monkeypatch.setattr(pages, "feed", lambda book, base: f"{base} {book.title}".encode())
    for name in ("library", "opml", "opds"):
        monkeypatch.setattr(pages, name, listed)
    (tmp_path / "secret.txt").write_bytes(SECRET)
    (tmp_path / "secret.mp3").write_bytes(SECRET)
    return Path(shutil.copytree(built, tmp_path / "out"))


def listed(books: Any, base: str) -> bytes:
    return "\n".join([base, *(book.folder for book in books)]).encode()


@dataclass(frozen=True)
class Served:
    """A server in a thread of this process."""

    port: int
    site: Site

    @property
    def book(self) -> str:
        return f"/{TOKEN}/{quote(BOOK)}/"

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=20)

    def raw(self, data: bytes) -> bytes:
        """All that is answered until the connection ends."""
        with self.connect() as line:
            line.sendall(data)
            return b"".join(iter(lambda: line.recv(65536), b""))

    def ask(self, target: str, method: str = "GET", **headers: str) -> Reply:
        lines = [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        head = [f"{method} {target} HTTP/1.1", "Host: elsewhere.example", *lines]
        return parsed(self.raw(("\r\n".join([*head, "Connection: close"]) + "\r\n\r\n").encode()))


@dataclass(frozen=True)
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes


def parsed(data: bytes) -> Reply:
    head, _, body = data.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    fields = (line.split(": ", 1) for line in lines)
    headers = {name.lower(): value for name, value in fields}
    assert first.startswith("HTTP/1.1 "), data[:100]
    return Reply(int(first.split()[1]), headers, body)


@contextmanager
def serving(out: Path, **limits: Any) -> Iterator[Served]:
    listener = address.listener("127.0.0.1", 0, lan=False)
    port = listener.getsockname()[1]
    site = Site(Shelf(out), TOKEN, address.base("127.0.0.1", port, TOKEN))
    loop, stop = asyncio.new_event_loop(), asyncio.Event()

    def work() -> None:
        with asyncio.Runner(loop_factory=lambda: loop) as runner:
            runner.run(talk.talk(site, listener, stop, Limits(**limits)))

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield Served(port, site)
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(timeout=10)
        assert not thread.is_alive()


@pytest.fixture
def served(out: Path) -> Iterator[Served]:
    with serving(out, farewell_seconds=0.2) as found:
        yield found


def audio(out: Path) -> Path:
    return next((out / BOOK).glob("01 *.mp3"))


def named(path: Path) -> str:
    return quote(path.name)


def rewrite_manifest(folder: Path, **entries: Any) -> None:
    path = folder / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | entries))


# What may be had.


def test_every_file_of_the_manifest_is_given_whole(served: Served, out: Path) -> None:
    types = {".mp3": "audio/mpeg", ".m4b": "audio/mp4", ".jpg": "image/jpeg"}
    files = [path for path in (out / BOOK).iterdir() if path.suffix in types]
    assert len(files) == 4
    for path in files:
        got = served.ask(served.book + named(path))
        assert got.status == 200
        assert got.body == path.read_bytes()
        assert got.headers["content-type"] == types[path.suffix]
        assert got.headers["accept-ranges"] == "bytes"
        assert got.headers["etag"] == f'"{hashlib.sha256(got.body).hexdigest()}"'
        assert "content-encoding" not in got.headers
        head = served.ask(served.book + named(path), "HEAD", Accept_Encoding="gzip")
        assert head.body == b""
        assert head.status == 200
        assert drop_date(head.headers) == drop_date(got.headers)


def drop_date(headers: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name != "date"}


def test_lists_and_feeds_hold_the_servers_own_address(served: Served) -> None:
    base = served.site.base
    assert served.ask(f"/{TOKEN}/").body.decode() == f"{base}\n{BOOK}"
    assert served.ask(f"/{TOKEN}/index.html").body.decode() == f"{base}\n{BOOK}"
    feed = served.ask(served.book + "feed.xml", X_Forwarded_Host="evil.example")
    assert feed.body.decode() == f"{base} {BOOK}"
    types = {
        "library.opml": "text/x-opml; charset=utf-8",
        "opds.json": "application/opds+json",
        f"{quote(BOOK)}/feed.xml": "application/rss+xml; charset=utf-8",
    }
    for name, kind in types.items():
        got = served.ask(f"/{TOKEN}/{name}?_from=a-player")
        assert got.headers["content-type"] == kind
        assert got.headers["access-control-allow-origin"] == "*"
        again = served.ask(f"/{TOKEN}/{name}", If_None_Match=got.headers["etag"])
        assert (again.status, again.body) == (304, b"")
        assert again.headers["etag"] == got.headers["etag"]


def test_what_is_published_beside_the_audio(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from pipeline.serve import shelf

    files = {
        "index.html": "text/html; charset=utf-8",
        "chapters/01.json": "application/json+chapters",
        "transcripts/01.json": "application/json",
        "transcripts/01.vtt": "text/vtt; charset=utf-8",
        "transcripts/01.srt": "application/x-subrip; charset=utf-8",
        "transcripts/01.lrc": "text/plain; charset=utf-8",
        "book.epub": "application/epub+zip",
    }
    for name in files:
        path = out / BOOK / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(name)
    (out / BOOK / "transcripts" / "99.vtt").write_bytes(SECRET)
    monkeypatch.setattr(shelf, "_files", lambda known: dict.fromkeys(files, "").items())
    with serving(out) as served:
        for name, kind in files.items():
            got = served.ask(served.book + name)
            assert (got.status, got.body.decode()) == (200, name)
            assert got.headers["content-type"] == kind
            shared = name.startswith(("chapters/", "transcripts/"))
            assert ("access-control-allow-origin" in got.headers) == shared
        assert served.ask(served.book).body == b"index.html"
        for other in ("transcripts/99.vtt", "transcripts/", "transcripts", "chapters/", ""):
            missing = served.ask(f"{served.book}{other}" if other else served.book[:-1])
            assert missing.status == 404


def test_all_that_a_feed_names_is_there(built: Path) -> None:
    with serving(built, farewell_seconds=0.2) as served:
        feed = etree.fromstring(served.ask(served.book + "feed.xml").body)
        named = [str(url) for url in feed.xpath("//@url | //@href")]
        lengths = {str(one.get("url")): one.get("length") for one in feed.iter("enclosure")}
        base = f"{served.site.base}{quote(BOOK)}/"
        assert f"{base}feed.xml" in named
        files = [url for url in named if url.startswith(base)]
        assert len(files) > len(lengths) > 0
        for url in files:
            got = served.ask(urlsplit(url).path)
            assert got.status == 200
            assert lengths.get(url) in (None, str(len(got.body)))
        assert feed.xpath("//*[local-name() = 'block']/text()") == ["yes"]
        for name in ("", "library.opml", "opds.json"):
            assert f"{base}feed.xml".encode() in served.ask(f"/{TOKEN}/{name}").body


def test_types_that_the_system_does_not_know() -> None:
    assert media_type("a.opus") == "audio/ogg"
    assert media_type("a.flac") == "audio/flac"
    assert media_type("artwork.png") == "image/png"
    assert media_type("what") == "application/octet-stream"


def test_each_answer_keeps_the_token_to_itself(served: Served, out: Path) -> None:
    for target in (f"/{TOKEN}/", served.book + named(audio(out)), "/", f"/{TOKEN}", "/\x7f"):
        headers = served.ask(target).headers
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["content-security-policy"].startswith("default-src 'none'; img-src 'self'")
    assert "access-control-allow-origin" not in served.ask(f"/{TOKEN}/").headers


def test_an_address_without_its_last_slash(served: Served) -> None:
    got = served.ask(f"/{TOKEN}")
    assert (got.status, got.headers["location"]) == (308, served.site.base)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PROPFIND"])
def test_books_can_only_be_read(served: Served, method: str) -> None:
    got = served.ask(f"/{TOKEN}/", method)
    assert (got.status, got.headers["allow"]) == (405, "GET, HEAD")


# What may not.


TRAVERSALS = [
    "../secret.txt",
    "../../secret.txt",
    "../../../../../../../../etc/passwd",
    "..%2f..%2fsecret.txt",
    "%2e%2e/%2e%2e/secret.txt",
    "%2e%2e%2f%2e%2e%2fsecret.txt",
    "%252e%252e%252f%252e%252e%252fsecret.txt",
    "..%5c..%5csecret.txt",
    "..\\..\\secret.txt",
    "..%c0%af..%c0%afsecret.txt",
    "%c0%ae%c0%ae/secret.txt",
    "%e0%80%ae%e0%80%ae/secret.txt",
    "..%ef%bc%8fsecret.txt",
    "....//....//secret.txt",
    "..;/..;/secret.txt",
    "./cover.jpg",
    ".//cover.jpg",
    "/cover.jpg",
    "cover.jpg/",
    "cover.jpg%00",
    "cover.jpg%00.txt",
    "x/../cover.jpg",
    "COVER.JPG",
    "cover.jpg::$DATA",
    "cover.jpg.",
    "cover.jpg%20",
    "%",
    "%zz",
    "%ff%fe",
    "manifest.json",
    ".lock",
    ".cover.jpg.part",
    "/etc/passwd",
    "//etc/passwd",
    "file:///etc/passwd",
    "C:\\secret.txt",
    "con",
    "~root/.profile",
    "a" * 5000,
]


@pytest.mark.parametrize("path", TRAVERSALS)
def test_no_way_leads_out_of_a_book(served: Served, out: Path, path: str) -> None:
    (out / BOOK / ".lock").write_bytes(SECRET)
    for place in (served.book, f"/{TOKEN}/", "/", f"/{TOKEN}/../", f"/{TOKEN}/..%2f"):
        got = served.ask(place + path)
        assert got.status == 404
        assert got.body == NOT_FOUND.body


@pytest.fixture(scope="module")
def site(built: Path) -> Site:
    return Site(Shelf(built), TOKEN, "http://127.0.0.1:1/x/")


PIECES = ["..", ".", "/", "%2e", "%2f", "%5c", "\\", "%25", "%00", "~", ":", BOOK, "cover.jpg"]
PIECES += [".store", ".token", "manifest.json", "stories", "audiobook.toml", "%c0%ae", "%u002e"]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=3)), max_size=8))
def test_whatever_is_asked_is_a_file_of_the_book_or_nothing(site: Site, path: list[str]) -> None:
    asked = "".join(path).encode("utf-8", "surrogatepass")
    told = answer(site, Request("GET", f"/{TOKEN}/{quote(BOOK)}/x/".encode()[:-2] + asked))
    if isinstance(told.body, Part):
        folder = site.shelf.root / BOOK
        assert told.body.file.path in {*folder.rglob("*")} - {folder / "manifest.json"}
    else:
        assert told == NOT_FOUND


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=30))
def test_names_are_names(target: bytes) -> None:
    found = names_of(b"/" + target)
    for name in found or []:
        assert not name.startswith(".")
        assert not {"/", "\\", "\0"} & set(name)


def test_a_wrong_token_finds_what_no_token_finds(served: Served) -> None:
    usual = served.ask("/")
    for token in ("x", TOKEN[:-1], f"{TOKEN}x", TOKEN.upper(), "Ü" * 22, "%00", "", "é"):
        got = served.ask(f"/{quote(token, safe='%')}/{quote(BOOK)}/cover.jpg")
        assert (got.status, got.body) == (404, usual.body)
        assert drop_date(got.headers) == drop_date(usual.headers)
    assert served.ask(f"/%61{TOKEN[1:]}/").status == 200  # the same, written otherwise


def test_links_out_of_a_book_lead_nowhere(served: Served, out: Path) -> None:
    path = audio(out)
    kept = path.read_bytes()
    for target in (out.parent / "secret.mp3", out / "other.mp3", path, Path("/dev/zero"), out):
        path.unlink()
        (out / "other.mp3").write_bytes(SECRET)
        path.symlink_to(target)  # the third is a loop
        assert served.ask(served.book + named(path)).status == 404
    inside = path.with_name("elsewhere.bin")
    inside.write_bytes(kept)
    path.unlink()
    path.symlink_to("elsewhere.bin")
    assert served.ask(served.book + named(path)).body == kept


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pipes with names")
def test_a_pipe_is_not_waited_for(served: Served, out: Path) -> None:
    path = audio(out)
    path.unlink()
    os.mkfifo(path)
    assert served.ask(served.book + named(path)).status == 404


def test_a_folder_that_is_a_link_out_is_no_book(out: Path, tmp_path: Path) -> None:
    shutil.copytree(out / BOOK, tmp_path / "private")
    (out / "Link").symlink_to(tmp_path / "private")
    (told,) = (one for one in Shelf(out).look() if isinstance(one, SourceError))
    assert "Link: leads out of" in str(told)
    with serving(out) as served:
        assert served.ask(f"/{TOKEN}/Link/cover.jpg").status == 404


def test_nothing_but_the_manifests_names(served: Served, out: Path) -> None:
    (out / BOOK / "notes.txt").write_bytes(SECRET)
    (out / BOOK / "03 More.mp3").write_bytes(SECRET)
    (out / ".token").write_bytes(SECRET)
    for target in ("notes.txt", "03%20More.mp3", "manifest.json"):
        assert served.ask(served.book + target).status == 404
    for target in (".token", ".store/", ".store/x", "Stories", "stories/"):
        assert served.ask(f"/{TOKEN}/{target}").status == 404


def test_a_manifest_that_asks_for_more(served: Served, out: Path) -> None:
    cover = {"file": "cover.jpg", "sha256": ""}
    rewrite_manifest(out / BOOK, cover=cover | {"file": "../../secret.txt"})
    assert served.ask(served.book + "../../secret.txt").status == 404
    assert served.ask(served.book + "cover.jpg").status == 404  # the whole manifest is not trusted
    rewrite_manifest(out / BOOK, cover=cover)
    assert served.ask(served.book + "cover.jpg").status == 200


# Books come and go.


def test_books_that_come_and_go_are_seen(served: Served, out: Path) -> None:
    def books() -> list[str]:
        return served.ask(f"/{TOKEN}/").body.decode().splitlines()[1:]

    assert books() == [BOOK]
    shutil.copytree(out / BOOK, out / "Another")
    assert books() == ["Another", BOOK]
    assert served.ask(f"/{TOKEN}/Another/cover.jpg").status == 200
    about = json.loads((out / "Another" / "manifest.json").read_text())["book"]
    rewrite_manifest(out / "Another", book=about | {"title": "New"})
    assert served.ask(f"/{TOKEN}/Another/feed.xml").body.endswith(b" New")
    shutil.rmtree(out / "Another")
    assert books() == [BOOK]
    assert served.ask(f"/{TOKEN}/Another/cover.jpg").status == 404


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("empty", ""),
        ("array", "[]"),
        ("version", '{"schema": 1}'),
        ("unfinished", None),
        ("damaged", '{"schema": 4, "book": {}, "edition": {}, "tracks": []}'),
        ("deep", "[" * 100_000),
    ],
)
def test_a_book_that_cannot_be_read_is_told_and_left_out(
    out: Path, name: str, text: str | None
) -> None:
    shutil.copytree(out / BOOK, out / "Bad")
    if text is None:
        rewrite_manifest(out / "Bad", tracks=[])
    else:
        (out / "Bad" / "manifest.json").write_text(text)
    (out / "no book").mkdir()
    (out / "notes.txt").write_text("")
    told, good = Shelf(out).look()
    assert isinstance(told, SourceError)
    assert "Build it again." in str(told)
    assert isinstance(good, Shelved)


@pytest.mark.parametrize("entry", [{"edition": {}}, {"book": {"title": ["a"], "language": 1}}])
def test_a_manifest_may_say_anything(out: Path, entry: dict[str, Any]) -> None:
    rewrite_manifest(out / BOOK, **entry)
    (told,) = Shelf(out).look()
    assert "Build" in str(told)


def test_a_book_whose_file_is_gone_comes_back_with_it(served: Served, out: Path) -> None:
    path = audio(out)
    data = path.read_bytes()
    path.unlink()
    assert served.ask(served.book + "feed.xml").status == 404
    path.write_bytes(data)
    assert served.ask(served.book + "feed.xml").status == 200


# Ranges.


def test_ranges(served: Served, out: Path) -> None:
    data = audio(out).read_bytes()
    size = len(data)
    for header, start, end in [
        ("bytes=0-0", 0, 1),
        ("bytes=0-", 0, size),
        ("bytes=10-19", 10, 20),
        ("bytes=-5", size - 5, size),
        (f"bytes=-{size + 7}", 0, size),
        (f"bytes={size - 1}-", size - 1, size),
        ("bytes=5-999999999999999999", 5, size),
        ("BYTES= 1-2 ", 1, 3),
    ]:
        got = served.ask(served.book + named(audio(out)), Range=header)
        assert got.status == 206
        assert got.body == data[start:end]
        assert got.headers["content-range"] == f"bytes {start}-{end - 1}/{size}"
        assert got.headers["content-length"] == str(end - start)


@pytest.mark.parametrize("header", ["bytes={}-", "bytes={}-{}", "bytes=-0", "bytes=9{}-"])
def test_ranges_behind_the_end(served: Served, out: Path, header: str) -> None:
    size = audio(out).stat().st_size
    got = served.ask(served.book + named(audio(out)), Range=header.format(size, size))
    assert got.status == 416
    assert got.headers["content-range"] == f"bytes */{size}"


THOUSANDS = "bytes=" + ",".join(f"{at}-{at}" for at in range(2000))


@pytest.mark.parametrize(
    "header",
    [
        "items=0-5",
        "bytes",
        "bytes=",
        "bytes=-",
        "bytes=5-2",
        "bytes=a-b",
        "bytes=٣-٤",
        "bytes=0x1-2",
        "bytes=0-1,5-6",
        "bytes=0-,0-,0-,0-",
        f"bytes={'9' * 60}-",
        THOUSANDS,
    ],
)
def test_other_words_are_not_ranges(served: Served, out: Path, header: str) -> None:
    whole = audio(out).read_bytes()
    with ExitStack() as stack:
        line = stack.enter_context(served.connect())
        target = served.book + named(audio(out))
        line.sendall(
            f"GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nRange: ".encode()
            + f"{header}\r\n\r\n".encode()
        )
        got = parsed(b"".join(iter(lambda: line.recv(65536), b"")))
    if not header.isascii():  # h11 lets them through; so they mean nothing
        assert got.status == 200
    assert (got.status, got.body) == (200, whole)


def test_two_headers_of_ranges_are_none(served: Served) -> None:
    data = served.raw(
        f"GET {served.book}cover.jpg HTTP/1.1\r\nHost: x\r\nConnection: close\r\n".encode()
        + b"Range: bytes=0-1\r\nRange: bytes=3-4\r\n\r\n"
    )
    assert parsed(data).status == 200


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 200_000), st.one_of(st.none(), st.integers(0, 200_000)))
def test_any_range(site: Site, first: int, last: int | None) -> None:
    size = (site.shelf.root / BOOK / "cover.jpg").stat().st_size
    span = f"bytes={first}-{'' if last is None else last}".encode()
    target = f"/{TOKEN}/{quote(BOOK)}/cover.jpg".encode()
    told = answer(site, Request("GET", target, ((b"range", span),)))
    wanted = range(size)[first : None if last is None else last + 1]
    if last is not None and last < first:
        assert told.status == 200
    elif not wanted:
        assert told.status == 416
    else:
        assert told.status == 206
        assert isinstance(told.body, Part)
        assert (told.body.start, told.body.length) == (wanted.start, len(wanted))


def test_a_head_has_no_range(served: Served) -> None:
    assert served.ask(served.book + "cover.jpg", "HEAD", Range="bytes=0-1").status == 200


def test_a_range_goes_on_only_with_the_same_bytes(served: Served) -> None:
    target = served.book + "cover.jpg"
    etag = served.ask(target, "HEAD").headers["etag"]

    def status(condition: str) -> int:
        return served.ask(target, Range="bytes=2-3", If_Range=condition).status

    assert status(etag) == 206
    assert status('"another"') == 200
    assert status(f"W/{etag}") == 200
    assert status("Sat, 21 Nov 2026 15:59:44 GMT") == 200
    assert status("") == 200
    assert status(f"{etag}, {etag}") == 200


def test_what_is_known_is_not_sent_again(served: Served) -> None:
    target = served.book + "cover.jpg"
    etag = served.ask(target, "HEAD").headers["etag"]

    def status(**headers: str) -> int:
        return served.ask(target, **headers).status

    assert status(If_None_Match=etag) == 304
    assert status(If_None_Match=f'"x", W/{etag}') == 304
    assert status(If_None_Match="*") == 304
    assert status(If_None_Match=etag, Range="bytes=0-1") == 304
    assert status(If_None_Match='"x"') == 200
    assert status(If_None_Match=etag.strip('"')) == 200
    assert status(If_Match=etag) == 200
    assert status(If_Match="*") == 200
    assert status(If_Match=f"W/{etag}") == 412
    assert status(If_Match='"x"', If_None_Match=etag) == 412


def test_an_etag_is_of_the_content(served: Served, out: Path) -> None:
    path = audio(out)

    def etag() -> str:
        return served.ask(served.book + named(path), "HEAD").headers["etag"].strip('"')

    data, first = path.read_bytes(), etag()
    path.unlink()
    path.write_bytes(data)  # the same, made anew
    assert etag() == first
    path.write_bytes(data[::-1])  # as long, and the manifest does not know yet
    assert etag() == hashlib.sha256(data[::-1]).hexdigest()


# Files change while they are served.


def long_file(out: Path, size: int = 30_000_000) -> Path:
    path = audio(out)
    path.write_bytes(os.urandom(1000) * (size // 1000))
    return path


def begin(served: Served, path: Path, *, small: bool = True) -> socket.socket:
    """A download of which nothing but its beginning is read yet."""
    line = socket.socket()
    if small:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    line.settimeout(20)
    line.connect(("127.0.0.1", served.port))
    target = served.book + named(path)
    line.sendall(f"GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
    assert line.recv(15) == b"HTTP/1.1 200 OK"
    return line


def rest(line: socket.socket) -> bytes:
    got = bytearray()
    with line:
        try:
            while data := line.recv(1 << 20):
                got += data
        except ConnectionError:
            pass
    return bytes(got)


@pytest.mark.parametrize("how", ["written", "shortened", "longer"])
def test_a_file_that_changes_under_a_listener_breaks_off(
    served: Served, out: Path, how: str
) -> None:
    path = long_file(out)
    size = path.stat().st_size
    line = begin(served, path)
    with path.open("r+b") as file:
        if how == "shortened":
            file.truncate(size // 2)
        else:
            file.seek(0 if how == "written" else size)
            file.write(b"new" * 1000)
    assert len(rest(line)) < size


def test_a_file_that_is_replaced_is_given_to_its_end(served: Served, out: Path) -> None:
    path = long_file(out)
    old = path.read_bytes()
    line = begin(served, path)
    other = path.with_name(".new")
    other.write_bytes(b"new" * 1000)
    other.replace(path)
    assert rest(line).partition(b"\r\n\r\n")[2] == old
    assert served.ask(served.book + named(path)).body == b"new" * 1000


# Listeners that are slow, many, or not listeners at all.


def test_connections_are_used_again(served: Served, out: Path) -> None:
    client = http.client.HTTPConnection("127.0.0.1", served.port, timeout=20)
    for path in [*(out / BOOK).glob("*.mp3")] * 3:
        client.request("GET", served.book + named(path))
        assert client.getresponse().read() == path.read_bytes()
        client.request("HEAD", served.book + named(path))
        assert client.getresponse().read() == b""
        client.request("GET", "/")
        assert client.getresponse().read() == NOT_FOUND.body
    client.close()


def test_a_short_answer_does_not_wait_for_company(served: Served) -> None:
    client = http.client.HTTPConnection("127.0.0.1", served.port, timeout=20)
    times = []
    for _ in range(20):
        begun = time.monotonic()
        client.request("HEAD", served.book + "cover.jpg")
        client.getresponse().read()
        times.append(time.monotonic() - begun)
    client.close()
    assert sorted(times)[10] < 0.03  # Nagle and a late acknowledgement take 0.04


def test_requests_may_come_all_at_once(served: Served, out: Path) -> None:
    cover = (out / BOOK / "cover.jpg").read_bytes()
    one = f"GET {served.book}cover.jpg HTTP/1.1\r\nHost: x\r\n".encode()
    data = served.raw(one + b"\r\n" + one + b"\r\n" + one + b"Connection: close\r\n\r\n")
    assert data.count(cover) == 3
    assert data.endswith(cover)


def test_the_old_protocol(served: Served, out: Path) -> None:
    data = served.raw(f"GET {served.book}cover.jpg HTTP/1.0\r\n\r\n".encode())
    assert parsed(data).body == (out / BOOK / "cover.jpg").read_bytes()


def test_a_whole_address_is_asked_for(served: Served) -> None:
    assert served.ask(f"http://proxy.example{served.book}cover.jpg").status == 200


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"hello\r\n\r\n", 400),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" * 9 + b"\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\n\r\n", 400),  # no host
        (b"GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: a\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: odd\r\n\r\n", 501),
        (b"GET / HTTP/1.1\r\nHost: x\r\nA: " + b"a" * 40_000, 431),
        (b"GET /" + b"a" * 100_000, 431),
        (b"GET / HTTP/1.1\r\nHost: x\r\n" + b"A: a\r\n" * 20_000, 431),
        (b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc", 404),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 900000\r\n\r\n" + b"a" * 900_000, 405),
        (b"POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n", 405),
    ],
)
def test_what_is_no_request(served: Served, data: bytes, status: int) -> None:
    got = parsed(served.raw(data))
    assert got.status == status
    assert got.headers["connection"] == "close"


def drip(line: socket.socket) -> None:
    for _ in range(100):
        line.sendall(b"G")
        time.sleep(0.1)


def test_a_request_that_does_not_come_is_not_waited_for(out: Path) -> None:
    with serving(out, request_seconds=0.5) as served:
        assert served.raw(b"") == b""
        assert parsed(served.raw(b"GET / HTTP/1.1\r\nHos")).status == 408
        begun = time.monotonic()
        with served.connect() as line, pytest.raises(ConnectionError):
            drip(line)
        assert time.monotonic() - begun < 5
        first = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
        data = served.raw(first + b"GET /")  # nor the second one
        assert b" 404 " in data
        assert b" 408 " in data


def test_a_listener_that_reads_nothing_is_let_go(out: Path) -> None:
    path = long_file(out)
    with serving(out, stalled_seconds=0.5) as served:
        line = begin(served, path)
        time.sleep(2)
        assert len(rest(line)) < path.stat().st_size
        reading = begin(served, path, small=False)  # who reads slowly is not
        got = 0
        for _ in range(12):
            got += len(reading.recv(1 << 21))
            time.sleep(0.1)
        assert got + len(rest(reading)) > path.stat().st_size


def test_who_comes_when_all_places_are_taken_is_told(out: Path) -> None:
    with serving(out, connections=3, farewell_seconds=0.2) as served:
        path = long_file(out)
        lines = [begin(served, path) for _ in range(3)]
        busy = served.ask(f"/{TOKEN}/")
        assert (busy.status, busy.headers["retry-after"]) == (503, "5")
        for line in lines:
            line.close()
        until(lambda: served.ask(f"/{TOKEN}/").status == 200)


def until(holds: Any) -> None:
    for _ in range(200):
        if holds():
            return
        time.sleep(0.05)
    raise AssertionError("it never came")


def test_many_at_once_get_the_same_bytes(served: Served, out: Path) -> None:
    data = long_file(out, 2_000_000).read_bytes()
    target = served.book + named(audio(out))

    def part(at: int) -> bool:
        span = f"bytes={at * 1000}-{at * 1000 + 99_999}"
        return served.ask(target, Range=span).body == data[at * 1000 : at * 1000 + 100_000]

    with ThreadPoolExecutor(50) as pool:
        assert all(pool.map(part, range(200)))


def test_what_fails_is_told_and_ends_nothing(
    served: Served, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def failing(*_: object) -> bytes:
        raise PermissionError(13, "Permission denied", "feed.xml")

    monkeypatch.setattr(pages, "feed", failing)
    assert served.ask(served.book + "feed.xml").status == 500
    assert capfd.readouterr().err == "make-audiobook: feed.xml: Permission denied.\n"
    monkeypatch.setattr(pages, "feed", lambda *_: 1 / 0)
    for _ in range(3):
        assert served.ask(served.book + "feed.xml").status == 500
    told = capfd.readouterr().err
    assert told.count("this is a bug (ZeroDivisionError") == 1  # once
    assert TOKEN not in told
    Path(told.split("report it with ")[1].strip().rstrip(".")).unlink()
    assert served.ask(f"/{TOKEN}/").status == 200


# The command.


@contextmanager
def command(*args: str | Path) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    """The running command, and what it has told on stdout of the books in it."""
    started = subprocess.Popen(
        [sys.executable, "-m", "pipeline", "serve", *map(str, args), "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    with started:
        try:
            assert started.stdout
            yield started, [started.stdout.readline()]
        finally:
            started.kill()


def of(line: str) -> tuple[str, Served]:
    """The title, and the server at the address beside it."""
    title, url = line.rstrip("\n").split("\t")
    assert url.endswith(f"/{quote(BOOK)}/feed.xml")
    parts = urlsplit(url)
    assert parts.hostname == "127.0.0.1"
    assert parts.port
    return title, Served(parts.port, Site(Shelf(Path()), parts.path.split("/")[1], url))


@pytest.mark.parametrize("number", ["SIGINT", "SIGTERM", "SIGHUP"])
@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_it_tells_addresses_and_ends_at_once(out: Path, number: str) -> None:
    path = long_file(out)
    with command(out) as (started, lines):
        title, served = of(lines[0])
        assert title == BOOK
        target = f"/{served.site.token}/{quote(BOOK)}/"
        assert served.ask(target + "cover.jpg").status == 200
        line = socket.create_connection(("127.0.0.1", served.port))
        line.sendall(f"GET {target}{named(path)} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        idle = served.connect()
        assert line.recv(8) == b"HTTP/1.1"
        begun = time.monotonic()
        started.send_signal(getattr(signal, number))
        out_text, err = started.communicate(timeout=20)
        assert time.monotonic() - begun < 10
        assert started.returncode == 0
        assert out_text == ""
        base = f"http://127.0.0.1:{served.port}/{served.site.token}/"
        assert err == f"All books: {base}\nCtrl-C ends it.\n"
        line.close()
        idle.close()


def test_addresses_stay_until_others_are_asked_for(out: Path) -> None:
    tokens = []
    for args in ([], [], ["--new-token"], []):
        with command(out, *args) as (_, lines):
            tokens.append(of(lines[0])[1].site.token)
    first, second, third, fourth = tokens
    assert first == second != third == fourth
    assert (out / ".token").read_text() == f"{third}\n"
    assert len(third) == 22
    if sys.platform != "win32":
        assert (out / ".token").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in out.glob(".token*")] == [".token"]


def test_a_token_that_is_none(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (out / ".token").write_text("x\n")
    made = address.token(out, new=False)
    assert "not a token. Addresses are new." in capsys.readouterr().err
    assert address.token(out, new=False) == made
    (out / ".token").unlink()
    (out / ".token").mkdir()
    address.token(out, new=False)
    told = capsys.readouterr().err
    assert "cannot be read" in told
    assert "cannot be written" in told


def test_200_slow_readers_take_little_memory(out: Path) -> None:
    path = long_file(out, 50_000_000)
    with command(out) as (started, lines), ExitStack() as stack:
        served = of(lines[0])[1]
        target = f"/{served.site.token}/{quote(BOOK)}/{named(path)}"
        assert served.ask(target, Range="bytes=0-0").status == 206
        process = psutil.Process(started.pid)
        before = process.memory_info().rss
        readers = []
        for _ in range(200):
            line = stack.enter_context(socket.socket())
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            line.settimeout(20)
            line.connect(("127.0.0.1", served.port))
            line.sendall(f"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            readers.append(line)
        for _ in range(5):
            assert all(line.recv(1000) for line in readers)
        begun = time.monotonic()
        assert served.ask(target, Range="bytes=-3").body == path.read_bytes()[-3:]
        assert time.monotonic() - begun < 10
        assert process.memory_info().rss - before < 60_000_000
        if sys.platform != "win32":
            assert process.num_fds() > 400
            for line in readers:
                line.close()
            until(lambda: process.num_fds() < 30)  # nothing is left open


def test_the_port_is_taken(out: Path) -> None:
    with address.listener("127.0.0.1", 0, lan=False) as taken:
        port = str(taken.getsockname()[1])
        ran = run("serve", out, "--port", port)
    assert ran.code == 2
    assert re.fullmatch(rf"make-audiobook: port {port}: cannot be used \(.*\)\. .*\n", ran.err)
    assert ran.out == ""


def test_without_its_extra_it_says_what_to_install(out: Path) -> None:
    code = "import sys; sys.modules['h11'] = None; from pipeline.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, "serve", str(out)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 3
    wanted = "serve: needs h11. Install it with: pip install 'make-audiobook[serve]'"
    assert done.stderr == f"make-audiobook: {wanted}\n"


def test_where_there_are_no_books(project: Path, out: Path) -> None:
    missing = run("serve", project / "nowhere")
    assert (missing.code, missing.err.count("\n")) == (3, 1)
    one = run("serve", out / BOOK)
    assert one.code == 2
    assert f"Serve the folder that it is in: {out}" in one.err


# The network.


def test_what_others_reach_it_by(monkeypatch: pytest.MonkeyPatch) -> None:
    assert address.host(None, lan=False) == "127.0.0.1"
    assert address.host("192.168.1.20", lan=True) == "192.168.1.20"
    assert address.host("shelf.local", lan=True) == "shelf.local"
    assert address.base("fe80::1", 80, "t") == "http://[fe80::1]:80/t/"
    for name in ("a b", "-x", "a/b", "x@y", "host:80", "Ü", "", "a" * 300):
        with pytest.raises(UsageError, match="not an address"):
            address.host(name, lan=True)
    with pytest.raises(UsageError, match="--lan"):
        address.host("192.168.1.20", lan=False)
    monkeypatch.setattr(address, "ELSEWHERE", ("127.0.0.1", 9))
    with pytest.raises(UsageError, match="no network"):
        address.host(None, lan=True)


@pytest.mark.parametrize("name", ["127.0.0.1", "::1"])
def test_all_of_this_machines_addresses(name: str) -> None:
    if ":" in name and not socket.has_ipv6:
        pytest.skip("there is no IPv6 here")
    with address.listener(name, 0, lan=True) as listener:
        port = listener.getsockname()[1]
        with socket.create_connection((name, port), timeout=5) as line:
            assert line.getpeername()[1] == port


def test_a_given_address_stands_in_every_address(out: Path) -> None:
    with command(out, "--lan", "--host", "shelf.local") as (started, lines):
        base = lines[0].split("\t")[1].removesuffix(f"{quote(BOOK)}/feed.xml\n")
        parts = urlsplit(base)
        assert parts.hostname == "shelf.local"
        assert parts.port
        served = Served(parts.port, Site(Shelf(out), "", ""))
        assert served.ask(f"{parts.path}{quote(BOOK)}/cover.jpg").status == 200
        started.terminate()
        err = started.communicate(timeout=20)[1]
    assert f"All books: {base}\nWhoever has this address can listen." in err


def test_the_qr_code_is_that_of_the_address() -> None:
    url = f"http://192.168.100.200:8765/{TOKEN}/"
    rows: list[list[int]] = []
    for line in address.half_blocks(url).splitlines():
        rows.append([int(char in "▄ ") for char in line])
        rows.append([int(char in "▀ ") for char in line])
    wanted = [
        [int(dark) for dark in row] for row in segno.make(url, error="m").matrix_iter(border=3)
    ]
    assert rows[: len(wanted)] == wanted
    assert len(rows[0]) <= 80


@pytest.mark.parametrize(("settings_", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False)])
def test_a_qr_code_is_for_terminals(
    monkeypatch: pytest.MonkeyPatch, settings_: dict[str, str], coloured: bool
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    for name, value in settings_.items():
        monkeypatch.setenv(name, value)
    assert address.qr("http://x/") == ""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert ("\x1b[97;40m" in address.qr("http://x/")) == coloured
    assert "▀" in address.qr("http://x/")


@pytest.mark.skipif(shutil.which("mpv") is None, reason="mpv is not installed")
def test_mpv_goes_to_the_middle_of_a_book(served: Served, out: Path) -> None:
    (path,) = (out / BOOK).glob("*.m4b")
    url = f"http://127.0.0.1:{served.port}{served.book}{named(path)}"
    quiet = "--no-config --ao=null --vo=null --no-video --length=0.1 --start=#2".split()
    done = subprocess.run(
        ["mpv", *quiet, "--term-playing-msg=chapter ${chapter}", url],
        capture_output=True,
        timeout=60,
        check=True,
    )
    assert b"chapter (2)" in done.stdout or b"chapter 1" in done.stdout
