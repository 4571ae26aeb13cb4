"""Engines that register themselves as those from elsewhere do. Imports little: workers load it."""

from __future__ import annotations

import io
import re
import wave
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline import riff
from pipeline.model import Cue, Settings, VoiceInfo

Samples = NDArray[np.float64]
RATES = (8000, 16_000, 22_050, 24_000, 44_100, 48_000)
CLICK_SECONDS = 0.012  # of which fades leave more than half
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


class Ticks:
    """After a rest, each word begins with a click and hums for a while; cue points tell of them."""

    rest, word = 0.4, 0.31  # seconds

    def fingerprint(self, settings: Settings) -> str:
        return "ticks 1"

    def speak(self, text: str, settings: Settings) -> bytes:
        rate = int(settings.voice)
        places = [match.span() for match in re.finditer(r"\w+", text)]
        starts = [round((self.rest + self.word * at) * rate) for at in range(len(places) + 1)]
        samples = 0.15 * np.sin(2 * np.pi * 110 * np.arange(starts[-1]) / rate)
        samples[: starts[0]] = 0
        for start in starts[:-1]:
            samples[start : start + len(click(rate))] = 0.6 * click(rate)
        pairs = zip(starts, places, strict=False)
        return riff.with_words(wav(samples, rate), [Cue(at, a, b - a) for at, (a, b) in pairs])

    def voices(self) -> Iterable[VoiceInfo]:
        return [VoiceInfo(str(rate), (), "ticks") for rate in RATES]


class Cuts:
    """Says one long sine, cut into pieces: "Cut bcd." is the piece of number 123."""

    rate, piece = 22_050, 9_137

    def fingerprint(self, settings: Settings) -> str:
        return "cuts 1"

    def speak(self, text: str, settings: Settings) -> bytes:
        start, count = 0, 10 * self.rate  # what it says to be levelled
        if text.startswith("Cut "):
            digits = [str(LETTERS.index(char)) for char in text[4:].rstrip(".")]
            start, count = int("".join(digits)) * self.piece, self.piece
        at = np.arange(start, start + count) / self.rate
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
        "[make_audiobook.engines]\n"
        "clicks = tests.clicks:Clicks\ncuts = tests.clicks:Cuts\nticks = tests.clicks:Ticks\n"
    )
    return folder
