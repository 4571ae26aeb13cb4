"""Finished files, judged: the intact one passes, and what is broken on purpose is found."""

from __future__ import annotations

import hashlib
import json
import math
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import numpy as np
import pytest

from pipeline import tag
from pipeline.check import Report, check, decode, judge, measure
from pipeline.check.decode import Contents, Meter, Unreadable
from pipeline.check.finished import Finished, Line, Part, expected_tags, opened
from pipeline.errors import ConfigError, SourceError
from pipeline.model import Joined, Mark
from pipeline.plan import plan
from pipeline.read import read
from pipeline.store import Store
from pipeline.voices.profiles import read_voice
from tests.conftest import ffmpeg, run
from tests.test_plan import build_all, planned

RATE = 22050
LAME_SCALE = 0.95  # LAME makes all that it gets this much quieter
Samples = measure.Samples
Change = Callable[[Samples], Samples]
STORY = (
    "It begins here.\n\nThe First Part of It\n\nOne went up. Two came down.\n\n"
    "The Other\n\nIt ends."
)


def tone(seconds: float, peak: float = 0.25, hertz: float = 300, rate: int = RATE) -> Samples:
    return peak * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate)


def noise(count: int, rms: float) -> Samples:
    """Room tone, the same every time."""
    return np.random.default_rng(1979).normal(0, 10 ** (rms / 20), count)


def heard(path: Path) -> Samples:
    return np.frombuffer(ffmpeg("-i", str(path), "-map", "0:a", "-f", "f32le", "-"), "<f4")


def encoded(samples: Samples, *options: str, rate: int = RATE, to: str = "mp3") -> bytes:
    """Samples, or a column a channel, through the encoder that the options name."""
    channels = 1 if samples.ndim == 1 else samples.shape[1]
    raw = ["-f", "f32le", "-ar", str(rate), "-ac", str(channels), "-i", "-"]
    bare = ["-id3v2_version", "0", "-bitexact"] if to == "mp3" else []
    with tempfile.TemporaryDirectory() as folder:  # a pipe would get no header of lengths
        path = Path(folder, f"audio.{to}")
        command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", *raw, *options, *bare, str(path)]
        scale = LAME_SCALE if to == "mp3" else 1
        data = (samples / scale).astype("<f4").tobytes()
        subprocess.run(command, input=data, capture_output=True, check=True)
        return path.read_bytes()


def manifest(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "manifest.json").read_text())
    return found


def write_manifest(folder: Path, found: dict[str, Any]) -> None:
    (folder / "manifest.json").write_text(json.dumps(found))


def signed(folder: Path) -> None:
    """The manifest gets the digests of the files as they are now."""
    found = manifest(folder)
    for track in found["tracks"]:
        data = (folder / track["file"]).read_bytes()
        track["sha256"] = hashlib.sha256(data).hexdigest()
    write_manifest(folder, found)


def remake(path: Path, change: Change) -> None:
    """The same tag before other audio, and a manifest that knows of it."""
    path.write_bytes(head_of(path) + encoded(change(heard(path)), "-b:a", "128k"))
    signed(path.parent)


def head_of(path: Path) -> bytes:
    """The tag that stands before the audio."""
    with path.open("rb") as file:
        return path.read_bytes()[: tag.tag_size(file)]


def master(samples: Samples) -> Samples:
    """Room tone, then -19 LUFS for all of it."""
    samples = samples + noise(len(samples), -62)
    with Meter(RATE, 1) as meter:
        meter.add(samples.astype(">f4").tobytes())
        loudness = meter.result().integrated
    assert loudness is not None
    return samples * 10 ** ((-19 - loudness) / 20)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with a finished book of two stories that lacks nothing."""
    root = tmp_path_factory.mktemp("made")
    stories = root / "stories"
    stories.mkdir()
    (stories / "1_the-sea.txt").write_text(STORY)
    (stories / "2_the-hill.txt").write_text("The hill was steep.\n\nThey climbed it anyway.\n")
    voice = read_voice("tone:")
    build_all(plan(read(stories), voice, root / "out", Store(root / "out" / ".store")))
    for path in (root / "out" / "Stories").glob("*.mp3"):
        remake(path, master)
    return root


@pytest.fixture
def book(made: Path, project: Path) -> Path:
    """A copy of that book, to be broken."""
    shutil.copytree(made, project, dirs_exist_ok=True)
    return Path("out/Stories")


def first(folder: Path) -> Path:
    return folder / "01 The sea.mp3"


def kinds(report: Report) -> set[str]:
    return {finding.kind for finding in report.all_findings}


def starts(folder: Path) -> list[int]:
    """Of the first chapter's lines, in samples."""
    return [start for start, _ in manifest(folder)["tracks"][0]["lines"]]


def test_a_finished_book_passes(book: Path) -> None:
    report = check(book, jobs=2)
    assert [str(finding) for finding in report.all_findings] == []
    assert (report.title, report.limits.name) == ("Stories", "podcast")
    for chapter in report.chapters:
        found = chapter.measured
        assert found
        assert found.frames == chapter.part.joined.samples
        assert found.integrated == pytest.approx(-19, abs=0.3)
        assert max(abs(offset) for _, offset in judge.onsets(found)) < 0.005
        assert found.head == pytest.approx(0.5, abs=0.01)
        assert found.tail == pytest.approx(2.0, abs=0.01)


def silence_inserted(samples: Samples) -> Samples:
    return np.insert(samples, RATE, np.zeros(RATE))


def dropout(samples: Samples) -> Samples:
    samples = samples.copy()
    samples[2 * RATE : 2 * RATE + RATE // 4] = 0
    return samples


AUDIO: dict[str, tuple[Change, set[str]]] = {
    "louder": (lambda samples: samples * 1.5, {"loudness"}),
    "much louder": (lambda samples: samples * 12, {"loudness", "true_peak"}),
    "quieter": (lambda samples: samples / 1.5, {"loudness"}),
    "cut at its end": (lambda samples: samples[:-RATE], {"duration"}),
    "longer": (lambda samples: np.append(samples, noise(RATE, -66)), {"duration"}),
    "silence inserted": (silence_inserted, {"duration", "lines", "zeros"}),
    "a dropout": (dropout, {"zeros"}),
    "a bit late": (lambda samples: np.roll(samples, RATE // 10), {"lines"}),
    "a bit early": (lambda samples: np.roll(samples, -RATE // 10), {"lines"}),
    "nothing but room tone": (
        lambda samples: noise(len(samples), -66),
        {"lines", "loudness"},
    ),
}


@pytest.mark.parametrize("name", AUDIO)
def test_audio_that_falls_short(book: Path, name: str) -> None:
    change, expected = AUDIO[name]
    remake(first(book), change)
    report = check(book)
    assert kinds(report) == expected
    assert not report.chapters[1].findings


def test_digital_silence_and_clicks_are_told_with_their_place(book: Path) -> None:
    remake(first(book), dropout)
    (finding,) = check(book).all_findings
    assert re.search(r"0\.2\d s of digital silence at 0:02\.0\d\d \(line \d\)", str(finding))
    assert finding.at == pytest.approx(2.0, abs=0.02)


def test_a_silent_line(book: Path) -> None:
    (start, end) = starts(book)[1:3]

    def without(samples: Samples) -> Samples:
        samples = samples.copy()
        samples[start - 50 : end - 50] = noise(end - start, -66)
        return samples

    remake(first(book), without)
    report = check(book)
    assert any("nothing is heard of line 2" in finding.what for finding in report.all_findings)


@pytest.mark.parametrize("where", ["start", "end"])
@pytest.mark.parametrize("size", [0.06, -0.3])
def test_a_click_at_a_join(book: Path, where: str, size: float) -> None:
    """One step of the samples, which then lead back as slowly as a loudspeaker would."""
    report = check(book)
    rests = report.chapters[0].measured.rests  # type: ignore[union-attr]
    at = rests[2].at - 60 if where == "start" else (rests[2].end or 0) + 300

    def clicked(samples: Samples) -> Samples:
        samples = samples.copy()
        samples[at : at + RATE // 10] += size * np.exp(-np.arange(RATE // 10) / 60)
        return samples

    remake(first(book), clicked)
    found = [one for one in check(book).all_findings if one.kind == "click"]
    assert len(found) == 1
    assert found[0].at == pytest.approx(at / RATE, abs=0.002)


def test_joins_of_speech_are_no_clicks(stories: Path) -> None:
    build_all(planned(stories, read_voice("en-us")))
    report = check(Path("out/Stories"))
    joins = [one for c in report.chapters if c.measured for one in c.measured.rests]
    assert len(joins) == 6
    assert not any(map(judge.is_click, joins))
    assert not kinds(report) & {"lines", "duration", "marks", "tags", "file"}


def test_a_wave_that_is_cut_without_fades_clicks() -> None:
    wave, rest = tone(0.4), np.zeros(RATE // 4)
    cut = wave[: -RATE // 1200]  # at a crest
    faded = cut.copy()
    faded[-110:] *= np.linspace(1, 0, 110)
    for end, clicks in ((cut, True), (faded, False)):
        joined = np.concatenate([end, rest, wave])
        found = measure.rest(joined, len(end) + len(rest), RATE)
        assert found.end == pytest.approx(len(end), abs=RATE // 500)
        assert judge.is_click(found) is clicks


def test_a_file_that_is_cut_short(book: Path) -> None:
    data = first(book).read_bytes()
    first(book).write_bytes(data[: len(data) - 9000])
    assert kinds(check(book)) >= {"file", "duration"}


def test_a_file_that_is_gone(book: Path) -> None:
    first(book).unlink()
    (finding,) = check(book).all_findings
    assert str(finding).startswith(f"{first(book)}: cannot be read (No such file")


@pytest.mark.parametrize("data", [b"", b"garbage" * 5000, b"#EXTM3U\nhttp://127.0.0.1:9/x.mp3\n"])
def test_garbage_in_place_of_a_file(book: Path, data: bytes) -> None:
    first(book).write_bytes(data)
    report = check(book)
    assert kinds(report) == {"file"}
    assert report.chapters[0].measured is None
    assert not report.chapters[1].findings


def test_files_that_are_swapped(book: Path) -> None:
    other = book / "02 The hill.mp3"
    one, two = first(book).read_bytes(), other.read_bytes()
    first(book).write_bytes(two)
    other.write_bytes(one)
    report = check(book)
    for chapter in report.chapters:
        found = {finding.kind for finding in chapter.findings}
        assert found >= {"file", "duration", "marks", "tags"}


def retagged(path: Path, change: Callable[[tag.OrderedID3], None]) -> None:
    id3 = tag.OrderedID3(path)
    change(id3)
    id3.save(path, v2_version=3)
    signed(path.parent)


@pytest.mark.parametrize("frame", ["TIT2", "TALB", "TRCK", "TCON", "TLAN"])
def test_a_tag_that_is_gone_or_wrong(book: Path, frame: str) -> None:
    def other(id3: tag.OrderedID3) -> None:
        id3[frame].text = ["9/9" if frame == "TRCK" else "deu"]

    retagged(first(book), other)
    assert kinds(check(book)) == {"tags"}
    retagged(first(book), lambda id3: id3.delall(frame))
    (finding,) = check(book).all_findings
    assert re.fullmatch(r".*01 The sea\.mp3: no [a-z_]+, not '.*'\. Build it again\.", str(finding))


def test_chapter_marks_that_are_moved_renamed_or_gone(book: Path) -> None:
    def moved(id3: tag.OrderedID3) -> None:
        id3["CHAP:ch0001"].start_time += 20

    def renamed(id3: tag.OrderedID3) -> None:
        id3["CHAP:ch0001"].sub_frames["TIT2"].text = ["Another"]

    def gone(id3: tag.OrderedID3) -> None:
        del id3["CHAP:ch0001"]

    whole = first(book).read_bytes()
    for change, what in ((moved, "is at"), (renamed, "is 'Another'"), (gone, "2 chapter marks")):
        first(book).write_bytes(whole)
        retagged(first(book), change)
        (finding,) = check(book).all_findings
        assert (finding.kind, what in finding.what) == ("marks", True)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"schema": 1}', "\xff" * 9, "[" * 99_999])
def test_a_manifest_that_is_damaged(book: Path, text: str) -> None:
    (book / "manifest.json").write_text(text, encoding="latin-1")
    with pytest.raises(SourceError, match=r"manifest\.json: .*\. Build the book again\."):
        check(book)


def test_a_manifest_whose_lines_cannot_be(book: Path) -> None:
    whole = manifest(book)
    for lines in ([9, 5, 7], [-5, 1, 2], [0, 1, 10**9], [10**9]):
        track = whole["tracks"][0]
        track["lines"] = [[start, "00000000"] for start in lines]
        track.pop("words", None)
        write_manifest(book, whole)
        assert "lines" in kinds(check(book))


@pytest.mark.parametrize(
    "skipped",
    [None, {}, [7], [{"chapter": 1}],
     [{"chapter": 9, "rule": "a", "text": "b", "source": [0, 1]}],
     [{"chapter": 1, "rule": "", "text": "b", "source": [0, 1]}],
     [{"chapter": 1, "rule": "a", "text": "b", "source": [2, 1]}]],
)  # fmt: skip
def test_a_ledger_that_is_damaged(book: Path, skipped: Any) -> None:
    write_manifest(book, {**manifest(book), "skipped": skipped})
    assert kinds(check(book)) == {"ledger"}


def test_a_ledger_with_a_piece(book: Path) -> None:
    piece = {"chapter": 1, "rule": "page", "text": "12", "source": [4, 6]}
    write_manifest(book, {**manifest(book), "skipped": [piece]})
    assert kinds(check(book)) == set()


def test_a_cover_that_is_another_and_a_build_that_was_killed(book: Path) -> None:
    (book / "cover.jpg").write_bytes(b"no picture")
    (book / ".01 The sea.mp3.part").write_bytes(b"")
    assert kinds(check(book)) == {"cover", "file"}


def test_a_source_is_checked_against_its_script(book: Path) -> None:
    """What was mastered by hand is not what a build made, and is told to be."""
    report = check(book, plan=planned(Path("stories")))
    assert kinds(report) == set()
    (lines, pauses) = (
        report.chapters[0].part.lines,
        judge.pauses(
            report.chapters[0].part,
            report.chapters[0].measured,  # type: ignore[arg-type]
        ),
    )
    assert [line.text for line in lines][:2] == ["It begins here.", "The First Part of It"]
    assert len(pauses) == len(lines) - 1
    assert max(abs(longer) for _, longer in pauses) < 0.01
    Path("stories/2_the-hill.txt").write_text("Another hill.\n")
    report = check(book, plan=planned(Path("stories")))
    assert {"stale", "script"} <= kinds(report)
    assert not report.chapters[0].findings


def test_a_line_too_short_for_its_text() -> None:
    lines = (Line(0, "Much too long a text for so short a time.", 175), Line(4410, "Yes.", 175))
    part = Part(1, "One", 0, Joined(RATE, 9 * RATE, (0, 4410)), (), lines, 2)
    found = list(judge._spans("one.mp3", part))
    assert [finding.kind for finding in found] == ["duration"]
    assert "takes 0.20 s" in found[0].what


def test_two_files_with_unlike_channels(book: Path) -> None:
    path = first(book)
    both = np.stack([heard(path)] * 2, axis=1)
    path.write_bytes(head_of(path) + encoded(both, "-b:a", "128k"))
    signed(book)
    assert "1 channels, others have 2" in " ".join(map(str, check(book).all_findings))


# What ACX Check shows.


def test_acx_check_of_a_tone_over_room_tone() -> None:
    rate = 44100
    speech = tone(3, peak=0.15, rate=rate)
    audio = np.concatenate([speech, noise(rate, -70), speech])[:, None]
    found = measure.acx_check(audio, rate)
    assert found.peak == pytest.approx(20 * math.log10(0.15), abs=0.01)
    assert found.rms == pytest.approx(20 * math.log10(0.15 / 2**0.5 * (6 / 7) ** 0.5), abs=0.01)
    assert found.floor == pytest.approx(-70, abs=0.2)
    assert found.passes
    for worse in (audio * 0.7, audio * 1.6, audio + tone(7, 0.005, 90, rate)[:, None]):
        assert not measure.acx_check(worse, rate).passes
    loud = audio.copy()
    loud[5] = 0.8
    assert not measure.acx_check(loud, rate).passes


def test_acx_check_of_next_to_nothing() -> None:
    silent = measure.acx_check(np.zeros((RATE, 1)), RATE)
    assert (silent.peak, silent.rms, silent.floor) == (-math.inf,) * 3
    short = measure.acx_check(tone(0.3)[:, None], RATE)
    assert short.floor == short.rms == pytest.approx(-15.05, abs=0.1)
    assert not measure.acx_check(np.zeros((0, 1)), RATE).passes


def test_the_preset_acx_asks_for_the_files_form(tmp_path: Path) -> None:
    audio = tone(20, 0.15, rate=44100)
    asked = judge.LIMITS["acx"]
    for options, rate, expected in (
        (("-b:a", "192k"), 44100, []),
        (("-b:a", "128k"), 44100, ["128 kb/s, not a constant 192"]),
        (("-q:a", "4"), 44100, ["kb/s, not a constant 192"]),
        (("-b:a", "160k"), 24000, ["24000 Hz, not 44100", "160 kb/s, not a constant 192"]),
    ):
        path = tmp_path / "one.mp3"
        path.write_bytes(encoded(audio, *options, rate=rate))
        file = finished_of(path, len(audio), rate)
        with decode.stream(path) as stream:
            measured = list(measure.parts(stream, file.parts))
        found = [str(f) for f in judge.form(file, measured, decode.bitrates(path), asked)]
        assert len(found) == len(expected)
        assert all(part in line for part, line in zip(expected, found, strict=True))


def finished_of(
    path: Path, samples: int, rate: int = RATE, lines: tuple[int, ...] = (0,)
) -> Finished:
    joined = Joined(rate, samples, lines)
    part = Part(1, "One", 0, joined, (), tuple(map(Line, lines)))
    return Finished(path, path.suffix[1:], "", {}, (part,))


def judged(
    samples: Samples, preset: str, tmp_path: Path, rate: int = RATE, line: int = 0
) -> set[str]:
    """What is found of samples in a WAV, whose one line starts there."""
    path = tmp_path / "one.wav"
    path.write_bytes(encoded(samples, "-c:a", "pcm_s16le", rate=rate, to="wav"))
    file = finished_of(path, len(samples), rate, (line,))
    with decode.stream(path) as stream:
        (found,) = measure.parts(stream, file.parts)
    return {one.kind for one in judge.chapter(file, file.parts[0], found, judge.limits(preset))}


def test_loudness_of_each_preset(tmp_path: Path) -> None:
    """A sine of 1 kHz with a peak of -16 dB is -19 LUFS in one channel (EBU Tech 3341)."""
    sine = tone(5, 10 ** (-16 / 20), 997, 48000)
    assert judged(sine, "podcast", tmp_path, 48000) == set()
    assert judged(sine, "-19.4", tmp_path, 48000) == set()
    assert judged(sine, "-20", tmp_path, 48000) == {"loudness"}
    assert judged(sine, "stereo", tmp_path, 48000) == {"loudness"}
    both = np.stack([sine, sine], axis=1)
    assert judged(both, "stereo", tmp_path, 48000) == set()
    assert judged(sine, "acx", tmp_path, 48000) == {"floor", "room"}


def test_what_acx_takes_and_what_not(tmp_path: Path) -> None:
    rate = 44100
    speech = np.concatenate([tone(4, 0.17, rate=rate), np.zeros(rate), tone(4, 0.17, rate=rate)])
    whole = np.concatenate([np.zeros(round(0.7 * rate)), speech, np.zeros(2 * rate)])
    room = noise(len(whole), -75)
    start = round(0.7 * rate)

    def found(samples: Samples, line: int = start) -> set[str]:
        return judged(samples, "acx", tmp_path, rate, line)

    assert found(whole + room) == set()
    assert found(whole) == {"zeros"}
    assert found(whole / 2 + room) == {"rms"}
    assert found(whole + noise(len(whole), -58)) == {"floor"}
    assert found((whole + room)[: -rate - 9000]) == {"room"}
    assert found((whole + room)[rate // 2 :], round(0.2 * rate)) == {"room"}
    loud = whole + room
    loud[rate : rate + 40] *= 5
    assert "peak" in found(loud)


def test_true_peaks_lie_between_samples(tmp_path: Path) -> None:
    """A quarter of the rate, 45 degrees off: samples show 3 dB less than there is."""
    at = np.arange(5 * 48000)
    sine = 10 ** (0.5 / 20) * np.sin(np.pi / 2 * at + np.pi / 4)
    assert np.abs(sine).max() < 0.75
    assert "true_peak" in judged(sine, "podcast", tmp_path, 48000)


def test_silence_and_next_to_nothing(tmp_path: Path) -> None:
    assert judged(np.zeros(5 * RATE), "podcast", tmp_path) == {"loudness", "lines", "zeros"}
    assert judged(tone(0.3), "podcast", tmp_path) == set()
    assert judged(tone(0.002), "podcast", tmp_path) == set()


def test_the_meter_says_what_ffmpeg_says() -> None:
    rng = np.random.default_rng(5)
    audio = np.concatenate([rng.normal(0, level, RATE * 2) for level in (0.3, 0.01, 0.1)])
    data = audio.astype(">f4").tobytes()
    with Meter(RATE, 1) as meter:
        for at in range(0, len(data), 40_004):
            meter.add(data[at : at + 40_004])
        found = meter.result()
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-nostats", "-f", "f32be", "-ar"]
    command += [str(RATE), "-ac", "1", "-i", "-", "-af", "ebur128=peak=true", "-f", "null", "-"]
    told = subprocess.run(command, input=data, capture_output=True, check=True).stderr.decode()
    summary = told.partition("Summary:")[2]
    assert found.integrated is not None
    assert f"I:{found.integrated:14.1f} LUFS" in summary
    assert f"Peak:{found.true_peak:11.1f} dBFS" in summary
    assert len(found.short_term) == 6


def test_figures_do_not_depend_on_how_samples_come() -> None:
    rng = np.random.default_rng(3)
    audio = rng.normal(0, 0.1, RATE * 3)
    audio[1000:9000] = audio[20_000:50_000] = audio[-3000:] = 0
    audio = audio[:, None]

    def figures(size: int) -> tuple[Any, ...]:
        levels = measure.Levels(RATE, [0, 9000, 30_000], 777)
        rests = measure.Rests(RATE, [0, 9000, 30_000])
        for at in range(0, len(audio), size):
            levels.add(audio[at : at + size])
            rests.add(audio[at : at + size, 0])
        runs = levels._zeros.result()
        low = tuple(zip(levels._low, levels._high, strict=True))
        return (round(levels.rms, 9), levels.peak, round(levels.floor, 6), runs, low,
                rests.result(), levels._lines.tolist())  # fmt: skip

    whole = figures(len(audio))
    assert [(run.start, run.length) for run in whole[3]] == [
        (1000, 8000),
        (20_000, 30_000),
        (len(audio) - 3000, 3000),
    ]
    assert len(whole[4]) == math.ceil(len(audio) / 777)
    assert all(figures(size) == whole for size in (1, 500, 777, 1000, 4096, 65_536)[1:])


# Files with several chapters, and formats to come.


def test_each_chapter_of_one_file_has_its_own_figures(tmp_path: Path) -> None:
    sounds = [tone(4, 0.2), tone(6, 0.05), tone(3, 0.1)]
    path = tmp_path / "book.flac"
    path.write_bytes(encoded(np.concatenate(sounds), to="flac"))
    parts, at = [], 0
    for number, sound in enumerate(sounds, 1):
        joined = Joined(RATE, len(sound), (0,))
        parts.append(Part(number, f"Chapter {number}", at, joined, (), (Line(0),)))
        at += len(sound)
    file = Finished(path, "flac", "", {}, tuple(parts))
    with decode.stream(path) as stream:
        found = list(measure.parts(stream, file.parts))
    assert [one.frames for one in found] == [len(sound) for sound in sounds]
    assert [round(one.peak, 1) for one in found] == [-14.0, -26.0, -20.0]
    assert file.marks == (
        Mark("Chapter 1", 0),
        Mark("Chapter 2", 4 * RATE),
        Mark("Chapter 3", 10 * RATE),
    )
    assert not list(judge.length(file, sum(one.seconds for one in found)))


TITLES = ["One", "= ; # \\ end", "two\nlines", "🚢 كتاب", "x" * 120]


@pytest.mark.parametrize("suffix", ["m4b", "mp3", "opus"])
def test_chapters_of_any_title_are_read_as_they_are(suffix: str, tmp_path: Path) -> None:
    """In file order, and at their own times, though an MP3 says that it starts 50 ms late."""
    sounds, about = tmp_path / "sound.wav", tmp_path / "about.txt"
    sounds.write_bytes(encoded(tone(9), to="wav"))
    text = ";FFMETADATA1\nalbum=A\\=B\n"
    for number, title in enumerate(TITLES):
        escaped = re.sub(r"([=;#\\\n])", r"\\\1", title)
        text += f"[CHAPTER]\nTIMEBASE=1/1000\nSTART={number * 1000}\nEND={number * 1000 + 1000}\n"
        text += f"title={escaped}\n"
    about.write_text(text, encoding="utf-8")
    path = tmp_path / f"book.{suffix}"
    kind = ["-f", "ipod"] if suffix == "m4b" else []
    ffmpeg("-i", str(sounds), "-i", str(about), "-map", "0:a", "-map_metadata", "1",
           "-map_chapters", "1", *kind, str(path))  # fmt: skip
    found = decode.contents(path)
    assert found.titles == tuple(TITLES)
    assert found.starts_ms == tuple(number * 1000 for number in range(len(TITLES)))
    assert found.tags["album"] == "A=B"
    with decode.stream(path) as stream:
        rate = stream.rate
        frames = 0
        while data := stream.read(1000):
            frames += len(data) // 4
    assert rate == (48000 if suffix == "opus" else RATE)
    file = finished_of(path, 9 * RATE)
    assert not list(judge.length(file, frames / rate))


def test_a_title_that_ends_with_a_backslash() -> None:
    text = "a=b\n[CHAPTER]\nSTART=5000000\nEND=9\ntitle=x\\\\\n[CHAPTER]\nTIMEBASE=1/48000\n"
    found = decode._contents("mp3", f"{text}START=48000\nEND=0\n[STREAM]\nA=c\nTITLE=t\n")
    assert (found.titles, found.starts_ms) == (("x\\", ""), (5, 1000))
    assert found.tags == {"a": "b", "title": "t"}


def test_marks_in_the_wrong_order() -> None:
    marks = (Mark("A", 0), Mark("B", 0))
    part = Part(1, "One", 0, Joined(RATE, RATE, ()), marks, ())
    file = Finished(Path("a.mp3"), "mp3", "", {}, (part,))
    found = list(judge.marks(file, Contents("mp3", {}, ("A", "B"), (0, 0), (9, 9))))
    assert [finding.what for finding in found] == ["1 marks do not come after the one before"]


def test_a_file_is_only_ever_a_file(tmp_path: Path) -> None:
    (tmp_path / "list.mp3").write_text("ffconcat version 1.0\nfile http://127.0.0.1:9/a.mp3\n")
    with pytest.raises(Unreadable):
        decode.contents(tmp_path / "list.mp3")


def test_times_as_an_editor_shows_them() -> None:
    assert [judge.clock(at) for at in (0, 59.9996, 61.5, 3600)] == [
        "0:00.000",
        "1:00.000",
        "1:01.500",
        "1:00:00.000",
    ]


def test_samples_that_are_no_numbers() -> None:
    data = np.array([math.nan, math.inf, -math.inf, 0.5], ">f4").tobytes()
    found = measure.samples(data, 1)
    assert np.isfinite(found).all()
    assert found[3, 0] == 0.5


def test_tags_expected_of_a_chapter() -> None:
    known = {"title": "A", "album": "", "track": 3, "tracks": 5, "language": "de-AT", "other": 1}
    assert expected_tags(known) == {"title": "A", "track": "3/5", "language": "deu"}
    assert expected_tags(None) == {}


# The command.


def test_check_prints_a_table_and_says_yes_or_no(book: Path) -> None:
    done = run("check", book)
    assert (done.code, done.err) == (0, "")
    assert re.search(r"^  1 +0:\d\d +-1[89]\.\d .* The sea \(passes\)$", done.out, re.MULTILINE)
    assert done.out.endswith("Stories: all 2 chapters pass (podcast)\n")
    first(book).unlink()
    done = run("check", "out")
    assert done.code == 1
    assert f"  {first(book)}: cannot be read" in done.out
    assert done.out.endswith("Stories: 1 found (podcast)\n")


def test_check_as_a_program_reads_it(book: Path) -> None:
    one, two, whole = run("check", book, "--json", "--preset", "acx").json
    assert (one["kind"], one["number"], one["title"], one["passes"]) == (
        "chapter",
        1,
        "The sea",
        False,
    )
    assert {finding["kind"] for finding in one["findings"]} == {"format"}
    assert one["seconds"] == one["expected_seconds"]
    assert (one["clicks"], one["zeros"], one["rate"]) == (0, 0, RATE)
    assert [mark["title"] for mark in one["marks"]] == [
        "The sea",
        "The First Part of It",
        "The Other",
    ]
    assert two["number"] == 2
    assert (whole["kind"], whole["passes"], whole["preset"]) == ("book", False, "acx")


def test_check_of_a_source_finds_its_folder(book: Path) -> None:
    done = run("check", "stories", "--voice", "tone:", "--json")
    assert (done.code, done.err) == (0, "")
    assert done.json[0]["rest_error"] < 0.01
    missing = run("check", "stories", "--voice", "tone:", "--out", "elsewhere")
    assert missing.code == 3
    assert "manifest.json: No such file or directory. Build the book first." in missing.err


def test_a_preset_that_is_not_there(book: Path) -> None:
    for name in ("podcats", "-3", "nan", "loud"):
        done = run("check", book, "--preset", name)
        assert (done.code, done.out) == (3, "")
        assert done.err.startswith("make-audiobook: --preset: ")
    assert "Did you mean 'podcast'?" in run("check", book, "--preset", "podcats").err
    with pytest.raises(ConfigError):
        judge.limits("")


def test_a_folder_of_finished_books_is_opened(book: Path) -> None:
    assert opened(Path("out")) == [book]
    assert opened(book) == [book]
    assert opened(Path("stories")) == [Path("stories")]


def test_check_writes_its_page(book: Path) -> None:
    done = run("check", book, "--page", "report.html")
    assert done.code == 0
    assert Path("report.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
