"""espeak-ng in a process that has just started and speaks once: what each of our clips must equal.

Written apart from our driver on purpose. Text on stdin, 16-bit samples on stdout.
"""

import ctypes
import sys

import espeakng_loader

Callback = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p
)


@Callback
def on_samples(samples, count, _events):
    if count > 0:
        sys.stdout.buffer.write(ctypes.string_at(samples, 2 * count))
    return 0


voice, rate = sys.argv[1].encode(), int(sys.argv[2])
text = sys.stdin.buffer.read() + b"\0"
espeak = ctypes.CDLL(espeakng_loader.get_library_path())
espeak.espeak_Initialize(2, 32768, espeakng_loader.get_data_path().encode(), 0)
espeak.espeak_SetVoiceByName(voice)
espeak.espeak_SetParameter(1, rate, 0)
espeak.espeak_SetParameter(3, 50, 0)
espeak.espeak_SetParameter(2, 100, 0)
espeak.espeak_SetSynthCallback(on_samples)
espeak.espeak_Synth(text, len(text), 0, 1, 0, 1, None, None)
sys.stdout.flush()
