"""What a model gives, as a WAV: floats from -1 to 1, at a pitch and a volume."""

from __future__ import annotations

import io
import wave
from typing import TYPE_CHECKING, Any

from pipeline.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Sequence

MIDDLE = 50  # the pitch of the voice itself
OCTAVE = 100  # steps of pitch: half of one up, and half of one down


def raised(pitch: int) -> float:
    """By what a voice's frequencies are multiplied at this pitch: 0.71 to 1.41."""
    return float(2 ** ((pitch - MIDDLE) / OCTAVE))


def joined(parts: Sequence[Any]) -> Any:
    """All parts one after another, as one row of floats. Raises EngineError where one is none."""
    import numpy as np

    rows = [np.asarray(part, dtype=np.float32).ravel() for part in parts]
    row = np.concatenate(rows) if rows else np.zeros(0, np.float32)
    if not np.isfinite(row).all():
        raise EngineError("the model gave numbers that are no sound")
    return row


def wav(samples: Any, rate: int, factor: float, volume: float) -> bytes:
    """A mono 16-bit WAV of floats, which are spoken slower by this factor and get their length
    back by being played that much faster, with all their frequencies.
    """
    import numpy as np
    import soxr

    if factor != 1 and len(samples):
        samples = soxr.resample(samples, rate * factor, rate)
    numbers = np.clip(np.rint(samples * np.float32(0x8000 * volume)), -0x8000, 0x7FFF)
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setparams((1, 2, rate, 0, "NONE", "not compressed"))
        file.writeframes(numbers.astype("<i2").tobytes())
    return out.getvalue()
