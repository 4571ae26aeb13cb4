"""One book's listening page: a player, and the text, in which the spoken sentence is shown.

The page lies beside the book's files and asks for nothing else; it works from a disk as from a
server. Only the chapter that is heard is in the document, and the others wait as JSON.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import accumulate, groupby, pairwise
from string import Template
from typing import Any
from unicodedata import east_asian_width

from pipeline.model import BlockKind
from pipeline.publish import web
from pipeline.publish.edition import Edition, Heading, Item, Sentence

# A block's kind as one letter, for there are thousands.
LETTERS: Mapping[BlockKind, str] = {
    "heading": "h",
    "paragraph": "p",
    "quotation": "q",
    "verse": "v",
    "item": "i",
    "row": "r",
    "code": "c",
    "image": "g",
    "break": "b",
}
TRANSCRIPTS = (("WebVTT", "vtt"), ("SRT", "srt"), ("LRC", "lrc"), ("JSON", "json"))
# Scripts that have no space between sentences.
UNSPACED = frozenset("Bopo Hani Hans Hant Hira Hrkt Jpan Kana".split())
_WORD = re.compile(r"\w+(?:['’.\-]\w+)*")


@dataclass(frozen=True, slots=True)
class Part:
    """What is shown at a time, and where it is: a file, or one chapter of it. Milliseconds."""

    item: int
    title: str
    start_ms: int
    end_ms: int
    headings: tuple[Heading, ...]
    sentences: tuple[Sentence, ...]


def book(edition: Edition, spoken: Mapping[str, Sequence[Sentence]]) -> str:
    """The whole index.html of a book's folder; the same bytes for the same book.

    `spoken` are the sentences of each file, by `Item.name`, in order of time.
    """
    found = list(parts(edition, spoken))
    spaced = web.script_of(edition.language) not in UNSPACED
    body = Template(web.resource("page.html")).substitute(
        title=web.text(edition.title),
        cover=_cover(edition),
        about=_about(edition),
        parts="".join(_entry(number, part) for number, part in enumerate(found, 1)),
        files="".join(
            f'<li><a href="{web.href(item.file)}">{web.text(item.title)}</a></li>\n'
            for item in edition.items
        ),
        language=web.text(edition.language),
        direction=web.direction(edition.language),
    )
    texts = (
        web.data(f"text-{number}", list(lines(part.sentences, spaced=spaced)))
        for number, part in enumerate(found)
    )
    return web.page(
        edition.title,
        body + web.data("book", _told(edition, found, spoken)) + "".join(texts),
        style=web.resource("paper.css") + web.resource("page.css"),
        early=web.resource("theme.js"),
        late=web.resource("page.js"),
    )


def parts(edition: Edition, spoken: Mapping[str, Sequence[Sentence]]) -> Iterator[Part]:
    """A book's chapters: each file, or what is in it, where it holds several."""
    for number, item in enumerate(edition.items):
        sentences = spoken.get(item.name, ())
        cuts = _cuts(item, sentences, alone=len(edition.items) == 1)
        for start, end in pairwise([*cuts, item.length_ms]):
            within = tuple(one for one in item.headings if start <= one.start_ms < end)
            title = within[0].title if len(cuts) > 1 and within else item.title
            # What is said after a file's end belongs to its last chapter.
            held = (
                one
                for one in sentences
                if start <= one.start_ms and (one.start_ms < end or end == item.length_ms)
            )
            yield Part(number, title, start, end, within, tuple(held))


def _cuts(item: Item, sentences: Sequence[Sentence], *, alone: bool) -> list[int]:
    """Where chapters start in a file, the first of them at 0.

    Each starts at the last heading before its first sentence. Where nothing is known of what is
    said, the headings of a book's only file are its chapters.
    """
    if not sentences:
        return sorted({0, *(one.start_ms for one in item.headings[1:] if alone)})
    firsts = [next(held).start_ms for _, held in groupby(sentences, lambda one: one.chapter)]
    starts = [one.start_ms for one in item.headings]
    found = (max((at for at in starts if at <= first), default=first) for first in firsts[1:])
    return sorted({0, *found})


def lines(sentences: Sequence[Sentence], *, spaced: bool = True) -> Iterator[list[Any]]:
    """Sentences as the page takes them: from when, to when, how they follow, text, words.

    They follow with a block's letter where one opens, a capital where it stands apart from the
    last; else with the space that is before them. `spaced`: the script has any.
    """
    apart = _apart(sentences)
    before: Sentence | None = None
    for number, one in enumerate(sentences):
        if before is None or one.opens or one.kind != before.kind:
            letter = LETTERS[one.kind]
            follows = letter.upper() if number in apart else letter
        else:
            follows = " " if _is_spaced(before, one, spaced=spaced) else ""
        told = web.clean(one.text)
        words = list(_words(one, told))
        yield [one.start_ms, one.end_ms, follows, told, *([words] if words else [])]
        before = one


def _apart(sentences: Sequence[Sentence]) -> set[int]:
    """Those that open a stanza or a scene: the rest before them is more than twice the shortest
    between two blocks of the kind, as `Pace` has it.
    """
    rests: dict[str, dict[int, int]] = {"verse": {}, "paragraph": {}}
    for number, (before, one) in enumerate(pairwise(sentences), 1):
        if one.opens and one.kind == before.kind and one.kind in rests:
            rests[one.kind][number] = one.start_ms - before.end_ms
    return {
        number
        for found in rests.values()
        for number, rest in found.items()
        if rest > 2 * max(1, min(found.values()))
    }


def _is_spaced(before: Sentence, one: Sentence, *, spaced: bool) -> bool:
    """Whether there is a space between two sentences; where lines were broken there may be none."""
    if before.source[1] >= one.source[0]:
        return False
    return spaced or not (_is_wide(before.text[-1:]) and _is_wide(one.text[:1]))


def _is_wide(character: str) -> bool:
    return bool(character) and east_asian_width(character) in "WF"


def _words(sentence: Sentence, told: str) -> Iterator[int]:
    """Four numbers for each word or run of words that stands in the text as it was said.

    From when and to when, in milliseconds from the sentence's start; from which place and to
    which, in UTF-16 as JavaScript counts. What is said otherwise ("1984") is one run; what stands
    nowhere is left out.
    """
    if not sentence.words:
        return
    places = [(match.start(), match.end()) for match in _WORD.finditer(told)]
    units = list(accumulate((1 + (c > "\uffff") for c in told), initial=0))
    written = [_bare(told[start:end]) for start, end in places]
    heard = [_bare(word.text) for word in sentence.words]
    for first, behind, begin, end in _runs(written, heard):
        yield sentence.words[begin].start_ms - sentence.start_ms
        yield sentence.words[end - 1].end_ms - sentence.start_ms
        yield units[places[first][0]]
        yield units[places[behind - 1][1]]


def _runs(written: Sequence[str], heard: Sequence[str]) -> Iterator[tuple[int, int, int, int]]:
    """Which words as written are which as heard, from and to; words alike one by one."""
    if written == heard:  # which takes a hundredth of the time, and is nearly always so
        yield from ((at, at + 1, at, at + 1) for at in range(len(written)))
        return
    for kind, a, b, c, d in SequenceMatcher(None, written, heard, False).get_opcodes():
        if kind == "equal":
            yield from ((a + at, a + at + 1, c + at, c + at + 1) for at in range(b - a))
        elif kind == "replace":
            yield a, b, c, d


@lru_cache(1 << 14)
def _bare(word: str) -> str:
    """A word without what differs between writing and saying it."""
    return "".join(c for c in word.casefold() if c.isalnum())


def _told(
    edition: Edition, found: Iterable[Part], spoken: Mapping[str, Sequence[Sentence]]
) -> dict[str, Any]:
    """What the player knows of a book beside its text."""
    return {
        "guid": edition.guid,
        "title": edition.title,
        "author": edition.author,
        "cover": web.href(edition.cover),
        "items": [
            {
                "name": item.name,
                "guid": item.guid,
                "url": web.href(item.file),
                "transcripts": [
                    [name, f"transcripts/{web.href(item.name)}.{suffix}"]
                    for name, suffix in TRANSCRIPTS
                    if spoken.get(item.name)
                ],
            }
            for item in edition.items
        ],
        "parts": [
            {
                "item": part.item,
                "title": part.title,
                "start": part.start_ms,
                "end": part.end_ms,
                "sections": _sections(part),
            }
            for part in found
        ],
    }


def _sections(part: Part) -> list[tuple[int, str]]:
    """Its headings, without the one that is its own."""
    own = (part.start_ms, part.title)
    return [at for one in part.headings if (at := (one.start_ms, one.title)) != own]


def _entry(number: int, part: Part) -> str:
    return (
        f'<li><a href="#chapter-{number}"><span class="number">{number}</span>'
        f'<bdi class="name" dir="auto">{web.text(part.title)}</bdi>'
        f"<time>{web.clock(part.end_ms - part.start_ms)}</time></a></li>\n"
    )


def _cover(edition: Edition) -> str:
    if not edition.cover:
        return ""
    return f'<img src="{web.href(edition.cover)}" alt="Cover of {web.text(edition.title)}">\n'


def _about(edition: Edition) -> str:
    """Who wrote it, who reads it, how long it is, and what it is about."""
    series = " ".join(part for part in (edition.series, edition.position) if part)
    narrators = ", ".join(edition.narrators)
    told = [
        ("subtitle", edition.subtitle),
        ("by", edition.author),
        ("reader", f"Read by {narrators}" if narrators else ""),
        ("series", series),
        ("length", web.length(edition.length_ms)),
    ]
    return "".join(
        f'<p class="{kind}" dir="auto">{web.text(line)}</p>\n' for kind, line in told if line
    )
