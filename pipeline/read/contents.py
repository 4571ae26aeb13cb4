"""Where the chapters of a document begin: by its table of contents, its headings, or its files."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from operator import attrgetter

from pipeline.model import Block, Span
from pipeline.normalize import titles
from pipeline.read import matter
from pipeline.read.document import Document, Entry, Manuscript

# Words that may stand before a part's first chapter and still be read with it.
OPENING_WORDS = 200
CHAPTER_SHARE = 0.5
LONG_CHAPTER_WORDS = 1500  # on average, below what has no number: it holds chapters itself
CHAPTER_WORDS = 300  # that headings without a number have below them, on average, if no sections
LONGEST_SLUG = 60


@dataclass(frozen=True, slots=True)
class Cut:
    """Where a part of a book begins, and what the book calls it.

    `place` is its name within the file, `above` the title of what holds it; not `listed`: no table
    of contents names it.
    """

    at: int
    title: str
    place: str
    above: str = ""
    listed: bool = True


@dataclass(frozen=True, slots=True)
class Structure:
    """A document with quick answers to what stands where in it."""

    document: Document
    title: str = ""  # of the book, in letters alone
    files: tuple[Span, ...] = field(init=False)
    _types: tuple[Span, ...] = field(init=False)
    _within: tuple[int, ...] = field(init=False)  # for each type, the index of the one around it
    _ends: list[int] = field(init=False)

    def __post_init__(self) -> None:
        types = [span for span in self.document.spans if span.kind == "type"]
        within, around = [], [-1]
        for index, span in enumerate(types):
            while around[-1] >= 0 and types[around[-1]].end <= span.start:
                around.pop()
            within.append(around[-1])
            around.append(index)
        files = tuple(span for span in self.document.spans if span.kind == "file")
        ends = [block.end for block in self.document.blocks]
        for name, value in (
            ("files", files),
            ("_types", tuple(types)),
            ("_within", tuple(within)),
            ("_ends", ends),
        ):
            object.__setattr__(self, name, value)

    def blocks(self, start: int, end: int) -> tuple[Block, ...]:
        """The blocks that begin in this stretch."""
        blocks = self.document.blocks
        first = bisect_right(blocks, start - 1, key=attrgetter("start"))
        last = bisect_right(blocks, end - 1, key=attrgetter("start"))
        return blocks[first:last]

    def types(self, start: int, end: int) -> frozenset[str]:
        """The types of all that this stretch is a part of."""
        blocks = self.blocks(start, end)
        start, end = (blocks[0].start, blocks[-1].end) if blocks else (start, end)
        index = bisect_right(self._types, start, key=attrgetter("start")) - 1
        found = set()
        while index >= 0:
            if self._types[index].end >= end:
                found.add(self._types[index].value)
            index = self._within[index]
        return frozenset(found)

    def words(self, start: int, end: int) -> int:
        """Words of a stretch, headings and all."""
        return sum(len(self.text(block).split()) for block in self.blocks(start, end))

    def text(self, block: Block) -> str:
        return self.document.text[block.start : block.end]

    def heading(self, start: int, end: int) -> str:
        """The first heading of a stretch; nothing if it opens with something else."""
        for block in self.blocks(start, end):
            if block.kind == "heading":
                return self.text(block)
            if block.kind not in ("break", "image"):
                break
        return ""

    def level(self, start: int, end: int) -> int:
        """The level of the heading that a stretch opens with; 0 where there is none."""
        for block in self.blocks(start, end):
            if block.kind not in ("break", "image"):
                return block.level
        return 0

    def snap(self, at: int) -> int | None:
        """The start of the block at this position, or of the next one."""
        index = bisect_right(self._ends, at)
        blocks = self.document.blocks
        return blocks[index].start if index < len(blocks) else None

    def with_heading(self, at: int, targets: frozenset[int | None]) -> int:
        """The position, or that of the headings right before it, at which nothing else points."""
        blocks = self.document.blocks
        index = bisect_right(blocks, at, key=attrgetter("start")) - 1
        if index < 0 or blocks[index].kind == "heading":
            return at
        while (
            index
            and blocks[index - 1].kind in ("heading", "break")
            and blocks[index - 1].start not in targets
            and self.file(blocks[index - 1].start) == self.file(at)
        ):
            index -= 1
        return blocks[index].start if blocks[index].kind == "heading" else at

    def file(self, at: int) -> Span | None:
        """The file that a position is in."""
        index = bisect_right(self.files, at, key=attrgetter("start")) - 1
        return self.files[index] if index >= 0 else None


def cuts(manuscript: Manuscript) -> list[Cut]:
    """Where each part of the book begins, in the order of the text; the first is at 0."""
    structure = Structure(
        manuscript.document, titles.letters(manuscript.about.get("title", "no title"))
    )
    contents: Sequence[Entry] = manuscript.contents
    listed = _listed(contents, structure)
    if _chapters(listed) < 2:  # a table of contents that is of no use
        headings = outline(structure)
        by_heading = _listed(headings, structure)
        if _chapters(by_heading) > _chapters(listed) and _are_chapters(by_heading, structure):
            contents, listed = headings, by_heading
    return _with_unlisted(listed, frozenset(_targets(contents, structure)), structure)


def _are_chapters(found: Sequence[Cut], structure: Structure) -> bool:
    """Whether headings are those of chapters, by name or size, and not of a story's sections."""
    read = [one for one in found if not matter.why_left_out(frozenset(), one.title, 0)]
    named = sum(_is_bare(one.title) or titles.is_part(one.title) for one in read)
    words = structure.words(found[0].at, len(structure.document.text))
    return named >= len(read) * CHAPTER_SHARE or words >= len(read) * CHAPTER_WORDS


def _targets(contents: Sequence[Entry], structure: Structure) -> Iterator[int | None]:
    """Where all lines of a table of contents point at."""
    for entry in contents:
        yield structure.snap(entry.at)
        yield from _targets(entry.below, structure)


def _chapters(listed: Sequence[Cut]) -> int:
    return sum(not matter.why_left_out(frozenset(), one.title, 0) for one in listed)


def _listed(contents: Sequence[Entry], structure: Structure) -> list[Cut]:
    """The entries of a table of contents that are chapters, in the order of the text."""
    found: dict[int, Cut] = {}
    late: list[tuple[int, Cut]] = []
    targets = frozenset(_targets(contents, structure))
    for one in _leaves(contents, len(structure.document.text), structure, ""):
        at = structure.snap(one.at)
        file = structure.file(one.at)
        if at is None:
            continue
        at = structure.with_heading(at, targets)
        if file and at >= file.end:  # at the end of its file, or in one without a word
            late.append((at, one))
        elif at not in found:
            found[at] = replace(one, at=at)
        elif titles.is_part(found[at].title) and not titles.is_part(one.title):
            found[at] = replace(one, at=at, above=found[at].title)
    for at, one in late:
        if "#" in one.place:
            found.setdefault(at, replace(one, at=at))
    return [found[at] for at in sorted(found)]


def _leaves(entries: Sequence[Entry], last: int, structure: Structure, above: str) -> Iterator[Cut]:
    """The entries that are chapters; `last` is where those above them end."""
    read = [entry for entry in entries if not matter.why_left_out(frozenset(), entry.title, 0)]
    starts = sorted(entry.at for entry in entries)
    for entry in entries:
        following = bisect_right(starts, entry.at)
        end = starts[following] if following < len(starts) else last
        if not entry.below or not _divides(entry, end, structure, alone=len(read) == 1):
            yield Cut(entry.at, entry.title, entry.place, above)
            continue
        below = list(_leaves(entry.below, end, structure, entry.title))
        first = min(below, key=attrgetter("at"))
        opening = structure.words(entry.at, first.at)
        is_title = len(read) == 1 and not titles.is_part(entry.title)
        if opening > OPENING_WORDS or (opening and is_title):
            yield Cut(entry.at, entry.title, entry.place, above)
        elif entry.at < first.at:
            below[below.index(first)] = replace(first, at=entry.at)
        yield from below


def _divides(entry: Entry, end: int, structure: Structure, *, alone: bool) -> bool:
    """Whether what is below an entry, which ends here, are chapters and not sections of one."""

    def types(one: Entry) -> frozenset[str]:
        at = structure.snap(one.at)
        return frozenset() if at is None else structure.types(at, at + 1)

    def is_chapter(one: Entry) -> bool:
        numbered = titles.is_chapter(one.title) or titles.is_number(one.title)
        return numbered or titles.is_part(one.title) or "chapter" in types(one)

    below = [one for one in entry.below if not matter.why_left_out(frozenset(), one.title, 0)]
    if not below:
        return False
    own = types(entry) if entry.at < below[0].at else frozenset()  # else they are the first one's
    alone = alone or titles.letters(entry.title) == structure.title
    if titles.is_part(entry.title) or own & matter.DIVISIONS:
        return True
    if titles.is_chapter(entry.title) or "chapter" in own:
        return False
    if alone or sum(map(is_chapter, below)) >= len(below) * CHAPTER_SHARE:
        return True
    if structure.words(entry.at, end) >= len(below) * LONG_CHAPTER_WORDS:
        return True
    return structure.file(entry.at) != structure.file(below[0].at)


def _with_unlisted(
    listed: list[Cut], targets: frozenset[int | None], structure: Structure
) -> list[Cut]:
    """The cuts, and the parts that no table of contents lists: files that stand by themselves."""
    known = {one.at: one for one in listed}
    found: list[Cut] = []
    blocks = structure.document.blocks
    start = blocks[0].start if blocks else 0
    at_files = {structure.snap(file.start): file for file in reversed(structure.files)}
    for at in sorted({start, *known, *(at for at in at_files if at is not None)}):
        file = at_files.get(at)
        if at in known:
            found.append(known[at])
        elif not found or (
            file and at not in targets and _stands_alone(file, at, found[-1], structure)
        ):
            end = file.end if file else min(known, default=len(structure.document.text))
            heading = structure.heading(at, end)
            found.append(Cut(at, heading, file.value if file else "", listed=False))
    return [replace(one, at=one.at if index else 0) for index, one in enumerate(found)]


def _stands_alone(file: Span, at: int, before: Cut, structure: Structure) -> bool:
    """Whether a file that is not listed is no continuation of the part before it."""
    heading = structure.heading(at, file.end)
    if structure.types(at, file.end) & frozenset(matter.LEFT_OUT) or titles.is_chapter(heading):
        return True
    its = structure.file(before.at)
    end = its.end if its else before.at
    types = structure.types(before.at, end)
    if matter.is_legal(structure.document.text[at : file.end]):
        return True
    if not before.listed or matter.why_left_out(types, before.title, 0):
        return True
    return bool(heading) and structure.level(at, file.end) <= structure.level(before.at, end)


def outline(structure: Structure) -> list[Entry]:
    """The headings of a document as a table of contents.

    A heading right below a bare number is its title. Headings of level 0 are only guessed: they
    are sections, and no chapters.
    """
    blocks = structure.document.blocks
    found: list[tuple[int, Entry]] = []
    taken = -1
    for index, block in enumerate(blocks):
        if block.kind != "heading" or not block.level or index == taken:
            continue
        if structure.types(block.start, block.end) & frozenset(matter.LEFT_OUT):
            continue
        title = structure.text(block)
        under = blocks[index + 1 : index + 2]
        if _is_bare(title) and under and under[0].kind == "heading":
            lower = not under[0].level or under[0].level > block.level
            if lower and not _is_bare(structure.text(under[0])):
                title, taken = f"{title}\n{structure.text(under[0])}", index + 1
        found.append((block.level, Entry(title, block.start, place=_slug(title))))
    return _nested(found)


def _is_bare(title: str) -> bool:
    return titles.is_chapter(title) or titles.is_number(title)


def _nested(found: Sequence[tuple[int, Entry]]) -> list[Entry]:
    """Entries with those of a deeper level that follow them below them."""
    nested: list[Entry] = []
    at = 0
    while at < len(found):
        level, entry = found[at]
        end = at + 1
        while end < len(found) and found[end][0] > level:
            end += 1
        nested.append(replace(entry, below=tuple(_nested(found[at + 1 : end]))))
        at = end
    return nested


def _slug(title: str) -> str:
    """A title as the name of a place."""
    words = re.sub(r"[^\w]+", "-", title.lower()).strip("-_")
    return f"#{words[:LONGEST_SLUG]}"
