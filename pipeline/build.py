"""Plan + Executor -> Iterator[Event].

Clips of all chapters are spoken by the executor's workers; a thread for each chapter in the making
takes its clips in order and streams them into an encoder, so that neither a chapter nor a book is
ever held in memory. Work in flight is bounded.
"""

from __future__ import annotations

import errno
import os
import queue
import shutil
import threading
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Mapping
from concurrent.futures import (
    CancelledError,
    Executor,
    Future,
    ThreadPoolExecutor,
    wait,
)
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

from pipeline import concatenate, encode, events, manifest, synthesize, tag
from pipeline.errors import AudiobookError, OutputError
from pipeline.model import Clip, Mark, Pause, Track, Utterance
from pipeline.plan import Plan, Step
from pipeline.processes import Workers
from pipeline.publish import cover
from pipeline.script import where

# Clips that a chapter may have in the making: enough to keep the workers busy, few to hold.
WINDOW = 16
POLL_SECONDS = 0.2
LOCK = ".lock"


class Stopped(Exception):  # noqa: N818
    """The build ended while this chapter was in the making."""


@dataclass(frozen=True, slots=True)
class Done:
    """A chapter's thread has come to its end."""

    step: Step
    result: manifest.Record | BaseException


Part = tuple[Utterance | Pause, Clip | Pause]
Told = queue.SimpleQueue[events.Event | Done]


@contextmanager
def workers(jobs: int) -> Iterator[Executor]:
    """Processes on this machine, ended with the block."""
    pool = Workers(jobs)
    try:
        yield pool
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def build(plan: Plan, executor: Executor, jobs: int) -> Iterator[events.Event]:
    """Make what is missing, and tell of it.

    Chapters are finished one by one; what is finished stays, whatever happens to the others.
    Raises the first error after telling of it.
    """
    up_to_date = [step for step in plan.steps if step.selected and not step.pending]
    for step in plan.steps:
        reason = step.reason if step.selected else None
        yield events.Planned(step.chapter.number, step.chapter.title, step.to_speak, reason)
    for step in up_to_date:
        yield events.Skipped(step.chapter.number, step.chapter.title, step.path.name)
    records = dict(plan.records)
    finished: set[str] = set()
    failures: list[BaseException] = []
    if plan.pending or not _is_settled(plan):
        with _workplace(plan):
            plan = replace(plan, cover=cover.finished(plan.cover))
            for told in _make_all(plan, executor, jobs):
                if not isinstance(told, Done):
                    yield told
                elif isinstance(told.result, manifest.Record):
                    _publish(plan, told.step, told.result, records)
                    finished.add(told.step.path.name)
                    yield _finished(told.result.track)
                elif not isinstance(told.result, Stopped):
                    failures.append(told.result)
                    yield _failed(told.step, told.result)
            yield from _settle(plan, records, finished)
    tracks = [records[step.path.name].track for step in plan.steps if step.path.name in records]
    seconds = sum(track.seconds for track in tracks)
    counts = len(finished), len(up_to_date), len(failures)
    yield events.Summary(plan.book.title, str(plan.folder), *counts, seconds)
    if failures:
        raise failures[0]


def _publish(
    plan: Plan, step: Step, record: manifest.Record, records: dict[str, manifest.Record]
) -> None:
    """Give a whole file its name, and say so in the manifest: one is never without the other."""
    part = manifest.part_of(step.path)
    try:
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        part.replace(step.path)
    except OSError as error:
        raise OutputError(f"{step.path}: cannot be written ({error.strerror}).") from error
    records[step.path.name] = record
    manifest.write(plan.folder, plan.about(), manifest.cover(plan.folder), records)


def _finished(track: Track) -> events.Finished:
    return events.Finished(
        track.number, track.title, str(track.path), track.sha256, round(track.seconds, 3)
    )


def _failed(step: Step, error: BaseException) -> events.Failed:
    return events.Failed(step.chapter.number, step.chapter.title, str(error))


@contextmanager
def _workplace(plan: Plan) -> Iterator[None]:
    """The book's folder for one build alone, before and after without half-made files."""
    from filelock import FileLock, Timeout

    folder, path = plan.folder, plan.folder / LOCK
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
        if manifest.read(folder) != plan.records:
            raise OutputError(f"{folder}: another make-audiobook has just worked there. Try again.")
        yield
    finally:
        _remove_parts(folder)
        with suppress(OSError):  # Windows unlinks no open file
            path.unlink()
        lock.release()
        with suppress(OSError):
            path.unlink(missing_ok=True)
            folder.rmdir()  # which only ever takes an empty one


def _remove_parts(folder: Path) -> None:
    for left in folder.glob(".*.part"):
        with suppress(OSError):
            left.unlink()


def _is_settled(plan: Plan) -> bool:
    """Whether an up-to-date folder holds what it should beside its tracks, and nothing else."""
    known = manifest.cover(plan.folder)
    names = {step.path.name for step in plan.steps}
    if known.get("from") != plan.cover_from:
        return False
    picture = plan.folder / known["file"]
    return (
        (any(step.reason for step in plan.steps) or names == set(plan.records))
        and not any(plan.folder.glob(".*.part"))
        and not (plan.folder / LOCK).exists()
        and picture.is_file()
        and manifest.sha256(picture) == known["sha256"]
        and manifest.content(plan.about(), known, _named(plan, plan.records))
        == manifest.text(plan.folder)
    )


def _settle(
    plan: Plan, records: dict[str, manifest.Record], finished: set[str]
) -> Iterator[events.Event]:
    """Once all chapters are there: the cover, and no file that has no chapter any more."""
    expected = {step.path.name: step.path for step in plan.steps}
    if any(step.reason and step.path.name not in finished for step in plan.steps):
        return
    old_cover = manifest.cover(plan.folder)
    manifest.write_file(plan.folder / plan.cover_file["file"], plan.cover.data)
    if old_cover and old_cover["file"] != plan.cover_file["file"]:
        path = plan.folder / old_cover["file"]
        if path.is_file() and manifest.sha256(path) == old_cover["sha256"]:
            _unlink(path)
    for name in [name for name in records if name not in expected]:
        old = records.pop(name).track.path
        if not _is_one_of(old, expected.values()):
            _unlink(old)
            yield events.Removed(name)
    manifest.write(plan.folder, plan.about(), plan.cover_file, _named(plan, records))


def _named(plan: Plan, records: Mapping[str, manifest.Record]) -> dict[str, manifest.Record]:
    """The records of the book's chapters, with the names that their stories have today."""
    return {
        step.path.name: replace(records[step.path.name], source=step.source)
        for step in plan.steps
        if step.path.name in records
    }


def _unlink(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise OutputError(f"{path}: cannot be removed ({error.strerror}).") from error


def _is_one_of(path: Path, others: Iterable[Path]) -> bool:
    """Where file names have no case, "the sea.mp3" is "The Sea.mp3"."""
    return path.exists() and any(other.exists() and path.samefile(other) for other in others)


def _make_all(plan: Plan, executor: Executor, jobs: int) -> Iterator[events.Event | Done]:
    """Run a thread for each pending chapter, `jobs` at a time, and pass on what they tell."""
    targets = {step.path for step in plan.pending}
    for step in plan.pending:
        if step.kept and step.kept.track.path in targets - {step.path}:
            _carry_over(step)  # before another takes its name
    told: Told = queue.SimpleQueue()
    stop = threading.Event()
    threads = ThreadPoolExecutor(jobs)
    for step in plan.pending:
        threads.submit(_make_one, plan, step, executor, told, stop)
    left = len(plan.pending)
    try:
        while left:
            with suppress(queue.Empty):  # a timeout lets Ctrl-C through on Windows
                item = told.get(timeout=POLL_SECONDS)
                left -= isinstance(item, Done)
                if isinstance(item, Done) and isinstance(item.result, BaseException):
                    stop.set()
                yield item
    finally:
        stop.set()
        threads.shutdown(wait=True, cancel_futures=True)


def _carry_over(step: Step) -> bool:
    """Copy finished audio to where its new tags go; False if there is none, or not all of it."""
    part = manifest.part_of(step.path)
    if part.exists():
        return True
    if not step.kept:
        return False
    try:
        shutil.copyfile(step.kept.track.path, part)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise
        return False
    if manifest.sha256(part) == step.kept.track.sha256:
        return True
    part.unlink()
    return False


def _make_one(
    plan: Plan, step: Step, executor: Executor, told: Told, stop: threading.Event
) -> None:
    """Leave a whole file in the step's part, and its record with the main thread."""
    part = manifest.part_of(step.path)
    try:
        if step.kept and _carry_over(step):
            old = step.kept.track
            rate, samples, marks = old.rate, old.samples, step.marks_of(old)
        else:
            rate, samples, marks = _make(step, part, executor, told, stop)
        tag.write(part, step.tags, plan.cover, marks, (rate, samples))
        digest = manifest.sha256(part)
        number, title = step.chapter.number, step.chapter.title
        track = Track(number, title, step.path, digest, rate, samples, tuple(marks))
        result: manifest.Record | BaseException = step.record(track)
    except OutputError as error:
        result = OutputError(f"{step.path}: {error}")
    except OSError as error:
        result = OutputError(f"{step.path}: cannot be written ({error.strerror}).")
    except BaseException as error:  # noqa: BLE001  told to the main thread, which raises it
        result = error
    told.put(Done(step, result))


def _make(
    step: Step, part: Path, executor: Executor, told: Told, stop: threading.Event
) -> tuple[int, int, list[Mark]]:
    """Speak, join and encode one chapter; returns its rate, length in samples, and marks."""
    spoken = _spoken(step, executor, told, stop)
    try:
        head: list[Part] = []
        rate = 0
        while not rate:  # the first clip says at which rate the chapter is made
            head.append(next(spoken))
            first = head[-1][1]
            rate = first.rate if isinstance(first, Clip) else 0
        marks: list[Mark] = []
        samples = encode.mp3(_stream(chain(head, spoken), rate, marks), rate, part)
    finally:
        spoken.close()
    told.put(events.Joined(step.chapter.number, rate, samples))
    return rate, samples, complete(marks, step.chapter.title)


def _stream(parts: Iterable[Part], rate: int, marks: list[Mark]) -> Iterator[bytes]:
    """The samples of all parts, noting where each heading starts; one that opens is at 0."""
    at = 0
    silent = True
    for line, part in parts:
        if isinstance(line, Utterance):
            if line.heading:
                marks.append(Mark(line.heading, 0 if silent else at))
            silent = False
        for data in concatenate.samples([part], rate):
            at += len(data) // 2
            yield data


def complete(marks: list[Mark], title: str) -> list[Mark]:
    """Marks that leave nothing out: what is before the first heading has the chapter's title."""
    return [Mark(title, 0), *marks] if marks and marks[0].start > 0 else marks


def _spoken(
    step: Step, executor: Executor, told: Told, stop: threading.Event
) -> Generator[Part, None, None]:
    """Each line with its clip, in order, while later ones are in the making."""
    waiting: deque[Pause | tuple[Utterance, Future[Clip]]] = deque()
    ahead = iter(step.script.lines)
    number = 0
    try:
        while True:
            for line in ahead:
                waiting.append(line if isinstance(line, Pause) else _submit(line, step, executor))
                if len(waiting) >= WINDOW:
                    break
            if not waiting:
                return
            item = waiting.popleft()
            if isinstance(item, Pause):
                yield item, item
                continue
            clip = _result(*item, step, stop)
            yield item[0], clip
            number += 1
            milliseconds = clip.samples * 1000 // clip.rate
            told.put(events.Spoke(step.chapter.number, number, item[0].spoken, milliseconds))
    finally:
        for item in waiting:
            if not isinstance(item, Pause):
                item[1].cancel()


def _submit(line: Utterance, step: Step, executor: Executor) -> tuple[Utterance, Future[Clip]]:
    return line, executor.submit(synthesize.speak, synthesize.action(line, step.settings))


def _result(line: Utterance, future: Future[Clip], step: Step, stop: threading.Event) -> Clip:
    """The clip; an error names the story and the line."""
    while not stop.is_set():
        wait([future], timeout=POLL_SECONDS)
        if not future.done():
            continue
        try:
            return future.result()
        except AudiobookError as error:
            at = where(step.chapter, line.start)
            excerpt = line.text if len(line.text) <= 60 else f"{line.text[:57]}..."
            raise type(error)(f"{at}: {error}. The line is {excerpt!r}.") from error
        except CancelledError:
            break
    raise Stopped
