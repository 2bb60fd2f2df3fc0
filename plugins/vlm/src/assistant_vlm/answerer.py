"""The vision-language answerer: shows a model the pictures and what was perceived, and streams what it says.

Light to import: torch and transformers come with `load`.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, Final

from assistant.errors import AssistantError, Cancelled, CannotAnswer
from assistant.plugin import Answerer, Request, Services
from assistant.prompt import Budget, chosen_pictures, prompt
from assistant.replies import abstains, cited, options_in, short_of
from assistant.types import Delta, Part, Sampling
from assistant_vlm.options import VlmOptions
from assistant_vlm.replies import NO, YES, asked_of, guess, likelihood, spelled, yes_or_no
from assistant_vlm.turns import Either, Turns

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

    from assistant_vlm.chat import Inputs
    from assistant_vlm.features import Features
    from assistant_vlm.generation import Brake, Outcome
    from assistant_vlm.loading import Loaded
    from assistant_vlm.pictures import Pictures
    from assistant_vlm.reuse import Prefix

logger = logging.getLogger(__name__)

SAMPLED: Final = frozenset({"temperature", "top_p", "seed", "max_tokens", "stop"})
"""Fields of `Sampling` that every model follows."""

ATTEMPTS: Final = 4
"""How often a prompt that is too long is written again, each time with much less in it."""


class VisionLanguage(Answerer):
    """Answers with a vision-language model through transformers."""

    name: ClassVar[str] = "vlm"
    accepts: ClassVar[tuple[str, ...]] = ("image", "video")
    quality: ClassVar[int] = 100
    requires: ClassVar[tuple[str, ...]] = ("torch", "transformers", "PIL")
    Options: ClassVar[type[VlmOptions]] = VlmOptions
    memory_mb: ClassVar[int] = 2500
    deadline: ClassVar[float] = 240.0
    """Its turn may take `seconds` to come and the answer as long again."""
    concurrency: ClassVar[int] = 18
    """So that the queue is ours to bound: one question is answered at a time."""
    honours: frozenset[str] = SAMPLED
    """Instructions too, once a model is loaded that takes a system message."""

    def __init__(self) -> None:
        self._options = VlmOptions()
        self._turns = Turns(self.name, self._options.queue)
        self._loaded: Loaded | None = None
        self._brake: Brake | None = None
        self._prefix: Prefix | None = None
        self._pictures: Pictures
        self._yes: frozenset[int] = frozenset()
        self._no: frozenset[int] = frozenset()
        self._closing = threading.Event()
        self.features: Features | None = None
        self.last: Outcome | None = None
        """What the last generation measured."""

    @property
    def reused(self) -> int:
        """Tokens of the last prompt that were not computed again."""
        return self._prefix.reused if self._prefix is not None else 0

    def weights(self, options: VlmOptions) -> tuple[str, ...]:
        """The weights named, unless a directory or a hub repository is."""
        return named_weights(options.model)

    def unready(self, options: VlmOptions) -> str:
        """That the directory which the options name holds no model."""
        return missing(options.model, self.name)

    def load(self, services: Services) -> None:
        """Load model and processor."""
        from assistant_vlm.features import Features
        from assistant_vlm.generation import Brake
        from assistant_vlm.loading import load, locate
        from assistant_vlm.pictures import Pictures
        from assistant_vlm.reuse import Prefix, picture_tokens

        options: VlmOptions = services.options
        loaded = load(
            locate(options.model, services, self.name),
            services,
            plugin=self.name,
            auto="AutoModelForImageTextToText",
            dtype=options.dtype,
            device=options.device,
            quantisation=options.quantisation,
            attention=options.attention,
        )
        self._options, self._loaded, self._brake = options, loaded, Brake(loaded.model)
        self._turns = Turns(self.name, options.queue)
        self.honours = SAMPLED if loaded.family.talk == "task" else SAMPLED | {"instructions"}
        self._closing.clear()
        self._yes, self._no = spelled(loaded.tokenizer, YES), spelled(loaded.tokenizer, NO)
        side = options.image_size or (loaded.family.cpu_side if loaded.device == "cpu" else 0)
        if loaded.family.enlarges and side:
            loaded.processor.image_processor.size = {"longest_edge": side}
        self._pictures = Pictures(side)
        if options.reuse:
            self._pictures.attach(loaded.processor.image_processor)
        if options.reuse and loaded.family.prefix and not loaded.model.config.is_encoder_decoder:
            self._prefix = Prefix(picture_tokens(loaded.model, loaded.processor))
        if options.reuse and loaded.family.features and options.features_mb:
            features = Features(loaded.family.features, options.features_mb * 2**20)
            self.features = features if features.attach(loaded.model) else None

    def close(self) -> None:
        """Stop what is being answered and free the model."""
        self._closing.set()
        with self._turns.take(threading.Event(), self.deadline):
            device = self._loaded.device if self._loaded is not None else ""
            if self._loaded is not None:
                del self._pictures
            self._loaded = self._brake = self._prefix = self.features = None
        if device:
            from assistant_vlm.loading import free

            free(device)

    def answer(self, request: Request) -> Iterator[Delta]:
        """Stream the answer.

        Raises:
            CannotAnswer: there is no picture, or too many questions wait.
            AssistantError: it does not fit, or memory ran out.
        """
        if not chosen_pictures(request.context, 1):
            raise CannotAnswer("there is no picture to look at")
        cancel = Either(request.cancel, self._closing)
        with self._turns.take(cancel, self._options.seconds):
            if self._loaded is None or self._brake is None:
                raise Cancelled
            yield from self._answer(request, self._loaded, self._brake, cancel)

    def _answer(self, request: Request, loaded: Loaded, brake: Brake, cancel: threading.Event) -> Iterator[Delta]:
        from assistant_vlm.chat import placed
        from assistant_vlm.generation import Outcome, generate
        from assistant_vlm.reuse import empty_cache

        question, sampling = request.question.text, self._sampling(request.sampling)
        inputs, shown = self._inputs(request, loaded, cancel)
        tensors, cache = inputs.tensors, None
        if self._prefix is not None:
            cache = self._prefix.take(inputs.tokens, inputs.pictures)
            if cache is None:
                cache = empty_cache(loaded.model)
            else:  # the pictures are in what is reused
                tensors = {
                    name: value
                    for name, value in tensors.items()
                    if name in ("input_ids", "attention_mask") or name.endswith("token_type_ids")
                }
        self.last = outcome = Outcome()
        said = ""
        try:
            for piece in generate(
                loaded,
                brake,
                placed(tensors, loaded.device, loaded.model.dtype),
                outcome,
                cancel=cancel,
                seconds=self._options.seconds,
                max_new_tokens=self._longest(request),
                sampling=sampling,
                cache=cache,
                stops=(*loaded.family.stops, *sampling.stop),
            ):
                said += piece
                yield Delta(piece)
        except Cancelled:
            raise
        except AssistantError:
            self._forget()
            raise
        if self._prefix is not None and outcome.tokens:
            self._prefix.put([*outcome.prompt, *outcome.tokens], inputs.pictures, cache)
        said = said.strip()
        if not said and not (outcome.full or (outcome.stopped and sampling.stop)):
            raise CannotAnswer(f"{loaded.name} said nothing")
        yield self._judged(question, said, outcome, request, shown)

    def _sampling(self, asked: Sampling) -> Sampling:
        """What was asked for; the temperature of the options where none was, unless words are to be drawn anyway."""
        drawn = asked.top_p is not None and not self._options.temperature
        temperature = 1.0 if drawn else self._options.temperature
        return asked if asked.temperature is not None else replace(asked, temperature=temperature)

    def _longest(self, request: Request) -> int:
        """Tokens of the answer at most."""
        return max(1, min(self._options.max_new_tokens, request.sampling.max_tokens or self._options.max_new_tokens))

    def _judged(self, question: str, said: str, outcome: Outcome, request: Request, shown: str) -> Delta:
        """The end of an answer: bare answer, sureness, whether it passes, and what it names."""
        short = short_of(question, said)
        sure = yes_or_no(outcome.first, self._yes, self._no, short)
        confidence = likelihood(outcome.logprobs) if sure is None else sure
        abstained = abstains(said) and not (short is not None and short in options_in(question))
        if abstained and short is None and asked_of(question) == "polar":
            short, confidence = guess(outcome.first, self._yes, self._no) or (None, confidence)
        named = cited(said, [seen for seen in request.context.observations if seen.text in shown])
        return Delta(
            citations=named,
            confidence=None if confidence is None else round(confidence, 4),
            abstained=abstained,
            short=short,
            tokens=(len(outcome.prompt), outcome.written),
            finish="length" if outcome.full or outcome.cut else "stop",
        )

    def _inputs(self, request: Request, loaded: Loaded, cancel: threading.Event) -> tuple[Inputs, str]:
        """The model's inputs and what it read of the context; too long a prompt is written again with less in it."""
        from assistant_vlm.chat import prepare

        options = self._options
        budget = Budget(
            pictures=min(options.pictures, loaded.family.pictures),
            tokens=options.context_tokens,
            messages=options.messages,
            examples=options.examples,
        )
        question = request.question.text

        def picture(part: Part) -> Picture:
            return self._pictures.get(request.media, part)

        for attempt in range(ATTEMPTS):
            if cancel.is_set():
                raise Cancelled
            messages = prompt(request, budget)
            inputs = prepare(loaded, messages, asked_of(question), question, picture)
            room = loaded.longest - self._longest(request) if loaded.longest and loaded.family.talk == "chat" else 0
            if room <= 0 or len(inputs.tokens) <= room:
                return inputs, "" if loaded.family.talk == "task" else "\n".join(each.text for each in messages)
            logger.info("a prompt of %d tokens is too long for %s", len(inputs.tokens), loaded.name)
            budget = replace(
                budget,
                pictures=max(1, budget.pictures // 2) if attempt else budget.pictures,
                tokens=max(100, budget.tokens // 3),
                messages=0,
                examples=budget.examples // 2,
            )
        raise AssistantError(
            f"The pictures and the question take {len(inputs.tokens)} tokens, and {loaded.name} can read "
            f"{loaded.longest}.",
            "Choose fewer `pictures`, a smaller `image_size`, or another model in [plugins.vlm] of the settings.",
        )

    def _forget(self) -> None:
        """Where memory ran out, give back what is only kept to be quicker."""
        if self._prefix is not None:
            self._prefix.clear()
        if self.features is not None:
            self.features.clear()


def missing(model: str, plugin: str) -> str:
    """What to mend if the option `model` names a directory without a model, as a sentence; "" otherwise."""
    from pathlib import Path

    if not model.startswith(("/", ".", "~")) or (Path(model).expanduser() / "config.json").is_file():
        return ""
    return f"Set plugins.{plugin}.model to a model's directory, or to the name of weights: {model} has no config.json."


def named_weights(model: str) -> tuple[str, ...]:
    """The name if the option `model` names weights rather than a directory or a hub repository."""
    from pathlib import Path

    return () if "/" in model or model.startswith(("~", ".")) or Path(model).is_dir() else (model,)
