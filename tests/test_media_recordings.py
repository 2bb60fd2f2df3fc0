"""Sound of every container comes out as 16 kHz mono within the caps; videos give upright frames spread over them."""

from __future__ import annotations

import io
import struct
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from assistant.errors import MediaTooLarge, UnreadableMedia, UnsupportedMedia
from assistant.media import SAMPLE_RATE, Limits, Media


class Unseekable(io.RawIOBase):
    """A target that cannot go back, as a browser's recorder: no duration can be written into the header."""

    def __init__(self) -> None:
        self.data = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, piece: Any) -> int:
        self.data += bytes(piece)
        return len(piece)


def tone(seconds: float, rate: int, channels: int = 1) -> np.ndarray:
    """[1, samples * channels] int16: 440 Hz at half the range, alike in all channels."""
    wave = np.sin(2 * np.pi * 440 * np.arange(round(seconds * rate)) / rate)
    return np.repeat((wave * 16384).astype(np.int16), channels)[None, :]


def recording(
    format: str, codec: str, seconds: float = 2.0, rate: int = 48000, layout: str = "mono", live: bool = False
) -> bytes:
    """An encoded tone."""
    target: Any = Unseekable() if live else io.BytesIO()
    with av.open(target, "w", format=format) as container:
        stream: Any = container.add_stream(codec, rate=rate, layout=layout)
        resampler = av.AudioResampler(
            format=stream.codec_context.format.name,
            layout=layout,
            rate=rate,
            frame_size=stream.codec_context.frame_size,
        )
        frame = av.AudioFrame.from_ndarray(tone(seconds, rate, 2 if layout == "stereo" else 1), "s16", layout)
        frame.sample_rate = rate
        for piece in [*resampler.resample(frame), *resampler.resample(None)]:
            container.mux(stream.encode(piece))
        container.mux(stream.encode(None))
    return bytes(target.data) if live else target.getvalue()


def film(
    seconds: float = 4.0, fps: int = 10, size: tuple[int, int] = (64, 48), sound: bool = False, codec: str = "mpeg4",
    format: str = "mp4", keyframes: int = 1000, live: bool = False,
) -> bytes:  # fmt: skip
    """A video whose red grows and whose blue falls with time."""
    target: Any = Unseekable() if live else io.BytesIO()
    with av.open(target, "w", format=format) as container:
        stream: Any = container.add_stream(codec, rate=fps, options={"g": str(keyframes)})
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        track: Any = (
            container.add_stream("aac" if format == "mp4" else "libopus", rate=48000, layout="mono") if sound else None
        )
        count = round(seconds * fps)
        for index in range(count):
            pixels = np.zeros((size[1], size[0], 3), np.uint8)
            pixels[..., 0], pixels[..., 2] = 255 * index // count, 255 - 255 * index // count
            container.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, "rgb24")))
        container.mux(stream.encode(None))
        if track:
            resampler = av.AudioResampler(
                track.codec_context.format.name, "mono", 48000, track.codec_context.frame_size
            )
            frame = av.AudioFrame.from_ndarray(tone(seconds, 48000), "s16", "mono")
            frame.sample_rate = 48000
            for piece in [*resampler.resample(frame), *resampler.resample(None)]:
                container.mux(track.encode(piece))
            container.mux(track.encode(None))
    return bytes(target.data) if live else target.getvalue()


def wav(
    data: bytes, rate: int = 16000, channels: int = 1, bits: int = 16, kind: int = 1, size: int | None = None
) -> bytes:
    """A WAV whose header may lie about its size."""
    size = len(data) if size is None else size
    block = channels * bits // 8
    header = struct.pack("<IHHIIHH", 16, kind, channels, rate, rate * block & 0xFFFFFFFF, block & 0xFFFF, bits)
    return (
        b"RIFF"
        + struct.pack("<I", size + 36 & 0xFFFFFFFF)
        + b"WAVEfmt "
        + header
        + b"data"
        + struct.pack("<I", size)
        + data
    )


CONTAINERS = [
    ("wav", "pcm_s16le", "audio/wav"),
    ("aiff", "pcm_s16be", "audio/aiff"),
    ("au", "pcm_s16be", "audio/basic"),
    ("caf", "alac", "audio/x-caf"),
    ("flac", "flac", "audio/flac"),
    ("mp3", "libmp3lame", "audio/mpeg"),
    ("adts", "aac", "audio/aac"),
    ("ipod", "aac", "audio/mp4"),
    ("mp4", "aac", "audio/mp4"),
    ("mov", "aac", "audio/quicktime"),
    ("ogg", "libopus", "audio/ogg"),
    ("webm", "libopus", "audio/webm"),
    ("matroska", "libopus", "audio/x-matroska"),
    ("mpegts", "aac", "audio/mp2t"),
    ("avi", "libmp3lame", "audio/x-msvideo"),
]


@pytest.mark.parametrize(("format", "codec", "media_type"), CONTAINERS)
def test_every_container_gives_the_same_sound(format: str, codec: str, media_type: str) -> None:
    """A tone comes out with its pitch, loudness and length, whatever it was packed in and whatever it is called."""
    media = Media()
    part = media.open(recording(format, codec), "voice message")
    assert (part.modality, part.media_type) == ("audio", media_type)
    audio = media.audio(part)
    samples = audio.samples()
    assert samples.dtype == np.float32
    assert abs(len(samples) / SAMPLE_RATE - 2.0) < 0.1
    middle = samples[SAMPLE_RATE // 2 : SAMPLE_RATE // 2 + SAMPLE_RATE]
    assert np.abs(np.fft.rfft(middle)).argmax() == 440
    assert 0.4 < np.abs(middle).max() < 0.6
    if audio.seconds is not None:
        assert abs(audio.seconds - 2.0) < 0.2


@pytest.mark.parametrize("rate", [8000, 11025, 22050, 44100, 96000])
def test_any_sample_rate_and_stereo(rate: int) -> None:
    """Resampled and mixed to mono without changing loudness."""
    media = Media()
    samples = media.audio(media.open(wav(tone(1.0, rate, 2).tobytes(), rate, 2))).samples()
    assert abs(len(samples) - SAMPLE_RATE) < 40
    assert 0.45 < np.abs(samples[2000:-2000]).max() < 0.55


def test_blocks_are_of_the_length_asked_for() -> None:
    """Blocks are whole but for the last, and together they are all of it; reading again begins anew."""
    media = Media()
    audio = media.audio(media.open(recording("ogg", "libopus", 2.5)))
    assert [len(block) for block in audio.blocks(1.0)][:2] == [SAMPLE_RATE, SAMPLE_RATE]
    assert np.array_equal(np.concatenate(list(audio.blocks(0.37))), audio.samples())


def test_a_file_on_disk_is_read_like_bytes(tmp_path: Path) -> None:
    """A path gives the same part and the same sound as its bytes."""
    data = recording("mp3", "libmp3lame")
    (tmp_path / "note.mp3").write_bytes(data)
    media = Media()
    stored, held = media.open(tmp_path / "note.mp3"), media.open(data, "note.mp3")
    assert stored == held
    assert stored.name == "note.mp3"
    assert np.array_equal(media.audio(stored).samples(), media.audio(held).samples())


def test_recorder_without_duration() -> None:
    """A browser's recording says no duration; it is taken and read to its end."""
    media = Media()
    part = media.open(recording("webm", "libopus", 3.0, live=True), "voice message")
    assert part.facts["seconds"] is None
    assert abs(len(media.audio(part).samples()) / SAMPLE_RATE - 3.0) < 0.1


def test_too_long_by_the_header_is_refused_at_once() -> None:
    """The message says how long it is, the cap, and the setting to raise."""
    with pytest.raises(MediaTooLarge, match=r"talk\.flac lasts 3 minutes; at most 60 s .*limits\.audio_seconds"):
        Media(Limits(audio_seconds=60)).open(recording("flac", "flac", 180, rate=8000), "talk.flac")


def test_the_cap_holds_while_reading() -> None:
    """Without a duration in the header, everything up to the cap is given and then the recording is refused."""
    media = Media(Limits(audio_seconds=2))
    part = media.open(recording("webm", "libopus", 5.0, live=True), "talk.webm")
    blocks = media.audio(part).blocks(0.4)
    assert sum(len(next(blocks)) for _ in range(5)) == 2 * SAMPLE_RATE
    with pytest.raises(MediaTooLarge, match=r"talk\.webm goes on after 2 s"):
        next(blocks)


def test_a_lying_wav_header_is_not_believed() -> None:
    """A size of 4 GB or of nothing, as streaming recorders write, gives the sound that is there."""
    data = tone(1.0, SAMPLE_RATE).tobytes()
    media = Media()
    for size in (0xFFFFFFFF, 0x7FFFFFFF, 0):
        part = media.open(wav(data, size=size), "stream.wav")
        assert abs(float(part.facts["seconds"]) - 1.0) < 0.01  # type: ignore[arg-type]
        assert len(media.audio(part).samples()) == SAMPLE_RATE


def test_what_is_missing_or_broken_is_noted() -> None:
    """A recording that is cut off is heard as far as it goes, and says so; broken pieces in the middle are skipped."""
    data = bytearray(recording("flac", "flac", 10.0))
    media = Media()
    cut = media.audio(media.open(bytes(data[: len(data) // 2]), "cut.flac"))
    assert 3 < len(cut.samples()) / SAMPLE_RATE < 7
    assert any("cut off: the header promises 10.0 s" in note for note in cut.notes)
    data = bytearray(recording("matroska", "libmp3lame", 10.0))
    data[len(data) // 2 : len(data) // 2 + 2000] = bytes(2000)
    broken = media.audio(media.open(bytes(data), "scratched.mka"))
    assert len(broken.samples()) > 5 * SAMPLE_RATE


def test_numbers_that_are_no_sound() -> None:
    """NaN and infinity become silence or the range's end, never NaN; absurd rates and channels are refused."""
    media = Media()
    for value in (np.nan, np.inf, 1e30):
        data = np.full(SAMPLE_RATE, value, "<f4").tobytes()
        samples = media.audio(media.open(wav(data, bits=32, kind=3), "odd.wav")).samples()
        assert np.isfinite(samples).all()
        assert np.abs(samples).max() <= 1.0
    for options in ({"rate": 0x7FFFFFFF}, {"channels": 65535}):
        with pytest.raises((UnreadableMedia, MediaTooLarge), match=r"absurd\.wav"):
            media.audio(media.open(wav(bytes(1_000_000), **options), "absurd.wav")).samples()


def test_a_codec_off_the_list_is_refused_by_name() -> None:
    """A container that is read, with a codec that is not: the message names the codec and what to convert to."""
    with pytest.raises(UnsupportedMedia, match=r"odd\.mkv holds audio in tta.*MP3"):
        Media().open(recording("matroska", "tta"), "odd.mkv")


@pytest.mark.parametrize(
    ("format", "codec"),
    [("mp4", "mpeg4"), ("mov", "mpeg4"), ("webm", "libvpx"), ("avi", "mpeg4"), ("mpegts", "mpeg2video")],
)
def test_video_facts_and_frames(format: str, codec: str) -> None:
    """Frames are spread over the length in order, with their times and their pixels."""
    media = Media()
    part = media.open(film(format=format, codec=codec, fps=25), "clip")
    assert part.modality == "video"
    assert (part.facts["width"], part.facts["height"], part.facts["has_audio"]) == (64, 48, False)
    frames = list(media.frames(part, 4))
    times = [frame.seconds for frame in frames]
    assert len(frames) == 4
    assert times == sorted(times)
    assert times[0] < 1.0
    assert times[-1] >= 3.0
    for frame in frames:
        assert frame.rgb.shape == (48, 64, 3)
        assert abs(float(frame.rgb[24, 32, 0]) - 255 * frame.seconds / 4.0) < 30


def test_frames_are_capped_and_each_moment_is_its_own() -> None:
    """No more frames than the limit, and no frame twice, even where one keyframe serves the whole video."""
    media = Media(Limits(frames=5))
    part = media.open(film(keyframes=1000), "clip.mp4")
    times = [frame.seconds for frame in media.frames(part, 50)]
    assert len(times) == len(set(times)) == 5


def test_video_without_duration() -> None:
    """A browser's video recording without duration gives frames from its whole length."""
    media = Media()
    part = media.open(film(format="webm", codec="libvpx", live=True, sound=True), "camera.webm")
    assert part.facts["seconds"] is None
    assert part.facts["has_audio"] is True
    assert next(reversed(list(media.frames(part, 4)))).seconds > 2.5
    assert len(media.audio(part).samples()) > 3 * SAMPLE_RATE


def test_a_shorter_video_than_its_header_says() -> None:
    """A video that is cut off gives the frames that are there."""
    media = Media()
    data = film(8.0, format="matroska", codec="mpeg4", fps=25)
    part = media.open(data[: len(data) // 2], "cut.mkv")
    assert len(list(media.frames(part, 4))) >= 1


def test_video_caps() -> None:
    """Too long and too large videos are refused when opened."""
    with pytest.raises(MediaTooLarge, match=r"clip\.mp4 lasts 4 s; .*limits\.video_seconds"):
        Media(Limits(video_seconds=3)).open(film(), "clip.mp4")
    with pytest.raises(MediaTooLarge, match=r"wall\.mp4 is 4112 x 2304 pixels"):
        Media().open(film(0.2, size=(4112, 2304), codec="libx264"), "wall.mp4")


def test_cover_art_is_no_video() -> None:
    """A song with a cover picture is a recording."""
    target = io.BytesIO()
    with av.open(target, "w", format="flac") as container:
        stream: Any = container.add_stream("flac", rate=8000, layout="mono")
        cover: Any = container.add_stream("png")
        cover.width, cover.height, cover.pix_fmt = 16, 16, "rgb24"
        cover.disposition = av.stream.Disposition.attached_pic
        container.mux(cover.encode(av.VideoFrame.from_ndarray(np.zeros((16, 16, 3), np.uint8), "rgb24")))
        container.mux(cover.encode(None))
        frame = av.AudioFrame.from_ndarray(tone(1.0, 8000), "s16", "mono")
        frame.sample_rate = 8000
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    media = Media()
    part = media.open(target.getvalue(), "song.flac")
    assert part.modality == "audio"
    assert abs(len(media.audio(part).samples()) - SAMPLE_RATE) < 200


def test_made_recordings_are_heard_again() -> None:
    """An audio part made from samples gives the same samples back."""
    media = Media()
    wave = np.linspace(-1, 1, SAMPLE_RATE, dtype=np.float32)
    part = media.audio_part(wave, "made")
    assert part.facts["seconds"] == 1.0
    assert np.abs(media.audio(part).samples() - wave).max() < 2 / 32768


def test_asking_for_sound_or_frames_that_are_not_there() -> None:
    """A silent video has no sound, a recording no frames; both are refused by name."""
    media = Media()
    with pytest.raises(UnsupportedMedia, match=r"silent\.mp4 has no sound"):
        media.audio(media.open(film(), "silent.mp4"))
    with pytest.raises(UnsupportedMedia, match=r"song\.mp3 is no video"):
        media.frames(media.open(recording("mp3", "libmp3lame"), "song.mp3"))
