"""Samples -> an encoded file, in every format that there is.

A chapter is encoded once, for itself. What cannot be had by joining such files is encoded from
those without loss.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from pipeline.encode import ffmpeg, lossless, mp3
from pipeline.errors import ConfigError
from pipeline.model import Encoding, Mastering

Codec = Literal["mp3", "aac", "opus", "flac"]


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of file: what its chapters are encoded in, and whether it is always a whole book.

    `joined` is what they are encoded in to become one file: MP3 and AAC can be joined as they are.
    `apart`: within that file they stay files of their own.
    """

    name: str
    codec: Codec
    joined: Codec
    whole: bool = False
    apart: bool = False

    @property
    def suffix(self) -> str:
        return f".{self.name}"


FORMATS: Mapping[str, Format] = {
    form.name: form
    for form in (
        Format("mp3", "mp3", "mp3"),
        Format("m4b", "aac", "aac", whole=True),
        Format("opus", "opus", "flac"),
        Format("flac", "flac", "flac"),
        Format("wav", "flac", "flac"),
        Format("epub", "mp3", "mp3", whole=True, apart=True),
    )
}
MOST_CHAPTERS = 255  # of a file: a Nero list and an ID3 table of contents count in one byte
# Counts up when a read-along becomes another file of the same chapters.
READ_ALONG = "read-along 1"
# kb/s for speech in mono. MP3 and AAC are constant, so that a file's size tells its length.
USUAL: Mapping[Codec, int] = {"mp3": 64, "aac": 64, "opus": 32, "flac": 0}
# dB by which decoded peaks are above those before. Measured on 22 voices: eSpeak's in English,
# German and French, its variants f2, f3, m7, croak, whisper and klatt2, 8,000 to 48,000 Hz, and one
# made soft, clipped, square and of clicks. At -19 LUFS a channel and 48 kb/s and more, MP3 added at
# most 0.98 dB, AAC 0.35, FLAC with its room tone 0.03, Opus 1.6 (2.1 at 16 kb/s). Below 48 kb/s AAC
# added 1.5; with much limiting all of them up to 3, Opus at 16 kb/s 5: those are decoded and heard.
PEAKS: Mapping[Codec, float] = {"mp3": 1.05, "aac": 0.6, "opus": 1.7, "flac": 0.1}
LOW, LOW_PEAKS = 48, 1.0  # kb/s a channel below which there is more
OFTEN, OFTEN_PEAKS = -18.0, 0.15  # LUFS of a channel above which there is more, for each of them
# dB that it loses: AAC at any bitrate, Opus for kb/s a channel, measured on the same voices.
QUIETER = {"mp3": 0.0, "aac": 0.05, "flac": 0.0}
OPUS_QUIETER = ((20, 0.5), (28, 0.35), (48, 0.25), (512, 0.03))


def has_bitrate(form: Format) -> bool:
    """Whether it can be smaller at the cost of sound."""
    return bool(USUAL[form.codec])


def encoding(codec: Codec, mastering: Mastering, bitrate: int = 0) -> Encoding:
    """How a chapter is encoded; 0 for the bitrate that the mastering asks for, or the usual.

    Raises ConfigError where the codec has no such bitrate.
    """
    channels = mastering.channels
    chosen = (bitrate or mastering.bitrate or USUAL[codec] * channels) if USUAL[codec] else 0
    made = Encoding(codec, chosen, channels, mastering.rate)
    if chosen and not _rates(made):
        raise ConfigError(f"bitrate: {codec} has no {chosen} kb/s. {_hint(made)}")
    return made


def _hint(wanted: Encoding) -> str:
    """The bitrates that there are."""
    if wanted.codec == "mp3":
        known = sorted({bitrate for table in mp3.BITRATES.values() for bitrate in table})
        return f"It has {', '.join(map(str, known))}."
    possible = [n for n in range(1, 1000) if _rates(Encoding(wanted.codec, n, wanted.channels))]
    return f"It has {possible[0]} to {possible[-1]}."


@cache
def _rates(wanted: Encoding) -> list[int]:
    """The sample rates that can be encoded so."""
    bitrate, channels = wanted.bitrate, wanted.channels
    if wanted.codec == "mp3":
        rates = mp3.rates(bitrate)
    elif wanted.codec == "aac":
        rates = ffmpeg.aac_rates(bitrate, channels) if bitrate >= ffmpeg.LEAST_AAC else []
    elif wanted.codec == "opus":
        inside = ffmpeg.LEAST_OPUS <= bitrate <= ffmpeg.MOST_OPUS * channels
        rates = list(ffmpeg.AAC_RATES) if inside else []
    else:
        rates = list(ffmpeg.AAC_RATES)
    return [wanted.rate] if wanted.rate in rates else rates


def rate_for(wanted: Encoding, rate: int) -> int:
    """The sample rate at which audio of this one is encoded: the same, or the next that is had."""
    rates = _rates(wanted)
    return min((known for known in rates if known >= rate), default=max(rates))


def fingerprint(wanted: Encoding) -> str:
    """What else an encoded file depends on beside its samples."""
    if wanted.codec == "mp3":
        return mp3.fingerprint()
    return lossless.fingerprint() if wanted.codec == "flac" else ffmpeg.fingerprint()


def finisher(form: Format) -> str:
    """What else a file of several chapters depends on."""
    if form.apart:
        return READ_ALONG
    return mp3.fingerprint() if form.name == "mp3" else ffmpeg.fingerprint()


def gain(wanted: Encoding) -> float:
    """What the encoder does to loudness, in dB."""
    if wanted.codec == "mp3":
        return mp3.gain(wanted.bitrate)
    if wanted.codec == "opus":
        each = wanted.bitrate / wanted.channels
        return -next(less for most, less in OPUS_QUIETER if each <= most)
    return -QUIETER[wanted.codec]


def headroom(wanted: Encoding, target: float) -> float:
    """What the encoder may add to peaks, in dB; more where many are at the limit."""
    often = max(0.0, target - OFTEN) * OFTEN_PEAKS if wanted.bitrate else 0.0
    return PEAKS[wanted.codec] + often + (LOW_PEAKS if _is_low(wanted) else 0.0)


def is_predictable(wanted: Encoding, target: float) -> bool:
    """Whether `gain` and `headroom` hold for any voice that is hardly limited.

    `target` is one channel's, in LUFS.
    """
    known = wanted.codec != "opus" and not _is_low(wanted) and target <= OFTEN
    return known or not wanted.bitrate


def _is_low(wanted: Encoding) -> bool:
    return wanted.codec in {"mp3", "aac"} and wanted.bitrate < LOW * wanted.channels


def encode(samples: Iterable[bytes], rate: int, wanted: Encoding, path: Path) -> int:
    """Encode 16-bit samples, interleaved, into `path`; returns how many there were a channel.

    Raises OutputError, and OSError when the disk gives up.
    """
    by_codec = {"mp3": mp3.encode, "aac": ffmpeg.aac, "opus": ffmpeg.opus, "flac": lossless.flac}
    return by_codec[wanted.codec](samples, rate, wanted, path)


def span(wanted: Encoding, rate: int, samples: int, path: Path) -> int:
    """How many samples this file's audio takes where that of another one is joined to it."""
    if wanted.codec == "mp3":
        return mp3.span(rate, wanted, path)
    return ffmpeg.span(samples) if wanted.codec == "aac" else samples
