"""Takes a video apart into its sound track and a few frames. Not for perceiving those: other perceivers read them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from assistant.errors import MediaError, MediaTooLarge, UnreadableMedia
from assistant.media import SAMPLE_RATE
from assistant.plugin import Perceiver, Services, Task
from assistant.types import AUDIO, IMAGE, VIDEO, Kind, Observation, Part

if TYPE_CHECKING:
    import numpy as np

GRID = 48
"""Two frames are compared by the mean brightness of GRID x GRID cells."""
ALIKE_MEAN = 2.0
"""Mean difference (of 255) up to which frames may be alike: noise and compression of a still scene stay below 1."""
ALIKE_CELL = 14.0
"""Largest difference (of 255) of any cell up to which frames are alike: a changed line of a slide exceeds it."""


@dataclass(frozen=True)
class VideoOptions:
    """Options of `[plugins.video]`."""

    frames: int = field(
        default=8,
        metadata={"description": "Frames to take at most; `limits.frames` is the cap."},
    )
    sound: bool = field(
        default=True,
        metadata={"description": "Whether the sound track is taken."},
    )


class VideoPerceiver(Perceiver):
    """Yields the sound track first, so that speech starts at once, then frames, then what is known of the whole."""

    name = "video"
    version = "1"
    consumes = (VIDEO,)
    produces = (AUDIO, IMAGE, Kind.VIDEO_FACTS)
    Options = VideoOptions
    deadline = 60.0
    deadline_per_second = 0.1
    heavy = False
    concurrency = 2

    def __init__(self) -> None:
        self._options = VideoOptions()

    def load(self, services: Services) -> None:
        """Keep the options."""
        if isinstance(services.options, VideoOptions):
            self._options = services.options

    def perceive(self, task: Task) -> Iterator[Observation | Part]:
        """Yield parts as they are decoded, and one `video_facts` observation last.

        Raises:
            MediaError: neither sound nor frames could be decoded.
        """
        notes = _sentences(task.part.facts.get("notes"))
        sound_seconds = 0.0
        if self._options.sound and task.part.facts.get("has_audio"):
            track = _sound_track(task, notes)
            if track is not None:
                sound_seconds = track.span[1] if track.span else 0.0
                yield track
        taken = left_out = 0
        last = 0.0
        try:
            for frame, moment in self._frames(task):
                last = moment
                if frame is None:
                    left_out += 1
                    continue
                taken += 1
                yield frame
        except MediaError as error:
            if not sound_seconds and not taken:
                raise
            notes.append(error.message)
        yield _facts(task, taken, left_out, max(last, sound_seconds), notes)

    def _frames(self, task: Task) -> Iterator[tuple[Part | None, float]]:
        """Each frame's part and time; None in place of a frame that looks like an earlier one."""
        seen: list[np.ndarray] = []
        for frame in task.media.frames(task.part, self._options.frames):
            task.check()
            looks = _looks(frame.rgb)
            if any(_alike(looks, other) for other in seen):
                yield None, frame.seconds
                continue
            seen.append(looks)
            moment = round(frame.seconds, 3)
            yield (
                task.media.image_part(
                    frame.rgb, f"{task.part.name} at {moment:.1f} s", parent=task.part, span=(moment, moment)
                ),
                moment,
            )


def _sound_track(task: Task, notes: list[str]) -> Part | None:
    """The sound up to the cap, or None with a note when it cannot be decoded."""
    import numpy as np

    audio = task.audio()
    blocks: list[np.ndarray] = []
    try:
        for block in audio.blocks():
            task.check()
            blocks.append(block)
    except MediaTooLarge as error:
        notes.append(error.message)
    except UnreadableMedia as error:
        notes.append(error.message)
        return None
    notes.extend(f"sound: {note}" for note in audio.notes)
    samples = np.concatenate(blocks)
    seconds = round(len(samples) / SAMPLE_RATE, 3)
    return task.media.audio_part(samples, f"sound of {task.part.name}", parent=task.part, span=(0.0, seconds))


def _facts(task: Task, taken: int, left_out: int, seen_seconds: float, notes: list[str]) -> Observation:
    facts = task.part.facts
    header = facts.get("seconds")
    seconds = round(float(header) if isinstance(header, int | float) else seen_seconds, 2)
    width, height, fps = facts.get("width"), facts.get("height"), facts.get("fps")
    sound = "with sound" if facts.get("has_audio") else "without sound"
    rate = f" at {fps:g} frames a second" if isinstance(fps, int | float) else ""
    said = f"a video of {seconds:.1f} s, {width} x {height} pixels{rate}, {sound}; {_frames_said(taken, left_out)}"
    extra: dict[str, Any] = {"near_duplicates": left_out, "notes": notes}
    return task.observe(
        Kind.VIDEO_FACTS,
        said,
        1.0,
        seconds=seconds,
        width=width,
        height=height,
        fps=fps,
        has_audio=bool(facts.get("has_audio")),
        frames_taken=taken,
        **extra,
    )


def _frames_said(taken: int, left_out: int) -> str:
    said = "1 frame was looked at" if taken == 1 else f"{taken} frames were looked at"
    return (
        f"{said}, {left_out} more looked the same and {'was' if left_out == 1 else 'were'} left out"
        if left_out
        else said
    )


def _sentences(value: object) -> list[str]:
    return [str(note) for note in value] if isinstance(value, list | tuple) else []


def _looks(rgb: np.ndarray) -> np.ndarray:
    """[rows, columns] float32: mean brightness of up to GRID x GRID cells."""
    import numpy as np

    height, width = rgb.shape[:2]
    brightness = rgb.mean(axis=2, dtype=np.float32)
    rows = np.linspace(0, height, min(GRID, height), endpoint=False, dtype=int)
    columns = np.linspace(0, width, min(GRID, width), endpoint=False, dtype=int)
    sums = np.add.reduceat(np.add.reduceat(brightness, rows, axis=0), columns, axis=1)
    counts = np.outer(np.diff([*rows, height]), np.diff([*columns, width]))
    return np.asarray(sums / counts, np.float32)


def _alike(one: np.ndarray, other: np.ndarray) -> bool:
    if one.shape != other.shape:
        return False
    difference = abs(one - other)
    return bool(difference.mean() <= ALIKE_MEAN and difference.max() <= ALIKE_CELL)
