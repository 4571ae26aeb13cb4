"""Sources that change -> a signal to build again. The only room that imports watchfiles."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from pipeline.config import LEXICONS, VOICES, book_file
from pipeline.read.library import is_library

DEBOUNCE_MS = 400  # an editor's save is several changes
STEP_MS = 50
WAIT_MS = 200
# What profiles are made of: themselves, their words, their models with what lies beside these.
OF_VOICES = {".toml", ".pls", ".onnx", ".json", ".bin"}
PICTURES = {".jpg", ".jpeg", ".png"}  # one of which may be the cover


def changes(
    sources: Collection[Path], apart: Collection[Path], also: Collection[Path] = ()
) -> Iterator[set[Path]]:
    """The paths that have changed, each time something has come to rest; without end.

    First comes nothing, once it is being watched: what changes from then on is not missed. `apart`
    are folders that are not looked at, such as the one that is built into; `also` are files beside
    the sources that are, such as a lexicon.
    """
    known = [source.resolve() for source in (*sources, *also)]
    folders = {source if source.is_dir() else source.parent for source in known}
    while True:
        try:
            yield from _until_replaced(folders, known, apart)
        except FileNotFoundError:  # a folder that goes in this moment
            time.sleep(WAIT_MS / 1000)


def _until_replaced(
    folders: Iterable[Path], sources: Collection[Path], apart: Collection[Path]
) -> Iterator[set[Path]]:
    """Changes, until another folder lies under one of the names: it is the old one that is watched.

    At first nothing, once it is.
    """
    from watchfiles import watch

    folders = {*folders, VOICES.resolve()}
    before, is_new = _identities(folders), True
    for found in watch(
        *(folder for folder, number in before.items() if number),
        watch_filter=lambda _, name: matters(Path(name), sources, apart),
        debounce=DEBOUNCE_MS,
        step=STEP_MS,
        recursive=any(map(is_library, sources)),
        rust_timeout=WAIT_MS,
        yield_on_timeout=True,
    ):
        replaced = _identities(folders) != before
        if found or is_new or replaced:
            is_new = False
            yield {Path(name) for _, name in found}
        if replaced:
            return


def _identities(folders: Iterable[Path]) -> dict[Path, int]:
    """What lies under each name and in the folder of voices, by its inode; 0 where nothing does."""
    within = (path for path in VOICES.resolve().rglob("*") if path.is_dir())
    every = sorted({*folders, *within})
    return {folder: folder.stat().st_ino if folder.is_dir() else 0 for folder in every}


def matters(path: Path, sources: Collection[Path], apart: Collection[Path]) -> bool:
    """Whether a change of this file may change a book; `sources` are resolved."""
    if path.name.startswith(".") or path.name.endswith("~"):
        return False
    if {folder.resolve() for folder in apart} & {path, *path.parents}:
        return False
    if VOICES.resolve() in path.parents:
        return path.suffix in OF_VOICES
    return any(_is_of(path, source) for source in sources)


def _is_of(path: Path, source: Path) -> bool:
    """Whether it is in the source's folder; or the source's file, its settings, or a picture."""
    if source.is_dir():
        return source in path.parents
    beside = path.parent == source.parent and path.suffix.lower() in PICTURES
    settings = [book_file(source), *(source.with_suffix(f".{name}") for name in LEXICONS)]
    return beside or path in {source, *settings}
