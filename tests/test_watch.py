"""Changes are noticed once they have come to rest, and only those that matter."""

from __future__ import annotations

import json
import shutil
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from pipeline.watch import matters
from tests.conftest import building, run


@contextmanager
def watching(*args: str | Path) -> Iterator[Iterator[dict[str, Any]]]:
    """The events of a `watch`, until Ctrl-C."""
    with building("watch", *args) as started:
        assert started.stdout
        assert started.stderr
        late = threading.Timer(60, started.kill)
        late.start()
        try:
            yield (json.loads(line) for line in started.stdout)
        finally:
            late.cancel()
            started.send_signal(signal.SIGINT)
            started.wait(timeout=30)
        assert started.stderr.read().splitlines()[-1].startswith("Interrupted")
        assert started.returncode == 130


def until_summary(told: Iterator[dict[str, Any]]) -> list[str]:
    """What is spoken in the next build."""
    spoken = []
    for event in told:
        if event["event"] == "spoke":
            spoken.append(event["text"])
        if event["event"] == "summary":
            return spoken
    raise AssertionError("it ended")


def test_each_change_is_built(stories: Path) -> None:
    with watching(stories, "--voice", "tone:") as told:
        assert len(until_summary(told)) == 4
        (stories / "2_the-hill.txt").write_text("The hill was flat.")
        assert until_summary(told) == ["The hill was flat."]
        (stories / "1_the-sea.txt").write_bytes(b"\xff")  # an error ends nothing
        (stories / "3_the-road.txt").write_text("It went on.")
        (stories / "1_the-sea.txt").unlink()
        assert until_summary(told) == ["It went on."]


def test_what_a_voice_is_made_of_is_watched_too(stories: Path) -> None:
    words = stories.parent / "voices" / "deep" / "words.toml"
    words.parent.mkdir(parents=True)
    words.write_text('[say]\nhill = "mountain"\n')
    (stories.parent / "voices" / "old.toml").write_text('engine = "tone"\n')
    child = stories.parent / "voices" / "mine.toml"
    child.write_text('inherits = "old"\nlexicon = "deep/words.toml"\n')
    with watching(stories, "--voice", "mine") as told:
        assert "The mountain was steep." in until_summary(told)
        words.write_text('[say]\nhill = "slope"\n')
        assert until_summary(told) == ["The slope was steep."]
        (stories.parent / "voices" / "old.toml").write_text('engine = "tone"\nrate = 120\n')
        assert len(until_summary(told)) == 4


def test_a_file_that_is_replaced_is_still_watched(project: Path) -> None:
    (project / "story.txt").write_text("One.")
    with watching("story.txt", "--voice", "tone:") as told:
        assert until_summary(told) == ["One."]
        for text in ("Two.", "Three."):
            (project / "new").write_text(text)
            (project / "new").replace("story.txt")
            assert until_summary(told) == [text]


def test_a_folder_by_another_name_that_is_replaced(stories: Path, project: Path) -> None:
    (project / "link").symlink_to(stories)
    (project / "x").mkdir()
    with watching(project / "x" / ".." / "link", "--voice", "tone:") as told:
        assert len(until_summary(told)) == 4
        (stories / "2_the-hill.txt").write_text("The hill was flat.")
        assert until_summary(told) == ["The hill was flat."]
        stories.rename("old")
        shutil.copytree("old", "new")
        (project / "new" / "2_the-hill.txt").write_text("The hill was low.")
        Path("new").rename(stories)
        assert until_summary(told) == ["The hill was low."]
        (stories / "2_the-hill.txt").write_text("The hill was gone.")
        assert until_summary(told) == ["The hill was gone."]


def test_stdin_cannot_be_watched(project: Path) -> None:
    done = run("watch", "-", stdin="Hello.")
    assert done.code == 2
    assert "stdin does not change" in done.err


@pytest.mark.parametrize(
    ("path", "is_wanted"),
    [
        ("stories/1_the-sea.txt", True),
        ("stories/audiobook.toml", True),
        ("stories/.1_the-sea.txt.swp", False),
        ("stories/1_the-sea.txt~", False),
        ("book.epub", True),
        ("book.audiobook.toml", True),
        ("cover.jpg", True),
        ("other.epub", False),
        ("voices/narrator.toml", True),
        ("voices/models/my.onnx", True),
        ("voices/models/my.onnx.json", True),
        ("voices/words/names.pls", True),
        ("voices/notes.md", False),
        ("out/Stories/01 The sea.mp3", False),
        ("out/.store/ab/cdef", False),
    ],
)
def test_what_matters(path: str, is_wanted: bool, stories: Path) -> None:
    (stories.parent / "book.epub").touch()
    sources = [Path("stories").resolve(), Path("book.epub").resolve()]
    assert matters(Path(path).resolve(), sources, [Path("out")]) is is_wanted
