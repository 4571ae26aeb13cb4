"""Pronunciation lexicons in their interchange format, W3C PLS 1.0, as EPUB 3 carries them too."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from lxml import etree

from pipeline.model import Lexeme
from pipeline.read.elements import attributes, text_of
from pipeline.read.markup import local, parse_xml

NAMESPACE = "http://www.w3.org/2005/01/pronunciation-lexicon"
MOST_LEXEMES = 100_000
UNDETERMINED = "und"  # BCP 47; a lexicon must name a language


def read(data: bytes, where: str, notices: list[str]) -> list[Lexeme]:
    """A lexicon's entries, one a spelling, with its first pronunciation. Raises SourceError.

    What is in another alphabet than IPA alone is told of in the notices.
    """
    root = parse_xml(data, where)
    said = attributes(root)
    alphabet, language = said.get("alphabet", "ipa"), said.get("lang", "")
    language = "" if language.lower() == UNDETERMINED else language
    found: list[Lexeme] = []
    foreign: Counter[str] = Counter()
    for lexeme in root.iter(etree.Element):
        if local(lexeme.tag) != "lexeme" or len(found) >= MOST_LEXEMES:
            continue
        inner = [(local(element.tag), element) for element in lexeme.iterchildren(etree.Element)]
        phoneme = next((element for tag, element in inner if tag == "phoneme"), None)
        alias = next((text_of(element) for tag, element in inner if tag == "alias"), "")
        own = attributes(phoneme).get("alphabet", alphabet) if phoneme is not None else ""
        ipa = text_of(phoneme) if phoneme is not None and own.lower() == "ipa" else ""
        spellings = [text_of(element) for tag, element in inner if tag == "grapheme"]
        if ipa or alias:
            found += [Lexeme(word, alias, ipa, language=language) for word in spellings if word]
        elif own:
            foreign[own] += 1
    notices += [
        f"{where}: {count} words in the alphabet {name!r:.40} are not used, only IPA is read."
        for name, count in foreign.items()
    ]
    return found


def holds(lexeme: Lexeme, language: str) -> bool:
    """Whether a lexicon of this language can hold all that is said of a word."""
    bare = Lexeme(lexeme.word, lexeme.say, lexeme.ipa, language=lexeme.language)
    return lexeme == bare and lexeme.language in ("", language)


def write(lexemes: Iterable[Lexeme], language: str) -> bytes:
    """A lexicon of those that it can hold; without a language, one of none that is known."""
    root = etree.Element(f"{{{NAMESPACE}}}lexicon", nsmap={None: NAMESPACE})
    root.set("version", "1.0")
    root.set("alphabet", "ipa")
    root.set("{http://www.w3.org/XML/1998/namespace}lang", language or UNDETERMINED)
    for lexeme in lexemes:
        if holds(lexeme, language):
            element = etree.SubElement(root, f"{{{NAMESPACE}}}lexeme")
            for tag, text in (
                ("grapheme", lexeme.word),
                ("phoneme", lexeme.ipa),
                ("alias", lexeme.say),
            ):
                if text:
                    etree.SubElement(element, f"{{{NAMESPACE}}}{tag}").text = text
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)
