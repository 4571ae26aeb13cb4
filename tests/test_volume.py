"""One file for the book: made of its chapters, and made again for nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline import events, manifest
from pipeline.check.decode import contents
from pipeline.store import FOLDER
from pipeline.voices.profiles import read_voice
from tests.conftest import decoded, run
from tests.test_build import files
from tests.test_build import run as build
from tests.test_plan import planned

WHOLE = ("mp3", "m4b", "opus", "flac", "wav")
FOLDER_OF = Path("out/Stories")


def kinds(told: list[events.Event]) -> list[str]:
    return [type(event).__name__ for event in told if not isinstance(event, events.Planned)]


def encoded(told: list[events.Event]) -> list[int]:
    """Which chapters have been encoded."""
    return sorted(event.number for event in told if isinstance(event, events.Joined))


@pytest.mark.parametrize("form", WHOLE)
def test_a_book_in_one_file(form: str, stories: Path) -> None:
    made = planned(stories, format=form, whole=True)
    told = build(made)
    assert encoded(told) == [1, 2]
    done = [event for event in told if isinstance(event, events.Finished)]
    assert [(event.number, event.title, Path(event.file).name) for event in done] == [
        (0, "Stories", f"Stories.{form}")
    ]
    assert {path.name for path in FOLDER_OF.iterdir()} == {
        f"Stories.{form}",
        "chapters",
        "cover.jpg",
        "feed.xml",
        "index.html",
        "manifest.json",
        "transcripts",
    }
    assert contents(FOLDER_OF / f"Stories.{form}").titles == ("The sea", "The hill")
    again = planned(stories, format=form, whole=True)
    assert not again.pending
    assert kinds(build(again)) == ["Skipped", "Summary"]


@pytest.mark.parametrize("form", ["flac", "wav"])
def test_nothing_is_lost_where_chapters_meet(form: str, stories: Path) -> None:
    build(planned(stories, format=form))
    chapters = b"".join(decoded(path) for path in sorted(FOLDER_OF.glob(f"*.{form}")))
    build(planned(stories, format=form, whole=True))
    assert decoded(FOLDER_OF / f"Stories.{form}") == chapters


@pytest.mark.parametrize("form", WHOLE)
def test_a_word_encodes_its_chapter_alone(form: str, stories: Path) -> None:
    build(planned(stories, format=form, whole=True))
    (stories / "2_the-hill.txt").write_text("The hill was flat.\n\nThey climbed it anyway.\n")
    changed = planned(stories, format=form, whole=True)
    assert [step.reason for step in changed.steps] == [
        f"part of Stories.{form}",
        "line 1: text changed",
    ]
    assert [volume.reason for volume in changed.volumes] == ["1 of 2 chapters changed"]
    assert encoded(build(changed)) == [2]
    before = files(Path("out"))
    build(planned(stories, out="fresh", format=form, whole=True))
    assert files(Path("fresh")) == before


@pytest.mark.parametrize("harm", ["gone", "changed"])
def test_a_file_that_is_harmed_is_put_together_again(harm: str, stories: Path) -> None:
    build(planned(stories, format="m4b"))
    before, path = files(Path("out")), FOLDER_OF / "Stories.m4b"
    if harm == "gone":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[:-1])
    again = planned(stories, format="m4b")
    assert again.volumes[0].reason in ("the file is gone", "the file was changed by something else")
    assert encoded(build(again)) == []
    assert files(Path("out")) == before


def test_without_its_store_it_is_made_anew(stories: Path) -> None:
    build(planned(stories, format="m4b"))
    before = files(Path("out"))
    (FOLDER_OF / "Stories.m4b").unlink()
    for entry in Path("out", FOLDER).glob("??/*"):
        entry.unlink()
    assert encoded(build(planned(stories, format="m4b"))) == [1, 2]
    assert files(Path("out")) == before


def test_other_tags_encode_nothing(stories: Path) -> None:
    build(planned(stories, format="m4b"))
    (stories / "audiobook.toml").write_text('author = "Ann Lee"\n')
    again = planned(stories, format="m4b")
    assert "tags: artist '' -> 'Ann Lee'" in str(again.volumes[0].reason)
    assert encoded(build(again)) == []
    assert contents(FOLDER_OF / "Stories.m4b").tags["artist"] == "Ann Lee"


def test_some_chapters_alone_leave_it_for_later(stories: Path) -> None:
    told = build(planned(stories, only=frozenset({1}), format="m4b"))
    assert (encoded(told), list(FOLDER_OF.glob("*.m4b"))) == ([1], [])
    assert encoded(build(planned(stories, format="m4b"))) == [2]
    assert (FOLDER_OF / "Stories.m4b").is_file()


def test_other_formats_take_the_place_of_the_first(stories: Path) -> None:
    build(planned(stories, format="mp3,m4b"))
    told = build(planned(stories, format="opus"))
    assert {event.file for event in told if isinstance(event, events.Removed)} == {
        "01 The sea.mp3",
        "02 The hill.mp3",
        "Stories.m4b",
    }
    assert sorted(path.suffix for path in FOLDER_OF.iterdir() if path.suffix) == [
        ".html",
        ".jpg",
        ".json",
        ".opus",
        ".opus",
        ".xml",
    ]


@pytest.mark.usefixtures("installed_voices")
@pytest.mark.parametrize(("voice", "rate"), [("kokoro:af_heart", 44_100), ("en-gb", 22_050)])
def test_voices_of_two_rates_in_one_file(voice: str, rate: int, stories: Path) -> None:
    """The tone and eSpeak NG speak at 22,050 samples a second, Kokoro at 24,000."""
    (stories / "audiobook.toml").write_text(
        f'[[chapter]]\nfile = "2_the-hill.txt"\nvoice = "{voice}"\n'
    )
    build(planned(stories, format="m4b"))
    (bound,) = manifest.read(FOLDER_OF).volumes.values()
    assert bound.rate == rate
    assert run("check", "out").code == 0


def test_a_short_story_in_one_file_has_its_sections(project: Path) -> None:
    story = project / "tale.txt"
    story.write_text("# Tale\n\nGo.\n\n## One\n\nIt was.\n\n## Two\n\nIt is.\n")
    ran = run(story, "--format", "m4b", "--voice", "tone:")
    assert ran.code == 0
    (path,) = Path("out").glob("*/*.m4b")
    assert contents(path).titles == ("Tale", "One", "Two")


def test_check_finds_all_right_in_every_format(stories: Path) -> None:
    assert read_voice("en-us")
    ran = run(stories, "--format", ",".join(WHOLE), "--voice", "en-us")
    assert ran.code == 0, ran.err
    assert run("check", "out").code == 0
    ran = run(stories, "--format", ",".join(WHOLE), "--whole", "--voice", "en-us")
    assert ran.code == 0, ran.err
    assert run("check", "out").code == 0


def test_a_book_of_one_chapter_without_a_heading_has_its_name_as_a_mark(project: Path) -> None:
    story = project / "tale.txt"
    story.write_text("There is no heading here, and nothing but this.\n", encoding="utf-8")
    assert run(story, "--format", "mp3,m4b", "--voice", "tone:").code == 0
    assert run("check", "out").code == 0


def test_what_is_asked_is_told_by_the_book_too(stories: Path) -> None:
    (stories / "audiobook.toml").write_text('format = "mp3, m4b"\nmaster = "-18"\nbitrate = 48\n')
    assert run(stories, "--voice", "tone:").code == 0
    assert (
        sorted(path.name for path in FOLDER_OF.glob("*.m*"))
        == [
            "01 The sea.mp3",
            "02 The hill.mp3",
            "Stories.m4b",
            "manifest.json",
        ][:3]
    )
    ran = run(stories, "--voice", "tone:", "--format", "mp3")
    assert (ran.code, list(FOLDER_OF.glob("*.m4b"))) == (0, [])
