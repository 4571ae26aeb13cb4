"""Small voices that real libraries speak with: graphs of a few nodes, made with onnx.

Each phoneme is two tones that belong to it, as long as the rate says, with noise over all of it
from the same kind of node as in a real voice.
"""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

PIPER_RATE, KOKORO_RATE = 22050, 24000
SYMBOLS = 256
STYLES = 2
# Seconds of an input number, at a usual rate.
PIPER_SECONDS, KOKORO_SECONDS = 0.034, 0.068
NOISE = 0.02


def piper_symbols() -> dict[str, list[int]]:
    """The usual numbers of espeak's phonemes, as far as most voices know them."""
    from piper.phoneme_ids import DEFAULT_PHONEME_ID_MAP

    return {key: ids for key, ids in DEFAULT_PHONEME_ID_MAP.items() if max(ids) < 160}


def piper_json(**changes: Any) -> dict[str, Any]:
    """What lies beside a Piper voice, in American English."""
    return {
        "audio": {"sample_rate": PIPER_RATE, "quality": "tiny"},
        "dataset": "whistle",
        "espeak": {"voice": "en-us"},
        "language": {"code": "en_US"},
        "inference": {"noise_scale": 0.667, "length_scale": 1.0, "noise_w": 0.8},
        "phoneme_type": "espeak",
        "num_symbols": SYMBOLS,
        "num_speakers": 1,
        "speaker_id_map": {},
        "phoneme_id_map": piper_symbols(),
    } | changes


def _numbers(name: str, value: Any, kind: Any) -> TensorProto:
    return numpy_helper.from_array(np.array(value, kind), name)


def _tones(seed: int) -> list[TensorProto]:
    """Two tones of each symbol, in radians a second."""
    chance = np.random.RandomState(seed)
    low, high = chance.uniform(150, 700, SYMBOLS), chance.uniform(800, 2500, SYMBOLS)
    return [
        _numbers("low", 2 * np.pi * low, np.float32),
        _numbers("high", 2 * np.pi * high, np.float32),
    ]


def _voice(rate: int, seconds: float, seed: int, ids: str) -> tuple[list[Any], list[TensorProto]]:
    """Nodes from `slower` (a factor) and `pitch` (another) to `sound`, and their constants."""
    node = helper.make_node
    nodes = [
        node("Reshape", [ids, "flat"], ["ids"]),
        node("Size", [ids], ["count"]),
        node("Mul", ["slower", "each"], ["length_float"]),
        node("Cast", ["length_float"], ["length"], to=TensorProto.INT64),
        node("Mul", ["length", "count"], ["total"]),
        node("Range", ["zero", "total", "one"], ["at"]),
        node("Div", ["at", "length"], ["place"]),
        node("Gather", ["ids", "place"], ["symbol"]),
        node("Cast", ["at"], ["at_float"], to=TensorProto.FLOAT),
        node("Div", ["at_float", "rate"], ["straight_time"]),
        node("Mul", ["straight_time", "pitch"], ["time"]),
        *(
            made
            for tone in ("low", "high")
            for made in (
                node("Gather", [tone, "symbol"], [f"{tone}_of"]),
                node("Mul", [f"{tone}_of", "time"], [f"{tone}_phase"]),
                node("Sin", [f"{tone}_phase"], [f"{tone}_wave"]),
            )
        ),
        node("Add", ["low_wave", "high_wave"], ["waves"]),
        node("Mul", ["waves", "gain"], ["tones"]),
        node("RandomNormalLike", ["tones"], ["noise"], dtype=TensorProto.FLOAT, scale=NOISE),
        node("RandomUniformLike", ["tones"], ["hiss"], high=NOISE, low=-NOISE),
        node("Add", ["noise", "hiss"], ["breath"]),
        node("Add", ["tones", "breath"], ["sound"]),
    ]
    constants = [
        *_tones(seed),
        _numbers("flat", [-1], np.int64),
        _numbers("zero", 0, np.int64),
        _numbers("one", 1, np.int64),
        _numbers("each", rate * seconds, np.float32),
        _numbers("rate", rate, np.float32),
        _numbers("gain", 0.2, np.float32),
    ]
    return nodes, constants


def _model(nodes: list[Any], inputs: list[Any], constants: list[TensorProto]) -> onnx.ModelProto:
    output = helper.make_tensor_value_info("output", TensorProto.FLOAT, None)
    graph = helper.make_graph(nodes, "voice", inputs, [output], constants)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def _input(name: str, kind: int, *shape: int | str) -> Any:
    return helper.make_tensor_value_info(name, kind, list(shape))


def piper_model(seed: int = 1, speakers: int = 1) -> onnx.ModelProto:
    """A voice as Piper exports them: a step of sid is a third higher."""
    node = helper.make_node
    nodes, constants = _voice(PIPER_RATE, PIPER_SECONDS, seed, "input")
    inputs = [
        _input("input", TensorProto.INT64, 1, "phonemes"),
        _input("input_lengths", TensorProto.INT64, 1),
        _input("scales", TensorProto.FLOAT, 3),
    ]
    first = [node("Gather", ["scales", "one"], ["slower"])]
    if speakers > 1:
        inputs.append(_input("sid", TensorProto.INT64, 1))
        first += [
            node("Cast", ["sid"], ["sid_float"], to=TensorProto.FLOAT),
            node("Mul", ["sid_float", "third"], ["higher"]),
            node("Add", ["higher", "unison"], ["pitch"]),
        ]
        constants.append(_numbers("third", 0.25, np.float32))
        constants.append(_numbers("unison", 1, np.float32))
    else:
        constants.append(_numbers("pitch", 1, np.float32))
    constants.append(_numbers("shape", [1, 1, 1, -1], np.int64))
    last = [node("Reshape", ["sound", "shape"], ["output"])]
    return _model([*first, *nodes, *last], inputs, constants)


def kokoro_model(seed: int = 1, tokens: str = "tokens") -> onnx.ModelProto:
    """A voice as Kokoro is exported: the first number of a style is its pitch."""
    node = helper.make_node
    nodes, constants = _voice(KOKORO_RATE, KOKORO_SECONDS, seed, tokens)
    inputs = [
        _input(tokens, TensorProto.INT64, 1, "tokens"),
        _input("style", TensorProto.FLOAT, 1, 256),
        _input("speed", TensorProto.FLOAT, 1),
    ]
    first = [
        node("Reciprocal", ["speed"], ["slower_row"]),
        node("Gather", ["slower_row", "zero"], ["slower"]),
        node("Reshape", ["style", "flat"], ["style_row"]),
        node("Gather", ["style_row", "zero"], ["pitch"]),
    ]
    return _model([*first, *nodes, node("Identity", ["sound"], ["output"])], inputs, constants)


def styles(*names: str, rows: int = 510) -> bytes:
    """A voices file: each style a little higher than the one before."""
    out = io.BytesIO()
    made = {
        name: np.full((rows, 1, 256), 1 + number / 4, np.float32)
        for number, name in enumerate(names)
    }
    np.savez(out, **made)  # type: ignore[arg-type]
    return out.getvalue()


def install_piper(root: Path, name: str, seed: int = 1, speakers: int = 1, **about: Any) -> Path:
    """Put a voice into a folder of installed voices; returns the path of its model."""
    folder = root / "piper"
    folder.mkdir(parents=True, exist_ok=True)
    model = folder / f"{name}.onnx"
    model.write_bytes(piper_model(seed, speakers).SerializeToString())
    about = piper_json(num_speakers=speakers, **about)
    (folder / f"{name}.onnx.json").write_text(json.dumps(about), encoding="utf-8")
    return model


def install_kokoro(root: Path, *names: str, seed: int = 1) -> Path:
    """Put a model and its styles into a folder of installed voices; returns the model's path."""
    folder = root / "kokoro"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "voices-tiny.bin").write_bytes(styles(*names))
    model = folder / "kokoro-tiny.onnx"
    model.write_bytes(kokoro_model(seed).SerializeToString())
    return model


def zipped(**members: bytes) -> bytes:
    """A zip archive of these members, packed as tightly as may be."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()
