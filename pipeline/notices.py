"""What a person must know of a book before it is made, and would not find out by listening."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from pipeline.encode import MOST_CHAPTERS

if TYPE_CHECKING:
    from pipeline.casting import Casting
    from pipeline.model import Book
    from pipeline.plan import Step, Volume


def told(
    book: Book, castings: Sequence[Casting], steps: Sequence[Step], volumes: Sequence[Volume]
) -> Iterator[str]:
    """A line each: words without a sound, languages without a voice, files that are too much."""
    yield from _only_ipa(castings)
    yield from _mute(castings)
    yield from _too_long(steps)
    yield from _split(book, volumes)
    yield from _read_alongs(volumes)


def _only_ipa(castings: Sequence[Casting]) -> Iterator[str]:
    """What a person must know of words for which a lexicon has nothing that the voice takes."""
    roles = [role for casting in castings for role in casting.cast.roles.values()]
    words = dict.fromkeys(word for role in roles for word in role.lexicon.only_ipa)
    words |= dict.fromkeys(f"/{ipa}/" for role in roles for ipa in sorted(role.unsaid))
    if words:
        more = f" and {len(words) - 5:,d} more" if len(words) > 5 else ""
        yield (
            f"lexicon: {', '.join([*words][:5])}{more}: there is only IPA, which the voice does "
            "not take; said as written. Give it a `say`."
        )


def _mute(castings: Iterable[Casting]) -> Iterator[str]:
    """What a person must know of phrases that nobody there can say in their own language."""
    languages = dict.fromkeys(language for casting in castings for language in casting.mute)
    if languages:
        yield (
            f"phrases in {', '.join(languages)}: not all who speak have a voice for them; said as "
            "the rest. Name one in [cast.languages]."
        )


def _too_long(steps: Iterable[Step]) -> Iterator[str]:
    """The files that are probably longer than their mastering allows."""
    for step in steps:
        most, minutes = step.mastering.longest, step.expected_seconds / 60
        if most and minutes > most and not step.within:
            yield (
                f"{step.path.name}: about {minutes:.0f} minutes, and {step.mastering.name} takes "
                f"{most}. Cut the chapter in two."
            )


def _split(book: Book, volumes: Sequence[Volume]) -> Iterator[str]:
    """What a person must know of a book that one file cannot hold."""
    for first in {volume.format.name: volume for volume in reversed(volumes)}.values():
        held = [volume for volume in volumes if volume.format == first.format]
        if len(held) > 1:
            yield (
                f"{book.title}: {len(book.chapters):,d} chapters, and players count up to "
                f"{MOST_CHAPTERS} in a file; made as {len(held)} files, from {first.path.name} on."
            )


def _read_alongs(volumes: Iterable[Volume]) -> Iterator[str]:
    """What a person must know of a file with the text in it, before it is made."""
    from pipeline import readalong

    for volume in volumes:
        if volume.book and volume.reason and (notice := readalong.notice(volume.book)):
            yield notice
