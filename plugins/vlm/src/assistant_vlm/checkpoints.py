"""Makes checkpoints of the real classes with random weights, for tests and benchmarks: a configuration, a tokenizer
trained on a few sentences, safetensors. What they say means nothing. Heavy."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast

Size: TypeAlias = Literal["tiny", "500m", "2b"]
"""tiny: 0.1 million parameters. 500m and 2b: the shapes of SmolVLM-500M and SmolVLM-2.2B."""

SENTENCES: Final = (
    "What is in the picture? There is a dog on the grass and a cat on the sofa.",
    "How many people are there? Yes, there are two people. No, there are none.",
    "Answer briefly and truthfully, in the language of the question. What colour is the car? The car is red.",
)
START, END, PICTURE = "<|im_start|>", "<end_of_utterance>", "<image>"
BASIC: Final = ("<unk>", "<s>", "</s>", "<pad>")
UNK, BOS, EOS, PAD = range(4)

_TEMPLATE: Final = (
    "{% for message in messages %}@BEGIN@{% for item in message['content'] %}"
    "{% if item['type'] == 'image' %}@PICTURE@{% else %}{{ item['text'] }}{% endif %}"
    "{% endfor %}@END@\n{% endfor %}{% if add_generation_prompt %}@ANSWER@{% endif %}"
)


def make(family: str, directory: Path, size: Size = "tiny", *, endless: bool = False, seed: int = 0) -> Path:
    """Write a checkpoint.

    Args:
        family: a `model_type`: one of FAMILIES.
        directory: where; made if it is not there.
        size: tiny, or for idefics3 the shape of a published model.
        endless: no token ends an answer, so that its length is what is asked for.
        seed: of the random weights.
    """
    directory.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(seed)
    if size != "tiny":
        _idefics3(directory, size)
    else:
        FAMILIES[family](directory)
    if endless:
        path = directory / "generation_config.json"
        described = json.loads(path.read_text()) if path.is_file() else {}
        described["eos_token_id"] = None
        path.write_text(json.dumps(described))
        config = json.loads((directory / "config.json").read_text())
        for part in (config, config.get("text_config", {})):
            part["eos_token_id"] = None
        (directory / "config.json").write_text(json.dumps(config))
    return directory


def tokenizer(special: Sequence[str], sentences: Sequence[str] = SENTENCES, **named: Any) -> Any:
    """A byte-pair tokenizer of some 500 tokens that can spell anything."""
    pieces = Tokenizer(models.BPE())
    pieces.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    pieces.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=500, initial_alphabet=alphabet, special_tokens=[*BASIC, *special], show_progress=False
    )
    pieces.train_from_iterator(sentences, trainer)
    return PreTrainedTokenizerFast(
        tokenizer_object=pieces,
        unk_token=BASIC[UNK],
        bos_token=BASIC[BOS],
        eos_token=BASIC[EOS],
        pad_token=BASIC[PAD],
        additional_special_tokens=list(special),
        **named,
    )


def template(begin: str, picture: str, end: str, answer: str) -> str:
    """A chat template with these pieces."""
    written = _TEMPLATE
    for name, piece in (("BEGIN", begin), ("PICTURE", picture), ("END", end), ("ANSWER", answer)):
        written = written.replace(f"@{name}@", piece)
    return written


_NAMED: Final = "{{ message['role'] | capitalize }}: "


def _text(words: Any, **changed: Any) -> dict[str, Any]:
    return {
        "hidden_size": 32,
        "intermediate_size": 64,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "num_key_value_heads": 2,
        "vocab_size": len(words),
        "max_position_embeddings": 8192,
        "bos_token_id": BOS,
        "eos_token_id": EOS,
        "pad_token_id": PAD,
        **changed,
    }


def _vision(**changed: Any) -> dict[str, Any]:
    shape = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2}
    return {**shape, "image_size": 64, "patch_size": 8, **changed}


def _idefics3(directory: Path, size: Size = "tiny") -> None:
    from transformers import (
        Idefics3Config,
        Idefics3ForConditionalGeneration,
        Idefics3ImageProcessorPil,
        Idefics3Processor,
    )

    tiles = [f"<row_{row}_col_{column}>" for row in range(1, 7) for column in range(1, 7)]
    words = tokenizer([START, END, "<fake_token_around_image>", PICTURE, "<global-img>", *tiles])
    text, vision, scale, side, longest = _shape(size, words)
    config = Idefics3Config(
        image_token_id=words.convert_tokens_to_ids(PICTURE),
        scale_factor=scale,
        vision_config=vision,
        text_config={"model_type": "llama", **text},
    )
    processor = Idefics3Processor(
        Idefics3ImageProcessorPil(size={"longest_edge": longest}, max_image_size={"longest_edge": side}),
        words,
        image_seq_len=int((side // vision["patch_size"]) ** 2 / scale**2),
        chat_template=template(f"{START}{_NAMED}", PICTURE, END, "Assistant:"),
    )
    with torch.device("cpu"):
        model = Idefics3ForConditionalGeneration(config)
    (model if size == "tiny" else model.to(torch.bfloat16)).save_pretrained(directory)
    processor.save_pretrained(directory)


def _shape(size: Size, words: Any) -> tuple[dict[str, Any], dict[str, Any], int, int, int]:
    """Text and vision configuration, scale factor, side of a tile, longest side of a picture."""
    if size == "tiny":
        return _text(words), _vision(), 2, 64, 128
    if size == "500m":
        text = _text(words, hidden_size=960, intermediate_size=2560, num_hidden_layers=32, num_attention_heads=15)
        text |= {"num_key_value_heads": 5, "vocab_size": 49_280}
        vision = _vision(hidden_size=768, intermediate_size=3072, num_hidden_layers=12, num_attention_heads=12)
        return text, vision | {"image_size": 512, "patch_size": 16}, 4, 512, 2048
    text = _text(words, hidden_size=2048, intermediate_size=8192, num_hidden_layers=24, num_attention_heads=32)
    text |= {"num_key_value_heads": 32, "vocab_size": 49_280}
    vision = _vision(hidden_size=1152, intermediate_size=4304, num_hidden_layers=27, num_attention_heads=16)
    return text, vision | {"image_size": 378, "patch_size": 14}, 3, 378, 1512


def _smolvlm(directory: Path) -> None:
    from transformers import SmolVLMConfig, SmolVLMForConditionalGeneration, SmolVLMImageProcessorPil

    words = tokenizer([START, END, "<fake_token_around_image>", PICTURE, "<global-img>"])
    config = SmolVLMConfig(
        image_token_id=words.convert_tokens_to_ids(PICTURE),
        scale_factor=2,
        vision_config=_vision(),
        text_config={"model_type": "llama", **_text(words)},
    )
    pictures = SmolVLMImageProcessorPil(size={"longest_edge": 128}, max_image_size={"longest_edge": 64})
    SmolVLMForConditionalGeneration(config).save_pretrained(directory)
    _parts(directory, words, pictures, template(f"{START}{_NAMED}", PICTURE, END, "Assistant:"))
    (directory / "processor_config.json").write_text(
        json.dumps({"processor_class": "SmolVLMProcessor", "image_seq_len": 16})
    )


def _llava(directory: Path) -> None:
    from transformers import CLIPImageProcessorPil, LlavaConfig, LlavaForConditionalGeneration, LlavaProcessor

    words = tokenizer([PICTURE])
    config = LlavaConfig(
        image_token_index=words.convert_tokens_to_ids(PICTURE),
        vision_config={"model_type": "clip_vision_model", "projection_dim": 32, **_vision()},
        text_config={"model_type": "llama", **_text(words)},
        vision_feature_layer=-1,
    )
    processor = LlavaProcessor(
        CLIPImageProcessorPil(size={"shortest_edge": 64}, crop_size={"height": 64, "width": 64}),
        words,
        patch_size=8,
        vision_feature_select_strategy="default",
        num_additional_image_tokens=1,
        chat_template=template("{{ message['role'] | upper }}: ", f"{PICTURE}\n", " ", "ASSISTANT:"),
    )
    LlavaForConditionalGeneration(config).save_pretrained(directory)
    processor.save_pretrained(directory)


def _llava_next(directory: Path) -> None:
    from transformers import (
        LlavaNextConfig,
        LlavaNextForConditionalGeneration,
        LlavaNextImageProcessorPil,
        LlavaNextProcessor,
    )

    words = tokenizer([PICTURE])
    grid = [[64, 128], [128, 64], [128, 128]]
    config = LlavaNextConfig(
        image_token_index=words.convert_tokens_to_ids(PICTURE),
        image_grid_pinpoints=grid,
        vision_config={"model_type": "clip_vision_model", "projection_dim": 32, **_vision()},
        text_config={"model_type": "llama", **_text(words)},
        vision_feature_layer=-1,
    )
    square = {"height": 64, "width": 64}
    processor = LlavaNextProcessor(
        LlavaNextImageProcessorPil(size={"shortest_edge": 64}, crop_size=square, image_grid_pinpoints=grid),
        words,
        patch_size=8,
        vision_feature_select_strategy="default",
        num_additional_image_tokens=1,
        chat_template=template("{{ message['role'] | upper }}: ", f"{PICTURE}\n", " ", "ASSISTANT:"),
    )
    LlavaNextForConditionalGeneration(config).save_pretrained(directory)
    processor.save_pretrained(directory)


def _llava_onevision(directory: Path) -> None:
    from transformers import (
        LlavaOnevisionConfig,
        LlavaOnevisionForConditionalGeneration,
        LlavaOnevisionImageProcessorPil,
    )

    words = tokenizer([PICTURE, "<video>", "<|im_start|>", "<|im_end|>"])
    grid = [[64, 128], [128, 64], [128, 128]]
    config = LlavaOnevisionConfig(
        image_token_index=words.convert_tokens_to_ids(PICTURE),
        video_token_index=words.convert_tokens_to_ids("<video>"),
        image_grid_pinpoints=grid,
        vision_config={"model_type": "siglip_vision_model", "vision_use_head": False, **_vision()},
        text_config={"model_type": "qwen2", **_text(words)},
        vision_feature_layer=-1,
    )
    pictures = LlavaOnevisionImageProcessorPil(size={"height": 64, "width": 64}, image_grid_pinpoints=grid)
    LlavaOnevisionForConditionalGeneration(config).save_pretrained(directory)
    chat = template("<|im_start|>{{ message['role'] }} ", f"{PICTURE}\n", "<|im_end|>", "<|im_start|>assistant\n")
    _parts(directory, words, pictures, chat)
    described = {"processor_class": "LlavaOnevisionProcessor", "num_image_tokens": 64}
    described |= {"vision_feature_select_strategy": "full", "vision_aspect_ratio": "anyres_max_9"}
    (directory / "processor_config.json").write_text(json.dumps(described))


def _gemma3(directory: Path) -> None:
    from transformers import Gemma3Config, Gemma3ForConditionalGeneration, Gemma3ImageProcessorPil, Gemma3Processor

    begin, end, soft = "<start_of_image>", "<end_of_image>", "<image_soft_token>"
    words = tokenizer(
        [begin, end, soft, "<start_of_turn>", "<end_of_turn>"],
        extra_special_tokens={"boi_token": begin, "eoi_token": end, "image_token": soft},
    )
    identity = words.convert_tokens_to_ids
    config = Gemma3Config(
        image_token_index=identity(soft),
        boi_token_index=identity(begin),
        eoi_token_index=identity(end),
        mm_tokens_per_image=16,
        tie_word_embeddings=False,
        vision_config={"vision_use_head": False, **_vision()},
        text_config={
            **_text(words, head_dim=16),
            "sliding_window": 64,
            "layer_types": ["sliding_attention", "full_attention"],
        },
    )
    processor = Gemma3Processor(
        Gemma3ImageProcessorPil(size={"height": 64, "width": 64}),
        words,
        image_seq_length=16,
        chat_template=template(
            "<start_of_turn>{{ message['role'] }}\n", begin, "<end_of_turn>", "<start_of_turn>model\n"
        ),
    )
    Gemma3ForConditionalGeneration(config).save_pretrained(directory)
    processor.save_pretrained(directory)


_QWEN_TOKENS: Final = (
    *("<|vision_start|>", "<|vision_end|>", "<|image_pad|>", "<|video_pad|>", "<|im_start|>", "<|im_end|>"),
)
_ROPE: Final = {"rope_type": "default", "mrope_section": [2, 3, 3], "rope_theta": 10000.0}


def _qwen(directory: Path, kind: Literal["Qwen2VL", "Qwen3VL", "Qwen3_5"]) -> None:
    import transformers

    words = tokenizer(_QWEN_TOKENS)
    identity = words.convert_tokens_to_ids
    vision: dict[str, Any] = {"depth": 2, "hidden_size": 32, "num_heads": 2, "patch_size": 14}
    text = _text(words, rope_parameters=_ROPE, head_dim=16)
    if kind == "Qwen2VL":
        vision |= {"embed_dim": 32, "mlp_ratio": 2}
    else:
        vision |= {"intermediate_size": 64, "out_hidden_size": 32, "num_position_embeddings": 64}
        vision |= {"deepstack_visual_indexes": [0, 1]} if kind == "Qwen3VL" else {}
    if kind == "Qwen3_5":
        linear = {"linear_num_key_heads": 2, "linear_num_value_heads": 2}
        linear |= {"linear_key_head_dim": 16, "linear_value_head_dim": 16}
        text |= {**linear, "layer_types": ["linear_attention", "full_attention"]}
        text["rope_parameters"] = {**_ROPE, "partial_rotary_factor": 1.0}
    config = getattr(transformers, f"{kind}Config")(
        image_token_id=identity("<|image_pad|>"),
        video_token_id=identity("<|video_pad|>"),
        vision_start_token_id=identity("<|vision_start|>"),
        vision_end_token_id=identity("<|vision_end|>"),
        vision_config=vision,
        text_config=text,
    )
    getattr(transformers, f"{kind}ForConditionalGeneration")(config).save_pretrained(directory)
    pictures = transformers.Qwen2VLImageProcessorPil(min_pixels=56 * 56, max_pixels=112 * 112)
    begin, picture = "<|im_start|>{{ message['role'] }}\n", "<|vision_start|><|image_pad|><|vision_end|>"
    answer = "<|im_start|>assistant\n{% if enable_thinking is defined and not enable_thinking %}<think>\n\n</think>\n\n"
    _parts(directory, words, pictures, template(begin, picture, "<|im_end|>", f"{answer}{{% endif %}}"))


def _parts(directory: Path, words: Any, pictures: Any, chat: str) -> None:
    """A processor's files without those of a video processor, which cannot be made without torchvision."""
    words.chat_template = chat
    words.save_pretrained(directory)
    pictures.save_pretrained(directory)


def _florence2(directory: Path) -> None:
    from transformers import (
        CLIPImageProcessorPil,
        Florence2Config,
        Florence2ForConditionalGeneration,
        Florence2Processor,
    )

    words = tokenizer([PICTURE], extra_special_tokens={"image_token": PICTURE})
    text = {"model_type": "bart", "vocab_size": len(words), "d_model": 32, "max_position_embeddings": 512}
    for side in ("encoder", "decoder"):
        text |= {f"{side}_layers": 2, f"{side}_attention_heads": 2, f"{side}_ffn_dim": 64}
    text |= {"bos_token_id": BOS, "eos_token_id": EOS, "pad_token_id": PAD, "decoder_start_token_id": EOS}
    text |= {"tie_word_embeddings": False, "forced_eos_token_id": None}
    vision: dict[str, Any] = {"depths": [1, 1], "patch_size": [7, 3], "patch_stride": [4, 2], "patch_padding": [3, 1]}
    vision |= {"patch_prenorm": [False, True], "embed_dim": [16, 32], "num_heads": [2, 2], "num_groups": [2, 2]}
    vision |= {"window_size": 4, "projection_dim": 32}
    config = Florence2Config(
        vision_config=vision,
        text_config=text,
        image_token_id=words.convert_tokens_to_ids(PICTURE),
        bos_token_id=BOS,
        eos_token_id=EOS,
        pad_token_id=PAD,
        tie_word_embeddings=False,  # of random weights they would only repeat the last token
    )
    square = {"height": 64, "width": 64}
    pictures = CLIPImageProcessorPil(size=square, crop_size=square, do_center_crop=False)
    pictures.image_seq_length = 65
    Florence2ForConditionalGeneration(config).save_pretrained(directory)
    Florence2Processor(pictures, words).save_pretrained(directory)


def _blip(directory: Path) -> None:
    from transformers import BlipConfig, BlipForQuestionAnswering, BlipImageProcessorPil, BlipProcessor

    words = tokenizer([])
    text = {"vocab_size": len(words), "hidden_size": 32, "encoder_hidden_size": 32, "intermediate_size": 64}
    text |= {"projection_dim": 32, "num_hidden_layers": 2, "num_attention_heads": 2}
    text |= {"bos_token_id": BOS, "eos_token_id": EOS, "sep_token_id": EOS, "pad_token_id": PAD}
    config = BlipConfig(text_config=text, vision_config={"projection_dim": 32, **_vision()})
    BlipForQuestionAnswering(config).save_pretrained(directory)
    BlipProcessor(BlipImageProcessorPil(size={"height": 64, "width": 64}), words).save_pretrained(directory)


def _vilt(directory: Path) -> None:
    from transformers import ViltConfig, ViltForQuestionAnswering, ViltImageProcessorPil, ViltProcessor

    words = tokenizer([])
    config = ViltConfig(
        vocab_size=len(words),
        max_position_embeddings=64,
        id2label={0: "yes", 1: "no", 2: "2", 3: "red"},
        label2id={"yes": 0, "no": 1, "2": 2, "red": 3},
        **_vision(),
    )
    ViltForQuestionAnswering(config).save_pretrained(directory)
    ViltProcessor(ViltImageProcessorPil(size={"shortest_edge": 64}, size_divisor=32), words).save_pretrained(directory)


FAMILIES: Final[dict[str, Callable[[Path], None]]] = {
    "idefics3": _idefics3,
    "smolvlm": _smolvlm,
    "llava": _llava,
    "llava_next": _llava_next,
    "llava_onevision": _llava_onevision,
    "gemma3": _gemma3,
    "qwen2_vl": lambda directory: _qwen(directory, "Qwen2VL"),
    "qwen3_vl": lambda directory: _qwen(directory, "Qwen3VL"),
    "qwen3_5": lambda directory: _qwen(directory, "Qwen3_5"),
    "florence2": _florence2,
    "blip": _blip,
    "vilt": _vilt,
}
"""Model types that can be made, tiny."""
