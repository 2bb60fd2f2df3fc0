"""Brings plugins in: imports those that are let in, or has them described, and calls their registration hooks.

Each step of each plugin stands on its own: what fails is a `PluginProblem`, and the others go on. Not for keeping what
they register (registered.py), nor for judging them (discovery.py).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pluggy

from assistant import discovery, hookspecs, tiers
from assistant.compatibility import ATTRIBUTE, deprecated_uses
from assistant.discovery import Candidate, Disabled, Level, PluginInfo, PluginProblem
from assistant.errors import AssistantError, PluginError, said
from assistant.plugin import Plugged
from assistant.registered import Registry
from assistant.runner import Runner
from assistant.settings import Settings
from assistant.weights import Weights

if TYPE_CHECKING:
    from assistant.calls import Calls
    from assistant.isolation import Description, Program

logger = logging.getLogger(__name__)


class Gathering:
    """All plugins of one host, and what came of them."""

    def __init__(
        self,
        settings: Settings,
        weights: Weights,
        runner: Callable[[str, Plugged], Runner[Any]],
        *,
        specifications: Sequence[ModuleType | type] = (),
        calls: Calls | None = None,
    ) -> None:
        """Nothing yet: see `discover`, `take` and `collect`, in that order."""
        self.problems: list[PluginProblem] = []
        self.plugins: dict[str, PluginInfo] = {}
        self._settings = settings
        self._calls = calls
        self._programs: dict[str, Program | None] = {}
        self._described: dict[str, Description] = {}
        self._disabled = Disabled(settings)
        self.registry = Registry(weights, self._disabled, self._placed, runner, self.plugins)
        self._manager = pluggy.PluginManager(hookspecs.PROJECT)
        for specification in (hookspecs, *specifications):
            self._manager.add_hookspecs(specification)
        if self._disabled.problem:
            self._note(self._disabled.problem)

    def _note(self, problem: PluginProblem) -> None:
        logger.warning("plugin %s: %s %s", problem.plugin, problem.message, problem.remedy)
        self.problems.append(problem)

    def _problem(self, plugin: str, message: str, remedy: str, level: Level = "error") -> None:
        self._note(PluginProblem(plugin, message, remedy, level))

    def _noted(self, plugin: str, what: str) -> AbstractContextManager[None]:
        return nullcontext() if self._calls is None else self._calls.of(plugin).queued(what).running()

    # ---- one plugin ------------------------------------------------------------------------------------------------

    def discover(self) -> None:
        """Take all installed plugins."""
        found, problems = discovery.candidates(self._settings.data_dir)
        for problem in problems:
            self._note(problem)
        for candidate in found:
            if not self._is_left_out(candidate.name):
                try:
                    self._take_candidate(candidate)
                except PluginError as error:
                    self._problem(candidate.name, error.message, error.remedy)
                except Exception as error:  # metadata or a module that answers with an error to every question
                    self._problem(candidate.name, f"it cannot be judged: {said(error)}.", "Reinstall or remove it.")

    def take(self, plugins: Mapping[str, object]) -> None:
        """Take modules or objects with hooks that were handed over, by name."""
        for name, plugin in plugins.items():
            if not self._is_left_out(name):
                self._programs[name] = tiers.program_of_module(name, plugin, self._settings)
                self.add(name, plugin, PluginInfo(name, getattr(plugin, "__name__", type(plugin).__name__)))

    def _is_left_out(self, name: str) -> bool:
        left_out = self._disabled.left_out(name, name)
        if left_out:
            self.registry.left_out.append(left_out)
        return left_out is not None

    def _take_candidate(self, candidate: Candidate) -> None:
        refused, note = discovery.refusal(candidate, self._settings)
        if refused:
            raise refused
        if candidate.name in self.plugins:
            other = self.plugins[candidate.name]
            raise PluginError(
                f"{other.distribution or other.module} brings a plugin of this name already"
                f"{f', in the environment {other.environment}' if other.environment else ''}.",
                f"Uninstall one of them: {other.distribution} or {candidate.distribution_name}.",
            )
        self._programs[candidate.name] = tiers.program_of(candidate, self._settings)
        if tiers.is_apart(candidate, self._settings):
            self._describe(candidate, note)
            return
        with self._noted(candidate.name, "import"):
            plugin = discovery.load(candidate)
        self.add(candidate.name, plugin, candidate.info(), note)

    def add(self, name: str, plugin: object, info: PluginInfo, note: str = "") -> None:
        """Take a plugin whose module or object is here; `note` says what it should declare otherwise."""
        declared = getattr(plugin, ATTRIBUTE, None)
        if declared is not None and not note:
            refused, note = discovery.compatible(declared, info.distribution)
            if refused:
                self._problem(name, refused.message, refused.remedy)
                return
        try:
            self._manager.register(plugin, name=name)
            callers = self._manager.get_hookcallers(plugin) or []
            unknown = [caller.name for caller in callers if not caller.has_spec()]
            if unknown:
                raise PluginError(f"unknown hook {', '.join(unknown)}.", hookspecs.closest(unknown))
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # pluggy looks at every name of a module, and what is there may be anything
            if self._manager.is_registered(plugin):
                self._manager.unregister(plugin)
            self._problem(name, *hookspecs.wrong(error))
            return
        self.plugins[name] = info
        self._advise(name, note)
        if not callers:
            remedy = "Put @hookimpl above its hooks, from assistant import hookimpl."
            self._problem(name, "it implements no hook, so it brings nothing.", remedy, "warning")
        for use in deprecated_uses(self._manager, plugin):
            self._problem(name, use, "Upgrade the plugin, or tell its author.", "warning")

    def _describe(self, candidate: Candidate, note: str) -> None:
        """Take a plugin of which nothing is imported here: a process of its own says what it declares."""
        name, program = candidate.name, self._programs[candidate.name]
        assert program is not None
        with self._noted(name, "describe"):
            found = tiers.describe(program, self._settings)
        for trouble in found.troubles:
            self._problem(name, trouble.message, trouble.remedy)
        if found.api is not None and not note:
            refused, note = discovery.compatible(found.api, candidate.distribution_name)
            if refused:
                raise refused
        info = candidate.info()
        info.isolation = "process"
        self.plugins[name] = info
        self._described[name] = found
        self._advise(name, note)
        if found.left_out:
            self._problem(
                name,
                f"{', '.join(found.left_out)} of it are left out: what they bring works in the assistant's process.",
                "Nothing is to be done if the rest is what you want of it.",
                "warning",
            )

    def _advise(self, name: str, note: str) -> None:
        if note:
            self._problem(name, note, 'Tell its author to declare ASSISTANT_API = ">=1.0,<2".', "warning")

    # ---- all of them -----------------------------------------------------------------------------------------------

    def collect(self) -> None:
        """Call every registration hook of every plugin, each on its own, then look at all that there is."""
        self._warn_of_isolation()
        order = {name: position for position, name in enumerate(self.plugins)}
        callers = {caller.name: caller for caller in vars(self._manager.hook).values() if caller.has_spec()}
        for hook, register in self.registry.hooks.items():
            calls: list[tuple[tuple[bool, bool, int], Callable[[], None]]] = []
            for caller in (callers[hook], *_former(hook, callers.values())):
                for each in caller.get_hookimpls():
                    place = (each.trylast, not each.tryfirst, order[each.plugin_name])
                    calls.append((place, partial(self._call, hook, each, register)))
            for name, description in self._described.items():
                take = partial(self._take_described, hook, name, description, register)
                calls.append(((False, True, order[name]), take))
            for _, call in sorted(calls, key=lambda each: each[0]):
                call()
        for problem in self.registry.settle():
            self._note(problem)

    def hooks(self, plugin: str) -> tuple[str, ...]:
        """Names of the hooks that a plugin implements."""
        if plugin in self._described:
            described = self._described[plugin]
            found = {*described.left_out, *(tiers.HOOK_OF[each.sort] for each in described.plugged)}
            found |= {"register_weights"} if described.weights else set()
            found |= {"register_formats"} if described.formats else set()
            return tuple(sorted(found))
        registered = self._manager.get_plugin(plugin)
        callers = self._manager.get_hookcallers(registered) if registered is not None else None
        return tuple(sorted(caller.name for caller in callers or ()))

    def _warn_of_isolation(self) -> None:
        known = {*self.plugins, *(each.name for each in self.registry.left_out)}
        known |= {problem.plugin for problem in self.problems}
        for name in sorted(set(self._settings.isolation) - known):
            remedy = f"Mend `isolation` in the settings; the plugins are {', '.join(sorted(self.plugins)) or 'none'}."
            self._problem(name, "the setting `isolation` names it, and no plugin is called so.", remedy, "warning")

    def _call(self, hook: str, implementation: pluggy.HookImpl, register: Callable[[str, Any], None]) -> None:
        name = implementation.plugin_name
        logger.debug("%s of plugin %s", hook, name)
        given = {"register": partial(self._register, hook, name, register)}
        try:
            with self._noted(name, hook):
                implementation.function(*(given.get(each) for each in implementation.argnames))
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # as at import: not even SystemExit takes the host along
            message = f"{hook} raised {said(error)}."
            self._problem(name, message, "This is a defect of the plugin: tell its author.")

    def _take_described(
        self, hook: str, name: str, description: Description, register: Callable[[str, Any], None]
    ) -> None:
        program = self._programs[name]
        assert program is not None
        items: Sequence[Any] = [
            tiers.stand_in(program, each, self._settings)
            for each in description.plugged
            if tiers.HOOK_OF[each.sort] == hook
        ]
        if hook == "register_weights":
            items = description.weights
        elif hook == "register_formats":
            items = description.formats
        for item in items:
            self._register(hook, name, register, item)

    def _register(self, hook: str, plugin: str, register: Callable[[str, Any], None], item: Any) -> None:
        try:
            register(plugin, item)
        except AssistantError as error:
            self._problem(plugin, error.message, error.remedy or f"Mend what it registers in {hook}.")

    def _placed(self, plugin: str, plugged: Plugged) -> Any:
        return tiers.placed(plugged, self._programs.get(plugin), self._settings)


def _former(hook: str, callers: Iterable[pluggy.HookCaller]) -> list[pluggy.HookCaller]:
    """Hooks that go away and are called in place of this one until then."""
    return [
        caller
        for caller in callers
        if caller.spec is not None
        and isinstance(caller.spec.warn_on_impl, hookspecs.Deprecated)
        and caller.spec.warn_on_impl.instead == hook
    ]
