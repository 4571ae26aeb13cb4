"""A voice's files: read within bounds, and known by their content."""

from __future__ import annotations

import hashlib
import stat
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from pipeline.errors import VoiceError

# Kokoro's largest model is 326 MB; a protobuf message ends at 2 GB.
LARGEST_MODEL = 1 << 30
DIGITS = 16  # of a SHA-256, in a fingerprint


class State(NamedTuple):
    """A file as it is now: another size or time of change is another file."""

    path: str
    size: int
    changed: int


def state(path: Path, largest: int = LARGEST_MODEL) -> State:
    """What there is at a path. Raises VoiceError where that is no file, or one of a mad size."""
    try:
        found = path.stat()
    except OSError as error:
        raise VoiceError(f"{path.name}: cannot be read ({error.strerror}).") from error
    if not stat.S_ISREG(found.st_mode):
        raise VoiceError(f"{path.name}: not a file. Name a voice's model.")
    if not 0 < found.st_size <= largest:
        size = "empty" if not found.st_size else f"larger than {largest >> 20} MB"
        raise VoiceError(f"{path.name}: {size}, so it cannot be a voice's. Get it again.")
    return State(str(path), found.st_size, found.st_mtime_ns)


def read(file: State) -> bytes:
    """All of it. Raises VoiceError where it is no longer what it was."""
    path = Path(file.path)
    try:
        with path.open("rb") as opened:
            data = opened.read(file.size + 1)
    except OSError as error:
        raise VoiceError(f"{path.name}: cannot be read ({error.strerror}).") from error
    if len(data) != file.size:
        raise VoiceError(f"{path.name}: it changed while it was read. Try again.")
    return data


@lru_cache(maxsize=64)
def digest(file: State) -> str:
    """The first digits of the SHA-256 of its bytes."""
    return hashlib.sha256(read(file)).hexdigest()[:DIGITS]
