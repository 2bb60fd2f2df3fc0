"""A plugin in a process of its own does its worst: it costs its own observations, and nothing of it is left."""

from __future__ import annotations

import gc
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import isolation_fiend
import psutil
import pytest

from assistant.app import Assistant, Reply
from assistant.errors import PluginCrashed
from assistant.host import Host
from assistant.isolation import Program, confinement_report, describe, isolated
from assistant.media import Media, text_part
from assistant.plugin import Task
from assistant.settings import Settings
from assistant.testing import FakeAnswerer, FakePerceiver, FakePlugin, FakeServices

Ask = Callable[[str], Reply]
TESTS = str(Path(__file__).parent)
SECONDS = 20.0
"""A turn with the worst plugin takes no longer, on a busy machine; usually 1.3 s."""


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """An assistant with a well-behaved perceiver, an answerer that lists what was observed, and the fiend."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("data"), engine={"breaker_failures": 1000})
    program = Program("fiend", "isolation_fiend", path=(TESTS,), hidden=(settings.data_dir,))
    description = describe(program, {})
    assert description.troubles == ()
    plugins = {
        "fiend": FakePlugin(*(isolated(program, each) for each in description.plugged)),
        "good": FakePlugin(FakePerceiver("good"), FakeAnswerer("lister")),
    }
    with Assistant(settings, host=Host(settings, plugins=plugins, discover=False)) as assistant:
        yield assistant


@pytest.fixture
def ask(assistant: Assistant) -> Ask:
    """Ask a question that tells the fiend what to do. It starts with a clean record: none of its failures is old."""

    def asked(text: str) -> Reply:
        runner = next(runner for runner in assistant.host.perceivers() if runner.name == "fiend")
        runner.plugged._pause_until = 0.0  # type: ignore[attr-defined]
        began = time.monotonic()
        reply = assistant.ask(text)
        assert time.monotonic() - began < SECONDS
        return reply

    return asked


def notes(reply: Reply) -> list[str]:
    return [seen.text for seen in reply.observations if seen.source == "fiend"]


def cause(reply: Reply) -> str:
    """Why the fiend's observations are missing; the good one's are not, and they were answered from."""
    assert [seen.text for seen in reply.observations if seen.source == "good"] == ["seen"]
    assert "seen" in reply.answer.text
    found = [gap.cause for gap in reply.gaps if gap.source == "fiend"]
    return found[0] if found else ""


@pytest.mark.parametrize(
    ("behaviour", "expected"),
    [
        ("raise", "crashed"),
        ("exit", "crashed"),
        ("system_exit", "crashed"),
        ("segfault", "crashed"),
        ("abort", "crashed"),
        ("sleep", "timeout"),
        ("regex", "timeout"),
        ("power", "timeout"),
        ("allocate", "crashed or timeout"),
        ("flood", "crashed or timeout"),
        ("garbage", "crashed"),
        ("oversized", "crashed"),
        ("deep", "crashed"),
        ("unjson", "crashed"),
        ("surrogate", "crashed"),
        ("scribble", "crashed"),
        ("lie", "crashed"),
        ("disguise", "crashed"),
        ("stranger", "crashed"),
        ("undeclared", "crashed"),
        ("cancelled", "crashed"),
    ],
)
def test_costs_its_own_observations(ask: Ask, behaviour: str, expected: str) -> None:
    """Whatever it does, the turn answers from the rest and says why something is missing."""
    reply = ask(behaviour)
    assert cause(reply) in expected.split(" or ")
    assert notes(reply)[:1] in ([], ["before"])
    assert cause(ask("nothing")) == ""


def test_how_it_ended_is_told(ask: Ask) -> None:
    """Whoever asked learns that a process was ended, and by what."""
    assert any("SIGSEGV" in gap.message and gap.remedy for gap in ask("segfault").gaps)


def test_text_of_its_errors_stays_in_the_log(ask: Ask) -> None:
    """People are told the class of an error, as of plugins in the assistant's process: its text may tell anything."""
    gaps = [gap.message for gap in ask("raise").gaps]
    assert any("ZeroDivisionError" in message for message in gaps)
    assert not any("secret of the file" in message for message in gaps)


def test_the_log_has_where_it_failed(ask: Ask, caplog: pytest.LogCaptureFixture) -> None:
    """Its author finds the traceback of its own code in the log, as soon as it failed and marked with its name."""
    ask("raise")
    warned = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert "plugin fiend raised: ZeroDivisionError: secret of the file" in warned
    assert any("isolation_fiend.py" in line for line in warned)


def test_what_it_wrote_is_logged_as_its_own(ask: Ask, caplog: pytest.LogCaptureFixture) -> None:
    """The end of what it wrote to standard output and error is in the log, marked with its name."""
    ask("speak")
    assert "plugin fiend wrote: spoken on standard output" in caplog.text


@pytest.mark.skipif(not confinement_report()["network"], reason="the kernel offers no way to take the network away")
def test_reaches_no_network(ask: Ask) -> None:
    """It declares no network, so not even a server on this machine can be connected to."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert cause(ask(f"connect {server.getsockname()[1]}")) == "crashed"
        server.settimeout(0.1)
        with pytest.raises(TimeoutError):
            server.accept()


@pytest.mark.skipif(not confinement_report()["files"], reason="the kernel has no Landlock")
def test_reads_nothing_that_is_not_its_own(ask: Ask, assistant: Assistant) -> None:
    """Neither conversations nor the home directory, secrets of the system, or other processes can be read."""
    secret = assistant.settings.data_dir / "secret.txt"
    secret.write_text("of somebody")
    for place in (f"open {secret}", f"open /proc/{os.getpid()}/environ", "open /etc/shadow"):
        assert cause(ask(place)) == "crashed"
    for place in (assistant.settings.data_dir, Path.home(), Path("/")):
        assert cause(ask(f"list {place}")) == "crashed"


def test_sees_no_environment_variables(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys that the assistant was started with are not there."""
    monkeypatch.setenv("ASSISTANT_SECRET", "key")
    assert notes(ask("environment ASSISTANT_SECRET")) == ["before", "nothing"]


@pytest.mark.skipif(not confinement_report()["signals"], reason="the kernel does not keep processes apart")
def test_ends_no_other_process(ask: Ask) -> None:
    """It cannot so much as signal a process of the same user."""
    ask(f"kill {os.getpid()}")
    assert cause(ask("nothing")) == ""


def test_temporary_files_are_gone_with_it(assistant: Assistant, ask: Ask) -> None:
    """It has a directory of its own for them, which lasts as long as its process."""
    place = Path(notes(ask("scratch"))[1])
    runner = next(runner for runner in assistant.host.perceivers() if runner.name == "fiend")
    assert place.parent.exists()
    runner.plugged.close()
    assert not place.parent.exists()


def test_nothing_is_left(assistant: Assistant, ask: Ask) -> None:
    """Processes that it started and that ignore every signal end with it; no thread, file or process stays behind."""
    runner = next(runner for runner in assistant.host.perceivers() if runner.name == "fiend")
    own, data = psutil.Process(), assistant.settings.data_dir

    def held() -> tuple[int, int, int]:
        runner.plugged.abandon()  # type: ignore[attr-defined]
        gc.collect()
        files = [link for link in map(os.readlink, _descriptors()) if not link.startswith(f"{data}/")]
        return threading.active_count(), len(files), len(own.children(recursive=True))

    ask("exit 0")
    before = held()
    for behaviour in ("fork", "segfault 1", "lie 1", "sleep 1"):
        ask(behaviour)
    after = held()
    assert after[0] <= before[0] + 1  # a pool of the event loop may have grown
    assert after[1:] <= before[1:]
    sleeping = [each.pid for each in psutil.process_iter(["cmdline"]) if "signal.SIG_IGN" in str(each.info["cmdline"])]
    assert sleeping == []


def test_loading_that_never_ends_is_ended() -> None:
    """It is given up after a while; and closing does not wait for it."""
    program = Program("fiend", "isolation_fiend", path=(TESTS,))
    sleeper = next(each for each in describe(program, {}).plugged if each.name == "sleeper")
    before = set(psutil.Process().children(recursive=True))
    with pytest.raises(PluginCrashed, match="sleeper took longer"):
        isolated(program, sleeper, load_seconds=1.0).load(FakeServices())
    assert set(psutil.Process().children(recursive=True)) <= before
    proxy = isolated(program, sleeper)
    with ThreadPoolExecutor(1) as pool:
        loading = pool.submit(proxy.load, FakeServices())
        until = time.monotonic() + 10
        while not loading.done() and time.monotonic() < until:
            proxy.abandon()  # nothing to end until its process is there
            threading.Event().wait(0.01)
        with pytest.raises(PluginCrashed):
            loading.result(10)
    assert set(psutil.Process().children(recursive=True)) <= before


def _descriptors() -> list[str]:
    """Open ones; that of the directory which lists them is closed again."""
    return [str(place) for place in Path("/proc/self/fd").iterdir() if place.is_symlink()]


def test_is_left_alone_for_longer_and_longer(assistant: Assistant) -> None:
    """After two crashes in a row its process is not started for a while, and people are told for how long."""
    runner = next(runner for runner in assistant.host.perceivers() if runner.name == "fiend")
    for text in ("exit 1", "exit 2", "exit 3"):
        reply = assistant.ask(text)
    assert cause(reply) == "paused"
    assert "It is started again in" in next(gap.remedy for gap in reply.gaps if gap.source == "fiend")
    health = runner.health()
    assert health["failures"] >= 2
    assert (health["state"], runner.resting) == ("resting", True)
    assert health["resting_seconds"] > 0


@pytest.mark.parametrize("what", ["nothing", "stay"])
def test_no_process_outstays_its_welcome(
    what: str, media: Media, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """One that is not called ends, and one that does not end by itself is ended; neither is a failure."""
    monkeypatch.setattr("assistant.isolation.elsewhere.IDLE_GRACE", 0.5)
    proxy = isolated(Program("fiend", "isolation_fiend", path=(TESTS,)), isolation_fiend.Fiend(), idle_seconds=0.2)
    proxy.load(FakeServices())
    process = psutil.Process(proxy.facts()["pid"])
    assert [seen.text for seen in proxy.perceive(Task(text_part(what), media))][:1] == ["before"]
    gone, _ = psutil.wait_procs([process], timeout=SECONDS)
    assert gone or process.status() == psutil.STATUS_ZOMBIE
    assert ("did not end by itself" in caplog.text) is (what == "stay")
    assert [seen.text for seen in proxy.perceive(Task(text_part("nothing"), media))] == ["before", "after"]
    assert proxy.facts()["failures"] == 0
    proxy.close()
