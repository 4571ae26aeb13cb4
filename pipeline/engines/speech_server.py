"""How a server that speaks is asked: once, again where that may help, and never for a secret.

The protocol is OpenAI's `POST /audio/speech`, which others speak as well. What a server answers is
not trusted. The key is in the environment alone; it goes to one host, and into no message.
"""

from __future__ import annotations

import atexit
import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar
from urllib.parse import urlsplit

from pipeline import __version__
from pipeline.engines import refusals
from pipeline.engines.address import Server, key_for, masked
from pipeline.engines.received import Passing
from pipeline.engines.turns import turn
from pipeline.errors import AudiobookError, EngineError, VoiceError
from pipeline.processes import waits

if TYPE_CHECKING:
    import httpx

T = TypeVar("T")
# From an answer, and whether the connection told that it is all.
Hear: TypeAlias = Callable[[bytes, bool], T]

CONNECT_SECONDS = 10.0
LIST_SECONDS = 2.0
# Between one try and the next: doubled every time, up to the longest. Limits are often a minute's.
FIRST_PAUSE, FIRST_PAUSE_CROWDED, LONGEST_PAUSE = 0.5, 2.0, 30.0
LONGEST_ASKED = 60.0  # that a server may have us wait by Retry-After
LARGEST_REFUSAL = 65_536
LARGEST_LIST = 1_000_000
NO_LIST = {400, 404, 405, 501}  # what servers say that have no such thing

pause: Callable[[float], None] = time.sleep
_STARTING = threading.Lock()


def post(server: Server, body: Mapping[str, Any], hear: Hear[T], largest: int) -> T:
    """What is heard in the answer, of at most so many bytes; asked again where that may help.

    Raises EngineError, and VoiceError where nobody can be asked.
    """
    tried = 0
    while True:
        try:
            return _once(server, body, hear, largest)
        except Passing as error:
            if tried >= server.retries:
                tries = f" ({tried + 1} tries)" if tried else ""
                hint = f". {error.hint}" if error.hint else ""
                raise EngineError(f"{server.host}: {error}{tries}{hint}") from None
            rest = delay(tried, error)
        tried += 1
        waits()
        pause(rest)


def delay(tried: int, error: Passing) -> float:
    """Seconds before the next try: as the server wishes, or twice as many as the last time."""
    if error.after is not None:
        return min(error.after, LONGEST_ASKED)
    first = FIRST_PAUSE_CROWDED if error.crowded else FIRST_PAUSE
    return float(min(first * 2 ** min(tried, 10), LONGEST_PAUSE))


def _once(server: Server, body: Mapping[str, Any], hear: Hear[T], largest: int) -> T:
    variable, key = key_for(server.address)
    with turn(server.digest, server.concurrency):
        waits()
        try:
            return hear(*_answer(server, body, largest, variable, key))
        except EngineError as error:
            raise EngineError(f"{server.host}: {error}") from None


def _answer(
    server: Server, body: Mapping[str, Any], largest: int, variable: str, key: str
) -> tuple[bytes, bool]:
    """The body of an answer that says that it is sound, and whether that is known to be all."""
    client, until = _client(), time.monotonic() + server.timeout
    with (
        _connection(key, server.timeout),
        client.stream(
            "POST",
            f"{server.address}/audio/speech",
            json=dict(body),
            headers=_headers(key),
            timeout=_timeout(server.timeout),
        ) as response,
    ):
        if response.status_code == 200:
            _check_kind(response, key)
            whole = {"content-length", "transfer-encoding"} & set(response.headers.keys())
            return _body(response, largest, until), bool(whole)
        refusal = refusals.Refusal(
            response.status_code,
            refusals.words(_start(response, until), key),
            refusals.seconds(response.headers.get("retry-after", ""), datetime.now(UTC)),
            response.headers.get("location", ""),
        )
    raise refusals.meaning(refusal, body, variable)


@contextmanager
def _connection(key: str, seconds: float) -> Iterator[None]:
    """The library's errors as ours, most of which pass."""
    import httpx

    try:
        yield
    except (AudiobookError, Passing):
        raise
    except httpx.TimeoutException:
        raise Passing(
            f"no whole answer in {seconds:g} seconds",
            "Raise the option `timeout`, or have it do less at once with `concurrency`",
        ) from None
    except httpx.RequestError as error:
        told = masked(str(error) or type(error).__name__, key)
        there = isinstance(error, httpx.ConnectError)
        hint = "Is it running, and the address right?" if there else ""
        raise Passing(f"the connection failed ({told})", hint) from None
    except Exception as error:  # noqa: BLE001  it may quote what it was given, and that is the key
        raise EngineError(masked(f"{type(error).__name__}: {error}", key)) from None


def _check_kind(response: httpx.Response, key: str) -> None:
    """Refuse what is no sound by its own account, or compressed on the way."""
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if response.headers.get("content-encoding", "identity") != "identity":
        raise EngineError("its answer is compressed, which was not asked for")
    if kind.startswith("audio/") or kind == "application/octet-stream":
        return
    told = refusals.words(_start(response, time.monotonic() + LIST_SECONDS), key)
    said = f": {told}" if told else ""
    raise EngineError(
        f"it gave {masked(kind, key) or 'something without a type'} and no sound{said}. "
        "Is the address right? Most end in /v1"
    )


def _body(response: httpx.Response, largest: int, until: float) -> bytes:
    found = bytearray()
    for piece in response.iter_raw():
        found += piece
        if len(found) > largest:
            raise EngineError(f"its answer is longer than this text can be ({largest} bytes)")
        if time.monotonic() > until:
            raise Passing("no whole answer in time", "Raise the option `timeout`")
    return bytes(found)


def _start(response: httpx.Response, until: float) -> bytes:
    """What an answer begins with, for its words alone; whatever else it has is not fetched."""
    found = b""
    for piece in response.iter_raw():
        found += piece
        if len(found) > LARGEST_REFUSAL or time.monotonic() > until:
            break
    return found[:LARGEST_REFUSAL]


def _headers(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"} if key else {}


def _timeout(seconds: float) -> httpx.Timeout:
    import httpx

    return httpx.Timeout(seconds, connect=min(seconds, CONNECT_SECONDS))


def _client() -> httpx.Client:
    """One a process, so that connections are used again. Raises VoiceError without httpx."""
    with _STARTING:  # threads that come at once must not have one each
        return _made()


@cache
def _made() -> httpx.Client:
    try:
        import httpx
    except ImportError as error:
        raise VoiceError(
            "engine 'openai': not installed. Run pip install 'make-audiobook[openai]'."
        ) from error
    headers = {"User-Agent": f"make-audiobook/{__version__}", "Accept-Encoding": "identity"}
    try:
        client = httpx.Client(follow_redirects=False, headers=headers)
    except (ImportError, ValueError) as error:  # SOCKS needs a package more
        raise EngineError(f"the proxy of this system cannot be used ({error})") from None
    atexit.register(client.close)
    return client


def listed(server: str) -> list[str] | None:
    """The voices that a server at this address tells of; None where it tells of none.

    Raises EngineError when it cannot be reached, VoiceError when it cannot be asked.
    """
    _, key = key_for(server)
    client = _client()
    for place in ("audio/voices", "voices"):
        try:
            with _connection(key, LIST_SECONDS):
                found = _list(client, f"{server}/{place}", key)
        except (Passing, EngineError) as error:
            raise EngineError(f"{urlsplit(server).netloc}: {error}") from None
        if found:
            return found
    return None


def _list(client: httpx.Client, url: str, key: str) -> list[str]:
    until = time.monotonic() + LIST_SECONDS
    with client.stream(
        "GET", url, headers=_headers(key), timeout=_timeout(LIST_SECONDS)
    ) as response:
        if response.status_code in NO_LIST:
            return []
        if response.status_code != 200:
            raise EngineError(f"answer {response.status_code}, and no list of its voices")
        data = _body(response, LARGEST_LIST, until)
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        return []
    voices = found.get("voices") if isinstance(found, dict) else found
    names = [_name(voice) for voice in voices] if isinstance(voices, list) else []
    return list(dict.fromkeys(name for name in names if name and not (key and key in name)))


def _name(voice: Any) -> str:
    """The name by which a voice is asked for, of what a server says of it."""
    if isinstance(voice, dict):
        voice = next((voice[name] for name in ("id", "voice_id", "name") if name in voice), "")
    good = isinstance(voice, str) and voice.isprintable() and len(voice) <= 100
    return voice.strip() if good else ""
