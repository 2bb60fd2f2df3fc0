"""A plugin in a process of its own tries to get out of it, by ways that Landlock and namespaces leave open."""

from __future__ import annotations

import os
import resource
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from assistant import system_calls
from assistant.app import Assistant
from assistant.environments import building
from assistant.host import Host
from assistant.isolation import Program, confinement_report, describe, isolated
from assistant.settings import Settings
from assistant.testing import FakePlugin

Try = Callable[[str], str]
TESTS = str(Path(__file__).parent)
needs_filter = pytest.mark.skipif(
    not confinement_report()["signals"], reason="the kernel does not keep processes apart"
)


@pytest.fixture(scope="module")
def tried(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Try]:
    """What came of one try: "done", or "refused: " and the class of the error."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("data"), engine={"breaker_failures": 1000})
    program = Program("burglar", "isolation_burglar", path=(TESTS,), hidden=(settings.data_dir,))
    description = describe(program, {})
    assert description.troubles == ()
    plugins = {"burglar": FakePlugin(*(isolated(program, each) for each in description.plugged))}
    with Assistant(settings, host=Host(settings, plugins=plugins, discover=False)) as assistant:

        def asked(text: str) -> str:
            reply = assistant.ask(text)
            found = [seen.text for seen in reply.observations if seen.source == "burglar"]
            return found[0] if len(found) == 1 else f"{len(found)} {[gap.cause for gap in reply.gaps]}"

        yield asked


@needs_filter
def test_reaches_no_socket_that_has_a_path(tried: Try, tmp_path: Path) -> None:
    """A desktop's or a container engine's socket would run commands for it; Landlock does not know of such sockets."""
    with socket.socket(socket.AF_UNIX) as stream, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as datagrams:
        stream.bind(str(tmp_path / "stream"))
        stream.listen()
        datagrams.bind(str(tmp_path / "datagrams"))
        assert tried(f"connect {tmp_path / 'stream'}").startswith("refused")
        assert tried(f"turn {tmp_path / 'datagrams'}").startswith("refused")


@needs_filter
def test_makes_no_socket_of_another_kind(tried: Try) -> None:
    """Of virtual machines' sockets (40) and the kernel's own (38) no namespace keeps it."""
    assert {tried(f"family {number}") for number in (38, 40)} == {"refused: PermissionError"}


def test_may_talk_to_itself(tried: Try) -> None:
    """Two connected ends, as event loops make them, lead nowhere else."""
    assert tried("pair") == "x"


@pytest.mark.skipif(not confinement_report()["files"], reason="the kernel has no Landlock")
def test_changes_no_rights_of_files(tried: Try, tmp_path: Path) -> None:
    """What it cannot read it can neither open to others, nor close to the assistant, nor mark."""
    file = tmp_path / "private"
    file.write_text("x")
    file.chmod(0o600)
    before = file.stat()
    for what in ("open_to_all", "age", "mark"):
        assert tried(f"{what} {file}").startswith("refused")
    assert (file.stat().st_mode, file.stat().st_mtime) == (before.st_mode, before.st_mtime)
    assert os.listxattr(file) == []


def test_does_with_its_own_files_as_it_likes(tried: Try) -> None:
    """Libraries copy files with their rights and times."""
    if confinement_report()["scratch"]:
        assert tried("own") == "x"


def test_gets_no_descriptor_however_many_are_open(tmp_path: Path) -> None:
    """Those that pass into its process end in it, even where the assistant has thousands open."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < 2048:
        pytest.skip("so many files cannot be opened here")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 2048), hard))
    held = [os.open("/dev/null", os.O_RDONLY) for _ in range(1200)]
    try:
        program = Program("burglar", "isolation_burglar", path=(TESTS,))
        plugins = {"burglar": FakePlugin(*(isolated(program, each) for each in describe(program, {}).plugged))}
        settings = Settings(data_dir=tmp_path)
        with Assistant(settings, host=Host(settings, plugins=plugins, discover=False)) as assistant:
            (seen,) = assistant.ask("descriptors").observations
    finally:
        for each in held:
            os.close(each)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert int(seen.text) <= 6  # input, output, error, its calls, this call, and the directory that lists them


def test_long_observations_all_come(tried: Try) -> None:
    """It may yield them faster than they are read, though the kernel allows few descriptors to be under way."""
    assert tried("tell 400") == "400 []"


def test_is_not_listened_to_for_ever(tried: Try) -> None:
    """Of what it says in one call the assistant keeps 64 MB at most, whatever its deadline."""
    count, _, causes = tried("tell 5000").partition(" ")
    assert int(count) * 100_000 < 64 << 20
    assert causes == "['crashed']"


@pytest.mark.skipif(os.uname().machine not in ("x86_64", "aarch64"), reason="numbers of calls are not known here")
@pytest.mark.parametrize(("network", "changes"), [(False, False), (True, True)])
def test_filter_alone(tmp_path: Path, network: bool, changes: bool) -> None:
    """Where a container forbids namespaces, the filter keeps a process from the network and from rights of files."""
    file = tmp_path / "file"
    file.write_text("x")
    child = os.fork()
    if child == 0:
        held = system_calls.refuse(network=network, changes=changes)
        found = [_works(lambda: socket.socket().close()), _works(lambda: file.chmod(0o640))]
        os._exit(0 if held and found == [network, changes] else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def _works(act: Callable[[], object]) -> bool:
    try:
        act()
    except PermissionError:
        return False
    return True


def test_nothing_of_it_runs_before_it_is_confined(tmp_path: Path) -> None:
    """Its directory comes first on the import path, and a module there may be called like one that confining needs."""
    mark = tmp_path / "mark"
    place = tmp_path / "plugin"
    place.mkdir()
    run = f"from pathlib import Path\ntry:\n    Path({str(mark)!r}).write_text('free')\nexcept OSError:\n    pass\n"
    for module in ("shutil", "resource", "ctypes", "subprocess", "sitecustomize"):
        (place / f"{module}.py").write_text(run)
    (place / "assistant").mkdir()
    (place / "assistant" / "__init__.py").write_text(run)
    (place / "mine.py").write_text(run)
    describe(Program("mine", "mine", path=(str(place),)), {})
    assert not mark.exists()


def test_an_environment_of_its_own_starts_confined(tmp_path: Path) -> None:
    """What a package leaves in an environment to be run at every start of Python runs in the confined process alone."""
    data, mark = tmp_path / "data", tmp_path / "mark"
    with building(data, "own") as draft:
        packages = next(draft.directory.glob("lib/*/site-packages"))
        facts = packages / "own-1.dist-info"
        facts.mkdir()
        (facts / "METADATA").write_text("Metadata-Version: 2.1\nName: own\nVersion: 1\n")
        (facts / "entry_points.txt").write_text("[assistant]\nown = own\n")
        (packages / "own.py").write_text("from assistant.hookspecs import hookimpl\nimport helper\n")
        (packages / "own.pth").write_text(f"import helper; helper.run({str(mark)!r})\n")
        (packages / "helper.py").write_text(
            "ran = []\ndef run(place):\n    ran.append(1)\n    try:\n        open(place, 'w')\n"
            "    except OSError:\n        pass\n"
        )
        draft.finish("own")
    host = Host(Settings(data_dir=data))
    assert "own" in {plugin.name for plugin in host.plugins()}
    assert [problem for problem in host.problems() if problem.plugin == "own" and problem.level == "error"] == []
    assert not mark.exists()
