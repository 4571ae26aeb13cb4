"""Voices as files: put in their place whole, listed, taken away. One process at a time."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from pipeline.engines import graph, pipercard
from pipeline.engines.installed import folder
from pipeline.errors import OutputError, VoiceError, did_you_mean
from pipeline.voices import fetch
from pipeline.voices.catalog import CARD_SUFFIX, ENGINES, LARGEST_BESIDE, LARGEST_FILE, Offer

LOCK = ".lock"
MODEL = ".onnx"
CONFIG = ".onnx.json"
SUFFIXES = (MODEL, CONFIG, CARD_SUFFIX)  # in the order in which they go: without a model no voice
OWN_NAME = re.compile(r"\w[\w.-]{0,99}")
WAIT_SECONDS = 0.5

Say = Callable[[str], None]


def add(offer: Offer, tell: fetch.Tell, say: Say) -> bool:
    """Download a voice; returns whether there was anything to do. Raises VoiceError, OutputError.

    `tell` gets the bytes that have come, `say` what a person should know meanwhile.
    """
    with _alone(offer.engine, say) as home:
        missing = [part for part in offer.parts if not fetch.is_same(home / part.name, part)]
        here = sum(_size(fetch.partial_of(home / part.name)) for part in missing)
        fetch.check_room(home, sum(part.size for part in missing) - here)
        tell(offer.size - sum(part.size for part in missing))
        made = [(fetch.whole(part, home, tell), home / part.name) for part in missing]
        _put_in_place(made)
    return bool(missing)


def add_file(engine: str, model: Path, say: Say) -> str:
    """Copy a voice from a file with its JSON; returns its name. Raises VoiceError, OutputError."""
    if engine != "piper":
        raise VoiceError(
            f"{engine}:{model}: only Piper's voices are copied. Name the file in a profile."
        )
    name = model.name.removesuffix(MODEL)
    _check_own(model, name)
    sources = [Path(f"{model}.json"), model.with_suffix(CARD_SUFFIX), model]
    found = [source for source in sources if source.is_file()]
    with _alone(engine, say) as home:
        for suffix in SUFFIXES:
            if (home / f"{name}{suffix}").exists():
                raise VoiceError(
                    f"{engine}:{name}: is there already. Run make-audiobook voices remove "
                    f"{engine}:{name}, or give the file another name."
                )
        fetch.check_room(home, sum(map(_size, found)))
        _put_in_place([(_copied(source, home), home / source.name) for source in found])
    return name


def remove(engine: str, name: str, say: Say) -> list[str]:
    """Take an installed voice away; returns the names of its files. Raises VoiceError."""
    with _alone(engine, say) as home:
        known = names(engine)
        if name not in known and not _forget(home, engine, name):
            hint = did_you_mean(name, known) or "`make-audiobook voices` lists what is."
            raise VoiceError(f"{engine}:{name[:80]}: is not installed. {hint.strip()}")
        gone = [file for file in _files(engine, name, known == [name]) if (home / file).exists()]
        for file in gone:
            _unlink(home / file)
    return gone


def _forget(home: Path, engine: str, name: str) -> bool:
    """Discard what has come of a voice whose download was broken off, if there is any."""
    parts = (fetch.partial_of(home / file) for file in _files(engine, name, is_last=True))
    begun = [part for part in parts if part.parent == home and part.is_file()]
    for part in begun:
        fetch.discard(part)
    return bool(begun)


def names(engine: str) -> list[str]:
    """The voices that are installed for an engine, as `voices add` names them."""
    found = (path.name.removesuffix(MODEL) for path in sorted(folder(engine).glob(f"*{MODEL}")))
    listed = [name for name in found if not name.startswith(".")]
    if engine == "kokoro":
        from pipeline.voices.catalog import MODELS

        files = {values[0].removesuffix(MODEL): name for name, values in MODELS.items()}
        return [files.get(name, name) for name in listed]
    return listed


def _files(engine: str, name: str, is_last: bool) -> list[str]:
    """The names of a voice's files; what Kokoro's models share goes with the last of them."""
    if engine != "kokoro":
        return [f"{name}{suffix}" for suffix in SUFFIXES]
    from pipeline.voices.catalog import MODELS, STYLES

    model = MODELS[name][0] if name in MODELS else f"{name}{MODEL}"
    return [model, *([STYLES[0]] if is_last else [])]


def _check_own(model: Path, name: str) -> None:
    """Refuse a file that is no voice of Piper's. Raises VoiceError."""
    if model.suffix != MODEL or not model.is_file():
        raise VoiceError(f"{model}: there is no such file of a voice. Give it NAME{MODEL}.")
    if not OWN_NAME.fullmatch(name):
        raise VoiceError(
            f"{model}: {name!r:.80} cannot be a voice's name. Let it have letters, digits and _.-"
        )
    if not 0 < model.stat().st_size <= LARGEST_FILE:
        raise VoiceError(f"{model}: is not an ONNX model. Export the voice as one.")
    config = Path(f"{model}.json")
    if not config.is_file() or config.stat().st_size > LARGEST_BESIDE:
        raise VoiceError(f"{config}: is missing, or too large. A voice has its JSON beside it.")
    pipercard.read_card(config.read_bytes(), str(config))
    if find_spec("onnx"):  # else the engine will look, once it is there
        graph.parsed(model.read_bytes(), str(model))


def _copied(source: Path, home: Path) -> Path:
    """A copy under a name for the time being, on the disk. Raises OutputError."""
    path = fetch.partial_of(home / source.name)
    try:
        with source.open("rb") as read, path.open("wb") as write:
            shutil.copyfileobj(read, write)
            write.flush()
            os.fsync(write.fileno())
    except OSError as error:
        fetch.discard(path)
        raise OutputError(f"{home}: cannot be written ({error.strerror or error}).") from error
    return path


def _put_in_place(made: list[tuple[Path, Path]]) -> None:
    """Give files their names, one after the other: what makes it a voice comes last."""
    for path, final in made:
        try:
            path.replace(final)
            fetch.discard(path)
        except OSError as error:
            raise OutputError(f"{final}: cannot be written ({error.strerror or error}).") from error


def _unlink(path: Path) -> None:
    try:
        path.unlink()
    except OSError as error:
        raise OutputError(f"{path}: cannot be removed ({error.strerror or error}).") from error


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0


@contextmanager
def _alone(engine: str, say: Say) -> Iterator[Path]:
    """An engine's folder, with nobody else at work in it. Raises OutputError, VoiceError."""
    from filelock import FileLock, Timeout

    if engine not in ENGINES:
        hint = did_you_mean(engine, ENGINES) or f"These have: {', '.join(ENGINES)}."
        raise VoiceError(f"{engine[:80]}: has no voices that are files. {hint.strip()}")
    home = folder(engine)
    try:
        home.mkdir(parents=True, exist_ok=True)
        lock = FileLock(home / LOCK)
        try:
            lock.acquire(timeout=WAIT_SECONDS)
        except Timeout:
            say(f"{home}: another make-audiobook is at work there; waiting for it.")
            lock.acquire()
    except OSError as error:
        raise OutputError(f"{home}: cannot be written ({error.strerror or error}).") from error
    try:
        yield home
    finally:
        lock.release()
