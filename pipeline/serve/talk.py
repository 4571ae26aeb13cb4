"""The connections: h11 and asyncio, with a bound on everything.

What a connection holds is a request's head, one piece of a file, and what h11 needs. What takes too
long is ended: a request that does not come, a listener that reads nothing. There is a most of
connections; who comes then is told so.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from email.utils import formatdate
from http import HTTPStatus
from io import FileIO

import h11

from pipeline import console
from pipeline.serve.answer import Answer, Part, Request, Site, answer, plain
from pipeline.serve.shelf import stamp_of

PIECE = 64 * 1024
TRIES = 3
BUSY = plain(503, "Too many listeners. Try again soon.", ("Retry-After", "5"))
CHANGING = plain(503, "It is being changed. Try again soon.", ("Retry-After", "1"))
FAILED = plain(500, "This cannot be given. The one who serves it is told why.")
LATE = plain(408, "The request did not come.")
_told: set[str] = set()


@dataclass(frozen=True, slots=True)
class Limits:
    """`connections` at once; seconds for a request's head and for rest between two, and without
    a byte taken by the listener; bytes of a request's head.

    A player that is paused takes nothing for as long as it likes; it comes back with a range.
    """

    connections: int = 256
    request_seconds: float = 20.0
    stalled_seconds: float = 600.0
    farewell_seconds: float = 1.0
    head_bytes: int = 16 * 1024


class ChangedError(Exception):
    """A file is not what it was when the answer was made up."""


def run(site: Site, listener: socket.socket) -> None:
    """Answer until a signal asks for the end: then at once, in the middle of whatever it is."""
    _allow_files()
    asyncio.run(_until_signalled(site, listener))


async def _until_signalled(site: Site, listener: socket.socket) -> None:
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:  # nohup
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop.set))
    await talk(site, listener, stop)


async def talk(
    site: Site, listener: socket.socket, stop: asyncio.Event, limits: Limits | None = None
) -> None:
    """Answer whoever comes until it is to stop."""
    bound, talks = limits or Limits(), set[asyncio.Task[None]]()

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task  # noqa: S101  this is one
        talks.add(task)
        try:
            if len(talks) <= bound.connections:
                await _converse(site, Line(reader, writer, bound))
            elif len(talks) <= 2 * bound.connections:
                await Line(reader, writer, bound).refuse(BUSY)
        except (OSError, asyncio.CancelledError):
            pass  # the listener has gone, or sleeps, or we go: nobody is left to be told
        finally:
            talks.discard(task)
            writer.transport.abort()

    server = await asyncio.start_server(meet, sock=listener, limit=PIECE)
    await stop.wait()
    server.close()
    for task in talks:
        task.cancel()
    await asyncio.gather(*talks, return_exceptions=True)


class Line:
    """A connection with one listener."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, limits: Limits
    ) -> None:
        self.http = h11.Connection(h11.SERVER, limits.head_bytes)
        self.limits = limits
        self._reader, self._writer = reader, writer
        writer.transport.set_write_buffer_limits(high=0)  # `drain` waits until all is gone
        # asyncio does this for sockets of its own; without it a short answer waits for 40 ms.
        writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    async def request(self) -> h11.Request | None:
        """The head of the next request, without a body; None when the listener has gone.

        Raises TimeoutError, and RemoteProtocolError where it is none.
        """
        async with asyncio.timeout(self.limits.request_seconds):
            while True:
                event = self.http.next_event()
                if isinstance(event, h11.Request):
                    return event
                if isinstance(event, h11.ConnectionClosed):
                    return None
                self.http.receive_data(await self._reader.read(PIECE))

    @property
    def has_begun(self) -> bool:
        """Whether a part of a request has come."""
        return bool(self.http.trailing_data[0])

    async def send(self, event: h11.Event) -> None:
        """Raises TimeoutError when the listener takes nothing for too long, ConnectionError."""
        pieces = self.http.send_with_data_passthrough(event) or []
        self._writer.write(b"".join(pieces) if len(pieces) > 1 else pieces[0] if pieces else b"")
        async with asyncio.timeout(self.limits.stalled_seconds):
            await self._writer.drain()

    async def refuse(self, told: Answer) -> None:
        """The last answer on this connection."""
        await self.send(_head(told, last=True))
        if isinstance(told.body, bytes):
            await self.send(h11.Data(data=told.body))
        await self.send(h11.EndOfMessage())
        await self.farewell()

    async def farewell(self) -> None:
        """Let the listener read to the end: bytes of theirs that nobody reads would reset it all.

        For a moment, and for as much as fits into it.
        """
        if self._writer.can_write_eof():
            self._writer.write_eof()
        with suppress(TimeoutError):
            async with asyncio.timeout(self.limits.farewell_seconds):
                while await self._reader.read(PIECE):
                    pass


async def _converse(site: Site, line: Line) -> None:
    """Request by request, until either side has had enough."""
    while line.http.our_state is h11.IDLE:
        try:
            asked = await line.request()
        except TimeoutError:
            return await line.refuse(LATE) if line.has_begun else None
        except h11.RemoteProtocolError as error:
            return await line.refuse(_wrong(error))
        if asked is None:
            return None
        if not await _reply(site, line, asked):
            return await line.farewell()
        line.http.start_next_cycle()
    return None


def _wrong(error: h11.RemoteProtocolError) -> Answer:
    status = HTTPStatus(error.error_status_hint)
    return plain(status, f"{status.phrase}.")


async def _reply(site: Site, line: Line, asked: h11.Request) -> bool:
    """Answer one request; whether the connection may go on. A body is not waited for."""
    try:
        whole = isinstance(line.http.next_event(), h11.EndOfMessage)
    except h11.RemoteProtocolError as error:
        await line.refuse(_wrong(error))
        return False
    request = Request(asked.method.decode(), asked.target, tuple(asked.headers))
    told, file = await _ready(site, request)
    try:
        await line.send(_head(told, last=not whole))
        if request.method != "HEAD":
            for piece in _pieces(told.body, file):
                await line.send(h11.Data(data=piece))
    except ChangedError:
        return False  # without an end: what was sent is no whole, and must not be taken for one
    finally:
        if file:
            file.close()
    await line.send(h11.EndOfMessage())
    return line.http.our_state is h11.DONE


def _head(told: Answer, *, last: bool) -> h11.Response:
    end = [("Connection", "close")] if last else []
    headers = [("Date", formatdate(usegmt=True)), *told.headers, *end]
    phrase = HTTPStatus(told.status).phrase
    return h11.Response(status_code=told.status, headers=headers, reason=phrase)


async def _ready(site: Site, request: Request) -> tuple[Answer, FileIO | None]:
    """The answer, with its file open: the very one of which the answer speaks."""
    for _ in range(TRIES):
        told = await asyncio.to_thread(_answered, site, request)
        if not isinstance(told.body, Part) or request.method == "HEAD":
            return told, None
        try:
            return told, _open(told.body)
        except (ChangedError, FileNotFoundError):
            continue
        except OSError as error:
            return _failed(error), None
    return CHANGING, None


def _answered(site: Site, request: Request) -> Answer:
    """What fails is told on stderr, without the address; the next request may go well."""
    try:
        return answer(site, request)
    except OSError as error:
        return _failed(error)
    except Exception as error:  # noqa: BLE001  the boundary: one page's bug is not all listeners'
        if repr(error) not in _told:  # a player asks again and again
            _told.add(repr(error))
            console.report_bug(error)
        return FAILED


def _failed(error: OSError) -> Answer:
    console.report_disk(error)
    return FAILED


def _open(part: Part) -> FileIO:
    """Raises ChangedError, OSError."""
    file = FileIO(part.file.path)
    if stamp_of(os.fstat(file.fileno())) != part.file.stamp:
        file.close()
        raise ChangedError
    file.seek(part.start)
    return file


def _pieces(body: bytes | Part, file: FileIO | None) -> Iterator[bytes]:
    """The body piece by piece. Raises ChangedError as soon as the file is another one.

    It is read in this thread: a piece takes 50 µs, the way to another thread and back twice that.
    """
    if isinstance(body, bytes):
        for start in range(0, len(body), PIECE):
            yield body[start : start + PIECE]
        return
    assert file  # noqa: S101  it comes with its part
    left = body.length
    while left:
        try:
            piece = file.read(min(PIECE, left))
        except OSError as error:
            console.report_disk(error)
            raise ChangedError from error
        if not piece or stamp_of(os.fstat(file.fileno())) != body.file.stamp:
            raise ChangedError
        left -= len(piece)
        yield piece


def _allow_files() -> None:
    """A listener takes two open files, and some systems allow 256 if not asked."""
    if sys.platform == "win32":
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 2048 if hard == resource.RLIM_INFINITY else min(2048, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
