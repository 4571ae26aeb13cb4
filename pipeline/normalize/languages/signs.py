"""Rules for signs and addresses."""

from __future__ import annotations

import re

from pipeline.normalize.languages.shared import GAP, digit_by_digit
from pipeline.normalize.languages.table import LONGEST, Language
from pipeline.normalize.rule import Locale, Rule, any_of, rule


def symbol(language: Language) -> Rule:
    signs = any_of(language.symbols)

    @rule(
        "symbol",
        "symbol",
        rf"[{''.join(sorted({re.escape(sign[0]) for sign in language.symbols}))}]",
        rf"(?:(?<=\s)(?:{signs})(?=\s|\d)|(?<=\d)(?:{signs})(?=\d))",
    )
    def say_symbol(match: re.Match[str], _: Locale) -> str:
        """A sign that stands free, or between digits."""
        return f" {language.symbols[match.group()]} "

    return say_symbol


def times(language: Language) -> Rule:
    @rule("times", "symbol", frozenset("x"), r"(?<=\d )x(?= \d)")
    def say_times(_: re.Match[str], __: Locale) -> str:
        """ "5 x 3"."""
        return language.symbols["×"]

    return say_times


def currency(language: Language) -> Rule:
    signs = {sign: noun for sign, noun in language.currencies.items() if not sign[-1].isalnum()}
    alone = any_of(sign for sign in signs if not sign.endswith("."))

    @rule(
        "currency",
        "money",
        rf"[{''.join(sorted({re.escape(sign[0]) for sign in signs}))}]",
        rf"(?<=[ '’\u00a0\u202f])(?:{alone})(?=[\s.,;:!?)]|$)",
    )
    def say_currency(match: re.Match[str], _: Locale) -> str:
        """ "2,5 millones de €"."""
        return signs[match.group()].unit.many

    return say_currency


def number_sign(language: Language) -> Rule:
    @rule(
        "number sign",
        "symbol",
        r"[№nN]",
        rf"(?<!\w)(?:№|[nN](?:\.?[º°]|\.o))(?={GAP}\d)",
    )
    def say_number(_: re.Match[str], __: Locale) -> str:
        """ "n° 5", "N.º 5", "№ 5"."""
        return f"{language.number} "

    return say_number


def section(language: Language) -> Rule:
    @rule("section", "symbol", r"§", rf"§§?{GAP}(?=\d|[IVX])")
    def say_section(match: re.Match[str], _: Locale) -> str:
        """ "§ 5", "§§ 5-7"."""
        return f"{language.sections[match.group().count('§') - 1]} "

    return say_section


def address(language: Language) -> Rule:
    host = r"(?:[\w-]{1,63}\.){1,5}"

    @rule(
        "address",
        "electronic",
        r"\w",
        r"(?<![\w@.])(?:(?:https?://)?(?:www\.)[\w-]{1,63}\.[\w./~%+=?&#:@-]{1,200}"
        r"|https?://[\w.-]{1,200}[\w./~%+=?&#:@-]{0,200}"
        rf"|[\w.+-]{{1,64}}@{host}[a-z]{{2,12}}"
        rf"|[a-z0-9-]{{1,63}}\.(?:{language.domains})(?:/[\w./~%+=?&#-]{{0,200}})?)(?<![.:?&,/-])(?!\w)",
    )
    def say_address(match: re.Match[str], locale: Locale) -> str:
        """What one would dictate; the protocol is not said."""
        bare = re.sub(r"^https?://", "", match.group())
        return _dictated(bare, language, locale)

    return say_address


def _dictated(text: str, language: Language, locale: Locale) -> str:
    signs = {
        ".": language.point,
        "/": language.slash,
        "-": language.hyphen,
        "_": language.underscore,
        "@": language.at,
        "+": language.symbols["+"],
        "&": language.and_,
        "=": language.symbols["="],
    }

    def one(piece: str) -> str:
        if piece.isdecimal():
            number = int(piece) if len(piece) <= 4 and piece[0] != "0" else -1
            known = number >= 0
            return (
                language.cardinal(number, "", locale)
                if known
                else digit_by_digit(piece[:LONGEST], language, locale)
            )
        return signs.get(piece, piece)

    pieces = re.findall(r"[0-9]+|[^\W\d_]+|\S", text)
    return " ".join(one(piece) for piece in pieces)
