"""Fits how people name the colours of things in photographs: prints SURFACES and SURE of appearance.py.

    python scripts/fit_object_colors.py COCO128

COCO128 is a directory with train2017/*.jpg and annotations/instances_train2017.json: the first 128 pictures of COCO
train2017 (annotations CC BY 4.0; none of them is among the pictures the benchmarks read). NAMES are our own judgements
by eye of things in them, made before any figure was seen. Prints the accuracy with and without the fit, and a
reliability table of ten-fold cross-validated probabilities.
"""

from __future__ import annotations

import json
import math
import sys
from itertools import product
from pathlib import Path

import numpy as np
from PIL import Image

from assistant_vision import appearance
from assistant_vision.appearance import SURFACES, Appearance, Look

NAMES: dict[int, str] = {
    1576104: "brown",
    1563977: "orange",
    41002: "gray",
    286759: "green teal",
    585154: "gray brown",
    1572202: "brown",
    342012: "pink orange",
    1182447: "beige brown",
    1164702: "black purple blue",
    1951002: "black teal green",
    2189966: "brown black",
    137645: "gray blue",
    41866: "gray",
    585413: "gray brown",
    1919320: "orange",
    316384: "beige",
    52284: "gray",
    680959: "white",
    2197111: "gray white",
    699378: "gray",
    317921: "brown white",
    1367656: "white",
    34315: "gray",
    160170: "blue white",
    1821534: "gray",
    1113852: "gray black",
    1123956: "black gray",
    246920: "black gray",
    1996082: "white",
    1366640: "blue black",
    318267: "red",
    1673785: "white",
    294038: "red brown",
    151304: "black red",
    671122: "white",
    1109665: "white",
    47173: "white",
    100451: "white",
    21785: "green",
    629871: "beige yellow",
    161657: "white",
    164870: "red",
    1821181: "purple",
    1182069: "red brown purple",
    334392: "brown beige",
    1774: "white",
    1609558: "green white",
    1060727: "green",
    1996691: "white",
    176688: "white",
    598548: "brown orange beige",
    1085306: "brown",
    157332: "white",
    1942078: "red",
    603158: "yellow blue",
    641467: "black",
    397096: "white",
    1041642: "yellow brown beige",
    1134150: "white blue teal",
    2197855: "blue teal",
    5718: "white",
    1411246: "black",
    1898065: "white",
    382563: "blue",
    382067: "gray",
    19126: "green",
    589229: "black white",
    590410: "black white gray",
    590623: "black white gray",
}
"""Annotation id -> the names that fit."""


def looks(directory: Path) -> list[tuple[Look, list[str]]]:
    """The measured look of each judged thing, with the names that fit."""
    data = json.loads((directory / "annotations" / "instances_train2017.json").read_text(encoding="utf-8"))
    files = {image["id"]: image["file_name"] for image in data["images"]}
    pictures: dict[str, Appearance] = {}
    found = []
    for annotation in data["annotations"]:
        if annotation["id"] not in NAMES:
            continue
        file = files[annotation["image_id"]]
        if file not in pictures:
            with Image.open(directory / "train2017" / file) as image:
                pictures[file] = Appearance(np.asarray(image.convert("RGB")))
        high, wide = pictures[file].rgb.shape[:2]
        x, y, w, h = annotation["bbox"]
        look = pictures[file].of((x / wide, y / high, (x + w) / wide, (y + h) / high))
        found.append((look, NAMES[annotation["id"]].split()))
    return found


def right(found: list[tuple[Look, list[str]]]) -> np.ndarray:
    """Whether each look has a name that fits."""
    return np.array([look.color in names for look, names in found], dtype=float)


def platt(shares: np.ndarray, hits: np.ndarray) -> tuple[float, float]:
    """Slope and offset of greatest likelihood, with a weak pull to slope 1 and offset 0."""
    logits = np.log(shares / (1 - shares))
    best = min(
        product(np.arange(0.2, 3.01, 0.05), np.arange(-1.5, 2.51, 0.05)),
        key=lambda pair: float(
            np.logaddexp(0, -(2 * hits - 1) * (pair[0] * logits + pair[1])).sum()
            + (pair[0] - 1) ** 2
            + pair[1] ** 2 / 4
        ),
    )
    return float(best[0]), float(best[1])


def main() -> None:
    directory = Path(sys.argv[1])
    chosen = dict(SURFACES)
    SURFACES.clear()
    print(f"plain names of patches: {right(looks(directory)).mean():.1%}")
    best: tuple[float, dict[str, float]] = (-1.0, {})
    for white, gray, black in product((0.0, 1.0, 2.0, 2.5, 3.0), (0.0, -0.5, -1.0, -1.5), (0.0, 0.5, 1.0)):
        SURFACES.update(white=white, gray=gray, black=black)
        best = max(best, (float(right(looks(directory)).mean()), dict(SURFACES)), key=lambda pair: pair[0])
    print(f"best: {best[1]} {best[0]:.1%}")
    SURFACES.update(chosen)
    found = looks(directory)
    hits = right(found)
    shares = np.array([min(0.999, max(0.001, appearance.SURE.score(look.probability))) for look, _ in found])
    print(f"chosen: {chosen} {hits.mean():.1%} of {len(hits)}")
    slope, offset = platt(shares, hits)
    print(f"Platt(slope={slope:.2f}, offset={offset:.2f})")
    fold = np.arange(len(hits)) % 10
    held = np.zeros(len(hits))
    for part in range(10):
        a, b = platt(shares[fold != part], hits[fold != part])
        held[fold == part] = [1 / (1 + math.exp(-(a * math.log(s / (1 - s)) + b))) for s in shares[fold == part]]
    for low, high in ((0.0, 0.6), (0.6, 0.8), (0.8, 0.9), (0.9, 1.01)):
        here = (held >= low) & (held < high)
        if here.any():
            print(f"said {held[here].mean():.2f}, right {hits[here].mean():.2f} ({here.sum()})")


if __name__ == "__main__":
    main()
