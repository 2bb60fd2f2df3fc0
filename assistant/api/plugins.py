"""Plugins over HTTP, and what of them may be told to whom: /api/v1/plugins. Not for finding them: see inventory.py.

Whoever runs the server is told everything; others no paths of it, no processes, and no values of options that may name
hosts or directories.
"""

from __future__ import annotations

import asyncio
from typing import Any, Final

from fastapi import APIRouter

from assistant.api import wire
from assistant.api.common import Reader, Serving
from assistant.api.failures import documented
from assistant.api.identity import Caller
from assistant.api.outward import without_paths
from assistant.host import Host
from assistant.inventory import SORTS, listing, runners
from assistant.options import HIDDEN, options_facts

router = APIRouter(prefix="/api/v1", tags=["about"])

INSIDES: Final = ("module", "environment")
"""What of a plugin is for whoever runs the server."""


@router.get("/plugins", responses=documented())
async def plugins(assistant: Serving, caller: Reader) -> wire.Plugins:
    """What is installed, what it perceives, answers and embeds, its state and its options."""
    found = await asyncio.to_thread(inventory, assistant.host, insides=operates(caller))
    return wire.Plugins.model_validate(found)


def operates(caller: Caller) -> bool:
    """Whether a caller runs the server, or looks after it."""
    return caller.kind not in ("user", "key") or "metrics" in caller.scopes


def inventory(host: Host, *, insides: bool) -> dict[str, Any]:
    """All plugins as a `wire.Plugins`; blocks.

    Args:
        host: the plugins.
        insides: whether it is for whoever runs the server.
    """
    state = listing(host)
    for sort, runner in runners(host):
        for each in state[sort]:
            if each["name"] == runner.name:
                options = options_facts(runner.plugged, runner.services.options)
                each["options"] = [option.to_json() for option in options]
    return state if insides else _outward(state)


def _outward(state: dict[str, Any]) -> dict[str, Any]:
    for sort in SORTS:
        for each in state[sort]:
            each["reason"] = without_paths(each["reason"])
            each["tier"] = each["tier"].partition(" ")[0]
            each["pid"] = None
            for option in each["options"]:
                telling = isinstance(option["value"], (str, list, dict)) and not option["choices"]
                if telling and not option["per_turn"] and option["value"] != option["default"]:
                    option["value"] = HIDDEN
    for each in (*state["problems"], *state["left_out"]):
        for field in ("message", "remedy"):
            if field in each:
                each[field] = without_paths(each[field])
    for each in state["plugins"]:
        each |= dict.fromkeys(INSIDES, "")
    return state
