"""What each stage costs, as a share of what espeak-ng alone takes for the same utterances.

    python benchmarks/stages.py [FOLDER]

One process, CPU time, all stages in one run: the shares hold where the machine's speed does not.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from pipeline import concatenate, encode, master, read, synthesize
from pipeline.engines import choose, engine, espeak
from pipeline.model import Encoding, Pace, Settings
from pipeline.script import write

T = TypeVar("T")


def timed(work: Callable[[], T]) -> tuple[float, T]:
    """CPU seconds of this process and its children, and the result."""

    def now() -> float:
        return sum(os.times()[:4])

    start = now()
    result = work()
    return now() - start, result


def main(folder: Path) -> None:
    """Print a line for each stage."""
    reading, book = timed(lambda: read.read(folder))
    writing, scripts = timed(lambda: [write(chapter, Pace()) for chapter in book.chapters])
    settings = choose(Settings(voice="en-us"), "en-US")
    lines = [line.spoken for script in scripts for line in script.utterances]
    synthesize.speak(synthesize.action(scripts[0].utterances[0], settings))  # imports

    espeaking, _ = timed(
        lambda: [espeak.synthesize(line, settings.voice, 170, 50, 100) for line in lines]
    )
    speaking, wavs = timed(lambda: [engine("pyttsx3").speak(line, settings) for line in lines])
    trimming, clips = timed(lambda: [concatenate.clip(wav) for wav in wavs])
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "all.mp3"
        rate = clips[0].rate
        wanted = Encoding("mp3", 64)
        encoding, samples = timed(
            lambda: encode.encode((clip.pcm for clip in clips), rate, wanted, path)
        )
    measuring, _ = timed(lambda: [master.measured(clip) for clip in clips])
    desk = master.Desk(3.0, master.PRESETS["podcast"])
    mastering, _ = timed(lambda: [desk.speech(clip, 0.0) for clip in clips])

    minutes = samples / rate / 60
    print(f"{len(lines)} utterances, {minutes:.1f} minutes of speech; espeak-ng alone = 1.00")
    for name, seconds in (
        ("read", reading),
        ("normalize and script", writing),
        ("espeak-ng alone", espeaking),
        ("through pyttsx3", speaking),
        ("trim and fade", trimming),
        ("measure loudness", measuring),
        ("gain, limiter, room tone", mastering),
        ("encode MP3", encoding),
    ):
        print(f"  {name:22} {seconds / espeaking:6.2f}")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path("seeds"))
