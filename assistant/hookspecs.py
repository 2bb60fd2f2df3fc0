"""The hooks of the `assistant` plugin system: when each is called and what to do in it.

Every hook is called once, when the host starts. Implementations are called one by one: one that raises costs only its
own plugin.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import pluggy

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
