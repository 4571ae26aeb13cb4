"""What is made for the asking, with this server's own addresses in it: feeds and lists."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from importlib import import_module
from importlib.util import find_spec
from typing import Any
from urllib.parse import quote

from pipeline.publish.edition import Edition


def feed(book: Edition, base: str) -> bytes:
    """A book's feed; `base` ends with a slash, as everywhere."""
    made: bytes = _writer("feed").feed(book, base, private=True)
    return made


def library(books: Sequence[Edition], base: str) -> bytes:
    """The page that lists all books."""
    if find_spec("pipeline.publish.library") is None:
        return _placeholder(books)
    page: str = _writer("library").page(books, base)
    return page.encode()


def opml(books: Sequence[Edition], base: str) -> bytes:
    """The feeds of all books, for a player that takes them at once."""
    made: bytes = _writer("library").opml(books, base)
    return made


def opds(books: Sequence[Edition], base: str) -> bytes:
    """All books as an OPDS 2 feed, for reading apps."""
    made: bytes = _writer("library").opds(books, base)
    return made


def _writer(name: str) -> Any:
    return import_module(f"pipeline.publish.{name}")


def _placeholder(books: Sequence[Edition]) -> bytes:
    items = "".join(
        f'<li><a href="{escape(quote(book.folder))}/feed.xml">{escape(book.title)}</a></li>'
        for book in books
    )
    return f'<!doctype html><meta charset="utf-8"><title>Library</title><ul>{items}</ul>'.encode()
