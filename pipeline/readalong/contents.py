"""The navigation document of an EPUB that had none: what its own table of contents says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipeline.model import Book
from pipeline.read.epub import Unpacked
from pipeline.read.toc import Line
from pipeline.readalong import markup, opf, package

DEEPEST = 6  # levels that reading systems show


@dataclass(frozen=True, slots=True)
class _Places:
    """What can be linked to: ids by the paths of pages, and what was linked to last in each."""

    found: Unpacked
    ids: Mapping[str, frozenset[str]]
    last: dict[str, str]

    def of(self, link: str) -> str:
        """A place for a link; one that is lost is where the last link to its page was."""
        target, _, fragment = link.partition("#")
        target = self.found.archive.real(target)
        if target not in self.ids:
            return ""
        known = f"{target}#{fragment}" if fragment in self.ids[target] else target
        if fragment and known == target:
            known = self.last.get(target, target)
        self.last[target] = known
        return known


def nav(book: Book, found: Unpacked, ids: Mapping[str, frozenset[str]], path: str) -> str:
    """The document, whose path is `path`; `ids` are those of each page that can be linked to."""
    listed = "".join(_items(found.lines, _Places(found, ids, {}), path, 1))
    if not listed:
        listed = f"<li>{_link(next(iter(ids)), path, book.title)}</li>\n"
    title = package.contents_title(book.language)
    body = f'<nav epub:type="toc" id="toc">\n<h1>{title}</h1>\n<ol>\n{listed}</ol>\n</nav>\n'
    return markup.page(book.title or title, book.language, body)


def _items(lines: Sequence[Line], places: _Places, path: str, level: int) -> Iterator[str]:
    """Lines as items of a list; one that leads nowhere only holds those below."""
    for line in lines:
        place = places.of(line.link)
        below = "".join(_items(line.below, places, path, level + 1)) if level < DEEPEST else ""
        inner = f"\n<ol>\n{below}</ol>\n" if below else ""
        if place:
            yield f"<li>{_link(place, path, line.title)}{inner}</li>\n"
        elif below and line.title.strip():
            yield f"<li><span>{markup.text(line.title)}</span>{inner}</li>\n"
        else:
            yield below


def _link(place: str, path: str, title: str) -> str:
    target, _, fragment = place.partition("#")
    href = opf.link(target, path) + (f"#{fragment}" if fragment else "")
    return f"<a{markup.attributes({'href': href})}>{markup.text(title.strip() or target)}</a>"
