"""Turns SSD's frozen TensorFlow graph into an ONNX model, in memory. Not for other networks, nor for running it.

ONNX Runtime looks in a third of the time that OpenCV's own engine takes, but reads no TensorFlow. Only the fields that
this network needs are read and written (graph.proto and tensor.proto of TensorFlow, onnx.proto of ONNX), so neither
library has to be there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from assistant.errors import WeightsCorrupt
from assistant_vision import specs
from assistant_vision.wire import Content, Value, fields, first, written

Array: TypeAlias = NDArray[np.float32]

INPUT: Final = "picture"
"""[1, 3, side, side] float32, red, green and blue from -1 to 1."""
BOXES: Final = "BoxEncodingPredictor/concat"
SCORES: Final = "ClassPredictor/concat/sigmoid"
"""[1, n * 4] offsets x, y, width, height of every anchor, and [1, n * 91] probabilities of its classes."""
JOINED: Final = (BOXES, "ClassPredictor/concat")
PREPARED: Final = "Preprocessor/sub"
"""The node that brings pixels into -1 to 1, which is done before."""
NATIVE: Final = 300
"""Pixels of the square the network was trained on. Each convolution pads as it did there, whatever the square now."""
EPSILON: Final = np.float32(0.001)
"""Of the batch normalisation of this network (pipeline.config of ssd_mobilenet_v2_coco_2018_03_29)."""
OPSET, IR_VERSION = 13, 7
FLOAT: Final = 1
"""DataType.DT_FLOAT of TensorFlow and TensorProto.FLOAT of ONNX alike."""


@dataclass(frozen=True, slots=True)
class Model:
    """An ONNX model whose weights are apart, so that they need not be copied into it."""

    encoded: bytes
    weights: Mapping[str, Array]
    """What the model declares as external, by name; no views of the graph."""


@dataclass(frozen=True, slots=True)
class Node:
    """One node of the text graph."""

    name: str
    operation: str
    inputs: tuple[str, ...]
    stride: int
    transposed: bool
    """Whether its weights give y before x."""


def to_onnx(graph: memoryview, text: str) -> Model:
    """The network from INPUT to BOXES and SCORES, normalisation folded into the convolutions, for squares of any size.

    Args:
        graph: the bytes of the frozen graph, which holds the weights.
        text: the text graph, which holds the structure.

    Raises:
        WeightsCorrupt: the two do not fit together.
    """
    try:
        return _Writer(nodes(text), constants(graph)).model()
    except (KeyError, IndexError, ValueError) as error:
        raise WeightsCorrupt(
            "frozen_inference_graph.pb and its .pbtxt are not those of SSD-MobileNet-v2, or cut off.",
            f"Bring the weights again: assistant weights pull {specs.SSD.name}",
        ) from error


def nodes(text: str) -> list[Node]:
    """The nodes of the text graph (OpenCV's .pbtxt), in order."""
    found = []
    for block in re.split(r"(?m)^(?=node \{)", text)[1:]:
        name, operation = re.search(r'(?m)^  name: "([^"]+)"', block), re.search(r'(?m)^  op: "(\w+)"', block)
        if name and operation:
            strides = re.search(r'key: "strides"\s+value \{\s+list \{\s+i: \d+\s+i: (\d+)', block)
            inputs = tuple(re.findall(r'(?m)^  input: "([^"]+)"', block))
            stride = int(strides[1]) if strides else 1
            found.append(Node(name[1], operation[1], inputs, stride, "loc_pred_transposed" in block))
    return found


def constants(graph: memoryview) -> dict[str, Array]:
    """Name -> values of the constants of floats in a frozen graph (GraphDef), views of its bytes.

    Raises:
        ValueError: it is no such graph, or cut off.
    """
    found: dict[str, Array] = {}
    for field, node in fields(graph):
        if field != 1 or not isinstance(node, memoryview):
            continue
        name = _text(first(node, 1))
        for entry in [content for number, content in fields(node) if number == 5]:
            tensor = first(first(entry, 2), 8) if _text(first(entry, 1)) == "value" else None
            values = _values(tensor) if isinstance(tensor, memoryview) else None
            if values is not None:
                found[name] = values
    return found


def _text(content: Content | None) -> str:
    return str(content, "utf-8") if isinstance(content, memoryview) else ""


def _values(tensor: memoryview) -> Array | None:
    """The values of a TensorProto; None unless it holds floats as bytes."""
    content, shape = first(tensor, 4), first(tensor, 2)
    if first(tensor, 1) != FLOAT or not isinstance(content, memoryview) or not isinstance(shape, memoryview):
        return None
    sizes = [first(size, 1) for number, size in fields(shape) if number == 2]
    return np.frombuffer(content, dtype="<f4").reshape([size if isinstance(size, int) else 0 for size in sizes])


class _Writer:
    """Writes the model; its values bear the names that they have in the text graph."""

    def __init__(self, given: Sequence[Node], weights: Mapping[str, Array]) -> None:
        self._given, self._from = given, weights
        self._followers: dict[str, list[Node]] = {}
        for node in given:
            for name in node.inputs:
                self._followers.setdefault(name, []).append(node)
        self._nodes: list[bytes] = []
        self._weights: dict[str, Array] = {}
        self._same = {PREPARED: INPUT}
        """Name in the text graph -> name of the value that it is in the model, where they differ."""
        self._sides = {INPUT: NATIVE}
        """Name -> side of the value when the picture has NATIVE pixels."""

    def model(self) -> Model:
        """Every node in order; what leads to no output, the runtime leaves out."""
        made = {node.name for node in self._given if self._add(node)}
        if not {BOXES, SCORES} <= made:
            raise ValueError("outputs are missing")
        bounds = [_inside("zero", 0.0), _inside("six", 6.0)]
        outside = [_outside(name, values.shape) for name, values in self._weights.items()]
        graph: list[tuple[int, Value]] = [(1, node) for node in self._nodes]
        graph += [(2, "ssd"), *((5, tensor) for tensor in (*bounds, *outside))]
        graph += [
            (11, _value(INPUT, (1, 3, "side", "side"))),
            (12, _value(BOXES, (1, "b"))),
            (12, _value(SCORES, (1, "s"))),
        ]
        return Model(written((1, IR_VERSION), (8, written((2, OPSET))), (7, written(*graph))), self._weights)

    def _add(self, node: Node) -> bool:
        """Whether the node was written under its name."""
        inputs = [self._same.get(name, name) for name in node.inputs]
        if node.operation in ("Conv2D", "DepthwiseConv2dNative"):
            self._convolution(node, inputs[0])
        elif node.operation == "Relu6":
            self._write("Clip", [inputs[0], "zero", "six"], node.name)
        elif node.operation in ("Add", "Sigmoid"):
            self._write(node.operation, inputs, node.name)
        elif node.operation == "Flatten":  # the anchors of a place follow one another
            self._write("Transpose", inputs, node.name + "/places", perm=(0, 2, 3, 1))
            self._write("Flatten", [node.name + "/places"], node.name, axis=1)
        elif node.name in JOINED:
            self._write("Concat", inputs[:-1], node.name, axis=1)
        else:
            if node.operation in ("Identity", "FusedBatchNorm", "BiasAdd"):  # part of the convolution before
                self._same[node.name] = inputs[0]
            return False
        if node.name not in self._sides and inputs[0] in self._sides:
            self._sides[node.name] = self._sides[inputs[0]]
        return True

    def _convolution(self, node: Node, picture: str) -> None:
        """A convolution with the normalisation or the bias that follows it."""
        deep = node.operation == "DepthwiseConv2dNative"
        kernel = self._from[node.inputs[1]].transpose((2, 3, 0, 1) if deep else (3, 2, 0, 1))
        bias: Array = np.zeros(len(kernel), dtype=np.float32)
        for follower in self._followers.get(node.name, ()):
            if follower.operation == "BiasAdd":
                bias = self._from[follower.inputs[1]]
            elif follower.operation == "FusedBatchNorm":
                gamma, beta, mean, variance = (self._from[name] for name in follower.inputs[1:])
                factor = gamma / np.sqrt(variance + EPSILON)
                kernel, bias = kernel * factor[:, None, None, None], beta - mean * factor
        if node.transposed:
            order = np.arange(len(kernel)).reshape(-1, 2)[:, ::-1].ravel()
            kernel, bias = kernel[order], bias[order]
        names = [node.name + "/weight", node.name + "/bias"]
        self._weights |= {name: np.array(one, order="C") for name, one in zip(names, (kernel, bias), strict=True)}
        side = self._sides[picture]
        self._sides[node.name] = -(-side // node.stride)
        lacking = max(0, (self._sides[node.name] - 1) * node.stride + kernel.shape[2] - side)
        before, behind = lacking // 2, lacking - lacking // 2
        self._write(
            "Conv",
            [picture, *names],
            node.name,
            strides=(node.stride, node.stride),
            pads=(before, before, behind, behind),
            group=len(kernel) if deep else 1,
        )

    def _write(self, operation: str, inputs: Sequence[str], output: str, **settings: int | Sequence[int]) -> None:
        """A NodeProto."""
        given: list[tuple[int, Value]] = [(1, name) for name in inputs]
        given += [(2, output), (4, operation), *((5, _setting(name, value)) for name, value in settings.items())]
        self._nodes.append(written(*given))


def _setting(name: str, value: int | Sequence[int]) -> bytes:
    """An AttributeProto: INT or INTS."""
    if isinstance(value, int):
        return written((1, name), (3, value), (20, 2))
    return written((1, name), *((8, each) for each in value), (20, 7))


def _inside(name: str, value: float) -> bytes:
    """A TensorProto of one number."""
    return written((2, FLOAT), (8, name), (9, np.array(value, dtype="<f4").tobytes()))


def _outside(name: str, shape: Sequence[int]) -> bytes:
    """A TensorProto whose values are handed over apart from the model."""
    place = written((1, "location"), (2, "apart"))
    return written(*((1, size) for size in shape), (2, FLOAT), (8, name), (13, place), (14, 1))


def _value(name: str, shape: Sequence[int | str]) -> bytes:
    """A ValueInfoProto of floats."""
    sizes = [(1, written((1, size) if isinstance(size, int) else (2, size))) for size in shape]
    return written((1, name), (2, written((1, written((1, FLOAT), (2, written(*sizes)))))))
