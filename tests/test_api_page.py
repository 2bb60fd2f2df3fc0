"""The OpenAPI document and its page: whole, ours only, and nothing from elsewhere."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from api_serving import assistant_with
from fastapi import FastAPI
from fastapi.testclient import TestClient

from assistant.api import create_app
from assistant.api.events import SCHEMAS


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    with assistant_with(tmp_path) as assistant:
        app = create_app(assistant)

        @app.get("/page-of-a-plugin")
        async def page() -> str:
            return "of no interest to callers of the API"

        with TestClient(app, base_url="http://127.0.0.1") as opened:
            yield opened


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for name, each in value.items():
            if name == "$ref":
                yield each
            else:
                yield from references(each)
    elif isinstance(value, list):
        for each in value:
            yield from references(each)


@pytest.mark.parametrize("where", ["/openapi.json", "/docs/openapi.json"])
def test_the_document_is_whole(client: TestClient, where: str) -> None:
    """Every reference leads somewhere; operations have summaries, errors one shape; plugins' pages are left out."""
    document = client.get(where).json()
    names = set(document["components"]["schemas"])
    assert {each.removeprefix("#/components/schemas/") for each in references(document)} <= names
    ours = [each for path, each in document["paths"].items() if path.startswith(("/api/v1/", "/v1/"))]
    operations = [operation for each in ours for operation in each.values()]
    assert len(operations) > 20
    for operation in operations:
        assert operation["summary"]
        for status, response in operation["responses"].items():
            if status >= "400":
                schema = response["content"]["application/json"]["schema"]
                assert schema == {"$ref": "#/components/schemas/ErrorResponse"}
    assert not any(path.startswith(("/page", "/docs", "/gradio")) for path in document["paths"])
    assert document["components"]["securitySchemes"]["key"]["scheme"] == "bearer"


def test_every_event_of_a_turn_has_its_schema(client: TestClient) -> None:
    """The stream's description names each event and what its data is."""
    document = client.get("/openapi.json").json()
    turns = document["paths"]["/api/v1/conversations/{conversation}/turns"]["post"]
    items = turns["responses"]["200"]["content"]["text/event-stream"]["itemSchema"]["oneOf"]
    described = {each["properties"]["event"]["const"]: each["properties"]["data"]["contentSchema"] for each in items}
    assert set(described) == set(SCHEMAS)
    for schema in described.values():
        assert schema["$ref"].removeprefix("#/components/schemas/") in document["components"]["schemas"]


def test_the_page_takes_nothing_from_elsewhere(client: TestClient) -> None:
    """Page, script and style come from here, under a policy that forbids all else."""
    page = client.get("/docs")
    assert re.findall(r'(?:src|href)="([^"]+)"', page.text)
    for each in re.findall(r'(?:src|href)="([^"]+)"', page.text):
        assert client.get(f"/{each}").status_code == 200
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert client.get("/docs/swagger-ui.js.map").json()["error"]["type"] == "not_found_error"
    assert client.get("/docs/..%2f__init__.py").status_code == 404


def test_the_drawn_document_is_of_the_version_that_is_drawn(client: TestClient) -> None:
    """Nothing in it that OpenAPI 3.0 does not know."""
    text = client.get("/docs/openapi.json").text
    assert json.loads(text)["openapi"].startswith("3.0")
    assert '"type":"null"' not in text
    assert '"const"' not in text


def test_documents_of_two_applications_are_their_own(tmp_path: Path) -> None:
    """What one application adds is not in another's document."""
    with assistant_with(tmp_path) as assistant:
        one, other = create_app(assistant), create_app(assistant)

        def add(app: FastAPI) -> None:
            @app.get("/api/v1/added")
            async def added() -> str:
                return ""

        add(one)
        assert "/api/v1/added" in one.openapi()["paths"]
        assert "/api/v1/added" not in other.openapi()["paths"]
