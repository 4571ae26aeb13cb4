"""A file through ffmpeg: what it says of itself, its samples, and how loud they are."""

from __future__ import annotations

import math
import re
import struct
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import IO, Self

from pipeline.encode import ffmpeg
from pipeline.errors import OutputError

FRAMES = 1 << 16  # read at once
OGG = (".opus", ".ogg", ".oga")  # where tags are a stream's, and not the file's
SAMPLE = 4  # bytes of a 32-bit float
SILENT_LUFS = -70.0  # the absolute gate of ITU-R BS.1770: below it there is no loudness
FRAMES_A_SECOND = 10  # of ebur128's measurements


class Unreadable(Exception):  # noqa: N818
    """A file that is not audio, or not all of it; the text is ffmpeg's own."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What a file says of itself: its codec, tags in lower case, and chapters in file order.

    `starts_ms` and `ends_ms` are those of the chapters, rounded to the nearest millisecond.
    """

    codec: str
    tags: dict[str, str]
    titles: tuple[str, ...]
    starts_ms: tuple[int, ...]
    ends_ms: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Stream:
    """Decoded audio: frames a second, channels, and where its bytes come from."""

    rate: int
    channels: int
    file: IO[bytes]

    def read(self, frames: int) -> bytes:
        """At most so many frames of 32-bit big-endian floats; nothing at the end."""
        data = self.file.read(min(frames, FRAMES) * self.channels * SAMPLE)
        return data[: len(data) // (self.channels * SAMPLE) * self.channels * SAMPLE]


@dataclass(frozen=True, slots=True)
class Loudness:
    """What EBU R128 says of a stretch: LUFS, dBTP, and short-term LUFS (3 s) second by second.

    `integrated` is None where all is below the gate, or shorter than its block of 0.4 s.
    """

    integrated: float | None
    true_peak: float
    short_term: tuple[float, ...]


def _opening(path: Path) -> list[str]:
    """A file of this disk, whatever is in it; `file:` as a name may look like an address."""
    return ["-nostdin", "-protocol_whitelist", "file", "-i", f"file:{path}"]


def contents(path: Path) -> Contents:
    """Codec, tags and chapters of a file. Raises Unreadable.

    `-copyts`: without it ffmpeg takes a file's start time from its chapters, which for an MP3 is
    what the decoder leaves out (50 ms at 22,050 Hz), while it leaves that out of the audio, too.
    """
    asked = [ffmpeg.program(), "-hide_banner", "-copyts", *_opening(path)]
    if path.suffix.lower() in OGG:
        asked += ["-map_metadata", "0:s:0"]
    asked += ["-f", "ffmetadata", "-"]
    ran = subprocess.run(asked, capture_output=True, check=False)
    told = ran.stderr.decode(errors="replace")
    audio = re.search(r"^ +Stream #0:\d+.*?: Audio: (\w+)", told, re.MULTILINE)
    if ran.returncode or not audio:
        raise Unreadable(_last(told) if ran.returncode else "there is no audio in it")
    return _contents(audio[1], ran.stdout.decode(errors="replace"))


def _contents(codec: str, text: str) -> Contents:
    """What stands in ffmetadata; tags of streams count as the file's, if it has no such."""
    tags: dict[str, str] = {}
    chapters: list[dict[str, str]] = []
    into = tags
    for line in _logical_lines(text):
        if line == "[CHAPTER]":
            into = {}
            chapters.append(into)
        elif line.startswith("["):
            into = tags
        else:
            name, _, value = _split(line)
            into.setdefault(name.lower(), value)
    return Contents(
        codec,
        tags,
        tuple(chapter.get("title", "") for chapter in chapters),
        tuple(_milliseconds(chapter, "start") for chapter in chapters),
        tuple(_milliseconds(chapter, "end") for chapter in chapters),
    )


def _logical_lines(text: str) -> Iterator[str]:
    """Lines of ffmetadata without comments; a backslash before its end continues one."""
    for found in re.finditer(r"(?:\\.|[^\\\n])+", text, re.DOTALL):
        if not found[0].startswith((";", "#")):
            yield found[0]


def _split(line: str) -> tuple[str, str, str]:
    """`name=value`, with the escapes of `= ; # \\` and newline undone."""
    name, sign, value = re.match(r"((?:\\.|[^\\=])*)(=?)(.*)", line, re.DOTALL).groups()  # type: ignore[union-attr]
    return (
        re.sub(r"\\(.)", r"\1", name, flags=re.DOTALL),
        sign,
        re.sub(r"\\(.)", r"\1", value, flags=re.DOTALL),
    )


def _milliseconds(chapter: dict[str, str], name: str) -> int:
    numerator, _, denominator = chapter.get("timebase", "1/1000000000").partition("/")
    return round(int(chapter[name]) * int(numerator) * 1000 / int(denominator))


@contextmanager
def stream(path: Path) -> Iterator[Stream]:
    """The decoded samples of a file, as they come. Raises Unreadable, at the end at the latest."""
    asked = [
        ffmpeg.program(),
        "-v",
        "error",
        *_opening(path),
        "-map",
        "0:a:0",
        "-map_metadata",
        "-1",
    ]
    asked += ["-c:a", "pcm_f32be", "-f", "au", "-"]
    with tempfile.TemporaryFile() as told:
        process = subprocess.Popen(asked, stdout=subprocess.PIPE, stderr=told)
        assert process.stdout  # noqa: S101  it was asked for
        try:
            head = process.stdout.read(24)  # the header of AU: six numbers, the second its length
            if len(head) == 24:
                _, size, _, _, rate, channels = struct.unpack(">4s5I", head)
                process.stdout.read(size - 24)
                yield Stream(rate, channels, process.stdout)
        except BaseException:
            process.kill()
            raise
        finally:
            process.stdout.close()
            code = process.wait()
        told.seek(0)
        text = told.read(1 << 16).decode(errors="replace")
        if code or text or len(head) < 24:
            raise Unreadable(_last(text))


def _last(text: str) -> str:
    """The line of ffmpeg's that says most, without its names for its own parts."""
    lines = [re.sub(r"^\[[^\]]*\] *", "", line).strip() for line in text.splitlines()]
    lines = [line for line in lines if line]
    return lines[-1].rstrip(".") if lines else "ffmpeg stopped"


def bitrates(path: Path) -> tuple[float, float]:
    """The least and the most bits a second of an MP3's frames, the first of which has no audio.

    A frame is 208 or 209 bytes at one and the same rate, so that the two may differ by a little.
    Raises Unreadable.
    """
    asked = [ffmpeg.program(), "-v", "error", *_opening(path), "-map", "0:a:0", "-c", "copy"]
    least, most = math.inf, 0.0
    base = 0.0
    with subprocess.Popen([*asked, "-f", "framecrc", "-"], stdout=subprocess.PIPE) as process:
        assert process.stdout  # noqa: S101
        for line in process.stdout:
            if line.startswith(b"#tb"):
                numerator, _, denominator = line.split()[-1].partition(b"/")
                base = int(numerator) / int(denominator)
            elif not line.startswith(b"#"):
                _, _, _, duration, size, *_ = line.split(b",")
                rate = int(size) * 8 / (int(duration) * base) if int(duration) else 0.0
                least, most = min(least, rate), max(most, rate)
    if process.returncode or not most:
        raise Unreadable("its frames cannot be told apart")
    return least, most


class Meter:
    """ffmpeg's ebur128 over samples that are given bit by bit; nothing of them is kept.

    Measurements come as metadata, in thousandths; its summary has tenths.
    """

    def __init__(self, rate: int, channels: int) -> None:
        self._frame = rate // FRAMES_A_SECOND
        self._channels = channels
        self._given = 0
        self._last: dict[str, float] = {}
        self._short: list[float] = []
        measure = "ebur128=peak=true:metadata=1,ametadata=mode=print:file=-"
        raw = ["-f", "f32be", "-ar", str(rate), "-ac", str(channels), "-i", "pipe:0"]
        self._process = subprocess.Popen(
            [ffmpeg.program(), "-v", "quiet", *raw, "-af", measure, "-f", "null", "-"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self._reader = Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        self._reader.join()
        for pipe in (self._process.stdin, self._process.stdout):
            with suppress(OSError):  # what a killed process will not take
                pipe.close()  # type: ignore[union-attr]

    def add(self, data: bytes) -> None:
        """Frames of 32-bit big-endian floats. Raises OutputError."""
        self._given += len(data) // (SAMPLE * self._channels)
        try:
            self._process.stdin.write(data)  # type: ignore[union-attr]
        except OSError as error:
            raise OutputError("ffmpeg: stopped while it measured loudness. Try again.") from error

    def result(self) -> Loudness:
        """What was measured. The last tenth of a second is filled up, or it would not count."""
        missing = -self._given % self._frame if self._frame else 0
        self.add(bytes(missing * self._channels * SAMPLE))
        try:
            self._process.stdin.close()  # type: ignore[union-attr]
        except OSError as error:
            raise OutputError("ffmpeg: stopped while it measured loudness. Try again.") from error
        self._reader.join()
        if self._process.wait():
            raise OutputError("ffmpeg: failed while it measured loudness. Try again.")
        integrated = self._last.get("I", SILENT_LUFS)
        return Loudness(
            integrated if integrated > SILENT_LUFS else None,
            decibels(self._last.get("true_peak", 0.0)),
            tuple(self._short),
        )

    def _read(self) -> None:
        """Only the newest of each figure is kept, and short-term loudness once a second."""
        frame = 0
        for line in self._process.stdout:  # type: ignore[union-attr]
            if line.startswith(b"frame:"):
                frame = int(line[6 : line.index(b" ")])
            elif line.startswith(b"lavfi.r128."):
                name, _, value = line[11:].decode().partition("=")
                self._last[name] = float(value)
                if name == "S" and frame % FRAMES_A_SECOND == FRAMES_A_SECOND - 1:
                    self._short.append(max(float(value), SILENT_LUFS))


def decibels(amplitude: float) -> float:
    """dB of full scale; -inf for nothing."""
    return 20 * math.log10(amplitude) if amplitude > 0 else -math.inf
