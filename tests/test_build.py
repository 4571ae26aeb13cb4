"""Builds: complete, the same bytes however they are run, and nothing half-written."""

from __future__ import annotations

import errno
import json
import os
import shutil
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from PIL import Image

from pipeline import events, read, synthesize
from pipeline.build import build, workers
from pipeline.errors import ConfigError, EngineError, OutputError, UnfinishedError
from pipeline.model import Clip, Cover, Mark, Pause, Speak
from pipeline.plan import Plan
from pipeline.schedule import Crew
from pipeline.script import where
from pipeline.store import FOLDER, Store
from pipeline.voices.profiles import read_voice
from tests.conftest import decoded, ffmetadata
from tests.test_espeak import texts
from tests.test_plan import planned


def run(
    made: Plan, pool: Executor | None = None, jobs: int = 2, *, keep_going: bool = False
) -> list[events.Event]:
    """Build into the store beside the plan's folder."""
    return list(running(made, pool, jobs, keep_going=keep_going))


def running(
    made: Plan, pool: Executor | None = None, jobs: int = 2, *, keep_going: bool = False
) -> Iterator[events.Event]:
    """The same, event by event."""
    with Store(made.folder.parent / FOLDER) as store, ThreadPoolExecutor(jobs) as threads:
        crew = Crew(pool or threads, jobs, lambda: jobs)
        yield from build(made, store, crew, keep_going=keep_going)


def files(folder: Path) -> dict[str, bytes]:
    """What a build leaves beside its store."""
    found = (path for path in folder.rglob("*") if path.is_file())
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in found
        if FOLDER not in path.relative_to(folder).parts
    }


def tracks() -> list[str]:
    """Names of the chapter files there are."""
    return sorted(path.name for path in Path("out/Stories").glob("*.mp3"))


def test_a_build_tells_what_it_does(stories: Path) -> None:
    told = run(planned(stories))
    kinds = [type(event).__name__ for event in told]
    assert kinds.count("Planned") == 2
    assert kinds.count("Spoke") == 4
    assert kinds.count("Joined") == kinds.count("Finished") == 2
    assert isinstance(told[-1], events.Summary)
    assert (told[-1].finished, told[-1].skipped, told[-1].failed) == (2, 0, 0)
    assert sorted(path.name for path in Path("out/Stories").iterdir()) == [
        "01 The sea.mp3",
        "02 The hill.mp3",
        "cover.jpg",
        "feed.xml",
        "index.html",
        "manifest.json",
        "transcripts",
    ]
    assert sorted(path.name for path in Path("out/Stories/transcripts").iterdir()) == [
        f"{name}.{suffix}" for name in ("01", "02") for suffix in ("json", "lrc", "srt", "vtt")
    ]


def test_a_second_run_does_nothing(stories: Path) -> None:
    run(planned(stories))
    before = {path: path.stat().st_mtime_ns for path in Path("out").rglob("*")}
    told = run(planned(stories))
    assert [type(event).__name__ for event in told[2:]] == ["Skipped", "Skipped", "Summary"]
    assert {path: path.stat().st_mtime_ns for path in Path("out").rglob("*")} == before


def test_the_same_bytes_however_it_is_run(
    stories: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(planned(stories), jobs=1)
    one = files(Path("out"))
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    with workers(2) as crew:
        run(planned(stories, out="made"), crew.executor)
    assert files(Path("made")) == one


def test_a_file_has_every_sample_of_its_script(stories: Path) -> None:
    (stories / "1_the-sea.txt").write_text(
        "It begins.\n\nThe First Part of It\n\nOne. Two.\n\nThe Second Part of It\n\nThree.\n"
    )
    made = planned(stories, read_voice("en-us"))
    run(made)
    step = made.steps[0]
    at = 0
    starts = {}
    for line in step.script.lines:
        if isinstance(line, Pause):
            at += line.ms * 22050 // 1000
        else:
            if line.heading:
                starts[line.text] = at
            at += synthesize.speak(synthesize.action(line, step.settings)).samples
    assert len(decoded(step.path)) == 2 * at
    (track, _) = json.loads(Path("out/Stories/manifest.json").read_text())["tracks"]
    assert track["samples"] == at
    assert [(mark["title"], mark["start"]) for mark in track["marks"]] == [
        ("The sea", 0),
        *starts.items(),
    ]
    assert ffmetadata(step.path).count("[CHAPTER]") == 3


def test_a_heading_that_opens_a_story_starts_its_first_section(stories: Path) -> None:
    (stories / "1_the-sea.txt").write_text("The First Part of It\n\nOne.\n")
    made = planned(stories)
    run(made)
    records = planned(stories).known.records
    assert records["01 The First Part of It.mp3"].track.marks == (Mark("The First Part of It", 0),)


def test_two_thousand_lines_through_a_build(project: Path) -> None:
    """--jobs 2: each line is spoken once, and all of it is in the file."""
    (project / "long.txt").write_text("\n\n".join(texts(longest=8)))
    made = planned(project / "long.txt", read_voice("en-us"))
    with workers(2) as crew:
        told = run(made, crew.executor)
    spoke = [event for event in told if isinstance(event, events.Spoke)]
    lines = made.steps[0].script.utterances
    lengths = {event.text: event.ms for event in spoke}
    assert len(lengths) == len(spoke)  # what stands there twice is spoken once
    assert lengths.keys() == {line.spoken for line in lines}
    assert len(lines) >= 2000
    (joined,) = (event for event in told if isinstance(event, events.Joined))
    pauses = [line.ms for line in made.steps[0].script.lines if isinstance(line, Pause)]
    spoken_ms = sum(lengths[line.spoken] for line in lines) + sum(pauses)
    assert joined.samples / joined.rate == pytest.approx(spoken_ms / 1000, abs=len(lines) / 1000)
    assert len(decoded(made.steps[0].path)) == 2 * joined.samples


class Failing(Executor):
    """Speaks everything but one line."""

    def __init__(self, text: str, error: Exception) -> None:
        self.text, self.error = text, error

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        (asked,) = args
        if asked.text == self.text:
            future.set_exception(self.error)
        else:
            future.set_result(fn(asked))
        return future


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (
            EngineError("the engine gave no audio"),
            "2_the-hill.txt:3: the engine gave no audio. The line is 'They climbed it anyway.'",
        ),
    ],
)
def test_a_line_that_fails_is_named_and_the_rest_stays(
    error: Exception, message: str, stories: Path
) -> None:
    told: list[events.Event] = []
    building = running(planned(stories), Failing("They climbed it anyway.", error), 1)
    with pytest.raises(EngineError, match=message):
        told.extend(building)
    ends = [type(event).__name__ for event in told if not isinstance(event, events.Spoke)][2:]
    assert ends == ["Failed", "Joined", "Finished", "Summary"]
    names = sorted(path.name for path in Path("out/Stories").iterdir())
    assert names == ["01 The sea.mp3", "manifest.json"]
    assert [step.reason for step in planned(stories).steps] == [None, "not built yet"]
    run(planned(stories))
    assert [step.reason for step in planned(stories).steps] == [None, None]


def test_nothing_is_left_when_nothing_could_be_made(stories: Path) -> None:
    with pytest.raises(EngineError):
        run(planned(stories), Failing("The sea was calm.", EngineError("no")), 1)
    assert not Path("out/Stories").exists()


def test_a_build_that_is_given_up_leaves_only_what_is_whole(stories: Path) -> None:
    building = running(planned(stories), jobs=1)
    assert any(isinstance(event, events.Finished) for event in building)
    building.close()  # type: ignore[attr-defined]
    names = sorted(path.name for path in Path("out/Stories").iterdir())
    assert names == ["01 The sea.mp3", "manifest.json"]


def test_files_without_a_chapter_disappear_and_others_do_not(stories: Path) -> None:
    run(planned(stories))
    (Path("out/Stories") / "mine.mp3").write_text("not from here")
    (stories / "1_the-sea.txt").rename(stories / "1_the-lake.txt")
    told = run(planned(stories))
    assert events.Removed("01 The sea.mp3") in told
    assert tracks() == [
        "01 The lake.mp3",
        "02 The hill.mp3",
        "mine.mp3",
    ]


def test_only_one_chapter_leaves_the_others(stories: Path) -> None:
    run(planned(stories))
    (stories / "1_the-sea.txt").write_text("The sea was rough.")
    (stories / "2_the-hill.txt").write_text("The hill was flat.")
    before = Path("out/Stories/01 The sea.mp3").read_bytes()
    run(planned(stories, only=frozenset({2})))
    assert Path("out/Stories/01 The sea.mp3").read_bytes() == before
    assert [step.reason for step in planned(stories).steps] == ["line 1: text changed", None]


def test_only_removes_no_other_chapter(stories: Path) -> None:
    run(planned(stories))
    (stories / "0_new.txt").write_text("Something new.")
    run(planned(stories, only=frozenset({1})))
    assert len(list(Path("out/Stories").glob("*.mp3"))) == 3
    told = run(planned(stories))
    assert {event.file for event in told if isinstance(event, events.Removed)} == {
        "01 The sea.mp3",
        "02 The hill.mp3",
    }
    assert tracks() == [
        "01 New.mp3",
        "02 The sea.mp3",
        "03 The hill.mp3",
    ]


def test_what_a_broken_build_has_not_removed_the_next_one_does(stories: Path) -> None:
    run(planned(stories))
    (stories / "1_the-sea.txt").rename(stories / "1_the-lake.txt")
    (stories / "2_the-hill.txt").write_text("The hill was flat. They ran.")
    with pytest.raises(EngineError):
        run(planned(stories), Failing("They ran.", EngineError("no")), 1)
    assert (Path("out/Stories") / "01 The sea.mp3").exists()
    run(planned(stories))
    assert tracks() == [
        "01 The lake.mp3",
        "02 The hill.mp3",
    ]


def fresh(stories: Path, out: str, **asked: Any) -> dict[str, bytes]:
    """What a build leaves where nothing was."""
    run(planned(stories, out=out, **asked))
    return files(Path(out))


@pytest.mark.parametrize("change", ["a story more", "a story less", "swapped", "author", "cover"])
def test_other_tags_and_places_speak_nothing_again(change: str, stories: Path) -> None:
    (stories / "2_the-hill.txt").write_text("The First Hill\n\nIt was steep.\n\nEpilogue\n\nDone.")
    (stories / "3_the-road.txt").write_text("It was long.\n\nEpilogue\n\nIt ended.")
    run(planned(stories))
    if change == "a story more":
        (stories / "0_new.txt").write_text("Something new.")
    elif change == "a story less":
        (stories / "1_the-sea.txt").unlink()
    elif change == "swapped":
        (stories / "1_the-sea.txt").rename(stories / "4_the-sea.txt")
        (stories / "3_the-road.txt").rename(stories / "1_the-road.txt")
    elif change == "author":
        (stories / "audiobook.toml").write_text('title = "Stories"\nauthor = "Nobody"')
    else:
        Image.new("RGB", (600, 600), "teal").save(stories / "cover.png")
        (stories / "audiobook.toml").write_text('title = "Stories"\ncover = "cover.png"')
    told = run(planned(stories))
    spoken = [event.text for event in told if isinstance(event, events.Spoke)]
    assert spoken == (["Something new."] if change == "a story more" else [])
    assert files(Path("out")) == fresh(stories, "again")


def test_an_interrupted_change_of_tags_speaks_nothing_again(stories: Path) -> None:
    for number in range(3, 9):
        (stories / f"{number}_more.txt").write_text(f"This is story {number}.")
    run(planned(stories))
    (stories / "audiobook.toml").write_text('title = "Stories"\nauthor = "Nobody"')
    building = running(planned(stories), jobs=4)
    assert any(isinstance(event, events.Finished) for event in building)
    building.close()  # type: ignore[attr-defined]
    told = run(planned(stories))
    assert not [event for event in told if isinstance(event, events.Spoke)]
    assert files(Path("out")) == fresh(stories, "again")


def test_a_plan_that_another_build_has_overtaken_is_not_carried_out(stories: Path) -> None:
    old = planned(stories, only=frozenset({2}))
    run(planned(stories, only=frozenset({1})))
    with pytest.raises(OutputError, match="another make-audiobook has just worked there"):
        run(old)
    run(planned(stories))
    assert files(Path("out")) == fresh(stories, "again")


def test_a_persons_own_picture_stays(stories: Path) -> None:
    Path("out/Stories").mkdir(parents=True)
    Path("out/Stories/cover.png").write_text("mine")
    run(planned(stories))
    run(planned(stories))
    assert Path("out/Stories/cover.png").read_text() == "mine"


def test_a_full_disk_while_tags_change_is_told(
    stories: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(planned(stories))
    (stories / "audiobook.toml").write_text('title = "Stories"\nauthor = "Nobody"')

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Store, "copy", full)
    with pytest.raises(OutputError, match=r"cannot be written \(No space left"):
        run(planned(stories))


def test_a_story_by_another_name_leaves_only_that_in_the_manifest(stories: Path) -> None:
    run(planned(stories))
    (stories / "1_the-sea.txt").rename(stories / "0_the-sea.txt")
    assert not planned(stories).pending
    run(planned(stories))
    assert files(Path("out")) == fresh(stories, "again")


def test_audio_that_was_changed_is_not_carried_over(stories: Path) -> None:
    run(planned(stories))
    made = Path("out/Stories/01 The sea.mp3")
    made.write_bytes(made.read_bytes()[:-500])
    (stories / "audiobook.toml").write_text('title = "Stories"\nauthor = "Nobody"')
    run(planned(stories))
    assert files(Path("out")) == fresh(stories, "again")


def test_one_build_a_folder_at_a_time(stories: Path) -> None:
    Path("out/Stories").mkdir(parents=True)
    with (
        FileLock("out/Stories/.lock", timeout=0),
        pytest.raises(OutputError, match=r"another make-audiobook is at work there"),
    ):
        run(planned(stories))
    run(planned(stories))
    assert not Path("out/Stories/.lock").exists()


SVG = Cover(
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 3"><path d="M0 0h2v2z"/></svg>',
    "image/svg+xml",
)


def test_a_cover_is_drawn_once(stories: Path) -> None:
    run(replace(planned(stories), cover=SVG))
    (drawn,) = Path("out/Stories").glob("cover.*")
    assert drawn.read_bytes().startswith(b"\xff\xd8")
    for made in Path("out/Stories").glob("*.mp3"):
        assert drawn.read_bytes() in made.read_bytes()
    old = files(Path("out"))
    shutil.rmtree("out/Stories")
    run(replace(planned(stories), cover=SVG))
    assert files(Path("out")) == old


def test_a_cover_at_which_the_artist_fails_is_told(
    stories: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = replace(planned(stories), cover=SVG)
    with monkeypatch.context() as patch:
        patch.setattr("pipeline.build.cover.finished", os._exit)  # which takes no picture
        with pytest.raises(ConfigError, match="the cover: whoever draws it crashes"):
            run(made)
    run(planned(stories))
    assert files(Path("out")) == fresh(stories, "again")


def test_a_cover_that_is_gone_comes_back(stories: Path) -> None:
    run(planned(stories))
    cover = Path("out/Stories/cover.jpg")
    data = cover.read_bytes()
    cover.unlink()
    run(planned(stories))
    assert cover.read_bytes() == data


def test_remains_of_a_build_that_was_killed_are_cleared(stories: Path) -> None:
    left = Path("out/Stories/.02 The hill.mp3.part")
    left.parent.mkdir(parents=True)
    for _ in range(2):  # before the first build, and when nothing is to be done
        left.write_text("half")
        run(planned(stories))
        assert not left.exists()


def test_a_place_that_cannot_be_written_to(stories: Path) -> None:
    Path("out").write_text("a file, not a folder")
    with pytest.raises(OutputError, match=r"out/Stories: cannot be written to \(.*--out"):
        run(planned(stories))


def test_clips_of_another_rate_are_brought_to_the_first(
    stories: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = synthesize.speak

    def speak(asked: Speak) -> Clip:
        clip = real(asked)
        return Clip(11025, clip.pcm) if "Nobody" in asked.text else clip

    monkeypatch.setattr(synthesize, "speak", speak)
    made = planned(stories)
    told = run(made)
    joined = next(event for event in told if isinstance(event, events.Joined) and event.number == 1)
    spoke = [event.ms for event in told if isinstance(event, events.Spoke) and event.number == 1]
    pauses = [line.ms for line in made.steps[0].script.lines if isinstance(line, Pause)]
    assert joined.rate == 22050
    expected = (sum(spoke) + sum(pauses)) / 1000
    assert joined.samples / joined.rate == pytest.approx(expected, abs=0.005)


def test_work_in_flight_is_bounded(project: Path) -> None:
    (project / "long.txt").write_text("\n\n".join(f"Line {n} of it." for n in range(200)))
    waiting = 0
    most = 0

    class Counting(Executor):
        def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
            nonlocal waiting, most
            future: Future[Any] = Future()
            future.set_result(fn(*args))
            waiting += 1
            most = max(most, waiting)
            return future

    made = planned(project / "long.txt")
    for event in running(made, Counting(), 1):
        waiting -= isinstance(event, events.Spoke)
    assert 0 < most < 100


def long_story(folder: Path, lines: int = 40) -> Path:
    """A story of so many lines, none of which stands in another."""
    folder.mkdir(exist_ok=True)
    path = folder / "1_long.txt"
    path.write_text("\n\n".join(f"Line {number} of it." for number in range(lines)))
    return path


def spoken_of(told: Iterable[events.Event]) -> list[str]:
    return [event.text for event in told if isinstance(event, events.Spoke)]


def test_one_word_is_one_clip_and_one_chapter(stories: Path) -> None:
    run(planned(stories))
    text = (stories / "2_the-hill.txt").read_text()
    (stories / "2_the-hill.txt").write_text(text.replace("steep", "flat"))
    told = run(planned(stories))
    assert spoken_of(told) == ["The hill was flat."]
    assert [event.number for event in told if isinstance(event, events.Joined)] == [2]
    assert files(Path("out")) == fresh(stories, "again")


def test_a_pause_is_no_clip_and_a_tag_no_encoding(stories: Path) -> None:
    run(planned(stories))
    (stories / "audiobook.toml").write_text('title = "Stories"\n[pace]\nparagraph = 900\n')
    book = read.read(stories)
    slower = read_voice("tone:", book.pace)
    told = run(planned(stories, slower))
    assert spoken_of(told) == []
    assert len([event for event in told if isinstance(event, events.Joined)]) == 2
    (stories / "audiobook.toml").write_text(
        'title = "Stories"\nauthor = "Nobody"\n[pace]\nparagraph = 900\n'
    )
    told = run(planned(stories, slower))
    assert not [event for event in told if isinstance(event, (events.Spoke, events.Joined))]
    assert len([event for event in told if isinstance(event, events.Finished)]) == 2


def test_new_tags_need_no_store(stories: Path) -> None:
    run(planned(stories))
    shutil.rmtree(Path("out", FOLDER))
    (stories / "audiobook.toml").write_text('title = "Stories"\nauthor = "Nobody"\n')
    told = run(planned(stories))
    assert not [event for event in told if isinstance(event, (events.Spoke, events.Joined))]
    assert files(Path("out")) == fresh(stories, "again")


def test_what_stands_twice_is_spoken_once(stories: Path) -> None:
    (stories / "3_again.txt").write_text("Nobody spoke.\nNobody spoke.\n")
    made = planned(stories)
    told = run(made)
    assert sorted(spoken_of(told)).count("Nobody spoke.") == 1
    assert sum(step.to_speak for step in made.steps) == sum(map(len, spoken_of(told)))


def test_two_books_share_a_store(stories: Path) -> None:
    made = planned(stories)
    with Store(Path("clips")) as store, ThreadPoolExecutor(2) as pool:
        crew = Crew(pool, 2, lambda: 2)
        assert len(spoken_of(build(made, store, crew))) == 4
        other = replace(made, folder=Path("elsewhere/Stories"))
        steps = (replace(s, path=other.folder / s.path.name) for s in made.steps)
        told = list(build(replace(other, steps=tuple(steps)), store, crew))
    assert spoken_of(told) == []
    assert files(Path("out")) == files(Path("elsewhere"))


@pytest.mark.parametrize("damage", ["damaged", "gone"])
def test_a_clip_that_is_lost_while_a_chapter_is_made_is_spoken_again(
    damage: str, stories: Path
) -> None:
    made = planned(stories)
    clip = made.steps[0].clips[0]
    told: list[events.Event] = []
    with Store(Path("out", FOLDER)) as store, ThreadPoolExecutor(1) as pool:
        for event in build(made, store, Crew(pool, 1, lambda: 1)):
            told.append(event)
            if isinstance(event, events.Spoke) and len(spoken_of(told)) == 1:
                if damage == "gone":
                    store.drop(clip)
                else:
                    store.path(clip).write_bytes(b"fLaC" + bytes(100))
    assert spoken_of(told).count("The sea was calm.") == 2
    assert files(Path("out")) == fresh(stories, "again")


def test_all_clips_are_damaged_at_once(project: Path) -> None:
    long_story(project / "book")
    made = planned(project / "book")
    run(made)
    shutil.rmtree("out/Book")
    with Store(Path("out", FOLDER)) as store:
        for key in made.steps[0].clips:
            store.path(key).write_bytes(b"")
        store.drop(made.steps[0].audio)
    told = run(planned(project / "book"))
    assert len(spoken_of(told)) == 40
    assert files(Path("out")) == fresh(project / "book", "again")


def test_a_disk_that_fails_in_a_thread_ends_the_build(
    stories: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Store.has

    def has(store: Store, key: str) -> bool:
        if threading.current_thread() is not threading.main_thread():
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return real(store, key)

    monkeypatch.setattr(Store, "has", has)
    with pytest.raises(OSError, match="Input/output error"):
        run(planned(stories))


def test_chapters_that_change_places_need_no_store(stories: Path) -> None:
    """The file of one is overwritten while another still needs its audio."""
    (stories / "audiobook.toml").write_text(
        'title = "Stories"\n[[chapter]]\nfile = "1_the-sea.txt"\ntitle = "One"\n'
        '[[chapter]]\nfile = "2_the-hill.txt"\ntitle = "One"\n'
    )
    run(planned(stories))
    text = (stories / "audiobook.toml").read_text()
    swapped = text.replace("1_the-sea", "?").replace("2_the-hill", "1_the-sea")
    (stories / "audiobook.toml").write_text(swapped.replace("?", "2_the-hill"))
    shutil.rmtree(Path("out", FOLDER))
    told = run(planned(stories), jobs=1)
    assert spoken_of(told) == []
    assert files(Path("out")) == fresh(stories, "again")


def test_an_interrupt_while_a_line_is_kept_keeps_it(
    stories: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Store.put
    interrupted: list[str] = []

    def put(store: Store, key: str, data: bytes) -> None:
        if data[:4] == b"fLaC" and not interrupted:
            interrupted.append(key)
            raise KeyboardInterrupt
        real(store, key, data)

    monkeypatch.setattr(Store, "put", put)
    with pytest.raises(KeyboardInterrupt):
        run(planned(stories), jobs=1)
    with Store(Path("out", FOLDER)) as store:
        assert store.has(interrupted[0])


def test_a_damaged_chapter_in_the_store_is_encoded_again(stories: Path) -> None:
    made = planned(stories)
    run(made)
    with Store(Path("out", FOLDER)) as store:
        path = store.path(made.steps[0].audio)
        path.write_bytes(path.read_bytes()[:-100])
    made.steps[0].path.unlink()
    told = run(planned(stories))
    assert spoken_of(told) == []
    assert len([event for event in told if isinstance(event, events.Joined)]) == 1
    assert files(Path("out")) == fresh(stories, "again")


def test_a_store_that_keeps_nothing_is_an_error_and_no_endless_work(
    stories: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Store, "get", lambda *_: None)
    with pytest.raises(OutputError, match="the store does not keep what is put into it"):
        run(planned(stories))


def test_a_store_smaller_than_the_book_builds_it_all_the_same(project: Path) -> None:
    long_story(project / "book")
    (project / "book" / "2_short.txt").write_text("It ends.")
    made = planned(project / "book")
    with Store(Path("out", FOLDER), limit=500_000) as store, ThreadPoolExecutor(2) as pool:
        told = list(build(made, store, Crew(pool, 2, lambda: 2)))
    assert len(spoken_of(told)) == 41
    size = sum(path.stat().st_size for path in Path("out", FOLDER).glob("??/*"))
    assert size < 1_000_000
    assert files(Path("out")) == fresh(project / "book", "again")


def test_keep_going_costs_only_the_chapter_of_the_line(stories: Path) -> None:
    (stories / "2_the-hill.txt").write_text("One.\nTwo.\nThree.\n")
    (stories / "3_the-road.txt").write_text("It went on.")
    told: list[events.Event] = []
    building = running(planned(stories), Failing("Two.", EngineError("no")), 1, keep_going=True)
    with pytest.raises(UnfinishedError, match=r"Stories: 1 of 3 chapters could not be made"):
        told.extend(building)
    failed = [event for event in told if isinstance(event, events.Failed)]
    assert [(event.number, event.message) for event in failed] == [
        (2, f"{stories}/2_the-hill.txt:2: no. The line is 'Two.'.")
    ]
    assert isinstance(told[-1], events.Summary)
    assert (told[-1].finished, told[-1].failed) == (2, 1)
    assert tracks() == ["01 The sea.mp3", "03 The road.mp3"]
    assert spoken_of(run(planned(stories))) == ["Two."]
    assert files(Path("out")) == fresh(stories, "again")


def test_when_every_line_fails_it_is_not_the_lines(project: Path) -> None:
    class Broken(Executor):
        def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
            future: Future[Any] = Future()
            future.set_exception(EngineError("no"))
            return future

    long_story(project / "book", 200)
    told: list[events.Event] = []
    with pytest.raises(EngineError, match="no"):
        told.extend(running(planned(project / "book"), Broken(), 1, keep_going=True))
    assert len([event for event in told if isinstance(event, events.Failed)]) == 20


def test_workers_that_never_answer(stories: Path) -> None:
    class Silent(Executor):
        def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
            return Future()

    with Store(Path("out", FOLDER)) as store:
        crew = Crew(Silent(), 1, lambda: 1, patience=0.3)
        with pytest.raises(EngineError, match="the workers: none has answered in"):
            list(build(planned(stories), store, crew))


def test_what_is_spoken_while_a_build_ends_is_kept(stories: Path) -> None:
    hill = "\n\n".join(f"The hill was {'very ' * feet}steep." for feet in range(40))
    (stories / "2_the-hill.txt").write_text(hill)  # more lines than are asked for at once
    building = running(planned(stories), jobs=1)
    for event in building:
        if isinstance(event, events.Spoke):
            break
    building.close()  # type: ignore[attr-defined]
    before = sum(step.to_speak for step in planned(stories).steps)
    assert (
        0 < before < sum(len(u.spoken) for s in planned(stories).steps for u in s.script.utterances)
    )
    told = run(planned(stories))
    assert sum(map(len, spoken_of(told))) == before


def test_a_manifest_names_beforehand_what_may_come(stories: Path) -> None:
    """A build that is killed leaves no file that nobody knows of."""
    folder = Path("out/Stories")
    folder.mkdir(parents=True)
    known = {"schema": 4, "book": {}, "cover": {}, "begun": ["07 Old name.mp3"], "tracks": []}
    edition = {"guid": "0" * 32, "narrators": [], "formats": ["mp3"], "base_url": ""}
    (folder / "manifest.json").write_text(json.dumps({**known, "edition": edition}))
    (folder / "07 Old name.mp3").write_text("made, renamed, and then killed")
    told = run(planned(stories))
    assert events.Removed("07 Old name.mp3") in told
    assert files(Path("out")) == fresh(stories, "again")


def test_where_names_the_line(stories: Path) -> None:
    chapter = read.read(stories).chapters[1]
    assert where(chapter, 0).endswith("2_the-hill.txt:1")
    assert where(chapter, len(chapter.text) - 2).endswith("2_the-hill.txt:3")
