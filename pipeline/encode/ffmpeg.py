"""Samples -> AAC and Opus, and AAC -> M4B, by the ffmpeg that comes as a wheel (imageio-ffmpeg).

Apart from `check`, the only room that runs ffmpeg.
"""

from __future__ import annotations

import math
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from importlib.metadata import version
from itertools import chain
from pathlib import Path
from typing import IO, BinaryIO

from pipeline.errors import OutputError
from pipeline.model import Encoding

# ISO 14496-3, 4.6: samples of an AAC-LC frame. The first packet only leads in the second one.
FRAME = 1024
AAC_RATES = (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000)
MOST_AAC_BITS = 6  # a sample and channel: 6144 a frame (ISO 14496-3, 4.5.3)
LEAST_AAC = 16  # kb/s; with less, speech is not understood
LEAST_OPUS, MOST_OPUS = 6, 256  # kb/s a channel (RFC 6716, 2.1.1)
# No version, no random serial number: the same bytes every time.
SAME_BYTES = ("-fflags", "+bitexact", "-flags:a", "+bitexact")
STEP = 1 << 20  # bytes that are read at once
HEAD = 6  # bytes of an ADTS packet that say how long it is
SILENT = -70.0  # LUFS that ebur128 says of silence


def fingerprint() -> str:
    """What else a file depends on beside its samples."""
    return f"imageio-ffmpeg {version('imageio-ffmpeg')}"


@cache
def program() -> str:
    """The path of the ffmpeg that the wheel brings along. Raises OutputError."""
    from imageio_ffmpeg import get_ffmpeg_exe

    try:
        return str(get_ffmpeg_exe())
    except RuntimeError as error:
        raise OutputError(
            "ffmpeg: there is none for this machine in imageio-ffmpeg. Install ffmpeg, or make MP3."
        ) from error


def aac_rates(bitrate: int, channels: int) -> list[int]:
    """Sample rates at which AAC has this bitrate, in kb/s."""
    return [rate for rate in AAC_RATES if bitrate * 1000 <= MOST_AAC_BITS * rate * channels]


def aac(samples: Iterable[bytes], rate: int, encoding: Encoding, path: Path) -> int:
    """Encode 16-bit samples, interleaved, as ADTS into `path`; returns how many a channel.

    The first packet leads in; each of the others holds 1024 samples, the last filled up with
    silence. Packets overlap by half: where those of another chapter follow, its lead-in is needed,
    or its first 1024 samples would not be what they were.
    """
    rest = 4 * FRAME  # pushes the last packets out of the encoder
    codec = ("-c:a", "aac", "-aac_coder", "fast", "-b:a", f"{encoding.bitrate}k", "-f", "adts")
    fed = chain(samples, [bytes(2 * encoding.channels * rest)])
    count = _piped(fed, rate, encoding, codec, path) - rest
    packets = 1 + -(-count // FRAME)
    with path.open("r+b") as file:
        file.truncate(_end_of(file, packets))
    return count


def opus(samples: Iterable[bytes], rate: int, encoding: Encoding, path: Path) -> int:
    """Encode 16-bit samples, interleaved, as Ogg Opus; returns how many a channel."""
    codec = ("-c:a", "libopus", "-b:a", f"{encoding.bitrate}k", "-f", "opus")
    return _piped(samples, rate, encoding, codec, path)


def loudness(path: Path) -> tuple[float, float]:
    """LUFS (-inf below the gate) and dBTP of a decoded file, by ffmpeg's ebur128.

    Raises OutputError.
    """
    told = "ebur128=peak=true:metadata=1:framelog=verbose,ametadata=mode=print:file=-"
    quiet = ("-nostdin", "-hide_banner", "-loglevel", "error")
    command = [program(), *quiet, "-i", f"file:{path}", "-map", "0:a", "-af", told]
    found = {b"I": SILENT, b"true_peak": 0.0}
    with subprocess.Popen([*command, "-f", "null", "-"], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None  # noqa: S101  asked for above
        for line in process.stdout:
            name, _, value = line.removeprefix(b"lavfi.r128.").partition(b"=")
            if name in found:
                found[name] = float(value)
    if process.returncode:
        raise OutputError(f"{path}: cannot be decoded by ffmpeg.")
    integrated, peak = found[b"I"], found[b"true_peak"]
    heard = integrated if integrated > SILENT else -math.inf
    return heard, 20 * math.log10(peak) if peak > 0 else -math.inf


def _piped(
    samples: Iterable[bytes], rate: int, encoding: Encoding, codec: Iterable[str], path: Path
) -> int:
    """Encode all samples; returns how many there were a channel."""
    count, channels = 0, encoding.channels
    source = ("-f", "s16le", "-ar", str(rate), "-ac", str(channels), "-i", "pipe:0")
    with running([*source, *codec, *SAME_BYTES, f"file:{path}"], path) as pipe:
        for part in samples:
            count += len(part) // (2 * channels)
            pipe.write(part)
    return count


@contextmanager
def running(arguments: Iterable[str], path: Path) -> Iterator[IO[bytes]]:
    """ffmpeg's standard input, until it has written `path`.

    Raises OutputError with its last words when it fails.
    """
    quiet = ("-nostdin", "-hide_banner", "-loglevel", "error", "-y")
    command = [program(), *quiet, *arguments]
    with tempfile.TemporaryFile() as words:
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=words
        )
        pipe = process.stdin
        assert pipe is not None  # noqa: S101  asked for above
        try:
            with suppress(BrokenPipeError):  # it says why
                yield pipe
                pipe.close()
        finally:
            with suppress(BrokenPipeError):
                pipe.close()
            if sys.exc_info()[0]:
                process.kill()
            failed = process.wait()
        if failed:
            raise OutputError(f"{path}: cannot be encoded ({_last_words(words)}).")


def _last_words(words: IO[bytes]) -> str:
    words.seek(0)
    lines = words.read().decode(errors="replace").split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), "ffmpeg gave no reason")


def span(samples: int) -> int:
    """Samples from the start of one chapter's audio to that of the next: a lead-in lies between."""
    return (-(-samples // FRAME) + 1) * FRAME


def _end_of(file: BinaryIO, packets: int) -> int:
    """Where so many ADTS packets end (ISO 13818-7, 6.2: 13 bits of length). Raises OutputError.

    Read bit by bit: a file of hours that is mapped counts as memory.
    """
    at, start, data = 0, 0, b""
    for _ in range(packets):
        if at + HEAD > start + len(data):
            file.seek(at)
            start, data = at, file.read(STEP)
        head = data[at - start : at - start + HEAD]
        if len(head) < HEAD or head[0] != 0xFF or head[1] & 0xF6 != 0xF0:
            raise OutputError(f"{file.name}: not what an AAC encoder writes.")
        at += (head[3] & 3) << 11 | head[4] << 3 | head[5] >> 5
    return at


def m4b(parts: Iterable[Path], rate: int, chapters: str, out: Path) -> None:
    """One file of the audio that `aac` has made, with both kinds of chapters.

    `chapters` is an ffmetadata file. The lead-in of the first part goes before the start, as an
    edit list says; that of each other one is 1024 samples of silence before it. Raises
    OutputError, OSError.
    """
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder, "chapters.txt")
        told.write_text(chapters, encoding="utf-8")
        source = ("-itsoffset", f"{-FRAME / rate:.9f}", "-f", "aac", "-i", "pipe:0")
        marks = ("-f", "ffmetadata", "-i", f"file:{told}", "-map", "0:a", "-map_chapters", "1")
        copied = ("-c", "copy", "-bsf:a", "aac_adtstoasc")
        # Without its own scale QuickTime's chapters count by ADTS's 28,224,000 a second: past 76
        # seconds that is more than 31 bits, and chapters are lost without a word.
        scale = ("-movie_timescale", str(rate))
        form = ("-movflags", "+faststart", "-brand", "M4B ", "-f", "ipod", f"file:{out}")
        with running([*source, *marks, *copied, *SAME_BYTES, *scale, *form], out) as pipe:
            for part in parts:
                with part.open("rb") as file:
                    shutil.copyfileobj(file, pipe, STEP)
