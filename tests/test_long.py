"""Ten hours: no mark drifts, and nothing is held in memory.

HOURS asks for longer books, and LONG_FORMATS for more formats.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

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
