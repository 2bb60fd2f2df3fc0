"""Prints how often lines of text are read right at each confidence, on pages rendered here; fits text.py's READ_RIGHT.

    python scripts/calibrate_text.py [PAGES] [--seed N]

Pages of common English words and figures in Pillow's own typeface, 9 to 26 pixels high, dark on light and light on
dark, blurred, noisy, faint and compressed by random amounts, so that a good part of the lines is read wrong. Even pages
are for fitting, odd ones for the table. A line is right if every character is.
"""

from __future__ import annotations

import argparse
import io
import math
from types import SimpleNamespace
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont
from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from assistant.media import Image as Decoded
from assistant.plugin import Task
from assistant.types import Part
from assistant_vision.text import TextOptions, VisionText

WORDS = (
    "the of and to in is was for that on as with by at from his an it are were which this also be had first their one "
    "its new after but who not they have her she two been other when all during there into school time may years more "
    "most only over city some world would where later up such used many can state about national out known university "
    "Open Sunday Total Platform Soup Coffee Menu Street Market Invoice Price Exit Station Hotel Please Thank Welcome"
).split()
LINES = 10


def page(rng: np.random.Generator) -> tuple[np.ndarray, list[str]]:
    """A damaged page [height, width, 3] and its lines."""
    size = int(rng.integers(9, 27))
    lines = []
    for _ in range(LINES):
        words = [WORDS[index] for index in rng.integers(0, len(WORDS), rng.integers(1, 6))]
        if rng.random() < 0.4:
            words.append(f"{rng.integers(1, 99)}.{rng.integers(0, 99):02d}")
        lines.append(" ".join(words))
    picture = Image.new("RGB", (520, 40 + round(LINES * size * 1.7)), "white")
    pen = ImageDraw.Draw(picture)
    for row, line in enumerate(lines):
        pen.text((20, 20 + row * size * 1.7), line, fill="black", font=ImageFont.load_default(size=size))
    if rng.random() < 0.3:
        picture = Image.fromarray(255 - np.asarray(picture))
    picture = picture.filter(ImageFilter.GaussianBlur(float(rng.uniform(0, 0.14) * size)))
    contrast = float(rng.uniform(0.2, 1.0))
    pixels = np.asarray(picture).astype(float) * contrast + (1 - contrast) * float(rng.uniform(60, 190))
    pixels += rng.normal(0, float(rng.uniform(0, 30)) * contrast, pixels.shape)
    stream = io.BytesIO()
    Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)).save(stream, "JPEG", quality=int(rng.integers(20, 95)))
    return np.asarray(Image.open(stream).convert("RGB")), lines


def judged(reader: VisionText, rng: np.random.Generator) -> list[tuple[float, bool, float, float]]:
    """(confidence, read right, share of characters right, score) of each line reported on one page."""
    pixels, gold = page(rng)
    media: Any = SimpleNamespace(image=lambda part: Decoded(pixels))
    found = reader.perceive(Task(Part("image", "0" * 64, "page", "image/png", b""), media))
    rows = []
    for seen in found:
        read = seen.text.strip()
        nearest = process.extractOne(read, gold, scorer=Levenshtein.normalized_similarity)
        rows.append((seen.confidence, read == nearest[0], float(nearest[1]), float(seen.data["score"])))
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pages", nargs="?", type=int, default=60)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    reader = VisionText()
    services: Any = SimpleNamespace(options=TextOptions(least=0.02), threads=1, device="cpu", hub=False)
    reader.load(services)
    rng = np.random.default_rng(arguments.seed)
    parts = [judged(reader, rng) for _ in range(arguments.pages)]
    fit = np.array([row for index, rows in enumerate(parts) if index % 2 == 0 for row in rows])
    held = np.array([row for index, rows in enumerate(parts) if index % 2 for row in rows])
    scores = np.clip(fit[:, 3], 1e-4, 1 - 1e-4)
    logits = np.log(scores / (1 - scores))
    sign = 2 * fit[:, 1] - 1
    best = min(
        ((slope, offset) for slope in np.arange(0.3, 3.05, 0.05) for offset in np.arange(-5, 5.05, 0.1)),
        key=lambda pair: float(np.logaddexp(0, -sign * (pair[0] * logits + pair[1])).sum()),
    )
    print(f"{len(fit)} lines to fit: Platt(slope={best[0]:.2f}, offset={best[1]:.2f})")
    print(f"{len(held)} other lines with the curve of text.py:")
    for low in (0.0, 0.2, 0.4, 0.6, 0.7, 0.8, 0.9, 0.95):
        high = {0.0: 0.2, 0.2: 0.4, 0.4: 0.6, 0.6: 0.7, 0.7: 0.8, 0.8: 0.9, 0.9: 0.95}.get(low, math.inf)
        here = held[(held[:, 0] >= low) & (held[:, 0] < high)]
        if len(here):
            said, right, characters, _ = here.mean(axis=0)
            print(f"  said {said:.2f}: lines right {right:.2f}, characters right {characters:.3f} ({len(here)})")


if __name__ == "__main__":
    main()
