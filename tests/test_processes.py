"""Workers: whatever happens to one call, the others do not notice."""

from __future__ import annotations

import os
import sys
import time
from concurrent.futures import wait
from pathlib import Path

import psutil
import pytest

from pipeline.engines import engine
from pipeline.errors import EngineError, VoiceError
from pipeline.processes import Workers


def test_calls_run_elsewhere_and_answers_come_back() -> None:
    with Workers(2) as pool:
        pids = {pool.submit(os.getpid).result() for _ in range(8)}
        assert os.getpid() not in pids
        assert 1 <= len(pids) <= 2
        assert pool.submit(sorted, [3, 1, 2], reverse=True).result() == [3, 2, 1]


def test_errors_come_back_as_they_are_or_by_their_words() -> None:
    with Workers(1) as pool:
        with pytest.raises(VoiceError, match="engine 'x': not installed"):
            pool.submit(engine, "x").result()
        with pytest.raises(EngineError, match="ZeroDivisionError: integer"):
            pool.submit(divmod, 1, 0).result()
        with pytest.raises(EngineError, match="cannot pickle"):
            pool.submit(open, os.devnull).result()
        assert pool.submit(abs, -1).result() == 1


def test_a_crash_belongs_to_its_call_alone() -> None:
    with Workers(1) as pool:
        before, crash, after = (pool.submit(os._exit, 9) if n == 1 else pool.submit(abs, -n)
                                for n in range(3))  # fmt: skip
        assert before.result() == 0
        with pytest.raises(EngineError, match=r"the engine crashed \(code 9\)"):
            crash.result()
        assert after.result() == 2


def test_a_hang_has_an_end() -> None:
    with Workers(2, limit=4.0) as pool:
        hang, fine = pool.submit(time.sleep, 60), pool.submit(abs, -1)
        with pytest.raises(EngineError, match="gave no answer in 4 seconds"):
            hang.result()
        assert fine.result() == 1
        assert pool.submit(abs, -2).result() == 2


def test_workers_that_rest_are_gone_until_the_next_call() -> None:
    with Workers(2) as pool:
        busy, idle = pool.submit(time.sleep, 2), pool.submit(os.getpid).result()
        pool.rest()
        pool.rest()
        assert not psutil.pid_exists(idle)
        assert pool.submit(os.getpid).result() != idle
        assert busy.result() is None


def test_what_an_engine_prints_is_not_its_answer() -> None:
    with Workers(1) as pool:
        assert pool.submit(print, "noise", flush=True).result() is None
        assert pool.submit(os.write, 1, b"noise\n").result() == 6
        assert pool.submit(abs, -1).result() == 1


def test_shutting_down_does_not_wait_for_what_runs() -> None:
    pool = Workers(2)
    running = [pool.submit(time.sleep, 60) for _ in range(4)]
    time.sleep(0.5)
    started = time.monotonic()
    pool.shutdown(wait=True, cancel_futures=True)
    assert time.monotonic() - started < 5
    assert all(future.done() for future in running)
    late = Workers(1)
    late.shutdown(cancel_futures=True)
    with pytest.raises(RuntimeError):
        late.submit(abs, -1)


WAITING = """[
    (__import__("time").sleep(0.4), __import__("pipeline.processes").processes.waits())
    for _ in range(5)
]"""


def test_who_says_that_it_waits_has_its_time_anew() -> None:
    with Workers(1, limit=1.2) as pool:
        assert len(pool.submit(eval, WAITING).result()) == 5
        with pytest.raises(EngineError, match="no answer in 1 seconds"):
            pool.submit(eval, WAITING.replace("waits()", "waits")).result()


def test_leaving_the_block_waits_for_what_was_asked() -> None:
    with Workers(2) as pool:
        asked = [pool.submit(abs, -n) for n in range(20)]
    assert not wait(asked, timeout=0).not_done
    assert [future.result() for future in asked] == list(range(20))


def test_what_lies_in_the_current_folder_is_not_imported(project: Path) -> None:
    for name in ("pickle", "wave", "pyttsx3"):
        (project / f"{name}.py").write_text("raise SystemExit('imported from the current folder')")
    with Workers(1) as pool:
        path = pool.submit(eval, "__import__('sys').path").result()
    assert str(project) not in path
    assert "" not in path
    assert sys.path
