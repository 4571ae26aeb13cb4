"""A book in a neural voice, beside the voice alone for the same texts, in one run.

    python benchmarks/neural.py [BOOK] [--speed 10] [--jobs 2]

The voice is a small Piper one of the tests with layers of numbers added, until it speaks so many
times faster than real time on one core: 10 to 20 is a Piper voice of medium size, 2 to 4 is Kokoro.
Alone means the real piper-tts in as many processes, without anything else of ours. Needs
`pip install '.[dev]'`. Ratios hold where the machine's speed does not.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import helper, numpy_helper

from pipeline import read
from pipeline.engines import engine
from pipeline.engines.contract import LINE, seconds
from pipeline.model import Pace, Settings
from pipeline.processes import Workers
from pipeline.script import write
from tests import voices

WIDTH = 1024
FRAMES = 3  # of a phoneme: 11.6 ms each, as a VITS voice has them
NAME = "en_US-heavy-tiny"


def heavy(layers: int) -> onnx.ModelProto:
    """The voice of the tests with so many layers that change nothing of what is heard."""
    model = voices.piper_model()
    chance = np.random.RandomState(1)
    graph, node = model.graph, helper.make_node

    def constant(name: str, value: Any) -> str:
        graph.initializer.append(numpy_helper.from_array(value, name))
        return name

    table = chance.standard_normal((voices.SYMBOLS, FRAMES * WIDTH)).astype(np.float32)
    last = graph.node.pop()
    graph.node.append(node("Gather", [constant("pad_table", table), "ids"], ["pad_rows"]))
    shape = constant("pad_shape", np.array([-1, WIDTH], np.int64))
    graph.node.append(node("Reshape", ["pad_rows", shape], ["pad_0"]))
    turn, _ = np.linalg.qr(chance.standard_normal((WIDTH, WIDTH)))  # nothing grows or shrinks
    weights = constant("pad_weights", turn.astype(np.float32))
    for layer in range(layers):
        graph.node.append(node("MatMul", [f"pad_{layer}", weights], [f"pad_{layer + 1}"]))
    graph.node.append(node("ReduceMean", [f"pad_{layers}"], ["pad_mean"], keepdims=0))
    zero = constant("pad_zero", np.array(0, np.float32))
    graph.node.append(node("Mul", ["pad_mean", zero], ["pad_nothing"]))
    graph.node.append(node("Add", ["sound", "pad_nothing"], ["heavy_sound"]))
    last.input[0] = "heavy_sound"
    graph.node.append(last)
    return model


def install(root: Path, speed: float, settings: Settings) -> None:
    """Install a voice that speaks this many times faster than real time, on one core."""
    layers = 4
    for _ in range(3):  # measured with more layers each time, which is more exact
        model = voices.install_piper(root, NAME)
        model.write_bytes(heavy(layers).SerializeToString())
        engine("piper").speak(LINE, settings)
        started = time.process_time()
        audio = sum(seconds(engine("piper").speak(LINE * 4, settings)) for _ in range(3))
        layer = (time.process_time() - started) / layers
        layers = max(1, round(audio / speed / layer))
    model.write_bytes(heavy(layers).SerializeToString())
    print(f"{layers} layers: {model.stat().st_size >> 20} MB", flush=True)


def texts_of(book: Path) -> list[str]:
    """All that is spoken of it."""
    chapters = read.read(book).chapters
    return [line.sound for chapter in chapters for line in write(chapter, Pace()).utterances]


def timed(work: Any) -> tuple[float, float]:
    """Seconds on the clock and of all cores, of this process and its children that have ended."""
    before, started = os.times(), time.monotonic()
    work()
    return time.monotonic() - started, sum(os.times()[:4]) - sum(before[:4])


def alone(texts: list[str], settings: Settings, jobs: int) -> None:
    """The voice and nothing else, each text for whichever process is free."""
    with Workers(jobs) as workers:
        for future in [workers.submit(engine("piper").speak, text, settings) for text in texts]:
            future.result()


def main() -> None:
    """Print both costs, and how many times the voice's own the whole is."""
    options = argparse.ArgumentParser()
    options.add_argument("book", nargs="?", type=Path, default=Path("seeds"))
    options.add_argument("--speed", type=float, default=10)
    options.add_argument("--jobs", type=int, default=2)
    asked = options.parse_args()
    settings = Settings(engine="piper", voice=NAME)
    texts = texts_of(asked.book)
    with tempfile.TemporaryDirectory() as place:
        os.environ["MAKE_AUDIOBOOK_VOICES"] = place
        install(Path(place), asked.speed, settings)
        base = timed(lambda: alone(texts, settings, asked.jobs))
        command = [sys.executable, "-m", "pipeline", "build", str(asked.book), "--quiet"]
        command += ["--voice", f"piper:{NAME}", "--jobs", str(asked.jobs), "--out", f"{place}/out"]
        whole = timed(lambda: subprocess.run(command, check=True))
    print(f"{len(texts)} utterances, {asked.jobs} jobs     clock      cores")
    for name, cost in (("the voice alone", base), ("the whole book", whole)):
        print(f"{name:24} {cost[0]:8.1f} s {cost[1]:8.1f} s")
    print(f"{'times':24} {whole[0] / base[0]:8.3f}   {whole[1] / base[1]:8.3f}")


if __name__ == "__main__":
    main()
