"""Covers that are SVG."""

from __future__ import annotations

import base64
import io

import pytest
from PIL import Image

from pipeline.errors import ConfigError
from pipeline.publish import cover
from pipeline.read import svg


def picture(size: tuple[int, int] = (8, 8)) -> str:
    data = io.BytesIO()
    Image.new("RGB", size, "red").save(data, "PNG")
    return f"data:image/png;base64,{base64.b64encode(data.getvalue()).decode()}"


def drawing(inner: str, attributes: str = 'viewBox="0 0 100 150"') -> bytes:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f"{attributes}>{inner}</svg>"
    ).encode()


def drawn(data: bytes) -> Image.Image:
    made = cover.finished(svg.read(data, "c.svg"))
    assert made.media_type == "image/jpeg"
    return Image.open(io.BytesIO(made.data))


def test_shapes_and_pictures_are_drawn() -> None:
    image = drawn(
        drawing(
            '<rect width="100" height="75" fill="#00f"/>'
            f'<image y="75" width="100" height="75" xlink:href="{picture()}"/>'
        )
    )
    assert image.size == (1400, 2100)
    red, green, blue = image.getpixel((700, 500))  # type: ignore[misc]
    assert (red < 10, green < 10, blue > 245) == (True, True, True)
    red, green, blue = image.getpixel((700, 1600))  # type: ignore[misc]
    assert (red > 245, green < 10, blue < 10) == (True, True, True)


def test_the_same_svg_gives_the_same_bytes() -> None:
    data = drawing('<circle cx="50" cy="50" r="20"/>')
    assert cover.finished(svg.read(data, "c")) == cover.finished(svg.read(data, "c"))


@pytest.mark.parametrize(
    "inner",
    [
        '<image width="9" height="9" xlink:href="file:///etc/passwd"/>',
        '<image width="9" height="9" xlink:href="http://127.0.0.1:9/x.png"/>',
        '<image width="9" height="9" xlink:href="secret.png"/>',
        '<image width="9" height="9" href="data:image/svg+xml;base64,PHN2Zy8+"/>',
        '<image width="9" height="9" xlink:href="data:image/png;base64,notapicture"/>',
        f'<image width="9" height="9" xlink:href="{picture((7000, 1))}"/>',
        '<style>@import url("http://127.0.0.1:9/x.css");</style>',
        '<script>alert("x")</script>',
        '<g id="a"><rect id="r"/></g><use href="#a"/>',
        '<foreignObject><p xmlns="http://www.w3.org/1999/xhtml">x</p></foreignObject>',
    ],
)
def test_what_may_do_harm_is_taken_out(inner: str) -> None:
    kept = svg.read(drawing(f'<rect id="kept" width="1" height="1"/>{inner}'), "c.svg").data
    assert b'id="kept"' in kept
    for sign in (b"http://127", b"file:", b"secret", b"<use", b"script", b"foreign", b"base64"):
        assert sign not in kept


@pytest.mark.parametrize("box", ['viewBox="0 0 1 100000"', 'viewBox="x"', 'width="1e9"', ""])
def test_a_size_out_of_all_proportion_is_bounded(box: str) -> None:
    assert max(drawn(drawing('<rect width="9" height="9"/>', box)).size) <= 2800


@pytest.mark.parametrize("data", [b"", b"<html/>", b"<svg>" * 500, drawing("<g/>" * 30_000)])
def test_what_is_no_svg(data: bytes) -> None:
    with pytest.raises(ConfigError):
        svg.read(data, "c.svg")
