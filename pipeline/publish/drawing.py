"""A chapter's sound as SVG: its waveform with marks and rests, and its loudness over time."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise

from pipeline.check import Checked
from pipeline.check.judge import Limits
from pipeline.check.measure import Measured, Rest

WIDTH = 1000  # both drawings are stretched to the page's width; their heights are pixels
WAVE = 160
CURVE = 140
LOUDEST, SOFTEST = -6.0, -42.0  # LUFS at the top and the bottom
GRID = (-10, -20, -30, -40)
LEAST_REST = 0.1  # seconds; shorter ones are not seen
# Seconds between two labels; at most eight of them fit.
TICKS = (1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200)
MOST_TICKS = 8


def waveform(checked: Checked, found: Measured, limits: Limits, label: str) -> str:
    """The envelope, with rests behind it; marks, the limit and findings above it."""
    peak = limits.true_peak if limits.peak is None else limits.peak
    most = 10 ** (peak / 20) if peak is not None else 1.0
    lines = [
        f'<path class="rest" d="{_bands(_rests(found), WAVE)}"/>',
        f'<path class="zeros" d="{_bands(_zeros(found), 4, WAVE - 4)}"/>',
        f'<path class="axis" d="M0 {WAVE // 2}H{WIDTH}"/>',
        f'<path class="wave" d="{_envelope(found)}"/>',
        f'<path class="over" d="{_over(found, most + 1e-4)}"/>',
        f'<path class="limit" d="M0 {_height(most)}H{WIDTH}M0 {_height(-most)}H{WIDTH}"/>',
        f'<path class="mark" d="{_marks(checked)}"/>',
    ]
    for finding in checked.findings:
        if finding.at is not None:
            at = _at(finding.at, found.seconds)
            lines.append(f'<path class="fault" d="M{at} 0V{WAVE}"/>')
    return _svg(WAVE, label, lines)


def curve(found: Measured, limits: Limits, label: str) -> str:
    """Short-term loudness, over what is asked for."""
    lines = [f'<path class="grid" d="{"".join(f"M0 {_level(at)}H{WIDTH}" for at in GRID)}"/>']
    if limits.target is not None:
        high, low = _level(limits.target + 0.5), _level(limits.target - 0.5)
        lines.append(f'<path class="band" d="M0 {high}H{WIDTH}V{low}H0z"/>')
        lines.append(f'<path class="target" d="M0 {_level(limits.target)}H{WIDTH}"/>')
    elif limits.rms is not None:
        low, high = (_level(at) for at in limits.rms)
        lines.append(f'<path class="band" d="M0 {high}H{WIDTH}V{low}H0z"/>')
    points = thinned(found.short_term)
    if points:
        step = WIDTH * len(found.short_term) / max(found.seconds, 1.0) / len(points)
        filled = 2 if len(points) == len(found.short_term) > 2 else 0  # seconds of the first window
        drawn = " ".join(
            f"{_number(min(at * step, WIDTH))} {_level(loudness)}"
            for at, loudness in enumerate(points[filled:], filled + 1)
        )
        lines.append(f'<path class="loudness" d="M{drawn}"/>')
    if found.integrated is not None:
        lines.append(f'<path class="whole" d="M0 {_level(found.integrated)}H{WIDTH}"/>')
    return _svg(CURVE, label, lines)


def ticks(seconds: float) -> list[tuple[float, float]]:
    """Times to be written below, and how far to the right each is, in percent."""
    if seconds <= 0:
        return []
    step = next((step for step in TICKS if seconds / step <= MOST_TICKS), TICKS[-1])
    step *= math.ceil(seconds / step / MOST_TICKS)
    return [(at, round(100 * at / seconds, 3)) for at in range(0, math.ceil(seconds), step)]


def thinned(levels: Sequence[float]) -> list[float]:
    """At most as many as are drawn, the loudest of each few."""
    step = max(1, math.ceil(len(levels) / WIDTH))
    return [max(levels[at : at + step]) for at in range(0, len(levels), step)]


def level_percent(loudness: float) -> float:
    """How far down a loudness is drawn."""
    return round(100 * (LOUDEST - loudness) / (LOUDEST - SOFTEST), 2)


def _svg(height: int, label: str, lines: Iterable[str]) -> str:
    return (
        f'<svg viewBox="0 0 {WIDTH} {height}" preserveAspectRatio="none" role="img" '
        f'aria-label="{label}">{"".join(lines)}</svg>'
    )


def _envelope(found: Measured) -> str:
    """All the highs to the right, then all the lows back."""
    step = _column(found)
    highs = [f"{_number(at * step)} {_height(high)}" for at, (_, high) in enumerate(found.envelope)]
    lows = [f"{_number(at * step)} {_height(low)}" for at, (low, _) in enumerate(found.envelope)]
    return f"M{' '.join(highs + lows[::-1])}z" if highs else ""


def _column(found: Measured) -> float:
    return WIDTH * found.column / max(found.frames, 1)


def _over(found: Measured, most: float) -> str:
    """The columns that go beyond a limit."""
    step = _column(found)
    return "".join(
        f"M{_number(at * step)} {_height(high)}V{_height(low)}"
        for at, (low, high) in enumerate(found.envelope)
        if max(high, -low) > most
    )


def _rests(found: Measured) -> list[tuple[float, float]]:
    """From and to, as shares of the whole."""
    ends = [(one, 0 if one is found.rests[0] else None) for one in found.rests]
    spans = [_rest(one, first, found.frames) for one, first in ends]
    return [span for span in spans if (span[1] - span[0]) * found.seconds >= LEAST_REST]


def _rest(one: Rest, first: int | None, frames: int) -> tuple[float, float]:
    start = first if one.end is None else one.end
    end = frames if one.at >= frames else one.onset
    if start is None or end is None or not frames:
        return 0.0, 0.0
    return start / frames, end / frames


def _zeros(found: Measured) -> list[tuple[float, float]]:
    return [
        (run.start / found.frames, (run.start + run.length) / found.frames) for run in found.zeros
    ]


def _bands(spans: Iterable[tuple[float, float]], height: int, top: int = 0) -> str:
    return "".join(
        f"M{_number(start * WIDTH)} {top}H{_number(end * WIDTH)}v{height}H{_number(start * WIDTH)}z"
        for start, end in _joined(spans)
    )


def _joined(spans: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
    """Those that overlap as one."""
    ordered = sorted(spans)
    apart = ordered[:1]
    for _, (start, end) in pairwise(ordered):
        if start <= apart[-1][1]:
            apart[-1] = apart[-1][0], max(apart[-1][1], end)
        else:
            apart.append((start, end))
    return apart


def _marks(checked: Checked) -> str:
    joined = checked.part.joined
    return "".join(
        f"M{_number(WIDTH * mark.start / max(joined.samples, 1))} 0v{WAVE}"
        for mark in checked.part.marks
    )


def _at(seconds: float, of: float) -> str:
    return _number(WIDTH * seconds / of) if of else "0"


def _height(amplitude: float) -> str:
    middle = WAVE / 2
    return _number(middle - middle * max(-1.0, min(1.0, amplitude)))


def _level(loudness: float) -> str:
    return _number(CURVE * min(max(level_percent(loudness), 0.0), 100.0) / 100)


def _number(value: float) -> str:
    """A tenth of a unit is less than a pixel."""
    return f"{value:.1f}".removesuffix(".0")
