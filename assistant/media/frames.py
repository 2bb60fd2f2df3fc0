"""Picks a few pictures out of a video, spread over its length. Not for opening containers: see recordings.py."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from assistant.errors import UnreadableMedia
from assistant.media.recordings import decoded_frames, open_container, quarter_turns, shown_size, video_stream
from assistant.media.source import Content
from assistant.media.values import Frame, Limits

if TYPE_CHECKING:
    import numpy as np
    from av import VideoFrame, VideoStream
    from av.container import InputContainer

FRAME_SIDE = 1920
"""Pixels of the long side of a frame; larger videos are reduced."""
DECODED_PIXELS = 3_000_000_000
"""Pixels that may be decoded to reach the wanted moments: 1,400 frames of 1080p, a few seconds of work."""
SCANNED_PACKETS = 500_000


def pick(
    content: Content, reader: str, name: str, limits: Limits, seconds: float | None, count: int
) -> Iterator[Frame]:
    """Up to `count` frames, in the middle of equal stretches of the video; keyframes where one is near enough.

    Args:
        content: the encoded video.
        reader: the libavformat demuxer, as sniffed.
        name: what messages call it.
        limits: caps; nothing after `video_seconds` is looked at.
        seconds: duration by the header; None has the packets read through for it.
        count: frames wanted.

    Raises:
        UnreadableMedia: no picture could be decoded.
    """
    given = 0
    with open_container(content, reader, name) as container:
        stream = video_stream(container)
        if stream is not None:
            length = min(seconds or _scan(container, stream), limits.video_seconds)
            for frame in _spread(container, stream, length, count):
                given += 1
                yield Frame(max(0.0, _time(frame, stream)), _upright(frame, stream))
    if not given:
        raise UnreadableMedia(f"No picture in {name} can be decoded.", "Send the original file again.")


def _start(stream: VideoStream) -> float:
    return float(stream.start_time * stream.time_base) if stream.start_time and stream.time_base else 0.0


def _time(frame: VideoFrame, stream: VideoStream) -> float:
    """Seconds from the start of the video; broadcast streams do not begin at 0."""
    return (frame.time or 0.0) - _start(stream)


def _scan(container: InputContainer, stream: VideoStream) -> float:
    """The duration of a video whose header has none, from the times of its packets."""
    end = 0.0
    for index, packet in enumerate(container.demux(stream)):
        if packet.pts is not None and packet.time_base:
            end = max(end, float((packet.pts + (packet.duration or 0)) * packet.time_base))
        if index > SCANNED_PACKETS:
            break
    _seek(container, stream, 0.0)
    return end - _start(stream)


def _seek(container: InputContainer, stream: VideoStream, seconds: float) -> None:
    time_base = float(stream.time_base or 1)
    container.seek(int((seconds + _start(stream)) / time_base), stream=stream)


def _keyframe(container: InputContainer, stream: VideoStream, seconds: float) -> float | None:
    """Time of the keyframe that seeking to `seconds` leads to."""
    import av

    try:
        _seek(container, stream, seconds)
        packet = next(container.demux(stream), None)
    except av.error.FFmpegError:
        return None  # not seekable there: decoding goes on from where it is
    moment = packet.pts if packet and packet.pts is not None else packet.dts if packet else None
    return None if moment is None or packet is None else float(moment * (packet.time_base or 1)) - _start(stream)


def _spread(container: InputContainer, stream: VideoStream, length: float, count: int) -> Iterator[VideoFrame]:
    step = length / count
    moments = [(index + 0.5) * step for index in range(count)] if length > 0 else [0.0]
    # The keyframes are looked up first, without decoding, so that no stretch is decoded twice.
    keyframes = [_keyframe(container, stream, moment) for moment in moments]
    budget = DECODED_PIXELS // max(1, stream.codec_context.width * stream.codec_context.height)
    position = -1.0
    frames: Iterator[VideoFrame] = iter(())
    last: VideoFrame | None = None
    for index, (moment, keyframe) in enumerate(zip(moments, keyframes, strict=True)):
        if index == 0 or (keyframe is not None and keyframe > position):
            _seek(container, stream, moment if keyframe is not None else 0.0)
            frames = decoded_frames(container, stream, [])
        # A keyframe up to half a step early does as well and spares the decoding in between.
        near = moment - 0.5 * step if keyframe is not None and keyframe >= moment - 0.5 * step else moment
        chosen = None
        for frame in frames:
            budget -= 1
            last, position = frame, _time(frame, stream)
            if position >= near - 1e-3:
                chosen = last = frame
                break
            if budget <= 0:
                break
        if chosen is not None:
            yield chosen
            last = None
        if budget <= 0:
            break
    if last is not None:
        yield last  # the video is shorter than its header says, or the budget was spent: its last picture counts


def _upright(frame: VideoFrame, stream: VideoStream) -> np.ndarray:
    """[height, width, 3] uint8 with square pixels, at most FRAME_SIDE long; read-only."""
    import numpy as np

    turns = quarter_turns(frame)
    width, height = shown_size(frame, stream)
    if turns % 2:
        width, height = height, width
    scale = min(1.0, FRAME_SIDE / max(width, height))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    pixels = frame.reformat(width=size[0], height=size[1], format="rgb24").to_ndarray()
    rgb = np.ascontiguousarray(np.rot90(pixels, turns))
    rgb.flags.writeable = False
    return rgb
