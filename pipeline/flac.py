"""Clips without loss in half the room, by libsndfile (soundfile), with measure and words."""

from __future__ import annotations

import io

from pipeline import master, words
from pipeline.errors import EngineError
from pipeline.master import Measure
from pipeline.model import Clip, Cue

FASTEST = 0.0  # higher levels take twice the time and save a fiftieth
# RFC 9639: the signature and STREAMINFO are 42 bytes; other blocks of metadata follow.
FIRST_BLOCK = 42
APPLICATION = 2
LOUD, CUES = b"loud", b"cues"  # our own APPLICATION blocks, in this order


def pack(clip: Clip) -> bytes:
    """A FLAC file of the clip, which says how loud it is and where its words are."""
    import soundfile

    out = io.BytesIO()
    form = {"format": "FLAC", "subtype": "PCM_16", "compression_level": FASTEST}
    with soundfile.SoundFile(out, "w", clip.rate, 1, **form) as file:
        file.buffer_write(clip.pcm, "int16")
    data = out.getvalue()
    loud = _block(LOUD + master.packed(master.measured(clip)))
    cues = _block(CUES + words.packed(clip.words).encode())
    return data[:FIRST_BLOCK] + loud + cues + data[FIRST_BLOCK:]


def _block(content: bytes) -> bytes:
    return (APPLICATION << 24 | len(content)).to_bytes(4, "big") + content


def unpack(data: bytes) -> Clip:
    """The clip, sample for sample. Raises EngineError."""
    import soundfile

    with soundfile.SoundFile(io.BytesIO(data)) as file:
        pcm = bytes(file.buffer_read(dtype="int16"))
        return Clip(file.samplerate, pcm, words_of(data))


def length(data: bytes) -> tuple[int, int]:
    """Sample rate and number of samples, from STREAMINFO (RFC 9639, 8.2). Raises EngineError."""
    if data[:4] != b"fLaC" or len(data) < FIRST_BLOCK:
        raise EngineError("what came back is not a clip")
    packed = int.from_bytes(data[18:26], "big")  # 20 bits rate, 3 channels, 5 depth, 36 samples
    return packed >> 44, packed & ((1 << 36) - 1)


def measure_ends(data: bytes) -> int:
    """How many bytes from its start a clip's measure ends, by what its block says of itself."""
    return _ends(data, FIRST_BLOCK)


def words_end(data: bytes) -> int:
    """How many bytes from its start all ends that `pack` has added."""
    return _ends(data, measure_ends(data))


def _ends(data: bytes, at: int) -> int:
    return at + 4 + int.from_bytes(data[at + 1 : at + 4], "big")


def measure(data: bytes) -> Measure:
    """How loud the clip is, from the block that `pack` has added. Raises EngineError."""
    rate, samples = length(data)
    floats = _content(data, FIRST_BLOCK, LOUD, "measure")
    try:
        return master.unpacked(rate, samples, floats)
    except ValueError as error:
        raise EngineError(f"what came back is a clip with a damaged measure ({error})") from error


def words_of(data: bytes) -> tuple[Cue, ...]:
    """Where the clip's words are, from the block behind its measure. Raises EngineError."""
    _, samples = length(data)
    text = _content(data, measure_ends(data), CUES, "words")
    try:
        return words.unpacked(text.decode("ascii"), samples)
    except ValueError as error:
        raise EngineError(f"what came back is a clip with damaged words ({error})") from error


def _content(data: bytes, at: int, name: bytes, told: str) -> bytes:
    """What is in the APPLICATION block of this name, which begins here. Raises EngineError."""
    content = data[at + 4 : _ends(data, at)]
    if data[at : at + 1] != bytes([APPLICATION]) or content[:4] != name:
        raise EngineError(f"what came back is a clip without its {told}")
    return content[4:]
