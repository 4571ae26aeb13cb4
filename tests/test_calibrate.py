"""What a voice says once to be levelled."""

from __future__ import annotations

import pytest

from pipeline import calibrate, master
from pipeline.calibrate import PASSAGES, passage
from pipeline.engines import choose
from pipeline.model import Settings
from pipeline.synthesize import action, speak


@pytest.mark.parametrize(
    ("tag", "language"), [("en-GB", "en"), ("de", "de"), ("DE-at", "de"), ("pt-BR", "pt")]
)
def test_the_passage_is_in_the_voices_language(tag: str, language: str) -> None:
    assert passage(tag).spoken == PASSAGES[language]


def test_a_language_without_one_has_the_english_one() -> None:
    assert passage("ja") == passage("el") == passage("en")


def test_it_is_a_clip_like_any_other() -> None:
    found = passage("en")
    assert found.text == found.spoken == found.sound
    assert found == calibrate.passage("en")


@pytest.mark.parametrize("language", PASSAGES)
def test_every_passage_can_be_said_and_measured(language: str) -> None:
    settings = choose(Settings(), language)
    clip = speak(action(passage(language), settings))
    assert 4 < clip.samples / clip.rate < 20
    assert -10 < master.level_gain(master.measured(clip)) < 10


def test_soft_and_loud_voices_are_levelled_to_each_other() -> None:
    gains = []
    for volume in (1.0, 0.1):
        settings = choose(Settings(engine="tone", volume=volume), "en")
        gains.append(master.level_gain(master.measured(speak(action(passage("en"), settings)))))
    assert gains[1] - gains[0] == pytest.approx(20, abs=0.5)


@pytest.mark.parametrize("language", ["ru", "el", "ja", "ar"])
def test_voices_of_other_scripts_say_the_english_one(language: str) -> None:
    settings = choose(Settings(), language)
    assert speak(action(passage(language), settings)).samples
