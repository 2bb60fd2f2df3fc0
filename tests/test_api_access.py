"""Who may use our own API: nobody without a key where one is asked for, and each key only what it is for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import anyio.to_thread
import httpx
import pytest
from api_serving import assistant_with
from fastapi.testclient import TestClient

from assistant.api import create_app
from assistant.app import Assistant

API = "/api/v1"


@pytest.fixture
def assistant(tmp_path: Path) -> Iterator[Assistant]:
    with assistant_with(tmp_path, server={"auth": "required"}) as opened:
        yield opened


@pytest.fixture
def client(assistant: Assistant) -> Iterator[TestClient]:
    with TestClient(create_app(assistant), base_url="http://127.0.0.1") as opened:
        yield opened


@pytest.fixture
def key(assistant: Assistant) -> Callable[..., dict[str, str]]:
    """Makes a key; the headers that carry it."""

    def made(name: str, *scopes: str) -> dict[str, str]:
        _, secret = assistant.accounts.create_key(name, scopes=scopes or ("ask", "read", "write"))
        return {"authorization": f"Bearer {secret}"}

    return made


def test_strangers_get_nothing(client: TestClient) -> None:
    """Every operation of ours, the page and the document are refused without a key, in the same shape."""
    document = create_app_document(client)
    for path, operations in document["paths"].items():
        if path.startswith(f"{API}/"):
            for method in operations:
                answer = client.request(method, path.format(conversation="c", turn="t", digest="0" * 64))
                assert (answer.status_code, answer.json()["error"]["code"]) == (401, "invalid_api_key"), (method, path)
    for path in ("/docs", "/docs/start.js", "/docs/openapi.json", "/openapi.json"):
        assert client.get(path, follow_redirects=False).status_code in (302, 303, 307, 401), path


def create_app_document(client: TestClient) -> dict[str, dict[str, dict[str, object]]]:
    found: dict[str, dict[str, dict[str, object]]] = client.app.openapi()  # type: ignore[attr-defined]
    return found


def test_a_key_may_do_what_it_is_for(client: TestClient, key: Callable[..., dict[str, str]]) -> None:
    """Reading needs read, changing needs write, asking needs ask."""
    where = client.post(f"{API}/conversations", headers=key("all")).json()["id"]
    attempts = {
        "read": ("GET", f"{API}/conversations", None),
        "write": ("POST", f"{API}/conversations", {"title": "t"}),
        "ask": ("POST", f"{API}/conversations/{where}/turns", {"text": "q"}),
    }
    for held in attempts:
        headers = key(held, held)
        for wanted, (method, path, body) in attempts.items():
            answer = client.request(method, path, json=body, headers=headers)
            if held == wanted:
                assert answer.status_code in (200, 201, 404)  # 404: another key's conversation
            else:
                assert (answer.status_code, answer.json()["error"]["code"]) == (403, "insufficient_scope")


def test_keys_do_not_see_each_others(client: TestClient, key: Callable[..., dict[str, str]]) -> None:
    """Each has its own conversations, and idempotency keys of its own."""
    mine, theirs = key("mine"), key("theirs")
    where = client.post(f"{API}/conversations", headers=mine).json()["id"]
    turn = client.post(
        f"{API}/conversations/{where}/turns", json={"text": "q"}, headers=mine | {"idempotency-key": "k"}
    ).json()
    assert client.get(f"{API}/conversations", headers=theirs).json()["data"] == []
    for path in ("", f"/turns/{turn['id']}", f"/turns/{turn['id']}/events"):
        assert client.get(f"{API}/conversations/{where}{path}", headers=theirs).status_code == 404
    asked = client.post(
        f"{API}/conversations/{where}/turns", json={"text": "q"}, headers=theirs | {"idempotency-key": "k"}
    )
    assert asked.status_code == 404
    assert client.delete(f"{API}/data?confirm=everything", headers=theirs).json() == {"conversations": 0}
    assert len(client.get(f"{API}/conversations", headers=mine).json()["data"]) == 1


async def test_who_may_ask_is_found_out_without_a_thread(
    assistant: Assistant, key: Callable[..., dict[str, str]]
) -> None:
    """Slow work of other routes, plugins' among them, may fill the framework's threads; these routes do not wait."""
    headers, threads = key("all"), anyio.to_thread.current_default_thread_limiter()
    transport = httpx.ASGITransport(create_app(assistant))
    filling = [object() for _ in range(int(threads.available_tokens))]
    for borrower in filling:
        await threads.acquire_on_behalf_of(borrower)
    try:
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1", headers=headers) as client:
            for path in (f"{API}/conversations", "/v1/models"):
                assert (await asyncio.wait_for(client.get(path), 5.0)).status_code == 200
    finally:
        for borrower in filling:
            threads.release_on_behalf_of(borrower)
