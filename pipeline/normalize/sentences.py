"""Where a reader takes a breath: the sentences of a block."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.normalize.attributions import is_attributed
from pipeline.normalize.languages import has_table
from pipeline.normalize.rule import Spoken

Span = tuple[int, int]

# Possessive, and only from the first of a run of marks: a page of dots costs no more than a page.
_CLOSERS = r"[\"'”’»)\]*_]*+(?:[\u00a0\u202f ]»)?"
_NOTE = r"(?P<note>(?:\[[^\]\s]{1,9}\]|[\d†‡⁰¹²³⁴-⁹]{1,4})?)"
_BOUNDARY = re.compile(
    rf"(?<![.!?…])(?P<mark>\.(?:[ \u00a0]\.){{2,3}}[!?]?|[.!?…]++){_CLOSERS}{_NOTE}(?=\s|$)"
    rf"|(?P<broken>[—–-])(?P<close>[\"”’']+)(?=\s)"
    r"|(?P<wide>[。！？]++)[」』”’）\"']*+"
)
_OPENS_SMALL = re.compile(r"[\s\"'“‘«(\[*_—–-]*[^\W\d_]")
# "iPhone", "de Winter": a name may begin small.
_SMALL_NAME = re.compile(r"\s(?:[a-z][A-Z]|(?:de|du|van|von|la|le|d['’])\s?[A-Z])")
_CLOSING = "\"'”’»)]*_"
_LIST_NUMBER = re.compile(r"\s*[(\[]?(?:\d{1,3}|[a-z]|[ivxIVX]{1,4})[.)]+\s*")
_GOES_ON = re.compile(r"\s+[,;:]")
_QUOTE_CLOSES = re.compile(r"[\"”’'»]")
_QUOTE_OPENS = re.compile(r"\s+[*_]*[\"“‘'„«]")
_INITIAL = re.compile(r"(?<![^\W_])(?!\d)[^\W_a-z]\Z")
# "Well . . . I suppose so": "I" has a capital anyway, and who hesitates has not begun anew.
_LEAD_IN = re.compile(r"(?:^|[.!?“\"‘]\s*)[^\W_]+(?:[,\s]+[^\W_]+){0,2}[\s.]*$")
_STAMMER = re.compile(r"([^\W\d_]+['’]?[^\W\d_]*)[.…\s]*$")


def sentences(spoken: Spoken, language: str) -> Iterator[Span]:
    """Spans of the source, in order, that leave out nothing but white space."""
    text = spoken.source
    stops = None if has_table(language) else _stops(text, language)
    english = language.lower().partition("-")[0] == "en"  # whose rules know initials
    start = 0
    for match in _BOUNDARY.finditer(text):
        if match.end() > start and _is_boundary(spoken, match, start):
            if match["mark"] == "." and (
                (stops is not None and match.end("mark") not in stops)
                or (not english and _INITIAL.search(text, start, match.start()))
            ):
                continue
            yield from bare_span(text, start, match.end())
            start = match.end()
    yield from bare_span(text, start, len(text))


def _stops(text: str, language: str) -> frozenset[int]:
    """Where a language without a table has full stops that are no abbreviation's, for all we know.

    A library knows the short forms of 300 languages; dialogue is cut by the rules of this room.
    """
    from sentencex import segment

    primary = language.partition("-")[0].lower()
    at, found = 0, {len(text)}
    for sentence in segment(primary, text):
        at += len(sentence)
        found.add(at - len(sentence) + len(sentence.rstrip().rstrip(_CLOSING)))
    return frozenset(found)


def bare_span(text: str, start: int, end: int) -> Iterator[Span]:
    """The same without the white space at its ends; nothing, if it has nothing else."""
    bare = text[start:end].strip()
    if bare:
        at = text.index(bare[0], start)
        yield at, at + len(bare)


def _is_boundary(spoken: Spoken, match: re.Match[str], start: int) -> bool:
    """Whether a new piece begins behind a mark, its closing quotes and brackets included."""
    text, end = match.string, match.end()
    if match["wide"]:
        return True
    is_note = not match["note"] or _is_silent(spoken, match.start("note"), end)
    if not is_note or _LIST_NUMBER.fullmatch(text, start, end):
        return False
    closes = _QUOTE_CLOSES.search(text, match.start(), end) is not None
    if closes and _QUOTE_OPENS.match(text, end):  # two quotations side by side
        return True
    if _GOES_ON.match(text, end) or _goes_on_small(text, end) or (closes and is_attributed(match)):
        return False
    if match["broken"]:
        return match.end("close") == end and text[match.start() - 1 : match.start()].strip() != ""
    return _ends(spoken, match)


def _ends(spoken: Spoken, match: re.Match[str]) -> bool:
    """Whether the mark itself ends a sentence; a full stop may belong to an abbreviation."""
    stop = match.end("mark")
    change = spoken.around(match.start("mark")) or spoken.last_before(stop)
    if change and change.end >= stop and change.start < match.start("mark"):
        return match["mark"] != "." or change.spoken.endswith(".")
    if match["mark"] in ("!", "?"):
        return True
    if match["mark"] != ".":
        return not _is_stammer(match)
    return True


def _is_silent(spoken: Spoken, start: int, end: int) -> bool:
    """Whether these characters are a note's mark, which nobody hears."""
    return any(not change.spoken for change in spoken.within(start, end))


def _goes_on_small(text: str, at: int) -> bool:
    """Whether the sentence goes on: its next letter is a small one."""
    opens = _OPENS_SMALL.match(text, at)
    return opens is not None and opens.group()[-1].islower() and not _SMALL_NAME.match(text, at)


def _is_stammer(match: re.Match[str]) -> bool:
    """ "I ... I cannot": the same word again, or none that shows a beginning."""
    left = match.string[max(0, match.start() - 40) : match.start()]
    before = _STAMMER.search(left)
    following = re.match(
        r"[\s\"'“‘]*([^\W\d_]+['’]?[^\W\d_]*)", match.string[match.end() : match.end() + 30]
    )
    if not before or not following:
        return False
    hesitates = following[1].partition("'")[0] == "I" and _LEAD_IN.search(left)
    return before[1].lower() == following[1].lower() or bool(hesitates)
