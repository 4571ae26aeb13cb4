"""Utterance -> Clip: the only code that runs on workers."""

from __future__ import annotations

from pipeline.concatenate import clip
from pipeline.engines import engine
from pipeline.errors import AudiobookError, EngineError
from pipeline.model import Clip, Settings, Speak, Utterance

# Seconds that a character takes at 170 words a minute, at the very least and at the very most:
# letters run 12 to 20 a second; a symbol or digit may be a word, and a letter may be spelled.
FASTEST_LETTER = 1 / 50
SLOWEST_LETTER = 0.6
SLOWEST_SYMBOL = 1.5
ALLOWANCE = 2.0
USUAL_RATE = 170


def action(utterance: Utterance, settings: Settings) -> Speak:
    """What a worker is asked to do."""
    return Speak(utterance.spoken, settings, engine(settings.engine).fingerprint(settings))


def speak(asked: Speak) -> Clip:
    """The clip, without the silence at its edges. Raises EngineError, and never gives silence."""
    try:
        wav = engine(asked.settings.engine).speak(asked.text, asked.settings)
    except AudiobookError:
        raise
    except Exception as error:  # an engine may raise anything, and not all of it can be pickled
        raise EngineError(f"{type(error).__name__}: {error}") from error
    spoken = clip(wav)
    check_duration(asked, spoken)
    return spoken


def check_duration(asked: Speak, spoken: Clip) -> None:
    """Refuse audio that cannot be all of the text, and nothing else."""
    if not spoken.samples:
        raise EngineError("the engine gave no audio")
    seconds = spoken.samples / spoken.rate
    slower = USUAL_RATE / asked.settings.rate
    letters = sum(char.isalpha() for char in asked.text)
    others = sum(not char.isalpha() and not char.isspace() for char in asked.text)
    least = letters * FASTEST_LETTER * slower
    most = (letters * SLOWEST_LETTER + others * SLOWEST_SYMBOL) * slower + ALLOWANCE
    if not least <= seconds <= most:
        raise EngineError(
            f"{seconds:.2f} seconds of audio cannot be these {len(asked.text)} characters "
            f"({least:.2f} to {most:.2f} would be)"
        )
