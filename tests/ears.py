"""An ear for clicks: where they should be in a finished book's files, and where they are."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import imageio_ffmpeg
import numpy as np

from tests.clicks import Samples, click
from tests.conftest import ffmpeg

SEARCHED = 0.1  # seconds before and after its place in which a click is looked for
ALIKE = 0.6  # correlation with a click: what only hums, or is noise, has less than 0.3


@dataclass(frozen=True)
class Due:
    """Where clicks should be in a file, in seconds: at the start of each line of each chapter."""

    path: Path
    rate: int
    lines: tuple[float, ...]


def due(folder: Path) -> list[Due]:
    """What the manifest of a finished book says of its files."""
    known = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    starts = {}
    found = []
    for track in known["tracks"]:
        within = track.get("within", False)
        name = f"{track['file']}#{track['number']}" if within else track["file"]
        starts[name] = [start for start, _ in track["lines"]]
        if not within:
            lines = tuple(start / track["rate"] for start in starts[name])
            found.append(Due(folder / track["file"], track["rate"], lines))
    for volume in known.get("volumes", ()):
        lines = tuple(
            (at + start) / volume["rate"]
            for name, at in volume["chapters"]
            for start in starts[name]
        )
        found.append(Due(folder / volume["file"], volume["rate"], lines))
    return found


def marks(path: Path) -> list[tuple[str, float]]:
    """Titles and starts in seconds of a file's chapters, in file order, as ffmpeg reads them.

    `-copyts`: else it takes what the decoder of an MP3 leaves out at the start from each mark, and
    from the audio, too.
    """
    text = ffmpeg("-copyts", "-i", str(path), "-f", "ffmetadata", "-").decode()
    found = []
    for chapter in text.split("[CHAPTER]\n")[1:]:
        told = dict(re.findall(r"^(\w+)=((?:\\.|[^\\\n])*)$", chapter, re.DOTALL | re.MULTILINE))
        numerator, denominator = map(int, told["TIMEBASE"].split("/"))
        title = re.sub(r"\\(.)", r"\1", told.get("title", ""), flags=re.DOTALL)
        found.append((title, int(told["START"]) * numerator / denominator))
    return found


def missed(path: Path, places: Sequence[float], rate: int) -> list[float]:
    """How late each click is, in seconds, that is due at these rising places; all are searched.

    The file is decoded as a stream. A click that is nowhere near its place is infinitely late.
    """
    model, reach = click(rate), round(SEARCHED * rate)
    found = []
    stream = _windows(path, rate, [round(at * rate) for at in places], reach, len(model))
    for heard in stream:
        likeness = _likeness(heard, model)
        best = int(np.argmax(likeness))
        found.append((best - reach) / rate if likeness[best] > ALIKE else np.inf)
    return found


def _likeness(heard: Samples, model: Samples) -> Samples:
    """Normalized correlation at each place."""
    products = np.correlate(heard, model, "valid")
    squares = np.convolve(heard**2, np.ones(len(model)), "valid")
    return products / np.sqrt(np.maximum(squares, 1e-9) * (model @ model))


def _windows(
    path: Path, rate: int, places: Sequence[int], reach: int, length: int
) -> Iterator[Samples]:
    """What is around each place, as silence where the file has none."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", str(path), "-map", "0:a"]
    command += ["-af", "asetnsamples=32768"]  # or a system call for each frame is half the time
    command += ["-f", "s16le", "-ac", "1", "-ar", str(rate), "-"]
    size = 2 * reach + length
    kept, start = np.zeros(reach, np.int16), -reach
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout
        for place in places:
            first = place - reach
            while len(kept) < first + size - start:
                data = process.stdout.read(1 << 20)
                new = np.frombuffer(data, "<i2") if data else np.zeros(size, np.int16)
                drop = max(0, min(first - start, len(kept)))
                kept, start = np.concatenate([kept[drop:], new]), start + drop
            at = first - start
            yield kept[at : at + size] / 32768
        while process.stdout.read(1 << 20):
            pass
    assert process.returncode == 0
