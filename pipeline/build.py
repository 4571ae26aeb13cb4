"""Plan + Executor -> Iterator[Event].

Clips of all chapters are spoken by the executor's workers; a thread for each chapter in the making
takes its clips in order and streams them into an encoder, so that neither a chapter nor a book is
ever held in memory. Work in flight is bounded.
"""

from __future__ import annotations

import os
import queue
import threading
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import (
    CancelledError,
    Executor,
    Future,
    ThreadPoolExecutor,
    wait,
)
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from pipeline import concatenate, encode, events, manifest, synthesize, tag
from pipeline.errors import AudiobookError, OutputError
from pipeline.model import Clip, Mark, Pause, Track, Utterance
from pipeline.plan import Plan, Step
from pipeline.processes import Workers
from pipeline.script import where

# Clips that a chapter may have in the making: enough to keep the workers busy, few to hold.
WINDOW = 16
POLL_SECONDS = 0.2


class Stopped(Exception):  # noqa: N818
    """The build ended while this chapter was in the making."""


@dataclass(frozen=True, slots=True)
class Done:
    """A chapter's thread has come to its end."""

    step: Step
    result: Track | BaseException


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
        yield events.Planned(step.chapter.number, step.chapter.title, step.characters, reason)
    for step in up_to_date:
        yield events.Skipped(step.chapter.number, step.chapter.title, step.path.name)
    records = _kept(plan)
    failures: list[BaseException] = []
    before = len(records)
    if plan.pending:
        yield from _make_pending(plan, executor, jobs, records, failures)
    finished = len(records) - before
    if not failures:
        yield from _complete(plan, records)
    seconds = sum(record.track.seconds for record in records.values())
    yield events.Summary(
        plan.book.title, str(plan.folder), finished, len(up_to_date), len(failures), seconds
    )
    if failures:
        raise failures[0]


def _make_pending(
    plan: Plan,
    executor: Executor,
    jobs: int,
    records: dict[str, manifest.Record],
    failures: list[BaseException],
) -> Iterator[events.Event]:
    """Fill `records` with what is finished and `failures` with what is not."""
    _prepare(plan.folder)
    try:
        for told in _make_all(plan, executor, jobs):
            if not isinstance(told, Done):
                yield told
            elif isinstance(told.result, Track):
                records[told.step.path.name] = manifest.Record(told.result, told.step.inputs)
                manifest.write(plan.folder, plan.about(), records)
                yield _finished(told.result)
            elif not isinstance(told.result, Stopped):
                failures.append(told.result)
                yield _failed(told.step, told.result)
    finally:
        _tidy(plan.folder)


def _kept(plan: Plan) -> dict[str, manifest.Record]:
    """Records of files that stay as they are."""
    names = [step.path.name for step in plan.steps if not step.pending]
    return {name: plan.records[name] for name in names if name in plan.records}


def _finished(track: Track) -> events.Finished:
    return events.Finished(
        track.number, track.title, str(track.path), track.sha256, round(track.seconds, 3)
    )


def _failed(step: Step, error: BaseException) -> events.Failed:
    return events.Failed(step.chapter.number, step.chapter.title, str(error))


def _prepare(folder: Path) -> None:
    """A folder that can be written to, without the remains of a build that was killed."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for left in folder.glob(".*.part"):
            left.unlink()
        probe = manifest.part_of(folder / "probe")
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise OutputError(
            f"{folder}: cannot be written to ({error.strerror}). Choose another place with --out."
        ) from error


def _tidy(folder: Path) -> None:
    for left in folder.glob(".*.part"):
        left.unlink(missing_ok=True)
    with suppress(OSError):
        folder.rmdir()  # which only ever takes an empty one


def _complete(plan: Plan, records: dict[str, manifest.Record]) -> Iterator[events.Event]:
    """The cover, and no file of an earlier build that has no chapter any more."""
    suffix = ".png" if plan.cover.media_type == "image/png" else ".jpg"
    manifest.write_file(plan.folder / f"cover{suffix}", plan.cover.data)
    expected = {step.path.name: step.path for step in plan.steps}
    for name, old in plan.records.items():
        if name not in expected and not _is_one_of(old.track.path, expected.values()):
            old.track.path.unlink(missing_ok=True)
            yield events.Removed(name)
    manifest.write(plan.folder, plan.about(), records)


def _is_one_of(path: Path, others: Iterable[Path]) -> bool:
    """Where file names have no case, "the sea.mp3" is "The Sea.mp3"."""
    return path.exists() and any(other.exists() and path.samefile(other) for other in others)


def _make_all(plan: Plan, executor: Executor, jobs: int) -> Iterator[events.Event | Done]:
    """Run a thread for each pending chapter, `jobs` at a time, and pass on what they tell."""
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


def _make_one(
    plan: Plan, step: Step, executor: Executor, told: Told, stop: threading.Event
) -> None:
    try:
        result: Track | BaseException = _make(plan, step, executor, told, stop)
    except BaseException as error:  # noqa: BLE001  told to the main thread, which raises it
        result = error
    told.put(Done(step, result))


def _make(plan: Plan, step: Step, executor: Executor, told: Told, stop: threading.Event) -> Track:
    """Speak, join, encode and tag one chapter, and give it its name when all of that is done."""
    spoken = _spoken(step, executor, told, stop)
    head: list[Part] = []
    rate = 0
    while not rate:  # the first clip says at which rate the chapter is made
        head.append(next(spoken))
        part = head[-1][1]
        rate = part.rate if isinstance(part, Clip) else 0
    marks: list[Mark] = []
    part_path = manifest.part_of(step.path)
    try:
        stream = _stream(chain(head, spoken), rate, marks)
        samples = encode.mp3(stream, rate, part_path)
        told.put(events.Joined(step.chapter.number, rate, samples))
        marks = complete(marks, step.chapter.title)
        tag.write(part_path, step.tags, plan.cover, marks, (rate, samples))
        digest = manifest.sha256(part_path)
        _publish(part_path, step.path)
    except OutputError as error:
        raise OutputError(f"{step.path}: {error}") from error
    except OSError as error:
        raise OutputError(f"{step.path}: cannot be written ({error.strerror}).") from error
    finally:
        spoken.close()
        part_path.unlink(missing_ok=True)
    chapter = step.chapter
    return Track(chapter.number, chapter.title, step.path, digest, rate, samples, tuple(marks))


def _publish(part: Path, path: Path) -> None:
    with part.open("rb+") as file:
        os.fsync(file.fileno())
    part.replace(path)


def _stream(parts: Iterable[Part], rate: int, marks: list[Mark]) -> Iterator[bytes]:
    """The samples of all parts, noting where each heading starts; one that opens is at 0."""
    at = 0
    silent = True
    for line, part in parts:
        if isinstance(line, Utterance):
            if line.heading:
                marks.append(Mark(" ".join(line.text.split()), 0 if silent else at))
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
    at = where(step.chapter, line.start)
    while not stop.is_set():
        wait([future], timeout=POLL_SECONDS)
        if not future.done():
            continue
        try:
            return future.result()
        except AudiobookError as error:
            excerpt = line.text if len(line.text) <= 60 else f"{line.text[:57]}..."
            raise type(error)(f"{at}: {error}. The line is {excerpt!r}.") from error
        except CancelledError:
            break
    raise Stopped
