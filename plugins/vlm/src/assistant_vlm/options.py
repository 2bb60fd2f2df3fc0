"""Options of the two answerers, read from `[plugins.vlm]` and `[plugins.vqa]` of the settings. Not for defaults by
model: see families.py."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal, TypeAlias

from pydantic import Field

Precision: TypeAlias = Literal["auto", "float32", "bfloat16", "float16"]


@dataclass(frozen=True, slots=True)
class VlmOptions:
    """How the vision-language answerer works."""

    model: str = "vlm"
    """Weights by name ("smolvlm-500m-instruct"; "vlm" is the best of those that were pulled), a directory, or, where
    `weights.hub` is true, "owner/name" on the hub."""
    dtype: Precision = "auto"
    """auto: bfloat16 where the device computes in it, else float32."""
    device: str = ""
    """"cpu", "cuda", "cuda:1"; that of `engine.device` if empty."""
    quantisation: Literal["none", "8bit", "4bit"] = "none"
    """Weights in fewer bits, through bitsandbytes."""
    max_new_tokens: Annotated[int, Field(ge=1, le=8192)] = 256
    pictures: Annotated[int, Field(ge=1, le=256)] = 8
    """Pictures and video frames shown to the model at once, those of examples included."""
    image_size: Annotated[int, Field(ge=0, le=8192)] = 0
    """Pixels of the long side the model is shown; 0 leaves it to the model, and on a CPU to a size that it can bear."""
    context_tokens: Annotated[int, Field(ge=100)] = 1500
    """Of what was perceived, in the prompt, roughly."""
    messages: Annotated[int, Field(ge=0)] = 8
    """Earlier messages in the prompt."""
    examples: Annotated[int, Field(ge=0)] = 4
    """Few-shot examples in the prompt, at most."""
    temperature: Annotated[float, Field(ge=0, le=5)] = 0.0
    """0 always takes the likeliest token, so that equal questions get equal answers."""
    queue: Annotated[int, Field(ge=0, le=16)] = 4
    """Questions that may wait for the one being answered; further ones are passed on at once."""
    seconds: Annotated[float, Field(gt=0)] = 100.0
    """From the start of work on an answer to where it is cut off; the wait for its turn may take as long."""
    attention: str = "auto"
    """Attention implementation of transformers ("sdpa", "eager", "flash_attention_2"); auto: its own choice."""
    reuse: bool = True
    """Whether what was computed for a picture and the beginning of a prompt is used again."""
    features_mb: Annotated[int, Field(ge=0)] = 256
    """Memory for picture features, in MiB; the least recently used go first."""


@dataclass(frozen=True, slots=True)
class VqaOptions:
    """How the short-answer model works."""

    model: str = "blip-vqa-base"
    """As `VlmOptions.model`."""
    dtype: Precision = "auto"
    device: str = ""
    """As `VlmOptions.device`."""
    words: Annotated[int, Field(ge=3)] = 20
    """Of the longest question it takes."""
    queue: Annotated[int, Field(ge=0, le=16)] = 4
    """As `VlmOptions.queue`."""
