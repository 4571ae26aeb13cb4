"""The default engine on every platform: the voices that pyttsx3 reaches.

On Windows these are SAPI5's, on macOS NSSpeech's; on every platform, and as the default elsewhere,
those of the espeak-ng in the espeakng-loader wheel, through a driver of our own.
"""

from __future__ import annotations

import io
import sys
import threading
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.metadata import version

from pipeline.engines import espeak, isolated
from pipeline.engines.drivers import OUR_DRIVER, say_to
from pipeline.engines.ipa import why_unsaid
from pipeline.errors import EngineError
from pipeline.model import Hint, Settings, VoiceInfo

LICENCE = "GPL-3.0-or-later"  # eSpeak NG's, and that of the data that its voices are
PLATFORM_DRIVERS = {"win32": "sapi5", "darwin": "nsss"}
# pyttsx3 has one engine a driver, and that one text: threads must take turns.
_ONE_AT_A_TIME = threading.Lock()


class Pyttsx3:
    """See `pipeline.engines.Engine`. Hints are followed by espeak's voices."""

    HINTS = ("phonemes", "emphasis")

    RATE = None if sys.platform in PLATFORM_DRIVERS else espeak.RATE_HZ

    def fingerprint(self, settings: Settings) -> str:
        """Versions of pyttsx3 and of what speaks behind it."""
        if driver_of(settings.voice) == OUR_DRIVER:
            return f"pyttsx3 {version('pyttsx3')}, espeakng-loader {version('espeakng-loader')}"
        import platform

        return f"pyttsx3 {version('pyttsx3')}, {platform.system()} {platform.version()}"

    def speak(self, text: str, settings: Settings) -> bytes:
        """One utterance; the same bytes whatever was spoken before it."""
        return self.speak_hinted(text, (), settings)

    def speak_hinted(self, text: str, hints: Sequence[Hint], settings: Settings) -> bytes:
        """The same with IPA in the place of some words, and emphasis.

        The platform's own voices take neither, and speak the text as it is.
        """
        if not text.strip():
            raise EngineError("there is no text to speak")
        driver = driver_of(settings.voice)
        if driver != OUR_DRIVER or not espeak.starts_afresh():
            return isolated.speak(driver, text, settings, hints)
        out = io.BytesIO()
        with _ONE_AT_A_TIME:
            errors = say_to(out, driver, text, settings, hints)
        if errors:
            raise EngineError("; ".join(errors))
        return out.getvalue()

    def voices(self) -> Iterable[VoiceInfo]:
        """The platform's own voices, then espeak's, then what may be added to an espeak voice."""
        driver = PLATFORM_DRIVERS.get(sys.platform)
        return (*(_platform_voices(driver) if driver else ()), *_espeak_voices())

    def unsaid(self, ipa: str, settings: Settings) -> str:
        """Why the voice cannot say this IPA; nothing if it can."""
        if driver_of(settings.voice) != OUR_DRIVER:
            return "the system's own voices take none"
        return why_unsaid(ipa, lambda one: espeak.named(one, settings.voice))

    def phonemes(self, texts: Iterable[str], settings: Settings) -> list[str]:
        """How each text is said, in IPA; nothing where the platform's own voices speak."""
        if driver_of(settings.voice) != OUR_DRIVER:
            return ["" for _ in texts]
        return espeak.phonemes(texts, settings.voice)


def driver_of(voice: str) -> str:
    """Which driver has this voice: espeak's names are known, all others are the platform's."""
    base = voice.partition("+")[0]
    if sys.platform not in PLATFORM_DRIVERS or any(v.name == base for v in _espeak_voices()):
        return OUR_DRIVER
    return PLATFORM_DRIVERS[sys.platform]


@cache
def _espeak_voices() -> tuple[VoiceInfo, ...]:
    voices = tuple(
        VoiceInfo(path.rpartition("/")[2], tags, name, gender, f"eSpeak NG, {name}", LICENCE)
        for path, name, tags, gender in espeak.voices()
    )
    variants = tuple(
        VoiceInfo(f"+{path}", (), f"variant, as in en-us+{path}", gender)
        for path, _, gender in espeak.variants()
    )
    return voices + variants


@cache
def _platform_voices(driver: str) -> tuple[VoiceInfo, ...]:
    return tuple(
        VoiceInfo(
            voice["id"],
            tuple(voice["languages"]),
            voice["name"],
            voice["gender"].lower(),
            voice["name"],
        )
        for voice in isolated.voices(driver)
    )
