"""Titles, cover and chapter marks -> ID3, MP4, Vorbis. The only room that imports mutagen.

`id3_tag` gives the bytes that stand before the audio of an MP3; `write` tags any other finished
file in place; `ffmetadata` is what ffmpeg muxes the chapters of an M4B from, for mutagen can only
read those. All three write the same fields, from one table, and the same marks, from one list.
"""

from __future__ import annotations

import io
import re
import unicodedata
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from mutagen import MutagenError
from mutagen.flac import FLAC, Picture
from mutagen.id3 import APIC, CHAP, COMM, CTOC, ID3, TIT2, TXXX, CTOCFlags, Frames
from mutagen.id3._tags import save_frame
from mutagen.mp4 import MP4, MP4Cover
from mutagen.oggopus import OggOpus

from pipeline import __version__, riff
from pipeline.errors import ConfigError, OutputError
from pipeline.model import Cover, Joined, Mark

UTF16 = 1  # what ID3v2.3 knows beside Latin-1
IGNORE_OFFSET = 0xFFFFFFFF  # id3v2-chapters-1.0: use the times
MOST_CHILDREN = 255  # a CTOC counts its children in one byte
LONGEST_TITLE = 120  # UTF-8 bytes; players break above 127
MOST_COMMENTS = 1000  # chapters that Vorbis comments number, 000 to 999
MOST_HOURS = 100  # at which a chapter may not start any more: HH:MM:SS.mmm
FRONT_COVER = 3  # ID3v2 and FLAC alike
AUDIOBOOK = 2  # iTunes' media kind
PROGRAM = "make-audiobook " + ".".join(__version__.split(".")[:2])


@dataclass(frozen=True, slots=True)
class Tags:
    """What a player shows; an empty field writes nothing.

    `title` is the chapter's, or the book's where a file is the whole book; `album` is the book's,
    and `subtitle` too. `artist` wrote what the file holds, `album_artist` the book. `narrator` is
    the voice. `part` is the place in `series`, a number as a rule. `date` is a year, or ISO 8601
    from its start. `language` is a BCP 47 tag. `track` 0 is none.
    """

    title: str
    album: str
    artist: str
    album_artist: str
    track: int
    tracks: int
    genre: str
    language: str
    subtitle: str = ""
    narrator: str = ""
    series: str = ""
    part: str = ""
    publisher: str = ""
    date: str = ""
    description: str = ""
    copyright: str = ""
    artist_sort: str = ""
    album_sort: str = ""
    encoder: str = PROGRAM


@dataclass(frozen=True, slots=True)
class Field:
    """A field of `Tags`, and all that ID3v2.3, MP4, Vorbis and ffmpeg call it; `----:X` is iTunes'
    free form.
    """

    name: str
    id3: str
    mp4: str
    vorbis: str
    ffmpeg: str


# Sources: id3.org's id3v2.3.0; the QuickTime and iTunes lists of ExifTool; xiph.org's v-comment
# (whose PERFORMER "in an audiobook" is the reader). Audiobookshelf's server/utils/prober.js reads
# composer as the narrator, series, series-part, subtitle, publisher, description and language by
# their names as ffprobe shows them; Audible writes ©nrt and ©pub; Apple Books shows movements.
FIELDS = (
    Field("title", "TIT2", "©nam", "TITLE", "title"),
    Field("subtitle", "TIT3", "----:SUBTITLE", "SUBTITLE", "subtitle"),
    Field("album", "TALB", "©alb", "ALBUM", "album"),
    Field("artist", "TPE1", "©ART", "ARTIST", "artist"),
    Field("album_artist", "TPE2", "aART", "ALBUMARTIST", "album_artist"),
    Field(
        "narrator",
        "TCOM TXXX:NARRATOR",
        "©wrt ©nrt ----:NARRATOR",
        "COMPOSER PERFORMER NARRATOR",
        "composer",
    ),
    Field("series", "TXXX:SERIES MVNM", "----:SERIES ©mvn", "SERIES", "series"),
    Field("part", "TXXX:SERIES-PART MVIN", "----:SERIES-PART ©mvi", "SERIES-PART", "series-part"),
    Field("publisher", "TPUB", "©pub ----:PUBLISHER", "PUBLISHER ORGANIZATION", "publisher"),
    Field("date", "TYER TDAT", "©day", "DATE", "date"),
    Field("genre", "TCON", "©gen", "GENRE", "genre"),
    Field("language", "TLAN", "----:LANGUAGE", "LANGUAGE", "language"),
    Field("description", "COMM TXXX:DESCRIPTION", "desc ldes", "DESCRIPTION", "description"),
    Field("copyright", "TCOP", "cprt", "COPYRIGHT", "copyright"),
    Field("encoder", "TSSE", "©too", "ENCODER", "encoder"),
    Field("track", "TRCK", "trkn", "TRACKNUMBER TRACKTOTAL", "track"),
    Field("artist_sort", "TSOP", "soar", "ARTISTSORT", "artist-sort"),
    Field("album_sort", "TSOA", "soal", "ALBUMSORT", "album-sort"),
)


@dataclass(frozen=True, slots=True)
class Section:
    """A chapter mark as every format gets it: title, start and end in samples of the file."""

    title: str
    start: int
    end: int


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
    language = language_code(tags.language) or "und"
    for name, value in _named(tags, "id3", _ID3_SHAPES):
        kind, _, about = name.partition(":")
        if kind == "TXXX":
            id3.add(TXXX(encoding=UTF16, desc=about, text=[value]))
        elif kind == "COMM":
            id3.add(COMM(encoding=UTF16, lang=language, desc="", text=[value]))
        else:
            frame: Any = Frames[kind]
            id3.add(frame(encoding=UTF16, text=[value]))
    if cover:
        kind, data = cover.media_type, cover.data
        id3.add(APIC(encoding=0, mime=kind, type=FRONT_COVER, desc="Cover", data=data))
    _add_chapters(id3, sections(marks, joined), joined.rate)
    out = io.BytesIO()
    id3.save(out, v1=0, v2_version=3, padding=_no_padding)
    return out.getvalue()


def tag_size(file: BinaryIO) -> int:
    """How many bytes of tag stand before the audio (id3v2.3.0, 3.1: 7 bits a byte)."""
    head = file.read(10)
    if head[:3] != b"ID3":
        return 0
    return 10 + sum(byte << shift for byte, shift in zip(head[6:], (21, 14, 7, 0), strict=True))


def write(
    path: Path,
    tags: Tags,
    cover: Cover | None,
    marks: Sequence[Mark],
    joined: Joined,
) -> None:
    """Tag a finished .m4b, .m4a, .opus, .flac or .wav file in place of what tags it has.


    The marks of an M4B are not written but kept: they are in the file (see `ffmetadata`). An Ogg
    file keeps its serial number, and all but WAV the vendor of their encoder. The same file and
    fields give the same bytes, and doing it twice changes nothing.

    Raises ConfigError for more marks than the format numbers, or a WAV file too long for its tag;
    OutputError for a file that is not what its name says; OSError when the disk gives up.
    """
    writers: dict[str, Callable[..., None]]
    writers = {".m4b": _write_mp4, ".m4a": _write_mp4, ".flac": _write_flac, ".opus": _write_opus,
               ".wav": _write_wav}  # fmt: skip
    final = path.with_suffix("") if path.suffix == ".part" else path
    writer = writers[final.suffix.lower()]
    try:
        writer(path, tags, cover, marks, joined)
    except MutagenError as error:
        if isinstance(error.__context__, OSError):
            raise error.__context__ from None
        raise OutputError(f"{path}: cannot be tagged ({error}). Build it anew.") from error


def ffmetadata(tags: Tags | None, marks: Sequence[Mark], joined: Joined) -> str:
    """Chapters, and fields when there are `tags`, for ffmpeg's `-map_metadata` and
    `-map_chapters`, to be written as UTF-8.

    Times are samples: ffmpeg keeps them so in QuickTime's chapters and to 100 ns in Nero's.
    A QuickTime track has no gap before its first chapter, so that one should start at 0.
    ffmpeg takes titles from `-map_metadata` too: with -1 there are chapters without any.
    """
    lines = [";FFMETADATA1"]
    if tags:
        named = _named(tags, "ffmpeg", {})
        lines += [f"{name}={_escaped(value)}" for name, value in named]
    for section in sections(marks, joined):
        lines += ["[CHAPTER]", f"TIMEBASE=1/{joined.rate}"]
        lines += [f"START={section.start}", f"END={section.end}"]
        lines += [f"title={_escaped(section.title)}"]
    return "\n".join(lines) + "\n"


def sections(marks: Sequence[Mark], joined: Joined) -> list[Section]:
    """Marks in order of time, each at least a millisecond after the last, and none without a
    title: players show an empty one as a gap, or as a name of their own. Each ends where the next
    starts, the last with the audio.
    """
    least = -(-joined.rate // 1000)
    starts: list[int] = []
    ordered = sorted(marks, key=lambda mark: mark.start)
    for mark in ordered:
        starts.append(max(mark.start, starts[-1] + least) if starts else mark.start)
    ends = [*starts[1:], max(joined.samples, starts[-1] + least)] if starts else []
    titles = [shortened(mark.title) or str(number) for number, mark in enumerate(ordered, 1)]
    return [Section(*each) for each in zip(titles, starts, ends, strict=True)]


def _escaped(text: str) -> str:
    r"""As an ffmetadata file wants it: a backslash before each of `= ; # \` and newline.

    ffmpeg takes the newline behind a last backslash for escaped, whatever stands before; so that
    one has a space behind it.
    """
    return re.sub(r"([=;#\\\n])", r"\\\1", text) + " " * text.endswith("\\")


def _named(
    tags: Tags, column: str, shapes: Mapping[str, Callable[[str], str]]
) -> Iterator[tuple[str, str]]:
    """Every field that is not empty, under each of its names in a column of the table."""
    for field in FIELDS:
        value = _value(tags, field.name)
        for name in getattr(field, column).split():
            shaped = shapes[name](value) if name in shapes and value else value
            if shaped:
                yield name, shaped


def _value(tags: Tags, field: str) -> str:
    """A field as text without control characters; only a description has lines."""
    if field == "track":
        total = f"/{tags.tracks}" if tags.tracks else ""
        return f"{tags.track}{total}" if tags.track > 0 else ""
    text: str = getattr(tags, field)
    if field == "date":
        return _date(text)
    if field == "description":
        return "\n".join(_line(line) for line in text.splitlines()).strip()
    return _line(text)


def _date(text: str) -> str:
    """The year, with month and day where they are known: what all three formats take."""
    found = re.match(r"\s*(\d{4})(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?(?!\d)", text)
    return found[0].strip() if found else ""


def _line(text: str) -> str:
    """One line without what breaks tags: NUL ends a string, a lone surrogate is no character."""
    kept = "".join(c for c in text if c.isspace() or unicodedata.category(c) not in ("Cc", "Cs"))
    return " ".join(kept.split())


def _day_and_month(date: str) -> str:
    """DDMM, as id3v2.3.0's TDAT has it."""
    return date[8:] + date[5:7] if len(date) == len("1895-05-07") else ""


def _whole_number(part: str) -> str:
    """A movement's number is an integer of 16 bits; a part may be 2.5, or III."""
    return part if re.fullmatch(r"\d{1,4}", part, re.ASCII) else ""


def _no_padding(_info: object) -> int:
    """mutagen's own depends on the file's length and on its version."""
    return 0


def _add_chapters(id3: ID3, marked: Sequence[Section], rate: int) -> None:
    if not marked:
        return
    names = [f"ch{index:04d}" for index in range(len(marked))]
    for name, section in zip(names, marked, strict=True):
        id3.add(
            CHAP(
                element_id=name,
                start_time=milliseconds(section.start, rate),
                end_time=milliseconds(section.end, rate),
                start_offset=IGNORE_OFFSET,
                end_offset=IGNORE_OFFSET,
                sub_frames=[TIT2(encoding=UTF16, text=[section.title])],
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


def _write_mp4(path: Path, tags: Tags, cover: Cover | None, *_marks: object) -> None:
    """The atoms of iTunes; both kinds of chapters stay as they are."""
    file = MP4(path)
    if file.tags is None:
        file.add_tags()
    atoms: Any = file.tags
    atoms.clear()
    for name, value in _named(tags, "mp4", {"©mvi": _whole_number}):
        atoms[name.replace("----:", "----:com.apple.iTunes:")] = _atom(name, value)
    atoms["stik"] = [AUDIOBOOK]
    atoms["pgap"] = True
    if cover:
        png = cover.media_type == "image/png"
        kind = MP4Cover.FORMAT_PNG if png else MP4Cover.FORMAT_JPEG
        atoms["covr"] = [MP4Cover(cover.data, imageformat=kind)]
    file.save(padding=_no_padding)


def _atom(name: str, value: str) -> list[Any]:
    """A field in the type that its atom has."""
    if name == "trkn":
        number, _, total = value.partition("/")
        return [(int(number), int(total or 0))]
    if name == "©mvi":
        return [int(value)]
    return [value.encode()] if name.startswith("----") else [value]


def _write_flac(
    path: Path, tags: Tags, cover: Cover | None, marks: Sequence[Mark], joined: Joined
) -> None:
    comments = _comments(path, tags, marks, joined)
    file = FLAC(path)
    if file.tags is None:
        file.add_tags()
    written: Any = file.tags
    written[:] = comments
    file.clear_pictures()
    if cover:
        file.add_picture(_picture(cover))
    file.save(padding=_no_padding)


def _write_opus(
    path: Path, tags: Tags, cover: Cover | None, marks: Sequence[Mark], joined: Joined
) -> None:
    comments = _comments(path, tags, marks, joined)
    if cover:
        picture = b64encode(_picture(cover).write()).decode()
        comments.append(("METADATA_BLOCK_PICTURE", picture))
    file: Any = OggOpus(path)
    file.tags[:] = comments
    file.save(padding=_no_padding)


def _picture(cover: Cover) -> Picture:
    """The picture block of FLAC, which Ogg has as text; 0 for its width is unknown."""
    picture = Picture()
    picture.type, picture.mime, picture.desc = FRONT_COVER, cover.media_type, "Cover"
    picture.data = cover.data
    return picture


def _comments(
    path: Path, tags: Tags, marks: Sequence[Mark], joined: Joined
) -> list[tuple[str, str]]:
    """Vorbis comments, with chapters as xiph.org's wiki has them (Chapter Extension)."""
    check_marks(path, marks, joined)
    comments = list(_named(tags, "vorbis", _VORBIS_SHAPES))
    for index, section in enumerate(sections(marks, joined)):
        time = clock(milliseconds(section.start, joined.rate))
        comments += [(f"CHAPTER{index:03d}", time), (f"CHAPTER{index:03d}NAME", section.title)]
    return comments


def check_marks(path: Path, marks: Sequence[Mark], joined: Joined) -> None:
    """Refuse chapters that comments cannot say: they number 1,000, and hours have two digits.

    ffmpeg's and VLC's readers take no third. Raises ConfigError.
    """
    if len(marks) > MOST_COMMENTS:
        raise ConfigError(
            f"{path.name}: {len(marks):,d} chapters, and this format has numbers for "
            f"{MOST_COMMENTS:,d}. Use m4b, or a file a chapter."
        )
    last = max((mark.start for mark in marks), default=0)
    if last >= MOST_HOURS * 3600 * joined.rate:
        raise ConfigError(
            f"{path.name}: a chapter starts after {MOST_HOURS} hours, which this format cannot "
            "say. Use m4b or mp3, or a file a chapter."
        )


def _write_wav(
    path: Path, tags: Tags, cover: Cover | None, marks: Sequence[Mark], joined: Joined
) -> None:
    """The ID3 tag as a chunk. mutagen's own writer reads no RF64."""
    riff.put_last(path, b"id3 ", id3_tag(tags, cover, marks, joined))


def milliseconds(samples: int, rate: int) -> int:
    """The nearest millisecond."""
    return (samples * 1000 + rate // 2) // rate


def clock(ms: int) -> str:
    """HH:MM:SS.mmm."""
    seconds, ms = divmod(ms, 1000)
    minutes, seconds = divmod(seconds, 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{seconds:02d}.{ms:03d}"


def shortened(title: str) -> str:
    """One line of at most 120 bytes of UTF-8, cut on a character."""
    title = _line(title)
    if len(title.encode()) <= LONGEST_TITLE:
        return title
    return title.encode()[: LONGEST_TITLE - 3].decode(errors="ignore").rstrip() + "…"


def language_code(tag: str) -> str:
    """ISO 639-2, as ID3 wants it: eng for en-US, und for what is none."""
    from langcodes import Language

    try:
        return Language.get(tag).to_alpha3() if tag else ""
    except (LookupError, ValueError):  # no such language, or no tag at all
        return "und"


_ID3_SHAPES: dict[str, Callable[[str], str]] = {
    "TLAN": language_code,
    "TYER": lambda date: date[:4],
    "TDAT": _day_and_month,
    "MVIN": _whole_number,
}
_VORBIS_SHAPES: dict[str, Callable[[str], str]] = {
    "TRACKNUMBER": lambda track: track.partition("/")[0],
    "TRACKTOTAL": lambda track: track.partition("/")[2],
}
