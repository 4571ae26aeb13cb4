"""Tags and chapter marks in every format, as other programs read them."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
import unicodedata
from base64 import b64decode
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mutagen.flac import FLAC, Picture
from mutagen.id3 import ID3
from mutagen.mp3 import MP3
from mutagen.mp4 import MP4
from mutagen.oggopus import OggOpus
from mutagen.wave import WAVE
from PIL import Image

from pipeline import tag
from pipeline.errors import AudiobookError, ConfigError, OutputError
from pipeline.model import Cover, Joined, Mark
from pipeline.publish import cover
from tests.conftest import decoded, ffmpeg

RATE = 22050
SECONDS = 20
JOINED = Joined(RATE, RATE * SECONDS, ())
TAGS = tag.Tags(
    title="The Sea — 海",
    album="Tides; & Other = “Stories”",
    artist="Ann Author",
    album_artist="Nobody",
    track=3,
    tracks=12,
    genre="Audiobook",
    language="en-US",
    subtitle="Told # at night",
    narrator="Emma of espeak",
    series="Waters",
    part="2",
    publisher="Pub & Co",
    date="1895-05-07",
    description="First line.\nSecond = line; \\ end.",
    copyright="© Nobody",
    artist_sort="Author, Ann",
    album_sort="Waters 2",
)
BARE = tag.Tags("Title", "", "", "", 0, 0, "", "", encoder="")
TITLES = [
    "A much longer title than the others have",
    "B",
    '= ; # \\ “quotes” \'n "such"',
    "Ü 🎸 👩‍🚀 عברית שלום",
    "",
    "é" * 250,
    "two\nlines\r\nand\ttabs",
    "  \x00\x07 ",
    "Last",
]
KEPT = [
    *TITLES[:4],
    "5",
    "é" * 58 + "…",
    "two lines and tabs",
    "8",
    "Last",
]
MARKS = [Mark(title, index * 2 * RATE + index * 7) for index, title in enumerate(TITLES)]
STARTS = [round(mark.start * 1000 / RATE) for mark in MARKS]
FORMATS = ["mp3", "m4b", "opus", "flac", "wav"]
PICTURES = {"JPEG": "image/jpeg", "PNG": "image/png"}
CODECS = {
    "mp3": ["-c:a", "libmp3lame"],
    "m4b": ["-c:a", "aac", "-movflags", "+faststart"],
    "opus": ["-c:a", "libopus", "-ar", "48000"],
    "flac": ["-c:a", "flac"],
    "wav": ["-c:a", "pcm_s16le"],
}


@cache
def encoded(suffix: str, chapters: str) -> bytes:
    """A file as an encoder leaves it; an M4B has its chapters then."""
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        path, marks = Path(folder, f"made.{suffix}"), Path(folder, "marks.txt")
        marks.write_text(chapters, encoding="utf-8", newline="\n")
        ffmpeg(
            *("-f", "lavfi", "-i", f"anoisesrc=r={RATE}:d={SECONDS}:seed=1:a=0.1"),
            *("-i", str(marks), "-map", "0:a", "-map_metadata", "1"),
            *("-map_chapters", "1" if suffix == "m4b" else "-1"),
            *CODECS[suffix],
            *("-fflags", "+bitexact", "-flags:a", "+bitexact", str(path)),
        )
        return path.read_bytes()


def made(
    folder: Path,
    suffix: str,
    tags: tag.Tags = TAGS,
    picture: Cover | None = None,
    marks: Sequence[Mark] = (),
) -> Path:
    """A finished and tagged file."""
    path = folder / f"book.{suffix}"
    path.write_bytes(
        encoded(suffix, tag.ffmetadata(None, marks if suffix == "m4b" else (), JOINED))
    )
    tagged(path, tags, picture, marks)
    return path


def tagged(
    path: Path, tags: tag.Tags, picture: Cover | None = None, marks: Sequence[Mark] = ()
) -> None:
    if path.suffix != ".mp3":
        tag.write(path, tags, picture, marks, JOINED)
        return
    with path.open("rb") as file:
        file.seek(tag.tag_size(file))
        audio = file.read()
    path.write_bytes(tag.id3_tag(tags, picture, marks, JOINED) + audio)


def fields(path: Path) -> dict[str, Any]:
    """What mutagen reads, by its own names; pictures and chapters aside."""
    readers: dict[str, Any] = {
        ".mp3": MP3,
        ".wav": WAVE,
        ".m4b": MP4,
        ".flac": FLAC,
        ".opus": OggOpus,
    }
    found: dict[str, Any] = {}
    for name, value in (readers[path.suffix](path).tags or {}).items():
        if name == "covr":
            continue
        if hasattr(value, "text"):
            found[name] = str(value.text[0]) if len(value.text) == 1 else value.text
        elif isinstance(value, list) and len(value) == 1:
            found[name] = value[0].decode() if isinstance(value[0], bytes) else value[0]
        elif isinstance(value, bool):
            found[name] = value
    return {k: v for k, v in found.items() if not re.match(r"chapter\d|metadata_block", k)}


ID3_FIELDS = {
    "TIT2": "The Sea — 海",
    "TIT3": "Told # at night",
    "TALB": "Tides; & Other = “Stories”",
    "TPE1": "Ann Author",
    "TPE2": "Nobody",
    "TCOM": "Emma of espeak",
    "TXXX:NARRATOR": "Emma of espeak",
    "TXXX:SERIES": "Waters",
    "MVNM": "Waters",
    "TXXX:SERIES-PART": "2",
    "MVIN": "2",
    "TPUB": "Pub & Co",
    "TDRC": "1895-05-07",  # what mutagen makes of TYER and TDAT
    "TCON": "Audiobook",
    "TLAN": "eng",
    "COMM::eng": "First line.\nSecond = line; \\ end.",
    "TXXX:DESCRIPTION": "First line.\nSecond = line; \\ end.",
    "TCOP": "© Nobody",
    "TSSE": "make-audiobook 0.1",
    "TRCK": "3/12",
    "TSOP": "Author, Ann",
    "TSOA": "Waters 2",
}
VORBIS_FIELDS = {
    "title": "The Sea — 海",
    "subtitle": "Told # at night",
    "album": "Tides; & Other = “Stories”",
    "artist": "Ann Author",
    "albumartist": "Nobody",
    "composer": "Emma of espeak",
    "performer": "Emma of espeak",
    "narrator": "Emma of espeak",
    "series": "Waters",
    "series-part": "2",
    "publisher": "Pub & Co",
    "organization": "Pub & Co",
    "date": "1895-05-07",
    "genre": "Audiobook",
    "language": "en-US",
    "description": "First line.\nSecond = line; \\ end.",
    "copyright": "© Nobody",
    "encoder": "make-audiobook 0.1",
    "tracknumber": "3",
    "tracktotal": "12",
    "artistsort": "Author, Ann",
    "albumsort": "Waters 2",
}
MP4_FIELDS = {
    "©nam": "The Sea — 海",
    "----:com.apple.iTunes:SUBTITLE": "Told # at night",
    "©alb": "Tides; & Other = “Stories”",
    "©ART": "Ann Author",
    "aART": "Nobody",
    "©wrt": "Emma of espeak",
    "©nrt": "Emma of espeak",
    "----:com.apple.iTunes:NARRATOR": "Emma of espeak",
    "----:com.apple.iTunes:SERIES": "Waters",
    "©mvn": "Waters",
    "----:com.apple.iTunes:SERIES-PART": "2",
    "©mvi": 2,
    "©pub": "Pub & Co",
    "----:com.apple.iTunes:PUBLISHER": "Pub & Co",
    "©day": "1895-05-07",
    "©gen": "Audiobook",
    "----:com.apple.iTunes:LANGUAGE": "en-US",
    "desc": "First line.\nSecond = line; \\ end.",
    "ldes": "First line.\nSecond = line; \\ end.",
    "cprt": "© Nobody",
    "©too": "make-audiobook 0.1",
    "trkn": (3, 12),
    "soar": "Author, Ann",
    "soal": "Waters 2",
    "stik": 2,
    "pgap": True,
}
EXPECTED = {
    "mp3": ID3_FIELDS,
    "wav": ID3_FIELDS,
    "m4b": MP4_FIELDS,
    "opus": VORBIS_FIELDS,
    "flac": VORBIS_FIELDS,
}
# Of these ffmpeg has one name for all formats, or two.
SHOWN = {
    "title": "The Sea — 海",
    "album": "Tides; & Other = “Stories”",
    "artist": "Ann Author",
    "album_artist": "Nobody",
    "composer": "Emma of espeak",
    "narrator": "Emma of espeak",
    "series": "Waters",
    "series-part": "2",
    "publisher": "Pub & Co",
    "date": "1895-05-07",
    "genre": "Audiobook",
    "copyright": "© Nobody",
}


def ffmpeg_shows(path: Path) -> tuple[dict[str, str], list[tuple[int, str]]]:
    """Fields, and milliseconds and title of each chapter, in the order of the file."""
    of_stream = ("-map_metadata", "0:s:0") if path.suffix == ".opus" else ()
    text = ffmpeg("-copyts", "-i", str(path), *of_stream, "-f", "ffmetadata", "-").decode()
    head, *chapters = text.split("\n[CHAPTER]\n")
    return values(head), [
        (round(int(each["start"]) * 1000 / int(each["timebase"][2:])), each["title"])
        for each in map(values, chapters)
    ]


def values(text: str) -> dict[str, str]:
    """Lines of `name=value`, in which a backslash stands before what is meant as it is."""
    found = re.findall(r"(?ms)^((?:[^\\\n=]|\\.)+)=((?:[^\\\n]|\\.)*)$", text)
    return {name.lower(): re.sub(r"(?s)\\(.)", r"\1", value) for name, value in found}


@cache
def drawn() -> Cover:
    return cover.draw("Tides", "Nobody")


@pytest.mark.parametrize("suffix", FORMATS)
def test_the_same_fields_in_every_format(suffix: str, tmp_path: Path) -> None:
    path = made(tmp_path, suffix, picture=drawn(), marks=MARKS)
    assert fields(path) == EXPECTED[suffix]


@pytest.mark.parametrize("suffix", FORMATS)
def test_ffmpeg_shows_them_too(suffix: str, tmp_path: Path) -> None:
    shown, _ = ffmpeg_shows(made(tmp_path, suffix, picture=drawn(), marks=MARKS))
    assert {name: shown.get(name) for name in SHOWN} == SHOWN
    assert shown["track"].partition("/")[0] == "3"
    assert TAGS.description in (shown.get("description"), shown.get("comment"))
    assert TAGS.subtitle in (shown.get("subtitle"), shown.get("tit3"))


@pytest.mark.parametrize("suffix", FORMATS)
def test_an_empty_field_writes_nothing(suffix: str, tmp_path: Path) -> None:
    always = {"stik": 2, "pgap": True} if suffix == "m4b" else {}
    name = {"m4b": "©nam", "mp3": "TIT2", "wav": "TIT2"}.get(suffix, "title")
    assert fields(made(tmp_path, suffix, BARE)) == {name: "Title"} | always


@pytest.mark.parametrize("suffix", FORMATS)
def test_new_tags_leave_nothing_of_the_old(suffix: str, tmp_path: Path) -> None:
    path = made(tmp_path, suffix, picture=drawn(), marks=() if suffix == "m4b" else MARKS)
    tagged(path, BARE)
    again = path.read_bytes()
    assert again == made(tmp_path, suffix, BARE).read_bytes()
    tagged(path, BARE)
    assert path.read_bytes() == again


@pytest.mark.parametrize("suffix", FORMATS)
def test_tags_change_no_sample(suffix: str, tmp_path: Path) -> None:
    plain = tmp_path / f"plain.{suffix}"
    plain.write_bytes(encoded(suffix, tag.ffmetadata(None, (), JOINED)))
    assert decoded(made(tmp_path, suffix, picture=drawn(), marks=MARKS)) == decoded(plain)


@pytest.mark.parametrize("kind", PICTURES)
@pytest.mark.parametrize("suffix", FORMATS)
def test_the_cover_is_there_byte_for_byte(suffix: str, kind: str, tmp_path: Path) -> None:
    out = io.BytesIO()
    Image.new("RGB", (60, 90), "teal").save(out, kind)
    picture = cover.check(out.getvalue(), "cover")
    path = made(tmp_path, suffix, picture=picture)
    if suffix in ("mp3", "wav"):
        tags: Any = WAVE(path).tags if suffix == "wav" else ID3(path)
        (art,) = tags.getall("APIC")
        found = (art.mime, art.type, art.data)
    elif suffix == "m4b":
        (art,) = MP4(path)["covr"]
        found = ({13: "image/jpeg", 14: "image/png"}[art.imageformat], 3, bytes(art))
    else:
        (art,) = (
            FLAC(path).pictures
            if suffix == "flac"
            else [Picture(b64decode(OggOpus(path)["metadata_block_picture"][0]))]
        )
        found = (art.mime, art.type, art.data)
    assert found == (PICTURES[kind], 3, out.getvalue())
    stream = ffmpeg("-i", str(path), "-map", "0:v", "-f", "rawvideo", "-pix_fmt", "rgb24", "-")
    assert len(stream) == 60 * 90 * 3


@pytest.mark.parametrize("suffix", FORMATS)
def test_marks_of_any_title_in_every_format(suffix: str, tmp_path: Path) -> None:
    """In the order of the file, to the millisecond, and none of them without a title."""
    _, chapters = ffmpeg_shows(made(tmp_path, suffix, picture=drawn(), marks=MARKS))
    assert chapters == list(zip(STARTS, KEPT, strict=True))


@pytest.mark.parametrize("suffix", FORMATS)
def test_hundreds_of_marks(suffix: str, tmp_path: Path) -> None:
    """More than a table of contents counts in ID3, or Nero's list in MP4."""
    marks = [Mark(f"Section {index}", index * 1400) for index in range(300)]
    _, chapters = ffmpeg_shows(made(tmp_path, suffix, marks=marks))
    assert chapters == [(round(m.start * 1000 / RATE), m.title) for m in marks]


def test_id3_as_most_players_read_it(tmp_path: Path) -> None:
    tags = ID3(made(tmp_path, "mp3", picture=drawn(), marks=MARKS))
    assert tags.version == (2, 3, 0)
    (contents,) = tags.getall("CTOC")
    assert contents.flags == 3  # top-level and ordered
    assert contents.child_element_ids == [f"ch{index:04d}" for index in range(len(MARKS))]
    chapters = sorted(tags.getall("CHAP"), key=lambda chapter: chapter.element_id)
    ends = [*STARTS[1:], 20_000]
    assert [(c.start_time, c.end_time) for c in chapters] == list(zip(STARTS, ends, strict=True))


def test_chapters_lie_in_the_file_in_the_order_of_time(tmp_path: Path) -> None:
    """mutagen would write them by size, and players list them as they lie."""
    for suffix in ("mp3", "wav"):
        data = made(tmp_path, suffix, marks=MARKS).read_bytes()
        places = [data.index(f"ch{index:04d}".encode()) for index in range(len(MARKS))]
        assert places == sorted(places)


def test_more_sections_than_one_table_can_count(tmp_path: Path) -> None:
    marks = [Mark(f"Section {index}", index * 1400) for index in range(300)]
    tables = ID3(made(tmp_path, "mp3", marks=marks)).getall("CTOC")
    assert sorted(len(table.child_element_ids) for table in tables) == [2, 45, 255]
    assert [table.element_id for table in tables if table.flags == 3] == ["toc"]


def test_an_m4b_keeps_both_kinds_of_chapters(tmp_path: Path) -> None:
    """Apple's players read the one, AntennaPod the other; mutagen reads Nero's."""
    path = made(tmp_path, "m4b", picture=drawn(), marks=MARKS)
    data = path.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")
    assert b"chpl" in data
    assert re.search(rb"tref....chap", data, re.DOTALL)
    nero = MP4(path).chapters
    assert nero is not None
    assert [chapter.title for chapter in nero] == KEPT
    assert [c.start for c in nero] == pytest.approx([m.start / RATE for m in MARKS], abs=1e-6)


@pytest.mark.parametrize("suffix", ["opus", "flac"])
def test_more_chapters_than_comments_number(suffix: str, tmp_path: Path) -> None:
    marks = [Mark(str(index), index * 400) for index in range(1001)]
    path = made(tmp_path, suffix, BARE, marks=marks[:1000])
    assert len(ffmpeg_shows(path)[1]) == 1000
    before = path.read_bytes()
    with pytest.raises(ConfigError, match="1,001 chapters, and this format has numbers for 1,000"):
        tag.write(path, BARE, None, marks, JOINED)
    assert path.read_bytes() == before


def test_an_ogg_file_keeps_its_serial_number(tmp_path: Path) -> None:
    path = tmp_path / "book.opus"
    path.write_bytes(encoded("opus", tag.ffmetadata(None, (), JOINED)))
    before = path.read_bytes()[14:18]
    tag.write(path, TAGS, drawn(), MARKS, JOINED)
    data = path.read_bytes()
    pages = [match.start() for match in re.finditer(rb"OggS\0", data)]
    assert {data[at + 14 : at + 18] for at in pages} == {before}


@pytest.mark.parametrize("suffix", ["m4b", "opus", "flac", "wav"])
@pytest.mark.parametrize("data", [b"", b"not audio at all" * 99], ids=["empty", "text"])
def test_a_file_that_is_not_what_its_name_says(suffix: str, data: bytes, tmp_path: Path) -> None:
    path = tmp_path / f"book.{suffix}"
    path.write_bytes(data)
    with pytest.raises(OutputError, match=f"book.{suffix}: "):
        tag.write(path, TAGS, None, MARKS, JOINED)
    assert path.read_bytes() == data


@pytest.mark.parametrize("suffix", ["m4b", "opus", "flac", "wav"])
def test_a_file_that_is_cut_short_in_its_head(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"book.{suffix}"
    path.write_bytes(encoded(suffix, tag.ffmetadata(None, (), JOINED))[:60])
    with pytest.raises(AudiobookError):
        tag.write(path, TAGS, None, MARKS, JOINED)


@pytest.mark.parametrize("suffix", ["m4b", "opus", "flac", "wav"])
def test_a_file_that_is_not_there(suffix: str, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        tag.write(tmp_path / f"book.{suffix}", TAGS, None, MARKS, JOINED)


def test_what_ffmpeg_muxes_chapters_from() -> None:
    marks = [Mark("One = 1; #\\", 0), Mark("Two\nlines", 22051)]
    tags = replace(BARE, title="T", narrator="N", track=1, tracks=2)
    assert tag.ffmetadata(tags, marks, Joined(22050, 44100, ())) == (
        ";FFMETADATA1\n"
        "title=T\n"
        "composer=N\n"
        "track=1/2\n"
        "[CHAPTER]\nTIMEBASE=1/22050\nSTART=0\nEND=22051\ntitle=One \\= 1\\; \\#\\\\ \n"
        "[CHAPTER]\nTIMEBASE=1/22050\nSTART=22051\nEND=44100\ntitle=Two lines\n"
    )
    assert tag.ffmetadata(None, [], JOINED) == ";FFMETADATA1\n"


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(titles=st.lists(st.text(max_size=150), min_size=1, max_size=12), text=st.text(max_size=99))
def test_any_text_comes_back_from_every_format(
    titles: list[str], text: str, tmp_path: Path
) -> None:
    marks = [Mark(title, index * RATE) for index, title in enumerate(titles)]
    kept = [tag.shortened(title) or str(number) for number, title in enumerate(titles, 1)]
    tags = replace(BARE, title="T", description=text)
    read = []
    for suffix in ("mp3", "opus", "m4b"):
        shown, chapters = ffmpeg_shows(made(tmp_path, suffix, tags, marks=marks))
        assert [title.strip() for _, title in chapters] == kept
        read.append(shown.get("description") or shown.get("comment"))
    assert read == [read[0]] * 3


@given(st.text())
def test_a_title_is_one_line_of_120_bytes_at_most(title: str) -> None:
    kept = tag.shortened(title)
    assert len(kept.encode()) <= 120
    assert kept == tag.shortened(kept)
    assert len(kept.splitlines()) <= 1
    assert not {"Cc", "Cs"} & {unicodedata.category(c) for c in kept}


@pytest.mark.parametrize(
    ("title", "kept"),
    [
        ("Short", "Short"),
        ("two\nlines", "two lines"),
        ("no\x00NUL\x1b, no \ud800 half", "noNUL, no half"),
        ("é" * 60, "é" * 60),
        ("é" * 61, "é" * 58 + "…"),
        ("🎸" * 40, "🎸" * 29 + "…"),
    ],
)
def test_titles_are_cut_on_a_character(title: str, kept: str) -> None:
    assert tag.shortened(title) == kept
    assert len(kept.encode()) <= tag.LONGEST_TITLE


def test_sections_rise_by_a_millisecond_at_least() -> None:
    """Whatever marks there are: twice the same, out of order, at the end, without a title."""
    marks = [Mark("c", 44_100), Mark("a", 0), Mark("", 0), Mark("b", 50)]
    joined = Joined(44_100, 44_100, ())
    assert tag.sections(marks, joined) == [
        tag.Section("a", 0, 45),
        tag.Section("2", 45, 90),
        tag.Section("b", 90, 44_100),
        tag.Section("c", 44_100, 44_145),
    ]
    assert tag.sections([], joined) == []


@pytest.mark.parametrize(
    ("ms", "shown"),
    [(0, "00:00:00.000"), (3_723_004, "01:02:03.004"), (86_400_000, "24:00:00.000")],
)
def test_clock(ms: int, shown: str) -> None:
    assert tag.clock(ms) == shown


@pytest.mark.parametrize(
    ("language", "code"),
    [("en-US", "eng"), ("de", "deu"), ("pt-BR", "por"), ("cmn", "cmn"), ("???", "und"), ("", "")],
)
def test_language_codes(language: str, code: str) -> None:
    assert tag.language_code(language) == code


@pytest.mark.parametrize(
    ("date", "written", "shown"),
    [
        ("1895", "1895", "1895"),
        ("1895-05-07", "1895-05-07", "1895-05-07"),
        ("1895-05", "1895-05", "1895"),
        ("1895-05-07T12:00:00Z", "1895-05-07", "1895-05-07"),
        ("1895-13", "1895", "1895"),
        ("about 1895", None, None),
        ("18951", None, None),
    ],
)
def test_dates(date: str, written: str | None, shown: str | None, tmp_path: Path) -> None:
    """ID3v2.3 has a year, and a day of it, but no month alone."""
    tags = replace(BARE, date=date)
    assert fields(made(tmp_path, "flac", tags)).get("date") == written
    assert fields(made(tmp_path, "mp3", tags)).get("TDRC") == shown


@pytest.mark.parametrize(("part", "number"), [("2", 2), ("2.5", None), ("III", None), ("", None)])
def test_a_part_that_is_no_number_is_no_movement(
    part: str, number: int | None, tmp_path: Path
) -> None:
    found = fields(made(tmp_path, "m4b", replace(BARE, part=part)))
    assert found.get("©mvi") == number
    assert found.get("----:com.apple.iTunes:SERIES-PART", "") == part


def tool(*command: str | Path) -> str:
    """What another program prints of a file; the test is skipped where it is not installed."""
    if not shutil.which(str(command[0])):
        pytest.skip(f"{command[0]} is not installed")
    done = subprocess.run([*map(str, command)], capture_output=True, check=True, timeout=60)
    return done.stdout.decode()


@pytest.mark.parametrize("suffix", FORMATS)
def test_ffprobe_and_so_audiobookshelf(suffix: str, tmp_path: Path) -> None:
    """Audiobookshelf's server asks ffprobe, and takes these names in either case."""
    path = made(tmp_path, suffix, picture=drawn(), marks=MARKS)
    found = json.loads(
        tool("ffprobe", "-v", "error", "-show_format", "-show_streams", "-show_chapters",
             "-of", "json", path)
    )  # fmt: skip
    tags = found["format"].get("tags") or found["streams"][0]["tags"]
    tags = {name.lower(): value for name, value in tags.items()}
    assert {name: tags.get(name) for name in SHOWN} == SHOWN
    assert tags["encoder"] == TAGS.encoder
    starts = [float(chapter["start_time"]) for chapter in found["chapters"]]
    assert starts == sorted(set(starts))
    assert starts == pytest.approx([m.start / RATE for m in MARKS], abs=0.0006)
    assert [chapter["tags"]["title"] for chapter in found["chapters"]] == KEPT


def test_mediainfo_lists_both_kinds_of_chapters(tmp_path: Path) -> None:
    shown = tool("mediainfo", made(tmp_path, "m4b", picture=drawn(), marks=MARKS))
    assert "Audiobook" in shown.partition("ContentType")[2].splitlines()[0]
    menus = shown.split("\nMenu #")[1:]
    assert [menu.count("\n00:00:") for menu in menus] == [len(MARKS), len(MARKS)]
    assert all("Ü 🎸 👩‍🚀 عברית שלום" in menu for menu in menus)


def test_mediainfo_reads_the_tag_of_a_wav(tmp_path: Path) -> None:
    shown = tool("mediainfo", made(tmp_path, "wav", picture=drawn(), marks=MARKS))
    assert re.search(r"NARRATOR +: Emma of espeak", shown)
    assert re.search(r"Cover +: Yes", shown)


def test_atomicparsley_calls_it_an_audiobook(tmp_path: Path) -> None:
    shown = tool("AtomicParsley", made(tmp_path, "m4b", picture=drawn(), marks=MARKS), "-t")
    for line in (
        'Atom "stik" contains: Audiobook',
        'Atom "pgap" contains: true',
        'Atom "©nrt" contains: Emma of espeak',
        'Atom "trkn" contains: 3 of 12',
        'Atom "covr" contains: 1 piece of artwork',
    ):
        assert line in shown


def test_eyed3_reads_the_mp3(tmp_path: Path) -> None:
    shown = tool("eyeD3", "--no-color", made(tmp_path, "mp3", picture=drawn(), marks=MARKS))
    assert "ID3 v2.3" in shown
    assert "composer: Emma of espeak" in shown
    assert "UserTextFrame: [Description: SERIES-PART]\n2" in shown
    assert "FRONT_COVER Image" in shown
