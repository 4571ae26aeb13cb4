"""Folders and files -> books."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pipeline.errors import ConfigError, SourceError
from pipeline.read import Asked, read
from tests.conftest import ROOT


def test_the_seeds_are_a_book() -> None:
    book = read(ROOT / "seeds")
    assert book.title == "Five Stories of Jimmy Page"
    assert [chapter.title for chapter in book.chapters] == [
        "The Voice He Misses Most",
        "A Letter Never Mailed",
        "The Alchemist of the Electric Guitar",
        "Scarlet and Her Father",
        "The Silence Between the Sounds",
    ]
    assert {chapter.author for chapter in book.chapters} == {"Anonymous"}
    assert book.language == "en-US"
    assert book.notices == ()


def test_numbers_of_a_language_without_a_table_are_told_once(stories: Path) -> None:
    (stories / "audiobook.toml").write_text('language = "nl"\n')
    for name in ("3_drie.txt", "4_vier.txt"):
        (stories / name).write_text("Het jaar\n\nHet was in 1979.\n")
    assert read(stories).notices == ("nl has no table of numbers: they are left to the voice.",)
    (stories / "audiobook.toml").write_text('language = "de"\n')
    assert read(stories).notices == ()


def test_a_folder_without_a_book_file(stories: Path) -> None:
    (stories / "10_last.txt").write_text("The End of All Things\n\nIt ended.\n")
    (stories / "notes.odg").write_bytes(b"PK")
    (stories / ".hidden.txt").write_text("no")
    book = read(stories)
    assert book.title == "Stories"
    assert [(c.number, c.title) for c in book.chapters] == [
        (1, "The sea"),
        (2, "The hill"),
        (3, "The End of All Things"),
    ]
    assert book.notices == (f"{stories / 'notes.odg'}: left out, it is no story.",)


def test_one_story_is_a_book_of_one_chapter(stories: Path) -> None:
    book = read(stories / "1_the-sea.txt")
    assert (book.title, len(book.chapters)) == ("The sea", 1)


def test_titles_from_names_that_say_nothing(project: Path) -> None:
    (project / "000_26466d9cf6465bc2.txt").write_text("nothing that could be a title, here.")
    assert read(project / "000_26466d9cf6465bc2.txt").chapters[0].title == "Story 1"


@pytest.mark.parametrize("heading", ["I", "XIV.", "Chapter 1", "CHAPTER ONE", "3"])
def test_a_number_is_no_title(heading: str, project: Path) -> None:
    (project / "the-road.txt").write_text(f"{heading}\n\nIt was long.\n")
    assert read(project / "the-road.txt").chapters[0].title == "The road"


def test_named_stories_come_first_in_their_order(stories: Path) -> None:
    (stories / "audiobook.toml").write_text(
        'language = "en-GB"\n[[chapter]]\nfile = "2_the-hill.txt"\nauthor = "A"\nlanguage = "de"\n'
    )
    first, second = read(stories).chapters
    assert (first.source, first.author, first.language) == (
        str(stories / "2_the-hill.txt"),
        "A",
        "de",
    )
    assert (second.number, second.author, second.language) == (2, "", "en-GB")


@pytest.mark.parametrize(
    ("data", "encoding", "text"),
    [
        (b"\xef\xbb\xbfcaf\xc3\xa9", None, "café"),
        ("café".encode("utf-16"), None, "café"),
        (b"caf\xe9 \x93yes\x94", "cp1252", "café “yes”"),
        (b"one\r\ntwo\rthree", None, "one\ntwo\nthree"),
        ("café".encode("utf-16-le"), "utf-16-le", "café"),
        (b"\x1b[31mred", None, "\x1b[31mred"),
    ],
)
def test_encodings(data: bytes, encoding: str | None, text: str, project: Path) -> None:
    (project / "story.txt").write_bytes(data)
    assert read(project / "story.txt", Asked(encoding)).chapters[0].text == text


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "the story is empty"),
        (b" \n\t\n", "the story is empty"),
        (b"caf\xe9\n", r"story.txt:1: byte 0xe9 is not UTF-8. .*--encoding cp1252"),
        (b"a\nb\nna\xefve", r"story.txt:3: byte 0xef is not UTF-8"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "a binary file, not text"),
        (bytes(range(1, 32)) * 9, "a binary file, not text"),
    ],
)
def test_what_is_not_a_story_is_one_clear_line(data: bytes, message: str, project: Path) -> None:
    (project / "story.txt").write_bytes(data)
    for source in (project, project / "story.txt"):
        with pytest.raises(SourceError, match=message) as caught:
            read(source)
        assert "\n" not in str(caught.value)


def test_what_a_folder_holds_beside_stories_is_told(stories: Path, tmp_path: Path) -> None:
    (stories / "part2").mkdir()
    (stories / "gone.txt").symlink_to(stories / "nowhere")
    assert read(stories).notices == (
        f"{stories / 'gone.txt'}: left out, it is no story.",
        f"{stories / 'part2'}: left out, it is a folder.",
    )


def test_a_story_from_elsewhere_is_refused(stories: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    (stories / "3.txt").symlink_to(tmp_path / "secret.txt")
    with pytest.raises(SourceError, match=r"3.txt: points out of its folder"):
        read(stories)


@pytest.mark.parametrize("name", ["/dev/zero", "x" * 300, "a\0b", "fifo", "notes.docx"])
def test_what_is_no_story_file_is_refused(name: str, project: Path) -> None:
    os.mkfifo("fifo")
    Path("notes.docx").write_text("# Notes")
    with pytest.raises(SourceError):
        read(Path(name))


def test_names_in_no_encoding_are_read(stories: Path) -> None:
    (stories / os.fsdecode(b"caf\xe9 1\xc2\xb23.txt")).write_text("It was open.")
    (chapter,) = (c for c in read(stories).chapters if "caf" in c.source)
    assert chapter.title == "Caf 1²3"
    assert chapter.source.encode()


def test_folders_keep_their_numbers(project: Path) -> None:
    for name in ("1984", "101 Dalmatians"):
        (project / name).mkdir()
        (project / name / "a.txt").write_text("One.")
        assert read(project / name).title == name


def test_folders_without_stories(project: Path) -> None:
    with pytest.raises(SourceError, match=r"no stories\. Put text, Markdown"):
        read(project)
    with pytest.raises(SourceError, match="no such file or folder"):
        read(project / "nowhere")


@pytest.mark.parametrize(
    ("toml", "message"),
    [
        ('[[chapter]]\nfile = "1_the-see.txt"', "Did you mean '1_the-sea.txt'"),
        (
            '[[chapter]]\nfile = "../secret.txt"',
            "'../secret.txt' is not in this book. It has 1_the-sea.txt, 2_the-hill.txt",
        ),
        ('[[chapter]]\nfile = "1_the-sea.txt"\n' * 2, "'1_the-sea.txt' is listed twice"),
        ('language = "english"', "'english' is not a language tag"),
        ('cover = "../cover.jpg"', "outside the folder"),
        ('cover = "cover.jpg"', "No such file"),
        ('encoding = "utf-9"', "no such encoding as 'utf-9'"),
        ('encoding = "undefined"', "no such encoding as 'undefined'"),
        ('encoding = "a\\u0000b"', "must be one line"),
        ("title = '" + "x" * 1001 + "'", "must be one line of at most 1000 characters"),
        ("a = " + "[" * 5000, "not valid TOML"),
    ],
)
def test_a_book_file_that_does_not_fit_its_folder(toml: str, message: str, stories: Path) -> None:
    (stories / "audiobook.toml").write_text(toml)
    with pytest.raises(ConfigError, match=message):
        read(stories)
