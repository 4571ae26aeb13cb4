"""Every format as a narrator gets it: golden folders, signs of formats, one text in all."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import docx
import pytest

from pipeline.errors import SourceError
from pipeline.model import Book, Pace, Pause
from pipeline.read import read
from pipeline.read.formats import kind_of
from pipeline.script import write
from tests import epubs
from tests.conftest import ROOT, run

GOLDEN = sorted((ROOT / "tests" / "golden" / "read").iterdir())


@pytest.mark.parametrize("folder", GOLDEN, ids=lambda folder: folder.name)
def test_golden(folder: Path, request: pytest.FixtureRequest) -> None:
    """tests/golden/read/NAME/book.* is read as script.txt beside it says."""
    (source,) = folder.glob("book.*")
    done = run("script", source)
    left_out = run("plan", source, "--voice", "tone:").out.partition("  -  ")[1:]
    found = done.out + "".join(left_out)
    if request.config.getoption("--save-golden"):
        (folder / "script.txt").write_text(found)
    assert done.err == ""
    assert found == (folder / "script.txt").read_text()


# ---- the same text in every format

TEXT = [
    ("heading", "Chapter 1: The Sea"),
    ("paragraph", "It was “very” calm. The sea, he said, was 3 miles wide."),
    ("paragraph", "“Run!” Harriet cried. They ran—all of them—until 1921."),
    ("break", "* * *"),
    ("paragraph", "After the break came the night."),
    ("heading", "Chapter 2: The Hill"),
    ("paragraph", "Dr. Hale climbed it. He counted 200,000 stones & more."),
    ("heading", "Chapter 3"),
    ("paragraph", "The end?"),
]


def as_text(path: Path) -> None:
    path.write_text("\n\n".join(text for _, text in TEXT) + "\n", encoding="utf-8")


def as_markdown(path: Path) -> None:
    lines = [f"## {text}" if kind == "heading" else text for kind, text in TEXT]
    path.write_text("\n\n".join(lines) + "\n", encoding="utf-8")


def markup(kind: str, text: str) -> str:
    text = text.replace("&", "&amp;")
    return {"heading": f"<h2>{text}</h2>", "break": "<hr/>"}.get(kind, f"<p>{text}</p>")


def as_html(path: Path) -> None:
    body = "\n".join(markup(*line) for line in TEXT)
    path.write_text(f"<!DOCTYPE html><html lang='en'><body>{body}</body></html>", encoding="utf-8")


def as_docx(path: Path) -> None:
    document = docx.Document()
    for kind, text in TEXT:
        if kind == "heading":
            document.add_heading(text, 1)
        else:
            document.add_paragraph(text)
    document.save(str(path))


def as_fb2(path: Path) -> None:
    body = ""
    for kind, raw in TEXT:
        text = raw.replace("&", "&amp;")
        if kind == "heading":
            body += ("</section>" if body else "") + f"<section><title><p>{text}</p></title>"
        else:
            body += f"<p>{text}</p>"
    path.write_text(
        '<?xml version="1.0" encoding="utf-8"?><FictionBook '
        'xmlns="http://www.gribuser.ru/xml/fictionbook/2.0"><description><title-info>'
        "<book-title>The Sea</book-title><lang>en</lang></title-info></description>"
        f"<body>{body}</section></body></FictionBook>",
        encoding="utf-8",
    )


def as_odt(path: Path) -> None:
    lines = []
    for kind, raw in TEXT:
        text = raw.replace("&", "&amp;")
        level = '<text:h text:outline-level="1">{}</text:h>'
        lines.append((level if kind == "heading" else "<text:p>{}</text:p>").format(text))
    content = (
        '<?xml version="1.0" encoding="utf-8"?><office:document-content '
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:text>'
        f"{''.join(lines)}</office:text></office:body></office:document-content>"
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr("content.xml", content)


def as_epub(path: Path) -> None:
    pages: dict[str, str] = {}
    titles = []
    for kind, text in TEXT:
        if kind == "heading":
            titles.append(text)
        name = f"{len(titles)}.xhtml"
        pages[name] = pages.get(name, "") + markup(kind, text)
    lines = "".join(
        f'<li><a href="text/{name}">{title}</a></li>'
        for name, title in zip(pages, titles, strict=True)
    )
    made = {name: epubs.page(body, language="en") for name, body in pages.items()}
    epubs.write(epubs.book(made, lines, language="en"), path)


FORMATS = {
    "txt": as_text,
    "md": as_markdown,
    "html": as_html,
    "docx": as_docx,
    "fb2": as_fb2,
    "odt": as_odt,
    "epub": as_epub,
}


def script_of(book: Book) -> list[object]:
    """All that a listener gets of a book."""
    return [
        (chapter.title, [(u.ms, u.why) if isinstance(u, Pause) else (u.text, u.spoken, u.heading)])
        for chapter in book.chapters
        for u in write(chapter, Pace()).lines
    ]


@pytest.mark.parametrize("suffix", FORMATS)
def test_the_same_text_is_the_same_script(suffix: str, tmp_path: Path) -> None:
    as_text(tmp_path / "book.txt")
    FORMATS[suffix](tmp_path / f"book.{suffix}")
    plain = read(tmp_path / "book.txt")
    assert [chapter.title for chapter in plain.chapters] == [
        "Chapter 1. The Sea",
        "Chapter 2. The Hill",
        "Chapter 3",
    ]
    assert script_of(read(tmp_path / f"book.{suffix}")) == script_of(plain)


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_format_is_known_by_its_content(suffix: str, tmp_path: Path) -> None:
    FORMATS[suffix](tmp_path / f"book.{suffix}")
    renamed = (tmp_path / f"book.{suffix}").rename(tmp_path / "noname")
    assert len(read(renamed).chapters) == 3


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_book_on_stdin(suffix: str, tmp_path: Path) -> None:
    FORMATS[suffix](tmp_path / f"book.{suffix}")
    done = run("script", "-", "--json", stdin=(tmp_path / f"book.{suffix}").read_bytes())
    assert done.err == ""
    assert [chapter["title"] for chapter in done.json[0]["chapters"]][2] == "Chapter 3"


@pytest.mark.parametrize(
    ("data", "name", "message"),
    [
        (b"{\\rtf1 Hello}", "a.rtf", "an RTF document. Save it as DOCX or ODT"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "a.doc", "an old Word document, or an encrypted one"),
        (b"\0" * 60 + b"BOOKMOBI", "a.mobi", "a Kindle book. Convert it to EPUB"),
        (b"\x1f\x8b\x08", "a.gz", "a gzip archive"),
        (b"PK\x03\x04 and no more", "a.epub", "a damaged zip file"),
        (b"plain words", "a.epub", "named .epub, but it is not"),
        (b"plain words", "a.docx", "named .docx, but it is not"),
    ],
)
def test_what_has_another_format(data: bytes, name: str, message: str) -> None:
    with pytest.raises(SourceError, match=message) as caught:
        kind_of(io.BytesIO(data), name)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("data", "name", "kind"),
    [
        (b"<!DOCTYPE html><title>x</title>", "a.txt", "html"),
        ("\ufeff<html>".encode("utf-16-le"), "a", "html"),
        (b"# A heading\n\ntext", "a", "markdown"),
        (b"# A heading\n\ntext", "a.txt", "text"),
        (b"No. 1 < 2", "a.md", "markdown"),
        (b"just words", "a", "text"),
        (b"junk before %PDF-1.4", "a", "pdf"),
    ],
)
def test_signs_of_formats(data: bytes, name: str, kind: str) -> None:
    assert kind_of(io.BytesIO(data), name) == kind


def test_an_archive_that_is_no_book(tmp_path: Path) -> None:
    epubs.write({"a.txt": b"x"}, tmp_path / "a.zip")
    with pytest.raises(SourceError, match="an archive, but no book"):
        read(tmp_path / "a.zip")


def test_markdown_drops_nothing(tmp_path: Path) -> None:
    """What a browser would not show of it is kept, or on account."""
    (tmp_path / "play.md").write_text(
        "[Ann]: Yes, I am here.\n\n[Ben]: no\n\nA [link][1] here.\n\n"
        "[1]: http://example.org/a\n\n[^y]: A note that nothing refers to.\n"
    )
    (chapter,) = read(tmp_path / "play.md").chapters
    assert [chapter.text[b.start : b.end] for b in chapter.blocks] == [
        "[Ann]: Yes, I am here.",
        "[Ben]: no",
        "A link here.",
    ]
    account = [(piece.rule, piece.text) for piece in chapter.skipped]
    assert ("notes", "1. A note that nothing refers to.") in account
    assert ("link", "[1]: http://example.org/a") in account


def test_a_file_that_ends_in_the_middle(tmp_path: Path) -> None:
    as_fb2(tmp_path / "book.fb2")
    data = (tmp_path / "book.fb2").read_bytes()
    (tmp_path / "book.fb2").write_bytes(data[: len(data) * 2 // 3])
    with pytest.raises(SourceError, match="ends in the middle"):
        read(tmp_path / "book.fb2")


def test_front_matter_may_have_blank_lines(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(
        "---\ntitle: Tides\nlang: und\ndescription: |\n  One.\n\n  Two.\n---\n\nIt was so.\n"
    )
    book = read(tmp_path / "a.md")
    assert (book.title, book.language) == ("Tides", "en-US")
    (chapter,) = book.chapters
    assert [chapter.text[b.start : b.end] for b in chapter.blocks] == ["It was so."]
