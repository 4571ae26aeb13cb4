"""manifest.json: what a finished book holds, and from which inputs each of its files was made."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.errors import OutputError
from pipeline.model import Mark, Track

FILE = "manifest.json"
SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Record:
    """A track, the name of its story's file, who spoke it, and the digests of its inputs."""

    track: Track
    source: str
    voice: str
    inputs: Mapping[str, str]


def read(folder: Path) -> dict[str, Record]:
    """The records of an earlier build by file name; none where there is no manifest of ours."""
    try:
        found = json.loads(text(folder))
        if found["schema"] != SCHEMA:
            return {}
        records = [_record(folder, entry) for entry in found["tracks"]]
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}  # all is made again, and this file with it
    return {record.track.path.name: record for record in records}


def _record(folder: Path, entry: Mapping[str, Any]) -> Record:
    """One track of a manifest, which may say anything. Raises ValueError, KeyError, TypeError."""
    name = str(entry["file"])
    if not name.isprintable() or Path(name).name != name or Path(name).suffix != ".mp3":
        raise ValueError(f"{name!r} is not a file of this folder")
    number, rate, samples = (int(entry[key]) for key in ("number", "rate", "samples"))
    if rate <= 0 or samples < 0:
        raise ValueError("no audio has this rate or length")
    track = Track(
        number=number,
        title=str(entry["title"]),
        path=folder / name,
        sha256=str(entry["sha256"]),
        rate=rate,
        samples=samples,
        marks=tuple(Mark(str(mark["title"]), int(mark["start"])) for mark in entry["marks"]),
    )
    inputs = {str(key): str(value) for key, value in entry["inputs"].items()}
    return Record(track, str(entry["source"]), str(entry["voice"]), inputs)


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
        "source": record.source,
        "voice": record.voice,
        "marks": [
            {"title": mark.title, "start": mark.start, "seconds": round(mark.start / track.rate, 3)}
            for mark in track.marks
        ],
        "inputs": dict(record.inputs),
    }


def cover(folder: Path) -> dict[str, str]:
    """The cover of an earlier build: file, sha256, and from what; nothing where none is known."""
    try:
        found = json.loads(text(folder))["cover"]
        name, digest, made_from = (str(found[key]) for key in ("file", "sha256", "from"))
    except (ValueError, KeyError, TypeError, RecursionError):
        return {}
    if name not in ("cover.jpg", "cover.png"):
        return {}
    return {"file": name, "sha256": digest, "from": made_from}


def book(folder: Path) -> Mapping[str, Any]:
    """What the manifest of an earlier build says of its book; nothing where none is known."""
    try:
        found = json.loads(text(folder))["book"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def text(folder: Path) -> str:
    """The manifest as it lies there; nothing where it cannot be read."""
    try:
        return (folder / FILE).read_text(encoding="utf-8")
    except (OSError, ValueError):
        return ""


def content(
    about: Mapping[str, Any], cover: Mapping[str, str], records: Mapping[str, Record]
) -> str:
    """The whole manifest as text; `cover` is the one that lies there."""
    tracks = sorted(records.values(), key=lambda record: (record.track.number, record.track.path))
    listed = [entry(record) for record in tracks]
    record = {"schema": SCHEMA, **about, "cover": cover, "tracks": listed}
    return json.dumps(record, ensure_ascii=False, indent=1) + "\n"


def write(
    folder: Path,
    about: Mapping[str, Any],
    cover: Mapping[str, str],
    records: Mapping[str, Record],
) -> None:
    """The whole manifest, at once. Raises OutputError."""
    write_file(folder / FILE, content(about, cover, records).encode())


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


def part_of(path: Path) -> Path:
    """Where a file is made until it is whole."""
    return path.with_name(f".{path.name}.part")


def sha256(path: Path) -> str:
    """Digest of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
