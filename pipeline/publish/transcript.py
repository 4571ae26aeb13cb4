"""When each sentence is heard, from the samples themselves, and as files that players show."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Sequence
from itertools import pairwise

from pipeline import words
from pipeline.model import PARTS, Joined, Pause, Script
from pipeline.normalize.marks import MARKS, unmarked
from pipeline.publish.edition import Edition, Item, Sentence, Word
from pipeline.tag import clock, milliseconds

LONGEST_LINE = 65  # characters (podcast-namespace, transcripts.md)
# What the segments of a JSON transcript are called, and its version (podcast-namespace).
JSON_VERSION = "1.0.0"


def sentences(script: Script, joined: Joined, start: int = 0) -> tuple[Sentence, ...]:
    """A chapter's utterances as they are heard in a file where it starts at this sample."""
    chapter, found = script.chapter, []
    blocks = iter(chapter.blocks)
    block, opens = next(blocks), True
    spans = _spans(script, joined)
    marks = [piece for piece in script.skipped if piece.rule in MARKS]
    told = joined.words or ("",) * len(script.utterances)
    for line, (begins, ends), packed in zip(script.utterances, spans, told, strict=True):
        while line.start >= block.end:
            block, opens = next(blocks), True
        source = line.start, line.end
        found.append(
            Sentence(
                start_ms=milliseconds(start + begins, joined.rate),
                end_ms=milliseconds(start + ends, joined.rate),
                text=" ".join(unmarked(chapter.text, marks, *source).split()),
                kind=block.kind,
                opens=opens,
                chapter=chapter.number,
                source=source,
                words=tuple(
                    Word(
                        milliseconds(start + begins + word.start, joined.rate),
                        milliseconds(start + begins + word.end, joined.rate),
                        word.text,
                    )
                    for word in words.said(line, packed, ends - begins)
                ),
                speaker="" if line.part in PARTS else line.part,
            )
        )
        opens = False
    return tuple(found)


def _spans(script: Script, joined: Joined) -> Iterator[tuple[int, int]]:
    """Where each utterance starts and ends, in samples: the rest behind it is the pause's."""
    rests: list[int] = []
    for line in script.lines:
        if not isinstance(line, Pause):
            rests.append(0)
        elif rests:
            rests[-1] += line.ms * joined.rate // 1000
    around = pairwise((*joined.starts, joined.samples))
    for (start, following), rest in zip(around, rests, strict=True):
        yield start, following - rest


def vtt(spoken: Sequence[Sentence], speaker: str) -> str:
    """WebVTT, with who speaks as its voice."""
    cues = (
        f"{clock(one.start_ms)} --> {clock(one.end_ms)}\n"
        f"<v {_escaped(one.speaker or speaker)}>{_escaped(_wrapped(one.text))}\n"
        for one in spoken
    )
    return "\n".join(["WEBVTT\n", *cues])


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def srt(spoken: Sequence[Sentence]) -> str:
    """SubRip."""
    return "\n".join(
        f"{number}\n{_comma(one.start_ms)} --> {_comma(one.end_ms)}\n{_wrapped(one.text)}\n"
        for number, one in enumerate(spoken, 1)
    )


def _comma(ms: int) -> str:
    return clock(ms).replace(".", ",")


def _wrapped(text: str) -> str:
    """In lines of a readable length; no word is cut, and none gets lost."""
    return "\n".join(
        textwrap.wrap(text, LONGEST_LINE, break_long_words=False, break_on_hyphens=False)
    )


def lrc(spoken: Sequence[Sentence], item: Item, book: Edition) -> str:
    """Lyrics, in hundredths; minutes go on beyond 59."""
    length = _minutes(item.length_ms)
    about = {"ti": item.title, "ar": book.author, "al": book.title, "length": length}
    head = [f"[{key}:{' '.join(value.split())}]" for key, value in about.items() if value]
    # Behind a stamp, a bracket would begin another.
    lines = [f"[{_minutes(s.start_ms)}]{' ' * s.text.startswith('[')}{s.text}" for s in spoken]
    return "\n".join([*head, *lines, ""])


def _minutes(ms: int) -> str:
    return f"{ms // 60_000:02d}:{ms // 1000 % 60:02d}.{ms // 10 % 100:02d}"


def as_json(spoken: Sequence[Sentence], speaker: str) -> str:
    """Segments as podcast apps take them; each with its words, where the voice tells of them."""
    segments = [
        {
            "speaker": one.speaker or speaker,
            "startTime": one.start_ms / 1000,
            "endTime": one.end_ms / 1000,
            "body": one.text,
            **({"words": [_word(word) for word in one.words]} if one.words else {}),
        }
        for one in spoken
    ]
    return json.dumps({"version": JSON_VERSION, "segments": segments}, ensure_ascii=False) + "\n"


def _word(word: Word) -> dict[str, object]:
    return {"startTime": word.start_ms / 1000, "endTime": word.end_ms / 1000, "body": word.text}
