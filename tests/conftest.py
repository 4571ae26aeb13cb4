"""What several tests share: a project folder, the command, and independent eyes on its files."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import pytest
from hypothesis import settings

ROOT = Path(__file__).parents[1]

# Nobody's settings: where the system keeps a person's own, a test finds none.
os.environ |= dict.fromkeys(("XDG_CONFIG_HOME", "APPDATA"), str(ROOT / "tests" / "nobody"))
if sys.platform == "darwin":
    os.environ["HOME"] = os.environ["APPDATA"]
os.environ["MAKE_AUDIOBOOK_VOICES"] = str(ROOT / "tests" / "nobody" / "voices")
os.environ.pop("MAKE_AUDIOBOOK_LEXICON", None)

# A suite in the background may have been started with these ignored, and its children would be too.
signal.signal(signal.SIGINT, signal.default_int_handler)
if hasattr(signal, "SIGHUP"):
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


# How long an example takes says more of the machine than of the code.
settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--save-golden", action="store_true", help="write golden files; review them")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty project folder, where the command runs."""
    for name in (
        "VOICE OUT JOBS ENCODING STORE STORE_SIZE SCHEDULER TIMEOUT LEXICON PRESET "
        "FORMAT MASTER BITRATE BASE_URL"
    ).split():
        monkeypatch.delenv(f"MAKE_AUDIOBOOK_{name}", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def stories(project: Path) -> Path:
    """A folder with two short stories."""
    folder = project / "stories"
    folder.mkdir()
    (folder / "1_the-sea.txt").write_text("The sea was calm.\nNobody spoke.\n")
    (folder / "2_the-hill.txt").write_text("The hill was steep.\n\nThey climbed it anyway.\n")
    return folder


@pytest.fixture(scope="session")
def made_voices(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of small voices for Piper and Kokoro."""
    from tests import voices

    root = tmp_path_factory.mktemp("voices")
    voices.install_piper(root, "en_US-whistle-tiny")
    voices.install_piper(root, "en_US-choir-tiny", 2, 3, speaker_id_map={"anna": 0, "ben": 2})
    voices.install_kokoro(root, "af_heart", "am_adam", "bf_emma", "ff_siwis")
    return root


@pytest.fixture(scope="module")
def installed_voices(made_voices: Path) -> Iterator[Path]:
    """The same, where this process and its workers look for voices."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MAKE_AUDIOBOOK_VOICES", str(made_voices))
        yield made_voices


@dataclass(frozen=True)
class Ran:
    """How a run of the command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]


def run(*args: str | Path, stdin: str | bytes | None = None, **options: Any) -> Ran:
    """Run the command as a person would, in a process of its own."""
    data = stdin.encode() if isinstance(stdin, str) else stdin
    done = subprocess.run(
        [sys.executable, "-m", "pipeline", *map(str, args)],
        input=data,
        capture_output=True,
        timeout=300,
        check=False,
        **options,
    )
    return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())


def building(*args: str | Path, **options: Any) -> subprocess.Popen[str]:
    """A command that goes on, and tells what it does as JSON on its stdout."""
    command = [sys.executable, "-m", "pipeline", *map(str, args), "--json"]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options
    )


def decoded(path: Path) -> bytes:
    """The samples that a player would hear, at the file's own rate."""
    return ffmpeg("-i", str(path), "-map", "0:a", "-f", "s16le", "-")


def ffmetadata(path: Path) -> str:
    """Tags and chapters as ffmpeg sees them, in file order."""
    return ffmpeg("-i", str(path), "-f", "ffmetadata", "-").decode()


def ffmpeg(*args: str) -> bytes:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", *args]
    return subprocess.run(command, capture_output=True, check=True).stdout
