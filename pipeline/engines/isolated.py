"""One utterance in a process of its own, through pyttsx3 and any of its drivers.

SAPI5 and NSSpeech run event loops that can hang, keep state, and lose what is queued behind one
another. A process that speaks once and ends has none of these troubles, and it can be given a
time limit. The parent asks in JSON on standard input; the child answers in JSON on standard output.
"""

from __future__ import annotations

import array
import io
import json
import struct
import subprocess
import sys
import tempfile
import wave
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pipeline.engines.drivers import say_to, start
from pipeline.errors import EngineError
from pipeline.model import Hint, Settings
from pipeline.processes import module

# Start-up, and an utterance of a page that is written to a file as fast as it is spoken.
START_SECONDS = 30.0
SECONDS_A_CHARACTER = 0.25


def speak(driver: str, text: str, settings: Settings, hints: Sequence[Hint] = ()) -> bytes:
    """The WAV that the driver wrote. Raises EngineError."""
    limit = START_SECONDS + SECONDS_A_CHARACTER * len(text)
    with tempfile.TemporaryDirectory(prefix="make-audiobook-") as folder:
        path = Path(folder) / "utterance.wav"
        request = {
            "driver": driver,
            "text": text,
            "path": str(path),
            "settings": asdict(settings),
            "hints": hints,
        }
        answer = ask(request, limit)
        if answer != {"finished": True}:
            raise EngineError(f"{driver}: {answer.get('error', 'it did not finish')}")
        if not path.is_file():
            raise EngineError(f"{driver}: it said it had finished and wrote no file")
        return as_wav(path.read_bytes())


def voices(driver: str) -> list[dict[str, Any]]:
    """What the driver offers, as pyttsx3 tells it, the system's own choice first."""
    answer = ask({"driver": driver}, START_SECONDS)
    if "voices" not in answer:
        raise EngineError(f"{driver}: {answer.get('error', 'it did not list its voices')}")
    listed: list[dict[str, Any]] = answer["voices"]
    return listed


def ask(request: dict[str, Any], limit: float) -> dict[str, Any]:
    """Start the child, wait for its answer at most `limit` seconds."""
    try:
        done = subprocess.run(
            module("pipeline.engines.isolated"),
            input=json.dumps(request).encode(),
            capture_output=True,
            timeout=limit,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return {"error": f"it gave no answer in {limit:.0f} seconds"}
    if done.returncode != 0:
        last = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
        return {"error": f"it ended with code {done.returncode}: {''.join(last)}"}
    answer: dict[str, Any] = json.loads(done.stdout.decode().splitlines()[-1])
    return answer


def main() -> None:
    """The child."""
    request = json.load(sys.stdin)
    answer = _speak(**request) if "text" in request else _voices(**request)
    sys.stdout.write("\n" + json.dumps(answer) + "\n")  # a driver may have printed before


def _speak(
    driver: str, text: str, path: str, settings: dict[str, Any], hints: list[list[Any]]
) -> dict[str, Any]:
    errors = say_to(path, driver, text, Settings(**settings), [Hint(*one) for one in hints])
    return {"error": "; ".join(errors)} if errors else {"finished": True}


def _voices(driver: str) -> dict[str, Any]:
    speaker = start(driver)
    usual = speaker.getProperty("voice")  # the one the person chose in the system's settings
    listed = sorted(speaker.getProperty("voices"), key=lambda voice: voice.id != usual)
    return {
        "voices": [
            {
                "id": voice.id,
                "name": voice.name,
                "languages": [
                    str(language).replace("_", "-") for language in voice.languages or []
                ],
                "gender": str(voice.gender or ""),
            }
            for voice in listed
        ]
    }


def as_wav(data: bytes) -> bytes:
    """NSSpeech writes AIFF whatever the file is called (pyttsx3 #361); the rest writes WAV.

    AIFF: big-endian chunks COMM (channels, frames, bits, rate as an 80-bit float) and SSND.
    AIFF-C says in COMM how samples are stored; "sowt" is little-endian.
    """
    if data[:4] != b"FORM" or data[8:12] not in (b"AIFF", b"AIFC"):
        return data
    chunks = {}
    at = 12
    while at + 8 <= len(data):
        name, size = struct.unpack_from(">4sI", data, at)
        chunks[name] = data[at + 8 : at + 8 + size]
        at += 8 + size + size % 2
    if b"COMM" not in chunks or b"SSND" not in chunks:
        raise EngineError("the AIFF file has no sound in it")
    channels, _, bits, exponent, mantissa = struct.unpack_from(">hIhHQ", chunks[b"COMM"])
    kind = chunks[b"COMM"][18:22] if data[8:12] == b"AIFC" else b"NONE"
    if bits != 16 or kind not in (b"NONE", b"twos", b"sowt"):
        raise EngineError(f"the AIFF file has {bits}-bit {kind!r} samples, not 16-bit PCM")
    samples = array.array("h", chunks[b"SSND"][8:])
    if (kind == b"sowt") != (sys.byteorder == "little"):
        samples.byteswap()
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        rate = round(mantissa * 2.0 ** (exponent - 16383 - 63))
        file.setparams((channels, 2, rate, 0, "NONE", "not compressed"))
        file.writeframes(samples.tobytes())
    return out.getvalue()


if __name__ == "__main__":
    main()
