"""Word times: what engines tell, what becomes of it, and that the words are heard there."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import chapter, flac, manifest, riff, words
from pipeline.batch import delivery_of
from pipeline.concatenate import at_rate, clip
from pipeline.engines import engine, espeak
from pipeline.errors import EngineError
from pipeline.model import Clip, Cue, Settings, Speak, Utterance
from pipeline.plan import Plan, plan
from pipeline.read import read
from pipeline.store import FOLDER, Store
from pipeline.synthesize import speak
from pipeline.voices.profiles import read_voice
from pipeline.words import Said
from tests.clicks import register
from tests.ears import missed
from tests.test_engines import LOUD, Broken, wav_of
from tests.test_plan import build_all

RATE = 22_050
TEXT = "One went up, two came down.\n\nIt was long, and it was loud; nobody knew why.\n"
steps = st.tuples(st.integers(0, 5000), st.integers(0, 30), st.integers(1, 30))


@st.composite
def rising(draw: st.DrawFn) -> tuple[Cue, ...]:
    """Words one after another."""
    found, at, end = [], 0, 0
    for later, gap, length in draw(st.lists(steps, max_size=40)):
        at, start = at + later, end + gap
        end = start + length
        found.append(Cue(at, start, length))
    return tuple(found)


def parts(text: str, cues: tuple[Cue, ...]) -> list[str]:
    return [text[cue.start : cue.start + cue.length] for cue in cues]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The gate, it’s open.", ["The", "gate", "it’s", "open"]),
        ("“Naïve”—well-known… (e.g. A.B.C.)", ["Naïve", "well-known", "e.g.", "A.B.C."]),
        ("3.5% & more/less", ["3.5%", "&", "more", "less"]),
        ("नमस्ते दुनिया!", ["नमस्ते", "दुनिया"]),
        ("שלום, עולם", ["שלום", "עולם"]),
        ("你好。ok", ["你", "好", "ok"]),
        (" … — ", []),
        ("", []),
    ],
)
def test_the_words_of_a_text(text: str, found: list[str]) -> None:
    assert [text[start:end] for start, end in words.spans(text)] == found


@given(st.text(max_size=60))
def test_the_words_of_any_text_stand_apart_and_in_order(text: str) -> None:
    places = [at for span in words.spans(text) for at in span]
    assert places == sorted(places)
    assert all(text[start:end].strip() for start, end in words.spans(text))


@given(rising())
def test_words_come_back_from_a_manifest_a_clip_and_a_wav(cues: tuple[Cue, ...]) -> None:
    samples = cues[-1].sample if cues else 0
    characters = cues[-1].start + cues[-1].length if cues else 0
    words.check(cues, samples, characters)
    assert words.unpacked(words.packed(cues), samples) == cues
    assert flac.words_of(flac.pack(Clip(RATE, bytes(2 * samples + 2), cues))) == cues
    assert riff.words(riff.with_words(wav_of(LOUD), cues)) == cues


@pytest.mark.parametrize(
    "text",
    ["0", "0 1", "0 1 2 ", " 0 1 2", "0  1 2", "-1 0 2", "0 -1 2", "1_0 1 2", "٣ 1 2", "a b c",
     "1.5 1 2", "0 0 3\n", "100 0 3 1 1 2", "99999999999 0 1", "0 0 3 4"],
)  # fmt: skip
def test_a_manifest_may_say_anything(text: str) -> None:
    with pytest.raises(ValueError, match=r"no words are written|a word at sample"):
        words.unpacked(text, 100)
    with pytest.raises(ValueError, match=r"no words are written|a word at sample"):
        words.check_packed(text, 100)


def test_words_are_those_in_which_an_event_lies() -> None:
    text = "It is 1,234 of the “pounds” — yes."
    events = [(0, 0), (5, 3), (9, 6), (11, 7), (13, 8), (14, 10), (20, 12), (30, 20), (40, 30)]
    cues = words.of_events(text, events)
    assert parts(text, cues) == ["It", "is", "1,234", "of the", "pounds", "yes"]
    assert [cue.sample for cue in cues] == [0, 5, 9, 20, 30, 40]


def test_events_that_are_nowhere_or_go_back_count_for_nothing() -> None:
    events = [(0, -1), (1, 0), (2, 3), (3, 99), (4, 5), (5, 0), (3, 9)]
    assert words.of_events("One  two  three", events) == (Cue(1, 0, 3), Cue(4, 5, 10))
    assert words.of_events("", [(0, 0)]) == ()


def test_each_word_is_told_until_the_next() -> None:
    line = Utterance("§3: “No.”", "section three: “No.”", 0, 9)
    cues = (Cue(0, 0, 7), Cue(900, 8, 6), Cue(2000, 14, 6))
    assert words.said(line, words.packed(cues), 2600) == [
        Said(0, 900, "section"),
        Said(900, 2000, "three"),
        Said(2000, 2600, "No"),
    ]
    assert words.said(line, "", 2600) == []


def test_a_word_is_written_as_people_see_it_not_as_it_sounds() -> None:
    line = Utterance("The lead pipe, it", "The lead pipe, it", 0, 17, respelled="The led pipe, it")
    cues = (Cue(0, 0, 7), Cue(900, 8, 5), Cue(1500, 14, 2))
    assert [one.text for one in words.said(line, words.packed(cues), 2000)] == [
        "The lead", "pipe", "it"
    ]  # fmt: skip


def test_words_that_are_not_of_this_line_are_not_told() -> None:
    line = Utterance("No.", "No.", 0, 3)
    cues = (Cue(0, 0, 2), Cue(5, 2, 1), Cue(9, 40, 2))
    assert words.said(line, words.packed(cues), 50) == [Said(0, 5, "No")]
    assert words.said(line, words.packed(cues), 3) == [Said(0, 3, "No")]


def test_cue_points_of_others_are_no_words() -> None:
    cues = struct.pack("<I", 1) + struct.pack("<II4sIII", 7, 0, b"data", 0, 0, 5)
    label = chunk(b"labl", struct.pack("<I", 7) + b"a chorus\0")
    for more in (chunk(b"cue ", cues), chunk(b"cue ", cues) + chunk(b"LIST", b"adtl" + label)):
        assert clip(wav_of(LOUD) + more).words == ()


def test_samples_are_read_as_before() -> None:
    cues = (Cue(10, 0, 3),)
    assert clip(riff.with_words(wav_of(LOUD), cues)).pcm == clip(wav_of(LOUD)).pcm
    assert riff.with_words(wav_of(LOUD), ()) == wav_of(LOUD)


@pytest.mark.parametrize(
    "more",
    [
        lambda: chunk(b"cue ", b""),
        lambda: chunk(b"cue ", struct.pack("<I", 0xFFFFFFFF)),
        lambda: chunk(b"cue ", struct.pack("<I", 2) + bytes(24)),
        lambda: b"cue " + struct.pack("<I", 0xFFFFFFFF) + bytes(28),
        lambda: b"LIST" + struct.pack("<I", 99) + b"adtl",
        lambda: chunk(b"LIST", b"adtl" + b"labl" + struct.pack("<I", 0x7FFFFFFF) + bytes(8)),
        lambda: chunk(b"LIST", b"adtl" + chunk(b"labl", b"\1\0")),
    ],
)
def test_damaged_cue_points_are_an_engines_error(more: Callable[[], bytes]) -> None:
    with pytest.raises(EngineError, match="the engine gave damaged cue points"):
        clip(wav_of(LOUD) + more())


@given(st.binary(max_size=200))
def test_what_stands_behind_the_samples_may_be_anything(more: bytes) -> None:
    try:
        assert riff.words(wav_of(b"") + more) == ()
    except ValueError as error:
        assert str(error)  # noqa: PT017


def chunk(name: bytes, data: bytes) -> bytes:
    return name + struct.pack("<I", len(data)) + data + bytes(len(data) % 2)


def test_a_length_that_an_encoder_could_not_tell_hides_nothing_but_words() -> None:
    wav = bytearray(riff.with_words(wav_of(LOUD), [Cue(0, 0, 3)]))
    wav[40:44] = b"\xff\xff\xff\xff"
    assert riff.words(bytes(wav)) == ()


def test_words_follow_the_trimming() -> None:
    quiet = bytes(2 * RATE)
    cues = [Cue(10, 0, 1), Cue(RATE, 2, 1), Cue(RATE + 5000, 4, 1), Cue(3 * RATE, 6, 1)]
    found = clip(riff.with_words(wav_of(quiet + LOUD + quiet), cues))
    lead = found.words[1].sample
    assert lead == pytest.approx(0.01 * RATE, abs=0.001 * RATE)  # the guard
    assert found.words == (
        Cue(0, 0, 1), Cue(lead, 2, 1), Cue(lead + 5000, 4, 1), Cue(found.samples, 6, 1)
    )  # fmt: skip


def test_words_follow_the_rate() -> None:
    found = at_rate(Clip(RATE, bytes(2 * RATE), (Cue(0, 0, 1), Cue(RATE // 2, 2, 1))), 48_000)
    assert (found.samples, found.words) == (48_000, (Cue(0, 0, 1), Cue(24_000, 2, 1)))


@pytest.mark.parametrize(
    ("cues", "message"),
    [
        ([Cue(0, 0, 3), Cue(9**9, 4, 3)], "a word at sample 387420489 of 22050"),
        ([Cue(0, 0, 3), Cue(5, 4, 400)], "characters 4 to 404 of 11"),
        ([Cue(0, 0, 3), Cue(5, 2, 3)], "characters 2 to 5 of 11"),
        ([Cue(0, 0, 0)], "characters 0 to 0 of 11"),
        ([Cue(0, 4, 3), Cue(5, 0, 3)], "characters 0 to 3 of 11"),
    ],
)
def test_words_that_cannot_be_are_an_engines_error(
    cues: list[Cue], message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    wav = riff.with_words(wav_of(LOUD), cues)
    monkeypatch.setattr("pipeline.engines.engine", lambda _: Broken(wav))
    with pytest.raises(EngineError, match=message):
        speak(Speak("One and two", Settings(), ""))


def test_a_tone_is_as_long_for_each_character() -> None:
    text = "One, two!"
    wav = engine("tone").speak(text, Settings(engine="tone", rate=170))
    assert riff.words(wav) == (Cue(0, 0, 3), Cue(5 * int(9 / 15 * RATE) // 9, 5, 3))


SENTENCES = {
    "en-us": "The gate was open, and nobody had told the dog; it's all a mistake, said Mary.",
    "de": "Das Tor stand offen, und niemand hatte es dem Hund gesagt; schade!",
    "fr": "La porte était ouverte, et personne n’avait prévenu le chien.",
    "ru": "Привет, мир! Дверь была открыта.",
    "hi": "नमस्ते दुनिया, आप कैसे हैं?",
}


@pytest.mark.parametrize(("voice", "text"), SENTENCES.items(), ids=list(SENTENCES))
def test_espeak_tells_of_every_word_in_order(voice: str, text: str) -> None:
    cues = espeak.synthesize(text, voice, 175, 50, 100).words
    told = " ".join(parts(text, cues))
    assert told.split() == [text[start:end] for start, end in words.spans(text)]
    assert len(cues) >= 0.9 * len(words.spans(text))


@pytest.mark.parametrize("rate", [80, 175, 400, 449])
@pytest.mark.parametrize("voice", ["en-us", "en-us+f3", "de", "es"])
def test_a_word_after_a_rest_is_heard_where_espeak_says(voice: str, rate: int) -> None:
    """Nasals and liquids are heard at once; a stop or a soft consonant is not."""
    text = "Mona, Nina, Lena, Maria, Nora."
    said = espeak.synthesize(text, voice, rate, 50, 100)
    assert parts(text, said.words) == ["Mona", "Nina", "Lena", "Maria", "Nora"]
    sound = np.abs(np.frombuffer(said.samples, "<i2").astype(float))
    for cue in said.words[1:]:
        before = sound[cue.sample - 220 : cue.sample - 20]
        after = sound[cue.sample : cue.sample + round(0.06 * said.rate)]
        assert before.max() < 0.1 * after.max()


def test_at_a_hurry_espeak_does_not_know() -> None:
    assert espeak.synthesize("One, two.", "en-us", 449, 50, 100).words
    assert espeak.synthesize("One, two.", "en-us", 450, 50, 100).words == ()


@pytest.mark.parametrize(
    "text", ["😀 smile 𐌰 done", "½ of 日本 & co", "1,234,567 pounds in 1979", "“‘Quoted,’” he said"]
)
@pytest.mark.parametrize("voice", ["en-us", "de", "cmn"])
def test_espeaks_words_are_always_those_of_the_text(voice: str, text: str) -> None:
    said = espeak.synthesize(text, voice, 175, 50, 100)
    words.check(said.words, len(said.samples) // 2, len(text))
    assert said.words


@pytest.fixture
def story(project: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A book of one chapter, where the engines of `tests.clicks` are found."""
    monkeypatch.syspath_prepend(register(project / "site"))
    (project / "book").mkdir()
    (project / "book" / "1_it.txt").write_text(TEXT)
    return project / "book"


def asked(folder: Path, voice: str = f"ticks:{RATE}", **wish: object) -> Plan:
    store = Store(Path("out", FOLDER))
    return plan(read(folder), read_voice(voice), Path("out"), store, {},
                delivery=delivery_of(wish))  # fmt: skip


@pytest.mark.parametrize("rate", [8000, 22_050, 48_000])
@pytest.mark.parametrize("form", ["mp3", "opus", "flac"])
def test_each_word_is_heard_where_the_manifest_says(form: str, rate: int, story: Path) -> None:
    """After trimming, another rate, mastering, encoding and decoding."""
    made = asked(story, f"ticks:{rate}", format=form)
    build_all(made)
    (record,) = manifest.read(made.folder).records.values()
    joined, script = record.track.joined, made.steps[0].script
    ends = [*joined.starts[1:], joined.samples]
    lines = zip(script.utterances, joined.starts, ends, joined.words, strict=True)
    told = [
        (start + one.start, one.text)
        for line, start, end, told in lines
        for one in words.said(line, told, end - start)
    ]
    assert [text for _, text in told] == TEXT.translate({ord(sign): None for sign in ",;."}).split()
    late = missed(record.track.path, [at / joined.rate for at, _ in told], joined.rate)
    assert max(map(abs, late)) < 0.003


def test_words_outlive_the_clips_and_the_store(story: Path) -> None:
    made = asked(story)
    build_all(made)
    (before,) = manifest.read(made.folder).records.values()
    assert len(before.track.joined.words) == 2
    (story / "audiobook.toml").write_text('[[chapter]]\nfile = "1_it.txt"\ntitle = "Other"\n')
    with Store(Path("out", FOLDER)) as store:
        for key in (*made.steps[0].clips, made.steps[0].audio):
            store.drop(key)
    again = asked(story)
    assert not again.steps[0].to_speak
    build_all(again)
    (after,) = manifest.read(again.folder).records.values()
    assert after.track.title == "Other"
    assert after.track.joined == before.track.joined
    with Store(Path("out", FOLDER)) as store:
        assert chapter.known(again.steps[0].audio, store) == before.track.joined


def test_without_words_nothing_is_written(story: Path) -> None:
    made = asked(story, f"clicks:{RATE}")
    build_all(made)
    assert '"words":' not in manifest.text(made.folder)
    (record,) = manifest.read(made.folder).records.values()
    assert record.track.joined.words == ()


@pytest.mark.parametrize(
    "said", [["0 0 3"], ["0 0 3"] * 3, ["0 0 3", "99999999 0 3"], ["0 0 3", "no"], [[0, 0], 3], 7]
)
def test_a_manifest_with_words_that_cannot_be_is_not_trusted(said: object, story: Path) -> None:
    made = asked(story)
    build_all(made)
    path = made.folder / manifest.FILE
    found = json.loads(path.read_text())
    assert len(found["tracks"][0]["words"]) == 2
    found["tracks"][0]["words"] = said
    path.write_text(json.dumps(found))
    assert manifest.read(made.folder) is manifest.NONE


def test_a_clip_whose_words_are_damaged_is_spoken_again(project: Path) -> None:
    whole = flac.pack(Clip(RATE, LOUD, (Cue(0, 0, 3), Cue(9, 4, 1))))
    end = flac.words_end(whole)
    assert end < chapter.HEAD
    data = whole[: end - 1] + b"x" + whole[end:]
    with pytest.raises(EngineError, match="a clip with damaged words"):
        flac.words_of(data)
    with Store(project / "store") as store:
        store.put("k" * 64, data)
        with pytest.raises(chapter.Lost):
            chapter._about("k" * 64, store)
        assert not store.has("k" * 64)


def test_a_clip_without_a_block_of_words_is_told() -> None:
    data = flac.pack(Clip(RATE, LOUD))
    at = flac.measure_ends(data)
    with pytest.raises(EngineError, match="a clip without its words"):
        flac.words_of(data[:at] + data[flac.words_end(data) :])
