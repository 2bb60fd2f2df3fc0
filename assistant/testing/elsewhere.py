"""Runs a plugged object in a fresh interpreter, to compare what it says there; `python -m assistant.testing.elsewhere`.

The interpreter may do all that this one may: not for untrusted code.
"""

from __future__ import annotations

import base64
import importlib
import json
import sys
from collections.abc import Callable, Sequence
from functools import reduce
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from assistant.testing import fresh
from assistant.testing.cases import Case, EmbedderCase, Input, PerceiverCase, plain, written
from assistant.testing.fakes import FakeServices
from assistant.testing.promises import NotApplicable
from assistant.types import Observation, Part

if TYPE_CHECKING:
    from assistant.plugin import Plugged

HASH_SEED: Final = "4242"
"""PYTHONHASHSEED there; another one than here."""
OTHER_SEED: Final = "2424"
"""In case that is the one here."""


def perceived(case: PerceiverCase) -> list[list[dict[str, Any]]]:
    """What a perceiver yields elsewhere, for each input. Raises fresh.Died, NotApplicable."""
    given = [
        {
            "part": _part_to_json(each.part),
            "observation": each.observation.to_json() if each.observation else None,
            "observations": [seen.to_json() for seen in each.observations],
        }
        for each in case.given()
    ]
    result: list[list[dict[str, Any]]] = _ask(case, {"inputs": given})
    return result


def embedded(case: EmbedderCase) -> list[list[float]]:
    """The vectors of texts elsewhere. Raises fresh.Died, NotApplicable."""
    result: list[list[float]] = _ask(case, {"texts": list(case.given())})
    return result


def _ask(case: Case[Any], asked: dict[str, Any]) -> Any:
    import os

    address = case.address or fresh.address_of(case.make)
    if not address:
        raise NotApplicable("a fresh interpreter cannot make it: it is part of a test.")
    services = case.services
    embedder = fresh.address_of(services.embedder) if services.embedder else ""
    if services.embedder and not embedder:
        raise NotApplicable("a fresh interpreter cannot make its embedder: it is part of a test.")
    options = services.options
    given = {
        **asked,
        "make": address,
        "embedder": embedder,
        "options": None if options is None else plain(options),
        "directories": {name: str(path) for name, path in services.directories.items()},
    }
    seed = OTHER_SEED if os.environ.get("PYTHONHASHSEED") == HASH_SEED else HASH_SEED
    result, _ = fresh.run(["-m", "assistant.testing.elsewhere"], given, {"PYTHONHASHSEED": seed})
    return result


def named(address: str) -> Any:
    """What is found at "module:qualified.name", or, at "module!hook/name", what a plugin registers under a name."""
    if "!" in address:
        from assistant.testing.collecting import registered

        module, _, rest = address.partition("!")
        hook, _, name = rest.partition("/")
        return lambda: registered(importlib.import_module(module), hook)[name]
    module, _, name = address.partition(":")
    return reduce(getattr, name.split("."), importlib.import_module(module))


def main() -> None:
    """Read what to do from standard input, do it, and print the result."""
    from assistant.media import Media
    from assistant.options import options_of

    given = json.load(sys.stdin)
    make: Callable[[], Plugged] = named(given["make"])
    plugged: Any = make()
    embedder: Callable[[Sequence[str]], Any] | None = named(given["embedder"]) if given["embedder"] else None
    services = FakeServices(
        options=options_of(plugged, given["options"] or {}),
        directories={name: Path(path) for name, path in given["directories"].items()},
        embedder=embedder,
    )
    plugged.load(services)
    if "texts" in given:
        result: Any = [[float(number) for number in row] for row in plugged.embed(given["texts"])]
    else:
        media = Media()
        result = [
            written(plugged.perceive(_input_of(each).task(media, None, services.options))) for each in given["inputs"]
        ]
    plugged.close()
    sys.stdout.write("\n" + fresh.MARK + json.dumps(result) + "\n")


def _input_of(value: dict[str, Any]) -> Input:
    seen = value["observation"]
    return Input(
        _part_of(value["part"]),
        Observation.from_json(seen) if seen else None,
        tuple(Observation.from_json(each) for each in value["observations"]),
    )


def _part_to_json(part: Part) -> dict[str, Any]:
    return {**part.to_json(), "content": base64.b64encode(part.read_bytes()).decode()}


def _part_of(value: dict[str, Any]) -> Part:
    span = value["span"]
    content = base64.b64decode(value["content"])
    return Part(**{**value, "content": content, "span": (span[0], span[1]) if span else None})


if __name__ == "__main__":
    try:
        main()
    except SystemExit as error:  # of the plugin: a traceback says where, a status does not
        raise RuntimeError(f"it called sys.exit({error.code!r})").with_traceback(error.__traceback__) from None
