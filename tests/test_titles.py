"""Titles as a person would say them."""

from __future__ import annotations

import pytest

from pipeline.normalize import titles


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("IV", "Chapter 4"),
        ("4", "Chapter 4"),
        ("XIV.", "Chapter 14"),
        ("IV. The Sign", "Chapter 4. The Sign"),
        ("I: The Sea", "Chapter 1. The Sea"),
        ("I\nThe Sea", "Chapter 1. The Sea"),
        ("CHAPTER IV", "Chapter 4"),
        ("Chapter iv", "Chapter 4"),
        ("Chapter 3—The Sea", "Chapter 3. The Sea"),
        ("CHAPTER I THE BOY WHO", "Chapter 1. The Boy Who"),
        ("Chapter Twenty-One: Home", "Chapter Twenty-One. Home"),
        ("Stave One: Marley’s Ghost", "Stave One. Marley’s Ghost"),
        ("PART THE FIRST", "Part the First"),
        ("THE SIGN OF FOUR", "The Sign of Four"),
        ("HENRY VIII AND THE KING’S MEN", "Henry VIII and the King’s Men"),
        ("  The\n Sea ", "The Sea"),
        # These are titles of their own.
        ("1984", "1984"),
        ("12 Angry Men", "12 Angry Men"),
        ("I Am Legend", "I Am Legend"),
        ("Part 2 of the plan", "Part 2 of the plan"),
        ("Chapter House", "Chapter House"),
        ("D. H. Lawrence", "D. H. Lawrence"),
        ("NASA", "NASA"),
        ("Act III, Scene II", "Act III, Scene II"),
    ],
)
def test_said_among_numbers(written: str, said: str) -> None:
    assert titles.said(written, "en-GB", numbered=True) == said


@pytest.mark.parametrize("written", ["I", "X", "4", "M. The Lion"])
def test_a_lone_number_is_a_title(written: str) -> None:
    assert titles.said(written, "en") == written


@pytest.mark.parametrize(
    ("language", "said"),
    [("de", "Kapitel 4"), ("fr-CA", "Chapitre 4"), ("ru", "Глава 4"), ("xx", "4")],
)
def test_said_in_other_languages(language: str, said: str) -> None:
    assert titles.said("IV", language, numbered=True) == said


@pytest.mark.parametrize(
    ("numeral", "value"), [("I", 1), ("IV", 4), ("XL", 40), ("XCIX", 99), ("CD", 400)]
)
def test_values(numeral: str, value: int) -> None:
    assert titles.value_of(numeral) == value


def test_what_a_title_names() -> None:
    assert titles.is_part("Book IV: The Road")
    assert not titles.is_part("Book Club")
    assert titles.is_chapter("Epilogue")
    assert titles.is_chapter("Chapter One")
    assert not titles.is_chapter("One Chapter")
    assert titles.is_bare("Chapter 1")
    assert not titles.is_bare("Chapter 1: The Sea")
