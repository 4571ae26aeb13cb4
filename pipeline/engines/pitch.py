"""Another pitch for voices that have none: spoken slower or faster, then resampled to its length.

A voice that is asked for `factor` times as much time, and of which then only one sample in `factor`
is kept, has the length that it would have had, and a pitch that is `factor` times as high.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

NONE = 50  # of 0 to 100


def factor(pitch: int) -> float:
    """How many times as high: 1 at 50, half an octave down at 0 and up at 100."""
    return float(2 ** ((pitch - NONE) / 100))


def resampled(samples: NDArray[np.float32], pitch: int) -> NDArray[np.float32]:
    """The samples, spoken `factor` times as slowly, at this pitch."""
    if pitch == NONE:
        return samples
    import soxr

    found: NDArray[np.float32] = soxr.resample(samples, factor(pitch), 1.0)
    return found
