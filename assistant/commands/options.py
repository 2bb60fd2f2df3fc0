"""Options of one question on the command line, `--option NAME.OPTION=VALUE`: read, checked, listed by `--help`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from assistant.errors import PluginError
from assistant.options import option_value, options_facts

if TYPE_CHECKING:
    from assistant.host import Host


def given(host: Host, texts: Sequence[str]) -> dict[str, dict[str, Any]]:
    """The options of a turn, checked, from texts like "speech.language=de".

    Raises:
        PluginError: not of that form, or there is no such perceiver or option, or it cannot have that value.
    """
    found: dict[str, dict[str, Any]] = {}
    runners = {runner.name: runner for runner in host.perceivers()}
    for text in texts:
        path, equals, value = text.partition("=")
        name, dot, option = path.strip().partition(".")
        if not (equals and dot and option):
            raise PluginError(f"{text!r} is no option.", "Write it as --option speech.language=de")
        runner = runners.get(name)
        if runner is None:
            known = ", ".join(each.name for each in runners.values() if each.plugged.per_turn) or "none"
            raise PluginError(f"No perceiver is called {name}.", f"With options for one question there are: {known}.")
        facts = {fact.name: fact for fact in options_facts(runner.plugged, runner.services.options)}
        found.setdefault(name, {})[option] = option_value(facts[option], value) if option in facts else value
    host.options_for_turn(found)
    return found


def listed(host: Host) -> list[tuple[str, str]]:
    """Each option that a question may set, with its type, its value now and what it is for."""
    lines = []
    for runner in host.perceivers():
        for fact in options_facts(runner.plugged, runner.services.options):
            if fact.per_turn:
                now = json.dumps(fact.value, ensure_ascii=False)
                described = f"{fact.description.rstrip('.')}. " if fact.description else ""
                lines.append((f"{runner.name}.{fact.name}", f"{described}{fact.type}, now {now}."))
    return lines
