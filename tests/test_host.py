"""The host: a broken plugin is a fact, never a crash."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from importlib.metadata import EntryPoint
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from assistant import hookspecs
from assistant.errors import MissingLibrary
from assistant.hookspecs import hookimpl
from assistant.host import Host
from assistant.plugin import require
from assistant.settings import Settings
from assistant.testing import FakeAnswerer, FakePerceiver, FakePlugin


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path)


def host_of(settings: Settings, **plugins: object) -> Host:
    return Host(settings, plugins=plugins, discover=False)


def test_registers_what_plugins_bring(settings: Settings) -> None:
    """Perceivers and answerers of every plugin are there, answerers best first."""
    host = host_of(
        settings,
        one=FakePlugin(FakePerceiver("eyes"), FakeAnswerer("weak", quality=1)),
        two=FakePlugin(FakeAnswerer("strong", quality=9)),
    )
    assert [runner.name for runner in host.perceivers()] == ["eyes"]
    assert [runner.name for runner in host.answerers()] == ["strong", "weak"]
    assert host.problems() == ()


@pytest.mark.parametrize(
    ("declared", "complaint"),
    [
        ({"consumes": "image"}, "consumes"),
        ({"produces": ()}, "produces nothing"),
        ({"consumes": ()}, "consumes nothing"),
        ({"name": "Not A Name"}, "name"),
        ({"gathers": ("note",), "consumes": ("transcript",)}, "gathers"),
        ({"deadline": 0}, "deadline"),
    ],
)
def test_wrong_declarations_are_problems(settings: Settings, declared: dict[str, Any], complaint: str) -> None:
    """What is declared wrongly is refused by name with the way to mend it, and nothing else is lost."""
    host = host_of(settings, bad=FakePlugin(FakePerceiver(**declared)), good=FakePlugin(FakePerceiver("good")))
    assert [runner.name for runner in host.perceivers()] == ["good"]
    (problem,) = host.problems()
    assert problem.plugin == "bad"
    assert complaint in problem.message
    assert problem.remedy


def test_duplicate_names_keep_the_first(settings: Settings) -> None:
    """Of two perceivers with one name the first stays and the second is reported."""
    host = host_of(settings, a=FakePlugin(FakePerceiver("same")), b=FakePlugin(FakePerceiver("same")))
    assert [(runner.name, runner.plugin) for runner in host.perceivers()] == [("same", "a")]
    assert host.problems()[0].plugin == "b"


def test_a_hook_that_raises_costs_its_plugin_only(settings: Settings) -> None:
    """A registration hook may raise; the other plugins are registered."""

    class Raises:
        @hookimpl
        def register_perceivers(self, register: Any) -> None:
            raise RuntimeError("boom")

    host = host_of(settings, bad=Raises(), good=FakePlugin(FakePerceiver("good")))
    assert [runner.name for runner in host.perceivers()] == ["good"]
    assert "boom" in host.problems()[0].message


def test_wrong_hook_signature_and_unknown_hook_are_problems(settings: Settings) -> None:
    """A hook with an argument nobody passes, and a hook nobody calls, are reported."""

    class WrongArgument:
        @hookimpl
        def register_perceivers(self, registre: Any) -> None: ...

    class UnknownHook:
        @hookimpl
        def register_perceptions(self, register: Any) -> None: ...

    host = host_of(settings, argument=WrongArgument(), unknown=UnknownHook())
    problems = {problem.plugin: problem.message for problem in host.problems()}
    assert "registre" in problems["argument"]
    assert "register_perceptions" in problems["unknown"]


def test_newer_api_is_refused(settings: Settings) -> None:
    """A plugin made for a later plugin API is refused in words."""

    class Newer:
        ASSISTANT_API = 2

    host = host_of(settings, newer=Newer())
    assert "plugin API" in host.problems()[0].message
    assert host.plugins() == ()


@pytest.mark.parametrize("source", ["raise SystemExit(3)", "import not_there_at_all", "def broken(:"])
def test_entry_point_that_cannot_be_imported(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str
) -> None:
    """Discovery survives a module that exits, lacks an import or has a syntax error."""
    module = f"broken_plugin_{abs(hash(source))}"
    (tmp_path / f"{module}.py").write_text(source)
    monkeypatch.syspath_prepend(tmp_path)
    entry = EntryPoint("broken", module, hookspecs.PROJECT)
    monkeypatch.setattr("assistant.discovery.entry_points", lambda group: [entry])
    host = Host(settings)
    assert [problem.plugin for problem in host.problems()] == ["broken"]
    assert "cannot be imported" in host.problems()[0].message


def test_options_are_validated(tmp_path: Path) -> None:
    """Options fill a dataclass; an unknown one and a wrong value are problems that name it."""

    @dataclass(frozen=True)
    class Options:
        model: str = "small"
        beams: int = 1

    def host(**section: Any) -> Host:
        settings = Settings(data_dir=tmp_path, plugins={"eyes": section})
        return host_of(settings, p=FakePlugin(FakePerceiver("eyes", Options=Options)))

    assert host(beams=5).perceivers()[0].services.options == Options("small", 5)
    assert "no option beam." in host(beam=5).problems()[0].message
    assert "beams" in host(beams="many").problems()[0].message


def test_disabled_plugins_are_left_out(tmp_path: Path) -> None:
    """A name in `disabled` leaves out that perceiver."""
    host = host_of(Settings(data_dir=tmp_path, disabled=("eyes",)), p=FakePlugin(FakePerceiver("eyes")))
    assert host.perceivers() == ()
    assert host.problems() == ()


def test_gathering_in_a_circle_is_refused(settings: Settings) -> None:
    """A perceiver that waits for what follows from itself would wait for ever, so it is a problem."""
    host = host_of(
        settings,
        p=FakePlugin(
            FakePerceiver("caption", consumes=("image",), gathers=("mood",), produces=("caption",)),
            FakePerceiver("mood", consumes=("caption",), produces=("mood",)),
        ),
    )
    assert "caption" in host.problems()[0].message
    assert [runner.name for runner in host.perceivers()] == ["mood"]


def test_capabilities_follow_the_dataflow(settings: Settings) -> None:
    """What can be known about a modality includes what others derive from it."""
    host = host_of(
        settings,
        p=FakePlugin(
            FakePerceiver("ears", consumes=("audio",), produces=("transcript",)),
            FakePerceiver("mood", consumes=("transcript",), produces=("sentiment",)),
            FakePerceiver("split", consumes=("video",), produces=("audio",)),
        ),
    )
    assert host.capabilities()["audio"] == ("sentiment", "transcript")
    assert host.capabilities()["video"] == ("sentiment", "transcript")
    assert host.capabilities()["image"] == ()


def test_a_library_that_is_being_imported_counts_as_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """While another thread imports a library its spec may be missing; that is no missing library."""
    half_imported = ModuleType("half_imported")
    half_imported.__spec__ = None
    monkeypatch.setitem(sys.modules, "half_imported", half_imported)
    require("half_imported", install="nothing")
    with pytest.raises(MissingLibrary, match="pip install it"):
        require("not_there_at_all", install="pip install it")


def test_order_of_registration(settings: Settings) -> None:
    """By name, unless a hook asks to be first or last."""
    called: list[str] = []

    class First:
        @hookimpl(tryfirst=True)
        def register_routes(self, register: Any) -> None:
            called.append("z first")

    class Last:
        @hookimpl(trylast=True)
        def register_routes(self, register: Any) -> None:
            called.append("a last")

    class Plain:
        @hookimpl
        def register_routes(self, register: Any) -> None:
            called.append("plain")

    host_of(settings, a=Last(), b=Plain(), z=First())
    assert called == ["z first", "plain", "a last"]


def test_libraries_keep_to_themselves(tmp_path: Path) -> None:
    """ONNX Runtime, which by default collects for its maker what it is used for, does not when plugins use it."""
    pytest.importorskip("onnxruntime")
    program = """
import sys
from pathlib import Path
from assistant.host import Host
from assistant.settings import Settings
if sys.argv[2] == "hosted":
    Host(Settings(data_dir=Path(sys.argv[1]) / "data"))
import onnxruntime
try:
    onnxruntime.InferenceSession(b"no model")
except Exception:
    pass
"""

    def collected(how: str) -> list[Path]:
        home = tmp_path / how
        home.mkdir()
        environment = {"HOME": str(home), "PATH": os.environ["PATH"], "PYTHONPATH": os.environ.get("PYTHONPATH", "")}
        subprocess.run([sys.executable, "-c", program, str(home), how], env=environment, check=True, timeout=60)
        return [path for path in (home / ".cache").rglob("*") if path.is_file()]

    if not collected("alone"):
        pytest.skip("this onnxruntime collects nothing")
    assert collected("hosted") == []


def test_of_answerers_only_light_ones_are_loaded_ahead(settings: Settings) -> None:
    """A server is warm when it is asked, and holds no model that nobody asked for."""
    light, heavy = FakeAnswerer("light"), FakeAnswerer("heavy", memory_mb=500)
    with host_of(settings, one=FakePlugin(FakePerceiver("eyes"), light, heavy)) as host:
        host.warm()
        assert {runner.name for runner in (*host.perceivers(), *host.answerers()) if runner.loaded} == {"eyes", "light"}
