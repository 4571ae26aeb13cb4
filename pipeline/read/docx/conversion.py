"""What mammoth is given, what it is told to make of it, and what is left to do after it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping
from typing import BinaryIO

from lxml import etree

from pipeline.errors import SourceError
from pipeline.read.docx.elements import value
from pipeline.read.docx.notes import place_notes
from pipeline.read.docx.stylemap import DEEPEST_LIST, LANGUAGE, OWN, PARAGRAPHS, RUNS
from pipeline.read.elements import text_of
from pipeline.read.markup import parse_html
from pipeline.read.office import all_of

_STYLE = (
    f'<w:style w:type="{{kind}}" w:styleId="{OWN}{{name}}"><w:name w:val="{{name}}"/></w:style>'
)
_LISTS = "".join(
    f'<w:abstractNum w:abstractNumId="{key}">'
    + "".join(
        f'<w:lvl w:ilvl="{depth}"><w:numFmt w:val="{shown}"/></w:lvl>'
        for depth in range(DEEPEST_LIST + 1)
    )
    + f'</w:abstractNum><w:num w:numId="{key}"><w:abstractNumId w:val="{key}"/></w:num>'
    for key, shown in ((1, "decimal"), (2, "bullet"))
)


def converted(
    texts: Mapping[str, etree._Element], name: str
) -> tuple[etree._Element, tuple[str, ...]]:
    """The document as HTML, and what was lost on the way. Raises SourceError."""
    runs = RUNS | {LANGUAGE + one: f"span[lang='{one}']" for one in _languages(texts.values())}
    style_map = [f"p[style-name='{style}'] => {path}" for style, path in PARAGRAPHS.items()]
    style_map += ["br[type='page'] => br", "br[type='column'] => br"]
    style_map += [f"r[style-name='{style}'] => {path}" for style, path in runs.items()]
    html, messages = _by_mammoth(_packed(texts, runs), "\n".join(style_map), name)
    root = parse_html(f"<body>{html}</body>".encode(), name)
    _finish(root)
    lost = [one for one in messages if "w:sym" in one or "altChunk" in one]
    return root, tuple(f"{name}: not all of it is read: {one}." for one in lost)


def _by_mammoth(file: BinaryIO, style_map: str, name: str) -> tuple[str, list[str]]:
    """What mammoth makes of a file, and what it says of it. Raises SourceError."""
    import mammoth

    try:
        made = mammoth.convert_to_html(
            file,
            style_map=style_map,
            include_embedded_style_map=False,
            convert_image=lambda _: [],
        )
    except RecursionError as error:
        raise SourceError(f"{name}: nested deeper than a document is. It is damaged.") from error
    except Exception as error:  # whatever a damaged document brings about
        what = " ".join(f"{type(error).__name__}: {error}".split())
        raise SourceError(f"{name}: a damaged Word document ({what}). Save it again.") from error
    return made.value, list(dict.fromkeys(message.message for message in made.messages))


def _languages(roots: Iterable[etree._Element]) -> list[str]:
    """The languages that runs are styled as."""
    styles = {value(run, "rpr", "rstyle") for root in roots for run in all_of(root, "r")}
    start = OWN + LANGUAGE
    return sorted(one.removeprefix(start) for one in styles if one.startswith(start))


def _packed(texts: Mapping[str, etree._Element], runs: Iterable[str]) -> io.BytesIO:
    """A document of these texts, with our styles and lists."""
    word = str(texts["document"].tag).rpartition("}")[0][1:]
    styles = [_STYLE.format(kind="paragraph", name=style) for style in PARAGRAPHS]
    styles += [_STYLE.format(kind="character", name=style) for style in runs]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for kind, root in texts.items():
            archive.writestr(f"word/{kind}.xml", etree.tostring(root, encoding="utf-8"))
        for kind, inner in (("styles", "".join(styles)), ("numbering", _LISTS)):
            archive.writestr(f"word/{kind}.xml", f'<w:{kind} xmlns:w="{word}">{inner}</w:{kind}>')
    return packed


def _finish(root: etree._Element) -> None:
    """Say in HTML what mammoth has no word for, and put notes where they are called."""
    for span in all_of(root, "span"):
        if span.get("class") == "picture":
            span.set("alt", text_of(span))
            span.tag, span.text = "img", None
        elif span.get("class") == "number":
            _set_number(span)
    place_notes(root)


def _set_number(span: etree._Element) -> None:
    """Make of a number that is the first text of an item the item's own."""
    item = next((above for above in span.iterancestors() if above.tag == "li"), None)
    if item is not None:
        item.set("value", text_of(span))
    span.text = None
