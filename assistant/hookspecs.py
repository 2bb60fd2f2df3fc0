"""The hooks of the `assistant` plugin system: when each is called and what to do in it.

Every hook is called once, when the host starts. Implementations are called one by one: one that raises costs only its
own plugin.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final

import pluggy

from assistant.errors import AssistantError, said

if TYPE_CHECKING:
    import click

    from assistant.plugin import Answerer, Embedder, Panel, Perceiver, Voice
    from assistant.types import FileFormat
    from assistant.weights import WeightsChoice, WeightsSpec

PROJECT = "assistant"
"""pluggy project name, and the entry-point group plugins are found in."""
API_VERSION: Final = "1.1"
"""major.minor: a plugin module says which it works with, `ASSISTANT_API = ">=1.0,<2"`. The rules by which it changes
are in docs/plugin-api.md.

1.0: perceivers, answerers, embedders, voices, weights, commands, routes. 1.1: formats, panels, isolation."""


class Deprecated(DeprecationWarning):
    """Marks a hook or an argument of one that goes away, for `hookspec(warn_on_impl=...)` and `warn_on_impl_args`.

    A plugin that uses it works until then; `assistant plugins list` shows the warning.
    """

    def __init__(self, since: str, *, instead: str, gone: str) -> None:
        """Versions of the plugin API, and what to use instead: a hook of that name is called in its place."""
        self.since, self.instead, self.gone = since, instead, gone
        super().__init__(f"is deprecated since plugin API {since} and gone in {gone}: use {instead} instead.")


hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@hookspec
def register_perceivers(register: Callable[[Perceiver], None]) -> None:
    """Call `register` with each perceiver the plugin brings."""


@hookspec
def register_answerers(register: Callable[[Answerer], None]) -> None:
    """Call `register` with each answerer the plugin brings."""


@hookspec
def register_embedders(register: Callable[[Embedder], None]) -> None:
    """Call `register` with each embedder the plugin brings."""


@hookspec
def register_voices(register: Callable[[Voice], None]) -> None:
    """Call `register` with each voice the plugin brings: what says texts aloud."""


@hookspec
def register_weights(register: Callable[[WeightsSpec | WeightsChoice], None]) -> None:
    """Call `register` with each set of model weights the plugin may ask for, and each choice among sets; nothing is
    fetched."""


@hookspec
def register_commands(register: Callable[[click.Command], None]) -> None:
    """Call `register` with each command to add to the `assistant` command line."""


@hookspec
def register_routes(register: Callable[[Callable[[Any, Any], None]], None]) -> None:
    """Call `register` with functions `mount(app, assistant)` that add routes to the FastAPI application.

    `app` is the FastAPI application that `assistant serve` runs, `assistant` the open `assistant.app.Assistant`.
    """


@hookspec
def register_formats(register: Callable[[FileFormat], None]) -> None:
    """Call `register` with each sort of file that the plugin reads and the core does not: such files are then accepted,
    and handed as they are to the perceivers that consume their modality.
    """


@hookspec
def register_panels(register: Callable[[Panel], None]) -> None:
    """Call `register` with each page that the plugin adds to the browser chat."""


HOOKS: Final = tuple(sorted(name for name in globals() if name.startswith("register_")))
"""The names of all hooks."""


def wrong(error: BaseException) -> tuple[str, str]:
    """What is wrong with the hooks of a plugin that could not be registered, in one line, and what mends it."""
    if isinstance(error, AssistantError):
        return error.message, error.remedy
    if isinstance(error, pluggy.PluginValidationError):
        return f"{' '.join(str(error).split())}.", "A hook takes one argument, which is called register."
    return said(error).partition(": ")[2], "Compare its hooks with assistant.hookspecs."


def closest(unknown: Sequence[str]) -> str:
    """What to do about hooks that do not exist: the one that was meant for each, where that can be told, and all."""
    import difflib

    meant = [match for name in unknown for match in difflib.get_close_matches(name, HOOKS, 1)]
    question = f"Did you mean {', '.join(meant)}? " if meant else ""
    return f"{question}There are: {', '.join(HOOKS)}."
