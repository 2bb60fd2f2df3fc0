"""Installing plugins: shown first, refused where others would break, done exactly; into environments of the tests."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest
from tiny_wheels import plugin_wheel, wheel

from assistant.environments import building, site_directories
from assistant.errors import InstallError
from assistant.installing.pip import Pip, without_password
from assistant.installing.plan import planned


@pytest.fixture(autouse=True)
def _only_what_is_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """pip looks nowhere but where the test says."""
    for name in os.environ:
        if name.startswith("PIP_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    """Where the wheels of a test lie."""
    return tmp_path / "shelf"


def where(shelf: Path) -> tuple[str, ...]:
    """Options for pip: this shelf and nothing else."""
    return "--no-index", "--find-links", str(shelf)


# ---- refusals: nothing is ever installed into the environment that runs the tests -----------------------------------


def test_what_the_core_needs_keeps_its_version(shelf: Path) -> None:
    """A plugin that wants an older pluggy is refused, by name and version, and pointed to an own environment."""
    wheel(shelf, "pluggy", "1.0", {"pluggy.py": ""})
    plugin_wheel(shelf, requires=["pluggy<1.1"])
    with pytest.raises(InstallError) as refused, planned(["assistant-tiny"], options=where(shelf)):
        pass
    assert "would become 1.0 (sensorium needs it)" in refused.value.message
    assert "--own-environment" in refused.value.remedy


def test_the_core_itself_is_not_replaced(shelf: Path) -> None:
    """Neither by its name nor as somebody's need."""
    wheel(shelf, "sensorium", "99", {"s.py": ""})
    plugin_wheel(shelf, requires=["sensorium>=99"])
    with pytest.raises(InstallError, match="assistant itself"), planned(["assistant-tiny"], options=where(shelf)):
        pass


@pytest.mark.parametrize(
    ("requirement", "message"),
    [
        ("git+https://example.org/x.git", "has to be built"),
        ("x @ git+https://user:secret@example.org/x.git", "has to be built"),
        ("https://example.org/x.tar.gz", "no wheel"),
    ],
)
def test_what_would_run_code_before_the_question_is_refused(requirement: str, message: str) -> None:
    """Repositories and archives need --allow-source; a password in an address is not repeated."""
    with pytest.raises(InstallError, match=message) as refused, planned([requirement]):
        pass
    assert "--allow-source" in refused.value.remedy
    assert "secret" not in str(refused.value)


def test_a_wheel_that_needs_a_repository_is_refused(shelf: Path) -> None:
    """Its needs would be built, too, before the question."""
    made = plugin_wheel(shelf, requires=["evil @ git+https://example.org/evil.git"])
    with pytest.raises(InstallError, match="evil"), planned([str(made)], options=where(shelf)):
        pass


def test_pips_own_complaint_is_passed_on(shelf: Path) -> None:
    """What cannot be found is told in pip's words, with what may help."""
    shelf.mkdir()
    with pytest.raises(InstallError, match="assistant-nowhere") as failed:
        Pip(where(shelf)).resolve(["assistant-nowhere"])
    assert "--allow-source" in failed.value.remedy


@pytest.mark.parametrize("options", [["--target", "/"], ["--user"], ["--no-index", "--force-reinstall"], ["install"]])
def test_only_where_to_look_is_passed_to_pip(options: list[str]) -> None:
    """An option that changes what pip does is refused."""
    with pytest.raises(InstallError, match="not passed on"):
        Pip(options)


def test_without_pip_it_is_said_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Environments of other tools have none."""
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(InstallError, match="pip is not installed") as refused:
        Pip()
    assert "ensurepip" in refused.value.remedy


def test_the_systems_python_is_left_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An externally managed Python is the operating system's to change."""
    (tmp_path / "EXTERNALLY-MANAGED").touch()
    monkeypatch.setattr(sys, "prefix", sys.base_prefix)
    monkeypatch.setattr("sysconfig.get_path", lambda name: str(tmp_path))
    with pytest.raises(InstallError, match="system's own Python") as refused, planned(["assistant-tiny"]):
        pass
    assert "--own-environment" in refused.value.remedy


def test_passwords_in_addresses_are_not_shown() -> None:
    """An index may be given with one."""
    assert without_password("https://me:secret@example.org:81/x?y") == "https://example.org:81/x?y"
    assert without_password("file:///a@b/c") == "file:///a@b/c"


# ---- plans, and carrying them out -----------------------------------------------------------------------------------


def test_a_plan_shows_everything_and_does_exactly_that(shelf: Path, tmp_path: Path) -> None:
    """What comes, from which version to which, how large, from where, with which plugins; and then only that."""
    plugin_wheel(shelf, requires=["iniconfig<1"], body="import iniconfig; yield iniconfig.PLACE")
    wheel(shelf, "iniconfig", "0.1", {"iniconfig.py": "PLACE = 'own'\n"})
    with building(tmp_path, "own") as draft:
        with planned(["assistant-tiny"], options=where(shelf), python=draft.executable) as plan:
            plugin, need = plan.changes
            assert (plugin.name, plugin.before, plugin.requested, plugin.plugins) == (
                "assistant-tiny",
                "",
                True,
                {"tiny": "assistant_tiny"},
            )
            assert (need.name, need.version, need.requested) == ("iniconfig", "0.1", False)
            assert need.before >= "1"
            assert plugin.size == (shelf / "assistant_tiny-0.1-py3-none-any.whl").stat().st_size
            wheel(shelf, "iniconfig", "0.2", {"iniconfig.py": "PLACE = 'slipped in'\n"})  # after it was shown
            plan.apply()
        draft.finish(plugin.name)
    code = "import iniconfig, assistant; print(iniconfig.PLACE)"
    command = [tmp_path / "environments" / "own" / "bin" / "python", "-I", "-c", code]
    assert subprocess.run(command, check=True, capture_output=True, text=True).stdout == "own\n"


def test_an_own_environment_must_leave_the_core_whole(shelf: Path, tmp_path: Path) -> None:
    """The core's code runs there too: what it needs must hold there as well."""
    plugin_wheel(shelf, requires=["pluggy<1.1"])
    wheel(shelf, "pluggy", "1.0", {"pluggy.py": ""})
    with building(tmp_path, "own") as draft:
        requirement, python = ["assistant-tiny"], draft.executable
        with pytest.raises(InstallError, match="sensorium needs pluggy"):
            planned(requirement, options=where(shelf), python=python).__enter__()


def test_what_is_fetched_is_judged(shelf: Path, tmp_path: Path) -> None:
    """The allow-list, names that are taken, code at every start of Python, files of others."""
    startup = {"tiny_start.pth": "import this\n"}
    made = str(plugin_wheel(shelf, files=startup))
    with building(tmp_path, "own") as draft:
        python = draft.executable
        with pytest.raises(InstallError, match="setting `allowed`"):
            planned([made], options=where(shelf), python=python, allowed=["assistant-tiny==0.2", "x"]).__enter__()
        with pytest.raises(InstallError, match="is there already"):
            planned([made], options=where(shelf), python=python, taken={"tiny": "the environment x"}).__enter__()
        with planned([made], options=where(shelf), python=python, allowed=["Assistant_Tiny==0.1"]) as plan:
            assert any(".pth" in note for note in plan.notes)
    thief = wheel(shelf, "thief", "1", {"pluggy/__init__.py": ""})
    if any((Path(each) / "pluggy" / "__init__.py").is_file() for each in site_directories()):
        with pytest.raises(InstallError, match="would overwrite pluggy"):
            planned([str(thief)], options=where(shelf)).__enter__()


# ---- the commands, in an environment of the test's own ---------------------------------------------------------------


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Interpreter of an environment over the one that runs the tests: to install into."""
    root = tmp_path_factory.mktemp("overlay")
    venv.EnvBuilder(with_pip=False, symlinks=True).create(root)
    lines = [f"import site; site.addsitedir({each!r})\n" for each in site_directories()]
    (next((root / "lib").iterdir()) / "site-packages" / "overlay.pth").write_text("".join(lines))
    return root / "bin" / "python"


def plugins(python: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [python, "-m", "assistant", "plugins", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)


def test_install_and_uninstall(python: Path, shelf: Path) -> None:
    """Nothing happens without a yes; then the plugin is there; removed, it is gone, and what it needed is told."""
    plugin_wheel(shelf, requires=["sensorium", "sensorium-test-need"])
    wheel(shelf, "sensorium-test-need", "3", {"sensorium_test_need.py": ""})
    asked = plugins(python, "install", "assistant-tiny", "--", *where(shelf))
    assert (asked.returncode, "--yes" in asked.stderr) == (2, True)
    done = plugins(python, "install", "assistant-tiny", "--yes", "--json", "--", *where(shelf))
    told = json.loads(done.stdout)
    assert told["installed"], done.stderr
    assert [each["name"] for each in told["changes"]] == ["assistant-tiny", "sensorium-test-need"]
    assert told["problems"] == []
    assert [(each["name"], each["perceivers"]) for each in told["plugins"]] == [("tiny", ["tiny"])]
    assert told["pins"][0].startswith("assistant-tiny==0.1 --hash=sha256:")
    again = plugins(python, "install", "assistant-tiny", "--yes", "--", *where(shelf))
    assert "nothing to do" in again.stdout
    removed = plugins(python, "uninstall", "tiny", "--yes")
    assert "which stay: sensorium-test-need==3" in removed.stdout
    gone = plugins(python, "uninstall", "tiny", "--yes")
    assert (gone.returncode, "No plugin" in gone.stderr) == (1, True)


def test_install_into_an_own_environment(python: Path, shelf: Path, tmp_path: Path) -> None:
    """Made once, made anew with --upgrade, removed as a whole; the assistant's environment stays as it is."""
    data_dir = Path(os.environ["ASSISTANT_DATA_DIR"])
    plugin_wheel(shelf, requires=["iniconfig<1"])
    wheel(shelf, "iniconfig", "0.1", {"iniconfig.py": ""})
    arguments = ("install", "assistant-tiny", "--own-environment", "--yes")
    looked = plugins(python, *arguments, "--dry-run", "--", *where(shelf))
    assert "change iniconfig" in looked.stdout
    assert not list((data_dir / "environments").glob("[!.]*"))
    made = plugins(python, *arguments, "--json", "--", *where(shelf))
    assert json.loads(made.stdout)["environment"] == "assistant-tiny"
    assert (data_dir / "environments" / "assistant-tiny" / "environment.json").is_file()
    assert "there already" not in made.stderr
    again = plugins(python, *arguments, "--", *where(shelf))
    assert (again.returncode, "--upgrade" in again.stderr) == (1, True)
    removed = plugins(python, "uninstall", "tiny", "--yes", "--json")
    assert json.loads(removed.stdout)["environment"] == "assistant-tiny"
    assert not list((data_dir / "environments").glob("[!.]*"))


def test_what_may_not_be_removed(python: Path) -> None:
    """The assistant itself, what is no plugin, and what another needs."""
    assert "assistant itself" in plugins(python, "uninstall", "sensorium", "--yes").stderr
    assert "No plugin" in plugins(python, "uninstall", "numpy", "--yes").stderr
