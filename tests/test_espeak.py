"""Our pyttsx3 driver against espeak-ng itself: nothing missing, nothing truncated, no memory."""

from __future__ import annotations

import hashlib
import io
import random
import subprocess
import sys
import wave
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline import riff, synthesize
from pipeline.build import workers
from pipeline.concatenate import clip
from pipeline.engines import choose, engine, espeak
from pipeline.engines.drivers import OUR_DRIVER, say_to, start
from pipeline.model import Clip, Settings, Speak
from tests.conftest import ROOT
from tests.test_engines import wav_of

ORACLE = ROOT / "tests" / "fakes" / "fresh_espeak.py"
COUNT = 2000
WORDS = (
    "the quiet river carried letters nobody had ever thought to send and at noon a bell began in "
    "1979 while seven hundred gulls—white, grey, “loud”—turned over Llandudno; she said: yes! why? "
    "never… it’s 12 o'clock, Mr. Orr; x y z & co. internationally uncharacteristically"
).split()


def fresh(text: str, voice: str = "en-us", rate: int = 175) -> bytes:
    """What espeak-ng says when it has never said anything before."""
    command = [sys.executable, str(ORACLE), voice, str(rate)]
    done = subprocess.run(command, input=text.encode(), capture_output=True, check=True)
    return done.stdout


def heard(wav: bytes) -> bytes:
    """A WAV of the same samples, without cue points."""
    with wave.open(io.BytesIO(wav)) as file:
        return wav_of(file.readframes(file.getnframes()), file.getframerate())


def texts(longest: int = 55) -> list[str]:
    """Of very different length, from one word to some four hundred characters."""
    chance = random.Random(1979)
    sizes = [size for size in (1, 1, 1, 2, 2, 3, 3, 5, 8, 13, 21, 55) if size <= longest]
    made = [" ".join(chance.choices(WORDS, k=chance.choice(sizes))) for _ in range(COUNT)]
    return [f"{text} {number}." for number, text in enumerate(made)]


def spoken(asked: Iterable[Speak], jobs: int) -> list[Clip]:
    with workers(jobs) as crew:
        futures = [crew.executor.submit(synthesize.speak, action) for action in asked]
        return [future.result() for future in futures]


def test_two_thousand_utterances_equal_a_fresh_processs() -> None:
    """None missing, none truncated, none twice; and in another order the same bytes."""
    settings = choose(Settings(), "en-US")
    all_texts = texts()
    actions = [Speak(text, settings, "") for text in all_texts]
    forwards = spoken(actions, jobs=2)
    shuffled = random.Random(7).sample(range(COUNT), COUNT)
    backwards = dict(zip(shuffled, spoken([actions[i] for i in shuffled], jobs=2), strict=True))
    with ThreadPoolExecutor(2) as threads:
        oracle = list(threads.map(lambda text: clip(wav_of(fresh(text))), all_texts))
    different = [all_texts[i] for i in range(COUNT) if forwards[i].pcm != oracle[i].pcm]
    assert different == []
    assert [i for i in range(COUNT) if backwards[i] != forwards[i]] == []
    assert len({hashlib.sha256(each.pcm).digest() for each in forwards}) == COUNT


def test_settings_reach_espeak() -> None:
    slow = engine("pyttsx3").speak("Slowly now.", Settings(voice="en", rate=100))
    assert heard(slow) == wav_of(fresh("Slowly now.", "en", 100))
    quiet = engine("pyttsx3").speak("Hush.", Settings(voice="en-us", volume=0.2))
    loud = engine("pyttsx3").speak("Hush.", Settings(voice="en-us", volume=1.0))
    assert len(quiet) == len(loud)
    assert quiet != loud
    high = engine("pyttsx3").speak("Hush.", Settings(voice="en-us", pitch=90))
    assert high != loud


@pytest.mark.parametrize("text", ["x" * 300, "w" * 30, "1" * 60, "supercalifragilistic" * 30])
def test_a_word_that_espeak_would_cut_off_is_refused(text: str) -> None:
    """It fills a buffer and says no more, without a word of warning."""
    with pytest.raises(RuntimeError, match="too long a word for espeak-ng"):
        espeak.synthesize(f"The word {text} is long.", "en-us", 170, 50, 100)


def test_words_within_the_bound_are_not_refused() -> None:
    for word in ("Llanfairpwllgwyngyll", "Donaudampfschifffahrtsgesellschaft", "w" * 12, "7" * 15):
        assert espeak.synthesize(word, "en-us", 170, 50, 100).samples


def test_threads_that_all_begin_at_once() -> None:
    """In a process that has never spoken: loading and unloading must not cross."""
    code = (
        "from concurrent.futures import ThreadPoolExecutor\n"
        "from pipeline.engines import engine\n"
        "from pipeline.model import Settings\n"
        "def speak(n):\n"
        "    return len(engine('pyttsx3').speak(f'Number {n}.', Settings(voice='en-US')))\n"
        "with ThreadPoolExecutor(8) as pool:\n"
        "    print(sum(pool.map(speak, range(40))) > 0)\n"
    )
    for _ in range(5):
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
        assert (done.returncode, done.stdout) == (0, b"True\n"), done.stderr


def test_the_library_starts_afresh_here() -> None:
    assert espeak.starts_afresh()


def test_where_it_does_not_each_utterance_has_its_own_process(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(espeak, "starts_afresh", lambda: False)
    settings = Settings(voice="en-us")
    alone = engine("pyttsx3").speak("Alone.", settings)
    assert heard(alone) == wav_of(fresh("Alone."))
    assert [word.sample for word in riff.words(alone)] == [0]


def test_pyttsx3_tells_what_the_driver_could_not_do(tmp_path: Path) -> None:
    settings = Settings(voice="en-us")
    assert say_to(str(tmp_path / "there.wav"), OUR_DRIVER, "Here.", settings) == []
    errors = say_to(str(tmp_path / "no" / "where.wav"), OUR_DRIVER, "Here.", settings)
    assert "No such file" in errors[0]
    errors = say_to(io.BytesIO(), OUR_DRIVER, "Here.", replace(settings, voice="nobody"))
    assert errors == ["espeak-ng has no voice 'nobody'"]
    assert say_to(io.BytesIO(), OUR_DRIVER, "And again.", settings) == []


def test_the_driver_offers_pyttsx3s_interface() -> None:
    speaker = start(OUR_DRIVER)
    listed = speaker.getProperty("voices")
    assert "English (America)" in {voice.name for voice in listed}
    speaker.setProperty("rate", 200)
    speaker.runAndWait()
    assert speaker.getProperty("rate") == 200
