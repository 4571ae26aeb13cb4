"""Titles, cover and chapter marks -> ID3. The only room that imports mutagen."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

from mutagen.id3 import APIC, CHAP, CTOC, ID3, TALB, TCON, TIT2, TLAN, TPE1, TPE2, TRCK, CTOCFlags
from mutagen.id3._tags import save_frame

from pipeline.model import Cover, Joined, Mark

UTF16 = 1  # what ID3v2.3 knows beside Latin-1
IGNORE_OFFSET = 0xFFFFFFFF  # id3v2-chapters-1.0: use the times
MOST_CHILDREN = 255  # a CTOC counts its children in one byte
LONGEST_TITLE = 120  # UTF-8 bytes; players break above 127


@dataclass(frozen=True, slots=True)
class Tags:
    """What a player shows."""

    title: str
    album: str
    artist: str
    album_artist: str
    track: int
    tracks: int
    genre: str
    language: str


class OrderedID3(ID3):
    """mutagen writes frames by size, and players list CHAP frames as they lie (mutagen #506)."""

    def _write(self, config: Any) -> Any:
        chapters = sorted(self.getall("CHAP"), key=lambda chapter: chapter.start_time)
        self.delall("CHAP")
        data = super()._write(config)
        for chapter in chapters:
            self.add(chapter)
            data += save_frame(chapter, config=config)
        return data


def id3_tag(tags: Tags, cover: Cover | None, marks: Sequence[Mark], joined: Joined) -> bytes:
    """An ID3v2.3 tag, as the widest range of players reads it, to stand before the audio."""
    id3 = OrderedID3()
    for frame, text in (
        (TIT2, tags.title),
        (TALB, tags.album),
        (TPE1, tags.artist),
        (TPE2, tags.album_artist),
        (TRCK, f"{tags.track}/{tags.tracks}"),
        (TCON, tags.genre),
        (TLAN, language_code(tags.language)),
    ):
        if text:
            id3.add(frame(encoding=UTF16, text=[text]))
    if cover:
        id3.add(APIC(encoding=0, mime=cover.media_type, type=3, desc="Cover", data=cover.data))
    _add_chapters(id3, marks, joined.rate, joined.samples)
    out = io.BytesIO()
    id3.save(out, v1=0, v2_version=3, padding=lambda _: 0)
    return out.getvalue()


def tag_size(file: BinaryIO) -> int:
    """How many bytes of tag stand before the audio (id3v2.3.0, 3.1: 7 bits a byte)."""
    head = file.read(10)
    if head[:3] != b"ID3":
        return 0
    return 10 + sum(byte << shift for byte, shift in zip(head[6:], (21, 14, 7, 0), strict=True))


def _add_chapters(id3: ID3, marks: Sequence[Mark], rate: int, samples: int) -> None:
    if not marks:
        return
    ends = [*(mark.start for mark in marks[1:]), samples]
    names = [f"ch{index:04d}" for index in range(len(marks))]
    for name, mark, end in zip(names, marks, ends, strict=True):
        id3.add(
            CHAP(
                element_id=name,
                start_time=milliseconds(mark.start, rate),
                end_time=milliseconds(end, rate),
                start_offset=IGNORE_OFFSET,
                end_offset=IGNORE_OFFSET,
                sub_frames=[TIT2(encoding=UTF16, text=[shortened(mark.title)])],
            )
        )
    _add_contents(id3, names)


def _add_contents(id3: ID3, names: list[str]) -> None:
    """One top-level table of contents; with more entries than it can count, tables below it."""
    ordered = CTOCFlags.ORDERED
    if len(names) > MOST_CHILDREN:
        parts = [names[at : at + MOST_CHILDREN] for at in range(0, len(names), MOST_CHILDREN)]
        names = [f"toc{index:03d}" for index in range(len(parts))]
        for name, part in zip(names, parts, strict=True):
            id3.add(CTOC(element_id=name, flags=ordered, child_element_ids=part, sub_frames=[]))
    flags = CTOCFlags.TOP_LEVEL | ordered
    id3.add(CTOC(element_id="toc", flags=flags, child_element_ids=names, sub_frames=[]))


def milliseconds(samples: int, rate: int) -> int:
    """The nearest millisecond."""
    return (samples * 1000 + rate // 2) // rate


def shortened(title: str) -> str:
    """At most 120 bytes of UTF-8, cut on a character."""
    title = " ".join(title.split())
    if len(title.encode()) <= LONGEST_TITLE:
        return title
    return title.encode()[: LONGEST_TITLE - 3].decode(errors="ignore").rstrip() + "…"


def language_code(tag: str) -> str:
    """ISO 639-2, as ID3 wants it: eng for en-US."""
    from langcodes import Language

    try:
        return Language.get(tag).to_alpha3()
    except LookupError:
        return "und"
