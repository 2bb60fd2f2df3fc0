"""A served assistant when the ground gives way under it: what clients see, and that it recovers without a restart."""

from __future__ import annotations

import pytest
from fault_report import Skipped
from faults import suffer


@pytest.mark.parametrize("fault", ["disk full", "database gone", "read-only", "clients leave", "decoders killed"])
def test_a_fault_is_told_and_passes(fault: str) -> None:
    """Clients get an answer or an honest refusal, nothing acknowledged is lost, and afterwards everything works."""
    try:
        row = suffer(fault)
    except Skipped as reason:
        pytest.skip(str(reason))
    assert row.wrong == [], row.seen
    assert row.recovered is not None
