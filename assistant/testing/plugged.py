"""What everything plugged promises, whatever its sort: declarations, a light import, options, a clean end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from assistant.errors import PluginError, WeightsMissing
from assistant.testing import fresh, running
from assistant.testing.cases import Case, plain
from assistant.testing.fakes import FakeServices
from assistant.testing.promises import Broken, NotApplicable

if TYPE_CHECKING:
    import numpy as np

IMPORT_SECONDS: Final = 3.0
"""Processor time that importing a plugin may take beside the core; the built-in ones take under 0.2 s."""


def declares_what_it_is(case: Case[Any]) -> None:
    """It declares what it is, and the host accepts that."""
    from assistant.declared import check

    promise = declares_what_it_is.__name__
    plugged = case.make()
    try:
        check(plugged, case.sort)
    except PluginError as error:
        raise Broken(promise, error.message, error.remedy) from error
    if not isinstance(plugged.version, str) or not plugged.version:
        raise Broken(promise, f"{plugged.name}.version is {plugged.version!r}.", 'Make it a string, as in "1".')
    for attribute in ("concurrency", "memory_mb", "memory_limit_mb"):
        value = getattr(plugged, attribute, 1)
        if not isinstance(value, int) or isinstance(value, bool) or value < (attribute != "memory_mb"):
            raise Broken(promise, f"{plugged.name}.{attribute} is {value!r}.", "Make it a whole number.")
    if plugged.isolation not in ("thread", "process"):
        raise Broken(
            promise, f"{plugged.name}.isolation is {plugged.isolation!r}.", 'Choose between "thread" and "process".'
        )
    deadline = getattr(plugged, "deadline", 1.0)
    if not isinstance(deadline, int | float) or not 0 < deadline < 86_400:
        raise Broken(promise, f"{plugged.name}.deadline is {deadline!r}.", "Give it in seconds, over 0.")


def import_is_light(case: Case[Any]) -> None:
    """Importing its module imports no heavy library, prints nothing, starts no thread and opens no network."""
    imports_lightly(type(case.make()).__module__)


def imports_lightly(module: str) -> None:
    """Check the import of one module. Raises Broken, NotApplicable."""
    promise = import_is_light.__name__
    if not fresh.can_import(module):
        raise NotApplicable(f"{module} cannot be imported by name: it is part of a test.")
    try:
        did = fresh.importing(module)
    except fresh.Died as error:
        raise Broken(promise, f"importing {module} ends the interpreter: {error}.", "Do nothing at import.") from error
    move = "Move it into load()."
    if did.error:
        raise Broken(promise, f"importing {module} raises {did.error}.", "Mend the import.")
    if did.heavy:
        raise Broken(promise, f"importing {module} imports {', '.join(did.heavy)}.", f"{move[:-1]}, under `requires`.")
    if did.printed:
        raise Broken(promise, f"importing {module} prints {did.printed[:120]!r}.", "Use logging, and not at import.")
    if did.threads:
        raise Broken(promise, f"importing {module} starts {did.threads} threads.", move)
    if did.events:
        raise Broken(promise, f"importing {module} does {', '.join(did.events)}.", move)
    if did.seconds > IMPORT_SECONDS:
        raise Broken(promise, f"importing {module} takes {did.seconds:.1f} s of processor time.", move)


def options_have_defaults(case: Case[Any]) -> None:
    """Every option has a default that its own type accepts, and options that a turn may set exist."""
    from assistant.options import options_of

    promise = options_have_defaults.__name__
    plugged = case.make()
    options = plugged.Options
    per_turn = set(getattr(plugged, "per_turn", ()))
    if options is None:
        if per_turn:
            raise Broken(promise, f"{plugged.name}.per_turn names options, and it has none.", "Declare `Options`.")
        raise NotApplicable("it takes no options.")
    if not isinstance(options, type) or not is_dataclass(options):
        raise Broken(promise, f"{plugged.name}.Options is no dataclass.", "Make it a frozen dataclass.")
    if not options.__dataclass_params__.frozen:  # type: ignore[attr-defined]
        raise Broken(promise, f"{plugged.name}.Options can be changed.", "Write @dataclass(frozen=True).")
    bare = [each.name for each in fields(options) if each.default is MISSING and each.default_factory is MISSING]
    if bare:
        raise Broken(
            promise,
            f"{plugged.name}.Options has no default for {', '.join(bare)}.",
            "Give each a default; what must be set is said by `unready`.",
        )
    unknown = sorted(per_turn - {each.name for each in fields(options)})
    if unknown:
        raise Broken(promise, f"{plugged.name}.per_turn names {', '.join(unknown)}, no option.", "Name its options.")
    try:
        default = options_of(plugged, {})
        again = options_of(plugged, plain(default))
    except PluginError as error:
        raise Broken(promise, f"its defaults are refused: {error.message}", "Mend their types.") from error
    if plain(default) != plain(again):
        raise Broken(promise, "its defaults, written in a settings file, mean something else.", "Use plain types.")
    try:
        options_of(plugged, {"no_such_option": 1})
    except PluginError:
        return
    raise Broken(promise, "an option that it does not have is accepted.", "Declare the options as fields.")


def declares_what_decides(case: Case[Any]) -> None:
    """The weights it asks for and whether it embeds are declared: both decide whether kept results still hold."""
    promise = declares_what_decides.__name__
    declared = case.make().weights(case.options(case.make()))
    if not isinstance(declared, tuple) or not all(isinstance(each, str) for each in declared):
        raise Broken(promise, f"weights() returns {declared!r}.", "Return a tuple of names.")
    unknown = sorted(set(declared) - case.weights_known) if case.weights_known is not None else []
    if unknown:
        raise Broken(promise, f"it needs the weights {', '.join(unknown)}, which nobody registers.", "Register them.")
    plugged = case.new()
    noted = NotingServices(inner=case.services)
    missing: WeightsMissing | None = None
    try:
        with case.loaded(plugged, noted):
            case.exercise(plugged)
    except WeightsMissing as error:
        missing = error
    asked = noted.asked - set(declared)
    if asked:
        raise Broken(
            promise,
            f"it asks for the weights {', '.join(sorted(asked))}, which weights() does not name.",
            "Name them there: results are kept until the weights change.",
        )
    if missing is not None:
        raise missing
    if noted.embedded and not plugged.embeds:
        raise Broken(
            promise, "it calls services.embed and does not say so.", "Set `embeds = True`: results are then kept apart."
        )


@dataclass
class NotingServices(FakeServices):
    """Services that note what they are asked for; copies note in the same place."""

    inner: FakeServices = field(default_factory=FakeServices)
    asked: set[str] = field(default_factory=set)
    """Names of weights."""
    embedded: list[int] = field(default_factory=list)
    """How many texts, call by call."""

    def weights(self, name: str) -> Path:
        """Note and pass on."""
        self.asked.add(name)
        return self.inner.weights(name)

    def embed(self, texts: Sequence[str]) -> np.ndarray | None:
        """Note and pass on."""
        self.embedded.append(len(texts))
        return self.inner.embed(texts)


def closes_cleanly(case: Case[Any]) -> None:
    """After close() its threads, files and child processes are gone, and it can be loaded again."""
    promise = closes_cleanly.__name__
    plugged = case.new()

    def cycle() -> running.Held:
        with case.loaded(plugged):
            case.exercise(plugged)
        return running.held()

    cycle()  # libraries keep what they make once: only what each further cycle leaves behind is a leak
    before = running.held()
    try:
        cycle()
    except (Broken, NotApplicable):
        raise
    except Exception as error:  # of whatever sort: it worked the first time
        raise Broken(
            promise,
            f"loaded again after close() it raises {type(error).__name__}: {error}.",
            "Let load() make anew what close() frees.",
        ) from error
    between = running.settled(before)
    if not between.beside(before):
        return
    cycle()
    after = running.settled(between)
    left = after.beside(between)
    if left and between.beside(before, still=after):
        raise Broken(promise, f"each load and close leaves {left}.", "End and close in close() what load() began.")
