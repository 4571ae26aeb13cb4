"""Profiles and the voices of all engines, as they are listed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from pipeline import engines
from pipeline.errors import AudiobookError
from pipeline.model import Settings, Voice, VoiceInfo
from pipeline.voices import profiles


@dataclass(frozen=True, slots=True)
class Listed:
    """A voice of an engine; `profile` is there where one of the folder speaks with it."""

    engine: str
    info: VoiceInfo
    profile: Voice | None = None

    @property
    def name(self) -> str:
        return self.profile.name if self.profile else self.info.name

    @property
    def licence(self) -> str:
        return (self.profile.licence if self.profile else "") or self.info.licence


def of_engines(names: Iterable[str], problems: list[str]) -> list[Listed]:
    """The voices of these engines; one that cannot tell is a problem, and the others are listed."""
    found: list[Listed] = []
    for name in names:
        try:
            found += [Listed(name, _whole(info)) for info in engines.engine(name).voices()]
        except Exception as error:  # noqa: BLE001  an engine may raise anything
            why = str(error) if isinstance(error, AudiobookError) else f"{error!r:.200}"
            problems.append(f"{name}: cannot tell its voices. {why}")
    return found


def _whole(info: object) -> VoiceInfo:
    """An engine's own type may lack what ours has."""
    if isinstance(info, VoiceInfo):
        return info
    tell = {name: getattr(info, name, "") for name in ("description", "gender", "speaker")}
    languages = tuple(map(str, getattr(info, "languages", ())))
    licence = str(getattr(info, "licence", ""))
    return VoiceInfo(str(info.name), languages, licence=licence, **tell)  # type: ignore[attr-defined]


def of_profiles(known: Iterable[Listed], problems: list[AudiobookError]) -> list[Listed]:
    """The profiles of the folder, each with what its engine knows of its voice."""
    listed = list(known)
    found: list[Listed] = []
    for path in profiles.profiles().values():
        try:
            voice = profiles.read_profile(path)
        except AudiobookError as error:  # the others are still worth listing
            problems.append(error)
            continue
        info = info_of(voice.settings, listed)
        licence = voice.licence or info.licence
        found.append(Listed(voice.settings.engine, info, replace(voice, licence=licence)))
    return found


def info_of(settings: Settings, known: Iterable[Listed]) -> VoiceInfo:
    """What an engine tells of the voice that is asked for, or its bare name."""
    voice = settings.voice.lower()
    named = (voice, voice.partition("#")[0], voice.partition("+")[0])
    infos = [one.info for one in known if one.engine == settings.engine]
    listed = {tag.lower(): info for info in reversed(infos) for tag in info.languages[:1]}
    listed |= {info.name.lower(): info for info in infos}
    is_listed = not settings.file
    found = (listed[name] for name in named if is_listed and name in listed)
    return next(found, VoiceInfo(settings.voice, (), ""))


def chosen(found: Iterable[Listed], language: str, engine: str) -> Iterator[Listed]:
    """Those of an engine and of a language, if they are asked for; "en" is "en-GB", too."""
    for one in found:
        if engine and one.engine != engine:
            continue
        if not language or _speaks(one.info, language):
            yield one


def _speaks(info: VoiceInfo, language: str) -> bool:
    """Whether a voice has a language; one that names none has all, but a variant is no voice."""
    if not info.languages:
        return not info.name.startswith("+")
    return _is_any(info.languages, language)


def _is_any(tags: Iterable[str], language: str) -> bool:
    wanted = f"{language}-".lower()
    return any(f"{tag.replace('_', '-')}-".lower().startswith(wanted) for tag in tags)
