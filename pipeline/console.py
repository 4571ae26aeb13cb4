"""Events and scripts as a person or a program reads them. Results on stdout, progress on stderr."""

from __future__ import annotations

import errno
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import IntEnum
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pipeline import __version__, events
from pipeline.errors import AudiobookError
from pipeline.model import Book, Change, Pause, Script, Utterance
from pipeline.new import quoted

if TYPE_CHECKING:
    from pipeline.check import Checked, Report
    from pipeline.check.judge import Finding
    from pipeline.check.measure import Measured
    from pipeline.encode import Format
    from pipeline.plan import Plan
    from pipeline.say import Trial
    from pipeline.suggest import Suggestion

Show = Callable[[events.Event], None]


class Verbosity(IntEnum):
    """How much is said."""

    QUIET = -1
    NORMAL = 0
    VERBOSE = 1


@contextmanager
def reporter(
    plan: Plan | None, verbosity: Verbosity, *, as_json: bool, keep_going: bool = False
) -> Iterator[Show]:
    """How a build's events are shown: as JSON lines, behind a bar, or as plain lines.

    There is no plan where nothing is to be done.

    A failure that ends the build is told by the command at its end, any other at once.
    """
    if as_json:
        yield lambda event: print_json(events.to_json(event))
        return
    hidden = () if keep_going else (events.Failed,)
    if verbosity is Verbosity.NORMAL and plan and plan.pending and sys.stderr.isatty():
        with _bar(plan) as show:
            yield lambda event: None if isinstance(event, hidden) else show(event)
    else:
        yield lambda event: None if isinstance(event, hidden) else _tell(event, verbosity, note)


@contextmanager
def _bar(plan: Plan) -> Iterator[Show]:
    """A bar in characters spoken, so that the time left comes from the rate that was measured."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TextColumn("{task.percentage:3.0f}%"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        total = sum(step.to_speak for step in plan.pending)
        task = progress.add_task(plan.book.title, total=total)

        def plainly(line: str) -> None:
            progress.console.out(line, highlight=False)

        def show(event: events.Event) -> None:
            if isinstance(event, events.Spoke):
                progress.advance(task, len(event.text))
            _tell(event, Verbosity.NORMAL, plainly)

        yield show


def _tell(event: events.Event, verbosity: Verbosity, say: Callable[[str], None]) -> None:
    line = _line(event, verbosity)
    if line is not None and (verbosity > Verbosity.QUIET or isinstance(event, events.Failed)):
        say(line)


def _line(event: events.Event, verbosity: Verbosity) -> str | None:
    """One event as a line of text, if it deserves one."""
    line = None
    match event:
        case events.Finished(number, _, file, _, seconds):
            line = f"{number or '-':>3}  {clock(seconds)}  {file}"
        case events.Failed(number, _, message):
            line = f"{number:3d}  failed: {message}"
        case events.Removed(file):
            line = f"     removed {file}: no chapter stands behind it any more"
        case events.Planned(number, title, _, reason) if verbosity is Verbosity.VERBOSE:
            line = f"{number:3d}  {title}: {reason or 'nothing to do'}"
        case events.Spoke(number, spoken, text, ms) if verbosity is Verbosity.VERBOSE:
            line = f"{number:3d}.{spoken:<4d} {ms / 1000:6.2f} s  {text}"
        case events.Summary():
            line = _summary(event)
    return line


def _summary(event: events.Summary) -> str:
    length = clock(event.seconds)
    if event.failed:
        return f"{event.title}: {event.finished} made, {event.failed} failed; what is made stays"
    if not event.finished:
        return (
            f"{event.title}: nothing to do, {event.skipped} up to date ({length}) in {event.folder}"
        )
    kept = f", {event.skipped} were up to date" if event.skipped else ""
    return f"{event.title}: {event.finished} made{kept}; {length} in {event.folder}"


def print_library(books: int, failed: Mapping[Path, str]) -> None:
    """How the books of a library ended; those that failed come last, where they are seen."""
    note(f"{books} books: {books - len(failed)} done, {len(failed)} failed")
    for source, message in failed.items():
        note(f"  {source}: {message.removeprefix(f'{source}: ')}")


def clock(seconds: float) -> str:
    """H:MM:SS, or M:SS below an hour."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def report(error: AudiobookError) -> int:
    """The line for an error; returns its exit code."""
    note(f"make-audiobook: {error}")
    return error.exit_code


def is_closed(error: OSError) -> bool:
    """Whether it only says that nobody reads the output any more."""
    return error.errno == errno.EPIPE or (sys.platform == "win32" and error.errno == errno.EINVAL)


def report_disk(error: OSError) -> str:
    """What no room foresaw is still the disk's, or the person's, and not a bug."""
    where = f"{error.filename}: " if error.filename else ""
    message = f"{where}{error.strerror or error}."
    note(f"make-audiobook: {message}")
    return message


def report_bug(error: Exception) -> int:
    """A bug of ours: one line for the person, the rest in a file to send along."""
    import platform
    import tempfile
    import traceback

    with tempfile.NamedTemporaryFile(
        "w", prefix="make-audiobook-", suffix=".log", delete=False, encoding="utf-8"
    ) as log:
        log.write(f"make-audiobook {__version__}, Python {platform.python_version()}, ")
        log.write(f"{platform.platform()}\n\n")
        log.writelines(traceback.format_exception(error))
    note(
        f"make-audiobook: this is a bug ({type(error).__name__}: {error}). "
        f"Please report it with {log.name}."
    )
    return AudiobookError.exit_code


def size_of(count: int) -> str:
    """Bytes as a person reads them."""
    for unit, size in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if count >= size:
            return f"{count / size:.1f} {unit}"
    return f"{count} bytes"


def print_table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Rows for a person at a terminal."""
    from rich.console import Console
    from rich.table import Column, Table
    from rich.text import Text

    whole = (Column(name, overflow="fold") for name in columns)
    table = Table(*whole, box=None, pad_edge=False)
    for row in rows:
        table.add_row(*map(Text, row))  # which has no markup
    Console().print(table)


@contextmanager
def bytes_bar(title: str, total: int) -> Iterator[Callable[[int], None]]:
    """A bar of bytes that come; call it with how many more have come."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
        TransferSpeedColumn,
    )

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(title, total=total)
        yield lambda count: progress.advance(task, count)


def note(line: str) -> None:
    """A line for a person, on stderr."""
    print(line, file=sys.stderr, flush=True)


def print_json(record: Any) -> None:
    """One line of JSON on stdout, seen at once by whoever reads it."""
    print(json.dumps(record, ensure_ascii=False), flush=True)


def print_plan(plan: Plan, seconds: float | None) -> None:
    """The chapters with their words, expected length, and what is to be done, in what time."""
    for step in plan.steps:
        status = step.reason if step.selected else "not asked for"
        length = clock(step.expected_seconds)
        print(
            f"{step.chapter.number:3d}  {step.script.words:7,d} words  about {length:>7}  "
            f"{step.chapter.title}{_kind(plan, step.format)} ({status or 'up to date'})"
        )
    for volume in plan.volumes:
        print(f"  -  {volume.path.name} ({volume.reason or 'up to date'})")
    for part in plan.book.left_out:
        print(f"  -  {part.words:7,d} words  left out       {part.title} ({part.left_out})")
    words = sum(step.script.words for step in plan.chapters)
    length = clock(sum(step.expected_seconds for step in plan.chapters))
    work = "" if seconds is None else f" in about {clock(max(1, seconds))}"
    making = f"{len(plan.pending)} to make{work}" if plan.pending else "nothing to make"
    print(f"{plan.book.title}: {words:,d} words, about {length}, {making}")


def _kind(plan: Plan, form: Format) -> str:
    """Which of several formats it is for."""
    return f", {form.name}" if len(plan.delivery.formats) > 1 else ""


def plan_json(plan: Plan, seconds: float | None) -> dict[str, Any]:
    """The same for a program."""
    return {
        "title": plan.book.title,
        "folder": str(plan.folder),
        "seconds_to_make": None if seconds is None else round(seconds, 1),
        "notices": list(plan.book.notices),
        "chapters": [
            {
                "number": step.chapter.number,
                "title": step.chapter.title,
                "source": step.chapter.file,
                "words": step.script.words,
                "seconds": round(step.expected_seconds, 1),
                "file": step.path.name,
                "pending": step.pending,
                "reason": step.reason,
                "to_speak": step.to_speak if step.pending else 0,
            }
            for step in plan.steps
        ],
        "volumes": [
            {"title": volume.title, "file": volume.path.name, "reason": volume.reason}
            for volume in plan.volumes
        ],
        "left_out": [
            {"title": part.title, "source": part.file, "words": part.words, "why": part.left_out}
            for part in plan.book.left_out
        ],
    }


def print_report(report: Report) -> None:
    """The chapters with their figures, then a line for each finding."""
    print("     length     LUFS   dBTP    RMS  floor  zeros")
    for found in report.chapters:
        verdict = f"{len(found.findings)} found" if found.findings else "passes"
        title = report.title_of(found)
        print(f"{found.part.number:3d}  {_figures(found.measured)}  {title} ({verdict})")
    for finding in report.all_findings:
        print(f"  {finding}")
    count = len(report.all_findings)
    verdict = f"{count} found" if count else f"all {len(report.chapters)} chapters pass"
    print(f"{report.title}: {verdict} ({report.limits.name})")


def _figures(found: Measured | None) -> str:
    """The columns of a chapter; a dash where there is nothing to measure."""
    if found is None:
        return f"{'-':>7}  {'-':>7}{'-':>7}{'-':>7}{'-':>7}{'-':>7}"
    levels = (found.integrated, found.true_peak, found.rms, found.floor)
    told = (f"{figure:.1f}" if finite(figure) is not None else "-" for figure in levels)
    loudness, *others = told
    rest = "".join(f"{figure:>7}" for figure in others)
    return f"{clock(found.seconds):>7}  {loudness:>7}{rest}{found.longest_zeros:7.2f}"


def finite(figure: float | None) -> float | None:
    """None for what JSON has no number for: nothing to measure, or digital silence."""
    return figure if figure is not None and isfinite(figure) else None


def report_json(report: Report) -> Iterator[dict[str, Any]]:
    """One object a chapter, and one for the book; levels that are -inf are null."""
    about = {"book": report.title, "folder": str(report.folder), "preset": report.limits.name}
    for found in report.chapters:
        yield {
            "kind": "chapter",
            **about,
            "number": found.part.number,
            "title": found.part.title,
            "file": str(found.file.path),
            "passes": not found.findings,
            **_measured_json(found),
            "findings": [_finding_json(finding) for finding in found.findings],
        }
    findings = [_finding_json(finding) for finding in report.findings]
    yield {"kind": "book", **about, "passes": not report.all_findings, "findings": findings}


def _finding_json(finding: Finding) -> dict[str, Any]:
    return {"kind": finding.kind, "message": str(finding), "seconds": finding.at}


def _measured_json(checked: Checked) -> dict[str, Any]:
    """Every figure of a chapter; seconds, LUFS, dBTP and dB of full scale."""
    from pipeline.check import judge, measure

    found, part = checked.measured, checked.part
    if found is None:
        return {}
    offsets = [seconds for _, seconds in judge.onsets(found)]
    rests = [seconds for _, seconds in judge.pauses(part, found)]
    audible = [rest.ratio for rest in found.rests if rest.step >= measure.AUDIBLE_STEP]
    levels = {
        name: None if (figure := finite(level)) is None else round(figure, 2)
        for name, level in (
            ("loudness", found.integrated),
            ("true_peak", found.true_peak),
            ("peak", found.peak),
            ("rms", found.rms),
            ("floor", found.floor),
        )
    }
    return {
        "seconds": round(found.seconds, 4),
        "expected_seconds": round(part.joined.samples / part.joined.rate, 4),
        "rate": found.rate,
        "channels": found.channels,
        **levels,
        "longest_zeros": round(found.longest_zeros, 3),
        "zeros": len(found.zeros),
        "head": round(found.head, 3),
        "tail": round(found.tail, 3),
        "lines": len(part.lines),
        "latest_start": round(max(offsets, default=0.0), 4),
        "earliest_start": round(min(offsets, default=0.0), 4),
        "rest_error": round(max(map(abs, rests)), 3) if rests else None,
        "largest_step_ratio": round(max(audible, default=0.0), 2),
        "clicks": sum(map(judge.is_click, found.rests)),
        "marks": [
            {"title": mark.title, "seconds": round(mark.start / part.joined.rate, 3)}
            for mark in part.marks
        ],
    }


def print_suggestions(
    listed: Sequence[Suggestion], said: Sequence[str], form: Literal["text", "json", "toml"]
) -> None:
    """Names with counts, how they are said, and why they are listed."""
    if form == "toml":
        print(
            "# Take away the # of a line, and write behind the = how the word is to be said.\n[say]"
        )
    for one, ipa in zip(listed, said, strict=True):
        because = ", ".join(one.because)
        if form == "json":
            record = {"word": one.word, "count": one.count, "says": ipa, "points": one.points}
            print_json({**record, "because": list(one.because)})
        elif form == "toml":
            about = "; ".join(filter(None, (f"{one.count:,d}", ipa, because)))
            print(f"# {quoted(one.word)} = {quoted(one.word)}  # {about}")
        else:
            print(f"{one.word:24} {one.count:6,d}  {ipa:24}  {because}".rstrip())


def print_trial(made: Trial, *, to_stdout: bool) -> None:
    """What an engine gets for a word, without the lexicon and with it."""
    say = note if to_stdout else print
    say(f"as written:  {made.without.text}  {made.without.phonemes}".rstrip())
    if made.with_it == made.without:
        say("the lexicon: has nothing for it")
    else:
        say(f"the lexicon: {made.with_it.text}  {made.with_it.phonemes}".rstrip())


def print_script(script: Script) -> None:
    """A script as a person reads it: headings marked, pauses in seconds, skipped text last."""
    print(f"{script.chapter.number}. {script.chapter.title} ({script.words:,d} words)\n")
    for line in script.lines:
        if isinstance(line, Pause):
            print(f"    [{line.ms / 1000:.2f} s, {line.why.replace('_', ' ')}]")
        else:
            who = " ".join(filter(None, (line.part, line.language)))
            print(f"{'# ' if line.heading else ''}{f'[{who}] ' if who else ''}{line.spoken}")
            print_changes(script.chapter.text, line.changes)
    for piece in script.skipped:
        print(f"    [skipped, {piece.rule}: {' '.join(piece.text.split())}]")
    print()


def print_changes(text: str, changes: Iterable[Change]) -> None:
    """Each span of a text that is said otherwise, how, and by which rule."""
    for change in changes:
        written = " ".join(text[change.start : change.end].split())
        said = f"/{change.ipa}/" if change.ipa else repr(change.spoken.strip())
        print(f"    {written!r} -> {said}  ({change.kind}, {change.rule})")


def changes_json(text: str, changes: Iterable[Change]) -> list[dict[str, Any]]:
    """The same, to read by a program."""
    return [
        {
            "text": text[change.start : change.end],
            "spoken": change.spoken,
            "class": change.kind,
            "rule": change.rule,
            "source": [change.start, change.end],
            **({"ipa": change.ipa} if change.ipa else {}),
        }
        for change in changes
    ]


def book_json(book: Book, scripts: Sequence[Script]) -> dict[str, Any]:
    """A book's scripts, and what is left out of it."""
    authors = [person.name for person in book.people if person.role == "aut"]
    return {
        "title": book.title,
        "authors": authors or ([book.author] if book.author else []),
        "language": book.language,
        "chapters": [script_json(script) for script in scripts],
        "left_out": [
            {"title": part.title, "source": part.file, "words": part.words, "why": part.left_out}
            for part in book.left_out
        ],
    }


def script_json(script: Script) -> dict[str, Any]:
    """A chapter's script with the source span of each line."""
    return {
        "number": script.chapter.number,
        "title": script.chapter.title,
        "words": script.words,
        "file": script.chapter.file,
        "language": script.chapter.language,
        "lines": [
            {"kind": "pause", "ms": line.ms, "why": line.why}
            if isinstance(line, Pause)
            else {
                "kind": "utterance",
                "text": line.text,
                "spoken": line.spoken,
                "heading": bool(line.heading),
                "source": [line.start, line.end],
                **_unusual(script, line),
            }
            for line in script.lines
        ],
        "skipped": [
            {"rule": piece.rule, "text": piece.text, "source": [piece.start, piece.end]}
            for piece in script.skipped
        ],
        "spans": [
            {"kind": span.kind, "value": span.value, "source": [span.start, span.end]}
            for span in script.chapter.spans
        ],
    }


def _unusual(script: Script, line: Utterance) -> dict[str, Any]:
    """What few lines have: other sounds than words, another voice."""
    told = {
        "respelled": line.respelled,
        "part": line.part,
        "language": line.language,
        "hints": [hint._asdict() for hint in line.hints],
        "changes": changes_json(script.chapter.text, line.changes),
    }
    return {name: value for name, value in told.items() if value}
