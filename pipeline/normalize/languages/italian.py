"""How Italian is read aloud."""

from __future__ import annotations

import re

from pipeline.normalize.languages.rules import rules
from pipeline.normalize.languages.shared import DIGIT, ROMAN, after, before, year_of_date
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
    "zero uno due tre quattro cinque sei sette otto nove dieci undici dodici tredici quattordici "
    "quindici sedici diciassette diciotto diciannove"
).split()
_TENS = "_ dieci venti trenta quaranta cinquanta sessanta settanta ottanta novanta".split()
_ORDINALS = "_ primo secondo terzo quarto quinto sesto settimo ottavo nono decimo".split()
_SCALES = (
    (10**12, "bilione", "bilioni"),
    (10**9, "miliardo", "miliardi"),
    (10**6, "milione", "milioni"),
)
_MONTHS = (
    "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre"
).split()


def cardinal(number: int, gender: Gender, locale: Locale) -> str:
    """ventuno, ventitré, centotto, duemilacinquecento; "un" and "una" before what is counted."""
    if number == 1 and gender:
        return "una" if gender == "f" else "un"
    words = []
    for size, one, many in _SCALES:
        count, number = divmod(number, size)
        if count:
            words.append(f"un {one}" if count == 1 else f"{cardinal(count, '', locale)} {many}")
    if number or not words:
        said = _below_million(number)
        compound = number > 3 and number % 10 == 3 and number % 100 != 13
        words.append(f"{said[:-1]}é" if compound else said)
    return " ".join(words)


def _below_million(number: int) -> str:
    thousands, rest = divmod(number, 1000)
    tail = _below_thousand(rest) if rest or not thousands else ""
    if not thousands:
        return tail
    return ("mille" if thousands == 1 else f"{_below_thousand(thousands)}mila") + tail


def _below_thousand(number: int) -> str:
    hundreds, rest = divmod(number, 100)
    head = "" if not hundreds else "cento" if hundreds == 1 else f"{_ONES[hundreds]}cento"
    if hundreds and not rest:
        return head
    tail = _below_hundred(rest)
    if tail.startswith("ott"):  # centotto, centottanta
        head = head.removesuffix("o")
    return head + tail


def _below_hundred(number: int) -> str:
    if number < 20:
        return _ONES[number]
    tens, ones = divmod(number, 10)
    ten = _TENS[tens][:-1] if ones in (1, 8) else _TENS[tens]
    return ten + (_ONES[ones] if ones else "")


def ordinal(number: int, gender: Gender, locale: Locale) -> str:
    """primo, undicesimo, ventitreesimo, ventiseiesimo, duemillesimo."""
    if number <= 10:
        said = _ORDINALS[number]
    else:
        base = cardinal(number, "", locale)
        if number % 10**6 == 0:
            said = f"{base.removeprefix('un ').replace(' ', '')[:-1]}esimo"
        elif number % 1000 == 0:
            said = f"{base.removesuffix('mila').removesuffix('mille')}millesimo"
        elif number % 10 in (3, 6) and number % 100 not in (13, 16):
            said = f"{base.replace('é', 'e')}esimo"
        else:
            said = f"{base[:-1]}esimo"
    return f"{said[:-1]}a" if gender == "f" else said


def _date(day: int, month: int, year: str, before_it: str, locale: Locale) -> str:
    del before_it
    said = f"{'primo' if day == 1 else cardinal(day, '', locale)} {_MONTHS[month - 1]}"
    return f"{said} {year_of_date(year, TABLE, locale)}" if year else said


def _clock(hour: int, minute: int, second: int, marked: bool, locale: Locale) -> str:
    """quattordici e trenta, l'una e dieci."""
    del marked
    said = cardinal(hour, "f", locale)
    if minute:
        said += f" e {cardinal(minute, '', locale)}"
    seconds = "secondo" if second == 1 else "secondi"
    return said + (f" e {cardinal(second, 'm', locale)} {seconds}" if second >= 0 else "")


def _ruler(value: int, gender: Gender, before_it: str, locale: Locale) -> str:
    del before_it
    return ordinal(value, gender, locale)


def _of(noun: str) -> str:
    return f"di {noun}"


# With the names of saints only: before others it is an initial.
_SAINTS = {
    f"S. {name}": f"{saint}{name}"
    for saint, names in (
        ("san ", "Pietro Paolo Giovanni Marco Luca Matteo Francesco Giorgio Nicola Lorenzo"),
        ("san ", "Martino Michele Giuseppe Giacomo Gennaro Benedetto Carlo Vincenzo Tommaso Vito"),
        ("sant'", "Antonio Ambrogio Agostino Andrea Agata Anna Agnese Elena Elia Ignazio"),
        ("santa ", "Maria Lucia Chiara Caterina Teresa Rita Cecilia Croce Monica Barbara Sofia"),
        ("santo ", "Stefano Spirito"),
    )
    for name in names.split()
}  # fmt: skip


TABLE = Language(
    cardinal=cardinal,
    ordinal=ordinal,
    date=_date,
    clock=_clock,
    time=r"(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d))?(?P<mark>\s?h)?"
    r"|(?<=(?:ore|lle| le|all)[ '’])(?P<hour_>\d{1,2})[.,](?P<minute_>[0-5]\d)",
    ruler=_ruler,
    months=tuple(_MONTHS),
    decimal="virgola",
    point="punto",
    slash="barra",
    hyphen="trattino",
    underscore="trattino basso",
    at="chiocciola",
    minus="meno",
    to="a",
    score="a",
    over="su",
    and_="e",
    percent="per cento",
    per_mille="per mille",
    number="numero",
    sections=("paragrafo", "paragrafi"),
    point_countries=frozenset({"CH"}),
    cents_joiner=" e ",
    metre_joiner=" e ",
    one=single(
        r"(?i:il|del|al|dal|nel|sul|i|capitolo|cap\.|pagina|pag\.|numero|n\.|articolo|art\.|tomo|volume|"
        r"parte|piano|punto|sala|linea|canale|tipo|fase|livello|gruppo|giorno|nota|stanza|atto|scena)",
        "|".join(_MONTHS)
        + r"|a|al|di|del|della|e|ed|o|in|è|che|per|con|senza|si|la|il|i|le|lo|gli|non|né|se|su|fu|"
        r"era|già|più|contro|fino|da|dal|sopra|tra|fra|meno|ogni|come|quando|dove|ha|hanno|sono|ma|poi|"
        r"z\w+|s[^aeiou\W]\w*|gn\w+|ps\w+",  # before these it is "uno"
        r"(?!(?:problema|programma|sistema|pianeta|poema|tema|clima|dramma|poeta|\w+ista)$)"
        r"(?:\w+a|\w+zione|\w+sione|\w+tà|notte|parte|nave|voce|croce|chiave|classe|mano)",
    ),
    of=_of,
    before_names=phrases("""
        sig. | signor
        sig.ra | signora
        sig.na | signorina
        sigg. | signori
        dott. | dottor
        dott.ssa | dottoressa
        prof. | professor
        prof.ssa | professoressa
        avv. | avvocato
        ing. | ingegner
        gen. | generale
        col. | colonnello
        ten. | tenente
        cav. | cavalier
        mons. | monsignor
        on. | onorevole
        Sig. | signor
        Sig.ra | signora
        Sig.na | signorina
        Sigg. | signori
        Sig.re | signore
        Dott. | dottor
        Dott.ssa | dottoressa
        Dr. | dottor
        Dr.ssa | dottoressa
        Prof. | professor
        Prof.ssa | professoressa
        Avv. | avvocato
        Ing. | ingegner
        Arch. | architetto
        Rag. | ragionier
        Geom. | geometra
        Cav. | cavalier
        Comm. | commendator
        On. | onorevole
        Mons. | monsignor
        Gen. | generale
        Col. | colonnello
        Cap. | capitano
        Ten. | tenente
        Egr. | egregio
        Gent. | gentile
        Spett. | spettabile
        Ill. | illustre
    """),
    before_numbers=phrases("""
        pag. | pagina
        pagg. | pagine
        pp. | pagine
        p. | pagina
        n. | numero
        nn. | numeri
        cap. | capitolo
        capp. | capitoli
        vol. | volume
        voll. | volumi
        art. | articolo
        artt. | articoli
        fig. | figura
        figg. | figure
        tav. | tavola
        tab. | tabella
        tel. | telefono
        ca. | circa
        c. | comma
        ed. | edizione
        par. | paragrafo
        L. | lire
        v. | verso
        vv. | versi
    """),
    always=_SAINTS
    | phrases("""
        Tel.: | Telefono:
        p. es. | per esempio
        ad es. | ad esempio
        es. | esempio
        cfr. | confronta
        cd. | cosiddetto
        c.d. | cosiddetto
        ss. | seguenti
        sgg. | seguenti
        c.so | corso
        p.zza | piazza
        v.le | viale
        u.s. | ultimo scorso
        S.p.A. | società per azioni
        S.r.l. | società a responsabilità limitata
    """),
    may_end=phrases("""
        ecc. | eccetera
        etc. | eccetera
        a.C. | avanti Cristo
        d.C. | dopo Cristo
        a. C. | avanti Cristo
        d. C. | dopo Cristo
        f.lli | fratelli
    """),
    currencies=currencies("""
        € EUR euro | euro | euro | m | centesimo | centesimi | m
        $ US$ USD | dollaro | dollari | m | centesimo | centesimi | m
        £ GBP | sterlina | sterline | f | penny | pence | m
        CHF Fr. | franco | franchi | m | centesimo | centesimi | m
        R$ BRL | real | real | m | centavo | centavos | m
        ₤ | lira | lire | f | centesimo | centesimi | m
        ¥ | yen | yen | m | sen | sen | m
    """),
    units=nouns("""
        mm | millimetro | millimetri | m
        cm | centimetro | centimetri | m
        dm | decimetro | decimetri | m
        m mt mt. | metro | metri | m
        km | chilometro | chilometri | m
        km/h | chilometro all'ora | chilometri all'ora | m
        m/s | metro al secondo | metri al secondo | m
        mm² | millimetro quadrato | millimetri quadrati | m
        cm² | centimetro quadrato | centimetri quadrati | m
        m² mq | metro quadrato | metri quadrati | m
        km² kmq | chilometro quadrato | chilometri quadrati | m
        cm³ | centimetro cubo | centimetri cubi | m
        m³ mc | metro cubo | metri cubi | m
        ha | ettaro | ettari | m
        mg | milligrammo | milligrammi | m
        g gr. | grammo | grammi | m
        hg | etto | etti | m
        kg | chilogrammo | chilogrammi | m
        t | tonnellata | tonnellate | f
        ml | millilitro | millilitri | m
        cl | centilitro | centilitri | m
        l | litro | litri | m
        hl | ettolitro | ettolitri | m
        °C | grado Celsius | gradi Celsius | m
        °F | grado Fahrenheit | gradi Fahrenheit | m
        ° | grado | gradi | m
        V | volt | volt | m
        W | watt | watt | m
        kW | chilowatt | chilowatt | m
        MW | megawatt | megawatt | m
        kWh | chilowattora | chilowattora | m
        Hz | hertz | hertz | m
        kHz | chilohertz | chilohertz | m
        MHz | megahertz | megahertz | m
        GHz | gigahertz | gigahertz | m
        MB | megabyte | megabyte | m
        GB | gigabyte | gigabyte | m
        CV | cavallo | cavalli | m
        kcal | chilocaloria | chilocalorie | f
        dB | decibel | decibel | m
        s sec | secondo | secondi | m
        min | minuto | minuti | m
        h | ora | ore | f
    """),
    scales=nouns("""
        mln mln. | milione | milioni | m
        mld mld. mrd | miliardo | miliardi | m
        milione milioni | milione | milioni | m
        miliardo miliardi | miliardo | miliardi | m
    """),
    symbols=phrases("""
        & | e
        + | più
        = | uguale a
        × | per
        ± | più o meno
        ≈ | circa
    """),
    portions={
        2: Noun("mezzo", "mezzi"),
        3: Noun("terzo", "terzi"),
        4: Noun("quarto", "quarti"),
        5: Noun("quinto", "quinti"),
        6: Noun("sesto", "sesti"),
        7: Noun("settimo", "settimi"),
        8: Noun("ottavo", "ottavi"),
        9: Noun("nono", "noni"),
        10: Noun("decimo", "decimi"),
    },
    half="mezzo",
    mixed=lambda whole, part, _: f"{whole} e {part}",
    feminine=any_of(
        "ora pagina volta persona donna notte settimana lira lettera parola casa riga "
        "sterlina".split()
    ),
    masculine=any_of(
        "anno giorno mese uomo metro chilometro chilo litro euro dollaro secondo minuto milione "
        "libro piano soldo passo grado franco".split()
    ),
    parts="capitolo|cap\\.|tomo|libro|atto|scena|parte|volume|vol\\.|articolo|art\\.|titolo|canto|tavola"
    "|sezione|appendice|tipo|fase",
    rulers={
        **dict.fromkeys(
            "Alberto Alessandro Alfonso Amedeo Baldovino Benedetto Bonifacio Carlo "
            "Clemente Cosimo Edoardo Enrico Federico Ferdinando Filippo Francesco Giacomo "
            "Giorgio Giovanni Giulio Giuseppe Gregorio Guglielmo Gustavo Innocenzo Ivan "
            "Leone Leopoldo Luigi Manuele Martino Napoleone Nicola Ottone Paolo Pietro "
            "Pio Ramses Riccardo Roberto Rodolfo Sisto Umberto Urbano Emanuele "
            "Massimiliano Stefano".split(),
            "m",
        ),
        **dict.fromkeys(
            "Anna Caterina Cristina Elisabetta Giovanna Isabella Margherita Maria Vittoria "
            "Cleopatra".split(),
            "f",
        ),
    },
    ordered={
        **dict.fromkeys(
            "guerra Guerra Olimpiade Legione legione edizione dinastia Repubblica".split(), "f"
        ),
        **dict.fromkeys("Congresso Concilio Reich Municipio Festival".split(), "m"),
    },
    ordinal_marks={"º": "m", "ª": "f", "°": "m", "a": "f"},
    phone_words=r"tel\.|telefono|telefonare al|chiamare il|chiami il|cell\.|cellulare|fax",
    domains="com|org|net|it|ch|info|eu",
)  # fmt: skip


@rule("century", "Roman numeral", NUMERALS, ROMAN)
def century(match: re.Match[str], locale: Locale) -> str | None:
    """ "XIX secolo", "il secolo XIX": by order."""
    behind = re.search(r"(?<!\w)(?:secol[oi]|sec\.)\s$", before(match), re.IGNORECASE)
    ahead = re.match(
        r"(?:\s?(?:[-–]|e|e il|e del|ed il)\s?[IVX]{1,5})?\s(?:secol[oi]|sec\.)(?!\w)", after(match)
    )
    article = match.group() == "I" and not behind  # "I secoli bui"
    if article or not (behind or ahead):
        return None
    return ordinal(value_of(match.group()), "m", locale)


@rule("sec.", "abbreviation", frozenset(("sec",)), r"sec\.(?=\s[IVX\d])|(?<=[IVX] )sec\.")
def sec(_: re.Match[str], __: Locale) -> str:
    """ "sec. XIX", "XIX sec."."""
    return "secolo"


@rule("years old", "cardinal", DIGIT, r"(?<![\w.,:/-])(\d{1,3})(?=enn[ei](?!\w))")
def years_old(match: re.Match[str], locale: Locale) -> str:
    """ "i 18enni"."""
    said = cardinal(int(match[1]), "", locale)
    return said.replace("é", "e") if said.endswith(("é", "sei")) else said[:-1]


@rule("first of a month", "date", DIGIT, rf"(?<![\w.,:/'’-])1(?=\s(?:{'|'.join(_MONTHS)})(?!\w))")
def first_of_month(_: re.Match[str], __: Locale) -> str:
    """ "1 maggio" is "primo maggio"."""
    return "primo"


_SHORT_MONTHS = {
    "gen.": "gennaio", "genn.": "gennaio", "feb.": "febbraio", "febbr.": "febbraio",
    "mar.": "marzo", "apr.": "aprile", "giu.": "giugno", "lug.": "luglio", "ago.": "agosto",
    "set.": "settembre", "sett.": "settembre", "ott.": "ottobre", "nov.": "novembre",
    "dic.": "dicembre",
}  # fmt: skip


@rule(
    "short month",
    "date",
    first_words(_SHORT_MONTHS),
    rf"(?<=\d )(?:{any_of(_SHORT_MONTHS)})(?=\s\d)",
)
def short_month(match: re.Match[str], _: Locale) -> str:
    """ "3 sett. 1939"."""
    return _SHORT_MONTHS[match.group()]


@rule("Roman day", "Roman numeral", NUMERALS, rf"{ROMAN}(?=\s(?i:{'|'.join(_MONTHS)})(?!\w))")
def roman_day(match: re.Match[str], locale: Locale) -> str:
    """ "via XX Settembre"."""
    return cardinal(value_of(match.group()), "", locale)


RULES: tuple[Rule, ...] = rules(
    TABLE, numbers=(first_of_month, years_old), words=(century, roman_day, sec, short_month)
)


def locale(tag: str) -> Locale:
    """Italian is counted alike everywhere; Ticino groups digits with ’."""
    return Locale(tag)
