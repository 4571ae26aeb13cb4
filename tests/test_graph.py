"""ONNX graphs: what is refused, and that what is left sounds the same every time."""

from __future__ import annotations

import pickle
import random
from contextlib import suppress
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from pipeline.engines import graph
from pipeline.engines.piper import INPUTS
from pipeline.errors import VoiceError
from tests import voices

NAME = "voice.onnx"
GOOD = voices.piper_model().SerializeToString()


def drawing(kind: str, opset: int = 17, **attributes: Any) -> onnx.ModelProto:
    """A model of one node that draws, the shape of its input."""
    like = ["x"] if kind.endswith("Like") else []
    return model_of([helper.make_node(kind, like, ["y"], **attributes)], opset)


def model_of(nodes: list[Any], opset: int = 17, kind: int = TensorProto.FLOAT) -> onnx.ModelProto:
    x = helper.make_tensor_value_info("x", kind, ["a", "b"])
    y = helper.make_tensor_value_info("y", kind, None)
    made = helper.make_graph(nodes, "g", [x], [y])
    return helper.make_model(made, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)


def runs(data: bytes, shape: tuple[int, int] = (30, 40), kind: Any = np.float32) -> Any:
    """What two runs of one session give."""
    session = graph.session(data, NAME)
    feed = {"x": np.zeros(shape, kind)}
    return session.run(None, feed)[0], session.run(None, feed)[0]


KINDS = [
    ("RandomNormalLike", {"mean": 3.0, "scale": 2.0}),
    ("RandomNormal", {"shape": [30, 40], "mean": 3.0, "scale": 2.0}),
    ("RandomUniformLike", {"low": 3.0 - 12**0.5, "high": 3.0 + 12**0.5}),
    ("RandomUniform", {"shape": [30, 40], "low": 3.0 - 12**0.5, "high": 3.0 + 12**0.5}),
]


@pytest.mark.parametrize(("kind", "attributes"), KINDS, ids=[kind for kind, _ in KINDS])
def test_noise_is_the_same_every_time_and_as_wide_as_before(
    kind: str, attributes: dict[str, Any]
) -> None:
    first, second = runs(drawing(kind, **attributes).SerializeToString())
    assert not np.array_equal(first, second)  # which is why any of this is needed
    first, second = runs(graph.steady(drawing(kind, **attributes), NAME))
    assert np.array_equal(first, second)
    assert first.shape == (30, 40)
    assert first.dtype == np.float32
    assert abs(first.mean() - 3) < 0.2
    assert abs(first.std() - 2) < 0.2


def test_noise_is_as_long_as_it_is_asked_for() -> None:
    model = graph.steady(drawing("RandomNormalLike"), NAME)
    long, _ = runs(model, (3, graph.NOISE))
    assert np.array_equal(long[0], long[1])
    assert long.std() == pytest.approx(1, abs=0.01)
    assert runs(model, (0, 5))[0].shape == (0, 5)


def test_each_node_has_noise_of_its_own() -> None:
    nodes = [
        helper.make_node("RandomNormalLike", ["x"], ["one"]),
        helper.make_node("RandomNormalLike", ["x"], ["other"]),
        helper.make_node("Sub", ["one", "other"], ["y"]),
    ]
    difference, _ = runs(graph.steady(model_of(nodes), NAME))
    assert difference.std() == pytest.approx(2**0.5, abs=0.1)


@pytest.mark.parametrize("opset", [11, 13, 15, 20])
def test_the_type_stays_whatever_the_version(opset: int) -> None:
    like = drawing("RandomNormalLike", opset, dtype=TensorProto.FLOAT16)
    like.graph.output[0].type.tensor_type.elem_type = TensorProto.FLOAT16
    assert runs(graph.steady(like, NAME))[0].dtype == np.float16


def test_the_type_of_what_it_is_like_is_kept() -> None:
    node = helper.make_node("RandomUniformLike", ["x"], ["y"])
    like = model_of([node], kind=TensorProto.DOUBLE)
    assert runs(graph.steady(like, NAME), kind=np.float64)[0].dtype == np.float64


def test_noise_in_a_branch_is_steady_too() -> None:
    inner = helper.make_node("RandomNormalLike", ["x"], ["inner"])
    out = helper.make_tensor_value_info("inner", TensorProto.FLOAT, None)
    branch = helper.make_graph([inner], "branch", [], [out])
    true = helper.make_tensor("true", TensorProto.BOOL, [], [True])
    nodes = [
        helper.make_node("Constant", [], ["yes"], value=true),
        helper.make_node("If", ["yes"], ["y"], then_branch=branch, else_branch=branch),
    ]
    first, second = runs(graph.steady(model_of(nodes), NAME))
    assert np.array_equal(first, second)
    assert first.std() == pytest.approx(1, abs=0.1)


def test_noise_in_a_function_is_steady_too() -> None:
    inner = helper.make_node("RandomNormalLike", ["a"], ["b"])
    opset = [helper.make_opsetid("", 17)]
    function = helper.make_function("own", "Hiss", ["a"], ["b"], [inner], opset)
    model = model_of([helper.make_node("Hiss", ["x"], ["y"], domain="own")])
    model.functions.append(function)
    model.opset_import.append(helper.make_opsetid("own", 1))
    parsed = graph.parsed(model.SerializeToString(), NAME)
    first, second = runs(graph.steady(parsed, NAME))
    assert np.array_equal(first, second)


def test_dropout_drops_nothing() -> None:
    true = helper.make_tensor("true", TensorProto.BOOL, [], [True])
    nodes = [
        helper.make_node("Constant", [], ["yes"], value=true),
        helper.make_node("Dropout", ["x", "", "yes"], ["y"]),
    ]
    session = graph.session(graph.steady(model_of(nodes), NAME), NAME)
    ones = np.ones((30, 40), np.float32)
    assert np.array_equal(session.run(None, {"x": ones})[0], ones)


def test_lots_that_no_voice_draws_are_refused() -> None:
    with pytest.raises(VoiceError, match=r"voice\.onnx: it draws lots \(Bernoulli\)"):
        graph.steady(drawing("Bernoulli"), NAME)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "not an ONNX model, or not all of it"),
        (GOOD[: len(GOOD) // 2], "not an ONNX model, or not all of it"),
        (b"\0" * 1000, "not an ONNX model"),
        (b"Not Found", "not an ONNX model"),
        (b"<!DOCTYPE html><html>", "this is a web page, not an ONNX model"),
        (b"  <html>", "this is a web page"),
        (pickle.dumps({"weights": [1.0]}), "this is a Python pickle"),
        (pickle.dumps({"weights": [1.0]}, 2), "this is a Python pickle"),
        (voices.zipped(**{"archive/data.pkl": b"."}), "this is a zip archive"),
        (b'{"error": "gone"}', "this is JSON"),
        (b"version https://git-lfs.github.com/spec/v1\n", "this is a Git LFS pointer"),
    ],
)
def test_what_is_no_model_is_refused(data: bytes, message: str) -> None:
    with pytest.raises(VoiceError, match=rf"^voice\.onnx: {message}.*\.$"):
        graph.parsed(data, NAME)


def test_a_damaged_model_is_refused_or_runs() -> None:
    """Whatever the damage is: a byte changed, left out, put in."""
    chance = random.Random(1979)
    for _ in range(300):
        data = bytearray(GOOD)
        for _ in range(chance.choice((1, 3, 9))):
            at = chance.randrange(len(data))
            data[at : at + chance.randrange(3)] = chance.randbytes(chance.randrange(3))
        with suppress(VoiceError):
            model = graph.parsed(bytes(data), NAME)
            graph.check_inputs(model, INPUTS, NAME)
            graph.session(graph.steady(model, NAME), NAME)


def outside(location: str) -> onnx.TensorProto:
    tensor = TensorProto(name="secret", data_type=TensorProto.FLOAT, dims=[1])
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value=location)
    return tensor


def test_a_tensor_in_another_file_is_refused_wherever_it_is() -> None:
    branch = helper.make_graph(
        [helper.make_node("Constant", [], ["z"], value=outside("../../etc/passwd"))],
        "branch",
        [],
        [helper.make_tensor_value_info("z", TensorProto.FLOAT, None)],
    )
    inside = model_of([helper.make_node("If", ["x"], ["y"], then_branch=branch)])
    top = voices.piper_model()
    top.graph.initializer.append(outside("/etc/passwd"))
    for model in (inside, top):
        with pytest.raises(VoiceError, match=r"lies in another file, '.*etc/passwd'\. Refused"):
            graph.parsed(model.SerializeToString(), NAME)


def test_operators_of_elsewhere_are_refused() -> None:
    model = model_of([helper.make_node("Run", ["x"], ["y"], domain="org.evil")])
    with pytest.raises(VoiceError, match=r"voice\.onnx: it needs operators of 'org\.evil'"):
        graph.parsed(model.SerializeToString(), NAME)


def test_a_model_too_old_is_refused() -> None:
    with pytest.raises(VoiceError, match=r"of another version \(opset 9\)"):
        graph.parsed(drawing("RandomNormalLike", 9).SerializeToString(), NAME)


def test_a_model_that_onnx_runtime_does_not_take_is_refused(
    capfd: pytest.CaptureFixture[str],
) -> None:
    broken = model_of([helper.make_node("Add", ["x", "nowhere"], ["y"])])
    with pytest.raises(VoiceError, match=r"voice\.onnx: ONNX Runtime cannot load it \("):
        graph.session(broken.SerializeToString(), NAME)
    assert capfd.readouterr().out == ""


def test_a_session_has_one_thread_unless_told_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    assert graph.threads() == 1
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    assert graph.threads() == 3
    monkeypatch.setenv("OMP_NUM_THREADS", "4,2")
    assert graph.threads() == 1
