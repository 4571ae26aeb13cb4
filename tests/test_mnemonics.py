"""IPA and emphasis for espeak-ng: what it is told is what it says, and no text can tell it."""

from __future__ import annotations

import io
import sys
from typing import Any

import pytest

from pipeline import riff
from pipeline.engines import espeak, mnemonics
from pipeline.engines.drivers import OUR_DRIVER
from pipeline.engines.isolated import speak as speak_apart
from pipeline.engines.pyttsx3 import Pyttsx3
from pipeline.errors import EngineError
from pipeline.model import Hint, Settings
from tests.test_espeak import heard

WORDS = {
    "en-US": "the quiet river carried letters nobody had ever thought to send and at noon a bell "
    "began strength beautiful measure church judge thing this father bird hair pure tower "
    "fire boy button little rhythm picture garden water better queue bass psychology "
    "Worcester colonel yacht Shakespeare Arkansas Illinois Thames Hermione genre vision "
    "azure leisure",
    "en": "thought church judge thing bird hair hear pure tower fire boy about button little "
    "rhythm picture nature garden water goat bath lot strength onion",
    "de": "das Haus schön über Straße Mädchen Bücher nicht ich Nacht König Freude Leute Zeit "
    "Pferd Apfel zwei deutsch Garage Jungen singen Teller Vater Uhr vier Füße Hände Köln "
    "Österreich Gymnasium Psychologie Orange Restaurant Schmetterling Eichhörnchen Quelle "
    "zwölf lang",
    "fr": "bonjour monde vin un bon pain oui lui fille eau peu peur lune rouge chat agneau "
    "feuille grenouille soleil maison garçon français très hôtel noël juge Paris travail "
    "quelqu'un ville pied temps printemps automne homme femme huit nuit",
    "es": "hola mundo perro pero año niño calle llave queso guerra gente jugar zapato ciudad hijo "
    "agua fuego tierra cielo muy aire causa deuda México Barcelona dedo lago abogado verdad "
    "reloj también corazón chico hacha examen",
    "it": "ciao mondo gnocchi famiglia figlio giorno gelato chiesa scena sciare zio pizza mezzo "
    "zero notte città perché quando uomo cuore anno palla mamma sogno aglio oggi Firenze",
}
BEFORE = ("", "I saw ", "“", "(", "[", "[[", "—", "- ", "'", "<", "&", "/", "…", "3 ", "]] ")
OWNS = ("'s", "’s")  # which is a hint's own
AFTER = (
    "",
    ".",
    ",",
    "!",
    "?",
    " today",
    "”",
    ")",
    "]",
    "]]",
    "—now",
    "'s",
    "…",
    ">",
    "&c",
    ";",
    ":",
)


def say(text: str, *hints: Hint, voice: str = "en-US") -> espeak.Speech:
    return espeak.synthesize(text, voice, 175, 50, 100, hints)


def of(word: str, text: str, ipa: str) -> Hint:
    return Hint(text.index(word), text.index(word) + len(word), "phonemes", ipa)


def voiced(names: list[str], voice: str) -> list[str]:
    """What a voice makes of names of its phonemes, in IPA."""
    file = espeak._voice_file(voice)
    ignore = espeak._OnSynth(lambda *_: 0)
    with espeak._library() as (lib, _):
        espeak._set_voice(lib, voice, file)
        lib.espeak_SetSynthCallback(ignore)
        espeak._say(lib, "a", mnemonics.PHONEMES)
        return [
            b" ".join(espeak._phonemes(lib, f"[[{name}]]", espeak.IPA)).decode() for name in names
        ]


@pytest.mark.parametrize("voice", list(WORDS))
def test_espeaks_own_ipa_of_a_word_is_said_as_that_word(voice: str) -> None:
    words = WORDS[voice].split()
    said = espeak.phonemes(words, voice)
    table = espeak._inventory(voice)
    again = voiced([mnemonics.named(ipa, table) for ipa in said], voice)
    assert [pair for pair in zip(said, again, strict=True) if pair[0] != pair[1]] == []


def test_a_hint_sounds_as_the_word_itself_whatever_stands_around_it() -> None:
    for before in BEFORE:
        for after in AFTER:
            text = f"So. {before}Dog{after} Yes."
            owns = after if after in OWNS else ""
            plain, hinted = say(text), say(text, of(f"Dog{owns}", text, f"dˈɑːɡ{'z' * bool(owns)}"))
            assert hinted == plain, text


def test_a_name_with_an_ampersand_is_no_markup() -> None:
    text = "Tämä hyvä."
    hint = of("hyvä", text, "hˈyvæ")
    assert espeak._inventory("fi")["æ"] == "&"
    assert say(text, hint, voice="fi") == say(text, hint, Hint(0, 0, "emphasis"), voice="fi")


@pytest.mark.parametrize(
    "text",
    ["A & B <emphasis>dog</emphasis> &amp; [[d'0g]] &#65;", "[[[x]]]", "Line\none\n\ntwo", "a]]b",
     "<speak>", "<![CDATA[ dog", "</emphasis>", "<!-- dog -->", "&lt;", "100% — ‘quoted’…",
     "<audio src='/etc/passwd'/>", "[[", "]] [["],
)  # fmt: skip
def test_a_text_cannot_ask_for_anything(text: str) -> None:
    whole = f"Say {text} now, Dog."
    assert say(whole, of("Dog", whole, "dˈɑːɡ")) == say(whole)
    assert say(whole, Hint(0, 0, "emphasis")) == say(whole)


def test_stress_may_stand_where_people_write_it() -> None:
    text = "The word."
    assert say(text, of("word", text, "bəˈnænə")) == say(text, of("word", text, "bənˈænə"))
    assert say(text, of("word", text, "bəˈnænə")) != say(text, of("word", text, "ˈbənænə"))


def test_ipa_of_several_words_is_one_words_place() -> None:
    text = "In NY, there."
    said = say(text, of("NY", text, "nuː ˈjɔɹk"))
    assert [(cue.start, cue.length) for cue in said.words] == [(0, 2), (3, 2), (7, 5)]
    assert len(said.samples) > len(say("In there.").samples)


def test_emphasis_is_heard_and_words_stay_where_they_are() -> None:
    text = "I saw the dog & the cat."
    plain, strong = say(text), say(text, Hint(10, 13, "emphasis"))
    assert strong.samples != plain.samples
    assert [cue[1:] for cue in strong.words] == [cue[1:] for cue in plain.words]
    both = say(text, Hint(10, 13, "emphasis"), of("dog", text, "kæt"))
    assert [cue[1:] for cue in both.words] == [cue[1:] for cue in plain.words]
    assert len(both.samples) < len(plain.samples) * 1.2
    assert say(text, Hint(10, 13, "emphasis"), Hint(12, 15, "emphasis")).samples != strong.samples


@pytest.mark.parametrize(
    ("ipa", "message"),
    [("ʘa", "no sound for 'ʘ' of the IPA 'ʘa'"), ("ˈ", "has no sound in it"),
     ("a" * 101, "not of one word"), ("]]<audio>", "no sound for '<'")],
)  # fmt: skip
def test_ipa_that_cannot_be_said_is_an_error(ipa: str, message: str) -> None:
    hint = Hint(2, 5, "phonemes", ipa)
    with pytest.raises(EngineError, match=message):
        Pyttsx3().speak_hinted("A dog.", [hint], Settings(voice="en"))


def test_a_voice_takes_what_is_near_where_it_has_no_such_sound() -> None:
    assert mnemonics.named("ɹɒ", {"ʁ": "r", "ɔ": "O"}) == "r|O|"
    assert mnemonics.named("t͡ʃɚ", {"tʃ": "tS", "ə": "@", "r": "r"}) == "tS|@|r|"


def test_hints_reach_espeak_through_pyttsx3_and_through_a_process_of_its_own() -> None:
    text, settings = "The bass.", Settings(voice="en-US")
    hints = [of("bass", text, "bæs"), Hint(4, 8, "emphasis")]
    here = Pyttsx3().speak_hinted(text, hints, settings)
    assert heard(here) != heard(Pyttsx3().speak(text, settings))
    assert [cue.start for cue in riff.words(here)] == [0, 4]
    assert speak_apart(OUR_DRIVER, text, settings, hints) == here
    assert Pyttsx3().speak_hinted(text, (), settings) == Pyttsx3().speak(text, settings)


def test_the_platforms_own_voices_get_no_hints(monkeypatch: pytest.MonkeyPatch) -> None:
    told: dict[str, Any] = {}

    class Speaker:
        def connect(self, *_: Any) -> int:
            return 0

        def disconnect(self, _: int) -> None: ...

        def setProperty(self, name: str, value: Any) -> None:
            told[name] = value

        def save_to_file(self, text: str, _: Any) -> None:
            told["text"] = text

        def runAndWait(self) -> None: ...

    drivers = sys.modules["pipeline.engines.drivers"]
    monkeypatch.setattr(drivers, "start", lambda _: Speaker())
    hints = [Hint(0, 4, "phonemes", "bæs")]
    assert drivers.say_to(io.BytesIO(), "sapi5", "Bass.", Settings(), hints) == []
    assert (told["text"], "hints" in told) == ("Bass.", False)


def test_a_voice_that_would_crash_over_ipa_takes_none() -> None:
    settings = Settings(voice="kl")
    assert "takes no IPA" in Pyttsx3().unsaid("ˈnuːk", settings)
