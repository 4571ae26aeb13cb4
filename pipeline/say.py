"""A text given by hand -> one WAV, through the same stages as a book."""

from __future__ import annotations

import io
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass, replace

from pipeline import concatenate, flac, synthesize
from pipeline.casting import Casting, caster, script_of
from pipeline.engines import phonemes
from pipeline.errors import SourceError
from pipeline.model import Book, Clip, Lexeme, Pause, Script, Settings, Utterance, Voice
from pipeline.normalize.cast import ALONE
from pipeline.normalize.marks import marked
from pipeline.processes import Workers
from pipeline.read.text import story
from pipeline.voices.profiles import read_voice


def say_wav(text: str, voice: str | None, language: str, lexemes: Iterable[Lexeme] = ()) -> bytes:
    """The WAV of a text. Raises SourceError when there is nothing in it to say."""
    profile = read_voice(voice)
    script, casting = _script(text, profile, language, (), tuple(lexemes))
    return _wav(script.lines, casting)


@dataclass(frozen=True, slots=True)
class Sample:
    """What a voice says, and how: `seconds` of sound, that it worked `took` seconds for.

    `start` are the seconds until it had said its first line for the first time.
    """

    wav: bytes
    settings: Settings
    rate: int
    seconds: float
    took: float
    start: float


def sample(text: str, profile: Voice, language: str, lexemes: Iterable[Lexeme] = ()) -> Sample:
    """Let a voice say a text, and take its time. Raises SourceError, VoiceError, EngineError."""
    script, casting = _script(text, profile, language, (), tuple(lexemes))
    asked = [
        synthesize.action(line, casting.settings[line.part, line.language])
        for line in script.utterances
    ]
    if not asked:
        raise SourceError("TEXT: there is nothing in it to say.")
    with Workers(1) as worker:
        started = time.perf_counter()
        worker.submit(synthesize.spoken, asked[0]).result()
        start = time.perf_counter() - started
        said = [worker.submit(synthesize.spoken, one).result() for one in asked]
    clips = [flac.unpack(one.flac) for one in said]
    rate, settings = max(clip.rate for clip in clips), casting.settings[ALONE]
    spoken = iter(clips)
    parts = [line if isinstance(line, Pause) else next(spoken) for line in script.lines]
    seconds = sum(clip.samples / clip.rate for clip in clips)
    took = sum(one.seconds for one in said)
    return Sample(_joined(parts, rate), settings, rate, seconds, took, start)


@dataclass(frozen=True, slots=True)
class Heard:
    """What an engine gets for a word in a sentence, and how it says the word, if it can tell."""

    text: str
    phonemes: str


@dataclass(frozen=True, slots=True)
class Trial:
    """A word without the lexicon and with it, and both in one WAV; once if nothing differs."""

    without: Heard
    with_it: Heard
    wav: bytes


def trial(
    word: str,
    voice: str | None,
    language: str,
    tried: Iterable[Lexeme],
    usual: Iterable[Lexeme],
) -> Trial:
    """Say a word in a short sentence, without a lexicon and with these entries.

    Those that are tried count before the voice's own, and the usual ones behind. Raises
    SourceError.
    """
    profile = read_voice(voice)
    sentence = f"The word is {word}." if language.startswith("en") else f"{word}."
    bare, _ = _script(sentence, replace(profile, lexicon=()), language, (), ())
    helped, casting = _script(sentence, profile, language, tuple(tried), tuple(usual))
    without, with_it = (_heard(script, casting.settings[ALONE]) for script in (bare, helped))
    lines = bare.lines + (helped.lines if without != with_it else ())
    return Trial(without, with_it, _wav(lines, casting))


def _heard(script: Script, settings: Settings) -> Heard:
    """A word out of its sentence: its IPA is what the engine is told, or tells."""
    text = " ".join(line.sound for line in script.utterances)
    word = text.removeprefix("The word is ").removesuffix(".")
    told = [hint.value for line in script.utterances for hint in line.hints]
    return Heard(text, " ".join(told) or phonemes([word], settings)[0])


def _script(
    text: str,
    profile: Voice,
    language: str,
    own: tuple[Lexeme, ...],
    usual: tuple[Lexeme, ...],
) -> tuple[Script, Casting]:
    """A text as a chapter; its `own` words count before the voice's, the `usual` ones behind."""
    chapter = marked(story(text, language, "TEXT", keep_boilerplate=True), ())
    book = Book("", "", language, "", (chapter,), lexicon=(*own, *usual), own_words=len(own))
    casting = caster(book, profile, {})(chapter)
    return script_of(chapter, profile.pace, casting), casting


def _wav(lines: Iterable[Utterance | Pause], casting: Casting) -> bytes:
    with Workers(1) as worker:  # where no Ctrl-C reaches it in the middle of a word
        parts = list(_parts(lines, casting, worker))
    clips = [part for part in parts if isinstance(part, Clip)]
    if not clips:
        raise SourceError("TEXT: there is nothing in it to say.")
    return _joined(parts, max(clip.rate for clip in clips))


def _joined(parts: Iterable[Clip | Pause], rate: int) -> bytes:
    out = io.BytesIO()
    concatenate.write_wav(parts, rate, out)
    return out.getvalue()


def _parts(
    lines: Iterable[Utterance | Pause], casting: Casting, worker: Executor
) -> Iterator[Clip | Pause]:
    for line in lines:
        if isinstance(line, Pause):
            yield line
        else:
            asked = synthesize.action(line, casting.settings[line.part, line.language])
            yield worker.submit(synthesize.speak, asked).result()
