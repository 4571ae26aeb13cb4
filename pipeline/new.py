"""Book -> an audiobook.toml with all that was found in it, to be edited."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import groupby

from pipeline.config import ABOUT
from pipeline.model import Book, Chapter

_OPENING = """\
# What make-audiobook found in {name}. Change what you like; a line that is taken away is
# read from the book again. The README explains every key.
"""
_SETTINGS = """
# cover = "cover.jpg"           # a JPEG or PNG beside this file
# voice = "narrator"            # a profile in voices/, or an installed voice such as en-gb
# images = true                 # read the texts that describe pictures
# notes = "inline"              # read notes behind their paragraph, or at the chapter's "end"
# credits = true                # say title, author and narrator first and last
# format = "mp3,m4b"            # also opus, flac, wav
# master = "podcast"            # how loud: also "stereo", "acx", or LUFS such as -18
# [pace]                        # milliseconds of rest
# paragraph = 750
# [cast]                        # who else speaks: what is in quotation marks, headings, notes
# quotations = { pitch = 60 }
# [cast.speakers]               # by name: "Run!" Harriet cried; or [Harriet] before a paragraph
# Harriet = "en-us+f3"

# The chapters in the order in which they are read. `skip = true` leaves one out; `voice = "..."`
# gives it a voice of its own.
"""


def toml(book: Book, name: str) -> str:
    """The settings of a book as text; read again, they change nothing."""
    lines = [_OPENING.format(name=quoted(name))]
    for key in ABOUT:
        value = getattr(book, key)
        lines.append(f"{key} = {quoted(value)}\n" if value else f'# {key} = ""\n')
    lines.append(_SETTINGS)
    lines += _chapters(book)
    return "".join(lines)


def _chapters(book: Book) -> Iterator[str]:
    """A table for each part of the book, those that are left out where they stand."""
    out = {
        number: list(parts) for number, parts in groupby(book.left_out, lambda part: part.number)
    }
    for chapter in book.chapters:
        yield from map(_table, out.get(chapter.number, ()))
        yield _table(chapter)
    yield from map(_table, out.get(len(book.chapters) + 1, ()))


def _table(part: Chapter) -> str:
    about = f"{part.words:,d} words" + (f", left out: {part.left_out}" if part.left_out else "")
    skip = "skip = true\n" if part.left_out else ""
    return (
        f"\n[[chapter]]                     # {about}\n"
        f"file = {quoted(part.file)}\ntitle = {quoted(part.title)}\n{skip}"
    )


def quoted(text: str) -> str:
    """A TOML string; JSON's are of the same form."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
