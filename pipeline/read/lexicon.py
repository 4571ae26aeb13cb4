"""Lexicons in files, TOML or PLS -> lexemes, and back. Where they are looked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from itertools import takewhile
from pathlib import Path
from typing import Any

from pipeline.config import LEXICONS, Schema, check, language_tag, load
from pipeline.errors import ConfigError, did_you_mean
from pipeline.model import Lexeme
from pipeline.new import quoted
from pipeline.normalize import patterns
from pipeline.normalize.ipa import bare
from pipeline.read import pls

BUILT_IN = Path(__file__).parents[1] / "normalize" / LEXICONS[0]
LARGEST_FILE = 16_000_000  # bytes
MOST_ENTRIES = 100_000
MOST_EXPRESSIONS = 200  # each is tried at each word of a book

LEXICON: Schema = {"language": str, "say": dict, "entry": list}
ENTRY: Schema = {
    "word": str,
    "say": str,
    "ipa": str,
    "case": bool,
    "match": str,
    "before": str,
    "after": str,
    "engine": dict,
    "language": str,
}
_MATCHES = ("word", "prefix", "regex")


def beside(source: Path) -> list[Path]:
    """A book's own lexicons: in its folder, or beside its file as NAME.lexicon.toml."""
    places = (
        source / name if source.is_dir() else source.with_suffix(f".{name}") for name in LEXICONS
    )
    return [path for path in places if path.is_file()]


@cache
def built_in() -> tuple[Lexeme, ...]:
    """Words that engines commonly say wrong; they count least."""
    return read(BUILT_IN)


def of_person(path: str | None) -> tuple[Lexeme, ...]:
    """A person's own entries, and behind them ours. Raises ConfigError, SourceError."""
    return (*(read(Path(path)) if path else ()), *built_in())


def read(path: Path, notices: list[str] | None = None) -> tuple[Lexeme, ...]:
    """A lexicon's entries, in order. Raises ConfigError, SourceError."""
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise ConfigError(f"{path}: larger than {LARGEST_FILE:,d} bytes, not a lexicon.")
        if path.suffix.lower() == ".pls":
            found = pls.read(path.read_bytes(), str(path), [] if notices is None else notices)
        else:
            found = _toml(load(path), str(path))
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror}).") from error
    if len(found) > MOST_ENTRIES:
        raise ConfigError(f"{path}: more than {MOST_ENTRIES:,d} entries, not a lexicon.")
    if sum(lexeme.match != "word" for lexeme in found) > MOST_EXPRESSIONS:
        raise ConfigError(
            f"{path}: more than {MOST_EXPRESSIONS} entries with `match`. List the words instead."
        )
    return tuple(found)


def _toml(table: dict[str, Any], path: str) -> list[Lexeme]:
    """The entries of the short form, then the tables; none is there twice."""
    table = check(table, LEXICON, path)
    found: dict[tuple[object, ...], Lexeme] = {}
    for where, entry in _entries(table, path):
        one = _lexeme({"language": table.get("language", ""), **entry}, where)
        about = (one.word, one.case, one.match, one.before, one.after, one.language)
        if about in found:
            raise ConfigError(f"{where}: is there already. Take one of them away.")
        found[about] = one
    return list(found.values())


def _entries(table: dict[str, Any], path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each entry, and how messages name it."""
    for word, said in table.get("say", {}).items():
        yield f"{path}: [say] {word!r:.60}", {"word": word, "say": said}
    for number, entry in enumerate(table.get("entry", []), 1):
        if not isinstance(entry, dict):
            raise ConfigError(f"{path}: `entry` must be written as [[entry]] tables.")
        yield f"{path}: [[entry]] {entry.get('word', number)!r:.60}", entry


def _lexeme(entry: dict[str, Any], where: str) -> Lexeme:
    """One entry, checked. Raises ConfigError."""
    found = check(entry, ENTRY, where)
    engines = found.pop("engine", {})
    check(engines, dict.fromkeys(engines, str), f"{where}: engine")
    if not found.get("word", "").strip():
        raise ConfigError(f"{where}: has no `word`. Say which one it is about.")
    if not any((found.get("say"), found.get("ipa"), engines)):
        raise ConfigError(f"{where}: does not say how. Give it `say`, or `ipa`.")
    for name, text in (*found.items(), *engines.items()):
        if isinstance(text, str) and not text.strip() and name != "language":
            raise ConfigError(f"{where}: `{name}` is empty. A word cannot be silent.")
    if "ipa" in found and not bare(found["ipa"]):
        raise ConfigError(f"{where}: `ipa` is no IPA: {found['ipa']!r:.60}. Write it as nˈɛbwəθ.")
    match = found.get("match", "word")
    if match not in _MATCHES:
        hint = did_you_mean(match, _MATCHES) or f"It may be {', '.join(_MATCHES)}."
        raise ConfigError(f"{where}: `match` cannot be {match!r}. {hint.strip()}")
    if match != "regex":
        found |= {name: _line(found[name]) for name in ("word", "say") if name in found}
        engines = {name: _line(text) for name, text in engines.items()}
    found["language"] = found["language"] and language_tag(found["language"], where)
    lexeme = Lexeme(**found, engines=tuple(sorted(engines.items())))
    _check_expressions(lexeme, where)
    return lexeme


def _line(text: str) -> str:
    return " ".join(text.split())


def _check_expressions(lexeme: Lexeme, where: str) -> None:
    """Refuse an expression that cannot be used, or might take forever. Raises ConfigError."""
    asked = [("before", lexeme.before, ""), ("after", lexeme.after, "")]
    if lexeme.match == "regex":
        said = (lexeme.say, *(text for _, text in lexeme.engines))
        asked += [("word", lexeme.word, text) for text in said]
    for name, pattern, text in asked:
        most = patterns.MOST_WAYS_BEFORE if name == "before" else patterns.MOST_WAYS
        if pattern and (why := patterns.problem(pattern, text, most)):
            raise ConfigError(f"{where}: `{name}` {why}. Make it simpler, or list the words.")


def respelled(word: str, said: str) -> Lexeme:
    """One entry, given by hand. Raises ConfigError."""
    return _lexeme({"word": word, "say": said, "language": ""}, f"--say {said!r:.60}")


def common_language(lexemes: Iterable[Lexeme]) -> str:
    """The language of most of those that have one."""
    tags = Counter(lexeme.language for lexeme in lexemes if lexeme.language)
    return next((tag for tag, _ in tags.most_common(1)), "")


def told_of_pls(left_out: Sequence[str]) -> Iterator[str]:
    """What a PLS file cannot hold, for a person."""
    if left_out:
        yield (
            f"left out, since PLS has no `case`, `match`, `before`, `after` and `engine`, and one "
            f"language a file: {', '.join(left_out[:5])}"
            f"{f' and {len(left_out) - 5:,d} more' if len(left_out) > 5 else ''}"
        )


def toml(lexemes: Iterable[Lexeme]) -> str:
    """Lexemes as a file that reads back as the same ones, in the same order."""
    found = list(lexemes)
    language = found[0].language if len({one.language for one in found}) == 1 else ""
    found = [replace(one, language="") if language else one for one in found]
    simple = list(takewhile(lambda one: one == Lexeme(one.word, one.say), found))
    short = [f"{quoted(one.word)} = {quoted(one.say)}" for one in simple]
    lines = [f"language = {quoted(language)}", ""] if language else []
    lines += ["[say]", *short, ""] if short else []
    for one in found[len(simple) :]:
        lines += ["[[entry]]", *_fields(one), ""]
    return "\n".join(lines)


def _fields(one: Lexeme) -> Iterator[str]:
    for name in ("word", "say", "ipa"):
        if text := getattr(one, name):
            yield f"{name} = {quoted(text)}"
    if one.case is not None:
        yield f"case = {str(one.case).lower()}"
    if one.match != "word":
        yield f"match = {quoted(one.match)}"
    for name in ("before", "after"):
        if text := getattr(one, name):
            yield f"{name} = {quoted(text)}"
    for engine, text in one.engines:
        yield f"engine.{quoted(engine)} = {quoted(text)}"
    if one.language:
        yield f"language = {quoted(one.language)}"
