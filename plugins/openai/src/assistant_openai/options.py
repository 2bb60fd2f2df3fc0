"""What can be set for the answerer `openai`, and what is missing before it can be asked. Reads no network."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeAlias
from urllib.parse import SplitResult, urlsplit, urlunsplit

Choice: TypeAlias = Literal["auto", "yes", "no"]
DEFAULT_KEY: Final = "OPENAI_API_KEY"
"""The variable that the SDK and many servers' documentation use for the key."""
RESERVED: Final = frozenset({"model", "messages", "stream"})
"""Body fields that `extra` may not replace."""


@dataclass(frozen=True)
class OpenAIOptions:
    """Options of `[plugins.openai]`."""

    base_url: str = field(
        default="",
        metadata={
            "description": (
                "The server's address with http or https, e.g. http://127.0.0.1:8080/v1; /v1 is added if it "
                "has no path."
            )
        },
    )
    model: str = field(
        default="",
        metadata={
            "description": 'The model\'s name as the server knows it; "" asks the server and takes the first it names.'
        },
    )
    api_key_env: str = field(
        default="",
        metadata={
            "description": (
                'Name of the environment variable that holds the key. "" stands for OPENAI_API_KEY, which is '
                "then sent only over https or to this machine."
            )
        },
    )
    images: Choice = field(
        default="auto",
        metadata={"description": "Whether pictures are sent; auto sends them until the server refuses them."},
    )
    audio: Choice = field(
        default="auto",
        metadata={"description": "Whether recordings are sent; auto sends them until the server refuses them."},
    )
    pictures: int = field(
        default=8,
        metadata={"description": "Pictures and video frames in one prompt, at most."},
    )
    recordings: int = field(
        default=2,
        metadata={"description": "Recordings in one prompt, at most."},
    )
    image_side: int = field(
        default=1024,
        metadata={"description": "Pixels of the long side of a picture that is sent."},
    )
    audio_seconds: float = field(
        default=120.0,
        metadata={"description": "Seconds of one recording that are sent."},
    )
    max_tokens: int = field(
        default=512,
        metadata={"description": "Tokens of an answer."},
    )
    context_tokens: int = field(
        default=0,
        metadata={
            "description": "Tokens the model can take; 0 asks the server and assumes 8192 where it does not say."
        },
    )
    temperature: float | None = field(
        default=0.0,
        metadata={"description": "0 gives the likeliest answer."},
    )
    seed: int | None = field(
        default=None, metadata={"description": "Equal seeds give equal answers, as far as the server can promise it."}
    )
    timeout: float = field(
        default=60.0,
        metadata={"description": "Seconds to the first piece of an answer, retries included, and between pieces."},
    )
    retries: int = field(
        default=2,
        metadata={"description": "How often the SDK tries again after a refused connection, 408, 409, 429 or 5xx."},
    )
    logprobs: bool = field(
        default=True,
        metadata={"description": "Whether to ask for token probabilities, from which the confidence is computed."},
    )
    extra: Mapping[str, Any] = field(
        default_factory=dict,
        metadata={"description": "Further fields of the request's body, e.g. {top_k = 20}."},
    )


@dataclass(frozen=True)
class Server:
    """Where to send requests, and what may be shown of it."""

    url: str
    """The base URL for the SDK."""
    shown: str
    """Scheme, host and port: what messages name."""
    private: bool
    """True if a key may be sent without being asked for by name: https, or this machine."""


def missing(options: OpenAIOptions) -> str:
    """What has to be set before the server can be asked, as a sentence; "" if nothing is."""
    if not options.base_url.strip():
        return (
            "Set plugins.openai.base_url to the address of an OpenAI-compatible server, for example "
            'ASSISTANT_PLUGINS__OPENAI=\'{"base_url": "http://127.0.0.1:8080/v1"}\'.'
        )
    try:
        address = urlsplit(options.base_url.strip())
        port_is_one = address.port is None or address.port > 0
    except ValueError:
        port_is_one, address = False, SplitResult("", "", "", "", "")
    if address.scheme not in ("http", "https") or not address.hostname or not port_is_one:
        return "plugins.openai.base_url must be an http or https address, such as http://127.0.0.1:8080/v1."
    if address.username or address.password or address.query:
        return (
            "plugins.openai.base_url must hold no name, password or query: put the key into an environment variable "
            "and that variable's name into plugins.openai.api_key_env."
        )
    if options.api_key_env and not os.environ.get(options.api_key_env):
        return "Set the environment variable that plugins.openai.api_key_env names to the server's key."
    reserved = sorted(RESERVED & set(options.extra))
    if reserved:
        return f"Remove {', '.join(reserved)} from plugins.openai.extra: the assistant sets that itself."
    return ""


def server_of(options: OpenAIOptions) -> Server:
    """The server of options that miss nothing."""
    address = urlsplit(options.base_url.strip())
    path = address.path.rstrip("/") or "/v1"
    host = address.hostname or ""
    return Server(
        url=urlunsplit((address.scheme, address.netloc, path, "", "")),
        shown=f"{address.scheme}://{address.netloc}",
        private=address.scheme == "https" or _is_this_machine(host),
    )


def leaves(options: OpenAIOptions) -> str:
    """Host and port that questions and media are sent to; "" for this machine, or where settings are missing."""
    if missing(options):
        return ""
    address = urlsplit(options.base_url.strip())
    return "" if _is_this_machine(address.hostname or "") else address.netloc


def key_of(options: OpenAIOptions, server: Server) -> str:
    """The key from the environment; "" if there is none, or if it must not be sent there."""
    if options.api_key_env:
        return os.environ.get(options.api_key_env, "").strip()
    return os.environ.get(DEFAULT_KEY, "").strip() if server.private else ""


def _is_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
