"""Pages -> their lines in one row, without heads, feet and notes."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise

from pipeline.read.pdf.layout import Line, Page, Piece, Placed, Story, Style
from pipeline.read.pdf.margins import margins_of

FULL = 8  # lines of a column tell how wide it is
SMALL = 0.93  # of the body's size, below which a line may be of a note
_NOTE_MARK = re.compile(r"\[?(\d{1,3}|[*†‡§¶]{1,3}|[⁰¹²³⁴-⁹]{1,3})(?=[\]\s.):]|[^\W\d_]|[“‘\"'(])")


def style_of(pages: Sequence[Page]) -> Style:
    """What most letters of the document look like."""
    sizes: Counter[tuple[float, bool]] = Counter()
    pitches: Counter[float] = Counter()
    measures: Counter[int] = Counter()
    for page in pages:
        for line in page.lines:
            sizes[round(line.size * 2) / 2, line.is_bold] += len(line.text)
        for lines in _columns(page.lines):
            for above, below in pairwise(lines):
                pitches[round((above.base - below.base) * 2) / 2] += 1
            if len(lines) >= FULL:
                left, right = _edges(lines)
                measures[round(right - left)] += len(lines)
    size, is_bold = sizes.most_common(1)[0][0]
    pitch = pitches.most_common(1)[0][0] if pitches else 0
    measure = measures.most_common(1)[0][0] if measures else 0
    return Style(size, max(pitch, size), measure, is_bold)


def story_of(pages: Sequence[Page], style: Style) -> Story:
    """All pages' lines, and what was left out between them."""
    margins = margins_of(pages, style)
    story = Story([], defaultdict(list))
    noted = False
    for number, page in enumerate(pages):
        rules = [margins.get((number, index), "") for index in range(len(page.lines))]
        ruled = list(zip(rules, page.lines, strict=True))
        left_out = story.before[len(story.lines)]
        left_out += [("", page.label), *page.hidden]
        left_out += [(rule, line.text) for rule, line in ruled if rule]
        for column in _columns([line for rule, line in ruled if not rule]):
            at = _notes_at(column, style, noted)
            story.lines.extend(_placed(column[:at], number, style))
            noted = at < len(column)
            story.before[len(story.lines)] += _notes(column[at:])
    return story


def _columns(lines: Sequence[Line]) -> list[list[Line]]:
    return [list(group) for _, group in groupby(lines, key=lambda line: line.column)]


def _placed(lines: Sequence[Line], page: int, style: Style) -> Iterator[Placed]:
    """A column's lines with the white on both sides of them; a short column is as wide as most."""
    if not lines:
        return
    left, right = _edges(lines)
    if len(lines) < FULL:
        right = max(right, left + style.measure)
    for line in lines:
        yield Placed(line, page, line.left - left, right - line.right)


def _edges(lines: Sequence[Line]) -> tuple[float, float]:
    """Where the lines of a column begin when not indented, and where full ones end."""
    lefts = Counter(round(line.left) for line in lines)
    least = max(2, len(lines) * 0.15) if len(lines) >= 4 else 1
    left = min((x for x, count in lefts.items() if count >= least), default=min(lefts))
    rights = sorted(line.right for line in lines)
    return left, rights[int(len(rights) * 0.9)] if len(rights) >= 10 else rights[-1]


def _notes_at(lines: Sequence[Line], style: Style, noted: bool) -> int:
    """Where the notes at a column's foot begin: small lines, the first of them with a mark.

    Without a mark they belong to the note that the column before them ended with, if any did.
    """
    first = len(lines)
    while first > 0 and lines[first - 1].size < SMALL * style.size:
        first -= 1
    if first == 0:
        return len(lines)
    if noted:
        return first
    marked = (at for at in range(first, len(lines)) if _NOTE_MARK.match(lines[at].text))
    return next(marked, len(lines))


def _notes(lines: Sequence[Line]) -> list[Piece]:
    """Notes as whole texts."""
    notes: list[str] = []
    for line in lines:
        if not notes or _NOTE_MARK.match(line.text):
            notes.append(line.text)
        else:
            notes[-1] += ("" if notes[-1].endswith("-") else " ") + line.text
    return [("note", note) for note in notes]
