"""POST /v1/chat/completions: a conversation that the client keeps, answered. Not for conversations that are kept here:
see the routes under /api/v1.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from assistant import __version__
from assistant.api.common import Asker
from assistant.api.events import described
from assistant.api.failures import Refused, documented
from assistant.api.openai import bodies, formats, wire
from assistant.api.openai.inputs import Given, fetcher_of, take
from assistant.api.openai.models import answerer_of
from assistant.api.openai.sse import DONE, respond
from assistant.api.openai.turns import Ask, Turn, check_length, joined, missing, start
from assistant.api.streaming import ALIVE, MEDIA_TYPE, frame
from assistant.api.uploads import clean
from assistant.app import Assistant, Earlier
from assistant.types import Delta, Sampling

WITHOUT_EFFECT: Final = {
    "reasoning_effort": "answerers do not think longer for it.",
    "verbosity": "answers are as long as they need to be.",
}
WHOLE: Final = "pictures are looked at whole."
NAMELESS: Final = "answerers are not told names."
FINGERPRINT: Final = f"sensorium-{__version__}"


def router(assistant: Assistant) -> APIRouter:
    """The route."""
    routes = APIRouter(tags=["OpenAI: chat"])

    @routes.post(
        "/v1/chat/completions",
        operation_id="create_chat_completion",
        response_model=None,
        responses={
            200: {
                "model": bodies.ChatCompletion,
                "description": "The answer; with `stream`, server-sent events whose data are chunks of it.",
                "content": {MEDIA_TYPE: {"schema": {"type": "string"}}},
            },
            **documented(404, 409, 413, 415, 422, 503),
        },
    )
    async def create(body: wire.ChatRequest, request: Request, caller: Asker) -> Response:
        """Answer the last message; earlier ones and their files count.

        Whoever names a stored conversation in `sensorium.conversation` sends the new message alone.
        """
        ours = body.sensorium or wire.Extension()
        turn = await start(
            assistant, request, caller, lambda: _ask(assistant, body, request), stores=ours.conversation is not None
        )
        return await respond(turn, _Completion(turn, body), request, stream=bool(body.stream), at_once=ours.events)

    return routes


async def _ask(assistant: Assistant, body: wire.ChatRequest, request: Request) -> Ask:
    """What the request asks for, its files opened. Raises Refused."""
    answerer = answerer_of(assistant, body.model)
    conversation = body.sensorium.conversation if body.sensorium else None
    wanted_schema(body.response_format)
    talk = [(at, each) for at, each in enumerate(body.messages) if not isinstance(each, wire.InstructionMessage)]
    if not talk or not isinstance(talk[-1][1], wire.UserMessage):
        raise Refused(
            "The last message is not the user's.",
            "End `messages` with the question.",
            param="messages",
            code="invalid_value",
        )
    at, last = talk.pop()
    assert isinstance(last, wire.UserMessage)
    if conversation and talk:
        raise Refused(
            "A stored conversation brings its history; earlier messages cannot be sent as well.",
            "Send the new message alone, or leave out sensorium.conversation.",
            code="unsupported_value",
            param="messages",
        )
    fetcher = fetcher_of(request, assistant)
    question = _text(last)
    check_length(assistant, question, f"messages[{at}].content")
    history = []
    for earlier_at, earlier in talk:
        files = given(earlier.content, f"messages[{earlier_at}].content") if earlier.role == "user" else []
        uploads = await take(assistant, files, fetcher=fetcher, required=False)
        history.append(Earlier(earlier.role, _text(earlier), uploads))
    instructions = [_text(each) for each in body.messages if isinstance(each, wire.InstructionMessage)]
    stop = body.stop if body.stop is not None else []
    ignored = missing({"reasoning_effort": body.reasoning_effort, "verbosity": body.verbosity}, WITHOUT_EFFECT)
    sent = given(last.content, f"messages[{at}].content")
    return Ask(
        question=question,
        uploads=await take(assistant, sent, fetcher=fetcher),
        params=tuple(each.param for each in sent),
        history=tuple(history),
        instructions="\n\n".join(filter(None, instructions)),
        sampling=Sampling(
            temperature=body.temperature,
            top_p=body.top_p,
            seed=body.seed,
            max_tokens=body.max_completion_tokens or body.max_tokens,
            stop=(stop,) if isinstance(stop, str) else tuple(stop),
        ),
        answerer=answerer,
        conversation=conversation,
        not_applied=ignored | _untold(body.messages),
    )


def _text(message: wire.InstructionMessage | wire.UserMessage | wire.AssistantMessage) -> str:
    """The text of a message."""
    content = message.content
    if content is None or isinstance(content, str):
        refusal = message.refusal if isinstance(message, wire.AssistantMessage) else None
        return clean(content or refusal or "")
    return joined(
        [
            part.text if isinstance(part, wire.TextPart) else part.refusal
            for part in content
            if isinstance(part, wire.TextPart | wire.RefusalPart)
        ]
    )


def given(content: Any, path: str) -> list[Given]:
    """The files among the content of a user's message."""
    found = []
    for at, part in enumerate(() if isinstance(content, str) else content):
        param = f"{path}[{at}]"
        if isinstance(part, wire.ImagePart):
            found.append(Given(part.image_url.url, param, "picture"))
        elif isinstance(part, wire.AudioPart):
            found.append(Given(part.input_audio.data, param, "recording", encoded=True))
        elif isinstance(part, wire.VideoPart):
            found.append(Given(part.video_url.url, param, "video"))
        elif isinstance(part, wire.FilePart):
            found.append(Given(part.file.file_data, param, "file", part.file.filename or "", encoded=True))
    return found


def _untold(messages: Sequence[wire.Message]) -> dict[str, str]:
    """What messages carry that has no effect."""
    found = {}
    for at, message in enumerate(messages):
        if message.name:
            found[f"messages[{at}].name"] = NAMELESS
        for place, part in enumerate(message.content if isinstance(message, wire.UserMessage) else ()):
            if isinstance(part, wire.ImagePart) and part.image_url.detail not in (None, "auto", "high", "original"):
                found[f"messages[{at}].content[{place}].image_url.detail"] = WHOLE
    return found


def wanted_schema(wanted: wire.Format | None, param: str = "response_format") -> Mapping[str, Any] | None:
    """The schema that the answer is to have. Raises Refused if it cannot be filled."""
    if not isinstance(wanted, wire.SchemaFormat):
        return None
    schema = wanted.json_schema.schema_
    formats.check(schema, f"{param}.json_schema.schema")
    return schema


class _Completion:
    """One turn in the shapes of chat completions."""

    def __init__(self, turn: Turn, body: wire.ChatRequest) -> None:
        self._turn = turn
        self._body = body
        self._id = f"chatcmpl-{secrets.token_hex(12)}"
        self._created = int(time.time())
        self._prose = body.response_format is None or isinstance(body.response_format, wire.TextFormat)

    async def whole(self) -> dict[str, Any]:
        """The response of a finished turn."""
        turn = self._turn
        content = turn.answer.text if self._prose else await self._json()
        return {
            "id": self._id,
            "object": "chat.completion",
            "created": self._created,
            "model": turn.model,
            "choices": [
                {
                    "index": 0,
                    "message": {"role": "assistant", "content": content, "refusal": None},
                    "finish_reason": turn.answer.finish,
                    "logprobs": None,
                }
            ],
            "usage": self._usage(),
            "system_fingerprint": FINGERPRINT,
            "service_tier": "default",
            "metadata": self._body.metadata,
            "sensorium": await turn.extension(),
        }

    async def pieces(self) -> AsyncGenerator[bytes, None]:
        """The events of a turn as chunks."""
        turn = self._turn
        options = self._body.stream_options
        with_events = bool(self._body.sensorium and self._body.sensorium.events)
        yield self._chunk({"role": "assistant", "content": "", "refusal": None})
        async for event in turn.events():
            if event is None:
                yield ALIVE
            elif isinstance(event, Delta) and event.text and self._prose:
                yield self._chunk({"content": event.text})
            elif with_events:
                for name, value in described(event):
                    yield self._chunk(None, sensorium={"event": name, "data": value})
        turn.see_that_something_was_seen()
        if not self._prose:
            yield self._chunk({"content": await self._json()})
        yield self._chunk({}, finish=turn.answer.finish, sensorium=await turn.extension())
        if options is not None and options.include_usage:
            yield self._chunk(None, usage=self._usage())
        yield DONE

    @staticmethod
    def failed(error: dict[str, Any]) -> bytes:
        """What ends a stream that broke off."""
        return frame(error)

    async def _json(self) -> str:
        turn = self._turn
        schema = wanted_schema(self._body.response_format)
        return formats.as_json(turn.answer, await turn.evidence(), turn.record.gaps, schema)

    def _usage(self) -> dict[str, int]:
        read, written = self._turn.usage()
        return {"prompt_tokens": read, "completion_tokens": written, "total_tokens": read + written}

    def _chunk(self, delta: dict[str, Any] | None, *, finish: str | None = None, **more: Any) -> bytes:
        """One chunk; without a delta, one without a choice."""
        choices = [] if delta is None else [{"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}]
        chunk = {
            "id": self._id,
            "object": "chat.completion.chunk",
            "created": self._created,
            "model": self._turn.model,
            "choices": choices,
            "system_fingerprint": FINGERPRINT,
            **more,
        }
        return frame(chunk)
