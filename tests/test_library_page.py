"""The lists of all books: a page, OPML for podcast players, OPDS for readers."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from urllib.parse import quote

import zxingcpp
from lxml import etree, html
from PIL import Image
from resvg_py import svg_to_bytes

from pipeline.publish import library
from pipeline.publish.edition import Heading
from tests.test_page import HOSTILE, edition, item

BASE = "http://192.168.1.20:8765/Zk3q9xJ4hT0bQv1mYw2uXg/"
BOOKS = [
    edition(item(1), item(2)),
    replace(
        edition(item(1, Heading(0, "One"), Heading(1, "Two"))),
        folder="Ünïcode & <Co> #1",
        title=HOSTILE,
        series="Sea Tales",
        position="2",
        date="1895",
    ),
]
FEED = f"{BASE}A%20Book/feed.xml"


def test_each_book_is_listed_with_its_page() -> None:
    tree = html.fromstring(library.page(BOOKS, None))
    assert tree.xpath("//h2/a/@href") == [
        "A%20Book/index.html",
        f"{quote('Ünïcode & <Co> #1', safe='')}/index.html",
    ]
    assert tree.xpath("//img/@src")[0] == "A%20Book/cover.jpg"
    assert "2 chapters, 1 min" in tree.xpath("//li[1]")[0].text_content()
    assert "2 chapters" in tree.xpath("//li[2]")[0].text_content()


def test_without_an_address_it_says_how_to_come_by_one() -> None:
    made = library.page(BOOKS, None)
    assert "make-audiobook serve --lan" in made
    assert "feed.xml" not in made
    assert "serve --lan" not in library.page(BOOKS, BASE)


def test_with_an_address_each_book_says_how_to_subscribe() -> None:
    tree = html.fromstring(library.page(BOOKS, BASE))
    assert tree.xpath("//input/@value")[0] == FEED
    assert tree.xpath("//li[1]//div[@class='apps']/a/@href") == [
        FEED.replace("http:", "podcast:"),
        FEED.replace("http:", "pcast:"),
    ]
    assert len(tree.xpath("//svg[@role='img']")) == len(BOOKS)
    ids = tree.xpath("//input/@id")
    assert ids == tree.xpath("//label/@for")
    assert len(set(ids)) == len(BOOKS)


def test_a_camera_reads_the_address() -> None:
    tree = html.fromstring(library.page(BOOKS[:1], BASE))
    drawn = etree.tostring(tree.xpath("//svg[@role='img']")[0]).decode()
    drawn = drawn.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"')
    drawn = drawn.replace("viewbox", "viewBox")  # which HTML does not tell apart
    png = bytes(svg_to_bytes(svg_string=drawn, width=400, background="white"))
    with Image.open(io.BytesIO(png)) as picture:
        (code,) = zxingcpp.read_barcodes(picture.convert("L"))
    assert code.text == FEED


def test_titles_are_text_whatever_is_in_them() -> None:
    for base in (None, BASE):
        made = library.page(BOOKS, base)
        made.encode()
        assert "<script>alert" not in made
        assert len(html.fromstring(made).xpath("//script")) == 2


def test_no_book_at_all() -> None:
    assert "No book is finished yet." in library.page([], None)
    assert json.loads(library.opds([], None))["publications"] == []
    assert not etree.fromstring(library.opml([], None)).xpath("//outline")


def test_opml_lists_the_feeds() -> None:
    tree = etree.fromstring(library.opml(BOOKS, BASE))
    assert tree.get("version") == "2.0"
    assert tree.xpath("//outline/@xmlUrl")[0] == FEED
    assert tree.xpath("//outline/@type") == ["rss", "rss"]
    assert tree.xpath("//outline/@text")[1].startswith("</script><script>")
    assert not tree.xpath("//dateCreated|//dateModified")


def test_opds_has_what_is_known_of_each_book() -> None:
    catalogue = json.loads(library.opds(BOOKS, BASE))
    assert catalogue["links"][0]["href"] == f"{BASE}opds.json"
    assert catalogue["metadata"]["numberOfItems"] == len(BOOKS)
    several, whole = catalogue["publications"]
    assert several["metadata"] == {
        "@type": "http://schema.org/Audiobook",
        "identifier": "urn:uuid:917393e3-1b1e-5cef-ace4-edaa54e1f810",
        "title": "A Book",
        "author": "Ann Author",
        "narrator": ["A Voice"],
        "language": "en",
        "subject": "Audiobook",
        "duration": 20.0,
    }
    (link,) = several["links"]
    assert (link["href"], link["type"]) == (FEED, "application/rss+xml")
    assert several["images"] == [{"href": f"{BASE}A%20Book/cover.jpg", "type": "image/jpeg"}]
    assert whole["links"][0]["href"].endswith("/01%20a%20b.mp3")
    assert whole["metadata"]["belongsTo"] == {"series": {"name": "Sea Tales", "position": 2.0}}
    assert whole["metadata"]["published"] == "1895"


def test_the_same_books_give_the_same_bytes() -> None:
    for made in (library.page, library.opml, library.opds):
        assert made(BOOKS, BASE) == made(list(BOOKS), BASE)
