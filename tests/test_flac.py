"""Clips come back sample for sample, and say how long they are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import flac
from pipeline.errors import EngineError
from pipeline.model import Clip


@given(st.integers(8000, 48000), st.binary(min_size=2, max_size=5000))
def test_any_clip_comes_back(rate: int, data: bytes) -> None:
    clip = Clip(rate, data[: len(data) // 2 * 2])
    packed = flac.pack(clip)
    assert flac.unpack(packed) == clip
    assert flac.length(packed) == (rate, clip.samples)
    assert packed == flac.pack(clip)


@pytest.mark.parametrize("data", [b"", b"RIFF" + bytes(100), b"fLaC"])
def test_what_is_no_clip_is_told(data: bytes) -> None:
    with pytest.raises(EngineError, match="what came back is not a clip"):
        flac.length(data)
