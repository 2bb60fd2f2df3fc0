"""Speed of the speech perceiver against faster-whisper called directly, and of both against openai-whisper.

    python benchmarks/whisper_engines.py [RECORDING ...] [--model whisper-base or a CTranslate2 directory] [--json]

Several recordings are joined into one, with short pauses; give more than 30 seconds of one language, or the ways differ
in more than speed. One process, one recording, the same weights, threads and options everywhere (beam, word times, no
sampling, no conditioning on earlier text, language detected, decoding the file included). Rounds alternate between
the ways, and the
medians are compared:

- assistant (a turn: upload, engine, cache, the speech plugin alone) / faster-whisper with its own voice filter,
  and perceiver (without the engine) / the same: at most 1.05 wanted;
- perceiver / faster-whisper without the filter: what the filter costs or saves;
- openai-whisper's own code in float32 / faster-whisper in int8: at least 2 wanted. Its arrays are those of the
  same CTranslate2 file.
"""

from __future__ import annotations

import argparse
import io
import itertools
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import numpy as np
from speech_accuracy import BenchmarkServices, wav

from assistant.app import Assistant, Upload
from assistant.media import SAMPLE_RATE, Media
from assistant.plugin import Task
from assistant.settings import EngineSettings, Settings
from assistant.types import Kind
from assistant_speech import SpeechOptions, SpeechPerceiver
from assistant_speech.ctranslate2_arrays import read
from assistant_speech.engine_openai_whisper import build

ENGLISH = ("sense_and_sensibility_*.wav", "arctic_*.wav", "speechbrain_*.wav", "asterisk_en_*.wav")
"""Of the recordings beside the checkout: read aloud, telephone; 54 seconds in all."""
PAUSE_SECONDS = 0.4


def joined(recordings: list[Path]) -> bytes:
    """One WAV of them all."""
    media = Media()
    parts: list[np.ndarray] = []
    for recording in recordings:
        parts += [media.audio(media.open(recording, recording.name)).samples()]
        parts += [np.zeros(int(PAUSE_SECONDS * SAMPLE_RATE), np.float32)]
    return wav(np.concatenate(parts))


def a_turn(recording: bytes, options: SpeechOptions, directory: Path, threads: int, data: Path) -> Callable[[], str]:
    """A function that has the recording perceived by the assistant; it changes a bit, or it would be remembered."""
    others = [found.name for found in entry_points(group="assistant") if found.name != "speech"]
    assistant = Assistant(
        Settings(
            data_dir=data,
            engine=EngineSettings(cores=threads, lanes=1),
            disabled=tuple(others),
            plugins={"speech": {"model": str(directory), "beam_size": options.beam_size}},
        )
    )
    rounds = itertools.count(1)

    def run() -> str:
        changed = recording[:-2] + next(rounds).to_bytes(2, "little")
        observations = assistant.perceive(Upload("joined.wav", changed)).observations
        return next(seen.text for seen in observations if seen.kind == Kind.TRANSCRIPT)

    return run


def alternate(ways: dict[str, Callable[[], str]], rounds: int) -> tuple[dict[str, list[float]], dict[str, str]]:
    """Seconds of each round of each way, and what it transcribed; one round before is not counted."""
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    texts: dict[str, str] = {}
    for round_number in range(rounds + 1):
        for name, way in ways.items():
            began = time.perf_counter()
            texts[name] = way()
            if round_number:
                seconds[name].append(time.perf_counter() - began)
    return seconds, texts


def measure(
    recording: bytes, options: SpeechOptions, threads: int, rounds: int, openai: bool, data: Path
) -> dict[str, Any]:
    """Everything, as one JSON object."""
    from faster_whisper import WhisperModel

    services = BenchmarkServices(options, threads)
    directory = Path(options.model) if Path(options.model).is_dir() else services.weights(options.model)
    perceiver, media = SpeechPerceiver(), Media()
    perceiver.load(services)
    direct = WhisperModel(str(directory), device="cpu", compute_type="int8", cpu_threads=threads)
    alike = {
        "beam_size": options.beam_size,
        "temperature": 0.0,
        "condition_on_previous_text": False,
        "word_timestamps": options.word_timestamps,
    }

    def perceived() -> str:
        part = media.open(recording, "joined.wav")
        return next(reversed(list(perceiver.perceive(Task(part, media))))).text

    def called(**more: Any) -> str:
        segments, _ = direct.transcribe(io.BytesIO(recording), **alike, **more)
        return "".join(segment.text for segment in segments).strip()

    ways: dict[str, Callable[[], str]] = {
        "assistant": a_turn(recording, options, directory, threads, data),
        "perceiver": perceived,
        "faster_whisper_with_filter": lambda: called(vad_filter=True),
        "faster_whisper": called,
    }
    if openai:
        import torch
        import whisper

        torch.set_num_threads(threads)
        model = build(read(directory))
        samples: np.ndarray = media.audio(media.open(recording, "joined.wav")).samples()
        beam = {"beam_size": options.beam_size} if options.beam_size > 1 else {}
        rest = {name: value for name, value in alike.items() if name != "beam_size"}
        ways["openai_whisper"] = lambda: str(whisper.transcribe(model, samples, fp16=False, **rest, **beam)["text"])
    seconds, texts = alternate(ways, rounds)
    median = {name: statistics.median(taken) for name, taken in seconds.items()}
    ratios = {
        "assistant / faster_whisper_with_filter": median["assistant"] / median["faster_whisper_with_filter"],
        "perceiver / faster_whisper_with_filter": median["perceiver"] / median["faster_whisper_with_filter"],
        "perceiver / faster_whisper": median["perceiver"] / median["faster_whisper"],
    }
    if openai:
        ratios["openai_whisper / faster_whisper"] = median["openai_whisper"] / median["faster_whisper"]
        ratios["openai_whisper / perceiver"] = median["openai_whisper"] / median["perceiver"]
    return {
        "recording_seconds": round(len(recording) / 2 / SAMPLE_RATE, 1),
        "rounds": rounds,
        "threads": threads,
        "beam_size": options.beam_size,
        "median_seconds": {name: round(value, 3) for name, value in median.items()},
        "ratios": {name: round(value, 3) for name, value in ratios.items()},
        "characters": {name: len(text) for name, text in texts.items()},
    }


def main() -> None:
    root = Path(__file__).resolve().parent.parent
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("recordings", nargs="*", type=Path)
    parser.add_argument("--model", default="whisper-base")
    parser.add_argument("--beam-size", type=int, default=SpeechOptions().beam_size)
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--without-openai", action="store_true")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    options = SpeechOptions(model=given.model, beam_size=given.beam_size)
    beside = root / "../shared/data/speech"
    recordings = given.recordings or [path for pattern in ENGLISH for path in sorted(beside.glob(pattern))]
    if not recordings:  # a clean machine: the sentences that the plugin's tests use
        recordings = [root / "plugins/speech/tests/data/speech_two_sentences.ogg"] * 5
    with tempfile.TemporaryDirectory() as data:
        sound = joined(recordings)
        found = measure(sound, options, given.threads, given.rounds, not given.without_openai, Path(data))
    if given.json:
        print(json.dumps(found, indent=2))
        return
    print(f"{found['recording_seconds']} s, {found['threads']} threads, beam {found['beam_size']}", end="")
    print(f", medians of {found['rounds']}")
    for name, value in found["median_seconds"].items():
        print(f"  {value:7.3f} s  {name} ({found['characters'][name]} characters)")
    for name, value in found["ratios"].items():
        print(f"  {value:7.3f}    {name}")


if __name__ == "__main__":
    main()
