"""A chunk at the end of a WAV file: RIFF, or RF64 where 32 bits do not hold its length."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from pipeline.errors import ConfigError, OutputError

LONGEST = 0xFFFFFFFF  # RIFF counts bytes in 32 bits; RF64 writes this, and the length in `ds64`
HEAD = 36  # bytes of RF64 that hold its length and that of its samples


def put_last(path: Path, name: bytes, data: bytes) -> None:
    """Write a chunk of four letters behind all others, in place of any of that name.

    The layout is RIFF's (IBM and Microsoft, 1991) and RF64's (EBU Tech 3306). One that stands
    before other chunks becomes a gap. Raises OutputError for what is no whole WAV file, and
    ConfigError when it would be too long; then the file is as it was.
    """
    with path.open("r+b") as file:
        head = file.read(HEAD)
        if head[:4] not in (b"RIFF", b"RF64") or head[8:12] != b"WAVE":
            raise OutputError(f"{path}: not a WAV file. Build it anew.")
        chunks = list(_chunks(file, head))
        end = max((after for kind, _, after in chunks if kind.lower() != name), default=12)
        if end > file.seek(0, io.SEEK_END):
            raise OutputError(f"{path}: a WAV file that is cut short. Build it anew.")
        whole = struct.pack("<4sI", name, len(data)) + data + bytes(len(data) % 2)
        length = end + len(whole) - 8
        if head[:4] == b"RIFF" and length > LONGEST:
            raise ConfigError(f"{path.name}: over 4 GB, which WAV cannot say. Use flac.")
        for kind, at, _ in chunks:
            if kind.lower() == name and at < end:
                file.seek(at)
                file.write(b"JUNK")
        file.seek(end)
        file.write(whole)
        file.truncate()
        file.seek(4 if head[:4] == b"RIFF" else 20)
        file.write(struct.pack("<I" if head[:4] == b"RIFF" else "<Q", length))


def _chunks(file: BinaryIO, head: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Name, place and end of each chunk; an odd one is followed by a byte that is not counted."""
    (samples,) = struct.unpack("<Q", head[28:HEAD]) if head[:4] == b"RF64" else (LONGEST,)
    whole, at = file.seek(0, io.SEEK_END), 12
    while at + 8 <= whole:
        file.seek(at)
        kind, size = struct.unpack("<4sI", file.read(8))
        if kind == b"data" and size == LONGEST:
            size = samples
        after = at + 8 + size + size % 2
        yield kind, at, after
        at = after
