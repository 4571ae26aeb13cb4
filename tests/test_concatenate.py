"""Clips and pauses joined: nothing added, nothing lost, silent edges trimmed."""

from __future__ import annotations

import array
import io
import math
import wave
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.concatenate import FADE_MS, GUARD_MS, at_rate, clip, samples, silence, write_wav
from pipeline.errors import EngineError
from pipeline.model import Clip, Pause
from tests.test_engines import LOUD, wav_of

RATE = 22050

clips = st.binary(max_size=400).map(lambda data: Clip(RATE, data[: len(data) // 2 * 2]))
pauses = st.integers(0, 3000).map(lambda ms: Pause(ms, "sentence"))


@given(st.lists(clips | pauses, max_size=20))
def test_the_wav_has_exactly_the_samples_of_its_clips_and_pauses(parts: list[Clip | Pause]) -> None:
    out = io.BytesIO()
    written = write_wav(parts, RATE, out)
    expected = sum(
        part.samples if isinstance(part, Clip) else part.ms * RATE // 1000 for part in parts
    )
    with wave.open(io.BytesIO(out.getvalue())) as wav:
        assert wav.getnframes() == expected == written
        assert wav.getframerate() == RATE
        assert wav.readframes(expected) == b"".join(samples(parts, RATE))


def test_a_pause_is_zeros() -> None:
    assert silence(Pause(1000, "paragraph"), RATE) == bytes(2 * RATE)


def test_an_engines_silence_at_the_edges_is_trimmed_to_the_guard() -> None:
    quiet = bytes(2 * RATE)
    trimmed = clip(wav_of(quiet + LOUD + quiet))
    guard = 2 * GUARD_MS * RATE // 1000
    assert trimmed.samples == pytest.approx(RATE + guard, abs=RATE * 0.006)


def test_silence_inside_is_kept() -> None:
    assert clip(wav_of(LOUD + bytes(2 * RATE) + LOUD)).samples == pytest.approx(3 * RATE, rel=0.001)


def test_edges_are_faded_and_the_middle_is_not() -> None:
    found = array.array("h", clip(wav_of(LOUD)).pcm)
    fade = FADE_MS * RATE // 1000
    assert abs(found[0]) < 100
    assert abs(found[-1]) < 400
    assert set(map(abs, found[fade + 22 : -fade - 22])) == {0x3000}


def test_stereo_and_other_widths_become_mono_16_bit() -> None:
    out = io.BytesIO()
    with wave.open(out, "wb") as wav:
        wav.setparams((2, 1, 16000, 0, "NONE", "not compressed"))
        wav.writeframes(b"\xf0\xf0\x10\x10" * 8000)
    found = clip(out.getvalue())
    assert found.rate == 16000
    assert found.samples == pytest.approx(16000, rel=0.01)


def test_another_rate_keeps_length_and_pitch() -> None:
    hertz = 440
    tone = array.array(
        "h", (round(9000 * math.sin(6.2832 * hertz * i / 16000)) for i in range(16000))
    )
    found = at_rate(Clip(16000, tone.tobytes()), RATE)
    assert found.samples == pytest.approx(RATE, abs=2)
    wave_ = array.array("h", found.pcm)
    rising = sum(a < 0 <= b for a, b in pairwise(wave_))
    assert rising == pytest.approx(hertz, abs=2)


def test_what_is_not_a_wav_is_an_error() -> None:
    with pytest.raises(EngineError, match="did not give a WAV"):
        clip(b"<html>503</html>")
