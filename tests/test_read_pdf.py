"""PDF books: lines, columns, paragraphs, headings, notes and the outline, from letters' places."""

from __future__ import annotations

import io
import random
import re
from collections import Counter
from collections.abc import Iterable, Sequence

import pypdfium2
import pytest
from fpdf import FPDF
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from pipeline.errors import SourceError
from pipeline.read import pdf
from pipeline.read.document import Document, Entry, Manuscript

WIDTH, HEIGHT = 420.0, 595.0  # points, A5
LEFT, TOP, BOTTOM = 60.0, 80.0, 520.0
MEASURE = WIDTH - 2 * LEFT
PITCH = 14.0
WORDS = (
    "river candle morning garden window silver quiet sailor harbour evening letter mountain "
    "winter lantern forest village kitchen carriage neighbour evidently consequence the of and "
    "a to in it was her his with for as had she he but not by which from they were all so"
).split()


class Page(FPDF):
    """A page on which a test puts lines where it wants them."""

    def __init__(self) -> None:
        super().__init__(unit="pt", format=(WIDTH, HEIGHT))
        self.set_auto_page_break(False)
        self.set_font("Times", size=11)
        self.y_at = TOP

    def line(self, text: str, x: float = LEFT, down: float = PITCH) -> None:  # type: ignore[override]
        self.text(x, self.y_at, text)
        self.y_at += down

    def fresh(self) -> None:
        self.add_page()
        self.y_at = TOP


def sentence(chance: random.Random) -> str:
    return " ".join(chance.choices(WORDS, k=chance.randint(6, 20))).capitalize() + "."


def paragraph(chance: random.Random, sentences: int = 5) -> str:
    return " ".join(sentence(chance) for _ in range(sentences))


def broken(page: Page, text: str, measure: float, indent: float = 16) -> list[str]:
    """Lines of a paragraph; long words are cut where they do not fit."""
    lines, room = [""], measure - indent
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if page.get_string_width(longer) <= room:
            lines[-1] = longer
            continue
        half = len(word) // 2
        cut = f"{lines[-1]} {word[:half]}-"
        if word.isalpha() and len(word) > 7 and page.get_string_width(cut) <= room:
            lines[-1] = cut
            lines.append(word[half:])
        else:
            lines.append(word)
        room = measure
    return lines


def typeset(page: Page, paragraphs: Iterable[str], indent: float = 16) -> None:
    """Running text over as many pages as it takes, with heads and page numbers."""
    for text in paragraphs:
        for index, line in enumerate(broken(page, text, MEASURE, indent)):
            if page.page == 0 or page.y_at > BOTTOM:
                page.fresh()
                page.text(LEFT, 40, "The Sea" if page.page % 2 else "A. N. Author")
                page.text(WIDTH / 2, 560, str(page.page))
            page.line(line, LEFT + (indent if index == 0 else 0))


def taken(page: FPDF, name: str = "a.pdf") -> Manuscript:
    return pdf.read(io.BytesIO(bytes(page.output())), name)


def blocks(document: Document, kind: str = "paragraph") -> list[str]:
    return [document.text[b.start : b.end] for b in document.blocks if b.kind == kind]


def skipped(document: Document) -> list[tuple[str, str]]:
    return [(piece.rule, piece.text) for piece in document.skipped]


def assert_accounted_for(document: Document) -> None:
    """Every letter is in a block or skipped, and every piece is what the text has there."""
    covered = bytearray(len(document.text))
    pieces = [(piece.start, piece.end) for piece in document.blocks]
    for start, end in pieces + [(piece.start, piece.end) for piece in document.skipped]:
        covered[start:end] = b"\1" * (end - start)
    left = [c for c, is_in in zip(document.text, covered, strict=True) if not is_in]
    assert not "".join(left).strip()
    for piece in document.skipped:
        assert document.text[piece.start : piece.end] == piece.text


# Prose


def test_prose_comes_back_as_it_was_written() -> None:
    chance = random.Random(1)
    written = [paragraph(chance) for _ in range(40)]
    page = Page()
    typeset(page, written)
    document = taken(page).document
    assert page.page > 4
    assert blocks(document) == written
    assert_accounted_for(document)


def test_heads_and_page_numbers_are_not_read() -> None:
    chance = random.Random(2)
    page = Page()
    typeset(page, [paragraph(chance) for _ in range(40)])
    rules = Counter(skipped(taken(page).document))
    assert {rule for rule, _ in rules} == {"running head", "page number"}
    assert rules["running head", "The Sea"] == (page.page + 1) // 2
    assert [text for rule, text in rules if rule == "page number"] == [
        str(number) for number in range(1, page.page + 1)
    ]


def test_a_head_that_is_on_one_page_only_is_a_head_where_others_have_theirs() -> None:
    page = Page()
    chance = random.Random(3)
    for number in range(1, 8):
        page.fresh()
        page.text(LEFT, 40, "The Storm" if number == 4 else "The Sea")
        for line in broken(page, paragraph(chance, 9), MEASURE):
            page.line(line)
    assert ("running head", "The Storm") in skipped(taken(page).document)


def test_pages_are_noted_where_they_begin_even_inside_a_sentence() -> None:
    chance = random.Random(4)
    page = Page()
    typeset(page, [paragraph(chance, 200)])
    document = taken(page).document
    marks = [span for span in document.spans if span.kind == "page"]
    assert [mark.value for mark in marks] == [str(n) for n in range(1, page.page + 1)]
    assert len(blocks(document)) == 1
    (block,) = document.blocks
    assert all(block.start < mark.start < block.end for mark in marks[1:])
    assert all(document.text[mark.start - 1] == " " for mark in marks[1:])


def test_pages_have_the_labels_that_they_are_printed_with() -> None:
    page = Page()
    page.add_page(label_style="r", label_start=5)
    page.line("In the beginning there was a preface.")
    document = taken(page).document
    assert [span.value for span in document.spans if span.kind == "page"] == ["v"]


@pytest.mark.parametrize(
    ("lines", "read"),
    [
        (["a man of great deter-", "mination and few words"], "determination"),
        (["a man who was well-", "known, and the well-known house"], "well-known,"),
        (["an icecream, or an ice-", "cream in summer"], "icecream"),
        (["he met Anglo-", "Saxon people there"], "Anglo-Saxon"),
        (["the years 1914-", "1918 in summer"], "1914-1918"),
        (["a candle in the dark, and dark-", "candle rooms"], "dark-candle"),
    ],
)
def test_a_hyphen_at_a_lines_end_is_the_words_or_the_typesetters(
    lines: Sequence[str], read: str
) -> None:
    page = Page()
    page.fresh()
    for line in lines:
        page.line(line)
    assert read in blocks(taken(page).document)[0].split()


def test_paragraphs_parted_by_white_and_not_by_an_indent() -> None:
    chance = random.Random(5)
    written = [paragraph(chance) for _ in range(5)]
    page = Page()
    page.fresh()
    for text in written:
        for line in broken(page, text, MEASURE, 0):
            page.line(line)
        page.y_at += 8
    assert blocks(taken(page).document) == written


def test_every_line_of_a_dialogue_is_a_paragraph() -> None:
    spoken = ['"Is it far?"', '"Far enough for an old man, and for you, my friend."', '"Oh."']
    page = Page()
    page.fresh()
    for text in [*spoken, paragraph(random.Random(6)), *spoken]:
        for index, line in enumerate(broken(page, text, MEASURE)):
            page.line(line, LEFT + (16 if index == 0 else 0))
    assert blocks(taken(page).document)[:3] == spoken
    assert blocks(taken(page).document)[-3:] == spoken


def test_stars_between_scenes_are_a_break() -> None:
    chance = random.Random(7)
    page = Page()
    page.fresh()
    for text in (paragraph(chance), "* * *", paragraph(chance)):
        for line in broken(page, text, MEASURE):
            page.line(line, LEFT if len(line) > 5 else WIDTH / 2)
    assert [block.kind for block in taken(page).document.blocks] == [
        "paragraph",
        "break",
        "paragraph",
    ]


# Columns


def columns(page: Page, written: Sequence[str], gutter: float = 20) -> None:
    """Paragraphs in two columns, a row at a time: the file's order is not the reader's."""
    width = (MEASURE - gutter) / 2
    lines = [
        (line, 10.0 if index == 0 else 0.0)
        for text in written
        for index, line in enumerate(broken(page, text, width, 10))
    ]
    half = (len(lines) + 1) // 2
    for row in range(half):
        for column, at in enumerate((row, half + row)):
            if at < len(lines):
                text, indent = lines[at]
                x = LEFT + column * (width + gutter) + indent
                page.text(x, page.y_at, text)
        page.y_at += PITCH


def test_columns_are_read_one_after_the_other() -> None:
    chance = random.Random(8)
    written = [paragraph(chance, 3) for _ in range(5)]
    page = Page()
    page.fresh()
    columns(page, written)
    assert blocks(taken(page).document) == written


def test_a_heading_over_columns_is_read_before_them_and_parts_them() -> None:
    chance = random.Random(9)
    page = Page()
    page.fresh()
    written = [[paragraph(chance, 2) for _ in range(3)] for _ in range(2)]
    for title, texts in zip(("On rivers and the people there", "On seas"), written, strict=True):
        page.set_font("Times", size=18)
        page.y_at += 20
        page.text((WIDTH - page.get_string_width(title)) / 2, page.y_at, title)
        page.y_at += 24
        page.set_font("Times", size=10)
        columns(page, texts)
    document = taken(page).document
    assert [block.kind for block in document.blocks] == ["heading", *["paragraph"] * 3] * 2
    assert blocks(document) == [text for texts in written for text in texts]


def test_a_table_of_contents_has_no_columns() -> None:
    page = Page()
    page.fresh()
    for number in range(1, 12):
        page.text(WIDTH - LEFT - 10, page.y_at, str(number))
        page.line(f"The tale of the {WORDS[number]}")
    assert "The tale of the candle 1" in blocks(taken(page).document)


# Headings


def test_headings_are_ranked_by_their_size_and_bold_ones_come_last() -> None:
    chance = random.Random(10)
    page = Page()
    page.fresh()
    for text, size, style in [
        ("The Book", 24, ""),
        ("A Part", 18, ""),
        ("A Chapter", 14, ""),
        ("A Section", 11, "B"),
    ]:
        page.set_font("Times", style, size)
        page.y_at += 24
        page.line(text, down=20)
        page.set_font("Times", "", 11)
        for line in broken(page, paragraph(chance, 2), MEASURE, 0):
            page.line(line)
    document = taken(page).document
    found = [(document.text[b.start : b.end], b.level) for b in document.blocks if b.level]
    assert found == [("The Book", 1), ("A Part", 2), ("A Chapter", 3), ("A Section", 4)]


def test_a_heading_of_two_lines_is_one() -> None:
    page = Page()
    page.fresh()
    page.set_font("Times", size=20)
    page.line("The Adventure of the Silver", down=24)
    page.line("Candle", down=40)
    page.set_font("Times", size=11)
    for line in broken(page, paragraph(random.Random(11), 9), MEASURE):
        page.line(line)
    assert blocks(taken(page).document, "heading") == ["The Adventure of the Silver Candle"]


def test_a_chapters_number_stands_on_a_line_of_its_own() -> None:
    page = Page()
    page.fresh()
    page.set_font("Times", size=20)
    page.line("Chapter IV", down=24)
    page.line("The Storm", down=40)
    page.set_font("Times", size=11)
    for line in broken(page, paragraph(random.Random(12), 9), MEASURE):
        page.line(line)
    assert blocks(taken(page).document, "heading") == ["Chapter IV\nThe Storm"]


def test_words_that_name_a_chapter_are_a_heading_though_no_larger_than_the_body() -> None:
    chance = random.Random(13)
    page = Page()
    page.fresh()
    for title in ("CHAPTER I.", "CHAPTER II."):
        page.y_at += 20
        page.line(title, 170, 34)
        for line in broken(page, paragraph(chance, 4), MEASURE, 0):
            page.line(line)
    assert blocks(taken(page).document, "heading") == ["CHAPTER I.", "CHAPTER II."]


def test_large_print_that_goes_on_and_on_is_no_heading() -> None:
    page = Page()
    page.fresh()
    page.set_font("Times", size=14)
    large = paragraph(random.Random(14), 6)
    for line in broken(page, large, MEASURE):
        page.line(line, down=18)
    page.set_font("Times", size=11)
    for line in broken(page, paragraph(random.Random(15), 12), MEASURE):
        page.line(line)
    assert blocks(taken(page).document)[0] == large


@pytest.mark.parametrize(
    ("cap", "space", "rest"),
    [
        ("T", "", "here was a river behind the house, and they were"),
        ("A", " ", "river went by the house in winter, and they were"),
    ],
)
def test_a_drop_cap_begins_its_word(cap: str, space: str, rest: str) -> None:
    page = Page()
    page.fresh()
    page.set_font("Times", size=46)
    page.text(LEFT, TOP + 2 * PITCH, cap)
    beside = page.get_string_width(cap) + 3
    page.set_font("Times", size=11)
    text = f"{rest} {paragraph(random.Random(16), 12)}"
    lines = broken(page, text, MEASURE - beside, 0)
    for line in lines[:3]:
        page.line(line, LEFT + beside)
    for line in lines[3:]:
        page.line(line)
    document = taken(page).document
    assert not blocks(document, "heading")
    (read,) = blocks(document)
    assert read == f"{cap}{space}{text}"


# Notes


def noted() -> Page:
    page = Page()
    for number in range(1, 4):
        page.fresh()
        lines = broken(page, paragraph(random.Random(number), 10), MEASURE, 0)
        page.text(LEFT, page.y_at, lines[0])
        x = LEFT + page.get_string_width(lines[0])
        page.set_font("Times", size=7)
        page.text(x, page.y_at - 4, str(number))
        page.set_font("Times", size=11)
        page.y_at += PITCH
        for line in lines[1:]:
            page.line(line)
        page.set_font("Times", size=8)
        page.text(LEFT, 500, f"{number} {WORDS[number].title()} is meant here, as in the book of")
        page.text(LEFT, 510, f"{WORDS[number + 5]} and of others.")
        page.set_font("Times", size=11)
    return page


def test_notes_and_their_marks_are_not_read() -> None:
    document = taken(noted()).document
    assert skipped(document)[:2] == [
        ("note reference", "1"),
        ("note", "1 Candle is meant here, as in the book of quiet and of others."),
    ]
    read = " ".join(blocks(document))
    assert "is meant here" not in read
    assert not re.search(r"\d", read)
    assert_accounted_for(document)


def test_a_page_of_small_print_is_read() -> None:
    page = noted()
    page.fresh()
    page.set_font("Times", size=8)
    small = paragraph(random.Random(17), 9)
    for line in broken(page, small, MEASURE, 0):
        page.line(line, down=10)
    assert small in blocks(taken(page).document)


# The outline, and what the file says of itself


def outlined(titles: Sequence[tuple[str, int]]) -> Page:
    page = Page()
    for title, level in titles:
        page.fresh()
        page.start_section(title, level)
        page.set_font("Times", size=18 - 2 * level)
        page.line(title, down=40)
        page.set_font("Times", size=11)
        for line in broken(page, paragraph(random.Random(18), 4), MEASURE):
            page.line(line)
    return page


def test_the_outline_is_the_table_of_contents() -> None:
    titles = [("Part One", 0), ("The Sea", 1), ("The Storm", 1), ("Part Two", 0), ("Home", 1)]
    made = taken(outlined(titles))
    assert made.explicit
    at = {title: made.document.text.index(f"{title}\n") for title, _ in titles}
    assert made.contents == (
        Entry(
            "Part One",
            at["Part One"],
            (Entry("The Sea", at["The Sea"]), Entry("The Storm", at["The Storm"])),
        ),
        Entry("Part Two", at["Part Two"], (Entry("Home", at["Home"]),)),
    )


def test_a_bookmark_finds_its_heading_in_another_case_and_without_its_number() -> None:
    page = Page()
    page.fresh()
    for line in broken(page, paragraph(random.Random(19), 5), MEASURE):
        page.line(line)
    page.start_section("1. the storm")
    page.y_at += 30
    page.set_font("Times", size=18)
    page.line("THE STORM", down=30)
    page.set_font("Times", size=11)
    for line in broken(page, paragraph(random.Random(20), 2), MEASURE):
        page.line(line)
    made = taken(page)
    assert made.contents == (Entry("1. the storm", made.document.text.index("THE STORM")),)


def test_without_an_outline_there_are_no_contents() -> None:
    page = Page()
    typeset(page, [paragraph(random.Random(21))])
    made = taken(page)
    assert made.contents == ()
    assert not made.explicit


def test_what_a_person_said_of_the_book() -> None:
    page = outlined([("The Sea", 0)])
    page.set_title("A Winter at Sea")
    page.set_author("Jane Doe; Poe, Edgar")
    page.set_subject("A tale.")
    made = taken(page)
    assert made.about["title"] == "A Winter at Sea"
    assert made.about["description"] == "A tale."
    assert re.fullmatch(r"20\d\d", made.about["date"])
    assert [(person.name, person.sort_name) for person in made.people] == [
        ("Jane Doe", ""),
        ("Edgar Poe", "Poe, Edgar"),
    ]


@pytest.mark.parametrize(
    "title", ["Microsoft Word - sea.doc", "untitled", "sea_final.indd", "C:\\books\\sea", "--"]
)
def test_what_a_program_said_is_no_title(title: str) -> None:
    page = outlined([("The Sea", 0)])
    page.set_title(title)
    page.set_author("Administrator")
    made = taken(page)
    assert "title" not in made.about
    assert made.people == ()


# What cannot be read


def picture(page: Page) -> None:
    page.add_page()
    page.image(Image.new("RGB", (60, 80), "teal"), 0, 0, WIDTH, HEIGHT)


def failure(data: bytes) -> str:
    with pytest.raises(SourceError) as caught:
        pdf.read(io.BytesIO(data), "a.pdf")
    message = str(caught.value)
    assert message.startswith("a.pdf: ")
    assert "\n" not in message
    return message


def outcome(data: bytes) -> Manuscript | str:
    """What was read, or why nothing was."""
    try:
        return pdf.read(io.BytesIO(data), "a.pdf")
    except SourceError as error:
        return str(error)


def test_scanned_pages_need_ocr() -> None:
    page = Page()
    for _ in range(3):
        picture(page)
    assert failure(bytes(page.output())) == (
        "a.pdf: the pages are pictures without text (scanned). "
        "Run OCR over it first, for example with ocrmypdf."
    )


def test_fonts_without_an_alphabet_need_ocr() -> None:
    names = " ".join(f"/uniE{code:03X}" for code in range(32, 127))  # private to the font
    data = bytes(outlined([("The Sea", 0)]).output())
    assert b"/WinAnsiEncoding" in data
    private = f"<< /Differences [32 {names}] >>".encode()
    assert "garbage" in failure(data.replace(b"/WinAnsiEncoding", private))


def test_pages_without_anything_are_no_story() -> None:
    page = Page()
    page.add_page()
    assert "no text" in failure(bytes(page.output()))


def test_some_scanned_pages_are_named() -> None:
    page = Page()
    for number in range(1, 9):
        if number in (2, 5, 6):
            picture(page)
            continue
        page.fresh()
        for line in broken(page, paragraph(random.Random(number), 8), MEASURE):
            page.line(line)
    (notice,) = taken(page).notices
    assert notice.startswith("a.pdf: pages 2, 5-6 are pictures without text")


def test_a_password_is_asked_for_in_vain() -> None:
    page = outlined([("The Sea", 0)])
    page.set_encryption("owner", "user")
    assert "password" in failure(bytes(page.output()))


def test_a_file_that_only_forbids_copying_is_read() -> None:
    page = outlined([("The Sea", 0)])
    page.set_encryption("owner", "")
    assert blocks(taken(page).document, "heading") == ["The Sea"]


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 0.99])
def test_a_file_that_was_cut_off_is_refused_or_named_as_such(share: float) -> None:
    data = bytes(outlined([("The Sea", 0), ("The Storm", 0)]).output())
    made = outcome(data[: int(len(data) * share)])
    said = made if isinstance(made, str) else made.notices[0]
    assert said.startswith("a.pdf: ")
    assert isinstance(made, str) or "end is missing" in said


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=300))
def test_bytes_behind_the_signature_are_refused(data: bytes) -> None:
    failure(b"%PDF-1.7\n" + data)


@settings(max_examples=50, deadline=None)
@given(st.data())
def test_a_damaged_file_is_read_or_refused(data: st.DataObject) -> None:
    whole = bytearray(outlined([("The Sea", 0), ("The Storm", 1)]).output())
    for _ in range(data.draw(st.integers(1, 20))):
        whole[data.draw(st.integers(10, len(whole) - 1))] = data.draw(st.integers(0, 255))
    made = outcome(bytes(whole))
    if isinstance(made, str):
        assert made.startswith("a.pdf: ")
    else:
        assert_accounted_for(made.document)


def test_too_much_on_one_page_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "MOST_TEXT_A_PAGE", 100)
    assert "on page 1" in failure(bytes(outlined([("The Sea", 0)]).output()))


def test_too_many_pages_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "MOST_PAGES", 1)
    data = bytes(outlined([("The Sea", 0), ("The Storm", 0)]).output())
    assert "more than 1 pages" in failure(data)


# Whatever stands on a page


def on_the_page(data: bytes) -> str:
    """All that PDFium finds: of a letter that is drawn over itself, it gives one."""
    with pypdfium2.PdfDocument(data) as document:
        return str(document[0].get_textpage().get_text_range())


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.lists(st.sampled_from(WORDS), min_size=1, max_size=4),
            st.floats(5, 80),
            st.integers(1, 20),
            st.sampled_from([6, 9, 11, 18, 40]),
            st.sampled_from([0, 90, 180, 33]),
        ),
        min_size=1,
        max_size=20,
        unique_by=lambda text: text[2],
    )
)
def test_no_word_is_lost_wherever_it_stands(
    placed: list[tuple[list[str], float, int, int, int]],
) -> None:
    page = Page()
    page.add_page()
    for words, x, row, size, angle in placed:
        page.set_font("Times", size=size)
        y = row * 28
        with page.rotation(angle, x, y):
            page.text(x, y, " ".join(words))
    data = bytes(page.output())
    made = outcome(data)
    if isinstance(made, str):  # all of it is beside the page
        assert "no text" in made
        return
    document = made.document
    assert_accounted_for(document)
    there = Counter(c for c in document.text if c.isalpha())
    assert there == Counter(c for c in on_the_page(data) if c.isalpha())


def test_text_beside_the_reading_direction_is_left_out() -> None:
    page = Page()
    page.fresh()
    with page.rotation(90, 20, 400):
        page.text(20, 400, "arXiv:1234.5678")
    for line in broken(page, paragraph(random.Random(22), 5), MEASURE):
        page.line(line)
    assert skipped(taken(page).document) == [("sideways text", "arXiv:1234.5678")]


def test_a_page_that_lies_on_its_side_is_read() -> None:
    page = Page()
    page.add_page()
    with page.rotation(90, 200, 300):
        for line in range(3):
            page.text(60, 200 + line * PITCH, f"Line {line} of the river")
    (text,) = blocks(taken(page).document)
    assert text == "Line 0 of the river Line 1 of the river Line 2 of the river"


def test_every_word_of_a_book_is_in_it_once() -> None:
    chance = random.Random(23)
    written = [paragraph(chance) for _ in range(30)]
    page = Page()
    typeset(page, written)
    document = taken(page).document
    assert Counter(" ".join(blocks(document)).split()) == Counter(" ".join(written).split())


@pytest.mark.parametrize("size", [18, 11])
def test_chapters_that_begin_at_the_top_of_a_page_keep_their_titles(size: int) -> None:
    page = Page()
    for number in range(1, 8):
        page.fresh()
        page.set_font("Times", size=size)
        page.line(f"Chapter {number}", 180, 40)
        page.set_font("Times", size=11)
        typeset(page, [paragraph(random.Random(number), 40 + 20 * (number % 3))])
    read = blocks(taken(page).document, "heading")
    assert read == [f"Chapter {number}" for number in range(1, 8)]
