"""What a whole document shows: pages, notes, cut words, frames; and that none of it takes long."""

from __future__ import annotations

import random
import re
import textwrap
import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.model import Block, Chapter, Pace, Skipped, Span
from pipeline.normalize.passage import edits, passage
from pipeline.read.text import story
from pipeline.script import write

NARRATION = (
    "It was late in the year when the boats came down from the hills with their lamps lit and "
    "nobody at the oars, and old Maren saw them first from the window and said nothing to anybody "
    "about it, for who would have believed her? The boats went by in the dark, one behind the "
    "other, and on each of them a lamp burned without smoke. She counted them until she slept. "
)


def said(text: str) -> list[str]:
    return [line.spoken for line in write(story(text, "en-US", "story.txt"), Pace()).utterances]


def skipped(text: str) -> list[tuple[str, str]]:
    script = write(story(text, "en-US", "story.txt"), Pace())
    return [(piece.rule, piece.text) for piece in script.skipped]


def paged(between: list[str], lines_a_page: int = 7, paragraphs: int = 12) -> str:
    """A wrapped text with something between each of its pages; "{}" is the page's number."""
    words, chance = NARRATION.split(), random.Random(1)
    shuffled = (" ".join(chance.sample(words, len(words))) for _ in range(paragraphs))
    text = "\n\n".join(textwrap.fill(f"So {one} and {one}.", 70) for one in shuffled)
    made: list[str] = []
    for number, line in enumerate(text.split("\n"), 1):
        made.append(line)
        if number % lines_a_page == 0:
            made += [one.format(number // lines_a_page + 3) for one in between]
    return "\n".join(made)


@pytest.mark.parametrize(
    "between",
    [
        ["{}"],
        ["", "{}", ""],
        ["", "- {} -", ""],
        ["", "[Pg {}]", ""],
        ["Page {} of 90"],
        ["{}", "\fTHE LONG RIVER"],
        ["", "THE LONG RIVER", ""],
        ["", "{}   THE LONG RIVER", ""],
        ["", "The Long River                    {}", "", ""],
        ["", "[{}]", "", "Ann Orr", ""],
    ],
    ids=str,
)
def test_what_pages_have_around_them_is_skipped(between: list[str]) -> None:
    text = paged(between)
    assert said(text) == said(paged([]))
    assert {rule for rule, _ in skipped(text)} <= {"page number", "running head"}
    breaks = paged([]).count("\n") // 7
    assert len(skipped(text)) == sum(bool(one.strip()) for one in between) * breaks


@pytest.mark.parametrize(
    "text",
    [
        "\n\n".join(f"{number}\n\n{NARRATION}" for number in range(1, 9)),
        "\n\n".join(f"{number}\n\n{textwrap.fill(NARRATION)}" for number in range(1, 9)),
        "\n\n".join(f"Chapter {number}\n\n{textwrap.fill(NARRATION)}" for number in range(1, 9)),
        "\n\n".join(["MAREN\nWho goes there?", "BOATMAN\nNobody does."] * 9),
        "\n\n".join(["The wheel goes round\nThe river by\nNevermore"] * 9),
        "Three, two, one:\n\n3\n\n2\n\n1\n\nand off they went.",
        "They counted them all:\n12\n13\n14\nand then they stopped.",
    ],
    ids=range(7),
)
def test_numbers_and_lines_that_are_the_texts_own_stay(text: str) -> None:
    assert not {rule for rule, _ in skipped(text)} & {"page number", "running head"}
    numbers = [str(n) for n in re.findall(r"\d+", text)]
    assert len(numbers) <= sum(len(line.split()) for line in said(text))


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("The footsteps came, foot-\nsteps on the stair.", "came, footsteps on"),
        ("It was well known, a well-\nknown thing.", "a well-known thing."),
        ("A half-\nfrozen lake.", "A half-frozen lake."),
        ("He went by and the mid\u00ad\nnight bell rang.", "the midnight bell"),
        ("Foot-\n\nsteps.", "Foot-"),
        (f"# One\n\nT he sea. {NARRATION}", "The sea."),
        (f"# One\n\nW HEN she slept. {NARRATION}", "When she slept."),
        (f"# One\n\nA lamp. {NARRATION}", "A lamp."),
        (f"# One\n\nI counted. {NARRATION}", "I counted."),
        (f"One.\n\nT he sea. {NARRATION}", "T he sea."),  # no chapter begins here
    ],
)
def test_words_that_a_line_or_an_initial_cuts(text: str, spoken: str) -> None:
    assert spoken in " ".join(said(text))


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("The mill[3] stood.", "The mill stood."),
        ("The mill.[12] It stood.", "The mill. It stood."),
        ("The mill{3} stood.", "The mill stood."),
        ("The mill† stood.", "The mill stood."),
        ("The mill¹² stood.", "The mill stood."),
        ("“The mill.”¹ He stood.", '"The mill." He stood.'),
        ("The mill* stood.\n\n* It was old.", "The mill stood."),
        ("The mill [a] stood.\n\n[a] It was old.", "The mill stood."),
        ("One1 was.2 Two.”3 It was.", 'One was. Two." It was.'),
        ("The mill[*] stood.\n\n[*] It was old.", "The mill stood."),
        ("[Footnote: It was old.]\n\nThe mill stood.", "The mill stood."),
        # What is none.
        ("The mill* stood.", "The mill stood."),
        ("Of mill12 and B52.", "Of mill and B fifty two."),
        (
            "See note 5, (see 3), 20 m² and f(x).",
            "See note five, (see three), 20 square meters and f(x).",
        ),
        (
            "Apollo11, Apollo12 and Apollo13 flew.",
            "Apollo eleven, Apollo twelve and Apollo thirteen flew.",
        ),
        ("A list[a], all.", "A list[a], all."),
        ("*Old* mills*\n\n* one\n\n* two", None),
    ],
)
def test_marks_of_notes(text: str, spoken: str | None) -> None:
    if spoken:
        assert " ".join(said(text)).replace("twenty s", "20 s") == spoken


@pytest.mark.parametrize(
    "line",
    [
        "Sure! Here is a story about a mill:",
        "Certainly, here’s your revised chapter:",
        "Here’s the story you asked for:",
        "Of course! Here’s an expanded version of the scene, with more dialogue.",
        "Here is a 500-word story about the sea:",
    ],
)
def test_an_assistant_that_hands_over_is_not_read(line: str) -> None:
    text = f"{line}\n\nThe mill stood by the river."
    assert said(text) == ["The mill stood by the river."]
    assert skipped(text) == [("assistant's opening line", line)]
    kept = story(text, "en-US", "story.txt", keep_boilerplate=True)
    assert len(write(kept, Pace()).utterances) > 1
    assert said(line)  # a whole story is never one


@pytest.mark.parametrize(
    "line",
    [
        "Here is the story of my life.",
        "Here’s the story, he said: they all died.",
        "Sure, he went there.",
        "Here is a story my grandmother told me:",
        "Of course it rained.",
        "Here lies the story of a man nobody knew.",
        "Certainly the chapter was over.",
    ],
)
def test_a_storys_own_first_line_is_read(line: str) -> None:
    assert not skipped(f"{line}\n\nThe mill stood by the river.")


def test_a_passage_points_back_at_its_source() -> None:
    text = "One two[1] &amp; th\n12\nree."
    chapter = Chapter(
        number=1,
        title="",
        author="",
        language="en",
        source="",
        file="",
        text=text,
        blocks=(Block("paragraph", 0, len(text)),),
        spans=(Span("said", 11, 16, "&"), Span("said", 19, 23)),
        skipped=(Skipped("note mark", "[1]", 7, 10), Skipped("page number", "12", 20, 22)),
    )
    read = passage(chapter, chapter.blocks[0], edits(chapter))
    assert read.text == "One two & three."
    at = read.text.index
    assert text[read.start(at("two")) : read.end(at(" &"))] == "two"
    assert text[read.start(at("&")) : read.end(at("&") + 1)] == "&amp;"
    assert text[read.start(at("three")) : read.end(at("."))] == "th\n12\nree"
    assert (read.start(0), read.end(len(read.text))) == (0, len(text))


PIECES = (
    "[1]|word|.|12|\n|\n\n|*|†|-|&amp;|<br>|<i>|`|> |- |[a](b)|T he|# |The |²| |Notes|1. |”|"
    "[Footnote 1: |]|*** START OF THE PROJECT GUTENBERG EBOOK X ***\n|\n*** END OF THE PROJECT "
    "GUTENBERG EBOOK X ***|\u00ad|--|Sure! Here is a story:"
).split("|")


@given(st.lists(st.sampled_from(PIECES), max_size=80))
def test_whatever_stands_together_is_accounted_for(pieces: list[str]) -> None:
    text = "".join(pieces)
    script = write(story(text, "en-US", "story.txt"), Pace())  # which checks its own ledger
    for line in script.utterances:
        assert text[line.start : line.end] == line.text
    for piece in script.skipped:
        assert 0 <= piece.start <= piece.end <= len(text)


@pytest.mark.parametrize(
    "text",
    [
        "x" * 1_000_000,
        "[" * 1_000_000,
        "*" * 1_000_000,
        "1" * 1_000_000,
        "> " * 500_000,
        " *a" * 333_000,
        "a-\n" * 333_000,
        "word[1] " * 100_000,
        "".join(f"word[{n}] " for n in range(100_000)),
        "".join(f"[{n}] word\n\n" for n in range(100_000)),
        "\n".join(str(n) for n in range(100_000)),
        "\n\n".join(str(n) for n in range(100_000, 0, -1)),
        "[Footnote 1: " * 80_000,
        "[Footnote 1: \n\n" * 50_000,
        "Notes\n\n" * 100_000,
        "Notes\n\n1. a\n\n" * 30_000,
        "<i " * 300_000,
        "&" * 1_000_000,
        "[a](b" * 200_000,
        "`a " * 300_000,
        "a1 " * 300_000,
        "word1 " * 160_000,
        "*** START OF THE PROJECT GUTENBERG EBOOK " * 25_000,
        "*** START OF THE PROJECT GUTENBERG EBOOK\n" * 25_000,
        "Sure! " * 150_000,
    ],
    ids=lambda text: repr(text[:20]),
)
def test_a_megabyte_of_anything_is_soon_done(text: str) -> None:
    from pipeline.normalize.clean import clean

    start = time.perf_counter()
    clean(text)
    assert time.perf_counter() - start < 60  # quadratic would be minutes


def test_verse_has_short_rests_and_stanzas_long_ones() -> None:
    chapter = story("The sea is wide\nThe night is long\nI sing beside\n\nIt ended.", "en", "")
    kinds = [block.kind for block in chapter.blocks]
    assert kinds == ["verse", "verse", "verse", "paragraph"]
    script = write(replace(chapter, title="Song"), Pace())
    rests = [line.why for line in script.lines if hasattr(line, "why")]
    assert rests == ["chapter_start", "verse_line", "verse_line", "stanza", "chapter_end"]
