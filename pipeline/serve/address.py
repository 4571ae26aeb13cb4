"""Where it listens, and the token that every address holds."""

from __future__ import annotations

import ipaddress
import os
import re
import secrets
import socket
import sys
from contextlib import suppress
from pathlib import Path

from pipeline.console import note
from pipeline.errors import UsageError

TOKEN_FILE = ".token"  # noqa: S105  where one is, and none itself
LOOPBACK = "127.0.0.1"
TOKEN_BYTES = 16
BACKLOG = 512
# An address for documentation (RFC 5737): a route to it is a route to anywhere.
ELSEWHERE = ("192.0.2.1", 9)
HINT = "Connect it, or say by which address others reach it: --host ADDRESS."


def host(given: str | None, *, lan: bool) -> str:
    """The name or address that stands in the addresses of feeds. Raises UsageError."""
    if given is None:
        return _own_address() if lan else LOOPBACK
    if not lan:
        raise UsageError("--host: is how others reach this machine. Give --lan with it.")
    return _checked(given)


def _checked(given: str) -> str:
    with suppress(ValueError):
        return str(ipaddress.ip_address(given))
    if len(given) > 253 or not re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?", given):
        raise UsageError(f"--host: {given!r} is not an address or a name, such as 192.168.1.20.")
    return given


def _own_address() -> str:
    """This machine's address in its network: that from which it would go elsewhere.

    A datagram socket that is connected sends nothing. Raises UsageError where there is no way.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(ELSEWHERE)
            found = str(probe.getsockname()[0])
        except OSError as error:
            raise UsageError(f"--lan: this machine has no network ({error}). {HINT}") from error
    if ipaddress.ip_address(found).is_loopback or found == "0.0.0.0":  # noqa: S104  is not bound
        raise UsageError(f"--lan: this machine has no network. {HINT}")
    return found


def listener(name: str, port: int, *, lan: bool) -> socket.socket:
    """A socket that listens: on this machine alone, or on all of its addresses.

    Raises UsageError where the port is taken.
    """
    six = lan and ":" in name
    family = socket.AF_INET6 if six else socket.AF_INET
    where = "" if lan else LOOPBACK
    try:
        return socket.create_server(
            (where, port),
            family=family,
            backlog=BACKLOG,
            dualstack_ipv6=six and socket.has_dualstack_ipv6(),
        )
    except (OSError, OverflowError) as error:
        told = getattr(error, "strerror", None) or str(error)
        raise UsageError(
            f"port {port}: cannot be used ({told}). Is it serving already? "
            "Choose another with --port; 0 is any that is free."
        ) from error


def base(name: str, port: int, token: str) -> str:
    """What all addresses begin with."""
    bracketed = f"[{name}]" if ":" in name else name
    return f"http://{bracketed}:{port}/{token}/"


def token(out: Path, *, new: bool) -> str:
    """What cannot be guessed: that of the last time, so that players find their feeds again.

    Where it cannot be kept, that is told, and it holds for this time.
    """
    path = out / TOKEN_FILE
    kept = "" if new else _kept(path)
    if kept:
        return kept
    made = secrets.token_urlsafe(TOKEN_BYTES)
    try:
        _keep(path, made)
    except OSError as error:
        note(f"{path}: cannot be written ({error.strerror}). Next time, addresses will be others.")
    return made


def _kept(path: Path) -> str:
    """The token that lies there; nothing where there is none that could be one of ours."""
    try:
        found = path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return ""
    except (OSError, ValueError) as error:
        note(f"{path}: cannot be read ({error}). Addresses are new.")
        return ""
    if not re.fullmatch(r"[A-Za-z0-9_-]{22,64}", found):
        note(f"{path}: not a token. Addresses are new.")
        return ""
    return found


def _keep(path: Path, made: str) -> None:
    """Nobody else on this machine may read it, from its first byte on."""
    part = path.with_name(f"{TOKEN_FILE}.{os.getpid()}.part")
    part.unlink(missing_ok=True)
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(f"{made}\n")
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def qr(url: str) -> str:
    """A QR code of half blocks, for a terminal; elsewhere nothing.

    Light squares are drawn in white on black, so that it reads the same on any background.
    """
    if not sys.stderr.isatty() or not _can_say("█▀▄"):
        return ""
    drawn = half_blocks(url)
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return drawn
    return "\n".join(f"\x1b[97;40m{line}\x1b[0m" for line in drawn.splitlines())


def _can_say(text: str) -> bool:
    try:
        text.encode(sys.stderr.encoding or "ascii")
    except (UnicodeError, LookupError):
        return False
    return True


def half_blocks(url: str) -> str:
    """A QR code in lines of text, two rows of squares in each; light ones are drawn."""
    import segno

    rows = [list(row) for row in segno.make(url, error="m", micro=False).matrix_iter(border=3)]
    rows += [[0] * len(rows[0])] * (len(rows) % 2)
    return "\n".join(
        "".join("█▀▄ "[2 * bool(high) + bool(low)] for high, low in zip(*pair, strict=True))
        for pair in zip(rows[::2], rows[1::2], strict=True)
    )
