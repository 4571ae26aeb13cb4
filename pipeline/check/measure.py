"""Samples -> figures, in one pass that holds a few seconds at most."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from pipeline.check.decode import FRAMES, Meter, Stream, decibels
from pipeline.check.finished import Part

Samples: TypeAlias = NDArray[Any]

LEAST = 0.5 / 32768  # what is less is zero in 16 bits, as a player will have it
LONG_ZEROS = 0.05  # seconds of exact zeros from which they are noted
FLOOR_SECONDS = 0.5  # ACX Check: the noise floor is the RMS of the quietest half second
HOPS = 50  # steps of that window in its own length
COLUMNS = 1000  # of the envelope that is drawn
FULL_SCALES = 1000.0  # beyond it a sample is no audio, but would break the arithmetic

# A join is looked at with the speech before it, as far back as a long rest, and a bit behind it.
BEFORE_SECONDS = 6.0
AFTER_SECONDS = 0.5
EARLY_SECONDS = 0.15  # how far before a line's start its sound is looked for
# Sound is what has an RMS above -40 dB of the highest peak nearby, and above the room tone that a
# book may have, in blocks of 1 ms, five at a time: noise is then within 2 dB of its own RMS.
SMOOTHED = 5
SOUND_SHARE = 0.01
SOUND_LEAST = 10 ** (-55 / 20)
AUDIBLE_STEP = 0.01  # -40 dB of full scale
# A click is one step of the samples among small ones; speech and plosives come in waves of them.
# At all joins of The Time Machine and of the seeds, in eSpeak's voice and in tones, no step that is
# heard was over 3.8 times the largest that is 0.25 to 5 ms away; one of 0.02 in a rest is over 5
# times, also after MP3 at 64 kb/s. In the middle of loud speech it goes unheard, and unfound.
NEAR_SECONDS = 0.005
SAME_SECONDS = 0.00025
JOIN_SECONDS = 0.025  # a click's own decay counts as sound, and moves the edge


@dataclass(frozen=True, slots=True)
class Run:
    """A run of exact zeros, in frames."""

    start: int
    length: int


@dataclass(frozen=True, slots=True)
class Rest:
    """What is heard around a line's start, or behind the last line; all in frames.

    `at` is where the line should start, `end` where the sound before ends and `onset` where the
    next begins; None where there is none nearby. `step` is the largest single step of the samples
    within 25 ms of these, at `step_at`, and `ratio` how many times larger it is than any beside it.
    """

    at: int
    end: int | None
    onset: int | None
    step: float
    step_at: int
    ratio: float


@dataclass(frozen=True, slots=True)
class Measured:
    """All figures of one chapter.

    Frames at `rate`; loudness in LUFS (None: nothing to measure), peaks, RMS and floor in dB of
    full scale, -inf for digital silence. `zeros` are the runs of exact zeros over 50 ms. `rests`
    has one for each line, and one for the end. `lines` are the peaks of the lines, `envelope` the
    least and the most of `column` frames each.
    """

    rate: int
    channels: int
    frames: int
    integrated: float | None
    true_peak: float
    short_term: tuple[float, ...]
    peak: float
    rms: float
    floor: float
    zeros: tuple[Run, ...]
    rests: tuple[Rest, ...]
    lines: tuple[float, ...]
    envelope: tuple[tuple[float, float], ...]
    column: int

    @property
    def seconds(self) -> float:
        return self.frames / self.rate

    @property
    def longest_zeros(self) -> float:
        """Seconds."""
        return max((run.length for run in self.zeros), default=0) / self.rate

    @property
    def head(self) -> float:
        """Seconds before the first sound; all of it where there is none."""
        first = next((r.onset for r in self.rests if r.onset is not None), None)
        return self.seconds if first is None else first / self.rate

    @property
    def tail(self) -> float:
        """Seconds behind the last sound."""
        last = self.rests[-1].end
        return self.seconds if last is None else (self.frames - last) / self.rate


def parts(
    found: Stream, asked: tuple[Part, ...], go_on: Callable[[], bool] = lambda: True
) -> Iterator[Measured]:
    """The figures of each part of a file; the last has all that is left of it.

    `go_on` is asked now and then; an end of the stream before its time ends the parts.
    """
    at = 0
    for number, part in enumerate(asked):
        start = _scaled(part.start, part, found)
        while at < start and (data := found.read(min(FRAMES, start - at))):
            at += len(data) // (4 * found.channels)  # between two that were joined
        at = max(at, _scaled(part.end, part, found))
        last = number == len(asked) - 1
        frames = None if last else _scaled(part.end, part, found) - _scaled(part.start, part, found)
        yield _part(found, part, frames, go_on)


def _scaled(samples: int, part: Part, found: Stream) -> int:
    """Samples as the manifest counts them, in frames of the decoded file."""
    return round(samples * found.rate / part.joined.rate)


def _part(found: Stream, part: Part, frames: int | None, go_on: Callable[[], bool]) -> Measured:
    starts = sorted(max(0, _scaled(line.start, part, found)) for line in part.lines)
    column = max(1, math.ceil(_scaled(part.joined.samples, part, found) / COLUMNS))
    levels = Levels(found.rate, starts, column)
    rests = Rests(found.rate, starts)
    with Meter(found.rate, found.channels) as meter:
        left = FRAMES if frames is None else frames
        while left and go_on() and (data := found.read(left)):
            meter.add(data)
            chunk = samples(data, found.channels)
            levels.add(chunk)
            rests.add(chunk.mean(axis=1))
            left = FRAMES if frames is None else left - len(chunk)
        loudness = meter.result()
    return levels.measured(found, loudness, rests.result(), column)


def samples(data: bytes, channels: int) -> Samples:
    """Frames of floats, a column a channel; what is no number is none."""
    found = np.frombuffer(data, ">f4").reshape(-1, channels).astype(np.float64)
    if not np.isfinite(found).all():
        found = np.nan_to_num(found, posinf=FULL_SCALES, neginf=-FULL_SCALES)
    return found.clip(-FULL_SCALES, FULL_SCALES)


@dataclass(frozen=True, slots=True)
class AcxCheck:
    """What the Audacity plug-in ACX Check shows, in dB of full scale."""

    peak: float
    rms: float
    floor: float

    @property
    def passes(self) -> bool:
        """Peak at most -3 dB, RMS from -23 to -18 dB, floor at most -60 dB."""
        return self.peak <= -3 and -23 <= self.rms <= -18 and self.floor <= -60


def acx_check(audio: Samples, rate: int) -> AcxCheck:
    """Peak, RMS of all, and the RMS of the quietest half second, of frames x channels of floats."""
    levels = Levels(rate, [], max(1, len(audio)))
    for at in range(0, len(audio), FRAMES):
        levels.add(audio[at : at + FRAMES])
    return AcxCheck(decibels(levels.peak), levels.rms, levels.floor)


class Levels:
    """Peaks, power, floor, zeros and the envelope, added up chunk by chunk."""

    def __init__(self, rate: int, starts: list[int], column: int) -> None:
        self.rate = rate
        self.frames = 0
        self.peak = 0.0
        self._power = 0.0
        self._zeros = Zeros(rate)
        self._floor = Floor(rate)
        self._starts = np.array(starts, dtype=np.int64)
        self._lines = np.zeros(len(starts))
        self._column = column
        self._low: list[float] = []
        self._high: list[float] = []

    def add(self, chunk: Samples) -> None:
        """Frames x channels."""
        if not len(chunk):
            return
        loud = np.abs(chunk).max(axis=1)
        power = (chunk * chunk).mean(axis=1)
        self.peak = max(self.peak, float(loud.max()))
        self._power += float(power.sum())
        self._zeros.add(loud < LEAST)
        self._floor.add(power)
        self._add_lines(loud)
        self._add_envelope(chunk)
        self.frames += len(chunk)

    def _add_lines(self, loud: Samples) -> None:
        """The peak of each line that has a part in this chunk."""
        ends = np.append(self._starts[1:], np.iinfo(np.int64).max)
        here = np.flatnonzero((self._starts < self.frames + len(loud)) & (ends > self.frames))
        for line in here:
            first = max(int(self._starts[line]) - self.frames, 0)
            part = loud[first : int(ends[line]) - self.frames]
            if len(part):
                self._lines[line] = max(self._lines[line], float(part.max()))

    def _add_envelope(self, chunk: Samples) -> None:
        """The least and the most in each column; one that a chunk ends in goes on in the next."""
        first = self.frames % self._column
        edges = np.arange((self._column - first) % self._column, len(chunk), self._column)
        edges = np.unique(np.append(0, edges))
        low = np.minimum.reduceat(chunk.min(axis=1), edges)
        high = np.maximum.reduceat(chunk.max(axis=1), edges)
        if first:
            self._low[-1], self._high[-1] = min(self._low[-1], low[0]), max(self._high[-1], high[0])
            low, high = low[1:], high[1:]
        self._low += low.tolist()
        self._high += high.tolist()

    @property
    def rms(self) -> float:
        """dB over all of it."""
        return decibels(math.sqrt(self._power / self.frames)) if self.frames else -math.inf

    @property
    def floor(self) -> float:
        """dB of the quietest half second; of all where there is less."""
        return decibels(math.sqrt(self._floor.least)) if self._floor.least < math.inf else self.rms

    def measured(
        self, found: Stream, loudness: Any, rests: tuple[Rest, ...], column: int
    ) -> Measured:
        """The figures, with those of others."""
        return Measured(
            rate=found.rate,
            channels=found.channels,
            frames=self.frames,
            integrated=loudness.integrated,
            true_peak=max(loudness.true_peak, decibels(self.peak)),
            short_term=loudness.short_term,
            peak=decibels(self.peak),
            rms=self.rms,
            floor=self.floor,
            zeros=self._zeros.result(),
            rests=rests,
            lines=tuple(self._lines.tolist()),
            envelope=tuple(zip(self._low, self._high, strict=True)),
            column=column,
        )


class Zeros:
    """Runs of exact zeros, also across chunks."""

    def __init__(self, rate: int) -> None:
        self._least = round(LONG_ZEROS * rate)
        self._at = 0
        self._open = Run(0, 0)  # one that the next chunk may go on with
        self._runs: list[Run] = []

    def add(self, zero: Samples) -> None:
        """Whether each frame is zero."""
        edges = np.flatnonzero(np.diff(zero.astype(np.int8), prepend=0, append=0)).reshape(-1, 2)
        long = np.diff(edges)[:, 0] > self._least
        kept = edges[long | (edges[:, 0] == 0) | (edges[:, 1] == len(zero))]
        for first, last in kept.tolist():
            start, length = self._at + first, last - first
            if self._open.start + self._open.length == start:
                start, length = self._open.start, self._open.length + length
            else:
                self._note(self._open)
            self._open = Run(start, length)
        self._at += len(zero)

    def _note(self, run: Run) -> None:
        if run.length > self._least:
            self._runs.append(run)

    def result(self) -> tuple[Run, ...]:
        """Those that are long, in order."""
        self._note(self._open)
        self._open = Run(self._at, 0)
        return tuple(self._runs)


class Floor:
    """The least power of any window of half a second, in steps of a fiftieth of it."""

    def __init__(self, rate: int) -> None:
        self._hop = max(1, round(rate * FLOOR_SECONDS / HOPS))
        self._rest: Samples = np.zeros(0)
        self._sums: Samples = np.zeros(0)
        self.least = math.inf

    def add(self, power: Samples) -> None:
        """The power of each frame."""
        power = np.append(self._rest, power)
        whole = len(power) // self._hop * self._hop
        sums = np.append(self._sums, power[:whole].reshape(-1, self._hop).sum(axis=1))
        self._rest = power[whole:]
        if len(sums) >= HOPS:
            windows = np.lib.stride_tricks.sliding_window_view(sums, HOPS).sum(axis=1)
            self.least = min(self.least, float(windows.min()) / (HOPS * self._hop))
        self._sums = sums[-(HOPS - 1) :]


class Rests:
    """What is heard around each line's start, from a few seconds of the stream at a time."""

    def __init__(self, rate: int, starts: list[int]) -> None:
        self._rate = rate
        self._waiting = list(starts)
        self._kept: Samples = np.zeros(0)
        self._from = 0  # the frame that the kept ones begin with
        self._found: list[Rest] = []

    def add(self, mono: Samples) -> None:
        """Frames, the mean of all channels."""
        self._kept = np.append(self._kept, mono)
        end = self._from + len(self._kept)
        while self._waiting and self._waiting[0] + AFTER_SECONDS * self._rate <= end:
            self._look(self._waiting.pop(0))
        keep = round((BEFORE_SECONDS + AFTER_SECONDS) * self._rate)
        drop = max(0, len(self._kept) - keep)
        if self._waiting:
            drop = min(drop, max(0, self._waiting[0] - keep - self._from))
        self._kept = self._kept[drop:]
        self._from += drop

    def _look(self, at: int) -> None:
        first = max(0, at - self._from - round(BEFORE_SECONDS * self._rate))
        last = at - self._from + round(AFTER_SECONDS * self._rate)
        self._found.append(
            _moved(
                rest(self._kept[first:last], at - self._from - first, self._rate),
                self._from + first,
            )
        )

    def result(self) -> tuple[Rest, ...]:
        """One for each line that the stream reached, and one for its end."""
        end = self._from + len(self._kept)
        for at in [*(start for start in self._waiting if start < end), end]:
            self._look(at)
        self._waiting = []
        return tuple(self._found)


def _moved(found: Rest, by: int) -> Rest:
    end = None if found.end is None else found.end + by
    onset = None if found.onset is None else found.onset + by
    return Rest(found.at + by, end, onset, found.step, found.step_at + by, found.ratio)


def rest(mono: Samples, at: int, rate: int) -> Rest:
    """The rest around the frame `at` of a stretch of samples, and the steps at its edges."""
    block = max(1, rate // 1000)
    loud = _loud(mono, block)
    end, onset = _edges(loud, min(at // block, len(loud)), round(EARLY_SECONDS * 1000))
    end = None if end is None else max(0, end - SMOOTHED // 2) * block
    onset = (onset + SMOOTHED // 2) * block if onset else onset
    places = {place for place in (at, end, onset) if place is not None}
    steps = [_largest_step(mono, place, rate) for place in sorted(places)]
    step, step_at, ratio = max(steps, key=lambda found: (found[0] >= AUDIBLE_STEP, found[2]))
    return Rest(at, end, onset, step, step_at, ratio)


def _loud(mono: Samples, block: int) -> Samples:
    """Whether each block, with its neighbours, is sound rather than room tone."""
    count = len(mono) // block
    if not count:
        return np.zeros(0, dtype=bool)
    least = max(SOUND_SHARE * float(np.abs(mono).max()), SOUND_LEAST)
    power = (mono[: count * block] ** 2).reshape(count, block).mean(axis=1)
    smooth = np.convolve(power, np.full(SMOOTHED, 1 / SMOOTHED))[SMOOTHED // 2 :][:count]
    return np.asarray(smooth > least * least)


def _edges(loud: Samples, at: int, early: int) -> tuple[int | None, int | None]:
    """Of the quiet blocks at `at`, or shortly before, the first, and the first loud one behind.

    The first is None where nothing is heard before, the last where nothing is behind.
    """
    before = np.flatnonzero(~loud[max(0, at - early) : at + 1])
    if not len(before):
        return None, 0 if at <= early else None  # the file itself begins with sound
    quiet = max(0, at - early) + int(before[-1])
    ends = np.flatnonzero(loud[:quiet])
    begins = np.flatnonzero(loud[quiet:])
    return (
        int(ends[-1]) + 1 if len(ends) else None,
        quiet + int(begins[0]) if len(begins) else None,
    )


def _largest_step(mono: Samples, at: int, rate: int) -> tuple[float, int, float]:
    """Within 25 ms of a frame: the largest step, where, and how many times any near it."""
    join, near, same = (
        round(seconds * rate) for seconds in (JOIN_SECONDS, NEAR_SECONDS, SAME_SECONDS)
    )
    first = max(0, at - join - near)
    steps = np.abs(np.diff(mono[first : at + join + near]))
    low, high = max(0, at - join - first), max(0, at + join - first)
    if not len(steps[low:high]):
        return 0.0, at, 0.0
    largest = low + int(np.argmax(steps[low:high]))
    beside = np.append(
        steps[max(0, largest - near) : max(0, largest - same)],
        steps[largest + same + 1 : largest + near],
    )
    step = float(steps[largest])
    return step, first + largest, step / max(float(beside.max(initial=0.0)), LEAST)
