"""A text given by hand -> one WAV, through the same stages as a book."""

from __future__ import annotations

import io
from collections.abc import Iterator

from pipeline import concatenate, config, synthesize
from pipeline.engines import choose
from pipeline.errors import SourceError
from pipeline.model import Chapter, Clip, Pause, Script, Settings
from pipeline.script import write


def say_wav(text: str, voice: str | None, language: str) -> bytes:
    """The WAV of a text. Raises SourceError when there is nothing in it to say."""
    profile = config.read_voice(voice)
    settings = choose(profile.settings, language)
    script = write(Chapter(1, "", "", language, "TEXT", text), profile.pace, keep_boilerplate=True)
    parts = list(_parts(script, settings))
    clips = [part for part in parts if isinstance(part, Clip)]
    if not clips:
        raise SourceError("TEXT: there is nothing in it to say.")
    out = io.BytesIO()
    concatenate.write_wav(parts, clips[0].rate, out)
    return out.getvalue()


def _parts(script: Script, settings: Settings) -> Iterator[Clip | Pause]:
    for line in script.lines:
        if isinstance(line, Pause):
            yield line
        else:
            yield synthesize.speak(synthesize.action(line, settings))
