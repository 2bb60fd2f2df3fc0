"""The page of the HTTP API in a real browser: drawn, usable, and without a request to anywhere else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from api_serving import assistant_with, serving

from assistant.api import create_app

pytestmark = pytest.mark.browser


def test_the_page_draws_every_operation_and_tries_one(launch: Callable[..., tuple[Any, Path]], tmp_path: Path) -> None:
    """Nothing foreign is fetched, the console is silent, and "try it out" gets an answer."""
    with assistant_with(tmp_path) as assistant:
        app = create_app(assistant)
        with serving(app) as url:
            context, _ = launch()
            page = context.pages[0]
            asked: list[str] = []
            complaints: list[str] = []
            page.on("request", lambda request: asked.append(request.url))
            page.on("console", lambda message: complaints.append(message.text))
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.goto(f"{url}/docs")
            page.wait_for_selector(".opblock")
            operations = sum(len(each) for each in app.openapi()["paths"].values())
            assert page.locator(".opblock").count() == operations
            usage = page.locator(".opblock", has_text="/api/v1/usage")
            usage.locator(".opblock-summary-control").click()
            usage.get_by_role("button", name="Try it out").click()
            usage.get_by_role("button", name="Execute").click()
            answer = usage.locator(".live-responses-table .response-col_description .microlight").first
            answer.wait_for()
            assert '"storage_bytes"' in answer.inner_text()
            context.close()
    assert [each for each in asked if not each.startswith((url, "data:", "blob:"))] == []
    assert complaints == []
