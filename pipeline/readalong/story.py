"""A read-along made from a story: a page a chapter, in a look of our own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from pipeline.chapter import Lost
from pipeline.readalong import package, smil
from pipeline.readalong.bundle import Bundle, bundle
from pipeline.readalong.clips import Narrated, Spoken, audio_name, clips
from pipeline.readalong.page import Page, page
from pipeline.readalong.smil import Par
from pipeline.store import Store

FOLDER = "EPUB"
ROOT = "chapter"  # the id of what holds a chapter's text


def write(path: Path, narrated: Narrated, store: Store) -> None:
    """Leave the book at `path`. Raises Lost, OSError."""
    book, chapters, cover = narrated.book, narrated.chapters, narrated.cover
    with bundle(path, f"{FOLDER}/package.opf") as made:
        parts = list(_parts(made, chapters))
        names = [audio_name(number, len(chapters)) for number, _ in enumerate(chapters, 1)]
        contents = package.Contents(parts, names, narrated.narrators, cover)
        made.add(f"{FOLDER}/package.opf", package.package(book, contents))
        made.add(f"{FOLDER}/nav.xhtml", package.nav(book, parts))
        made.add(f"{FOLDER}/style.css", package.STYLE)
        made.add(f"{FOLDER}/cover.xhtml", package.cover_page(book, cover))
        with made.adding(f"{FOLDER}/{package.cover_name(cover)}", len(cover.data)) as file:
            file.write(cover.data)
        for name, spoken in zip(names, chapters, strict=True):
            add_audio(made, f"{FOLDER}/{name}", spoken, store)


def _parts(made: Bundle, chapters: Sequence[Spoken]) -> Iterator[package.Part]:
    """The page and the overlay of each chapter, put where they belong."""
    width = max(2, len(str(len(chapters))))
    for number, spoken in enumerate(chapters, 1):
        name = f"chapter-{number:0{width}d}"
        found = page(spoken.script, "style.css", ROOT)
        pars = list(_pars(found, spoken, audio_name(number, len(chapters))))
        made.add(f"{FOLDER}/{name}.xhtml", found.content)
        made.add(f"{FOLDER}/{name}.smil", smil.overlay(f"{name}.xhtml", ROOT, pars))
        title, sections = spoken.script.chapter.title, found.sections
        yield package.Part(f"{name}.xhtml", title, sections, f"smil-{number}", smil.length(pars))


def _pars(found: Page, spoken: Spoken, audio: str) -> Iterator[Par]:
    """The lines that have a place in the page, each with its clip."""
    for line, clip in clips(spoken.joined, found.ids).items():
        yield Par(found.ids[line], audio, clip)


def add_audio(made: Bundle, name: str, spoken: Spoken, store: Store) -> None:
    """A chapter's audio, as the store has it. Raises Lost."""
    try:
        size = store.path(spoken.audio).stat().st_size
    except FileNotFoundError as error:
        raise Lost(spoken.audio) from error
    with made.adding(name, size) as member:
        whole = store.copy(spoken.audio, member)  # type: ignore[arg-type]
    if not whole:
        raise Lost(spoken.audio)
