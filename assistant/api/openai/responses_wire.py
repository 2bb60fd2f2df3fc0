"""What clients of /v1/responses send, as pydantic models of OpenAI's shapes. Not for what they get: see bodies.py."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal, TypeAlias

from pydantic import ConfigDict, Field

from assistant.api.openai.wire import (
    NO_TOOLS,
    PARTS,
    TEXT_ONLY,
    AudioPart,
    Common,
    Effort,
    ObjectFormat,
    RefusalPart,
    TextFormat,
    Wire,
)

ITEMS = 2000
"""Items of one request."""
NO_FILES = "there is no store of files to refer to."


class _Content(Wire):
    prompt_cache_breakpoint: dict[str, Any] | None = Field(None, description="Taken, and of no effect.")


class InputText(_Content):
    """Text."""

    type: Literal["input_text"]
    text: str


class OutputText(Wire):
    """The text of an earlier answer."""

    type: Literal["output_text"]
    text: str
    annotations: list[dict[str, Any]] | None = Field(None, description="Unused.")
    logprobs: list[dict[str, Any]] | None = Field(None, description="Unused.")
    parsed: Any = Field(None, description="What a client made of the text; unused.")


class InputImage(_Content):
    """A picture."""

    unsupported: ClassVar[dict[str, str]] = {"file_id": NO_FILES}

    type: Literal["input_image"]
    image_url: str = Field(description="A data URL; what it is is read from the content.")
    detail: Literal["auto", "low", "high", "original"] | None = Field(
        None, description="Pictures are looked at whole, whatever is said here."
    )


class InputFile(_Content):
    """A picture, recording, video or text file, or one that a plugin reads, such as a PDF document."""

    unsupported: ClassVar[dict[str, str]] = {"file_id": NO_FILES}

    type: Literal["input_file"]
    file_data: str | None = Field(None, description="Base64, or a data URL.")
    file_url: str | None = Field(None, description="A data URL.")
    filename: str | None = Field(None, max_length=255)
    detail: Literal["auto", "low", "high"] | None = Field(None, description="Of no effect.")


Content: TypeAlias = Annotated[
    InputText | OutputText | RefusalPart | InputImage | InputFile | AudioPart, Field(discriminator="type")
]


class Item(Wire):
    """One message."""

    type: Literal["message"] = "message"
    role: Literal["user", "assistant", "system", "developer"]
    content: str | Annotated[list[Content], Field(fail_fast=True, max_length=PARTS)]
    id: str | None = Field(None, max_length=256, description="Unused.")
    status: Literal["in_progress", "completed", "incomplete"] | None = Field(None, description="Unused.")
    phase: Literal["commentary", "final_answer"] | None = Field(None, description="Unused.")


class NamedSchemaFormat(Wire):
    """A JSON schema whose properties are among those of `json_object`."""

    type: Literal["json_schema"]
    name: str = Field(max_length=64)
    description: str | None = None
    schema_: dict[str, Any] = Field(alias="schema")
    strict: bool | None = None


class Text(Wire):
    """The form of the answer."""

    format: Annotated[TextFormat | ObjectFormat | NamedSchemaFormat, Field(discriminator="type")] | None = None
    verbosity: Literal["low", "medium", "high"] | None = None


class Reasoning(Wire):
    """Of no effect; told in `sensorium.not_applied`."""

    effort: Effort | None = None
    summary: Literal["auto", "concise", "detailed"] | None = None
    generate_summary: Literal["auto", "concise", "detailed"] | None = None


class ResponseStreamOptions(Wire):
    """How a stream is written."""

    include_obfuscation: Literal[False] | None = Field(None, description="Events are not padded.")


class ConversationId(Wire):
    """A stored conversation."""

    id: str = Field(max_length=128)


class ResponseRequest(Common):
    """A question, with or without what was said before."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"model": "sensorium", "input": "What can you do?", "store": True}]}
    )

    unsupported: ClassVar[dict[str, str]] = {
        "background": "answers are not given in the background.",
        "context_management": "nothing is compacted.",
        "image": "pictures are not compressed.",
        "access_programs": "there are none.",
        "include": "nothing more can be included.",
        "max_tool_calls": NO_TOOLS,
        "moderation": "there is no moderation.",
        "prompt": "there are no stored prompts.",
        "tools": NO_TOOLS,
        "tool_choice": NO_TOOLS,
        "top_logprobs": "answerers tell one probability for the whole answer, in sensorium.confidence.",
        "modalities": TEXT_ONLY,
    }
    neutral: ClassVar[dict[str, tuple[Any, ...]]] = {
        "background": (False,),
        "include": ([],),
        "tools": ([],),
        "tool_choice": ("none", "auto"),
        "top_logprobs": (0,),
    }

    input: str | Annotated[list[Item], Field(min_length=1, max_length=ITEMS)]
    instructions: str | None = None
    max_output_tokens: int | None = Field(None, ge=1)
    previous_response_id: str | None = Field(None, max_length=256, description="A stored response to go on from.")
    conversation: str | ConversationId | None = Field(
        None, description="A stored conversation to go on with; the turn is kept in it."
    )
    store: bool | None = Field(None, description="Whether to keep the answer; here the default is false.")
    text: Text | None = None
    truncation: Literal["auto", "disabled"] | None = Field(None, description="Of no effect: nothing is cut off.")
    reasoning: Reasoning | None = None
    stream_options: ResponseStreamOptions | None = None

    background: Literal[False] | None = None
    include: Annotated[list[Any], Field(max_length=0)] | None = None
    tools: Annotated[list[Any], Field(max_length=0)] | None = None
    tool_choice: Literal["none", "auto"] | None = None
    top_logprobs: Literal[0] | None = None
