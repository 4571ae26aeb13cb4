"""What can go wrong, and the exit code that says so.

AudiobookError            70  a bug of ours, when raised as itself
├── UsageError             2  the command was given wrong
├── SourceError            3  a story that cannot be read
├── ConfigError            3  audiobook.toml, a profile, a cover
├── VoiceError             4  no such voice, or one that cannot be used
├── EngineError            5  an engine that gave no audio, or not all of it
├── UnfinishedError        1  some chapters could not be made, the others are
└── OutputError            6  the encoder or the disk

Every message is one string, *where: what. hint.*, so that an error survives the way back from a
worker process unchanged.
"""

from collections.abc import Iterable
from difflib import get_close_matches


class AudiobookError(Exception):
    """The root: everything that the command reports in one line."""

    exit_code = 70


class UsageError(AudiobookError):
    """The command was given wrong."""

    exit_code = 2


class SourceError(AudiobookError):
    """A story that cannot be read."""

    exit_code = 3


class ConfigError(AudiobookError):
    """A setting that is unknown, of the wrong type, or points nowhere."""

    exit_code = 3


class VoiceError(AudiobookError):
    """A voice that is not there, or cannot be used as asked."""

    exit_code = 4


class EngineError(AudiobookError):
    """An engine that gave no audio, or not all of it."""

    exit_code = 5


class UnfinishedError(AudiobookError):
    """Some chapters could not be made, which has been told; the others are finished."""

    exit_code = 1


class OutputError(AudiobookError):
    """The encoder or the disk would not take what we made."""

    exit_code = 6


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A sentence for a hint, or nothing when no known word is like this one."""
    close = get_close_matches(word, list(known), n=1)
    return f"Did you mean {close[0]!r}? " if close else ""
