"""A finished read-along: its chapters' audio to be decoded, and its clips against that.

What a reading system does is done here by other means than made it: from the container to the
package file, to each document's overlay, to the clips of each audio file.
"""

from __future__ import annotations

import re
import tempfile
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from pipeline.check.decode import Unreadable
from pipeline.check.finished import Finished
from pipeline.check.judge import Finding, clock
from pipeline.errors import SourceError
from pipeline.read.archive import Archive
from pipeline.read.elements import attributes, resolve
from pipeline.read.epub import Unpacked, unpacked
from pipeline.read.markup import local, parse_xml

_CLOCK = re.compile(r"(?:(\d+):)?(\d+):(\d+(?:\.\d+)?)")  # SMIL 3.0: hours may be left away
TOLERANCE = 0.001  # seconds, of times in whole milliseconds
_HINT = "Build it again."


@dataclass(frozen=True, slots=True)
class Clip:
    """What an overlay plays of an audio file, in seconds, with which id of which document."""

    text: str
    begin: float
    end: float


@dataclass(frozen=True, slots=True)
class Overlays:
    """The clips of each audio file, by its path and in their order; the length that is claimed."""

    archive: Archive
    clips: Mapping[str, Sequence[Clip]]
    claimed: float

    @contextmanager
    def audio(self, number: int) -> Iterator[Path]:
        """The audio of a chapter, from 0, as a file for a while. Raises Unreadable."""
        names = sorted(self.clips)
        if number >= len(names):
            raise Unreadable("a chapter has no audio")
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "chapter.mp3")
            with path.open("wb") as file:
                try:
                    self.archive.copy(names[number], file)
                except (KeyError, zipfile.BadZipFile, EOFError) as error:
                    raise Unreadable(f"{names[number]} is gone or damaged") from error
            yield path


@contextmanager
def opened(path: Path) -> Iterator[Overlays]:
    """The overlays of a read-along. Raises Unreadable."""
    try:
        with path.open("rb") as file:
            yield _overlays(unpacked(file, path.name, []))
    except (SourceError, OSError) as error:
        raise Unreadable(str(error).rstrip(".")) from error


def _overlays(found: Unpacked) -> Overlays:
    items = {item.id: item for item in found.package.items}
    clips: dict[str, list[Clip]] = {}
    for element in found.root.iter("{*}item"):
        overlay = items.get(attributes(element).get("media-overlay", ""))
        if overlay and overlay.path in found.archive:
            root = parse_xml(found.archive.read(overlay.path), overlay.path)
            for par in root.iter("{*}par"):
                name, clip = _clip(par, overlay.path)
                clips.setdefault(found.archive.real(name), []).append(clip)
    metas = [meta for meta in found.root.iter("{*}meta") if not meta.get("refines")]
    said = [meta.text for meta in metas if meta.get("property") == "media:duration"]
    return Overlays(found.archive, clips, _seconds(said[0] or "") if said else 0.0)


def _clip(par: etree._Element, path: str) -> tuple[str, Clip]:
    """The audio file that a par plays, and what of it."""
    inner = {local(one.tag): attributes(one) for one in par.iterchildren(etree.Element)}
    audio, text = inner.get("audio", {}), inner.get("text", {})
    begin, end = (_seconds(audio.get(name, "")) for name in ("clipbegin", "clipend"))
    return resolve(path, audio.get("src", "")), Clip(resolve(path, text.get("src", "")), begin, end)


def _seconds(said: str) -> float:
    """A clock value; -1 for what is none."""
    match = _CLOCK.fullmatch(said.strip())
    if not match:
        return -1.0
    return (int(match[1] or 0) * 60 + int(match[2])) * 60 + float(match[3])


def judged(file: Finished, found: Overlays, lengths: Sequence[float]) -> Iterator[Finding]:
    """The clips against the audio, whose `lengths` are seconds by chapter, and the length told."""
    where = str(file.path)
    if len(found.clips) != len(file.parts):
        what = f"overlays for {len(found.clips)} chapters, not {len(file.parts)}"
        yield Finding("marks", where, what, _HINT)
        return
    for part, name, length in zip(file.parts, sorted(found.clips), lengths, strict=False):
        yield from _clips(f"{where}: {part.title}", found.clips[name], length)
    total = sum(clip.end - clip.begin for clips in found.clips.values() for clip in clips)
    if abs(total - found.claimed) > TOLERANCE:
        what = f"says that it lasts {clock(found.claimed)}, its clips {clock(total)}"
        yield Finding("duration", where, what, _HINT)


def _clips(where: str, clips: Sequence[Clip], length: float) -> Iterator[Finding]:
    """The clips of one audio file: in order, each with a length, none behind its end."""
    last = max(clip.end for clip in clips)
    if last > length + TOLERANCE:
        what = f"a clip ends at {clock(last)}, the audio at {clock(length)}"
        yield Finding("marks", where, what, _HINT)
    ordered = sorted(clips, key=lambda clip: clip.begin)
    at = 0.0
    for clip in ordered:
        if abs(clip.begin - at) > TOLERANCE or clip.end <= clip.begin:
            what = f"the clips do not follow each other at {clock(max(at, clip.begin, 0))}"
            yield Finding("marks", where, what, _HINT)
            return
        at = clip.end
