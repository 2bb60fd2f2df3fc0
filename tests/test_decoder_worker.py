"""Decoding in other processes: the same results, and a decoder's crash, hang or bomb costs one file only."""

from __future__ import annotations

import io
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import av
import numpy as np
import psutil
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image as Pillow

from assistant.errors import DecoderUnavailable, MediaError, MediaTooLarge, UnreadableMedia
from assistant.media import SAMPLE_RATE, Limits, Media, pictures, wire
from assistant.media.decoder import InProcess
from assistant.media.worker import Workers

FAULTS = Path(__file__).parent / "data" / "decoder_faults.py"
RNG = np.random.default_rng(5)
NOISE = Pillow.fromarray(RNG.integers(0, 255, (48, 64, 3), np.uint8))


def saved(picture: Pillow.Image, format: str, **options: Any) -> bytes:
    target = io.BytesIO()
    picture.save(target, format, **options)
    return target.getvalue()


PHOTO = saved(NOISE, "JPEG")


def recording(seconds: float, container: str = "wav") -> bytes:
    """A tone."""
    target = io.BytesIO()
    with av.open(target, "w", format=container) as file:
        stream = file.add_stream({"wav": "pcm_s16le", "ogg": "libopus"}[container], rate=16_000, layout="mono")
        for start in np.arange(0, round(seconds * 16_000), 1600):
            wave = 8000 * np.sin(np.arange(start, start + 1600) / 20)
            frame = av.AudioFrame.from_ndarray(wave.astype(np.int16)[None], format="s16", layout="mono")
            frame.rate, frame.pts = 16_000, int(start)
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    return target.getvalue()


def video(pictures: int = 50) -> bytes:
    target = io.BytesIO()
    with av.open(target, "w", format="mp4") as file:
        stream = file.add_stream("mpeg4", rate=10)
        stream.width, stream.height, stream.pix_fmt = 320, 240, "yuv420p"
        for index in range(pictures):
            pixels = np.full((240, 320, 3), 5 * index % 250, np.uint8)
            file.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        file.mux(stream.encode(None))
    return target.getvalue()


SAMPLES = {
    **{format: saved(NOISE, format) for format in ("JPEG", "PNG", "WEBP", "TIFF", "AVIF")},
    "ogg": recording(0.5, "ogg"),
    "mp4": video(5),
}


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    """Decoders that misbehave on files with certain names."""
    made = Workers(2, memory=512 << 20, seconds=1.0, program=FAULTS)
    yield made
    made.close()


@pytest.fixture
def media(workers: Workers) -> Media:
    return Media(decoder=workers)


def look(media: Media, name: str) -> np.ndarray:
    """A picture of this name, decoded; its bytes differ from others' so that no cache answers."""
    return media.image(media.open(saved(NOISE, "PNG", pnginfo=None) + name.encode(), name)).rgb


def templates() -> set[psutil.Process]:
    """The processes, children of this one, whose forks decode."""
    return {each for each in psutil.Process().children() if "assistant.media.child" in " ".join(each.cmdline())}


@pytest.mark.parametrize("format", ["JPEG", "PNG", "GIF", "WEBP", "BMP", "TIFF", "AVIF"])
def test_pictures_are_the_same(media: Media, format: str, tmp_path: Path) -> None:
    """Headers, pixels and notes are those of decoding in the process itself, from bytes and from a file."""
    here = Media(decoder=InProcess())
    options = {"exif": b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"}
    content = saved(NOISE, format, **(options if format in ("JPEG", "WEBP", "PNG") else {}))
    (tmp_path / "picture").write_bytes(content)
    expected = here.open(content, "picture")
    for source in (content, tmp_path / "picture"):
        part = media.open(source, "picture")
        assert part == expected
        assert dict(part.facts) == dict(expected.facts)
        image = media.image(part)
        assert np.array_equal(image.rgb, here.image(expected).rgb)
        assert image.notes == here.image(expected).notes
        assert not image.rgb.flags.writeable


@pytest.mark.parametrize(("seconds", "container"), [(3.0, "ogg"), (30.0, "wav"), (75.0, "wav")])
def test_sound_is_the_same(media: Media, seconds: float, container: str) -> None:
    """Shorter than a block, exactly one, and several: the samples and the notes are the same."""
    here = Media(decoder=InProcess())
    content = recording(seconds, container)
    expected, part = here.open(content, "tone"), media.open(content, "tone")
    assert dict(part.facts) == dict(expected.facts)
    sound, wanted = media.audio(part), here.audio(expected)
    assert np.array_equal(sound.samples(), wanted.samples())
    assert sound.notes == wanted.notes


def test_cut_off_sound_is_noted(media: Media) -> None:
    """Notes about a recording arrive with its end."""
    content = recording(20.0, "ogg")
    content = content[: len(content) // 2]
    sound = media.audio(media.open(content, "tone"))
    heard = len(sound.samples())
    assert 0 < heard < 19 * SAMPLE_RATE
    here = Media(decoder=InProcess())
    expected = here.audio(here.open(content, "tone"))
    expected.samples()
    assert heard == len(expected.samples())
    assert sound.notes == expected.notes


def test_sound_past_the_cap(workers: Workers) -> None:
    """What lies before the cap is given, then the error."""
    content = recording(3.0, "ogg")
    part = Media(decoder=workers).open(content, "tone.ogg")
    heard = []
    with pytest.raises(MediaTooLarge, match=r"tone\.ogg goes on after 2 s"):
        heard.extend(Media(Limits(audio_seconds=2.0), workers).audio(part).blocks(1.0))
    assert sum(map(len, heard)) == 2 * SAMPLE_RATE


def test_frames_are_the_same(media: Media) -> None:
    """Moments and pixels of a video's frames are the same."""
    here = Media(decoder=InProcess())
    content = video()
    expected, part = here.open(content, "clip"), media.open(content, "clip")
    assert dict(part.facts) == dict(expected.facts)
    pairs = list(zip(media.frames(part, 4), here.frames(expected, 4), strict=True))
    assert len(pairs) == 4
    for ours, theirs in pairs:
        assert ours.seconds == theirs.seconds
        assert np.array_equal(ours.rgb, theirs.rgb)


def test_refusals_are_the_same(media: Media) -> None:
    """A refusal has the class, the sentence and the remedy that it has in the process itself."""
    for content, name in ((PHOTO[:300], "cut.jpg"), (recording(1.0)[:20], "cut.wav"), (video()[:900], "cut.mp4")):
        with pytest.raises(MediaError) as ours:
            media.image(media.open(content, name))
        with pytest.raises(MediaError) as theirs:
            Media(decoder=InProcess()).image(Media(decoder=InProcess()).open(content, name))
        assert (type(ours.value), str(ours.value)) == (type(theirs.value), str(theirs.value))


def test_a_refusal_is_heard_though_the_process_ended_first(workers: Workers) -> None:
    """A picture that breaks off right behind its header is said to do so, whoever is quicker."""
    cut = saved(NOISE.resize((1024, 768)), "PNG")[:600]
    for _ in range(60):
        media = Media(decoder=workers)
        with pytest.raises(UnreadableMedia) as refused:
            media.image(media.open(cut, "cut.png"))
        assert "crash" not in str(refused.value)


@pytest.mark.parametrize("fault", ["segfault", "abort", "exception"])
def test_a_crash_costs_one_file(media: Media, fault: str) -> None:
    """The file is refused by name, and the next one is read."""
    with pytest.raises(UnreadableMedia, match=f"{fault}.png") as caught:
        look(media, f"{fault}.png")
    assert caught.value.remedy
    assert look(media, f"after-{fault[:2]}.png").shape == (48, 64, 3)


@pytest.mark.parametrize("fault", ["sleep", "spin"])
def test_a_hang_ends(media: Media, fault: str) -> None:
    """A decoder that sleeps is ended by the clock, one that computes by its processor time."""
    began = time.monotonic()
    with pytest.raises(UnreadableMedia, match=f"{fault}.png was given up") as caught:
        look(media, f"{fault}.png")
    assert "limits.decoder_seconds" in caught.value.remedy
    assert time.monotonic() - began < 10


def test_memory_is_bounded(media: Media) -> None:
    """Four gigabytes are not had; neither does C code get far that never asks how much is left."""
    with pytest.raises(MediaTooLarge, match=r"hungry.png needs too much memory"):
        look(media, "hungry.png")
    before = psutil.virtual_memory().available
    with pytest.raises(UnreadableMedia, match=r"leaking.png"):
        look(media, "leaking.png")
    assert before - psutil.virtual_memory().available < 2 << 30


def test_a_crash_within_a_stream(media: Media) -> None:
    """What was decoded before the crash was given; the crash is an error that names the file."""
    sound = media.audio(media.open(recording(65.0), "later.wav"))
    with pytest.raises(UnreadableMedia, match=r"later.wav made its decoder crash"):
        sound.samples()
    frames = media.frames(media.open(video(), "later.mp4"), 3)
    assert next(frames).rgb.shape == (240, 320, 3)
    with pytest.raises(UnreadableMedia, match=r"later.mp4 made its decoder crash"):
        next(frames)


def test_others_are_untouched_by_a_crash(media: Media) -> None:
    """A recording that is being read goes on while other files crash their decoders."""
    blocks = media.audio(media.open(recording(65.0), "good.wav")).blocks(30.0)
    heard = len(next(blocks))
    for number in range(3):
        with pytest.raises(UnreadableMedia):
            look(media, f"segfault{number}.png")
    assert heard + sum(map(len, blocks)) == 65 * SAMPLE_RATE


def test_a_picture_does_not_wait_for_recordings() -> None:
    """While more videos hang than there are processes, a picture is read at once."""
    patient = Workers(2, seconds=100.0, program=FAULTS)
    media = Media(decoder=patient)
    clip = media.open(video(), "sleep.mp4")
    with ThreadPoolExecutor(3) as threads:
        hung = [threads.submit(list, media.frames(clip)) for _ in range(2)]
        look(media, "quick.png")
        assert not any(each.done() for each in hung)
        patient.close()
        assert all(isinstance(each.exception(), MediaError) for each in hung)


def test_a_stream_holds_up_nobody_while_its_reader_is_busy(workers: Workers) -> None:
    """More streams than processes are read side by side, as a transcriber does that takes its time."""
    single = Workers(1, program=FAULTS)
    try:
        media = Media(decoder=single)
        content = recording(65.0)
        part = media.open(content, "long.wav")
        streams = [media.audio(part).blocks(30.0) for _ in range(3)]
        assert [len(next(stream)) for stream in streams] == [30 * SAMPLE_RATE] * 3
        assert media.image(media.open(PHOTO, "between.jpg")).rgb.shape == (48, 64, 3)
        assert [sum(map(len, stream)) for stream in streams] == [35 * SAMPLE_RATE] * 3
    finally:
        single.close()


def test_leaving_a_stream_ends_its_process(media: Media) -> None:
    """Closing the iterator ends the work: of the processes that were there, one is gone."""
    pieces = media.audio(media.open(recording(65.0), "left.wav")).decode()
    next(pieces)
    there = [fork for template in templates() for fork in template.children()]
    pieces.close()  # type: ignore[attr-defined]
    while all(each.is_running() for each in there):
        psutil.wait_procs(there, timeout=0.05)


@pytest.mark.parametrize("lie", ["shape", "negative", "text", "number", "early", "notes", "error", "mistyped", "deep"])
def test_replies_are_not_believed(media: Media, lie: str) -> None:
    """Whatever a decoder that was taken over replies, the outcome is an error that names the file."""
    with pytest.raises(UnreadableMedia, match=f"lie-{lie}.png") as caught:
        look(media, f"lie-{lie}.png")
    assert caught.value.message.isprintable()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner, max_size=4),
    max_leaves=8,
)
FIELDS = (
    "width",
    "height",
    "frames",
    "notes",
    "seconds",
    "has_audio",
    "has_video",
    "fps",
    "error",
    "message",
    "remedy",
)


@given(st.dictionaries(st.sampled_from(FIELDS), JSON), JSON)
def test_any_reply_is_judged(reply: dict[str, Any], value: Any) -> None:
    """Whatever JSON comes back becomes values within the limits, or is called nonsense."""
    limits = Limits()
    for judge in (
        lambda: wire.picture_header(reply, limits),
        lambda: wire.recording_header(reply, limits),
        lambda: wire.picture_shape(value, "picture"),
        lambda: wire.samples(value),
        lambda: wire.number(value, 0.0, 10.0),
        lambda: wire.error_of({"error": "", **reply}, "a.jpg"),
    ):
        with suppress(wire.Nonsense):
            judged = judge()
            assert not isinstance(judged, MediaError) or "a.jpg" in judged.message
            assert not isinstance(judged, pictures.PictureHeader) or judged.width * judged.height <= limits.pixels


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(["JPEG", "PNG", "WEBP", "TIFF", "AVIF", "ogg", "mp4"]), st.data())
def test_damaged_files(workers: Workers, format: str, data: st.DataObject) -> None:
    """However bytes are changed or cut, the outcome is what was decoded, or a MediaError that names the file."""
    content = bytearray(SAMPLES[format])
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    media = Media(decoder=workers)
    try:
        part = media.open(bytes(content[: data.draw(st.integers(1, len(content)))]), "damaged")
        if part.modality == "image":
            assert media.image(part).rgb.dtype == np.uint8
        elif part.facts.get("has_audio"):
            assert media.audio(part).samples().dtype == np.float32
        elif part.modality == "video":
            assert [frame.rgb.shape[2] for frame in media.frames(part)]
    except MediaError as error:
        assert "damaged" in error.message  # noqa: PT017


def test_a_decoder_reaches_nothing(media: Media, monkeypatch: pytest.MonkeyPatch) -> None:
    """No keys in its environment, no file to open, no connection."""
    monkeypatch.setenv("OPENAI_API_KEY", "secret")
    fresh = Workers(1, program=FAULTS)
    try:
        with pytest.raises(MediaError) as caught:
            look(Media(decoder=fresh), "environment.png")
        assert "OMP_NUM_THREADS" in caught.value.message
        assert "KEY" not in caught.value.message
    finally:
        fresh.close()
    with socket.create_server(("127.0.0.1", 0)) as server, pytest.raises(MediaError, match="refused"):
        look(media, f"connects-{server.getsockname()[1]}-x.png")
    if Path("/sys/kernel/security/lsm").is_file() and "landlock" not in Path("/sys/kernel/security/lsm").read_text():
        pytest.skip("this kernel has no Landlock")
    with pytest.raises(MediaError, match="PermissionError"):
        look(media, "opens.png")


def test_descriptors_that_others_send_stop_no_decoding(media: Media) -> None:
    """The kernel counts descriptors under way by user: a plugin's process may have as many of them as it can hold."""
    with ExitStack() as held:
        for _ in range(6):
            pair = [held.enter_context(each) for each in socket.socketpair()]
            for _ in range(4):
                socket.send_fds(pair[0], [b"x"], [pair[1].fileno()] * 20)
        assert media.image(media.open(PHOTO, "photo.jpg")).rgb.shape == (48, 64, 3)


def test_from_many_threads(workers: Workers) -> None:
    """Sixteen threads decode, and crash, side by side; each gets its own."""
    media = Media(decoder=workers)

    def one(number: int) -> tuple[int, int, int] | str:
        try:
            picture = Pillow.new("RGB", (10 + number, 20), (number, 0, 0))
            name = "segfault.png" if number % 5 == 0 else "fine.png"
            rgb = media.image(media.open(saved(picture, "PNG"), name)).rgb
            return rgb.shape[1], int(rgb[0, 0, 0]), 0
        except UnreadableMedia:
            return "crashed"

    with ThreadPoolExecutor(16) as threads:
        results = list(threads.map(one, range(40)))
    assert results == ["crashed" if number % 5 == 0 else (10 + number, number, 0) for number in range(40)]


def test_the_template_is_replaced() -> None:
    """When the processes are ended from outside, the next file starts new ones."""
    others = templates()
    workers = Workers(1)
    try:
        media = Media(decoder=workers)
        media.open(PHOTO, "one.jpg")
        (first,) = templates() - others
        os.kill(first.pid, signal.SIGKILL)
        first.wait(5)
        assert media.open(PHOTO, "two.jpg").facts["width"] == 64
        assert media.decoder_restarts == 1
    finally:
        workers.close()


def test_what_cannot_start_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A process that cannot start, or breaks down at once, is an error with the reason and the remedy."""
    broken = tmp_path / "broken.py"
    broken.write_text("raise RuntimeError('no decoders here')")
    workers = Workers(1, program=broken)
    with pytest.raises(DecoderUnavailable, match="no decoders here") as caught:
        Media(decoder=workers).open(PHOTO, "a.jpg")
    assert "engine.decoders = 0" in caught.value.remedy
    workers.close()
    with pytest.raises(DecoderUnavailable, match="ended"):
        Media(decoder=workers).open(PHOTO, "a.jpg")
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(DecoderUnavailable, match="nowhere"):
        Media(decoder=Workers(1)).open(PHOTO, "a.jpg")


PARENT = """
import os, sys, threading, time
from assistant.media import Media
from assistant.media.worker import Workers
import psutil
workers = Workers(2, program=sys.argv[1], seconds=100.0)
media = Media(decoder=workers)
photo = open(sys.argv[2], "rb").read()
part = media.open(photo, sys.argv[3])
forks = lambda: len(psutil.Process().children()[0].children())
while forks() != 2:
    time.sleep(0.01)
threading.Thread(target=lambda: media.image(part), daemon=True).start()
while forks() != 3:  # two wait again, and one hangs
    time.sleep(0.01)
print(psutil.Process().children()[0].pid, flush=True)
if sys.argv[4] == "fork":
    if os.fork() == 0:
        assert media.open(photo, "fork.jpg").facts["width"] == 64
        workers.close()
        print("fork", flush=True)
        os._exit(0)
    os.wait()
    assert media.open(photo, "parent.jpg").facts["width"] == 64
    print("parent", flush=True)
    os._exit(0)
time.sleep(1000)
"""


@pytest.mark.parametrize("state", ["sleep", "spin"])
def test_they_end_with_the_program(tmp_path: Path, state: str) -> None:
    """When the program is killed, no decoder survives it, whether it sleeps or computes."""
    (tmp_path / "x.jpg").write_bytes(PHOTO)
    program = [sys.executable, "-c", PARENT, str(FAULTS), str(tmp_path / "x.jpg"), f"{state}.jpg", "wait"]
    with subprocess.Popen(program, stdout=subprocess.PIPE) as running:
        assert running.stdout is not None
        try:
            decoders = psutil.Process(int(running.stdout.readline()))
            children = [decoders, *decoders.children()]
        finally:
            running.kill()
    assert len(children) == 4
    _, alive = psutil.wait_procs(children, timeout=10)
    assert [each for each in alive if each.status() != psutil.STATUS_ZOMBIE] == []


def test_a_fork_of_the_program_has_its_own(tmp_path: Path) -> None:
    """A host program that forks, as servers do, decodes on both sides."""
    (tmp_path / "x.jpg").write_bytes(PHOTO)
    program = [sys.executable, "-c", PARENT, str(FAULTS), str(tmp_path / "x.jpg"), "sleep.jpg", "fork"]
    finished = subprocess.run(program, capture_output=True, text=True, timeout=60, check=True)
    assert finished.stdout.split()[-2:] == ["fork", "parent"]


def test_started_from_a_thread_that_ends() -> None:
    """The processes outlive the thread that happened to start them."""
    others = templates()
    workers = Workers(1)
    try:
        thread = threading.Thread(target=workers.start)
        thread.start()
        thread.join()
        media = Media(decoder=workers)
        media.open(PHOTO, "one.jpg")
        (first,) = templates() - others
        media.open(PHOTO, "two.jpg")
        assert templates() - others == {first}
    finally:
        workers.close()


def test_nothing_is_left_open() -> None:
    """After many operations, good and bad, there are as many open files as before."""
    workers = Workers(1, program=FAULTS)
    try:
        media = Media(decoder=workers)
        media.open(PHOTO, "one.jpg")
        before = psutil.Process().num_fds()
        for number in range(10):
            media.image(media.open(saved(NOISE, "BMP"), f"{number}.bmp"))
            with pytest.raises(UnreadableMedia):
                look(media, f"segfault{number}.png")
        assert psutil.Process().num_fds() <= before
    finally:
        workers.close()
    assert [each for each in psutil.Process().children() if each.status() == psutil.STATUS_ZOMBIE] == []
