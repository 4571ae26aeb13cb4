"""Amounts with a unit: the unit is spoken in full, in the number that the amount asks for."""

from __future__ import annotations

import re

from pipeline.normalize.english import context
from pipeline.normalize.english.counting import AMOUNT, DIGIT, FREE, amount
from pipeline.normalize.english.numbers import cardinal, number
from pipeline.normalize.rule import Locale, Rule, any_of, rule

# As British people spell them; each stands for one, many are made by `_many`.
UNITS = {
    "%": "percent", "‰": "per mille", "pp": "percentage point",
    "°C": "degree Celsius", "ºC": "degree Celsius", "℃": "degree Celsius",
    "°F": "degree Fahrenheit", "ºF": "degree Fahrenheit", "℉": "degree Fahrenheit",
    "°": "degree", "º": "degree", "°K": "kelvin",
    "km": "kilometre", "cm": "centimetre", "mm": "millimetre", "dm": "decimetre", "m": "metre",
    "µm": "micrometre", "μm": "micrometre", "nm": "nanometre",
    "mi": "mile", "yd": "yard", "yds": "yard", "ft": "foot", "in": "inch", "ins": "inch",
    "fathoms": "fathom", "ha": "hectare", "ac": "acre", "ly": "light year",
    "km²": "square kilometre", "km2": "square kilometre", "m²": "square metre",
    "m2": "square metre", "cm²": "square centimetre", "cm2": "square centimetre",
    "mm²": "square millimetre", "m³": "cubic metre", "m3": "cubic metre",
    "cm³": "cubic centimetre", "cm3": "cubic centimetre", "km³": "cubic kilometre",
    "sq ft": "square foot", "sq. ft": "square foot", "ft²": "square foot", "ft2": "square foot",
    "sq mi": "square mile", "sq. mi": "square mile", "sq km": "square kilometre",
    "sq m": "square metre", "sq yd": "square yard", "cu ft": "cubic foot", "cu. ft": "cubic foot",
    "sq in": "square inch", "cc": "cubic centimetre", "mi²": "square mile",
    "kg": "kilogram", "kgs": "kilogram", "mg": "milligram", "µg": "microgram", "μg": "microgram",
    "mcg": "microgram", "g": "gram", "gm": "gram", "lb": "pound", "lbs": "pound", "oz": "ounce",
    "fl oz": "fluid ounce", "fl. oz": "fluid ounce", "cwt": "hundredweight", "st": "stone",
    "l": "litre", "L": "litre", "ml": "millilitre", "mL": "millilitre", "cl": "centilitre",
    "dl": "decilitre", "gal": "gallon", "gals": "gallon", "qt": "quart", "qts": "quart",
    "pt": "pint", "pts": "pint", "tsp": "teaspoon", "tsps": "teaspoon", "tbsp": "tablespoon",
    "tbsps": "tablespoon", "tbs": "tablespoon", "bbl": "barrel",
    "mph": "mile per hour", "m.p.h": "mile per hour", "kph": "kilometre per hour",
    "kmh": "kilometre per hour", "km/h": "kilometre per hour", "km/hr": "kilometre per hour",
    "m/s": "metre per second", "m/s²": "metre per second squared", "ft/s": "foot per second",
    "km/s": "kilometre per second", "mpg": "mile per gallon", "m.p.g": "mile per gallon",
    "g/km": "gram per kilometre", "mg/L": "milligram per litre", "mg/l": "milligram per litre",
    "mg/dL": "milligram per decilitre", "g/L": "gram per litre", "kg/m³": "kilogram per cubic "
"metre",
    "g/cm³": "gram per cubic centimetre", "mg/kg": "milligram per kilogram", "kt": "knot",
    "kts": "knot", "kn": "knot", "rpm": "revolution per minute", "r.p.m": "revolution per minute",
    "bpm": "beat per minute", "fps": "frame per second", "ppm": "part per million",
    "ppb": "part per billion", "dpi": "dot per inch", "psi": "pound per square inch",
    "Hz": "hertz", "kHz": "kilohertz", "MHz": "megahertz", "GHz": "gigahertz",
    "KB": "kilobyte", "kB": "kilobyte", "MB": "megabyte", "GB": "gigabyte", "TB": "terabyte",
    "PB": "petabyte", "kbps": "kilobit per second", "Mbps": "megabit per second",
    "Gbps": "gigabit per second", "kb/s": "kilobit per second", "Mb/s": "megabit per second",
    "MB/s": "megabyte per second", "GB/s": "gigabyte per second",
    "V": "volt", "kV": "kilovolt", "mV": "millivolt", "W": "watt", "kW": "kilowatt",
    "MW": "megawatt", "GW": "gigawatt", "TW": "terawatt", "kWh": "kilowatt hour",
    "MWh": "megawatt hour", "GWh": "gigawatt hour", "TWh": "terawatt hour", "mAh": "milliamp hour",
    "mA": "milliamp", "Ω": "ohm", "kΩ": "kilohm", "J": "joule", "kJ": "kilojoule",
    "MJ": "megajoule", "cal": "calorie", "kcal": "kilocalorie", "N": "newton", "kN": "kilonewton",
    "Pa": "pascal", "kPa": "kilopascal", "hPa": "hectopascal", "MPa": "megapascal",
    "mbar": "millibar", "dB": "decibel", "hp": "horsepower", "bhp": "brake horsepower",
    "MP": "megapixel", "px": "pixel", "lm": "lumen", "mol": "mole",
    "s": "second", "sec": "second", "secs": "second", "ms": "millisecond", "ns": "nanosecond",
    "min": "minute", "mins": "minute", "h": "hour", "hr": "hour", "hrs": "hour",
    "wk": "week", "wks": "week", "yr": "year", "yrs": "year", "mo": "month", "mos": "month",
    "doz": "dozen",
}  # fmt: skip
# What is many by itself.
_INVARIABLE = {
    "percent", "per mille", "horsepower", "brake horsepower", "hertz", "kilohertz", "megahertz",
    "gigahertz", "kelvin", "hundredweight", "stone", "dozen",
}  # fmt: skip
_MANY = {"foot": "feet", "inch": "inches"}
# Units that are words, or letters with other meanings, unless something shows that they are none.
_ONLY_WITH_A_STOP = frozenset("in mo st cal ac mi".split())
_ONLY_WITHOUT_A_GAP = frozenset("pp".split())
_FEET = r"['’′]"
_INCHES = r"(?:[\"”″]|''|’’)"
_WORDS = "hundred|thousand|million|billion|trillion|dozen"


def named(unit: str, locale: Locale, *, is_one: bool) -> str:
    """A unit in full: kilometres per hour, square feet."""
    name = UNITS[unit]
    if not locale.metre:
        name = re.sub(r"(metre|litre)\b", lambda found: f"{found[0][:-2]}er", name)
    return name if is_one else _many(name)


def _many(name: str) -> str:
    """The noun of a name in its plural: "degrees Celsius", "feet per second", "light years"."""
    if name in _INVARIABLE:
        return name
    tail = re.search(r" (?:per|Celsius|Fahrenheit)\b.*|$", name)
    at = tail.start() if tail else len(name)
    *words, noun = name[:at].split()
    return " ".join([*words, _MANY.get(noun, f"{noun}s")]) + name[at:]


@rule(
    "measure",
    "measure",
    DIGIT,
    rf"{FREE}(?:{AMOUNT})(?P<scale>[ -](?:{_WORDS}))?(?P<gap>[ \u00a0\u202f]|-|)"
    rf"(?P<unit>{any_of(UNITS)})(?![^\W_²³/])(?P<stop>\.(?!\d))?",
)
def measure(match: re.Match[str], locale: Locale) -> str | None:
    """5 km, 5-10kg, 2 1/2 tsp., 5 million km², a 10-km run."""
    unit, gap = match["unit"], match["gap"]
    if not _is_unit(match, unit, gap):
        return None
    found = amount(match, locale)
    if found is None:
        return None
    said, is_one = found
    if context.before(match) == "a":
        said = said.removeprefix("one ") if "half" in said or "quarter" in said else said
    if match["scale"]:
        said, is_one = f"{said} {match['scale'][1:]}", False
    if gap == "-" or _is_adjective(match):
        is_one = True
    if match["over"] and not match["whole"] and gap == "-":
        said = said.removesuffix("s")
    return f"{said} {named(unit, locale, is_one=is_one)}{_stop(match)}"


def _stop(match: re.Match[str]) -> str:
    """The full stop of "12 oz." is the unit's own, unless the sentence ends there."""
    return "." if match["stop"] and context.ends_sentence(match, before_names=False) else ""


def _is_unit(match: re.Match[str], unit: str, gap: str) -> bool:
    if unit == "st":
        return gap == " " and bool(re.match(r"\.?\s?\d|\.|\sand\s\d", context.right(match, 8)))
    if unit in _ONLY_WITH_A_STOP:
        follows = re.match(
            r"\s?[x×,;)]|\s(?:by|long|wide|tall|high|deep|thick|of|in)\b", context.right(match, 8)
        )
        return (
            bool(match["stop"]) or (unit != "in" and bool(follows)) or (gap == "-" and unit == "in")
        )
    if unit in ("m", "g", "l", "s", "h", "V", "W", "J", "N", "L") and gap == "-":
        return bool(re.match(r"[\s,.;)]", context.right(match, 1)))
    if (
        unit == "s"
        and not gap
        and match["only"]
        and match["only"].endswith("0")
        and context.before(match).lower()
        in {"the", "early", "late", "mid", "his", "her", "their", "my", "your", "our", "to", "its"}
    ):
        return False
    if unit in ("W", "N", "V", "J", "MP") and gap:
        return not re.match(r"\s[A-Z]", context.right(match, 2))
    return True


def _is_adjective(match: re.Match[str]) -> bool:
    """ "a 10 km run": one of its kind, said of a thing."""
    if match["stop"] or match["unit"] in "%‰":
        return False
    if context.before(match).lower() not in {"a", "an", "another", "every", "each"}:
        return False
    following = re.match(r"\s+([a-z]+)", context.right(match))
    return following is not None and following[1] not in context.NOT_A_THING


@rule("unit", "measure", r"[a-z]", r"(?<=[a-z] )(?P<unit>k?m|cm|mm|ft)(?P<power>[²³])(?!\w)")
def unit_alone(match: re.Match[str], locale: Locale) -> str:
    """Ten km² is ten square kilometers."""
    power = "square" if match["power"] == "²" else "cubic"
    return f"{power} {named(match['unit'], locale, is_one=False)}"


@rule(
    "feet and inches",
    "measure",
    DIGIT,
    rf"{FREE}(?P<feet>\d{{1,3}})(?:{_FEET}|[\s-]?(?:ft\b\.?|foot\b|feet\b),?)[\s-]?"
    rf"(?P<inches>\d{{1,2}}(?!\d))(?P<half>\s?[½¼¾])?(?:{_INCHES}|[\s-]?(?:in\b\.?|ins\b\.?"
    rf"|inch(?:es)?\b))",
)
def height(match: re.Match[str], locale: Locale) -> str | None:
    """6'2" is six foot two; "6 ft. 2 in." is six feet two inches."""
    feet, inches = cardinal(int(match["feet"])), cardinal(int(match["inches"]))
    if match["half"]:
        inches += (
            " and a half"
            if "½" in match["half"]
            else " and a quarter"
            if "¼" in match["half"]
            else " and three quarters"
        )
    if re.search(r"[a-z]", match.group()):
        many = "foot" if match["feet"] == "1" else "feet"
        one = match["inches"] == "1" and not match["half"]
        ends = context.stop(match, before_names=False)
        return f"{feet} {many} {inches} {'inch' if one else 'inches'}{ends}"
    return f"{feet} foot {inches}"


@rule("feet", "measure", DIGIT, rf"{FREE}(?P<feet>\d{{1,3}})′(?!\d)")
def feet_alone(match: re.Match[str], locale: Locale) -> str:
    """6′ is six feet."""
    return f"{cardinal(int(match['feet']))} {'foot' if match['feet'] == '1' else 'feet'}"


@rule("inches", "measure", DIGIT, rf"{FREE}(?:{AMOUNT})(?:″|\"(?=[\s,.;)])|”(?=[\s,.;)]))")
def inches_alone(match: re.Match[str], locale: Locale) -> str | None:
    """A 12" record; but a number that ends a quotation has its quote."""
    mark = match.group()[-1]
    before = match.string[max(0, match.start() - 400) : match.start()]
    quoted = before.count('"') % 2 == 1 if mark == '"' else before.count("“") > before.count("”")
    found = amount(match, locale)
    if found is None or (mark != "″" and quoted):
        return None
    said, is_one = found
    adjective = context.before(match).lower() in {"a", "an", "the"} and re.match(
        r"\s[a-z]", context.right(match, 2)
    )
    return f"{said} {'inch' if is_one or adjective else 'inches'}"


@rule(
    "coordinate",
    "measure",
    DIGIT,
    rf"{FREE}(?P<degrees>\d{{1,3}}(?:\.\d{{1,8}})?)\s?[°º]\s?(?:(?P<minutes>\d{{1,2}})\s?[′'’]\s?)?(?:(?P<seconds>\d{{1,2}})\s?[″\"”]\s?)?(?P<where>[NSEW])\b",
)
def coordinate(match: re.Match[str], locale: Locale) -> str:
    """51° 30′ N is fifty one degrees thirty minutes north."""
    said = [f"{number(match['degrees'])} degrees"]
    said += [f"{cardinal(int(match['minutes']))} minutes"] if match["minutes"] else []
    said += [f"{cardinal(int(match['seconds']))} seconds"] if match["seconds"] else []
    return " ".join([*said, {"N": "north", "S": "south", "E": "east", "W": "west"}[match["where"]]])


RULES: tuple[Rule, ...] = (coordinate, height, measure, unit_alone, feet_alone, inches_alone)
