"""Rules by their examples, and what holds for every text."""

from __future__ import annotations

import string
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.normalize import common, english
from pipeline.normalize.english.numbers import ONES, SCALES, TENS, cardinal, ordinal, year
from pipeline.normalize.pieces import fit
from pipeline.normalize.rule import Locale
from pipeline.normalize.sentences import sentences
from pipeline.normalize.speak import speak

EXAMPLES = Path(__file__).parent / "examples"
TEXTS = st.text(
    st.one_of(
        st.sampled_from(string.digits + string.punctuation + "£€½²°’“”—–… \n"),
        st.characters(codec="utf-8"),
    ),
    max_size=80,
)


def said(written: str, language: str = "en-US") -> str:
    """A text as it is spoken."""
    return speak(written, language).between(0, len(written))


def rows(language: str) -> Iterator[tuple[str, str, str]]:
    """A rule's name, a text, and the same as it is spoken: from the table of examples."""
    rule = ""
    lines = (EXAMPLES / f"{language}.txt").read_text(encoding="utf-8").splitlines()
    for written, spoken in pairwise([*lines, ""]):
        if written.startswith("["):
            rule = written[1:-1]
        elif written and rule == "unchanged":
            yield rule, written, written
        elif written and not written.startswith("    "):
            yield rule, written, spoken.strip()


@pytest.mark.parametrize(
    ("language", "rule", "written", "spoken"),
    [(name, *row) for name in ("en-US", "en-GB") for row in rows(name)],
)
def test_examples(language: str, rule: str, written: str, spoken: str) -> None:
    found = speak(written, language)
    assert found.between(0, len(written), heard=rule in {"read", "heteronym"}) == spoken
    assert rule == "unchanged" or rule in {change.rule for change in found.changes}


@pytest.mark.parametrize(("written", "spoken"), [row[1:] for row in rows("acceptance")])
def test_what_listeners_complain_of_elsewhere(written: str, spoken: str) -> None:
    assert said(written) == spoken


def test_a_word_of_two_sounds_keeps_its_letters_but_for_the_engine() -> None:
    text = "I read it in 1979, long ago; will you read it?"
    assert said(text) == "I read it in nineteen seventy nine, long ago; will you read it?"
    heard = speak(text, "en-US").between(0, len(text), heard=True)
    assert heard.startswith("I red it in nineteen")
    assert heard.endswith("will you read it?")


def test_every_english_rule_has_examples_and_a_reason() -> None:
    shown = {rule for name in ("en-US", "en-GB") for rule, _, _ in rows(name)}
    assert {rule.name for rule in english.RULES} == shown - {"unchanged"}
    assert all(rule.say.__doc__ for rule in (*english.RULES, *common.RULES))


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("It was *very* old.", "It was very old."),
        ("**Bold** and _soft_ and ***both at once***", "Bold and soft and both at once"),
        ("① First, ② second", "1 First, 2 second"),
        ("ｆｕｌｌ width, 𝓗𝓮𝓵𝓵𝓸", "full width, Hello"),
        ("cafe\u0301, na\u0131\u0308ve", "café, naı̈ve"),
        ("٣ ships", "3 ships"),
        ("ﬁne ﬂow of an oﬀer", "fine flow of an offer"),
        ("soft\u00adhyphen", "softhyphen"),
        ("half-\nfrozen", "half-frozen"),
        ("“Run, or—”", '"Run, or —"'),
        ("home -> road => sea --> end", "home road sea end"),
        ("up ↑ and ⇒ on", "up and on"),
        ("Yes 🙂, 👨‍👩‍👧 no ❤️!", "Yes , no !"),
        ("3 >= 2, <-> and a<b", "3 >= 2, <-> and a<b"),
    ],
)
def test_what_holds_in_every_language(written: str, spoken: str) -> None:
    assert said(written, "xx") == spoken


def test_marks_of_emphasis_hide_no_rule() -> None:
    assert said("_Mr._ Orr, _Henry VIII_ and *5 km*") == (
        "Mister Orr, Henry the eighth and five kilometers"
    )


@pytest.mark.parametrize(
    ("said", "fitted"),
    [
        ("w" * 30, " ".join(["w" * 12, "w" * 12, "w" * 6])),
        ("1" * 16, " ".join("1" * 16)),
        ("a" * 64, "a" * 64),
        ("$" * 20, "$$$$$$$$ $$$$$$$$ $$$$"),
        ("Ha-" * 30 + "Ha", " ".join(["Ha-" * 11, "Ha-" * 11, "Ha-" * 8 + "Ha"])),
        ("Nothing here needs that.", "Nothing here needs that."),
    ],
)
def test_words_without_end_are_made_to_fit(said: str, fitted: str) -> None:
    assert fit(said).split() == fitted.split()
    assert fit(said).replace(" ", "") == said.replace(" ", "")


def test_other_languages_keep_their_numbers() -> None:
    text = "Het was 1979 — “zo” zei hij’s."
    assert speak(text, "nl").between(0, len(text)) == 'Het was 1979 — "zo" zei hij\'s.'


def value(words: str) -> int:
    """A reader of its own, to check the speller by."""
    total = group = 0
    for word in words.replace(" and ", " ").split():
        if word in ONES:
            group += ONES.index(word)
        elif word in TENS:
            group += TENS.index(word) * 10
        elif word == "hundred":
            group *= 100
        else:
            total += group * 1000 ** SCALES.index(word)
            group = 0
    return total + group


@given(st.integers(0, 10**18), st.sampled_from([english.AMERICAN, english.BRITISH]))
def test_a_number_reads_back_to_its_value(number: int, locale: Locale) -> None:
    assert value(cardinal(number, locale)) == number
    assert said(f"{number:,}", locale.tag) == cardinal(number, locale)


@given(st.integers(1, 10**12))
def test_an_ordinal_reads_back_to_its_value(number: int) -> None:
    *head, last = ordinal(number).split()
    assert cardinal(number).split()[:-1] == head
    endings = {1: "st", 2: "nd", 3: "rd"}
    ending = "th" if number % 100 in (11, 12, 13) else endings.get(number % 10, "th")
    assert said(f"{number}{ending}") == ordinal(number)
    assert last.endswith(ending)


@given(st.integers(1100, 2099))
def test_a_year_reads_back_to_its_value(number: int) -> None:
    words = year(number).replace("oh ", "")
    first, *rest = words.split()
    if "thousand" in words or words.endswith("hundred"):
        assert value(words) == number
    else:
        head = 2 if len(rest) and first in TENS[2:] and number // 100 % 10 else 1
        assert value(" ".join(words.split()[:head])) == number // 100
        assert value(" ".join(words.split()[head:])) == number % 100
    assert said(f"in {number}") == f"in {year(number)}"


PARTS = (
    "Mr. Orr|Mrs. Lane|Dr. Moss|in St. Louis|at 5 Elm St.|on Fifth Ave.|Henry VIII|"
    "Chapter IV|in 1979|the late ’70s|200,000|3.14|$5.2 million|£3 7s. 6d.|25p|10%|5 °C|"
    "5 km|6'2\"|100 km/h|3:30pm|14:00|at 9 a.m.|July 16, 1945|16 July 1945|7/16/1945|"
    "Nov. 3|pp. 12-14|No. 5|1/2|2½|10–12|e.g. pears|etc.|the U.S. Army|J. R. R. Tolkien|"
    "NASA|LED ZEPPELIN|HE SAID NO|(555) 123-4567|www.example.com|a@b.com|John 3:16|§ 5|#5|"
    "H2O|2 + 2 = 4|word[3]|R&D|and/or|rock ’n’ roll|a 12-string|MP3|— and —|“Run!”|"
    "‘So,’ he said.|*very*|_so_|…|(really)|She read it.|a lead pipe|plan B.|Smith & Co.|"
    "James Page Sr.|-5|x²"
).split("|")


@given(st.lists(st.sampled_from(PARTS), max_size=6), st.sampled_from(["en-US", "en-GB", "xx"]))
def test_what_is_spoken_is_spoken_the_same_again(parts: list[str], language: str) -> None:
    once = said(" ".join(parts), language)
    assert said(once, language) == once


@given(TEXTS)
def test_changes_lie_in_order_within_the_text(text: str) -> None:
    changes = speak(text, "en-US").changes
    ends = [0, *(end for change in changes for end in (change.start, change.end)), len(text)]
    assert ends == sorted(ends)


@given(TEXTS)
def test_pieces_leave_out_nothing_but_space(text: str) -> None:
    spans = list(sentences(speak(text, "en-US"), "en-US"))
    assert "".join("".join(text[start:end] for start, end in spans).split()) == "".join(
        text.split()
    )


@pytest.mark.parametrize(
    "text",
    [
        "1" * 100_000,
        "1," * 50_000,
        "1.1" * 40_000,
        "1-" * 50_000,
        "1/2 " * 30_000,
        "$" * 100_000,
        "$1" * 50_000,
        "“" * 100_000,
        "“a.” " * 20_000,
        "A." * 50_000,
        "A. " * 40_000,
        "a.b" * 40_000,
        "a@" * 50_000,
        "IV " * 40_000,
        "Mr." * 40_000,
        "THE " * 40_000,
        "—" * 100_000,
        "*a" * 50_000,
        "[1" * 50_000,
        "(" * 100_000,
        "e\u0301" * 50_000,
        "".join(map(chr, range(32))) * 3_000,
        "a" * 1_000_000,
        "word " * 200_000,
    ],
    ids=lambda text: repr(text[:6]),
)
def test_no_text_takes_long(text: str) -> None:
    """Linear: what would be quadratic takes minutes here."""
    assert list(sentences(speak(text, "en-US"), "en-US")) or not text.strip()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three? Four…", ["One.", "Two!", "Three?", "Four…"]),
        ("“No!” he said. “Yes.”", ["“No!” he said.", "“Yes.”"]),
        ("He said “No.” Then left.", ["He said “No.”", "Then left."]),
        ("Mr. Orr met J. R. Winter. So did I. Good.",
         ["Mr. Orr met J. R. Winter.", "So did I.", "Good."]),
        ("James Sr. was late. So was James Jr. Nobody cared.",
         ["James Sr. was late.", "So was James Jr.", "Nobody cared."]),
        ("It is 3.14 or so. Yes.", ["It is 3.14 or so.", "Yes."]),
        ("wait... what? no.", ["wait... what? no."]),
        ("好。很好！走吧？", ["好。", "很好！", "走吧？"]),
        ("No end", ["No end"]),
        ("P. G. Orr came. He left.", ["P. G. Orr came.", "He left."]),
        ("See No. 7 on Dec. 25. Say no. Go.", ["See No. 7 on Dec. 25.", "Say no.", "Go."]),
        ("The U.S. Army left. P.S. I have it.", ["The U.S. Army left.", "P.S. I have it."]),
        ("He left the U.S. He was sad.", ["He left the U.S.", "He was sad."]),
        ("« Qui ? » Lui.", ["« Qui ? »", "Lui."]),
        ("“Run!” Harriet cried. She ran.", ["“Run!” Harriet cried.", "She ran."]),
        ("“Run!” Harriet turned and ran.", ["“Run!”", "Harriet turned and ran."]),
        ("“Now?” the old man asked Tom. Tom shrugged.",
         ["“Now?” the old man asked Tom.", "Tom shrugged."]),
        ("“But I—” “No.”", ["“But I—”", "“No.”"]),
        ("“But I—” he began.", ["“But I—” he began."]),
        ("“But I—” Harriet stammered.", ["“But I—” Harriet stammered."]),
        ("“Yes!” “No,” he mocked.", ["“Yes!”", "“No,” he mocked."]),
        ("It had “One,” “Two,” and “Three.” So.", ["It had “One,” “Two,” and “Three.”", "So."]),
        ('"Go." "Why?" she asked.', ['"Go."', '"Why?" she asked.']),
        ("1. Take the eggs. 2. Boil them.", ["1. Take the eggs.", "2. Boil them."]),
        ("He left. (She stayed.) They met.", ["He left.", "(She stayed.)", "They met."]),
        ("He came: she left; they met. So.", ["He came: she left; they met.", "So."]),
        ("I… I cannot. Well… Harriet came.", ["I… I cannot.", "Well…", "Harriet came."]),
        ("“What . . . who?” Silence. . . . Then he spoke.",
         ["“What . . . who?”", "Silence. . . .", "Then he spoke."]),
        ("He came at 3 p.m. She had left.", ["He came at 3 p.m.", "She had left."]),
        ("It ended.[3] Then it began.12 So.", ["It ended.[3]", "Then it began.12", "So."]),
        ("It ended. iPhones came. de Winter left.",
         ["It ended.", "iPhones came.", "de Winter left."]),
    ],
)  # fmt: skip
def test_sentences(text: str, expected: list[str]) -> None:
    assert cut(text, "en-US") == expected


def cut(text: str, language: str) -> list[str]:
    return [text[start:end] for start, end in sentences(speak(text, language), language)]


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("pl", "To jest np. pies. Ul. Długa 5 jest tu.",
         ["To jest np. pies.", "Ul. Długa 5 jest tu."]),
        ("ru", "Г. Иванов пришёл. «Да!» — сказал он.", ["Г. Иванов пришёл.", "«Да!» — сказал он."]),
        ("nl", "Dhr. Jansen zei: “Nee!” “Ja.” Hij ging.",
         ["Dhr. Jansen zei: “Nee!”", "“Ja.”", "Hij ging."]),
        ("de", "Am 3. Mai kam Dr. Moss usw. Er blieb.",
         ["Am 3. Mai kam Dr. Moss usw.", "Er blieb."]),
        ("fr", "M. Orr part. J. Verne vit.", ["M. Orr part.", "J. Verne vit."]),
        ("es", "No. El Sr. Orr vino. Fin.", ["No.", "El Sr. Orr vino.", "Fin."]),
    ],
)  # fmt: skip
def test_sentences_of_other_languages(language: str, text: str, expected: list[str]) -> None:
    assert cut(text, language) == expected
