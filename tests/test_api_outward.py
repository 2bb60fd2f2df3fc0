"""What plugins' troubles tell clients: what is wrong and what mends it, never where things lie on the server."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from assistant.api import create_app
from assistant.app import Assistant
from assistant.errors import SettingsError, WeightsCorrupt, WeightsMissing
from assistant.host import Host
from assistant.plugin import Request, Task
from assistant.settings import Settings
from assistant.testing import FakeAnswerer, FakePerceiver, FakePlugin
from assistant.types import Delta, Observation

SECRET = "/srv/models"


def look(task: Task) -> Iterator[Observation]:
    raise WeightsMissing(f"The weights are not in '{SECRET}/eyes'.", "Bring them with: assistant weights pull eyes")


def answer(request: Request) -> Iterator[Delta]:
    raise WeightsCorrupt(f"{SECRET}/words/model.bin does not match its hash.", "Pull it again.")


@pytest.fixture
def assistant(tmp_path: Path) -> Iterator[Assistant]:
    plugin = FakePlugin(FakePerceiver("eyes", look), FakeAnswerer("words", answer))
    settings = Settings(data_dir=tmp_path)
    with Assistant(settings, host=Host(settings, plugins={"broken": plugin}, discover=False)) as made:
        yield made


@pytest.fixture
def client(assistant: Assistant) -> Iterator[TestClient]:
    with TestClient(create_app(assistant), base_url="http://127.0.0.1") as opened:
        yield opened


@pytest.fixture
def where(client: TestClient) -> str:
    return f"/api/v1/conversations/{client.post('/api/v1/conversations').json()['id']}"


def test_turn_tells_no_path(client: TestClient, where: str) -> None:
    """Not as a whole, not as events, and not when it is read again; the remedies are there all the same."""
    body = {"text": "what?", "files": [{"data": "data:,hello"}]}
    whole = client.post(f"{where}/turns", json=body)
    turn = f"{where}/turns/{whole.json()['id']}"
    events = client.post(f"{where}/turns", json=body, headers={"accept": "text/event-stream"})
    assert "event: perceiver" in events.text
    for told in (whole, events, *map(client.get, (turn, f"{turn}/events", where, f"{where}/gaps"))):
        assert told.status_code == 200
        assert "assistant weights pull eyes" in told.text
        assert "does not match its hash" in told.text
        assert SECRET not in told.text


@pytest.mark.parametrize("path", ["chat/completions", "responses"])
@pytest.mark.parametrize("stream", [False, True])
def test_compatible_endpoint_tells_no_path(client: TestClient, path: str, *, stream: bool) -> None:
    """Neither in the text that says why nobody answered nor in the extension."""
    data = "data:text/plain;base64," + base64.b64encode(b"hello").decode()
    if path == "responses":
        content = [{"type": "input_text", "text": "what?"}, {"type": "input_file", "file_data": data}]
        body: dict[str, object] = {"input": [{"role": "user", "content": content}], "store": True}
    else:
        body = {"messages": [{"role": "user", "content": [{"type": "file", "file": {"file_data": data}}]}]}
    told = client.post(f"/v1/{path}", json={**body, "stream": stream, "sensorium": {"events": stream}})
    assert "assistant weights pull eyes" in told.text
    assert SECRET not in told.text
    if path == "responses" and not stream:
        assert SECRET not in client.get(f"/v1/responses/{told.json()['id']}").text


def test_stored_failure_tells_what_the_failure_itself_would(
    client: TestClient, assistant: Assistant, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What ended a turn is kept in full; whoever reads it later learns no more than whoever waited for it."""

    def broken(*arguments: object) -> None:
        raise SettingsError(f"The file of example 1, {SECRET}/example.jpg, cannot be read.", "Mend it.")

    monkeypatch.setattr(type(assistant), "examples", property(broken))
    failed = client.post(f"{where}/turns", json={"text": "what?"})
    assert (failed.status_code, SECRET in failed.text) == (500, False)
    turn = client.get(where).json()["turns"][0]
    assert turn["state"] == "failed"
    for told in map(client.get, (where, f"{where}/turns/{turn['id']}", f"{where}/turns/{turn['id']}/events")):
        assert "server" in told.text
        assert SECRET not in told.text
