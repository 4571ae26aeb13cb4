"""PDF books with a text layer: what a page shows, in the order in which a person reads it.

A PDF says where every letter stands and nothing of lines, columns, paragraphs or headings: all of
that is found here, from the letters' places. Places are in points, y upwards, as if every page
stood upright. PDFium is not safe with threads: all of this runs in the thread that calls `read`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from contextlib import closing
from itertools import islice
from typing import Any, BinaryIO

from pipeline.errors import SourceError
from pipeline.read.document import Manuscript
from pipeline.read.pdf.about import about_of
from pipeline.read.pdf.layout import UPRIGHT, Bounds, Page
from pipeline.read.pdf.lines import lines_of, seen
from pipeline.read.pdf.outline import contents_of
from pipeline.read.pdf.runs import runs_of
from pipeline.read.pdf.writing import written

MOST_PAGES = 20_000
MOST_TEXT = 100_000_000  # characters
MOST_TEXT_A_PAGE = 200_000  # characters; a full page of a newspaper has 20,000
FEWEST_LETTERS = 10  # a page with less has no text layer
FEWEST_BESIDE_PICTURES = 300  # letters a page; a scanned book with less shows all its text as such
MOST_PICTURES = 100  # of a page that are looked at
OCR = "Run OCR over it first, for example with ocrmypdf"


def read(file: BinaryIO, name: str) -> Manuscript:
    """A PDF's text and what it says of itself.

    Raises SourceError for one that is damaged, protected, scanned, or too large.
    """
    whole = _is_whole(file, name)
    try:
        return _read(file, name, whole)
    except SourceError:
        raise
    except Exception as error:  # PDFium's complaint about hostile bytes may be of any kind
        raise SourceError(
            f"{name}: damaged, or not a PDF ({type(error).__name__}: {error})."
        ) from error


def _is_whole(file: BinaryIO, name: str) -> bool:
    """Whether the file's last line is there. Raises SourceError when its first one is not."""
    file.seek(0)
    if b"%PDF-" not in file.read(1024):
        raise SourceError(f"{name}: not a PDF, or its beginning is damaged.")
    file.seek(max(0, file.seek(0, 2) - 4096))
    tail = file.read()
    file.seek(0)
    return b"%%EOF" in tail


def _read(file: BinaryIO, name: str, whole: bool) -> Manuscript:
    with closing(_open(file, name)) as document:
        pages = _pages(document, name)
        _check(pages, name)
        text, starts = written(pages)
        contents = contents_of(document, text, starts)
        about, people = about_of(document)
    notices = _notices(pages, name)
    if not whole:
        notices.append(f"{name}: the file's end is missing. Text may be missing, too.")
    return Manuscript(
        text,
        about=about,
        people=people,
        contents=contents,
        notices=tuple(notices),
        explicit=bool(contents),
    )


def _open(file: BinaryIO, name: str) -> Any:
    """A PDFium document, to be closed. Raises SourceError."""
    import pypdfium2
    from pypdfium2 import raw

    try:
        document = pypdfium2.PdfDocument(file)
    except pypdfium2.PdfiumError as error:
        why = "damaged, or a PDF without pages. Does it open?"
        if error.err_code == raw.FPDF_ERR_PASSWORD:
            why = "protected by a password. Save a copy without one and give that."
        elif error.err_code == raw.FPDF_ERR_SECURITY:
            why = "protected against copying (DRM), so that it cannot be read."
        raise SourceError(f"{name}: {why}") from error
    if len(document) > MOST_PAGES:
        document.close()
        raise SourceError(f"{name}: more than {MOST_PAGES:,} pages. Give it in parts.")
    return document


def _pages(document: Any, name: str) -> list[Page]:
    """All pages. Raises SourceError when there is too much on them."""
    pages: list[Page] = []
    letters = 0
    had_columns = False
    for number in range(len(document)):
        page = _page(document, number, name, had_columns)
        had_columns = len({line.column for line in page.lines}) > 1
        letters += page.letters
        if letters > MOST_TEXT:
            raise SourceError(f"{name}: more than {MOST_TEXT:,} characters. Give it in parts.")
        pages.append(page)
    return pages


def _page(document: Any, number: int, name: str, had_columns: bool) -> Page:
    """A page's lines. Raises SourceError when there is too much on it."""
    with closing(document[number]) as page, closing(page.get_textpage()) as text:
        count = text.count_chars()
        if count > MOST_TEXT_A_PAGE:
            raise SourceError(
                f"{name}: more than {MOST_TEXT_A_PAGE:,} characters on page {number + 1}."
            )
        bounds = page.get_bbox()
        runs, hidden = seen(list(runs_of(text.raw, count, bounds)), bounds)
        turn = runs[0].turn if runs else UPRIGHT
        low, high = (bounds[0], bounds[2]) if turn % 2 else (bounds[1], bounds[3])
        lines = tuple(lines_of(runs, had_columns))
        strange = sum(_strange(run.text) for run in runs)
        label = document.get_page_label(number) or str(number + 1)
        found = Page(label, low, high, lines, hidden, is_picture=False, strange=strange)
        is_picture = found.letters < FEWEST_LETTERS and _has_picture(page, bounds)
    return found._replace(is_picture=is_picture)


def _strange(text: str) -> int:
    """How many characters are private, or none at all."""
    if text.isprintable():
        return 0
    return sum(unicodedata.category(c) in ("Co", "Cn", "Cc") or c == "\ufffd" for c in text)


def _has_picture(page: Any, bounds: Bounds) -> bool:
    """Whether a picture takes up at least a quarter of the page."""
    from pypdfium2 import raw

    area = (bounds[2] - bounds[0]) * (bounds[3] - bounds[1])
    pictures = page.get_objects([raw.FPDF_PAGEOBJ_IMAGE], max_depth=4)
    for picture in islice(pictures, MOST_PICTURES):
        left, low, right, high = picture.get_bounds()
        if (right - left) * (high - low) * 4 >= area:
            return True
    return False


def _check(pages: Sequence[Page], name: str) -> None:
    """Raises SourceError when the pages are pictures, without text, or with garbage as theirs."""
    letters = sum(page.letters for page in pages)
    strange = sum(page.strange for page in pages)
    pictures = sum(page.is_picture for page in pages)
    if strange * 3 > letters + strange:
        raise SourceError(
            f"{name}: its fonts do not say which letters they show, so the text is garbage. "
            f"{OCR} --force-ocr."
        )
    if pictures * 2 > len(pages) and letters < FEWEST_BESIDE_PICTURES * len(pages):
        raise SourceError(f"{name}: the pages are pictures without text (scanned). {OCR}.")
    if letters == 0:
        raise SourceError(f"{name}: there is no text on its pages. {OCR}.")


def _notices(pages: Sequence[Page], name: str) -> list[str]:
    """What to know of pages that are pictures."""
    pictures = [number for number, page in enumerate(pages, 1) if page.is_picture]
    if not pictures:
        return []
    which = f"page {pictures[0]} is a picture"
    if len(pictures) > 1:
        which = f"pages {_ranges(pictures)} are pictures"
    return [f"{name}: {which} without text and cannot be read. {OCR}."]


def _ranges(numbers: Sequence[int]) -> str:
    """Numbers as "1, 4-6"."""
    parts: list[list[int]] = []
    for number in numbers:
        if parts and parts[-1][-1] == number - 1:
            parts[-1][1:] = [number]
        else:
            parts.append([number])
    return ", ".join("-".join(map(str, part)) for part in parts)
