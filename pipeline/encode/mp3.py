"""Samples -> MP3. The only room that imports lameenc, which is LAME as a wheel.

In this process LAME takes 0.6 of what it takes in ffmpeg, with nothing to start, to stop or to
misunderstand.
"""

from __future__ import annotations

import math
import shutil
import struct
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path
from typing import Any, BinaryIO

from pipeline.model import Encoding

# LAME's quick mode leaves out noise shaping: half the time, and at 64 kb/s an error 2 to 8 dB lower
# in every band.
QUALITY = 7
# MPEG-1, 2 and 2.5, layer III (ISO 11172-3, 13818-3): samples in a frame by rate, bitrates by that.
FRAME = {48000: 1152, 44100: 1152, 32000: 1152, 24000: 576, 22050: 576, 16000: 576,
         12000: 576, 11025: 576, 8000: 576}  # fmt: skip
BITRATES = {
    1152: (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    576: (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
MPEG_2_5 = 16_000  # Hz below which it begins, and what it has of bitrates
MOST_2_5 = 64
ENCODER_DELAY = 576  # LAME's own, in samples
TAG_BYTES = 176  # that the first frame must hold
# LAME makes all quieter, so that its own noise does not overflow: measured at all rates.
QUIETER = {192: 0.97, 224: 0.98, 256: 1.0, 320: 1.0}
USUALLY_QUIETER = 0.95


def fingerprint() -> str:
    """What else a file depends on beside its samples."""
    return f"lameenc {version('lameenc')}, quality {QUALITY}"


def rates(bitrate: int) -> list[int]:
    """Sample rates at which MP3 has this bitrate, in kb/s."""
    return sorted(
        rate
        for rate, frame in FRAME.items()
        if bitrate in BITRATES[frame] and (rate >= MPEG_2_5 or bitrate <= MOST_2_5)
    )


def gain(bitrate: int) -> float:
    """What LAME does to loudness, in dB."""
    return 20 * math.log10(QUIETER.get(bitrate, USUALLY_QUIETER))


def encode(samples: Iterable[bytes], rate: int, encoding: Encoding, path: Path) -> int:
    """Encode 16-bit samples, interleaved, into `path`; returns how many there were a channel.

    The file is an Info frame and the audio's frames, ready to be joined with others. Raises
    OSError when the disk gives up.
    """
    encoder = _lame(rate, encoding)
    count = 0
    with path.open("w+b") as file:
        file.write(bytes(_info_bytes(rate, encoding)))  # what can only be said at the end
        for part in samples:
            count += len(part) // (2 * encoding.channels)
            file.write(encoder.encode(part))
        file.write(encoder.flush())
        _finish(file, rate, encoding, count)
    return count


def span(rate: int, encoding: Encoding, path: Path) -> int:
    """Samples from the start of this file's audio to that of another one joined to it."""
    return _frames(path.stat().st_size, rate, encoding) * FRAME[rate]


def joined(
    parts: Iterable[Path], rate: int, encoding: Encoding, samples: int, out: BinaryIO
) -> None:
    """Files as `encode` makes them as one: frames, none of which needs one of another file.

    `samples` is the length of all. Raises OSError.
    """
    start = out.tell()
    head = _info_bytes(rate, encoding)
    out.write(bytes(head))
    for part in parts:
        with part.open("rb") as file:
            file.seek(head)
            shutil.copyfileobj(file, out, 1 << 20)
    _finish(out, rate, encoding, samples, start)


def _lame(rate: int, encoding: Encoding) -> Any:
    import lameenc

    encoder = lameenc.Encoder()
    encoder.silence()
    encoder.set_channels(encoding.channels)
    encoder.set_in_sample_rate(rate)
    encoder.set_out_sample_rate(rate)
    encoder.set_bit_rate(encoding.bitrate)
    encoder.set_quality(QUALITY)
    return encoder


def _frame_bytes(rate: int, bitrate: int) -> int:
    """A frame without padding."""
    return FRAME[rate] // 8 * bitrate * 1000 // rate


def _info_index(rate: int, encoding: Encoding) -> int:
    """The bitrate of the Info frame: the audio's, or the least whose frame can hold it."""
    table = BITRATES[FRAME[rate]]
    wanted = table.index(encoding.bitrate)
    return next(
        at for at in range(wanted, len(table)) if _frame_bytes(rate, table[at]) >= TAG_BYTES
    )


def _info_bytes(rate: int, encoding: Encoding) -> int:
    return _frame_bytes(rate, BITRATES[FRAME[rate]][_info_index(rate, encoding)])


def _frames(size: int, rate: int, encoding: Encoding) -> int:
    """Frames of audio in a file of this size; the bitrate is constant."""
    audio = size - _info_bytes(rate, encoding)
    return round(audio * rate * 8 / (FRAME[rate] * encoding.bitrate * 1000))


def _finish(file: BinaryIO, rate: int, encoding: Encoding, count: int, start: int = 0) -> None:
    """Write the Info frame where room was left for it, and stand at the end again."""
    size = file.tell() - start
    file.seek(start + _info_bytes(rate, encoding))
    head = file.read(4)
    file.seek(start)
    file.write(_info(head, rate, encoding, size, count))
    file.seek(start + size)


def _info(head: bytes, rate: int, encoding: Encoding, size: int, count: int) -> bytes:
    """The frame that tells players the length, and what to leave out at both ends.

    Without it they would play some 50 ms of what LAME puts before and after the audio. `head` is
    a frame's header, `size` the file's in bytes, `count` of samples. The layout is LAME's: Mp3
    Info Tag, revision 1.
    """
    frames = _frames(size, rate, encoding)
    padding = frames * FRAME[rate] - ENCODER_DELAY - count
    mono = encoding.channels == 1
    side = {1152: (32, 17), 576: (17, 9)}[FRAME[rate]][mono]  # bytes of side information
    index = _info_index(rate, encoding) + 1
    header = bytes([head[0], head[1], index << 4 | head[2] & 0x0C, head[3]])
    toc = bytes(at * 256 // 100 for at in range(100))  # the bitrate is constant
    size = min(size, 0xFFFFFFFF)  # that is all the field can say
    fields = struct.pack(">4sIII100sI", b"Info", 0b1111, frames, size, toc, 100 - 10 * QUALITY)
    constant = 1  # the method of VBR
    about = struct.pack(">9sBB8xBB", b"LAME3.100", constant, 0, 0, min(encoding.bitrate, 255))
    lengths = (ENCODER_DELAY << 12 | min(padding, 4095)).to_bytes(3, "big") + bytes(4)
    tag = header + bytes(side) + fields + about + lengths + struct.pack(">IH", size, 0)
    whole = tag + _crc16(tag).to_bytes(2, "big")
    return whole.ljust(_info_bytes(rate, encoding), b"\0")


def _crc16(data: bytes) -> int:
    """CRC-16/ARC, as the tag wants it of itself; that of the audio may be 0, for unknown."""
    crc = 0
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0xA001 if crc & 1 else 0)
    return crc
