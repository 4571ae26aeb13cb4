"""Who speaks, by the words beside a quotation: said Tom; Tom cried softly; Tom turned and said, …

What stands here names people; whether a sentence goes on behind a quotation is for `attributions`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from pipeline.normalize.attributions import FOLLOWS, SPOKE

REACH = 160  # characters
# Behind these a verb has an object, and somebody speaks of something else.
_TELLS = frozenset({"that", "this"})
# Verbs that are of speaking beside a quotation, if not everywhere.
_MORE = (
    "explained explains admitted admits lied lies stated states offered argued noted proceeded "
    "quoth grinned assured finished sniffed spat guessed confessed concluded recited read "
    "apologized apologised volunteered mused reasoned recalled swore vowed"
).split()
VERBS = {
    "en": [*SPOKE, *_MORE],
    "de": "sagte sagt fragte fragt rief ruft antwortete erwiderte meinte flüsterte schrie brüllte "
    "murmelte entgegnete erklärte sprach fügte begann".split(),
    "fr": "dit disait demanda répondit cria s'écria murmura reprit répliqua ajouta fit chuchota "
    "s'exclama interrogea".split(),
    "es": "dijo dice preguntó respondió contestó gritó exclamó murmuró susurró replicó "
    "añadió".split(),
    "it": "disse dice chiese domandò rispose gridò esclamò mormorò sussurrò replicò "
    "aggiunse".split(),
    "pt": "disse diz perguntou respondeu gritou exclamou murmurou sussurrou replicou "
    "acrescentou".split(),
}
_PRONOUNS = {
    "en": "he she they we I you it who",
    "de": "er sie es wir ich",
    "fr": "il elle ils elles je on",
    "es": "él ella ellos ellas yo",
    "it": "lui lei loro io egli ella",
    "pt": "ele ela eles elas eu",
}
# A space, or what typesetters put about a dash so that no line begins with it.
_GAP = r"[\s\u2060\u200b\ufeff]*"
_DASH = rf"{_GAP}[—–-]?{_GAP}"
_TITLE = (
    r"(?:(?:Mr|Mrs|Ms|Mx|Dr|St|Lt|Col|Sgt|Capt|Gen|Prof|Rev|Mme|Mlle|Miss|Lady|Lord|Sir|Madam|Aunt|"
    r"Uncle|Captain|Colonel|Father|Mother|Sister|Brother|Herr|Frau|Monsieur|Madame|Señor|Señora|"
    r"Signor|Signora|Don|Doña)\.?\s)"
)
_CAPITAL = r"[A-ZÀ-ÖØ-Þ][\w’'-]*"
_NAME = (
    rf"(?:(?:poor|old|young|little|dear|big|good)\s)?{_TITLE}?(?:[A-Z]\.\s)*{_CAPITAL}"
    rf"(?:\s(?:(?:de|la|du|van|von|der|of|the)\s)?(?:[A-Z]\.\s)?{_CAPITAL}){{0,3}}"
)
_SOMEBODY = r"(?i:the|his|her|my|our|their|an?|one\sof\sthe)(?:\s[\w’'-]+)"
_HOW = (
    r"(?:\s(?:\w+ly|then|only|at\slast|had|both|all|just|once|once\smore|again|later|also|still|"
    r"would|now|soon)){0,2}"
)


@dataclass(frozen=True, slots=True)
class Patterns:
    """How a language says who speaks: behind a quotation, in two orders, and before it."""

    inverted: re.Pattern[str]
    behind: re.Pattern[str]
    follows: re.Pattern[str]
    any_verb: re.Pattern[str]
    before: tuple[re.Pattern[str], ...]
    directly: re.Pattern[str]


@cache
def patterns(language: str) -> Patterns:
    """Those of a language; of one without verbs here, English ones."""
    name = language.partition("-")[0].lower()
    words = sorted(VERBS.get(name, VERBS["en"]), key=len, reverse=True)
    verb = rf"(?i:{'|'.join(words).replace('_', chr(92) + 's')})"
    pronoun = rf"(?i:{'|'.join(_PRONOUNS.get(name, _PRONOUNS['en']).split())})\b"
    who = rf"(?P<who>{_SOMEBODY}{{1,3}}?|{pronoun}|{_NAME})"
    whom = rf"(?P<who>{_SOMEBODY}{{1,3}}|{pronoun}|{_NAME})"
    opens = r"(?:\A|[.!?…;”\"’»]\s+|\n)"
    near = rf"(?:{opens}|[,:]\s*|\b(?:and|then|but|when|as|while|und|et|y|e)\s+)"
    return Patterns(
        inverted=re.compile(rf",?{_DASH}{verb}\s{whom}(?![\w’'])"),
        behind=re.compile(rf",?{_DASH}{who}{_HOW}\s{verb}\b"),
        follows=re.compile(
            rf"\s?[.,;:!?—–…-]|\s*$|\s(?:\w+ly|{'|'.join(sorted({*FOLLOWS} - _TELLS))})\b"
            rf"|\s{_CAPITAL}\s?[.,;:!?—]"
        ),
        any_verb=re.compile(rf"{_DASH}(?P<who>{_NAME}|{pronoun}){_HOW}\s\w+ed\b"),
        before=(  # the last one counts
            re.compile(rf"[\s\S]*{near}{who}{_HOW}\s{verb}\b[^.!?“”\"«»]{{0,60}}[,:—–]{_GAP}\Z"),
            re.compile(
                rf"[\s\S]*{opens}{who}\b[^.!?“”\"«»]{{1,100}}\s{verb}\b"
                rf"[^.!?“”\"«»]{{0,40}}[,:—–]{_GAP}\Z"
            ),
        ),
        directly=re.compile(rf"{near}{who}{_HOW}\s{verb}\s\Z"),
    )


def said_behind(text: str, start: int, end: int, language: str) -> str:
    """Whom the words right behind a quotation name as its speaker; nobody is "".

    A new sentence there says what somebody did next: “I left.” Harriet said goodbye.
    """
    known = patterns(language)
    last = _last_mark(text, start, end)
    if last == ".":
        return ""
    if found := known.inverted.match(text, end, end + REACH):
        return _who(found)
    found = known.behind.match(text, end, end + REACH)
    is_said = found and (last not in "!?…" or known.follows.match(text, found.end()))
    if found and is_said:
        return _who(found)
    if last == ",":  # whatever is done there is done by speaking
        found = known.any_verb.match(text, end, end + REACH)
        return _who(found) if found else ""
    return ""


def said_before(text: str, at: int, language: str) -> str:
    """Whom the words before a quotation announce as its speaker; nobody is ""."""
    start = max(0, at - REACH)
    found = (pattern.match(text, start, at) for pattern in patterns(language).before)
    return next((_who(match) for match in found if match), "")


def said_directly(text: str, at: int, language: str) -> str:
    """The same where no comma stands between: Tom said “Go.”"""
    found = patterns(language).directly.search(text, max(0, at - REACH), at)
    return _who(found) if found else ""


def _last_mark(text: str, start: int, end: int) -> str:
    """The last character of a quotation but for its closing mark."""
    return text[start:end].rstrip("”\"’'»«“」』 \u00a0\u202f")[-1:]


def _who(match: re.Match[str]) -> str:
    return " ".join(match["who"].split())
