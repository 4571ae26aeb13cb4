"""Word's DOCX: mammoth makes HTML of it, after what mammoth does not know is made known to it.

Specification: ECMA-376, part 1. Mammoth never sees the file itself: it gets the parts with text in
them, parsed and written anew, with styles and numbers resolved. So nothing in a hostile file but
its text can reach it.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO

from lxml import etree

from pipeline.errors import SourceError
from pipeline.model import Person
from pipeline.read.archive import Archive
from pipeline.read.document import Manuscript, Writer
from pipeline.read.html import attributes, flatten, resolve, text_of
from pipeline.read.markup import decode, local, parse_html, parse_xml
from pipeline.read.odt import (
    LONGEST_CHAIN,
    LOWEST,
    MOST_BOXES,
    numeral,
    plain,
    role_of,
    without_lines,
)

MAIN = "word/document.xml"
DEEPEST_LIST = 4  # that mammoth knows of, counted from 0
DEEPEST_PART = 250  # nested elements, more than which mammoth cannot take

_TYPE = "{http://www.idpf.org/2007/ops}type"
_NAMESPACES = (
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",
)
_NOTE = re.compile(r"(?:footnote|endnote)-(?!ref-)")
_RELATED = "styles numbering footnotes endnotes header footer".split()
# The style map: paragraphs and runs get these styles, and no others, before mammoth sees them.
_STYLE_MAP = """
p[style-name='Title'] => hgroup > h1:fresh
p[style-name='Quote'] => blockquote > p:fresh
p[style-name='Code'] => pre > code:separator('\\n')
p[style-name='Verse'] => p.verse:fresh
p[style-name='Toc'] => div.toc > p:fresh
p[style-name='Rule'] => hr:fresh
r[style-name='Hidden'] => span.hidden
r[style-name='Picture'] => span.picture:fresh
r[style-name='Number'] => span.number:fresh
r[style-name='Ruby'] => ruby
r[style-name='Reading'] => rt
"""
_PARAGRAPH_STYLES = {
    "title": "Title",
    "quote": "Quote",
    "code": "Code",
    "verse": "Verse",
    "toc": "Toc",
}
# What is not part of the text: deletions, comments, what formats were before a change; and what
# mammoth does with merged cells, which hides their text.
_DROPPED = frozenset(
    "del movefrom rprchange pprchange tblprchange trprchange tcprchange sectprchange "
    "numberingchange commentreference annotationref prooferr lastrenderedpagebreak sdtpr "
    "sdtendpr gridspan vmerge".split()
)
# Elements with text in them that mammoth looks into; all others are made such.
_LOOKED_INTO = frozenset(
    "document footnotes endnotes footnote endnote body t r p tbl tr tc customxml ins moveto "
    "smarttag pict hyperlink sdt sdtcontent txbxcontent".split()
)
_NUMBER_FORMATS = {
    "upperroman": "I",
    "lowerroman": "i",
    "upperletter": "A",
    "lowerletter": "a",
}
_OWN = ("language", "date", "publisher", "rights")


@dataclass(frozen=True, slots=True)
class _Level:
    """How a level of a list is numbered; lists of the same `list` count on."""

    list: str
    start: int
    kind: str  # as for `numeral`, "" for a bullet
    label: str
    shown: str  # the format's own name


@dataclass(frozen=True, slots=True)
class _Look:
    """What styles and lists of a document say; `counts` is how far its lists have come."""

    styles: Mapping[str, etree._Element] = field(default_factory=dict)
    levels: dict[tuple[str, int], _Level] = field(default_factory=dict)
    restarts: dict[tuple[str, int], int] = field(default_factory=dict)
    counts: dict[str, dict[int, int]] = field(default_factory=dict)

    def chain(self, name: str) -> Iterator[etree._Element]:
        """A style and those that it is based on, the nearest first."""
        for _ in range(LONGEST_CHAIN):
            style = self.styles.get(name) if name else None
            if style is None:
                return
            yield style
            name = _value(style, "basedon")

    def first(self, name: str, *path: str) -> etree._Element | None:
        """What the style says at this path, or else those that it is based on."""
        found = (_at(style, *path) for style in self.chain(name))
        return next((one for one in found if one is not None), None)


def read(file: BinaryIO, name: str) -> Manuscript:
    """A Word document. Raises SourceError."""
    archive = Archive(file, name)
    main = next(iter(_related(archive, "").get("officedocument", ())), MAIN)
    if main not in archive:
        raise SourceError(f"{name}: a zip file, but no Word document. Copy it again.")
    related = _related(archive, main)
    parts = {kind: [_xml(archive, path) for path in related.get(kind, ())] for kind in _RELATED}
    texts = {MAIN: _xml(archive, main)}
    for kind in ("footnotes", "endnotes"):
        texts |= {f"word/{kind}.xml": root for root in parts[kind][:1]}
    for root in texts.values():
        _check(root, name)
    if _at(texts[MAIN], "body") is None:
        raise SourceError(f"{name}: a Word document without a text. Copy it again.")
    about, people = _about(archive)
    look = _look(parts["styles"], parts["numbering"])
    _drop_calls_of_nothing(texts)
    languages = _make_known(texts.values(), look, about)
    root, notices = _converted(texts, languages, name)
    writer = Writer()
    flatten(root, writer, "", about["language"])
    for part in (*parts["header"], *parts["footer"]):
        if any(map(str.isalpha, text := _words(part))):
            writer.skip("page header or footer", text)
    about = {key: value for key, value in about.items() if value}
    return Manuscript(without_lines(writer.finish()), about, people, notices=notices)


def _check(root: etree._Element, name: str) -> None:
    """Refuse text that is not Word's, or made to take long. Raises SourceError."""
    if str(root.tag).rpartition("}")[0][1:] not in _NAMESPACES:
        raise SourceError(f"{name}: its text is not Word's. Save it as DOCX again.")
    for box in _all(root, "txbxcontent"):
        if sum(local(above.tag) == "txbxcontent" for above in box.iterancestors()) > MOST_BOXES:
            raise SourceError(f"{name}: text boxes nested more than {MOST_BOXES} deep, not a book.")


def _make_known(
    texts: Iterable[etree._Element], look: _Look, about: dict[str, str]
) -> tuple[str, ...]:
    """Rewrite all text for mammoth; the other languages in it, and the main one in `about`."""
    roots = list(texts)
    for root in roots:
        _drop(root)
        _choose(root)
        _show_ruby(root)
        _show_mathematics(root)
        _show_drawings(root)
        _open_up(root)
    about["language"] = _main_language(roots, look, about.get("language", ""))
    languages: dict[str, None] = {}
    for root in roots:
        _mark_blanks(root, look)
        _style_runs(root, look, about["language"], languages)
    titled = any(_role(p, look)[0] == "title" and _has_text(p) for p in _all(roots[0], "p"))
    for root in roots:
        _style_paragraphs(root, look, int(titled))
    return tuple(languages)


def _xml(archive: Archive, path: str) -> etree._Element:
    """A part of the document. Raises SourceError, also for entities, which Word never writes."""
    where, data = f"{archive.name}: {path}", archive.read(path)
    if re.search(r"<!DOCTYPE|<!ENTITY", decode(data, where), re.IGNORECASE):
        raise SourceError(f"{where}: it declares entities. No word processor does; it is a trap.")
    return parse_xml(data, where, DEEPEST_PART)


def _related(archive: Archive, path: str) -> dict[str, list[str]]:
    """The parts that a part names, by their kind; the usual ones where it names none."""
    folder, _, file = path.rpartition("/")
    rels = f"{folder}/_rels/{file}.rels".lstrip("/")
    found: dict[str, list[str]] = {}
    if rels in archive:
        for element in _xml(archive, rels).iter(etree.Element):
            said = attributes(element)
            target = resolve(path, said.get("target", ""))
            if target in archive and said.get("targetmode", "").lower() != "external":
                kind = said.get("type", "").rpartition("/")[2].lower()
                found.setdefault(kind, []).append(target)
    for kind in _RELATED if path else ():
        usual = f"{folder}/{kind}.xml"
        if usual in archive:
            found.setdefault(kind, [usual])
    return found


def _at(element: etree._Element, *path: str) -> etree._Element | None:
    """The first element on a path of local names."""
    found: etree._Element | None = element
    for name in path:
        if found is None:
            return None
        children = found.iterchildren(etree.Element)
        found = next((child for child in children if local(child.tag) == name), None)
    return found


def _value(element: etree._Element, *path: str) -> str:
    """The `w:val` of the element on a path, or nothing."""
    found = _at(element, *path)
    return attributes(found).get("val", "") if found is not None else ""


def _is_on(element: etree._Element | None) -> bool:
    return element is not None and attributes(element).get("val", "1") not in ("0", "false", "off")


def _all(root: etree._Element, *names: str) -> list[etree._Element]:
    """All elements of these local names, in order, that may be changed while one looks at them."""
    return [element for element in root.iter(etree.Element) if local(element.tag) in names]


def _name(root: etree._Element, tag: str) -> str:
    """A name in the document's own namespace: Word's, or that of the strict format."""
    head, brace, _ = str(root.tag).rpartition("}")
    return f"{head}{brace}{tag}"


def _words(element: etree._Element) -> str:
    """The text in an element, without codes of fields."""
    return " ".join("".join(text_of(t) + " " for t in _all(element, "t")).split())


def _has_text(element: etree._Element) -> bool:
    return any(
        local(e.tag) == "sym" or (local(e.tag) == "t" and (e.text or "").strip())
        for e in element.iter(etree.Element)
    )


def _number(text: str, default: int) -> int:
    return int(text) if re.fullmatch(r"\d{1,9}", text) else default


def _look(styles: Iterable[etree._Element], numbering: Iterable[etree._Element]) -> _Look:
    """Styles by their ids, and the levels of lists by number and depth."""
    look = _Look(
        {
            attributes(style).get("styleid", ""): style
            for root in styles
            for style in _all(root, "style", "docdefaults")
        }
    )
    for root in numbering:
        kinds = {attributes(e).get("abstractnumid", ""): e for e in _all(root, "abstractnum")}
        links = {_value(e, "stylelink"): key for key, e in kinds.items()}
        for number in _all(root, "num"):
            kind = _value(number, "abstractnumid")
            if kind in kinds:
                kind = links.get(_value(kinds[kind], "numstylelink") or "-", kind)
                _take_levels(look, number, kind, kinds[kind])
    return look


def _take_levels(look: _Look, number: etree._Element, kind: str, levels: etree._Element) -> None:
    """Note the levels of a list, and those that it has its own way."""
    key = attributes(number).get("numid", "")
    for level in (*_all(levels, "lvl"), *_all(number, "lvl")):
        depth = _number(attributes(level).get("ilvl", "0"), 0)
        shown = _value(level, "numfmt").lower()
        symbol = "" if shown in ("bullet", "none") else _NUMBER_FORMATS.get(shown, "1")
        start = _number(_value(level, "start"), 1)
        look.levels[key, depth] = _Level(kind, start, symbol, _value(level, "lvltext"), shown)
    for over in _all(number, "lvloverride"):
        depth = _number(attributes(over).get("ilvl", "0"), 0)
        if first := _value(over, "startoverride"):
            look.restarts[key, depth] = _number(first, 1)


def _about(archive: Archive) -> tuple[dict[str, str], tuple[Person, ...]]:
    """What the properties say of the book. The year of the file stands in for a date."""
    said: dict[str, str] = {}
    for kind, paths in _related(archive, "").items():
        if kind in ("core-properties", "custom-properties"):
            for element in _xml(archive, paths[0]).iterchildren(etree.Element):
                own = attributes(element).get("name", "").lower()
                said[f"own {own}" if own else local(element.tag)] = text_of(element)
    keys = ("title", "language", "publisher", "rights")
    about = {key: said.get(key) or said.get(f"own {key}", "") for key in keys}
    about["description"] = plain(said.get("description") or said.get("subject", ""))
    about["date"] = said.get("own date", "")[:10] or said.get("created", "")[:4]
    names = said.get("creator", "").split(";")
    return about, tuple(Person(name.strip()) for name in names if name.strip())


def _drop(root: etree._Element) -> None:
    """Take away what is not text; but not the marks that a paragraph or row is deleted."""
    for element in _all(root, *_DROPPED):
        parent = element.getparent()
        if parent is None or (local(element.tag) == "del" and local(parent.tag) in ("rpr", "trpr")):
            continue
        parent.remove(element)
    for mark in _all(root, "del"):  # a paragraph goes on in the next one, if there is one
        parent = mark.getparent()
        paragraph = next((e for e in mark.iterancestors() if local(e.tag) == "p"), None)
        after = paragraph.getnext() if paragraph is not None else None
        if (
            parent is not None
            and paragraph is not None
            and (after is None or local(after.tag) != "p")
        ):
            parent.remove(mark)


def _drop_calls_of_nothing(texts: Mapping[str, etree._Element]) -> None:
    """Take away what calls a note that is not there."""
    for kind in ("footnote", "endnote"):
        notes = texts.get(f"word/{kind}s.xml")
        known = {attributes(e).get("id") for e in _all(notes, kind)} if notes is not None else set()
        calls = [e for root in texts.values() for e in _all(root, f"{kind}reference")]
        for call in calls:
            parent = call.getparent()
            if parent is not None and attributes(call).get("id") not in known:
                parent.remove(call)


def _choose(root: etree._Element) -> None:
    """Of what is there in several ways take the first with text, or else the first."""
    for element in _all(root, "alternatecontent"):
        ways = list(element.iterchildren(etree.Element))
        chosen = next((way for way in ways if _has_text(way)), ways[0] if ways else None)
        for way in ways:
            if way is not chosen:
                element.remove(way)


def _show_ruby(root: etree._Element) -> None:
    """The readings of characters, each in a run of its style."""
    for ruby in _all(root, "ruby"):
        for part in ruby.iterchildren(etree.Element):
            style = {"rt": "Reading", "rubybase": "Ruby"}.get(local(part.tag), "")
            for run in _all(part, "r") if style else ():
                _set_style(run, style)


def _show_mathematics(root: etree._Element) -> None:
    """A formula as its signs."""
    for formula in _all(root, "omath"):
        signs = " ".join(text for t in _all(formula, "t") if (text := text_of(t)))
        _replace(formula, _run(root, signs))


def _show_drawings(root: etree._Element) -> None:
    """A drawing as the text boxes in it, or as what it says of itself."""
    for drawing in _all(root, "drawing", "pict", "object"):
        if any(_box_of(e) is drawing and _has_text(e) for e in _all(drawing, "txbxcontent")):
            drawing.tag = _name(root, "pict")
            for picture in _all(drawing, "imagedata"):
                _replace(picture, _run(root, ""))  # mammoth does not get the file
        else:
            _replace(drawing, _run(root, _alternative(drawing), "Picture"))


def _box_of(box: etree._Element) -> etree._Element | None:
    """The drawing that a text box is in."""
    above = (e for e in box.iterancestors() if local(e.tag) in ("drawing", "pict", "object"))
    return next(above, None)


def _alternative(drawing: etree._Element) -> str:
    """What a drawing says of itself, or the letters that it is made of."""
    said = [attributes(e) for e in _all(drawing, "docpr", "imagedata", "textpath", "shape", "rect")]
    found = (
        one[key].strip()
        for key in ("descr", "title", "string", "alt")
        for one in said
        if key in one
    )
    return next(filter(None, found), _words(drawing))


def _run(root: etree._Element, text: str, style: str = "") -> etree._Element:
    """A run of text."""
    run = etree.Element(_name(root, "r"))
    etree.SubElement(run, _name(root, "t")).text = text
    if style:
        _set_style(run, style)
    return run


def _replace(old: etree._Element, new: etree._Element) -> None:
    parent = old.getparent()
    if parent is not None:
        parent.replace(old, new)


def _set_style(run: etree._Element, style: str) -> None:
    """Give a run one of our styles, and nothing else."""
    properties = _at(run, "rpr")
    if properties is not None:
        run.remove(properties)
    properties = etree.Element(_name(run, "rPr"))
    run.insert(0, properties)
    if style:
        etree.SubElement(properties, _name(run, "rStyle")).set(_name(run, "val"), f"own{style}")


def _open_up(root: etree._Element) -> None:
    """Make known what mammoth would pass over: it looks into smart tags, and reads breaks."""
    for element in _all(root, "cr"):
        element.tag = _name(root, "br")
    for element in _all(root, "ptab"):
        element.tag = _name(root, "tab")
    for link in _all(root, "hyperlink"):
        for key in [key for key in link.attrib if local(key) == "id"]:
            del link.attrib[key]  # its target is in a part that mammoth does not get
    seen = set()
    for text in _all(root, "t", "sym"):
        for above in text.iterancestors():
            if above in seen:
                break
            seen.add(above)
            if local(above.tag) not in _LOOKED_INTO:
                above.tag = _name(root, "smartTag")


def _main_language(roots: Iterable[etree._Element], look: _Look, said: str) -> str:
    """The language of most of the text, if it is said; else of the properties, or the styles."""
    letters: Counter[str] = Counter()
    for root in roots:
        for run in _all(root, "r"):
            letters[_language(run, look)] += len(_words(run))
    most = max(letters, key=letters.__getitem__, default="")
    if most and letters[most] * 2 > letters.total():
        return most
    return said or _default_language(look)


def _default_language(look: _Look) -> str:
    for style in look.styles.values():
        if attributes(style).get("default") == "1" and (found := _value(style, "rpr", "lang")):
            return found
    defaults = look.styles.get("")
    return _value(defaults, "rprdefault", "rpr", "lang") if defaults is not None else ""


def _language(run: etree._Element, look: _Look) -> str:
    """The language that a run says it is in, by itself or by its style."""
    if found := _value(run, "rpr", "lang"):
        return found
    paragraph = next((e for e in run.iterancestors() if local(e.tag) == "p"), run)
    for name in (_value(run, "rpr", "rstyle"), _value(paragraph, "ppr", "pstyle")):
        for style in look.chain(name):
            found = _value(style, "rpr", "lang")
            if found and attributes(style).get("default") != "1":
                return found
    return ""


def _mark_blanks(root: etree._Element, look: _Look) -> None:
    """Paragraphs without a word between two with some: lines that are left blank, or rules."""
    for paragraph in _all(root, "p"):
        parent = paragraph.getparent()
        if parent is None or local(parent.tag) != "body" or not _is_blank(paragraph):
            continue
        around = (paragraph.getprevious(), paragraph.getnext())
        plain_around = all(
            e is not None
            and local(e.tag) == "p"
            and _has_text(e)
            and _role(e, look)[0] != "heading"
            for e in around
        )
        if _at(paragraph, "ppr", "pbdr") is not None:
            _set_paragraph_style(paragraph, "Rule")
        elif plain_around:
            paragraph.append(_run(root, "\xa0"))


def _is_blank(paragraph: etree._Element) -> bool:
    is_page_break = any(attributes(e).get("type") == "page" for e in _all(paragraph, "br"))
    has_more = _all(paragraph, "footnotereference", "endnotereference", "sectpr")
    return not is_page_break and not has_more and not _has_text(paragraph)


def _role(paragraph: etree._Element, look: _Look) -> tuple[str, int]:
    """What a paragraph is, and a heading's level."""
    own = _value(paragraph, "ppr", "outlinelvl")
    if own.isdecimal() and int(own) < LOWEST:
        return "heading", int(own) + 1
    for style in look.chain(_value(paragraph, "ppr", "pstyle")):
        role, level = role_of(_value(style, "name"))
        outline = _value(style, "ppr", "outlinelvl")
        if role:
            return role, level
        if outline.isdecimal() and int(outline) < LOWEST:
            return "heading", int(outline) + 1
    return "", 0


def _style_runs(root: etree._Element, look: _Look, main: str, languages: dict[str, None]) -> None:
    """Give each run one of our styles, or none, and the looks that its own style gives it."""
    for run in _all(root, "r"):
        name = _value(run, "rpr", "rstyle")
        if name.startswith("own"):
            continue
        looks = {key: _looks(run, name, key, look) for key in ("i", "b", "vanish")}
        language = _language(run, look)
        is_other = language.partition("-")[0].lower() != main.partition("-")[0].lower()
        kept = _at(run, "rpr")
        vertical = _at(kept, "vertalign") if kept is not None else None
        _set_style(run, "")
        properties = run[0]
        if looks["vanish"]:
            _set_style(run, "Hidden")
            continue
        if language and is_other and any(map(str.isalpha, _words(run))):
            languages.setdefault(language)
            _set_style(run, f"Lang{list(languages).index(language)}")
            properties = run[0]
        for key in ("i", "b"):
            if looks[key]:
                etree.SubElement(properties, _name(run, key))
        if vertical is not None:
            properties.append(vertical)


def _looks(run: etree._Element, style: str, key: str, look: _Look) -> bool:
    """Whether a run is slanted, bold or hidden, by itself or by its style."""
    own = _at(run, "rpr", key)
    return _is_on(own if own is not None else look.first(style, "rpr", key))


def _style_paragraphs(root: etree._Element, look: _Look, shift: int) -> None:
    """Give each paragraph one of our styles, or none, and its number as text."""
    for paragraph in _all(root, "p"):
        if _value(paragraph, "ppr", "pstyle").startswith("own"):
            continue
        role, level = _role(paragraph, look)
        key, depth = _list_of(paragraph, look)
        shown = look.levels.get((key, depth))
        label, number = _counted(key, depth, look) if shown and _has_text(paragraph) else ("", 0)
        if role == "heading":
            _set_paragraph_style(paragraph, f"H{min(level + shift, LOWEST)}")
            if label:
                paragraph.insert(1, _run(root, f"{label} "))
            continue
        _set_paragraph_style(paragraph, _PARAGRAPH_STYLES.get(role, ""))
        if shown and shown.shown != "none" and role not in _PARAGRAPH_STYLES:
            _set_list(paragraph, is_ordered=bool(shown.kind), depth=min(depth, DEEPEST_LIST))
            if shown.kind and label:
                paragraph.insert(1, _run(root, str(number), "Number"))
        if role == "code":
            for element in _all(paragraph, "br"):
                element.tag, element.text = _name(root, "t"), "\n"


def _list_of(paragraph: etree._Element, look: _Look) -> tuple[str, int]:
    """The list that a paragraph is in, and how deep."""
    style = _value(paragraph, "ppr", "pstyle")
    own = _at(paragraph, "ppr", "numpr")
    numbering = own if own is not None else look.first(style, "ppr", "numpr")
    if numbering is None:
        return "", 0
    key, depth = _value(numbering, "numid"), _value(numbering, "ilvl")
    if not key:
        by_style = look.first(style, "ppr", "numpr", "numid")
        key = attributes(by_style).get("val", "") if by_style is not None else ""
    if not depth:  # the level that is made for this style
        outline = look.first(style, "ppr", "outlinelvl")
        depth = attributes(outline).get("val", "") if outline is not None else ""
    return key, _number(depth, 0)


def _counted(key: str, depth: int, look: _Look) -> tuple[str, int]:
    """The next number of a list, as it is shown and as such."""
    level = look.levels[key, depth]
    counts = look.counts.setdefault(level.list, {})
    start = look.restarts.pop((key, depth), None)
    counts[depth] = start if start is not None else counts.get(depth, level.start - 1) + 1
    for deeper in [one for one in counts if one > depth]:
        del counts[deeper]

    def shown(match: re.Match[str]) -> str:
        at = int(match[1]) - 1
        above = look.levels.get((key, at), level)
        return numeral(counts.get(at, above.start), above.kind)

    return re.sub(r"%(\d)", shown, level.label).strip(), counts[depth]


def _set_paragraph_style(paragraph: etree._Element, style: str) -> None:
    """Give a paragraph one of our styles, and nothing else but the mark that it is deleted."""
    old = _at(paragraph, "ppr")
    is_deleted = old is not None and _at(old, "rpr", "del") is not None
    if old is not None:
        paragraph.remove(old)
    properties = etree.Element(_name(paragraph, "pPr"))
    paragraph.insert(0, properties)
    if style:
        named = etree.SubElement(properties, _name(paragraph, "pStyle"))
        named.set(_name(paragraph, "val"), f"own{style}")
    if is_deleted:
        mark = etree.SubElement(properties, _name(paragraph, "rPr"))
        etree.SubElement(mark, _name(paragraph, "del"))


def _set_list(paragraph: etree._Element, *, is_ordered: bool, depth: int) -> None:
    """Put a paragraph in one of our two lists."""
    numbering = etree.SubElement(paragraph[0], _name(paragraph, "numPr"))
    for tag, value in (("ilvl", str(depth)), ("numId", "1" if is_ordered else "2")):
        etree.SubElement(numbering, _name(paragraph, tag)).set(_name(paragraph, "val"), value)


def _converted(
    texts: Mapping[str, etree._Element], languages: tuple[str, ...], name: str
) -> tuple[etree._Element, tuple[str, ...]]:
    """The document as HTML, and what was lost on the way. Raises SourceError."""
    import mammoth

    names = [f"Lang{index}" for index in range(len(languages))]
    style_map = [_STYLE_MAP]
    style_map += [f"p[style-name='H{level}'] => h{level}:fresh" for level in range(1, LOWEST + 1)]
    style_map += [f"r[style-name='{one}'] => span.{one.lower()}" for one in names]
    try:
        made = mammoth.convert_to_html(
            _packed(texts, names),
            style_map="\n".join(style_map),
            include_embedded_style_map=False,
            convert_image=lambda _: [],
        )
    except RecursionError as error:
        raise SourceError(f"{name}: nested deeper than a document is. It is damaged.") from error
    except Exception as error:  # whatever a damaged document brings about
        what = " ".join(f"{type(error).__name__}: {error}".split())
        raise SourceError(f"{name}: a damaged Word document ({what}). Save it again.") from error
    root = parse_html(f"<body>{made.value}</body>".encode(), name)
    _finish(root, languages)
    lost = [
        one.message for one in made.messages if "w:sym" in one.message or "altChunk" in one.message
    ]
    return root, tuple(f"{name}: not all of it is read: {one}." for one in dict.fromkeys(lost))


def _packed(texts: Mapping[str, etree._Element], names: Iterable[str]) -> io.BytesIO:
    """A document of these parts, with our styles and lists."""
    word = str(texts[MAIN].tag).rpartition("}")[0][1:]
    runs = re.findall(r"r\[style-name='(\w+)'", _STYLE_MAP)
    paragraphs = re.findall(r"p\[style-name='(\w+)'", _STYLE_MAP)
    paragraphs += [f"H{level}" for level in range(1, LOWEST + 1)]
    styles = [_STYLE.format(kind="character", name=one) for one in (*runs, *names)]
    styles += [_STYLE.format(kind="paragraph", name=one) for one in paragraphs]
    levels = [
        "".join(
            f'<w:lvl w:ilvl="{depth}"><w:numFmt w:val="{shown}"/></w:lvl>'
            for depth in range(DEEPEST_LIST + 1)
        )
        for shown in ("decimal", "bullet")
    ]
    lists = [
        f'<w:abstractNum w:abstractNumId="{i}">{one}</w:abstractNum>'
        for i, one in enumerate(levels, 1)
    ]
    lists += [f'<w:num w:numId="{i}"><w:abstractNumId w:val="{i}"/></w:num>' for i in (1, 2)]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for path, root in texts.items():
            archive.writestr(path, etree.tostring(root, encoding="utf-8"))
        for tag, inner in (("styles", styles), ("numbering", lists)):
            xml = f'<w:{tag} xmlns:w="{word}">{"".join(inner)}</w:{tag}>'
            archive.writestr(f"word/{tag}.xml", xml)
    return packed


_STYLE = '<w:style w:type="{kind}" w:styleId="own{name}"><w:name w:val="{name}"/></w:style>'


def _finish(root: etree._Element, languages: tuple[str, ...]) -> None:
    """Say in HTML what mammoth can only say by a class, and put notes where they are called."""
    for element in list(root.iter(etree.Element)):
        kind = element.get("class", "")
        if kind == "hidden":
            element.set("hidden", "hidden")
        elif kind == "picture":
            element.set("alt", text_of(element))
            element.tag, element.text = "img", None
        elif kind.startswith("lang"):
            element.set("lang", languages[int(kind.removeprefix("lang"))])
        elif kind == "toc":
            element.set(_TYPE, "toc")
        elif kind == "number":
            _set_number(element)
    _place_notes(root)


def _set_number(element: etree._Element) -> None:
    """Make of a number that is the first text of an item the item's own."""
    item = next((e for e in element.iterancestors() if e.tag == "li"), None)
    if item is not None:
        item.set("value", text_of(element))
    element.text = None


def _place_notes(root: etree._Element) -> None:
    """Each note behind the passage that calls it, and no links back."""
    calls: dict[str, etree._Element] = {}
    for link in _all(root, "a"):
        if _NOTE.match(link.get("href", "")[1:]) and "-ref-" in link.get("id", ""):
            link.set(_TYPE, "noteref")
            calls.setdefault(link.get("href", "")[1:], link)
    notes = [
        e for e in _all(root, "li") if e.get("id", "") in calls and _NOTE.match(e.get("id", ""))
    ]
    last: dict[etree._Element, etree._Element] = {}
    for note in notes:
        for link in _all(note, "a"):
            parent = link.getparent()
            if parent is not None and "-ref-" in link.get("href", "") and not link.get("id"):
                parent.remove(link)
        note.tag = "div"
        note.set("class", "footnote")
        call = calls[note.get("id", "")]
        *_, anchor = (call, *(above for above in call.iterancestors() if above is not root))
        last.get(anchor, anchor).addnext(note)
        last[anchor] = note
