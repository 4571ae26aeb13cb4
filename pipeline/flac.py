"""Clips without loss in half the room. The only room that imports soundfile (libsndfile's FLAC)."""

from __future__ import annotations

import io

from pipeline.errors import EngineError
from pipeline.model import Clip

FASTEST = 0.0  # higher levels take twice the time and save a fiftieth


def pack(clip: Clip) -> bytes:
    """A FLAC file of the clip."""
    import soundfile

    out = io.BytesIO()
    form = {"format": "FLAC", "subtype": "PCM_16", "compression_level": FASTEST}
    with soundfile.SoundFile(out, "w", clip.rate, 1, **form) as file:
        file.buffer_write(clip.pcm, "int16")
    return out.getvalue()


def unpack(data: bytes) -> Clip:
    """The clip, sample for sample."""
    import soundfile

    with soundfile.SoundFile(io.BytesIO(data)) as file:
        return Clip(file.samplerate, bytes(file.buffer_read(dtype="int16")))


def length(data: bytes) -> tuple[int, int]:
    """Sample rate and number of samples, from STREAMINFO (RFC 9639, 8.2). Raises EngineError."""
    if data[:4] != b"fLaC" or len(data) < 42:
        raise EngineError("what came back is not a clip")
    packed = int.from_bytes(data[18:26], "big")  # 20 bits rate, 3 channels, 5 depth, 36 samples
    return packed >> 44, packed & ((1 << 36) - 1)
