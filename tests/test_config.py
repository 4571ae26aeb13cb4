"""audiobook.toml and voices/*.toml: known keys of the right type, or one clear line."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline import config
from pipeline.config import read_book
from pipeline.errors import AudiobookError, ConfigError, VoiceError
from pipeline.model import Pace, Settings
from pipeline.voices.profiles import read_profile, read_voice
from tests.conftest import ROOT


def test_a_book_says_what_its_files_do_not(project: Path) -> None:
    (project / "audiobook.toml").write_text(
        'title = "Tides"\nauthor = "Nobody"\nlanguage = "en-GB"\n[pace]\nparagraph = 900\n'
        '[[chapter]]\nfile = "b.txt"\ntitle = "First"\n[[chapter]]\nfile = "a.txt"\n'
    )
    book = read_book(project / "audiobook.toml")
    assert (book.about["title"], book.about["author"], book.about["language"]) == (
        "Tides",
        "Nobody",
        "en-GB",
    )
    assert book.pace == (("paragraph", 900),)
    assert [chapter["file"] for chapter in book.chapters] == ["b.txt", "a.txt"]


def test_no_file_is_no_error(project: Path) -> None:
    assert read_book(project / "audiobook.toml") == config.BookConfig()


@pytest.mark.parametrize(
    ("toml", "message"),
    [
        ("titel = 'x'", r"unknown key 'titel'. Did you mean 'title'\?"),
        ("xyzzy = 'x'", r"unknown key 'xyzzy'. These are known: title, subtitle"),
        ("title = 3", "`title` must be a text in quotes, not 3"),
        ("keep_boilerplate = 1", "`keep_boilerplate` must be true or false"),
        ("title = ", "not valid TOML"),
        ("chapter = 'a.txt'", "`chapter` must be a list of tables"),
        ("chapter = ['a.txt']", r"`chapter` must be written as \[\[chapter\]\] tables"),
        ("[[chapter]]\ntitle = 'x'", r"a \[\[chapter\]\] has no `file`"),
        ("[[chapter]]\nfile = 'a'\nvoise = 'x'", r"\[\[chapter\]\]: unknown key 'voise'"),
        ("[pace]\nsentence = -1", r"\[pace\]: `sentence` must be from 0 to 60000, not -1"),
        ("[pace]\nsentence = true", "`sentence` must be a whole number, not True"),
        ("[pace]\nparagraf = 1", r"unknown key 'paragraf'. Did you mean 'paragraph'\?"),
    ],
)
def test_a_bad_book_file_is_one_clear_line(toml: str, message: str, project: Path) -> None:
    (project / "audiobook.toml").write_text(toml)
    with pytest.raises(ConfigError, match=message) as caught:
        read_book(project / "audiobook.toml")
    assert caught.value.exit_code == 3
    assert str(project / "audiobook.toml") in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_book_file_that_is_not_utf_8(project: Path) -> None:
    (project / "audiobook.toml").write_bytes(b"title = '\xe9'")
    with pytest.raises(ConfigError, match="not UTF-8 at byte 9"):
        read_book(project / "audiobook.toml")


def test_a_profile_overrides_the_defaults_and_a_book_its_pace(project: Path) -> None:
    (project / "voices").mkdir()
    (project / "voices" / "slow.toml").write_text(
        'engine = "tone"\nrate = 120\nvolume = 1\nattribution = "us"\n[pace]\nsentence = 500\n'
    )
    voice = read_voice("slow", (("paragraph", 999),))
    assert voice.settings == Settings(engine="tone", rate=120, volume=1)
    assert voice.pace == Pace(sentence=500, paragraph=999)
    assert (voice.name, voice.attribution) == ("slow", "us")
    assert read_voice(str(project / "voices" / "slow.toml")).settings == voice.settings


def test_without_a_name_the_profile_narrator_or_the_default(project: Path) -> None:
    assert read_voice(None).settings == Settings()
    (project / "voices").mkdir()
    (project / "voices" / "narrator.toml").write_text("rate = 150\n")
    assert read_voice(None).settings == Settings(rate=150)


def test_an_engines_own_voice_may_be_named(project: Path) -> None:
    assert read_voice("tone:sine").settings == Settings(engine="tone", voice="sine")
    assert read_voice("en-gb").settings == Settings(voice="en-gb")


@pytest.mark.parametrize(
    ("toml", "message"),
    [
        ("rate = 20", "`rate` must be from 80 to 450, not 20"),
        ("pitch = 1.5", "`pitch` must be a whole number"),
        ("volume = 2", "`volume` must be from 0.05 to 1.0"),
        ("speed = 1", "unknown key 'speed'"),
    ],
)
def test_a_bad_profile_is_one_clear_line(toml: str, message: str, project: Path) -> None:
    path = project / "bad.toml"
    path.write_text(toml)
    with pytest.raises(ConfigError, match=message):
        read_profile(path)


def test_a_profile_that_is_not_there(project: Path) -> None:
    (project / "voices").mkdir()
    (project / "voices" / "british.toml").write_text("rate = 150\n")
    with pytest.raises(VoiceError, match=r"no such profile in voices/. Did you mean 'british'"):
        read_voice("britsh")
    with pytest.raises(VoiceError, match=r"nowhere.toml: no such voice profile"):
        read_voice("nowhere.toml")


def test_our_own_profiles_are_whole() -> None:
    paths = list((ROOT / "voices").glob("*.toml"))
    assert len(paths) >= 3
    for path in paths:
        voice = read_profile(path)
        assert voice.attribution
        assert voice.licence


def test_every_error_has_an_exit_code_of_its_kind() -> None:
    from pipeline import errors

    codes = {error.__name__: error.exit_code for error in AudiobookError.__subclasses__()}
    assert codes == {
        "UsageError": 2,
        "SourceError": 3,
        "ConfigError": 3,
        "VoiceError": 4,
        "EngineError": 5,
        "UnfinishedError": 1,
        "OutputError": 6,
    }
    assert all(name in (errors.__doc__ or "") for name in codes)


def test_a_number_of_thousands_of_digits_is_one_clear_line(project: Path) -> None:
    path = project / "voices.toml"
    for toml in (f"rate = {'9' * 5000}", f"rate = 0x{'f' * 5000}"):
        path.write_text(toml)
        with pytest.raises(ConfigError, match=r"voices.toml: .*(not valid TOML|nobody can mean)"):
            read_profile(path)
