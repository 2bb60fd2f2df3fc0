"""POST /v1/embeddings: texts and pictures as vectors, by the embedders that are installed. Not for searching."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeVar

from fastapi import APIRouter, Request
from fastapi.responses import Response

from assistant.api.common import Asker, Places
from assistant.api.disconnect import until_disconnect
from assistant.api.failures import Refused, documented
from assistant.api.identity import Caller
from assistant.api.limits import Turns
from assistant.api.openai.embeddings_wire import EmbeddingRequest, EmbeddingsBody, PictureInput, TextInput
from assistant.api.openai.inputs import Given, fetcher_of, take
from assistant.api.openai.models import AUTO, aliases, loaded, unknown
from assistant.api.streaming import dumped
from assistant.app import Assistant
from assistant.fetching import Fetcher
from assistant.limiting import count_tokens
from assistant.plugin import Embedder
from assistant.runner import Runner
from assistant.types import IMAGE, TEXT, Part

if TYPE_CHECKING:
    import numpy as np

T = TypeVar("T")

PICTURES: Final = 256
TOKENS: Final = 8192
"""Of one text, as OpenAI has it; counted as `limiting.count_tokens` does."""
ALL_TOKENS: Final = 300_000
"""Of all texts of a request, as OpenAI has it."""
TEXTS_AT_ONCE: Final = 64
"""Texts that an embedder is given at a time, so that other requests get their turn in between."""
PICTURES_AT_ONCE: Final = 8
DATA_PICTURE: Final = "data:image/"


def router(assistant: Assistant) -> APIRouter:
    """The route."""
    routes = APIRouter(tags=["OpenAI: embeddings"])

    @routes.post(
        "/v1/embeddings",
        operation_id="create_embeddings",
        response_model=None,
        responses={
            200: {"model": EmbeddingsBody, "description": "The vectors."},
            **documented(404, 413, 415, 422, 501, 503),
        },
    )
    async def create(body: EmbeddingRequest, request: Request, caller: Asker, places: Places) -> Response:
        """Turn texts and pictures into vectors; those that mean alike point alike."""
        return await until_disconnect(request, _embedded(assistant, body, request, caller, places))

    return routes


@dataclass(frozen=True, slots=True)
class _Chosen:
    """Who embeds what, in one space."""

    runners: Mapping[str, Runner[Embedder]]
    space: str
    dimensions: int


async def _embedded(
    assistant: Assistant, body: EmbeddingRequest, request: Request, caller: Caller, places: Turns
) -> Response:
    items = [body.input] if isinstance(body.input, str) else list(body.input)
    texts = {at: text for at, item in enumerate(items) if (text := _text(item)) is not None}
    given = {at: item for at, item in enumerate(items) if at not in texts}
    tokens = _counted(texts, len(given))
    named = _named(assistant, body.model)
    async with places.slot(caller):
        fetcher = fetcher_of(request, assistant)
        pictures = {at: await _picture(assistant, fetcher, item, at) for at, item in given.items()}
        modalities = [modality for modality, of in ((TEXT, texts), (IMAGE, pictures)) if of]
        chosen = await asyncio.to_thread(_choose, assistant, named, modalities)
        if body.dimensions not in (None, chosen.dimensions):
            raise Refused(
                f"The vectors have {chosen.dimensions} dimensions; they cannot be cut.",
                f"Leave out dimensions, or send {chosen.dimensions}.",
                code="unsupported_value",
                param="dimensions",
            )
        vectors: dict[int, np.ndarray] = {}
        for batch in _batches(sorted(texts, key=lambda at: len(texts[at])), TEXTS_AT_ONCE):  # alike lengths together
            rows = await asyncio.to_thread(_run, chosen.runners[TEXT], [texts[at] for at in batch])
            vectors.update(zip(batch, rows, strict=True))
        for batch in _batches(list(pictures), PICTURES_AT_ONCE):
            parts = [pictures[at] for at in batch]
            rows = await asyncio.to_thread(_looked_at, assistant, chosen.runners[IMAGE], parts)
            vectors.update(zip(batch, rows, strict=True))
        content = await asyncio.to_thread(_dumped, vectors, chosen, body.encoding_format, tokens)
    return Response(content, media_type="application/json")


def _text(item: str | TextInput | PictureInput) -> str | None:
    """The text to embed; None for a picture."""
    if isinstance(item, str):
        return None if item[: len(DATA_PICTURE)].lower() == DATA_PICTURE else item
    return item.text if isinstance(item, TextInput) else None


def _counted(texts: Mapping[int, str], pictures: int) -> int:
    """Tokens of all texts. Raises Refused if there is too much of anything."""
    if pictures > PICTURES:
        raise Refused(
            f"{pictures} pictures are too many for one request.",
            f"Send at most {PICTURES} at a time.",
            code="too_many_inputs",
            param="input",
        )
    total = 0
    for at, text in texts.items():
        tokens = count_tokens(text)
        total += tokens
        if tokens > TOKENS:
            raise Refused(
                f"The text has some {tokens:,} tokens; one may have {TOKENS:,}.",
                "Divide it.",
                code="input_too_long",
                param=f"input[{at}]",
            )
        if total > ALL_TOKENS:
            raise Refused(
                f"The texts have more than {ALL_TOKENS:,} tokens.",
                "Send fewer at a time.",
                code="input_too_long",
                param="input",
            )
    return total


async def _picture(assistant: Assistant, fetcher: Fetcher, item: str | TextInput | PictureInput, at: int) -> Part:
    """The picture that an input is. Raises Refused."""
    url = item.image_url.url if isinstance(item, PictureInput) else str(item)
    param = f"input[{at}]"
    (part,) = await take(assistant, [Given(url, param, "picture")], fetcher=fetcher)
    if not isinstance(part, Part) or part.modality != IMAGE:
        raise Refused(
            "An input is no picture.",
            "Send a JPEG, PNG, WebP, GIF, BMP or TIFF file.",
            status=415,
            code="unsupported_media",
            param=param,
        )
    return part


# ---- who embeds ------------------------------------------------------------------------------------------------------


def _named(assistant: Assistant, model: str) -> Runner[Embedder] | None:
    """The embedder that a model's name stands for; None leaves it to us. Raises Refused."""
    wanted = aliases(assistant).get(model, model)
    if wanted == AUTO:
        return None
    name = wanted.removeprefix(f"{AUTO}/")
    for runner in assistant.host.embedders():
        if runner.name == name:
            return runner
    raise unknown(assistant, model, "embed")


def _choose(assistant: Assistant, named: Runner[Embedder] | None, modalities: Sequence[str]) -> _Chosen:
    """Embedders of these modalities whose vectors can be compared; blocking, as it may load them. Raises Refused."""
    embedders = assistant.host.embedders()
    default = (
        next((each for each in embedders if each.plugged.modality == TEXT and not each.plugged.across), None)
        or next((each for each in embedders if each.plugged.modality in modalities), None)
        if named is None
        else named
    )
    if default is None:
        raise Refused(
            "No embedder is installed.",
            "Whoever runs the server can install one: pip install sensorium-text sensorium-vision",
            status=501,
            code="not_installed",
            param="model",
        )
    space = loaded(default).space
    runners = {}
    for modality in modalities:
        if default.plugged.modality == modality:
            runners[modality] = default
            continue
        others = [each for each in embedders if each.plugged.modality == modality]
        found = [each for each in others if (each.plugged.space or _space(each)) == space]
        if not found:
            what = {TEXT: "texts", IMAGE: "pictures"}
            raise Refused(
                f"{default.name} embeds {what.get(default.plugged.modality, default.plugged.modality)}, and there is "
                f"no embedder of {what[modality]} whose vectors could be compared with its own.",
                f"Name one of them in `model`: {', '.join(each.name for each in others) or 'none is installed'}.",
                code="unsupported_value",
                param="input",
            )
        runners[modality] = found[0]
        loaded(found[0])
    one = next(iter(runners.values()))
    return _Chosen(runners, space, one.plugged.dimensions)


def _space(runner: Runner[Embedder]) -> str:
    """The space of an embedder that tells it only when it is loaded; "" if it cannot be."""
    return "" if runner.obstacle() is not None else loaded(runner).space


# ---- embedding -------------------------------------------------------------------------------------------------------


def _run(runner: Runner[Embedder], inputs: Sequence[Any]) -> np.ndarray:
    vectors = runner.run(lambda embedder: embedder.embed(inputs))
    if vectors.shape != (len(inputs), runner.plugged.dimensions):
        raise RuntimeError(f"{runner.name} gave {vectors.shape} for {len(inputs)} inputs")
    return vectors


def _looked_at(assistant: Assistant, runner: Runner[Embedder], parts: Sequence[Part]) -> np.ndarray:
    return _run(runner, [assistant.media.image(part) for part in parts])


def _batches(of: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    return (of[at : at + size] for at in range(0, len(of), size))


def _dumped(vectors: Mapping[int, np.ndarray], chosen: _Chosen, encoding: str, tokens: int) -> bytes:
    """The response; for a worker thread, as a few thousand vectors are millions of digits."""
    encode: Callable[[np.ndarray], Any] = _base64 if encoding == "base64" else _floats
    names = {modality: runner.name for modality, runner in chosen.runners.items()}
    return dumped(
        {
            "object": "list",
            "data": [
                {"object": "embedding", "index": at, "embedding": encode(vectors[at])} for at in range(len(vectors))
            ],
            "model": f"{AUTO}/{next(iter(names.values()))}",
            "usage": {"prompt_tokens": tokens, "total_tokens": tokens},
            "sensorium": {"embedders": names, "space": chosen.space, "dimensions": chosen.dimensions},
        }
    )


def _base64(vector: np.ndarray) -> str:
    return base64.b64encode(vector.astype("<f4").tobytes()).decode("ascii")


def _floats(vector: np.ndarray) -> list[float]:
    found: list[float] = vector.astype("<f4").tolist()
    return found
