"""Piper: voices of piper-tts, as ONNX models with a JSON file beside each.

An installed voice is NAME.onnx and NAME.onnx.json in the folder of `pipeline.engines.installed`,
perhaps with NAME.card, its model card. Any other is named by the path of its model. One of several
speakers is chosen as in "en_US-libritts-high#p3922", by name or by number.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from pipeline.engines import content, espeak, graph, installed, ipa, sound
from pipeline.engines.content import State
from pipeline.engines.packages import is_installed, versions
from pipeline.engines.pipercard import Card, licence, read_card
from pipeline.errors import EngineError, VoiceError, did_you_mean
from pipeline.model import USUAL_SETTING, Hint, Settings, VoiceInfo

NAME = "piper"
PACKAGES = "piper-tts", "onnxruntime", "onnx"
INPUTS = {"input": (graph.INT64,), "input_lengths": (graph.INT64,), "scales": (graph.FLOAT,)}
SPEAKERS = {"sid": (graph.INT64,)}
KEPT = 4  # voices in memory, at about 100 MB each
ENDS = tuple(".!?")
AS_TRAINED, MOST_NOISE = -1.0, 2.0

# One voice is loaded at a time, and by one thread, which others then find loaded.
_LOADING = threading.Lock()


class Piper:
    """See `pipeline.engines.Engine`.

    `noise` is how much the sound of a phoneme may vary, `noise_width` how much its length may, both
    from 0 to 2; -1, as the voice's own file says. Which way they vary is the same each
    time.
    """

    OPTIONS: Mapping[str, float] = {"noise": AS_TRAINED, "noise_width": AS_TRAINED}
    HINTS = ("phonemes",)

    def fingerprint(self, settings: Settings) -> str:
        """Versions of what speaks, and the content of the voice. Raises VoiceError."""
        known = f"{versions(NAME, *PACKAGES[:2])}, ours {graph.VERSION}"
        model, about = _files(settings)
        return f"{known}, model {content.digest(model)}, json {content.digest(about)}"

    def speak(self, text: str, settings: Settings) -> bytes:
        """One utterance, of all sentences of the text. Raises EngineError, VoiceError."""
        return self.speak_hinted(text, (), settings)

    def speak_hinted(self, text: str, hints: Sequence[Hint], settings: Settings) -> bytes:
        """The same with IPA in the place of some words. Raises EngineError, VoiceError."""
        versions(NAME, *PACKAGES)
        voice, card = _loaded(*_files(settings))
        speaker = card.speaker(_speaker_of(settings), _shown(settings))
        sentences = _sentences(voice, card, text, hints)
        factor = sound.raised(settings.pitch)
        config = _config(settings, card, speaker, factor)
        parts = [
            voice.phoneme_ids_to_audio(voice.phonemes_to_ids(said), config) for said in sentences
        ]
        return sound.wav(sound.joined(parts), card.rate, factor, settings.volume)

    def check(self, settings: Settings) -> None:
        """Refuse a voice, speaker or option that there is not. Raises VoiceError."""
        self.fingerprint(settings)
        _, about = _files(settings)
        card = read_card(content.read(about), Path(about.path).name)
        card.speaker(_speaker_of(settings), _shown(settings))
        for name, value in settings.options:
            if not (value == AS_TRAINED or 0 <= float(value) <= MOST_NOISE):
                raise VoiceError(f"option `{name}`: must be from 0 to {MOST_NOISE}, not {value}.")

    def voices(self) -> Iterable[VoiceInfo]:
        """What is installed, by name; a voice whose JSON is broken is listed as that."""
        if not is_installed(PACKAGES[0]):
            return []
        return [_info(name, path) for name, path in sorted(_found().items())]

    def unsaid(self, ipa_: str, settings: Settings) -> str:
        """Why the voice cannot say this IPA; nothing if it can. Raises VoiceError."""
        _, about = _files(settings)
        card = read_card(content.read(about), Path(about.path).name)
        return ipa.why_unsaid(ipa_, lambda one: ipa.written(one, card.symbols))

    def phonemes(self, texts: Iterable[str], settings: Settings) -> list[str]:
        """How each text is said, in IPA."""
        versions(NAME, *PACKAGES)
        voice, _ = _loaded(*_files(settings))
        return [" ".join("".join(s) for s in _said(voice, text)).strip() for text in texts]


def _found() -> dict[str, Path]:
    """Models of the folder by name; a part of a download has another ending."""
    found = installed.folder(NAME).glob("*.onnx")
    return {path.stem: path for path in found if path.stem.isprintable()}


def _files(settings: Settings) -> tuple[State, State]:
    """A voice's model and its JSON. Raises VoiceError."""
    path = Path(settings.file) if settings.file else _installed(settings)
    about = path.with_name(f"{path.name}.json")
    if path.is_file() and not about.exists():
        raise VoiceError(f"{path.name}: its file {about.name} is missing. Put it beside the model.")
    return content.state(path), content.state(about, Card.LARGEST)


def _installed(settings: Settings) -> Path:
    name = settings.voice.partition("#")[0]
    found = _found()
    if name not in found:
        raise VoiceError(
            f"voice {name!r:.80}: piper does not have it. {did_you_mean(name, found)}"
            f"`make-audiobook voices add piper:{name:.80}` installs it."
        )
    return found[name]


def _shown(settings: Settings) -> str:
    return Path(settings.file).name if settings.file else settings.voice.partition("#")[0]


def _speaker_of(settings: Settings) -> str:
    return settings.voice.partition("#")[2]


def _info(name: str, path: Path) -> VoiceInfo:
    """What is listed of a voice: from its JSON alone, and never from its model."""
    try:
        card = read_card(content.read(content.state(Path(f"{path}.json"), Card.LARGEST)), name)
    except VoiceError as error:
        return VoiceInfo(name, (), f"cannot be used: {error}")
    dataset = card.dataset or name
    speaker = f"Piper, {dataset.replace('_', ' ').title()} ({card.language})"
    several = f"{card.speakers} speakers" if card.speakers > 1 else ""
    about = ", ".join(filter(None, (dataset, card.quality, several)))
    return VoiceInfo(name, (card.language,), about, "", speaker, licence(path))


def _loaded(model: State, about: State) -> tuple[Any, Card]:
    """The voice as piper-tts has it, and what its JSON says; loaded once as long as it stays."""
    with _LOADING:
        return _load(model, about)


@lru_cache(maxsize=KEPT)
def _load(model: State, about: State) -> tuple[Any, Card]:
    from piper import PiperVoice
    from piper.config import PiperConfig

    card = read_card(content.read(about), Path(about.path).name)
    session = graph.session(_steady(model, card), Path(model.path).name)
    return PiperVoice(session, PiperConfig.from_dict(card.raw)), card


def _steady(model: State, card: Card) -> bytes:
    """The model, checked and changed; what it was read from is forgotten here."""
    name = Path(model.path).name
    parsed = graph.parsed(content.read(model), name)
    graph.check_inputs(parsed, {**INPUTS, **(SPEAKERS if card.speakers > 1 else {})}, name)
    return graph.steady(parsed, name)


def _config(settings: Settings, card: Card, speaker: int | None, factor: float) -> Any:
    """What piper-tts is told; the rate in the voice's own terms.

    Not `normalize_audio`: it would make a whisper as loud as a shout. Voices are brought to one
    level later, and each by one gain.
    """
    from piper.config import SynthesisConfig

    asked = {**Piper.OPTIONS, **dict(settings.options)}
    noise, width = (float(asked[name]) for name in Piper.OPTIONS)
    return SynthesisConfig(
        speaker_id=speaker,
        length_scale=card.length * USUAL_SETTING / settings.rate * factor,
        noise_scale=card.noise if noise < 0 else noise,
        noise_w_scale=card.width if width < 0 else width,
        normalize_audio=False,
    )


def _sentences(voice: Any, card: Card, text: str, hints: Sequence[Hint]) -> list[list[str]]:
    """The phonemes of each sentence, all of them such as the voice has.

    Raises EngineError where a word would be lost.
    """
    found: list[list[str]] = [[]]
    before = ""
    for part, said_as in ipa.pieces(text, hints):
        if ipa.is_spaced(before):
            _add(found, [[" "]])
        if said_as:
            _add(found, [list(ipa.written(said_as, card.symbols))])
        else:
            _check(voice, card, part)
            _add(found, [list(ipa.leading(part))] if before else [])
            _add(found, _said(voice, part))
        before = part
    spoken = ([one for one in sentence if one in card.symbols] for sentence in found)
    kept = [sentence for sentence in spoken if any(map(ipa.is_sound, sentence))]
    if not kept:
        raise EngineError("there is no text to speak")
    return kept


def _add(found: list[list[str]], more: list[list[str]]) -> None:
    """Go on with the last sentence, or with a new one where it has ended."""
    for number, symbols in enumerate(more):
        ended = "".join(found[-1]).rstrip().endswith(ENDS)
        if number or (ended and any(map(ipa.is_sound, symbols))):
            while found[-1][-1:] == [" "]:
                found[-1].pop()
            found.append([])
        if symbols != [" "] or (found[-1] and not ended and found[-1][-1] != " "):
            found[-1] += symbols


def _check(voice: Any, card: Card, text: str) -> None:
    """Refuse a text of which a word would not be heard."""
    if card.kind == "espeak":
        try:
            espeak.check_words(text, card.espeak)
        except ValueError:  # a voice of piper's espeak alone
            _check_lengths(voice, text)
    ipa.check_words(
        text, lambda word: [symbol for said in _said(voice, word) for symbol in said], card.symbols
    )


def _check_lengths(voice: Any, text: str) -> None:
    """Refuse what may be a word that espeak-ng cut off, by its phonemes alone."""
    for said in _said(voice, text):
        if any(len(word) >= espeak.LARGEST_WORD_CODES for word in ipa.words(said)):
            raise EngineError(f"a word of {text[:40]!r} is too long for espeak-ng")


def _said(voice: Any, text: str) -> list[list[str]]:
    """How piper-tts says a text: it takes what stands between [[ and ]] as phonemes."""
    found: list[list[str]] = voice.phonemize(ipa.plain(text))
    return found
