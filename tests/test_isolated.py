"""One process for an utterance: whatever a driver does, there is audio or an error in time."""

from __future__ import annotations

import io
import os
import wave
from pathlib import Path

import pytest

from pipeline.engines import isolated
from pipeline.engines.drivers import OUR_DRIVER
from pipeline.errors import EngineError
from pipeline.model import Settings
from tests.conftest import ROOT, ffmpeg
from tests.test_engines import LOUD, wav_of


@pytest.fixture
def fakes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Drivers that misbehave, in the child alone."""
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT / "tests" / "fakes"), str(ROOT)]))


@pytest.mark.parametrize(
    ("driver", "message"),
    [
        ("hangs", "hangs: it gave no answer in 2 seconds"),
        ("crashes", "crashes: it ended with code 9"),
        ("raises", "raises: the voice is gone"),
        ("forgets", "forgets: it said it had finished and wrote no file"),
        ("nowhere", "nowhere: it ended with code 1: ModuleNotFoundError"),
    ],
)
@pytest.mark.usefixtures("fakes")
def test_a_driver_that_misbehaves(
    driver: str, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if driver == "hangs":
        monkeypatch.setattr(isolated, "START_SECONDS", 2.0)
        monkeypatch.setattr(isolated, "SECONDS_A_CHARACTER", 0.0)
    with pytest.raises(EngineError, match=message):
        isolated.speak(driver, "Is anybody there?", Settings(voice="fake.voice"))


@pytest.mark.usefixtures("fakes")
def test_voices_are_listed_the_systems_choice_first() -> None:
    assert isolated.voices("forgets") == [
        {"id": "fake.voice", "name": "Fake", "languages": ["en-US"], "gender": "Female"},
        {"id": "fake.first", "name": "First", "languages": ["en-GB"], "gender": ""},
    ]


def test_a_real_driver_speaks() -> None:
    data = isolated.speak(OUR_DRIVER, "Through a process of its own.", Settings(voice="en-us"))
    with wave.open(io.BytesIO(data)) as wav:
        assert wav.getnframes() > 22050


@pytest.mark.parametrize("codec", ["pcm_s16be", "pcm_s16le"])
def test_what_nsspeech_writes_is_made_a_wav(codec: str, tmp_path: Path) -> None:
    (tmp_path / "in.wav").write_bytes(wav_of(LOUD))
    path = str(tmp_path / "out.aiff")
    ffmpeg("-i", str(tmp_path / "in.wav"), "-c:a", codec, "-f", "aiff", path)
    assert isolated.as_wav(Path(path).read_bytes()) == wav_of(LOUD)


def test_an_aiff_without_sound_is_an_error() -> None:
    with pytest.raises(EngineError, match="no sound in it"):
        isolated.as_wav(b"FORM\0\0\0\4AIFF")
    assert isolated.as_wav(wav_of(LOUD)) == wav_of(LOUD)
