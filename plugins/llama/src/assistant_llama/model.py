"""A language model in a GGUF file, run by llama.cpp in this process. Knows no prompts and no questions."""

from __future__ import annotations

import json
import queue
import re
import secrets
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from assistant.errors import AssistantError, Cancelled, CannotAnswer, WeightsCorrupt
from assistant.types import Finish

MAGIC: Final = b"GGUF"
"""First bytes of every GGUF file (format specification of ggml)."""
POLL_SECONDS: Final = 0.1
_END: Final = object()
_SPECIAL: Final = re.compile(r"<(?=[|｜/!a-z_]|[A-Z_]+>)|\[(?=/?[A-Z_]{3,}\])")
"""How the special tokens of chat models begin: <|im_end|>, </s>, <start_of_turn>, <BOS_TOKEN>, [INST]."""


@dataclass(slots=True)
class Ending:
    """What the end of a reply said of it; filled while it is read."""

    finish: Finish = "stop"
    tokens: tuple[int, int] | None = None
    """Read and written."""


def defused(text: str) -> str:
    """The text with a space in whatever may be a special token: llama.cpp reads those in messages as its own."""
    return _SPECIAL.sub(r"\g<0> ", text)


class Model:
    """One loaded model; answers one request at a time."""

    def __init__(self, path: Path, *, context: int, threads: int) -> None:
        """Load it.

        Args:
            path: the GGUF file.
            context: tokens of prompt and answer together.
            threads: processor threads.

        Raises:
            WeightsCorrupt: it is no model that llama.cpp can load.
        """
        import xllamacpp

        with path.open("rb") as file:
            magic = file.read(len(MAGIC))
        if magic != MAGIC:
            raise WeightsCorrupt(f"{path.name} is no GGUF file.", "Set plugins.llama.model to one.")
        parameters = xllamacpp.CommonParams()
        parameters.model.path = str(path)
        parameters.n_ctx = context
        parameters.n_parallel = 1
        parameters.cpuparams.n_threads = parameters.cpuparams_batch.n_threads = threads
        parameters.verbosity = 0
        # The library also serves HTTP on a free port of this machine: nobody else is to use that.
        parameters.api_keys = [secrets.token_urlsafe(32)]
        parameters.cors_origins = "null"
        parameters.ui = parameters.endpoint_slots = False
        parameters.n_threads_http = 1
        try:
            self._server = xllamacpp.Server(parameters)
        except (RuntimeError, ValueError) as error:
            raise WeightsCorrupt(
                f"{path.name} cannot be loaded: {error}.", "Set plugins.llama.model to a chat model in GGUF."
            ) from error
        self.address: str = self._server.listening_address

    def stream(
        self,
        messages: Sequence[Mapping[str, str]],
        cancel: threading.Event,
        *,
        max_tokens: int,
        temperature: float = 0.0,
        top_p: float | None = None,
        seed: int = 1,
        stop: Sequence[str] = (),
        timeout: float = 60.0,
        ending: Ending | None = None,
    ) -> Iterator[str]:
        """The reply, piece by piece; the model's own chat template is applied.

        Args:
            messages: role and content, in turns.
            cancel: ends it within POLL_SECONDS when set; so does closing the iterator.
            max_tokens: of the reply.
            temperature: 0 takes the likeliest token.
            top_p: the share of the likeliest tokens to draw from; None for llama.cpp's own.
            seed: of the sampling.
            stop: texts that end the reply; they are not part of it.
            timeout: seconds of silence after which it is given up.
            ending: is filled.

        Raises:
            Cancelled: `cancel` was set.
            CannotAnswer: the messages do not fit into the context.
            AssistantError: it failed, or was silent too long.
        """
        inbox: queue.SimpleQueue[Any] = queue.SimpleQueue()
        ending = ending or Ending()
        over = threading.Event()
        body = {
            "messages": [{**message, "content": defused(message["content"])} for message in messages],
            "max_tokens": max_tokens,
            "temperature": temperature,
            "seed": seed % 2**32,
            "stop": list(stop),
            "stream": True,
            "stream_options": {"include_usage": True},
            "cache_prompt": True,
            **({} if top_p is None else {"top_p": top_p}),
        }

        def receive(chunk: str | bytes) -> bool:
            inbox.put(chunk)
            return over.is_set() or cancel.is_set()

        def work() -> None:
            try:
                self._server.handle_chat_completions(json.dumps(body), receive)
            except Exception as error:  # handed to the caller, who raises one of ours
                inbox.put(error)
            finally:
                inbox.put(_END)

        worker = threading.Thread(target=work, name="assistant-llama-reply", daemon=True)
        worker.start()
        heard = time.monotonic()
        try:
            while True:
                if cancel.is_set():
                    raise Cancelled
                try:
                    item = inbox.get(timeout=POLL_SECONDS)
                except queue.Empty:
                    if time.monotonic() - heard > timeout:
                        raise AssistantError(
                            f"The language model said nothing for {timeout:.0f} s.",
                            "Raise plugins.llama.timeout, or choose a smaller model.",
                        ) from None
                    continue
                if item is _END:
                    return
                heard = time.monotonic()
                text = _text(item, ending)
                if text:
                    yield text
        finally:
            over.set()

    def close(self) -> None:
        """Free the model."""
        del self._server


def _text(item: Any, ending: Ending) -> str:
    if isinstance(item, Exception):
        raise _failure(str(item)) from item
    value = json.loads(item)
    if "error" in value:
        raise _failure(str(value["error"]))
    choices = value.get("choices") or [{}]
    if choices[0].get("finish_reason") == "length":
        ending.finish = "length"
    usage = value.get("usage")
    if usage:
        ending.tokens = int(usage.get("prompt_tokens") or 0), int(usage.get("completion_tokens") or 0)
    return str(choices[0].get("delta", {}).get("content") or "")


def _failure(said: str) -> AssistantError:
    if "exceed" in said and "context" in said:
        return CannotAnswer("the conversation is too long for it", "Raise plugins.llama.context_tokens.")
    return AssistantError(f"The language model failed: {' '.join(said.split())[:200]}.", "Ask again, or restart.")
