"""What is promised of everything that declares a process of its own, as a check without pytest."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, Final

from assistant.errors import AssistantError
from assistant.plugin import Plugged
from assistant.testing.cases import Case, acceptable, difference
from assistant.testing.collecting import HOOKS, registered
from assistant.testing.promises import Broken, NotApplicable

SENT: Final = "Only what is declared crosses to a process: yield plain data, import what it needs itself."


def works_in_a_process_of_its_own(case: Case[Any]) -> None:
    """With `isolation = "process"`, it says the same there as here."""
    promise = works_in_a_process_of_its_own.__name__
    plugged = case.new()
    if plugged.isolation != "process":
        raise NotApplicable('it works in a thread of the assistant (`isolation` is "thread").')
    module = registering(case, plugged)
    with case.loaded(plugged):
        here = _said(case, plugged)
    from assistant.isolation import Program
    from assistant.isolation.proxies import isolated

    program = Program(plugin=plugged.name, module=module, path=(str(_folder(module)),))
    proxy = isolated(program, case.make())
    try:
        with case.loaded(proxy):
            there = _said(case, proxy)
    except (Broken, NotApplicable):
        raise
    except Exception as error:  # whatever it is, it would be a crash in a turn
        raise Broken(promise, f"in a process of its own it raises {type(error).__name__}: {error}.", SENT) from error
    for one, other in zip(here, there, strict=True):
        found = difference(one, other)
        if found:
            raise Broken(promise, f"in a process of its own it says something else: {found}.", SENT)


def _said(case: Case[Any], plugged: Plugged) -> list[Any]:
    try:
        return case.says(plugged)
    except AssistantError as error:
        if not acceptable(error):
            raise
        return [[str(error)]]


def registering(case: Case[Any], plugged: Plugged) -> str:
    """The module whose hooks register it, which is what a process imports. Raises NotApplicable if none is known."""
    named = case.address.partition("!")[0] if "!" in case.address else ""
    own = type(plugged).__module__
    for name in (named, own, own.partition(".")[0]):
        module = sys.modules.get(name)
        if module is None or name == "__main__":
            continue
        for hook in HOOKS:
            found = registered(module, hook).get(plugged.name)
            if found is not None and type(found).__qualname__ == type(plugged).__qualname__:
                return name
    raise NotApplicable("no module registers it: what a process imports is a whole plugin.")


def _folder(module: str) -> Path:
    """Where the module is imported from."""
    file = getattr(sys.modules[module], "__file__", None) or "."
    folder = Path(file).resolve().parent
    return folder.parents[module.count(".")] if Path(file).name == "__init__.py" else folder
