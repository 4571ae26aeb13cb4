"""Money, new and old: the amount comes before the name of what it is."""

from __future__ import annotations

import re
from typing import NamedTuple

from pipeline.normalize.english import context
from pipeline.normalize.english.counting import DIGIT, END, FREE
from pipeline.normalize.english.dates import MONTH_NUMBERS
from pipeline.normalize.english.numbers import NUMBER, cardinal, number, ordinal
from pipeline.normalize.rule import Locale, Rule, any_of, rule


class Currency(NamedTuple):
    """One, many, and the hundredth part of one."""

    one: str
    many: str
    cent: str = "cent"
    cents: str = "cents"


_DOLLAR = Currency("dollar", "dollars")
_POUND = Currency("pound", "pounds", "penny", "pence")
SIGNS = {
    "$": _DOLLAR,
    "US$": Currency("US dollar", "US dollars"),
    "A$": Currency("Australian dollar", "Australian dollars"),
    "AU$": Currency("Australian dollar", "Australian dollars"),
    "C$": Currency("Canadian dollar", "Canadian dollars"),
    "CA$": Currency("Canadian dollar", "Canadian dollars"),
    "NZ$": Currency("New Zealand dollar", "New Zealand dollars"),
    "HK$": Currency("Hong Kong dollar", "Hong Kong dollars"),
    "S$": Currency("Singapore dollar", "Singapore dollars"),
    "R$": Currency("real", "reais", "centavo", "centavos"),
    "£": _POUND,
    "€": Currency("euro", "euros"),
    "¥": Currency("yen", "yen"),
    "₹": Currency("rupee", "rupees", "paisa", "paise"),
    "₩": Currency("won", "won"),
    "₽": Currency("ruble", "rubles", "kopeck", "kopecks"),
    "₪": Currency("shekel", "shekels"),
    "₺": Currency("lira", "lira"),
    "₿": Currency("bitcoin", "bitcoins"),
}
CODES = {
    "USD": SIGNS["US$"],
    "EUR": SIGNS["€"],
    "GBP": Currency("British pound", "British pounds", "penny", "pence"),
    "AUD": SIGNS["A$"],
    "CAD": SIGNS["C$"],
    "NZD": SIGNS["NZ$"],
    "HKD": SIGNS["HK$"],
    "JPY": SIGNS["¥"],
    "CNY": Currency("yuan", "yuan"),
    "RMB": Currency("yuan", "yuan"),
    "INR": SIGNS["₹"],
    "CHF": Currency("Swiss franc", "Swiss francs"),
    "SEK": Currency("Swedish krona", "Swedish kronor"),
    "Rs": SIGNS["₹"],
}
SCALES = {
    "k": "thousand", "K": "thousand", "m": "million", "M": "million", "mn": "million",
    "mm": "million", "mil": "million", "bn": "billion", "b": "billion", "B": "billion",
    "tn": "trillion", "trn": "trillion", "T": "trillion",
}  # fmt: skip
_WORDS = "hundred|thousand|million|billion|trillion"
_SCALE = (
    rf"(?:(?P<scale>[\s-]?(?:{_WORDS})\b|\s?[bm]n\.(?=\s[a-z])"
    rf"|\s?(?:{any_of(SCALES)})(?!\w)(?!['’.][a-z])))?"
)
_SIGN = r"(?:(?:US|AU|CA|NZ|HK|A|C|S|R)?\$|[£€¥₹₩₽₪₺₿])"


@rule(
    "old sum",
    "money",
    r"£",
    r"£(?P<pounds>\d{1,4})-(?P<shillings>\d{1,2})-(?P<pence>\d{1,2})(?![\w-])",
)
def old_sum(match: re.Match[str], locale: Locale) -> str:
    """£4-10-0, as ledgers had it."""
    pounds = int(match["pounds"])
    said = [f"{cardinal(pounds, locale)} {_named(_POUND, pounds == 1)}"]
    said += [_shillings(match["shillings"])] if int(match["shillings"]) else []
    said += ["and " + _pence(match["pence"], None)] if int(match["pence"]) else []
    return " ".join(said)


@rule(
    "old money",
    "money",
    r"£",
    r"£\s?(?P<pounds>\d{1,3}(?:,\d{3})+|\d{1,7})(?:[.,]?\s?(?P<shillings>\d{1,2})\s?s\b\.?)"
    r"(?:[,]?\s?(?P<pence>\d{1,2})(?P<half>½)?\s?d\b\.?)?|"
    r"£\s?(?P<only>\d{1,3}(?:,\d{3})+|\d{1,7})[.,]?\s(?P<left>\d{1,2})(?P<halfpenny>½)?\s?d\b\.?",
)
def old_money(match: re.Match[str], locale: Locale) -> str:
    """Twelve pence were a shilling and twenty shillings a pound: £3 7s. 6d."""
    pounds = match["pounds"] or match["only"]
    value = int(pounds.replace(",", ""))
    said = [f"{cardinal(value, locale)} {_named(_POUND, value == 1)}"]
    if match["shillings"]:
        said.append(_shillings(match["shillings"]))
    if pence := match["pence"] or match["left"]:
        said += ["and", _pence(pence, match["half"] or match["halfpenny"])]
    return " ".join(said) + context.stop(match)


@rule("old ordinal", "ordinal", DIGIT, rf"{FREE}(?P<number>\d{{0,3}}[23])d\b(?!\.)")
def old_ordinal(match: re.Match[str], locale: Locale) -> str | None:
    """The 3d of July, the 22d Ohio: so it was printed; 3d is threepence where it is a price."""
    value = int(match["number"])
    named = context.before(match).lower() in {
        "the", "his", "her", "their", "my", "our", "your", "a", "and", "this", "that", "on",
    } or context.before(match) in MONTH_NUMBERS  # fmt: skip
    sure = value > 12 or re.match(
        r"\s(?:of\s[A-Z]|[A-Z]|day|wife|husband|son|daughter)", context.right(match)
    )
    return ordinal(value, locale) if (named or sure) and value % 100 not in (12, 13) else None


@rule(
    "shillings",
    "money",
    DIGIT,
    rf"{FREE}(?P<shillings>\d{{1,3}})\s?s\.?,?\s?(?P<pence>\d{{1,2}})(?P<half>[½¼¾])?\s?d\b\.?"
    rf"|{FREE}(?P<only>\d{{1,3}})(?:s\.|/-)"
    rf"|{FREE}(?P<left>\d{{1,2}})?(?P<fraction>[½¼¾])d\b\.?|{FREE}(?P<pennies>\d{{1,2}})d\b\.?",
)
def shillings(match: re.Match[str], locale: Locale) -> str | None:
    """2s. 6d. is two shillings and sixpence."""
    if match["only"]:
        goes_on = re.match(r"\s[a-z]", context.right(match, 2))
        if match.group().endswith("s.") and not goes_on and not _speaks_of_money(match):
            return None
        return _shillings(match["only"]) + context.stop(match)
    if match["pennies"] or match["fraction"]:
        pence = match["pennies"] or match["left"] or "0"
        return _pence(pence, match["fraction"]) + context.stop(match)
    said = f"{_shillings(match['shillings'])} and {_pence(match['pence'], match['half'])}"
    return said + context.stop(match)


def _speaks_of_money(match: re.Match[str]) -> bool:
    """ "10s." is a sum where somebody pays; else it may be seconds at a sentence's end."""
    around = match.string[max(0, match.start() - 120) : match.end() + 60]
    return (
        re.search(
            r"[£]|\b(?:pounds?|shillings?|pence|guineas?|sovereigns?|paid|pay|cost|price|\d+d)\b",
            around,
        )
        is not None
    )


def _shillings(count: str) -> str:
    return f"{cardinal(int(count))} shilling{'' if int(count) == 1 else 's'}"


def _pence(count: str, half: str | None) -> str:
    """Sixpence, elevenpence: one word up to there."""
    value = int(count)
    part = {"½": "halfpenny", "¼": "farthing", "¾": "three farthings"}.get(half or "", "")
    if not value:
        return part if half == "¾" else f"a {part}"
    short = {1: "one penny", 2: "twopence", 3: "threepence", 4: "fourpence", 6: "sixpence"}
    said = short.get(value) or f"{cardinal(value)} pence"
    return f"{said} {part}" if part else said


@rule(
    "money",
    "money",
    r"[A-Z$£€¥₹₩₽₪₺₿]",
    rf"(?P<sign>{_SIGN})\s?(?P<one>{NUMBER}){_SCALE}"
    rf"(?:\s?[-–]\s?(?P=sign)?(?P<two>{NUMBER})(?P<scale2>[\s-]?(?:{_WORDS})\b|\s?(?:{any_of(SCALES)})\b)?)?"
    rf"(?![^\W_])(?![.,]\d)(?P<code>\s(?:{any_of(CODES)})\b)?",
)
def money(match: re.Match[str], locale: Locale) -> str:
    """$5.2 million, £1.50, €20-€30, a $5 bill."""
    currency = CODES[match["code"].strip()] if match["code"] else SIGNS[match["sign"]]
    return _said(match, currency, locale)


@rule(
    "currency code",
    "money",
    frozenset(CODES),
    rf"(?P<code>{any_of(CODES)})\.?\s?(?P<one>{NUMBER}){_SCALE}(?P<two>(?!))?(?P<scale2>(?!))?{END}",
)
def coded(match: re.Match[str], locale: Locale) -> str:
    """USD 500 is five hundred US dollars."""
    return _said(match, CODES[match["code"]], locale)


@rule(
    "currency behind",
    "money",
    DIGIT,
    rf"{FREE}(?P<one>{NUMBER}){_SCALE}(?P<two>(?!))?(?P<scale2>(?!))?"
    rf"\s?(?P<code>(?:{any_of(CODES)})\b|[€£¥₹](?!\d))",
)
def behind(match: re.Match[str], locale: Locale) -> str:
    """20 EUR, 20€."""
    return _said(match, CODES.get(match["code"]) or SIGNS[match["code"]], locale)


_SCREENS = {"240", "360", "480", "576", "720", "1080", "1440", "2160", "4320"}


@rule(
    "cents",
    "money",
    DIGIT,
    rf"{FREE}(?P<only>{NUMBER})\s?(?P<coin>¢|p\b)(?!\.\s?\d)(?:-(?=[a-z]))?",
)
def cents(match: re.Match[str], locale: Locale) -> str | None:
    """50¢ and 25p; but 1080p is none."""
    coin = match["coin"]
    if coin == "p" and match["only"] in _SCREENS:
        return None
    one, many = ("cent", "cents") if coin == "¢" else ("penny", "pence")
    is_one = match["only"] == "1" or context.is_adjective(match)
    said = f"{number(match['only'], locale)} {one if is_one else many}"
    return said + (" " if match.group().endswith("-") else "")


@rule("pounds", "money", DIGIT, rf"{FREE}(?P<only>\d{{1,3}}(?:,\d{{3}})+|\d+)l\.")
def old_pounds(match: re.Match[str], locale: Locale) -> str:
    """10,000l. is how pounds were printed two hundred years ago."""
    one = match["only"] == "1"
    said = f"{number(match['only'], locale)} {_named(_POUND, one)}"
    return said + context.stop(match)


def _said(match: re.Match[str], currency: Currency, locale: Locale) -> str:
    one, two = match["one"], match["two"]
    scale = _scale(match["scale2"]) or _scale(match["scale"])
    is_adjective = _is_adjective(match)
    if not scale and not two:
        return _coins(one, currency, locale, is_adjective=is_adjective)
    said = number(one, locale)
    if two:
        first = _scale(match["scale"])
        said += f" {first}" if first and first != scale else ""
        said += f" to {number(two, locale)}"
    return f"{said} {scale} {_named(currency, is_adjective)}".replace("  ", " ")


def _scale(text: str | None) -> str:
    word = (text or "").strip(" -.\u00a0\n\t")
    return SCALES.get(word, word)


def _named(currency: Currency, is_one: bool) -> str:
    return currency.one if is_one else currency.many


def _coins(text: str, currency: Currency, locale: Locale, *, is_adjective: bool) -> str:
    """One dollar fifty, ninety nine cents, five dollars."""
    whole, point, part = text.partition(".")
    if point and len(part) == 2 and currency.one not in ("yen", "won"):
        value, cents = int(whole.replace(",", "") or 0), int(part)
        if not value and cents:
            return f"{cardinal(cents)} {currency.cent if cents == 1 else currency.cents}"
        said = f"{cardinal(value, locale)} {_named(currency, value == 1 or is_adjective)}"
        if not cents:
            return said
        if cents < 10:
            return f"{said} and {cardinal(cents)} {currency.cent if cents == 1 else currency.cents}"
        return f"{said} {cardinal(cents)}"
    return f"{number(text, locale)} {_named(currency, text == '1' or is_adjective)}"


def _is_adjective(match: re.Match[str]) -> bool:
    """ "a $5 bill", "the $2 million house", "a $5-million deal": one of its kind."""
    after = context.right(match)
    if each := re.match(r"-(?:a|an|per)-[a-z]+", after):
        return bool(re.match(r"\s[a-z]", after[each.end() :]))
    return bool(re.match(r"-[a-z]", after)) or context.is_adjective(match)


RULES: tuple[Rule, ...] = (
    old_sum,
    old_money,
    money,
    coded,
    old_ordinal,
    shillings,
    old_pounds,
    behind,
    cents,
)
