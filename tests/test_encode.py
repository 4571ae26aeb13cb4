"""MP3s that decode to the sample, and say so."""

from __future__ import annotations

import array
import math
from pathlib import Path
from typing import Any

import pytest
from mutagen.mp3 import MP3, BitrateMode

from pipeline import encode
from tests.conftest import decoded, ffmpeg
from tests.test_engines import LOUD

RATE = 22050


@pytest.mark.parametrize("rate", encode.FRAME)
def test_decoded_length_is_exact(rate: int, tmp_path: Path) -> None:
    for count in (100, 575, 576, 1152, 22050, 123_457):
        path = tmp_path / f"{count}.mp3"
        assert encode.mp3([bytes(2 * count)], rate, path) == count
        assert len(decoded(path)) == 2 * count
        found: Any = MP3(path).info
        assert (found.sample_rate, found.bitrate_mode) == (rate, BitrateMode.CBR)
        assert found.bitrate == pytest.approx(encode.BITRATE, rel=0.01)
        assert found.length == pytest.approx(count / rate, abs=1152 / rate)
        assert found.encoder_info.startswith("LAME 3.100")


def test_a_click_stays_where_it_was(tmp_path: Path) -> None:
    at = 100_000
    click = array.array("h", [0] * 200_000)
    click[at : at + 20] = array.array("h", [30000] * 20)
    path = tmp_path / "click.mp3"
    encode.mp3([click.tobytes()], RATE, path)
    found = array.array("h", decoded(path))
    loudest = max(range(len(found)), key=lambda i: abs(found[i]))
    assert abs(loudest - at) < 0.002 * RATE


def test_the_same_samples_give_the_same_bytes(tmp_path: Path) -> None:
    one, two = tmp_path / "one.mp3", tmp_path / "two.mp3"
    encode.mp3([LOUD] * 5, RATE, one)
    encode.mp3([LOUD * 5], RATE, two)
    assert one.read_bytes() == two.read_bytes()


def test_it_sounds_as_it_did(tmp_path: Path) -> None:
    path = tmp_path / "out.mp3"
    tone = array.array("h", (round(9000 * math.sin(at / 20)) for at in range(5 * RATE)))
    encode.mp3([tone.tobytes()], RATE, path)
    before, after = tone, array.array("h", decoded(path))
    error = sum((a - b) ** 2 for a, b in zip(before, after, strict=True))
    assert error < 0.01 * sum(a * a for a in before)


def test_every_frame_is_where_it_should_be(tmp_path: Path) -> None:
    """ffmpeg tells of each byte that it has to skip."""
    path = tmp_path / "out.mp3"
    encode.mp3([LOUD] * 20, RATE, path)
    assert (
        ffmpeg("-v", "warning", "-err_detect", "explode", "-i", str(path), "-f", "null", "-") == b""
    )


def test_a_rate_that_mp3_has_not() -> None:
    assert [encode.rate_for(rate) for rate in (22050, 20000, 8001, 1, 96000)] == [
        22050,
        22050,
        11025,
        8000,
        48000,
    ]


def test_an_error_in_the_samples_is_passed_on(tmp_path: Path) -> None:
    def broken():
        yield LOUD
        raise ValueError("no more")

    with pytest.raises(ValueError, match="no more"):
        encode.mp3(broken(), RATE, tmp_path / "out.mp3")


def test_a_disk_that_is_full() -> None:
    with pytest.raises(OSError, match="No space left on device"):
        encode.mp3([LOUD] * 200, RATE, Path("/dev/full"))
