"""What chat clients send, as pydantic models of OpenAI's shapes. Not for what they get: see bodies.py.

What is known at OpenAI but cannot be honoured here is refused by name: `Wire.unsupported`.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Final, Literal, TypeAlias

from pydantic import ConfigDict, Field, model_validator

from assistant.api.failures import Refused
from assistant.api.fields import Bounded
from assistant.types import JSON

STOPS: Final = 4
"""Stop texts of one request, as at OpenAI."""
STOP_CHARACTERS: Final = 1000
SEED: Final = 2**63 - 1
"""Seeds are signed 64-bit integers."""
MESSAGES: Final = 2000
"""Messages of one request."""
PARTS: Final = 256
"""Content parts of one message."""
METADATA: Final = 16
"""Pairs of metadata, as at OpenAI."""

NO_TOOLS = "no tools are called here."
TEXT_ONLY = "answers are text."


class Wire(Bounded):
    """What a client sends; a field that is not known is an error."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    unsupported: ClassVar[dict[str, str]] = {}
    """Field of OpenAI's -> why it is not honoured. Null counts as not given."""
    neutral: ClassVar[dict[str, tuple[Any, ...]]] = {}
    """Field of `unsupported` -> values that ask for nothing, and so are taken."""

    @model_validator(mode="before")
    @classmethod
    def _refuse_unsupported(cls, data: Any) -> Any:
        if not isinstance(data, dict) or not cls.unsupported:
            return data
        for name, reason in cls.unsupported.items():
            value = data.get(name)
            if value is not None and value not in cls.neutral.get(name, ()):
                raise Refused(
                    f"The parameter {name} is not supported: {reason}",
                    "Leave it out.",
                    code="unsupported_parameter",
                    param=name,
                )
        return {name: value for name, value in data.items() if name not in cls.unsupported or name in cls.model_fields}


# ---- content --------------------------------------------------------------------------------------------------------


class _Content(Wire):
    prompt_cache_breakpoint: dict[str, Any] | None = Field(None, description="Taken, and of no effect.")


class TextPart(_Content):
    """Text."""

    type: Literal["text"]
    text: str


class ImageAddress(Wire):
    """Where a picture is."""

    url: str = Field(description="A data URL, data:image/jpeg;base64,...; what it is is read from the content.")
    detail: Literal["auto", "low", "high", "original"] | None = Field(
        None, description="Pictures are looked at whole, whatever is said here."
    )


class ImagePart(_Content):
    """A picture."""

    type: Literal["image_url"]
    image_url: ImageAddress


class Sound(Wire):
    """A recording."""

    data: str = Field(description="Base64.")
    format: str | None = Field(None, max_length=32, description="Not relied on: it is read from the content.")


class AudioPart(_Content):
    """A recording; without text beside it, what is said in it is the question."""

    type: Literal["input_audio"]
    input_audio: Sound


class VideoAddress(Wire):
    """Where a video is."""

    url: str = Field(description="A data URL, data:video/mp4;base64,...; what it is is read from the content.")


class VideoPart(_Content):
    """A video."""

    type: Literal["video_url"]
    video_url: VideoAddress


class FileContent(Wire):
    """A file of any kind that is read here."""

    unsupported: ClassVar[dict[str, str]] = {"file_id": "there is no store of files to refer to."}

    file_data: str = Field(description="Base64, or a data URL.")
    filename: str | None = Field(None, max_length=255)


class FilePart(_Content):
    """A picture, recording, video or text file, or one that a plugin reads, such as a PDF document."""

    type: Literal["file"]
    file: FileContent


Part: TypeAlias = Annotated[
    TextPart | ImagePart | AudioPart | VideoPart | FilePart,
    Field(discriminator="type"),
]


class RefusalPart(Wire):
    """An earlier refusal."""

    type: Literal["refusal"]
    refusal: str


# ---- messages -------------------------------------------------------------------------------------------------------


class InstructionMessage(Wire):
    """What whoever runs the conversation wants of its answers."""

    role: Literal["system", "developer"]
    content: str | Annotated[list[TextPart], Field(fail_fast=True, max_length=PARTS)]
    name: str | None = Field(None, max_length=64)


class UserMessage(Wire):
    """What the person wrote and sent; the last one is the question."""

    role: Literal["user"]
    content: str | Annotated[list[Part], Field(fail_fast=True, min_length=1, max_length=PARTS)]
    name: str | None = Field(None, max_length=64)


class AssistantMessage(Wire):
    """An earlier answer."""

    unsupported: ClassVar[dict[str, str]] = {"tool_calls": NO_TOOLS, "function_call": NO_TOOLS, "audio": TEXT_ONLY}
    neutral: ClassVar[dict[str, tuple[Any, ...]]] = {"tool_calls": ([],)}

    role: Literal["assistant"]
    content: (
        str
        | Annotated[
            list[Annotated[TextPart | RefusalPart, Field(discriminator="type")]],
            Field(fail_fast=True, max_length=PARTS),
        ]
        | None
    ) = None
    refusal: str | None = None
    name: str | None = Field(None, max_length=64)
    annotations: list[dict[str, Any]] | None = Field(None, description="Taken from answers of other servers; unused.")
    tool_calls: Annotated[list[Any], Field(max_length=0)] | None = None


Message: TypeAlias = Annotated[InstructionMessage | UserMessage | AssistantMessage, Field(discriminator="role")]


# ---- what may be asked of an answer ---------------------------------------------------------------------------------


class TextFormat(Wire):
    """Prose."""

    type: Literal["text"]


class ObjectFormat(Wire):
    """A JSON object: the answer with what it rests on."""

    type: Literal["json_object"]


class NamedSchema(Wire):
    """A JSON schema whose properties are among those of `json_object`."""

    name: str = Field(max_length=64)
    description: str | None = None
    schema_: dict[str, Any] = Field(alias="schema")
    strict: bool | None = None


class SchemaFormat(Wire):
    """The fields of `json_object` that the schema has."""

    type: Literal["json_schema"]
    json_schema: NamedSchema


Format: TypeAlias = Annotated[TextFormat | ObjectFormat | SchemaFormat, Field(discriminator="type")]


class StreamOptions(Wire):
    """What a stream carries beside the answer."""

    include_usage: bool | None = Field(None, description="Whether a chunk with the token counts comes before the end.")
    include_obfuscation: Literal[False] | None = Field(None, description="Chunks are not padded.")


class Extension(Wire):
    """Ours; other servers would refuse it."""

    conversation: str | None = Field(
        None, max_length=128, description="Id of a stored conversation to go on with; it brings the history."
    )
    events: bool = Field(False, description="Whether a stream also tells what the perceivers do.")


Stop: TypeAlias = Annotated[str, Field(min_length=1, max_length=STOP_CHARACTERS)]
Metadata: TypeAlias = Annotated[dict[str, Annotated[str, Field(max_length=512)]], Field(max_length=METADATA)]
Harmless: TypeAlias = Annotated[str, Field(max_length=1024, description="Taken, and of no effect.")]
Temperature: TypeAlias = Annotated[float, Field(ge=0, le=2, allow_inf_nan=False)]
Probability: TypeAlias = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Zero: TypeAlias = Annotated[float, Field(ge=0, le=0)]
Effort: TypeAlias = Literal["none", "minimal", "low", "medium", "high", "xhigh", "max"]


PIXEL: Final = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYAAAAAIAAeIhvDMAAAAASUVORK5CYII="
)
EXAMPLE: Final[JSON] = {
    "model": "sensorium",
    "messages": [
        {"role": "system", "content": "Answer briefly."},
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "What is in the picture?"},
                {"type": "image_url", "image_url": {"url": PIXEL}},
            ],
        },
    ],
}
"""What the OpenAPI page shows, and what works when it is sent."""


class Common(Wire):
    """What both chat endpoints take."""

    model: str = Field("sensorium", max_length=256, description="See /v1/models.")
    stream: bool | None = None
    temperature: Temperature | None = None
    top_p: Probability | None = None
    metadata: Metadata | None = None
    parallel_tool_calls: bool | None = Field(None, description="Of no effect: no tools are called.")
    user: Harmless | None = None
    safety_identifier: Harmless | None = None
    prompt_cache_key: Harmless | None = None
    prompt_cache_options: dict[str, Any] | None = Field(None, description="Taken, and of no effect.")
    prompt_cache_retention: Literal["in_memory", "24h"] | None = Field(None, description="Taken, and of no effect.")
    service_tier: Literal["auto", "default"] | None = None
    sensorium: Extension | None = None


class ChatRequest(Common):
    """A conversation to be answered."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    unsupported: ClassVar[dict[str, str]] = {
        "n": "one answer is given.",
        "tools": NO_TOOLS,
        "tool_choice": NO_TOOLS,
        "functions": NO_TOOLS,
        "function_call": NO_TOOLS,
        "logprobs": "answerers tell one probability for the whole answer, in sensorium.confidence.",
        "top_logprobs": "answerers tell one probability for the whole answer, in sensorium.confidence.",
        "logit_bias": "answerers do not let single words be favoured.",
        "frequency_penalty": "answerers do not let repetition be weighed.",
        "presence_penalty": "answerers do not let repetition be weighed.",
        "modalities": TEXT_ONLY,
        "audio": TEXT_ONLY,
        "prediction": "answers are not predicted from a draft.",
        "web_search_options": "nothing is looked up on the web.",
        "moderation": "there is no moderation.",
        "store": "answers are kept in a conversation only: name one in sensorium.conversation.",
    }
    neutral: ClassVar[dict[str, tuple[Any, ...]]] = {
        "n": (1,),
        "tools": ([],),
        "tool_choice": ("none", "auto"),
        "functions": ([],),
        "function_call": ("none", "auto"),
        "logprobs": (False,),
        "top_logprobs": (0,),
        "logit_bias": ({},),
        "frequency_penalty": (0,),
        "presence_penalty": (0,),
        "modalities": (["text"],),
        "store": (False,),
    }

    messages: Annotated[list[Message], Field(min_length=1, max_length=MESSAGES)]
    max_completion_tokens: int | None = Field(None, ge=1)
    max_tokens: int | None = Field(None, ge=1, description="The older name of max_completion_tokens.")
    stop: Stop | Annotated[list[Stop], Field(max_length=STOPS)] | None = None
    seed: int | None = Field(None, ge=-SEED - 1, le=SEED)
    response_format: Format | None = None
    stream_options: StreamOptions | None = None
    reasoning_effort: Effort | None = None
    verbosity: Literal["low", "medium", "high"] | None = None

    n: Literal[1] | None = None
    tools: Annotated[list[Any], Field(max_length=0)] | None = None
    tool_choice: Literal["none", "auto"] | None = None
    functions: Annotated[list[Any], Field(max_length=0)] | None = None
    function_call: Literal["none", "auto"] | None = None
    logprobs: Literal[False] | None = None
    top_logprobs: Literal[0] | None = None
    logit_bias: Annotated[dict[str, int], Field(max_length=0)] | None = None
    frequency_penalty: Zero | None = None
    presence_penalty: Zero | None = None
    modalities: Annotated[list[Literal["text"]], Field(min_length=1, max_length=1)] | None = None
    store: Literal[False] | None = None
