"""The models that can be pulled from the hub, as data, and how a setting names one. Nothing is fetched here."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from assistant.errors import WeightsMissing
from assistant.plugin import Services
from assistant.weights import HubSource, WeightsSpec

FILES: Final = ("*.safetensors", "*.json", "*.txt", "*.model")
"""What model, tokenizer and image processor are made of; no pickles, no code."""


def _spec(name: str, repository: str, megabytes: int, licence: str, origin: str) -> WeightsSpec:
    return WeightsSpec(
        name=name,
        role="image-text embedding",
        format="safetensors",
        licence=licence,
        origin=f"{origin}; huggingface.co/{repository}",
        sources=(HubSource(repository, "main", patterns=FILES),),
        approximate_bytes=megabytes * 10**6,
    )


SPECS: Final = (
    _spec(
        "siglip2-base",
        "google/siglip2-base-patch16-224",
        1530,
        "Apache-2.0",
        "Google, SigLIP 2 (Tschannen et al., 2025)",
    ),
    _spec("clip-vit-b32", "openai/clip-vit-base-patch32", 610, "MIT", "OpenAI, CLIP (Radford et al., 2021)"),
)


def is_directory(model: str) -> bool:
    """Whether the option names a directory rather than weights."""
    return model.startswith(("/", ".", "~")) or Path(model).is_dir()


def named(model: str) -> tuple[str, ...]:
    """The weights that the option names, if it does."""
    return () if not model or is_directory(model) else (model,)


def unready(plugin: str, model: str) -> str:
    """What has to be set first; "" if nothing."""
    if model:
        return ""
    return f'Set plugins.{plugin}.model to "{SPECS[0].name}" (assistant weights pull {SPECS[0].name}) or a directory.'


def directory(model: str, services: Services, plugin: str) -> Path:
    """Where the model lies.

    Raises:
        WeightsMissing: not here, with what would bring it.
    """
    if not is_directory(model):
        return services.weights(model)
    found = Path(model).expanduser()
    if not (found / "config.json").is_file():
        raise WeightsMissing(
            f"{found} holds no model: it has no config.json.", f"Mend `plugins.{plugin}.model` in the settings."
        )
    return found
