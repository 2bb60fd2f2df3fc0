"""Plugged objects in processes of their own: what they do there, hang or crash costs their own observations only.

    describe(program, sections, cache=directory)
        what a plugin declares, found out by a confined process that imports it
    isolated(program, it)
        a perceiver, answerer, embedder or voice like any other, whose work is done in a process of its own: `it` is the
        object, whose light module is imported here, or a `Declared`, of which nothing ever runs here
    confinement_report()
        which protections this machine's kernel offers

Parts, observations and options cross as JSON, pixels and sound in sealed shared memory; see docs/isolation.md.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from assistant.isolation.asking import confinement_report, describe
    from assistant.isolation.description import Declared, Description, Option, Trouble
    from assistant.isolation.program import Program
    from assistant.isolation.proxies import isolated

_HOMES = {
    "Declared": "description",
    "Description": "description",
    "Option": "description",
    "Program": "program",
    "Trouble": "description",
    "confinement_report": "asking",
    "describe": "asking",
    "isolated": "proxies",
}
__all__ = [
    "Declared",
    "Description",
    "Option",
    "Program",
    "Trouble",
    "confinement_report",
    "describe",
    "isolated",
]


def __getattr__(name: str) -> Any:
    """Import a name from its module: the small process above a plugin's imports none of them."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"assistant.isolation.{_HOMES[name]}"), name)
