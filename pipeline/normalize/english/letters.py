"""Letters that stand for words, and words in letters that shout."""

from __future__ import annotations

import re

from pipeline.normalize.english import context
from pipeline.normalize.english.numbers import cardinal
from pipeline.normalize.rule import Locale, Rule, any_of, rule
from pipeline.normalize.titles import SMALL_WORDS

# Names that are said letter by letter, or as a word of their own, and keep their capitals among
# other loud words. IT, US, AM, OK and their like are words there: "STOP IT NOW".
ACRONYMS = frozenset(
    "ASAP FYI INXS REM NYSE BMW TBA TBD FAQ ETA DIY PM MP AAA ABC ACLU AFL AI AIDS AKA AMC AOL "
    "API APR ATM ATP AWOL BBC BC BBQ BCE BMW BP CBC CBE CBS CCTV CD CDC CE CEO CFO CGI CIA CIO "
    "CNN COO COVID CPA CPI CPR CPU CSI CT CTO DA DC DEA DHS DIY DJ DNA DOA DOJ DOS DVD EEC EMI "
    "EMT EPA ER ESP ESPN ETA EU FAA FAQ FBI FCC FDA FDR FEMA FIFA FM FTC GCHQ GDP GI GM GMO GMT "
    "GOP GP GPA GPS GPU HBO HIV HMS HR HQ HTML HTTP IBM ICBM ICU ID IMF IOU IPO IQ IRA IRS ISBN "
    "ISP IV IVF JFK KFC KGB LA LCD LED LGBT LP LSD MBA MC MGM MIT MLB MP MPG MPH MRI MSG MTV MVP "
    "NAACP NAFTA NASA NASDAQ NATO NBA NBC NCAA NFL NGO NHL NHS NPR NRA NSA NSW NY NYC NYPD NYT "
    "OAP OBE OECD OPEC OSHA OSS PA PBS PC PDF PhD PIN PLC PM POV POW PR PTA PTSD QC RAF RAM RCA "
    "RCMP RFK RIP RN RNA ROM ROTC RSVP RV SARS SAS SAT SCUBA SEC SIM SMS SOS SPF SQL SS SUV SWAT "
    "TB TNT TSA TV UAE UCLA UEFA UFO UK UN UNESCO UNICEF URL USA USAF USB USMC USN USS USSR UV "
    "VAT VCR VIP "
    "VP WASP WHO WTO WWF WWI WWII XML YMCA YWCA ZIP".split()
)
# Of them, those that are words as well: loud among others, they shout.
_ALSO_WORDS = frozenset(
    "LED RAM ROM PIN SIM SAT WHO ER LA ID AIDS SWAT WASP ZIP RIP ABC MC AM IV".split()
)
# Words that people print in capitals to say them louder.
_SHOUTED = frozenset(
    "absolutely again all alone always and any anything are awake away bad be because before "
    "been best big "
    "but can can't come could couldn't dead definitely did didn't die do does doesn't don't "
    "down enough "
    "ever every everyone everything exactly fast find fire for forever free from get give go "
    "going gone good "
    "great had has hate have haven't he hear hello help her here hers herself hey him himself "
    "his home how "
    "i'll i'm i've if is isn't its just keep kill know last leave let like listen little live "
    "look love made "
    "make many me more most much must my myself need never new no nobody none not nothing now "
    "of off oh old "
    "on once one only open our out over people please quiet really right run said same save "
    "say see shall she "
    "should shouldn't shut so some someone something stay still stop such sure take talk tell "
    "than thank that "
    "that's the their them then there there's these they they're thing things think this those "
    "time to "
    "today together told too true two until up very wait want was wasn't watch we we're well "
    "went were weren't "
    "what what's when where which while why will win with without won't words work would "
    "wouldn't wow wrong "
    "yes yesterday you you'll you're your yours yourself".split()
)
_DEGREES = {
    "Ph.D": "P H D", "PhD": "P H D", "Ph.Ds": "P H Ds", "PhDs": "P H Ds", "M.Sc": "M S C",
    "B.Sc": "B S C", "D.Phil": "D Phil", "Litt.D": "Lit D", "Ed.D": "Ed D", "Psy.D": "Psy D",
    "M.Ed": "M Ed", "B.Ed": "B Ed", "Pharm.D": "Pharm D", "M.Phil": "M Phil", "LL.D": "L L D",
    "LL.B": "L L B", "LL.M": "L L M", "Th.D": "T H D", "Mus.D": "Mus D", "M.Div": "M Div",
}  # fmt: skip
_CAPITAL = "A-ZÀ-ÖØ-Þ"
_LOUD = rf"[{_CAPITAL}]{{2,}}(?:['’][{_CAPITAL}]+)?\b"
_LOUD_WORD = re.compile(rf"\b{_LOUD}")
_RUN_WORD = rf"(?:[{_CAPITAL}][{_CAPITAL}.'’]*|&)"
_RUN_BEFORE = re.compile(rf"(?:(?<![\w'’]){_RUN_WORD}[\s,;:—–-]+)+$")
_RUN_AFTER = re.compile(rf"\.?(?:[\s,;:—–-]+{_RUN_WORD}(?![\w'’]))+")
_LOUD_NAME = re.compile(r"\s(?:[A-Z]\.\s?){0,3}[A-Z]{2,}\b")
# After these a letter is a name, and a full stop behind it ends a sentence.
_LETTERED = frozenset(
    "company battery troop squadron plan vitamin type grade class point letter exhibit option "
    "group team section hepatitis room block part side model row gate appendix version form unit "
    "zone area sample phase stage case schedule "
    "column figure track channel note key major minor platform wing level lot door box bus".split()
)


@rule(
    "degree",
    "letters",
    frozenset(word.partition(".")[0] for word in _DEGREES),
    rf"(?P<word>{any_of(_DEGREES)})\b(?P<stop>\.?)",
)
def degree(match: re.Match[str], locale: Locale) -> str:
    """Ph.D. is P H D."""
    return _DEGREES[match["word"]] + context.stop(match)


# A letter and what may follow it does not end a sentence: "P.S. I love you."
_NEVER_LAST = frozenset(("P.S.", "P.P.S.", "N.B.", "Q.", "A."))


@rule(
    "dotted letters",
    "letters",
    r"[A-Za-z]",
    r"(?<!\.)\b(?P<letters>(?:[A-Za-z]\.){1,8}[A-Za-z])\b(?P<stop>\.?)(?P<own>['’]s\b)?(?P<many>s\b)?(?![@]|[^\W\d])",
)
def dotted(match: re.Match[str], locale: Locale) -> str | None:
    """U.S. Army, J.R.R. Tolkien, R.S.V.P.: letters, without a rest."""
    letters = match["letters"].replace(".", "")
    if letters.islower() and not match["stop"]:
        return None
    said = " ".join(letters.upper())
    if letters[-1] == "s" and letters[:-1].isupper() and not match["stop"]:  # the M.P.s
        return f"{' '.join(letters[:-1])}s"
    if match["own"] or match["many"]:
        return f"{said}'s" if match["own"] else f"{said}s"
    is_initials = _are_initials(match) or match.group() in _NEVER_LAST
    gap = " " if re.match(r"[A-Z\d]", context.right(match, 1)) else ""
    return said + ("" if is_initials else context.stop(match)) + gap


def _are_initials(match: re.Match[str]) -> bool:
    """Before a surname: "E.M. Forster"; what opens sentences is none."""
    following = context.after(match) if context.right(match, 1).isspace() else ""
    return following[:1].isupper() and following not in context.OPENERS


@rule(
    "initial",
    "letters",
    r"[A-Z]",
    r"(?<![.'’])(?P<letter>(?<![AP] )M|[A-LN-Z])\.(?=[\s-]|[A-Z][a-z]|,)",
)
def initial(match: re.Match[str], locale: Locale) -> str | None:
    """J. R. Winter, John F. Kennedy; but "plan B. The end" and "So did I. Then" end sentences."""
    follows = re.match(r"\s?([A-Z][\w'’]*\.?)", context.right(match))
    if match["letter"] == "M" and _is_monsieur(match):
        return "Monsieur"
    if re.search(r"\b[A-Z]\.\s?$", context.left(match, 4)) and re.match(
        r"[,;:]", context.right(match, 1)
    ):
        return match["letter"]
    if not follows:
        named = context.before(match) in ("the", "The") and re.match(
            r"\s[a-z]", context.right(match, 2)
        )
        return match["letter"] if named or _SPECIES.match(match.string, match.end()) else None
    word = follows[1]
    before = context.before(match)
    if word.rstrip(".") in context.OPENERS and not (len(word) == 2 and word[1] == "."):
        return None
    chained = re.match(r"\s?[A-Z]\.", context.right(match))
    if before.lower() in _LETTERED or (
        match["letter"] == "I" and not chained and (before.islower() or not before)
    ):
        return None
    gap = "" if context.right(match, 1).isspace() else " "
    return match["letter"] + gap


_SPECIES = re.compile(
    r"\s(?:coli|rex|elegans|aureus|sapiens|erectus|difficile|pylori|melanogaster)\b"
)


def _is_monsieur(match: re.Match[str]) -> bool:
    """M. Renard: a lone surname behind it, and no other name before."""
    start = match.start()
    opens = start < context.REACH and not match.string[:start].strip("“\"‘'(_* \n")
    signed = opens and re.match(r"\s[A-Z][\w'’-]+[.,]?[”\"]?\s*$", context.right(match))
    if signed or match["letter"] != "M" or context.before(match)[:1].isupper():
        return False
    following = r"\s(?:(?:de|du|le|la)\s|d['’])?[A-Z][a-zà-ÿ]+\b(?!\s[A-Z])|\sand\sMme\b"
    return re.match(following, context.right(match)) is not None


@rule("lone letter", "letters", r"[a-z]", r"(?:[a-z]\.\s?){2,6}")
def lettered(match: re.Match[str], locale: Locale) -> str | None:
    """m.p.h., a.k.a., r.s.v.p.; "a. b. c." as well."""
    letters = re.sub(r"[.\s]", "", match.group())
    spaced = match.group().endswith((" ", "\n"))
    text = " ".join(letters.upper())
    if letters == "aka":
        text = "also known as"
    end = "." if not spaced and context.ends_sentence(match) else ""
    return text + end + (" " if spaced else "")


_LOUD_TITLES = {
    "MR": "Mister", "MRS": "Missus", "MS": "Miz", "DR": "Doctor", "ST": "Saint",
    "REV": "Reverend", "CAPT": "Captain", "COL": "Colonel", "LT": "Lieutenant",
    "SGT": "Sergeant", "PROF": "Professor", "GEN": "General",
}  # fmt: skip


@rule(
    "loud title",
    "capitals",
    frozenset(_LOUD_TITLES),
    r"(?P<word>[A-Z]+)\b\.?(?=\s+[A-Z])",
)
def loud_title(match: re.Match[str], locale: Locale) -> str | None:
    """MR. DARCY, in a heading."""
    if not _LOUD_NAME.match(match.string, match.end()):
        return None
    return _LOUD_TITLES[match["word"]]


@rule("capitals", "capitals", rf"[{_CAPITAL}]", _LOUD)
def capitals(match: re.Match[str], locale: Locale) -> str | None:
    """A word in capitals beside another is part of something loud, not letters: Led Zeppelin.

    Acronyms stay, and so do Roman numerals and words without a vowel. Alone, only common words
    are taken for shouting.
    """
    word = match.group()
    if not _is_loud(match):
        lone = word.replace("’", "'").lower()
        return None if lone not in _SHOUTED else _as_the_sentence_has_it(match, lone)
    if _is_acronym(word) and not (word in _ALSO_WORDS and _is_loud_all_over(match)):
        return None
    lower = word.lower().replace("’", "'")
    opens = not context.left(match).strip() or re.search(r"[.!?:“\"]\s*$", context.left(match))
    return lower if lower in SMALL_WORDS and not opens else lower.capitalize()


def _is_acronym(word: str) -> bool:
    bare = re.sub(r"['’]S$", "", word)
    if bare in ACRONYMS or (re.fullmatch(r"[IVX]{2,}", bare) is not None):
        return True
    return not re.search(r"[AEIOUY]", bare)


def _is_loud(match: re.Match[str]) -> bool:
    """Whether another word beside it, or a little further, shouts: one that is no acronym."""
    return any(not _is_acronym(word) or word in _ALSO_WORDS for word in _beside(match))


def _is_loud_all_over(match: re.Match[str]) -> bool:
    """Beside a word that is surely none of letters: LED ZEPPELIN."""
    return any(not _is_acronym(word) for word in _beside(match))


def _beside(match: re.Match[str]) -> list[str]:
    """The other words of a run in capitals; a comma parts short ones, which may be a list."""
    leading = _RUN_BEFORE.search(context.left(match))
    following = _RUN_AFTER.match(match.string, match.end(), match.end() + context.REACH)
    found = [run[0] for run in (leading, following) if run]
    words = [word for run in found for word in _LOUD_WORD.findall(run)]
    if any(re.search("[,;:]", run) for run in found) and len(match.group()) < 5:
        words = [word for word in words if len(word) > 4]
    return words


def _as_the_sentence_has_it(match: re.Match[str], word: str) -> str:
    opens = not context.left(match).strip() or re.search(r"[.!?“\"‘]\s*$", context.left(match))
    return word.capitalize() if opens or (word[0] == "i" and word[1:2] == "'") else word


@rule("ampersand of letters", "symbol", r"[A-Z]", r"(?P<one>[A-Z]{1,3})&(?P<two>[A-Z]{1,3})\b")
def ampersand(match: re.Match[str], locale: Locale) -> str:
    """R&D, AT&T, Q&A."""
    return f"{' '.join(match['one'])} and {' '.join(match['two'])}"


_ELEMENTS = (
    "He Li Be Ne Na Mg Al Si Cl Ar Ca Ti Cr Mn Fe Ni Cu Zn Br Ag Sn Pt Au Hg Pb H B C N O F P "
    "S K I U"
).split()
_FORMULA = rf"(?:(?:{any_of(_ELEMENTS)})(?:\d{{1,2}}|[₀-₉]{{1,2}})?){{1,8}}"


@rule(
    "formula",
    "chemistry",
    r"[A-Z]",
    rf"{_FORMULA}(?![\w₀-₉])(?<=[\dA-Za-z₀-₉])",
)
def formula(match: re.Match[str], locale: Locale) -> str | None:
    """H2O is H two O, CO2 C O two; B-52 and U2 are something else and sound the same."""
    text = match.group()
    if text.isalpha():
        return None
    atoms = re.findall(rf"({any_of(_ELEMENTS)})(\d+|[₀-₉]+)?", text)
    if (
        len(atoms) < 2
        and text not in {"O2", "O3", "N2", "H2", "Cl2", "F2", "O₂", "O₃", "N₂", "H₂"}
        and text.isascii()
    ):
        return None
    said = []
    for atom, count in atoms:
        said.append(" ".join(atom.upper()) if len(atoms) > 1 or len(atom) == 1 else atom)
        if count:
            said.append(cardinal(int(count.translate(_SUBSCRIPT))))
    return " ".join(said)


_SUBSCRIPT = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")


_OATHS = {"d—n": "damn", "d—d": "damned", "d—": "damn", "h—l": "hell", "g—d": "god", "b—h": "bitch"}


@rule(
    "oath",
    "verbatim",
    frozenset("DdHhGgBb"),
    r"(?P<oath>[Dd][—–-]+[nd]|[Hh][—–-]+l|[Gg][—–-]+d|[Bb][—–-]+h)\b",
)
def oath(match: re.Match[str], locale: Locale) -> str | None:
    """ "D—n it": what printers would not set, readers say."""
    if "—" not in match["oath"] and "--" not in match["oath"]:
        return None
    said = _OATHS[f"{match['oath'][0].lower()}—{match['oath'][-1]}"]
    return said.capitalize() if match["oath"][0].isupper() else said


@rule(
    "blank",
    "verbatim",
    r"[⸺—]",
    r"(?P<name>(?<=\b[A-Z])|(?<=\b[A-Z][a-z]))(?:⸺|—{2,3})(?=[\s.,;:!?’'”\"]|$)"
    r"|(?<![^\s“\"‘(])(?:⸺|—{1,3})\u2060?(?=shire\b)",
)
def blank(match: re.Match[str], locale: Locale) -> str:
    """Colonel F——, the ——shire: names that an author would not give."""
    return " blank" if match["name"] is not None else "blank-"


RULES: tuple[Rule, ...] = (
    blank,
    oath,
    formula,
    degree,
    dotted,
    lettered,
    initial,
    ampersand,
    loud_title,
    capitals,
)
