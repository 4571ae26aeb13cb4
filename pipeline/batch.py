"""What a person asks for, carried out book by book: one broken book does not stop the others."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pipeline import build, casting, console, encode, events, master, read, unchanged
from pipeline.console import Verbosity
from pipeline.credits import credited
from pipeline.encode import FORMATS
from pipeline.errors import AudiobookError, ConfigError, UsageError, did_you_mean
from pipeline.model import Book, Delivery, Voice
from pipeline.plan import Plan, limited, plan
from pipeline.processes import LIMIT_SECONDS
from pipeline.publish import library
from pipeline.read import Asked
from pipeline.read.library import expanded
from pipeline.schedule import Crew
from pipeline.store import FOLDER, LIMIT, Store, clear_remains
from pipeline.voices.profiles import read_voice

DEFAULT_FORMAT = "mp3"


@dataclass(frozen=True, slots=True)
class Order:
    """How books are to be made; what is None or empty is left to the book, and to the defaults."""

    voice: str | None = None
    out: Path = Path("out")
    store: Path | None = None
    store_size: int | None = None
    jobs: int = 1
    timeout: float = LIMIT_SECONDS
    scheduler: str | None = None
    keep_going: bool | None = None
    only: frozenset[int] = frozenset()
    format: str | None = None
    whole: bool | None = None
    master: str | None = None
    bitrate: int | None = None
    base_url: str | None = None
    verbosity: Verbosity = Verbosity.NORMAL
    as_json: bool = False


@dataclass(frozen=True, slots=True)
class Sources:
    """The books that were asked for; `several` when one may fail without the others."""

    paths: tuple[Path, ...]
    several: bool


def sources(named: Sequence[Path]) -> Sources:
    """Those named, with libraries opened. Raises SourceError."""
    found, several = expanded(named)
    return Sources(tuple(found), several)


def each(
    found: Sources,
    reading: dict[str, Any],
    use: Callable[[Path, Asked], None],
    order: Order | None = None,
) -> int:
    """Use each book; of several, a broken one does not stop the rest.

    With an order it is told at the end how they fared. Returns the exit code: 1 when one of
    several failed.
    """
    if not found.several:
        use(found.paths[0], Asked(**reading))
        return 0
    failed: dict[Path, str] = {}
    for source in found.paths:
        try:
            use(source, Asked(**reading, lenient=True))
        except AudiobookError as error:
            console.report(error)
            failed[source] = str(error)
        except OSError as error:
            if console.is_closed(error):
                raise
            failed[source] = console.report_disk(error)
        except Exception as error:  # noqa: BLE001  a bug in one book must not lose the others
            console.report_bug(error)
            failed[source] = f"a bug of make-audiobook ({type(error).__name__})"
        if order and order.as_json and source in failed:
            event = events.Failed(0, str(source), failed[source])
            console.print_json(events.to_json(event))
    if order and order.verbosity >= Verbosity.NORMAL:
        console.print_library(len(found.paths), failed)
    return 1 if failed else 0


def make(found: Sources, reading: dict[str, Any], order: Order) -> int:
    """Bring each book up to date; returns the exit code."""
    keep_going = found.several if order.keep_going is None else order.keep_going
    made: set[Path] = set()

    def alone(folder: Path, title: str) -> None:
        if folder in made:
            raise UsageError(
                f"{folder}: two sources have the title {title!r}. Give one of them another in its "
                "audiobook.toml, or build it into another --out."
            )
        made.add(folder)

    with store_of(order) as store, ExitStack() as stack:
        clear_remains(store.root)
        crew = cache(lambda: stack.enter_context(_crew(order)))  # not called where all is done

        def one(source: Path, asked: Asked) -> None:
            ordered = order.voice, delivery_asked(order)
            request = None if order.only else unchanged.request(source, asked, *ordered)
            if request and (done := unchanged.settled(request, order.out, store)):
                alone(done[0], done[1].book["title"])
                _show(unchanged.told(*done), None, order, keep_going=keep_going)
                return
            planned = plan_of(source, asked, order, store)
            alone(planned.folder, planned.book.title)
            _tell_what_is_left_out(planned, order.verbosity)
            told = build.build(planned, store, crew(), keep_going=keep_going)
            _show(told, planned, order, keep_going=keep_going)
            if request and request == unchanged.request(source, asked, *ordered):
                unchanged.remember(request, planned, store)

        code = each(found, reading, one, order)
    for notice in library.publish(order.out) if made else ():
        console.note(notice)
    return code


def store_of(order: Order) -> Store:
    """The store that an order names."""
    limit = LIMIT if order.store_size is None else order.store_size
    return Store(order.store or order.out / FOLDER, limit)


def book_of(source: Path, asked: Asked, order: Order) -> tuple[Book, Voice, dict[str, Voice]]:
    """A source with its credits, the voice that reads it, and those that chapters name."""
    book = read.read(source, asked)
    profile = read_voice(order.voice or book.voice, book.pace)
    named = {*casting.named(book.cast, book.languages)}
    named |= set() if order.voice else {c.voice for c in book.chapters if c.voice}
    voices = {name: read_voice(name, book.pace) for name in sorted(named)}
    return credited(book, profile, voices), profile, voices


def plan_of(source: Path, asked: Asked, order: Order, store: Store) -> Plan:
    """A source, read and compared with what there is."""
    book, profile, voices = book_of(source, asked, order)
    delivery = delivery_of({**dict(book.delivery), **delivery_asked(order)})
    return limited(plan(book, profile, order.out, store, voices, delivery=delivery), order.only)


def delivery_asked(order: Order) -> dict[str, Any]:
    """What the command says of the files, by the keys that audiobook.toml has for it."""
    asked = {
        "format": order.format,
        "whole": order.whole,
        "master": order.master,
        "bitrate": order.bitrate,
        "base_url": order.base_url,
    }
    return {key: value for key, value in asked.items() if value is not None}


def delivery_of(asked: Mapping[str, Any]) -> Delivery:
    """What is to be made of a book. Raises ConfigError."""
    named = asked.get("format", DEFAULT_FORMAT).lower().split(",")
    formats = tuple(dict.fromkeys(name.strip() for name in named))
    for name in formats:
        if name not in FORMATS:
            hint = did_you_mean(name, FORMATS) or f"Choose from {', '.join(FORMATS)}."
            raise ConfigError(f"format: {name!r:.40} is not known. {hint.strip()}")
    bitrate = asked.get("bitrate", 0)
    if bitrate and not any(encode.has_bitrate(FORMATS[name]) for name in formats):
        raise ConfigError(f"bitrate: {' and '.join(formats)}: there is none, as nothing is lost.")
    mastering = master.preset(asked.get("master", master.DEFAULT))
    base_url = _place(asked.get("base_url", ""))
    return Delivery(formats, asked.get("whole", False), mastering, bitrate, base_url)


def _place(url: str) -> str:
    """The address of a web server's folder, with a slash behind it. Raises ConfigError."""
    try:
        found = urlsplit(url)
        is_one = found.scheme in ("http", "https") and found.hostname and found.port != 0
    except ValueError:  # no host or port looks like that
        is_one = None
    if url and (not is_one or found.query or found.fragment or not re.fullmatch("[!-~]+", url)):
        raise ConfigError(
            f"base_url: {url!r:.80} is no address of a folder such as https://example.org/books/."
        )
    return f"{url.rstrip('/')}/" if url else ""


@contextmanager
def _crew(order: Order) -> Iterator[Crew]:
    """Those who work: on this machine, or on a cluster with the encoders here."""
    if not order.scheduler:
        with build.workers(order.jobs, order.timeout) as crew:
            yield crew
        return
    from pipeline.cluster import Cluster

    with Cluster(order.scheduler, order.timeout) as cluster:
        for address, why in sorted(cluster.refused.items()):
            console.note(f"{address}: not used: {why}")
        yield Crew(cluster, order.jobs, lambda: cluster.threads, 2 * order.timeout)


def _show(
    told: Generator[events.Event, None, None],
    planned: Plan | None,
    order: Order,
    *,
    keep_going: bool,
) -> None:
    with (
        closing(told),  # whatever happens while an event is shown, the build ends before its store
        console.reporter(
            planned, order.verbosity, as_json=order.as_json, keep_going=keep_going
        ) as show,
    ):
        for event in told:
            show(event)


def _tell_what_is_left_out(planned: Plan, verbosity: Verbosity) -> None:
    if verbosity < Verbosity.NORMAL:
        return
    book = planned.book
    for notice in book.notices:
        console.note(notice)
    if book.left_out:
        parts = ", ".join(f"{p.title} ({p.left_out})" for p in book.left_out)
        console.note(f"{book.title}: left out: {parts}")
    for step in planned.chapters:
        for piece in step.script.skipped:
            if piece.rule.startswith("assistant"):
                text = " ".join(piece.text.split())
                shown = text if len(text) <= 70 else f"{text[:67]}..."
                console.note(f"{step.chapter.source}: skipped ({piece.rule}): {shown}")
