"""Samples -> FLAC and WAV, by libsndfile (soundfile)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import BinaryIO

from pipeline.model import Encoding

LEVEL = 0.5  # the middle; above it, a file is hardly smaller
STEP = 1 << 16  # samples that are read at once
# A RIFF counts its bytes in 32 bits; RF64 (EBU Tech 3306) goes on where it ends.
LARGEST_RIFF = 4_000_000_000


def fingerprint() -> str:
    """What else a file depends on beside its samples."""
    return f"soundfile {version('soundfile')}"


def flac(samples: Iterable[bytes], rate: int, encoding: Encoding, path: Path) -> int:
    """Encode 16-bit samples, interleaved, into `path`; returns how many there were a channel."""
    form = {"format": "FLAC", "subtype": "PCM_16", "compression_level": LEVEL}
    return _written(samples, rate, encoding.channels, path, form)


def wav(samples: Iterable[bytes], rate: int, channels: int, count: int, path: Path) -> int:
    """As a WAV of `count` samples a channel; as RF64 where that would be too large."""
    large = 2 * channels * count > LARGEST_RIFF
    form = {"format": "RF64" if large else "WAV", "subtype": "PCM_16"}
    return _written(samples, rate, channels, path, form)


def samples(parts: Iterable[Path]) -> Iterator[bytes]:
    """What `flac` was given for each of these files."""
    import soundfile

    for part in parts:
        with soundfile.SoundFile(part) as file:
            while data := bytes(file.buffer_read(STEP, dtype="int16")):
                yield data


class _Watched:
    """A file for libsndfile, whose callbacks lose what is raised in them: the error is kept."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.error: OSError | None = None
        self.seek, self.tell, self.read = file.seek, file.tell, file.read

    def write(self, data: bytes) -> int:
        try:
            return self.file.write(data)
        except OSError as error:
            self.error = error
            return 0


def _written(
    samples: Iterable[bytes], rate: int, channels: int, path: Path, form: Mapping[str, object]
) -> int:
    import soundfile

    count = 0
    with path.open("w+b", buffering=0) as raw:
        watched = _Watched(raw)
        try:
            with soundfile.SoundFile(watched, "w", rate, channels, **form) as file:
                for part in samples:
                    count += len(part) // (2 * channels)
                    file.buffer_write(part, "int16")
        except (soundfile.SoundFileError, AssertionError):  # so many samples were not written
            if not watched.error:
                raise
        if watched.error:
            raise watched.error
    return count
