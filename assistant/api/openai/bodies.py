"""What chat clients get, as pydantic models: for the OpenAPI page, and the one place where the shapes are written down.

Responses are built as plain JSON objects; a test holds them against these.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class Body(BaseModel):
    """Exactly these fields."""

    model_config = ConfigDict(extra="forbid")


class Evidence(Body):
    """An observation that the answer rests on; docs/observations.md lists the kinds."""

    id: str
    kind: str
    text: str
    confidence: float
    part: str = Field(description="Digest of the part that it is about.")
    box: list[float] | None = Field(description="x0, y0, x1, y1 of the upright picture, 0-1.")
    span: list[float] | None = Field(description="Start and end in seconds.")
    data: dict[str, Any]
    source: str = Field(description="The perceiver.")
    weights: str
    derived_from: list[str]


class GapBody(Body):
    """Something that could not be perceived or done."""

    cause: str
    message: str
    remedy: str
    part: str | None
    name: str
    source: str
    kinds: list[str]


class PartBody(Body):
    """A file that was looked at."""

    digest: str
    name: str
    modality: str
    media_type: str


class Sensorium(Body):
    """Ours: what the answer rests on, and how the request was carried out."""

    answerer: str = Field(description="Who answered.")
    confidence: float | None = Field(description="Probability that the answer is right.")
    abstained: bool = Field(description="Whether the answer is that it cannot be told.")
    short: str | None = Field(description="The bare answer.")
    checked: Literal["agrees", "disagrees"] | None = Field(description="What comparing it with the evidence showed.")
    question: str = Field(description="As typed, or as heard.")
    spoken: bool = Field(description="Whether it was heard.")
    evidence: list[Evidence]
    observations: int = Field(description="How many there are in all.")
    gaps: list[GapBody]
    parts: list[PartBody]
    not_applied: dict[str, str] = Field(description="Parameters that had no effect, with why.")
    superseded: int = Field(description="Characters at the beginning of the content that no longer count.")
    conversation: str | None = Field(description="The stored conversation.")
    milliseconds: float


class ChatUsage(Body):
    """Tokens."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class ChatMessage(Body):
    """The answer."""

    role: Literal["assistant"]
    content: str
    refusal: None


class ChatChoice(Body):
    """The one there is."""

    index: Literal[0]
    message: ChatMessage
    finish_reason: Literal["stop", "length"]
    logprobs: None


class ChatCompletion(Body):
    """An answer."""

    id: str
    object: Literal["chat.completion"]
    created: int
    model: str = Field(description="Who answered: sensorium/NAME.")
    choices: list[ChatChoice]
    usage: ChatUsage
    system_fingerprint: str
    service_tier: Literal["default"]
    metadata: dict[str, str] | None
    sensorium: Sensorium
