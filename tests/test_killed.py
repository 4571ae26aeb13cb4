"""kill -9 at any moment: the next run ends where an undisturbed one would, and repeats nothing."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import threading
import time
from pathlib import Path

import pytest

from tests.conftest import building, run
from tests.test_build import files

MOMENTS = int(os.environ.get("MOMENTS", "6"))  # kills, each followed by a whole build


@pytest.fixture
def book(project: Path) -> Path:
    folder = project / "Killed"
    folder.mkdir()
    for number in range(1, 7):
        lines = (f"This is line {n} of story {number}." for n in range(25))
        (folder / f"{number}_story.txt").write_text("\n\n".join(lines))
    return folder


def killed(book: Path, seconds: float) -> list[str]:
    """What a build had spoken when its whole process group was killed after so long."""
    started = building(book, "--jobs", "2", start_new_session=True)
    timer = threading.Timer(seconds, os.killpg, (started.pid, signal.SIGKILL))
    timer.start()
    out, _ = started.communicate(timeout=60)
    timer.cancel()
    return spoken(out)


def spoken(out: str) -> list[str]:
    """The lines that were spoken; the last event may be cut off."""
    found = (json.loads(line) for line in out.splitlines() if line.endswith("}"))
    return [event["text"] for event in found if event["event"] == "spoke"]


def test_killed_at_any_moment(book: Path) -> None:
    started = time.monotonic()
    assert run(book, "--out", "whole").code == 0
    whole, seconds = files(Path("whole")), time.monotonic() - started
    chance = random.Random(20)
    for _ in range(MOMENTS):
        before: list[str] = []
        for _ in range(chance.randint(1, 3)):
            before += killed(book, chance.uniform(0.05, seconds))
        done = run(book, "--json")
        assert done.code == 0, done.err
        after = spoken(done.out)
        assert not set(before) & set(after)
        assert len(set(before)) == len(before)
        assert files(Path("out")) == whole
        assert not [path for path in Path("out").rglob("*") if path.suffix in {".part", ".lock"}]
        assert not list(Path("out/.store/tmp").iterdir())
        subprocess.run(["rm", "-r", "out"], check=True)
