"""Files of whole books: what one cannot hold is split, or refused with a word on what to do."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline import volume
from pipeline.errors import ConfigError
from pipeline.manifest import Record
from pipeline.model import Joined
from pipeline.plan import Step
from pipeline.store import Store
from tests.conftest import run
from tests.ears import marks
from tests.test_marks import asked


@pytest.fixture
def many(project: Path) -> Path:
    """A book of 300 chapters, of which most say the same."""
    folder = project / "many"
    folder.mkdir()
    for number in range(1, 301):
        (folder / f"{number:03d}_story.txt").write_text(f"It was {'so ' * (number % 3)}long.")
    return folder


def test_a_book_of_300_chapters_is_split(many: Path) -> None:
    done = run(many, "--voice", "tone:", "--format", "mp3,m4b", "--whole", "--jobs", "2")
    assert done.code == 0, done.err
    for suffix in ("mp3", "m4b"):
        said = (
            "Many: 300 chapters, and players count up to 255 in a file; made as 2 files, from "
            f"Many (1 of 2).{suffix} on."
        )
        assert said in done.err
        names = [f"Many ({part} of 2).{suffix}" for part in (1, 2)]
        lists = [marks(Path("out/Many", name)) for name in names]
        assert [len(listed) for listed in lists] == [255, 45]
        known = json.loads(Path("out/Many/manifest.json").read_text())
        bound = {one["file"]: one for one in known["volumes"]}
        for name, listed in zip(names, lists, strict=True):
            starts = [start / bound[name]["rate"] for _, start in bound[name]["chapters"]]
            assert [start for _, start in listed] == pytest.approx(starts, abs=0.0011)
    assert "300 chapters" not in run(many, "--voice", "tone:", "--out", "single").err


def test_a_book_that_fits_is_not_split(stories: Path) -> None:
    made = asked(stories, "tone:", format="m4b,mp3", whole=True)
    assert len(made.volumes) == 2
    assert not made.book.notices


def long(step: Step, seconds: int) -> Record:
    """The record of a chapter that is so long."""
    samples = seconds * 22_050
    starts = (0,) * len(step.script.utterances)
    return step.record("", Joined(22_050, samples, starts, samples))


@pytest.mark.parametrize("form", ["flac", "opus"])
def test_a_chapter_after_a_hundred_hours(form: str, stories: Path) -> None:
    """Comments have two digits for hours; it is refused before anything is encoded."""
    made = asked(stories, "tone:", format=form, whole=True)
    records = [long(step, 100 * 3600) for step in made.steps]
    with pytest.raises(ConfigError, match=r"Stories\.\w+: a chapter starts after 100 hours.*m4b"):
        volume.bind(made.volumes[0], made.steps, records, made.cover, Store(Path("none")))
    assert not made.folder.exists()
