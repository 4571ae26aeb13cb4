"""What every reader makes of a file: one text, and what stands where in it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from pipeline.model import Block, BlockKind, Cover, Lexeme, Person, Skipped, Span, SpanKind

_SPACE = re.compile(r"[ \t\n\r\f]+")
_SPEAKABLE = re.compile(r"[^\W_]")
# Blank paragraphs are scene breaks, unless a document has one to every few of its paragraphs.
PARAGRAPHS_A_BLANK = 4


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a table of contents: a title, the offset that it points at, and what is below.

    `place` is what the file itself calls the offset, as in "text/chapter-1.xhtml#start".
    """

    title: str
    at: int
    below: tuple[Entry, ...] = ()
    place: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """A whole source as one text. All of it is in a block, skipped, or white space.

    `places` are the offsets that links can point at, by "file" and "file#id".
    """

    text: str
    blocks: tuple[Block, ...]
    spans: tuple[Span, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    places: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Manuscript:
    """A document and what its file says about it.

    `about` has the text fields of a Book by name. `contents` is the book's own table of contents;
    without one, chapters are found by the headings. `explicit`: it is cut at its chapters even as
    one file of several. `epub`: its pages are an EPUB's, and can be kept as they are.
    """

    document: Document
    about: Mapping[str, str] = field(default_factory=dict)
    people: tuple[Person, ...] = ()
    identifiers: tuple[str, ...] = ()
    contents: tuple[Entry, ...] = ()
    cover: Cover | None = None
    lexicon: tuple[Lexeme, ...] = ()
    notices: tuple[str, ...] = ()
    explicit: bool = False
    epub: bool = False


class Writer:
    """Takes a document's text as it comes, in reading order, and keeps account of it.

    What is skipped in the middle of a line is put behind the line, so that rules for spoken text
    never see it.
    """

    def __init__(self) -> None:
        self._text: list[str] = []
        self._at = 0
        self._blocks: list[Block] = []
        self._spans: list[Span] = []
        self._skipped: list[Skipped] = []
        self._places: dict[str, int] = {}
        self._behind: list[tuple[str, str]] = []  # rule or "" for an image, text
        self._blanks: list[int] = []
        self._open: Block | None = None
        self._first = 0  # of the open block's pieces
        self._space = False
        self._comma = False
        self._prefix = ""

    @property
    def at(self) -> int:
        """Where the next character goes."""
        return self._at + (self._space and self._open is not None)

    @property
    def written(self) -> int:
        """Where the text ends that is written already."""
        return self._at

    @property
    def count(self) -> int:
        """How many blocks there are."""
        return len(self._blocks)

    @property
    def is_open(self) -> bool:
        """Whether the current block has text already."""
        return self._open is not None

    @property
    def ends_with(self) -> str:
        """The last character of the open block."""
        return self._text[-1][-1:] if self._open else ""

    def place(self, name: str) -> None:
        """Name this position; the first of a name counts."""
        self._places.setdefault(name, self.at)

    def span(self, kind: SpanKind, start: int, value: str = "", *, empty: bool = False) -> None:
        """Note something about the text from `start` to here."""
        end = self.at if empty else self._at
        if end > start or empty:
            self._spans.append(Span(kind, min(start, end), end, value))

    def prefix(self, text: str) -> None:
        """Put this before the next block's text, unless it is called again before that."""
        self._prefix = text

    def say(self, text: str, kind: BlockKind, level: int = 0, line: int = 0) -> None:
        """Add inline text, its white space folded, to the open block or a new one."""
        folded = _SPACE.sub(" ", text)
        if folded[:1] == " ":
            self._space = True
        bare = folded.strip(" ")
        if not bare:
            return
        self._start(kind, level, line)
        if self._comma:
            self._add(",")
            self._comma = False
        if self._space and self._at > self._start_of_block() and self.ends_with != "\n":
            self._add(" ")
        self._add(bare)
        self._space = folded[-1] == " "

    def say_as_it_is(self, text: str, kind: BlockKind, line: int = 0) -> None:
        """Add text with its white space."""
        if text.strip() or self._open:
            self._start(kind, 0, line)
            self._add(text)

    def cell(self) -> None:
        """End a cell of a row: a comma, if another one follows."""
        self._comma = self._open is not None and self.ends_with not in ",;:.!?…"
        self._space = True

    def new_line(self) -> None:
        """End a line within a block."""
        if self._open and self.ends_with != "\n":
            self._add("\n")
            self._space = False

    def skip(self, rule: str, text: str) -> None:
        """Text that is not to be spoken."""
        folded = _SPACE.sub(" ", text).strip()
        if folded:
            self._behind.append((rule, folded))
            if not self._open:
                self._put_behind()

    def image(self, alt: str) -> None:
        """A picture's text, as a block of its own behind the open one."""
        self.skip("", alt)

    def scene_break(self, line: int = 0) -> None:
        """A break with nothing in it."""
        self.end()
        self._blocks.append(Block("break", self._at, self._at, 0, line))

    def end_stanza(self) -> None:
        """Close the open block, and leave a line blank behind lines of verse."""
        self.end()
        if self._blocks and self._blocks[-1].kind == "verse":
            self._add("\n")

    def end(self) -> None:
        """Close the open block: one without a word is a scene break."""
        block, self._open, self._space, self._comma = self._open, None, False, False
        if not block:
            return
        text = "".join(self._text[self._first :])
        bare = text.rstrip("\n\r\t ")
        end = block.start + len(bare)
        kind: BlockKind = block.kind
        if not _SPEAKABLE.search(bare):
            kind = "break"
            if bare.strip():
                self._skipped.append(Skipped("scene break", bare, block.start, end))
            else:
                self._blanks.append(len(self._blocks))
        self._blocks.append(Block(kind, block.start, end, block.level, block.line))
        self._add("\n")
        self._put_behind()

    def finish(self) -> Document:
        """The document of all that was said."""
        self.end()
        blocks = self._blocks
        if len(self._blanks) * PARAGRAPHS_A_BLANK > len(blocks):
            blanks = set(self._blanks)
            blocks = [block for index, block in enumerate(blocks) if index not in blanks]
        spans = sorted(self._spans, key=lambda span: (span.start, -span.end))
        skipped = sorted(self._skipped, key=lambda piece: piece.start)
        text = "".join(self._text)
        return Document(text, tuple(blocks), tuple(spans), tuple(skipped), self._places)

    def _start_of_block(self) -> int:
        return self._open.start if self._open else self._at

    def _start(self, kind: BlockKind, level: int, line: int) -> None:
        if self._open:
            return
        self._open = Block(kind, self._at, self._at, level, line)
        self._first = len(self._text)
        self._space = False
        if self._prefix:
            self._add(self._prefix)
            self._prefix = ""

    def _put_behind(self) -> None:
        for rule, text in self._behind:
            end = self._at + len(text)
            if rule:
                self._skipped.append(Skipped(rule, text, self._at, end))
            else:
                self._blocks.append(Block("image", self._at, end))
            self._add(text + "\n")
        self._behind.clear()

    def _add(self, text: str) -> None:
        self._text.append(text)
        self._at += len(text)
