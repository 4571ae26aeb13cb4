"""Notes in a plain text: the marks that call them, and the notes themselves."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from pipeline.normalize.headings import names_a_part
from pipeline.normalize.lines import SPEAKABLE, Paragraph

RISING = 3  # bare numbers that count up one by one are marks
NEAR = 4  # paragraphs between a mark that is no number and its note
LONGEST_NOTE = 20  # paragraphs in one pair of brackets
SHORTEST_STEM = 3  # letters: "word12", not "F16"
NUMBERED_SHARE = 0.6  # of the paragraphs below "Notes"

LONGEST_EMPHASIS = 400  # characters between its marks

_NOTE = re.compile(
    r"\[(?P<word>(?:foot)?note)(?:[ \t]+(?P<named>[^\]:\s]{1,5}))?:\s*"
    r"|\[(?P<bracket>\d{1,4}|[*†‡§]{1,3}|[a-zA-Z])\][ \t]*(?=\S)"
    r"|(?P<sign>[*†‡§]{1,3})[ \t]*(?=[^\s*†‡§])",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"\[?(\d{1,4})(?:[.):\]]+[ \t]*|[ \t]+)(?=\S)")
_SECTION = re.compile(r"\W*(?:foot|end)?notes?\W*", re.IGNORECASE)

# What may be a mark; where it stands decides.
_MARK = re.compile(
    r"[\[{](?P<bracket>\d{1,4}|[*†‡§]{1,3}|[a-zA-Z])[\]}]"
    r"|(?P<sign>[†‡]{1,3}|[*§]{1,3}(?![\w*]))"
    r"|(?P<raised>[⁰¹²³⁴-⁹]{1,3})(?![\w⁰¹²³⁴-⁹])"
    r"|(?P<bare>(?<!\d)\d{1,3})(?![\w%°]|[.,:]\d)"
)
TRAILING = re.compile(r"(?<=[\w.!?:])(?:\[\d{1,4}\]|[†‡]{1,3}|[¹²³⁰⁴-⁹]{1,3})$")
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
# Right behind a word, or behind the signs that end it.
_BEHIND = re.compile(r"(?:[^\W_]{2}|[.,;:!?…”\"’')»])\Z")
_BEHIND_A_WORD = re.compile(r"(?:[^\W\d_]{3}|[.,;:!?…”\"’')»])\Z")
_BEHIND_ITS_STOP = re.compile(r"(?<![^\W_])([^\W\d_]{1,30})([.!?,;:]?[”\"’')»]{0,2})\Z")
_ABBREVIATIONS = frozenset(
    "art c ca ch chap fig l ll lib n no nos nr num p par pp ref s sec st v vol vols".split()
)


@dataclass(frozen=True, slots=True)
class Note:
    """A note: the label that its marks have too, and its paragraphs from the first to the last.

    It begins at `start`, its text behind the label at `text`; `place` is its name. `bracketed`:
    all of it stands in brackets.
    """

    label: str
    first: int
    last: int
    start: int
    text: int
    place: str = ""
    bracketed: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """What calls a note. One that is not `sure` is a mark if there is such a note."""

    start: int
    end: int
    label: str
    sure: bool = True
    stem: str | None = None  # the word before a bare number


def marks(text: str, start: int, end: int) -> Iterator[Mark]:
    """All that may be the mark of a note in a stretch of text."""
    for match in _MARK.finditer(text, start, end):
        kind = match.lastgroup or ""
        label = match[kind].translate(_RAISED)
        at = match.start()
        before = text[max(start, at - 36) : at]
        if kind == "bare":
            stop = _BEHIND_ITS_STOP.search(before)
            stem = stop[1].lower() if stop else ""
            if stop and stem not in _ABBREVIATIONS and (stop[2] or len(stem) >= SHORTEST_STEM):
                yield Mark(*match.span(), label, sure=False, stem=stem)
        elif kind == "raised":
            if _BEHIND_A_WORD.search(before):
                yield Mark(*match.span(), label)
        elif "*" in label and _closes_emphasis(text, start, at):
            continue
        elif _BEHIND.search(before):
            yield Mark(*match.span(), label, sure=label.isdecimal() or label[0] in "†‡")
        elif kind == "bracket" and _BEHIND.search(before.rstrip(" \t")):
            yield Mark(*match.span(), label, sure=False)


def _closes_emphasis(text: str, start: int, at: int) -> bool:
    """Whether a star is the second of two that stand around a word or a few."""
    other = text.rfind("*", max(start, at - LONGEST_EMPHASIS), at)
    before, after = text[max(0, other - 1) : other].strip("*"), text[other + 1 : other + 2]
    return other >= 0 and not before.isalnum() and bool(after.strip())


def notes(text: str, paragraphs: Sequence[Paragraph], found: Sequence[Mark]) -> list[Note]:
    """The notes among the paragraphs, in their order."""
    starts: dict[str, list[int]] = defaultdict(list)
    for mark in found:
        starts[mark.label].append(mark.start)
    known: list[Note] = []
    for index in range(len(paragraphs)):
        if not known or index > known[-1].last:
            known += _section(text, paragraphs, index, starts)
        if not known or index > known[-1].last:
            known += _note(text, paragraphs, index, starts)
    return [replace(note, place=f"#note-{number}") for number, note in enumerate(known, 1)]


def called(found: Sequence[Mark], known: Sequence[Note]) -> Iterator[tuple[Mark, str]]:
    """The marks that are such, each with the place of its note, if it has one."""
    by_label: dict[str, list[Note]] = defaultdict(list)
    for one in known:
        by_label[one.label].append(one)
    rising = _rising(found)
    for mark in found:
        same = by_label.get(mark.label, [])
        index = bisect_left(same, mark.start, key=lambda note: note.start)
        note = same[min(index, len(same) - 1)] if same else None
        if mark.sure or note or mark in rising:
            yield mark, note.place if note else ""


def _note(
    text: str, paragraphs: Sequence[Paragraph], index: int, starts: Mapping[str, Sequence[int]]
) -> Iterator[Note]:
    """The note that a paragraph begins, if it is one that a mark calls."""
    first = paragraphs[index].lines[0]
    match = _NOTE.match(text, first.start, first.end)
    if not match:
        return
    label = match["named"] or match["bracket"] or match["sign"] or ""
    one = Note(label, index, index, first.start, match.end())
    if match["word"]:
        yield replace(one, last=_closing(paragraphs, index), bracketed=True)
    elif label.isdecimal():
        yield from [one] if label in starts else []
    else:
        since = paragraphs[max(0, index - NEAR)].lines[0].start
        before = bisect_left(starts.get(label, ()), first.start)
        yield from [one] if before and starts[label][before - 1] >= since else []


def _closing(paragraphs: Sequence[Paragraph], index: int) -> int:
    """The paragraph in which a bracket that one opens is closed."""
    for last in range(index, min(index + LONGEST_NOTE, len(paragraphs))):
        if paragraphs[last].lines[-1].text.endswith("]"):
            return last
    return index


def _section(
    text: str, paragraphs: Sequence[Paragraph], index: int, starts: Mapping[str, Sequence[int]]
) -> list[Note]:
    """The numbered notes below a line that says "Notes", if marks call them."""
    lines = paragraphs[index].lines
    if len(lines) > 1 or not _SECTION.fullmatch(lines[0].text):
        return []
    found: list[Note] = []
    count = 0
    for at in range(index + 1, len(paragraphs)):
        first = paragraphs[at].lines[0]
        if _SECTION.fullmatch(first.text):
            break
        if not SPEAKABLE.search(first.text):
            continue
        match = _NUMBERED.match(text, first.start, first.end)
        if not match and (not found or names_a_part(paragraphs[at].text, apart=True)):
            break
        count += 1
        if match:
            found.append(Note(match[1], at, at, first.start, match.end()))
        else:
            found[-1] = replace(found[-1], last=at)
    if not any(note.label in starts for note in found) or len(found) < count * NUMBERED_SHARE:
        return []
    return [replace(found[0], first=index, start=lines[0].start), *found[1:]]


def _rising(found: Sequence[Mark]) -> set[Mark]:
    """Those bare numbers that count up one by one, each behind another word."""
    growing: dict[int, list[Mark]] = {}
    chains: list[list[Mark]] = []
    for mark in found:
        if mark.stem is not None:
            value = int(mark.label)
            chain = growing.pop(value - 1, [])
            if not chain:
                chains.append(chain)
            chain.append(mark)
            growing[value] = chain
    return {
        mark
        for chain in chains
        if len(chain) >= RISING and len({one.stem for one in chain}) >= RISING
        for mark in chain
    }
