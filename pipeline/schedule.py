"""One run through a plan's chapters: who is asked for which line, and when a chapter is complete.

Lines of all chapters keep all workers busy, a bounded number at a time. All that comes back goes
into the store at once. When a chapter has all of its clips, a thread makes its file.
"""

from __future__ import annotations

import math
import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import CancelledError, Executor, Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field

from pipeline import chapter, events, flac, rates, synthesize
from pipeline.chapter import Lost
from pipeline.errors import AudiobookError, EngineError, OutputError
from pipeline.manifest import Record
from pipeline.model import Cover, Spoken, Utterance
from pipeline.plan import Plan, Step, about, is_joined, named
from pipeline.script import packed, where
from pipeline.store import Store

# Lines in the making at once, a worker: enough to keep it busy, few to hold.
AHEAD = 8
POLL_SECONDS = 0.2
# How often a chapter's clips may get lost from the store before they are all there.
LOSSES = 3
# Lines that may fail with none in between that succeeds.
MOST_IN_A_ROW = 20


@dataclass(frozen=True, slots=True)
class Crew:
    """Who speaks, how many chapters are encoded at once, and how many lines are spoken at once.

    After `patience` seconds in which nobody has answered, nobody will. `rest` tells the speakers
    that nothing is left to speak for now.
    """

    executor: Executor
    encoders: int
    speakers: Callable[[], int]
    patience: float = math.inf
    rest: Callable[[], None] = lambda: None


@dataclass(slots=True, eq=False)
class Making:
    """A chapter in the making, and the keys of its lines that are not there yet."""

    step: Step
    missing: set[str] = field(default_factory=set)
    losses: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """A line to be spoken: for which chapter, under which key, and which of its lines it is.

    Those before the first, of which nobody is told, are what its voices say to be levelled.
    """

    making: Making
    key: str
    utterance: Utterance
    number: int


@dataclass(frozen=True, slots=True)
class Asked:
    """A line that is being spoken, and the chapters that wait for it."""

    future: Future[Spoken]
    line: Line
    waiting: list[Making]


@dataclass(frozen=True, slots=True)
class Ended:
    """A thread has come to the end of a chapter."""

    making: Making
    result: Record | BaseException
    encoding_seconds: float


class Run:
    """See above. All but `_make` happens in the thread that takes the events."""

    def __init__(
        self,
        plan: Plan,
        cover: Callable[[], Cover],
        store: Store,
        crew: Crew,
        *,
        keep_going: bool = False,
    ) -> None:
        self.plan, self.cover, self.store, self.crew = plan, cover, store, crew
        self.keep_going = keep_going
        self.meter = rates.Meter()
        self.gave_up: BaseException | None = None
        self._in_a_row = 0
        self._chapters = deque(Making(step) for step in plan.pending)
        self._unfinished = set(self._chapters)
        self._lines: deque[Line] = deque()
        self._asked: dict[str, Asked] = {}
        self._encoding = 0
        self._at_work: dict[str, list[Making]] = {}  # by their audio: who else waits for it
        self._told: queue.SimpleQueue[str | Ended] = queue.SimpleQueue()
        self._stop = threading.Event()
        self._threads = ThreadPoolExecutor(crew.encoders, thread_name_prefix="chapter")
        self._heard = time.monotonic()

    def go(self) -> Generator[events.Event | Record, None, None]:
        """What happens, and the record of each chapter that waits for its final name."""
        try:
            self._save_what_will_be_overwritten()
            while self._go_on():
                try:  # a timeout lets Ctrl-C through on Windows
                    told = self._told.get(timeout=POLL_SECONDS)
                except queue.Empty:
                    self._check_patience()
                    continue
                self._heard = time.monotonic()
                if isinstance(told, Ended):
                    yield from self._chapter_ended(told)
                else:
                    yield from self._line_ended(self._asked[told])
        finally:
            self._end()

    def _go_on(self) -> bool:
        """Give the workers enough to do; False when nothing is left, or may be done."""
        if self.gave_up:  # what has all of its clips is still finished
            return bool(self._encoding)
        ahead = AHEAD * self.crew.speakers()
        while len(self._asked) < ahead and not self.gave_up:
            if self._lines:
                self._ask(self._lines.popleft())
            elif self._chapters:
                self._open(self._chapters.popleft())
            else:
                break
        return bool(self._asked or self._encoding)

    def _save_what_will_be_overwritten(self) -> None:
        """Where chapters change places, the file of one is the audio that another still needs."""
        targets = {making.step.path for making in self._chapters if not making.step.within}
        for step in (making.step for making in self._chapters):
            records = self.plan.known.records.values()
            lost = [r for r in records if r.track.path in targets - {step.path}]
            if not is_joined(step.audio, self.store):
                chapter.reclaim(step, lost, self.store)

    def _open(self, making: Making) -> None:
        """Find out what a chapter still needs."""
        step, is_there = making.step, self.store.touch
        if making.losses:  # where one clip was damaged, more may be
            is_there = self.store.is_whole
        if not self.store.touch(step.script_key):
            self.store.put(step.script_key, packed(step.script))
        known = self.plan.known.records.values()
        joined = [self.store.touch(key) for key in (step.audio, about(step.audio))]
        if not (all(joined) or chapter.reclaim(step, known, self.store)):
            for number, (key, utterance) in enumerate(step.wanted, 1 - len(step.levels)):
                if key not in making.missing and not is_there(key):
                    making.missing.add(key)
                    self._lines.append(Line(making, key, utterance, number))
        self._encode_if_complete(making)

    def _ask(self, line: Line) -> None:
        """Have a line spoken, once for all who wait for it."""
        key, making = line.key, line.making
        if key in self._asked:
            self._asked[key].waiting.append(making)
        elif self.store.has(key):  # another chapter had it in the meantime
            self._has_come(key, [making])
        else:
            settings = making.step.level_settings if line.number <= 0 else making.step.settings_of
            action = synthesize.action(line.utterance, settings(line.utterance))
            try:
                future = self.crew.executor.submit(synthesize.spoken, action)
            except AudiobookError as error:
                self._give_up(error)
                return
            self._asked[key] = Asked(future, line, [making])
            future.add_done_callback(lambda _: self._told.put(key))

    def _line_ended(self, asked: Asked) -> Iterator[events.Event]:
        line, step = asked.line, asked.line.making.step
        try:
            answer = _answer(asked.future)
            rate, samples = flac.length(answer.flac)
        except AudiobookError as error:
            del self._asked[line.key]
            spared = [making for making in asked.waiting if _can_do_without(making, line, error)]
            self._has_come(line.key, spared)
            yield from self._line_failed(
                error, line, [making for making in asked.waiting if making not in spared]
            )
            return
        self._in_a_row = 0
        self.store.put(line.key, answer.flac)
        del self._asked[line.key]  # only now: until then the end of the build would keep it
        who = rates.voice(step.settings_of(line.utterance))
        self.meter.count(who, len(line.utterance.sound), answer.seconds)
        self._make_room()
        text, milliseconds = line.utterance.sound, samples * 1000 // rate
        if line.number > 0:
            yield events.Spoke(step.chapter.number, line.number, text, milliseconds)
        self._has_come(line.key, asked.waiting)

    def _line_failed(
        self, error: AudiobookError, line: Line, waiting: list[Making]
    ) -> Iterator[events.Event]:
        """Tell of all chapters that needed it."""
        if waiting:
            named = _named(error, line)
            self._count_failure(named)
            for making in waiting:
                self._unfinished.discard(making)
                yield _failed(making, named)

    def _count_failure(self, error: AudiobookError) -> None:
        """Failures of single lines are borne; when nothing else happens, it is not the lines."""
        self._in_a_row += 1
        if not self.keep_going or self._in_a_row >= MOST_IN_A_ROW:
            self._give_up(error)

    def _give_up(self, error: BaseException) -> None:
        """Ask for no more; the first reason is the one that is told."""
        self.gave_up = self.gave_up or error

    def _check_patience(self) -> None:
        waited = time.monotonic() - self._heard
        if self._asked and not self._encoding and waited > self.crew.patience:
            self._give_up(
                EngineError(
                    f"the workers: none has answered in {waited:.0f} seconds. Are they still there?"
                )
            )

    def _has_come(self, key: str, waiting: list[Making]) -> None:
        for making in waiting:
            making.missing.discard(key)
            self._encode_if_complete(making)

    def _encode_if_complete(self, making: Making) -> None:
        """A thread makes it; what several files hold is encoded once, and the others wait."""
        if making.missing:
            return
        if making.step.audio in self._at_work:
            self._at_work[making.step.audio].append(making)
        else:
            self._at_work[making.step.audio] = []
            self._encoding += 1
            self._threads.submit(self._make, making)

    def _make(self, making: Making) -> None:
        """In a thread of its own."""
        step, started = making.step, time.perf_counter()
        encodes = False
        try:
            encodes = not is_joined(step.audio, self.store)
            result: Record | BaseException = chapter.make(
                step, self.cover, self.store, lambda: not self._stop.is_set()
            )
        except BaseException as error:  # noqa: BLE001  told to the main thread, which raises it
            result = error
        seconds = time.perf_counter() - started if encodes else 0.0
        self._told.put(Ended(making, result, seconds))

    def _chapter_ended(self, ended: Ended) -> Iterator[events.Event | Record]:
        making, result = ended.making, ended.result
        self._encoding -= 1
        for waiting in self._at_work.pop(making.step.audio):
            self._encode_if_complete(waiting)
        if isinstance(result, Lost):
            making.losses += 1
            if making.losses <= LOSSES:
                self._chapters.appendleft(making)
                return
            result = OutputError(
                f"{self.store.root}: the store does not keep what is put into it. Remove it, or "
                "choose another place with --store."
            )
        self._unfinished.discard(making)
        self._make_room(ended=True)
        if isinstance(result, Record):
            if ended.encoding_seconds:
                track = result.track
                by = rates.encoder(making.step.encoding)
                self.meter.count(by, track.seconds, ended.encoding_seconds)
                yield events.Joined(track.number, track.joined.rate, track.joined.samples)
            yield result
        else:  # the disk, or a bug: the other chapters would fare no better
            self._give_up(result)
            yield _failed(making, result)

    def _make_room(self, *, ended: bool = False) -> None:
        """Keep the store within bounds, but for what is still wanted: less, if a chapter ended."""
        if self.store.is_full() or (ended and self.store.is_crowded):
            steps = [making.step for making in self._unfinished]
            self.store.evict({key for s in steps for key in _needed(s)})

    def _end(self) -> None:
        """Stop what is going on; keep what has been spoken meanwhile."""
        self._stop.set()
        for asked in self._asked.values():
            asked.future.cancel()
        self._threads.shutdown(wait=True, cancel_futures=True)
        for key, asked in self._asked.items():
            if asked.future.done() and not asked.future.cancelled():
                with suppress(Exception):  # the build ends with an error of its own
                    self.store.put(key, asked.future.result().flac)


def _needed(step: Step) -> tuple[str, ...]:
    """What must not go while a chapter is in the making."""
    return (step.audio, about(step.audio), *step.levels, *step.clips)


def _answer(future: Future[Spoken]) -> Spoken:
    """What a worker has sent. Raises AudiobookError alone, whatever an executor may raise."""
    try:
        return future.result()
    except AudiobookError:
        raise
    except CancelledError as error:
        raise EngineError("the workers have gone") from error
    except Exception as error:
        raise EngineError(f"{type(error).__name__}: {error}") from error


def _can_do_without(making: Making, line: Line, error: AudiobookError) -> bool:
    """Whether it is but what a voice is levelled by, which not every voice can say."""
    return isinstance(error, EngineError) and line.key not in making.step.clips


def _named(error: AudiobookError, line: Line) -> AudiobookError:
    """The error with the story and the line in it, or the voice that cannot say its passage."""
    told, source = str(error).rstrip(".!?"), line.making.step.chapter
    if line.number <= 0:
        who = named((line.utterance.part, line.utterance.language)) or "the narrator"
        return type(error)(f"{source.source}: the voice of {who}: {told}.")
    at = where(source, line.utterance.start)
    text = line.utterance.text
    excerpt = text if len(text) <= 60 else f"{text[:57]}..."
    return type(error)(f"{at}: {told}. The line is {excerpt!r}.")


def _failed(making: Making, error: BaseException) -> events.Failed:
    chapter = making.step.chapter
    return events.Failed(chapter.number, chapter.title, str(error))
