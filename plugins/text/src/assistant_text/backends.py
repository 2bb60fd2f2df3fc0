"""The two ways to run a sentence-embedding model: its graph on ONNX Runtime, or the sentence-transformers library."""

from __future__ import annotations

import importlib
import importlib.util
import json
from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

import numpy as np

from assistant.errors import WeightsCorrupt, WeightsMissing
from assistant.plugin import require
from assistant_text.pieces import cut, spread

if TYPE_CHECKING:
    from numpy.typing import NDArray

GRAPH: Final = "data/minilm_l6_graph.onnx"
"""The computation of all-MiniLM-L6-v2 with mean pooling and L2 norm, without weights; see tools/export_graph.py."""
GRAPH_FITS: Final = {
    "architectures": ["BertModel"],
    "hidden_act": "gelu",
    "hidden_size": 384,
    "intermediate_size": 1536,
    "max_position_embeddings": 512,
    "num_attention_heads": 12,
    "num_hidden_layers": 6,
    "type_vocab_size": 2,
    "vocab_size": 30522,
}
"""What a model's config.json must say for the graph to be its computation."""


class Backend(Protocol):
    """A loaded model."""

    dimensions: int

    def embed(self, texts: Sequence[str], batch: int, pieces: int) -> NDArray[np.float32]:
        """[n, dimensions], rows of length 1; a text of several pieces (at most `pieces`) gets their weighted mean."""
        ...


def unit(vectors: NDArray[np.floating[Any]]) -> NDArray[np.float32]:
    """Rows scaled to length 1 (L2); a row of zeros stays as it is."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-12), dtype=np.float32)


def pooled(vectors: NDArray[np.float32], owners: Sequence[int], weights: Sequence[int], count: int) -> Any:
    """The weighted mean of each owner's pieces, scaled to length 1: [count, dimensions] float32."""
    sums = np.zeros((count, vectors.shape[1]), dtype=np.float32)
    np.add.at(sums, np.asarray(owners), vectors * np.asarray(weights, dtype=np.float32)[:, None])
    return unit(sums)


def read_json(file: Path) -> Any:
    """The JSON in a file of the model's directory; WeightsCorrupt names the file if it is not JSON."""
    try:
        return json.loads(file.read_text("utf-8"))
    except FileNotFoundError as error:
        raise WeightsMissing(f"{file} is missing.", "Give the directory of a sentence-embedding model.") from error
    except ValueError as error:
        raise WeightsCorrupt(f"{file} is not JSON: {error}.", "Fetch the model again.") from error


def graph_fits(directory: Path) -> bool:
    """Whether the shipped graph is the computation of the model in `directory`."""
    needed = ("config.json", "modules.json", "model.safetensors", "tokenizer.json", "1_Pooling/config.json")
    if not all((directory / name).is_file() for name in needed):
        return False
    config, pooling = read_json(directory / "config.json"), read_json(directory / "1_Pooling/config.json")
    modes = [key for key, on in pooling.items() if key.startswith("pooling_mode") and on]
    modules = [str(module.get("type", "")).rpartition(".")[2] for module in read_json(directory / "modules.json")]
    return (
        all(config.get(key) == value for key, value in GRAPH_FITS.items())
        and modules == ["Transformer", "Pooling", "Normalize"]
        and modes == ["pooling_mode_mean_tokens"]
    )


def choose(directory: Path, device: str) -> str:
    """The backend `auto` means: "onnx" where the graph fits and the model runs on the processor."""
    libraries = ("onnxruntime", "tokenizers", "safetensors")
    there = all(importlib.util.find_spec(library) is not None for library in libraries)
    return "onnx" if there and device == "cpu" and graph_fits(directory) else "sentence-transformers"


class OnnxBackend:
    """all-MiniLM-L6-v2 and its fine-tunes on ONNX Runtime, straight from their safetensors file.

    The graph is ours, without weights, so nothing is converted and the same verified file serves both backends.
    Threads belong to the session, not to the process.
    """

    dimensions = int(str(GRAPH_FITS["hidden_size"]))

    def __init__(self, directory: Path, threads: int) -> None:
        require("onnxruntime", "tokenizers", "safetensors", install="pip install onnxruntime tokenizers safetensors")
        from safetensors import SafetensorError
        from safetensors.numpy import load_file
        from tokenizers import Tokenizer

        onnxruntime: Any = importlib.import_module("onnxruntime")
        self._tokenizer = Tokenizer.from_file(str(directory / "tokenizer.json"))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._limit = int(read_json(directory / "sentence_bert_config.json")["max_seq_length"]) - 2
        vocabulary: dict[str, int] = self._tokenizer.get_vocab()
        self._first, self._last = vocabulary["[CLS]"], vocabulary["[SEP]"]
        graph = resources.files("assistant_text").joinpath(GRAPH).read_bytes()
        try:
            tensors = load_file(directory / "model.safetensors")
        except SafetensorError as error:
            raise WeightsCorrupt(
                f"{directory / 'model.safetensors'} is not a safetensors file: {error}.", "Fetch the model again."
            ) from error
        names = [name for name in tensors if not name.startswith("pooler.") and not name.endswith(".position_ids")]
        session = onnxruntime.SessionOptions()
        session.intra_op_num_threads = max(1, threads)
        session.inter_op_num_threads = 1
        session.add_external_initializers(
            names, [onnxruntime.OrtValue.ortvalue_from_numpy(tensors[name]) for name in names]
        )
        self._session = onnxruntime.InferenceSession(graph, session, providers=["CPUExecutionProvider"])

    def embed(self, texts: Sequence[str], batch: int, pieces: int) -> NDArray[np.float32]:
        """See `Backend.embed`; long texts are cut by tokens, so no token is left out up to `pieces` pieces."""
        owners: list[int] = []
        tokens: list[list[int]] = []
        for owner, encoded in enumerate(self._tokenizer.encode_batch(list(texts), add_special_tokens=False)):
            for start, end in spread(cut(texts[owner], encoded.offsets, self._limit), pieces):
                owners.append(owner)
                tokens.append([self._first, *encoded.ids[start:end], self._last])
        vectors = np.empty((len(tokens), self.dimensions), dtype=np.float32)
        by_length = sorted(range(len(tokens)), key=lambda index: len(tokens[index]))
        for at in range(0, len(by_length), batch):
            chosen = by_length[at : at + batch]
            identifiers = np.zeros((len(chosen), len(tokens[chosen[-1]])), dtype=np.int64)
            mask = np.zeros_like(identifiers)
            for row, index in enumerate(chosen):
                identifiers[row, : len(tokens[index])] = tokens[index]
                mask[row, : len(tokens[index])] = 1
            vectors[chosen] = self._session.run(None, {"input_ids": identifiers, "attention_mask": mask})[0]
        return np.asarray(pooled(vectors, owners, [len(piece) for piece in tokens], len(texts)))


class SentenceTransformersBackend:
    """Any sentence-transformers model: a directory, or a hub name where fetching is allowed."""

    def __init__(self, model: str, threads: int, device: str, *, hub: bool) -> None:
        require("sentence_transformers", install="pip install sentence-transformers")
        import torch
        from sentence_transformers import SentenceTransformer

        if device == "cpu":
            # Process-wide, as torch has no other; without it each call would take every core from the other models.
            torch.set_num_threads(max(1, threads))
        self._model = SentenceTransformer(
            model,
            device=device,
            local_files_only=not hub,
            trust_remote_code=False,
            model_kwargs={"use_safetensors": True},
        )
        self.dimensions = len(self._model.encode("a", show_progress_bar=False))

    def embed(self, texts: Sequence[str], batch: int, pieces: int) -> NDArray[np.float32]:
        """See `Backend.embed`; tokenizers without offsets (not "fast" ones) truncate long texts instead."""
        tokenizer = self._model.tokenizer
        limit = (self._model.max_seq_length or 512) - 2
        owners: list[int] = []
        parts: list[str] = []
        weights: list[int] = []
        for owner, text in enumerate(texts):
            offsets: list[tuple[int, int]] = []
            if getattr(tokenizer, "is_fast", False):
                encoded = tokenizer(
                    text, add_special_tokens=False, return_offsets_mapping=True, truncation=False, verbose=False
                )
                offsets = encoded["offset_mapping"]
            for start, end in spread(cut(text, offsets, limit), pieces):
                owners.append(owner)
                parts.append(text[offsets[start][0] : offsets[end - 1][1]] if offsets else text)
                weights.append(end - start + 2)
        vectors = self._model.encode(
            parts, batch_size=batch, convert_to_numpy=True, normalize_embeddings=True, show_progress_bar=False
        )
        return np.asarray(pooled(np.asarray(vectors, dtype=np.float32), owners, weights, len(texts)))
