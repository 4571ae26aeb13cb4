"""All that lies beside a book's audio: feed, page, chapters and transcripts."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from pipeline import manifest
from pipeline.errors import OutputError
from pipeline.manifest import Manifest
from pipeline.model import Cover
from pipeline.plan import Step
from pipeline.publish import cover, feed, page, transcript
from pipeline.publish.edition import ARTWORK, Edition, Sentence, edition

# The folders of an item's files; nobody else puts any there that are called by a number.
FOLDERS = ("chapters", "transcripts")


def publish(
    folder: Path, known: Manifest, steps: Sequence[Step], picture: Cover, base_url: str
) -> dict[str, str]:
    """Write them; gives the digest of each by its name in the folder. Raises OutputError."""
    made = _made(folder, known, steps, picture, base_url or feed.NOWHERE)
    for relative, data in made.items():
        path = folder / relative
        try:
            path.parent.mkdir(exist_ok=True)
        except OSError as error:
            raise OutputError(f"{path.parent}: cannot be made ({error.strerror}).") from error
        manifest.write_file(path, data)
    _remove_others(folder, {*known.published} - {*made}, {*made})
    return {relative: hashlib.sha256(data).hexdigest() for relative, data in sorted(made.items())}


def _made(
    folder: Path, known: Manifest, steps: Sequence[Step], picture: Cover, base_url: str
) -> dict[str, bytes]:
    """What there is to write, by its name; nothing of a book that is but an EPUB."""
    if not edition(folder, known).items:
        return {}
    square = cover.for_feed(picture)
    artwork = {} if square == picture else {ARTWORK: square.data}
    book = edition(folder, replace(known, published=dict.fromkeys(artwork, "")))
    return artwork | dict(_files(book, spoken(book, known, steps), base_url))


def spoken(
    book: Edition, known: Manifest, steps: Sequence[Step]
) -> dict[str, tuple[Sentence, ...]]:
    """What is heard in each item, by its name."""
    scripts = {step.name: step.script for step in steps}
    found: dict[str, tuple[Sentence, ...]] = {}
    for item in book.items:
        volume = known.volumes.get(item.file)
        held = volume.chapters if volume else ((item.file, 0),)
        found[item.name] = tuple(
            sentence
            for name, start in held
            for sentence in transcript.sentences(
                scripts[name], known.records[name].track.joined, start
            )
        )
    return found


def _files(
    book: Edition, spoken: Mapping[str, Sequence[Sentence]], base_url: str
) -> Iterator[tuple[str, bytes]]:
    reader = ", ".join(book.narrators)
    yield feed.FILE, feed.feed(book, base_url)
    yield feed.PAGE, page.book(book, spoken).encode()
    for item in book.items:
        said, name = spoken[item.name], item.name
        if item.headings:
            yield f"chapters/{name}.json", feed.chapters(item)
        yield f"transcripts/{name}.vtt", transcript.vtt(said, reader).encode()
        yield f"transcripts/{name}.srt", transcript.srt(said).encode()
        yield f"transcripts/{name}.lrc", transcript.lrc(said, item, book).encode()
        yield f"transcripts/{name}.json", transcript.as_json(said, reader).encode()


def _remove_others(folder: Path, once: set[str], now: set[str]) -> None:
    """What an earlier build has left and no item stands behind any more, however it ended."""
    left = (f"{name}/{path.name}" for name in FOLDERS for path in (folder / name).glob("*.*"))
    ours = {name for name in left if re.fullmatch(r"\w+/\.?\d+\.(vtt|srt|lrc|json)(\.part)?", name)}
    for name in sorted((once | ours) - now):
        try:
            (folder / name).unlink(missing_ok=True)
        except OSError as error:
            raise OutputError(f"{folder / name}: cannot be removed ({error.strerror}).") from error
    for name in FOLDERS:
        path = folder / name
        if path.is_dir() and not any(path.iterdir()):
            path.rmdir()
