"""What the styles of an OpenDocument text say: what a paragraph is, how text looks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from lxml import etree

from pipeline.read.elements import attributes
from pipeline.read.markup import local
from pipeline.read.odt.elements import children
from pipeline.read.office import LONGEST_CHAIN, all_of, number, role_of


@dataclass(frozen=True, slots=True)
class Styles:
    """The styles by family and name, of lists by level, and of the headings' numbers."""

    styles: dict[tuple[str, str], etree._Element] = field(default_factory=dict)
    lists: dict[str, Mapping[int, Mapping[str, str]]] = field(default_factory=dict)
    outline: dict[int, Mapping[str, str]] = field(default_factory=dict)
    defaults: dict[str, str] = field(default_factory=dict)

    def chain(self, family: str, name: str) -> Iterator[etree._Element]:
        """A style and those that it is based on, the nearest first."""
        for _ in range(LONGEST_CHAIN):
            style = self.styles.get((family, name))
            if style is None:
                return
            yield style
            name = attributes(style).get("parent-style-name", "")

    @property
    def language(self) -> str:
        """The language of text that says nothing."""
        return language_in({**self.defaults, **self.text("paragraph", "Standard")})

    def role(self, element: etree._Element) -> tuple[str, int]:
        """What a paragraph is, and a heading's level."""
        tag, said = local(element.tag), attributes(element)
        if tag == "h":
            return "heading", number(said.get("outline-level", ""), 1)
        return self._role(said.get("style-name", "")) if tag == "p" else ("", 0)

    def _role(self, name: str) -> tuple[str, int]:
        for style in self.chain("paragraph", name):
            said = attributes(style)
            role, level = role_of(said.get("display-name") or _decoded(said.get("name", "")))
            if role:
                return role, level
            if level := number(said.get("default-outline-level", ""), 0):
                return "heading", level
        return role_of(_decoded(name))

    def text(self, family: str, name: str) -> dict[str, str]:
        """How text of this style looks: the attributes of its text properties."""
        said: dict[str, str] = {}
        for style in self.chain(family, name):
            for properties in children(style):
                if local(properties.tag) == "text-properties":
                    said = {**attributes(properties), **said}
        return said

    def takes_number_away(self, name: str) -> bool:
        """Whether a heading's style takes the number away that its level has."""
        said = (attributes(style).get("list-style-name") for style in self.chain("paragraph", name))
        return next((one == "" for one in said if one is not None), False)


def styles_of(roots: Iterable[etree._Element]) -> Styles:
    """All styles of a document."""
    found = Styles()
    tags = ("style", "list-style", "outline-style", "default-style")
    for element in (element for root in roots for element in all_of(root, *tags)):
        tag, said = local(element.tag), attributes(element)
        if tag == "style":
            found.styles[said.get("family", ""), said.get("name", "")] = element
        elif tag == "list-style":
            found.lists[said.get("name", "")] = _levels(element)
        elif tag == "outline-style":
            found.outline.update(_levels(element))
        elif said.get("family") == "paragraph":
            for properties in children(element):
                found.defaults.update(attributes(properties))
    return found


def _levels(style: etree._Element) -> dict[int, Mapping[str, str]]:
    """What the levels of a list style say."""
    levels = map(attributes, children(style))
    return {number(said["level"], 0): said for said in levels if "level" in said}


def _decoded(name: str) -> str:
    """A style's name as people see it: "Heading_20_1" is "Heading 1"."""
    return re.sub(r"_([0-9a-fA-F]{1,4})_", lambda match: chr(int(match[1], 16)), name)


def language_in(said: Mapping[str, str]) -> str:
    """The language that text properties name; nothing for none."""
    language, country = said.get("language", ""), said.get("country", "")
    if language in ("", "none", "zxx"):
        return ""
    return language if country in ("", "none") else f"{language}-{country}"
