"""Tags and chapter marks as other programs read them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from mutagen.id3 import ID3
from mutagen.mp3 import MP3

from pipeline import encode, tag
from pipeline.model import Cover, Joined, Mark
from pipeline.publish import cover
from tests.conftest import decoded, ffmetadata

RATE = 22050
SECONDS = 20
TAGS = tag.Tags(
    title="The Sea — 海",
    album="Tides & Other “Stories”",
    artist="Anonymous",
    album_artist="Nobody",
    track=3,
    tracks=12,
    genre="Audiobook",
    language="en-US",
)


@pytest.fixture
def track(tmp_path: Path) -> Path:
    path = tmp_path / "track.mp3"
    encode.mp3([bytes(2 * RATE * SECONDS)], RATE, path)
    return path


def write(path: Path, marks: list[Mark], picture: Cover | None = None) -> None:
    joined = Joined(RATE, RATE * SECONDS, ())
    with path.open("rb") as file:
        file.seek(tag.tag_size(file))
        audio = file.read()
    path.write_bytes(tag.id3_tag(TAGS, picture, marks, joined) + audio)


def test_all_fields_and_the_cover(track: Path) -> None:
    audio = decoded(track)
    picture = cover.draw("Tides", "Nobody")
    write(track, [], picture)
    tags = ID3(track)
    assert tags.version == (2, 3, 0)
    texts = {name: tags[name].text for name in ("TIT2", "TALB", "TPE1", "TPE2", "TCON", "TLAN")}
    assert texts == {
        "TIT2": ["The Sea — 海"],
        "TALB": ["Tides & Other “Stories”"],
        "TPE1": ["Anonymous"],
        "TPE2": ["Nobody"],
        "TCON": ["Audiobook"],
        "TLAN": ["eng"],
    }
    assert str(tags["TRCK"]) == "3/12"
    (art,) = tags.getall("APIC")
    assert (art.mime, art.type, art.data) == ("image/jpeg", 3, picture.data)
    assert not tags.getall("CHAP")
    assert decoded(track) == audio
    info: Any = MP3(track).info
    assert info.length == pytest.approx(SECONDS, abs=0.1)


def test_chapters_lie_in_the_file_in_the_order_of_time(track: Path) -> None:
    """mutagen would write them by size, and players list them as they lie."""
    titles = [
        "A much longer title than the others have",
        "B",
        "= ; # \\ “quotes”",
        "Ü 🎸 עברית",
        "E",
    ]
    write(track, [Mark(title, index * RATE * 3) for index, title in enumerate(titles)])
    listed = [
        line.removeprefix("title=").replace("\\", "")
        for line in ffmetadata(track).partition("[CHAPTER]")[2].splitlines()
        if line.startswith("title=")
    ]
    assert listed == [title.replace("\\", "") for title in titles]
    data = track.read_bytes()
    places = [data.index(f"ch{index:04d}".encode()) for index in range(len(titles))]
    assert places == sorted(places)
    chapters = sorted(ID3(track).getall("CHAP"), key=lambda chapter: chapter.start_time)
    assert [(c.start_time, c.end_time) for c in chapters] == [
        (0, 3000),
        (3000, 6000),
        (6000, 9000),
        (9000, 12000),
        (12000, 20000),
    ]


def test_one_top_level_ordered_contents(track: Path) -> None:
    write(track, [Mark("One", 0), Mark("Two", RATE)])
    (contents,) = ID3(track).getall("CTOC")
    assert contents.flags == 3
    assert contents.child_element_ids == ["ch0000", "ch0001"]


def test_more_sections_than_one_table_can_count(track: Path) -> None:
    write(track, [Mark(f"Section {index}", index * 1400) for index in range(300)])
    tables = ID3(track).getall("CTOC")
    assert sorted(len(table.child_element_ids) for table in tables) == [2, 45, 255]
    assert [table.element_id for table in tables if table.flags == 3] == ["toc"]
    assert ffmetadata(track).count("[CHAPTER]") == 300


@pytest.mark.parametrize(
    ("title", "kept"),
    [
        ("Short", "Short"),
        ("two\nlines", "two lines"),
        ("é" * 60, "é" * 60),
        ("é" * 61, "é" * 58 + "…"),
        ("🎸" * 40, "🎸" * 29 + "…"),
    ],
)
def test_titles_are_cut_on_a_character(title: str, kept: str) -> None:
    assert tag.shortened(title) == kept
    assert len(kept.encode()) <= tag.LONGEST_TITLE


@pytest.mark.parametrize(
    ("language", "code"), [("en-US", "eng"), ("de", "deu"), ("pt-BR", "por"), ("cmn", "cmn")]
)
def test_language_codes(language: str, code: str) -> None:
    assert tag.language_code(language) == code
