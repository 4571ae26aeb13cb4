"""Text -> XML that any parser takes: what a read-along is written in."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping

# XML 1.0, 2.2: no other characters may stand in a document, not even by number.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Languages and scripts that are written from right to left: CLDR's, by their subtags.
_RIGHT_TO_LEFT = frozenset("ar arc ckb dv fa he iw ks ku ps sd syr ug ur yi nqo".split())
_SCRIPTS = frozenset("arab hebr thaa syrc nkoo mand samr adlm rohg".split())
DECLARATION = '<?xml version="1.0" encoding="utf-8"?>\n'


def text(content: str) -> str:
    """Characters that stand for themselves, in text and in quoted attributes."""
    return html.escape(_FORBIDDEN.sub(" ", content))


def attributes(said: Mapping[str, str]) -> str:
    """Attributes of a tag, each after a space; an empty one is left away."""
    return "".join(f' {name}="{text(value)}"' for name, value in said.items() if value)


def element(tag: str, content: str, **said: str) -> str:
    """An element around a text, or nothing where there is none."""
    return f"<{tag}{attributes(said)}>{text(content)}</{tag}>" if content.strip() else ""


def direction(language: str) -> str:
    """ "rtl" or "ltr", by a BCP 47 tag: its script says so, or else the language."""
    first, *rest = language.lower().replace("_", "-").split("-")
    script = next((part for part in rest if len(part) == 4 and part.isalpha()), "")
    is_rtl = script in _SCRIPTS if script else first in _RIGHT_TO_LEFT
    return "rtl" if is_rtl else "ltr"


def page(title: str, language: str, body: str, style: str = "", kind: str = "") -> str:
    """An XHTML document of EPUB 3; `style` is where its sheet is, `kind` what its body is."""
    sheet = f'<link rel="stylesheet" type="text/css"{attributes({"href": style})}/>\n'
    said = {"lang": language, "xml:lang": language, "dir": direction(language)}
    return (
        f"{DECLARATION}<!DOCTYPE html>\n"
        '<html xmlns="http://www.w3.org/1999/xhtml" '
        f'xmlns:epub="http://www.idpf.org/2007/ops"{attributes(said)}>\n'
        f'<head>\n<meta charset="utf-8"/>\n<title>{text(title.strip() or "Untitled")}</title>\n'
        f"{sheet if style else ''}</head>\n"
        f"<body{attributes({'epub:type': kind})}>\n{body}</body>\n</html>\n"
    )
