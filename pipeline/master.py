"""Loudness, peaks and room tone: clips of any voice become one even recording.

Loudness is that of ITU-R BS.1770-4. A clip is measured once, where it is spoken, and carries what
was found; a chapter's loudness is that of its clips on its own timeline, so that its gain is known
before its samples are read. The limiter works on one clip at a time: they begin and end in silence.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any

from pipeline.errors import ConfigError, did_you_mean
from pipeline.model import Clip, Mastering, Pace

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]
    Doubles = NDArray[np.float64]

FULL_SCALE = 32768.0
# Mono at -19 LUFS is as loud as the usual -16 of two channels, which it becomes on two speakers.
PRESETS: Mapping[str, Mastering] = {
    "podcast": Mastering("podcast", target=-19.0, peak=-1.0, room_tone=-75.0),
    "stereo": Mastering("stereo", target=-16.0, peak=-1.0, room_tone=-75.0, channels=2),
    # Audible's technical requirements: RMS -23 to -18 dB, peaks to -3 dB, a floor below -60 dB.
    "acx": Mastering(
        "acx",
        target=-20.5,
        measure="rms",
        peak=-3.0,
        room_tone=-70.0,
        rate=44_100,
        bitrate=192,
        head=(600, 900),
        tail=(1200, 4500),
        longest=120,
    ),
}
DEFAULT = "podcast"
NO_LIMIT = 1000.0  # dBTP
# What voices are brought to before they meet in a chapter.
LEVEL = Mastering("level", target=-23.0, peak=NO_LIMIT)
LOUDEST, QUIETEST = -5.0, -40.0  # LUFS that may be asked for
MOST_GAIN = 70.0  # dB; a clip whose peak is lower than that is refused as silence
MOST_LIMITING = 36.0  # dB; single clicks over a soft voice take 25
STEPS, PRECISE = 14, 0.02  # of the search for a gain, and dB
LEAST_SLOPE = 0.1  # dB that another dB must bring; with less, all becomes equally loud, and noise

# BS.1770-4: blocks of 400 ms overlap by three quarters; the gates are absolute and relative.
BIN_MS, BLOCK_BINS = 100, 4
ABSOLUTE_GATE, RELATIVE_GATE = -70.0, -10.0
OFFSET = -0.691
MOST_WEIGHT = 4.0  # that K-weighting gives to any power: 4 dB, and what blocks cut off add to it

# The limiter's gain is set for grains, and looks this far ahead and behind: 15 ms at 22 kHz, so
# that it does not follow the waves of a low voice.
GRAIN = 16  # samples
REACH = 20  # grains
# BS.1770-4, annex 2, sees peaks between samples at four times the rate, and up to 0.7 dB too low;
# eight times and these taps are within 0.05 dB up to 0.9 of the highest frequency, measured.
PHASES, TAPS, KAISER = 8, 24, 4.0
TONE_SAMPLES = 1 << 17  # room tone repeats after 3 to 8 seconds, without a seam


@dataclass(frozen=True, slots=True)
class Measure:
    """What a clip's loudness depends on.

    For each block of `block_of(rate)` samples: `energies`, the sums of K-weighted squares,
    `squares`, those of unweighted ones, and `peaks`, the highest samples. Full scale is 1.
    """

    rate: int
    samples: int
    energies: Floats
    squares: Floats
    peaks: Floats


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a clip starts on a timeline, in its samples, and its gain in dB."""

    start: int
    measure: Measure
    gain: float


@dataclass(frozen=True, slots=True)
class Laid:
    """The blocks of a chapter's clips in a row, as long as all of its samples.

    `places` are where blocks end on the timeline; a clip starts with a block of nothing. `energies`
    and `squares` are sums at the timeline's rate, `factors` the gains of their clips, linear.
    """

    rate: int
    samples: int
    places: Doubles
    energies: Doubles
    squares: Doubles
    peaks: Doubles
    factors: Doubles


def preset(name: str) -> Mastering:
    """The mastering of this name, or for this loudness in LUFS. Raises ConfigError."""
    if name in PRESETS:
        return PRESETS[name]
    try:
        target = float(name)
    except ValueError:
        hint = did_you_mean(name, PRESETS) or f"Write {', '.join(PRESETS)}, or LUFS such as -18."
        raise ConfigError(f"master: {name!r:.40} is not known. {hint.strip()}") from None
    if not QUIETEST <= target <= LOUDEST:
        raise ConfigError(f"master: {name} LUFS is not from {QUIETEST:g} to {LOUDEST:g}.")
    usual = PRESETS[DEFAULT]
    return Mastering(f"{target:g}", target, peak=usual.peak, room_tone=usual.room_tone)


def pace_for(pace: Pace, wanted: Mastering) -> Pace:
    """The pace with as much of the room at a chapter's ends as a preset asks for."""
    least, most = wanted.head
    start = min(max(pace.chapter_start, least), most)
    least, most = wanted.tail
    return replace(pace, chapter_start=start, chapter_end=min(max(pace.chapter_end, least), most))


def block_of(rate: int) -> int:
    """Samples in a block: a power of two, about 50 ms."""
    return 1 << round(math.log2(rate * 0.05))


def measured(clip: Clip) -> Measure:
    """One pass over a clip, in the frequency domain: a filter there is a multiplication."""
    import numpy as np

    size = block_of(clip.rate)
    samples = np.frombuffer(clip.pcm, "<i2")
    blocks = np.zeros((-(-len(samples) // size), size), np.float32)
    blocks.reshape(-1)[: len(samples)] = samples
    blocks *= np.float32(1 / FULL_SCALE)
    spectrum = np.fft.rfft(blocks).view(np.float32)
    spectrum *= spectrum
    # A product of matrices would wake threads that then wait for more, at the cost of the others.
    energies = np.einsum("ij,j->i", spectrum, _weights(clip.rate, size))
    squares = np.einsum("ij,ij->i", blocks, blocks)
    peaks = np.maximum(blocks.max(axis=1), -blocks.min(axis=1))
    return Measure(clip.rate, len(samples), energies, squares, peaks)


def packed(measure: Measure) -> bytes:
    """What goes with a clip: three little-endian 32-bit floats a block."""
    import numpy as np

    return np.stack([measure.energies, measure.squares, measure.peaks]).astype("<f4").tobytes()


def unpacked(rate: int, samples: int, data: bytes) -> Measure:
    """The measure that `packed` made of a clip of this rate and length. Raises ValueError."""
    import numpy as np

    size = block_of(rate)
    found = np.frombuffer(data, "<f4").reshape(3, -(-samples // size))
    if not np.all((found >= 0) & (found <= MOST_WEIGHT * size)):  # no number is neither
        raise ValueError("figures that no samples have")
    return Measure(rate, samples, *found)


@cache
def _weights(rate: int, size: int) -> Floats:
    """What a bin's power, its real and imaginary part, adds to K-weighted energy (Parseval)."""
    import numpy as np

    weights = np.abs(_k_weighting(np.fft.rfftfreq(size, 1 / rate), rate)) ** 2 / size
    weights[1:-1] *= 2  # the bins above the middle mirror those below
    return np.repeat(weights, 2).astype(np.float32)


def _k_weighting(frequencies: Any, rate: int) -> Any:
    """The filter of BS.1770-4 at any rate.

    Its two sections as analogue prototypes, which give the standard's coefficients at 48 kHz.
    """
    import numpy as np

    z = np.exp(-2j * np.pi * frequencies / rate)
    k, q = math.tan(math.pi * 1681.974450955533 / rate), 0.7071752369554196
    high = 10 ** (3.999843853973347 / 20)
    band = high**0.4996667741545416
    shelf = (
        (high + band * k / q + k * k)
        + 2 * (k * k - high) * z
        + (high - band * k / q + k * k) * z**2
    ) / ((1 + k / q + k * k) + 2 * (k * k - 1) * z + (1 - k / q + k * k) * z**2)
    k, q = math.tan(math.pi * 38.13547087602444 / rate), 0.5003270373238773
    high_pass = (1 - z) ** 2 * (1 + k / q + k * k) / (
        (1 + k / q + k * k) + 2 * (k * k - 1) * z + (1 - k / q + k * k) * z**2
    )  # fmt: skip
    # The standard's high-pass has a numerator of 1, -2, 1 over the normalized denominator.
    return shelf * high_pass


def laid(placed: Iterable[Placed], samples: int, rate: int) -> Laid:
    """Clips on a timeline of so many samples."""
    import numpy as np

    clips = tuple(placed)
    ends = np.cumsum([len(one.measure.energies) + 1 for one in clips], dtype=np.intp)
    # In one piece, which goes back to the system: hours of blocks are tens of megabytes.
    rows = np.zeros((5, ends[-1] if len(ends) else 0))
    for one, end in zip(clips, ends, strict=True):
        measure, count = one.measure, len(one.measure.energies)
        row, scale = rows[:, end - count - 1 : end], rate / measure.rate
        until = np.minimum(np.arange(count + 1) * block_of(measure.rate), measure.samples)
        row[0] = one.start + until * scale
        row[1:4, 1:] = measure.energies, measure.squares, measure.peaks
        row[1:3] *= scale
        row[4] = 10 ** (one.gain / 20)
    return Laid(rate, samples, *rows)


def gain_for(chapter: Laid, wanted: Mastering, bias: float = 0.0) -> float:
    """The gain in dB that brings a chapter to its target, with what the limiter will take away.

    0 where nothing is heard. The limiter is a guess that holds within a tenth of a dB where it
    takes less than a dB: in each block it takes what the block's peak is too high. `bias` is by
    how many dB it was found to take more.
    """
    unlimited = replace(wanted, peak=NO_LIMIT)
    # A soft voice is below the absolute gate until it is raised.
    free = level(chapter, unlimited, MOST_GAIN) - MOST_GAIN
    if free == -math.inf:
        return 0.0
    aim = target(wanted) + bias
    least = min(target(wanted) - free, MOST_GAIN)
    if aim - level(chapter, wanted, least) < PRECISE:
        return round(least, 2)
    most = _most_gain(chapter, wanted, least)
    for _ in range(STEPS):
        middle = (least + most) / 2
        if level(chapter, wanted, middle) <= aim:
            least = middle
        else:
            most = middle
    return round(least, 2)


def _most_gain(chapter: Laid, wanted: Mastering, gain: float) -> float:
    """How far it can be raised for a limiter to leave a voice what it is."""
    most = min(gain + MOST_LIMITING, MOST_GAIN)
    now = level(chapter, wanted, gain)
    while gain < most:
        then = level(chapter, wanted, gain + 1)
        if then - now < LEAST_SLOPE:
            break
        gain, now = gain + 1, then
    return min(gain, most)


def limiting(chapter: Laid, wanted: Mastering, gain: float) -> float:
    """What the limiter is thought to take of a chapter's level at this gain, in dB."""
    free = level(chapter, replace(wanted, peak=NO_LIMIT), gain)
    return 0.0 if free == -math.inf else free - level(chapter, wanted, gain)


def brightness(chapter: Laid) -> float:
    """How much K-weighting adds to the power of all clips, in dB: of speech little, of noise 3."""
    weighted, plain = float(chapter.energies.sum()), float(chapter.squares.sum())
    return 10 * math.log10(weighted / plain) if weighted and plain else 0.0


def target(wanted: Mastering) -> float:
    """What one channel must have, for all of them together to have what is wanted."""
    together = 10 * math.log10(wanted.channels) if wanted.measure == "loudness" else 0.0
    return wanted.target - together


def level_gain(passage: Measure) -> float:
    """The gain in dB that makes a voice as loud as all others, by what it has said once."""
    alone = laid([Placed(0, passage, 0.0)], max(passage.samples, passage.rate), passage.rate)
    found = level(alone, LEVEL, MOST_GAIN) - MOST_GAIN
    return 0.0 if found == -math.inf else round(LEVEL.target - found, 2)


def level(chapter: Laid, wanted: Mastering, gain: float) -> float:
    """Loudness in LUFS, or RMS in dB, of clips with one more gain, of one channel; limited."""
    import numpy as np

    limit, factors = 10 ** (wanted.peak / 20), chapter.factors * 10 ** (gain / 20)
    limited = np.minimum(limit / np.maximum(chapter.peaks * factors, limit), 1) * factors
    if wanted.measure == "loudness":
        return _integrated(chapter, chapter.energies * limited**2)
    total = float(np.sum(chapter.squares * limited**2))
    return 10 * math.log10(total / chapter.samples) if total else -math.inf


def _integrated(chapter: Laid, energies: Doubles) -> float:
    """Gated loudness of energies that lie where the chapter's blocks lie."""
    import numpy as np

    bin_size = chapter.rate * BIN_MS / 1000
    bins = int(chapter.samples / bin_size)
    if bins < BLOCK_BINS or not len(energies):
        return -math.inf
    grown = np.interp(np.arange(bins + 1) * bin_size, chapter.places, np.cumsum(energies))
    return _gated((grown[BLOCK_BINS:] - grown[:-BLOCK_BINS]) / (BLOCK_BINS * bin_size))


def _gated(blocks: Any) -> float:
    import numpy as np

    heard = blocks[blocks > _power(ABSOLUTE_GATE)]
    if not len(heard):
        return -math.inf
    gate = float(np.mean(heard)) * 10 ** (RELATIVE_GATE / 10)
    return OFFSET + 10 * math.log10(float(np.mean(heard[heard > gate])))


def _power(lufs: float) -> float:
    return float(10 ** ((lufs - OFFSET) / 10))


@dataclass(slots=True)
class Desk:
    """Where a chapter's samples become what is encoded: 16 bits, room tone below all of it.

    `measures` asks what the limiter leaves of clips. `at` counts the samples that have passed;
    `peak` is the highest, linear.
    """

    gain: float
    mastering: Mastering
    measures: bool = False
    at: int = 0
    peak: float = 0.0

    def rest(self, samples: int) -> bytes:
        """Nothing but the tone of the room."""
        return self._out(self._tone(samples))

    def speech(self, clip: Clip, gain: float) -> tuple[bytes, Measure | None]:
        """A clip with a gain of its own beside the chapter's; measured where it was limited."""
        import numpy as np

        samples = np.frombuffer(clip.pcm, "<i2").astype(np.float32)
        samples *= np.float32(10 ** ((self.gain + gain) / 20))
        limited, peak = _limited(samples, FULL_SCALE * 10 ** (self.mastering.peak / 20))
        self.peak = max(self.peak, peak / FULL_SCALE)
        made = np.rint(limited).astype(np.int16)
        changed = self.measures and limited is not samples
        after = measured(Clip(clip.rate, made.tobytes())) if changed else None
        return self._out(made + self._tone(len(samples))), after

    def _tone(self, samples: int) -> NDArray[np.int16]:
        import numpy as np

        tone, start = room_tone(self.mastering.room_tone), self.at % TONE_SAMPLES
        self.at += samples
        if samples > TONE_SAMPLES:
            return np.resize(np.roll(tone[:TONE_SAMPLES], -start), samples)
        return tone[start : start + samples]

    def _out(self, samples: NDArray[np.int16]) -> bytes:
        import numpy as np

        if self.mastering.channels > 1:
            samples = np.repeat(samples, self.mastering.channels)
        return samples.astype("<i2", copy=False).tobytes()


def _limited(samples: Floats, most: float) -> tuple[Floats, float]:
    """The samples with no true peak above `most`, and the highest there is.

    What cannot reach it between samples is not looked at.
    """
    import numpy as np

    places, peaks = _peaks(samples, most / _overshoot())
    highest = float(peaks.max(initial=0))
    if highest > most:
        needed = np.minimum(np.float32(most) / peaks, np.float32(1))
        samples = samples * _gains(places, needed, len(samples))
    return samples, min(highest, most)


def _peaks(samples: Floats, least: float) -> tuple[Any, Floats]:
    """Where samples are above `least`, or beside one, and the peak up to the next sample."""
    import numpy as np

    loud = np.zeros(len(samples) + 2, np.bool_)
    np.greater(np.abs(samples), least, out=loud[1:-1])
    if not loud.any():
        return np.empty(0, np.intp), np.empty(0, np.float32)
    places = np.flatnonzero(loud[:-2] | loud[1:-1] | loud[2:])
    around = places[:, None] + np.arange(1 - TAPS // 2, TAPS // 2 + 1)
    windows = samples.take(around, mode="clip")  # clips begin and end in silence
    peaks = np.abs(samples[places])
    for phase in _interpolation():
        np.maximum(peaks, np.abs(np.einsum("ij,j->i", windows, phase)), out=peaks)
    return places, peaks


@cache
def _interpolation() -> Floats:
    """Windowed sincs that give the values at eighths between the two samples in the middle."""
    import numpy as np

    taps = np.arange(TAPS) - (TAPS // 2 - 1)
    phases = np.arange(1, PHASES) / PHASES
    distance = taps - phases[:, None]
    window = np.i0(KAISER * np.sqrt(1 - (distance / (TAPS / 2)) ** 2)) / np.i0(KAISER)
    filters = np.sinc(distance) * window
    shares: Floats = (filters / filters.sum(axis=1, keepdims=True)).astype(np.float32)
    return shares


@cache
def _overshoot() -> float:
    """How far a value between samples may be above all of them."""
    return float(abs(_interpolation()).sum(axis=1).max())


def _gains(places: Any, needed: Floats, samples: int) -> Floats:
    """A smooth gain for each sample, nowhere above what is needed there."""
    import numpy as np

    grains = samples // GRAIN + 2
    least = np.ones(grains + 4 * REACH, np.float32)
    np.minimum.at(least, places // GRAIN + 2 * REACH, needed)
    smooth = np.convolve(_lowest(least, REACH), _bell(), "valid")
    ramp = np.arange(GRAIN, dtype=np.float32) / GRAIN
    gains = smooth[:-1, None] + np.diff(smooth)[:, None] * ramp
    flat: Floats = gains.reshape(-1)[:samples].astype(np.float32, copy=False)
    return flat


def _lowest(values: Floats, reach: int) -> Floats:
    """The lowest within reach on either side: ever wider windows, each from two of the last.

    Fewer by what is within reach of an end.
    """
    import numpy as np

    lowest, width = values, 1
    while width < 2 * reach + 1:
        step = min(width, 2 * reach + 1 - width)
        lowest = np.minimum(lowest[:-step], lowest[step:])
        width += step
    return lowest


@cache
def _bell() -> Floats:
    """Narrower than the window of `_lowest` by a grain on either side, for the ramps between."""
    import numpy as np

    bell = np.hanning(2 * REACH + 1)[1:-1]
    shares: Floats = (bell / bell.sum()).astype(np.float32)
    return shares


@cache
def room_tone(level: float) -> NDArray[np.int16]:
    """Pink noise at this RMS in dB of full scale, twice: it goes on at its end as it began.

    Whole numbers from a generator that is the same everywhere (Voss and McCartney's sum of held
    random values), so that it has the same bytes on every machine.
    """
    import numpy as np

    values = np.random.PCG64(19).random_raw(2 * TONE_SAMPLES)
    noise, taken = np.zeros(TONE_SAMPLES, np.int64), 0
    for octave in range(12):
        held = (values[taken : taken + (TONE_SAMPLES >> octave)] >> 48).astype(np.int64) - 32768
        taken += len(held)
        noise += np.repeat(held, 1 << octave)
    noise -= noise.sum() // TONE_SAMPLES
    root = math.isqrt(int(noise @ noise) // TONE_SAMPLES)
    wanted = round(10 ** (level / 20) * FULL_SCALE * 256)
    tone = ((noise * wanted // root + 128) >> 8).astype(np.int16)
    return np.concatenate([tone, tone])
