"""A whole book, beside what the plainest pipe takes for the same text, in one run.

    python benchmarks/book.py BOOK.epub

The pipe is `espeak-ng -f book.txt --stdout | ffmpeg -i - -b:a 64k book.mp3`, with the espeak-ng and
the ffmpeg on the PATH. It makes one file without chapters, and starts anew after any change. Needs
`pip install '.[dev]'`. Ratios hold where the machine's speed does not.
"""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from pipeline import read
from pipeline.model import Pace
from pipeline.script import write

PIPE = "espeak-ng -f book.txt --stdout | ffmpeg -v error -y -i - -b:a 64k book.mp3"
SAMPLE_SECONDS = 0.1


@dataclass(frozen=True)
class Cost:
    """What a command took: seconds on the clock, of all cores, and bytes of all processes."""

    wall: float
    cpu: float
    memory: int


def measured(*command: str | Path) -> Cost:
    """Run it to its end."""
    peak = 0
    before, started = os.times(), time.monotonic()
    process = subprocess.Popen(
        [str(part) for part in command], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    said: list[bytes] = []
    stderr = process.stderr or io.BytesIO()
    listener = threading.Thread(target=lambda: said.extend(stderr))
    listener.start()
    while process.poll() is None:
        peak = max(peak, _memory(process.pid))
        time.sleep(SAMPLE_SECONDS)
    listener.join()
    stderr.close()
    wall, after = time.monotonic() - started, os.times()
    if process.returncode:
        raise SystemExit(b"".join(said).decode())
    cpu = sum(after[2:4]) - sum(before[2:4])
    return Cost(wall, cpu, peak)


def _memory(pid: int) -> int:
    """Of a process and all that it has started; what several share is counted once for each."""
    total = 0
    with suppress(psutil.Error):
        parent = psutil.Process(pid)
        for each in (parent, *parent.children(recursive=True)):
            with suppress(psutil.Error):
                total += each.memory_info().rss
    return total


def told(name: str, cost: Cost, whole: Cost) -> None:
    """One line, as shares of another cost."""
    print(
        f"{name:34} {cost.wall / whole.wall:8.3f} {cost.cpu / whole.cpu:8.3f}"
        f" {cost.memory / 1e6:8.0f} MB   ({cost.wall:.1f} s, {cost.cpu:.1f} s)",
        flush=True,
    )


def text_of(book: Path, path: Path) -> None:
    """What is spoken of it, for the pipe."""
    with path.open("w", encoding="utf-8") as out:
        for chapter in read.read(book).chapters:
            for line in write(chapter, Pace()).utterances:
                out.write(line.spoken + ("\n\n" if line.heading else "\n"))


def with_a_word_more(book: Path) -> None:
    """Put a word into a paragraph in the middle of its largest text."""
    old = book.rename(book.with_suffix(".old"))
    with zipfile.ZipFile(old) as source, zipfile.ZipFile(book, "w") as target:
        texts = (i for i in source.infolist() if i.filename.endswith(("html", "htm")))
        largest = max(texts, key=lambda item: item.file_size)
        for item in source.infolist():
            data = source.read(item)
            if item is largest:
                text = data.decode()
                half = len(text) // 2
                changed = re.sub(r"(<p>[^<]*?\w+) ", r"\1 indeed ", text[half:], count=1)
                data = (text[:half] + changed).encode()
            target.writestr(item, data)
    old.unlink()


@contextmanager
def cluster(folder: Path) -> Iterator[str]:
    """A scheduler with two workers on this machine; its address."""
    file = folder / "scheduler.json"
    dask = [sys.executable, "-m", "dask"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    options = [
        "--host",
        "127.0.0.1",
        "--port",
        "0",
        "--no-dashboard",
        "--scheduler-file",
        str(file),
    ]
    processes = [subprocess.Popen([*dask, "scheduler", *options], **quiet)]  # type: ignore[call-overload]
    while not file.exists() or not file.read_text().strip():
        time.sleep(0.1)
    address: str = json.loads(file.read_text())["address"]
    worker = [*dask, "worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard"]
    processes += [subprocess.Popen(worker, **quiet) for _ in range(2)]  # type: ignore[call-overload]
    time.sleep(5)
    try:
        yield address
    finally:
        for process in processes:
            process.kill()
            process.wait()


def main(original: Path) -> None:
    """Print a line for each case."""
    make = (sys.executable, "-m", "pipeline")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        book = Path(shutil.copy(original, folder / "book.epub"))
        text_of(book, folder / "book.txt")
        os.chdir(folder)
        print(f"{original.name:34}     wall      cpu    memory")
        pipe = measured("sh", "-c", PIPE)
        told("the pipe = 1", pipe, pipe)
        full = measured(*make, book)
        told("full build", full, pipe)
        print("beside the full build = 1")
        told("nothing changed", measured(*make, book), full)
        with_a_word_more(book)
        told("a word more", measured(*make, book), full)
        (folder / "book.audiobook.toml").write_text("[pace]\nparagraph = 900\n")
        told("a longer pause", measured(*make, book), full)
        (folder / "book.audiobook.toml").write_text('author = "X"\n[pace]\nparagraph = 900\n')
        told("another author", measured(*make, book), full)
        for jobs in ("1", "2"):
            told(
                f"--jobs {jobs}", measured(*make, book, "--out", f"out{jobs}", "--jobs", jobs), full
            )
        with cluster(folder) as address:
            cost = measured(*make, book, "--out", "out3", "--scheduler", address)
            told("Dask, 2 workers (not counted)", cost, full)


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
