"""Who speaks which line: quotations, marks, parts of a book, phrases of other languages."""

from __future__ import annotations

import io
import json
import shutil
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from pipeline import engines
from pipeline import plan as planning
from pipeline.config import read_book
from pipeline.engines import choose
from pipeline.engines import engine as pipeline_engine
from pipeline.errors import ConfigError, VoiceError
from pipeline.model import (
    Book,
    Chapter,
    Hint,
    Lexeme,
    Pace,
    Part,
    Settings,
    Span,
    Utterance,
    Voice,
)
from pipeline.normalize.cast import ALONE, Cast, Role
from pipeline.normalize.lexicon import lexicon
from pipeline.normalize.marks import marked
from pipeline.normalize.speakers import Talk, turns
from pipeline.read.text import story
from pipeline.script import packed, unpacked, write
from pipeline.store import Store
from tests import voices as make_voices
from tests.conftest import run

PEOPLE = (
    Part("quotations", None, (("pitch", 60),)),
    Part("Harriet", "en-us+f3", (), ("she", "the girl")),
    Part("Tom", "en-gb", (), ("Mr. Brown",)),
)
FRENCH = "fr"


def cast(parts: tuple[Part, ...] = PEOPLE, *languages: str, **role: object) -> Cast:
    one = Role(**role)  # type: ignore[arg-type]
    names = ["", *(part.name for part in parts)]
    return Cast({(name, tag): one for name in names for tag in ("", *languages)}, parts)


def chapter_of(text: str) -> Chapter:
    """A story with its marks read."""
    return marked(story(text, "en-US", "TEXT", keep_boilerplate=True), [p.name for p in PEOPLE])


def lines_of(text: str, who: Cast | None = None) -> list[tuple[str, str]]:
    """Each line's part, or language, and what is said."""
    lines = write(chapter_of(text), Pace(), cast=who or cast()).utterances
    return [(line.part or line.language, line.spoken) for line in lines]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("“Run!” Harriet cried.", [("Harriet", '"Run!"'), ("", "Harriet cried.")]),
        ("“Run!” she cried, and ran.", [("Harriet", '"Run!"'), ("", "she cried, and ran.")]),
        ("“Run,” said the girl.", [("Harriet", '"Run,"'), ("", "said the girl.")]),
        ("“Run,” Mr. Brown said.", [("Tom", '"Run,"'), ("", "Mister Brown said.")]),
        ("“Run,” Tom Brown said.", [("Tom", '"Run,"'), ("", "Tom Brown said.")]),
        ("“Run,” Miss Tom said.", [("quotations", '"Run,"'), ("", "Miss Tom said.")]),
        ("“Run!” somebody cried.", [("quotations", '"Run!"'), ("", "somebody cried.")]),
        ('"Run!" Tom cried.', [("Tom", '"Run!"'), ("", "Tom cried.")]),
        ("‘Don’t run,’ Tom said.", [("Tom", "'Don't run,'"), ("", "Tom said.")]),
        ("«Run!» Tom said.", [("Tom", '"Run!"'), ("", "Tom said.")]),
        ("Tom said, “I run.”", [("", "Tom said,"), ("Tom", '"I run."')]),
        ("Slowly Tom answered: “I run.”", [("", "Slowly Tom answered:"), ("Tom", '"I run."')]),
        ("“I run.” Tom said goodbye.", [("quotations", '"I run."'), ("", "Tom said goodbye.")]),
        (
            "“Nobody,” said Tom, “told me.”",
            [("Tom", '"Nobody,"'), ("", "said Tom,"), ("Tom", '"told me."')],
        ),
        (
            "“A.” Tom smiled. “B,” he said.",
            [("quotations", '"A."'), ("", "Tom smiled."), ("quotations", '"B,"'), ("", "he said.")],
        ),
    ],
)
def test_a_quotation_is_whose_the_text_says(text: str, expected: list[tuple[str, str]]) -> None:
    assert lines_of(text) == expected


@pytest.mark.parametrize(
    ("text", "speakers"),
    [
        ("“No,” said Tom. She looked at him.", ["Tom"]),
        ("“No,” said Anna. Tom laughed.", ["quotations"]),
        ("“Go on,” said Tom. The dog barked.", ["Tom"]),
        ("“Go on,” said Harriet. I looked at her.", ["Harriet"]),
        ("‘Twas night and Tom left. “Run!” said Harriet. They ran.", ["Harriet"]),
        ("Give ‘em a chance. “Run!” said Harriet.", ["Harriet"]),
        ("He called it ‘a thing’ and left. “Run!” said Tom.", ["Tom"]),
        ("‘I won’t,’ said Tom. They left.", ["Tom"]),
        ("'Run!' Tom said. 'Don't stop,' she said.", ["Tom", "Harriet"]),
        ("“That is a failing!”\u2060—cried Tom; “a failing indeed!”", ["Tom", "Tom"]),
        ("Songs like “Whole Lotta Love,” “Kashmir,” “Stairway to Heaven,” and more.", []),
        ("“Fine,” said Mr Brown.", ["Tom"]),
        ("“Fine,” said Mrs. Brown.", ["quotations"]),
        ("“Is it true?” Tom replied that it was. “Very well.”", ["quotations", "quotations"]),
        ("“Wait?” Tom called the police. “No.”", ["quotations", "quotations"]),
        ("Tom smiled and said, “Go.”", ["Tom"]),
        ("Harriet turned to Tom and said, “Go.”", ["Harriet"]),
        ("Harriet coloured, and said—“Go.”", ["Harriet"]),
        ("“Go,” he once said, and poor Tom replied: “No.”", ["quotations", "Tom"]),
        ("Tom said “Go.” They went.", ["Tom"]),
        ("“Go,” Tom explained.", ["Tom"]),
        ("“GO!” SAID TOM.", ["Tom"]),
        ("“Go,” said a girl.", ["Harriet"]),
        ("„Ich gehe“, sagte Tom.", ["Tom"]),
    ],
)  # fmt: skip
def test_who_speaks_in_a_paragraph(text: str, speakers: list[str]) -> None:
    language = "de" if "sagte" in text else "en"
    assert [turn.part for turn in turns(text, Talk(PEOPLE, language))] == speakers


@pytest.mark.parametrize(
    "text", ["«Je pars», dit Anna.", "»Ich gehe«, sagte er.", "”Jag går”, sa hon."]
)
def test_a_comma_may_stand_behind_the_mark_in_other_languages(text: str) -> None:
    assert [turn.part for turn in turns(text, Talk(PEOPLE, "sv"))] == ["quotations"]


def test_a_speech_goes_on_behind_a_poem_and_ends_with_a_scene() -> None:
    text = "“It went so,” said Tom. “Thus:\n\n> A poem of his.\n\n“And so on.”\n\n“Oh!”"
    from pipeline.read.formats import read as read_format  # Markdown has block quotations

    manuscript = read_format(io.BytesIO(text.encode()), "a.md", "utf-8", keep_boilerplate=True)
    from pipeline.read.chapters import chapters

    (chapter,) = chapters(manuscript, "a.md", whole=True, images=False, notes="skip")
    lines = write(replace(chapter, language="en-US"), Pace(), cast=cast()).utterances
    assert [line.part for line in lines] == ["Tom", "", "Tom", "", "Tom", "quotations"]


def test_nobody_takes_a_breath_where_the_voice_stays() -> None:
    tom = (Part("Tom", "en-gb"),)
    assert lines_of("“Go,” said Anna. He said “maybe” to her.", cast(tom)) == [
        ("", '"Go," said Anna.'), ("", 'He said "maybe" to her.'),
    ]  # fmt: skip


def test_an_editors_bracket_is_no_mark() -> None:
    text = "He [Tom] stayed, and “[Tom] was good,” they say. [Tom][Narrator] So it was."
    said = " ".join(spoken for _, spoken in lines_of(text, cast((Part("Tom", "x"),))))
    assert said == 'He [Tom] stayed, and "[Tom] was good," they say. So it was.'


@pytest.mark.parametrize(
    "text",
    [
        "He called it “the Machine” and left.",
        "They read “War and Peace” that winter.",
        "It was the boys’ house, and ’twas theirs.",
        "She was 5' 4\" tall, and so was he.",
        "The “Heroes” of 1939.",
    ],
)
def test_what_nobody_says_is_the_narrators(text: str) -> None:
    assert {part for part, _ in lines_of(text)} == {""}


def test_a_quotation_of_several_paragraphs_keeps_its_speaker() -> None:
    text = "“It is long,” said Tom. “It began so.\n\n“And then it went on.\n\n“It ended.”\n\n“Oh!”"
    assert lines_of(text) == [
        ("Tom", '"It is long,"'),
        ("", "said Tom."),
        ("Tom", '"It began so.'),
        ("Tom", '"And then it went on.'),
        ("Tom", '"It ended."'),
        ("quotations", '"Oh!"'),
    ]


def test_a_quotation_within_another_is_the_outer_ones() -> None:
    assert lines_of("“I said ‘Run!’ and he ran,” said Tom.")[0][0] == "Tom"


def test_a_mark_says_who_speaks_until_the_next_one_or_the_paragraphs_end() -> None:
    text = "[Tom] I run. [harriet] I walk. [Narrator] “So,” she said, they met.\n\nAnd so on."
    assert lines_of(text) == [
        ("Tom", "I run."),
        ("Harriet", "I walk."),
        ("Harriet", '"So,"'),
        ("", "she said, they met."),
        ("", "And so on."),
    ]


def test_marks_are_skipped_and_all_other_brackets_stay() -> None:
    written = write(
        chapter_of("[Tom] I run [laughs], a[Tom] too. [Nobody] [fr: oui] [or: no]"), Pace()
    )
    assert {piece.rule for piece in written.skipped} == {"mark of a speaker", "mark of a language"}
    said = " ".join(line.spoken for line in written.utterances)
    assert said == "I run [laughs], a[Tom] too. [Nobody] oui [or: no]"


def test_headings_and_notes_may_have_their_own() -> None:
    parts = (Part("headings", "x"),)
    text = "# The Gate\n\nIt was open.\n\nNobody knew."
    found = [
        (line.part, line.spoken)
        for line in write(chapter_of(text), Pace(), cast=cast(parts)).utterances
    ]
    assert found[0] == ("headings", "The Gate")
    assert {part for part, _ in found[1:]} == {""}


def test_without_a_cast_nothing_is_cut() -> None:
    assert len(write(chapter_of("“Run!” Harriet cried."), Pace()).utterances) == 1


def test_a_phrase_is_of_its_language_with_the_marks_that_touch_it() -> None:
    text = "He said “[fr: je sais, 21 fois],” and [fr: non]. [de: Nein 5], or [fr: oui]!"
    found = lines_of(text, cast((), FRENCH))
    assert [said for part, said in found if part == "fr"] == [
        '"je sais, vingt et une fois,"', "non.", "oui!",
    ]  # fmt: skip
    assert "Nein five" in " ".join(said for part, said in found if not part)


def test_a_phrase_within_a_quotation_is_its_speakers() -> None:
    who = cast(PEOPLE, FRENCH)
    lines = write(chapter_of("“Oh, [fr: mon ami],” said Tom."), Pace(), cast=who).utterances
    assert [(line.part, line.language) for line in lines] == [
        ("Tom", ""), ("Tom", "fr"), ("", ""),
    ]  # fmt: skip


def test_a_script_with_a_cast_is_kept_and_comes_back() -> None:
    chapter = chapter_of("“Oh, [fr: mon ami],” said Tom. [Harriet] Knebworth!")
    words = lexicon([Lexeme("Knebworth", ipa="ˈnɛbwəθ")], "x", "en", takes_ipa=True)
    who = cast(PEOPLE, FRENCH, lexicon=words, hints=frozenset({"phonemes"}))
    written = write(chapter, Pace(), cast=who)
    assert any(line.hints for line in written.utterances)
    assert unpacked(packed(written), chapter) == written


@given(st.text(alphabet='“”"‘’«»„[]: ,.!?—abT\n', max_size=80))
def test_whatever_the_marks_all_of_it_is_said_or_skipped(text: str) -> None:
    # `write` checks its ledger, and raises where a character is lost.
    write(chapter_of(f"Tom said {text} x"), Pace(), cast=cast(PEOPLE, FRENCH))


@given(st.text(alphabet='“”"‘’«» ,.!?—abT', max_size=60))
def test_turns_are_in_order_and_do_not_overlap(text: str) -> None:
    at = 0
    for turn in turns(text, Talk(PEOPLE)):
        assert at <= turn.start < turn.end <= len(text)
        at = turn.end


@pytest.mark.parametrize(
    "text",
    ["“" * 9, "“a” " * 9, "‘a" * 9, '"x ' * 9, "said said ", "’ ", "[Tom] a. ", "Tom said, and "],
)
def test_many_quotations_take_little_more_than_the_text_itself(text: str) -> None:
    chapter = chapter_of(text * (50_000 // len(text)))
    took = []
    for who in (cast((), FRENCH), cast()):
        started = time.process_time()
        write(chapter, Pace(), cast=who)
        took.append(time.process_time() - started)
    assert took[1] < 4 * took[0] + 1  # where it was quadratic, thirty times


HINTED = frozenset({"phonemes", "emphasis"})


def hinted(chapter: Chapter, *lexemes: Lexeme, hints: frozenset[str] = HINTED) -> list[Utterance]:
    words = lexicon(lexemes, "x", "en-US", takes_ipa="phonemes" in hints)
    return [*write(chapter, Pace(), cast=Cast({ALONE: Role(words, hints)})).utterances]


def told(line: Utterance) -> list[tuple[str, str, str]]:
    return [(line.sound[h.start : h.end], h.kind, h.value) for h in line.hints]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("They went to Knebworth today.", ("Knebworth", "ˈnɛbwəθ")),
        ("They saw 3 of Knebworth’s best.", ("Knebworth’s", "ˈnɛbwəθs")),
        ("KNEBWORTH!", ("KNEBWORTH", "ˈnɛbwəθ")),
    ],
)
def test_ipa_of_a_lexicon_goes_to_engines_that_take_it(
    text: str, expected: tuple[str, str]
) -> None:
    (line,) = hinted(chapter_of(text), Lexeme("Knebworth", ipa="/ˈnɛbwəθ/"))
    assert told(line) == [(expected[0].replace("’", "'"), "phonemes", expected[1])]
    (line,) = hinted(chapter_of(text), Lexeme("Knebworth", ipa="ˈnɛbwəθ"), hints=frozenset())
    assert not line.hints


def test_what_is_said_for_one_engine_counts_more_than_ipa() -> None:
    one = Lexeme("Knebworth", say="Nebworth", ipa="ˈnɛbwəθ", engines=(("x", "Nebwuth"),))
    (line,) = hinted(chapter_of("Knebworth it is."), one)
    assert (line.spoken, line.hints) == ("Nebwuth it is.", ())


@pytest.mark.parametrize(
    ("value", "ipa"),
    [("ipa:təˈmɑːtəʊ", "təˈmɑːtəʊ"), ('x-sampa:t@"mA:t@U', "təˈmɑːtəʊ"), ("x-JEITA:トマト", "")],
)
def test_phonemes_of_a_source_are_told_as_ipa(value: str, ipa: str) -> None:
    chapter = chapter_of("I say tomato, you say it too.")
    at = chapter.text.index("tomato")
    spans = (Span("phoneme", at, at + 6, value),)
    (line,) = hinted(
        Chapter(**{f: getattr(chapter, f) for f in chapter.__slots__} | {"spans": spans})
    )
    assert told(line) == ([("tomato", "phonemes", ipa)] if ipa else [])


def test_a_word_in_italics_is_stressed_and_a_letter_in_italics_is_not() -> None:
    chapter = chapter_of("I said *you*, not 3 others. *All of this stands in italics here.*")
    line, other = hinted(chapter)
    assert told(line) == [("you", "emphasis", "")]
    assert other.hints == ()


@pytest.mark.parametrize("bad", ["</p>", "[[x]]", "a" * 300, "a<b", "", " "])
def test_what_is_no_ipa_is_not_told(bad: str) -> None:
    (line,) = hinted(chapter_of("Knebworth it is."), Lexeme("Knebworth", ipa=bad))
    assert line.hints == ()


# ---- audiobook.toml and the plan


def toml(folder: Path, text: str) -> Path:
    path = folder / "audiobook.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_cast_is_read_from_audiobook_toml(tmp_path: Path) -> None:
    found = read_book(
        toml(
            tmp_path,
            '[cast]\nheadings = "british"\nquotations = { pitch = 60 }\n'
            '[cast.speakers]\nTom = "en-gb"\n'
            'Harriet = { voice = "x", rate = 150, also = ["she"] }\n'
            '[cast.languages]\nfr-ca = "piper:siwis"\n',
        )
    )
    assert found.cast == (
        Part("headings", "british"),
        Part("quotations", None, (("pitch", 60),)),
        Part("Tom", "en-gb"),
        Part("Harriet", "x", (("rate", 150),), ("she",)),
    )
    assert found.languages == (("fr-CA", "piper:siwis"),)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[cast]\nheading = 'x'", r"\[cast\]: unknown key 'heading'. Did you mean 'headings'"),
        ("[cast]\nnotes = 3", "`notes` must be a voice in quotes, or a table"),
        ("[cast]\nnotes = {}", "says nothing of a voice"),
        ("[cast]\nnotes = { pitch = 200 }", "`pitch` must be from 0 to 100"),
        ("[cast.speakers]\nTom = 3", "write a voice in quotes"),
        ("[cast.speakers]\nTom = { voice = 'x', also = [3] }", "`also` must be a list of names"),
        ("[cast.speakers]\nTom = { voice = 'x', also = 'y' }", "`also` must be a list of names"),
        ("[cast.speakers]\n'Tom [fr]' = 'x'", "no name of a speaker"),
        (
            "[cast.speakers]\nTom = 'x'\nBo = { voice = 'y', also = ['tom'] }",
            "'tom' is 'Tom' already",
        ),
        ("[cast.speakers]\nTom = { voice = 'x', also = ['a\\nb'] }", "no name of a speaker"),
        ("[cast.speakers]\nnotes = 'x'\n[cast]\nnotes = 'y'", "is 'notes' already"),
        ("[cast.languages]\nklingonese = 'x'", "not a language tag"),
    ],
)
def test_a_wrong_cast_is_one_line(tmp_path: Path, text: str, message: str) -> None:
    if text.endswith("notes = 'y'"):
        text = "[cast]\nnotes = 'y'\n[cast.speakers]\nnotes = 'x'"
    with pytest.raises(ConfigError, match=message):
        read_book(toml(tmp_path, text.replace("'a\\nb'", '"a\\nb"')))


TEXT = "“Run!” Harriet cried.\n\n“Why?” asked Tom, [fr: mon ami].\n\nNobody knew."


def planned(tmp_path: Path, voices: Mapping[str, Voice], parts: tuple[Part, ...]) -> planning.Plan:
    book = Book("B", "A", "en-US", "", (chapter_of(TEXT),), cast=parts)
    with Store(tmp_path / "store") as store:
        return planning.plan(book, Voice("n", Settings()), tmp_path / "out", store, voices)


def people(tom: str = "en-gb") -> dict[str, Voice]:
    return {name: Voice(name, Settings(voice=name)) for name in ("en-us+f3", "en-gb", tom)}


def test_another_voice_of_one_speaker_is_another_clip_of_that_speaker_alone(tmp_path: Path) -> None:
    (one,) = planned(tmp_path, people(), PEOPLE).steps
    recast = (*PEOPLE[:2], Part("Tom", "en-gb+m3", (), ("Mr. Brown",)))
    (other,) = planned(tmp_path, people("en-gb+m3"), recast).steps
    texts = zip(one.script.utterances, one.clips, other.clips, strict=True)
    assert [line.spoken for line, a, b in texts if a != b] == ['"Why?"']
    assert one.audio != other.audio
    assert len(set(other.levels)) == 4  # narrator, Harriet, Tom, French


def test_a_phrase_is_spoken_by_the_same_engines_voice_of_its_language(tmp_path: Path) -> None:
    (step,) = planned(tmp_path, people(), PEOPLE).steps
    french = next(line for line in step.script.utterances if line.language)
    assert step.settings_of(french).voice == "fr"


def test_a_missing_voice_names_its_part(tmp_path: Path) -> None:
    parts = (Part("Tom", "nobody"),)
    with pytest.raises(VoiceError, match=r"\[cast\] Tom: voice 'nobody': pyttsx3 does not have"):
        planned(tmp_path, {"nobody": Voice("nobody", Settings(voice="nobody"))}, parts)


def test_a_language_that_nobody_speaks_is_said_by_the_narrator_and_told(tmp_path: Path) -> None:
    chapter = chapter_of("He said [zu: sawubona], and left.")
    book = Book("B", "A", "en-US", "", (chapter,))
    with Store(tmp_path / "store") as store:
        made = planning.plan(book, Voice("n", Settings()), tmp_path / "out", store)
    assert any("phrases in zu" in notice for notice in made.book.notices)
    assert len(made.steps[0].script.utterances) == 1


def test_hints_are_part_of_a_clips_key() -> None:
    from pipeline.model import Speak, key

    plain = Speak("one two", Settings(), "x")
    assert key(plain) != key(Speak("one two", Settings(), "x", (Hint(0, 3, "phonemes", "wɒn"),)))


# ---- the command

STORY = """The Gate

“Run!” Harriet cried. “The gate is open.”

“What dog?” asked Tom.

[Tom] I never liked dogs. [Narrator] So they both agreed, [fr: bien sûr].
"""
CAST = """[cast]
headings = {{ pitch = 30 }}
[cast.speakers]
Harriet = {{ voice = "en-us+f3", also = ["she"] }}
Tom = "{tom}"
"""


def spoken(told: str) -> list[str]:
    events = [json.loads(line) for line in told.splitlines()]
    return [event["text"] for event in events if event["event"] == "spoke"]


def test_a_book_with_a_cast_is_built_checked_and_rebuilt_line_by_line(project: Path) -> None:
    folder = project / "gate"
    folder.mkdir()
    (folder / "a.txt").write_text(STORY, encoding="utf-8")
    toml(folder, CAST.format(tom="en-gb"))
    built = run(folder, "--json", "--format", "mp3,m4b")
    assert built.code == 0, built.err
    assert len(spoken(built.out)) == 9

    assert run("check", project / "out" / "Gate").code == 0
    transcript = (project / "out" / "Gate" / "transcripts" / "01.vtt").read_text(encoding="utf-8")
    assert "<v Tom>“What dog?”" in transcript
    assert "bien sûr." in transcript
    assert "fr:" not in transcript

    assert spoken(run(folder, "--json", "--format", "mp3,m4b").out) == []

    toml(folder, CAST.format(tom="en-gb+m3"))
    assert "Tom: voice 'en' -> 'en+m3'" in run("plan", folder, "--format", "mp3,m4b").out
    again = run(folder, "--json", "--format", "mp3,m4b")
    assert sorted(spoken(again.out)) == ['"What dog?"', "I never liked dogs."]
    assert run("check", project / "out" / "Gate").code == 0


def test_the_script_says_who_speaks(project: Path) -> None:
    folder = project / "gate"
    folder.mkdir()
    (folder / "a.txt").write_text(STORY, encoding="utf-8")
    toml(folder, CAST.format(tom="en-gb"))
    shown = run("script", folder).out
    assert '[Harriet] "Run!"' in shown
    assert "[fr] bien sûr." in shown
    lines = json.loads(run("script", folder, "--json").out)["chapters"][0]["lines"]
    parts = [line.get("part") for line in lines if line["kind"] == "utterance"]
    assert parts == ["headings", "Harriet", None, "Harriet", "Tom", None, "Tom", None, None]


class Limited:
    """A voice that takes IPA, and has no sound for one letter of it."""

    HINTS = ("phonemes",)

    def unsaid(self, ipa: str, settings: Settings) -> str:
        return "no ʕ" if "ʕ" in ipa else ""


def test_ipa_that_a_voice_cannot_say_is_said_as_written_and_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = pipeline_engine

    class Both(Limited):
        def __getattr__(self, name: str) -> object:
            return getattr(own("pyttsx3"), name)

    monkeypatch.setattr("pipeline.engines.engine", lambda _: Both())
    words = (Lexeme("Knebworth", ipa="ˈnɛbwəθ"), Lexeme("Harriet", ipa="ʕarijɛt"))
    chapter = chapter_of("Harriet went to Knebworth.")
    book = Book("B", "A", "en-US", "", (chapter,), lexicon=words)
    with Store(tmp_path / "store") as store:
        made = planning.plan(book, Voice("n", Settings(voice="en-US")), tmp_path / "out", store)
    (line,) = made.steps[0].script.utterances
    assert told(line) == [("Knebworth", "phonemes", "ˈnɛbwəθ")]
    assert any("/ʕarijɛt/" in notice for notice in made.book.notices)


@pytest.mark.parametrize("name", ["pyttsx3", "piper", "kokoro"])
@pytest.mark.usefixtures("installed_voices")
def test_engines_say_beforehand_which_ipa_they_cannot_say(name: str) -> None:
    settings = choose(Settings(engine=name), "en-US")
    one = pipeline_engine(name)
    assert one.unsaid("ˈnɛbwəθ", settings) == ""  # type: ignore[attr-defined]
    assert "ꞎ" in one.unsaid("ꞎa", settings)  # type: ignore[attr-defined]


# ---- what a chapter's file depends on


def folder_of(project: Path, text: str, cast_toml: str) -> Path:
    folder = project / "gate"
    folder.mkdir()
    (folder / "a.txt").write_text(text, encoding="utf-8")
    toml(folder, cast_toml)
    return folder


def reasons(folder: Path) -> str:
    return run("plan", folder).out.splitlines()[0].partition("The Gate")[2]


@pytest.fixture
def models(project: Path, made_voices: Path) -> Path:
    """Two models of their own beside the profiles, and profiles of them."""
    place = project / "voices" / "models"
    place.mkdir(parents=True)
    for name, source in (("t", "en_US-whistle-tiny"), ("h", "en_US-choir-tiny")):
        for end in ("onnx", "onnx.json"):
            shutil.copy(made_voices / "piper" / f"{source}.{end}", place / f"{name}.{end}")
        profile = (
            f'engine = "piper"\nvoice = "models/{name}.onnx"\nattribution = "Made by {name}"\n'
        )
        (project / "voices" / f"{name}.toml").write_text(profile)
    return place


TWO = '[cast.speakers]\nTom = "t"\nHarriet = "h"\n'
SAID = "The Gate\n\n“Why?” asked Tom.\n\n“Go!” Harriet cried.\n"


def test_another_model_in_the_place_of_one_speakers_speaks_his_lines(
    project: Path, models: Path
) -> None:
    folder = folder_of(project, SAID, TWO)
    assert run(folder).code == 0
    for end in ("onnx", "onnx.json"):  # now both have the same
        shutil.copy(models / f"h.{end}", models / f"t.{end}")
    assert "Tom: the voice's file or its engine changed" in reasons(folder)
    again = run(folder, "--json")
    assert spoken(again.out) == ['"Why?"']
    known = json.loads((project / "out" / "Gate" / "manifest.json").read_text(encoding="utf-8"))
    assert {one["attribution"] for one in known["cast"]} == {"Made by t", "Made by h"}
    assert str(project) not in json.dumps(known)


def test_a_speaker_may_be_called_like_a_language(project: Path) -> None:
    text = "The Gate\n\n[it] Gone. [it: Contenta.] They left.\n"
    folder = folder_of(project, text, "[cast.speakers]\nit = { pitch = 70 }\n")
    assert run(folder).code == 0
    toml(folder, "[cast.speakers]\nit = { pitch = 80 }\n")
    assert "it: pitch 70 -> 80" in reasons(folder)


def test_a_voice_that_comes_later_is_used_by_the_next_build(
    project: Path, made_voices: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = project / "installed"
    shutil.copytree(made_voices / "piper", root / "piper")
    monkeypatch.setenv("MAKE_AUDIOBOOK_VOICES", str(root))
    folder = folder_of(
        project, "The Gate\n\nHe was [fr: content].\n", 'voice = "piper:en_US-whistle-tiny"\n'
    )
    first = run(folder)
    assert "phrases in fr" in first.err
    assert "nothing to do" in run(folder).err
    make_voices.install_piper(root, "fr_FR-flute-tiny", 3, language={"code": "fr_FR"})
    assert sorted(spoken(run(folder, "--json").out)) == ["He was", "content."]


def test_a_soft_speaker_is_softer_than_the_others(project: Path) -> None:
    text = "The Gate\n\nIt was open all day long.\n\n[Tom] It was open all day long.\n"
    levels = {}
    for volume in (1.0, 0.25):
        folder = project / f"at{volume}"
        folder.mkdir()
        (folder / "a.txt").write_text(text, encoding="utf-8")
        toml(folder, f'title = "At {volume}"\n[cast.speakers]\nTom = {{ volume = {volume} }}\n')
        assert run(folder, "--format", "wav").code == 0
        (path,) = (project / "out" / f"At {volume}").glob("*.wav")
        samples, rate = soundfile.read(path)
        known = json.loads((path.parent / "manifest.json").read_text(encoding="utf-8"))
        start = known["tracks"][0]["lines"][-1][0] * rate // known["tracks"][0]["rate"]
        lines = samples[: start - rate // 4], samples[start : start + rate]
        levels[volume] = [float((line**2).mean() ** 0.5) for line in lines]
    softer = levels[0.25][1] / levels[1.0][1] * levels[1.0][0] / levels[0.25][0]
    assert softer == pytest.approx(0.25, rel=0.1)


def test_a_languages_voice_has_its_own_words(project: Path) -> None:
    place = project / "voices"
    (place / "words").mkdir(parents=True)
    (place / "words" / "fr.toml").write_text('[say]\nKnebworth = "Nebvorte"\n')
    (place / "frv.toml").write_text('voice = "fr"\nlexicon = "words/fr.toml"\n')
    text = "The Gate\n\nHe was in [fr: le grand Knebworth], in Knebworth.\n"
    folder = folder_of(project, text, '[cast.languages]\nfr = "frv"\n')
    shown = run("script", folder).out
    assert "[fr] le grand Nebvorte," in shown
    assert "in Knebworth." in shown


@pytest.mark.usefixtures("installed_voices")
@pytest.mark.parametrize(
    ("voice", "message"),
    [
        ('{ voice = "piper:en_US-choir-tiny#zzz" }', "zzz"),
        ('{ voice = "kokoro:af_heart", rate = 400 }', "rate 400"),
    ],
)
def test_a_voice_that_cannot_speak_so_is_refused_before_anything_is_spoken(
    voice: str, message: str, project: Path
) -> None:
    folder = folder_of(project, SAID, f"[cast.speakers]\nTom = {voice}\n")
    ran = run("plan", folder)
    assert ran.code == 4
    assert "[cast] Tom: " in ran.err
    assert message in ran.err


@pytest.mark.usefixtures("installed_voices")
def test_who_says_nothing_changes_no_rate(project: Path) -> None:
    folder = folder_of(project, SAID, "")
    assert run(folder, "--format", "m4b").code == 0
    toml(folder, '[cast.speakers]\nNobody = "kokoro:af_heart"\n')
    assert run("plan", folder, "--format", "m4b").out.count("up to date") == 2


def test_credits_name_the_cast(project: Path) -> None:
    (project / "voices").mkdir()
    (project / "voices" / "t.toml").write_text('voice = "en-gb"\nnarrator = "Gwen"\n')
    folder = folder_of(project, SAID, 'credits = true\n[cast.speakers]\nTom = "t"\n')
    assert "narrated by eSpeak NG, English (America) and Gwen" in run("script", folder).out


@pytest.mark.parametrize("name", ["pyttsx3", "piper", "kokoro"])
@pytest.mark.usefixtures("installed_voices")
def test_a_control_character_is_a_space(name: str) -> None:
    settings = choose(Settings(engine=name), "en-US")
    for text in ("one\0two three", "one\x0150P two three"):
        plain = text.replace("\0", " ").replace("\x01", " ")
        assert engines.speak(text, settings) == engines.speak(plain, settings)


def test_a_plural_possessive_is_said_with_its_word() -> None:
    (line,) = hinted(chapter_of("It was the Knebworths’ cat."), Lexeme("Knebworth", ipa="ˈnɛbwəθ"))
    assert told(line) == [("Knebworths'", "phonemes", "ˈnɛbwəθs")]
