"""Kokoro's file of voices: a zip of arrays, one a style, named such as "af_heart"."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tokenize import TokenError
from typing import IO, Any

from pipeline.engines import content
from pipeline.engines.content import State
from pipeline.errors import VoiceError, did_you_mean

LARGEST_FILE = 256 << 20  # 54 styles have 28 MB
MOST_STYLES = 2_000
WIDTH = 256  # numbers of a style
MOST_ROWS = 2_000  # one for each number of phonemes: 510 of them
LARGEST_MEMBER = MOST_ROWS * WIDTH * 4 + 4096
LARGEST_HEADER = 4096
NAME = re.compile(r"([a-z]{2}_\w{1,60})\.npy", re.ASCII)


def names(file: State) -> list[str]:
    """What is in it, by its directory alone. Raises VoiceError."""
    name = Path(file.path).name
    try:
        with Path(file.path).open("rb") as opened, _archive(opened, name) as archive:
            found = [match[1] for one in archive.namelist() if (match := NAME.fullmatch(one))]
    except OSError as error:
        raise VoiceError(f"{name}: cannot be read ({error.strerror}).") from error
    return sorted(set(found))


def style(file: State, wanted: str) -> Any:
    """One of them, as rows of 1 by 256 floats. Raises VoiceError."""
    name = Path(file.path).name
    with _archive(io.BytesIO(content.read(file)), name) as archive:
        member = f"{wanted}.npy"
        if not NAME.fullmatch(member) or member not in archive.namelist():
            hint = did_you_mean(wanted, names(file)) or "`make-audiobook voices` lists them all."
            raise VoiceError(f"voice {wanted!r:.80}: {name} does not have it. {hint.strip()}")
        with archive.open(member) as opened:
            data = opened.read(LARGEST_MEMBER + 1)
    if len(data) > LARGEST_MEMBER:
        raise VoiceError(f"{name}: its {member} is too large to be a voice. Get it again.")
    try:
        return _array(io.BytesIO(data))
    except (ValueError, EOFError, SyntaxError, TokenError) as error:
        raise VoiceError(
            f"{name}: its {member} is no voice ({error!s:.200}). Get it again."
        ) from error


@contextmanager
def _archive(opened: IO[bytes], name: str) -> Iterator[zipfile.ZipFile]:
    """A zip of bounded size. Raises VoiceError where it is none, or damaged."""
    try:
        with zipfile.ZipFile(opened) as archive:
            if len(archive.namelist()) > MOST_STYLES:
                raise VoiceError(f"{name}: more than {MOST_STYLES} files are in it. Get it again.")
            yield archive
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError) as error:
        raise VoiceError(f"{name}: not a file of Kokoro's voices. Get it again.") from error


def _array(data: IO[bytes]) -> Any:
    """The numbers, when they are floats in rows of 256: nothing is unpickled, or made too large.

    Raises ValueError.
    """
    import numpy as np
    from numpy.lib import format as npy

    if npy.read_magic(data) != (1, 0):
        raise ValueError("of an unknown version")
    shape, _, kind = npy.read_array_header_1_0(data, max_header_size=LARGEST_HEADER)
    if kind != np.dtype("<f4") or shape[-1:] != (WIDTH,):
        raise ValueError(f"{kind} of {shape!r:.60}")
    if not 1 <= np.prod(shape, dtype=object) // WIDTH <= MOST_ROWS:
        raise ValueError(f"it has {shape!r:.60} numbers")
    data.seek(0)
    found = npy.read_array(data, allow_pickle=False, max_header_size=LARGEST_HEADER)
    if not np.isfinite(found).all():
        raise ValueError("not all of it are numbers")
    return np.ascontiguousarray(found, np.float32).reshape(-1, 1, WIDTH)
