"""Phonemes as sources write them -> IPA."""

from __future__ import annotations

import re
import unicodedata

# X-SAMPA (J. C. Wells, 1995), where it is not the letter itself; the longest first.
_X_SAMPA = {
    "_h": "ʰ", "_w": "ʷ", "_j": "ʲ", "_G": "ˠ", "_?\\": "ˤ", "_~": "\u0303", "_0": "\u0325",
    "_v": "\u032c", "_d": "\u032a", "_=": "\u0329", "_}": "\u031a", "_^": "\u032f",
    "r\\`": "ɻ", "b_<": "ɓ", "d_<": "ɗ", "g_<": "ɠ",
    "@\\": "ɘ", "3\\": "ɞ", "?\\": "ʕ", "h\\": "ɦ", "x\\": "ɧ", "X\\": "ħ", "H\\": "ʜ",
    "p\\": "ɸ", "B\\": "ʙ", "r\\": "ɹ", "R\\": "ʀ", "v\\": "ʋ", "s\\": "ɕ", "z\\": "ʑ",
    "j\\": "ʝ", "J\\": "ɟ", "G\\": "ɢ", "N\\": "ɴ", "K\\": "ɮ", "L\\": "ʟ", "l\\": "ɺ",
    "M\\": "ɰ", "I\\": "ᵻ", "U\\": "ᵿ", "_\\": "", "t`": "ʈ", "d`": "ɖ", "n`": "ɳ", "s`": "ʂ",
    "z`": "ʐ", "l`": "ɭ", "r`": "ɽ", "@`": "ɚ", "3`": "ɝ", "a`": "ɑ˞",
    "A": "ɑ", "B": "β", "C": "ç", "D": "ð", "E": "ɛ", "F": "ɱ", "G": "ɣ", "H": "ɥ", "I": "ɪ",
    "J": "ɲ", "K": "ɬ", "L": "ʎ", "M": "ɯ", "N": "ŋ", "O": "ɔ", "P": "ʋ", "Q": "ɒ", "R": "ʁ",
    "S": "ʃ", "T": "θ", "U": "ʊ", "V": "ʌ", "W": "ʍ", "X": "χ", "Y": "ʏ", "Z": "ʒ",
    "@": "ə", "{": "æ", "}": "ʉ", "1": "ɨ", "2": "ø", "3": "ɜ", "4": "ɾ", "5": "ɫ", "6": "ɐ",
    "7": "ɤ", "8": "ɵ", "9": "œ", "&": "ɶ", "?": "ʔ", "g": "ɡ",
    '"': "ˈ", "%": "ˌ", ":": "ː", "~": "\u0303", "=": "\u0329", "-": "", ".": "", "'": "ʲ",
    "|": "", "_": "",
}  # fmt: skip
_SIGN = re.compile("|".join(map(re.escape, sorted(_X_SAMPA, key=len, reverse=True))))
# Letters, marks and modifiers: nothing by which text could become an engine's markup.
_IPA = re.compile(r"(?:[^\W\d_]|[ˈˌːˑʰʲʷˠˤ˞‿͜͡ˀ˥˦˧˨˩]|[\u0300-\u036f]|[ .|‖-])+")
LONGEST = 200


def ipa_of(value: str) -> str:
    """The IPA of a span's value, as "ipa:…" or "x-sampa:…"; nothing if it is neither, or no IPA."""
    alphabet, _, written = value.partition(":")
    kind = alphabet.strip().lower()
    if kind in ("x-sampa", "xsampa"):
        written = _SIGN.sub(lambda found: _X_SAMPA[found[0]], written)
    elif kind != "ipa":
        return ""
    return bare(written)


def bare(written: str) -> str:
    """IPA without slashes and brackets around it; nothing if it holds what is no IPA."""
    text = unicodedata.normalize("NFC", written).strip()
    if text[:1] + text[-1:] in ("//", "[]"):
        text = text[1:-1].strip()
    text = text.replace("'", "ˈ")
    return text if len(text) <= LONGEST and _IPA.fullmatch(text) else ""
