"""EPUB 2 and 3, in whatever state: spine, contents, pronunciations, cover, metadata.

Specifications: EPUB 3.3 and OCF, OPF 2.0.1 with NCX. What is broken is worked around and told of
in the notices; what is encrypted is named.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import BinaryIO

from lxml import etree

from pipeline.errors import ConfigError, SourceError
from pipeline.model import Cover, Lexeme, Span
from pipeline.normalize import titles
from pipeline.read import matter, opf, pls, toc
from pipeline.read.archive import Archive
from pipeline.read.document import Document, Entry, Manuscript, Writer
from pipeline.read.elements import attributes, resolve
from pipeline.read.folder import natural
from pipeline.read.html import Origin, flatten
from pipeline.read.markup import local, parse_html, parse_xml
from pipeline.read.roles import is_list_of_links

CONTAINER = "META-INF/container.xml"
ENCRYPTION = "META-INF/encryption.xml"
_PAGES = (".xhtml", ".html", ".htm")
_PAGE_TYPES = ("application/xhtml+xml", "text/html", "application/x-dtbook+xml")
# Obfuscation of fonts, which hides no text: EPUB 3.3, and Adobe's older one.
FONTS = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")
_LOCKS = {
    "META-INF/license.lcpl": "Readium LCP",
    "META-INF/rights.xml": "Adobe ADEPT",
    "META-INF/sinf.xml": "Apple FairPlay",
}
MOST_PAGES = 30_000
MOST_NOTICES = 8
LONGEST_FRONT = 2000  # words of a page that a guide may call a cover or the like


def read(file: BinaryIO, name: str) -> Manuscript:
    """An EPUB. Raises SourceError, in one line, when it cannot be read or may not be."""
    notices: list[str] = []
    opened = unpacked(file, name, notices)
    package, archive = opened.package, opened.archive
    writer = Writer()
    for _ in flattened(opened, writer, notices):
        pass
    document = _with_types(writer.finish(), (*package.guide, *opened.landmarks))
    return Manuscript(
        document=document,
        about=package.about,
        people=package.people,
        identifiers=package.identifiers,
        contents=tuple(_entries(opened.lines, document, notices)),
        cover=_cover(archive, package, notices),
        lexicon=_lexicon(archive, package, notices),
        notices=tuple(f"{name}: {notice}" for notice in _few(notices)),
        explicit=True,
        epub=True,
    )


@dataclass(frozen=True, slots=True)
class Unpacked:
    """What an EPUB's container holds: its package file's path and tree, and what that says.

    `pages` are the paths of its documents in reading order, and whether each is in that at all.
    """

    archive: Archive
    path: str
    root: etree._Element
    package: opf.Package
    lines: tuple[toc.Line, ...]
    landmarks: tuple[tuple[str, str], ...]
    pages: tuple[tuple[str, bool], ...]


def unpacked(file: BinaryIO, name: str, notices: list[str]) -> Unpacked:
    """An EPUB before its pages are read. Raises SourceError."""
    archive = Archive(file, name)
    path = _package_path(archive)
    root = parse_xml(archive.read(path), f"{name}: {path}", opf.DEEPEST)
    package = _spelled(opf.read(root, path), archive)
    _check_locks(archive)
    lines, landmarks = toc.read(archive, package, notices)
    pages = _pages(archive, package, lines, notices)
    return Unpacked(archive, path, root, package, lines, tuple(landmarks), tuple(pages))


def _spelled(package: opf.Package, archive: Archive) -> opf.Package:
    """The package with its paths as the archive spells them."""
    items = tuple(replace(item, path=archive.real(item.path)) for item in package.items)
    guide = tuple((archive.real(path), kind) for path, kind in package.guide)
    return replace(package, items=items, guide=guide)


def _few(notices: list[str]) -> list[str]:
    """The first notices, and how many more there are."""
    more = len(notices) - MOST_NOTICES
    return notices if more <= 0 else [*notices[:MOST_NOTICES], f"and {more} more of this kind."]


def _package_path(archive: Archive) -> str:
    """The package file, as the container says, or the first there is."""
    if CONTAINER in archive:
        root = parse_html(archive.read(CONTAINER), f"{archive.name}: {CONTAINER}")
        for element in root.iter(etree.Element):
            path = resolve("", attributes(element).get("full-path", ""))
            if local(element.tag) == "rootfile" and path in archive:
                return path
    found = sorted(path for path in archive.paths if path.lower().endswith(".opf"))
    if not found:
        raise SourceError(f"{archive.name}: an EPUB without a package file. Copy it again.")
    return found[0]


def _check_locks(archive: Archive) -> None:
    """Refuse a book whose text is encrypted, and say by what."""
    if ENCRYPTION not in archive:
        return
    root = parse_html(archive.read(ENCRYPTION), f"{archive.name}: {ENCRYPTION}")
    for data in root.iter(etree.Element):
        if local(data.tag) != "encrypteddata":
            continue
        said = [attributes(element) for element in data.iterdescendants(etree.Element)]
        method = next((one["algorithm"] for one in said if "algorithm" in one), "")
        target = next((one["uri"] for one in said if "uri" in one), "")
        if method not in FONTS and target.lower().endswith((*_PAGES, ".xml", ".opf", ".ncx")):
            lock = next((name for path, name in _LOCKS.items() if path in archive), "DRM")
            raise SourceError(
                f"{archive.name}: the book is encrypted ({lock}). It can only be read where it was "
                "bought; get a copy without a lock."
            )


def _pages(
    archive: Archive, package: opf.Package, lines: Sequence[toc.Line], notices: list[str]
) -> list[tuple[str, bool]]:
    """Paths of all pages in reading order, and whether each is in the reading order at all.

    What the contents list is, even where the spine has forgotten it; what neither knows comes last.
    """
    queues: dict[str, list[opf.Item]] = {}
    for item in package.items:
        queues.setdefault(item.id, []).append(item)
    pages: dict[str, bool] = {}
    for idref, linear in package.spine:
        queue = queues.get(idref, [])
        found = queue.pop(0) if len(queue) > 1 else queue[0] if queue else None
        if found is None or found.path not in archive:
            where = found.path if found else idref
            notices.append(f"its spine names {where!r}, which is not in the book.")
        else:
            pages.setdefault(found.path, linear)
    is_ordered = bool(pages)
    order = _with_listed(
        pages, [archive.real(path) for path in toc.linked(lines) if path in archive]
    )
    navs = {item.path for item in package.items if "nav" in item.properties}
    kinds = {item.path for item in package.items if item.media_type in _PAGE_TYPES}
    rest = [p for p in archive.paths if p.lower().endswith(_PAGES) or p in kinds]
    unknown = [path for path in rest if path not in pages and path not in navs]
    forgotten = unknown if is_ordered else sorted(unknown, key=natural)
    for path in forgotten:
        pages[path] = not is_ordered
        if is_ordered:
            notices.append(f"{path!r} is not in its reading order, and is left out.")
    order += forgotten
    if not order:
        raise SourceError(f"{archive.name}: an EPUB without a page to read.")
    if len(order) > MOST_PAGES:
        raise SourceError(f"{archive.name}: more than {MOST_PAGES:,d} pages, not a book.")
    return [(path, pages[path]) for path in order]


def _with_listed(pages: dict[str, bool], listed: Sequence[str]) -> list[str]:
    """The spine's pages, and behind each of them those that only the contents list there."""
    order = list(pages)
    following: dict[str, list[str]] = {}
    spine, before = frozenset(order), ""
    for path in listed:
        if path in spine:
            before = path
        elif path not in pages and path.lower().endswith(_PAGES):
            following.setdefault(before, []).append(path)
        pages[path] = True
    return [
        *following.get("", ()),
        *(p for page in order for p in (page, *following.get(page, ()))),
    ]


def flattened(
    opened: Unpacked,
    writer: Writer,
    notices: list[str],
    seen: Callable[[Origin], None] | None = None,
) -> Iterator[tuple[str, etree._Element]]:
    """Write all pages as one text; each page's path and tree, once it is written."""
    archive, language = opened.archive, opened.package.about.get("language", "")
    for path, in_order in opened.pages:
        if path.lower().endswith((".jpg", ".jpeg", ".png", ".gif", ".webp")):
            continue
        try:
            root = parse_html(archive.read(path), f"{archive.name}: {path}")
        except SourceError as error:
            if in_order:
                raise
            notices.append(str(error).removeprefix(f"{archive.name}: "))
            continue
        start = writer.at
        writer.place(path)
        flatten(root, writer, path, language, seen)
        writer.span("file", start, path)
        if not in_order:
            writer.span("type", start, "auxiliary")
        elif is_list_of_links(root):
            writer.span("type", start, "toc")
        yield path, root


def _with_types(document: Document, guide: Sequence[tuple[str, str]]) -> Document:
    """What guide and landmarks say of whole pages, as if the pages said it themselves."""
    files = {span.value: span for span in document.spans if span.kind == "file"}
    found = list(document.spans)
    for path, kind in guide:
        span = files.get(path)
        if not span or kind not in matter.LEFT_OUT:
            continue
        words = len(document.text[span.start : span.end].split())
        if words <= LONGEST_FRONT or matter.LEFT_OUT[kind] in ("contents", "index", "notes"):
            found.append(Span("type", span.start, span.end, kind))
    return replace(document, spans=tuple(sorted(found, key=lambda span: (span.start, -span.end))))


def _entries(lines: Sequence[toc.Line], document: Document, notices: list[str]) -> Iterator[Entry]:
    """The table of contents with offsets; what it lists in vain is told of."""
    files = {span.value: span for span in document.spans if span.kind == "file"}
    lower = {path.lower(): path for path in files}
    by_name = {path.rpartition("/")[2].lower(): path for path in files}
    headings = _headings(files.values(), document)

    def located(line: toc.Line) -> tuple[int, str] | None:
        path, _, fragment = line.link.partition("#")
        name = path.rpartition("/")[2].lower()
        path = path if path in files else lower.get(path.lower()) or by_name.get(name, "")
        if not path:
            return None
        if not fragment:
            return files[path].start, path
        at = document.places.get(f"{path}#{fragment}")
        if at is None:
            at = headings.get((path, titles.letters(line.title)), files[path].start)
        return at, f"{path}#{fragment}"

    def made(lines: Sequence[toc.Line]) -> Iterator[Entry]:
        for line in lines:
            below = tuple(made(line.below))
            found = located(line)
            if found:
                yield Entry(line.title, found[0], below, found[1])
            elif below and line.title and not line.link:
                yield Entry(line.title, below[0].at, below, below[0].place)
            else:
                if line.link:
                    notices.append(f"its contents list {line.title!r}, which is not in the book.")
                yield from below

    yield from made(lines)


def _headings(files: Iterable[Span], document: Document) -> dict[tuple[str, str], int]:
    """Where each page has which heading."""
    found: dict[tuple[str, str], int] = {}
    blocks = iter(block for block in document.blocks if block.kind == "heading")
    block = next(blocks, None)
    for file in files:
        while block and block.start < file.end:
            text = document.text[block.start : block.end]
            found.setdefault((file.value, titles.letters(text)), block.start)
            block = next(blocks, None)
    return found


def _cover(archive: Archive, package: opf.Package, notices: list[str]) -> Cover | None:
    """The cover that the book names, if it is a picture that players show."""
    from pipeline.publish import cover
    from pipeline.read import svg

    for item in _cover_items(package):
        if item.path not in archive:
            continue
        check = svg.read if _is_svg(item) else cover.check
        try:
            return check(archive.read(item.path), item.path)
        except (ConfigError, SourceError) as error:
            notices.append(f"its cover cannot be used: {error}")
    return None


def _is_svg(item: opf.Item) -> bool:
    return item.media_type == "image/svg+xml" or item.path.lower().endswith(".svg")


def _cover_items(package: opf.Package) -> list[opf.Item]:
    """Pictures that may be the cover, the likeliest first."""
    named = [item for item in package.items if "cover-image" in item.properties]
    old = [i for i in package.items if package.cover_id and package.cover_id in (i.id, i.path)]
    pictures = [item for item in package.items if item.media_type.startswith("image/")]
    guessed = [
        item
        for item in pictures
        if item.id.lower() in ("cover", "cover-image", "coverimage")
        or item.path.rpartition("/")[2].lower().startswith("cover.")
    ]
    return list(dict.fromkeys([*named, *old, *guessed]))


def _lexicon(archive: Archive, package: opf.Package, notices: list[str]) -> tuple[Lexeme, ...]:
    """Pronunciations from the book's PLS files."""
    found: list[Lexeme] = []
    for item in package.items:
        if item.media_type != "application/pls+xml" and not item.path.endswith(".pls"):
            continue
        if item.path not in archive:
            notices.append(f"its lexicon {item.path!r} is not in the book.")
            continue
        try:
            found += pls.read(archive.read(item.path), item.path, notices)
        except SourceError as error:
            notices.append(f"its lexicon cannot be used: {error}")
    return tuple(found)
