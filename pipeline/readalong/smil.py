"""Media overlays: which place of a document is shown while which clip is heard.

EPUB 3.3, 9 (Media overlays); SMIL 3.0 for the clock values.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.readalong import markup
from pipeline.readalong.clips import Clip

ACTIVE = "-epub-media-overlay-active"  # the class that a place has while it is heard
MEDIA_TYPE = "application/smil+xml"


@dataclass(frozen=True, slots=True)
class Par:
    """A place, by its id in its document, and the clip of which audio file is heard with it."""

    id: str
    audio: str
    clip: Clip


def clock(milliseconds: int) -> str:
    """A time as SMIL writes it: hours, minutes, seconds, and exactly three decimals."""
    seconds, rest = divmod(milliseconds, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d}.{rest:03d}"


def length(pars: Sequence[Par]) -> int:
    """How long an overlay lasts, in milliseconds."""
    return sum(par.clip.length for par in pars)


def overlay(document: str, root: str, pars: Sequence[Par]) -> str:
    """One document's overlay; `document`, `root` (an id in it) and audio are as links from here."""
    rows = "".join(
        f'<par id="par-{number}"><text{markup.attributes({"src": f"{document}#{par.id}"})}/>'
        f"<audio{markup.attributes(_audio(par))}/></par>\n"
        for number, par in enumerate(pars, 1)
    )
    reference = markup.attributes({"epub:textref": f"{document}#{root}"})
    return (
        f'{markup.DECLARATION}<smil xmlns="http://www.w3.org/ns/SMIL" '
        'xmlns:epub="http://www.idpf.org/2007/ops" version="3.0">\n'
        f'<body>\n<seq id="all"{reference}>\n{rows}</seq>\n</body>\n</smil>\n'
    )


def _audio(par: Par) -> dict[str, str]:
    clip = par.clip
    return {"src": par.audio, "clipBegin": clock(clip.begin), "clipEnd": clock(clip.end)}
