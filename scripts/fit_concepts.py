"""Fits what plugins/vision ships to judge things that no detector names, and measures it by cross-validation.

    python scripts/fit_concepts.py --instances ANNOTATIONS.json ... --pictures DIRECTORY ... [--write]

Needs photographs of COCO (those that tools/concept_labels.tsv lists), their instance annotations, the vision and text
plugins with their starter weights, and scikit-learn. What each photograph shows beside COCO's classes was written down
by the authors (tools/concept_labels.tsv); which classes go together is counted from COCO's training annotations
(tools/coco_company.tsv). Takes four minutes on two cores, most of it detection (kept in --cache when given).
"""

from __future__ import annotations

import argparse
import json
import pickle
from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant import Assistant
from assistant.media import Image as Decoded
from assistant.options import options_of
from assistant.plugin import Task
from assistant.types import Part
from assistant_vision import imagenet
from assistant_vision.concept_model import (
    DATA,
    LEAST_MASS,
    LEAST_PRESENCE,
    MOST_PRESENCE,
    ConceptModel,
    from_tensors,
    logit,
    sigmoid,
)
from assistant_vision.features import Eye, Seen
from assistant_vision.objects import VisionObjects
from assistant_vision.specs import EFFICIENTNET

ROOT = Path(__file__).parents[1]
PLUGIN = ROOT / "plugins/vision"
TOOLS = PLUGIN / "tools"

SEED, FOLDS = 0, 6
STRENGTH = 8.0
"""Inverse penalty of the heads on features of mean square length 1: of 2, 5, 10 and 20, between the best two."""
PLACE_STRENGTH = 20.0
LEAST_PHOTOGRAPHS = 3
"""A thing must be on so many photographs, a place be so many, to get a head."""
PSEUDO_PAIRS = 20.0
"""Added to observed and expected counts of pairs of classes, so that rare pairs say little."""
PSEUDO_PAIRS_SMALL = 3.0
"""The same for classes with stuff, which are counted on the few photographs of the labels."""
COORDINATES = 80
"""Principal components of the vectors of nouns and classes that are kept."""
TEMPLATE = "a photo of a {}"
FURTHER_SHARE = 0.25
"""How common a zero-shot noun is taken to be against a noun with a head: assumed, there is nothing to count."""

Floats = NDArray[np.float64]


class Photographs:
    """What is known of the fitting photographs, in the order of the labels."""

    def __init__(self, arguments: argparse.Namespace) -> None:
        table = [line.split("\t") for line in lines(TOOLS / "concept_labels.tsv")]
        annotated = instances(arguments.instances)
        files = {int(path.stem): path for folder in arguments.pictures for path in sorted(folder.glob("*.jpg"))}
        rows = [row for row in table if int(row[0]) in files and int(row[0]) in annotated]
        if len(rows) < len(table):
            print(f"{len(table) - len(rows)} of {len(table)} labelled photographs are missing")
        self.identities = [int(row[0]) for row in rows]
        self.files = [files[identity] for identity in self.identities]
        self.indoors = np.array([[row[1] == "in"] for row in rows], dtype=float)
        self.place = [row[2] for row in rows]
        named = [set(row[3].split(", ")) if row[3] else set() for row in rows]
        counts = {name: sum(name in one for one in named) for name in set().union(*named)}
        self.stuff = sorted(name for name, count in counts.items() if count >= LEAST_PHOTOGRAPHS)
        self.things, self.pairs = pairs()
        self.shows_stuff = np.array([[name in one for name in self.stuff] for one in named], dtype=float)
        self.shows_things = np.array(
            [[name in annotated[identity] for name in self.things] for identity in self.identities], dtype=float
        )
        self.fold = np.random.default_rng(SEED).integers(0, FOLDS, len(rows))


def lines(path: Path) -> list[str]:
    """The lines of a table that are no remarks."""
    return [line for line in path.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]


def instances(paths: Sequence[Path]) -> dict[int, set[str]]:
    """Classes on each photograph of COCO instance files."""
    found: dict[int, set[str]] = {}
    for path in paths:
        content = json.loads(path.read_text(encoding="utf-8"))
        names = {one["id"]: one["name"] for one in content["categories"]}
        number = {one["id"]: int(Path(one["file_name"]).stem) for one in content["images"]}
        for one in number.values():
            found.setdefault(one, set())
        for one in content["annotations"]:
            if one["image_id"] in number:
                found[number[one["image_id"]]].add(names[one["category_id"]])
    return found


def pairs() -> tuple[list[str], Floats]:
    """Names of COCO's classes, and on how many photographs of train2014 two of them are."""
    head, *rows = lines(TOOLS / "coco_company.tsv")
    return head.split("\t"), np.array([[float(cell) for cell in row.split("\t")] for row in rows])


TRAINED_ON = 82_081
"""Photographs that the pairs were counted on."""


def look(
    photographs: Photographs, assistant: Assistant, cache: Path | None
) -> list[tuple[Seen, Seen, dict[str, float]]]:
    """Of each photograph: what is seen of it and, for variety, of it without its margins, and the detections."""
    if cache and cache.exists():
        kept = pickle.loads(cache.read_bytes())
        return [kept[identity] for identity in photographs.identities]
    weights = assistant.host.weights
    eye = Eye(weights.where(EFFICIENTNET.name), 2)
    detector = VisionObjects()
    services: Any = SimpleNamespace(
        options=options_of(detector, {}),
        threads=2,
        device="cpu",
        hub=False,
        weights=weights.where,
    )
    detector.load(services)
    seen = {}
    for number, (identity, path) in enumerate(zip(photographs.identities, photographs.files, strict=True)):
        rgb = assistant.media.image(assistant.media.open(path, path.name)).rgb
        media: Any = SimpleNamespace(image=lambda part, rgb=rgb: Decoded(rgb))
        presence: dict[str, float] = {}
        for item in detector.perceive(Task(Part("image", "0" * 64, path.name, "image/jpeg", b""), media)):
            presence[item.text] = max(presence.get(item.text, 0.0), float(item.data["presence"]))
        margin = [side // 12 for side in rgb.shape[:2]]
        inner = rgb[margin[0] : rgb.shape[0] - margin[0], margin[1] : rgb.shape[1] - margin[1]]
        seen[identity] = (eye.look(rgb), eye.look(inner), presence)
        if number % 40 == 0:
            print(f"{number} of {len(photographs.files)} photographs", flush=True)
    if cache:
        cache.write_bytes(pickle.dumps(seen))
    return [seen[identity] for identity in photographs.identities]


def logistic(inputs: Floats, truth: Floats, strength: float) -> tuple[Floats, Floats]:
    """Weights and offset of a logistic regression: a row for each distinct value of the truth, one if there are two."""
    from sklearn.linear_model import LogisticRegression

    fitted = LogisticRegression(C=strength, max_iter=2000).fit(inputs, truth)
    return fitted.coef_, fitted.intercept_


class Heads:
    """Logistic heads on the features, fitted on some of the photographs."""

    def __init__(self, features: Floats, cropped: Floats, truth: Floats, rows: NDArray[Any]) -> None:
        self.center = features[rows].mean(0)
        self.length = float(np.sqrt(((features[rows] - self.center) ** 2).sum(1).mean()))
        inputs = np.vstack([features[rows] - self.center, cropped[rows] - self.center]) / self.length
        weights, offsets = [], []
        for column in truth[rows].T:
            if column.min() == column.max():
                weights.append(np.zeros((1, features.shape[1])))
                offsets.append(logit([(column.sum() + 0.1) / (len(column) + 1)]))
                continue
            weight, offset = logistic(inputs, np.concatenate([column, column]), STRENGTH / 2)
            weights.append(weight / self.length)
            offsets.append(offset)
        self.weights, self.offsets = np.vstack(weights), np.concatenate(offsets)

    def __call__(self, features: Floats) -> Floats:
        """Probabilities."""
        return sigmoid((features - self.center) @ self.weights.T + self.offsets)


def held_out(photographs: Photographs, predict: Callable[[NDArray[Any]], Callable[[NDArray[Any]], Floats]]) -> Floats:
    """Predictions for each photograph by a model fitted without its fold."""
    found: list[tuple[NDArray[Any], Floats]] = []
    for fold in range(FOLDS):
        model = predict(np.flatnonzero(photographs.fold != fold))
        rows = np.flatnonzero(photographs.fold == fold)
        found.append((rows, model(rows)))
    whole = np.zeros((len(photographs.fold), found[0][1].shape[1]))
    for rows, values in found:
        whole[rows] = values
    return whole


def held_out_heads(
    photographs: Photographs, features: Floats, cropped: Floats, truth: Floats, corners: Floats
) -> tuple[Floats, Floats]:
    """What heads say of photographs that they were not fitted on, and of the corner that looks most like the noun."""

    def predict(rows: NDArray[Any]) -> Callable[[NDArray[Any]], Floats]:
        model = Heads(features, cropped, truth, rows)
        return lambda others: np.hstack([model(features[others]), model(corners[others]).max(axis=1)])

    whole, likest = np.split(held_out(photographs, predict), 2, axis=1)
    return whole, likest


def compare(photographs: Photographs, assistant: Assistant) -> None:
    """Print how well heads on each of several layers tell the stuff on photographs they were not fitted on."""
    pictures = [assistant.media.image(assistant.media.open(path, path.name)).rgb for path in photographs.files]
    for layer in (*(f"blocks_{block}/Add" for block in (10, 13, 16, 18, 19, 20, 21, 22)), "head/AvgPool"):
        eye = Eye(assistant.host.weights.where(EFFICIENTNET.name), 2, layer)
        features = np.array([eye.look(rgb).features for rgb in pictures], dtype=np.float64)
        said, _ = held_out_heads(photographs, features, features, photographs.shows_stuff, features[:, None])
        columns = [index for index in range(said.shape[1]) if photographs.shows_stuff[:, index].sum() >= 8]
        areas = [area(photographs.shows_stuff[:, index], said[:, index]) for index in columns]
        print(f"{layer}: area {np.mean(areas):.3f}, mean of {len(areas)} things", flush=True)


def together(observed: Floats, expected: Floats, pseudo: float) -> Floats:
    """Log of how much more often than by chance."""
    return np.asarray(np.log((observed + pseudo) / (expected + pseudo)), dtype=np.float64)


def stacked(evidence: Sequence[Floats], truth: Floats) -> tuple[float, ...]:
    """Weights of the evidence, one for all nouns, and the offset."""
    weights, offset = logistic(np.stack(evidence, -1).reshape(-1, len(evidence)), truth.ravel(), 100.0)
    return (*(round(float(one), 4) for one in weights[0]), round(float(offset[0]), 4))


def weighed(evidence: Sequence[Floats], truth: Floats, fold: NDArray[Any]) -> Floats:
    """Held-out probabilities of the stacked evidence."""
    found = np.zeros_like(truth)
    for one in range(FOLDS):
        rows = fold != one
        *weights, offset = stacked([part[rows] for part in evidence], truth[rows])
        found[~rows] = sigmoid(sum(w * part[~rows] for w, part in zip(weights, evidence, strict=True)) + offset)
    return found


def asked(truth: Floats, probabilities: Floats) -> dict[str, list[tuple[float, float]]]:
    """Pairs (probability, truth) of questions as in POPE (Li et al. 2023): three present, three absent nouns a picture.

    Absent nouns are drawn at random, or are the commonest ones, or those that most often go with what is present.
    """
    generator = np.random.default_rng(SEED)
    common = np.argsort(-truth.mean(0))
    joint = truth.T @ truth / np.maximum(truth.sum(0), 1)  # [i, j]: share of the pictures with j that show i
    pools: dict[str, list[tuple[float, float]]] = {"random": [], "popular": [], "adversarial": []}
    for row, shown in enumerate(truth):
        present, absent = np.flatnonzero(shown), np.flatnonzero(shown == 0)
        if len(present) < 3:
            continue
        likely = absent[np.argsort(-joint[np.ix_(absent, present)].max(1))]
        yes = generator.choice(present, 3, replace=False)
        for name, no in (
            ("random", generator.choice(absent, 3, replace=False)),
            ("popular", [noun for noun in common if shown[noun] == 0][:3]),
            ("adversarial", likely[:3]),
        ):
            pools[name].extend((float(probabilities[row, noun]), float(shown[noun])) for noun in (*yes, *no))
    return pools


def asking(truth: Floats, known: Floats) -> tuple[float, ...]:
    """Slope and offset that turn log-odds into those given that somebody asks; all three sorts of questions alike."""
    said, true = np.array([pair for pool in asked(truth, known).values() for pair in pool]).T
    weights, offset = logistic(logit(said)[:, None], true, 100.0)
    found = (round(float(weights[0, 0]), 4), round(float(offset[0]), 4))
    print(f"asked: slope and offset {found}, yes from {sigmoid(-found[1] / found[0]):.3f}")
    return found


def reliability(truth: Floats, probabilities: Floats) -> list[tuple[int, float, float]]:
    """Count, mean probability and share of truths in ten equal bins."""
    rows = []
    for low in np.arange(0, 1, 0.1):
        inside = (probabilities >= low) & (probabilities < low + 0.1 + 1e-9 * (low > 0.85))
        if inside.any():
            rows.append((int(inside.sum()), float(probabilities[inside].mean()), float(truth[inside].mean())))
    return rows


def area(truth: Floats, values: Floats) -> float:
    """Area under the ROC curve."""
    from sklearn.metrics import roc_auc_score

    return float(roc_auc_score(truth, values))


def fit(
    photographs: Photographs, seen: Sequence[tuple[Seen, Seen, dict[str, float]]], assistant: Assistant
) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    """Fit everything and print the held-out figures; the tensors and the description of the model."""
    features = np.array([one[0].features for one in seen], dtype=np.float64)
    cropped = np.array([one[1].features for one in seen], dtype=np.float64)
    classes = np.array([one[0].classes for one in seen], dtype=np.float32)
    presence = np.array([[one[2].get(name, 0.0) for name in photographs.things] for one in seen])
    truth = np.hstack([photographs.shows_things, photographs.shows_stuff])
    count = len(photographs.things)
    with_sides = np.hstack([truth, photographs.indoors])
    corners = np.array([one[0].corners for one in seen], dtype=np.float64)
    heads, likest = held_out_heads(photographs, features, cropped, with_sides, corners)
    share = np.concatenate([np.diag(photographs.pairs) / TRAINED_ON, photographs.shows_stuff.mean(0)])
    singles = np.diag(photographs.pairs)
    of_things = together(photographs.pairs, np.outer(singles, singles) / TRAINED_ON, PSEUDO_PAIRS)
    np.fill_diagonal(of_things, 0.0)

    def with_stuff(rows: NDArray[Any]) -> Floats:
        here, there = photographs.shows_things[rows], photographs.shows_stuff[rows]
        expected = np.outer(here.sum(0), there.sum(0)) / len(rows)
        return together(here.T @ there, expected, PSEUDO_PAIRS_SMALL)

    stuff_company = held_out(photographs, lambda rows: lambda others: presence[others] @ with_stuff(rows))
    expected = np.broadcast_to(logit(share), truth.shape)
    evidence = {
        "thing": [
            logit(np.clip(presence, LEAST_PRESENCE, MOST_PRESENCE)),
            (presence > 0).astype(float),
            presence @ of_things,
            logit(heads[:, :count]),
            logit(likest[:, :count]),
            expected[:, :count],
        ],
        "stuff": [logit(heads[:, count:-1]), logit(likest[:, count:-1]), stuff_company, expected[:, count:]],
    }
    truths = {"thing": truth[:, :count], "stuff": truth[:, count:]}
    weights = {name: stacked(parts, truths[name]) for name, parts in evidence.items()}
    known = np.hstack([weighed(parts, truths[name], photographs.fold) for name, parts in evidence.items()])
    report(photographs, truth, known, heads, presence)
    weights["asked"] = asking(truth, known)

    whole = Heads(features, cropped, with_sides, np.arange(len(features)))
    places = sorted(
        place for place in set(photographs.place) - {"-", "sky"} if photographs.place.count(place) >= LEAST_PHOTOGRAPHS
    )
    place_heads, place_offsets = place_model(photographs, places, features, cropped)
    embedded = vectors(photographs, assistant)
    further = [line.split("\t") for line in lines(TOOLS / "zero_shot_nouns.tsv")]
    described: dict[str, Any] = {
        "things": photographs.things,
        "stuff": photographs.stuff,
        "further": [(row[0], [int(one) for one in row[1].split()] if len(row) > 1 else []) for row in further],
        "places": places,
        "space": "all-MiniLM-L6-v2",
        "weights": weights | {"classed": (1.0, 1.0, 0.0), "unclassed": (1.0, 0.0)},
    }
    tensors: dict[str, NDArray[Any]] = {
        "center": whole.center.astype(np.float32),
        "heads": whole.weights.astype(np.float16),
        "offsets": whole.offsets.astype(np.float32),
        "place_heads": place_heads.astype(np.float16),
        "place_offsets": place_offsets.astype(np.float32),
        "company": np.hstack([of_things, with_stuff(np.arange(len(features)))]).astype(np.float16),
        "share": share.astype(np.float32),
        "basis": embedded["basis"].astype(np.float16),
    }
    for name in ("nouns", "classes"):
        step = np.abs(embedded[name]).max() / 127
        tensors[name] = np.round(embedded[name] / step).astype(np.int8)
        tensors[f"{name}.step"] = np.array(step, dtype=np.float32)
    model = from_tensors(tensors, described)
    described["weights"] = {**weights, **zero_shot_weights(model, known, classes, truth)}
    return tensors, described


def place_model(
    photographs: Photographs, places: Sequence[str], features: Floats, cropped: Floats
) -> tuple[Floats, Floats]:
    """Weights and offsets of the places and, last, of none of them; prints how often the likeliest is right."""
    order = [*places, "-"]
    number = np.array([order.index(place) if place in order else len(places) for place in photographs.place])

    def fitted(rows: NDArray[Any]) -> tuple[Floats, Floats]:
        center = features.mean(0)
        length = float(np.sqrt(((features - center) ** 2).sum(1).mean()))
        inputs = np.vstack([features[rows] - center, cropped[rows] - center]) / length
        targets = np.concatenate([number[rows], number[rows]])
        weights, offsets = logistic(inputs, targets, PLACE_STRENGTH / 2)
        full, low = np.zeros((len(order), features.shape[1])), np.full(len(order), -20.0)
        full[np.unique(targets)], low[np.unique(targets)] = weights / length, offsets
        return full, low

    def predict(rows: NDArray[Any]) -> Callable[[NDArray[Any]], Floats]:
        weights, offsets = fitted(rows)
        return lambda others: (features[others] - features.mean(0)) @ weights.T + offsets

    scores = held_out(photographs, predict)
    likely = np.exp(scores - scores.max(1, keepdims=True))
    likely /= likely.sum(1, keepdims=True)
    placed = number < len(places)
    best = likely[:, :-1].argmax(1)
    print(
        f"places: {np.mean(best[placed] == number[placed]):.3f} of {placed.sum()} right, {len(places)} kinds;", end=" "
    )
    sure = placed & (likely[:, :-1].max(1) >= 0.5)
    print(f"{np.mean(best[sure] == number[sure]):.3f} of the {sure.sum()} said with 0.5 or more")
    return fitted(np.arange(len(features)))


def vectors(photographs: Photographs, assistant: Assistant) -> dict[str, Floats]:
    """Text embeddings of nouns and ImageNet's classes, each sort centred, in common principal components."""
    path = assistant.host.weights.where(EFFICIENTNET.name) / "efficientnet_labels.txt"
    classes = [line.split(",")[0].strip() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    further = [line.split("\t")[0] for line in lines(TOOLS / "zero_shot_nouns.tsv")]
    nouns = [*photographs.things, *photographs.stuff, *further]

    def embed(names: Sequence[str]) -> Floats:
        found = assistant.host.embed([TEMPLATE.format(name) for name in names])
        if found is None:
            raise SystemExit("No text embedder is ready: install sensorium-text and pull its weights.")
        return found.astype(np.float64)

    of_nouns, of_classes = embed(nouns), embed(classes)
    of_nouns -= of_nouns[: len(photographs.things) + len(photographs.stuff)].mean(0)
    of_classes -= of_classes.mean(0)
    _, _, basis = np.linalg.svd(np.vstack([of_nouns, of_classes]), full_matrices=False)
    basis = basis[:COORDINATES]
    return {"nouns": of_nouns @ basis.T, "classes": of_classes @ basis.T, "basis": basis}


def zero_shot_weights(
    model: ConceptModel, known: Floats, classes: NDArray[np.float32], truth: Floats
) -> dict[str, tuple[float, ...]]:
    """How ImageNet's classes and similarity tell of a noun: fitted on nouns with heads, each taken for unknown."""
    count = known.shape[1]
    inputs: dict[str, list[Floats]] = {"classed": [], "unclassed": []}
    truths: dict[str, list[Floats]] = {"classed": [], "unclassed": []}
    areas = []
    for noun, name in enumerate((*model.things, *model.stuff)):
        without = known.copy()
        without[:, noun] = model.share[noun]
        points = np.array([model.coordinates(row, seen) for row, seen in zip(without, classes, strict=True)])
        vector = model.nouns[noun]
        similar = points @ vector / np.maximum(np.linalg.norm(points, axis=1) * np.linalg.norm(vector), 1e-9)
        if 4 <= truth[:, noun].sum() <= len(truth) - 4:
            areas.append(area(truth[:, noun], similar))
        inputs["unclassed"].append(similar[:, None])
        truths["unclassed"].append(truth[:, noun])
        members = imagenet.members(name)
        if members:
            mass = np.log(np.clip(classes[:, members].sum(1), LEAST_MASS, 1.0))
            inputs["classed"].append(np.stack([mass, similar], -1))
            truths["classed"].append(truth[:, noun])
    print(f"zero-shot by similarity alone: area {np.mean(areas):.3f}, mean of {len(areas)} of {count} nouns left out")
    found = {}
    for sort, parts in inputs.items():
        x, y = np.vstack(parts), np.concatenate(truths[sort])
        weights, offset = logistic(x, y, 100.0)
        shifted = float(offset[0] + np.log(FURTHER_SHARE))
        found[sort] = (*(round(float(one), 4) for one in weights[0]), round(shifted, 4))
        print(f"zero-shot {sort}: {found[sort]}, area {area(y, x @ weights[0]):.3f} over {len(y)} judgements")
    return found


def report(photographs: Photographs, truth: Floats, known: Floats, heads: Floats, presence: Floats) -> None:
    """Print the held-out figures."""
    count = len(photographs.things)
    detector = np.hstack([presence, np.zeros((len(truth), truth.shape[1] - count))])
    unseen = presence == 0
    print(f"{len(truth)} photographs, {count} classes, {truth.shape[1] - count} further things")
    print(f"classes not detected: area {area(truth[:, :count][unseen], known[:, :count][unseen]):.3f}")
    named = [
        (name, int(column.sum()), area(column, said))
        for name, column, said in zip(photographs.stuff, truth[:, count:].T, known[:, count:].T, strict=True)
        if column.sum() >= 4
    ]
    print(f"further things: area {np.mean([one[2] for one in named]):.3f}, mean of {len(named)}")
    print(
        "  " + ", ".join(f"{name} {value:.2f} ({number})" for name, number, value in sorted(named, key=lambda x: -x[2]))
    )
    print(f"indoors: area {area(photographs.indoors[:, 0], heads[:, -1]):.3f}")
    for sort, columns in (("classes", slice(0, count)), ("further things", slice(count, None))):
        print(
            f"reliability of {sort}: "
            + ", ".join(
                f"{said:.2f}:{true:.2f} ({number})"
                for number, said, true in reliability(truth[:, columns], known[:, columns])
            )
        )
    thresholds = (0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5)
    for label, values in (("detector alone", detector), ("all evidence", known)):
        for kind, pool in asked(truth, values).items():
            said, true = np.array(pool).T
            right = ", ".join(f"{t}: {np.mean((said >= t) == true):.3f}" for t in thresholds)
            print(f"asked, {kind} absent nouns, {label}: {right}")


def main() -> None:
    """Fit, measure, and write if told so."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", type=Path, nargs="+", required=True, help="directories of COCO photographs")
    parser.add_argument("--instances", type=Path, nargs="+", required=True, help="COCO instance annotations of them")
    parser.add_argument("--cache", type=Path, help="file that keeps what the networks saw")
    parser.add_argument("--layers", action="store_true", help="only compare layers of the network")
    parser.add_argument("--write", action="store_true", help="write the model into the package")
    arguments = parser.parse_args()
    photographs = Photographs(arguments)
    with Assistant() as assistant:
        if arguments.layers:
            compare(photographs, assistant)
            return
        tensors, described = fit(photographs, look(photographs, assistant, arguments.cache), assistant)
    if arguments.write:
        from safetensors.numpy import save_file

        target = PLUGIN / "src/assistant_vision" / DATA
        target.parent.mkdir(exist_ok=True)
        save_file(tensors, target, metadata={"model": json.dumps(described, separators=(",", ":"))})
        print(f"{target}: {target.stat().st_size / 1024:.0f} KiB")


if __name__ == "__main__":
    main()
