"""Log lines as text or JSON, each with the request it belongs to. Not for figures: see telemetry.py."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any, Final, Literal, TextIO

OURS: Final = "assistant"
"""How the names of our loggers, and of the built-in plugins', begin."""
_STEERING: Final = (*range(32), *range(127, 160), 0x2028, 0x2029, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
"""Control characters (C0 and C1), separators of lines, and what turns the direction of text."""
CONTROL: Final = {code: f"\\x{code:02x}" for code in _STEERING} | {9: "\t", 10: "\\n", 13: "\\r"}
"""A file's name, or what a client sent, must not begin a line of its own or steer a terminal."""
TRACED: Final = {**CONTROL, 10: "\n  "}
"""In a traceback lines are kept, and set in: the text of an exception must not look like a line of its own either."""


@dataclass(slots=True)
class Origin:
    """The request on whose behalf something is logged."""

    request: str
    """Its id: the client's, or made here."""
    state: Mapping[str, Any]
    """The request's `scope["state"]`, in which the gate leaves the caller later."""
    trace: str = ""
    """Id of its OpenTelemetry trace, in hex; "" for none."""

    @property
    def caller(self) -> str:
        """Name of whoever sent it; "" while that is not known."""
        return str(getattr(self.state.get("caller"), "name", ""))


origin: ContextVar[Origin | None] = ContextVar("origin", default=None)
"""Set for the time of a request; worker threads see that of the call they carry out."""


class TextFormatter(logging.Formatter):
    """One line for people: level, logger, message, request."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, and a traceback below it if there is one."""
        line = f"{record.levelname} {record.name}: {record.getMessage().translate(CONTROL)}"
        whence = origin.get()
        if whence is not None:
            line += f" [{whence.request}]"
        trace = self._trace(record).translate(TRACED)
        return f"{line}\n  {trace}" if trace else line

    def _trace(self, record: logging.LogRecord) -> str:
        return self.formatException(record.exc_info) if record.exc_info else ""


class JsonFormatter(TextFormatter):
    """One JSON object per line: time, level, logger, message; request, caller and trace; what the call gave in
    `extra={"fields": {...}}`; exception.
    """

    def format(self, record: logging.LogRecord) -> str:
        """The object, as one line."""
        moment = datetime.fromtimestamp(record.created, timezone.utc)
        found: dict[str, Any] = {
            "time": moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        whence = origin.get()
        if whence is not None:
            found["request"] = whence.request
            if whence.caller:
                found["caller"] = whence.caller
            if whence.trace:
                found["trace"] = whence.trace
        found |= getattr(record, "fields", {})
        trace = self._trace(record)
        if trace:
            found["exception"] = trace
        return json.dumps(found, ensure_ascii=False, default=str)


def shown(record: logging.LogRecord) -> bool:
    """Whether a line may be logged: of libraries only warnings, since below they tell contents and headers."""
    return record.levelno >= logging.WARNING or record.name.startswith(OURS)


def configure(
    form: Literal["text", "json"] = "text",
    level: Literal["debug", "info", "warning", "error"] = "warning",
    stream: TextIO | None = None,
) -> None:
    """Log in this form from now on, in place of what was set up before.

    Args:
        form: `text` for people, `json` for programs.
        level: the least that is logged.
        stream: where to; standard error if not given.
    """
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonFormatter() if form == "json" else TextFormatter())
    handler.addFilter(shown)
    logging.basicConfig(handlers=[handler], level=level.upper(), force=True)
    logging.captureWarnings(True)  # libraries' deprecations would otherwise stand between the lines as they are
