"""Clips and pauses joined: nothing added, nothing lost, silent edges trimmed."""

from __future__ import annotations

import array
import io
import math
import random
import wave
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.concatenate import (
    FADE_MS,
    GUARD_MS,
    at_rate,
    clip,
    faded,
    samples,
    silence,
    write_wav,
)
from pipeline.engines import choose, engine
from pipeline.errors import EngineError
from pipeline.model import Clip, Pause, Settings
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
    assert trimmed.samples == pytest.approx(RATE + guard, abs=2 * RATE // 1000)


def test_silence_inside_is_kept() -> None:
    assert clip(wav_of(LOUD + bytes(2 * RATE) + LOUD)).samples == pytest.approx(3 * RATE, rel=0.001)


def test_edges_are_faded_and_the_middle_is_not() -> None:
    found = array.array("h", clip(wav_of(LOUD)).pcm)
    fade = FADE_MS * RATE // 1000
    assert found[0] == found[-1] == 0
    assert list(map(abs, found[:fade])) == sorted(map(abs, found[:fade]))
    assert list(map(abs, found[-fade:])) == sorted(map(abs, found[-fade:]), reverse=True)
    assert set(map(abs, found[fade:-fade])) == {0x3000}


@pytest.mark.parametrize("count", [1, 2, 3, 50, 110, 111, 219, 220, 221, 5000])
def test_a_clip_of_any_length_begins_and_ends_at_rest(count: int) -> None:
    found = array.array("h", faded(array.array("h", [9000] * count).tobytes(), RATE))
    assert len(found) == count
    assert found[0] == found[-1] == 0
    assert found == found[::-1]
    assert clip(wav_of(array.array("h", [9000] * count).tobytes())).pcm == found.tobytes()


def test_nothing_has_no_edges() -> None:
    assert faded(b"", RATE) == b""


def sine(hertz: float, count: int) -> array.array[int]:
    step = 2 * math.pi * hertz / RATE
    return array.array("h", (round(20000 * math.sin(step * at)) for at in range(count)))


def largest_step(pcm: bytes) -> int:
    return max(abs(a - b) for a, b in pairwise(array.array("h", pcm)))


@pytest.mark.parametrize("hertz", [80, 110, 187.3, 440, 1333])
@pytest.mark.parametrize("ms", [0, 7, 380])
def test_a_sine_cut_into_clips_and_joined_has_no_step_larger_than_its_own(
    hertz: float, ms: int
) -> None:
    whole = sine(hertz, 2 * RATE)
    made = random.Random(5)
    cuts = [at + made.randrange(700) for at in range(0, len(whole), 1000)]
    pieces = [whole[a:b].tobytes() for a, b in pairwise(cuts)]
    parts: list[Clip | Pause] = []
    for piece in pieces:
        parts += [Clip(RATE, faded(piece, RATE)), Pause(ms, "phrase")]
    joined = b"".join(samples(parts, RATE))
    assert largest_step(joined) <= largest_step(whole.tobytes()) + 1  # for rounding
    unfaded = b"".join(silence(Pause(7, "phrase"), RATE) + piece for piece in pieces)
    assert largest_step(unfaded) > 2 * largest_step(whole.tobytes()) or hertz > 1000


TEXTS = ("Stop.", "Fish and chips, with half a pint.", "Hm?", "She sells thick fluff.", "Up!")


def spoken(name: str, volume: float = 1.0) -> list[bytes]:
    settings = choose(Settings(engine=name, volume=volume), "en-US")
    return [engine(name).speak(text, settings) for text in TEXTS]


def framed(wav: bytes, noise_dbfs: float | None, gain: float = 1.0) -> bytes:
    """An engine's WAV with two seconds of silence, or of noise, on either side and below."""
    with wave.open(io.BytesIO(wav)) as file:
        voice = array.array("h", file.readframes(file.getnframes()))
    made = random.Random(3)
    still = [0] * (2 * RATE)
    level = 0.0 if noise_dbfs is None else 0x8000 * 10 ** (noise_dbfs / 20)
    heard = [gain * sample for sample in (*still, *voice, *still)]
    return wav_of(array.array("h", (round(s + made.gauss(0, level)) for s in heard)).tobytes())


ENGINES = {
    "espeak": lambda: spoken("pyttsx3"),
    "tone": lambda: spoken("tone"),
    "very quiet": lambda: spoken("pyttsx3", 0.05),
    "silence around": lambda: [framed(wav, None) for wav in spoken("pyttsx3")],
    "noise around": lambda: [framed(wav, -60) for wav in spoken("pyttsx3")],
}


@pytest.mark.parametrize("name", ENGINES)
def test_a_pause_between_sentences_is_what_it_says(name: str) -> None:
    """From the last window that is louder than silence to the first that is, within 25 ms."""
    clips = [clip(wav) for wav in ENGINES[name]()]
    pause = Pause(380, "sentence")
    for one, other in pairwise(clips):
        silent = one.samples - bounds(one)[1] + bounds(other)[0]
        heard = pause.ms + 1000 * silent / RATE
        assert heard == pytest.approx(pause.ms, abs=25)


def bounds(spoken: Clip) -> tuple[int, int]:
    """The first and the last sample that is less than 46 dB below the peak."""
    found = array.array("h", spoken.pcm)
    limit = 0.005 * max(map(abs, found))
    loud = [at for at, sample in enumerate(found) if abs(sample) > limit]
    return loud[0], loud[-1]


@pytest.mark.parametrize("volume", [1.0, 0.05])
def test_no_consonant_is_cut(volume: float) -> None:
    """A voice between two silences keeps every sample above -46 dB, and 10 ms around it."""
    for wav in spoken("pyttsx3", volume):
        with wave.open(io.BytesIO(wav)) as file:
            voice = array.array("h", file.readframes(file.getnframes()))
        found = array.array("h", clip(framed(wav, None)).pcm)
        limit = 0.005 * max(map(abs, voice))
        loud = [at for at, sample in enumerate(voice) if abs(sample) > limit]
        assert voice[loud[0] : loud[-1] + 1].tobytes() in found.tobytes()
        energy = sum(s * s for s in voice)
        assert sum(s * s for s in found) > 0.9999 * energy


def test_a_hiss_that_is_no_silence_goes_too() -> None:
    """38 dB below the peak, it drowns a soft consonant at an edge, which goes with it."""
    for wav in spoken("pyttsx3"):
        still = clip(framed(wav, None, 0.1))
        noisy = clip(framed(wav, -60, 0.1))
        assert still.samples - 0.12 * RATE < noisy.samples < still.samples + 0.025 * RATE


def test_a_soft_hiss_that_opens_a_word_is_no_noise() -> None:
    hiss = random.Random(1)
    opening = array.array("h", (round(hiss.gauss(0, 300)) for _ in range(RATE * 2 // 10)))
    word = sine(220, RATE)
    found = clip(wav_of(opening.tobytes() + word.tobytes()))
    assert found.samples == len(opening) + len(word)


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
