"""The numbers that headings and lists of an OpenDocument text get by themselves."""

from __future__ import annotations

from pipeline.read.odt.styles import Styles
from pipeline.read.office import count_to, number, numeral


class Numbers:
    """How far headings and lists have come."""

    def __init__(self, styles: Styles) -> None:
        self._styles = styles
        self._headings: dict[int, int] = {}
        self._items: dict[tuple[str, int], int] = {}

    def label(self, level: int) -> str:
        """The number of the next heading, as in "Chapter 1"; nothing if this level has none."""
        said = self._styles.outline.get(level, {})
        if not said.get("num-format"):
            return ""
        first = number(said.get("start-value", ""), 1)
        counts = self._headings
        count_to(counts.get(level, first - 1) + 1, level, counts)
        shown = number(said.get("display-levels", ""), 1)
        above = [one for one in sorted(counts) if level - shown < one < level]
        parts = [numeral(counts[one], "1") for one in above]
        parts.append(numeral(counts[level], said["num-format"]))
        return (said.get("num-prefix", "") + ".".join(parts) + said.get("num-suffix", "")).strip()

    def open_list(self, style: str, level: int, *, goes_on: bool) -> bool:
        """Begin a list, or go on where another ended; whether its items show numbers."""
        said = self._styles.lists.get(style, {}).get(level, {})
        if not goes_on or (style, level) not in self._items:
            self._items[style, level] = number(said.get("start-value", ""), 1) - 1
        return bool(said.get("num-format"))

    def item(self, style: str, level: int, start: str) -> int:
        """The number of the next item, which may say it itself."""
        following = self._items.get((style, level), 0) + 1
        self._items[style, level] = number(start, following)
        return self._items[style, level]
