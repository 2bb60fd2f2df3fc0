"""Discovery: installed plugins are found and judged before anything of them is imported."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from plugins_installed import install, only

from assistant import compatibility, disabled, discovery
from assistant.errors import PluginError
from assistant.hookspecs import API_VERSION, PROJECT, Deprecated, hookimpl, hookspec
from assistant.host import Host
from assistant.settings import Settings
from assistant.testing import FakePerceiver, FakePlugin
from assistant.trust import pin

HOOK = "from assistant.hookspecs import hookimpl\n@hookimpl\n"
PLUGIN = """
import sys
sys.modules[__name__ + "_was_imported"] = True
from assistant.hookspecs import hookimpl
from assistant.testing import FakePerceiver

@hookimpl
def register_perceivers(register):
    register(FakePerceiver(__name__.replace(".", "_")))
"""


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    yield from only(tmp_path / "site", monkeypatch)


def host_of(tmp_path: Path, **flags: Any) -> Host:
    return Host(Settings(data_dir=tmp_path / "data", **flags))


def was_imported(module: str) -> bool:
    return f"{module}_was_imported" in sys.modules


# ---- API versions ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("declared", "complaint", "remedy"),
    [
        ('">=2"', "needs plugin API >=2; this assistant has", "Upgrade sensorium"),
        ('">=1.7,<2"', "needs plugin API", "Upgrade sensorium"),
        ('"==3.*"', "needs plugin API", "Upgrade sensorium"),
        ('"~=1.9"', "needs plugin API", "Upgrade sensorium"),
        ("2", "needs plugin API", "Upgrade sensorium"),
        ('"<1"', "needs plugin API <1", "pip install --upgrade outsider-one"),
        ('"==1.0"', "needs plugin API ==1.0", "pip install --upgrade outsider-one"),
        ('">=0.1,<1.1"', "needs plugin API", "install a sensorium whose plugin API is"),
        ('"newest"', "no range of versions", '">=1.0,<2"'),
        ('""', "no range of versions", '">=1.0,<2"'),
        ("True", "no range of versions", '">=1.0,<2"'),
        ("1.5", "no range of versions", '">=1.0,<2"'),
        ("0", "no range of versions", '">=1.0,<2"'),
    ],
)
def test_another_api_is_refused_without_importing(
    site: Path, tmp_path: Path, declared: str, complaint: str, remedy: str
) -> None:
    """The message says what it needs, what there is, and which of both to upgrade; its module never runs."""
    source = f"ASSISTANT_API = {declared}\nimport a_name_that_only_the_other_api_has\n{PLUGIN}"
    install(site, "outsider-one", {"outsider_one.py": source}, plugins={"one": "outsider_one"})
    (problem,) = host_of(tmp_path).problems()
    assert complaint in problem.message
    assert remedy in problem.remedy
    assert problem.level == "error"
    assert not was_imported("outsider_one")


@pytest.mark.parametrize("declared", ["", 'ASSISTANT_API = ">=1.0,<2"', 'ASSISTANT_API: str = ">=1.1"'])
def test_a_fitting_api_is_no_problem(site: Path, tmp_path: Path, declared: str) -> None:
    """A range that holds our version, or none at all, is accepted in silence."""
    install(site, "outsider-one", {"outsider_one.py": f"{declared}\n{PLUGIN}"}, plugins={"one": "outsider_one"})
    host = host_of(tmp_path)
    assert host.problems() == ()
    assert [runner.name for runner in host.perceivers()] == ["outsider_one"]


def test_the_old_form_works_with_a_warning(site: Path, tmp_path: Path) -> None:
    """A whole number is accepted until API 2, and one warning says what to write."""
    install(site, "outsider-one", {"outsider_one.py": f"ASSISTANT_API = 1\n{PLUGIN}"}, plugins={"one": "outsider_one"})
    host = host_of(tmp_path)
    (problem,) = host.problems()
    assert problem.to_json()["level"] == "warning"
    assert 'ASSISTANT_API = ">=1.0,<2"' in problem.remedy
    assert [runner.name for runner in host.perceivers()] == ["outsider_one"]


@pytest.mark.parametrize("declared", ['ASSISTANT_API = ">=" + "2"', "from outsider_api import ASSISTANT_API"])
def test_what_the_source_does_not_tell_the_module_does(site: Path, tmp_path: Path, declared: str) -> None:
    """A value that is computed or imported is judged once the module is there; nothing is registered."""
    files = {"outsider_one.py": f"{declared}\n{PLUGIN}", "outsider_api.py": 'ASSISTANT_API = ">=2"\n'}
    install(site, "outsider-one", files, plugins={"one": "outsider_one"})
    host = host_of(tmp_path)
    assert "needs plugin API >=2" in host.problems()[0].message
    assert was_imported("outsider_one")
    assert host.perceivers() == ()


def test_reading_the_source_imports_no_package(site: Path, tmp_path: Path) -> None:
    """For a module inside of packages, not even these run before it is judged."""
    noticed = "import sys; sys.modules[__name__ + '_was_imported'] = True\n"
    files = {
        "outsider/__init__.py": noticed,
        "outsider/inner/__init__.py": noticed,
        "outsider/inner/plugin.py": 'ASSISTANT_API = ">=2"\n' + noticed,
    }
    install(site, "outsider-deep", files, plugins={"deep": "outsider.inner.plugin"})
    assert "needs plugin API" in host_of(tmp_path).problems()[0].message
    assert not [name for name in sys.modules if name.startswith("outsider")]


@given(st.one_of(st.integers(), st.text(), st.floats(), st.none(), st.binary(), st.lists(st.text())))
def test_any_declared_api_is_understood_or_refused(declared: Any) -> None:
    """Whatever stands there, it is a range or a PluginError that shows the form."""
    try:
        asked = compatibility.asked(declared)
    except PluginError as error:
        assert ">=1.0,<2" in error.remedy  # noqa: PT017
        return
    refused = compatibility.refusal(asked, "one")
    assert (refused is None) == asked.versions.contains(API_VERSION, prereleases=True)


# ---- what goes away -------------------------------------------------------------------------------------------------


class Past:
    """Hooks of a plugin API that could have been."""

    @hookspec(warn_on_impl=Deprecated("1.1", instead="register_perceivers", gone="2.0"))
    def register_senses(self, register: Any) -> None:
        """What perceivers were called."""

    @hookspec(
        warn_on_impl_args={"settings": Deprecated("1.1", instead="`Services.options` in `load`", gone="2.0")},
    )
    def register_things(self, register: Any, settings: Any) -> None:
        """A hook that was handed more than it needs."""


def test_a_deprecated_hook_works_and_warns(tmp_path: Path) -> None:
    """A plugin that uses it is told since when, what to use, and when it goes; what it registers is there."""

    class Old:
        @hookimpl
        def register_senses(self, register: Any) -> None:
            register(FakePerceiver("sense"))

    host = Host(Settings(data_dir=tmp_path), plugins={"old": Old()}, discover=False, specifications=[Past])
    (problem,) = host.problems()
    assert problem.level == "warning"
    for words in ("register_senses", "since plugin API 1.1", "gone in 2.0", "register_perceivers"):
        assert words in problem.message
    assert [runner.name for runner in host.perceivers()] == ["sense"]


def test_a_deprecated_argument_warns_whoever_takes_it(tmp_path: Path) -> None:
    """Only the plugin that takes the argument hears of it."""

    class Old:
        @hookimpl
        def register_things(self, register: Any, settings: Any) -> None: ...

    class New:
        @hookimpl
        def register_things(self, register: Any) -> None: ...

    host = Host(
        Settings(data_dir=tmp_path), plugins={"new": New(), "old": Old()}, discover=False, specifications=[Past]
    )
    (problem,) = host.problems()
    assert (problem.plugin, problem.level) == ("old", "warning")
    assert "takes settings" in problem.message


# ---- the allow-list -------------------------------------------------------------------------------------------------


def test_only_what_is_allowed_is_imported(site: Path, tmp_path: Path) -> None:
    """The others never run, and the problem names the way to list them."""
    one = install(site, "outsider-one", {"outsider_one.py": PLUGIN}, plugins={"one": "outsider_one"})
    install(site, "outsider-two", {"outsider_two.py": PLUGIN}, plugins={"two": "outsider_two"})
    host = host_of(tmp_path, allowed=[pin(one)])
    assert [runner.name for runner in host.perceivers()] == ["outsider_one"]
    (problem,) = host.problems()
    assert problem.plugin == "two"
    assert "assistant plugins pin outsider-two" in problem.remedy
    assert not was_imported("outsider_two")


def test_a_module_in_front_of_a_pinned_one_is_not_imported(
    site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file of the same name earlier on the import path is found out before it runs."""
    one = install(site, "outsider-one", {"outsider_one.py": PLUGIN}, plugins={"one": "outsider_one"})
    (tmp_path / "front").mkdir()
    (tmp_path / "front" / "outsider_one.py").write_text(PLUGIN)
    monkeypatch.syspath_prepend(tmp_path / "front")
    host = host_of(tmp_path, allowed=[pin(one)])
    assert "would be imported from" in host.problems()[0].message
    assert not was_imported("outsider_one")


# ---- the disable list -----------------------------------------------------------------------------------------------


def test_what_is_disabled_is_left_out_and_known(site: Path, tmp_path: Path) -> None:
    """By plugin or by perceiver, by settings or by the list: not imported or not registered, and the way back."""
    for name in ("one", "two", "three", "four"):
        module = f"outsider_{name}"
        install(site, f"outsider-{name}", {f"{module}.py": PLUGIN}, plugins={name: module})
    disabled.disable(tmp_path / "data", "two", "outsider_three")
    host = host_of(tmp_path, disabled=["one"])
    assert [runner.name for runner in host.perceivers()] == ["outsider_four"]
    assert host.problems() == ()
    assert {(each.name, each.plugin, each.place) for each in host.left_out()} == {
        ("one", "one", "settings"),
        ("two", "two", "data directory"),
        ("outsider_three", "three", "data directory"),
    }
    remedies = {each.name: each.to_json()["remedy"] for each in host.left_out()}
    assert remedies["two"] == "assistant plugins enable two"
    assert "`disabled`" in remedies["one"]
    assert not was_imported("outsider_one")
    assert not was_imported("outsider_two")


def test_a_list_that_cannot_be_read_is_a_problem(site: Path, tmp_path: Path) -> None:
    """The host starts all the same, and says which file to mend."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "plugins.json").write_text("{")
    install(site, "outsider-one", {"outsider_one.py": PLUGIN}, plugins={"one": "outsider_one"})
    host = host_of(tmp_path)
    assert str(tmp_path / "data" / "plugins.json") in host.problems()[0].message
    assert len(host.perceivers()) == 1


# ---- whatever a plugin does -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ("raise SystemExit(3)", "SystemExit: 3"),
        ("raise GeneratorExit", "GeneratorExit"),
        ("class E(Exception):\n  def __str__(self): raise self\nraise E()", "E."),
        ("def broken(:", "SyntaxError"),
        ("\0", "cannot be imported"),
        ("import sys; sys.modules[__name__] = None", "no hook"),
        ("def register_perceivers(register): pass", "@hookimpl"),
        (HOOK + "def register_perceivers(register): raise SystemExit", "raised SystemExit"),
        (HOOK + "def register_perceivers(*register): pass", ""),
        (HOOK + "def register_perceivers(registre): pass", "registre"),
        ("class A:\n  @property\n  def __class__(self): raise ValueError\na = A()", ""),
        ("def __getattr__(name): raise ValueError(name)", "ASSISTANT_API"),
    ],
)  # fmt: skip
def test_a_bad_module_costs_only_itself(site: Path, tmp_path: Path, source: str, complaint: str) -> None:
    """It exits, raises, or is no Python: one problem, and the plugin beside it works."""
    install(site, "outsider-bad", {"outsider_bad.py": source}, plugins={"bad": "outsider_bad"})
    install(site, "outsider-good", {"outsider_good.py": PLUGIN}, plugins={"good": "outsider_good"})
    host = host_of(tmp_path)
    assert [runner.name for runner in host.perceivers()] == ["outsider_good"]
    assert all(problem.plugin == "bad" and problem.remedy for problem in host.problems())
    if complaint:
        (problem,) = host.problems()
        assert complaint in f"{problem.message} {problem.remedy}"


def test_what_a_module_prints_is_no_output_of_ours(
    site: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Standard output belongs to the command, which may be writing JSON."""
    install(site, "outsider-loud", {"outsider_loud.py": "print('hello')"}, plugins={"loud": "outsider_loud"})
    host_of(tmp_path)
    assert capsys.readouterr() == ("", "hello\n")


def test_a_slow_import_is_named(
    site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Whoever waits at start-up can read in the log for whom."""
    monkeypatch.setattr(discovery, "SLOW_SECONDS", -1.0)
    install(site, "outsider-slow", {"outsider_slow.py": ""}, plugins={"slow": "outsider_slow"})
    with caplog.at_level(logging.WARNING):
        host_of(tmp_path)
    assert "plugin slow took" in caplog.text


def test_two_of_one_name(site: Path, tmp_path: Path) -> None:
    """The first stays; the problem names both distributions."""
    install(site, "outsider-one", {"outsider_one.py": PLUGIN}, plugins={"same": "outsider_one"})
    install(site, "outsider-two", {"outsider_two.py": PLUGIN}, plugins={"same": "outsider_two"})
    host = host_of(tmp_path)
    assert [runner.name for runner in host.perceivers()] == ["outsider_one"]
    assert {"outsider-one", "outsider-two"} <= set(host.problems()[0].remedy.replace(".", "").split())
    assert not was_imported("outsider_two")


@pytest.mark.parametrize("value", ["", "not a module", "a:b:c", "1"])
def test_an_entry_point_that_names_no_module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    """It is a problem that names what to remove."""
    monkeypatch.setattr(discovery, "entry_points", lambda group: [EntryPoint("odd", value, PROJECT)])
    (problem,) = host_of(tmp_path).problems()
    assert problem.plugin == "odd"


def test_broken_metadata_costs_only_its_own(site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An entry_points.txt that cannot be parsed does not hide the plugins of others."""
    import importlib.metadata

    install(site, "outsider-good", {"outsider_good.py": PLUGIN}, plugins={"good": "outsider_good"})
    install(site, "outsider-bad", {"outsider_bad.py": PLUGIN}, plugins={"bad": "outsider_bad"})
    (site / "outsider_bad-1.0.dist-info" / "entry_points.txt").write_text("[assistant]\nno equals sign\n")
    everywhere = importlib.metadata.distributions
    monkeypatch.setattr(importlib.metadata, "distributions", lambda: everywhere(path=[str(site)]))
    host = host_of(tmp_path)
    assert [runner.name for runner in host.perceivers()] == ["outsider_good"]
    assert [problem.plugin for problem in host.problems()] == ["outsider-bad"]


def test_plugins_that_are_given_can_be_disabled_too(tmp_path: Path) -> None:
    """By the plugin's name as well as by that of what it brings."""
    settings = Settings(data_dir=tmp_path, disabled=("given",))
    host = Host(settings, plugins={"given": FakePlugin(FakePerceiver("eyes"))}, discover=False)
    assert host.perceivers() == ()
    assert [each.name for each in host.left_out()] == ["given"]
