"""The languages that have a table, each rule by its examples."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib import import_module
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.normalize import languages
from pipeline.normalize.rule import Locale
from pipeline.normalize.speak import speak
from tests.languages import french, german, italian, portuguese, spanish

SAID = {"de": german, "fr": french, "es": spanish, "it": italian, "pt": portuguese}


def said(text: str, language: str) -> str:
    return speak(text, language).between(0, len(text))


def module(language: str) -> ModuleType:
    return import_module(languages.TABLES[language])


@pytest.mark.parametrize(
    ("language", "written", "expected"),
    [
        (language, *pair)
        for language, table in SAID.items()
        for pairs in table.EXAMPLES.values()
        for pair in pairs
    ],
    ids=str,
)
def test_examples(language: str, written: str, expected: str) -> None:
    assert said(written, language) == expected


@pytest.mark.parametrize("language", SAID)
def test_every_rule_has_examples(language: str) -> None:
    rules = {rule.name for rule in module(language).RULES}
    assert rules == set(SAID[language].EXAMPLES)
    changed = {
        change.rule
        for pairs in SAID[language].EXAMPLES.values()
        for written, _ in pairs
        for change in speak(written, language).changes
    }
    assert rules - {"quilómetro"} <= changed  # that is of Portugal, below


@pytest.mark.parametrize(
    ("language", "text"),
    [(language, text) for language, table in SAID.items() for text in table.UNCHANGED],
    ids=str,
)
def test_what_only_looks_like_a_number_is_left_alone(language: str, text: str) -> None:
    assert said(text, language) == text


@pytest.mark.parametrize(
    ("language", "written", "expected"),
    [
        ("fr-BE", "71, 80 et 99", "septante et un, quatre-vingts et nonante-neuf"),
        (
            "fr-CH",
            "75 et 1'500.50 CHF",
            "septante-cinq et mille cinq cents francs suisses cinquante",
        ),
        ("pt-PT", "19 de maio", "dezanove de maio"),
        ("pt-PT", "1.000.000.000 de anos", "mil milhões de anos"),
        ("pt-PT", "3 km", "três quilómetros"),
        ("pt-BR", "1.000.000.000 de anos", "um bilhão de anos"),
        ("es-MX", "1,500.75 pesos", "mil quinientos coma setenta y cinco pesos"),
        ("es-ES", "1.500,75 pesos", "mil quinientos coma setenta y cinco pesos"),
        ("de-CH", "1’234.5 m", "eintausendzweihundertvierunddreißig Komma fünf Meter"),
        ("de_AT", "3 Mai", "drei Mai"),
    ],
)
def test_countries_differ(language: str, written: str, expected: str) -> None:
    assert said(written, language) == expected


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("de", "Hunde usw. Er ging.", ["Hunde usw.", "Er ging."]),
        ("de", "Tiere, z. B. Hunde. Er ging.", ["Tiere, z. B. Hunde.", "Er ging."]),
        ("de", "Am 3. Mai kam er. Im 19. Jahrhundert nicht.", None),
        ("de", "Er kam am 3. Dann ging er.", ["Er kam am 3.", "Dann ging er."]),
        ("fr", "Des poires, etc. Il partit.", ["Des poires, etc.", "Il partit."]),
        ("es", "Vive en EE. UU. desde hoy. Ya.", ["Vive en EE. UU. desde hoy.", "Ya."]),
        ("it", "Il Sig. Rossi ecc. Poi basta.", ["Il Sig. Rossi ecc.", "Poi basta."]),
        ("pt", "O Sr. Lima veio. Saiu.", ["O Sr. Lima veio.", "Saiu."]),
    ],
)
def test_sentences_end_where_they_do(language: str, text: str, expected: list[str] | None) -> None:
    expected = expected or ["Am 3. Mai kam er.", "Im 19. Jahrhundert nicht."]
    assert list(cut(text, language)) == expected


def cut(text: str, language: str) -> Iterator[str]:
    """At full stops, but for those that a change claims; one it ends with is as it says."""
    spoken = speak(text, language)
    start = 0
    for stop in re.finditer(r"\.(?=\s|$)", text):
        change = spoken.last_before(stop.end())
        if spoken.around(stop.end()) or (change and not change.spoken.endswith(".")):
            continue
        yield text[start : stop.end()].strip()
        start = stop.end()


WORDS = {"de": "Es waren {} Leute.", "fr": "Il y a {} gens.", "es": "Hay {} casas.",
         "it": "Ci sono {} case.", "pt": "Há {} casas."}  # fmt: skip


@pytest.mark.parametrize(
    ("language", "text", "spoken"),
    [
        ("fr", "Vers le soir, vers Paris.", "Vers le soir, vers Paris."),
        ("fr", "Le Dr Petit vint au Ve siècle.", "Le Docteur Petit vint au cinquième siècle."),
        ("de", "Der 2. Sohn und sein 3. Mann.", "Der zweite Sohn und sein dritter Mann."),
        ("de", "Bis zum 31. 12. 1999.",
         "Bis zum einunddreißigsten Dezember neunzehnhundertneunundneunzig."),
        ("de", "Nimm 3 EL Zucker.", "Nimm drei Esslöffel Zucker."),
        ("it", "Il sig. Rossi e il gen. Cadorna.", "Il signor Rossi e il generale Cadorna."),
        ("it", "C'erano 40° all'ombra al 3° piano.",
         "C'erano quaranta gradi all'ombra al terzo piano."),
        ("it", "I secoli bui, il XIX secolo.", "I secoli bui, il diciannovesimo secolo."),
    ],
)  # fmt: skip
def test_what_listeners_found(language: str, text: str, spoken: str) -> None:
    assert speak(text, language).between(0, len(text)) == spoken


@pytest.mark.parametrize("language", SAID)
@given(numbers=st.sets(st.integers(0, 10**12), min_size=2, max_size=20))
def test_different_numbers_are_said_differently(language: str, numbers: set[int]) -> None:
    for tag in (language, f"{language}-CH", f"{language}-PT"):
        words = [module(language).cardinal(number, "", Locale(tag)) for number in numbers]
        assert len(set(words)) == len(numbers)
        assert all(re.fullmatch(r"[^\W\d_]+(?:[ -][^\W\d_]+)*", word) for word in words)
        assert all(len(part) <= 64 for word in words for part in word.split())


@pytest.mark.parametrize("language", SAID)
@given(
    number=st.integers(0, 10**18),
    shape=st.sampled_from(["{}", "{} %", "{} km", "{} €", "€ {}", "{},5", "{}–{}", "½ {}", "-{}"]),
)
def test_no_digit_is_left_in_a_simple_sentence(language: str, number: int, shape: str) -> None:
    text = WORDS[language].format(shape.replace("{}", str(number)))
    assert not re.search(r"\d", said(text, language)), said(text, language)


SIGNS = "0123456789.,:/-–’' €$%°§½²IVXMhmukneraoº. ª()+"


@pytest.mark.parametrize("language", SAID)
@given(text=st.one_of(st.text(max_size=200), st.text(SIGNS, max_size=60)))
def test_any_text_can_be_said(language: str, text: str) -> None:
    spoken = speak(text, language)
    ends = [0, *(change.end for change in spoken.changes)]
    assert all(change.start >= end for change, end in zip(spoken.changes, ends, strict=False))


@pytest.mark.parametrize("language", SAID)
def test_what_has_been_said_stays(language: str) -> None:
    for pairs in SAID[language].EXAMPLES.values():
        for _, expected in pairs:
            assert said(expected, language) == expected


@pytest.mark.parametrize("language", SAID)
@pytest.mark.parametrize(
    "unit",
    ["1", "1.", "1 ", "1.1 ", "1-", "1/1/", "I", "I. ", "XVI ", "a.", "1:1:", "a@", "www.",
     "1 000 ", "§", "€1", "Dr. ", "-1", "½", "0 1 ", "'7", "+1 "],
)  # fmt: skip
def test_hostile_text_costs_no_more_than_its_length(language: str, unit: str) -> None:
    text = unit * (20_000 // len(unit))
    started = time.process_time()
    speak(text, language)
    assert time.process_time() - started < 4


def test_only_the_language_of_a_text_is_loaded() -> None:
    code = (
        "import sys; from pipeline.normalize.speak import speak; "
        "speak('1', 'en'); speak('1', 'it'); "
        "print(*(name for name in sys.modules if name.startswith('pipeline.normalize.languages.')))"
    )
    asked = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {name.rpartition(".")[2] for name in asked.stdout.split()}
    assert "italian" in loaded
    assert not loaded & {"german", "french", "spanish", "portuguese"}


def test_languages_without_a_table_keep_their_numbers() -> None:
    assert said("Het was 1979.", "nl") == "Het was 1979."
    assert not languages.has_table("nl")
    assert all(languages.has_table(tag) for tag in ("de", "fr-BE", "pt_BR", "EN-us"))
