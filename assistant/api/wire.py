"""The JSON of our own API, as pydantic models: what is sent and what is answered. Not for the OpenAI-compatible routes.

Only at this edge: inside, the same things are the frozen dataclasses of `assistant.types` and `assistant.store`, which
shapes.py turns into these.
"""

from __future__ import annotations

from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from assistant import types
from assistant.api.fields import Bounded

TITLE_SENT: Final = 500
"""Characters of a title that are taken; fewer are kept."""
NAME_SENT: Final = 255
INSTRUCTIONS_SENT: Final = 20_000


class Given(Bounded):
    """What clients send: an unknown field is an error, never ignored in silence."""

    model_config = ConfigDict(extra="forbid")


class Told(BaseModel):
    """What we answer."""


# ---- sent ----------------------------------------------------------------------------------------------------------


class NewConversation(Given):
    """A conversation to be made."""

    title: str = Field("", max_length=TITLE_SENT, description="Without one it is called like its first question.")


class Renamed(Given):
    """A conversation's new title."""

    title: str = Field(min_length=1, max_length=TITLE_SENT)


class SamplingGiven(Given):
    """How the words of the answer are drawn; what the answerer cannot keep is refused by name."""

    temperature: float | None = Field(None, ge=0, le=2)
    top_p: float | None = Field(None, gt=0, le=1)
    seed: int | None = Field(None, ge=-(2**63), lt=2**63)
    max_tokens: int | None = Field(None, ge=1, lt=2**31)
    stop: list[str] = Field([], max_length=4, description="The answer ends before the first of these.")

    def value(self) -> types.Sampling:
        """The same inside."""
        return types.Sampling(self.temperature, self.top_p, self.seed, self.max_tokens, tuple(self.stop))


class FileGiven(Given):
    """A file sent with a question: its bytes as a data URL, or one that is stored already."""

    name: str = Field("", max_length=NAME_SENT, description="As a person calls it; never trusted for its format.")
    data: str | None = Field(None, description="data:[media type];base64,… The format is sniffed, not believed.")
    part: str | None = Field(
        None, pattern=r"^[0-9a-f]{64}$", description="Digest of one of your stored parts, in place of `data`."
    )


class Question(Given):
    """A question, the files it is about, or both. With files only, a recording is taken for the question."""

    text: str = Field("", description="What is asked; `limits.question_characters` of it are read.")
    files: list[FileGiven] = Field([], max_length=256, description="`limits.files` of them are taken.")
    answerer: str | None = Field(None, max_length=200, description="Who answers; the best that is ready if not given.")
    answer: bool = Field(True, description="False to perceive the files only.")
    instructions: str = Field("", max_length=INSTRUCTIONS_SENT, description="What the answer should be like.")
    sampling: SamplingGiven = Field(default_factory=lambda: SamplingGiven.model_validate({}))


class Again(Given):
    """How a turn is to be asked again."""

    answerer: str | None = Field(None, max_length=200, description="Another answerer; the best that is ready if none.")
    instructions: str = Field("", max_length=INSTRUCTIONS_SENT)
    sampling: SamplingGiven = Field(default_factory=lambda: SamplingGiven.model_validate({}))


# ---- answered ------------------------------------------------------------------------------------------------------


class Part(Told):
    """A file, or something taken out of one: a frame, a sound track. Its bytes: GET /api/v1/parts/{digest}/content."""

    digest: str = Field(description="SHA-256 (hex) over the bytes and what gives them their meaning.")
    modality: str = Field(
        examples=["image"], description="text, image, audio or video; or what a plugin reads, such as document."
    )
    name: str
    media_type: str = Field(examples=["image/jpeg"])
    facts: dict[str, Any] = Field(
        description="From the header: width and height in pixels, seconds, frames, notes, format."
    )
    parent: str | None = Field(description="The part it was taken from.")
    span: list[float] | None = Field(description="Where in the parent it lies, in seconds.")


class Observation(Told):
    """One thing a perceiver says about one part."""

    id: str
    kind: str = Field(examples=["object"])
    text: str = Field(examples=["dog"])
    confidence: float = Field(description="Probability that it is true, 0-1.")
    part: str = Field(description="Digest of the part it is about.")
    box: list[float] | None = Field(description="x0, y0, x1, y1, 0-1 of the upright picture's width and height.")
    span: list[float] | None = Field(description="Start and end in seconds.")
    data: dict[str, Any]
    source: str = Field(description="The perceiver.")
    weights: str = Field(description="The weights that judged.")
    derived_from: list[str] = Field(description="Observations it was computed from.")


class Gap(Told):
    """Something that could not be perceived, why, and what would mend it."""

    cause: str = Field(examples=["unreadable"])
    message: str
    remedy: str
    part: str | None
    name: str
    source: str
    kinds: list[str]


class Answer(Told):
    """A whole answer."""

    text: str
    short: str | None = Field(description='The bare answer: "yes", "3".')
    confidence: float | None
    abstained: bool = Field(description="True when the answerer says that it cannot tell.")
    citations: list[str] = Field(description="Ids of the observations it rests on.")
    answerer: str
    checked: Literal["agrees", "disagrees"] | None = Field(description="What checking against the observations showed.")
    tokens: list[int] | None = Field(description="Tokens read and written.")
    finish: Literal["stop", "length"]


class Asked(Told):
    """The question as it was understood."""

    text: str
    spoken: bool = Field(description="Whether it was heard rather than typed.")


class Perceiving(Told):
    """How one perceiver fared with one part."""

    perceiver: str
    part: str
    name: str = Field(description="The part's name.")
    state: Literal["queued", "loading", "running", "done", "cached", "skipped", "failed"]
    milliseconds: float | None
    reason: str


class Failure(Told):
    """What ended a turn that failed."""

    message: str
    remedy: str


State = Literal["running", "done", "stopped", "failed", "interrupted"]


class TurnOutline(Told):
    """A question and what came of it, with the observations that the answer cites."""

    id: str
    conversation: str
    state: State = Field(description="interrupted: the server ended before the turn did; ask it again.")
    created: float = Field(description="Seconds since the epoch.")
    updated: float
    question: Asked
    files: list[str] = Field(description="Digests of the parts sent with it, in the order sent.")
    parts: list[Part] = Field(description="Everything looked at, frames and sound tracks included.")
    answer: Answer | None
    streamed: str = Field(description="What was written of an answer that did not become whole.")
    evidence: list[Observation] = Field(description="The observations that the answer cites.")
    gaps: list[Gap]
    error: Failure | None


class Turn(TurnOutline):
    """A question and all that came of it."""

    observations: list[Observation]
    perceivers: list[Perceiving]


class TurnStarted(Told):
    """A turn that goes on by itself."""

    id: str
    conversation: str
    state: State


class ConversationOutline(Told):
    """One line of the list of conversations."""

    id: str
    title: str
    created: float
    updated: float
    turns: int


class Conversation(Told):
    """A conversation with its turns, oldest first."""

    id: str
    title: str
    turns: list[TurnOutline]


class ConversationPage(Told):
    """Some conversations, the one that went on last first."""

    data: list[ConversationOutline]
    next: str | None = Field(description="`before` of the next page; null on the last.")


class ObservationPage(Told):
    """Some observations, in order of arrival."""

    data: list[Observation]
    next: str | None = Field(description="`after` of the next page; null on the last.")


class Gaps(Told):
    """What could not be perceived in a conversation."""

    data: list[TurnGap]


class TurnGap(Gap):
    """A gap, and the turn it was found in."""

    turn: str


class Parts(Told):
    """The parts of a conversation."""

    data: list[Part]


class Found(Told):
    """Something found in one's own conversations."""

    conversation: str
    title: str
    turn: str
    kind: str = Field(description="question, answer, or the kind of the observation.")
    observation: str | None
    snippet: str
    created: float


class SearchResult(Told):
    """What holds all the words, the latest first."""

    data: list[Found]


class Limits(Told):
    """What one turn may bring."""

    file_bytes: int
    request_bytes: int = Field(description="Of a request that is not a form with files.")
    form_bytes: int
    files: int
    question_characters: int
    audio_seconds: float
    video_seconds: float
    pixels: int
    storage_bytes: int | None = Field(description="Null for no limit.")


class UsageReport(Told):
    """What the caller has stored, and may send."""

    owner: str
    files: int
    bytes: int
    limits: Limits


class DeletedData(Told):
    """What was deleted."""

    conversations: int


class PluginOption(Told):
    """One option of a perceiver, answerer, embedder or voice."""

    name: str
    type: str = Field(examples=["int"])
    default: Any
    value: Any = Field(description="What holds now; (hidden) where it is not for you.")
    description: str
    per_turn: bool = Field(description="Whether a question may set it for itself.")
    choices: list[str | int | bool | None] = Field(description="All values, where there are only some.")


class Plugged(Told):
    """Something that perceives, answers, embeds or speaks."""

    name: str
    plugin: str
    version: str
    ready: bool
    state: str = Field(
        description="ready, loading, resting (after failures), busy, not_configured, no_weights or missing_library."
    )
    resting_seconds: float = Field(description="Until it is tried again.")
    reason: str = Field(description="Why it is not ready, and what helps.")
    loaded: bool
    tier: str = Field(description="Where it works: thread, process or environment.")
    pid: int | None = Field(None, description="Of its own process, if that runs; told to whoever runs the server.")
    restarts: int | None = Field(None, description="Times its own process was started again.")
    weights: list[str]
    memory_mb: int
    options: list[PluginOption]


class Plugin(Told):
    """A plugin and the names of what it brings."""

    name: str
    module: str
    distribution: str
    version: str
    isolation: str
    environment: str
    perceivers: list[str]
    answerers: list[str]
    embedders: list[str]
    voices: list[str]
    weights: list[str]
    commands: list[str]
    formats: list[str]
    panels: list[str]


class PluginProblem(Told):
    """What is wrong with a plugin, and what mends it."""

    plugin: str
    message: str
    remedy: str
    level: str = Field(description="error: something was left out; warning: it works, but not for ever.")


class PluginLeftOut(Told):
    """A plugin, or something of one, that is disabled."""

    name: str
    plugin: str
    place: str
    remedy: str = Field(description="How to take it in again.")


class Plugins(Told):
    """What is installed, what it brings, and its state."""

    plugins: list[Plugin]
    perceivers: list[Plugged]
    answerers: list[Plugged]
    embedders: list[Plugged]
    voices: list[Plugged]
    left_out: list[PluginLeftOut]
    problems: list[PluginProblem] = Field(description="Plugins that could not be used, and what mends them.")


Gaps.model_rebuild()
