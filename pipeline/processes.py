"""Child processes: workers that speak, and how any child is kept apart from the terminal.

The standard library's process pool cannot say which call crashed a worker, cannot end one that
hangs, and can itself hang when a worker is killed. Here each worker has one call at a time, over
its own pipes: a crash or a hang belongs to that call alone, and the next one gets a new process.
"""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import suppress
from typing import IO, Any, TypeVar, cast

from pipeline.errors import AudiobookError, EngineError

T = TypeVar("T")


class Waits:
    """What a worker says before its answer: it waits for its turn elsewhere, and does not hang."""


# Ctrl-C is for the main process, which ends its children itself.
if sys.platform == "win32":
    APART: dict[str, Any] = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
else:
    APART: dict[str, Any] = {"start_new_session": True}
# A worker is one core's: what computes in threads (torch, numpy, our own ONNX sessions) reads this.
ONE_THREAD = {"OMP_NUM_THREADS": "1"}
# A neural voice on a slow machine may take minutes for a page; longer is a hang.
LIMIT_SECONDS = 300.0
WATCH_SECONDS = 0.5


def module(name: str) -> list[str]:
    """The command that runs a module of ours, whatever lies in the current folder."""
    return [sys.executable, "-P", "-m", name]


class Workers(Executor):
    """`count` processes that run functions found by name, with arguments that can be pickled."""

    def __init__(self, count: int, limit: float = LIMIT_SECONDS) -> None:
        self._limit = limit
        self._threads = ThreadPoolExecutor(count, thread_name_prefix="worker")
        self._own = threading.local()
        self._lock = threading.Lock()
        self._running: set[subprocess.Popen[bytes]] = set()
        self._until: dict[subprocess.Popen[bytes], float] = {}  # when a call's time is over
        self._closed = threading.Event()
        threading.Thread(target=self._watch, name="watch", daemon=True).start()

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        """Run it on the next free worker. A crash or a hang is an EngineError of this call."""
        return self._threads.submit(self._call, fn, args, kwargs)

    def rest(self) -> None:
        """End the workers that have nothing to do, and their memory; the next call starts anew."""
        with self._lock:
            idle = {process for process in self._running if process not in self._until}
            self._running -= idle
            for process in idle:
                _kill(process)
        for process in idle:
            _reap(process)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End all workers at once: they hold nothing that is worth waiting for."""
        if wait and not cancel_futures:
            self._threads.shutdown(wait=True)
        with self._lock:
            self._closed.set()
            for process in self._running:
                _kill(process)
        self._threads.shutdown(wait=wait, cancel_futures=cancel_futures)
        for process in self._running:
            _reap(process)

    def _call(self, fn: Callable[..., T], args: Any, kwargs: Any) -> T:
        process = self._process()
        try:
            pickle.dump((fn, args, kwargs), cast("IO[bytes]", process.stdin))
            cast("IO[bytes]", process.stdin).flush()
            answers = cast("IO[bytes]", process.stdout)
            while isinstance(reply := pickle.load(answers), Waits):  # noqa: S301  from our own child
                self._until[process] = time.monotonic() + self._limit
        except (EOFError, OSError, pickle.UnpicklingError) as error:
            hung = time.monotonic() >= self._until[process]
            raise EngineError(self._lost(process, hung=hung)) from error
        finally:
            del self._until[process]
        if isinstance(reply, BaseException):
            raise reply
        return cast("T", reply)

    def _watch(self) -> None:
        """End what takes too long, in a thread of its own."""
        while not self._closed.wait(WATCH_SECONDS):
            now = time.monotonic()
            for process, until in list(self._until.items()):
                if now >= until:
                    _kill(process)

    def _process(self) -> subprocess.Popen[bytes]:
        """This thread's worker, busy from now on; started when there is none."""
        process: subprocess.Popen[bytes] | None = getattr(self._own, "process", None)
        with self._lock:
            if self._closed.is_set():
                raise EngineError("the workers have ended")
            if process is None or process not in self._running:
                process = self._own.process = subprocess.Popen(
                    module("pipeline.processes"),
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    env={**os.environ, **ONE_THREAD},
                    **APART,
                )
                self._running.add(process)
            self._until[process] = time.monotonic() + self._limit
        return process

    def _lost(self, process: subprocess.Popen[bytes], *, hung: bool) -> str:
        """Give up a worker, and say what became of it."""
        _kill(process)
        _reap(process)
        with self._lock:
            self._running.discard(process)
        if hung:
            return f"the engine gave no answer in {self._limit:.0f} seconds"
        return f"the engine crashed (code {process.returncode})"


def _kill(process: subprocess.Popen[bytes]) -> None:
    """The process and what it has started."""
    with suppress(ProcessLookupError, PermissionError):
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)


def _reap(process: subprocess.Popen[bytes]) -> None:
    process.wait()
    for pipe in (process.stdin, process.stdout):
        with suppress(OSError):  # what a dead process never read
            cast("IO[bytes]", pipe).close()


_answers: IO[bytes] | None = None  # where a worker answers; nobody counts the time of others


def waits() -> None:
    """Say that this call waits for something else and does not hang: its time starts anew."""
    if _answers:
        pickle.dump(Waits(), _answers)
        _answers.flush()


def main() -> None:
    """A worker: read a call, answer it, until the parent is gone."""
    global _answers  # noqa: PLW0603  a process has one
    calls = sys.stdin.buffer
    answers = _answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # engines print, and must not into answers
    while True:
        try:
            fn, args, kwargs = pickle.load(calls)  # noqa: S301  from our own parent
        except EOFError:
            return
        try:
            answers.write(_answer(fn, args, kwargs))
            answers.flush()
        except BrokenPipeError:
            return


def _answer(fn: Callable[..., Any], args: Any, kwargs: Any) -> bytes:
    try:
        return pickle.dumps(fn(*args, **kwargs), pickle.HIGHEST_PROTOCOL)
    except AudiobookError as error:
        return pickle.dumps(error)
    except Exception as error:  # noqa: BLE001  it is raised in the parent, if only by its words
        return pickle.dumps(EngineError(f"{type(error).__name__}: {error}"))


if __name__ == "__main__":
    # The module that engines import, for its `waits` to know of us.
    from pipeline import processes  # noqa: PLW0406

    processes.main()
