"""Pixel statistics the perceivers share, on numpy and Pillow alone. Not for decoding: see assistant.media."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from assistant.types import Box

RGB = NDArray[np.uint8]
"""[height, width, 3] uint8."""
LOOKED_AT: Final = 1280
"""Pixels of the longer side that the networks' squares are made from: reducing in two steps keeps fine texture from
turning into noise, and reducing 12 megapixels several times takes longer than the networks do."""


def shrink(rgb: RGB, longest: int) -> RGB:
    """The picture with its longer side at most `longest` pixels, averaged down; unchanged if it is smaller."""
    from PIL import Image

    height, width = rgb.shape[:2]
    scale = longest / max(height, width)
    if scale >= 1.0:
        return rgb
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(Image.fromarray(np.ascontiguousarray(rgb)).resize(size, Image.Resampling.BOX))


def gray(rgb: RGB) -> NDArray[np.float32]:
    """Luma 0-255 (ITU-R BT.601)."""
    weights = np.array([0.299, 0.587, 0.114], dtype=np.float32)
    luma: NDArray[np.float32] = rgb.astype(np.float32) @ weights
    return luma


def inner(rgb: RGB, box: Box, share: float = 0.6) -> RGB:
    """The pixels in the middle of a box, where the object is rather than what surrounds it; at least one pixel."""
    height, width = rgb.shape[:2]
    margin = (1.0 - share) / 2
    left, right = box[0] + (box[2] - box[0]) * margin, box[2] - (box[2] - box[0]) * margin
    top, bottom = box[1] + (box[3] - box[1]) * margin, box[3] - (box[3] - box[1]) * margin
    x0, y0 = min(width - 1, int(left * width)), min(height - 1, int(top * height))
    x1, y1 = max(x0 + 1, round(right * width)), max(y0 + 1, round(bottom * height))
    return rgb[y0:y1, x0:x1]


def sample(rgb: RGB, pixels: int = 250_000) -> RGB:
    """Every n-th pixel across and down, about `pixels` of them: exact colours stay exact."""
    step = max(1, round((rgb.shape[0] * rgb.shape[1] / pixels) ** 0.5))
    return rgb[::step, ::step]


def is_drawn(rgb: RGB) -> bool:
    """Whether a picture is drawn or printed: beside the background, a dozen exact colours make up half of it.

    A camera's noise gives what is even in the world many exact colours; a product on pure white is still a photograph.
    """
    pixels = sample(rgb).astype(np.int32)
    codes = np.sort((pixels[..., 0] << 16 | pixels[..., 1] << 8 | pixels[..., 2]).ravel())  # np.unique takes 64 bits
    starts = np.flatnonzero(np.concatenate(([True], codes[1:] != codes[:-1], [True])))
    ranked = np.sort(np.diff(starts))[::-1]
    rest = int(ranked[1:].sum())
    return rest == 0 or bool(ranked[1:13].sum() / rest >= 0.5)


def flatness(rgb: RGB, colors: int = 12) -> float:
    """Share of the pixels that bear one of the `colors` commonest colours (5 bits a channel): near 1 for drawings."""
    code = (rgb.astype(np.int32) >> 3) @ np.array([1024, 32, 1])
    counts = np.bincount(code.ravel(), minlength=1 << 15)
    largest = np.partition(counts, -colors)[-colors:]
    return float(largest.sum() / code.size)
