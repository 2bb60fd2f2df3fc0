"""What a runner asks of an object whose work is done in a process of its own, beside what it asks of all. The proxies
themselves: isolation/.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

from assistant.types import GapCause


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why a plugged object cannot be used now."""

    cause: GapCause
    message: str
    remedy: str = ""


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
    def facts(self) -> dict[str, Any]:
        """For health: the process, and how often it was started anew."""

    @abstractmethod
    def abandon(self) -> None:
        """End the process, whatever it does."""
