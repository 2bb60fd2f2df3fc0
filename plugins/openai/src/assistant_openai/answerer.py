"""The answerer `openai`: prompt, request, reply. What a server takes: terms.py; how it is reached: channel.py."""

from __future__ import annotations

import logging
import math
import threading
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from assistant.errors import AssistantError
from assistant.plugin import Answerer, Request, Services
from assistant.prompt import Budget, Picture, PromptMessage, Recording, prompt
from assistant.replies import concluded
from assistant.types import AUDIO, IMAGE, VIDEO, Delta
from assistant_openai.channel import Channel, NoStream, Silent
from assistant_openai.content import messages_of
from assistant_openai.failures import explained, said_by
from assistant_openai.options import OpenAIOptions, Server, key_of, leaves, missing, server_of
from assistant_openai.terms import Terms, adapted, choose, silently_replaced

logger = logging.getLogger(__name__)

ATTEMPTS: Final = 6
"""Requests for one answer, each with less of what the server refused: pictures, sound, fields, length."""
PERCEIVED_TOKENS: Final = 3000
"""Of the block of what was perceived, at most."""
PASSING: Final = frozenset({408, 409, 429, *range(500, 600)})
"""Statuses that the SDK takes for worth another try."""
FRAME_TOKENS: Final = 400
"""System text, question and chat template, roughly."""
PICTURE_TOKENS: Final = 300
"""Of one picture, roughly: 256 to 1,000 in common models, and the block of the perceived gives way first."""
FOLLOWED: Final = frozenset({"temperature", "top_p", "seed", "max_tokens", "instructions"})
"""What a server can be asked for, until it refuses. A stop text is sent too, but the host cuts for those that ignore
it."""
_THINKS, _THOUGHT = "<think>", "</think>"


class OpenAIAnswerer(Answerer):
    """Asks a server with an OpenAI-compatible chat API, with pictures and sound where its model takes them."""

    name = "openai"
    accepts = (IMAGE, AUDIO, VIDEO)
    quality = 90
    deadline = 180.0
    requires = ("openai", "httpx2")
    Options = OpenAIOptions
    concurrency = 4
    honours = FOLLOWED

    def __init__(self) -> None:
        self._options = OpenAIOptions()
        self._server = Server("", "", False)
        self._key = ""
        self._channel: Channel | None = None
        self._terms: Terms | None = None

    def unready(self, options: Any) -> str:
        """Which setting is missing."""
        return missing(options)

    def leaves(self, options: Any) -> str:
        """The server, unless it runs on this machine."""
        return leaves(options)

    def load(self, services: Services) -> None:
        """Make the client; the server is asked nothing yet."""
        self._options = services.options
        self._server = server_of(self._options)
        self._terms, self.honours = None, FOLLOWED
        self._key = key_of(self._options, self._server)
        self._channel = Channel(
            self._server.url,
            self._key,
            retries=self._options.retries,
            timeout=self._options.timeout,
        )

    def close(self) -> None:
        """Close the connections."""
        if self._channel is not None:
            self._channel.close()
            self._channel = None

    def answer(self, request: Request) -> Iterator[Delta]:
        """The reply as it streams, then what can be read out of it.

        Raises:
            AssistantError: the server cannot be used; says why and what mends it.
            Cancelled: the turn was stopped.
        """
        import openai

        terms = self._terms or self._ask_terms(request.cancel)
        patient = False
        for _ in range(ATTEMPTS):
            written = self._prompt(request, terms)
            pictures = _holds(written, Picture)
            recordings = _holds(written, Recording)
            body = self._body(request, written, terms)
            unsure = (pictures and terms.images is None) or (recordings and terms.audio is None)
            try:
                # Some servers answer 500 to what their model cannot take: repeating that would only cost time.
                yield from self._reply(request, body, terms, retries=0 if unsure and not patient else None)
            except openai.APIStatusError as error:
                changed = adapted(
                    terms,
                    error.status_code,
                    said_by(error),
                    body,
                    self._options,
                    pictures=pictures,
                    recordings=recordings,
                )
                if changed is None and unsure and not patient and error.status_code in PASSING:
                    patient = True
                    continue
                if changed is None:
                    if error.status_code == 404:
                        self._terms = None  # perhaps it serves another model now
                    raise self._explained(error, terms.model) from error
                logger.info("%s: %s, after status %d", self._server.shown, changed, error.status_code)
                # A prompt that is too long although its size is known says nothing about later ones.
                halved = changed.context == terms.context // 2
                self._terms = replace(changed, context=terms.context) if halved else changed
                self.honours = FOLLOWED - (changed.without - {"max_tokens"})
                terms = changed
            except (openai.OpenAIError, Silent, NoStream, ValueError) as error:
                raise self._explained(error, terms.model) from error
            else:
                if unsure:
                    self._terms = _settled(terms, pictures, recordings)
                return
        raise AssistantError(
            f"The server {self._server.shown} refused every form of the request.",
            "Look at its log, and compare plugins.openai.model with what it serves.",
        )

    def _explained(self, error: Exception, model: str = "") -> AssistantError:
        return explained(error, server=self._server.shown, model=model, timeout=self._options.timeout, secret=self._key)

    # ---- before ------------------------------------------------------------------------------------------------

    def _ask_terms(self, cancel: threading.Event) -> Terms:
        """Which model is asked, and what it takes."""
        import openai

        assert self._channel is not None
        listed: list[dict[str, Any]] = []
        try:
            listed = self._channel.models(cancel)
        except (openai.NotFoundError, openai.APIResponseValidationError) as error:
            if not self._options.model:
                raise self._explained(error) from error
            logger.info("%s lists no models", self._server.shown)
        except (openai.OpenAIError, Silent, ValueError) as error:
            raise self._explained(error) from error
        others = silently_replaced(listed, self._options.model) if self._options.model else ()
        if others:
            raise AssistantError(
                f"The server {self._server.shown} has no model {self._options.model}.",
                f"Set plugins.openai.model to one of: {', '.join(others[:8])}.",
            )
        terms = choose(listed, self._options)
        if terms is None:
            raise AssistantError(
                f"The server {self._server.shown} names no model that can chat.",
                "Set plugins.openai.model to the name of one.",
            )
        self._terms = terms
        return terms

    def _prompt(self, request: Request, terms: Terms) -> tuple[PromptMessage, ...]:
        options = self._options
        pictures = 0 if terms.images is False else options.pictures
        room = terms.context - self._max_tokens(terms, request) - FRAME_TOKENS
        pictures = min(pictures, max(1, room // (2 * PICTURE_TOKENS))) if pictures else 0
        return prompt(
            request,
            Budget(
                pictures=pictures,
                recordings=0 if terms.audio is False else options.recordings,
                tokens=max(100, min(PERCEIVED_TOKENS, (room - pictures * PICTURE_TOKENS) // 2)),
                messages=8 if terms.context >= 4096 else 2 if terms.context >= 768 else 0,
            ),
        )

    def _max_tokens(self, terms: Terms, request: Request) -> int:
        most = min(self._options.max_tokens, terms.context // 4)
        return min(most, request.sampling.max_tokens or most)

    def _body(self, request: Request, written: tuple[PromptMessage, ...], terms: Terms) -> dict[str, Any]:
        options, asked = self._options, request.sampling
        fields: Mapping[str, Any] = {
            "temperature": options.temperature if asked.temperature is None else asked.temperature,
            "top_p": asked.top_p,
            "seed": options.seed if asked.seed is None else asked.seed,
            "stop": list(asked.stop) or None,
            "logprobs": options.logprobs or None,
            "stream_options": {"include_usage": True},
        }
        body = {name: value for name, value in fields.items() if value is not None and name not in terms.without}
        body["max_completion_tokens" if "max_tokens" in terms.without else "max_tokens"] = self._max_tokens(
            terms, request
        )
        body["model"] = terms.model
        body["messages"] = messages_of(
            written, request.media, image_side=options.image_side, audio_seconds=options.audio_seconds
        )
        if options.extra:
            body["extra_body"] = {name: value for name, value in options.extra.items() if name not in asked.given}
        return body

    # ---- the reply ---------------------------------------------------------------------------------------------

    def _reply(
        self, request: Request, body: Mapping[str, Any], terms: Terms, *, retries: int | None
    ) -> Iterator[Delta]:
        logprobs: list[float] = []
        ended: list[str] = []
        counted: list[tuple[int, int]] = []

        def texts() -> Iterator[str]:
            assert self._channel is not None
            for chunk in self._channel.stream(body, request.cancel, retries=retries):
                if chunk.usage is not None:
                    counted.append((chunk.usage.prompt_tokens or 0, chunk.usage.completion_tokens or 0))
                for choice in chunk.choices or ():
                    if choice.finish_reason:
                        ended.append(choice.finish_reason)
                    if choice.logprobs is not None:
                        logprobs.extend(token.logprob for token in choice.logprobs.content or ())
                    if choice.delta is not None and choice.delta.content:
                        yield choice.delta.content

        whole = ""
        for piece in visible(texts()):
            whole += piece
            yield Delta(piece)
        if not ended:
            raise AssistantError(
                f"The server {self._server.shown} broke off before the answer's end.", "Ask again, or look at its log."
            )
        if "content_filter" in ended:
            raise AssistantError(f"The server {self._server.shown} withheld the answer (content filter).", "")
        asked = request.sampling
        wanted = ("length" in ended and asked.max_tokens) or asked.stop
        if not whole.strip() and not wanted:
            raise AssistantError(
                f"The model {terms.model} gave an empty answer.",
                "Raise plugins.openai.max_tokens if it thinks before it answers, or choose another model.",
            )
        if "length" in ended and asked.max_tokens is None:
            yield Delta(" …")
        confidence = math.exp(sum(logprobs) / len(logprobs)) if logprobs else None
        yield replace(
            concluded(request.question.text, whole, request.context.observations, confidence),
            tokens=counted[-1] if counted else None,
            finish="length" if "length" in ended else "stop",
        )


def visible(pieces: Iterator[str]) -> Iterator[str]:
    """The pieces without blank space in front, and without a block of thoughts that some models begin with."""
    held = ""
    begun = False
    for piece in pieces:
        if begun:
            yield piece
            continue
        held = (held + piece).lstrip()
        if held.startswith(_THINKS):
            _, closed, held_after = held.partition(_THOUGHT)
            if not closed:
                continue
            held = held_after.lstrip()
        if held and not _THINKS.startswith(held):
            begun = True
            yield held
    if not begun and held and not held.startswith(_THINKS):
        yield held


def _holds(written: tuple[PromptMessage, ...], kind: type[Picture] | type[Recording]) -> bool:
    return any(isinstance(each, kind) for message in written for each in message.content)


def _settled(terms: Terms, pictures: bool, recordings: bool) -> Terms:
    """The terms once media were taken."""
    return replace(
        terms,
        images=True if pictures and terms.images is None else terms.images,
        audio=True if recordings and terms.audio is None else terms.audio,
    )
