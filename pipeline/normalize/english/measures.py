"""Amounts with a unit: the unit is spoken in full, in the number that the amount asks for."""

from __future__ import annotations

import re
from collections.abc import Callable

from pipeline.normalize.english import context
from pipeline.normalize.english.counting import AMOUNT, DIGIT, FREE, amount
from pipeline.normalize.english.numbers import NUMBER, cardinal, number
from pipeline.normalize.rule import Locale, Rule, any_of, rule

# As British people spell them; each stands for one, many are made by `_many`.
UNITS = {
    "%": "percent", "‰": "per mille", "pp": "percentage point",
    "°C": "degree Celsius", "ºC": "degree Celsius", "℃": "degree Celsius",
    "°F": "degree Fahrenheit", "ºF": "degree Fahrenheit", "℉": "degree Fahrenheit",
    "C": "degree Celsius", "F": "degree Fahrenheit", "°": "degree", "º": "degree", "°K": "kelvin",
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
    "pt": "pint", "pts": "point", "tsp": "teaspoon", "tsps": "teaspoon", "tbsp": "tablespoon",
    "Tbsp": "tablespoon", "Tsp": "teaspoon",
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
    "mbar": "millibar", "mb": "millibar", "mmHg": "millimetre of mercury", "Nm": "newton metre",
    "N·m": "newton metre", "lb-ft": "pound foot", "ft-lb": "foot pound", "bps": "basis point",
    "kg/m²": "kilogram per square metre", "kg/m2": "kilogram per square metre",
    "g/dl": "gram per decilitre", "g/dL": "gram per decilitre", "mg/ml": "milligram per millilitre",
    "mg/mL": "milligram per millilitre", "mmol/l": "millimole per litre", "in/hr": "inch per hour",
    "mmol/L": "millimole per litre", "mmol/mol": "millimole per mole", "mmol": "millimole",
    "dB": "decibel", "hp": "horsepower", "h.p": "horsepower", "bhp": "brake horsepower",
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
    tail = re.search(r" (?:per|of|Celsius|Fahrenheit)\b.*|$", name)
    at = tail.start() if tail else len(name)
    *words, noun = name[:at].split()
    return " ".join([*words, _MANY.get(noun, f"{noun}s")]) + name[at:]


def _side(name: str) -> str:
    return (
        rf"(?P<{name}>{NUMBER})"
        rf"(?:[ \u00a0]?(?P<{name}_unit>{any_of(UNITS)})(?![^\W_²³])|(?P<{name}_mark>['\"’”′″]))?"
    )


@rule(
    "by",
    "measure",
    DIGIT,
    rf"{FREE}{_side('one')}\s?[x×]\s?{_side('two')}(?:\s?[x×]\s?{_side('three')})?(?![^\W_]|\^|\s?10\^)",
)
def sides(match: re.Match[str], locale: Locale) -> str | None:
    """10x12, 20cm x 30cm, 6' x 4', 4x100m; "3 × 5" is a sum, unless it is one of lengths."""
    names = [name for name in ("one", "two", "three") if match[name]]
    units = [match[f"{name}_unit"] or _MARKS.get(match[f"{name}_mark"] or "") for name in names]
    last = units[-1]
    if (
        "×" in match.group()
        and not last
        and not re.match(r"\s?(?:feet|foot|inch|metre|meter|px)", context.right(match, 8))
    ):
        return None
    is_one = context.is_adjective(match)
    said = []
    for name, unit in zip(names, units, strict=True):
        shown = unit and (unit != last or name == names[-1])
        one = is_one or (unit in ("ft", "in") and match[f"{name}_mark"] is not None)
        said.append(
            number(match[name], locale)
            + (f" {named(unit, locale, is_one=one)}" if shown and unit else "")
        )
    times = last in _PORTIONS and not units[0]  # 2 x 400g cans
    return (" " if times else " by ").join(said)


_MARKS = {"'": "ft", "’": "ft", "′": "ft", '"': "in", "”": "in", "″": "in"}
_PORTIONS = {"g", "kg", "mg", "oz", "lb", "ml", "mL", "l", "L", "cl"}


@rule("times ten", "mathematics", DIGIT, rf"{FREE}(?P<number>{NUMBER})\s?[x×]\s?(?=10\^)")
def times_ten(match: re.Match[str], locale: Locale) -> str:
    """6.02 x 10^23."""
    return f"{number(match['number'], locale)} times "


@rule(
    "measure",
    "measure",
    DIGIT,
    rf"{FREE}(?:{AMOUNT})(?P<scale>[ -](?:{_WORDS}))?(?P<gap>[ \u00a0\u202f]|-|)"
    rf"(?P<unit>{any_of(UNITS)})(?![^\W_²³]|/(?!\s|\d|gas|fan))(?P<stop>\.(?!\d))?",
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
    if gap == "-" or _is_said_of_a_thing(match):
        is_one = True
    if match["over"] and not match["whole"] and gap == "-":
        said = said.removesuffix("s")
    if unit == "pp" and match["stop"]:
        return f"{said} pages{_stop(match)}"
    if unit == "pts" and re.match(r"\sof\b", context.right(match, 4)):
        unit = "pt"  # of milk, and no score
    return f"{said} {named(unit, locale, is_one=is_one)}{_stop(match)}"


def _stop(match: re.Match[str]) -> str:
    """The full stop of "12 oz." is the unit's own, unless the sentence ends there."""
    if not match["stop"] or context.before(match) in ("a", "an"):
        return ""
    return "." if context.ends_sentence(match, before_names=False) else ""


# After these a letter behind a number is the door's, not a unit: "Runway 27L", "seat 12A".
_DOORS = frozenset(
    "runway gate seat row room track exit flat apartment apt suite unit platform bay block".split()
)
# Behind these a number with an s is a decade: "the 70s", "her 30s".
_DECADES = frozenset("the early late mid his her their my your our to its low high upper".split())


def _is_unit(match: re.Match[str], unit: str, gap: str) -> bool:
    """Whether a short word or a letter behind a number is a unit, by its company."""
    if len(unit) == 1 and context.before(match).lower() in _DOORS:
        return False
    check = _CHECKS.get(unit)
    return check(match, gap) if check else unit not in _ONLY_WITH_A_STOP or _is_shown(match)


def _is_shown(match: re.Match[str]) -> bool:
    follows = r"\s?[x×,;)]|\s(?:by|long|wide|tall|high|deep|thick|of|in)\b"
    return bool(match["stop"] or re.match(follows, context.right(match, 8)))


def _is_stone(match: re.Match[str], gap: str) -> bool:
    """ "weighs 12st", "13 st 4 lb"; 21st is an ordinal."""
    weighs = re.search(r"\bweigh\w*\s(?:\w+\s)?$", context.left(match))
    more = re.match(r"\.?,?\s?\d|\sand\s\d", context.right(match, 8))
    number = match["only"] or ""
    is_first = number.endswith("1") and not number.endswith("11")
    return bool(weighs or more) and (gap == " " or not is_first)


def _is_degree(match: re.Match[str], gap: str) -> bool:
    """35C; but 3C is a door or a size."""
    return gap == "" and re.search(r"\d\d|\.", match["only"] or match["two"] or "") is not None


def _is_inch(match: re.Match[str], gap: str) -> bool:
    """ "5 in.", "6in", "5-in wide"; "5 in the room" and "3-in-1" are none."""
    if gap == "-":
        return not re.match(r"-", context.right(match, 1))
    return gap == "" or bool(match["stop"])


def _is_second(match: re.Match[str], gap: str) -> bool:
    """30s, unless it is of a decade, or many of a thing."""
    number = match["only"] or ""
    if not gap and number.endswith("0") and context.before(match).lower() in _DECADES:
        return False
    return _is_letter(match, gap) and not (gap == "" and _are_many(match))


def _is_letter(match: re.Match[str], gap: str) -> bool:
    """ "5 m", "5m"; "a 5-m-long one" as well, but not "5-m" of a name."""
    return gap != "-" or bool(re.match(r"[\s,.;)]", context.right(match, 1)))


def _is_power(match: re.Match[str], gap: str) -> bool:
    """60 W; but "22 W. 57th Street" is in the west."""
    if gap or match["stop"]:
        return not match["stop"] and not re.match(r"\s[A-Z\d]|-\d", context.right(match, 2))
    return _is_letter(match, gap)


_CHECKS: dict[str, Callable[[re.Match[str], str], bool]] = {
    "st": _is_stone,
    "C": _is_degree,
    "F": _is_degree,
    "in": _is_inch,
    "s": _is_second,
    **dict.fromkeys(("m", "g", "l", "h", "L"), _is_letter),
    **dict.fromkeys(("V", "W", "J", "N", "MP"), _is_power),
}


def _are_many(match: re.Match[str]) -> bool:
    """ "The 747s", "under-21s", "two 45s" are things, not seconds."""
    several = {
        "the",
        "two",
        "three",
        "four",
        "five",
        "several",
        "some",
        "these",
        "those",
        "both",
        "all",
    }
    number = match["only"] or ""
    linked = re.search(r"[A-Za-z][-‐‑]$", context.left(match, 2))
    lone = number.isdigit() and (len(number) > 2 or context.before(match).lower() in several)
    return bool(linked) or (lone and not re.match(r"\s(?:later|ago|of)\b", context.right(match, 7)))


def _is_said_of_a_thing(match: re.Match[str]) -> bool:
    return match["unit"] not in "%‰" and context.is_adjective(match)


@rule("unit", "measure", r"[a-z]", r"(?<=[a-z] )(?P<unit>k?m|cm|mm|ft)(?P<power>[²³])(?!\w)")
def unit_alone(match: re.Match[str], locale: Locale) -> str:
    """Ten km² is ten square kilometers."""
    power = "square" if match["power"] == "²" else "cubic"
    return f"{power} {named(match['unit'], locale, is_one=False)}"


_PARTS = {"½": " and a half", "¼": " and a quarter", "¾": " and three quarters"}


@rule(
    "degrees",
    "measure",
    frozenset(("degrees", "degree")),
    r"(?P<word>degrees?)\s(?P<unit>[CF])\b(?P<stop>\.)?",
)
def degrees(match: re.Match[str], locale: Locale) -> str:
    """425 degrees F."""
    scale = "Celsius" if match["unit"] == "C" else "Fahrenheit"
    return f"{match['word']} {scale}{context.stop(match, before_names=False)}"


@rule(
    "feet and inches",
    "measure",
    DIGIT,
    rf"{FREE}(?P<feet>\d{{1,3}})(?:{_FEET}|[\s-]?(?:ft\b\.?|foot\b|feet\b),?)[\s-]?"
    rf"(?P<inches>\d{{1,2}}(?!\d))(?P<half>\s?[½¼¾])?(?:{_INCHES}|[\s-]?(?:in\b\.?|ins\b\.?"
    rf"|inch(?:es)?\b))|{FREE}(?P<feet2>[3-8])['’](?P<inches2>\d|1[01])(?![\w'’\"”])",
)
def height(match: re.Match[str], locale: Locale) -> str | None:
    """6'2" is six foot two; "6 ft. 2 in." is six feet two inches."""
    if match["feet2"]:
        return f"{cardinal(int(match['feet2']))} foot {cardinal(int(match['inches2']))}"
    feet, inches = cardinal(int(match["feet"])), cardinal(int(match["inches"]))
    if match["half"]:
        inches += _PARTS[match["half"].strip()]
    if re.search(r"(?:foot|ft|feet)-\d", match.group()):
        return f"{feet} foot {inches} inch"
    if re.search(r"[a-z]", match.group()):
        many = "foot" if match["feet"] == "1" else "feet"
        one = match["inches"] == "1" and not match["half"]
        ends = context.stop(match, before_names=False)
        return f"{feet} {many} {inches} {'inch' if one else 'inches'}{ends}"
    return f"{feet} foot {inches}"


@rule(
    "feet",
    "measure",
    DIGIT,
    rf"{FREE}(?P<feet>\d{{1,3}})(?:′(?!\d)|['’](?=\s(?:deep|wide|tall|high|long)\b))",
)
def feet_alone(match: re.Match[str], locale: Locale) -> str:
    """6′ is six feet."""
    return f"{cardinal(int(match['feet']))} {'foot' if match['feet'] == '1' else 'feet'}"


@rule("inches", "measure", DIGIT, rf"{FREE}(?:{AMOUNT})(?:″|\"(?=[\s,.;)])|”(?=[\s,.;)]))")
def inches_alone(match: re.Match[str], locale: Locale) -> str | None:
    """A 12" record; but a number that ends a quotation has its quote."""
    mark = match.group()[-1]
    before = match.string[max(0, match.start() - 400) : match.start()]
    before = re.sub(r"(?<=[\d½¼¾])[\"”]", "", before)
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


RULES: tuple[Rule, ...] = (
    coordinate,
    sides,
    times_ten,
    height,
    measure,
    degrees,
    unit_alone,
    feet_alone,
    inches_alone,
)
