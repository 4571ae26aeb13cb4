"""Ten hours: no mark drifts, and nothing is held in memory.

HOURS asks for longer books, and LONG_FORMATS for more formats.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from tests.conftest import ROOT
from tests.ears import due, marks
from tests.test_marks import asked, check, clicks
from tests.test_plan import build_all

HOURS = float(os.environ.get("HOURS", "10"))
LONG_FORMATS = os.environ.get("LONG_FORMATS", "mp3,m4b").split(",")
STORIES = ("One went up the long road", "Two came all the way down again", "Nobody knew it")
CHAPTERS = 180
SECONDS_A_LINE = 13.5

__all__ = ["clicks"]


def long_book(folder: Path) -> Path:
    """Three stories of unequal length, over and over: each is spoken and encoded once."""
    folder.mkdir()
    lines = HOURS * 3600 / CHAPTERS / SECONDS_A_LINE
    for number in range(CHAPTERS):
        which = number % 3
        count = round(lines * (0.7 + 0.3 * which))
        text = "\n\n".join(f"{STORIES[which]} {'on ' * (at % 5)}again." for at in range(count))
        (folder / f"{number:04d}_story.txt").write_text(text)
    return folder


@pytest.mark.parametrize("form", LONG_FORMATS)
def test_nothing_drifts_in_ten_hours(form: str, clicks: Path) -> None:
    made = asked(long_book(clicks / "long"), "clicks:22050-slow", format=form, whole=True)
    build_all(made)
    (file,) = due(made.folder)
    assert file.lines[-1] > HOURS * 3600
    check(made.folder)
    assert len(marks(file.path)) == CHAPTERS


# An MP4 has a table of its packets, which ffmpeg keeps until the end: 66 bytes for each. That is
# why the speakers must have gone by then.
MOST_MEGABYTES = 150


@pytest.mark.parametrize("form", ["mp3", "m4b"])
def test_a_chapter_of_ten_hours_is_a_stream(form: str, clicks: Path) -> None:
    """At a low rate, which takes less: the memory is that of lines, and of packets.

    At lower bitrates what was encoded is listened to, by one more ffmpeg of 32 MB.
    """
    (clicks / "long.txt").write_text(
        "\n\n".join(f"On {'and on ' * (at % 4 + 1)}again." for at in range(round(HOURS * 360)))
    )
    path = os.pathsep.join([str(clicks / "site"), str(ROOT)])
    options = ["--voice", "clicks:8000-slow", "--format", form, "--bitrate", "48", "--jobs", "1"]
    with subprocess.Popen(
        [sys.executable, "-m", "pipeline", "long.txt", *options],
        env={**os.environ, "PYTHONPATH": path},
        stderr=subprocess.PIPE,
    ) as building:
        peak = 0
        while building.poll() is None:
            peak = max(peak, memory(building.pid))
            time.sleep(0.2)
        _, told = building.communicate()
    assert building.returncode == 0, told.decode()
    (track,) = json.loads(Path("out/Long/manifest.json").read_text())["tracks"]
    assert track["seconds"] > HOURS * 3600
    assert peak < MOST_MEGABYTES * 1e6


def memory(pid: int) -> int:
    """Bytes of a process and all that it has started; what they share counts once."""
    total = 0
    with suppress(psutil.Error):
        whole = psutil.Process(pid)
        for each in (whole, *whole.children(recursive=True)):
            with suppress(psutil.Error):
                full = each.memory_full_info()
                total += getattr(full, "pss", full.uss)
    return total
