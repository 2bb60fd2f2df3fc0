"""Perceivers, answerers, embedders and voices whose work is done in a process: the rest of the assistant sees no
difference. Not for the process itself: see elsewhere.py and process.py.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from assistant.context import Snapshot
from assistant.errors import PluginError
from assistant.isolation import channel
from assistant.isolation.channel import Nonsense
from assistant.isolation.crossing import (
    number,
    plain_options,
    read_delta,
    read_observation,
    several,
    told_answer,
    told_observation,
    told_question,
    told_snapshot,
    whole,
)
from assistant.isolation.description import Declared
from assistant.isolation.elsewhere import IDLE_SECONDS, LOAD_SECONDS, Elsewhere
from assistant.isolation.lending import Lending
from assistant.isolation.program import Program
from assistant.isolation.registration import CLASSES
from assistant.plugin import Answerer, Embedder, Perceiver, Plugged, Request, Task, Utterance, Voice
from assistant.types import Answer, Delta, Observation, Part, Question

if TYPE_CHECKING:
    import numpy as np

EMBED_SECONDS: Final = 120.0
"""Seconds one call of an embedder may take: nobody else sets it a deadline."""
ITEMS: Final = 20_001
"""Things that one call may yield: one more than dataflow.py takes, for it to say so."""
DELTAS: Final = 200_000
PARTS_BYTES: Final = 1 << 30
"""Of all parts that one call yields."""
SPEECH_SAMPLES: Final = 2 * 3600 * 48_000
"""Samples that one call of a voice yields."""
ROW_NUMBERS: Final = 1 << 16
"""Numbers in one vector."""


class ElsewherePerceiver(Elsewhere, Perceiver):
    """A perceiver in a process of its own."""

    def perceive(self, task: Task) -> Iterable[Observation | Part]:
        """See `Perceiver.perceive`."""
        options = task.options
        loaded = self._services.options if self._services is not None else None
        told = {
            "part": task.part.to_json(),
            "observation": told_observation(task.observation) if task.observation else None,
            "observations": [told_observation(seen) for seen in task.observations],
            "options": None if options is None or options == loaded else plain_options(options),
            "limits": self._limits(task.media),
        }
        lending = Lending(self.name, task.media, [task.part], embed=self._embed())
        left = PARTS_BYTES
        with self._judged():
            for count, (item, descriptors) in enumerate(self._items("perceive", lending, task.cancel, told)):
                if count >= ITEMS:
                    raise PluginError(f"{self.name} yielded more than {ITEMS - 1} observations.")
                if "made" not in item:
                    yield read_observation(item.get("seen"))
                    continue
                if len(descriptors) != 1:
                    raise Nonsense("a part without its content")
                data = channel.read_file(descriptors[0], min(left, task.media.limits.bytes))
                left -= len(data)
                yield lending.made(item["made"], data)


class ElsewhereAnswerer(Elsewhere, Answerer):
    """An answerer in a process of its own."""

    def leaves(self, options: Any) -> str:
        """See `Answerer.leaves`."""
        if isinstance(self._here, Answerer):
            return self._here.leaves(options)
        return self._declared.leaves if self._declared else ""

    def needs(self, question: Question, context: Snapshot) -> frozenset[str] | None:
        """See `Answerer.needs`; one that nothing of may run here waits for everything."""
        return self._here.needs(question, context) if isinstance(self._here, Answerer) else None

    def answer(self, request: Request) -> Iterator[Delta]:
        """See `Answerer.answer`."""
        told, lending = self._told(request)
        with self._judged():
            for count, (item, _) in enumerate(self._items("answer", lending, request.cancel, told)):
                if count >= DELTAS:
                    raise PluginError(f"{self.name} answered in more than {DELTAS} pieces.")
                yield read_delta(item.get("delta"))

    def check(self, request: Request, answer: Answer) -> Delta | None:
        """See `Answerer.check`."""
        told, lending = self._told(request)
        found: Delta | None = None
        with self._judged():
            for item, _ in self._items("check", lending, request.cancel, {**told, "answer": told_answer(answer)}):
                found = read_delta(item.get("delta"))
        return found

    def _told(self, request: Request) -> tuple[dict[str, Any], Lending]:
        examples = [
            {
                "question": each.question,
                "answer": each.answer,
                "part": each.part.to_json() if each.part else None,
            }
            for each in request.examples
        ]
        told = {
            "question": told_question(request.question),
            "context": told_snapshot(request.context),
            "capabilities": {modality: list(kinds) for modality, kinds in request.capabilities.items()},
            "vocabulary": {kind: list(words) for kind, words in request.vocabulary.items()},
            "examples": examples,
            "instructions": request.instructions,
            "sampling": asdict(request.sampling),
            "limits": self._limits(request.media),
        }
        parts = [*request.context.parts, *(each.part for each in request.examples if each.part)]
        lending = Lending(self.name, request.media, parts, embed=request.embed, computed=request.computed)
        return told, lending


class ElsewhereEmbedder(Elsewhere, Embedder):
    """An embedder in a process of its own."""

    def embed(self, inputs: Sequence[Any]) -> np.ndarray:
        """See `Embedder.embed`."""
        import numpy as np

        if not len(inputs):
            return np.zeros((0, self.dimensions), np.float32)
        texts = [each for each in inputs if isinstance(each, str)]
        images = [] if texts else [each.rgb for each in inputs]
        lending = Lending(self.name, inputs=images)
        found = np.zeros((0, self.dimensions), np.float32)
        with self._judged():
            told = {"texts": texts, "images": len(images)}
            for item, descriptors in self._items("embed", lending, None, told, EMBED_SECONDS):
                found = _numbers(item, descriptors, len(inputs) * ROW_NUMBERS, 2)
            if found.shape != (len(inputs), self.dimensions):
                raise PluginError(f"{self.name} gave vectors of the shape {found.shape} for {len(inputs)} inputs.")
        return found


class ElsewhereVoice(Elsewhere, Voice):
    """A voice in a process of its own."""

    def speak(self, utterance: Utterance) -> Iterator[np.ndarray]:
        """See `Voice.speak`."""
        told = {
            "text": utterance.text,
            "speaker": utterance.speaker,
            "speed": utterance.speed,
            "instructions": utterance.instructions,
        }
        left = SPEECH_SAMPLES
        with self._judged():
            for item, descriptors in self._items("speak", Lending(self.name), utterance.cancel, told):
                piece = _numbers(item, descriptors, left, 1)
                left -= len(piece)
                yield piece.clip(-1.0, 1.0)


def _numbers(item: Mapping[str, Any], descriptors: list[int], most: int, axes: int) -> np.ndarray:
    """Finite float32 numbers that a plugin gave, copied. Raises Nonsense."""
    import numpy as np

    shape = several(item.get("shape"), lambda each: whole(each, 0, most), axes)
    size = int(number(np.prod(shape, dtype=np.float64).item())) if shape else 0
    if len(shape) != axes or size > most or len(descriptors) != 1:
        raise Nonsense("no numbers")
    data = channel.read_file(descriptors[0], 4 * size)
    if len(data) != 4 * size:
        raise Nonsense("fewer numbers than it says")
    found = np.frombuffer(data, np.float32).reshape(shape)
    if not np.isfinite(found).all():
        raise Nonsense("numbers that are none")
    return found


_PROXIES: Final[Mapping[str, type[Elsewhere]]] = {
    "perceiver": ElsewherePerceiver,
    "answerer": ElsewhereAnswerer,
    "embedder": ElsewhereEmbedder,
    "voice": ElsewhereVoice,
}


def isolated(
    program: Program,
    plugged: Plugged | Declared,
    *,
    idle_seconds: float = IDLE_SECONDS,
    load_seconds: float = LOAD_SECONDS,
    clock: Callable[[], float] = time.monotonic,
) -> Any:
    """A perceiver, answerer, embedder or voice whose work is done in a process of its own.

    Args:
        program: how the process imports the plugin.
        plugged: the object, of which `weights`, `unready`, `leaves` and `needs` are then asked here; or what a
            process said of it, when nothing of the plugin runs here. Of the latter, check it with `declared.check`.
        idle_seconds: after so long without a call the process is ended; 0 keeps it.
        load_seconds: importing and loading may take so long.
        clock: seconds; for tests.

    Returns:
        An instance of `plugin.Perceiver`, `Answerer`, `Embedder` or `Voice`.
    """
    if isinstance(plugged, Declared):
        sort: str = plugged.sort
    else:
        sort = next(name for name, kind in CLASSES.items() if isinstance(plugged, kind))
    return _PROXIES[sort](program, sort, plugged, idle_seconds=idle_seconds, load_seconds=load_seconds, clock=clock)
