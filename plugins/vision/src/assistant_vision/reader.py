"""Runs RapidOCR's detector and recogniser on the models bundled with it. Not for pages: see text.py."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from assistant.errors import MissingLibrary
from assistant_vision.pixels import RGB
from assistant_vision.turning import Quad, thickness

DETECTOR: Final = "PP-OCRv6_det_small.onnx"
RECOGNISER: Final = "PP-OCRv6_rec_small.onnx"
FIRST_AREA: Final = 550_000
"""Pixels that text is first looked for on (about 860 x 640): finds signs and headlines in a third of the time that the
library's own enlargement takes."""
SECOND_AREA: Final = 1_300_000
"""Pixels of the second look, taken at pages of small print."""
MOST_ENLARGED: Final = 2.0
LONGEST: Final = 2560
"""Pixels of the longer side that is looked at."""
THINNEST: Final = 8
"""Pixels of the shorter side under which no letter can be made out."""
SMALL_PRINT: Final = 14.0
"""Median line height in pixels of the first look below which a page is looked at again."""
TOGETHER: Final = 1
"""Strips in one run of the recogniser: on a CPU more are no faster, as short ones are padded to the longest, and a page
of 115 lines took 575 MB with the library's 6 and 350 MB with 1."""
PAGE: Final = 10
"""Lines from which a picture is a page."""


class Reader:
    """RapidOCR's detector and recogniser on the models bundled with it; not thread-safe, never downloads."""

    def __init__(self, threads: int) -> None:
        models = _bundled_models()
        from rapidocr import RapidOCR

        self._engine: Any = RapidOCR(
            params={
                "Global.log_level": "critical",
                "Global.use_cls": False,
                "Global.use_preprocess_img": False,
                "Det.model_path": str(models / DETECTOR),
                "Det.limit_type": "max",  # the pictures handed in have the size they shall be looked at
                "Det.limit_side_len": 4096,
                "Rec.model_path": str(models / RECOGNISER),
                "Rec.rec_batch_num": TOGETHER,
                "EngineConfig.onnxruntime.intra_op_num_threads": threads,
                "EngineConfig.onnxruntime.inter_op_num_threads": 1,
            }
        )

    def find(self, rgb: RGB) -> list[Quad]:
        """Corners of the lines of text, in pixels; pages of small print are looked at again in more detail."""
        quads, scale = self._find(rgb, FIRST_AREA)
        if len(quads) >= PAGE and scale < 1.0 and scale * np.median([thickness(quad) for quad in quads]) < SMALL_PRINT:
            quads, _ = self._find(rgb, SECOND_AREA)
        return quads

    def _find(self, rgb: RGB, pixels: int) -> tuple[list[Quad], float]:
        import cv2

        height, width = rgb.shape[:2]
        if min(height, width) < THINNEST:
            return [], 1.0
        scale = min(MOST_ENLARGED, (pixels / (height * width)) ** 0.5, LONGEST / max(height, width))
        if abs(scale - 1.0) < 0.1:
            scale = 1.0
        size = (max(32, round(width * scale)), max(32, round(height * scale)))
        way = cv2.INTER_AREA if scale < 1.0 else cv2.INTER_CUBIC
        looked_at = rgb if scale == 1.0 else cv2.resize(rgb, size, interpolation=way)
        found = self._engine(np.ascontiguousarray(looked_at[:, :, ::-1]), use_det=True, use_cls=False, use_rec=False)
        if found.boxes is None or len(found.boxes) == 0:
            return [], scale
        factor = np.array([width / looked_at.shape[1], height / looked_at.shape[0]])
        return [np.asarray(quad, dtype=np.float64) * factor for quad in found.boxes], scale

    def read(self, strips: Sequence[RGB]) -> list[tuple[str, float]]:
        """Text and mean character probability of upright strips, one line each."""
        if not strips:
            return []
        found = self._engine.recognize_txt([np.ascontiguousarray(strip[:, :, ::-1]) for strip in strips])
        return [(str(text).strip(), float(score)) for text, score in zip(found.txts, found.scores, strict=True)]


def _bundled_models() -> Path:
    """The folder of models in the installed rapidocr.

    Raises:
        MissingLibrary: this version does not carry the models.
    """
    spec = importlib.util.find_spec("rapidocr")
    folder = Path(spec.origin).parent / "models" if spec and spec.origin else Path()
    missing = [name for name in (DETECTOR, RECOGNISER) if not (folder / name).is_file()]
    if missing:
        raise MissingLibrary(
            f"The installed rapidocr does not carry {' and '.join(missing)}.",
            "Install the version this plugin was tested with: pip install --force-reinstall 'rapidocr==3.10.0'",
        )
    return folder
