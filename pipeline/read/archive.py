"""Zip containers, which may be hostile: members are read one by one, never unpacked, never long."""

from __future__ import annotations

import shutil
import stat
import struct
import zipfile
import zlib
from typing import IO, BinaryIO

from pipeline.errors import SourceError

LARGEST_MEMBER = 20_000_000  # bytes, unpacked
LARGEST_SUM = 60_000_000  # of all that is read from one archive
LARGEST_DIRECTORY = 8_000_000  # 100,000 members, which take 60 MB of memory to list
_END = b"PK\x05\x06"


class Archive:
    """The members of a zip file by their path; sizes are what is unpacked, not what is claimed."""

    def __init__(self, file: BinaryIO, name: str) -> None:
        """Raises SourceError when it is no zip, or its list of members alone would fill memory."""
        self.name = name
        self._left = LARGEST_SUM
        _check_directory(file, name)
        try:
            self._zip = zipfile.ZipFile(file)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            raise SourceError(f"{name}: a damaged zip file ({error}). Copy it again.") from error
        self._members: dict[str, zipfile.ZipInfo] = {}
        for info in self._zip.infolist():
            is_link = stat.S_ISLNK(info.external_attr >> 16)
            if not info.is_dir() and not is_link:
                self._members.setdefault(_path(info.filename), info)
        self._lower = {path.lower(): path for path in reversed(self._members)}

    def __contains__(self, path: str) -> bool:
        return path in self._members or path.lower() in self._lower

    @property
    def paths(self) -> tuple[str, ...]:
        """All members, in the archive's order."""
        return tuple(self._members)

    def real(self, path: str) -> str:
        """A member's path as the archive spells it; any other path as it is."""
        return path if path in self._members else self._lower.get(path.lower(), path)

    def size(self, path: str) -> int:
        """How many bytes a member says that it is, unpacked."""
        return self._members[self.real(path)].file_size

    def copy(self, path: str, target: IO[bytes]) -> None:
        """A member's bytes, never more than it says, piece by piece. Raises BadZipFile."""
        with self._zip.open(self._members[self.real(path)]) as member:
            shutil.copyfileobj(member, target)

    def read(self, path: str) -> bytes:
        """A member's bytes. Raises SourceError, KeyError."""
        info = self._members[self.real(path)]
        where = f"{self.name}: {path}"
        if info.flag_bits & 0x1:
            raise SourceError(f"{where}: encrypted with a password. Unpack it and give that.")
        limit = min(LARGEST_MEMBER, self._left)
        try:
            with self._zip.open(info) as member:
                data = member.read(limit + 1)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError) as error:
            raise SourceError(f"{where}: damaged ({error}). Copy the book again.") from error
        except Exception as error:  # lzma and bz2 have errors of their own
            raise SourceError(f"{where}: cannot be unpacked ({type(error).__name__}).") from error
        if len(data) > limit:
            largest = LARGEST_MEMBER if limit == LARGEST_MEMBER else LARGEST_SUM
            what = where if limit == LARGEST_MEMBER else self.name
            raise SourceError(
                f"{what}: unpacks to more than {largest // 10**6} MB. It is no book, or a trap."
            )
        self._left -= len(data)
        return data


def _path(name: str) -> str:
    """A member's path; one that leads out of the archive has only its names left."""
    parts = [part for part in name.replace("\\", "/").split("/") if part not in ("", ".", "..")]
    return "/".join(parts)


def _check_directory(file: BinaryIO, name: str) -> None:
    """Look at the size of the member list before anybody reads it."""
    size = file.seek(0, 2)
    file.seek(max(0, size - 65_557))
    tail = file.read()
    at = tail.rfind(_END)
    file.seek(0)
    if at < 0 or len(tail) - at < 22:
        return  # zipfile says what is wrong
    entries, length = struct.unpack_from("<HI", tail, at + 10)
    if length == 0xFFFFFFFF or entries == 0xFFFF or length > LARGEST_DIRECTORY:
        raise SourceError(f"{name}: an archive of more members than a book has.")
