"""Addresses of the net and numbers of telephones and books."""

from __future__ import annotations

import re

from pipeline.normalize.english import context
from pipeline.normalize.english.counting import DIGIT
from pipeline.normalize.english.numbers import digits, label
from pipeline.normalize.rule import Locale, Rule, any_of, rule

_TLDS = (
    "com org net edu gov mil int info biz co io ai tv me uk us ca au nz de fr it es nl eu ch "
    "at be se no dk ie in jp"
).split()
_ENDS = any_of(_TLDS)
_HOST = r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,62}+)\.){1,5}"
# What country codes and their like are: letters.
_SPELLED = frozenset("uk us au nz io ai tv eu ch nl".split())


@rule(
    "e-mail",
    "electronic",
    r"\w",
    rf"(?P<name>\w[\w.+-]{{0,63}}+)@(?P<host>{_HOST}[A-Za-z]{{2,12}})\b",
)
def email(match: re.Match[str], locale: Locale) -> str:
    """a@b.com is a at b dot com."""
    return f"{_spelled(match['name'])} at {_host(match['host'])}"


@rule(
    "address of the net",
    "electronic",
    frozenset(("http", "https", "ftp")),
    r"(?:https?"
    r"|ftp)://(?P<host>(?:[^\s/:@]{1,80}@)?[\w.-]{1,200}+)(?P<rest>(?::\d{1,5})?(?:[/?#][^\s<>\"”’]*+)?)",
)
def url(match: re.Match[str], locale: Locale) -> str:
    """https://example.com/page is a link; who listens cannot use more than its host."""
    host = match["host"].rstrip(".-")
    ends = re.search(r"[.,;:!?)]+$", match.group())
    return f"a link to {_host(host)}{ends[0] if ends else ''}"


@rule(
    "host",
    "electronic",
    r"\w",
    rf"(?<![\w.@])(?P<host>(?:www\.)?{_HOST}(?:{_ENDS}))\b(?P<rest>/[^\s<>\"”’)]*+)?(?!['’]\w)",
)
def host(match: re.Match[str], locale: Locale) -> str | None:
    """www.example.com is example dot com; a missing space after a full stop is none."""
    name, rest = match["host"], match["rest"]
    if not rest and not name.startswith("www."):
        words = name.split(".")
        if words[-1] in (
            "in",
            "it",
            "me",
            "no",
            "at",
            "be",
            "us",
            "is",
            "es",
            "de",
            "co",
            "int",
            "in",
            "to",
        ):
            return None
        if words[-2].isdigit():
            return None
    ends = re.search(r"[.,;:!?]+$", rest or "")
    return _host(name) + (ends[0] if ends else "")


def _host(name: str) -> str:
    *names, last = name.removeprefix("www.").split(".")
    end = " ".join(last.upper()) if last.lower() in _SPELLED else last
    return " dot ".join([*map(_spelled, names), end])


def _spelled(name: str) -> str:
    """The marks in a name by name, its numbers in words."""
    said = []
    for piece in re.findall(r"\d+|[^\W\d_]+|[\W_]", name):
        if piece.isdecimal():
            said.append(label(piece))
        else:
            said.append(
                {".": "dot", "-": "dash", "_": "underscore", "+": "plus", "@": "at"}.get(
                    piece, piece
                )
            )
    return " ".join(said)


@rule("handle", "electronic", r"[@#]", r"(?<!\w)(?P<mark>[@#])(?=[A-Za-z]\w)")
def handle(match: re.Match[str], locale: Locale) -> str:
    """@name, #topic."""
    return "at " if match["mark"] == "@" else "hashtag "


_DASH = r"[-‐‑–. ]"


@rule(
    "telephone",
    "telephone",
    r"[+(\d]",
    rf"(?<![\w.,/$£€-])(?:"
    rf"(?:\+?\d{{1,3}}{_DASH})?(?:\(\d{{3}}\)\s?|\d{{3}}{_DASH})\d{{3}}[-‐‑–. ]\d{{4}}"
    rf"|\+\d{{1,3}}(?:{_DASH}?(?:\(\d{{1,5}}\)|\d{{1,5}})){{1,5}}"
    rf"|\(?0\d{{2,5}}\)?(?:[ -]\d{{3,4}}){{1,3}}|0\d{{2,4}} \d{{5,8}}"
    rf"|\(\d{{2,4}}\)\s?\d{{3,4}}[- ]\d{{3,4}}"
    rf"|\d{{3}}[-‐‑]\d{{4}}|(?:1-)?[89]00-\d{{3}}-\d{{4}}"
    rf")(?![\w-]|[.,]\d)",
)
def telephone(match: re.Match[str], locale: Locale) -> str | None:
    """(555) 123-4567: digit by digit, with a rest between groups."""
    groups = re.findall(r"\d+", match.group())
    if sum(map(len, groups)) < 7:
        return None
    said = ", ".join(_group(group) for group in groups)
    return f"plus {said}" if match.group()[0] == "+" else said


def _group(text: str) -> str:
    return "eight hundred" if text == "800" else digits(text)


@rule(
    "telephone in words",
    "telephone",
    DIGIT,
    r"1-(?P<area>[89]\d\d)-(?P<word>[A-Z]{3,8}(?:-[A-Z]{2,8})?)\b",
)
def phoneword(match: re.Match[str], locale: Locale) -> str:
    """1-800-FLOWERS."""
    return f"one, {_group(match['area'])}, {match['word'].replace('-', ' ').title()}"


@rule(
    "emergency number",
    "telephone",
    DIGIT,
    r"(?<![\w.,/$£€-])(?:911|999|112|411|311)(?![\w,%-]|\.\d)",
)
def emergency(match: re.Match[str], locale: Locale) -> str | None:
    """Call 911."""
    before = context.before(match).lower()
    if before in {
        "call",
        "calls",
        "called",
        "calling",
        "dial",
        "dialed",
        "dialled",
        "dials",
        "dialing",
        "dialling",
        "phone",
        "phoned",
        "ring",
        "rang",
        "the",
    } and (
        before != "the"
        or re.match(r"\s(?:call|operator|dispatcher|system|line)\b", context.right(match))
    ):
        return digits(match.group())
    return None


@rule(
    "ISBN",
    "telephone",
    frozenset(("ISBN", "ISSN")),
    r"(?P<kind>ISBN|ISSN)(?:-1[03])?[:\s]\s?(?P<number>[\d](?:[\d –-]{7,20})[\dXx])\b",
)
def isbn(match: re.Match[str], locale: Locale) -> str:
    """The number of a book, digit by digit."""
    groups = re.findall(r"[\dXx]+", match["number"])
    said = [" ".join(digits(c) if c.isdigit() else "X" for c in group) for group in groups]
    return f"{' '.join(match['kind'])} {', '.join(said)}"


RULES: tuple[Rule, ...] = (isbn, email, url, host, handle, phoneword, telephone, emergency)
