"""The values that travel through the assistant: pure, immutable, free of I/O. Not for behaviour: see engine.py."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Literal, TypeAlias

JSON: TypeAlias = "str | int | float | bool | list[JSON] | dict[str, JSON] | None"
Box: TypeAlias = tuple[float, float, float, float]
"""A bounding box x0, y0, x1, y1, normalised to 0-1 of the upright picture's width and height; y grows downwards."""
Span: TypeAlias = tuple[float, float]
"""Start and end in seconds from the start of the recording."""

TEXT: Final = "text"
IMAGE: Final = "image"
AUDIO: Final = "audio"
VIDEO: Final = "video"
MODALITIES: Final = (TEXT, IMAGE, AUDIO, VIDEO)


class Kind:
    """The observation kinds the built-in plugins write; a plugin may add its own (lower_case_words).

    What each carries beside `text` and `confidence` is listed in docs/observations.md.
    """

    IMAGE_FACTS: Final = "image_facts"
    OBJECT: Final = "object"
    LABEL: Final = "label"
    CONCEPTS: Final = "concepts"
    SHAPE: Final = "shape"
    TEXT_LINE: Final = "text_line"
    COLOR: Final = "color"
    FACE: Final = "face"
    CAPTION: Final = "caption"
    TRANSCRIPT_SEGMENT: Final = "transcript_segment"
    TRANSCRIPT: Final = "transcript"
    NO_SPEECH: Final = "no_speech"
    LANGUAGE: Final = "language"
    KEYWORD: Final = "keyword"
    SENTIMENT: Final = "sentiment"
    VIDEO_FACTS: Final = "video_facts"


EMPTY: Final[Mapping[str, Any]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Part:
    """One immutable piece of input, identified by the digest of its bytes."""

    modality: str
    """One of MODALITIES, or that of a plugin's `FileFormat`."""
    digest: str
    """SHA-256 (hex) of modality, media type, what gives the bytes their meaning (of a part taken out of
    another one: which, and when), and the bytes; computed by `media`."""
    name: str = field(compare=False)
    """What a person would call it: the file's name, "voice message", "frame at 3.2 s"."""
    media_type: str = field(compare=False)
    """Sniffed from the content, e.g. image/jpeg; never the sender's claim."""
    content: bytes | Path = field(compare=False, repr=False)
    """The encoded bytes, or the file that holds them."""
    facts: Mapping[str, JSON] = field(default_factory=dict, compare=False)
    """Cheap facts from the header: width, height (pixels), seconds, frames, notes (list of sentences)."""
    parent: str | None = field(default=None, compare=False)
    """Digest of the part this was taken from: the video of a frame."""
    span: Span | None = field(default=None, compare=False)
    """Where in the parent it lies, in seconds."""

    def read_bytes(self) -> bytes:
        """The encoded bytes, from memory or from the file."""
        return self.content if isinstance(self.content, bytes) else self.content.read_bytes()

    @property
    def text(self) -> str:
        """The text of a text part."""
        return self.read_bytes().decode("utf-8", "replace")

    def to_json(self) -> dict[str, Any]:
        """A JSON object with every field but the content."""
        return {
            "digest": self.digest,
            "modality": self.modality,
            "name": self.name,
            "media_type": self.media_type,
            "facts": dict(self.facts),
            "parent": self.parent,
            "span": list(self.span) if self.span else None,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFormat:
    """A sort of file that a plugin reads and the core does not: it is known by its bytes, and handed on as it is."""

    modality: str
    """What its parts are: a word of the plugin's own, like "document"; none of MODALITIES."""
    media_type: str
    """Such as "application/pdf"."""
    label: str
    """What a person calls it: "PDF document"."""
    suffixes: tuple[str, ...]
    """Ends of file names, as in ".pdf": for file pickers, never believed."""
    begins: bytes
    """The first bytes of every such file."""
    holds: tuple[bytes, ...] = ()
    """Bytes that all occur in its first or last 64 KiB, where `begins` does not tell enough: names in a ZIP file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One thing a perceiver says about one part: what, how sure, where, when, and on whose word."""

    kind: str
    """A `Kind`, or a plugin's own."""
    text: str
    """What was perceived, in words: "dog", "turn on the light", "positive"."""
    confidence: float
    """Probability that it is true, 0-1."""
    part: str
    """Digest of the part it is about."""
    box: Box | None = None
    """Where in the picture."""
    span: Span | None = None
    """When in the recording, in seconds."""
    data: Mapping[str, Any] = field(default_factory=dict, hash=False)
    """Further JSON values; the keys of each kind are documented."""
    source: str = ""
    """Name of the perceiver; set by the engine."""
    weights: str = ""
    """Identity of the weights that judged, "" for none; set by the engine."""
    derived_from: tuple[str, ...] = ()
    """Ids of the observations it was computed from."""

    @property
    def id(self) -> str:
        """A stable identity: equal observations have equal ids, across processes."""
        described = json.dumps(
            [self.kind, self.text, self.part, self.box, self.span, self.source, dict(self.data)],
            sort_keys=True,
            default=str,
        )
        return hashlib.sha256(described.encode()).hexdigest()[:16]

    def to_json(self) -> dict[str, Any]:
        """A JSON object with every field and the id."""
        return {
            "id": self.id,
            "kind": self.kind,
            "text": self.text,
            "confidence": round(self.confidence, 4),
            "part": self.part,
            "box": list(self.box) if self.box else None,
            "span": list(self.span) if self.span else None,
            "data": dict(self.data),
            "source": self.source,
            "weights": self.weights,
            "derived_from": list(self.derived_from),
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Observation:
        """The inverse of `to_json`."""
        box, span = value.get("box"), value.get("span")
        return cls(
            kind=value["kind"],
            text=value["text"],
            confidence=value["confidence"],
            part=value["part"],
            box=(box[0], box[1], box[2], box[3]) if box else None,
            span=(span[0], span[1]) if span else None,
            data=dict(value.get("data") or {}),
            source=value.get("source", ""),
            weights=value.get("weights", ""),
            derived_from=tuple(value.get("derived_from") or ()),
        )


GapCause: TypeAlias = Literal[
    "no_plugin",
    "no_weights",
    "missing_library",
    "timeout",
    "crashed",
    "unreadable",
    "refused",
    "cancelled",
    "paused",
    "not_configured",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Something that could not be perceived, why, and what would mend it."""

    cause: GapCause
    """paused: the plugin failed repeatedly and is resting; not_configured: a setting that it needs is missing."""
    message: str
    """One sentence that names the file or plugin and says what is wrong."""
    remedy: str = ""
    """What to do about it: a command, a setting, a smaller file."""
    part: str | None = None
    """Digest of the part, where one could be made."""
    name: str = ""
    """The file's name as the person knows it."""
    source: str = ""
    """The perceiver or answerer that failed; "media" for decoding."""
    kinds: tuple[str, ...] = ()
    """The observation kinds that are missing because of it."""

    def to_json(self) -> dict[str, Any]:
        """A JSON object with every field."""
        return {
            "cause": self.cause,
            "message": self.message,
            "remedy": self.remedy,
            "part": self.part,
            "name": self.name,
            "source": self.source,
            "kinds": list(self.kinds),
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Gap:
        """The inverse of `to_json`."""
        return cls(**{**value, "kinds": tuple(value.get("kinds") or ())})


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a conversation."""

    role: Literal["user", "assistant"]
    text: str
    parts: tuple[str, ...] = ()
    """Digests of the parts sent with it, in the order sent."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked in this turn."""

    text: str
    """Typed, or the transcript of the voice message; "" when only files were sent."""
    spoken: bool = False
    """True when it was heard rather than typed."""
    part: str | None = None
    """The text or audio part it came from."""


@dataclass(frozen=True, slots=True)
class Example:
    """A question with the answer it should have: shown to a language model before the question itself (few-shot)."""

    question: str
    answer: str
    part: Part | None = None
    """The picture or recording the question is about."""


@dataclass(frozen=True, slots=True)
class Sampling:
    """How the words of an answer are to be drawn and when to end it; None leaves it to the answerer."""

    temperature: float | None = None
    """0 takes the likeliest word each time; up to 2."""
    top_p: float | None = None
    """Draw from the likeliest words that together have this probability (nucleus sampling), 0-1."""
    seed: int | None = None
    """Equal seeds give equal answers, as far as the answerer can promise it."""
    max_tokens: int | None = None
    """Tokens of the answer at most."""
    stop: tuple[str, ...] = ()
    """The answer ends before the first of these."""

    @property
    def given(self) -> frozenset[str]:
        """Names of what was asked for."""
        return frozenset(each.name for each in fields(self) if getattr(self, each.name) not in (None, ()))


FREE: Final = Sampling()
"""Everything is left to the answerer."""
Finish: TypeAlias = Literal["stop", "length"]
"""Why an answer ended: by itself or at a stop text, or because it reached `Sampling.max_tokens`."""
Verdict: TypeAlias = Literal["agrees", "disagrees"]
"""What a second answerer made of an answer."""


@dataclass(frozen=True, slots=True)
class Delta:
    """A piece of a streamed answer."""

    text: str = ""
    citations: tuple[str, ...] = ()
    """Ids of the observations this piece rests on."""
    confidence: float | None = None
    """Probability that the answer is right, 0-1; the last one given counts."""
    abstained: bool = False
    """True when the answerer says that it cannot tell."""
    short: str | None = None
    """The bare answer ("yes", "3", "rouge"), for machines and for measuring, in the language of the question; with
    `abstained`, the best guess."""
    checked: Verdict | None = None
    """What checking the answer against the observations showed."""
    tokens: tuple[int, int] | None = None
    """Tokens read and written so far, by an answerer that counts them."""
    finish: Finish | None = None
    """Set in the last piece by an answerer that keeps `Sampling.max_tokens` itself."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer, with what it rests on."""

    text: str
    short: str | None = None
    confidence: float | None = None
    abstained: bool = False
    citations: tuple[str, ...] = ()
    answerer: str = ""
    checked: Verdict | None = None
    """What checking it against the observations showed; None when nothing could be compared."""
    tokens: tuple[int, int] | None = None
    """Tokens read and written; None if the answerer does not count them."""
    finish: Finish = "stop"

    def __add__(self, delta: Delta) -> Answer:
        """This answer continued by a delta."""
        return replace(
            self,
            text=self.text + delta.text,
            short=self.short if delta.short is None else delta.short,
            confidence=self.confidence if delta.confidence is None else delta.confidence,
            abstained=self.abstained or delta.abstained,
            citations=tuple(dict.fromkeys(self.citations + delta.citations)),
            checked=self.checked if delta.checked is None else delta.checked,
            tokens=self.tokens if delta.tokens is None else delta.tokens,
            finish=self.finish if delta.finish is None else delta.finish,
        )

    def to_json(self) -> dict[str, Any]:
        """A JSON object with every field."""
        return {
            "text": self.text,
            "short": self.short,
            "confidence": self.confidence,
            "abstained": self.abstained,
            "citations": list(self.citations),
            "answerer": self.answerer,
            "checked": self.checked,
            "tokens": list(self.tokens) if self.tokens else None,
            "finish": self.finish,
        }


# ---- events of a turn, in the order they can appear -------------------------------------------------------------

PerceiverState: TypeAlias = Literal["queued", "loading", "running", "done", "cached", "skipped", "failed"]


@dataclass(frozen=True, slots=True)
class PartAdded:
    """A part was accepted, or taken out of another one by a perceiver."""

    part: Part


@dataclass(frozen=True, slots=True)
class Status:
    """One perceiver's progress on one part."""

    perceiver: str
    part: str
    name: str
    """The part's name."""
    state: PerceiverState
    milliseconds: float | None = None
    """Time spent, from start of work, once it ended."""
    reason: str = ""
    """Why it was skipped or failed."""


@dataclass(frozen=True, slots=True)
class Observed:
    """An observation was written to the context."""

    observation: Observation


@dataclass(frozen=True, slots=True)
class Missed:
    """A gap was written to the context."""

    gap: Gap


@dataclass(frozen=True, slots=True)
class Asked:
    """The question is known: typed, or now heard."""

    question: Question


@dataclass(frozen=True, slots=True)
class Answering:
    """An answerer begins; what an earlier one streamed in this turn is void."""

    answerer: str


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer is whole."""

    answer: Answer


Event: TypeAlias = PartAdded | Status | Observed | Missed | Asked | Answering | Delta | Answered
