"""POST /v1/responses: the endpoint that OpenAI's library leads with; GET and DELETE of those that are kept."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from assistant.api.common import Asker, Reader, Writer
from assistant.api.failures import Refused, documented
from assistant.api.identity import Caller
from assistant.api.openai import bodies, formats, wire
from assistant.api.openai import responses_wire as ours
from assistant.api.openai.inputs import Given, fetcher_of, take
from assistant.api.openai.kept import continued, load, name_of
from assistant.api.openai.models import answerer_of
from assistant.api.openai.response_shape import ResponseShape, Settled
from assistant.api.openai.sse import respond
from assistant.api.openai.turns import Ask, check_length, joined, missing, start
from assistant.api.streaming import MEDIA_TYPE, dumped
from assistant.api.uploads import clean
from assistant.app import Assistant, Earlier
from assistant.types import Sampling

WITHOUT_EFFECT: Final = {
    "reasoning": "answerers do not think longer for it.",
    "text.verbosity": "answers are as long as they need to be.",
}
WHOLE: Final = "files are looked at whole."


def router(assistant: Assistant) -> APIRouter:
    """The routes."""
    routes = APIRouter(tags=["OpenAI: responses"])

    @routes.post(
        "/v1/responses",
        operation_id="create_response",
        response_model=None,
        responses={
            200: {
                "model": bodies.ResponseBody,
                "description": "The answer; with `stream`, server-sent events.",
                "content": {MEDIA_TYPE: {"schema": {"type": "string"}}},
            },
            **documented(404, 409, 413, 415, 422, 503),
        },
    )
    async def create(body: ours.ResponseRequest, request: Request, caller: Asker) -> Response:
        """Answer the last message. With `store`, the answer is kept and can be gone on from."""
        return await _create(assistant, body, request, caller)

    @routes.get(
        "/v1/responses/{response}",
        operation_id="get_response",
        response_model=None,
        responses={200: {"model": bodies.ResponseBody, "description": "The answer."}, **documented(404)},
    )
    async def get(
        response: str, caller: Reader, stream: Annotated[bool, Query(description="Not possible.")] = False
    ) -> Response:
        """A response that was kept."""
        if stream:
            raise Refused(
                "A response that is kept is not streamed again.",
                "Leave out stream.",
                code="unsupported_parameter",
                param="stream",
            )
        kept = await asyncio.to_thread(load, assistant, response, caller.owner)
        return Response(dumped(Settled.of(kept).body()), media_type="application/json")

    @routes.delete(
        "/v1/responses/{response}",
        operation_id="delete_response",
        response_model=bodies.Deleted,
        responses=documented(404, 409),
    )
    async def delete(response: str, caller: Writer) -> dict[str, Any]:
        """Delete a kept response, with the whole conversation that it belongs to."""
        kept = await asyncio.to_thread(load, assistant, response, caller.owner)
        await asyncio.to_thread(assistant.delete_conversation, kept.conversation, caller.owner)
        return {"id": response, "object": "response", "deleted": True}

    return routes


async def _create(assistant: Assistant, body: ours.ResponseRequest, request: Request, caller: Caller) -> Response:
    created: list[str] = []
    stores = bool(body.store) or conversation_of(body) is not None
    try:
        turn = await start(
            assistant, request, caller, lambda: _ask(assistant, body, request, caller.owner, created), stores=stores
        )
        shape = ResponseShape(turn, body, stores=stores)
        at_once = bool(body.sensorium and body.sensorium.events)
        return await respond(turn, shape, request, stream=bool(body.stream), at_once=at_once)
    except BaseException:
        for conversation in created:  # nobody was told its name
            await asyncio.to_thread(assistant.delete_conversation, conversation, caller.owner)
        raise


def conversation_of(body: ours.ResponseRequest) -> str | None:
    """The stored conversation that a request names."""
    if isinstance(body.conversation, ours.ConversationId):
        return body.conversation.id
    return body.conversation or (body.sensorium.conversation if body.sensorium else None)


async def _ask(
    assistant: Assistant, body: ours.ResponseRequest, request: Request, owner: str, created: list[str]
) -> Ask:
    """What the request asks for, its files opened. Raises Refused.

    `created` is told of a conversation that was made for it.
    """
    answerer = answerer_of(assistant, body.model)
    schema_of(body)
    conversation, history = await _before(assistant, body, owner)
    items = [ours.Item(role="user", content=body.input)] if isinstance(body.input, str) else body.input
    talk = [(at, each) for at, each in enumerate(items) if each.role in ("user", "assistant")]
    if not talk or talk[-1][1].role != "user":
        raise Refused(
            "The last message is not the user's.", "End `input` with the question.", param="input", code="invalid_value"
        )
    at, last = talk.pop()
    if conversation and talk:
        raise Refused(
            "A stored conversation brings its history; earlier messages cannot be sent as well.",
            "Send the new message alone.",
            code="unsupported_value",
            param="input",
        )
    path = "input" if isinstance(body.input, str) else f"input[{at}].content"
    question = _text(last)
    check_length(assistant, question, path)
    fetcher = fetcher_of(request, assistant)
    for earlier_at, earlier in talk:
        files = _given(earlier, f"input[{earlier_at}].content")
        uploads = await take(assistant, files, fetcher=fetcher, required=False)
        history.append(Earlier("user" if earlier.role == "user" else "assistant", _text(earlier), uploads))
    sent = _given(last, path)
    uploads = await take(assistant, sent, fetcher=fetcher)
    if body.store and conversation is None:
        if history:
            raise Refused(
                "Only what is asked here is kept: a response with earlier messages cannot be.",
                "Go on from a kept one with previous_response_id, or leave out store.",
                code="unsupported_value",
                param="store",
            )
        conversation = await asyncio.to_thread(assistant.store.create_conversation, owner)
        created.append(conversation)
    system = [_text(each) for each in items if each.role in ("system", "developer")]
    return Ask(
        question=question,
        uploads=uploads,
        history=tuple(history),
        instructions="\n\n".join(filter(None, (clean(body.instructions or ""), *system))),
        sampling=Sampling(temperature=body.temperature, top_p=body.top_p, max_tokens=body.max_output_tokens),
        answerer=answerer,
        conversation=conversation,
        params=tuple(each.param for each in sent),
        not_applied=_untold(body, items),
    )


async def _before(assistant: Assistant, body: ours.ResponseRequest, owner: str) -> tuple[str | None, list[Earlier]]:
    """The stored conversation to go on with, or else what was said before. Raises Refused."""
    named = conversation_of(body)
    if body.previous_response_id is None:
        return named, []
    if named is not None:
        raise Refused(
            "Either a conversation or a response to go on from can be named, not both.",
            "Leave out one of them.",
            code="unsupported_value",
            param="previous_response_id",
        )
    kept = await asyncio.to_thread(load, assistant, body.previous_response_id, owner, "previous_response_id")
    if not body.store:
        return None, continued(kept)
    if kept.turns[-1].id != kept.turn.id:
        raise Refused(
            "The conversation has gone on since that response.",
            f"Go on from {name_of(kept.conversation, kept.turns[-1].id)}, or leave out store.",
            status=409,
            code="conversation_went_on",
            param="previous_response_id",
        )
    return kept.conversation, []


def _text(item: ours.Item) -> str:
    """The text of a message."""
    if isinstance(item.content, str):
        return clean(item.content)
    return joined(
        [
            part.refusal if isinstance(part, wire.RefusalPart) else part.text
            for part in item.content
            if isinstance(part, ours.InputText | ours.OutputText | wire.RefusalPart)
        ]
    )


def _given(item: ours.Item, path: str) -> list[Given]:
    """The files of a message. Raises Refused if a file part has none."""
    found = []
    for at, part in enumerate(() if isinstance(item.content, str) else item.content):
        param = f"{path}[{at}]"
        if isinstance(part, ours.InputImage):
            found.append(Given(part.image_url, param, "picture"))
        elif isinstance(part, wire.AudioPart):
            found.append(Given(part.input_audio.data, param, "recording", encoded=True))
        elif isinstance(part, ours.InputFile):
            content = part.file_data if part.file_data is not None else part.file_url
            if content is None:
                raise Refused(
                    "A file has no content.",
                    "Give file_data, as base64.",
                    code="invalid_value",
                    param=f"{param}.file_data",
                )
            found.append(Given(content, param, "file", part.filename or "", encoded=part.file_data is not None))
    return found


def _untold(body: ours.ResponseRequest, items: list[ours.Item]) -> dict[str, str]:
    """What the request carries that has no effect."""
    found = missing(
        {"reasoning": body.reasoning, "text.verbosity": body.text.verbosity if body.text else None}, WITHOUT_EFFECT
    )
    for at, item in enumerate(items):
        for place, part in enumerate(() if isinstance(item.content, str) else item.content):
            if isinstance(part, ours.InputImage | ours.InputFile) and part.detail == "low":
                found[f"input[{at}].content[{place}].detail"] = WHOLE
    return found


def schema_of(body: ours.ResponseRequest) -> Mapping[str, Any] | None:
    """The schema that the answer is to have. Raises Refused if it cannot be filled."""
    wanted = body.text.format if body.text else None
    if not isinstance(wanted, ours.NamedSchemaFormat):
        return None
    formats.check(wanted.schema_, "text.format.schema")
    return wanted.schema_
