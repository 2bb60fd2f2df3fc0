"""Reading a frozen TensorFlow graph and writing it as ONNX: on graphs made here, and on the detector's own."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import WeightsCorrupt
from assistant.settings import Settings
from assistant.weights import Weights
from assistant_vision.detector import CONFIG, GRAPH, SIZES, Detector
from assistant_vision.frozen import BOXES, INPUT, NATIVE, SCORES, constants, to_onnx
from assistant_vision.specs import SSD
from assistant_vision.wire import fields, first, written

onnxruntime = pytest.importorskip("onnxruntime")
numbers = st.integers(1, 2**29 - 1)


def constant(name: str, values: Any) -> bytes:
    """A NodeDef, as a field of a GraphDef."""
    array = np.asarray(values, dtype="<f4")
    shape = b"".join(written((2, written((1, side)))) for side in array.shape)
    tensor = written((1, 1), (2, shape), (4, array.tobytes()))
    entry = written((1, "value"), (2, written((8, tensor))))
    return written((1, written((1, name), (2, "Const"), (5, entry))))


def node(name: str, operation: str, *inputs: str, more: str = "") -> str:
    lines = "".join(f'  input: "{one}"\n' for one in inputs)
    return f'node {{\n  name: "{name}"\n  op: "{operation}"\n{lines}{more}}}\n'


def run(model: Any, picture: Any) -> tuple[Any, Any]:
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    values = [onnxruntime.OrtValue.ortvalue_from_numpy(each) for each in model.weights.values()]
    options.add_external_initializers(list(model.weights), values)
    session = onnxruntime.InferenceSession(model.encoded, options, providers=["CPUExecutionProvider"])
    boxes, scores = session.run([BOXES, SCORES], {INPUT: picture})
    return boxes, scores


TINY = (
    node("Preprocessor/sub", "Sub", "picture")
    + node("stem", "Conv2D", "Preprocessor/sub", "stem/w")
    + node("norm", "FusedBatchNorm", "stem", "gamma", "beta", "mean", "variance")
    + node("bent", "Relu6", "norm")
    + node("box", "Conv2D", "bent", "box/w", more='  attr {\n    key: "loc_pred_transposed"\n  }\n')
    + node("boxed", "BiasAdd", "box", "box/b")
    + node("flat", "Flatten", "boxed")
    + node(BOXES, "ConcatV2", "flat", "axis")
    + node("class", "DepthwiseConv2dNative", "bent", "class/w")
    + node("flat_class", "Flatten", "class")
    + node("ClassPredictor/concat", "ConcatV2", "flat_class", "axis")
    + node(SCORES, "Sigmoid", "ClassPredictor/concat")
)


def tiny() -> bytes:
    generator = np.random.default_rng(0)
    weights = {
        "stem/w": np.eye(3)[None, None],
        "gamma": [2.0, 1.0, 1.0],
        "beta": [0.0, 1.0, 0.0],
        "mean": [0.0, 0.0, 0.5],
        "variance": [0.999] * 3,
        "box/w": generator.normal(size=(1, 1, 3, 4)),
        "box/b": [1.0, 2.0, 3.0, 4.0],
        "class/w": np.ones((1, 1, 3, 1)),
    }
    return b"".join(constant(name, values) for name, values in weights.items())


def test_a_small_network_computes_what_its_graph_says() -> None:
    """Normalisation, bounds, bias, the order of x and y, and of places before channels."""
    picture = np.random.default_rng(1).uniform(-1, 1, (1, 3, 2, 2)).astype(np.float32)
    boxes, scores = run(to_onnx(memoryview(tiny()), TINY), picture)
    factor, offset = np.array([2.0, 1.0, 1.0]), np.array([0.0, 1.0, -0.5])
    places = np.clip(picture[0].transpose(1, 2, 0).reshape(-1, 3) * factor + offset, 0, 6)
    kernel = constants(memoryview(tiny()))["box/w"][0, 0]
    by_axis = places @ kernel + [1.0, 2.0, 3.0, 4.0]
    np.testing.assert_allclose(boxes.reshape(-1, 4), by_axis[:, [1, 0, 3, 2]], rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(scores.reshape(-1, 3), 1 / (1 + np.exp(-places)), rtol=1e-4)


@pytest.mark.parametrize("damage", [lambda graph: graph[:-7], lambda graph: graph[40:], lambda _: b"no graph at all"])
def test_a_damaged_graph_is_named_with_its_remedy(damage: Any) -> None:
    """Never another error, whatever the file holds."""
    with pytest.raises(WeightsCorrupt) as error:
        to_onnx(memoryview(damage(tiny())), TINY)
    assert "weights pull" in str(error.value.remedy)


def test_a_graph_without_outputs_is_refused() -> None:
    """A text graph of another network does not pass."""
    with pytest.raises(WeightsCorrupt):
        to_onnx(memoryview(tiny()), node("bent", "Relu6", "Preprocessor/sub"))


@given(st.lists(st.tuples(numbers, st.one_of(st.integers(0, 2**63), st.binary(max_size=300)))))
def test_what_is_written_is_read(given_fields: list[tuple[int, int | bytes]]) -> None:
    """Fields come back in order, with their numbers."""
    message = memoryview(written(*given_fields))
    assert [(number, one if isinstance(one, int) else bytes(one)) for number, one in fields(message)] == given_fields
    for number, _ in given_fields:
        assert first(message, number) == next(one for other, one in given_fields if other == number)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    """No other error than ValueError, and no endless loop."""
    try:
        assert sum(1 for _ in fields(memoryview(content))) <= len(content)
    except ValueError:
        return


@pytest.mark.weights
@pytest.mark.parametrize("side", SIZES[:2])
def test_the_detector_computes_what_opencv_computes(side: int) -> None:
    """The same network read by OpenCV's own importer of TensorFlow."""
    cv2 = pytest.importorskip("cv2")
    weights = Weights(Settings().weights_directory())
    weights.add(SSD)
    directory: Path = weights.where(SSD.name)
    text = (directory / CONFIG).read_text(encoding="utf-8")
    graph = np.fromfile(directory / GRAPH, dtype=np.uint8)
    picture = np.random.default_rng(2).uniform(-1, 1, (1, 3, side, side)).astype(np.float32)
    ending = ('op: "PriorBox"', 'name: "PriorBox/concat"', 'op: "DetectionOutput"')
    blocks = re.split(r"(?m)^(?=node \{)", text)
    kept = "".join(block for block in blocks if not any(mark in block for mark in ending))
    network = cv2.dnn.readNetFromTensorflow(graph, np.frombuffer(kept.encode(), dtype=np.uint8))
    network.setInput(np.zeros((1, 3, NATIVE, NATIVE), dtype=np.float32))
    network.forward(network.getUnconnectedOutLayersNames())  # it keeps the padding of its first picture
    network.setInput((picture + 1) * 127.5)
    wanted = sorted(network.forward(network.getUnconnectedOutLayersNames()), key=lambda output: int(output.size))
    for mine, other in zip(run(to_onnx(graph.data, text), picture), wanted, strict=True):
        np.testing.assert_allclose(mine.ravel(), other.ravel(), atol=2e-3)


@pytest.mark.parametrize("content", [b"", b"\x00" * 64])
def test_an_emptied_file_of_weights_is_named_with_its_remedy(tmp_path: Path, content: bytes) -> None:
    """A download that went wrong costs one sentence, no traceback."""
    pytest.importorskip("cv2")
    (tmp_path / GRAPH).write_bytes(content)
    (tmp_path / CONFIG).write_text(TINY, encoding="utf-8")
    with pytest.raises(WeightsCorrupt):
        Detector(tmp_path, threads=1)
