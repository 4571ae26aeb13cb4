"""Marks and the times of sentences are where they are said, in every format, after decoding."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline.batch import delivery_of
from pipeline.model import Voice
from pipeline.plan import Plan, plan
from pipeline.read import read
from pipeline.store import FOLDER, Store
from pipeline.voices.profiles import read_voice
from tests.clicks import RATES, click, register, wav
from tests.ears import due, marks, missed
from tests.test_plan import build_all

TOLERANCE = 0.005  # seconds
FORMATS = ("mp3", "m4b", "opus", "flac", "wav")
TEXTS = {
    "1_the-sea": "The First Part of It\n\nOne went up. Two came down.\n\n"
    "The Second Part of It\n\nIt was long, and it was loud; nobody knew why.\n",
    "2_the-hill": "The hill was steep.\n\nThey climbed it anyway. One of them fell.\n",
    "3_the-end": "It ends.\n\nThe Last Part of It\n\nSo it was.\n",
}


@pytest.fixture
def clicks(project: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project in which the engines of `tests.clicks` are found."""
    monkeypatch.syspath_prepend(register(project / "site"))
    return project


@pytest.fixture
def book(clicks: Path) -> Path:
    folder = clicks / "book"
    folder.mkdir()
    for name, text in TEXTS.items():
        (folder / f"{name}.txt").write_text(text)
    return folder


def asked(
    folder: Path,
    voice: str = "clicks:22050",
    voices: Mapping[str, Voice] | None = None,
    **wish: Any,
) -> Plan:
    """What it would take to make a book in these formats; a chapter begins with its first word."""
    pace = tuple({"chapter_start": 0, **wish.pop("pace", {})}.items())
    store = Store(Path("out", FOLDER))
    profile = read_voice(voice, pace)
    named = {name: replace(one, pace=profile.pace) for name, one in (voices or {}).items()}
    return plan(read(folder), profile, Path("out"), store, named, delivery=delivery_of(wish))


def check(folder: Path, head: float = 0.0) -> None:
    """All clicks of all files are heard at their lines' times, and one at each mark.

    `head`: seconds of rest between a chapter's mark and its first line.
    """
    for file in due(folder):
        starts = [start + head for _, start in marks(file.path)]
        places = sorted([*file.lines, *starts])
        late = dict(zip(places, missed(file.path, places, file.rate), strict=True))
        assert {at: by for at, by in late.items() if abs(by) > TOLERANCE} == {}, file.path.name


@pytest.mark.parametrize("form", ["mp3", "opus", "flac", "wav"])
def test_a_file_a_chapter(form: str, book: Path) -> None:
    made = asked(book, format=form)
    build_all(made)
    check(made.folder)
    assert [len(marks(step.path)) for step in made.steps] == [2, 0, 2]


@pytest.mark.parametrize("form", FORMATS)
def test_one_file_for_the_book(form: str, book: Path) -> None:
    made = asked(book, format=form, whole=True)
    build_all(made)
    check(made.folder)
    (file,) = due(made.folder)
    assert [title for title, _ in marks(file.path)] == [s.chapter.title for s in made.steps]


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("preset", ["acx", "stereo"])
def test_mastering_that_changes_rate_or_channels(preset: str, form: str, book: Path) -> None:
    made = asked(book, format=form, master=preset, whole=True)
    build_all(made)
    check(made.folder, made.delivery.mastering.head[0] / 1000)


@pytest.mark.parametrize("form", FORMATS)
def test_voices_of_several_rates_in_one_file(form: str, book: Path) -> None:
    (book / "audiobook.toml").write_text(
        "".join(
            f'[[chapter]]\nfile = "{name}.txt"\nvoice = "{rate}"\n'
            for name, rate in zip(TEXTS, (48_000, 16_000, 24_000), strict=True)
        )
    )
    voices = {str(rate): read_voice(f"clicks:{rate}") for rate in RATES}
    made = asked(book, voices=voices, format=form, whole=True)
    build_all(made)
    check(made.folder)


@pytest.mark.parametrize("rate", RATES)
def test_a_voice_of_any_rate(rate: int, book: Path) -> None:
    made = asked(book, f"clicks:{rate}", format="mp3,m4b,opus")
    build_all(made)
    check(made.folder)


def test_pauses_of_an_odd_length(book: Path) -> None:
    """No time is rounded on the way: the next line starts where the sums say."""
    pace = {"sentence": 333, "paragraph": 1, "before_heading": 777, "chapter_end": 0}
    made = asked(book, format="mp3,m4b,flac", whole=True, pace=pace)
    build_all(made)
    check(made.folder)


def test_the_ear_is_not_easily_pleased(tmp_path: Path) -> None:
    """A click that is late is told, to the sample; one that is not there is not found."""
    rate = 22_050
    samples = 0.2 * np.sin(np.arange(3 * rate) / 20)
    samples += 0.05 * np.random.default_rng(1).normal(size=len(samples))
    for at in (0.5, 2.01):
        place = round(at * rate)
        samples[place : place + len(click(rate))] += 0.3 * click(rate)
    path = tmp_path / "late.wav"
    path.write_bytes(wav(samples, rate))
    assert missed(path, [0.5, 1.2, 2.0, 2.5], rate) == pytest.approx(
        [0, np.inf, 0.01, np.inf], abs=1 / rate
    )
