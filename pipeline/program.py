"""What this program is: all that its products depend on beside what they are made from."""

from __future__ import annotations

import hashlib
import re
import sys
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from importlib import metadata
from pathlib import Path

from pipeline.model import digest


@cache
def fingerprint() -> str:
    """A digest of this program, its packages, and its Python."""
    folder = Path(__file__).parent
    code = sorted([*folder.rglob("*.py"), *folder.rglob("*.toml")])
    return digest(
        {
            "code": [hashlib.sha256(path.read_bytes()).hexdigest() for path in code],
            "packages": sorted(_versions()),
            "python": sys.version,
        }
    )


def _versions() -> Iterator[list[str]]:
    """The packages that this one requires, as they are installed."""
    for required in metadata.requires("make-audiobook") or ():
        name = re.split(r"[^\w.-]", required, maxsplit=1)[0]
        with suppress(metadata.PackageNotFoundError):
            yield [name, metadata.version(name)]
