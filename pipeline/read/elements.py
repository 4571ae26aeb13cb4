"""HTML's elements and attributes, by their usual names."""

from __future__ import annotations

import posixpath
import re
from urllib.parse import unquote

from lxml import etree

BLOCKS = frozenset(
    "address article aside blockquote body caption center dd details dialog dir div dl dt fieldset "
    "figcaption figure footer form header hgroup html legend li main menu nav ol p pre search "
    "section summary table tbody td tfoot th thead tr ul".split()
)
HEADINGS = {f"h{level}": level for level in range(1, 7)}
KNOWN_TAGS = frozenset(
    "a abbr acronym address applet area article aside audio b base basefont bdi bdo bgsound big "
    "blink blockquote body br button canvas caption center cite code col colgroup command data "
    "datalist dd del details dfn dialog dir div dl dt em embed fieldset figcaption figure font "
    "footer form frame frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html i iframe img image "
    "input ins isindex kbd keygen label legend li link listing main map mark marquee math menu "
    "menuitem meta meter multicol nav nobr noembed noframes noscript object ol optgroup option "
    "output p param picture plaintext pre progress q rb rbc rp rt rtc ruby s samp script search "
    "section select slot small source spacer span strike strong style sub summary sup svg table "
    "tbody td template textarea tfoot th thead time title tr track tt u ul var video wbr "
    "xmp".split()
)
_ATTRIBUTES = {
    "{http://www.idpf.org/2007/ops}type": "epub:type",
    "{http://www.w3.org/XML/1998/namespace}lang": "xml:lang",
    "{http://www.w3.org/XML/1998/namespace}id": "id",
    "{http://www.w3.org/2001/10/synthesis}ph": "ssml:ph",
    "{http://www.w3.org/2001/10/synthesis}alphabet": "ssml:alphabet",
}


def attributes(element: etree._Element) -> dict[str, str]:
    """An element's attributes by their usual names, in small letters; `lang` is the language."""
    found: dict[str, str] = {}
    for key, value in element.attrib.items():
        name = str(key)
        short = _ATTRIBUTES.get(name) or name.rpartition("}")[2].lower()
        found[short] = str(value)
    if "xml:lang" in found:
        found["lang"] = found["xml:lang"]
    return found


def resolve(file: str, href: str) -> str:
    """The place that a link in `file` points at, as "file#id"; nothing for one out of the book."""
    href = href.strip()
    if re.match(r"[a-zA-Z][\w+.-]+:|//", href):
        return ""
    path, _, fragment = href.partition("#")
    path = unquote(path.partition("?")[0])
    fragment = unquote(fragment)
    if path:
        path = posixpath.normpath(posixpath.join("/", posixpath.dirname(file), path)).lstrip("/")
    else:
        path = file
    return f"{path}#{fragment}" if fragment else path


def text_of(element: etree._Element) -> str:
    """All text in an element, on one line."""
    parts = (part for part in element.itertext(etree.Element))
    return " ".join("".join(map(str, parts)).split())
