"""Sound that came over a network, as samples: whole, of the form that was asked for, or refused.

A WAV that is sent while it is made says nothing true of its length: its writer could not go back.
Then all that came is taken, if the connection told that this was all: by its `Content-Length` or
the last of its chunks. FLAC has to tell; MP3, Opus and samples without a header never do.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from typing import TYPE_CHECKING

from pipeline.errors import EngineError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# What a server may be asked for, and what libsndfile calls that.
FORMATS = {
    "wav": ("WAV", "WAVEX"),
    "flac": ("FLAC",),
    "mp3": ("MP3",),
    "opus": ("OGG",),
    "pcm": (),
}
# "pcm" has no header: 24 kHz, 16 bits, mono, little-endian, as the API has it.
PCM_RATE = 24_000
RATES = 8_000, 96_000
MOST_SAMPLES = 64_000_000  # 44 minutes at 24 kHz: a few bytes of FLAC can be hours of silence
# Sizes of those who did not know them: 0, or the most that 31 or 32 bits hold, less their header.
UNKNOWN = range(0x7FFF_F000, 0x8000_0000), range(0xFFFF_F000, 0x1_0000_0000)


class Passing(Exception):  # noqa: N818  it is no error until nobody tries again
    """What went wrong and may go well the next time: `hint` if it does not.

    `after` are seconds to wait, where the server says so; `crowded` where it has too much to do.
    """

    def __init__(
        self, what: str, hint: str = "", *, after: float | None = None, crowded: bool = False
    ) -> None:
        super().__init__(what)
        self.hint, self.after, self.crowded = hint, after, crowded


def samples(data: bytes, form: str, *, whole: bool = True) -> tuple[int, NDArray[np.float32]]:
    """Sample rate and mono samples of -1 to 1. Raises EngineError, and Passing for half of it.

    `whole` is whether the connection told that nothing is missing.
    """
    if not data:
        raise Passing("an empty answer")
    if not whole and not _tells_its_length(data, form):
        raise EngineError(
            "it did not tell how long its answer is, so that nobody knows whether this is all. "
            "Set the option `format` to flac"
        )
    if form == "flac" and data[:4] == b"fLaC" and not _flac_length(data):
        raise EngineError(  # libsndfile cannot find the end of one
            "it gave a FLAC that does not tell how long it is. Set the option `format` to wav"
        )
    rate, found = _pcm(data) if form == "pcm" else _decoded(data, form)
    import numpy as np

    if not RATES[0] <= rate <= RATES[1]:
        raise EngineError(f"its sound has {rate} samples a second, not {RATES[0]} to {RATES[1]}")
    if not np.isfinite(found).all():
        raise EngineError("its sound has samples that are no numbers")
    return rate, found


def _pcm(data: bytes) -> tuple[int, NDArray[np.float32]]:
    import numpy as np

    if data[:4] in {b"RIFF", b"fLaC", b"OggS", b"ID3\x03", b"ID3\x04"}:
        raise EngineError("it gave a file with a header, not the pcm that was asked for")
    if len(data) % 2:
        raise Passing("half a sample at the end of its answer")
    return PCM_RATE, np.frombuffer(data, "<i2").astype(np.float32) / np.float32(0x8000)


def _decoded(data: bytes, form: str) -> tuple[int, NDArray[np.float32]]:
    import soundfile

    known = _measured(data) if form == "wav" else data
    try:
        with soundfile.SoundFile(io.BytesIO(known)) as file:
            if file.format not in FORMATS[form]:
                raise EngineError(f"it gave {file.format}, not the {form} that was asked for")
            if file.frames * file.channels > MOST_SAMPLES:
                raise EngineError("its sound is longer than any text can be")
            rate = file.samplerate
            found = file.read(dtype="float32", always_2d=True)
    except (RuntimeError, ValueError):  # libsndfile's words name an object of ours
        if form == "flac" and data[:4] == b"fLaC":
            raise Passing("a FLAC that is damaged, or not all of it") from None
        raise EngineError(f"it gave no {form} that can be read") from None
    if form == "flac" and len(found) < _flac_length(data):
        raise Passing(f"{len(found)} of {_flac_length(data)} samples")
    mono: NDArray[np.float32] = found.mean(axis=1) if found.shape[1] > 1 else found[:, 0]
    return rate, mono


def _measured(data: bytes) -> bytes:
    """A WAV of its format and samples alone, with their true sizes."""
    if data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        raise EngineError("it gave no WAV, which was asked for")
    form = b""
    for name, size, at in _chunks(data):
        if name == b"data":
            return _wav(form, _taken(data[at:], size, form))
        if name == b"fmt ":
            form = data[at : at + size]
    raise Passing("a WAV that ends before its samples")


def _chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Name, size and place of what each chunk of a WAV holds, by their heads."""
    at = 12
    while at + 8 <= len(data):
        name, size = struct.unpack_from("<4sI", data, at)
        yield name, size, at + 8
        at += 8 + size + size % 2


def _tells_its_length(data: bytes, form: str) -> bool:
    if form == "flac":
        return True
    return form == "wav" and any(
        name == b"data" and not _is_unknown(size) for name, size, _ in _chunks(data)
    )


def _flac_length(data: bytes) -> int:
    """How many samples a FLAC says that it has, 0 where it was sent while it was made.

    The last 36 bits before the digest in its first block (RFC 9639, 8.2).
    """
    return int.from_bytes(data[21:26], "big") & 0xF_FFFF_FFFF


def _is_unknown(size: int) -> bool:
    return size == 0 or any(size in sizes for sizes in UNKNOWN)


def _taken(rest: bytes, size: int, form: bytes) -> bytes:
    """The samples that a chunk of this size has, of all that is behind its head."""
    if len(form) < 16:
        raise EngineError("its WAV does not say which samples it has")
    (frame,) = struct.unpack_from("<H", form, 12)
    found = rest if _is_unknown(size) else rest[:size]
    if len(found) < size and not _is_unknown(size):
        raise Passing(f"{len(found)} of {size} bytes of samples")
    if not frame or len(found) % frame:
        raise Passing("half a sample at the end of its answer")
    return found


def _wav(form: bytes, found: bytes) -> bytes:
    head = struct.pack("<4sI", b"fmt ", len(form)) + form + bytes(len(form) % 2)
    body = b"WAVE" + head + struct.pack("<4sI", b"data", len(found)) + found
    return struct.pack("<4sI", b"RIFF", len(body)) + body
