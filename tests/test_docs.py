"""What the documents say is so."""

from __future__ import annotations

import re
import tomllib

from pipeline import batch, config
from pipeline.cli import cli
from pipeline.engines import options
from pipeline.model import Pace, plain
from pipeline.read.lexicon import ENTRY, LEXICON
from tests.conftest import ROOT

README = (ROOT / "README.md").read_text()


def test_every_command_is_in_the_readme() -> None:
    for name in cli.commands:
        assert name == "build" or f"make-audiobook {name}" in README or f"`{name} --json`" in README


def test_the_examples_of_toml_are_valid() -> None:
    blocks = [block.partition("```")[0] for block in README.split("```toml\n")[1:]]
    book, server, profile, cast, lexicon = (tomllib.loads(block) for block in blocks)
    book |= cast
    config.check(book, config.BOOK, "README")
    batch.delivery_of(book)
    config.check(book["pace"], config.PACE, "README")
    config.check(book["cast"], config.CAST, "README")
    for one in (server, profile):
        config.check(one, config.PROFILE, "README")
        usual = {name: type(value) for name, value in options(one["engine"]).items()}
        config.check(one["options"], usual, "README")
    config.check(lexicon, LEXICON, "README")
    config.check(lexicon["entry"][0], ENTRY, "README")
    assert set(LEXICON) == set(lexicon)
    assert set(ENTRY) == set(lexicon["entry"][0])
    assert set(config.BOOK) == set(book)
    assert set(config.PROFILE) == set(profile)
    assert all(key in README for key in config.PACE)


def test_the_readmes_test_command_is_what_ci_runs() -> None:
    ci = (ROOT / ".ci" / "run").read_text()
    assert "scripts/check" in ci
    assert ".[dev]" in ci
    assert ".venv/bin/pip install -e '.[dev]' && .venv/bin/python scripts/check" in README


def test_the_readme_lists_every_rest_with_its_length() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (\d+) \|", README, re.MULTILINE)
    assert rows == [(name, str(ms)) for name, ms in plain(Pace()).items()]
