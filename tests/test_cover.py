"""Covers: drawn when there is none, checked when there is one."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from pipeline.errors import ConfigError
from pipeline.publish import cover


@pytest.mark.parametrize(
    "title",
    ["Sea", "A Title That Goes On " * 12, "Donaudampfschifffahrtsgesellschaft", "海", "🎸", ""],
)
def test_a_cover_is_drawn_for_any_title(title: str) -> None:
    made = cover.draw(title, "Nobody")
    with Image.open(io.BytesIO(made.data)) as image:
        assert (image.format, image.size, image.mode) == ("JPEG", (1400, 1400), "RGB")
        colours = image.getcolors(maxcolors=1 << 24)
        assert colours is not None
        assert len(colours) > 10
    assert cover.draw(title, "Nobody") == made


def test_another_title_gives_another_cover() -> None:
    assert cover.draw("Sea", "") != cover.draw("Hill", "")


@pytest.mark.parametrize(("kind", "media_type"), [("PNG", "image/png"), ("JPEG", "image/jpeg")])
def test_a_picture_is_taken_by_its_content(kind: str, media_type: str, tmp_path: Path) -> None:
    path = tmp_path / "cover.dat"
    Image.new("RGB", (600, 600), "teal").save(path, kind)
    assert cover.read(path).media_type == media_type
    assert cover.read(path).data == path.read_bytes()


def picture(kind: str, size: tuple[int, int]) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, kind)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"not a picture", "not a whole JPEG or PNG"),
        (b"", "empty, or larger than 20 MB"),
        (picture("GIF", (60, 60)), "not a whole JPEG or PNG"),
        (picture("JPEG", (600, 600))[:2000], "not a whole JPEG or PNG"),
        (picture("PNG", (7000, 10)), "7000x10 pixels"),
    ],
    ids=["text", "empty", "gif", "truncated", "huge"],
)
def test_a_bad_cover_is_refused(data: bytes, message: str, tmp_path: Path) -> None:
    path = tmp_path / "cover.jpg"
    path.write_bytes(data)
    with pytest.raises(ConfigError, match=message):
        cover.read(path)


def test_a_missing_cover_is_refused(tmp_path: Path) -> None:
    with pytest.raises(
        ConfigError, match=r"No such file or directory. Check `cover` in audiobook.toml"
    ):
        cover.read(tmp_path / "cover.jpg")
