"""The shared context of a conversation: parts, observations and gaps, written by perceivers, read by answerers.

A blackboard: plugins never call each other. `SharedContext` is owned by one event loop; `Snapshot` is what others see.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from assistant.types import Gap, Message, Observation, Part


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The context as it stood at one moment."""

    parts: tuple[Part, ...] = ()
    """All parts, oldest first, parts taken out of other parts included."""
    observations: tuple[Observation, ...] = ()
    gaps: tuple[Gap, ...] = ()
    """Gaps of parts still in the context, and of this turn."""
    messages: tuple[Message, ...] = ()
    """Earlier messages, oldest first; the question being answered is not among them."""
    turn_parts: tuple[str, ...] = ()
    """Digests of the parts sent with this turn, in the order sent."""
    capabilities: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """For answerers: modality -> observation kinds that installed perceivers can give for it, those of kinds that only
    plugins know among them."""

    def part(self, digest: str) -> Part | None:
        """The part of that digest."""
        return next((part for part in self.parts if part.digest == digest), None)

    def of(self, *kinds: str, part: str | None = None) -> tuple[Observation, ...]:
        """Observations of the kinds (all kinds if none given), of one part if given, in order of arrival."""
        return tuple(
            seen
            for seen in self.observations
            if (not kinds or seen.kind in kinds) and (part is None or seen.part == part)
        )

    def of_modality(self, modality: str, *, derived: bool = False) -> tuple[Part, ...]:
        """Parts of a modality, oldest first; frames and tracks taken out of videos only with `derived`."""
        return tuple(part for part in self.parts if part.modality == modality and (derived or part.parent is None))

    def family(self, digest: str) -> tuple[Part, ...]:
        """The part and all that was taken out of it."""
        return tuple(part for part in self.parts if digest in (part.digest, part.parent))


class SharedContext:
    """All that is known in one conversation. Adding a thing twice changes nothing; only a gap's kinds add up."""

    def __init__(self, messages: Iterable[Message] = ()) -> None:
        self._parts: dict[str, Part] = {}
        self._observations: dict[str, Observation] = {}
        self._gaps: dict[tuple[str | None, str, str], Gap] = {}
        self.messages: list[Message] = list(messages)
        self.turn_parts: tuple[str, ...] = ()

    def add(self, item: Part | Observation | Gap) -> bool:
        """Add one thing; False if it was there already."""
        if isinstance(item, Part):
            known = item.digest in self._parts
            self._parts.setdefault(item.digest, item)
        elif isinstance(item, Observation):
            known = item.id in self._observations
            self._observations.setdefault(item.id, item)
        else:
            key = (item.part, item.source, item.message)
            known = key in self._gaps
            kinds = (*self._gaps[key].kinds, *item.kinds) if known else item.kinds
            self._gaps[key] = replace(item, kinds=tuple(dict.fromkeys(kinds)))  # one file lost to several perceivers
        return not known

    def drop_gaps(self) -> None:
        """Forget the gaps but those of unreadable parts: a new turn finds out anew what cannot be perceived."""
        self._gaps = {key: gap for key, gap in self._gaps.items() if gap.cause == "unreadable" and gap.part}

    def part(self, digest: str) -> Part | None:
        """The part of that digest."""
        return self._parts.get(digest)

    def __contains__(self, digest: str) -> bool:
        return digest in self._parts

    def __iter__(self) -> Iterator[Part]:
        return iter(self._parts.values())

    def snapshot(self) -> Snapshot:
        """The context as it stands now."""
        return Snapshot(
            parts=tuple(self._parts.values()),
            observations=tuple(self._observations.values()),
            gaps=tuple(self._gaps.values()),
            messages=tuple(self.messages),
            turn_parts=self.turn_parts,
        )
