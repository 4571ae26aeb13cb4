"""Engines that register themselves as those from elsewhere do, and an ear for what they say."""

from __future__ import annotations

import io
import json
import re
import subprocess
import wave
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import imageio_ffmpeg
import numpy as np
from numpy.typing import NDArray

from pipeline.model import Settings, VoiceInfo
from tests.conftest import ffmpeg

Samples = NDArray[np.float64]
RATES = (8000, 16_000, 22_050, 24_000, 44_100, 48_000)
CLICK_SECONDS = 0.012  # of which fades leave more than half
SEARCHED = 0.1  # seconds before and after its place in which a click is looked for
ALIKE = 0.6  # correlation with a click: what only hums, or is noise, has less than 0.3
LETTERS = "abcdefghij"  # what stands for digits, which would be read as words


def click(rate: int) -> Samples:
    """A sweep from 300 to 3000 Hz: at one place alone is it like itself."""
    at = np.arange(round(CLICK_SECONDS * rate)) / rate
    cycles = 300 * at + 2700 / CLICK_SECONDS * at**2 / 2
    return np.sin(2 * np.pi * cycles)


class Clicks:
    """Each clip begins with a click at its first sample, and hums as long as it takes to say.

    A voice is a rate; a slow one takes half a second a letter.
    """

    def fingerprint(self, settings: Settings) -> str:
        return "clicks 1"

    def speak(self, text: str, settings: Settings) -> bytes:
        name, _, slow = settings.voice.partition("-")
        rate = int(name)
        letters = sum(char.isalpha() for char in text)
        count = round(letters * rate / (2 if slow else 15)) + rate // 4
        samples = 0.15 * np.sin(2 * np.pi * 110 * np.arange(count) / rate)
        start = click(rate)
        samples[: len(start)] = 0.6 * start
        return wav(samples, rate)

    def voices(self) -> Iterable[VoiceInfo]:
        names = [f"{rate}{speed}" for rate in RATES for speed in ("", "-slow")]
        return [VoiceInfo(name, (), "clicks") for name in names]


class Cuts:
    """Says one long sine, cut into pieces: "Cut bcd." is the piece of number 123."""

    rate, piece = 22_050, 9_137

    def fingerprint(self, settings: Settings) -> str:
        return "cuts 1"

    def speak(self, text: str, settings: Settings) -> bytes:
        digits = [str(LETTERS.index(char)) for char in text.rsplit(maxsplit=1)[-1].rstrip(".")]
        number = int("".join(digits)) if text.startswith("Cut ") else 0
        at = np.arange(number * self.piece, (number + 1) * self.piece) / self.rate
        return wav(0.3 * np.sin(2 * np.pi * int(settings.voice) * at), self.rate)

    def voices(self) -> Iterable[VoiceInfo]:
        return [VoiceInfo(str(hertz), (), "a sine of so many hertz") for hertz in (80, 221, 1000)]


def cut(number: int) -> str:
    """What `Cuts` says as this piece of its sine."""
    return "Cut " + "".join(LETTERS[int(digit)] for digit in f"{number:03d}") + "."


def wav(samples: Samples, rate: int) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setparams((1, 2, rate, 0, "NONE", "not compressed"))
        file.writeframes(np.rint(samples * 32767).astype("<i2").tobytes())
    return out.getvalue()


def register(folder: Path) -> Path:
    """Make `folder` a place from which these engines are found, once it is on the path."""
    about = folder / "from_elsewhere-1.0.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: from-elsewhere\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text(
        "[make_audiobook.engines]\nclicks = tests.clicks:Clicks\ncuts = tests.clicks:Cuts\n"
    )
    return folder


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
