"""manifest.json: what a finished book holds, and from which inputs each of its files was made."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.errors import OutputError
from pipeline.model import Mark, Track

FILE = "manifest.json"
SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Record:
    """A track, and the digests of its inputs by name."""

    track: Track
    inputs: Mapping[str, str]


def read(folder: Path) -> dict[str, Record]:
    """The records of an earlier build by file name; none where there is no manifest of ours."""
    try:
        found = json.loads((folder / FILE).read_text(encoding="utf-8"))
        if found["schema"] != SCHEMA:
            return {}
        records = [_record(folder, entry) for entry in found["tracks"]]
    except (OSError, ValueError, KeyError, TypeError):
        return {}  # all is made again, and this file with it
    return {record.track.path.name: record for record in records}


def _record(folder: Path, entry: Mapping[str, Any]) -> Record:
    name = entry["file"]
    if Path(name).name != name:
        raise ValueError(f"{name!r} is not a file of this folder")
    marks = tuple(Mark(mark["title"], mark["start"]) for mark in entry["marks"])
    track = Track(
        entry["number"],
        entry["title"],
        folder / name,
        entry["sha256"],
        entry["rate"],
        entry["samples"],
        marks,
    )
    return Record(track, dict(entry["inputs"]))


def entry(record: Record) -> dict[str, Any]:
    """One record as JSON; `_record` reads it back."""
    track = record.track
    return {
        "number": track.number,
        "title": track.title,
        "file": track.path.name,
        "sha256": track.sha256,
        "rate": track.rate,
        "samples": track.samples,
        "seconds": round(track.seconds, 3),
        "marks": [
            {"title": mark.title, "start": mark.start, "seconds": round(mark.start / track.rate, 3)}
            for mark in track.marks
        ],
        "inputs": dict(record.inputs),
    }


def write(folder: Path, about: Mapping[str, Any], records: Mapping[str, Record]) -> None:
    """The whole manifest, at once. Raises OutputError."""
    tracks = sorted(records.values(), key=lambda record: record.track.number)
    content = {"schema": SCHEMA, **about, "tracks": [entry(record) for record in tracks]}
    text = json.dumps(content, ensure_ascii=False, indent=1) + "\n"
    write_file(folder / FILE, text.encode())


def write_file(path: Path, data: bytes) -> None:
    """Under its final name there is the whole file or the one before; the same is not touched.

    Raises OutputError.
    """
    part = part_of(path)
    try:
        if path.is_file() and path.read_bytes() == data:
            return
        part.write_bytes(data)
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise OutputError(f"{path}: cannot be written ({error.strerror}).") from error


def part_of(path: Path) -> Path:
    """Where a file is made until it is whole."""
    return path.with_name(f".{path.name}.part")


def sha256(path: Path) -> str:
    """Digest of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
