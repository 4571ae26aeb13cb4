"""Footnotes and endnotes: each behind the passage that calls it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from lxml import etree

from pipeline.read.elements import attributes
from pipeline.read.office import all_of, put_behind, remove

_NOTE = re.compile(r"(?:footnote|endnote)-(?!ref-)")


def drop_calls_of_nothing(texts: Mapping[str, etree._Element]) -> None:
    """Take away what calls a note that is not there."""
    for kind in ("footnote", "endnote"):
        notes = texts.get(f"{kind}s")
        known = {attributes(e).get("id") for e in all_of(notes, kind)} if notes is not None else ()
        calls = [e for root in texts.values() for e in all_of(root, f"{kind}reference")]
        for call in calls:
            if attributes(call).get("id") not in known:
                remove(call)


def place_notes(root: etree._Element) -> None:
    """Each note of mammoth's HTML behind the passage that calls it, and no links back."""
    calls: dict[str, etree._Element] = {}
    for link in all_of(root, "a"):
        target = link.get("href", "")[1:]
        if _NOTE.match(target) and "-ref-" in link.get("id", ""):
            link.set("role", "doc-noteref")
            calls.setdefault(target, link)
    put_behind(_called(root, calls))


def _called(
    root: etree._Element, calls: Mapping[str, etree._Element]
) -> Iterator[tuple[etree._Element, etree._Element]]:
    """Each note after the passage of the body that it goes behind."""
    for note in all_of(root, "li"):
        call = calls.get(note.get("id", ""))
        if call is None:
            continue
        for link in all_of(note, "a"):
            if "-ref-" in link.get("href", "") and not link.get("id"):
                remove(link)
        note.tag = "div"
        note.set("class", "footnote")
        *_, passage = (call, *(above for above in call.iterancestors() if above is not root))
        yield passage, note
