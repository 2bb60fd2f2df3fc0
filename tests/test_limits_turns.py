"""Places for turns: how many there are, who gets the next one, and what those who get none are told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from assistant.api.failures import Refused
from assistant.api.identity import Caller
from assistant.api.limits import Turns

HEAVY = Caller("key:heavy", "heavy", "key", limit="key:heavy")
LIGHT = Caller("key:light", "light", "key", limit="key:light")
OTHER = Caller("key:other", "other", "key", limit="key:other")


def places(**changed: Any) -> Turns:
    return Turns(**{"at_once": 1, "each": 1, "waiting": 8, "seconds": 30.0, **changed})


async def settled() -> None:
    """Whatever can run has run."""
    for _ in range(10):
        await asyncio.sleep(0)


@asynccontextmanager
async def asking(turns: Turns, *callers: Caller) -> AsyncIterator[tuple[list[Caller], list[asyncio.Event]]]:
    """One task a caller, in order; who got a place, and what makes each leave it."""
    served: list[Caller] = []
    leave = [asyncio.Event() for _ in callers]

    async def ask(caller: Caller, done: asyncio.Event) -> None:
        async with turns.slot(caller):
            served.append(caller)
            await done.wait()

    tasks = []
    for caller, done in zip(callers, leave, strict=True):
        tasks.append(asyncio.create_task(ask(caller, done)))
        await settled()
    yield served, leave
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_no_more_run_at_once_than_allowed() -> None:
    """In all, and of one caller."""
    turns = places(at_once=3, each=2)
    async with asking(turns, HEAVY, HEAVY, HEAVY, LIGHT, LIGHT) as (served, _):
        assert served == [HEAVY, HEAVY, LIGHT]
        assert (turns.running, turns.waiting) == (3, 2)
    assert (turns.running, turns.waiting) == (0, 0)


async def test_callers_are_served_in_turn() -> None:
    """A light caller that comes last waits for one turn of the heavy one, not for all."""
    turns = places()
    async with asking(turns, HEAVY, HEAVY, HEAVY, HEAVY, LIGHT, OTHER) as (served, leave):
        for number in (0, 1, 4, 5, 2):
            leave[number].set()
            await settled()
        assert served == [HEAVY, HEAVY, LIGHT, OTHER, HEAVY, HEAVY]


async def test_a_full_queue_is_shared() -> None:
    """When no more may wait, the caller with most waiting gives up its last place to one with few, and is told 503."""
    turns = places(waiting=3)
    async with asking(turns, OTHER, HEAVY, HEAVY):
        last = asyncio.create_task(turns.slot(HEAVY).__aenter__())
        await settled()
        async with asking(turns, LIGHT):
            with pytest.raises(Refused) as refused:
                await last
            assert (refused.value.status, refused.value.code) == (503, "server_busy")
            assert turns.waiting == 3
            with pytest.raises(Refused):
                await turns.slot(HEAVY).__aenter__()


async def test_whoever_waits_too_long_is_told_when_to_come_back() -> None:
    """429 if it is the caller's own turns, 503 if it is the others'."""
    turns = places(at_once=2, seconds=0.0)
    async with asking(turns, HEAVY):
        with pytest.raises(Refused) as own:
            await turns.slot(HEAVY).__aenter__()
        assert (own.value.status, own.value.code) == (429, "too_many_turns")
        async with asking(turns, LIGHT):
            with pytest.raises(Refused) as others:
                await turns.slot(OTHER).__aenter__()
            assert (others.value.status, others.value.code) == (503, "server_busy")
            assert others.value.retry_after
    assert (turns.running, turns.waiting) == (0, 0)


async def test_a_place_is_given_on_whatever_happens() -> None:
    """After an error in a turn, and when a waiting caller goes away, even in the moment it is served."""
    turns = places()
    with pytest.raises(ValueError, match="boom"):
        async with turns.slot(HEAVY):
            raise ValueError("boom")
    async with asking(turns, HEAVY) as (_, leave):
        waiting = asyncio.create_task(turns.slot(LIGHT).__aenter__())
        await settled()
        waiting.cancel()
        await settled()
        assert turns.waiting == 0
        served = asyncio.create_task(turns.slot(LIGHT).__aenter__())
        await settled()
        leave[0].set()
        for _ in range(20):
            if not turns.waiting:
                break
            await asyncio.sleep(0)
        assert not served.done()
        served.cancel()
        await settled()
        assert served.cancelled()
        assert (turns.running, turns.waiting) == (0, 0)


async def test_an_owner_over_the_storage_stores_no_more() -> None:
    """413 with what helps, as long as it is over; what is not stored goes on."""
    used = {LIGHT.owner: 10, HEAVY.owner: 100}
    turns = places(usage=lambda owner: used[owner], storage=100)
    async with turns.slot(LIGHT, stores=True):
        assert turns.running
    with pytest.raises(Refused) as full:
        await turns.slot(HEAVY, stores=True).__aenter__()
    assert (full.value.status, full.value.code) == (413, "storage_full")
    async with turns.slot(HEAVY):
        assert turns.running == 1
    used[HEAVY.owner] = 50
    async with turns.slot(HEAVY, stores=True):
        assert turns.running == 1
