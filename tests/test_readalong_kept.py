"""EPUBs that came in, read aloud: their own pages, each line heard where it stands."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from lxml import etree

from pipeline.read.document import Writer
from pipeline.read.html import Origin, flatten
from pipeline.readalong import obstacles, serial
from pipeline.readalong.places import Line, mark
from tests import epubs
from tests.conftest import run
from tests.test_plan import planned
from tests.test_readalong import checked, heard, made, ms, needs_java, opened, spoken

NAV = '<li><a href="text/one.xhtml">The Tide</a></li><li><a href="text/two.xhtml">The Hill</a></li>'
ONE = epubs.page(
    '<section id="one" class="chapter"><h2>The Tide</h2>'
    '<p class="first">It was <em>so very</em> high. “<em>No! Never</em>,” she said. '
    '<b>All of it.</b> <!-- not here --> Then<a epub:type="noteref" href="two.xhtml#n1">1</a> it '
    "fell, <i>slowly, <b>so</b></i> slowly.</p>\n"
    "<blockquote><p>A quotation.<br/>It has two lines.</p></blockquote>"
    '<ol start="3"><li>Third thing.</li><li>Fourth thing. And more.</li></ol>'
    "<table><tr><td>Ann</td><td>four</td></tr></table>"
    '<pre class="code">x = 1\ny = 2</pre>'
    '<p>A <ruby>word<rt>wuh</rt></ruby> of two. <img src="../dot.png" alt="A dot"/> Done.</p>'
    "</section>",
    "The Tide",
)
TWO = epubs.page(
    '<section><h2>The Hill</h2><p id="own">It was steep.</p><p>Nobody came.</p>'
    '<aside epub:type="footnote" id="n1"><p>A note that is not read.</p></aside></section>',
    "The Hill",
)
FRONT = epubs.page("<h1>Tides</h1><p>By A. Author</p>", "Tides", kind="titlepage")
DOT = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)
_ENCRYPTION = (
    '<encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container" '
    'xmlns:enc="http://www.w3.org/2001/04/xmlenc#"><enc:EncryptedData><enc:EncryptionMethod '
    'Algorithm="{}"/><enc:CipherData><enc:CipherReference URI="{}"/></enc:CipherData>'
    "</enc:EncryptedData></encryption>"
)
LOCKED = _ENCRYPTION.format("http://www.w3.org/2001/04/xmlenc#aes256", "epub/dot.png").encode()
FONTS = _ENCRYPTION.format("http://www.idpf.org/2008/embedding", "epub/a.ttf").encode()
DATE = '<meta property="dcterms:modified">2020-02-03T04:05:06Z</meta>'


def modern(**changed: str) -> epubs.Members:
    """An EPUB 3 that epubcheck has nothing to say of, but for what a test changes."""
    pages = {"front.xhtml": FRONT, "one.xhtml": ONE, "two.xhtml": TWO} | changed
    metadata = f"<dc:title>Tides</dc:title><dc:creator>A. Author</dc:creator>{DATE}"
    item = '<item id="dot" href="dot.png" media-type="image/png"/>'
    return epubs.book(pages, NAV, metadata=metadata, items=item, more={"epub/dot.png": DOT})


def old() -> epubs.Members:
    """An EPUB 2 with what HTML 5 has no more."""

    def page(body: str) -> str:
        return (
            '<?xml version="1.0"?><!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.1//EN" '
            '"http://www.w3.org/TR/xhtml11/DTD/xhtml11.dtd">'
            '<html xmlns="http://www.w3.org/1999/xhtml" version="-//W3C//DTD XHTML 1.1//EN">'
            '<head><meta http-equiv="Content-Type" content="text/html; charset=utf-8"/><title/>'
            f'<meta name="x" content="y"/></head><body bgcolor="#fff">{body}</body></html>'
        )

    one = page(
        '<h2><a name="start"></a>The&nbsp;Tide</h2><p align="center">It was <tt>high</tt>. '
        '<font color="red" size="4">Nobody <big>spoke</big>.</font></p><center>All was '
        'still.</center><table border="1" cellpadding="2" width="50%"><tr valign="top">'
        '<td nowrap="nowrap" width="20">One.</td></tr></table>'
        '<p><img src="../dot.png" alt="" width="50%" border="0"/></p><hr width="20%"/>'
    )
    two = page('<h2>The Hill</h2><p>It was steep.</p><ul type="disc"><li>One thing.</li></ul>')
    ncx = (
        '<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/" version="2005-1"><head/><docTitle><text>'
        "Tides</text></docTitle><navMap>"
        '<navPoint id="a"><navLabel><text>The Tide &amp; I</text></navLabel>'
        '<content src="text/one.xhtml#start"/><navPoint id="c"><navLabel><text>Below</text>'
        '</navLabel><content src="text/one.xhtml#gone"/></navPoint></navPoint>'
        '<navPoint id="b"><navLabel><text>The Hill</text></navLabel>'
        '<content src="text/two.xhtml"/></navPoint></navMap></ncx>'
    )
    metadata = (
        '<dc:title>Tides</dc:title><dc:creator opf:role="aut" opf:file-as="Author, A.">A. Author'
        '</dc:creator><dc:date opf:event="creation">1999-01-01</dc:date><dc:date>2001</dc:date>'
        '<dc:subject></dc:subject><dc:identifier opf:scheme="ISBN">123</dc:identifier>'
        '<meta name="cover" content="dot"/><meta name="calibre:series" content="Seas"/>'
    )
    items = (
        '<item id="dot" href="dot.png" media-type="image/png"/><item id="lost" href="lost.css" '
        'media-type="text/css"/><item id="ncx" href="toc.ncx" '
        'media-type="application/x-dtbncx+xml"/>'
    )
    more = {"epub/dot.png": DOT, "epub/toc.ncx": ncx.encode()}
    pages = {"one.xhtml": one, "two.xhtml": two}
    members = epubs.book(pages, metadata=metadata, items=items, more=more)
    package = members["epub/content.opf"].decode().replace('version="3.0"', 'version="2.0"')
    guide = '<guide><reference type="text" title="x" href="text/one.xhtml"/></guide></package>'
    package = package.replace("<spine>", '<spine toc="ncx">').replace("</package>", guide)
    return members | {"epub/content.opf": package.encode()}


def book(members: epubs.Members, project: Path) -> Path:
    return epubs.write(members, project / "tides.epub")


@needs_java
def test_its_own_pages_are_read_aloud(project: Path) -> None:
    source = book(modern(), project)
    assert checked(source) == []
    plan = planned(source, format="epub")
    assert plan.book.notices == ()
    found = made(plan)
    assert checked(plan.volumes[0].path) == []
    assert letters(heard(found)) == letters(spoken(plan))
    before = epubs.unpacked(source)
    for name in ("epub/text/front.xhtml", "epub/toc.xhtml", "epub/dot.png"):
        assert found.members[name] == before[name]
    page = found.members["epub/text/one.xhtml"].decode()
    assert plain(page) == plain(before["epub/text/one.xhtml"].decode())
    assert '<p id="own">It was steep.</p>' in found.members["epub/text/two.xhtml"].decode()


def plain(page: str) -> str:
    """A page without all that was added to it."""
    page = re.sub(r"<!DOCTYPE[^>]*>|<\?xml[^>]*>|<link[^>]*active.css[^>]*>|\s", "", page)
    page = re.sub(r'id="line-\w+"', "", page)
    return re.sub(r"</?span>", "", page)


def letters(lines: Iterable[str]) -> str:
    """All lines without space; a list's number and a row's comma are in no page."""
    return "".join(re.sub(r"^\d\. |(?<=Ann),|\s", "", line) for line in lines).replace(" ", "")


@needs_java
def test_an_old_book_becomes_a_valid_one(project: Path) -> None:
    plan = planned(book(old(), project), format="epub")
    assert plan.book.notices == ()
    found = made(plan)
    assert checked(plan.volumes[0].path) == []
    assert heard(found) == spoken(plan)
    contents = found.members["epub/readalong/nav.xhtml"].decode()
    assert 'href="../text/one.xhtml#start">The Tide &amp; I<' in contents
    package = found.members["epub/content.opf"].decode()
    assert 'id="uid">urn:x:1<' in package, "by which obfuscated fonts are known"
    assert 'property="file-as">Author, A.<' in package
    page = found.members["epub/text/one.xhtml"].decode()
    assert '<p style="text-align: center">' in page


@pytest.mark.parametrize("harm", epubs.BREAKS, ids=lambda harm: harm.__name__)
def test_whatever_is_wrong_with_a_book_all_its_lines_are_heard(
    harm: Callable[[epubs.Members], epubs.Members], project: Path
) -> None:
    plan = planned(book(harm(epubs.novel()), project), format="epub")
    found = made(plan)
    assert letters(spoken(plan)) in letters(heard(found))
    durations = [ms(one) for one in found.metadata["refined media:duration"]]
    assert sum(durations) == ms(found.metadata["media:duration"][0])


@pytest.mark.parametrize(
    ("members", "why"),
    [
        (
            modern(**{"two.xhtml": TWO.replace("</p>", "")}),
            "'epub/text/two.xhtml' is no whole XHTML",
        ),
        (modern() | {"META-INF/encryption.xml": LOCKED}, "a part of it is encrypted"),
        (epubs.duplicate_ids(modern()), "its package file lists things twice, or without a name"),
        (epubs.forgotten_in_spine(epubs.novel()), "is not in its reading order"),
    ],
)
def test_why_a_book_is_made_of_its_text(members: epubs.Members, why: str, project: Path) -> None:
    source = book(members, project)
    assert why in obstacles.why_not(str(source))
    plan = planned(source, format="epub")
    assert any(why in notice for notice in plan.book.notices)
    assert "EPUB/chapter-01.xhtml" in made(plan).members


def test_credits_are_pages_of_ours(project: Path) -> None:
    source = book(modern(), project)
    (project / "tides.toml").write_text("credits = true\n")
    ran = run(source, "--format", "epub", "--voice", "tone:", "--credits")
    assert ran.code == 0, ran.err
    found = opened(Path("out/Tides/Tides.epub"))
    assert [Path(document).name for document in found.order] == [
        "front.xhtml",
        "page-1.xhtml",
        "one.xhtml",
        "two.xhtml",
        "page-4.xhtml",
    ]
    assert heard(found)[0].startswith("Tides")


def test_fonts_that_are_obfuscated_are_kept(project: Path) -> None:
    font = bytes(range(256))
    members = modern() | {"epub/a.ttf": font, "META-INF/encryption.xml": FONTS}
    found = made(planned(book(members, project), format="epub"))
    assert found.members["epub/a.ttf"] == font
    assert found.members["META-INF/encryption.xml"] == FONTS


def test_a_changed_source_makes_it_again(project: Path) -> None:
    source = book(modern(), project)
    made(planned(source, format="epub"))
    epubs.write(modern() | {"epub/dot.png": DOT + b"more"}, source)
    assert planned(source, format="epub").volumes[0].reason == "the source changed"


def test_an_image_that_is_damaged_is_no_reason_to_fail(project: Path) -> None:
    source = book(modern(), project)
    data = bytearray(source.read_bytes())
    at = data.index(b"IHDR") if b"IHDR" in data else data.index(b"dot.png") + 12
    data[at] ^= 0xFF
    source.write_bytes(bytes(data))
    plan = planned(source, format="epub")
    assert "'epub/dot.png' is damaged" in plan.book.notices[0]
    assert heard(made(plan)) == spoken(plan)


def placed(body: str, *lines: str) -> str:
    """A page's body in which these lines have their places."""
    root = etree.fromstring(
        f'<html xmlns="http://www.w3.org/1999/xhtml"><body>{body}</body></html>'
    )
    writer, origins = Writer(), list[Origin]()
    flatten(root, writer, "", "en", origins.append)
    text, found, at = writer.finish().text, [], 0
    for number, line in enumerate(lines):
        start = text.index(line, at)
        at = start + len(line)
        found.append(Line(0, number, start, at))
    mark(root, found, origins)
    inner = re.search(r"<body[^>]*>(.*)</body>", serial.xhtml(root), re.DOTALL)
    assert inner
    return inner[1].replace("line-", "")


SEVERAL = (
    '<p><span id="0">A</span> <i><span id="1">b.</span> <span id="2">C</span></i> '
    '<span id="3">d.</span></p>'
)


@pytest.mark.parametrize(
    ("body", "lines", "expected"),
    [
        ("<p>One.</p>", ["One."], '<p id="0">One.</p>'),
        ('<p id="a">One.</p>', ["One."], '<p id="a">One.</p>'),
        (
            "<p>One. Two.</p>",
            ["One.", "Two."],
            '<p><span id="0">One.</span> <span id="1">Two.</span></p>',
        ),
        (
            "<p>A <em>b</em> c. D <em>e</em>.</p>",
            ["A b c.", "D e."],
            '<p><span id="0">A <em>b</em> c.</span> <span id="1">D <em>e</em>.</span></p>',
        ),
        (
            "<p>A <i>b. C</i> d.</p>",
            ["A b.", "C d."],
            SEVERAL,
        ),
        (
            "<p>A <i><b>b</b></i>. <i>C.</i></p>",
            ["A b.", "C."],
            '<p><span id="0">A <i><b>b</b></i>.</span> <i id="1">C.</i></p>',
        ),
        (
            "<p>A<br/>b. C.</p>",
            ["A\nb.", "C."],
            '<p><span id="0">A<br/>b.</span> <span id="1">C.</span></p>',
        ),
        (
            '<p id="a">One.</p><p id="a">Two.</p>',
            ["One.", "Two."],
            '<p id="a"><span id="0">One.</span></p><p id="a"><span id="1">Two.</span></p>',
        ),
        (
            "<div>One.<p>Two.</p></div>",
            ["One.", "Two."],
            '<div><span id="0">One.</span><p id="1">Two.</p></div>',
        ),
        (
            "<hgroup><h1>One</h1><p>Two</p></hgroup>",
            ["One\nTwo"],
            '<hgroup id="0"><h1>One</h1><p>Two</p></hgroup>',
        ),
    ],
)
def test_places(body: str, lines: list[str], expected: str) -> None:
    assert placed(body, *lines) == expected
