"""Writes a CTranslate2 Whisper directory as a Hugging Face one, so that engines can be compared on equal weights.

    python benchmarks/whisper_convert.py CTRANSLATE2_DIRECTORY NEW_DIRECTORY

The new directory (safetensors, tokenizer, configuration) is what `plugins.speech.engine = "transformers"` takes. For
openai-whisper nothing needs to be written: the speech plugin converts the arrays in memory.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
from pathlib import Path
from typing import Any

from assistant_speech.ctranslate2_arrays import WhisperArrays, read

RENAMES = (
    (r"^(encoder|decoder)\.", r"model.\1."),
    (r"\.blocks\.", ".layers."),
    (r"\.cross_attn_ln\.", ".encoder_attn_layer_norm."),
    (r"\.attn_ln\.", ".self_attn_layer_norm."),
    (r"\.mlp_ln\.", ".final_layer_norm."),
    (r"\.cross_attn\.", ".encoder_attn."),
    (r"\.attn\.", ".self_attn."),
    (r"_attn\.(query|key|value)\.", lambda found: f"_attn.{found.group(1)[0]}_proj."),
    (r"_attn\.out\.", "_attn.out_proj."),
    (r"\.mlp\.0\.", ".fc1."),
    (r"\.mlp\.2\.", ".fc2."),
    (r"encoder\.ln_post\.|decoder\.ln\.", lambda found: found.group(0).split(".")[0] + ".layer_norm."),
    (r"\.positional_embedding$", ".embed_positions.weight"),
    (r"\.token_embedding\.", ".embed_tokens."),
)
"""openai-whisper's names to those of transformers' WhisperForConditionalGeneration."""


def hugging_face_name(name: str) -> str:
    """The name of an array in transformers."""
    for pattern, replacement in RENAMES:
        name = re.sub(pattern, replacement, name)
    return name


def configuration(arrays: WhisperArrays, token: dict[str, int]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Arguments of WhisperConfig and of GenerationConfig."""
    size = arrays.dimensions
    special = {
        "bos_token_id": token["<|endoftext|>"],
        "eos_token_id": token["<|endoftext|>"],
        "pad_token_id": token["<|endoftext|>"],
        "decoder_start_token_id": token["<|startoftranscript|>"],
    }
    languages = {name: number for name, number in token.items() if re.fullmatch(r"<\|[a-z]{2,3}\|>", name)}
    config = {
        "vocab_size": size["n_vocab"],
        "num_mel_bins": size["n_mels"],
        "d_model": size["n_audio_state"],
        "encoder_layers": size["n_audio_layer"],
        "decoder_layers": size["n_text_layer"],
        "encoder_attention_heads": size["n_audio_head"],
        "decoder_attention_heads": size["n_text_head"],
        "encoder_ffn_dim": 4 * size["n_audio_state"],
        "decoder_ffn_dim": 4 * size["n_text_state"],
        "max_source_positions": size["n_audio_ctx"],
        "max_target_positions": size["n_text_ctx"],
        **special,
    }
    multilingual = size["n_vocab"] >= 51865
    generation = {
        **special,
        "max_length": size["n_text_ctx"],
        "is_multilingual": multilingual,
        "lang_to_id": languages if multilingual else None,
        "task_to_id": {"transcribe": token["<|transcribe|>"], "translate": token["<|translate|>"]},
        "no_timestamps_token_id": token["<|notimestamps|>"],
        "prev_sot_token_id": token["<|startofprev|>"],
        "max_initial_timestamp_index": 50,
        "alignment_heads": [list(pair) for pair in arrays.alignment_heads] or None,
        "begin_suppress_tokens": [220, token["<|endoftext|>"]],
    }
    return config, generation


def convert(source: Path, target: Path) -> None:
    """Write `target`, which must not exist."""
    import torch
    from tokenizers import Tokenizer
    from transformers import (
        GenerationConfig,
        WhisperConfig,
        WhisperFeatureExtractor,
        WhisperForConditionalGeneration,
        WhisperTokenizerFast,
    )

    target.mkdir(parents=True)
    arrays = read(source)
    vocabulary = Tokenizer.from_file(str(source / "tokenizer.json"))
    config, generation = configuration(arrays, vocabulary.get_vocab(with_added_tokens=True))
    suppressed = json.loads((source / "config.json").read_text()).get("suppress_ids")
    model = WhisperForConditionalGeneration(WhisperConfig(**config))
    named = {hugging_face_name(name): torch.from_numpy(array) for name, array in arrays.arrays.items()}
    named["proj_out.weight"] = named["model.decoder.embed_tokens.weight"]
    model.load_state_dict(named, strict=True)
    model.generation_config = GenerationConfig(**generation, suppress_tokens=suppressed)
    model.save_pretrained(target, safe_serialization=True)
    shutil.copy(source / "tokenizer.json", target / "tokenizer.json")
    WhisperTokenizerFast(tokenizer_file=str(source / "tokenizer.json")).save_pretrained(target)
    WhisperFeatureExtractor(feature_size=arrays.dimensions["n_mels"]).save_pretrained(target)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path)
    parser.add_argument("target", type=Path)
    given = parser.parse_args()
    convert(given.source, given.target)
    print(f"wrote {given.target}")


if __name__ == "__main__":
    main()
