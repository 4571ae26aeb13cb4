"""Workers on other machines: a dask.distributed cluster as an Executor.

A worker needs this package and no shared disk. It runs each call in a process of its own, so that
an engine that crashes or hangs there costs that line alone, as it does here. What a worker that is
gone was doing is done by another one: that is Dask's part.
"""

from __future__ import annotations

import logging
import os
import re
import threading
import time
import warnings
from collections.abc import Callable
from concurrent.futures import Executor, Future
from contextlib import suppress
from functools import cache
from importlib.metadata import version
from typing import Any, TypeVar, cast

from pipeline import engines
from pipeline.errors import EngineError, UsageError, VoiceError
from pipeline.model import EPOCH, Settings
from pipeline.processes import Workers

T = TypeVar("T")

CONNECT_SECONDS = 10.0
# How long a cluster may be without a worker, at the start; how often to look for new ones.
PATIENCE_SECONDS = 30.0
LOOK_SECONDS = 2.0
_STARTING = threading.Lock()


def identity() -> dict[str, str]:
    """What must be the same on every machine: this package, and its engines."""
    found = {"make-audiobook": f"{version('make-audiobook')} ({EPOCH})"}
    for name in engines.names():
        with suppress(VoiceError):  # one that is not set up here says so, if asked
            found[name] = engines.fingerprint(Settings(engine=name))
    return found


def call(limit: float, fn: Callable[..., T], *args: Any) -> T:
    """On a worker: run it in a process of its own. Raises EngineError when that dies or hangs."""
    with _STARTING:
        processes = _processes(limit)
    return processes.submit(fn, *args).result()


@cache
def _processes(limit: float) -> Workers:
    """One set for all threads of a worker; each starts with its first call."""
    return Workers(os.cpu_count() or 1, limit)


class Cluster(Executor):
    """The workers of a scheduler that run what this machine does; others are not asked.

    `refused` says why, by their addresses. Raises UsageError without dask.distributed, EngineError
    when nobody answers or no worker will do.
    """

    def __init__(self, address: str, limit: float) -> None:
        self._address, self._limit = address, limit
        self._client = _connected(address)
        self._good: set[str] = set()
        self._looked = 0.0
        self._asked: dict[str, Any] = {}  # what they are, and have not said yet
        self.refused: dict[str, str] = {}
        self.threads = 1  # how many lines its workers can speak at once
        self._executor: Executor | None = None
        try:
            self._wait_for_one()
        except BaseException:
            self.shutdown()
            raise

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        """Run it on one of them. Raises EngineError when the scheduler has gone."""
        try:
            return self._submit(fn, *args, **kwargs)
        except Exception as error:  # Dask has many, and none of them is a bug of ours
            raise EngineError(
                f"{self._address}: the scheduler has gone ({type(error).__name__}). Start it again."
            ) from error

    def _submit(self, fn: Callable[..., T], *args: Any, **kwargs: Any) -> Future[T]:
        if time.monotonic() - self._looked > LOOK_SECONDS:
            self._look()
        if not self._executor:
            # Better any worker than none, but for those known to be wrong: Dask lets an idle one
            # take what it was asked to give to others.
            self._executor = self._client.get_executor(
                pure=False, workers=sorted(self._good), allow_other_workers=not self.refused
            )
        found: Future[T] = self._executor.submit(call, self._limit, fn, *args, **kwargs)
        return found

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: ARG002
        """Leave the cluster, which forgets what it was asked."""
        self._client.close(timeout=1)

    def _wait_for_one(self) -> None:
        until = time.monotonic() + PATIENCE_SECONDS
        while not self._good:
            self._look()
            if self.refused and not self._good:
                at, why = min(self.refused.items())
                raise EngineError(f"{at}: {why}")
            if time.monotonic() > until:
                raise EngineError(
                    f"{self._address}: it has no worker. Start one with "
                    f"`dask worker {self._address}`."
                )
            time.sleep(0.05)

    def _look(self) -> None:
        """Ask workers that are new what they are, and forget those that are gone."""
        self._looked = time.monotonic()
        workers = self._client.scheduler_info(n_workers=-1)["workers"]
        there = set(workers)
        for at in sorted(there - self._good - set(self.refused) - set(self._asked)):
            self._asked[at] = self._client.submit(identity, workers=at, pure=False, priority=1)
        good = self._good & there
        for at in [at for at, said in self._asked.items() if said.done() or at not in there]:
            said = self._asked.pop(at)
            if at in there:
                why = _difference(said.exception() or said.result())
                if why:
                    self.refused[at] = why
                    self._executor = None
                else:
                    good.add(at)
        if good != self._good:
            self._good, self._executor = good, None
            self.threads = max(1, sum(workers[at]["nthreads"] for at in good))


def _connected(address: str) -> Any:
    if not re.fullmatch(r"(tcp|tls)://[^\s/]+:\d{1,5}", address):
        raise UsageError(
            f"--scheduler: {address!r} is not an address like tcp://192.168.0.10:8786."
        )
    try:
        from distributed import Client
    except ImportError as error:
        raise UsageError(
            "--scheduler: needs Dask. Install it with: pip install 'make-audiobook[cluster]'"
        ) from error
    # What goes wrong is told once, by us, and versions are compared by `identity`.
    for name in list(logging.root.manager.loggerDict):
        if name.partition(".")[0] in {"distributed", "tornado", "asyncio"}:
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    warnings.filterwarnings("ignore", module="distributed")
    try:
        return cast("Any", Client)(address, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError) as error:
        raise EngineError(
            f"{address}: no scheduler answers there ({error or type(error).__name__}). "
            "Start one with `dask scheduler`."
        ) from error


def _difference(said: object) -> str:
    """Why a worker cannot be used; nothing if it can."""
    if not isinstance(said, dict):
        return f"this worker cannot be used ({said}). Install make-audiobook there."
    here = identity()
    for name in sorted(here.keys() & said.keys()):  # an engine that is not there says so, if asked
        if said[name] != here[name]:
            return (
                f"this worker has {name} {said[name]}, this machine {here[name]}. "
                "Install the same versions everywhere."
            )
    return ""
