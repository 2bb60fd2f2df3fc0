"""`assistant plugins trace`: runs one turn and prints every call of every plugin, with its times."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from assistant.cli import INCOMPLETE, reported, settings_of
from assistant.terminal import echo

if TYPE_CHECKING:
    from assistant.calls import Call

WIDTH = 40
"""Characters of a file's name that are shown."""


@click.command("trace")
@click.argument("question")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--answerer", help="Who answers: a name from `assistant plugins list`, or auto.")
@click.option("--startup/--no-startup", default=True, help="Whether imports and hooks are listed, or summed up only.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def command(
    ctx: click.Context,
    question: str,
    files: tuple[Path, ...],
    answerer: str | None,
    startup: bool,
    as_json: bool,
) -> None:
    """Answer QUESTION about FILES as `assistant ask` does, and print every call of every plugin in order.

    Each line has when the call was asked for, how long it waited and ran (milliseconds), and what it gave. What was
    remembered from earlier turns is not called: use a --data-dir of its own to see everything.
    """
    with reported():
        from assistant.app import Assistant
        from assistant.calls import Calls
        from assistant.host import Host

        calls = Calls()
        host = Host(settings_of(ctx), calls=calls)
        with Assistant(host.settings, host=host) as assistant:
            began = calls.now()
            reply = assistant.ask(question, *files, answerer=answerer)
            ended = calls.now()
        told = {
            "startup_milliseconds": round(began * 1000, 3),
            "milliseconds": round((ended - began) * 1000, 3),
            "calls": [call.to_json() for call in calls.calls],
            "plugins": _summary(calls.calls, began, ended),
            "skipped": [_skipped(each) for each in reply.to_json()["perceivers"] if each["state"] == "skipped"],
            "gaps": [gap.to_json() for gap in reply.gaps],
            "answer": reply.text,
        }
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        for line in _lines(told, began * 1000, ended * 1000, startup=startup):
            echo(line)
    sys.exit(INCOMPLETE if reply.gaps else 0)


def _skipped(each: dict[str, Any]) -> dict[str, Any]:
    return {key: each[key] for key in ("perceiver", "reason")}


def _summary(calls: Sequence[Call], began: float, ended: float) -> list[dict[str, Any]]:
    """Each plugin's calls: at the start, in the turn, and of the turn's time the share in which it was at work."""
    found = []
    for plugin in dict.fromkeys(call.plugin for call in calls):
        own = [call for call in calls if call.plugin == plugin]
        early = [call for call in own if call.queued < began]
        turn = [call for call in own if began <= call.queued < ended and not call.cached]
        spans = [(call.began, ended if call.ended is None else call.ended) for call in turn if call.began is not None]
        busy = _covered(spans)
        found.append(
            {
                "plugin": plugin,
                "calls": len(turn),
                "remembered": sum(call.cached for call in own),
                "failed": sum(bool(call.error) and call.error != "stopped" for call in own),
                "milliseconds": round(busy * 1000, 3),
                "share": round(busy / (ended - began), 4) if ended > began else 0.0,
                "startup_milliseconds": round(sum((call.ended or 0) - (call.began or 0) for call in early) * 1000, 3),
            }
        )
    return sorted(found, key=lambda each: (-float(str(each["milliseconds"])), str(each["plugin"])))


def _covered(spans: Sequence[tuple[float, float]]) -> float:
    """Seconds that lie in at least one of the spans: calls side by side, or one within another, count once."""
    total, until = 0.0, float("-inf")
    for start, end in sorted(spans):
        total += max(0.0, end - max(start, until))
        until = max(until, end)
    return total


def _lines(told: dict[str, Any], began: float, ended: float, *, startup: bool) -> Iterator[str]:
    head = f"{'at':>9} {'waited':>8} {'ran':>9}  "
    if startup:
        yield f"start-up: {began:.1f} ms"
        yield head + "plugin: call"
        for call in told["calls"]:
            if call["queued"] < began:
                yield _line(call, 0.0)
        yield ""
    yield f"turn: {told['milliseconds']:.1f} ms"
    yield head + "plugin: call"
    for call in told["calls"]:
        if began <= call["queued"] < ended:
            yield _line(call, began)
    for each in told["skipped"]:
        yield f"{'':>9} {'':>8} {'skipped':>9}  {each['perceiver']}: {each['reason']}"
    for gap in told["gaps"]:
        yield f"missed: {gap['message']} {gap['remedy']}".rstrip()
    late = [call for call in told["calls"] if call["queued"] >= ended]
    if late:
        yield ""
        yield "closing:"
        yield from (_line(call, began) for call in late)
    yield ""
    titles = f"{'calls':>6} {'remembered':>10} {'failed':>6} {'busy ms':>9} {'of the turn':>11}"
    yield f"{'plugin':16} {'start-up ms':>11} {titles}"
    for each in told["plugins"]:
        yield (
            f"{each['plugin']:16} {each['startup_milliseconds']:11.1f} {each['calls']:6} {each['remembered']:10} "
            f"{each['failed']:6} {each['milliseconds']:9.1f} {each['share']:11.1%}"
        )
    yield ""
    yield f"answer: {told['answer']}"


def _line(call: dict[str, Any], zero: float) -> str:
    at = f"{call['queued'] - zero:9.1f}"
    if call["cached"]:
        times = f" {'':>8} {'from cache':>9}"
    elif call["began"] is None:
        times = f" {'':>8} {'not begun':>9}"
    else:
        ran = "unended" if call["milliseconds"] is None else f"{call['milliseconds']:.1f}"
        times = f" {call['began'] - call['queued']:8.1f} {ran:>9}"
    who = f"{call['plugin']}: {call['name']}.{call['what']}" if call["name"] else f"{call['plugin']}: {call['what']}"
    about = call["about"] if len(call["about"]) <= WIDTH else call["about"][: WIDTH - 3] + "..."
    notes = [
        f"({about})" if about else "",
        f"for {call['by']}" if call["by"] else "",
        f"[{call['tier']}]" if call["tier"] != "thread" else "",
        f"-> {call['items']}" if call["items"] is not None else "",
        f"! {call['error']}" if call["error"] else "",
    ]
    return f"{at}{times}  {who} {' '.join(note for note in notes if note)}".rstrip()
