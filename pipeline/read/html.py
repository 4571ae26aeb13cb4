"""HTML and XHTML -> the text that a narrator needs, in document order.

Every other reader of a structured format makes HTML of it, so that the rules stand here alone.
Element and role names: HTML, EPUB Structural Semantics Vocabulary 1.1, DPUB-ARIA 1.1.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import BinaryIO
from urllib.parse import unquote

from lxml import etree

from pipeline.model import BlockKind, Person, SpanKind
from pipeline.read.document import Manuscript, Writer
from pipeline.read.markup import LARGEST_MARKUP, local, parse_html
from pipeline.read.matter import KNOWN

_BLOCKS = frozenset(
    "address article aside blockquote body caption center dd details dialog dir div dl dt fieldset "
    "figcaption figure footer form header hgroup html legend li main menu nav ol p pre search "
    "section summary table tbody td tfoot th thead tr ul".split()
)
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
KNOWN_TAGS = frozenset(
    "a abbr acronym address applet area article aside audio b base basefont bdi bdo bgsound big "
    "blink blockquote body br button canvas caption center cite code col colgroup command data "
    "datalist dd del details dfn dialog dir div dl dt em embed fieldset figcaption figure font "
    "footer form frame frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html i iframe img image "
    "input ins isindex kbd keygen label legend li link listing main map mark marquee math menu "
    "menuitem meta meter multicol nav nobr noembed noframes noscript object ol optgroup option "
    "output p param picture plaintext pre progress q rb rbc rp rt rtc ruby s samp script search "
    "section select slot small source spacer span strike strong style sub summary sup svg table "
    "tbody td template textarea tfoot th thead time title tr track tt u ul var video wbr "
    "xmp".split()
)
_NOT_TEXT = frozenset("script style link meta base title".split())
_UNREAD = {
    **dict.fromkeys(("rt", "rp"), "reading of a character"),
    **dict.fromkeys(("button", "datalist", "input", "select", "textarea"), "form"),
    "template": "hidden",
    **dict.fromkeys("audio canvas embed iframe object video applet map".split(), "media"),
}
_VERSE = frozenset(
    "verse poem poetry stanza lyrics z3998:verse z3998:poem z3998:song z3998:hymn "
    "z3998:lyrics".split()
)
# What converters and web sites call things that the vocabulary has a type for.
_CLASSES = {
    **dict.fromkeys(("footnote", "msofootnotetext", "sdfootnote"), "footnote"),
    **dict.fromkeys(("footnotes", "references", "reflist"), "footnotes"),
    **dict.fromkeys(("endnote", "msoendnotetext", "sdendnote"), "endnote"),
    "endnotes": "endnotes",
    **dict.fromkeys(
        ("noteref", "fnanchor", "footnoteref", "footnote-ref", "sdfootnoteanc", "sdendnoteanc"),
        "noteref",
    ),
    **dict.fromkeys(("msofootnotereference", "msoendnotereference"), "noteref"),
    **dict.fromkeys(("pagenum", "pageno", "pagenumber", "page-number", "ws-pagenum"), "pagebreak"),
    **dict.fromkeys(("pg-boilerplate", "pgheader", "pg-header", "pg-footer"), "boilerplate"),
}
_SITE_ROLES = frozenset("banner contentinfo navigation search".split())
_CODE = re.compile(r"code|listing|source|highlight|brush", re.IGNORECASE)
_NOTE_MARK = re.compile(r"[\[(]?(?:\d{1,4}|[*†‡§¶‖#]{1,3}|[a-z])[\])]?")
_BARE_MARK = re.compile(r"\[(?:\d{1,4}|[A-Z]|note \d{1,4})\]|[*†‡§¶‖]{1,3}", re.IGNORECASE)
_PAGE = re.compile(r"\[?(?:Pg\.?|p\.|page)?\s?\d{1,4}\]?|\[?[ivxlc]{1,7}\]?", re.IGNORECASE)
_BACKLINK = re.compile(r"(?:↩|↑|\^|⏎|↵)\ufe0e?|\[?back\]?", re.IGNORECASE)
_INVISIBLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_ATTRIBUTES = {
    "{http://www.idpf.org/2007/ops}type": "epub:type",
    "{http://www.w3.org/XML/1998/namespace}lang": "xml:lang",
    "{http://www.w3.org/XML/1998/namespace}id": "id",
    "{http://www.w3.org/2001/10/synthesis}ph": "ssml:ph",
    "{http://www.w3.org/2001/10/synthesis}alphabet": "ssml:alphabet",
}
_EMPHASIS: Mapping[str, SpanKind] = {"em": "emphasis", "strong": "strong"}


def read(file: BinaryIO, name: str) -> Manuscript:
    """One HTML file. Raises SourceError."""
    root = parse_html(file.read(LARGEST_MARKUP + 1), name)
    language = _language(root)
    writer = Writer()
    flatten(root, writer, "", language)
    return Manuscript(writer.finish(), *_head(root, language))


def _language(root: etree._Element) -> str:
    """The language of a page, wherever its maker wrote it."""
    for element in root.iter(etree.Element):
        said = attributes(element)
        key = (said.get("name") or said.get("http-equiv", "")).lower()
        if key in ("dc.language", "dcterms.language", "content-language") and said.get("content"):
            return said["content"].strip()
        if local(element.tag) in ("html", "body") and said.get("lang"):
            return said["lang"]
        if local(element.tag) == "body":
            break
    return ""


def _head(root: etree._Element, language: str) -> tuple[dict[str, str], tuple[Person, ...]]:
    """Title, language and the rest as the head of a document says."""
    about = {"language": language} if language else {}
    people = []
    for element in root.iter(etree.Element):
        tag = local(element.tag)
        if tag == "body":
            break
        if tag == "title" and (title := " ".join("".join(element.itertext()).split())):
            about["title"] = title
        if tag == "meta":
            said = attributes(element)
            key, value = said.get("name", "").lower(), " ".join(said.get("content", "").split())
            if key in ("author", "dc.creator", "dcterms.creator") and value:
                people.append(Person(value))
            elif key in ("description", "dc.description", "dc.date") and value:
                about[key.removeprefix("dc.")] = value
    return about, tuple(people)


def attributes(element: etree._Element) -> dict[str, str]:
    """An element's attributes by their usual names, in small letters; `lang` is the language."""
    found: dict[str, str] = {}
    for key, value in element.attrib.items():
        name = str(key)
        short = _ATTRIBUTES.get(name) or name.rpartition("}")[2].lower()
        found[short] = str(value)
    if "xml:lang" in found:
        found["lang"] = found["xml:lang"]
    return found


def resolve(file: str, href: str) -> str:
    """The place that a link in `file` points at, as "file#id"; nothing for one out of the book."""
    href = href.strip()
    if re.match(r"[a-zA-Z][\w+.-]+:|//", href):
        return ""
    path, _, fragment = href.partition("#")
    path = unquote(path.partition("?")[0])
    fragment = unquote(fragment)
    if path:
        path = posixpath.normpath(posixpath.join("/", posixpath.dirname(file), path)).lstrip("/")
    else:
        path = file
    return f"{path}#{fragment}" if fragment else path


def text_of(element: etree._Element) -> str:
    """All text in an element, on one line."""
    parts = (part for part in element.itertext(etree.Element))
    return " ".join("".join(map(str, parts)).split())


@dataclass(frozen=True, slots=True)
class _Context:
    """What text at this point of the document is."""

    language: str
    kind: BlockKind = "paragraph"
    level: int = 0
    alphabet: str = "ipa"
    quotes: int = 0
    images_are_text: bool = False
    rows: bool = True  # a table here is read row by row

    @property
    def is_line(self) -> bool:
        """Elements in here stay on one line."""
        return self.kind in ("heading", "row")


@dataclass(slots=True)
class _Frame:
    """An open element: what it changes, and what is to be noted at its end."""

    context: _Context
    breaks: bool = False
    after: str = ""
    number: int | None = None  # of a list's next item
    spans: list[tuple[SpanKind, int, str]] = field(default_factory=list)


def flatten(root: etree._Element, writer: Writer, file: str, language: str) -> None:
    """Write all text of a document. `file` is its path in the book, for the places in it."""
    walk = _Walk(root, writer, file, language)
    walker = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
    for event, element in walker:
        if event == "start":
            if walk.enter(element):
                walker.skip_subtree()
            else:
                walk.text(element.text, element)
        else:
            if event == "end":
                walk.leave()
            if element is not root:
                walk.text(element.tail, element)
    writer.end()


class _Walk:
    """The way through one document."""

    def __init__(self, root: etree._Element, writer: Writer, file: str, language: str) -> None:
        self.writer = writer
        self.file = file
        self.stack = [_Frame(_Context(language))]
        self.notes = notes(root)
        self.line = 0  # in the source from which the HTML was made

    @property
    def context(self) -> _Context:
        return self.stack[-1].context

    def text(self, text: str | None, element: etree._Element) -> None:
        if text:
            here = self.context
            self.writer.say(text, here.kind, here.level, self.line or element.sourceline or 0)

    def enter(self, element: etree._Element) -> bool:
        """Take an element in; True if all in it is dealt with."""
        tag = local(element.tag)
        said = attributes(element) if element.attrib else {}
        types = _types(said) if said else frozenset()
        if element in self.notes:
            types |= {self.notes[element]}
        if re.fullmatch(r"\d{1,9}", said.get("data-line", "")):
            self.line = int(said["data-line"])
        frame = _Frame(self.context)
        self._break_before(tag, frame)
        self._place(said)
        self.stack.append(frame)
        if self._skips(tag, said, types, element) or self._is_special(tag, said, element):
            for inner in element.iterdescendants(etree.Element):
                self._place(attributes(inner))
            return True
        self._note(tag, said, types, frame)
        frame.context = self._inside(tag, said, types, frame, element)
        return False

    def leave(self) -> None:
        """Come out of an element."""
        frame = self.stack.pop()
        if frame.after:
            self._say(frame.after)
        if frame.context.kind == "item" != self.context.kind:
            self.writer.prefix("")
        if frame.breaks and not self.context.is_line:
            self.writer.end()
        for kind, start, value in frame.spans:
            self.writer.span(kind, start, value)
        if frame.breaks and self.context.is_line:
            self._end_line()

    def _break_before(self, tag: str, frame: _Frame) -> None:
        if tag in _BLOCKS or tag in _HEADINGS:
            frame.breaks = True
            if self.context.is_line:
                self._end_line()
            else:
                self.writer.end()

    def _end_line(self) -> None:
        if self.context.kind == "heading":
            self.writer.new_line()
        else:
            self._say(" ")

    def _place(self, said: Mapping[str, str]) -> None:
        for key in ("id", "name"):
            if said.get(key):
                self.writer.place(f"{self.file}#{said[key]}")

    def _skips(
        self,
        tag: str,
        said: Mapping[str, str],
        types: frozenset[str],
        element: etree._Element,
    ) -> bool:
        """Whether nothing in this element is read; what it holds is put on account."""
        if tag in _NOT_TEXT:
            return True
        if tag not in KNOWN_TAGS and not re.search(r"[:-]", tag):
            self.writer.skip("unknown tag", f"<{tag}>")  # in prose it may have been meant as a word
        rule = _rule(tag, said, types, element)
        if not rule:
            return False
        if rule == "page number":
            label = said.get("aria-label") or said.get("title") or text_of(element)
            self.writer.span("page", self.writer.at, label, empty=True)
        is_back = "backlink" in types or _BACKLINK.fullmatch(text_of(element))
        if rule == "note reference" and not is_back:
            target = resolve(self.file, said.get("href", ""))
            self.writer.span("noteref", self.writer.at, target, empty=True)
        self.writer.skip(rule, text_of(element))
        return True

    def _is_special(self, tag: str, said: Mapping[str, str], element: etree._Element) -> bool:
        """Elements that are no mere containers of text."""
        if tag == "br":
            self._line_break()
        elif tag == "hr":
            self.writer.scene_break(element.sourceline or 0)
        elif tag == "img":
            self._image(said.get("alt", ""), element)
        elif tag == "svg":
            self._image(said.get("aria-label") or text_of(element), element)
        elif tag == "math":
            self._mathematics(said, element)
        elif tag == "pre":
            self._preformatted(element)
        else:
            return False
        return True

    def _line_break(self) -> None:
        """A line of verse ends, or a line within a paragraph; two in a row end the paragraph."""
        kind = self.context.kind
        if kind == "verse" or (self.writer.ends_with == "\n" and kind != "heading"):
            self.writer.end()
        elif kind == "row":
            self._say(" ")
        else:
            self.writer.new_line()

    def _image(self, alt: str, element: etree._Element) -> None:
        """A heading that is a picture is read; an initial that is one belongs to its word."""
        tail = element.tail or ""
        is_initial = len(alt) == 1 and alt.isalpha() and tail[:1].isalpha()
        if self.context.images_are_text or (is_initial and not self.writer.is_open):
            self._say(alt)
        else:
            self.writer.image(alt)

    def _mathematics(self, said: Mapping[str, str], element: etree._Element) -> None:
        signs = " ".join(part for part in map(str, element.itertext(etree.Element)) if part.strip())
        self._say(said.get("alttext") or signs)
        if said.get("alttext"):
            self.writer.skip("mathematics", signs)

    def _preformatted(self, element: etree._Element) -> None:
        """Code is one block; any other text with lines of its own is kept line by line."""
        for end in element.iter("{*}br"):
            end.tail = f"\n{end.tail or ''}"
        text = "".join(map(str, element.itertext(etree.Element)))
        line = element.sourceline or 0
        if _CODE.search(attributes(element).get("class", "")) or any(
            local(inner.tag) in ("code", "samp", "kbd") for inner in element
        ):
            self.writer.say_as_it_is(text.strip("\n"), "code", line)
        else:
            for row in text.split("\n"):
                self.writer.say(row, "verse", 0, line)
                self.writer.end()

    def _say(self, text: str) -> None:
        self.writer.say(text, self.context.kind, self.context.level)

    def _note(
        self, tag: str, said: Mapping[str, str], types: frozenset[str], frame: _Frame
    ) -> None:
        """Remember what is to be noted of the stretch that begins here."""
        at = self.writer.at
        if tag == "nav" and not types & KNOWN:
            types |= {"navigation"}
        frame.spans += [("type", at, kind) for kind in sorted(types & KNOWN)]
        if tag in _EMPHASIS:
            frame.spans.append((_EMPHASIS[tag], at, ""))
        if said.get("lang") and said["lang"].lower() != self.context.language.lower():
            frame.spans.append(("language", at, said["lang"]))
        if said.get("ssml:ph"):
            alphabet = said.get("ssml:alphabet") or self.context.alphabet
            frame.spans.append(("phoneme", at, f"{alphabet}:{said['ssml:ph']}"))
        if tag == "q":
            opening, closing = "“”" if self.context.quotes % 2 == 0 else "‘’"
            self._say(opening)
            frame.after = closing

    def _inside(
        self,
        tag: str,
        said: Mapping[str, str],
        types: frozenset[str],
        frame: _Frame,
        element: etree._Element,
    ) -> _Context:
        """What text in this element is."""
        here = replace(
            self.context,
            language=said.get("lang") or self.context.language,
            alphabet=said.get("ssml:alphabet") or self.context.alphabet,
            quotes=self.context.quotes + (tag == "q"),
        )
        if here.is_line:
            if tag in ("td", "th"):
                self.writer.cell()
            return here
        if tag in _HEADINGS or tag == "hgroup":
            level = _HEADINGS.get(tag) or _level_of_group(element)
            return replace(here, kind="heading", level=level, images_are_text=not text_of(element))
        if types & _VERSE or frozenset(said.get("class", "").lower().split()) & _VERSE:
            return replace(here, kind="verse")
        if tag == "ol":
            start = said.get("start", "")
            frame.number = int(start) if re.fullmatch(r"\d{1,9}", start) else 1
        if tag == "table":
            return replace(here, rows=not _holds_paragraphs(said, element))
        return replace(here, kind=self._kind(tag, said) or here.kind)

    def _kind(self, tag: str, said: Mapping[str, str]) -> BlockKind | None:
        if tag == "blockquote" and self.stack[-2].context.kind != "verse":
            return "quotation"
        if tag == "li":
            self._number(said)
            return "item"
        if tag == "tr" and self.context.rows:
            return "row"
        return "paragraph" if tag in ("dd", "dt", "figcaption", "caption") else None

    def _number(self, said: Mapping[str, str]) -> None:
        """The number of a list's item is read, its bullet is not."""
        items = self.stack[-2]
        number = items.number
        if number is None:
            self.writer.prefix("")
            return
        value = said.get("value", "")
        number = int(value) if re.fullmatch(r"\d{1,9}", value) else number
        items.number = number + 1
        self.writer.prefix(f"{number}. ")


def _types(said: Mapping[str, str]) -> frozenset[str]:
    """What an element is, by epub:type, ARIA role, and the classes that converters give."""
    types = said.get("epub:type", "").lower().split()
    types += [role.removeprefix("doc-") for role in said.get("role", "").lower().split()]
    names = [*said.get("class", "").lower().split(), said.get("id", "").lower()]
    types += [_CLASSES[name] for name in names if name in _CLASSES]
    return frozenset("navigation" if kind in _SITE_ROLES else kind for kind in types)


def _rule(tag: str, said: Mapping[str, str], types: frozenset[str], element: etree._Element) -> str:
    """The rule by which all that is in an element is skipped; nothing if it is read."""
    hidden = "hidden" in said or said.get("aria-hidden", "").lower() == "true"
    if hidden or _INVISIBLE.search(said.get("style", "")):
        return "hidden"
    if "pagebreak" in types and (tag != "div" or _PAGE.fullmatch(text_of(element) or "1")):
        return "page number"
    if types & {"noteref", "backlink"} or (tag == "a" and _is_note_mark(said, element)):
        return "note reference"
    return _UNREAD.get(tag, "")


def _is_note_mark(said: Mapping[str, str], element: etree._Element) -> bool:
    """A link to a note, or back from one, in books that do not say so."""
    if not said.get("href"):
        return False
    text = text_of(element)
    if "#" in said["href"] and (_BACKLINK.fullmatch(text) or _BARE_MARK.fullmatch(text)):
        return True
    if not _NOTE_MARK.fullmatch(text):
        return False
    parent = element.getparent()
    above = parent is not None and local(parent.tag) == "sup"
    return above or any(local(inner.tag) == "sup" for inner in element)


def notes(root: etree._Element) -> dict[etree._Element, str]:
    """Links to notes and the notes themselves, in pages that say of neither what it is.

    A note begins with a link that points back at a place from which a mark points at it.
    """
    links = []
    places: dict[str, etree._Element] = {}
    for element in root.iter(etree.Element):
        said = attributes(element) if element.attrib else {}
        if local(element.tag) == "a" and "#" in said.get("href", ""):
            links.append((element, said["href"].partition("#")[2]))
        for key in ("id", "name"):
            if said.get(key):
                places[said[key]] = element
    found: dict[etree._Element, str] = {}
    for link, place in links:
        target = places.get(place)
        text = text_of(link)
        if target is None or not text or not _NOTE_MARK.fullmatch(text.rstrip(".")):
            continue
        here, there = _block_of(link), _block_of(target)
        if here is there or not _opens_with(there, text) or _opens_with(here, text):
            continue
        found[link] = "noteref"
        found[there] = "footnote"
    return found


def _opens_with(element: etree._Element, mark: str) -> bool:
    """Whether an element's text begins with a mark; a long one is not read to its end."""
    opening = ""
    for part in element.itertext(etree.Element):
        opening = (opening + str(part)).lstrip()
        if len(opening) >= len(mark):
            break
    return opening.startswith(mark)


def _block_of(element: etree._Element) -> etree._Element:
    """The paragraph, item or the like that an element is in."""
    while local(element.tag) not in _BLOCKS and (above := element.getparent()) is not None:
        element = above
    return element


def _level_of_group(element: etree._Element) -> int:
    """A group of headings has the level of its highest."""
    levels = [_HEADINGS[tag] for inner in element if (tag := local(inner.tag)) in _HEADINGS]
    return min(levels, default=1)


def _holds_paragraphs(said: Mapping[str, str], table: etree._Element) -> bool:
    """Whether a table is there for its looks: one column, or cells with whole passages."""
    if said.get("role") in ("presentation", "none"):
        return True
    columns = 0
    for element in table.iterdescendants(etree.Element):
        tag = local(element.tag)
        if tag in ("table", "ul", "ol", "pre", "blockquote") or tag in _HEADINGS:
            return True
        if tag == "tr":
            columns = max(columns, len(element))
        if tag in ("td", "th") and sum(local(inner.tag) == "p" for inner in element) > 1:
            return True
    return columns < 2
