"""Utterance -> Clip: the only code that runs on workers."""

from __future__ import annotations

import time

from pipeline import engines, flac, words
from pipeline.concatenate import clip
from pipeline.engines import fingerprint
from pipeline.errors import AudiobookError, EngineError
from pipeline.model import USUAL_RATE, Clip, Settings, Speak, Spoken, Utterance

# Seconds that a character takes at the usual rate, at the very least and at the very most.
# eSpeak's letters run 8 to 20 a second in six languages; a letter may be spelled, a symbol, a digit
# or a letter of another script may be said by its name ("Thai letter so suea").
FASTEST_LETTER = 1 / 26
SLOWEST_LETTER = 0.6
SLOWEST_SYMBOL = 3.0
ALLOWANCE = 2.0
LATIN_ENDS = "\u0250"


def action(utterance: Utterance, settings: Settings) -> Speak:
    """What a worker is asked to do."""
    return Speak(utterance.sound, settings, fingerprint(settings), utterance.hints)


def spoken(asked: Speak) -> Spoken:
    """What a worker answers. Raises EngineError, VoiceError."""
    started = time.perf_counter()
    here = fingerprint(asked.settings)
    if here != asked.fingerprint:
        raise EngineError(
            f"a worker has another engine: {here}, not {asked.fingerprint}. "
            "Install the same versions everywhere."
        )
    packed = flac.pack(speak(asked))
    return Spoken(packed, time.perf_counter() - started)


def speak(asked: Speak) -> Clip:
    """The clip, without the silence at its edges. Raises EngineError, and never gives silence."""
    try:
        wav = engines.speak(asked.text, asked.settings, asked.hints)
    except AudiobookError:
        raise
    except Exception as error:  # an engine may raise anything, and not all of it can be pickled
        raise EngineError(f"{type(error).__name__}: {error}") from error
    spoken = clip(wav)
    check_duration(asked, spoken)
    try:
        words.check(spoken.words, spoken.samples, len(asked.text))
    except ValueError as error:
        raise EngineError(f"the engine's cue points are not those of the text ({error})") from error
    return spoken


def check_duration(asked: Speak, spoken: Clip) -> None:
    """Refuse audio that cannot be all of the text, and nothing else."""
    if not spoken.samples:
        raise EngineError("the engine gave no audio")
    seconds = spoken.samples / spoken.rate
    least, most = plausible_seconds(asked.text, asked.settings)
    if not least <= seconds <= most:
        raise EngineError(
            f"{seconds:.2f} seconds of audio cannot be these {len(asked.text)} characters "
            f"({least:.2f} to {most:.2f} would be)"
        )


def plausible_seconds(text: str, settings: Settings) -> tuple[float, float]:
    """How long a clip of this text is at the very least, and at the very most."""
    slower = USUAL_RATE / settings.rate
    letters = sum(char.isalpha() for char in text)
    latin = sum(char.isalpha() and char < LATIN_ENDS for char in text)
    others = sum(not char.isspace() for char in text) - latin
    least = letters * FASTEST_LETTER * slower
    most = (latin * SLOWEST_LETTER + others * SLOWEST_SYMBOL) * slower + ALLOWANCE
    return least, most
