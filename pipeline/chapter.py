"""Clips in the store -> a finished chapter file: joined and encoded once, then tagged."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable, Iterator

from pipeline import concatenate, encode, flac, manifest, tag
from pipeline.errors import OutputError
from pipeline.manifest import Record
from pipeline.model import Clip, Cover, Joined, Pause
from pipeline.plan import Step, about, is_joined
from pipeline.store import Store


class Stopped(Exception):  # noqa: N818
    """The build ended while this chapter was in the making."""


class Lost(Exception):  # noqa: N818
    """A part of a chapter that was in the store is not there any more, or damaged."""


def make(step: Step, cover: Cover, store: Store, go_on: Callable[[], bool]) -> Record:
    """Leave a whole file in the step's part. Raises Lost, Stopped, OutputError."""
    try:
        joined = _known(step, store) or _join(step, store, go_on)
        return _finish(step, joined, cover, store)
    except OSError as error:
        raise OutputError(
            f"{step.path}: cannot be written ({error.strerror or error}). Make room, or choose "
            "another place with --out."
        ) from error


def reclaim(step: Step, records: Iterable[Record], store: Store) -> bool:
    """Take a chapter's audio back from a finished file; False if there is none."""
    for record in records:
        if record.audio == step.audio and manifest.is_whole(record):
            with store.making(step.audio) as path, record.track.path.open("rb") as file:
                file.seek(tag.tag_size(file))
                with path.open("wb") as out:
                    shutil.copyfileobj(file, out)
            _keep(step, record.track.joined, store)
            return True
    return False


def _known(step: Step, store: Store) -> Joined | None:
    """What is known of audio that is in the store."""
    data = store.get(about(step.audio)) if is_joined(step.audio, store) else None
    if data is None:
        return None
    rate, samples, starts = json.loads(data)
    return Joined(rate, samples, tuple(starts))


def _keep(step: Step, joined: Joined, store: Store) -> None:
    known = [joined.rate, joined.samples, joined.starts]
    store.put(about(step.audio), json.dumps(known).encode())


def _join(step: Step, store: Store, go_on: Callable[[], bool]) -> Joined:
    """Encode a chapter's clips and pauses, at the first clip's rate or near it, into the store."""
    rate = encode.rate_for(_clip(step.clips[0], store).rate)
    starts: list[int] = []
    with store.making(step.audio) as path:
        samples = encode.mp3(_samples(_parts(step, store, go_on), rate, starts), rate, path)
    joined = Joined(rate, samples, tuple(starts))
    _keep(step, joined, store)
    return joined


def _parts(step: Step, store: Store, go_on: Callable[[], bool]) -> Iterator[Clip | Pause]:
    clips = iter(step.clips)
    for line in step.script.lines:
        if not go_on():
            raise Stopped
        yield line if isinstance(line, Pause) else _clip(next(clips), store)


def _samples(parts: Iterable[Clip | Pause], rate: int, starts: list[int]) -> Iterator[bytes]:
    """The samples of all parts, noting where each utterance starts."""
    at = 0
    for part in parts:
        if isinstance(part, Clip):
            starts.append(at)
        for data in concatenate.samples([part], rate):
            at += len(data) // 2
            yield data


def _clip(name: str, store: Store) -> Clip:
    data = store.get(name)
    if data is None:
        raise Lost(name)
    return flac.unpack(data)


def _finish(step: Step, joined: Joined, cover: Cover, store: Store) -> Record:
    """The tag, and the audio behind it."""
    part = manifest.part_of(step.path)
    with part.open("wb") as file:
        file.write(tag.id3_tag(step.tags, cover, step.marks(joined), joined))
        if not store.copy(step.audio, file):
            raise Lost(step.audio)
    return step.record(manifest.sha256(part), joined)
