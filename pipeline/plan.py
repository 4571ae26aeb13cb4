"""Book + Voice + what is there -> Plan: what is missing, and why."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pipeline import __version__, encode, manifest, script, tag
from pipeline.engines import choose, engine
from pipeline.errors import ConfigError, SourceError, UsageError
from pipeline.model import (
    EPOCH,
    USUAL_RATE,
    Book,
    Chapter,
    Cover,
    Mark,
    Pause,
    Script,
    Settings,
    Track,
    Voice,
    digest,
    plain,
)

# Seconds of speech a character at the usual rate; measured over the five seeds.
SECONDS_A_CHARACTER = 0.0566
LONGEST_NAME = 120  # bytes, so that every file system takes it
_REASONS = {
    "text": "the text changed",
    "voice": "the voice changed",
    "pauses": "the pauses changed",
    "encoder": "the encoder changed",
    "tags": "the tags changed",
    "cover": "the cover changed",
    "epoch": "make-audiobook changed",
}
_AUDIO = ("text", "voice", "pauses", "encoder", "epoch")


@dataclass(frozen=True, slots=True)
class Step:
    """One chapter file: what it is made from, and why it must be made; no reason if it need not.

    `kept` is a finished file with the same audio, to which other tags can be given.
    """

    script: Script
    settings: Settings
    tags: tag.Tags
    path: Path
    inputs: Mapping[str, str]
    reason: str | None = None
    kept: manifest.Record | None = None
    selected: bool = True

    @property
    def chapter(self) -> Chapter:
        return self.script.chapter

    @property
    def pending(self) -> bool:
        return self.selected and self.reason is not None

    @property
    def characters(self) -> int:
        return sum(len(line.spoken) for line in self.script.utterances)

    @property
    def to_speak(self) -> int:
        """Characters that must be spoken to make it."""
        return 0 if self.kept or not self.reason else self.characters

    @property
    def source(self) -> str:
        """The chapter's own name within its book."""
        return self.chapter.file

    def record(self, track: Track) -> manifest.Record:
        """What the manifest keeps of this step's finished track."""
        voice = f"{self.settings.engine}:{self.settings.voice}"
        return manifest.Record(track, self.source, voice, self.inputs)

    def marks_of(self, track: Track) -> list[Mark]:
        """The marks of a track with the same audio, under this chapter's title."""
        opening, *others = track.marks or (None,)
        if opening is None:
            return []
        named_by_heading = bool(self.script.utterances[0].heading)
        return [opening if named_by_heading else Mark(self.chapter.title, 0), *others]

    @property
    def expected_seconds(self) -> float:
        rests = sum(line.ms for line in self.script.lines if isinstance(line, Pause)) / 1000
        return self.characters * SECONDS_A_CHARACTER * USUAL_RATE / self.settings.rate + rests


@dataclass(frozen=True, slots=True)
class Plan:
    """All that a build needs to know."""

    book: Book
    voice: Voice
    cover: Cover
    cover_from: str
    folder: Path
    steps: tuple[Step, ...]
    records: Mapping[str, manifest.Record]

    @property
    def cover_file(self) -> dict[str, str]:
        """Name and digest of a finished cover, and the digest of what it was made from."""
        name = "cover.png" if self.cover.media_type == "image/png" else "cover.jpg"
        digest = hashlib.sha256(self.cover.data).hexdigest()
        return {"file": name, "sha256": digest, "from": self.cover_from}

    @property
    def pending(self) -> tuple[Step, ...]:
        return tuple(step for step in self.steps if step.pending)

    def about(self) -> dict[str, Any]:
        """What the manifest says beside its tracks."""
        book = self.book
        first = self.steps[0].settings
        skipped = [
            {
                "chapter": step.chapter.number,
                "rule": piece.rule,
                "text": piece.text,
                "source": [piece.start, piece.end],
            }
            for step in self.steps
            for piece in step.script.skipped
        ]
        return {
            "book": {key: value for key, value in _about(book).items() if value},
            "voice": plain(self.voice),
            "tools": {
                "make-audiobook": __version__,
                "engine": engine(first.engine).fingerprint(first),
                "encoder": encode.fingerprint(),
            },
            "left_out": [
                {"title": part.title, "file": part.file, "why": part.left_out, "words": part.words}
                for part in book.left_out
            ],
            "skipped": skipped,
        }


def _about(book: Book) -> dict[str, Any]:
    """What is known of a book beside its chapters."""
    return {
        "title": book.title,
        "subtitle": book.subtitle,
        "author": book.author,
        "people": plain(book.people),
        "language": book.language,
        "genre": book.genre,
        "series": book.series,
        "position": book.position,
        "publisher": book.publisher,
        "date": book.date,
        "identifiers": list(book.identifiers),
        "rights": book.rights,
        "description": book.description,
    }


def plan(
    book: Book,
    voice: Voice,
    out: Path,
    only: frozenset[int] = frozenset(),
    voices: Mapping[str, Voice] | None = None,
) -> Plan:
    """Compare what a book should give with what lies in its folder of `out`.

    `only` limits the work to these chapter numbers; `voices` are those that chapters ask for by
    name. Raises UsageError, VoiceError, SourceError,
    ConfigError.
    """
    check_only(only, book)
    from pipeline.publish import cover

    folder = out / (file_name(book.title) or "Audiobook")
    if folder.resolve() in {Path(chapter.source).resolve().parent for chapter in book.chapters}:
        raise UsageError(f"--out: {folder} is the folder of the stories themselves.")
    picture = book.cover or cover.draw(book.title, book.author)
    records = manifest.read(folder)
    named = voices or {}
    made = (
        _step(book, chapter, named.get(chapter.voice or "", voice), picture, folder)
        for chapter in book.chapters
    )
    steps = tuple(
        replace(_compared(step, records), selected=not only or step.chapter.number in only)
        for step in made
    )
    _check_it_is_this_book(book, folder, steps, records)
    made_from = hashlib.sha256(picture.data).hexdigest()
    return Plan(book, voice, picture, made_from, folder, steps, records)


def check_only(only: frozenset[int], book: Book) -> None:
    """Refuse numbers that no chapter has. Raises UsageError."""
    unknown = only - {chapter.number for chapter in book.chapters}
    if unknown:
        raise UsageError(f"--only: there is no chapter {min(unknown)}, only {len(book.chapters)}.")


def _check_it_is_this_book(
    book: Book, folder: Path, steps: tuple[Step, ...], records: Mapping[str, manifest.Record]
) -> None:
    """Refuse a folder with another book: no text in common, and another author or other names."""
    names = {step.path.name for step in steps} | {step.source for step in steps}
    texts = {step.inputs["text"] for step in steps}
    known = manifest.book(folder)
    same_author = (known.get("author", ""), known.get("identifiers", [])) == (
        book.author,
        list(book.identifiers),
    )
    if records and not any(
        (same_author and {name, record.source} & names) or record.inputs.get("text") in texts
        for name, record in records.items()
    ):
        raise ConfigError(
            f"{folder}: holds another book of this title. Give one of them another title, use "
            "another --out, or remove that folder."
        )


def _step(book: Book, chapter: Chapter, voice: Voice, cover: Cover, folder: Path) -> Step:
    """One chapter's step, before it is known what is there already."""
    settings = choose(voice.settings, chapter.language)
    written = script.write(chapter, voice.pace)
    if not written.utterances:
        raise SourceError(f"{chapter.source}: there is nothing in it to read aloud.")
    tags = tag.Tags(
        title=chapter.title,
        album=book.title,
        artist=chapter.author,
        album_artist=book.author,
        track=chapter.number,
        tracks=len(book.chapters),
        genre=book.genre,
        language=chapter.language,
    )
    width = max(2, len(str(len(book.chapters))))
    path = folder / (file_name(f"{chapter.number:0{width}d} {chapter.title}") + ".mp3")
    inputs = {
        "text": digest([[u.spoken, u.heading] for u in written.utterances]),
        "voice": digest([settings, engine(settings.engine).fingerprint(settings)]),
        "pauses": digest([line.ms if isinstance(line, Pause) else 0 for line in written.lines]),
        "encoder": digest(encode.fingerprint()),
        "tags": digest(tags),
        "cover": hashlib.sha256(cover.data).hexdigest(),
        "epoch": digest(EPOCH),
    }
    return Step(written, settings, tags, path, inputs)


def _compared(step: Step, records: Mapping[str, manifest.Record]) -> Step:
    """The step with what is to be done, by what is there."""
    record = records.get(step.path.name)
    reason = _reason(step, record)
    if reason is None:
        return step
    kept = next((r for r in records.values() if _has_the_audio_of(step, r)), None)
    if kept and record is None:
        reason = "it has another number or title"
    return replace(step, reason=reason, kept=kept)


def _reason(step: Step, record: manifest.Record | None) -> str | None:
    if record is None:
        return "not built yet"
    known = record.inputs
    changed = [said for name, said in _REASONS.items() if step.inputs[name] != known.get(name)]
    if changed:
        return ", ".join(changed)
    if not step.path.is_file():
        return "the file is gone"
    return None if _is_whole(record) else "the file was changed by something else"


def _has_the_audio_of(step: Step, record: manifest.Record) -> bool:
    same = all(step.inputs[name] == record.inputs.get(name) for name in _AUDIO)
    return same and _is_whole(record)


def _is_whole(record: manifest.Record) -> bool:
    try:
        return manifest.sha256(record.track.path) == record.track.sha256
    except OSError:
        return False


def file_name(title: str) -> str:
    """The title as a file name that Linux, macOS and Windows take."""
    name = unicodedata.normalize("NFC", title)
    name = re.sub(r'[<>:"/\\|?*]|[^\w\s.,;!\'&()\[\]+=@#$%^~`{}-]', " ", name)
    name = " ".join(name.split()).strip(". ")
    while len(name.encode()) > LONGEST_NAME:
        name = name[:-1].rstrip(". ")
    reserved = re.fullmatch(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", name, re.IGNORECASE)
    return f"{name}_" if reserved else name
