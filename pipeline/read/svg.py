"""Covers that are SVG, with what could load, run or multiply taken out of them."""

from __future__ import annotations

import base64
import binascii
import io
import re

from lxml import etree
from PIL import Image

from pipeline.errors import ConfigError, SourceError
from pipeline.model import Cover
from pipeline.publish.cover import FORMATS, LARGEST_SIDE
from pipeline.read.markup import local, parse_xml

# No `use`, `pattern`, `filter`, `mask`: those can be nested until drawing takes for ever.
_KEPT = frozenset(
    "svg g path rect circle ellipse line polyline polygon image title desc defs style text tspan "
    "lineargradient radialgradient stop".split()
)
_PICTURE = re.compile(r"data:image/(?:jpeg|jpg|png);base64,(.*)", re.DOTALL)
DEEPEST = 100
MOST_ELEMENTS = 20_000


def read(data: bytes, where: str) -> Cover:
    """An SVG cover with nothing in it but shapes, and pictures of its own. Raises ConfigError."""
    try:
        root = parse_xml(data, where, DEEPEST)
    except SourceError as error:
        raise ConfigError(str(error)) from error
    elements = list(root.iter())
    if local(root.tag) != "svg" or len(elements) > MOST_ELEMENTS:
        raise ConfigError(f"{where}: not an SVG picture, or one of too many parts.")
    for element in elements:
        if local(element.tag) not in _KEPT or not _is_harmless(element):
            parent = element.getparent()
            if parent is not None:
                parent.remove(element)
    return Cover(etree.tostring(root), "image/svg+xml")


def _is_harmless(element: etree._Element) -> bool:
    """Whether an element points at nothing but a picture inside itself, of a sound size."""
    for key, value in element.attrib.items():
        if local(key) != "href" or str(value).startswith("#"):
            continue
        picture = _PICTURE.fullmatch(str(value).strip())
        if not picture or not _is_small(picture[1]):
            return False
    return "@import" not in (element.text or "")


def _is_small(data: str) -> bool:
    try:
        with Image.open(io.BytesIO(base64.b64decode(data)), formats=FORMATS) as image:
            return max(image.size) <= LARGEST_SIDE
    except (OSError, ValueError, binascii.Error, SyntaxError, Image.DecompressionBombError):
        return False
