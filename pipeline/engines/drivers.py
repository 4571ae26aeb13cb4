"""Talking to a pyttsx3 driver: its own, or ours on espeak-ng."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any, BinaryIO

from pipeline.engines import espeak
from pipeline.model import Hint, Settings

# pyttsx3 imports a driver by its name below pyttsx3.drivers.
OUR_DRIVER = "make_audiobook_espeak"
sys.modules[f"pyttsx3.drivers.{OUR_DRIVER}"] = espeak


def start(driver: str) -> Any:
    """A pyttsx3 engine on this driver."""
    import pyttsx3

    return pyttsx3.init(driver)


def say_to(
    target: str | BinaryIO, driver: str, text: str, settings: Settings, hints: Sequence[Hint] = ()
) -> list[str]:
    """Speak into a file, wait for the end, and return what went wrong. Hints are for ours alone.

    pyttsx3 swallows a driver's exceptions and tells of them only through its "error" event.
    """
    speaker = start(driver)
    errors: list[str] = []
    finished: list[bool] = []

    def on_error(name: str | None, exception: Exception) -> None:
        errors.append(str(exception) or repr(name))

    def on_finished(name: str | None, completed: bool) -> None:
        finished.append(completed and name is None)

    tokens = [
        speaker.connect("error", on_error),
        speaker.connect("finished-utterance", on_finished),
    ]
    try:
        speaker.setProperty("voice", settings.voice)
        speaker.setProperty("rate", settings.rate)
        speaker.setProperty("volume", settings.volume)
        if driver == OUR_DRIVER:  # the others know no pitch, and print so
            speaker.setProperty("pitch", settings.pitch)
            speaker.setProperty("hints", tuple(hints))
        speaker.save_to_file(text, target)
        speaker.runAndWait()
    finally:
        for token in tokens:
            speaker.disconnect(token)
    # SAPI5 writes its file before save_to_file returns and sends no such event for it.
    if not errors and finished != [True] and driver != "sapi5":
        errors.append("it ended before the utterance was finished")
    return errors
