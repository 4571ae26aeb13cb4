"""Kokoro: a model of kokoro-onnx that speaks in many styles, each a voice.

An installed model lies with its file of styles (voices*.bin or *.npz) in the folder of
`pipeline.engines.installed`; of several models the largest speaks, which is the one with the
finest numbers. Any other is named by its path, as in "models/kokoro.onnx#af_heart", with its
styles beside it.
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.metadata import distribution
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pipeline.engines import content, espeak, graph, installed, ipa, sound, styles
from pipeline.engines.content import State
from pipeline.engines.packages import is_installed, versions
from pipeline.errors import EngineError, VoiceError
from pipeline.model import USUAL_SETTING, Hint, Settings, VoiceInfo

NAME = "kokoro"
PACKAGES = "kokoro-onnx", "onnxruntime", "espeakng-loader", "onnx"
WHOLE, REAL = (graph.INT64, graph.INT32), (graph.FLOAT, graph.DOUBLE)
KEPT = 2  # models in memory, at up to 700 MB each
RATE = 24_000
SLOWEST, FASTEST = 0.5, 2.0  # what kokoro-onnx takes
LONGEST_BATCH = 510  # phonemes, of a model
# The first letter of a style: its language, the espeak voice whose phonemes it gets, and a name.
LANGUAGES = {
    "a": ("en-US", "en-US"),
    "b": ("en-GB", "en"),
    "e": ("es", "es"),
    "f": ("fr-FR", "fr"),
    "h": ("hi", "hi"),
    "i": ("it", "it"),
    "j": ("ja", "ja"),
    "p": ("pt-BR", "pt-BR"),
    "z": ("zh", "cmn"),
}
GENDERS = {"f": "female", "m": "male"}
# Two letters of IPA that are one symbol to it, as the notation of its training (misaki) has them:
# in English, which says "cats" with two sounds, and in the others.
ENGLISH_STYLES = "ab"
AFFRICATES = (("tʃ", "ʧ"), ("dʒ", "ʤ"))
SIBILANTS = (("ts", "ʦ"), ("dz", "ʣ"), ("tɕ", "ʨ"), ("dʑ", "ʥ"))
DIPHTHONGS = (("eɪ", "A"), ("aɪ", "I"), ("aʊ", "W"), ("ɔɪ", "Y"), ("oʊ", "O"), ("əʊ", "Q"))

# A rest or a quotation mark, which espeak would forget; not a point within a number or a name.
MARK = re.compile(r"([;:,.!?…—–]+(?=[\s\"”’)\]»]|$)|[—–…“”„«»()\"]+)")
MARKS = str.maketrans({"–": "—", "„": "“", "«": "“", "»": "”"})
SWITCH = re.compile(r"\([a-z-]+\)")  # espeak's "(en)", where a word is of another language
LARGEST_VOCABULARY = 1 << 16

_LOADING = threading.Lock()


@dataclass(frozen=True)
class Place:
    """A model, the file with its styles, and which of them."""

    model: State
    voices: State
    style: str

    @property
    def language(self) -> str:
        return LANGUAGES.get(self.style[:1], LANGUAGES["a"])[1]

    @property
    def respelled(self) -> tuple[tuple[str, str], ...]:
        english = self.style[:1] in ENGLISH_STYLES
        return (*AFFRICATES, *(DIPHTHONGS if english else SIBILANTS))


class Kokoro:
    """See `pipeline.engines.Engine`."""

    HINTS = ("phonemes",)
    RATE = RATE

    def fingerprint(self, settings: Settings) -> str:
        """Versions of what speaks, and the content of model and style. Raises VoiceError."""
        known = f"{versions(NAME, *PACKAGES[:3])}, ours {graph.VERSION}"
        place = _place(settings)
        style = _digest(place.voices, place.style)
        return f"{known}, model {content.digest(place.model)}, style {style}"

    def speak(self, text: str, settings: Settings) -> bytes:
        """One utterance. Raises EngineError, VoiceError."""
        return self.speak_hinted(text, (), settings)

    def speak_hinted(self, text: str, hints: Sequence[Hint], settings: Settings) -> bytes:
        """The same with IPA in the place of some words. Raises EngineError, VoiceError."""
        versions(NAME, *PACKAGES)
        factor = sound.raised(settings.pitch)
        speed = _speed(settings, factor)
        place = _place(settings)
        voice = _style(place.voices, place.style)
        model = _loaded(place.model)
        said = _symbols(text, hints, place, model.tokenizer.vocab)
        whole = len(said) <= LONGEST_BATCH
        # Between batches the model is silent for long; at the edges of a clip we trim ourselves.
        samples, rate = model.create(said, voice, speed, is_phonemes=True, trim=not whole)
        return sound.wav(sound.joined([samples]), rate, factor, settings.volume)

    def check(self, settings: Settings) -> None:
        """Refuse a voice that is not there, and a rate that it cannot have. Raises VoiceError."""
        self.fingerprint(settings)
        _speed(settings, sound.raised(settings.pitch))

    def voices(self) -> Iterable[VoiceInfo]:
        """What is installed, by name; one that stands for all where their file is broken."""
        if not is_installed(PACKAGES[0]) or not _models():
            return []
        file = _voices_file(installed.folder(NAME))
        try:
            return [_info(name) for name in styles.names(_state(file))] if file else []
        except VoiceError as error:
            return [VoiceInfo("broken", (), f"cannot be used: {error}")]

    def unsaid(self, ipa_: str, settings: Settings) -> str:
        """Why the voice cannot say this IPA; nothing if it can. Raises VoiceError.

        By the library's symbols, which all published models have, and without loading a model.
        """
        place, known = _place(settings), _usual_vocabulary()
        return ipa.why_unsaid(ipa_, lambda one: ipa.written(one, known, place.respelled))

    def phonemes(self, texts: Iterable[str], settings: Settings) -> list[str]:
        """How each text is said, in IPA."""
        versions(NAME, *PACKAGES)
        return _said(list(texts), _place(settings).language)


def _models() -> list[Path]:
    return [path for path in installed.folder(NAME).glob("*.onnx") if path.is_file()]


def _voices_file(folder: Path) -> Path | None:
    found = {*folder.glob("voices*.bin"), *folder.glob("*.npz")}
    return min(found, default=None)


def _state(file: Path) -> State:
    return content.state(file, styles.LARGEST_FILE)


def _place(settings: Settings) -> Place:
    """What is to speak. Raises VoiceError."""
    name = settings.voice
    if settings.file:
        path, name = Path(settings.file), settings.voice.partition("#")[2]
    elif models := _models():
        path = max(models, key=lambda one: (one.stat().st_size, one.name))
    else:
        raise VoiceError(
            f"voice {name!r:.80}: no model of kokoro is installed. "
            "`make-audiobook voices add kokoro` installs one."
        )
    model, file = content.state(path), _voices_file(path.parent)
    if file is None:
        raise VoiceError(f"{path.name}: no file of voices, such as voices-v1.0.bin, is beside it.")
    if not name:
        known = ", ".join(styles.names(_state(file))[:8])
        raise VoiceError(f"{path.name}: say which voice, as in #af_heart. It has {known}.")
    return Place(model, _state(file), name)


def _info(name: str) -> VoiceInfo:
    tag, _ = LANGUAGES.get(name[0], ("", ""))
    plain = name[3:].replace("_", " ").title()
    speaker = f"Kokoro, {plain} ({tag})" if tag else f"Kokoro, {plain}"
    return VoiceInfo(name, (tag,) if tag else (), plain, GENDERS.get(name[1], ""), speaker)


@lru_cache(maxsize=64)
def _style(file: State, name: str) -> Any:
    return styles.style(file, name)


@lru_cache(maxsize=64)
def _digest(file: State, name: str) -> str:
    return hashlib.sha256(_style(file, name).tobytes()).hexdigest()[: content.DIGITS]


def _speed(settings: Settings, factor: float) -> float:
    """What kokoro-onnx calls the speed. Raises VoiceError where it cannot speak at that."""
    speed = settings.rate / USUAL_SETTING / factor
    if not SLOWEST <= speed <= FASTEST:
        least, most = (bound * USUAL_SETTING * factor for bound in (SLOWEST, FASTEST))
        raise VoiceError(
            f"voice {settings.voice!r:.80}: kokoro cannot speak at rate {settings.rate}. "
            f"At this pitch it can from {least + 0.5:.0f} to {most - 0.5:.0f}."
        )
    return speed


def _loaded(model: State) -> Any:
    """The model as kokoro-onnx has it; loaded once as long as it stays."""
    with _LOADING:
        return _load(model)


@lru_cache(maxsize=KEPT)
def _load(model: State) -> Any:
    data, vocabulary = _steady(model)
    return _made(graph.session(data, Path(model.path).name), vocabulary)


def _steady(model: State) -> tuple[bytes, dict[str, int]]:
    """The model, checked and changed, and its symbols; what it was read from is forgotten here."""
    name = Path(model.path).name
    parsed = graph.parsed(content.read(model), name)
    tokens = "input_ids" if "input_ids" in graph.inputs(parsed) else "tokens"
    graph.check_inputs(parsed, {tokens: WHOLE, "style": REAL, "speed": REAL}, name)
    vocabulary = _vocabulary(parsed, name)
    return graph.steady(parsed, name), vocabulary


@cache
def _usual_vocabulary() -> Mapping[str, int]:
    """The symbols that come with kokoro-onnx, which importing it would take half a second for."""
    found = distribution("kokoro-onnx").locate_file("kokoro_onnx/config.json")
    vocabulary: dict[str, int] = json.loads(Path(str(found)).read_text(encoding="utf-8"))["vocab"]
    return vocabulary


def _vocabulary(model: Any, name: str) -> dict[str, int]:
    """The symbols that a model was exported with, or those of the library. Raises VoiceError."""
    from kokoro_onnx.config import DEFAULT_VOCAB
    from kokoro_onnx.session import CONFIG_KEY

    told = next((one.value for one in model.metadata_props if one.key == CONFIG_KEY), "")
    if not told:
        return dict(DEFAULT_VOCAB)
    try:
        found = json.loads(told[:LARGEST_VOCABULARY])["vocab"]
        if all(len(key) == 1 and 0 <= int(number) < 1 << 15 for key, number in found.items()):
            return {key: int(number) for key, number in found.items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise VoiceError(f"{name}: its list of symbols is broken. Get it again.") from error
    raise VoiceError(f"{name}: its list of symbols is broken. Get it again.")


def _made(session: Any, vocabulary: Mapping[str, int]) -> Any:
    """kokoro-onnx on a session.

    It asks for a file of styles, though we give it each style ourselves, checked: so it gets an
    empty one. And its tokenizer loads espeak and never lets it go, after which our own driver could
    not begin afresh; we find the phonemes ourselves, so it gets a library that is loaded anyway.
    """
    import numpy as np
    from kokoro_onnx import Kokoro as Library
    from kokoro_onnx.config import EspeakConfig
    from onnxruntime.capi import onnxruntime_pybind11_state as loaded_anyway

    with TemporaryDirectory() as folder:
        empty = str(Path(folder) / "none.npz")
        np.savez(empty)
        session._model_path = empty  # noqa: SLF001  from_session looks whether it exists
        config = EspeakConfig(lib_path=loaded_anyway.__file__)
        made = Library.from_session(session, empty, config, {"vocab": dict(vocabulary)})
        made.voices.close()
    return made


def _symbols(text: str, hints: Sequence[Hint], place: Place, known: Mapping[str, int]) -> str:
    """What the model is given. Raises EngineError where a word would be lost."""
    parts = ipa.pieces(text, hints)
    plain = [part for part, said_as in parts if not said_as]
    espeak.check_words(" ".join(plain), place.language)
    words = sorted({word for part in plain for word in part.split()})
    heard = _said([*plain, *words], place.language)
    said, alone = iter(heard), dict(zip(words, heard[len(plain) :], strict=True))
    for part in plain:
        ipa.check_words(part, lambda word: alone[word], known)
    found = "".join(
        ipa.written(said_as, known, place.respelled)
        if said_as
        else ipa.respelled(next(said), known, place.respelled)
        for _, said_as in parts
    )
    found = " ".join("".join(char for char in found if char in known or char == " ").split())
    if not any(map(ipa.is_sound, found)):
        raise EngineError("there is no text to speak")
    return found


def _said(texts: Sequence[str], language: str) -> list[str]:
    """The IPA of each text, with its marks and the spaces at its ends."""
    split = [MARK.split(text) for text in texts]  # words and marks by turns
    spoken = iter(espeak.phonemes([part for parts in split for part in parts[::2]], language))
    return [
        "".join(
            part.translate(MARKS) if at % 2 else _spaced(SWITCH.sub("", next(spoken)), part)
            for at, part in enumerate(parts)
        )
        for parts in split
    ]


def _spaced(said: str, text: str) -> str:
    """IPA with the spaces of its text at either end."""
    before, after = (" " if end.isspace() else "" for end in (text[:1], text[-1:]))
    return f"{before}{said.strip()}{after}"
