"""What is not text goes, and what mammoth would pass over becomes what it looks into."""

from __future__ import annotations

from lxml import etree

from pipeline.read.docx.elements import (
    at,
    has_text,
    put_in_place,
    run_of,
    set_style,
    word_name,
    words,
)
from pipeline.read.elements import attributes
from pipeline.read.markup import local
from pipeline.read.office import all_of, remove

# What is not part of the text: deletions, comments, what formats were before a change; and what
# mammoth does with merged cells, which hides their text.
_DROPPED = frozenset(
    "del movefrom rprchange pprchange tblprchange trprchange tcprchange sectprchange "
    "numberingchange commentreference annotationref prooferr lastrenderedpagebreak sdtpr "
    "sdtendpr gridspan vmerge".split()
)
# Elements with text in them that mammoth looks into; all others are made such.
_LOOKED_INTO = frozenset(
    "document footnotes endnotes footnote endnote body t r p tbl tr tc customxml ins moveto "
    "smarttag pict hyperlink sdt sdtcontent txbxcontent".split()
)
_DRAWINGS = ("drawing", "pict", "object")
_RUBY = {"rt": "Reading", "rubybase": "Ruby"}


def simplify(root: etree._Element) -> None:
    """Leave what mammoth reads, and all of the text."""
    _drop(root)
    _choose(root)
    _show_ruby(root)
    _show_mathematics(root)
    _show_drawings(root)
    _rename(root)
    _open_up(root)


def _drop(root: etree._Element) -> None:
    """Take away what is not text; but not the marks that a paragraph or row is deleted."""
    for element in all_of(root, *_DROPPED):
        parent = element.getparent()
        where = local(parent.tag) if parent is not None else ""
        if local(element.tag) != "del" or where not in ("rpr", "trpr"):
            remove(element)
    for paragraph in all_of(root, "p"):  # a deleted one goes on in the next one, if there is one
        mark, after = at(paragraph, "ppr", "rpr", "del"), paragraph.getnext()
        if mark is not None and (after is None or local(after.tag) != "p"):
            remove(mark)


def _choose(root: etree._Element) -> None:
    """Of what is there in several ways take the first with text, or else the first."""
    for element in all_of(root, "alternatecontent"):
        ways = list(element.iterchildren(etree.Element))
        chosen = next(filter(has_text, ways), next(iter(ways), None))
        for way in ways:
            if way is not chosen:
                element.remove(way)


def _show_ruby(root: etree._Element) -> None:
    """The readings of characters, each in a run of its style."""
    for ruby in all_of(root, "ruby"):
        for part in ruby.iterchildren(etree.Element):
            style = _RUBY.get(local(part.tag), "")
            for run in all_of(part, "r") if style else ():
                set_style(run, style)


def _show_mathematics(root: etree._Element) -> None:
    """A formula as its signs."""
    for formula in all_of(root, "omath"):
        put_in_place(run_of(root, words(formula)), formula)


def _show_drawings(root: etree._Element) -> None:
    """A drawing as the text boxes in it, or as what it says of itself."""
    for drawing in all_of(root, *_DRAWINGS):
        boxes = (box for box in all_of(drawing, "txbxcontent") if _drawing_of(box) is drawing)
        if any(map(has_text, boxes)):
            drawing.tag = word_name(root, "pict")
            for picture in all_of(drawing, "imagedata"):
                put_in_place(run_of(root, ""), picture)  # mammoth does not get the file
        else:
            put_in_place(run_of(root, _alternative(drawing), "Picture"), drawing)


def _drawing_of(box: etree._Element) -> etree._Element | None:
    """The drawing that a text box is in."""
    return next((above for above in box.iterancestors() if local(above.tag) in _DRAWINGS), None)


def _alternative(drawing: etree._Element) -> str:
    """What a drawing says of itself, or the letters that it is made of."""
    tags = ("docpr", "imagedata", "textpath", "shape", "rect")
    said = [attributes(element) for element in all_of(drawing, *tags)]
    keys = ("descr", "title", "string", "alt")
    found = (one[key].strip() for key in keys for one in said if key in one)
    return next(filter(None, found), words(drawing))


def _rename(root: etree._Element) -> None:
    """What mammoth has another word for, and links without the targets that it does not get."""
    for element in all_of(root, "cr"):
        element.tag = word_name(root, "br")
    for element in all_of(root, "ptab"):
        element.tag = word_name(root, "tab")
    for link in all_of(root, "hyperlink"):
        for key in [key for key in link.attrib if local(key) == "id"]:
            del link.attrib[key]


def _open_up(root: etree._Element) -> None:
    """Name whatever has text in it as something that mammoth looks into."""
    seen = set()
    for text in all_of(root, "t", "sym"):
        for above in text.iterancestors():
            if above in seen:
                break
            seen.add(above)
            if local(above.tag) not in _LOOKED_INTO:
                above.tag = word_name(root, "smartTag")
