"""The styles that text has before mammoth sees it, no others, and what it makes of them."""

from __future__ import annotations

from pipeline.read.office import LOWEST

OWN = "our-"  # how the ids of these styles begin
LANGUAGE = "Lang-"  # how the style of text in another language begins
DEEPEST_LIST = 4  # that mammoth knows of, counted from 0

PARAGRAPHS = {
    "Title": "hgroup > h1:fresh",
    "Quote": "blockquote > p:fresh",
    "Code": r"pre > code:separator('\n')",
    "Verse": "p.verse:fresh",
    "Toc": "div[role='doc-toc'] > p:fresh",
    "Rule": "hr:fresh",
    **{f"H{level}": f"h{level}:fresh" for level in range(1, LOWEST + 1)},
}
RUNS = {
    "Hidden": "span[hidden='hidden']",
    "Picture": "span.picture:fresh",
    "Number": "span.number:fresh",
    "Ruby": "ruby",
    "Reading": "rt",
}
