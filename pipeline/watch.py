"""Sources that change -> a signal to build again. The only room that imports watchfiles."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

from pipeline.config import BOOK_FILE, VOICES, book_file
from pipeline.read.library import is_library

DEBOUNCE_MS = 400  # an editor's save is several changes
STEP_MS = 50


def changes(sources: Collection[Path], apart: Collection[Path]) -> Iterator[set[Path]]:
    """The paths that have changed, each time something has come to rest; without end.

    `apart` are folders that are not looked at, such as the one that is built into.
    """
    from watchfiles import watch

    folders = {source if source.is_dir() else source.parent for source in sources}
    roots = {*folders, *([VOICES] if VOICES.is_dir() else [])}
    apart = {path.resolve() for path in apart}

    def matters(_change: object, name: str) -> bool:
        path = Path(name)
        if apart & {path, *path.parents}:
            return False
        return _matters(path, sources)

    for found in watch(
        *roots,
        watch_filter=matters,
        debounce=DEBOUNCE_MS,
        step=STEP_MS,
        recursive=any(map(is_library, sources)),
        rust_timeout=1000,
    ):
        yield {Path(name) for _, name in found}


def _matters(path: Path, sources: Collection[Path]) -> bool:
    """Whether a change of this file may change a book."""
    if path.name.startswith(".") or path.name.endswith("~"):
        return False
    if path.parent == VOICES.resolve():
        return path.suffix == ".toml"
    for source in sources:
        known = source.resolve()
        if source.is_dir() and known in path.parents:
            return True
        if path == known or path == book_file(known) or path.name == BOOK_FILE:
            return True
    return False
