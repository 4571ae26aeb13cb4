"""Rules that hold in every language: quotes, dashes, symbols that an engine would read out."""

from __future__ import annotations

import re

from pipeline.normalize.speak import Rule

# Engines lose what does not fit into their word buffer (espeak-ng: 200 phoneme codes, about 12
# letters when it spells them). No word of any language comes near these bounds.
LONGEST_WORD = 64
LONGEST_SPELLED = 12
LONGEST_NUMBER = 15


def dash(match: re.Match[str]) -> str:
    """A dash used as one stands free, so that every engine rests there; at an edge it is silent."""
    at_an_edge = match.start() == 0 or match.end() == len(match.string)
    return " " if at_an_edge else " — "


def split_word(match: re.Match[str]) -> str | None:
    """A run of characters too long for an engine, in parts that fit; None if it fits."""
    word = match.group()
    if word.isdigit():
        return " ".join(word) if len(word) > LONGEST_NUMBER else None
    spelled = not re.search(r"[^\Wb-df-hj-np-tv-xzB-DF-HJ-NP-TV-XZ\d_]", word)
    if len(word) <= (LONGEST_SPELLED if spelled else LONGEST_WORD):
        return None
    return " ".join(re.findall(f".{{1,{LONGEST_SPELLED}}}", word))


RULES = (
    Rule(
        "apostrophe",
        "punctuation",
        re.compile(r"[’‘ʼ](?=\w)|(?<=\w)[’‘ʼ]"),
        lambda _: "'",
    ),
    Rule("double quote", "punctuation", re.compile(r"[“”„‟«»]"), lambda _: '"'),
    Rule("single quote", "punctuation", re.compile(r"[‘’‚‛‹›]"), lambda _: "'"),
    Rule("dash", "punctuation", re.compile(r"[—―⸺⸻]|(?<!-)--+(?!-)|(?<=\s)–(?=\s)"), dash),
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
    Rule(
        "long word",
        "verbatim",
        re.compile(rf"(?<![^\W_])[^\W_]{{{LONGEST_SPELLED + 1},}}"),
        split_word,
    ),
)
