"""A manuscript -> its chapters as a narrator reads them, and what is left out of them."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from pipeline.errors import SourceError
from pipeline.model import Block, Chapter, Skipped, Span
from pipeline.normalize import titles
from pipeline.read import matter
from pipeline.read.contents import Cut, Structure, cuts
from pipeline.read.document import Manuscript
from pipeline.read.notes import bodies, noted, placed
from pipeline.read.text import promoted

TITLE_PAGE_WORDS = 30  # that a title page has beside the title, at the most
SENTENCE_WORDS = 8
HEADINGS_AT_START = 4  # blocks, among which a chapter's heading is looked for
WORDS_AS_TITLE = 6
LONGEST_TITLE = 200  # characters
MOST_SHARES = 1_000_000  # marks that reach into another chapter

_GUESSES = ("title page", "copyright")  # that a part may be for its looks alone
_SENTENCE = re.compile(r"[.!?…][\"”’)]*$")

Stretch = TypeVar("Stretch", Span, Skipped)


def chapters(
    manuscript: Manuscript,
    source: str,
    *,
    whole: bool = False,
    images: bool = False,
    notes: str = "skip",
) -> list[Chapter]:
    """The parts of a manuscript in reading order, with those that are `left_out` among them.

    `whole`: it is one chapter, whatever it holds. `images`: their texts are read.
    `notes`: "skip" them, or read them "inline", behind the paragraph that calls them, or at the
    chapter's "end".
    """
    ranked = sum(
        block.kind == "heading" and block.level > 0 for block in manuscript.document.blocks
    )
    if not manuscript.contents and ranked < 2:
        manuscript = replace(manuscript, document=promoted(manuscript.document))
    structure = Structure(noted(manuscript.document))
    waiting = {} if notes == "skip" else bodies(structure.document)
    language = manuscript.about.get("language", "")
    found = [Cut(0, "", "", listed=False)] if whole else cuts(manuscript)
    numbered = sum(titles.is_number(one.title) for one in found) > 1
    parts = _parts(structure, found)
    made = []
    for part, why in zip(parts, _reasons(parts, manuscript), strict=True):
        title = part.chapter.title or (_first_line(part.chapter) if why == "title page" else "")
        chapter = replace(part.chapter, left_out=why, title=title)
        if not chapter.left_out:
            chapter = matter.without(chapter, images=images)
            chapter = placed(chapter, waiting, notes, language) if waiting else chapter
            chapter = _announced(chapter) if part.cut.listed else chapter
        chapter = _as_said(chapter, language, numbered=numbered)
        title = titles.said(chapter.title, language, numbered=numbered)
        made.append(replace(chapter, title=title, language=language, source=source))
    return _told_apart(made, found, language)


@dataclass(frozen=True, slots=True)
class _Part:
    """A stretch of a document that is to become a chapter."""

    cut: Cut
    types: frozenset[str]
    chapter: Chapter

    @property
    def words(self) -> int:
        return self.chapter.words


def _parts(structure: Structure, found: Sequence[Cut]) -> list[_Part]:
    """The document cut up, each part with numbers counted from its own start."""
    document = structure.document
    starts = [one.at for one in found]
    ends = [*starts[1:], len(document.text)]
    spans = _shared_out(document.spans, starts)
    skipped = _shared_out(document.skipped, starts)
    parts = []
    for index, (one, end) in enumerate(zip(found, ends, strict=True)):
        start = one.at
        blocks = tuple(
            replace(block, start=block.start - start, end=block.end - start)
            for block in structure.blocks(start, end)
        )
        chapter = Chapter(
            number=index + 1,
            title=one.title,
            author="",
            language="",
            source="",
            file=one.place,
            text=document.text[start:end],
            blocks=blocks,
            spans=tuple(_moved(span, start, end) for span in spans[index]),
            skipped=tuple(_moved(piece, start, end) for piece in skipped[index]),
            at=start,
        )
        parts.append(_Part(one, structure.types(start, end), chapter))
    return parts


def _shared_out(stretches: Sequence[Stretch], starts: Sequence[int]) -> list[list[Stretch]]:
    """For each part the stretches that have something of it."""
    shares: list[list[Stretch]] = [[] for _ in starts]
    left = MOST_SHARES
    for stretch in stretches:
        first = max(0, bisect_right(starts, stretch.start) - 1)
        last = max(first, bisect_left(starts, stretch.end) - 1)
        left -= last - first
        if left < 0:
            raise SourceError("the book: more marks over more chapters than a book has.")
        for index in range(first, last + 1):
            shares[index].append(stretch)
    return shares


def _moved(stretch: Stretch, start: int, end: int) -> Stretch:
    return replace(
        stretch,
        start=max(stretch.start, start) - start,
        end=max(min(stretch.end, end), start) - start,
    )


def _reasons(parts: Sequence[_Part], manuscript: Manuscript) -> list[str]:
    """Why each part is not read; a guess never leaves out all of a book."""
    if len(parts) == 1:
        return [""]
    reasons: list[str] = []
    is_front = is_first = True
    for part in parts:
        reasons.append(_why(part, manuscript, is_front=is_front, is_first=is_first))
        is_front = is_front and not part.cut.listed
        is_first = is_first and bool(reasons[-1])
    if is_first:
        return ["" if why in _GUESSES else why for why in reasons]
    return reasons


def _why(part: _Part, manuscript: Manuscript, *, is_front: bool, is_first: bool) -> str:
    """Why a part is not read; nothing if it is.

    `is_front`: no table of contents lists a part before it; `is_first`: none before it is read.
    """
    chapter, title = part.chapter, part.cut.title.replace("\n", " ")
    if why := matter.why_left_out(part.types, title, part.words):
        texts = [chapter.text[block.start : block.end] for block in chapter.blocks]
        by_title = not part.types & frozenset(matter.LEFT_OUT)
        return why if not by_title or matter.looks_like(why, texts) else ""
    if not any(block.kind not in ("break", "image") for block in chapter.blocks):
        return "pictures" if part.words else "nothing in it"
    counted = titles.is_chapter(title) or titles.is_number(title) or titles.is_part(title)
    opens_text = is_first and not manuscript.explicit and not counted
    may_be_title = is_front and _is_title(part.cut.title, manuscript)
    if part.cut.listed and not opens_text and not may_be_title:
        return ""
    if (is_front or opens_text) and _is_title_page(chapter, manuscript):
        return "title page"
    return "copyright" if matter.is_legal(chapter.text) else ""


def _is_title(heading: str, manuscript: Manuscript) -> bool:
    """Whether a heading is the book's title, alone or with its author's name."""
    title = titles.letters(manuscript.about.get("title", ""))
    names = [titles.letters(person.name) for person in manuscript.people]
    known = {title, *(title + name for name in names), *(name + title for name in names)}
    return bool(title) and titles.letters(heading) in known


def _is_title_page(chapter: Chapter, manuscript: Manuscript) -> bool:
    """A title, an author, a year perhaps, and no sentence."""
    texts = [chapter.text[block.start : block.end] for block in chapter.blocks]
    headed = chapter.blocks[0].kind == "heading"
    names = [manuscript.about.get("title", ""), *(person.name for person in manuscript.people)]
    letters = titles.letters(chapter.text)
    named = any(name and titles.letters(name) in letters for name in names)
    if matter.is_read(texts[0] if headed else "") or (manuscript.explicit and not named):
        return False
    if not headed and not named and any(map(_SENTENCE.search, texts)):
        return False
    below = texts[1:]
    if sum(len(text.split()) for text in below) > TITLE_PAGE_WORDS:
        return False
    return not any(len(text.split()) >= SENTENCE_WORDS and _SENTENCE.search(text) for text in below)


def _announced(chapter: Chapter) -> Chapter:
    """The chapter opening with its title, also where the title stands in the contents alone."""
    opening = chapter.blocks[:HEADINGS_AT_START]
    if not chapter.title or any(block.kind == "heading" for block in opening):
        return chapter
    title = titles.letters(chapter.title)
    written = ""
    for index, block in enumerate(opening):
        written += titles.letters(chapter.text[block.start : block.end])
        if written == title:
            headings = tuple(
                replace(one, kind="heading", level=1) if one.kind == "paragraph" else one
                for one in chapter.blocks[: index + 1]
            )
            return replace(chapter, blocks=(*headings, *chapter.blocks[index + 1 :]))
    text = f"{chapter.title}\n{chapter.text}"
    by = len(chapter.title) + 1
    first = Block("heading", 0, by - 1, 1, opening[0].line if opening else 0)
    return replace(
        chapter,
        text=text,
        blocks=(first, *(replace(b, start=b.start + by, end=b.end + by) for b in chapter.blocks)),
        spans=tuple(replace(s, start=s.start + by, end=s.end + by) for s in chapter.spans),
        skipped=tuple(replace(s, start=s.start + by, end=s.end + by) for s in chapter.skipped),
    )


def _as_said(chapter: Chapter, language: str, *, numbered: bool) -> Chapter:
    """The headings that a chapter opens with as a person says them: "IV" as "Chapter 4"."""
    spans = list(chapter.spans)
    for block in chapter.blocks:
        if block.kind in ("break", "image"):
            continue
        if block.kind != "heading":
            break
        written = chapter.text[block.start : block.end]
        said = titles.said(written, language, numbered=numbered)
        if said != " ".join(written.split()):
            spans.append(Span("said", block.start, block.end, said))
    return replace(chapter, spans=tuple(sorted(spans, key=lambda span: (span.start, -span.end))))


def _told_apart(made: list[Chapter], found: Sequence[Cut], language: str) -> list[Chapter]:
    """Each part with a title and a name of its own: "Part 2, Chapter 1"."""
    again = Counter(chapter.title for chapter in made if not chapter.left_out)
    names: Counter[str] = Counter()
    told = []
    for chapter, one in zip(made, found, strict=True):
        title = _shortened(chapter.title) or _untitled(chapter)
        if one.above and again[title] > 1:
            title = f"{titles.said(one.above, language)}, {title}"
        names[chapter.file] += 1
        count = names[chapter.file]
        file = chapter.file if count == 1 or not chapter.file else f"{chapter.file}-{count}"
        told.append(replace(chapter, title=title, file=file))
    return told


def _first_line(chapter: Chapter) -> str:
    return next((chapter.text[b.start : b.end] for b in chapter.blocks if b.kind != "break"), "")


def _shortened(title: str) -> str:
    return title if len(title) <= LONGEST_TITLE else f"{title[: LONGEST_TITLE - 1].rstrip()}…"


def _untitled(chapter: Chapter) -> str:
    """What to call a part without a title: what it is, or its first words."""
    types = sorted(s.value for s in chapter.spans if s.kind == "type" and s.value in matter.READ)
    if types and types[0] not in ("bodymatter", "text", "chapter"):
        return types[0].capitalize()
    if chapter.left_out:
        return chapter.left_out.capitalize()
    words = chapter.text.split()
    return " ".join(words[:WORDS_AS_TITLE]) + ("…" if len(words) > WORDS_AS_TITLE else "")
