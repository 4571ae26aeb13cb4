"""Figures against what they should be: findings, each in one line."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, Literal

from pipeline.check.decode import Contents, decibels
from pipeline.check.finished import Finished, Line, Part
from pipeline.check.measure import AUDIBLE_STEP, Measured, Rest
from pipeline.errors import ConfigError, did_you_mean
from pipeline.master import PRESETS
from pipeline.model import Settings
from pipeline.synthesize import plausible_seconds
from pipeline.tag import milliseconds, shortened

Kind = Literal[
    "file", "stale", "script", "duration", "lines", "loudness", "true_peak", "peak", "rms", "floor",
    "zeros", "click", "marks", "tags", "format", "room", "ledger", "cover",
]  # fmt: skip

ROUNDING = 0.05  # dB: what a figure in tenths may hide
EXACT_SECONDS = 0.005  # of files whose length is exact: WAV, FLAC, MP3 with its header of lengths
# AAC and Opus come in frames, whose padding not every decoder leaves out (ISO 14496-3; RFC 6716).
FRAME_SECONDS = {"m4b": 1024 / 22050, "m4a": 1024 / 22050, "opus": 0.020}
MARK_MS = 5
# Noise has peaks up to 13 dB over its RMS in a line's time; a book's room tone is below -50 dB.
SILENT_LINE, ROOM_TONE, PEAKS_OF_NOISE = -60.0, -50.0, 15.0
GATE_SECONDS = 0.4  # BS.1770 measures nothing shorter
CLICK_RATIO = 4.0  # see measure.NEAR_SECONDS
LATE_SECONDS = 0.25  # for one line: some begin with a breath
EARLY_SECONDS = 0.03
SHIFT_SECONDS = 0.06  # for the middle one of a chapter's
PAUSE_SECONDS = 0.25  # by which a rest may be heard longer or shorter than it was written


@dataclass(frozen=True, slots=True)
class Limits:
    """What a preset asks of each chapter; None asks nothing.

    `target` and `tolerance` in LUFS and LU, `true_peak` in dBTP, `rms`, `peak` and `floor` in dB of
    full scale, `zeros` the longest run of exact zeros, `head` and `tail` the room tone at both
    ends, all in seconds; `longest` a file's. `bitrate` and `rate` are a constant bitrate in bits a
    second and a sample rate.
    """

    name: str
    target: float | None = None
    tolerance: float = 0.5
    true_peak: float | None = None
    rms: tuple[float, float] | None = None
    peak: float | None = None
    floor: float | None = None
    zeros: float | None = 0.05
    head: tuple[float, float] | None = None
    tail: tuple[float, float] | None = None
    longest: float | None = None
    bitrate: int | None = None
    rate: int | None = None


# ACX: its audio submission requirements, help.acx.com, and the room tone at both ends.
LIMITS: Mapping[str, Limits] = {
    **{
        name: Limits(name, target=wanted.target, true_peak=wanted.peak)
        for name, wanted in PRESETS.items()
        if wanted.measure == "loudness"
    },
    "acx": Limits(
        "acx",
        rms=(-23.0, -18.0),
        peak=-3.0,
        floor=-60.0,
        head=(0.5, 1.0),
        tail=(1.0, 5.0),
        longest=120 * 60.0,
        bitrate=192_000,
        rate=44_100,
    ),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """What falls short: *where: what. hint.* `at` is a second of its chapter."""

    kind: Kind
    where: str
    what: str
    hint: str
    at: float | None = None

    def __str__(self) -> str:
        return f"{self.where}: {self.what}. {self.hint}"


def limits(name: str) -> Limits:
    """Those of a preset, or of podcasts with another target in LUFS. Raises ConfigError."""
    if name in LIMITS:
        return LIMITS[name]
    try:
        target = float(name)
    except ValueError:
        target = math.nan
    if not -40 <= target <= -5:  # also what is no number
        hint = did_you_mean(name, LIMITS) or f"Write {', '.join(LIMITS)}, or LUFS such as -18."
        raise ConfigError(f"--preset: {name!r:.40} is not known. {hint.strip()}")
    return Limits(f"{target:g} LUFS", target=target, true_peak=LIMITS["podcast"].true_peak)


def clock(seconds: float) -> str:
    """M:SS.mmm, or H:MM:SS.mmm, as a person looks for it in an editor."""
    minutes, rest = divmod(round(seconds * 1000), 60_000)
    hours, minutes = divmod(minutes, 60)
    ahead = f"{hours}:{minutes:02d}" if hours else f"{minutes}"
    return f"{ahead}:{rest / 1000:06.3f}"


def chapter(file: Finished, part: Part, found: Measured, asked: Limits) -> Iterator[Finding]:
    """All that a chapter's samples tell."""
    where = place(file, part)
    yield from _lines(where, part, found)
    yield from _spans(where, part)
    yield from _levels(where, found, asked)
    yield from _zeros(where, part, found, asked)
    yield from _clicks(where, part, found)
    yield from _room(where, found, asked)


def place(file: Finished, part: Part) -> str:
    """The file, and the chapter where it has several."""
    return f"{file.path}" if len(file.parts) == 1 else f"{file.path}: {part.title}"


def _levels(where: str, found: Measured, asked: Limits) -> Iterator[Finding]:
    hint = f"The preset {asked.name!r} asks for it; build it again, or check with another --preset."
    if asked.target is not None:
        if found.integrated is None:
            if found.seconds >= GATE_SECONDS:
                yield Finding("loudness", where, "all of it is silence", "Listen to it.")
        elif abs(found.integrated - asked.target) > asked.tolerance + ROUNDING / 10:
            what = f"{found.integrated:.1f} LUFS, not {asked.target:g}"
            yield Finding("loudness", where, what, hint)
    if asked.true_peak is not None and found.true_peak > asked.true_peak + ROUNDING:
        what = f"a true peak of {found.true_peak:.1f} dBTP, over {asked.true_peak:g}"
        yield Finding("true_peak", where, what, hint)
    if asked.peak is not None and found.peak > asked.peak:
        yield Finding("peak", where, f"a peak of {found.peak:.1f} dB, over {asked.peak:g}", hint)
    if asked.rms is not None and not asked.rms[0] <= found.rms <= asked.rms[1]:
        what = f"an RMS of {found.rms:.1f} dB, not {asked.rms[0]:g} to {asked.rms[1]:g}"
        yield Finding("rms", where, what, hint)
    if asked.floor is not None and found.floor > asked.floor:
        what = f"a noise floor of {found.floor:.1f} dB, over {asked.floor:g}"
        yield Finding("floor", where, what, hint)


def _zeros(where: str, part: Part, found: Measured, asked: Limits) -> Iterator[Finding]:
    """Digital silence: listeners take it for a dropout."""
    if asked.zeros is None:
        return
    runs = [run for run in found.zeros if run.length > asked.zeros * found.rate]
    if runs:
        worst = max(runs, key=lambda run: run.length)
        line = _line_at(part, (worst.start + worst.length // 2) / found.rate)
        at = worst.start / found.rate
        what = (
            f"{worst.length / found.rate:.2f} s of digital silence at "
            f"{clock(at)}{line}{_more(len(runs))}"
        )
        yield Finding("zeros", where, what, "Room tone belongs there; build it again.", at)


def _more(count: int) -> str:
    return f", and {count - 1} more" if count > 1 else ""


def _line_at(part: Part, seconds: float) -> str:
    """The line that is being said at a time of its chapter, as words for a message."""
    at = seconds * part.joined.rate
    number = sum(line.start <= at for line in part.lines)
    if not number:
        return " (before line 1)"
    return f" (line {number}{_quoted(part.lines[number - 1])})"


def _quoted(line: Line) -> str:
    text = line.text if len(line.text) <= 40 else f"{line.text[:37]}..."
    return f" {text!r}" if text else ""


def _clicks(where: str, part: Part, found: Measured) -> Iterator[Finding]:
    clicks = [one for one in found.rests if is_click(one)]
    if clicks:
        worst = max(clicks, key=lambda one: one.step)
        at = worst.step_at / found.rate
        what = (
            f"a click at {clock(at)}{_line_at(part, worst.at / found.rate)}: one step of "
            f"{worst.step:.3f}, {worst.ratio:.0f} times any beside it{_more(len(clicks))}"
        )
        yield Finding("click", where, what, "The edges of its clips should be faded.", at)


def is_click(one: Rest) -> bool:
    """A single step that can be heard, and that stands alone among much smaller ones."""
    return one.step >= AUDIBLE_STEP and one.ratio > CLICK_RATIO


def _room(where: str, found: Measured, asked: Limits) -> Iterator[Finding]:
    """The room tone before the first sound and behind the last."""
    for name, bounds, seconds in (
        ("head", asked.head, found.head),
        ("tail", asked.tail, found.tail),
    ):
        # 20 ms are the guards that trimming leaves, and the grain of the search for sound.
        if bounds and not bounds[0] - 0.02 <= seconds <= bounds[1] + 0.02:
            what = f"a {name} of {seconds:.2f} s, not {bounds[0]:g} to {bounds[1]:g}"
            yield Finding("room", where, what, "Set chapter_start and chapter_end in [pace].")


def _lines(where: str, part: Part, found: Measured) -> Iterator[Finding]:
    """Each line is heard, and where the manifest says."""
    again = "The file is not of this manifest; build it again."
    room = found.floor + PEAKS_OF_NOISE if found.floor < ROOM_TONE else SILENT_LINE
    for number, (line, peak) in enumerate(zip(part.lines, found.lines, strict=True), 1):
        if decibels(peak) < max(SILENT_LINE, room):
            what = f"nothing is heard of line {number}{_quoted(line)}"
            yield Finding("lines", where, what, "Build it again.")
            return
    offsets = onsets(found)
    if 2 * len(offsets) < len(part.lines):
        what = f"{len(part.lines) - len(offsets)} of {len(part.lines)} lines start elsewhere"
        yield Finding("lines", where, what, again)
    elif offsets and abs(middle := median(offset for _, offset in offsets)) > SHIFT_SECONDS:
        yield Finding("lines", where, f"its lines start {_told(middle)} than they should", again)
    elif offsets:
        number, worst = max(offsets, key=lambda one: abs(one[1]))
        if not -EARLY_SECONDS <= worst <= LATE_SECONDS:
            name = f"line {number}{_quoted(part.lines[number - 1])}"
            what = f"{name} starts {_told(worst)} than it should"
            yield Finding("lines", where, what, again)
    yield from _pauses(where, part, found)


def _told(seconds: float) -> str:
    return f"{abs(seconds) * 1000:.0f} ms {'later' if seconds > 0 else 'earlier'}"


def onsets(found: Measured) -> list[tuple[int, float]]:
    """Number of each line whose start can be heard, and by how many seconds it is late."""
    heard = enumerate(found.rests[: len(found.lines)], 1)
    return [(n, (one.onset - one.at) / found.rate) for n, one in heard if one.onset is not None]


def pauses(part: Part, found: Measured) -> list[tuple[int, float]]:
    """Number of each line, and by how many seconds the rest behind it is longer than written."""
    return [
        (number, (after.onset - after.end) / found.rate - line.rest / 1000)
        for number, (line, after) in enumerate(zip(part.lines, found.rests[1:], strict=False), 1)
        if line.text and line.rest and after.end is not None and after.onset is not None
    ]


def _pauses(where: str, part: Part, found: Measured) -> Iterator[Finding]:
    heard = pauses(part, found)
    if heard:
        number, worst = max(heard, key=lambda one: abs(one[1]))
        if abs(worst) > PAUSE_SECONDS:
            longer = "longer" if worst > 0 else "shorter"
            what = f"the rest behind line {number} is {abs(worst):.2f} s {longer} than written"
            yield Finding("lines", where, what, "Listen to it; build it again.")


def _spans(where: str, part: Part) -> Iterator[Finding]:
    """The manifest's starts against the length of the chapter, and against the script."""
    if part.script_lines is not None and part.script_lines != len(part.lines):
        what = f"{len(part.lines)} lines, but its script has {part.script_lines}"
        yield Finding("script", where, what, "Build it again.")
    starts = [line.start for line in part.lines]
    ends = [*starts[1:], part.joined.samples]
    for number, (line, end) in enumerate(zip(part.lines, ends, strict=True), 1):
        seconds = (end - line.start) / part.joined.rate
        if seconds <= 0 or line.start < 0:
            what = f"line {number} starts at or behind its end, {clock(end / part.joined.rate)}"
            yield Finding("lines", where, what, "The manifest is damaged; build it again.")
            return
        if line.text:
            least, most = plausible_seconds(line.text, Settings(rate=line.pace))
            said = seconds - line.rest / 1000
            if not least <= said <= most:
                what = (
                    f"line {number}{_quoted(line)} takes {said:.2f} s, "
                    f"{least:.2f} to {most:.2f} would be plausible"
                )
                yield Finding("duration", where, what, "Build it again; try another voice.")
                return


def length(file: Finished, seconds: float) -> Iterator[Finding]:
    """The decoded length of a whole file."""
    due = file.samples / file.rate
    if abs(seconds - due) > FRAME_SECONDS.get(file.format, EXACT_SECONDS):
        what = f"{clock(seconds)} of audio, not {clock(due)} as the manifest says"
        hint = "It was cut or changed; build it again."
        yield Finding("duration", str(file.path), what, hint)


def marks(file: Finished, found: Contents) -> Iterator[Finding]:
    """The file's chapters, in the order in which they lie there, against the manifest's marks."""
    where, hint = str(file.path), "Its tags were changed; build it again."
    due = [(shortened(m.title), milliseconds(m.start, file.rate)) for m in file.marks]
    if len(due) != len(found.titles):
        what = f"{len(found.titles)} chapter marks, not {len(due)}"
        yield Finding("marks", where, what, hint)
        return
    for number, ((title, at), name, start) in enumerate(
        zip(due, found.titles, found.starts_ms, strict=True), 1
    ):
        if name != title:
            yield Finding("marks", where, f"mark {number} is {name!r:.130}, not {title!r}", hint)
        if abs(start - at) > MARK_MS:
            what = f"mark {number} is at {clock(start / 1000)}, not {clock(at / 1000)}"
            yield Finding("marks", where, what, hint)
    wrong = sum(b <= a for a, b in zip(found.starts_ms, found.starts_ms[1:], strict=False))
    if wrong:
        yield Finding("marks", where, f"{wrong} marks do not come after the one before", hint)


def tags(file: Finished, found: Mapping[str, str]) -> Iterator[Finding]:
    """Each tag that is expected is there, and says just that."""
    for name, value in file.tags.items():
        known = found.get(name)
        if known is None:
            yield Finding(
                "tags", str(file.path), f"no {name}, not {value!r:.130}", "Build it again."
            )
        elif known != value:
            what = f"its {name} is {known!r:.130}, not {value!r:.130}"
            yield Finding("tags", str(file.path), what, "Build it again.")


def form(
    file: Finished, heard: Sequence[Measured], rates: tuple[float, float] | None, asked: Limits
) -> Iterator[Finding]:
    """What a preset asks of a file itself. `rates` are the least and most bits a second."""
    where, hint = str(file.path), f"The preset {asked.name!r} asks for it; build it with that."
    seconds = sum(one.seconds for one in heard)
    if asked.longest and seconds >= asked.longest:
        what = f"{seconds / 60:.0f} minutes, not under {asked.longest / 60:.0f}"
        yield Finding("format", where, what, "Cut the chapter in two.")
    if asked.rate and heard[0].rate != asked.rate:
        yield Finding("format", where, f"{heard[0].rate} Hz, not {asked.rate}", hint)
    if asked.bitrate and rates:
        # Frames are whole bytes, and the first may be all header.
        off = max(abs(rate / asked.bitrate - 1) for rate in rates)
        if off > 0.01:
            told = " to ".join(dict.fromkeys(f"{rate / 1000:.0f}" for rate in rates))
            what = f"{told} kb/s, not a constant {asked.bitrate // 1000}"
            yield Finding("format", where, what, hint)


def alike(files: Iterable[tuple[Finished, Measured]]) -> Iterator[Finding]:
    """All files of a book have as many channels as its first."""
    first: Measured | None = None
    for file, found in files:
        first = first or found
        if found.channels != first.channels:
            what = f"{found.channels} channels, others have {first.channels}"
            yield Finding("format", str(file.path), what, "Build all of them alike.")


def ledger(folder: Path, about: Mapping[str, Any], chapters: set[int]) -> Iterator[Finding]:
    """The manifest's account of what is not spoken: chapter, rule, text and place of each piece."""
    where, hint = str(folder / "manifest.json"), "Build the book again."
    skipped = about.get("skipped")
    if not isinstance(skipped, list):
        yield Finding("ledger", where, "no list of what is skipped", hint)
        return
    bad = [number for number, piece in enumerate(skipped, 1) if not _is_piece(piece, chapters)]
    if bad:
        what = f"entry {bad[0]} of what is skipped is damaged{_more(len(bad))}"
        yield Finding("ledger", where, what, hint)


def _is_piece(piece: Any, chapters: set[int]) -> bool:
    match piece:
        case {
            "chapter": int(number),
            "rule": str(rule),
            "text": str(),
            "source": [int(start), int(end)],
        }:
            return number in chapters and bool(rule) and 0 <= start <= end
    return False
