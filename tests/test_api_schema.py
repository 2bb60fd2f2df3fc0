"""Requests made up from the OpenAPI document: nothing breaks the server, and every answer is as documented."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest
from api_serving import Script, assistant_with, serving

if sys.version_info < (3, 11):
    pytest.skip("schemathesis needs Python 3.11", allow_module_level=True)
schemathesis = pytest.importorskip("schemathesis", reason="schemathesis is not installed")

from schemathesis.core.failures import FailureGroup  # noqa: E402

from assistant.api import create_app  # noqa: E402
from assistant.app import Assistant  # noqa: E402

EXAMPLES = 8
"""Requests made up for each operation."""
schemathesis.checks.load_all_checks()
CHECKS = schemathesis.checks.CHECKS.get_by_names(
    [
        "not_a_server_error",
        "status_code_conformance",
        "content_type_conformance",
        "response_headers_conformance",
        "response_schema_conformance",
    ]
)
UNAVAILABLE = {501, 503}
"""5xx that are answers: not installed here, or not just now."""


class World:
    """A served assistant, and what is in it."""

    def __init__(self, assistant: Assistant, url: str) -> None:
        self._store = assistant.store
        self._assistant = assistant
        self.url = url
        self._conversation = self._turn = self._part = ""

    def known(self) -> dict[str, str]:
        """Ids of things that are there: made anew if the requests have deleted them."""
        if not self._conversation or not self._store.conversations("local", only=self._conversation):
            self._conversation = self._store.create_conversation("local")
            self._assistant.ask("what?", b"some text", conversation=self._conversation)
            turn = self._store.load_conversation(self._conversation, "local").turns[0]
            self._turn, self._part = turn.id, turn.message.parts[0]
        return {"conversation": self._conversation, "turn": self._turn, "digest": self._part}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with assistant_with(tmp_path_factory.mktemp("data"), Script()) as assistant, serving(create_app(assistant)) as url:
        yield World(assistant, url)


def test_every_operation_keeps_its_word(world: World) -> None:
    """No 5xx but those that say what is missing, statuses and types as documented, bodies as their schemas say."""
    schema = schemathesis.openapi.from_url(f"{world.url}/openapi.json")
    wrong: list[str] = []
    tried = 0
    for found in schema.get_all_operations():
        operation = found.ok()
        for mode in (schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE):
            tried += 1
            try:
                _try(operation, mode, world)
            except hypothesis.errors.Unsatisfiable:  # nothing can be wrong about a request without parameters
                continue
            except (Exception, FailureGroup) as error:
                wrong.append(f"{operation.label}: {error}")
    assert tried > 30
    assert not wrong, "\n\n".join(wrong)


def _try(operation: Any, mode: Any, world: World) -> None:
    @hypothesis.settings(
        max_examples=EXAMPLES,
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=list(hypothesis.HealthCheck),
        phases=[hypothesis.Phase.generate],
    )
    @hypothesis.given(case=operation.as_strategy(generation_mode=mode))
    def run(case: Any) -> None:
        for name, value in world.known().items():  # ids that are made up lead to 404 only
            if name in (case.path_parameters or {}):
                case.path_parameters[name] = value
        response = case.call(timeout=20)
        checks = list(CHECKS)
        if response.status_code in UNAVAILABLE:
            assert response.json()["error"]["message"]
            checks = checks[1:]
        case.validate_response(response, checks)

    run()
