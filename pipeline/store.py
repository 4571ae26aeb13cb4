"""Key -> bytes: what has been made before, so that it is not made twice.

An entry is one file, named by the SHA-256 of the action that made it: `ab/cdef...`. It ends with
the SHA-256 of what is before, so that it is whole and unchanged or it counts as missing. It is made
in a folder of this process and moved into place, so that a process may die, and others may write
the same entry, at any moment. `tmp/` holds a locked folder for each process at work; what a dead
one has left is removed by the next.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Self
from uuid import uuid4

from pipeline.errors import OutputError, UsageError

FOLDER = ".store"
LIMIT = 20 * 10**9
DIGEST = 32  # bytes of SHA-256 at the end of each entry
CHUNK = 1 << 20
# What is left when the limit has been passed, so that not every entry more needs a search.
KEPT_SHARE = 0.9
# How much of the limit may be put until all is counted again.
COUNTED_SHARE = 0.05
# https://bford.info/cachedir/: backup programs leave out a folder with this file.
TAG = "Signature: 8a477f597d28d172789f06886806bc55\n# Audio that make-audiobook can make again.\n"


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of the store: its size in bytes, and when it was last wanted, in nanoseconds."""

    path: Path
    size: int
    wanted: int


@dataclass(frozen=True, slots=True)
class Pruned:
    """What a search of the whole store came to, in entries and bytes."""

    kept: int
    kept_bytes: int
    removed: int
    removed_bytes: int


class Store:
    """One folder of entries. Nothing is written before the first `put`.

    Methods may be called from any thread. Raises OutputError when the disk will not have it.
    """

    def __init__(self, root: Path, limit: int = LIMIT) -> None:
        self.root = root
        self.limit = limit
        self.is_crowded = False  # by what is needed, so that there is more than there may be
        self._lock = threading.Lock()
        self._scratch: tuple[Path, Callable[[], None]] | None = None
        self._size = 0
        self._since = 0  # bytes put since the size was last counted: others put some, too

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give up this process's folder."""
        with self._lock:
            if self._scratch:
                self._scratch[1]()
                self._scratch = None

    def path(self, key: str) -> Path:
        """Where an entry is, or would be."""
        return self.root / key[:2] / key[2:]

    def has(self, key: str) -> bool:
        """Whether there is one, as far as can be told without reading it."""
        return self.path(key).is_file()

    def get(self, key: str) -> bytes | None:
        """An entry of some hundred kilobytes; None when there is none, or a damaged one."""
        try:
            data = self.path(key).read_bytes()
        except OSError:
            return None
        if hashlib.sha256(data[:-DIGEST]).digest() != data[-DIGEST:]:
            self.drop(key)
            return None
        return data[:-DIGEST]

    def head(self, key: str, size: int) -> bytes | None:
        """How an entry begins; whether it is whole is not looked at. None when there is none."""
        try:
            with self.path(key).open("rb") as file:
                return file.read(size)
        except OSError:
            return None

    def copy(self, key: str, target: BinaryIO) -> bool:
        """Append a large entry to a file; False when it is missing or damaged.

        The target is then to be thrown away.
        """
        try:
            with self.path(key).open("rb") as file:
                whole = _passed_on(file, target.write)
        except FileNotFoundError:
            return False
        if not whole:
            self.drop(key)
        return whole

    def put(self, key: str, data: bytes) -> None:
        """Keep it."""
        with self.making(key) as path:
            path.write_bytes(data)

    @contextmanager
    def making(self, key: str) -> Iterator[Path]:
        """A path at which to make an entry; after the block it is kept, after an error removed."""
        part = self._folder() / uuid4().hex
        final = self.path(key)
        try:
            yield part
            with part.open("r+b") as file:
                file.write(hashlib.file_digest(file, "sha256").digest())
                size = file.tell()
            final.parent.mkdir(exist_ok=True)
            try:
                part.replace(final)
            except PermissionError:  # Windows replaces no file that somebody reads
                if not self.is_whole(key):
                    raise
        except OSError as error:
            raise self._refused(error) from error
        finally:
            with suppress(OSError):
                part.unlink()
        with self._lock:
            self._size += size
            self._since += size

    def write(self, name: str, data: bytes) -> None:
        """A file of its own beside the entries, whole or not at all."""
        part = self._folder() / uuid4().hex
        try:
            part.write_bytes(data)
            part.replace(self.root / name)
        except OSError as error:
            raise self._refused(error) from error
        finally:
            with suppress(OSError):
                part.unlink()

    def drop(self, key: str) -> None:
        """Forget an entry."""
        with suppress(OSError):
            self.path(key).unlink()

    def is_whole(self, key: str) -> bool:
        """Whether there is one that can be trusted; one that cannot is dropped."""
        whole = _is_whole(self.path(key))
        if not whole:
            self.drop(key)
        return whole

    def touch(self, key: str) -> bool:
        """Note that an entry is wanted; False when it is not there."""
        path = self.path(key)
        try:
            _touch(path)
        except FileNotFoundError:
            return False
        except OSError:  # a store that cannot be written to can still be read
            return path.is_file()
        return True

    def is_full(self) -> bool:
        """Whether there is more in it than there may be."""
        with self._lock:
            if self._scratch and self._since > self.limit * COUNTED_SHARE:
                self._size, self._since = _size(self.root), 0
            return self._scratch is not None and self._size > self.limit

    def evict(self, needed: Collection[str]) -> None:
        """Bring it well below its limit; the longest unwanted goes first, and nothing needed."""
        keep = {self.path(key) for key in needed}
        pruned = prune(self.root, int(self.limit * KEPT_SHARE), keep)
        with self._lock:
            self.is_crowded = pruned.kept_bytes > self.limit
            # What is needed may be more than the limit; the next search is due after a tenth more.
            self._size = min(pruned.kept_bytes, int(self.limit * KEPT_SHARE))

    def _folder(self) -> Path:
        with self._lock:
            if not self._scratch:
                try:
                    _prepare(self.root)
                    self._scratch = _workplace(self.root)
                    self._size = _size(self.root)
                except OSError as error:
                    raise self._refused(error) from error
            return self._scratch[0]

    def _refused(self, error: OSError) -> OutputError:
        return OutputError(
            f"{self.root}: the store cannot be written to ({error.strerror or error}). "
            "Make room, or choose another place with --store."
        )


def check_is_store(root: Path) -> None:
    """Refuse a folder in which something else may lie. Raises UsageError."""
    try:
        known = (root / "CACHEDIR.TAG").read_text(encoding="utf-8") == TAG
    except (OSError, ValueError):
        known = False
    if root.exists() and not known:
        raise UsageError(f"{root}: not a store of make-audiobook.")


def prune(root: Path, limit: int, keep: Collection[Path] = (), *, check: bool = False) -> Pruned:
    """Remove the longest unwanted entries until `limit` bytes are left; `check` damaged ones too.

    Raises OutputError.
    """
    entries = sorted(_entries(root), key=lambda entry: entry.wanted)
    size = sum(entry.size for entry in entries)
    kept, removed, removed_bytes = 0, 0, 0
    for entry in entries:
        damaged = check and not _is_whole(entry.path)
        if (damaged or (size > limit and entry.path not in keep)) and _removed(entry.path):
            size -= entry.size
            removed += 1
            removed_bytes += entry.size
        else:
            kept += 1
    return Pruned(kept, size, removed, removed_bytes)


def clear_remains(root: Path) -> None:
    """Remove what processes that have died have left, if there is any."""
    with suppress(OSError):  # a store that cannot be written to is left as it is
        if any((root / "tmp").glob("*")):
            with _alone(root):
                _remove_dead(root / "tmp")


def _removed(path: Path) -> bool:
    """Remove it, unless somebody reads it on a system that does not allow that."""
    try:
        path.unlink(missing_ok=True)
    except PermissionError:
        return False
    except OSError as error:
        raise OutputError(
            f"{path}: cannot be removed ({error.strerror}). Is the disk read-only?"
        ) from error
    return True


def _size(root: Path) -> int:
    return sum(entry.size for entry in _entries(root))


def _is_whole(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return _passed_on(file, lambda _: None)
    except OSError:
        return False


def _passed_on(file: BinaryIO, take: Callable[[bytes], object]) -> bool:
    """Hand an open entry's bytes to `take`, piece by piece; whether they are whole."""
    left = os.fstat(file.fileno()).st_size - DIGEST
    digest = hashlib.sha256()
    while left > 0 and (chunk := file.read(min(CHUNK, left))):
        digest.update(chunk)
        take(chunk)
        left -= len(chunk)
    return digest.digest() == file.read()


def _entries(root: Path) -> Iterator[Entry]:
    """All there are; others may come and go meanwhile."""
    with suppress(FileNotFoundError):
        for folder in sorted(root.iterdir()):
            if re.fullmatch(r"[0-9a-f]{2}", folder.name):
                with suppress(OSError), os.scandir(folder) as found:
                    for file in filter(_is_entry, found):
                        with suppress(FileNotFoundError):
                            known = file.stat(follow_symlinks=False)
                            yield Entry(Path(file.path), known.st_size, known.st_mtime_ns)


def _is_entry(file: os.DirEntry[str]) -> bool:
    return bool(re.fullmatch(r"[0-9a-f]{62}", file.name)) and file.is_file(follow_symlinks=False)


def _touch(path: Path) -> None:
    """Set when it was last wanted; the time of reading is one that backups and checks set, too."""
    now = time.time_ns()
    os.utime(path, ns=(now, now))


def _prepare(root: Path) -> None:
    root.mkdir(parents=True, exist_ok=True)
    (root / "tmp").mkdir(exist_ok=True)
    for name, text in (("CACHEDIR.TAG", TAG), (".gitignore", "*\n")):
        if not (root / name).exists():
            (root / name).write_text(text)


def _workplace(root: Path) -> tuple[Path, Callable[[], None]]:
    """A locked folder for this process, and how to give it up."""
    from filelock import FileLock

    tmp = root / "tmp"
    name = uuid4().hex
    lock = FileLock(tmp / f"{name}.lock", timeout=0, thread_local=False)
    with _alone(root):
        _remove_dead(tmp)
        lock.acquire()
        (tmp / name).mkdir()

    def give_up() -> None:
        shutil.rmtree(tmp / name, ignore_errors=True)
        lock.release()
        _unlock(tmp / name)

    return tmp / name, give_up


@contextmanager
def _alone(root: Path) -> Iterator[None]:
    """No other process makes or removes workplaces meanwhile."""
    from filelock import FileLock

    with FileLock(root / "lock"):
        yield


def _remove_dead(tmp: Path) -> None:
    """The workplaces whose locks nobody holds."""
    from filelock import FileLock, Timeout

    for path in tmp.glob("*.lock"):
        lock = FileLock(path, timeout=0)
        try:
            lock.acquire()
        except (Timeout, OSError):
            continue
        shutil.rmtree(path.with_suffix(""), ignore_errors=True)
        lock.release()
        _unlock(path.with_suffix(""))


def _unlock(workplace: Path) -> None:
    """Remove a workplace's lock once the workplace is gone: what is left is tried again later."""
    if not workplace.exists():
        with suppress(OSError):
            workplace.with_suffix(".lock").unlink(missing_ok=True)
