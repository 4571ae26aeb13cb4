"""Samples -> an encoded file. The only room that imports lameenc, which is LAME as a wheel.

Encoding is much of the work for a book in a quick voice. In this process LAME takes 0.6 of what it
takes in ffmpeg, with nothing to start, to stop or to misunderstand.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

BITRATE = 64_000  # speech in mono at 22 kHz; constant, so that a file's size tells its length
# LAME's quick mode leaves out noise shaping: half the time, and at this bitrate an error 2 to 8 dB
# lower in every band.
QUALITY = 7
# MPEG-1, 2 and 2.5, layer III (ISO 11172-3, 13818-3): samples in a frame by rate.
FRAME = {48000: 1152, 44100: 1152, 32000: 1152, 24000: 576, 22050: 576, 16000: 576,
         12000: 576, 11025: 576, 8000: 576}  # fmt: skip
ENCODER_DELAY = 576  # LAME's own, in samples


@cache
def fingerprint() -> str:
    """What else an encoded file depends on beside its samples."""
    return f"lameenc {version('lameenc')}, mp3 {BITRATE}, quality {QUALITY}"


def rate_for(rate: int) -> int:
    """The sample rate at which audio of this one is encoded: the same, or the next that MP3 has."""
    return min((known for known in FRAME if known >= rate), default=max(FRAME))


def mp3(samples: Iterable[bytes], rate: int, path: Path) -> int:
    """Encode 16-bit mono samples into `path`; returns how many there were.

    Raises OSError when the disk gives up.
    """
    encoder = _lame(rate)
    count, frame = 0, _frame_bytes(rate)
    with path.open("w+b") as file:
        file.write(bytes(frame))  # room for what can only be said at the end
        for part in samples:
            count += len(part) // 2
            file.write(encoder.encode(part))
        file.write(encoder.flush())
        size = file.tell()
        file.seek(frame)
        head = file.read(4)
        file.seek(0)
        file.write(_info(head, rate, size, count))
    return count


def _lame(rate: int) -> Any:
    import lameenc

    encoder = lameenc.Encoder()
    encoder.silence()
    encoder.set_channels(1)
    encoder.set_in_sample_rate(rate)
    encoder.set_out_sample_rate(rate)
    encoder.set_bit_rate(BITRATE // 1000)
    encoder.set_quality(QUALITY)
    return encoder


def _frame_bytes(rate: int) -> int:
    """A frame without padding."""
    return FRAME[rate] // 8 * BITRATE // rate


def _info(head: bytes, rate: int, size: int, count: int) -> bytes:
    """The frame that tells players the length, and what to leave out at both ends.

    Without it they would play some 50 ms of what LAME puts before and after the audio. `head` is
    a frame's header, `size` the file's in bytes, `count` of samples. The layout is LAME's: Mp3
    Info Tag, revision 1.
    """
    frames = round((size - _frame_bytes(rate)) * rate * 8 / (FRAME[rate] * BITRATE))
    padding = frames * FRAME[rate] - ENCODER_DELAY - count
    side = 17 if FRAME[rate] == 1152 else 9  # bytes of side information in mono
    header = bytes([head[0], head[1], head[2] & ~2, head[3]])  # its padding bit is cleared
    toc = bytes(at * 256 // 100 for at in range(100))  # the bitrate is constant
    fields = struct.pack(">4sIII100sI", b"Info", 0b1111, frames, size, toc, 100 - 10 * QUALITY)
    constant = 1  # the method of VBR
    about = struct.pack(">9sBB8xBB", b"LAME3.100", constant, 0, 0, BITRATE // 1000)
    lengths = (ENCODER_DELAY << 12 | padding).to_bytes(3, "big") + bytes(4)
    tag = header + bytes(side) + fields + about + lengths + struct.pack(">IH", size, 0)
    whole = tag + _crc16(tag).to_bytes(2, "big")
    return whole.ljust(_frame_bytes(rate), b"\0")


def _crc16(data: bytes) -> int:
    """CRC-16/ARC, as the tag wants it of itself; that of the audio may be 0, for unknown."""
    crc = 0
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0xA001 if crc & 1 else 0)
    return crc
