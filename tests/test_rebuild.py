"""Whatever happened before, a complete build leaves what a fresh one would, to the byte."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import EngineError
from pipeline.plan import Plan
from tests.test_build import Failing, files, fresh, run, running
from tests.test_plan import planned

TEXTS = (
    "It was long.",
    "The First Hill\n\nIt was steep.",
    "It began.\n\nEpilogue\n\nIt ended.",
    "Chapter 1\n\nGo.\n\nChapter 2\n\nNo.",
    "“Hi,” he said.\n\n***\n\nOh.",
)
DELIVERIES: tuple[dict[str, Any], ...] = (
    {},
    {"format": "mp3,m4b"},
    {"format": "mp3", "whole": True},
    {"format": "flac,wav"},
)
TITLES = ("The Sea", "the sea", "Hill", "A: b", "A/b", "Epilogue")


def change(folder: Path, chance: random.Random) -> None:
    """One thing that people do to their stories, or accidents to a finished book."""
    stories = sorted(path.name for path in folder.glob("*.txt"))
    one, other = folder / chance.choice(stories), folder / chance.choice(stories)
    new = folder / f"{chance.randint(1, 9)}_{chance.choice(['sea', 'Sea', 'road'])}.txt"
    kind = chance.randrange(6)
    if kind == 0:
        new.write_text(chance.choice(TEXTS))
    elif kind == 1 and len(stories) > 2:
        one.unlink()
    elif kind == 2:
        one.rename(new)
    elif kind == 3:
        mine, theirs = one.read_text(), other.read_text()
        one.write_text(theirs)
        other.write_text(mine)
    elif kind == 4:
        lines = ['title = "Stories"', f'author = "{chance.choice("AB")}"', "[[chapter]]"]
        lines += [f'file = "{one.name}"', f'title = "{chance.choice(TITLES)}"']
        (folder / "audiobook.toml").write_text("\n".join(lines))
    elif made := sorted(
        path
        for path in Path("out/Stories").rglob("*.*")
        if path.is_file() and path.name != "manifest.json"
    ):
        damaged = chance.choice(made)
        damaged.write_bytes(damaged.read_bytes()[: chance.choice([0, 1000])])


def forget_what_is_gone(folder: Path) -> None:
    """An audiobook.toml about a story that is not there any more would be refused."""
    toml = folder / "audiobook.toml"
    if toml.exists() and not any(f'"{p.name}"' in toml.read_text() for p in folder.glob("*.txt")):
        toml.unlink()


def broken_off(made: Plan, chance: random.Random) -> None:
    """A build that somebody stops, or that fails at a line."""
    if chance.random() < 0.5:
        building = running(made)
        for _ in zip(range(chance.randint(1, 12) + len(made.steps)), building, strict=False):
            pass
        building.close()  # type: ignore[attr-defined]
    else:
        line = chance.choice([u.spoken for s in made.steps for u in s.script.utterances])
        with suppress(EngineError):
            run(made, Failing(line, EngineError("no")), 2)


def some_chapters(made: Plan, chance: random.Random) -> None:
    numbers = [step.chapter.number for step in made.chapters]
    chosen = frozenset(chance.sample(numbers, chance.randint(1, len(numbers))))
    asked: dict[str, Any] = {
        "format": ",".join(made.delivery.formats),
        "whole": made.delivery.whole,
    }
    run(planned(Path("stories"), only=chosen, **asked))


@pytest.mark.parametrize("seed", [0, 1, 5])
def test_a_long_history_leaves_what_a_fresh_build_does(seed: int, stories: Path) -> None:
    chance = random.Random(seed)
    folder = Path("stories")
    asked = DELIVERIES[0]
    before: tuple[Callable[[Plan, random.Random], None], ...] = (broken_off, some_chapters)
    for _ in range(25):
        for _ in range(chance.randint(1, 3)):
            change(folder, chance)
            forget_what_is_gone(folder)
        if chance.random() < 0.3:
            asked = chance.choice(DELIVERIES)
        if chance.random() < 0.6:
            chance.choice(before)(planned(folder, **asked), chance)
        run(planned(folder, **asked))
        shutil.rmtree("fresh", ignore_errors=True)
        assert files(Path("out")) == fresh(folder, "fresh", **asked)
        assert not planned(folder, **asked).pending
