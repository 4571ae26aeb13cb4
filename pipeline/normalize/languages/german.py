"""How German is read aloud."""

from __future__ import annotations

import re

from pipeline.normalize.languages.rules import rules
from pipeline.normalize.languages.shared import (
    DIGIT,
    ROMAN,
    after,
    before,
    ends_here,
    year_of_date,
)
from pipeline.normalize.languages.table import (
    Gender,
    Language,
    Noun,
    currencies,
    nouns,
    phrases,
    single,
)
from pipeline.normalize.rule import Locale, Rule, any_of, first_words, rule
from pipeline.normalize.titles import NUMERALS, value_of

_ONES = (
    "null eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn "
    "fünfzehn sechzehn siebzehn achtzehn neunzehn"
).split()
_TENS = "_ zehn zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig".split()
_SCALES = (
    (10**12, "Billion", "Billionen"),
    (10**9, "Milliarde", "Milliarden"),
    (10**6, "Million", "Millionen"),
)
_LONGEST_WORD = 40
_MONTHS = (
    "Januar Februar März April Mai Juni Juli August September Oktober November Dezember".split()
)
_SHORT_MONTHS = {
    "Jan.": 1, "Jän.": 1, "Feb.": 2, "Febr.": 2, "Mär.": 3, "Apr.": 4, "Jun.": 6, "Jul.": 7,
    "Aug.": 8, "Sep.": 9, "Sept.": 9, "Okt.": 10, "Nov.": 11, "Dez.": 12,
}  # fmt: skip


def cardinal(number: int, gender: Gender, locale: Locale) -> str:
    """eins, einundzwanzig, hundertfünf; "ein" and "eine" before what is counted."""
    if number == 1 and gender:
        return "eine" if gender == "f" else "ein"
    words = []
    for size, one, many in _SCALES:
        count, number = divmod(number, size)
        if count:
            words.append(f"eine {one}" if count == 1 else f"{cardinal(count, '', locale)} {many}")
    return " ".join([*words, _below_million(number)] if number or not words else words)


def _below_million(number: int) -> str:
    thousands, rest = divmod(number, 1000)
    if not thousands:
        return _below_thousand(number, "hundert")
    count = _before(thousands) if thousands > 1 or rest >= 100 else ""  # tausendfünf
    head = f"{count}tausend"
    tail = _below_thousand(rest, "einhundert") if rest else ""
    # Longer words lose their end in an engine's buffer.
    return head + (" " if len(head) + len(tail) > _LONGEST_WORD else "") + tail


def _before(count: int) -> str:
    """A number as it stands within a word: hunderteins, but hunderteintausend."""
    said = _below_thousand(count, "hundert")
    return said.removesuffix("s") if count % 100 == 1 else said


def _below_thousand(number: int, hundred: str) -> str:
    hundreds, rest = divmod(number, 100)
    head = "" if not hundreds else hundred if hundreds == 1 else f"{_ONES[hundreds]}hundert"
    if not rest and hundreds:
        return head
    if rest < 20:
        return head + _ONES[rest]
    tens, ones = divmod(rest, 10)
    unit = f"{'ein' if ones == 1 else _ONES[ones]}und" if ones else ""
    return head + unit + _TENS[tens]


def year(number: int, locale: Locale) -> str:
    """1979 is neunzehnhundertneunundsiebzig, 2012 zweitausendzwölf, 1066 tausendsechsundsechzig."""
    century, rest = divmod(number, 100)
    if not 11 <= century <= 19:
        return cardinal(number, "", locale)
    return f"{_ONES[century]}hundert{_below_thousand(rest, '') if rest else ''}"


def stem(number: int) -> str:
    """An ordinal without its ending: "dritt", "neunzehnt", "zwanzigst"."""
    said = cardinal(number, "", Locale("de"))
    for last, changed in (
        ("eins", "erst"),
        ("drei", "dritt"),
        ("sieben", "siebt"),
        ("acht", "acht"),
    ):
        if said.endswith(last):
            return said.removesuffix(last) + changed
    return said + ("t" if 0 < number % 100 < 20 else "st")


def ordinal(number: int, gender: Gender, _: Locale) -> str:
    """After an article: "dritte"."""
    del gender
    return f"{stem(number)}e"


# What stands before an ordinal decides its ending; without an article the noun does.
_WEAK = any_of(
    "am im vom zum zur beim dem den des einem einer eines einen keinem keiner diesem dieser dieses "
    "diesen jenem jenen jedem jeden meinem meiner seinem seiner ihrem ihrer ihren seinen unserem "
    "unserer bis ab seit vor nach d.".split()
)
_AFTER_PREPOSITION = any_of(
    "in an auf mit von aus bei zu nach seit während wegen trotz vor".split()
)
_AGAIN = r"(?:\d{1,3}\.(?:[/–-]|(?:,|\s+(?:und|oder|bis(?:\s+zum)?))\s+))?"
_WEAK_BEFORE = re.compile(
    rf"(?:(?<!\w)(?:{_WEAK})|(?<!\w)(?:{_AFTER_PREPOSITION})\s+der)\s+{_AGAIN}$", re.IGNORECASE
)
_ARTICLE_BEFORE = re.compile(
    rf"(?<!\w)(?:der|die|das|ins|ans|diese|jene|eine|seine|ihre|meine|keine)\s+{_AGAIN}$",
    re.IGNORECASE,
)
_STRONG_BEFORE = re.compile(
    rf"(?<!\w)(?:als|ein|kein|mein|dein|sein|ihr|unser|euer)\s+{_AGAIN}$", re.IGNORECASE
)
_NEUTER = any_of(
    "Jahrhundert Jahrtausend Jahrzehnt Kapitel Jh. Mal Lebensjahr Jahr Buch Regiment Stockwerk "
    "Kind Tor Spiel Gebot Album Haus Bild Semester Quartal Schuljahr Dienstjahr Hauptstück".split()
)
_FEMININE = any_of(
    "Auflage Klasse Reihe Etage Hälfte Person Szene Stunde Woche Symphonie Sinfonie Division Armee "
    "Runde Strophe Ausgabe".split()
)
_MASCULINE = any_of(
    "Weltkrieg Akt Band Stock Teil Tag Platz Geburtstag Bezirk Versuch Satz".split()
)
_KNOWN = rf"(?:{_NEUTER}|{_FEMININE}|{_MASCULINE})"


def _ending(before_it: str, after_it: str) -> str:
    """Of an ordinal: am dritten, der dritte, dritter Akt, drittes Kapitel."""
    if _WEAK_BEFORE.search(before_it):
        return "en"
    if _ARTICLE_BEFORE.search(before_it) or re.match(rf"\s(?:{_FEMININE})", after_it):
        return "e"
    return "es" if re.match(rf"\s(?:{_NEUTER})", after_it) else "er"


def _date(day: int, month: int, year_: str, before_it: str, locale: Locale) -> str:
    said = f"{stem(day)}{_ending(before_it, ' Tag')} {_MONTHS[month - 1]}"
    return f"{said} {year_of_date(year_, TABLE, locale)}" if year_ else said


def _clock(hour: int, minute: int, second: int, marked: bool, locale: Locale) -> str:
    del marked
    said = f"{cardinal(hour, 'm', locale)} Uhr"
    if minute or second >= 0:
        said += f" {cardinal(minute, '', locale)}"
    return said + (f" und {cardinal(second, '', locale)} Sekunden" if second >= 0 else "")


def _ruler(value: int, gender: Gender, before_it: str, locale: Locale) -> str:
    """ "Heinrich VIII." is der Achte; after a preposition "unter Wilhelm dem Zweiten"."""
    del locale
    genitive = re.search(r"(?<!\w)(\w+)s\s$", before_it)
    rank = r"(?:\s+(?:König|Kaiser|Papst|Zar|Königin|Kaiserin|Zarin|Fürst|Herzog))?"
    name = rf"{rank}(?:\s+(?:Johannes|Maria|Franz))?\s+\S+\s$"
    dative = re.search(
        rf"(?<!\w)(?:von|mit|unter|bei|zu|nach|seit|vom|zum|beim|dem){name}",
        before_it,
        re.IGNORECASE,
    )
    accusative = re.search(
        rf"(?<!\w)(?:an|für|gegen|ohne|durch|den){name}", before_it, re.IGNORECASE
    )
    root = stem(value)
    root = root[0].upper() + root[1:]
    if gender == "f":
        return f"der {root}en" if dative else f"die {root}e"
    if genitive and genitive[1] in TABLE.rulers:
        return f"des {root}en"
    article = "dem" if dative else "den" if accusative else "der"
    return f"{article} {root}{'e' if article == 'der' else 'en'}"


def _mixed(whole: str, part: str, half: bool) -> str:
    """zweieinhalb; zwei drei Viertel."""
    return f"{whole}einhalb" if half else f"{whole} {part}"


def _with_genitives(names: dict[str, Gender]) -> dict[str, Gender]:
    """ "Ludwigs XIV."."""
    return {
        **names,
        **{f"{name}s": gender for name, gender in names.items() if name[-1] not in "sxz"},
    }


TABLE = Language(
    cardinal=cardinal,
    ordinal=ordinal,
    year=year,
    date=_date,
    clock=_clock,
    time=r"(?P<hour>\d{1,2})(?:[:.](?P<minute>\d\d))(?::(?P<second>\d\d))?\s?(?P<mark>Uhr|h)"
    r"|(?P<hour_>\d{1,2}):(?P<minute_>\d\d)(?::(?P<second_>\d\d))?",
    ruler=_ruler,
    months=tuple(_MONTHS),
    decimal="Komma",
    point="Punkt",
    slash="Schrägstrich",
    hyphen="Bindestrich",
    underscore="Unterstrich",
    at="at",
    minus="minus",
    to="bis",
    score="zu",
    over="durch",
    and_="und",
    percent="Prozent",
    per_mille="Promille",
    number="Nummer",
    sections=("Paragraf", "Paragrafen"),
    digit_decimals=True,
    percent_gender="m",
    metre_joiner=" ",
    one=single(
        r"[A-ZÄÖÜ]\w+|Nr\.|S\.",
        r"Uhr|[a-zäöü]\w*|[A-Z]{2,}",
        r"[A-ZÄÖÜ]\w*(?:ung|heit|keit|schaft|tät|ion|(?<!g)e)",
    ),
    point_countries=frozenset({"CH", "LI"}),
    says_cents=False,
    before_names=phrases("""
        Dr. | Doktor
        Dres. | Doktores
        Prof. | Professor
        Hr. | Herr
        Hrn. | Herrn
        Fr. | Frau
        Frl. | Fräulein
        St. | Sankt
        Dipl.-Ing. | Diplomingenieur
        Ing. | Ingenieur
        Mag. | Magister
        Hptm. | Hauptmann
        Lt. | Leutnant
        Oblt. | Oberleutnant
        Gen. | General
        Frhr. | Freiherr
        geb. | geborene
        v. | von
    """),
    before_numbers=phrases("""
        Nr. | Nummer
        Nrn. | Nummern
        geb. | geboren
        d. | den
        S. | Seite
        Bd. | Band
        Bde. | Bände
        Kap. | Kapitel
        Abb. | Abbildung
        Abs. | Absatz
        Abschn. | Abschnitt
        Art. | Artikel
        Tab. | Tabelle
        Ziff. | Ziffer
        Tel. | Telefon
        Anm. | Anmerkung
        Aufl. | Auflage
        Z. | Zeile
        V. | Vers
        Jg. | Jahrgang
        H. | Heft
        ca. | circa
        etw. | etwa
        mind. | mindestens
        max. | maximal
        zw. | zwischen
    """),
    always=phrases("""
        Dr. med. | Doktor med
        Dr. phil. | Doktor phil
        Dr. jur. | Doktor jur
        Dr. rer. nat. | Doktor rer nat
        Tel.: | Telefon:
        z. B. | zum Beispiel
        Z. B. | Zum Beispiel
        d. h. | das heißt
        d. i. | das ist
        u. a. | unter anderem
        u. U. | unter Umständen
        u. v. a. | und viele andere
        z. T. | zum Teil
        z. Zt. | zur Zeit
        z. Z. | zur Zeit
        i. d. R. | in der Regel
        i. A. | im Auftrag
        o. g. | oben genannte
        sog. | sogenannte
        bzw. | beziehungsweise
        vgl. | vergleiche
        evtl. | eventuell
        ggf. | gegebenenfalls
        inkl. | inklusive
        exkl. | exklusive
        bzgl. | bezüglich
        insb. | insbesondere
        insbes. | insbesondere
        einschl. | einschließlich
        gegr. | gegründet
        verh. | verheiratet
        geb. am | geboren am
        gest. | gestorben
        Hrsg. | Herausgeber
        hrsg. | herausgegeben
        m. E. | meines Erachtens
        n. a. | nicht anwendbar
    """),
    may_end=phrases("""
        usw. | und so weiter
        usf. | und so fort
        s. o. | siehe oben
        s. u. | siehe unten
        etc. | et cetera
        u. ä. | und Ähnliches
        u. Ä. | und Ähnliches
        o. ä. | oder Ähnliches
        o. Ä. | oder Ähnliches
        u. s. w. | und so weiter
        v. Chr. | vor Christus
        n. Chr. | nach Christus
        v. u. Z. | vor unserer Zeitrechnung
        n. u. Z. | nach unserer Zeitrechnung
        a. D. | außer Dienst
        a. M. | am Main
        ff. | folgende
        jun. | junior
        sen. | senior
        Str. | Straße
        Jh. | Jahrhundert
        Jhs. | Jahrhunderts
        Jhdt. | Jahrhundert
        Jt. | Jahrtausend
    """),
    openers="(?:"
    + any_of(
        "Aber Als Am Auch Auf Aus Bei Da Dabei Dafür Damals Damit Dann Daraufhin Darum Das "
        "Dass Dem Den Denn Der Deshalb Dessen Die Dies Diese Dieser Dieses Doch Dort Du "
        "Ein Eine Einer Einige Er Erst Es Für Ganz Hier Ich Ihr Ihre Im In Ist Ja Jeder "
        "Jede Jetzt Kein Keine Man Mein Meine Mit Nach Nein Nicht Nichts Niemand Noch Nun "
        "Nur Ob Oder Ohne Plötzlich Schließlich Sein Seine Seit Sie So Später Trotzdem Um "
        "Und Uns Unser Viele Vielleicht Vom Von Vor Wann War Warum Was Weil Wenn Wer Wie "
        "Wieder Wir Wo Zu Zuerst Zum Zur Zwar".split()
    )
    + r")\b",
    currencies=currencies("""
        € EUR Euro | Euro | Euro | m | Cent | Cent | m
        $ US$ USD | Dollar | Dollar | m | Cent | Cent | m
        £ GBP | Pfund | Pfund | n | Penny | Pence | m
        CHF Fr. SFr. | Franken | Franken | m | Rappen | Rappen | m
        R$ BRL | Real | Real | m | Centavo | Centavos | m
        DM | D-Mark | D-Mark | f | Pfennig | Pfennig | m
        RM | Reichsmark | Reichsmark | f | Pfennig | Pfennig | m
        ¥ | Yen | Yen | m | Sen | Sen | m
    """),
    units=nouns("""
        TL | Teelöffel | | m
        EL | Esslöffel | | m
        Msp. | Messerspitze | Messerspitzen | f
        Pck. | Päckchen | | n
        Pkt. | Päckchen | | n
        mm | Millimeter | | m
        cm | Zentimeter | | m
        dm | Dezimeter | | m
        m | Meter | | m
        km | Kilometer | | m
        km/h | Kilometer pro Stunde | | m
        m/s | Meter pro Sekunde | | m
        mm² | Quadratmillimeter | | m
        cm² | Quadratzentimeter | | m
        m² qm | Quadratmeter | | m
        km² qkm | Quadratkilometer | | m
        cm³ ccm | Kubikzentimeter | | m
        m³ cbm | Kubikmeter | | m
        ha | Hektar | | m
        mg | Milligramm | | n
        g | Gramm | | n
        kg | Kilogramm | | n
        t | Tonne | Tonnen | f
        ml | Milliliter | | m
        cl | Zentiliter | | m
        l | Liter | | m
        hl | Hektoliter | | m
        °C | Grad Celsius | | m
        °F | Grad Fahrenheit | | m
        ° | Grad | | m
        V | Volt | | n
        W | Watt | | n
        kW | Kilowatt | | n
        MW | Megawatt | | n
        kWh | Kilowattstunde | Kilowattstunden | f
        Hz | Hertz | | n
        kHz | Kilohertz | | n
        MHz | Megahertz | | n
        GHz | Gigahertz | | n
        MB | Megabyte | | n
        GB | Gigabyte | | n
        PS | PS | | f
        kcal | Kilokalorie | Kilokalorien | f
        dB | Dezibel | | n
        s sec Sek. sek. | Sekunde | Sekunden | f
        min Min. | Minute | Minuten | f
        h Std. | Stunde | Stunden | f
    """),
    scales=nouns("""
        Tsd. | Tausend | | n
        Mio. Mio | Million | Millionen | f
        Mrd. Mrd | Milliarde | Milliarden | f
        Bio. | Billion | Billionen | f
        Million Millionen | Million | Millionen | f
        Milliarde Milliarden | Milliarde | Milliarden | f
    """),
    symbols=phrases("""
        & | und
        + | plus
        = | gleich
        × | mal
        ± | plus minus
        ≈ | ungefähr
    """),
    portions={
        2: Noun("halb", "halbe", "n"),
        3: Noun("Drittel", "Drittel", "n"),
        4: Noun("Viertel", "Viertel", "n"),
        5: Noun("Fünftel", "Fünftel", "n"),
        6: Noun("Sechstel", "Sechstel", "n"),
        7: Noun("Siebtel", "Siebtel", "n"),
        8: Noun("Achtel", "Achtel", "n"),
        9: Noun("Neuntel", "Neuntel", "n"),
        10: Noun("Zehntel", "Zehntel", "n"),
    },
    half="ein halb",
    mixed=_mixed,
    feminine=any_of(
        "Stunde Minute Sekunde Woche Seite Million Milliarde Mark Frau Person Meile Nacht Tonne "
        "Reichsmark D-Mark Flasche Tasse Tür Zeile".split()
    )
    + r"(?!\w)",
    masculine=any_of(
        "Uhr Jahr Tag Monat Meter Kilometer Euro Dollar Cent Pfund Franken Liter Gramm "
        "Kilogramm Kilo Mann Mensch Kind Grad Prozent Punkt Stück Mal Zentimeter "
        "Millimeter Schilling".split()
    ),
    parts="Kapitel|Kap\\.|Band|Bd\\.|Teil|Buch|Akt|Szene|Abschnitt|Artikel|Art\\.|Gesang|Tafel|Typ"
    "|Weltkrieg|Klasse|Nr\\.|Nummer|Hartz",
    rulers=_with_genitives(
        {
            **dict.fromkeys(
                "Albert Albrecht Alexander Alfons Andreas August Benedikt Bonifatius "
                "Boris Christian Clemens Eduard Edward Erich Ernst Ferdinand Franz "
                "Friedrich Georg Gregor Gustav Heinrich Harald Innozenz Ivan Iwan Jakob "
                "Johann Johannes Josef Joseph Karl Konrad Leo Leopold Lothar Ludwig "
                "Magnus Manuel Maximilian Michael Napoleon Nikolaus Olaf Otto Paul Peter "
                "Philipp Pius Ramses Richard Robert Rudolf Sigismund Sixtus Stephan Urban "
                "Viktor Wenzel Wilhelm Adolf Carl Charles Louis Henry Murad Mehmed Selim "
                "Joachim".split(),
                "m",
            ),
            **dict.fromkeys(
                "Elisabeth Katharina Maria Margarethe Margrethe Anna Beatrix Christine "
                "Isabella Victoria Viktoria Kleopatra Johanna".split(),
                "f",
            ),
        }
    ),
    phone_words=r"Tel\.|Telefon|Telefonnummer|Fax|Ruf|Rufnummer|Handy|Mobil|Telefon:",
    domains="com|org|net|de|at|ch|info|eu",
)

_MONTH_NAMES = any_of([*_MONTHS, *_SHORT_MONTHS, "Jänner", "Feber"])
# "3. und 4. Mai": the noun comes later.
_LISTED = re.compile(r"\s(?:und|oder|bis(?:\s+zum)?)\s+\d{1,3}\.(?=\s)")


@rule(
    "day and month",
    "date",
    DIGIT,
    rf"(?<!\w)(?<!\d[.,:/])([1-9]|[12]\d|3[01])\.\s?({_MONTH_NAMES})(?!\w)(?:\s([12]\d{{3}})(?!\w|[.,:]\d))?",
)
def day_and_month(match: re.Match[str], locale: Locale) -> str:
    """ "3. Mai 1945": the stop is of the ordinal, and ends nothing."""
    name = _MONTHS[_SHORT_MONTHS[match[2]] - 1] if match[2] in _SHORT_MONTHS else match[2]
    said = f"{stem(int(match[1]))}{_ending(before(match), ' Tag')} {name}"
    if match[3]:
        return f"{said} {year(int(match[3]), locale)}"
    stops = match[2].endswith(".") and ends_here(match, TABLE.openers)
    return f"{said}." if stops else said


@rule(
    "month and year",
    "date",
    first_words(_SHORT_MONTHS),
    rf"(?<!\w)({any_of(_SHORT_MONTHS)})(?=\s[12]\d{{3}}(?!\d))",
)
def month_and_year(match: re.Match[str], _: Locale) -> str:
    """ "Dez. 1944"."""
    return _MONTHS[_SHORT_MONTHS[match[1]] - 1]


@rule(
    "day before a month",
    "date",
    DIGIT,
    r"(?<!\w)(?<!\d[.,:/])([1-9]|[12]\d|3[01])\.(1[0-2]|[1-9])\.(?![\w])",
)
def day_before_month(match: re.Match[str], locale: Locale) -> str | None:
    """ "am 3.5." without a year."""
    if not _WEAK_BEFORE.search(before(match)):
        return None
    said = _date(int(match[1]), int(match[2]), "", before(match), locale)
    return f"{said}." if ends_here(match, TABLE.openers) else said


@rule(
    "ordinal",
    "ordinal",
    DIGIT,
    r"(?<!\w)(?<!\d[.,:])([1-9]\d{0,2})\.(?:(?P<and>[/–-])(?=\d{1,3}\.\s)|(?=[\s–-]))",
)
def german_ordinal(match: re.Match[str], _: Locale) -> str | None:
    """ "im 19. Jahrhundert", "am 3.": a number's full stop, unless it is a sentence's."""
    rest, lead = after(match), before(match)
    cued = any(cue.search(lead) for cue in (_WEAK_BEFORE, _ARTICLE_BEFORE, _STRONG_BEFORE))
    said = stem(int(match[1]))
    if match["and"]:
        joiner = " " if match["and"] == "/" else " bis "
        return said + _ending(lead, rest[rest.find(" ") :]) + joiner if cued else None
    listed = _LISTED.match(rest)
    noun = rest[listed.end() :] if listed else rest
    dated = re.match(rf"\s(?:{_MONTH_NAMES})", noun)
    known = dated or re.match(rf"\s{_KNOWN}", noun)
    if ends_here(match, TABLE.openers) and not known:
        return f"{said}en." if _WEAK_BEFORE.search(lead) else None
    if not (cued or known):
        return f"{said}ens" if re.match(r"\s[a-zäöü]", rest) else None  # firstly
    return said + _ending(lead, " Tag" if dated else noun)


@rule("Roman ordinal", "Roman numeral", NUMERALS, rf"{ROMAN}\.(?=\s[A-ZÄÖÜ])")
def roman_ordinal(match: re.Match[str], _: Locale) -> str | None:
    """ "die II. Republik", "im XIX. Jahrhundert"."""
    lead = before(match)
    known = re.match(rf"\s{_KNOWN}", after(match))
    if not (known or _WEAK_BEFORE.search(lead) or _ARTICLE_BEFORE.search(lead)):
        return None
    if ends_here(match, TABLE.openers) and not known:
        return None
    return stem(value_of(match.group()[:-1])) + _ending(lead, after(match))


@rule("decade of a century", "decade", DIGIT, r"(?<!\w)([1-9]\d)er(?=n?(?!\w))")
def decade_of_century(match: re.Match[str], locale: Locale) -> str:
    """ "in den 80ern", "der 80er-Jahre"."""
    return f"{cardinal(int(match[1]), '', locale)}er"


@rule("decade with its century", "decade", DIGIT, r"(?<!\w)(1[1-9]\d0|20\d0)er(?=n?(?!\w))")
def decade_with_century(match: re.Match[str], locale: Locale) -> str:
    """ "die 1970er Jahre"."""
    return f"{year(int(match[1]), locale)}er"


_COMPOUNDS = any_of(
    "jährig tägig stündig minütig monatig wöchig köpfig bändig stellig teilig seitig "
    "stöckig fach mal prozentig karätig armig saitig zeilig".split()
)


@rule(
    "compound", "cardinal", DIGIT, rf"(?<!\w)(\d{{1,4}})-?(?=(?:{_COMPOUNDS})[a-zß]{{0,3}}(?!\w))"
)
def compound(match: re.Match[str], locale: Locale) -> str:
    """ "12-jährig", "3fach": one word."""
    said = cardinal(int(match[1]), "", locale)
    return "ein" if said == "eins" else said


@rule("street", "abbreviation", r"[A-ZÄÖÜa-zäöü]", r"([^\W\d_]{2,40}[a-zß])str\.(?!\w)")
def street(match: re.Match[str], _: Locale) -> str:
    """ "Hauptstr. 5"."""
    return f"{match[1]}straße{'.' if ends_here(match, TABLE.openers) else ''}"


RULES: tuple[Rule, ...] = rules(
    TABLE,
    numbers=(
        day_and_month,
        day_before_month,
        decade_with_century,
        decade_of_century,
        compound,
        german_ordinal,
    ),
    words=(month_and_year, street, roman_ordinal),
    dot=r"\.",
)


def locale(tag: str) -> Locale:
    """German is counted alike in all countries; Switzerland groups digits with ’."""
    return Locale(tag)
