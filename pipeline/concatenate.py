"""Clips and pauses -> one stream of samples. The only room that imports pydub.

pydub trims, fades and resamples one clip. Clips are never added with it: `a + b` copies both, which
is quadratic over a book.
"""

from __future__ import annotations

import struct
import warnings
import wave
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from pipeline.errors import EngineError
from pipeline.model import Clip, Pause

with warnings.catch_warnings():
    # pydub warns that no ffmpeg is on the PATH, and on Python 3.12+ of its own regular expressions.
    warnings.simplefilter("ignore")
    import audioop

    from pydub import AudioSegment
    from pydub.exceptions import CouldntDecodeError
    from pydub.silence import detect_leading_silence

# Below a clip's own peak, so that a quiet voice loses no consonant; and what is no voice at all.
SILENCE_DB = -46.0
NOTHING_DBFS = -70.0
STEP_MS = 5  # the grain of the search for silence
GUARD_MS = 10  # left at each edge, so that no soft consonant is cut
FADE_MS = 5


def clip(wav: bytes) -> Clip:
    """An engine's WAV as a clip: mono, 16 bits, silence trimmed and edges faded.

    Raises EngineError when it is not a WAV or holds nothing but silence.
    """
    if not isinstance(wav, bytes) or wav[:4] != b"RIFF":
        raise EngineError("the engine did not give a WAV")
    try:
        # `from_wav` would hand what it cannot read to any ffmpeg that it finds on the PATH.
        segment = AudioSegment(wav).set_channels(1).set_sample_width(2)
        peak = segment.max_dBFS
    except (CouldntDecodeError, ValueError, struct.error, IndexError, audioop.error) as error:
        raise EngineError(f"the engine did not give a WAV ({error})") from error
    if peak < NOTHING_DBFS:
        raise EngineError("the engine gave nothing but silence")
    silence_dbfs = peak + SILENCE_DB
    lead = detect_leading_silence(segment, silence_dbfs, STEP_MS)
    trail = detect_leading_silence(segment.reverse(), silence_dbfs, STEP_MS)
    segment = segment[max(0, lead - GUARD_MS) : len(segment) - max(0, trail - GUARD_MS)]
    segment = segment.fade_in(FADE_MS).fade_out(FADE_MS)
    return Clip(segment.frame_rate, segment.raw_data)


def at_rate(spoken: Clip, rate: int) -> Clip:
    """The clip at another sample rate."""
    if spoken.rate == rate:
        return spoken
    segment = AudioSegment(spoken.pcm, frame_rate=spoken.rate, sample_width=2, channels=1)
    return Clip(rate, segment.set_frame_rate(rate).raw_data)


def silence(pause: Pause, rate: int) -> bytes:
    """A pause in samples."""
    return bytes(2 * (pause.ms * rate // 1000))


def samples(parts: Iterable[Clip | Pause], rate: int) -> Iterator[bytes]:
    """All parts one after another, as 16-bit little-endian mono; nothing is added or lost."""
    for part in parts:
        yield silence(part, rate) if isinstance(part, Pause) else at_rate(part, rate).pcm


def write_wav(parts: Iterable[Clip | Pause], rate: int, target: BinaryIO) -> int:
    """A WAV of all parts; returns its length in samples."""
    with wave.open(target, "wb") as out:
        out.setparams((1, 2, rate, 0, "NONE", "not compressed"))
        for part in samples(parts, rate):
            out.writeframesraw(part)
        return out.tell()
