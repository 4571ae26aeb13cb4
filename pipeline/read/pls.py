"""Pronunciation lexicons as EPUB 3 carries them: W3C PLS 1.0."""

from __future__ import annotations

from lxml import etree

from pipeline.model import Lexeme
from pipeline.read.elements import attributes, text_of
from pipeline.read.markup import local, parse_xml

MOST_LEXEMES = 100_000


def read(data: bytes, where: str) -> list[Lexeme]:
    """A lexicon's entries, one a spelling, with its first pronunciation. Raises SourceError."""
    root = parse_xml(data, where)
    said = attributes(root)
    alphabet, language = said.get("alphabet", "ipa"), said.get("lang", "")
    found: list[Lexeme] = []
    for lexeme in root.iter(etree.Element):
        if local(lexeme.tag) != "lexeme" or len(found) >= MOST_LEXEMES:
            continue
        inner = [(local(element.tag), element) for element in lexeme.iterchildren(etree.Element)]
        phoneme = next((element for tag, element in inner if tag == "phoneme"), None)
        alias = next((text_of(element) for tag, element in inner if tag == "alias"), "")
        phonemes = text_of(phoneme) if phoneme is not None else ""
        own = attributes(phoneme).get("alphabet", alphabet) if phoneme is not None else alphabet
        if phonemes or alias:
            found += [
                Lexeme(spelling, phonemes, own, alias, language)
                for tag, element in inner
                if tag == "grapheme" and (spelling := text_of(element))
            ]
    return found
