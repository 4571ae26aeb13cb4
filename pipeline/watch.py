"""Sources that change -> a signal to build again. The only room that imports watchfiles."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

from pipeline.config import VOICES, book_file
from pipeline.read.library import is_library

DEBOUNCE_MS = 400  # an editor's save is several changes
STEP_MS = 50
WAIT_MS = 200
PICTURES = {".jpg", ".jpeg", ".png"}  # one of which may be the cover


def changes(sources: Collection[Path], apart: Collection[Path]) -> Iterator[set[Path]]:
    """The paths that have changed, each time something has come to rest; without end.

    First comes nothing, once it is being watched: what changes from then on is not missed. `apart`
    are folders that are not looked at, such as the one that is built into.
    """
    from watchfiles import watch

    folders = {source if source.is_dir() else source.parent for source in sources}
    is_first = True
    for found in watch(
        *folders,
        *([VOICES] if VOICES.is_dir() else []),
        watch_filter=lambda _, name: matters(Path(name), sources, apart),
        debounce=DEBOUNCE_MS,
        step=STEP_MS,
        recursive=any(map(is_library, sources)),
        rust_timeout=WAIT_MS,
        yield_on_timeout=True,
    ):
        if found or is_first:
            is_first = False
            yield {Path(name) for _, name in found}


def matters(path: Path, sources: Collection[Path], apart: Collection[Path]) -> bool:
    """Whether a change of this file may change a book."""
    if path.name.startswith(".") or path.name.endswith("~"):
        return False
    if {folder.resolve() for folder in apart} & {path, *path.parents}:
        return False
    if path.parent == VOICES.resolve():
        return path.suffix == ".toml"
    return any(_is_of(path, source.resolve()) for source in sources)


def _is_of(path: Path, source: Path) -> bool:
    """Whether it is in the source's folder; or the source's file, its settings, or a picture."""
    if source.is_dir():
        return source in path.parents
    beside = path.parent == source.parent and path.suffix.lower() in PICTURES
    return beside or path in {source, book_file(source)}
