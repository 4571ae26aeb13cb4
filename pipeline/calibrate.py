"""What each voice says once, so that all of them can be made equally loud.

A few sentences with all the vowels and no shouting; the clip is like any other, and is kept.
"""

from __future__ import annotations

from pipeline.model import Utterance

PASSAGES = {
    "en": "The boat lay still in the early light. Two people walked slowly along the shore, and "
    "neither of them said a word about the letter.",
    "de": "Das Boot lag still im frühen Licht. Zwei Menschen gingen langsam am Ufer entlang, und "
    "keiner von beiden sprach über den Brief.",
    "fr": "La barque reposait dans la lumière du matin. Deux personnes marchaient lentement sur la "
    "rive, et aucune ne parlait de la lettre.",
    "es": "La barca estaba quieta en la luz temprana. Dos personas caminaban despacio por la "
    "orilla, y ninguna hablaba de la carta.",
    "it": "La barca era ferma nella luce del mattino. Due persone camminavano piano lungo la riva, "
    "e nessuna parlava della lettera.",
    "pt": "O barco estava parado na luz da manhã. Duas pessoas andavam devagar pela margem, e "
    "nenhuma falava da carta.",
}


def passage(language: str) -> Utterance:
    """The sentences for a voice of this language; voices of other scripts know Latin letters."""
    text = PASSAGES.get(language.partition("-")[0].lower(), PASSAGES["en"])
    return Utterance(text, text, 0, 0)
