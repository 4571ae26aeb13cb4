"""Plain text stories."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from pipeline.errors import ConfigError, SourceError
from pipeline.normalize.clean import clean, title_of

LARGEST_FILE = 100_000_000  # bytes; War and Peace has 3 million
LONGEST_TITLE = 100
_NUMBERED = re.compile(r"((chapter|part|book|act)\s+)?([ivxlcdm]+|\d+|one)\W*", re.IGNORECASE)

_BOMS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_BINARY = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
# A byte below 32 that no text has, once in this many, is an accident; more is a binary file.
_ACCIDENTS = 1000


def read(path: Path, encoding: str = "utf-8") -> str:
    """The text with its line ends as "\\n". Raises SourceError when it is not text, or empty."""
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise SourceError(f"{path}: larger than {LARGEST_FILE // 10**6} MB, not a story.")
        data = path.read_bytes()
    except OSError as error:
        raise SourceError(f"{path}: cannot be read ({error.strerror}).") from error
    bom = next((bom for bom in _BOMS if data.startswith(bom)), b"")
    wide = encoding.lower().startswith(("utf-16", "utf-32", "utf16", "utf32"))
    accidents = len(_BINARY.findall(data)) > 1 + len(data) // _ACCIDENTS
    if not bom and not wide and (b"\0" in data or accidents):
        raise SourceError(f"{path}: a binary file, not text. Give the story as plain text.")
    text = decode(data, _BOMS.get(bom, encoding), str(path))
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise SourceError(f"{path}: the story is empty. Write it, or take the file away.")
    return text


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


def title(text: str) -> str:
    """The heading that a story opens with, or nothing; "I" and "Chapter 1" name no story."""
    blocks, _ = clean(text)
    if not blocks or blocks[0].kind != "heading":
        return ""
    found = title_of(text[blocks[0].start : blocks[0].end])
    names_a_story = len(found) <= LONGEST_TITLE and not _NUMBERED.fullmatch(found)
    return found if names_a_story else ""
