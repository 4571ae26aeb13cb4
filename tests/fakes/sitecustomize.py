"""pyttsx3 drivers that misbehave, for the isolated child: found through PYTHONPATH."""

import sys
import time
import types
from typing import Any


class Driver:
    """As much of a driver as pyttsx3 needs; `speak` is what each one does wrong."""

    def __init__(self, proxy: Any, speak: Any) -> None:
        self.proxy, self.speak = proxy, speak

    def setProperty(self, name: str, value: Any) -> None: ...

    def getProperty(self, name: str) -> Any:
        from pyttsx3.voice import Voice

        print("a driver that prints")
        first = Voice("fake.first", "First", ["en_GB"], None, None)
        voice = Voice("fake.voice", "Fake", ["en_US"], "Female", None)
        return [first, voice] if name == "voices" else "fake.voice"

    def save_to_file(self, text: str, filename: str) -> None:
        self.proxy.setBusy(True)
        self.speak(text, filename)
        self.proxy.notify("finished-utterance", completed=True)
        self.proxy.setBusy(False)

    def startLoop(self) -> None:
        self.proxy.setBusy(False)

    def endLoop(self) -> None: ...

    def stop(self) -> None: ...

    def destroy(self) -> None: ...


def hangs(text: str, filename: str) -> None:
    time.sleep(60)


def crashes(text: str, filename: str) -> None:
    import os

    os._exit(9)


def raises(text: str, filename: str) -> None:
    raise OSError("the voice is gone")


def forgets(text: str, filename: str) -> None:
    """Says that it has finished, and has written nothing."""


for misdeed in (hangs, crashes, raises, forgets):
    module = types.ModuleType(f"pyttsx3.drivers.{misdeed.__name__}")
    module.buildDriver = lambda proxy, speak=misdeed: Driver(proxy, speak)  # type: ignore[attr-defined]
    sys.modules[module.__name__] = module
