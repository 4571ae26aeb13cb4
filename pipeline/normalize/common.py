"""Rules that hold in every language: quotes, dashes, marks, and characters that engines miss."""

from __future__ import annotations

import re
import unicodedata

from pipeline.normalize.rule import Locale, Rule, rule

# How far apart two marks of emphasis may stand.
LONGEST_EMPHASIS = 400
# White space before the first character of a text, at most.
WIDEST_EDGE = 80


@rule("apostrophe", "punctuation", r"[’‘ʼ]", r"[’‘ʼ](?=\w)|(?<=\w)[’‘ʼ]")
def apostrophe(_: re.Match[str], __: Locale) -> str:
    """Engines read curly ones as something else, or lose the word."""
    return "'"


@rule("double quote", "punctuation", r"[“”„‟«»]", r"[“”„‟«»]")
def double_quote(_: re.Match[str], __: Locale) -> str:
    """All of one form."""
    return '"'


@rule("single quote", "punctuation", r"[‘’‚‛‹›]", r"[‘’‚‛‹›]")
def single_quote(_: re.Match[str], __: Locale) -> str:
    """What is no apostrophe."""
    return "'"


_DASH = r"[—―⸺⸻]|(?<!-)--+(?!-)|(?<!\S)–(?!\S)"


@rule("heading mark", "markup", r"#", r"(?<!.)#{1,6}[ \t]+(?=\S)")
def heading_mark(_: re.Match[str], __: Locale) -> str:
    """What Markdown puts before a title."""
    return ""


_BREAK = r"(?<!.)(?:[*~•⁂#_-][ \t]*){3,40}+(?!.)"


@rule("scene break", "markup", r"[*~•⁂#_-]", _BREAK)
def scene_break(_: re.Match[str], __: Locale) -> str:
    """A line of stars is a rest, and nothing to be said."""
    return ""


_ARROWS = r"\u2190-\u21ff\u27f0-\u27ff\u2b00-\u2b11"


@rule("arrow", "symbol", rf"[-={_ARROWS}]", rf"(?<![-=<>])(?:-{{1,2}}|=)>(?![=>])|[{_ARROWS}]")
def arrow(_: re.Match[str], __: Locale) -> str:
    """It points for the eye alone."""
    return " "


# Pictures, with what joins and colours them; "©" and "™" are words to an engine.
_PICTURE = (
    r"[\U0001f1e6-\U0001f1ff\U0001f300-\U0001faff\u2600-\u2775\u2794-\u27bf\u2b12-\u2bff"
    r"\u231a-\u231b\u23e9-\u23fa]"
)
_JOINED = (
    r"[\ufe0e\ufe0f\u200d\u20e3\U0001f1e6-\U0001f1ff\U0001f300-\U0001faff\u2600-\u27bf"
    r"\U000e0020-\U000e007f]{0,32}"
)


@rule("emoji", "symbol", _PICTURE, _PICTURE + _JOINED)
def emoji(_: re.Match[str], __: Locale) -> str:
    """Nobody reads "grinning face" aloud."""
    return " "


_SPACE_TO_THE_END = re.compile(r"\s*+\Z")
_CLOSES = re.compile(r"[”’»)\].,;:!?…]|[\"'](?:[\s.,;:!?]|s\b|$)")


@rule("dash", "punctuation", r"[—―⸺⸻–-]", _DASH)
def dash(match: re.Match[str], _: Locale) -> str:
    """A dash used as one stands free, so that every engine rests there; at an edge it is silent."""
    text = match.string
    opens = match.start() < WIDEST_EDGE and not text[: match.start()].strip()
    if opens or _SPACE_TO_THE_END.match(text, match.end()):
        return " "
    before = "" if text[match.start() - 1] in "“‘«([" else " "
    after = "" if _CLOSES.match(text, match.end()) else " "
    return f"{before}—{after}"


_LINE_END = r"(?<=\w)-[ \t]*\n[ \t]*(?=\w)"


@rule("hyphen at a line's end", "layout", r"-", _LINE_END)
def line_end(_: re.Match[str], __: Locale) -> str:
    """The word goes on."""
    return "-"


_EMPHASIS = r"(?<![*_])(?:\*{1,3}|_{1,3})(?![*_])"


@rule("emphasis mark", "markup", r"[*_]", _EMPHASIS)
def emphasis(match: re.Match[str], _: Locale) -> str | None:
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


_INVISIBLE = r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]"


@rule("invisible character", "control", _INVISIBLE, _INVISIBLE)
def invisible(match: re.Match[str], _: Locale) -> str:
    """Engines stumble over them; some of them end a line."""
    return " " if match.group() in "\u2028\u2029\x0b\x0c\x1c\x1d\x1e\x85" else ""


_ACCENT = r"[^\W\d_][\u0300-\u036f]{1,32}"


@rule("accent", "verbatim", r"[^\W\d_]", _ACCENT)
def accent(match: re.Match[str], _: Locale) -> str:
    """A letter with its accent behind it, as one character."""
    return unicodedata.normalize("NFC", match.group())


# Superscripts, circled and styled characters, full width, fractions, digits of other scripts.
_COMPATIBLE = r"[⁰-₉①-⓿❶-➓⅐-⅟ﬀ-ﬆ！-～\U0001d400-\U0001d7ff]"


@rule(
    "compatible character",
    "verbatim",
    rf"(?:{_COMPATIBLE}|(?![0-9])\d)",
    rf"{_COMPATIBLE}{{1,32}}|(?![0-9])\d",
)
def compatible(match: re.Match[str], _: Locale) -> str | None:
    """The plain form of ① (1), ｆｕｌｌ (full), ٣ (3): engines know that one alone."""
    plain = "".join(_plain(char) for char in match.group())
    return None if plain == match.group() else plain


def _plain(char: str) -> str:
    if unicodedata.category(char) == "Nd":
        return str(unicodedata.decimal(char))
    return unicodedata.normalize("NFKC", char).replace("\u2044", "/")


# What no language's rules may take apart.
FIRST: tuple[Rule, ...] = (heading_mark, scene_break, arrow, emoji)
RULES: tuple[Rule, ...] = (
    apostrophe,
    double_quote,
    single_quote,
    dash,
    line_end,
    emphasis,
    invisible,
    accent,
    compatible,
)
