"""The numbers that Word counts by itself, of list items and headings."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from lxml import etree

from pipeline.read.docx.elements import at, value
from pipeline.read.docx.styles import Styles
from pipeline.read.elements import attributes
from pipeline.read.office import all_of, count_to, number, numeral

_KINDS = {
    "bullet": "",
    "none": "",
    "upperroman": "I",
    "lowerroman": "i",
    "upperletter": "A",
    "lowerletter": "a",
}


@dataclass(frozen=True, slots=True)
class Level:
    """How a level of a list is numbered; lists of the same `list` count on."""

    list: str
    start: int
    kind: str  # as for `numeral`, "" for a bullet
    label: str
    is_item: bool  # and not only set in


@dataclass(frozen=True, slots=True)
class Lists:
    """The levels by number and depth, where they start anew, and how far they have come."""

    levels: dict[tuple[str, int], Level] = field(default_factory=dict)
    restarts: dict[tuple[str, int], int] = field(default_factory=dict)
    counts: dict[str, dict[int, int]] = field(default_factory=dict)

    def count(self, key: str, depth: int) -> tuple[str, int]:
        """The next number of a list, as it is shown and as such."""
        level = self.levels[key, depth]
        counts = self.counts.setdefault(level.list, {})
        start = self.restarts.pop((key, depth), None)
        value = start if start is not None else counts.get(depth, level.start - 1) + 1
        count_to(value, depth, counts)

        def shown(match: re.Match[str]) -> str:
            depth_above = int(match[1]) - 1
            above = self.levels.get((key, depth_above), level)
            return numeral(counts.get(depth_above, above.start), above.kind)

        return re.sub(r"%(\d)", shown, level.label).strip(), value


def lists_of(parts: Iterable[etree._Element]) -> Lists:
    """All lists in these parts. Some are nothing but a link to another one's levels."""
    lists = Lists()
    for root in parts:
        kinds = {attributes(e).get("abstractnumid", ""): e for e in all_of(root, "abstractnum")}
        links = {value(e, "stylelink"): key for key, e in kinds.items()}
        for element in all_of(root, "num"):
            kind = value(element, "abstractnumid")
            if kind in kinds:
                kind = links.get(value(kinds[kind], "numstylelink") or "-", kind)
                _take_levels(lists, element, kind, kinds[kind])
    return lists


def _take_levels(lists: Lists, own: etree._Element, kind: str, shared: etree._Element) -> None:
    """Note the levels of a list, and those that it has its own way."""
    key = attributes(own).get("numid", "")
    for level in (*all_of(shared, "lvl"), *all_of(own, "lvl")):
        shown = value(level, "numfmt").lower()
        lists.levels[key, _depth(level)] = Level(
            list=kind,
            start=number(value(level, "start"), 1),
            kind=_KINDS.get(shown, "1"),
            label=value(level, "lvltext"),
            is_item=shown != "none",
        )
    for over in all_of(own, "lvloverride"):
        if first := value(over, "startoverride"):
            lists.restarts[key, _depth(over)] = number(first, 1)


def _depth(level: etree._Element) -> int:
    return number(attributes(level).get("ilvl", ""), 0)


def list_of(paragraph: etree._Element, styles: Styles) -> tuple[str, int]:
    """The list that a paragraph is in, and how deep: by itself, or as it is made for its style."""
    style = value(paragraph, "ppr", "pstyle")
    own = at(paragraph, "ppr", "numpr")
    numbering = own if own is not None else styles.first(style, "ppr", "numpr")
    if numbering is None:
        return "", 0
    key = value(numbering, "numid") or value(styles.first(style, "ppr", "numpr", "numid"))
    depth = value(numbering, "ilvl") or value(styles.first(style, "ppr", "outlinelvl"))
    return key, number(depth, 0)
