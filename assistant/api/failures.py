"""Errors as the API sends them: OpenAI's shape, our remedies, a status that fits. Details go to the log only."""

from __future__ import annotations

import logging
import math
import re
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.routing import Match, Route
from starlette.types import Receive, Scope, Send

from assistant.errors import (
    AssistantError,
    Busy,
    CannotAnswer,
    DecoderUnavailable,
    MediaError,
    MediaTooLarge,
    MissingLibrary,
    NotFound,
    NothingToDo,
    NotWritable,
    RequestRefused,
    SettingsError,
    StorageFull,
    Unavailable,
    UnreadableMedia,
    UnsupportedMedia,
    WeightsError,
)
from assistant.logs import origin

logger = logging.getLogger(__name__)

STATUSES: Final[dict[type[AssistantError], int]] = {
    NotFound: 404,
    MediaTooLarge: 413,
    UnsupportedMedia: 415,
    UnreadableMedia: 422,
    DecoderUnavailable: 503,
    MediaError: 422,
    NothingToDo: 400,
    Busy: 409,
    Unavailable: 503,
    StorageFull: 507,
    CannotAnswer: 422,
    RequestRefused: 400,
    MissingLibrary: 501,
    WeightsError: 503,
    SettingsError: 500,
}
"""The most special class that fits decides; other errors of ours are 500."""
TYPES: Final = {
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    409: "conflict_error",
    429: "rate_limit_error",
}
"""OpenAI's `type` by status; else invalid_request_error below 500 and server_error from there."""
RETRY_SECONDS: Final = 2.0
"""After which a conversation that was busy, or a database that could not be reached, may be tried again."""
GENERIC: Final[dict[type[AssistantError], tuple[str, str]]] = {
    DecoderUnavailable: ("The server cannot read files just now.", "Try again in a moment."),
    NotWritable: ("The server can store nothing just now.", "Whoever runs it must make its disk writable."),
    Unavailable: ("The server cannot reach its database just now.", "Try again in a moment."),
    StorageFull: ("The server has no room left to store this.", "Whoever runs it must free disk space."),
    SettingsError: ("The server is not set up rightly.", "Its log says what is wrong."),
}
"""What is said outside about errors whose own texts are for whoever runs the server; the first that fits."""
CODES: Final[dict[type[AssistantError], str]] = {
    DecoderUnavailable: "decoder_unavailable",
    Busy: "conversation_busy",
    NotWritable: "storage_read_only",
    Unavailable: "database_unavailable",
    StorageFull: "disk_full",
}
"""Words for programs, of errors that pass by themselves or when whoever runs the server does something."""
INSIDE: Final = re.compile(r"(^|[\s'\"(=])~?/[\w.-]+/|\bdatabase\b")
"""A path of this server, or what a database says."""
VALIDATION_SHOWN: Final = 5
"""Wrong fields that are named in one error."""
NAME_SHOWN: Final = 200
"""Characters of a client's own names that an error repeats."""
VALIDATION_READ: Final = 64
"""Wrong fields that are compared with each other; more are not needed to say what is wrong."""


MEANINGS: Final = {
    400: "The request is wrong; `param` names what in it.",
    401: "Nobody is known by what the request carries.",
    403: "The caller may not do this.",
    404: "There is no such thing, or it is someone else's.",
    409: "Something else is under way there.",
    413: "Too large.",
    415: "Of a kind that is not read here.",
    416: "A range beyond the end.",
    422: "It cannot be read.",
    429: "Too many requests; Retry-After says when to try again.",
    500: "A defect here; the log has the details.",
    501: "Not installed.",
    503: "Not possible just now; Retry-After says when to try again.",
    507: "No room left on the server's disk.",
}


class ErrorDetail(BaseModel):
    """What went wrong."""

    message: str = Field(description="What is wrong and what to do about it.")
    type: str = Field(description="The sort of error, in OpenAI's words.")
    param: str | None = Field(description="What in the request is wrong: messages[0].content[1].")
    code: str | None = Field(description="A word for programs.")
    remedy: str | None = Field(description="What to do about it, alone.")


class ErrorResponse(BaseModel):
    """How every error leaves."""

    error: ErrorDetail


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route that may end in these statuses; 400, 401, 403, 429 and 500 are always among them."""
    every = sorted({400, 401, 403, 429, 500, *statuses})
    found: dict[int | str, dict[str, Any]] = {
        status: {"model": ErrorResponse, "description": MEANINGS[status]} for status in every
    }
    if 422 not in found:  # else FastAPI documents an error of its own
        found["default"] = {"model": ErrorResponse, "description": "Any other error."}
    return found


class Refused(RequestRefused):
    """A request that is not carried out, with the status that says why."""

    def __init__(
        self,
        message: str,
        remedy: str = "",
        *,
        status: int = 400,
        code: str | None = None,
        param: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        """Say what is wrong.

        Args:
            message: one sentence.
            remedy: what to do about it.
            status: the HTTP status.
            code: a word for programs, e.g. "unsupported_parameter".
            param: the parameter that is wrong, e.g. "messages[0].content".
            retry_after: seconds after which it may work.
        """
        super().__init__(message, remedy)
        self.status = status
        self.code = code
        self.param = param
        self.retry_after = retry_after


def status_of(error: AssistantError) -> int:
    """The HTTP status for one of our errors."""
    if isinstance(error, Refused):
        return error.status
    for kind in type(error).__mro__:
        if kind in STATUSES:
            return STATUSES[kind]
    return 500


def error_body(
    message: str, remedy: str = "", *, status: int, code: str | None = None, param: str | None = None
) -> dict[str, Any]:
    """The JSON object of an error; `message` carries the remedy too, because clients show nothing else."""
    kind = TYPES.get(status, "invalid_request_error" if status < 500 else "server_error")
    return {
        "error": {
            "message": f"{message} {remedy}".strip(),
            "type": kind,
            "param": param,
            "code": code,
            "remedy": remedy or None,
        }
    }


def body_of(error: AssistantError) -> dict[str, Any]:
    """The JSON object for one of our errors, also as an event of a stream that has begun."""
    found = next((code for kind, code in CODES.items() if isinstance(error, kind)), None)
    code = error.code if isinstance(error, Refused) else found
    param = error.param if isinstance(error, Refused) else None
    message, remedy = outside(error)
    return error_body(message, remedy, status=status_of(error), code=code, param=param)


def outside(error: AssistantError) -> tuple[str, str]:
    """Message and remedy as strangers may read them: without paths of this server and addresses of its database."""
    if isinstance(error, Refused):
        return error.message, error.remedy
    for kind, said in GENERIC.items():
        if isinstance(error, kind):
            return said
    if status_of(error) >= 500 and INSIDE.search(f"{error.message} {error.remedy}"):
        return "The server cannot do this just now.", "Its log says why; whoever runs it can mend it."
    return error.message, error.remedy


def response_of(error: AssistantError) -> JSONResponse:
    """The response for one of our errors."""
    headers = {}
    wait = error.retry_after if isinstance(error, Refused) else None
    if isinstance(error, (Busy, Unavailable)):
        wait = RETRY_SECONDS
    if wait is not None:
        headers["Retry-After"] = str(max(1, math.ceil(wait)))
    if status_of(error) == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return JSONResponse(body_of(error), status_of(error), headers)


def unexpected_body() -> dict[str, Any]:
    """What is said outside about an error that is a defect here; the log has the rest, under the request's id."""
    whence = origin.get()
    remedy = "The server's log has the details" + (f", under the request id {whence.request}." if whence else ".")
    return error_body("Something went wrong here.", remedy, status=500, code="internal")


def install(app: FastAPI) -> None:
    """Let every error that is raised on purpose leave in this shape; access.py answers for the others."""

    async def ours(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, AssistantError)
        if status_of(error) >= 500:
            logger.warning("%s %s: %s", request.method, request.url.path, error)
        return response_of(error)

    async def http(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, HTTPException)
        message, remedy = _said(request, error)
        return JSONResponse(error_body(message, remedy, status=error.status_code), error.status_code, error.headers)

    async def invalid(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, RequestValidationError)
        return response_of(_wrong(request, error))

    app.add_exception_handler(AssistantError, ours)
    app.add_exception_handler(HTTPException, http)
    app.add_exception_handler(RequestValidationError, invalid)


def _said(request: Request, error: HTTPException) -> tuple[str, str]:
    """What a framework's error means, and what to do about it."""
    path, detail = request.url.path, str(error.detail)
    if error.status_code == 404 and detail == "Not Found":
        return f"There is no {path}.", "/openapi.json lists what there is."
    if error.status_code == 405:
        allowed = (error.headers or {}).get("allow") or (error.headers or {}).get("Allow")
        return f"{request.method} is not possible on {path}.", f"Use {allowed}." if allowed else ""
    if detail == "There was an error parsing the body":
        return "The body cannot be read.", "Send what the route takes, in UTF-8 and not nested too deeply."
    return detail, ""


def _wrong(request: Request, error: RequestValidationError) -> Refused:
    """What is wrong with a request, in the words of the request."""
    wrong = error.errors()[:VALIDATION_READ]
    sent = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    first = wrong[0]
    if first["type"] == "json_invalid":
        where = f" at character {first['loc'][-1]}" if isinstance(first["loc"][-1], int) else ""
        reason = first.get("ctx", {}).get("error", "")
        return Refused(f"The body is not JSON: {reason}{where}.", "Check its quotes and commas.", code="invalid_json")
    if tuple(first["loc"]) == ("body",) and isinstance(error.body, bytes) and not sent.endswith("json"):
        return Refused(
            f"The body is {sent or 'of no type that is said'}, not JSON.",
            "Send it as JSON with the header Content-Type: application/json.",
            status=415,
            code="unsupported_content_type",
        )
    named = [(_path(each["loc"], error.body), each) for each in wrong]
    # of the alternatives of a union, those count that looked deepest into what was sent
    paths = [path for path, _ in named]
    named = [each for each in named if not any(path.startswith((f"{each[0]}.", f"{each[0]}[")) for path in paths)]
    told = dict.fromkeys(_reason(path, each) for path, each in named)
    unknown = named[0][1]["type"] == "extra_forbidden"
    return Refused(
        "; ".join(list(told)[:VALIDATION_SHOWN]) + ".",
        code="unknown_parameter" if unknown else "invalid_value",
        param=named[0][0] or None,
    )


def _reason(path: str, wrong: Any) -> str:
    if wrong["type"] == "extra_forbidden":
        return f"{path} is not a parameter here"
    if wrong["type"] == "missing":
        return f"{path} is missing"
    if wrong["type"] == "union_tag_invalid":
        context = wrong["ctx"]
        tag = str(context["tag"])[:NAME_SHOWN]
        return f"{path}: {context['discriminator']} is {tag!r}, not one of {context['expected_tags']}"
    return f"{path}: {wrong['msg']}" if path else str(wrong["msg"])


def _path(location: Any, body: Any) -> str:
    """A place in the request as OpenAI writes it: messages[0].content; the names of a union's members are left out."""
    steps = list(location)
    if steps and steps[0] in ("query", "path", "header", "cookie"):
        return str(steps[-1])[:NAME_SHOWN]
    found, here = "", body
    for at, step in enumerate(steps[1:], 2):
        if isinstance(here, dict) and (step in here or (at == len(steps) and not hasattr(step, "__index__"))):
            found, here = f"{found}.{step}", here.get(step)
        elif isinstance(here, list) and isinstance(step, int) and step < len(here):
            found, here = f"{found}[{step}]", here[step]
        elif not isinstance(here, dict | list) and here is not None and body is None:
            found = f"{found}.{step}"
    return found.lstrip(".")[:NAME_SHOWN]


def refuse_unknown(app: FastAPI, prefix: str) -> None:
    """Answer whatever else is asked for under a path in our shape: else it would reach what is mounted at the root."""
    app.router.routes.append(Route(f"{prefix}/{{rest:path}}", _Unknown(app), include_in_schema=False))


class _Unknown:
    """What answers a path that no route has: 404, or 405 if one has it for other methods."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        for route in self._app.routes:
            match, found = route.matches(scope)
            if match is Match.PARTIAL:
                await route.handle({**scope, **found}, receive, send)
                return
        raise HTTPException(404)
