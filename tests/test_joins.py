"""A sine that is cut into clips and joined by a build has no step that it did not have before."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pipeline.config import PACE
from pipeline.master import PRESETS, room_tone
from tests.clicks import Cuts, cut
from tests.conftest import decoded
from tests.test_marks import asked, clicks
from tests.test_plan import build_all

CUTS = 40
NO_REST = dict.fromkeys(PACE, 0)

__all__ = ["clicks"]


@pytest.mark.parametrize("hertz", [80, 221, 1000])
def test_no_step_at_the_joins(hertz: int, clicks: Path) -> None:
    folder, rate = clicks / "sine", Cuts.rate
    folder.mkdir()
    (folder / "1_a.txt").write_text("\n\n".join(cut(number) for number in range(CUTS)))
    made = asked(folder, f"cuts:{hertz}", format="flac", pace=NO_REST)
    build_all(made)
    samples = np.frombuffer(decoded(made.steps[0].path), "<i2").astype(float)
    assert len(samples) == CUTS * Cuts.piece
    middle = samples[Cuts.piece // 4 : 3 * Cuts.piece // 4]
    peak = np.sqrt(2 * np.mean(middle**2))  # of the sine, as it is after mastering
    largest = 2 * peak * np.sin(np.pi * hertz / rate)  # between two samples of it
    tone = room_tone(PRESETS["podcast"].room_tone).astype(int)
    allowed = largest + np.abs(np.diff(tone)).max() + 1  # and rounding
    steps = np.abs(np.diff(samples))
    for number in range(1, CUTS):
        at = number * Cuts.piece
        assert steps[at - 300 : at + 300].max() <= allowed, number
    assert peak > 1000
