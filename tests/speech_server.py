"""A server that speaks `POST /audio/speech`, over real HTTP on loopback, and misbehaves on demand.

What it does wrong is asked for by the name of a voice: "500" answers 500, "429-0" with Retry-After
0, "short" with half of what it promises. "500 x2" does so twice for each text, and then speaks.
"""

from __future__ import annotations

import io
import json
import struct
import threading
import time
import wave
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import numpy as np
import soundfile

from pipeline.engines.tone import Tone
from pipeline.model import Settings

SLOW_SECONDS = 20.0  # far beyond what a test waits for; an end of the server ends it
AT_ONCE_SECONDS = 0.15  # that "counted" takes


@dataclass
class Asked:
    """A request as it came."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]


@dataclass
class Server:
    """What a test sees of it: `most` is how many requests were at work at once."""

    address: str
    host: str
    voices: Any = field(default_factory=lambda: {"voices": ["af_heart", {"id": "am_adam"}]})
    asked: list[Asked] = field(default_factory=list)
    most: int = 0
    now: int = 0
    times: Counter[tuple[str, str]] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)
    ended: threading.Event = field(default_factory=threading.Event)

    @property
    def said(self) -> list[str]:
        return [asked.body["input"] for asked in self.asked if asked.body]


@contextmanager
def running() -> Iterator[Server]:
    """A server with its own address."""
    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    http.daemon_threads, http.block_on_close = True, False
    host = f"127.0.0.1:{http.server_address[1]}"
    server = Server(f"http://{host}/v1", host)
    http.speech = server  # type: ignore[attr-defined]
    threading.Thread(target=http.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield server
    finally:
        server.ended.set()
        http.shutdown()
        http.server_close()


def spoken(text: str, speed: float) -> tuple[int, np.ndarray[Any, np.dtype[np.int16]]]:
    """A tone as long as the text."""
    wav = Tone().speak(text, Settings(engine="tone", rate=round(175 * speed)))
    with wave.open(io.BytesIO(wav)) as file:
        return file.getframerate(), np.frombuffer(file.readframes(file.getnframes()), "<i2")


def encoded(rate: int, samples: Any, form: str = "WAV", kind: str = "PCM_16") -> bytes:
    if form == "PCM":
        return bytes(samples.tobytes())
    out = io.BytesIO()
    soundfile.write(out, samples, rate, format=form, subtype=kind)
    return out.getvalue()


FORMATS = {
    "wav": ("WAV", "PCM_16", "audio/wav"),
    "flac": ("FLAC", "PCM_16", "audio/flac"),
    "pcm": ("PCM", "", "audio/pcm"),
    "mp3": ("MP3", "MPEG_LAYER_III", "audio/mpeg"),
    "opus": ("OGG", "OPUS", "audio/opus"),
}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    @property
    def speech(self) -> Server:
        server: Server = self.server.speech  # type: ignore[attr-defined]
        return server

    def handle(self) -> None:
        with suppress(ConnectionError):  # whoever asked has gone
            super().handle()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Nothing: a test looks at what was asked."""

    def do_GET(self) -> None:
        self.speech.asked.append(Asked(self.path, dict(self.headers), {}))
        if isinstance(self.speech.voices, int):
            self.refuse(self.speech.voices)
        elif self.path == "/v1/audio/voices" and self.speech.voices is not None:
            self.give(json.dumps(self.speech.voices).encode(), "application/json")
        else:
            self.refuse(404)

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        speech = self.speech
        with speech.lock:
            speech.asked.append(Asked(self.path, dict(self.headers), body))
            speech.now += 1
            speech.most = max(speech.most, speech.now)
        try:
            self.answer(body)
        finally:
            with speech.lock:
                speech.now -= 1

    def answer(self, body: dict[str, Any]) -> None:
        name, _, times = body["voice"].partition(" x")
        self.speech.times[body["voice"], body["input"]] += 1
        if times and self.speech.times[body["voice"], body["input"]] > int(times):
            name = "good"
        status, _, after = name.partition("-")
        if status.isdecimal():
            self.refuse(int(status), after)
        elif name == "nobody-of-that-name":
            self.refuse(400)
        else:
            rate, samples = spoken(body["input"], body["speed"])
            form, kind, media = FORMATS[body["response_format"]]
            if form in {"PCM", "OGG"}:
                rate = 24_000
            misbehave = getattr(self, f"as_{name.replace('-', '_')}", self.as_good)
            misbehave(encoded(rate, samples, form, kind), media, rate, samples)

    def give(self, data: bytes, media: str, status: int = 200, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", media)
        self.send_header("Content-Length", str(len(data)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(data)

    def refuse(self, status: int, after: str = "", message: str = "so it is") -> None:
        headers = {"Retry_After": after} if after else {}
        data = json.dumps({"error": {"message": message}}).encode()
        self.give(data, "application/json", status, **headers)

    def as_good(self, data: bytes, media: str, *_: Any) -> None:
        self.give(data, media)

    def as_counted(self, data: bytes, media: str, *_: Any) -> None:
        time.sleep(AT_ONCE_SECONDS)
        self.give(data, media)

    def as_octets(self, data: bytes, *_: Any) -> None:
        self.give(data, "application/octet-stream")

    def as_short(self, data: bytes, media: str, *_: Any) -> None:
        self.send_response(200)
        self.send_header("Content-Type", media)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data[: len(data) // 2])
        self.close_connection = True

    def as_cut(self, data: bytes, media: str, *_: Any) -> None:
        self.chunked(data[: len(data) // 2], media)
        self.close_connection = True

    def as_silent_cut(self, data: bytes, media: str, *_: Any) -> None:
        """Half of it and an end, as HTTP/1.0 has it: its header alone tells."""
        self.send_response(200)
        self.send_header("Content-Type", media)
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(data[: len(data) // 4 * 2])

    def as_endless(self, data: bytes, media: str, *_: Any) -> None:
        """All of it, but nothing that says so: no size, and an end as HTTP/1.0 has it."""
        self.send_response(200)
        self.send_header("Content-Type", media)
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(sized(data, 0) if media == "audio/wav" else data)

    def as_closed(self, data: bytes, media: str, *_: Any) -> None:
        self.send_response(200)
        self.send_header("Content-Type", media)
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(data)

    def as_chunked(self, data: bytes, media: str, *_: Any) -> None:
        self.chunked(data, media)
        self.wfile.write(b"0\r\n\r\n")

    def chunked(self, data: bytes, media: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", media)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for at in range(0, len(data), 4096):
            part = data[at : at + 4096]
            self.wfile.write(b"%x\r\n%b\r\n" % (len(part), part))

    def as_html(self, *_: Any) -> None:
        self.give(b"<html>Welcome</html>", "text/html; charset=utf-8")

    def as_json(self, *_: Any) -> None:
        self.refuse(200, message="the model is not loaded")

    def as_lying(self, *_: Any) -> None:
        self.give(b'{"error": "no"}', "audio/wav")

    def as_nothing(self, _: bytes, media: str, *__: Any) -> None:
        self.give(b"", media)

    def as_silence(self, _: bytes, media: str, rate: int, samples: Any) -> None:
        self.give(encoded(rate, np.zeros_like(samples)), media)

    def as_half(self, _: bytes, media: str, rate: int, samples: Any) -> None:
        self.give(encoded(rate, samples[: len(samples) // 4]), media)

    def as_huge(self, _: bytes, media: str, rate: int, samples: Any) -> None:
        self.chunked(encoded(rate, np.tile(samples, 12_000_000 // len(samples))), media)
        self.wfile.write(b"0\r\n\r\n")

    def as_rates(self, _: bytes, media: str, rate: int, samples: Any) -> None:
        """Each text at one of three sample rates."""
        other = (16_000, 24_000, 48_000)[len(samples) % 3]
        count = round(len(samples) * other / rate)
        self.give(encoded(other, samples[np.arange(count) * len(samples) // count]), media)

    def as_streaming(self, data: bytes, media: str, *_: Any) -> None:
        self.chunked(sized(data, 0xFFFFFFFF), media)
        self.wfile.write(b"0\r\n\r\n")

    def as_unsized(self, data: bytes, media: str, *_: Any) -> None:
        self.give(sized(data, 0), media)

    def as_oversized(self, data: bytes, media: str, *_: Any) -> None:
        self.give(sized(data, len(data) + 1000), media)

    def as_odd(self, data: bytes, media: str, *_: Any) -> None:
        self.give(sized(data, 0xFFFFFFFF) + b"\1", media)

    def as_stereo(self, _: bytes, media: str, rate: int, samples: Any) -> None:
        self.give(encoded(rate, np.stack([samples, samples], axis=1)), media)

    def as_deep(self, _: bytes, media: str, rate: int, samples: Any) -> None:
        self.give(encoded(rate, samples, kind="PCM_24"), media)

    def as_float(self, _: bytes, media: str, rate: int, samples: Any) -> None:
        self.give(encoded(rate, (samples / 0x8000).astype(np.float32), kind="FLOAT"), media)

    def as_infinite(self, _: bytes, media: str, rate: int, samples: Any) -> None:
        self.give(encoded(rate, np.full(len(samples), np.inf, np.float32), kind="FLOAT"), media)

    def as_flac(self, _: bytes, __: str, rate: int, samples: Any) -> None:
        self.give(encoded(rate, samples, "FLAC"), "audio/flac")

    def as_packed(self, data: bytes, media: str, *_: Any) -> None:
        self.give(data, media, Content_Encoding="gzip")

    def as_slow(self, data: bytes, media: str, *_: Any) -> None:
        self.speech.ended.wait(SLOW_SECONDS)
        self.give(data, media)

    def as_dripping(self, data: bytes, media: str, *_: Any) -> None:
        self.send_response(200)
        self.send_header("Content-Type", media)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        for byte in data[: int(SLOW_SECONDS / 0.05)]:
            self.wfile.write(bytes([byte]))
            if self.speech.ended.wait(0.05):
                break
        self.close_connection = True

    def as_gone(self, *_: Any) -> None:
        self.close_connection = True

    def as_elsewhere(self, *_: Any) -> None:
        self.give(b"", "text/plain", 307, Location="http://collector.example/v1/audio/speech")

    def as_echo_401(self, *_: Any) -> None:
        self.echo(401)

    def as_echo_400(self, *_: Any) -> None:
        self.echo(400)

    def as_echo_500(self, *_: Any) -> None:
        self.echo(500)

    def as_echo_200(self, *_: Any) -> None:
        self.echo(200)

    def echo(self, status: int) -> None:
        key = self.headers.get("Authorization", "").removeprefix("Bearer ")
        message = f"Incorrect API key provided: {key}, {key[:9]}***{key[-8:]}, {key[3:15]}."
        self.refuse(status, message=message)


def sized(wav: bytes, size: int) -> bytes:
    """The WAV with another size of its samples, which stand last in it, and of all."""
    at = wav.index(b"data") + 4
    both = struct.pack("<I", size)
    return wav[:4] + both + wav[8:at] + both + wav[at + 4 :]
