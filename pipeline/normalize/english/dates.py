"""Dates and times of day, in the order in which they are written."""

from __future__ import annotations

import re

from pipeline.normalize.english import context
from pipeline.normalize.english.counting import DIGIT, END, FREE, MONTH_NAMES
from pipeline.normalize.english.numbers import ONES, cardinal, digits, ordinal, year
from pipeline.normalize.rule import Locale, Rule, any_of, rule

MONTHS = MONTH_NAMES.split("|")
_SHORT = {
    "Jan": 1, "Feb": 2, "Febr": 2, "Mar": 3, "Apr": 4, "Jun": 6, "Jul": 7, "Aug": 8, "Sep": 9,
    "Sept": 9, "Oct": 10, "Nov": 11, "Dec": 12,
}  # fmt: skip
MONTH_NUMBERS = {
    **{form: at for at, name in enumerate(MONTHS, 1) for form in (name, name.upper())},
    **_SHORT,
}
DAYS = {
    "Mon": "Monday", "Tue": "Tuesday", "Tues": "Tuesday", "Wed": "Wednesday", "Thu": "Thursday",
    "Thur": "Thursday", "Thurs": "Thursday", "Fri": "Friday", "Sat": "Saturday", "Sun": "Sunday",
}  # fmt: skip
_MONTH = rf"(?P<month>{any_of(MONTH_NUMBERS.keys() - _SHORT.keys())}|(?:{any_of(_SHORT)})\b\.?)"
_DAY = r"(?P<day>\d{1,2})(?:\s?(?:st|nd|rd|th)\b)?"
_YEAR = r"(?P<year>,?\s+(?:1\d{3}|20\d\d|'\d\d|’\d\d)(?![\d:/%]|[.,]\d|[-–]\d))?"
_THE = frozenset("the a this that last next her his their our my".split())


def month(text: str) -> str:
    """July for Jul., 7 or July."""
    return MONTHS[(int(text) if text.isdecimal() else MONTH_NUMBERS[text.rstrip(".")]) - 1]


def _with_year(text: str | None, locale: Locale) -> str:
    """A comma is kept, for it is a rest."""
    if not text:
        return ""
    bare = text.strip(", \u00a0\n\t")
    comma = "," if "," in text else ""
    return f"{comma} {year(int(bare), locale) if bare.isdecimal() else cardinal(int(bare[1:]))}"


@rule(
    "month and day",
    "date",
    frozenset(MONTH_NUMBERS),
    rf"{_MONTH}\s+{_DAY}(?P<to>\s?[-–]\s?(?P<until>\d{{1,2}})(?:st|nd|rd"
    rf"|th)?(?![\d.:/,]\d)\b)?{_YEAR}"
    r"(?![\d/:%°$£€]|\.\d|,\d{3}|\s?[ap]\.?m\b|(?-i:[a-zA-Z]))",
)
def month_and_day(match: re.Match[str], locale: Locale) -> str | None:
    """July 16 is July sixteenth, never turned around."""
    day, until = int(match["day"]), int(match["until"] or 1)
    if not (0 < day < 32 and 0 < until < 32):
        return None
    if match["month"] in ("May", "March", "Mar") and _counts(match):
        return None
    said = f"{month(match['month'])} {ordinal(day)}"
    if match["until"]:
        said += f" to {ordinal(until)}"
    return said + _with_year(match["year"], locale)


def _counts(match: re.Match[str]) -> bool:
    """ "May 12 men go?" has no date."""
    after = context.after(match)
    return after.islower() and after.endswith(("s", "men", "people")) and not match["year"]


@rule(
    "day and month",
    "date",
    DIGIT,
    rf"{FREE}(?:{_DAY}\s?[-–]\s?(?=\d))?(?P<last>\d{{1,2}})(?P<th>\s?(?:st|nd|rd|th)\b)?"
    rf"(?P<of>\s+of)?\s+{_MONTH}(?![^\W_]){_YEAR}",
)
def day_and_month(match: re.Match[str], locale: Locale) -> str | None:
    """16 July is the sixteenth of July, or "the sixteenth July" where a word says "the"."""
    last, first = int(match["last"]), match["day"]
    if not 0 < last < 32 or (first and not 0 < int(first) < 32):
        return None
    name = month(match["month"])
    if match["month"] in ("May", "March", "Mar") and not (
        match["of"] or match["th"] or match["year"]
    ):
        following = context.after(match)
        if following.islower() and following in {"be", "have", "not", "also", "come", "go", "well"}:
            return None
    days = f"{ordinal(int(first))} to {ordinal(last)}" if first else ordinal(last)
    bare = context.before(match).lower() in _THE or match["of"]
    link = " of" if match["of"] or match["th"] or not bare else ""
    ends = context.stop(match) if not match["year"] else ""
    return f"{'' if bare else 'the '}{days}{link} {name}{_with_year(match['year'], locale)}{ends}"


@rule("month", "date", frozenset(_SHORT), rf"(?P<month>{any_of(_SHORT)})(?:\.|(?=\s[12]\d{{3}}\b))")
def month_alone(match: re.Match[str], locale: Locale) -> str:
    """Nov. 1945; "Mar." ends a sentence now and then."""
    return month(match["month"]) + context.stop(match)


@rule(
    "weekday",
    "date",
    frozenset(DAYS),
    rf"(?P<day>{any_of(DAYS)})(?:\.(?=,?\s+(?:\d|[A-Z]|to\b|and\b)|[-–])"
    rf"|(?=,?\s+(?:(?:{any_of([*MONTHS, *_SHORT])})\b\.?\s+)?\d))",
)
def weekday(match: re.Match[str], locale: Locale) -> str | None:
    """Mon., Nov. 3; but "There he Sat. Then" and "Sun. It" end a sentence."""
    if match.group().endswith(".") and context.ends_sentence(match):
        return None
    return DAYS[match["day"]]


_DAY_NAME = rf"(?:{any_of(DAYS)})"


@rule(
    "weekdays",
    "date",
    frozenset(DAYS),
    rf"(?P<one>{_DAY_NAME})\.?(?P<link>\s?[-–]\s?|/)(?P<two>{_DAY_NAME})\b(?P<stop>\.)?",
)
def weekdays(match: re.Match[str], locale: Locale) -> str:
    """Mon-Fri, Tue/Thu."""
    link = "and" if match["link"] == "/" else "to"
    return f"{DAYS[match['one']]} {link} {DAYS[match['two']]}{context.stop(match)}"


_DATED = frozenset("on born dated died from since until before after by".split())


@rule(
    "numeric date",
    "date",
    DIGIT,
    rf"{FREE}(?:(?P<y>[12]\d{{3}})-(?P<m>\d{{2}})-(?P<d>\d{{2}})"
    rf"|(?P<one>\d{{1,2}})(?P<sep>[/.-])(?P<two>\d{{1,2}})(?P=sep)(?P<year>\d{{4}}"
    rf"|\d{{2}})){END}(?![-/]\d)",
)
def numeric(match: re.Match[str], locale: Locale) -> str | None:
    """7/16/1945 and 16/7/1945, by what is possible, else by the country; 2024-03-05."""
    if match["y"]:
        at, day, when = int(match["m"]), int(match["d"]), int(match["y"])
    else:
        one, two, when = int(match["one"]), int(match["two"]), int(match["year"])
        dated = match["sep"] == "." and context.before(match).lower() in _DATED
        if match["sep"] != "/" and len(match["year"]) == 2 and not dated:
            return None
        first = locale.day_first or match["sep"] == "."
        first = (first or one > 12) and two <= 12
        day, at = (one, two) if first else (two, one)
    if not (0 < at < 13 and 0 < day < 32):
        return None
    if match["year"] and len(match["year"]) == 2:
        when += 2000 if when < 30 else 1900
    if locale.day_first:
        the = "" if context.before(match).lower() in _THE else "the "
        return f"{the}{ordinal(day)} of {MONTHS[at - 1]} {year(when, locale)}"
    return f"{MONTHS[at - 1]} {ordinal(day)}, {year(when, locale)}"


_WEEKDAY_BEFORE = re.compile(
    rf"\b(?:{any_of(DAYS.values())}|(?:{any_of(DAYS)})\.?),?\s+(?:the\s+)?$"
)


@rule("short date", "date", DIGIT, rf"{FREE}(?P<one>\d{{1,2}})/(?P<two>\d{{1,2}}){END}(?!/)")
def short(match: re.Match[str], locale: Locale) -> str | None:
    """Monday, 12/25; anything else of this form is a fraction."""
    left = context.left(match)
    one, two = int(match["one"]), int(match["two"])
    dated = _WEEKDAY_BEFORE.search(left) or (
        not locale.day_first and one < 13 and 12 < two < 32 and two not in (16, 20)
    )
    if not dated:
        return None
    one, two = int(match["one"]), int(match["two"])
    day, at = (one, two) if (locale.day_first or one > 12) and two <= 12 else (two, one)
    if not (0 < at < 13 and 0 < day < 32):
        return None
    if locale.day_first:
        return f"the {ordinal(day)} of {MONTHS[at - 1]}"
    return f"{MONTHS[at - 1]} {ordinal(day)}"


_HALF = r"(?:[ap]\.\s?m\b\.?|[ap]m\b|[AP]\.\s?M\b\.?|[AP]M\b)"
_ZONE = r"(?P<zone>\s(?:[ECMP][SD]?T|GMT|UTC|BST|CET|CEST)\b)?"
_CLOCK = r"(?P<hour>[01]?\d|2[0-4])[:.](?P<minute>[0-5]\d)(?:[:.](?P<second>[0-5]\d))?"


def clock(hour: str, minute: str, half: str = "", locale: Locale | None = None) -> str:
    """Three thirty, nine oh five, twelve o'clock, fourteen hundred."""
    hours, minutes = int(hour), int(minute)
    said = "zero" if hours == 0 else cardinal(hours)
    if len(hour) == 2 and hour[0] == "0" and hours and not half:
        said = f"oh {cardinal(hours)}"
    if minutes:
        return f"{said} {'oh ' if minutes < 10 else ''}{cardinal(minutes)}"
    if half:
        return said
    if 0 < hours < 13 and hour[0] != "0":
        return f"{said} o'clock"
    return f"{said} hundred"


def _half(text: str | None, match: re.Match[str]) -> str:
    """A M or P M, and the full stop where a sentence ends with it."""
    if not text:
        return ""
    ends = match.group().endswith(".") and _ends_with_time(match)
    return f" {text[0].upper()} M{'.' if ends else ''}"


def _ends_with_time(match: re.Match[str]) -> bool:
    """ "At 5 p.m. Harriet left" goes on, "He came at 5 p.m. Harriet left" does not."""
    following = context.after(match) if not context.right(match, 1).strip() else ""
    if following in MONTH_NUMBERS or following in {*DAYS, *DAYS.values()} or following.isupper():
        return context.ends_sentence(match)
    part = re.split(r"[.!?;:,—]\s", match.string[max(0, match.start() - 300) : match.start()])[-1]
    opens = re.match(
        r"\W*(?:and\s|but\s|so\s)?(?:at|by|around|about|before|after|until|on|from|since)\b",
        part,
        re.IGNORECASE,
    )
    return context.ends_sentence(match, before_names=bool(opens))


@rule(
    "time",
    "time",
    DIGIT,
    rf"{FREE}(?:{_CLOCK}(?P<gap>\s?)|(?P<only>1?\d)(?:\.0)?(?:\s?))"
    rf"(?:(?:\s?{_HALF})?(?:\s?[-–]\s?|\sto\s)(?P<hour2>[01]?\d"
    rf"|2[0-4])(?:[:.](?P<minute2>[0-5]\d))?\s?)?"
    rf"(?P<half>{_HALF}){_ZONE}(?![^\W_])",
)
def time_of_half(match: re.Match[str], locale: Locale) -> str | None:
    """3:30pm, 7.30 p.m., 9 a.m., 6-8pm."""
    if match["only"] and not 0 < int(match["only"]) < 13:
        return None
    said = clock(match["hour"] or match["only"], match["minute"] or "0", "m")
    if match["second"]:
        said += f" and {cardinal(int(match['second']))} seconds"
    if match["hour2"]:
        first = re.match(rf".*?({_HALF})\s?(?:[-–]|to\b)", match.group())
        said += _half(first[1], match).rstrip(".") if first else ""
        said += f" to {clock(match['hour2'], match['minute2'] or '0', 'm')}"
    return said + _half(match["half"], match) + (match["zone"] or "")


@rule(
    "clock",
    "time",
    DIGIT,
    rf"{FREE}(?P<hour>[01]?\d|2[0-4]):(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d))?"
    rf"(?:\s?[-–]\s?(?P<hour2>[01]?\d|2[0-4]):(?P<minute2>[0-5]\d))?"
    rf"(?P<oclock>\s?o['’]clock)?{_ZONE}(?![^\W_]|[:.,]\d)",
)
def time_of_day(match: re.Match[str], locale: Locale) -> str | None:
    """14:30, 12:00; a ratio has words about it."""
    if re.search(r"\b(?:ratio|odds|scale|mixture|proportions?)\s(?:of\s)?$", context.left(match)):
        return None
    said = clock(match["hour"], match["minute"])
    if match["second"] and context.before(match).lower() not in {
        "at",
        "by",
        "until",
        "from",
        "before",
        "after",
    }:
        return _duration(match["hour"], match["minute"], match["second"]) + (match["zone"] or "")
    if match["second"]:
        said = said.removesuffix(" o'clock").removesuffix(" hundred")
        said += f" and {cardinal(int(match['second']))} seconds"
    if match["hour2"]:
        first = said.removesuffix(" o'clock")
        said = f"{first} to {clock(match['hour2'], match['minute2'])}"
    return said + (match["zone"] or "")


def _duration(*parts: str) -> str:
    """2:19:35, without a word that says that it is a time of day."""
    said = [
        f"{cardinal(int(part))} {unit}{'' if int(part) == 1 else 's'}"
        for part, unit in zip(parts, ("hour", "minute", "second"), strict=True)
    ]
    return f"{said[0]} {said[1]} and {said[2]}"


_ABOUT = frozenset("about since before after around was the from past till until by at".split())


@rule(
    "time with a point",
    "time",
    DIGIT,
    rf"{FREE}(?P<hour>1?\d|2[0-4])\.(?P<minute>[0-5]\d){END}(?!\s?[%°]|\s(?:per|percent"
    rf"|million|billion|meters|metres|seconds))",
)
def time_with_point(match: re.Match[str], locale: Locale) -> str | None:
    """ "at 7.30", "the 4.50 from Paddington": so the British write it."""
    before = context.before(match).lower()
    follows = context.after(match)
    fives = locale.metre and int(match["minute"]) % 5 == 0 and int(match["hour"]) < 13
    if (
        fives
        and before in _ABOUT
        and not follows.startswith(("per", "point", "mile", "metre", "time"))
    ):
        return clock(match["hour"], match["minute"])
    if not (
        before in {"at", "until", "till", "by"}
        or (before == "the" and follows in {"train", "from", "to", "bus"})
    ):
        return None
    return clock(match["hour"], match["minute"])


@rule(
    "hours",
    "time",
    DIGIT,
    rf"{FREE}(?P<hour>[01]\d|2[0-4])(?P<minute>[0-5]\d){END}(?P<hours>\s?(?:hours|hrs|h)\b)?",
)
def military(match: re.Match[str], locale: Locale) -> str | None:
    """0600 hours is oh six hundred hours; "at 0600", "by 2130" are times as well."""
    hour, minute = match["hour"], match["minute"]
    looks = hour[0] == "0" or int(hour + minute) > 2099
    if match["hours"]:
        if re.match(r"\s(?:of|a|per)\b", context.right(match, 5)):
            return None
        return f"{_military(hour, minute)} hours"
    if not (looks and context.before(match).lower() in {"at", "by", "until", "till", "before"}):
        return None
    return _military(hour, minute)


def _military(hour: str, minute: str) -> str:
    first = f"oh {ONES[int(hour)]}" if hour[0] == "0" and hour != "00" else cardinal(int(hour))
    first = "zero zero" if hour == "00" and minute != "00" else first
    if minute == "00":
        return f"{first} hundred"
    return f"{first} {'oh ' + digits(minute[1]) if minute[0] == '0' else cardinal(int(minute))}"


@rule("half of the day", "time", r"[apAP]", r"(?P<half>[ap]\.\s?m\.|[AP]\.\s?M\.)")
def half_alone(match: re.Match[str], locale: Locale) -> str:
    """The a.m. train."""
    return _half(match["half"], match).strip()


RULES: tuple[Rule, ...] = (
    numeric,
    day_and_month,
    month_and_day,
    month_alone,
    weekdays,
    weekday,
    short,
    time_of_half,
    time_of_day,
    time_with_point,
    military,
    half_alone,
)
