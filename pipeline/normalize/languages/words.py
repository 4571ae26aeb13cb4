"""Rules for short forms and Roman numerals."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from pipeline.normalize.languages.shared import GAP, ROMAN, after, before, ends_here
from pipeline.normalize.languages.table import Language
from pipeline.normalize.rule import Locale, Rule, any_of, first_words, rule
from pipeline.normalize.titles import NUMERALS, value_of


def _written(forms: Iterable[str]) -> str:
    """Expressions for short forms: spaces in them may be narrow or missing, and the first letter
    large, where that cannot be a name's initials.
    """
    made = []
    for form in sorted(forms, key=len, reverse=True):
        first = form[0]
        may_be_large = first.islower() and re.search(r"[^\W\d_A-Z]{2}|\.\s?[a-z]", form)
        large = f"[{first}{first.upper()}]" if may_be_large else re.escape(first)
        made.append(large + re.escape(form[1:]).replace(r"\ ", GAP))
    return "|".join(made)


def _spoken(written: str, table: dict[str, str]) -> str:
    bare = re.sub(r"\s", "", written)
    if bare in table:
        return table[bare]
    said = table[bare[0].lower() + bare[1:]]
    return said[0].upper() + said[1:]


def _short(
    name: str, forms: Iterable[tuple[str, str]], follows: str, *, may_end: str | None = None
) -> Rule:
    """A rule for short forms before what must follow them."""
    pairs = dict(forms)
    table = {re.sub(r"\s", "", form): said for form, said in pairs.items()}
    pattern = rf"(?<![^\W_])(?<![^\W_][.’'-])(?:{_written(pairs)}){follows}"

    @rule(name, "abbreviation", first_words(pairs), pattern)
    def say_short(match: re.Match[str], _: Locale) -> str:
        said = _spoken(match.group(), table)
        stop = match.group().endswith(".") and may_end is not None and ends_here(match, may_end)
        return f"{said}." if stop else said

    return say_short


# "M. de Charlus", "Hr. von Bülow", "M. le comte".
_PARTICLES = "de|du|des|la|le|les|von|van|vom|zu|di|da|do|dos|del|della|e|y"


def _title(language: Language) -> Rule:
    """Before a name. One letter may be an initial: "Franklin D. Roosevelt", "D. H. Lawrence"."""
    name = (
        rf"(?!\w)(?=(?:{GAP}(?:[^\W\d_]\.{GAP})?|-)[A-ZÀ-ÞŁŠŽ]"
        rf"|{GAP}(?:(?:{_PARTICLES})(?!\w)|[dl]['’]))"
    )
    made = _short("title", language.before_names.items(), name)
    initials = re.compile(rf"{GAP}[A-ZÀ-Þ]\.")
    named = re.compile(rf"(?<!\w)(?!(?:{language.no_names})\s$)[A-ZÀ-Þ](?:\w+|\.)\s$")

    def say_title(match: re.Match[str], locale: Locale) -> str | None:
        single = len(match.group()) == 2 and match.group()[0].isupper()
        is_initial = not language.initial_names and initials.match(after(match))
        return (
            None
            if single and (is_initial or named.search(before(match)))
            else made.say(match, locale)
        )

    return replace(made, say=say_title)


def abbreviations(language: Language) -> tuple[Rule, ...]:
    """Short forms, by what must follow them."""
    number = rf"(?={GAP}(?:\d|[IVXLC]{{2,7}}(?!\w)|[IVX](?![\w.])))"
    made = (
        _short("abbreviation", language.always.items(), r"(?!\w)"),
        _short(
            "closing abbreviation", language.may_end.items(), r"(?!\w)", may_end=language.openers
        ),
        _title(language),
        _short("numbered", language.before_numbers.items(), rf"(?!\w){number}"),
    )
    return tuple(made)


def roman_part(language: Language) -> Rule:
    lead = re.compile(rf"(?<!\w)(?:{language.parts})\s$", re.IGNORECASE)

    @rule("Roman part", "Roman numeral", NUMERALS, ROMAN)
    def say_part(match: re.Match[str], locale: Locale) -> str | None:
        """ "Kapitel IV" is a cardinal."""
        if not lead.search(before(match)):
            return None
        return language.cardinal(value_of(match.group()), "", locale)

    return say_part


def roman_ordered(language: Language) -> Rule | None:
    """Where Roman numerals are ordinals without a mark."""
    if not language.ordered:
        return None
    behind = re.compile(rf"\s({any_of(language.ordered)})(?!\w)")

    @rule("ordered", "Roman numeral", NUMERALS, ROMAN)
    def say_ordered(match: re.Match[str], locale: Locale) -> str | None:
        """ "la II Guerra Mundial", "il XX Congresso"."""
        found = behind.match(after(match))
        if not found:
            return None
        value = value_of(match.group())
        said = language.ordinal(value, language.ordered[found[1]], locale)
        return said or language.cardinal(value, "", locale)

    return say_ordered


def roman_ruler(language: Language, dot: str = "") -> Rule:
    """`dot`: how ordinals end, where the language writes them so."""

    @rule("ruler", "Roman numeral", NUMERALS, ROMAN + dot)
    def say_ruler(match: re.Match[str], locale: Locale) -> str | None:
        """ "Louis XIV", "Felipe II", "Heinrich VIII."."""
        lead = before(match)
        name = re.split(r"[\s'’(\[«„“”\"—–]", lead[:-1])[-1] if lead[-1:].isspace() else ""
        gender = language.rulers.get(name)
        if gender is None:
            return None
        if (
            not dot
            and len(match.group()) == 1
            and re.match(r"\.(?:\s+[a-zß-ÿ]|-|\w)", after(match))
        ):
            return None  # an initial
        value = value_of(match.group().removesuffix("."))
        said = language.ruler(value, gender, lead, locale)
        return f"{said}." if dot and ends_here(match, language.openers) else said

    return say_ruler
