"""The engine `openai`: voices of a server that speaks OpenAI's protocol, here or far away.

OpenAI's own, Kokoro-FastAPI, LocalAI, Speaches, OpenVINO Model Server and others speak it. No
server is asked that was not named, and none where nothing is to be spoken.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from pipeline.engines import received, sound
from pipeline.engines.address import ADDRESS, Server, address
from pipeline.engines.speech_server import listed, post
from pipeline.errors import EngineError, VoiceError
from pipeline.model import USUAL_SETTING, Settings, VoiceInfo

# What OpenAI's own models have, as its reference says; a server that tells has what it tells.
KNOWN = "alloy ash ballad cedar coral echo fable marin nova onyx sage shimmer verse".split()
SLOWEST, FASTEST = 0.25, 4.0  # times the usual rate, as the API has it
# An answer's bytes: a long clip of one letter, a second of stereo a character, and what fits.
LEAST_BYTES, BYTES_A_CHARACTER, MOST_BYTES = 2_000_000, 200_000, 64_000_000
SPOKEN_MARKS = "%&@#§"  # marks that are words


class OpenAI:
    """See `pipeline.engines.Engine`."""

    OPTIONS: Mapping[str, str | int | float | bool] = {
        "server": "",
        "model": "tts-1",
        "instructions": "",
        "format": "wav",
        "concurrency": 0,
        "timeout": 120.0,
        "retries": 5,
    }
    # A server is in the fingerprint, by a digest: its address is in no manifest.
    UNHEARD = frozenset({"server", "concurrency", "timeout", "retries"})
    TAKES_ANY = True  # "af_bella+af_sky", or a voice of one's own
    LONGEST = 4096

    def fingerprint(self, settings: Settings) -> str:
        """The model's name and where it is, as a digest; nobody is asked.

        Raises VoiceError for settings that no server can be asked with.
        """
        asked = _options(settings)
        return f"speech server 1, {asked['model']}, {_server(asked).digest}"

    def speak(self, text: str, settings: Settings) -> bytes:
        """One request. Raises EngineError, VoiceError."""
        if not any(_is_said(char) for char in text):
            raise EngineError("there is no text to speak")
        asked = _options(settings)
        form = str(asked["format"])
        rate, samples = post(
            _server(asked),
            _request(text, settings, asked),
            lambda data, whole: received.samples(data, form, whole=whole),
            min(LEAST_BYTES + BYTES_A_CHARACTER * len(text), MOST_BYTES),
        )
        return sound.wav(samples, rate, sound.raised(settings.pitch), settings.volume)

    def check(self, settings: Settings) -> None:
        """Refuse settings that no server can be asked with. Raises VoiceError."""
        asked = _options(settings)
        _server(asked)
        _request("", settings, asked)

    def voices(self) -> Iterable[VoiceInfo]:
        """What the server of the environment has; nothing without one."""
        server = address("")
        if not server:
            return []
        host = Server(server).host
        names = listed(server) or KNOWN
        return [VoiceInfo(name, (), f"a voice of {host}", speaker=name) for name in names]


def _options(settings: Settings) -> dict[str, Any]:
    """The options that are asked for, or else the defaults. Raises VoiceError."""
    asked: dict[str, Any] = {**OpenAI.OPTIONS, **dict(settings.options), **dict(settings.unheard)}
    if asked["format"] not in received.FORMATS:
        known = ", ".join(received.FORMATS)
        raise VoiceError(f"option `format`: {asked['format']!r:.40} is none of {known}.")
    if not (asked["model"] and str(asked["model"]).isprintable()):
        raise VoiceError("option `model`: must be a name. Leave it out, or write one.")
    for name, least, most in (("concurrency", 0, 64), ("timeout", 0.1, 3600), ("retries", 0, 20)):
        if not least <= asked[name] <= most:
            raise VoiceError(f"option `{name}`: must be from {least} to {most}.")
    return asked


def _server(asked: Mapping[str, Any]) -> Server:
    found = address(asked["server"])
    if not found:
        raise VoiceError(
            "engine 'openai': no server is named. Write it into the profile's [options], as in "
            f'server = "http://localhost:8880/v1", or set {ADDRESS}.'
        )
    return Server(found, asked["timeout"], asked["retries"], asked["concurrency"])


def _request(text: str, settings: Settings, asked: Mapping[str, Any]) -> dict[str, Any]:
    speed = settings.rate / USUAL_SETTING / sound.raised(settings.pitch)
    if not SLOWEST <= speed <= FASTEST:
        raise VoiceError(
            f"rate {settings.rate}: at this pitch a server speaks {SLOWEST:g} to {FASTEST:g} times "
            f"as fast as {USUAL_SETTING} words a minute, not {speed:.2f}. Choose another `rate`."
        )
    body = {
        "model": asked["model"],
        "input": text,
        "voice": settings.voice,
        "response_format": asked["format"],
        "speed": round(speed, 4),
    }
    return body | ({"instructions": asked["instructions"]} if asked["instructions"] else {})


def _is_said(char: str) -> bool:
    return char.isalnum() or unicodedata.category(char).startswith("S") or char in SPOKEN_MARKS
