"""A typographic cover for a book that has none, and a check of one that has."""

from __future__ import annotations

import hashlib
import io
import re
from importlib.metadata import version
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from pipeline.errors import ConfigError
from pipeline.model import Cover

SIZE = 1400  # pixels: the least that podcast directories take
MARGIN = 140
LONGEST_TITLE = 200  # characters; more would be too small to read
FORMATS = ("JPEG", "PNG")
LARGEST_FILE = 20_000_000
LARGEST_SIDE = 6000


def draw(title: str, author: str) -> Cover:
    """Title and author on a ground whose hue comes from the title; the same bytes every time."""
    title, author = title[:LONGEST_TITLE], author[:LONGEST_TITLE]
    hue = int.from_bytes(hashlib.sha256(title.encode()).digest()[:2], "big") % 360
    image = Image.new("RGB", (SIZE, SIZE), f"hsl({hue}, 45%, 22%)")
    pen = ImageDraw.Draw(image)
    light, accent = f"hsl({hue}, 30%, 94%)", f"hsl({(hue + 40) % 360}, 70%, 62%)"
    pen.rectangle((MARGIN, MARGIN, MARGIN + 14, SIZE - MARGIN), fill=accent)
    lines, font = _fitted(title)
    y = MARGIN - font.size // 6
    for line in lines:
        pen.text((MARGIN + 80, y), line, font=font, fill=light)
        y += round(font.size * 1.15)
    if author:
        small = _font(64)
        shown = _shown(author, small)
        pen.text((MARGIN + 80, SIZE - MARGIN), shown, font=small, fill=accent, anchor="ls")
    out = io.BytesIO()
    image.save(out, "JPEG", quality=88, subsampling=0)
    return Cover(out.getvalue(), "image/jpeg")


def _fitted(title: str) -> tuple[list[str], ImageFont.FreeTypeFont]:
    """The title in the largest type in which it fits the cover."""
    width, height = SIZE - 2 * MARGIN - 80, SIZE - 2 * MARGIN - 160
    for size in range(190, 30, -10):
        font = _font(size)
        lines = _wrapped(_shown(title, font), font, width)
        fits = all(font.getlength(line) <= width for line in lines)
        if fits and len(lines) * size * 1.15 <= height:
            return lines, font
    return lines[: int(height / (font.size * 1.15))], font


def _wrapped(text: str, font: ImageFont.FreeTypeFont, width: int) -> list[str]:
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and font.getlength(longer) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def _shown(text: str, font: ImageFont.FreeTypeFont) -> str:
    """The characters that the font can draw: a missing letter is better than a box."""
    missing = bytes(font.getmask("\U0010fffe"))
    known = {c: c.isprintable() and bytes(font.getmask(c)) != missing for c in set(text)}
    return "".join(c for c in text if c.isspace() or known[c])


def _font(size: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.load_default(size)
    if not isinstance(font, ImageFont.FreeTypeFont):
        raise ConfigError("Pillow: it was built without FreeType. Install it from its wheel.")
    return font


def fingerprint() -> str:
    """What else a drawn cover depends on."""
    return f"resvg_py {version('resvg_py')}, pillow {version('pillow')}"


def finished(cover: Cover) -> Cover:
    """The cover as players take it; an SVG is drawn, without the system's fonts.

    Raises ConfigError.
    """
    if cover.media_type != "image/svg+xml":
        return cover
    from resvg_py import svg_to_bytes

    try:
        width, height = _size(cover)
        drawn = svg_to_bytes(
            svg_string=cover.data.decode(), skip_system_fonts=True, width=width, height=height
        )
        out = io.BytesIO()
        with Image.open(io.BytesIO(bytes(drawn)), formats=("PNG",)) as image:
            ground = Image.new("RGB", image.size, "white")
            ground.paste(image, mask=image.getchannel("A") if image.mode == "RGBA" else None)
            ground.save(out, "JPEG", quality=88, subsampling=0)
    except (ValueError, OSError) as error:
        raise ConfigError(f"the cover: cannot be drawn ({error}). Give another as JPEG.") from error
    return Cover(out.getvalue(), "image/jpeg")


def _size(cover: Cover) -> tuple[int, int]:
    """How large an SVG is drawn: as wide as directories ask, and no taller than a book is."""
    box = re.search(rb'viewBox="([^"]*)"', cover.data) or re.search(b"()", cover.data)
    numbers = [float(n) for n in re.findall(rb"\d+(?:\.\d+)?", box[1] if box else b"")]
    shape = numbers[3] / numbers[2] if len(numbers) == 4 and numbers[2] else 1.5
    return SIZE, round(SIZE * min(max(shape, 0.5), 2))


def read(path: Path) -> Cover:
    """A cover from a file. Raises ConfigError when players could not show it."""
    try:
        data = path.read_bytes() if path.stat().st_size <= LARGEST_FILE else b""
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}. Check `cover` in audiobook.toml.") from error
    return check(data, str(path))


def check(data: bytes, where: str) -> Cover:
    """A cover from a picture's bytes. Raises ConfigError when players could not show it."""
    if not data or len(data) > LARGEST_FILE:
        raise ConfigError(f"{where}: empty, or larger than {LARGEST_FILE // 10**6} MB.")
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as image:
            width, height, kind = *image.size, image.format
            if max(width, height) <= LARGEST_SIDE:
                image.load()
    except Exception as error:  # a decoder's complaint about hostile bytes may be of any kind
        raise ConfigError(
            f"{where}: not a whole JPEG or PNG picture ({type(error).__name__})."
        ) from error
    if max(width, height) > LARGEST_SIDE:
        raise ConfigError(
            f"{where}: {width}x{height} pixels. Use a cover of at most {LARGEST_SIDE} a side."
        )
    return Cover(data, "image/png" if kind == "PNG" else "image/jpeg")
