"""The packages behind an engine that is an extra: whether they are there, and which versions."""

from __future__ import annotations

from functools import cache
from importlib.metadata import PackageNotFoundError, version

from pipeline.errors import VoiceError


def is_installed(package: str) -> bool:
    """Whether a distribution is there; it is not imported."""
    try:
        version(package)
    except PackageNotFoundError:
        return False
    return True


@cache
def versions(engine: str, *packages: str) -> str:
    """The packages of an engine with their versions. Raises VoiceError where one is missing."""
    try:
        return ", ".join(f"{package} {version(package)}" for package in packages)
    except PackageNotFoundError as error:
        raise VoiceError(
            f"engine {engine!r}: not installed. Run pip install 'make-audiobook[{engine}]'."
        ) from error
