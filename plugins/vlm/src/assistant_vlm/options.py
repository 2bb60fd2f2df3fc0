"""Options of the two answerers, read from `[plugins.vlm]` and `[plugins.vqa]` of the settings. Not for defaults by
model: see families.py."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Literal, TypeAlias

from pydantic import Field

Precision: TypeAlias = Literal["auto", "float32", "bfloat16", "float16"]


@dataclass(frozen=True, slots=True)
class VlmOptions:
    """How the vision-language answerer works."""

    model: str = field(
        default="vlm",
        metadata={
            "description": (
                'Weights by name ("smolvlm-500m-instruct"; "vlm" is the best of those that were pulled), a '
                'directory, or, where `weights.hub` is true, "owner/name" on the hub.'
            )
        },
    )
    dtype: Precision = field(
        default="auto",
        metadata={"description": "auto: bfloat16 where the device computes in it, else float32."},
    )
    device: str = field(
        default="",
        metadata={"description": '"cpu", "cuda", "cuda:1"; that of `engine.device` if empty.'},
    )
    quantisation: Literal["none", "8bit", "4bit"] = field(
        default="none",
        metadata={"description": "Weights in fewer bits, through bitsandbytes."},
    )
    max_new_tokens: Annotated[int, Field(ge=1, le=8192)] = field(
        default=256, metadata={"description": "Tokens of an answer."}
    )
    pictures: Annotated[int, Field(ge=1, le=256)] = field(
        default=8,
        metadata={"description": "Pictures and video frames shown to the model at once, those of examples included."},
    )
    image_size: Annotated[int, Field(ge=0, le=8192)] = field(
        default=0,
        metadata={
            "description": (
                "Pixels of the long side the model is shown; 0 leaves it to the model, and on a CPU to a size"
                " that it can bear."
            )
        },
    )
    context_tokens: Annotated[int, Field(ge=100)] = field(
        default=1500,
        metadata={"description": "Of what was perceived, in the prompt, roughly."},
    )
    messages: Annotated[int, Field(ge=0)] = field(
        default=8,
        metadata={"description": "Earlier messages in the prompt."},
    )
    examples: Annotated[int, Field(ge=0)] = field(
        default=4,
        metadata={"description": "Few-shot examples in the prompt, at most."},
    )
    temperature: Annotated[float, Field(ge=0, le=5)] = field(
        default=0.0,
        metadata={"description": "0 always takes the likeliest token, so that equal questions get equal answers."},
    )
    queue: Annotated[int, Field(ge=0, le=16)] = field(
        default=4,
        metadata={
            "description": "Questions that may wait for the one being answered; further ones are passed on at once."
        },
    )
    seconds: Annotated[float, Field(gt=0)] = field(
        default=100.0,
        metadata={
            "description": (
                "From the start of work on an answer to where it is cut off; the wait for its turn may take as long."
            )
        },
    )
    attention: str = field(
        default="auto",
        metadata={
            "description": (
                'Attention implementation of transformers ("sdpa", "eager", "flash_attention_2"); auto: its own choice.'
            )
        },
    )
    reuse: bool = field(
        default=True,
        metadata={
            "description": "Whether what was computed for a picture and the beginning of a prompt is used again."
        },
    )
    features_mb: Annotated[int, Field(ge=0)] = field(
        default=256,
        metadata={"description": "Memory for picture features, in MiB; the least recently used go first."},
    )


@dataclass(frozen=True, slots=True)
class VqaOptions:
    """How the short-answer model works."""

    model: str = field(
        default="blip-vqa-base",
        metadata={"description": "Weights by name, a directory, or, where `weights.hub` is true, a name on the hub."},
    )
    dtype: Precision = field(
        default="auto", metadata={"description": "auto: bfloat16 where the device computes in it, else float32."}
    )
    device: str = field(
        default="",
        metadata={"description": "As for the vision-language model: cpu, cuda; that of `engine.device` if empty."},
    )
    words: Annotated[int, Field(ge=3)] = field(
        default=20,
        metadata={"description": "Of the longest question it takes."},
    )
    queue: Annotated[int, Field(ge=0, le=16)] = field(
        default=4,
        metadata={
            "description": "Questions that may wait for the one being answered; further ones are passed on at once."
        },
    )
