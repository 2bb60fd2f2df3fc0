"""Contract tests: what every plugin of a sort must keep. Subclass, say what to make, and run pytest.

class TestMyPerceiver(PerceiverContract):
    perceiver = MyPerceiver
    part = text_part("hello")
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from assistant.errors import Cancelled
from assistant.plugin import Perceiver, Task
from assistant.testing.fakes import FakeServices
from assistant.testing.fresh import imported_by
from assistant.types import Observation, Part

if TYPE_CHECKING:
    from assistant.media import Media


class PerceiverContract:
    """What every perceiver must keep. Subclass it, set `perceiver` and `part`, and run pytest."""

    perceiver: ClassVar[Callable[[], Perceiver]]
    """Makes the perceiver: usually its class."""
    part: ClassVar[Part]
    """A part it can perceive."""
    observation: ClassVar[Observation | None] = None
    """For a perceiver that consumes an observation kind: one of them, about `part`."""
    observations: ClassVar[tuple[Observation, ...]] = ()
    """For a perceiver that gathers: what it is given."""
    services: ClassVar[FakeServices] = FakeServices()
    """What it loads with: its own options, weights directories or embedder; the defaults of `Options` otherwise."""

    def _task(self, media: Media, cancel: threading.Event | None = None) -> Task:
        return Task(self.part, media, self.observation, self.observations, cancel or threading.Event())

    def _load(self, perceiver: Perceiver) -> Perceiver:
        from assistant.declared import options_of

        options = options_of(perceiver, {}) if self.services.options is None else self.services.options
        perceiver.load(replace(self.services, options=options))
        return perceiver

    def test_declarations_are_accepted(self) -> None:
        """The host accepts what it declares."""
        from assistant.declared import check

        check(type(self).perceiver(), Perceiver)

    def test_import_is_light(self) -> None:
        """Importing its module imports no heavy library."""
        assert imported_by(type(type(self).perceiver()).__module__) == []

    def test_yields_what_it_declares(self, media: Media) -> None:
        """Every item is of a declared kind, about the given part, in range, and JSON."""
        perceiver = self._load(type(self).perceiver())
        for item in perceiver.perceive(self._task(media)):
            if isinstance(item, Part):
                assert item.modality in perceiver.produces
                continue
            assert item.kind in perceiver.produces
            assert 0 <= item.confidence <= 1
            if item.box is not None:
                assert 0 <= item.box[0] <= item.box[2] <= 1
                assert 0 <= item.box[1] <= item.box[3] <= 1
            if item.span is not None:
                assert 0 <= item.span[0] <= item.span[1]
            json.dumps(dict(item.data), allow_nan=False)
        perceiver.close()

    def test_says_the_same_twice(self, media: Media) -> None:
        """The same input gives the same observations, also after close and load: results are cached on that promise."""
        perceiver = self._load(type(self).perceiver())
        first = list(perceiver.perceive(self._task(media)))
        perceiver.close()
        self._load(perceiver)
        assert list(perceiver.perceive(self._task(media))) == first
        perceiver.close()

    def test_stops_when_cancelled(self, media: Media) -> None:
        """A call whose task is cancelled ends, with Cancelled or without a word."""
        perceiver = self._load(type(self).perceiver())
        cancelled = threading.Event()
        cancelled.set()
        try:
            list(perceiver.perceive(self._task(media, cancelled)))
        except Cancelled:
            pass
        finally:
            perceiver.close()
