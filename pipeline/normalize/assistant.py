"""What an assistant that wrote a story says beside it."""

from __future__ import annotations

import re

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


def is_farewell(paragraph: Paragraph) -> bool:
    """Only the last paragraph can be one, and never the whole story."""
    text = paragraph.text
    return bool(_FAREWELL.match(text)) and not _SOMEBODY_SPEAKS.search(text)
