"""Chunks at the end of a WAV file: RIFF, or RF64 where 32 bits do not hold its length.

An engine that knows when it says which word tells it by cue points, which any editor of sound
shows: a `cue ` chunk says at which sample each is, and a label in `LIST adtl` which characters of
the text are said there: "4 5" are five, after the first four.
"""

from __future__ import annotations

import io
import re
import struct
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from pipeline.errors import ConfigError, OutputError
from pipeline.model import Cue

LONGEST = 0xFFFFFFFF  # RIFF counts bytes in 32 bits; RF64 writes this, and the length in `ds64`
HEAD = 36  # bytes of RF64 that hold its length and that of its samples
# A cue point: its number, place, chunk of samples, two places within that, and its sample.
_POINT = struct.Struct("<II4sIII")
_CHARACTERS = re.compile(rb"(\d{1,9}) (\d{1,9})\0*")


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


def with_words(wav: bytes, words: Sequence[Cue]) -> bytes:
    """A WAV with a cue point for each word, behind all that it has."""
    if not words:
        return wav
    points, labels = [struct.pack("<I", len(words))], [b"adtl"]
    for number, (sample, start, length) in enumerate(words, 1):
        points.append(_POINT.pack(number, sample, b"data", 0, 0, sample))
        labels.append(_chunk(b"labl", struct.pack("<I", number) + b"%d %d\0" % (start, length)))
    whole = wav + _chunk(b"cue ", b"".join(points)) + _chunk(b"LIST", b"".join(labels))
    return whole[:4] + struct.pack("<I", len(whole) - 8) + whole[8:]


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack("<4sI", name, len(data)) + data + bytes(len(data) % 2)


def words(wav: bytes) -> tuple[Cue, ...]:
    """The words of a WAV, in order of their samples; cue points of other labels are not ours.

    Raises ValueError where chunks are damaged.
    """
    points: dict[int, int] = {}
    labels: dict[int, bytes] = {}
    for name, data in _read(wav, 12):
        if name == b"cue ":
            points = dict(_points(data))
        elif name == b"LIST" and data[:4] == b"adtl":
            known = [label for kind, label in _read(data, 4) if kind == b"labl"]
            labels |= {_number(label): label[4:] for label in known}
    found = []
    for number, sample in points.items():
        if label := _CHARACTERS.fullmatch(labels.get(number, b"")):
            found.append(Cue(sample, int(label[1]), int(label[2])))
    return tuple(sorted(found))


def _read(data: bytes, at: int) -> Iterator[tuple[bytes, bytes]]:
    """Name and content of each chunk from here on. Raises ValueError for one that is cut short.

    Others than ours end it: who wrote into a pipe could not tell how many samples there are.
    """
    while at + 8 <= len(data):
        name, size = struct.unpack_from("<4sI", data, at)
        if size > len(data) - at - 8:
            if name in (b"cue ", b"LIST", b"labl"):
                raise ValueError(f"a chunk {name!r} that is cut short")
            return
        yield name, data[at + 8 : at + 8 + size] if name != b"data" else b""
        at += 8 + size + size % 2


def _points(data: bytes) -> Iterator[tuple[int, int]]:
    """Number and sample of each cue point."""
    if 4 + _number(data) * _POINT.size > len(data):
        raise ValueError("fewer cue points than it says")
    for at in range(4, 4 + _number(data) * _POINT.size, _POINT.size):
        number, _, chunk, _, _, sample = _POINT.unpack_from(data, at)
        if chunk == b"data":
            yield number, sample


def _number(data: bytes) -> int:
    if len(data) < 4:
        raise ValueError("a chunk without a number")
    (number,) = struct.unpack_from("<I", data)
    return int(number)
