"""What clients of /v1/embeddings send and get, as pydantic models of OpenAI's shapes. Not for embedding: see
embeddings.py.
"""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from assistant.api.failures import Refused
from assistant.api.fields import Bounded
from assistant.api.openai.models import AUTO

INPUTS: Final = 2048
"""In one request, as OpenAI has it."""


class _Sent(Bounded):
    model_config = ConfigDict(extra="forbid")


class Address(_Sent):
    """Where a picture is."""

    url: str = Field(description="data:image/...;base64,...")


class PictureInput(_Sent):
    """A picture to embed."""

    type: Literal["image_url"]
    image_url: Address


class TextInput(_Sent):
    """A text to embed, whatever it begins with."""

    type: Literal["text"]
    text: str = Field(min_length=1)


def _without_tokens(value: Any) -> Any:
    """The input as it is. Raises Refused for what is no text or picture."""

    def numbers(values: Any) -> bool:
        return isinstance(values, list) and any(isinstance(each, int) for each in values)

    if numbers(value) or (isinstance(value, list) and any(map(numbers, value))):
        raise Refused(
            "Arrays of tokens are not taken: they mean nothing without the vocabulary they were made with.",
            "Send the texts themselves.",
            code="unsupported_value",
            param="input",
        )
    return value


Text = Annotated[str, Field(min_length=1)]
Item = Text | TextInput | PictureInput


class EmbeddingRequest(_Sent):
    """What is to be embedded, and how the vectors are sent."""

    input: Annotated[
        Text | Annotated[list[Item], Field(min_length=1, max_length=INPUTS)], BeforeValidator(_without_tokens)
    ] = Field(description="Texts; pictures as data URLs (data:image/...;base64,...) or as objects.")
    model: str = Field(AUTO, max_length=200, description="An embedder's name; sensorium for the one of texts.")
    encoding_format: Literal["float", "base64"] = "float"
    dimensions: int | None = Field(None, ge=1, description="Only as many as the vectors have.")
    user: str | None = Field(None, max_length=1000, description="Not used.")


class EmbeddingBody(BaseModel):
    """The vector of one input."""

    object: Literal["embedding"]
    index: int
    embedding: list[float] | str = Field(description="Numbers, or base64 of float32, little-endian.")


class UsageBody(BaseModel):
    """Tokens of the texts, roughly."""

    prompt_tokens: int
    total_tokens: int


class SpaceBody(BaseModel):
    """Ours: what the vectors are."""

    embedders: dict[str, str] = Field(description="Modality -> the embedder that was asked.")
    space: str = Field(description="Vectors of one space can be compared.")
    dimensions: int


class EmbeddingsBody(BaseModel):
    """All vectors, in the order of the inputs."""

    object: Literal["list"]
    data: list[EmbeddingBody]
    model: str
    usage: UsageBody
    sensorium: SpaceBody
