"""Chapters' audio in the store -> one file for the book: joined, never encoded twice with loss."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from itertools import accumulate
from pathlib import Path

from pipeline import encode, manifest, tag
from pipeline.chapter import Lost
from pipeline.encode import ffmpeg, lossless, mp3
from pipeline.errors import AudiobookError, OutputError
from pipeline.manifest import Bound, Record
from pipeline.model import Book, Cover, Joined, Mark
from pipeline.plan import Step, Volume
from pipeline.store import Store


def bind(
    volume: Volume, steps: Sequence[Step], records: Sequence[Record], cover: Cover, store: Store
) -> Bound:
    """Leave a whole file in the volume's part. Raises Lost, OutputError, ConfigError."""
    try:
        if volume.book:
            return _read_along(volume, volume.book, steps, records, cover, store)
        return _joined(volume, steps, records, cover, store)
    except OSError as error:
        raise OutputError(
            f"{volume.path}: cannot be written ({error.strerror or error}). Make room, or choose "
            "another place with --out."
        ) from error


def _joined(
    volume: Volume, steps: Sequence[Step], records: Sequence[Record], cover: Cover, store: Store
) -> Bound:
    """The audio of all chapters, one behind the other."""
    joined = [record.track.joined for record in records]
    whole = _whole(joined)
    starts = _starts(joined)
    marks = manifest.marks(records, starts)
    part = manifest.part_of(volume.path)
    if volume.format.name in ("opus", "flac"):
        tag.check_marks(volume.path, marks, whole)  # before hours are encoded for nothing
    with tempfile.TemporaryDirectory(dir=volume.path.parent, prefix=".", suffix=".part") as at:
        if volume.format.name == "mp3":  # whose tag stands before the audio
            part.write_bytes(tag.id3_tag(volume.tags, cover, marks, whole))
        _write(volume, whole, marks, _audio(steps, store, Path(at)))
        if volume.format.name != "mp3":
            tag.write(part, volume.tags, cover, marks, whole)
    named = tuple((record.name, start) for record, start in zip(records, starts, strict=True))
    digest = manifest.sha256(part)
    return Bound(volume.path, digest, whole.rate, whole.samples, named, volume.inputs)


def _read_along(  # noqa: PLR0913, PLR0917
    volume: Volume,
    book: Book,
    steps: Sequence[Step],
    records: Sequence[Record],
    cover: Cover,
    store: Store,
) -> Bound:
    """The text with all chapters' audio, each a file of its own; its time is milliseconds."""
    from pipeline import readalong

    part, joined = manifest.part_of(volume.path), [record.track.joined for record in records]
    spoken = [
        readalong.Spoken(step.script, one, step.audio)
        for step, one in zip(steps, joined, strict=True)
    ]
    narrators = tuple(dict.fromkeys(step.tags.narrator for step in steps))
    readalong.write(part, readalong.Narrated(book, spoken, narrators, cover), store)
    lengths = [tag.milliseconds(one.samples, one.rate) for one in joined]
    starts = accumulate(lengths[:-1], initial=0)
    named = tuple((record.name, start) for record, start in zip(records, starts, strict=True))
    return Bound(volume.path, manifest.sha256(part), 1000, sum(lengths), named, volume.inputs)


def _whole(joined: Sequence[Joined]) -> Joined:
    """All chapters as one stretch of audio."""
    rates = {one.rate for one in joined}
    if len(rates) > 1:
        raise AudiobookError(f"chapters of {sorted(rates)} Hz cannot be joined to one file.")
    samples = sum(one.span for one in joined[:-1]) + joined[-1].samples
    return Joined(joined[0].rate, samples, (), samples)


def _starts(joined: Sequence[Joined]) -> list[int]:
    """Where each chapter starts, in samples."""
    return list(accumulate((one.span for one in joined[:-1]), initial=0))


def _audio(steps: Sequence[Step], store: Store, folder: Path) -> Iterator[Path]:
    """The audio of one chapter after another, each checked while it is taken from the store."""
    for number, step in enumerate(steps):
        path = folder / str(number)
        with path.open("wb") as file:
            if not store.copy(step.audio, file):
                raise Lost(step.audio)
        yield path
        path.unlink()


def _write(volume: Volume, whole: Joined, marks: Sequence[Mark], audio: Iterator[Path]) -> None:
    """The audio in the file's part, by what its format is joined of; without tags but for MP3's."""
    part, name, encoding = manifest.part_of(volume.path), volume.format.name, volume.encoding
    if name == "mp3":
        with part.open("r+b") as file:
            file.seek(0, 2)
            mp3.joined(audio, whole.rate, encoding, whole.samples, file)
    elif name == "m4b":
        ffmpeg.m4b(audio, whole.rate, tag.ffmetadata(None, marks, whole), part)
    elif name == "wav":
        samples = lossless.samples(audio)
        lossless.wav(samples, whole.rate, encoding.channels, whole.samples, part)
    else:
        encode.encode(lossless.samples(audio), whole.rate, encoding, part)
