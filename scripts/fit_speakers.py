"""Fits and checks how plugins/speakers tells voices apart (voices.py). Not needed to run it.

    python scripts/fit_speakers.py DIRECTORY [RECORDINGS]

DIRECTORY holds utterances of LibriSpeech (V. Panayotov et al., 2015; CC BY 4.0), named SPEAKER-CHAPTER-NUMBER.flac, at
any depth. Recordings of one to five voices are put together from them: two to five pieces a voice at different
loudness, with pauses and noise. Prints, for each distance and least speech, how often the count is right; what
cross-validation over eight folds of the recordings gives; and of the values in voices.py how much of the speech goes to
the wrong voice (after the best matching of voices, without a collar) and the counts by number of voices.
"""

from __future__ import annotations

import random
import sys
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.optimize import linear_sum_assignment

from assistant.media import SAMPLE_RATE, Media
from assistant.settings import load_settings
from assistant.weights import Weights
from assistant_speakers.encoder import VoiceEncoder
from assistant_speakers.specs import VOICE_ENCODER
from assistant_speakers.voices import DISTANCE, LEAST_SECONDS, Unit, clusters, stretches, turns, window_starts

VOICES = (1, 2, 2, 3, 3, 4, 1, 2, 5, 3)
DISTANCES = (0.31, 0.34, 0.37, 0.40, 0.43)
LEASTS = (1.6, 2.4, 3.2, 4.0)
FOLDS = 8
MOMENT = 0.25


@dataclass(frozen=True)
class Recording:
    """One recording with the truth about it."""

    voices: int
    truth: list[tuple[float, float, int]]
    """Start, end, voice."""
    units: list[Unit]
    starts: np.ndarray
    step: float
    vectors: np.ndarray


def pieces(samples: np.ndarray, chance: random.Random) -> list[np.ndarray]:
    """An utterance cut at quiet places into pieces of some two to eight seconds."""
    block = SAMPLE_RATE // 50
    count = len(samples) // block
    loudness = np.sqrt(np.square(samples[: count * block].reshape(count, block)).mean(1))
    found, at = [], 0
    while at < count:
        wanted = at + int(chance.uniform(1.5, 8) * 50)
        if wanted >= count - 50:
            found.append(samples[at * block :])
            break
        low, high = max(at + 50, wanted - 40), min(count, wanted + 40)
        cut = low + int(np.argmin(np.convolve(loudness[low:high], np.ones(5), "same")))
        found.append(samples[at * block : cut * block])
        at = cut
    return [piece for piece in found if len(piece) > SAMPLE_RATE]


def put_together(
    voices: int, files: dict[str, list[Path]], chance: random.Random, media: Media
) -> tuple[np.ndarray, list[tuple[float, float, int]]]:
    """The sound of one recording, and who speaks when in it."""
    said: list[list[np.ndarray]] = []
    for speaker in chance.sample(sorted(files), voices):
        chosen = chance.sample(files[speaker], min(3, len(files[speaker])))
        parts = [piece for file in chosen for piece in pieces(media.audio(media.open(file)).samples(), chance)]
        gain = 10 ** (chance.uniform(-6, 6) / 20)
        said.append([piece * gain for piece in parts[: chance.randint(2, 5)]])
    order = [voice for voice, parts in enumerate(said) for _ in parts]
    chance.shuffle(order)
    sound: list[np.ndarray] = []
    truth = []
    seconds = 0.0
    for voice in order:
        pause = np.zeros(int(chance.uniform(0.05, 0.7) * SAMPLE_RATE))
        for piece, spoken in ((pause, False), (said[voice].pop(0), True)):
            if spoken:
                truth.append((seconds, seconds + len(piece) / SAMPLE_RATE, voice))
            sound.append(piece)
            seconds += len(piece) / SAMPLE_RATE
    joined = np.concatenate(sound)
    noise = np.random.default_rng(chance.randrange(1 << 30)).normal(0, 10 ** chance.uniform(-4.5, -2.8), len(joined))
    return (joined + noise).astype(np.float32), truth


def make(directory: Path, count: int) -> list[Recording]:
    """The recordings, always the same."""
    settings = load_settings()
    weights = Weights(settings.weights_directory(), settings.weights.paths)
    weights.add(VOICE_ENCODER)
    encoder = VoiceEncoder(weights.where(VOICE_ENCODER.name))
    files: dict[str, list[Path]] = defaultdict(list)
    for file in sorted(directory.rglob("*.flac")):
        files[file.name.split("-")[0]].append(file)
    print(f"{len(files)} speakers")
    chance, media, found = random.Random(5), Media(), []
    for index in range(count):
        voices = VOICES[index % len(VOICES)]
        sound, truth = put_together(voices, files, chance, media)
        units = [
            Unit(at, min(at + MOMENT, end)) for start, end, _ in truth for at in np.arange(start, end - 0.05, MOMENT)
        ]
        starts, step = window_starts(stretches(units))
        found.append(Recording(voices, truth, units, starts, step, encoder.embed(sound, starts)))
    return found


def wrong_share(recording: Recording, labels: np.ndarray) -> float:
    """Share of the speech that goes to the wrong voice."""
    found = turns(recording.units, recording.starts, labels)
    times = np.array([(unit.start + unit.end) / 2 for unit in recording.units])
    true, told = np.full(len(times), -1), np.full(len(times), -1)
    for start, end, voice in recording.truth:
        true[(times >= start) & (times < end)] = voice
    for turn in found:
        told[(times >= turn.start) & (times <= turn.end)] = turn.speaker
    both = np.zeros((true.max() + 1, told.max() + 1))
    np.add.at(both, (true, told), 1)
    rows, columns = linear_sum_assignment(-both)
    return float(1 - both[rows, columns].sum() / len(times))


def main() -> None:
    """Make, fit, check, print."""
    recordings = make(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 160)
    voices = np.array([each.voices for each in recordings])
    counted = {
        (distance, least): np.array(
            [clusters(each.vectors, each.step, distance, least).max() + 1 for each in recordings]
        )
        for distance in DISTANCES
        for least in LEASTS
    }
    for (distance, least), found in counted.items():
        print(f"distance {distance:.2f} least {least:.1f} s: right {np.mean(found == voices):.3f}", end=" ")
        print(f"too many {np.mean(found > voices):.3f} within one {np.mean(abs(found - voices) <= 1):.3f}")
    shuffled = np.random.default_rng(0).permutation(len(recordings))
    right = []
    for fold in range(FOLDS):
        held = shuffled[fold::FOLDS]
        rest = np.setdiff1d(shuffled, held)
        best = max(counted, key=lambda chosen: np.mean(counted[chosen][rest] == voices[rest]))
        right.extend(counted[best][held] == voices[held])
    print(f"cross-validated: right {np.mean(right):.3f} of {len(right)}")
    labels = [clusters(each.vectors, each.step) for each in recordings]
    found = np.array([each.max() + 1 for each in labels])
    wrong = [wrong_share(*pair) for pair in zip(recordings, labels, strict=True)]
    print(f"as shipped ({DISTANCE}, {LEAST_SECONDS} s): right {np.mean(found == voices):.3f}, ", end="")
    print(f"speech given to the wrong voice: mean {np.mean(wrong):.3f}, median {np.median(wrong):.3f}")
    for number in sorted(set(found)):
        chosen = found == number
        print(f"  {number} told {chosen.sum()} times, right {np.mean(voices[chosen] == number):.2f}")


if __name__ == "__main__":
    main()
