"""Rules that hold in every language: quotes, dashes, symbols that an engine would read out."""

from __future__ import annotations

import re

from pipeline.normalize.rule import Rule

# Engines lose what does not fit into their word buffer (espeak-ng: 200 phoneme codes, about 12
# letters when it spells them). No word of any language comes near these bounds.
LONGEST_WORD = 64
LONGEST_SPELLED = 12
LONGEST_NUMBER = 15
# A longer run is claimed in pieces, so that an utterance can end between them.
_LONG_RUN = re.compile(
    rf"(?<![^\W_])[^\W_]{{{LONGEST_SPELLED + 1},120}}|(?<=[^\W_]{{120}})[^\W_]{{1,120}}"
)


def dash(match: re.Match[str]) -> str:
    """A dash used as one stands free, so that every engine rests there; at an edge it is silent."""
    text = match.string
    if match.start() == 0 or match.end() == len(text):
        return " "
    before = "" if text[match.start() - 1] in "“‘«([" else " "
    after = "" if text[match.end()] in "”’»)].,;:!?…" else " "
    return f"{before}—{after}"


def split_word(match: re.Match[str]) -> str | None:
    """A run of characters too long for an engine, in parts that fit; None if it fits."""
    run, text = match.group(), match.string
    goes_on = match.end() < len(text) and text[match.end()].isalnum()
    begins = match.start() == 0 or not text[match.start() - 1].isalnum()
    if begins and not goes_on and _fits(run):
        return None
    parts = list(run) if run.isdigit() else re.findall(f".{{1,{LONGEST_SPELLED}}}", run)
    return " ".join(parts) + (" " if goes_on else "")


def _fits(word: str) -> bool:
    if word.isdigit():
        return len(word) <= LONGEST_NUMBER
    can_be_said = re.search(r"[^\Wb-df-hj-np-tv-xzB-DF-HJ-NP-TV-XZ\d_]", word)
    return len(word) <= (LONGEST_WORD if can_be_said else LONGEST_SPELLED)


RULES = (
    Rule(
        "apostrophe",
        "punctuation",
        re.compile(r"[’‘ʼ](?=\w)|(?<=\w)[’‘ʼ]"),
        lambda _: "'",
    ),
    Rule("double quote", "punctuation", re.compile(r"[“”„‟«»]"), lambda _: '"'),
    Rule("single quote", "punctuation", re.compile(r"[‘’‚‛‹›]"), lambda _: "'"),
    Rule("dash", "punctuation", re.compile(r"[—―⸺⸻]|(?<!-)--+(?!-)|(?<!\S)–(?!\S)"), dash),
    Rule(
        "hyphen at a line's end",
        "layout",
        re.compile(r"(?<=\w)-[ \t]*\n[ \t]*(?=\w)"),
        lambda _: "-",
    ),
    Rule(
        "emphasis mark", "markup", re.compile(r"\*+|(?<!\w)_+(?=\w)|(?<=\w)_+(?!\w)"), lambda _: ""
    ),
    Rule(
        "invisible character",
        "control",
        re.compile(
            r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]"
        ),
        lambda match: " " if match.group() in "\u2028\u2029\x0b\x0c\x1c\x1d\x1e\x85" else "",
    ),
    Rule("long word", "verbatim", _LONG_RUN, split_word),
)
