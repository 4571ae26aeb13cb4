"""What several verbs have in common: options, and where a result goes."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from pipeline.errors import UsageError

F = TypeVar("F", bound=Callable[..., Any])

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON on stdout.")
language_option = click.option(
    "--language", default="en-US", show_default=True, help="The language of the text."
)


def wav_option(name: str) -> Callable[[F], F]:
    """Where a WAV goes."""
    return click.option(
        "-o",
        "--out",
        type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
        default=Path(name),
        show_default=True,
        help="The WAV to write; - is stdout.",
    )


def check_named(out: Path) -> None:
    """Refuse a file without a name. Raises UsageError."""
    if not out.name:
        raise UsageError("--out: give it a file's name.")


def write_out(data: bytes, out: Path) -> None:
    """To a file, whose name is told, or to stdout."""
    if str(out) == "-":
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    from pipeline.manifest import write_file

    write_file(out, data)
    click.echo(out)
