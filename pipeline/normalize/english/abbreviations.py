"""What is cut short in print is spoken in full; its full stop goes, unless a sentence ends."""

from __future__ import annotations

import re

from pipeline.normalize.english import context
from pipeline.normalize.english.counting import STREETS
from pipeline.normalize.english.numbers import digits
from pipeline.normalize.rule import Locale, Rule, any_of, rule

BEFORE_A_NAME = {
    "Mr": "Mister", "Mrs": "Missus", "Ms": "Miz", "Messrs": "Messieurs", "Mme": "Madame",
    "Mlle": "Mademoiselle", "Prof": "Professor", "Profs": "Professors", "Rev": "Reverend",
    "Revd": "Reverend", "Hon": "Honorable", "Fr": "Father", "Lt": "Lieutenant", "Col": "Colonel",
    "Gen": "General", "Capt": "Captain", "Capts": "Captains", "Cpt": "Captain", "Maj": "Major",
    "Sgt": "Sergeant", "Sergt": "Sergeant", "Cpl": "Corporal", "Pvt": "Private", "Pte": "Private",
    "Cmdr": "Commander", "Cdr": "Commander", "Comdr": "Commander", "Adm": "Admiral",
    "Gov": "Governor", "Sen": "Senator", "Sens": "Senators", "Rep": "Representative",
    "Reps": "Representatives", "Pres": "President", "Supt": "Superintendent", "Insp": "Inspector",
    "Det": "Detective", "Msgr": "Monsignor", "Mgr": "Monsignor", "Mt": "Mount", "Ft": "Fort",
    "Drs": "Doctors", "Amb": "Ambassador", "Brig": "Brigadier", "Atty": "Attorney",
    "Ald": "Alderman", "Dep": "Deputy", "Sec": "Secretary", "Treas": "Treasurer",
    "Hr": "Herr", "Sra": "Señora", "Srta": "Señorita", "Ofc": "Officer", "Sgts": "Sergeants",
    "Lieut": "Lieutenant", "Esqr": "Esquire", "Pt": "Point", "Cllr": "Councillor",
    "MM": "Messieurs",
    "Sqn": "Squadron",
    "Ldr": "Leader", "Flt": "Flight", "Gnr": "Gunner", "Pfc": "Private First Class",
    "Wg": "Wing", "Br": "Brother", "Rt": "Right", "Pfcs": "Privates First Class",
}  # fmt: skip
_RANKS = frozenset("Capt Lieut Lt Col Sgt Sergt Gen Maj Pte Pvt Cpl Supt Insp Rev Prof".split())
_THE = frozenset("the our my this that a his her their".split())
_ONLY_BEFORE_A_NAME = frozenset("Rep Sec Sen Hon Fr Gen Det Pt Mt Ft Col Dep Br Rt Wg Flt".split())
# Mr, Mrs and Dr are written without a full stop in Britain.
_BARE_TITLES = {
    word: BEFORE_A_NAME.get(word, "Doctor")
    for word in "Mr Mrs Ms Dr Messrs Mme Mlle Prof Revd Rev Capt Lt Col Sgt Maj Cpl Pte".split()
}
AFTER_A_NAME = {
    "Sr": "Senior", "Jr": "Junior", "Jnr": "Junior", "Snr": "Senior", "Esq": "Esquire",
    "Inc": "Incorporated", "Ltd": "Limited", "Corp": "Corporation", "Co": "Company",
    "Bros": "Brothers", "Cos": "Companies", "Assn": "Association", "Assoc": "Association",
    "Univ": "University", "Inst": "Institute", "Dept": "Department", "dept": "department",
    "depts": "departments", "Depts": "Departments", "Intl": "International", "Mfg": "Manufacturing",
    "Govt": "Government", "govt": "government", "Natl": "National", "Div": "Division",
    "bldg": "building", "Bldg": "Building", "Hosp": "Hospital", "Cem": "Cemetery", "Sch": "School",
}  # fmt: skip
WITH_A_NUMBER = {
    "No": "number", "no": "number", "Nos": "numbers", "nos": "numbers", "Nr": "number",
    "vol": "volume", "Vol": "Volume", "vols": "volumes", "Vols": "Volumes", "fig": "figure",
    "Fig": "Figure", "figs": "figures", "Figs": "Figures", "ch": "chapter", "Ch": "Chapter",
    "chap": "chapter", "Chap": "Chapter", "chaps": "chapters", "chs": "chapters", "p": "page",
    "pp": "pages", "P": "page", "pg": "page", "pgs": "pages", "sec": "section", "Sec": "Section",
    "sect": "section", "art": "article", "Art": "Article", "arts": "articles", "para": "paragraph",
    "paras": "paragraphs", "eq": "equation", "Eq": "Equation", "eqs": "equations", "pl": "plate",
    "Pl": "Plate", "pt": "part", "Pt": "Part", "pts": "parts", "bk": "book", "Bk": "Book",
    "ver": "version", "v": "verse", "vv": "verses", "l": "line", "ll": "lines", "n": "note",
    "nn": "notes", "ext": "extension", "Ext": "Extension", "tel": "telephone", "Tel": "Telephone",
    "Op": "Opus", "op": "opus", "Apt": "Apartment", "apt": "apartment", "Ste": "Suite",
    "Rm": "Room", "rm": "room", "Flt": "Flight", "ed": "edition", "ser": "series", "col": "column",
    "cols": "columns", "app": "appendix", "App": "Appendix", "tab": "table", "Tab": "Table",
    "ep": "episode", "Ep": "Episode", "Rte": "Route", "Hwy": "Highway", "fl": "flourished",
    "s": "section", "ss": "sections", "Ser": "Series", "sc": "scene", "Sc": "Scene",
    "Ex": "Example", "ex": "example", "f": "folio",
}  # fmt: skip
_SINGLE = frozenset("p P v l n f s ss".split())
ANYWHERE = {
    "vs": "versus", "approx": "approximately", "etc": "et cetera", "viz": "viz", "ibid": "ibid",
    "Ibid": "Ibid", "cf": "compare", "Cf": "Compare", "incl": "including", "excl": "excluding",
    "misc": "miscellaneous", "esp": "especially", "min": "minimum", "max": "maximum",
    "avg": "average", "temp": "temperature", "orig": "original", "attn": "attention",
    "anon": "anonymous", "Anon": "Anonymous", "est": "established", "Est": "Established",
    "mgr": "manager", "mgmt": "management", "mtg": "meeting", "yrs": "years", "wks": "weeks",
    "hrs": "hours", "mins": "minutes", "secs": "seconds", "inst": "instant", "ult": "ultimo",
    "prox": "proximo", "lbs": "pounds", "oz": "ounces", "doz": "dozen", "qty": "quantity",
    "ref": "reference", "Ref": "Reference", "abbr": "abbreviation", "pop": "population",
    "al": "al", "seq": "seq", "viz.": "viz", "cont": "continued", "dist": "distributed",
    "Ave": "Avenue", "Blvd": "Boulevard", "Rd": "Road", "Ln": "Lane", "Hwy": "Highway",
    "Pkwy": "Parkway", "Sq": "Square", "Ter": "Terrace", "Terr": "Terrace", "Pl": "Place",
    "Ct": "Court", "Cir": "Circle", "Cres": "Crescent", "Gdns": "Gardens", "Jct": "Junction",
    "Mts": "Mountains", "Mtn": "Mountain", "Is": "Islands", "Pk": "Park", "Bldg": "Building",
    "Rte": "Route", "Apt": "Apartment", "acct": "account", "asst": "assistant",
    "Asst": "Assistant", "cent": "cent", "lb": "pound", "hr": "hour", "yr": "year",
    "gns": "guineas",
    "vols": "volumes", "elev": "elevation", "bapt": "baptized", "edn": "edition",
    "eds": "editors", "recd": "received", "arr": "arrives", "assoc": "associate",
    "attrib": "attributed", "bros": "brothers",
    "Pty": "Proprietary", "Jan": "January", "tbsp": "tablespoon", "tsp": "teaspoon",
}  # fmt: skip
ANYWHERE |= {
    word.capitalize(): said.capitalize() for word, said in ANYWHERE.items() if word.islower()
}
# Words as they stand, which only a following mark or small letter shows to be cut short.
_ALSO_WORDS = frozenset("min max pop temp inst ult est ref seq dist cont".split())
_STREET_NAMES = frozenset("Ave Blvd Rd Ln Hwy Pkwy Sq Ter Terr Pl Ct Cir Cres Gdns".split())
STATES = {
    "Ala": "Alabama", "Ariz": "Arizona", "Ark": "Arkansas", "Calif": "California",
    "Colo": "Colorado", "Conn": "Connecticut", "Del": "Delaware", "Fla": "Florida", "Ga": "Georgia",
    "Ill": "Illinois", "Ind": "Indiana", "Kan": "Kansas", "Kans": "Kansas", "Ky": "Kentucky",
    "La": "Louisiana", "Md": "Maryland", "Mass": "Massachusetts", "Mich": "Michigan",
    "Minn": "Minnesota", "Miss": "Mississippi", "Mo": "Missouri", "Mont": "Montana",
    "Neb": "Nebraska", "Nebr": "Nebraska", "Nev": "Nevada", "Okla": "Oklahoma", "Ore": "Oregon",
    "Pa": "Pennsylvania", "Penn": "Pennsylvania", "Tenn": "Tennessee", "Tex": "Texas",
    "Va": "Virginia", "Vt": "Vermont", "Wash": "Washington", "Wis": "Wisconsin", "Wyo": "Wyoming",
    "Ont": "Ontario", "Que": "Quebec",
}  # fmt: skip
POSTAL = {
    "AL": "Alabama", "AK": "Alaska", "AZ": "Arizona", "AR": "Arkansas", "CA": "California",
    "CO": "Colorado", "CT": "Connecticut", "DE": "Delaware", "FL": "Florida", "GA": "Georgia",
    "HI": "Hawaii", "ID": "Idaho", "IL": "Illinois", "IN": "Indiana", "IA": "Iowa",
    "KS": "Kansas", "KY": "Kentucky", "LA": "Louisiana", "ME": "Maine", "MD": "Maryland",
    "MA": "Massachusetts", "MI": "Michigan", "MN": "Minnesota", "MS": "Mississippi",
    "MO": "Missouri", "MT": "Montana", "NE": "Nebraska", "NV": "Nevada", "NH": "New Hampshire",
    "NJ": "New Jersey", "NM": "New Mexico", "NY": "New York", "NC": "North Carolina",
    "ND": "North Dakota", "OH": "Ohio", "OK": "Oklahoma", "OR": "Oregon", "PA": "Pennsylvania",
    "RI": "Rhode Island", "SC": "South Carolina", "SD": "South Dakota", "TN": "Tennessee",
    "TX": "Texas", "UT": "Utah", "VT": "Vermont", "VA": "Virginia", "WA": "Washington",
    "WV": "West Virginia", "WI": "Wisconsin", "WY": "Wyoming", "DC": "D C",
}  # fmt: skip
# Before "St." these are no name of a street: what follows is a saint.
_PLACES = frozenset(
    "Lake Port Fort Ft Mount Mt Cape Bay Sault East West North South Old New Downtown Upper Lower "
    "River Isle Island Church Chapel Cathedral Hospital Abbey Bishop Saint Sts Great Little".split()
)


def _named(word: str) -> bool:
    """Whether a word is a name, as far as its capital shows."""
    return word[:1].isupper() and word not in context.OPENERS


@rule(
    "title",
    "abbreviation",
    frozenset(BEFORE_A_NAME),
    rf"(?P<word>{any_of(BEFORE_A_NAME)})\.(?=[_*]*(?:\s|-)+(?:[“\"‘'(_*]?[A-Z]|and\b|&|de\b"
    rf"|du\b|le\b|la\b|des\b|von\b|van\b|the\b|d['’]|\d)|\s+[a-z]|\s*$|,|[A-Z])",
)
def title(match: re.Match[str], locale: Locale) -> str | None:
    """Mr. is Mister, Gen. General: before a name, or before "and" and another title."""
    word = match["word"]
    if word in WITH_A_NUMBER and re.match(r"\s\d", context.right(match, 2)):
        return None
    ordered = re.search(r"\d(?:st|nd|rd|th)\s$", context.left(match, 6))
    if word in _RANKS and (ordered or context.before(match).lower() in _THE):
        return BEFORE_A_NAME[word] + context.stop(match)
    if word in _ONLY_BEFORE_A_NAME and not re.match(r"\s+(?:[A-Z]|and\b)", context.right(match)):
        return None
    if re.match(
        r"\s+(?!and\b|de\b|du\b|le\b|la\b|des\b|von\b|van\b|d['’]|the\b)[a-z]", context.right(match)
    ):
        return None
    gap = " " if re.match(r"[A-Z]", context.right(match, 1)) else ""
    said = BEFORE_A_NAME[word]
    said = "Honourable" if said == "Honorable" and locale.metre else said
    return said + gap


@rule(
    "bare title",
    "abbreviation",
    frozenset(_BARE_TITLES),
    rf"(?P<word>{any_of(_BARE_TITLES)})(?=\s+(?:[A-Z]|(?:and|&)\s+(?:Mrs|Mr|Ms|Dr)\b))",
)
def bare_title(match: re.Match[str], locale: Locale) -> str | None:
    """Mr Orr, Dr Watson: the British write no full stop; "Elm Dr" before a name is a street."""
    if match["word"] == "Dr" and re.search(r"\d[\w\s]*$", context.left(match, 30)):
        return None
    return _BARE_TITLES[match["word"]]


@rule("doctor", "abbreviation", frozenset(("Dr",)), r"Dr\b\.?")
def doctor(match: re.Match[str], locale: Locale) -> str | None:
    """Dr. Smith lives on Elm Dr."""
    follows = re.match(r"\s+[“\"‘'(]?([A-Z][\w'’.-]*)", context.right(match))
    before = context.before(match)
    if re.match(r"\s+(?:and|&)\s+(?:Mrs|Mr|Ms|Dr)\b", context.right(match)):
        return "Doctor"
    is_street = _named(before) and (not follows or follows[1] in context.OPENERS)
    if is_street:
        return "Drive" + context.stop(match)
    if follows or match.group().endswith("."):
        return "Doctor" + ("" if follows else context.stop(match))
    return None


@rule("saint", "abbreviation", frozenset(("St",)), r"St\b(?P<stop>\.?)(?P<own>['’]s)?")
def saint(match: re.Match[str], locale: Locale) -> str | None:
    """St. Mary St.: a saint stands before a name, a street behind one."""
    follows = re.match(r"\s+([A-Z][\w'’.-]*)", context.right(match))
    before = _before_street(match)
    if re.search(r"\d(?:st|nd|rd|th)\s+$|\bOld\s$", context.left(match)) and (
        match["stop"] or not follows
    ):
        return "Street" + (match["own"] or "") + context.stop(match)
    if before and (not follows or follows[1] in context.OPENERS or _has_number(match)):
        return "Street" + (match["own"] or "") + context.stop(match)
    if follows or re.match(r"-[A-Z]", context.right(match, 2)):
        return "Saint"
    return None if not match["stop"] else "Saint" + context.stop(match)


def _before_street(match: re.Match[str]) -> bool:
    """Whether the name of a street stands before: "Elm", "42nd"; not "Lake", nor "In"."""
    left = context.left(match)
    if re.search(r"\d(?:st|nd|rd|th)\s+$", left):
        return True
    word = context.before(match)
    return _named(word) and word not in _PLACES


def _has_number(match: re.Match[str]) -> bool:
    return bool(re.search(r"\b\d{1,5}[A-Z]?\s+(?:[A-Z][\w.'’]*\s+){1,3}$", context.left(match)))


@rule(
    "street",
    "abbreviation",
    _STREET_NAMES,
    rf"(?P<word>{any_of(sorted(_STREET_NAMES))})\b\.?",
)
def street(match: re.Match[str], locale: Locale) -> str | None:
    """Fifth Ave, 12 Oak Ln.: behind a name."""
    before = context.before(match)
    ordinal_before = re.search(r"\d(?:st|nd|rd|th)\s+$", context.left(match))
    if not (_named(before) or ordinal_before):
        return None
    if (
        not match.group().endswith(".")
        and match["word"] in ("Pl", "Ct", "Ter", "Sq", "Cir")
        and not _has_number(match)
    ):
        return None
    return ANYWHERE[match["word"]] + context.stop(match)


_WAYS = {"N": "north", "S": "south", "E": "east", "W": "west"}


@rule(
    "direction",
    "abbreviation",
    frozenset("N S E W NE NW SE SW".split()),
    rf"(?:(?<=\d )(?P<way>N\.?E|N\.?W|S\.?E|S\.?W|[NSEW])\b\.?|(?P<dotted>[NSEW])\.)"
    rf"(?=\s+(?:[A-Z][\w'’.]*\s+|\d{{1,3}}(?:st|nd|rd|th)\s+){{1,3}}(?:{any_of(STREETS)})\b)",
)
def direction(match: re.Match[str], locale: Locale) -> str:
    """123 N. Main Street."""
    way = match["way"] or match["dotted"]
    return "".join(_WAYS[letter] for letter in way if letter != ".").capitalize()


_NUNS = frozenset(
    "Agnes Angela Anne Bernadette Catherine Cecilia Clare Elizabeth Helen Joan Lucy Margaret Maria "
    "Mary Monica Rose Teresa Theresa Ursula Veronica".split()
)


@rule(
    "name's end",
    "abbreviation",
    frozenset(AFTER_A_NAME),
    rf"(?P<word>{any_of(AFTER_A_NAME)})\b(?P<stop>\.)?(?P<own>['’]s)?",
)
def suffix(match: re.Match[str], locale: Locale) -> str | None:
    """James Page Sr., Smith & Co.; the stop is spoken for by the word unless the sentence ends."""
    word = match["word"]
    before = context.before(match)
    if word == "Co" and re.match(r"\s[A-Z]\b(?!\.)", context.right(match)):
        return "Company"
    if word == "Co" and re.match(r",\s(?:[A-Z][a-z]+\.|[A-Z]{2}\b)", context.right(match)):
        return "County"
    if word == "Sr" and re.match(r"\s[A-Z]", context.right(match, 2)) and not _named(before):
        return "Sister" if context.after(match) in _NUNS else "Señor"
    if not match["stop"] and (
        word not in ("Jr", "Sr", "Esq", "Ltd", "Inc", "Corp", "Jnr", "Snr", "Dept", "Bros")
        or not before
    ):
        return None
    if word == "Co" and not (
        before[:1].isupper() or re.search(r"(?:&|and|[.,])\s$", context.left(match, 5))
    ):
        return None
    return AFTER_A_NAME[word] + (match["own"] or "") + context.stop(match)


@rule(
    "number word",
    "abbreviation",
    frozenset(WITH_A_NUMBER),
    rf"(?P<word>{any_of(WITH_A_NUMBER)})(?:\.?(?=\s?\d)|\.(?=\s[ivxlc]+\b))",
)
def with_number(match: re.Match[str], locale: Locale) -> str | None:
    """No. 5, vol. 2, pp. 12-14: only before a number, for "no." and "fig." are words, too."""
    word = match["word"]
    if word in _SINGLE and (
        re.search(r"[\d)]\s?$", context.left(match, 2))
        or not re.match(r"\w+\.|p\s", match.group() + context.right(match, 1))
    ):
        return "version " if word == "v" and not match.group().endswith(".") else None
    if word == "v" and not context.right(match, 1).isspace():
        return "version "
    opens = not context.left(match).strip() or re.search(r"[.!?]\s+$", context.left(match))
    said = WITH_A_NUMBER[word]
    if (
        word in ("v", "vv")
        and not re.search(r"[,;(]\s$|\band\s$", context.left(match))
        and word == "v"
    ):
        said = "verse"
    gap = "" if context.right(match, 1).isspace() else " "
    return (said.capitalize() if opens and word[0].isupper() else said) + gap


@rule("number sign", "abbreviation", r"[№#]", r"(?:№|#)\s?(?=\d)")
def number_sign(_: re.Match[str], __: Locale) -> str:
    """#5 is number five."""
    return "number "


@rule(
    "Latin",
    "abbreviation",
    r"[eiEI]",
    r"(?:(?P<eg>[eE]\.\s?g\b\.?)|(?P<ie>[iI]\.\s?e\b\.?))",
)
def latin(match: re.Match[str], locale: Locale) -> str:
    """e.g. is for example, i.e. that is."""
    said = "for example" if match["eg"] else "that is"
    return said.capitalize() if match.group()[0].isupper() else said


@rule(
    "versus",
    "abbreviation",
    frozenset(("vs", "v")),
    r"(?<=\w\s)\bvs\b\.?|(?<=[A-Za-z.]\s)\bv\b\.?(?=\s[A-Z])",
)
def versus(match: re.Match[str], locale: Locale) -> str:
    """England vs Wales, Roe v. Wade."""
    return "versus"


@rule("circa", "abbreviation", r"c", r"(?:ca|c)\.\s?(?=(?:A\.?D\.?\s?)?\d)")
def circa(match: re.Match[str], locale: Locale) -> str:
    """c. 1850."""
    return "circa "


@rule(
    "life",
    "abbreviation",
    r"[bdr]",
    r"(?<=[(,;]\s|.\()\b(?P<word>[bdr])\.(?=\s\d{3,4}\b)|(?<=\()(?P<first>[bdr])\.(?=\s\d{3,4}\b)",
)
def life(match: re.Match[str], locale: Locale) -> str:
    """(b. 1850), (d. 1900)."""
    return {"b": "born", "d": "died", "r": "reigned"}[match["word"] or match["first"]]


_SURE_STATES = frozenset(
    "Ariz Calif Conn Fla Mich Minn Mont Neb Nebr Nev Okla Penn Tenn Tex Wis Wyo".split()
)


@rule(
    "state",
    "abbreviation",
    frozenset(STATES),
    rf"(?<=[\s-])(?P<word>{any_of(STATES)})\.",
)
def state(match: re.Match[str], locale: Locale) -> str | None:
    """Springfield, Ill.; as journalists write states, behind a town."""
    town = re.search(r"[A-Z][\w'’.]+,\s$|\b[DRI]-$", context.left(match))
    beside = re.match(
        rf"\s(?:and|or|to)\s(?:{any_of(STATES)})\.", context.right(match)
    ) or re.search(rf"\b(?:{any_of(STATES)})\.\s(?:and|or|to)\s$", context.left(match))
    sure = match["word"] in _SURE_STATES or beside
    return STATES[match["word"]] + context.stop(match) if town or sure else None


@rule(
    "postal code",
    "address",
    frozenset(word for name in (*POSTAL, *POSTAL.values()) for word in name.split()),
    rf"(?P<state>{any_of({*POSTAL, *POSTAL.values()})})(?P<gap>\s+)"
    rf"(?P<zip>\d{{5}})(?:-(?P<four>\d{{4}}))?(?![\w.,]\d)\b",
)
def postal(match: re.Match[str], locale: Locale) -> str:
    """Springfield, IL 62704."""
    four = f", {digits(match['four'])}" if match["four"] else ""
    return f"{POSTAL.get(match['state'], match['state'])} {digits(match['zip'])}{four}"


_MAY_END = frozenset(
    "etc al ibid viz seq inst ult prox min max hrs yrs wks mins secs lbs oz doz misc temp pop "
    "pty mtn mts".split()
)


_BEHIND = {"al": "et", "cent": "per"}
_BEHIND_A_NAME = _STREET_NAMES | {"Is", "Pk", "Jct"}


@rule(
    "short form",
    "abbreviation",
    frozenset(ANYWHERE),
    rf"(?P<word>{any_of(ANYWHERE)})\.(?P<stop>)",
)
def short_form(match: re.Match[str], locale: Locale) -> str | None:
    """approx., vs., etc.: wherever they stand; what is a word as well needs more to show it."""
    word = match["word"]
    if word in _BEHIND and not re.search(rf"\b{_BEHIND[word]}\s$", context.left(match, 5)):
        return None
    if word.lower() in _ALSO_WORDS and not re.match(r"\s*[,;)]|\s+[a-z\d]", context.right(match)):
        return None
    if word in _BEHIND_A_NAME and not _named(context.before(match)):
        return None
    may_end = word in _BEHIND_A_NAME or word.lower() in _MAY_END
    return ANYWHERE[word] + (context.stop(match, before_names=False) if may_end else "")


@rule("slashed word", "abbreviation", r"[wcbWC]", r"(?:w/o\b|w/(?=\s?\w)|c/o\b|b/c\b)")
def slashed_word(match: re.Match[str], locale: Locale) -> str:
    """w/ and w/o of notes and recipes, c/o of addresses."""
    said = {"w/o": "without", "w/": "with", "c/o": "care of", "b/c": "because"}[match.group()]
    return said + (" " if context.right(match, 1).isalnum() else "")


@rule("and", "abbreviation", r"[’'‘]", r"(?<!\w)[’'‘][nN][’'](?!\w)")
def and_(_: re.Match[str], __: Locale) -> str:
    """rock 'n' roll."""
    return "and"


GIVEN_NAMES = {
    "Geo": "George", "Wm": "William", "Chas": "Charles", "Thos": "Thomas", "Jno": "John",
    "Jas": "James", "Robt": "Robert", "Benj": "Benjamin", "Saml": "Samuel", "Danl": "Daniel",
    "Edw": "Edward", "Fredk": "Frederick", "Jos": "Joseph", "Richd": "Richard", "Theo": "Theodore",
}  # fmt: skip


@rule(
    "given name",
    "abbreviation",
    frozenset(GIVEN_NAMES),
    rf"(?P<word>{any_of(GIVEN_NAMES)})\.(?=\s+[A-Z])",
)
def given_name(match: re.Match[str], locale: Locale) -> str:
    """Wm. Orr, Geo. III.: how letters and registers wrote them."""
    return GIVEN_NAMES[match["word"]]


@rule(
    "yours",
    "abbreviation",
    frozenset(("Yrs", "yrs")),
    r"[Yy]rs\.(?=\s(?:truly|ever|sincerely|faithfully|affectionately|obediently|respectfully|always)\b)",
)
def yours(match: re.Match[str], locale: Locale) -> str:
    """Yrs. truly."""
    return "Yours" if match.group()[0] == "Y" else "yours"


@rule("and the rest", "abbreviation", r"&", r"&c\b\.?")
def and_the_rest(match: re.Match[str], locale: Locale) -> str:
    """&c. is et cetera."""
    return "et cetera" + context.stop(match)


_SIDED = {
    "W. Va.": "West Virginia", "N. Dak.": "North Dakota", "S. Dak.": "South Dakota",
    "N. Mex.": "New Mexico", "N. Car.": "North Carolina", "S. Car.": "South Carolina",
}  # fmt: skip


@rule("sided state", "abbreviation", r"[NSW]", rf"(?P<state>{any_of(_SIDED)})")
def sided(match: re.Match[str], locale: Locale) -> str:
    """W. Va."""
    return _SIDED[match["state"]] + context.stop(match)


@rule(
    "state alone",
    "abbreviation",
    frozenset(POSTAL),
    rf"(?<=[a-z],\s)(?P<state>{any_of(POSTAL)})\b(?!\s\d)\.?",
)
def state_alone(match: re.Match[str], locale: Locale) -> str | None:
    """Dallas, TX."""
    town = re.search(r"\b[A-Z][a-z'’.]+(?:\s[A-Z][a-z]+)?,\s$", context.left(match))
    return POSTAL[match["state"]] + context.stop(match) if town else None


_COMPASS = "NE NW SE SW NNE ENE ESE SSE SSW WSW WNW NNW".split()


@rule(
    "compass",
    "abbreviation",
    frozenset(_COMPASS),
    rf"(?P<way>{any_of(_COMPASS)})\b(?=\s(?:of|\d|winds?|corner|coast|wall)\b|\s\d)",
)
def compass(match: re.Match[str], locale: Locale) -> str:
    """SSW of the town, NW 10 mph."""
    *first, one, two = (_WAYS[letter] for letter in match["way"])
    return " ".join([*first, one + two])


RULES: tuple[Rule, ...] = (
    yours,
    given_name,
    compass,
    sided,
    postal,
    state_alone,
    latin,
    with_number,
    circa,
    life,
    state,
    doctor,
    saint,
    title,
    bare_title,
    street,
    direction,
    suffix,
    versus,
    slashed_word,
    short_form,
    and_,
)
