"""Which voices can be had for the engines that have files, where they are, and how they are told.

Piper keeps a list, voices.json, beside its voices; Kokoro has two models, which are named here. The
list comes over the network: what it says is checked before any of it becomes a name or a path.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, TypeVar
from urllib.parse import quote

from pipeline.errors import VoiceError, did_you_mean

T = TypeVar("T")

ENGINES = ("kokoro", "piper")
# Where their files are; a mirror of the same files may stand in these variables.
PIPER = "https://huggingface.co/rhasspy/piper-voices/resolve/main/"
KOKORO = "https://github.com/thewh1teagle/kokoro-onnx/releases/download/model-files-v1.0/"
MIRRORS = {"kokoro": "MAKE_AUDIOBOOK_KOKORO_VOICES", "piper": "MAKE_AUDIOBOOK_PIPER_VOICES"}
LIST = "voices.json"
LARGEST_LIST = 16_000_000  # bytes; the list of 2025 has 300,000
LARGEST_FILE = 4_000_000_000  # bytes; the largest model has 400,000,000
LARGEST_BESIDE = 10_000_000  # bytes of a model's JSON or card
SHOWN = 60  # characters of what somebody else has written

# A key of Piper's list: language, name, quality, as in "pt_PT-tugão-medium".
NAME = re.compile(r"[a-z]{2,3}(?:_[A-Za-z0-9]{2,8})*-\w{1,60}-[a-z_]{1,20}")
STEP = re.compile(r"\w[\w.-]{0,99}")  # of a path
MD5 = re.compile(r"[0-9a-f]{32}")
CARD, CARD_SUFFIX = "MODEL_CARD", ".card"


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a voice: its address, its name once installed, its bytes, "md5:..." of them."""

    url: str
    name: str
    size: int
    digest: str


@dataclass(frozen=True, slots=True)
class Offer:
    """A voice that can be had; without a language it has voices of several.

    `parts` are in the order in which they are put in their place, the model last: where it is, the
    voice is. `usual` is what a profile would name. `also` are other names that it is known by.
    """

    engine: str
    name: str
    language: str
    quality: str
    speakers: int
    parts: tuple[Part, ...]
    usual: str
    licence: str = ""
    also: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """All of its bytes."""
        return sum(part.size for part in self.parts)

    @property
    def told(self) -> str:
        """What it is called in `voices add`."""
        return f"{self.engine}:{self.name}"


def where(engine: str) -> str:
    """The address under which an engine's files are, with a slash behind it."""
    usual = {"kokoro": KOKORO, "piper": PIPER}[engine]
    return f"{(os.environ.get(MIRRORS[engine]) or usual).rstrip('/')}/"


def offers(engine: str, problems: list[str] | None = None) -> dict[str, Offer]:
    """What can be had for an engine, by name; what is wrong with single ones goes to `problems`.

    Raises VoiceError when the list cannot be had or is none.
    """
    if engine == "kokoro":
        return {name: _kokoro(name) for name in MODELS}
    from pipeline.voices import fetch

    url = where(engine) + LIST
    return read_list(fetch.small(url, LARGEST_LIST), where(engine), fetch.told(url), problems)


def find(engine: str, name: str) -> Offer:
    """The one of this name. Raises VoiceError."""
    problems: list[str] = []
    known = offers(engine, problems)
    for offer in known.values():
        if name == offer.name or name in offer.also:
            return offer
    broken = next((one for one in problems if repr(name) in one), None)
    if broken:
        raise VoiceError(broken)
    all_of_them = f"`make-audiobook voices available --engine {engine}` lists them all."
    hint = did_you_mean(name, known) or all_of_them
    raise VoiceError(f"{engine}:{name[:SHOWN]}: there is no such voice. {hint.strip()}")


# Kokoro's models of its version 1.0, with size and SHA-256, as many projects pin them that fetch
# them from there. Each needs the file of voices beside it.
MODELS = {
    "v1.0": (
        "kokoro-v1.0.onnx",
        325_532_387,
        "7d5df8ecf7d4b1878015a32686053fd0eebe2bc377234608764cc0ef3636a6c5",
        "full",
    ),
    "v1.0-int8": (
        "kokoro-v1.0.int8.onnx",
        92_361_271,
        "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb",
        "int8",
    ),
}
STYLES = (
    "voices-v1.0.bin",
    28_214_398,
    "bca610b8308e8d99f32e6fe4197e7ec01679264efed0cac9140fe9c29f1fbf7d",
)
USUAL_STYLE = "af_heart"
SPEAKERS = 54
KOKOROS_LICENCE = "Apache-2.0"


def _kokoro(name: str) -> Offer:
    file, size, sha256, quality = MODELS[name]
    base = where("kokoro")
    styles = Part(base + STYLES[0], STYLES[0], STYLES[1], f"sha256:{STYLES[2]}")
    model = Part(base + file, file, size, f"sha256:{sha256}")
    also = ("",) if name == "v1.0" else ()
    return Offer(
        "kokoro", name, "", quality, SPEAKERS, (styles, model), USUAL_STYLE, KOKOROS_LICENCE, also
    )


def read_list(
    data: bytes, base: str, told: str, problems: list[str] | None = None
) -> dict[str, Offer]:
    """Piper's list. Raises VoiceError when it is none; a voice of it that is odd is left out."""
    try:
        found = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise VoiceError(f"{told}: is no list of voices, not even JSON.") from error
    if not isinstance(found, dict) or not all(isinstance(one, dict) for one in found.values()):
        raise VoiceError(f"{told}: is no list of voices.")
    offers: dict[str, Offer] = {}
    for name, entry in found.items():
        try:
            offers[name] = _piper(name, entry, base)
        except (KeyError, TypeError, ValueError) as error:
            why = f"no {error}" if isinstance(error, KeyError) else str(error)
            if problems is not None:
                problems.append(f"{told}: the voice {name[:SHOWN]!r} cannot be used: {why}.")
    return offers


def _piper(name: str, entry: dict[str, Any], base: str) -> Offer:
    """One voice of the list. Raises KeyError, TypeError and ValueError."""
    if not NAME.fullmatch(name):
        raise ValueError("its name is not one of language, name and quality")
    paths = _paths(name, _is(dict, entry["files"]))
    parts = tuple(_part(path, entry["files"][path], base, called) for called, path in paths)
    also = [text for text in _is(list, entry.get("aliases", [])) if isinstance(text, str)]
    language, _, rest = name.partition("-")
    return Offer(
        engine="piper",
        name=name,
        language=language.replace("_", "-"),
        quality=rest.rpartition("-")[2],
        speakers=_is(int, entry.get("num_speakers", 1)),
        parts=parts,
        usual=name,
        also=tuple(also),
    )


def _paths(name: str, files: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """What each file will be called, and its path in the list; the model last."""
    wanted = {f"{name}.onnx.json": f"{name}.onnx.json", CARD: f"{name}{CARD_SUFFIX}"}
    by_name = {PurePosixPath(path).name: path for path in files}
    for file, called in (*wanted.items(), (f"{name}.onnx", f"{name}.onnx")):
        if file in by_name:
            yield called, by_name[file]
        elif file != CARD:
            raise ValueError(f"it has no {file}")


def _part(path: str, about: Any, base: str, called: str) -> Part:
    steps = path.split("/")
    if not all(STEP.fullmatch(step) and step.strip(".") for step in steps):
        raise ValueError(f"{path[:SHOWN]!r} is not a path that a voice has")
    size, md5 = _is(int, _is(dict, about)["size_bytes"]), _is(str, about["md5_digest"])
    most = LARGEST_FILE if called.endswith(".onnx") else LARGEST_BESIDE
    if not 0 < size <= most or not MD5.fullmatch(md5):
        raise ValueError(f"size or digest of {called} are none")
    return Part(base + quote(path), called, size, f"md5:{md5}")


def _is(kind: type[T], value: Any) -> T:
    if not isinstance(value, kind) or isinstance(value, bool):
        raise TypeError(f"{value!r:.40} is not what stands there in such a list")
    return value
