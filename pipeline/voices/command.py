"""The verbs of `make-audiobook voices`. Everything heavy is imported where it is used."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.errors import AudiobookError, UsageError
from pipeline.options import check_named, json_option, wav_option, write_out

if TYPE_CHECKING:
    from pipeline.say import Sample
    from pipeline.voices.catalog import Offer
    from pipeline.voices.listing import Listed

Say = Callable[[str], None]
DEFAULT_LANGUAGE = "en-US"
PACKAGES = {"piper": "piper", "kokoro": "kokoro_onnx"}
language_filter = click.option("--language", metavar="TAG", help="Those of this language alone.")
engine_filter = click.option("--engine", metavar="NAME", help="Those of this engine alone.")


@click.group(invoke_without_command=True)
@language_filter
@engine_filter
@json_option
@click.pass_context
def voices(
    context: click.Context, language: str | None, engine: str | None, *, as_json: bool
) -> None:
    """List the profiles in voices/ and the installed voices; get, try and remove voices.

    \b
    Examples:
      make-audiobook voices --language de
      make-audiobook voices add piper:en_US-lessac-medium
      make-audiobook voices try piper:en_US-lessac-medium
    """
    if context.invoked_subcommand:
        if language or engine or as_json:
            raise UsageError(
                f"voices {context.invoked_subcommand}: options stand behind the verb. Write them "
                "there."
            )
        return
    from pipeline import console, engines
    from pipeline.voices import listing

    language = _tag(language)
    if engine and engine not in engines.names():
        engines.engine(engine)  # says which there are
    notes: list[str] = []
    broken: list[AudiobookError] = []
    asked = [engine] if engine else engines.names()
    installed = listing.of_engines(asked, notes)
    found = [*listing.of_profiles(installed, broken), *installed]
    _show(list(listing.chosen(found, language, engine or "")), as_json=as_json)
    for note in notes:
        console.note(f"make-audiobook: {note}")
    sys.exit(max((console.report(error) for error in broken), default=0))


def _tag(language: str | None) -> str:
    from pipeline.config import language_tag

    return language_tag(language, "--language") if language else ""


def _show(found: list[Listed], *, as_json: bool) -> None:
    from pipeline import console
    from pipeline.model import plain

    if as_json:
        for one in found:
            record = one.profile or one.info
            named = {"profile": one.name} if one.profile else {"engine": one.engine}
            console.print_json({**named, **plain(record)})
    elif sys.stdout.isatty():
        columns = ("name", "engine", "language", "gender", "licence", "")
        console.print_table(columns, map(_row, found))
    else:
        for one in found:
            click.echo(_line(one))


def _row(one: Listed) -> tuple[str, ...]:
    """A voice for a table."""
    about = f"profile, {one.profile.settings.rate} a minute" if one.profile else ""
    languages = ", ".join(one.info.languages)
    about = about or one.info.description
    return (one.name, one.engine, languages, one.info.gender, one.licence, about)


def _line(one: Listed) -> str:
    """A voice as one line."""
    licence = f", {one.licence}" if one.licence else ""
    if one.profile:
        rate = one.profile.settings.rate
        return f"{one.name:24} profile: {one.engine}, {rate} a minute{licence}"
    languages = f" ({', '.join(one.info.languages)})" if one.info.languages else ""
    about = " ".join(filter(None, (one.info.description, one.info.gender)))
    return f"{one.name:24} {one.engine}: {about}{languages}{licence}"


@voices.command()
@language_filter
@engine_filter
@json_option
def available(language: str | None, engine: str | None, *, as_json: bool) -> None:
    """List the voices that `voices add` can get.

    \b
    Example:  make-audiobook voices available --language de
    """
    from pipeline import console
    from pipeline.voices import catalog

    tag = f"{_tag(language)}-".lower()
    problems: list[str] = []
    for name in [_with_files(engine)] if engine else catalog.ENGINES:
        for offer in catalog.offers(name, problems).values():
            if language and offer.language and not f"{offer.language}-".lower().startswith(tag):
                continue
            if as_json:
                console.print_json(_offer_json(offer))
            else:
                click.echo(_offer_line(offer))
    for problem in problems:
        console.note(f"make-audiobook: {problem}")


def _offer_line(offer: Offer) -> str:
    from pipeline.console import size_of

    language = offer.language or "several"
    speakers = f"{offer.speakers} voices" if offer.speakers > 1 else "1 voice"
    licence = offer.licence or "licence in its card"
    size = size_of(offer.size)
    return f"{offer.told:40} {language:8} {offer.quality:8} {size:>9}  {speakers}, {licence}"


def _offer_json(offer: Offer) -> dict[str, object]:
    return {
        "engine": offer.engine,
        "name": offer.name,
        "language": offer.language,
        "quality": offer.quality,
        "speakers": offer.speakers,
        "size": offer.size,
        "licence": offer.licence,
    }


def _with_files(engine: str) -> str:
    """An engine whose voices are files. Raises UsageError."""
    from pipeline.errors import did_you_mean
    from pipeline.voices.catalog import ENGINES

    if engine not in ENGINES:
        hint = did_you_mean(engine, ENGINES) or f"These have: {', '.join(ENGINES)}."
        raise UsageError(f"{engine[:80]!r}: has no voices to be had as files. {hint.strip()}")
    return engine


def _named(voice: str) -> tuple[str, str]:
    """An engine, and a voice of it or a file; Kokoro's usual one has no name. Raises UsageError."""
    engine, colon, name = voice.partition(":")
    if not colon and engine != "kokoro":
        raise UsageError(
            f"{voice[:80]!r}: is not ENGINE:NAME. Write it as piper:en_US-lessac-medium; "
            "`make-audiobook voices available` lists all."
        )
    return _with_files(engine), name


@voices.command()
@click.argument("names", nargs=-1, required=True, metavar="ENGINE:NAME...")
def add(names: tuple[str, ...]) -> None:
    """Download voices and install them, or copy them from a file; a broken download goes on.

    \b
    Examples:
      make-audiobook voices add piper:en_US-lessac-medium piper:de_DE-thorsten-high
      make-audiobook voices add kokoro
      make-audiobook voices add piper:./my-voice.onnx
    """
    from pipeline import console

    codes = [0]
    for engine, name in [_named(one) for one in names]:
        try:
            _add(engine, name)
        except AudiobookError as error:  # the others may go well
            codes.append(console.report(error))
    sys.exit(max(codes))


def _add(engine: str, name: str) -> None:
    """Install one voice, and say what to do with it."""
    from pipeline import console
    from pipeline.voices import catalog, install

    if "/" in name or "\\" in name or name.endswith(install.MODEL):
        copied = install.add_file(engine, Path(name), console.note)
        _tell_added(engine, copied, copied, _licence(engine, copied), "copied")
        return
    offer = catalog.find(engine, name)
    with _progress(offer) as tell:
        is_new = install.add(offer, tell, console.note)
    licence = offer.licence or _licence(engine, offer.name)
    done = f"installed, {console.size_of(offer.size)}" if is_new else "is there already"
    _tell_added(engine, offer.name, offer.usual, licence, done)


def _licence(engine: str, name: str) -> str:
    """What the card of an installed voice says."""
    from pipeline.engines import installed, pipercard

    return pipercard.licence(installed.folder(engine) / f"{name}.onnx")


def _tell_added(engine: str, name: str, usual: str, licence: str, done: str) -> None:
    from importlib.util import find_spec

    from pipeline import console

    click.echo(f"{engine}:{name}: {done}")
    click.echo(f"  licence: {licence or 'unknown; ask whoever made it'}")
    click.echo(f'  in a profile: engine = "{engine}", voice = "{usual}"')
    if find_spec(PACKAGES[engine]) is None:
        console.note(
            f"{engine}: the engine itself is not installed. Run pip install "
            f"'make-audiobook[{engine}]'."
        )


@contextmanager
def _progress(offer: Offer) -> Iterator[Callable[[int], None]]:
    """A bar on a terminal, a line elsewhere."""
    from pipeline import console

    if sys.stderr.isatty():
        with console.bytes_bar(offer.told, offer.size) as advance:
            yield advance
    else:
        console.note(f"{offer.told}: {console.size_of(offer.size)}")
        yield lambda _count: None


@voices.command()
@click.argument("names", nargs=-1, required=True, metavar="ENGINE:NAME...")
def remove(names: tuple[str, ...]) -> None:
    """Take installed voices away.

    \b
    Example:  make-audiobook voices remove piper:en_US-lessac-medium
    """
    from pipeline import console
    from pipeline.voices import install

    for engine, name in [_named(one) for one in names]:
        gone = install.remove(engine, name or "v1.0", console.note)
        told = ", ".join(gone) or "a download that was broken off"
        click.echo(f"{engine}:{name or 'v1.0'}: removed ({told})")


@voices.command(name="try")
@click.argument("name")
@click.option("--text", help="What it is to say.  [default: a few calm sentences]")
@click.option("--language", metavar="TAG", help="Of the text.  [default: the voice's own]")
@wav_option("try.wav")
def try_voice(name: str, text: str | None, language: str | None, out: Path) -> None:
    """Let the voice NAME say something into a WAV, and tell how fast it is.

    \b
    Examples:
      make-audiobook voices try british
      make-audiobook voices try piper:en_US-lessac-medium --text "Was it you?" -o lessac.wav
    """
    from pipeline import calibrate, console, engines
    from pipeline.config import language_tag
    from pipeline.model import VoiceInfo
    from pipeline.read.lexicon import built_in
    from pipeline.say import sample
    from pipeline.voices import profiles

    check_named(out)
    profile = profiles.read_voice(name)
    chosen = engines.choose(profile.settings, _tag(language) or DEFAULT_LANGUAGE)
    info = engines.info(chosen) or VoiceInfo(chosen.voice, (), "")
    tag = _tag(language) or language_tag(next(iter(info.languages), DEFAULT_LANGUAGE), name)
    said = text if text is not None else calibrate.passage(tag).text
    made = sample(said, profile, tag, built_in())
    say = console.note if str(out) == "-" else click.echo
    for line in _heard(made, tag, profile.licence or info.licence):
        say(line)
    write_out(made.wav, out)


def _heard(made: Sample, language: str, licence: str) -> Iterable[str]:
    """What was heard, for a person."""
    yield f"voice:    {made.settings.engine}, {made.settings.voice}"
    yield f"language: {language}"
    yield f"licence:  {licence or 'unknown'}"
    yield f"sound:    {made.seconds:.1f} s at {made.rate:,d} Hz"
    factor = made.took / made.seconds
    yield f"speed:    {factor:.3f} of real time on one core, {made.start:.1f} s to start"
