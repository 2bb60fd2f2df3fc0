"""The three engines on a tiny random Whisper that the test makes: shapes, units and equal weights, never the words."""

from __future__ import annotations

import json
import math
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assistant.errors import WeightsCorrupt
from assistant.testing import FakeServices
from assistant_speech import SpeechOptions
from assistant_speech.ctranslate2_arrays import read
from assistant_speech.engines import build
from assistant_speech.heard import Heard

pytest.importorskip("torch", reason="the alternative engines need torch")
pytest.importorskip("transformers", reason="the transformers engine is optional")

SECONDS = 3.0
LANGUAGES = ("en", "de", "zh")


def speech_like() -> np.ndarray:
    random = np.random.default_rng(3)
    return (random.normal(size=int(SECONDS * 16_000)) * 0.1).astype(np.float32)


@pytest.fixture(scope="module")
def hugging_face(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Whisper of two layers with random weights and a tokenizer of single bytes."""
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import (
        GenerationConfig,
        WhisperConfig,
        WhisperFeatureExtractor,
        WhisperForConditionalGeneration,
        WhisperTokenizerFast,
    )

    directory = tmp_path_factory.mktemp("tiny-whisper")
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    special = ["<|endoftext|>", "<|startoftranscript|>", *(f"<|{code}|>" for code in LANGUAGES)]
    special += [
        "<|translate|>",
        "<|transcribe|>",
        "<|startoflm|>",
        "<|startofprev|>",
        "<|nospeech|>",
        "<|notimestamps|>",
    ]
    times = [f"<|{step * 0.02:.2f}|>" for step in range(1501)]
    bytes_only = Tokenizer(models.BPE(vocab={letter: n for n, letter in enumerate(letters)}, merges=[]))
    bytes_only.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bytes_only.decoder = decoders.ByteLevel()
    bytes_only.add_special_tokens(special)
    bytes_only.add_tokens(times)
    bytes_only.save(str(directory / "plain.json"))
    tokenizer = WhisperTokenizerFast(
        tokenizer_file=str(directory / "plain.json"),
        bos_token="<|endoftext|>",
        eos_token="<|endoftext|>",
        pad_token="<|endoftext|>",
        unk_token="<|endoftext|>",
    )
    number = bytes_only.token_to_id
    ends = {name: number("<|endoftext|>") for name in ("bos_token_id", "eos_token_id", "pad_token_id")}
    ends["decoder_start_token_id"] = number("<|startoftranscript|>")
    torch.manual_seed(0)
    model = WhisperForConditionalGeneration(
        WhisperConfig(
            vocab_size=bytes_only.get_vocab_size(),
            d_model=64,
            encoder_layers=2,
            decoder_layers=2,
            encoder_attention_heads=1,
            decoder_attention_heads=1,
            encoder_ffn_dim=256,
            decoder_ffn_dim=256,
            init_std=0.2,
            **ends,
        )
    )
    model.generation_config = GenerationConfig(
        **ends,
        max_length=448,
        is_multilingual=True,
        lang_to_id={f"<|{code}|>": number(f"<|{code}|>") for code in LANGUAGES},
        task_to_id={"transcribe": number("<|transcribe|>"), "translate": number("<|translate|>")},
        no_timestamps_token_id=number("<|notimestamps|>"),
        prev_sot_token_id=number("<|startofprev|>"),
        max_initial_timestamp_index=50,
        alignment_heads=[[1, 0]],
    )
    model.save_pretrained(directory, safe_serialization=True)
    tokenizer.save_pretrained(directory)
    WhisperFeatureExtractor().save_pretrained(directory)
    return directory


def write_ctranslate2(source: Path, target: Path, quantization: str | None) -> Path:
    """The same weights as ctranslate2's own converter writes them."""
    from ctranslate2.converters import TransformersConverter

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        TransformersConverter(str(source)).convert(str(target), quantization=quantization)
    (target / "tokenizer.json").write_bytes((source / "tokenizer.json").read_bytes())
    return target


@pytest.fixture(scope="module")
def ctranslate2_directory(hugging_face: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_ctranslate2(hugging_face, tmp_path_factory.mktemp("converted") / "float32", None)


@pytest.mark.parametrize(("quantization", "tolerance"), [(None, 1e-4), ("float16", 2e-2), ("int8", 0.5)])
def test_converted_arrays_give_the_same_logits(
    hugging_face: Path, tmp_path: Path, quantization: str | None, tolerance: float
) -> None:
    """openai-whisper with the arrays of a CTranslate2 file computes what transformers computes with the originals."""
    import torch
    from transformers import WhisperForConditionalGeneration

    from assistant_speech.engine_openai_whisper import build as build_openai

    pytest.importorskip("whisper", reason="the openai-whisper engine is optional")
    arrays = read(write_ctranslate2(hugging_face, tmp_path / "model", quantization))
    ours = build_openai(arrays)
    theirs = WhisperForConditionalGeneration.from_pretrained(hugging_face).eval()
    sound = torch.randn(1, 80, 3000, generator=torch.Generator().manual_seed(1))
    tokens = torch.tensor([[256, 257, 258, 65, 66, 67]])
    with torch.inference_mode():
        expected = theirs(input_features=sound, decoder_input_ids=tokens).logits
        found = ours(sound, tokens)
    scale = float(expected.std())
    assert float((found - expected).abs().mean()) < tolerance * scale
    assert arrays.alignment_heads == ((1, 0),)


@pytest.mark.parametrize("cut", [0, 10, 1000])
def test_a_cut_off_model_is_named(ctranslate2_directory: Path, tmp_path: Path, cut: int) -> None:
    """A half-written file is no crash."""
    (tmp_path / "model.bin").write_bytes((ctranslate2_directory / "model.bin").read_bytes()[:cut])
    with pytest.raises(WeightsCorrupt, match=r"model\.bin"):
        read(tmp_path)


@pytest.mark.parametrize("beam_size", [1, 2])
@pytest.mark.parametrize("engine", ["faster-whisper", "transformers"])
def test_engine_keeps_the_contract(
    hugging_face: Path, ctranslate2_directory: Path, engine: Any, beam_size: int
) -> None:
    """Times in order, probabilities between 0 and 1, plain JSON numbers, the language asked for once."""
    model = hugging_face if engine == "transformers" else ctranslate2_directory
    options = SpeechOptions(engine=engine, model=str(model), beam_size=beam_size, compute_type="float32")
    built = build(options, FakeServices(options=options))
    language = built.languages[-1]  # ctranslate2 takes a vocabulary as small as this one for English only
    asked: list[Mapping[str, float]] = []

    def choose(probabilities: Mapping[str, float]) -> tuple[str, float]:
        asked.append(probabilities)
        return language, 0.5

    heard = list(built.transcribe(speech_like(), choose, SECONDS))
    assert len(asked) == 1
    assert set(asked[0]) == set(built.languages)
    assert sum(asked[0].values()) == pytest.approx(1, abs=1e-3)
    for segment in heard:
        assert isinstance(segment, Heard)
        assert 0 <= segment.start <= segment.end < 2 * 30  # random weights overshoot; the perceiver drops that
        assert segment.avg_logprob <= 0
        assert 0 <= segment.no_speech_prob <= 1
        assert segment.language == language
        for word in segment.words:
            assert 0 <= word.probability <= 1
            assert math.isfinite(word.start)
            assert word.start <= word.end
        json.dumps([[word.start, word.end, word.probability] for word in segment.words])


def test_transformers_engine_gives_words_that_spell_the_segment(hugging_face: Path) -> None:
    """No letter is lost between the text and its words, whatever bytes the tokens are."""
    options = SpeechOptions(engine="transformers", model=str(hugging_face), beam_size=1)
    built = build(options, FakeServices(options=options))
    for segment in built.transcribe(speech_like(), lambda _: ("de", 1.0), SECONDS):
        if segment.words and "\ufffd" not in segment.text:
            assert "".join(word.text for word in segment.words).split() == segment.text.split()
