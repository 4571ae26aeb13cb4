"""A finished folder as it says of itself: files, and the chapters, lines and marks in each."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline import manifest, tag
from pipeline.errors import SourceError
from pipeline.model import Joined, Mark, Pause, Script, Utterance

if TYPE_CHECKING:
    from pipeline.manifest import Record
    from pipeline.plan import Plan, Step


@dataclass(frozen=True, slots=True)
class Line:
    """An utterance: where it starts, in samples from the start of its part.

    Where the script is known: its text as an engine gets it, words a minute, and the milliseconds
    of rest behind it; elsewhere the text is empty.
    """

    start: int
    text: str = ""
    pace: int = 0
    rest: int = 0


@dataclass(frozen=True, slots=True)
class Part:
    """A chapter within a file; `start` is in samples of the file at the rate of `joined`.

    `marks` count from the part's own start. `script_lines` is how many lines the script has, None
    where there is none to compare with.
    """

    number: int
    title: str
    start: int
    joined: Joined
    marks: tuple[Mark, ...]
    lines: tuple[Line, ...]
    script_lines: int | None = None

    @property
    def end(self) -> int:
        """The first sample behind it, counted in the file."""
        return self.start + self.joined.samples


@dataclass(frozen=True, slots=True)
class Finished:
    """A file with one chapter or several: what it should be, by the manifest.

    `tags` are names of ffmpeg's with the values expected. `stale` says why it would be made again.
    `whole`: it is a file of a book's chapters, if of but one.
    """

    path: Path
    format: str
    sha256: str
    tags: Mapping[str, str]
    parts: tuple[Part, ...]
    stale: str = ""
    whole: bool = False

    @property
    def rate(self) -> int:
        """Samples a second, as the manifest counts them."""
        return self.parts[0].joined.rate

    @property
    def samples(self) -> int:
        """Of all parts at that rate, without what lies between two that were joined."""
        return sum(part.joined.samples for part in self.parts)

    @property
    def marks(self) -> tuple[Mark, ...]:
        """What a player should list, counted from the start of the file."""
        if len(self.parts) == 1 and (self.parts[0].marks or not self.whole):
            return self.parts[0].marks
        return tuple(Mark(part.title, part.start) for part in self.parts)


def is_finished(folder: Path) -> bool:
    """Whether a build has left its manifest there."""
    return (folder / manifest.FILE).is_file()


def opened(place: Path) -> list[Path]:
    """The finished folders in a folder such as out/, by name; itself where it holds none."""
    if is_finished(place) or not place.is_dir():
        return [place]
    return sorted(filter(is_finished, place.iterdir())) or [place]


def about(folder: Path) -> dict[str, Any]:
    """The manifest as it lies there. Raises SourceError when it is not one."""
    path = folder / manifest.FILE
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SourceError(f"{path}: {error.strerror}. Build the book first.") from error
    except (ValueError, RecursionError) as error:
        raise SourceError(f"{path}: damaged ({error}). Build the book again.") from error
    if not isinstance(found, dict) or not manifest.read(folder).records:
        raise SourceError(f"{path}: not a manifest of this version. Build the book again.")
    return found


def files_of(folder: Path, plan: Plan | None = None) -> tuple[Finished, ...]:
    """The files of a folder in the order of their chapters; a plan adds the scripts.

    Raises SourceError.
    """
    about(folder)
    known = manifest.read(folder)
    steps = {step.name: step for step in plan.steps} if plan else {}
    reasons = {step.name: step.reason for step in plan.steps} if plan else {}
    reasons |= {volume.path.name: volume.reason for volume in plan.volumes} if plan else {}
    records = sorted(known.records.values(), key=lambda r: (r.track.number, r.track.path.name))
    files = []
    for record in records:
        if not record.within:
            path, sha256 = record.track.path, record.track.sha256
            part = _part(record, 0, steps.get(record.name))
            reason = reasons.get(record.name)
            files.append(_file(path, sha256, record.inputs, (part,), reason))
    for volume in known.volumes.values():
        held = [(known.records.get(name), start) for name, start in volume.chapters]
        parts = tuple(_part(r, start, steps.get(r.name)) for r, start in held if r)
        reason = reasons.get(volume.path.name)
        found = _file(volume.path, volume.sha256, volume.inputs, parts, reason)
        files.append(replace(found, whole=True))
    return tuple(files)


def _part(record: Record, start: int, step: Step | None) -> Part:
    """A chapter that starts so many samples into its file."""
    track = record.track
    lines = tuple(Line(at) for at in track.joined.starts)
    part = Part(track.number, track.title, start, track.joined, track.marks, lines)
    if not step:
        return part
    return with_script(part, step.script, lambda line: step.settings_of(line).rate)


def _file(
    path: Path, sha256: str, inputs: Mapping[str, Any], parts: tuple[Part, ...], stale: str | None
) -> Finished:
    kind = path.suffix.removeprefix(".").lower()
    tags = expected_tags(inputs.get("tags"), kind)
    return Finished(path, kind, sha256, tags, parts, stale or "")


def with_script(part: Part, script: Script, pace: Callable[[Utterance], int]) -> Part:
    """The part with the texts of its lines, if they are as many as the script has.

    `pace` tells how fast a line is spoken, in words a minute.
    """
    texts = [line for line in script.lines if isinstance(line, Utterance)]
    rests = [0] * len(texts)
    spoken = -1
    for line in script.lines:
        if isinstance(line, Utterance):
            spoken += 1
        elif isinstance(line, Pause) and spoken >= 0:
            rests[spoken] += line.ms
    if len(texts) != len(part.lines):
        return replace(part, script_lines=len(texts))
    lines = tuple(
        Line(line.start, text.sound, pace(text), rest)
        for line, text, rest in zip(part.lines, texts, rests, strict=True)
    )
    return replace(part, lines=lines, script_lines=len(texts))


def expected_tags(known: Any, kind: str = "mp3") -> dict[str, str]:
    """What ffmpeg should find in a file of this kind, by its own names of the fields."""
    tags = known if isinstance(known, dict) else {}
    vorbis, id3 = kind in ("opus", "flac"), kind in ("mp3", "wav")
    names = ("title", "album", "artist", "album_artist", "genre", "copyright")
    found = {name: tags.get(name) for name in names}
    found["composer"] = tags.get("narrator")
    if tags.get("track"):
        count = "" if vorbis else f"/{tags.get('tracks', tags['track'])}"
        found["track"] = f"{tags['track']}{count}"
    if tags.get("language"):
        language = str(tags["language"])
        found["language"] = tag.language_code(language) if id3 else language
    return {name: str(value) for name, value in found.items() if value}
