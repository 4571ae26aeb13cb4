"""What an engine promises, as tests: subclass `Contract` in a test module, and pytest finds them.

    from whistle_audiobook import Whistle
    from pipeline.engines.contract import Contract

    class TestWhistle(Contract):
        engine = Whistle()
        settings = Settings(engine="whistle", voice="low")

It needs no package of tests: an engine keeps its promise, or an assertion says which it breaks.
"""

from __future__ import annotations

import io
import re
import wave
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import ClassVar

from pipeline import riff
from pipeline.concatenate import clip
from pipeline.engines import Engine
from pipeline.errors import EngineError
from pipeline.model import Settings, Speak
from pipeline.normalize.pieces import LONGEST_UTTERANCE
from pipeline.processes import Workers
from pipeline.synthesize import check_duration

SENTENCE = "The gate was open, and nobody had told the dog."
SECONDS = 1.5, 6.0  # that it takes at the usual rate, whoever speaks
UNUSUAL = ("I", "“Naïve” — ½ of 日本 & co…", "A.\nB.\tC.", "x" * 12, "e\u0301te\u0301", "🙂 Well.")
EMPTY = ("", " ", "…", "—", "?!", "\u200b")
LINE = "She said that the boat had come in late, and that nobody was there to meet it. "


def seconds(wav: bytes) -> float:
    """How long a WAV is; wave.Error where it is none."""
    with wave.open(io.BytesIO(wav)) as file:
        return float(file.getnframes() / file.getframerate())


class Contract:
    """The promises, of an engine and settings with a voice that it has.

    `slower` is a rate below the settings' own that the engine can speak at.
    """

    engine: ClassVar[Engine]
    settings: ClassVar[Settings]
    slower: ClassVar[int] = 110

    def test_it_gives_a_mono_16_bit_wav_of_a_plausible_length(self) -> None:
        with wave.open(io.BytesIO(self.engine.speak(SENTENCE, self.settings))) as wav:
            assert (wav.getnchannels(), wav.getsampwidth()) == (1, 2)
            assert 8_000 <= wav.getframerate() <= 96_000
        least, most = SECONDS
        assert least < seconds(self.engine.speak(SENTENCE, self.settings)) < most

    def test_the_same_text_gives_the_same_bytes_whatever_was_before(self) -> None:
        first = self.engine.speak("The same again.", self.settings)
        self.engine.speak("Something quite different, for a change!", self.settings)
        assert self.engine.speak("The same again.", self.settings) == first

    def test_another_process_gives_the_same_bytes_also_after_one_was_ended(self) -> None:
        here = self.engine.speak(SENTENCE, self.settings)
        with Workers(1) as workers:
            assert workers.submit(self.engine.speak, SENTENCE, self.settings).result() == here
        ended = Workers(1)
        ended.submit(self.engine.speak, LINE * 4, self.settings)
        ended.shutdown(cancel_futures=True)  # in the middle of it, most likely
        with Workers(1) as workers:
            assert workers.submit(self.engine.speak, SENTENCE, self.settings).result() == here

    def test_several_at_once_get_what_each_asked_for(self) -> None:
        asked = [f"Number {n} of them." for n in "one two three four five six".split()]
        one_by_one = [self.engine.speak(text, self.settings) for text in asked]
        with ThreadPoolExecutor(4) as pool:
            at_once = list(pool.map(lambda text: self.engine.speak(text, self.settings), asked))
        assert at_once == one_by_one
        assert len(set(one_by_one)) == len(asked)

    def test_slower_is_longer(self) -> None:
        slow = replace(self.settings, rate=self.slower)
        usual = seconds(self.engine.speak(SENTENCE, self.settings))
        assert seconds(self.engine.speak(SENTENCE, slow)) > usual * 1.2

    def test_the_fingerprint_is_one_line_and_the_same_every_time(self) -> None:
        found = self.engine.fingerprint(self.settings)
        assert found == self.engine.fingerprint(self.settings)
        assert found.isprintable() and found.strip()

    def test_its_words_if_it_tells_any_are_all_of_the_text_in_order(self) -> None:
        text = "The gate was open; nobody had told the dog."
        told = riff.words(self.engine.speak(text, self.settings))
        found = " ".join(text[cue.start : cue.start + cue.length] for cue in told)
        assert not told or found.split() == re.findall(r"\w+", text)

    def test_it_lists_its_voices_each_name_once(self) -> None:
        names = [voice.name for voice in self.engine.voices()]
        assert names and len(names) == len(set(names))
        assert all(name.isprintable() for name in names)

    def test_it_takes_unusual_text(self) -> None:
        for text in UNUSUAL:
            assert clip(self.engine.speak(text, self.settings)).samples > 0, text

    def test_nothing_to_say_is_an_error_or_silence_and_never_noise(self) -> None:
        for text in EMPTY:
            try:
                given = self.engine.speak(text, self.settings)
            except Exception as error:  # noqa: BLE001  any, if it says something
                assert str(error), text
            else:
                assert seconds(given) < 3, text

    def test_the_longest_text_is_all_there(self) -> None:
        longest = min(LONGEST_UTTERANCE, getattr(self.engine, "LONGEST", LONGEST_UTTERANCE))
        text = (LINE * (longest // len(LINE) + 1))[:longest].rsplit(" ", 1)[0] + "."
        spoken = clip(self.engine.speak(text, self.settings))
        check_duration(Speak(text, self.settings, ""), spoken)
        half = text[: len(text) // 2].rsplit(" ", 1)[0]
        part = clip(self.engine.speak(half, self.settings))
        assert spoken.samples > 1.6 * part.samples

    def test_a_voice_that_it_does_not_have_is_named_in_an_error(self) -> None:
        nobody = replace(self.settings, voice="nobody-of-that-name", file="")
        try:
            self.engine.speak(SENTENCE, nobody)
        except Exception as error:  # noqa: BLE001
            assert "nobody-of-that-name" in str(error), error
        else:
            names = [voice.name for voice in self.engine.voices()]
            assert len(names) == 1, "it speaks with a voice that it does not list"

    def test_what_it_gives_is_a_clip(self) -> None:
        spoken = clip(self.engine.speak(SENTENCE, self.settings))
        try:
            check_duration(Speak(SENTENCE, self.settings, ""), spoken)
        except EngineError as error:
            raise AssertionError(str(error)) from error
