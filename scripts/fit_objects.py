"""Fits and checks what turns the detector's scores into probabilities (plugins/vision, calibration.py).

    python scripts/fit_objects.py --pictures ANNOTATIONS.json DIRECTORY [--pictures ...] --cache FOLDER [--write]

ANNOTATIONS is a file of COCO instances (any subset of train2017 or val2017; annotations CC BY 4.0) and DIRECTORY holds
its pictures. Looks at the pictures are kept in FOLDER, since they take a second each. Everything printed is
cross-validated by picture: no probability comes from a fit that saw the same picture. --write then fits on all pictures
and writes plugins/vision/src/assistant_vision/data/objects.json. Needs scikit-learn and the starter weights.

Printed for each choice of looks: recall of classes at four precisions, the share of classes counted exactly by
threshold, and reliability in ten bins with the expected calibration error (Guo et al. 2017).
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from assistant.media import Media
from assistant.settings import Settings
from assistant.types import Box
from assistant.weights import Weights
from assistant_vision import specs
from assistant_vision.boxes import Candidate, Detection, gather, overlaps, settle
from assistant_vision.calibration import FITTED, candidate_features, look_features
from assistant_vision.coco import CLASSES
from assistant_vision.detector import SIZES, Detector
from assistant_vision.objects import EFFORTS
from assistant_vision.pixels import LOOKED_AT, shrink

NAMES = tuple(CLASSES.values())
MATCH = 0.3
"""Intersection over union from which a box shows an annotated object; a rough box still answers questions."""
FOLDS = 8
SHRINK = 0.1
"""Variance of the classes' offsets, by which those with few examples are shrunk: of 0.03 to 1 the best by log loss."""
COUNT_FIRST = 0.05
"""Who asks how many there are presupposes some: hardly one such question in twenty has the answer none, where a class
is shown on three pictures in eighty. That adds 6 to the log-odds of the surest box; half of it is taken, since what is
asked for is also what is easily mistaken. From 0.05 on such a box is then likelier there than not."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One annotated picture and what the detector saw on it."""

    objects: tuple[tuple[str, Box], ...]
    looks: tuple[tuple[Detection, ...], ...]


def annotated(path: Path) -> dict[str, list[tuple[str, Box]]]:
    """File name -> class and normalised box of each single object; regions marked as crowds are left out."""
    given = json.loads(path.read_text(encoding="utf-8"))
    names = {each["id"]: each["name"] for each in given["categories"]}
    images = {each["id"]: each for each in given["images"]}
    found: dict[str, list[tuple[str, Box]]] = {each["file_name"]: [] for each in given["images"]}
    for each in given["annotations"]:
        image = images[each["image_id"]]
        x, y, width, height = each["bbox"]
        if not each.get("iscrowd"):
            box = (
                x / image["width"],
                y / image["height"],
                (x + width) / image["width"],
                (y + height) / image["height"],
            )
            found[image["file_name"]].append((names[each["category_id"]], box))
    return found


def looks(path: Path, cache: Path, detector: Callable[[], Detector]) -> tuple[tuple[Detection, ...], ...]:
    """What every look of SIZES finds on a picture, from the cache if it is there."""
    kept = cache / f"{hashlib.sha256(path.read_bytes()).hexdigest()[:24]}.json"
    if not kept.is_file():
        media = Media()
        part = media.open(path, path.name)
        found = detector().looks(shrink(media.image(part).rgb, LOOKED_AT), lambda: None)
        kept.write_text(json.dumps([[[each.name, each.score, each.box] for each in look] for look in found]))
    stored = json.loads(kept.read_text(encoding="utf-8"))
    return tuple(tuple(Detection(name, score, tuple(box)) for name, score, box in look) for look in stored)


def truth(candidates: Sequence[Candidate], objects: Sequence[tuple[str, Box]]) -> list[bool]:
    """Whether each candidate shows an object that no better scored one shows."""
    free: dict[str, list[Box]] = defaultdict(list)
    for name, box in objects:
        free[name].append(box)
    right = [False] * len(candidates)
    for index in sorted(range(len(candidates)), key=lambda index: -max(candidates[index].scores)):
        boxes = free[candidates[index].name]
        if boxes:
            union = overlaps([candidates[index].box, *boxes])[0][0, 1:]
            if union.max() >= MATCH:
                boxes.pop(int(union.argmax()))
                right[index] = True
    return right


class Fit:
    """A logistic regression with shrunk offsets of classes."""

    def __init__(self, features: Any, classes: Any, right: Any) -> None:
        from sklearn.linear_model import LogisticRegression

        self._model = LogisticRegression(max_iter=1000).fit(self._joined(features, classes), right)

    @staticmethod
    def _joined(features: Any, classes: Any) -> Any:
        from scipy import sparse

        rows = np.arange(len(classes))
        shape = (len(classes), len(NAMES))
        offsets = sparse.csr_matrix((np.full(len(classes), SHRINK**0.5), (rows, classes)), shape=shape)
        return sparse.hstack([sparse.csr_matrix(features), offsets]).tocsr()

    def probabilities(self, features: Any, classes: Any) -> Any:
        """[n]."""
        return self._model.predict_proba(self._joined(features, classes))[:, 1]

    def as_data(self, features: int) -> dict[str, Any]:
        """The numbers that calibration.Judge reads."""
        weights = self._model.coef_[0]
        offsets = (weights[features:] * SHRINK**0.5).tolist()
        return {
            "weights": [round(float(weight), 4) for weight in weights[:features]],
            "constant": round(float(self._model.intercept_[0]), 4),
            "classes": {name: round(offset, 3) for name, offset in zip(NAMES, offsets, strict=True)},
        }


def crossed(features: Any, classes: Any, right: Any, groups: Any) -> Any:
    """Probability of each row by a fit on other pictures."""
    probabilities = np.zeros(len(right))
    for fold in range(FOLDS):
        held = groups % FOLDS == fold
        fit = Fit(features[~held], classes[~held], right[~held])
        probabilities[held] = fit.probabilities(features[held], classes[held])
    return probabilities


def recall_at(probabilities: Any, right: Any, total: int, precision: float) -> float:
    """The largest recall at that precision or better."""
    hits = np.cumsum(right[np.argsort(-probabilities, kind="stable")])
    reached = np.nonzero(hits / np.arange(1, len(hits) + 1) >= precision)[0]
    return float(hits[reached[-1]] / total) if len(reached) else 0.0


def reliability(title: str, probabilities: Any, right: Any) -> None:
    """Print what was predicted and what was true in ten bins."""
    error = 0.0
    print(f"  reliability of {title}: bin, cases, predicted, true")
    for low in np.arange(10) / 10:
        inside = (probabilities >= low) & (probabilities < low + 0.1)
        if inside.any():
            predicted, true = float(probabilities[inside].mean()), float(right[inside].mean())
            error += abs(predicted - true) * inside.mean()
            print(f"    {low:.1f}-{low + 0.1:.1f} {int(inside.sum()):7d} {predicted:.3f} {true:.3f}")
    print(f"    expected calibration error {error:.4f}; from 0.1 on {_error(probabilities, right):.3f}")


def _error(probabilities: Any, right: Any) -> float:
    said = probabilities >= 0.1
    bins = np.minimum(9, (probabilities[said] * 10).astype(int))
    gaps = [abs((probabilities[said] - right[said])[bins == each].sum()) for each in range(10)]
    return float(sum(gaps) / max(1, said.sum()))


def yes_or_no(present: Any, shown: Any) -> None:
    """Print accuracy on questions in the manner of POPE (Li et al. 2023): each class shown, and as many absent ones."""
    order = np.argsort(-shown.sum(axis=0), kind="stable")
    generator = np.random.default_rng(0)
    print("  yes or no: from a probability of, absent classes random, absent classes common")
    asked = []
    for which in ("random", "common"):
        chances, answers = [], []
        for row, gold in zip(present, shown, strict=True):
            absent = [
                kind for kind in (generator.permutation(len(gold)) if which == "random" else order) if not gold[kind]
            ]
            wanted = [*np.nonzero(gold)[0], *absent[: int(gold.sum())]]
            chances += row[wanted].tolist()
            answers += gold[wanted].tolist()
        asked.append((np.array(chances), np.array(answers)))
    for least in (0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5):
        print(
            f"    {least:.2f}", *(f"{float(((chances >= least) == answers).mean()):.3f}" for chances, answers in asked)
        )


def count_thresholds(settled: Sequence[Sequence[tuple[Candidate, float]]], pictures: Sequence[Picture]) -> float:
    """Print the share of annotated classes counted exactly; the threshold that is best where one is presupposed."""
    shares: dict[float, float] = {}
    print("  counted exactly, of classes annotated: from a probability of, as it is, at least one from COUNT_FIRST on")
    for least in np.arange(0.15, 0.75, 0.05).round(2).tolist():
        plain = floored = total = 0
        for found, picture in zip(settled, pictures, strict=True):
            gold = Counter(name for name, _ in picture.objects)
            counted = Counter(one.name for one, probability in found if probability >= least)
            seen = {one.name for one, probability in found if probability >= COUNT_FIRST}
            total += len(gold)
            plain += sum(counted[name] == number for name, number in gold.items())
            floored += sum(max(counted[name], int(name in seen)) == number for name, number in gold.items())
        shares[least] = floored / total
        print(f"    {least:.2f} {plain / total:.3f} {floored / total:.3f}")
    return max(shares, key=lambda least: shares[least])


def effort(name: str, pictures: Sequence[Picture]) -> dict[str, Any]:
    """Fit and print one choice of looks; what `calibration.load` reads."""
    sizes = EFFORTS[name]
    chosen = [SIZES.index(size) for size in sizes]
    gathered = [gather([picture.looks[look] for look in chosen]) for picture in pictures]
    rows = [(index, candidate) for index, found in enumerate(gathered) for candidate in found]
    right = np.array(
        [each for found, picture in zip(gathered, pictures, strict=True) for each in truth(found, picture.objects)],
        dtype=float,
    )
    features = np.array([candidate_features(candidate.scores, candidate.box) for _, candidate in rows])
    classes = np.array([NAMES.index(candidate.name) for _, candidate in rows])
    groups = np.array([index for index, _ in rows])
    likely = crossed(features, classes, right, groups)
    settled, start = [], 0
    for found in gathered:
        settled.append(settle(found, likely[start : start + len(found)].tolist()))
        start += len(found)

    scores = np.zeros((len(pictures), len(NAMES), len(chosen)))
    shown = np.zeros((len(pictures), len(NAMES)))
    for index, picture in enumerate(pictures):
        for place, look in enumerate(chosen):
            for seen in picture.looks[look]:
                kind = NAMES.index(seen.name)
                scores[index, kind, place] = max(scores[index, kind, place], seen.score)
        shown[index, [NAMES.index(each) for each, _ in picture.objects]] = 1
    class_features = np.array([look_features(row) for row in scores.reshape(-1, len(chosen)).tolist()])
    class_index = np.tile(np.arange(len(NAMES)), len(pictures))
    class_group = np.repeat(np.arange(len(pictures)), len(NAMES))
    present = crossed(class_features, class_index, shown.ravel(), class_group)

    print(
        f"\n{name}: squares of {', '.join(map(str, sizes))}; {len(pictures)} pictures, {int(shown.sum())} classes shown"
    )
    for precision in (0.95, 0.9, 0.85, 0.8):
        recall = recall_at(present, shown.ravel(), int(shown.sum()), precision)
        print(f"  recall of classes at precision {precision:.2f}: {recall:.3f}")
    yes_or_no(present.reshape(shown.shape), shown)
    reliability("presence", present, shown.ravel())
    reliability("boxes", likely, right)
    more = count_thresholds(settled, pictures)
    return {
        "sizes": list(sizes),
        "here": Fit(features, classes, right).as_data(features.shape[1]),
        "present": Fit(class_features, class_index, shown.ravel()).as_data(class_features.shape[1]),
        "count_more": more,
        "count_first": COUNT_FIRST,
    }


def main() -> None:
    """Look, fit, print, and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", nargs=2, type=Path, action="append", required=True, metavar=("JSON", "DIRECTORY"))
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    arguments.cache.mkdir(parents=True, exist_ok=True)
    made: list[Detector] = []

    def detector() -> Detector:
        if not made:
            settings = Settings()
            weights = Weights(settings.weights_directory(), settings.weights.paths)
            weights.add(specs.SSD)
            made.append(Detector(weights.where(specs.SSD.name), threads=2))
        return made[0]

    pictures = []
    for path, directory in arguments.pictures:
        for file, objects in sorted(annotated(path).items()):
            if (directory / file).is_file():
                pictures.append(Picture(tuple(objects), looks(directory / file, arguments.cache, detector)))
    order = np.random.default_rng(0).permutation(len(pictures))
    pictures = [pictures[index] for index in order]
    fitted = {name: effort(name, pictures) for name in EFFORTS}
    if arguments.write:
        FITTED.write_text(
            json.dumps(
                {"origin": f"COCO 2017 instances (CC BY 4.0), {len(pictures)} pictures", "efforts": fitted}, indent=1
            )
            + "\n",
            encoding="utf-8",
        )
        print(f"\nwritten: {FITTED}")


if __name__ == "__main__":
    main()
