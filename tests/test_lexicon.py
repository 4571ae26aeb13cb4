"""Lexicons, by their examples: what is found, what is said, where from, what is refused."""

from __future__ import annotations

import os
import time
import unicodedata
from itertools import pairwise
from pathlib import Path

import click
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline import read, unchanged
from pipeline.engines import phonemes
from pipeline.errors import ConfigError, SourceError
from pipeline.model import Lexeme, Settings
from pipeline.normalize import patterns
from pipeline.normalize.lexicon import hits, lexicon
from pipeline.normalize.speak import speak
from pipeline.plan import plan
from pipeline.read import Asked, pls
from pipeline.read import lexicon as files
from pipeline.store import Store
from pipeline.suggest import suggestions
from pipeline.voices.profiles import read_voice
from pipeline.watch import matters
from tests.conftest import run
from tests.test_read_epub import book_of, one_page

TONE = ("--voice", "tone:")
KNEBWORTH = Lexeme("Knebworth", "Nebworth")
APOSTROPHES = str.maketrans(dict.fromkeys("’‘ʼ", "'"))


def said(text: str, *lexemes: Lexeme, engine: str = "tone", language: str = "eo") -> str:
    """A text as it is spoken; apostrophes are one whatever the rules make of them."""
    spoken = speak(text, language, lexicon(lexemes, engine, language))
    return spoken.between(0, len(text)).translate(APOSTROPHES)


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("At Knebworth.", "At Nebworth."),
        ("Knebworth’s fans, Knebworth's fans", "Nebworth's fans, Nebworth's fans"),
        ("the Knebworths’ car, the Knebworths' car", "the Nebworths' car, the Nebworths' car"),
        ("Knebworth’ll do", "Nebworth'll do"),
        ("‘Knebworth’", "'Nebworth'"),
        ("pre-Knebworth-era", "pre-Nebworth-era"),
        ("KNEBWORTH’S GATES", "Nebworth's GATES"),
        ("Kneb\u00adworth", "Nebworth"),
        ("Knebworthian, McKnebworth, Knebworth2", "Knebworthian, McKnebworth, Knebworth2"),
        ("knebworth", "knebworth"),
        ("me@Knebworth.org, Knebworth@me.org", "me@Knebworth.org, Knebworth@me.org"),
        ("www.knebworth.com, Knebworth.com", "www.knebworth.com, Knebworth.com"),
    ],
)
def test_a_name_is_found_as_a_word(written: str, spoken: str) -> None:
    assert said(written, KNEBWORTH) == spoken


def test_capitals_of_the_entry_say_how_it_is_written() -> None:
    assert said("gif Gif GIF", Lexeme("gif", "jif")) == "jif Jif Jif"
    assert said("Nice nice NICE", Lexeme("Nice", "Neece")) == "Neece nice Neece"
    assert said("Van Gogh, van Gogh", Lexeme("van Gogh", "van Go")) == "Van Go, van Go"
    assert said("Nice nice NICE", Lexeme("Nice", "Neece", case=True)) == "Neece nice NICE"
    assert said("Nice nice NICE", Lexeme("Nice", "Neece", case=False)) == "Neece Neece Neece"


def test_the_longest_match_counts_then_the_first() -> None:
    page = Lexeme("Page", "Payj"), Lexeme("Jimmy Page", "Jimmy P"), Lexeme("Page", "Later")
    assert said("Jimmy\nPage, Page, Jimmy", *page) == "Jimmy P, Payj, Jimmy"


def test_apostrophes_and_hyphens_match_their_kind() -> None:
    assert said("rock ’n’ roll", Lexeme("rock 'n' roll", "rocknroll")) == "rocknroll"
    assert said("O'Brien O’Brien", Lexeme("O’Brien", "Oh Brien")) == "Oh Brien Oh Brien"
    assert said("Coca‑Cola", Lexeme("Coca-Cola", "cola")) == "cola"


def test_a_word_is_not_found_in_a_contraction() -> None:
    words = Lexeme("don", "dawn"), Lexeme("s", "ess"), Lexeme("Artagnan", "Artanyan")
    assert said("I don’t. The don’s hat: a don.", *words) == "I don't. The dawn's hat: a dawn."
    assert said("d’Artagnan", *words) == "d'Artanyan"


def test_accents_may_stand_apart() -> None:
    for form in ("NFC", "NFD"):
        word = unicodedata.normalize(form, "Beyoncé")
        assert said(f"{word}!", Lexeme("Beyoncé", "Bee on say")) == "Bee on say!"
        assert said(f"{word}!", Lexeme("Beyonc", "x"), Lexeme("Beyonce", "x")) != "x!"


def test_what_stands_around_it_may_be_asked_for() -> None:
    wind = Lexeme("wind", "wined", before=r"\b(will|to)", after="it|the")
    assert said("He will wind it in the wind, to wind.", wind) == (
        "He will wined it in the wind, to wind."
    )
    assert said("will wind", Lexeme("wind", "wined", before=r"\b(will|to)\s$")) == "will wined"
    assert said("wind, to wind", Lexeme("wind", "X"), Lexeme("wind", "Y", before="to")) == "X, to Y"


def test_a_prefix_and_an_expression() -> None:
    assert said("Knebworthian", Lexeme("Knebw", "Nebw", match="prefix")) == "Nebworthian"
    plane = Lexeme(r"B-(\d)(\d)\b", r"bee \1 \2", match="regex")
    assert said("a B-17, a B-170", plane).startswith("a bee 1 7, a B-1")


def test_each_engine_may_get_something_else() -> None:
    word = Lexeme("Goethe", "Gurta", engines=(("robot", "g 3: t @"),))
    assert said("Goethe", word, engine="robot") == "g 3: t @"
    assert said("Goethe", word, engine="other") == "Gurta"
    only = Lexeme("Goethe", engines=(("robot", "g 3: t @"),))
    assert said("Goethe", only, Lexeme("Goethe", "Gurta"), engine="other") == "Gurta"


@pytest.mark.parametrize(
    ("tag", "language", "is_said"),
    [
        ("", "de", True),
        ("en", "en-GB", True),
        ("en-GB", "en-gb", True),
        ("en-US", "en", True),
        ("en-GB", "en-US", False),
        ("en", "enm", False),
    ],
)
def test_an_entry_may_be_of_one_language(tag: str, language: str, *, is_said: bool) -> None:
    assert (said("Bach", Lexeme("Bach", "X", language=tag), language=language) == "X") is is_said


def test_no_rule_touches_a_hit() -> None:
    assert said("PAGE AT KNEBWORTH NOW", KNEBWORTH, language="en-US") == "Page at Nebworth Now"
    assert said("PAGE AT KNEBWORTH NOW", language="en-US") == "Page at Knebworth Now"


WORDS = st.text(st.characters(exclude_categories=["C", "Z", "M"]), min_size=1, max_size=12).filter(
    lambda word: unicodedata.normalize("NFC", word) == word and word.isprintable()
)


@given(WORDS)
@example("C++")
@example(".NET")
@example("AT&T")
@example("(a+)+$")
@example("[x")
@example("\\d")
def test_any_word_finds_itself(word: str) -> None:
    (hit,) = hits(f"“{word}” …", lexicon([Lexeme(word, "said", case=True)], "tone", "en"))
    assert (hit.start, hit.end, hit.spoken) == (1, 1 + len(word), "said")


@given(st.text(max_size=40), st.text(min_size=1, max_size=5), st.booleans())
def test_no_text_and_no_word_is_an_exception(text: str, word: str, prefix: bool) -> None:
    lexeme = Lexeme(word, "x", match="prefix" if prefix else "word")
    found = list(hits(text + word, lexicon([lexeme], "tone", "en")))
    assert all(one.end <= other.start for one, other in pairwise(found))


def test_ten_thousand_words_are_no_burden() -> None:
    text = "The quick brown fox jumps over the lazy dog, and does it again. " * 2000
    few, many = (lexicon([Lexeme(f"Word{n}", "x") for n in range(count)], "tone", "en")
                 for count in (1, 10_000))  # fmt: skip

    def seconds(known: object) -> float:
        start = time.process_time()
        assert not list(hits(text, known))  # type: ignore[arg-type]
        return time.process_time() - start

    assert min(seconds(many) for _ in range(3)) < 3 * min(seconds(few) for _ in range(3))


# Files

TOML = """
language = "en"
[say]
"Knebworth" = "Nebworth"
[[entry]]
word = "wind"
say = "wined"
ipa = "waɪnd"
case = false
before = "\\\\b(will|to)\\\\s$"
after = "it"
engine.robot = "w aI n d"
[[entry]]
word = "B-(\\\\d+)"
say = "bee \\\\1"
match = "regex"
language = "en-GB"
"""


def written(text: str, folder: Path) -> Path:
    path = folder / "lexicon.toml"
    path.write_text(text)
    return path


def test_a_file(tmp_path: Path) -> None:
    found = files.read(written(TOML, tmp_path))
    assert found == (
        Lexeme("Knebworth", "Nebworth", language="en"),
        Lexeme("wind", "wined", "waɪnd", case=False, before=r"\b(will|to)\s$", after="it",
               engines=(("robot", "w aI n d"),), language="en"),
        Lexeme(r"B-(\d+)", r"bee \1", match="regex", language="en-GB"),
    )  # fmt: skip
    assert files.read(written(files.toml(found), tmp_path)) == found


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            '[[entry]]\nword = "A"\nsya = "B"',
            "[[entry]] 'A': unknown key 'sya'. Did you mean 'say'?",
        ),
        ('[[entry]]\nsay = "B"', "[[entry]] 1: has no `word`."),
        ('[[entry]]\nword = "A"', "[[entry]] 'A': does not say how."),
        ('[say]\nA = " "', "[say] 'A': `say` is empty. A word cannot be silent."),
        ("[say]\nA = 1", "[say] 'A': `say` must be a text in quotes, not 1."),
        ('[say]\nA = "B"\n[[entry]]\nword = "A"\nsay = "C"', "'A': is there already."),
        ('[[entry]]\nword = "A"\nsay = "B"\nmatch = "regexp"', "Did you mean 'regex'?"),
        ('[[entry]]\nword = "("\nsay = "B"\nmatch = "regex"', "`word` is not a regular expression"),
        ('[[entry]]\nword = "A"\nsay = "\\\\1"\nmatch = "regex"', "invalid group reference 1"),
        ('[[entry]]\nword = "A"\nsay = "B"\nbefore = "(a+)+b"', "`before` has too many ways"),
        ('[[entry]]\nword = "A"\nsay = "B"\nbefore = ".*.*b"', "`before` has too many ways"),
        ('[[entry]]\nword = "A"\nsay = "B"\nlanguage = "englisch!"', "is not a language tag"),
        ('[[entry]]\nword = "A"\nengine = {x = 1}', "engine: `x` must be a text in quotes"),
        ("entry = 1", "`entry` must be a list of tables"),
        ("entry = [1]", "`entry` must be written as [[entry]] tables."),
        ("words = 1", "unknown key 'words'"),
        ("[say", "not valid TOML"),
    ],
)
def test_what_is_wrong_with_a_file_is_said(text: str, message: str, tmp_path: Path) -> None:
    path = written(text, tmp_path)
    with pytest.raises(ConfigError) as caught:
        files.read(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert message in str(caught.value)


@pytest.mark.parametrize(
    "pattern",
    ["(a+)+b", "(a|a)*", "a*b*c*", "a?" * 13, "(a|a)" * 20, "(a{1,30}){1,30}", "(?i)a", "[[a]",
     "a" * 201],
)  # fmt: skip
def test_an_expression_that_might_take_forever_is_refused(pattern: str) -> None:
    assert patterns.problem(pattern)


@pytest.mark.parametrize(
    "pattern", [r"\b(will|to)\s$", "(?:ab)?c*", r"[]x]{2,3}\(", r"(?<=a)\w+ \w+", r"(?P<n>\d+)"]
)
def test_one_that_does_not_is_not(pattern: str) -> None:
    assert not patterns.problem(pattern)


def test_there_is_an_end_to_what_a_file_may_hold(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(TOML, tmp_path)
    for bound in ("LARGEST_FILE", "MOST_ENTRIES", "MOST_EXPRESSIONS"):
        with monkeypatch.context() as patch:
            patch.setattr(files, bound, 0)
            with pytest.raises(ConfigError, match="than 0 "):
                files.read(path)


NAMES = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=20)


@given(st.dictionaries(NAMES, st.tuples(NAMES, NAMES), min_size=1, max_size=5))
def test_pls_keeps_what_it_can_hold(entries: dict[str, tuple[str, str]]) -> None:
    lexemes = tuple(Lexeme(word, say, ipa, language="en") for word, (say, ipa) in entries.items())
    notices: list[str] = []
    assert tuple(pls.read(pls.write(lexemes, "en"), "x.pls", notices)) == lexemes
    assert not notices


def test_what_pls_cannot_hold_is_left_out() -> None:
    kept = [Lexeme("A", "B"), Lexeme("C", ipa="c")]
    lost = [Lexeme("D", "E", case=True), Lexeme("F", "G", language="de")]
    assert pls.read(pls.write([*kept, *lost], ""), "x.pls", []) == kept


def test_another_alphabet_than_ipa_is_told_of() -> None:
    text = pls.write([Lexeme("A", ipa="x")], "en").replace(b'"ipa"', b'"x-sampa"')
    notices: list[str] = []
    assert not pls.read(text, "x.pls", notices)
    assert notices == ["x.pls: 1 words in the alphabet 'x-sampa' are not used, only IPA is read."]


def test_a_pls_file_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "x.pls").write_text("no markup")
    with pytest.raises(SourceError):
        files.read(tmp_path / "x.pls")


@pytest.mark.parametrize("lexeme", files.built_in(), ids=lambda lexeme: lexeme.word)
def test_ours_differ_from_what_the_voice_says(lexeme: Lexeme) -> None:
    one, other = phonemes([lexeme.word, lexeme.say], Settings(voice="en-us"))
    assert one != other


# Books


def test_the_book_counts_more_than_the_person_and_both_more_than_we(stories: Path) -> None:
    (stories / "1_the-sea.txt").write_text("Goethe met Proust at Knebworth.")
    own = stories.parent / "own.toml"
    own.write_text('[say]\nKnebworth = "Person"\nProust = "Person"')
    (stories / "lexicon.toml").write_text('[say]\nKnebworth = "Book"')
    done = run("script", stories, "--only", "1", "--lexicon", own)
    assert "Gurta met Person at Book." in done.out
    assert "no story" not in done.err


def test_a_file_has_its_lexicon_beside_it(project: Path) -> None:
    (project / "a.b.txt").write_text("At Knebworth.")
    (project / "a.b.lexicon.toml").write_text('[say]\nKnebworth = "Beside"')
    assert "At Beside." in run("script", "a.b.txt").out


def test_an_epub_brings_its_own(tmp_path: Path) -> None:
    item = '<item id="l" href="words.pls" media-type="application/pls+xml"/>'
    words = pls.write([Lexeme("Eloi", "Ee-loy"), Lexeme("Weena", ipa="wiːnə")], "en")
    members = one_page("<p>The Eloi and Weena.</p>", items=item) | {"epub/words.pls": words}
    book = book_of(members, tmp_path)
    with Store(tmp_path / "store", 10**9) as store:
        made = plan(book, read_voice("tone:"), tmp_path / "out", store)
    assert made.steps[0].script.utterances[-1].spoken == "The Ee-loy and Weena."
    (notice,) = made.book.notices
    assert notice.startswith("lexicon: Weena: there is only IPA, which the voice does not take")


def test_a_change_of_an_entry_speaks_only_its_lines(stories: Path) -> None:
    def spoken() -> list[str]:
        told = run(stories, *TONE, "--json").json
        return [event["text"] for event in told if event["event"] == "spoke"]

    assert len(spoken()) == 4
    words = stories / "lexicon.toml"
    words.write_text('[say]\ncalm = "kahm"')
    assert spoken() == ["The sea was kahm."]
    words.write_text('[say]\ncalm = "kahm"\nnowhere = "no where"')
    assert spoken() == []
    words.unlink()
    assert spoken() == []
    assert run("plan", stories, *TONE).code == 0


def test_a_lexicon_is_part_of_what_is_asked(stories: Path) -> None:
    own = stories.parent / "own.toml"
    own.write_text('[say]\na = "b"')
    asked = Asked(lexicon=str(own))
    keys = [
        unchanged.request(stories, Asked(), "tone:"),
        unchanged.request(stories, asked, "tone:"),
    ]
    own.write_text('[say]\na = "c"')
    keys.append(unchanged.request(stories, asked, "tone:"))
    (stories / "lexicon.toml").write_text('[say]\na = "d"')
    keys.append(unchanged.request(stories, Asked(), "tone:"))
    assert None not in keys
    assert len(set(keys)) == 4


def test_a_lexicon_is_watched(project: Path) -> None:
    book = project / "book.epub"
    assert matters(project / "book.lexicon.toml", [book], [])
    assert not matters(project / "other.lexicon.toml", [book], [])


# The command


def test_suggest(project: Path) -> None:
    (project / "story.txt").write_text(
        "The car stopped. However, we met Siân Mainwaring and Tom at Knebworth, "
        "and Tom met Niamh in Knebworth. I saw Knebworth's gate. Then Tom left.\n"
    )
    listed = run("lexicon", "suggest", "story.txt", "--json")
    words = {line["word"]: line for line in listed.json}
    assert next(iter(words)) == "Knebworth"
    assert words["Knebworth"]["count"] == 3
    assert words["Knebworth"]["because"][0] == "silent letters?"
    assert words["Knebworth"]["says"] == "nˈɛbwɜːθ"
    assert words["Siân"]["because"] == ["letters that English does not have"]
    assert words["Tom"]["points"] == 0
    assert not {"However", "Then", "The", "Niamh"} & {*words}
    toml = run("lexicon", "suggest", "story.txt", "--toml", "--most", "1").out
    assert toml.splitlines()[2].startswith('# "Knebworth" = "Knebworth"  # 3; nˈɛbwɜːθ; ')
    edited = toml.replace('# "Knebworth" = "Knebworth"', '"Knebworth" = "Neb"')
    assert files.read(written(edited, project)) == (Lexeme("Knebworth", "Neb"),)
    assert run("lexicon", "suggest", "story.txt").out.splitlines()[0].startswith("Knebworth  ")


def test_suggest_reads_capitals_by_where_they_stand(project: Path) -> None:
    (project / "story.txt").write_text("We like reading. Reading is fun, and Anna likes Reading.")
    assert [one.word for one in suggestions(read.read(project / "story.txt"), "tone")] == ["Anna"]


def test_try(project: Path) -> None:
    plain = run("lexicon", "try", "Knebworth")
    size = (project / "try.wav").stat().st_size
    assert plain.out.splitlines() == [
        "as written:  The word is Knebworth.  nˈɛbwɜːθ",
        "the lexicon: has nothing for it",
        "try.wav",
    ]
    respelt = run("lexicon", "try", "Knebworth", "--say", "Kuh-nebworth", *TONE)
    assert "the lexicon: The word is Kuh-nebworth." in respelt.out
    assert (project / "try.wav").stat().st_size > size


def test_export_and_import(project: Path) -> None:
    (project / "own.toml").write_text(TOML)
    exported = run("lexicon", "export", "own.toml")
    assert "<grapheme>Knebworth</grapheme>" in exported.out
    assert "left out, since PLS has no `case`" in exported.err
    (project / "own.pls").write_text(exported.out)
    imported = run("lexicon", "import", "own.pls")
    assert imported.out == 'language = "en"\n\n[say]\n"Knebworth" = "Nebworth"\n'
    assert run("lexicon", "export", "own.toml", "--format", "toml").out.count("[[entry]]") == 3


def test_the_person_has_a_lexicon_where_settings_are(project: Path) -> None:
    home = {"XDG_CONFIG_HOME": str(project), "APPDATA": str(project), "HOME": str(project)}
    env = os.environ | home
    missing = run("lexicon", "export", env=env)
    assert missing.code == 2
    assert "there is no lexicon of your own" in missing.err
    folder = project / "make-audiobook"
    if not click.get_app_dir("x").startswith(os.environ["XDG_CONFIG_HOME"]):
        pytest.skip("settings are elsewhere on this system")
    folder.mkdir()
    (folder / "lexicon.toml").write_text('[say]\nKnebworth = "Own"')
    assert run("normalize", stdin="Knebworth", env=env).out == "Own\n"
    (project / "other.toml").write_text('[say]\nKnebworth = "Other"')
    other = env | {"MAKE_AUDIOBOOK_LEXICON": str(project / "other.toml")}
    assert run("normalize", stdin="Knebworth", env=other).out == "Other\n"
    assert "gone.toml: cannot be read" in run("normalize", "--lexicon", "gone.toml").err
