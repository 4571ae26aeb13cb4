"""Word's elements by their local names: looking for them, and making them."""

from __future__ import annotations

from lxml import etree

from pipeline.read.docx.stylemap import OWN
from pipeline.read.elements import attributes, text_of
from pipeline.read.markup import local
from pipeline.read.office import all_of


def at(element: etree._Element | None, *path: str) -> etree._Element | None:
    """The first element on a path of local names."""
    for name in path:
        if element is None:
            return None
        children = element.iterchildren(etree.Element)
        element = next((child for child in children if local(child.tag) == name), None)
    return element


def value(element: etree._Element | None, *path: str) -> str:
    """The `w:val` of the element on a path, or nothing."""
    found = at(element, *path)
    return attributes(found).get("val", "") if found is not None else ""


def words(element: etree._Element) -> str:
    """The text in an element, without codes of fields."""
    return " ".join(text for t in all_of(element, "t") if (text := text_of(t)))


def has_text(element: etree._Element) -> bool:
    """Whether there is anything to read in an element."""
    return any(
        local(e.tag) == "sym" or (local(e.tag) == "t" and (e.text or "").strip())
        for e in element.iter(etree.Element)
    )


def word_name(root: etree._Element, tag: str) -> str:
    """A name in the document's own namespace: Word's, or that of the strict format."""
    head, brace, _ = str(root.tag).rpartition("}")
    return f"{head}{brace}{tag}"


def add(parent: etree._Element, tag: str, val: str = "") -> etree._Element:
    """A new element at the end of another one, perhaps with a `w:val`."""
    element = etree.SubElement(parent, word_name(parent, tag))
    if val:
        element.set(word_name(parent, "val"), val)
    return element


def run_of(root: etree._Element, text: str, style: str = "") -> etree._Element:
    """A run of text, in one of our styles."""
    run = etree.Element(word_name(root, "r"))
    add(run, "t").text = text
    set_style(run, style)
    return run


def set_style(element: etree._Element, style: str) -> None:
    """Give a run or paragraph one of our styles, and nothing else but the mark of a deletion."""
    kind = local(element.tag)
    old = at(element, f"{kind}pr")
    if old is not None:
        element.remove(old)
    properties = etree.Element(word_name(element, f"{kind}Pr"))
    element.insert(0, properties)
    if style:
        add(properties, f"{kind}Style", OWN + style)
    mark = at(old, "rpr", "del")
    if mark is not None:
        add(properties, "rPr").append(mark)


def is_styled(element: etree._Element) -> bool:
    """Whether a run or paragraph has one of our styles."""
    kind = local(element.tag)
    return value(element, f"{kind}pr", f"{kind}style").startswith(OWN)


def put_in_place(new: etree._Element, old: etree._Element) -> None:
    """Put one element in the place of another."""
    parent = old.getparent()
    if parent is not None:
        parent.replace(old, new)
