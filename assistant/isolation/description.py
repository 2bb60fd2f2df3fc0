"""What a plugin declares, as plain data that another process gave and that was checked here. Not for asking it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

from assistant.types import FileFormat
from assistant.weights import WeightsChoice, WeightsSpec

Sort: TypeAlias = Literal["perceiver", "answerer", "embedder", "voice"]
SORTS: Final[tuple[Sort, ...]] = ("perceiver", "answerer", "embedder", "voice")


@dataclass(frozen=True, slots=True)
class Option:
    """One field of an `Options` class."""

    name: str
    type: Any
    """As `typed.encoded` writes it: "bool", "int", {"literal": [...]}, ..."""
    default: Any
    """A JSON value."""
    description: str = ""
    """`metadata["description"]` of the field."""
    secret: bool = False
    """`metadata["secret"]` of the field."""


@dataclass(frozen=True, slots=True)
class Declared:
    """One perceiver, answerer, embedder or voice."""

    sort: Sort
    attributes: Mapping[str, Any]
    """What its class declares, by name: those of `plugin.Plugged` and of its sort, tuples and frozen sets as such."""
    options: tuple[Option, ...] | None = None
    """None if it takes none."""
    weights: tuple[str, ...] = ()
    """What `weights(options)` gave for the options at hand."""
    unready: str = ""
    """What `unready(options)` gave."""
    leaves: str = ""
    """What `leaves(options)` gave, of an answerer."""
    missing: tuple[str, ...] = ()
    """Of `requires`, what its interpreter cannot find."""
    section: str = ""
    """Digest of the options that it was asked with."""

    @property
    def name(self) -> str:
        """Its name."""
        return str(self.attributes["name"])


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something wrong with a plugin, found by the process that imported it."""

    message: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Description:
    """All that a plugin declares."""

    plugged: tuple[Declared, ...] = ()
    weights: tuple[WeightsSpec | WeightsChoice, ...] = ()
    formats: tuple[FileFormat, ...] = ()
    troubles: tuple[Trouble, ...] = ()
    left_out: tuple[str, ...] = ()
    """Hooks that it implements and that mean nothing out of the assistant's process: commands, routes, panels."""
    api: str | int | None = None
    """Its `ASSISTANT_API`."""
