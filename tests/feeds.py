"""What a strict podcast directory would complain of in a feed.

Sources: Apple's RSS requirements (podcasters.apple.com/support/823), RSS 2.0, podcast-namespace.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

from lxml import etree

from pipeline.publish.feed import SPACES

ONCE = (
    "title", "link", "description", "language", "itunes:author", "itunes:explicit", "itunes:type",
    "podcast:guid", "podcast:medium",
)  # fmt: skip
ONCE_AN_ITEM = ("title", "guid", "pubDate", "description", "itunes:duration", "itunes:episode")
URLS = ".//@url | .//@href | .//link/text() | .//image/url/text()"


def complaints(data: bytes, folder: Path) -> list[str]:
    """All that is wrong with the feed of what lies in a folder."""
    channel = etree.fromstring(data).find("channel")
    assert channel is not None
    items = channel.findall("item")
    return [
        *_counts(channel, ONCE),
        *(said for item in items for said in _counts(item, ONCE_AN_ITEM)),
        *_addresses(channel),
        *_enclosures(items, folder),
        *_identities(channel, items),
        *_order(items),
        *_files(items, folder),
    ]


def _counts(element: etree._Element, names: tuple[str, ...]) -> Iterator[str]:
    for name in names:
        found = element.findall(name, SPACES)
        if len(found) != 1 or not (found[0].text or "").strip():
            yield f"{name}: there must be one, with text in it"


def _addresses(channel: etree._Element) -> Iterator[str]:
    for url in channel.xpath(URLS):
        if not re.fullmatch(r"https?://[!-~]+", url) or re.search(r"[<>\"\\^`{|}]", url):
            yield f"{url}: no whole address in ASCII"
    links = channel.findall("atom:link[@rel='self']", SPACES)
    if [link.get("type") for link in links] != ["application/rss+xml"]:
        yield "there must be one atom:link to itself"


def _enclosures(items: list[etree._Element], folder: Path) -> Iterator[str]:
    seen: set[str] = set()
    for item in items:
        for enclosure in item.findall("enclosure") or [etree.Element("none")]:
            url, length = enclosure.get("url", ""), enclosure.get("length", "")
            name = unquote(urlsplit(url).path.rpartition("/")[2])
            if url in seen:
                yield f"{url}: twice"
            seen.add(url)
            if not re.fullmatch(r"[A-Za-z0-9 .,!'&()+_-]+", name) or not (folder / name).is_file():
                yield f"{name}: not the ASCII name of a file there"
            elif length != str((folder / name).stat().st_size) or int(length) <= 0:
                yield f"{name}: its length is not {length}"
            if not enclosure.get("type", "").startswith("audio/"):
                yield f"{name}: no audio"
        if len(item.findall("enclosure")) != 1:
            yield "an item must have one enclosure"


def _identities(channel: etree._Element, items: list[etree._Element]) -> Iterator[str]:
    guids = [item.findtext("guid") or "" for item in items]
    if len({*guids}) != len(guids):
        yield "two items have the same guid"
    for guid in (*guids, f"urn:uuid:{channel.findtext('podcast:guid', '', SPACES)}"):
        try:
            uuid.UUID(guid)
        except ValueError:
            yield f"{guid}: no UUID"


def _order(items: list[etree._Element]) -> Iterator[str]:
    dates = [parsedate_to_datetime(item.findtext("pubDate") or "") for item in items]
    if dates != sorted({*dates}):
        yield "the dates do not rise"
    episodes = [int(item.findtext("itunes:episode", "0", SPACES)) for item in items]
    if episodes != sorted({*episodes}):
        yield "the episodes do not rise"


def _files(items: list[etree._Element], folder: Path) -> Iterator[str]:
    """What is told of, and is not there."""
    for item in items:
        for told in item.xpath("podcast:chapters | podcast:transcript", namespaces=SPACES):
            *_, kind, name = unquote(urlsplit(told.get("url")).path).split("/")
            if not (folder / kind / name).is_file():
                yield f"{kind}/{name}: not there"
