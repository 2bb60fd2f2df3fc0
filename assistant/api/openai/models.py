"""What can be named as a model: the answerers, and what else a client may ask for. Not for loading anything."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from assistant.api.failures import Refused, documented
from assistant.api.identity import require
from assistant.app import Assistant
from assistant.plugin import Perceiver, Plugged
from assistant.runner import Runner
from assistant.types import AUDIO, GapCause, Kind

P = TypeVar("P", bound=Plugged)

AUTO: Final = "sensorium"
"""Whoever can answer best."""
WHISPER: Final = "whisper-1"
"""The name that OpenAI's clients know; it stands for whatever hears speech here."""
SPOKEN: Final = ("tts-1", "tts-1-hd", "gpt-4o-mini-tts")
"""The same for whatever says texts aloud."""
STARTED: Final = int(time.time())
STATUSES: Final[dict[GapCause, tuple[int, str]]] = {
    "no_plugin": (501, "not_installed"),
    "missing_library": (501, "not_installed"),
    "not_configured": (501, "not_configured"),
    "no_weights": (503, "weights_missing"),
    "timeout": (503, "timeout"),
    "paused": (503, "paused"),
    "cancelled": (503, "cancelled"),
    "unreadable": (422, "unreadable_media"),
    "refused": (422, "refused"),
    "crashed": (500, "internal"),
}
"""Why a model gave nothing -> the status and the code that say so."""


@dataclass(frozen=True, slots=True)
class Model:
    """Something that a request may name in `model`."""

    id: str
    owner: str
    """The distribution that brings it."""
    task: str
    """What it is for: "answer", "embed", "transcribe", "speak"."""
    ready: bool = True
    hint: str = ""
    """What is missing, and what to do about it."""

    def to_json(self) -> dict[str, Any]:
        """As OpenAI has it, with ours in `sensorium`."""
        ours = {"task": self.task, "ready": self.ready, "hint": self.hint or None}
        return {"id": self.id, "object": "model", "created": STARTED, "owned_by": self.owner, "sensorium": ours}


class ModelAbilities(BaseModel):
    """What a model is for, and whether it could be used now."""

    task: str
    ready: bool
    hint: str | None


class ModelBody(BaseModel):
    """One model."""

    id: str
    object: str
    created: int
    owned_by: str
    sensorium: ModelAbilities


class ModelsBody(BaseModel):
    """All models."""

    object: str
    data: list[ModelBody]


def models(assistant: Assistant) -> tuple[Model, ...]:
    """Everything that can be named, the best answerer first."""
    found = [Model(AUTO, "sensorium", "answer")]
    heard = hearers(assistant)
    every: list[tuple[Runner[Any], str]] = [(runner, "answer") for runner in assistant.host.answerers()]
    every += [(runner, "transcribe") for runner in heard]
    every += [(runner, "embed") for runner in assistant.host.embedders()]
    every += [(runner, "speak") for runner in assistant.host.voices()]
    for runner, task in every:
        obstacle = runner.obstacle()
        hint = f"{obstacle.message} {obstacle.remedy}".strip() if obstacle else ""
        found.append(Model(f"{AUTO}/{runner.name}", runner.plugin, task, obstacle is None, hint))
        if heard and runner is heard[0]:
            found.append(Model(WHISPER, runner.plugin, task, obstacle is None, hint))
        if task == "speak" and runner is assistant.host.voices()[0]:
            found += [Model(name, runner.plugin, task, obstacle is None, hint) for name in SPOKEN]
    tasks = {model.id: model.task for model in found}
    tasks |= {id.removeprefix(f"{AUTO}/"): task for id, task in tasks.items()}
    return (*found, *(Model(alias, "sensorium", tasks.get(to, "answer")) for alias, to in aliases(assistant).items()))


def hearers(assistant: Assistant) -> tuple[Runner[Perceiver], ...]:
    """The perceivers that can transcribe; the first is the one asked where none is named."""
    return tuple(
        runner
        for runner in assistant.host.perceivers()
        if AUDIO in runner.plugged.consumes and Kind.TRANSCRIPT in runner.plugged.produces
    )


def aliases(assistant: Assistant) -> Mapping[str, str]:
    """Further names of models, for clients that have one built in."""
    return assistant.settings.server.model_aliases


def answerer_of(assistant: Assistant, model: str, param: str = "model") -> str | None:
    """The answerer that a model's name stands for; None for whoever can.

    Raises:
        Refused: 404, there is no such model; the message lists what there is.
    """
    wanted = aliases(assistant).get(model, model)
    if wanted == AUTO:
        return None
    name = wanted.removeprefix(f"{AUTO}/")
    if any(runner.name == name for runner in assistant.host.answerers()):
        return name
    raise unknown(assistant, model, "answer", param)


def check_usable(runner: Runner[Any]) -> None:
    """See to it that a model can be used now. Raises Refused, with what is missing."""
    obstacle = runner.obstacle()
    if obstacle is not None:
        status, code = STATUSES[obstacle.cause]
        raise Refused(obstacle.message, obstacle.remedy, status=status, code=code, param="model")


def loaded(runner: Runner[P]) -> P:
    """The model itself, loaded: some tell what they are only then. Blocking. Raises Refused if it cannot be used."""
    check_usable(runner)
    return runner.plugged if runner.loaded else runner.run(lambda plugged: plugged)


def unknown(assistant: Assistant, model: str, task: str, param: str | None = "model") -> Refused:
    """The error for a model that is not there: 404, with what there is for the task."""
    known = ", ".join(each.id for each in models(assistant) if each.task == task) or "none"
    return Refused(
        f"There is no model {model}.",
        f"There is: {known}. Other names are given by the setting server.model_aliases.",
        status=404,
        code="model_not_found",
        param=param,
    )


def router(assistant: Assistant) -> APIRouter:
    """The routes under /v1/models."""
    routes = APIRouter(tags=["OpenAI: models"], dependencies=[Depends(require("ask"))])

    @routes.get("/v1/models", operation_id="list_models", response_model=ModelsBody, responses=documented())
    async def list_models() -> dict[str, Any]:
        """Everything that a request may name in `model`."""
        return {"object": "list", "data": [model.to_json() for model in models(assistant)]}

    @routes.get(
        "/v1/models/{model:path}", operation_id="get_model", response_model=ModelBody, responses=documented(404)
    )
    async def get_model(model: str) -> dict[str, Any]:
        """One of them."""
        for each in models(assistant):
            if each.id == model or (each.task == "answer" and each.id == f"{AUTO}/{model}"):
                return each.to_json()
        raise Refused(f"There is no model {model}.", "GET /v1/models lists them.", status=404, code="model_not_found")

    return routes
