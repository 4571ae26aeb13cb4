"""What OpenDocument's elements are by their local names, and how to move them about."""

from __future__ import annotations

from lxml import etree

from pipeline.read.markup import local

PARAGRAPHS = frozenset(("p", "h"))
PICTURES = frozenset("image object object-ole plugin applet floating-frame".split())
SHAPES = frozenset(
    "frame custom-shape rect ellipse circle line connector polyline polygon path regular-polygon "
    "g caption measure control".split()
)


def children(element: etree._Element) -> list[etree._Element]:
    """The elements right in this one, that may be changed while one looks at them."""
    return list(element.iterchildren(etree.Element))


def has_text(element: etree._Element) -> bool:
    """Whether there is anything to read in an element."""
    return any(str(part).strip() for part in element.itertext(etree.Element))


def holds_text(shape: etree._Element) -> bool:
    """Whether a shape is there for the paragraphs in it."""
    return any(local(e.tag) in PARAGRAPHS and has_text(e) for e in shape.iter(etree.Element))


def wrap(element: etree._Element, tag: str) -> None:
    """Put all that is in an element into one of its own."""
    inner = etree.Element(tag)
    inner.text, element.text = element.text, None
    inner.extend(list(element))
    element.append(inner)


def join(element: etree._Element, tag: str, group_tag: str) -> None:
    """Name a line of a title or of code, and put it in one group with those right before it."""
    group = element.getprevious()
    if group is None or group.tag != group_tag:
        group = etree.Element(group_tag)
        element.addprevious(group)
    tail = element.tail
    element.tag, element.tail = tag, "\n"
    group.append(element)
    group.tail = (group.tail or "") + (tail or "")
