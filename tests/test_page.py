"""The listening page as text: whole in itself, complete, and safe whatever a book is called."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from lxml import html

from pipeline.model import BlockKind
from pipeline.publish import page, web
from pipeline.publish.edition import Edition, Heading, Item, Sentence, Word

HOSTILE = (
    "</script><script>alert(1)</script><!--<script>\"'&amp; \x00\x1b\u2028\ud800 "
    "سفينة 👩\u200d🚀 $title"
)


def sentence(
    text: str,
    start: int,
    *,
    kind: BlockKind = "paragraph",
    opens: bool = True,
    chapter: int = 1,
    source: tuple[int, int] = (0, 0),
    words: tuple[Word, ...] = (),
) -> Sentence:
    return Sentence(start, start + 900, text, kind, opens, chapter, source, words)


def item(number: int, *headings: Heading, title: str = "", length: int = 10_000) -> Item:
    name = f"{number:02d}"
    title = title or f"Chapter {number}"
    return Item(name, number, title, f"g{number}", f"{name} a b.mp3", "", 1000, length, headings)


def edition(*items: Item, title: str = "A Book", language: str = "en") -> Edition:
    return Edition(
        folder="A Book",
        guid="917393e3-1b1e-5cef-ace4-edaa54e1f810",
        title=title,
        subtitle="",
        author="Ann Author",
        people=(),
        narrators=("A Voice",),
        language=language,
        genre="Audiobook",
        series="",
        position="",
        publisher="",
        date="",
        rights="",
        description="",
        identifiers=(),
        cover="cover.jpg",
        artwork="cover.jpg",
        items=items or (item(1),),
    )


SPOKEN = {
    "01": (
        sentence("One.", 500, kind="heading", source=(0, 4)),
        sentence("She came.", 1500, source=(6, 15)),
        sentence("She saw.", 2500, opens=False, source=(16, 24)),
    )
}


def blocks(page: str) -> dict[str, Any]:
    """The page's data, by the names of its elements."""
    found = html.fromstring(page).xpath("//script[@type='application/json']")
    return {one.get("id"): json.loads(one.text) for one in found}


def test_every_sentence_is_in_the_page_with_its_times() -> None:
    made = blocks(page.book(edition(), SPOKEN))
    assert made["text-0"] == [
        [500, 1400, "h", "One."],
        [1500, 2400, "p", "She came."],
        [2500, 3400, " ", "She saw."],
    ]
    assert made["book"]["items"][0]["url"] == "01%20a%20b.mp3"
    assert made["book"]["parts"] == [
        {"item": 0, "title": "Chapter 1", "start": 0, "end": 10_000, "sections": []}
    ]


def test_who_wrote_it_who_reads_it_and_its_chapters_are_there_without_a_script() -> None:
    tree = html.fromstring(page.book(edition(item(1), item(2, length=3_700_000)), SPOKEN))
    assert tree.xpath("//h1/text()") == ["A Book"]
    assert tree.xpath("//section//p/text()")[:3] == ["Ann Author", "Read by A Voice", "1 h 2 min"]
    assert tree.xpath("//nav//bdi/text()") == ["Chapter 1", "Chapter 2"]
    assert tree.xpath("//nav//time/text()") == ["0:10", "1:01:40"]
    assert tree.xpath("//noscript//a/@href") == ["01%20a%20b.mp3", "02%20a%20b.mp3"]
    assert tree.xpath("//img/@alt") == ["Cover of A Book"]


def test_the_page_runs_and_fetches_nothing_but_its_own() -> None:
    made = page.book(edition(), SPOKEN)
    fetching = r'<link(?! rel="icon" href="data:)|<iframe|@import|url\(|//[a-z]'
    assert not re.search(fetching, made)
    policy = html.fromstring(made).xpath("//meta[@http-equiv]/@content")[0]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    inline = re.findall(r"<(?:script|style)>(.*?)</(?:script|style)>", made, re.DOTALL)
    assert len(inline) == 3
    for content in inline:
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy


def test_titles_and_sentences_are_text_whatever_is_in_them() -> None:
    book = edition(item(1, Heading(0, HOSTILE), Heading(5, HOSTILE), title=HOSTILE), title=HOSTILE)
    hostile = replace(book, author=HOSTILE, narrators=(HOSTILE,), language='"><script>')
    made = page.book(hostile, {"01": (sentence(HOSTILE, 0),)})
    made.encode()
    assert "alert(1)</script>" not in made
    assert not re.search(r"[\x00-\x08\x0b-\x1f]", made)
    assert "\u2028" not in "".join(re.findall("<script.*?</script>", made, re.DOTALL))
    tree = html.fromstring(made)
    assert len(tree.xpath("//script")) == len(re.findall("<script", page.book(edition(), SPOKEN)))
    assert tree.xpath("//h1")[0].text_content() == web.clean(HOSTILE)
    (line,) = blocks(made)["text-0"]
    assert line[3].startswith("</script><script>alert(1)</script><!--")
    assert "👩\u200d🚀" in line[3]  # a joiner is no control


def test_a_file_is_a_file_beside_the_page_whatever_it_is_called() -> None:
    assert web.href("javascript:alert(1)") == "javascript%3Aalert%281%29"
    assert web.href("//host/a?b#c") == "%2F%2Fhost%2Fa%3Fb%23c"


def test_the_same_book_gives_the_same_bytes() -> None:
    assert page.book(edition(), SPOKEN) == page.book(edition(), dict(SPOKEN))


def test_a_file_of_several_chapters_is_shown_chapter_by_chapter() -> None:
    whole = item(1, Heading(0, "One"), Heading(3000, "Two"), Heading(6000, "Three"))
    spoken = [sentence(f"In {at}.", at * 1500 + 400, chapter=1 + at // 2) for at in range(6)]
    found = list(page.parts(edition(whole), {"01": spoken}))
    assert [(one.title, one.start_ms, one.end_ms) for one in found] == [
        ("One", 0, 3000),
        ("Two", 3000, 6000),
        ("Three", 6000, 10_000),
    ]
    assert [len(one.sentences) for one in found] == [2, 2, 2]
    assert [one.end_ms for one, _ in pairwise(found)] == [
        one.start_ms for _, one in pairwise(found)
    ]


def test_a_chapter_of_several_sections_is_one_chapter() -> None:
    sections = Heading(0, "Chapter 1"), Heading(3000, "In the Cellar")
    (one,) = page.parts(edition(item(1, *sections)), SPOKEN)
    assert one.title == "Chapter 1"
    (told,) = blocks(page.book(edition(item(1, *sections)), SPOKEN))["book"]["parts"]
    assert told["sections"] == [[3000, "In the Cellar"]]


def test_without_sentences_the_headings_of_an_only_file_are_its_chapters() -> None:
    headings = Heading(0, "One"), Heading(4000, "Two")
    assert [one.title for one in page.parts(edition(item(1, *headings)), {})] == ["One", "Two"]
    two = edition(item(1, *headings), item(2))
    assert [one.title for one in page.parts(two, {})] == ["Chapter 1", "Chapter 2"]
    assert blocks(page.book(two, {}))["text-0"] == []


def test_nothing_that_is_said_is_lost_behind_a_file_s_end() -> None:
    late = (sentence("Late.", 10_500),)
    assert [one.sentences for one in page.parts(edition(), {"01": late})] == [late]


def follows(*said: Sentence, spaced: bool = True) -> list[str]:
    return [line[2] for line in page.lines(said, spaced=spaced)]


def test_each_kind_of_block_opens_with_its_letter() -> None:
    said = [
        sentence("x", at * 1000, kind=kind, opens=False) for at, kind in enumerate(page.LETTERS)
    ]
    assert follows(*said) == list(page.LETTERS.values())
    assert len({*page.LETTERS.values()}) == len(page.LETTERS)


def test_sentences_stand_together_as_they_were_written() -> None:
    one = sentence("“Go!", 0, source=(0, 4))
    near = sentence("—he said.", 1000, opens=False, source=(4, 13))
    apart = sentence("Then.", 2000, opens=False, source=(14, 19))
    assert follows(one, near, apart) == ["p", "", " "]


def test_chinese_has_no_space_where_a_line_was_broken() -> None:
    one = sentence("他来了。", 0, source=(0, 4))
    two = sentence("她走了。", 1000, opens=False, source=(5, 9))
    assert follows(one, two, spaced=False) == ["p", ""]
    made = page.book(edition(language="zh-CN"), {"01": (one, two)})
    assert [line[2] for line in blocks(made)["text-0"]] == ["p", ""]
    korean = page.book(edition(language="ko"), {"01": (one, two)})
    assert [line[2] for line in blocks(korean)["text-0"]] == ["p", " "]


def test_a_long_rest_stands_between_stanzas_and_scenes() -> None:
    starts = (0, 1150, 2300, 4100, 5250)  # rests of 250, 250, 900, 250
    verse = [sentence("La", at, kind="verse") for at in starts]
    assert follows(*verse) == ["v", "v", "v", "V", "v"]
    prose = [sentence("So.", at) for at in (0, 1650, 3300, 6000)]  # 750, 750, 1800
    assert follows(*prose) == ["p", "p", "p", "P"]
    assert follows(*prose[:2]) == ["p", "p"]


def heard(text: str, *said: str) -> Sentence:
    words = tuple(Word(1000 + 100 * at, 1090 + 100 * at, one) for at, one in enumerate(said))
    return sentence(text, 1000, words=words)


@pytest.mark.parametrize(
    ("text", "said", "shown"),
    [
        ("Go now!", "go now", ["0-90 Go", "100-190 now"]),
        ("It’s in 1984, she said.", "its in nineteen eighty four she said", ["200-490 1984"]),
        ("🚢 Ship ahoy", "ship ahoy", ["0-90 Ship", "100-190 ahoy"]),
        ("One two", "one and two", ["0-90 One", "200-290 two"]),
        ("Nothing alike", "", []),
    ],
)
def test_words_are_where_they_stand_in_the_text(text: str, said: str, shown: list[str]) -> None:
    line = next(page.lines([heard(text, *said.split())]))
    found = []
    for at in range(0, len(line[4] if said else ()), 4):
        start, end, first, behind = line[4][at : at + 4]
        units = text.encode("utf-16-le")[2 * first : 2 * behind].decode("utf-16-le")
        found.append(f"{start}-{end} {units}")
    assert [one for one in found if one in shown] == shown
    assert len(line) == (5 if said else 4)


@pytest.mark.parametrize(
    ("language", "direction"),
    [
        ("en-GB", "ltr"),
        ("ar", "rtl"),
        ("he-IL", "rtl"),
        ("fa", "rtl"),
        ("ur", "rtl"),
        ("az-Arab", "rtl"),
        ("ja", "ltr"),
        ("not a tag", "auto"),
    ],
)
def test_a_text_runs_as_its_language_does(language: str, direction: str) -> None:
    tree = html.fromstring(page.book(edition(language=language), SPOKEN))
    assert tree.xpath("//article/@dir") == [direction]
    assert tree.xpath("//article/@lang") == [language]
