"""Word documents -> text, headings, notes and what else a narrator needs."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any

import docx as python_docx
import pytest
from docx.enum.text import WD_BREAK
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import SourceError
from pipeline.read import docx
from pipeline.read.chapters import chapters
from pipeline.read.document import Manuscript

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
NAMESPACES = (
    f'xmlns:w="{W}" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
)


def word(body: str, **parts: str) -> io.BytesIO:
    """A document with this body; other parts by their names."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        texts = {"document": f"<w:body>{body}</w:body>", **parts}
        for name, inner in texts.items():
            root = f"<w:{name} {NAMESPACES}>{inner}</w:{name}>"
            archive.writestr(f"word/{name}.xml", root)
    packed.seek(0)
    return packed


def p(text: str, style: str = "", properties: str = "") -> str:
    """A paragraph: of text, or of runs."""
    inner = text if text.startswith("<") else f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>'
    named = f'<w:pStyle w:val="{style}"/>' if style else ""
    return f"<w:p><w:pPr>{named}{properties}</w:pPr>{inner}</w:p>"


def r(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def style(name: str, inner: str = "", kind: str = "paragraph", based_on: str = "") -> str:
    based = f'<w:basedOn w:val="{based_on}"/>' if based_on else ""
    key = name.replace(" ", "")
    said = f'w:type="{kind}" w:styleId="{key}"'
    return f'<w:style {said}><w:name w:val="{name}"/>{based}{inner}</w:style>'


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


def read(body: str, **parts: str) -> Manuscript:
    return docx.read(word(body, **parts), "a.docx")


def made(document: Any) -> Manuscript:
    """What a document of python-docx is read as."""
    packed = io.BytesIO()
    document.save(packed)
    packed.seek(0)
    return docx.read(packed, "a.docx")


def test_a_book_as_word_writes_one() -> None:
    document = python_docx.Document()
    document.core_properties.title = "The Long Road"
    document.core_properties.author = "Ann Author; Bob Writer"
    document.core_properties.language = "en-GB"
    document.core_properties.comments = "A book about a road."
    document.add_heading("The Long Road", 0)
    document.add_paragraph("A Novel", "Subtitle")
    document.add_heading("Chapter 1", 1)
    document.add_paragraph("It was ").add_run("very").italic = True
    document.add_paragraph("She said it.", "Quote")
    document.add_paragraph("milk", "List Number")
    document.add_paragraph("bread", "List Number")
    document.add_paragraph("a thing", "List Bullet")
    table = document.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "Name", "Age"
    document.add_heading("Chapter 2", 1)
    document.add_paragraph("It ended.").add_run(" At last.").bold = True
    book = made(document)
    assert book.about["title"] == "The Long Road"
    assert book.about["language"] == "en-GB"
    assert book.about["description"] == "A book about a road."
    assert [person.name for person in book.people] == ["Ann Author", "Bob Writer"]
    assert blocks(book) == [
        ("heading1", "The Long Road"),
        ("paragraph", "A Novel"),
        ("heading2", "Chapter 1"),
        ("paragraph", "It was very"),
        ("quotation", "She said it."),
        ("item", "1. milk"),
        ("item", "2. bread"),
        ("item", "a thing"),
        ("row", "Name, Age"),
        ("heading2", "Chapter 2"),
        ("paragraph", "It ended. At last."),
    ]
    assert spans(book, "emphasis") == [("very", "")]
    assert spans(book, "strong") == [("At last.", "")]
    told = [(c.title, c.left_out) for c in chapters(book, "a.docx")]
    assert told == [("The Long Road", "title page"), ("Chapter 1", ""), ("Chapter 2", "")]


def test_headings_by_name_by_level_and_by_what_they_are_based_on() -> None:
    styles = (
        style("heading 1")
        + style("Chapter Opening", based_on="heading1")
        + style("Kapitel", '<w:pPr><w:outlineLvl w:val="1"/></w:pPr>')
    )
    body = (
        p("One", "heading1")
        + p("Two", "ChapterOpening")
        + p("Three", "Kapitel")
        + p("Four", properties='<w:outlineLvl w:val="2"/>')
        + p("Text", properties='<w:outlineLvl w:val="9"/>')
    )
    kinds = [kind for kind, _ in blocks(read(body, styles=styles))]
    assert kinds == ["heading1", "heading1", "heading2", "heading3", "paragraph"]


def test_a_title_of_two_paragraphs_is_one() -> None:
    body = p("The Road", "Title") + p("and the Sea", "Title") + p("One", "heading1")
    book = read(body, styles=style("Title") + style("heading 1"))
    assert blocks(book) == [("heading1", "The Road\nand the Sea"), ("heading2", "One")]


def test_numbers_that_word_counts_are_part_of_headings_and_items() -> None:
    levels = (
        '<w:abstractNum w:abstractNumId="7">'
        '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="upperRoman"/>'
        '<w:lvlText w:val="Chapter %1"/></w:lvl>'
        '<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="decimal"/>'
        '<w:lvlText w:val="%1.%2"/></w:lvl></w:abstractNum>'
        '<w:abstractNum w:abstractNumId="8"><w:lvl w:ilvl="0"><w:start w:val="3"/>'
        '<w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl></w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num>'
        '<w:num w:numId="2"><w:abstractNumId w:val="8"/></w:num>'
    )
    numbered = '<w:numPr><w:ilvl w:val="{}"/><w:numId w:val="1"/></w:numPr>'.format
    listed = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="2"/></w:numPr>'
    styles = style("heading 1", f"<w:pPr>{numbered(0)}</w:pPr>") + style("heading 2")
    body = (
        p("The Sign", "heading1")
        + p("three", properties=listed)
        + p("In between.")
        + p("four", properties=listed)
        + p("The Road", "heading1")
        + p("A Bend", "heading2", numbered(1))
    )
    assert blocks(read(body, styles=styles, numbering=levels)) == [
        ("heading1", "Chapter I The Sign"),
        ("item", "3. three"),
        ("paragraph", "In between."),
        ("item", "4. four"),
        ("heading1", "Chapter II The Road"),
        ("heading2", "II.1 A Bend"),
    ]


def test_notes_stand_behind_the_passage_that_calls_them() -> None:
    note = '<w:{0} w:id="{1}"><w:p><w:r><w:t>{2}</w:t></w:r></w:p></w:{0}>'.format
    call = '<w:r><w:{}Reference w:id="{}"/></w:r>'.format
    book = read(
        p(r("First.") + call("footnote", 2) + r(" More.") + call("endnote", 2)) + p("Second."),
        footnotes='<w:footnote w:type="separator" w:id="0"><w:p/></w:footnote>'
        + note("footnote", 2, "See the map."),
        endnotes=note("endnote", 2, "See the end."),
    )
    assert blocks(book) == [
        ("paragraph", "First. More."),
        ("paragraph", "See the map."),
        ("paragraph", "See the end."),
        ("paragraph", "Second."),
    ]
    assert spans(book, "noteref") == [("", "#footnote-2"), ("", "#endnote-2")]
    (chapter,) = chapters(book, "a.docx")
    read_aloud = [chapter.text[b.start : b.end] for b in chapter.blocks]
    assert read_aloud == ["First. More.", "Second."]
    assert ("notes", "See the map.") in [(s.rule, s.text) for s in chapter.skipped]


def test_what_is_inserted_is_text_and_what_is_deleted_or_a_comment_is_not() -> None:
    deleted_mark = '<w:rPr><w:del w:id="9"/></w:rPr>'
    book = read(
        p(r("It ") + f'<w:del w:id="1"><w:r><w:delText>was</w:delText></w:r></w:del>'
          f'<w:ins w:id="2">{r("is")}</w:ins>' + r(" so.")
          + '<w:r><w:commentReference w:id="0"/></w:r>')
        + p("Joined ", properties=deleted_mark)
        + p("here.")
        + f'<w:moveFrom w:id="3">{r("moved")}</w:moveFrom>'
        + p(f'<w:moveTo w:id="4">{r("Moved.")}</w:moveTo>')
        + p("The last.", properties=deleted_mark),
        comments='<w:comment w:id="0"><w:p><w:r><w:t>Really?</w:t></w:r></w:p></w:comment>',
    )  # fmt: skip
    texts = [text for _, text in blocks(book)]
    assert texts == ["It is so.", "Joined here.", "Moved.", "The last."]
    assert skipped(book) == []


def test_what_mammoth_passes_over_is_read() -> None:
    book = read(
        p(f'<w:fldSimple w:instr="REF a">{r("a field")}</w:fldSimple>'
          f'<w:bdo w:val="ltr">{r(", an override")}</w:bdo>')
        + p("<w:r><w:t>one</w:t><w:cr/><w:t>two</w:t><w:noBreakHyphen/><w:t>three</w:t></w:r>")
        + p("<m:oMath><m:r><m:t>E</m:t></m:r><m:r><m:t>= mc</m:t></m:r></m:oMath>")
        + p("<w:r><w:ruby><w:rt><w:r><w:t>kan</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>漢</w:t>"
            "</w:r></w:rubyBase></w:ruby></w:r>" + r("字"))
        + p(r("shown") + r("hidden", "<w:vanish/>"))
        + '<w:customThing xmlns:w="urn:other"/>'
        + f'<w:sdt><w:sdtContent>{p("in a control")}</w:sdtContent></w:sdt>'
    )  # fmt: skip
    assert [text for _, text in blocks(book)] == [
        "a field, an override",
        "one\ntwo‑three",
        "E = mc",
        "漢字",
        "shown",
        "in a control",
    ]
    assert skipped(book) == [("reading of a character", "kan"), ("hidden", "hidden")]


BOX = "<w:txbxContent>{0}</w:txbxContent>"
OLD_BOX = f"<w:pict><v:shape><v:textbox>{BOX}</v:textbox></v:shape></w:pict>"
NEW_BOX = f"<w:drawing><wp:anchor><wps:txbx>{BOX}</wps:txbx></wp:anchor></w:drawing>"
BOTH = (
    f"<mc:AlternateContent><mc:Choice>{NEW_BOX}</mc:Choice>"
    f"<mc:Fallback>{OLD_BOX}</mc:Fallback></mc:AlternateContent>"
)


@pytest.mark.parametrize("drawing", [OLD_BOX, NEW_BOX, BOTH])
def test_a_text_box_is_read_once_behind_its_paragraph(drawing: str) -> None:
    book = read(p(r("Around ") + f"<w:r>{drawing.format(p('in the box'))}</w:r>" + r("it.")))
    assert [text for _, text in blocks(book)] == ["Around it.", "in the box"]


def test_pictures_are_what_the_book_says_of_them() -> None:
    picture = "<w:r><w:drawing><wp:inline><wp:docPr {}/></wp:inline></w:drawing></w:r>".format
    book = read(
        p(picture('id="1" name="x.png" descr="A map of the isle"'))
        + p('<w:r><w:pict><v:shape alt="A ship"/></w:pict></w:r>')
        + p(picture('id="2" name="y.png"'))
    )
    assert blocks(book) == [("image", "A map of the isle"), ("image", "A ship")]


def test_scene_breaks_are_rules_ornaments_and_blank_lines() -> None:
    body = "".join(p(f"Paragraph {number}.") for number in range(5))
    book = read(
        body + p("* * *") + p("Then.")
        + p("<w:r/>", properties="<w:pBdr><w:bottom/></w:pBdr>") + p("Later.")
        + "<w:p/>" + p("At last.")
        + p('<w:r><w:br w:type="page"/></w:r>') + p("The end.") + "<w:p/>"
    )  # fmt: skip
    kinds = [kind for kind, _ in blocks(book)][5:]
    assert kinds == ["break", "paragraph", "break", "paragraph", "break", "paragraph", "paragraph"]


def test_blank_lines_between_all_paragraphs_are_none() -> None:
    book = read("<w:p/>".join(p(f"Paragraph {number}.") for number in range(5)))
    assert {kind for kind, _ in blocks(book)} == {"paragraph"}


def test_code_verse_and_contents_by_their_styles() -> None:
    styles = "".join(map(style, ("Source Code", "Verse 1", "toc 1", "TOC Heading")))
    book = read(
        p("<w:r><w:t>x = 1</w:t><w:br/><w:t>y = 2</w:t></w:r>", "SourceCode")
        + p("Contents", "TOCHeading") + p("One\t3", "toc1")
        + p("Tyger, tyger,", "Verse1") + p("burning bright", "Verse1"),
        styles=styles,
    )  # fmt: skip
    assert blocks(book) == [
        ("code", "x = 1\ny = 2"),
        ("paragraph", "Contents"),
        ("paragraph", "One 3"),
        ("verse", "Tyger, tyger,"),
        ("verse", "burning bright"),
    ]
    assert [kind for _, kind in spans(book, "type")] == ["toc"]


def test_other_languages_are_marked_and_regions_are_not() -> None:
    body = p(
        r("He said ", '<w:lang w:val="en-US"/>')
        + r("bonjour", '<w:i/><w:lang w:val="fr-FR"/>')
        + r(" in London, and went on.", '<w:lang w:val="en-GB"/>')
        + r(" 1984", '<w:lang w:val="de-DE"/>')
    )
    book = read(body, styles='<w:docDefaults><w:rPrDefault><w:rPr><w:lang w:val="de-DE"/></w:rPr>'
                '</w:rPrDefault></w:docDefaults>')  # fmt: skip
    assert book.about["language"] == "en-GB"
    assert spans(book, "language") == [("bonjour", "fr-FR")]
    assert spans(book, "emphasis") == [("bonjour", "")]


def test_the_language_of_the_styles_where_nothing_else_is_said() -> None:
    normal = (
        '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/>'
        '<w:rPr><w:lang w:val="es-ES"/></w:rPr></w:style>'
    )
    assert read(p("Hola."), styles=normal).about["language"] == "es-ES"


def test_looks_come_from_styles_too() -> None:
    styles = style("Emphasis", "<w:rPr><w:i/></w:rPr>", "character") + style(
        "Very Strong", "<w:rPr><w:b/></w:rPr>", "character", "Emphasis"
    )
    slanted, bold = '<w:rStyle w:val="Emphasis"/>', '<w:rStyle w:val="VeryStrong"/>'
    body = p(r("a", slanted) + r(" b ") + r("c", bold)) + p(r("d", f'{slanted}<w:i w:val="0"/>'))
    book = read(body, styles=styles)
    assert spans(book, "emphasis") == [("a", ""), ("c", "")]
    assert spans(book, "strong") == [("c", "")]


def test_page_headers_are_on_account() -> None:
    document = python_docx.Document()
    document.sections[0].header.paragraphs[0].text = "The Long Road"
    document.add_paragraph("It was long.")
    assert skipped(made(document)) == [("page header or footer", "The Long Road")]


def test_a_symbol_of_a_font_that_nobody_knows_is_told_of() -> None:
    book = read(p('<w:r><w:t>a</w:t><w:sym w:font="Mine" w:char="F0FF"/></w:r>'))
    (notice,) = book.notices
    assert notice.startswith("a.docx: not all of it is read: A w:sym element")


BAD_SYMBOL = p('<w:r><w:sym w:font="a" w:char="none"/></w:r>')
DEEP = p("<w:hyperlink>" * 900 + "</w:hyperlink>" * 900)
DEEP_TABLES = "<w:tbl><w:tr><w:tc>" * 70 + p("a") + "</w:tc></w:tr></w:tbl>" * 70

DEEP_BOXES = "<w:p><w:r><w:pict><w:txbxContent>" * 12 + "</w:txbxContent></w:pict></w:r></w:p>" * 12


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("document", "", "a Word document without a text"),
        ("document", "\0\xff" * 50, "a Word document without a text"),
        ("document", f"<w:body>{BAD_SYMBOL}</w:body>", "a damaged Word document"),
        ("document", f"<w:body>{DEEP}</w:body>", "elements nested more than 250 deep"),
        ("document", f"<w:body>{DEEP_TABLES}</w:body>", "nested deeper than a document is"),
        ("document", f"<w:body>{DEEP_BOXES}</w:body>", "text boxes nested more than 10 deep"),
        ("document", "<w:body><w:p>", ""),
        ("document", "<w:body><w:p><w:footnoteReference w:id='9'/></w:p></w:body>", ""),
        ("styles", "<w:style/><w:style w:styleId='a'><w:basedOn w:val='a'/></w:style>", ""),
        ("numbering", '<w:num w:numId="1"/><w:abstractNum/>', ""),
    ],
)
def test_damage_is_one_clear_line_or_none(name: str, data: str, message: str) -> None:
    parts = {"document": f"<w:body>{p('It was.')}</w:body>", name: data}
    packed = word("", **parts)
    if not message:
        docx.read(packed, "a.docx")
        return
    with pytest.raises(SourceError, match=message) as caught:
        docx.read(packed, "a.docx")
    assert str(caught.value).startswith("a.docx")
    assert "\n" not in str(caught.value)


def test_entities_are_refused() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        bomb = '<!DOCTYPE a [<!ENTITY a "b"><!ENTITY c "&a;&a;">]>'
        archive.writestr("word/document.xml", f"{bomb}<w:document {NAMESPACES}>&c;</w:document>")
    with pytest.raises(SourceError, match=r"a.docx: word/document.xml: it declares entities"):
        docx.read(packed, "a.docx")


def test_a_text_of_another_kind_is_refused() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("word/document.xml", '<w:document xmlns:w="urn:a"/>')
    with pytest.raises(SourceError, match=r"a.docx: its text is not Word's"):
        docx.read(packed, "a.docx")


def test_what_is_no_word_document_is_one_line() -> None:
    empty = io.BytesIO()
    zipfile.ZipFile(empty, "w").close()
    for file in (empty, io.BytesIO(b"PK\x03\x04 cut off")):
        with pytest.raises(SourceError, match=r"\Aa.docx: [^\n]+\Z"):
            docx.read(file, "a.docx")


RUNS = st.sampled_from(
    ["{}", '<w:hyperlink w:anchor="x">{}</w:hyperlink>', '<w:ins w:id="1">{}</w:ins>',
     "<w:smartTag>{}</w:smartTag>", "<w:unknown>{}</w:unknown>",
     '<w:fldSimple w:instr="A">{}</w:fldSimple>',
     f"<w:r>{OLD_BOX.format('<w:p>{}</w:p>')}</w:r>"]
)  # fmt: skip
BLOCKS = st.sampled_from(
    ["<w:p>{}</w:p>", '<w:p><w:pPr><w:pStyle w:val="heading1"/></w:pPr>{}</w:p>',
     '<w:p><w:pPr><w:pStyle w:val="Code"/></w:pPr>{}</w:p>',
     "<w:tbl><w:tr><w:tc><w:tcPr><w:vMerge/></w:tcPr><w:p>{}</w:p></w:tc></w:tr></w:tbl>",
     "<w:sdt><w:sdtContent><w:p>{}</w:p></w:sdtContent></w:sdt>"]
)  # fmt: skip
LOOKS = st.sampled_from(["", "<w:b/>", "<w:vanish/>", '<w:lang w:val="fr-FR"/>', "<w:caps/>"])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(BLOCKS, st.lists(st.tuples(RUNS, LOOKS), max_size=4)), max_size=6))
def test_every_word_is_in_a_block_or_skipped(shapes: list[Any]) -> None:
    count, body, words = 0, "", []
    for block, runs in shapes:
        inner = ""
        for run, looks in runs:
            count += 1
            words.append(f"word{count}")
            inner += run.format(r(f"word{count} ", looks))
        body += block.format(inner)
    book = read(body, styles=style("heading 1") + style("Code"))
    told = " ".join(text for _, text in blocks(book) + skipped(book))
    assert sorted(re.findall(r"word\d+", told)) == sorted(words)


def test_a_page_break_does_not_glue_words() -> None:
    document = python_docx.Document()
    paragraph = document.add_paragraph("one")
    paragraph.add_run().add_break(WD_BREAK.PAGE)
    paragraph.add_run("two")
    file = io.BytesIO()
    document.save(file)
    file.seek(0)
    assert docx.read(file, "a.docx").document.text.split() == ["one", "two"]
