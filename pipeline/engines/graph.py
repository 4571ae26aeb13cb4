"""ONNX graphs of voices: read, checked, made to sound the same every time, and run.

The bytes of a model are a stranger's. They are parsed here, once, and what is run is made from
what was checked: no path is opened a second time, and none that stands in the model ever.

VITS and Kokoro draw noise inside the graph, from generators of ONNX Runtime that go on from one
run to the next: a sentence would sound a little different each time. Each such node becomes
operators without a memory, which take the noise from a table that is the same everywhere.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from pipeline.errors import VoiceError

if TYPE_CHECKING:
    import onnx

DOMAINS = ("", "ai.onnx", "ai.onnx.ml", "com.microsoft")
OLDEST_OPSET = 11  # the first with Range
# Counts up when the engines make other sound of a text than before, of graph or phonemes.
VERSION = 1
# ONNX's numbers of element types.
FLOAT, INT32, INT64, DOUBLE = 1, 6, 7, 11

# How many numbers a table of noise has: a prime, so that no layout of a tensor falls in step with
# it. It is 12 s of a Piper voice's noise; what comes after that is the same again.
NOISE = 1_048_583
SEED = 1979
NORMAL = {"RandomNormal", "RandomNormalLike"}
UNIFORM = {"RandomUniform", "RandomUniformLike"}
OTHER_CHANCE = {"Bernoulli", "Multinomial"}
CHANCE = NORMAL | UNIFORM | OTHER_CHANCE
PREFIX = "make_audiobook_"
# How a file begins that is often mistaken for a model, or was saved instead of one.
BEGINNINGS = {
    b"PK\x03\x04": "a zip archive, such as a torch checkpoint",
    b"\x80\x02": "a Python pickle",
    b"\x80\x03": "a Python pickle",
    b"\x80\x04": "a Python pickle",
    b"\x80\x05": "a Python pickle",
    b"<": "a web page",
    b"{": "JSON",
    b"version https://git-lfs": "a Git LFS pointer, and not the file itself",
}


@contextmanager
def _read_as_model(name: str) -> Iterator[None]:
    """Turn what damaged fields raise, texts that are none and numbers of another type, into a
    VoiceError: no check of ours can ask for each of them.
    """
    try:
        yield
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        raise VoiceError(f"{name}: not an ONNX model, or a damaged one. Get it again.") from error


def parsed(data: bytes, name: str) -> onnx.ModelProto:
    """A model that asks for nothing but its own bytes. Raises VoiceError, which names it so."""
    import onnx
    from google.protobuf.message import DecodeError

    for beginning, kind in BEGINNINGS.items():
        if data.lstrip()[: len(beginning)] == beginning:
            raise VoiceError(f"{name}: this is {kind}, not an ONNX model. Get it again.")
    try:
        model = onnx.load_model_from_string(data)
    except (DecodeError, ValueError, RecursionError) as error:
        raise VoiceError(f"{name}: not an ONNX model, or not all of it. Get it again.") from error
    if not model.graph.node or not model.graph.output or not model.opset_import:
        raise VoiceError(f"{name}: not an ONNX model, or not all of it. Get it again.")
    with _read_as_model(name):
        _check(model, name)
    return model


def _check(model: onnx.ModelProto, name: str) -> None:
    """Refuse what would open another file, or run code that is not ONNX Runtime's own."""
    import onnx

    for tensor in _tensors(model):
        if tensor.data_location == onnx.TensorProto.EXTERNAL or tensor.external_data:
            where = {entry.key: entry.value for entry in tensor.external_data}.get("location", "")
            raise VoiceError(f"{name}: part of it lies in another file, {where!r:.80}. Refused.")
    nodes = [node.domain for graph in _graphs(model) for node in graph.node]
    used = {*nodes, *(node.domain for one in model.functions for node in one.node)}
    own = {function.domain for function in model.functions}
    if strange := used - {*DOMAINS, *own}:
        raise VoiceError(f"{name}: it needs operators of {min(strange)!r:.80}. Refused.")
    if _opset(model) < OLDEST_OPSET:
        raise VoiceError(f"{name}: of another version (opset {_opset(model)}). Get a newer one.")


def _opset(model: onnx.ModelProto) -> int:
    return max((one.version for one in model.opset_import if one.domain in DOMAINS[:2]), default=0)


def _tensors(message: Any) -> Iterator[onnx.TensorProto]:
    """Every tensor of a message, wherever in it."""
    import onnx

    if isinstance(message, onnx.TensorProto):
        yield message
        return
    for field, value in message.ListFields():
        if field.message_type is not None:
            for part in [value] if hasattr(value, "ListFields") else value:
                yield from _tensors(part)


def _graphs(model: onnx.ModelProto) -> Iterator[onnx.GraphProto]:
    """The graph, and those inside its nodes."""
    waiting = [model.graph]
    while waiting:
        graph = waiting.pop()
        yield graph
        for node in graph.node:
            for attribute in node.attribute:
                waiting.extend(attribute.graphs)
                if attribute.HasField("g"):
                    waiting.append(attribute.g)


def inputs(model: onnx.ModelProto) -> dict[str, int]:
    """The inputs that must be fed, and the types of their elements."""
    made = {tensor.name for tensor in model.graph.initializer}
    return {
        one.name: one.type.tensor_type.elem_type
        for one in model.graph.input
        if one.name not in made
    }


def check_inputs(model: onnx.ModelProto, wanted: Mapping[str, Collection[int]], name: str) -> None:
    """Refuse a model whose inputs are not these, of these types, or that gives no float audio."""
    with _read_as_model(name):
        found = inputs(model)
    if found.keys() != wanted.keys():
        there = ", ".join(sorted(map(str, found)))
        raise VoiceError(
            f"{name}: of another version: its inputs are {there:.120}, "
            f"not {', '.join(sorted(wanted))}. Get one that this engine can use."
        )
    for key, kinds in wanted.items():
        if found[key] not in kinds:
            raise VoiceError(f"{name}: of another version: its input {key} is of another type.")
    if model.graph.output[0].type.tensor_type.elem_type != FLOAT:
        raise VoiceError(f"{name}: of another version: what it gives is not audio.")


def steady(model: onnx.ModelProto, name: str) -> bytes:
    """The model as a file, changed so that it gives the same for the same, whatever was before.

    Raises VoiceError where it draws lots in a way that no voice that we know does.
    """
    with _read_as_model(name):
        if model.functions:
            import onnx.inliner

            model = onnx.inliner.inline_local_functions(model)
        _take_chance_out(model, name)
        data: bytes = model.SerializeToString()
    return data


def _take_chance_out(model: onnx.ModelProto, name: str) -> None:
    drawn = [node for graph in _graphs(model) for node in graph.node if node.op_type in CHANCE]
    if other := {node.op_type for node in drawn} & OTHER_CHANCE:
        raise VoiceError(f"{name}: it draws lots ({min(other)}), which no known voice does.")
    number = 0
    for graph in _graphs(model):
        kept: list[onnx.NodeProto] = []
        for node in graph.node:
            if node.op_type == "Dropout":
                del node.input[2:]  # it drops in training only, which this would ask for
            if node.op_type in CHANCE:
                start = number * NOISE // len(drawn)
                kept += _from_table(model, node, f"{PREFIX}{number}_", start)
                number += 1
            else:
                kept.append(node)
        del graph.node[:]
        graph.node.extend(kept)
    _add_tables(model, {node.op_type for node in drawn})


def _add_tables(model: onnx.ModelProto, kinds: set[str]) -> None:
    """Normal and uniform noise, as far as asked for: numpy's frozen generator never changes."""
    import numpy as np
    from onnx import numpy_helper

    if kinds & NORMAL:
        noise = np.random.RandomState(SEED).standard_normal(NOISE).astype(np.float32)
        model.graph.initializer.append(numpy_helper.from_array(noise, f"{PREFIX}normal"))
    if kinds & UNIFORM:
        noise = np.random.RandomState(SEED).random_sample(NOISE).astype(np.float32)
        model.graph.initializer.append(numpy_helper.from_array(noise, f"{PREFIX}uniform"))


def _from_table(
    model: onnx.ModelProto, node: onnx.NodeProto, prefix: str, start: int
) -> list[onnx.NodeProto]:
    """What stands for a node that draws: as many numbers of a table, from a place of its own."""
    import numpy as np
    from onnx import helper, numpy_helper

    has = {one.name: helper.get_attribute_value(one) for one in node.attribute}
    made: list[onnx.NodeProto] = []

    def constant(name: str, value: Any, kind: type) -> str:
        tensor = numpy_helper.from_array(np.asarray(value, kind), prefix + name)
        model.graph.initializer.append(tensor)
        return prefix + name

    def add(kind: str, name: str, *sources: str, **attributes: Any) -> str:
        target = name if name == node.output[0] else prefix + name
        made.append(helper.make_node(kind, list(sources), [target], **attributes))
        return target

    if node.op_type.endswith("Like"):
        shape, size = add("Shape", "shape", node.input[0]), add("Size", "size", node.input[0])
    else:
        shape = constant("shape", has["shape"], np.int64)
        size = constant("size", np.prod(has["shape"], dtype=np.int64), np.int64)
    first = constant("start", start, np.int64)
    places = add(
        "Range", "range", first, add("Add", "end", first, size), constant("one", 1, np.int64)
    )
    places = add("Mod", "places", places, constant("count", NOISE, np.int64))
    normal = node.op_type in NORMAL
    numbers = add("Gather", "drawn", PREFIX + ("normal" if normal else "uniform"), places)
    low, scale = _range(has, normal=normal)
    numbers = add("Mul", "scaled", numbers, constant("scale", scale, np.float32))
    numbers = add("Add", "moved", numbers, constant("low", low, np.float32))
    numbers = _as_type(model, node, has, numbers, add)
    add("Reshape", node.output[0], numbers, shape, **_exact(model))
    return made


def _range(has: Mapping[str, Any], *, normal: bool) -> tuple[float, float]:
    """What is added to a number of the table, and by what it is multiplied before."""
    if normal:
        return has.get("mean", 0.0), has.get("scale", 1.0)
    low, high = has.get("low", 0.0), has.get("high", 1.0)
    return low, high - low


def _as_type(
    model: onnx.ModelProto, node: onnx.NodeProto, has: Mapping[str, Any], numbers: str, add: Any
) -> str:
    """The numbers in the type that the node gives: its own, or that of what it is to be like."""
    wanted = has.get("dtype", FLOAT)
    if "dtype" not in has and node.op_type.endswith("Like") and _opset(model) >= 15:
        return str(add("CastLike", "typed", numbers, node.input[0]))
    return str(add("Cast", "typed", numbers, to=wanted)) if wanted != FLOAT else numbers


def _exact(model: onnx.ModelProto) -> dict[str, int]:
    """A 0 in a shape is a length, and not "as before", as far as a model's version can say so."""
    return {"allowzero": 1} if _opset(model) >= 14 else {}


def session(data: bytes, name: str) -> Any:
    """An `onnxruntime.InferenceSession` of a checked model, on as many cores as a process may use.

    Raises VoiceError where ONNX Runtime does not take it.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = threads()
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    options.log_severity_level = 3  # errors; what it warns of is the model's own business
    try:
        made = onnxruntime.InferenceSession(
            data,
            options,
            providers=["CPUExecutionProvider"],
            enable_fallback=0,  # it would print to stdout, and try the same again
        )
    except Exception as error:  # its exceptions have no root of their own
        reason = str(error).splitlines()[0][:200]
        raise VoiceError(f"{name}: ONNX Runtime cannot load it ({reason}).") from error
    made._model_bytes = None  # noqa: SLF001  it would keep them as long as it lives, for nothing
    return made


def threads() -> int:
    """How many threads a session may have: one, unless OMP_NUM_THREADS says more."""
    told = os.environ.get("OMP_NUM_THREADS", "")
    return max(1, int(told)) if told.isascii() and told.isdigit() else 1
