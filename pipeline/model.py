"""Everything that flows through the pipeline, made once and never changed.

Book -> Chapter -> Script of Utterance | Pause -> Clip -> Track. Text positions are character
offsets into `Chapter.text`, half open; time is counted in samples unless a name ends in `_ms`.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

# Counts up when a change of ours makes every clip and file made before it wrong.
EPOCH = 3
# They cannot be seen, and letters of many scripts and emoji are shaped by them.
JOINERS = "\u200c\u200d"
# Words a minute at which durations were measured.
USUAL_RATE = 170
# Words a minute of a profile that says nothing: a voice's own, where it has one.
USUAL_SETTING = 175
# How a field counts in a record's content: not where it is empty, or not at all.
IF_SET, NEVER = {"counts": "if set"}, {"counts": "never"}


def digest(record: object) -> str:
    """SHA-256 of a record's canonical JSON: its content, never an index or a file name."""
    text = json.dumps(plain(record), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def plain(record: object) -> Any:
    """The record as JSON knows it: dataclasses become objects."""
    if isinstance(record, str):  # which most of it is
        return record
    if dataclasses.is_dataclass(record) and not isinstance(record, type):
        values = ((name, getattr(record, name), always) for name, always in _counting(type(record)))
        return {name: plain(value) for name, value, always in values if always or value}
    if isinstance(record, dict):
        return {key: plain(value) for key, value in record.items()}
    if isinstance(record, (list, tuple)):
        return [plain(item) for item in record]
    return record


@cache
def _counting(kind: type) -> tuple[tuple[str, bool], ...]:
    """The fields of a record that are its content, and whether they are that when empty, too."""
    found = [(one.name, one.metadata.get("counts")) for one in dataclasses.fields(kind)]
    return tuple((name, counts is None) for name, counts in found if counts != "never")


@dataclass(frozen=True, slots=True)
class Cover:
    """A picture and its media type; one for the tags is never SVG."""

    data: bytes
    media_type: Literal["image/jpeg", "image/png", "image/svg+xml"]


BlockKind = Literal[
    "heading", "paragraph", "quotation", "verse", "item", "row", "code", "image", "break"
]


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of a chapter's text that stands by itself: a paragraph, a heading, a verse line.

    `level` is a heading's, 1 the highest; `line` is where it stands in its file, 0 if unknown.
    """

    kind: BlockKind
    start: int
    end: int
    level: int = 0
    line: int = 0


SpanKind = Literal[
    "said",
    "emphasis",
    "strong",
    "language",
    "phoneme",
    "speaker",
    "noteref",
    "note",
    "aside",
    "page",
    "type",
    "file",
]


@dataclass(frozen=True, slots=True)
class Span:
    """What is known of a stretch of text beside its words; `start` and `end` may be the same.

    `value` is how it is said, a language tag, phonemes as "alphabet:phonemes", the name of who
    speaks from there on, the place of a note, the name of a printed page, an EPUB structural type,
    or the file that it stands in. An "aside" is a note where it is read.
    """

    kind: SpanKind
    start: int
    end: int
    value: str = ""


@dataclass(frozen=True, slots=True)
class Skipped:
    """Source text that is not spoken, and the rule that says so."""

    rule: str
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Chapter:
    """One story or chapter as it was written: its text, and what stands where in it.

    `source` is the path that messages name, `file` the chapter's own name within its book, which
    stays when others are added before it. All of `text` is in a block, skipped, or white space.
    `left_out` says why it is not read; `at` is where it starts in all the text of its source, -1
    where it is not in that.
    """

    number: int
    title: str
    author: str
    language: str
    source: str
    file: str
    text: str
    blocks: tuple[Block, ...]
    spans: tuple[Span, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    voice: str | None = None
    left_out: str = ""
    at: int = 0

    @property
    def words(self) -> int:
        """Words as written, of all that may be read."""
        return sum(len(self.text[b.start : b.end].split()) for b in self.blocks)


@dataclass(frozen=True, slots=True)
class Person:
    """Who had a part in a book; `role` is a MARC relator code such as aut, edt, trl, ill."""

    name: str
    role: str = "aut"
    sort_name: str = ""


@dataclass(frozen=True, slots=True)
class Lexeme:
    """How a word of a lexicon is said: by another spelling, which every engine takes, or by IPA.

    `case`: True finds it as written only, False in any case; None finds a word with capitals as
    written or all in capitals, and any other word in any case. With `match` "prefix" the rest of
    a word stays as it is; with "regex" `word` is an expression, and `say` may name its groups.
    `before` and `after` are expressions for what must stand there. `engines` are engines that get
    something else, by name; `language` is the tag of those texts that it holds for, empty for all.
    """

    word: str
    say: str = ""
    ipa: str = ""
    case: bool | None = None
    match: Literal["word", "prefix", "regex"] = "word"
    before: str = ""
    after: str = ""
    engines: tuple[tuple[str, str], ...] = ()
    language: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A part in a book's cast: who speaks it.

    `name` is a speaker's, or one of `PARTS`. `voice` is a profile or an engine's voice, None the
    narrator's own; `changes` are what is other of its settings. `also` are other names by which
    the text says that this speaker has spoken.
    """

    name: str
    voice: str | None = None
    changes: tuple[tuple[str, int | float], ...] = ()
    also: tuple[str, ...] = ()


# Parts that are no speakers.
PARTS = ("headings", "notes", "quotations")


@dataclass(frozen=True, slots=True)
class Book:
    """What a source folder or file holds, in reading order.

    `left_out` are its front and back matter and what else nobody wants read. `voice`, `pace` and
    `credits` and `delivery` are what the book itself asks for; `narrator` is whom it wants thanked
    for reading; `notices` what its reader has to say. `source` is the name of its folder or file,
    `file` where it lies, if it is an EPUB; `guid` what its settings say that it is known by. Of
    two entries of `lexicon` for one word the first counts; the first `own_words` of them are the
    book's own, and all others hold for any book. `cast` are those who speak beside the narrator,
    `languages` the voices for phrases of other languages, by their tags.
    """

    title: str
    author: str
    language: str
    genre: str
    chapters: tuple[Chapter, ...]
    left_out: tuple[Chapter, ...] = ()
    subtitle: str = ""
    people: tuple[Person, ...] = ()
    series: str = ""
    position: str = ""
    publisher: str = ""
    date: str = ""
    rights: str = ""
    description: str = ""
    guid: str = ""
    source: str = ""
    file: str = ""
    identifiers: tuple[str, ...] = ()
    cover: Cover | None = None
    lexicon: tuple[Lexeme, ...] = ()
    own_words: int = 0
    narrator: str = ""
    credits: bool = False
    voice: str | None = None
    cast: tuple[Part, ...] = ()
    languages: tuple[tuple[str, str], ...] = ()
    pace: tuple[tuple[str, int], ...] = ()
    delivery: tuple[tuple[str, Any], ...] = ()
    notices: tuple[str, ...] = ()

    def lexicon_with(self, voices_own: tuple[Lexeme, ...]) -> tuple[Lexeme, ...]:
        """The book's own entries, then those of the voice that reads, then any person's."""
        books, anybodys = self.lexicon[: self.own_words], self.lexicon[self.own_words :]
        return (*books, *voices_own, *anybodys)


@dataclass(frozen=True, slots=True)
class Settings:
    """How an engine is to speak: all that a clip depends on beside its text.

    `voice` is the engine's own name (empty: the engine's best for the language), `rate` words a
    minute, `pitch` 0-100 with 50 in the middle, `volume` 0-1. `options` are the engine's own, in
    the order of their names. `file` is where the voice lies on this machine, if it is not an
    installed one: no part of what a clip depends on, which its content is, by the fingerprint.
    `unheard` are options that change no sound, such as how long to wait for an answer.
    """

    engine: str = "pyttsx3"
    voice: str = ""
    rate: int = USUAL_SETTING
    pitch: int = 50
    volume: float = 1.0
    options: tuple[tuple[str, str | int | float | bool], ...] = field(default=(), metadata=IF_SET)
    file: str = field(default="", metadata=NEVER)
    unheard: tuple[tuple[str, str | int | float | bool], ...] = field(default=(), metadata=NEVER)


@dataclass(frozen=True, slots=True)
class Pace:
    """Milliseconds of rest, by what lies between two utterances.

    `phrase` is where a sentence longer than engines take is cut and no clause ends; `quotation`
    stands before and after a block quotation; `verse_line`, `list_item` and `table_row` between
    two of a kind, `stanza` between two and before and after a poem.
    """

    phrase: int = 50
    clause: int = 150
    sentence: int = 380
    paragraph: int = 750
    quotation: int = 900
    verse_line: int = 250
    stanza: int = 900
    list_item: int = 550
    table_row: int = 450
    before_heading: int = 1400
    after_heading: int = 1000
    scene_break: int = 1800
    chapter_start: int = 500
    chapter_end: int = 2000


@dataclass(frozen=True, slots=True)
class Voice:
    """A profile: who speaks, at what pace, and whom to thank for it.

    `attribution` is what a licence wants said, `narrator` the name that stands in the credits.
    `lexicon` is how this voice in particular says words: part of the text that it gets.
    """

    name: str
    settings: Settings
    pace: Pace = Pace()
    attribution: str = ""
    licence: str = ""
    narrator: str = ""
    lexicon: tuple[Lexeme, ...] = field(default=(), metadata=NEVER)


@dataclass(frozen=True, slots=True)
class VoiceInfo:
    """A voice that an engine has; `speaker` is its plain name, as in credits.

    Without a language it speaks them all.
    """

    name: str
    languages: tuple[str, ...]
    description: str
    gender: str = ""
    speaker: str = ""
    licence: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """A span that is spoken other than it is written: its semiotic class, and the rule's name.

    `ipa` is how it sounds, for engines that are told; `spoken` may then be as it is written.
    """

    start: int
    end: int
    kind: str
    rule: str
    spoken: str
    ipa: str = ""


class Hint(NamedTuple):
    """How a stretch of what is said is to be said, for engines that can: `value` is IPA."""

    start: int
    end: int
    kind: Literal["phonemes", "emphasis"]
    value: str = ""


@dataclass(frozen=True, slots=True)
class Utterance:
    """What is spoken in one breath: `text` as written, `spoken` in words.

    `heading` is the title that starts here, if one does. `respelled` is what an engine gets where
    a word of two sounds is written as the one that is meant. `part` is whose it is, if not the
    narrator's; `language` its own, if it is not the chapter's; `hints` are for the engine, and
    their positions are in `sound`. `changes` say how all of that came, where somebody asks.
    """

    text: str
    spoken: str
    start: int
    end: int
    heading: str = ""
    respelled: str = ""
    changes: tuple[Change, ...] = ()
    part: str = ""
    language: str = ""
    hints: tuple[Hint, ...] = ()

    @property
    def sound(self) -> str:
        """What an engine gets."""
        return self.respelled or self.spoken


@dataclass(frozen=True, slots=True)
class Pause:
    """Silence as an item of the script; `why` is the field of `Pace` it comes from."""

    ms: int
    why: str


@dataclass(frozen=True, slots=True)
class Script:
    """A chapter as it will be read."""

    chapter: Chapter
    lines: tuple[Utterance | Pause, ...]
    skipped: tuple[Skipped, ...]

    @property
    def utterances(self) -> tuple[Utterance, ...]:
        return tuple(line for line in self.lines if isinstance(line, Utterance))

    @property
    def words(self) -> int:
        return sum(len(line.spoken.split()) for line in self.utterances)


@dataclass(frozen=True, slots=True)
class Mastering:
    """How a chapter is to sound when it is finished.

    `target` is its loudness in LUFS, as all channels together have it, or its RMS in dB of full
    scale; `peak` the highest true peak in dBTP of the decoded file; `room_tone` the RMS of what
    lies under speech and pauses, in dB of full scale. `rate` and `bitrate` (in kb/s) are what the
    files must have; 0 for what suits the voice. `head` and `tail` are the least and the most
    milliseconds before and after a chapter's speech, `longest` how many minutes a file may have.
    """

    name: str
    target: float
    measure: Literal["loudness", "rms"] = "loudness"
    peak: float = -1.0
    room_tone: float = -75.0
    channels: int = 1
    rate: int = 0
    bitrate: int = 0
    head: tuple[int, int] = (0, 60_000)
    tail: tuple[int, int] = (0, 60_000)
    longest: int = 0


@dataclass(frozen=True, slots=True)
class Delivery:
    """What is to be made of a book: files of which formats, one a chapter or one for the `whole`.

    `bitrate` in kb/s; 0 for what suits the mastering and the format. `base_url` is where the folder
    that holds the books will be, with a slash behind it; empty if nobody knows.
    """

    formats: tuple[str, ...]
    whole: bool
    mastering: Mastering
    bitrate: int = 0
    base_url: str = ""


@dataclass(frozen=True, slots=True)
class Encoding:
    """How samples are encoded: `bitrate` in kb/s (0 without loss), `rate` 0 for what suits them."""

    codec: Literal["mp3", "aac", "opus", "flac"]
    bitrate: int = 0
    channels: int = 1
    rate: int = 0


@dataclass(frozen=True, slots=True)
class Speak:
    """The action that a worker carries out; a clip is a pure function of it."""

    text: str
    settings: Settings
    fingerprint: str
    hints: tuple[Hint, ...] = field(default=(), metadata=IF_SET)


@dataclass(frozen=True, slots=True)
class Join:
    """The action that makes a chapter's audio: keys of clips and milliseconds of pauses, in order.

    Clips are named by what they are made from: a voice that never says a thing twice alike may
    say it again, and the chapter stays. `levels` are the keys of the clips by which the voices
    are levelled, `encodings` the chapter's and its file's, `encoder` the fingerprint of what turns
    samples into bytes.
    """

    parts: tuple[str | int, ...]
    levels: tuple[str, ...]
    mastering: Mastering
    encodings: tuple[Encoding, Encoding]
    encoder: str


def key(action: Speak | Join) -> str:
    """The name of what an action makes: SHA-256 of its kind and content."""
    return digest([EPOCH, type(action).__name__, action])


class Cue(NamedTuple):
    """The sample at which a word starts, and its characters in the text that is said."""

    sample: int
    start: int
    length: int


@dataclass(frozen=True, slots=True)
class Clip:
    """Mono 16-bit little-endian samples at `rate` a second; words, where the engine tells."""

    rate: int
    pcm: bytes
    words: tuple[Cue, ...] = ()

    @property
    def samples(self) -> int:
        return len(self.pcm) // 2


@dataclass(frozen=True, slots=True)
class Spoken:
    """A worker's answer: the clip as FLAC, and how many seconds it has worked for it."""

    flac: bytes
    seconds: float


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a section starts, in samples from the start of its chapter."""

    title: str
    start: int


@dataclass(frozen=True, slots=True)
class Joined:
    """A chapter's audio: sample rate, length, and where each utterance starts, in samples.

    `span` is the room that it takes before another chapter in one file; `loudness` is what its
    mastering measures and `peak` its true peak in dBTP, None for silence. `words` are those of
    each utterance, from its start, as `pipeline.words` packs them; nothing if no engine told any.
    """

    rate: int
    samples: int
    starts: tuple[int, ...]
    span: int = 0
    loudness: float | None = None
    peak: float | None = None
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Track:
    """A finished chapter file."""

    number: int
    title: str
    path: Path
    sha256: str
    joined: Joined
    marks: tuple[Mark, ...]

    @property
    def seconds(self) -> float:
        return self.joined.samples / self.joined.rate
