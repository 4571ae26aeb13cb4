"""Finished files opened with independent means: what they hold, and where they fall short.

finished.py says what a file should be, decode.py has it decoded and its loudness measured by
ffmpeg, measure.py makes figures of its samples, judge.py findings of figures.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any

from pipeline import manifest, master
from pipeline.check import decode, judge, measure, overlays
from pipeline.check.decode import Contents, Unreadable
from pipeline.check.finished import Finished, Part, about, files_of
from pipeline.check.judge import Finding, Limits
from pipeline.check.measure import Measured
from pipeline.errors import AudiobookError
from pipeline.script import check_ledger

if TYPE_CHECKING:
    from pipeline.plan import Plan


@dataclass(frozen=True, slots=True)
class Checked:
    """A chapter: its file, its figures (None where it cannot be decoded), what falls short.

    What is wrong with a file as a whole stands with its first chapter.
    """

    file: Finished
    part: Part
    measured: Measured | None
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """A book: its chapters, and what falls short beside them."""

    title: str
    folder: Path
    limits: Limits
    chapters: tuple[Checked, ...]
    findings: tuple[Finding, ...]

    @property
    def formats(self) -> tuple[str, ...]:
        """Of its files, in their order."""
        return tuple(dict.fromkeys(one.file.format for one in self.chapters))

    def title_of(self, one: Checked) -> str:
        """A chapter's title, with its format where there are several."""
        return one.part.title + (f", {one.file.format}" if len(self.formats) > 1 else "")

    @property
    def all_findings(self) -> tuple[Finding, ...]:
        """In the order of chapters, those of the book last."""
        return (*(one for found in self.chapters for one in found.findings), *self.findings)


def check(
    folder: Path, preset: str | None = None, jobs: int = 1, plan: Plan | None = None
) -> Report:
    """Open each file of a finished folder, `jobs` at once, and judge it.

    `preset` is a name of `judge.LIMITS` or a loudness in LUFS; None takes what the manifest says.
    With a plan, the files are compared with its scripts, too. Raises SourceError, ConfigError,
    OutputError.
    """
    known = about(folder)
    limits = judge.limits(preset or preset_of(known))
    files = files_of(folder, plan)
    stop = Event()
    with ThreadPoolExecutor(jobs) as pool:
        try:
            look = partial(_file, limits=limits, go_on=lambda: not stop.is_set())
            found = [one for checked in pool.map(look, files) for one in checked]
        except BaseException:
            stop.set()
            pool.shutdown(cancel_futures=True)
            raise
    book = (*_book(folder, known, files, plan), *_alike(found))
    return Report(str(known["book"].get("title", folder.name)), folder, limits, tuple(found), book)


def preset_of(known: dict[str, Any]) -> str:
    """What a manifest says that its book was mastered to."""
    wanted = known.get("master")
    name = wanted.get("name") if isinstance(wanted, dict) else None
    return name if isinstance(name, str) else master.DEFAULT


def _alike(found: list[Checked]) -> Iterator[Finding]:
    return judge.alike((one.file, one.measured) for one in found if one.measured)


def _file(file: Finished, limits: Limits, go_on: Callable[[], bool]) -> tuple[Checked, ...]:
    """One file, with all of its chapters."""
    if file.format == "epub":
        return _read_along(file, limits, go_on)
    first = [*_outside(file)]
    heard: list[Measured] = []
    if file.path.is_file():
        try:
            heard += _heard(file, go_on)
        except Unreadable as error:
            first.append(_damaged(file, f"cannot be decoded to its end ({error})"))
        first += _whole(file, heard, limits)
    return _checked(file, heard, first, limits)


def _read_along(file: Finished, limits: Limits, go_on: Callable[[], bool]) -> tuple[Checked, ...]:
    """A book with its text: each chapter's audio by itself, then the clips of all."""
    first, heard = [*_known(file)], list[Measured]()
    try:
        with overlays.opened(file.path) as found:
            for number, part in enumerate(file.parts):
                with found.audio(number) as path, decode.stream(path) as stream:
                    heard += measure.parts(stream, (replace(part, start=0),), go_on)
            first += overlays.judged(file, found, [one.seconds for one in heard])
            first += judge.length(replace(file, format="mp3"), sum(one.seconds for one in heard))
    except Unreadable as error:
        first.append(_damaged(file, f"cannot be read to its end ({error})"))
    return _checked(file, heard, first, limits)


def _checked(
    file: Finished, heard: list[Measured], first: list[Finding], limits: Limits
) -> tuple[Checked, ...]:
    """Each chapter judged, as far as it was heard; what is wrong with all is with the first."""
    checked = []
    for number, part in enumerate(file.parts):
        found = heard[number] if number < len(heard) else None
        own = judge.chapter(file, part, found, limits) if found else ()
        checked.append(Checked(file, part, found, (*(first if not number else ()), *own)))
    return tuple(checked)


def _heard(file: Finished, go_on: Callable[[], bool]) -> Iterator[Measured]:
    """The figures of each chapter; those before an error come before it."""
    with decode.stream(file.path) as stream:
        yield from measure.parts(stream, file.parts, go_on)


def _damaged(file: Finished, what: str) -> Finding:
    return Finding("file", str(file.path), what, "Build it again.")


def _known(file: Finished) -> Iterator[Finding]:
    """What the manifest tells of it."""
    if file.stale:
        what = f"not what the book says today ({file.stale})"
        yield Finding("stale", str(file.path), what, "Build the book again.")
    try:
        digest = manifest.sha256(file.path)
    except OSError as error:
        yield _damaged(file, f"cannot be read ({error.strerror})")
        return
    if digest != file.sha256:
        yield _damaged(file, "not the file of the manifest: its SHA-256 is another")


def _outside(file: Finished) -> Iterator[Finding]:
    """What can be told without decoding."""
    yield from _known(file)
    if not file.path.is_file():
        return
    try:
        contents = decode.contents(file.path)
    except Unreadable as error:
        yield _damaged(file, f"cannot be opened ({error})")
        return
    yield from _said(file, contents)


def _said(file: Finished, contents: Contents) -> Iterator[Finding]:
    yield from judge.marks(file, contents)
    yield from judge.tags(file, contents.tags)


def _whole(file: Finished, heard: list[Measured], limits: Limits) -> Iterator[Finding]:
    """What is to be said of a file once it is decoded, as far as it was."""
    if not heard:
        return
    yield from judge.length(file, sum(one.seconds for one in heard))
    rates = None
    if limits.bitrate:
        try:
            rates = decode.bitrates(file.path)
        except Unreadable as error:
            yield _damaged(file, str(error))
    yield from judge.form(file, heard, rates, limits)


def _book(
    folder: Path, known: dict[str, Any], files: tuple[Finished, ...], plan: Plan | None
) -> Iterator[Finding]:
    """The ledger, the cover, and what a build has left half made."""
    chapters = {part.number for file in files for part in file.parts}
    yield from judge.ledger(folder, known, chapters)
    yield from _scripts(folder, known, files, plan)
    kept = manifest.read(folder)
    where = str(folder / manifest.FILE)
    if kept.begun or any(folder.glob(".*.part")):
        yield Finding("file", where, "a build came to no end here", "Run it again.")
    if not kept.cover:
        yield Finding("cover", where, "no cover", "Build the book to its end.")
    else:
        picture = folder / kept.cover["file"]
        if not picture.is_file() or manifest.sha256(picture) != kept.cover["sha256"]:
            what = "not the cover of the manifest, or gone"
            yield Finding("cover", str(picture), what, "Build the book again.")


def _scripts(
    folder: Path, known: dict[str, Any], files: tuple[Finished, ...], plan: Plan | None
) -> Iterator[Finding]:
    """The scripts against their stories, and the manifest against the scripts."""
    if plan is None:
        return
    names = {file.path.name for file in files}
    for step in plan.steps:
        if step.path.name not in names:
            yield Finding("file", str(step.path), "not built yet", "Build the book.")
        try:
            check_ledger(step.script)
        except AudiobookError as error:
            yield Finding("ledger", str(step.path), str(error).rstrip("."), "Report it.")
    due = plan.about()["skipped"]
    if known.get("skipped") != due:
        what = "what is skipped is not what the script says"
        yield Finding("ledger", str(folder / manifest.FILE), what, "Build the book again.")
