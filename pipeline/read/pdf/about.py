"""What a PDF says of its book, where a person and not a program said it."""

from __future__ import annotations

import ctypes
import re
from typing import Any

from pipeline.model import Person
from pipeline.read.pdf.runs import well_formed

_NO_TITLE = re.compile(
    r"microsoft (?:word|powerpoint|office)\b.*|untitled.*|document\s*\d*|slide \d+|title|book|pdf"
    r"|(?:power ?point )?presentation\d*|layout \d+|unknown|none|null|\S*[\\/]\S*|\W*"
    r"|.*\.(?:docx?|pdf|indd|qx[dp]|tex|dvi|rtf|odt|txt|pages|fm|pmd|ps|html?|epub|xml|wpd)",
    re.IGNORECASE,
)
_NO_AUTHOR = re.compile(
    r"unknown.*|anonymous|user\d*|admin\w*|owner|author|none|null|default|root|pc|hp|dell|acer"
    r"|.*@.*|\W*",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?:D:)?((?:19|20)\d\d)")


def about_of(document: Any) -> tuple[dict[str, str], tuple[Person, ...]]:
    """The text fields of a Book by name, and its authors."""
    said = {key: on_one_line(value) for key, value in document.get_metadata_dict().items()}
    title = said.get("Title", "")
    year = _YEAR.match(said.get("CreationDate", ""))
    about = {
        "title": "" if _NO_TITLE.fullmatch(title) else title,
        "description": said.get("Subject", ""),
        "date": year[1] if year else "",
        "language": _language(document),
    }
    return {key: value for key, value in about.items() if value}, _people(said.get("Author", ""))


def on_one_line(text: str) -> str:
    """A text of the file's without what its programs leave in it."""
    return " ".join(well_formed(text).replace("\0", "").split())


def _language(document: Any) -> str:
    """The document's language tag, or nothing: older PDFiums do not tell it."""
    from pypdfium2 import raw

    ask = getattr(raw, "FPDFCatalog_GetLanguage", None)
    if ask is None:
        return ""
    length = ask(document, None, 0)
    buffer = (ctypes.c_ushort * max(1, length))()
    ask(document, buffer, length)
    return bytes(buffer).decode("utf-16-le", "replace").rstrip("\0").strip()


def _people(authors: str) -> tuple[Person, ...]:
    """The names in "A; B", "A and B", "A, B", or the one in "Last, First"."""
    people: list[Person] = []
    for name in re.split(r"\s*;\s*|\s+(?:and|und|et|y|&)\s+", authors):
        parts = re.split(r"\s*,\s*", name)
        if len(parts) == 2 and " " not in parts[0] and parts[0] and parts[1]:
            people.append(Person(f"{parts[1]} {parts[0]}", sort_name=name))
        elif all(" " in part for part in parts):
            people += [Person(part) for part in parts]
        else:
            people.append(Person(name))
    return tuple(person for person in people if not _NO_AUTHOR.fullmatch(person.name))
