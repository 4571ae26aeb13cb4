"""OpenDocument Text, zipped or as one flat XML file.

Specification: OpenDocument 1.3, part 3. Its elements are renamed to those of HTML where they
stand; what is not known keeps its text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field, replace
from typing import BinaryIO

from lxml import etree

from pipeline.errors import SourceError
from pipeline.model import Person
from pipeline.read.archive import Archive
from pipeline.read.document import Document, Manuscript, Writer
from pipeline.read.html import attributes, flatten, text_of
from pipeline.read.markup import DEEPEST, LARGEST_MARKUP, local, parse_html, parse_xml

MANIFEST = "META-INF/manifest.xml"
LONGEST_CHAIN = 30  # styles that are based on one another
MOST_COPIES = 20_000  # of repeated rows and cells
MOST_SPACES = 100
MOST_BOXES = 10  # text boxes within one another
LOWEST = 6  # level of a heading
BOLD = 600

_TYPE = "{http://www.idpf.org/2007/ops}type"
_PARAGRAPHS = frozenset(("p", "h"))
_DROPPED = frozenset(
    "annotation annotation-end tracked-changes change change-start change-end forms sequence-decls "
    "variable-decls user-field-decls dde-connection-decls soft-page-break binary-data script "
    "event-listeners table-of-content-source illustration-index-source table-index-source "
    "object-index-source user-index-source alphabetical-index-source bibliography-source "
    "table-source scenario table-column table-columns table-header-columns "
    "table-column-group".split()
)
_INDEXES = {
    "table-of-content": "toc",
    "user-index": "toc",
    "illustration-index": "loi",
    "object-index": "loi",
    "table-index": "lot",
    "alphabetical-index": "index",
}
_TAGS = {
    "text": "div",
    "section": "section",
    "index-body": "div",
    "index-title": "div",
    "bibliography": "div",
    "list-item": "li",
    "list-header": "div",
    "numbered-paragraph": "div",
    "table": "table",
    "table-header-rows": "tbody",
    "table-rows": "tbody",
    "table-row-group": "tbody",
    "table-row": "tr",
    "table-cell": "td",
    "covered-table-cell": "td",
    "text-box": "div",
    "note-body": "div",
    "a": "a",
    "line-break": "br",
    "ruby": "ruby",
    "ruby-base": "span",
    "ruby-text": "rt",
    "math": "math",
}
_MARKS = frozenset(("bookmark", "bookmark-start", "reference-mark", "reference-mark-start"))
_HIDDEN = frozenset(("page-number", "title", "desc"))  # the latter two of shapes with a text
_SPACES = {"s": " ", "tab": "\t"}
_PICTURES = frozenset("image object object-ole plugin applet floating-frame".split())
_SHAPES = frozenset(
    "frame custom-shape rect ellipse circle line connector polyline polygon path regular-polygon "
    "g caption measure control".split()
)

# What paragraphs are by the names of their styles, in LibreOffice, Word and Pandoc.
_ROLES = {
    "toc": r"(?:toc|contents|index|illustration index|table index)(?: heading| \d+)?|"
    r"table of (?:figures|authorities)|toa heading",
    "title": r"(?:book )?title",
    "subtitle": r"sub-?title",
    "heading": r"heading (?P<level>\d+)",
    "quote": r"(?:intense )?quot(?:e|ation)s?|block ?quot(?:e|ation)s?|block text",
    "code": r"(?:source )?code(?: block)?|(?:html )?preformatted(?: text)?|listing",
    "verse": r"(?:verse|poem|poetry|lyrics|stanza|song)\b.*",
    "rule": r"horizontal (?:line|rule)",
}
_BY_NAME = [(role, re.compile(pattern, re.IGNORECASE)) for role, pattern in _ROLES.items()]


def role_of(name: str) -> tuple[str, int]:
    """What a paragraph is by the name of its style, and a heading's level; "" if plain."""
    bare = re.sub(r"[\s_]+", " ", name).strip()
    for role, pattern in _BY_NAME:
        if match := pattern.fullmatch(bare):
            return role, int(match["level"]) if role == "heading" else 0
    return "", 0


def numeral(number: int, kind: str) -> str:
    """A number as a list or heading shows it: `kind` is "1", "I", "i", "A", "a" or nothing."""
    if not kind or number < 0:
        return ""
    if kind in "Aa" and number:
        letter = chr(ord(kind) + (number - 1) % 26)
        return letter * ((number - 1) // 26 % 5 + 1)
    if kind in "Ii" and 0 < number < 4000:
        roman = "".join(
            sign * (number // value if index == 0 else number % _ROMAN[index - 1][0] // value)
            for index, (value, sign) in enumerate(_ROMAN)
        )
        return roman.lower() if kind == "i" else roman
    return str(number)


_ROMAN = (
    (1000, "M"),
    (900, "CM"),
    (500, "D"),
    (400, "CD"),
    (100, "C"),
    (90, "XC"),
    (50, "L"),
    (40, "XL"),
    (10, "X"),
    (9, "IX"),
    (5, "V"),
    (4, "IV"),
    (1, "I"),
)


def plain(description: str) -> str:
    """A description on one line, without the markup that some have inside."""
    if "<" in description:
        description = text_of(parse_html(f"<div>{description}</div>".encode(), "the description"))
    return " ".join(description.split())


def without_lines(document: Document) -> Document:
    """The document without the lines of a file that nobody sees."""
    return replace(document, blocks=tuple(replace(block, line=0) for block in document.blocks))


@dataclass(slots=True)
class _Numbers:
    """How far lists and headings are numbered: by list style and level, and by level."""

    lists: dict[tuple[str, int], int] = field(default_factory=dict)
    headings: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Styles:
    """The styles of a document by family and name, of its lists, and of its headings' numbers."""

    styles: Mapping[tuple[str, str], etree._Element]
    lists: Mapping[str, Mapping[int, etree._Element]]
    outline: Mapping[int, etree._Element]
    language: str = ""
    shift: int = 0  # of the headings' levels, for a title above them
    numbers: _Numbers = field(default_factory=_Numbers)

    def chain(self, family: str, name: str) -> Iterator[etree._Element]:
        """A style and those that it is based on, the nearest first."""
        for _ in range(LONGEST_CHAIN):
            style = self.styles.get((family, name))
            if style is None:
                return
            yield style
            name = attributes(style).get("parent-style-name", "")

    def role(self, name: str) -> tuple[str, int]:
        """What a paragraph of this style is."""
        for style in self.chain("paragraph", name):
            said = attributes(style)
            shown = said.get("display-name") or _decoded(said.get("name", ""))
            found = role_of(shown)
            level = said.get("default-outline-level", "")
            if level.isdecimal() and not found[0]:
                found = "heading", int(level)
            if found[0]:
                return found
        return role_of(_decoded(name))

    def text(self, family: str, name: str) -> dict[str, str]:
        """How text of this style looks: the attributes of its text properties."""
        said: dict[str, str] = {}
        for style in self.chain(family, name):
            for properties in _children(style):
                if local(properties.tag) == "text-properties":
                    said = {**attributes(properties), **said}
        return said

    def without_number(self, name: str) -> bool:
        """Whether a heading's style takes the number away that its level has."""
        said = (attributes(style).get("list-style-name") for style in self.chain("paragraph", name))
        return next((one == "" for one in said if one is not None), False)


@dataclass(frozen=True, slots=True)
class _Around:
    """What is around an element."""

    depth: int = 0
    line: bool = False
    code: bool = False
    list_style: str = ""
    list_level: int = 0


def read(file: BinaryIO, name: str) -> Manuscript:
    """An OpenDocument text. Raises SourceError."""
    content, others = _parts(file, name)
    text = next((e for e in content.iter(etree.Element) if _is_body(e)), None)
    if text is None:
        raise SourceError(f"{name}: an OpenDocument file, but no text document. Save it as ODT.")
    roots = [content, *others]
    about, people = _about(roots)
    styles = _styles(roots)
    about.setdefault("language", styles.language)
    styles = replace(styles, language=about["language"])
    notices = _notices(text, name)
    _to_html(text, styles, name)
    writer = Writer()
    flatten(text, writer, "", about["language"])
    for furniture in _furniture(roots):
        writer.skip("page header or footer", furniture)
    about = {key: value for key, value in about.items() if value}
    document = without_lines(writer.finish()) if others else writer.finish()
    return Manuscript(document, about, people, notices=notices)


def _parts(file: BinaryIO, name: str) -> tuple[etree._Element, list[etree._Element]]:
    """The content, and the files with styles and metadata, as far as there are any."""
    data = file.read(LARGEST_MARKUP + 1)
    if not data.startswith(b"PK\x03\x04"):
        return parse_xml(data, name), []
    archive = Archive(file, name)
    if MANIFEST in archive:
        manifest = parse_xml(archive.read(MANIFEST), f"{name}: {MANIFEST}")
        if any(local(element.tag) == "encryption-data" for element in manifest.iter(etree.Element)):
            raise SourceError(
                f"{name}: encrypted with a password. Open it, and save it without one."
            )
    if "content.xml" not in archive:
        raise SourceError(f"{name}: a zip file, but no OpenDocument text. Copy it again.")
    parts = {
        path: parse_xml(archive.read(path), f"{name}: {path}")
        for path in ("content.xml", "styles.xml", "meta.xml")
        if path in archive
    }
    return parts.pop("content.xml"), list(parts.values())


def _is_body(element: etree._Element) -> bool:
    parent = element.getparent()
    return local(element.tag) == "text" and parent is not None and local(parent.tag) == "body"


def _children(element: etree._Element) -> list[etree._Element]:
    return list(element.iterchildren(etree.Element))


def _decoded(name: str) -> str:
    """A style's name as people see it: "Heading_20_1" is "Heading 1"."""
    return re.sub(r"_([0-9a-fA-F]{1,4})_", lambda match: chr(int(match[1], 16)), name)


def _language(said: Mapping[str, str]) -> str:
    """The language that text properties name; nothing for none."""
    language, country = said.get("language", ""), said.get("country", "")
    if language in ("", "none", "zxx"):
        return ""
    return language if country in ("", "none") else f"{language}-{country}"


def _styles(roots: Iterable[etree._Element]) -> _Styles:
    """All styles of a document."""
    styles: dict[tuple[str, str], etree._Element] = {}
    lists: dict[str, dict[int, etree._Element]] = {}
    outline: dict[int, etree._Element] = {}
    default: dict[str, str] = {}
    for root in roots:
        for element in root.iter(etree.Element):
            tag = local(element.tag)
            if tag not in ("style", "list-style", "outline-style", "default-style"):
                continue
            said = attributes(element)
            if tag == "style":
                styles[said.get("family", ""), said.get("name", "")] = element
            elif tag == "list-style":
                lists[said.get("name", "")] = _levels(element)
            elif tag == "outline-style":
                outline.update(_levels(element))
            elif said.get("family") == "paragraph":
                for properties in _children(element):
                    default.update(attributes(properties))
    found = _Styles(styles, lists, outline)
    return replace(found, language=_language({**default, **found.text("paragraph", "Standard")}))


def _levels(element: etree._Element) -> dict[int, etree._Element]:
    """The levels of a list style."""
    return {
        int(level): one
        for one in _children(element)
        if (level := attributes(one).get("level", "")).isdecimal()
    }


def _about(roots: Iterable[etree._Element]) -> tuple[dict[str, str], tuple[Person, ...]]:
    """What the metadata says of the book. The year of the file stands in for a date."""
    said: dict[str, str] = {}
    for root in roots:
        for element in root.iter(etree.Element):
            parent = element.getparent()
            if parent is None or local(parent.tag) != "meta":
                continue
            name = local(element.tag)
            if name == "user-defined":
                name = f"own {attributes(element).get('name', '').lower()}"
            said[name] = said.get(name) or text_of(element)
    keys = ("title", "language", "publisher", "rights")
    about = {key: said.get(key) or said.get(f"own {key}", "") for key in keys}
    about["description"] = plain(said.get("description") or said.get("subject", ""))
    about["date"] = said.get("own date", "")[:10] or said.get("creation-date", "")[:4]
    names = (said.get("initial-creator") or said.get("creator", "")).split(";")
    people = tuple(Person(name.strip()) for name in names if name.strip())
    return {key: value for key, value in about.items() if value}, people


def _notices(text: etree._Element, name: str) -> tuple[str, ...]:
    """What is not read, and could be text: formulas and the like, each in a file of its own."""
    count = sum(
        local(element.tag) in ("object", "object-ole") and not text_of(element)
        for element in text.iter(etree.Element)
    )
    return (f"{name}: {count} formulas or other objects in it are not read.",) if count else ()


def _furniture(roots: Iterable[etree._Element]) -> list[str]:
    """What stands at the top or bottom of the pages."""
    found = [
        text_of(element)
        for root in roots
        for master in root.iter(etree.Element)
        if local(master.tag) == "master-page"
        for element in _children(master)
        if local(element.tag).startswith(("header", "footer"))
    ]
    return list(dict.fromkeys(one for one in found if any(map(str.isalpha, one))))


def _to_html(text: etree._Element, styles: _Styles, name: str) -> None:
    """Make HTML of a document's text where it stands. Raises SourceError."""
    for box in [e for e in text.iter(etree.Element) if local(e.tag) == "text-box"]:
        if sum(local(above.tag) == "text-box" for above in box.iterancestors()) > MOST_BOXES:
            raise SourceError(f"{name}: text boxes nested more than {MOST_BOXES} deep, not a book.")
    for element in [e for e in text.iter(etree.Element) if local(e.tag) in _DROPPED]:
        _remove(element)
    _repeat(text, name)
    _mark_blanks(text, styles)
    _set_aside(text)
    titled = any(_role(e, attributes(e), styles)[0] == "title" for e in text.iter(etree.Element))
    styles = replace(styles, shift=int(titled))
    stack = [(text, _Around())]
    while stack:
        element, around = stack.pop()
        if around.depth > DEEPEST:
            raise SourceError(f"{name}: elements nested more than {DEEPEST} deep, not a book.")
        children = _children(element)
        inside = _rename(element, around, styles)
        stack += [(child, inside) for child in reversed(children)]


def _remove(element: etree._Element) -> None:
    """Take an element away, but not the text behind it."""
    parent = element.getparent()
    if parent is not None:
        _leave_tail(element)
        parent.remove(element)


def _leave_tail(element: etree._Element) -> None:
    """Give the text behind an element to what is before it."""
    parent, before = element.getparent(), element.getprevious()
    if element.tail and before is not None:
        before.tail = (before.tail or "") + element.tail
    elif element.tail and parent is not None:
        parent.text = (parent.text or "") + element.tail
    element.tail = None


def _repeat(text: etree._Element, name: str) -> None:
    """Rows and cells that are given once for several, as often as they are meant.

    Those without text are left as they are. Raises SourceError for more than a book has.
    """
    copies = 0
    for tag, key in (
        ("table-cell", "number-columns-repeated"),
        ("table-row", "number-rows-repeated"),
    ):
        for element in [e for e in text.iter(etree.Element) if local(e.tag) == tag]:
            times = attributes(element).get(key, "1")
            if not times.isdecimal() or int(times) < 2 or not _has_text(element):
                continue
            copies += (int(times) - 1) * sum(1 for _ in element.iter())
            if copies > MOST_COPIES:
                raise SourceError(f"{name}: a table of more than {MOST_COPIES:,d} repeated cells.")
            for _ in range(int(times) - 1):
                element.addnext(deepcopy(element))


def _role(element: etree._Element, said: Mapping[str, str], styles: _Styles) -> tuple[str, int]:
    """What a paragraph is, and a heading's level."""
    tag = local(element.tag)
    if tag == "h":
        level = said.get("outline-level", "1")
        return "heading", int(level) if level.isdecimal() else 1
    return styles.role(said.get("style-name", "")) if tag == "p" else ("", 0)


def _mark_blanks(text: etree._Element, styles: _Styles) -> None:
    """Paragraphs without a word between two with some: lines that are left blank, or rules."""
    for element in [e for e in text.iter(etree.Element) if local(e.tag) == "p"]:
        parent = element.getparent()
        if parent is None or local(parent.tag) not in ("text", "section") or not _is_empty(element):
            continue
        around = (element.getprevious(), element.getnext())
        if styles.role(attributes(element).get("style-name", ""))[0] == "rule":
            element.tag = "hr"
        elif all(e is not None and local(e.tag) == "p" and not _is_empty(e) for e in around):
            element.text = "\xa0"


def _is_empty(paragraph: etree._Element) -> bool:
    has_picture = any(local(e.tag) in _PICTURES for e in paragraph.iterdescendants(etree.Element))
    return not has_picture and not _has_text(paragraph)


def _has_text(element: etree._Element) -> bool:
    return any(str(part).strip() for part in element.itertext(etree.Element))


def _set_aside(text: etree._Element) -> None:
    """Put notes and text boxes behind the paragraph that they hang on, in their order."""
    last: dict[etree._Element, etree._Element] = {}
    for element in list(text.iter(etree.Element)):
        tag = local(element.tag)
        anchor = _anchor(element) if tag == "note" or tag in _SHAPES else None
        if anchor is None:
            continue
        if tag == "note":
            aside = _noted(element)
        elif not _holds_text(element):
            continue
        else:
            _leave_tail(element)
            aside = element
        last.get(anchor, anchor).addnext(aside)
        last[anchor] = aside


def _anchor(element: etree._Element) -> etree._Element | None:
    """The paragraph that an element is in, or the whole table if that is in one."""
    found = None
    for above in element.iterancestors():
        tag = local(above.tag)
        if tag in _SHAPES or tag in ("text-box", "note-body"):
            return found
        if tag == "table" or (tag in _PARAGRAPHS and found is None):
            found = above
    return found


def _holds_text(shape: etree._Element) -> bool:
    return any(local(e.tag) in _PARAGRAPHS and _has_text(e) for e in shape.iter(etree.Element))


def _noted(note: etree._Element) -> etree._Element:
    """Make a link of a note where it stands; its body is for elsewhere."""
    said = attributes(note)
    mark = next((text_of(e) for e in _children(note) if local(e.tag) == "note-citation"), "")
    body = next((e for e in _children(note) if local(e.tag) == "note-body"), None)
    if body is None:
        body = etree.Element("div")
    tail = note.tail
    for child in list(note):
        note.remove(child)
    note.attrib.clear()
    note.tag, note.text, note.tail = "a", mark, tail
    note.set(_TYPE, "noteref")
    note.set("href", f"#{said.get('id', '')}")
    body.tail = None
    body.set("class", said.get("note-class", "footnote"))
    body.set("id", said.get("id", ""))
    return body


def _rename(element: etree._Element, around: _Around, styles: _Styles) -> _Around:
    """One element as HTML, and what it is to those in it."""
    tag, said = local(element.tag), attributes(element)
    inside = replace(around, depth=around.depth + 1)
    if "}" not in str(element.tag):  # made by us
        return inside
    element.attrib.clear()
    for key in ("id", "href") if tag != "note-body" else ("id", "class"):
        if said.get(key):
            element.set(key, said[key])
    if tag in _PARAGRAPHS:
        return _paragraph(element, said, inside, styles)
    if tag == "list":
        return _list(element, said, inside, styles)
    if tag == "list-item":
        _item(element, said, around, styles.numbers)
    elif tag == "span":
        _span(element, said, styles)
    elif tag in _SPACES or (tag == "line-break" and around.code):
        count = said.get("c", "1")
        times = min(int(count), MOST_SPACES) if count.isdecimal() else 1
        element.tag, element.text = "span", _SPACES.get(tag, "\n") * times
    elif tag in _SHAPES and not _holds_text(element):
        _picture(element)
    else:
        _other(element, tag, said, is_inline=around.line)
    return inside


def _paragraph(
    element: etree._Element,
    said: Mapping[str, str],
    inside: _Around,
    styles: _Styles,
) -> _Around:
    """A paragraph by its role; a title of several is one."""
    style = said.get("style-name", "")
    properties = styles.text("paragraph", style)
    _set_language(element, properties, styles)
    role, level = _role(element, said, styles)
    if role == "heading":
        if said.get("is-list-header") != "true" and not styles.without_number(style):
            _number_heading(element, level, styles)
        element.tag = f"h{min(max(level, 1) + styles.shift, LOWEST)}"
    elif role == "title":
        _join(element, "h1", "hgroup")
    elif role == "code":
        _join(element, "code", "pre")
    else:
        element.tag = "blockquote" if role == "quote" else "p"
    if role == "verse":
        element.set("class", "verse")
    return replace(inside, line=True, code=role == "code")


def _set_language(element: etree._Element, said: Mapping[str, str], styles: _Styles) -> None:
    """Say the language of an element if it is another than the book's."""
    language = _language(said)
    if language and language.split("-")[0] != styles.language.split("-")[0]:
        element.set("lang", language)


def _wrap(element: etree._Element, tag: str) -> None:
    """Put all that is in an element into one of its own."""
    inner = etree.Element(tag)
    inner.text, element.text = element.text, None
    for child in list(element):
        inner.append(child)
    element.append(inner)


def _join(element: etree._Element, tag: str, group_tag: str) -> None:
    """Name a line of a title or of code, and put it in one group with those right before it."""
    group = element.getprevious()
    if group is None or group.tag != group_tag:
        group = etree.Element(group_tag)
        element.addprevious(group)
    tail = element.tail
    element.tag, element.tail = tag, "\n"
    group.append(element)
    group.tail = (group.tail or "") + (tail or "")


def _number_heading(element: etree._Element, level: int, styles: _Styles) -> None:
    """Write out the number that a heading gets by itself, as in "Chapter 1"."""
    style = styles.outline.get(level)
    said = attributes(style) if style is not None else {}
    if not said.get("num-format") or any(local(e.tag) == "number" for e in element):
        return
    start = said.get("start-value", "1")
    first = int(start) if start.isdecimal() else 1
    counts = styles.numbers.headings
    counts[level] = counts.get(level, first - 1) + 1
    for lower in [one for one in counts if one > level]:
        del counts[lower]
    shown = said.get("display-levels", "1")
    above = range(level - int(shown) + 1, level) if shown.isdecimal() else ()
    parts = [numeral(counts[one], "1") for one in above if one in counts]
    parts.append(numeral(counts[level], said["num-format"]))
    label = said.get("num-prefix", "") + ".".join(parts) + said.get("num-suffix", "")
    element.text = f"{label.strip()} {element.text or ''}"


def _list(
    element: etree._Element,
    said: Mapping[str, str],
    inside: _Around,
    styles: _Styles,
) -> _Around:
    """A list, with numbers if its style has them; some go on where another ended."""
    style, level = said.get("style-name") or inside.list_style, inside.list_level + 1
    inside = replace(inside, list_style=style, list_level=level)
    shown = styles.lists.get(style, {}).get(level)
    how = attributes(shown) if shown is not None else {}
    counts = styles.numbers.lists
    element.tag = "ol" if how.get("num-format") else "ul"
    start = how.get("start-value", "1")
    goes_on = said.get("continue-numbering") == "true" or "continue-list" in said
    if not goes_on or (style, level) not in counts:
        counts[style, level] = int(start) - 1 if start.isdecimal() else 0
    return inside


def _item(
    element: etree._Element,
    said: Mapping[str, str],
    around: _Around,
    numbers: _Numbers,
) -> None:
    """An item with its number; one that only holds a list has none."""
    first = next(iter(_children(element)), None)
    element.tag = "li"
    if first is None or local(first.tag) in ("list", "ol", "ul"):
        return
    key = around.list_style, around.list_level
    start = said.get("start-value", "")
    number = int(start) if start.isdecimal() else numbers.lists.get(key, 0) + 1
    numbers.lists[key] = number
    element.set("value", str(number))


def _span(element: etree._Element, said: Mapping[str, str], styles: _Styles) -> None:
    """A stretch of text by how it looks."""
    properties = styles.text("text", said.get("style-name", ""))
    weight = properties.get("font-weight", "")
    is_bold = weight == "bold" or (weight.isdecimal() and int(weight) >= BOLD)
    is_slanted = properties.get("font-style") in ("italic", "oblique")
    _set_language(element, properties, styles)
    if properties.get("display") == "none":
        element.set("hidden", "hidden")
    element.tag = "em" if is_slanted else "strong" if is_bold else "span"
    if is_slanted and is_bold:
        _wrap(element, "strong")


def _picture(shape: etree._Element) -> None:
    """A picture, by what the book says of it."""
    found = {local(e.tag): text_of(e) for e in shape.iterdescendants(etree.Element)}
    for child in list(shape):
        shape.remove(child)
    shape.tag, shape.text = "img", None
    shape.set("alt", found.get("desc") or found.get("title", ""))


def _other(element: etree._Element, tag: str, said: Mapping[str, str], *, is_inline: bool) -> None:
    """An element that needs no more than another name, and perhaps a word on what it is."""
    if tag in _INDEXES:
        element.set(_TYPE, _INDEXES[tag])
    elif tag in _HIDDEN or said.get("display") == "none":
        element.set("hidden", "hidden")
    elif tag in _MARKS and said.get("name"):
        element.set("id", said["name"])
    element.tag = _TAGS.get(tag, "span" if is_inline else "div")
