"""The verbs of `voices`: what is listed, got, tried and taken away; and downloads that go wrong."""

from __future__ import annotations

import errno
import hashlib
import io
import json
import os
import subprocess
import sys
import threading
import wave
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from pipeline import console, engines
from pipeline.engines import installed
from pipeline.errors import AudiobookError, OutputError, VoiceError
from pipeline.model import VoiceInfo
from pipeline.voices import catalog, fetch, install, listing
from tests import voices
from tests.conftest import run
from tests.mirror import CARD, NAME, PLACE, Mirror, serving

TOLD = f"piper:{NAME}"
FILES = {f"{NAME}.onnx", f"{NAME}.onnx.json", f"{NAME}.card"}


@pytest.fixture
def mirror(project: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mirror]:
    """A mirror with one voice, and an empty folder for those that are installed."""
    monkeypatch.setenv(installed.VARIABLE, str(project / "installed"))
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    with serving() as found:
        found.put_voice()
        for variable in catalog.MIRRORS.values():
            monkeypatch.setenv(variable, found.address)
        yield found


def add(name: str = NAME) -> bool:
    return install.add(catalog.find("piper", name), lambda _count: None, lambda _line: None)


def there() -> set[str]:
    """The files of Piper's voices, without what is hidden."""
    return {path.name for path in installed.folder("piper").glob("[!.]*")}


def left_over() -> set[str]:
    return {path.name for path in installed.folder("piper").glob(".*")} - {install.LOCK}


def refused(message: str, error: type[AudiobookError] = VoiceError, name: str = NAME) -> None:
    """It is refused in one line, and no voice is there that was not before."""
    before = there()
    with pytest.raises(error, match=message) as caught:
        add(name)
    assert "\n" not in str(caught.value)
    assert there() == before


# A download


def test_a_voice_is_downloaded_whole_and_not_again(mirror: Mirror) -> None:
    assert add()
    assert there() == FILES
    assert not left_over()
    model = installed.folder("piper") / f"{NAME}.onnx"
    assert model.read_bytes() == mirror.files[f"{PLACE.rpartition('/')[0]}/{NAME}.onnx"]
    count = len(mirror.asked)
    assert not add()
    assert [path for path, _ in mirror.asked[count:]] == ["voices.json"]


def test_a_file_that_was_damaged_is_downloaded_again(mirror: Mirror) -> None:
    add()
    model = installed.folder("piper") / f"{NAME}.onnx"
    whole = model.read_bytes()
    model.write_bytes(whole[:-1] + b"!")
    assert add()
    assert model.read_bytes() == whole
    assert len(mirror.ranges_of(".onnx")) == 2
    assert len(mirror.ranges_of(".json")) == 3  # of which two are the list


def test_what_is_broken_off_goes_on(mirror: Mirror) -> None:
    path = f"{PLACE}.onnx"
    whole = mirror.files[path]
    mirror.cuts[path] = 1
    refused(f"broken off after [0-9,]+ of {len(whole):,d} bytes. Run it again, and it goes on")
    came = fetch.partial_of(installed.folder("piper") / f"{NAME}.onnx").stat().st_size
    assert 0 < came <= len(whole) // 2
    assert add()
    assert mirror.ranges_of(".onnx") == ["", f"bytes={came}-"]
    assert (installed.folder("piper") / f"{NAME}.onnx").read_bytes() == whole
    assert not left_over()


def test_a_server_without_ranges_starts_anew(mirror: Mirror) -> None:
    mirror.cuts[f"{PLACE}.onnx"] = 1
    refused("broken off")
    mirror.ranges = False
    assert add()
    assert len(mirror.ranges_of(".onnx")) == 2


def test_a_server_that_sends_another_piece_is_asked_for_all(mirror: Mirror) -> None:
    mirror.cuts[f"{PLACE}.onnx"] = 1
    refused("broken off")
    mirror.wrong_range = True
    assert add()
    assert [bool(asked) for asked in mirror.ranges_of(".onnx")] == [False, True, False]


def test_a_file_that_has_changed_meanwhile_starts_anew(mirror: Mirror) -> None:
    path = f"{PLACE}.onnx"
    mirror.cuts[path] = 1
    refused("broken off")
    mirror.files[path] = mirror.files[path][::-1]
    mirror.put_list({NAME: mirror.entry(NAME, PLACE.rpartition("/")[0])})
    assert add()
    assert (installed.folder("piper") / f"{NAME}.onnx").read_bytes() == mirror.files[path]


def test_another_mirror_starts_anew(mirror: Mirror, monkeypatch: pytest.MonkeyPatch) -> None:
    mirror.cuts[f"{PLACE}.onnx"] = 1
    refused("broken off")
    mirror.files |= {f"other/{path}": data for path, data in mirror.files.items()}
    monkeypatch.setenv(catalog.MIRRORS["piper"], f"{mirror.address}other")
    assert add()
    assert mirror.ranges_of(".onnx") == ["", ""]


def test_what_was_damaged_before_it_went_on_starts_anew(mirror: Mirror) -> None:
    mirror.cuts[f"{PLACE}.onnx"] = 1
    refused("broken off")
    part = fetch.partial_of(installed.folder("piper") / f"{NAME}.onnx")
    part.write_bytes(bytes(part.stat().st_size))
    assert add()
    assert [bool(asked) for asked in mirror.ranges_of(".onnx")] == [False, True, False]


def test_what_came_whole_before_the_end_came_is_not_asked_for_again(mirror: Mirror) -> None:
    home = installed.folder("piper")
    home.mkdir(parents=True)
    fetch.partial_of(home / f"{NAME}.onnx").write_bytes(mirror.files[f"{PLACE}.onnx"])
    assert add()
    assert mirror.ranges_of(".onnx") == []
    assert not left_over()


# Answers that are no voice


def test_another_digest(mirror: Mirror) -> None:
    path = f"{PLACE}.onnx"
    mirror.files[path] = mirror.files[path][:-1] + b"!"
    refused(r"onnx: what came is not the file that was promised \(md5:\w+...\). Try again later")
    assert not any(f"{NAME}.onnx.part" in name for name in left_over())
    assert len(mirror.ranges_of(".onnx")) == 1


@pytest.mark.parametrize("more", [b"more", b""])
def test_another_size(more: bytes, mirror: Mirror) -> None:
    path = f"{PLACE}.onnx"
    mirror.files[path] = mirror.files[path] + more if more else mirror.files[path][:-4]
    refused(r"has [\d,]+ bytes, and 299,776 were promised")


def test_longer_than_it_said(mirror: Mirror) -> None:
    path = f"{PLACE}.onnx"
    mirror.files[path] += b"!" * 1_000_000
    mirror.chunked.add(path)
    refused("is longer than the 299,776 bytes it should be")
    told: list[int] = []
    offer = catalog.find("piper", NAME)
    with pytest.raises(VoiceError, match="is longer"):
        install.add(offer, told.append, print)
    assert sum(told) <= offer.size  # nothing behind the end was written
    assert not any(f"{NAME}.onnx.part" in name for name in left_over())


def test_shorter_than_it_said_and_no_error(mirror: Mirror) -> None:
    path = f"{PLACE}.onnx"
    mirror.files[path] = mirror.files[path][:-4]
    mirror.chunked.add(path)
    refused("broken off after 299,772 of 299,776 bytes")


@pytest.mark.parametrize("status", [404, 403, 500, 206])
def test_a_status(status: int, mirror: Mirror) -> None:
    mirror.statuses[f"{PLACE}.onnx"] = status
    refused(f"low/{NAME}.onnx: the server says {status}")
    mirror.statuses = {"voices.json": status}
    refused(f"voices.json: the server says {status}")


@pytest.mark.parametrize(
    ("to", "message"),
    [
        ("http://example.org/model", "example.org/model: is not an https address"),
        ("file:///etc/passwd", "/etc/passwd: is not an https address"),
        ("ftp://127.0.0.1/model", "is not an https address"),
        ("http://user:secret@example.org/", "example.org/: is not an https address"),
        ("https://[", "cannot be reached|is not an https address"),
    ],
)
def test_a_redirection_leads_to_https_or_nowhere(to: str, message: str, mirror: Mirror) -> None:
    mirror.redirects[f"{PLACE}.onnx"] = to
    refused(message)
    with pytest.raises(VoiceError) as caught:
        add()
    assert "secret" not in str(caught.value)


def test_a_redirection_is_followed_so_many_times(mirror: Mirror) -> None:
    path = f"{PLACE}.onnx"
    mirror.files["elsewhere"] = mirror.files[path]
    mirror.redirects[path] = "/elsewhere"
    assert add()
    install.remove("piper", NAME, print)
    mirror.redirects = {path: f"/{path}"}
    refused("is redirected again and again")


def test_only_this_machine_may_be_asked_in_the_clear(
    mirror: Mirror, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(catalog.MIRRORS["piper"], "http://user:secret@example.org/voices")
    with pytest.raises(VoiceError, match=r"^example.org/voices/voices.json: is not an https"):
        add()


def test_a_server_that_is_not_there(mirror: Mirror, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(catalog.MIRRORS["piper"], "http://127.0.0.1:1/")
    with pytest.raises(VoiceError, match=r"127.0.0.1:1/voices.json: cannot be reached \(.*refused"):
        add()


def test_without_the_package_that_downloads(
    mirror: Mirror, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "httpx", None)
    with pytest.raises(VoiceError, match=r"pip install 'make-audiobook\[piper\]'"):
        add()


# The list


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"<html>", "is no list of voices, not even JSON"),
        (b"\xff\xfe", "not even JSON"),
        (b"[" * 100_000, "not even JSON"),
        (b"[]", "is no list of voices."),
        (b'{"en_US-tiny-low": 1}', "is no list of voices."),
        (b"{}", "piper:en_US-tiny-low: there is no such voice. `make-audiobook voices available"),
    ],
    ids=range(6),
)
def test_a_list_that_is_none(data: bytes, message: str, mirror: Mirror) -> None:
    mirror.files["voices.json"] = data
    refused(message)


def test_a_list_without_end(mirror: Mirror, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalog, "LARGEST_LIST", 100_000)
    mirror.files["voices.json"] = b" " * 100_001
    mirror.chunked.add("voices.json")
    refused("is larger than 100,000 bytes")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (f'"{PLACE}.onnx"', f'"../../{NAME}.onnx"', "'../../en_US-tiny-low.onnx' is not a path"),
        (f'"{PLACE}.onnx"', f'"/etc/{NAME}.onnx"', "is not a path that a voice has"),
        (f'"{PLACE}.onnx"', f'"..\\\\..\\\\{NAME}.onnx"', "it has no en_US-tiny-low.onnx"),
        (f'"{PLACE}.onnx"', f'"a/./{NAME}.onnx"', "is not a path that a voice has"),
        (f'"{PLACE}.onnx"', f'"https://example.org/{NAME}.onnx"', "is not a path that a voice has"),
        ('"size_bytes": 299776', '"size_bytes": -1', "size or digest of .*onnx are none"),
        ('"size_bytes": 299776', '"size_bytes": 1e400', "is not what stands there"),
        ('"size_bytes": 299776', '"size_bytes": true', "True is not what stands there"),
        ('"size_bytes": 299776', '"size": 1', "no 'size_bytes'"),
        ('"files": {', '"files": 1, "more": {', "1 is not what stands there"),
        ('"num_speakers": 1', '"num_speakers": "x"', "'x' is not what stands there"),
        ('"aliases": [', '"aliases": 1, "more": [', "1 is not what stands there"),
    ],
)
def test_a_voice_of_the_list_that_is_odd(old: str, new: str, message: str, mirror: Mirror) -> None:
    mirror.put_voice("de_DE-sound-low")
    text = mirror.files["voices.json"].decode()
    assert old in text
    mirror.files["voices.json"] = text.replace(old, new, 1).encode()
    refused(f"voices.json: the voice '{NAME}' cannot be used: .*{message}")
    assert not list(Path().rglob("*.onnx"))
    assert add("de_DE-sound-low")


@pytest.mark.parametrize("name", ["../../x", "x", "", "..", "en_US-../x-low", "en_US-tiny-low\n"])
def test_a_name_of_the_list_that_is_odd(name: str, mirror: Mirror) -> None:
    mirror.put_list({name: mirror.entries[NAME]})
    problems: list[str] = []
    assert catalog.offers("piper", problems) == {}
    assert len(problems) == 1
    assert "name is not one of language, name and quality" in problems[0]


def test_names_as_the_list_has_them() -> None:
    for name in ("en_US-lessac-medium", "pt_PT-tugão-medium", "zh_CN-huayan-x_low", "de-x-low"):
        assert catalog.NAME.fullmatch(name)


def test_a_name_that_is_not_there(mirror: Mirror) -> None:
    refused(r"piper:en_US-tinny-low: .* Did you mean 'en_US-tiny-low'\?", name="en_US-tinny-low")


def test_a_voice_by_another_of_its_names(mirror: Mirror) -> None:
    assert catalog.find("piper", "old-tiny").name == NAME


def test_a_voice_without_a_card(mirror: Mirror) -> None:
    entry = mirror.entries[NAME]
    entry["files"] = {path: about for path, about in entry["files"].items() if "CARD" not in path}
    mirror.put_list({NAME: entry})
    assert add()
    assert there() == FILES - {f"{NAME}.card"}
    assert "licence: unknown" in run("voices", "add", TOLD).out


def test_kokoro_has_sizes_and_digests_of_its_own(mirror: Mirror) -> None:
    offers = catalog.offers("kokoro")
    assert list(offers) == ["v1.0", "v1.0-int8"]
    for offer in offers.values():
        assert offer.parts[0].name == "voices-v1.0.bin"
        assert all(len(part.digest) == len("sha256:") + 64 for part in offer.parts)
    assert catalog.find("kokoro", "").name == "v1.0"
    assert not mirror.asked


# The disk


def test_a_full_disk_is_noticed_before(mirror: Mirror, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "SPARE", 10**18)
    refused(r"piper: 0 MB are to come, and [\d,]+ MB are free. Make room", OutputError)
    assert not mirror.ranges_of(".onnx")


def test_a_disk_that_is_full_in_the_middle(mirror: Mirror, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_number: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", full)
        refused(r"piper: cannot be written \(No space left on device\). What has come", OutputError)
    assert add()


def test_a_folder_that_is_none(mirror: Mirror, project: Path) -> None:
    (project / "installed").write_text("")
    with pytest.raises(OutputError, match=r"piper: cannot be written \(.*[Nn]ot a directory"):
        add()


KILLED = """
import os, sys
from pipeline.voices import catalog, fetch, install
count = 0
def tell(more):
    global count
    count += more
    if count > 150_000:
        os.kill(os.getpid(), 9)
install.add(catalog.find("piper", sys.argv[1]), tell, print)
"""


def test_killed_in_the_middle_leaves_no_voice(mirror: Mirror) -> None:
    done = subprocess.run([sys.executable, "-c", KILLED, NAME], check=False, timeout=60)
    assert done.returncode == -9
    assert not there()
    assert add()
    assert there() == FILES


def test_two_at_once_download_once(mirror: Mirror) -> None:
    slow = threading.Event()
    mirror.before = lambda path: slow.wait(1.5) if path.endswith(".onnx") else None
    made: list[bool] = []
    told: list[str] = []

    def one() -> None:
        made.append(install.add(catalog.find("piper", NAME), lambda _n: None, told.append))

    threads = [threading.Thread(target=one) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(made) == [False, True]
    assert len(mirror.ranges_of(".onnx")) == 1
    assert len(told) == 1
    assert "another make-audiobook is at work there" in told[0]


# From a file


def own_voice(name: str = "my-voice", model: bytes | None = None) -> Path:
    path = Path(f"{name}.onnx")
    path.write_bytes(voices.piper_model().SerializeToString() if model is None else model)
    Path(f"{path}.json").write_text(json.dumps(voices.piper_json()))
    return path


def test_a_voice_is_copied_with_what_lies_beside_it(mirror: Mirror) -> None:
    own_voice()
    Path("my-voice.card").write_bytes(CARD)
    done = run("voices", "add", "piper:./my-voice.onnx")
    assert (done.code, done.out.splitlines()) == (
        0,
        [
            "piper:my-voice: copied",
            "  licence: CC0 1.0",
            '  in a profile: engine = "piper", voice = "my-voice"',
        ],
    )
    assert there() == {"my-voice.onnx", "my-voice.onnx.json", "my-voice.card"}
    again = run("voices", "add", "piper:my-voice.onnx")
    assert again.code == 4
    assert "piper:my-voice: is there already. Run make-audiobook voices remove" in again.err
    assert not mirror.asked


@pytest.mark.parametrize("model", [b"\x80\x04pickle", b"PK\x03\x04", b"<!DOCTYPE", b""])
def test_a_file_that_is_no_model(model: bytes, mirror: Mirror) -> None:
    own_voice(model=model)
    with pytest.raises(VoiceError, match=r"my-voice.onnx: .*not an ONNX model"):
        install.add_file("piper", Path("my-voice.onnx"), print)
    assert not there()


@pytest.mark.parametrize(
    ("config", "message"),
    [
        (None, "onnx.json: is missing"),
        ("{", "onnx.json: not valid JSON"),
        ("[]", "onnx.json: .*no table"),
        ('{"audio": {"sample_rate": "x"}}', "onnx.json: "),
    ],
)
def test_a_voice_whose_json_is_none(config: str | None, message: str, mirror: Mirror) -> None:
    path = own_voice()
    beside = Path(f"{path}.json")
    if config is None:
        beside.unlink()
    else:
        beside.write_text(config)
    with pytest.raises(VoiceError, match=message):
        install.add_file("piper", path, print)
    assert not there()


def test_a_file_that_is_not_there_or_has_another_name(mirror: Mirror) -> None:
    own_voice("a#b")
    for name, message in (("none.onnx", "no such file"), ("a#b.onnx", "'a#b' cannot be a voice's")):
        with pytest.raises(VoiceError, match=message):
            install.add_file("piper", Path(name), print)
    with pytest.raises(VoiceError, match="only Piper's voices are copied"):
        install.add_file("kokoro", Path("x.onnx"), print)


# The command


def test_add_tells_licence_and_profile(mirror: Mirror) -> None:
    done = run("voices", "add", TOLD)
    assert done.code == 0
    assert done.out.splitlines() == [
        f"{TOLD}: installed, 299.9 kB",
        "  licence: CC0 1.0",
        f'  in a profile: engine = "piper", voice = "{NAME}"',
    ]
    assert done.err.splitlines()[0] == f"{TOLD}: 299.9 kB"
    assert f"{TOLD}: is there already" in run("voices", "add", TOLD).out


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
def test_a_terminal_gets_a_bar(mirror: Mirror) -> None:
    ours, theirs = os.openpty()
    command = [sys.executable, "-m", "pipeline", "voices", "add", TOLD]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=theirs) as started:
        os.close(theirs)
        shown = b""
        with suppress(OSError):  # on Linux, when nobody holds the other end
            while piece := os.read(ours, 1 << 16):
                shown += piece
        os.close(ours)
        assert started.wait(30) == 0
    assert b"/299.9 kB" in shown
    assert TOLD.encode() in shown


def test_one_that_cannot_be_had_does_not_stop_the_others(mirror: Mirror) -> None:
    done = run("voices", "add", "piper:en_GB-none-low", TOLD)
    assert done.code == 4
    assert "piper:en_GB-none-low: there is no such voice" in done.err
    assert there() == FILES


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("add", "lessac"), "'lessac': is not ENGINE:NAME. Write it as piper:en_US-lessac-medium"),
        (("add", "pipper:x"), "'pipper': has no voices to be had as files. Did you mean 'piper'"),
        (("remove", "x"), "'x': is not ENGINE:NAME"),
        (("available", "--engine", "tone"), "'tone': has no voices to be had"),
        (("--json", "available"), "voices available: options stand behind the verb"),
    ],
)
def test_voices_that_are_named_wrong(args: tuple[str, ...], message: str, mirror: Mirror) -> None:
    done = run("voices", *args)
    assert done.code == 2
    assert message in done.err


def test_available_lists_what_can_be_had(mirror: Mirror) -> None:
    mirror.put_voice("de_DE-klein-low")
    lines = run("voices", "available").out.splitlines()
    assert [line.split()[0] for line in lines] == [
        "kokoro:v1.0",
        "kokoro:v1.0-int8",
        TOLD,
        "piper:de_DE-klein-low",
    ]
    assert lines[2].split()[1:] == "en-US low 299.9 kB 1 voice, licence in its card".split()
    german = run("voices", "available", "--language", "de", "--engine", "piper", "--json").json
    assert german == [
        {
            "engine": "piper",
            "name": "de_DE-klein-low",
            "language": "de-DE",
            "quality": "low",
            "speakers": 1,
            "size": 299_857,
            "licence": "",
        }
    ]


def test_remove_takes_all_of_a_voice(mirror: Mirror) -> None:
    add()
    (installed.folder("piper") / "other.onnx").write_text("")
    done = run("voices", "remove", TOLD)
    assert done.out == f"{TOLD}: removed ({NAME}.onnx, {NAME}.onnx.json, {NAME}.card)\n"
    assert there() == {"other.onnx"}
    again = run("voices", "remove", "piper:othr")
    assert again.code == 4
    assert "piper:othr: is not installed. Did you mean 'other'?" in again.err
    assert run("voices", "remove", "piper:../../x").code == 4


def test_remove_takes_a_download_that_was_broken_off(mirror: Mirror) -> None:
    mirror.cuts[f"{PLACE}.onnx"] = 1
    refused("broken off")
    done = run("voices", "remove", TOLD)
    assert done.out == f"{TOLD}: removed (a download that was broken off)\n"
    assert not left_over()


def test_kokoro_is_downloaded_like_any_other(
    mirror: Mirror, monkeypatch: pytest.MonkeyPatch
) -> None:
    def about(name: str, data: bytes) -> tuple[str, int, str]:
        mirror.files[name] = data
        return name, len(data), hashlib.sha256(data).hexdigest()

    monkeypatch.setattr(catalog, "STYLES", about("voices-v1.0.bin", b"styles"))
    model = about("kokoro-v1.0.onnx", b"model")
    monkeypatch.setattr(catalog, "MODELS", {"v1.0": (*model, "full")})
    offer = catalog.find("kokoro", "")
    assert install.add(offer, lambda _count: None, print)
    assert [path for path, _ in mirror.asked] == ["voices-v1.0.bin", "kokoro-v1.0.onnx"]
    assert install.names("kokoro") == ["v1.0"]
    mirror.files["kokoro-v1.0.onnx"] = b"other"
    install.remove("kokoro", "v1.0", print)
    with pytest.raises(VoiceError, match=r"not the file that was promised \(sha256:"):
        install.add(offer, lambda _count: None, print)


def test_kokoros_models_share_their_voices(mirror: Mirror) -> None:
    home = installed.folder("kokoro")
    home.mkdir(parents=True)
    for name in ("kokoro-v1.0.onnx", "kokoro-v1.0.int8.onnx", "voices-v1.0.bin"):
        (home / name).write_text("")
    assert install.names("kokoro") == ["v1.0-int8", "v1.0"]
    assert install.remove("kokoro", "v1.0", print) == ["kokoro-v1.0.onnx"]
    assert install.remove("kokoro", "v1.0-int8", print) == [
        "kokoro-v1.0.int8.onnx",
        "voices-v1.0.bin",
    ]


def test_try_speaks_and_tells_how_fast(project: Path) -> None:
    (project / "voices").mkdir()
    (project / "voices" / "mine.toml").write_text('voice = "de"\nrate = 150\nlicence = "CC0-1.0"\n')
    done = run("voices", "try", "mine", "-o", "mine.wav")
    told = dict(line.partition(":")[::2] for line in done.out.splitlines()[:5])
    assert told["voice"].strip() == "pyttsx3, de"
    assert told["language"].strip() == "de"
    assert told["licence"].strip() == "CC0-1.0"
    assert " s at 22,050 Hz" in told["sound"]
    assert "of real time on one core" in told["speed"]
    with wave.open("mine.wav") as wav:
        assert wav.getnframes() / wav.getframerate() > 4


def test_try_a_text_to_stdout(project: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pipeline", "voices", "try", "en-gb", "--text", "Hm.", "-o", "-"],
        capture_output=True,
        check=True,
        timeout=60,
    )
    with wave.open(io.BytesIO(done.stdout)) as wav:
        assert 0 < wav.getnframes() / wav.getframerate() < 3
    assert b"licence:  GPL-3.0-or-later" in done.stderr
    assert b"language: en-GB" in done.stderr
    assert run("voices", "try", "nobody").code == 4
    assert run("voices", "try", "en-gb", "--text", "").code == 3


# The list of what is installed


class Broken:
    """An engine that fails to list."""

    def voices(self) -> list[VoiceInfo]:
        raise RuntimeError("no library")


class Foreign:
    """An engine from elsewhere, with a type of its own."""

    def voices(self) -> list[object]:
        class Bare:
            name = "bare"

        return [Bare()]


def test_an_engine_that_fails_does_not_hide_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    made = {"broken": Broken(), "foreign": Foreign()}
    monkeypatch.setattr(engines, "engine", made.__getitem__)
    problems: list[str] = []
    found = listing.of_engines(["broken", "foreign"], problems)
    assert [one.info for one in found] == [VoiceInfo("bare", (), "")]
    assert problems == ["broken: cannot tell its voices. RuntimeError('no library')"]


def test_a_profile_has_the_licence_of_its_voice(project: Path) -> None:
    (project / "voices").mkdir()
    (project / "voices" / "a.toml").write_text('voice = "en-gb+f3"\n')
    (project / "voices" / "b.toml").write_text('voice = "en-gb"\nlicence = "CC0-1.0"\n')
    lines = run("voices").out.splitlines()[:2]
    assert [line.rpartition(", ")[2] for line in lines] == ["GPL-3.0-or-later", "CC0-1.0"]
    listed = run("voices", "--json").json[:2]
    assert [one["licence"] for one in listed] == ["GPL-3.0-or-later", "CC0-1.0"]


def test_filters(project: Path) -> None:
    (project / "voices").mkdir()
    (project / "voices" / "german.toml").write_text('voice = "de"\n')
    (project / "voices" / "british.toml").write_text('voice = "en-gb"\n')

    def names(*args: str) -> list[str]:
        return [one.get("profile") or one["name"] for one in run("voices", *args, "--json").json]

    assert names("--language", "de") == ["german", "de", "sine"]
    assert names("--engine", "tone") == ["sine"]
    assert names("--language", "en-GB", "--engine", "pyttsx3")[0] == "british"
    assert run("voices", "--engine", "tone", "--language", "klingonisch").code == 3
    unknown = run("voices", "--engine", "none")
    assert unknown.code == 4
    assert "engine 'none': not installed" in unknown.err


def test_a_table_for_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    console.print_table(("name", "licence"), [("[b]x[/b]", "MIT")])
    head, row = capsys.readouterr().out.splitlines()
    assert head.split() == ["name", "licence"]
    assert row.split() == ["[b]x[/b]", "MIT"]


# All of it together


def test_a_voice_is_got_listed_tried_and_reads_a_book(mirror: Mirror) -> None:
    name = "en_US-whistle-tiny"
    model = voices.piper_model().SerializeToString()
    mirror.put_voice(name, model=model, config=json.dumps(voices.piper_json()).encode())
    added = run("voices", "add", f"piper:{name}")
    assert added.code == 0, added.err
    [listed] = run("voices", "--engine", "piper", "--json").json
    assert (listed["name"], listed["languages"], listed["licence"]) == (name, ["en-US"], "CC0 1.0")
    tried = run("voices", "try", f"piper:{name}")
    assert f"voice:    piper, {name}\nlanguage: en-US\nlicence:  CC0 1.0\n" in tried.out

    Path("voices/models").mkdir(parents=True)
    for suffix in (".onnx", ".onnx.json"):
        (installed.folder("piper") / (name + suffix)).rename(f"voices/models/own{suffix}")
    Path("voices/own.toml").write_text('engine = "piper"\nvoice = "models/own.onnx"\n')
    Path("story.txt").write_text("It was calm.")
    assert run("story.txt", "--voice", "own").code == 0
    assert "nothing to do" in run("story.txt", "--voice", "own").err
    Path("voices/models/own.onnx").write_bytes(voices.piper_model(2).SerializeToString())
    again = run("story.txt", "--voice", "own", "--json").json
    assert [one["text"] for one in again if one["event"] == "spoke"] == ["It was calm."]
