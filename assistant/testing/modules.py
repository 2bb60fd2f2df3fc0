"""What every plugin promises as a whole, as checks without pytest: its module, its hooks, and all that it brings beside
perceivers, answerers, embedders and voices. Not for those: see perceiving.py and its neighbours.
"""

from __future__ import annotations

import tempfile
import warnings
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

from assistant.errors import AssistantError, PluginError
from assistant.testing import fakes
from assistant.testing.collecting import HOOKS, collected, marked
from assistant.testing.plugged import imports_lightly
from assistant.testing.promises import Broken, NotApplicable, Promise, PromiseWarning, promised

if TYPE_CHECKING:
    from fastapi import FastAPI

    from assistant.app import Assistant

TURNED_AWAY: Final = (401, 403)


@dataclass(frozen=True)
class PluginCase:
    """One plugin that is checked."""

    plugin: object
    """Its module, or an object with hooks."""

    @property
    def name(self) -> str:
        """What it is called here."""
        return str(getattr(self.plugin, "__name__", type(self.plugin).__name__))

    @contextmanager
    def assistant(self, *plugins: object, **settings: Any) -> Iterator[Assistant]:
        """An assistant with these plugins alone, whose data are gone afterwards."""
        from assistant.app import Assistant

        with (
            tempfile.TemporaryDirectory(prefix="sensorium-check-") as folder,
            fakes.host(*plugins, data_dir=Path(folder), **settings) as host,
            Assistant(host.settings, host=host) as made,
        ):
            yield made

    def brought(self, hook: str, what: str) -> list[Any]:
        """What it registers in a hook. Raises NotApplicable if that is nothing."""
        try:
            found = collected(self.plugin, hook)
        except Exception as error:  # the hooks have a promise of their own
            raise NotApplicable(f"{hook} raises {type(error).__name__}.") from error
        if not found:
            raise NotApplicable(f"it brings no {what}.")
        return found


def module_is_light(case: PluginCase) -> None:
    """Importing it imports no heavy library, prints nothing, starts no thread and opens no network."""
    if not isinstance(case.plugin, ModuleType):
        raise NotApplicable("it is no module.")
    imports_lightly(case.plugin.__name__)


def declares_the_api(case: PluginCase) -> None:
    """It says with which versions of the plugin API it works, and this one is among them."""
    from assistant import compatibility

    promise = declares_the_api.__name__
    declared = getattr(case.plugin, compatibility.ATTRIBUTE, None)
    if declared is None:
        raise Broken(promise, f"{case.name} does not declare {compatibility.ATTRIBUTE}.", compatibility.EXAMPLE)
    try:
        asked = compatibility.asked(declared)
    except PluginError as error:
        raise Broken(promise, error.message, error.remedy) from error
    refused = compatibility.refusal(asked, "")
    if refused is not None:
        raise Broken(promise, refused.message, refused.remedy)
    if asked.note:
        warnings.warn(PromiseWarning(f"{asked.note} {compatibility.EXAMPLE}"), stacklevel=2)


def has_hooks(case: PluginCase) -> None:
    """Its hooks exist, are marked with @hookimpl, and register something."""
    promise = has_hooks.__name__
    names = [name for name in dir(case.plugin) if name.startswith("register_")]
    unknown = [name for name in names if name not in HOOKS and marked(case.plugin, name)]
    if unknown:
        raise Broken(promise, f"there is no hook {', '.join(unknown)}.", f"There are: {', '.join(HOOKS)}.")
    unmarked = [name for name in names if name in HOOKS and not marked(case.plugin, name)]
    if unmarked:
        raise Broken(promise, f"{', '.join(unmarked)} is not called.", "Put @hookimpl above it.")
    if not [name for name in names if name in HOOKS]:
        raise Broken(promise, "it has no hook.", "Write one, such as register_perceivers(register).")
    for name in names:
        if name not in HOOKS:
            continue
        try:
            found = collected(case.plugin, name)
        except Exception as error:  # of whatever sort: the host would report it as a defect of the plugin
            raise Broken(promise, f"{name} raises {type(error).__name__}: {error}.", "Only register in it.") from error
        if not found:
            raise Broken(promise, f"{name} registers nothing.", "Register something, or leave the hook out.")


def is_accepted(case: PluginCase) -> None:
    """A host that has nothing else accepts it and all that it registers."""
    promise = is_accepted.__name__
    with fakes.host(case.plugin) as host:
        problems = host.problems()
    for problem in problems:
        if getattr(problem, "level", "error") == "error":
            raise Broken(promise, problem.message, problem.remedy)
        warnings.warn(PromiseWarning(f"{problem.message} {problem.remedy}"), stacklevel=2)


def registers_the_same_again(case: PluginCase) -> None:
    """Called a second time its hooks register the same: every host calls them."""
    promise = registers_the_same_again.__name__
    for hook in HOOKS:
        try:
            first, second = ([_named(each) for each in collected(case.plugin, hook)] for _ in range(2))
        except Exception as error:  # the hooks have a promise of their own
            raise NotApplicable(f"{hook} raises {type(error).__name__}.") from error
        if first != second:
            raise Broken(promise, f"{hook} registers {first}, then {second}.", "Register the same each time.")


def _named(item: Any) -> str:
    return str(getattr(item, "name", None) or getattr(item, "title", None) or getattr(item, "label", type(item)))


def weights_are_data(case: PluginCase) -> None:
    """Weights are described with hashes, in formats that cannot run code."""
    from assistant.weights import WeightsSpec
    from assistant.weights.specs import check

    for spec in case.brought("register_weights", "weights"):
        if isinstance(spec, WeightsSpec):
            try:
                check(spec)
            except PluginError as error:
                raise Broken(weights_are_data.__name__, error.message, error.remedy) from error


def commands_explain_themselves(case: PluginCase) -> None:
    """Its commands have names of their own, and `--help` works."""
    from click.testing import CliRunner

    from assistant.cli import cli
    from assistant.commands import COMMANDS

    promise = commands_explain_themselves.__name__
    taken = {*cli.commands, *COMMANDS}
    for command in case.brought("register_commands", "commands"):
        name = getattr(command, "name", None)
        if name in taken:
            raise Broken(promise, f"{name} is a command of the assistant itself.", "Call it something else.")
        taken.add(str(name))
        try:
            result = CliRunner().invoke(command, ["--help"])
        except (AttributeError, TypeError) as error:
            raise Broken(
                promise, f"{command!r} is no click command.", "Register what @click.command() makes."
            ) from error
        if result.exit_code != 0:
            raise Broken(promise, f"{name} --help ends with {result.exit_code}: {result.output[:120]}.", "Mend it.")
        if not (command.help or command.short_help):
            raise Broken(promise, f"{name} --help does not say what it is for.", "Give its function a docstring.")


def routes_are_behind_the_gate(case: PluginCase) -> None:
    """Its routes have addresses of their own, turn strangers away and answer those who are known."""
    from starlette.testclient import TestClient

    from assistant.api import create_app
    from assistant.api.gate import ASSETS, PUBLIC

    promise = routes_are_behind_the_gate.__name__
    case.brought("register_routes", "routes")
    with case.assistant() as bare:
        plain = create_app(bare)
    core = Counter(_listed(plain)) - Counter([("GET", "/")])
    described = _described(plain)
    with case.assistant(case.plugin, server={"auth": "required"}) as closed:
        try:
            app = create_app(closed)
        except Exception as error:  # of whatever sort: the server would not start
            raise Broken(promise, f"mounting raises {type(error).__name__}: {error}.", "Mend it.") from error
        added = Counter(_listed(app)) - core
        clashes = sorted(set(added) & ({*core} | described))
        if clashes:
            raise Broken(
                promise,
                f"{' '.join(clashes[0])} is an address of the assistant itself.",
                "Choose others, such as /plugins/NAME/.",
            )
        mine = sorted({*added} | (_described(app) - described))
        if not mine:
            raise Broken(promise, "mounting adds no route.", "Add routes to `app`.")
        asked = [
            path
            for method, path in mine
            if method == "GET" and "{" not in path and path not in PUBLIC and not path.startswith(ASSETS)
        ]
        with TestClient(app, base_url="http://localhost", client=("203.0.113.9", 4000)) as stranger:
            for path in asked:
                response = stranger.get(path, follow_redirects=False)
                to_login = response.is_redirect and "/login" in response.headers["location"]
                if response.status_code not in TURNED_AWAY and not to_login:
                    raise Broken(
                        promise, f"strangers get {response.status_code} from {path}.", "Add routes to `app` itself."
                    )
    with case.assistant(case.plugin) as opened, TestClient(create_app(opened), base_url="http://127.0.0.1") as known:
        for path in asked:
            try:
                status = known.get(path, follow_redirects=False).status_code
            except Exception as error:  # what a route raises comes through to the client of a test
                raise Broken(promise, f"{path} raises {type(error).__name__}: {error}.", "Mend it.") from error
            if status >= 500:
                raise Broken(promise, f"{path} answers {status}.", "Raise AssistantError with a remedy, or mend it.")


def _listed(app: FastAPI) -> list[tuple[str, str]]:
    """Method and path of the routes that were added to the application itself."""
    return [
        (method, str(path))
        for route in app.routes
        if (path := getattr(route, "path", None)) is not None
        for method in getattr(route, "methods", None) or ("GET",)
        if method != "HEAD"
    ]


def _described(app: FastAPI) -> set[tuple[str, str]]:
    """The same of all that its OpenAPI description names, routers that were included too."""
    return {(method.upper(), path) for path, methods in app.openapi().get("paths", {}).items() for method in methods}


def formats_are_recognised(case: PluginCase) -> None:
    """Its sorts of files are told by their bytes, and are none that the assistant reads itself."""
    from assistant.media.formats import check_format

    promise = formats_are_recognised.__name__
    known: list[Any] = []
    for found in case.brought("register_formats", "formats"):
        try:
            check_format(found, known)
        except PluginError as error:
            raise Broken(promise, error.message, error.remedy) from error
        known.append(found)
    consumed = {kind for each in collected(case.plugin, "register_perceivers") for kind in each.consumes}
    unread = [found.label for found in known if found.modality not in consumed]
    if unread:
        raise Broken(promise, f"none of its perceivers reads {', '.join(unread)}.", "Bring one that consumes it.")


def panels_build(case: PluginCase) -> None:
    """Its pages of the chat have titles and can be built."""
    promise = panels_build.__name__
    panels = case.brought("register_panels", "panels")
    for panel in panels:
        title: Any = getattr(panel, "title", None)
        if not isinstance(title, str) or not title.strip() or not callable(getattr(panel, "build", None)):
            raise Broken(promise, f"{panel!r} is no panel.", 'Register Panel("Title", build).')
    try:
        import gradio
    except ImportError as error:
        raise NotApplicable("gradio is not installed: pip install sensorium-ui") from error
    with case.assistant(case.plugin) as assistant, gradio.Blocks():
        for panel in panels:
            with gradio.Tab(panel.title):
                try:
                    panel.build(assistant)
                except AssistantError as error:
                    raise Broken(promise, f"{panel.title}: {error.message}", error.remedy) from error
                except Exception as error:  # of whatever sort: the chat would show an empty tab
                    raise Broken(
                        promise, f"building {panel.title} raises {type(error).__name__}: {error}.", "Mend its `build`."
                    ) from error


PLUGIN: Final[tuple[Promise[PluginCase], ...]] = promised(
    module_is_light,
    declares_the_api,
    has_hooks,
    is_accepted,
    registers_the_same_again,
    weights_are_data,
    commands_explain_themselves,
    routes_are_behind_the_gate,
    formats_are_recognised,
    panels_build,
)
"""What is checked of a plugin as a whole, in this order."""
