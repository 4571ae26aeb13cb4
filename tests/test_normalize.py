"""Rules, each by its examples, and numbers that read back to their value."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.normalize.english import ONES, RULES, SCALES, TENS, cardinal, ordinal, year
from pipeline.normalize.sentences import fit, sentences
from pipeline.normalize.speak import speak

EXAMPLES = {
    "year": [
        ("Knebworth 1979 was", "Knebworth nineteen seventy nine was"),
        ("in 1805", "in eighteen oh five"),
        ("since 1966", "since nineteen sixty six"),
        ("by 2000", "by two thousand"),
        ("in 2009, in 2010", "in two thousand nine, in twenty ten"),
        ("in 1900", "in nineteen hundred"),
        ("On June 3, 1921, it", "On June three, nineteen twenty one, it"),
        ("It was 1979.", "It was nineteen seventy nine."),
        ("(1979)", "(nineteen seventy nine)"),
        ("a 1969 Les Paul", "a nineteen sixty nine Les Paul"),
        ("from 1914 to 1918", "from nineteen fourteen to nineteen eighteen"),
    ],
    "decade": [
        ("the late ’70s", "the late seventies"),
        ("the '80s", "the eighties"),
        ("the 1990s", "the nineteen nineties"),
        ("the 2000s", "the two thousands"),
        ("the mid-1970s", "the mid-nineteen seventies"),
        ("his 30s", "his thirties"),
    ],
    "cardinal": [
        ("200,000 fans", "two hundred thousand fans"),
        ("111 copies", "one hundred eleven copies"),
        ("at 81,", "at eighty one,"),
        ("a 12-string", "a twelve-string"),
        ("1200 carts", "one thousand two hundred carts"),
        ("0 and 1,000,000.", "zero and one million."),
        ("page 1234", "page one thousand two hundred thirty four"),
        ("over 1500 men", "over one thousand five hundred men"),
    ],
    "ordinal": [("the 1st, the 22nd", "the first, the twenty second"), ("12th", "twelfth")],
    "title": [("Mr. Orr", "Mister Orr"), ("Mr. and Mrs. Orr", "Mister and Missus Orr")],
    "suffix": [
        ("James Sr. was", "James Senior was"),
        ("James Page Sr.", "James Page Senior."),
        ("Sammy Davis Jr. He sang", "Sammy Davis Junior. He sang"),
    ],
    "Latin": [("(e.g., this)", "(for example, this)"), ("etc. and so", "et cetera and so")],
    "and": [("rock ’n’ roll", "rock and roll"), ("rock 'n' roll", "rock and roll")],
    "ampersand": [("Legacy & Light", "Legacy and Light"), ("AT&T", "AT&T")],
    "part": [
        ("CHAPTER II", "Chapter two"),
        ("Part XIV", "Part fourteen"),
        ("Act I", "Act one"),
        ("the part I liked", "the part I liked"),
    ],
    "fraction": [("½ cup", "one half cup"), ("2¾ miles", "two and three quarters miles"),
                 ("1½", "one and a half"), ("⅕", "one fifth")],
    "capitals": [
        ("by JIMMY PAGE ever", "by Jimmy Page ever"),
        ("LED ZEPPELIN’S storm", "Led Zeppelin's storm"),
        ("the FBI", "the FBI"),
        ("NASA BBC", "NASA BBC"),
        ("STOP IT NOW", "Stop It Now"),
        ("WHERE AM I GOING", "Where Am I Going"),
        ("LOUIS XIV AND THE BBC", "Louis XIV And The BBC"),
        ("TV TV TV", "TV TV TV"),
    ],
}  # fmt: skip

UNCHANGED = [
    "Nothing here has to change, not even this.",
    "It was $5.20, 3.14, 10:30, 1/2, 10%, 5kg, 10-12, 007 and A4.",
    "Call 020 7946 0958 or (212) 555-1234, wait 30s, pay £12 10s.",
    "It was a * b and f*ck that, c**d, in snake_case.",
    "A semi-final, a well-known so-and-so.",
]


@pytest.mark.parametrize(
    ("written", "said"), [pair for pairs in EXAMPLES.values() for pair in pairs], ids=str
)
def test_examples(written: str, said: str) -> None:
    assert speak(written, "en-US").between(0, len(written)) == said


def test_every_english_rule_has_examples() -> None:
    assert {rule.name for rule in RULES} == set(EXAMPLES)


@pytest.mark.parametrize("text", UNCHANGED)
def test_what_no_rule_knows_is_left_alone(text: str) -> None:
    assert speak(text, "en-US").between(0, len(text)) == text


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("It was *very* old.", "It was very old."),
        ("**Bold** and _soft_ and ***both at once***", "Bold and soft and both at once"),
        ("① First, ② second", "1 First, 2 second"),
        ("ｆｕｌｌ width, 𝓗𝓮𝓵𝓵𝓸", "full width, Hello"),
        ("cafe\u0301, na\u0131\u0308ve", "café, naı̈ve"),
        ("٣ ships", "3 ships"),
        ("ﬁne ﬂow", "fine flow"),
        ("soft\u00adhyphen", "softhyphen"),
        ("half-\nfrozen", "half-frozen"),
        ("“Run, or—”", '"Run, or —"'),
    ],
)
def test_what_holds_in_every_language(written: str, said: str) -> None:
    assert speak(written, "de").between(0, len(written)) == said


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
    text = "Es war 1979 — “so” sagte er’s."
    assert speak(text, "de").between(0, len(text)) == 'Es war 1979 — "so" sagte er\'s.'


def value(words: str) -> int:
    """A reader of its own, to check the speller by."""
    total = group = 0
    for word in words.split():
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


@given(st.integers(0, 10**15 - 1))
def test_a_number_reads_back_to_its_value(number: int) -> None:
    assert value(cardinal(number)) == number
    assert speak(f"{number:,}", "en-US").between(0, 99) == cardinal(number)


@given(st.integers(1, 10**6))
def test_an_ordinal_ends_like_one(number: int) -> None:
    assert ordinal(number).endswith(("th", "first", "second", "third"))
    assert ordinal(number).split()[:-1] == cardinal(number).split()[:-1]


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


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three? Four…", ["One.", "Two!", "Three?", "Four…"]),
        ("“No!” he said. “Yes.”", ["“No!” he said.", "“Yes.”"]),
        ("He said “No.” Then left.", ["He said “No.”", "Then left."]),
        ("Mr. Orr met J. R. Winter. So did I. Good.", None),
        ("James Sr. was late. So was James Jr. Nobody cared.", None),
        ("It is 3.14 or so. Yes.", ["It is 3.14 or so.", "Yes."]),
        ("wait... what? no.", ["wait... what? no."]),
        ("好。很好！走吧？", ["好。", "很好！", "走吧？"]),
        ("No end", ["No end"]),
        ("P. G. Orr came. He left.", ["P. G. Orr came.", "He left."]),
        ("See No. 7 on Dec. 25. Say no. Go.", ["See No. 7 on Dec. 25.", "Say no.", "Go."]),
        ("The U.S. Army left. P.S. I have it.", ["The U.S. Army left.", "P.S. I have it."]),
        ("He left the U.S. He was sad.", ["He left the U.S.", "He was sad."]),
        ("« Qui ? » Lui.", ["« Qui ? »", "Lui."]),
    ],
)
def test_sentences(text: str, expected: list[str] | None) -> None:
    expected = (
        expected
        or {
            "M": ["Mr. Orr met J. R. Winter.", "So did I.", "Good."],
            "J": ["James Sr. was late.", "So was James Jr.", "Nobody cared."],
        }[text[0]]
    )
    spoken = speak(text, "en-US")
    assert [text[start:end] for start, end in sentences(spoken)] == expected
