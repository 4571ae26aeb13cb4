"""IPA and emphasis as espeak-ng takes them: its own names of phonemes, and SSML.

Each voice of espeak-ng has phonemes of its own by names such as "3:" and "tS". How a voice writes
a name in IPA is asked of the voice, so that one list of names serves for all, and what a voice does
not have is known. A text can never ask for any of this: what would is written otherwise here.
"""

from __future__ import annotations

import html
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.engines.ipa import MARKS, TIES, pieces
from pipeline.errors import EngineError
from pipeline.model import Hint

# Names that one of 48 voices needs for some IPA, the shortest first: espeak-ng 1.52's phontab.
# When they change, so does `model.EPOCH`: no fingerprint has them.
NAMES = r"""
& * 0 3 8 ; > ? @ A B C D E G H I J L M N O Q R S T U V W X Y Z a b c d e f g h i j k l m n o p q
r s t u v w x y z 0# 3- 3: 8: ?& ?E ?W ?e ?i ?o ?u @- @: @L @r A1 A: A@ AI AY A~ E# E- E1 E: EI EU
Eu E~ I# I1 I: IR I^ Iu I~ J# J^ N# N- N\ O+ O1 O: O@ OI OY O~ Q" Q~ R2 R4 R^ S; U1 U: U@ UR U~ V#
VR VU V~ W: Wy W~ Y: Y@ Yu Yy Z; a# a- a: aE aI aU aY au a~ b# b; c# cr d# d. d; dZ d[ d_ dz e# e:
e@ eI eR eU ea eo eu e~ f; g# g; i: i@ iE iI iR iU ia ie io iu iy i~ ja ju k# k; l# l- l. l: l; l^
m# m- m; n# n- n. n; n^ o: o@ oI oU oe ou o~ p# p; pF q0 r" r# r* r- r: r` s. s; s[ s^ sx t# t. t2
t; tS t[ ts u" u# u- u: uE uI uY ua uo u~ v# v; w# x# y: yE yI yU yY yu z. z; &U~ @:I @:U Yy: a:I
a:U a:i a:u aI2 aI3 aI@ aU@ dZ; dz. dz; eI: i@3 n^# oI~ tS; tl# ts. ts; u": u-: u-I
""".split()
STRESS = {"ˈ": "'", "ˌ": ","}
VOWELS = frozenset("\u0329εAaeiouyæøœɐɑɒɔɘəɚɛɜɝɞɤɨɪɯɵɶʉʊʌʏᵻ")
LONGEST_IPA = 100
# What is near enough where a voice lacks a sound: its own r, a vowel's other length or neighbour.
NEAR = {
    "g": "ɡ",
    "ɹ": "r ɾ ʁ ɐ",
    "r": "ɹ ɾ ʁ",
    "ɾ": "r ɹ",
    "ʁ": "r ɹ",
    "ɻ": "ɹ r",
    "ɚ": "əɹ ər ə",
    "ɝ": "ɜː ɜ ɚ",
    "ɜ": "ɜː œ ə",
    "ɫ": "l",
    "ɑ": "ɑː a",
    "a": "æ ɑ ɑː ɐ",
    "æ": "a ɛ",
    "ɛ": "e",
    "e": "ɛ eː eɪ",
    "ɔ": "o ɔː ɒ",
    "o": "ɔ oː oʊ",
    "ɒ": "ɔ o ɑː",
    "ɪ": "i",
    "i": "iː ɪ",
    "ᵻ": "ɪ ə",
    "ʊ": "u",
    "u": "uː ʊ",
    "ʌ": "ɐ a ə",
    "ə": "ɐ ɛ e",
    "ɐ": "ə a æ",
    "y": "yː ʏ",
    "ʏ": "y",
    "ø": "øː œ",
    "œ": "ø œː",
    "ʍ": "w",
    "ε": "ɛ",
}
# espeak-ng's flags beside the text's encoding.
CLOSE = " </emphasis>"  # at once behind ]], it would be read aloud
SSML, PHONEMES = 0x10, 0x100


def inventory(ask: Callable[[str], str]) -> dict[str, str]:
    """A voice's IPA by what it is called; `ask` says what the voice makes of a text with names.

    A phoneme may be written otherwise by itself, between vowels, and with a stress.
    """
    start, _, end = ask("[[a|m|a]]").partition("m")
    found: dict[str, str] = {}
    known: set[str] = set()  # a name stands for the first that it is written as
    for before, after, name_before, name_after in (
        ("mˈ", "m", "m'", "|m"),
        (start, end, "a|", "|a"),
        ("", "", "", ""),
    ):
        for name in (name for name in NAMES if name not in known):
            said = ask(f"[[{name_before}{name}{name_after}]]")
            inner = said[len(before) : len(said) - len(after)]
            if said == f"{before}{inner}{after}" and _is_ipa(inner) and inner not in found:
                found[inner] = name
                known.add(name)
    if "ː" in ask("[[a|t|:|a]]"):  # a long consonant
        found["ː"] = ":"
    return found


def _is_ipa(text: str) -> bool:
    return any(map(str.isalpha, text)) and not set(text) & set("ˈˌ -^.0123456789")


def named(ipa: str, table: Mapping[str, str]) -> str:
    """IPA by the names of a voice's phonemes, the longest first. Raises EngineError for a sound
    that the voice has not, and nothing near.
    """
    text = unicodedata.normalize("NFC", ipa.strip()).translate(TIES)
    if not 0 < len(text) <= LONGEST_IPA:
        raise EngineError(f"the IPA {ipa!r:.60} is not of one word or a few")
    found, at, stress = "", 0, ""
    while at < len(text):
        name, length = _next(text, at, table)
        if not length:
            raise EngineError(f"the voice has no sound for {text[at]!r} of the IPA {ipa!r:.60}")
        if name in STRESS.values():
            stress = name  # espeak-ng has it at the vowel, and people at the syllable
        else:
            is_vowel = not VOWELS.isdisjoint(text[at : at + length])
            found, stress = found + (stress if is_vowel else "") + name, "" if is_vowel else stress
        at += length
    if not found.strip("| "):
        raise EngineError(f"the IPA {ipa!r:.60} has no sound in it")
    return found


def _next(text: str, at: int, table: Mapping[str, str]) -> tuple[str, int]:
    """The name of what comes next, and how many letters of IPA it is; 0 if there is none."""
    for length in (4, 3, 2, 1):
        part = text[at : at + length]
        if name := table.get(part) or table.get(unicodedata.normalize("NFD", part)):
            return f"{name}|", length
    char = text[at]
    if char in STRESS:
        return STRESS[char], 1
    for near in NEAR.get(char, "").split():
        if near in table:
            return f"{table[near]}|", 1
        if len(near) > 1 and all(one in table for one in near):
            return "".join(f"{table[one]}|" for one in near), 1
    if char.isspace():
        return " ", 1
    is_mark = char in MARKS or unicodedata.category(char) in {"Mn", "Lm", "Sk"}
    return "", int(is_mark)


@dataclass
class Marked:
    """A text as espeak-ng gets it, the flags it needs, and where each part of it comes from.

    `places` are pairs of a character here and the one in the plain text, both rising.
    """

    text: str = ""
    flags: int = 0
    places: list[tuple[int, int]] = field(default_factory=list)

    def add(self, text: str, place: int) -> None:
        """Go on with this, which stands at that place in the plain text."""
        self.places.append((len(self.text), place))
        self.text += text

    def place(self, at: int) -> int:
        """The character of the plain text that one of this text comes from."""
        return self.places[bisect_right(self.places, (at, 1 << 62)) - 1][1]


def marked(text: str, hints: Sequence[Hint], table: Mapping[str, str]) -> Marked:
    """A text with its hints. Raises EngineError for one that cannot be followed.

    A bracket that may begin phonemes becomes a parenthesis, which sounds the same.
    """
    stressed = [hint for hint in hints if hint.kind == "emphasis"]
    parts = pieces(text, hints)
    made = Marked(flags=SSML if stressed else 0)
    at, is_open = 0, False
    for part, ipa in parts:
        if ipa:
            made.flags |= PHONEMES
        for unit in [part] if ipa else part:
            inside = any(hint.start < at + len(unit) and at < hint.end for hint in stressed)
            if inside != is_open:
                made.add("<emphasis>" if inside else CLOSE, at)
                is_open = inside
            if ipa:  # by itself: behind another character it would be read as letters
                gap = " " if made.text and not made.text[-1].isspace() else ""
                made.add(f"{gap}[[{named(ipa, table)}]]", at)
            else:
                made.add(_plain(unit, made.flags), at)
            at += len(unit)
    if is_open:
        made.add(CLOSE, at)
    return made


def _plain(char: str, flags: int) -> str:
    """A character of the text that is nothing but that."""
    char = "(" if char == "[" else char
    return html.escape(char, quote=False) if flags & SSML else char
