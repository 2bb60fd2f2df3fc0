"""What a runner asks of an object whose work is done in a process of its own, beside what it asks of all. The proxies
themselves: isolation/.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TypedDict

from assistant.types import GapCause


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why a plugged object cannot be used now."""

    cause: GapCause
    message: str
    remedy: str = ""
    seconds: float = 0.0
    """Until it is tried again by itself, where that is known."""


class ProcessFacts(TypedDict):
    """A process of a plugin's own, as health, metrics and pages tell of it."""

    pid: int | None
    """Of the small process above the plugin's own, which ends with it; None while there is none."""
    restarts: int
    """How often one was started after the first: after a failure, or after an idle one had ended."""
    failures: int
    """How often in a row it failed."""
    memory_limit_mb: int
    """MiB that it may allocate."""
    network: bool
    """Whether it has the network."""


class Proxy(ABC):
    """Stands for an object in another process, which may end at any time.

    A class to derive from, and not a matter of names: a plugin's own objects may have attributes called so.
    """

    @property
    @abstractmethod
    def ready(self) -> bool:
        """Whether its process is there and loaded; if not, it is started with the next call."""

    @abstractmethod
    def hindrance(self) -> Obstacle | None:
        """Why it cannot be called just now."""

    @abstractmethod
    def facts(self) -> ProcessFacts:
        """The process, and how often it was started anew; starts nothing, and may be called from any thread."""

    @abstractmethod
    def abandon(self) -> None:
        """End the process, whatever it does."""
