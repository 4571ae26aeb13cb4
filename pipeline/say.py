"""A text given by hand -> one WAV, through the same stages as a book."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass

from pipeline import concatenate, config, synthesize
from pipeline.engines import choose, phonemes
from pipeline.errors import SourceError
from pipeline.model import Clip, Lexeme, Pause, Script, Settings, Utterance, Voice
from pipeline.normalize.lexicon import Lexicon, lexicon
from pipeline.processes import Workers
from pipeline.read.text import story
from pipeline.script import write


def say_wav(text: str, voice: str | None, language: str, lexemes: Iterable[Lexeme] = ()) -> bytes:
    """The WAV of a text. Raises SourceError when there is nothing in it to say."""
    profile = config.read_voice(voice)
    words = lexicon(lexemes, profile.settings.engine, language)
    script = _script(text, profile, language, words)
    return _wav(script.lines, choose(profile.settings, language))


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


def trial(word: str, voice: str | None, language: str, lexemes: Iterable[Lexeme]) -> Trial:
    """Say a word in a short sentence, without these entries and with them. Raises SourceError."""
    profile = config.read_voice(voice)
    settings = choose(profile.settings, language)
    words = lexicon(lexemes, settings.engine, language)
    sentence = f"The word is {word}." if language.startswith("en") else f"{word}."
    scripts = [_script(sentence, profile, language, known) for known in (Lexicon(), words)]
    texts = [" ".join(line.sound for line in script.utterances) for script in scripts]
    said = phonemes(
        [text.removeprefix("The word is ").removesuffix(".") for text in texts], settings
    )
    without, with_it = (Heard(text, ipa) for text, ipa in zip(texts, said, strict=True))
    lines = scripts[0].lines + (scripts[1].lines if texts[0] != texts[1] else ())
    return Trial(without, with_it, _wav(lines, settings))


def _script(text: str, profile: Voice, language: str, words: Lexicon) -> Script:
    return write(story(text, language, "TEXT", keep_boilerplate=True), profile.pace, words)


def _wav(lines: Iterable[Utterance | Pause], settings: Settings) -> bytes:
    with Workers(1) as worker:  # where no Ctrl-C reaches it in the middle of a word
        parts = list(_parts(lines, settings, worker))
    clips = [part for part in parts if isinstance(part, Clip)]
    if not clips:
        raise SourceError("TEXT: there is nothing in it to say.")
    out = io.BytesIO()
    concatenate.write_wav(parts, clips[0].rate, out)
    return out.getvalue()


def _parts(
    lines: Iterable[Utterance | Pause], settings: Settings, worker: Executor
) -> Iterator[Clip | Pause]:
    for line in lines:
        if isinstance(line, Pause):
            yield line
        else:
            asked = synthesize.action(line, settings)
            yield worker.submit(synthesize.speak, asked).result()
