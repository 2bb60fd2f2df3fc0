"""The settings of the speech perceiver. Not for acting on them: see perceiver.py and engines.py."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from assistant_speech.names import NAMES


def _known(language: str) -> str:
    code = language.strip().casefold()
    if code not in NAMES:
        raise ValueError(f"{language!r} is no language code that Whisper knows; give one such as en, de or zh")
    return code


@dataclass(frozen=True, slots=True)
class SpeechOptions:
    """`[plugins.speech]` in the settings."""

    engine: Literal["faster-whisper", "openai-whisper", "transformers"] = field(
        default="faster-whisper",
        metadata={
            "description": (
                "What runs Whisper. openai-whisper converts a CTranslate2 directory; transformers takes a "
                "Hugging Face one."
            )
        },
    )
    model: str = field(
        default="whisper-base",
        metadata={
            "description": (
                'Registered weights ("whisper-base", "whisper-tiny.en"), a directory, or a hub name ("owner/name").'
            )
        },
    )
    language: Annotated[str, AfterValidator(_known)] | None = field(
        default=None,
        metadata={
            "description": "Two-letter code of the language that is spoken (ISO 639-1: en, de, zh); empty to detect it."
        },
    )
    task: Literal["transcribe", "translate"] = field(
        default="transcribe",
        metadata={
            "description": "translate writes in English what is said in another language; needs a multilingual model."
        },
    )
    prompt: Annotated[str, Field(max_length=4000)] = field(
        default="",
        metadata={
            "description": (
                "What Whisper takes for the text before the recording: names and words to expect, a style. "
                "Its end counts most."
            )
        },
    )
    beam_size: int = field(
        default=3,
        metadata={"description": "Transcripts kept in mind while decoding; 1 is greedy."},
    )
    vad: bool = field(
        default=True,
        metadata={"description": "Whether only what the voice-activity detector takes for speech is transcribed."},
    )
    word_timestamps: bool = field(
        default=True,
        metadata={"description": "Whether each word gets its time and probability."},
    )
    compute_type: str = field(
        default="auto",
        metadata={
            "description": 'CTranslate2 arithmetic: "int8", "float32", ...; auto is int8 on a CPU and float16 on a GPU.'
        },
    )
    chinese_script: Literal["simplified", "traditional", "as heard"] = field(
        default="simplified",
        metadata={"description": "Whisper mixes both scripts; Chinese transcripts are converted to one."},
    )
