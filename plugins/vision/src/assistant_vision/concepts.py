"""Perceives what else a picture probably shows: stuff, places, and things no detector names. Not where or how many."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import numpy as np

from assistant.plugin import Perceiver, Services, Task
from assistant.types import IMAGE, Kind, Observation
from assistant_vision import specs
from assistant_vision.concept_model import ConceptModel, Judgement, load
from assistant_vision.features import Eye
from assistant_vision.pixels import is_drawn

LISTED: Final = 5
"""Nouns named in the text at most."""
PROBABLE: Final = 0.5
WORTH_A_BASIS: Final = 0.05
"""Probability from which the basis of a noun is told; what is less probable is in `probabilities` all the same."""
SAME: Final[Mapping[str, str]] = {
    "table": "dining table",
    "plant": "potted plant",
    "sign": "stop sign",
    "food": "",
    "clothes": "person",
}
"""Stuff that is not worth naming beside a class that was detected; "" stands for any dish or fruit."""
EDIBLE: Final = frozenset(
    {"banana", "apple", "sandwich", "orange", "broccoli", "carrot", "hot dog", "pizza", "donut", "cake"}
)


class VisionConcepts(Perceiver):
    """Probabilities of some 400 nouns and two dozen kinds of place, from the classifier's inner features: 0.1 s.

    Photographs only: in drawings and scanned pages neither network means what it says, so nothing is said of them.
    """

    name = "vision_concepts"
    version = "4"
    consumes = (IMAGE,)
    gathers = (Kind.OBJECT,)
    produces = (Kind.CONCEPTS,)
    requires = ("ai_edge_litert", "safetensors")
    memory_mb = 60
    deadline = 15.0

    def weights(self, options: Any) -> tuple[str, ...]:
        """The classifier; its own head stays unused but for zero-shot nouns."""
        return (specs.EFFICIENTNET.name,)

    def load(self, services: Services) -> None:
        """Read the network and the fitted numbers."""
        self._eye: Eye | None = Eye(services.weights(specs.EFFICIENTNET.name), services.threads)
        self._model: ConceptModel | None = load()

    def close(self) -> None:
        """Free the network."""
        self._eye = self._model = None

    def perceive(self, task: Task) -> Iterable[Observation]:
        """One observation a photograph, of all nouns together."""
        assert self._eye is not None
        assert self._model is not None
        rgb = task.image().rgb
        if is_drawn(rgb):
            return
        presence = detected(task.observations)
        judged = self._model.judge(self._eye.look(rgb), presence)
        named = beyond(judged, presence)
        if named and judged.probabilities[named[0]] >= PROBABLE:
            text = f"probably also {', '.join(named)}"
        else:
            text = f"possibly also {named[0]}" if named else "nothing else is likely"
        sure = [judged.probabilities[name] for name in named] or [1.0 - max(judged.probabilities.values())]
        yield task.observe(
            Kind.CONCEPTS,
            text,
            sum(sure) / len(sure),
            derived_from=[seen.id for seen in task.observations if seen.kind == Kind.OBJECT],
            probabilities={name: round(value, 3) for name, value in judged.probabilities.items()},
            basis={name: judged.basis[name] for name, value in judged.probabilities.items() if value >= WORTH_A_BASIS},
            asked=list(self._model.weights["asked"]),
            places={name: round(value, 3) for name, value in judged.places.items()},
            indoors=round(judged.indoors, 3),
            vector=base64.b64encode(judged.vector.astype("<f2").tobytes()).decode("ascii"),
            space=self._model.space,
        )


def detected(observations: Sequence[Observation]) -> dict[str, float]:
    """Class -> the detector's probability that the picture shows it."""
    presence: dict[str, float] = {}
    for seen in observations:
        if seen.kind == Kind.OBJECT:
            value = seen.data.get("presence")
            sure = float(value) if isinstance(value, int | float) else seen.confidence
            presence[seen.text] = max(presence.get(seen.text, 0.0), sure)
    return presence


def beyond(judged: Judgement, presence: Mapping[str, float]) -> list[str]:
    """The most probable nouns that detection did not name, likeliest first; the likeliest one if none is probable."""
    covered = {name for name, sure in presence.items() if sure >= PROBABLE}
    left = []
    for name in sorted(judged.probabilities, key=lambda one: -judged.probabilities[one]):
        if name in covered or SAME.get(name) in covered or (name == "food" and covered & EDIBLE):
            continue
        left.append(name)
        if len(left) == LISTED:
            break
    probable = [name for name in left if judged.probabilities[name] >= PROBABLE]
    return probable or left[:1]


def unpacked(vector: str) -> np.ndarray[Any, np.dtype[np.float32]]:
    """The picture's vector out of an observation's `vector`, of length 1."""
    values = np.frombuffer(base64.b64decode(vector), dtype="<f2").astype(np.float32)
    return np.asarray(values / max(float(np.linalg.norm(values)), 1e-9), dtype=np.float32)
