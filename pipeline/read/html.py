"""HTML and XHTML -> the text that a narrator needs, in document order.

Every other reader of a structured format makes HTML of it, so that the rules stand here alone.
Element and role names: HTML, EPUB Structural Semantics Vocabulary 1.1, DPUB-ARIA 1.1.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import BinaryIO, Literal

from lxml import etree

from pipeline.model import BlockKind, Person, SpanKind
from pipeline.read.document import Manuscript, Writer
from pipeline.read.elements import BLOCKS, HEADINGS, KNOWN_TAGS, attributes, resolve, text_of
from pipeline.read.markup import LARGEST_MARKUP, local, parse_html
from pipeline.read.matter import KNOWN
from pipeline.read.roles import (
    BACKLINK,
    holds_paragraphs,
    level_of_group,
    notes,
    rule_of,
    types_of,
)

_NOT_TEXT = frozenset("script style link meta base title".split())
_VERSE = frozenset(
    "verse poem poetry stanza lyrics z3998:verse z3998:poem z3998:song z3998:hymn "
    "z3998:lyrics".split()
)
_CODE = re.compile(r"code|listing|source|highlight|brush", re.IGNORECASE)
_EMPHASIS: Mapping[str, SpanKind] = {"em": "emphasis", "strong": "strong"}


def read(file: BinaryIO, name: str) -> Manuscript:
    """One HTML file. Raises SourceError."""
    root = parse_html(file.read(LARGEST_MARKUP + 1), name)
    language = _language(root)
    writer = Writer()
    flatten(root, writer, "", language)
    return Manuscript(writer.finish(), *_head(root, language))


def _link_in(element: etree._Element) -> str:
    """Where the first link in an element points at."""
    links = (one.get("href", "") for one in element.iterdescendants("{*}a"))
    return next((link for link in links if link), "")


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
    first: int = 0  # block in it
    spans: list[tuple[SpanKind, int, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Origin:
    """Text that was written from `start` to `end`: of an element's own text, of the "tail" behind
    it, or of the "whole" element. White space apart, it ends with all that stands there.
    """

    start: int
    end: int
    element: etree._Element
    kind: Literal["text", "tail", "whole"]


def flatten(
    root: etree._Element,
    writer: Writer,
    file: str,
    language: str,
    seen: Callable[[Origin], None] | None = None,
) -> None:
    """Write all text of a document. `file` is its path in the book, for the places in it.

    `seen` is told where each stretch of the text comes from.
    """
    walk = _Walk(root, writer, file, language)
    walker = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
    for event, element in walker:
        start, kind = writer.written, "tail"
        if event == "start" and walk.enter(element):
            walker.skip_subtree()
            kind = "whole"
        elif event == "start":
            start, kind = writer.written, "text"
            walk.text(element.text, element)
        else:
            if event == "end":
                walk.leave()
            start = writer.written
            if element is not root:
                walk.text(element.tail, element)
        if seen and writer.written > start:
            seen(Origin(start, writer.written, element, kind))  # type: ignore[arg-type]
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
        types = types_of(said) if said else frozenset()
        if element in self.notes:
            types |= {self.notes[element]}
        if re.fullmatch(r"\d{1,9}", said.get("data-line", "")):
            self.line = int(said["data-line"])
        frame = _Frame(self.context)
        self._break_before(tag, frame)
        frame.first = self.writer.count
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
            if frame.context.kind == "verse" and self.writer.count > frame.first + 1:
                self.writer.end_stanza()
        for kind, start, value in frame.spans:
            self.writer.span(kind, start, value)
        if frame.breaks and self.context.is_line:
            self._end_line()

    def _break_before(self, tag: str, frame: _Frame) -> None:
        if tag in BLOCKS or tag in HEADINGS:
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
        rule = rule_of(tag, said, types, element)
        if not rule:
            return False
        if rule == "page number":
            label = said.get("aria-label") or said.get("title") or text_of(element)
            self.writer.span("page", self.writer.at, label, empty=True)
        is_back = "backlink" in types or BACKLINK.fullmatch(text_of(element))
        if rule == "note reference" and not is_back:
            target = resolve(self.file, said.get("href") or _link_in(element))
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
        line = element.sourceline or 0
        element = copy.deepcopy(element)  # the tree stays as it is
        for end in element.iter("{*}br"):
            end.tail = f"\n{end.tail or ''}"
        text = "".join(map(str, element.itertext(etree.Element)))
        if _CODE.search(attributes(element).get("class", "")) or any(
            local(inner.tag) in ("code", "samp", "kbd") for inner in element
        ):
            self.writer.say_as_it_is(text.strip("\n"), "code", line)
        else:
            for row in text.split("\n"):
                self.writer.say(row, "verse", 0, line)
                self.writer.end_stanza() if not row.strip() else self.writer.end()

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
        if tag in HEADINGS or tag == "hgroup":
            level = HEADINGS.get(tag) or level_of_group(element)
            return replace(here, kind="heading", level=level, images_are_text=not text_of(element))
        if types & _VERSE or frozenset(said.get("class", "").lower().split()) & _VERSE:
            return replace(here, kind="verse")
        if tag == "ol":
            start = said.get("start", "")
            frame.number = int(start) if re.fullmatch(r"\d{1,9}", start) else 1
        if tag == "table":
            return replace(here, rows=not holds_paragraphs(said, element))
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
