"""A described plugin as the host takes it: its hooks register what works in a process. Nothing of it is here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from assistant.hookspecs import hookimpl
from assistant.isolation.description import Description
from assistant.isolation.program import Program
from assistant.isolation.proxies import IDLE_SECONDS, LOAD_SECONDS, isolated


class DescribedPlugin:
    """Registers what a description names; what is wrong with it is for `declared.check` to find, as with any plugin."""

    def __init__(
        self,
        program: Program,
        description: Description,
        *,
        idle_seconds: float = IDLE_SECONDS,
        load_seconds: float = LOAD_SECONDS,
    ) -> None:
        """See `describe` and `isolated`."""
        self.description = description
        self._plugged: dict[str, list[Any]] = {}
        for declared in description.plugged:
            made = isolated(program, declared, idle_seconds=idle_seconds, load_seconds=load_seconds)
            self._plugged.setdefault(declared.sort, []).append(made)

    @hookimpl
    def register_weights(self, register: Callable[[Any], None]) -> None:
        """Its weights."""
        for spec in self.description.weights:
            register(spec)

    @hookimpl
    def register_formats(self, register: Callable[[Any], None]) -> None:
        """Its sorts of files."""
        for found in self.description.formats:
            register(found)

    @hookimpl
    def register_embedders(self, register: Callable[[Any], None]) -> None:
        """Its embedders."""
        self._register("embedder", register)

    @hookimpl
    def register_perceivers(self, register: Callable[[Any], None]) -> None:
        """Its perceivers."""
        self._register("perceiver", register)

    @hookimpl
    def register_answerers(self, register: Callable[[Any], None]) -> None:
        """Its answerers."""
        self._register("answerer", register)

    @hookimpl
    def register_voices(self, register: Callable[[Any], None]) -> None:
        """Its voices."""
        self._register("voice", register)

    def _register(self, sort: str, register: Callable[[Any], None]) -> None:
        for plugged in self._plugged.get(sort, ()):
            register(plugged)
