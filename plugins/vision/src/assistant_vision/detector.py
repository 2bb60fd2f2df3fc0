"""Runs SSD-MobileNet-v2 (COCO) on one picture through OpenCV. Not for deciding what to report: see objects.py."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numpy as np

from assistant.types import Box
from assistant_vision.boxes import Detection, clip, merge, out_of_tile, tiles
from assistant_vision.coco import CLASSES
from assistant_vision.pixels import RGB

GRAPH: Final = "frozen_inference_graph.pb"
CONFIG: Final = "ssd_mobilenet_v2_coco_2018_03_29.pbtxt"
INPUT: Final = 300
"""Pixels of the square the network reads; the picture is squeezed into it, as in training."""
TILE_SHARE: Final = 0.66
"""Of each side; on 79 COCO photographs 0.66 found more classes (70 % at a score of 0.3) than 0.6 (68 %), 0.5 (66 %) and
no tiles (59 %), at equal precision (82-83 %, 89 % without tiles)."""
TILE_SMALLEST: Final = 200
"""Pixels of a tile's shorter side; a smaller one is enlarged too much to show anything new."""


class Detector:
    """The loaded network; not thread-safe."""

    def __init__(self, directory: Path, threads: int) -> None:
        import cv2

        if cv2.getNumThreads() > threads:  # one setting for the whole process: only ever lower it
            cv2.setNumThreads(threads)
        self._cv2 = cv2
        self._network: Any = cv2.dnn.readNetFromTensorflow(str(directory / GRAPH), str(directory / CONFIG))

    def detect(self, rgb: RGB, least: float, *, tiled: bool = True, check: Callable[[], None]) -> list[Detection]:
        """Objects in a picture, most certain first.

        Args:
            rgb: [height, width, 3] uint8.
            least: score below which nothing is kept.
            tiled: also look at four overlapping tiles, for what is small.
            check: called between looks; raises when the work is no longer wanted.
        """
        found = self._look(rgb, least)
        height, width = rgb.shape[:2]
        for tile in tiles(width, height, TILE_SHARE, TILE_SMALLEST) if tiled else ():
            check()
            left, top, right, bottom = tile
            crop = rgb[round(top * height) : round(bottom * height), round(left * width) : round(right * width)]
            for seen in self._look(crop, least):
                whole = out_of_tile(seen.box, tile)
                if whole is not None:
                    found.append(Detection(seen.name, seen.score, whole))
        return merge([Detection(seen.name, seen.score, clip(seen.box)) for seen in found])

    def _look(self, rgb: RGB, least: float) -> list[Detection]:
        """One pass of the network; boxes may reach a little over the edges."""
        blob = self._cv2.dnn.blobFromImage(np.ascontiguousarray(rgb), size=(INPUT, INPUT), swapRB=False)
        self._network.setInput(blob)
        found = []
        for _, label, score, *corners in self._network.forward()[0, 0].tolist():
            name = CLASSES.get(int(label))
            if name is not None and score >= least:
                box: Box = (corners[0], corners[1], corners[2], corners[3])
                found.append(Detection(name, score, box))
        return found
