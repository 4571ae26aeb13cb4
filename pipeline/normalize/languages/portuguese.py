"""How Portuguese is read aloud, in Brazil and in Portugal."""

from __future__ import annotations

import re

from pipeline.normalize.languages.rules import rules
from pipeline.normalize.languages.shared import (
    DIGIT,
    ROMAN,
    before,
    counted,
    year_of_date,
)
from pipeline.normalize.languages.table import (
    BEFORE,
    QUANTITY,
    Gender,
    Language,
    Noun,
    country,
    currencies,
    nouns,
    phrases,
    single,
)
from pipeline.normalize.rule import Locale, Rule, any_of, first_words, rule
from pipeline.normalize.titles import NUMERALS, value_of

_ONES = (
    "zero um dois três quatro cinco seis sete oito nove dez onze doze treze catorze quinze "
    "dezesseis dezessete dezoito dezenove"
).split()
_EUROPEAN = {"dezesseis": "dezasseis", "dezessete": "dezassete", "dezenove": "dezanove"}
_TENS = "_ dez vinte trinta quarenta cinquenta sessenta setenta oitenta noventa".split()
_HUNDREDS = (
    "_ cento duzentos trezentos quatrocentos quinhentos seiscentos setecentos oitocentos novecentos"
).split()
_ORDINALS = "_ primeiro segundo terceiro quarto quinto sexto sétimo oitavo nono décimo".split()
_TENTHS = (
    "_ décimo vigésimo trigésimo quadragésimo quinquagésimo sexagésimo septuagésimo octogésimo "
    "nonagésimo"
).split()
_MONTHS = (
    "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro"
).split()
# Where they say "dezanove" and "mil milhões".
_LIKE_PORTUGAL = frozenset({"PT", "AO", "MZ", "CV", "GW", "ST", "TL", "MO"})


def _is_european(locale: Locale) -> bool:
    return country(locale) in _LIKE_PORTUGAL


def cardinal(number: int, gender: Gender, locale: Locale) -> str:
    """vinte e um, mil e cem, mil novecentos e setenta e nove, duas mil pessoas."""
    groups: list[tuple[int, str]] = []
    for size, one, many in _scales(locale):
        count, number = divmod(number, size)
        if count:
            groups.append((count, f"{cardinal(count, 'm', locale)} {one if count == 1 else many}"))
    thousands, rest = divmod(number, 1000)
    if thousands:
        count_said = "" if thousands == 1 else f"{_below_thousand(thousands, gender, locale)} "
        groups.append((thousands, f"{count_said}mil"))
    if rest or not groups:
        groups.append((rest, _below_thousand(rest, gender, locale)))
    head, (last, said) = groups[:-1], groups[-1]
    # The last group is joined with "e" when it is a simple one.
    joiner = " e " if last < 100 or last % 100 == 0 else " "
    return " ".join(words for _, words in head) + joiner + said if head else said


def _scales(locale: Locale) -> tuple[tuple[int, str, str], ...]:
    if _is_european(locale):
        return ((10**12, "bilião", "biliões"), (10**6, "milhão", "milhões"))
    return (
        (10**12, "trilhão", "trilhões"),
        (10**9, "bilhão", "bilhões"),
        (10**6, "milhão", "milhões"),
    )


def _below_thousand(number: int, gender: Gender, locale: Locale) -> str:
    if number == 100:
        return "cem"
    hundreds, rest = divmod(number, 100)
    words = [_HUNDREDS[hundreds]] if hundreds else []
    if gender == "f" and hundreds > 1:
        words = [words[0].removesuffix("os") + "as"]
    if rest or not hundreds:
        words.append(_below_hundred(rest, gender, locale))
    return " e ".join(words)


def _below_hundred(number: int, gender: Gender, locale: Locale) -> str:
    if number < 20:
        said = _ONES[number]
        if gender == "f":
            said = {"um": "uma", "dois": "duas"}.get(said, said)
        return _EUROPEAN.get(said, said) if _is_european(locale) else said
    tens, ones = divmod(number, 10)
    return f"{_TENS[tens]} e {_below_hundred(ones, gender, locale)}" if ones else _TENS[tens]


def ordinal(number: int, gender: Gender, _: Locale) -> str | None:
    """primeiro, décimo nono, vigésimo primeiro; nobody says them above a hundred."""
    if number > 100:
        return None
    tens, ones = divmod(number, 10)
    words = ["centésimo"] if number == 100 else [_TENTHS[tens]] if tens else []
    if ones:
        words.append(_ORDINALS[ones])
    said = " ".join(words)
    return re.sub(r"o\b", "a", said) if gender == "f" else said


def _date(day: int, month: int, year: str, before_it: str, locale: Locale) -> str:
    del before_it
    first = day == 1 and not _is_european(locale)
    said = f"{'primeiro' if first else cardinal(day, '', locale)} de {_MONTHS[month - 1]}"
    return f"{said} de {year_of_date(year, TABLE, locale)}" if year else said


def _clock(hour: int, minute: int, second: int, marked: bool, locale: Locale) -> str:
    """catorze e trinta, duas e quinze, oito horas."""
    del marked
    said = cardinal(hour, "f", locale)
    said += f" e {cardinal(minute, '', locale)}" if minute else " hora" if hour == 1 else " horas"
    seconds = "segundo" if second == 1 else "segundos"
    return said + (f" e {cardinal(second, 'm', locale)} {seconds}" if second >= 0 else "")


def _ruler(value: int, gender: Gender, before_it: str, locale: Locale) -> str:
    """Up to ten by order, above by number: João sexto, Luís catorze."""
    del before_it
    return (value <= 10 and ordinal(value, gender, locale)) or cardinal(value, "", locale)


# Words in -as that are no women's.
_FEMININE = (
    r"(?!(?:dias|problemas|sistemas|programas|poemas|idiomas|temas|mapas|planetas|cometas|gramas|dramas|"
    r"quilogramas|climas|guardas|fantasmas|mas|das|as|nas|umas|apenas|atrás|além|jamais|colegas|poetas|"
    r"camaradas|piratas|monarcas|profetas|atletas|indígenas|belgas|policias|policiais|\w{1,20}istas|"
    r"\w{1,20}gramas|deles|delas)(?!\w))"
    r"(?:[a-záâãàéêíóôõúç]{2,24}as|hora|página|vez|vezes|pessoa|mulher|mulheres|noite|noites|cidade|"
    r"cidades|parte|partes|vozes|flores|leis|casa|libra|milhas|mil\s[a-zç]{2,20}(?<!di)(?<!m)as|"
    r"[a-z]{2,20}ções|[a-z]{1,20}ãs|[a-z]{2,20}dades)"
)
_MASCULINE = (
    r"(?:dia|dias|ano|mês|homem|livro|quilômetro|quilómetro|metro|euro|real|minuto|segundo)"
)

# With the names of saints only: before others it is an initial.
_SAINTS = (
    "Paulo Pedro João José Francisco Bento Jorge Luís Luiz Miguel Marcos Mateus Lucas Tomé Tiago "
    "Vicente Sebastião Bernardo Carlos Gonçalo Caetano Salvador Tomás Martinho"
).split()


TABLE = Language(
    cardinal=cardinal,
    ordinal=ordinal,
    date=_date,
    clock=_clock,
    time=r"(?P<hour>\d{1,2})\s?(?P<mark>h)(?:\s?(?P<minute>[0-5]\d)(?:\s?min)?)?"
    r"|(?P<hour_>\d{1,2}):(?P<minute_>\d\d)(?::(?P<second_>\d\d))?(?P<mark_>\s?h)?",
    ruler=_ruler,
    months=tuple(_MONTHS),
    decimal="vírgula",
    point="ponto",
    slash="barra",
    hyphen="hífen",
    underscore="sublinhado",
    at="arroba",
    minus="menos",
    to="a",
    score="a",
    over="sobre",
    and_="e",
    percent="por cento",
    per_mille="por mil",
    number="número",
    sections=("parágrafo", "parágrafos"),
    one_below_two=True,
    cents_joiner=" e ",
    metre_joiner=" e ",
    one=single(
        r"(?i:o|do|ao|no|os|capítulo|cap\.|página|pág\.|número|artigo|art\.|tomo|volume|parte|andar|ponto|"
        r"sala|linha|canal|tipo|fase|nível|grupo|dia|nota|quarto|ato|cena|figura)",
        r"a|ao|de|do|da|e|ou|em|é|que|por|para|com|sem|se|as|os|no|na|não|nem|foi|era|já|mais|contra|"
        r"até|desde|sobre|entre|menos|cada|como|quando|onde|há|tem|mas|só",
        r"(?!(?:dia|mapa|problema|programa|sistema|planeta|poema|tema|idioma|clima|drama|grama|\w+ista)$)"
        r"(?:\w+a|\w+ã|\w+ção|\w+são|\w+dade|\w+gem|mulher|vez|noite|parte|chave|classe|tarde|flor|voz)",
    ),
    of=lambda noun: f"de {noun}",
    no_names=any_of(
        "E Mas O A Com De Para Por Que Se Como Quando Então Senhor Senhora Nem Ou Meu Seu "
        "Já Agora Aqui Caro Era É Foi Disse".split()
    ),
    before_names=phrases("""
        Sr. | senhor
        Srs. | senhores
        Sra. | senhora
        Sr.ª | senhora
        Sras. | senhoras
        Srta. | senhorita
        Dr. | doutor
        Dra. | doutora
        Dr.ª | doutora
        Drs. | doutores
        Prof. | professor
        Profa. | professora
        Prof.ª | professora
        D. | dom
        Eng. | engenheiro
        Arq. | arquiteto
        Gen. | general
        Cel. | coronel
        Cap. | capitão
        Ten. | tenente
        Pe. | padre
        P.e | padre
        Fr. | frei
        Sto. | santo
        Sta. | santa
        Exmo. | excelentíssimo
        Exma. | excelentíssima
        Ilmo. | ilustríssimo
        Av. | avenida
        R. | rua
    """),
    before_numbers=phrases("""
        pág. | página
        págs. | páginas
        pp. | páginas
        p. | página
        cap. | capítulo
        caps. | capítulos
        vol. | volume
        vols. | volumes
        art. | artigo
        arts. | artigos
        fig. | figura
        tel. | telefone
        ed. | edição
        séc. | século
        sécs. | séculos
        aprox. | aproximadamente
        fl. | folha
        fls. | folhas
        inc. | inciso
        tab. | tabela
        núm. | número
    """),
    always={f"S. {name}": f"são {name}" for name in _SAINTS}
    | phrases("""
        Tel.: | Telefone:
        p. ex. | por exemplo
        V. Ex.ª | Vossa Excelência
        V. Exa. | Vossa Excelência
        S. Ex.ª | Sua Excelência
        S. M. o | Sua Majestade o
        S. M. a | Sua Majestade a
        cf. | confira
        i. e. | isto é
        obs. | observação
        c/ | com
        p/ | para
    """),
    may_end=phrases("""
        etc. | et cetera
        a. C. | antes de Cristo
        d. C. | depois de Cristo
        a.C. | antes de Cristo
        d.C. | depois de Cristo
        EUA | Estados Unidos
        E.U.A. | Estados Unidos
        Cia. | companhia
        Ltda. | limitada
        Lda. | limitada
    """),
    currencies=currencies("""
        € EUR euro euros | euro | euros | m | cêntimo | cêntimos | m
        R$ BRL | real | reais | m | centavo | centavos | m
        $ US$ USD | dólar | dólares | m | centavo | centavos | m
        £ GBP | libra | libras | f | pêni | pence | m
        CHF | franco suíço | francos suíços | m | cêntimo | cêntimos | m
        ¥ | iene | ienes | m | sen | sens | m
    """),
    units=nouns("""
        mm | milímetro | milímetros | m
        cm | centímetro | centímetros | m
        dm | decímetro | decímetros | m
        m | metro | metros | m
        km | quilômetro | quilômetros | m
        km/h | quilômetro por hora | quilômetros por hora | m
        m/s | metro por segundo | metros por segundo | m
        mm² | milímetro quadrado | milímetros quadrados | m
        cm² | centímetro quadrado | centímetros quadrados | m
        m² | metro quadrado | metros quadrados | m
        km² | quilômetro quadrado | quilômetros quadrados | m
        cm³ | centímetro cúbico | centímetros cúbicos | m
        m³ | metro cúbico | metros cúbicos | m
        ha | hectare | hectares | m
        mg | miligrama | miligramas | m
        g | grama | gramas | m
        kg | quilograma | quilogramas | m
        t | tonelada | toneladas | f
        ml mL | mililitro | mililitros | m
        cl | centilitro | centilitros | m
        l L | litro | litros | m
        hl | hectolitro | hectolitros | m
        °C ºC | grau Celsius | graus Celsius | m
        °F ºF | grau Fahrenheit | graus Fahrenheit | m
        ° | grau | graus | m
        V | volt | volts | m
        W | watt | watts | m
        kW | quilowatt | quilowatts | m
        MW | megawatt | megawatts | m
        kWh | quilowatt-hora | quilowatts-hora | m
        Hz | hertz | hertz | m
        kHz | quilohertz | quilohertz | m
        MHz | megahertz | megahertz | m
        GHz | gigahertz | gigahertz | m
        MB | megabyte | megabytes | m
        GB | gigabyte | gigabytes | m
        cv | cavalo | cavalos | m
        kcal | quilocaloria | quilocalorias | f
        dB | decibel | decibéis | m
        s seg. | segundo | segundos | m
        min min. | minuto | minutos | m
    """),
    scales=nouns("""
        mi | milhão | milhões | m
        bi | bilhão | bilhões | m
        milhão milhões | milhão | milhões | m
        bilhão bilhões | bilhão | bilhões | m
    """),
    symbols=phrases("""
        & | e
        + | mais
        = | igual a
        × | vezes
        ± | mais ou menos
        ≈ | aproximadamente
    """),
    portions={
        2: Noun("meio", "meios"),
        3: Noun("terço", "terços"),
        4: Noun("quarto", "quartos"),
        5: Noun("quinto", "quintos"),
        6: Noun("sexto", "sextos"),
        7: Noun("sétimo", "sétimos"),
        8: Noun("oitavo", "oitavos"),
        9: Noun("nono", "nonos"),
        10: Noun("décimo", "décimos"),
    },
    half="meio",
    mixed=lambda whole, part, _: f"{whole} e {part}",
    feminine=_FEMININE,
    feminine_before="as|às|à|umas",
    masculine=_MASCULINE,
    parts="capítulo|cap\\.|tomo|livro|ato|acto|cena|parte|volume|vol\\.|artigo|art\\.|título|canto|seção"
    "|secção|anexo|tipo|fase",
    rulers={
        **dict.fromkeys(
            "Afonso Alberto Alexandre Bento Bonifácio Carlos Clemente Duarte Eduardo "
            "Fernando Filipe Felipe Francisco Frederico Gregório Guilherme Gustavo "
            "Henrique Inocêncio Ivan Jaime Jorge João José Leão Leopoldo Luís Luiz Manuel "
            "Miguel Napoleão Nicolau Paulo Pedro Pio Ramsés Ricardo Roberto Sancho "
            "Sebastião Sisto Urbano Dinis".split(),
            "m",
        ),
        **dict.fromkeys(
            "Ana Beatriz Catarina Cristina Isabel Elizabeth Joana Leonor Margarida Maria Vitória "
            "Cleópatra".split(),
            "f",
        ),
    },
    ordered={
        **dict.fromkeys("Guerra República Internacional dinastia Dinastia Legião".split(), "f"),
        **dict.fromkeys("Congresso Concílio Reich Festival Encontro Prêmio".split(), "m"),
    },
    ordinal_marks={
        ".º": "m", "º": "m", ".ª": "f", "ª": "f", "°": "m", ".°": "m", "o": "m", "a": "f",
    },
    phone_words=r"tel\.|telefone|telefonar para|ligar para|ligue para|celular|telemóvel|fax",
    domains="com|org|net|pt|br|info|eu",
)  # fmt: skip


@rule("century", "Roman numeral", NUMERALS, ROMAN)
def century(match: re.Match[str], locale: Locale) -> str | None:
    """ "século XIX", "séculos XV e XVI": up to ten by order."""
    if not re.search(
        r"(?<!\w)(?:séculos?|sécs?\.)\s(?:[IVX]{1,6}(?:,|\s[ea]|-)?\s?){0,4}$",
        before(match),
        re.IGNORECASE,
    ):
        return None
    return _ruler(value_of(match.group()), "m", "", locale)


_SHORT_MONTHS = {
    "jan.": "janeiro", "fev.": "fevereiro", "mar.": "março", "abr.": "abril", "jun.": "junho",
    "jul.": "julho", "ago.": "agosto", "set.": "setembro", "out.": "outubro", "nov.": "novembro",
    "dez.": "dezembro",
}  # fmt: skip


@rule(
    "short month",
    "date",
    first_words(_SHORT_MONTHS),
    rf"(?:(?<=\d )(?:{any_of(_SHORT_MONTHS)})|(?<=\d de )(?:jan|fev|abr|out|nov|dez)\.?)"
    r"(?=\s(?:de\s)?\d)",
)
def short_month(match: re.Match[str], _: Locale) -> str:
    """ "3 set. 1939"."""
    return _SHORT_MONTHS[match.group()]


@rule(
    "quilómetro",
    "measure",
    DIGIT,
    rf"{BEFORE}({QUANTITY})[ \t\u00a0\u202f]?(km/h|km²|km)(?![^\W_])",
)
def kilometre(match: re.Match[str], locale: Locale) -> str | None:
    """In Portugal it has another accent."""
    noun = TABLE.units[match[2]]
    one, many = (word.replace("ô", "ó") for word in (noun.one, noun.many))
    return counted(match[1], Noun(one, many), TABLE, locale) if _is_european(locale) else None


_LADY_BEFORE = re.compile(r"(?:^|\W)(?:[a-zà-ÿ]+|A|À|Da|Rainha|Infanta)\s$")


@rule("dona", "abbreviation", frozenset("D"), r"(?<![^\W_])D\.(?=\s[A-ZÀ-Þ]\w*a\b)")
def dona(match: re.Match[str], _: Locale) -> str | None:
    """ "D. Maria": a lady, as far as the name's end tells; "Franklin D. Costa" has an initial."""
    lead = before(match)
    return "dona" if not lead.strip() or _LADY_BEFORE.search(lead) else None


RULES: tuple[Rule, ...] = rules(TABLE, numbers=(kilometre,), words=(century, short_month, dona))


def locale(tag: str) -> Locale:
    """Brazil, unless the country says otherwise."""
    return Locale(tag)
