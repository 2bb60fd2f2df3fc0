"""The answerer `llama`: small talk, the wording of computed answers, and, if wanted, answers from what was perceived.

It never overrides a computed fact: what it may say is decided before it is asked (smalltalk.py) or checked afterwards
(wording.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from assistant.context import Snapshot
from assistant.errors import CannotAnswer, WeightsMissing
from assistant.plugin import Answerer, Request, Services
from assistant.prompt import Budget, PromptMessage, prompt
from assistant.replies import concluded, harmless
from assistant.types import AUDIO, FREE, IMAGE, VIDEO, Answer, Delta, Question
from assistant_llama.model import Ending, Model
from assistant_llama.options import LlamaOptions, file_of, missing
from assistant_llama.smalltalk import is_small_talk
from assistant_llama.wording import ASK, preserves

CHAT: Final = (
    "You are a friendly assistant. Answer in one or two short sentences, in the language of the message. Claim nothing "
    "about yourself, about people, or about pictures and recordings."
)
LONGEST_REWORDED: Final = 300
"""Characters of a computed answer that is reworded; longer ones list evidence, which is to be left alone."""
FOLLOWED: Final = frozenset({"temperature", "top_p", "seed", "max_tokens", "stop", "instructions"})


class LlamaAnswerer(Answerer):
    """Talks with a small language model on this machine."""

    name = "llama"
    accepts = (IMAGE, AUDIO, VIDEO)
    quality = 20
    deadline = 120.0
    memory_mb = 300
    Options = LlamaOptions

    def __init__(self) -> None:
        self._options: LlamaOptions | None = None
        self._model: Model | None = None

    def unready(self, options: Any) -> str:
        """Which setting is missing."""
        return missing(options)

    def weights(self, options: Any) -> tuple[str, ...]:
        """The weights that the options name, unless they name a file."""
        return () if file_of(options) is not None else (options.model,)

    def load(self, services: Services) -> None:
        """Load the model.

        Raises:
            WeightsError: there is no model, or it cannot be loaded.
        """
        options: LlamaOptions = services.options
        path = file_of(options) or _gguf_in(services.weights(options.model))
        self._model = Model(path, context=options.context_tokens, threads=services.threads)
        self._options = options
        # what is reworded keeps every fact of another's answer: no wish about its words can be promised
        self.honours = frozenset() if options.reword else FOLLOWED

    def close(self) -> None:
        """Free the model."""
        if self._model is not None:
            self._model.close()
            self._model = None

    def needs(self, question: Question, context: Snapshot) -> frozenset[str] | None:
        """Nothing for small talk; everything for what is answered or reworded."""
        options = self._options
        if is_small_talk(question.text, context) or not (options is None or options.reword or options.answers):
            return frozenset()
        return None

    def answer(self, request: Request) -> Iterator[Delta]:
        """The reply.

        Raises:
            CannotAnswer: the question is not for it under the options.
            AssistantError: the model failed.
        """
        assert self._options is not None
        if self._options.small_talk and is_small_talk(request.question.text, request.context):
            question, ending = harmless(request.question.text), Ending()
            system = "\n".join(filter(None, (CHAT, harmless(request.instructions))))
            messages = [{"role": "system", "content": system}, {"role": "user", "content": question}]
            for piece in self._stream(request, messages, ending):
                yield Delta(piece)
            yield Delta(tokens=ending.tokens, finish=ending.finish)
        elif self._options.reword and (computed := request.computed()) is not None:
            yield from self._reworded(request, computed)
        elif self._options.answers:
            yield from self._answered(request)
        else:
            raise CannotAnswer("it is no small talk")

    def _reworded(self, request: Request, computed: Answer) -> Iterator[Delta]:
        if computed.abstained or not computed.text or len(computed.text) > LONGEST_REWORDED:
            worded = ""
        else:
            worded = self.reword(computed.text, request)
        kept = worded if preserves(computed.text, worded) else computed.text
        yield Delta(kept, computed.citations, computed.confidence, computed.abstained, computed.short)

    def reword(self, text: str, request: Request) -> str:
        """The text in the model's words, unchecked."""
        return "".join(
            self._stream(
                replace(request, sampling=FREE),
                [{"role": "system", "content": ASK}, {"role": "user", "content": harmless(text)}],
                Ending(),
            )
        ).strip()

    def _answered(self, request: Request) -> Iterator[Delta]:
        assert self._options is not None
        room = self._options.context_tokens - self._options.max_tokens
        written = prompt(request, Budget(tokens=max(100, room // 2), messages=4 if room > 1500 else 0, examples=2))
        whole, ending = "", Ending()
        for piece in self._stream(request, _messages(written), ending):
            whole += piece
            yield Delta(piece)
        if not whole.strip() and not (request.sampling.given & {"max_tokens", "stop"}):
            raise CannotAnswer("the language model said nothing")
        end = concluded(request.question.text, whole, request.context.observations)
        yield replace(end, tokens=ending.tokens, finish=ending.finish)

    def _stream(self, request: Request, messages: Sequence[dict[str, str]], ending: Ending) -> Iterator[str]:
        assert self._model is not None
        assert self._options is not None
        options, asked = self._options, request.sampling
        longest = min(options.max_tokens, options.context_tokens // 2)
        drawn = asked.top_p is not None and not options.temperature
        temperature = 1.0 if drawn else options.temperature
        return self._model.stream(
            messages,
            request.cancel,
            max_tokens=min(longest, asked.max_tokens or longest),
            temperature=temperature if asked.temperature is None else asked.temperature,
            top_p=asked.top_p,
            seed=options.seed if asked.seed is None else asked.seed,
            stop=asked.stop,
            timeout=options.timeout,
            ending=ending,
        )


def _messages(written: Sequence[PromptMessage]) -> list[dict[str, str]]:
    return [{"role": message.role, "content": harmless(message.text)} for message in written]


def _gguf_in(directory: Path) -> Path:
    found = sorted(directory.glob("*.gguf"))
    if not found:
        raise WeightsMissing(f"There is no GGUF file in {directory.name}.", "Set plugins.llama.model to one.")
    return found[0]
