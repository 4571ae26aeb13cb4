"""Sound that came over a network, as samples: whole, of the form that was asked for, or refused.

A WAV that is sent while it is made says nothing true of its length: its writer could not go back.
Then all that came is taken, and only the connection tells whether that was all.
"""

from __future__ import annotations

import io
import struct
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


def samples(data: bytes, form: str) -> tuple[int, NDArray[np.float32]]:
    """Sample rate and mono samples of -1 to 1. Raises EngineError, and Passing for half of it."""
    if not data:
        raise Passing("an empty answer")
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

    whole = _measured(data) if form == "wav" else data
    try:
        with soundfile.SoundFile(io.BytesIO(whole)) as file:
            if file.format not in FORMATS[form]:
                raise EngineError(f"it gave {file.format}, not the {form} that was asked for")
            known, rate = file.frames, file.samplerate
            found = file.read(dtype="float32", always_2d=True)
    except (RuntimeError, ValueError) as error:
        raise EngineError(f"it gave no {form} that can be read ({error})") from error
    if form == "flac" and len(found) < known:
        raise Passing(f"{len(found)} of {known} samples")
    mono: NDArray[np.float32] = found.mean(axis=1) if found.shape[1] > 1 else found[:, 0]
    return rate, mono


def _measured(data: bytes) -> bytes:
    """A WAV of its format and samples alone, with their true sizes."""
    if data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        raise EngineError("it gave no WAV, which was asked for")
    form, at = b"", 12
    while at + 8 <= len(data):
        name, size = struct.unpack_from("<4sI", data, at)
        if name == b"data":
            return _wav(form, _taken(data[at + 8 :], size, form))
        if name == b"fmt ":
            form = data[at + 8 : at + 8 + size]
        at += 8 + size + size % 2
    raise Passing("a WAV that ends before its samples")


def _taken(rest: bytes, size: int, form: bytes) -> bytes:
    """The samples that a chunk of this size has, of all that is behind its head."""
    if len(form) < 16:
        raise EngineError("its WAV does not say which samples it has")
    (frame,) = struct.unpack_from("<H", form, 12)
    unknown = any(size in sizes for sizes in UNKNOWN) or (size == 0 and len(rest) > 0)
    if not unknown and size > len(rest):
        raise Passing(f"{len(rest)} of {size} bytes of samples")
    found = rest if unknown else rest[:size]
    if not frame or len(found) % frame:
        raise Passing("half a sample at the end of its answer")
    return found


def _wav(form: bytes, found: bytes) -> bytes:
    head = struct.pack("<4sI", b"fmt ", len(form)) + form + bytes(len(form) % 2)
    body = b"WAVE" + head + struct.pack("<4sI", b"data", len(found)) + found
    return struct.pack("<4sI", b"RIFF", len(body)) + body


def wav(rate: int, found: NDArray[np.float32]) -> bytes:
    """A mono WAV of 16 bits; what is beyond full scale is full scale."""
    import numpy as np

    pcm = np.clip(np.rint(found * np.float32(0x8000)), -0x8000, 0x7FFF).astype("<i2").tobytes()
    return _wav(struct.pack("<HHIIHH", 1, 1, rate, 2 * rate, 2, 16), pcm)
