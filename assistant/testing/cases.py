"""What the checks are given: how to make the thing that is checked, and what to try it on. Not for the checks."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, is_dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, Final, Generic, TypeVar

from assistant.context import Snapshot
from assistant.errors import (
    AssistantError,
    Cancelled,
    CannotAnswer,
    MediaError,
    MissingLibrary,
    NotAsPromised,
    PluginError,
    RequestRefused,
    WeightsError,
    shown,
)
from assistant.plugin import Answerer, Embedder, Perceiver, Plugged, Request, Task, Utterance, Voice, require
from assistant.testing import running
from assistant.testing.fakes import FakeServices
from assistant.testing.promises import Broken, NotApplicable
from assistant.types import FREE, MODALITIES, Delta, Observation, Part, Question, Sampling

if TYPE_CHECKING:
    from assistant.media import Media

P = TypeVar("P", bound=Plugged)

LOAD_SECONDS: Final = 300.0


def _media() -> Media:
    from assistant.media import Media

    return Media()


@dataclass(frozen=True)
class Case(Generic[P]):
    """One plugged object that is checked."""

    sort: ClassVar[type[Plugged]] = Plugged
    make: Callable[[], P]
    """Makes a new one: usually its class."""
    services: FakeServices = field(default_factory=FakeServices)
    """What it loads with; its options are the defaults of `Options` if none are given."""
    media: Media = field(default_factory=_media)
    address: str = ""
    """How a fresh interpreter finds `make`; see `fresh.address_of`."""
    weights_known: frozenset[str] | None = None
    """Names of the weights that its plugin registers; None if that is not known here."""

    def options(self, plugged: Plugged, **changed: Any) -> Any:
        """The options it is loaded with, but for what is changed.

        Raises:
            Broken: its defaults are refused.
        """
        from assistant.options import options_of

        if self.services.options is not None:
            return replace(self.services.options, **changed) if changed else self.services.options
        try:
            return options_of(plugged, changed)
        except PluginError as error:
            raise Broken("options", error.message, error.remedy) from error
        except TypeError as error:  # `fields` of what is no dataclass
            raise Broken(
                "options", f"{plugged.name}.Options is no dataclass.", "Make it a frozen dataclass."
            ) from error

    def new(self) -> P:
        """One that was never loaded, if it can be used here.

        Raises:
            NotApplicable: a library, weights or a setting is missing.
        """
        plugged = self.make()
        options = self.options(plugged)
        missing = plugged.unready(options)
        if missing:
            raise NotApplicable(f"it is not set up: {missing}")
        try:
            require(*plugged.requires, install="pip install it")
            for name in plugged.weights(options):
                self.services.weights(name)
        except (MissingLibrary, WeightsError) as error:
            raise NotApplicable(str(error)) from error
        return plugged

    @contextmanager
    def loaded(self, plugged: P | None = None, services: FakeServices | None = None, **changed: Any) -> Iterator[P]:
        """One that is loaded, with some options changed; closed at the end."""
        given = plugged or self.new()
        with running.loaded(
            given, replace(services or self.services, options=self.options(given, **changed)), seconds=LOAD_SECONDS
        ):
            yield given

    def exercise(self, plugged: P) -> None:
        """Use it once in the ordinary way, if there is something to use it on. Raises what it raises."""

    def says(self, plugged: P) -> list[Any]:
        """What it says in the ordinary way, one JSON list for each input. Raises what it raises."""
        return []


@dataclass(frozen=True, slots=True)
class Input:
    """What a perceiver is called with."""

    part: Part
    observation: Observation | None = None
    observations: tuple[Observation, ...] = ()

    def task(self, media: Media, cancel: threading.Event | None = None, options: Any = None) -> Task:
        """The call."""
        return Task(self.part, media, self.observation, self.observations, cancel or threading.Event(), options)


@dataclass(frozen=True)
class PerceiverCase(Case[Perceiver]):
    """A perceiver that is checked."""

    sort = Perceiver
    inputs: tuple[Input, ...] = ()
    """What it is tried on, beside what is difficult."""

    def given(self) -> tuple[Input, ...]:
        """What it is tried on. Raises NotApplicable if there is nothing."""
        if not self.inputs:
            raise NotApplicable("there is nothing to try it on: give a file that it reads.")
        return self.inputs

    def seconds(self, perceiver: Perceiver, part: Part) -> float:
        """How long a call may take: the deadline."""
        length = part.facts.get("seconds")
        longer = perceiver.deadline_per_second * float(length) if isinstance(length, int | float) else 0.0
        return min(running.CALL_LIMIT, perceiver.deadline + longer)

    def call(
        self,
        perceiver: Perceiver,
        given: Input,
        promise: str,
        *,
        media: Media | None = None,
        options: Any = None,
        what: str = "",
    ) -> list[Observation | Part]:
        """All that it yields, in order.

        Raises:
            Broken: it is not done at its deadline.
            Exception: what it raised.
        """
        cancel = threading.Event()
        task = given.task(media or self.media, cancel, self.options(perceiver) if options is None else options)
        seconds = self.seconds(perceiver, given.part)
        outcome = running.within(seconds, lambda: _listed(perceiver, task), cancel)
        if not outcome.ended:
            raise Broken(
                promise,
                f"{perceiver.name} is not done with {what or given.part.name} after {seconds:.0f} s, its deadline.",
                "Look at less of it, call task.check() now and then, or declare a longer `deadline`.",
            )
        return outcome.get()

    def says(self, plugged: Perceiver) -> list[Any]:
        """What it yields."""
        return [written(self.call(plugged, given, "deadline")) for given in self.given()]

    def exercise(self, plugged: Perceiver) -> None:
        """Perceive the first input."""
        for given in self.inputs[:1]:
            try:
                self.call(plugged, given, "deadline")
            except AssistantError as error:
                if not acceptable(error):
                    raise

    def modalities(self, perceiver: Perceiver) -> list[str]:
        """Those of the core that it consumes."""
        return [each for each in perceiver.consumes if each in MODALITIES]


@dataclass(frozen=True)
class AnswererCase(Case[Answerer]):
    """An answerer that is checked."""

    sort = Answerer
    context: Snapshot = field(default_factory=Snapshot)
    question: str = "What is there?"
    """Something that it can answer from the context."""

    def request(
        self,
        answerer: Answerer,
        question: str | None = None,
        context: Snapshot | None = None,
        sampling: Sampling = FREE,
        cancel: threading.Event | None = None,
    ) -> Request:
        """A question to it."""
        return Request(
            question=Question(self.question if question is None else question),
            context=self.context if context is None else context,
            media=self.media,
            embed=self.services.embed,
            sampling=sampling,
            cancel=cancel or threading.Event(),
        )

    def ask(self, answerer: Answerer, promise: str, request: Request) -> list[Delta]:
        """All that it says. Raises Broken at its deadline, and what it raised."""
        seconds = min(running.CALL_LIMIT, answerer.deadline)
        outcome = running.within(seconds, lambda: list(answerer.answer(request)), request.cancel)
        if not outcome.ended:
            raise Broken(
                promise,
                f"{answerer.name} has not answered {request.question.text[:60]!r} after {seconds:.0f} s.",
                "Answer faster, look at request.cancel, or declare a longer `deadline`.",
            )
        return outcome.get()

    def says(self, plugged: Answerer) -> list[Any]:
        """Its answer."""
        return [["".join(delta.text for delta in self.ask(plugged, "deadline", self.request(plugged)))]]

    def exercise(self, plugged: Answerer) -> None:
        """Ask the question."""
        try:
            self.ask(plugged, "deadline", self.request(plugged))
        except AssistantError as error:
            if not acceptable(error):
                raise


@dataclass(frozen=True)
class EmbedderCase(Case[Embedder]):
    """An embedder that is checked."""

    sort = Embedder
    inputs: tuple[Any, ...] = ()
    """Different things that it embeds: three at least."""

    def given(self) -> tuple[Any, ...]:
        """What it is tried on. Raises NotApplicable if that is too little."""
        if len(self.inputs) < 3:
            raise NotApplicable("there are no three inputs to try it on.")
        return self.inputs

    def embed(self, embedder: Embedder, promise: str, inputs: Sequence[Any]) -> Any:
        """The vectors. Raises Broken when it hangs, and what it raised."""
        outcome = running.within(running.CALL_LIMIT, lambda: embedder.embed(inputs))
        if not outcome.ended:
            raise Broken(promise, f"embed() of {len(inputs)} inputs did not end.", "Embed faster.")
        return outcome.get()

    def says(self, plugged: Embedder) -> list[Any]:
        """Its vectors, to three decimals."""
        return [[round(float(each), 3) for each in row] for row in self.embed(plugged, "deadline", self.given())]

    def exercise(self, plugged: Embedder) -> None:
        """Embed the inputs."""
        if self.inputs:
            self.embed(plugged, "deadline", self.inputs)


@dataclass(frozen=True)
class VoiceCase(Case[Voice]):
    """A voice that is checked."""

    sort = Voice
    text: str = "Good morning. There are two dogs in the garden."

    def speak(self, voice: Voice, promise: str, utterance: Utterance) -> list[Any]:
        """All pieces. Raises Broken at its deadline, and what it raised."""
        seconds = min(running.CALL_LIMIT, voice.deadline)
        outcome = running.within(seconds, lambda: list(voice.speak(utterance)), utterance.cancel)
        if not outcome.ended:
            raise Broken(
                promise,
                f"{voice.name} has not said {utterance.text[:40]!r} after {seconds:.0f} s.",
                "Speak faster, look at utterance.cancel, or declare a longer `deadline`.",
            )
        return outcome.get()

    def says(self, plugged: Voice) -> list[Any]:
        """How many samples it makes."""
        return [[sum(len(piece) for piece in self.speak(plugged, "deadline", Utterance(self.text)))]]

    def exercise(self, plugged: Voice) -> None:
        """Say the text."""
        self.speak(plugged, "deadline", Utterance(self.text))


def written(items: Iterable[Observation | Part]) -> list[dict[str, Any]]:
    """What a perceiver yielded, as JSON that can be compared."""
    found = []
    for item in items:
        if isinstance(item, Observation):
            found.append({**item.to_json(), "confidence": float(item.confidence)})
        else:
            facts = {**item.facts}
            parts = {"part": item.modality, "digest": item.digest, "name": item.name, "facts": facts}
            found.append({**parts, "parent": item.parent, "span": list(item.span) if item.span else None})
    return found


def difference(first: Any, second: Any) -> str:
    """Where two lists of what was written differ, in words; "" if they do not."""
    one, other = ([json.dumps(each, sort_keys=True, default=str) for each in listed] for listed in (first, second))
    if one == other:
        return ""
    if sorted(one) == sorted(other):
        return "the same things come in another order"
    if len(one) != len(other):
        return f"{len(one)} things once, {len(other)} the other time"
    number = next(index for index, (mine, its) in enumerate(zip(one, other, strict=True)) if mine != its)
    return f"item {number + 1} is {one[number][:160]} once, and {other[number][:160]} the other time"


def plain(options: Any) -> dict[str, Any]:
    """Options as a settings file could give them."""
    if not is_dataclass(options) or isinstance(options, type):
        return {}
    return {each.name: _jsonable(getattr(options, each.name)) for each in fields(options)}


def _jsonable(value: Any) -> Any:
    if isinstance(value, (tuple, list, set, frozenset)):
        return [_jsonable(each) for each in value]
    if isinstance(value, dict):
        return {str(key): _jsonable(each) for key, each in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        return plain(value)
    return value if isinstance(value, (str, int, float, bool, type(None))) else str(value)


def acceptable(error: BaseException) -> bool:
    """Whether an input that is no good may end a call so: it is then the input's fault."""
    return isinstance(error, (MediaError, WeightsError, CannotAnswer, RequestRefused, Cancelled))


def _listed(perceiver: Perceiver, task: Task) -> list[Observation | Part]:
    found = perceiver.perceive(task)
    if not isinstance(found, Iterable):
        raise NotAsPromised(f"{perceiver.name} gave {shown(found)}, nothing to go through.", "Use `yield`.")
    return list(found)
