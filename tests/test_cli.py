"""The command as a person meets it: results, messages, exit codes, and nothing half-written."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import signal
import subprocess
import sys
import time
import wave
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from pipeline.cli import cli, parse_numbers
from tests.conftest import ROOT, decoded, ffmetadata, run
from tests.test_build import files

TONE = ("--voice", "tone:")


def left_in(folder: Path) -> list[str]:
    """Every file below a folder that is not of the store, in which nothing is half made."""
    assert not list(folder.rglob(".store/tmp/*"))
    files = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return sorted(str(path) for path in files if ".store" not in path.parts)


def test_the_seeds_become_an_audiobook(project: Path) -> None:
    done = run(ROOT / "seeds", "--jobs", "2")
    assert done.code == 0, done.err
    assert done.out == ""
    assert "skipped (assistant's closing line): Let me know if you’d like" in done.err
    book = project / "out" / "Five Stories of Jimmy Page"
    tracks = sorted(book.glob("*.mp3"))
    assert [path.name for path in tracks] == [
        "01 The Voice He Misses Most.mp3",
        "02 A Letter Never Mailed.mp3",
        "03 The Alchemist of the Electric Guitar.mp3",
        "04 Scarlet and Her Father.mp3",
        "05 The Silence Between the Sounds.mp3",
    ]
    seconds = sum(len(decoded(path)) for path in tracks) / 2 / 22050
    assert 16 * 60 < seconds < 19 * 60
    tags = ffmetadata(tracks[2])
    for line in (
        "title=The Alchemist of the Electric Guitar",
        "artist=Anonymous",
        "album=Five Stories of Jimmy Page",
        "track=3/5",
        "genre=Audiobook",
        "language=eng",
    ):
        assert line in tags.splitlines()
    chapters = re.findall(r"^title=(.*)$", tags.partition("[CHAPTER]")[2], re.MULTILINE)
    assert chapters == [
        "The Alchemist of the Electric Guitar",
        "A Legacy Born From Fire, Curiosity, and Sound",
        "The Silence Was Never Absence — It Was Study",
        "On Inspiration, Influence, and the Next Generation",
        "Will Jimmy Page Ever Return to Perform Live?",
        "The Legend Continues",
    ]
    again = run(ROOT / "seeds", "--jobs", "2")
    assert again.code == 0
    assert "nothing to do, 5 up to date" in again.err


def test_json_is_one_event_a_line(stories: Path) -> None:
    done = run(stories, *TONE, "--json")
    assert done.err == ""
    kinds = [event["event"] for event in done.json]
    assert kinds[:2] == ["planned", "planned"]
    assert kinds[-1] == "summary"
    assert set(kinds) == {"planned", "spoke", "joined", "finished", "summary"}
    finished = [event for event in done.json if event["event"] == "finished"]
    assert all(Path(event["file"]).is_file() for event in finished)
    again = run(stories, *TONE, "--json").json
    assert [event["event"] for event in again] == ["planned"] * 2 + ["skipped"] * 2 + ["summary"]


def test_quiet_and_verbose(stories: Path) -> None:
    assert run(stories, *TONE, "-q").err == ""
    told = run(stories, *TONE, "-v").err
    assert "nothing to do" in told
    again = run(stories, "--voice", "tone:", "--out", "more", "-v").err
    assert "The sea: not built yet" in again
    assert re.search(r"1\.1 +\d\.\d\d s +The sea was calm\.", again)


def test_plan_says_whether_there_is_work(stories: Path) -> None:
    before = run("plan", stories, *TONE)
    assert before.code == 1
    assert "The sea (not built yet)" in before.out
    assert "2 to make" in before.out
    assert not Path("out").exists()
    run(stories, *TONE)
    after = run("plan", stories, *TONE, "--json")
    assert after.code == 0
    assert [chapter["pending"] for chapter in after.json[0]["chapters"]] == [False, False]


def test_script_as_a_program_reads_it(stories: Path) -> None:
    (book,) = run("script", stories, "--json").json
    assert (book["title"], book["authors"], book["language"]) == ("Stories", [], "en-US")
    first, second = book["chapters"]
    assert [line["kind"] for line in first["lines"]] == ["pause", "utterance"] * 2 + ["pause"]
    source = (stories / "1_the-sea.txt").read_text()
    start, end = first["lines"][1]["source"]
    assert source[start:end] == first["lines"][1]["text"] == "The sea was calm."
    assert second["words"] == 8
    assert second["skipped"] == []


def test_script_of_some_chapters_as_a_person_reads_it(stories: Path) -> None:
    out = run("script", stories, "--only", "2").out
    assert out.startswith(
        "2. The hill (8 words)\n\n    [0.50 s, chapter start]\nThe hill was steep."
    )
    assert "The sea" not in out


def test_normalize_is_a_filter_a_line_for_a_line() -> None:
    text = "Knebworth 1979, 200,000 fans\n\nrock ’n’ roll & more"
    done = run("normalize", stdin=text)
    assert done.out.splitlines() == [
        "Knebworth nineteen seventy nine, two hundred thousand fans",
        "",
        "rock and roll and more",
    ]
    assert (
        run("normalize", "--language", "de", stdin="um 1979").out
        == "um neunzehnhundertneunundsiebzig\n"
    )
    bad = run("normalize", stdin=b"fine\ncaf\xe9\n")
    assert (bad.code, bad.out) == (3, "fine\n")
    assert "stdin:2: byte 0xe9 is not UTF-8" in bad.err


def test_say_writes_a_wav(project: Path) -> None:
    done = run("say", "Hello there. It is 1979.", "-o", "hello.wav")
    assert (done.code, done.out) == (0, "hello.wav\n")
    with wave.open("hello.wav") as wav:
        assert wav.getnframes() / wav.getframerate() > 2
    piped = subprocess.run(
        [sys.executable, "-m", "pipeline", "say", "Hello there. It is 1979.", "-o", "-"],
        capture_output=True,
        check=True,
    )
    assert piped.stdout == Path("hello.wav").read_bytes()
    with wave.open(io.BytesIO(piped.stdout)) as wav:
        assert wav.getnchannels() == 1
    assert run("say", "...").code == 3


def test_voices_lists_profiles_and_engines(project: Path) -> None:
    (project / "voices").mkdir()
    (project / "voices" / "mine.toml").write_text('engine = "tone"\nrate = 150\n')
    out = run("voices").out
    assert re.search(r"^mine +profile: tone, 150 a minute$", out, re.MULTILINE)
    assert re.search(
        r"^en-US +pyttsx3: English \(America\) male \(en-us, en\), GPL-3.0-or-later$",
        out,
        re.MULTILINE,
    )
    assert re.search(r"^\+f3 +pyttsx3: variant", out, re.MULTILINE)
    listed = run("voices", "--json").json
    assert {"profile", "name", "settings", "pace", "attribution", "licence", "narrator"} == set(
        listed[0]
    )
    assert {"engine", "name", "languages", "description", "gender", "speaker", "licence"} == set(
        listed[1]
    )


def write(data: bytes | str) -> Path:
    folder = Path("book")
    folder.mkdir()
    path = folder / "story.txt"
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return folder


def bad_inputs() -> Iterator[object]:
    """What is given, the exit code, and what must stand in the one line."""
    ok = "It was calm."

    def with_toml(toml: str) -> Path:
        folder = write(ok)
        (folder / "audiobook.toml").write_text(toml)
        return folder

    def with_profile(toml: str) -> Path:
        Path("voices").mkdir()
        Path("voices/mine.toml").write_text(toml)
        return write(ok)

    def empty() -> Path:
        Path("book").mkdir()
        return Path("book")

    for name, make, args, code, message in (
        ("missing path", lambda: Path("nowhere"), (), 3, "nowhere: no such file or folder"),
        ("misspelled verb", lambda: Path("biuld"), (), 3, "biuld: no such .* mean 'build'"),
        ("empty folder", empty, (), 3, "book: no stories"),
        ("empty story", lambda: write(""), (), 3, "story.txt: the story is empty"),
        ("only marks", lambda: write("***"), (), 3, "story.txt: there is nothing in it to read"),
        ("binary", lambda: write(b"\x89PNG\0\0\0\1"), (), 3, "story.txt: a binary file"),
        ("not utf-8", lambda: write(b"ok\ncaf\xe9"), (), 3, "story.txt:2: byte 0xe9 is not UTF-8"),
        ("unknown encoding", lambda: write(ok), ("--encoding", "x"), 3, "no such encoding as 'x'"),
        ("unknown voice", lambda: write(ok), ("--voice", "nobody"), 4, "voice 'nobody'"),
        ("unknown engine", lambda: write(ok), ("--voice", "x.toml"), 4, "x.toml: no such voice"),
        ("book key", lambda: with_toml("titel = 'x'"), (), 3, "unknown key 'titel'.*'title'"),
        ("book toml", lambda: with_toml("title = "), (), 3, "audiobook.toml: not valid TOML"),
        ("book language", lambda: with_toml("language = 'zu'"), (), 4, "'zu': pyttsx3 has no"),
        ("profile key", lambda: with_profile("reat = 9"), ("--voice", "mine"), 3, "key 'reat'"),
        ("chapter", lambda: write(ok), ("--only", "2"), 2, "--only: there is no chapter 2"),
        ("range", lambda: write(ok), ("--only", "3-1"), 2, "'3-1' is not a range"),
        ("list", lambda: write(ok), ("--only", "one"), 2, "'one' is not a list"),
        ("jobs", lambda: write(ok), ("--jobs", "0"), 2, "0 is not in the range"),
        ("option", lambda: write(ok), ("--nope",), 2, "No such option"),
        ("both", lambda: write(ok), ("-q", "-v"), 2, "exclude each other"),
    ):
        yield pytest.param(make, args, code, message, id=name)


@pytest.mark.parametrize(("make", "args", "code", "message"), list(bad_inputs()))
def test_bad_input_gets_one_clear_line_and_leaves_nothing(
    make, args, code, message, project: Path
) -> None:
    done = run(make(), *args)
    assert done.code == code
    assert done.out == ""
    said = done.err.splitlines()
    assert re.search(message, said[-1])
    assert code == 2 or len(said) == 1  # usage is shown with the usage
    assert "Traceback" not in done.err
    assert not (project / "out").exists()


def test_a_book_never_goes_into_its_stories_folder(stories: Path, project: Path) -> None:
    (project / "stories").rename(project / "Stories")
    done = run("Stories", *TONE, "--out", ".")
    assert done.code == 2
    assert "is the folder of the stories themselves" in done.err


@pytest.mark.parametrize("stream", ["<&-", ">&-", "2>&-"])
def test_a_stream_that_the_shell_closed(stream: str, stories: Path) -> None:
    command = f"{sys.executable} -m pipeline {stories} --voice tone: -q {stream}"
    assert subprocess.run(command, shell=True, check=False).returncode == 0
    command = f"{sys.executable} -m pipeline normalize {stream}"
    assert subprocess.run(command, shell=True, check=False, input=b"").returncode == 0


def test_nohup_is_respected(project: Path) -> None:
    (project / "long.txt").write_text("\n\n".join(f"This is line {n}." for n in range(300)))
    command = ["nohup", sys.executable, "-m", "pipeline", "long.txt", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout
        for line in process.stdout:
            if b'"spoke"' in line:
                break
        process.send_signal(signal.SIGHUP)
        process.communicate(timeout=60)
    assert process.returncode == 0
    assert len(list(Path("out").rglob("*.mp3"))) == 1


def test_two_sources_of_one_title(stories: Path, project: Path) -> None:
    other = project / "more" / "stories"
    other.mkdir(parents=True)
    (other / "a.txt").write_text("One.")
    done = run(stories, other, *TONE)
    assert done.code == 1
    assert "holds another book of this title" in done.err
    assert "2 books: 1 done, 1 failed" in done.err
    assert len(list(Path("out/Stories").glob("*.mp3"))) == 2


def test_an_out_that_cannot_be_written_to(stories: Path, project: Path) -> None:
    (project / "out").write_text("a file")
    done = run(stories, *TONE)
    assert done.code == 6
    assert re.fullmatch(r"make-audiobook: out/Stories: cannot be written to \(.*\n", done.err)
    assert left_in(project) == ["out", "stories/1_the-sea.txt", "stories/2_the-hill.txt"]


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 600 kB."""
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip(
            "only root on Linux may mount a small file system; test_encode has a full one, too"
        )
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=600k", "tmpfs", str(disk)]
    subprocess.run(mount, check=True)
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def test_a_full_disk(tiny_disk: Path) -> None:
    done = run(ROOT / "seeds", "--out", tiny_disk)
    assert done.code == 6
    assert re.search(
        r"disk/(Five Stories of Jimmy Page/0\d .*\.mp3: cannot be written"
        r"|\.store: the store cannot be written to) \(No space left on device\)\. Make room",
        done.err.splitlines()[-1],
    )
    assert left_in(tiny_disk) == []


def test_a_store_that_is_full(tiny_disk: Path, project: Path) -> None:
    done = run(ROOT / "seeds", "--store", tiny_disk / "store")
    assert done.code == 6
    assert re.search(
        r"disk/store: the store cannot be written to \(No space left on device\). Make room, or "
        r"choose another place with --store.$",
        done.err.strip(),
    )
    assert not [name for name in left_in(Path("out")) if name.endswith(".part")]
    assert not list((tiny_disk / "store" / "tmp").iterdir())
    assert run(ROOT / "seeds").code == 0


def test_a_store_that_cannot_be_written_to(tiny_disk: Path, stories: Path) -> None:
    command = (stories, *TONE, "--store", tiny_disk / "store")
    assert run(*command).code == 0
    subprocess.run(["mount", "-o", "remount,ro", str(tiny_disk)], check=True)
    assert run(*command).code == 0
    (stories / "audiobook.toml").write_text('title = "Stories"\nauthor = "Nobody"')
    again = run(*command, "--json")
    assert again.code == 0
    assert "spoke" not in {event["event"] for event in again.json}
    (stories / "1_the-sea.txt").write_text("The sea was rough.")
    done = run(*command)
    assert done.code == 6
    assert (
        "store: the store cannot be written to (Read-only file system). Make room, or" in done.err
    )
    assert run(stories, *TONE).code == 0


def test_two_builds_at_once(project: Path) -> None:
    """Of two books with much in common they share a store; of one book, one of them gives way."""
    for name in ("One", "Two"):
        (project / name).mkdir()
        lines = [f"This is line {n}." for n in range(150)] + [f"This is {name}."]
        (project / name / "1_story.txt").write_text("\n\n".join(lines))
    command = [sys.executable, "-m", "pipeline", "--jobs", "2"]
    building = [
        subprocess.Popen([*command, book], stderr=subprocess.PIPE, text=True)
        for book in ("One", "Two", "One")
    ]
    errors = [process.communicate(timeout=120)[1] for process in building]
    codes = [process.returncode for process in building]
    assert codes[1] == 0
    assert sorted((codes[0], codes[2])) in ([0, 0], [0, 6])
    for code, err in zip(codes, errors, strict=True):
        assert code == 0 or re.search(r"out/One: another make-audiobook (is|has just)", err)
    for book in ("One", "Two"):
        assert run(book, "--out", "alone").code == 0
    assert files(Path("out")) == files(Path("alone"))
    assert left_in(project / "out") == left_in(project / "alone")


def test_a_read_only_disk(tiny_disk: Path, stories: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", str(tiny_disk)], check=True)
    done = run(stories, *TONE, "--out", tiny_disk / "here")
    assert done.code == 6
    assert "here/Stories: cannot be written to (Read-only file system)" in done.err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_interrupted_in_the_middle(number: signal.Signals, project: Path) -> None:
    (project / "long.txt").write_text(
        "\n\n".join(f"This is line {n} of it." for n in range(20_000))
    )
    command = [sys.executable, "-m", "pipeline", "long.txt", "--json", "--jobs", "2"]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    assert process.stdout
    for line in process.stdout:
        if json.loads(line)["event"] == "spoke":
            break
    started = time.monotonic()
    # as a terminal does it: every process of the group gets the signal
    os.killpg(process.pid, number)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert err.strip() == "Interrupted. What is finished stays; run it again to go on."
    assert time.monotonic() - started < 2
    assert left_in(project) == ["long.txt"]


BAD_ENGINE = """
import io, os, time, wave
from pipeline.engines.tone import Tone

class Bad(Tone):
    def speak(self, text, settings):
        if "Nobody" in text:
            {misdeed}
        return super().speak(text, settings)
"""


@pytest.mark.parametrize(
    ("misdeed", "message"),
    [
        ("time.sleep(60)", "the engine gave no answer in 2 seconds"),
        ("os._exit(9)", r"the engine crashed \(code 9\)"),
        ("os.kill(os.getpid(), 11)", r"the engine crashed \(code -11\)"),
        ("return b'garbage'", "the engine did not give a WAV"),
        ("return b''", "the engine did not give a WAV"),
        ("return None", "the engine did not give a WAV"),
        ("return super().speak('', settings)", "the engine gave no"),
        ("raise RuntimeError('no')", "RuntimeError: no"),
    ],
    ids=["hangs", "exits", "crashes", "garbage", "nothing", "None", "silence", "raises"],
)
def test_an_engine_that_fails_at_a_line(
    misdeed: str, message: str, stories: Path, tmp_path: Path
) -> None:
    site = tmp_path / "site"
    (site / "bad-1.dist-info").mkdir(parents=True)
    (site / "bad-1.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: bad\n")
    (site / "bad-1.dist-info" / "entry_points.txt").write_text(
        "[make_audiobook.engines]\nbad = bad:Bad\n"
    )
    (site / "bad.py").write_text(BAD_ENGINE.format(misdeed=misdeed))
    env = {**os.environ, "PYTHONPATH": str(site)}
    done = run(stories, "--voice", "bad:", "--timeout", "2", "--keep-going", env=env)
    assert done.code == 1
    assert re.search(rf"1_the-sea.txt:2: .*{message}.* The line is 'Nobody spoke.'", done.err)
    assert left_in(Path("out")) == ["Stories/02 The hill.mp3", "Stories/manifest.json"]
    (site / "bad.py").write_text(BAD_ENGINE.format(misdeed="pass"))
    again = run(stories, "--voice", "bad:", "--json", env=env)
    assert [event["text"] for event in again.json if event["event"] == "spoke"] == ["Nobody spoke."]


def test_a_bug_of_ours_is_told_as_one(stories: Path, project: Path) -> None:
    broken = (
        "import sys, pipeline.cli, pipeline.read\n"
        "pipeline.read.read = lambda *_: 1 / 0\n"
        f"sys.argv = ['make-audiobook', {str(stories)!r}]\n"
        "pipeline.cli.main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", broken], capture_output=True, text=True, check=False
    )
    assert done.returncode == 70
    (line,) = done.stderr.splitlines()
    log = Path(line.rpartition("Please report it with ")[2].rstrip("."))
    assert "ZeroDivisionError" in line
    assert "Traceback" in log.read_text()
    log.unlink()


@pytest.mark.parametrize("lines", range(1, 9))
def test_a_reader_that_goes_away_leaves_nothing_half_made(lines: int, stories: Path) -> None:
    command = [sys.executable, "-m", "pipeline", *map(str, (stories, stories)), *TONE, "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as building:
        assert building.stdout
        assert building.stderr
        for _ in range(lines):
            building.stdout.readline()
        building.stdout.close()
        assert b"bug" not in building.stderr.read()
    left_in(Path("out"))


def test_a_store_of_no_size_keeps_nothing_that_is_not_wanted(stories: Path) -> None:
    assert run(stories, *TONE, "--store-size", "0").code == 0
    assert not [
        path for path in Path("out/.store").glob("??/*") if path.read_bytes()[:4] == b"fLaC"
    ]


def test_what_a_killed_process_left_goes_with_the_next_run(stories: Path) -> None:
    run(stories, *TONE)
    half = Path("out/.store/tmp/0123")
    half.mkdir()
    (half / "half").touch()
    half.with_suffix(".lock").touch()
    assert "nothing to do" in run(stories, *TONE).err
    left_in(Path("out"))


def test_a_reader_that_goes_away_ends_it(stories: Path) -> None:
    (stories / "1_the-sea.txt").write_text("The sea was calm.\n" * 20_000)
    command = [sys.executable, "-m", "pipeline", "script", str(stories)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stderr
        assert process.stdout.readline().startswith(b"1. The sea")
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 141


@pytest.mark.skipif(not Path("/dev/full").is_char_device(), reason="no /dev/full here")
def test_output_that_cannot_be_written(stories: Path) -> None:
    for args in (["script", stories], [stories, *TONE, "--json"], ["say", "Hello.", "-o", "-"]):
        with Path("/dev/full").open("wb") as full:
            command = [sys.executable, "-m", "pipeline", *map(str, args)]
            done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, check=False)
        assert done.returncode == 6
        assert done.stderr == b"make-audiobook: No space left on device.\n"


def test_output_is_utf_8_whatever_the_system_says(stories: Path) -> None:
    (stories / "1_the-sea.txt").write_text("The Ω sea дом was calm.")
    env = {**os.environ, "PYTHONIOENCODING": "cp1252"}
    assert "The Ω sea дом was calm." in run("script", stories, env=env).out
    assert run(stories, *TONE, "--json", env=env).code == 0


def test_a_title_is_not_markup(stories: Path) -> None:
    """On a terminal, where the bar is drawn."""
    import pty

    (stories / "audiobook.toml").write_text('title = "Tides [/i] [red]"')
    leader, follower = pty.openpty()
    command = [sys.executable, "-m", "pipeline", str(stories), *TONE]
    with subprocess.Popen(command, stderr=follower, stdin=follower) as process:
        os.close(follower)
        shown = b""
        with contextlib.suppress(OSError):  # a terminal's way to end
            while data := os.read(leader, 4096):
                shown += data
    os.close(leader)
    assert process.returncode == 0
    assert b"Tides [/i] [red]" in shown
    assert len(list(Path("out").glob("*/01 The sea.mp3"))) == 1


def test_a_bad_profile_hides_no_other_voice(project: Path) -> None:
    (project / "voices").mkdir()
    (project / "voices" / "bad.toml").write_text("reat = 9")
    (project / "voices" / "good.toml").write_text("rate = 150")
    done = run("voices")
    assert done.code == 3
    assert "bad.toml: unknown key 'reat'" in done.err
    assert re.search(r"^good +profile", done.out, re.MULTILINE)


@pytest.mark.parametrize("args", [("say", "hi"), ("normalize",)])
def test_a_language_that_is_none(args: tuple[str, ...], project: Path) -> None:
    done = run(*args, "--language", "klingonisch", stdin="hi")
    assert done.code == 3
    assert "'klingonisch' is not a language tag" in done.err


def test_say_into_a_place_that_is_not_there(project: Path) -> None:
    (project / "file").write_text("")
    done = run("say", "hi", "-o", "file/x.wav")
    assert done.code == 6
    assert "file/x.wav: cannot be written (Not a directory)" in done.err


def test_say_replaces_no_device(project: Path) -> None:
    os.mkfifo("pipe")
    done = run("say", "hi", "-o", "pipe")
    assert done.code == 6
    assert "pipe: not a file" in done.err
    assert Path("pipe").is_fifo()


def test_say_is_interrupted_without_a_file(project: Path) -> None:
    command = [sys.executable, "-m", "pipeline", "say", "Hello there, nobody. " * 5500]
    with subprocess.Popen(command, start_new_session=True, stderr=subprocess.PIPE) as process:
        time.sleep(2.5)
        os.killpg(process.pid, signal.SIGINT)
        _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert err.strip() == b"Interrupted. What is finished stays; run it again to go on."
    assert left_in(project) == []


def test_settings_come_from_the_environment_too(stories: Path) -> None:
    env = {**os.environ, "MAKE_AUDIOBOOK_VOICE": "tone:", "MAKE_AUDIOBOOK_OUT": "there"}
    assert run(stories, "--jobs", "1", env=env).code == 0
    assert len(list(Path("there/Stories").glob("*.mp3"))) == 2
    manifest = json.loads(Path("there/Stories/manifest.json").read_text())
    assert manifest["voice"]["settings"]["engine"] == "tone"


def test_no_path_of_this_machine_is_in_what_a_build_leaves(stories: Path, project: Path) -> None:
    run(stories.resolve(), *TONE, "--out", (project / "out").resolve())
    for path in (project / "out").rglob("*.*"):
        assert path.is_dir() or str(project).encode() not in path.read_bytes()


GROUPS = [command for command in cli.commands.values() if isinstance(command, click.Group)]
COMMANDS = [cli, *cli.commands.values(), *(c for group in GROUPS for c in group.commands.values())]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_every_command_has_help_with_an_example(command: click.Command) -> None:
    help_ = command.get_help(click.Context(command, info_name="make-audiobook"))
    assert re.search(r"Examples?:\s+(make-audiobook|echo) ", help_)


def test_help_imports_nothing_heavy() -> None:
    code = "import sys, pipeline.cli; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = {"rich", "pydub", "mutagen", "PIL", "pyttsx3", "langcodes", "ctypes", "subprocess"}
    assert not heavy & set(done.stdout.split())


def test_only_takes_numbers_and_ranges() -> None:
    context, option = click.Context(cli), click.Option(["--only"])
    assert parse_numbers(context, option, "1,3-5, 4") == {1, 3, 4, 5}
    assert parse_numbers(context, option, None) == frozenset()
    for bad in ("", ",", "1-", "-1", "0", "a", "1-999999999", "²"):
        with pytest.raises(click.BadParameter):
            parse_numbers(context, option, bad)
