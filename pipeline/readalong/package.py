"""The package file, contents and cover page of a read-along that is made from a story.

EPUB 3.3 for the elements, EPUB Accessibility 1.1 and schema.org for what is said of access.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipeline.model import Book, Cover
from pipeline.publish.edition import guid_of
from pipeline.readalong import markup
from pipeline.readalong.page import Section
from pipeline.readalong.smil import ACTIVE, clock

# EPUB asks when a book was last changed. The same book always gives the same file: its own date,
# or where it has none, this one.
NO_DATE = "2000-01-01"
_DATE = re.compile(r"(\d{4})(?:-(0[1-9]|1[0-2])(?:-(0[1-9]|[12]\d|3[01]))?)?(?!\d)")
_ROLE = re.compile(r"[a-z]{3}")
XHTML = "application/xhtml+xml"
# What a book has, once it is read aloud.
HEARD = (
    ("schema:accessMode", "auditory"),
    ("schema:accessModeSufficient", "textual,auditory"),
    ("schema:accessibilityFeature", "synchronizedAudioText"),
)
CONTENTS = {
    "de": "Inhalt", "en": "Contents", "es": "Índice", "fr": "Table des matières", "it": "Indice",
    "pt": "Índice",
}  # fmt: skip
STYLE = f"""html {{ font-family: Georgia, "Times New Roman", serif; line-height: 1.5; }}
body {{ margin: 0 5%; }}
h1, h2, h3, h4, h5, h6 {{ font-weight: normal; line-height: 1.25; margin: 2em 0 1em; }}
h1, h2, h3, h4, h5, h6 {{ page-break-after: avoid; break-after: avoid; }}
h1 {{ font-size: 1.7em; margin-top: 3em; text-align: center; }}
h2 {{ font-size: 1.3em; }}
h3, h4, h5, h6 {{ font-size: 1.1em; }}
p {{ margin: 0; text-indent: 1.4em; orphans: 2; widows: 2; }}
h1 + p, h2 + p, h3 + p, h4 + p, h5 + p, h6 + p, hr + p, section > p:first-child,
blockquote p, .verse p, .picture, .aside, .break {{ text-indent: 0; }}
blockquote {{ margin: 1em 2em; }}
.verse {{ margin: 1em 0 1em 2em; }}
.verse p {{ margin-left: 2em; text-indent: -2em; }}
ul {{ margin: 1em 0; }}
ul.labelled {{ list-style: none; padding: 0 1.4em; }}
table {{ border-collapse: collapse; margin: 1em 0; }}
td {{ border-top: 1px solid; padding: 0.3em 0; }}
pre {{ font-size: 0.85em; margin: 1em 0; overflow-wrap: break-word; white-space: pre-wrap; }}
hr {{ border: 0; border-top: 1px solid; margin: 1.5em auto; opacity: 0.5; width: 25%; }}
.break {{ margin: 1.5em 0; text-align: center; }}
.picture {{ font-style: italic; margin: 1em 0; }}
.aside {{ font-size: 0.75em; margin: 0.5em 0; opacity: 0.7; }}
.cover {{ margin: 0; text-align: center; }}
.cover img {{ height: auto; max-height: 95vh; max-width: 100%; }}
.{ACTIVE} {{ background: #ffe9a8; border-radius: 0.2em; color: #1a1a1a; }}
"""


@dataclass(frozen=True, slots=True)
class Part:
    """A document of the book, by its path; `length` is its overlay's in ms, 0 where it has none."""

    path: str
    title: str
    sections: Sequence[Section] = ()
    overlay: str = ""
    length: int = 0


@dataclass(frozen=True, slots=True)
class Contents:
    """All that the package file lists: documents in reading order, and audio files."""

    parts: Sequence[Part]
    audio: Sequence[str]
    narrators: Sequence[str]
    cover: Cover


def cover_name(cover: Cover) -> str:
    return "cover.png" if cover.media_type == "image/png" else "cover.jpg"


def cover_page(book: Book, cover: Cover) -> str:
    """A page with the cover on it."""
    said = {"src": cover_name(cover), "alt": f"{book.title}, {book.author}".strip(" ,") or "Cover"}
    body = f'<div class="cover"><img{markup.attributes(said)}/></div>\n'
    return markup.page(book.title, book.language, body, "style.css", "cover")


def nav(book: Book, parts: Sequence[Part]) -> str:
    """The table of contents, and where the text begins."""
    lines = "".join(f"<li>{_line(part)}</li>\n" for part in parts)
    title = contents_title(book.language)
    first = markup.attributes({"href": parts[0].path})
    body = (
        f'<nav epub:type="toc" role="doc-toc" id="toc">\n<h1>{title}</h1>\n'
        f"<ol>\n{lines}</ol>\n</nav>\n"
        '<nav epub:type="landmarks" id="landmarks" hidden="hidden">\n<ol>\n'
        f'<li><a epub:type="bodymatter"{first}>{markup.text(parts[0].title)}</a></li>\n'
        "</ol>\n</nav>\n"
    )
    return markup.page(book.title or title, book.language, body, "style.css")


def contents_title(language: str) -> str:
    return CONTENTS.get(language.partition("-")[0].lower(), CONTENTS["en"])


def _line(part: Part) -> str:
    """A chapter in the contents, with its sections below."""
    below = "".join(f"<li>{_link(f'{part.path}#{s.id}', s.title)}</li>\n" for s in part.sections)
    link = _link(part.path, part.title)
    return f"{link}\n<ol>\n{below}</ol>\n" if below else link


def _link(place: str, title: str) -> str:
    return f"<a{markup.attributes({'href': place})}>{markup.text(title.strip() or place)}</a>"


def package(book: Book, contents: Contents) -> str:
    """The package file."""
    rtl = "rtl" if markup.direction(book.language) == "rtl" else ""
    said = {"xml:lang": book.language, "dir": markup.direction(book.language)}
    items = "".join(f"<item{markup.attributes(one)}/>\n" for one in _items(contents))
    spine = "".join(f'<itemref idref="page-{n}"/>\n' for n, _ in enumerate(contents.parts, 1))
    told = "".join(f"{line}\n" for line in _metadata(book, contents) if line)
    return (
        f'{markup.DECLARATION}<package xmlns="http://www.idpf.org/2007/opf" version="3.0" '
        f'unique-identifier="id"{markup.attributes(said)}>\n'
        '<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">\n'
        f"{told}</metadata>\n"
        f"<manifest>\n{items}</manifest>\n"
        f"<spine{markup.attributes({'page-progression-direction': rtl})}>\n"
        f'<itemref idref="cover-page"/>\n{spine}</spine>\n</package>\n'
    )


def _metadata(book: Book, contents: Contents) -> Iterator[str]:
    """What a book says of itself, line by line."""
    yield markup.element("dc:identifier", f"urn:uuid:{guid_of(book)}", id="id")
    yield markup.element("dc:title", book.title or "Audiobook", id="title")
    if book.subtitle:
        yield meta("title-type", "main", "title")
        yield markup.element("dc:title", book.subtitle, id="subtitle")
        yield meta("title-type", "subtitle", "subtitle")
    yield markup.element("dc:language", book.language)
    yield from _people(book, contents.narrators)
    yield markup.element("dc:publisher", book.publisher)
    date = _DATE.match(book.date)
    yield markup.element("dc:date", date[0] if date else "")
    yield meta("dcterms:modified", modified(book.date))
    yield markup.element("dc:description", book.description)
    yield markup.element("dc:rights", book.rights)
    if book.series:
        yield meta("belongs-to-collection", book.series, id="series")
        yield meta("collection-type", "series", "series")
        if re.fullmatch(r"\d+(\.\d+)*", book.position):
            yield meta("group-position", book.position, "series")
    yield from overlay_metadata({p.overlay: p.length for p in contents.parts if p.overlay})
    for name in contents.narrators:
        yield meta("media:narrator", name)
    yield from accessibility()


def modified(date: str) -> str:
    """When a book of this date was last changed, as EPUB has it, to the second."""
    known = _DATE.match(date)
    year, month, day = known.groups() if known else NO_DATE.split("-")
    return f"{year}-{month or '01'}-{day or '01'}T00:00:00Z"


def _people(book: Book, narrators: Sequence[str]) -> Iterator[str]:
    """Those who wrote it, and all others; roles are MARC's."""
    # A narrator whom the source names has read another recording.
    found = [(p.name, p.role, p.sort_name) for p in book.people if p.role != "nrt"]
    if book.author and not any(role == "aut" for _, role, _ in found):
        found.insert(0, (book.author, "aut", ""))
    found += [(name, "nrt", "") for name in narrators if name]
    for number, (name, role, sort_name) in enumerate(found, 1):
        tag, own = "dc:creator" if role == "aut" else "dc:contributor", f"person-{number}"
        if not name.strip():
            continue
        yield markup.element(tag, name, id=own)
        if _ROLE.fullmatch(role):
            yield meta("role", role, own, scheme="marc:relators")
        yield meta("file-as", sort_name, own)


def meta(name: str, value: str, of: str = "", **said: str) -> str:
    """A statement on the book, or on an element of these."""
    about = {"refines": f"#{of}"} if of else {}
    return markup.element("meta", value, **about, property=name, **said)


def overlay_metadata(lengths: Mapping[str, int]) -> Iterator[str]:
    """How long each overlay is, and all together; by the ids of their items, in ms."""
    for own, length in lengths.items():
        yield meta("media:duration", clock(length), own)
    yield meta("media:duration", clock(sum(lengths.values())))
    yield meta("media:active-class", ACTIVE)


def accessibility() -> Iterator[str]:
    """What senses it takes, and what it has."""
    for mode in ("textual", "auditory"):
        yield meta("schema:accessMode", mode)
    for mode in ("textual", "textual,auditory"):
        yield meta("schema:accessModeSufficient", mode)
    for feature in (
        "synchronizedAudioText",
        "structuralNavigation",
        "tableOfContents",
        "readingOrder",
        "displayTransformability",
    ):
        yield meta("schema:accessibilityFeature", feature)
    yield meta("schema:accessibilityHazard", "none")
    summary = "All text is there to be read; what is read aloud is highlighted, line by line."
    yield meta("schema:accessibilitySummary", summary)


def _items(contents: Contents) -> Iterator[dict[str, str]]:
    """The attributes of each item."""
    yield {"id": "nav", "href": "nav.xhtml", "media-type": XHTML, "properties": "nav"}
    yield {"id": "style", "href": "style.css", "media-type": "text/css"}
    cover = contents.cover
    picture = {"href": cover_name(cover), "media-type": cover.media_type}
    yield {"id": "cover", **picture, "properties": "cover-image"}
    yield {"id": "cover-page", "href": "cover.xhtml", "media-type": XHTML}
    for number, part in enumerate(contents.parts, 1):
        document = {"id": f"page-{number}", "href": part.path, "media-type": XHTML}
        yield {**document, "media-overlay": part.overlay}
        if part.overlay:
            href = f"{part.path.removesuffix('.xhtml')}.smil"
            yield {"id": part.overlay, "href": href, "media-type": "application/smil+xml"}
    for number, path in enumerate(contents.audio, 1):
        yield {"id": f"audio-{number}", "href": path, "media-type": "audio/mpeg"}
