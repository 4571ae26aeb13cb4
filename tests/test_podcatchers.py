"""Real players take a book from the project's own server: all of it, to the byte.

gPodder, podboat and mpv are Debian's, podcast-partytime is npm's; `.ci/run` installs them.
"""

from __future__ import annotations

import json
import os
import pty
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote
from urllib.request import urlopen

import feedparser
import podcastparser
import pytest

from pipeline import manifest
from pipeline.publish.edition import Edition, edition
from tests.conftest import ROOT, run
from tests.test_players import program

TITLES = ("Sea & <Shore>", "Über den Hügel 🎸", "سفر", "The End")


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two books: one a file for each chapter, one a single M4B."""
    folder = tmp_path_factory.mktemp("podcatchers")
    stories = folder / "tides"
    stories.mkdir()
    listed = []
    for number, title in enumerate(TITLES):
        (stories / f"{number}.txt").write_text("The water rose.\n\nNobody saw it. " * (number + 1))
        listed.append(f'[[chapter]]\nfile = "{number}.txt"\ntitle = "{title}"\n')
    (stories / "audiobook.toml").write_text(
        'title = "Ebb & Tide: Übung"\nauthor = "Ann Lee"\n' + "".join(listed)
    )
    (folder / "hill.md").write_text(
        "".join(f"# Part {n}\n\n{'They went on and on. ' * 60}\n\n" for n in range(1, 4))
    )
    for source, form in (("tides", "mp3"), ("hill.md", "m4b")):
        told = run(source, "--voice", "tone:", "--format", form, cwd=folder)
        assert told.code == 0, told.err
    return folder / "out"


@pytest.fixture(scope="module")
def feeds(out: Path) -> Iterator[dict[str, str]]:
    """The address of each book's feed, by its title, while the server runs."""
    with subprocess.Popen(
        [sys.executable, "-m", "pipeline", "serve", str(out), "--port", "0"],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    ) as server:
        assert server.stdout
        lines = [server.stdout.readline().rstrip("\n") for _ in range(2)]
        yield dict(line.split("\t") for line in lines)
        server.terminate()


@pytest.fixture(scope="module")
def tides(feeds: dict[str, str]) -> str:
    return feeds["Ebb & Tide: Übung"]


def made(out: Path, title: str) -> Edition:
    found = (
        edition(path.parent, manifest.read(path.parent)) for path in out.glob("*/manifest.json")
    )
    return next(one for one in found if one.title == title)


def originals(out: Path) -> list[bytes]:
    book = made(out, "Ebb & Tide: Übung")
    return [(out / book.folder / item.file).read_bytes() for item in book.items]


def test_gpodder_downloads_every_episode(tides: str, out: Path, tmp_path: Path) -> None:
    """It says that all went well whatever happens: what counts is what lies there."""
    gpo = program("gpo")
    for asked in (["subscribe", tides], ["update"], ["download"]):
        subprocess.run(
            [gpo, *asked],
            env={**os.environ, "GPODDER_HOME": str(tmp_path), "HOME": str(tmp_path)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=True,
            timeout=120,
        )
    files = sorted(path for path in (tmp_path / "Downloads").rglob("*.mp3"))
    assert sorted(path.read_bytes() for path in files) == sorted(originals(out))
    assert not list(tmp_path.rglob("*.partial"))
    with closing(sqlite3.connect(tmp_path / "Database")) as database:
        rows = database.execute("SELECT guid, title, file_size, mime_type FROM episode").fetchall()
    book = made(out, "Ebb & Tide: Übung")
    assert sorted(rows) == sorted(
        (f"urn:uuid:{item.guid}", item.title, item.size, "audio/mpeg") for item in book.items
    )


def test_podboat_downloads_every_episode(tides: str, out: Path, tmp_path: Path) -> None:
    newsboat, podboat = program("newsboat"), program("podboat")
    home = tmp_path / "home"
    (home / ".newsboat").mkdir(parents=True)
    (home / ".newsboat" / "urls").write_text(f"{tides}\n")
    (home / ".newsboat" / "config").write_text(
        f'podcast-auto-enqueue yes\ndownload-path "{tmp_path}/got"\n'
    )
    env = {**os.environ, "HOME": str(home), "TERM": "xterm", "LC_ALL": "C.UTF-8"}
    env = {name: value for name, value in env.items() if not name.startswith("XDG_")}
    subprocess.run(
        [newsboat, "-x", "reload"], env=env, capture_output=True, check=True, timeout=120
    )
    queue = (home / ".newsboat" / "queue").read_text().splitlines()
    assert len(queue) == len(TITLES)
    in_a_terminal([podboat, "-a"], env, lambda: len(finished(tmp_path)) == len(TITLES))
    assert sorted(path.read_bytes() for path in finished(tmp_path)) == sorted(originals(out))


def finished(folder: Path) -> list[Path]:
    return [
        path for path in (folder / "got").rglob("*") if path.is_file() and path.suffix == ".mp3"
    ]


def in_a_terminal(command: list[str], env: dict[str, str], is_done: Callable[[], bool]) -> None:
    """Run a program that wants one until all is done, or for 60 seconds."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        command, env=env, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
    ) as process:
        os.close(theirs)
        os.set_blocking(ours, False)
        try:
            for _ in range(600):
                if is_done() or process.poll() is not None:
                    break
                with suppress(BlockingIOError):
                    os.read(ours, 65536)
                time.sleep(0.1)
            time.sleep(0.5)  # the last file has its name before its end
        finally:
            process.kill()
            os.close(ours)


def test_parsers_have_nothing_to_complain_of(feeds: dict[str, str]) -> None:
    for title, url in feeds.items():
        found = feedparser.parse(url)
        assert not found.bozo
        assert found.status == 200
        assert found.feed.title == title
        with urlopen(url) as stream:
            assert podcastparser.parse(url, stream)["title"] == title
        again = feedparser.parse(url, etag=found.etag)
        assert again.status == 304


def seen_by_partytime(url: str) -> Any:
    """What podcast-partytime makes of a feed, where NODE_PATH says that it is."""
    node = program("node")
    script = (
        "const {parseFeed} = require('podcast-partytime');"
        "let text = ''; process.stdin.on('data', data => text += data);"
        "process.stdin.on('end', () => process.stdout.write(JSON.stringify(parseFeed(text))));"
    )
    with urlopen(url) as stream:
        data = stream.read()
    done = subprocess.run(
        [node, "-e", script], input=data, capture_output=True, timeout=60, check=False
    )
    if b"Cannot find module 'podcast-partytime'" in done.stderr:
        pytest.skip("podcast-partytime is not installed")
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)


def test_partytime_sees_a_book_of_chapters(tides: str, out: Path) -> None:
    found, book = seen_by_partytime(tides), made(out, "Ebb & Tide: Übung")
    assert (found["medium"], found["guid"]) == ("audiobook", book.guid)
    assert found["itunesType"] == "serial"
    assert [(one["name"], one["role"].lower()) for one in found["podcastPeople"]] == [
        ("Ann Lee", "author"),
        ("a humming tone", "narrator"),
    ]
    assert [item["title"] for item in found["items"]] == list(TITLES)
    base = tides.removesuffix("feed.xml")
    for item, own in zip(found["items"], book.items, strict=True):
        assert item["guid"] == f"urn:uuid:{own.guid}"
        assert [(one["url"], one["type"]) for one in item["podcastTranscripts"]] == [
            (f"{base}transcripts/{own.name}.vtt", "text/vtt"),
            (f"{base}transcripts/{own.name}.srt", "application/srt"),  # as it calls x-subrip
            (f"{base}transcripts/{own.name}.json", "application/json"),
        ]


def test_partytime_sees_the_chapters_of_a_book_in_one_file(feeds: dict[str, str]) -> None:
    (item,) = seen_by_partytime(feeds["Hill"])["items"]
    told = item["podcastChapters"]
    assert told["type"] == "application/json+chapters"
    with urlopen(told["url"]) as stream:
        assert stream.headers["Content-Type"] == "application/json+chapters"
        listed = json.load(stream)["chapters"]
    assert [one["title"] for one in listed] == ["Part 1", "Part 2", "Part 3"]


def test_mpv_plays_and_goes_to_a_chapter(feeds: dict[str, str], out: Path) -> None:
    mpv, book = program("mpv"), made(out, "Hill")
    (item,) = book.items
    url = feeds["Hill"].replace("feed.xml", quote(item.file))
    started = time.monotonic()
    done = subprocess.run(
        [
            mpv, "--no-config", "--ao=null", "--vo=null", "--no-video", "--untimed",
            "--start=#3", "--length=1", "--term-playing-msg=at ${=time-pos} of ${chapter}", url,
        ],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    (told,) = [line for line in done.stdout.splitlines() if line.startswith("at ")]
    at = float(told.split()[1])
    assert abs(at - item.headings[2].start_ms / 1000) < 0.1
    assert "Part 3" in told
    assert time.monotonic() - started < 30


def test_every_address_of_a_feed_has_what_it_says(feeds: dict[str, str], out: Path) -> None:
    """Transcripts, chapters, covers, pages, with the types that the feed gives them."""
    for title, url in feeds.items():
        found = feedparser.parse(url)
        folder = out / made(out, title).folder
        with urlopen(url) as stream:
            text = stream.read().decode()
        base = url.removesuffix("feed.xml")
        assert found.feed.image.href.startswith(base)
        for path in sorted(folder.rglob("*.*")):
            name = path.relative_to(folder).as_posix()
            if name in ("manifest.json", "feed.xml"):
                continue
            with urlopen(base + quote(name)) as stream:
                assert stream.read() == path.read_bytes()
        assert f'url="{base}transcripts/' in text
