"""What chat clients get, as pydantic models: for the OpenAPI page, and the one place where the shapes are written down.

Responses are built as plain JSON objects; a test holds them against these.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from assistant.api import wire


class Body(BaseModel):
    """Exactly these fields."""

    model_config = ConfigDict(extra="forbid")


class Evidence(wire.Observation, Body):
    """An observation that the answer rests on; docs/observations.md lists the kinds."""


class GapBody(wire.Gap, Body):
    """Something that could not be perceived or done."""


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
    turn: str | None = Field(description="The turn in it.")
    milliseconds: float | None


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


class OutputText(Body):
    """The answer."""

    type: Literal["output_text"]
    text: str
    annotations: list[Any] = Field(max_length=0)
    logprobs: list[Any] = Field(max_length=0)


class OutputMessage(Body):
    """The message that answers."""

    id: str
    type: Literal["message"]
    role: Literal["assistant"]
    status: Literal["in_progress", "completed", "incomplete"]
    content: list[OutputText]


class InputDetails(Body):
    """Nothing is cached by tokens."""

    cached_tokens: Literal[0]
    cache_write_tokens: Literal[0]


class OutputDetails(Body):
    """Nothing is spent on reasoning."""

    reasoning_tokens: Literal[0]


class ResponseUsage(Body):
    """Tokens."""

    input_tokens: int
    input_tokens_details: InputDetails
    output_tokens: int
    output_tokens_details: OutputDetails
    total_tokens: int


class ResponseFailure(Body):
    """Why there is no answer."""

    code: str
    message: str


class IncompleteDetails(Body):
    """Why an answer ends early."""

    reason: Literal["max_output_tokens"]


class ConversationReference(Body):
    """A stored conversation."""

    id: str


class TextSettings(Body):
    """The form of the answer."""

    format: dict[str, Any]


class Reasoning(Body):
    """None is done."""

    effort: None
    summary: None


class ResponseBody(Body):
    """An answer."""

    id: str
    object: Literal["response"]
    created_at: int
    completed_at: int | None
    status: Literal["in_progress", "completed", "incomplete", "failed"]
    background: Literal[False]
    conversation: ConversationReference | None
    error: ResponseFailure | None
    incomplete_details: IncompleteDetails | None
    instructions: str | None
    max_output_tokens: int | None
    metadata: dict[str, str]
    model: str = Field(description="Who answered: sensorium/NAME.")
    output: list[OutputMessage]
    parallel_tool_calls: bool
    previous_response_id: str | None
    reasoning: Reasoning
    service_tier: Literal["default"]
    store: bool
    temperature: float | None
    text: TextSettings
    tool_choice: Literal["none", "auto"]
    tools: list[Any] = Field(max_length=0)
    top_logprobs: Literal[0]
    top_p: float | None
    truncation: Literal["disabled"]
    usage: ResponseUsage | None
    user: str | None
    sensorium: Sensorium | None


class Deleted(Body):
    """Something that is gone."""

    id: str
    object: Literal["response"]
    deleted: Literal[True]
