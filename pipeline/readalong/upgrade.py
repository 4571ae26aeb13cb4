"""EPUB 2 -> EPUB 3: its pages as HTML 5 has them, and its package file.

Sources: HTML (WHATWG), 16.1 and 16.2, for what is obsolete and what stands in its place; EPUB 3.3
for packages; OPF 2.0.1 for what they were.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet

from lxml import etree

from pipeline.model import Book
from pipeline.publish.edition import guid_of
from pipeline.read.elements import attributes
from pipeline.read.markup import local
from pipeline.readalong import package
from pipeline.readalong.opf import DC, OPF
from pipeline.readalong.serial import XHTML

_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_OPF_NAMES = {f"{OPF}role": "role", f"{OPF}file-as": "file-as"}
# Elements that HTML 5 has no more, what stands for them, and how that looks.
_RENAMED = {
    "acronym": ("abbr", ""),
    "big": ("span", "font-size: larger"),
    "center": ("div", "text-align: center"),
    "dir": ("ul", ""),
    "font": ("span", ""),
    "nobr": ("span", "white-space: nowrap"),
    "strike": ("s", ""),
    "tt": ("code", ""),
}
# Attributes of all elements, and of some; others are given up, or become style.
_ANYWHERE = frozenset("id class style title lang dir hidden role tabindex accesskey".split())
_OF = {
    tag: frozenset(names.split())
    for tag, names in {
        "a": "href target rel hreflang type",
        "area": "alt coords shape href target rel",
        "audio": "src controls loop preload",
        "blockquote": "cite",
        "button": "type name value disabled",
        "col": "span",
        "colgroup": "span",
        "del": "cite datetime",
        "form": "action method name",
        "html": "",
        "img": "src alt usemap ismap width height",
        "input": "type name value checked disabled size",
        "ins": "cite datetime",
        "label": "for",
        "li": "value",
        "link": "href rel type media hreflang",
        "map": "name",
        "meta": "name content charset",
        "object": "data type width height usemap name",
        "ol": "start type reversed",
        "option": "value selected label",
        "param": "name value",
        "q": "cite",
        "script": "src type",
        "select": "name multiple size disabled",
        "source": "src type",
        "style": "type media",
        "td": "colspan rowspan headers",
        "textarea": "name rows cols",
        "th": "colspan rowspan headers scope abbr",
        "video": "src controls loop preload width height poster",
    }.items()
}
_OLD_CONTENTS = ("application/x-dtbncx+xml", "application/oebps-page-map+xml")
# What types were written in place of the registered ones.
_MEDIA_TYPES: Mapping[str, str] = {
    "image/jpg": "image/jpeg",
    "application/x-font-ttf": "font/ttf",
    "application/x-font-truetype": "font/ttf",
    "application/x-truetype-font": "font/ttf",
    "application/x-font-otf": "font/otf",
    "application/x-font-opentype": "font/otf",
    "application/opentype": "font/otf",
    "text/x-css": "text/css",
}
_ADDED = ("{http://www.idpf.org/2007/ops}", "{http://www.w3.org/2001/10/synthesis}")
_LENGTH = re.compile(r"(\d{1,5})(%?)")
_NAME = re.compile(r"[A-Za-z_][\w.-]*")
_COLOR = re.compile(r"#[0-9a-fA-F]{3,6}|[a-zA-Z]{3,20}")
_ALIGNED = {"left": "left", "right": "right", "center": "center", "middle": "center",
            "justify": "justify"}  # fmt: skip


def page(root: etree._Element, title: str) -> None:
    """Make a page of XHTML 1.1 one of HTML 5, in its tree."""
    ids = {str(one.get("id")) for one in root.iter(etree.Element) if one.get("id")}
    for element in list(root.iter(f"{XHTML}*")):
        _anchored(element, ids)
        _styled(element)
        tag = local(element.tag)
        if tag in _RENAMED:
            element.tag, look = f"{XHTML}{_RENAMED[tag][0]}", _RENAMED[tag][1]
            _style(element, look)
        _cleaned(element)
    _headed(root, title)


def properties(root: etree._Element) -> str:
    """What the package file must say of a page."""
    tags = {local(one.tag) for one in root.iter(etree.Element)}
    found = [("svg", {"svg"}), ("mathml", {"math"}), ("scripted", {"script", "form"})]
    return " ".join(name for name, signs in found if tags & signs)


def _anchored(element: etree._Element, ids: set[str]) -> None:
    """The name of an anchor, which links point at, as an id."""
    name = str(element.get("name", ""))
    is_anchor = local(element.tag) in ("a", "map", "img") and not element.get("id")
    if is_anchor and _NAME.fullmatch(name) and name not in ids:
        element.set("id", name)
        ids.add(name)


def _style(element: etree._Element, *looks: str) -> None:
    """Say how an element looks, before what it says itself."""
    own = str(element.get("style", "")).strip().rstrip(";")
    said = "; ".join(look for look in (*looks, own) if look)
    if said:
        element.set("style", said)


def _styled(element: etree._Element) -> None:
    """What attributes said of looks, as style."""
    said, tag = attributes(element), local(element.tag)
    looks = [look for name, value in said.items() for look in _looks(tag, name, value.strip())]
    if looks:
        _style(element, *looks)


def _looks(tag: str, name: str, value: str) -> Iterator[str]:
    """One attribute as CSS; nothing for one that has no say in looks."""
    length = _LENGTH.fullmatch(value)
    if name == "align" and value.lower() in _ALIGNED:
        side = _ALIGNED[value.lower()]
        if tag in ("img", "table", "object") and side in ("left", "right"):
            yield f"float: {side}"
        elif tag == "table" and side == "center":
            yield "margin-left: auto; margin-right: auto"
        elif tag != "img":
            yield f"text-align: {side}"
    elif name == "valign" and value.lower() in ("top", "middle", "bottom", "baseline"):
        yield f"vertical-align: {value.lower()}"
    elif name in ("width", "height") and length and _is_loose(tag, length):
        yield f"{name}: {length[1]}{length[2] or 'px'}"
    elif name in ("bgcolor", "color") and _COLOR.fullmatch(value):
        yield f"{'background-color' if name == 'bgcolor' else 'color'}: {value}"
    elif name == "border" and length and tag in ("img", "table"):
        yield f"border-width: {length[1]}px"


def _is_loose(tag: str, length: re.Match[str]) -> bool:
    """Whether a size cannot stay an attribute: of all but pictures, and of a picture in percent."""
    return tag not in ("img", "object", "video") or bool(length[2])


def _cleaned(element: etree._Element) -> None:
    """Leave away the attributes that HTML 5 does not have."""
    if element.get(_XML_LANG):
        element.set("lang", str(element.get(_XML_LANG)))
    for key, value in list(element.attrib.items()):
        if not _is_known(local(element.tag), str(key), str(value)):
            del element.attrib[key]


def _is_known(tag: str, name: str, value: str) -> bool:
    """Whether HTML 5 has this attribute, or EPUB 3 adds it."""
    if name.startswith("{"):
        return name == _XML_LANG or name.startswith(_ADDED)
    if name in ("width", "height") and not value.isdecimal():
        return False
    own = _OF.get(tag, frozenset())
    return name in _ANYWHERE or name in own or name.startswith(("aria-", "data-"))


def _headed(root: etree._Element, title: str) -> None:
    """A head with a title; what it says of its encoding is said by the file."""
    head = next((one for one in root if local(one.tag) == "head"), None)
    if head is None:
        head = root.makeelement(f"{XHTML}head")
        root.insert(0, head)
    for meta in list(head.iter(f"{XHTML}meta")):
        if not (meta.get("name") and meta.get("content") is not None):
            _removed(meta)
    titles = list(head.iter(f"{XHTML}title"))
    named = titles[0] if titles else etree.SubElement(head, f"{XHTML}title")
    if not "".join(map(str, named.itertext())).strip():
        named.text = title
    for other in titles[1:]:
        _removed(other)


def _removed(element: etree._Element) -> None:
    above = element.getparent()
    if above is not None:
        above.remove(element)


def package_file(root: etree._Element, book: Book, there: AbstractSet[etree._Element]) -> None:
    """Make a package file of EPUB 2 one of EPUB 3, in its tree."""
    root.set("version", "3.0")
    _only(root, ("version", "unique-identifier", "id", "dir", _XML_LANG))
    parts = {local(child.tag): child for child in root.iterchildren(etree.Element)}
    for child in list(root):
        if child not in (parts["metadata"], parts["manifest"], parts["spine"]):
            root.remove(child)
    cover = _metadata(root, parts["metadata"], book)
    gone = _manifest(parts["manifest"], cover, there)
    _only(parts["spine"], ("id", "page-progression-direction"))
    for ref in list(parts["spine"]):
        if not isinstance(ref.tag, str) or ref.get("idref") in gone:
            parts["spine"].remove(ref)
        else:
            _only(ref, ("id", "idref", "linear"))


def _only(element: etree._Element, names: tuple[str, ...]) -> None:
    for name in list(element.attrib):
        if name not in names:
            del element.attrib[name]


def _metadata(root: etree._Element, metadata: etree._Element, book: Book) -> str:
    """Turn old metadata into new; returns the id of the cover's item."""
    cover, dated, said = "", False, list[str]()
    for number, element in enumerate(list(metadata)):
        tag = str(element.tag) if isinstance(element.tag, str) else ""
        if tag == f"{OPF}meta" and element.get("name") and element.get("content"):
            _only(element, ("name", "content"))
            cover = str(element.get("content")) if element.get("name") == "cover" else cover
        elif not tag.startswith(DC) or not (element.text or "").strip():
            metadata.remove(element)
        elif tag == f"{DC}date":
            if dated or not _is_date(element):
                metadata.remove(element)
            dated = dated or _is_date(element)
            _only(element, ("id",))
        else:
            said += _refined(element, f"said-{number}")
    _required(root, metadata, book)
    around = f'<metadata xmlns="{OPF[1:-1]}">{"".join(said)}</metadata>'
    metadata.extend(list(etree.fromstring(around)))
    return cover


def _is_date(element: etree._Element) -> bool:
    """Whether it says when the book was published, as EPUB 3 writes it."""
    event = str(element.get(f"{OPF}event", "publication"))
    whole = re.fullmatch(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?", element.text or "")
    return "publication" in event and bool(whole)


def _refined(element: etree._Element, own: str) -> Iterator[str]:
    """What attributes said of a person, as statements."""
    found = {_OPF_NAMES[k]: str(v) for k, v in element.attrib.items() if k in _OPF_NAMES}
    has_language = local(element.tag) in ("title", "creator", "contributor", "subject", "publisher")
    _only(element, ("id", _XML_LANG) if has_language else ("id",))
    if found and not element.get("id"):
        element.set("id", own)
    for name, value in found.items():
        scheme = {"scheme": "marc:relators"} if name == "role" else {}
        yield package.meta(name, value, str(element.get("id")), **scheme)


def _required(root: etree._Element, metadata: etree._Element, book: Book) -> None:
    """A title, a language and an identifier, which not every old book has."""
    language = next(metadata.iterchildren(f"{DC}language"), None)
    for name, value in (("title", book.title), ("language", book.language)):
        if next(metadata.iterchildren(f"{DC}{name}"), None) is None:
            etree.SubElement(metadata, f"{DC}{name}").text = value
    if language is not None:
        language.text = book.language
    known = list(metadata.iterchildren(f"{DC}identifier"))
    if not known:
        known = [etree.SubElement(metadata, f"{DC}identifier")]
        known[0].text = f"urn:uuid:{guid_of(book)}"
    if not any(one.get("id") == root.get("unique-identifier") for one in known):
        known[0].set("id", str(known[0].get("id") or "book-id"))
        root.set("unique-identifier", str(known[0].get("id")))


def _manifest(manifest: etree._Element, cover: str, there: AbstractSet[etree._Element]) -> set[str]:
    """Items as EPUB 3 knows them; returns the ids of those that are gone."""
    gone = set()
    for item in list(manifest):
        kind = str(item.get("media-type", "")) if isinstance(item.tag, str) else ""
        if (
            kind in ("", "application/x-dtbncx+xml", "application/oebps-page-map+xml")
            or item not in there
        ):
            gone.add(str(item.get("id")))
            manifest.remove(item)
            continue
        _only(item, ("id", "href", "media-type"))
        item.set("media-type", _MEDIA_TYPES.get(kind.lower(), kind))
        if cover and item.get("id") == cover and kind.startswith("image/"):
            item.set("properties", "cover-image")
    return gone
