"""Decodes sound and video with PyAV, one allowed container at a time, within caps. Not for stills: see pictures.py."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NoReturn

from assistant.errors import MediaError, MediaTooLarge, UnreadableMedia, UnsupportedMedia
from assistant.media.boxes import check_boxes
from assistant.media.source import Content, opened, size_of
from assistant.media.values import SAMPLE_RATE, Limits

if TYPE_CHECKING:
    import numpy as np
    from av import AudioFrame, AudioStream, VideoFrame, VideoStream
    from av.container import InputContainer

AUDIO_CODECS = frozenset(
    "aac aac_latm ac3 adpcm_ima_qt adpcm_ima_wav adpcm_ms alac amrnb amrwb eac3 flac gsm gsm_ms "
    "mp1 mp1float mp2 mp2float mp3 mp3float opus speex vorbis "
    "libopus libvorbis libspeex libopencore_amrnb libopencore_amrwb".split()
)
"""Decoders of sound that may run, besides plain PCM: what recorders and players use."""
VIDEO_CODECS = frozenset(
    "av1 dvvideo h263 h264 hevc libdav1d mjpeg mpeg1video mpeg2video mpeg4 msmpeg4 msmpeg4v2 prores theora vp8 vp9 "
    "libvpx libvpx-vp9".split()
)
"""Decoders of moving pictures that may run."""
VIDEO_PIXELS = 4096 * 2304
"""Largest video picture: decoders keep up to twenty of them, so this is what bounds their memory."""
SAMPLE_RATES = range(4_000, 768_001)
"""Hertz a recording may claim; far outside, the resampler's filter alone would fill the memory."""
CHANNELS = 64
PROBE_BYTES = 5_000_000
"""How far libavformat may read to find out about streams."""
OPEN_SECONDS = 10.0
BROKEN_PACKETS = 200
"""Packets that fail to decode before the rest of a recording is given up."""
SILENT_PACKETS = 5_000
"""Packets without any decoded frame before a recording is given up."""

_CUT = "Cut it into shorter pieces, or raise the setting {setting}."
_CONVERT = "Convert it, e.g. to MP4 with H.264 and AAC, or to MP3."
_AGAIN = "Send the original file again."


@dataclass(frozen=True, slots=True)
class RecordingHeader:
    """What a recording's header and the first frames of its streams say."""

    seconds: float | None
    """Duration by the header; None if it does not say."""
    has_audio: bool
    has_video: bool
    """Moving pictures; cover art is none."""
    width: int = 0
    """Pixels, upright, of the moving picture; 0 without."""
    height: int = 0
    fps: float | None = None
    """Frames per second, if known."""
    frames: int | None = None
    """Pictures in the video by its header, if it says."""
    notes: tuple[str, ...] = ()


@contextmanager
def open_container(content: Content, reader: str, name: str) -> Iterator[InputContainer]:
    """The opened container; whatever libav raises within becomes a MediaError.

    No path and no address is ever given to libavformat: it reads from a file object through one named demuxer, and
    whatever else a file asks to be opened (playlists, external tracks) is refused.
    """
    import av

    if reader == "mov":
        check_boxes(content, size_of(content, name), name)
    options = {
        "probesize": str(PROBE_BYTES),
        "analyzeduration": "5000000",
        "max_streams": "32",
        "protocol_whitelist": "file",
        "format_whitelist": reader if reader != "mov" else "mov,mp4,m4a,3gp,3g2,mj2",
        "max_pixels": str(VIDEO_PIXELS),
        "threads": "1",
    }
    if reader == "matroska":
        options["format_whitelist"] = "matroska,webm"
    try:
        with (
            opened(content) as file,
            av.open(
                file,
                "r",
                format=reader,
                options=options,
                metadata_errors="replace",
                buffer_size=1 << 17,
                timeout=OPEN_SECONDS,
                io_open=_refuse_to_open,
            ) as container,
        ):
            yield container
    except (MediaError, GeneratorExit):
        raise
    except MemoryError as error:
        raise MediaTooLarge(f"{name} needs too much memory to be decoded.", _CONVERT) from error
    except (av.error.FFmpegError, ValueError, OSError, EOFError, RuntimeError, LookupError, ArithmeticError) as error:
        raise _unreadable(error, name) from error


def _refuse_to_open(url: str, flags: int, options: dict[str, str]) -> NoReturn:
    raise PermissionError("a recording may not open other files")


def _unreadable(error: Exception, name: str) -> UnreadableMedia:
    import av

    if isinstance(error, av.error.EOFError):
        return UnreadableMedia(f"{name} is cut off before any sound or picture.", _AGAIN)
    if isinstance(error, av.error.ExitError | TimeoutError):
        return UnreadableMedia(f"{name} took more than {OPEN_SECONDS:.0f} s to open.", _CONVERT)
    reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return UnreadableMedia(f"{name} is damaged and cannot be read ({reason}).", _AGAIN)


def probe(content: Content, reader: str, name: str, limits: Limits) -> RecordingHeader:
    """Facts from the header and from decoding the first frame of each stream that will be used.

    Args:
        content: the encoded recording.
        reader: the libavformat demuxer, as sniffed.
        name: what messages call it.
        limits: caps.

    Raises:
        MediaTooLarge: longer than the cap by its header, or pictures too large.
        UnsupportedMedia: no codec in it is read.
        UnreadableMedia: nothing in it decodes.
    """
    with open_container(content, reader, name) as container:
        seconds = _duration(container, reader, size_of(content, name))
        sound, video = sound_stream(container), video_stream(container)
        if sound is None and video is None:
            raise _nothing_in(container, name)
        cap, setting = (limits.video_seconds, "video") if video else (limits.audio_seconds, "audio")
        if seconds is not None and seconds > cap:
            raise MediaTooLarge(
                f"{name} lasts {_length(seconds)}; at most {_length(cap)} are read.",
                _CUT.format(setting=f"limits.{setting}_seconds"),
            )
        if video and video.codec_context.width * video.codec_context.height > VIDEO_PIXELS:
            raise MediaTooLarge(
                f"{name} is {video.codec_context.width} x {video.codec_context.height} pixels large; "
                "videos up to 4096 x 2304 are read.",
                "Convert it to a smaller size.",
            )
        header = RecordingHeader(seconds, sound is not None, video is not None)
        first = next(decoded_frames(container, video, []), None) if video else None
    if video:
        header = _with_picture(header, video, first) if first else replace(header, has_video=False)
    if sound and not _sounds(content, reader, name):
        header = replace(header, has_audio=False)
    if not header.has_audio and not header.has_video:
        raise UnreadableMedia(f"{name} is damaged or cut off: nothing in it can be decoded.", _AGAIN)
    if video and not header.has_video:
        header = replace(header, notes=("its pictures cannot be decoded; only its sound was used",))
    elif sound and not header.has_audio:
        header = replace(header, notes=("its sound cannot be decoded; only its pictures were used",))
    return header


def _with_picture(header: RecordingHeader, stream: VideoStream, first: VideoFrame) -> RecordingHeader:
    width, height = shown_size(first, stream)
    rate = stream.average_rate or stream.guessed_rate
    return replace(
        header,
        width=width,
        height=height,
        fps=round(float(rate), 3) if rate else None,
        frames=stream.frames or None,
    )


def shown_size(frame: VideoFrame, stream: VideoStream) -> tuple[int, int]:
    """Width and height of a frame as it is to be shown: square pixels, upright."""
    aspect = float(stream.sample_aspect_ratio or 1)
    width = round(frame.width * aspect) if 0.5 <= aspect <= 2.0 else frame.width
    return (frame.height, width) if quarter_turns(frame) % 2 else (width, frame.height)


def quarter_turns(frame: VideoFrame) -> int:
    """Counter-clockwise quarter turns that put a frame upright."""
    return round(frame.rotation / 90) % 4


def sound_stream(container: InputContainer) -> AudioStream | None:
    """The first sound track with an allowed codec, ready to decode."""
    for stream in container.streams.audio:
        context = stream.codec_context
        if context is not None and (context.name in AUDIO_CODECS or context.name.startswith("pcm_")):
            context.thread_count = 1
            return stream
    return None


def video_stream(container: InputContainer) -> VideoStream | None:
    """The first moving picture with an allowed codec, ready to decode; cover art is passed over."""
    for stream in container.streams.video:
        context = stream.codec_context
        cover = bool(stream.disposition.value & (stream.disposition.attached_pic | stream.disposition.timed_thumbnails))
        if context is not None and not cover and context.name in VIDEO_CODECS:
            # Threads by slice, not by frame: those would keep a further picture each.
            context.thread_type = "SLICE"
            context.thread_count = 2
            context.options = {**context.options, "max_pixels": str(VIDEO_PIXELS)}
            return stream
    return None


def _nothing_in(container: InputContainer, name: str) -> MediaError:
    codecs = [
        f"{stream.type} in {stream.codec_context.name}"
        for stream in container.streams
        if stream.type in ("audio", "video") and stream.codec_context is not None
    ]
    if codecs:
        return UnsupportedMedia(f"{name} holds {', '.join(codecs)}, which is not read here.", _CONVERT)
    return UnreadableMedia(f"{name} holds neither sound nor moving pictures that can be read.", _CONVERT)


def _duration(container: InputContainer, reader: str, size: int) -> float | None:
    if reader == "aac" or not container.duration or container.duration < 0:
        return None  # AAC in ADTS frames has no header: libavformat's guess is off by factors when it begins silent
    seconds: float = container.duration / 1_000_000
    stream = sound_stream(container)
    if stream and stream.codec_context.name.startswith("pcm_") and stream.codec_context.bit_rate:
        # Recorders that stream a WAV write a size of 0 or 4 GB in its header.
        seconds = min(seconds, size * 8 / stream.codec_context.bit_rate)
    return seconds


def _length(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} minutes" if seconds < 5400 else f"{seconds / 3600:.1f} hours"


def decoded_frames(container: InputContainer, stream: Any, broken: list[str]) -> Iterator[Any]:
    """Frames of one stream; packets that do not decode are passed over and listed in `broken`."""
    import av

    silent = 0
    packets = container.demux(stream)
    while True:
        try:
            packet = next(packets, None)
            if packet is None:
                return
            frames = packet.decode()
        except (av.error.FFmpegError, ValueError) as error:
            broken.append(str(error))
            # An error of the file itself repeats for ever; one of a packet does not.
            if len(broken) >= BROKEN_PACKETS or isinstance(error, av.error.EOFError | av.error.OSError):
                return
            continue
        silent = 0 if frames else silent + 1
        if silent > SILENT_PACKETS:
            return
        yield from frames


def _sounds(content: Content, reader: str, name: str) -> bool:
    """Whether the sound track decodes at all."""
    with open_container(content, reader, name) as container:
        stream = sound_stream(container)
        return stream is not None and next(decoded_frames(container, stream, []), None) is not None


def sound(
    content: Content, reader: str, name: str, limits: Limits, video: bool, seconds: float | None, notes: list[str]
) -> Iterator[np.ndarray]:
    """Mono float32 pieces at SAMPLE_RATE, as they are decoded.

    Args:
        content: the encoded recording.
        reader: the libavformat demuxer, as sniffed.
        name: what messages call it.
        limits: caps.
        video: whether the cap of videos holds.
        seconds: duration by the header, to tell when the end is missing.
        notes: sentences about what was skipped are added here.

    Raises:
        UnreadableMedia: nothing could be decoded.
        MediaTooLarge: past the cap; everything up to it was yielded before.
    """
    cap, setting = (limits.video_seconds, "video") if video else (limits.audio_seconds, "audio")
    left = given = round(cap * SAMPLE_RATE)
    broken: list[str] = []
    with open_container(content, reader, name) as container:
        stream = sound_stream(container)
        for piece in _resampled(decoded_frames(container, stream, broken) if stream else iter(()), broken, name):
            if len(piece) > left:
                if left:
                    yield piece[:left]
                raise MediaTooLarge(
                    f"{name} goes on after {_length(cap)}, the most that is read.",
                    _CUT.format(setting=f"limits.{setting}_seconds"),
                )
            left -= len(piece)
            yield piece
    heard = (given - left) / SAMPLE_RATE
    if not heard:
        raise UnreadableMedia(f"{name} holds no sound that can be decoded, or next to none.", _AGAIN)
    notes.clear()
    if broken:
        many = "a broken piece of the recording was" if len(broken) == 1 else f"{len(broken)} broken pieces were"
        notes.append(f"{many} skipped")
    if seconds and heard < 0.9 * seconds - 0.5:
        notes.append(f"cut off: the header promises {seconds:.1f} s, {heard:.1f} s are there")


def _resampled(frames: Iterator[AudioFrame], broken: list[str], name: str) -> Iterator[np.ndarray]:
    import av
    import numpy as np

    setup: tuple[int, str, str] | None = None
    resampler: av.AudioResampler | None = None

    def pieces(frame: AudioFrame | None) -> Iterator[np.ndarray]:
        for made in resampler.resample(frame) if resampler else ():
            # Through 16 bits, because swresample then mixes channels without overflow and drops NaN and infinity.
            yield made.to_ndarray().reshape(-1).astype(np.float32) / 32768.0

    for frame in frames:
        if frame.sample_rate not in SAMPLE_RATES or not 0 < frame.layout.nb_channels <= CHANNELS:
            raise UnreadableMedia(
                f"{name} claims {frame.sample_rate} Hz and {frame.layout.nb_channels} channels, which is no sound.",
                _AGAIN,
            )
        found = (frame.sample_rate, frame.layout.name, frame.format.name)
        if found != setup:  # the sample rate may change within a stream
            yield from pieces(None)
            resampler = av.AudioResampler(format="s16", layout="mono", rate=SAMPLE_RATE)
            setup = found
        frame.pts = None
        try:
            yield from pieces(frame)
        except (av.error.FFmpegError, ValueError) as error:
            broken.append(str(error))
            setup = None
            resampler = None
            if len(broken) >= BROKEN_PACKETS:
                return
    yield from pieces(None)
