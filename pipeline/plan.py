"""Book + Voice + Store + what is there -> Plan: what is missing, and why."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from pipeline import __version__, encode, engines, manifest, master, notices, program, script, tag
from pipeline.calibrate import passage
from pipeline.casting import Casting, caster, key_of, scripted
from pipeline.credits import FILES, narrator_of
from pipeline.encode import MOST_CHAPTERS, Format
from pipeline.engines import fingerprint
from pipeline.errors import ConfigError, SourceError, UsageError
from pipeline.manifest import Manifest, Record
from pipeline.model import (
    EPOCH,
    USUAL_RATE,
    Book,
    Chapter,
    Cover,
    Delivery,
    Encoding,
    Join,
    Joined,
    Mark,
    Mastering,
    Pace,
    Pause,
    Script,
    Settings,
    Track,
    Utterance,
    Voice,
    digest,
    key,
    plain,
)
from pipeline.normalize.cast import ALONE, Who
from pipeline.publish.edition import guid_of
from pipeline.store import Store
from pipeline.synthesize import action

# Seconds of speech a character at the usual rate; measured over the five seeds.
SECONDS_A_CHARACTER = 0.0566
USUAL = Delivery(("mp3",), whole=False, mastering=master.PRESETS[master.DEFAULT])
LONGEST_NAME = 120  # characters, so that every file system takes it
ONE_RATE = 44_100  # of a file in which several voices speak
ABOUT_VOICE = ("attribution", "licence")
LONGEST_TOLD = 100  # characters of an engine's versions in a reason
LINE_DIGITS = 8  # of an utterance's digest: enough to tell which of a chapter's lines changed


@dataclass(frozen=True, slots=True)
class Step:
    """One chapter file: what it is made from, and why it must be made; no reason if it need not.

    `script_key` names the script in the store, `casting` says who speaks how. `audio` is the key
    of its encoded audio, `inputs` all that the file depends on, in a form that can be told.
    `encoding` is the chapter's, `own` that of its file, which differ where it is not joined of
    what its chapters are encoded in. `within` says that the file holds more than this chapter, and
    is made of it later. `is_joined` says that its audio is there, `to_speak` how many characters
    are to be spoken before it can be.
    """

    script: Script
    script_key: str
    casting: Casting
    mastering: Mastering
    encoding: Encoding
    own: Encoding
    format: Format
    tags: tag.Tags
    path: Path
    within: bool
    audio: str
    inputs: Mapping[str, Any]
    reason: str | None = None
    is_joined: bool = False
    to_speak: int = 0
    selected: bool = True

    @property
    def chapter(self) -> Chapter:
        return self.script.chapter

    @property
    def pending(self) -> bool:
        return self.selected and self.reason is not None

    @property
    def source(self) -> str:
        """The chapter's own name within its book."""
        return self.chapter.file

    @property
    def name(self) -> str:
        """What the manifest calls it."""
        return manifest.name_of(self.path, self.chapter.number, within=self.within)

    @property
    def settings(self) -> Settings:
        """The narrator's."""
        return self.casting.settings[ALONE]

    def settings_of(self, line: Utterance) -> Settings:
        """Those of whoever speaks a line."""
        return self.casting.settings[line.part, line.language]

    @property
    def speaking(self) -> dict[Who, Settings]:
        """Who speaks in this chapter, in order of their first lines."""
        found = dict.fromkeys((line.part, line.language) for line in self.script.utterances)
        return {who: self.casting.settings[who] for who in found}

    @property
    def clips(self) -> tuple[str, ...]:
        """The key of each utterance's clip."""
        return tuple(self.key_of(line) for line in self.script.utterances)

    def key_of(self, line: Utterance) -> str:
        """The key of a line's clip."""
        return key(action(line, self.settings_of(line)))

    def level_settings(self, line: Utterance) -> Settings:
        """Those with which a passage is said, at full volume: who speaks softly stays softer."""
        return replace(self.settings_of(line), volume=1.0)

    @property
    def level_of(self) -> dict[Who, str]:
        """The keys of the clips by which the voices are levelled, by who speaks with them."""
        passages = {who: self.passage(*who) for who in self.speaking}
        return {who: key(action(line, self.level_settings(line))) for who, line in passages.items()}

    @property
    def levels(self) -> tuple[str, ...]:
        """The same, each once."""
        return tuple(dict.fromkeys(self.level_of.values()))

    def passage(self, part: str = "", language: str = "") -> Utterance:
        """What a voice of its language says to be levelled."""
        return replace(passage(language or self.chapter.language), part=part, language=language)

    @property
    def wanted(self) -> tuple[tuple[str, Utterance], ...]:
        """All that must have been spoken, with its key."""
        levels = {name: self.passage(*who) for who, name in self.level_of.items()}
        lines = zip(self.clips, self.script.utterances, strict=True)
        return (*levels.items(), *lines)

    def marks(self, joined: Joined) -> tuple[Mark, ...]:
        """Where each heading starts; one that opens is at 0, and nothing is before the first."""
        lines = zip(self.script.utterances, joined.starts, strict=True)
        marks = [
            Mark(line.heading, start if number else 0)
            for number, (line, start) in enumerate(lines)
            if line.heading
        ]
        before = [Mark(self.chapter.title, 0)] if marks and marks[0].start > 0 else []
        return (*before, *marks)

    def record(self, sha256: str, joined: Joined) -> Record:
        """What the manifest keeps of this step's finished file."""
        chapter = self.chapter
        marks = self.marks(joined)
        track = Track(chapter.number, chapter.title, self.path, sha256, joined, marks)
        lines = lines_of(self.script)
        return Record(track, self.source, self.audio, lines, self.inputs, self.within)

    @property
    def expected_seconds(self) -> float:
        """About how long the chapter will be."""
        rests = sum(line.ms for line in self.script.lines if isinstance(line, Pause)) / 1000
        spoken = sum(
            len(line.spoken) / self.settings_of(line).rate for line in self.script.utterances
        )
        return spoken * SECONDS_A_CHARACTER * USUAL_RATE + rests


@dataclass(frozen=True, slots=True)
class Part:
    """A chapter's script, its key in the store, and who reads it."""

    voice: Voice
    casting: Casting
    script: Script
    script_key: str


@dataclass(frozen=True, slots=True)
class Shape:
    """A format, whether one file is for the whole book, and how it and its chapters are encoded."""

    format: Format
    whole: bool
    encoding: Encoding
    own: Encoding
    mastering: Mastering
    folder: Path


@dataclass(frozen=True, slots=True)
class Volume:
    """A file of the whole book, or of as many of its chapters as one file may have.

    `steps` are the names of its chapters, in order; `title` is what it is called. `encoding` is
    the file's, where it is not that of its chapters. `book` is there where its text is in the file.
    """

    title: str
    format: Format
    encoding: Encoding
    path: Path
    steps: tuple[str, ...]
    tags: tag.Tags
    inputs: Mapping[str, Any]
    book: Book | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """All that a build needs to know."""

    book: Book
    voice: Voice
    cover: Cover
    cover_from: str
    folder: Path
    steps: tuple[Step, ...]
    known: Manifest
    delivery: Delivery
    volumes: tuple[Volume, ...] = ()

    @property
    def cover_file(self) -> dict[str, str]:
        """Name and digest of a finished cover, and the digest of what it was made from."""
        name = "cover.png" if self.cover.media_type == "image/png" else "cover.jpg"
        digest = hashlib.sha256(self.cover.data).hexdigest()
        return {"file": name, "sha256": digest, "from": self.cover_from}

    @property
    def pending(self) -> tuple[Step, ...]:
        return tuple(step for step in self.steps if step.pending)

    @property
    def chapters(self) -> tuple[Step, ...]:
        """One step for each chapter, whatever the formats."""
        return tuple({step.chapter.number: step for step in reversed(self.steps)}.values())[::-1]

    @property
    def names(self) -> tuple[str, ...]:
        """All files of the book's audio."""
        files = [step.path.name for step in self.steps if not step.within]
        return (*files, *(volume.path.name for volume in self.volumes))

    @property
    def _cast(self) -> list[dict[str, str]]:
        """Whom to thank beside the narrator: the profiles of those who speak."""
        found = {
            (name, profile.name, profile.attribution, profile.licence): None
            for step in self.chapters
            for name, profile in step.casting.profiles.items()
            if name and any(part == name for part, _ in step.speaking)
        }
        return [dict(zip(("part", "voice", *ABOUT_VOICE), one, strict=True)) for one in found]

    def about(self) -> dict[str, Any]:
        """What the manifest says beside its tracks."""
        book = self.book
        skipped = [
            {
                "chapter": step.chapter.number,
                "rule": piece.rule,
                "text": piece.text,
                "source": [piece.start, piece.end],
            }
            for step in self.chapters
            for piece in step.script.skipped
        ]
        return {
            "book": {name: value for name, value in _about(book).items() if value},
            "edition": {
                "guid": guid_of(book),
                "narrators": list(dict.fromkeys(step.tags.narrator for step in self.steps)),
                "formats": list(self.delivery.formats),
                "base_url": self.delivery.base_url,
            },
            "voice": plain(replace(self.voice, settings=engines.heard(self.voice.settings))),
            **({"cast": self._cast} if self._cast else {}),
            "tools": {
                "make-audiobook": __version__,
                "engine": ", ".join(dict.fromkeys(step.inputs["engine"] for step in self.chapters)),
                "encoder": ", ".join(
                    dict.fromkeys(encode.fingerprint(step.encoding) for step in self.steps)
                ),
            },
            "master": plain(self.delivery.mastering),
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


def plan(  # noqa: PLR0913
    book: Book,
    voice: Voice,
    out: Path,
    store: Store,
    voices: Mapping[str, Voice] | None = None,
    *,
    delivery: Delivery = USUAL,
) -> Plan:
    """Compare what a book should give with what lies in its folder of `out`, and in the store.

    `voices` are those that chapters ask for by name. Raises UsageError, VoiceError, SourceError,
    ConfigError.
    """
    from pipeline.publish import cover

    folder = out / (file_name(book.title) or "Audiobook")
    if folder.resolve() in {Path(chapter.source).resolve().parent for chapter in book.chapters}:
        raise UsageError(f"--out: {folder} is the folder of the stories themselves.")
    picture = book.cover or cover.draw(book.title, book.author)
    known = manifest.read(folder)
    asked: set[str] = set()  # a line that stands twice in a book is spoken once
    parts = [*_parts(book, voice, voices or {}, delivery.mastering, store)]
    castings = [part.casting for part in parts]
    shapes = [_shape(name, delivery, parts, folder) for name in delivery.formats]
    made = {shape: [_step(book, part, picture, shape) for part in parts] for shape in shapes}
    reasons = {step.name: _reason(step, known) for steps in made.values() for step in steps}
    volumes = [
        replace(volume, reason=_volume_reason(volume, reasons, known))
        for shape, steps in made.items()
        if shape.whole
        for volume in _volumes(book, shape, steps, picture)
    ]
    steps = _in_volumes([step for steps in made.values() for step in steps], reasons, volumes)
    steps = [_weighed(step, known, store, asked) if step.reason else step for step in steps]
    _check_it_is_this_book(book, folder, steps, known)
    book = replace(book, notices=(*book.notices, *notices.told(book, castings, steps, volumes)))
    made_from = hashlib.sha256(picture.data).hexdigest()
    found = Plan(book, voice, picture, made_from, folder, tuple(steps), known, delivery)
    return replace(found, volumes=tuple(volumes))


def limited(made: Plan, only: frozenset[int]) -> Plan:
    """The plan for these chapters alone; for all, if there are none. Raises UsageError."""
    check_only(only, made.book)
    steps = (replace(s, selected=not only or s.chapter.number in only) for s in made.steps)
    return replace(made, steps=tuple(steps))


def check_only(only: frozenset[int], book: Book) -> None:
    """Refuse numbers that no chapter has. Raises UsageError."""
    unknown = only - {chapter.number for chapter in book.chapters}
    if unknown:
        raise UsageError(f"--only: there is no chapter {min(unknown)}, only {len(book.chapters)}.")


def _check_it_is_this_book(
    book: Book, folder: Path, steps: Iterable[Step], known: Manifest
) -> None:
    """Refuse a folder with another book: no text in common, and another author or other names."""
    steps = [step for step in steps if step.source not in FILES]  # credits may be alike
    records = {name: r for name, r in known.records.items() if r.source not in FILES}
    names = {step.path.name for step in steps} | {step.source for step in steps}
    texts = {step.inputs["text"] for step in steps}
    same_author = (known.book.get("author", ""), known.book.get("identifiers", [])) == (
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


def _parts(
    book: Book, voice: Voice, voices: Mapping[str, Voice], mastering: Mastering, store: Store
) -> Iterator[Part]:
    """Each chapter with its script, and who reads it."""
    cast_for = caster(book, voice, voices)
    for chapter in book.chapters:
        speaker = voices.get(chapter.voice or "", voice)
        pace = master.pace_for(speaker.pace, mastering)
        casting, text = scripted(cast_for(chapter), partial(_script, chapter, pace, store))
        yield Part(speaker, casting, text, _script_key(chapter, pace, casting))


def _script(chapter: Chapter, pace: Pace, store: Store, casting: Casting) -> Script:
    """As written for an earlier build, or anew."""
    known = store.get(_script_key(chapter, pace, casting))
    if known:
        return script.unpacked(known, chapter)
    return script.write(chapter, pace, cast=casting.cast)


def _script_key(chapter: Chapter, pace: Pace, casting: Casting) -> str:
    """The key of all that a script is written from."""
    about = [chapter.text, chapter.language, chapter.blocks, chapter.spans, chapter.skipped, pace]
    return digest(["script", program.fingerprint(), key_of(casting.cast), *about])


def _shape(name: str, delivery: Delivery, parts: Sequence[Part], folder: Path) -> Shape:
    """How this format is made. Raises ConfigError."""
    form = encode.FORMATS[name]
    whole = form.whole or delivery.whole
    own = encode.encoding(form.codec, delivery.mastering, delivery.bitrate)
    if whole and not form.apart and not own.rate and _rates(parts) > 1:
        own = replace(own, rate=ONE_RATE)  # one file has one rate, whoever speaks
    made = own
    if whole and form.joined != form.codec:
        made = replace(encode.encoding(form.joined, delivery.mastering), rate=own.rate)
    return Shape(form, whole, made, own, delivery.mastering, folder)


def _rates(parts: Iterable[Part]) -> int:
    """How many sample rates there may be among the voices that speak."""
    asked = {
        part.casting.settings[line.part, line.language]
        for part in parts
        for line in part.script.utterances
    }
    return len({engines.rate(settings) for settings in asked})


def _path(book: Book, chapter: Chapter, shape: Shape) -> Path:
    """The chapter's file: numbers are of one width, so that names sort as chapters do."""
    if shape.whole:
        return _volume_path(book, (chapter.number - 1) // _most(book, shape), shape)
    width = max(2, len(str(len(book.chapters))))
    title = f"{chapter.number:0{width}d} {chapter.title}"
    return shape.folder / (file_name(title) + shape.format.suffix)


def _most(book: Book, shape: Shape) -> int:
    """How many chapters one file may have."""
    return len(book.chapters) if shape.format.apart else MOST_CHAPTERS


def _volume_path(book: Book, index: int, shape: Shape) -> Path:
    return shape.folder / (file_name(_volume_title(book, index, shape)) + shape.format.suffix)


def _volume_title(book: Book, index: int, shape: Shape) -> str:
    """What a file of the book is called; its number, where one cannot hold all chapters."""
    title = book.title or "Audiobook"
    count = -(-len(book.chapters) // _most(book, shape))
    return title if count == 1 else f"{title} ({index + 1} of {count})"


def _step(book: Book, part: Part, cover: Cover, shape: Shape) -> Step:
    """One chapter's step, before it is known what is there already."""
    voice, casting, chapter = part.voice, part.casting, part.script.chapter
    if not part.script.utterances:
        raise SourceError(f"{chapter.source}: there is nothing in it to read aloud.")
    narrator = narrator_of(book, voice, casting.settings[ALONE])
    tags = _tags(book, chapter.title, chapter.author, chapter.language, narrator)
    tags = replace(tags, track=chapter.number)
    path = _path(book, chapter, shape)
    step = Step(
        script=part.script,
        script_key=part.script_key,
        casting=casting,
        mastering=shape.mastering,
        encoding=shape.encoding,
        own=shape.own,
        format=shape.format,
        tags=tags,
        path=path,
        within=shape.whole,
        audio="",
        inputs={},
    )
    made_of = _inputs(step, voice.pace, hashlib.sha256(cover.data).hexdigest())
    return replace(step, audio=_audio(step), inputs=made_of)


def _inputs(step: Step, pace: Pace, cover: str) -> dict[str, Any]:
    """All that a chapter's file depends on, in a form that can be told."""
    lines = step.script.utterances
    others = [(line.part, line.language) for line in lines]
    hints = [line.hints for line in lines]
    speaking = step.speaking
    return {
        "text": digest([line.sound for line in lines]),
        **({"parts": digest(others)} if any(map(any, others)) else {}),
        **({"hints": digest(hints)} if any(hints) else {}),
        "voice": plain(step.settings),
        "cast": {
            named(who): {**plain(one), "made_by": fingerprint(one)}
            for who, one in speaking.items()
            if who != ALONE
        },
        "engine": fingerprint(step.settings) if ALONE in speaking else "",
        "pace": plain(pace),
        "pauses": digest([line.ms if isinstance(line, Pause) else 0 for line in step.script.lines]),
        "headings": digest([line.heading for line in lines]),
        "master": plain(step.mastering),
        "encoding": plain(step.encoding),
        "file": plain(step.own),
        "encoder": encode.fingerprint(step.encoding),
        "tags": {} if step.within else plain(step.tags),
        "cover": "" if step.within else cover,
        "epoch": EPOCH,
    }


def _tags(book: Book, title: str, artist: str, language: str, narrator: str) -> tag.Tags:
    """What is the same in all files of a book, with a title."""
    sort_names = [p.sort_name for p in book.people if p.role == "aut" and p.name == artist]
    return tag.Tags(
        title=title,
        album=book.title,
        artist=artist,
        album_artist=book.author,
        track=1,
        tracks=len(book.chapters),
        genre=book.genre,
        language=language,
        subtitle=book.subtitle,
        narrator=narrator,
        series=book.series,
        part=book.position,
        publisher=book.publisher,
        date=book.date,
        description=book.description,
        copyright=book.rights,
        artist_sort=next(iter(sort_names), ""),
    )


def _audio(step: Step) -> str:
    """The key of a chapter's encoded audio."""
    clips = iter(step.clips)
    parts = tuple(line.ms if isinstance(line, Pause) else next(clips) for line in step.script.lines)
    encoder = encode.fingerprint(step.encoding)
    return key(Join(parts, step.levels, step.mastering, (step.encoding, step.own), encoder))


def _volumes(book: Book, shape: Shape, steps: Sequence[Step], cover: Cover) -> Iterator[Volume]:
    """The files that hold these chapters."""
    form, own, most = shape.format, shape.own, _most(book, shape)
    for index, at in enumerate(range(0, len(steps), most)):
        held = steps[at : at + most]
        title = _volume_title(book, index, shape)
        narrator = ", ".join(dict.fromkeys(step.tags.narrator for step in steps))
        tags = _tags(book, title, book.author, book.language, narrator)
        tags = replace(tags, track=index + 1, tracks=-(-len(steps) // most))
        inputs = {
            "audio": digest([step.audio for step in held]),
            "titles": digest([step.chapter.title for step in held]),
            "sections": digest([step.inputs["headings"] for step in held]),
            "encoding": plain(own),
            "encoder": encode.finisher(form),
            "tags": plain(tags),
            "cover": hashlib.sha256(cover.data).hexdigest(),
            "epoch": EPOCH,
            **(_text_inputs(book, held) if form.apart else {}),
        }
        names = tuple(step.name for step in held)
        of_text = book if form.apart else None
        yield Volume(title, form, own, held[0].path, names, tags, inputs, of_text)


def _text_inputs(book: Book, steps: Iterable[Step]) -> dict[str, Any]:
    """What else a file depends on in which the text is, too."""
    texts = [(s.chapter.text, s.chapter.language, s.chapter.blocks, s.chapter.spans) for s in steps]
    return {
        "text": digest(texts),
        "metadata": digest([_about(book), guid_of(book)]),
        "source": _sha256(book.file) if book.file else "",
    }


def _sha256(file: str) -> str:
    try:
        return manifest.sha256(Path(file))
    except OSError as error:
        raise SourceError(f"{file}: cannot be read ({error.strerror or error}).") from error


def _volume_reason(
    volume: Volume, reasons: Mapping[str, str | None], known: Manifest
) -> str | None:
    """Why a file of several chapters must be made."""
    record = known.volumes.get(volume.path.name)
    if record is None:
        return "not built yet"
    changed = [name for name in volume.steps if reasons[name]]
    if changed or volume.inputs["audio"] != record.inputs.get("audio"):
        return f"{len(changed)} of {len(volume.steps)} chapters changed"
    told = list(_told(volume.inputs, record.inputs))
    for name in ("titles", "sections", "text", "metadata", "source"):
        changed_one = volume.inputs.get(name) != record.inputs.get(name)
        told += [f"the {name} changed"] if changed_one else []
    if told:
        return ", ".join(told)
    if not volume.path.is_file():
        return "the file is gone"
    whole = manifest.has(volume.path, record.sha256)
    return None if whole else "the file was changed by something else"


def _in_volumes(
    steps: Sequence[Step], reasons: Mapping[str, str | None], volumes: Sequence[Volume]
) -> list[Step]:
    """The steps with their reasons; where a file is made again, all of its chapters are needed."""
    files = {name: volume.path.name for volume in volumes if volume.reason for name in volume.steps}
    whole = {name: f"part of {file}" for name, file in files.items()}
    return [replace(step, reason=reasons[step.name] or whole.get(step.name)) for step in steps]


def _weighed(step: Step, known: Manifest, store: Store, asked: set[str]) -> Step:
    """A step that must be made, with the work that it is."""
    finished = [record for record in known.records.values() if record.audio == step.audio]
    reason = step.reason
    if finished and step.name not in known.records:
        reason = "it has another number or title"
    own = [record for record in finished if not record.within and step.encoding.codec == "mp3"]
    if is_joined(step.audio, store) or any(manifest.is_whole(record) for record in own):
        return replace(step, reason=reason, is_joined=True)
    to_speak = 0
    for name, line in zip(step.clips, step.script.utterances, strict=True):
        if name not in asked and not store.has(name):
            to_speak += len(line.spoken)
            asked.add(name)
    return replace(step, reason=reason, to_speak=to_speak)


def is_joined(audio: str, store: Store) -> bool:
    """Whether the store has a chapter's audio, and what is known of it."""
    return store.has(audio) and store.has(about(audio))


def about(audio: str) -> str:
    """The key of what is known of a chapter's audio."""
    return digest(["about", audio])


def lines_of(written: Script) -> tuple[str, ...]:
    """A short digest of each utterance, to say later which of them changed."""
    return tuple(
        hashlib.sha256(line.sound.encode()).hexdigest()[:LINE_DIGITS] for line in written.utterances
    )


def _reason(step: Step, known: Manifest) -> str | None:
    record = known.records.get(step.name)
    if record is None:
        return "not built yet"
    changed = list(_changes(step, record))
    if changed:
        return ", ".join(changed)
    if step.audio != record.audio:  # whatever it may be that is not told above
        return "what it is made from changed"
    if step.within:  # what becomes of its file is not its own affair
        return None
    if not step.path.is_file():
        return "the file is gone"
    return None if manifest.is_whole(record) else "the file was changed by something else"


def _changes(step: Step, record: Record) -> Iterator[str]:
    """What differs from what a file was made of, in a reader's words."""
    now, then = step.inputs, record.inputs
    yield from _differences("voice", now["voice"], then.get("voice"))
    yield from _recast(now["cast"], then.get("cast", {}))
    if now["text"] != then.get("text"):
        yield _changed_lines(step, record)
    elif now.get("parts") != then.get("parts"):
        yield "who speaks which line changed"
    elif now.get("hints") != then.get("hints"):
        yield "how words sound, or are stressed, changed"
    elif now["pauses"] != then.get("pauses"):
        yield from _differences("pace", now["pace"], then.get("pace")) or ["the pauses changed"]
    elif now["headings"] != then.get("headings"):
        yield "the headings changed"
    yield from _told(now, then)


def _recast(now: Mapping[str, Any], then: Mapping[str, Any]) -> Iterator[str]:
    """Who of the cast is new, or speaks otherwise."""
    for name, settings in now.items():
        if name in then:
            told = {key: value for key, value in settings.items() if key != "made_by"}
            yield from _differences(name, told, then[name])
            if settings["made_by"] != then[name].get("made_by"):
                yield f"{name}: the voice's file or its engine changed"
        else:
            yield f"cast: {name} is new"


def named(who: Who) -> str:
    """A part and a language, as people and manifests have them: Tom, [fr], Tom [fr]."""
    part, language = who
    return " ".join(filter(None, (part, f"[{language}]" if language else "")))


def _told(now: Mapping[str, Any], then: Mapping[str, Any]) -> Iterator[str]:
    """The differences that chapters and whole books have in common."""
    for name in ("tags", "master", "encoding", "file"):
        yield from _differences(name, now.get(name, {}), then.get(name))
    for name in ("engine", "encoder"):
        if now.get(name) != then.get(name):
            yield f"{name}: {_short(then.get(name))} -> {_short(now.get(name))}"
    if now["cover"] != then.get("cover"):
        yield "the cover changed"
    if now["epoch"] != then.get("epoch"):
        yield "make-audiobook changed"


def _short(versions: str | None) -> str:
    """Versions for a line; what has digests of files in it is long."""
    return f"{versions}" if len(f"{versions}") <= LONGEST_TOLD else f"{versions:.{LONGEST_TOLD}}…"


def _differences(told: str, now: Mapping[str, Any], then: Any) -> list[str]:
    """The fields that have another value, with both."""
    known = then if isinstance(then, dict) else {}
    return [
        f"{told}: {name.replace('_', ' ')} {known.get(name)!r} -> {value!r}"
        for name, value in now.items()
        if value != known.get(name)
    ]


def _changed_lines(step: Step, record: Record) -> str:
    """Where the text first differs, by its line in the story or by its words."""
    new, old = lines_of(step.script), record.lines
    first = next(
        (at for at, (one, other) in enumerate(zip(new, old, strict=False)) if one != other),
        min(len(new), len(old)),
    )
    others = len(Counter(new) - Counter(old)) - 1
    more = f", and {others} more" if others > 0 else ""
    if first == len(new):
        return "the text changed: its end is gone"
    line = step.script.utterances[first]
    number = script.line_number(step.chapter, line.start)
    excerpt = line.text if len(line.text) <= 40 else f"{line.text[:37]}..."
    return f"line {number}: text changed{more}" if number else f"text changed: {excerpt!r}{more}"


def file_name(title: str) -> str:
    """The title as a file name that Linux, macOS, Windows and podcast directories take: ASCII."""
    from anyascii import anyascii

    name = anyascii(unicodedata.normalize("NFC", title))
    name = " ".join(re.sub(r"[^A-Za-z0-9 .,!'&()+_-]", " ", name).split()).strip(". ")
    name = name[:LONGEST_NAME].rstrip(". ")
    reserved = re.fullmatch(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", name, re.IGNORECASE)
    return f"{name}_" if reserved else name
