"""Folders of books: where they are, and that one of them being broken does not stop the rest."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.read import library
from tests import epubs
from tests.conftest import run


@pytest.fixture
def shelf(project: Path) -> Path:
    """Two ebooks, one broken, a folder of stories, and what is none of these."""
    folder = project / "shelf"
    (folder / "Author" / "stories").mkdir(parents=True)
    epubs.write(epubs.novel(), folder / "a.epub")
    (folder / "b.epub").write_bytes(b"PK\x03\x04 torn")
    (folder / "note.txt").write_text("A note, which is a book here.")
    (folder / "Author" / "stories" / "1.txt").write_text("It was so.")
    (folder / "Author" / "stories" / "2.md").write_text("# Then\n\nIt was not.")
    (folder / "Author" / "c.epub").write_bytes((folder / "a.epub").read_bytes())
    (folder / ".hidden").mkdir()
    (folder / ".hidden" / "x.txt").write_text("no")
    (folder / "out").mkdir()
    (folder / "out" / "manifest.json").write_text("{}")
    (folder / "out" / "page.html").write_text("<p>no</p>")
    return folder


def test_what_is_in_a_library(shelf: Path) -> None:
    assert library.is_library(shelf)
    assert [str(path.relative_to(shelf)) for path in library.books(shelf)] == [
        "a.epub",
        "Author/c.epub",
        "Author/stories",
        "b.epub",
        "note.txt",
    ]


def test_what_is_no_library(project: Path, shelf: Path) -> None:
    assert not library.is_library(shelf / "Author" / "stories")
    assert not library.is_library(shelf / "a.epub")
    (shelf / "audiobook.toml").write_text("")
    assert not library.is_library(shelf)
    (project / "empty").mkdir()
    assert not library.is_library(project / "empty")


def test_a_link_to_a_folder_is_not_followed(shelf: Path) -> None:
    (shelf / "Author" / "again").symlink_to(shelf)
    assert len(list(library.books(shelf))) == 5


def test_one_broken_book_does_not_stop_the_rest(shelf: Path) -> None:
    done = run(shelf, "--voice", "tone:")
    assert done.code == 1
    made = sorted(path.name for path in Path("out").glob("[!.]*") if path.is_dir())
    assert all(f"{title}/feed.xml" in Path("out/library.opml").read_text() for title in made)
    assert all(f">{title}<" in Path("out/index.html").read_text() for title in made)
    found = json.loads(Path("out/opds.json").read_text())["publications"]
    assert [book["metadata"]["title"] for book in found] == made
    assert made == ["Note", "Stories", "Tides"]
    assert len(list(Path("out/Tides").glob("*.mp3"))) == 5
    summary = done.err[done.err.index("5 books: ") :].splitlines()
    assert summary[0] == "5 books: 3 done, 2 failed"
    assert "c.epub: out/Tides: two sources have the title 'Tides'" in summary[1]
    assert "b.epub: a damaged zip file" in summary[2]
    assert "Traceback" not in done.err
    again = run(shelf, "--voice", "tone:")
    assert again.code == 1
    assert again.err.count("nothing to do") == 3


def test_a_library_as_json(shelf: Path) -> None:
    done = run(shelf, "--voice", "tone:", "--json")
    failed = [event for event in done.json if event["event"] == "failed"]
    assert [event["number"] for event in failed] == [0, 0]
    assert failed[1]["title"].endswith("b.epub")
    assert sum(event["event"] == "summary" for event in done.json) == 3


def test_plan_and_script_of_a_library(shelf: Path) -> None:
    plan = run("plan", shelf, "--voice", "tone:", "--json")
    assert plan.code == 1
    assert [book["title"] for book in plan.json] == ["Tides", "Tides", "Stories", "Note"]
    assert "b.epub: a damaged zip file" in plan.err
    script = run("script", shelf, "--json")
    assert script.code == 1
    assert len(script.out.splitlines()) == 4


def test_parts_are_named_for_the_books_that_have_them(shelf: Path) -> None:
    (shelf / "b.epub").unlink()
    (shelf / "Author" / "c.epub").unlink()
    done = run("script", shelf, "--json", "--include", "colophon")
    assert done.code == 0, done.err
    titles = [[chapter["title"] for chapter in book["chapters"]] for book in done.json]
    assert titles[0][-1] == "Colophon"


def test_several_sources_are_a_library(shelf: Path) -> None:
    done = run(shelf / "b.epub", shelf / "note.txt", "--voice", "tone:")
    assert done.code == 1
    assert "2 books: 1 done, 1 failed" in done.err
    assert [path.name for path in Path("out").glob("*/manifest.json")] == ["manifest.json"]


def test_a_source_that_is_not_there_stops_before_anything_is_made(shelf: Path) -> None:
    done = run(shelf, shelf / "nowhere", "--voice", "tone:")
    assert done.code == 3
    assert not Path("out").exists()


def test_an_empty_folder_among_books(shelf: Path) -> None:
    (shelf / "empty").mkdir()
    assert len(list(library.books(shelf))) == 5


def test_new_and_then_the_same_book(project: Path) -> None:
    epubs.write(epubs.novel(), project / "book.epub")
    before = run("plan", "book.epub", "--voice", "tone:", "--json").json
    done = run("new", "book.epub")
    assert (done.code, done.out) == (0, "book.audiobook.toml\n")
    assert run("plan", "book.epub", "--voice", "tone:", "--json").json == before
    again = run("new", "book.epub")
    assert again.code == 2
    assert "is there already" in again.err


def test_what_a_book_file_changes(project: Path) -> None:
    epubs.write(epubs.novel(), project / "book.epub")
    run("new", "book.epub")
    path = project / "book.audiobook.toml"
    text = path.read_text()
    text = text.replace('title = "Tides"', 'title = "Ebb"').replace('"Chapter 2"', '"The Café"')
    text = text.replace('title = "Colophon"\nskip = true', 'title = "Colophon"\nskip = false')
    text = text.replace('title = "Chapter 4"', 'title = "Chapter 4"\nskip = true\nvoice = "tone:"')
    text = text.replace('title = "Chapter 5"', 'title = "Chapter 5"\nvoice = "tone:"')
    path.write_text(text)
    (found,) = run("plan", "book.epub", "--json").json
    assert found["title"] == "Ebb"
    assert [chapter["title"] for chapter in found["chapters"]] == [
        "Chapter 1",
        "The Café",
        "Chapter 3",
        "Chapter 5",
        "Colophon",
    ]
    assert {part["title"]: part["why"] for part in found["left_out"]}["Chapter 4"] == "skipped"


def test_chapters_change_places(project: Path) -> None:
    epubs.write(epubs.novel(), project / "book.epub")
    tables = [f'[[chapter]]\nfile = "epub/text/chapter-{n}.xhtml"\n' for n in (5, 2)]
    (project / "book.audiobook.toml").write_text("".join(tables))
    (found,) = run("plan", "book.epub", "--voice", "tone:", "--json").json
    titles = [chapter["title"] for chapter in found["chapters"]]
    assert titles == [f"Chapter {n}" for n in (1, 5, 3, 4, 2)]


def test_a_chapter_has_its_own_voice(project: Path) -> None:
    epubs.write(epubs.novel(), project / "book.epub")
    (project / "book.audiobook.toml").write_text(
        '[[chapter]]\nfile = "epub/text/chapter-2.xhtml"\nvoice = "tone:"\n'
    )
    (project / "voices").mkdir()
    (project / "voices" / "slow.toml").write_text('engine = "tone"\nrate = 100\n')
    done = run("book.epub", "--voice", "slow")
    assert done.code == 0, done.err
    path = project / "out" / "Tides" / "manifest.json"
    first = json.loads(path.read_text())["tracks"]
    (project / "book.audiobook.toml").write_text(
        'voice = "slow"\n[[chapter]]\nfile = "epub/text/chapter-2.xhtml"\nvoice = "tone:"\n'
    )
    done = run("book.epub")
    assert done.code == 0, done.err
    second = json.loads(path.read_text())["tracks"]
    changed = [a["title"] for a, b in zip(first, second, strict=True) if a["sha256"] != b["sha256"]]
    assert changed == ["Chapter 2"]


def test_new_for_a_folder_and_to_stdout(stories: Path) -> None:
    done = run("new", stories)
    assert done.out == f"{stories / 'audiobook.toml'}\n"
    assert 'file = "1_the-sea.txt"' in (stories / "audiobook.toml").read_text()
    assert run("plan", stories, "--voice", "tone:").code == 1
    piped = run("new", "-", stdin="# A\n\nOne.")
    assert (piped.code, piped.err) == (0, "")
    assert 'title = "A"' in piped.out


def test_a_book_of_the_same_title_by_another_author_is_refused(project: Path) -> None:
    for name in ("Ann", "Bob"):
        (project / f"{name}.html").write_text(
            f"<html><title>Poems</title><meta name='author' content='{name}'><body>"
            f"<h2>Chapter 1</h2><p>{name} one.</p><h2>Chapter 2</h2><p>{name} two.</p></html>"
        )
    assert run("Ann.html", "--voice", "tone:").code == 0
    done = run("Bob.html", "--voice", "tone:")
    assert done.code == 3
    assert "holds another book of this title" in done.err


def test_books_in_formats_that_cannot_be_read_are_told(shelf: Path) -> None:
    (shelf / "k.azw3").write_bytes(b"\0" * 60 + b"BOOKMOBI")
    (shelf / "old.doc").write_bytes(b"\xd0\xcf\x11\xe0")
    done = run("plan", shelf, "--voice", "tone:")
    assert "k.azw3: a Kindle book" in done.err
    assert "old.doc: an old Word document" in done.err


def test_a_plan_tells_what_is_missing(project: Path) -> None:
    members = epubs.novel()
    del members["epub/text/chapter-3.xhtml"]
    epubs.write(members, project / "book.epub")
    done = run("plan", "book.epub", "--voice", "tone:", "--json")
    assert "names 'epub/text/chapter-3.xhtml', which is not in the book" in done.err
    assert len(done.json[0]["notices"]) == 2
