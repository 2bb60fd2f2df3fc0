"""Says what went wrong between us and a server, and what mends it. No key ever appears in what is said."""

from __future__ import annotations

import re
from typing import Any, Final

from assistant.errors import AssistantError
from assistant_openai.channel import NoStream, Silent

QUOTED_CHARACTERS: Final = 200
"""Of a server's own message."""
_SECRET: Final = re.compile(r"\b(?:sk|key|token|Bearer)[-_ ][\w.*-]{6,}", re.I)


def explained(error: Exception, *, server: str, model: str, timeout: float, secret: str) -> AssistantError:
    """The error as one of ours.

    Args:
        error: as the SDK or the channel raised it.
        server: scheme, host and port.
        model: the model that was asked, "" if none was yet.
        timeout: seconds that were waited.
        secret: the key, to be struck out of what the server says; "" for none.
    """
    import httpx2
    import openai

    def quoted(text: str) -> str:
        return _shortened(text.replace(secret, "…") if secret else text)

    if isinstance(error, AssistantError):
        return error
    if isinstance(error, Silent | openai.APITimeoutError):
        return AssistantError(
            f"The server {server} sent nothing for {timeout:.0f} s.",
            "Look whether it is overloaded or still loading its model, or raise plugins.openai.timeout.",
        )
    if isinstance(error, NoStream):
        return AssistantError(
            f"The server {server} did not answer as an OpenAI-compatible chat API does "
            f"(content type {quoted(str(error)) or 'not given'}).",
            "Check plugins.openai.base_url: it usually ends with /v1.",
        )
    if isinstance(error, openai.APIConnectionError):
        reason = quoted(str(error.__cause__ or ""))
        if isinstance(error.__cause__, httpx2.ReadError | httpx2.RemoteProtocolError):
            return AssistantError(
                f"The server {server} closed the connection before the answer's end.",
                "Look whether it still runs, and at its log; then ask again.",
            )
        return AssistantError(
            f"The server {server} cannot be reached{f' ({reason})' if reason else ''}.",
            "Start it, or check plugins.openai.base_url and the network.",
        )
    if isinstance(error, openai.APIStatusError):
        return _status(error, server, model, quoted(_message(error)))
    if isinstance(error, openai.APIError):
        return AssistantError(f"The server {server} broke off: {quoted(error.message)}.", "Ask again.")
    return AssistantError(
        f"The server {server} sent what cannot be read ({type(error).__name__}).",
        "Check that it has an OpenAI-compatible chat API, and plugins.openai.base_url.",
    )


def said_by(error: Any) -> str:
    """All that a status error's response says, for reading, not for showing."""
    return f"{error.message} {error.body}"


def _status(error: Any, server: str, model: str, said: str) -> AssistantError:
    status = error.status_code
    if status in (401, 403):
        return AssistantError(
            f"The server {server} refuses the key, or wants one ({status}).",
            "Put the key into the environment variable OPENAI_API_KEY, or into the one that plugins.openai.api_key_env "
            "names, and restart.",
        )
    if status == 404:
        return AssistantError(
            f"The server {server} has no model {model or 'to name'}, or nothing at this address ({said}).",
            "Set plugins.openai.model to one it has, and check that plugins.openai.base_url ends with /v1.",
        )
    if status == 429:
        wait = error.response.headers.get("retry-after", "")
        when = f" It asks to wait {wait} s." if wait.isdigit() else ""
        return AssistantError(
            f"The server {server} takes no more requests for now (429).{when}", "Ask later, or raise its limit."
        )
    if 300 <= status < 400:
        return AssistantError(
            f"The server {server} points elsewhere ({status}); that is not followed.",
            "Set plugins.openai.base_url to the address it names, if you trust it.",
        )
    if status >= 500:
        return AssistantError(f"The server {server} failed ({status}: {said}).", "Look at its log, and ask again.")
    return AssistantError(
        f"The server {server} refuses the request ({status}: {said}).",
        "Compare plugins.openai.model and plugins.openai.extra with what it takes.",
    )


def _message(error: Any) -> str:
    told = error.body.get("message") if isinstance(error.body, dict) else None
    return told if isinstance(told, str) else str(error.message)


def _shortened(text: str) -> str:
    kept = _SECRET.sub("…", " ".join(text.split()))
    return kept if len(kept) <= QUOTED_CHARACTERS else f"{kept[: QUOTED_CHARACTERS - 1]}…"
