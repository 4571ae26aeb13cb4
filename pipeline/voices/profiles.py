"""voices/*.toml -> Voice: who speaks, how, at what pace, with which words of its own.

A profile may inherit from another in its folder: what it says itself counts, and the tables `pace`
and `options` are put together. A path in a profile is relative to it, and never leaves its folder.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

from pipeline import config
from pipeline.config import VOICES, check, load
from pipeline.errors import AudiobookError, ConfigError, VoiceError, did_you_mean
from pipeline.model import Lexeme, Pace, Settings, Voice

DEFAULT = "narrator"
ABOUT = ("attribution", "licence", "narrator")
# What belongs to an engine's voice, and so is not inherited by a profile of another engine.
OF_ENGINE = ("voice", "options", *ABOUT)
TABLES = ("pace", "options")
MOST_ANCESTORS = 10
MODEL = ".onnx"
_ADDRESS = re.compile(r"(?i)[a-z][a-z+.-]*://")

Option = str | int | float | bool


def read_voice(name: str | None, pace: tuple[tuple[str, int], ...] = ()) -> Voice:
    """The profile voices/NAME.toml, a profile's path, or an engine's voice, as in "tone:sine".

    Without a name: the profile "narrator", if there is one, or the default engine's best voice.
    `pace` overrides the profile's. Raises VoiceError, ConfigError, SourceError.
    """
    voice = _profile_or_engine_voice(name)
    return replace(voice, pace=replace(voice.pace, **dict(pace)))


def _profile_or_engine_voice(name: str | None) -> Voice:
    if name is None:
        default = VOICES / f"{DEFAULT}.toml"
        return read_profile(default) if default.is_file() else Voice("default", Settings())
    path = profile_file(name)
    if path.is_file():
        return read_profile(path)
    if name.endswith(".toml"):
        raise VoiceError(f"{path}: no such voice profile. `make-audiobook voices` lists them all.")
    from pipeline import engines

    engine, colon, engine_voice = name.partition(":")
    if colon and engine in engines.names():
        chosen, file = _chosen(engine, engine_voice, Path(), f"voice {name!r:.80}")
        return Voice(name, Settings(engine=engine, voice=chosen, file=file))
    if hint := did_you_mean(name, profiles()):
        raise VoiceError(f"voice {name!r}: no such profile in {VOICES}/. {hint.strip()}")
    return Voice(name, Settings(voice=name))  # the engine says whether it has it


def profile_file(name: str) -> Path:
    """Where a profile of this name is, or would be."""
    return Path(name) if name.endswith(".toml") else VOICES / f"{name}.toml"


def profiles() -> dict[str, Path]:
    """The profiles of the project folder by name."""
    return {path.stem: path for path in sorted(VOICES.glob("*.toml"))}


def read_profile(path: Path) -> Voice:
    """One voices/NAME.toml with what it inherits. Raises ConfigError, VoiceError, SourceError."""
    found = _inherited(path)
    about = {key: found.pop(key) for key in ABOUT if key in found}
    pace = Pace(**found.pop("pace", {}))
    lexicon = _lexicon(found.pop("lexicon", ""), path)
    engine = found.get("engine", Settings().engine)
    options = _options(engine, found.pop("options", {}), path)
    voice, file = _chosen(engine, found.pop("voice", ""), path.parent, f"{path}: `voice`")
    settings = Settings(**found, voice=voice, file=file, options=options)
    return Voice(path.stem, settings, pace, lexicon=lexicon, **about)


def files_of(name: str | None) -> list[Path]:
    """The files that a voice depends on: a profile, those behind it, its words and its model.

    As far as they can be told: who reads the profile will say what is wrong with it.
    """
    path = profile_file(name or DEFAULT)
    try:
        model = read_voice(name).settings.file
        chain = _chain(path) if path.is_file() else []
    except AudiobookError:
        return [path]
    words = _merged([table for _, table in chain]).get("lexicon")
    found = [one for one, _ in chain] + ([path.parent / words] if words else [])
    return [*found, *([Path(model), Path(f"{model}.json")] if model else [])]


def _inherited(path: Path) -> dict[str, Any]:
    return _merged([table for _, table in _chain(path)])


def _merged(tables: list[dict[str, Any]]) -> dict[str, Any]:
    """A profile's table over those that it inherits from, which come behind it."""
    merged: dict[str, Any] = {}
    for table in reversed(tables):
        usual = Settings().engine
        if table.get("engine", merged.get("engine", usual)) != merged.get("engine", usual):
            merged = {key: value for key, value in merged.items() if key not in OF_ENGINE}
        both = {key: {**merged.get(key, {}), **table[key]} for key in TABLES if key in table}
        merged = {**merged, **table, **both}
    merged.pop("inherits", None)
    return merged


def _chain(path: Path) -> list[tuple[Path, dict[str, Any]]]:
    """A profile's file and table, then its parent's, and so on. Raises ConfigError."""
    found = [(path, _table(path))]
    while name := found[-1][1].get("inherits"):
        child = found[-1][0]
        parent = _parent(name, child)
        known = [one for one, _ in found]
        if parent in known:
            around = " -> ".join(one.stem for one in [*known[known.index(parent) :], parent])
            raise ConfigError(f"{child}: `inherits` goes in a circle: {around}. Take one away.")
        if len(found) > MOST_ANCESTORS:
            raise ConfigError(
                f"{path}: inherits from more than {MOST_ANCESTORS} profiles, one behind the other. "
                "Put some of them together."
            )
        found.append((parent, _table(parent)))
    return found


def _parent(name: str, child: Path) -> Path:
    """The profile of this name beside another. Raises ConfigError."""
    if not name.strip() or {"/", "\\", ":"} & set(name) or name.startswith("."):
        raise ConfigError(
            f"{child}: `inherits` cannot be {name!r:.60}. Give the name of a profile in the same "
            "folder."
        )
    parent = child.parent / f"{name}.toml"
    if not parent.is_file():
        others = (one.stem for one in sorted(child.parent.glob("*.toml")) if one != child)
        hint = did_you_mean(name, others) or "`make-audiobook voices` lists them all."
        raise ConfigError(f"{child}: `inherits`: there is no profile {name!r}. {hint.strip()}")
    return parent


def _table(path: Path) -> dict[str, Any]:
    """What one file says, each key checked. Raises ConfigError."""
    found = check(load(path), config.PROFILE, str(path))
    if "pace" in found:
        found["pace"] = check(found["pace"], config.PACE, f"{path}: [pace]")
    return found


def _options(
    engine: str, asked: Mapping[str, object], path: Path
) -> tuple[tuple[str, Option], ...]:
    """An engine's own options, of the types that it has them in. Raises ConfigError, VoiceError."""
    if not asked:
        return ()
    from pipeline import engines

    where = f"{path}: [options]"
    known = engines.options(engine)
    if not known:
        raise ConfigError(f"{where}: the engine {engine!r} has no options. Take them away.")
    usual = {key: type(value) for key, value in known.items()}
    checked = check(dict(asked), usual, where)
    return tuple(sorted((key, _value(v, usual[key], where, key)) for key, v in checked.items()))


def _value(value: Any, kind: type, where: str, key: str) -> Option:
    """An option in the type that it has, so that 1 and 1.0 are the same one."""
    is_address = isinstance(value, str) and (key == "server" or _ADDRESS.match(value))
    if is_address and {"@", "?", "#"} & set(value):
        raise ConfigError(
            f"{where}: `{key}` is an address with a name, a password or a query in it, which "
            "others would see. Leave that out; a key belongs into the environment."
        )
    made: Option = kind(value)
    if isinstance(made, float) and not math.isfinite(made):
        raise ConfigError(f"{where}: `{key}` cannot be {made}. Give it a plain number.")
    return made


def _chosen(engine: str, voice: str, folder: Path, where: str) -> tuple[str, str]:
    """An engine's voice by its name, or by the path of its model, perhaps with a speaker of it.

    Gives `voice` and `file` of the settings. A path is relative to `folder`, and its file must lie
    in it. To an engine that takes any name it is one. Raises ConfigError, VoiceError.
    """
    from pipeline import engines

    model, hash_, speaker = voice.partition("#")
    if not _is_file(model) or engines.takes_any(engine):
        return voice, ""
    path = inside(folder, model, where)
    return path.name.removesuffix(MODEL) + hash_ + speaker, str(path)


def _is_file(voice: str) -> bool:
    """Whether it is a path; a backslash is none, for SAPI5's voices have them in their names."""
    return "/" in voice or voice.endswith(MODEL)


def _lexicon(name: str, profile: Path) -> tuple[Lexeme, ...]:
    """A profile's own words. Raises ConfigError, VoiceError, SourceError."""
    if not name:
        return ()
    from pipeline.read import lexicon

    return lexicon.read(inside(profile.parent, name, f"{profile}: `lexicon`"))


def inside(folder: Path, name: str, where: str) -> Path:
    """A file that is named from somewhere else, and lies in this folder or below it.

    Neither `..` nor a link leads out of it. Raises ConfigError, and VoiceError when it is missing.
    """
    is_absolute = PurePosixPath(name).is_absolute() or bool(PureWindowsPath(name).anchor)
    path = folder / name.replace("\\", "/")
    if is_absolute or ".." in path.parts[len(folder.parts) :]:
        raise ConfigError(
            f"{where}: {name!r:.80} leads out of the folder. Give a path within {told(folder)}."
        )
    try:
        is_within = path.resolve().is_relative_to(folder.resolve())
        is_there = path.is_file()
    except (OSError, RuntimeError, ValueError) as error:
        raise ConfigError(f"{where}: {name!r:.80} is no path that can be used.") from error
    if not is_within:
        raise ConfigError(
            f"{where}: {name!r:.80} is a link that leads out of the folder. Put a copy in its "
            "place."
        )
    if not is_there:
        raise VoiceError(f"{where}: there is no file {path}. Check the spelling.")
    return path


def told(folder: Path) -> str:
    """A folder for a person."""
    return "this folder" if folder == Path() else f"{folder}"
