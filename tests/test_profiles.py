"""voices/*.toml that inherit, have words and options of their own, or name a model by its path."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from pipeline import engines, read
from pipeline.engines.tone import Tone
from pipeline.errors import AudiobookError, ConfigError, VoiceError
from pipeline.model import Book, Pace, Settings, Voice
from pipeline.plan import plan
from pipeline.read import Asked
from pipeline.store import Store
from pipeline.voices.profiles import MOST_ANCESTORS, files_of, read_profile, read_voice
from tests.conftest import run


class Choir(Tone):
    """An engine with options of all types."""

    OPTIONS: Mapping[str, str | int | float | bool] = {
        "breath": 0.5,
        "people": 4,
        "hall": "chapel",
        "organ": False,
    }


@pytest.fixture
def voices(project: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of voices, and the engine "choir"."""
    real = engines.engine
    monkeypatch.setattr(engines, "engine", lambda name: Choir() if name == "choir" else real(name))
    (project / "voices" / "models").mkdir(parents=True)
    return project / "voices"


def profile(name: str, toml: str) -> Path:
    path = Path("voices", f"{name}.toml")
    path.write_text(toml)
    return path


def refused(toml: str, error: type[AudiobookError], message: str) -> None:
    with pytest.raises(error, match=message) as caught:
        read_profile(profile("bad", toml))
    assert "\n" not in str(caught.value)


# What it inherits


def test_a_child_says_what_is_other(voices: Path) -> None:
    profile(
        "old",
        'engine = "choir"\nrate = 150\npitch = 40\nattribution = "Us"\nlicence = "CC0-1.0"\n'
        "[pace]\nsentence = 500\nparagraph = 900\n[options]\npeople = 8\nbreath = 0.1\n",
    )
    profile("younger", 'inherits = "old"\npitch = 60\n[pace]\nparagraph = 800\n')
    child = 'inherits = "younger"\nnarrator = "Gwen"\n[options]\npeople = 2\n'
    voice = read_profile(profile("youngest", child))
    options = (("breath", 0.1), ("people", 2))
    assert voice == Voice(
        "youngest",
        Settings("choir", rate=150, pitch=60, options=options),
        Pace(sentence=500, paragraph=800),
        attribution="Us",
        licence="CC0-1.0",
        narrator="Gwen",
    )


def test_another_engine_inherits_no_voice_of_the_first(voices: Path) -> None:
    profile(
        "old",
        'engine = "choir"\nvoice = "bass"\nrate = 150\nlicence = "CC0-1.0"\n'
        "[pace]\nsentence = 500\n[options]\npeople = 8\n",
    )
    voice = read_profile(profile("other", 'inherits = "old"\nengine = "tone"\n'))
    assert voice == Voice("other", Settings("tone", rate=150), Pace(sentence=500))
    same = read_profile(profile("same", 'inherits = "old"\nengine = "choir"\n'))
    assert (same.settings.voice, same.licence) == ("bass", "CC0-1.0")


def test_a_profile_of_the_usual_engine_need_not_name_it(voices: Path) -> None:
    profile("old", 'voice = "en-gb"\n')
    child = profile("child", 'inherits = "old"\nengine = "pyttsx3"\n')
    assert read_profile(child).settings.voice == "en-gb"


def test_a_circle_is_one_line(voices: Path) -> None:
    profile("a", 'inherits = "b"\n')
    profile("b", 'inherits = "bad"\n')
    refused('inherits = "a"', ConfigError, r"b.toml: .*in a circle: bad -> a -> b -> bad\. Take")
    refused('inherits = "bad"', ConfigError, r"bad.toml: .*in a circle: bad -> bad\.")


def test_a_line_of_ancestors_has_an_end(voices: Path) -> None:
    profile("v0", "rate = 99")
    for number in range(1, MOST_ANCESTORS + 2):
        profile(f"v{number}", f'inherits = "v{number - 1}"')
    assert read_voice(f"v{MOST_ANCESTORS}").settings.rate == 99
    with pytest.raises(ConfigError, match=f"from more than {MOST_ANCESTORS} profiles"):
        read_voice(f"v{MOST_ANCESTORS + 1}")


@pytest.mark.parametrize("name", ["../out", "/etc/x", "models/x", "..", "C:x", "a\\\\b", " "])
def test_a_parent_is_named_without_a_path(name: str, voices: Path) -> None:
    (voices.parent / "out.toml").write_text("rate = 99")
    refused(f'inherits = "{name}"', ConfigError, r"bad.toml: `inherits` cannot be .*same folder")


def test_a_parent_that_is_not_there(voices: Path) -> None:
    profile("british", "rate = 150")
    refused('inherits = "britsh"', ConfigError, r"no profile 'britsh'. Did you mean 'british'\?")


def test_what_is_wrong_with_a_parent_is_said_of_the_parent(voices: Path) -> None:
    profile("old", "rate = 1")
    refused('inherits = "old"', ConfigError, r"old.toml: `rate` must be from 80")


# Its options


def test_options_are_the_engines_in_their_types_and_order(voices: Path) -> None:
    toml = 'engine = "choir"\n[options]\norgan = true\nhall = "dome"\nbreath = 1\npeople = 3\n'
    options = read_profile(profile("choir", toml)).settings.options
    assert options == (("breath", 1.0), ("hall", "dome"), ("organ", True), ("people", 3))
    assert [type(value) for _, value in options] == [float, str, bool, int]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("poeple = 3", r"\[options\]: unknown key 'poeple'. Did you mean 'people'\?"),
        ("people = 3.5", r"`people` must be a whole number, not 3.5"),
        ("people = true", r"`people` must be a whole number, not True"),
        ("organ = 1", r"`organ` must be true or false, not 1"),
        ("hall = 1", r"`hall` must be a text in quotes"),
        ("breath = nan", r"`breath` cannot be nan"),
        ("breath = inf", r"`breath` cannot be inf"),
        ("breath = []", r"`breath` must be a number"),
    ],
)
def test_an_option_that_the_engine_does_not_take(options: str, message: str, voices: Path) -> None:
    refused(f'engine = "choir"\n[options]\n{options}', ConfigError, message)


@pytest.mark.parametrize(
    "address", ["https://me:s3cret@host/v1", "http://host/v1?key=s3cret", "HTTP://s3cret@host"]
)
def test_an_address_with_a_secret_is_refused_and_not_repeated(address: str, voices: Path) -> None:
    with pytest.raises(ConfigError, match="a key belongs into the environment") as refusal:
        read_profile(profile("bad", f'engine = "choir"\n[options]\nhall = "{address}"'))
    assert "s3cret" not in str(refusal.value)


def test_a_name_with_a_slash_is_a_name_to_an_engine_that_takes_any(voices: Path) -> None:
    settings = read_profile(profile("far", 'engine = "openai"\nvoice = "af/bella"')).settings
    assert (settings.voice, settings.file) == ("af/bella", "")


def test_an_engine_without_options(voices: Path) -> None:
    refused('engine = "tone"\n[options]\nhum = 1', ConfigError, "'tone' has no options")
    refused('engine = "nix"\n[options]\nhum = 1', VoiceError, "engine 'nix': not installed")


# Its words


def book_with(words: str, project: Path) -> Book:
    Path("book").mkdir()
    Path("book/story.txt").write_text("Ann, Ben, Cleo.")
    Path("book/lexicon.toml").write_text(words)
    Path("own.toml").write_text('[say]\nAnn = "own ann"\nBen = "own ben"\nCleo = "own cleo"\n')
    return read.read(Path("book"), Asked(lexicon="own.toml"))


def test_its_words_count_behind_the_books_and_before_a_persons(voices: Path, project: Path) -> None:
    profile("words", '[say]\nAnn = "voice ann"\nBen = "voice ben"\n')
    voice = read_profile(profile("mine", 'engine = "tone"\nlexicon = "words.toml"\n'))
    book = book_with('[say]\nAnn = "book ann"\n', project)
    with Store(project / "store") as store:
        [step] = plan(book, voice, Path("out"), store).steps
    said = step.script.utterances[-1].spoken
    assert said == "book ann, voice ben, own cleo."


def test_its_words_are_heard_in_every_verb(voices: Path) -> None:
    profile("words", '[say]\nKnebworth = "Nebwuth"\n')
    profile("mine", 'engine = "tone"\nlexicon = "words.toml"\n')
    Path("story.txt").write_text("Knebworth, Knebworth.")
    assert "Nebwuth, Nebwuth." in run("script", "story.txt", "--voice", "mine").out
    tried = run("lexicon", "try", "Knebworth", "--voice", "mine").out
    assert "the lexicon: The word is Nebwuth." in tried
    given = run("lexicon", "try", "Knebworth", "--voice", "mine", "--say", "Kneb").out
    assert "the lexicon: The word is Kneb." in given
    assert "Knebworth" not in run("lexicon", "suggest", "story.txt", "--voice", "mine").out
    assert "Knebworth" in run("lexicon", "suggest", "story.txt", "--voice", "tone:").out


def test_its_words_may_be_pls(voices: Path) -> None:
    (voices / "words.pls").write_text(
        '<?xml version="1.0"?><lexicon version="1.0" alphabet="ipa" xml:lang="en" '
        'xmlns="http://www.w3.org/2005/01/pronunciation-lexicon"><lexeme>'
        "<grapheme>Ann</grapheme><alias>Anne</alias></lexeme></lexicon>"
    )
    voice = read_profile(profile("mine", 'lexicon = "words.pls"'))
    assert [(one.word, one.say) for one in voice.lexicon] == [("Ann", "Anne")]


def test_a_child_has_the_words_of_its_parent_or_its_own(voices: Path) -> None:
    profile("old-words", '[say]\nAnn = "Anne"\n')
    profile("new-words", '[say]\nBen = "Benn"\n')
    profile("old", 'lexicon = "old-words.toml"')
    heir = read_profile(profile("heir", 'inherits = "old"'))
    rebel = read_profile(profile("rebel", 'inherits = "old"\nlexicon = "new-words.toml"'))
    assert [[one.word for one in voice.lexicon] for voice in (heir, rebel)] == [["Ann"], ["Ben"]]


@pytest.mark.parametrize("key", ["lexicon", "voice"])
@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("../out.onnx", "leads out of the folder. Give a path within"),
        ("models/../../out.onnx", "leads out of the folder"),
        ("/etc/out.onnx", "leads out of the folder"),
        ("C:/out.onnx", "leads out of the folder"),
        ("//server/out.onnx", "leads out of the folder"),
        ("models/link.onnx", "a link that leads out of the folder"),
        ("linked/out.onnx", "a link that leads out of the folder"),
        ("models/none.onnx", "there is no file voices/models/none.onnx"),
        ("models.onnx", "there is no file"),
    ],
)
def test_no_path_leads_out_of_the_folder(key: str, name: str, message: str, voices: Path) -> None:
    (voices.parent / "out.onnx").write_text("")
    (voices / "models" / "link.onnx").symlink_to("../../out.onnx")
    (voices / "linked").symlink_to("..")
    (voices / "models.onnx").mkdir()
    with pytest.raises(AudiobookError, match=message):
        read_profile(profile("bad", f'{key} = "{name}"'))


def test_a_lexicon_that_is_broken_is_named(voices: Path) -> None:
    profile("words", "[say]\nAnn = 1\n")
    refused('lexicon = "words.toml"', ConfigError, r"voices/words.toml: \[say\] 'Ann': `say` must")


# Its model


def test_a_model_is_named_by_its_path(voices: Path) -> None:
    for name in ("models/my.onnx", "here.onnx"):
        (voices / name).write_text("")
    one = read_profile(profile("one", 'engine = "tone"\nvoice = "models/my.onnx#p3"'))
    assert one.settings == Settings("tone", "my#p3", file=str(Path("voices/models/my.onnx")))
    other = read_profile(profile("other", 'engine = "tone"\nvoice = "here.onnx"'))
    assert other.settings == Settings("tone", "here", file=str(Path("voices/here.onnx")))


def test_a_model_on_the_command_line_is_within_the_folder_where_it_runs(voices: Path) -> None:
    Path("models").mkdir()
    Path("models/x.onnx").write_text("")
    assert read_voice("tone:models/x.onnx#2").settings == Settings(
        "tone", "x#2", file=str(Path("models/x.onnx"))
    )
    with pytest.raises(ConfigError, match=r"voice 'tone:/etc/x.onnx': .* within this folder"):
        read_voice("tone:/etc/x.onnx")


def test_names_with_backslashes_are_names(voices: Path) -> None:
    name = r"HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Speech\Voices\Tokens\TTS_MS_EN-US_DAVID_11.0"
    assert read_voice(f"pyttsx3:{name}").settings == Settings(voice=name)


def test_the_files_of_a_voice(voices: Path) -> None:
    (voices / "models" / "my.onnx").write_text("")
    profile("words", '[say]\nAnn = "Anne"\n')
    profile("old", 'engine = "tone"\nlexicon = "words.toml"\nvoice = "models/my.onnx"')
    profile("child", 'inherits = "old"')
    assert [str(path) for path in files_of("child")] == [
        "voices/child.toml",
        "voices/old.toml",
        "voices/words.toml",
        "voices/models/my.onnx",
        "voices/models/my.onnx.json",
    ]
    assert files_of("tone:sine") == []
    assert files_of("broken.toml") == [Path("broken.toml")]
