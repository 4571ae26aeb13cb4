"""Piper, with the real piper-tts and small voices made here."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
import wave
from dataclasses import replace
from importlib.metadata import PackageNotFoundError
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline.engines import choose, engine, graph, packages, piper
from pipeline.engines.contract import SENTENCE, Contract, seconds
from pipeline.engines.piper import Piper
from pipeline.errors import EngineError, VoiceError
from pipeline.model import Hint, Settings
from tests import voices
from tests.conftest import run

pytestmark = pytest.mark.usefixtures("installed_voices")
TINY = Settings(engine="piper", voice="en_US-whistle-tiny")
CHOIR = Settings(engine="piper", voice="en_US-choir-tiny")


class TestPiper(Contract):
    engine = Piper()
    settings = TINY


class TestPiperWithSpeakers(Contract):
    engine = Piper()
    settings = replace(CHOIR, voice="en_US-choir-tiny#ben")


@pytest.fixture
def lone(tmp_path: Path, made_voices: Path) -> Path:
    """A copy of a voice, in no folder of installed ones."""
    for name in ("en_US-whistle-tiny.onnx", "en_US-whistle-tiny.onnx.json"):
        shutil.copy(made_voices / "piper" / name, tmp_path / name)
    return tmp_path / "en_US-whistle-tiny.onnx"


def at(path: Path, **changes: Any) -> Settings:
    return replace(TINY, file=str(path), **changes)


def spoken(text: str, settings: Settings = TINY, *hints: Hint) -> bytes:
    return Piper().speak_hinted(text, hints, settings)


def symbols(text: str, *hints: Hint, settings: Settings = TINY) -> list[str]:
    """What the model is asked to say, sentence by sentence."""
    found = piper._sentences(*piper._loaded(*piper._files(settings)), text, hints)
    return ["".join(sentence) for sentence in found]


def samples(wav: bytes) -> Any:
    with wave.open(io.BytesIO(wav)) as file:
        return np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(float)


def test_voices_are_listed_from_their_json(made_voices: Path, tmp_path: Path) -> None:
    listed = {voice.name: voice for voice in engine("piper").voices()}
    assert list(listed) == ["en_US-choir-tiny", "en_US-whistle-tiny"]
    assert listed["en_US-whistle-tiny"].languages == ("en-US",)
    assert listed["en_US-whistle-tiny"].speaker == "Piper, Whistle (en-US)"
    assert listed["en_US-choir-tiny"].description == "whistle, tiny, 3 speakers"


def test_a_voice_of_the_language_is_chosen() -> None:
    assert choose(Settings(engine="piper"), "en").voice.startswith("en_US-")
    assert choose(Settings(engine="piper", voice="en_us-CHOIR-tiny#ben"), "en").voice == (
        "en_US-choir-tiny#ben"
    )


def test_a_licence_is_read_from_the_card(lone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = lone.parent / "piper"
    folder.mkdir()
    for path in list(lone.parent.glob("*.onnx*")):
        path.rename(folder / path.name)
    (folder / "en_US-whistle-tiny.card").write_text("# Card\n\n* License: **CC0** 1.0\n")
    (folder / "broken.onnx").write_bytes(b"")
    (folder / "broken.onnx.json").write_text("{")
    monkeypatch.setenv("MAKE_AUDIOBOOK_VOICES", str(lone.parent))
    broken, whistle = Piper().voices()
    assert whistle.licence == "CC0** 1.0"
    assert broken.description == "cannot be used: broken: not valid JSON. Get it again."


def test_a_voice_may_be_a_file(lone: Path) -> None:
    assert spoken(SENTENCE, at(lone)) == spoken(SENTENCE)
    assert Piper().fingerprint(at(lone)) == Piper().fingerprint(TINY)


def test_noise_is_the_same_each_time_for_it_was_made_so(
    lone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert spoken("A. B.", at(lone)) == spoken("A. B.", at(lone))
    monkeypatch.setattr(graph, "steady", lambda model, name: model.SerializeToString())
    lone.write_bytes(voices.piper_model(seed=3).SerializeToString())
    assert spoken("A. B.", at(lone)) != spoken("A. B.", at(lone))


def test_speakers_have_names_and_numbers() -> None:
    one, two = (spoken(SENTENCE, replace(CHOIR, voice=f"{CHOIR.voice}#{n}")) for n in ("0", "2"))
    assert (
        one
        == spoken(SENTENCE, CHOIR)
        == spoken(SENTENCE, replace(CHOIR, voice=f"{CHOIR.voice}#anna"))
    )
    assert two == spoken(SENTENCE, replace(CHOIR, voice=f"{CHOIR.voice}#ben"))
    assert one != two


@pytest.mark.parametrize("asked", ["bern", "3", "-1", "９", "1e3"])
def test_a_speaker_that_it_has_not_is_refused(asked: str) -> None:
    with pytest.raises(VoiceError, match=rf"it has no speaker '{asked}'.*numbers 0 to 2"):
        spoken(SENTENCE, replace(CHOIR, voice=f"{CHOIR.voice}#{asked}"))
    with pytest.raises(VoiceError, match="It has only one"):
        spoken(SENTENCE, replace(TINY, voice=f"{TINY.voice}#{asked}"))


def test_a_missing_voice_says_how_to_get_it() -> None:
    with pytest.raises(VoiceError, match=r"Did you mean 'en_US-choir-tiny'\?.*voices add piper:"):
        spoken("Hello.", replace(TINY, voice="en_US-chior-tiny"))
    with pytest.raises(VoiceError, match=r"^gone\.onnx: cannot be read"):
        spoken("Hello.", replace(TINY, file="somewhere/gone.onnx"))


def test_rate_pitch_and_volume() -> None:
    usual = spoken(SENTENCE)
    assert seconds(spoken(SENTENCE, replace(TINY, rate=350))) == pytest.approx(
        seconds(usual) / 2, rel=0.02
    )
    high = spoken(SENTENCE, replace(TINY, pitch=100))
    assert seconds(high) == pytest.approx(seconds(usual), rel=0.02)
    assert crossings(high) == pytest.approx(crossings(usual) * 2**0.5, rel=0.1)
    assert np.abs(samples(spoken(SENTENCE, replace(TINY, volume=0.5)))).max() == pytest.approx(
        np.abs(samples(usual)).max() / 2, rel=0.01
    )


def crossings(wav: bytes) -> int:
    """How often it changes its sign: more at a higher pitch."""
    heard = samples(wav)
    return int((np.diff(np.signbit(heard)) != 0).sum())


def test_a_soft_voice_stays_soft() -> None:
    """piper-tts would bring each sentence to full scale, and a whisper with it."""
    assert np.abs(samples(spoken(SENTENCE))).max() < 0.7 * 32767


def test_options_reach_the_model() -> None:
    _, card = piper._loaded(*piper._files(TINY))
    told = piper._config(replace(TINY, options=(("noise", 0.1),)), card, None, 1.0)
    assert (told.noise_scale, told.noise_w_scale) == (0.1, 0.8)


def test_every_sentence_is_spoken() -> None:
    assert symbols("Hello there. Bye! Who?") == ["həlˈoʊ ðˈɛɹ.", "bˈaɪ!", "hˈuː?"]
    three = seconds(spoken("Hello there. Bye! Who?"))
    each = [seconds(spoken(text)) for text in ("Hello there.", "Bye!", "Who?")]
    assert three == pytest.approx(sum(each), abs=0.01)


def test_brackets_are_never_phonemes() -> None:
    assert symbols("[[bˈaɪ]] now") != symbols("baɪ now")
    assert symbols("[[hello]] now") == symbols("hello now") == symbols("[[[hello]]] now")


def test_a_hint_is_said_in_the_place_of_a_word() -> None:
    text = "The bass, too. “Bass”, and bass."
    hints = [Hint(4, 8, "phonemes", "beɪs"), Hint(16, 20, "phonemes", "bæ͡s"),
             Hint(27, 31, "phonemes", "be.iːs")]  # fmt: skip
    assert symbols(text, *hints) == ["ðə beɪs, tˈuː.", "bæs, ænd beiːs."]
    assert symbols("Bass. Bass", Hint(0, 4, "phonemes", "ɡoʊ"), Hint(6, 10, "phonemes", "goʊ")) == [
        "ɡoʊ.", "goʊ"
    ]  # fmt: skip
    assert spoken("Bass.", TINY, Hint(0, 4, "phonemes", "beɪs")) != spoken("Bass.")
    assert spoken("Bass.", TINY, Hint(0, 4, "emphasis")) == spoken("Bass.")


def test_a_hint_that_the_voice_cannot_say_is_named() -> None:
    with pytest.raises(EngineError, match="no symbol for 'ʭ' of the IPA 'ʭa'"):
        spoken("Bass.", TINY, Hint(0, 4, "phonemes", "ʭa"))
    with pytest.raises(EngineError, match="has no sound in it"):
        spoken("Bass.", TINY, Hint(0, 4, "phonemes", "ˈ"))
    with pytest.raises(EngineError, match="stands where no word is"):
        spoken("Bass.", TINY, Hint(0, 9, "phonemes", "beɪs"))


def test_a_word_that_would_be_lost_is_named(lone: Path) -> None:
    known = voices.piper_symbols()
    for symbol in "zuː":
        del known[symbol]
    about = voices.piper_json(phoneme_id_map=known)
    Path(f"{lone}.json").write_text(json.dumps(about))
    with pytest.raises(EngineError, match="the voice cannot say 'ooze'"):
        spoken("Let it ooze out.", at(lone))
    assert spoken("A boot.", at(lone))  # it still has a beginning and an end


def test_a_word_that_espeak_cuts_off_is_refused() -> None:
    with pytest.raises(EngineError, match="too long a word for espeak-ng"):
        spoken(f"The word {'x' * 300} is long.")


def test_a_voice_of_letters_says_letters_and_no_others(lone: Path) -> None:
    ids = {char: [number] for number, char in enumerate("_^$ .abcdehlo")}
    about = voices.piper_json(phoneme_type="text", phoneme_id_map=ids, espeak={})
    Path(f"{lone}.json").write_text(json.dumps(about))
    assert seconds(spoken("hello bad code.", at(lone))) > 0.5
    with pytest.raises(EngineError, match="cannot say '日本'"):
        spoken("hello 日本.", at(lone))


BAD_JSON: list[tuple[Any, str]] = [
    ([], "all of it is no table"),
    ({"num_symbols": None}, "num_symbols cannot be None"),
    ({"num_symbols": 10**9}, "num_symbols cannot be 1000000000"),
    ({"num_speakers": True}, "num_speakers cannot be True"),
    ({"audio": {"sample_rate": 4000}}, "sample_rate cannot be 4000"),
    ({"audio": {}}, "sample_rate is missing"),
    ({"espeak": {"voice": "../../etc/passwd"}}, "espeak.voice cannot be"),
    ({"espeak": {"voice": 7}}, "espeak.voice cannot be 7"),
    ({"phoneme_type": "pinyin"}, "its phonemes are 'pinyin', which needs more"),
    ({"phoneme_id_map": {"a": [256]}}, "the number of the phoneme 'a' cannot be 256"),
    ({"phoneme_id_map": {"a": 1}}, "the phoneme 'a' has no list"),
    ({"phoneme_id_map": {"a": [1]}}, "the phoneme '_' is missing"),
    ({"inference": {"length_scale": 0}}, "length_scale cannot be 0"),
    ({"inference": {"noise_w": float("nan")}}, "noise_w cannot be nan"),
    ({"speaker_id_map": {"anna": 5}}, "the speaker 'anna' cannot be 5"),
    ({"vowel_clusters": [["a", 1]]}, "vowel_clusters has something else"),
]


@pytest.mark.parametrize(("change", "message"), BAD_JSON, ids=[text for _, text in BAD_JSON])
def test_a_json_that_is_not_a_voices_is_refused(change: Any, message: str, lone: Path) -> None:
    about = change if isinstance(change, list) else voices.piper_json(**change)
    Path(f"{lone}.json").write_text(json.dumps(about))
    with pytest.raises(VoiceError, match=rf"^en_US-whistle-tiny\.onnx\.json: .*{message}"):
        spoken("Hello.", at(lone))


def test_what_is_no_json_is_refused(lone: Path) -> None:
    for data in (b"{", b"\xff\xfe{}", b"[" * 100_000, b"<html>"):
        Path(f"{lone}.json").write_bytes(data)
        with pytest.raises(VoiceError, match="not valid JSON"):
            spoken("Hello.", at(lone))
    Path(f"{lone}.json").write_bytes(b"")
    with pytest.raises(VoiceError, match=r"\.json: empty"):
        spoken("Hello.", at(lone))
    Path(f"{lone}.json").write_bytes(b" " * (5 << 20))
    with pytest.raises(VoiceError, match=r"\.json: larger than 4 MB"):
        spoken("Hello.", at(lone))
    Path(f"{lone}.json").unlink()
    with pytest.raises(VoiceError, match=r"its file en_US-whistle-tiny\.onnx\.json is missing"):
        spoken("Hello.", at(lone))


def test_a_model_of_another_kind_is_refused(lone: Path) -> None:
    for model in (voices.kokoro_model(), voices.piper_model(speakers=2)):
        lone.write_bytes(model.SerializeToString())
        with pytest.raises(VoiceError, match=r"tiny\.onnx: of another version: its inputs are"):
            spoken("Hello.", at(lone))
    lone.write_bytes(b"")
    with pytest.raises(VoiceError, match=r"^en_US-whistle-tiny\.onnx: empty"):
        spoken("Hello.", at(lone))
    lone.unlink()
    lone.mkdir()
    with pytest.raises(VoiceError, match="not a file"):
        spoken("Hello.", at(lone))


def test_another_model_has_another_fingerprint_and_no_path(lone: Path) -> None:
    before = Piper().fingerprint(at(lone))
    assert str(lone.parent) not in before
    sound = spoken(SENTENCE, at(lone))
    lone.write_bytes(voices.piper_model(seed=5).SerializeToString())
    assert Piper().fingerprint(at(lone)) != before
    assert spoken(SENTENCE, at(lone)) != sound


def test_phonemes_are_told() -> None:
    assert Piper().phonemes(["Hello.", "Bye now"], TINY) == ["həlˈoʊ.", "bˈaɪ nˈaʊ"]


def test_without_piper_nothing_is_listed_and_a_line_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def gone(package: str) -> str:
        raise PackageNotFoundError(package)

    monkeypatch.setattr(packages, "version", gone)
    packages.versions.cache_clear()
    assert list(Piper().voices()) == []
    for ask in (Piper().fingerprint, lambda settings: Piper().speak("Hello.", settings)):
        with pytest.raises(VoiceError, match=r"engine 'piper': not installed\. Run pip install"):
            ask(TINY)


def test_neither_the_list_nor_a_build_without_it_imports_it() -> None:
    code = (
        "import sys\n"
        "from pipeline import engines\n"
        "for name in engines.names():\n"
        "    list(engines.engine(name).voices())\n"
        "heavy = {'piper', 'kokoro_onnx', 'onnx', 'onnxruntime', 'numpy'}\n"
        "print(heavy & set(sys.modules))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert done.stdout == b"set()\n"


def test_a_book_is_spoken_and_nothing_is_made_twice(stories: Path, lone: Path) -> None:
    folder = stories.parent / "installed"
    voices.install_piper(folder, "en_US-mine-tiny")
    env = {**os.environ, "MAKE_AUDIOBOOK_VOICES": str(folder)}
    build = ("build", stories, "--voice", "piper:en_US-mine-tiny", "--jobs", "2", "--json")
    first = run(*build, env=env)
    assert first.code == 0, first.err
    assert sum(event["event"] == "spoke" for event in first.json) >= 4
    second = run(*build, env=env)
    assert not [event for event in second.json if event["event"] == "spoke"]
    voices.install_piper(folder, "en_US-mine-tiny", seed=9)
    third = run(*build, env=env)
    assert sum(event["event"] == "spoke" for event in third.json) >= 4
