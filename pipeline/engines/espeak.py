"""A pyttsx3 driver on the espeak-ng C API, in its synchronous mode.

pyttsx3's own espeak driver opens the library in the asynchronous mode and ends its loop before
synthesis starts, so that audio is lost without an exception. Here the call returns when the audio
is complete, from the library and data in the espeakng-loader wheel.

espeak-ng is not a pure function of its text: flutter and other statics carry over from one
utterance to the next, and no call of its API resets them. Loading the library afresh does, at
about 1.5 ms, so each utterance gets the same bytes that a fresh process would give it.

The interface is that of `pyttsx3.drivers.dummy`, whose names are not ours to choose.
"""

from __future__ import annotations

import ctypes
import io
import os
import sys
import threading
import wave
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO

import espeakng_loader

from pipeline import riff, words
from pipeline.engines import mnemonics
from pipeline.errors import EngineError
from pipeline.model import Cue, Hint

# espeak-ng's speak_lib.h
AUDIO_OUTPUT_SYNCHRONOUS = 2
CHARS_UTF8 = 1
POSITION_CHARACTER = 1
EVENT_LIST_TERMINATED = 0
EVENT_WORD = 1
EVENT_END = 5
RATE, VOLUME, PITCH = 1, 2, 3
IPA, SEPARATED = 2, ord("|") << 8  # how phonemes are written
BUFFER_MS = 1 << 15
WITHOUT_NAMES = frozenset({"kl"})  # Greenlandic; all other 130 voices were tried
RATE_HZ = 22_050  # of all voices in the wheel; MBROLA's have others, and are not in it

# From here on libsonic hurries what has been said, and events are still those of before.
HURRIED_RATE = 450

# A word is cut off, in silence, once it fills espeak-ng's buffer of about 150 phoneme codes
# (N_WORD_PHONEMES, 200 with stress marks). Twelve letters cannot, even when they are spelled.
LONGEST_SAFE_WORD = 12
LARGEST_WORD_CODES = 140

_ONE_AT_A_TIME = threading.RLock()


class _EventId(ctypes.Union):
    _fields_ = (("number", ctypes.c_int), ("name", ctypes.c_char_p))


class _Event(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _EventId),
    )


class _Voice(ctypes.Structure):
    _fields_ = (
        ("name", ctypes.c_char_p),
        ("languages", ctypes.c_void_p),  # priority byte, name, NUL, and so on, then a NUL
        ("identifier", ctypes.c_char_p),
        ("gender", ctypes.c_ubyte),
        ("age", ctypes.c_ubyte),
        ("variant", ctypes.c_ubyte),
        ("xx1", ctypes.c_ubyte),
        ("score", ctypes.c_int),
        ("spare", ctypes.c_void_p),
    )


_OnSynth = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event)
)


@contextmanager
def _library() -> Iterator[tuple[ctypes.CDLL, int]]:
    """A freshly loaded library and its sample rate; unloaded afterwards, whatever happens.

    A process has one such library: threads take turns from its loading to its unloading.
    """
    with _ONE_AT_A_TIME:
        lib = ctypes.CDLL(espeakng_loader.get_library_path())
        try:
            data = os.fsencode(espeakng_loader.get_data_path())
            rate = lib.espeak_Initialize(AUDIO_OUTPUT_SYNCHRONOUS, BUFFER_MS, data, 0)
            if rate <= 0:
                raise OSError(f"espeak-ng did not start (code {rate}). Is its data complete?")
            yield lib, rate
            lib.espeak_Terminate()
        finally:
            _unload(lib)


def _unload(lib: ctypes.CDLL) -> None:
    import _ctypes  # ctypes loads, and leaves unloading to this

    if sys.platform == "win32":
        _ctypes.FreeLibrary(lib._handle)
    else:
        _ctypes.dlclose(lib._handle)


@cache
def starts_afresh() -> bool:
    """Whether unloading the library really takes its state away: not where libc ignores dlclose."""
    with _ONE_AT_A_TIME:
        with _library():
            pass
        path = espeakng_loader.get_library_path()
        if sys.platform == "win32":
            return not ctypes.WinDLL("kernel32").GetModuleHandleW(ctypes.c_wchar_p(path))
        try:
            handle = ctypes.CDLL(path, mode=os.RTLD_NOLOAD)
        except OSError:
            return True
        _unload(handle)
        return False


@dataclass(frozen=True, slots=True)
class Speech:
    """Sample rate, 16-bit samples, and where each word is in them."""

    rate: int
    samples: bytes
    words: tuple[Cue, ...]

    @property
    def wav(self) -> bytes:
        out = io.BytesIO()
        with wave.open(out, "wb") as file:
            file.setparams((1, 2, self.rate, 0, "NONE", "not compressed"))
            file.writeframes(self.samples)
        return riff.with_words(out.getvalue(), self.words)


def synthesize(  # noqa: PLR0913, PLR0917  pyttsx3's properties, each an argument
    text: str, voice: str, rate: int, pitch: int, volume: int, hints: Sequence[Hint] = ()
) -> Speech:
    """All of the text, as hints of phonemes and emphasis have it.

    Raises ValueError for an unknown voice, EngineError for a hint that it cannot follow, and
    RuntimeError when anything is missing from the audio.
    """
    asked = mnemonics.marked(text, hints, _inventory(voice)) if hints else mnemonics.Marked(text)
    heard = _Heard()
    callback = _OnSynth(heard.take)  # must outlive the call
    file = _voice_file(voice.partition("+")[0])
    with _library() as (lib, sample_rate):
        _set_voice(lib, voice, file)
        for parameter, value in ((RATE, rate), (PITCH, pitch), (VOLUME, volume)):
            lib.espeak_SetParameter(parameter, value, 0)
        _check_words(lib, text)
        lib.espeak_SetSynthCallback(callback)
        code = _say(lib, asked.text, asked.flags)
    if heard.interrupted:
        raise heard.interrupted
    if code != 0:
        raise RuntimeError(f"espeak-ng stopped with code {code}")
    if heard.reached < len(asked.text.rstrip()):
        raise RuntimeError(f"espeak-ng stopped at character {heard.reached} of {len(asked.text)}")
    events = [(sample, asked.place(at) if hints else at) for sample, at in heard.words]
    told = words.of_events(text, events if rate < HURRIED_RATE else ())
    return Speech(sample_rate, b"".join(heard.chunks), told)


def _say(lib: ctypes.CDLL, text: str, flags: int = 0) -> int:
    """Speak to the callback that is set; returns espeak-ng's code, 0 for success."""
    raw = text.encode() + b"\0"
    kind = CHARS_UTF8 | flags
    code: int = lib.espeak_Synth(raw, len(raw), 0, POSITION_CHARACTER, 0, kind, None, None)
    return code


@cache
def _inventory(voice: str) -> dict[str, str]:
    """The names of a voice's phonemes by their IPA.

    espeak-ng turns names into IPA only after it has spoken a text with names. Raises EngineError
    for a voice in which 1.52 crashes over that.
    """
    if voice.partition("+")[0] in WITHOUT_NAMES:
        raise EngineError(f"espeak-ng's voice {voice} takes no IPA")
    ignore = _OnSynth(lambda *_: 0)
    file = _voice_file(voice.partition("+")[0])
    with _library() as (lib, _):
        _set_voice(lib, voice, file)
        lib.espeak_SetSynthCallback(ignore)
        _say(lib, "a", mnemonics.PHONEMES)
        return mnemonics.inventory(lambda text: b" ".join(_phonemes(lib, text, IPA)).decode())


def named(ipa: str, voice: str) -> str:
    """IPA by the names of a voice's phonemes. Raises EngineError for a sound that it has not."""
    return mnemonics.named(ipa, _inventory(voice))


def _set_voice(lib: ctypes.CDLL, voice: str, file: str | None) -> None:
    """Choose a voice, such as en-US+f3. Raises ValueError for an unknown one.

    By a name that is not all in lower case, espeak-ng finds a voice only after it has read all
    200 files of voices, which is a fifth of the work for a sentence. By a path it does not, but
    has room for 59 characters: the name of an open file is short enough, where there are any.
    """
    _, plus, variant = voice.partition("+")
    if file and lib.espeak_ng_SetVoiceByFile(f"{file}{plus}{variant}".encode()) == 0:
        return
    if lib.espeak_SetVoiceByName(voice.encode()) != 0:
        raise ValueError(f"espeak-ng has no voice {voice!r}")


@cache
def _voice_file(name: str) -> str | None:
    """A short path to a voice's file, which stays open; None where the system has none."""
    found = next((path for path, *_ in voices() if path.rpartition("/")[2] == name), None)
    if found is None or not Path("/proc/self/fd").is_dir():
        return None
    path = Path(espeakng_loader.get_data_path()) / "lang" / found
    return f"/proc/self/fd/{os.open(path, os.O_RDONLY)}" if path.is_file() else None


@dataclass
class _Heard:
    """What espeak-ng's callback has brought so far, and the character up to which it has spoken.

    `words` are the sample and the character of each word event. How long a word is, is not taken
    from there: it is 0 after some quotes, and one more than there is in numbers.
    """

    chunks: list[bytes] = field(default_factory=list)
    words: list[tuple[int, int]] = field(default_factory=list)
    reached: int = 0
    interrupted: BaseException | None = None

    def take(self, samples: Any, count: int, events: Any) -> int:
        """Called by espeak-ng for each piece of audio; 1 ends the synthesis."""
        try:
            if count > 0:
                self.chunks.append(ctypes.string_at(samples, count * 2))
            index = 0
            while (event := events[index]).type != EVENT_LIST_TERMINATED:
                if event.type == EVENT_WORD:
                    self.words.append((event.sample, event.text_position - 1))
                elif event.type == EVENT_END:
                    self.reached = event.text_position
                index += 1
        except BaseException as error:  # noqa: BLE001  ctypes would only print it
            self.interrupted = error
        return 1 if self.interrupted else 0


def _check_words(lib: ctypes.CDLL, text: str) -> None:
    """Refuse a word that espeak-ng would cut off in silence."""
    for word in text.split():
        if len(word) <= LONGEST_SAFE_WORD:
            continue
        for said in _phonemes(lib, word, SEPARATED):
            codes = said.count(b"|") + said.count(b"'") + said.count(b",")
            if codes >= LARGEST_WORD_CODES:
                raise RuntimeError(f"{word[:40]!r} is too long a word for espeak-ng")


def check_words(text: str, voice: str) -> None:
    """Refuse a word that espeak-ng would cut off in silence, for whoever speaks its phonemes.

    Raises ValueError for an unknown voice and EngineError for the word.
    """
    if all(len(word) <= LONGEST_SAFE_WORD for word in text.split()):
        return
    file = _voice_file(voice.partition("+")[0])
    with _library() as (lib, _):
        _set_voice(lib, voice, file)
        try:
            _check_words(lib, text)
        except RuntimeError as error:
            raise EngineError(str(error)) from error


def phonemes(texts: Iterable[str], voice: str) -> list[str]:
    """How a voice says each text, in IPA. Raises ValueError for an unknown voice."""
    file = _voice_file(voice.partition("+")[0])
    with _library() as (lib, _):
        _set_voice(lib, voice, file)
        return [b" ".join(_phonemes(lib, text, IPA)).decode() for text in texts]


def _phonemes(lib: ctypes.CDLL, text: str, mode: int) -> Iterator[bytes]:
    """The phonemes of each word."""
    lib.espeak_TextToPhonemes.restype = ctypes.c_char_p
    lib.espeak_TextToPhonemes.argtypes = [ctypes.POINTER(ctypes.c_char_p), *[ctypes.c_int] * 2]
    rest = ctypes.c_char_p(text.encode())
    while rest.value is not None:
        found = lib.espeak_TextToPhonemes(ctypes.byref(rest), CHARS_UTF8, mode) or b""
        yield from found.split()


def voices() -> list[tuple[str, str, tuple[str, ...], str]]:
    """Path, name, languages (best first) and gender of each voice that is installed."""
    with _library() as (lib, _):
        return list(_listed(lib, None))


def variants() -> list[tuple[str, str, str]]:
    """Path, name and gender of what may be added to a voice with a plus sign."""
    with _library() as (lib, _):
        spec = _Voice(languages=ctypes.cast(ctypes.c_char_p(b"variant"), ctypes.c_void_p).value)
        found = _listed(lib, ctypes.byref(spec))
        return [(path.removeprefix("!v/"), name, gender) for path, name, _, gender in found]


def _listed(lib: ctypes.CDLL, spec: Any) -> Iterator[tuple[str, str, tuple[str, ...], str]]:
    lib.espeak_ListVoices.restype = ctypes.POINTER(ctypes.POINTER(_Voice))
    listed = lib.espeak_ListVoices(spec)
    index = 0
    while listed[index]:
        voice = listed[index].contents
        gender = ("", "male", "female")[voice.gender] if voice.gender < 3 else ""
        path, name = voice.identifier.decode(), voice.name.decode()
        yield path, name, _languages(voice.languages), gender
        index += 1


def _languages(address: int) -> tuple[str, ...]:
    languages = []
    while ctypes.string_at(address, 1) != b"\0":
        name = ctypes.string_at(address + 1)
        languages.append(name.decode())
        address += len(name) + 2
    return tuple(languages)


def _opened(file: str | BinaryIO) -> AbstractContextManager[BinaryIO]:
    return Path(file).open("wb") if isinstance(file, str) else nullcontext(file)


def buildDriver(proxy: Any) -> Driver:
    """What pyttsx3 looks for in a driver module."""
    return Driver(proxy)


class Driver:
    """pyttsx3's view of the above: properties, and `save_to_file` to a path or a binary file."""

    def __init__(self, proxy: Any) -> None:
        self._proxy = proxy
        self._properties: dict[str, Any] = {
            "voice": "en-us",
            "rate": 175,
            "volume": 1.0,
            "pitch": 50,
            "hints": (),
        }

    def getProperty(self, name: str) -> Any:
        if name == "voices":
            from pyttsx3.voice import Voice

            return [Voice(i, name, list(lang), gender, None) for i, name, lang, gender in voices()]
        return self._properties[name]

    def setProperty(self, name: str, value: Any) -> None:
        if name not in self._properties:
            raise KeyError(f"unknown property {name}")
        self._properties[name] = value

    def save_to_file(self, text: str, filename: str | BinaryIO) -> None:
        """Write a WAV; when this returns, all of it is there."""
        self._proxy.setBusy(True)
        self._proxy.notify("started-utterance")
        completed = False
        try:
            known = self._properties
            volume = round(known["volume"] * 100)
            said = synthesize(
                text, known["voice"], known["rate"], known["pitch"], volume, known["hints"]
            )
            with _opened(filename) as file:
                file.write(said.wav)
            completed = True
        finally:
            self._proxy.notify("finished-utterance", completed=completed)
            self._proxy.setBusy(False)

    def say(self, text: str) -> None:
        raise RuntimeError(f"this driver speaks to files only, not {text[:20]!r}")

    def startLoop(self) -> None:
        self._proxy.setBusy(False)  # runs all that is queued, to its end

    def endLoop(self) -> None: ...

    def stop(self) -> None: ...

    def destroy(self) -> None: ...

    def iterate(self) -> Iterator[None]:
        self._proxy.setBusy(False)
        yield
