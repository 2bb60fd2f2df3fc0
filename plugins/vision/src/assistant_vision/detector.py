"""Runs SSD-MobileNet-v2 (COCO) on one picture at several sizes. Not for deciding what to report: see objects.py."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from assistant_vision.boxes import Detection
from assistant_vision.coco import CLASSES
from assistant_vision.frozen import BOXES, INPUT, NATIVE, SCORES, to_onnx
from assistant_vision.pixels import RGB

GRAPH: Final = "frozen_inference_graph.pb"
CONFIG: Final = "ssd_mobilenet_v2_coco_2018_03_29.pbtxt"
SIZES: Final = (300, 428, 812)
"""Pixels of the squares that are looked at, smallest first. The network is fully convolutional: on a larger square its
anchors cover smaller things. Sizes that differ from NATIVE by a multiple of 128 fit each layer's padding, which is that
of training; at others (600) every box is off by half a cell. What they bring is measured by scripts/fit_objects.py."""
LEAST: Final = 0.03
"""Score below which nothing is kept: one look's noise, which another look may still confirm."""
MOST: Final = 150
"""Boxes kept of one look."""
SUPPRESS: Final = 0.6
"""Intersection over union from which the weaker of two boxes of one class in one look goes (the model's own value)."""
SCALES: Final = (0.2, 0.35, 0.5, 0.65, 0.8, 0.95, 1.0)
ASPECTS: Final = (1.0, 2.0, 0.5, 3.0, 1 / 3)
"""Anchors of the model: sides as shares of the native square by layer, and width over height (SSD, Liu et al. 2016;
pipeline.config of ssd_mobilenet_v2_coco_2018_03_29). The lowest layer has three smaller ones."""
HALF: Final = 127.5
"""Pixels are brought from 0-255 into -1 to 1 (same source)."""
VARIANCES: Final = (10.0, 5.0)
"""By which the network's offsets of centres and of sides are scaled (same source)."""


def anchors(side: int) -> NDArray[np.float64]:
    """Centre x, centre y, width and height of every anchor on a square of `side` pixels, normalised: [n, 4]."""
    grid, shrunk = math.ceil(side / 16), NATIVE / side
    layers = []
    for layer in range(6):
        if layer == 0:
            shapes = [(0.1, 1.0), (0.2, 2.0), (0.2, 0.5)]
        else:
            between = math.sqrt(SCALES[layer] * SCALES[layer + 1])
            shapes = [*((SCALES[layer], aspect) for aspect in ASPECTS), (between, 1.0)]
        sides = np.array([[scale * math.sqrt(aspect), scale / math.sqrt(aspect)] for scale, aspect in shapes]) * shrunk
        middles = (np.arange(grid) + 0.5) / grid
        y, x = np.meshgrid(middles, middles, indexing="ij")
        centres = np.repeat(np.stack([x, y], -1)[:, :, None], len(shapes), axis=2)
        layers.append(np.concatenate([centres, np.broadcast_to(sides, centres.shape)], -1).reshape(-1, 4))
        grid = math.ceil(grid / 2)
    return np.concatenate(layers)


def _session(directory: Path, threads: int) -> tuple[Any, Any]:
    """The network in ONNX Runtime, and how it is to be run."""
    import onnxruntime

    graph = np.fromfile(directory / GRAPH, dtype=np.uint8)
    model = to_onnx(graph.data, (directory / CONFIG).read_text(encoding="utf-8"))
    del graph  # 70 MB that need not be there while the runtime arranges its own
    options, ways = onnxruntime.SessionOptions(), onnxruntime.RunOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    options.log_severity_level = 3  # errors: it warns of parts of the graph that lead nowhere
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # other perceivers want the cores
    ways.add_run_config_entry("memory.enable_memory_arena_shrinkage", "cpu:0")  # a look at 812 leaves 150 MB otherwise
    weights = [onnxruntime.OrtValue.ortvalue_from_numpy(values) for values in model.weights.values()]
    options.add_external_initializers(list(model.weights), weights)
    return onnxruntime.InferenceSession(model.encoded, options, providers=["CPUExecutionProvider"]), ways


class Detector:
    """The loaded network; not thread-safe."""

    def __init__(self, directory: Path, threads: int, sizes: Sequence[int] = SIZES) -> None:
        import cv2

        if cv2.getNumThreads() > threads:  # one setting for the whole process: only ever lower it
            cv2.setNumThreads(threads)
        self._cv2 = cv2
        self.sizes = tuple(sizes)
        self._network, self._ways = _session(directory, threads)
        self._anchors = {side: anchors(side) for side in self.sizes}
        self._names = {label: CLASSES[label] for label in sorted(CLASSES)}

    def looks(self, rgb: RGB, check: Callable[[], None]) -> list[list[Detection]]:
        """What each look found, one list a size, most certain first; boxes may reach a little over the edges.

        Args:
            rgb: [height, width, 3] uint8.
            check: called between looks; raises when the work is no longer wanted.
        """
        found: dict[int, list[Detection]] = {}
        for side in sorted(self.sizes, reverse=True):  # ending with the smallest frees the most memory
            check()
            found[side] = self._look(rgb, side)
        return [found[side] for side in self.sizes]

    def _look(self, rgb: RGB, side: int) -> list[Detection]:
        blob = self._cv2.dnn.blobFromImage(np.ascontiguousarray(rgb), 1 / HALF, (side, side), (HALF, HALF, HALF))
        offsets, scores = self._network.run([BOXES, SCORES], {INPUT: blob}, self._ways)
        boxes = self._decode(offsets.reshape(-1, 4).astype(np.float64), self._anchors[side])
        table = scores.reshape(len(boxes), -1)
        found: list[Detection] = []
        for label, name in self._names.items():
            likely = np.nonzero(table[:, label] >= LEAST)[0]
            if not len(likely):
                continue
            likely = likely[np.argsort(-table[likely, label], kind="stable")][:MOST]
            cornered = [(x0, y0, x1 - x0, y1 - y0) for x0, y0, x1, y1 in boxes[likely].tolist()]
            kept = self._cv2.dnn.NMSBoxes(cornered, table[likely, label].tolist(), 0.0, SUPPRESS)
            for index in likely[np.asarray(kept, dtype=np.int64).reshape(-1)].tolist():
                x0, y0, x1, y1 = boxes[index].tolist()
                found.append(Detection(name, float(table[index, label]), (x0, y0, x1, y1)))
        return sorted(found, key=lambda seen: -seen.score)[:MOST]

    @staticmethod
    def _decode(offsets: NDArray[np.float64], anchor: NDArray[np.float64]) -> NDArray[np.float64]:
        """Corners of every anchor's box: [n, 4]."""
        centres = offsets[:, :2] / VARIANCES[0] * anchor[:, 2:] + anchor[:, :2]
        sides = np.exp(offsets[:, 2:] / VARIANCES[1]) * anchor[:, 2:]
        return np.concatenate([centres - sides / 2, centres + sides / 2], axis=1)
