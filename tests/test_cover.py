"""Covers: drawn when there is none, checked when there is one."""

from __future__ import annotations

import io
import re
import struct
import zlib
from pathlib import Path
from typing import Any

import pytest
from PIL import ExifTags, Image, ImageCms

from pipeline.errors import ConfigError
from pipeline.model import Cover
from pipeline.publish import cover
from tests.conftest import run


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


def picture(kind: str, size: tuple[int, int], mode: str = "RGB", **options: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "teal").convert(mode).save(out, kind, **options)
    return out.getvalue()


def noise(size: tuple[int, int], kind: str = "PNG") -> bytes:
    """A picture that no format makes small."""
    out = io.BytesIO()
    channels = [Image.effect_noise(size, sigma) for sigma in (80, 90, 100)]
    Image.merge("RGB", channels).save(out, kind)
    return out.getvalue()


def png(
    colour: int, depth: int, row: bytes, *chunks: tuple[bytes, bytes], height: int = 4
) -> bytes:
    """A PNG of 4 pixels a row, of a kind that Pillow reads but does not write."""
    head = struct.pack(">IIBBBBB", 4, height, depth, colour, 0, 0, 0)
    rows = zlib.compress((b"\0" + row) * 4)
    whole = [(b"IHDR", head), *chunks, (b"IDAT", rows), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in whole
    )


def shown(made: Cover) -> Image.Image:
    """The cover as a player decodes it."""
    image = Image.open(io.BytesIO(made.data))
    image.load()
    return image


def is_near(colour: Any, other: tuple[int, int, int]) -> bool:
    """JPEG changes colours a little."""
    return all(abs(one - two) <= 6 for one, two in zip(colour, other, strict=True))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"not a picture", "not a whole JPEG or PNG"),
        (b"", "empty, or larger than 20 MB"),
        (picture("GIF", (60, 60)), "not a whole JPEG or PNG"),
        (picture("JPEG", (600, 600))[:2000], "not a whole JPEG or PNG"),
        (picture("PNG", (600, 600))[:200], "not a whole JPEG or PNG"),
        (picture("JPEG", (600, 600), "CMYK")[:2000], "not a whole JPEG or PNG"),
        (noise((3100, 40), "JPEG")[:20000], "not a whole JPEG or PNG"),
        (b"\xff\xd8", "not a whole JPEG or PNG"),
        (b"\x89PNG\r\n\x1a\n", "not a whole JPEG or PNG"),
        (bytes(20_000_001), "empty, or larger than 20 MB"),
        (picture("PNG", (7000, 10)), "7000x10 pixels. Use a cover of at most 6000 a side"),
    ],
    ids=[
        "text",
        "empty",
        "gif",
        "cut-jpeg",
        "cut-png",
        "cut-cmyk",
        "cut-and-large",
        "jpeg-start",
        "png-start",
        "bytes",
        "huge",
    ],
)
def test_a_bad_cover_is_refused(data: bytes, message: str, tmp_path: Path) -> None:
    path = tmp_path / "cover.jpg"
    path.write_bytes(data)
    with pytest.raises(ConfigError, match=message):
        cover.read(path)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"not a picture", "not a whole JPEG or PNG picture"),
        (picture("JPEG", (600, 600))[:2000], "not a whole JPEG or PNG picture"),
        (picture("PNG", (20_000, 1)), "20000x1 pixels"),
    ],
    ids=["text", "truncated", "huge"],
)
def test_the_command_says_so_in_one_line(data: bytes, message: str, stories: Path) -> None:
    (stories / "cover.jpg").write_bytes(data)
    (stories / "audiobook.toml").write_text('cover = "cover.jpg"')
    ran = run("plan", stories)
    assert ran.code == 3
    assert message in ran.err
    assert len(ran.err.splitlines()) == 1


def test_a_missing_cover_is_refused(tmp_path: Path) -> None:
    with pytest.raises(
        ConfigError, match=r"No such file or directory. Check `cover` in audiobook.toml"
    ):
        cover.read(tmp_path / "cover.jpg")


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_bomb_is_refused_before_it_is_decoded(kind: str) -> None:
    """20,000 pixels a side: 1.6 GB when decoded, some kilobytes before."""
    data = png(2, 8, bytes(12))
    if kind == "PNG":
        head = struct.pack(">IIBBBBB", 20_000, 20_000, 8, 2, 0, 0, 0)
        data = data[:16] + head + struct.pack(">I", zlib.crc32(b"IHDR" + head)) + data[33:]
    else:
        data = picture("JPEG", (64, 64))
        at = data.index(b"\xff\xc0") + 5  # a frame's height and width
        data = data[:at] + struct.pack(">HH", 20_000, 20_000) + data[at + 4 :]
    with pytest.raises(ConfigError, match="cover: 20000x20000 pixels"):
        cover.check(data, "cover")


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (picture("JPEG", (1400, 1400)), "image/jpeg"),
        (picture("JPEG", (1600, 2560), progressive=True), "image/jpeg"),
        (picture("PNG", (3000, 3000)), "image/png"),
        (picture("PNG", (40, 60)), "image/png"),
    ],
    ids=["square", "tall", "largest", "small"],
)
def test_what_every_player_shows_stays_byte_for_byte(data: bytes, media_type: str) -> None:
    assert cover.check(data, "cover") == Cover(data, media_type)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("data", "colour"),
    [
        (picture("JPEG", (30, 40), "CMYK"), (0, 128, 128)),
        (picture("JPEG", (30, 40), "L"), (90, 90, 90)),
        (png(3, 8, b"\0" * 4, (b"PLTE", b"\0\x80\x80")), (0, 128, 128)),
        (picture("PNG", (30, 40), "RGBA"), (0, 128, 128)),
        (picture("PNG", (30, 40), "LA"), (90, 90, 90)),
        (png(0, 1, b"\0"), (0, 0, 0)),
        (png(0, 16, b"\x80\x01" * 4), (128, 128, 128)),
        (png(0, 16, b"\x80\x01" * 4, (b"tRNS", b"\0\1")), (128, 128, 128)),
        (png(2, 16, b"\x80\x01\x40\x02\x20\x03" * 4), (128, 64, 32)),
        (png(4, 16, b"\x80\x01\xff\xff" * 4), (128, 128, 128)),
        (png(4, 8, b"\x80\x00" * 4), (255, 255, 255)),
        (png(6, 8, b"\xff\x00\x00\x80" * 4), (255, 127, 127)),
        (png(2, 8, b"\x10\x20\x30" * 4, (b"tRNS", b"\0\x10\0\x20\0\x30")), (255, 255, 255)),
        (png(3, 8, b"\0" * 4, (b"PLTE", b"\x10\x20\x30"), (b"tRNS", b"\0")), (255, 255, 255)),
    ],
    ids=["cmyk", "grey", "palette", "alpha", "grey-alpha", "bits", "grey16", "grey16-key", "rgb16",
         "grey16-alpha", "clear", "half-clear", "clear-colour", "clear-palette"],
)  # fmt: skip
def test_other_pictures_become_plain_ones_on_white(
    data: bytes, colour: tuple[int, int, int]
) -> None:
    made = cover.check(data, "cover")
    with shown(made) as image:
        assert (made.media_type, image.format, image.mode) == ("image/jpeg", "JPEG", "RGB")
        assert is_near(image.getpixel((1, 1)), colour)
    assert cover.check(data, "cover") == made
    assert cover.check(made.data, "cover") == made


@pytest.mark.parametrize("side", [(3001, 20), (20, 3200), (3600, 5400), (6000, 6000)])
@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_cover_over_3000_pixels_is_made_smaller(side: tuple[int, int], kind: str) -> None:
    with shown(cover.check(picture(kind, side), "cover")) as image:
        assert 2250 <= max(image.size) <= 3000
        shape = image.width / image.height
        assert shape == pytest.approx(side[0] / side[1], rel=0.05)
        assert is_near(image.getpixel((9, 9)), (0, 128, 128))


def test_a_cover_of_many_bytes_is_made_smaller() -> None:
    """Every chapter of a book carries it."""
    data = noise((1500, 1500))
    assert len(data) > cover.TAG_FILE
    made = cover.check(data, "cover")
    assert len(made.data) <= cover.TAG_FILE
    assert cover.check(data, "cover") == made


@pytest.mark.parametrize("turned", range(1, 9))
def test_a_photograph_stands_upright(turned: int) -> None:
    """Players show a picture as it is stored, whatever a camera has written beside it."""
    upright = Image.new("RGB", (64, 96), "white")
    upright.paste("red", (0, 0, 32, 48))
    upright.paste("blue", (32, 0, 64, 48))
    how = cover.TURNING.get(turned)
    back = {6: Image.Transpose.ROTATE_90, 8: Image.Transpose.ROTATE_270}.get(turned, how)
    stored = upright if back is None else upright.transpose(back)
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = turned
    out = io.BytesIO()
    stored.save(out, "JPEG", exif=exif, quality=95, subsampling=0)
    made = cover.check(out.getvalue(), "cover")
    assert (made.data == out.getvalue()) == (turned == 1)
    with shown(made) as image:
        assert image.size == (64, 96)
        assert image.getexif().get(ExifTags.Base.Orientation, 1) == 1
        assert is_near(image.getpixel((10, 10)), (254, 0, 0))
        assert is_near(image.getpixel((50, 10)), (0, 0, 254))
        assert is_near(image.getpixel((10, 80)), (255, 255, 255))


def test_damaged_notes_of_a_camera_do_not_matter() -> None:
    data = picture("JPEG", (600, 600), exif=b"Exif\0\0not what it says")
    assert cover.check(data, "cover").data == data


def test_colours_are_what_the_pictures_profile_says() -> None:
    """In this one red and blue have changed places, so that teal, green and blue, is olive."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    names = {b"rXYZ": b"bXYZ", b"bXYZ": b"rXYZ"}
    profile = re.sub(rb"[rb]XYZ", lambda found: names[found[0]], profile, count=2)
    data = picture("JPEG", (4000, 100), icc_profile=profile)
    made = cover.check(data, "cover")
    with shown(made) as image:
        assert is_near(image.getpixel((9, 9)), (128, 128, 0))
        assert "icc_profile" not in image.info
    assert cover.check(data, "cover") == made


def test_a_profile_that_is_none_does_not_matter() -> None:
    made = cover.check(picture("JPEG", (40, 60), "CMYK", icc_profile=b"no profile"), "cover")
    with shown(made) as image:
        assert is_near(image.getpixel((9, 9)), (0, 128, 128))


@pytest.mark.parametrize(
    ("size", "side"),
    [
        ((1600, 2560), 2560),
        ((300, 450), 1400),
        ((2560, 1600), 2560),
        ((700, 700), 1400),
        ((3000, 10), 3000),
        ((1, 1), 1400),
    ],
)
def test_a_feed_gets_a_square_with_all_of_the_cover(size: tuple[int, int], side: int) -> None:
    """Not cropped and not stretched: the ground beside it is of its own colours."""
    image = Image.new("RGB", size, "teal")
    image.paste("white", (size[0] // 4, size[1] // 4, size[0] * 3 // 4, size[1] * 3 // 4))
    out = io.BytesIO()
    image.save(out, "PNG")
    given = cover.check(out.getvalue(), "cover")
    made = cover.for_feed(given)
    with shown(made) as square:
        assert (square.format, square.mode, square.size) == ("JPEG", "RGB", (side, side))
        if min(size) > 100:
            scale = side / max(size)
            left, top = ((side - length * scale) / 2 for length in size)
            assert is_near(square.getpixel((round(left) + 3, round(top) + 3)), (0, 128, 128))
            assert is_near(square.getpixel((side // 2, side // 2)), (255, 255, 255))
    assert cover.for_feed(given) == made


def test_a_feed_takes_a_square_jpeg_as_it_is() -> None:
    fine = cover.check(picture("JPEG", (2000, 2000)), "cover")
    assert cover.for_feed(fine) == fine
    drawn = cover.draw("Sea", "Nobody")
    assert cover.for_feed(drawn) == drawn


def test_a_feed_gets_no_png_and_no_svg() -> None:
    shapes = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 3"><path d="M0 0h2"/></svg>'
    for given in (
        cover.check(picture("PNG", (1500, 1500)), "cover"),
        Cover(shapes, "image/svg+xml"),
    ):
        with shown(cover.for_feed(given)) as square:
            assert (square.format, square.mode) == ("JPEG", "RGB")
            assert square.width == square.height
            assert 1400 <= square.width <= 3000
