"""Finished books over HTTP, for players in the same network: feeds, audio, pages.

    address.py   where it listens, and the token that every address holds
    shelf.py     which books there are, and which of their files may be had
    answer.py    a request -> an answer: a function, without a socket
    pages.py     what is made for the asking: feeds and lists
    talk.py      the connections: h11 and asyncio, with a bound on everything

A framework is not needed. h11 reads and writes HTTP/1.1; what is ours is what frameworks leave to
chance: ranges and their conditions, how long a request may take, how much a slow reader holds.

The token is what protects. Requests of another site, or of a name that was made to point here (DNS
rebinding), do not know it; the Host header is read by nobody, so it cannot lie to anybody.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

from pipeline import console
from pipeline.errors import ConfigError, SourceError, UsageError
from pipeline.manifest import FILE
from pipeline.serve import address
from pipeline.serve.answer import Site
from pipeline.serve.shelf import Shelf, Shelved


def serve(
    out: Path, port: int, *, lan: bool = False, host: str | None = None, new_token: bool = False
) -> None:
    """Serve the books in a folder until a signal asks for the end; prints their feeds' addresses.

    `port` 0 is any that is free. Raises ConfigError without h11, UsageError, SourceError.
    """
    try:
        from pipeline.serve import talk
    except ModuleNotFoundError as error:
        if error.name != "h11":
            raise
        raise ConfigError(
            "serve: needs h11. Install it with: pip install 'make-audiobook[serve]'"
        ) from None
    _check(out)
    name = address.host(host, lan=lan)
    with address.listener(name, port, lan=lan) as listener:
        token = address.token(out, new=new_token)
        base = address.base(name, listener.getsockname()[1], token)
        site = Site(Shelf(out), token, base)
        _announce(site, lan=lan)
        talk.run(site, listener)


def _check(out: Path) -> None:
    """Raises SourceError where there is no folder, UsageError where it is a book itself."""
    if not out.is_dir():
        raise SourceError(f"{out}: not a folder. Build a book first, or name the folder of books.")
    if (out / FILE).is_file():
        parent = out.parent if out.name else out.resolve().parent
        raise UsageError(f"{out}: a single book. Serve the folder that it is in: {parent}")


def _announce(site: Site, *, lan: bool) -> None:
    """A line with each book's feed on stdout; what is for a person, on stderr."""
    books = 0
    for found in site.shelf.look():
        if isinstance(found, Shelved):
            books += 1
            url = f"{site.base}{quote(found.edition.folder)}/feed.xml"
            print(f"{_plain(found.edition.title)}\t{url}", flush=True)
        else:
            console.note(f"make-audiobook: {found}")
    if not books:
        console.note(f"{site.shelf.root}: no books yet. They appear here when they are built.")
    if lan:
        console.note(address.qr(site.base))
    console.note(f"All books: {site.base}")
    if lan:
        console.note("Whoever has this address can listen. --new-token makes another.")
    console.note("Ctrl-C ends it.")


def _plain(title: str) -> str:
    """A title as one line without a tab, and nothing that a terminal would obey."""
    return " ".join("".join(char if char.isprintable() else " " for char in title).split())
