"""`assistant plugins info`: everything about one plugin, or about one thing that a plugin brings."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import click

from assistant.cli import host_of, reported
from assistant.terminal import echo

_UNITS = {"deadline": " s", "deadline_per_second": " s for each second", "memory_mb": " MiB", "memory_limit_mb": " MiB"}


@click.command("info")
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def command(ctx: click.Context, name: str, as_json: bool) -> None:
    """Print everything about the plugin, perceiver, answerer, embedder or voice NAME."""
    with reported():
        from assistant.inventory import facts

        found = facts(host_of(ctx), name)
        if any(each["tier"] != "thread" for each in found["objects"]):
            from assistant.isolation import confinement_report

            found["protections"] = confinement_report()
    if as_json:
        echo(json.dumps(found, indent=2))
    else:
        for line in _lines(found):
            echo(line)


def _lines(found: dict[str, Any]) -> Iterator[str]:
    yield f"{found['name']}: {found['distribution']} {found['version']}".rstrip()
    origin = f", from {found['installed_from']}" if found["installed_from"] else ""
    if found["directory"]:
        yield f"  installed   {found['installed_as']} in {found['directory']}{origin}"
    if found["environment"]:
        yield f"  environment {found['environment']}: its own, and it works in a process of its own"
    yield f"  module      {found['module']}"
    declared = found["api"]["declared"]
    said = f"{declared}" if declared is not None else "not declared"
    yield f"  plugin API  {said}; this assistant has {found['api']['assistant']}"
    if found["hooks"]:
        yield f"  hooks       {', '.join(found['hooks'])}"
    for sort in ("commands", "formats", "panels"):
        if found[sort]:
            yield f"  {sort:11} {', '.join(found[sort])}"
    for each in found["objects"]:
        yield from _object(each)
    for weights in found["weights"]:
        yield f"  weights     {_weights(weights)}"
    for protection, holds in found.get("protections", {}).items():
        yield f"  protection  {protection}: {'yes' if holds is True else 'no' if holds is False else holds}"
    pin = found["pin"]
    if pin["line"]:
        yield f"  pin         {pin['line']}"
    if pin["note"]:
        yield f"  no hash     {pin['note']}"
    for each in found["left_out"]:
        yield f"left out: {each['name']}. {each['remedy']}"
    for each in found["problems"]:
        yield f"{each['level']}: {each['message']} {each['remedy']}".rstrip()


def _object(each: dict[str, Any]) -> Iterator[str]:
    state = "ready" if each["ready"] else each["reason"]
    yield f"  {each['sort']} {each['name']}: {state}"
    yield f"    works in    {'its own ' if each['tier'].startswith('environment') else 'a '}{each['tier']}"
    for name, value in each["declares"].items():
        if value in (None, [], {}, "", False, 0) or name == "isolation":
            continue
        if isinstance(value, dict):
            for kind, words in value.items():
                yield f"    {name:19} {kind}: {', '.join(words)}"
            continue
        if each["tier"] == "thread" and name in ("memory_limit_mb", "network"):  # they hold in processes only
            continue
        text = ", ".join(value) if isinstance(value, list) else "yes" if value is True else value
        yield f"    {name:19} {text}{_UNITS.get(name, '')}"
    for weights in each["weights"]:
        yield f"    weights             {_weights(weights)}"
    for option in each["options"]:
        now = json.dumps(option["value"], ensure_ascii=False)
        default = "" if option["value"] == option["default"] else f" (default {json.dumps(option['default'])})"
        turn = "; a turn may set it" if option["per_turn"] else ""
        described = f"  {option['description']}" if option["description"] else ""
        yield f"    option {option['name']}: {option['type']} = {now}{default}{turn}{described}"


def _weights(each: dict[str, Any]) -> str:
    where = f" in {each['where']}" if each["where"] else f": {each['hint']}" if each["hint"] else ""
    return f"{each['name']} {each['state']}{where}"
