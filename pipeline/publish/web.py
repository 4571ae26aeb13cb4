"""An HTML page that is whole in itself: its style, its scripts and its data lie within it.

What a title or a sentence holds is text, whatever it is. The page says by its own policy that no
script but these runs, and that nothing is fetched but pictures and audio from where it lies.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from importlib.resources import files
from urllib.parse import quote

RTL = frozenset("Adlm Arab Hebr Mand Mend Nkoo Rohg Samr Syrc Thaa".split())
# HTML has no controls, and no half of a pair. Joiners stay: emoji and Persian need them.
_NO_TEXT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
# A script ends at `</script`, whatever is around it, and `<!--` hides that end (HTML, 4.12.1.3).
_IN_SCRIPT = str.maketrans({c: f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"})
# By which a page of ours is known.
GENERATOR = '<meta name="generator" content="make-audiobook">'
# The page's own picture, for a browser would ask the server for one.
ICON = "data:image/svg+xml," + quote(
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">'
    '<rect width="32" height="32" rx="7" fill="#8a3b1e"/>'
    '<path d="M11 8v16l13-8z" fill="#fffaf2"/></svg>',
    safe="",
)


def clean(value: str) -> str:
    """What of it a page or XML can hold; a space for what it cannot."""
    return _NO_TEXT.sub(" ", value)


def text(value: str) -> str:
    """Text that is text whatever is in it, also between quotes."""
    return html.escape(clean(value))


def href(name: str) -> str:
    """The relative address of a file, by its name; never one with a scheme or a host."""
    return quote(clean(name), safe="")


def data(name: str, value: object) -> str:
    """A block of JSON, which a script reads as text of the element `name`."""
    told = clean(json.dumps(value, ensure_ascii=False, separators=(",", ":")))
    return f'<script type="application/json" id="{name}">{told.translate(_IN_SCRIPT)}</script>\n'


def resource(name: str) -> str:
    """A file that lies beside this module."""
    return (files(__package__) / name).read_text(encoding="utf-8")


def direction(language: str) -> str:
    """How a language is written: ltr, rtl, or auto where its tag says nothing."""
    script = script_of(language)
    return "auto" if not script else "rtl" if script in RTL else "ltr"


def script_of(language: str) -> str:
    """The likely script of a language tag, as ISO 15924 has it; nothing for no tag."""
    from langcodes import Language
    from langcodes.tag_parser import LanguageTagError

    try:
        return Language.get(language).maximize().script or ""
    except LanguageTagError:
        return ""


def page(title: str, body: str, *, style: str, early: str, late: str) -> str:
    """A whole page: `early` runs before its body is drawn, `late` when all of it is there.

    `title` is text, `body` HTML.
    """
    policy = (
        # Browsers do not agree on whether a file's neighbour is 'self'.
        "default-src 'none'; img-src 'self' data: file:; media-src 'self' file:; "
        f"style-src {_digest(style)}; script-src {_digest(early)} {_digest(late)}; "
        "base-uri 'none'; form-action 'none'"
    )
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"{GENERATOR}\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">\n'
        f'<title>{text(title)}</title>\n<link rel="icon" href="{ICON}">\n'
        f"<style>{style}</style>\n<script>{early}</script>\n</head>\n"
        f"<body>\n{body}<script>{late}</script>\n</body>\n</html>\n"
    )


def _digest(content: str) -> str:
    """What a policy calls an element's content."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}'"


def length(ms: int) -> str:
    """A length as people say it."""
    minutes = max(1, round(ms / 60_000))
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"


def clock(ms: int) -> str:
    """A length as players show it."""
    minutes, seconds = divmod(ms // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"
