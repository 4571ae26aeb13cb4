"""What must be made, and why."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipeline import batch, read
from pipeline.build import build
from pipeline.errors import ConfigError, SourceError, UsageError
from pipeline.model import Voice
from pipeline.plan import Plan, file_name, limited, plan
from pipeline.schedule import Crew
from pipeline.store import FOLDER, Store
from pipeline.voices.profiles import read_voice


def planned(
    folder: Path,
    voice: Voice | None = None,
    only: frozenset[int] = frozenset(),
    out: str = "out",
    **asked: Any,
) -> Plan:
    """The plan of a test's book; tone speaks, unless another voice is asked for.

    `asked` is what audiobook.toml may say of the files.
    """
    voice, book = voice or read_voice("tone:"), read.read(folder)
    voices = {c.voice: read_voice(c.voice) for c in book.chapters if c.voice}
    delivery, store = batch.delivery_of(asked), Store(Path(out, FOLDER))
    return limited(plan(book, voice, Path(out), store, voices, delivery=delivery), only)


def test_a_chapter_too_long_for_its_mastering_is_told(stories: Path) -> None:
    (stories / "2_the-hill.txt").write_text("The hill was very steep. " * 6000)
    assert planned(stories).book.notices == ()
    (notice,) = planned(stories, master="acx").book.notices
    assert notice == (
        "02 The hill.mp3: about 170 minutes, and acx takes 120. Cut the chapter in two."
    )


def build_all(made: Plan) -> None:
    with ThreadPoolExecutor(2) as pool, Store(made.folder.parent / FOLDER) as store:
        assert list(build(made, store, Crew(pool, 2, lambda: 2)))


def reasons(made: Plan) -> list[str | None]:
    return [step.reason for step in made.steps]


@pytest.fixture
def built(stories: Path) -> Path:
    build_all(planned(stories))
    return stories


def test_nothing_is_there_at_first(stories: Path) -> None:
    made = planned(stories)
    assert reasons(made) == ["not built yet"] * 2
    assert [step.path for step in made.steps] == [
        Path("out/Stories/01 The sea.mp3"),
        Path("out/Stories/02 The hill.mp3"),
    ]


def test_what_was_built_is_not_built_again(built: Path) -> None:
    assert reasons(planned(built)) == [None, None]


def test_each_change_is_named(built: Path) -> None:
    voice = read_voice("tone:")
    slower = replace(voice, settings=replace(voice.settings, rate=120))
    assert reasons(planned(built, slower))[1] == "voice: rate 175 -> 120"
    longer = replace(voice, pace=replace(voice.pace, paragraph=2000))
    assert reasons(planned(built, longer))[1] == "pace: paragraph 750 -> 2000"
    (built / "audiobook.toml").write_text('title = "Stories"\nauthor = "Nobody"')
    assert reasons(planned(built))[1] == (
        "tags: artist '' -> 'Nobody', tags: album artist '' -> 'Nobody', the cover changed"
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("The sea was calm.\nSomebody spoke.\n", "line 2: text changed"),
        ("The sea was rough.\nSomebody spoke.\n", "line 1: text changed, and 1 more"),
        ("The sea was calm.\n", "the text changed: its end is gone"),
        ("The sea was calm.\nNobody spoke.\nA gull.\n", "line 3: text changed"),
        ("Nobody spoke.\n", "line 1: text changed"),
    ],
)
def test_a_changed_line_is_named(text: str, reason: str, built: Path) -> None:
    (built / "1_the-sea.txt").write_text(text)
    assert reasons(planned(built)) == [reason, None]


def test_a_voice_by_another_name_is_the_same_voice(built: Path) -> None:
    assert reasons(planned(built, read_voice("tone:sine"))) == [None, None]


def test_a_file_that_is_gone_or_changed_is_made_again(built: Path) -> None:
    first, second = (step.path for step in planned(built).steps)
    first.unlink()
    second.write_bytes(second.read_bytes()[:-1])
    assert reasons(planned(built)) == [
        "the file is gone",
        "the file was changed by something else",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "[" * 100_000,
        '{"schema": 99}',
        '{"schema": 1, "tracks": [{"file": "../../etc/passwd"}]}',
        '{"schema": 1, "tracks": {"a": 1}}',
    ],
    ids=range(7),
)
def test_a_manifest_that_cannot_be_trusted_is_not(text: str, built: Path) -> None:
    Path("out/Stories/manifest.json").write_text(text)
    assert reasons(planned(built)) == ["not built yet"] * 2


@pytest.mark.parametrize(
    ("key", "value"),
    [("file", ".."), ("file", "a\0.mp3"), ("file", "/x.mp3"), ("rate", 0), ("samples", -1),
     ("marks", 3), ("inputs", []), ("number", None)],
)  # fmt: skip
def test_a_record_that_cannot_be_trusted_is_not(key: str, value: object, built: Path) -> None:
    path = Path("out/Stories/manifest.json")
    found = json.loads(path.read_text())
    found["tracks"][0][key] = value
    path.write_text(json.dumps(found))
    assert reasons(planned(built)) == ["not built yet"] * 2


def test_another_book_of_the_same_title_is_refused(built: Path) -> None:
    other = built.parent / "other" / "Stories"
    other.mkdir(parents=True)
    (other / "a.txt").write_text("Something else.")
    with pytest.raises(ConfigError, match=r"out/Stories: holds another book of this title"):
        planned(other)


def test_only_some_chapters(stories: Path) -> None:
    made = planned(stories, only=frozenset({2}))
    assert [step.chapter.number for step in made.pending] == [2]
    with pytest.raises(UsageError, match="there is no chapter 7, only 2"):
        planned(stories, only=frozenset({7}))


def test_a_story_with_nothing_to_say(stories: Path) -> None:
    (stories / "1_the-sea.txt").write_text("***\n\n—\n")
    with pytest.raises(SourceError, match=r"1_the-sea.txt: there is nothing in it to read aloud"):
        planned(stories)


def test_the_expected_length_is_near_the_real_one() -> None:
    """Within a tenth, over the seeds: 17:25 with eSpeak's American voice."""
    from tests.conftest import ROOT

    steps = planned(ROOT / "seeds", read_voice("en-us"), out="nowhere").steps
    assert sum(step.expected_seconds for step in steps) == pytest.approx(17 * 60 + 25, rel=0.05)


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Who? Me: A/B <x>|\\*", "Who Me A B x"),
        ("...", ""),
        ("con", "con_"),
        ("Café “Ü” 海 🎸", "Cafe U Hai guitar"),
        ("e\u0301", "e"),
        ("Глава первая #1", "Glava pervaya 1"),
        ("العربية", "l rbyh"),
        ("tab\tand\nline", "tab and line"),
        ("../../etc", "etc"),
        ("ä" * 200, "a" * 120),
    ],
)
def test_file_names_that_every_system_takes(title: str, name: str) -> None:
    assert file_name(title) == name
