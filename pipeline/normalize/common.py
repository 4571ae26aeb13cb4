"""Rules that hold in every language: quotes, dashes, marks, and characters that engines miss."""

from __future__ import annotations

import re
import unicodedata

from pipeline.normalize.rule import Rule

# How far apart two marks of emphasis may stand.
LONGEST_EMPHASIS = 400


# Pictures, with what joins and colours them; "©" and "™" are words to an engine.
EMOJI = re.compile(
    r"[\U0001f1e6-\U0001f1ff\U0001f300-\U0001faff\u2600-\u27bf\u2b12-\u2bff\u231a-\u231b\u23e9-\u23fa]"
    r"[\ufe0e\ufe0f\u200d\u20e3\U0001f1e6-\U0001f1ff\U0001f300-\U0001faff"
    r"\u2600-\u27bf\U000e0020-\U000e007f]{0,32}"
)


def dash(match: re.Match[str]) -> str:
    """A dash used as one stands free, so that every engine rests there; at an edge it is silent."""
    text = match.string
    if match.start() == 0 or match.end() == len(text):
        return " "
    before = "" if text[match.start() - 1] in "“‘«([" else " "
    after = "" if text[match.end()] in "”’»)].,;:!?…" else " "
    return f"{before}—{after}"


def emphasis(match: re.Match[str]) -> str | None:
    """Markdown's marks around a word or a phrase, silent; "5 * 3" and snake_case are not that."""
    text, marks = match.string, re.escape(match.group())
    opens = text[match.end() : match.end() + 1].strip()
    closes = text[max(0, match.start() - 1) : match.start()].strip()
    before = text[max(0, match.start() - LONGEST_EMPHASIS) : match.start()]
    after = text[match.end() : match.end() + LONGEST_EMPHASIS]
    if opens and not closes.isalnum() and re.search(rf"[^\s*_]{marks}(?![\w*_])", after):
        return ""
    if closes and not opens.isalnum() and re.search(rf"(?<![\w*_]){marks}[^\s*_]", before):
        return ""
    return None


def compatible(match: re.Match[str]) -> str | None:
    """The plain form of ① (1), ｆｕｌｌ (full), ٣ (3): engines know that one alone."""
    plain = "".join(_plain(char) for char in match.group())
    return None if plain == match.group() else plain


def _plain(char: str) -> str:
    if unicodedata.category(char) == "Nd":
        return str(unicodedata.decimal(char))
    return unicodedata.normalize("NFKC", char).replace("\u2044", "/")


RULES = (
    Rule(
        "apostrophe",
        "punctuation",
        re.compile(r"[’‘ʼ](?=\w)|(?<=\w)[’‘ʼ]"),
        lambda _: "'",
    ),
    Rule("double quote", "punctuation", re.compile(r"[“”„‟«»]"), lambda _: '"'),
    Rule("single quote", "punctuation", re.compile(r"[‘’‚‛‹›]"), lambda _: "'"),
    Rule(
        "arrow",
        "symbol",
        re.compile(r"(?<![-=<>])(?:-{1,2}|=)>(?![=>])|[\u2190-\u21ff\u27f0-\u27ff\u2b00-\u2b11]"),
        lambda _: " ",
    ),
    Rule("emoji", "symbol", EMOJI, lambda _: " "),
    Rule("dash", "punctuation", re.compile(r"[—―⸺⸻]|(?<!-)--+(?!-)|(?<!\S)–(?!\S)"), dash),
    Rule(
        "hyphen at a line's end",
        "layout",
        re.compile(r"(?<=\w)-[ \t]*\n[ \t]*(?=\w)"),
        lambda _: "-",
    ),
    Rule("emphasis mark", "markup", re.compile(r"(?<![*_])(?:\*{1,3}|_{1,3})(?![*_])"), emphasis),
    Rule(
        "invisible character",
        "control",
        re.compile(
            r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]"
        ),
        lambda match: " " if match.group() in "\u2028\u2029\x0b\x0c\x1c\x1d\x1e\x85" else "",
    ),
    Rule(
        "accent",
        "verbatim",
        re.compile(r"[^\W\d_][\u0300-\u036f]{1,32}"),
        lambda match: unicodedata.normalize("NFC", match.group()),
    ),
    # Superscripts, circled and styled characters, full width, fractions, digits of other scripts.
    Rule(
        "compatible character",
        "verbatim",
        re.compile(
            r"[⁰-₉①-⓿❶-➓⅐-⅟ﬀ-ﬆ！-～\U0001d400-\U0001d7ff]{1,32}|(?![0-9])\d",
        ),
        compatible,
    ),
)
