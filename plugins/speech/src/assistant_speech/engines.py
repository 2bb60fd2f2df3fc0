"""Chooses and builds the engine that runs Whisper. Not for running it: one file for each engine beside this one."""

from __future__ import annotations

from pathlib import Path

from assistant.errors import SettingsError, WeightsMissing
from assistant.plugin import Services, require
from assistant_speech.heard import Engine
from assistant_speech.options import SpeechOptions

INSTALL = {
    "faster-whisper": "pip install faster-whisper",
    "openai-whisper": "pip install 'sensorium-speech[openai-whisper]'",
    "transformers": "pip install 'sensorium-speech[transformers]'",
}
IMPORTS = {
    "faster-whisper": ("faster_whisper",),
    "openai-whisper": ("whisper", "torch"),
    "transformers": ("transformers", "torch"),
}


def weights_names(model: str) -> tuple[str, ...]:
    """The registered weights that this model option means: none for a directory or a hub name ("owner/name")."""
    return () if "/" in model or Path(model).expanduser().is_dir() else (model,)


def build(options: SpeechOptions, services: Services) -> Engine:
    """Load the model that the options ask for.

    Raises:
        MissingLibrary: the engine's package is not installed.
        WeightsMissing: the weights are not on this machine.
        SettingsError: the model does not fit the engine.
    """
    require(*IMPORTS[options.engine], install=INSTALL[options.engine])
    model, directory = _locate(options.model, services)
    if options.engine == "faster-whisper":
        if directory and not (directory / "model.bin").is_file():
            raise _misfit(options, "a CTranslate2 directory (with model.bin)")
        from assistant_speech.engine_faster_whisper import FasterWhisper

        return FasterWhisper(
            model,
            device=services.device,
            threads=services.threads,
            hub=services.hub,
            compute_type=options.compute_type,
            beam_size=options.beam_size,
            words=options.word_timestamps,
        )
    if options.engine == "openai-whisper":
        if directory is None or not (directory / "model.bin").is_file():
            raise _misfit(options, "a CTranslate2 directory (with model.bin), whose arrays it converts")
        from assistant_speech.engine_openai_whisper import OpenAIWhisper

        return OpenAIWhisper(
            directory,
            device=services.device,
            threads=services.threads,
            beam_size=options.beam_size,
            words=options.word_timestamps,
        )
    if directory and not any(directory.glob("*.safetensors")):
        raise _misfit(options, "a Hugging Face directory with safetensors")
    from assistant_speech.engine_transformers import TransformersWhisper

    return TransformersWhisper(
        model,
        device=services.device,
        threads=services.threads,
        hub=services.hub,
        beam_size=options.beam_size,
        words=options.word_timestamps,
    )


def _locate(model: str, services: Services) -> tuple[str, Path | None]:
    """The model as a library takes it, and its directory if it is on this machine already."""
    for name in weights_names(model):
        directory = services.weights(name)
        return str(directory), directory
    directory = Path(model).expanduser()
    if directory.is_dir():
        return str(directory), directory
    if not services.hub:
        raise WeightsMissing(
            f"The speech model {model!r} is not a directory, and fetching from a hub is off.",
            "Give a directory, choose whisper-base, or set weights.hub = true.",
        )
    return model, None


def _misfit(options: SpeechOptions, needed: str) -> SettingsError:
    return SettingsError(
        f"The speech engine {options.engine} needs {needed}; {options.model!r} is not one.",
        "Change plugins.speech.engine or plugins.speech.model.",
    )
