"""A Dask scheduler and workers, as processes of their own on the loopback address."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest

from pipeline import cluster
from pipeline.errors import EngineError, UsageError
from tests.conftest import building, run
from tests.test_build import files

START_SECONDS = 60
# A line of the installed packages' versions that is not true, in the worker that has this first.
OTHER_VERSION = """
import importlib.metadata
real = importlib.metadata.version
importlib.metadata.version = lambda name: "0.1" if name == "pyttsx3" else real(name)
"""


@contextmanager
def process(*args: str, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """One that is killed with the block, and all that it has started."""
    started = subprocess.Popen(
        [sys.executable, "-m", "dask", *args],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, **environment},
    )
    try:
        yield started
    finally:
        kill(started)


def kill(started: subprocess.Popen[bytes]) -> None:
    """With its children, which are in sessions of their own."""
    if started.poll() is None:
        for child in psutil.Process(started.pid).children(recursive=True):
            child.kill()
        started.kill()
        started.wait()


@pytest.fixture
def scheduler(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Its address, and its process."""
    file = tmp_path_factory.mktemp("scheduler") / "scheduler.json"
    options = ("--host", "127.0.0.1", "--port", "0", "--no-dashboard")
    with process("scheduler", *options, "--scheduler-file", str(file)) as started:
        wait_until(file.exists)
        wait_until(lambda: bool(file.read_text().strip()))
        yield json.loads(file.read_text())["address"], started


@contextmanager
def worker(address: str, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    options = ("--nthreads", "1", "--no-nanny", "--no-dashboard", "--host", "127.0.0.1")
    with process("worker", address, *options, **environment) as started:
        yield started


def told(command: subprocess.Popen[str]) -> Iterator[dict[str, Any]]:
    """Its events, as they come."""
    assert command.stdout
    for line in command.stdout:
        yield json.loads(line)


def wait_until(true: Callable[[], bool]) -> None:
    until = time.monotonic() + START_SECONDS
    while not true():
        assert time.monotonic() < until
        time.sleep(0.05)


@pytest.fixture
def book(project: Path) -> Path:
    """Enough to kill somebody in the middle of it."""
    folder = project / "Long"
    folder.mkdir()
    for number in range(1, 5):
        lines = (f"This is line {n} of story {number}, and it is long." for n in range(60))
        (folder / f"{number}_story.txt").write_text("\n\n".join(lines))
    return folder


def test_a_worker_is_killed_and_the_result_is_the_same(
    book: Path, scheduler: tuple[str, subprocess.Popen[bytes]]
) -> None:
    address, _ = scheduler
    with worker(address) as one, worker(address), building(book, "--scheduler", address) as command:
        spoken = []
        for event in told(command):
            if event["event"] == "spoke":
                spoken.append(event["text"])
                if len(spoken) == 40:
                    kill(one)
        assert command.wait() == 0
    assert len(spoken) == len(set(spoken)) == 240
    assert run(book, "--out", "here").code == 0
    assert files(Path("out")) == files(Path("here"))


def test_a_worker_with_another_engine_is_refused(
    book: Path, scheduler: tuple[str, subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    address, _ = scheduler
    (tmp_path / "sitecustomize.py").write_text(OTHER_VERSION)
    with worker(address, PYTHONPATH=str(tmp_path)):
        alone = run(book, "--scheduler", address)
        assert alone.code == 5
        assert "this worker has pyttsx3 pyttsx3 0.1" in alone.err
        assert "Install the same versions everywhere." in alone.err
        assert len(alone.err.splitlines()) == 1
        with worker(address):
            told = "not used: this worker has pyttsx3 pyttsx3 0.1"
            wait_until(lambda: told in run(book, "--scheduler", address, "--only", "1").err)
            both = run(book, "--scheduler", address)
    assert both.code == 0, both.err
    assert run(book, "--out", "here").code == 0
    assert files(Path("out")) == files(Path("here"))


def test_a_scheduler_that_goes_is_told_in_one_line(
    book: Path, scheduler: tuple[str, subprocess.Popen[bytes]]
) -> None:
    address, started = scheduler
    with worker(address), building(book, "--scheduler", address) as command:
        for event in told(command):
            if event["event"] == "spoke":
                started.send_signal(signal.SIGKILL)
                break
        _, err = command.communicate(timeout=60)
    assert command.returncode == 5
    assert "the workers have gone" in err
    assert len(err.splitlines()) == 1


@pytest.mark.parametrize("address", ["foo", "http://x:1", "tcp://x", "tcp://x:1/../y"])
def test_what_is_no_address(address: str) -> None:
    with pytest.raises(UsageError, match="is not an address like tcp://"):
        cluster.Cluster(address, 1)


def test_where_nothing_is_to_be_done_nobody_is_asked(book: Path) -> None:
    assert run(book, "--voice", "tone:").code == 0
    assert run(book, "--voice", "tone:", "--scheduler", "tcp://127.0.0.1:9").code == 0


def test_nobody_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "CONNECT_SECONDS", 0.5)
    with pytest.raises(EngineError, match=r"tcp://127.0.0.1:9: no scheduler answers there"):
        cluster.Cluster("tcp://127.0.0.1:9", 1)


def test_a_cluster_without_a_worker(
    scheduler: tuple[str, subprocess.Popen[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "PATIENCE_SECONDS", 0.5)
    with pytest.raises(EngineError, match=r"it has no worker. Start one with `dask worker tcp"):
        cluster.Cluster(scheduler[0], 1)


def test_a_call_that_crashes_a_worker_costs_that_call_alone(
    scheduler: tuple[str, subprocess.Popen[bytes]],
) -> None:
    address, _ = scheduler
    with worker(address), cluster.Cluster(address, 5) as crew:
        crash, hang, fine = (
            crew.submit(os._exit, 9),
            crew.submit(time.sleep, 60),
            crew.submit(abs, -1),
        )
        assert fine.result() == 1
        with pytest.raises(EngineError, match=r"the engine crashed \(code 9\)"):
            crash.result()
        with pytest.raises(EngineError, match="gave no answer in 5 seconds"):
            hang.result()
