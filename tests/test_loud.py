"""Finished chapters, decoded and measured by others: as loud as was asked for, and no louder."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline import flac, read, synthesize
from pipeline.batch import delivery_of
from pipeline.build import build
from pipeline.calibrate import passage
from pipeline.check import check, measure
from pipeline.check.decode import Meter, stream
from pipeline.errors import EngineError
from pipeline.events import Spoke
from pipeline.master import PRESETS
from pipeline.model import Clip, Speak
from pipeline.plan import Plan, plan
from pipeline.schedule import Crew
from pipeline.store import FOLDER, Store
from pipeline.voices.profiles import read_voice
from tests.conftest import ROOT, run

STORY = (
    "The boat lay still in the early light. Two people walked slowly along the shore, and neither "
    "of them said a word about the letter. “Stop!” cried the man. Nobody answered him.\n\n"
    "At last the sun came up, and with it the wind; the sail began to fill.\n"
)
Change = Callable[[Any], Any]


def softly(samples: Any) -> Any:
    """To a peak of -60 dB of full scale."""
    return samples * (32.768 / np.abs(samples).max())


def clipped(samples: Any) -> Any:
    return np.clip(8 * samples, -32767, 32767)


def clicking(samples: Any) -> Any:
    """Soft speech with a click in every third of a second."""
    found = 0.03 * samples
    found[4000::7350] = 32000
    return found


def noise(samples: Any) -> Any:
    return np.random.default_rng(3).normal(0, 6000, len(samples))


CHANGES: dict[str, Change] = {
    "as it is": lambda samples: samples,
    "very quiet": softly,
    "clipped": clipped,
    "peaky": clicking,
    "noise": noise,
}


@pytest.fixture
def story(project: Path) -> Path:
    (project / "story").mkdir()
    (project / "story" / "1_it.txt").write_text(STORY)
    return project / "story"


def made(source: Path, voice: str, **asked: Any) -> Plan:
    """A book, built: `asked` as audiobook.toml has it."""
    profile = read_voice(voice)
    book = read.read(source)
    voices = {c.voice: read_voice(c.voice) for c in book.chapters if c.voice}
    with Store(Path("out", FOLDER)) as store, ThreadPoolExecutor(2) as pool:
        found = plan(book, profile, Path("out"), store, voices, delivery=delivery_of(asked))
        list(build(found, store, Crew(pool, 2, lambda: 2)))
    return found


def changed(monkeypatch: pytest.MonkeyPatch, change: Change) -> None:
    """All engines speak so."""
    real = synthesize.speak

    def speak(asked: Speak) -> Clip:
        clip = real(asked)
        samples = np.rint(change(np.frombuffer(clip.pcm, "<i2").astype(float)))
        return Clip(clip.rate, np.clip(samples, -32768, 32767).astype("<i2").tobytes())

    monkeypatch.setattr(synthesize, "speak", speak)


def heard(path: Path) -> tuple[float, float]:
    """LUFS and dBTP of a file."""
    with stream(path) as found, Meter(found.rate, found.channels) as meter:
        while data := found.read(1 << 16):
            meter.add(data)
        loudness = meter.result()
    assert loudness.integrated is not None
    return loudness.integrated, loudness.true_peak


def files(folder: Path = Path("out/Story")) -> list[Path]:
    kinds = {".mp3", ".m4b", ".opus", ".flac", ".wav"}
    return sorted(path for path in folder.iterdir() if path.suffix in kinds)


@pytest.mark.parametrize("voice", ["pyttsx3:en-US", "tone:"])
@pytest.mark.parametrize("name", ["podcast", "stereo", "-16", "-23"])
def test_every_format_is_as_loud_as_asked(voice: str, name: str, story: Path) -> None:
    target = PRESETS[name].target if name in PRESETS else float(name)
    made(story, voice, master=name, format="mp3,m4b,opus,flac,wav")
    assert len(files()) == 5
    for path in files():
        loudness, peak = heard(path)
        assert loudness == pytest.approx(target, abs=0.5), path
        assert peak <= -1.0, path


@pytest.mark.parametrize("name", CHANGES)
@pytest.mark.parametrize(
    ("form", "bitrate"),
    [("mp3", 32), ("mp3", 64), ("mp3", 128), ("m4b", 64), ("opus", 16), ("opus", 64), ("wav", 0)],
)
def test_any_voice_becomes_as_loud(
    name: str, form: str, bitrate: int, story: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed(monkeypatch, CHANGES[name])
    made(story, "pyttsx3:en-US", format=form, **({"bitrate": bitrate} if bitrate else {}))
    loudness, peak = heard(files()[0])
    assert loudness == pytest.approx(-19, abs=0.5)
    assert peak <= -1.0


@pytest.mark.parametrize("form", ["mp3", "m4b", "flac"])
def test_loud_is_as_loud_as_asked(form: str, story: Path) -> None:
    made(story, "pyttsx3:en-US", format=form, master="-14")
    loudness, peak = heard(files()[0])
    assert loudness == pytest.approx(-14, abs=0.5)
    assert peak <= -1.0


def test_the_whole_book_as_opus_is_under_the_limit_too(story: Path) -> None:
    """Its chapters are joined without loss, and encoded behind that."""
    made(story, "pyttsx3:en-US", format="opus", whole=True, master="-16", bitrate=24)
    loudness, peak = heard(files()[0])
    assert loudness == pytest.approx(-16, abs=0.5)
    assert peak <= -1.0


def test_a_word_of_a_third_of_a_second(project: Path) -> None:
    (project / "story").mkdir()
    (project / "story" / "1_no.txt").write_text("No.\n")
    made(project / "story", "pyttsx3:en-US", format="mp3,opus,wav")
    for path in files():
        loudness, peak = heard(path)
        assert loudness == pytest.approx(-19, abs=0.5)
        assert peak <= -1.0


def test_the_manifest_says_how_loud_it_is(story: Path) -> None:
    made(story, "pyttsx3:en-US", format="mp3,opus", master="-16")
    tracks = json.loads(Path("out/Story/manifest.json").read_text())["tracks"]
    assert len(tracks) == 2
    for track in tracks:
        loudness, peak = heard(Path("out/Story", track["file"]))
        assert track["loudness"] == pytest.approx(loudness, abs=0.3)
        assert track["peak"] == pytest.approx(peak, abs=1.2)


def test_voices_of_one_book_end_equally_loud(project: Path) -> None:
    source = project / "story"
    source.mkdir()
    (source / "1_a.txt").write_text(STORY)
    (source / "2_b.txt").write_text(STORY)
    (source / "audiobook.toml").write_text('[[chapter]]\nfile = "2_b.txt"\nvoice = "soft"\n')
    (project / "voices").mkdir()
    (project / "voices" / "soft.toml").write_text('voice = "en-US+f3"\nvolume = 0.1\n')
    made(source, "pyttsx3:en-US")
    first, second = (heard(path)[0] for path in files())
    assert first == pytest.approx(second, abs=0.5)


@pytest.mark.parametrize("name", ["podcast", "-14", "acx"])
def test_an_edit_touches_one_chapter(name: str, project: Path) -> None:
    source = project / "story"
    source.mkdir()
    for number in (1, 2, 3):
        (source / f"{number}_a.txt").write_text(f"{STORY}\nThis is number {number}.\n")
    made(source, "pyttsx3:en-US", master=name)
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in files()}
    (source / "2_a.txt").write_text("Something else. It is very short!\n")
    made(source, "pyttsx3:en-US", master=name)
    after = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in files()}
    assert [path.name[:2] for path in before if before[path] != after[path]] == ["02"]


@pytest.mark.parametrize("name", PRESETS)
def test_seeds_pass_the_check_of_their_preset(name: str, project: Path) -> None:
    seeds = project / "seeds"
    seeds.mkdir()
    for path in sorted((ROOT / "seeds").glob("*.txt"))[:2]:
        (seeds / path.name).write_text(path.read_text()[:700])
    formats = "mp3" if name == "acx" else "mp3,m4b,opus,flac,wav"
    made(seeds, "pyttsx3:en-US", master=name, format=formats)
    report = check(Path("out/Seeds"), jobs=2)
    assert report.limits.name == name
    assert [str(finding) for finding in report.all_findings] == []
    if name == "acx":
        for path in files(Path("out/Seeds")):
            with stream(path) as found:
                data = b"".join(iter(lambda: found.read(1 << 16), b""))
                figures = measure.acx_check(measure.samples(data, found.channels), found.rate)
            assert figures.passes, figures


def test_a_voice_that_cannot_say_its_passage_reads_all_the_same(
    story: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, asked_for = synthesize.speak, []

    def speak(asked: Speak) -> Clip:
        asked_for.append(asked.text)
        if asked.text == passage("en").spoken:
            raise EngineError("no such letters")
        return real(asked)

    monkeypatch.setattr(synthesize, "speak", speak)
    text = "Quite another story. It goes on for a while, and then it ends.\n"
    (story / "1_it.txt").write_text(text)
    found = made(story, "pyttsx3:en-US")
    assert found.steps[0].passage().sound in asked_for
    loudness, _ = heard(files()[0])
    assert loudness == pytest.approx(-19, abs=0.5)


@pytest.mark.parametrize("at", [flac.FIRST_BLOCK + 8, flac.FIRST_BLOCK + 2, 20])
def test_a_clip_whose_measure_is_damaged_is_spoken_again(at: int, story: Path) -> None:
    found = made(story, "pyttsx3:en-US")
    before = files()[0].read_bytes()
    files()[0].unlink()
    step = found.steps[0]
    with Store(Path("out", FOLDER)) as store, ThreadPoolExecutor(1) as pool:
        store.drop(step.audio)
        path = store.path(step.clips[1])
        data = bytearray(path.read_bytes())
        data[at : at + 4] = b"\xff\xff\xff\x7f"  # as a number, none
        path.write_bytes(bytes(data))
        again = plan(read.read(story), read_voice("pyttsx3:en-US"), Path("out"), store)
        told = list(build(again, store, Crew(pool, 1, lambda: 1)))
    assert [event.line for event in told if isinstance(event, Spoke)] == [2]
    assert files()[0].read_bytes() == before


def test_a_line_of_minutes_has_its_measure(project: Path) -> None:
    """Its measure is longer than the part of a clip that is read first."""
    from pipeline.chapter import HEAD, _about

    clip = Clip(48_000, np.full(48_000 * 260, 999, "<i2").tobytes())
    data = flac.pack(clip)
    assert flac.measure_ends(data) > HEAD
    with Store(project / "store") as store:
        store.put("k" * 64, data)
        assert _about("k" * 64, store)[0].samples == clip.samples


@pytest.mark.parametrize("written", ["-18", '"-18"', "-18.0"])
def test_a_loudness_in_audiobook_toml_may_be_a_number(written: str, story: Path) -> None:
    (story / "audiobook.toml").write_text(f"master = {written}\n")
    assert dict(read.read(story).delivery) == {"master": written.strip('"').removesuffix(".0")}
    assert run("plan", story).code in {0, 1}


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ('master = "lud"', "master: 'lud' is not known"),
        ("master = 3", "master: 3 LUFS is not from -40 to -5"),
        ("master = nan", "master: nan LUFS is not from -40 to -5"),
        ("master = true", "`master` must be a name in quotes or a number, not True"),
        ('format = "ogg"', "format: 'ogg' is not known"),
        ("bitrate = 100", "bitrate: mp3 has no 100 kb/s"),
        ('bitrate = 64\nformat = "flac"', "bitrate: flac: there is none"),
        ('bitrate = 400\nformat = "opus"', "bitrate: opus has no 400 kb/s"),
        ("bitrate = 0", "`bitrate` must be from 1 to 1000"),
    ],
)
def test_what_cannot_be_made_is_told_in_one_line(settings: str, message: str, story: Path) -> None:
    (story / "audiobook.toml").write_text(settings)
    ran = run(story, "--voice", "tone:")
    assert (ran.code, len(ran.err.splitlines())) == (3, 1)
    assert message in ran.err
    assert not files_left()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--master", "lud"], "master: 'lud' is not known"),
        (["--master", "podcats"], "Did you mean 'podcast'?"),
        (["--master", "-1"], "master: -1 LUFS is not from -40 to -5"),
        (["--format", "mp4"], "format: 'mp4' is not known. Did you mean 'mp3'?"),
        (["--format", "flac", "--bitrate", "64"], "bitrate: flac: there is none"),
        (["--format", "m4b", "--bitrate", "500"], "bitrate: aac has no 500 kb/s"),
        (["--bitrate", "100"], "bitrate: mp3 has no 100 kb/s. It has 8, 16, 24, 32"),
    ],
)
def test_what_the_command_cannot_make(options: list[str], message: str, story: Path) -> None:
    ran = run(story, "--voice", "tone:", *options)
    assert (ran.code, len(ran.err.splitlines())) == (3, 1)
    assert message in ran.err
    assert not files_left()


def files_left() -> list[Path]:
    return (
        [path for path in Path("out").rglob("*") if path.is_file()] if Path("out").exists() else []
    )
