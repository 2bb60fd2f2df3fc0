"""Loads a model and its processor from local safetensors: device, precision, quantisation, and errors that say what
to do. Imported only when a model is loaded; heavy. Not for prompts or generation."""

from __future__ import annotations

import importlib.util
import inspect
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

import torch

from assistant.errors import AssistantError, MissingLibrary, SettingsError, WeightsCorrupt, WeightsMissing
from assistant.plugin import Services
from assistant_vlm.families import Family, family_of

CPU_INFO: Final = Path("/proc/cpuinfo")
BFLOAT16_FLAGS: Final = frozenset(("avx512_bf16", "amx_bf16", "bf16"))
"""Processor flags that say it multiplies bfloat16 (x86 and Arm); elsewhere float32 is faster."""
SMALLER: Final = "Choose a smaller model or `image_size`, or `quantisation`, in [plugins.{name}] of the settings."


@dataclass(slots=True)
class Loaded:
    """A model ready to work."""

    model: Any
    processor: Any
    family: Family
    device: str
    name: str
    """What messages call it."""

    @property
    def tokenizer(self) -> Any:
        """The processor's tokenizer."""
        return getattr(self.processor, "tokenizer", self.processor)

    @property
    def longest(self) -> int:
        """Tokens that prompt and answer may have together; 0 if the configuration does not say."""
        text = self.model.config.get_text_config(decoder=True)
        return int(getattr(text, "max_position_embeddings", 0) or 0)


def is_path(model: str) -> bool:
    """Whether the option names a directory rather than weights or a hub repository."""
    return model.startswith(("/", ".", "~")) or Path(model).is_dir()


def locate(model: str, services: Services, plugin: str) -> str:
    """Where to load from: a directory, or a hub repository where that is allowed.

    Raises:
        WeightsMissing: not here, with what would bring it.
    """
    if is_path(model):
        directory = Path(model).expanduser()
        if not (directory / "config.json").is_file():
            raise WeightsMissing(
                f"{directory} holds no model: it has no config.json.",
                f"Mend `plugins.{plugin}.model` in the settings.",
            )
        return str(directory)
    if "/" not in model:
        return str(services.weights(model))
    if not services.hub:
        raise WeightsMissing(
            f"{model} is on a model hub, which is not allowed.",
            "Allow it with `weights.hub = true` in the settings, or name a directory or pulled weights.",
        )
    return model


@contextmanager
def enough_memory(name: str, what: str) -> Iterator[None]:
    """Turn the ways in which libraries say that memory ran out into one error that says what to do."""
    try:
        yield
    except (MemoryError, torch.OutOfMemoryError) as error:
        raise AssistantError(f"There is not enough memory for {name} to {what}.", SMALLER.format(name=name)) from error
    except RuntimeError as error:
        if not _out_of_memory(error):
            raise
        raise AssistantError(f"There is not enough memory for {name} to {what}.", SMALLER.format(name=name)) from error


@contextmanager
def _explained(name: str, what: str) -> Iterator[None]:
    """Turn what libraries raise while they read files into errors that say what to do."""
    try:
        with enough_memory(name, what):
            yield
    except AssistantError:
        raise
    except ImportError as error:
        extra = "video" if "torchvision" in str(error).lower() else ""
        raise MissingLibrary(
            f"{name} could not {what}: {_line(error)}.",
            f'Install it with: pip install "sensorium-vlm[{extra}]"' if extra else "Install what it names.",
        ) from error
    except RuntimeError as error:
        if "torchvision" not in str(error):
            raise
        raise MissingLibrary(
            f"{name} could not {what}: {_line(error)}.",
            "The installed torchvision does not fit the installed torch: uninstall it, or install the one that does.",
        ) from error
    except (OSError, ValueError, KeyError) as error:
        raise WeightsCorrupt(
            f"{name} could not {what}: {_line(error)}.", "Check its files, or pull it again."
        ) from error


def load(
    source: str,
    services: Services,
    *,
    plugin: str,
    auto: str,
    dtype: str = "auto",
    device: str = "",
    quantisation: str = "none",
    attention: str = "auto",
) -> Loaded:
    """Load model and processor.

    Args:
        source: a directory, or a hub repository.
        services: of the host.
        plugin: what messages call it.
        auto: name of the auto class of transformers.
        dtype: "auto" or a torch dtype's name.
        device: "" for that of `services`.
        quantisation: none, 8bit or 4bit.
        attention: "auto" or an implementation's name.

    Raises:
        MissingLibrary, WeightsCorrupt, SettingsError, AssistantError: with what to do.
    """
    import transformers

    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    if services.threads:
        torch.set_num_threads(max(1, services.threads))
    where = _device(device or services.device, plugin)
    local = Path(source).is_dir()
    common: dict[str, Any] = {"local_files_only": local or not services.hub, "trust_remote_code": False}
    name = Path(source).name if local else source
    with _explained(plugin, f"load {name}"):
        config = transformers.AutoConfig.from_pretrained(source, **common)
        family = family_of(config.model_type)
        missing = [module for module in family.needs if importlib.util.find_spec(module) is None]
        if missing:
            raise MissingLibrary(
                f"{name} ({config.model_type}) needs {', '.join(missing)}.",
                f'Install it with: pip install "sensorium-vlm[{family.extra}]"',
            )
        processor = _processor(source, config.model_type, family, common)
        options: dict[str, Any] = {**common, "use_safetensors": True, "dtype": _dtype(dtype, where)}
        if attention != "auto":
            options["attn_implementation"] = attention
        if quantisation != "none":
            options |= _quantised(quantisation, where, options["dtype"])
        model = getattr(transformers, auto).from_pretrained(source, **options)
        if quantisation == "none":
            model.to(where)
    model.eval()
    return Loaded(model, processor, family, where, name)


def free(device: str) -> None:
    """Give memory that is no longer used back to the GPU."""
    if device.startswith("cuda"):
        torch.cuda.empty_cache()


def _processor(source: str, model_type: str, family: Family, common: dict[str, Any]) -> Any:
    import transformers
    from transformers.models.auto.processing_auto import PROCESSOR_MAPPING_NAMES

    if not family.video_processor:
        return transformers.AutoProcessor.from_pretrained(source, **common)
    # Frames of a video are shown as pictures with their times, so the video processor, which cannot be made without
    # torchvision, is left out, also where torchvision is installed: one path for all.
    known = getattr(transformers, PROCESSOR_MAPPING_NAMES[model_type])

    def check(self: Any, name: str, value: Any) -> Any:
        return None if name == "video_processor" else known.check_argument_for_proper_class(self, name, value)

    pictures_only = type(known.__name__, (known,), {"check_argument_for_proper_class": check})
    described, _ = known.get_processor_dict(source, **common)
    tokenizer = transformers.AutoTokenizer.from_pretrained(source, **common)
    taken = set(inspect.signature(known.__init__).parameters) - {"self", "kwargs", "chat_template"}
    further = {key: value for key, value in described.items() if key in taken and key not in known.get_attributes()}
    return pictures_only(
        image_processor=transformers.AutoImageProcessor.from_pretrained(source, **common),
        tokenizer=tokenizer,
        video_processor=SimpleNamespace(num_frames=None, fps=None),
        chat_template=described.get("chat_template") or tokenizer.chat_template,
        **further,
    )


def _device(wanted: str, plugin: str) -> str:
    if wanted.startswith("cuda") and not torch.cuda.is_available():
        raise SettingsError(
            f"{plugin} is to run on {wanted}, but torch sees no GPU.",
            f'Set `plugins.{plugin}.device = "cpu"`, or install a torch that supports the GPU.',
        )
    return wanted


def _dtype(wanted: str, device: str) -> Any:
    if wanted != "auto":
        return getattr(torch, wanted)
    if device.startswith("cuda"):
        return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float16
    return torch.bfloat16 if bfloat16_on_cpu() else torch.float32


def bfloat16_on_cpu() -> bool:
    """Whether this processor has instructions for bfloat16."""
    try:
        lines = CPU_INFO.read_text().splitlines()
    except OSError:
        return False
    return any(BFLOAT16_FLAGS & set(line.split()) for line in lines if line.lower().startswith(("flags", "features")))


def _quantised(quantisation: str, device: str, dtype: Any) -> dict[str, Any]:
    missing = [module for module in ("bitsandbytes", "accelerate") if importlib.util.find_spec(module) is None]
    if missing:
        raise MissingLibrary(
            f"Quantisation to {quantisation} needs {' and '.join(missing)}.",
            'Install it with: pip install "sensorium-vlm[quantised]", or set `quantisation = "none"`.',
        )
    from transformers import BitsAndBytesConfig

    four = {"load_in_4bit": True, "bnb_4bit_quant_type": "nf4", "bnb_4bit_compute_dtype": dtype}
    config = BitsAndBytesConfig(**four) if quantisation == "4bit" else BitsAndBytesConfig(load_in_8bit=True)
    return {"quantization_config": config, "device_map": {"": device}}


def model_type_of(directory: str) -> str:
    """`model_type` of a directory's config.json, "" if it has none."""
    try:
        return str(json.loads((Path(directory) / "config.json").read_text()).get("model_type", ""))
    except (OSError, ValueError):
        return ""


def _out_of_memory(error: RuntimeError) -> bool:
    said = str(error).lower()
    return "out of memory" in said or "can't allocate memory" in said or "not enough memory" in said


def _line(error: BaseException) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0].rstrip(".:")[:300] if lines else type(error).__name__
