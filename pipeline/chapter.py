"""Clips in the store -> a finished chapter file: joined, mastered and encoded once, then tagged."""

from __future__ import annotations

import json
import math
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline import concatenate, encode, flac, manifest, master, tag, words
from pipeline.encode import ffmpeg, lossless
from pipeline.errors import AudiobookError, EngineError, OutputError
from pipeline.manifest import Record
from pipeline.master import NO_LIMIT, Desk, Laid, Measure, Placed
from pipeline.model import Clip, Cover, Cue, Encoding, Joined, Mastering, Pause
from pipeline.plan import Step, about, is_joined
from pipeline.store import Store

HEAD = 1 << 16  # bytes of a clip that hold its measure and words
# dB: what the limiter may take before it is tried (up to there `master.gain_for` is right to 0.1),
# how close a trial comes, how far from its target a decoded chapter may be, by how much more its
# limit is lowered than it was over it.
LITTLE, CLOSE, TOLERANCE, SPARE = 1.0, 0.1, 0.3, 0.1
TRIALS, ATTEMPTS = 6, 4
# dB of `master.brightness` above which encoders cut off more than a tenth of what is heard.
BRIGHT = 1.5


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
    """Where each line starts, in samples of `rate`, and how loud it is before mastering.

    `words` are those of each line, packed; nothing if none has any.
    """

    rate: int
    samples: int
    placed: tuple[Placed, ...]
    words: tuple[str, ...]

    @property
    def starts(self) -> tuple[int, ...]:
        return tuple(one.start for one in self.placed)

    def laid(self, clips: Iterable[Placed]) -> Laid:
        """What there is to measure, of these clips on this timeline."""
        return master.laid(clips, self.samples, self.rate)


def make(step: Step, cover: Callable[[], Cover], store: Store, go_on: Callable[[], bool]) -> Record:
    """Leave a whole file in the step's part, if it has one. Raises Lost, Stopped, OutputError."""
    try:
        joined = known(step.audio, store) or _join(Work(step, store, go_on))
        return step.record("", joined) if step.within else _finish(step, joined, cover(), store)
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
    rate, samples, starts, span, loudness, peak, said = json.loads(data)
    return Joined(rate, samples, tuple(starts), span, loudness, peak, tuple(said))


def _keep(step: Step, joined: Joined, store: Store) -> None:
    about_it = [joined.rate, joined.samples, joined.starts, joined.span]
    about_it += [joined.loudness, joined.peak, joined.words]
    store.put(about(step.audio), json.dumps(about_it).encode())


def _join(work: Work) -> Joined:
    """Encode a chapter's clips and pauses, at the first clip's rate or near it, into the store."""
    step, store = work.step, work.store
    timeline, wanted = _timeline(step, store), _before_encoding(step)
    with store.making(step.audio) as path:
        for left in reversed(range(ATTEMPTS)):
            desk = _desk(work, timeline, wanted)
            joined = _encoded(work, timeline, desk, path)
            if not _is_doubtful(step, timeline, desk):
                break
            joined = _heard(joined, step, path)
            better = _corrected(wanted, joined, step.mastering, last=left == 1)
            if better == wanted:
                break
            wanted = better
    _keep(step, joined, store)
    return joined


def _desk(work: Work, timeline: Timeline, wanted: Mastering) -> Desk:
    """With the gain that brings the chapter to its target; where much is limited, by trying it."""
    laid = timeline.laid(timeline.placed)
    gain = master.gain_for(laid, wanted)
    if master.limiting(laid, wanted, gain) < LITTLE:
        return Desk(gain, wanted)
    for _ in range(TRIALS):
        desk, after = Desk(gain, wanted, measures=True), list[Placed]()
        for _ in _mastered(work, timeline, desk, after):
            pass
        found = _level_of(after, timeline, desk)
        if abs(master.target(wanted) - found) < CLOSE:
            break
        closer = master.gain_for(laid, wanted, master.level(laid, wanted, gain) - found)
        if closer == gain:  # it can be no louder
            break
        gain = closer
    return Desk(gain, wanted, measures=True)


def _level_of(after: Sequence[Placed], timeline: Timeline, desk: Desk) -> float:
    """What a desk has made of a chapter: LUFS or RMS of one channel."""
    if not desk.measures:
        return master.level(timeline.laid(timeline.placed), desk.mastering, desk.gain)
    unlimited = replace(desk.mastering, peak=NO_LIMIT)
    return master.level(timeline.laid(after), unlimited, desk.gain)


def _encoded(work: Work, timeline: Timeline, desk: Desk, path: Path) -> Joined:
    """The chapter encoded, and how loud it should have become by that."""
    step, rate = work.step, timeline.rate
    after: list[Placed] = []
    samples = _mastered(work, timeline, desk, after)
    count = encode.encode(samples, rate, step.encoding, path)
    if count != timeline.samples:
        raise AudiobookError(f"{step.path}: {count} samples of {timeline.samples} were encoded.")
    by_encoder = encode.gain(step.own)
    alone = step.mastering.target - master.target(step.mastering)  # what channels add
    loudness = _level_of(after, timeline, desk) + by_encoder + alone
    peak = 20 * math.log10(desk.peak) + by_encoder if desk.peak else -math.inf
    span = encode.span(step.encoding, rate, count, path)
    levels = _rounded(loudness), _rounded(peak)
    return Joined(rate, count, timeline.starts, span, *levels, timeline.words)


def _is_doubtful(step: Step, timeline: Timeline, desk: Desk) -> bool:
    """Whether an encoder may have made more of it than is known: then it must be listened to."""
    own = step.own
    if not own.bitrate or not desk.peak:
        return False
    if not encode.is_predictable(own, master.target(step.mastering)):
        return True
    return desk.measures or master.brightness(timeline.laid(timeline.placed)) > BRIGHT


def _heard(joined: Joined, step: Step, path: Path) -> Joined:
    """The chapter with the loudness and peak that it has when it is decoded."""
    with tempfile.TemporaryDirectory() as folder:
        if step.own != step.encoding:  # what becomes of it in the book's file
            whole, path = path, Path(folder, "tried")
            encode.encode(lossless.samples([whole]), joined.rate, step.own, path)
        loudness, peak = ffmpeg.loudness(path)
    of_it = joined.loudness if step.mastering.measure == "rms" else _rounded(loudness)
    return replace(joined, loudness=of_it, peak=_rounded(peak))


def _corrected(wanted: Mastering, heard: Joined, asked: Mastering, *, last: bool) -> Mastering:
    """What to aim at instead, where what is heard is not what was asked for.

    What is too soft gets the room that is left below its limit. Limiting more may give an encoder
    other peaks of the same height; at the last, what is over becomes softer as it is.
    """
    over = (-math.inf if heard.peak is None else heard.peak) - asked.peak
    missed = 0.0 if heard.loudness is None else asked.target - heard.loudness
    less = over + SPARE if over > 0 or (missed > TOLERANCE and heard.peak is not None) else 0.0
    if last:
        less = max(less, 0.0)
        return replace(wanted, target=wanted.target - less, peak=wanted.peak - less)
    more = missed if abs(missed) > TOLERANCE else 0.0
    peak = min(wanted.peak - less, max(wanted.peak, asked.peak))
    return replace(wanted, target=wanted.target + more, peak=peak)


def _rounded(level: float) -> float | None:
    return None if level == -math.inf else round(level, 2)


def _before_encoding(step: Step) -> Mastering:
    """What the samples must be like for the decoded file to be as it is wanted."""
    asked = step.mastering
    gain, headroom = encode.gain(step.own), encode.headroom(step.own, master.target(asked))
    return replace(asked, target=asked.target - gain, peak=asked.peak - gain - headroom)


def _timeline(step: Step, store: Store) -> Timeline:
    """Where all lies, from the pauses and from what clips say of themselves."""
    who = step.level_of
    levels = {key: _level(key, store) for key in who.values()}
    known = [_about(key, store) for key in step.clips]
    rate = encode.rate_for(step.encoding, max(measure.rate for measure, _ in known))
    at, placed, said, found = 0, list[Placed](), list[str](), iter(known)
    for line in step.script.lines:
        if isinstance(line, Pause):
            at += line.ms * rate // 1000
        else:
            measure, cues = next(found)
            placed.append(Placed(at, measure, levels[who[line.part, line.language]]))
            said.append(words.packed(concatenate.words_at(cues, measure.rate, rate)))
            at += concatenate.length_at(measure.samples, measure.rate, rate)
    return Timeline(rate, at, tuple(placed), tuple(said) if any(said) else ())


def _level(key: str, store: Store) -> float:
    """The gain in dB that makes a voice as loud as all others, by what it has said once.

    0 where it could not say that: not every voice knows the letters.
    """
    return master.level_gain(_about(key, store)[0]) if store.has(key) else 0.0


def _about(key: str, store: Store) -> tuple[Measure, tuple[Cue, ...]]:
    """How loud a clip is, and where its words are. Raises Lost."""
    head = store.head(key, HEAD)
    try:
        if head is not None and flac.words_end(head) > HEAD:  # minutes of one line
            head = store.get(key)
        if head is None:
            raise Lost(key)
        return flac.measure(head), flac.words_of(head)
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
            samples, limited = desk.speech(concatenate.at_rate(clip, rate), one.gain)
            after.append(Placed(one.start, limited, -desk.gain) if limited else one)
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
