"""The Engine protocol, and how an engine is found.

An engine imports nothing of ours: any object with these three methods will do. It registers itself
in the entry-point group `make_audiobook.engines`, as the built-in ones do. What else it may have:

- `OPTIONS`, its own options by their names, each with its default: `[options]` of a profile;
- `UNHEARD`, the names of those options that change no sound: no clip depends on them;
- `check(settings)`, which raises what `speak` would for any text, before anything is spoken;
- `TAKES_ANY`, whether it may have voices that it does not list, so that any name is passed on;
- `LONGEST`, how many characters it takes at once;
- `RATE`, the sample rate of all its voices, if they have one;
- `phonemes(texts, settings)`, how it says each text, in IPA;
- `HINTS`, the kinds of `model.Hint` that it takes, `speak_hinted(text, hints, settings)`, and
  `unsaid(ipa, settings)`, why a voice cannot say some IPA, or nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from importlib.metadata import entry_points
from typing import Protocol

from pipeline.errors import VoiceError, did_you_mean
from pipeline.model import Hint, Settings, VoiceInfo

GROUP = "make_audiobook.engines"
# How far a voice's language may be from the one asked for (langcodes: 10 is another script or a
# distant region, 25 another language).
MAX_DISTANCE = 10


# Characters that are no text: to some engines a command, or an end.
_CONTROLS = {code: " " for code in range(32) if chr(code) not in "\t\n\r"} | {127: " "}


class Engine(Protocol):
    """Text in, one WAV out."""

    def fingerprint(self, settings: Settings) -> str:
        """Engine, model and data versions: everything else that the sound depends on."""
        ...

    def speak(self, text: str, settings: Settings) -> bytes:
        """A mono 16-bit WAV with all of the text; raises, and never gives silence for words.

        It may tell where words are: by cue points, as `pipeline.riff` has them.
        """
        ...

    def voices(self) -> Iterable[VoiceInfo]:
        """What is installed."""
        ...


@cache
def engine(name: str) -> Engine:
    """The engine of this name, made once a process. Raises VoiceError for an unknown one."""
    found = {entry.name: entry for entry in entry_points(group=GROUP)}
    if name not in found:
        raise VoiceError(f"engine {name!r}: not installed. These are: {', '.join(sorted(found))}.")
    made: Engine = found[name].load()()
    return made


@cache
def fingerprint(settings: Settings) -> str:
    """What else the sound of these settings depends on, here; asked once a process."""
    return engine(settings.engine).fingerprint(settings)


def forget() -> None:
    """Ask anew from now on: voices may have come or gone, and their files may have changed."""
    fingerprint.cache_clear()
    choose.cache_clear()


def phonemes(texts: Sequence[str], settings: Settings) -> list[str]:
    """How an engine says each text, in IPA; nothing if it has no method `phonemes` to tell."""
    tell = getattr(engine(settings.engine), "phonemes", None)
    return list(tell(texts, settings)) if tell else ["" for _ in texts]


def speak(text: str, settings: Settings, hints: Sequence[Hint] = ()) -> bytes:
    """One WAV of all of the text; hints go to engines that take them."""
    one = engine(settings.engine)
    text = text.translate(_CONTROLS)
    if not hints:
        return one.speak(text, settings)
    spoken: bytes = one.speak_hinted(text, hints, settings)  # type: ignore[attr-defined]
    return spoken


def hints(name: str) -> Collection[str]:
    """The kinds of hints that an engine takes."""
    kinds: Collection[str] = getattr(engine(name), "HINTS", ())
    return kinds


def unsaid(ipa: str, settings: Settings) -> str:
    """Why a voice cannot say this IPA; nothing if it can, as far as its engine tells."""
    tell = getattr(engine(settings.engine), "unsaid", None)
    return str(tell(ipa, settings)) if tell else ""


def options(name: str) -> Mapping[str, str | int | float | bool]:
    """An engine's own options, with their defaults."""
    known: Mapping[str, str | int | float | bool] = getattr(engine(name), "OPTIONS", {})
    return known


def longest(name: str) -> int | None:
    """How many characters an engine takes at once, where it has a limit."""
    limit: int | None = getattr(engine(name), "LONGEST", None)
    return limit


def info(settings: Settings) -> VoiceInfo | None:
    """What an engine says of a voice that was chosen, whatever its variant or speaker."""
    if takes_any(settings.engine):  # its list may be far away
        return VoiceInfo(settings.voice, (), "")
    known = {info.name: info for info in engine(settings.engine).voices()}
    name = settings.voice.partition("#")[0]
    return known.get(name) or known.get(name.partition("+")[0])


def speaker(settings: Settings) -> str:
    """The plain name of a voice that was chosen, as in "eSpeak NG, English (America)"."""
    found = info(settings)
    plain: str = getattr(found, "speaker", "")  # an engine's own type may not have it
    return plain or (found.name if found else settings.voice or settings.engine)


def rate(settings: Settings) -> object:
    """The sample rate of a voice; if its engine does not tell, what is its voice's alone."""
    told: int | None = getattr(engine(settings.engine), "RATE", None)
    return told or (settings.engine, settings.voice, settings.file)


def names() -> list[str]:
    """The engines that are installed."""
    return sorted({entry.name for entry in entry_points(group=GROUP)})


@cache
def choose(settings: Settings, language: str) -> Settings:
    """The settings with the voice that will speak: the one asked for, or the best for a language.

    A voice may be asked for by its name or its language, in any case; with a variant, as in
    "en-us+f3", where the engine lists "+f3"; or as one of the speakers that it has, as in
    "en_US-libritts-high#p3922", which the engine knows. Raises VoiceError.
    """
    settings = heard(settings)
    if settings.file:  # it is in no list
        return settings
    if takes_any(settings.engine):
        if not settings.voice.strip():
            raise VoiceError(
                f"engine {settings.engine!r}: no voice is named. Write `voice` into the profile, "
                f'or --voice "{settings.engine}:NAME".'
            )
        return settings
    listed = list(engine(settings.engine).voices())
    if not listed:  # the engine itself, or its voices, are still to be installed: it says which
        engine(settings.engine).fingerprint(settings)
    voice = settings.voice
    if not voice.partition("+")[0]:  # none, or a variant alone
        voice = _best(listed, settings.engine, language) + voice
    names = {tag.lower(): info.name for info in reversed(listed) for tag in info.languages[:1]}
    names |= {info.name.lower(): info.name for info in listed}
    voice, hash_, one_of_it = voice.partition("#")
    base, plus, variant = voice.partition("+")
    asked = [voice] if voice.lower() in names else [base, plus + variant]
    for name in filter(None, asked):
        if name.lower() not in names:
            raise VoiceError(
                f"voice {settings.voice!r}: {settings.engine} does not have {name!r}. "
                f"{did_you_mean(name, names)}`make-audiobook voices` lists them all."
            )
    found = "".join(names[name.lower()] for name in filter(None, asked))
    return replace(settings, voice=found + hash_ + one_of_it)


def takes_any(name: str) -> bool:
    """Whether an engine may have voices that it does not list."""
    return bool(getattr(engine(name), "TAKES_ANY", False))


def check(settings: Settings) -> None:
    """Refuse what an engine could not speak with, before anything is spoken. Raises VoiceError."""
    look = getattr(engine(settings.engine), "check", None)
    if look:
        look(settings)


def heard(settings: Settings) -> Settings:
    """The same settings, with the options apart that change no sound, and without usual ones."""
    names, usual = getattr(engine(settings.engine), "UNHEARD", ()), options(settings.engine)
    settings = replace(
        settings, options=tuple(one for one in settings.options if usual.get(one[0]) != one[1])
    )
    apart = tuple(one for one in settings.options if one[0] in names)
    if not apart:
        return settings
    heard = tuple(one for one in settings.options if one[0] not in names)
    return replace(settings, options=heard, unheard=apart)


def _best(listed: list[VoiceInfo], engine_name: str, language: str) -> str:
    """The voice whose first language is nearest; among equals the language's usual one."""
    from langcodes import Language, tag_distance, tag_is_valid

    if len(listed) == 1 and not listed[0].languages:
        return listed[0].name
    base = Language.get(language).language or language
    near = [
        (
            tag_distance(language, tag),
            tag.lower() != language.lower(),
            tag_distance(base, tag),
            order,
        )
        for order, voice in enumerate(listed)
        for tag in filter(tag_is_valid, voice.languages[:1])
    ]
    nearest = min(near, default=None)
    if nearest is None or nearest[0] > MAX_DISTANCE:
        raise VoiceError(
            f"language {language!r}: {engine_name} has no voice for it. "
            "Choose one with --voice; `make-audiobook voices` lists them all."
        )
    return listed[nearest[-1]].name
