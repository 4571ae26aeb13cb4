"""What a server means that gives no sound: what to do about it, and whether to ask again."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from pipeline.engines.address import OUR_KEY, masked
from pipeline.engines.received import Passing
from pipeline.errors import EngineError

AGAIN = {408, 409, 425, 429}  # and all from 500: what another try may mend (RFC 9110, 8470, 6585)
NO_CREDIT = "insufficient_quota"  # OpenAI's code: no waiting helps


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer's status, its words, its Retry-After in seconds, and where it sends us."""

    status: int
    words: str
    after: float | None
    target: str


def meaning(refusal: Refusal, body: Mapping[str, Any], variable: str) -> EngineError | Passing:
    """What to raise for a request of this body, whose key is in this variable, if there is one."""
    status = refusal.status
    what = f"answer {status}{f', {refusal.words}' if refusal.words else ''}"
    asked = f"voice {body['voice']!r}, model {body['model']!r}"
    if 300 <= status < 400:
        return EngineError(
            f"answer {status}: it sends us to {_host(refusal.target)}, which is not asked: no key "
            "is for it. Write that address as `server` if it is right"
        )
    if status in {401, 403}:  # its words may hold the key
        wants = f"the key in {variable} is not accepted. Set it anew"
        return EngineError(
            f"answer {status}: {wants if variable else f'it wants a key. Put it into {OUR_KEY}'}"
        )
    if status == 404:
        return EngineError(
            f"{what}: it has not what was asked for ({asked}), or speaks at another address. "
            "Most end in /v1"
        )
    if NO_CREDIT in refusal.words:
        return EngineError(f"{what}. Its account has no credit")
    if status in AGAIN or status >= 500:
        crowded = status == 429
        hint = "Have it do less at once with the option `concurrency`" if crowded else ""
        return Passing(what, hint, after=refusal.after, crowded=crowded)
    return EngineError(f"{what}: it does not take what was asked for ({asked})")


def words(data: bytes, key: str) -> str:
    """What an answer in JSON says for a person, and its code; nothing of any other answer."""
    try:
        found = json.loads(data)
        said = _said(found)
    except (ValueError, RecursionError):
        return ""
    error = found.get("error") if isinstance(found, dict) else None
    code = error.get("code") if isinstance(error, dict) else None
    return masked(f"{said} ({code})" if isinstance(code, str) else said, key)


def _said(found: Any) -> str:
    """The message in an answer, wherever servers put it."""
    if isinstance(found, str):
        return found
    if isinstance(found, list):
        return _said(found[0]) if found else ""
    if isinstance(found, dict):
        for name in ("message", "msg", "error", "detail"):
            if name in found:
                return _said(found[name])
    return ""


def _host(target: str) -> str:
    """The host of an address that a server gave, if it is one."""
    try:
        host = urlsplit(target).hostname or ""
    except ValueError:
        host = ""
    return host if re.fullmatch(r"[\w.:-]{1,100}", host) else "another address of its own"


def seconds(told: str, now: datetime) -> float | None:
    """Retry-After (RFC 9110, 10.2.3), a number of seconds or a date, in seconds from now."""
    if re.fullmatch(r"\d{1,9}(\.\d{1,9})?", told.strip()):
        return float(told)
    try:
        then = parsedate_to_datetime(told)
    except (ValueError, TypeError):
        return None
    then = then if then.tzinfo else then.replace(tzinfo=UTC)
    return max(0.0, (then - now).total_seconds())
