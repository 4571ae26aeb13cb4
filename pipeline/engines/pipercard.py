"""The JSON beside a Piper voice, checked: it is a stranger's, as the model is."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from pipeline.errors import VoiceError, did_you_mean

# Piper's own defaults, of a JSON that is silent.
NOISE, LENGTH, WIDTH = 0.667, 1.0, 0.8
RATES = 8_000, 96_000
MOST_SYMBOLS, MOST_SPEAKERS = 10_000, 100_000
KINDS = ("espeak", "text")
ESPEAK = re.compile(r"[A-Za-z0-9_+-]{1,60}")
CODE = re.compile(r"[A-Za-z]{2,3}([_-][A-Za-z0-9]{2,8})*")
LARGEST_CARD = 1 << 16
LICENCE = re.compile(r"^[\s*-]*licen[cs]e[*\s]*:[*\s]*(\S.*)$", re.IGNORECASE | re.MULTILINE)
# What piper-tts is given of it, beside what is built below.
WHOLE = {"hop_length": 256, "default_speaker_id": 0}


@dataclass(frozen=True)
class Card:
    """What a voice says of itself: `rate` in samples a second, `kind` how text becomes phonemes.

    `noise`, `length` and `width` are its own scales, `names` its speakers by number, `raw` what
    piper-tts is given of all this: nothing that was not checked.
    """

    LARGEST: ClassVar[int] = 4 << 20  # bytes; a voice of 900 speakers has 25 kB

    rate: int
    espeak: str
    kind: str
    language: str
    dataset: str
    quality: str
    speakers: int
    default: int
    names: Mapping[str, int]
    symbols: Mapping[str, list[int]]
    noise: float
    length: float
    width: float
    raw: dict[str, Any] = field(repr=False)

    def speaker(self, asked: str, name: str) -> int | None:
        """The number of a speaker, by name or number; None where there is but one.

        Raises VoiceError.
        """
        if not asked:
            return self.default if self.speakers > 1 else None
        number = self.names.get(asked)
        if number is None and asked.isascii() and asked.isdigit() and len(asked) < 7:
            number = int(asked)
        if self.speakers < 2 or number is None or not 0 <= number < self.speakers:
            there = f"numbers 0 to {self.speakers - 1}" if self.speakers > 1 else "only one"
            raise VoiceError(
                f"voice {name!r:.80}: it has no speaker {asked!r:.80}. "
                f"{did_you_mean(asked, self.names)}It has {there}."
            )
        return number


def read_card(data: bytes, name: str) -> Card:
    """The JSON of a voice. Raises VoiceError, which names the file so."""
    try:
        found = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise VoiceError(f"{name}: not valid JSON. Get it again.") from error
    try:
        return _card(found)
    except (KeyError, TypeError, ValueError) as error:
        what = f"{error.args[0]} is missing" if isinstance(error, KeyError) else str(error)
        raise VoiceError(f"{name}: not of a Piper voice: {what}. Get it again.") from error


def _card(found: Any) -> Card:
    table = _table(found, "all of it")
    kind = _text(table.get("phoneme_type", KINDS[0]), "phoneme_type")
    if kind not in KINDS:
        raise ValueError(f"its phonemes are {kind!r:.40}, which needs more than piper-tts alone")
    inference = _table(table.get("inference", {}), "inference")
    symbols = _symbols(table)
    speakers = _whole(table["num_speakers"], "num_speakers", 0, MOST_SPEAKERS)
    names = _names(table, speakers)
    rate = _whole(_table(table["audio"], "audio")["sample_rate"], "sample_rate", *RATES)
    speaks = _espeak(table, kind)
    made: dict[str, Any] = {
        "num_symbols": table["num_symbols"],
        "num_speakers": speakers,
        "audio": {"sample_rate": rate},
        "espeak": {"voice": speaks},
        "phoneme_type": kind,
        "phoneme_id_map": symbols,
        "speaker_id_map": names,
        "vowel_clusters": _clusters(table),
        **{key: _whole(table.get(key, usual), key, 0, 1 << 20) for key, usual in WHOLE.items()},
    }
    return Card(
        rate=rate,
        espeak=speaks,
        kind=kind,
        language=_language(table, speaks),
        dataset=_plain(table.get("dataset", "")),
        quality=_plain(_table(table["audio"], "audio").get("quality", "")),
        speakers=speakers,
        default=min(made["default_speaker_id"], max(speakers - 1, 0)),
        names=names,
        symbols=symbols,
        noise=_number(inference.get("noise_scale", NOISE), "noise_scale", 0, 10),
        length=_number(inference.get("length_scale", LENGTH), "length_scale", 0.05, 20),
        width=_number(inference.get("noise_w", WIDTH), "noise_w", 0, 10),
        raw=made,
    )


def _symbols(table: dict[str, Any]) -> dict[str, list[int]]:
    """Each phoneme's numbers, all of them below `num_symbols`; those that piper-tts adds exist."""
    count = _whole(table["num_symbols"], "num_symbols", 1, MOST_SYMBOLS)
    found = _table(table["phoneme_id_map"], "phoneme_id_map")
    for symbol, ids in found.items():
        if not isinstance(ids, list) or len(ids) > 16:
            raise TypeError(f"the phoneme {symbol!r:.20} has no list of numbers")
        for one in ids:
            _whole(one, f"the number of the phoneme {symbol!r:.20}", 0, count - 1)
    for needed in "_^$":
        if needed not in found:
            raise KeyError(f"the phoneme {needed!r}")
    return found


def _names(table: dict[str, Any], speakers: int) -> dict[str, int]:
    found = _table(table.get("speaker_id_map", {}), "speaker_id_map")
    for name, number in found.items():
        _whole(number, f"the speaker {name!r:.40}", 0, max(speakers - 1, 0))
    return found


def _espeak(table: dict[str, Any], kind: str) -> str:
    """The espeak voice whose phonemes it knows; one that writes text needs none."""
    told = table.get("espeak", {}) if kind != KINDS[0] else table["espeak"]
    voice = _table(told, "espeak").get("voice", "")
    if kind == KINDS[0] and not (isinstance(voice, str) and ESPEAK.fullmatch(voice)):
        raise ValueError(f"espeak.voice cannot be {voice!r:.60}")
    return _plain(voice)


def _clusters(table: dict[str, Any]) -> list[list[str]]:
    """Vowels that are one phoneme to it; none where nothing is said."""
    found = table.get("vowel_clusters") or []
    if not isinstance(found, list) or len(found) > MOST_SYMBOLS:
        raise TypeError("vowel_clusters is no list")
    for cluster in found:
        if not isinstance(cluster, list) or not all(isinstance(one, str) for one in cluster):
            raise TypeError("vowel_clusters has something else than lists of phonemes in it")
    return found


def _language(table: dict[str, Any], speaks: str) -> str:
    """A BCP 47 tag: of the language that it names, or of the espeak voice."""
    from langcodes import standardize_tag, tag_is_valid

    told = table.get("language", {})
    code = told.get("code", "") if isinstance(told, dict) else ""
    for tag in (code, speaks):
        if isinstance(tag, str) and CODE.fullmatch(tag) and tag_is_valid(tag.replace("_", "-")):
            return standardize_tag(tag.replace("_", "-"))
    return "und"


def licence(model: Path) -> str:
    """What the card beside a model names as its licence, if there is one."""
    card = model.with_suffix(".card")
    if not card.is_file():
        return ""
    with card.open("rb") as file:
        text = file.read(LARGEST_CARD).decode("utf-8", "replace")
    found = LICENCE.search(text)
    return _plain(found[1]).strip("* ") if found else ""


def _plain(value: object) -> str:
    """A text of a stranger's as it may stand on a terminal: one short line."""
    text = value if isinstance(value, str) else ""
    return "".join(char for char in text if char.isprintable())[:200]


def _table(value: Any, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise TypeError(f"{where} is no table")
    return value


def _text(value: Any, where: str) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{where} is no text")
    return value


def _whole(value: Any, where: str, least: int, most: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise ValueError(f"{where} cannot be {value!r:.40}: it must be from {least} to {most}")
    return value


def _number(value: Any, where: str, least: float, most: float) -> float:
    good = isinstance(value, int | float) and not isinstance(value, bool)
    if not good or not least <= value <= most:  # NaN is not, either
        raise ValueError(f"{where} cannot be {value!r:.40}: it must be from {least} to {most}")
    return float(value)
