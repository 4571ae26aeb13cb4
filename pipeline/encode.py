"""Samples -> an encoded file. The only room that runs ffmpeg: the one in imageio-ffmpeg's wheel."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import IO, cast

from pipeline.errors import OutputError
from pipeline.processes import APART

# LAME's quick mode leaves out noise shaping: half the time, and at this bitrate an error 2 to 8 dB
# lower in every band.
LEVEL = 7
BITRATE = 64_000  # speech in mono at 22 kHz; constant, so that a file's size tells its length

_CORES = threading.Lock()
_IN_USE: Counter[int] = Counter()  # encoders of this process on each core


@cache
def _ffmpeg() -> str:
    import imageio_ffmpeg

    try:
        path: str = imageio_ffmpeg.get_ffmpeg_exe()
    except RuntimeError as error:
        raise OutputError(f"ffmpeg: {error}") from error
    return path


@cache
def fingerprint() -> str:
    """What else an encoded file depends on beside its samples."""
    done = subprocess.run([_ffmpeg(), "-version"], capture_output=True, check=False)
    version = done.stdout.decode(errors="replace").partition(" Copyright")[0]
    return f"{version}, mp3 {BITRATE}, level {LEVEL}"


def mp3(samples: Iterable[bytes], rate: int, path: Path) -> int:
    """Encode 16-bit mono samples into `path`; returns how many there were.

    Raises OutputError when the encoder or the disk gives up, and checks that the file is whole.
    """
    with tempfile.TemporaryFile() as log:
        process, stdin = _start(_command(rate, path), log)
        count, taken = 0, True
        try:
            with _on_one_core(process):
                for part in samples:
                    count += len(part) // 2
                    taken = _write(stdin, part)
                    if not taken:
                        break
                taken = _close(stdin) and taken
                process.wait()
        finally:
            _end(process, stdin)
        if process.returncode != 0 or not taken:
            log.seek(0)
            said = log.read().decode(errors="replace").strip().splitlines()
            raise OutputError(_reason(said, process.returncode))
    _check(path, count / rate)
    return count


def _command(rate: int, path: Path) -> list[str]:
    return [
        *(_ffmpeg(), "-v", "error", "-nostats", "-hide_banner", "-y"),
        *("-f", "s16le", "-ar", str(rate), "-ac", "1", "-i", "pipe:0"),
        *("-c:a", "libmp3lame", "-b:a", str(BITRATE), "-threads", "1"),
        *("-compression_level", str(LEVEL)),
        # Nothing in the file may depend on who made it; mutagen writes the tags.
        *("-map_metadata", "-1", "-id3v2_version", "0", "-write_id3v1", "0"),
        *("-fflags", "+bitexact", "-flags:a", "+bitexact", "-f", "mp3", f"file:{path}"),
    ]


def _start(command: list[str], log: IO[bytes]) -> tuple[subprocess.Popen[bytes], IO[bytes]]:
    try:
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=log, stderr=log, **APART)
    except OSError as error:
        raise OutputError(f"{command[0]}: cannot be started ({error.strerror}).") from error
    return process, cast("IO[bytes]", process.stdin)


@contextmanager
def _on_one_core(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """Let ffmpeg's threads share a core, where the system can be told so: the least used by us.

    They hand each other one frame after another; between cores that costs a third more.
    """
    if sys.platform != "linux":
        yield
        return
    with _CORES:
        core = min(sorted(os.sched_getaffinity(0)), key=lambda core: _IN_USE[core])
        _IN_USE[core] += 1
    try:
        with suppress(OSError):  # it has ended, or may not be told
            os.sched_setaffinity(process.pid, {core})
        yield
    finally:
        with _CORES:
            _IN_USE[core] -= 1


def _write(stdin: IO[bytes], part: bytes) -> bool:
    """False when the encoder is gone; its log has the reason."""
    try:
        stdin.write(part)
    except OSError:
        return False
    return True


def _close(stdin: IO[bytes]) -> bool:
    try:
        stdin.close()
    except OSError:
        return False
    return True


def _end(process: subprocess.Popen[bytes], stdin: IO[bytes]) -> None:
    """Leave no encoder behind, whatever happened."""
    if process.poll() is None:
        process.kill()
        process.wait()
    _close(stdin)


def _reason(said: list[str], code: int) -> str:
    """The line of ffmpeg's log that a person can use."""
    for known in ("No space left on device", "Permission denied", "Read-only file system"):
        if any(known in line for line in said):
            return f"{known[0].lower()}{known[1:]}. Mend that and run it again to go on."
    return f"the encoder stopped with code {code} ({said[-1] if said else 'no message'})."


def _check(path: Path, seconds: float) -> None:
    """ffmpeg has been seen to end well on a full disk: a constant bitrate tells the size."""
    expected = seconds * BITRATE / 8
    size = path.stat().st_size
    if size < expected * 0.99:
        raise OutputError(f"only {size} of {expected:.0f} bytes were written. Is the disk full?")
