"""Scripts: golden folders, the seeds, and the ledger that nothing falls out of."""

from __future__ import annotations

import contextlib
import io
import textwrap
from dataclasses import fields, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.console import print_script
from pipeline.errors import SourceError
from pipeline.model import Pace, Pause, Script, Settings, Utterance
from pipeline.normalize.pieces import LONGEST_UTTERANCE
from pipeline.read import html, markdown
from pipeline.read.chapters import chapters
from pipeline.read.text import story
from pipeline.script import check_ledger, packed, unpacked, write
from pipeline.synthesize import action
from tests.conftest import ROOT

GOLDEN = sorted((ROOT / "tests" / "golden" / "script").iterdir())
SEEDS = sorted((ROOT / "seeds").glob("*.txt"))


def script_of(text: str, language: str = "en-US") -> Script:
    chapter = story(text, language, "story.txt")
    return write(replace(chapter, title="Title"), Pace())


def as_read(script: Script) -> str:
    with contextlib.redirect_stdout(io.StringIO()) as out:
        print_script(script)
    return out.getvalue()


@pytest.mark.parametrize("folder", GOLDEN, ids=lambda folder: folder.name)
def test_golden(folder: Path, request: pytest.FixtureRequest) -> None:
    """tests/golden/script/NAME/story.txt is read as script.txt beside it says."""
    found = as_read(script_of((folder / "story.txt").read_text()))
    if request.config.getoption("--save-golden"):
        (folder / "script.txt").write_text(found)
    assert found == (folder / "script.txt").read_text()


@pytest.mark.parametrize("path", SEEDS, ids=lambda path: path.stem[:3])
def test_seeds_golden(path: Path, request: pytest.FixtureRequest) -> None:
    """Each seed's script was read by eye once and stays as it was."""
    golden = ROOT / "tests" / "golden" / "seeds" / path.name
    found = as_read(script_of(path.read_text()))
    if request.config.getoption("--save-golden"):
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(found)
    assert found == golden.read_text()


def test_the_tokens_of_the_seeds_are_said_right() -> None:
    said = " ".join(
        line.spoken for path in SEEDS for line in script_of(path.read_text()).utterances
    )
    for expected in (
        "Knebworth nineteen seventy nine still",
        "more than two hundred thousand roaring fans",
        "passed in nineteen eighty two, but",
        "at eighty one, Page",
        "In twenty twelve, they",
        "a twelve-string composition",
        "In twenty twenty, during",
        "the late seventies.",
        "Only one hundred eleven copies",
        "James Patrick Page Senior.",
        "James Senior was not a musician",
        "James Senior passed",
        "called Legacy and Light, featuring",
        "letter to rock and roll, not",
        "the most intimate piece Jimmy Page ever",
        "his mother, Patricia Elizabeth Page.",
        "belong to Led Zeppelin, to history",
        "Led Zeppelin's earth-shattering sound",
        "not the icon… but the boy",
    ):
        assert expected in said
    assert not any(char.isdigit() for char in said)
    assert "’" not in said


def test_the_assistants_line_is_dropped_and_reported() -> None:
    (skipped,) = script_of(SEEDS[3].read_text()).skipped
    assert skipped.rule == "assistant's closing line"
    assert skipped.text.startswith("Let me know if you’d like a version tailored")


def test_a_line_points_back_at_the_story() -> None:
    text = "\nFirst one.  Then nobody said a word for a very long while, and\nthen, in 1979.\n"
    lines = script_of(text).utterances
    assert [text[line.start : line.end] for line in lines] == [line.text for line in lines]
    assert lines[1].text.endswith(", and\nthen, in 1979.")
    assert lines[1].spoken.endswith(", and then, in nineteen seventy nine.")


def test_pauses_stand_between_lines_and_never_add_up() -> None:
    script = script_of("One. Two.\n\nThree.\n\n***\n\nA Heading of Four Words\n\nFour.")
    assert [line.why if isinstance(line, Pause) else line.text for line in script.lines] == [
        "chapter_start",
        "One.",
        "sentence",
        "Two.",
        "paragraph",
        "Three.",
        "scene_break",
        "A Heading of Four Words",
        "after_heading",
        "Four.",
        "chapter_end",
    ]


def rests(text: str, pace: Pace | None = None) -> list[str]:
    """What lies between the lines of a text in Markdown, by the first words of what follows."""
    (chapter,) = chapters(markdown.read(io.BytesIO(text.encode()), "x.md"), "x.md", whole=True)
    lines = write(replace(chapter, title="Title", language="en-US"), pace or Pace()).lines
    return [line.why for line in lines if isinstance(line, Pause)][1:-1]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! “Three?” Four", "sentence sentence sentence"),
        ("“I was—” He stopped. Then nothing.", "sentence sentence"),
        ("One.\n\nTwo.", "paragraph"),
        ("He said:\n\n“Two.”", "sentence"),
        ("One.\n\n> Two.\n>\n> Three.\n\nFour.", "quotation paragraph quotation"),
        ("He wrote:\n\n> Two.\n\nThree.", "quotation quotation"),
        ("To buy:\n\n- bread\n- salt\n\nThat was all.", "sentence list_item paragraph"),
        ("One.\n\n| a | b |\n| - | - |\n| c | d |\n\nTwo.", "paragraph table_row paragraph"),
        ("One.\n\n***\n\nTwo.", "scene_break"),
        ("One.\n\n***\n\n> Two.", "scene_break"),
        ("One.\n\n## Two\n\nThree.", "before_heading after_heading"),
        ("One.\n\n## Two\n\n### Three\n\n> Four.", "before_heading before_heading after_heading"),
        ("One.\n\n![](a.png)\n\nTwo.", "paragraph"),
        (f"{'word ' * 50}; {'word ' * 50}", "clause"),
        (f"{'word ' * 50}— {'word ' * 50}", "clause"),
        ("word " * 100, "phrase"),
        ("日本語" * 100 + "、" + "日本語" * 100, "clause"),
    ],
)  # fmt: skip
def test_a_rest_is_named_after_what_lies_between(text: str, expected: str) -> None:
    assert rests(text) == expected.split()


def test_verse_rests_at_lines_and_stanzas() -> None:
    script = script_of(
        "He sang it every night.\n\nThe wheel goes round and round,\nAnd never asks us why\n"
        "The miller sleeps. It is so.\nThe river hurries by.\n\nO lay me down, the river said,\n"
        "In any bed of stone;\nI have a long way yet to go\nAnd go the way alone.\n\nShe was late."
    )
    assert [line.why for line in script.lines if isinstance(line, Pause)][1:-1] == [
        "stanza",
        "verse_line",
        "verse_line",
        "sentence",
        "sentence",
        "stanza",
        "verse_line",
        "verse_line",
        "verse_line",
        "stanza",
    ]


@pytest.mark.parametrize("name", [field.name for field in fields(Pace)])
def test_each_rest_of_a_pace_is_kept(name: str) -> None:
    """A pace with this rest alone gives pauses of its length, and of its name."""
    alone = Pace(**{field.name: 0 for field in fields(Pace)} | {name: 777})
    texts = [
        f"One. Two. {'word ' * 100}\n\n> a\n\nb\n\n- c\n- d\n\n***\n\n## e\n\nf",
        f"{'word ' * 50}; {'word ' * 50}\n\n| a | b |\n| - | - |\n| c | d |",
    ]
    poem = "<div class='verse'><p>a<br>b</p><p>c</p></div>"
    document = html.read(io.BytesIO(f"<html><body>{poem}</body></html>".encode()), "x.html")
    made = [markdown.read(io.BytesIO(text.encode()), "x.md") for text in texts]
    lines = [
        line
        for manuscript in [*made, document]
        for chapter in chapters(manuscript, "x", whole=True)
        for line in write(chapter, alone).lines
        if isinstance(line, Pause)
    ]
    assert {line.why for line in lines if line.ms} == {name}
    assert {line.ms for line in lines} == {0, 777}


def test_no_utterance_is_longer_than_engines_take() -> None:
    for text in (
        "word " * 5000,
        "x" * 5000,
        "1" * 5000,
        "日本語" * 2000,
        "a—" * 3000,
        "①" * 3000,
        "a\u0301" * 3000,
        "SHOUTING " * 400,
        "# " + "Heading " * 100,
    ):
        script = script_of(text)
        assert script.utterances
        assert max(len(line.spoken) for line in script.utterances) <= LONGEST_UTTERANCE
        said = "".join(line.text for line in script.utterances)
        assert "".join(said.split()) == "".join(text.removeprefix("# ").split())


def test_an_engine_gets_a_word_of_two_sounds_as_it_sounds() -> None:
    script = script_of("She has read it. I will read it in 1979.")
    first, second = script.utterances
    assert (first.spoken, first.sound) == ("She has read it.", "She has red it.")
    assert action(first, Settings(engine="tone")).text == "She has red it."
    assert second.sound == second.spoken == "I will read it in nineteen seventy nine."
    assert unpacked(packed(script), script.chapter) == script


def test_a_line_of_a_million_characters() -> None:
    script = script_of("He said it was 1979, and “nobody — nobody” knew. " * 20_000)
    assert len(script.utterances) == 20_000


@pytest.mark.parametrize("column", [74, 76, 78, 80])
@pytest.mark.parametrize("seed", [0, 3])
def test_a_line_past_the_margin_unwraps_nothing_else(column: int, seed: int) -> None:
    paragraphs = [p for p in SEEDS[seed].read_text().split("\n") if p.strip()]
    plain = "\n\n".join(textwrap.fill(p, 72, break_on_hyphens=False) for p in paragraphs)
    with_address = "x" * column + ".\n\n" + plain
    spoken = [line.spoken for line in script_of(with_address).utterances]
    expected = [line.spoken for line in script_of(plain).utterances]
    assert spoken[-len(expected) :] == expected


def test_a_gap_in_the_ledger_is_an_error() -> None:
    script = script_of("One. Two.")
    broken = Script(script.chapter, script.lines[:2], ())
    with pytest.raises(Exception, match=r"story\.txt:1: 'Two\.' is neither spoken nor skipped"):
        check_ledger(broken)


@given(st.text(max_size=400))
def test_every_character_is_spoken_skipped_or_space(text: str) -> None:
    text = text.replace("\r", "\n")
    script = script_of(text)  # which checks its own ledger
    spans = [(line.start, line.end) for line in script.utterances]
    spans += [(piece.start, piece.end) for piece in script.skipped]
    covered = {at for start, end in spans for at in range(start, end)}
    assert all(char.isspace() for at, char in enumerate(text) if at not in covered)


PIECES = (
    "Dr. |Sr. |1979| in |“|”|’|—|...|…|! |? |. |\n|\n\n|THE SEA|& |e.g. |12-string |he |She |*|# |"
    "'70s |3,000"
).split("|")


@given(st.lists(st.sampled_from(PIECES), max_size=60))
def test_prose_like_text_keeps_its_order(pieces: list[str]) -> None:
    script = script_of("".join(pieces))
    starts = [line.start for line in script.utterances]
    assert starts == sorted(starts)
    for line in script.utterances:
        assert line.spoken == " ".join(line.spoken.split())
        assert isinstance(line, Utterance)
        assert any(char.isalnum() or char in "%&+=@#$£€¥°§" for char in line.spoken)


@pytest.mark.parametrize("path", [*SEEDS, *(folder / "story.txt" for folder in GOLDEN)], ids=str)
def test_a_packed_script_is_the_same(path: Path) -> None:
    chapter = story(path.read_text(), "en-US", "story.txt")
    written = write(chapter, Pace())
    assert unpacked(packed(written), chapter) == written


@given(st.text())
def test_any_packed_script_is_the_same(text: str) -> None:
    with contextlib.suppress(SourceError):
        written = script_of(text)
        assert unpacked(packed(written), written.chapter) == written
