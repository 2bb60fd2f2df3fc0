"""Perceives objects with boxes, colours and a hint of depth. Not for naming the whole scene: see labels.py."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from assistant.plugin import Perceiver, Services, Task
from assistant.types import IMAGE, Box, Kind, Observation
from assistant_vision import specs
from assistant_vision.appearance import Appearance, in_front
from assistant_vision.boxes import Candidate, Detection, area, gather, settle
from assistant_vision.calibration import DRAWN, Judges, candidate_features, load, look_features
from assistant_vision.detector import SIZES, Detector
from assistant_vision.pixels import LOOKED_AT, is_drawn, shrink

EFFORTS: Final[dict[str, tuple[int, ...]]] = {"usual": SIZES, "quick": SIZES[:2]}
"""Squares that are looked at, pixels, by the option `effort`."""


@dataclass(frozen=True, slots=True)
class ObjectsOptions:
    """Options of `vision_objects`."""

    least: float = field(
        default=0.15,
        metadata={
            "description": (
                "Confidence below which an object is not reported, unless it is the surest of a class whose "
                "presence reaches it; readers choose their own threshold above it."
            )
        },
    )
    effort: Literal["usual", "quick"] = field(
        default="usual",
        metadata={
            "description": (
                'How often to look: "usual" looks at three sizes, "quick" at two, in less than half of the '
                "time, and misses more small things."
            )
        },
    )
    most: int = field(
        default=60,
        metadata={"description": "Objects reported of one picture at most."},
    )


def depth_hint(box: Box) -> float:
    """How near an object may be, 1 nearest: things stand nearer the lower their foot is and the larger they look."""
    return round(min(1.0, 0.6 * box[3] + 0.4 * math.sqrt(area(box))), 3)


def judged(candidates: Sequence[Candidate], judges: Judges) -> list[tuple[Candidate, float]]:
    """One candidate an object, with the probability that it is there, most probable first."""
    chances = [judges.here.probability(one.name, candidate_features(one.scores, one.box)) for one in candidates]
    return settle(candidates, chances)


def present(looks: Sequence[Sequence[Detection]], judges: Judges) -> dict[str, float]:
    """Probability that the picture shows each class of which any look saw anything."""
    scores: dict[str, list[float]] = {}
    for index, found in enumerate(looks):
        for seen in found:
            best = scores.setdefault(seen.name, [0.0] * len(looks))
            best[index] = max(best[index], seen.score)
    return {name: judges.present.probability(name, look_features(best)) for name, best in scores.items()}


class VisionObjects(Perceiver):
    """The 80 classes of COCO, found by SSD-MobileNet-v2 on the picture at several sizes."""

    name = "vision_objects"
    version = "6"
    consumes = (IMAGE,)
    produces = (Kind.OBJECT,)
    requires = ("cv2", "onnxruntime")
    Options = ObjectsOptions
    memory_mb = 300
    deadline = 30.0

    def weights(self, options: Any) -> tuple[str, ...]:
        """The detector's graph."""
        return (specs.SSD.name,)

    def load(self, services: Services) -> None:
        """Read the graph."""
        self._options: ObjectsOptions = services.options or ObjectsOptions()
        self._judges: Judges = load(self._options.effort)
        self._detector: Detector | None = Detector(
            services.weights(specs.SSD.name), services.threads, self._judges.sizes
        )

    def close(self) -> None:
        """Free the network."""
        self._detector = None

    def perceive(self, task: Task) -> Iterable[Observation]:
        """One observation an object, most certain first.

        `presence` is the probability that the picture shows the class at all. `counted` marks the objects that are the
        likeliest number of their class where somebody asks how many there are.
        """
        assert self._detector is not None
        drawn = is_drawn(task.image().rgb)
        trust = DRAWN if drawn else 1.0
        rgb = shrink(task.image().rgb, LOOKED_AT)
        options, judges = self._options, self._judges
        looks = self._detector.looks(rgb, task.check)
        presence = {name: trust * chance for name, chance in present(looks, judges).items()}
        found = judged(gather(looks), judges)
        appearance = Appearance(rgb, drawn=drawn)
        plain = [seen.box for seen, probability in found if probability >= 0.5]
        reported = 0
        met: set[str] = set()
        for seen, probability in found:
            confidence = trust * probability
            surest = seen.name not in met
            met.add(seen.name)
            enough = confidence >= options.least or (surest and presence[seen.name] >= options.least)
            if not enough or reported >= options.most:
                continue
            reported += 1
            task.check()
            look = appearance.of(seen.box, in_front(seen.box, plain))
            worn = appearance.clothes(seen.box) if seen.name == "person" else {}
            yield task.observe(
                Kind.OBJECT,
                seen.name,
                confidence,
                box=seen.box,
                **look.data(),
                **{f"{part}_{key}": value for part, one in worn.items() for key, value in one.named().items()},
                depth_hint=depth_hint(seen.box),
                presence=round(max(confidence, presence[seen.name]), 4),
                counted=confidence >= judges.count_more or (surest and confidence >= judges.count_first),
                score=round(max(seen.scores), 4),
            )
