"""Which books there are, and which of their files may be had: those that a manifest names."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path

from pipeline import manifest
from pipeline.errors import SourceError
from pipeline.manifest import Manifest
from pipeline.publish.edition import Edition, edition

Stamp = tuple[int, int, int, int]  # device, file, bytes, time: another one is another content


@dataclass(frozen=True, slots=True)
class Shelved:
    """A book that can be had, its folder with all links followed, and the digests of its files.

    `told_at` is when its manifest was written, in nanoseconds.
    """

    folder: Path
    edition: Edition
    digests: Mapping[str, str]
    told_at: int


@dataclass(frozen=True, slots=True)
class File:
    """A file of a book, with all links followed; `digest` is the SHA-256 of its bytes."""

    path: Path
    stamp: Stamp
    size: int
    digest: str


class Shelf:
    """A folder of books as it is at each moment.

    A manifest is read when its file is another one than the last time.
    """

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self._seen: dict[str, tuple[Stamp, Shelved]] = {}

    def look(self) -> Iterator[Shelved | SourceError]:
        """All that looks like a book, by the names of the folders; why one cannot be had."""
        for name in self._names():
            try:
                yield self._book(name)
            except FileNotFoundError:
                continue
            except SourceError as error:
                yield error

    def books(self) -> list[Shelved]:
        """Those that can be had."""
        return [found for found in self.look() if isinstance(found, Shelved)]

    def book(self, name: str) -> Shelved | None:
        """The one in the folder of this very name."""
        if name not in self._names():  # compared as text: no file system has a say in what is equal
            return None
        try:
            return self._book(name)
        except (FileNotFoundError, SourceError):
            return None

    def _names(self) -> list[str]:
        with os.scandir(self.root) as entries:
            return sorted(entry.name for entry in entries if _is_plain(entry.name))

    def _book(self, name: str) -> Shelved:
        """Raises FileNotFoundError where there is no manifest, SourceError where it is no good."""
        folder = self.root / name
        try:
            stamp = stamp_of((folder / manifest.FILE).stat())
        except NotADirectoryError as error:
            raise FileNotFoundError from error
        except OSError as error:
            if error.errno == errno.ENOENT:
                raise
            raise SourceError(f"{folder}: {error.strerror}. It is not served.") from error
        known = self._seen.get(name)
        if known and known[0] == stamp:
            return known[1]
        found = opened(folder, self.root)
        self._seen[name] = stamp, found
        return found


def opened(folder: Path, root: Path) -> Shelved:
    """The book in a folder below `root`. Raises SourceError where it cannot be had."""
    path = folder / manifest.FILE
    real = folder.resolve()
    if real.parent != root:
        raise SourceError(f"{folder}: leads out of {root}. It is not served.")
    told_at = path.stat().st_mtime_ns  # before it is read: what is written meanwhile is newer
    known = manifest.read(folder)
    if not known.records or not known.cover:
        raise SourceError(f"{path}: not of a finished book of this version. Build it again.")
    try:
        found = edition(folder, known)
    except OSError as error:
        raise SourceError(f"{error.filename}: {error.strerror}. Build the book again.") from error
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise SourceError(f"{path}: damaged ({error!r}). Build the book again.") from error
    if not found.items:
        raise SourceError(f"{folder}: no audio files. Build the book with --format epub,mp3.")
    if not _is_sound(found):
        raise SourceError(f"{path}: damaged. Build the book again.")
    return Shelved(real, found, dict(_files(known)), told_at)


def _is_sound(found: Edition) -> bool:
    """Whether texts are texts: a manifest may say anything."""
    for field in fields(found):
        value = getattr(found, field.name)
        if field.type == "str" and not isinstance(value, str):
            return False
        if field.type == "tuple[str, ...]" and not all(isinstance(one, str) for one in value):
            return False
    return True


def _files(known: Manifest) -> Iterator[tuple[str, str]]:
    """What may be had of a book, by its name in the folder, with its digest."""
    for record in known.records.values():
        if not record.within:
            yield record.track.path.name, record.track.sha256
    for volume in known.volumes.values():
        yield volume.path.name, volume.sha256
    if known.cover:
        yield known.cover["file"], known.cover.get("sha256", "")
    yield from known.published.items()


def _is_plain(name: str) -> bool:
    """Whether a folder's name can stand in an address; those with a dot are nobody's business."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return not name.startswith(".")


def file(book: Shelved, name: str) -> File | None:
    """A file that the manifest names, and that lies in the book's folder. Raises OSError."""
    told = book.digests.get(name)
    if told is None or any(part.startswith(".") for part in name.split("/")):
        return None
    try:
        found = (book.folder / name).stat()
        path = (book.folder / name).resolve()
    except OSError as error:
        if error.errno in (errno.ENOENT, errno.ENOTDIR, errno.ELOOP):
            return None
        raise
    if not path.is_relative_to(book.folder) or not stat.S_ISREG(found.st_mode):
        return None
    stamp = stamp_of(found)
    # A build writes its manifest last: a file that is newer may be of the next one.
    digest = told if told and found.st_mtime_ns < book.told_at else _digest(path, stamp)
    return File(path, stamp, found.st_size, digest)


def stamp_of(found: os.stat_result) -> Stamp:
    """What tells a file's contents from those before and after."""
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


@lru_cache(maxsize=10_000)
def _digest(path: Path, _stamp: Stamp) -> str:
    return manifest.sha256(path)
