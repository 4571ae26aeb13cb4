"""The page of a check: whole in itself, and text is text whatever is in it."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import html

from pipeline.check import Checked, Report
from pipeline.check.finished import Finished, Line, Part
from pipeline.check.judge import LIMITS, Finding
from pipeline.check.measure import Measured, Rest, Run
from pipeline.model import Joined, Mark
from pipeline.publish import drawing, report

RATE = 1000
HOSTILE = "</title><script>alert(1)</script>\"'&amp; \x00\x1b\ud800 سفينة 🚢"


def measured(seconds: int = 60) -> Measured:
    frames = seconds * RATE
    return Measured(
        rate=RATE,
        channels=1,
        frames=frames,
        integrated=-19.2,
        true_peak=-0.4,
        short_term=tuple(-20.0 + at % 3 for at in range(seconds)),
        peak=-0.5,
        rms=-20.1,
        floor=-math.inf,
        zeros=(Run(500, 200),),
        rests=(Rest(500, None, 500, 0, 0, 0), Rest(frames, frames - 900, None, 0, 0, 0)),
        lines=(0.9,),
        envelope=tuple((-0.5, 0.97 if at == 3 else 0.5) for at in range(100)),
        column=frames // 100,
    )


def checked(title: str = "One", found: Measured | None = None, *findings: Finding) -> Checked:
    marks = (Mark(title, 0), Mark("Second", 30 * RATE))
    part = Part(1, title, 0, Joined(RATE, 60 * RATE, (500,)), marks, (Line(500),))
    return Checked(Finished(Path("a b.mp3"), "mp3", "", {}, (part,)), part, found, findings)


def reported(*chapters: Checked, title: str = "A Book", preset: str = "podcast") -> Report:
    return Report(title, Path("out/A Book"), LIMITS[preset], chapters, ())


CLICK = Finding("click", "a.mp3", "a click at 0:12.000", "Fade it.", 12.0)


def test_the_page_is_whole_in_itself() -> None:
    page = report.page([reported(checked("One", measured(), CLICK))])
    assert not re.search(r"<script|<link|<img|<iframe|@import|url\(|src=", page)
    assert "http" not in page.replace('http-equiv="Content-Security-Policy"', "")
    assert "default-src 'none'" in page
    assert "prefers-color-scheme:dark" in page
    assert "width=device-width" in page


def test_all_figures_and_findings_are_there() -> None:
    tree = html.fromstring(report.page([reported(checked("One", measured(), CLICK))]))
    figures = dict(zip(tree.xpath("//dt/text()"), tree.xpath("//dd[1]/text()"), strict=True))
    assert figures["Length"] == "1:00.000"
    assert figures["Loudness"] == "−19.2 LUFS"
    assert figures["True peak"] == "−0.4 dBTP"
    assert figures["Noise floor"] == "silent"
    assert figures["Exact zeros"] == "0.20 s"
    assert tree.xpath("//ul[@class='findings']/li")[0].text_content() == (
        "A click at 0:12.000. Fade it."
    )
    assert tree.xpath("//svg/@role") == ["img", "img"]
    assert tree.xpath("//svg/@aria-label") == ["Waveform of One", "Loudness of One: -19.2 LUFS"]
    (fault,) = tree.xpath("//path[@class='fault']/@d")
    assert fault == "M200 0V160"
    (marks,) = tree.xpath("//path[@class='mark']/@d")
    assert marks == "M0 0v160M500 0v160"
    (rests,) = tree.xpath("//path[@class='rest']/@d")
    assert rests == "M0 0H8.3v160H0zM985 0H1000v160H985z"
    (over,) = tree.xpath("//path[@class='over']/@d")
    assert over.startswith("M30 ")
    assert [one.text_content() for one in tree.xpath("//ol/li")] == ["0:00One", "0:30Second"]
    anchors = tree.xpath("//tbody//a/@href")
    assert [tree.get_element_by_id(anchor[1:]).tag for anchor in anchors] == ["h2"]


def test_titles_are_text_whatever_is_in_them() -> None:
    finding = Finding("tags", HOSTILE, HOSTILE, HOSTILE)
    page = report.page([reported(checked(HOSTILE, measured(), finding), title=HOSTILE)])
    assert "<script" not in page
    assert not re.search(r"[\x00-\x08\x0b-\x1f\ud800-\udfff]", page)
    page.encode()
    tree = html.fromstring(page)
    assert (
        tree.xpath("//h1")[0].text_content().startswith("</title><script>alert(1)</script>\"'&amp;")
    )
    assert tree.xpath("//h1/@dir") == ["auto"]


def test_the_same_reports_give_the_same_bytes() -> None:
    one = [reported(checked("One", measured(), CLICK)), reported(checked("Two", measured(9)))]
    assert report.page(one) == report.page(list(one))
    assert "2 audiobooks" in report.page(one)


def test_a_chapter_that_cannot_be_decoded() -> None:
    tree = html.fromstring(report.page([reported(checked("One", None, CLICK))]))
    assert not tree.xpath("//svg")
    assert tree.xpath("//tbody//td[2]/text()") == ["–"]


@pytest.mark.parametrize("preset", LIMITS)
def test_what_each_preset_asks_for(preset: str) -> None:
    page = report.page([reported(checked("One", measured()), preset=preset)])
    assert {
        "podcast": "−19 LUFS ± 0.5 LU, true peak at most −1 dBTP",
        "stereo": "−16 LUFS ± 0.5 LU, true peak at most −1 dBTP",
        "acx": "RMS −23 to −18 dB, peak at most −3 dB, noise floor at most −60 dB",
    }[preset] in page


def test_silence_and_nothing_at_all() -> None:
    silent = replace(measured(), integrated=None, peak=-math.inf, rms=-math.inf, short_term=())
    nothing = replace(
        silent, frames=0, envelope=(), zeros=(), rests=(Rest(0, None, None, 0, 0, 0),)
    )
    page = report.page([reported(checked("One", silent), checked("Two", nothing))])
    assert "nan" not in page.lower().replace("finan", "")
    assert "inf" not in re.sub(r"information|infinit", "", page.lower())


@pytest.mark.parametrize("seconds", [0.2, 7, 59, 600, 7300, 40_000, 400_000])
def test_there_are_as_many_ticks_as_fit(seconds: float) -> None:
    made = drawing.ticks(seconds)
    assert 1 <= len(made) <= drawing.MOST_TICKS + 1
    assert made[0] == (0, 0)
    assert all(0 <= percent <= 100 for _, percent in made)


def test_a_long_chapter_is_drawn_with_as_many_points_as_a_short_one() -> None:
    assert len(drawing.thinned([-20.0] * 36_000)) <= drawing.WIDTH
    assert drawing.thinned([-20.0, -9.0, -30.0]) == [-20.0, -9.0, -30.0]
    assert drawing.ticks(0) == []
