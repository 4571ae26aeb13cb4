"""What an unchanged book is told by, and what makes it count as changed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import pytest
from PIL import Image

from pipeline import batch, engines, program, unchanged
from pipeline.batch import Order
from pipeline.engines import choose
from pipeline.engines.tone import Tone
from pipeline.model import Settings
from pipeline.read import Asked
from pipeline.schedule import Crew
from tests.conftest import run

TONE = ("--voice", "tone:")


def touched(folder: Path) -> dict[str, tuple[int, int]]:
    """Inode and time of change of each file."""
    found = (path for path in folder.rglob("*") if path.is_file())
    return {str(path): (path.stat().st_ino, path.stat().st_mtime_ns) for path in found}


def request(source: Path, asked: Asked | None = None, voice: str | None = "tone:") -> str | None:
    return unchanged.request(source, asked or Asked(), voice)


@pytest.mark.parametrize("out", ["out", "elsewhere/deep"])
def test_no_file_is_touched(out: str, stories: Path) -> None:
    first = run(stories, *TONE, "--out", out, "--json")
    before = touched(Path(out))
    again = run(stories, *TONE, "--out", out, "--json")
    assert [event["event"] for event in again.json] == ["planned"] * 2 + ["skipped"] * 2 + [
        "summary"
    ]
    assert again.json[-1]["seconds"] == first.json[-1]["seconds"]
    assert touched(Path(out)) == before


def test_nothing_is_read(stories: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    order = Order(voice="tone:")
    assert batch.make(batch.sources([stories]), {}, order) == 0

    def read(*_: object) -> None:
        raise AssertionError("it was read")

    monkeypatch.setattr("pipeline.read.read", read)
    assert batch.make(batch.sources([stories]), {}, order) == 0
    with pytest.raises(AssertionError):
        batch.make(batch.sources([stories]), {"images": True}, order)


def story(stories: Path) -> None:
    (stories / "1_the-sea.txt").write_text("The sea was rough.")


def new_story(stories: Path) -> None:
    (stories / "3_more.txt").write_text("More.")


def renamed(stories: Path) -> None:
    (stories / "1_the-sea.txt").rename(stories / "1_the-lake.txt")


def settings(stories: Path) -> None:
    (stories / "audiobook.toml").write_text('title = "Stories"\nauthor = "Nobody"')


def pace(stories: Path) -> None:
    (stories / "audiobook.toml").write_text('title = "Stories"\n[pace]\nparagraph = 900')


@pytest.mark.parametrize("change", [story, new_story, renamed, settings, pace])
def test_each_of_these_is_a_change(change: Callable[[Path], None], stories: Path) -> None:
    before = request(stories)
    assert before == request(stories)
    change(stories)
    assert request(stories) != before


def test_a_cover_and_a_profile_are_part_of_it(stories: Path) -> None:
    (stories / "audiobook.toml").write_text(
        'title = "Stories"\ncover = "cover.png"\nvoice = "slow"'
    )
    Image.new("RGB", (600, 600), "teal").save(stories / "cover.png")
    Path("voices").mkdir()
    Path("voices/slow.toml").write_text('engine = "tone"\nrate = 120')
    before = request(stories, voice=None)
    Path("voices/slow.toml").write_text('engine = "tone"\nrate = 130')
    between = request(stories, voice=None)
    Image.new("RGB", (600, 600), "red").save(stories / "cover.png")
    assert None not in (before, between)
    assert len({before, between, request(stories, voice=None)}) == 3


def test_what_is_asked_is_part_of_it(stories: Path) -> None:
    asked = [Asked(), Asked(images=True), Asked(exclude=("Preface",)), Asked(encoding="cp1252")]
    assert len({request(stories, one) for one in asked}) == 4
    assert request(stories, voice="tone:sine") != request(stories)


def test_the_packages_are_part_of_it(stories: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = request(stories)
    monkeypatch.setattr("importlib.metadata.version", lambda name: "0.1")
    program.fingerprint.cache_clear()
    assert request(stories) != before


def test_what_cannot_be_told_is_left_to_the_reader(project: Path) -> None:
    assert request(project / "gone.txt") is None
    assert request(Path("-")) is None
    (project / "audiobook.toml").write_text("titel = 1")
    assert request(project) is None


@pytest.mark.parametrize("file", ["01 The sea.mp3", "cover.jpg", "manifest.json"])
@pytest.mark.parametrize("accident", ["gone", "changed"])
def test_a_finished_book_that_was_disturbed_is_mended(
    file: str, accident: str, stories: Path
) -> None:
    run(stories, *TONE)
    path = Path("out/Stories", file)
    data = path.read_bytes()
    if accident == "gone":
        path.unlink()
    else:
        path.write_bytes(data[:-3])
    assert run(stories, *TONE).code == 0
    assert path.read_bytes() == data


def test_another_voice_that_is_the_best_now_is_a_change(
    stories: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = Order(voice="tone:", jobs=2)
    assert batch.make(batch.sources([stories]), {}, order) == 0
    key = request(stories)
    assert key
    with batch.store_of(order) as store:
        assert unchanged.settled(key, order.out, store)
        monkeypatch.setattr(
            "pipeline.unchanged.choose", lambda *asked: replace(choose(*asked), voice="another")
        )
        assert unchanged.settled(key, order.out, store) is None


def test_a_file_called_like_stdin_is_not_stdin(project: Path) -> None:
    (project / "-").write_text("A file.")
    for text in ("One.", "Two."):
        told = run("-", *TONE, "--json", stdin=text).json
        assert [event["text"] for event in told if event["event"] == "spoke"] == [text]


def test_a_source_that_changes_while_it_is_made_is_not_taken_as_made(
    stories: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = batch.plan_of

    def changing(*args: object) -> object:
        made = real(*args)  # type: ignore[arg-type]
        story(stories)
        return made

    monkeypatch.setattr(batch, "plan_of", changing)
    order = Order(voice="tone:", jobs=2)
    original = (stories / "1_the-sea.txt").read_text()
    assert batch.make(batch.sources([stories]), {}, order) == 0
    monkeypatch.setattr(batch, "plan_of", real)
    with batch.store_of(order) as store:
        for text in (original, "The sea was rough."):
            (stories / "1_the-sea.txt").write_text(text)
            key = request(stories)
            assert key
            assert unchanged.settled(key, order.out, store) is None


class Models(Tone):
    """An engine whose voices are files, and which has an option."""

    OPTIONS: ClassVar = {"breath": 0.5}

    def fingerprint(self, settings: Settings) -> str:
        return hashlib.sha256(Path(settings.file).read_bytes()).hexdigest()


@contextmanager
def in_threads(order: Order) -> Iterator[Crew]:
    with ThreadPoolExecutor(2) as threads:
        yield Crew(threads, 2, lambda: 2)


@pytest.fixture
def models(stories: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A profile with words, a parent, and a model; the engine "models" in this process alone."""
    real = engines.engine
    monkeypatch.setattr(
        engines, "engine", lambda name: Models() if name == "models" else real(name)
    )
    monkeypatch.setattr(batch, "_crew", in_threads)
    voices = stories.parent / "voices"
    (voices / "deep").mkdir(parents=True)
    (voices / "deep" / "my.onnx").write_text("one")
    (voices / "words.toml").write_text('[say]\nsea = "see"\n')
    (voices / "old.toml").write_text('engine = "models"\n[options]\nbreath = 1\n')
    (voices / "mine.toml").write_text(
        'inherits = "old"\nvoice = "deep/my.onnx"\nlexicon = "words.toml"\n'
    )
    engines.forget()
    return voices


def settles(stories: Path) -> bool:
    """Whether a run of another day would find nothing to do."""
    engines.forget()
    order = Order(voice="mine")
    key = request(stories, voice="mine")
    assert key
    with batch.store_of(order) as store:
        return unchanged.settled(key, order.out, store) is not None


def other_model(voices: Path) -> None:
    (voices / "deep" / "my.onnx").write_text("two")


def other_words(voices: Path) -> None:
    (voices / "words.toml").write_text('[say]\nsea = "c"\n')


def other_parent(voices: Path) -> None:
    (voices / "old.toml").write_text('engine = "models"\n[options]\nbreath = 2\n')


def other_place(voices: Path) -> None:
    (voices / "deeper").mkdir()
    (voices / "deeper" / "my.onnx").write_text("two")
    toml = (voices / "mine.toml").read_text()
    (voices / "mine.toml").write_text(toml.replace("deep/", "deeper/"))


@pytest.mark.parametrize("change", [other_model, other_words, other_parent, other_place])
def test_a_voice_that_is_a_file_and_all_that_makes_it_is_part_of_it(
    change: Callable[[Path], None], models: Path, stories: Path
) -> None:
    assert batch.make(batch.sources([stories]), {}, Order(voice="mine")) == 0
    assert settles(stories)
    change(models)
    assert not settles(stories)


def test_the_manifest_tells_no_place_on_this_machine(models: Path, stories: Path) -> None:
    assert batch.make(batch.sources([stories]), {}, Order(voice="mine")) == 0
    text = Path("out/Stories/manifest.json").read_text()
    assert "deep" not in text
    assert '"voice": "my"' in text
