"""What a plugin author imports: the base classes of perceivers, answerers and embedders, and what they are handed.

A plugin is a module with a few `@hookimpl` functions (see hookspecs.py) and one small class. Importing it must be
cheap: heavy libraries are imported inside `load`.
"""

from __future__ import annotations

import importlib.util
import sys
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal, Protocol, TypeAlias

from assistant.context import Snapshot
from assistant.errors import Cancelled, MissingLibrary
from assistant.types import FREE, Answer, Box, Delta, Example, Observation, Part, Question, Sampling, Span

if TYPE_CHECKING:
    import numpy as np

    from assistant.app import Assistant
    from assistant.media import Audio, Image, Media


PROBABILITY_TOLERANCE: Final = 0.01
"""How far a confidence may lie outside 0-1 and still be taken for 0 or 1: sums of probabilities miss it by rounding."""


class Services(Protocol):
    """What the host gives a plugin when it loads."""

    options: Any
    """The plugin's validated options: an instance of its `Options` class."""
    threads: int
    """Threads one model may use: cores divided by the models at work side by side."""
    device: str
    """Where models run: "cpu", "cuda", "cuda:1"."""
    hub: bool
    """Whether fetching from a model hub is allowed."""

    def weights(self, name: str) -> Path:
        """The directory that holds the weights `name`.

        Raises:
            WeightsMissing: they are not on this machine; the message says which command brings them.
        """
        ...

    def embed(self, texts: Sequence[str]) -> np.ndarray | None:
        """Sentence embeddings [n, dimensions], float32, rows of length 1; None when no text embedder is installed."""
        ...


Isolation: TypeAlias = Literal["thread", "process"]


@dataclass(frozen=True, slots=True)
class Task:
    """One call of a perceiver: what to look at, and the means to do so."""

    part: Part
    """The part to perceive, or the part that `observation` is about; that has no content if it is a file that a
    plugin's format brought, and the perceiver does not consume its modality."""
    media: Media
    """The guarded decoder."""
    observation: Observation | None = None
    """Set when the perceiver consumes an observation kind: the one to read."""
    observations: tuple[Observation, ...] = ()
    """Set when the perceiver gathers: all observations of the gathered kinds on this part, by source, then in
    order of arrival."""
    cancel: threading.Event = field(default_factory=threading.Event)
    """Set when the turn is stopped or the deadline passed."""
    options: Any = None
    """The perceiver's options for this call: those it was loaded with, but for what the turn sets (`per_turn`)."""

    @property
    def text(self) -> str:
        """The text of the observation, or else of the text part."""
        return self.observation.text if self.observation else self.part.text

    def image(self) -> Image:
        """The decoded picture, upright RGB; decoded once per part however many perceivers ask."""
        return self.media.image(self.part)

    def audio(self) -> Audio:
        """The decoded sound, 16 kHz mono, read block by block."""
        return self.media.audio(self.part)

    def check(self) -> None:
        """Call now and then in long work.

        Raises:
            Cancelled: the work is no longer wanted.
        """
        if self.cancel.is_set():
            raise Cancelled

    def observe(
        self,
        kind: str,
        text: str,
        confidence: float,
        *,
        box: Box | None = None,
        span: Span | None = None,
        derived_from: Sequence[str] | None = None,
        **data: Any,
    ) -> Observation:
        """An observation about this task's part; one read from another observation is marked as derived from it.

        Args:
            kind: one of `produces`.
            text: what was perceived, in words.
            confidence: the probability that it is true, 0-1.
            box: where in the picture, in shares of its width and height.
            span: when in the recording, in seconds; that of the observation that was read if not given.
            derived_from: ids of the observations it was computed from.
            data: further values, plain JSON: no arrays and numbers of NumPy.
        """
        if derived_from is None:
            derived_from = (self.observation.id,) if self.observation else ()
        return Observation(
            kind=kind,
            text=text,
            confidence=_rounded_off(float(confidence)),
            part=self.part.digest,
            box=box,
            span=span if span is not None or self.observation is None else self.observation.span,
            data=data,
            derived_from=tuple(derived_from),
        )


def _rounded_off(probability: float) -> float:
    """Within 0-1 where it misses that by rounding; what is no probability stays, for the host to refuse it."""
    if -PROBABILITY_TOLERANCE <= probability <= 1 + PROBABILITY_TOLERANCE:
        return min(1.0, max(0.0, probability))
    return probability


class Plugged(ABC):
    """What perceivers, answerers and embedders declare alike; the host checks it before it runs anything."""

    name: ClassVar[str]
    """Unique among plugins of its sort: lower_case_words, as in "speech" or "vision_objects"."""
    version: ClassVar[str] = "1"
    """Change it whenever the same input would give another output; it is part of the cache key."""
    requires: ClassVar[tuple[str, ...]] = ()
    """Import names that `load` needs; looked for without importing."""
    Options: ClassVar[type[Any] | None] = None
    """A frozen dataclass of options with defaults, filled from settings `[plugins.<name>]`; None takes none."""
    memory_mb: ClassVar[int] = 0
    """Resident memory after load, in MiB, roughly; 0 for next to nothing."""
    embeds: ClassVar[bool] = False
    """True if it calls `Services.embed`: what it says is then cached for that embedder only."""
    optional: ClassVar[bool] = False
    """True if only who brings its weights wants it: while they are not here, it is left out without a gap, as if a
    setting were missing (see `unready`)."""

    isolation: ClassVar[Isolation] = "thread"
    """Where it works: in a thread of the assistant's process, or in a process of its own, which is limited and can be
    ended."""
    memory_limit_mb: ClassVar[int] = 2048
    """In a process of its own: MiB that it may allocate."""
    network: ClassVar[bool] = False
    """In a process of its own: True if it needs the network, which it does not get otherwise."""

    def weights(self, options: Any) -> tuple[str, ...]:
        """Names of the weights needed under these options."""
        return ()

    def unready(self, options: Any) -> str:
        """The setting that is missing before it can be used, as a sentence that says what to set; "" if none is.

        What lacks a setting is optional: it is left out without a gap, and `assistant plugins list` says why.
        """
        return ""

    def load(self, services: Services) -> None:  # noqa: B027 (optional by design)
        """Load models. Called once, in the plugin's own thread, before the first use."""

    def close(self) -> None:  # noqa: B027 (optional by design)
        """Free what `load` took; may be followed by another `load`."""


class Perceiver(Plugged):
    """Reads parts, or what other perceivers wrote, and yields observations and further parts.

    One instance is called by one thread at a time unless `concurrency` says otherwise.
    """

    consumes: ClassVar[tuple[str, ...]] = ()
    """Modalities and observation kinds; `perceive` is called once for each part or observation of them."""
    gathers: ClassVar[tuple[str, ...]] = ()
    """With `consumes` naming a modality: called once a part, after everything that could write these kinds is done."""
    produces: ClassVar[tuple[str, ...]] = ()
    """Observation kinds and, if it yields parts, modalities. Anything else it yields is refused."""
    deadline: ClassVar[float] = 30.0
    """Seconds one call may take, not counting the wait for its turn and loading."""
    deadline_per_second: ClassVar[float] = 0.0
    """Further seconds for each second of the recording."""
    heavy: ClassVar[bool] = True
    """True for model work: at most as many run at once as there are lanes. False for what takes milliseconds."""
    particular: ClassVar[bool] = False
    """True if it looks for something particular, such as codes, and leaves the rest unseen: where only such perceivers
    read a modality, the person is told that nothing else does."""
    concurrency: ClassVar[int] = 1
    """Calls that may run at once in one instance; over 1 it must be thread-safe."""
    per_turn: ClassVar[frozenset[str]] = frozenset()
    """Names of options that a turn may set for itself; `perceive` reads them from `Task.options`."""
    asked: ClassVar[Mapping[str, tuple[str, ...]]] = MappingProxyType({})
    """Kind of `produces` -> words or short phrases, in any language, by which people ask for it; those that mean the
    same are one string with "|" between them: {"sharpness": ("sharp|in focus|scharf", "blurred|unscharf")}. Of a kind
    that is left out, its own name is the word."""

    @abstractmethod
    def perceive(self, task: Task) -> Iterable[Observation | Part]:
        """Yield what is perceived as soon as it is known."""


@dataclass(frozen=True, slots=True)
class Request:
    """One question to an answerer."""

    question: Question
    context: Snapshot
    """Everything perceived so far in this conversation."""
    media: Media
    embed: Callable[[Sequence[str]], np.ndarray | None]
    """As `Services.embed`."""
    capabilities: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Modality -> observation kinds that installed perceivers can give for it."""
    vocabulary: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Observation kind -> words by which people ask for it, as `Perceiver.asked` declares them: of plugins' own kinds,
    and of those of `Kind` that somebody declared words for. `assistant.vocabulary` finds them in a question; before
    an answerer is asked, the kinds that a question names are waited for."""
    examples: tuple[Example, ...] = ()
    """Answered questions to go by: from the settings, then from the conversation."""
    instructions: str = ""
    """What whoever runs the conversation wants of all its answers (a system message)."""
    sampling: Sampling = FREE
    """How the words are to be drawn."""
    computed: Callable[[], Answer | None] = lambda: None
    """Asks the answerer that checks others for its own answer to the same question; None if there is none."""
    cancel: threading.Event = field(default_factory=threading.Event)
    """Set when the turn is stopped or the deadline passed."""


class Answerer(Plugged):
    """Streams a reply to a question from the context, citing the observations it used."""

    accepts: ClassVar[tuple[str, ...]] = ()
    """Modalities whose parts it looks at itself, beside text: who reads the list of plugins is told. It decides nothing
    about pictures, sound and videos. Of a file that a plugin's format brought (see `register_formats`) nothing has
    checked the bytes: `Request.context` has them only for an answerer that names its modality here, and that one must
    work in a process of its own."""
    quality: ClassVar[int] = 0
    """Of those ready, the host asks the one with the highest first."""
    deadline: ClassVar[float] = 120.0
    """Seconds to the end of the answer."""
    concurrency: ClassVar[int] = 1
    """Questions that may be answered at once; over 1 it must be thread-safe."""
    honours: frozenset[str] = frozenset()
    """Fields of `Sampling` that it applies itself, and "instructions" if it follows them; settled after `load`. What a
    stop text or `max_tokens` cuts off is cut off for those that do not; callers are told what else was not applied."""
    checks: ClassVar[bool] = False
    """True if `check` is to be called on the answers of others."""

    def leaves(self, options: Any) -> str:
        """The host that questions and media are sent to under these options; "" if nothing leaves this machine."""
        return ""

    def needs(self, question: Question, context: Snapshot) -> frozenset[str] | None:
        """Observation kinds to wait for before answering; None waits for everything.

        Which kinds there can be for what was sent, those of other plugins too, is in `context.capabilities`. Kinds that
        the question names (see `Request.vocabulary`) are waited for in any case.
        """
        return None

    @abstractmethod
    def answer(self, request: Request) -> Iterator[Delta]:
        """Stream the answer.

        Raises:
            CannotAnswer: the next answerer is asked; with a remedy, the person is told why.
        """

    def check(self, request: Request, answer: Answer) -> Delta | None:
        """Compare another answerer's whole answer with what was observed.

        Returns:
            What to add to the answer: `checked`, a note if it disagrees, citations, the confidence that now holds;
            None when there is nothing to compare.
        """
        return None


class Embedder(Plugged):
    """Turns inputs of one modality into vectors of one shared space: texts as `str`, pictures as `media.Image`."""

    modality: ClassVar[str] = "text"
    space: str = ""
    """Vectors are comparable within a space; e.g. "all-MiniLM-L6-v2". Known after `load`."""
    dimensions: int = 0
    """Length of a vector. Known after `load`."""
    across: ClassVar[bool] = False
    """True for texts that are made to be compared with another modality only: `Services.embed` takes another one."""

    @abstractmethod
    def embed(self, inputs: Sequence[Any]) -> np.ndarray:
        """[n, dimensions] float32, rows of length 1 (L2)."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """One text to be said aloud."""

    text: str
    speaker: str = ""
    """One of `Voice.speakers`; "" for the first."""
    speed: float = 1.0
    """1 is the speaker's own; 2 takes half of the time."""
    instructions: str = ""
    """How it is to be said."""
    cancel: threading.Event = field(default_factory=threading.Event)
    """Set when nobody listens any more, or the deadline passed."""


class Voice(Plugged):
    """Says texts aloud."""

    deadline: ClassVar[float] = 120.0
    """Seconds to the end of one text."""
    sample_rate: int = 0
    """Hertz. Known after `load`."""
    speakers: tuple[str, ...] = ()
    """Names that can be asked for, the usual one first. Known after `load`."""
    honours: frozenset[str] = frozenset()
    """"speed" and "instructions", where it follows them."""

    @abstractmethod
    def speak(self, utterance: Utterance) -> Iterator[np.ndarray]:
        """The sound in pieces, as soon as they are there: [n] float32, mono, -1 to 1."""


@dataclass(frozen=True, slots=True)
class Panel:
    """A page of the browser chat that a plugin brings."""

    title: str
    """What its tab is called."""
    build: Callable[[Assistant], None]
    """Makes its Gradio components; called inside the tab, once, when the page is built."""


def require(*modules: str, install: str) -> None:
    """Raise MissingLibrary unless every module can be found; nothing is imported.

    Args:
        modules: top-level import names.
        install: the command that mends it.
    """
    missing = [module for module in modules if not _installed(module)]
    if missing:
        raise MissingLibrary(f"{', '.join(missing)} is not installed.", f"Install it with: {install}")


def _installed(module: str) -> bool:
    if module in sys.modules:  # perhaps still being imported by another thread, when find_spec would raise
        return True
    return importlib.util.find_spec(module) is not None
