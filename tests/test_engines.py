"""One contract for all engines, and how a voice is chosen."""

from __future__ import annotations

import io
import wave

import pytest

from pipeline import engines
from pipeline.engines import choose, engine
from pipeline.engines.contract import Contract
from pipeline.engines.pyttsx3 import Pyttsx3
from pipeline.engines.tone import Tone
from pipeline.errors import EngineError, VoiceError
from pipeline.model import Clip, Settings, Speak
from pipeline.synthesize import check_duration, speak


class TestPyttsx3(Contract):
    engine = Pyttsx3()
    settings = choose(Settings(), "en-US")


class TestTone(Contract):
    engine = Tone()
    settings = choose(Settings(engine="tone"), "en-US")


def test_the_built_in_engines_are_registered() -> None:
    assert {"pyttsx3", "tone"} <= set(engines.names())


def test_an_unknown_engine_is_named_with_those_there_are() -> None:
    with pytest.raises(VoiceError, match=r"engine 'pyttsx4': not installed.*pyttsx3, tone"):
        engine("pyttsx4")


@pytest.mark.parametrize(
    ("language", "voice"),
    [("en-US", "en-US"), ("en-GB", "en"), ("en-AU", "en"), ("en", "en-US"), ("de", "de"),
     ("zh", "cmn"), ("pt-BR", "pt-BR"), ("fr-CA", "fr"), ("fr", "fr")],
)  # fmt: skip
def test_the_voice_follows_the_language(language: str, voice: str) -> None:
    assert choose(Settings(), language).voice == voice


@pytest.mark.parametrize(
    ("asked", "voice"), [("EN-GB", "en"), ("en-us+f3", "en-US+f3"), ("en-US+F3", "en-US+f3")]
)
def test_a_voice_may_be_asked_for_in_any_case_and_with_a_variant(asked: str, voice: str) -> None:
    assert choose(Settings(voice=asked), "en-US").voice == voice


@pytest.mark.parametrize("asked", ["en-uk", "en-us+f33", "+f3x", "nobody"])
def test_an_unknown_voice_is_refused(asked: str) -> None:
    with pytest.raises(VoiceError, match=r"pyttsx3 does not have .*make-audiobook voices"):
        choose(Settings(voice=asked), "en-US")


def test_a_language_nobody_speaks_is_refused() -> None:
    with pytest.raises(VoiceError, match="language 'zu'"):
        choose(Settings(), "zu")


class Broken:
    """An engine that gives what it is told to."""

    def __init__(self, result: bytes | Exception) -> None:
        self.result = result

    def speak(self, text: str, settings: Settings) -> bytes:
        if isinstance(self.result, Exception):
            raise self.result
        return self.result


def wav_of(samples: bytes, rate: int = 22050) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as wav:
        wav.setparams((1, 2, rate, 0, "NONE", "not compressed"))
        wav.writeframes(samples)
    return out.getvalue()


LOUD = b"\x00\x30\x00\xd0" * 11025  # a second


@pytest.mark.parametrize(
    ("result", "message"),
    [
        (b"", "did not give a WAV"),
        (b"garbage", "did not give a WAV"),
        (b"RIFF\0\0\0\0WAVE", "did not give a WAV"),
        (wav_of(LOUD)[:-1], "did not give a WAV"),
        (wav_of(LOUD)[:30], "did not give a WAV"),
        (wav_of(b""), "nothing but silence"),
        (wav_of(bytes(44100)), "nothing but silence"),
        (wav_of(LOUD), "cannot be these 77 characters"),
        (wav_of(LOUD * 60), "cannot be these 77 characters"),
        (RuntimeError("the model is gone"), "RuntimeError: the model is gone"),
    ],
    ids=[
        "nothing",
        "garbage",
        "a header",
        "half a sample",
        "half a header",
        "no samples",
        "silence",
        "truncated",
        "endless",
        "raises",
    ],
)
def test_bad_audio_is_an_error_never_a_gap(
    result: bytes | Exception, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.engines.engine", lambda _: Broken(result))
    text = "It was the kind of truth that slips out only when a man is taken by surprise."
    with pytest.raises(EngineError, match=message):
        speak(Speak(text, Settings(), ""))


@pytest.mark.parametrize("rate", [80, 170, 450])
@pytest.mark.parametrize(
    "text",
    ["A.", "Hm!", "I owe 1,234,567,890 to A. B. C. & D. E. F.", "%", "Yes?", "www www www",
     "Incomprehensibilities characterized internationalization.", "1 2 3 4 5 6 7 8 9 10"],
)  # fmt: skip
def test_real_speech_is_always_plausible(text: str, rate: int) -> None:
    settings = choose(Settings(rate=rate), "en-US")
    asked = Speak(text, settings, "")
    check_duration(asked, speak(asked))
    assert speak(asked).samples > 0


def test_a_quiet_voice_loses_no_consonant() -> None:
    for text in ("Stop.", "With.", "Fish and chips."):
        lengths = [
            speak(Speak(text, Settings(voice="en-US", volume=volume), "")).samples
            for volume in (1.0, 0.3, 0.05)
        ]
        assert max(lengths) - min(lengths) < 0.02 * 22050


def test_half_an_utterance_is_refused() -> None:
    settings = choose(Settings(), "en-US")
    asked = Speak(
        "It was the kind of truth that slips out only when a man is surprised.", settings, ""
    )
    whole = speak(asked)
    check_duration(asked, whole)
    with pytest.raises(EngineError, match="cannot be these"):
        check_duration(asked, Clip(whole.rate, whole.pcm[: len(whole.pcm) // 4 * 2]))


@pytest.mark.parametrize("text", ["สวัสดีชาวโลก", "Привет, мир!", "안녕하세요", "שלום"])
def test_other_scripts_are_plausible(text: str) -> None:
    assert speak(Speak(text, Settings(voice="en-US"), "")).samples


def test_a_variant_alone_goes_with_the_best_voice() -> None:
    assert choose(Settings(voice="+f3"), "en-GB").voice == "en+f3"


def test_an_engine_with_nothing_installed_says_how_to_get_it() -> None:
    with pytest.raises(VoiceError, match=r"no model of kokoro is installed\. .*voices add kokoro`"):
        choose(Settings(engine="kokoro", voice="af_nobody"), "en-US")
    with pytest.raises(VoiceError, match=r"voices add piper:en_US-x` installs it"):
        choose(Settings(engine="piper", voice="en_US-x"), "en-US")
