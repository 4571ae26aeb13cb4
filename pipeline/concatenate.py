"""Clips and pauses -> one stream of samples. The only room that imports pydub.

pydub reads, mixes down and cuts one clip. Clips are never added with it: `a + b` copies both, which
is quadratic over a book. It fades by whole milliseconds, so that a short clip loses samples or gets
some, and ends a hundredth above rest: edges are found and faded here, to the sample.
"""

from __future__ import annotations

import math
import struct
import warnings
import wave
from array import array
from collections.abc import Iterable, Iterator
from functools import cache
from typing import BinaryIO

from pipeline import riff
from pipeline.errors import EngineError
from pipeline.model import Clip, Cue, Pause

with warnings.catch_warnings():
    # pydub warns that no ffmpeg is on the PATH, and on Python 3.12+ of its own regular expressions.
    warnings.simplefilter("ignore")
    import audioop

    from pydub import AudioSegment
    from pydub.exceptions import CouldntDecodeError

# Below a clip's own peak, so that a quiet voice loses no consonant; and what is no voice at all.
SILENCE_DB = -46.0
NOTHING_DBFS = -70.0
# How loud it is, is told by the RMS of a window; its steps are the grain of the search.
WINDOW_MS = 5
STEP_MS = 1
# What an engine that hisses begins with: as long and as even as no sound of speech is. Without this
# its seconds of hiss would stand in every pause; a consonant softer than the hiss goes with it.
NOISE_MS = 250
NOISE_DB = -24.0  # below the peak, at the most
NOISE_SWING = 2.0  # between its windows; 50 windows of white noise at 22,050 Hz swing by 1.4
NOISE_MARGIN = 1.25  # above its loudest window of these, for those to come
GUARD_MS = 10  # left at each edge, so that no soft consonant is cut
FADE_MS = 5


def clip(wav: bytes) -> Clip:
    """An engine's WAV as a clip: mono, 16 bits, silence trimmed and edges faded.

    Raises EngineError when it is not a WAV, holds nothing but silence, or words beyond its end.
    """
    if not isinstance(wav, bytes) or wav[:4] != b"RIFF":
        raise EngineError("the engine did not give a WAV")
    try:
        # `from_wav` would hand what it cannot read to any ffmpeg that it finds on the PATH.
        segment = AudioSegment(wav).set_channels(1).set_sample_width(2)
        peak = segment.max
    except (CouldntDecodeError, ValueError, struct.error, IndexError, audioop.error) as error:
        raise EngineError(f"the engine did not give a WAV ({error})") from error
    if peak < 0x8000 * _ratio(NOTHING_DBFS):
        raise EngineError("the engine gave nothing but silence")
    rate, pcm = segment.frame_rate, segment.raw_data
    start, end = _sound(pcm, rate, peak)
    cut = segment.get_sample_slice(start, end)
    return Clip(rate, faded(cut.raw_data, rate), _words(wav, len(pcm) // 2, start, end))


def _words(wav: bytes, samples: int, start: int, end: int) -> tuple[Cue, ...]:
    """Where the words of a WAV are in this part of it; what begins before it begins with it."""
    try:
        found = riff.words(wav)
    except ValueError as error:
        raise EngineError(f"the engine gave damaged cue points ({error})") from error
    if found and found[-1].sample > samples:
        raise EngineError(f"the engine gave a word at sample {found[-1].sample} of {samples}")
    return tuple(cue._replace(sample=min(max(cue.sample, start), end) - start) for cue in found)


def _sound(pcm: bytes, rate: int, peak: int) -> tuple[int, int]:
    """Where a voice begins and ends, in samples, with a guard on either side."""
    lead, trail = (_silence(data, rate, peak) for data in (pcm, audioop.reverse(pcm, 2)))
    guard = GUARD_MS * rate // 1000
    return max(0, lead - guard), len(pcm) // 2 - max(0, trail - guard)


def _silence(pcm: bytes, rate: int, peak: int) -> int:
    """How many samples stand before the voice, to the millisecond; none if there is no telling."""
    window, step = (max(1, ms * rate // 1000) for ms in (WINDOW_MS, STEP_MS))
    limit = max(peak * _ratio(SILENCE_DB), _noise(pcm, rate, peak))
    view = memoryview(pcm)
    for at in range(0, len(pcm) // 2, step):
        if audioop.rms(view[2 * at : 2 * (at + window)], 2) > limit:
            return at + window - step if at else 0  # what is new in this window is what is loud
    return 0


def _noise(pcm: bytes, rate: int, peak: int) -> float:
    """What is louder than the steady noise at the start; 0 if there is none."""
    window = max(1, WINDOW_MS * rate // 1000)
    count = NOISE_MS // WINDOW_MS
    view = memoryview(pcm)[: 2 * window * count]
    levels = [audioop.rms(view[at : at + 2 * window], 2) for at in range(0, len(view), 2 * window)]
    least, most = min(levels), max(levels)
    steady = len(levels) == count and most <= NOISE_SWING * least
    return NOISE_MARGIN * most if steady and most < peak * _ratio(NOISE_DB) else 0.0


def _ratio(decibels: float) -> float:
    return float(10 ** (decibels / 20))


def faded(pcm: bytes, rate: int) -> bytes:
    """The samples rising from 0 and falling to 0 within 5 ms, or within half of a shorter clip."""
    found = array("h", pcm)
    for at, gain in enumerate(_rise(min(FADE_MS * rate // 1000, (len(found) + 1) // 2))):
        found[at] = round(found[at] * gain)
        found[-1 - at] = round(found[-1 - at] * gain)
    return found.tobytes()


@cache
def _rise(count: int) -> tuple[float, ...]:
    """From 0 to 1 as a raised cosine: a straight line adds a step of its own where it ends.

    Over 5 ms it leaves each step of a wave of 80 Hz and above no larger than it was.
    """
    return tuple((1 - math.cos(math.pi * at / count)) / 2 for at in range(count))


def at_rate(spoken: Clip, rate: int) -> Clip:
    """The clip at another sample rate, of just as many samples as `length_at` says."""
    if spoken.rate == rate:
        return spoken
    import numpy as np
    import soxr  # pydub's way draws straight lines between samples, which is heard as a hiss

    found = soxr.resample(np.frombuffer(spoken.pcm, "<i2"), spoken.rate, rate)
    words = words_at(spoken.words, spoken.rate, rate)
    return Clip(rate, found.astype("<i2", copy=False).tobytes(), words)


def words_at(words: Iterable[Cue], rate: int, other: int) -> tuple[Cue, ...]:
    """The words of a clip in the same clip at another sample rate."""
    return tuple(cue._replace(sample=length_at(cue.sample, rate, other)) for cue in words)


def length_at(samples: int, rate: int, other: int) -> int:
    """How many samples it is at the other rate: the nearest whole number."""
    return (samples * other + rate // 2) // rate


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
