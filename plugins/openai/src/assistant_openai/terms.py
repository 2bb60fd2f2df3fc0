"""What a server and its model take: read from the server's list of models, and learnt from what it refuses. Pure.

Servers differ in what they say of a model and in how they refuse a request, so a refusal is read by the words it uses.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from assistant_openai.options import OpenAIOptions

DEFAULT_CONTEXT: Final = 8192
"""Tokens assumed where neither the settings nor the server say."""
LEAST_CONTEXT: Final = 384
OPTIONAL: Final = ("logprobs", "seed", "temperature", "top_p", "stop", "stream_options")
"""Body fields that a request can do without."""
_OTHER_TASKS: Final = re.compile(r"embed|rerank|whisper|tts|moderation|transcri", re.I)
_OVERFLOW: Final = re.compile(
    r"context[ _](?:size|length|window)|maximum context|exceed_context|prompt is too long|too many (?:input )?tokens|"
    r"reduce the length",
    re.I,
)
_TOLD: Final = re.compile(
    r"(?:n_ctx\W{1,4}|maximum context length (?:is|of) |context (?:size|window)[^0-9]{0,12})(\d{3,8})", re.I
)
_IMAGE: Final = re.compile(r"image|vision|visual|multi-?modal|picture", re.I)
_AUDIO: Final = re.compile(r"audio|sound|speech", re.I)
_FORM: Final = re.compile(r"content", re.I)


@dataclass(frozen=True)
class Terms:
    """What may be sent to one model of one server."""

    model: str
    context: int = DEFAULT_CONTEXT
    """Tokens of prompt and answer together."""
    images: bool | None = None
    """Whether pictures are taken; None where it is not known yet."""
    audio: bool | None = None
    without: frozenset[str] = frozenset()
    """Body fields it refuses; "max_tokens" stands for the older name of that field."""


def choose(listed: Sequence[Mapping[str, Any]], options: OpenAIOptions) -> Terms | None:
    """The terms of the model set in the options, or of the first listed that can chat; None if there is none.

    Args:
        listed: the models as the server describes them, with the further fields of llama.cpp, vLLM or a router.
        options: what is set wins over what the server says.
    """
    known = [one for one in listed if isinstance(one.get("id"), str) and one["id"]]
    if options.model:
        about = next((one for one in known if options.model in (one["id"], *_strings(one.get("aliases")))), None)
        name = options.model
    else:
        about = next((one for one in known if not _OTHER_TASKS.search(one["id"])), None)
        if about is None:
            return None
        name = about["id"]
    takes = _strings(_mapping((about or {}).get("architecture")).get("input_modalities"))
    return Terms(
        name,
        context=options.context_tokens or _context(about or {}),
        images={"yes": True, "no": False}.get(options.images, "image" in takes if takes else None),
        audio={"yes": True, "no": False}.get(options.audio, "audio" in takes if takes else None),
    )


def silently_replaced(listed: Sequence[Mapping[str, Any]], model: str) -> tuple[str, ...]:
    """The models of a server that would answer with one of them although `model` is none of them.

    llama.cpp serves the model it was started with whatever name is asked for; other servers refuse by themselves.
    """
    names = {str(one.get("id")): _strings(one.get("aliases")) for one in listed}
    ours = any(one.get("owned_by") == "llamacpp" for one in listed)
    if not ours or any(model == name or model in aliases for name, aliases in names.items()):
        return ()
    return tuple(names)


def adapted(
    terms: Terms,
    status: int,
    message: str,
    fields: Mapping[str, Any],
    options: OpenAIOptions,
    *,
    pictures: bool,
    recordings: bool,
) -> Terms | None:
    """Terms that avoid what the server just refused; None if nothing can be done about it.

    Args:
        terms: those of the request.
        status: HTTP status of the refusal.
        message: what it said.
        fields: the body that was sent.
        options: media set to "yes" are never given up.
        pictures: whether pictures were sent.
        recordings: whether recordings were sent.
    """
    if status not in (400, 404, 413, 415, 422, 500, 501):
        return None
    if _OVERFLOW.search(message):
        told = _TOLD.search(message)
        context = int(told[1]) if told and int(told[1]) < terms.context else terms.context // 2
        return replace(terms, context=context) if context >= LEAST_CONTEXT else None
    pictures = pictures and options.images != "yes"
    recordings = recordings and options.audio != "yes"
    if recordings and _AUDIO.search(message):
        return replace(terms, audio=False)
    if pictures and _IMAGE.search(message):
        return replace(terms, images=False)
    if status not in (404, 500, 501):
        if "max_tokens" in fields and re.search(r"max_(?:completion_)?tokens", message):
            return replace(terms, without=terms.without | {"max_tokens"})
        refused = {field for field in OPTIONAL if field in fields and re.search(rf"\b{field}\b", message)}
        if refused:
            return replace(terms, without=terms.without | refused)
        doubtful = _FORM.search(message) is not None
        if recordings and (doubtful or terms.audio is None):
            return replace(terms, audio=False)
        if pictures and (doubtful or terms.images is None):
            return replace(terms, images=False)
    return None


def _context(about: Mapping[str, Any]) -> int:
    for value in (about.get("max_model_len"), _mapping(about.get("meta")).get("n_ctx"), about.get("context_length")):
        if isinstance(value, int) and value >= LEAST_CONTEXT:
            return value
    return DEFAULT_CONTEXT


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _strings(value: Any) -> tuple[str, ...]:
    return tuple(each for each in value if isinstance(each, str)) if isinstance(value, list | tuple) else ()
