"""So many at once, whichever processes of this machine they are in.

A place is a file that is locked. The system opens the lock of a process that has died.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.errors import EngineError
from pipeline.processes import waits

POLL_SECONDS = 0.05


@contextmanager
def turn(name: str, places: int) -> Iterator[None]:
    """One of so many places of this name, waited for as long as it takes; 0 for no bound.

    Raises EngineError where the folder for temporary files cannot be used.
    """
    if not places:
        yield
        return
    from filelock import FileLock, Timeout

    folder = _folder(name)
    while True:
        for place in range(places):
            lock = FileLock(folder / f"{place}.lock")
            try:
                lock.acquire(timeout=0)
            except Timeout:
                continue
            except OSError as error:
                raise _unusable(folder, error) from error
            try:
                yield
            finally:
                lock.release()
            return
        waits()
        time.sleep(POLL_SECONDS)


def _folder(name: str) -> Path:
    """A folder of this person's own, among those of all: nobody else may have laid links there."""
    person = os.getuid() if hasattr(os, "getuid") else ""
    own = Path(tempfile.gettempdir()) / f"make-audiobook-{person}"
    try:
        own.mkdir(mode=0o700, exist_ok=True)
        if own.is_symlink() or (person != "" and own.stat().st_uid != person):
            raise EngineError(f"{own}: belongs to somebody else. Remove it")
        folder = own / name
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise _unusable(own, error) from error
    return folder


def _unusable(folder: Path, error: OSError) -> EngineError:
    return EngineError(
        f"{folder}: cannot be written ({error.strerror or error}). Make room there, or leave the "
        "option `concurrency` out"
    )
