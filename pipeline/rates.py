"""How fast this machine speaks and encodes, measured by builds: for estimates, and nothing else."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from pipeline.errors import OutputError
from pipeline.model import Encoding, Settings
from pipeline.plan import Plan
from pipeline.store import Store

FILE = "rates.json"
LEAST_SECONDS = 1.0  # less work tells more about starting than about going on


class Meter:
    """Adds up work done and the seconds it took, by who did it."""

    def __init__(self) -> None:
        self._done: dict[str, float] = defaultdict(float)
        self._seconds: dict[str, float] = defaultdict(float)

    def count(self, who: str, done: float, seconds: float) -> None:
        """`done` is characters for a voice, seconds of audio for the encoder."""
        self._done[who] += done
        self._seconds[who] += seconds

    def rates(self) -> dict[str, float]:
        """Work a second, where there was enough to tell."""
        return {
            who: round(self._done[who] / seconds, 2)
            for who, seconds in self._seconds.items()
            if seconds >= LEAST_SECONDS
        }


def voice(settings: Settings) -> str:
    """The name under which a voice is measured; its speed in words does not matter to it."""
    return f"{settings.engine}:{settings.voice}"


def encoder(wanted: Encoding) -> str:
    """The name under which an encoder is measured."""
    return f"encoder {wanted.codec}"


def read(root: Path) -> dict[str, float]:
    """What has been measured so far; nothing where nothing was."""
    try:
        found = json.loads((root / FILE).read_text(encoding="utf-8"))
        return {str(who): float(rate) for who, rate in found.items() if float(rate) > 0}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def keep(store: Store, new: Mapping[str, float]) -> None:
    """Note what a build has measured; where that cannot be written, nothing is lost."""
    if new:
        known = json.dumps({**read(store.root), **new}, sort_keys=True, indent=1)
        with suppress(OutputError):
            store.write(FILE, f"{known}\n".encode())


def estimate(made: Plan, known: Mapping[str, float], jobs: int) -> float | None:
    """Seconds that a plan will take, as speaking and encoding go on side by side.

    None while the rate of a part of it is unknown.
    """
    speaking = encoding = 0.0
    for step in made.pending:
        who, by = voice(step.settings), encoder(step.encoding)
        if (step.to_speak and who not in known) or (not step.is_joined and by not in known):
            return None
        speaking += step.to_speak / known[who] if step.to_speak else 0.0
        encoding += 0.0 if step.is_joined else step.expected_seconds / known[by]
    return max(speaking, encoding) / jobs
