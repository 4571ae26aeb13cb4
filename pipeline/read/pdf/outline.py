"""The outline as a table of contents that points into the text."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from itertools import islice
from typing import Any, NamedTuple

from pipeline.normalize.titles import letters
from pipeline.read.document import Document, Entry
from pipeline.read.pdf.about import on_one_line
from pipeline.read.pdf.layout import Start

MOST_BOOKMARKS = 20_000
DEEPEST_BOOKMARK = 8
SHORTEST_SHARE = 3  # letters that a heading and its bookmark have in common


class _Bookmark(NamedTuple):
    """A line of the outline; `page` is -1 when it points nowhere."""

    level: int
    title: str
    page: int
    y: float


def contents_of(document: Any, read: Document, starts: Sequence[Start]) -> tuple[Entry, ...]:
    """The outline of a PDFium document that was read, by where the blocks begin."""
    marks = islice(document.get_toc(max_depth=DEEPEST_BOOKMARK), MOST_BOOKMARKS)
    found = [_bookmark(mark) for mark in marks]
    places = _places(found, read, starts)
    return _nested(found, places, 0, len(found))


def _bookmark(mark: Any) -> _Bookmark:
    title = on_one_line(mark.get_title())
    target = mark.get_dest()
    page = target.get_index() if target else None
    if page is None:
        return _Bookmark(mark.level, title, -1, 0)
    return _Bookmark(mark.level, title, page, _height(target))


def _height(target: Any) -> float:
    """The y at which a destination begins; infinite for the top of its page."""
    from pypdfium2 import raw

    mode, numbers = target.get_view()
    at = {
        raw.PDFDEST_VIEW_XYZ: 1,
        raw.PDFDEST_VIEW_FITH: 0,
        raw.PDFDEST_VIEW_FITBH: 0,
        raw.PDFDEST_VIEW_FITR: 3,
    }.get(mode, 9)
    y = numbers[at] if at < len(numbers) else 0.0
    return float(y) if math.isfinite(y) and y > 0 else math.inf  # PDFium gives 0 for none


def _places(
    marks: Sequence[_Bookmark], read: Document, starts: Sequence[Start]
) -> list[int | None]:
    """Where bookmarks point; a page on which no block begins has the first one behind it."""
    page_starts = [span.start for span in read.spans if span.kind == "page"]
    by_page: dict[int, list[Start]] = defaultdict(list)
    for start in starts:
        by_page[start.page].append(start)
    places: list[int | None] = []
    for mark in marks:
        place = None
        if 0 <= mark.page < len(page_starts):
            behind = (start for start in starts if start.at >= page_starts[mark.page])
            found = _named(mark, by_page.get(mark.page, [])) or next(behind, None)
            place = found.at if found else None
        places.append(place)
    return places


def _named(mark: _Bookmark, here: Sequence[Start]) -> Start | None:
    """The heading that a bookmark names, else the first block below its height, else its page's."""
    wanted = letters(mark.title)
    headings = [(start, letters(start.heading)) for start in here if start.heading]
    same = [start for start, heading in headings if heading == wanted]
    alike = [start for start, heading in headings if _are_alike(heading, wanted)]
    below = [start for start in here if start.base <= mark.y + 1]
    return next((found[0] for found in (same, alike, below, here) if found), None)


def _are_alike(heading: str, title: str) -> bool:
    """Whether one begins or ends the other, and is not a trifle of it."""
    small, large = sorted((heading, title), key=len)
    return len(small) >= SHORTEST_SHARE and (large.startswith(small) or large.endswith(small))


def _nested(
    marks: Sequence[_Bookmark], places: Sequence[int | None], start: int, end: int
) -> tuple[Entry, ...]:
    """Entries of marks start to end; what points nowhere stands where the first below it does."""
    entries: list[Entry] = []
    at = start
    while at < end:
        last = at + 1
        while last < end and marks[last].level > marks[at].level:
            last += 1
        below = _nested(marks, places, at + 1, last)
        place = places[at] if places[at] is not None or not below else below[0].at
        if place is None or not marks[at].title:
            entries += below
        else:
            entries.append(Entry(marks[at].title, place, below))
        at = last
    return tuple(entries)
