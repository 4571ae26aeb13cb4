"""Where a reader takes a breath: the sentences of a block, none longer than an engine can take."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.normalize.english.context import OPENERS
from pipeline.normalize.rule import Spoken

# Characters as spoken. Neural engines lose text past about 500 phonemes; none minds less.
LONGEST_UTTERANCE = 400

Span = tuple[int, int]

# Possessive, and only from the first of a run of marks: a page of dots costs no more than a page.
_CLOSERS = r"[\"'”’»)\]*_]*+(?:[\u00a0\u202f ]»)?"
_NOTE = r"(?P<note>(?:\[[^\]\s]{1,9}\]|[\d†‡⁰¹²³⁴-⁹]{1,4})?)"
_BOUNDARY = re.compile(
    rf"(?<![.!?…])(?P<mark>\.(?:[ \u00a0]\.){{2,3}}[!?]?|[.!?…]++){_CLOSERS}{_NOTE}(?=\s|$)"
    rf"|(?P<broken>[—–-])(?P<close>[\"”’']+)(?=\s)"
    r"|(?P<wide>[。！？]++)[」』”’）\"']*+"
)
_OPENS_SMALL = re.compile(r"[\s\"'“‘«(\[*_—–-]*[^\W\d_]")
# "iPhone", "de Winter": a name may begin small.
_SMALL_NAME = re.compile(r"\s(?:[a-z][A-Z]|(?:de|du|van|von|la|le|d['’])\s?[A-Z])")
_CLAUSE = re.compile(r"[,;:—–…][\"'”’)]*\s|\s(?=[—–])")
_WORD_BEFORE = re.compile(r"(?<![^\W_])((?:[^\W\d_]\.)*[^\W\d_]+)$")
_LIST_NUMBER = re.compile(r"\s*[(\[]?(?:\d{1,3}|[a-z]|[ivxIVX]{1,4})[.)]+\s*")
_QUOTE_CLOSES = re.compile(r"[\"”’'»]")
_QUOTE_OPENS = re.compile(r"\s+[*_]*[\"“‘'„«]")
# Abbreviations that something always follows, and those that only a number does. The rules of a
# language know more; these are for languages without any.
_GOES_ON = frozenset(
    "mr mrs ms messrs dr prof st lt col gen capt cpt sgt cmdr rev hon fr sen rep gov pres mt ft vs "
    "cf ca approx".split()
)
_BEFORE_A_NUMBER = frozenset(
    "no nos nr p pp ch chap vol fig sec art ext ed rs bk jan feb mar apr jun jul aug sep sept oct "
    "nov dec".split()
)

# Who speaks, and how: "Harriet cried", "Mrs. Van Buren said sharply", "the old man went on".
_SPOKE = (
    "said says cried cries asked asks whispered whispers shouted shouts replied replies answered "
    "answers exclaimed called yelled murmured muttered growled snapped hissed gasped screamed "
    "sobbed begged demanded inquired enquired wondered added continued began groaned moaned "
    "roared bellowed barked breathed croaked echoed agreed protested insisted repeated retorted "
    "returned responded remarked observed announced declared pleaded urged warned whimpered "
    "wailed squealed squeaked stammered stuttered mumbled grumbled sneered scoffed teased joked "
    "thought interrupted interjected blurted boomed thundered bawled howled shrieked spluttered "
    "panted purred rasped drawled chuckled giggled laughed sighed commanded ordered implored "
    "entreated pursued resumed ejaculated faltered coaxed corrected objected prompted persisted "
    "quavered reminded sang soothed suggested supplied told "
    "went\\son put\\sin burst\\sout broke\\sin cut\\sin chimed\\sin called\\sout cried\\sout "
    "shouted\\sback "
    "called\\sback"
).split()
_NAME = (
    r"(?:(?:Mr|Mrs|Ms|Dr|St|Lt|Col|Sgt|Capt|Gen|Prof|Rev|Mme|Mlle)\.?\s)?[A-Z][\w'’-]*\.?"
    r"(?:\s(?:[A-Z][\w'’-]*\.?|de|la|du|van|von|der|of|the)){0,3}"
)
_SOMEBODY = (
    r"(?:(?:The|His|Her|My|Our|Their|A|An|One\sof\sthe|Old|Young|Little)(?:\s[\w'’-]+){1,4}?"
    rf"|{_NAME})"
)
_ATTRIBUTION = re.compile(
    rf"\s+{_SOMEBODY}(?:\s\w+ly|\sthen|\sonly|\sat\slast|\shad|\sboth|\sall|\sjust)?\s(?:{'|'.join(_SPOKE)})\b"
    r"(?=\s?[.,;:!?—–…-]|\s*$|\s(?:\w+ly|in|with|to|at|after|from|over|back|out|as|into|again|aloud|through"
    r"|and|when|while|him|her|them|me|us|it|once|loud|louder|on|by|under|without|before|behind|down|up|across|too|himself|herself|all|softly|"
    r"for|almost|rather|very|more|half|this|that)\b|\s[A-Z][\w'’]+\s?[.,;:!?—])(?!\s(?:to|in)\s(?:go|the\sdoor)\b)"
)
_STAMMER = re.compile(r"([^\W\d_]+['’]?[^\W\d_]*)[.…\s]*$")


def sentences(spoken: Spoken, start: int = 0) -> Iterator[Span]:
    """Spans of the source, in order, that leave out nothing but white space."""
    text = spoken.source
    for match in _BOUNDARY.finditer(text):
        if match.end() > start and _is_boundary(spoken, match, start):
            yield from _span(text, start, match.end())
            start = match.end()
    yield from _span(text, start, len(text))


def _span(text: str, start: int, end: int) -> Iterator[Span]:
    bare = text[start:end].strip()
    if bare:
        at = text.index(bare[0], start)
        yield at, at + len(bare)


def _is_boundary(spoken: Spoken, match: re.Match[str], start: int) -> bool:
    """Whether a new piece begins behind a mark, its closing quotes and brackets included."""
    text, end = match.string, match.end()
    if match["wide"]:
        return True
    is_note = not match["note"] or _is_silent(spoken, match.start("note"), end)
    if not is_note or _LIST_NUMBER.fullmatch(text, start, end):
        return False
    closes = _QUOTE_CLOSES.search(text, match.start(), end) is not None
    if closes and _QUOTE_OPENS.match(text, end):  # two quotations side by side
        return True
    if _goes_on_small(text, end) or (closes and _is_attributed(match)):
        return False
    if match["broken"]:
        return match.end("close") == end and text[match.start() - 1 : match.start()].strip() != ""
    return _ends(spoken, match)


def _ends(spoken: Spoken, match: re.Match[str]) -> bool:
    """Whether the mark itself ends a sentence; a full stop may belong to an abbreviation."""
    text, stop = match.string, match.end("mark")
    change = spoken.around(match.start("mark")) or spoken.last_before(stop)
    if change and change.end >= stop and change.start < match.start("mark"):
        return match["mark"] != "." or change.spoken.endswith(".")
    if match["mark"] in ("!", "?"):
        return True
    if match["mark"] != ".":
        return not _is_stammer(match)
    word = _WORD_BEFORE.search(text[max(0, match.start() - 40) : match.start()])
    return not word or not _is_abbreviation(word[1], text[match.end() : match.end() + 40])


def _is_silent(spoken: Spoken, start: int, end: int) -> bool:
    """Whether these characters are a note's mark, which nobody hears."""
    return any(not change.spoken for change in spoken.within(start, end))


def _goes_on_small(text: str, at: int) -> bool:
    """Whether the sentence goes on: its next letter is a small one."""
    opens = _OPENS_SMALL.match(text, at)
    return opens is not None and opens.group()[-1].islower() and not _SMALL_NAME.match(text, at)


def _is_attributed(match: re.Match[str]) -> bool:
    """“Run!” Harriet cried: what a quotation touches says who spoke."""
    if match["mark"] and match["mark"][-1] == "." and len(match["mark"]) == 1:
        return False
    return _ATTRIBUTION.match(match.string, match.end(), match.end() + 120) is not None


def _is_stammer(match: re.Match[str]) -> bool:
    """ "I ... I cannot": the same word again."""
    before = _STAMMER.search(match.string[max(0, match.start() - 30) : match.start()])
    following = re.match(
        r"[\s\"'“‘]*([^\W\d_]+['’]?[^\W\d_]*)", match.string[match.end() : match.end() + 30]
    )
    return bool(before and following) and before[1].lower() == following[1].lower()  # type: ignore[index]


def _is_abbreviation(word: str, following: str) -> bool:
    """Whether the full stop after this word belongs to it, by what follows."""
    if "." in word:
        opener = re.match(r"[\s\"'“‘(]*([A-Za-z]+)", following)
        goes_on = opener is not None and opener[1] not in OPENERS
        return word == "P.S" or (word.isupper() and goes_on)
    if word.lower() in _BEFORE_A_NUMBER:
        return bool(re.match(r"\s+\d", following))
    return word.lower() in _GOES_ON


# Engines lose what does not fit into their word buffer (espeak-ng: about 150 phoneme codes, which
# twelve letters fill when they are spelled). No word of any language comes near these bounds.
LONGEST_WORD = 64
LONGEST_SPELLED = 12
LONGEST_NUMBER = 15
LONGEST_SIGNS = 8
LONGEST_CHAIN = 60
_VOWEL = re.compile(r"[^\Wb-df-hj-np-tv-xzB-DF-HJ-NP-TV-XZ\d_]")


def fit(said: str) -> str:
    """The same with spaces in what has no end: a thousand letters, digits or signs in a row."""
    fitted = re.sub(rf"\S{{{LONGEST_SIGNS + 1},}}", lambda match: _fit_word(match.group()), said)
    return " ".join(fitted.split())


def _fit_word(word: str) -> str:
    parts = [_fit_run(run) for run in re.findall(r"\d+|[^\W\d_]+|[\W_]+", word)]
    joined = "".join(parts)
    if len(word) <= LONGEST_CHAIN:
        return joined
    return re.sub(rf"(\S{{{LONGEST_CHAIN // 2},}}?[^\w\s])(?=\w)", r"\1 ", joined)


def _fit_run(run: str) -> str:
    if run.isdecimal():
        return run if len(run) <= LONGEST_NUMBER else f" {' '.join(run)} "
    if not run[0].isalpha():
        size = LONGEST_SIGNS
    elif len(run) <= (LONGEST_WORD if _VOWEL.search(run) else LONGEST_SPELLED):
        return run
    else:
        size = LONGEST_SPELLED
    return " ".join(run[at : at + size] for at in range(0, len(run), size))


def pieces(spoken: Spoken, span: Span) -> Iterator[Span]:
    """The span, or parts of it that fit an engine: cut at clauses, else words, else anywhere."""
    start, end = span
    if len(fit(spoken.between(start, end))) <= LONGEST_UTTERANCE or end - start < 2:
        yield span
        return
    cut = _cut(spoken, start, end)
    if cut is None:
        yield span
        return
    for part in (*_span(spoken.source, start, cut), *_span(spoken.source, cut, end)):
        yield from pieces(spoken, part)


def _cut(spoken: Spoken, start: int, end: int) -> int | None:
    """The best place near the middle."""
    middle = (start + end) // 2
    reach = (end - start) * 2 // 5
    window = max(start + 1, middle - reach), min(end, middle + reach)
    for pattern in (_CLAUSE, re.compile(r"\s+")):
        found = [m.end() for m in pattern.finditer(spoken.source, *window)]
        found = [at for at in found if start < at < end and not spoken.around(at)]
        if found:
            return min(found, key=lambda at: abs(at - middle))
    anywhere = sorted(range(start + 1, end), key=lambda at: abs(at - middle))
    return next((at for at in anywhere if not spoken.around(at)), None)
