"""Where a server is, and its key, which is in the environment and in no message."""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from pipeline.errors import VoiceError

ADDRESS = "OPENAI_BASE_URL"
# Ours is for whatever server a profile names. OpenAI's own goes to OpenAI, or to the server that
# stands in the environment beside it: a profile that came with a book must not send it elsewhere.
OUR_KEY, OPENAI_KEY = "MAKE_AUDIOBOOK_OPENAI_KEY", "OPENAI_API_KEY"
OPENAI_HOST = "api.openai.com"
LONGEST_WORDS = 200  # of another's in a message
# What servers make of a key to show it: its start and end, and dots or stars between them.
_LIKE_A_KEY = re.compile(r"\S*(?:\*{2,}|\S\.{3}\S|…|•)\S*|\b(?i:bearer)\s+\S+|\bsk-\S+")
LEAST_OF_KEY = 6  # characters of it that are masked, wherever they stand


@dataclass(frozen=True, slots=True)
class Server:
    """Where it is, how many seconds an answer may take, and how many tries follow the first.

    `concurrency` is how many requests this machine may have at once with it, 0 for no bound.
    """

    address: str
    timeout: float = 120.0
    retries: int = 5
    concurrency: int = 0

    @property
    def host(self) -> str:
        return urlsplit(self.address).netloc

    @property
    def digest(self) -> str:
        """Of its address, which itself is nobody's business."""
        return hashlib.sha256(self.address.encode()).hexdigest()[:12]


def address(told: str) -> str:
    """The address of a profile, or of the environment; empty where there is none.

    Raises VoiceError for one that is none, or has a secret in it; it does not say which.
    """
    where = "option `server`" if told else ADDRESS
    found = (told or os.environ.get(ADDRESS, "")).strip()
    return _checked(found, where) if found else ""


def _checked(found: str, where: str) -> str:
    try:
        parts = urlsplit(found)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    if not host or parts.scheme not in {"http", "https"} or not re.fullmatch(r"[!-~]+", found):
        raise VoiceError(
            f"{where}: not an address like http://localhost:8880/v1. Write http:// or https://, "
            "a host, and the path before /audio/speech."
        )
    if "@" in parts.netloc or "?" in found or "#" in found:
        raise VoiceError(
            f"{where}: an address with a name, a password or a query in it would be seen by "
            f"others. Leave that out, and put a key into {OUR_KEY}."
        )
    return f"{parts.scheme}://{parts.netloc.lower()}{parts.path.rstrip('/')}"


def key_for(server: str) -> tuple[str, str]:
    """The variable that has the key for a server's address, and the key; empty where none has.

    Raises VoiceError for a key that cannot be sent.
    """
    ours = os.environ.get(OUR_KEY, "").strip()
    variable = OUR_KEY if ours else OPENAI_KEY
    key = ours or os.environ.get(OPENAI_KEY, "").strip()
    its_own = server == address("") or urlsplit(server)[:2] == ("https", OPENAI_HOST)
    if not key or not (ours or its_own):
        return "", ""
    if not re.fullmatch(r"[!-~]+", key):
        raise VoiceError(f"{variable}: has characters that no key has. Set it anew.")
    return variable, key


def masked(text: str, key: str) -> str:
    """Another's words in one line, without the key and what looks like one, whole or in part."""
    text = " ".join("".join(c if c.isprintable() else " " for c in text[:2000]).split())
    text = _LIKE_A_KEY.sub("***", text)
    least, at, kept = max(1, min(LEAST_OF_KEY, len(key))), 0, ""
    while at < len(text):
        length = _shared(text[at : at + len(key)], key)
        if length >= least:
            kept, at = f"{kept}***", at + length
        else:
            kept, at = kept + text[at], at + 1
    return kept.rstrip(".") if len(kept) <= LONGEST_WORDS else f"{kept[:LONGEST_WORDS]}..."


def _shared(text: str, key: str) -> int:
    """How many characters of the text's start stand somewhere in the key."""
    length = 0
    while length < len(text) and text[: length + 1] in key:
        length += 1
    return length
