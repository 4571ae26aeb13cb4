"""The store: whole entries or none, whatever happens to it."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import OutputError, UsageError
from pipeline.store import DIGEST, Store, check_is_store, clear_remains, prune
from tests.conftest import run

KEYS = [f"{n:064x}" for n in range(16, 40)]


def entries(root: Path) -> list[Path]:
    return sorted(path for path in root.glob("[0-9a-f][0-9a-f]/*"))


def copied(store: Store, key: str) -> bytes | None:
    out = io.BytesIO()
    return out.getvalue() if store.copy(key, out) else None


def test_what_was_put_is_there(tmp_path: Path) -> None:
    with Store(tmp_path / "store") as store:
        assert store.get(KEYS[0]) is None
        assert copied(store, KEYS[0]) is None
        assert not store.has(KEYS[0])
        assert not (tmp_path / "store").exists()
        for data in (b"", b"a", b"b" * 3_000_000):
            store.put(KEYS[0], data)
            assert store.has(KEYS[0])
            assert store.get(KEYS[0]) == copied(store, KEYS[0]) == data
    assert not list((tmp_path / "store" / "tmp").iterdir())


@given(st.binary(max_size=200), st.data())
def test_a_damaged_entry_is_none(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, at: st.DataObject
) -> None:
    store = Store(tmp_path_factory.mktemp("store"))
    store.put(KEYS[0], data)
    path = store.path(KEYS[0])
    whole = path.read_bytes()
    kind = at.draw(st.sampled_from(["cut", "flip", "more"]))
    where = at.draw(st.integers(0, len(whole) - 1))
    damaged = {
        "cut": whole[:where],
        "flip": whole[:where] + bytes([whole[where] ^ 1]) + whole[where + 1 :],
        "more": whole + b"x",
    }[kind]
    for read in (store.get, lambda key: copied(store, key)):
        path.write_bytes(damaged)
        assert read(KEYS[0]) is None
        assert not store.has(KEYS[0])
    store.put(KEYS[0], data)
    assert store.get(KEYS[0]) == data
    store.close()


def test_an_error_while_an_entry_is_made_leaves_nothing(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        with pytest.raises(ZeroDivisionError), store.making(KEYS[0]) as path:
            path.write_bytes(bytes(1 // 0))
        assert not store.has(KEYS[0])
        assert not list((tmp_path / "tmp").glob("*/*"))


def test_the_longest_unwanted_goes_first_and_nothing_needed(tmp_path: Path) -> None:
    with Store(tmp_path, limit=10 * (1000 + DIGEST)) as store:
        for key in KEYS[:10]:
            store.put(key, bytes(1000))
        assert not store.is_full()
        for number, key in enumerate(KEYS[:10]):
            os.utime(store.path(key), ns=(number, number))
        assert store.touch(KEYS[1])
        assert store.path(KEYS[1]).stat().st_mtime_ns > 1
        assert not store.touch(KEYS[20])
        store.put(KEYS[10], bytes(1000))
        assert store.is_full()
        store.evict({KEYS[0]})
        assert [key for key in KEYS[:11] if not store.has(key)] == KEYS[2:4]
        assert not store.is_full()


def test_a_store_that_is_all_needed_may_be_larger(tmp_path: Path) -> None:
    with Store(tmp_path, limit=100) as store:
        for key in KEYS[:5]:
            store.put(key, bytes(1000))
        store.evict(set(KEYS))
        assert all(map(store.has, KEYS[:5]))


def test_prune_takes_what_is_damaged_and_what_the_dead_have_left(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        for key in KEYS[:4]:
            store.put(key, bytes(1000))
        store.path(KEYS[1]).write_bytes(b"?")
    (tmp_path / "tmp" / "dead").mkdir()
    (tmp_path / "tmp" / "dead" / "half").write_bytes(b"half")
    (tmp_path / "tmp" / "dead.lock").touch()
    clear_remains(tmp_path)
    assert not list((tmp_path / "tmp").iterdir())
    done = prune(tmp_path, 10**9, check=True)
    assert (done.kept, done.removed) == (3, 1)
    done = prune(tmp_path, 0)
    assert (done.kept, done.kept_bytes, done.removed) == (0, 0, 3)
    assert prune(tmp_path / "nowhere", 0).removed == 0


def test_those_at_work_are_left_alone(tmp_path: Path) -> None:
    with Store(tmp_path) as store, store.making(KEYS[0]) as path:
        path.write_bytes(b"data")
        with Store(tmp_path) as other:
            other.put(KEYS[1], b"other")
        clear_remains(tmp_path)
        assert path.exists()
    assert store.get(KEYS[0]) == b"data"


def test_a_killed_process_leaves_nothing_for_long(tmp_path: Path) -> None:
    code = (
        "import os, signal, sys; from pathlib import Path; from pipeline.store import Store\n"
        f"with Store(Path({str(tmp_path)!r})) as s, s.making('ab' * 32) as path:\n"
        "    path.write_bytes(b'half'); os._exit(9)\n"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 9
    assert list((tmp_path / "tmp").glob("*/*"))
    with Store(tmp_path) as store:
        store.put(KEYS[0], b"x")
        assert len(list((tmp_path / "tmp").iterdir())) == 2  # its own folder and lock
    assert not list((tmp_path / "tmp").iterdir())
    assert [path.name for path in entries(tmp_path)] == [KEYS[0][2:]]


def test_many_threads_and_stores_at_once(tmp_path: Path) -> None:
    def work(number: int) -> None:
        with Store(tmp_path) as store:
            for key in KEYS:
                store.put(key, key.encode() * 100)
                assert store.get(key) == key.encode() * 100

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    assert not list((tmp_path / "tmp").iterdir())


def test_a_store_that_cannot_be_written_to(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(OutputError, match=r"file/here: the store cannot be written to \(.*--store"):
        Store(tmp_path / "file" / "here").put(KEYS[0], b"x")


def test_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Store(tmp_path) as store:
        store.put(KEYS[0], b"x")

        def full(*_: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(Path, "replace", full)
        with pytest.raises(OutputError, match=r"cannot be written to \(No space left on device\)"):
            store.put(KEYS[1], b"x")
        assert not list((tmp_path / "tmp").glob("*/*"))


def test_a_folder_that_is_no_store_is_not_emptied(tmp_path: Path) -> None:
    (tmp_path / "ab").mkdir()
    mine = tmp_path / "ab" / ("0" * 62)
    mine.write_text("an object of something else")
    with pytest.raises(UsageError, match="not a store of make-audiobook"):
        check_is_store(tmp_path)
    check_is_store(tmp_path / "nowhere")
    done = run("prune", "--store", tmp_path)
    assert done.code == 2
    assert mine.exists()


def test_files_of_others_in_a_store_stay(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        store.put(KEYS[0], b"x")
        mine = store.path(KEYS[0]).with_name("mine")
        mine.write_text("mine")
    done = run("prune", "--store", tmp_path)
    assert done.out == f"{tmp_path}: 1 entries removed (33 bytes), 0 kept (0 bytes)\n"
    assert mine.exists()


def test_it_says_that_it_need_not_be_kept(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        store.put(KEYS[0], b"x")
    assert (tmp_path / "CACHEDIR.TAG").read_text().startswith("Signature: 8a477f597d28d172789f")
    assert (tmp_path / ".gitignore").read_text() == "*\n"


def test_a_clock_that_jumps_back_harms_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Store(tmp_path, limit=5 * 1032) as store:
        for number, key in enumerate(KEYS[:5]):
            monkeypatch.setattr("time.time_ns", lambda n=number: 10**18 - n * 10**15)
            store.put(key, bytes(1000))
            store.touch(key)
        store.put(KEYS[5], bytes(1000))
        store.evict({KEYS[5]})
        assert store.get(KEYS[5]) == bytes(1000)


def test_a_lock_of_a_workplace_is_held_while_it_is_used(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        store.put(KEYS[0], b"x")
        (lock,) = (tmp_path / "tmp").glob("*.lock")
        with pytest.raises(TimeoutError):
            FileLock(lock, timeout=0).acquire()
