"""Plan + Store + Executor -> Iterator[Event]: a book's folder, brought up to date.

Chapters are finished one by one: a file has its final name only when it is whole. What no chapter
stands behind any more goes when all new files are there.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from pipeline import events, manifest, rates
from pipeline.chapter import Lost
from pipeline.errors import ConfigError, EngineError, OutputError, UnfinishedError
from pipeline.manifest import Bound, Record
from pipeline.model import EPOCH, Cover, digest
from pipeline.plan import Plan, Step, Volume, is_joined
from pipeline.processes import LIMIT_SECONDS, Workers
from pipeline.publish import cover
from pipeline.schedule import Crew, Run
from pipeline.store import Store
from pipeline.volume import bind

# A manifest of a thousand chapters is not written a thousand times.
MANIFEST_SECONDS = 1.0
DRAWING_SECONDS = 60.0


@contextmanager
def workers(jobs: int, limit: float = LIMIT_SECONDS) -> Iterator[Crew]:
    """Processes on this machine, ended with the block."""
    pool = Workers(jobs, limit)
    try:
        yield Crew(pool, jobs, lambda: jobs, rest=pool.rest)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def build(
    plan: Plan, store: Store, crew: Crew, *, keep_going: bool = False
) -> Generator[events.Event, None, None]:
    """Make what is missing, and tell of it.

    What is finished stays, whatever happens to the rest. With `keep_going` a line that fails costs
    its own chapter alone, and there is an UnfinishedError at the end; without, or when the disk or
    every line fails, the error itself is raised after telling of it.
    """
    yield from _planned(plan)
    records, bound = dict(plan.known.records), dict(plan.known.volumes)
    finished: set[str] = set()
    failed: set[int] = set()
    gave_up: BaseException | None = None
    if plan.pending or not _is_settled(plan):
        with _workplace(plan), _picture(plan.cover, store) as picture:
            run = Run(plan, picture, store, crew, keep_going=keep_going)
            with _publishing(plan, records, bound) as publish:
                with closing(run.go()) as telling:
                    for told in telling:
                        if isinstance(told, Record):
                            publish(told)
                            finished.add(told.name)
                            yield from _finished(told)
                        else:
                            failed |= {told.number} if isinstance(told, events.Failed) else set()
                            yield told
                gave_up = run.gave_up
                for volume, held in [] if gave_up else _to_bind(plan, records, store):
                    crew.rest()  # a long book's file needs the memory that speakers keep
                    made = _bound(volume, held, records, picture(), store)
                    publish(made)
                    finished.add(made.path.name)
                    seconds = round(made.samples / made.rate, 3)
                    path = str(made.path)
                    yield events.Finished(0, volume.title, path, made.sha256, seconds)
            rates.keep(store, run.meter.rates())
            yield from _settle(plan, picture, records, bound, finished)
    found = {s.chapter.number: records[s.name].track for s in plan.steps if s.name in records}
    length = sum(track.seconds for track in found.values())
    counts = len(finished & set(plan.names)), len(_up_to_date(plan)), len(failed)
    yield events.Summary(plan.book.title, str(plan.folder), *counts, length)
    if gave_up:
        raise gave_up
    if failed:
        raise UnfinishedError(
            f"{plan.book.title}: {len(failed)} of {len(plan.pending)} chapters could not be made. "
            "What is finished stays; run it again to try the rest."
        )


def _planned(plan: Plan) -> Iterator[events.Event]:
    """What is about to happen to each chapter and file, then those to which nothing will."""
    for step in plan.steps:
        reason = step.reason if step.selected else None
        yield events.Planned(step.chapter.number, step.chapter.title, step.to_speak, reason)
    for volume in plan.volumes:
        yield events.Planned(0, volume.title, 0, volume.reason)
    yield from _up_to_date(plan)


def _up_to_date(plan: Plan) -> list[events.Skipped]:
    """The files with which nothing will happen."""
    steps = [step for step in plan.steps if step.selected and not step.pending and not step.within]
    chapters = [events.Skipped(s.chapter.number, s.chapter.title, s.path.name) for s in steps]
    books = [v for v in plan.volumes if not v.reason]
    return [*chapters, *(events.Skipped(0, book.title, book.path.name) for book in books)]


def _to_bind(
    plan: Plan, records: Mapping[str, Record], store: Store
) -> Iterator[tuple[Volume, list[Step]]]:
    """The files of several chapters that are due, where all of their chapters are there."""
    steps = {step.name: step for step in plan.steps}
    for volume in plan.volumes:
        held = [steps[name] for name in volume.steps]
        there = all(
            step.name in records
            and records[step.name].audio == step.audio
            and is_joined(step.audio, store)
            for step in held
        )
        if volume.reason and there:
            yield volume, held


def _bound(
    volume: Volume,
    held: list[Step],
    records: Mapping[str, Record],
    picture: Cover,
    store: Store,
) -> Bound:
    """The file, whole in its part."""
    try:
        # By their titles of today: a chapter that was not asked for may have had another.
        made = [step.record("", records[step.name].track.joined) for step in held]
        return bind(volume, held, made, picture, store)
    except Lost as error:
        raise OutputError(
            f"{store.root}: a chapter of {volume.path.name} is damaged or gone. Run it again."
        ) from error


@contextmanager
def _picture(picture: Cover, store: Store) -> Iterator[Callable[[], Cover]]:
    """The cover as tags may have it. A large SVG takes as long as a chapter: it is drawn meanwhile.

    In a process of its own, which takes the memory with it, and any harm that an SVG may do.
    """
    if picture.media_type != "image/svg+xml":
        yield lambda: picture
        return
    made_by = digest(["cover", EPOCH, cover.fingerprint(), picture.data.decode()])
    drawn = store.get(made_by)
    if drawn is not None:
        yield lambda: Cover(drawn, "image/jpeg")
        return
    artist = Workers(1, DRAWING_SECONDS)
    try:
        drawing = artist.submit(cover.finished, picture)
        drawing.add_done_callback(lambda _: artist.rest())
        yield lambda: _drawn(drawing, made_by, store)
    finally:
        artist.shutdown(cancel_futures=True)


def _drawn(drawing: Future[Cover], made_by: str, store: Store) -> Cover:
    """What is drawn, once it is, and from then on in the store."""
    try:
        picture = drawing.result()
    except EngineError as error:
        raise ConfigError(
            f"the cover: whoever draws it crashes, or takes over {DRAWING_SECONDS:.0f} seconds. "
            "Give another, as JPEG, in audiobook.toml."
        ) from error
    if not store.has(made_by):
        store.put(made_by, picture.data)
    return picture


def _finished(record: Record) -> Iterator[events.Event]:
    track = record.track
    if not record.within:
        seconds = round(track.seconds, 3)
        path = str(track.path)
        yield events.Finished(track.number, track.title, path, track.sha256, seconds)


@contextmanager
def _publishing(
    plan: Plan, records: dict[str, Record], bound: dict[str, Bound]
) -> Iterator[Callable[[Record | Bound], None]]:
    """Give whole files their names, and say so in the manifest.

    The manifest says beforehand which names may come, so that a build that is killed leaves no
    file that nobody knows of.
    """
    about = plan.about()
    written = -MANIFEST_SECONDS
    begun = {step.path.name for step in plan.pending} | set(plan.known.begun)

    def write(begun: Iterable[str]) -> None:
        outdated = dict.fromkeys(plan.known.published, "")  # until all is published anew
        known = replace(plan.known, records=records, begun=tuple(begun), volumes=bound)
        text = manifest.content(about, replace(known, published=outdated))
        manifest.write_file(plan.folder / manifest.FILE, text.encode())

    def publish(made: Record | Bound) -> None:
        nonlocal written
        if isinstance(made, Bound):
            _rename(made.path)
            bound[made.path.name] = made
        else:
            if not made.within:
                _rename(made.track.path)
            records[made.name] = made
        if time.monotonic() - written > MANIFEST_SECONDS:
            write(begun)
            written = time.monotonic()

    if plan.pending:
        write(begun)
    try:
        yield publish
    finally:
        begun &= {path.name for path in plan.folder.iterdir()} - set(_files(records, bound))
        if records or begun:
            write(begun)
        else:
            (plan.folder / manifest.FILE).unlink(missing_ok=True)


def _files(records: Mapping[str, Record], bound: Mapping[str, Bound]) -> dict[str, Path]:
    """All files of which a manifest knows."""
    own = [record.track.path for record in records.values() if not record.within]
    return {path.name: path for path in (*own, *(volume.path for volume in bound.values()))}


def _rename(path: Path) -> None:
    """The whole file gets its final name."""
    part = manifest.part_of(path)
    try:
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        raise OutputError(
            f"{path}: cannot be written ({error.strerror or error}). Make room, or choose another "
            "place with --out."
        ) from error


@contextmanager
def _workplace(plan: Plan) -> Iterator[None]:
    """The book's folder for one build alone, before and after without half-made files."""
    from filelock import FileLock, Timeout

    folder, path = plan.folder, plan.folder / manifest.LOCK
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(path, timeout=0)
        lock.acquire()
    except Timeout as error:
        raise OutputError(
            f"{folder}: another make-audiobook is at work there. Wait for it, or use another --out."
        ) from error
    except OSError as error:
        raise OutputError(
            f"{folder}: cannot be written to ({error.strerror}). Choose another place with --out."
        ) from error
    try:
        _remove_parts(folder)
        if manifest.read(folder) != plan.known:
            raise OutputError(f"{folder}: another make-audiobook has just worked there. Try again.")
        yield
    finally:
        _remove_parts(folder)
        if sys.platform != "win32":
            with suppress(OSError):
                path.unlink()  # while it is ours: afterwards it may be another's
        lock.release()
        with suppress(OSError):
            if sys.platform == "win32":  # which unlinks no open file
                path.unlink(missing_ok=True)
            folder.rmdir()  # which only ever takes an empty one


def _remove_parts(folder: Path) -> None:
    for left in folder.glob(".*.part"):
        with suppress(OSError):
            left.unlink()


def _is_settled(plan: Plan) -> bool:
    """Whether an up-to-date folder holds what it should beside its tracks, and nothing else."""
    known = plan.known
    records, volumes = _current(plan, known.records), _volumes(plan, known.volumes)
    complete = len(records) == len(known.records) and len(volumes) == len(known.volumes)
    current = replace(known, records=records, begun=(), volumes=volumes)
    return (
        known.cover.get("from") == plan.cover_from
        and (any(step.reason for step in plan.steps) or complete)
        and manifest.is_undisturbed(plan.folder, known)
        and manifest.content(plan.about(), current) == manifest.text(plan.folder)
    )


def _settle(
    plan: Plan,
    picture: Callable[[], Cover],
    records: dict[str, Record],
    bound: dict[str, Bound],
    finished: set[str],
) -> Iterator[events.Event]:
    """Once all chapters are there: the cover, and no file that has no chapter any more."""
    due = {step.name for step in plan.steps if step.reason}
    due |= {volume.path.name for volume in plan.volumes if volume.reason}
    if due - finished:
        return
    plan = replace(plan, cover=picture())
    old_cover = plan.known.cover
    manifest.write_file(plan.folder / plan.cover_file["file"], plan.cover.data)
    if old_cover and old_cover["file"] != plan.cover_file["file"]:
        path = plan.folder / old_cover["file"]
        if path.is_file() and manifest.sha256(path) == old_cover["sha256"]:
            _unlink(path)
    current, volumes = _current(plan, records), _volumes(plan, bound)
    expected = _files(current, volumes)
    for name in sorted({*_files(records, bound), *plan.known.begun} - set(expected)):
        old = plan.folder / name
        if old.exists() and not _is_one_of(old, expected.values()):
            _unlink(old)
            yield events.Removed(name)
    about = plan.about()
    made = replace(
        plan.known,
        records=current,
        book=about["book"],
        cover=plan.cover_file,
        begun=(),
        volumes=volumes,
        edition=about["edition"],
    )
    from pipeline.publish.beside import publish  # not before: a long book's file needs the memory

    published = publish(plan.folder, made, plan.steps, plan.cover, plan.delivery.base_url)
    text = manifest.content(about, replace(made, published=published))
    manifest.write_file(plan.folder / manifest.FILE, text.encode())


def _current(plan: Plan, records: Mapping[str, Record]) -> dict[str, Record]:
    """The records of the book's chapters, as the book and its settings are today."""
    return {
        step.name: step.record(known.track.sha256, known.track.joined)
        for step in plan.steps
        if (known := records.get(step.name))
    }


def _volumes(plan: Plan, bound: Mapping[str, Bound]) -> dict[str, Bound]:
    """The files of several chapters that the book has today."""
    return {v.path.name: bound[v.path.name] for v in plan.volumes if v.path.name in bound}


def _unlink(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise OutputError(f"{path}: cannot be removed ({error.strerror}).") from error


def _is_one_of(path: Path, others: Iterable[Path]) -> bool:
    """Where file names have no case, "the sea.mp3" is "The Sea.mp3"."""
    return path.exists() and any(other.exists() and path.samefile(other) for other in others)
