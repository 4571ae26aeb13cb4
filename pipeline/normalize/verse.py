"""Verse in a plain text: short lines in a row that each begin anew, and do not end there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipeline.model import Block

FEWEST_LINES = 3  # of a stanza
LONGEST_LINE = 60
ENDS_SHARE = 0.5  # of a stanza's lines that may end a sentence

_ENDS = re.compile(r"[.!?][\"'”’)\]*_]*$")
_OPENING = re.compile(r"[\"'“‘«(*_—–\-\s]*(?P<letter>[^\W\d_])")


def with_verse(text: str, blocks: Sequence[Block]) -> list[Block]:
    """The blocks, those that are lines of verse as such."""
    found: list[Block] = []
    for stanza in _groups(text, blocks):
        verse = _is_stanza([text[block.start : block.end] for block in stanza])
        found += [replace(block, kind="verse") for block in stanza] if verse else stanza
    return found


def _groups(text: str, blocks: Sequence[Block]) -> Iterator[list[Block]]:
    """Blocks between which there is no blank line."""
    group: list[Block] = []
    for block in blocks:
        near = group and text.count("\n", group[-1].end, block.start) == 1
        if group and not (near and block.kind == group[-1].kind == "paragraph"):
            yield group
            group = []
        group.append(block)
    if group:
        yield group


def _is_stanza(lines: Sequence[str]) -> bool:
    if len(lines) < FEWEST_LINES or any(len(line) > LONGEST_LINE for line in lines):
        return False
    opens = (_OPENING.match(line) for line in lines)
    if not all(match and match["letter"].isupper() for match in opens):
        return False
    return sum(bool(_ENDS.search(line)) for line in lines) <= len(lines) * ENDS_SHARE
