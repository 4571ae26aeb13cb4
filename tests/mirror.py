"""A mirror of voices on this machine, which misbehaves on demand."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

NAME = "en_US-tiny-low"
PLACE = f"en/en_US/tiny/low/{NAME}"
CARD = b"# Model card for tiny (low)\n\n* Language: en_US\n\n## Dataset\n\n* License: CC0 1.0\n"


@dataclass
class Mirror:
    """What is served by its path, and how.

    `cuts` are paths that are broken off in the middle as often as it says; `statuses` and
    `redirects` replace an answer; `chunked` are sent without their length; `asked` is each request
    with its Range. Without `ranges` it sends all, whatever is asked for.
    """

    files: dict[str, bytes] = field(default_factory=dict)
    cuts: dict[str, int] = field(default_factory=dict)
    statuses: dict[str, int] = field(default_factory=dict)
    redirects: dict[str, str] = field(default_factory=dict)
    chunked: set[str] = field(default_factory=set)
    asked: list[tuple[str, str]] = field(default_factory=list)
    ranges: bool = True
    wrong_range: bool = False
    address: str = ""
    before: Any = lambda path: None

    def put_voice(
        self, name: str = NAME, size: int = 300_000, model: bytes = b"", config: bytes = b"{}"
    ) -> None:
        """A voice, its JSON and its card, and an entry of the list."""
        language, _, rest = name.partition("-")
        place = f"en/{language}/{rest.replace('-', '/')}"
        self.files |= {
            f"{place}/{name}.onnx": model or bytes(range(256)) * (size // 256),
            f"{place}/{name}.onnx.json": config,
            f"{place}/MODEL_CARD": CARD,
        }
        self.put_list({**self.entries, name: self.entry(name, place)})

    def entry(self, name: str, place: str) -> dict[str, Any]:
        """As Piper's list has it."""
        code, rest, quality = name.split("-")
        files = {
            path: {"size_bytes": len(data), "md5_digest": hashlib.md5(data).hexdigest()}
            for path, data in self.files.items()
            if path.startswith(f"{place}/")
        }
        return {
            "key": name,
            "name": rest,
            "language": {"code": code, "family": code[:2], "region": code[3:]},
            "quality": quality,
            "num_speakers": 1,
            "speaker_id_map": {},
            "files": files,
            "aliases": [f"old-{rest}"],
        }

    @property
    def entries(self) -> dict[str, Any]:
        """The list of voices."""
        found: dict[str, Any] = json.loads(self.files.get("voices.json", b"{}"))
        return found

    def put_list(self, entries: object) -> None:
        self.files["voices.json"] = json.dumps(entries).encode()

    def ranges_of(self, suffix: str) -> list[str]:
        """What was asked of the files whose names end so."""
        return [asked for path, asked in self.asked if path.endswith(suffix)]


class Handler(BaseHTTPRequestHandler):
    """Answers for a mirror; a class of its own for each."""

    protocol_version = "HTTP/1.1"
    mirror: Mirror

    def handle(self) -> None:
        """Whoever has seen enough goes away in the middle."""
        with suppress(ConnectionError):
            super().handle()

    def log_message(self, *_: object) -> None:
        """Nothing."""

    def do_GET(self) -> None:
        mirror, path = self.mirror, self.path.removeprefix("/")
        mirror.asked.append((path, self.headers.get("Range", "")))
        mirror.before(path)
        if path in mirror.redirects:
            self.answer(302, b"", {"Location": mirror.redirects[path]})
        elif path in mirror.statuses or path not in mirror.files:
            self.answer(mirror.statuses.get(path, 404), b"nothing here", {})
        else:
            self.file(path, mirror.files[path])

    def file(self, path: str, data: bytes) -> None:
        tag = f'"{hashlib.sha256(data).hexdigest()[:16]}"'
        start, status, headers = 0, 200, {"ETag": tag}
        wanted = self.headers.get("Range", "")
        if wanted and self.mirror.ranges and self.headers.get("If-Range") == tag:
            start = int(wanted.removeprefix("bytes=").removesuffix("-"))
            status = 206
            told = 0 if self.mirror.wrong_range else start
            headers["Content-Range"] = f"bytes {told}-{len(data) - 1}/{len(data)}"
        self.answer(status, data[start:], headers, path)

    def answer(self, status: int, data: bytes, headers: dict[str, str], path: str = "") -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if path in self.mirror.chunked:
            self.send_header("Transfer-Encoding", "chunked")
            data = b"%x\r\n%s\r\n0\r\n\r\n" % (len(data), data)
        else:
            self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.mirror.cuts.get(path, 0) > 0:
            self.mirror.cuts[path] -= 1
            data = data[: len(data) // 2]
            self.close_connection = True
        self.wfile.write(data)


@contextmanager
def serving() -> Iterator[Mirror]:
    """A mirror that answers at its `address` while the block lasts."""
    mirror = Mirror()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Ours", (Handler,), {"mirror": mirror}))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    mirror.address = f"http://127.0.0.1:{server.server_address[1]}/"
    try:
        yield mirror
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()
