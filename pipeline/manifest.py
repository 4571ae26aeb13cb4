"""manifest.json: what a finished book holds, and from which inputs each of its files was made."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from pipeline import words
from pipeline.encode import FORMATS
from pipeline.errors import OutputError
from pipeline.model import Joined, Mark, Track

FILE = "manifest.json"
SCHEMA = 4
SUFFIXES = tuple(form.suffix for form in FORMATS.values())
LOCK = ".lock"  # of the build that is at work in a folder


@dataclass(frozen=True, slots=True)
class Record:
    """A track, the name of its story's file, the key of its audio, and all that it depends on.

    `lines` are short digests of the utterances, `inputs` what can be compared and told. `within`:
    the track's file holds others, too; its digest is not here.
    """

    track: Track
    source: str
    audio: str
    lines: tuple[str, ...]
    inputs: Mapping[str, Any]
    within: bool = False

    @property
    def name(self) -> str:
        """What tells it from the other records of a book."""
        return name_of(self.track.path, self.track.number, within=self.within)


@dataclass(frozen=True, slots=True)
class Bound:
    """A file of several chapters: their names, and where each starts, in samples of `rate`."""

    path: Path
    sha256: str
    rate: int
    samples: int
    chapters: tuple[tuple[str, int], ...]
    inputs: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Manifest:
    """What is known of a folder; nothing where there is no manifest of ours.

    `records` are by their names, `volumes` by those of their files. `cover` has file, sha256 and
    from what it was made; `begun` are names of files that a build may have made without coming to
    an end. `edition` is what players are told beside that: the book's guid, who reads it, and its
    formats in the order in which they were asked for. `published` are the digests of the files
    beside the audio, by their names in the folder.
    """

    records: Mapping[str, Record]
    book: Mapping[str, Any]
    cover: Mapping[str, str]
    begun: tuple[str, ...]
    volumes: Mapping[str, Bound] = field(default_factory=dict)
    master: Mapping[str, Any] = field(default_factory=dict)
    edition: Mapping[str, Any] = field(default_factory=dict)
    published: Mapping[str, str] = field(default_factory=dict)


NONE = Manifest({}, {}, {}, ())


def name_of(path: Path, number: int, *, within: bool) -> str:
    """What a chapter is called: as its file, or as a part of it."""
    return f"{path.name}#{number}" if within else path.name


def read(folder: Path) -> Manifest:
    """What an earlier build has left; where it cannot be trusted, all is made again."""
    try:
        found = json.loads(text(folder))
        if found["schema"] != SCHEMA:
            return NONE
        records = [_record(folder, entry) for entry in found["tracks"]]
        begun = tuple(_name(name) for name in found.get("begun", ()))
        cover = {key: str(value) for key, value in found.get("cover", {}).items()}
        if cover and cover["file"] not in ("cover.jpg", "cover.png"):
            return NONE
        known = {record.name: record for record in records}
        bound = [_bound(folder, entry) for entry in found.get("volumes", ())]
        volumes = {volume.path.name: volume for volume in bound}
        others = dict(found.get("master", {})), _edition(found["edition"])
        published = {_beside(name): str(at) for name, at in found.get("published", {}).items()}
        return Manifest(known, dict(found["book"]), cover, begun, volumes, *others, published)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return NONE


def _name(name: object) -> str:
    """The name of a file of this folder, and of no other. Raises ValueError."""
    name = str(name)
    if not name.isprintable() or Path(name).name != name or Path(name).suffix not in SUFFIXES:
        raise ValueError(f"{name!r} is not a file of this folder")
    return name


def _edition(told: Mapping[str, Any]) -> dict[str, Any]:
    """What players are told, of a manifest which may say anything."""
    formats = [str(name) for name in told["formats"]]
    if not formats or not {*formats} <= {*FORMATS}:
        raise ValueError(f"{formats} are not formats")
    return {
        "guid": str(UUID(told["guid"])),
        "narrators": [str(name) for name in told["narrators"]],
        "formats": formats,
        "base_url": str(told["base_url"]),
    }


def _beside(name: str) -> str:
    """The name of a file of ours that is no audio, in the folder or below. Raises ValueError."""
    if not re.fullmatch(r"(chapters/|transcripts/)?[a-z0-9]+\.[a-z0-9]+", name):
        raise ValueError(f"{name!r} is not a file of this folder")
    return name


def _record(folder: Path, entry: Mapping[str, Any]) -> Record:
    """One track of a manifest, which may say anything. Raises ValueError, KeyError, TypeError."""
    name = _name(entry["file"])
    number, rate, samples = (int(entry[key]) for key in ("number", "rate", "samples"))
    if rate <= 0 or samples < 0:
        raise ValueError("no audio has this rate or length")
    loudness, peak = (
        None if entry.get(key) is None else float(entry[key]) for key in ("loudness", "peak")
    )
    starts = tuple(int(start) for start, _ in entry["lines"])
    said = tuple(str(line) for line in entry.get("words", ()))
    _check_words(said, starts, samples)
    track = Track(
        number=number,
        title=str(entry["title"]),
        path=folder / name,
        sha256=str(entry["sha256"]),
        joined=Joined(rate, samples, starts, int(entry["span"]), loudness, peak, said),
        marks=tuple(Mark(str(mark["title"]), int(mark["start"])) for mark in entry["marks"]),
    )
    lines = tuple(str(line) for _, line in entry["lines"])
    inputs = {str(name): value for name, value in entry["inputs"].items()}
    within = bool(entry.get("within", False))
    return Record(track, str(entry["source"]), str(entry["audio"]), lines, inputs, within)


def _check_words(said: Sequence[str], starts: Sequence[int], samples: int) -> None:
    """Refuse words that are not those of each line, or not before the next. Raises ValueError."""
    if said:
        for line, start, end in zip(said, starts, [*starts[1:], samples], strict=True):
            words.check_packed(line, end - start)


def _bound(folder: Path, entry: Mapping[str, Any]) -> Bound:
    """A file of several chapters, of a manifest which may say anything."""
    chapters = tuple((str(name), int(start)) for name, start in entry["chapters"])
    rate, samples = int(entry["rate"]), int(entry["samples"])
    if rate <= 0 or samples < 0:
        raise ValueError("no audio has this rate or length")
    path = folder / _name(entry["file"])
    return Bound(path, str(entry["sha256"]), rate, samples, chapters, dict(entry["inputs"]))


def entry(record: Record) -> dict[str, Any]:
    """One record as JSON; `_record` reads it back."""
    track, joined = record.track, record.track.joined
    return {
        "number": track.number,
        "title": track.title,
        "file": track.path.name,
        "sha256": track.sha256,
        "rate": joined.rate,
        "samples": joined.samples,
        "seconds": round(track.seconds, 3),
        "span": joined.span,
        "loudness": joined.loudness,
        "peak": joined.peak,
        **({"within": True} if record.within else {}),
        "source": record.source,
        "marks": [
            {
                "title": mark.title,
                "start": mark.start,
                "seconds": round(mark.start / joined.rate, 3),
            }
            for mark in track.marks
        ],
        "inputs": dict(record.inputs),
        "audio": record.audio,
        "lines": [list(line) for line in zip(joined.starts, record.lines, strict=True)],
        **({"words": list(joined.words)} if joined.words else {}),
    }


def _bound_entry(volume: Bound) -> dict[str, Any]:
    """One file of several chapters as JSON; `_bound` reads it back."""
    return {
        "file": volume.path.name,
        "sha256": volume.sha256,
        "rate": volume.rate,
        "samples": volume.samples,
        "seconds": round(volume.samples / volume.rate, 3),
        "chapters": [list(chapter) for chapter in volume.chapters],
        "inputs": dict(volume.inputs),
    }


def text(folder: Path) -> str:
    """The manifest as it lies there; nothing where it cannot be read."""
    try:
        return (folder / FILE).read_text(encoding="utf-8")
    except (OSError, ValueError):
        return ""


def content(about: Mapping[str, Any], made: Manifest) -> str:
    """The whole manifest as text, a track a line: what lies there, and what is said about it."""
    unfinished = {"begun": sorted(made.begun)} if made.begun else {}
    bound = [_bound_entry(volume) for _, volume in sorted(made.volumes.items())]
    head = {"schema": SCHEMA, **about, "cover": dict(made.cover), **unfinished}
    head |= {"volumes": bound} if bound else {}
    head |= {"published": dict(made.published)} if made.published else {}
    records = made.records.values()
    tracks = sorted(records, key=lambda record: (record.track.number, record.track.path))
    listed = ",\n".join(f"  {json.dumps(entry(record), ensure_ascii=False)}" for record in tracks)
    opened = json.dumps(head, ensure_ascii=False, indent=1).removesuffix("\n}")
    return f'{opened},\n "tracks": [\n{listed}\n ]\n}}\n'


def write_file(path: Path, data: bytes) -> None:
    """Under its final name there is the whole file or the one before; the same is not touched.

    Raises OutputError.
    """
    part = part_of(path)
    try:
        if path.exists() and not path.is_file():  # a device must not become a file
            raise OutputError(f"{path}: not a file. Use - for stdout, or a file's name.")
        if path.is_file() and path.read_bytes() == data:
            return
        part.write_bytes(data)
        part.replace(path)
    except OSError as error:
        with suppress(OSError):
            part.unlink()
        raise OutputError(f"{path}: cannot be written ({error.strerror}).") from error


def marks(held: Sequence[Record], starts: Sequence[int]) -> list[Mark]:
    """What players show of a file of several chapters: each; the sections of a book of but one."""
    if len(held) == 1 and held[0].track.marks:
        return list(held[0].track.marks)
    found = zip(held, starts, strict=True)
    return [Mark(record.track.title, start) for record, start in found]


def is_whole(record: Record | Bound) -> bool:
    """Whether a finished file is still what it was; one that holds several is asked for once."""
    if isinstance(record, Bound):
        return has(record.path, record.sha256)
    return record.within or has(record.track.path, record.track.sha256)


def is_undisturbed(folder: Path, known: Manifest) -> bool:
    """Whether the rest of a folder is as a build leaves it: complete, and nothing half made."""
    if not known.cover or known.begun:
        return False
    beside = {known.cover["file"]: known.cover["sha256"], **known.published}
    left = any(folder.glob(".*.part")) or (folder / LOCK).exists()
    return not left and all(has(folder / name, digest) for name, digest in beside.items())


def has(path: Path, digest: str) -> bool:
    """Whether there is a file of this digest."""
    try:
        return sha256(path) == digest
    except OSError:
        return False


def part_of(path: Path) -> Path:
    """Where a file is made until it is whole."""
    return path.with_name(f".{path.name}.part")


def sha256(path: Path) -> str:
    """Digest of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
