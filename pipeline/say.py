"""A text given by hand -> one WAV, through the same stages as a book."""

from __future__ import annotations

import io
from collections.abc import Iterator
from concurrent.futures import Executor

from pipeline import concatenate, config, synthesize
from pipeline.engines import choose
from pipeline.errors import SourceError
from pipeline.model import Clip, Pause, Script, Settings
from pipeline.processes import Workers
from pipeline.read.text import story
from pipeline.script import write


def say_wav(text: str, voice: str | None, language: str) -> bytes:
    """The WAV of a text. Raises SourceError when there is nothing in it to say."""
    profile = config.read_voice(voice)
    settings = choose(profile.settings, language)
    script = write(story(text, language, "TEXT", keep_boilerplate=True), profile.pace)
    with Workers(1) as worker:  # where no Ctrl-C reaches it in the middle of a word
        parts = list(_parts(script, settings, worker))
    clips = [part for part in parts if isinstance(part, Clip)]
    if not clips:
        raise SourceError("TEXT: there is nothing in it to say.")
    out = io.BytesIO()
    concatenate.write_wav(parts, clips[0].rate, out)
    return out.getvalue()


def _parts(script: Script, settings: Settings, worker: Executor) -> Iterator[Clip | Pause]:
    for line in script.lines:
        if isinstance(line, Pause):
            yield line
        else:
            asked = synthesize.action(line, settings)
            yield worker.submit(synthesize.speak, asked).result()
