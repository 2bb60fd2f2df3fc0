"""A turn in the shapes of /v1/responses: the whole object, and the typed events that lead to it."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from assistant.api.events import described
from assistant.api.openai import formats
from assistant.api.openai import responses_wire as wire
from assistant.api.openai.kept import Kept, name_of, new_name
from assistant.api.openai.turns import Turn, extension
from assistant.api.streaming import ALIVE, frame
from assistant.limiting import count_tokens
from assistant.types import Answer, Delta, Question

PROSE: Final = {"format": {"type": "text"}}


@dataclass(frozen=True)
class Settled:
    """A response: what is the same from its first event to its last."""

    id: str
    created: int
    model: str
    request: Mapping[str, Any] = field(default_factory=dict)
    """Fields that repeat the request."""
    status: str = "in_progress"
    text: str = ""
    usage: tuple[int, int] | None = None
    ours: Mapping[str, Any] | None = None
    """The field `sensorium`."""
    completed: int | None = None
    error: Mapping[str, str] | None = None

    @classmethod
    def of(cls, kept: Kept) -> Settled:
        """A kept response; its text is the answer in prose, whatever form was asked for."""
        turn = kept.turn
        answer = turn.answer
        known = {seen.id: seen for each in kept.turns for seen in each.observations}
        cited = [known[each] for each in (answer.citations if answer else ()) if each in known]
        ours = extension(
            Question(turn.message.text, turn.spoken),
            answer or Answer(turn.streamed),
            evidence=cited,
            observations=len(turn.observations),
            gaps=turn.gaps,
            parts=[part for part in turn.parts if part.digest in turn.message.parts],
            conversation=kept.conversation,
            turn=turn.id,
        )
        place = kept.turns.index(turn)
        before = name_of(kept.conversation, kept.turns[place - 1].id) if place else None
        states = {"done": "completed", "running": "in_progress"}
        status = states.get(turn.state, "failed")
        if answer is not None and answer.finish == "length":
            status = "incomplete"
        failed = {"code": "server_error", "message": (turn.error or {}).get("message", "The turn was ended.")}
        return cls(
            id=name_of(kept.conversation, turn.id),
            created=int(turn.created),
            model=f"sensorium/{answer.answerer}" if answer and answer.answerer else "sensorium",
            request={"store": True, "conversation": {"id": kept.conversation}, "previous_response_id": before},
            status=status,
            text=answer.text if answer else turn.streamed,
            usage=(answer.tokens or (count_tokens(turn.message.text), count_tokens(answer.text))) if answer else None,
            ours=ours,
            completed=int(turn.updated) if status == "completed" else None,
            error=failed if status == "failed" else None,
        )

    @property
    def item_id(self) -> str:
        """The id of its message."""
        return "msg_" + self.id.partition("_")[2]

    def item(self) -> dict[str, Any]:
        """Its message."""
        status = self.status if self.status in ("in_progress", "completed") else "incomplete"
        content = [] if status == "in_progress" else [output_text(self.text)]
        return {"id": self.item_id, "type": "message", "role": "assistant", "status": status, "content": content}

    def body(self) -> dict[str, Any]:
        """The response, as `bodies.ResponseBody` describes it."""
        used = None
        if self.usage is not None:
            read, written = self.usage
            used = {
                "input_tokens": read,
                "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
                "output_tokens": written,
                "output_tokens_details": {"reasoning_tokens": 0},
                "total_tokens": read + written,
            }
        return {
            "id": self.id,
            "object": "response",
            "created_at": self.created,
            "completed_at": self.completed,
            "status": self.status,
            "background": False,
            "conversation": None,
            "error": self.error,
            "incomplete_details": {"reason": "max_output_tokens"} if self.status == "incomplete" else None,
            "instructions": None,
            "max_output_tokens": None,
            "metadata": {},
            "model": self.model,
            "output": [self.item()] if self.status in ("completed", "incomplete") else [],
            "parallel_tool_calls": True,
            "previous_response_id": None,
            "reasoning": {"effort": None, "summary": None},
            "service_tier": "default",
            "store": False,
            "temperature": None,
            "text": PROSE,
            "tool_choice": "auto",
            "tools": [],
            "top_logprobs": 0,
            "top_p": None,
            "truncation": "disabled",
            "usage": used,
            "user": None,
            "sensorium": self.ours,
            **self.request,
        }


def output_text(text: str) -> dict[str, Any]:
    """The content of a message."""
    return {"type": "output_text", "text": text, "annotations": [], "logprobs": []}


class ResponseShape:
    """One turn that is under way; see `sse.Shape`."""

    def __init__(self, turn: Turn, body: wire.ResponseRequest, *, stores: bool) -> None:
        """`stores`: whether the turn is kept."""
        self._turn = turn
        self._body = body
        self._stores = stores
        self._name = new_name()
        self._created = int(time.time())
        self._number = -1
        wanted = body.text.format if body.text else None
        self._schema = wanted.schema_ if isinstance(wanted, wire.NamedSchemaFormat) else None
        self._prose = wanted is None or wanted.type == "text"

    async def whole(self) -> dict[str, Any]:
        """The response of a finished turn."""
        return (await self._settled()).body()

    async def pieces(self) -> AsyncGenerator[bytes, None]:
        """The events of a turn as OpenAI's."""
        turn = self._turn
        begun = self._response()
        with_events = bool(self._body.sensorium and self._body.sensorium.events)
        place = {"item_id": begun.item_id, "output_index": 0, "content_index": 0}
        yield self._event("response.created", response=begun.body())
        yield self._event("response.in_progress", response=begun.body())
        yield self._event("response.output_item.added", output_index=0, item=begun.item())
        yield self._event("response.content_part.added", **place, part=output_text(""))
        async for event in turn.events():
            if event is None:
                yield ALIVE
            elif isinstance(event, Delta) and event.text and self._prose:
                yield self._event("response.output_text.delta", **place, delta=event.text, logprobs=[])
            elif with_events:
                for name, value in described(event):
                    yield self._event(f"sensorium.{name}", data=value)
        turn.see_that_something_was_seen()
        done = await self._settled(turn.written)
        if not self._prose:
            yield self._event("response.output_text.delta", **place, delta=done.text, logprobs=[])
        yield self._event("response.output_text.done", **place, text=done.text, logprobs=[])
        yield self._event("response.content_part.done", **place, part=output_text(done.text))
        yield self._event("response.output_item.done", output_index=0, item=done.item())
        yield self._event(f"response.{done.status}", response=done.body())

    def failed(self, error: dict[str, Any]) -> bytes:
        """The event that tells that the response failed."""
        inner = error["error"]
        sort = {"rate_limit_error": "rate_limit_exceeded", "server_error": "server_error"}
        told = {"code": sort.get(inner["type"], "invalid_prompt"), "message": inner["message"]}
        return self._event("response.failed", response=self._response(status="failed", error=told).body())

    def _event(self, name: str, **fields: Any) -> bytes:
        self._number += 1
        return frame({"type": name, "sequence_number": self._number, **fields}, name=name)

    def _response(self, **fields: Any) -> Settled:
        turn, body = self._turn, self._body
        conversation = turn.ask.conversation
        wanted = body.text.format if body.text else None
        kept = self._stores and conversation is not None and turn.id
        return Settled(
            id=name_of(conversation or "", turn.id) if kept else self._name,
            created=self._created,
            model=turn.model,
            request={
                "conversation": {"id": conversation} if conversation else None,
                "instructions": body.instructions,
                "max_output_tokens": body.max_output_tokens,
                "metadata": body.metadata or {},
                "previous_response_id": body.previous_response_id,
                "store": self._stores,
                "temperature": body.temperature,
                "text": PROSE
                if wanted is None
                else {"format": wanted.model_dump(mode="json", by_alias=True, exclude_none=True)},
                "tool_choice": body.tool_choice or "auto",
                "top_p": body.top_p,
                "user": body.user,
            },
            **fields,
        )

    async def _settled(self, text: str | None = None) -> Settled:
        """The response of the finished turn; `text` is what was streamed."""
        turn = self._turn
        answer = turn.answer
        if not self._prose:
            text = formats.as_json(answer, await turn.evidence(), turn.record.gaps, self._schema)
        status = "incomplete" if answer.finish == "length" else "completed"
        return self._response(
            status=status,
            text=answer.text if text is None else text,
            usage=turn.usage(),
            ours=await turn.extension(),
            completed=int(time.time()) if status == "completed" else None,
        )
