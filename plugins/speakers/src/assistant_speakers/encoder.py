"""The voice encoder: sound to vectors that are near each other for one voice. Not for deciding who speaks when.

An LSTM of three layers over the mel spectrogram of 1.6 seconds, trained with the generalised end-to-end loss (L. Wan
et al., 2018, arXiv:1710.10467), computed here with NumPy.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from assistant.errors import WeightsCorrupt
from assistant_speakers.specs import FILE, LAYERS, MELS, UNITS

SAMPLE_RATE: Final = 16_000
HOP: Final = 160
"""Samples from one column of the spectrogram to the next: 10 ms."""
WINDOW: Final = 400
"""Samples of one column: 25 ms."""
FRAMES: Final = 160
"""Columns that one vector is computed from: 1.6 s."""
LOUDNESS: Final = 10 ** (-30 / 20)
"""Root mean square that quiet sound is raised to, as in training."""
BATCH: Final = 64
"""Windows that are computed together: after some 32, more gain nothing."""


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer of the LSTM."""

    weights: np.ndarray
    """[inputs + UNITS, 4 * UNITS] float32: what comes from below, then from before; gates input, forget, cell, out."""
    bias: np.ndarray
    """[4 * UNITS]"""


class VoiceEncoder:
    """Reads the weights once, then embeds windows."""

    def __init__(self, directory: Path) -> None:
        """Read the weights.

        Raises:
            WeightsCorrupt: it is another file.
        """
        from safetensors import SafetensorError
        from safetensors.numpy import load_file

        try:
            read = load_file(directory / FILE)
            layers = [
                (
                    np.concatenate([read[f"lstm.weight_{which}_l{layer}"].T for which in ("ih", "hh")]),
                    read[f"lstm.bias_ih_l{layer}"] + read[f"lstm.bias_hh_l{layer}"],
                )
                for layer in range(LAYERS)
            ]
            self._layers = [Layer(np.ascontiguousarray(weights), bias) for weights, bias in layers]
            self._matrix = np.ascontiguousarray(read["linear.weight"].T)
            self._bias = read["linear.bias"]
        except (SafetensorError, KeyError, ValueError) as error:
            raise WeightsCorrupt(
                f"{directory / FILE} is not the file that was checked ({error}).",
                "Bring it again with: assistant weights pull ge2e-voice-encoder",
            ) from error
        self._filters = mel_filters()

    def embed(self, samples: np.ndarray, starts: np.ndarray, between: Callable[[], None] = lambda: None) -> np.ndarray:
        """One vector for each window of 1.6 s.

        Args:
            samples: mono float32 at SAMPLE_RATE; zeros stand for what lies beyond its end.
            starts: seconds at which the windows begin.
            between: called now and then; what it raises ends the work.

        Returns:
            [windows, UNITS] float32, rows of length 1.
        """
        columns = self.spectrogram(louder(samples))
        vectors = [np.zeros((0, UNITS), np.float32)]
        firsts = np.rint(np.asarray(starts) * SAMPLE_RATE / HOP).astype(int)
        columns = np.pad(columns, ((0, max(0, int(firsts.max(initial=0)) + FRAMES - len(columns))), (0, 0)))
        for begin in range(0, len(firsts), BATCH):
            between()
            vectors.append(self._forward(np.stack([columns[at : at + FRAMES] for at in firsts[begin : begin + BATCH]])))
        return np.concatenate(vectors)

    def spectrogram(self, samples: np.ndarray) -> np.ndarray:
        """Mel power spectrogram [columns, MELS], float32; each column is centred on its time."""
        padded = np.pad(samples, WINDOW // 2)
        frames = np.lib.stride_tricks.sliding_window_view(padded, WINDOW)[::HOP]
        hann = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(WINDOW) / WINDOW)).astype(np.float32)
        rows = [np.zeros((0, MELS), np.float32)]
        for begin in range(0, len(frames), 8192):  # so that an hour of sound needs no gigabytes
            power = np.abs(np.fft.rfft(frames[begin : begin + 8192] * hann, axis=1)) ** 2
            rows.append((power @ self._filters).astype(np.float32))
        return np.concatenate(rows)

    def _forward(self, windows: np.ndarray) -> np.ndarray:
        """[n, FRAMES, MELS] -> [n, UNITS]."""
        steps = np.ascontiguousarray(windows.transpose(1, 0, 2))
        for layer in self._layers:
            inputs = steps.shape[2]
            below = steps.reshape(-1, inputs) @ layer.weights[:inputs] + layer.bias
            below = below.reshape(len(steps), -1, 4 * UNITS)
            before = layer.weights[inputs:]
            hidden = np.zeros((windows.shape[0], UNITS), np.float32)
            cell = np.zeros_like(hidden)
            outputs = np.empty((len(steps), *hidden.shape), np.float32)
            for step, gates in enumerate(below):
                gates += hidden @ before
                opened = _sigmoid(gates)
                enter, keep, out = opened[:, :UNITS], opened[:, UNITS : 2 * UNITS], opened[:, 3 * UNITS :]
                cell = keep * cell + enter * np.tanh(gates[:, 2 * UNITS : 3 * UNITS])
                hidden = out * np.tanh(cell)
                outputs[step] = hidden
            steps = outputs
        vectors = np.maximum(steps[-1] @ self._matrix + self._bias, 0)
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.asarray(vectors / np.maximum(lengths, 1e-9), np.float32)


def louder(samples: np.ndarray) -> np.ndarray:
    """Quiet sound raised to the loudness of the training data; loud sound as it is."""
    rms = float(np.sqrt(np.mean(np.square(samples, dtype=np.float64)))) if len(samples) else 0.0
    return samples if rms >= LOUDNESS or rms < 1e-6 else (samples * (LOUDNESS / rms)).astype(np.float32)


def mel_filters() -> np.ndarray:
    """[WINDOW / 2 + 1, MELS] float32: triangles of equal area on the mel scale of M. Slaney's Auditory Toolbox (1998).

    Linear up to 1 kHz with 200/3 Hz a mel, then logarithmic with 27 steps to 6.4 kHz.
    """
    knee, step = 15.0, np.log(6.4) / 27

    def hertz(mels: np.ndarray) -> np.ndarray:
        return np.where(mels < knee, mels * 200 / 3, 1000 * np.exp(step * (mels - knee)))

    top = knee + np.log(SAMPLE_RATE / 2 / 1000) / step
    edges = hertz(np.linspace(0, top, MELS + 2))
    bins = np.fft.rfftfreq(WINDOW, 1 / SAMPLE_RATE)[:, None]
    rising = (bins - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - bins) / (edges[2:] - edges[1:-1])
    triangles = np.maximum(0, np.minimum(rising, falling))
    return np.asarray(triangles * 2 / (edges[2:] - edges[:-2]), np.float32)


def _sigmoid(values: np.ndarray) -> np.ndarray:
    return np.asarray(0.5 + 0.5 * np.tanh(0.5 * values), np.float32)
