"""What an assistant that wrote a story says beside it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.normalize.lines import Paragraph

# It takes its leave: it offers the reader more work on the text.
_YOU_WANT = r"you(?:[’']d| would)? (?:like|want|need|prefer)\b"
_THE_TEXT = (
    r"\b(?:versions?|format|tailored|expand|rewrite|revis(?:e|ions?)|adjust(?:ments)?|changes|edits|"
    r"longer|shorter|story|stories|article|script|scene|chapter|series)\b"
)
_FAREWELL = re.compile(
    rf"(?:please )?let me know (?:if|whether) {_YOU_WANT}.*{_THE_TEXT}"
    r"|(?:would you like|do you want) me to (?:expand|continue|rewrite|revise|adjust|write|create|"
    r"turn|add|make|change|develop)\b"
    rf"|if {_YOU_WANT}.*\bI can\b.*{_THE_TEXT}"
    rf"|feel free to (?:ask|request|let me know)\b.*{_THE_TEXT}"
    r"|i hope this (?:story )?helps\b",
    re.IGNORECASE | re.DOTALL,
)
_SOMEBODY_SPEAKS = re.compile(r"\b(?:he|she|they|I|it)\s+(?:said|asked|thought|wrote|had)\b")


# It hands the text over: "Sure! Here is a story about the sea:".
_WORK = (
    r"(?:story|stories|tale|chapters?|scenes?|versions?|drafts?|rewrite|revision|continuation|poem|"
    r"script|articles?|essay|pieces?|texts?|outline|summary|passage|excerpt|narrative|biography)\b"
)
_HERE = r"here(?:[’']s| is| are|[’']re)\b"
_YES = (
    r"(?:sure(?: thing)?|certainly|of course|absolutely|definitely|gladly|great|okay|ok|no problem|"
    r"happy to help|i[’']d be (?:happy|glad|delighted) to(?: help)?)\b"
)
_GREETING = re.compile(
    rf"{_YES}\W{{1,3}}{_HERE}[^.:!]*\b{_WORK}[^.:!]*[.:!]$"
    rf"|{_HERE}[^.:!]*\b{_WORK}[^.:!]*\b(?:you (?:asked|requested|wanted)|as requested|"
    r"based on your|for you)\b[^.:!]*[.:!]$"
    rf"|{_HERE} (?:your|an?|the)\b[^.:!]*\b(?:your|revised|rewritten|polished|expanded|updated|"
    rf"improved|edited|shortened|\d+-word)\b[^.:!]*\b{_WORK}[^.:!]*:$"
    rf"|{_HERE} (?:your|an?) (?:[\w-]+ ){{0,3}}{_WORK} (?:about|based on|inspired by|in the style)"
    r"\b[^.:!]*:$",
    re.IGNORECASE,
)
LONGEST_GREETING = 300
_ITS_OWN = re.compile(r"\b(?:my|me|our|us)\b", re.IGNORECASE)  # the story's, which tells itself


def why_left_out(paragraphs: Sequence[Paragraph], index: int) -> str:
    """The rule by which a paragraph is left out that is an assistant's; nothing if it is read.

    Only the first and the last one can be, and never the whole story.
    """
    if len(paragraphs) < 2 or index not in (0, len(paragraphs) - 1):
        return ""
    text = paragraphs[index].text
    if index:
        farewell = _FAREWELL.match(text) and not _SOMEBODY_SPEAKS.search(text)
        return "assistant's closing line" if farewell else ""
    greeting = len(text) <= LONGEST_GREETING and _GREETING.match(text)
    its_own = _ITS_OWN.search(text) or _SOMEBODY_SPEAKS.search(text)
    return "assistant's opening line" if greeting and not its_own else ""
