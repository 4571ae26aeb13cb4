"""Bytes that claim to be XML or HTML -> a tree. Nothing is fetched, expanded or trusted.

A DOCTYPE is taken away before a parser sees it, and with it all that entities can do.
"""

from __future__ import annotations

import html.entities
import re

from lxml import etree

from pipeline.errors import SourceError
from pipeline.read.text import BOMS

LARGEST_MARKUP = 16_000_000  # bytes; a whole War and Peace in one file has 4 million
DEEPEST = 2000  # nested elements; libxml2 itself gives up at 2048
LONGEST_ENTITY = 200

_DECLARED = re.compile(
    rb"""(?:<\?xml[^>]*?encoding|<meta[^>]*?charset)\s*=\s*["']?([\w.:-]+)""", re.IGNORECASE
)
_XML_DECLARATION = re.compile(r"\A\s*<\?xml\b[^>]*\?>")
_DOCTYPE = re.compile(
    r"<!DOCTYPE\b[^\[>]*+(?:\[(?P<subset>.*?)\]\s*+)?+>", re.IGNORECASE | re.DOTALL
)
_DECLARED_ENTITY = re.compile(r"""<!ENTITY\s++([\w.-]+)\s++(?:"([^"<&%]*+)"|'([^'<&%]*+)')\s*+>""")
_ENTITY = re.compile(r"&([^\s&;<#]{1,100});")
_OWN = frozenset(("amp", "lt", "gt", "quot", "apos"))
_NO_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
# A tag, or else one so damaged that its quotes would swallow what follows.
_ANY_TAG = re.compile(
    r"""<[A-Za-z][\w:.-]*+(?:[\s/]++(?:[^\s"'<>/=]++(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s"'<>]++))?+)?+)*+>"""
    r"""|<(?P<damaged>[A-Za-z][\w:.-]*+)[^<>]*+>?+"""
)
_EMPTY_TAG = re.compile(r"""<([A-Za-z][\w:-]*)((?:[^"'<>]|"[^"]*"|'[^']*')*?)/>""")
_VOID = frozenset(
    "area base br col embed hr img input link meta param source track wbr basefont frame".split()
)
_TAG = re.compile(r"<(/?)([A-Za-z][\w:-]*)[^<>]*?(/?)>")
_FORMATTING = re.compile(
    r"</?(?:b|i|u|s|em|strong|font|small|big|tt|span|center|nobr|strike|basefont)\b[^<>]*>",
    re.IGNORECASE,
)
_ANCHORS = re.compile(r"</?a\b[^<>]*>", re.IGNORECASE)
# Elements in which HTML sees no markup, so that one without an end swallows the rest of a book.
_RAW = frozenset("title textarea style script xmp iframe noembed noframes plaintext".split())
_LAST_TAGS = re.compile(r"</(?:body|html)\s*>", re.IGNORECASE)


def parse_xml(data: bytes, where: str, deepest: int = DEEPEST) -> etree._Element:
    """The root of an XML file; small damage is mended. Raises SourceError."""
    text = prepared(decode(data, where), where)
    if _is_deep(text, deepest):
        raise SourceError(f"{where}: elements nested more than {deepest} deep, not a book.")
    root = _xml(text)
    if root is None:
        parser = etree.XMLParser(
            resolve_entities=False, no_network=True, huge_tree=True, recover=True
        )
        try:
            root = etree.fromstring(text.encode(), parser)
        except etree.XMLSyntaxError:
            root = None
        last = parser.error_log.last_error
        if last is not None and last.type_name in ("ERR_TAG_NOT_FINISHED", "ERR_DOCUMENT_END"):
            raise SourceError(f"{where}: ends in the middle. Copy the file again.")
    if root is None:
        raise SourceError(f"{where}: not XML. The file is damaged.")
    return root


def parse_html(data: bytes, where: str) -> etree._Element:
    """The root of an XHTML or HTML document, whatever its state; of an empty one, an empty root.

    Raises SourceError.
    """
    text = prepared(decode(data, where), where)
    root = _xml(text)
    if root is not None:
        return root
    for left_away in (None, _FORMATTING, _ANCHORS):  # old pages open these and never close them
        text = left_away.sub("", text) if left_away else text
        root, is_whole = _html(text)
        if is_whole:
            return etree.Element("html") if root is None else root
    raise SourceError(f"{where}: elements nested more than {DEEPEST} deep, not a book.")


def decode(data: bytes, where: str) -> str:
    """The text: UTF-8 if it is that, else as it says, else as most such files are.

    Raises SourceError.
    """
    if len(data) > LARGEST_MARKUP:
        raise SourceError(f"{where}: larger than {LARGEST_MARKUP // 10**6} MB, not a chapter.")
    bom = next((bom for bom in BOMS if data.startswith(bom)), b"")
    declared = _DECLARED.search(data[:2000])
    said = declared[1].decode("ascii", "ignore") if declared else "cp1252"
    latin = "cp1252" if said.lower() in ("iso-8859-1", "latin-1", "latin1", "us-ascii") else said
    guess = "utf-16" if data[:4] in (b"<\0?\0", b"\0<\0?") else "utf-8"
    if guess == "utf-8" and not bom and _is_damaged_utf8(data):
        return data.decode("utf-8", "replace")
    for encoding in (BOMS.get(bom, guess), latin, "cp1252"):
        try:
            return data.decode(encoding)
        except (UnicodeError, LookupError):
            continue
    return data.decode("latin-1")


def _is_damaged_utf8(data: bytes) -> bool:
    """Whether it is UTF-8 but for a few bytes: other encodings give hardly a valid sequence."""
    text = data.decode("utf-8", "replace")
    bad = text.count("\ufffd")
    return 0 < bad * 4 < sum(not char.isascii() for char in text) - bad


def prepared(text: str, where: str) -> str:
    """The text without declarations, its entities as the characters that they stand for.

    An entity that nobody knows stays, as text.
    """
    text = _XML_DECLARATION.sub(_lines, text.replace("\r\n", "\n").replace("\r", "\n"))
    own: dict[str, str] = {}
    at = text.lower().find("<!doctype")
    doctype = _DOCTYPE.match(text, at) if at >= 0 else None
    if doctype:
        for name, one, two in _DECLARED_ENTITY.findall(doctype["subset"] or ""):
            if len(one + two) <= LONGEST_ENTITY:
                own[name] = one + two
        text = text[:at] + _lines(doctype) + text[doctype.end() :]
    text = _NO_TEXT.sub(" ", text).replace("<!ENTITY", "&lt;!ENTITY")

    def character(match: re.Match[str]) -> str:
        name = match[1]
        if name in _OWN:
            return match[0]
        known = own.get(name) or html.entities.html5.get(f"{name};")
        return escaped(known) if known else f"&amp;{name};"

    text = _ENTITY.sub(character, text)
    if len(text) > LARGEST_MARKUP:
        raise SourceError(f"{where}: larger than {LARGEST_MARKUP // 10**6} MB, not a chapter.")
    return text


def _lines(match: re.Match[str]) -> str:
    """Nothing but the line ends, so that line numbers stay true."""
    return "\n" * match[0].count("\n")


def escaped(text: str) -> str:
    """Text that stands for itself in markup."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def local(name: object) -> str:
    """An element's or attribute's name without its namespace, in small letters."""
    return name.rpartition("}")[2].lower() if isinstance(name, str) else ""


def _xml(text: str) -> etree._Element | None:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
    try:
        return etree.fromstring(text.encode(), parser)
    except etree.XMLSyntaxError:
        return None


def _html(text: str) -> tuple[etree._Element | None, bool]:
    """As a browser would take it, but for what a browser would not show; and whether that is all.

    libxml2 cuts off what is nested deeper than 2048 elements.
    """
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, huge_tree=True)
    text = _without_cdata(text)
    text = _ANY_TAG.sub(lambda tag: f"<{tag['damaged']}>" if tag["damaged"] else tag[0], text)
    text = _without_endless(_EMPTY_TAG.sub(_closed, text))
    text = _LAST_TAGS.sub("", text)  # text behind them would be lost
    try:
        root = etree.fromstring(text.encode(), parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        return None, True
    last = parser.error_log.last_error
    return root, last is None or last.type_name != "ERR_RESOURCE_LIMIT"


def _without_cdata(text: str) -> str:
    """The text with XML's sections of plain characters, which HTML does not know, as characters."""
    parts, at = [], 0
    while (start := text.find("<![CDATA[", at)) >= 0 and (end := text.find("]]>", start)) >= 0:
        parts += [text[at:start], escaped(text[start + 9 : end])]
        at = end + 3
    return "".join(parts) + text[at:].replace("<![CDATA[", "")


def _without_endless(text: str) -> str:
    """The text without the beginnings of comments and raw elements that have no end."""
    at = text.rfind("-->")
    text = text[: max(at, 0)] + text[max(at, 0) :].replace("<!--", "")
    tags = [(m, m[2].lower()) for m in _TAG.finditer(text) if m[2].lower() in {*_RAW, "body"}]
    kept, at, following = [], len(text), ""
    for match, name in reversed(tags):
        is_end = bool(match[1])
        if not is_end and name in _RAW and following != name:
            kept.append(text[match.end() : at])
            at = match.start()
        following = name if is_end or name == "body" else ""
    return "".join([text[:at], *reversed(kept)])


def _closed(match: re.Match[str]) -> str:
    name, attributes = match[1], match[2]
    return match[0] if name.lower() in _VOID else f"<{name}{attributes}></{name}>"


def _is_deep(text: str, deepest: int) -> bool:
    """Whether elements are nested deeper than that."""
    depth = 0
    for match in _TAG.finditer(text):
        if match[3]:
            continue
        depth = max(0, depth - 1) if match[1] else depth + 1
        if depth > deepest:
            return True
    return False
