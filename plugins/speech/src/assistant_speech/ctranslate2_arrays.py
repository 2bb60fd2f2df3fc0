"""Reads a CTranslate2 Whisper file and gives openai-whisper's arrays, without any pickle. Not for running a model.

The layout of model.bin follows ctranslate2's `model_spec.py` (its writer): little-endian; version, specification name,
revision, then each array as name, shape, type, bytes; then aliases (name -> name of the array it shares).
"""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from assistant.errors import WeightsCorrupt

if TYPE_CHECKING:
    import numpy as np

TYPES = {0: "<f4", 1: "<i1", 2: "<i2", 3: "<i4", 4: "<f2", 5: "bfloat16"}
HEAD_DIMENSION = 64
"""Of every Whisper model: heads = state / 64."""


@dataclass(frozen=True, slots=True)
class WhisperArrays:
    """The arrays of a Whisper model under openai-whisper's names."""

    dimensions: dict[str, int]
    """Arguments of `whisper.model.ModelDimensions`."""
    arrays: dict[str, np.ndarray]
    """float32."""
    alignment_heads: tuple[tuple[int, int], ...]
    """(layer, head) pairs whose attention follows the sound in time; empty if the directory does not say."""


def read(directory: Path) -> WhisperArrays:
    """The arrays of a CTranslate2 Whisper directory (float32, float16, bfloat16 or int8).

    Raises:
        WeightsCorrupt: model.bin is cut off or not a Whisper model.
    """
    path = directory / "model.bin"
    try:
        with path.open("rb") as file:
            stored = _read_file(file)
        arrays = _renamed(stored)
    except (KeyError, ValueError, UnicodeDecodeError, struct.error) as error:
        raise WeightsCorrupt(
            f"{path} cannot be read as a CTranslate2 Whisper model ({type(error).__name__}: {error}).",
            "Check the weights with: assistant weights verify",
        ) from error
    config = json.loads((directory / "config.json").read_text()) if (directory / "config.json").is_file() else {}
    heads = tuple((int(layer), int(head)) for layer, head in config.get("alignment_heads", ()))
    return WhisperArrays(_dimensions(arrays), arrays, heads)


def _read_file(file: BinaryIO) -> dict[str, np.ndarray]:
    import numpy as np

    def number(code: str) -> int:
        return int(struct.unpack("<" + code, file.read(struct.calcsize(code)))[0])

    def name() -> str:
        return file.read(number("H"))[:-1].decode()

    number("I")  # version of the file layout
    name()
    number("I")  # revision of the specification
    stored: dict[str, np.ndarray] = {}
    for _ in range(number("I")):
        key = name()
        shape = [number("I") for _ in range(number("B"))]
        kind = TYPES[number("B")]
        content = file.read(number("I"))
        if kind == "bfloat16":  # the upper half of a float32
            array = (np.frombuffer(content, "<u2").astype("<u4") << 16).view("<f4")
        else:
            array = np.frombuffer(content, kind)
        stored[key] = array.reshape(shape)
    for _ in range(number("I")):
        alias = name()
        stored[alias] = stored[name()]
    return stored


def _renamed(stored: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    import numpy as np

    def get(key: str) -> np.ndarray:
        array = stored[key].astype(np.float32)
        if stored[key].dtype == np.int8:  # quantised by row: value = stored / scale
            array /= stored[key + "_scale"].astype(np.float32).reshape(-1, *[1] * (array.ndim - 1))
        return array

    arrays: dict[str, np.ndarray] = {}

    def linear(source: str, *targets: str) -> None:
        """One stored layer, or several that were stored as one."""
        weights = np.split(get(source + "/weight"), len(targets))
        biases = np.split(get(source + "/bias"), len(targets))
        for target, weight, bias in zip(targets, weights, biases, strict=True):
            arrays[target + ".weight"] = weight
            if not target.endswith(".key"):  # stored as zeros; openai-whisper has none
                arrays[target + ".bias"] = bias

    def norm(source: str, target: str) -> None:
        arrays[target + ".weight"], arrays[target + ".bias"] = get(source + "/gamma"), get(source + "/beta")

    for side, final in (("encoder", "encoder.ln_post"), ("decoder", "decoder.ln")):
        for layer in range(_layers(stored, f"{side}/layer_")):
            source, target = f"{side}/layer_{layer}", f"{side}.blocks.{layer}"
            own = [f"{target}.attn.{part}" for part in ("query", "key", "value")]
            linear(f"{source}/self_attention/linear_0", *own)
            linear(f"{source}/self_attention/linear_1", f"{target}.attn.out")
            norm(f"{source}/self_attention/layer_norm", f"{target}.attn_ln")
            if side == "decoder":
                linear(f"{source}/attention/linear_0", f"{target}.cross_attn.query")
                linear(f"{source}/attention/linear_1", f"{target}.cross_attn.key", f"{target}.cross_attn.value")
                linear(f"{source}/attention/linear_2", f"{target}.cross_attn.out")
                norm(f"{source}/attention/layer_norm", f"{target}.cross_attn_ln")
            linear(f"{source}/ffn/linear_0", f"{target}.mlp.0")
            linear(f"{source}/ffn/linear_1", f"{target}.mlp.2")
            norm(f"{source}/ffn/layer_norm", f"{target}.mlp_ln")
        norm(f"{side}/layer_norm", final)
    for convolution in ("conv1", "conv2"):
        linear(f"encoder/{convolution}", f"encoder.{convolution}")
    arrays["encoder.positional_embedding"] = get("encoder/position_encodings/encodings")
    arrays["decoder.positional_embedding"] = get("decoder/position_encodings/encodings")
    arrays["decoder.token_embedding.weight"] = get("decoder/embeddings/weight")
    return arrays


def _layers(stored: dict[str, Any], prefix: str) -> int:
    numbers = {key[len(prefix) :].split("/")[0] for key in stored if key.startswith(prefix)}
    return sum(number.isdigit() for number in numbers)


def _dimensions(arrays: dict[str, np.ndarray]) -> dict[str, int]:
    def layers(side: str) -> int:
        return 1 + max(int(key.split(".")[2]) for key in arrays if key.startswith(f"{side}.blocks."))

    audio_state, mels = arrays["encoder.conv1.weight"].shape[:2]
    vocabulary, text_state = arrays["decoder.token_embedding.weight"].shape
    return {
        "n_mels": mels,
        "n_audio_ctx": len(arrays["encoder.positional_embedding"]),
        "n_audio_state": audio_state,
        "n_audio_head": audio_state // HEAD_DIMENSION,
        "n_audio_layer": layers("encoder"),
        "n_vocab": vocabulary,
        "n_text_ctx": len(arrays["decoder.positional_embedding"]),
        "n_text_state": text_state,
        "n_text_head": text_state // HEAD_DIMENSION,
        "n_text_layer": layers("decoder"),
    }
