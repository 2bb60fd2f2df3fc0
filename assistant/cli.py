"""The `assistant` command. Imports only what the command at hand needs; what it prints is documented in docs/cli.md."""

from __future__ import annotations

import json
import logging
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from assistant.commands import COMMANDS, load
from assistant.terminal import echo

if TYPE_CHECKING:
    from assistant.app import Assistant, Reply
    from assistant.host import Host
    from assistant.settings import Settings
    from assistant.types import Event

FAILED = 1
"""The command could not be carried out."""
INCOMPLETE = 3
"""Carried out, but something could not be perceived; standard error says what."""
WEIGHTS = 4
"""Model weights are missing or wrong."""
INTERRUPTED = 130
WORKERS = ("assistant-", "AnyIO worker thread")
"""How the names of threads begin that plugins, and routes, work in."""


class _Group(click.Group):
    """Imports the commands under commands/ when they are needed, and looks for those of plugins only when one is asked
    for that is not built in.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted([*super().list_commands(ctx), *COMMANDS])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        found = super().get_command(ctx, cmd_name) or load(cmd_name)
        if found is None:
            with reported():
                found = next((command for command in host_of(ctx).commands if command.name == cmd_name), None)
        return found


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--data-dir", type=click.Path(path_type=Path), help="Where conversations, media and weights are kept.")
@click.option("-v", "--verbose", is_flag=True, help="Log what happens to standard error.")
@click.version_option(package_name="sensorium", prog_name="assistant")
def cli(data_dir: Path | None, verbose: bool) -> None:
    """Ask questions about photographs, speech and video, and see the evidence.

    Installed plugins may add commands of their own; see `assistant plugins list`.
    """
    logging.basicConfig(
        level=logging.INFO if verbose else logging.ERROR,
        format="%(levelname)s %(name)s: %(message)s",
        stream=sys.stderr,
    )


class _WithOptions(click.Command):
    """Lists the options of plugins that one question may set, at the end of its own help."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        from assistant.errors import AssistantError

        try:
            from assistant.commands.options import listed

            lines = listed(host_of(ctx))
        except AssistantError as error:  # help is there even where the settings are wrong
            lines = [("", str(error))]
        if lines:
            with formatter.section("Of --option"):
                formatter.write_dl(lines)


_options = click.option(
    "--option",
    "options",
    multiple=True,
    metavar="NAME.OPTION=VALUE",
    help="Set an option of a plugin for this question, e.g. speech.language=de; may be given several times.",
)


# ---- asking ---------------------------------------------------------------------------------------------------------


@cli.command(cls=_WithOptions)
@click.argument("question")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--answerer", help="Who answers: a name from `assistant plugins list`, or auto.")
@_options
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("-q", "--quiet", is_flag=True, help="No progress.")
@click.pass_context
def ask(
    ctx: click.Context,
    question: str,
    files: tuple[Path, ...],
    answerer: str | None,
    options: tuple[str, ...],
    as_json: bool,
    quiet: bool,
) -> None:
    """Answer QUESTION about FILES: pictures, recordings, videos, texts.

    With the QUESTION "" a recording is taken for the question, or the files are described.
    """
    with _assistant(ctx) as assistant:
        reply = _run(assistant, question, files, answerer=answerer, options=options, stream=not as_json, quiet=quiet)
    if as_json:
        click.echo(json.dumps(reply.to_json(), ensure_ascii=False, indent=2))
    _leave(reply)


@cli.command(cls=_WithOptions)
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@_options
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("-q", "--quiet", is_flag=True, help="No progress.")
@click.pass_context
def perceive(ctx: click.Context, files: tuple[Path, ...], options: tuple[str, ...], as_json: bool, quiet: bool) -> None:
    """Print what is perceived in FILES, however many, without a question."""
    with _assistant(ctx, at_least_files=len(files)) as assistant:
        reply = _run(assistant, "", files, answer=False, options=options, stream=False, quiet=quiet)
    if as_json:
        click.echo(json.dumps(reply.to_json(), ensure_ascii=False, indent=2))
    else:
        for part in reply.parts:
            echo(f"{part.name} ({part.modality}, {part.media_type})")
            for seen in reply.observations:
                if seen.part == part.digest:
                    when = f" {seen.span[0]:.1f}-{seen.span[1]:.1f} s" if seen.span else ""
                    where = " at " + ",".join(f"{edge:.2f}" for edge in seen.box) if seen.box else ""
                    echo(f"  {seen.confidence:4.0%} {seen.kind}: {seen.text}{where}{when}  [{seen.source}]")
    _leave(reply)


def _run(
    assistant: Assistant,
    question: str,
    files: tuple[Path, ...],
    *,
    answerer: str | None = None,
    answer: bool = True,
    options: tuple[str, ...] = (),
    stream: bool,
    quiet: bool,
) -> Reply:
    """Run one turn: the answer to standard output as it comes, progress to standard error if it is a terminal."""
    from assistant.types import Answering, Delta, Status

    chosen: dict[str, dict[str, Any]] = {}
    if options:
        from assistant.commands.options import given as read

        chosen = read(assistant.host, options)
    replies: list[Reply] = []
    progress = _Progress(enabled=not quiet and sys.stderr.isatty())
    events: Iterator[Event] = assistant.stream(
        question, *files, answerer=answerer, answer=answer, options=chosen, on_reply=replies.append
    )
    written = False
    for event in events:
        if isinstance(event, Status):
            progress.show(event.perceiver, event.name, event.state)
        elif isinstance(event, Answering) and written and stream:
            echo("\n(that answer broke off; asking another answerer)")
        elif isinstance(event, Delta) and stream and event.text:
            progress.clear()
            echo(event.text, nl=False)
            written = True
    progress.clear()
    if written:
        echo()
    given = replies[0].answer
    if given is not None and given.answerer and not quiet and sys.stderr.isatty():
        sure = "" if given.confidence is None else f", {given.confidence:.0%} sure"
        echo(f"({given.answerer}{', cannot tell' if given.abstained else sure})", err=True)
    return replies[0]


class _Progress:
    """One line on the terminal that tells who is at work."""

    def __init__(self, enabled: bool) -> None:
        self._enabled = enabled
        self._working: dict[tuple[str, str], str] = {}

    def show(self, perceiver: str, name: str, state: str) -> None:
        if state in ("loading", "running"):
            self._working[(perceiver, name)] = state
        else:
            self._working.pop((perceiver, name), None)
        if self._enabled:
            line = ", ".join(f"{who} {state} {what}" for (who, what), state in self._working.items())
            click.echo(f"\r\x1b[K{line[:110]}", nl=False, err=True)

    def clear(self) -> None:
        if self._enabled:
            click.echo("\r\x1b[K", nl=False, err=True)


def _leave(reply: Reply) -> NoReturn:
    """Report the gaps and end with the exit code that fits."""
    for gap in reply.gaps:
        echo(f"missed: {gap.message} {gap.remedy}".rstrip(), err=True)
    sys.exit(INCOMPLETE if reply.gaps else 0)


# ---- serving --------------------------------------------------------------------------------------------------------


@cli.command()
@click.option("--host", help="Address to listen on; anything but loopback needs API keys or users.")
@click.option("--port", type=int, help="Port; 0 takes a free one.")
@click.option(
    "--preload/--no-preload",
    default=None,
    help="Load models at once, in the background: by default those that work in threads; with --preload processes of "
    "plugins' own are started too; with --no-preload everything is loaded when it is first needed.",
)
@click.pass_context
def serve(ctx: click.Context, host: str | None, port: int | None, preload: bool | None) -> None:
    """Serve the chat (and the HTTP API) on http://127.0.0.1:7860."""
    flags = {name: value for name, value in (("host", host), ("port", port)) if value is not None}
    with _assistant(ctx, server=flags or None) as assistant:
        from assistant import logs

        log = assistant.settings.log
        logs.configure(log.format, "info" if ctx.find_root().params["verbose"] else log.level)
        for name in _missing_starters(assistant.host):
            _note(f"weights {name} are missing; bring them with: assistant weights pull", log.format)
        for problem in assistant.host.problems():
            _note(f"plugin {problem.plugin}: {problem.message} {problem.remedy}", log.format)
        for name in _missing_protections(assistant.host):
            _note(
                f"this machine does not offer the protection {name!r} for processes of plugins: see docs/isolation.md",
                log.format,
            )
        from assistant.api import run

        run(assistant, preload=preload is not False, processes=preload is True)


def _note(text: str, form: str) -> None:
    if form == "json":  # whoever reads the lines as JSON must not find others among them
        logging.getLogger(__name__).warning("%s", text)
    else:
        echo(f"note: {text}", err=True)


def _missing_protections(host: Host) -> list[str]:
    """Those that plugins which count on them do without here."""
    if not any(runner.process is not None for runner in host.perceivers()):
        return []
    from assistant.isolation import confinement_report

    return [name for name, holds in confinement_report().items() if not holds]


def _missing_starters(host: Host) -> list[str]:
    from assistant.errors import WeightsMissing

    missing = []
    for spec in host.weights.specs():
        if spec.starter:
            try:
                host.weights.where(spec.name)
            except WeightsMissing:
                missing.append(spec.name)
    return missing


# ---- what commands share --------------------------------------------------------------------------------------------


def settings_of(ctx: click.Context, **flags: Any) -> Settings:
    """The settings of the command: those of file and environment, but for its flags."""
    from assistant.settings import load_settings

    return load_settings(data_dir=ctx.find_root().params["data_dir"], **flags)


def host_of(ctx: click.Context, *, hub: bool = False) -> Host:
    """All plugins, by the settings of the command; with `hub` weights may be fetched from a model hub."""
    from assistant.host import Host

    settings = settings_of(ctx)
    if hub:
        settings = settings.model_copy(update={"weights": settings.weights.model_copy(update={"hub": True})})
    return Host(settings)


@contextmanager
def _assistant(ctx: click.Context, at_least_files: int = 0, **flags: Any) -> Iterator[Assistant]:
    with reported():
        from assistant.app import Assistant

        settings = settings_of(ctx, **flags)
        if settings.limits.files < at_least_files:  # the limit protects a server; here whoever pays for it asks for it
            limits = settings.limits.model_copy(update={"files": at_least_files})
            settings = settings.model_copy(update={"limits": limits})
        with Assistant(settings) as assistant:
            yield assistant


@contextmanager
def reported(stopped: str = "stopped") -> Iterator[None]:
    """The assistant's own errors as one line and an exit code; anything else is a defect and keeps its traceback.

    For commands of plugins too.

    Args:
        stopped: what to say when it is interrupted.
    """
    from assistant.errors import AssistantError, WeightsError

    try:
        yield
    except WeightsError as error:
        echo(f"error: {error}", err=True)
        sys.exit(WEIGHTS)
    except AssistantError as error:
        echo(f"error: {error}", err=True)
        sys.exit(FAILED)
    except KeyboardInterrupt:
        echo(stopped, err=True)
        sys.exit(INTERRUPTED)


def main() -> None:
    """Entry point of the `assistant` command."""
    try:
        cli()
    except SystemExit as end:
        if any(thread.name.startswith(WORKERS) for thread in threading.enumerate()):
            # A plugin, or a route, hangs in native code: taking the interpreter down under it would abort the process,
            # or wait for it for ever.
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(end.code if isinstance(end.code, int) else FAILED)
        raise
