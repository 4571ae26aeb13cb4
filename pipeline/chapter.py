"""Clips in the store -> a finished chapter file: joined, mastered and encoded once, then tagged."""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline import concatenate, encode, flac, manifest, master, tag
from pipeline.encode import lossless
from pipeline.errors import AudiobookError, EngineError, OutputError
from pipeline.manifest import Record
from pipeline.master import NO_LIMIT, Desk, Measure, Placed
from pipeline.model import Clip, Cover, Encoding, Joined, Mastering, Pause
from pipeline.plan import Step, about, is_joined
from pipeline.store import Store

HEAD = 1 << 16  # bytes of a clip that hold its measure
# How far a chapter may be below its target, in dB, before it is made again, and how much louder.
TOLERANCE, MOST_MISSED = 0.25, 3.0


class Stopped(Exception):  # noqa: N818
    """The build ended while this chapter was in the making."""


class Lost(Exception):  # noqa: N818
    """A part of a chapter that was in the store is not there any more, or damaged."""


@dataclass(frozen=True, slots=True)
class Work:
    """A chapter to be encoded, from what store, and whether to go on."""

    step: Step
    store: Store
    go_on: Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Timeline:
    """Where each line starts, in samples of `rate`, and how loud it is before mastering."""

    rate: int
    samples: int
    placed: tuple[Placed, ...]

    @property
    def starts(self) -> tuple[int, ...]:
        return tuple(one.start for one in self.placed)


def make(step: Step, cover: Cover, store: Store, go_on: Callable[[], bool]) -> Record:
    """Leave a whole file in the step's part, if it has one. Raises Lost, Stopped, OutputError."""
    try:
        joined = known(step.audio, store) or _join(Work(step, store, go_on))
        return step.record("", joined) if step.within else _finish(step, joined, cover, store)
    except OSError as error:
        raise OutputError(
            f"{step.path}: cannot be written ({error.strerror or error}). Make room, or choose "
            "another place with --out."
        ) from error


def reclaim(step: Step, records: Iterable[Record], store: Store) -> bool:
    """Take a chapter's audio back from a finished file; False if there is none."""
    if step.encoding.codec != "mp3":  # tags lie before the audio in no other
        return False
    for record in records:
        if record.audio == step.audio and not record.within and manifest.is_whole(record):
            with store.making(step.audio) as path, record.track.path.open("rb") as file:
                file.seek(tag.tag_size(file))
                with path.open("wb") as out:
                    shutil.copyfileobj(file, out)
            _keep(step, record.track.joined, store)
            return True
    return False


def known(audio: str, store: Store) -> Joined | None:
    """What is known of audio that is in the store."""
    data = store.get(about(audio)) if is_joined(audio, store) else None
    if data is None:
        return None
    rate, samples, starts, *others = json.loads(data)
    return Joined(rate, samples, tuple(starts), *others)


def _keep(step: Step, joined: Joined, store: Store) -> None:
    about_it = [joined.rate, joined.samples, joined.starts, joined.span]
    store.put(about(step.audio), json.dumps([*about_it, joined.loudness, joined.peak]).encode())


def _join(work: Work) -> Joined:
    """Encode a chapter's clips and pauses, at the first clip's rate or near it, into the store."""
    step, store = work.step, work.store
    timeline, wanted = _timeline(step, store), _before_encoding(step)
    gain = master.gain_for(timeline.placed, timeline.samples, timeline.rate, wanted)
    with store.making(step.audio) as path:
        joined = _encoded(work, timeline, Desk(gain, wanted), path)
        found = joined.loudness
        missed = 0.0 if found is None else step.mastering.target - found
        if missed > TOLERANCE:  # the limiter took more than it was thought to
            louder = Desk(gain + min(missed, MOST_MISSED), wanted)
            joined = _encoded(work, timeline, louder, path)
    _keep(step, joined, store)
    return joined


def _encoded(work: Work, timeline: Timeline, desk: Desk, path: Path) -> Joined:
    """The chapter encoded, and how loud it has become."""
    step, rate = work.step, timeline.rate
    after: list[Placed] = []
    samples = _mastered(work, timeline, desk, after)
    count = encode.encode(samples, rate, step.encoding, path)
    if count != timeline.samples:
        raise AudiobookError(f"{step.path}: {count} samples of {timeline.samples} were encoded.")
    wanted, by_encoder = desk.mastering, encode.gain(step.own)
    found = master.level(after, count, rate, replace(wanted, peak=NO_LIMIT), desk.gain)
    loudness = found - master.target(wanted) + step.mastering.target
    peak = 20 * math.log10(desk.peak) + by_encoder if desk.peak else -math.inf
    span = encode.span(step.encoding, rate, count, path)
    return Joined(rate, count, timeline.starts, span, _rounded(loudness), _rounded(peak))


def _rounded(level: float) -> float | None:
    return None if level == -math.inf else round(level, 2)


def _before_encoding(step: Step) -> Mastering:
    """What the samples must be like for the decoded file to be as it is wanted."""
    asked = step.mastering
    gain, headroom = encode.gain(step.own), encode.headroom(step.own, master.target(asked))
    return replace(asked, target=asked.target - gain, peak=asked.peak - gain - headroom)


def _timeline(step: Step, store: Store) -> Timeline:
    """Where all lies, from the pauses and from what clips say of themselves."""
    levels = {key: _level(key, store) for key in step.levels}
    measures = [_measure(key, store) for key in step.clips]
    rate = encode.rate_for(step.encoding, measures[0].rate)
    at, placed, found = 0, [], iter(measures)
    for line in step.script.lines:
        if isinstance(line, Pause):
            at += line.ms * rate // 1000
        else:
            measure = next(found)
            placed.append(Placed(at, measure, levels[step.levels[0]]))
            at += concatenate.length_at(measure.samples, measure.rate, rate)
    return Timeline(rate, at, tuple(placed))


def _level(key: str, store: Store) -> float:
    """The gain in dB that makes a voice as loud as all others, by what it has said once."""
    return master.level_gain(_measure(key, store))


def _measure(key: str, store: Store) -> Measure:
    head = store.head(key, HEAD)
    try:
        if head is None:
            raise Lost(key)
        return flac.measure(head)
    except EngineError as error:
        store.drop(key)
        raise Lost(key) from error


def _mastered(work: Work, timeline: Timeline, desk: Desk, after: list[Placed]) -> Iterator[bytes]:
    """All samples as they are encoded; `after` is what came of each clip."""
    step, rate = work.step, timeline.rate
    before, clips = iter(timeline.placed), iter(step.clips)
    for line in step.script.lines:
        if not work.go_on():
            raise Stopped
        if isinstance(line, Pause):
            yield desk.rest(line.ms * rate // 1000)
        else:
            one, clip = next(before), _clip(next(clips), work.store)
            samples, taken = desk.speech(concatenate.at_rate(clip, rate), one.gain)
            after.append(replace(one, gain=one.gain + taken))
            yield samples


def _clip(name: str, store: Store) -> Clip:
    data = store.get(name)
    if data is None:
        raise Lost(name)
    return flac.unpack(data)


def _finish(step: Step, joined: Joined, cover: Cover, store: Store) -> Record:
    """The audio in its file, with what players show."""
    part, marks = manifest.part_of(step.path), step.marks(joined)
    with part.open("wb") as file:
        if step.format.name == "mp3":
            file.write(tag.id3_tag(step.tags, cover, marks, joined))
        if not store.copy(step.audio, file):
            raise Lost(step.audio)
    if step.format.name == "wav":
        _as_wav(part, step.encoding, joined)
    if step.format.name != "mp3":
        tag.write(part, step.tags, cover, marks, joined)
    return step.record(manifest.sha256(part), joined)


def _as_wav(part: Path, encoding: Encoding, joined: Joined) -> None:
    """What is FLAC becomes WAV."""
    packed = part.with_suffix(".flac.part")
    part.replace(packed)
    lossless.wav(lossless.samples([packed]), joined.rate, encoding.channels, joined.samples, part)
    packed.unlink()
