"""How Spanish is read aloud."""

from __future__ import annotations

import re

from pipeline.normalize.languages.rules import rules
from pipeline.normalize.languages.shared import ROMAN, before, year_of_date
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
    "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince "
    "dieciséis diecisiete dieciocho diecinueve veinte veintiuno veintidós veintitrés veinticuatro "
    "veinticinco veintiséis veintisiete veintiocho veintinueve"
).split()
_TENS = "_ diez veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa".split()
_HUNDREDS = (
    "_ ciento doscientos trescientos cuatrocientos quinientos seiscientos setecientos ochocientos "
    "novecientos"
).split()
_ORDINALS = (
    "_ primero segundo tercero cuarto quinto sexto séptimo octavo noveno décimo undécimo duodécimo"
).split()
_TENTHS = (
    "_ décimo vigésimo trigésimo cuadragésimo quincuagésimo sexagésimo septuagésimo octogésimo "
    "nonagésimo"
).split()
_MONTHS = (
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"
).split()


def cardinal(number: int, gender: Gender, locale: Locale) -> str:
    """uno, un libro, una hora; veintiún mil; doscientas personas."""
    words = []
    for size, one, many in ((10**12, "billón", "billones"), (10**6, "millón", "millones")):
        count, number = divmod(number, size)
        if count:
            words.append(f"{cardinal(count, 'm', locale)} {one if count == 1 else many}")
    thousands, rest = divmod(number, 1000)
    if thousands:
        words.append(f"{_thousands(thousands, gender)}mil")
    if rest or not words:
        words.append(_below_thousand(rest, gender))
    return " ".join(words)


def _thousands(count: int, gender: Gender) -> str:
    """Before "mil" the ones are short, and the hundreds agree: "doscientas mil personas"."""
    if count == 1:
        return ""
    hundreds, rest = count - count % 100, count % 100
    head = _below_thousand(hundreds, gender) if hundreds else ""
    if count == 100:
        return "cien "
    head = "ciento" if hundreds == 100 else head
    return " ".join(filter(None, [head, _below_thousand(rest, "m") if rest else ""])) + " "


def _below_thousand(number: int, gender: Gender) -> str:
    if number == 100:
        return "cien"
    hundreds, rest = divmod(number, 100)
    words = [_HUNDREDS[hundreds]] if hundreds else []
    if gender == "f" and hundreds > 1:
        words = [words[0].removesuffix("os") + "as"]
    if rest or not hundreds:
        words.append(_below_hundred(rest, gender))
    return " ".join(words)


def _below_hundred(number: int, gender: Gender) -> str:
    tens, ones = divmod(number, 10)
    said = _ONES[number] if number < 30 else _TENS[tens]
    if number >= 30 and ones:
        said = f"{said} y {_ONES[ones]}"
    if ones == 1 and number != 11 and gender:
        said = said.removesuffix("uno")
        return f"{said}una" if gender == "f" else f"{said}{'ún' if number == 21 else 'un'}"
    return said


def ordinal(number: int, gender: Gender, _: Locale) -> str | None:
    """primero, undécimo, decimotercero, vigésimo primero; nobody says them above a hundred."""
    if number > 100:
        return None
    if number == 100:
        said = "centésimo"
    elif number < 13:
        said = _ORDINALS[number]
    else:
        tens, ones = divmod(number, 10)
        said = f"decimo{_ORDINALS[ones]}" if tens == 1 else f"{_TENTHS[tens]} {_ORDINALS[ones]}"
        said = said.replace("moséptimo", "moséptimo").removesuffix(" _").strip()
    return re.sub(r"o\b", "a", said) if gender == "f" else said


def _date(day: int, month: int, year: str, before_it: str, locale: Locale) -> str:
    del before_it
    said = f"{cardinal(day, '', locale)} de {_MONTHS[month - 1]}"
    return f"{said} de {year_of_date(year, TABLE, locale)}" if year else said


def _clock(hour: int, minute: int, second: int, marked: bool, locale: Locale) -> str:
    """ "las catorce treinta", "las diez y cinco", "las ocho en punto" is not written."""
    said = cardinal(hour, "f", locale)
    if minute:
        said += f" {'y ' if minute < 10 else ''}{cardinal(minute, '', locale)}"
    elif marked or hour > 12 or hour == 0:
        said += " hora" if hour == 1 else " horas"
    seconds = "segundo" if second == 1 else "segundos"
    return said + (f" y {cardinal(second, 'm', locale)} {seconds}" if second >= 0 else "")


def _ruler(value: int, gender: Gender, before_it: str, locale: Locale) -> str:
    """Up to ten by order, above by number: Felipe segundo, Alfonso trece."""
    del before_it
    return (value <= 10 and ordinal(value, gender, locale)) or cardinal(value, "", locale)


# Words in -as that are no women's.
_FEMININE = (
    r"(?!(?:días|problemas|sistemas|programas|poemas|idiomas|temas|mapas|planetas|cometas|gramas|"
    r"kilogramas|dramas|lemas|climas|tranvías|guardias|fantasmas|más|mas|las|unas|tras|detrás|dálmatas|además|"
    r"atrás|jamás|quizás|quizá|apenas|mientras|\w{1,20}istas|\w{1,20}gramas|atletas|curas|policías|"
    r"colegas|indígenas|belgas|camaradas|pirata|piratas|poetas|monarcas|patriarcas|profetas)(?!\w))"
    r"(?:[a-záéíóúüñ]{2,24}as|hora|página|vez|veces|persona|mujer|mujeres|noche|noches|calles|naves|"
    r"ciudad|ciudades|parte|partes|habitaciones|mil|voces|leyes|flores|clases|tardes)"
)
_MASCULINE = (
    r"(?:[a-záéíóúüñ]{2,24}os|día|días|año|mes|meses|hombre|hombres|kilómetro|libro|millón|millones|mil|"
    r"problemas|programas|soldado|metro|euro|segundo|minuto|siglo|peso|pesos)"
)

# With the names of saints only: before others it is an initial.
_SAINTS = (
    "Pedro Pablo Juan José Francisco Benito Jorge Luis Miguel Marcos Mateo Lucas Andrés Antonio "
    "Agustín Vicente Sebastián Bernardo Carlos Isidro Ignacio Fermín Martín Lorenzo"
).split()


TABLE = Language(
    cardinal=cardinal,
    ordinal=ordinal,
    date=_date,
    clock=_clock,
    time=r"(?P<hour>\d{1,2})[:.](?P<minute>\d\d)(?::(?P<second>\d\d))?\s?(?P<mark>h|hs|hrs|horas)\b"
    r"|(?P<hour_>\d{1,2}):(?P<minute_>\d\d)(?::(?P<second_>\d\d))?",
    ruler=_ruler,
    months=tuple(_MONTHS),
    decimal="coma",
    point="punto",
    slash="barra",
    hyphen="guion",
    underscore="guion bajo",
    at="arroba",
    minus="menos",
    to="a",
    score="a",
    over="sobre",
    and_="y",
    percent="por ciento",
    per_mille="por mil",
    number="número",
    sections=("sección", "secciones"),
    point_countries=frozenset(
        {"MX", "US", "PR", "DO", "GT", "HN", "NI", "PA", "SV", "PE", "419"}
    ),
    cents_joiner=" con ",
    metre_joiner=" ",
    one=single(
        r"(?i:el|del|al|los|capítulo|cap\.|página|pág\.|número|núm\.|artículo|art\.|tomo|volumen|parte|piso|"
        r"punto|sala|planta|línea|canal|tipo|fase|nivel|grupo|día|nota|habitación|ruta|acto|escena|figura)",
        r"a|al|de|del|y|e|o|u|en|es|que|por|para|con|sin|se|la|el|los|las|lo|le|no|ni|si|su|fue|era|ya|"
        r"más|contra|hasta|desde|sobre|entre|menos|cada|como|cuando|donde|hay|han|ha",
        r"(?!(?:día|mapa|problema|programa|sistema|planeta|poema|tema|idioma|clima|drama|\w+ista)$)"
        r"(?:\w+a|\w+[cs]ión|\w+dad|\w+tud|mujer|vez|noche|calle|parte|llave|clase|tarde|nave|flor|voz)",
    ),
    of=lambda noun: f"de {noun}",
    no_names=any_of(
        "Y E Pero El Señor Con A De Para Por Que Si Como Según Cuando Entonces Ni O Don Mi "
        "Su Ya Ahora Aquí Querido Estimado Era Es Fue Dijo".split()
    ),
    before_names=phrases("""
        Sr. | señor
        Sres. | señores
        Sra. | señora
        Sras. | señoras
        Srta. | señorita
        Dr. | doctor
        Dra. | doctora
        Dres. | doctores
        Prof. | profesor
        Profa. | profesora
        D. | don
        Dña. | doña
        D.ª | doña
        Fr. | fray
        Gral. | general
        Cnel. | coronel
        Cap. | capitán
        Tte. | teniente
        Lic. | licenciado
        Ing. | ingeniero
        Mons. | monseñor
        Sto. | santo
        Sta. | santa
        Excmo. | excelentísimo
        Excma. | excelentísima
        Ilmo. | ilustrísimo
        Hno. | hermano
        Hna. | hermana
    """),
    before_numbers=phrases("""
        pág. | página
        págs. | páginas
        pp. | páginas
        p. | página
        núm. | número
        núms. | números
        cap. | capítulo
        caps. | capítulos
        vol. | volumen
        vols. | volúmenes
        art. | artículo
        arts. | artículos
        fig. | figura
        t. | tomo
        ed. | edición
        tel. | teléfono
        tfno. | teléfono
        aprox. | aproximadamente
        fol. | folio
        lám. | lámina
        apdo. | apartado
        km. | kilómetro
    """),
    always={f"S. {name}": f"san {name}" for name in _SAINTS}
    | phrases("""
        Tel.: | Teléfono:
        p. ej. | por ejemplo
        Ud. | usted
        Vd. | usted
        cf. | confróntese
        vid. | véase
        esp. | especialmente
        c/ | calle
        C/ | calle
        q. e. p. d. | que en paz descanse
        a. m. | de la mañana
        p. m. | de la tarde
        Avda. | avenida
        Av. | avenida
        Pza. | plaza
        S. M. el | su majestad el
        S. M. la | su majestad la
        SS. MM. | sus majestades
        S. A. R. | su alteza real
        N.ª S.ª | nuestra señora
    """),
    may_end=phrases("""
        etc. | etcétera
        EE. UU. | Estados Unidos
        EEUU | Estados Unidos
        Uds. | ustedes
        Vds. | ustedes
        a. C. | antes de Cristo
        d. C. | después de Cristo
        a. de C. | antes de Cristo
        d. de C. | después de Cristo
        Cía. | compañía
        dcha. | derecha
        izda. | izquierda
    """),
    currencies=currencies("""
        € EUR euro euros | euro | euros | m | céntimo | céntimos | m
        $ US$ USD U$S | dólar | dólares | m | centavo | centavos | m
        £ GBP | libra | libras | f | penique | peniques | m
        CHF | franco suizo | francos suizos | m | céntimo | céntimos | m
        R$ BRL | real | reales | m | centavo | centavos | m
        MXN | peso | pesos | m | centavo | centavos | m
        pts. ptas. Ptas. | peseta | pesetas | f | céntimo | céntimos | m
        ¥ | yen | yenes | m | sen | senes | m
    """),
    units=nouns("""
        mm | milímetro | milímetros | m
        cm | centímetro | centímetros | m
        dm | decímetro | decímetros | m
        m | metro | metros | m
        km | kilómetro | kilómetros | m
        km/h | kilómetro por hora | kilómetros por hora | m
        m/s | metro por segundo | metros por segundo | m
        mm² | milímetro cuadrado | milímetros cuadrados | m
        cm² | centímetro cuadrado | centímetros cuadrados | m
        m² | metro cuadrado | metros cuadrados | m
        km² | kilómetro cuadrado | kilómetros cuadrados | m
        cm³ | centímetro cúbico | centímetros cúbicos | m
        m³ | metro cúbico | metros cúbicos | m
        ha | hectárea | hectáreas | f
        mg | miligramo | miligramos | m
        g | gramo | gramos | m
        kg | kilogramo | kilogramos | m
        t | tonelada | toneladas | f
        ml mL | mililitro | mililitros | m
        cl cL | centilitro | centilitros | m
        l L | litro | litros | m
        hl | hectolitro | hectolitros | m
        °C ºC | grado Celsius | grados Celsius | m
        °F ºF | grado Fahrenheit | grados Fahrenheit | m
        ° | grado | grados | m
        V | voltio | voltios | m
        W | vatio | vatios | m
        kW | kilovatio | kilovatios | m
        MW | megavatio | megavatios | m
        kWh | kilovatio hora | kilovatios hora | m
        Hz | hercio | hercios | m
        kHz | kilohercio | kilohercios | m
        MHz | megahercio | megahercios | m
        GHz | gigahercio | gigahercios | m
        MB | megabyte | megabytes | m
        GB | gigabyte | gigabytes | m
        CV | caballo | caballos | m
        kcal | kilocaloría | kilocalorías | f
        dB | decibelio | decibelios | m
        s seg. | segundo | segundos | m
        min min. | minuto | minutos | m
        h | hora | horas | f
    """),
    scales=nouns("""
        M | millón | millones | m
        mill. | millón | millones | m
        millón millones | millón | millones | m
    """),
    symbols=phrases("""
        & | y
        + | más
        = | igual a
        × | por
        ± | más menos
        ≈ | aproximadamente
    """),
    portions={
        2: Noun("medio", "medios"),
        3: Noun("tercio", "tercios"),
        4: Noun("cuarto", "cuartos"),
        5: Noun("quinto", "quintos"),
        6: Noun("sexto", "sextos"),
        7: Noun("séptimo", "séptimos"),
        8: Noun("octavo", "octavos"),
        9: Noun("noveno", "novenos"),
        10: Noun("décimo", "décimos"),
    },
    half="medio",
    mixed=lambda whole, part, _: f"{whole} y {part}",
    feminine=_FEMININE.replace("|mil|voces", "|voces"),
    feminine_before="la|las|una|unas",
    masculine=_MASCULINE.replace("|mil|problemas", "|problemas"),
    parts="capítulo|cap\\.|tomo|t\\.|libro|acto|escena|parte|volumen|vol\\.|artículo|art\\.|título|canto"
    "|sección|lámina|anexo|tipo|fase",
    rulers={
        **dict.fromkeys(
            "Alberto Alejandro Alfonso Amadeo Balduino Benedicto Bonifacio Carlos "
            "Clemente Eduardo Enrique Ernesto Felipe Fernando Francisco Federico Gregorio "
            "Guillermo Gustavo Inocencio Iván Jacobo Jaime Jorge José Juan León Leopoldo "
            "Luis Manuel Martín Mohamed Napoleón Nicolás Otón Pablo Pedro Pío Ramiro "
            "Ramsés Ricardo Roberto Rodolfo Sancho Sixto Urbano Víctor Manuel Ordoño "
            "Alfonso García Hassan".split(),
            "m",
        ),
        **dict.fromkeys(
            "Ana Catalina Cristina Isabel Juana Leonor Margarita María Victoria Cleopatra".split(),
            "f",
        ),
    },
    ordered={
        **dict.fromkeys(
            "Guerra República Internacional Dinastía dinastía Legión Edición".split(), "f"
        ),
        **dict.fromkeys("Congreso Concilio Reich Festival Centenario Premio".split(), "m"),
    },
    ordinal_marks={
        ".º": "m", "º": "m", ".ª": "f", "ª": "f", ".er": "m", "er": "m", ".o": "m", ".a": "f",
        "°": "m", ".°": "m", ".os": "m", ".as": "f", "ro": "m", "ra": "f", "do": "m", "da": "f",
        "to": "m", "ta": "f",
    },
    phone_words=r"tel\.|teléfono|tfno\.|llamar al|llame al|llámame al|móvil|fax|número de teléfono",
    domains="com|org|net|es|mx|ar|cl|co|info|eu",
)  # fmt: skip


@rule("century", "Roman numeral", NUMERALS, ROMAN)
def century(match: re.Match[str], locale: Locale) -> str | None:
    """ "siglo XIX", "los siglos XV y XVI": up to ten by order."""
    if not re.search(
        r"(?<!\w)(?:siglos?|ss?\.)\s(?:[IVX]{1,6}(?:,|\s[ya]|-)?\s?){0,4}$",
        before(match),
        re.IGNORECASE,
    ):
        return None
    value = value_of(match.group())
    several = re.search(r"(?:siglos|ss\.)\s", before(match), re.IGNORECASE)
    return _ruler(value, "m", "", locale) if not several else cardinal(value, "", locale)


_SHORT_MONTHS = {
    "ene.": "enero", "feb.": "febrero", "mar.": "marzo", "abr.": "abril", "jun.": "junio",
    "jul.": "julio", "ago.": "agosto", "sept.": "septiembre", "sep.": "septiembre",
    "oct.": "octubre", "nov.": "noviembre", "dic.": "diciembre",
}  # fmt: skip


@rule(
    "short month",
    "date",
    first_words(_SHORT_MONTHS),
    rf"(?:(?<=\d )(?:{any_of(_SHORT_MONTHS)})|(?<=\d de )(?:ene|feb|abr|oct|nov|dic)\.?)"
    r"(?=\s(?:de\s)?\d)",
)
def short_month(match: re.Match[str], _: Locale) -> str:
    """ "3 sept. 1939"."""
    return _SHORT_MONTHS[match.group()]


@rule("s.", "abbreviation", frozenset(("s", "ss")), r"ss?\.(?=\s[IVX]{1,6}(?!\w))")
def short_century(match: re.Match[str], _: Locale) -> str:
    """ "s. XIX"."""
    return "siglos" if match.group() == "ss." else "siglo"


RULES: tuple[Rule, ...] = rules(TABLE, words=(century, short_century, short_month))


def locale(tag: str) -> Locale:
    """Mexico and its neighbours write 1,234.5."""
    return Locale(tag)
