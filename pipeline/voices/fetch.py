"""One file from the web, whole or not at all. The only room that downloads.

A download goes on where it was broken off, if the server says that the file is still the same one
(RFC 9110, 13.1.5 and 14). Whatever comes is counted while it comes, and digested at the end.
"""

from __future__ import annotations

import hashlib
import ipaddress
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from pipeline import __version__
from pipeline.errors import OutputError, VoiceError
from pipeline.voices.catalog import Part

if TYPE_CHECKING:
    import httpx

OK, PARTIAL, NOT_FOUND, UNSATISFIABLE = 200, 206, 404, 416
ANOTHER_PIECE = (PARTIAL, UNSATISFIABLE)
MOST_REDIRECTS = 5
CONNECT_SECONDS, READ_SECONDS = 20.0, 60.0
SPARE = 50_000_000  # bytes of the disk that are left to others
LONGEST_TOLD = 120
HERE = ("localhost", "localhost.")

Tell = Callable[[int], None]


def small(url: str, most: int) -> bytes:
    """What is at an address, of at most this many bytes. Raises VoiceError."""
    found = bytearray()
    with _answer(url, {}) as response:
        _check_status(response, url)
        for piece in response.iter_raw():
            found += piece
            if len(found) > most:
                raise VoiceError(f"{told(url)}: is larger than {most:,d} bytes. That is no list.")
    return bytes(found)


def whole(part: Part, folder: Path, tell: Tell) -> Path:
    """The whole file under a name for the time being; `tell` gets how many bytes have come.

    What has come stays when it is broken off, and is gone when it turns out to be wrong. Raises
    VoiceError, OutputError.
    """
    path = partial_of(folder / part.name)
    is_old = path.is_file()
    try:
        if not (is_old and path.stat().st_size == part.size):
            is_old = _download(part, path, tell)
        if is_same(path, part):
            return path
        discard(path)
        if is_old:  # what was there before may have been to blame
            return whole(part, folder, tell)
    except OSError as error:
        raise _unwritable(path, error) from error
    raise VoiceError(
        f"{told(part.url)}: what came is not the file that was promised ({part.digest[:15]}...). "
        "Try again later, or from another mirror."
    )


def partial_of(path: Path) -> Path:
    """What a file is called until it is whole."""
    return path.with_name(f".{path.name}.part")


def discard(path: Path) -> None:
    """Forget what has come of a file."""
    path.unlink(missing_ok=True)
    _note(path).unlink(missing_ok=True)


def is_same(path: Path, part: Part) -> bool:
    """Whether a file has the size and the digest that it should. Raises OSError."""
    if not path.is_file() or path.stat().st_size != part.size:
        return False
    kind, _, wanted = part.digest.partition(":")
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: _hash(kind)).hexdigest() == wanted


def _hash(kind: str) -> Any:
    return hashlib.new(kind, usedforsecurity=False)  # Piper's list has nothing better than MD5


def check_room(folder: Path, needed: int) -> None:
    """Refuse what the disk cannot hold. Raises OutputError."""
    free = shutil.disk_usage(folder).free
    if free < needed + SPARE:
        raise OutputError(
            f"{folder}: {needed / 1e6:,.0f} MB are to come, and {free / 1e6:,.0f} MB are free. "
            "Make room, or set MAKE_AUDIOBOOK_VOICES to a folder on another disk."
        )


def told(url: str) -> str:
    """An address for a person: without what may be secret in it."""
    try:
        found = urlsplit(url)
        port = f":{found.port}" if found.port else ""
    except ValueError:
        return "an address that is none"
    text = f"{found.hostname or ''}{port}{found.path}"
    return "".join(filter(str.isprintable, text))[:LONGEST_TOLD]


def _download(part: Part, path: Path, tell: Tell) -> bool:
    """Get what is missing of a file; returns whether some was there. Raises VoiceError, OSError."""
    have, etag = _known(path, part)
    headers = {"Range": f"bytes={have}-", "If-Range": etag} if have else {}
    with _answer(part.url, headers) as response:
        goes_on = have > 0 and _goes_on(response, have, part)
        if goes_on or not have or response.status_code not in ANOTHER_PIECE:
            _take(response, part, path, have if goes_on else 0, tell)
            return goes_on
    discard(path)
    return _download(part, path, tell)


def _take(response: httpx.Response, part: Part, path: Path, have: int, tell: Tell) -> None:
    """Write what comes behind what is there. Raises VoiceError, OSError."""
    if not have:
        _check_status(response, part.url)
        _remember(path, part, response.headers.get("etag", ""))
    _check_length(response, part, have)
    tell(have)
    _write(response, part, path, have, tell)


def _goes_on(response: httpx.Response, have: int, part: Part) -> bool:
    """Whether what comes is the rest of what is there."""
    wanted = f"bytes {have}-{part.size - 1}/{part.size}"
    return response.status_code == PARTIAL and response.headers.get("content-range") == wanted


def _write(response: httpx.Response, part: Part, path: Path, have: int, tell: Tell) -> None:
    """Write all that comes, and have it on the disk. Raises VoiceError, OSError."""
    import httpx

    broken: Exception | None = None
    with path.open("ab" if have else "wb") as file:
        try:
            for piece in response.iter_raw():
                have += len(piece)
                if have > part.size:
                    break
                file.write(piece)
                tell(len(piece))
        except httpx.HTTPError as error:
            broken = error
        file.flush()
        os.fsync(file.fileno())
    if have > part.size:
        discard(path)
        raise VoiceError(f"{told(part.url)}: is longer than the {part.size:,d} bytes it should be.")
    if have < part.size:
        raise VoiceError(
            f"{told(part.url)}: broken off after {have:,d} of {part.size:,d} bytes. Run it again, "
            "and it goes on from there."
        ) from broken


def _check_length(response: httpx.Response, part: Part, have: int) -> None:
    """Refuse a file of another size before any of it is written. Raises VoiceError."""
    length = response.headers.get("content-length", "")
    if length.isdecimal() and int(length[:20]) != part.size - have:
        raise VoiceError(
            f"{told(part.url)}: has {int(length[:20]) + have:,d} bytes, and "
            f"{part.size:,d} were promised. Try again later, or from another mirror."
        )


def _check_status(response: httpx.Response, url: str) -> None:
    status = response.status_code
    if status != OK:
        hint = "It may have another place now." if status == NOT_FOUND else "Try again later."
        raise VoiceError(f"{told(url)}: the server says {status}. {hint}")


def _known(path: Path, part: Part) -> tuple[int, str]:
    """How many bytes there are of the very file that is asked for, and its entity tag."""
    try:
        note = json.loads(_note(path).read_text())
        have = path.stat().st_size
        if note["url"] == part.url and note["digest"] == part.digest and have < part.size:
            return have, str(note["etag"])
    except (OSError, ValueError, KeyError, TypeError):
        return 0, ""  # nothing there, or a note that says nothing: from the start
    return 0, ""


def _remember(path: Path, part: Part, etag: str) -> None:
    """By what to know later that the file is still the same one; a weak tag does not tell."""
    discard(path)
    if etag.startswith('"') and etag.isascii():
        note = {"url": part.url, "digest": part.digest, "etag": etag}
        _note(path).write_text(json.dumps(note))


def _note(path: Path) -> Path:
    return path.with_name(f"{path.name}.json")


@contextmanager
def _answer(url: str, headers: dict[str, str]) -> Iterator[httpx.Response]:
    """What a server says, redirections followed as far as they are safe. Raises VoiceError."""
    httpx = _httpx()
    asked = {"Accept-Encoding": "identity", "User-Agent": f"make-audiobook/{__version__}"}
    limits = httpx.Timeout(READ_SECONDS, connect=CONNECT_SECONDS)
    _check_address(url, is_here=True)
    at = url
    try:
        with httpx.Client(timeout=limits) as client:
            for _ in range(MOST_REDIRECTS):
                with client.stream("GET", at, headers=asked | headers) as response:
                    if not response.has_redirect_location:
                        yield response
                        return
                    to = str(response.url.join(response.headers["location"]))
                _check_address(to, is_here=_is_here(at))
                at = to
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        why = str(error) or type(error).__name__
        raise VoiceError(f"{told(at)}: cannot be reached ({why}). Try again later.") from error
    raise VoiceError(f"{told(url)}: is redirected again and again. Try another mirror.")


def _httpx() -> Any:
    try:
        import httpx
    except ImportError as error:
        raise VoiceError(
            "voices: to download, httpx is needed. Run pip install 'make-audiobook[piper]', or "
            "[kokoro]."
        ) from error
    return httpx


def _check_address(url: str, *, is_here: bool) -> None:
    """Refuse what goes over the network in the clear; on this machine it may. Raises VoiceError."""
    try:
        is_safe = urlsplit(url).scheme == "https" and urlsplit(url).hostname
        is_local = is_here and urlsplit(url).scheme == "http" and _is_here(url)
    except ValueError:
        is_safe = is_local = False
    if not (is_safe or is_local):
        raise VoiceError(f"{told(url)}: is not an https address, which voices must come from.")


def _is_here(url: str) -> bool:
    """Whether an address is on this machine."""
    host = urlsplit(url).hostname or ""
    with suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return host in HERE


def _unwritable(path: Path, error: OSError) -> OutputError:
    return OutputError(
        f"{path.parent}: cannot be written ({error.strerror or error}). What has come stays; run "
        "it again to go on."
    )
