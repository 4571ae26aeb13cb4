"""A book as a podcast: RSS 2.0 with the iTunes, Podcasting 2.0 and Podlove namespaces.

Sources: podcasters.apple.com/support/823 (RSS requirements), podcast-namespace docs/tags and
docs/examples/chapters/jsonChapters.md, podlove.org/simple-chapters.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from urllib.parse import quote

from lxml import etree

from pipeline.publish.edition import Edition, Item
from pipeline.tag import clock

# Where a feed is that nobody has been told the place of: valid, and of no use to others.
NOWHERE = "http://localhost/"
FILE = "feed.xml"
PAGE = "index.html"
CHAPTERS_TYPE = "application/json+chapters"
TRANSCRIPTS = {
    "vtt": "text/vtt",
    "srt": "application/x-subrip",
    "json": "application/json",
}
SPACES = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "podcast": "https://podcastindex.org/namespace/1.0",
    "psc": "http://podlove.org/simple-chapters",
}
# What MARC relators are called in podcast:person (podcasttaxonomy.com).
ROLES = {"aut": "author", "trl": "translator", "edt": "editor"}
CATEGORY = ("Arts", "Books")
# Episodes need dates that rise: a minute each, from a day that is past on any clock.
FIRST_DAY = datetime(2000, 1, 1, tzinfo=UTC)
LONGEST_DESCRIPTION = 4000  # characters that Apple Podcasts takes
FEWEST_STAMPS = 3  # that Apple Podcasts takes for chapters


def feed(edition: Edition, base_url: str = NOWHERE, *, private: bool = False) -> bytes:
    """The feed of a book whose folder is at `base_url`, which ends in a slash.

    `private` asks directories not to list it.
    """
    place = place_of(edition, base_url)
    rss = etree.Element("rss", nsmap=SPACES, version="2.0")
    channel = etree.SubElement(rss, "channel")
    _about(channel, edition, place)
    if private:
        _put(channel, "itunes:block", "yes")
    for item in edition.items:
        _episode(etree.SubElement(channel, "item"), edition, item, place)
    etree.indent(rss)
    made: bytes = etree.tostring(rss, encoding="utf-8", xml_declaration=True)
    return made + b"\n"


def place_of(edition: Edition, base_url: str) -> str:
    """The address of a book's folder, in ASCII, with a slash behind it."""
    return f"{base_url}{quote(edition.folder)}/"


def chapters(item: Item) -> bytes:
    """An episode's chapters as podcast:chapters has them, version 1.2."""
    listed = [{"startTime": one.start_ms / 1000, "title": one.title} for one in item.headings]
    made = {"version": "1.2.0", "title": item.title, "chapters": listed}
    return (json.dumps(made, ensure_ascii=False, indent=1) + "\n").encode()


def _about(channel: etree._Element, edition: Edition, place: str) -> None:
    """What the channel says before its episodes."""
    author = edition.author or ", ".join(edition.narrators)
    _put(channel, "title", edition.title)
    _put(channel, "link", place + PAGE)
    _put(channel, "atom:link", rel="self", type="application/rss+xml", href=place + FILE)
    _put(channel, "description", edition.description or _summary(edition))
    _put(channel, "language", edition.language)
    if edition.rights:
        _put(channel, "copyright", edition.rights)
    image = etree.SubElement(channel, "image")
    for name, text in (
        ("url", place + quote(edition.artwork)),
        ("title", edition.title),
        ("link", place + PAGE),
    ):
        _put(image, name, text)
    _put(channel, "itunes:image", href=place + quote(edition.artwork))
    if edition.subtitle:
        _put(channel, "itunes:subtitle", edition.subtitle)
    _put(channel, "itunes:author", author)
    outer, inner = CATEGORY
    _put(_put(channel, "itunes:category", text=outer), "itunes:category", text=inner)
    _put(channel, "itunes:explicit", "false")
    _put(channel, "itunes:type", "serial")
    _put(channel, "podcast:guid", edition.guid)
    _put(channel, "podcast:medium", "audiobook")
    for name, role, group in _people(edition):
        _put(channel, "podcast:person", name, role=role, group=group)


def _summary(edition: Edition) -> str:
    """What there is to say of a book that says nothing of itself."""
    by = f" by {edition.author}" if edition.author else ""
    read = f", read by {', '.join(edition.narrators)}" if any(edition.narrators) else ""
    return f"{edition.title}{by}{read}."


def _people(edition: Edition) -> Iterator[tuple[str, str, str]]:
    """Name, role and group of those who had a part in what is heard."""
    told = [(p.name, ROLES[p.role]) for p in edition.people if p.role in ROLES]
    if edition.author and "author" not in {role for _, role in told}:
        told.insert(0, (edition.author, "author"))
    for name, role in dict.fromkeys(told):
        yield name, role, "writing"
    for name in filter(None, edition.narrators):
        yield name, "narrator", "cast"


def _episode(element: etree._Element, edition: Edition, item: Item, place: str) -> None:
    """One file of the book."""
    name, season = quote(item.name), _season(edition)
    _put(element, "title", item.title)
    _put(element, "itunes:title", item.title)
    _put(element, "link", f"{place}{PAGE}#{name}")
    _put(element, "guid", f"urn:uuid:{item.guid}", isPermaLink="false")
    _put(element, "pubDate", format_datetime(FIRST_DAY + timedelta(minutes=item.number)))
    _put(element, "description", _description(edition, item))
    url = place + quote(item.file)
    _put(element, "enclosure", url=url, length=str(item.size), type=item.media_type)
    _put(element, "itunes:duration", str(round(item.length_ms / 1000)))
    _put(element, "itunes:season", season)
    _put(element, "itunes:episode", str(item.number))
    _put(element, "itunes:episodeType", "full")
    _put(element, "itunes:explicit", "false")
    _put(element, "podcast:season", season)
    _put(element, "podcast:episode", str(item.number))
    if item.headings:
        _put(element, "podcast:chapters", url=f"{place}chapters/{name}.json", type=CHAPTERS_TYPE)
        listed = _put(element, "psc:chapters", version="1.2")
        for one in item.headings:
            _put(listed, "psc:chapter", start=clock(one.start_ms), title=one.title)
    for suffix, media_type in TRANSCRIPTS.items():
        about = {"type": media_type, "language": edition.language}
        captions = {"rel": "captions"} if suffix == "vtt" else {}
        url = f"{place}transcripts/{name}.{suffix}"
        _put(element, "podcast:transcript", url=url, **about, **captions)


def _season(edition: Edition) -> str:
    """The place of a book in its series, if it is a whole number."""
    return str(int(edition.position)) if re.fullmatch(r"[1-9]\d{0,3}", edition.position) else "1"


def _description(edition: Edition, item: Item) -> str:
    """What the episode is of, and its chapters with their times: all of them, or none."""
    told = _summary(edition)
    if len(edition.items) > 1:
        told = f"{item.number} of {len(edition.items)}: {told}"
    stamps = [f"{clock(one.start_ms)[:8]} {one.title}" for one in item.headings]
    listed = "\n".join([told, "", *stamps])
    return listed if len(stamps) >= FEWEST_STAMPS and len(listed) <= LONGEST_DESCRIPTION else told


def _put(parent: etree._Element, name: str, text: str = "", /, **values: str) -> etree._Element:
    """An element in its namespace; what XML cannot say becomes a space."""
    prefix, _, local = name.rpartition(":")
    made = etree.SubElement(parent, f"{{{SPACES[prefix]}}}{local}" if prefix else local)
    for key, value in values.items():
        made.set(key, _clean(value))
    made.text = _clean(text) or None
    return made


def _clean(text: str) -> str:
    return re.sub(r"[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", " ", text)
