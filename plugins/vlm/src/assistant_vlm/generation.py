"""Runs one generation in a thread of its own: streamed, stoppable within a layer's time, with token probabilities.

Heavy. The thread never outlives the iteration; what it raises comes out of the iteration.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import torch
from transformers import (
    LogitsProcessor,
    LogitsProcessorList,
    StoppingCriteria,
    StoppingCriteriaList,
    TemperatureLogitsWarper,
    TopKLogitsWarper,
    TopPLogitsWarper,
)
from transformers import TextIteratorStreamer as Streamer

from assistant.errors import AssistantError, Cancelled
from assistant.types import FREE, Sampling
from assistant_vlm.loading import Loaded, enough_memory

POLL_SECONDS: Final = 0.05
"""How often a stop is looked for while no text comes."""

LEAST_TEMPERATURE: Final = 1e-3
"""Below it nothing but the likeliest token is drawn, and figures overflow."""
HELD: Final = 4
"""Bytes of a letter at most: fewer that make none yet wait for the rest."""


class Stopped(Exception):
    """Raised inside the model when the work is no longer wanted."""


class Brake:
    """Ends a forward pass between two layers: a long prompt on a CPU takes many seconds."""

    def __init__(self, model: Any) -> None:
        """Watch every layer of the model."""
        self.stop = threading.Event()
        for module in model.modules():
            if isinstance(module, torch.nn.ModuleList):
                for layer in module:
                    layer.register_forward_pre_hook(self._check)

    def _check(self, module: Any, inputs: Any) -> None:
        if self.stop.is_set():
            raise Stopped


@dataclass(slots=True)
class Outcome:
    """What a generation left behind; filled while it runs."""

    tokens: list[int] = field(default_factory=list)
    """Ids of the answer."""
    prompt: list[int] = field(default_factory=list)
    logprobs: list[float] = field(default_factory=list)
    """Natural logarithm of each token's probability."""
    first: Any = None
    """[vocabulary] probabilities of the first token."""
    cut: bool = False
    """True if time ran out before the end."""
    stopped: bool = False
    """True if a stop text ended it."""
    full: bool = False
    """True if it has as many tokens as it may have, and did not end by itself."""
    first_token_seconds: float = 0.0
    """From the start to the first token."""
    seconds: float = 0.0

    @property
    def written(self) -> int:
        """Tokens that were chosen, also of an answer that was stopped."""
        return len(self.tokens) or (0 if self.first is None else len(self.logprobs) + 1)


class Pieces(Streamer):  # type: ignore[misc]  # transformers is not typed here
    """Gives text as soon as its letters are whole. Its base waits for a blank, which many scripts do not write."""

    token_cache: list[int]
    print_len: int
    next_tokens_are_prompt: bool

    def put(self, value: Any) -> None:
        """Take the prompt, which is passed over, then token after token."""
        if self.next_tokens_are_prompt:
            self.next_tokens_are_prompt = False
            return
        self.token_cache.extend(value.flatten().tolist())
        text = self.tokenizer.decode(self.token_cache, **self.decode_kwargs)
        whole = text.rstrip("\ufffd")
        if len(text) - len(whole) < HELD:  # perhaps a letter whose bytes are not all here
            text = whole
        piece, self.print_len = text[self.print_len :], max(self.print_len, len(text))
        if text.endswith("\n"):  # nothing before it can change any more
            self.token_cache, self.print_len = [], 0
        self.on_finalized_text(piece)


class _Watch(LogitsProcessor):  # type: ignore[misc]  # transformers is not typed here
    """Writes down the probability of every token that is chosen; changes nothing."""

    def __init__(self, outcome: Outcome, began: float) -> None:
        self._outcome = outcome
        self._began = began
        self._last: Any = None

    def __call__(self, input_ids: Any, scores: Any) -> Any:
        if self._last is None:
            self._outcome.first_token_seconds = time.perf_counter() - self._began
        else:
            self._note(int(input_ids[0, -1]))
        self._last = torch.log_softmax(scores[0].float(), dim=-1)
        if self._outcome.first is None:
            self._outcome.first = self._last.exp().cpu()
        return scores

    def _note(self, token: int) -> None:
        self._outcome.logprobs.append(float(self._last[token]))

    def finish(self, tokens: Sequence[int]) -> None:
        """The last token is seen by nobody but the caller."""
        if tokens and len(self._outcome.logprobs) < len(tokens):
            self._note(tokens[-1])


class _Draw(LogitsProcessor):  # type: ignore[misc]  # transformers is not typed here
    """Draws each token with a generator of its own, and leaves only that one to be chosen.

    The library's own sampling takes from the one generator of the process: a seed there would change what every other
    model draws, and they what this one does.
    """

    def __init__(self, sampling: Sampling, model: Any) -> None:
        settings = model.generation_config
        self._generator = torch.Generator()
        if sampling.seed is None:
            self._generator.seed()
        else:
            self._generator.manual_seed(sampling.seed % 2**63)
        self._warpers = [TemperatureLogitsWarper(max(LEAST_TEMPERATURE, float(sampling.temperature or 1.0)))]
        if sampling.top_p is not None:
            share, most = sampling.top_p, 0
        else:  # what the model's authors advise
            share, most = getattr(settings, "top_p", None) or 1.0, getattr(settings, "top_k", None) or 0
        if most:
            self._warpers.append(TopKLogitsWarper(most))
        if 0 < share < 1:
            self._warpers.append(TopPLogitsWarper(share))
        elif not share:
            self._warpers.append(TopKLogitsWarper(1))

    def __call__(self, input_ids: Any, scores: Any) -> Any:
        wanted = scores.float()
        for warper in self._warpers:
            wanted = warper(input_ids, wanted)
        drawn = torch.multinomial(wanted.softmax(-1).cpu(), 1, generator=self._generator).to(scores.device)
        return torch.full_like(scores, -torch.inf).scatter(-1, drawn, 0.0)


class _Stop(StoppingCriteria):  # type: ignore[misc]  # transformers is not typed here
    def __init__(self, brake: Brake) -> None:
        self._brake = brake

    def __call__(self, input_ids: Any, scores: Any, **further: Any) -> Any:
        return torch.full((input_ids.shape[0],), self._brake.stop.is_set(), device=input_ids.device)


def generate(
    loaded: Loaded,
    brake: Brake,
    tensors: dict[str, Any],
    outcome: Outcome,
    *,
    cancel: threading.Event,
    seconds: float,
    max_new_tokens: int,
    sampling: Sampling = FREE,
    cache: Any = None,
    stops: Sequence[str] = (),
) -> Iterator[str]:
    """Yield the answer's text as it comes.

    Args:
        loaded: the model.
        brake: of the model.
        tensors: its inputs.
        outcome: is filled.
        cancel: ends it.
        seconds: after which it is cut off.
        max_new_tokens: of the answer.
        sampling: temperature, top_p and seed; temperature 0 or None takes the likeliest token each time.
        cache: an attention cache that holds the beginning of the prompt, or is empty.
        stops: texts that end the answer; they are not part of it.

    Raises:
        Cancelled: `cancel` was set.
        AssistantError: out of memory.
        Exception: what the model raised.
    """
    began = time.perf_counter()
    until = began + seconds
    brake.stop.clear()
    streamer = Pieces(loaded.tokenizer, skip_prompt=True, timeout=POLL_SECONDS, skip_special_tokens=True)
    watch = _Watch(outcome, began)
    processors = LogitsProcessorList([watch, *([_Draw(sampling, loaded.model)] if sampling.temperature else [])])
    failure: list[BaseException] = []

    def run() -> None:
        try:
            with torch.inference_mode():
                outcome.prompt = tensors["input_ids"][0].tolist()
                made = loaded.model.generate(
                    **tensors,
                    **({} if cache is None else {"past_key_values": cache}),
                    do_sample=False,
                    temperature=None,  # what the model's own configuration says of these would only be warned about
                    top_p=None,
                    top_k=None,
                    max_new_tokens=max_new_tokens,
                    num_beams=1,
                    streamer=streamer,
                    logits_processor=processors,
                    stopping_criteria=StoppingCriteriaList([_Stop(brake)]),
                )
                start = 1 if loaded.model.config.is_encoder_decoder else len(outcome.prompt)
                outcome.tokens = made[0, start:].tolist()
                watch.finish(outcome.tokens)
                ends = loaded.model.generation_config.eos_token_id
                ends = ends if isinstance(ends, list) else [ends]
                outcome.full = len(outcome.tokens) >= max_new_tokens and outcome.tokens[-1] not in ends
        except Stopped:
            pass
        except BaseException as error:  # handed to the iteration, which raises it
            failure.append(error)
        finally:
            outcome.seconds = time.perf_counter() - began
            streamer.text_queue.put(streamer.stop_signal)

    worker = threading.Thread(target=run, name="vlm-generate", daemon=True)
    worker.start()
    trim = Trimmer(stops)
    try:
        while True:
            if cancel.is_set():
                raise Cancelled
            if time.perf_counter() > until and not brake.stop.is_set():
                outcome.cut = True
                brake.stop.set()
            try:
                piece = next(streamer)
            except queue.Empty:
                continue
            except StopIteration:
                break
            text = trim(piece)
            if text:
                yield text
            if trim.ended:
                outcome.stopped = True
                brake.stop.set()
    finally:
        brake.stop.set()
        worker.join()
    if failure:
        with enough_memory("vlm", "answer"):
            raise failure[0]
    rest = trim.rest()
    if rest:
        yield rest
    if outcome.cut and not outcome.tokens and not outcome.logprobs:
        raise AssistantError(
            f"{loaded.name} did not begin to answer within {seconds:.0f} s.",
            "Choose a smaller model or image_size, or more `seconds`.",
        )


class Trimmer:
    """Holds streamed text back where a stop text may begin, drops it from there, and drops a thought in front."""

    OPEN: Final = "<think>"
    CLOSE: Final = "</think>"

    def __init__(self, stops: Sequence[str]) -> None:
        self._stops = tuple(stops)
        self._held = ""
        self._begun = False
        self.ended = False

    def __call__(self, piece: str) -> str:
        """What may be shown now."""
        if self.ended:
            return ""
        self._held += piece
        if not self._begun:
            self._held = self._held.lstrip()
            if self._held.startswith(self.OPEN):
                _, closed, after = self._held.partition(self.CLOSE)
                if not closed:
                    return ""
                self._held = after.lstrip()
            if not self._held or self.OPEN.startswith(self._held):
                return ""
            self._begun = True
        at = min((place for stop in self._stops if (place := self._held.find(stop)) >= 0), default=-1)
        if at >= 0:
            self.ended = True
            shown, self._held = self._held[:at], ""
            return shown
        keep = max((_overlap(self._held, stop) for stop in self._stops), default=0)
        shown, self._held = self._held[: len(self._held) - keep], self._held[len(self._held) - keep :]
        return shown

    def rest(self) -> str:
        """What was held back in vain."""
        if not self._begun and self._held.startswith(self.OPEN):
            return ""
        rest, self._held = self._held, ""
        return rest


def _overlap(text: str, stop: str) -> int:
    """Characters at the end of the text with which the stop text begins."""
    return next((size for size in range(min(len(text), len(stop) - 1), 0, -1) if text.endswith(stop[:size])), 0)
