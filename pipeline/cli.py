"""The `make-audiobook` command. Everything heavy is imported where it is used."""

from __future__ import annotations

import functools
import io
import os
import re
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

from pipeline import __version__
from pipeline.config import NOTES
from pipeline.errors import AudiobookError, OutputError, UsageError
from pipeline.options import check_named, json_option, language_option, wav_option, write_out
from pipeline.voices.command import voices

if TYPE_CHECKING:
    from pipeline.batch import Order
    from pipeline.read import Asked

Reading = dict[str, Any]
F = TypeVar("F", bound=Callable[..., Any])
INTERRUPTED = 130
TIDYING_SECONDS = 2.0
READER_GONE = 141  # as a shell says it: 128 + SIGPIPE


class Verbs(click.Group):
    """`make-audiobook SOURCE` is short for `make-audiobook build SOURCE`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        own = ("--help", "-h", "--version")
        if args and args[0] not in self.commands and args[0] not in own:
            args = ["build", *args]
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the verb; click itself would make of a closed pipe what it makes of any failure."""
        with _until_the_reader_goes():
            return super().invoke(ctx)


@click.group(
    cls=Verbs,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="make-audiobook")
def cli() -> None:
    """Turn an ebook, a document or a folder of stories into a tagged audiobook.

    \b
    make-audiobook SOURCE...    is short for    make-audiobook build SOURCE...

    A source is an ebook, a document, a text, a folder of stories, or a library of books.
    Formats: EPUB, FB2, PDF, DOCX, ODT, HTML, Markdown, plain text; - is stdin.

    \b
    Examples:
      make-audiobook seeds/
      make-audiobook book.epub
    Exit codes: 0 done, 1 some books or chapters failed, 2 usage, 3 bad source or configuration,
    4 voice, 5 engine, 6 encoder or disk, 70 a bug, 130 interrupted, 141 nobody reads the output.
    """


def options(*decorators: Callable[[F], F]) -> Callable[[F], F]:
    """Several options as one decorator."""

    def decorate(function: F) -> F:
        for decorator in reversed(decorators):
            function = decorator(function)
        return function

    return decorate


def parse_numbers(
    _ctx: click.Context, _param: click.Parameter, value: str | None
) -> frozenset[int]:
    """ "1,3-5" -> {1, 3, 4, 5}."""
    numbers: set[int] = set()
    for part in (value or "").split(","):
        first, dash, last = part.strip().partition("-")
        if not first and not dash and value is None:
            continue
        if not first.isdecimal() or (dash and not last.isdecimal()) or len(part) > 12:
            raise click.BadParameter(f"{value!r} is not a list of chapters like 1,3-5")
        low, high = int(first), int(last or first)
        if not 1 <= low <= high <= 100_000:
            raise click.BadParameter(f"{part.strip()!r} is not a range of chapters like 3-5")
        numbers.update(range(low, high + 1))
    return frozenset(numbers)


def parse_size(_ctx: click.Context, _param: click.Parameter, value: str | None) -> int | None:
    """ "20GB", "500 MB" -> bytes."""
    if value is None:
        return None
    units = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}
    found = re.fullmatch(r"(\d{1,12}(?:\.\d{1,3})?)\s*([KMGT]?)B?", value.strip().upper())
    if not found:
        raise click.BadParameter(f"{value!r} is not a size like 20GB")
    return round(float(found[1]) * units[found[2]])


def gathered(function: F) -> F:
    """Pass what is asked of readers as `reading`, and of a build as an `Order`."""

    @functools.wraps(function)
    def gather(**given: Any) -> Any:
        from pipeline.batch import Order
        from pipeline.console import Verbosity

        reading = {name: given.pop(name) for name in READING if name in given}
        asked = {name: given.pop(name) for name in Order.__slots__ if name in given}
        quiet, verbose = given.pop("quiet", False), given.pop("verbose", False)
        if quiet and verbose:
            raise click.UsageError("--quiet and --verbose exclude each other.")
        order = Order(**asked, verbosity=Verbosity(verbose - quiet))
        return function(reading=reading, order=order, **given)

    return cast("F", gather)


_interrupted = -TIDYING_SECONDS
READING = ("encoding", "include", "exclude", "images", "notes", "credits", "lexicon")
voice_option = click.option(
    "--voice",
    envvar="MAKE_AUDIOBOOK_VOICE",
    metavar="NAME",
    help="A profile in voices/, or an installed voice such as en-gb.",
)


def own_lexicon() -> str | None:
    """The person's lexicon, where the system keeps settings, if there is one."""
    from pipeline.config import LEXICONS

    places = [Path(click.get_app_dir("make-audiobook"), name) for name in LEXICONS]
    return next((str(path) for path in places if path.is_file()), None)


lexicon_option = click.option(
    "--lexicon",
    envvar="MAKE_AUDIOBOOK_LEXICON",
    metavar="FILE",
    default=own_lexicon,
    help="How words are said, TOML or PLS.  [default: lexicon.toml in the folder of settings]",
)
read_options = options(
    click.option(
        "--encoding",
        envvar="MAKE_AUDIOBOOK_ENCODING",
        metavar="NAME",
        help="How plain text is encoded.  [default: utf-8]",
    ),
    click.option(
        "--include",
        metavar="PART",
        multiple=True,
        help="Read a part that is left out, by title, file or kind, such as colophon.",
    ),
    click.option("--exclude", metavar="PART", multiple=True, help="Leave out a part."),
    click.option("--images", is_flag=True, help="Read the texts that describe pictures."),
    click.option(
        "--notes",
        type=click.Choice(NOTES),
        help="Read notes behind the paragraph that calls them, or at the end of its chapter.  "
        "[default: skip]",
    ),
    click.option("--credits", is_flag=True, help="Say title, author and narrator first and last."),
    lexicon_option,
)
source_options = options(
    click.argument("sources", nargs=-1, required=True, type=click.Path(path_type=Path)),
    voice_option,
    read_options,
)
store_options = options(
    click.option(
        "--out",
        envvar="MAKE_AUDIOBOOK_OUT",
        type=click.Path(path_type=Path),
        default=Path("out"),
        show_default=True,
        help="Where the books go.",
    ),
    click.option(
        "--store",
        envvar="MAKE_AUDIOBOOK_STORE",
        type=click.Path(path_type=Path),
        help="Where all that was made is kept for later.  [default: .store in --out]",
    ),
)
jobs_option = click.option(
    "--jobs",
    envvar="MAKE_AUDIOBOOK_JOBS",
    type=click.IntRange(1, 256),
    default=lambda: os.cpu_count() or 1,
    help="Processes that work at once.  [default: one a core]",
)
explain_option = click.option(
    "--explain", is_flag=True, help="Show what is said otherwise than written, and by which rule."
)
only_option = click.option(
    "--only", metavar="1,3-5", callback=parse_numbers, help="These chapters alone."
)


def joined_names(
    _ctx: click.Context, _param: click.Parameter, value: tuple[str, ...]
) -> str | None:
    """Names that are given one by one, as if they were given as one."""
    return ",".join(value) or None


delivery_options = options(
    click.option(
        "--format",
        envvar="MAKE_AUDIOBOOK_FORMAT",
        metavar="NAMES",
        multiple=True,
        callback=joined_names,
        help="mp3, m4b, opus, flac, wav, or epub to read along; several as mp3,epub.  "
        "[default: mp3]",
    ),
    click.option(
        "--whole/--chapters",
        default=None,
        help="One file for the book, or one for each chapter. M4B and EPUB are always one.  "
        "[default: chapters]",
    ),
    click.option(
        "--master",
        envvar="MAKE_AUDIOBOOK_MASTER",
        metavar="NAME",
        help="How loud: podcast (-19 LUFS), stereo, acx, or a number of LUFS.  [default: podcast]",
    ),
    click.option(
        "--bitrate",
        envvar="MAKE_AUDIOBOOK_BITRATE",
        type=click.IntRange(1, 1000),
        metavar="KBPS",
        help="Of MP3, M4B and Opus.  [default: 64, and 32 for Opus]",
    ),
    click.option(
        "--base-url",
        envvar="MAKE_AUDIOBOOK_BASE_URL",
        metavar="URL",
        help="Where --out will be on the web, for the feeds.",
    ),
)
make_options = options(
    store_options,
    delivery_options,
    click.option(
        "--store-size",
        envvar="MAKE_AUDIOBOOK_STORE_SIZE",
        metavar="SIZE",
        callback=parse_size,
        help="How much the store may hold; the longest unwanted goes first.  [default: 20GB]",
    ),
    jobs_option,
    click.option(
        "--scheduler",
        envvar="MAKE_AUDIOBOOK_SCHEDULER",
        metavar="tcp://HOST:PORT",
        help="Let the workers of a Dask cluster speak.",
    ),
    click.option(
        "--keep-going/--stop",
        default=None,
        help="After a line that fails, make the other chapters.  [default: in a library]",
    ),
    click.option(
        "--timeout",
        envvar="MAKE_AUDIOBOOK_TIMEOUT",
        type=click.FloatRange(min=1),
        default=300,
        show_default=True,
        metavar="SECONDS",
        help="Give up a line when its engine takes longer.",
    ),
    json_option,
    click.option("-q", "--quiet", is_flag=True, help="Say nothing but errors."),
    click.option(
        "-v", "--verbose", is_flag=True, help="Say why, and show each line as it is spoken."
    ),
)


@cli.command()
@source_options
@make_options
@only_option
@gathered
def build(sources: tuple[Path, ...], reading: Reading, order: Order) -> None:
    """Make the audiobook of each SOURCE; what is there already is not made again.

    \b
    Examples:
      make-audiobook seeds/
      make-audiobook book.epub --exclude Preface
      make-audiobook build stories/ --voice british --only 1,3-5
      make-audiobook Library/
    """
    from pipeline import batch

    sys.exit(batch.make(batch.sources([_known(source) for source in sources]), reading, order))


@cli.command()
@source_options
@make_options
@gathered
def watch(sources: tuple[Path, ...], reading: Reading, order: Order) -> None:
    """Make the audiobook of each SOURCE, and again whenever it changes, until Ctrl-C.

    \b
    Example:  make-audiobook watch stories/
    """
    from pipeline import batch, console, engines
    from pipeline.voices import profiles
    from pipeline.watch import changes

    named = [_known(source) for source in sources]
    if Path("-") in named:
        raise UsageError("watch: stdin does not change. Give it files or folders.")
    apart = [order.out, batch.store_of(order).root]
    also = [Path(reading["lexicon"])] if reading["lexicon"] else []
    also += profiles.files_of(order.voice)
    for _ in changes(named, apart, also):
        engines.forget()
        try:
            batch.make(batch.sources(named), reading, order)
        except AudiobookError as error:  # the next change may mend it
            console.report(error)
        except OSError as error:
            if console.is_closed(error):
                raise
            console.report_disk(error)
        if order.verbosity >= console.Verbosity.NORMAL:
            console.note("Watching for changes. Ctrl-C ends it.")


@cli.command()
@source_options
@store_options
@delivery_options
@jobs_option
@only_option
@json_option
@gathered
def plan(sources: tuple[Path, ...], reading: Reading, order: Order) -> None:
    """List chapters, what is to be made, why, and in how long. Exit code 1: something is.

    \b
    Examples:
      make-audiobook plan seeds/
      make-audiobook plan book.epub
    """
    from pipeline import batch, console, rates

    pending: list[int] = []
    store = batch.store_of(order)

    def show(source: Path, asked: Asked) -> None:
        found = batch.plan_of(source, asked, order, store)
        seconds = rates.estimate(found, rates.read(store.root), order.jobs)
        pending.append(len(found.pending))
        for notice in found.book.notices:
            console.note(notice)
        if order.as_json:
            console.print_json(console.plan_json(found, seconds))
        else:
            console.print_plan(found, seconds)

    books = batch.sources([_known(source) for source in sources])
    code = batch.each(books, reading, show)
    sys.exit(1 if any(pending) else code)


@cli.command()
@source_options
@only_option
@explain_option
@json_option
@gathered
def script(sources: tuple[Path, ...], reading: Reading, order: Order, *, explain: bool) -> None:
    """Print what would be spoken: every line, every pause, and what is skipped.

    \b
    Examples:
      make-audiobook script seeds/ --only 3
      make-audiobook script book.epub --explain
      make-audiobook script book.epub --json
    """
    from pipeline import batch, console
    from pipeline.casting import caster, script_of
    from pipeline.plan import check_only

    def show(source: Path, asked: Asked) -> None:
        book, profile, voices = batch.book_of(source, asked, order)
        check_only(order.only, book)
        cast_for = caster(book, profile, voices)
        scripts = []
        for chapter in book.chapters:
            if not order.only or chapter.number in order.only:
                pace = voices.get(chapter.voice or "", profile).pace
                scripts.append(script_of(chapter, pace, cast_for(chapter), explained=explain))
        if order.as_json:
            console.print_json(console.book_json(book, scripts))
        else:
            for written in scripts:
                console.print_script(written)

    books = batch.sources([_known(source) for source in sources])
    sys.exit(batch.each(books, reading, show))


@cli.command()
@click.argument("books", nargs=-1, required=True, type=click.Path(path_type=Path))
@voice_option
@read_options
@store_options
@jobs_option
@click.option(
    "--preset",
    envvar="MAKE_AUDIOBOOK_PRESET",
    metavar="NAME",
    help="podcast, stereo, acx, or a loudness in LUFS.  [default: the one it was built with]",
)
@click.option(
    "--page", type=click.Path(path_type=Path, dir_okay=False), help="Write all of it as HTML."
)
@json_option
@gathered
def check(
    books: tuple[Path, ...], reading: Reading, order: Order, preset: str | None, page: Path | None
) -> None:
    """Open finished files and judge length, loudness, peaks, silence, clicks, marks and tags.

    A BOOK is a finished folder, or a source as it was built; then its script is compared, too.
    Exit code 1: one falls short.

    \b
    Examples:
      make-audiobook check "out/Five Stories of Jimmy Page"
      make-audiobook check seeds/ --preset acx --page report.html
    """
    from pipeline import batch, check, console
    from pipeline.check.finished import is_finished, opened
    from pipeline.manifest import write_file
    from pipeline.publish import report

    made: list[check.Report] = []
    store = batch.store_of(order)

    def show(source: Path, asked: Asked) -> None:
        planned = None if is_finished(source) else batch.plan_of(source, asked, order, store)
        folder = planned.folder if planned else source
        found = check.check(folder, preset, order.jobs, planned)
        made.append(found)
        if order.as_json:
            for record in console.report_json(found):
                console.print_json(record)
        else:
            console.print_report(found)

    named = [one for book in books for one in opened(_known(book))]
    code = batch.each(batch.sources(named), reading, show)
    if page:
        write_file(page, report.page(made).encode())
    sys.exit(1 if any(found.all_findings for found in made) else code)


def _known(source: Path) -> Path:
    """A word that is neither a path nor a command may be a command misspelled."""
    from pipeline.errors import SourceError, did_you_mean

    if str(source) == "-":
        return source
    if not source.exists():
        hint = did_you_mean(str(source), cli.commands) or "Check the spelling."
        raise SourceError(f"{source}: no such file or folder. {hint.strip()}")
    return source


@cli.command()
@click.argument("source", type=click.Path(path_type=Path))
@read_options
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    help="The file to write; - is stdout.  [default: where the book looks for it]",
)
def new(source: Path, out: Path | None, **reading: Any) -> None:
    """Write what is found in SOURCE as an audiobook.toml, ready to edit.

    For a folder it is FOLDER/audiobook.toml, for a file NAME.audiobook.toml beside it.

    \b
    Example:  make-audiobook new book.epub
    """
    from pipeline import config, read
    from pipeline.manifest import write_file
    from pipeline.new import toml

    book = read.read(_known(source), read.Asked(**reading))
    text = toml(book, source.name)
    to_stdout = str(out or source) == "-"
    if to_stdout:
        click.echo(text, nl=False)
        return
    path = out or config.book_file(source)
    if path.exists():
        raise UsageError(f"{path}: is there already. Move it away, or choose another with --out.")
    write_file(path, text.encode())
    click.echo(path)


@cli.command()
@store_options
@click.option(
    "--size",
    metavar="SIZE",
    callback=parse_size,
    default="0",
    help="Leave this much.  [default: 0]",
)
@gathered
def prune(size: int, reading: Reading, order: Order) -> None:  # noqa: ARG001  there is none
    """Empty the store, or leave what was last wanted; finished books stay as they are.

    \b
    Examples:
      make-audiobook prune
      make-audiobook prune --size 5GB
    """
    from pipeline import batch
    from pipeline import store as storing
    from pipeline.console import size_of

    root = batch.store_of(order).root
    storing.check_is_store(root)
    storing.clear_remains(root)
    done = storing.prune(root, size, check=True)
    click.echo(
        f"{root}: {done.removed} entries removed ({size_of(done.removed_bytes)}), "
        f"{done.kept} kept ({size_of(done.kept_bytes)})"
    )


@cli.command()
@click.argument(
    "out", envvar="MAKE_AUDIOBOOK_OUT", default=Path("out"), type=click.Path(path_type=Path)
)
@click.option(
    "--port",
    type=click.IntRange(0, 65_535),
    default=8765,
    show_default=True,
    help="Where it listens; 0 is any port that is free.",
)
@click.option("--lan", is_flag=True, help="Let phones and others in this network listen.")
@click.option(
    "--host", metavar="ADDRESS", help="How they reach this machine.  [default: found out]"
)
@click.option("--new-token", is_flag=True, help="Make the addresses of before worthless.")
def serve(out: Path, port: int, *, lan: bool, host: str | None, new_token: bool) -> None:
    """Serve the finished books in OUT (default: out) to players, until Ctrl-C.

    Prints a line for each book: title, tab, address of its feed. Every address holds a token that
    nobody can guess; it stays the same, so that players find what they follow.

    \b
    Examples:
      make-audiobook serve
      make-audiobook serve out/ --lan
    """
    from pipeline import serve as serving

    with suppress(KeyboardInterrupt):  # its usual end
        serving.serve(out, port, lan=lan, host=host, new_token=new_token)


@cli.command()
@click.argument("text")
@voice_option
@language_option
@lexicon_option
@wav_option("say.wav")
def say(text: str, voice: str | None, language: str, lexicon: str | None, out: Path) -> None:
    """Speak TEXT into a WAV, to try a voice.

    \b
    Examples:
      make-audiobook say "James Page Sr. was born in 1912." --voice british
      make-audiobook say "Hello." -o - | aplay
    """
    from pipeline.config import language_tag
    from pipeline.read.lexicon import of_person
    from pipeline.say import say_wav

    check_named(out)
    language = language_tag(language, "--language")
    write_out(say_wav(text, voice, language, of_person(lexicon)), out)


@cli.command()
@language_option
@lexicon_option
@explain_option
@json_option
def normalize(language: str, lexicon: str | None, *, explain: bool, as_json: bool) -> None:
    """Read text on stdin, print it as it would be spoken, a line for a line.

    \b
    Examples:
      echo "Knebworth 1979, 200,000 fans" | make-audiobook normalize
      echo "The 3/4 bus" | make-audiobook normalize --language en-GB --explain
    """
    from pipeline import console
    from pipeline.config import language_tag
    from pipeline.model import Settings
    from pipeline.normalize.lexicon import lexicon as prepared
    from pipeline.normalize.speak import speak
    from pipeline.read.lexicon import of_person
    from pipeline.read.text import decode

    language = language_tag(language, "--language")
    words = prepared(of_person(lexicon), Settings().engine, language)
    for number, line in enumerate(sys.stdin.buffer, 1):
        text = decode(line, "utf-8", "stdin", number).rstrip("\r\n")
        found = speak(text, language, words)
        said = found.between(0, len(text))
        if as_json:
            changes = console.changes_json(text, found.changes)
            console.print_json({"text": text, "spoken": said, "changes": changes})
            continue
        click.echo(said)
        if explain:
            console.print_changes(text, found.changes)


cli.add_command(voices)


@cli.group(name="lexicon")
def words() -> None:
    """Words that are said wrong: find them, try them, take them elsewhere.

    How words are said stands in lexicon.toml in a folder of stories, in NAME.lexicon.toml beside
    a book, or, for all books, in lexicon.toml in the folder of settings.

    \b
    Examples:
      make-audiobook lexicon suggest book.epub
      make-audiobook lexicon try Siobhan --say Shivawn
    """


@words.command()
@click.argument("book", type=click.Path(path_type=Path))
@voice_option
@read_options
@json_option
@click.option("--toml", "as_toml", is_flag=True, help="Print entries, ready to edit.")
@click.option(
    "--most", type=click.IntRange(1), default=50, show_default=True, help="List this many."
)
def suggest(
    book: Path, voice: str | None, *, as_json: bool, as_toml: bool, most: int, **reading: Any
) -> None:
    """List the names in BOOK with counts and how the voice says them, likeliest trouble first.

    \b
    Examples:
      make-audiobook lexicon suggest book.epub
      make-audiobook lexicon suggest book.epub --toml > book.lexicon.toml
    """
    from dataclasses import replace

    from pipeline import console, read
    from pipeline.engines import choose, phonemes
    from pipeline.suggest import suggestions
    from pipeline.voices.profiles import read_voice

    if as_json and as_toml:
        raise click.UsageError("--json and --toml exclude each other.")
    found = read.read(_known(book), read.Asked(**reading))
    profile = read_voice(voice or found.voice, found.pace)
    found = replace(found, lexicon=found.lexicon_with(profile.lexicon))
    settings = choose(profile.settings, found.language)
    listed = suggestions(found, settings.engine)[:most]
    said = phonemes([one.word for one in listed], settings)
    console.print_suggestions(listed, said, "json" if as_json else "toml" if as_toml else "text")


@words.command(name="try")
@click.argument("word")
@click.option("--say", "said", metavar="RESPELLING", help="Try this in place of the lexicon's.")
@voice_option
@language_option
@lexicon_option
@wav_option("try.wav")
def try_word(
    word: str, said: str | None, voice: str | None, language: str, lexicon: str | None, out: Path
) -> None:
    """Speak WORD in a sentence into a WAV, first as it is written, then by the lexicon.

    \b
    Examples:
      make-audiobook lexicon try Knebworth
      make-audiobook lexicon try Siobhan --say Shivawn --voice en-us
    """
    from pipeline import config, console
    from pipeline.read.lexicon import of_person, respelled
    from pipeline.say import trial

    check_named(out)
    own = () if said is None else (respelled(word, said),)
    language = config.language_tag(language, "--language")
    made = trial(word, voice, language, own, of_person(lexicon))
    console.print_trial(made, to_stdout=str(out) == "-")
    write_out(made.wav, out)


@words.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option(
    "--format", "kind", type=click.Choice(["pls", "toml"]), default="pls", show_default=True
)
@click.option("--language", default="", help="The language that a PLS file is for.")
def export(file: Path | None, kind: str, language: str) -> None:
    """Print a lexicon, or your own, as W3C PLS, which other programs read.

    \b
    Example:  make-audiobook lexicon export book.lexicon.toml > book.pls
    """
    from pipeline import console
    from pipeline.config import language_tag
    from pipeline.read import lexicon, pls

    path = file or own_lexicon()
    if path is None:
        raise UsageError("lexicon export: there is no lexicon of your own. Give it a FILE.")
    notices: list[str] = []
    found = lexicon.read(Path(path), notices)
    if kind == "pls":
        language = language and language_tag(language, "--language")
        language = language or lexicon.common_language(found)
        left_out = [one.word for one in found if not pls.holds(one, language)]
        notices += lexicon.told_of_pls(left_out)
        write_out(pls.write(found, language), Path("-"))
    else:
        click.echo(lexicon.toml(found), nl=False)
    for notice in notices:
        console.note(notice)


@words.command(name="import")
@click.argument("file", type=click.Path(path_type=Path))
def import_(file: Path) -> None:
    """Print a W3C PLS lexicon as TOML, to be added to a lexicon.toml.

    \b
    Example:  make-audiobook lexicon import names.pls > book.lexicon.toml
    """
    from pipeline import console
    from pipeline.read import lexicon

    notices: list[str] = []
    click.echo(lexicon.toml(lexicon.read(file, notices)), nl=False)
    for notice in notices:
        console.note(notice)


def main() -> None:
    """Run the command; the one place where an error becomes a line and an exit code."""
    from pipeline.console import report, report_bug

    _prepare_streams()
    for number in _stopping_signals():
        if signal.getsignal(number) is not signal.SIG_IGN:  # as nohup has it
            signal.signal(number, _interrupt)
    try:
        code = _run()
    except AudiobookError as error:
        code = report(error)
    except (KeyboardInterrupt, click.Abort):
        click.echo("Interrupted. What is finished stays; run it again to go on.", err=True)
        code = INTERRUPTED
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except OSError as error:
        code = _disk(error)
    except Exception as error:  # noqa: BLE001  the boundary
        code = report_bug(error)
    sys.exit(code)


def _run() -> int:
    """The command's exit code, with all of its output written."""
    try:
        with _until_the_reader_goes():
            code = cli(standalone_mode=False)
            sys.stdout.flush()
    except SystemExit as error:
        code = error.code
    return code if isinstance(code, int) else 0


@contextmanager
def _until_the_reader_goes() -> Iterator[None]:
    """End like other tools when nobody reads the output any more, as in `... | head`."""
    try:
        yield
    except OSError as error:
        from pipeline.console import is_closed

        if not is_closed(error):
            raise
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(READER_GONE)


def _prepare_streams() -> None:
    """Output is UTF-8, but for a terminal that says otherwise; no character is ever an error.

    A stream that the shell has closed (`>&-`) takes and gives nothing.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            stream = Path(os.devnull).open(mode, encoding="utf-8")  # noqa: SIM115  to the end
            os.set_inheritable(stream.fileno(), True)  # it has the closed one's number
            setattr(sys, name, stream)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            encoding = stream.encoding if stream.isatty() else "utf-8"
            stream.reconfigure(encoding=encoding, errors="backslashreplace")


def _interrupt(_number: int, _frame: object) -> None:
    """One is enough: a second Ctrl-C must not disturb the tidying up; a later one is meant."""
    global _interrupted  # noqa: PLW0603  a signal handler has no other place
    if time.monotonic() - _interrupted > TIDYING_SECONDS:
        _interrupted = time.monotonic()
        raise KeyboardInterrupt


def _stopping_signals() -> list[signal.Signals]:
    """Those of this platform that ask a program to end."""
    names = ("SIGINT", "SIGTERM", "SIGHUP")
    return [getattr(signal, name) for name in names if hasattr(signal, name)]


def _disk(error: OSError) -> int:
    from pipeline.console import report_disk

    report_disk(error)
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return OutputError.exit_code
