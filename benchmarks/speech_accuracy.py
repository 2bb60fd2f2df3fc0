"""Word error rate, false speech and calibration of the speech perceiver over recordings with gold texts.

    python benchmarks/speech_accuracy.py [DIRECTORY] [--model whisper-base] [--engine ...] [--beam-size 5] [--json]

DIRECTORY holds MANIFEST.tsv with the columns kind, file, source, licence, gold. Rows of kind `speech` are transcribed
and scored; rows of kind `sound` hold no speech: every transcript of one is false. What is scored, and how:

- A gold text may end in a tag such as "[fr, 8 kHz]". "starts: TEXT (Language)" is scored against as many words of the
  transcript as TEXT has. A gold that describes instead of quoting ("says ...", "60 s, ...") is left out, and counted.
- English goes through Whisper's published English normaliser, other languages through its basic one (lower case,
  punctuation to spaces; package openai-whisper). Chinese, Cantonese, Japanese and Korean are scored by characters
  (CER), without spaces, all Chinese in simplified characters; the others by words (WER).
- Rates are micro-averages: errors over words (characters) of all recordings of a language.
"""

from __future__ import annotations

import argparse
import json
import re
import resource
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from assistant.media import Media
from assistant.plugin import Task
from assistant.settings import Settings
from assistant.types import Kind, Observation
from assistant.weights import Weights
from assistant_speech import SpeechOptions, SpeechPerceiver
from assistant_speech.specs import WHISPER_BASE, WHISPER_TINY_EN

BY_CHARACTER = frozenset({"zh", "yue", "ja", "ko"})
SCRIPTS = (
    ("ja", r"[\u3040-\u30ff]"),
    ("zh", r"[\u4e00-\u9fff]"),
    ("ko", r"[\uac00-\ud7af]"),
    ("ru", r"[\u0400-\u04ff]"),
)
SECONDS_OF_NOISE = 8


@dataclass(frozen=True)
class Gold:
    """What is known of one recording."""

    text: str
    language: str | None
    prefix: bool


class BenchmarkServices:
    """What the perceiver asks of a host."""

    device = "cpu"
    hub = False

    def __init__(self, options: SpeechOptions, threads: int) -> None:
        self.options, self.threads = options, threads

    def weights(self, name: str) -> Path:
        settings = Settings()
        weights = Weights(settings.weights_directory(), settings.weights.paths)
        for spec in (WHISPER_BASE, WHISPER_TINY_EN):
            weights.add(spec)
        return weights.where(name)

    def embed(self, texts: Any) -> None:
        return None


def read_gold(text: str) -> Gold | None:
    """The gold of a manifest row; None if it only describes the recording."""
    if re.match(r"says |\d+ s,", text):
        return None
    tag = re.search(r"\s*\[([a-z]{2,3})\b[^\]]*\]$", text)
    language = tag.group(1) if tag else None
    text = text[: tag.start()] if tag else text
    starts = re.match(r"starts: (.*?)\s*\([A-Z][a-z]+\)$", text)
    text = starts.group(1) if starts else text
    if language is None:
        language = next((code for code, pattern in SCRIPTS if re.search(pattern, text)), None)
    return Gold(text, language, starts is not None)


class Normaliser:
    """Text -> the units that are compared."""

    def __init__(self) -> None:
        import opencc
        from whisper.normalizers import BasicTextNormalizer, EnglishTextNormalizer

        self._english, self._basic = EnglishTextNormalizer(), BasicTextNormalizer()
        self._simplify = opencc.OpenCC("t2s").convert

    def __call__(self, text: str, language: str) -> list[str]:
        if language == "en":
            return str(self._english(text)).split()
        plain = str(self._basic(text))
        if language in BY_CHARACTER:
            return list(str(self._simplify(re.sub(r"\s", "", plain))))
        return plain.split()


def noises() -> dict[str, np.ndarray]:
    """Sounds made here that nobody speaks in."""
    random = np.random.default_rng(0)
    count = 16_000 * SECONDS_OF_NOISE
    seconds = np.arange(count) / 16_000
    white = random.normal(size=count)
    brown = np.cumsum(white)
    chord = sum(np.sin(2 * np.pi * pitch * seconds) for pitch in (261.6, 329.6, 392.0))
    made = {
        "silence": np.zeros(count),
        "faint white noise": white * 0.003,
        "white noise": white * 0.2,
        "brown noise": brown / np.abs(brown).max() * 0.5,
        "mains hum": np.sin(2 * np.pi * 50 * seconds) * 0.3,
        "chord": chord * 0.2,
        "clicks": np.where(np.arange(count) % 8000 < 20, 0.8, 0.0),
    }
    return {name: samples.clip(-1, 1).astype(np.float32) for name, samples in made.items()}


def wav(samples: np.ndarray) -> bytes:
    """16-bit mono WAV."""
    import io
    import wave

    held = io.BytesIO()
    with wave.open(held, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes((samples * 32767).astype("<i2").tobytes())
    return held.getvalue()


def calibration(rows: list[tuple[float, float, int, int]]) -> dict[str, Any]:
    """How far confidence is from the share of right words, and the curve that would fit best.

    Args:
        rows: (average log-probability, confidence, right words, words) of each recording.
    """
    logprob, sure, right, words = (np.array(column, float) for column in zip(*rows, strict=True))
    accuracy = right / words

    def off(confidence: np.ndarray) -> float:
        bins = np.minimum((confidence * 10).astype(int), 9)
        gaps = [
            abs(
                np.average(confidence[bins == b], weights=words[bins == b])
                - right[bins == b].sum() / words[bins == b].sum()
            )
            * words[bins == b].sum()
            for b in set(bins)
        ]
        return float(sum(gaps) / words.sum())

    curve = np.zeros(2)
    design = np.stack([np.ones_like(logprob), logprob], 1)
    for _ in range(50):  # Newton's method for a logistic curve; a weak prior keeps it finite
        fitted = 1 / (1 + np.exp(-design @ curve))
        slope = design.T @ (words * (accuracy - fitted)) - 0.1 * curve
        bend = (design * (words * fitted * (1 - fitted))[:, None]).T @ design + 0.1 * np.eye(2)
        curve = curve + np.linalg.solve(bend, slope)
    return {
        "expected_calibration_error": round(off(sure), 3),
        "expected_calibration_error_of_exp_avg_logprob": round(off(np.exp(logprob)), 3),
        "best_offset": round(float(curve[0]), 2),
        "best_slope": round(float(curve[1]), 2),
        "mean_confidence": round(float(np.average(sure, weights=words)), 3),
        "share_of_words_right": round(float(right.sum() / words.sum()), 3),
    }


def measure(directory: Path, options: SpeechOptions, threads: int) -> dict[str, Any]:
    """Everything, as one JSON object."""
    import jiwer

    perceiver, media, normal = SpeechPerceiver(), Media(), Normaliser()
    perceiver.load(BenchmarkServices(options, threads))
    rows = [line.split("\t") for line in (directory / "MANIFEST.tsv").read_text("utf-8").splitlines()[1:]]
    errors: dict[str, list[int]] = {}
    wrong: list[dict[str, Any]] = []
    calibrated: list[tuple[float, float, int, int]] = []
    unscored, prefixes, detected, tagged, seconds, spent = 0, 0, 0, 0, 0.0, 0.0

    def hear(source: bytes | Path, name: str) -> list[Observation]:
        nonlocal seconds, spent
        part = media.open(source, name)
        began = time.perf_counter()
        seen = [item for item in perceiver.perceive(Task(part, media)) if isinstance(item, Observation)]
        spent += time.perf_counter() - began
        seconds += seen[-1].data["seconds"]
        return seen

    for kind, file, _, _, text in rows:
        if kind != "speech":
            continue
        gold = read_gold(text)
        if gold is None:
            unscored += 1
            continue
        seen = hear(directory / file, Path(file).name)
        said = seen[-1].text if seen[-1].kind == Kind.TRANSCRIPT else ""
        language = gold.language or seen[-1].data.get("language", "en")
        if gold.language:
            tagged += 1
            heard = seen[-1].data.get("language")
            detected += heard == language or (language, heard) == ("yue", "zh")
        reference, hypothesis = normal(gold.text, language), normal(said, language)
        if gold.prefix:
            prefixes += 1
            hypothesis = hypothesis[: len(reference)]
        result = jiwer.process_words(" ".join(reference), " ".join(hypothesis) or "-")
        count = result.substitutions + result.deletions + result.insertions
        total = errors.setdefault(language, [0, 0])
        total[0] += count
        total[1] += len(reference)
        if count:
            wrong.append({"file": file, "errors": count, "gold": gold.text, "heard": said})
        if seen[-1].kind == Kind.TRANSCRIPT:
            segments = [item for item in seen if item.kind == Kind.TRANSCRIPT_SEGMENT]
            logprob = float(np.mean([segment.data["avg_logprob"] for segment in segments]))
            right = max(0, len(reference) - count)
            calibrated.append((logprob, seen[-1].confidence, right, len(reference)))
    sounds: dict[str, bytes | Path] = {row[1]: directory / row[1] for row in rows if row[0] == "sound"}
    sounds |= {name: wav(samples) for name, samples in noises().items()}
    false = {name: seen[-1].text for name, source in sounds.items() if len(seen := hear(source, name)) > 1}
    sums = np.sum(list(errors.values()), axis=0)
    return {
        "model": options.model,
        "engine": options.engine,
        "beam_size": options.beam_size,
        "vad": options.vad,
        "recordings": {"scored": len(calibrated), "by_prefix": prefixes, "left_out": unscored},
        "error_rate": {code: round(e / n, 3) for code, (e, n) in sorted(errors.items())},
        "units": {code: n for code, (_, n) in sorted(errors.items())},
        "error_rate_overall": round(float(sums[0] / sums[1]), 4),
        "language_right": f"{detected} of {tagged}",
        "false_speech": {"recordings": len(sounds), "false": false},
        "calibration": calibration(calibrated),
        "real_time_factor": round(spent / seconds, 3),
        "peak_memory_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "wrong": wrong,
    }


def main() -> None:
    root = Path(__file__).resolve().parent.parent
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directory", nargs="?", type=Path, default=root / "../shared/data")
    parser.add_argument("--model", default="whisper-base")
    parser.add_argument("--engine", default="faster-whisper")
    parser.add_argument("--beam-size", type=int, default=SpeechOptions().beam_size)
    parser.add_argument("--no-vad", action="store_true")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    options = SpeechOptions(engine=given.engine, model=given.model, beam_size=given.beam_size, vad=not given.no_vad)
    found = measure(given.directory, options, given.threads)
    if given.json:
        print(json.dumps(found, ensure_ascii=False, indent=2))
        return
    print(f"{found['model']} through {found['engine']}, beam {found['beam_size']}, vad {found['vad']}")
    print(f"recordings: {found['recordings']}")
    for code, rate in found["error_rate"].items():
        print(f"  {code:4} {'CER' if code in BY_CHARACTER else 'WER'} {rate:.3f} over {found['units'][code]}")
    print(f"overall {found['error_rate_overall']:.4f}; language right: {found['language_right']}")
    print(
        f"speech heard in {len(found['false_speech']['false'])} of {found['false_speech']['recordings']} sounds without"
    )
    for name, text in found["false_speech"]["false"].items():
        print(f"  {name}: {text}")
    print(f"calibration: {found['calibration']}")
    print(f"real-time factor {found['real_time_factor']}, peak memory {found['peak_memory_mib']} MiB")
    for row in found["wrong"]:
        print(f"  {row['errors']:2} {Path(row['file']).name}: {row['gold']} | {row['heard']}")


if __name__ == "__main__":
    main()
