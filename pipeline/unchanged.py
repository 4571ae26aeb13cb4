"""Whether a finished book is still what its source gives, told without reading the source.

All that a book depends on is digested: the files of its source, what was asked for, the voices'
profiles, this program and its packages. A store remembers which manifest came of it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Generator, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline import config, encode, events, manifest, program
from pipeline.casting import named
from pipeline.engines import choose, fingerprint
from pipeline.errors import AudiobookError, OutputError, VoiceError
from pipeline.manifest import Manifest
from pipeline.model import Encoding, Settings, digest
from pipeline.read import STDIN, lexicon
from pipeline.read.folder import stories
from pipeline.store import Store
from pipeline.voices.profiles import read_voice

if TYPE_CHECKING:
    from pipeline.plan import Plan
    from pipeline.read import Asked


def request(
    source: Path, asked: Asked, voice: str | None, delivery: Mapping[str, Any] | None = None
) -> str | None:
    """A digest of all that a source's book depends on; None where that cannot be told."""
    if source == STDIN:
        return None
    try:
        found = config.read_book(config.book_file(source))
        files = stories(source, found)[0] if source.is_dir() else [source]
        files += [*lexicon.beside(source), *([Path(asked.lexicon)] if asked.lexicon else [])]
        names = {voice} if voice else {found.voice, *(c.get("voice") for c in found.chapters)}
        names |= {*named(found.cast, found.languages)}
        return digest(
            {
                "name": source.resolve().name,
                "files": [
                    [path.name, manifest.sha256(path)] for path in _with_settings(files, found)
                ],
                "asked": asked,
                "delivery": dict(delivery or {}),
                "voices": {str(name): _voice(name, found.pace) for name in names},
                "program": program.fingerprint(),
            }
        )
    except (OSError, AudiobookError):
        return None  # whoever reads it will say what is wrong


def remember(key: str, made: Plan, store: Store) -> None:
    """Note what a complete build of this request has left; no matter where that is not possible.

    With it goes which voice was chosen for which language, since a system's best one may change;
    and what each of them was, since a voice's file may. The file's place is told here alone.
    """
    text = manifest.text(made.folder)
    choices = (choice for step in made.steps for choice in step.casting.choices)
    chosen = {(asked, language): got for asked, language, got in choices}
    spoke = {one: fingerprint(one) for step in made.steps for one in step.speaking.values()}
    known = {
        "folder": made.folder.name,
        "manifest": hashlib.sha256(text.encode()).hexdigest(),
        "chosen": [
            [asdict(asked), tag, asdict(got) if got else None]
            for (asked, tag), got in chosen.items()
        ],
        "spoke": [[asdict(settings), engine] for settings, engine in spoke.items()],
    }
    with suppress(OutputError):
        store.put(_entry(key), json.dumps(known).encode())


def settled(key: str, out: Path, store: Store) -> tuple[Path, Manifest] | None:
    """The folder and manifest of a request's finished book, if all of it is there and whole."""
    data = store.get(_entry(key))
    if data is None:
        return None
    known = json.loads(data)
    folder = out / known["folder"]
    if hashlib.sha256(manifest.text(folder).encode()).hexdigest() != known["manifest"]:
        return None
    if not all(_is_still_chosen(*choice) for choice in known["chosen"]):
        return None
    if not all(fingerprint(_settings(told)) == engine for told, engine in known["spoke"]):
        return None
    found = manifest.read(folder)
    with ThreadPoolExecutor() as threads:
        known = (*found.records.values(), *found.volumes.values())
        whole = all(threads.map(manifest.is_whole, known))
    made_alike = all(_is_made_alike(record.inputs) for record in found.records.values())
    if whole and made_alike and manifest.is_undisturbed(folder, found):
        return folder, found
    return None


def told(folder: Path, found: Manifest) -> Generator[events.Event, None, None]:
    """What a build would tell that has nothing to do."""
    records = sorted(found.records.values(), key=lambda record: record.track.number)
    for record in records:
        yield events.Planned(record.track.number, record.track.title, 0, None)
    files = [(r.track.number, r.track.title, r.track.path) for r in records if not r.within]
    files += [(0, v.path.stem, v.path) for v in found.volumes.values()]
    for number, title, path in files:
        yield events.Skipped(number, title, path.name)
    seconds = sum({r.track.number: r.track.seconds for r in records}.values())
    yield events.Summary(found.book["title"], str(folder), 0, len(files), 0, seconds)


def _entry(key: str) -> str:
    return digest(["settled", key])


def _with_settings(files: Iterable[Path], found: config.BookConfig) -> Iterator[Path]:
    yield from files
    if found.path:
        yield found.path
        if found.cover:
            yield found.path.parent / found.cover


def _is_still_chosen(asked: Any, language: str, got: Any) -> bool:
    try:
        found = choose(_settings(asked), language)
    except VoiceError:  # as long as there was none before
        return got is None
    return got is not None and found == _settings(got)


def _settings(told: Any) -> Settings:
    """Settings that were written as JSON, which has no tuples."""
    tables = {name: tuple(map(tuple, told[name])) for name in ("options", "unheard")}
    return Settings(**{**told, **tables})


def _voice(name: str | None, pace: tuple[tuple[str, int], ...]) -> list[Any]:
    """All that a profile says, of itself and by what it inherits, and its words."""
    voice = read_voice(name, pace)
    return [voice, voice.settings.file, voice.lexicon]


def _is_made_alike(inputs: Any) -> bool:
    """Whether the encoder is the one that a file was made with."""
    return bool(inputs["encoder"] == encode.fingerprint(Encoding(**inputs["encoding"])))
