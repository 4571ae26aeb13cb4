"""The `make-audiobook` command. Everything heavy is imported where it is used."""

from __future__ import annotations

import errno
import io
import os
import re
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from pipeline import __version__
from pipeline.errors import AudiobookError, OutputError, UsageError

if TYPE_CHECKING:
    from pipeline.console import Verbosity
    from pipeline.model import Book
    from pipeline.plan import Plan
    from pipeline.read import Asked
    from pipeline.store import Store

F = TypeVar("F", bound=Callable[..., Any])
INTERRUPTED = 130
READER_GONE = 141  # as a shell says it: 128 + SIGPIPE
BUG = 70


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
    Exit codes: 0 done, 1 some books failed, 2 usage, 3 bad source or configuration, 4 voice,
    5 engine, 6 encoder or disk, 70 a bug, 130 interrupted, 141 nobody reads the output.
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


voice_option = click.option(
    "--voice",
    envvar="MAKE_AUDIOBOOK_VOICE",
    metavar="NAME",
    help="A profile in voices/, or an installed voice such as en-gb.",
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
)
source_options = options(
    click.argument("sources", nargs=-1, required=True, type=click.Path(path_type=Path)),
    voice_option,
    read_options,
)


def parse_size(_ctx: click.Context, _param: click.Parameter, value: str | None) -> int | None:
    """ "20GB", "500 MB" -> bytes."""
    if value is None:
        return None
    units = {"": 1, "B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}
    found = re.fullmatch(r"(\d{1,12}(?:\.\d{1,3})?)\s*([KMGT]?B?)", value.strip().upper())
    if not found:
        raise click.BadParameter(f"{value!r} is not a size like 20GB")
    unit = found[2] if found[2].endswith("B") or not found[2] else f"{found[2]}B"
    return round(float(found[1]) * units[unit])


out_option = click.option(
    "--out",
    envvar="MAKE_AUDIOBOOK_OUT",
    type=click.Path(path_type=Path),
    default=Path("out"),
    show_default=True,
    help="Where the books go.",
)
store_option = click.option(
    "--store",
    envvar="MAKE_AUDIOBOOK_STORE",
    type=click.Path(path_type=Path),
    help="Where what has been made is kept for later.  [default: .store in --out]",
)
size_option = click.option(
    "--store-size",
    envvar="MAKE_AUDIOBOOK_STORE_SIZE",
    metavar="SIZE",
    callback=parse_size,
    help="How much the store may hold; what was longest not wanted goes first.  [default: 20GB]",
)
jobs_option = click.option(
    "--jobs",
    envvar="MAKE_AUDIOBOOK_JOBS",
    type=click.IntRange(1, 256),
    default=lambda: os.cpu_count() or 1,
    help="Processes that work at once.  [default: one a core]",
)
only_option = click.option(
    "--only", metavar="1,3-5", callback=parse_numbers, help="These chapters alone."
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON on stdout.")


@cli.command()
@source_options
@out_option
@store_option
@size_option
@jobs_option
@click.option(
    "--keep-going/--stop",
    default=None,
    help="After a line that fails, make the other chapters.  [default: only in a library]",
)
@click.option(
    "--timeout",
    envvar="MAKE_AUDIOBOOK_TIMEOUT",
    type=click.FloatRange(min=1),
    default=300,
    show_default=True,
    metavar="SECONDS",
    help="Give up a line when its engine takes longer.",
)
@only_option
@json_option
@click.option("-q", "--quiet", is_flag=True, help="Say nothing but errors.")
@click.option("-v", "--verbose", is_flag=True, help="Say why, and show each line as it is spoken.")
def build(
    sources: tuple[Path, ...],
    voice: str | None,
    out: Path,
    store: Path | None,
    store_size: int | None,
    jobs: int,
    keep_going: bool | None,
    timeout: float,
    only: frozenset[int],
    *,
    as_json: bool,
    quiet: bool,
    verbose: bool,
    **reading: Any,
) -> None:
    """Make the audiobook of each SOURCE; what is there already is not made again.

    \b
    Examples:
      make-audiobook seeds/
      make-audiobook book.epub --exclude Preface
      make-audiobook build stories/ --voice british --only 1,3-5
      make-audiobook Library/
    """
    from pipeline import build as making
    from pipeline import console, read, unchanged
    from pipeline.plan import limited
    from pipeline.store import FOLDER, LIMIT, Store

    if quiet and verbose:
        raise click.UsageError("--quiet and --verbose exclude each other.")
    verbosity = console.Verbosity(verbose - quiet)
    made: set[Path] = set()
    found, is_library = _found(sources)
    keep_going = is_library if keep_going is None else keep_going

    def make(source: Path, asked: Asked) -> None:
        request = None if only else unchanged.request(source, asked, voice)
        if request and (done := unchanged.settled(request, out, kept)):
            _check_alone(done[0], done[1].book["title"])
            with console.reporter(None, verbosity, as_json=as_json) as show:
                for event in unchanged.told(*done):
                    show(event)
            return
        plan = limited(_plan(read.read(source, asked), voice, out, kept), only)
        _check_alone(plan.folder, plan.book.title)
        _tell_what_is_left_out(plan, verbosity)
        with console.reporter(plan, verbosity, as_json=as_json, keep_going=keep_going) as show:
            for event in making.build(plan, kept, executor, jobs, keep_going=keep_going):
                show(event)
        if request and request == unchanged.request(source, asked, voice):
            unchanged.remember(request, plan.folder, kept)

    def _check_alone(folder: Path, title: str) -> None:
        if folder in made:
            raise UsageError(
                f"{folder}: two sources have the title {title!r}. Give one of them "
                "another in its audiobook.toml, or build it into another --out."
            )
        made.add(folder)

    with (
        Store(store or out / FOLDER, store_size or LIMIT) as kept,
        making.workers(jobs, timeout) as executor,
    ):
        code = _each(found, is_library, reading, make, verbosity, as_json=as_json)
    sys.exit(code)


def _tell_what_is_left_out(plan: Plan, verbosity: Verbosity) -> None:
    from pipeline import console

    if verbosity < console.Verbosity.NORMAL:
        return
    book = plan.book
    for notice in book.notices:
        console.note(notice)
    if book.left_out:
        parts = ", ".join(f"{p.title} ({p.left_out})" for p in book.left_out)
        console.note(f"{book.title}: left out: {parts}")
    for step in plan.steps:
        for piece in step.script.skipped:
            if piece.rule.startswith("assistant"):
                text = " ".join(piece.text.split())
                shown = text if len(text) <= 70 else f"{text[:67]}..."
                console.note(f"{step.chapter.source}: skipped ({piece.rule}): {shown}")


def _found(sources: tuple[Path, ...]) -> tuple[list[Path], bool]:
    """The books of the sources, and whether they are a library."""
    from pipeline.read import library

    return library.expanded([_known(source) for source in sources])


def _each(
    found: list[Path],
    is_library: bool,
    reading: dict[str, Any],
    use: Callable[[Path, Asked], None],
    verbosity: Verbosity,
    *,
    as_json: bool = False,
) -> int:
    """Use each book; a broken one of several does not stop the rest.

    Returns the exit code: 1 when one of several failed.
    """
    from pipeline import console, events, read

    if not is_library:
        use(found[0], read.Asked(**reading))
        return 0
    failed: dict[Path, str] = {}
    for source in found:
        try:
            use(source, read.Asked(**reading, lenient=True))
        except AudiobookError as error:
            _report(error)
            failed[source] = str(error)
        except Exception as error:  # noqa: BLE001  a bug in one book must not lose the others
            _crash(error)
            failed[source] = f"a bug of make-audiobook ({type(error).__name__})"
        if as_json and source in failed:
            event = events.Failed(0, str(source), failed[source])
            console.print_json(events.to_json(event))
    if verbosity >= console.Verbosity.NORMAL:
        console.print_library(len(found), failed)
    return 1 if failed else 0


def _known(source: Path) -> Path:
    """A word that is neither a path nor a command may be a command misspelled."""
    from pipeline.errors import SourceError, did_you_mean

    if str(source) == "-":
        return source
    if not source.exists():
        hint = did_you_mean(str(source), cli.commands) or "Check the spelling."
        raise SourceError(f"{source}: no such file or folder. {hint.strip()}")
    return source


def _plan(book: Book, voice: str | None, out: Path, store: Store) -> Plan:
    from pipeline import config
    from pipeline.plan import plan

    profile = config.read_voice(voice or book.voice, book.pace)
    asked = set() if voice else {c.voice for c in book.chapters if c.voice}
    voices = {name: config.read_voice(name, book.pace) for name in sorted(asked)}
    return plan(book, profile, out, store, voices)


@cli.command()
@source_options
@out_option
@store_option
@jobs_option
@only_option
@json_option
def plan(
    sources: tuple[Path, ...],
    voice: str | None,
    out: Path,
    store: Path | None,
    jobs: int,
    only: frozenset[int],
    *,
    as_json: bool,
    **reading: Any,
) -> None:
    """List chapters, what is to be made, why, and in how long. Exit code 1: something is.

    \b
    Examples:
      make-audiobook plan seeds/
      make-audiobook plan book.epub
    """
    from pipeline import console, rates, read
    from pipeline.plan import limited
    from pipeline.store import FOLDER, Store

    pending: list[int] = []
    kept = Store(store or out / FOLDER)

    def show(source: Path, asked: Asked) -> None:
        found = limited(_plan(read.read(source, asked), voice, out, kept), only)
        seconds = rates.estimate(found, rates.read(kept.root), jobs)
        pending.append(len(found.pending))
        for notice in found.book.notices:
            console.note(notice)
        if as_json:
            console.print_json(console.plan_json(found, seconds))
        else:
            console.print_plan(found, seconds)

    code = _each(*_found(sources), reading, show, console.Verbosity.QUIET)
    sys.exit(1 if any(pending) else code)


@cli.command()
@source_options
@only_option
@json_option
def script(
    sources: tuple[Path, ...],
    voice: str | None,
    only: frozenset[int],
    *,
    as_json: bool,
    **reading: Any,
) -> None:
    """Print what would be spoken: every line, every pause, and what is skipped.

    \b
    Examples:
      make-audiobook script seeds/ --only 3
      make-audiobook script book.epub --json
    """
    from pipeline import config, console, read
    from pipeline.plan import check_only
    from pipeline.script import write

    def show(source: Path, asked: Asked) -> None:
        book = read.read(source, asked)
        check_only(only, book)
        scripts = []
        for chapter in book.chapters:
            if not only or chapter.number in only:
                name = voice or chapter.voice or book.voice
                scripts.append(write(chapter, config.read_voice(name, book.pace).pace))
        if as_json:
            console.print_json(console.book_json(book, scripts))
        else:
            for written in scripts:
                console.print_script(written)

    sys.exit(_each(*_found(sources), reading, show, console.Verbosity.QUIET))


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
@out_option
@store_option
@click.option(
    "--size",
    metavar="SIZE",
    callback=parse_size,
    default="0",
    help="Leave this much.  [default: 0]",
)
def prune(out: Path, store: Path | None, size: int) -> None:
    """Empty the store, or leave what was last wanted; finished books stay as they are.

    \b
    Examples:
      make-audiobook prune
      make-audiobook prune --size 5GB
    """
    from pipeline import store as storing
    from pipeline.console import size_of

    root = store or out / storing.FOLDER
    storing.clear_remains(root)
    done = storing.prune(root, size, check=True)
    click.echo(
        f"{root}: {done.removed} entries removed ({size_of(done.removed_bytes)}), "
        f"{done.kept} kept ({size_of(done.kept_bytes)})"
    )


@cli.command()
@click.argument("text")
@voice_option
@click.option("--language", default="en-US", show_default=True, help="The language of TEXT.")
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    default=Path("say.wav"),
    show_default=True,
    help="The WAV to write; - is stdout.",
)
def say(text: str, voice: str | None, language: str, out: Path) -> None:
    """Speak TEXT into a WAV, to try a voice or a word.

    \b
    Examples:
      make-audiobook say "James Page Sr. was born in 1912." --voice british
      make-audiobook say "Hello." -o - | aplay
    """
    from pipeline.config import language_tag
    from pipeline.say import say_wav

    if not out.name:
        raise UsageError("--out: give it a file's name.")
    data = say_wav(text, voice, language_tag(language, "--language"))
    if str(out) == "-":
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    from pipeline.manifest import write_file

    write_file(out, data)
    click.echo(out)


@cli.command()
@json_option
def voices(*, as_json: bool) -> None:
    """List the profiles in voices/ and the voices of all engines.

    \b
    Example:  make-audiobook voices
    """
    from pipeline import config, console, engines
    from pipeline.model import plain

    bad = 0
    for name, path in config.profiles().items():
        try:
            voice = config.read_profile(path)
        except AudiobookError as error:  # the others are still worth listing
            bad = _report(error)
            continue
        if as_json:
            console.print_json({"profile": name, **plain(voice)})
        else:
            click.echo(
                f"{name:24} profile: {voice.settings.engine}, {voice.settings.rate} a minute"
            )
    for engine in engines.names():
        for info in engines.engine(engine).voices():
            if as_json:
                console.print_json({"engine": engine, **plain(info)})
            else:
                languages = ", ".join(info.languages)
                about = " ".join(filter(None, (info.description, info.gender)))
                click.echo(
                    f"{info.name:24} {engine}: {about}{f' ({languages})' if languages else ''}"
                )
    sys.exit(bad)


@cli.command()
@click.option("--language", default="en-US", show_default=True, help="The language of the text.")
def normalize(language: str) -> None:
    """Read text on stdin, print it as it would be spoken, a line for a line.

    \b
    Example:  echo "Knebworth 1979, 200,000 fans" | make-audiobook normalize
    """
    from pipeline.config import language_tag
    from pipeline.normalize.speak import speak
    from pipeline.read.text import decode

    language = language_tag(language, "--language")
    for number, line in enumerate(sys.stdin.buffer, 1):
        text = decode(line, "utf-8", "stdin", number).rstrip("\r\n")
        click.echo(speak(text, language).between(0, len(text)))


def main() -> None:
    """Run the command; the one place where an error becomes a line and an exit code."""
    _prepare_streams()
    for number in _stopping_signals():
        if signal.getsignal(number) is not signal.SIG_IGN:  # as nohup has it
            signal.signal(number, _interrupt)
    try:
        code = _run()
    except AudiobookError as error:
        code = _report(error)
    except (KeyboardInterrupt, click.Abort):
        click.echo("Interrupted. What is finished stays; run it again to go on.", err=True)
        code = INTERRUPTED
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except OSError as error:
        code = _disk(error)
    except Exception as error:  # noqa: BLE001  the boundary
        code = _crash(error)
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
        if error.errno != errno.EPIPE:
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
    """One is enough: a second Ctrl-C must not disturb the tidying up."""
    for number in _stopping_signals():
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


def _stopping_signals() -> list[signal.Signals]:
    """Those of this platform that ask a program to end."""
    names = ("SIGINT", "SIGTERM", "SIGHUP")
    return [getattr(signal, name) for name in names if hasattr(signal, name)]


def _disk(error: OSError) -> int:
    """What no room foresaw is still the disk's, or the person's, and not a bug."""
    where = f"{error.filename}: " if error.filename else ""
    click.echo(f"make-audiobook: {where}{error.strerror or error}.", err=True)
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return OutputError.exit_code


def _report(error: AudiobookError) -> int:
    click.echo(f"make-audiobook: {error}", err=True)
    return error.exit_code


def _crash(error: Exception) -> int:
    """A bug of ours: one line for the person, the rest in a file to send along."""
    import platform
    import tempfile
    import traceback

    with tempfile.NamedTemporaryFile(
        "w", prefix="make-audiobook-", suffix=".log", delete=False, encoding="utf-8"
    ) as log:
        log.write(f"make-audiobook {__version__}, Python {platform.python_version()}, ")
        log.write(f"{platform.platform()}\n\n")
        log.writelines(traceback.format_exception(error))
    click.echo(
        f"make-audiobook: this is a bug ({type(error).__name__}: {error}). "
        f"Please report it with {log.name}.",
        err=True,
    )
    return BUG
