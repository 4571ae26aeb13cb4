"""FictionBooks -> text, headings, notes and what else a narrator needs."""

from __future__ import annotations

import base64
import io
import re
import zipfile
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from pipeline.errors import SourceError
from pipeline.model import Person
from pipeline.read import fb2
from pipeline.read.chapters import chapters
from pipeline.read.document import Manuscript


def book(bodies: str, description: str = "", rest: str = "") -> str:
    """A FictionBook with these bodies."""
    return (
        '<FictionBook xmlns="http://www.gribuser.ru/xml/fictionbook/2.0" '
        'xmlns:l="http://www.w3.org/1999/xlink">'
        f"<description>{description}</description>{bodies}{rest}</FictionBook>"
    )


def section(title: str, inner: str) -> str:
    return f"<section><title><p>{title}</p></title>{inner}</section>"


def read(bodies: str, description: str = "", rest: str = "") -> Manuscript:
    return fb2.read(io.BytesIO(book(bodies, description, rest).encode()), "a.fb2")


def blocks(manuscript: Manuscript) -> list[tuple[str, str]]:
    """Kind and text of every block; headings with their level."""
    text = manuscript.document.text
    return [
        (b.kind + (str(b.level) if b.level else ""), text[b.start : b.end])
        for b in manuscript.document.blocks
    ]


def spans(manuscript: Manuscript, kind: str) -> list[tuple[str, str]]:
    text = manuscript.document.text
    return [
        (text[s.start : s.end].strip(), s.value)
        for s in manuscript.document.spans
        if s.kind == kind
    ]


def skipped(manuscript: Manuscript) -> list[tuple[str, str]]:
    return [(piece.rule, piece.text) for piece in manuscript.document.skipped]


def test_what_a_book_says_of_itself() -> None:
    manuscript = read(
        "<body><section><p>It was.</p></section></body>",
        "<title-info><author><first-name>Leo</first-name><middle-name>N.</middle-name>"
        "<last-name>Tolstoy</last-name></author><author><nickname>Anon</nickname></author>"
        "<book-title>War and\n Peace</book-title>"
        "<annotation><p>A war.</p><p>A <em>peace</em>.</p></annotation>"
        '<date value="1869-01-01">1869</date><lang>ru</lang>'
        "<translator><first-name>Louise</first-name><last-name>Maude</last-name></translator>"
        '<sequence name="Great Novels" number="2"/></title-info>'
        "<publish-info><publisher>Penguin</publisher><year>1990</year><isbn>978-0-14</isbn>"
        "</publish-info>",
    )
    assert manuscript.about == {
        "title": "War and Peace",
        "description": "A war. A peace.",
        "date": "1869-01-01",
        "language": "ru",
        "series": "Great Novels",
        "position": "2",
        "publisher": "Penguin",
    }
    assert manuscript.people == (
        Person("Leo N. Tolstoy", "aut", "Tolstoy, Leo N."),
        Person("Anon"),
        Person("Louise Maude", "trl", "Maude, Louise"),
    )
    assert manuscript.identifiers == ("978-0-14",)
    assert manuscript.explicit


def test_parts_and_chapters() -> None:
    manuscript = read(
        "<body><title><p>Leo Tolstoy</p><p>War and Peace</p></title>"
        + section(
            "Part One",
            section("Chapter 1", "<p>It began.</p>") + section("Chapter 2", "<p>On.</p>"),
        )
        + section("Part Two", section("Chapter 1", "<p>Again.</p>"))
        + "</body>",
        "<title-info><book-title>War and Peace</book-title></title-info>",
    )
    assert [one for one in blocks(manuscript) if one[0] != "paragraph"] == [
        ("heading1", "Leo Tolstoy\nWar and Peace"),
        ("heading2", "Part One"),
        ("heading3", "Chapter 1"),
        ("heading3", "Chapter 2"),
        ("heading2", "Part Two"),
        ("heading3", "Chapter 1"),
    ]
    told = [(c.title, c.left_out) for c in chapters(manuscript, "a.fb2")]
    assert told == [
        ("Leo Tolstoy War and Peace", "title page"),
        ("Part One, Chapter 1", ""),
        ("Chapter 2", ""),
        ("Part Two, Chapter 1", ""),
    ]


def test_a_second_body_stands_beside_the_sections_of_the_first() -> None:
    manuscript = read(
        f"<body><title><p>A Book</p></title>{section('One', '')}</body>"
        f"<body><title><p>Appendix</p></title>{section('A List', '<p>a</p>')}</body>"
    )
    assert blocks(manuscript) == [
        ("heading1", "A Book"),
        ("heading2", "One"),
        ("heading2", "Appendix"),
        ("heading3", "A List"),
        ("paragraph", "a"),
    ]


def test_a_body_without_a_title_begins_with_its_sections() -> None:
    manuscript = read("<body>" + section("One", section("Two", "<p>a</p>")) + "</body>")
    assert [kind for kind, _ in blocks(manuscript)] == ["heading1", "heading2", "paragraph"]


def test_all_that_a_section_may_hold() -> None:
    manuscript = read(
        "<body>" + section(
            "One<empty-line/>",
            "<epigraph><p>Know thyself.</p><text-author>Anon</text-author></epigraph>"
            '<image l:href="#a" alt="A map"/>'
            "<p>It was <emphasis>very</emphasis> <strong>long</strong>, "
            '<style name="f" xml:lang="fr">bonjour</style> <code>x</code>.</p>'
            "<subtitle>The Road</subtitle><cite><p>She wrote.</p></cite>"
            "<poem><title><p>Tyger</p></title><stanza><v>Tyger, tyger,</v><v>burning</v></stanza>"
            "<text-author>Blake</text-author><date>1794</date></poem>"
            "<subtitle>* * *</subtitle><p>Then.</p><empty-line/><p>Later.</p><subtitle>2</subtitle>"
            "<table><tr><th>a</th><td>b</td></tr></table><p>e</p><p>f</p><p>g</p>",
        ) + "</body>"
    )  # fmt: skip
    assert blocks(manuscript)[:-3] == [
        ("heading1", "One"),
        ("quotation", "Know thyself."),
        ("quotation", "Anon"),
        ("image", "A map"),
        ("paragraph", "It was very long, bonjour x."),
        ("heading2", "The Road"),
        ("quotation", "She wrote."),
        ("heading2", "Tyger"),
        ("verse", "Tyger, tyger,"),
        ("verse", "burning"),
        ("verse", "Blake"),
        ("verse", "1794"),
        ("break", "* * *"),
        ("paragraph", "Then."),
        ("break", "\xa0"),
        ("paragraph", "Later."),
        ("paragraph", "2"),
        ("row", "a, b"),
    ]
    assert spans(manuscript, "emphasis") == [("very", "")]
    assert spans(manuscript, "strong") == [("long", "")]
    assert spans(manuscript, "language") == [("bonjour", "fr")]


def test_notes_are_called_and_left_out() -> None:
    manuscript = read(
        '<body><section><p>First<a l:href="#n1" type="note">[1]</a> and<a l:href="#n2">two</a>, '
        'see <a l:href="#s">there</a>.</p></section></body>'
        '<body name="notes"><title><p>Notes</p></title><section id="n1"><title><p>1</p></title>'
        '<p>Why.</p></section><section id="n2"><p>How.</p></section></body>'
    )
    assert spans(manuscript, "noteref") == [("", "#n1"), ("", "#n2")]
    assert skipped(manuscript) == [("note reference", "[1]"), ("note reference", "two")]
    assert {"#n1", "#n2"} <= set(manuscript.document.places)
    (chapter,) = chapters(manuscript, "a.fb2")
    read_aloud = [chapter.text[b.start : b.end] for b in chapter.blocks]
    assert read_aloud == ["First and, see there."]


def test_a_cover() -> None:
    picture = io.BytesIO()
    Image.new("RGB", (4, 6)).save(picture, "PNG")
    page = '<title-info><coverpage><image l:href="#c.png"/></coverpage></title-info>'
    data = base64.encodebytes(picture.getvalue()).decode()
    rest = f'<binary id="c.png" content-type="image/png">{data}</binary>'
    found = read("<body/>", page, rest).cover
    assert found is not None
    assert (found.data, found.media_type) == (picture.getvalue(), "image/png")


@pytest.mark.parametrize("data", ["AAAA", "A", ""])
def test_a_cover_that_is_none_is_told_of(data: str) -> None:
    page = '<title-info><coverpage><image l:href="#c"/></coverpage></title-info>'
    manuscript = read("<body/>", page, f'<binary id="c">{data}</binary>')
    assert manuscript.cover is None
    (notice,) = manuscript.notices
    assert notice.startswith("a.fb2: its cover cannot be used: ")


def test_encodings_and_a_zip() -> None:
    text = '<?xml version="1.0" encoding="windows-1251"?>' + book("<body><p>Мир</p></body>")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.fb2", text.encode("cp1251"))
    packed.seek(0)
    for file in (io.BytesIO(text.encode("cp1251")), packed):
        assert blocks(fb2.read(file, "a.fb2")) == [("paragraph", "Мир")]


def zipped(*names: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in names:
            archive.writestr(name, book("<body/>"))
    return packed.getvalue()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"not XML", "not XML"),
        (b"<html/>", "not a FictionBook: it is <html>"),
        (book("").encode(), "without a text"),
        (b"PK\x03\x04 cut off", "a damaged zip file"),
        (zipped("a.txt"), "a zip with 0 .fb2 files"),
        (zipped("a.fb2", "b.fb2"), "a zip with 2 .fb2 files"),
        (
            book("<body>" + "<section>" * 2500 + "</section>" * 2500 + "</body>").encode(),
            "nested more than 2000 deep",
        ),
    ],
)
def test_damage_is_one_clear_line(data: bytes, message: str) -> None:
    with pytest.raises(SourceError, match=message) as caught:
        fb2.read(io.BytesIO(data), "a.fb2")
    assert str(caught.value).startswith("a.fb2: ")
    assert "\n" not in str(caught.value)


def test_entities_are_not_expanded() -> None:
    bomb = '<!DOCTYPE a [<!ENTITY x "boo"><!ENTITY y "&x;&x;"><!ENTITY z SYSTEM "/etc/passwd">]>'
    data = bomb + book("<body><p>a &y; &z; b</p></body>")
    manuscript = fb2.read(io.BytesIO(data.encode()), "a.fb2")
    assert blocks(manuscript) == [("paragraph", "a &y; &z; b")]


def test_sections_may_be_nested_deep() -> None:
    deep = "<section>" * 1500 + "<title><p>deep</p></title>" + "</section>" * 1500
    manuscript = read(f"<body>{section('a', '<p>b</p>')}{deep}</body>")
    assert blocks(manuscript) == [("heading1", "a"), ("paragraph", "b"), ("heading6", "deep")]
    assert chapters(manuscript, "a.fb2")


INLINE = st.sampled_from(
    ["{}", "<emphasis>{}</emphasis>", '<a l:href="#x">{}</a>', '<a type="note">{}</a>',
     "<script>{}</script>", '<style name="x">{}</style>', "<image/>{}", "<title>{}</title>"]
)  # fmt: skip
BLOCKS = st.sampled_from(
    ["<p>{}</p>", "<subtitle>{}</subtitle>", "<title><p>{}</p><empty-line/></title>", "{}",
     "<poem><stanza><v>{}</v></stanza></poem>", "<cite><p>{}</p></cite>",
     "<empty-line>{}</empty-line>",
     "<section><title><p>{}</p></title></section>", '<p style="display:none" hidden="">{}</p>',
     "<table><tr><td>{}</td></tr></table>", "<template>{}</template>", "<select>{}</select>"]
)  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(BLOCKS, st.lists(INLINE, max_size=5)), max_size=6), st.booleans())
def test_every_word_is_in_a_block_or_skipped(shapes: list[Any], notes: bool) -> None:
    count, body = 0, ""
    for block, parts in shapes:
        inner = ""
        for part in parts:
            count += 2
            inner += part.format(f"word{count - 1} ") + f"word{count} "
        body += block.format(inner)
    name = ' name="notes"' if notes else ""
    manuscript = read(f"<body{name}><section>{body}</section></body>")
    told = " ".join(text for _, text in blocks(manuscript) + skipped(manuscript))
    found = re.findall(r"word\d+", told)
    assert sorted(found) == sorted(f"word{number + 1}" for number in range(count))
