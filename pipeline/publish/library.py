"""All books of a folder: a page, and the lists that podcast players and ebook readers take."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Sequence
from pathlib import Path
from string import Template
from typing import Any
from urllib.parse import quote

from pipeline import manifest
from pipeline.publish import web
from pipeline.publish.edition import Edition, edition

PAGE, OPML, OPDS = "index.html", "library.opml", "opds.json"
FEED = "feed.xml"
TITLE = "Audiobooks"
# A publication that may be had for nothing (OPDS 2.0, 5.1).
ACQUISITION = "http://opds-spec.org/acquisition/open-access"
_IMAGES = {".jpg": "image/jpeg", ".png": "image/png"}
# ISO 8601, which `published` must be; a book's date may be anything.
_DATE = re.compile(r"\d{4}(-\d\d(-\d\d)?)?")


def publish(folder: Path) -> list[str]:
    """Write the page and the lists of a folder's finished books; gives why some are not in them.

    They have the address that the books have, if that is one. A page of somebody else stays.
    Raises OutputError.
    """
    editions, places, told = [], set(), []
    for path in sorted(folder.glob(f"*/{manifest.FILE}")):
        known = manifest.read(path.parent)
        if not known.published:
            continue
        try:
            editions.append(edition(path.parent, known))
            places.add(known.edition["base_url"])
        except OSError as error:
            told.append(f"{error.filename}: {error.strerror}. Build that book again.")
    base_url = places.pop() or None if len(places) == 1 else None
    if _is_ours(folder / PAGE):
        manifest.write_file(folder / PAGE, page(editions, base_url).encode())
    manifest.write_file(folder / OPML, opml(editions, base_url))
    manifest.write_file(folder / OPDS, opds(editions, base_url))
    return told


def _is_ours(path: Path) -> bool:
    """Whether there is no such page, or one of ours."""
    return not path.exists() or web.GENERATOR.encode() in path.read_bytes()


def page(editions: Sequence[Edition], base_url: str | None) -> str:
    """The whole index.html of a folder of books; the same bytes for the same books.

    `base_url` is where the folder can be reached from a phone, and ends with "/"; without it the
    page says how to come by one.
    """
    length = web.length(sum(one.length_ms for one in editions))
    count = "1 book" if len(editions) == 1 else f"{len(editions)} books"
    body = Template(web.resource("library.html")).substitute(
        heading=TITLE,
        about=f"{count}, {length}" if editions else "No book is finished yet.",
        hint="" if base_url else _hint(),
        books="".join(
            _book(one, number, base_url, is_open=len(editions) == 1)
            for number, one in enumerate(editions, 1)
        ),
    )
    return web.page(
        TITLE,
        body,
        style=web.resource("paper.css") + web.resource("library.css"),
        early=web.resource("theme.js"),
        late=web.resource("library.js"),
    )


def address(base_url: str | None, folder: str, file: str) -> str:
    """Where a book's file is; relative without a base."""
    return f"{base_url or ''}{quote(folder, safe='')}/{quote(file, safe='')}"


def _hint() -> str:
    return (
        '<p class="hint">To listen in a podcast player, run '
        "<code>make-audiobook serve --lan</code>, or build with <code>--base-url</code> and put "
        "this folder on any web server.</p>\n"
    )


def _book(book: Edition, number: int, base_url: str | None, *, is_open: bool) -> str:
    title, place = web.text(book.title), web.text(address(None, book.folder, PAGE))
    narrators = ", ".join(book.narrators)
    told = [
        ("by", book.author),
        ("soft", f"Read by {narrators}" if narrators else ""),
        ("soft", f"{_chapters(book)}{web.length(book.length_ms)}"),
    ]
    lines = "".join(
        f'<p class="{kind}" dir="auto">{web.text(line)}</p>\n' for kind, line in told if line
    )
    return (
        f'<li class="book">\n{_cover(book, place)}<div>\n'
        f'<h2 dir="auto"><a href="{place}">{title}</a></h2>\n{lines}'
        f'<a class="button listen" href="{place}" aria-label="Listen to {title}">Listen</a>\n'
        f"</div>\n{_subscribe(book, number, base_url, is_open=is_open) if base_url else ''}</li>\n"
    )


def _chapters(book: Edition) -> str:
    count = len(book.items) if len(book.items) > 1 else len(book.items[0].headings or "-")
    return f"{count} chapters, " if count > 1 else ""


def _cover(book: Edition, place: str) -> str:
    """As a picture alone; its link is the title's."""
    source = web.text(address(None, book.folder, book.cover))
    picture = f'<img src="{source}" alt="" loading="lazy">' if book.cover else ""
    return f'<a class="cover" href="{place}" tabindex="-1" aria-hidden="true">{picture}</a>\n'


def _subscribe(book: Edition, number: int, base_url: str, *, is_open: bool) -> str:
    """The feed's address to be read by a camera, by a program, and by a person."""
    feed = address(base_url, book.folder, FEED)
    title, shown = web.text(book.title), web.text(feed)
    apps = "".join(
        f'<a class="button" href="{web.text(_with(scheme, feed))}" '
        f'aria-label="{label}: {title}">{label}</a>\n'
        for scheme, label in (("podcast", "Apple Podcasts"), ("pcast", "Other podcast app"))
    )
    return (
        f'<details class="subscribe"{" open" if is_open else ""}>'
        '<summary>In a podcast player</summary>\n<div class="ways">\n'
        f'<div class="qr">{_qr(feed, f"QR code of the feed of {book.title}")}</div>\n'
        f'<div class="address"><label for="feed-{number}">Feed address</label>\n'
        f'<div class="copy"><input id="feed-{number}" readonly value="{shown}">'
        f'<button data-does="copy" aria-label="Copy the feed address of {title}">Copy</button>'
        f'</div>\n<div class="apps">{apps}</div></div>\n</div></details>\n'
    )


def _with(scheme: str, url: str) -> str:
    return f"{scheme}://{url.partition('://')[2]}"


def _qr(url: str, label: str) -> str:
    """A QR code as SVG, black on white in any theme: cameras expect it so."""
    import segno

    out = io.BytesIO()
    segno.make_qr(url, error="m").save(
        out, "svg", border=2, xmldecl=False, svgns=False, omitsize=True, nl=False, svgclass=None
    )
    drawn = out.getvalue().decode().removeprefix("<svg")
    return f'<svg role="img" aria-label="{web.text(label)}"{drawn}'


def opml(editions: Sequence[Edition], base_url: str | None) -> bytes:
    """The feeds of all books (OPML 2.0), which podcast players import; without any date."""
    outlines = "".join(
        f'<outline type="rss" text="{web.text(one.title)}" title="{web.text(one.title)}" '
        f'xmlUrl="{web.text(address(base_url, one.folder, FEED))}" '
        f'htmlUrl="{web.text(address(base_url, one.folder, PAGE))}" '
        f'language="{web.text(one.language)}"/>\n'
        for one in editions
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<opml version="2.0">\n'
        f"<head><title>{TITLE}</title></head>\n<body>\n{outlines}</body>\n</opml>\n"
    ).encode()


def opds(editions: Sequence[Edition], base_url: str | None) -> bytes:
    """The books as a catalogue that ebook and audiobook readers take (OPDS 2.0)."""
    catalogue = {
        "metadata": {"title": TITLE, "numberOfItems": len(editions)},
        "links": [
            {"rel": "self", "href": f"{base_url or ''}{OPDS}", "type": "application/opds+json"}
        ],
        "publications": [_publication(one, base_url) for one in editions],
    }
    told = web.clean(json.dumps(catalogue, ensure_ascii=False, indent=1))
    return f"{told}\n".encode()


def _publication(book: Edition, base_url: str | None) -> dict[str, Any]:
    cover = f".{book.cover.rpartition('.')[2]}"
    picture = {"href": address(base_url, book.folder, book.cover), "type": _IMAGES.get(cover)}
    return {
        "metadata": {key: value for key, value in _metadata(book).items() if value},
        "links": [_link(book, base_url)],
        "images": [picture] if book.cover else [],
    }


def _metadata(book: Edition) -> dict[str, Any]:
    """What is known of a book, by the names of the Readium Web Publication Manifest."""
    place = (
        {"position": float(book.position)} if re.fullmatch(r"\d+(\.\d+)?", book.position) else {}
    )
    return {
        "@type": "http://schema.org/Audiobook",
        "identifier": f"urn:uuid:{book.guid}",
        "title": book.title,
        "subtitle": book.subtitle,
        "author": book.author,
        "narrator": list(book.narrators),
        "language": book.language,
        "publisher": book.publisher,
        "published": book.date if _DATE.fullmatch(book.date) else "",
        "description": book.description,
        "subject": book.genre,
        "belongsTo": {"series": {"name": book.series, **place}} if book.series else {},
        "duration": round(book.length_ms / 1000, 3),
    }


def _link(book: Edition, base_url: str | None) -> dict[str, Any]:
    """A book of one file is that file; any other is its feed."""
    if len(book.items) == 1:
        (item,) = book.items
        file, kind = item.file, item.media_type
    else:
        file, kind = FEED, "application/rss+xml"
    return {"rel": ACQUISITION, "href": address(base_url, book.folder, file), "type": kind}
