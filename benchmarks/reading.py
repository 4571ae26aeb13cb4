"""What it costs to read an EPUB, as a multiple of unzipping and parsing its pages alone.

    python benchmarks/reading.py BOOK.epub

One process, CPU time, the best of five, all in one run; and the peak of memory, which is the whole
interpreter's.
"""

from __future__ import annotations

import sys
import time
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

from lxml import etree

from pipeline.model import Book, Pace
from pipeline.read import read
from pipeline.script import write


def best(work: Callable[[], object], times: int = 5) -> float:
    """CPU seconds of the fastest of several runs."""
    found = []
    for _ in range(times):
        start = time.process_time()
        work()
        found.append(time.process_time() - start)
    return min(found)


def parse(path: Path) -> None:
    """What nobody can do without."""
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if name.endswith(("html", ".htm")):
                etree.fromstring(archive.read(name), etree.XMLParser(recover=True))


def scripts(book: Book) -> None:
    """The scripts of all chapters."""
    for chapter in book.chapters:
        write(chapter, Pace())


def main(path: Path) -> None:
    """Print a line for each step."""
    book = read(path)
    characters = sum(len(chapter.text) for chapter in book.chapters)
    parsing = best(lambda: parse(path))
    reading = best(lambda: read(path))
    writing = best(lambda: scripts(book), 2)
    tracemalloc.start()
    read(path)
    peak = tracemalloc.get_traced_memory()[1]
    print(f"{book.title}: {len(book.chapters)} chapters, {characters:,d} characters")
    print(f"unzip and parse      1.0   ({parsing:.3f} s)")
    print(f"read              {reading / parsing:6.1f}   ({reading:.3f} s)")
    print(f"write the scripts {writing / parsing:6.1f}   ({writing:.3f} s)")
    print(f"Python's memory while reading: {peak / characters:.1f} bytes a character of text")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
