"""pytest fixtures for tests of plugins; loaded in every pytest run, so that nothing else is imported at the top."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from assistant.app import Assistant
    from assistant.host import Host
    from assistant.media import Media
    from assistant.testing.fakes import Clock
    from assistant.types import Part


@pytest.fixture
def media() -> Media:
    """The guarded decoder with default limits."""
    from assistant.media import Media

    return Media()


@pytest.fixture
def sample_parts() -> dict[str, Part]:
    """An ordinary small part of every modality: `sample_parts["image"]`."""
    from assistant.testing.samples import one_of_each

    return one_of_each()


@pytest.fixture
def fake_clock() -> Clock:
    """Seconds that pass when the test says `fake_clock.advance(60)`."""
    from assistant.testing.fakes import Clock

    return Clock()


@pytest.fixture
def make_host(tmp_path: Path) -> Iterator[Callable[..., Host]]:
    """`make_host(MyPerceiver(), ...)`: a host with these plugins alone, closed after the test.

    Keywords are settings: `make_host(MyPerceiver(), plugins={"mine": {"least": 0.2}})`.
    """
    from assistant.testing.fakes import host

    with ExitStack() as stack:
        yield lambda *plugged, **settings: stack.enter_context(
            host(*plugged, **{"data_dir": tmp_path / "sensorium", **settings})
        )


@pytest.fixture
def make_assistant(make_host: Callable[..., Host]) -> Iterator[Callable[..., Assistant]]:
    """`make_assistant(MyPerceiver(), ...)`: an assistant with these plugins alone, its data in the test's folder."""
    from assistant.app import Assistant

    def make(*plugged: object, **settings: Any) -> Assistant:
        host = make_host(*plugged, **settings)
        return stack.enter_context(Assistant(host.settings, host=host))

    with ExitStack() as stack:
        yield make
