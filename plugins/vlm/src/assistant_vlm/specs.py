"""The models that can be pulled from the hub, as data, and which of them suits which machine. Nothing is fetched here.

Sizes and memory are rounded from the published parameter counts and precisions; the true size is told when pulled. The
hub's branch `main` is asked for its commit, and what comes is verified against the hashes that the hub records for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from assistant.weights import HubSource, WeightsChoice, WeightsOption, WeightsSpec

FILES: Final = ("*.safetensors", "*.json", "*.txt", "*.jinja", "*.model")
"""What a model and its processor are made of; no pickles, no code, no conversions for other programs."""


@dataclass(frozen=True, slots=True)
class Model:
    """One row of the table."""

    name: str
    repository: str
    megabytes: int
    """To fetch, in MB."""
    memory_mb: int
    """MiB at work with the default options, in bfloat16, or float32 for those of the second role."""
    licence: str
    origin: str
    role: str = "vision-language"
    requires: tuple[str, ...] = ()
    """Import names beside torch and transformers."""
    gpu: bool = False
    """Too slow without one."""


_SMOL: Final = "Hugging Face, "
_QWEN: Final = "Qwen team, Alibaba Cloud, "

MODELS: Final = (
    Model(
        "qwen3-vl-4b-instruct", "Qwen/Qwen3-VL-4B-Instruct", 8900, 11_000, "Apache-2.0", _QWEN + "Qwen3-VL", gpu=True
    ),
    Model("qwen3.5-2b", "Qwen/Qwen3.5-2B", 4600, 6500, "Apache-2.0", _QWEN + "Qwen3.5", gpu=True),
    Model("qwen3.5-0.8b", "Qwen/Qwen3.5-0.8B", 1800, 3500, "Apache-2.0", _QWEN + "Qwen3.5"),
    Model(
        "smolvlm2-500m-video",
        "HuggingFaceTB/SmolVLM2-500M-Video-Instruct",
        2030,
        3000,
        "Apache-2.0",
        _SMOL + "SmolVLM2",
        requires=("num2words",),
    ),
    Model(
        "smolvlm-500m-instruct",
        "HuggingFaceTB/SmolVLM-500M-Instruct",
        1020,
        3000,
        "Apache-2.0",
        _SMOL + "SmolVLM",
    ),
    Model(
        "smolvlm-256m-instruct",
        "HuggingFaceTB/SmolVLM-256M-Instruct",
        520,
        1500,
        "Apache-2.0",
        _SMOL + "SmolVLM",
    ),
    Model(
        "florence-2-base-ft",
        "florence-community/Florence-2-base-ft",
        930,
        1800,
        "MIT",
        "Microsoft, Florence-2 (Xiao et al., 2023), converted by florence-community",
    ),
    Model(
        "blip-vqa-base",
        "Salesforce/blip-vqa-base",
        1540,
        2200,
        "BSD-3-Clause",
        "Salesforce, BLIP (Li et al., 2022), trained for VQAv2",
        role="visual question answering",
    ),
    Model(
        "vilt-b32-vqa",
        "dandelin/vilt-b32-finetuned-vqa",
        470,
        900,
        "Apache-2.0",
        "Kim et al., 2021, ViLT, trained for VQAv2",
        role="visual question answering",
    ),
)

SPECS: Final = tuple(
    WeightsSpec(
        name=model.name,
        role=model.role,
        format="safetensors",
        licence=model.licence,
        origin=f"{model.origin}; huggingface.co/{model.repository}",
        sources=(HubSource(model.repository, "main", patterns=FILES),),
        approximate_bytes=model.megabytes * 10**6,
    )
    for model in MODELS
)

_RANKED: Final = (
    "qwen3-vl-4b-instruct",
    "qwen3.5-2b",
    "qwen3.5-0.8b",
    "smolvlm2-500m-video",
    "smolvlm-500m-instruct",
    "smolvlm-256m-instruct",
)
"""Best first, by MMStar as their cards give it. Without torchvision a pull takes the SmolVLM of the first generation,
whose processor was made to work without it; the others run without it too, through a processor for pictures alone."""
_TORCHVISION: Final = frozenset(_RANKED[:4])


def _option(name: str) -> WeightsOption:
    model = next(model for model in MODELS if model.name == name)
    further = ("torchvision",) if name in _TORCHVISION else ()
    return WeightsOption(name, model.memory_mb, gpu=model.gpu, requires=model.requires, pulled_with=further)


CHOICE: Final = WeightsChoice("vlm", "vision-language", tuple(_option(name) for name in _RANKED))
"""What `assistant weights pull vlm` chooses among."""
