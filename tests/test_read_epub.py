"""EPUBs, whole and broken, honest and hostile."""

from __future__ import annotations

import io
import re
import socket
import struct
import zipfile
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from pipeline.errors import SourceError
from pipeline.model import Book, Chapter, Lexeme, Person
from pipeline.read import Asked, read
from tests import epubs

Break = Callable[[epubs.Members], epubs.Members]


def book_of(members: Mapping[str, bytes], folder: Path, **asked: Any) -> Book:
    return read(epubs.write(members, folder / "book.epub"), Asked(**asked))


def one_page(body: str, **options: Any) -> epubs.Members:
    contents = '<li><a href="text/a.xhtml">Chapter 1</a></li>'
    return epubs.book({"a.xhtml": epubs.page(body)}, contents, **options)


def texts(chapter: Chapter, kind: str = "") -> list[str]:
    """The texts of a chapter's blocks, of one kind or of all."""
    blocks = [block for block in chapter.blocks if not kind or block.kind == kind]
    return [chapter.text[block.start : block.end] for block in blocks]


def told(book: Book) -> list[tuple[str, str]]:
    """Titles and letters of all chapters."""
    return [(c.title, re.sub(r"\W", "", "".join(texts(c)))) for c in book.chapters]


def test_a_novel(tmp_path: Path) -> None:
    book = book_of(epubs.novel(), tmp_path)
    assert (book.title, book.author, book.language) == ("Tides", "A. Author", "en-GB")
    assert [(c.number, c.title, c.file) for c in book.chapters] == [
        (number, f"Chapter {number}", f"epub/text/chapter-{number}.xhtml") for number in range(1, 6)
    ]
    assert [(part.title, part.left_out) for part in book.left_out] == [
        ("Titlepage", "title page"),
        ("Imprint", "imprint"),
        ("Endnotes", "notes"),
        ("Colophon", "colophon"),
    ]
    second = book.chapters[1]
    assert texts(second)[-1] == "He knew better."
    assert [(piece.rule, piece.text) for piece in second.skipped] == [("note reference", "1")]
    (reference,) = (span for span in second.spans if span.kind == "noteref")
    assert reference.value == "epub/text/endnotes.xhtml#note-1"
    assert second.text[: reference.start].endswith("He knew better.")
    notes = next(part for part in book.left_out if part.title == "Endnotes")
    (note,) = (span for span in notes.spans if span.kind == "note")
    assert note.value == reference.value
    assert notes.text[note.start : note.end] == "1. It was not so."
    assert [block.kind for block in book.chapters[2].blocks][-2:] == ["break", "paragraph"]
    assert book.notices == ()


@pytest.mark.parametrize("how", epubs.BREAKS, ids=lambda how: how.__name__)
def test_a_broken_book_is_the_same_book(how: Break, tmp_path: Path) -> None:
    whole = book_of(epubs.novel(), tmp_path)
    broken = book_of(how(epubs.novel()), tmp_path)
    assert told(broken) == told(whole)
    assert [p.left_out for p in broken.left_out] == [p.left_out for p in whole.left_out]


@pytest.mark.parametrize("how", [dict, *epubs.BREAKS], ids=lambda how: how.__name__)
def test_every_word_is_read_or_accounted_for(how: Break, tmp_path: Path) -> None:
    members = how(epubs.novel())
    book = book_of(members, tmp_path)
    text = " ".join(part.text for part in (*book.chapters, *book.left_out))
    found = Counter(re.findall(r"[^\W_]+", text))
    missing = Counter(epubs.words(epubs.novel())) - found
    assert not missing


def test_a_page_that_is_not_there_is_told(tmp_path: Path) -> None:
    members = epubs.novel()
    del members["epub/text/chapter-3.xhtml"]
    book = book_of(members, tmp_path)
    assert [chapter.title for chapter in book.chapters] == [f"Chapter {n}" for n in (1, 2, 4, 5)]
    where = tmp_path / "book.epub"
    assert book.notices == (
        f"{where}: its spine names 'epub/text/chapter-3.xhtml', which is not in the book.",
        f"{where}: its contents list 'III', which is not in the book.",
    )


def test_a_page_outside_the_reading_order_is_told(tmp_path: Path) -> None:
    pages = {"a.xhtml": epubs.page("<p>One.</p>"), "map.xhtml": epubs.page("<p>A map.</p>")}
    book = book_of(epubs.book(pages, spine='<itemref idref="a.xhtml"/>'), tmp_path)
    assert [part.left_out for part in book.left_out] == ["not in the reading order"]
    assert "'epub/text/map.xhtml' is not in its reading order" in book.notices[0]


def test_parts_hold_chapters_and_are_announced_with_the_first(tmp_path: Path) -> None:
    pages = {
        "p1.xhtml": epubs.page("<h1>Part One: Ebb</h1>", kind="part"),
        "c1.xhtml": epubs.page("<h2>Chapter 1</h2><p>It fell.</p>"),
        "c2.xhtml": epubs.page("<h2>Chapter 2</h2><p>It lay.</p><h3>At Noon</h3><p>Still.</p>"),
        "p2.xhtml": epubs.page("<h1>Part Two: Flood</h1>", kind="part"),
        "c3.xhtml": epubs.page("<h2>Chapter 1</h2><p>It rose.</p>"),
    }

    def line(name: str, title: str, below: str = "") -> str:
        lists = f"<ol>{below}</ol>" if below else ""
        return f'<li><a href="text/{name}">{title}</a>{lists}</li>'

    contents = line(
        "p1.xhtml",
        "Part One: Ebb",
        line("c1.xhtml", "Chapter 1")
        + line("c2.xhtml", "Chapter 2", line("c2.xhtml#noon", "At Noon")),
    ) + line("p2.xhtml", "Part Two: Flood", line("c3.xhtml", "Chapter 1"))
    book = book_of(epubs.book(pages, contents), tmp_path)
    assert [(chapter.title, texts(chapter, "heading")) for chapter in book.chapters] == [
        ("Part One. Ebb, Chapter 1", ["Part One: Ebb", "Chapter 1"]),
        ("Chapter 2", ["Chapter 2", "At Noon"]),
        ("Part Two. Flood, Chapter 1", ["Part Two: Flood", "Chapter 1"]),
    ]


def test_a_title_that_stands_in_the_contents_alone_is_announced(tmp_path: Path) -> None:
    pages = {
        "a.xhtml": epubs.page('<p class="title">THE SIGN</p><p>It hung there.</p>'),
        "b.xhtml": epubs.page("<p>It fell down.</p>"),
        "c.xhtml": epubs.page('<h2><img src="c.png" alt="The Nail"/></h2><p>It held.</p>'),
    }
    contents = "".join(
        f'<li><a href="text/{name}">{title}</a></li>'
        for name, title in zip(pages, ("The Sign", "The Fall", "The Nail"), strict=True)
    )
    book = book_of(epubs.book(pages, contents), tmp_path)
    assert [texts(chapter) for chapter in book.chapters] == [
        ["THE SIGN", "It hung there."],
        ["The Fall", "It fell down."],
        ["The Nail", "It held."],
    ]
    assert all(chapter.blocks[0].kind == "heading" for chapter in book.chapters)


def test_metadata_of_epub_3(tmp_path: Path) -> None:
    metadata = """
      <dc:title id="t">Tides</dc:title><meta property="title-type" refines="#t">main</meta>
      <dc:title id="s">A Story</dc:title><meta property="title-type" refines="#s">subtitle</meta>
      <dc:creator id="a">Ann Author</dc:creator>
      <meta property="role" refines="#a" scheme="marc:relators">aut</meta>
      <meta property="file-as" refines="#a">Author, Ann</meta>
      <dc:creator id="b">Ben Writer</dc:creator>
      <dc:contributor id="c">Tom Translator</dc:contributor>
      <meta property="role" refines="#c" scheme="marc:relators">trl</meta>
      <meta property="belongs-to-collection" id="x">The Sea Cycle</meta>
      <meta property="collection-type" refines="#x">series</meta>
      <meta property="group-position" refines="#x">2</meta>
      <dc:publisher>Small Press</dc:publisher><dc:date>1999-04-01</dc:date>
      <dc:rights>Free.</dc:rights>
      <dc:description>&lt;p&gt;All about &lt;i&gt;water&lt;/i&gt;.&lt;/p&gt;</dc:description>
    """
    book = book_of(one_page("<p>One.</p>", metadata=metadata), tmp_path)
    assert (book.title, book.subtitle) == ("Tides", "A Story")
    assert book.author == "Ann Author and Ben Writer"
    assert book.people == (
        Person("Ann Author", "aut", "Author, Ann"),
        Person("Ben Writer", "aut"),
        Person("Tom Translator", "trl"),
    )
    assert (book.series, book.position) == ("The Sea Cycle", "2")
    assert (book.publisher, book.date, book.rights) == ("Small Press", "1999-04-01", "Free.")
    assert book.description == "All about water."
    assert book.identifiers == ("urn:x:1",)


def test_metadata_of_epub_2(tmp_path: Path) -> None:
    metadata = """
      <dc:title>Tides</dc:title>
      <dc:creator opf:role="aut" opf:file-as="Author, Ann">Ann Author</dc:creator>
      <dc:creator opf:role="ill">Ida Painter</dc:creator>
      <dc:date opf:event="modification">2020-01-01</dc:date>
      <dc:date opf:event="publication">1999</dc:date>
      <meta name="calibre:series" content="The Sea Cycle"/>
      <meta name="calibre:series_index" content="2.0"/>
    """
    book = book_of(one_page("<p>One.</p>", metadata=metadata), tmp_path)
    assert book.author == "Ann Author"
    assert book.people == (Person("Ann Author", "aut", "Author, Ann"), Person("Ida Painter", "ill"))
    assert (book.series, book.position, book.date) == ("The Sea Cycle", "2", "1999")


def test_a_language_that_is_none_is_told(tmp_path: Path) -> None:
    book = book_of(one_page("<p>One.</p>", language="english, mostly"), tmp_path)
    assert book.language == "en-US"
    assert "says its language is 'english, mostly', which is none" in book.notices[0]


def test_languages_pronunciations_and_pages(tmp_path: Path) -> None:
    body = (
        '<p>She said <i xml:lang="fr">au revoir</i> to <span ssml:alphabet="ipa" '
        'ssml:ph="ˈɛltən">Elton</span>.<span epub:type="pagebreak" title="12">12</span></p>'
    )
    lexicon = (
        '<lexicon xmlns="http://www.w3.org/2005/01/pronunciation-lexicon" alphabet="ipa" '
        'xml:lang="en"><lexeme><grapheme>Eloi</grapheme><phoneme>ˈiːlɔɪ</phoneme></lexeme>'
        "<lexeme><grapheme>HMS</grapheme><alias>Her Majesty's Ship</alias></lexeme></lexicon>"
    )
    item = '<item id="l" href="words.pls" media-type="application/pls+xml"/>'
    members = one_page(body, items=item) | {"epub/words.pls": lexicon.encode()}
    book = book_of(members, tmp_path)
    (chapter,) = book.chapters
    spans = [(s.kind, chapter.text[s.start : s.end], s.value) for s in chapter.spans]
    assert ("language", "au revoir", "fr") in spans
    assert ("phoneme", "Elton", "ipa:ˈɛltən") in spans
    assert ("page", "", "12") in spans
    assert texts(chapter) == ["Chapter 1", "She said au revoir to Elton."]
    assert book.lexicon[:2] == (
        Lexeme("Eloi", ipa="ˈiːlɔɪ", language="en"),
        Lexeme("HMS", "Her Majesty's Ship", language="en"),
    )


def test_notes_in_the_middle_of_a_chapter_are_left_out(tmp_path: Path) -> None:
    body = (
        '<p>One.<a href="#n"><sup>1</sup></a></p><aside epub:type="footnote" id="n"><p>Aside.</p>'
        "</aside><p>Two.</p>"
    )
    (chapter,) = book_of(one_page(body), tmp_path).chapters
    assert texts(chapter) == ["Chapter 1", "One.", "Two."]
    assert [(piece.rule, piece.text) for piece in chapter.skipped] == [
        ("note reference", "1"),
        ("notes", "Aside."),
    ]


def picture(kind: str) -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (60, 60), "navy").save(data, kind)
    return data.getvalue()


def test_the_cover_of_the_book(tmp_path: Path) -> None:
    item = '<item id="c" href="c.jpg" media-type="image/jpeg" properties="cover-image"/>'
    cover = picture("JPEG")
    book = book_of(one_page("<p>One.</p>", items=item) | {"epub/c.jpg": cover}, tmp_path)
    assert book.cover is not None
    assert book.cover.data == cover


def test_a_cover_that_no_player_shows_is_told(tmp_path: Path) -> None:
    item = '<item id="cover" href="c.webp" media-type="image/webp" properties="cover-image"/>'
    book = book_of(one_page("<p>One.</p>", items=item) | {"epub/c.webp": b"RIFF"}, tmp_path)
    assert book.cover is None
    assert "its cover cannot be used" in book.notices[0]


def test_include_and_exclude(tmp_path: Path) -> None:
    book = book_of(epubs.novel(), tmp_path, include=("colophon",), exclude=("Chapter 2",))
    assert [chapter.title for chapter in book.chapters] == [
        "Chapter 1",
        "Chapter 3",
        "Chapter 4",
        "Chapter 5",
        "Colophon",
    ]
    assert ("Chapter 2", "excluded") in [(part.title, part.left_out) for part in book.left_out]


def test_a_title_in_a_tag_carries_no_commands(tmp_path: Path) -> None:
    members = one_page("<p>One.</p>", metadata="<dc:title>T\x9b31mides</dc:title>")
    assert book_of(members, tmp_path).title == "T 31mides"


# ---- what means harm

LAUGHS = "<!DOCTYPE html [<!ENTITY a 'ha'>" + "".join(
    f"<!ENTITY {name} '{f'&{before};' * 10}'>"
    for before, name in zip("abcdefghi", "bcdefghij", strict=True)
)
DOCTYPES = {
    "expansion": LAUGHS + "]>",
    "external": '<!DOCTYPE html [<!ENTITY j SYSTEM "file:///etc/passwd">]>',
    "parameter": '<!DOCTYPE html [<!ENTITY % p SYSTEM "http://127.0.0.1:9/x.dtd"> %p;]>',
}


@pytest.mark.parametrize("name", DOCTYPES)
def test_entities_are_not_expanded(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket.socket, "connect", None)
    members = one_page('<p title="&j;">It was &j; quiet.</p>', metadata="<dc:title>T&j;</dc:title>")
    for path in ("epub/text/a.xhtml", "epub/content.opf"):
        members[path] = re.sub(
            rb"(?=<html|<package)", DOCTYPES[name].encode(), members[path], count=1
        )
    book = book_of(members, tmp_path)
    assert texts(book.chapters[0])[1:] == ["It was &j; quiet."]
    assert book.title == "T&j;"


def bomb() -> epubs.Members:
    return one_page("<p>x</p>") | {"epub/text/a.xhtml": b"<html>" + b" " * 25_000_000}


def many_bombs() -> epubs.Members:
    return epubs.book({f"{n}.xhtml": f"<html>{' ' * 15_000_000}</html>" for n in range(5)})


def deep() -> epubs.Members:
    return one_page("<div>" * 50_000 + "x" + "</div>" * 50_000)


def locked() -> epubs.Members:
    encryption = (
        '<encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container">'
        '<EncryptedData xmlns="http://www.w3.org/2001/04/xmlenc#"><EncryptionMethod '
        'Algorithm="http://www.w3.org/2001/04/xmlenc#aes256-cbc"/><CipherData><CipherReference '
        'URI="epub/text/a.xhtml"/></CipherData></EncryptedData></encryption>'
    )
    members = one_page("<p>x</p>")
    return members | {
        "META-INF/encryption.xml": encryption.encode(),
        "META-INF/license.lcpl": b"{}",
    }


@pytest.mark.parametrize(
    ("members", "message"),
    [
        (bomb, "a.xhtml: unpacks to more than 20 MB"),
        (many_bombs, "book.epub: unpacks to more than 60 MB"),
        (deep, "a.xhtml: elements nested more than 2000 deep"),
        (locked, r"the book is encrypted \(Readium LCP\)"),
        (lambda: epubs.book({}), "an EPUB without a page to read"),
        (lambda: {epubs.CONTAINER: b"<container/>"}, "an EPUB without a package file"),
        (lambda: one_page("x") | {"epub/content.opf": b"\0\1\2"}, "content.opf: not XML"),
    ],
)
def test_what_cannot_be_a_book_is_one_clear_line(
    members: Callable[[], epubs.Members], message: str, tmp_path: Path
) -> None:
    with pytest.raises(SourceError, match=message) as caught:
        book_of(members(), tmp_path)
    assert "\n" not in str(caught.value)


def test_hidden_fonts_are_no_lock(tmp_path: Path) -> None:
    members = locked()
    members["META-INF/encryption.xml"] = (
        members["META-INF/encryption.xml"]
        .replace(
            b"http://www.w3.org/2001/04/xmlenc#aes256-cbc", b"http://www.idpf.org/2008/embedding"
        )
        .replace(b"epub/text/a.xhtml", b"epub/font.otf")
    )
    assert len(book_of(members, tmp_path).chapters) == 1


def test_paths_do_not_lead_out_of_the_book(tmp_path: Path) -> None:
    (tmp_path / "secret.xhtml").write_text(epubs.page("<p>secret</p>"))
    items = "".join(
        f'<item id="{index}" href="{href}" media-type="application/xhtml+xml"/>'
        for index, href in enumerate(
            ("../../secret.xhtml", str(tmp_path / "secret.xhtml"), "http://127.0.0.1:9/a.xhtml")
        )
    )
    spine = '<itemref idref="0"/><itemref idref="1"/><itemref idref="2"/><itemref idref="a.xhtml"/>'
    members = one_page("<p>One.</p>", items=items, spine=spine)
    members["../outside.txt"] = b"x"
    book = book_of(members, tmp_path)
    assert [texts(chapter) for chapter in book.chapters] == [["Chapter 1", "One."]]
    assert len(book.notices) == 3
    assert sorted(path.name for path in tmp_path.iterdir()) == ["book.epub", "secret.xhtml"]


def test_links_in_the_archive_are_not_followed(tmp_path: Path) -> None:
    path = epubs.write(epubs.novel(), tmp_path / "book.epub")
    with zipfile.ZipFile(path, "a") as archive:
        link = zipfile.ZipInfo("epub/text/link.xhtml")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    assert len(read(path).chapters) == 5


def test_a_list_of_members_that_would_fill_memory(tmp_path: Path) -> None:
    path = epubs.write(epubs.novel(), tmp_path / "book.epub")
    data = bytearray(path.read_bytes())
    at = data.rindex(b"PK\x05\x06")
    struct.pack_into("<I", data, at + 12, 500_000_000)
    path.write_bytes(data)
    with pytest.raises(SourceError, match="more members than a book has"):
        read(path)


def test_a_password(tmp_path: Path) -> None:
    path = epubs.write(epubs.novel(), tmp_path / "book.epub")
    data = bytearray(path.read_bytes())
    for match in re.finditer(b"PK\x01\x02", bytes(data)):
        data[match.start() + 8] |= 1
    path.write_bytes(data)
    with pytest.raises(SourceError, match="encrypted with a password"):
        read(path)


def test_ten_thousand_chapters(tmp_path: Path) -> None:
    numbers = range(1, 10_001)
    pages = {f"{n}.xhtml": epubs.page(f"<h2>Chapter {n}</h2><p>Day {n}.</p>") for n in numbers}
    lines = "".join(f'<li><a href="text/{n}.xhtml">Chapter {n}</a></li>' for n in numbers)
    book = book_of(epubs.book(pages, lines), tmp_path)
    assert [chapter.title for chapter in book.chapters] == [f"Chapter {n}" for n in numbers]


# ---- what only looks like damage, or is beside the text


def with_auxiliary(members: epubs.Members, path: str, data: bytes, item: str) -> epubs.Members:
    made = members | {path: data}
    made["epub/content.opf"] = made["epub/content.opf"].replace(
        b"</manifest>", f"{item}</manifest>".encode()
    )
    return made


@pytest.mark.parametrize(
    ("path", "item"),
    [
        ("epub/a.ncx", '<item id="ncx" href="a.ncx" media-type="application/x-dtbncx+xml"/>'),
        ("epub/a.pls", '<item id="pls" href="a.pls" media-type="application/pls+xml"/>'),
        ("META-INF/encryption.xml", ""),
    ],
)
def test_damage_beside_the_text_is_no_damage_to_the_book(
    path: str, item: str, tmp_path: Path
) -> None:
    members = epubs.without_contents(epubs.novel())
    book = book_of(with_auxiliary(members, path, b"\0garbage", item), tmp_path)
    assert told(book) == told(book_of(epubs.novel(), tmp_path))


def test_paths_in_another_case_are_the_same_page(tmp_path: Path) -> None:
    members = epubs.novel()
    package = members["epub/content.opf"].replace(b'href="text/chapter-1', b'href="text/CHAPTER-1')
    book = book_of(members | {"epub/content.opf": package}, tmp_path)
    assert told(book) == told(book_of(epubs.novel(), tmp_path))


@pytest.mark.parametrize(
    "body",
    [
        '<P><A NAME="p">Hello.' * 2500,
        "<P><FONT SIZE=2>Hello.</P>" * 2500,
        "<p>Hello.<i>" * 2500,
        "<title>Hello.<p>" + "Hello." * 2499,
        "<!-- Hello." + "<p>Hello." * 2500,
        "<![CDATA[Hello." + "<p>Hello." * 2499,
    ],
)
def test_what_is_never_closed_swallows_nothing(body: str, tmp_path: Path) -> None:
    (chapter,) = book_of(one_page(body), tmp_path).chapters
    assert chapter.text.count("Hello.") >= 2500


def test_an_anchor_behind_a_heading_does_not_part_them(tmp_path: Path) -> None:
    pages = {
        "a.xhtml": epubs.page('<h2>One</h2><p id="a">First.</p><h2>Two</h2><p id="b">Last.</p>')
    }
    contents = '<li><a href="text/a.xhtml#a">One</a></li><li><a href="text/a.xhtml#b">Two</a></li>'
    book = book_of(epubs.book(pages, contents), tmp_path)
    assert [texts(chapter) for chapter in book.chapters] == [["One", "First."], ["Two", "Last."]]
    assert book.left_out == ()


def test_a_title_over_several_paragraphs_is_said_once(tmp_path: Path) -> None:
    pages = {"a.xhtml": epubs.page("<p>Chapter One</p><p>The Sign</p><p>It hung.</p>")}
    contents = '<li><a href="text/a.xhtml">Chapter One: The Sign</a></li>'
    (chapter,) = book_of(epubs.book(pages, contents), tmp_path).chapters
    assert texts(chapter, "heading") == ["Chapter One", "The Sign"]
    assert texts(chapter, "paragraph") == ["It hung."]


@pytest.mark.parametrize("title", ["Notes", "Index", "Contents"])
def test_a_chapter_may_have_the_title_of_an_appendix(title: str, tmp_path: Path) -> None:
    prose = "<p>The lamp burned low, and nobody in the house had thought to fill it again.</p>" * 40
    pages = {
        "a.xhtml": epubs.page(f"<h2>{title}</h2>{prose}"),
        "b.xhtml": epubs.page("<p>End.</p>"),
    }
    contents = f'<li><a href="text/a.xhtml">{title}</a></li><li><a href="text/b.xhtml">Z</a></li>'
    book = book_of(epubs.book(pages, contents), tmp_path)
    assert [chapter.title for chapter in book.chapters] == [title, "Z"]


@pytest.mark.parametrize("title", ["Dedication", "Epigraph"])
def test_a_dedication_is_no_title_page(title: str, tmp_path: Path) -> None:
    pages = {
        "d.xhtml": epubs.page(f"<h2>{title}</h2><p>To my mother, who kept the light</p>"),
        "a.xhtml": epubs.page("<h2>Chapter 1</h2><p>One.</p>"),
        "b.xhtml": epubs.page("<h2>Chapter 2</h2><p>Two.</p>"),
    }
    contents = "".join(
        f'<li><a href="text/{n}.xhtml">Chapter {i}</a></li>' for i, n in enumerate("ab", 1)
    )
    book = book_of(epubs.book(pages, contents), tmp_path)
    assert [chapter.title for chapter in book.chapters] == [title, "Chapter 1", "Chapter 2"]


def test_a_page_of_links_is_a_table_of_contents(tmp_path: Path) -> None:
    pages = {
        "x.xhtml": epubs.page(
            "<p>My Book</p>"
            + "".join(f'<p><a href="{n}.xhtml">The chapter {n}</a></p>' for n in "abc")
        ),
        **{n: epubs.page(f"<h2>{n}</h2><p>It was so.</p>") for n in ("a.xhtml", "b.xhtml")},
    }
    contents = '<li><a href="text/a.xhtml">A</a></li><li><a href="text/b.xhtml">B</a></li>'
    book = book_of(epubs.book(pages, contents), tmp_path)
    assert [part.left_out for part in book.left_out] == ["contents"]
