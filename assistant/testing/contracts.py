"""Contract tests: what every plugin of a sort must keep. Subclass, say what to make, and run pytest.

class TestMyPerceiver(PerceiverContract):
    perceiver = MyPerceiver
    part = text_part("hello")

Each test is a check of perceiving.py, answering.py, embedding.py, speaking.py or modules.py. A promise that cannot be
checked where the test runs, for want of weights or of a module that a fresh interpreter can import, is skipped.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, TypeVar

import pytest

from assistant.plugin import Perceiver
from assistant.testing import fresh, perceiving, plugged
from assistant.testing.cases import Input, PerceiverCase
from assistant.testing.fakes import FakeServices
from assistant.testing.promises import NotApplicable
from assistant.types import Observation, Part

if TYPE_CHECKING:
    from assistant.media import Media

C = TypeVar("C")


def _keep(check: Callable[[C], None], case: C) -> None:
    try:
        check(case)
    except NotApplicable as reason:
        pytest.skip(str(reason))


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

    @pytest.fixture
    def case(self, media: Media) -> PerceiverCase:
        """What is checked."""
        given = type(self)
        return PerceiverCase(
            make=given.perceiver,
            services=replace(given.services),
            media=media,
            address=fresh.address_of(given.perceiver),
            inputs=(Input(given.part, given.observation, given.observations),),
        )

    def test_declares_what_it_is(self, case: PerceiverCase) -> None:
        """It declares what it is, and the host accepts that."""
        _keep(plugged.declares_what_it_is, case)

    def test_import_is_light(self, case: PerceiverCase) -> None:
        """Importing its module imports no heavy library, prints nothing, starts no thread and opens no network."""
        _keep(plugged.import_is_light, case)

    def test_options_have_defaults(self, case: PerceiverCase) -> None:
        """Every option has a default that its own type accepts, and options that a turn may set exist."""
        _keep(plugged.options_have_defaults, case)

    def test_declares_what_decides(self, case: PerceiverCase) -> None:
        """The weights it asks for and whether it embeds are declared."""
        _keep(plugged.declares_what_decides, case)

    def test_yields_what_it_declares(self, case: PerceiverCase) -> None:
        """Every item is of a declared kind, about what was given, in range, and survives the way through JSON."""
        _keep(perceiving.yields_what_it_declares, case)

    def test_survives_what_is_difficult(self, case: PerceiverCase) -> None:
        """Empty, huge, corrupt and wrongly labelled input makes it neither crash nor hang."""
        _keep(perceiving.survives_what_is_difficult, case)

    def test_ends_when_cancelled(self, case: PerceiverCase) -> None:
        """A call that is cancelled, before or in the middle, ends soon, with Cancelled or without a word."""
        _keep(perceiving.ends_when_cancelled, case)

    def test_says_the_same_twice(self, case: PerceiverCase) -> None:
        """The same input gives the same items, also after close and load: results are cached on that promise."""
        _keep(perceiving.says_the_same_twice, case)

    def test_says_the_same_elsewhere(self, case: PerceiverCase) -> None:
        """A fresh interpreter, in which strings hash differently, says the same."""
        _keep(perceiving.says_the_same_elsewhere, case)

    def test_leaves_out_the_name(self, case: PerceiverCase) -> None:
        """The name of the file decides nothing and occurs in no observation."""
        _keep(perceiving.leaves_out_the_name, case)

    def test_changes_nothing_it_is_given(self, case: PerceiverCase) -> None:
        """Pixels, facts and observations that it is given stay as they are."""
        _keep(perceiving.changes_nothing_it_is_given, case)

    def test_reads_options_from_the_call(self, case: PerceiverCase) -> None:
        """Options that a turn may set are read from `task.options`, and not remembered for the next call."""
        _keep(perceiving.reads_options_from_the_call, case)

    def test_is_as_thread_safe_as_declared(self, case: PerceiverCase) -> None:
        """With `concurrency` over 1, calls side by side say the same as calls one by one."""
        _keep(perceiving.is_as_thread_safe_as_declared, case)

    def test_works_in_a_process_of_its_own(self, case: PerceiverCase) -> None:
        """With `isolation = "process"`, it says the same there as here."""
        _keep(perceiving.works_in_a_process_of_its_own, case)

    def test_closes_cleanly(self, case: PerceiverCase) -> None:
        """After close() its threads, files and child processes are gone, and it can be loaded again."""
        _keep(plugged.closes_cleanly, case)
