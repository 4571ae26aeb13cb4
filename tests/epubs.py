"""EPUBs made for tests, and the ways in which the world breaks them.

A book is its members by path; each break takes such a book and gives another one that says the
same in a worse way. They work on any EPUB 3, so that real books can be broken as well.
"""

from __future__ import annotations

import html
import re
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import quote

Members = dict[str, bytes]

CONTAINER = "META-INF/container.xml"
_ITEM = re.compile(r'<item\b[^>]*?href="([^"]+)"[^>]*?/>')


def page(body: str, title: str = "", language: str = "en-GB", kind: str = "") -> str:
    """An XHTML page of an EPUB 3."""
    types = f' epub:type="{kind}"' if kind else ""
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" '
        f'xmlns:ssml="http://www.w3.org/2001/10/synthesis" xml:lang="{language}">\n'
        f"<head><title>{title}</title></head>\n<body{types}>\n{body}\n</body>\n</html>\n"
    )


def nav(lines: str, rest: str = "") -> str:
    """A navigation document around list items."""
    toc = f'<nav epub:type="toc" id="toc"><h2>Table of Contents</h2><ol>{lines}</ol></nav>'
    return page(toc + rest, "Contents")


def book(
    pages: Mapping[str, str],
    contents: str | None = None,
    *,
    metadata: str = "<dc:title>Tides</dc:title><dc:creator>A. Author</dc:creator>",
    language: str = "en-GB",
    items: str = "",
    spine: str | None = None,
    more: Mapping[str, bytes] | None = None,
) -> Members:
    """An EPUB of these pages, by file name; `contents` are the items of its table of contents."""
    manifest = "".join(
        f'<item id="{name}" href="text/{name}" media-type="application/xhtml+xml"/>\n'
        for name in pages
    )
    refs = "".join(f'<itemref idref="{name}"/>\n' for name in pages) if spine is None else spine
    if contents is not None:
        manifest += (
            '<item id="nav" href="toc.xhtml" media-type="application/xhtml+xml" properties="nav"/>'
        )
    package = (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="uid">\n'
        '<metadata xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:opf="http://www.idpf.org/2007/opf">\n'
        f'<dc:identifier id="uid">urn:x:1</dc:identifier><dc:language>{language}</dc:language>\n'
        f"{metadata}\n</metadata>\n<manifest>\n{manifest}{items}\n</manifest>\n"
        f"<spine>\n{refs}</spine>\n</package>\n"
    )
    members = {
        "mimetype": b"application/epub+zip",
        CONTAINER: b'<?xml version="1.0"?><container version="1.0" '
        b'xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles><rootfile '
        b'full-path="epub/content.opf" media-type="application/oebps-package+xml"/>'
        b"</rootfiles></container>",
        "epub/content.opf": package.encode(),
    }
    members |= {f"epub/text/{name}": text.encode() for name, text in pages.items()}
    if contents is not None:
        members["epub/toc.xhtml"] = nav(contents).encode()
    return members | dict(more or {})


def write(members: Mapping[str, bytes], path: Path) -> Path:
    """The members as a file."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            kind = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(zipfile.ZipInfo(name), data, kind)
    return path


def unpacked(path: Path) -> Members:
    """The members of a file."""
    with zipfile.ZipFile(path) as archive:
        return {info.filename: archive.read(info) for info in archive.infolist()}


def novel() -> Members:
    """A small book with all that a real one has before, between and behind its chapters."""
    chapters = {
        f"chapter-{number}.xhtml": page(
            f'<section id="chapter-{number}" epub:type="chapter"><h2 epub:type="z3998:roman">'
            f"{roman}</h2>{_paragraphs(number)}</section>",
            roman,
            kind="bodymatter",
        )
        for number, roman in enumerate(("I", "II", "III", "IV", "V"), 1)
    }
    pages = {
        "titlepage.xhtml": page(
            '<section epub:type="titlepage"><h1>Tides</h1><p>By A. Author.</p></section>',
            kind="frontmatter",
        ),
        "imprint.xhtml": page(
            '<section epub:type="imprint"><h2>Imprint</h2><p>Printed nowhere.</p></section>',
            kind="frontmatter",
        ),
        **chapters,
        "endnotes.xhtml": page(
            '<section epub:type="endnotes"><h2>Endnotes</h2><ol><li id="note-1"><p>It was not so. '
            '<a href="chapter-2.xhtml#ref-1" epub:type="backlink">↩</a></p></li></ol></section>',
            kind="backmatter",
        ),
        "colophon.xhtml": page(
            '<section epub:type="colophon"><h2>Colophon</h2><p>Set in type.</p></section>',
            kind="backmatter",
        ),
    }
    titles = ["Titlepage", "Imprint", "I", "II", "III", "IV", "V", "Endnotes", "Colophon"]
    lines = "".join(
        f'<li><a href="text/{name}">{title}</a></li>\n'
        for name, title in zip(pages, titles, strict=True)
    )
    return book(pages, lines)


def _paragraphs(number: int) -> str:
    sentences = (
        f"This is where chapter {number} begins, on a grey morning by the café.",
        "Nobody had seen the tide so low; the boats lay on their sides and waited.",
        "“You will see,” she said, “it always comes back.”",
        f"So ended the day that they would call number {number}.",
    )
    text = "".join(f"<p>{sentence}</p>\n" for sentence in sentences)
    note = (
        '<p>He knew better.<a href="endnotes.xhtml#note-1" id="ref-1" epub:type="noteref">1</a></p>'
    )
    return text + (note if number == 2 else "") + ("<hr/><p>Night fell.</p>" if number == 3 else "")


# ---- what the world does to them


def _package(members: Members) -> str:
    return next(name for name in members if name.endswith(".opf"))


def _pages(members: Members) -> list[str]:
    """The pages in reading order, the contents not among them."""
    text = members[_package(members)].decode()
    folder = _package(members).rpartition("/")[0]
    hrefs = {}
    for item in _ITEM.finditer(text):
        name = re.search(r'\bid="([^"]+)"', item[0])
        assert name is not None
        hrefs[name[1]] = item[1]
    return [f"{folder}/{hrefs[ref]}" for ref in re.findall(r'<itemref idref="([^"]+)"', text)]


def _chapters(members: Members) -> list[str]:
    return [name for name in _pages(members) if "chapter-" in name]


def _edit(members: Members, name: str, change: Callable[[str], str]) -> Members:
    return members | {name: change(members[name].decode()).encode()}


def _edit_pages(members: Members, change: Callable[[str], str]) -> Members:
    return members | {name: change(members[name].decode()).encode() for name in _pages(members)}


def _nav_name(members: Members) -> str:
    return next(name for name in members if name.endswith("toc.xhtml"))


def with_ncx(members: Members) -> Members:
    """EPUB 2: no nav, but an NCX."""
    lines = re.findall(
        r'<a href="([^"]+)"[^>]*>([^<]+)</a>',
        members[_nav_name(members)].decode().partition("</nav>")[0],
    )
    points = "".join(
        f'<navPoint id="n{i}" playOrder="{i}"><navLabel><text>{title}</text></navLabel>'
        f'<content src="{href}"/></navPoint>'
        for i, (href, title) in enumerate(lines, 1)
    )
    ncx = f'<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/"><navMap>{points}</navMap></ncx>'
    made = without_contents(members)
    folder = _package(members).rpartition("/")[0]
    made[f"{folder}/toc.ncx"] = ncx.encode()
    item = '<item id="ncx" href="toc.ncx" media-type="application/x-dtbncx+xml"/></manifest>'

    def change(text: str) -> str:
        return text.replace("</manifest>", item).replace("<spine>", '<spine toc="ncx">')

    return _edit(made, _package(members), change)


def without_contents(members: Members) -> Members:
    """Neither nav nor NCX."""
    made = {name: data for name, data in members.items() if name != _nav_name(members)}
    return _edit(
        made,
        _package(members),
        lambda text: re.sub(r'<item\b[^>]*properties="nav"[^>]*/>', "", text),
    )


def wrong_media_types(members: Members) -> Members:
    return _edit(
        members,
        _package(members),
        lambda text: text.replace('media-type="application/xhtml+xml"', 'media-type="text/plain"'),
    )


def absolute_hrefs(members: Members) -> Members:
    """Paths from the root of the book."""
    folder = _package(members).rpartition("/")[0]

    def change(text: str) -> str:
        return re.sub(r'href="(text/[^"]+)"', rf'href="/{folder}/\1"', text)

    made = _edit(members, _package(members), change)
    return _edit(made, _nav_name(made), change)


def percent_encoded(members: Members) -> Members:
    """Names with spaces and accents, written as URLs do."""

    def renamed(text: str) -> str:
        return re.sub(r'href="text/([^"#]+)', lambda m: f'href="text/{quote("Été " + m[1])}', text)

    pages = set(_pages(members))
    made = {
        re.sub(r"text/([^/]+)$", r"text/Été \1", name) if name in pages else name: data
        for name, data in members.items()
    }
    made = _edit(made, _package(made), renamed)
    return _edit(made, _nav_name(made), renamed)


def forgotten_in_spine(members: Members) -> Members:
    """A chapter that the contents list, and the spine does not."""
    lost = _chapters(members)[2].rpartition("/")[2]

    def change(text: str) -> str:
        name = re.search(rf'<item\b[^>]*href="[^"]*{lost}"[^>]*/>', text)
        assert name is not None
        ref = re.search(r'id="([^"]+)"', name[0])
        assert ref is not None
        return text.replace(f'<itemref idref="{ref[1]}"/>', "")

    return _edit(members, _package(members), change)


def chapter_over_files(members: Members) -> Members:
    """Each chapter's second half in a file of its own, which no contents list."""
    made = dict(members)
    package = members[_package(members)].decode()
    for name in _chapters(members):
        text = members[name].decode()
        cuts = [match.end() for match in re.finditer("</p>", text)]
        middle = cuts[len(cuts) // 2]
        head = text[: text.index("<body")]
        tail = re.sub(r"</(?:section|blockquote|div)>", "", text[middle:])
        second = f"{head}<body>{re.sub('</body>.*', '', tail, flags=re.DOTALL)}</body></html>"
        first = text[:middle] + "</section></body></html>"
        other = name.replace(".xhtml", "-b.xhtml")
        made |= {name: first.encode(), other: second.encode()}
        file = name.rpartition("/")[2]
        href = other.removeprefix(_package(members).rpartition("/")[0] + "/")
        package = package.replace(
            "</manifest>",
            f'<item id="{file}-b" href="{href}" media-type="application/xhtml+xml"/></manifest>',
        ).replace(
            f'<itemref idref="{file}"/>', f'<itemref idref="{file}"/><itemref idref="{file}-b"/>'
        )
    return made | {_package(members): package.encode()}


def chapters_in_one_file(members: Members) -> Members:
    """All chapters in one file, told apart by ids alone."""
    names = _chapters(members)
    made = {name: data for name, data in members.items() if name not in names}
    bodies = []
    for number, name in enumerate(names, 1):
        body = re.search(r"<body[^>]*>(.*)</body>", members[name].decode(), re.DOTALL)
        assert body is not None
        bodies.append(
            re.sub(r' id="chapter-\d+"', "", body[1]).replace(
                "<section", f'<section id="c{number}"', 1
            )
        )
    first = members[names[0]].decode()
    head = first[: first.index("<body")]
    made[names[0]] = f"{head}<body>{''.join(bodies)}</body></html>".encode()

    def relinked(text: str) -> str:
        for number, name in enumerate(names, 1):
            file = name.rpartition("/")[2]
            one = names[0].rpartition("/")[2]
            text = text.replace(f'href="text/{file}"', f'href="text/{one}#c{number}"')
        return text

    made = _edit(made, _nav_name(made), relinked)

    def change(text: str) -> str:
        for name in names[1:]:
            file = name.rpartition("/")[2]
            text = re.sub(rf'<item(?:ref)?\b[^>]*"(?:text/)?{file}"[^>]*/>', "", text)
        return text

    return _edit(made, _package(made), change)


def nested_contents(members: Members) -> Members:
    """The chapters below a line that stands for the whole book."""

    def change(text: str) -> str:
        head, toc, rest = text.partition("</nav>")
        items = re.findall(r"<li>.*?</li>", head, re.DOTALL)
        inner = "".join(item for item in items if "chapter-" in item)
        first = next(i for i, item in enumerate(items) if "chapter-" in item)
        others = [item for item in items if "chapter-" not in item]
        target = re.search(r'href="([^"]+)"', items[first])
        assert target is not None
        whole = f'<li><a href="{target[1]}">The Story</a><ol>{inner}</ol></li>'
        before = head[: head.index("<li>")]
        return f"{before}{''.join([*others[:first], whole, *others[first:]])}</ol>{toc}{rest}"

    return _edit(members, _nav_name(members), change)


def duplicate_ids(members: Members) -> Members:
    """Every item of the manifest with one and the same id."""

    def change(text: str) -> str:
        pages = {name.rpartition("/")[2] for name in _pages(members)}

        def same(match: re.Match[str]) -> str:
            return re.sub(r'\bid="[^"]+"', 'id="x"', match[0])

        text = _ITEM.sub(lambda m: same(m) if m[1].rpartition("/")[2] in pages else m[0], text)
        return re.sub(r'<itemref idref="[^"]+"', '<itemref idref="x"', text)

    order = [name.rpartition("/")[2] for name in _pages(members)]

    def sorted_items(text: str) -> str:
        items = {m[1].rpartition("/")[2]: m[0] for m in _ITEM.finditer(text)}
        text = _ITEM.sub(lambda m: "" if m[1].rpartition("/")[2] in order else m[0], text)
        return text.replace("<manifest>", "<manifest>" + "".join(items[name] for name in order))

    made = _edit(members, _package(members), lambda text: change(sorted_items(text)))
    return _edit_pages(made, lambda text: text.replace("<p>", '<p id="p">'))


def with_doctype_and_entities(members: Members) -> Members:
    """XHTML 1.1 with the entities of HTML, and one of its own."""
    doctype = (
        '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.1//EN" '
        '"http://www.w3.org/TR/xhtml11/DTD/xhtml11.dtd" [<!ENTITY cafe "café">]>\n'
    )

    def change(text: str) -> str:
        text = text.replace("café", "&cafe;").replace("“", "&ldquo;").replace("—", "&mdash;")
        return text.replace("<html", doctype + "<html", 1)

    return _edit_pages(members, change)


def in_latin_1(members: Members) -> Members:
    """ISO-8859-1, and it says so; what it has not is written by number."""
    return members | {
        name: members[name]
        .decode()
        .replace('encoding="utf-8"', 'encoding="ISO-8859-1"')
        .encode("iso-8859-1", "xmlcharrefreplace")
        for name in _pages(members)
    }


def with_bom(members: Members) -> Members:
    return members | {
        name: data.decode().encode("utf-8-sig")
        for name, data in members.items()
        if name.endswith((".xhtml", ".opf", ".xml"))
    }


def uppercase_tags(members: Members) -> Members:
    return _edit_pages(
        members, lambda text: re.sub(r"</?[a-z][a-z0-9]*", lambda m: m[0].upper(), text)
    )


def unclosed_tags(members: Members) -> Members:
    return _edit_pages(members, lambda text: re.sub(r"</(?:p|li|em|section)>", "", text))


def without_container(members: Members) -> Members:
    return {name: data for name, data in members.items() if name not in (CONTAINER, "mimetype")}


def with_backslashes(members: Members) -> Members:
    """As some tools of Windows pack."""
    return {name.replace("/", "\\"): data for name, data in members.items()}


def lost_anchors(members: Members) -> Members:
    """Contents that point at places that are not there."""
    return _edit(
        members, _nav_name(members), lambda text: re.sub(r'(href="text/[^"#]+)"', r'\1#gone"', text)
    )


def unescaped_package(members: Members) -> Members:
    """A package file that is no XML."""
    return _edit(
        members,
        _package(members),
        lambda text: text.replace("<metadata", "<!-- R&D -- ><metadata", 0).replace(
            "</metadata>", "<dc:subject>Salt & Water</dc:subject></metadata>"
        ),
    )


BREAKS = (
    with_ncx,
    without_contents,
    wrong_media_types,
    absolute_hrefs,
    percent_encoded,
    forgotten_in_spine,
    chapter_over_files,
    chapters_in_one_file,
    nested_contents,
    duplicate_ids,
    with_doctype_and_entities,
    in_latin_1,
    with_bom,
    uppercase_tags,
    unclosed_tags,
    without_container,
    with_backslashes,
    lost_anchors,
    unescaped_package,
)


def words(members: Members) -> list[str]:
    """All words of all pages, found without any of our own code."""
    found = []
    for name in _pages(members):
        body = re.search(r"<body.*</body>", members[name].decode(), re.DOTALL)
        text = html.unescape(re.sub(r"<[^>]+>", " ", body[0] if body else ""))
        found += re.findall(r"[^\W_]+", text)
    return found
