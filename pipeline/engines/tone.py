"""An engine that hums: a tone as long as the text would take to say, for tests and demos."""

from __future__ import annotations

import array
import hashlib
import io
import math
import sys
import wave
from collections.abc import Iterable

from pipeline import riff, words
from pipeline.model import USUAL_RATE, Cue, Settings, VoiceInfo

RATE = 22050
CHARACTERS_A_SECOND = 15


def _wave(hertz: int, peak: float) -> array.array[int]:
    """The shortest piece that can be repeated."""
    period = RATE // math.gcd(hertz, RATE)
    step = 2 * math.pi * hertz / RATE
    samples = array.array("h", (round(peak * math.sin(at * step)) for at in range(period)))
    if sys.byteorder == "big":
        samples.byteswap()
    return samples


class Tone:
    """See `pipeline.engines.Engine`."""

    RATE = RATE

    def fingerprint(self, settings: Settings) -> str:
        """The tone never changes."""
        return "tone 3"

    def speak(self, text: str, settings: Settings) -> bytes:
        """A tone whose pitch comes from the text, so that no two utterances sound alike.

        Each character takes as long as any other, so that it is known where words start.
        """
        seconds = len(text) / CHARACTERS_A_SECOND * USUAL_RATE / settings.rate
        hertz = 200 + int.from_bytes(hashlib.sha256(text.encode()).digest()[:2], "big") % 400
        samples = _wave(hertz, 12000 * settings.volume)
        count = int(seconds * RATE)
        samples = (samples * (count // len(samples) + 1))[:count]
        out = io.BytesIO()
        with wave.open(out, "wb") as file:
            file.setparams((1, 2, RATE, 0, "NONE", "not compressed"))
            file.writeframes(samples.tobytes())
        cues = [
            Cue(start * count // len(text), start, end - start) for start, end in words.spans(text)
        ]
        return riff.with_words(out.getvalue(), cues)

    def voices(self) -> Iterable[VoiceInfo]:
        """There is one, and it hums in all languages."""
        return [VoiceInfo("sine", (), "a tone as long as the text", speaker="a humming tone")]
