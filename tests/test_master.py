"""Loudness, peaks and room tone, against meters that are not ours: ebur128 and soxr."""

from __future__ import annotations

import hashlib
import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import soxr
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import master
from pipeline.check.decode import Meter
from pipeline.concatenate import at_rate, faded
from pipeline.engines import choose
from pipeline.errors import ConfigError
from pipeline.master import NO_LIMIT, PRESETS, Desk, Measure, Placed
from pipeline.model import Clip, Mastering, Pace, Settings, Speak
from pipeline.synthesize import speak

RATES = [8000, 11025, 16000, 22050, 24000, 44100, 48000]
RATE = 22050
PODCAST = PRESETS["podcast"]
SILENT = -200.0  # dB of room tone that rounds to nothing
TEXT = "The boat lay still. Two people walked along the shore, and neither of them said a word."


def clip_of(samples: Any, rate: int = RATE) -> Clip:
    """Full scale is 1."""
    pcm = np.clip(np.rint(np.asarray(samples) * 32768), -32768, 32767).astype("<i2").tobytes()
    return Clip(rate, pcm)


def values(pcm: bytes) -> Any:
    return np.frombuffer(pcm, "<i2") / 32768


def sine(hertz: float, peak: float, seconds: float = 5, rate: int = RATE) -> Any:
    return peak * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate)


def decibels(ratio: float) -> float:
    return 20 * math.log10(ratio)


def ebur128(clip: Clip) -> float | None:
    """LUFS, by ffmpeg."""
    with Meter(clip.rate, 1) as meter:
        meter.add(values(clip.pcm).astype(">f4").tobytes())
        return meter.result().integrated


def level(clip: Clip, wanted: Mastering = PODCAST, gain: float = 0.0) -> float:
    """What this module says of one clip by itself, before any limit."""
    alone = master.laid([Placed(0, master.measured(clip), 0.0)], clip.samples, clip.rate)
    unlimited = replace(wanted, peak=NO_LIMIT)
    return master.level(alone, unlimited, gain)


@pytest.fixture(scope="module")
def speech() -> Clip:
    return speak(Speak(TEXT, choose(Settings(), "en-US"), ""))


SIGNALS = {
    "a tone": lambda rate: sine(997, 0.1, rate=rate),
    "a deep tone": lambda rate: sine(120, 0.3, rate=rate),
    "a high tone": lambda rate: sine(0.4 * rate, 0.1, rate=rate),
    "noise": lambda rate: np.random.default_rng(7).normal(0, 0.05, 5 * rate),
    "with rests": lambda rate: sine(440, 0.2, 8, rate) * (np.arange(8 * rate) % (2 * rate) < rate),
    "soft and loud": lambda rate: sine(440, 0.3, 8, rate) * np.repeat([1, 0.01], 4 * rate),
}


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("name", SIGNALS)
def test_loudness_is_what_ebur128_says(name: str, rate: int) -> None:
    clip = clip_of(SIGNALS[name](rate), rate)
    assert level(clip) == pytest.approx(ebur128(clip), abs=0.2)


@pytest.mark.parametrize("rate", RATES)
def test_loudness_of_speech_is_what_ebur128_says(rate: int, speech: Clip) -> None:
    clip = at_rate(speech, rate)
    assert level(clip) == pytest.approx(ebur128(clip), abs=0.2)


def test_clips_on_a_timeline_are_as_loud_as_their_sum(speech: Clip) -> None:
    """Rests between them are gated as those within are."""
    rest, measure = np.zeros(2 * RATE), master.measured(speech)
    whole = clip_of(np.concatenate([values(speech.pcm), rest, values(speech.pcm) / 2, rest]))
    starts = 0, speech.samples + len(rest)
    placed = [Placed(starts[0], measure, 0.0), Placed(starts[1], measure, decibels(0.5))]
    chapter = master.laid(placed, whole.samples, RATE)
    found = master.level(chapter, replace(PODCAST, peak=NO_LIMIT), 0.0)
    assert found == pytest.approx(ebur128(whole), abs=0.1)


def test_a_clip_of_another_rate_is_placed_by_its_time(speech: Clip) -> None:
    measure, there = master.measured(speech), at_rate(speech, 44100)
    chapter = master.laid([Placed(0, measure, 0.0)], there.samples, 44100)
    found = master.level(chapter, PODCAST, 0.0)
    assert found == pytest.approx(level(there), abs=0.1)


def test_rms_is_that_of_all_samples(speech: Clip) -> None:
    rms = decibels(float(np.sqrt(np.mean(values(speech.pcm) ** 2))))
    assert level(speech, PRESETS["acx"]) == pytest.approx(rms, abs=0.01)


@pytest.mark.parametrize("samples", [0, 1, 6000, 3 * RATE])
def test_silence_has_no_loudness_and_needs_no_gain(samples: int) -> None:
    measure = master.measured(Clip(RATE, bytes(2 * samples)))
    chapter = master.laid([Placed(0, measure, 0.0)], samples, RATE)
    for wanted in PRESETS.values():
        assert master.level(chapter, wanted, 0.0) == -math.inf
        assert master.gain_for(chapter, wanted) == 0.0
        assert master.limiting(chapter, wanted, 0.0) == 0.0
    assert master.level_gain(measure) == 0.0
    assert master.brightness(chapter) == 0.0
    assert master.gain_for(master.laid([], RATE, RATE), PODCAST) == 0.0


def test_a_sound_of_300_milliseconds_is_measured_with_its_rests() -> None:
    """A block of BS.1770 is 400 ms."""
    sound, room = sine(300, 0.2, 0.3), np.zeros(RATE // 2)
    whole = clip_of(np.concatenate([room, sound, room]))
    placed = [Placed(len(room), master.measured(clip_of(sound)), 0.0)]
    chapter = master.laid(placed, whole.samples, RATE)
    found = master.level(chapter, PODCAST, 0.0)
    assert found == pytest.approx(ebur128(whole), abs=0.1)
    gain = master.gain_for(chapter, PODCAST)
    assert gain == pytest.approx(PODCAST.target - found, abs=0.05)


def test_a_measure_is_kept_with_its_clip(speech: Clip) -> None:
    measure = master.measured(speech)
    data = master.packed(measure)
    found = master.unpacked(RATE, speech.samples, data)
    for name in ("energies", "squares", "peaks"):
        assert np.array_equal(getattr(found, name), getattr(measure, name))
    assert master.packed(found) == data


@pytest.mark.parametrize("figure", [math.nan, math.inf, -1.0, 1e9])
def test_a_measure_that_no_samples_have_is_refused(figure: float, speech: Clip) -> None:
    found = np.frombuffer(master.packed(master.measured(speech)), "<f4").copy()
    found[5] = figure
    with pytest.raises(ValueError, match="figures that no samples have"):
        master.unpacked(RATE, speech.samples, found.tobytes())
    with pytest.raises(ValueError, match="reshape"):
        master.unpacked(RATE, speech.samples, found[:-1].tobytes())


@pytest.mark.parametrize("peak", [1.0, 0.25, 0.001, 0.0004])
@pytest.mark.parametrize("name", PRESETS)
def test_the_gain_brings_a_voice_to_its_target(name: str, peak: float, speech: Clip) -> None:
    """Also one that is below the absolute gate before."""
    wanted = PRESETS[name]
    samples = values(speech.pcm)
    clip = clip_of(samples * (peak / np.abs(samples).max()))
    chapter = master.laid([Placed(0, master.measured(clip), 0.0)], clip.samples, RATE)
    gain = master.gain_for(chapter, wanted)
    found = master.level(chapter, wanted, gain)
    assert found == pytest.approx(master.target(wanted), abs=0.05)


def test_a_limit_that_leaves_no_room_for_a_target_leaves_a_voice(speech: Clip) -> None:
    """More gain would make breath as loud as words."""
    chapter = master.laid([Placed(0, master.measured(speech), 0.0)], speech.samples, RATE)
    wanted = Mastering("much", target=-5.0, peak=-12.0)
    gain = master.gain_for(chapter, wanted)
    assert gain < 30
    assert master.level(chapter, wanted, gain) < -14


def test_two_channels_are_3_db_softer_each() -> None:
    assert master.target(PRESETS["stereo"]) == pytest.approx(-19.01, abs=0.01)
    assert master.target(PODCAST) == -19.0
    assert master.target(replace(PRESETS["acx"], channels=2)) == -20.5


def test_voices_are_brought_to_one_level(speech: Clip) -> None:
    soft = clip_of(values(speech.pcm) * 0.02)
    gains = [master.level_gain(master.measured(clip)) for clip in (speech, soft)]
    assert gains[1] - gains[0] == pytest.approx(-decibels(0.02), abs=0.1)


def limited(clip: Clip, gain: float, peak: float = -3.0, tone: float = SILENT) -> bytes:
    desk = Desk(gain, Mastering("limited", -19.0, peak=peak, room_tone=tone))
    return desk.speech(clip, 0.0)[0]


def true_peak(pcm: bytes) -> float:
    """dBTP at eight times the rate, by soxr."""
    samples = soxr.resample(np.pad(values(pcm), 400), 1, 8, quality="VHQ")
    return decibels(float(np.abs(samples).max()))


def band(samples: Any, highest: float) -> Any:
    """Nothing above this part of the sample rate, where no two resamplers agree."""
    spectrum = np.fft.rfft(samples)
    spectrum[np.fft.rfftfreq(len(samples)) > highest] = 0
    return np.fft.irfft(spectrum, len(samples))


@st.composite
def signals(draw: st.DrawFn) -> Clip:
    """Noise, clicks and square waves, as loud as 16 bits can be."""
    rng = np.random.default_rng(draw(st.integers(0, 1 << 32)))
    count = draw(st.integers(2000, 6000))
    kind = draw(st.sampled_from(["noise", "clicks", "square"]))
    if kind == "noise":
        samples = rng.normal(0, 1, count)
    elif kind == "clicks":
        samples = np.zeros(count)
        samples[rng.integers(0, count, draw(st.integers(1, 300)))] = rng.choice([-1.0, 1.0])
    else:
        period = draw(st.floats(4, 200))
        samples = np.sign(np.sin(2 * np.pi * np.arange(count) / period + 0.1))
    samples = band(samples, draw(st.sampled_from([0.1, 0.3, 0.45])))
    whole = clip_of(0.98 * samples / np.abs(samples).max())
    return Clip(RATE, faded(whole.pcm, RATE))


@settings(max_examples=150, deadline=None)
@given(signals(), st.sampled_from([0.0, 3.0, 9.0, 24.0]))
def test_no_true_peak_is_over_the_limit(clip: Clip, gain: float) -> None:
    assert true_peak(limited(clip, gain)) < -3.0 + 0.06


def test_no_true_peak_of_speech_is_over_the_limit(speech: Clip) -> None:
    for rate in RATES:
        pcm = limited(at_rate(speech, rate), 15.0, peak=-1.0, tone=-75.0)
        assert true_peak(pcm) < -1.0 + 0.06


def test_what_is_below_the_limit_is_left_alone(speech: Clip) -> None:
    """Bit for bit, but for gain and room tone."""
    samples = np.frombuffer(speech.pcm, "<i2").astype(np.float32)
    factor = np.float32(10 ** (-6 / 20))
    made = np.frombuffer(limited(speech, -6.0, tone=-75.0), "<i2")
    tone = master.room_tone(-75.0)[: len(made)]
    assert np.array_equal(made, np.rint(samples * factor).astype(np.int16) + tone)
    unity = replace(speech, pcm=clip_of(values(speech.pcm) * 0.3).pcm)
    assert limited(unity, 0.0) == unity.pcm


def test_the_limiter_reaches_only_so_far() -> None:
    """15 ms ahead and behind of a peak, nothing is changed."""
    samples = sine(200, 0.1, 1.0)
    samples[RATE // 2] = 0.9
    clip = clip_of(samples)
    changed = np.flatnonzero(values(limited(clip, 0.0)) != values(clip.pcm))
    assert len(changed)
    reach = 2 * master.REACH * master.GRAIN
    assert np.abs(changed - RATE // 2).max() <= reach < 0.03 * RATE


def test_the_limiter_makes_no_step() -> None:
    """A tone that swells over the limit has no larger step than it had, for its height."""
    samples = sine(150, 0.9, 2.0) * np.hanning(2 * RATE)
    before, after = np.diff(samples), np.diff(values(limited(clip_of(samples), 0.0, peak=-9.0)))
    assert np.abs(after).max() <= np.abs(before).max() * 10 ** (-9 / 20) / 0.9 * 1.1 + 2 / 32768
    jerks = np.abs(np.diff(after)).max()  # of a step in the gain
    assert jerks <= np.abs(np.diff(before)).max() + 3 / 32768


def test_what_was_limited_is_measured(speech: Clip) -> None:
    desk = Desk(12.0, Mastering("x", -19.0, peak=-3.0, room_tone=SILENT), measures=True)
    pcm, found = desk.speech(speech, 0.0)
    assert isinstance(found, Measure)
    assert np.array_equal(found.energies, master.measured(Clip(RATE, pcm)).energies)
    assert decibels(desk.peak) == pytest.approx(-3.0, abs=0.001)
    assert Desk(-12.0, PODCAST, measures=True).speech(speech, 0.0)[1] is None


@pytest.mark.parametrize("level", [-70.0, -75.0, -60.0])
def test_room_tone_is_as_loud_as_is_asked(level: float) -> None:
    tone = master.room_tone(level)[: master.TONE_SAMPLES] / 32768
    assert decibels(float(np.sqrt(np.mean(tone**2)))) == pytest.approx(level, abs=0.1)


@pytest.mark.parametrize("name", PRESETS)
def test_room_tone_is_no_digital_silence(name: str) -> None:
    """No run of zeros that a person would take for a dropout: ACX Check looks for such."""
    wanted = PRESETS[name]
    tone = np.frombuffer(Desk(0.0, wanted).rest(20 * RATE), "<i2")[:: wanted.channels]
    edges = np.flatnonzero(np.diff(np.concatenate([[1], tone, [1]]) == 0, prepend=0, append=0))
    assert np.diff(np.flatnonzero(tone)).max() < 0.002 * RATE
    assert len(edges)
    halves = tone[: len(tone) // (RATE // 2) * (RATE // 2)].reshape(-1, RATE // 2) / 32768
    assert decibels(float(np.sqrt((halves**2).mean(axis=1)).max())) < -60


def test_room_tone_has_no_seam() -> None:
    """However it is cut into pieces it goes on, also where it begins again."""
    whole = Desk(0.0, PODCAST).rest(3 * master.TONE_SAMPLES)
    desk = Desk(0.0, PODCAST)
    pieces = [desk.rest(count) for count in (1, master.TONE_SAMPLES - 7, 100, 50_000)]
    pieces.append(desk.rest(3 * master.TONE_SAMPLES - desk.at))
    assert b"".join(pieces) == whole
    steps = np.abs(np.diff(np.frombuffer(whole, "<i2").astype(int)))
    seam = steps[master.TONE_SAMPLES - 2 : master.TONE_SAMPLES + 1]
    assert seam.max() <= steps[: master.TONE_SAMPLES - 2].max()


def test_room_tone_lies_under_speech_as_under_rests() -> None:
    desk = Desk(0.0, PODCAST)
    made = desk.rest(500) + desk.speech(Clip(RATE, bytes(2000)), 0.0)[0] + desk.rest(500)
    assert made == Desk(0.0, PODCAST).rest(2000)


def test_room_tone_is_pink() -> None:
    """Each octave has as much power as the next."""
    tone = master.room_tone(-40.0)[: master.TONE_SAMPLES].astype(float)
    power = np.abs(np.fft.rfft(tone)) ** 2
    octaves = [power[1 << n : 2 << n].sum() for n in range(6, 15)]
    spread = [10 * math.log10(one / octaves[0]) for one in octaves]
    assert max(spread) - min(spread) < 3
    assert abs(np.polyfit(range(len(spread)), spread, 1)[0]) < 0.4  # dB an octave


def test_room_tone_is_the_same_everywhere() -> None:
    """Whole numbers alone: these are the bytes on any machine."""
    data = master.room_tone(-60.0).astype("<i2").tobytes()
    assert hashlib.sha256(data).hexdigest()[:16] == "741c3d24732d5af1"


def test_two_channels_are_alike(speech: Clip) -> None:
    desk = Desk(3.0, PRESETS["stereo"])
    made = np.frombuffer(desk.rest(999) + desk.speech(speech, 0.0)[0], "<i2").reshape(-1, 2)
    assert len(made) == 999 + speech.samples
    assert np.array_equal(made[:, 0], made[:, 1])


def test_presets_by_name_and_by_number() -> None:
    assert master.preset("acx") is PRESETS["acx"]
    found = master.preset("-18.5")
    assert (found.name, found.target, found.peak, found.room_tone) == ("-18.5", -18.5, -1.0, -75.0)
    assert master.preset("-18") == master.preset("-18.0")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("podcats", "master: 'podcats' is not known. Did you mean 'podcast'?"),
        ("lud", "master: 'lud' is not known. Write podcast, stereo, acx, or LUFS such as -18."),
        ("", "is not known"),
        ("18", "master: 18 LUFS is not from -40 to -5."),
        ("-41", "is not from -40 to -5"),
        ("nan", "is not from -40 to -5"),
        ("-inf", "is not from -40 to -5"),
    ],
)
def test_an_unknown_preset_is_told(name: str, message: str) -> None:
    with pytest.raises(ConfigError) as error:
        master.preset(name)
    assert message in str(error.value)


def test_a_preset_has_a_say_in_the_rests_at_both_ends() -> None:
    acx = PRESETS["acx"]
    assert master.pace_for(Pace(), PODCAST) == Pace()
    least = master.pace_for(Pace(chapter_start=0, chapter_end=0), acx)
    assert (least.chapter_start, least.chapter_end) == (acx.head[0], acx.tail[0])
    most = master.pace_for(Pace(chapter_start=9000, chapter_end=9000), acx)
    assert (most.chapter_start, most.chapter_end) == (acx.head[1], acx.tail[1])
