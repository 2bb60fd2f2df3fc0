"""What reuse gains on a second question about the same picture, with a vision-language model of a published shape.

    python benchmarks/vlm_reuse.py --size 500m --device cuda
    python benchmarks/vlm_reuse.py --model ~/models/SmolVLM-500M-Instruct --photo photo.jpg

Without `--model` the weights are random and only the shape is real: speed and memory are those of the real model, the
text means nothing. Prints load time, memory, time to the first token and tokens a second, with and without reuse.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import multiprocessing
import statistics
import tempfile
import threading
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import psutil
from PIL import Image

from assistant.context import Snapshot
from assistant.errors import CannotAnswer
from assistant.media import Media
from assistant.plugin import Request
from assistant.testing import FakeServices
from assistant.types import Kind, Message, Observation, Part, Question
from assistant_vlm.answerer import VisionLanguage
from assistant_vlm.options import VlmOptions

QUESTIONS = (
    "What is in the picture?",
    "How many people are there?",
    "What is written on the sign?",
    "Why is the person on the left smiling?",
)


@dataclass
class Asked:
    """One answer."""

    prompt_tokens: int
    reused_tokens: int
    prepare_seconds: float
    """Pictures decoded, resized and cut, text tokenised."""
    first_token_seconds: float
    """From the question to the first token, preparation included."""
    tokens_per_second: float
    """After the first token."""


def requests(photo: Part, media: Media, rounds: int) -> list[Request]:
    """A conversation about one photograph, with some observations."""
    seen = tuple(
        Observation(kind=Kind.OBJECT, text=name, confidence=0.8, part=photo.digest)
        for name in ("person", "dog", "car", "tree", "bench")
    )
    made = []
    messages: tuple[Message, ...] = ()
    for number in range(rounds):
        question = QUESTIONS[number % len(QUESTIONS)]
        context = Snapshot((photo,), seen, (), messages, (photo.digest,) if not number else ())
        made.append(Request(Question(question), context, media, lambda texts: None))
        messages += (Message("user", question, (photo.digest,)), Message("assistant", "I see a street with people."))
    return made


def run(model: Path, reuse: bool, arguments: argparse.Namespace) -> dict[str, Any]:
    """Load, ask every question, measure."""
    import torch

    media = Media()
    photo = picture(media, arguments.photo)
    gpu = arguments.device.startswith("cuda")
    process = psutil.Process()
    before = process.memory_info().rss
    if gpu:
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats()
    options = VlmOptions(
        model=str(model),
        dtype=arguments.dtype,
        device=arguments.device,
        max_new_tokens=arguments.tokens,
        image_size=arguments.image_size,
        reuse=reuse,
        seconds=3600,
    )
    answerer = VisionLanguage()
    began = time.perf_counter()
    answerer.load(FakeServices(options=options, threads=arguments.threads, device=arguments.device))
    load_seconds = time.perf_counter() - began
    peak = _Peak(process)
    asked: list[Asked] = []
    tokens: list[list[int]] = []
    with peak:
        for request in requests(photo, media, arguments.rounds):
            began = time.perf_counter()
            with contextlib.suppress(CannotAnswer):  # random tokens may spell nothing
                for _ in answerer.answer(request):
                    pass
            whole = time.perf_counter() - began
            last = answerer.last
            assert last is not None
            prepare = whole - last.seconds
            after = last.seconds - last.first_token_seconds
            asked.append(
                Asked(
                    len(last.prompt),
                    answerer.reused,
                    round(prepare, 3),
                    round(prepare + last.first_token_seconds, 3),
                    round(max(0, len(last.tokens) - 1) / after, 2) if after else 0.0,
                )
            )
            tokens.append(last.tokens)
    precision = str(next(answerer._loaded.model.parameters()).dtype) if answerer._loaded else ""
    answerer.close()
    return {
        "reuse": reuse,
        "dtype": precision,
        "load_seconds": round(load_seconds, 2),
        "memory_mib": round((torch.cuda.max_memory_allocated() if gpu else peak.bytes - before) / 2**20),
        "asked": asked,
        "tokens": tokens,
    }


class _Peak:
    """The largest resident memory while it is open."""

    def __init__(self, process: psutil.Process) -> None:
        self.bytes = process.memory_info().rss
        self._process = process
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def _watch(self) -> None:
        while not self._ended.wait(0.05):
            self.bytes = max(self.bytes, self._process.memory_info().rss)

    def __enter__(self) -> _Peak:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._ended.set()
        self._thread.join()


def picture(media: Media, path: Path | None) -> Part:
    """The photograph, or one of coloured noise with large and small structure."""
    if path is not None:
        return media.open(path, path.name)
    generator = np.random.default_rng(0)
    coarse = Image.fromarray(generator.integers(0, 255, (12, 16, 3), np.uint8)).resize(
        (1280, 960), Image.Resampling.BICUBIC
    )
    encoded = io.BytesIO()
    coarse.save(encoded, "JPEG", quality=90)
    return media.open(encoded.getvalue(), "noise.jpg")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", choices=("tiny", "500m", "2b"), default="tiny")
    parser.add_argument("--model", type=Path, help="A directory with real weights, in place of --size.")
    parser.add_argument("--photo", type=Path)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--dtype", default="auto")
    parser.add_argument("--threads", type=int, default=0, help="0 leaves it to torch.")
    parser.add_argument("--tokens", type=int, default=32, help="Of each answer.")
    parser.add_argument("--rounds", type=int, default=3, help="Questions.")
    parser.add_argument("--image-size", type=int, default=0, help="As the option image_size.")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        model = arguments.model
        if model is None:
            from assistant_vlm.checkpoints import make

            model = make("idefics3", Path(scratch), arguments.size, endless=True)
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(1, mp_context=context) as first, ProcessPoolExecutor(1, mp_context=context) as second:
            # in processes of their own, so that each has its own memory
            results = [
                process.submit(run, model, reuse, arguments).result()
                for process, reuse in ((first, False), (second, True))
            ]
    report(results, arguments)


def report(results: list[dict[str, Any]], arguments: argparse.Namespace) -> None:
    """Print what was measured, and the ratios."""
    without, with_reuse = results
    later = {each["reuse"]: each["asked"][1:] for each in results}
    seconds = {reuse: statistics.median(one.first_token_seconds for one in asked) for reuse, asked in later.items()}
    found = {
        "model": str(arguments.model or arguments.size),
        "device": arguments.device,
        "runs": [{**each, "asked": [asdict(one) for one in each["asked"]], "tokens": None} for each in results],
        "same_tokens": without["tokens"] == with_reuse["tokens"],
        "first_question_seconds": with_reuse["asked"][0].first_token_seconds,
        "later_question_seconds_without": seconds[False],
        "later_question_seconds_with": seconds[True],
        "sooner": round(seconds[False] / seconds[True], 1),
    }
    if arguments.json:
        print(json.dumps(found, indent=2))
        return
    print(f"model {found['model']} on {arguments.device}")
    for each in results:
        print(
            f"{'with' if each['reuse'] else 'without'} reuse, {each['dtype']}: loaded in {each['load_seconds']} s, ",
            end="",
        )
        print(f"{each['memory_mib']} MiB")
        print("  question  prompt tokens  reused  prepared s  first token s  tokens/s")
        for number, one in enumerate(each["asked"], 1):
            print(
                f"  {number:8}  {one.prompt_tokens:13}  {one.reused_tokens:6}  {one.prepare_seconds:10.3f}"
                f"  {one.first_token_seconds:13.3f}  {one.tokens_per_second:8.1f}"
            )
    print(f"first token of later questions: {seconds[False]:.3f} s without, {seconds[True]:.3f} s with reuse: ", end="")
    print(f"{found['sooner']} x sooner; the same tokens: {'yes' if found['same_tokens'] else 'no'}")


if __name__ == "__main__":
    main()
