"""What a writer says of the voice in the text itself: `[Scarlet] …` and `[fr: …]`.

A name of the cast in brackets says who speaks from there to the end of the paragraph, or to the
next such name; a language and a colon in brackets, that a phrase is of that language. The marks
are not read; all other brackets stay.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from itertools import accumulate
from operator import attrgetter

from pipeline.model import Block, Chapter, Skipped, Span

MARKS = SPEAKER, LANGUAGE = "mark of a speaker", "mark of a language"
NARRATOR = "Narrator"  # is in every cast
_SPEAKER = re.compile(r"\[(?P<name>[^\[\]\n:]{1,60})\][ \u00a0]*")
# Where a sentence ends, or another mark: else it is an editor's bracket, as in "he [Tom] left".
_BEFORE = re.compile(r"[.!?…:;—–][\"”’»)\]*_]*\s+\Z|\]\s*\Z")
_LANGUAGE = re.compile(
    r"\[(?P<tag>[a-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}):\s(?P<said>[^\[\]]{1,2000})\]"
)
# Languages whose tags are words of English, as in "[or: The Whale]"; "[or-IN: …]" is Odia.
_WORDS = frozenset("am an as be do go he ho in is it my no on or so to vs we sic".split()) - {"it"}


def marked(chapter: Chapter, names: Collection[str]) -> Chapter:
    """The chapter with its marks as spans, and skipped; `names` are those of the cast."""
    if "[" not in chapter.text:
        return chapter
    spans, skipped = [*chapter.spans], [*chapter.skipped]
    known = {name.casefold(): name for name in names}
    known.setdefault(NARRATOR.casefold(), "")
    for match in _found(chapter, _SPEAKER) if names else ():
        name = known.get(match["name"].strip().casefold())
        if name is not None and _may_stand(chapter, match.start()):
            spans.append(Span("speaker", match.start(), match.start(), name))
            skipped.append(Skipped(SPEAKER, match[0].rstrip(), *_bare(match)))
    for match in _found(chapter, _LANGUAGE):
        if _is_language(match["tag"]):
            start, end = match.span("said")
            spans.append(Span("language", start, end, match["tag"]))
            skipped.append(
                Skipped(LANGUAGE, chapter.text[match.start() : start], match.start(), start)
            )
            skipped.append(Skipped(LANGUAGE, "]", end, end + 1))
    return replace(
        chapter,
        spans=tuple(sorted(spans, key=lambda span: (span.start, -span.end))),
        skipped=tuple(sorted(skipped, key=lambda piece: (piece.start, piece.end))),
    )


def unmarked(text: str, marks: Iterable[Skipped], start: int, end: int) -> str:
    """A stretch of a chapter's text as people read it: without these marks."""
    found, at = [], start
    for piece in marks:
        if start <= piece.start and piece.end <= end:
            found.append(text[at : piece.start])
            at = piece.end
    return "".join([*found, text[at:end]])


def _bare(match: re.Match[str]) -> tuple[int, int]:
    return match.start(), match.start() + len(match[0].rstrip())


def _found(chapter: Chapter, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
    """What matches within one block of text, and in nothing that is skipped already."""
    gone = sorted((piece.start, piece.end) for piece in chapter.skipped)
    ends = [*accumulate((end for _, end in gone), max)]
    for match in pattern.finditer(chapter.text):
        block = _block_at(chapter.blocks, match.start())
        if block is None or block.kind in ("code", "heading") or match.end() > block.end:
            continue
        first = bisect_right(ends, match.start())
        if first == len(gone) or gone[first][0] >= match.end():
            yield match


def _may_stand(chapter: Chapter, at: int) -> bool:
    """Whether a speaker may begin here: where a paragraph does, or a sentence."""
    block = _block_at(chapter.blocks, at)
    before = chapter.text[block.start if block else at : at]
    return not before.strip() or _BEFORE.search(before[-12:]) is not None


def _block_at(blocks: tuple[Block, ...], at: int) -> Block | None:
    index = bisect_right(blocks, at, key=attrgetter("start")) - 1
    return blocks[index] if index >= 0 and at < blocks[index].end else None


def _is_language(tag: str) -> bool:
    from langcodes import tag_is_valid

    return tag not in _WORDS and tag_is_valid(tag)
