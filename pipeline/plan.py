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
from pipeline.errors import SourceError, UsageError
from pipeline.model import (
    EPOCH,
    Book,
    Chapter,
    Cover,
    Pause,
    Script,
    Settings,
    Voice,
    digest,
    plain,
)

# Seconds of speech a character, at 170 words a minute; measured over the five seeds.
SECONDS_A_CHARACTER = 0.0566
USUAL_RATE = 170
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


@dataclass(frozen=True, slots=True)
class Step:
    """One chapter file: what it is made from, and why it must be made; no reason if it need not."""

    script: Script
    settings: Settings
    tags: tag.Tags
    path: Path
    inputs: Mapping[str, str]
    reason: str | None = None
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
    def expected_seconds(self) -> float:
        rests = sum(line.ms for line in self.script.lines if isinstance(line, Pause)) / 1000
        return self.characters * SECONDS_A_CHARACTER * USUAL_RATE / self.settings.rate + rests


@dataclass(frozen=True, slots=True)
class Plan:
    """All that a build needs to know."""

    book: Book
    voice: Voice
    cover: Cover
    folder: Path
    steps: tuple[Step, ...]
    records: Mapping[str, manifest.Record]

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
            "book": {
                "title": book.title,
                "author": book.author,
                "language": book.language,
                "genre": book.genre,
            },
            "voice": plain(self.voice),
            "tools": {
                "make-audiobook": __version__,
                "engine": engine(first.engine).fingerprint(first),
                "encoder": encode.fingerprint(),
            },
            "skipped": skipped,
        }


def plan(book: Book, voice: Voice, out: Path, only: frozenset[int] = frozenset()) -> Plan:
    """Compare what a book should give with what lies in its folder of `out`.

    `only` limits the work to these chapter numbers. Raises VoiceError, SourceError, UsageError.
    """
    unknown = only - {chapter.number for chapter in book.chapters}
    if unknown:
        raise UsageError(f"--only: there is no chapter {min(unknown)}, only {len(book.chapters)}.")
    from pipeline.publish import cover

    folder = out / (file_name(book.title) or "Audiobook")
    picture = book.cover or cover.draw(book.title, book.author)
    records = manifest.read(folder)
    made = (_step(book, chapter, voice, picture, folder) for chapter in book.chapters)
    steps = tuple(
        replace(
            step,
            reason=_reason(step, records),
            selected=not only or step.chapter.number in only,
        )
        for step in made
    )
    return Plan(book, voice, picture, folder, steps, records)


def _step(book: Book, chapter: Chapter, voice: Voice, cover: Cover, folder: Path) -> Step:
    """One chapter's step, before it is known what is there already."""
    settings = choose(voice.settings, chapter.language)
    written = script.write(chapter, voice.pace, keep_boilerplate=book.keep_boilerplate)
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
        "text": digest([[u.spoken, u.text if u.heading else ""] for u in written.utterances]),
        "voice": digest([settings, engine(settings.engine).fingerprint(settings)]),
        "pauses": digest([line.ms if isinstance(line, Pause) else 0 for line in written.lines]),
        "encoder": digest(encode.fingerprint()),
        "tags": digest(tags),
        "cover": hashlib.sha256(cover.data).hexdigest(),
        "epoch": digest(EPOCH),
    }
    return Step(written, settings, tags, path, inputs)


def _reason(step: Step, records: Mapping[str, manifest.Record]) -> str | None:
    record = records.get(step.path.name)
    if record is None:
        return "not built yet"
    known = record.inputs
    changed = [said for name, said in _REASONS.items() if step.inputs[name] != known.get(name)]
    if changed:
        return ", ".join(changed)
    if not step.path.is_file():
        return "the file is gone"
    if manifest.sha256(step.path) != record.track.sha256:
        return "the file was changed by something else"
    return None


def file_name(title: str) -> str:
    """The title as a file name that Linux, macOS and Windows take."""
    name = unicodedata.normalize("NFC", title)
    name = re.sub(r'[<>:"/\\|?*]|[^\w\s.,;!\'&()\[\]+=@#$%^~`{}-]', " ", name)
    name = " ".join(name.split()).strip(". ")
    while len(name.encode()) > LONGEST_NAME:
        name = name[:-1].rstrip(". ")
    reserved = re.fullmatch(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", name, re.IGNORECASE)
    return f"{name}_" if reserved else name
