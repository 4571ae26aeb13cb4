"""What a part of a book is, and whether a narrator reads it.

Names: EPUB Structural Semantics Vocabulary 1.1, DPUB-ARIA 1.1 (without "doc-"), OPF 2.0 guide.
"""

from __future__ import annotations

import re

# Front and back matter that is looked at, not listened to, by EPUB type.
LEFT_OUT = {
    "cover": "cover",
    "frontcover": "cover",
    "backcover": "cover",
    "titlepage": "title page",
    "title-page": "title page",
    "fulltitlepage": "title page",
    "halftitlepage": "half title",
    "halftitle": "half title",
    "imprint": "imprint",
    "imprimatur": "imprint",
    "colophon": "colophon",
    "copyright-page": "copyright",
    "copyright": "copyright",
    "toc": "contents",
    "toc-brief": "contents",
    "landmarks": "contents",
    "page-list": "contents",
    "pagelist": "contents",
    "loi": "list of illustrations",
    "lot": "list of tables",
    "loa": "list of recordings",
    "lov": "list of recordings",
    "index": "index",
    "footnote": "notes",
    "footnotes": "notes",
    "endnote": "notes",
    "endnotes": "notes",
    "rearnote": "notes",
    "rearnotes": "notes",
    "notes": "notes",
    "navigation": "navigation",
    "auxiliary": "not in the reading order",
}
# Types that are read aloud whatever their title says, and those that hold chapters.
READ = frozenset(
    "abstract acknowledgments afterword appendix bodymatter chapter conclusion dedication epigraph "
    "epilogue foreword introduction part preamble preface prologue text volume".split()
)
DIVISIONS = frozenset("part volume division".split())
KNOWN = frozenset(LEFT_OUT) | READ | DIVISIONS

# The same by title, where a file has no types; in the languages that voices are likely to speak.
_TITLES = {
    "cover": "cover|front cover|back cover|titelbild|umschlag|couverture|cubierta|copertina|omslag",
    "title page": "title ?page|titelseite|titelblatt|page de titre|portada|frontespizio",
    "half title": "half[- ]?title(?: page)?|schmutztitel|faux[- ]titre|anteportada",
    "imprint": "imprint|impressum|mentions l[ée]gales",
    "colophon": "colophon|kolophon|colof[óo]n",
    "copyright": r"(?:un)?copyright(?: page| notice| information)?|©.*|cr[ée]dits? et copyright|"
    r"derechos de autor|the full project gutenberg licen[sc]e|project gutenberg licen[sc]e",
    "contents": "(?:table of )?contents|toc|inhalt(?:sverzeichnis)?|table des mati[èe]res|sommaire|"
    "[íi]ndice|sommario|indice|inhoud(?:sopgave)?|contenido",
    "list of illustrations": "(?:list of )?illustrations|list of (?:figures|maps|plates)|"
    "abbildungsverzeichnis",
    "list of tables": "list of tables",
    "index": "index|general index|stichwortverzeichnis|sachregister|register",
    "notes": "notes|endnotes|footnotes|end notes|anmerkungen|fu[ßs]s?noten|endnoten|notas|note",
}
_BY_TITLE = [(why, re.compile(pattern, re.IGNORECASE)) for why, pattern in _TITLES.items()]
# Longer than this, a part of such a title is more than its name says, and is read.
MOST_WORDS = {"cover": 150, "title page": 300, "half title": 150, "imprint": 2000}
LONGEST_LEGAL = 500  # words of a page that nothing but its text gives away
_LEGAL = re.compile(
    r"©|\bcopyright\b|\ball rights reserved\b|\bISBN\b|\bfirst published\b|\bprinted in\b",
    re.IGNORECASE,
)


def why_left_out(types: frozenset[str], title: str, words: int) -> str:
    """Why a part is not read, by its types or else its title; nothing if it is."""
    for kind in sorted(types):
        if kind in LEFT_OUT:
            return LEFT_OUT[kind]
    if types & (READ - {"bodymatter", "text"}):
        return ""
    bare = title.strip(" .:[]()*_#")
    for why, pattern in _BY_TITLE:
        if pattern.fullmatch(bare) and words <= MOST_WORDS.get(why, words):
            return why
    return ""


def is_legal(text: str) -> bool:
    """Whether a page without a title is a copyright page: short, with three of its marks."""
    if len(text.split()) > LONGEST_LEGAL:
        return False
    return len({mark.lower() for mark in _LEGAL.findall(text)}) >= 3
