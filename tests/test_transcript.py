"""Transcripts: every sentence, when it is heard, in each of the formats that players take."""

from __future__ import annotations

import io
import json
import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import srt
import webvtt
from hypothesis import given
from hypothesis import strategies as st

from pipeline import manifest
from pipeline.model import Joined
from pipeline.publish import transcript
from pipeline.publish.beside import spoken
from pipeline.publish.edition import Sentence, Word, edition
from pipeline.tag import clock, milliseconds
from tests.test_feed import BOOK, ITEM
from tests.test_plan import build_all, planned

STORY = """# The Sea

The sea was calm. Nobody spoke: "Who are you?" asked the *old* man & <waited>.

> Quiet now.

Then it was
over.
"""


def sentence(start: int, end: int, text: str) -> Sentence:
    return Sentence(start, end, text, "paragraph", opens=True, chapter=1, source=(0, len(text)))


def spoken_in(folder: Path, **asked: Any) -> dict[str, tuple[Sentence, ...]]:
    made = planned(folder, **asked)
    build_all(made)
    known = manifest.read(made.folder)
    return spoken(edition(made.folder, known), known, planned(folder, **asked).steps)


@pytest.fixture
def book(project: Path) -> Path:
    (project / "sea.md").write_text(STORY)
    return project / "sea.md"


def test_all_that_is_spoken_is_there_when_it_is_heard(book: Path) -> None:
    (said,) = spoken_in(book).values()
    assert [(one.kind, one.opens, one.text) for one in said] == [
        ("heading", True, "The Sea"),
        ("paragraph", True, "The sea was calm."),
        ("paragraph", False, 'Nobody spoke: "Who are you?" asked the old man & <waited>.'),
        ("quotation", True, "Quiet now."),
        ("paragraph", True, "Then it was over."),
    ]
    assert all(one.start_ms < one.end_ms for one in said)
    assert [word.text for word in said[1].words] == ["The", "sea", "was", "calm"]
    for one in said:
        times = [at for word in one.words for at in (word.start_ms, word.end_ms)]
        assert [one.start_ms, *times[1:-1], one.end_ms] == sorted(times)
    assert [after.start_ms - before.end_ms for before, after in pairwise(said)] == [
        pytest.approx(rest, abs=1) for rest in (1000, 380, 900, 900)
    ]


def test_each_word_is_there_when_it_is_heard(book: Path) -> None:
    (said,) = spoken_in(book).values()
    assert [word.text for word in said[1].words] == ["The", "sea", "was", "calm"]
    for one in said:
        times = [at for word in one.words for at in (word.start_ms, word.end_ms)]
        assert times == sorted(times)
        assert (times[0], times[-1]) == (one.start_ms, one.end_ms)
    segment = json.loads(transcript.as_json(said, "Ann"))["segments"][1]
    assert [word["body"] for word in segment["words"]] == ["The", "sea", "was", "calm"]


def test_in_one_file_the_chapters_follow_each_other(stories: Path) -> None:
    apart = spoken_in(stories, format="mp3")
    (whole,) = spoken_in(stories, format="m4b").values()
    assert [one.text for one in whole] == [one.text for said in apart.values() for one in said]
    known = manifest.read(Path("out/Stories"))
    (volume,) = known.volumes.values()
    (_, start) = volume.chapters[1]
    second = next(one for one in whole if one.chapter == 2)
    due = milliseconds(start, volume.rate) + apart["02"][0].start_ms
    assert abs(second.start_ms - due) <= 1


def test_a_build_leaves_them_in_four_formats(book: Path) -> None:
    (said,) = spoken_in(book).values()
    at = Path("out/The Sea/transcripts")
    texts = [one.text for one in said]
    captions = webvtt.read(str(at / "01.vtt")).captions
    assert [" ".join(one.text.split()) for one in captions] == [
        text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") for text in texts
    ]
    assert {one.voice for one in captions} == {"a humming tone"}
    assert [one.start for one in captions] == [clock(one.start_ms) for one in said]
    assert [one.end for one in captions] == [clock(one.end_ms) for one in said]
    subtitles = list(srt.parse((at / "01.srt").read_text()))
    assert [" ".join(one.content.split()) for one in subtitles] == texts
    assert [one.start.total_seconds() * 1000 for one in subtitles] == [
        pytest.approx(one.start_ms) for one in said
    ]
    segments = json.loads((at / "01.json").read_text())["segments"]
    assert [one["body"] for one in segments] == texts
    assert [one["endTime"] for one in segments] == [one.end_ms / 1000 for one in said]
    lyrics = (at / "01.lrc").read_text().splitlines()
    assert lyrics[:2] == ["[ti:The Sea]", "[al:The Sea]"]
    assert [line.partition("]")[2] for line in lyrics[3:]] == texts


def test_lines_are_short_and_no_word_is_cut() -> None:
    long = (
        "A sentence that goes on " * 9 + "and Donaudampfschifffahrtsgesellschaftskapitänsmützen" * 2
    )
    text = transcript.srt([sentence(0, 9000, long)])
    lines = text.splitlines()[2:]
    assert " ".join(" ".join(lines).split()) == long
    assert all(len(line) <= 65 or " " not in line for line in lines)


def test_hours_and_hundredths() -> None:
    said = [sentence(0, 59_999, "[sic] One"), sentence(3_723_456, 3_800_000, "Two")]
    assert "01:02:03.456 --> 01:03:20.000\n<v N &amp; M>Two" in transcript.vtt(said, "N & M")
    assert "01:02:03,456 --> 01:03:20,000\nTwo" in transcript.srt(said)
    assert transcript.lrc(said, replace(ITEM, length_ms=3_800_000), BOOK).splitlines() == [
        "[ti:The Sea]",
        "[ar:Ann Lee]",
        "[al:Tides]",
        "[length:63:20.00]",
        "[00:00.00] [sic] One",
        "[62:03.45]Two",
    ]


def test_words_stand_in_json_where_there_are_any() -> None:
    words = (Word(0, 300, "The"), Word(300, 900, "sea"))
    one, other = replace(sentence(0, 900, "The sea"), words=words), sentence(1000, 1100, "It")
    first, second = json.loads(transcript.as_json([one, other], "N"))["segments"]
    assert first["words"] == [
        {"startTime": 0.0, "endTime": 0.3, "body": "The"},
        {"startTime": 0.3, "endTime": 0.9, "body": "sea"},
    ]
    assert "words" not in second


spoken_text = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=80)


@given(st.lists(spoken_text.map(lambda text: " ".join(text.split()) or "x"), max_size=8))
def test_any_text_comes_back(texts: list[str]) -> None:
    said = [sentence(at * 1000, at * 1000 + 900, text) for at, text in enumerate(texts)]
    found = webvtt.from_buffer(io.StringIO(transcript.vtt(said, "N"))).captions
    assert len(found) == len(texts)
    assert [one["body"] for one in json.loads(transcript.as_json(said, "N"))["segments"]] == texts
    stamps = re.findall(r"^\[\d\d:\d\d\.\d\d\]", transcript.lrc(said, ITEM, BOOK), re.MULTILINE)
    assert len(stamps) == len(texts)


def test_a_script_of_other_length_than_its_audio_is_a_bug(book: Path) -> None:
    (step,) = planned(book).steps
    with pytest.raises(ValueError, match="zip"):
        transcript.sentences(step.script, Joined(8000, 9000, (0,)))
