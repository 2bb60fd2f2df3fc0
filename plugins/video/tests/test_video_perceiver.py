"""The video perceiver takes videos apart: sound first, telling frames, then facts that say what was done."""

from __future__ import annotations

import io
import threading
from typing import Any

import av
import numpy as np
import pytest

from assistant.errors import Cancelled
from assistant.media import SAMPLE_RATE, Limits, Media
from assistant.plugin import Task
from assistant.testing import FakeServices, PerceiverContract
from assistant.types import Observation, Part
from assistant_video import VideoOptions, VideoPerceiver


def film(scenes: list[np.ndarray], seconds_each: float = 1.0, sound: bool = True) -> bytes:
    """Each scene stands still for its time, with a tone if there is sound."""
    target: Any = io.BytesIO()
    with av.open(target, "w", "mp4") as container:
        video: Any = container.add_stream("mpeg4", rate=10)
        video.width, video.height, video.pix_fmt = scenes[0].shape[1], scenes[0].shape[0], "yuv420p"
        track: Any = container.add_stream("aac", rate=48000, layout="mono") if sound else None
        for scene in scenes:
            for _ in range(round(seconds_each * 10)):
                container.mux(video.encode(av.VideoFrame.from_ndarray(scene, "rgb24")))
        container.mux(video.encode(None))
        if track:
            times = np.arange(round(48000 * seconds_each * len(scenes))) / 48000
            wave = (np.sin(2 * np.pi * 440 * times) * 16384).astype(np.int16)[None, :]
            frame = av.AudioFrame.from_ndarray(wave, "s16", "mono")
            frame.sample_rate = 48000
            resampler = av.AudioResampler(
                track.codec_context.format.name, "mono", 48000, track.codec_context.frame_size
            )
            for piece in [*resampler.resample(frame), *resampler.resample(None)]:
                container.mux(track.encode(piece))
            container.mux(track.encode(None))
    return bytes(target.getvalue())


def scene(number: int) -> np.ndarray:
    """[48, 64, 3]: a bright square whose place tells the scene."""
    pixels = np.full((48, 64, 3), 30, np.uint8)
    left = 16 * (number % 4)
    pixels[8 + 12 * (number // 4) : 20 + 12 * (number // 4), left : left + 16] = (250, 220, 60)
    return pixels


def taken_apart(
    data: bytes, options: VideoOptions | None = None, limits: Limits | None = None
) -> list[Part | Observation]:
    media = Media(limits)
    perceiver = VideoPerceiver()
    perceiver.load(FakeServices(options=options or VideoOptions()))
    return list(perceiver.perceive(Task(media.open(data, "clip.mp4"), media)))


def test_sound_first_then_frames_then_facts() -> None:
    """The sound track comes first, frames in order of time with their parent and span, the facts last."""
    sound, *frames, facts = taken_apart(film([scene(number) for number in range(4)]), VideoOptions(frames=4))
    assert isinstance(sound, Part)
    assert isinstance(facts, Observation)
    assert (sound.modality, sound.name) == ("audio", "sound of clip.mp4")
    heard = Media().audio(sound).samples()
    assert abs(len(heard) / SAMPLE_RATE - 4.0) < 0.1
    assert np.abs(np.fft.rfft(heard[:SAMPLE_RATE])).argmax() == 440
    assert all(isinstance(frame, Part) and frame.modality == "image" for frame in frames)
    spans = [frame.span[0] for frame in frames if isinstance(frame, Part) and frame.span]
    assert len(spans) == 4
    assert spans == sorted(spans)
    for frame in frames:
        assert isinstance(frame, Part)
        assert frame.span is not None
        assert frame.parent == sound.parent == facts.part
        assert frame.name == f"clip.mp4 at {frame.span[0]:.1f} s"
        shown = Media().image(frame).rgb
        assert np.abs(shown.astype(int) - scene(int(frame.span[0]))).mean() < 8
    assert facts.kind == "video_facts"
    assert facts.text == "a video of 4.0 s, 64 x 48 pixels at 10 frames a second, with sound; 4 frames were looked at"
    assert facts.data["frames_taken"] == 4
    assert (facts.data["width"], facts.data["height"], facts.data["fps"], facts.data["has_audio"]) == (64, 48, 10, True)


def test_frames_that_look_the_same_are_left_out_and_counted() -> None:
    """A still scene gives one frame, a scene that comes back is not taken twice, and the facts say so."""
    *frames, facts = taken_apart(film([scene(0), scene(0), scene(5), scene(0)], sound=False), VideoOptions(frames=4))
    assert len(frames) == 2
    assert isinstance(facts, Observation)
    assert facts.data["near_duplicates"] == 2
    assert facts.text.endswith("without sound; 2 frames were looked at, 2 more looked the same and were left out")


def test_a_small_change_of_a_slide_is_seen() -> None:
    """One changed line of small text makes another frame."""
    slide = np.full((480, 640, 3), 255, np.uint8)
    changed = slide.copy()
    changed[200:212:2, 100:180] = 0
    *frames, _ = taken_apart(film([slide, changed], sound=False), VideoOptions(frames=2))
    assert len(frames) == 2


def test_options_and_limits_hold() -> None:
    """Never more frames than the option and the limit allow; sound only if wanted."""
    data = film([scene(number) for number in range(8)], 0.5)
    items = taken_apart(data, VideoOptions(frames=3, sound=False))
    assert [item.modality for item in items if isinstance(item, Part)] == ["image"] * 3
    items = taken_apart(data, VideoOptions(frames=8), Limits(frames=2))
    assert [item.modality for item in items if isinstance(item, Part)] == ["audio", "image", "image"]


def test_a_damaged_video_gives_what_it_has() -> None:
    """Where the pictures stop decoding, sound and facts are still given, and the facts say what is missing."""
    data = bytearray(film([scene(number) for number in range(8)]))
    start, end = data.index(b"mdat") + 2000, data.index(b"moov") - 2000
    data[start:end] = bytes(end - start)
    items = taken_apart(bytes(data))
    assert isinstance(items[-1], Observation)
    assert items[-1].data["frames_taken"] == sum(isinstance(item, Part) and item.modality == "image" for item in items)


def test_stops_between_frames() -> None:
    """A stopped turn ends the work."""
    media = Media()
    stopped = threading.Event()
    task = Task(media.open(film([scene(number) for number in range(4)]), "clip.mp4"), media, cancel=stopped)
    items = iter(VideoPerceiver().perceive(task))
    next(items)
    stopped.set()
    with pytest.raises(Cancelled):
        next(items)


class TestContract(PerceiverContract):
    """What the host expects of every perceiver."""

    perceiver = VideoPerceiver
    services = FakeServices(options=VideoOptions())
    part = Media().open(film([scene(0), scene(5)]), "clip.mp4")
