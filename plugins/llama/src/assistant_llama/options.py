"""What can be set for the answerer `llama`, and what is missing before it can be used. Loads nothing."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

STARTER: Final = "smollm2-135m-instruct"


@dataclass(frozen=True)
class LlamaOptions:
    """Options of `[plugins.llama]`."""

    enabled: bool = field(
        default=False,
        metadata={
            "description": (
                "Off unless asked for: with the starter model it makes answers worse; the README has the figures."
            )
        },
    )
    model: str = field(
        default=STARTER,
        metadata={"description": "Name of weights, or the path of a .gguf file."},
    )
    small_talk: bool = field(
        default=True,
        metadata={"description": "Whether it answers greetings, thanks, and wishes for a joke or a story."},
    )
    reword: bool = field(
        default=False,
        metadata={"description": "Whether it words what another answerer computed; kept only where every fact stays."},
    )
    answers: bool = field(
        default=False,
        metadata={
            "description": (
                "Whether it answers every other question from what was perceived; for models of several "
                "billion parameters."
            )
        },
    )
    context_tokens: int = field(
        default=2048,
        metadata={"description": "Tokens of prompt and answer together."},
    )
    max_tokens: int = field(
        default=160,
        metadata={"description": "Tokens of an answer."},
    )
    temperature: float = field(default=0.0, metadata={"description": "0 gives the likeliest answer."})
    seed: int = field(default=1, metadata={"description": "Equal seeds give equal answers."})
    timeout: float = field(
        default=60.0,
        metadata={"description": "Seconds of silence after which an answer is given up."},
    )


def file_of(options: LlamaOptions) -> Path | None:
    """The GGUF file that the options name, or None if they name weights."""
    if options.model.endswith(".gguf") or "/" in options.model:
        return Path(options.model).expanduser()
    return None


def missing(options: LlamaOptions) -> str:
    """What has to be set or installed before the model can be used, as a sentence; "" if nothing is."""
    if not options.enabled:
        return "Set plugins.llama.enabled = true; its README says when that helps."
    if importlib.util.find_spec("xllamacpp") is None:
        return "Install llama.cpp for Python with: pip install 'sensorium-llama[cpp]'"
    path = file_of(options)
    if path is not None and not path.is_file():
        return "Set plugins.llama.model to the path of a GGUF file that exists, or to the name of weights."
    return ""
