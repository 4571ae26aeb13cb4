"""What an element is to a narrator, by what it says of itself, or else by how it is used.

Vocabularies: EPUB Structural Semantics 1.1, DPUB-ARIA 1.1, and the classes that converters give.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from lxml import etree

from pipeline.read.elements import BLOCKS, HEADINGS, attributes, text_of
from pipeline.read.markup import local

_UNREAD = {
    **dict.fromkeys(("rt", "rp"), "reading of a character"),
    **dict.fromkeys(("button", "datalist", "input", "select", "textarea"), "form"),
    "template": "hidden",
    **dict.fromkeys("audio canvas embed iframe object video applet map".split(), "media"),
}
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
    **dict.fromkeys(("pg-boilerplate", "pgheader"), "boilerplate"),
}
_BOILERPLATE = ("pg-header", "pg-footer")  # ids of Project Gutenberg's frame
_SITE_ROLES = frozenset("banner contentinfo navigation search".split())
_NOTE_MARK = re.compile(r"[\[(]?(?:\d{1,4}|[*†‡§¶‖#]{1,3}|[a-z])[\])]?")
_BARE_MARK = re.compile(r"\[(?:\d{1,4}|[A-Z]|note \d{1,4})\]|[*†‡§¶‖]{1,3}", re.IGNORECASE)
FEWEST_LINKS, MOST_LINKS = 3, 2000  # of a page that is a table of contents
LINKED_SHARE = 0.7  # of its words
LONGEST_PAGE_NAME = 20  # characters; an element with more holds text
BACKLINK = re.compile(r"(?:↩|↑|\^|⏎|↵)\ufe0e?|\[?back\]?", re.IGNORECASE)
_INVISIBLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)


def types_of(said: Mapping[str, str]) -> frozenset[str]:
    """What an element is, by epub:type, ARIA role, and the classes that converters give."""
    types = said.get("epub:type", "").lower().split()
    types += [role.removeprefix("doc-") for role in said.get("role", "").lower().split()]
    types += [_CLASSES[name] for name in said.get("class", "").lower().split() if name in _CLASSES]
    if said.get("id", "") in _BOILERPLATE:
        types.append("boilerplate")
    return frozenset("navigation" if kind in _SITE_ROLES else kind for kind in types)


def rule_of(
    tag: str, said: Mapping[str, str], types: frozenset[str], element: etree._Element
) -> str:
    """The rule by which all that is in an element is skipped; nothing if it is read."""
    hidden = "hidden" in said or said.get("aria-hidden", "").lower() == "true"
    if hidden or _INVISIBLE.search(said.get("style", "")):
        return "hidden"
    if "pagebreak" in types and len(text_of(element)) <= LONGEST_PAGE_NAME:
        return "page number"
    if types & {"noteref", "backlink"} or (tag == "a" and _is_note_mark(said, element)):
        return "note reference"
    return _UNREAD.get(tag, "")


def _is_note_mark(said: Mapping[str, str], element: etree._Element) -> bool:
    """A link to a note, or back from one, in books that do not say so."""
    if not said.get("href"):
        return False
    text = text_of(element)
    if "#" in said["href"] and (BACKLINK.fullmatch(text) or _BARE_MARK.fullmatch(text)):
        return True
    if not _NOTE_MARK.fullmatch(text):
        return False
    parent = element.getparent()
    above = parent is not None and local(parent.tag) == "sup"
    return above or any(local(inner.tag) == "sup" for inner in element)


def is_list_of_links(root: etree._Element) -> bool:
    """Whether a page is a table of contents, whatever it calls itself: hardly a word but links."""
    links = [one for one in root.iter(etree.Element) if local(one.tag) == "a" and one.get("href")]
    if not FEWEST_LINKS <= len(links) <= MOST_LINKS:
        return False
    linked = sum(len(text_of(link).split()) for link in links)
    bodies = [one for one in root.iter(etree.Element) if local(one.tag) == "body"]
    return linked > len(text_of(bodies[0] if bodies else root).split()) * LINKED_SHARE


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
    while local(element.tag) not in BLOCKS and (above := element.getparent()) is not None:
        element = above
    return element


def level_of_group(element: etree._Element) -> int:
    """A group of headings has the level of its highest."""
    levels = [HEADINGS[tag] for inner in element if (tag := local(inner.tag)) in HEADINGS]
    return min(levels, default=1)


def holds_paragraphs(said: Mapping[str, str], table: etree._Element) -> bool:
    """Whether a table is there for its looks: one column, or cells with whole passages."""
    if said.get("role") in ("presentation", "none"):
        return True
    columns = 0
    for element in table.iterdescendants(etree.Element):
        tag = local(element.tag)
        if tag in ("table", "ul", "ol", "pre", "blockquote") or tag in HEADINGS:
            return True
        if tag == "tr":
            columns = max(columns, len(element))
        if tag in ("td", "th") and sum(local(inner.tag) == "p" for inner in element) > 1:
            return True
    return columns < 2
