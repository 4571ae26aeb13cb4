"""How French is read aloud."""

from __future__ import annotations

import re

from pipeline.normalize.languages.rules import rules
from pipeline.normalize.languages.shared import DIGIT, ends_here, year_of_date
from pipeline.normalize.languages.table import (
    Gender,
    Language,
    Noun,
    country,
    currencies,
    nouns,
    phrases,
)
from pipeline.normalize.rule import Locale, Rule, any_of, first_words, rule
from pipeline.normalize.titles import NUMERALS, value_of

_ONES = (
    "zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize "
    "dix-sept dix-huit dix-neuf"
).split()
_TENS = "_ dix vingt trente quarante cinquante soixante".split()
_SCALES = ((10**12, "billion"), (10**9, "milliard"), (10**6, "million"))
_MONTHS = (
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split()
)
# Switzerland is of two minds about 80; all of it understands quatre-vingts.
_SEPTANTE = frozenset({"BE", "CH", "CD", "RW", "BI"})


def cardinal(number: int, gender: Gender, locale: Locale) -> str:
    """vingt et un, quatre-vingts, deux cents; in Belgium and Switzerland septante and nonante."""
    words = []
    for size, name in _SCALES:
        count, number = divmod(number, size)
        if count:
            words.append(f"{cardinal(count, '', locale)} {name}{'s' if count > 1 else ''}")
    thousands, rest = divmod(number, 1000)
    if thousands:
        # "mille" takes no plural, and what stands before it loses its own.
        words.append(
            f"{_hundreds(thousands, '', locale, last=False)} mille" if thousands > 1 else "mille"
        )
    if rest or not (words or thousands):
        words.append(_hundreds(rest, gender, locale, last=True))
    return " ".join(words)


def _hundreds(number: int, gender: Gender, locale: Locale, *, last: bool) -> str:
    hundreds, rest = divmod(number, 100)
    words = [_ONES[hundreds]] if hundreds > 1 else []
    if hundreds:
        words.append("cents" if hundreds > 1 and not rest and last else "cent")
    if rest or not hundreds:
        words.append(_below_hundred(rest, gender, locale, last=last))
    return " ".join(words)


def _below_hundred(number: int, gender: Gender, locale: Locale, *, last: bool) -> str:
    one = "une" if gender == "f" else "un"
    if number < 20:
        return one if number == 1 else _ONES[number]
    tens, ones = divmod(number, 10)
    if tens in (7, 9) and country(locale) in _SEPTANTE:
        ten = "septante" if tens == 7 else "nonante"
        return f"{ten} et {one}" if ones == 1 else f"{ten}-{_ONES[ones]}" if ones else ten
    if tens >= 8:
        rest = number - 80
        unit = one if rest == 1 else _ONES[rest]
        return f"quatre-vingt-{unit}" if rest else "quatre-vingts" if last else "quatre-vingt"
    if tens == 7:
        return "soixante et onze" if ones == 1 else f"soixante-{_ONES[number - 60]}"
    if ones == 1:
        return f"{_TENS[tens]} et {one}"
    return f"{_TENS[tens]}-{_ONES[ones]}" if ones else _TENS[tens]


def ordinal(number: int, gender: Gender, locale: Locale) -> str:
    """premier, première, deuxième, vingt et unième, quatre-vingtième."""
    if number == 1:
        return "première" if gender == "f" else "premier"
    said = cardinal(number, "", locale)
    if said.endswith("cinq"):
        return f"{said}uième"
    if said.endswith("neuf"):
        return f"{said[:-1]}vième"
    if said.endswith(("vingts", "cents", "millions", "milliards", "billions")):
        said = said[:-1]
    return f"{said.removesuffix('e')}ième"


def _date(day: int, month: int, year: str, before_it: str, locale: Locale) -> str:
    del before_it
    said = f"{'premier' if day == 1 else cardinal(day, '', locale)} {_MONTHS[month - 1]}"
    return f"{said} {year_of_date(year, TABLE, locale)}" if year else said


def _clock(hour: int, minute: int, second: int, marked: bool, locale: Locale) -> str:
    """quatorze heures trente; zéro heure."""
    del marked
    said = f"{cardinal(hour, 'f', locale)} heure{'s' if hour > 1 else ''}"
    if minute:
        said += f" {cardinal(minute, '', locale)}"
    seconds = "secondes" if second > 1 else "seconde"
    return said + (f" et {cardinal(second, 'f', locale)} {seconds}" if second >= 0 else "")


def _ruler(value: int, gender: Gender, before_it: str, locale: Locale) -> str:
    del before_it
    return ordinal(1, gender, locale) if value == 1 else cardinal(value, "", locale)


def _of(noun: str) -> str:
    return f"d'{noun}" if noun[0] in "aeiouyéh" and noun != "yens" else f"de {noun}"


TABLE = Language(
    cardinal=cardinal,
    ordinal=ordinal,
    date=_date,
    clock=_clock,
    time=r"(?P<hour>\d{1,2})\s?(?P<mark>h)(?:\s?(?P<minute>[0-5]\d))?(?:\s?(?:min|m)?\s?(?P<second>[0-5]\d)(?:\s?s))?"
    r"|(?P<hour_>\d{1,2}):(?P<minute_>\d\d)(?::(?P<second_>\d\d))?(?P<mark_>\s?h)?",
    ruler=_ruler,
    months=tuple(_MONTHS),
    decimal="virgule",
    point="point",
    slash="barre oblique",
    hyphen="tiret",
    underscore="tiret bas",
    at="arobase",
    minus="moins",
    to="à",
    score="à",
    over="sur",
    and_="et",
    percent="pour cent",
    per_mille="pour mille",
    number="numéro",
    sections=("paragraphe", "paragraphes"),
    pairs_in_phones=True,
    metre_joiner=" ",
    one_below_two=True,
    point_countries=frozenset({"CH"}),
    says_cents=False,
    of=_of,
    no_names=any_of(
        "Le La Les Un Une Des Du Au Aux "
        "Mais Et Or Car Puis Donc Si Que Quand Comme Avec Chez Pour Par Sans Selon Cher "
        "Monsieur À Ah Oh Oui Non Alors Ainsi Bonjour Bonsoir Merci Voici Voilà Enfin Hier "
        "Ce Lorsque Entre Sur Dans De Pauvre Ici Là Ni Ou Où Est Sire Eh Ensuite Aussi "
        "Seul Après Avant".split()
    ),
    initial_names=True,
    before_names=phrases("""
        M. | Monsieur
        Mr | Monsieur
        Dr | Docteur
        Dr. | Docteur
        Drs | Docteurs
        Pr | Professeur
        Pr. | Professeur
        Prof. | Professeur
        Mgr | Monseigneur
        St | Saint
        St. | Saint
        Ste | Sainte
        Sts | Saints
        Vve | Veuve
    """),
    before_numbers=phrases("""
        p. | page
        no | numéro
        pp. | pages
        chap. | chapitre
        t. | tome
        vol. | volume
        art. | article
        al. | alinéa
        fig. | figure
        tabl. | tableau
        éd. | édition
        fol. | folio
        v. | vers
        sect. | section
        env. | environ
        tél. | téléphone
        apr. | après
    """),
    always=phrases("""
        MM. | Messieurs
        Mme. | Madame
        Mme | Madame
        Mmes | Mesdames
        Mlle | Mademoiselle
        Mlles | Mesdemoiselles
        Tél. : | Téléphone :
        p. ex. | par exemple
        c.-à-d. | c'est-à-dire
        i. e. | c'est-à-dire
        cf. | confer
        env. | environ
        ap. J.-C. | après Jésus-Christ
        qqn | quelqu'un
        qqch. | quelque chose
        N.B. | nota bene
        N.D.L.R. | note de la rédaction
    """),
    may_end=phrases("""
        etc. | et cetera
        av. J.-C. | avant Jésus-Christ
        apr. J.-C. | après Jésus-Christ
        J.-C. | Jésus-Christ
        Cie | Compagnie
        et suiv. | et suivantes
        bd | boulevard
    """),
    currencies=currencies("""
        € EUR euro euros | euro | euros | m | centime | centimes | m
        $ US$ USD $US | dollar | dollars | m | cent | cents | m
        £ GBP | livre | livres | f | penny | pence | m
        CHF | franc suisse | francs suisses | m | centime | centimes | m
        F FF | franc | francs | m | centime | centimes | m
        R$ BRL | réal | réaux | m | centavo | centavos | m
        ¥ | yen | yens | m | sen | sen | m
    """),
    units=nouns("""
        mm | millimètre | millimètres | m
        cm | centimètre | centimètres | m
        dm | décimètre | décimètres | m
        m | mètre | mètres | m
        km | kilomètre | kilomètres | m
        km/h | kilomètre à l'heure | kilomètres à l'heure | m
        m/s | mètre par seconde | mètres par seconde | m
        mm² | millimètre carré | millimètres carrés | m
        cm² | centimètre carré | centimètres carrés | m
        m² | mètre carré | mètres carrés | m
        km² | kilomètre carré | kilomètres carrés | m
        cm³ | centimètre cube | centimètres cubes | m
        m³ | mètre cube | mètres cubes | m
        ha | hectare | hectares | m
        mg | milligramme | milligrammes | m
        g | gramme | grammes | m
        kg | kilogramme | kilogrammes | m
        t | tonne | tonnes | f
        ml mL | millilitre | millilitres | m
        cl cL | centilitre | centilitres | m
        l L | litre | litres | m
        hl hL | hectolitre | hectolitres | m
        °C | degré Celsius | degrés Celsius | m
        °F | degré Fahrenheit | degrés Fahrenheit | m
        ° | degré | degrés | m
        V | volt | volts | m
        W | watt | watts | m
        kW | kilowatt | kilowatts | m
        MW | mégawatt | mégawatts | m
        kWh | kilowattheure | kilowattheures | m
        Hz | hertz | hertz | m
        kHz | kilohertz | kilohertz | m
        MHz | mégahertz | mégahertz | m
        GHz | gigahertz | gigahertz | m
        Mo | mégaoctet | mégaoctets | m
        Go | gigaoctet | gigaoctets | m
        ch | cheval | chevaux | m
        kcal | kilocalorie | kilocalories | f
        dB | décibel | décibels | m
        s sec | seconde | secondes | f
        min mn | minute | minutes | f
    """),
    scales=nouns("""
        M | million | millions | m
        Md Mds Mrd | milliard | milliards | m
        million millions | million | millions | m
        milliard milliards | milliard | milliards | m
    """),
    symbols=phrases("""
        & | et
        + | plus
        = | égale
        × | fois
        ± | plus ou moins
        ≈ | environ
    """),
    portions={
        2: Noun("demi", "demis"),
        3: Noun("tiers", "tiers"),
        4: Noun("quart", "quarts"),
        5: Noun("cinquième", "cinquièmes"),
        6: Noun("sixième", "sixièmes"),
        7: Noun("septième", "septièmes"),
        8: Noun("huitième", "huitièmes"),
        9: Noun("neuvième", "neuvièmes"),
        10: Noun("dixième", "dixièmes"),
    },
    half="un demi",
    mixed=lambda whole, part, _: f"{whole} et {part}",
    feminine=any_of(
        "heure heures minute minutes seconde secondes journée journées année années "
        "semaine semaines nuit nuits fois page pages ligne lignes personne personnes femme "
        "femmes fille filles voix lieue lieues tonne tonnes pièce pièces maison maisons "
        "lettre lettres".split()
    ),
    parts="chapitre|chap\\.|tome|t\\.|livre|acte|scène|partie|volume|vol\\.|article|art\\.|titre"
    "|planche|chant|section|annexe|type|Paris|Lyon",
    rulers={
        **dict.fromkeys(
            "Albert Alexandre Alphonse Baudouin Benoît Boniface Charles Clément Clovis "
            "Dagobert Édouard Edouard Ferdinand François Frédéric-Guillaume Frédéric "
            "George Georges Grégoire Guillaume Gustave Henri Innocent Ivan Jacques Jean "
            "Jean-Paul Joseph Jules Léon Léopold Louis Napoléon Nicolas Othon Paul "
            "Philippe Pie Pierre Ramsès Richard Robert Rodolphe Sixte Urbain "
            "Victor-Emmanuel Rainier Hassan Mohammed".split(),
            "m",
        ),
        **dict.fromkeys(
            "Catherine Élisabeth Elisabeth Elizabeth Marie Isabelle Victoria Anne Christine Jeanne "
            "Marguerite Cléopâtre".split(),
            "f",
        ),
    },
    ordinal_marks={
        "er": "m", "re": "f", "ère": "f", "ers": "m", "res": "f", "e": "m", "ème": "m", "ième": "m",
        "es": "m", "èmes": "m", "ᵉʳ": "m", "ᵉ": "m", "nd": "m", "nde": "f",
    },
    phone_words=r"tél\.|téléphone|téléphoner au|numéro|appeler le|appelez le|fax|portable",
    domains="com|org|net|fr|be|ch|ca|info|eu",
)  # fmt: skip


_ENDINGS = "er ers re res ère ères ème èmes ième ièmes e es ᵉʳ ᵉ".split()


@rule(
    "Roman ordinal",
    "Roman numeral",
    frozenset(numeral + ending for numeral in NUMERALS for ending in _ENDINGS),
    r"(?<![\w'’])(?<![A-Z][.-])(?=[IVX])(?!V[e-s]+\b(?<!Ve)(?<!Vème)(?<!Vième))"
    r"(X{0,3}(?:IX|IV|V?I{0,3}))(ers?|res?|ères?|èmes?|ièmes?|es?|ᵉʳ|ᵉ)(?![\w'’])",
)
def roman_ordinal(match: re.Match[str], locale: Locale) -> str:
    """ "XIXe siècle", "François Ier", "la IIIe République"."""
    gender: Gender = "f" if match[2].startswith(("r", "è")) and match[1] == "I" else "m"
    return ordinal(value_of(match[1]), gender, locale)


@rule(
    "century",
    "Roman numeral",
    NUMERALS,
    r"(?<![\w'’])(?=[IVX])(X{0,3}(?:IX|IV|V?I{0,3}))(?=\ssiècle)",
)
def century(match: re.Match[str], locale: Locale) -> str:
    """ "le XIX siècle", whose mark was lost with its superscript."""
    return ordinal(value_of(match[1]), "m", locale)


@rule("s.", "abbreviation", frozenset("s"), r"(?<=[IVX]e )s\.")
def short_century(match: re.Match[str], _: Locale) -> str:
    """ "XIIe s."."""
    return "siècle." if ends_here(match, TABLE.openers) else "siècle"


@rule("first of a month", "date", DIGIT, rf"(?<![\w.,:/-])1(?=\s(?:{'|'.join(_MONTHS)})(?!\w))")
def first_of_month(_: re.Match[str], __: Locale) -> str:
    """ "1 mai" for "1er mai"."""
    return "premier"


_SHORT_MONTHS = {
    "janv.": "janvier", "févr.": "février", "fév.": "février", "avr.": "avril", "juil.": "juillet",
    "sept.": "septembre", "oct.": "octobre", "nov.": "novembre", "déc.": "décembre",
}  # fmt: skip


@rule(
    "short month",
    "date",
    first_words(_SHORT_MONTHS),
    rf"(?<=\d )(?:{any_of(_SHORT_MONTHS)})(?=\s\d)",
)
def short_month(match: re.Match[str], _: Locale) -> str:
    """ "3 sept. 1939"."""
    return _SHORT_MONTHS[match.group()]


@rule("opening guillemet", "punctuation", r"«", r"«[ \u00a0\u202f]")
def opening(_: re.Match[str], __: Locale) -> str:
    """The space within guillemets is of print."""
    return '"'


@rule("closing guillemet", "punctuation", r"[ \u00a0\u202f]", r"[ \u00a0\u202f]»")
def closing(_: re.Match[str], __: Locale) -> str:
    """And so at their end."""
    return '"'


@rule("space before a mark", "punctuation", r"[ \u00a0\u202f]", r"[ \u00a0\u202f](?=[!?;:])")
def mark(_: re.Match[str], __: Locale) -> str:
    """ "Quoi ?": engines take what stands free for a sign of its own."""
    return ""


RULES: tuple[Rule, ...] = (
    opening,
    closing,
    mark,
    *rules(
        TABLE, numbers=(first_of_month,), words=(roman_ordinal, century, short_century, short_month)
    ),
)


def locale(tag: str) -> Locale:
    """Belgium and Switzerland say septante and nonante."""
    return Locale(tag)
