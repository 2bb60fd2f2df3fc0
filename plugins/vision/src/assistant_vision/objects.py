"""Perceives objects with boxes, colours and a hint of depth. Not for naming the whole scene: see labels.py."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from assistant.plugin import Perceiver, Services, Task
from assistant.types import IMAGE, Box, Kind, Observation
from assistant_vision import specs
from assistant_vision.appearance import Appearance, in_front
from assistant_vision.boxes import area
from assistant_vision.calibration import CLASS_PRESENT, DRAWN, OBJECT_HERE
from assistant_vision.detector import Detector
from assistant_vision.pixels import is_drawn, shrink

LOOKED_AT = 1280
"""Pixels of the longer side that are looked at: the network squeezes each tile to 300, and reducing in two steps keeps
fine texture from turning into noise."""


@dataclass(frozen=True, slots=True)
class ObjectsOptions:
    """Options of `vision_objects`."""

    least: float = 0.2
    """Confidence below which an object is not reported; readers choose their own threshold above it."""
    tiles: bool = True
    """Look at four overlapping tiles as well: finds more small things, takes five times as long."""
    most: int = 60
    """Objects reported of one picture at most."""


def depth_hint(box: Box) -> float:
    """How near an object may be, 1 nearest: things stand nearer the lower their foot is and the larger they look."""
    return round(min(1.0, 0.6 * box[3] + 0.4 * math.sqrt(area(box))), 3)


class VisionObjects(Perceiver):
    """The 80 classes of COCO, found by SSD-MobileNet-v2 on the picture and on four overlapping tiles."""

    name = "vision_objects"
    version = "2"
    consumes = (IMAGE,)
    produces = (Kind.OBJECT,)
    requires = ("cv2",)
    Options = ObjectsOptions
    memory_mb = 220
    deadline = 30.0

    def weights(self, options: Any) -> tuple[str, ...]:
        """The detector's graph."""
        return (specs.SSD.name,)

    def load(self, services: Services) -> None:
        """Read the graph."""
        self._options: ObjectsOptions = services.options or ObjectsOptions()
        self._detector: Detector | None = Detector(services.weights(specs.SSD.name), services.threads)

    def close(self) -> None:
        """Free the network."""
        self._detector = None

    def perceive(self, task: Task) -> Iterable[Observation]:
        """One observation an object, most certain first."""
        assert self._detector is not None
        drawn = is_drawn(task.image().rgb)
        trust = DRAWN if drawn else 1.0
        rgb = shrink(task.image().rgb, LOOKED_AT)
        options = self._options
        floor = OBJECT_HERE.score(options.least)
        found = self._detector.detect(rgb, floor, tiled=options.tiles, check=task.check)[: options.most]
        best: dict[str, float] = {}
        for seen in found:
            best[seen.name] = max(best.get(seen.name, 0.0), seen.score)
        appearance = Appearance(rgb, drawn=drawn)
        plain = [seen.box for seen in found if OBJECT_HERE.probability(seen.score) >= 0.5]
        for seen in found:
            confidence = trust * OBJECT_HERE.probability(seen.score)
            if confidence < options.least or area(seen.box) == 0.0:
                continue
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
                presence=round(trust * CLASS_PRESENT.probability(best[seen.name]), 4),
                score=round(seen.score, 4),
            )
