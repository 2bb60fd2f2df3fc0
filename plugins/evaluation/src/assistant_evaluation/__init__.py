"""`assistant eval`: measures an assistant on published and own sets, with the published metrics.

From Python, `assistant_evaluation.evaluate.evaluate` gives the report of docs/evaluation.md without printing it.
"""

from __future__ import annotations

from collections.abc import Callable

import click

from assistant.hookspecs import hookimpl
from assistant_evaluation.command import evaluation

ASSISTANT_API = ">=1.0,<2"

__all__ = ["evaluation"]


@hookimpl
def register_commands(register: Callable[[click.Command], None]) -> None:
    """Register `assistant eval`."""
    register(evaluation)
