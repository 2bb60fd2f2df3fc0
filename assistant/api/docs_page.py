"""The OpenAPI document, and the page that shows it: Swagger UI from an installed package, nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import Any, Final

from fastapi import FastAPI, Response
from fastapi.openapi.utils import get_openapi
from fastapi.responses import FileResponse
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from assistant.api import wire
from assistant.api.events import SCHEMAS
from assistant.api.failures import MEANINGS, ErrorResponse, Refused
from assistant.api.identity import LOGIN_COOKIE

DOCUMENTED: Final = ("/api/v1/", "/v1/", "/health/", "/metrics")
"""Beginnings of the paths that are in the document: pages of plugins are not."""
FILES: Final = {
    "swagger-ui-bundle.js": "text/javascript",
    "swagger-ui.css": "text/css",
    "favicon-32x32.png": "image/png",
}
EVERYWHERE: Final = (400, 401, 403, 429, 500, 503)
WITH_BODY: Final = (413, 415)
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Scripts and requests of this server only; Swagger UI sets styles on elements."""
HEADERS: Final = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "private, max-age=3600",
}
FRESH: Final = {**HEADERS, "Cache-Control": "no-cache"}
"""Of what changes with the application."""
PAGE: Final = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sensorium: the HTTP API</title>
<link rel="icon" type="image/png" href="docs/favicon-32x32.png">
<link rel="stylesheet" href="docs/swagger-ui.css">
</head>
<body>
<div id="page"></div>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/start.js"></script>
</body>
</html>
"""
START: Final = """SwaggerUIBundle({
  url: 'docs/openapi.json',
  dom_id: '#page',
  deepLinking: true,
  docExpansion: 'list',
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  validatorUrl: null,
  queryConfigEnabled: false,
});
"""
TAGS: Final = (
    ("conversations", "Kept conversations: what was sent, perceived and answered."),
    ("turns", "Questions: asked, followed as they are answered, stopped, asked again."),
    ("parts", "The files of conversations."),
    ("about", "What is installed, and what one may send and has stored."),
    ("OpenAI: models", "OpenAI-compatible: who may be asked, by which names."),
    ("OpenAI: chat", "OpenAI-compatible: chat completions."),
    ("OpenAI: responses", "OpenAI-compatible: responses."),
    ("OpenAI: audio", "OpenAI-compatible: transcriptions and translations."),
    ("OpenAI: embeddings", "OpenAI-compatible: embeddings."),
    ("server", "Health and metrics."),
)
SECURITY: Final = {
    "key": {"type": "http", "scheme": "bearer", "description": "An API key: `assistant keys create NAME`."},
    "cookie": {
        "type": "apiKey",
        "in": "cookie",
        "name": LOGIN_COOKIE,
        "description": "Of a browser that has logged in.",
    },
}
DESCRIPTION: Final = (
    "Send pictures, recordings, videos and texts, ask about them, and get answers with their evidence. "
    "Whoever may call without a key (loopback, as installed) needs neither key nor cookie."
)


def install(app: FastAPI) -> None:
    """Serve the page at /docs, and let /openapi.json be the document."""

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = openapi(app)
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]

    @app.get("/docs", include_in_schema=False)
    async def page() -> Response:
        return Response(PAGE, media_type="text/html", headers=FRESH)

    @app.get("/docs/{name}", include_in_schema=False)
    async def file(name: str) -> Response:
        if name == "start.js":
            return Response(START, media_type="text/javascript", headers=FRESH)
        if name == "openapi.json":
            return Response(_json(older(document())), media_type="application/json", headers=FRESH)
        if name not in FILES:
            raise Refused("There is no such file.", status=404)
        return FileResponse(_bundle() / name, media_type=FILES[name], headers=HEADERS)


def openapi(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document: what is ours, with every error in its one shape."""
    routes = [
        route
        for route in app.routes
        if getattr(route, "include_in_schema", True) and str(getattr(route, "path", "/api/v1/")).startswith(DOCUMENTED)
    ]
    found = get_openapi(
        title="Sensorium",
        version=app.version,
        description=DESCRIPTION,
        routes=routes,
        tags=[{"name": name, "description": text} for name, text in TAGS],
        servers=[{"url": "/", "description": "This server."}],
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
    )
    components = found.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    models: set[type[BaseModel]] = {*SCHEMAS.values(), ErrorResponse, wire.Question, wire.Again, wire.Turn}
    _, extra = models_json_schema(
        [(model, "validation") for model in sorted(models, key=lambda each: each.__name__)],
        ref_template="#/components/schemas/{model}",
    )
    for name, schema in extra.get("$defs", {}).items():
        schemas.setdefault(name, schema)
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    components["securitySchemes"] = SECURITY
    found["security"] = [{}, {"key": []}, {"cookie": []}]
    for operations in found.get("paths", {}).values():
        for operation in operations.values():
            _errors_in_one_shape(operation)
            _first_sentence_as_summary(operation)
    return found


def _errors_in_one_shape(operation: dict[str, Any]) -> None:
    """Document what the gate and the reading of requests may answer for every route, and nothing by "default"."""
    error = {"application/json": {"schema": {"$ref": "#/components/schemas/ErrorResponse"}}}
    responses = operation.setdefault("responses", {})
    responses.pop("default", None)
    automatic = responses.get("422", {}).get("content", {}).get("application/json", {}).get("schema", {})
    if automatic.get("$ref", "").endswith("/HTTPValidationError"):  # FastAPI's own; ours is 400
        del responses["422"]
    for status in (*EVERYWHERE, *(WITH_BODY if "requestBody" in operation else ())):
        responses.setdefault(str(status), {"description": MEANINGS[status], "content": error})
    operation["responses"] = dict(sorted(responses.items()))


def _first_sentence_as_summary(operation: dict[str, Any]) -> None:
    first, _, rest = operation.get("description", "").partition(".")
    if first:
        operation["summary"] = " ".join(first.split())
        operation["description"] = rest.strip()


def older(document: dict[str, Any]) -> dict[str, Any]:
    """The document as OpenAPI 3.0, the newest that the bundled Swagger UI draws."""
    drawn: dict[str, Any] = _older(document)
    license_info = {"name": document["info"]["license"]["name"]}
    return {**drawn, "openapi": "3.0.3", "info": {**drawn["info"], "license": license_info}}


def _older(value: Any) -> Any:
    if isinstance(value, list):
        return [_older(each) for each in value]
    if not isinstance(value, dict):
        return value
    found = {name: _older(each) for name, each in value.items() if name not in _NEWER}
    for name, change in _CHANGES.items():
        if name in value and not isinstance(value[name], dict):  # a dict is a property of that name
            change(found)
    return found


def _without_null(schema: dict[str, Any]) -> None:
    kinds = [each for each in schema["anyOf"] if each != {"type": "null"}]
    if len(kinds) == len(schema["anyOf"]):
        return
    del schema["anyOf"]
    schema |= {**(kinds[0] if len(kinds) == 1 and "$ref" not in kinds[0] else {"anyOf": kinds}), "nullable": True}


def _always_null(schema: dict[str, Any]) -> None:
    if schema["type"] == "null":
        del schema["type"]
        schema |= {"nullable": True, "enum": [None]}


def _as_enumeration(schema: dict[str, Any]) -> None:
    schema["enum"] = [schema.pop("const")]


def _with_example(schema: dict[str, Any]) -> None:
    schema["example"] = schema.pop("examples")[0]


def _exclusive(name: str, bound: str) -> Callable[[dict[str, Any]], None]:
    def change(schema: dict[str, Any]) -> None:
        schema[bound], schema[name] = schema[name], True

    return change


_NEWER: Final = ("itemSchema", "contentMediaType", "contentSchema", "contentEncoding", "prefixItems")
"""What OpenAPI 3.0 does not know."""
_CHANGES: Final[dict[str, Callable[[dict[str, Any]], None]]] = {
    "type": _always_null,
    "anyOf": _without_null,
    "const": _as_enumeration,
    "examples": _with_example,
    "exclusiveMinimum": _exclusive("exclusiveMinimum", "minimum"),
    "exclusiveMaximum": _exclusive("exclusiveMaximum", "maximum"),
}


def _json(document: dict[str, Any]) -> bytes:
    import json

    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def _bundle() -> Path:
    vendor = resources.files("swagger_ui_bundle") / "vendor"
    return next(Path(str(each)) for each in sorted(vendor.iterdir(), key=str, reverse=True) if each.is_dir())
