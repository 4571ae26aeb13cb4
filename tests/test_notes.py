"""Notes in every format: left out, read behind the paragraph that calls them, or at the end."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest

from pipeline.errors import ConfigError, SourceError
from pipeline.model import Chapter, Pace
from pipeline.read import Asked, formats, read
from pipeline.read.chapters import chapters
from pipeline.script import line_number, write
from tests.conftest import run

TEXT = """\
One mill[1] stood. It fell.[2]

Two men came.

[1] It was old.

[2] In a flood of water.
"""
MARKDOWN = """\
One mill[^1] stood. It fell.[^b]

Two men came.

[^1]: It was old.

[^b]: In a flood of water.
"""
TYPED = """<html xmlns:epub="http://www.idpf.org/2007/ops"><body>
<p>One mill<a epub:type="noteref" href="#n1">1</a> stood. It fell.<a epub:type="noteref"
href="#n2">2</a></p><p>Two men came.</p>
<aside epub:type="footnote" id="n1"><p>1</p><p>It was old.</p></aside>
<aside epub:type="footnote" id="n2"><p>In a flood</p><p>of water.</p></aside></body></html>"""
UNTYPED = """<html><body>
<p>One mill<a id="r1" href="#n1"><sup>1</sup></a> stood. It fell.<a id="r2" href="#n2"><sup>2</sup>
</a></p><p>Two men came.</p>
<p id="n1"><a href="#r1">1</a> It was old.</p>
<p id="n2"><a href="#r2">2</a> In a flood of water.</p>
</body></html>"""
FB2 = """<FictionBook xmlns="http://www.gribuser.ru/xml/fictionbook/2.0"
xmlns:l="http://www.w3.org/1999/xlink"><body><section>
<p>One mill<a l:href="#n1" type="note">1</a> stood. It fell.<a l:href="#n2" type="note">2</a></p>
<p>Two men came.</p></section></body>
<body name="notes"><section id="n1"><title><p>1</p></title><p>It was old.</p></section>
<section id="n2"><title><p>2</p></title><p>In a flood</p><p>of water.</p></section></body>
</FictionBook>"""
BOOKS = {
    "story.txt": TEXT,
    "story.md": MARKDOWN,
    "typed.html": TYPED,
    "untyped.html": UNTYPED,
    "story.fb2": FB2,
}
STORY = ["One mill stood.", "It fell."]
NOTES = ["Note: It was old.", "Note: In a flood of water."]


def parts(name: str, notes: str) -> list[Chapter]:
    manuscript = formats.read(io.BytesIO(BOOKS[name].encode()), name)
    return chapters(replace(manuscript, about={"language": "en-US"}), name, notes=notes)


def said(name: str, notes: str) -> list[str]:
    made = [write(part, Pace()) for part in parts(name, notes) if not part.left_out]
    lines = " ".join(line.spoken for script in made for line in script.utterances)
    return [f"{line.strip()}." for line in lines.rstrip(".").split(".")]


@pytest.mark.parametrize("name", BOOKS)
def test_notes_are_left_out(name: str) -> None:
    assert said(name, "skip") == [*STORY, "Two men came."]


@pytest.mark.parametrize("name", BOOKS)
def test_notes_behind_their_paragraph(name: str) -> None:
    assert said(name, "inline") == [*STORY, *NOTES, "Two men came."]


@pytest.mark.parametrize("name", BOOKS)
def test_notes_at_the_end_of_their_chapter(name: str) -> None:
    assert said(name, "end") == [*STORY, "Two men came.", *NOTES]


def test_a_note_of_another_chapter_is_read_with_its_own() -> None:
    text = "# Chapter 1\n\nThe mill[^1] stood, and stood.[^1]\n\n"
    text += "# Chapter 2\n\nIt fell.[^2] Gone.[^1]\n\n"
    manuscript = formats.read(io.BytesIO(f"{text}[^1]: Old.\n\n[^2]: Twice.".encode()), "a.md")
    one, two = (write(part, Pace()) for part in chapters(manuscript, "a.md", notes="end"))
    assert [line.spoken for line in one.utterances[-2:]] == ["The mill stood, and stood.", "Old."]
    assert [line.spoken for line in two.utterances[-2:]] == ["Gone.", "Twice."]


def test_a_heading_may_call_a_note() -> None:
    text = "CHAPTER I.[1]\n\nIt stood.\n\nCHAPTER II\n\nIt fell.\n\n[1] Once."
    manuscript = formats.read(io.BytesIO(text.encode()), "a.txt")
    one, _ = chapters(manuscript, "a.txt", notes="end")
    assert one.title == "Chapter 1"
    assert [line.text for line in write(one, Pace()).utterances] == [
        "CHAPTER I.",
        "It stood.",
        "Once.",
    ]


def test_positions_stay_right_around_notes() -> None:
    (chapter,) = parts("story.txt", "inline")
    for line in write(chapter, Pace()).utterances:
        assert chapter.text[line.start : line.end] == line.text
        written = line.text.removeprefix("Note: ").split("\n")[0].split("[")[0].rstrip(".")
        assert written in TEXT.split("\n")[line_number(chapter, line.start) - 1]


def test_the_option_wins_over_the_file(project) -> None:
    story = project / "story.txt"
    story.write_text(TEXT)
    (project / "story.audiobook.toml").write_text('notes = "end"')
    assert run("script", "story.txt").out.count("Note: ") == 2
    assert "Note: " not in run("script", "story.txt", "--notes", "skip").out
    (chapter,) = read(story, Asked(notes="inline")).chapters
    assert [chapter.text[b.start :][:5] for b in chapter.blocks] == [
        "One m",
        *["Note:"] * 2,
        "Two m",
    ]
    (project / "story.audiobook.toml").write_text('notes = "inlin"')
    with pytest.raises(ConfigError, match="Did you mean 'inline'"):
        read(story)


FRAMED = """\
The Project Gutenberg eBook of The Mill

Title: The Mill

Author: Ann Orr

Translator: Bo Ek

Language: German

*** START OF THIS PROJECT GUTENBERG EBOOK THE MILL ***

Produced by Some Body

CHAPTER I

It stood.

CHAPTER II

It fell.

*** END OF THIS PROJECT GUTENBERG EBOOK THE MILL ***

Donations are welcome.
"""
OLD = """\
***The Project Gutenberg Etext of The Mill, by Ann Orr***

Title: The Mill
Author: Ann Orr

***START**THE SMALL PRINT!**FOR PUBLIC DOMAIN ETEXTS**START***
Why is this here?
*END*THE SMALL PRINT! FOR PUBLIC DOMAIN ETEXTS*Ver.04.29.93*END*

CHAPTER I

It stood.

CHAPTER II

It fell.

End of the Project Gutenberg Etext of The Mill
"""


@pytest.mark.parametrize("text", [FRAMED, OLD], ids=["new", "old"])
def test_a_book_in_project_gutenbergs_frame(project, text: str) -> None:
    (project / "pg1.txt").write_text(text)
    book = read(project / "pg1.txt")
    assert (book.title, book.author) == ("The Mill", "Ann Orr")
    assert [chapter.title for chapter in book.chapters][-1][-1] == "2"
    lines = [line.text for c in book.chapters for line in write(c, Pace()).utterances]
    assert lines == ["CHAPTER I", "It stood.", "CHAPTER II", "It fell."]
    if text is FRAMED:
        assert book.language == "de"
        assert [(p.name, p.role) for p in book.people] == [("Ann Orr", "aut"), ("Bo Ek", "trl")]


def test_the_frame_stays_if_it_is_asked_for(project) -> None:
    (project / "pg1.txt").write_text(FRAMED)
    (project / "pg1.audiobook.toml").write_text("keep_boilerplate = true")
    parts = read(project / "pg1.txt")
    assert any("Donations" in part.text for part in (*parts.chapters, *parts.left_out))
    assert "Donations" in "".join(
        line.text for part in parts.chapters for line in write(part, Pace()).utterances
    )


def test_the_frame_in_html_that_does_not_say_so() -> None:
    paragraphs = "".join(f"<p>{one}</p>" for one in FRAMED.split("\n\n"))
    page = f"<html><body>{paragraphs}</body></html>".encode()
    made = chapters(formats.read(io.BytesIO(page), "a.html"), "a.html")
    lines = [u.text for part in made for u in write(part, Pace()).utterances]
    assert lines[-1] == "It fell."
    assert not any("Donations" in line or "Title:" in line for line in lines)


def test_a_story_about_project_gutenberg_is_whole() -> None:
    text = (
        "He wrote *** START OF THE PROJECT GUTENBERG EBOOK *** on the wall.\n\nEnd of the story.\n"
    )
    made = chapters(formats.read(io.BytesIO(text.encode()), "a.txt"), "a.txt")
    assert "on the wall." in write(made[0], Pace()).utterances[0].text


@pytest.mark.parametrize(
    ("damaged", "text", "places"),
    [
        ("It wasnâ€™t â€œhimâ€\u009d.", "It wasn’t “him”.", 3),
        ("CafÃ© naÃ¯ve, Ã‰tude", "Café naïve, Étude", 3),
        ("“Fine”, he’s here.\nDonâ€™t", "“Fine”, he’s here.\nDon’t", 1),
        ("Ã la carte, Âme, PÃRIS, “so”", "Ã la carte, Âme, PÃRIS, “so”", 0),
    ],
)
def test_damaged_encoding_is_repaired_and_told(damaged: str, text: str, places: int) -> None:
    found = formats.read(io.BytesIO(damaged.encode()), "a.txt")
    assert found.document.text == text
    assert len(found.notices) == bool(places)
    assert all(f" {places} place" in notice for notice in found.notices)


def test_nothing_but_a_frame_is_no_book(project) -> None:
    (project / "pg1.txt").write_text(
        FRAMED.replace("CHAPTER I\n\nIt stood.\n\nCHAPTER II\n\nIt fell.", "")
    )
    with pytest.raises(SourceError):
        read(project / "pg1.txt")
