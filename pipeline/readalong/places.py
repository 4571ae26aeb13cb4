"""Lines of a document -> elements that show them, in a tree that keeps its markup.

A line that is all of an element is shown by that. Of any other, the text and what stands in it is
put into a span, if that leaves each element whole. Where a line shares an element with another one
(<em>No! Never</em>, she said), each stretch of its text has a span, one after the other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from lxml import etree

from pipeline.read.elements import BLOCKS, HEADINGS
from pipeline.read.html import Origin
from pipeline.read.markup import local
from pipeline.readalong.serial import XHTML

_SPACE = frozenset(" \t\n\r\f")
# HTML, 4: what holds no text of its own, so that no span can stand there.
_NO_SPANS = frozenset(
    "html head table thead tbody tfoot tr colgroup ul ol dl menu hgroup select optgroup option "
    "picture audio video iframe object rt rp title textarea".split()
)
_NO_PHRASE = (
    BLOCKS | frozenset(HEADINGS) | frozenset(("hr", "html", "head", "style", "title", "colgroup"))
)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a chapter by its number, both from 0, and where it is in the book's whole text."""

    chapter: int
    number: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Place:
    """An id in a document, which line it shows, and how many of its characters."""

    line: Line
    id: str
    weight: int


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Characters from `first` up to `last` of one node's text; of a whole element, all of it."""

    origin: Origin
    first: int
    last: int

    @property
    def parent(self) -> etree._Element:
        """The element in which it stands."""
        element = self.origin.element
        above = element if self.origin.kind == "text" else element.getparent()
        return element if above is None else above

    @property
    def holder(self) -> etree._Element:
        """The smallest element that has all of it."""
        return self.origin.element if self.origin.kind == "whole" else self.parent


@dataclass(frozen=True, slots=True)
class _Shown:
    """What is to show a line, or a part of it: an element, or what stands between two gaps of one.

    A gap is the number of children before it, and an offset in the text there.
    """

    line: Line
    weight: int
    element: etree._Element
    begin: tuple[int, int] | None = None
    end: tuple[int, int] | None = None


@dataclass(slots=True)
class _Owners:
    """Which lines have text in an element: the first and the last of them, by their order."""

    found: dict[etree._Element, tuple[int, int]] = field(default_factory=dict)

    def add(self, element: etree._Element | None, index: int) -> None:
        while element is not None:
            first, last = self.found.get(element, (index, index))
            if element in self.found and first <= index <= last:
                return
            self.found[element] = min(first, index), max(last, index)
            element = element.getparent()

    def is_alone(self, element: etree._Element, index: int) -> bool:
        """Whether no other line has text in it."""
        return self.found.get(element, (index, index)) == (index, index)


def mark(
    root: etree._Element, lines: Sequence[Line], origins: Sequence[Origin]
) -> tuple[list[Place], str]:
    """Give lines their places in a page's tree, in the order of its text; and its body's id.

    Both `lines` and `origins` are in that order. A line that stands nowhere in it has no place.
    """
    found = list(_stretches(lines, origins))
    owners = _Owners()
    for index, (_, stretches) in enumerate(found):
        for stretch in stretches:
            owners.add(stretch.holder, index)
    known = Counter(str(element.get("id")) for element in root.iter() if element.get("id"))
    shown = [
        one
        for index, (line, stretches) in enumerate(found)
        for one in _shown(line, index, stretches, owners, known)
    ]
    prefix = "line-"
    while any(name.startswith(prefix) for name in known):
        prefix = f"x-{prefix}"
    body = next((one for one in root if local(one.tag) == "body"), root)
    places = [Place(one.line, _id(one, f"{prefix}{n}"), one.weight) for n, one in enumerate(shown)]
    for one, place in reversed(list(zip(shown, places, strict=True))):  # offsets before it stay
        _set(one, place.id)
    if not body.get("id"):
        body.set("id", f"{prefix}all")
    return places, str(body.get("id"))


def _id(one: _Shown, name: str) -> str:
    """An element that has an id keeps it."""
    return str(one.element.get("id") or name) if one.begin is None else name


def _set(one: _Shown, name: str) -> None:
    if one.begin is None or one.end is None:
        one.element.set("id", name)
    else:
        _wrap(one.element, one.begin, one.end, name)


def _stretches(
    lines: Sequence[Line], origins: Sequence[Origin]
) -> Iterator[tuple[Line, list[_Stretch]]]:
    """The text of each line, node by node."""
    first = 0
    for line in lines:
        while first < len(origins) and origins[first].end <= line.start:
            first += 1
        found: list[_Stretch] = []
        at = first
        while at < len(origins) and origins[at].start < line.end:
            found += _stretch(origins[at], line)
            at += 1
        if found:
            yield line, found


def _stretch(origin: Origin, line: Line) -> Iterator[_Stretch]:
    """What a line has of a node."""
    if origin.kind == "whole":
        if local(origin.element.tag) == "br":  # a line's end, which is nothing to show
            return
        if origin.start < line.end and line.start < origin.end:
            yield _Stretch(origin, 0, origin.end - origin.start)
        return
    raw = _text(origin)
    at = _folded(raw)
    base = origin.end - len(at)  # before it may be what stands nowhere: the number of an item
    start, end = max(line.start, base), min(line.end, origin.end)
    if start < end:
        first, last = at[start - base], at[end - base - 1] + 1
        if not _SPACE.issuperset(raw[first:last]):
            yield _Stretch(origin, first, last)


def _text(origin: Origin) -> str:
    element = origin.element
    return (element.text if origin.kind == "text" else element.tail) or ""


def _folded(raw: str) -> list[int]:
    """Where each character is found that is left when white space is folded."""
    at: list[int] = []
    for index, char in enumerate(raw):
        if char not in _SPACE or (at and raw[at[-1]] not in _SPACE):
            at.append(index)
    if at and raw[at[-1]] in _SPACE:
        at.pop()
    return at


def _shown(
    line: Line, index: int, found: Sequence[_Stretch], owners: _Owners, known: Counter[str]
) -> Iterator[_Shown]:
    """What shows a line: one element, one span, or several."""
    weight = sum(one.last - one.first for one in found)
    common = _common(found)
    if _may_show(common, index, owners, known):
        yield _Shown(line, weight, common)
        return
    gaps = _gaps(common, index, found, owners)
    if gaps:
        yield _Shown(line, weight, common, *gaps)
        return
    for one in found:
        own = one.last - one.first
        if one.origin.kind == "whole":
            if _may_show(one.origin.element, index, owners, known):
                yield _Shown(line, own, one.origin.element)
        elif local(one.parent.tag) not in _NO_SPANS:
            slot = _slot(one)
            yield _Shown(line, own, one.parent, (slot, one.first), (slot, one.last))


def _may_show(element: etree._Element, index: int, owners: _Owners, known: Counter[str]) -> bool:
    """Whether an element shows one line and nothing else, and can be named."""
    is_small = local(element.tag) not in ("html", "body")
    return is_small and owners.is_alone(element, index) and known[str(element.get("id"))] < 2


def _common(found: Sequence[_Stretch]) -> etree._Element:
    """The smallest element that holds all of a line."""
    holders = [one.holder for one in found]
    common: list[etree._Element] = [holders[0], *holders[0].iterancestors()]
    for holder in holders[1:]:
        above = {holder, *holder.iterancestors()}
        common = [element for element in common if element in above]
    return common[0]


def _slot(one: _Stretch) -> int:
    """How many children of its parent stand before a text."""
    if one.origin.kind == "text":
        return 0
    return one.parent.index(one.origin.element) + 1


def _gaps(
    common: etree._Element, index: int, found: Sequence[_Stretch], owners: _Owners
) -> tuple[tuple[int, int], tuple[int, int]] | None:
    """Where a span can begin and end that holds all of a line; None where there can be none."""
    if local(common.tag) in _NO_SPANS or common.getparent() is None:
        return None
    begin = _edge(common, index, found[0], owners, is_end=False)
    end = _edge(common, index, found[-1], owners, is_end=True)
    if begin is None or end is None:
        return None
    inside = common[begin[0] : end[0]]
    return (begin, end) if all(map(_is_phrase, inside)) else None


def _edge(
    common: etree._Element, index: int, one: _Stretch, owners: _Owners, *, is_end: bool
) -> tuple[int, int] | None:
    """The gap before or behind a stretch, or the child in which that stands."""
    if one.origin.kind != "whole" and one.parent is common:
        return _slot(one), one.last if is_end else one.first
    child = one.holder
    while child.getparent() is not common:
        above = child.getparent()
        if above is None:
            return None
        child = above
    if not owners.is_alone(child, index):
        return None
    at = common.index(child)
    before = common.text if at == 0 else common[at - 1].tail
    return (at + 1, 0) if is_end else (at, len(before or ""))


def _is_phrase(element: etree._Element) -> bool:
    """Whether an element may stand in a span, with all that is in it."""
    return not any(local(one.tag) in _NO_PHRASE for one in element.iter(etree.Element))


def _wrap(parent: etree._Element, begin: tuple[int, int], end: tuple[int, int], name: str) -> None:
    """Put what stands between two gaps into a span."""
    span = parent.makeelement(f"{XHTML}span", {"id": name})
    children = parent[begin[0] : end[0]]
    head, tail = _gap(parent, begin[0]), _gap(parent, end[0])
    span.tail = tail[end[1] :]
    if children:
        span.text = head[begin[1] :]
        children[-1].tail = tail[: end[1]]
    else:
        span.text = head[begin[1] : end[1]]
    if begin[0]:
        parent[begin[0] - 1].tail = head[: begin[1]]
    else:
        parent.text = head[: begin[1]]
    for child in children:
        span.append(child)
    parent.insert(begin[0], span)


def _gap(parent: etree._Element, at: int) -> str:
    return (parent[at - 1].tail if at else parent.text) or ""
