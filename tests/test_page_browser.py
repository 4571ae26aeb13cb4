"""The listening page in Chromium, from a disk and from a server: what is seen is what is heard."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from pipeline import manifest
from pipeline.publish import library, page
from pipeline.publish.edition import Edition, Heading, Word
from pipeline.publish.edition import edition as edition_of
from tests import browser as browsers
from tests.conftest import run
from tests.test_page import HOSTILE, edition, item, sentence

pytestmark = pytest.mark.skipif(browsers.CHROMIUM is None, reason="Chromium is not installed")

STORIES = {
    "1_the-lighthouse.md": """# The Lighthouse

The lamp had not been lit for years. Nobody knew why.

"It is the oil," said the baker, "and the stairs." Anna counted them.

## The Stairs

> Keep to the wall. The middle is only air.

The door was open. Beyond it lay the sea.
""",
    "2_the-song.md": """# The Song

| The lamp is out, the lamp is out,
| And who will bring it home?

They sang it slowly. Anna listened at the window, until the last voice was gone, and she put
the candle out. So it had been for a hundred years.
""",
}
SETTINGS = 'title = "The Lighthouse"\nauthor = "A Writer"\n'
# How far a browser's clock may be from where it was told to go, in seconds.
NEAR = 0.3


@dataclass(frozen=True)
class Said:
    """A sentence, and when it is heard, in milliseconds."""

    start_ms: int
    end_ms: int
    text: str


def transcript(path: Path) -> tuple[Said, ...]:
    """What is said in a file, as players are told."""
    return tuple(
        Said(round(one["startTime"] * 1000), round(one["endTime"] * 1000), one["body"])
        for one in json.loads(path.read_text(encoding="utf-8"))["segments"]
    )


@dataclass(frozen=True)
class Made:
    """A finished book with its page, its folder, and what is said in it."""

    folder: Path
    edition: Edition
    spoken: dict[str, tuple[Said, ...]]


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Two chapters, made by the command with the voice that everybody has."""
    project = tmp_path_factory.mktemp("project")
    source = project / "stories"
    source.mkdir()
    for name, text in STORIES.items():
        (source / name).write_text(text)
    (source / "audiobook.toml").write_text(SETTINGS)
    done = run(source, cwd=project)
    assert done.code == 0, done.err
    folder = project / "out" / "The Lighthouse"
    found = edition_of(folder, manifest.read(folder))
    spoken = {
        one.name: transcript(folder / "transcripts" / f"{one.name}.json") for one in found.items
    }
    return Made(folder, found, spoken)


@pytest.fixture(scope="module")
def server(book: Made) -> Iterator[str]:
    """Where the project's own server has its list of books."""
    command = [sys.executable, "-m", "pipeline", "serve", str(book.folder.parent), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as running:
        try:
            assert running.stdout
            _, feed = running.stdout.readline().decode().rstrip().split("\t")
            yield feed.removesuffix("The%20Lighthouse/feed.xml")
        finally:
            running.terminate()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with browsers.chromium() as browser:
        yield browser


@pytest.fixture
def visitor(chromium: Any) -> Iterator[Callable[..., Any]]:
    """Opens pages as one person; at the end, nothing may have gone wrong or elsewhere."""
    heard = browsers.Heard()
    contexts, origins = [], []

    def opened(address: str, context: Any = None, **options: Any) -> Any:
        context = context or chromium.new_context(**options)
        contexts.append(context)
        origins.append(address.rpartition("/")[0])
        view = context.new_page()
        heard.listen(view)
        view.goto(address)
        return view

    yield opened
    for context in contexts:
        context.close()
    assert heard.complaints == []
    own = tuple(f"{origin}/" for origin in origins)
    assert [url for url in heard.requests if not url.startswith((*own, "data:"))] == []


@pytest.fixture
def disk(book: Made) -> str:
    """Where the book's page is."""
    return (book.folder / library.PAGE).as_uri()


@pytest.fixture(params=["disk", "server"])
def address(disk: str, request: pytest.FixtureRequest) -> str:
    """The same, from a disk and over HTTP."""
    if request.param == "disk":
        return disk
    return f"{request.getfixturevalue('server')}The%20Lighthouse/index.html"


def at(view: Any) -> float:
    return float(view.evaluate("audio.currentTime"))


def shown(view: Any) -> str:
    """The sentence that is highlighted."""
    found = view.evaluate("[...document.querySelectorAll('.now')].map((one) => one.textContent)")
    assert len(found) <= 1
    return str(found[0]) if found else ""


def said(spoken: tuple[Said, ...], seconds: float) -> str:
    """What is heard then, or was heard last."""
    past = [one.text for one in spoken if one.start_ms <= seconds * 1000 + 5]
    return past[-1] if past else ""


def seek(view: Any, seconds: float) -> None:
    """Go somewhere in the file, and wait until the browser is there."""
    view.evaluate(
        "(to) => new Promise((done) => {"
        "audio.addEventListener('seeked', () => requestAnimationFrame(done), {once: true});"
        "audio.currentTime = to})",
        seconds,
    )


def until(view: Any, condition: str) -> None:
    """Playwright's own way of waiting is a script that the page's policy refuses."""
    end = time.monotonic() + 20
    while not view.evaluate(condition):
        assert time.monotonic() < end, condition
        view.wait_for_timeout(20)


def caught(view: Any, condition: str, what: str) -> Any:
    """What is there in the very moment in which something holds, however slow the machine is."""
    return view.evaluate(
        "new Promise((done, fail) => { const end = performance.now() + 20000; const ask = () => {"
        f"if ({condition}) done({what});"
        "else if (performance.now() > end) fail(new Error('it never was'));"
        "else requestAnimationFrame(ask)}; ask()})"
    )


def landing(view: Any) -> Callable[[], tuple[float, str]]:
    """Waits for the next seek; tells where it leads to, and the sentence that is shown then."""
    view.evaluate(
        "audio.landed = null; audio.addEventListener('seeking', () => { audio.landed ||= "
        "[audio.currentTime, document.querySelector('.now')?.textContent || '']}, {once: true})"
    )

    def landed() -> tuple[float, str]:
        until(view, "audio.landed")
        seconds, text = view.evaluate("audio.landed")
        return seconds, text

    return landed


def is_playing(view: Any) -> bool:
    return bool(view.evaluate("!audio.paused"))


def ready(view: Any) -> None:
    until(view, "audio.readyState >= 1")


def test_it_opens_with_all_there_is_to_see(address: str, book: Made, visitor: Any) -> None:
    view = visitor(address)
    ready(view)
    assert view.title() == "The Lighthouse · The Lighthouse"
    texts = view.locator(".s").all_text_contents()
    assert texts == [one.text for one in book.spoken["01"]]
    assert view.evaluate("document.querySelector('.about img').naturalWidth") > 0
    assert view.locator("#parts > li > a[aria-current] .name").all_text_contents() == [
        "The Lighthouse"
    ]
    assert view.evaluate("audio.duration") == pytest.approx(
        book.edition.items[0].length_ms / 1000, abs=0.15
    )
    assert not is_playing(view)


def test_it_plays(address: str, visitor: Any) -> None:
    view = visitor(address)
    view.get_by_role("button", name="Play").click()
    until(view, "audio.currentTime > 1")
    view.get_by_role("button", name="Pause").click()
    stopped = at(view)
    time.sleep(0.3)
    assert at(view) == pytest.approx(stopped, abs=0.1)


def test_a_click_on_a_sentence_is_heard_from_there(address: str, book: Made, visitor: Any) -> None:
    view = visitor(address)
    ready(view)
    for index in (6, 2, 4):
        wanted = book.spoken["01"][index]
        landed = landing(view)
        view.locator(".s").nth(index).click()
        seconds, text = landed()
        assert seconds == pytest.approx(wanted.start_ms / 1000, abs=NEAR)
        assert text == wanted.text
        until(view, "!audio.paused")


def test_the_sentence_that_is_shown_is_the_one_that_is_said(
    address: str, book: Made, visitor: Any
) -> None:
    view = visitor(address)
    ready(view)
    spoken = book.spoken["01"]
    middles = [(one.start_ms + one.end_ms) / 2000 for one in spoken]
    edges = [time for one in spoken for time in (one.start_ms / 1000, one.end_ms / 1000 - 0.02)]
    for seconds in [0.1, *middles, *reversed(edges)]:
        seek(view, seconds)
        assert shown(view) == said(spoken, seconds), seconds


def test_it_follows_while_it_plays(disk: str, book: Made, visitor: Any) -> None:
    view = visitor(disk)
    view.keyboard.press("Space")
    told = view.evaluate(
        "new Promise((done) => { const told = []; const ask = () => {"
        "told.push([audio.currentTime, document.querySelector('.now')?.textContent || '']);"
        "if (audio.currentTime < 6) requestAnimationFrame(ask); else done(told)}; ask()})"
    )
    spoken = book.spoken["01"]
    assert len({text for _, text in told}) >= 3
    for seconds, text in told:  # a frame is drawn up to 50 ms after its time
        assert text in {said(spoken, seconds), said(spoken, seconds - 0.05)}, seconds


def test_it_keeps_its_place_and_speed(address: str, book: Made, visitor: Any) -> None:
    view = visitor(address)
    view.get_by_label("Speed").select_option("1.5")
    view.get_by_role("link", name="The Song").click()
    view.locator(".s").nth(2).click()
    until(view, "audio.currentTime > 3")
    view.keyboard.press("k")
    left = at(view)
    assert view.evaluate("audio.playbackRate") == 1.5
    view.reload()
    ready(view)
    until(view, f"Math.abs(audio.currentTime - {left}) < {NEAR}")
    assert view.locator("#title").text_content() == "The Song"
    assert shown(view) == said(book.spoken["02"], left)
    assert view.evaluate("audio.playbackRate") == 1.5
    assert view.get_by_label("Speed").input_value() == "1.5"
    assert not is_playing(view)


def test_the_next_chapter_follows_by_itself(address: str, book: Made, visitor: Any) -> None:
    view = visitor(address)
    ready(view)
    view.keyboard.press("Space")
    seek(view, book.edition.items[0].length_ms / 1000 - 0.5)
    until(view, "document.querySelector('#title').textContent === 'The Song'")
    until(view, "audio.currentTime > 0.7")
    assert is_playing(view)
    assert view.locator("#parts > li > a[aria-current]").get_attribute("href") == "#chapter-2"
    assert view.locator(".s").all_text_contents() == [one.text for one in book.spoken["02"]]


def test_the_end_is_the_end_and_begins_again(disk: str, book: Made, visitor: Any) -> None:
    view = visitor(f"{disk}#chapter-2")
    ready(view)
    view.keyboard.press("Space")
    seek(view, book.edition.items[1].length_ms / 1000 - 0.3)
    until(view, "audio.ended")
    assert view.get_by_role("button", name="Play").is_visible()
    view.keyboard.press("Space")
    until(view, "document.querySelector('#title').textContent === 'The Lighthouse'")
    until(view, "!audio.paused && audio.currentTime > 0.1")


def test_links_lead_to_a_place(disk: str, visitor: Any) -> None:
    view = visitor(f"{disk}#chapter-2&t=3.5")
    ready(view)
    until(view, "Math.abs(audio.currentTime - 3.5) < 0.1")
    assert view.locator("#title").text_content() == "The Song"
    assert view.evaluate("location.hash") == ""
    by_feed = visitor(f"{disk}#02", context=view.context)
    ready(by_feed)
    assert by_feed.locator("#title").text_content() == "The Song"
    assert at(by_feed) == 0
    strange = visitor(f"{disk}#chapter-99&t=x", context=view.context)
    ready(strange)
    assert strange.locator("#title").text_content() == "The Song"  # where it was left


def test_a_phone_opens_where_it_was_left(disk: str, book: Made, visitor: Any) -> None:
    view = visitor(f"{disk}#t=14", viewport={"width": 360, "height": 600})
    ready(view)
    assert shown(view) == said(book.spoken["01"], 14)
    until(view, "scrollY > 0")
    time.sleep(0.5)
    box, player = (view.locator(one).bounding_box() for one in (".now", ".player"))
    assert 50 < box["y"] < box["y"] + box["height"] < player["y"]


def test_all_of_it_can_be_done_by_keys(disk: str, book: Made, visitor: Any) -> None:
    view = visitor(disk)
    ready(view)
    seek(view, 16)
    view.keyboard.press("ArrowLeft")
    until(view, "Math.abs(audio.currentTime - 1) < 0.1")
    view.keyboard.press("l")  # which is in the next chapter
    into = 31 - book.edition.items[0].length_ms / 1000
    assert into > 0
    until(view, f"Math.abs(audio.currentTime - {into}) < 0.2")
    assert view.locator("#title").text_content() == "The Song"
    view.keyboard.press("j")
    until(view, "Math.abs(audio.currentTime - 16) < 0.2")
    for key in ("+", "=", "-"):
        view.keyboard.press(key)
    assert view.evaluate("audio.playbackRate") == 1.1
    view.keyboard.press("n")
    assert view.locator("#title").text_content() == "The Song"
    view.keyboard.press("p")
    assert view.locator("#title").text_content() == "The Lighthouse"
    view.keyboard.press("?")
    assert view.get_by_role("dialog", name="Keys").is_visible()
    view.keyboard.press("Escape")
    assert not view.get_by_role("dialog", name="Keys").is_visible()
    view.locator(".s[tabindex='0']").focus()
    view.keyboard.press("ArrowDown")
    view.keyboard.press("ArrowDown")
    landed = landing(view)
    view.keyboard.press("Enter")
    assert landed()[1] == book.spoken["01"][2].text
    until(view, "!audio.paused")
    assert view.locator(".s[tabindex='0']").count() == 1


def test_a_reader_may_scroll_away_and_comes_back(disk: str, visitor: Any) -> None:
    view = visitor(disk, viewport={"width": 360, "height": 480})
    view.locator(".s").first.click()
    until(view, "!audio.paused")
    back = view.get_by_role("button", name="Back to the voice")
    assert not back.is_visible()
    time.sleep(1.1)  # until it has come to rest
    view.mouse.move(180, 200)
    view.mouse.wheel(0, 5000)
    back.wait_for(state="visible")
    top = view.evaluate("scrollY")
    time.sleep(0.5)
    assert view.evaluate("scrollY") == top
    back.click()
    until(view, f"scrollY < {top}")
    back.wait_for(state="hidden")


def test_it_goes_to_sleep(disk: str, visitor: Any) -> None:
    view = visitor(f"{disk}#chapter-1")
    ready(view)
    view.get_by_label("Sleep timer").select_option("chapter")
    seek(view, view.evaluate("audio.duration") - 0.4)
    view.evaluate("document.activeElement.blur()")
    view.keyboard.press("Space")
    until(view, "document.querySelector('#title').textContent === 'The Song'")
    assert not is_playing(view)
    assert view.get_by_label("Sleep timer").input_value() == ""


def test_it_goes_to_sleep_after_minutes_of_playing(disk: str, visitor: Any) -> None:
    view = visitor(disk)
    view.clock.install()
    view.reload()
    ready(view)
    view.get_by_label("Sleep timer").select_option("5")
    view.clock.fast_forward("06:00")
    assert view.get_by_label("Sleep timer").input_value() == "5"  # nothing is playing
    view.evaluate("document.activeElement.blur()")
    view.keyboard.press("Space")
    until(view, "!audio.paused")
    view.clock.fast_forward("04:55")
    assert 0 < view.evaluate("audio.volume") < 1
    view.clock.fast_forward("00:06")
    until(view, "audio.paused")
    assert view.evaluate("audio.volume") == 1


def test_no_width_is_too_small(disk: str, visitor: Any) -> None:
    view = visitor(disk)
    for width in (320, 360, 768, 1024, 1440):
        view.set_viewport_size({"width": width, "height": 740})
        assert view.evaluate("document.documentElement.scrollWidth") <= width
        buttons = ".player button:visible, .player select:visible, .bar button:visible"
        for one in view.locator(buttons).all():
            box = one.bounding_box()
            assert 0 <= box["x"] < box["x"] + box["width"] <= width
            assert min(box["width"], box["height"]) >= 44


def test_the_contents_are_a_sheet_on_a_phone(disk: str, visitor: Any) -> None:
    view = visitor(disk, viewport={"width": 360, "height": 740})
    opener = view.get_by_role("button", name="Contents", exact=True)
    assert not view.get_by_role("link", name="The Song").is_visible()
    opener.click()
    assert view.evaluate("document.activeElement.hash") == "#chapter-1"
    view.keyboard.press("Escape")
    assert opener.evaluate("(one) => one === document.activeElement")
    opener.click()
    view.get_by_role("link", name="The Song").click()
    assert view.locator("#title").text_content() == "The Song"
    assert view.locator("#parts a").first.is_hidden()


def test_storage_may_be_refused(address: str, chromium: Any, visitor: Any) -> None:
    context = chromium.new_context()
    context.add_init_script(
        "Object.defineProperty(window, 'localStorage', {get() { throw new Error('refused') }})"
    )
    view = visitor(address, context=context)
    view.keyboard.press("Space")
    until(view, "audio.currentTime > 0.5")
    view.get_by_role("button", name="Light or dark").click()
    assert view.evaluate("document.documentElement.dataset.theme") == "dark"


def test_dark_and_light_are_the_system_s_until_one_is_chosen(disk: str, visitor: Any) -> None:
    view = visitor(disk, color_scheme="dark")
    ask = "document.documentElement.dataset.theme"
    assert view.evaluate(ask) == "dark"
    view.emulate_media(color_scheme="light")
    until(view, f"{ask} === 'light'")
    view.get_by_role("button", name="Light or dark").click()
    view.reload()
    assert view.evaluate(ask) == "dark"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1440])
def test_nothing_stands_in_anybody_s_way(book: Made, visitor: Any, width: int, scheme: str) -> None:
    """By axe-core's rules, of WCAG 2.2 and its own."""
    options = {"viewport": {"width": width, "height": 740}, "color_scheme": scheme}
    view = visitor((book.folder / library.PAGE).as_uri(), reduced_motion="reduce", **options)
    ready(view)
    seek(view, 4)
    assert Axe().run(view).response["violations"] == []
    shelf = visitor((book.folder.parent / library.PAGE).as_uri(), **options)
    assert Axe().run(shelf).response["violations"] == []


# --- books that nobody has spoken ---------------------------------------------------------------


def put(folder: Path, made: Edition, spoken: dict[str, Any], like: Made) -> str:
    """A page beside files of the book."""
    for one in made.items:
        data = (like.folder / like.edition.items[0].file).read_bytes()
        (folder / one.file).write_bytes(data)
    (folder / made.cover).write_bytes((like.folder / like.edition.cover).read_bytes())
    (folder / library.PAGE).write_text(page.book(made, spoken), encoding="utf-8")
    return (folder / library.PAGE).as_uri()


def test_words_are_highlighted_as_they_are_said(book: Made, visitor: Any, tmp_path: Path) -> None:
    words = tuple(Word(1000 + 500 * n, 1400 + 500 * n, w) for n, w in enumerate(["one", "two"]))
    spoken = {"01": (sentence("🚢 One, two.", 900, words=words), sentence("Three.", 2500))}
    view = visitor(put(tmp_path, edition(), spoken, book))
    ready(view)
    marked = "[...(CSS.highlights.get('word') || [])].map(String).join()"
    for seconds, word in ((0.95, ""), (1.2, "One"), (1.45, ""), (1.7, "two"), (2.6, "")):
        seek(view, seconds)
        assert view.evaluate(marked) == word, seconds


def test_titles_of_any_kind_break_nothing(book: Made, visitor: Any, tmp_path: Path) -> None:
    long = "Donaudampfschifffahrtsgesellschaftskapitän" * 5
    items = [
        replace(item(at, title=title), file=f"{at:02d} #%&'.mp3")
        for at, title in enumerate((HOSTILE, long, "海" * 200, "سفينة البحر"), 1)
    ]
    spoken = {one.name: (sentence(one.title, 500), sentence(long, 1500)) for one in items}
    made = replace(edition(*items, title=long, language="ar"), author=HOSTILE)
    view = visitor(put(tmp_path, made, spoken, book), viewport={"width": 320, "height": 600})
    for _ in items:
        ready(view)
        assert view.evaluate("document.documentElement.scrollWidth") <= 320
        view.keyboard.press("n")
    assert view.evaluate("getComputedStyle(document.querySelector('#spoken')).direction") == "rtl"
    assert view.locator("script").count() == 2 + 1 + len(items)


def test_one_file_of_many_chapters_goes_on_from_one_to_the_next(
    book: Made, visitor: Any, tmp_path: Path
) -> None:
    headings = tuple(Heading(at * 2000, f"Part {at + 1}") for at in range(4))
    spoken = [sentence(f"In {at}.", at * 1000 + 200, chapter=at // 2) for at in range(8)]
    whole = edition(item(1, *headings, length=8000))
    view = visitor(put(tmp_path, whole, {"01": spoken}, book))
    view.get_by_role("link", name="Part 2").click()
    until(view, "audio.currentTime === 2 && !audio.seeking")
    view.evaluate("audio.addEventListener('seeking', () => { audio.hasGap = true })")
    view.keyboard.press("Space")
    told = "[audio.currentTime, audio.paused, document.querySelector('.spoken').textContent]"
    seconds, paused, text = caught(
        view, "document.querySelector('#title').textContent === 'Part 3'", told
    )
    assert seconds == pytest.approx(4, abs=NEAR)
    assert not paused
    assert text == "Part 3In 4.In 5."
    assert not view.evaluate("audio.hasGap")


def test_a_file_that_is_not_there_is_said_to_be(book: Made, chromium: Any, tmp_path: Path) -> None:
    address = put(tmp_path, edition(), {}, book)
    (tmp_path / "01 a b.mp3").unlink()
    with chromium.new_context() as context:
        view = context.new_page()
        view.goto(address)
        told = "01 a b.mp3 cannot be played. It should lie beside this page."
        view.get_by_role("status").filter(has_text=told).wait_for()


def test_a_long_book_opens_at_once_and_shows_one_chapter(
    book: Made, visitor: Any, tmp_path: Path
) -> None:
    items = tuple(item(number, length=1_500_000) for number in range(1, 101))
    said = [
        sentence(
            f"Sentence {at} goes on for a while, as sentences do.", at * 3000, opens=at % 5 == 0
        )
        for at in range(500)
    ]
    long = edition(*items)
    address = put(tmp_path, replace(long, items=items[:2]), {}, book)
    (tmp_path / library.PAGE).write_text(
        page.book(long, {one.name: said for one in items}), encoding="utf-8"
    )
    view = visitor(address)
    took = []
    for _ in range(3):  # of which a busy machine leaves one alone
        view.reload()
        took.append(view.evaluate("performance.getEntriesByType('navigation')[0].domInteractive"))
    assert min(took) < 3000  # ms; 440 on a machine of two cores that does little else
    assert view.locator(".s").count() == len(said)
    changed = view.evaluate(
        "() => { const from = performance.now();"
        "document.querySelector('[data-does=next]').click();"
        "document.body.getBoundingClientRect(); return performance.now() - from }"
    )
    assert changed < 500
    assert view.locator(".s").count() == len(said)


def test_the_library_page_leads_to_the_book(book: Made, visitor: Any) -> None:
    view = visitor((book.folder.parent / library.PAGE).as_uri())
    view.get_by_role("link", name="Listen to The Lighthouse").click()
    view.wait_for_url(re.compile(r"The%20Lighthouse/index\.html"))
    view.get_by_role("link", name="All books").click()
    view.wait_for_url(re.compile(r"/out/index\.html"))


def test_the_address_of_a_feed_is_copied(server: str, visitor: Any) -> None:
    view = visitor(server, permissions=["clipboard-read", "clipboard-write"])
    view.get_by_role("button", name="Copy the feed address").click()
    until(view, "document.querySelector('[data-does=copy]').textContent === 'Copied'")
    assert view.evaluate("navigator.clipboard.readText()") == f"{server}The%20Lighthouse/feed.xml"
