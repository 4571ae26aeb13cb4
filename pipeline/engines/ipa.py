"""IPA as the models of voices write it, and what of it a voice can say.

A voice has a symbol for each sound that it has learned; its libraries drop all others, in silence.
Here a word that would lose all of its sounds is an error, and so is IPA of a lexicon that a voice
has no symbol for. Marks, lengths and tones of what espeak says may go: the word is still there.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Sequence

from pipeline.errors import EngineError
from pipeline.model import Hint

# What writers of IPA write for what models know by another character, or need not know.
SAME = {"g": "ɡ", "ɡ": "g", "ε": "ɛ", "'": "ˈ", "ʼ": "", ":": "ː", "ɚ": "əɹ", "ɝ": "ɜɹ", "ɫ": "l"}
TIES = str.maketrans("", "", "\u0361\u035c\u200d.|‖‿/[]-")
# Without these a sound is still that sound: lengths, tones, stress, and what stands on a letter.
MARKS = "ˈˌːˑˤʰʲʷⁿˀ˞˥˦˧˨˩"


# Letters and digits, of which something must be heard.
SPOKEN = {"Lu", "Ll", "Lt", "Lo", "Nd"}


def is_sound(symbol: str) -> bool:
    """Whether this is a sound of its own, and no mark, length or punctuation."""
    return any(char.isalnum() and char not in MARKS for char in symbol)


def lost(said: Iterable[str], known: Collection[str]) -> bool:
    """Whether all sounds of a word are unknown to a voice; not where it has none."""
    sounds = [symbol for symbol in said if is_sound(symbol)]
    return bool(sounds) and not any(symbol in known for symbol in sounds)


def words(symbols: Iterable[str]) -> list[list[str]]:
    """The symbols of each word, as spaces part them."""
    found: list[list[str]] = [[]]
    for symbol in symbols:
        if symbol == " ":
            found.append([])
        else:
            found[-1].append(symbol)
    return [word for word in found if word]


def check_words(text: str, said: Callable[[str], Sequence[str]], known: Collection[str]) -> None:
    """Refuse a text with a word of which nothing would be heard. Raises EngineError, naming it.

    `said` gives the symbols of a word.
    """
    for word in text.split():
        if any(unicodedata.category(char) in SPOKEN for char in word):
            symbols, bare = said(word), EDGES.sub("", word)
            if not any(map(is_sound, symbols)):
                raise EngineError(f"the voice has no sounds for {bare!r:.60}")
            if any(lost(part, known) for part in words(symbols)):
                raise EngineError(f"the voice cannot say {bare!r:.60}: it never learned its sounds")


def written(ipa: str, known: Collection[str], notation: Sequence[tuple[str, str]] = ()) -> str:
    """IPA in the symbols that a voice has. Raises EngineError, naming the one that it has not.

    `notation` is what several letters of IPA are to the voice.
    """
    bare = unicodedata.normalize("NFD", ipa.strip()).translate(TIES)
    bare = bare.replace("c\u0327", "ç")  # which is a letter of its own to all of them
    bare = respelled(bare, known, notation)
    found = "".join(_symbol(char, known, ipa) for char in bare)
    if not any(is_sound(char) for char in found):
        raise EngineError(f"the IPA {ipa!r:.60} has no sound in it")
    return found


def respelled(ipa: str, known: Collection[str], notation: Iterable[tuple[str, str]]) -> str:
    """IPA with some letters written as a voice does, where it does."""
    for plain_ipa, own in notation:
        if own in known:
            ipa = ipa.replace(plain_ipa, own)
    return ipa


def _symbol(char: str, known: Collection[str], ipa: str) -> str:
    if char in known:
        return char
    same = SAME.get(char)
    if same is not None and all(one in known for one in same):
        return same
    if char in MARKS or char.isspace() or unicodedata.category(char) in {"Mn", "Lm", "Sk"}:
        return " " if char.isspace() else ""
    raise EngineError(f"the voice has no symbol for {char!r} of the IPA {ipa!r:.60}")


def pieces(text: str, hints: Sequence[Hint]) -> list[tuple[str, str]]:
    """A text as its stretches in order: each with the IPA to be said in its place, if any.

    Raises EngineError for a hint that is not in the text, or within another.
    """
    found: list[tuple[str, str]] = []
    at = 0
    for hint in sorted(one for one in hints if one.kind == "phonemes" and one.value):
        if not at <= hint.start < hint.end <= len(text):
            raise EngineError(f"a hint for {hint.value!r:.60} stands where no word is")
        found += [(text[at : hint.start], ""), (text[hint.start : hint.end], hint.value)]
        at = hint.end
    return [piece for piece in [*found, (text[at:], "")] if piece[0]]


# What may stand at once behind a word, as models know it; a dash is a rest, as espeak has it.
BEHIND = {",": ",", ";": ";", ":": ":", ".": ".", "!": "!", "?": "?", "…": ".", "—": ";", "–": ";"}
EDGES = re.compile(r"^\W+|\W+$")
BEFORE, AFTER = re.compile(r"\W*"), re.compile(r"\W*\Z")


def leading(text: str) -> str:
    """What stands before the first word, as a model knows it: one mark, and a space.

    espeak forgets a mark that no word comes before, and says nothing of it.
    """
    run = BEFORE.match(text)
    found = run[0] if run else ""
    mark = next((BEHIND[char] for char in found if char in BEHIND), "")
    return mark + (" " if any(map(str.isspace, found)) else "")


def is_spaced(text: str) -> bool:
    """Whether there is a space after the last word."""
    run = AFTER.search(text)
    return bool(run) and any(map(str.isspace, run[0] if run else ""))


def plain(text: str) -> str:
    """The text, in which nothing can be taken for phonemes: piper-tts does so between [[ and ]]."""
    return re.sub(r"\[(?=\[)", "[ ", text)


def why_unsaid(ipa: str, said: Callable[[str], object]) -> str:
    """Why IPA cannot be said, by trying how it is written for a voice; nothing if it can."""
    try:
        said(ipa)
    except EngineError as error:
        return str(error)
    return ""
