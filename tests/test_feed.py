"""Feeds that every podcast player takes, of books of any name."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import feedparser
import podcastparser
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from pipeline import manifest
from pipeline.model import Person
from pipeline.publish import feed
from pipeline.publish.edition import Edition, Heading, Item, edition
from pipeline.publish.feed import SPACES
from tests.feeds import complaints
from tests.test_plan import build_all, planned

BASE = "https://example.org/books/"
ITEM = Item(
    name="01",
    number=1,
    title="The Sea",
    guid="6754fa5d-3d89-5a36-8298-49e7222d6215",
    file="01 The Sea.mp3",
    media_type="audio/mpeg",
    size=3,
    length_ms=61_500,
    headings=(Heading(0, "The Sea"), Heading(30_000, "Part & <Two>"), Heading(60_000, "🎸")),
)
BOOK = Edition(
    folder="Tides",
    guid="080c81ae-e841-5974-aee8-d2773611857b",
    title="Tides",
    subtitle="",
    author="Ann Lee",
    people=(Person("Ann Lee"), Person("Bo Ek", "trl"), Person("Cy Day", "ill")),
    narrators=("Dee Fox",),
    language="en-GB",
    genre="Audiobook",
    series="The Sea Cycle",
    position="2",
    publisher="",
    date="",
    rights="",
    description="",
    identifiers=(),
    cover="cover.jpg",
    artwork="cover.jpg",
    items=(ITEM,),
)


def root(data: bytes) -> etree._Element:
    return etree.fromstring(data)


def texts(data: bytes, path: str) -> list[str]:
    return [found.text or "" for found in root(data).iterfind(path, SPACES)]


def here(asked: Path) -> tuple[Edition, bytes]:
    """A finished book, and its feed as it lies there."""
    return edition(asked, manifest.read(asked)), (asked / "feed.xml").read_bytes()


@pytest.fixture
def made(stories: Path) -> Path:
    build_all(planned(stories, base_url=BASE))
    return Path("out/Stories")


def test_a_build_leaves_a_feed_of_what_lies_there(made: Path) -> None:
    book, data = here(made)
    assert data == feed.feed(book, BASE)
    assert complaints(data, made) == []
    assert texts(data, "channel/title") == ["Stories"]
    assert texts(data, "channel/item/title") == ["The sea", "The hill"]
    (link,) = root(data).iterfind("channel/atom:link", SPACES)
    assert link.get("href") == f"{BASE}Stories/feed.xml"


def test_without_an_address_it_is_nowhere_and_still_whole(stories: Path) -> None:
    build_all(planned(stories))
    data = Path("out/Stories/feed.xml").read_bytes()
    assert complaints(data, Path("out/Stories")) == []
    assert b"http://localhost/Stories/feed.xml" in data


@pytest.mark.parametrize("form", ["m4b", "opus", "flac", "wav"])
@pytest.mark.parametrize("whole", [False, True])
def test_every_format_has_its_feed(form: str, whole: bool, stories: Path) -> None:
    build_all(planned(stories, format=form, whole=whole))
    book, data = here(Path("out/Stories"))
    assert complaints(data, Path("out/Stories")) == []
    assert len(book.items) == (1 if whole or form == "m4b" else 2)
    if len(book.items) == 1:
        assert [one.title for one in book.items[0].headings] == ["The sea", "The hill"]


def test_the_first_of_several_formats_is_in_the_feed(stories: Path) -> None:
    build_all(planned(stories, format="m4b,mp3"))
    book, _ = here(Path("out/Stories"))
    assert [item.file for item in book.items] == ["Stories.m4b"]
    build_all(planned(stories, format="mp3,m4b"))
    book, _ = here(Path("out/Stories"))
    assert [item.file for item in book.items] == ["01 The sea.mp3", "02 The hill.mp3"]


def drop_length(item: etree._Element) -> None:
    item.find("enclosure").set("length", "0")  # type: ignore[union-attr]


def same_enclosure(item: etree._Element) -> None:
    other = item.getprevious().find("enclosure")  # type: ignore[union-attr]
    item.find("enclosure").attrib.update(other.attrib)  # type: ignore[union-attr]


def foreign_name(item: etree._Element) -> None:
    url = item.find("enclosure").get("url")  # type: ignore[union-attr]
    item.find("enclosure").set("url", url.replace("hill", "h%C3%BCgel"))  # type: ignore[union-attr]


def same_guid(item: etree._Element) -> None:
    item.find("guid").text = item.getprevious().findtext("guid")  # type: ignore[union-attr]


def older(item: etree._Element) -> None:
    item.find("pubDate").text = "Fri, 31 Dec 1999 00:00:00 +0000"  # type: ignore[union-attr]


def untold(item: etree._Element) -> None:
    item.find("podcast:transcript", SPACES).set("url", f"{BASE}Stories/transcripts/9.vtt")  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "harm", [drop_length, same_enclosure, foreign_name, same_guid, older, untold]
)
def test_a_feed_that_is_wrong_is_seen(harm: Callable[[etree._Element], None], made: Path) -> None:
    """The tests of this file can fail."""
    whole = root((made / "feed.xml").read_bytes())
    harm(whole.findall("channel/item")[1])
    assert complaints(etree.tostring(whole), made)


HOSTILE = (
    "Salt & Pepper",
    "<b>Bold</b> & \"quoted\" 'text'",
    "]]> &amp; &#65; %00 \\",
    "🎸 Emoji 👩‍🚀",
    "שלום עולם",
    "می‌خواهم مرحبا",
    "第一章",
    "x" * 300,
)


@pytest.mark.parametrize("title", HOSTILE)
def test_any_title_is_told_as_it_is(title: str, stories: Path) -> None:
    said = json.dumps(title, ensure_ascii=False)
    (stories / "audiobook.toml").write_text(
        f'title = {said}\nauthor = {said}\n[[chapter]]\nfile = "1_the-sea.txt"\ntitle = {said}'
    )
    build_all(planned(stories))
    (folder,) = (path for path in Path("out").iterdir() if path.name != ".store")
    book, data = here(folder)
    assert complaints(data, folder) == []
    clean = " ".join(title.split())
    assert " ".join(texts(data, "channel/title")[0].split()) == clean
    assert " ".join(texts(data, "channel/item/title")[0].split()) == " ".join(
        book.items[0].title.split()
    )
    assert not feedparser.parse(data).bozo
    assert podcastparser.parse("", io.BytesIO(data))["title"].split() == clean.split()


@given(st.text(max_size=40))
def test_whatever_a_book_says_the_feed_is_xml_with_it(text: str) -> None:
    book = replace(BOOK, title=text, author=text, description=text, rights=text, narrators=(text,))
    found = feedparser.parse(feed.feed(book, BASE))
    assert not found.bozo
    assert len(found.entries) == 1


def test_what_players_read_in_it() -> None:
    data = feed.feed(replace(BOOK, folder="Tides & Ebbs"), BASE)
    found = podcastparser.parse(f"{BASE}feed.xml", io.BytesIO(data))
    (episode,) = found["episodes"]
    assert (found["title"], found["type"], found["itunes_author"]) == ("Tides", "serial", "Ann Lee")
    assert episode["guid"] == f"urn:uuid:{ITEM.guid}"
    assert (episode["total_time"], episode["number"]) == (62, 1)
    assert episode["enclosures"] == [
        {
            "url": f"{BASE}Tides%20%26%20Ebbs/01%20The%20Sea.mp3",
            "file_size": 3,
            "mime_type": "audio/mpeg",
        }
    ]
    assert [(one["start"], one["title"]) for one in episode["chapters"]] == [
        (0, "The Sea"),
        (30, "Part & <Two>"),
        (60, "🎸"),
    ]


def test_people_by_what_they_did() -> None:
    found = root(feed.feed(BOOK, BASE)).iterfind("channel/podcast:person", SPACES)
    assert [(one.text, one.get("role"), one.get("group")) for one in found] == [
        ("Ann Lee", "author", "writing"),
        ("Bo Ek", "translator", "writing"),
        ("Dee Fox", "narrator", "cast"),
    ]


def test_a_series_is_a_show_of_seasons() -> None:
    for position, season in (("2", "2"), ("2.5", "1"), ("", "1"), ("x", "1"), ("0", "1")):
        data = feed.feed(replace(BOOK, position=position), BASE)
        assert texts(data, "channel/item/itunes:season") == [season]


def test_chapters_stand_in_the_description_all_or_none() -> None:
    (told,) = texts(feed.feed(BOOK, BASE), "channel/item/description")
    assert told.splitlines()[2:] == [
        "00:00:00 The Sea",
        "00:00:30 Part & <Two>",
        "00:01:00 🎸",
    ]
    many = tuple(Heading(at * 1000, f"A chapter of some length, {at}") for at in range(200))
    book = replace(BOOK, items=(replace(ITEM, headings=many),))
    (told,) = texts(feed.feed(book, BASE), "channel/item/description")
    assert "00:00:00" not in told


def test_chapters_as_json_are_those_of_the_feed() -> None:
    found = json.loads(feed.chapters(ITEM))
    assert found["version"] == "1.2.0"
    assert [(one["startTime"], one["title"]) for one in found["chapters"]] == [
        (0.0, "The Sea"),
        (30.0, "Part & <Two>"),
        (60.0, "🎸"),
    ]


def test_only_a_private_feed_is_not_to_be_listed() -> None:
    assert texts(feed.feed(BOOK, BASE, private=True), "channel/itunes:block") == ["yes"]
    assert texts(feed.feed(BOOK, BASE), "channel/itunes:block") == []


def guids(folder: Path) -> dict[str, str]:
    book, _ = here(folder)
    return {"": book.guid, **{item.title: item.guid for item in book.items}}


def test_a_guid_stays_whatever_becomes_of_its_book(stories: Path) -> None:
    build_all(planned(stories, base_url=BASE))
    first = guids(Path("out/Stories"))
    # Another place, another format, another loudness.
    build_all(planned(stories, base_url="http://other.example/", format="opus", master="-18"))
    assert guids(Path("out/Stories")) == first
    # A chapter in the middle, and another order.
    (stories / "1_the-shore.txt").write_text("There was a shore.\n")
    build_all(planned(stories))
    grown = guids(Path("out/Stories"))
    assert list(grown) == ["", "The sea", "The shore", "The hill"]
    assert {title: grown[title] for title in first} == first
    (stories / "audiobook.toml").write_text('[[chapter]]\nfile = "2_the-hill.txt"\n')
    build_all(planned(stories))
    turned = guids(Path("out/Stories"))
    assert list(turned) == ["", "The hill", "The sea", "The shore"]
    assert turned == grown
    # Another text, and another title of the book.
    (stories / "2_the-hill.txt").write_text("It was no hill at all.\n")
    (stories / "audiobook.toml").write_text('title = "Tides"\n')
    build_all(planned(stories))
    assert guids(Path("out/Tides")) == grown


def test_books_of_other_names_and_authors_have_other_guids(stories: Path) -> None:
    build_all(planned(stories))
    first = guids(Path("out/Stories"))
    (stories / "audiobook.toml").write_text('author = "Ann Lee"\n')
    build_all(planned(stories, out="other"))
    other = guids(Path("other/Stories"))
    assert not {*first.values()} & {*other.values()}
    (stories / "audiobook.toml").write_text('guid = "917393E3-1B1E-5CEF-ACE4-EDAA54E1F810"\n')
    build_all(planned(stories, out="third"))
    assert guids(Path("third/Stories"))[""] == "917393e3-1b1e-5cef-ace4-edaa54e1f810"


def test_four_hundred_chapters(project: Path) -> None:
    folder = project / "long"
    folder.mkdir()
    for number in range(400):
        (folder / f"{number:03d}.txt").write_text("On and on.\n")
    build_all(planned(folder))
    _, data = here(Path("out/Long"))
    assert complaints(data, Path("out/Long")) == []
    assert len(feedparser.parse(data).entries) == 400
