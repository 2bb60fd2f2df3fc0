"""Where the voice encoder's weights come from, as data. Not for finding or fetching them: see assistant.weights."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from assistant.weights import Tensor, TensorTable, WeightsFile, WeightsSpec, WheelSource

FILE: Final = "voice-encoder.safetensors"
MELS: Final = 40
"""Numbers of one column of the spectrogram."""
UNITS: Final = 256
LAYERS: Final = 3
RECURRENT_BYTES: Final = 269_883
"""Where in the published file the numbers of the LSTM begin: matrices layer by layer, then the biases."""
MATRIX_BYTES: Final = 7_731
"""Where the matrix of the last layer begins."""
BIAS_BYTES: Final = 6_699


def tensors() -> Iterator[tuple[str, Tensor]]:
    """Every tensor of the published file, by name."""
    at = RECURRENT_BYTES
    inputs = {
        f"weight_{which}_l{layer}": (4 * UNITS, MELS if (layer, which) == (0, "ih") else UNITS)
        for layer in range(LAYERS)
        for which in ("ih", "hh")
    }
    biases = {f"bias_{which}_l{layer}": (4 * UNITS,) for layer in range(LAYERS) for which in ("ih", "hh")}
    for name, shape in {**inputs, **biases}.items():
        tensor = Tensor(at, shape)
        yield f"lstm.{name}", tensor
        at += tensor.size
    yield "linear.weight", Tensor(MATRIX_BYTES, (UNITS, UNITS))
    yield "linear.bias", Tensor(BIAS_BYTES, (UNITS,))


VOICE_ENCODER: Final = WeightsSpec(
    name="ge2e-voice-encoder",
    role="speaker embedding",
    format="safetensors",
    licence="Apache-2.0",
    origin="Resemblyzer by Resemble AI, https://github.com/resemble-ai/Resemblyzer",
    files=(WeightsFile(FILE, "0cf241b2385561d2008dfe84a064e6b00d45cbcf015101919bc477f13e435962", 5_695_648),),
    sources=(
        WheelSource(
            requirement="Resemblyzer==0.1.4",
            sha256="8f12eb2f1a9982d32e8db7856de754709b59c93a77bcf0ff536584b619a9dd1f",
            bytes=15747704,
            tables={
                FILE: TensorTable(
                    member="resemblyzer/pretrained.pt",
                    sha256="39373b86598fa3da9fcddee6142382efe09777e8d37dc9c0561f41f0070f134e",
                    bytes=17_090_379,
                    tensors=dict(tensors()),
                )
            },
        ),
    ),
)
"""A speaker encoder (1.4 million parameters, 256 dimensions). No starter: what its makers say of its training data
differs from place to place, so that whoever wants it decides; see NOTICE."""
