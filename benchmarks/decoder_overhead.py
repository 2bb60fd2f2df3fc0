"""What decoding in processes of their own costs over decoding in the process itself, measured in one run.

Prints, as medians of `--runs` alternating pairs:

- photograph: a 12-megapixel JPEG as a telephone takes it; target at most 15 ms more.
- small picture: a JPEG of 640 x 480; target at most 2 ms more. Its header alone.
- sound: half a minute of Opus, and of MP3.
- start: from nothing to the first decoded picture, and how much of that the caller waits for if it is begun early.
- memory: of the process that is always there, and of one that waits for work, shared pages counted by share (PSS).
"""

from __future__ import annotations

import argparse
import io
import statistics
import time
from collections.abc import Callable

import av
import numpy as np
import psutil
from PIL import Image

from assistant.media import Limits
from assistant.media.decoder import Decoder, InProcess
from assistant.media.worker import Workers

LIMITS = Limits()
PAUSE = 0.1
"""Seconds between operations, as there are between files of people."""


def jpeg(width: int, height: int) -> bytes:
    """Smooth colours under fine noise: about as hard to decode as a photograph."""
    generator = np.random.default_rng(1)
    rough = Image.fromarray(generator.integers(0, 255, (height // 40, width // 40, 3), np.uint8))
    smooth = np.asarray(rough.resize((width, height), Image.Resampling.BICUBIC)).astype(np.int16)
    noisy = np.clip(smooth + generator.integers(-6, 7, smooth.shape), 0, 255).astype(np.uint8)
    target = io.BytesIO()
    Image.fromarray(noisy).save(target, "JPEG", quality=88)
    return target.getvalue()


def tone(container: str, codec: str, rate: int, seconds: int = 30) -> bytes:
    """A sweep."""
    target = io.BytesIO()
    with av.open(target, "w", format=container) as file:
        stream = file.add_stream(codec, rate=rate, layout="mono")
        for second in range(seconds):
            times = np.arange(second * rate, (second + 1) * rate) / rate
            samples = (8000 * np.sin(times * (200 + 40 * times) * 2 * np.pi)).astype(np.int16)
            frame = av.AudioFrame.from_ndarray(samples[None], format="s16", layout="mono")
            frame.rate, frame.pts = rate, second * rate
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    return target.getvalue()


def compared(what: str, runs: int, workers: Workers, act: Callable[[Decoder], object]) -> None:
    """Print the medians of both ways, their difference and ratio."""
    here = InProcess()
    taken: tuple[list[float], list[float]] = ([], [])
    for _ in range(runs + 1):
        for number, times in enumerate(taken):
            decoder: Decoder = workers if number else here
            time.sleep(PAUSE)
            began = time.perf_counter()
            act(decoder)
            times.append(1000 * (time.perf_counter() - began))
    inside, outside = (statistics.median(times[1:]) for times in taken)
    print(f"{what:28} {inside:8.2f} ms {outside:8.2f} ms  {outside - inside:+7.2f} ms  ratio {outside / inside:.2f}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=20)
    runs = parser.parse_args().runs
    large, small = jpeg(4000, 3000), jpeg(640, 480)

    began = time.perf_counter()
    first = Workers(1)
    first.picture(small, "JPEG", "first", LIMITS, 1)
    cold = time.perf_counter() - began
    first.close()
    workers = Workers(2)
    began = time.perf_counter()
    workers.start()
    started = time.perf_counter() - began
    time.sleep(2 * cold)
    began = time.perf_counter()
    workers.picture(small, "JPEG", "first", LIMITS, 1)
    print(
        f"start: {1000 * cold:.0f} ms to the first picture; begun early, {1000 * started:.1f} ms then and "
        f"{1000 * (time.perf_counter() - began):.1f} ms for the picture"
    )
    print(f"{'':28} {'in process':>11} {'of its own':>11}")
    compared("photograph, 12 megapixels", runs, workers, lambda way: way.picture(large, "JPEG", "a", LIMITS, 1))
    compared("small picture, 640 x 480", runs, workers, lambda way: way.picture(small, "JPEG", "b", LIMITS, 1))
    compared("header of a picture", runs, workers, lambda way: way.picture_header(small, "JPEG", "c", LIMITS))
    for name, reader, content in (
        ("sound, 30 s of Opus", "ogg", tone("ogg", "libopus", 48_000)),
        ("sound, 30 s of MP3", "mp3", tone("mp3", "libmp3lame", 44_100)),
    ):
        compared(
            name,
            runs,
            workers,
            lambda way, reader=reader, content=content: list(  # type: ignore[misc]
                way.sound(content, reader, "d", LIMITS, False, None, [])
            ),
        )
    time.sleep(5 * PAUSE)  # until all wait again
    (template,) = psutil.Process().children()
    waiting = [each.memory_full_info().pss / 1e6 for each in template.children()]
    print(
        f"memory: {template.memory_full_info().pss / 1e6:.0f} MB always there, and "
        f"{statistics.mean(waiting):.0f} MB for each of {len(waiting)} that wait"
    )
    workers.close()


if __name__ == "__main__":
    main()
