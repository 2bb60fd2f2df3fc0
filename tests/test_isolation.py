"""A plugin in a process of its own gives what it gives in a thread, and is started, described and ended as promised."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import isolation_plain
import numpy as np
import psutil
import pytest
from PIL import Image as Pillow

from assistant.context import Snapshot
from assistant.declared import check
from assistant.errors import Cancelled, PluginError, UnreadableMedia
from assistant.host import Host
from assistant.isolation import Program, confinement_report, describe, isolated
from assistant.media import Image, Media, text_part
from assistant.options import options_of
from assistant.plugin import Perceiver, Plugged, Request, Task, Utterance
from assistant.settings import Settings
from assistant.testing import FakeServices
from assistant.types import Answer, Observation, Part, Question

TESTS = str(Path(__file__).parent)
PROGRAM = Program("plain", "isolation_plain", path=(TESTS,))
SORTS = {
    "perceiver": isolation_plain.Looker,
    "answerer": isolation_plain.Teller,
    "embedder": isolation_plain.Vectors,
    "voice": isolation_plain.Speaker,
}


def services(**given: Any) -> FakeServices:
    return FakeServices(embedder=lambda texts: np.asarray([[len(each)] for each in texts], np.float32), **given)


@pytest.fixture(scope="module")
def description() -> Any:
    return describe(PROGRAM, {"looker": {"mode": "long"}})


@pytest.fixture(scope="module", params=["imported here", "described"])
def make(request: pytest.FixtureRequest, description: Any) -> Iterator[Callable[[str], Any]]:
    """Makes a loaded proxy of a sort, of which something or nothing runs here; all are closed at the end."""
    made: dict[str, Any] = {}

    def one(sort: str) -> Any:
        if sort not in made:
            declared = next(each for each in description.plugged if each.sort == sort)
            proxy = isolated(PROGRAM, SORTS[sort]() if request.param == "imported here" else declared)
            check(proxy, SORTS[sort].__mro__[1])
            proxy.load(services(options=options_of(proxy, {"mode": "long"} if sort == "perceiver" else {})))
            made[sort] = proxy
        return made[sort]

    yield one
    for proxy in made.values():
        proxy.close()


@pytest.fixture(scope="module")
def media() -> Media:
    return Media()


def picture() -> bytes:
    target = io.BytesIO()
    Pillow.fromarray(np.arange(40 * 30 * 3, dtype=np.uint8).reshape(30, 40, 3)).save(target, "PNG")
    return target.getvalue()


def video() -> bytes:
    av = pytest.importorskip("av")
    target = io.BytesIO()
    with av.open(target, "w", format="matroska") as file:
        stream = file.add_stream("mpeg4", rate=10)
        stream.width = stream.height = 64
        sound = file.add_stream("pcm_s16le", rate=16000, layout="mono")
        for number in range(20):
            frame = av.VideoFrame.from_ndarray(np.full((64, 64, 3), number * 10, np.uint8), format="rgb24")
            file.mux(stream.encode(frame))
        wave = (8000 * np.sin(np.arange(32000) / 10)).astype(np.int16)[None]
        samples = av.AudioFrame.from_ndarray(wave, format="s16", layout="mono")
        samples.rate = 16000
        file.mux(sound.encode(samples))
        for each in (stream, sound):
            file.mux(each.encode(None))
    return target.getvalue()


def plain(items: list[Observation | Part]) -> list[Any]:
    """Everything that counts of what was yielded."""
    return [
        (each.digest, each.name, each.media_type, each.read_bytes(), each.parent, each.span)
        if isinstance(each, Part)
        else each
        for each in items
    ]


@pytest.mark.parametrize("what", ["picture", "video", "text"])
def test_perceives_what_it_perceives_in_a_thread(
    make: Callable[[str], Any], media: Media, what: str, tmp_path: Path
) -> None:
    """Observations and parts are the same to the last digit, whatever media it reads and makes."""
    if what == "text":
        part = text_part("some words")
    else:
        file = tmp_path / what
        file.write_bytes(picture() if what == "picture" else video())
        part = media.open(file)
    here, there = isolation_plain.Looker(), make("perceiver")
    here.load(services())
    options = isolation_plain.Options(mode="long")
    expected = list(here.perceive(Task(part, media, options=options)))
    found = list(there.perceive(Task(part, media, options=there._services.options)))
    assert plain(found) == plain(expected)
    assert all(each.facts["width"] == 8 for each in found if isinstance(each, Part) and each.modality == "image")
    made = [each for each in found if isinstance(each, Part) and each.parent is not None]
    assert made
    assert all(each.facts["page"] == 3 for each in made)
    assert [each.facts for each in found if isinstance(each, Part)] == [
        each.facts for each in expected if isinstance(each, Part)
    ]


def test_options_of_a_turn_reach_it(make: Callable[[str], Any], media: Media) -> None:
    """What a turn sets holds for that call; the class of the options is the plugin's own there."""
    there = make("perceiver")
    options = options_of(there, {"mode": "short", "words": ["c"], "place": "/there", "key": "k"})
    said = [seen.text for seen in there.perceive(Task(text_part("x"), media, options=options)) if hasattr(seen, "text")]
    wanted = isolation_plain.Options(mode="short", words=("c",), place=Path("/there"), key="k")
    assert str(wanted) in said


def test_errors_about_media_keep_their_class(make: Callable[[str], Any], media: Media) -> None:
    """That a file cannot be read is the file's fault, so the plugin is not held responsible."""
    silent = media.open(picture(), "silent.png")
    part = Part("audio", silent.digest, silent.name, "image/png", silent.content, silent.facts)
    with pytest.raises(UnreadableMedia, match=r"silent\.png"):
        list(make("perceiver").perceive(Task(part, media)))


def test_answers(make: Callable[[str], Any], media: Media) -> None:
    """An answerer sees the context, the media, what is computed and embedded, as in a thread."""
    context = Snapshot(parts=(text_part("a note", "note.txt"), media.open(picture(), "a.png")))
    request = Request(
        question=Question("what?"),
        context=context,
        media=media,
        embed=lambda texts: np.zeros((len(texts), 2), np.float32),
        instructions="Be brief.",
        computed=lambda: Answer("42", tokens=(1, 2)),
    )
    here, there = isolation_plain.Teller(), make("answerer")
    assert list(there.answer(request)) == list(here.answer(request))
    assert there.check(request, Answer("this")) == here.check(request, Answer("this"))
    assert there.check(request, Answer("")) is None
    assert there.honours == {"instructions"}


def test_embeds_and_speaks(make: Callable[[str], Any]) -> None:
    """Vectors and samples are those of a thread; what is known after loading is known here too."""
    vectors, voice = make("embedder"), make("voice")
    assert (vectors.space, vectors.dimensions) == ("test-space", 2)
    assert vectors.embed(["abc", "d"]).tolist() == [[3, 1], [1, 1]]
    assert vectors.embed([Image(np.zeros((5, 7, 3), np.uint8))] * 3).tolist() == [[7, 1]] * 3
    assert vectors.embed([]).shape == (0, 2)
    assert (voice.sample_rate, voice.speakers) == (8000, ("one", "two"))
    assert [piece.tolist() for piece in voice.speak(Utterance("ab c", speed=1.0))] == [[0.5, 0.5], [0.5]]


def test_description_names_everything(description: Any) -> None:
    """Sorts, attributes, options, weights and formats are told; what cannot work elsewhere is named."""
    assert description.troubles == ()
    assert [each.name for each in description.plugged] == ["looker", "teller", "vectors", "speaker"]
    looker = description.plugged[0]
    assert looker.attributes["per_turn"] == {"mode"}
    assert [(each.name, each.default, each.secret) for each in looker.options] == [
        ("mode", "short", False),
        ("words", ["a", "b"], False),
        ("least", None, False),
        ("place", "/nowhere", False),
        ("key", "", True),
    ]
    found: list[Any] = []
    isolation_plain.register_weights(found.append)
    isolation_plain.register_formats(found.append)
    assert [*description.weights, *description.formats] == found
    assert description.left_out == ("register_commands",)


def test_settings_of_what_is_not_imported_are_validated(description: Any) -> None:
    """A wrong value is found here, with the same words as for a plugin in this process."""
    proxy = isolated(PROGRAM, description.plugged[0])
    with pytest.raises(PluginError, match=r"mode: Input should be 'short' or 'long'"):
        options_of(proxy, {"mode": "medium"})
    with pytest.raises(PluginError, match="no option colour"):
        options_of(proxy, {"colour": 1})


def test_description_is_remembered_until_something_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second time no process is started; a change of the plugin's files or of its settings asks it anew."""
    module = tmp_path / "isolation_changing.py"
    module.write_text("from assistant import hookimpl\n")
    program, cache = Program("changing", "isolation_changing", path=(str(tmp_path),)), tmp_path / "cache"
    started: list[Any] = []
    real = subprocess.Popen
    monkeypatch.setattr(subprocess, "Popen", lambda *given, **named: started.append(1) or real(*given, **named))
    for _ in range(2):
        describe(program, {}, cache=cache)
    assert len(started) == 1
    module.write_text("from assistant import hookimpl\nASSISTANT_API = '>=1.0,<2'\n")
    assert describe(program, {}, cache=cache).api == ">=1.0,<2"
    assert len(started) == 2


@pytest.mark.parametrize("body", ["raise SystemExit", "import os; os._exit(1)", "import nothing_of_this_name"])
def test_what_cannot_be_imported_is_a_trouble(tmp_path: Path, body: str) -> None:
    """A plugin that ends its process at import is described by what is wrong with it."""
    (tmp_path / "isolation_broken.py").write_text(body)
    (trouble,) = describe(Program("broken", "isolation_broken", path=(str(tmp_path),)), {}).troubles
    assert trouble.message
    assert trouble.remedy


def test_cancelled_call_keeps_its_process(media: Media) -> None:
    """A plugin that ends soon after it is told to is not killed; one call's end is nothing to another at its side."""
    proxy = isolated(PROGRAM, isolation_plain.Looker())
    proxy.load(services())
    try:
        pid, cancel = proxy.facts()["pid"], threading.Event()
        items = iter(proxy.perceive(Task(text_part("wait"), media, cancel=cancel)))
        next(items)
        assert len(list(proxy.perceive(Task(text_part("meanwhile"), media)))) == 6
        cancel.set()
        with pytest.raises(Cancelled):
            list(items)
        assert proxy.facts()["pid"] == pid
    finally:
        proxy.close()
    assert not psutil.pid_exists(pid)


def test_process_ends_when_idle_and_comes_back(media: Media) -> None:
    """After a while without calls there is no process; the next call starts one, which is no failure."""
    proxy = isolated(PROGRAM, isolation_plain.Looker(), idle_seconds=0.05)
    proxy.load(services())
    process = psutil.Process(proxy.facts()["pid"])
    with pytest.raises(psutil.TimeoutExpired):
        process.wait(0)
    until = time.monotonic() + 10
    while proxy.ready and time.monotonic() < until:
        threading.Event().wait(0.02)
    assert not proxy.ready
    assert proxy.hindrance() is None
    assert len(list(proxy.perceive(Task(text_part("x"), media)))) == 6
    assert proxy.facts()["failures"] == 0
    proxy.close()


def test_nothing_outlives_an_assistant_that_is_killed(tmp_path: Path) -> None:
    """The process, and its temporary directory, are gone though nobody could clean up."""
    code = (
        "import sys, signal, os; from isolation_plain import Looker; from assistant.isolation import *; "
        "from assistant.testing import FakeServices; "
        f"proxy = isolated(Program('plain', 'isolation_plain', path=({TESTS!r},)), Looker()); "
        "proxy.load(FakeServices()); print(proxy.facts()['pid'], flush=True); signal.pause()"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([TESTS, *sys.path]), "TMPDIR": str(tmp_path)}
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, env=environment) as host:
        assert host.stdout is not None
        above = psutil.Process(int(host.stdout.readline()))
        below = above.children(recursive=True)
        assert below
        host.send_signal(signal.SIGKILL)
    psutil.wait_procs([above, *below], 10)
    assert not any(each.is_running() and each.status() != psutil.STATUS_ZOMBIE for each in (above, *below))
    assert list(tmp_path.iterdir()) == []


def test_host_runs_it_where_the_operator_wants(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A module handed to the host works in a process of its own once the setting says so, and health tells which."""
    monkeypatch.syspath_prepend(TESTS)
    settings = Settings(data_dir=tmp_path, isolation={"plain": "process"})
    with Host(settings, plugins={"plain": isolation_plain}, discover=False) as host:
        runner = next(runner for runner in host.perceivers() if runner.name == "looker")
        runner.run(lambda plugged: None)
        health = runner.health()
        assert health["isolation"] == "process"
        assert psutil.pid_exists(health["pid"])
    assert not psutil.pid_exists(health["pid"])


def test_report_names_every_protection() -> None:
    """An operator learns what the kernel offers here; memory is limited everywhere."""
    report = confinement_report()
    assert set(report) == {"processes", "memory", "scratch", "files", "network", "signals"}
    assert report["memory"]


def test_proxies_are_what_they_stand_for(make: Callable[[str], Any]) -> None:
    """The rest of the assistant cannot tell the difference."""
    assert isinstance(make("perceiver"), Perceiver)
    assert isinstance(make("voice"), Plugged)
    assert make("perceiver").consumes == isolation_plain.Looker.consumes
    assert make("perceiver").isolation == "process"
