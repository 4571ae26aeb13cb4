"""What a check found, as one page for a person to look at: no script, nothing fetched."""

from __future__ import annotations

import html
import math
from collections.abc import Iterable, Iterator, Sequence

from pipeline.check import Checked, Report
from pipeline.check.judge import Finding, Limits, clock, is_click
from pipeline.check.measure import Measured
from pipeline.publish import drawing

STYLE = """
:root{color-scheme:light dark;--ground:#f7f5f0;--card:#fffefb;--ink:#1d2126;--soft:#5c636b;
--line:#e2ded4;--wave:#31688e;--rest:#e9e3d3;--good:#1f7a4d;--bad:#b3261e;--mark:#8a5a00;
--band:#cfe8d8;--zeros:#c58b1a;--badground:#fdecea;--goodground:#e6f4ec}
@media(prefers-color-scheme:dark){:root{--ground:#14171a;--card:#1c2024;--ink:#e9e6df;
--soft:#a3a9b0;--line:#32373d;--wave:#6fb1dc;--rest:#3b4249;--good:#6fcf97;--bad:#ff8a80;
--mark:#e5b567;--band:#1f4532;--zeros:#d9a441;--badground:#3a2020;--goodground:#1a3326}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);
font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",sans-serif}
main{max-width:70rem;margin:0 auto;padding:2.5rem 1.25rem 4rem}
h1,h2,h3{font-family:Georgia,"Iowan Old Style","Times New Roman",serif;font-weight:600;
line-height:1.2;margin:0;overflow-wrap:anywhere}
h1{font-size:clamp(1.7rem,5vw,2.6rem)}h2{font-size:1.35rem}
h3{font-size:.95rem;margin:1.25rem 0 .4rem}
a{color:inherit;text-underline-offset:.2em;text-decoration-color:var(--soft)}
a:focus-visible,summary:focus-visible,.scroll:focus-visible{
outline:3px solid var(--wave);outline-offset:2px}
header p,.quiet{color:var(--soft);margin:.4rem 0 0}
.book{margin-bottom:4rem}
.verdict{display:inline-block;border-radius:1rem;padding:.1rem .7rem;font-size:.85rem;
font-weight:600;white-space:nowrap}
.good{color:var(--good);background:var(--goodground)}.bad{color:var(--bad);background:var(--badground)}
.scroll{overflow-x:auto;margin:1.5rem 0;background:var(--card);border:1px solid var(--line);
border-radius:.6rem}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums;font-size:.92rem}
th,td{text-align:right;padding:.5rem .75rem;border-bottom:1px solid var(--line);white-space:nowrap}
tbody tr:last-child>*{border-bottom:0}
thead th{color:var(--soft);font-weight:500;font-size:.82rem}
.name{text-align:left;white-space:normal;min-width:11rem;font-weight:500;overflow-wrap:anywhere}
td.short{color:var(--bad);font-weight:600}
section{background:var(--card);border:1px solid var(--line);border-radius:.8rem;
padding:1.5rem;margin:1.5rem 0;scroll-margin-top:1rem}
.top{display:flex;gap:.5rem 1rem;align-items:baseline;justify-content:space-between;flex-wrap:wrap}
.figures{display:grid;grid-template-columns:repeat(5,1fr);gap:.9rem 1rem;
margin:1.25rem 0}
.figures div{border-left:3px solid var(--line);padding-left:.7rem}
.figures .short{border-color:var(--bad)}.figures .short dd:first-of-type{color:var(--bad)}
dt{color:var(--soft);font-size:.8rem}
dd{margin:0;font-size:1.12rem;font-weight:600;font-variant-numeric:tabular-nums}
dd+dd{font-size:.78rem;font-weight:400;color:var(--soft)}
.findings{margin:1rem 0;padding:.8rem 1rem .8rem 2rem;background:var(--badground);
border-radius:.5rem;overflow-wrap:anywhere}
.findings li::marker{color:var(--bad)}.findings small{color:var(--soft);display:block}
.plot{position:relative;margin-left:2.6rem}
svg{display:block;width:100%;overflow:hidden;background:var(--ground);border-radius:.25rem}
.wave-plot svg{height:10rem}.curve-plot svg{height:8.75rem}
path{vector-effect:non-scaling-stroke;fill:none;stroke-width:1}
.wave{fill:var(--wave);stroke:var(--wave);stroke-width:.5}.rest{fill:var(--rest)}.zeros{fill:var(--zeros)}
.axis,.grid{stroke:var(--line)}.over{stroke:var(--bad);stroke-width:1.5}
.limit{stroke:var(--bad);stroke-dasharray:2 4;opacity:.8}
.mark{stroke:var(--mark);stroke-width:1.5;stroke-dasharray:6 3}
.fault{stroke:var(--bad);stroke-width:2}
.band{fill:var(--band)}.target{stroke:var(--good);stroke-dasharray:5 4;stroke-width:1.5}
.loudness{stroke:var(--wave);stroke-width:1.75}.whole{stroke:var(--ink);opacity:.55}
.times,.levels{font-size:.75rem;color:var(--soft);font-variant-numeric:tabular-nums}
.times{height:1.3rem}.times span{position:absolute;top:.15rem;white-space:nowrap;
transform:translateX(-50%)}.times span:first-child{transform:none}
.levels span{position:absolute;right:100%;margin-right:.45rem;transform:translateY(-50%)}
.key{display:flex;flex-wrap:wrap;gap:.25rem 1.1rem;list-style:none;padding:0;margin:.8rem 0 0;
font-size:.8rem;color:var(--soft)}
.key i{display:inline-block;width:1rem;height:.7rem;margin-right:.4rem;border-radius:2px;
vertical-align:-.05rem}
.key .l{height:0;border-top:2px dashed;border-radius:0;vertical-align:.25rem}
.key .s{border-top-style:solid}
details{margin-top:1rem}summary{cursor:pointer;color:var(--soft);font-size:.9rem}
.list{list-style:none;margin:.5rem 0 0;padding:0;columns:18rem;font-size:.9rem}
.list li{break-inside:avoid;overflow-wrap:anywhere}
time{font-variant-numeric:tabular-nums;color:var(--soft);margin-right:.6rem}
@media(max-width:60rem){.figures{grid-template-columns:repeat(auto-fill,minmax(8.5rem,1fr))}}
@media(max-width:40rem){main{padding:1.5rem .8rem 3rem}section{padding:1rem .9rem}
.times span:nth-child(even){display:none}.plot{margin-left:2rem}
.figures{grid-template-columns:repeat(2,1fr)}}
@media print{section{break-inside:avoid}body{background:none}}
"""


def page(reports: Sequence[Report]) -> str:
    """The whole page as text; the same reports give the same bytes."""
    title = reports[0].title if len(reports) == 1 else f"{len(reports)} audiobooks"
    books = "".join(_book(report, f"b{number}") for number, report in enumerate(reports, 1))
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta http-equiv="Content-Security-Policy" '
        "content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<title>{_text(title)}: checked</title>\n<style>{STYLE}</style>\n</head>\n"
        f"<body>\n<main>\n{books}</main>\n</body>\n</html>\n"
    )


def _text(value: str) -> str:
    """Text that is text whatever is in it; HTML has no controls, and no half of a pair."""
    clean = "".join(char if char.isprintable() or char in " \n\t" else " " for char in value)
    return html.escape(clean.encode("utf-8", "replace").decode())


def _book(report: Report, name: str) -> str:
    lengths = {one.part.number: one.measured.seconds for one in report.chapters if one.measured}
    seconds, count = sum(lengths.values()), len({one.part.number for one in report.chapters})
    chapters = "1 chapter" if count == 1 else f"{count} chapters"
    if len(report.formats) > 1:
        chapters += f" as {', '.join(report.formats)}"
    about = f"{chapters}, {_length(seconds)}. {asked(report.limits)}"
    sections = "".join(
        _chapter(one, report.limits, f"{name}c{number}")
        for number, one in enumerate(report.chapters, 1)
    )
    return (
        f'<article class="book" aria-labelledby="{name}">\n<header>\n'
        f'<div class="top"><h1 id="{name}" dir="auto">{_text(report.title)}</h1>'
        f"{_verdict(report.all_findings)}</div>\n<p>{_text(about)}</p>\n</header>\n"
        f"{_findings(report.findings)}{_table(report, name)}{sections}</article>\n"
    )


def asked(limits: Limits) -> str:
    """What a preset asks for, in a sentence."""
    asks = []
    if limits.target is not None:
        asks.append(f"{_signed(limits.target)} LUFS ± {limits.tolerance:g} LU")
    if limits.rms is not None:
        asks.append(f"RMS {_signed(limits.rms[0])} to {_signed(limits.rms[1])} dB")
    if limits.true_peak is not None:
        asks.append(f"true peak at most {_signed(limits.true_peak)} dBTP")
    if limits.peak is not None:
        asks.append(f"peak at most {_signed(limits.peak)} dB")
    if limits.floor is not None:
        asks.append(f"noise floor at most {_signed(limits.floor)} dB")
    if limits.zeros is not None:
        asks.append("no digital silence")
    return f"Preset {limits.name}: {', '.join(asks)}."


def _signed(value: float, digits: int | None = None) -> str:
    """With a true minus sign; a dash for digital silence."""
    if not math.isfinite(value):
        return "–"
    return (f"{value:g}" if digits is None else f"{value:.{digits}f}").replace("-", "−")


def _length(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def _verdict(findings: Sequence[Finding]) -> str:
    if findings:
        return f'<span class="verdict bad">✗ {len(findings)} found</span>'
    return '<span class="verdict good">✓ passes</span>'


def _findings(findings: Sequence[Finding]) -> str:
    if not findings:
        return ""
    items = "".join(
        f'<li dir="auto">{_text(_sentence(one.what))} <small>{_text(one.hint)}</small></li>'
        for one in findings
    )
    return f'<ul class="findings" aria-label="Findings">{items}</ul>\n'


def _sentence(what: str) -> str:
    return f"{what[:1].upper()}{what[1:]}."


def _table(report: Report, name: str) -> str:
    """All chapters, a row each."""
    heads = ("Length", "LUFS", "dBTP", "RMS dB", "Floor dB")
    head = "".join(f'<th scope="col">{head}</th>' for head in heads)
    rows = "".join(
        _row(one, report.title_of(one), f"{name}c{number}")
        for number, one in enumerate(report.chapters, 1)
    )
    return (
        '<div class="scroll" tabindex="0" role="region" aria-label="All chapters"><table><thead>'
        '<tr><th scope="col" class="name">Chapter</th><th scope="col">Verdict</th>'
        f"{head}</tr></thead><tbody>{rows}</tbody></table></div>\n"
    )


def _row(one: Checked, title: str, name: str) -> str:
    found, kinds = one.measured, {finding.kind for finding in one.findings}
    cells = "<td>–</td>" * 5
    if found:
        figures = (
            (_length(found.seconds), "duration"),
            ("–" if found.integrated is None else _signed(found.integrated, 1), "loudness"),
            (_signed(found.true_peak, 1), "true_peak"),
            (_signed(found.rms, 1), "rms"),
            (_signed(found.floor, 1), "floor"),
        )
        cells = "".join(
            f"<td{' class=short' if kind in kinds else ''}>{told}</td>" for told, kind in figures
        )
    return (
        f'<tr><th scope="row" class="name"><a href="#{name}">'
        f"{one.part.number}. <bdi>{_text(title)}</bdi></a></th>"
        f"<td>{_verdict(one.findings)}</td>{cells}</tr>\n"
    )


def _chapter(one: Checked, limits: Limits, name: str) -> str:
    found = one.measured
    drawn = _plots(one, found, limits) if found else ""
    return (
        f'<section aria-labelledby="{name}">\n<div class="top"><h2 id="{name}">'
        f"{one.part.number}. <bdi>{_text(one.part.title)}</bdi></h2>"
        f"{_verdict(one.findings)}</div>\n"
        f'<p class="quiet" dir="auto">{_text(one.file.path.name)}</p>\n'
        f"{_findings(one.findings)}{_figures(one, found, limits) if found else ''}{drawn}"
        f"{_marks(one)}</section>\n"
    )


def _figures(one: Checked, found: Measured, limits: Limits) -> str:
    """Every figure, with what is asked of it."""
    kinds = {finding.kind for finding in one.findings}
    items = "".join(
        f"<div{' class=short' if kind in kinds else ''}><dt>{name}</dt><dd>{told}</dd>"
        f"<dd>{_text(beside)}</dd></div>"
        for name, told, beside, kind in _told(one, found, limits)
    )
    return f'<dl class="figures">{items}</dl>\n'


def _told(one: Checked, found: Measured, limits: Limits) -> Iterator[tuple[str, str, str, str]]:
    """Name, figure, remark, and the kind of finding that is about it."""
    due = one.part.joined.samples / one.part.joined.rate
    loudness = "–" if found.integrated is None else f"{_signed(found.integrated, 1)} LUFS"
    target = "" if limits.target is None else f"target {_signed(limits.target)}"
    yield "Length", clock(found.seconds), f"manifest {clock(due)}", "duration"
    yield "Loudness", loudness, target, "loudness"
    yield "True peak", f"{_signed(found.true_peak, 1)} dBTP", _most(limits.true_peak), "true_peak"
    yield "Sample peak", f"{_signed(found.peak, 1)} dB", _most(limits.peak), "peak"
    rms = "" if limits.rms is None else f"{_signed(limits.rms[0])} to {_signed(limits.rms[1])}"
    yield "RMS", f"{_signed(found.rms, 1)} dB", rms, "rms"
    floor = "silent" if math.isinf(found.floor) else f"{_signed(found.floor, 1)} dB"
    yield "Noise floor", floor, _most(limits.floor), "floor"
    count = len(found.zeros)
    runs = f"{count} {'run' if count == 1 else 'runs'} over 50 ms"
    yield "Exact zeros", f"{found.longest_zeros:.2f} s", runs, "zeros"
    clicks = sum(map(is_click, found.rests))
    yield "Clicks at joins", f"{clicks}", f"{len(found.rests)} joins", "click"
    room = f"{found.head:.2f} / {found.tail:.2f} s"
    yield "Head / tail", room, "before and behind all sound", "room"
    form = f"{found.channels} ch" if found.channels > 1 else "mono"
    yield "Format", one.file.format.upper(), f"{found.rate} Hz, {form}", "format"


def _most(limit: float | None) -> str:
    return "" if limit is None else f"at most {_signed(limit)}"


def _plots(one: Checked, found: Measured, limits: Limits) -> str:
    """Waveform and loudness over one axis of time."""
    title = _text(one.part.title)
    wave = drawing.waveform(one, found, limits, f"Waveform of {title}")
    told = "nothing to measure" if found.integrated is None else f"{found.integrated:.1f} LUFS"
    curve = drawing.curve(found, limits, f"Loudness of {title}: {told}")
    places = [(at, drawing.level_percent(at)) for at in drawing.GRID]
    levels = "".join(f'<span style="top:{down}%">{_signed(at)}</span>' for at, down in places)
    times = "".join(
        f'<span style="left:{percent}%">{_length(at)}</span>'
        for at, percent in drawing.ticks(found.seconds)
    )
    return (
        f'<h3>Waveform</h3>\n<div class="plot wave-plot">{wave}</div>\n'
        "<h3>Loudness over time, 3 seconds each, LUFS</h3>\n"
        f'<div class="plot curve-plot">{curve}'
        f'<div class="levels" aria-hidden="true">{levels}</div></div>'
        f'<div class="plot times" aria-hidden="true">{times}</div>\n{_key(one, found, limits)}'
    )


def _key(one: Checked, found: Measured, limits: Limits) -> str:
    """What the colours are, for those that are there."""
    peak = limits.true_peak if limits.peak is None else limits.peak
    asks = limits.target is not None or limits.rms is not None
    kinds = {finding.kind for finding in one.findings}
    entries = (
        ("background:var(--rest)", "", "rests", True),
        ("color:var(--mark)", "l", "chapter marks", bool(one.part.marks)),
        ("color:var(--bad)", "l", f"peaks allowed, {_most(peak)[8:]} dB", peak is not None),
        ("background:var(--bad)", "", "peaks above", bool(kinds & {"peak", "true_peak"})),
        ("color:var(--bad)", "l s", "findings", any(f.at is not None for f in one.findings)),
        ("background:var(--zeros)", "", "digital silence", bool(found.zeros)),
        ("background:var(--band)", "", "asked for", asks),
        ("color:var(--ink)", "l s", "loudness of all of it", found.integrated is not None),
    )
    items = "".join(
        f'<li><i class="{kind}" style="{style}"></i>{label}</li>'
        for style, kind, label, shown in entries
        if shown
    )
    return f'<ul class="key">{items}</ul>\n'


def _marks(one: Checked) -> str:
    marks = one.part.marks
    if not marks:
        return ""
    return (
        f"<details><summary>{len(marks)} chapter marks</summary>"
        f'<ol class="list">{"".join(_mark_items(one))}</ol></details>\n'
    )


def _mark_items(one: Checked) -> Iterable[str]:
    for mark in one.part.marks:
        at = _length(mark.start / one.part.joined.rate)
        yield f'<li><time>{at}</time><bdi dir="auto">{_text(mark.title)}</bdi></li>'
