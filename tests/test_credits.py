"""Credits: who wrote a book and who reads it, said before its first chapter and after its last."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pipeline import batch, read, unchanged
from pipeline.batch import Order
from pipeline.credits import LONGEST_RIGHTS, WORDS, credited, narrator_of, narrators
from pipeline.engines import choose, speaker
from pipeline.errors import ConfigError
from pipeline.model import Book, Chapter, Pace, Person, Settings, Voice
from pipeline.read import Asked
from pipeline.read.text import story
from pipeline.script import where, write
from pipeline.voices.profiles import read_voice
from tests.conftest import run

TONE = Voice("tone:", Settings(engine="tone"))
GWEN = replace(TONE, narrator="Gwen")


def chapter(number: int, voice: str | None = None) -> Chapter:
    made = story("It was calm.\n\nNobody spoke.", "en-US", "stories/1.txt")
    return replace(made, number=number, title=f"Story {number}", file="1.txt", voice=voice)


def book(**about: object) -> Book:
    made = Book("Tides", "Ann Lee", "en-US", "Audiobook", (chapter(1), chapter(2)), credits=True)
    return replace(made, **about)  # type: ignore[arg-type]


def lines(made: Book, voice: Voice = GWEN) -> tuple[list[str], list[str]]:
    """What is said before and after a book."""
    opening, *_, closing = credited(made, voice, {}).chapters
    first, last = (write(one, Pace()) for one in (opening, closing))  # which check the ledger
    return [line.text for line in first.utterances], [line.text for line in last.utterances]


def test_a_book_opens_and_closes_with_its_title_author_and_narrator() -> None:
    assert lines(book()) == (
        ["Tides", "Written by Ann Lee.", "Narrated by Gwen."],
        ["This was Tides, written by Ann Lee, narrated by Gwen.", "The End."],
    )


def test_all_that_is_known_is_said() -> None:
    people = (Person("Ann Lee"), Person("Bo Day"), Person("Cy Fox", "trl"), Person("Di Gee", "nrt"))
    made = book(subtitle="A Story of the Sea", people=people, rights="© 1999 Small Press")
    assert lines(made) == (
        [
            "Tides",
            "A Story of the Sea.",
            "Written by Ann Lee and Bo Day.",
            "Translated by Cy Fox.",
            "Narrated by Gwen.",
        ],
        [
            "This was Tides, written by Ann Lee and Bo Day, narrated by Gwen.",
            "© 1999 Small Press.",
            "The End.",
        ],
    )


def test_what_is_not_known_is_not_said() -> None:
    assert lines(book(author="")) == (
        ["Tides", "Narrated by Gwen."],
        ["This was Tides, narrated by Gwen.", "The End."],
    )


@pytest.mark.parametrize("rights", ["x " * LONGEST_RIGHTS, "https://example.org/licence"])
def test_a_licence_is_not_read(rights: str) -> None:
    assert lines(book(rights=rights))[1][-1] == "The End."
    assert len(lines(book(rights=rights))[1]) == 2


@pytest.mark.parametrize(
    ("language", "opens", "closes"),
    [
        ("de", "Geschrieben von Ann Lee.",
         "Das war Tides, geschrieben von Ann Lee, gelesen von Gwen."),
        ("fr-CA", "Écrit par Ann Lee.", "Vous avez écouté Tides, écrit par Ann Lee, lu par Gwen."),
        ("es", "Escrito por Ann Lee.", "Ha escuchado Tides, escrito por Ann Lee, leído por Gwen."),
        ("it", "Scritto da Ann Lee.", "Avete ascoltato Tides, scritto da Ann Lee, letto da Gwen."),
        ("pt-BR", "Escrito por Ann Lee.", "Este foi Tides, escrito por Ann Lee, lido por Gwen."),
        ("sv", "Ann Lee.", "Tides."),
    ],
)  # fmt: skip
def test_the_words_are_the_books_languages(language: str, opens: str, closes: str) -> None:
    opening, closing = lines(book(language=language))
    assert (opening[1], closing[0]) == (opens, closes)


def test_each_language_with_rules_for_numbers_has_its_words() -> None:
    from pipeline.normalize.languages import TABLES

    assert set(WORDS) == {"en", *(tag.partition("-")[0] for tag in TABLES)}


def test_they_are_chapters_of_their_own_and_the_others_move_up() -> None:
    left = (replace(chapter(1), title="Preface", left_out="excluded"),)
    made = credited(book(left_out=left), GWEN, {})
    assert [(c.number, c.title, c.file) for c in made.chapters] == [
        (1, "Opening Credits", "opening-credits"),
        (2, "Story 1", "1.txt"),
        (3, "Story 2", "1.txt"),
        (4, "Closing Credits", "closing-credits"),
    ]
    assert [part.number for part in made.left_out] == [2]
    assert where(made.chapters[0], 0) == "stories/1.txt: opening-credits"


def test_a_book_that_does_not_ask_has_none() -> None:
    silent = book(credits=False)
    assert credited(silent, GWEN, {}) is silent


def test_the_narrator_is_the_books_then_the_profiles_then_the_voice() -> None:
    settings = choose(Settings(), "en-US")
    people = (Person("Di Gee", "nrt"),)  # who has read another recording
    assert narrator_of(book(narrator="Jo"), GWEN, settings) == "Jo"
    assert narrator_of(book(people=people), GWEN, settings) == "Gwen"
    assert narrator_of(book(people=people), TONE, settings) == "eSpeak NG, English (America)"


@pytest.mark.parametrize(
    ("settings", "name"),
    [
        (Settings(voice="de"), "eSpeak NG, German"),
        (Settings(voice="en-US+f3"), "eSpeak NG, English (America)"),
        (Settings(engine="tone", voice="sine"), "a humming tone"),
        (Settings(engine="tone", voice="unheard"), "unheard"),
    ],
)
def test_a_voice_has_a_plain_name(settings: Settings, name: str) -> None:
    assert speaker(settings) == name


def test_of_several_voices_each_is_named_once_in_order_of_first_use() -> None:
    voices = {"british": Voice("british", Settings(voice="en")), "gwen": GWEN}
    asked = (None, "gwen", "british", "gwen", None)
    cast = book(chapters=tuple(chapter(n, name) for n, name in enumerate(asked, 1)))
    assert narrators(cast, TONE, voices) == (
        "a humming tone",
        "Gwen",
        "eSpeak NG, English (Great Britain)",
    )
    opening = credited(cast, TONE, voices).chapters[0].text
    assert opening.endswith(
        "Narrated by a humming tone, Gwen and eSpeak NG, English (Great Britain)."
    )
    assert narrators(replace(cast, narrator="Jo"), TONE, voices) == ("Jo",)


@pytest.mark.parametrize(
    "title", ["1984", "Who Goes There?", "***", "“Why?”", "العربية", "A " * 400]
)
def test_any_title_passes_the_ledger(title: str) -> None:
    assert lines(book(title=title))[1][-1] == "The End."


def test_a_build_with_credits(stories: Path) -> None:
    (stories / "audiobook.toml").write_text('author = "Ann Lee"\nnarrator = "Jo"\ncredits = true\n')
    assert run(stories, "--voice", "tone:").code == 0
    assert sorted(path.name for path in Path("out/Stories").glob("*.mp3")) == [
        "01 Opening Credits.mp3",
        "02 The sea.mp3",
        "03 The hill.mp3",
        "04 Closing Credits.mp3",
    ]
    assert run("plan", stories, "--voice", "tone:").code == 0
    (stories / "audiobook.toml").write_text('author = "Ann Lee"\nnarrator = "Al"\ncredits = true\n')
    planned = run("plan", stories, "--voice", "tone:", "--json").json[0]["chapters"]
    assert [bool(one["to_speak"]) for one in planned] == [True, False, False, True]
    assert planned[1]["reason"] == "tags: narrator 'Jo' -> 'Al'"


def test_the_command_asks_for_them_too(stories: Path) -> None:
    said = run("script", stories, "--credits", "--voice", "tone:", "--only", "1").out
    assert "Narrated by a humming tone." in said
    assert "Opening Credits" not in run("script", stories, "--voice", "tone:").out


def test_another_book_of_this_title_is_still_refused(project: Path) -> None:
    for name, text in (("a", "The sea was calm."), ("b", "The hill was steep.")):
        folder = project / name
        folder.mkdir()
        (folder / f"{name}.txt").write_text(text)
        (folder / "audiobook.toml").write_text('title = "Tides"\ncredits = true\n')
    order = Order(voice="tone:")
    assert batch.make(batch.sources([project / "a"]), {}, order) == 0
    with pytest.raises(ConfigError, match="holds another book of this title"):
        batch.make(batch.sources([project / "b"]), {}, order)


def test_what_is_asked_and_who_is_thanked_make_another_request(stories: Path) -> None:
    (stories / "audiobook.toml").write_text("")
    (Path("voices")).mkdir()
    profile = Path("voices/hum.toml")
    profile.write_text('engine = "tone"\n')
    known = [unchanged.request(stories, Asked(), "hum")]
    known.append(unchanged.request(stories, Asked(credits=True), "hum"))
    profile.write_text('engine = "tone"\nnarrator = "Gwen"\n')
    known.append(unchanged.request(stories, Asked(), "hum"))
    (stories / "audiobook.toml").write_text("credits = true\n")
    known.append(unchanged.request(stories, Asked(), "hum"))
    assert None not in known
    assert len(set(known)) == 4
    assert read_voice("hum").narrator == "Gwen"


def test_new_keeps_the_narrator_and_writes_no_credits_as_chapters(stories: Path) -> None:
    (stories / "audiobook.toml").write_text('narrator = "Jo"\n')
    written = run("new", stories, "--credits", "--out", "-").out
    assert 'narrator = "Jo"\n' in written
    assert "# credits = true" in written
    assert "opening-credits" not in written
    assert read.read(stories, Asked(credits=True)).credits
