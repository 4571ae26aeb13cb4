"""Plain text stories and books."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import BinaryIO

from pipeline.errors import ConfigError, SourceError
from pipeline.model import Block, Chapter, Person, Span
from pipeline.normalize import gutenberg, titles
from pipeline.normalize.clean import clean, title_of
from pipeline.normalize.headings import ORNAMENTS, names_a_part
from pipeline.normalize.lines import HEADING_CHARACTERS
from pipeline.read import matter
from pipeline.read.damage import notice, repaired
from pipeline.read.document import Document, Manuscript

LARGEST_FILE = 100_000_000  # bytes; War and Peace has 3 million
LONGEST_TITLE = 100
# What a text may begin with, and how it is encoded then.
BOMS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
# How Project Gutenberg writes who had a part in a book, and its language; of English it does not
# say which.
_ROLES = {"author": "aut", "translator": "trl", "editor": "edt", "illustrator": "ill"}
_LANGUAGES = {
    "german": "de",
    "french": "fr",
    "spanish": "es",
    "italian": "it",
    "portuguese": "pt",
    "dutch": "nl",
    "finnish": "fi",
    "swedish": "sv",
    "danish": "da",
    "norwegian": "nb",
    "hungarian": "hu",
    "polish": "pl",
    "czech": "cs",
    "catalan": "ca",
    "latin": "la",
    "esperanto": "eo",
}
OPENING_BLOCKS = 60  # among which a table of contents begins

_BINARY = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
# A byte below 32 that no text has, once in this many, is an accident; more is a binary file.
_ACCIDENTS = 1000
_UNDERLINE = re.compile(r"[ \t]*\n[ \t]*([=~-])\1{2,}[ \t]*(?:\n|\Z)")
_MARKS = re.compile(r"#{1,6}(?=[ \t])")


def read(
    file: BinaryIO, name: str, encoding: str = "utf-8", *, keep_boilerplate: bool = False
) -> Manuscript:
    """A text file. Raises SourceError when it is not text, or empty; ConfigError."""
    text, places = repaired(decoded(file, name, encoding))
    if not text.strip():
        raise SourceError(f"{name}: the story is empty. Write it, or take the file away.")
    made = document(text, keep_boilerplate=keep_boilerplate)
    if not made.blocks:
        raise SourceError(f"{name}: nothing in it is the story's own.")
    about = gutenberg.header(text)
    people = [Person(about[key], role) for key, role in _ROLES.items() if key in about]
    return Manuscript(
        made,
        {key: value for key, value in _details(about).items() if value},
        tuple(people),
        notices=notice(name, places),
    )


def _details(header: Mapping[str, str]) -> dict[str, str]:
    """What Project Gutenberg says of a book; its dates are those of its files."""
    language = _LANGUAGES.get(header.get("language", "").lower(), "")
    return {"title": header.get("title", ""), "language": language}


def story(text: str, language: str, source: str, *, keep_boilerplate: bool = False) -> Chapter:
    """A text given by hand as a chapter."""
    made = document(text, keep_boilerplate=keep_boilerplate)
    chapter = Chapter(
        1, "", "", language, source, "", text, made.blocks, made.spans, skipped=made.skipped
    )
    return matter.without(chapter)


def document(text: str, *, keep_boilerplate: bool = False) -> Document:
    """The blocks of a text as it came; headings that say their rank have a level."""
    found = clean(text, keep_boilerplate=keep_boilerplate)
    headings = [text[b.start : b.end].strip(ORNAMENTS) for b in found.blocks if b.kind == "heading"]
    # Bare numbers count chapters, or sections where something else counts those.
    number = 3 if any(titles.is_chapter(heading) for heading in headings) else 2
    blocks = []
    line, at = 1, 0
    for block in found.blocks:
        line += text.count("\n", at, block.start)
        at = block.start
        level = _level(text, block, number) if block.kind == "heading" else 0
        blocks.append(replace(block, level=level, line=line))
    spans = sorted((*found.spans, *_contents(text, blocks)), key=lambda s: (s.start, -s.end))
    return Document(text, tuple(blocks), tuple(spans), found.skipped)


def _contents(text: str, blocks: Sequence[Block]) -> Iterator[Span]:
    """The table of contents that a text opens with: headings that all come again."""
    written = [titles.letters(text[block.start : block.end]) for block in blocks]
    last = {letters: index for index, letters in enumerate(written)}
    for first, block in enumerate(blocks[:OPENING_BLOCKS]):
        end = first
        while end < len(blocks) and blocks[end].kind == "heading" and last[written[end]] > end:
            end += 1
        if end - first > 1:
            title = blocks[first - 1] if first else block
            is_title = bool(matter.why_left_out(frozenset(), text[title.start : title.end], 0))
            start = title.start if is_title else block.start
            yield Span("type", start, blocks[end - 1].end, "toc")
            return


def promoted(document: Document) -> Document:
    """The document with paragraphs that read like headings as such, where it has none itself."""
    text = document.text
    likely = [
        index
        for index, block in enumerate(document.blocks)
        if block.kind == "paragraph"
        and block.end - block.start <= HEADING_CHARACTERS
        and names_a_part(text[block.start : block.end], apart=True)
    ]
    if len(likely) < 2:
        return document
    blocks = list(document.blocks)
    for index in likely:
        heading = replace(blocks[index], kind="heading")
        blocks[index] = replace(heading, level=_level(text, heading, 2))
    return replace(document, blocks=tuple(blocks))


def _level(text: str, block: Block, number: int) -> int:
    """A heading's rank; 0 for one that only looks like a heading."""
    heading = text[block.start : block.end].strip(ORNAMENTS)
    before = text[text.rfind("\n", 0, block.start) + 1 : block.start]
    if marks := _MARKS.search(before):
        return len(marks[0])
    if rule := _UNDERLINE.match(text, block.end):
        return 1 if rule[1] == "=" else 2
    if titles.is_part(heading):
        return 1
    if titles.is_chapter(heading):
        return 2
    return number if titles.is_number(heading) else 0


def decoded(file: BinaryIO, name: str, encoding: str) -> str:
    """The file's text with its line ends as "\\n". Raises SourceError, ConfigError."""
    data = file.read(LARGEST_FILE + 1)
    if len(data) > LARGEST_FILE:
        raise SourceError(f"{name}: larger than {LARGEST_FILE // 10**6} MB, not a story.")
    bom = next((bom for bom in BOMS if data.startswith(bom)), b"")
    wide = encoding.lower().startswith(("utf-16", "utf-32", "utf16", "utf32"))
    accidents = len(_BINARY.findall(data)) > 1 + len(data) // _ACCIDENTS
    if not bom and not wide and (b"\0" in data or accidents):
        raise SourceError(f"{name}: a binary file, not text. Give the story as plain text.")
    text = decode(data, BOMS.get(bom, encoding), name)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def decode(data: bytes, encoding: str, where: str, first_line: int = 1) -> str:
    """The text, or an error that names the line. Raises SourceError, ConfigError."""
    try:
        text = data.decode(encoding)
        text.encode()  # some encodings let halves of characters through
        return text
    except UnicodeEncodeError as error:
        raise SourceError(
            f"{where}: {encoding.upper()} gives half a character at {error.start}. Is it that?"
        ) from error
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + first_line
        raise SourceError(
            f"{where}:{line}: byte 0x{data[error.start]:02x} is not {encoding.upper()}. "
            "Save the text as UTF-8, or say what it is, as in --encoding cp1252."
        ) from error
    except (LookupError, ValueError) as error:
        raise ConfigError(
            f"{where}: no such encoding as {encoding!r}. Try utf-8 or cp1252."
        ) from error


def title(document: Document) -> str:
    """The heading that a story opens with, or nothing; "I" and "Chapter 1" name no story."""
    first = next(iter(document.blocks), None)
    if first is None or first.kind != "heading":
        return ""
    found = title_of(document.text[first.start : first.end])
    return found if len(found) <= LONGEST_TITLE and not titles.is_bare(found) else ""
