"""Clips without loss in half the room, by libsndfile (soundfile), each with its measure."""

from __future__ import annotations

import io

from pipeline import master
from pipeline.errors import EngineError
from pipeline.master import Measure
from pipeline.model import Clip

FASTEST = 0.0  # higher levels take twice the time and save a fiftieth
# RFC 9639: the signature and STREAMINFO are 42 bytes; other blocks of metadata follow.
FIRST_BLOCK = 42
APPLICATION = 2
OWN = b"loud"  # whose APPLICATION block it is


def pack(clip: Clip) -> bytes:
    """A FLAC file of the clip, which says how loud it is."""
    import soundfile

    out = io.BytesIO()
    form = {"format": "FLAC", "subtype": "PCM_16", "compression_level": FASTEST}
    with soundfile.SoundFile(out, "w", clip.rate, 1, **form) as file:
        file.buffer_write(clip.pcm, "int16")
    data = out.getvalue()
    block = OWN + master.packed(master.measured(clip))
    head = (APPLICATION << 24 | len(block)).to_bytes(4, "big")
    return data[:FIRST_BLOCK] + head + block + data[FIRST_BLOCK:]


def unpack(data: bytes) -> Clip:
    """The clip, sample for sample."""
    import soundfile

    with soundfile.SoundFile(io.BytesIO(data)) as file:
        return Clip(file.samplerate, bytes(file.buffer_read(dtype="int16")))


def length(data: bytes) -> tuple[int, int]:
    """Sample rate and number of samples, from STREAMINFO (RFC 9639, 8.2). Raises EngineError."""
    if data[:4] != b"fLaC" or len(data) < FIRST_BLOCK:
        raise EngineError("what came back is not a clip")
    packed = int.from_bytes(data[18:26], "big")  # 20 bits rate, 3 channels, 5 depth, 36 samples
    return packed >> 44, packed & ((1 << 36) - 1)


def measure_ends(data: bytes) -> int:
    """How many bytes from its start a clip's measure ends, by what its block says of itself."""
    return FIRST_BLOCK + 4 + int.from_bytes(data[FIRST_BLOCK + 1 : FIRST_BLOCK + 4], "big")


def measure(data: bytes) -> Measure:
    """How loud the clip is, from the block that `pack` has added. Raises EngineError."""
    block = data[FIRST_BLOCK + 4 : measure_ends(data)]
    rate, samples = length(data)
    floats = block.removeprefix(OWN)
    if data[FIRST_BLOCK : FIRST_BLOCK + 1] != bytes([APPLICATION]) or floats == block:
        raise EngineError("what came back is a clip without its measure")
    try:
        return master.unpacked(rate, samples, floats)
    except ValueError as error:
        raise EngineError(f"what came back is a clip with a damaged measure ({error})") from error
