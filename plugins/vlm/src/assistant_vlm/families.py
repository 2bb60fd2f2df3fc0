"""What differs between families of vision-language models, as data; all else is one path. Not for loading: loading.py.

A model type that is not in the table takes the path of its own chat template, without reuse of prefixes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final, Literal, TypeAlias

Asked: TypeAlias = Literal["polar", "count", "color", "choice", "open", "describe"]
"""What sort of answer a question wants."""

BRIEF: Final[Mapping[Asked, str]] = MappingProxyType(
    {
        "polar": "Answer with yes or no.",
        "count": "Answer with a number.",
        "color": "Answer with the colour only.",
        "choice": "Answer with one of the choices only.",
    }
)
"""Added to the question, so that the answer begins with what was asked for."""
MANY: Final = 256


@dataclass(frozen=True, slots=True)
class Family:
    """One family's ways."""

    model_types: tuple[str, ...] = ()
    """`model_type` of config.json."""
    talk: Literal["chat", "task"] = "chat"
    """chat: messages through the chat template. task: one picture and one line made from `tasks`."""
    tasks: Mapping[Asked, str] = field(default_factory=dict)
    """For `talk="task"`: the prompt, with {question} in it; that of "open" stands for what is not listed."""
    pictures: int = MANY
    """Pictures that one prompt may hold."""
    system: bool = True
    """False if the template has no system role: the system text then opens the first message."""
    needs: tuple[str, ...] = ()
    """Import names that its processor needs beside transformers and torch."""
    extra: str = ""
    """The extra of this distribution that brings `needs`."""
    video_processor: bool = False
    """Whether its processor asks for a video processor (which needs torchvision) though frames come as pictures."""
    template_options: Mapping[str, Any] = field(default_factory=dict)
    """Variables for the chat template."""
    brief: Mapping[Asked, str] = field(default_factory=lambda: BRIEF)
    """What is added to a question of each sort."""
    stops: tuple[str, ...] = ()
    """Texts that end an answer."""
    roles: tuple[str, ...] = ()
    """Role names that the template writes as plain text; what others wrote must not begin a line with them."""
    prefix: bool = False
    """Whether attention is causal over an uncompressed cache, so that a common beginning can be computed once."""
    features: Literal["", "pictures", "tiles", "grid"] = ""
    """How pixel inputs fall apart: a row a picture, a row a tile, rows counted by a grid; "" is not known."""
    enlarges: bool = False
    """Whether its image processor enlarges every picture to `size["longest_edge"]`, which therefore must be set."""
    cpu_side: int = 0
    """Long side in pixels that a CPU can bear; 0 for no bound."""


_TALK: Final = ("User", "Assistant", "System", "USER", "ASSISTANT", "SYSTEM", "Human")
_THINKING: Final = MappingProxyType({"enable_thinking": False})

FAMILIES: Final = (
    Family(("idefics2",), roles=_TALK, prefix=True, cpu_side=768),
    Family(("idefics3",), roles=_TALK, prefix=True, features="tiles", enlarges=True, cpu_side=1024),
    Family(
        ("smolvlm",),
        roles=_TALK,
        prefix=True,
        features="tiles",
        enlarges=True,
        cpu_side=1024,
        video_processor=True,
        needs=("num2words",),
        extra="smolvlm2",
    ),
    Family(("qwen2_vl", "qwen2_5_vl", "qwen3_vl"), prefix=True, features="grid", cpu_side=768, video_processor=True),
    Family(("qwen3_vl_moe", "glm4v", "glm46v"), features="grid", cpu_side=768, video_processor=True),
    # linear-attention layers keep one state for all that came before: it cannot be cut back to a prefix
    Family(
        ("qwen3_5", "qwen3_5_moe"),
        features="grid",
        cpu_side=768,
        video_processor=True,
        template_options=_THINKING,
    ),
    Family(("llava", "vipllava"), roles=_TALK, prefix=True, features="pictures"),
    Family(("llava_next",), roles=_TALK, prefix=True, cpu_side=672),
    Family(("llava_onevision", "internvl"), roles=_TALK, prefix=True, cpu_side=768, video_processor=True),
    # layers with a sliding window cannot be cut back either
    Family(("gemma3", "gemma3n", "gemma4"), cpu_side=896),
    Family(("lfm2_vl",), cpu_side=768),
    Family(("mllama",), system=False, cpu_side=560),
    Family(
        ("paligemma",),
        talk="task",
        pictures=1,
        system=False,
        tasks={"open": "answer en {question}", "describe": "caption en"},
    ),
    Family(
        ("florence2",),
        talk="task",
        pictures=1,
        system=False,
        tasks={"open": "{question}", "describe": "<MORE_DETAILED_CAPTION>"},
        features="pictures",
    ),
)
OTHER: Final = Family(roles=_TALK, cpu_side=768)
"""A model type that is not in the table."""


def family_of(model_type: str) -> Family:
    """The family of a `model_type`, `OTHER` if it is none of ours."""
    return next((family for family in FAMILIES if model_type in family.model_types), OTHER)
