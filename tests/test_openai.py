"""The engine `openai`, with a real server on loopback that misbehaves on demand."""

from __future__ import annotations

import io
import logging
import os
import re
import signal
import sys
import time
import traceback
import wave
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline import engines, synthesize
from pipeline.engines import address, refusals, sound, speech_server, turns
from pipeline.engines.contract import Contract
from pipeline.engines.openai import KNOWN, OpenAI
from pipeline.engines.received import Passing, samples
from pipeline.errors import EngineError, VoiceError
from pipeline.model import Settings, Speak, key
from pipeline.processes import Workers
from tests.conftest import Ran, building, run
from tests.speech_server import Server, encoded, running, sized, spoken

TEXT = "The gate was open, and nobody had told the dog."
KEY = "sk-proj-A1b2C3d4E5f6G7h8I9j0-tail"
PARTS = (KEY, KEY[:9], KEY[-8:], KEY[3:15])  # that the server says again
ENGINE = OpenAI()


@pytest.fixture(scope="module", autouse=True)
def server() -> Iterator[Server]:
    """A server that speaks, and nobody's environment but its address."""
    with pytest.MonkeyPatch.context() as patch, running() as found:
        for name in (address.OUR_KEY, address.OPENAI_KEY, *PROXIES):
            patch.delenv(name, raising=False)
        patch.setenv(address.ADDRESS, found.address)
        TestOpenAI.settings = asking(found, "af_heart")
        yield found


PROXIES = [f"{kind}_proxy" for kind in ("http", "https", "all", "no")]
PROXIES += [name.upper() for name in PROXIES]


@pytest.fixture(autouse=True)
def paused(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long it would have waited between tries."""
    pauses: list[float] = []
    monkeypatch.setattr(speech_server, "pause", pauses.append)
    return pauses


@pytest.fixture
def anew() -> Iterator[Callable[[], None]]:
    """A client that reads the environment again, before and after a test that changes it."""
    speech_server._made.cache_clear()
    yield speech_server._made.cache_clear
    speech_server._made.cache_clear()


def asking(server: Server, voice: str, **options: Any) -> Settings:
    asked = {"server": server.address, **options}
    return Settings("openai", voice, options=tuple(sorted(asked.items())))


def refused(server: Server, voice: str, **options: Any) -> str:
    with pytest.raises(EngineError) as caught:
        ENGINE.speak(TEXT, asking(server, voice, **{"retries": 1, **options}))
    assert str(caught.value).startswith(f"{server.host}: answer" if voice.isdecimal() else "")
    assert server.host in str(caught.value)
    return str(caught.value)


class TestOpenAI(Contract):
    engine = ENGINE
    settings = Settings()  # once the server is there


def test_it_asks_for_what_the_profile_says(server: Server) -> None:
    settings = asking(server, "af_bella+af_sky", model="kokoro", instructions="Whisper.")
    ENGINE.speak(TEXT, replace(settings, rate=350))
    asked = server.asked[-1]
    assert asked.path == "/v1/audio/speech"
    assert asked.body == {
        "model": "kokoro",
        "input": TEXT,
        "voice": "af_bella+af_sky",
        "response_format": "wav",
        "speed": 2.0,
        "instructions": "Whisper.",
    }
    assert "Authorization" not in asked.headers
    assert asked.headers["Accept-Encoding"] == "identity"


def test_samples_come_through_as_they_are(server: Server) -> None:
    rate, found = spoken(TEXT, 1.0)
    assert ENGINE.speak(TEXT, asking(server, "good")) == encoded(rate, found)


@pytest.mark.parametrize(
    "voice", ["octets", "closed", "chunked", "streaming", "unsized", "stereo", "deep", "float"]
)
def test_sound_of_any_kind_is_the_same_sound(server: Server, voice: str) -> None:
    good = ENGINE.speak(TEXT, asking(server, "good"))
    assert ENGINE.speak(TEXT, asking(server, voice)) == good


@pytest.mark.parametrize("form", ["wav", "flac", "mp3", "opus", "pcm"])
def test_formats_are_as_long_as_each_other(server: Server, form: str) -> None:
    found = ENGINE.speak(TEXT, asking(server, "good", format=form))
    assert server.asked[-1].body["response_format"] == form
    usual = len(spoken(TEXT, 1.0)[1])
    with wave.open(io.BytesIO(found)) as file:
        assert file.getframerate() == (24_000 if form in {"pcm", "opus"} else 22_050)
        assert usual <= file.getnframes() <= usual + 2500  # MP3 has a frame or two beside it


def test_volume_and_pitch_are_made_here(server: Server) -> None:
    settings = asking(server, "good")
    usual, quiet, high = (
        heard(ENGINE.speak(TEXT, replace(settings, **changed)))
        for changed in ({}, {"volume": 0.5}, {"pitch": 100})
    )
    assert abs(int(quiet.max()) * 2 - int(usual.max())) <= 2
    assert abs(len(high) / len(usual) - 1) < 0.01
    assert pitch_of(high) / pitch_of(usual) == pytest.approx(2**0.5, rel=0.02)


def heard(data: bytes) -> np.ndarray[Any, np.dtype[np.int16]]:
    with wave.open(io.BytesIO(data)) as file:
        return np.frombuffer(file.readframes(file.getnframes()), "<i2")


def pitch_of(found: np.ndarray[Any, Any]) -> float:
    return float(np.argmax(np.abs(np.fft.rfft(found))) / len(found))


@pytest.mark.parametrize(
    ("voice", "message"),
    [
        ("400", r"answer 400, so it is: .*voice '400', model 'tts-1'"),
        ("401", r"answer 401: it wants a key. Put it into MAKE_AUDIOBOOK_OPENAI_KEY"),
        ("404", r"answer 404.*voice '404', model 'tts-1'.*/v1"),
        ("413", r"answer 413"),
        ("422", r"answer 422"),
        ("html", r"text/html and no sound.*/v1"),
        ("json", r"application/json and no sound: the model is not loaded"),
        ("lying", r"gave no WAV"),
        ("flac", r"gave no WAV"),
        ("infinite", r"samples that are no numbers"),
        ("packed", r"compressed"),
        ("endless", r"nobody knows whether this is all.*`format` to flac"),
        ("huge", r"longer than this text can be"),
        ("elsewhere", r"answer 307: it sends us to collector\.example, which is not asked"),
    ],
)
def test_what_no_second_try_would_mend_is_told_at_once(
    server: Server, voice: str, message: str, paused: list[float]
) -> None:
    before = len(server.asked)
    assert re.search(message, refused(server, voice))
    assert (len(server.asked) - before, paused) == (1, [])


@pytest.mark.parametrize(
    ("voice", "message"),
    [
        ("408", "answer 408"),
        ("409", "answer 409"),
        ("425", "answer 425"),
        ("429", "answer 429.*`concurrency`"),
        ("500", "answer 500, so it is"),
        ("503", "answer 503"),
        ("short", "the connection failed .*incomplete|without sending complete"),
        ("cut", "incomplete chunked read"),
        ("silent-cut", "bytes of samples"),
        ("oversized", "bytes of samples"),
        ("odd", "half a sample"),
        ("nothing", "an empty answer"),
        ("gone", "the connection failed"),
        ("slow", r"no whole answer in 0\.3 seconds.*`timeout`"),
        ("dripping", "no whole answer in time.*`timeout`"),
    ],
)
def test_what_passes_is_asked_for_again_and_told_in_the_end(
    server: Server, voice: str, message: str, paused: list[float]
) -> None:
    told = refused(server, voice, timeout=0.3)
    assert re.search(message, told)
    assert "(2 tries)" in told
    assert len(paused) == 1
    usual = ENGINE.speak(TEXT, asking(server, "good"))
    assert ENGINE.speak(TEXT, asking(server, f"{voice} x1", timeout=2.0)) == usual


def test_pauses_double_and_are_bounded(server: Server, paused: list[float]) -> None:
    refused(server, "503", retries=8)
    assert paused == [0.5, 1, 2, 4, 8, 16, 30, 30]
    paused.clear()
    refused(server, "429", retries=5)
    assert paused == [2, 4, 8, 16, 30]  # a limit is often a minute's


def test_a_server_says_how_long_to_wait(server: Server, paused: list[float]) -> None:
    refused(server, "429-7", retries=2)
    refused(server, "503-99999", retries=1)
    refused(server, "503-soon", retries=1)
    assert paused == [7, 7, 60, 0.5]


def test_it_may_say_so_by_a_date() -> None:
    now = datetime(2024, 2, 29, 12, 0, 0, tzinfo=UTC)
    assert refusals.seconds("Thu, 29 Feb 2024 12:00:20 GMT", now) == 20
    assert refusals.seconds("Thu, 29 Feb 2024 11:00:00 GMT", now) == 0
    assert refusals.seconds("Thu, 29 Feb 2024 12:00:20 -0000", now) == 20
    assert refusals.seconds("1.5", now) == 1.5
    for nonsense in ("", "-1", "soon", "Thu, 99 Feb 2024 11:00:00 GMT", "nan", "9" * 50):
        assert refusals.seconds(nonsense, now) is None


def test_an_account_without_credit_is_not_asked_again() -> None:
    words = refusals.words(b'{"error": {"message": "Too much", "code": "insufficient_quota"}}', "")
    refusal = refusals.Refusal(429, words, None, "")
    told = refusals.meaning(refusal, {"voice": "alloy", "model": "tts-1"}, "")
    assert isinstance(told, EngineError)
    assert "no credit" in str(told)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b'{"error": {"message": "no"}}', "no"),
        (b'{"error": "no"}', "no"),
        (b'{"detail": [{"msg": "no"}]}', "no"),
        (b'{"detail": {"error": "x", "message": "no"}}', "no"),
        (b'{"message": "a\\nb\\u001b[31m"}', "a b [31m"),
        (b"[" * 100_000, ""),
        (b'{"error":' * 900 + b"1" + b"}" * 900, ""),
        (b'{"error": 7}', ""),
        (b"<html>", ""),
        (b"\xff", ""),
    ],
)
def test_a_servers_words_are_one_line(data: bytes, said: str) -> None:
    assert refusals.words(data, "") == said


def test_nobody_there_is_told_with_a_hint(server: Server) -> None:
    nobody = asking(replace(server, address="http://127.0.0.1:9/v1"), "alloy", retries=0)
    with pytest.raises(EngineError, match=r"^127\.0\.0\.1:9: the connection failed .*running"):
        ENGINE.speak(TEXT, nobody)


def test_silence_and_half_of_the_words_are_refused_by_the_pipeline(server: Server) -> None:
    for voice, message in (("silence", "nothing but silence"), ("half", "cannot be these")):
        with pytest.raises(EngineError, match=message):
            synthesize.speak(Speak(TEXT, asking(server, voice), ""))


# What a WAV may say of itself


@pytest.mark.parametrize("size", [0, 0x7FFFFFFF, 0x7FFFFFDB, 0xFFFFFFFF, 0xFFFFFFFF - 36])
def test_sizes_that_nobody_knew_are_all_that_came(size: int) -> None:
    whole = encoded(22_050, spoken(TEXT, 1.0)[1])
    rate, found = samples(sized(whole, size), "wav")
    assert sound.wav(found, rate, 1, 1) == whole


@pytest.mark.parametrize("at", [0, 3, 12, 20, 30, 40, 43])
def test_a_header_that_is_cut_is_no_sound(at: int) -> None:
    whole = encoded(22_050, spoken(TEXT, 1.0)[1])
    with pytest.raises((Passing, EngineError)):
        samples(whole[:at], "wav")


@pytest.mark.parametrize(
    ("data", "form", "message"),
    [
        (encoded(4_000, np.ones(4_000, np.int16)), "wav", "has 4000 samples a second"),
        (encoded(192_000, np.ones(4_000, np.int16)), "wav", "has 192000 samples a second"),
        (b"RIFF\xff\0\0\0WAVEdata\4\0\0\0\1\2\3\4", "wav", "does not say which samples"),
        (b"RIFF\xff\0\0\0WAVEfmt \x10\0\0\0" + bytes(16) + b"data\4\0\0\0abcd", "wav", "half a"),
        (b"fLaC" + b"\1" * 60, "flac", "a FLAC that is damaged"),
        (encoded(22_050, np.ones(99, np.int16)), "flac", "gave WAV, not the flac"),
        (encoded(22_050, np.ones(99, np.int16)), "pcm", "a file with a header"),
        (b"<html>", "mp3", "no mp3 that can be read"),
    ],
)
def test_sound_that_was_not_asked_for_is_refused(data: bytes, form: str, message: str) -> None:
    with pytest.raises((EngineError, Passing), match=message):
        samples(data, form)


def test_half_of_a_flac_is_asked_for_again() -> None:
    whole = encoded(22_050, spoken(TEXT, 1.0)[1], "FLAC")
    for part in (0.1, 0.5, 0.99):
        with pytest.raises(Passing):
            samples(whole[: int(len(whole) * part)], "flac")
    longer = whole[:21] + (int.from_bytes(whole[21:26], "big") + 1).to_bytes(5, "big") + whole[26:]
    with pytest.raises(Passing):
        samples(longer, "flac")


def test_a_flac_that_does_not_tell_its_length_is_refused() -> None:
    whole = encoded(22_050, spoken(TEXT, 1.0)[1], "FLAC")
    unsized = whole[:21] + bytes([whole[21] & 0xF0]) + bytes(4) + whole[26:]
    with pytest.raises(EngineError, match="`format` to wav"):
        samples(unsized, "flac")


def test_hours_in_a_few_bytes_are_refused() -> None:
    hours = encoded(8_000, np.zeros(65_000_000, np.int16), "FLAC")
    assert len(hours) < 2_000_000
    with pytest.raises(EngineError, match="longer than any text can be"):
        samples(hours, "flac")


@pytest.mark.parametrize("form", ["pcm", "mp3", "opus"])
def test_what_cannot_tell_its_length_is_not_taken_for_whole(server: Server, form: str) -> None:
    assert "nobody knows" in refused(server, "endless", format=form)
    assert ENGINE.speak(TEXT, asking(server, "endless", format="flac"))


def test_sound_beyond_full_scale_does_not_turn_round() -> None:
    loud = sound.wav(np.array([1.5, -1.5, 1.0, -1.0], np.float32), 22_050, 1, 1)
    assert heard(loud).tolist() == [32767, -32768, 32767, -32768]


# Who is asked, and what goes into a clip's name


def test_no_server_is_asked_that_nobody_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(address.ADDRESS)
    for call in (ENGINE.fingerprint, lambda settings: ENGINE.speak(TEXT, settings)):
        with pytest.raises(VoiceError, match=r"no server is named.*server = .*OPENAI_BASE_URL"):
            call(Settings("openai", "alloy"))
    assert ENGINE.voices() == []


def test_the_profile_counts_before_the_environment(server: Server) -> None:
    assert address.address("http://Here:1/v1/") == "http://here:1/v1"
    assert address.address("http://[::1]:1/") == "http://[::1]:1"
    assert address.address("") == server.address


@pytest.mark.parametrize(
    "told",
    [
        "http://me:secret@host/v1",
        "http://secret@host/v1",
        "https://host/v1?key=secret",
        "https://host/v1#secret",
        "ftp://host/secret",
        "file:///secret",
        "host:8880/secret",
        "http://",
        "http://ho st/secret",
        "http://host:99999/secret",
        "http://[::1/secret",
        "http://host/secret\nx",
        "http://höst/secret",
    ],
)
def test_an_address_with_a_secret_or_of_another_kind_is_refused(
    told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for where in ("option `server`", address.ADDRESS):
        asked = Settings("openai", "alloy", options=(("server", told),))
        if where == address.ADDRESS:
            monkeypatch.setenv(address.ADDRESS, told)
            asked = Settings("openai", "alloy")
        with pytest.raises(VoiceError, match=f"^{where}: ") as caught:
            ENGINE.fingerprint(asked)
        assert "secret" not in str(caught.value)


def test_the_fingerprint_tells_the_model_and_not_the_address(server: Server) -> None:
    asked = asking(server, "alloy", model="kokoro")
    before = len(server.asked)
    found = ENGINE.fingerprint(asked)
    assert re.fullmatch(r"speech server 1, kokoro, [0-9a-f]{12}", found)
    assert ENGINE.fingerprint(asking(replace(server, address="http://x"), "alloy")) != found
    assert engines.choose(asked, "en-US").voice == "alloy"
    assert engines.speaker(asked) == "alloy"
    assert len(server.asked) == before


def test_a_clip_does_not_depend_on_how_patiently_it_was_asked_for(server: Server) -> None:
    def name(**options: Any) -> str:
        chosen = engines.choose(asking(server, "alloy", **options), "en-US")
        return key(Speak(TEXT, chosen, ""))

    assert name() == name(timeout=5.0, retries=1, concurrency=2)
    assert len({name(), name(model="other"), name(instructions="x"), name(format="flac")}) == 4


def test_options_that_were_set_apart_still_count(server: Server, paused: list[float]) -> None:
    chosen = engines.choose(asking(server, "500", retries=1), "en-US")
    with pytest.raises(EngineError, match="2 tries"):
        ENGINE.speak(TEXT, chosen)
    assert len(paused) == 1


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"format": "aac"}, "option `format`: 'aac' is none of wav"),
        ({"model": ""}, "option `model`"),
        ({"model": "a\nb"}, "option `model`"),
        ({"retries": -1}, "option `retries`: must be from 0"),
        ({"timeout": 0.0}, "option `timeout`"),
        ({"timeout": float("nan")}, "option `timeout`"),
        ({"concurrency": 1000}, "option `concurrency`"),
    ],
)
def test_options_out_of_bounds_are_refused(
    server: Server, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(VoiceError, match=message):
        ENGINE.fingerprint(asking(server, "alloy", **options))


def test_a_rate_that_the_protocol_does_not_have_is_refused(server: Server) -> None:
    with pytest.raises(VoiceError, match=r"rate 800: .* 0\.25 to 4 times .* not 4\.57"):
        ENGINE.speak(TEXT, replace(asking(server, "alloy"), rate=800))


def test_a_voice_must_be_named(server: Server) -> None:
    with pytest.raises(VoiceError, match=r'no voice is named.*--voice "openai:NAME"'):
        engines.choose(asking(server, ""), "en-US")


def test_without_httpx_it_says_what_to_install(
    anew: Callable[[], None], server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "httpx", None)
    anew()
    with pytest.raises(VoiceError, match=r"pip install 'make-audiobook\[openai\]'"):
        ENGINE.speak(TEXT, asking(server, "alloy"))
    assert ENGINE.fingerprint(asking(server, "alloy"))


# Its voices


@pytest.mark.parametrize(
    ("voices", "names"),
    [
        ({"voices": ["a", "b", "a"]}, ["a", "b"]),
        ([{"voice_id": "a"}, {"name": "b", "language": "de"}], ["a", "b"]),
        ({"voices": ["a", 7, None, {}, "x" * 101, "c\x1b[2J", {"id": ["d"]}]}, ["a"]),
        ({"voices": []}, KNOWN),
        ({"voices": "alloy"}, KNOWN),
        ({}, KNOWN),
        (None, KNOWN),
    ],
)
def test_voices_are_those_that_the_server_tells_of(
    server: Server, monkeypatch: pytest.MonkeyPatch, voices: Any, names: list[str]
) -> None:
    monkeypatch.setattr(server, "voices", voices)
    assert [voice.name for voice in ENGINE.voices()] == names


@pytest.mark.parametrize("status", [307, 401, 502])
def test_a_server_in_trouble_is_not_said_to_have_voices(
    server: Server, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    monkeypatch.setattr(server, "voices", status)
    with pytest.raises(EngineError, match=f"^{server.host}: answer {status}, and no list"):
        list(ENGINE.voices())


def test_a_server_that_is_not_there_takes_no_other_voices_away(project: Path) -> None:
    started = time.monotonic()
    ran = run("voices", env={**os.environ, address.ADDRESS: "http://127.0.0.1:9/v1"})
    assert ran.code == 0
    assert "openai: cannot tell its voices. 127.0.0.1:9: the connection failed" in ran.err
    assert "tone: a tone as long as the text" in ran.out
    assert time.monotonic() - started < 8


# The key


@pytest.fixture
def keyed(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv(address.OUR_KEY, KEY)
    return KEY


def test_the_key_is_sent_and_ours_before_openais(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(address.OPENAI_KEY, "sk-of-openai")
    ENGINE.speak(TEXT, asking(server, "good"))
    assert server.asked[-1].headers["Authorization"] == "Bearer sk-of-openai"
    monkeypatch.setenv(address.OUR_KEY, f" {KEY}\n")
    ENGINE.speak(TEXT, asking(server, "good"))
    assert server.asked[-1].headers["Authorization"] == f"Bearer {KEY}"


def test_openais_key_goes_to_no_server_that_a_profile_names(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(address.OPENAI_KEY, KEY)
    monkeypatch.setenv(address.ADDRESS, "http://127.0.0.1:9/v1")
    ENGINE.speak(TEXT, asking(server, "good"))
    assert "Authorization" not in server.asked[-1].headers
    assert address.key_for("https://api.openai.com/v1") == (address.OPENAI_KEY, KEY)
    assert address.key_for("http://api.openai.com/v1") == ("", "")
    assert address.key_for("https://api.openai.com.example/v1") == ("", "")


def test_no_password_of_another_program_is_sent(
    anew: Callable[[], None], server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("default login me password secret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    anew()
    ENGINE.speak(TEXT, asking(server, "good"))
    assert "Authorization" not in server.asked[-1].headers


def test_a_proxy_of_the_environment_is_used(
    anew: Callable[[], None], server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", f"http://{server.host}")
    anew()
    far = asking(replace(server, address="http://speech.example/v1"), "good")
    assert ENGINE.speak(TEXT, far)
    assert server.asked[-1].path == "http://speech.example/v1/audio/speech"
    monkeypatch.setenv("http_proxy", "nonsense://127.0.0.1")
    anew()
    with pytest.raises(EngineError, match="the proxy of this system cannot be used"):
        ENGINE.speak(TEXT, far)


@pytest.mark.parametrize("bad", ["sk-secret\nX-Evil: 1", "sk-sécret", "sk secret", "sk\0secret"])
def test_a_key_that_cannot_be_sent_is_refused_unseen(
    server: Server, bad: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "environ", {**os.environ, address.OUR_KEY: bad})
    with pytest.raises(VoiceError, match="MAKE_AUDIOBOOK_OPENAI_KEY: ") as caught:
        ENGINE.speak(TEXT, asking(server, "alloy"))
    assert "cret" not in str(caught.value)


@pytest.mark.parametrize("voice", ["echo-200", "echo-400", "echo-401", "echo-500"])
def test_a_server_that_says_the_key_again_is_not_quoted(
    server: Server, keyed: str, voice: str
) -> None:
    told = refused(server, voice)
    assert not any(part in told for part in PARTS)
    assert keyed not in told


def test_a_crash_of_the_library_does_not_tell_the_key(
    server: Server, keyed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: Any, **given: Any) -> None:
        raise RuntimeError(f"cannot send {given['headers']}")

    monkeypatch.setattr("httpx.Client.stream", crash)
    with pytest.raises(EngineError) as caught:
        ENGINE.speak(TEXT, asking(server, "good"))
    with pytest.raises(EngineError) as listing:
        list(ENGINE.voices())
    for error in (caught.value, listing.value):
        told = "".join(traceback.format_exception(error))
        assert f"{server.host}: RuntimeError: cannot send" in told
        assert not any(part in told for part in PARTS)


def test_no_logger_is_told_the_key(
    server: Server, keyed: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        refused(server, "echo-401")
    assert not any(part in caplog.text for part in PARTS)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"key {KEY}.", "key ***"),
        ("Bearer abc and sk-12345 and sk-***9j0", "*** and *** and ***"),
        ("your key A1b2...tail or A1b…ail", "your key *** or ***"),
        ("see A1b2C3d4 or C3d4E5f", "see *** or ***"),
        ("nothing of it", "nothing of it"),
        ("a\r\nb\x1b[31m", "a b [31m"),
        ("x" * 500, f"{'x' * 200}..."),
    ],
)
def test_words_of_others_are_masked(text: str, shown: str) -> None:
    assert address.masked(text, KEY) == shown


def test_short_keys_are_masked_as_well() -> None:
    assert address.masked("the key is abc", "abc") == "the key is ***"
    assert address.masked("the key is x", "") == "the key is x"


# How much at once, and how long


def test_no_more_at_once_than_was_said_whichever_process_asks() -> None:
    texts = [f"Number {n}." for n in range(8)]
    with running() as its_own:
        settings = asking(its_own, "counted", concurrency=2)
        with Workers(4) as workers:
            found = [workers.submit(ENGINE.speak, text, settings) for text in texts]
            assert all(one.result() for one in found)
        assert its_own.most == 2
        with ThreadPoolExecutor(4) as pool:
            assert all(pool.map(lambda text: ENGINE.speak(text, settings), texts))
        assert its_own.most == 2
        with ThreadPoolExecutor(4) as pool:
            assert all(pool.map(lambda text: ENGINE.speak(text, asking(its_own, "counted")), texts))
        assert its_own.most > 2


def test_waiting_for_a_turn_is_no_hang(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[float] = []
    monkeypatch.setattr(turns, "waits", lambda: told.append(time.monotonic()))

    def wait_for_it() -> str:
        with turns.turn("test", 1):
            return "had it"

    with ThreadPoolExecutor(1) as pool:
        with turns.turn("test", 1):
            later = pool.submit(wait_for_it)
            until = time.monotonic() + 5
            while len(told) < 3 and time.monotonic() < until:
                time.sleep(0.01)
            assert len(told) >= 3
            assert not later.done()
        assert later.result(timeout=5) == "had it"


@pytest.mark.skipif(
    sys.platform == "win32", reason="there a folder for each person is the system's"
)
def test_a_place_that_somebody_else_has_laid_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: Server
) -> None:
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path))
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / f"make-audiobook-{os.getuid()}").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(EngineError, match="belongs to somebody else"):
        ENGINE.speak(TEXT, asking(server, "good", concurrency=1))


# Whole books


PROFILE = """\
engine = "openai"
voice = "{voice}"

[options]
server = "{server}"
model = "{model}"
"""


def profile(server: Server, voice: str = "alloy", model: str = "tts-1", more: str = "") -> None:
    folder = Path("voices")
    folder.mkdir(exist_ok=True)
    text = PROFILE.format(voice=voice, server=server.address, model=model)
    (folder / "far.toml").write_text(text + more)


def build(*more: str | Path, **options: Any) -> Ran:
    return run("stories", "--voice", "far", "--jobs", "2", *more, **options)


def test_a_book_is_spoken_once(server: Server, stories: Path) -> None:
    with running() as its_own:
        profile(its_own)
        first = build()
        assert first.code == 0, first.err
        assert its_own.said.count("Nobody spoke.") == 1
        asked = len(its_own.asked)
        assert build().code == 0
        assert len(its_own.asked) == asked
        profile(its_own, model="tts-1-hd")
        assert build().code == 0
        assert its_own.said.count("Nobody spoke.") == 2
        asked = len(its_own.asked)
        profile(its_own, model="tts-1-hd", more="timeout = 60\nretries = 1\nconcurrency = 1\n")
        patient = build()
        assert "nothing to do" in patient.err
        assert len(its_own.asked) == asked
    gone = build()  # and nobody notices
    assert (gone.code, "nothing to do" in gone.err) == (0, True)
    (stories / "1_the-sea.txt").write_text("Another line.\n")
    profile(its_own, model="tts-1-hd", more="retries = 0\n")
    failed = build()
    assert failed.code == 5
    assert f"{its_own.host}: the connection failed" in failed.err


def test_what_fails_once_loses_no_line(server: Server, stories: Path) -> None:
    with running() as its_own:
        for voice in ("429-0 x1", "500 x1", "short x1", "rates"):
            profile(its_own, voice)
            ran = build()
            assert ran.code == 0, ran.err
            lines = {"The sea was calm.", "Nobody spoke.", "They climbed it anyway."}
            assert lines <= set(its_own.said)
            its_own.asked.clear()
    checked = run("check", "out/Stories")  # made of clips of three sample rates
    assert checked.code == 0, checked.out + checked.err


@pytest.mark.parametrize("voice", ["good", "echo-401", "echo-500", "echo-400"])
def test_the_key_is_in_no_file_and_no_line(server: Server, stories: Path, voice: str) -> None:
    profile(server, voice, more="retries = 1\n")
    environment = {**os.environ, address.OUR_KEY: KEY, "TMPDIR": str(stories.parent)}
    told = [build(*how, env=environment) for how in (["--verbose"], ["--json"])]
    assert {ran.code for ran in told} == ({0} if voice == "good" else {5})
    assert server.asked[-1].headers["Authorization"] == f"Bearer {KEY}"
    known = [(ran.out + ran.err).encode() for ran in told]
    known += [path.read_bytes() for path in stories.parent.rglob("*") if path.is_file()]
    assert len(known) > 6
    assert not any(part.encode() in data for part in PARTS for data in known)


def test_the_address_is_not_told_either_if_it_has_a_secret(project: Path, stories: Path) -> None:
    Path("voices").mkdir()
    secret = PROFILE.format(voice="a", server="http://me:secret@127.0.0.1:9/v1", model="m")
    Path("voices/far.toml").write_text(secret)
    ran = build()
    assert ran.code == 3
    assert "secret" not in ran.out + ran.err
    listed = run("voices", "--json")
    assert "secret" not in listed.out + listed.err
    assert not any(b"secret" in path.read_bytes() for path in Path("out").rglob("*.*"))


def test_an_interrupt_does_not_wait_for_a_slow_answer(server: Server, stories: Path) -> None:
    with running() as its_own:
        profile(its_own, "slow")
        process = building("stories", "--voice", "far")
        until = time.monotonic() + 30
        while not its_own.now and time.monotonic() < until:
            time.sleep(0.02)
        assert its_own.now
        started = time.monotonic()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
        assert process.returncode == 130, out + err
        assert time.monotonic() - started < 2
