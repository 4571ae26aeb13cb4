"""OpenDocument texts -> text, headings, notes and what else a narrator needs."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import SourceError
from pipeline.read import odt
from pipeline.read.chapters import chapters
from pipeline.read.document import Manuscript

ODF = "urn:oasis:names:tc:opendocument:xmlns:"
NAMESPACES = " ".join(
    [f'xmlns:{name}="{ODF}{name}:1.0"' for name in ("office", "style", "text", "table", "meta")]
    + [
        f'xmlns:draw="{ODF}drawing:1.0"',
        f'xmlns:fo="{ODF}xsl-fo-compatible:1.0"',
        f'xmlns:svg="{ODF}svg-compatible:1.0"',
        'xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:dc="http://purl.org/dc/elements/1.1/"',
    ]
)
STYLES = """
<style:style style:name="Title" style:family="paragraph" style:parent-style-name="Heading"/>
<style:style style:name="Heading_20_1" style:family="paragraph" style:parent-style-name="Heading"/>
<style:style style:name="Quotations" style:family="paragraph"/>
<style:style style:name="Preformatted_20_Text" style:family="paragraph"/>
<style:style style:name="Horizontal_20_Line" style:family="paragraph"/>
<style:style style:name="Verse" style:family="paragraph"/>
<style:style style:name="P1" style:family="paragraph" style:parent-style-name="Quotations"/>
<style:style style:name="P2" style:family="paragraph">
  <style:text-properties fo:language="de" fo:country="AT"/></style:style>
<style:style style:name="T1" style:family="text">
  <style:text-properties fo:font-style="italic"/></style:style>
<style:style style:name="T2" style:family="text" style:parent-style-name="T1">
  <style:text-properties fo:font-weight="bold"/></style:style>
<style:style style:name="T3" style:family="text">
  <style:text-properties fo:language="fr" fo:country="FR"/></style:style>
<style:style style:name="T4" style:family="text">
  <style:text-properties fo:language="en" fo:country="GB"/></style:style>
<style:style style:name="T5" style:family="text">
  <style:text-properties text:display="none"/></style:style>
<text:list-style style:name="L1">
  <text:list-level-style-number text:level="1" style:num-format="1" text:start-value="3"/>
  <text:list-level-style-bullet text:level="2" text:bullet-char="-"/></text:list-style>
"""


CODE = "Preformatted_20_Text"
BOX = "<text:p>a<draw:frame><draw:text-box>"
ROW = (
    "<table:table-row><table:table-cell>{}</table:table-cell>"
    "<table:table-cell>{}</table:table-cell></table:table-row>"
).format


def flat(body: str, styles: str = STYLES, meta: str = "<dc:language>en-US</dc:language>") -> bytes:
    """A text as one XML file."""
    return (
        f'<?xml version="1.0"?><office:document {NAMESPACES}><office:meta>{meta}</office:meta>'
        f"<office:styles>{styles}</office:styles>"
        f"<office:body><office:text>{body}</office:text></office:body></office:document>"
    ).encode()


def packed(**parts: str) -> io.BytesIO:
    """A zipped text; what is in its files by their names."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        for name, inner in parts.items():
            path = "META-INF/manifest.xml" if name == "manifest" else f"{name}.xml"
            root = f"<office:document-{name} {NAMESPACES}>{inner}</office:document-{name}>"
            archive.writestr(path, root)
    made.seek(0)
    return made


def p(text: str, style: str = "Standard") -> str:
    return f'<text:p text:style-name="{style}">{text}</text:p>'


def h(text: str, level: int = 1) -> str:
    return f'<text:h text:outline-level="{level}">{text}</text:h>'


def read(body: str, **more: str) -> Manuscript:
    return odt.read(io.BytesIO(flat(body, **more)), "a.fodt")


def blocks(book: Manuscript) -> list[tuple[str, str]]:
    """Kind and text of every block; headings with their level."""
    text = book.document.text
    return [
        (b.kind + (str(b.level) if b.level else ""), text[b.start : b.end])
        for b in book.document.blocks
    ]


def spans(book: Manuscript, kind: str) -> list[tuple[str, str]]:
    text = book.document.text
    return [(text[s.start : s.end].strip(), s.value) for s in book.document.spans if s.kind == kind]


def skipped(book: Manuscript) -> list[tuple[str, str]]:
    return [(piece.rule, piece.text) for piece in book.document.skipped]


def test_a_book_as_libreoffice_writes_one() -> None:
    book = odt.read(
        packed(
            content="<office:body><office:text>"
            + p("The Long Road", "Title")
            + h("Chapter 1")
            + p('It was <text:span text:style-name="T1">very</text:span> long.')
            + p("She said it.", "P1")
            + h("Chapter 2")
            + p("It ended.<text:soft-page-break/> At last.")
            + "</office:text></office:body>",
            styles=f"<office:styles>{STYLES}</office:styles>",
            meta="<office:meta><dc:title>The Long Road</dc:title><dc:language>en-GB</dc:language>"
            "<meta:initial-creator>Ann Author; Bob Writer</meta:initial-creator>"
            "<dc:creator>An Editor</dc:creator>"
            "<dc:description>&lt;p&gt;A road.&lt;/p&gt;</dc:description>"
            "<meta:creation-date>2019-05-01T10:00:00</meta:creation-date></office:meta>",
        ),
        "a.odt",
    )
    assert book.about == {
        "title": "The Long Road",
        "language": "en-GB",
        "description": "A road.",
        "date": "2019",
    }
    assert [person.name for person in book.people] == ["Ann Author", "Bob Writer"]
    assert blocks(book) == [
        ("heading1", "The Long Road"),
        ("heading2", "Chapter 1"),
        ("paragraph", "It was very long."),
        ("quotation", "She said it."),
        ("heading2", "Chapter 2"),
        ("paragraph", "It ended. At last."),
    ]
    assert spans(book, "emphasis") == [("very", "")]
    told = [(c.title, c.left_out) for c in chapters(book, "a.odt")]
    assert told == [("The Long Road", "title page"), ("Chapter 1", ""), ("Chapter 2", "")]


def test_paragraphs_by_their_styles() -> None:
    body = (
        p("The Road", "Title") + p("and the Sea", "Title")
        + p("x =<text:s text:c='3'/>1", CODE) + p("y<text:tab/>2", CODE)
        + p("Tyger, tyger,", "Verse") + p("one<text:line-break/>two") + p("", "Horizontal_20_Line")
        + p("End.")
    )  # fmt: skip
    assert blocks(read(body)) == [
        ("heading1", "The Road\nand the Sea"),
        ("code", "x =   1\ny\t2"),
        ("verse", "Tyger, tyger,"),
        ("paragraph", "one\ntwo"),
        ("break", ""),
        ("paragraph", "End."),
    ]


def test_notes_stand_behind_the_paragraph_that_calls_them() -> None:
    note = (
        '<text:note text:id="ftn{0}" text:note-class="footnote">'
        "<text:note-citation>{0}</text:note-citation>"
        "<text:note-body><text:p>Note {0}.</text:p></text:note-body></text:note>"
    ).format
    book = read(p(f"First{note(1)} and{note(2)} more.") + p("Second."))
    assert [text for _, text in blocks(book)] == [
        "First and more.",
        "Note 1.",
        "Note 2.",
        "Second.",
    ]
    assert spans(book, "noteref") == [("", "#ftn1"), ("", "#ftn2")]
    assert skipped(book) == [("note reference", "1"), ("note reference", "2")]
    (chapter,) = chapters(book, "a.fodt")
    read_aloud = [chapter.text[b.start : b.end] for b in chapter.blocks]
    assert read_aloud == ["First and more.", "Second."]


def test_a_note_in_a_table_stands_behind_the_table() -> None:
    note = "<text:note><text:note-body><text:p>Why.</text:p></text:note-body></text:note>"
    body = f"<table:table>{ROW(p('a' + note), p('b'))}</table:table>" + p("After.")
    assert [text for _, text in blocks(read(body))] == ["a, b", "Why.", "After."]


def test_comments_and_deletions_are_not_read() -> None:
    book = read(
        "<text:tracked-changes><text:changed-region><text:deletion><text:p>gone</text:p>"
        "</text:deletion></text:changed-region></text:tracked-changes>"
        + p("It <office:annotation><dc:creator>Me</dc:creator><text:p>Really?</text:p>"
            "</office:annotation>was<text:change text:change-id='1'/> so.")
    )  # fmt: skip
    assert blocks(book) == [("paragraph", "It was so.")]
    assert skipped(book) == []


def test_lists_have_the_numbers_that_they_show() -> None:
    item = "<text:list-item>{}</text:list-item>".format
    inner = f"<text:list>{item(p('a bullet'))}</text:list>"
    body = (
        f'<text:list text:style-name="L1">{item(p("three"))}{item(p("four") + inner)}</text:list>'
        + p("Between.")
        + '<text:list text:style-name="L1" text:continue-numbering="true">'
        + item(p("five")) + '<text:list-item text:start-value="9">' + p("nine")
        + "</text:list-item></text:list>"
    )  # fmt: skip
    assert [text for _, text in blocks(read(body))] == [
        "3. three",
        "4. four",
        "a bullet",
        "Between.",
        "5. five",
        "9. nine",
    ]


def test_headings_have_the_numbers_that_they_get_by_themselves() -> None:
    outline = (
        '<text:outline-style><text:outline-level-style text:level="1" style:num-prefix="Chapter " '
        'style:num-format="I"/><text:outline-level-style text:level="2" style:num-format="1" '
        'text:display-levels="2"/></text:outline-style>'
    )
    body = (
        h("The Sign")
        + h("A Bend", 2)
        + h("The Road")
        + '<text:h text:is-list-header="true">End</text:h>'
    )
    texts = [text for _, text in blocks(read(body, styles=outline))]
    assert texts == ["Chapter I The Sign", "1.1 A Bend", "Chapter II The Road", "End"]


def test_cells_and_rows_that_are_given_once_for_several() -> None:
    body = (
        '<table:table><table:table-column table:number-columns-repeated="3"/><table:table-row>'
        f'<table:table-cell table:number-columns-repeated="2">{p("x")}</table:table-cell>'
        f"<table:table-cell>{p('y')}</table:table-cell></table:table-row>"
        f'<table:table-row table:number-rows-repeated="2"><table:table-cell>{p("a")}'
        f"</table:table-cell><table:table-cell>{p('b')}</table:table-cell></table:table-row>"
        "</table:table>"
    )
    assert [text for _, text in blocks(read(body))] == ["x, x, y", "a, b", "a, b"]


def test_pictures_and_text_boxes() -> None:
    said = "<svg:title>Ship</svg:title><svg:desc>A ship at sea</svg:desc>"
    picture = f'<draw:frame><draw:image xlink:href="a.png"/>{said}</draw:frame>'
    box = f"<draw:frame><draw:text-box>{p('in the box')}</draw:text-box></draw:frame>"
    assert blocks(read(p(f"Look: {picture} there.") + p(f"Around {box}it."))) == [
        ("paragraph", "Look: there."),
        ("image", "A ship at sea"),
        ("paragraph", "Around it."),
        ("paragraph", "in the box"),
    ]


def test_indexes_fields_and_what_is_hidden() -> None:
    book = read(
        "<text:table-of-content><text:table-of-content-source><text:index-title-template>Templates"
        "</text:index-title-template></text:table-of-content-source><text:index-body>"
        + p("One 1") + "</text:index-body></text:table-of-content>"
        + p('On <text:page-number>7</text:page-number><text:date>1 May</text:date> '
            '<text:span text:style-name="T5">secretly</text:span>'
            '<text:bookmark text:name="here"/><text:ruby><text:ruby-base>漢</text:ruby-base>'
            '<text:ruby-text>kan</text:ruby-text></text:ruby>')
        + '<text:section text:display="none">' + p("not shown") + "</text:section>"
    )  # fmt: skip
    assert [text for _, text in blocks(book)] == ["One 1", "On 1 May 漢"]
    assert spans(book, "type") == [("One 1", "toc")]
    assert skipped(book) == [
        ("hidden", "7"),
        ("hidden", "secretly"),
        ("reading of a character", "kan"),
        ("hidden", "not shown"),
    ]
    assert "#here" in book.document.places


def test_languages_and_looks() -> None:
    span = '<text:span text:style-name="{}">{}</text:span>'.format
    book = read(
        p(f"He said {span('T3', 'bonjour')} in {span('T4', 'London')}, {span('T2', 'truly')}.")
        + p("Guten Tag.", "P2")
    )
    assert spans(book, "language") == [("bonjour", "fr-FR"), ("Guten Tag.", "de-AT")]
    assert spans(book, "emphasis") == spans(book, "strong") == [("truly", "")]


def test_blank_lines_are_scene_breaks_unless_they_are_everywhere() -> None:
    story = [p(f"Paragraph {number}.") for number in range(6)]
    kinds = [kind for kind, _ in blocks(read("".join([*story, p(""), *story])))]
    assert kinds.count("break") == 1
    assert {kind for kind, _ in blocks(read(p("").join(story)))} == {"paragraph"}


def test_an_encrypted_text_is_named() -> None:
    manifest = "<manifest><file-entry><encryption-data/></file-entry></manifest>"
    with pytest.raises(SourceError, match=r"a.odt: encrypted with a password"):
        odt.read(packed(manifest=manifest, content="no XML at all"), "a.odt")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"PK\x03\x04 cut off", "a damaged zip file"),
        (packed(meta="").getvalue(), "no OpenDocument text"),
        (packed(content="<office:body><office:spreadsheet/></office:body>").getvalue(), "no text"),
        (b"not XML", "not XML"),
        (flat("<text:section>" * 2500 + "</text:section>" * 2500), "nested"),
        (
            flat(BOX * 12 + "</draw:text-box></draw:frame></text:p>" * 12),
            "text boxes nested more than 10 deep",
        ),
        (
            flat(
                '<table:table><table:table-row><table:table-cell table:number-columns-repeated="9'
                f'00000000">{p("x")}</table:table-cell></table:table-row></table:table>'
            ),
            "repeated cells",
        ),
    ],
)
def test_damage_is_one_clear_line(data: bytes, message: str) -> None:
    with pytest.raises(SourceError, match=message) as caught:
        odt.read(io.BytesIO(data), "a.odt")
    assert str(caught.value).startswith("a.odt: ")
    assert "\n" not in str(caught.value)


def test_entities_are_not_expanded() -> None:
    bomb = '<!DOCTYPE a [<!ENTITY x "boo"><!ENTITY y "&x;&x;"><!ENTITY z SYSTEM "/etc/passwd">]>'
    data = flat(p("a &y; &z; b")).replace(b"<office:document ", f"{bomb}<office:document ".encode())
    assert blocks(odt.read(io.BytesIO(data), "a.fodt")) == [("paragraph", "a &y; &z; b")]


def test_deep_sections_end() -> None:
    book = read("<text:section>" * 1500 + p("deep") + "</text:section>" * 1500)
    assert blocks(book) == [("paragraph", "deep")]


INLINE = st.sampled_from(
    ["{}", '<text:span text:style-name="T2">{}</text:span>', '<text:a xlink:href="#x">{}</text:a>',
     "<text:unknown>{}</text:unknown>", "<text:sequence>{}</text:sequence>",
     "<draw:frame><draw:text-box><text:p>{}</text:p></draw:text-box></draw:frame>",
     "<text:note><text:note-body><text:p>{}</text:p></text:note-body></text:note>",
     "<text:page-number>{}</text:page-number>", "<office:annotation/>{}"]
)  # fmt: skip
BLOCKS = st.sampled_from(
    ["<text:p>{}</text:p>", "<text:h>{}</text:h>", p("{}", "P1"), p("{}", "Title"),
     p("{}", "Verse"), p("{}", CODE), "<text:unknown>{}</text:unknown>",
     "<text:list><text:list-item><text:p>{}</text:p></text:list-item></text:list>",
     f"<table:table>{ROW('<text:p>{}</text:p>', '')}</table:table>"]
)  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(BLOCKS, st.lists(INLINE, max_size=5)), max_size=6))
def test_every_word_is_in_a_block_or_skipped(shapes: list[Any]) -> None:
    count, body = 0, ""
    for block, parts in shapes:
        inner = ""
        for part in parts:
            count += 2
            inner += part.format(f"word{count - 1} ") + f"word{count} "
        body += block.format(inner)
    book = read(body)
    told = " ".join(text for _, text in blocks(book) + skipped(book))
    found = re.findall(r"word\d+", told)
    assert sorted(found) == sorted(f"word{number + 1}" for number in range(count))
