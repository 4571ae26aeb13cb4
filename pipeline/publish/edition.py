"""A finished book as players know it: its files and what is in them, by its manifest alone."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline import manifest, tag
from pipeline.manifest import Manifest
from pipeline.model import BlockKind, Book, Joined, Person, Track

# UUIDv5 of podcasts (podcast-namespace, docs/tags/guid.md).
NAMESPACE = uuid.UUID("ead4c236-bf58-58c6-a2c6-a6b28d128cb6")
ARTWORK = "artwork.jpg"  # a square cover, where the book's own is none
MEDIA_TYPES: Mapping[str, str] = {
    ".mp3": "audio/mpeg",
    ".m4b": "audio/mp4",
    ".opus": "audio/ogg",
    ".flac": "audio/flac",
    ".wav": "audio/wav",
}


@dataclass(frozen=True, slots=True)
class Word:
    """A word as it is said, in milliseconds from the start of its file."""

    start_ms: int
    end_ms: int
    text: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """What is heard in one breath, as written, in milliseconds from the start of its file.

    White space is single spaces. `kind` is that of the block it stands in, and `opens` says that
    it is the block's first. `source` are its offsets in `Chapter.text`, of which chapter is
    `chapter`. `words` are empty where the engine does not tell of them. `speaker` is one of the
    cast by name, if it is not the narrator.
    """

    start_ms: int
    end_ms: int
    text: str
    kind: BlockKind
    opens: bool
    chapter: int
    source: tuple[int, int]
    words: tuple[Word, ...] = ()
    speaker: str = ""


@dataclass(frozen=True, slots=True)
class Heading:
    """Where a section or a chapter starts, in milliseconds from the start of its file."""

    start_ms: int
    title: str


@dataclass(frozen=True, slots=True)
class Item:
    """One audio file: a chapter, or all of a book.

    `name` is what files beside it are called (chapters/NAME.json); `guid` stays when it is made
    anew, by another title or at another place. `size` is in bytes.
    """

    name: str
    number: int
    title: str
    guid: str
    file: str
    media_type: str
    size: int
    length_ms: int
    headings: tuple[Heading, ...]


@dataclass(frozen=True, slots=True)
class Edition:
    """A book's folder, by its name; `cover` is a file in it, and `artwork` its square one."""

    folder: str
    guid: str
    title: str
    subtitle: str
    author: str
    people: tuple[Person, ...]
    narrators: tuple[str, ...]
    language: str
    genre: str
    series: str
    position: str
    publisher: str
    date: str
    rights: str
    description: str
    identifiers: tuple[str, ...]
    cover: str
    artwork: str
    items: tuple[Item, ...]

    @property
    def length_ms(self) -> int:
        return sum(item.length_ms for item in self.items)


def guid_of(book: Book) -> str:
    """What a book is to those who follow it: stays, whatever it is called and wherever it is.

    By what its settings say, its own identifier, or its source's name and author.
    """
    given = book.guid or next(iter(book.identifiers), "")
    try:
        return str(uuid.UUID(given))
    except ValueError:
        name = given or "\n".join([book.source or book.title, book.author])
        return str(uuid.uuid5(NAMESPACE, name))


def edition(folder: Path, known: Manifest) -> Edition:
    """What a finished book's folder holds. Raises OSError where a file is gone."""
    about, own = known.book, known.edition
    artwork = ARTWORK if ARTWORK in known.published else known.cover["file"]
    return Edition(
        folder=folder.name,
        guid=own["guid"],
        title=about["title"],
        subtitle=about.get("subtitle", ""),
        author=about.get("author", ""),
        people=tuple(Person(**one) for one in about.get("people", ())),
        narrators=tuple(own["narrators"]),
        language=about["language"],
        genre=about.get("genre", ""),
        series=about.get("series", ""),
        position=about.get("position", ""),
        publisher=about.get("publisher", ""),
        date=about.get("date", ""),
        rights=about.get("rights", ""),
        description=about.get("description", ""),
        identifiers=tuple(about.get("identifiers", ())),
        cover=known.cover["file"],
        artwork=artwork,
        items=tuple(_items(folder, known)),
    )


def _items(folder: Path, known: Manifest) -> Iterator[Item]:
    """The files of the format that was named first, of those that players play."""
    suffixes = [f".{name}" for name in known.edition["formats"] if f".{name}" in MEDIA_TYPES]
    suffix, book = next(iter(suffixes), ""), uuid.UUID(known.edition["guid"])
    listed = [*_volumes(known, suffix)] or [*_chapters(known, suffix)]
    width = max(2, len(str(len(listed))))
    for track, key in listed:
        joined = track.joined
        yield Item(
            name=f"{track.number:0{width}d}",
            number=track.number,
            title=track.title,
            guid=str(uuid.uuid5(book, key)),
            file=track.path.name,
            media_type=MEDIA_TYPES[suffix],
            size=(folder / track.path.name).stat().st_size,
            length_ms=tag.milliseconds(joined.samples, joined.rate),
            headings=tuple(
                Heading(tag.milliseconds(one.start, joined.rate), one.title)
                for one in tag.sections(track.marks, joined)
            ),
        )


def _chapters(known: Manifest, suffix: str) -> Iterator[tuple[Track, str]]:
    """The files of one chapter each, and what they are called within the book."""
    for record in sorted(known.records.values(), key=lambda record: record.track.number):
        if record.track.path.suffix == suffix and not record.within:
            yield record.track, record.source


def _volumes(known: Manifest, suffix: str) -> Iterator[tuple[Track, str]]:
    """The files of several chapters each."""
    found = [
        ([known.records[name] for name, _ in volume.chapters], volume)
        for volume in known.volumes.values()
        if volume.path.suffix == suffix
    ]
    found.sort(key=lambda one: one[0][0].track.number)
    for number, (held, volume) in enumerate(found, 1):
        marks = manifest.marks(held, [start for _, start in volume.chapters])
        joined = Joined(volume.rate, volume.samples, ())
        name, path = volume.path.stem, volume.path
        yield Track(number, name, path, volume.sha256, joined, tuple(marks)), f"volume {number}"
