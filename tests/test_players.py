"""What players make of finished files: each title and each start, and a way to go there.

The programs are those of Debian, which `.ci/run` installs. VLC 3 shows no chapters of an MP3.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline import encode, tag
from pipeline.encode import ffmpeg as muxer
from pipeline.encode import lossless
from pipeline.model import Encoding, Joined, Mark

RATE = 22_050
SECONDS = 20  # a chapter
TITLES = (
    "Plain",
    "🚢 The Ship 👩‍🚀",
    "كتاب البحر, ספר הים",
    r"a=b; c #1 \ d\\",
    "two\nlines\r\nand a third",
    "Ü" * 250,
    "🚢" * 125,
    r"ends with \ ",
    "",
    '"quoted" & <tagged> %s',
)
MARKS = [Mark(title, at * SECONDS * RATE + 37 * at) for at, title in enumerate(TITLES)]
# In an M4B one that ends with a backslash has a space behind it: see `tag.ffmetadata`.
SHOWN = [tag.shortened(title) or str(at) for at, title in enumerate(TITLES, 1)]
STARTS = [mark.start / RATE for mark in MARKS]
WHOLE = Joined(RATE, len(TITLES) * SECONDS * RATE, ())
TAGS = tag.Tags("Book", "Book", "Author", "Author", 1, 1, "Audiobook", "en")
FORMATS = ("mp3", "m4b", "opus", "flac", "wav")


def program(name: str) -> str:
    """Where it is; the test is skipped where it is not."""
    return shutil.which(name) or pytest.skip(f"{name} is not installed")


def ran(*command: str | Path, **options: Any) -> str:
    done = subprocess.run(
        [str(part) for part in command], capture_output=True, timeout=60, check=False, **options
    )
    assert done.returncode == 0, done.stderr.decode()
    return str(done.stdout.decode())


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A finished file of each format with these chapters."""
    folder = tmp_path_factory.mktemp("files")
    hum = 3000 * np.sin(np.arange(WHOLE.samples) / 20)
    data = hum.astype("<i2").tobytes()
    made = {}
    for name in FORMATS:
        form, path = encode.FORMATS[name], folder / f"book.{name}"
        raw = folder / f"raw.{form.codec}"
        wanted = Encoding(form.codec, encode.USUAL[form.codec])
        encode.encode([data], RATE, wanted, raw)
        if name == "mp3":
            path.write_bytes(tag.id3_tag(TAGS, None, MARKS, WHOLE) + raw.read_bytes())
        elif name == "m4b":
            muxer.m4b([raw], RATE, tag.ffmetadata(None, MARKS, WHOLE), path)
        elif name == "wav":
            lossless.wav([data], RATE, 1, WHOLE.samples, path)
        else:
            raw.rename(path)
        if name != "mp3":
            tag.write(path, TAGS, None, MARKS, WHOLE)
        made[name] = path
    return made


def test_titles_are_cut_on_a_character() -> None:
    assert all(len(title.encode()) <= 120 for title in SHOWN)
    assert SHOWN[5] == "Ü" * 58 + "…"
    assert SHOWN[6] == "🚢" * 29 + "…"


@pytest.mark.parametrize("form", FORMATS)
def test_ffprobe_lists_chapters_in_file_order(form: str, files: dict[str, Path]) -> None:
    out = ran(program("ffprobe"), "-v", "error", "-show_chapters", "-of", "json", files[form])
    found = json.loads(out)["chapters"]
    assert [chapter["tags"]["title"].rstrip() for chapter in found] == SHOWN
    starts = [float(chapter["start_time"]) for chapter in found]
    assert starts == pytest.approx(STARTS, abs=0.001)
    assert starts == sorted(set(starts))
    ends = [float(chapter["end_time"]) for chapter in found]
    assert ends[:-1] == pytest.approx(starts[1:], abs=0.0011)


def test_mediainfo_shows_both_kinds_in_an_m4b(files: dict[str, Path]) -> None:
    asked = "--Inform=Menu;%Format%|%Chapters_Pos_Begin%-%Chapters_Pos_End%\\n"
    out = ran(program("mediainfo"), asked, files["m4b"])
    found = re.findall(r"^(.*)\|(\d+)-(\d+)", out, re.MULTILINE)
    assert [int(end) - int(begin) for _, begin, end in found] == [len(TITLES)] * 2
    assert [kind for kind, _, _ in found] == ["Timed Text", ""]  # QuickTime's, and Nero's


def test_atomicparsley_says_audiobook(files: dict[str, Path]) -> None:
    out = ran(program("AtomicParsley"), files["m4b"], "-t")
    assert 'Atom "stik" contains: Audiobook' in out


def test_eyed3_reads_chapters_and_their_one_table(files: dict[str, Path]) -> None:
    python = Path(program("eyeD3")).read_text(encoding="utf-8").split()[0].removeprefix("#!")
    reading = (
        "import sys, json, eyed3; tag = eyed3.load(sys.argv[1]).tag\n"
        "tables = [(t.toplevel, t.ordered, len(t.child_ids)) for t in tag.table_of_contents]\n"
        "print(json.dumps([[c.title for c in tag.chapters], tables]))"
    )
    titles, tables = json.loads(ran(python, "-c", reading, files["mp3"]))
    assert titles == SHOWN
    assert tables == [[True, True, len(TITLES)]]


MPV = ("--no-config", "--ao=null", "--vo=null", "--no-video", "--really-quiet", "--start=0")
# Goes to each chapter in turn, and tells where it has come to.
SCRIPT = """
local utils, at = require("mp.utils"), -1
local function go()
  at = at + 1
  if at >= mp.get_property_number("chapters") then mp.command("quit") return end
  mp.commandv("set", "chapter", tostring(at))
end
mp.register_event("file-loaded", function()
  print((utils.format_json(mp.get_property_native("chapter-list"))))
end)
mp.register_event("playback-restart", function()
  if at >= 0 then
    local told = {mp.get_property_number("time-pos"), mp.get_property_number("chapter")}
    print((utils.format_json(told)))
  end
  go()
end)
"""


@pytest.mark.parametrize("form", FORMATS)
def test_mpv_goes_to_each_chapter(form: str, files: dict[str, Path], tmp_path: Path) -> None:
    mpv, script = program("mpv"), tmp_path / "going.lua"
    script.write_text(SCRIPT)
    told = ran(mpv, *MPV, "--msg-level=going=info", f"--script={script}", files[form])
    listed, *gone = [json.loads(line.partition("] ")[2] or line) for line in told.splitlines()]
    assert [chapter["title"].rstrip() for chapter in listed] == SHOWN
    starts = [chapter["time"] for chapter in listed]
    assert starts == pytest.approx(STARTS, abs=0.06)  # it takes an MP3's start time from each
    assert [chapter for _, chapter in gone] == list(range(len(TITLES)))
    assert [at for at, _ in gone] == pytest.approx(starts, abs=0.15)


@pytest.fixture
def as_nobody() -> Iterator[tuple[Path, list[str]]]:
    """A folder that all may read, and what to put before a program that refuses root."""
    if os.name == "nt":
        pytest.skip("there is no terminal to ask VLC through")
    before = [program("setpriv"), "--reuid=65534", "--regid=65534", "--clear-groups"]
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder), [] if os.getuid() else before


@pytest.mark.parametrize("form", ["m4b", "opus", "flac"])
def test_vlc_goes_to_each_chapter(
    form: str,
    files: dict[str, Path],
    as_nobody: tuple[Path, list[str]],
    tmp_path: Path,
) -> None:
    """Through its remote control; it tells whole seconds, a while after it was asked."""
    folder, before = as_nobody
    vlc, heard = program("cvlc"), tmp_path / "told.txt"
    path = shutil.copy(files[form], folder / f"book.{form}")
    options = ["--intf", "rc", "--rc-fake-tty", "-A", "dummy", "--no-video", str(path)]
    command = [*before, vlc, *options]
    env = {**os.environ, "HOME": str(folder), "LC_ALL": "C.UTF-8"}
    with (
        heard.open("wb") as out,
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=out, stderr=out, env=env) as ran,
    ):
        try:
            for at, start in enumerate(STARTS[:4]):
                asked = b"chapter_n\n" if at else b""
                assert told_in_time(ran, asked, heard, start), (at, heard.read_text())
        finally:
            ran.kill()


def told_in_time(vlc: subprocess.Popen[bytes], asked: bytes, heard: Path, start: float) -> bool:
    """Whether it is at this place within ten seconds, which no playing takes it to."""
    assert vlc.stdin
    vlc.stdin.write(asked)
    for _ in range(40):
        vlc.stdin.write(b"get_time\n")
        vlc.stdin.flush()
        time.sleep(0.25)
        seconds = re.findall(r"^(?:> )*(\d+)\s*$", heard.read_text(), re.MULTILINE)
        if seconds and -1.5 < int(seconds[-1]) - start < SECONDS / 2:
            return True
    return False
