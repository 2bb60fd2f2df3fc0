"""What plugged objects declare about themselves, and their options, checked before anything of them runs. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any

from pydantic import TypeAdapter, ValidationError

from assistant.errors import PluginError
from assistant.plugin import Perceiver, Plugged
from assistant.types import MODALITIES

NAME = re.compile(r"[a-z][a-z0-9_]*")


def check(plugged: Any, sort: type[Plugged]) -> None:
    """Check what a plugged object declares.

    Raises:
        PluginError: names the attribute that is wrong and what it should be.
    """
    what = type(plugged).__name__
    if not isinstance(plugged, sort):
        hint = " Register an instance, not the class." if isinstance(plugged, type) else ""
        raise PluginError(
            f"{what} is not a {sort.__name__}.", f"Derive it from assistant.plugin.{sort.__name__}.{hint}"
        )
    name = getattr(plugged, "name", None)
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise PluginError(f"{what}.name is {name!r}.", "Give it a name of lower-case letters, digits and underscores.")
    for attribute in ("requires", "consumes", "gathers", "produces", "accepts"):
        value = getattr(plugged, attribute, ())
        if not _is_strings(value):
            raise PluginError(f"{name}.{attribute} is {value!r}.", "Make it a tuple of strings.")
    if isinstance(plugged, Perceiver):
        if not plugged.consumes:
            raise PluginError(f"{name} consumes nothing.", "Declare modalities or observation kinds in `consumes`.")
        if not plugged.produces:
            raise PluginError(f"{name} produces nothing.", "Declare observation kinds in `produces`.")
        if plugged.gathers and not set(plugged.consumes) <= set(MODALITIES):
            raise PluginError(
                f"{name} gathers, so it must consume modalities.", f"Choose among {', '.join(MODALITIES)}."
            )
        if not plugged.deadline > 0:
            raise PluginError(f"{name}.deadline is {plugged.deadline!r}.", "Give it in seconds, over 0.")


def _is_strings(value: Iterable[Any]) -> bool:
    return isinstance(value, (tuple, list, frozenset)) and all(isinstance(each, str) for each in value)


def options_of(plugged: Plugged, section: Mapping[str, Any]) -> Any:
    """The plugin's options from its section of the settings.

    Raises:
        PluginError: an option is unknown or has a wrong value.
    """
    if plugged.Options is None:
        if section:
            raise PluginError(
                f"{plugged.name} takes no options.", f"Remove [plugins.{plugged.name}] from the settings."
            )
        return None
    known = [each.name for each in fields(plugged.Options)]
    unknown = sorted(set(section) - set(known))
    if unknown:
        raise PluginError(
            f"{plugged.name} has no option {', '.join(unknown)}.", f"It has: {', '.join(known)}; mend the settings."
        )
    try:
        return TypeAdapter(plugged.Options).validate_python(dict(section))
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(str(step) for step in each['loc'])}: {each['msg']}" for each in error.errors())
        raise PluginError(
            f"options of {plugged.name}: {wrong}.", f"Mend [plugins.{plugged.name}] in the settings."
        ) from error
