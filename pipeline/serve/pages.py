"""What is made for the asking, with this server's own addresses in it: feeds and lists."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.publish import feed as feeds
from pipeline.publish import library as lists
from pipeline.publish.edition import Edition


def feed(book: Edition, base: str) -> bytes:
    """A book's feed; `base` ends with a slash, as everywhere."""
    return feeds.feed(book, base, private=True)


def library(books: Sequence[Edition], base: str) -> bytes:
    """The page that lists all books."""
    return lists.page(books, base).encode()


def opml(books: Sequence[Edition], base: str) -> bytes:
    """The feeds of all books, for a player that takes them at once."""
    return lists.opml(books, base)


def opds(books: Sequence[Edition], base: str) -> bytes:
    """All books as an OPDS 2 feed, for reading apps."""
    return lists.opds(books, base)
