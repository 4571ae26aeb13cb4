"""A chunk at the end of WAV files of all sorts."""

from __future__ import annotations

import struct
import wave
from pathlib import Path

import pytest

from pipeline import riff
from pipeline.errors import ConfigError, OutputError


def chunk(name: bytes, data: bytes, size: int | None = None) -> bytes:
    counted = len(data) if size is None else size
    return name + struct.pack("<I", counted) + data + bytes(len(data) % 2)


FORMAT = chunk(b"fmt ", struct.pack("<HHIIHH", 1, 1, 8000, 16000, 2, 16))


def riff_of(*chunks: bytes) -> bytes:
    return chunk(b"RIFF", b"WAVE" + b"".join(chunks))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "book.wav"


def test_it_stands_behind_the_others(path: Path) -> None:
    path.write_bytes(riff_of(FORMAT, chunk(b"data", b"abcd"), chunk(b"LIST", b"INFO")))
    riff.put_last(path, b"id3 ", b"odd")
    assert path.read_bytes() == riff_of(
        FORMAT, chunk(b"data", b"abcd"), chunk(b"LIST", b"INFO"), chunk(b"id3 ", b"odd")
    )
    with wave.open(str(path)) as file:
        assert file.readframes(9) == b"abcd"


def test_the_same_again_changes_nothing_and_another_takes_its_place(path: Path) -> None:
    path.write_bytes(riff_of(FORMAT, chunk(b"data", b"abcd")))
    riff.put_last(path, b"id3 ", b"a long first tag")
    first = path.read_bytes()
    riff.put_last(path, b"id3 ", b"a long first tag")
    assert path.read_bytes() == first
    riff.put_last(path, b"id3 ", b"new")
    assert path.read_bytes() == riff_of(FORMAT, chunk(b"data", b"abcd"), chunk(b"id3 ", b"new"))


def test_one_before_the_samples_becomes_a_gap(path: Path) -> None:
    path.write_bytes(riff_of(FORMAT, chunk(b"ID3 ", b"old"), chunk(b"data", b"abcd")))
    riff.put_last(path, b"id3 ", b"new")
    assert path.read_bytes() == riff_of(
        FORMAT, chunk(b"JUNK", b"old"), chunk(b"data", b"abcd"), chunk(b"id3 ", b"new")
    )


def test_rf64_tells_its_length_in_64_bits(path: Path) -> None:
    def rf64(length: int, *more: bytes) -> bytes:
        sizes = chunk(b"ds64", struct.pack("<QQQI", length, 4, 2, 0))
        data = chunk(b"data", b"abcd", riff.LONGEST)
        return chunk(b"RF64", b"WAVE" + sizes + FORMAT + data + b"".join(more), riff.LONGEST)

    path.write_bytes(rf64(len(rf64(0)) - 8))
    riff.put_last(path, b"id3 ", b"tag!")
    assert path.read_bytes() == rf64(len(rf64(0)) + 4, chunk(b"id3 ", b"tag!"))


def test_samples_to_the_end_of_the_file_cannot_be_followed(path: Path) -> None:
    """An encoder that wrote into a pipe never came back to say how many there are."""
    path.write_bytes(riff_of(FORMAT, chunk(b"data", b"abcd", riff.LONGEST)))
    with pytest.raises(OutputError, match="cut short"):
        riff.put_last(path, b"id3 ", b"tag")


def test_more_than_riff_can_say(path: Path) -> None:
    samples = 0xFFFFFFFF - 40
    with path.open("wb") as file:  # a sparse file, which takes no room
        file.write(chunk(b"RIFF", b"WAVE" + FORMAT, 0)[:36])
        file.write(chunk(b"data", b"", samples))
        file.truncate(44 + samples + 1)
    before = path.stat()
    with pytest.raises(ConfigError, match=r"book\.wav: over 4 GB, which WAV cannot say. Use flac."):
        riff.put_last(path, b"id3 ", b"tag")
    assert path.stat().st_size == before.st_size


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "not a WAV file"),
        (b"RIFF\0\0\0\0AVI LIST", "not a WAV file"),
        (riff_of(FORMAT, chunk(b"data", b"abcd"))[:-2], "cut short"),
    ],
)
def test_what_is_no_whole_wav_file_stays_as_it_is(path: Path, data: bytes, message: str) -> None:
    path.write_bytes(data)
    with pytest.raises(OutputError, match=message):
        riff.put_last(path, b"id3 ", b"tag")
    assert path.read_bytes() == data
