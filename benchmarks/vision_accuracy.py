"""Accuracy, calibration, time and memory of the vision perceivers over pictures with published gold.

    python benchmarks/vision_accuracy.py [DIRECTORY] [--json]

DIRECTORY holds photo/<group>/<picture> and beside it captions.jsonl, qa.jsonl and MANIFEST.tsv, whichever there are:

- Presence and counts: lines of captions.jsonl whose source is "COCO 2017 instance counts". A class is said to be
  present at a probability of at least 0.5 (`presence`); micro-averages over all pictures. "exact" is the share of
  annotated classes counted exactly by the objects that are marked as `counted`, "exact_of_found" of those counted at
  all, "exact_of_sure" that by the objects of a confidence of at least 0.5. "curve" gives precision and recall by
  probability; "reliability" cases, mean probability and share true in ten bins, with the expected calibration error
  (Guo et al. 2017) of what was reported; both of presence. scripts/fit_objects.py prints them for many more pictures.
- Yes/no: questions of qa.jsonl of the form "Is there a CLASS in the image?" for classes of COCO, answered yes at 0.5,
  and at 0.25, which is nearer to right where half of all questions are about what is there.
- Text: 1 - CER (Levenshtein over the gold's characters, white space normalised). Gold is PICTURE.gold.txt beside the
  picture, or "OCR text: ..." in the last column of MANIFEST.tsv; that one is cut off, so the best prefix is scored.
- Shapes: the easy-VQA questions of qa.jsonl (colour, shape, presence), answered from the shapes alone; and how many
  shapes were seen where there are none, on photographs.
- Time is the median of a perceiver over the pictures, in a process that runs nothing else; processor seconds, of all
  threads together, tell the cost on a machine that is busy with other things too.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
import resource
import statistics
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from rapidfuzz.distance import Levenshtein

import assistant_vision
from assistant.media import Media
from assistant.plugin import Perceiver, Task
from assistant.settings import Settings
from assistant.types import Kind, Observation
from assistant.weights import Weights
from assistant_vision.coco import CLASSES

SAID = 0.5
FIGURES = ("circle", "triangle", "rectangle", "square")
COLORS = ("red", "green", "blue", "black", "gray", "teal", "brown", "yellow")
Seen = dict[str, list[Observation]]
"""File, relative to DIRECTORY -> what was observed on it."""


class BenchmarkServices:
    """What the perceivers ask of a host."""

    device = "cpu"
    hub = False

    def __init__(self, options: Any, threads: int, weights: Weights) -> None:
        self.options, self.threads, self._weights = options, threads, weights

    def weights(self, name: str) -> Path:
        return self._weights.where(name)

    def embed(self, texts: Sequence[str]) -> None:
        return None


def loaded(threads: int) -> list[Perceiver]:
    """All perceivers of the plugin, ready."""
    settings = Settings()
    weights = Weights(settings.weights_directory(), settings.weights.paths)
    assistant_vision.register_weights(weights.add)
    perceivers: list[Perceiver] = []
    assistant_vision.register_perceivers(perceivers.append)
    for perceiver in perceivers:
        options = perceiver.Options() if perceiver.Options else None
        perceiver.load(BenchmarkServices(options, threads, weights))
    return perceivers


def perceive(
    directory: Path, files: Iterable[str], perceivers: Sequence[Perceiver]
) -> tuple[Seen, dict[str, list[float]], dict[str, list[float]]]:
    """Observations, seconds and processor seconds, every perceiver on every picture."""
    seen: Seen = {}
    seconds: dict[str, list[float]] = defaultdict(list)
    processor: dict[str, list[float]] = defaultdict(list)
    for file in files:
        media = Media()
        part = media.open(directory / file, file)
        media.image(part)
        found: list[Observation] = []
        for perceiver in perceivers:
            task = Task(part, media, observations=tuple(found))
            start, worked = time.perf_counter(), time.process_time()
            found += [item for item in perceiver.perceive(task) if isinstance(item, Observation)]
            seconds[perceiver.name].append(time.perf_counter() - start)
            processor[perceiver.name].append(time.process_time() - worked)
        seen[file] = found
    return seen, seconds, processor


def rows(path: Path) -> list[dict[str, Any]]:
    """The lines of a .jsonl file; none if it is not there."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.is_file() else []


def objects(seen: Seen, file: str) -> list[Observation]:
    return [item for item in seen.get(file, ()) if item.kind == Kind.OBJECT]


def presence(seen: Seen, file: str) -> dict[str, float]:
    """Class -> the probability that the picture shows it."""
    return {item.text: float(item.data["presence"]) for item in objects(seen, file)}


def ratio(part: float, whole: float) -> float | None:
    return round(part / whole, 4) if whole else None


def counts(directory: Path, seen: Seen) -> dict[str, Any]:
    """Presence and counts against COCO's instance annotations."""
    hits = said = there = exact = found = sure = pictures = 0
    squares = []
    judged: list[tuple[float, bool]] = []
    for row in rows(directory / "captions.jsonl"):
        if row["source"] != "COCO 2017 instance counts" or row["file"] not in seen:
            continue
        gold: dict[str, int] = json.loads(row["captions"][0])
        likely = presence(seen, row["file"])
        counted = Counter(item.text for item in objects(seen, row["file"]) if item.data["counted"])
        certain = Counter(item.text for item in objects(seen, row["file"]) if item.confidence >= SAID)
        stated = {name for name, probability in likely.items() if probability >= SAID}
        pictures += 1
        hits, said, there = hits + len(stated & set(gold)), said + len(stated), there + len(gold)
        exact += sum(counted[name] == count for name, count in gold.items())
        found += sum(counted[name] > 0 for name in gold)
        sure += sum(certain[name] == count for name, count in gold.items())
        squares += [(probability - (name in gold)) ** 2 for name, probability in likely.items()]
        judged += [(probability, name in gold) for name, probability in likely.items()]
    return {
        "pictures": pictures,
        "classes_annotated": there,
        "precision": ratio(hits, said),
        "recall": ratio(hits, there),
        "exact": ratio(exact, there),
        "exact_of_found": ratio(exact, found),
        "exact_of_sure": ratio(sure, there),
        "brier_of_presence": ratio(sum(squares), len(squares)),
        "curve": curve(judged, there),
        "reliability": reliability(judged),
    }


def curve(judged: Sequence[tuple[float, bool]], there: int) -> dict[str, tuple[float | None, float | None]]:
    """Precision and recall of saying yes from each probability on."""
    points = {}
    for least in (0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9):
        said = [right for likely, right in judged if likely >= least]
        points[f"{least:.2f}"] = ratio(sum(said), len(said)), ratio(sum(said), there)
    return points


def reliability(judged: Sequence[tuple[float, bool]]) -> dict[str, Any]:
    """Cases, mean probability and share true in ten bins, and the expected calibration error."""
    bins: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for likely, right in judged:
        bins[min(9, int(likely * 10))].append((likely, right))
    table = {
        f"{low / 10:.1f}": (
            len(cases),
            ratio(sum(p for p, _ in cases), len(cases)),
            ratio(sum(r for _, r in cases), len(cases)),
        )
        for low, cases in sorted(bins.items())
    }
    gaps = sum(abs(sum(likely - right for likely, right in cases)) for cases in bins.values())
    return {**table, "error": ratio(gaps, len(judged))}


def yes_or_no(directory: Path, seen: Seen) -> dict[str, Any]:
    """Published presence questions about classes the detector knows."""
    judged: list[tuple[float, bool]] = []
    for row in rows(directory / "qa.jsonl"):
        match = re.fullmatch(r"Is there an? (.+) in the image\?", row["question"])
        if not match or match[1] not in CLASSES.values() or row["file"] not in seen:
            continue
        judged.append((presence(seen, row["file"]).get(match[1], 0.0), row["answer"] == "yes"))
    return {
        "questions": len(judged),
        "gold_yes": ratio(sum(gold for _, gold in judged), len(judged)),
        **{
            f"accuracy_at_{least}": ratio(sum((likely >= least) == gold for likely, gold in judged), len(judged))
            for least in (SAID, SAID / 2)
        },
    }


def gold_texts(directory: Path) -> dict[str, tuple[str, bool]]:
    """File -> its text, and whether that is only the beginning."""
    texts: dict[str, tuple[str, bool]] = {}
    manifest = directory / "MANIFEST.tsv"
    if manifest.is_file():
        with manifest.open(encoding="utf-8", newline="") as stream:
            lines = [line for line in csv.reader(stream, delimiter="\t", quoting=csv.QUOTE_NONE) if len(line) > 4]
        quoted = {line[1]: line[4].removeprefix("OCR text: ") for line in lines if line[4].startswith("OCR text: ")}
        by_stem = {Path(file).stem: text for file, text in quoted.items()}
        texts = {file: (text, True) for file, text in quoted.items()}
        for line in lines:
            other = re.search(r"text = (\S+)\.gold\.txt", line[4])
            if other and other[1] in by_stem:
                texts[line[1]] = (by_stem[other[1]], True)
    for path in (directory / "photo").glob("*/*.gold.txt"):
        for picture in path.parent.glob(path.name.removesuffix(".gold.txt") + ".*"):
            if picture != path:
                texts[str(picture.relative_to(directory))] = (path.read_text(encoding="utf-8"), False)
    return texts


def error_rate(gold: str, read: str, prefix: bool) -> float:
    """Character error rate; of only the beginning of a text, against the best prefix of what was read."""
    gold, read = " ".join(gold.split()), " ".join(read.split())
    ends = range(int(0.8 * len(gold)), int(1.2 * len(gold)) + 1) if prefix else (len(read),)
    return min(Levenshtein.distance(gold, read[:end]) for end in ends) / max(1, len(gold))


def texts(directory: Path, seen: Seen) -> dict[str, Any]:
    """Character accuracy of each picture with a gold text."""
    found = {}
    for file, (gold, prefix) in sorted(gold_texts(directory).items()):
        if file in seen:
            read = " ".join(item.text for item in seen[file] if item.kind == Kind.TEXT_LINE)
            found[file] = round(max(0.0, 1 - error_rate(gold, read, prefix)), 4)
    return found


def answer_from_shapes(question: str, shapes: Sequence[Observation]) -> str | None:
    """The answer to an easy-VQA question; None for a form that is not known."""
    words = re.findall(r"[a-z]+", question.lower())
    color = next((word for word in words if word in COLORS), None)
    figure = next((word for word in words if word in FIGURES), None)
    kinds = {figure, "square"} if figure == "rectangle" else {figure}
    alike = [
        item
        for item in shapes
        if (color is None or item.data["color"] == color) and (figure is None or item.text in kinds)
    ]
    if words[0] in ("is", "does"):
        return "yes" if bool(alike) != bool({"no", "not"} & set(words)) else "no"
    if "color" in words:
        return alike[0].data["color"] if alike else "none"
    if words[0] in ("what", "which"):
        return {"square": "rectangle"}.get(alike[0].text, alike[0].text) if alike else "none"
    return None


def shapes(directory: Path, seen: Seen) -> dict[str, Any]:
    """easy-VQA from shapes alone, and shapes seen on photographs."""
    right = asked = 0
    for row in rows(directory / "qa.jsonl"):
        if not row["set"].startswith("easy-VQA") or row["file"] not in seen:
            continue
        found = [item for item in seen[row["file"]] if item.kind == Kind.SHAPE and item.confidence >= SAID]
        asked, right = asked + 1, right + (answer_from_shapes(row["question"], found) == row["answer"])
    false = [
        len([item for item in found if item.kind == Kind.SHAPE])
        for file, found in seen.items()
        if file.startswith(("photo/coco/", "photo/misc/"))
    ]
    return {"questions": asked, "accuracy": ratio(right, asked), "photographs": len(false), "false_shapes": sum(false)}


def measure(directory: Path, threads: int) -> dict[str, Any]:
    """Every figure."""
    files = sorted(
        str(path.relative_to(directory))
        for path in (directory / "photo").glob("*/*")
        if path.suffix.lower() in (".jpg", ".jpeg", ".png", ".tif", ".tiff", ".webp")
    )
    if not files:
        raise SystemExit(f"There are no pictures under {directory / 'photo'}.")
    perceivers = loaded(threads)
    seen, seconds, processor = perceive(directory, files, perceivers)
    for perceiver in perceivers:
        perceiver.close()
    photographs = [index for index, file in enumerate(files) if file.startswith(("photo/coco/", "photo/misc/"))]
    whole = [sum(seconds[name][index] for name in seconds) for index in photographs]
    parts: dict[str, Callable[[Path, Seen], dict[str, Any]]] = {
        "coco_counts": counts,
        "yes_no": yes_or_no,
        "text": texts,
        "shapes": shapes,
    }
    return {
        "pictures": len(files),
        **{name: part(directory, seen) for name, part in parts.items()},
        "median_seconds": {name: round(statistics.median(values), 4) for name, values in seconds.items()},
        "median_processor_seconds": {name: round(statistics.median(values), 4) for name, values in processor.items()},
        "median_seconds_of_a_photograph": round(statistics.median(whole), 3) if whole else None,
        "longest_seconds_of_a_photograph": round(max(whole), 3) if whole else None,
        "peak_memory_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "threads": threads,
    }


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directory", nargs="?", type=Path, default=Path(__file__).parents[2] / "shared" / "data")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--json", action="store_true", help="print JSON")
    arguments = parser.parse_args()
    figures = measure(arguments.directory.resolve(), arguments.threads)
    if arguments.json:
        print(json.dumps(figures, indent=1))
        return
    for name, value in figures.items():
        if isinstance(value, dict):
            print(name)
            for key, figure in value.items():
                print(f"    {key}: {figure}")
        else:
            print(f"{name}: {value}")


if __name__ == "__main__":
    main()
