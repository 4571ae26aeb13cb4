"""A cover as tags and feeds take it: drawn for a book that has none, checked for one that has.

Every player shows an upright RGB picture of 8 bits in JPEG or PNG, of up to 3000 pixels a side. One
that is so already stays byte for byte; another that can be read whole is made so.
"""

from __future__ import annotations

import hashlib
import io
import re
import struct
import warnings
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

from PIL import ExifTags, Image, ImageCms, ImageDraw, ImageFilter, ImageFont, ImageOps
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile

from pipeline.errors import ConfigError
from pipeline.model import Cover

SIZE = 1400  # pixels: the least that podcast directories take
MARGIN = 140
LONGEST_TITLE = 200  # characters; more would be too small to read
FORMATS = ("JPEG", "PNG")
LARGEST_FILE = 20_000_000
LARGEST_SIDE = 6000
TAG_SIDE = 3000  # pixels: the most that podcast directories take
TAG_FILE = 2_000_000  # bytes: every chapter of a book carries its cover
QUALITY = 88
DAMAGE = (SyntaxError, ValueError, TypeError, LookupError, EOFError, struct.error)  # of Exif
TURNING = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


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
    return _jpeg(image)


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
        with _opened(bytes(drawn)) as image:
            return _jpeg(_plain(image, TAG_SIDE))
    except (ValueError, OSError) as error:
        raise ConfigError(f"the cover: cannot be drawn ({error}). Give another as JPEG.") from error


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
    """A picture's bytes as a cover for tags, converted where players need it.

    Raises ConfigError for what is no JPEG or PNG, is not there to its end, or has over 20 MB or
    6000 pixels a side; what is too large is refused before it is decoded.
    """
    if not data or len(data) > LARGEST_FILE:
        raise ConfigError(f"{where}: empty, or larger than {LARGEST_FILE // 10**6} MB.")
    try:
        with _opened(data) as image:
            width, height = image.size
            if max(width, height) <= LARGEST_SIDE:
                return _fitting(image, data)
    except Exception as error:  # a decoder's complaint about hostile bytes may be of any kind
        raise ConfigError(
            f"{where}: not a whole JPEG or PNG picture ({type(error).__name__})."
        ) from error
    raise ConfigError(
        f"{where}: {width}x{height} pixels. Use a cover of at most {LARGEST_SIDE} a side."
    )


def for_feed(cover: Cover) -> Cover:
    """The cover as podcast directories take it: a square RGB JPEG of 1400 to 3000 pixels a side
    (Apple Podcasts, artwork requirements).

    A tall or wide one keeps its shape, and stands on a ground of its own colours. Raises
    ConfigError.
    """
    data = finished(cover).data
    with _opened(data) as opened:
        is_jpeg, (width, height) = opened.format == "JPEG", opened.size
        if is_jpeg and width == height and SIZE <= width <= TAG_SIDE and _is_plain(opened):
            return Cover(data, "image/jpeg")
        image = _plain(opened, TAG_SIDE)
    side = min(max(*image.size, SIZE), TAG_SIDE)
    scale = side / max(image.size)
    width, height = (max(1, round(length * scale)) for length in image.size)
    ground = _ground(image, side)
    ground.paste(
        image.resize((width, height), Image.Resampling.LANCZOS),
        ((side - width) // 2, (side - height) // 2),
    )
    return _jpeg(ground)


def _opened(data: bytes) -> ImageFile:
    """A picture whose head is read. Unlike `Image.open` it has a size, however large that is."""
    kind = JpegImageFile if data.startswith(b"\xff\xd8") else PngImageFile
    return kind(io.BytesIO(data))


def _fitting(image: ImageFile, data: bytes) -> Cover:
    """The same bytes, if every player shows them; else a JPEG. Raises what decoders raise."""
    if max(image.size) <= TAG_SIDE and len(data) <= TAG_FILE and _is_plain(image):
        image.load()  # to its end
        return Cover(data, "image/png" if image.format == "PNG" else "image/jpeg")
    smaller = _plain(image, TAG_SIDE)
    made = _jpeg(smaller)
    while len(made.data) > TAG_FILE and max(smaller.size) > SIZE:
        smaller.thumbnail((max(smaller.size) * 3 // 4,) * 2, Image.Resampling.LANCZOS)
        made = _jpeg(smaller)
    return made


def _is_plain(image: ImageFile) -> bool:
    """Whether it is upright RGB of 8 bits with no transparent colour, by its head alone."""
    deep = image.format == "PNG" and image.tile[0].args != "RGB"  # RGB;16B is 16 bits
    is_rgb = image.mode == "RGB" and "transparency" not in image.info
    return is_rgb and not deep and _turning(image) is None


def _turning(image: ImageFile) -> Image.Transpose | None:
    """How a camera says that its JPEG is to be turned (Exif 2.32, 4.6.4 A)."""
    if image.format != "JPEG":
        return None
    with warnings.catch_warnings(), suppress(*DAMAGE):  # without it, the picture is as it is
        warnings.simplefilter("ignore")
        return TURNING.get(image.getexif().get(ExifTags.Base.Orientation, 1))
    return None


def _plain(opened: ImageFile, side: int) -> Image.Image:
    """Upright sRGB on white, at most so many pixels a side; large ones are made small first."""
    turning, profile = _turning(opened), opened.info.get("icc_profile")
    image: Image.Image = opened
    if opened.format == "JPEG":  # a very large one is halved while it is decoded
        opened.draft(opened.mode, (side * 3 // 4,) * 2)
    if image.mode.startswith("I"):  # 16 bits, of which Pillow would keep the lower 8
        image = image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    elif image.mode in ("1", "P", "PA", "LA") or "transparency" in image.info:
        image = image.convert("RGBA")
    image.thumbnail((side, side), Image.Resampling.LANCZOS)
    if turning is not None:
        image = image.transpose(turning)
    made = Image.new("RGB", image.size, "white")
    if image.mode == "RGBA":
        made.paste(image, mask=image)
    else:
        made.paste(_srgb(image, profile))
    return made


def _srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """What the colours are by the picture's own profile; by plain formula without a sound one."""
    if profile:
        with suppress(ImageCms.PyCMSError, OSError):
            source, plain = io.BytesIO(profile), ImageCms.createProfile("sRGB")
            made = ImageCms.profileToProfile(image, source, plain, outputMode="RGB")
            if made:
                return made
    return image.convert("RGB")


def _ground(image: Image.Image, side: int) -> Image.Image:
    """The picture's middle, so blurred that only its colours are left."""
    square = ImageOps.fit(image, (48, 48), Image.Resampling.BOX)
    blurred = square.filter(ImageFilter.GaussianBlur(6))
    return blurred.resize((side, side), Image.Resampling.BICUBIC)


def _jpeg(image: Image.Image) -> Cover:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=QUALITY, subsampling=0)
    return Cover(out.getvalue(), "image/jpeg")
