"""MP3s that decode to the sample, and an encoder that cannot fail unnoticed."""

from __future__ import annotations

import array
import sys
from pathlib import Path

import pytest

from pipeline import encode
from pipeline.errors import OutputError
from tests.conftest import decoded
from tests.test_engines import LOUD

RATE = 22050


def test_decoded_length_is_exact(tmp_path: Path) -> None:
    for count in (100, 575, 576, 1152, 22050, 123_457):
        path = tmp_path / f"{count}.mp3"
        assert encode.mp3([bytes(2 * count)], RATE, path) == count
        assert len(decoded(path)) == 2 * count


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


def test_an_error_in_the_samples_leaves_no_encoder_behind(tmp_path: Path) -> None:
    def broken():
        yield LOUD
        raise ValueError("no more")

    with pytest.raises(ValueError, match="no more"):
        encode.mp3(broken(), RATE, tmp_path / "out.mp3")
    if sys.platform == "linux":
        children = Path("/proc/self/task").glob("*/children")
        assert not any(
            "ffmpeg" in _name(pid) for each in children for pid in each.read_text().split()
        )


def _name(pid: str) -> str:
    path = Path(f"/proc/{pid}/comm")
    return path.read_text() if path.exists() else ""


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"the encoder stopped with code .*No such file"):
        encode.mp3([LOUD] * 100, RATE, tmp_path / "no" / "out.mp3")


def test_an_encoder_that_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encode, "_ffmpeg", lambda: str(tmp_path / "ffmpeg"))
    with pytest.raises(OutputError, match=r"cannot be started \(No such file"):
        encode.mp3([LOUD], RATE, tmp_path / "out.mp3")


def fake_ffmpeg(folder: Path, script: str) -> str:
    path = folder / "ffmpeg"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


def test_a_file_that_may_not_grow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk by other means: the encoder is stopped for writing past its limit."""
    fake = fake_ffmpeg(tmp_path, f'ulimit -f 50; exec {encode._ffmpeg()} "$@"')
    monkeypatch.setattr(encode, "_ffmpeg", lambda: fake)
    with pytest.raises(OutputError, match="the encoder stopped with code"):
        encode.mp3([LOUD] * 60, RATE, tmp_path / "out.mp3")


def test_a_file_cut_short_in_silence_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = fake_ffmpeg(tmp_path, 'cat >/dev/null; eval "last=\\${$#}"; : > "${last#file:}"')
    monkeypatch.setattr(encode, "_ffmpeg", lambda: fake)
    with pytest.raises(OutputError, match=r"only 0 of 8000 bytes were written. Is the disk full"):
        encode.mp3([LOUD], RATE, tmp_path / "out.mp3")
