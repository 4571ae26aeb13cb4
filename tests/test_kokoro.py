"""Kokoro, with the real kokoro-onnx and small models made here."""

from __future__ import annotations

import io
import json
import pickle
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline.engines import choose, engine, espeak, graph, ipa, kokoro
from pipeline.engines.contract import SENTENCE, Contract, seconds
from pipeline.engines.kokoro import Kokoro
from pipeline.errors import EngineError, VoiceError
from pipeline.model import Hint, Settings
from tests import voices
from tests.conftest import run
from tests.test_piper import samples

pytestmark = pytest.mark.usefixtures("installed_voices")
HEART = Settings(engine="kokoro", voice="af_heart")


class TestKokoro(Contract):
    engine = Kokoro()
    settings = HEART


@pytest.fixture
def lone(tmp_path: Path, made_voices: Path) -> Path:
    """A copy of the model with its styles, in no folder of installed ones."""
    for name in ("kokoro-tiny.onnx", "voices-tiny.bin"):
        shutil.copy(made_voices / "kokoro" / name, tmp_path / name)
    return tmp_path / "kokoro-tiny.onnx"


def at(path: Path, style: str = "af_heart") -> Settings:
    return replace(HEART, voice=f"{path.stem}#{style}" if style else path.stem, file=str(path))


def spoken(text: str, settings: Settings = HEART, *hints: Hint) -> bytes:
    return Kokoro().speak_hinted(text, hints, settings)


def symbols(text: str, *hints: Hint, settings: Settings = HEART) -> str:
    """What the model is asked to say."""
    place = kokoro._place(settings)
    return kokoro._symbols(text, hints, place, kokoro._loaded(place.model).tokenizer.vocab)


def test_styles_are_listed_with_language_and_gender() -> None:
    listed = {voice.name: voice for voice in engine("kokoro").voices()}
    assert list(listed) == ["af_heart", "am_adam", "bf_emma", "ff_siwis"]
    assert listed["bf_emma"].languages == ("en-GB",)
    assert listed["am_adam"].gender == "male"
    assert listed["ff_siwis"].speaker == "Kokoro, Siwis (fr-FR)"


def test_a_style_of_the_language_is_chosen() -> None:
    assert choose(Settings(engine="kokoro"), "en-US").voice == "af_heart"
    assert choose(Settings(engine="kokoro"), "en-GB").voice == "bf_emma"
    assert choose(Settings(engine="kokoro"), "fr").voice == "ff_siwis"


def test_a_model_may_be_a_file(lone: Path) -> None:
    assert spoken(SENTENCE, at(lone)) == spoken(SENTENCE)
    assert Kokoro().fingerprint(at(lone)) == Kokoro().fingerprint(HEART)
    with pytest.raises(VoiceError, match=r"say which voice, as in #af_heart\. It has af_heart, am"):
        spoken("Hello.", at(lone, ""))


def test_of_several_models_the_largest_speaks(lone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = lone.parent / "kokoro"
    folder.mkdir()
    for path in (lone, lone.with_name("voices-tiny.bin")):
        path.rename(folder / path.name)
    larger = voices.kokoro_model(seed=2)
    larger.doc_string = "finer numbers"
    (folder / "a-larger.onnx").write_bytes(larger.SerializeToString())
    monkeypatch.setenv("MAKE_AUDIOBOOK_VOICES", str(lone.parent))
    assert Path(kokoro._place(HEART).model.path).name == "a-larger.onnx"


def test_noise_is_the_same_each_time_for_it_was_made_so(
    lone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert spoken("A. B.", at(lone)) == spoken("A. B.", at(lone))
    monkeypatch.setattr(graph, "steady", lambda model, name: model.SerializeToString())
    lone.write_bytes(voices.kokoro_model(seed=3).SerializeToString())
    assert spoken("A. B.", at(lone)) != spoken("A. B.", at(lone))


def test_styles_sound_different_and_have_their_own_fingerprints() -> None:
    adam = replace(HEART, voice="am_adam")
    assert spoken(SENTENCE, adam) != spoken(SENTENCE)
    assert Kokoro().fingerprint(adam) != Kokoro().fingerprint(HEART)


def test_a_style_that_is_not_there_is_refused() -> None:
    with pytest.raises(VoiceError, match=r"voice 'af_hart'.*Did you mean 'af_heart'\?"):
        spoken("Hello.", replace(HEART, voice="af_hart"))
    with pytest.raises(VoiceError, match=r"'\.\./af_heart'"):
        spoken("Hello.", replace(HEART, voice="../af_heart"))


def test_rate_pitch_and_volume() -> None:
    usual = spoken(SENTENCE)
    fast = spoken(SENTENCE, replace(HEART, rate=350))
    assert seconds(fast) == pytest.approx(seconds(usual) / 2, rel=0.02)
    low = spoken(SENTENCE, replace(HEART, pitch=20))
    assert seconds(low) == pytest.approx(seconds(usual), rel=0.02)
    assert low != usual
    soft = spoken(SENTENCE, replace(HEART, volume=0.5))
    assert np.abs(samples(soft)).max() == pytest.approx(np.abs(samples(usual)).max() / 2, rel=0.01)


@pytest.mark.parametrize("rate", [80, 351])
def test_a_rate_that_it_cannot_speak_at_is_refused(rate: int) -> None:
    with pytest.raises(VoiceError, match=rf"at rate {rate}\..*from 88 to 350"):
        spoken("Hello.", replace(HEART, rate=rate))


def test_what_it_is_given_has_marks_and_its_own_notation() -> None:
    assert symbols("“Hello,” she said—may I?") == "“həlˈO,” ʃiː sˈɛd—mˈA ˈI?"
    assert symbols("Just a match. 3.5") == "ʤˈʌst ɐ mˈæʧ. θɹˈiː pɔɪnt fˈaɪv".replace(
        "ɔɪ", "Y"
    ).replace("aɪ", "I")
    british = replace(HEART, voice="bf_emma")
    assert symbols("Oh, go.", settings=british) == "ˈQ, ɡˈQ."
    french = replace(HEART, voice="ff_siwis")
    assert "ʤ" in symbols("Le jazz.", settings=french)


def test_nothing_of_another_language_but_its_sounds_is_said() -> None:
    """espeak marks where it changes to English, in letters that would be spoken."""
    said = symbols("Le week-end, le shopping.", settings=replace(HEART, voice="ff_siwis"))
    assert "(" not in said
    assert "ʃ" in said


def test_a_hint_is_said_in_the_place_of_a_word() -> None:
    text = "The bass, too. “Bass”."
    hints = [Hint(4, 8, "phonemes", "be͡ɪs"), Hint(16, 20, "phonemes", "t͡ʃæs")]
    assert symbols(text, *hints) == "ðə bAs, tˈuː. “ʧæs”."
    assert spoken(text, HEART, *hints) != spoken(text)


def test_a_hint_that_it_cannot_say_is_named() -> None:
    with pytest.raises(EngineError, match="no symbol for 'ʘ' of the IPA 'ʘa'"):
        spoken("Bass.", HEART, Hint(0, 4, "phonemes", "ʘa"))


def test_a_word_that_would_be_lost_is_named(lone: Path) -> None:
    model = voices.kokoro_model()
    vocabulary = {"ɐ": 1, "b": 2, "æ": 3, " ": 4, "t": 5, "ˈ": 6, ".": 7}
    model.metadata_props.add(key="kokoro_config", value=json.dumps({"vocab": vocabulary}))
    lone.write_bytes(model.SerializeToString())
    assert spoken("Bat.", at(lone))
    with pytest.raises(EngineError, match="the voice cannot say 'sea'"):
        spoken("Bat, sea.", at(lone))


@pytest.mark.parametrize("told", ["[", "[]", '{"vocab": {"ab": 1}}', '{"vocab": {"a": -1}}'])
def test_a_list_of_symbols_that_is_none_is_refused(told: str, lone: Path) -> None:
    model = voices.kokoro_model()
    model.metadata_props.add(key="kokoro_config", value=told)
    lone.write_bytes(model.SerializeToString())
    with pytest.raises(VoiceError, match=r"^kokoro-tiny\.onnx: its list of symbols is broken"):
        spoken("Hello.", at(lone))


def test_a_long_text_is_given_in_batches_and_all_of_it() -> None:
    text = " ".join(
        f"Number {n} was a thing nobody expected." for n in "one two six ten".split() * 5
    )
    said = symbols(text)
    assert len(said) > 510
    tokens = sum(not char.isspace() for char in said)
    heard = seconds(spoken(text))
    assert heard > tokens * voices.KOKORO_SECONDS


def npy(array: Any) -> bytes:
    out = io.BytesIO()
    np.save(out, array, allow_pickle=True)
    return out.getvalue()


def header(shape: str) -> bytes:
    text = f"{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}".ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text.encode()


BAD_STYLES = [
    (npy(np.array([{"a": 1}], object)), "object of"),
    (npy(np.zeros((510, 1, 256), np.float64)), "float64 of"),
    (npy(np.zeros((510, 1, 255), np.float32)), r"float32 of \(510, 1, 255\)"),
    (npy(np.full((2, 1, 256), np.nan, np.float32)), "not all of it are numbers"),
    (header("(1000000000000, 1, 256)"), "it has .* numbers"),
    (header("(510, 1, 256)"), ""),
    (header("(" * 300), ""),
    (b"", ""),
    (pickle.dumps([1.0]), ""),
    (bytes(1 << 23), "too large"),
]


@pytest.mark.parametrize(("member", "message"), BAD_STYLES)
def test_a_style_that_is_none_is_refused(member: bytes, message: str, lone: Path) -> None:
    lone.with_name("voices-tiny.bin").write_bytes(voices.zipped(**{"af_heart.npy": member}))
    with pytest.raises(VoiceError, match=rf"^voices-tiny\.bin: its af_heart\.npy is .*{message}"):
        spoken("Hello.", at(lone))


def test_a_broken_file_takes_no_list_away(lone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = lone.parent / "kokoro"
    folder.mkdir()
    lone.rename(folder / lone.name)
    (folder / "voices-tiny.bin").write_bytes(b"no zip")
    monkeypatch.setenv("MAKE_AUDIOBOOK_VOICES", str(lone.parent))
    (broken,) = Kokoro().voices()
    assert broken.description.startswith("cannot be used: voices-tiny.bin: not a file")


@pytest.mark.parametrize(
    "data", [b"no zip", pickle.dumps({"af_heart": 1}), voices.styles("af_heart")[:-30]]
)
def test_a_file_of_voices_that_is_none_is_refused(data: bytes, lone: Path) -> None:
    lone.with_name("voices-tiny.bin").write_bytes(data)
    with pytest.raises(VoiceError, match=r"^voices-tiny\.bin: not a file of Kokoro's voices"):
        spoken("Hello.", at(lone))


def test_a_model_of_another_kind_or_alone_is_refused(lone: Path) -> None:
    lone.write_bytes(voices.piper_model().SerializeToString())
    with pytest.raises(VoiceError, match=r"^kokoro-tiny\.onnx: of another version: its inputs"):
        spoken("Hello.", at(lone))
    lone.with_name("voices-tiny.bin").unlink()
    with pytest.raises(VoiceError, match="no file of voices"):
        spoken("Hello.", at(lone))


def test_newer_exports_name_their_input_otherwise(lone: Path) -> None:
    lone.write_bytes(voices.kokoro_model(tokens="input_ids").SerializeToString())
    assert spoken(SENTENCE, at(lone)) == spoken(SENTENCE)


def test_without_a_model_a_voice_says_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAKE_AUDIOBOOK_VOICES", str(tmp_path))
    assert list(Kokoro().voices()) == []
    with pytest.raises(VoiceError, match="voices add kokoro`"):
        spoken("Hello.")


@pytest.mark.parametrize("name", ["kokoro", "piper"])
@pytest.mark.parametrize("first", ["neural()", "say('First.')", ""])
def test_espeak_begins_afresh_before_and_after_it(name: str, first: str) -> None:
    """kokoro-onnx would keep espeak's library loaded, and our driver with its memory."""
    code = (
        "from pipeline.engines import choose, engine, espeak\n"
        "from pipeline.model import Settings\n"
        "def say(text):\n"
        "    return engine('pyttsx3').speak(text, Settings(voice='en-US'))\n"
        "def neural():\n"
        f"    return engine('{name}').speak('Hello.', choose(Settings(engine='{name}'), 'en-US'))\n"
        f"{first}\n"
        "one = say('The same.')\n"
        "say('Something else, for a change!')\n"
        "two = neural()\n"
        "espeak.starts_afresh.cache_clear()\n"
        "print(one == say('The same.'), two == neural(), espeak.starts_afresh())\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert done.stdout == b"True True True\n", done.stderr


def test_its_phonemes_are_those_of_the_same_espeak() -> None:
    assert Kokoro().phonemes(["Hello.", "Bye, now"], HEART) == ["həlˈoʊ.", "bˈaɪ, nˈaʊ"]
    assert espeak.phonemes(["Hello."], "en-us") == ["həlˈoʊ"]


def test_a_book_is_spoken_with_two_jobs(stories: Path, made_voices: Path) -> None:
    build = ("build", stories, "--voice", "kokoro:af_heart", "--jobs", "2", "--json")
    first = run(*build)
    assert first.code == 0, first.err
    assert sum(event["event"] == "spoke" for event in first.json) >= 4
    assert not [event for event in run(*build).json if event["event"] == "spoke"]


def test_marks_alone_are_no_sounds() -> None:
    assert not ipa.is_sound("ˈ")
    assert not ipa.is_sound("ː")
    assert ipa.is_sound("ʃ")
