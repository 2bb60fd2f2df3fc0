"""Conversations over HTTP: listed, read, renamed, searched, deleted. Not for asking: see asking.py."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Annotated, Any, Literal

from fastapi import APIRouter, FastAPI, Query, Response

from assistant.api import asking, docs_page, parts, plugins, wire
from assistant.api.body import upload_bytes
from assistant.api.common import (
    PAGE,
    AtWork,
    ConversationId,
    PageSize,
    Reader,
    Serving,
    Writer,
    cursor,
    place_of,
)
from assistant.api.failures import documented
from assistant.api.outward import outward_conversation
from assistant.api.shapes import conversation_json, hit_json, info_json
from assistant.api.turns import RunningTurns
from assistant.api.uploads import clean
from assistant.app import Assistant
from assistant.errors import NotFound
from assistant.store.records import Conversation

router = APIRouter(prefix="/api/v1", tags=["conversations"])
about = APIRouter(prefix="/api/v1", tags=["about"])


def install(app: FastAPI, assistant: Assistant) -> None:
    """Add our own API and its page."""
    app.state.assistant = assistant
    app.state.running = RunningTurns(assistant)
    for each in (router, asking.router, parts.router, about, plugins.router):
        app.include_router(each)
    docs_page.install(app)


@router.post("/conversations", status_code=201, responses=documented(507))
async def create_conversation(
    assistant: Serving, caller: Writer, response: Response, new: wire.NewConversation | None = None
) -> wire.ConversationOutline:
    """Make a conversation."""
    title = clean(new.title) if new else ""
    made = await asyncio.to_thread(assistant.store.create_conversation, caller.owner, title)
    found = await asyncio.to_thread(assistant.store.conversations, caller.owner, limit=1, only=made)
    response.headers["Location"] = f"/api/v1/conversations/{made}"
    return wire.ConversationOutline.model_validate(info_json(found[0]))


@router.get("/conversations", responses=documented())
async def list_conversations(
    assistant: Serving,
    caller: Reader,
    limit: PageSize = PAGE,
    before: Annotated[str | None, Query(max_length=40, description="`next` of the page before.")] = None,
) -> wire.ConversationPage:
    """List the conversations, the one that went on last first."""
    place = place_of(before, "before") if before else None
    found = await asyncio.to_thread(assistant.store.conversations, caller.owner, limit=limit + 1, before=place)
    page = found[:limit]
    following = cursor(page[-1].activity) if len(found) > limit else None
    return wire.ConversationPage.model_validate({"data": [info_json(each) for each in page], "next": following})


@router.get("/conversations/{conversation}", responses=documented(404))
async def get_conversation(assistant: Serving, caller: Reader, conversation: ConversationId) -> wire.Conversation:
    """Read a conversation with its turns, the observations that answers cite among them."""
    stored = await _load(assistant, conversation, caller.owner)
    return wire.Conversation.model_validate(conversation_json(stored))


@router.patch("/conversations/{conversation}", responses=documented(404))
async def rename_conversation(
    assistant: Serving, caller: Writer, conversation: ConversationId, change: wire.Renamed
) -> wire.ConversationOutline:
    """Change the title."""
    title = clean(change.title)
    await asyncio.to_thread(assistant.store.rename_conversation, conversation, caller.owner, title)
    found = await asyncio.to_thread(assistant.store.conversations, caller.owner, limit=1, only=conversation)
    return wire.ConversationOutline.model_validate(info_json(found[0]))


@router.delete("/conversations/{conversation}", status_code=204, responses=documented(404))
async def delete_conversation(
    assistant: Serving, running: AtWork, caller: Writer, conversation: ConversationId
) -> None:
    """Delete a conversation, its turns, and the files that no other one needs. What runs in it is stopped."""
    await running.stop_all(caller.owner, conversation)
    await asyncio.to_thread(assistant.delete_conversation, conversation, caller.owner)


@router.get("/conversations/{conversation}/observations", responses=documented(404))
async def list_observations(
    assistant: Serving,
    caller: Reader,
    conversation: ConversationId,
    kind: Annotated[list[str] | None, Query(max_length=50, description="Of these kinds only.")] = None,
    part: Annotated[str | None, Query(max_length=64, description="About this part only.")] = None,
    source: Annotated[list[str] | None, Query(max_length=50, description="By these perceivers only.")] = None,
    min_confidence: Annotated[float, Query(ge=0, le=1)] = 0.0,
    limit: PageSize = PAGE,
    after: Annotated[str | None, Query(max_length=40, description="`next` of the page before.")] = None,
) -> wire.ObservationPage:
    """List what was perceived, in order of arrival."""
    start = place_of(after, "after") if after else 0
    stored = await _load(assistant, conversation, caller.owner)
    known = {seen.id: seen for turn in stored.turns for seen in turn.observations}
    wanted = [
        (number, seen)
        for number, seen in enumerate(known.values())
        if number >= start
        and (not kind or seen.kind in kind)
        and (part is None or seen.part == part)
        and (not source or seen.source in source)
        and seen.confidence >= min_confidence
    ]
    following = cursor(wanted[limit][0]) if len(wanted) > limit else None
    data = [seen.to_json() for _, seen in wanted[:limit]]
    return wire.ObservationPage.model_validate({"data": data, "next": following})


@router.get("/conversations/{conversation}/parts", responses=documented(404))
async def list_parts(assistant: Serving, caller: Reader, conversation: ConversationId) -> wire.Parts:
    """List the files of a conversation, and what was taken out of them."""
    stored = await _load(assistant, conversation, caller.owner)
    known = {part.digest: part for turn in stored.turns for part in turn.parts}
    return wire.Parts.model_validate({"data": [part.to_json() for part in known.values()]})


@router.get("/conversations/{conversation}/gaps", responses=documented(404))
async def list_gaps(assistant: Serving, caller: Reader, conversation: ConversationId) -> wire.Gaps:
    """List what could not be perceived, why, and what would mend it."""
    stored = await _load(assistant, conversation, caller.owner)
    return wire.Gaps.model_validate(
        {"data": [{**gap.to_json(), "turn": turn.id} for turn in stored.turns for gap in turn.gaps]}
    )


@router.get("/search", responses=documented())
async def search(
    assistant: Serving,
    caller: Reader,
    q: Annotated[str, Query(min_length=1, max_length=400, description="Words that are all to be there.")],
    limit: Annotated[int, Query(ge=1, le=100, description="How many at most.")] = 20,
) -> wire.SearchResult:
    """Search one's own questions, answers and what was perceived; the latest first."""
    found = await asyncio.to_thread(assistant.store.search, caller.owner, clean(q), limit)
    return wire.SearchResult.model_validate({"data": [hit_json(hit) for hit in found]})


@router.delete("/data", responses=documented())
async def delete_everything(
    assistant: Serving,
    running: AtWork,
    caller: Writer,
    confirm: Annotated[Literal["everything"], Query(description="Says that it is meant.")],
) -> wire.DeletedData:
    """Delete everything of the caller: all conversations, turns and files. It cannot be undone."""
    await running.stop_all(caller.owner)
    found = await asyncio.to_thread(assistant.store.conversations, caller.owner)
    for each in found:
        with suppress(NotFound):  # deleted by somebody else meanwhile
            await asyncio.to_thread(assistant.delete_conversation, each.id, caller.owner)  # from memory too
    await asyncio.to_thread(assistant.store.delete_owner, caller.owner)  # and files of no conversation
    return wire.DeletedData(conversations=len(found))


@about.get("/usage", responses=documented())
async def usage(assistant: Serving, caller: Reader) -> wire.UsageReport:
    """What the caller has stored, and what one turn may bring."""
    used = await asyncio.to_thread(assistant.store.usage, caller.owner)
    settings, caps = assistant.settings, assistant.settings.limits
    limits: dict[str, Any] = {
        "file_bytes": caps.bytes,
        "request_bytes": settings.server.body_bytes,
        "form_bytes": upload_bytes(caps.bytes, caps.files),
        "storage_bytes": settings.server.storage_bytes or None,
    }
    limits |= {
        name: getattr(caps, name)
        for name in ("files", "question_characters", "audio_seconds", "video_seconds", "pixels")
    }
    return wire.UsageReport.model_validate(
        {"owner": caller.name, "files": used.files, "bytes": used.bytes, "limits": limits}
    )


async def _load(assistant: Assistant, conversation: str, owner: str) -> Conversation:
    return outward_conversation(await asyncio.to_thread(assistant.store.load_conversation, conversation, owner))
