"""What is encoded decodes to the sample, in every codec, alone and joined."""

from __future__ import annotations

import array
import math
from itertools import accumulate
from pathlib import Path
from typing import Any

import mutagen.mp3
import pytest
from mutagen.mp3 import BitrateMode

from pipeline import encode, master
from pipeline.check.decode import contents
from pipeline.encode import ffmpeg as muxer
from pipeline.encode import lossless, mp3
from pipeline.errors import ConfigError, OutputError
from pipeline.model import Encoding, Mark
from pipeline.model import Joined as Stretch
from pipeline.tag import ffmetadata
from tests.conftest import decoded, ffmpeg
from tests.test_engines import LOUD

RATE = 22050
MP3 = Encoding("mp3", 64)
CODECS = {
    "mp3": MP3,
    "mp3 at 32": Encoding("mp3", 32),
    "stereo": Encoding("mp3", 128, channels=2),
    "acx": Encoding("mp3", 192, rate=44_100),
    "aac": Encoding("aac", 64),
    "opus": Encoding("opus", 32),
    "flac": Encoding("flac"),
}
CLICK = 20  # samples


@pytest.fixture(params=CODECS)
def encoding(request: pytest.FixtureRequest) -> Encoding:
    return CODECS[request.param]


def clicks(samples: int, places: list[int], channels: int = 1) -> bytes:
    found = array.array("h", [0] * samples)
    for at in places:
        found[at : at + CLICK] = array.array("h", [25000] * CLICK)
    return array.array("h", [value for value in found for _ in range(channels)]).tobytes()


def heard(path: Path, rate: int, apart: int = 2000) -> list[int]:
    """Where clicks are in a decoded file, by samples."""
    out = ffmpeg("-i", str(path), "-f", "s16le", "-ac", "1", "-ar", str(rate), "-")
    found = array.array("h", out)
    places: list[int] = []
    for at, value in enumerate(found):
        if abs(value) > 8000 and (not places or at - places[-1] > apart):
            places.append(at)
    return places


def file_of(encoding: Encoding, folder: Path, name: str = "out") -> Path:
    return folder / f"{name}.{encoding.codec}"


def test_a_click_stays_where_it_was(encoding: Encoding, tmp_path: Path) -> None:
    rate, path = encode.rate_for(encoding, RATE), file_of(encoding, tmp_path)
    places = [20_000, 100_000]
    data = clicks(150_000, places, encoding.channels)
    assert encode.encode([data], rate, encoding, path) == 150_000
    lead = muxer.FRAME if encoding.codec == "aac" else 0  # ADTS has no way to say so
    assert heard(path, rate) == [pytest.approx(lead + at, abs=0.002 * rate) for at in places]


def test_the_same_samples_give_the_same_bytes(encoding: Encoding, tmp_path: Path) -> None:
    one, two = file_of(encoding, tmp_path, "one"), file_of(encoding, tmp_path, "two")
    rate = encode.rate_for(encoding, RATE)
    encode.encode([LOUD] * 6, rate, encoding, one)
    encode.encode([LOUD * 3, LOUD * 3], rate, encoding, two)
    assert one.read_bytes() == two.read_bytes()


@pytest.mark.parametrize("rate", mp3.FRAME)
@pytest.mark.parametrize("bitrate", [16, 64, 128])
def test_the_length_of_an_mp3_is_exact(rate: int, bitrate: int, tmp_path: Path) -> None:
    wanted = Encoding("mp3", bitrate)
    if rate not in mp3.rates(bitrate):
        assert encode.rate_for(wanted, rate) != rate
        return
    for count in (100, 575, 576, 1152, 123_457):
        path = tmp_path / f"{count}.mp3"
        assert mp3.encode([bytes(2 * count)], rate, wanted, path) == count
        assert len(decoded(path)) == 2 * count
        found: Any = mutagen.mp3.MP3(path).info
        assert (found.sample_rate, found.bitrate_mode) == (rate, BitrateMode.CBR)
        assert found.length == pytest.approx(count / rate, abs=1152 / rate)
        assert found.encoder_info.startswith("LAME 3.100")


@pytest.mark.parametrize("wanted", [MP3, CODECS["stereo"], CODECS["acx"], Encoding("mp3", 32)])
def test_mp3s_are_joined_to_one(wanted: Encoding, tmp_path: Path) -> None:
    rate, lengths = encode.rate_for(wanted, RATE), [50_001, 77_777, 30_000]
    parts = [tmp_path / f"{at}.mp3" for at in range(3)]
    for path, length in zip(parts, lengths, strict=True):
        mp3.encode([clicks(length, [15_000], wanted.channels)], rate, wanted, path)
    spans = [mp3.span(rate, wanted, path) for path in parts]
    starts = list(accumulate(spans[:-1], initial=0))
    total, whole = starts[-1] + lengths[-1], tmp_path / "whole.mp3"
    with whole.open("w+b") as file:
        mp3.joined(parts, rate, wanted, total, file)
    assert heard(whole, rate) == [pytest.approx(at + 15_000, abs=30) for at in starts]
    assert len(decoded(whole)) == 2 * wanted.channels * total
    quiet = ffmpeg("-v", "warning", "-err_detect", "explode", "-i", str(whole), "-f", "null", "-")
    assert quiet == b""


def test_aac_is_joined_to_an_m4b(tmp_path: Path) -> None:
    """One chapter is so long that ffmpeg's usual scale of time has too few bits for it."""
    wanted, lengths = CODECS["aac"], [50_001, 2_400_000, 30_000]
    parts = [tmp_path / f"{at}.aac" for at in range(3)]
    for path, length in zip(parts, lengths, strict=True):
        encode.encode([clicks(length, [15_000])], RATE, wanted, path)
    spans = [
        encode.span(wanted, RATE, length, path) for length, path in zip(lengths, parts, strict=True)
    ]
    starts = list(accumulate(spans[:-1], initial=0))
    whole = Stretch(RATE, starts[-1] + lengths[-1], ())
    marks = [Mark(f"Part {at}", start) for at, start in enumerate(starts)]
    muxer.m4b(parts, RATE, ffmetadata(None, marks, whole), tmp_path / "out.m4b")
    found = tmp_path / "out.m4b"
    assert heard(found, RATE) == [pytest.approx(at + 15_000, abs=2) for at in starts]
    told = contents(found)
    assert told.titles == ("Part 0", "Part 1", "Part 2")
    assert told.starts_ms == tuple(pytest.approx(at * 1000 / RATE, abs=1) for at in starts)


def test_wav_is_made_of_flac(tmp_path: Path) -> None:
    flac, wav = tmp_path / "a.flac", tmp_path / "a.wav"
    encode.encode([LOUD] * 4, RATE, CODECS["flac"], flac)
    count = len(LOUD) // 2 * 4
    assert lossless.wav(lossless.samples([flac]), RATE, 1, count, wav) == count
    assert decoded(wav) == LOUD * 4


def test_a_wav_beyond_four_gigabytes_is_rf64(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    lossless.wav([LOUD], RATE, 1, 3_000_000_000, path)
    assert path.read_bytes()[:4] == b"RF64"
    assert decoded(path) == LOUD


def test_it_sounds_as_it_did(encoding: Encoding, tmp_path: Path) -> None:
    rate, path = encode.rate_for(encoding, RATE), file_of(encoding, tmp_path)
    tone = [round(9000 * math.sin(at / 20)) for at in range(3 * rate)]
    data = array.array("h", [value for value in tone for _ in range(encoding.channels)])
    encode.encode([data.tobytes()], rate, encoding, path)
    after = array.array("h", ffmpeg("-i", str(path), "-f", "s16le", "-ac", "1", "-"))
    middle = after[len(after) // 3 : 2 * len(after) // 3]
    level = math.sqrt(2 * sum(value * value for value in middle) / len(middle)) / 9000
    wanted = 1.0 if encoding.codec == "opus" else 10 ** (encode.gain(encoding) / 20)
    assert level == pytest.approx(wanted, rel=0.015)


@pytest.mark.parametrize("bitrate", mp3.BITRATES[1152] + mp3.BITRATES[576])
def test_what_lame_does_to_loudness_is_known(bitrate: int, tmp_path: Path) -> None:
    wanted, path = Encoding("mp3", bitrate), tmp_path / "a.mp3"
    rate = encode.rate_for(wanted, 24_000)
    tone = [round(9000 * math.sin(2 * math.pi * 440 * at / rate)) for at in range(2 * rate)]
    mp3.encode([array.array("h", tone).tobytes()], rate, wanted, path)
    after = array.array("h", decoded(path))[rate // 2 : -rate // 2]
    level = 10 * math.log10(2 * sum(value * value for value in after) / len(after) / 9000**2)
    assert level == pytest.approx(mp3.gain(bitrate), abs=0.06)


def test_every_frame_is_where_it_should_be(tmp_path: Path) -> None:
    """ffmpeg tells of each byte that it has to skip."""
    path = tmp_path / "out.mp3"
    encode.encode([LOUD] * 20, RATE, MP3, path)
    told = ffmpeg("-v", "warning", "-err_detect", "explode", "-i", str(path), "-f", "null", "-")
    assert told == b""


@pytest.mark.parametrize(
    ("wanted", "rate", "made"),
    [
        (MP3, 22_050, 22_050),
        (MP3, 20_000, 22_050),
        (MP3, 1, 8_000),
        (MP3, 96_000, 48_000),
        (Encoding("mp3", 192), 22_050, 32_000),  # MPEG-2 ends at 160
        (Encoding("mp3", 16), 44_100, 24_000),  # MPEG-1 begins at 32
        (Encoding("mp3", 192, rate=44_100), 22_050, 44_100),
        (Encoding("aac", 128), 16_000, 22_050),
        (Encoding("opus", 32), 22_050, 22_050),  # ffmpeg brings it to 48,000
        (Encoding("flac"), 22_050, 22_050),
    ],
)
def test_the_rate_at_which_it_is_encoded(wanted: Encoding, rate: int, made: int) -> None:
    assert encode.rate_for(wanted, rate) == made


@pytest.mark.parametrize(
    ("codec", "bitrate", "hint"),
    [
        ("mp3", 100, "mp3 has no 100 kb/s. It has 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128"),
        ("mp3", 999, "mp3 has no 999 kb/s"),
        ("aac", 4, "aac has no 4 kb/s. It has 16 to 288"),
        ("aac", 500, "aac has no 500 kb/s"),
        ("opus", 400, "opus has no 400 kb/s. It has 6 to 256"),
    ],
)
def test_a_bitrate_that_a_codec_has_not(codec: encode.Codec, bitrate: int, hint: str) -> None:
    with pytest.raises(ConfigError) as error:
        encode.encoding(codec, master.PRESETS["podcast"], bitrate)
    assert hint in str(error.value)


def test_what_loses_nothing_has_no_bitrate() -> None:
    assert encode.encoding("flac", master.PRESETS["acx"]) == Encoding("flac", rate=44_100)
    assert [name for name, form in encode.FORMATS.items() if not encode.has_bitrate(form)] == [
        "flac",
        "wav",
    ]


def test_an_error_in_the_samples_is_passed_on(encoding: Encoding, tmp_path: Path) -> None:
    def broken():
        yield LOUD
        raise ValueError("no more")

    rate = encode.rate_for(encoding, RATE)
    with pytest.raises(ValueError, match="no more"):
        encode.encode(broken(), rate, encoding, file_of(encoding, tmp_path))


@pytest.mark.parametrize("codec", ["mp3", "flac"])
def test_a_disk_that_is_full(codec: str) -> None:
    with pytest.raises(OSError, match="No space left on device"):
        encode.encode([LOUD] * 200, RATE, CODECS[codec], Path("/dev/full"))


@pytest.mark.parametrize("codec", ["aac", "opus"])
def test_a_disk_that_is_full_for_ffmpeg(codec: str) -> None:
    with pytest.raises(OutputError, match=r"/dev/full: cannot be encoded .*No space left"):
        encode.encode([LOUD] * 200, RATE, CODECS[codec], Path("/dev/full"))


def test_what_is_no_aac_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.aac"
    path.write_bytes(b"nothing of the kind")
    with path.open("rb") as file, pytest.raises(OutputError, match="not what an AAC encoder"):
        muxer._end_of(file, 1)
    with pytest.raises(OutputError, match=r"out\.m4b: cannot be encoded"):
        muxer.m4b([path] * 2, RATE, ";FFMETADATA1\n", tmp_path / "out.m4b")


def test_a_chapter_begins_in_an_m4b_as_it_does_alone(tmp_path: Path) -> None:
    """Also where it begins with sound: without its lead-in its first 46 ms would be an echo."""
    wanted, alone, joined = CODECS["aac"], tmp_path / "a.m4b", tmp_path / "b.m4b"
    first, second = tmp_path / "1.aac", tmp_path / "2.aac"
    encode.encode([LOUD], RATE, wanted, first)
    encode.encode([clicks(30_000, [5])], RATE, wanted, second)
    for path, parts in ((alone, [second]), (joined, [first, second])):
        muxer.m4b(parts, RATE, ";FFMETADATA1\n", path)
    start = 2 * encode.span(wanted, RATE, len(LOUD) // 2, first)
    assert decoded(joined)[start : start + 60_000] == decoded(alone)[:60_000]
