"""What a part of a book is, and whether a narrator reads it.

Names: EPUB Structural Semantics Vocabulary 1.1, DPUB-ARIA 1.1 (without "doc-"), OPF 2.0 guide.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from pipeline.model import Block, Chapter, Skipped
from pipeline.normalize.gutenberg import frame
from pipeline.read.document import Document

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
    "boilerplate": "licence",
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
    "cover": "(?:front |back )?cover(?: page)?|titelbild|umschlag|(?:page de )?couverture|cubierta|"
    "copertina|omslag|okładka|обложка|表紙",
    "title page": "title(?: ?page)?|titelseite|titelblatt|(?:page de )?titre|portada|frontespizio|"
    "titelpagina|strona tytułowa|титульный лист|扉",
    "half title": "half[- ]?title(?: page)?|schmutztitel|faux[- ]titre|anteportada",
    "imprint": "imprint|impressum(?: und copyright)?|mentions l[ée]gales|奥付",
    "colophon": "colophon|kolophon|colof[óo]n",
    "copyright": r"(?:un)?copyrights?(?: page| notice| information| and permissions)?|©.*|"
    r"legal page|cr[ée]dits? et copyright|cr[ée]ditos|derechos de autor|"
    r"(?:the full )?project gutenberg(?:™|\(tm\)|-tm)? licen[sc]e",
    "contents": "(?:table of |brief )?contents(?: page)?|toc|inhalt(?:sverzeichnis)?|"
    "table(?: des mati[èe]res)?|sommaire|[íi]ndice|sommario|inhoud(?:sopgave)?|contenido|"
    "spis treści|obsah|innehåll|содержание|оглавление|目次|目录",
    "list of illustrations": "(?:list of )?illustrations|(?:list|table) of (?:figures|maps|plates)|"
    "abbildungsverzeichnis",
    "list of tables": "list of tables",
    "index": "(?:general )?index|index of names|stichwortverzeichnis|(?:sach|personen)?register",
    "notes": "notes|endnotes|footnotes|end notes|notes de (?:bas de page|fin)|anmerkungen|"
    "fu(?:ß|ss)noten|endnoten|notas|note",
}
_BY_TITLE = [(why, re.compile(pattern, re.IGNORECASE)) for why, pattern in _TITLES.items()]
# Longer than this, a part of such a title is more than its name says, and is read.
MOST_WORDS = {"cover": 150, "title page": 300, "half title": 150, "imprint": 2000}
LONGEST_LEGAL = 500  # words of a page that nothing but its text gives away
SURE_WORDS = 300  # a part of such a title with fewer is what it says
_SIGNS = {
    "notes": re.compile(r"^\W*(?:\d{1,4}|[ivxl]+|[*†‡])[\s.):\]]|↩"),
    "index": re.compile(r"\d[\d\s,;–-]*$"),
    "contents": re.compile(r"\d\s*$|^\W*(?:\S+\W+){1,12}\S*$"),
}
_LEGAL = re.compile(
    r"©|\bcopyright\b|\ball rights reserved\b|\bISBN\b|\bfirst published\b|\bprinted in\b"
    r"|alle rechte vorbehalten|tous droits réservés|todos los derechos|dépôt légal|\bauflage\b"
    r"|originalausgabe|achevé d.imprimer|umschlaggestaltung|tutti i diritti|depósito legal",
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


def looks_like(why: str, texts: Sequence[str]) -> bool:
    """Whether a long part is what its title says: a novel may have a chapter "Notes" or "Index"."""
    body = [text for text in texts[1:] if text.strip()]
    if why not in _SIGNS or sum(len(text.split()) for text in body) <= SURE_WORDS:
        return True
    return sum(bool(_SIGNS[why].search(text)) for text in body) * 2 >= len(body)


def without(chapter: Chapter, *, images: bool = False) -> Chapter:
    """The chapter without the notes, lists and pictures that stand in it."""
    blocks: list[Block] = []
    skipped = list(chapter.skipped)
    stretches = [
        (span.start, span.end, LEFT_OUT[span.value])
        for span in chapter.spans
        if span.kind == "type" and span.value in LEFT_OUT
    ]
    ends: list[tuple[int, str]] = []
    waiting = sorted(stretches, reverse=True)
    for block in chapter.blocks:
        while waiting and waiting[-1][0] <= block.start:
            ends.append(waiting.pop()[1:])
        ends = [one for one in ends if one[0] >= block.end and one[0] > block.start]
        why = ends[-1][1] if ends else "image" if block.kind == "image" and not images else ""
        if not why:
            blocks.append(block)
        elif block.end > block.start:
            text = chapter.text[block.start : block.end]
            skipped.append(Skipped(why, text, block.start, block.end))
    ordered = sorted(skipped, key=lambda piece: (piece.start, piece.end))
    return replace(chapter, blocks=tuple(blocks), skipped=tuple(ordered))


def unframed(document: Document) -> Document:
    """The document without Project Gutenberg's frame, where its file does not say what that is."""
    book = frame(document.text)
    if not book.start and book.end == len(document.text):
        return document
    blocks: list[Block] = []
    skipped = list(document.skipped)
    for block in document.blocks:
        start, end = max(block.start, book.start), min(block.end, book.end)
        if start < end or block.start == block.end:
            blocks.append(replace(block, start=start, end=max(start, end)))
        if out := document.text[block.start : block.end].strip() if start >= end else "":
            skipped.append(Skipped("Project Gutenberg's frame", out, block.start, block.end))
    return replace(document, blocks=tuple(blocks), skipped=tuple(skipped))


def is_read(title: str) -> bool:
    """Whether a title names something that is read aloud before a book begins."""
    return title.strip(" .:").lower() in READ


def is_legal(text: str) -> bool:
    """Whether a page without a title is a copyright page: short, with three of its marks."""
    if len(text.split()) > LONGEST_LEGAL:
        return False
    return len({mark.lower() for mark in _LEGAL.findall(text)}) >= 3
