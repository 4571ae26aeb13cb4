"""Words that are said otherwise than an engine would say them: found before any rule sees them.

A text is read once, token by token. A word is looked up by its first token, so that ten thousand
of them cost no more than ten; expressions are tried at each token. The longest match counts, of
equal ones the first, and one with a context before one without.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from pipeline.model import Change, Lexeme, digest
from pipeline.normalize.ipa import bare
from pipeline.normalize.patterns import LONGEST_MATCH

KIND = "lexicon"

# A run of letters and digits, in which a soft hyphen is nothing, or a single sign.
_TOKEN = re.compile(r"[^\W_]+(?:\u00ad+[^\W_]+)*|[^\w\s\u00ad]|_")
_APOSTROPHES, _HYPHENS = "'’‘ʼ", "-‐‑"
_ANY_APOSTROPHE = f"[{_APOSTROPHES}]"
# What an apostrophe may join to a word: the lexicon's "don" is not in "don't".
_ENDINGS = "(?i:s|d|ll|m|re|t|ve)(?![^\\W_])"
_OPENS = rf"(?<!@)(?!(?<=[^\W_]\.)[a-z0-9])(?!(?<=[^\W_]{_ANY_APOSTROPHE}){_ENDINGS})"
_GOES_ON = r"\u00ad*[^\W_]|[\u0300-\u036f]|@[^\W_]|\.[a-z0-9]"
_CLOSES = (
    rf"(?!{_GOES_ON}|{_ANY_APOSTROPHE}(?!{_ENDINGS.replace('|t', '')})[^\W_])"
    rf"|(?=[sS]{_ANY_APOSTROPHE}(?![^\W_]))"  # the Knebworths'
)
_ALONE = re.compile(rf"{_OPENS}[^\W_]++(?:{_CLOSES})")
_SHOUTED_ENDINGS = tuple(f"{apostrophe}S" for apostrophe in _APOSTROPHES)


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """A lexeme, and what an engine gets for it. Not compared, so that it is cheap to look up.

    Without `spoken` the word is written as it is, and `ipa` says how it sounds.
    """

    lexeme: Lexeme
    spoken: str
    ipa: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Lexicon:
    """What of some lexemes holds for one engine and one language.

    `words` are by their first token, folded, `prefixes` by its first letter. `only_ipa` are words
    that nobody says how to spell for this engine. `key` is a digest of all that hits depend on.
    """

    words: Mapping[str, tuple[Known, ...]] = field(default_factory=dict)
    prefixes: Mapping[str, tuple[Known, ...]] = field(default_factory=dict)
    expressions: tuple[Known, ...] = ()
    only_ipa: tuple[str, ...] = ()
    key: str = ""


NOTHING = Lexicon()


def lexicon(
    lexemes: Iterable[Lexeme], engine: str, language: str, *, takes_ipa: bool = False
) -> Lexicon:
    """These lexemes, the first of which count most, as an engine speaks them in a language."""
    here = [one for one in lexemes if _holds_for(one.language, language)]
    known = [_known(one, engine, takes_ipa=takes_ipa) for one in here]
    known = [one for one in known if one.spoken or one.ipa]
    known.sort(key=lambda one: not (one.lexeme.before or one.lexeme.after))
    said = {one.lexeme.word for one in known}
    return Lexicon(
        words=_by_start((one, t) for one in known for t in _first_tokens(one.lexeme, "word")),
        prefixes=_by_start(
            (one, t[0]) for one in known for t in _first_tokens(one.lexeme, "prefix")
        ),
        expressions=tuple(one for one in known if one.lexeme.match == "regex"),
        only_ipa=tuple(one.word for one in here if one.ipa and one.word not in said),
        key=digest([_looked_at(one) for one in known]) if known else "",
    )


def _known(lexeme: Lexeme, engine: str, *, takes_ipa: bool) -> Known:
    """What an engine gets for a lexeme: what is said to be for it, else IPA, else a respelling."""
    own = dict(lexeme.engines).get(engine)
    takes_ipa = takes_ipa and own is None and lexeme.match != "prefix"  # whose end is not known
    return Known(lexeme, own or lexeme.say, bare(lexeme.ipa) if takes_ipa and lexeme.ipa else "")


def _looked_at(known: Known) -> list[str | bool | None]:
    """All of a lexeme that a hit depends on."""
    one = known.lexeme
    looked_at = [known.spoken, one.word, one.case, one.match, one.before, one.after]
    return [*looked_at, known.ipa] if known.ipa else looked_at


def _by_start(starts: Iterable[tuple[Known, str]]) -> dict[str, tuple[Known, ...]]:
    found: dict[str, list[Known]] = {}
    for known, start in starts:
        found.setdefault(start, []).append(known)
    return {start: tuple(those) for start, those in found.items()}


def _holds_for(tag: str, language: str) -> bool:
    """Whether one language is the other, or a kind of it: "en" and "en-GB" are."""
    one, other = f"{tag}-".lower(), f"{language}-".lower()
    return not tag or one.startswith(other) or other.startswith(one)


def _first_tokens(lexeme: Lexeme, match: str) -> set[str]:
    """What a word may begin with in a text: its accents may stand by themselves."""
    if lexeme.match != match:
        return set()
    if lexeme.word.isascii():
        forms = {lexeme.word}
    else:
        forms = {unicodedata.normalize(form, lexeme.word) for form in ("NFC", "NFD")}
    return {_folded(token.group()) for form in forms if (token := _TOKEN.match(form))}


def _folded(token: str) -> str:
    return token.replace("\u00ad", "").casefold()


def hits(text: str, known: Lexicon, start: int = 0, end: int | None = None) -> Iterator[Change]:
    """What a lexicon has for a text, or a stretch of it, in order; nothing overlaps."""
    at = 0
    end = len(text) if end is None else end
    if known.key:
        for token in _TOKEN.finditer(text, start, end):
            candidates = _candidates(known, token)
            found = _longest(candidates, token) if candidates and token.start() >= at else None
            if found and found.end <= end:
                yield found
                at = found.end


def _candidates(known: Lexicon, token: re.Match[str]) -> tuple[Known, ...]:
    """What may begin with this token; most do not come further."""
    word = token.group().casefold()
    if "\u00ad" in word:
        word = _folded(word)
    found = known.words.get(word, ())
    if word[-1] == "s" and token.string[token.end() : token.end() + 1] in _APOSTROPHES:
        found += known.words.get(word[:-1], ())  # the Knebworths'
    if known.prefixes:
        found += known.prefixes.get(word[0], ())
    return found + known.expressions


def _longest(candidates: Iterable[Known], token: re.Match[str]) -> Change | None:
    """The longest match that begins with this token, and what is said for it."""
    found: re.Match[str] | None = None
    best: Known | None = None
    for one in candidates:
        match = _match(one, token)
        if match and match.end() > (found.end() if found else token.start()):
            found, best = match, one
    if not found or not best:
        return None
    end, ending = found.end(), ""
    is_shouted = found.group().isupper() and token.string.startswith(_SHOUTED_ENDINGS, end)
    if is_shouted and not best.ipa:
        end, ending = end + 2, "'s"
    return Change(found.start(), end, KIND, KIND, _said(best, found) + ending, best.ipa)


def _match(known: Known, token: re.Match[str]) -> re.Match[str] | None:
    """Where a lexeme stands at this token, if all stands about it that it asks for."""
    lexeme, text, at = known.lexeme, token.string, token.start()
    written = token.group()
    if written == lexeme.word and lexeme.match == "word" and written.isalnum():
        match = _ALONE.match(text, at)  # an expression of its own takes longer to make
    else:
        end = at + LONGEST_MATCH if lexeme.match == "regex" else len(text)
        match = _expression(known).match(text, at, end)
    if match and (lexeme.before or lexeme.after):
        before, after = _contexts(known)
        stands = before.search(text[max(0, at - LONGEST_MATCH) : at]) and after.match(
            text[match.end() : match.end() + LONGEST_MATCH]
        )
        return match if stands else None
    return match


@lru_cache(maxsize=1000)
def _contexts(known: Known) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What must stand before and after, white space aside."""
    flags = 0 if known.lexeme.case else re.IGNORECASE
    before, after = known.lexeme.before, known.lexeme.after
    return (
        re.compile(rf"(?:{before})\s*\Z" if before else "", flags),
        re.compile(rf"\s*(?:{after})" if after else "", flags),
    )


@lru_cache(maxsize=20_000)
def _expression(known: Known) -> re.Pattern[str]:
    """A lexeme as an expression. Those of words are made when their first token is met."""
    lexeme = known.lexeme
    if lexeme.match == "regex":
        return re.compile(lexeme.word, re.IGNORECASE if lexeme.case is False else 0)
    word = unicodedata.normalize("NFC", lexeme.word)
    if lexeme.case or (lexeme.case is None and word != word.lower()):
        forms = [word] if lexeme.case else [word, word[0].upper() + word[1:], word.upper()]
        body = "|".join(_spelled(form) for form in dict.fromkeys(forms))
    else:
        body = f"(?i:{_spelled(word)})"
    opens = _OPENS if word[0].isalnum() else ""
    closes = f"(?:{_CLOSES})" if word[-1].isalnum() and lexeme.match == "word" else ""
    return re.compile(f"{opens}(?:{body}){closes}")


def _spelled(word: str) -> str:
    """All ways to write the same letters."""
    return "\u00ad*".join(map(_character, word))


def _character(char: str) -> str:
    if char.isspace():
        return r"\s{1,20}"
    for alike in (_APOSTROPHES, _HYPHENS):
        if char in alike:
            return f"[{re.escape(alike)}]"
    apart = unicodedata.normalize("NFD", char)
    return re.escape(char) if apart == char else f"(?:{re.escape(char)}|{re.escape(apart)})"


def _said(known: Known, match: re.Match[str]) -> str:
    """What is spoken, with a capital where the word has got one; never all in capitals, which
    engines may spell.
    """
    lexeme, said = known.lexeme, known.spoken
    if not said:
        return match.group().replace("\u00ad", "")
    if lexeme.match == "regex":
        return match.expand(said)
    is_capital = match.group()[0].isupper() and not lexeme.word[0].isupper()
    return said[0].upper() + said[1:] if is_capital else said
