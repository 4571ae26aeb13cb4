"""audiobook.toml -> model, and what all of our TOML files have in common.

Precedence: flag > MAKE_AUDIOBOOK_* > audiobook.toml > voices/NAME.toml > default. An unknown key
is an error with a suggestion, never ignored.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from types import UnionType
from typing import Any, TypeAlias

from pipeline.errors import ConfigError, did_you_mean
from pipeline.model import JOINERS, PARTS, Pace, Part

BOOK_FILE = "audiobook.toml"
LEXICONS = ("lexicon.toml", "lexicon.pls")
VOICES = Path("voices")

# Where notes are read: nowhere, behind the paragraph that calls them, at the chapter's end.
NOTES = ("skip", "inline", "end")

LONGEST_TEXT = 1000
LONGEST_NUMBER = 63  # bits; Python refuses to write one of some thousand digits
LONGER = {"description": 20_000, "rights": 20_000}

# A key's type, or its type and the least and the most it may be.
Kind: TypeAlias = type | UnionType
Schema = Mapping[str, Kind | tuple[Kind, float, float]]
NAME_OR_NUMBER = str | int | float

PACE: Schema = {one.name: (int, 0, 60_000) for one in fields(Pace)}
PROFILE: Schema = {
    "inherits": str,
    "engine": str,
    "voice": str,
    "rate": (int, 80, 450),
    "pitch": (int, 0, 100),
    "volume": (float, 0.05, 1.0),
    "attribution": str,
    "licence": str,
    "narrator": str,
    "lexicon": str,
    "pace": dict,
    "options": dict,
}
CHAPTER: Schema = {
    "file": str,
    "title": str,
    "author": str,
    "language": str,
    "voice": str,
    "skip": bool,
}
# What a book is called and by whom; each overrides what its file says.
ABOUT = (
    "title",
    "subtitle",
    "author",
    "narrator",
    "language",
    "genre",
    "series",
    "position",
    "publisher",
    "date",
    "rights",
    "description",
    "guid",
)
BOOK: Schema = {
    **dict.fromkeys(ABOUT, str),
    "cover": str,
    "encoding": str,
    "voice": str,
    "keep_boilerplate": bool,
    "images": bool,
    "notes": str,
    "credits": bool,
    "format": str,
    "whole": bool,
    "master": NAME_OR_NUMBER,
    "bitrate": (int, 1, 1000),
    "base_url": str,
    "pace": dict,
    "cast": dict,
    "chapter": list,
}
CAST: Schema = {
    **dict.fromkeys(PARTS, str | dict),
    "speakers": dict,
    "languages": dict,
}
SPEAKER: Schema = {
    "voice": str,
    "rate": PROFILE["rate"],
    "pitch": PROFILE["pitch"],
    "volume": PROFILE["volume"],
    "also": list,
}
MOST_SPEAKERS = 200
# What is to be made of a book.
DELIVERY = ("format", "whole", "master", "bitrate", "base_url")


@dataclass(frozen=True, slots=True)
class BookConfig:
    """What audiobook.toml says; None where it is silent. `about` has the keys of ABOUT."""

    path: Path | None = None
    about: Mapping[str, str] = field(default_factory=dict)
    cover: str | None = None
    encoding: str | None = None
    voice: str | None = None
    keep_boilerplate: bool = False
    images: bool = False
    notes: str = NOTES[0]
    credits: bool = False
    cast: tuple[Part, ...] = ()
    languages: tuple[tuple[str, str], ...] = ()
    pace: tuple[tuple[str, int], ...] = ()
    delivery: tuple[tuple[str, Any], ...] = ()
    chapters: tuple[Mapping[str, Any], ...] = ()


def book_file(source: Path) -> Path:
    """Where a book's settings are: in its folder, or beside its file as NAME.audiobook.toml."""
    return source / BOOK_FILE if source.is_dir() else source.with_suffix(f".{BOOK_FILE}")


def read_book(path: Path) -> BookConfig:
    """An audiobook.toml, or an empty one. Raises ConfigError."""
    if not path.is_file():
        return BookConfig()
    found = check(load(path), BOOK, str(path))
    if found.get("notes", NOTES[0]) not in NOTES:
        hint = did_you_mean(found["notes"], NOTES) or f"Write one of {', '.join(NOTES)}."
        raise ConfigError(f"{path}: `notes` cannot be {found['notes']!r:.40}. {hint.strip()}")
    chapters = found.pop("chapter", [])
    if not all(isinstance(chapter, dict) for chapter in chapters):
        raise ConfigError(f"{path}: `chapter` must be written as [[chapter]] tables.")
    for chapter in chapters:
        if "file" not in check(chapter, CHAPTER, f"{path}: [[chapter]]"):
            raise ConfigError(f"{path}: a [[chapter]] has no `file`. Say which one it is about.")
    pace = tuple(check(found.pop("pace", {}), PACE, f"{path}: [pace]").items())
    cast = check(found.pop("cast", {}), CAST, f"{path}: [cast]")
    kept = {key: found.pop(key) for key in DELIVERY if key in found}
    if not isinstance(kept.get("master", ""), str):
        kept["master"] = f"{kept['master']:g}"
    about = {key: found.pop(key).strip() for key in ABOUT if key in found}
    return BookConfig(
        path,
        about,
        **found,
        cast=tuple(_parts(cast, str(path))),
        languages=tuple(_languages(cast.get("languages", {}), f"{path}: [cast.languages]")),
        pace=pace,
        delivery=tuple(kept.items()),
        chapters=tuple(chapters),
    )


def _parts(cast: Mapping[str, Any], path: str) -> Iterator[Part]:
    """Those who speak beside the narrator. Raises ConfigError."""
    speakers = cast.get("speakers", {})
    if len(speakers) > MOST_SPEAKERS:
        raise ConfigError(f"{path}: [cast.speakers] has more than {MOST_SPEAKERS} of them.")
    names: dict[str, str] = {}
    for name, said in [*((name, cast[name]) for name in PARTS if name in cast), *speakers.items()]:
        where = f"{path}: [cast] {name!r:.60}"
        part = _part(name, said, where)
        for one in (name, *part.also):
            if not re.fullmatch(r"[^\[\]\s][^\[\]]{0,59}", one) or not _is_one_line(one):
                raise ConfigError(f"{where}: {one!r:.60} is no name of a speaker.")
            if one.casefold() in names:
                raise ConfigError(f"{where}: {one!r} is {names[one.casefold()]!r} already.")
            names[one.casefold()] = name
        yield part


def _part(name: str, said: Any, where: str) -> Part:
    """A voice, or a table of a voice and what is other about it."""
    if isinstance(said, str):
        return Part(name, said)
    if not isinstance(said, dict):
        raise ConfigError(f"{where}: write a voice in quotes, or a table such as {{ pitch = 60 }}.")
    also = said.get("also", [])
    if not isinstance(also, list) or not all(isinstance(one, str) for one in also):
        raise ConfigError(f"{where}: `also` must be a list of names in quotes.")
    found = check(said, SPEAKER, where)
    found.pop("also", None)
    voice = found.pop("voice", None)
    if voice is None and not found:
        raise ConfigError(f"{where}: says nothing of a voice. Give it `voice`, or `pitch`.")
    return Part(name, voice, tuple(sorted(found.items())), tuple(also))


def _languages(table: Mapping[str, Any], where: str) -> Iterator[tuple[str, str]]:
    """Voices for phrases of other languages, by BCP 47 tags."""
    for tag, voice in check(dict(table), dict.fromkeys(table, str), where).items():
        yield language_tag(tag, where), voice


def language_tag(tag: str, where: str) -> str:
    """A BCP 47 tag in its usual spelling. Raises ConfigError."""
    from langcodes import standardize_tag, tag_is_valid

    if not tag_is_valid(tag):
        raise ConfigError(f"{where}: {tag!r} is not a language tag. Write it like en-US or de.")
    return standardize_tag(tag)


def check(table: dict[str, Any], schema: Schema, where: str) -> dict[str, Any]:
    """The table, when each key is known and its value of the right type and size."""
    for key, value in table.items():
        if key not in schema:
            hint = did_you_mean(key, schema) or f"These are known: {', '.join(schema)}."
            raise ConfigError(f"{where}: unknown key {key!r}. {hint.strip()}")
        rule = schema[key]
        wanted, least, most = rule if isinstance(rule, tuple) else (rule, None, None)
        if isinstance(value, int) and value.bit_length() > LONGEST_NUMBER:
            raise ConfigError(f"{where}: `{key}` is a number that nobody can mean.")
        if not _is(value, wanted):
            raise ConfigError(f"{where}: `{key}` must be {_NAMES[wanted]}, not {value!r:.60}.")
        longest = LONGER.get(key, LONGEST_TEXT)
        if isinstance(value, str) and (len(value) > longest or not _is_one_line(value)):
            raise ConfigError(f"{where}: `{key}` must be one line of at most {longest} characters.")
        if least is not None and most is not None and not least <= value <= most:
            raise ConfigError(f"{where}: `{key}` must be from {least} to {most}, not {value}.")
    return dict(table)


_NAMES: Mapping[Kind, str] = {
    NAME_OR_NUMBER: "a name in quotes or a number",
    str: "a text in quotes",
    str | dict: "a voice in quotes, or a table",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    dict: "a table",
    list: "a list of tables",
}


def _is(value: object, wanted: Kind) -> bool:
    if isinstance(value, bool):
        return wanted is bool
    return isinstance(value, (int, float) if wanted is float else wanted)


def _is_one_line(text: str) -> bool:
    return all(char.isprintable() or char in JOINERS for char in text)


def load(path: Path) -> dict[str, Any]:
    """A TOML file. Raises ConfigError."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: not UTF-8 at byte {error.start}. Save it as UTF-8.") from error
    except (ValueError, RecursionError) as error:  # ValueError: a number of 5,000 digits
        raise ConfigError(f"{path}: not valid TOML: {error}.") from error
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror}).") from error
