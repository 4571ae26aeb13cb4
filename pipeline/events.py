"""What a build tells while it works: frozen records, printed as lines, bars or JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pipeline.model import plain


@dataclass(frozen=True, slots=True)
class Planned:
    """What is about to happen to one chapter; no reason means that it is up to date."""

    number: int
    title: str
    characters: int
    reason: str | None


@dataclass(frozen=True, slots=True)
class Spoke:
    """One utterance has been spoken and handed on; `ms` is its length."""

    number: int
    line: int
    text: str
    ms: int


@dataclass(frozen=True, slots=True)
class Joined:
    """All of a chapter's samples are in its encoded file."""

    number: int
    rate: int
    samples: int


@dataclass(frozen=True, slots=True)
class Finished:
    """A chapter file has its tags and its final name."""

    number: int
    title: str
    file: str
    sha256: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Skipped:
    """A chapter file is there already, made from just this text and these settings."""

    number: int
    title: str
    file: str


@dataclass(frozen=True, slots=True)
class Failed:
    """A chapter could not be made; `message` says where and why."""

    number: int
    title: str
    message: str


@dataclass(frozen=True, slots=True)
class Removed:
    """A file of an earlier build that no chapter stands behind any more is gone."""

    file: str


@dataclass(frozen=True, slots=True)
class Summary:
    """How the build of one book ended; `seconds` is the audio of all its chapters."""

    title: str
    folder: str
    finished: int
    skipped: int
    failed: int
    seconds: float


Event = Planned | Spoke | Joined | Finished | Skipped | Failed | Removed | Summary


def to_json(event: Event) -> dict[str, Any]:
    """The event as one JSON object, its kind under "event"."""
    return {"event": type(event).__name__.lower(), **plain(event)}
