"""Tells the voices of a recording apart: how many people speak, and who speaks when. Not who they are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from assistant.errors import MediaTooLarge
from assistant.media import SAMPLE_RATE
from assistant.plugin import Perceiver, Services, Task
from assistant.types import AUDIO, Kind, Observation
from assistant_speakers.specs import VOICE_ENCODER

if TYPE_CHECKING:
    import numpy as np

    from assistant_speakers.encoder import VoiceEncoder
    from assistant_speakers.voices import Unit

MOMENT: Final = 0.25
"""Seconds of the pieces that speech without times of its words is cut into."""
COUNT_SURE: Final[Mapping[int, float]] = {1: 0.9, 2: 0.85, 3: 0.8, 4: 0.65}
COUNT_SURE_MORE: Final = 0.5
"""How often so many voices were told where there were so many, by `scripts/fit_speakers.py`: lowered for several, since
voices from different rooms are easier than those of one; raised for one, which is commoner in what people send."""
SAID_CHARACTERS: Final = 600


class SpeakerTurns(Perceiver):
    """Yields one observation with the number of voices and, if there are several, one for each turn."""

    name = "speakers"
    version = "1"
    consumes = (AUDIO,)
    gathers = (Kind.TRANSCRIPT_SEGMENT,)
    produces = ("speakers", "speaker_turn")
    particular = True
    requires = ("safetensors", "scipy", "threadpoolctl")
    deadline = 60.0
    deadline_per_second = 0.2
    memory_mb = 60
    optional = True

    def __init__(self) -> None:
        self._encoder: VoiceEncoder | None = None

    def weights(self, options: Any) -> tuple[str, ...]:
        """The voice encoder."""
        return (VOICE_ENCODER.name,)

    def load(self, services: Services) -> None:
        """Read the weights."""
        from assistant_speakers.encoder import VoiceEncoder

        self._encoder = VoiceEncoder(services.weights(VOICE_ENCODER.name))

    def close(self) -> None:
        """Forget the weights."""
        self._encoder = None

    def perceive(self, task: Task) -> Iterator[Observation]:
        """Nothing where no speech was heard."""
        from threadpoolctl import threadpool_limits

        from assistant_speakers.voices import clusters, stretches, turns, window_starts

        task.check()
        units = list(said(task.observations))
        if not units:
            return
        assert self._encoder is not None, "load was not called"
        starts, step = window_starts(stretches(units))
        samples = _heard(task, units[-1].end)
        # The matrices of one step are small: several threads would mostly wait for each other.
        with threadpool_limits(1, "blas"):
            labels = clusters(self._encoder.embed(samples, starts, task.check), step)
        found = turns(units, starts, labels)
        sources = [seen.id for seen in task.observations]
        seconds = [0.0] * (max(turn.speaker for turn in found) + 1)
        for turn in found:
            seconds[turn.speaker] += turn.end - turn.start
        count = len(seconds)
        yield task.observe(
            "speakers",
            "one person speaks" if count == 1 else f"{count} people speak",
            COUNT_SURE.get(count, COUNT_SURE_MORE),
            span=(found[0].start, max(turn.end for turn in found)),
            derived_from=sources,
            count=count,
            seconds=[round(each, 2) for each in seconds],
        )
        for turn in found if count > 1 else ():
            words = turn.text if len(turn.text) <= SAID_CHARACTERS else f"{turn.text[: SAID_CHARACTERS - 3]}..."
            yield task.observe(
                "speaker_turn",
                f"speaker {turn.speaker + 1}: {words}" if words else f"speaker {turn.speaker + 1}",
                0.5 + 0.45 * turn.agreement,
                span=(turn.start, turn.end),
                derived_from=sources,
                speaker=turn.speaker + 1,
                said=words,
            )


def said(segments: Iterable[Observation]) -> Iterator[Unit]:
    """The words of transcript segments in order of time; moments of MOMENT seconds where they have no times."""
    from assistant_speakers.voices import Unit

    for segment in sorted((each for each in segments if each.span), key=lambda each: each.span or (0.0, 0.0)):
        start, end = segment.span or (0.0, 0.0)
        words = [word for word in segment.data.get("words") or () if word.get("end", 0) >= word.get("start", 0)]
        if words:
            at = 0
            for word in words:
                written = str(word["word"])
                found = segment.text.find(written, at)
                yield Unit(float(word["start"]), float(word["end"]), written if 0 < at == found else f" {written}")
                at = found + len(written) if found >= 0 else at
            continue
        texts = segment.text.split()
        count = max(1, round((end - start) / MOMENT))
        for index in range(count):
            own = texts[index * len(texts) // count : (index + 1) * len(texts) // count]
            begins, ends = (start + (end - start) * each / count for each in (index, index + 1))
            yield Unit(begins, ends, "".join(f" {word}" for word in own))


def _heard(task: Task, until: float) -> np.ndarray:
    """The sound as far as somebody speaks, or to the cap where that comes before."""
    import numpy as np

    blocks: list[np.ndarray] = []
    heard = 0.0
    try:
        for block in task.audio().blocks():
            task.check()
            blocks.append(block)
            heard += len(block) / SAMPLE_RATE
            if heard > until + 1:
                break
    except MediaTooLarge:
        if not blocks:
            raise
    return np.concatenate(blocks)
