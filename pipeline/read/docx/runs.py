"""Runs of text, each in one of those styles that mammoth is told of, with all looks its own."""

from __future__ import annotations

from lxml import etree

from pipeline.read.docx.elements import add, at, is_styled, set_style, words
from pipeline.read.docx.languages import language_of
from pipeline.read.docx.stylemap import LANGUAGE
from pipeline.read.docx.styles import Styles
from pipeline.read.office import all_of


def style_runs(root: etree._Element, styles: Styles, main: str) -> None:
    """Give each run one of our styles, or none, and the looks that its own style gives it."""
    for run in all_of(root, "r"):
        if is_styled(run):
            continue
        looks = [key for key in ("i", "b") if styles.looks(run, key)]
        vertical = at(run, "rpr", "vertalign")
        set_style(run, _style_of(run, styles, main))
        for key in looks:
            add(run[0], key)
        if vertical is not None:
            run[0].append(vertical)


def _style_of(run: etree._Element, styles: Styles, main: str) -> str:
    """What a run has to be styled as; languages that differ by their region alone are one."""
    if styles.looks(run, "vanish"):
        return "Hidden"
    language = language_of(run, styles)
    is_other = language.partition("-")[0].lower() != main.partition("-")[0].lower()
    if language and is_other and any(map(str.isalpha, words(run))):
        return LANGUAGE + language
    return ""
