"""What the styles of a Word document say: what a paragraph is, how text looks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from lxml import etree

from pipeline.read.docx.elements import at, value
from pipeline.read.elements import attributes
from pipeline.read.office import LONGEST_CHAIN, LOWEST, all_of, number, role_of


@dataclass(frozen=True, slots=True)
class Styles:
    """The styles by their ids; the document's defaults have none."""

    by_id: Mapping[str, etree._Element]

    def chain(self, name: str) -> Iterator[etree._Element]:
        """A style and those that it is based on, the nearest first."""
        for _ in range(LONGEST_CHAIN):
            style = self.by_id.get(name) if name else None
            if style is None:
                return
            yield style
            name = value(style, "basedon")

    def first(self, name: str, *path: str) -> etree._Element | None:
        """What the style says at this path, or else those that it is based on."""
        found = (at(style, *path) for style in self.chain(name))
        return next((one for one in found if one is not None), None)

    def role(self, paragraph: etree._Element) -> tuple[str, int]:
        """What a paragraph is, and a heading's level."""
        if level := _outline(paragraph):
            return "heading", level
        for style in self.chain(value(paragraph, "ppr", "pstyle")):
            role, level = role_of(value(style, "name"))
            if role:
                return role, level
            if level := _outline(style):
                return "heading", level
        return "", 0

    def looks(self, run: etree._Element, key: str) -> bool:
        """Whether a run is slanted, bold or hidden, by itself or by its style."""
        found = at(run, "rpr", key)
        if found is None:
            found = self.first(value(run, "rpr", "rstyle"), "rpr", key)
        if found is None:
            return False
        return attributes(found).get("val", "1") not in ("0", "false", "off")


def styles_of(parts: Iterable[etree._Element]) -> Styles:
    """All styles in these parts."""
    found = (style for root in parts for style in all_of(root, "style", "docdefaults"))
    return Styles({attributes(style).get("styleid", ""): style for style in found})


def _outline(element: etree._Element) -> int:
    """The level of a heading that a paragraph or style says it is; 0 for none."""
    level = number(value(element, "ppr", "outlinelvl"), LOWEST)
    return level + 1 if level < LOWEST else 0
