"""Draws the settings panel: what is installed, its state, and the options a person may set for their questions. Not for
taking what they set: see chat.py.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeAlias

from markupsafe import Markup

from assistant.inventory import SORTS
from assistant_ui.evidence import readable
from assistant_ui.icons import icon
from assistant_ui.markup import classes, tag
from assistant_ui.texts import Texts

Chosen: TypeAlias = "Mapping[str, Mapping[str, Any]]"
"""Perceiver -> option -> the value chosen."""
Wrong: TypeAlias = "Mapping[tuple[str, str], tuple[str, str]]"
"""Perceiver and option -> what was typed, and what is wrong with it."""
QUIET: Final = ("ready",)
"""States that need no explanation."""


def panel(state: Mapping[str, Any], chosen: Chosen, wrong: Wrong, texts: Texts) -> Markup:
    """The whole panel, from an `assistant.api.plugins.inventory`."""
    objects = [(sort, each) for sort in SORTS for each in state[sort]]
    plugins = sorted(state["plugins"], key=lambda plugin: (not _settable(plugin["name"], objects), plugin["name"]))
    cards = [
        _plugin(plugin, [each for each in objects if each[1]["plugin"] == plugin["name"]], chosen, wrong, texts)
        for plugin in plugins
    ]
    return tag(
        "section",
        tag(
            "header",
            tag("h2", icon("settings"), texts.settings, id="preferences-title", tabindex="-1"),
            tag("button", icon("close"), type="button", class_="action", data_do="leave", aria_label=texts.close),
        ),
        tag("p", texts.settings_hint, class_="caption"),
        _problems(state["problems"], texts),
        *cards,
        _left_out(state["left_out"], texts),
        class_="preferences",
    )


def _settable(plugin: str, objects: Sequence[tuple[str, Mapping[str, Any]]]) -> bool:
    return any(each["plugin"] == plugin and _own(each) for _, each in objects)


def _own(each: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [fact for fact in each["options"] if fact["per_turn"]]


def _problems(problems: Sequence[Mapping[str, Any]], texts: Texts) -> Markup | None:
    items = [
        tag(
            "li",
            icon("gap"),
            tag("span", tag("strong", each["plugin"] + ": "), each["message"], " ", tag("span", each["remedy"])),
            data_level=each["level"],
        )
        for each in problems
    ]
    return tag("section", tag("h3", texts.plugin_problems), tag("ul", *items, class_="notes")) if items else None


def _left_out(left_out: Sequence[Mapping[str, Any]], texts: Texts) -> Markup | None:
    items = [
        tag("li", tag("strong", readable(each["name"])), " ", tag("span", each["remedy"], class_="remedy"))
        for each in left_out
    ]
    return tag("section", tag("h3", texts.left_out), tag("ul", *items, class_="left-out")) if items else None


def _plugin(
    plugin: Mapping[str, Any],
    objects: Sequence[tuple[str, Mapping[str, Any]]],
    chosen: Chosen,
    wrong: Wrong,
    texts: Texts,
) -> Markup:
    states = [each["state"] for _, each in objects if each["state"] not in QUIET]
    changed = any(chosen.get(each["name"]) for _, each in objects)
    extra = [f"{texts.sorts[sort]}: {', '.join(plugin[sort])}" for sort in ("formats", "panels") if plugin[sort]]
    return tag(
        "details",
        tag(
            "summary",
            tag("strong", readable(plugin["name"])),
            tag("small", " ".join(filter(None, (plugin["distribution"], plugin["version"])))),
            tag("span", texts.changed, class_="badge") if changed else None,
            *[_badge(state, texts) for state in dict.fromkeys(states)],
        ),
        tag("p", " · ".join(extra), class_="caption") if extra else None,
        *[_object(sort, each, chosen.get(each["name"], {}), wrong, texts) for sort, each in objects],
        class_="plugin",
        data_plugin=plugin["name"],
        open=any(_own(each) for _, each in objects),
    )


def _badge(state: str, texts: Texts) -> Markup:
    good = state in ("ready", "loading")
    return tag("span", texts.plugin_states.get(state, readable(state)), class_=classes("badge", not good and "unsure"))


def _object(sort: str, each: Mapping[str, Any], chosen: Mapping[str, Any], wrong: Wrong, texts: Texts) -> Markup:
    own = _own(each)
    rest = [fact for fact in each["options"] if not fact["per_turn"]]
    facts = [texts.sorts[sort], texts.tiers.get(str(each["tier"]).partition(" ")[0], each["tier"])]
    if each.get("restarts"):
        facts.append(texts.restarts.format(count=each["restarts"]))
    if each.get("pid"):
        facts.append(f"pid {each['pid']}")
    resting = each["resting_seconds"] > 0
    return tag(
        "section",
        tag("h4", readable(each["name"]), _badge(each["state"], texts), tag("small", " · ".join(facts))),
        tag("p", texts.again_in.format(seconds=round(each["resting_seconds"])), class_="caption") if resting else None,
        tag("p", each["reason"], class_="reason") if each["reason"] else None,
        *[_field(each["name"], fact, chosen, wrong.get((each["name"], fact["name"])), texts) for fact in own],
        tag(
            "details",
            tag("summary", texts.fixed_options.format(count=len(rest))),
            tag("dl", *[line for fact in rest for line in _fixed(each["name"], fact, texts)]),
            class_="fixed",
            data_plugin=f"{each['plugin']}/{each['name']}",
        )
        if rest
        else None,
        class_="plugged",
        data_state=each["state"],
    )


def _fixed(name: str, fact: Mapping[str, Any], texts: Texts) -> tuple[Markup, Markup]:
    value = json.dumps(fact["value"], ensure_ascii=False)
    changed = fact["value"] != fact["default"]
    default = json.dumps(fact["default"], ensure_ascii=False)
    return tag("dt", tag("code", fact["name"]), tag("small", fact["type"])), tag(
        "dd",
        tag("span", value, class_="value"),
        tag("small", texts.default.format(value=default)) if changed else None,
        tag("p", fact["description"]) if fact["description"] else None,
        tag("p", texts.set_by.format(line=f"[plugins.{name}] {fact['name']} = …"), class_="set-by"),
    )


def _field(
    name: str, fact: Mapping[str, Any], chosen: Mapping[str, Any], wrong: tuple[str, str] | None, texts: Texts
) -> Markup:
    """A label, the field that fits the option's type, what it is for, what is wrong, and the way back."""
    key = f"option-{name}-{fact['name']}"
    value = chosen.get(fact["name"], fact["value"])
    common: dict[str, Any] = {
        "id": key,
        "data_of": name,
        "data_option": fact["name"],
        "aria_describedby": f"{key}-about {key}-wrong",
        "aria_invalid": "true" if wrong else None,
    }
    usual = _said(fact["value"], texts)
    return tag(
        "div",
        tag("label", readable(fact["name"]), for_=key),
        _widget(fact, value, wrong[0] if wrong else None, common, texts),
        tag(
            "button",
            icon("retry"),
            type="button",
            class_="action",
            id=f"{key}-usual",
            data_do="usual",
            data_value=json.dumps({"of": name, "option": fact["name"]}),
            aria_label=texts.back_to.format(value=usual),
            title=texts.back_to.format(value=usual),
        )
        if fact["name"] in chosen or wrong
        else None,
        tag("p", fact["description"], " ", tag("small", texts.default.format(value=usual)), id=f"{key}-about"),
        tag("p", wrong[1] if wrong else "", id=f"{key}-wrong", class_="wrong", role="alert"),
        class_="option",
    )


def _said(value: Any, texts: Texts) -> str:
    return texts.nothing if value in (None, "") else json.dumps(value, ensure_ascii=False).strip('"')


def _widget(fact: Mapping[str, Any], value: Any, kept: str | None, common: dict[str, Any], texts: Texts) -> Markup:
    kinds = {each.strip() for each in fact["type"].split("|")}
    if kinds == {"bool"}:
        return tag("input", type="checkbox", role="switch", checked=bool(value), data_kind="switch", **common)
    if fact["choices"]:
        options = [
            tag("option", _said(choice, texts), value=json.dumps(choice), selected=choice == value)
            for choice in fact["choices"]
        ]
        return tag("select", *options, **common)
    shown = (
        kept if kept is not None else "" if value is None else value if isinstance(value, str) else json.dumps(value)
    )
    if kinds <= {"int", "float", "None"}:
        return tag("input", type="number", step="1" if "float" not in kinds else "any", value=shown, **common)
    return tag("input", type="text", value=shown, autocomplete="off", spellcheck="false", **common)
