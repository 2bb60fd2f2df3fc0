"""Weights whose files only the hub lists, and names that stand for a choice: pulled from a stand-in on this machine."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assistant.errors import DuplicateName, PluginError, PullFailed, WeightsCorrupt, WeightsMissing
from assistant.weights import HubSource, Weights, WeightsChoice, WeightsFile, WeightsOption, WeightsSpec
from assistant.weights.choices import machine_of

pytest.importorskip("huggingface_hub")

COMMIT = "0123456789abcdef0123456789abcdef01234567"
FILES = {
    "config.json": b'{"model_type": "tiny"}',
    "model.safetensors": b"weights " * 1000,
    "tokenizer.json": b"{}",
    "pytorch_model.bin": b"never",
    "modeling_tiny.py": b"never",
    "onnx/config.json": b"never",
}
PATTERNS = ("*.safetensors", "*.json")
SPEC = WeightsSpec(
    name="small",
    role="seeing",
    format="safetensors",
    licence="MIT",
    origin="made for this test",
    sources=(HubSource("owner/tiny", "main", patterns=PATTERNS),),
    approximate_bytes=1_500_000_000,
)
CHOICE = WeightsChoice(
    "eyes",
    "seeing",
    (WeightsOption("large", 10**9), WeightsOption("other", 1, requires=("no_such_module",)), WeightsOption("small", 1)),
)


@pytest.fixture(autouse=True)
def filled(hub: Any) -> None:
    """The hub holds these files, and says so."""
    hub.files.update(FILES)
    hub.recorded.update(FILES)


def known(directory: Path, *, hub: bool = True, **paths: Path) -> Weights:
    weights = Weights(directory, paths, hub=hub)
    weights.add(SPEC)
    weights.add(replace(SPEC, name="large"))
    weights.add(replace(SPEC, name="other"))
    weights.add(CHOICE)
    return weights


def test_choice_is_pulled_verified_and_found(tmp_path: Path, hub: Any) -> None:
    """The best that fits comes: what matches at the top of the repository, at the commit the branch stands for now,
    as the hub records it; no pickle, no code. It is then found under both names and can be verified."""
    weights = known(tmp_path)
    assert weights.chosen("eyes") == "small"
    assert "small is the best choice here" in weights.about("eyes")
    assert "about 1.5 GB to fetch, licence MIT" in weights.about("eyes")
    assert weights.about("small") == ""
    where = weights.pull("eyes")
    assert where == tmp_path / "small"
    assert {path.name for path in where.iterdir()} == {
        *("config.json", "model.safetensors", "tokenizer.json", ".manifest.json")
    }
    assert not [each for each in hub.asked if "resolve/main" in each or each.endswith((".bin", ".py"))]
    assert weights.where("eyes") == weights.where("small") == where
    weights.verify("eyes")
    assert weights.identity("eyes") == weights.identity("small") != ""
    told = weights.describe("eyes")
    assert (told["state"], told["chosen"], told["choices"]) == ("ready", "small", ["large", "other", "small"])
    asked = len(hub.asked)
    weights.pull("eyes")
    assert len(hub.asked) == asked


def test_changed_files_are_found(tmp_path: Path, hub: Any) -> None:
    """What was written down at the pull is what a later check compares with."""
    weights = known(tmp_path)
    where = weights.pull("small")
    (where / "model.safetensors").write_bytes(b"other")
    with pytest.raises(WeightsCorrupt, match=r"model\.safetensors of weights small"):
        weights.verify("small")
    (where / "config.json").unlink()
    with pytest.raises(WeightsMissing, match=r"config\.json"):
        weights.where("small")


@pytest.mark.parametrize("name", ["model.safetensors", "config.json"])
def test_what_the_hub_does_not_record_is_refused(name: str, tmp_path: Path, hub: Any) -> None:
    """A large or small file with another hash than the hub records is named, and nothing is kept."""
    hub.files[name] = bytes(reversed(hub.files[name]))
    with pytest.raises(WeightsCorrupt, match=name.replace(".", r"\.")):
        known(tmp_path).pull("small")
    assert not (tmp_path / "small").exists()


def test_repository_without_safetensors(tmp_path: Path, hub: Any) -> None:
    """A repository that offers pickles only brings nothing."""
    del hub.recorded["model.safetensors"]
    with pytest.raises(PullFailed, match="offers no safetensors"):
        known(tmp_path).pull("small")


def test_without_leave_nothing_is_asked(tmp_path: Path, hub: Any) -> None:
    """The hub is asked only when that is allowed."""
    with pytest.raises(PullFailed, match=r"weights\.hub = true"):
        known(tmp_path, hub=False).pull("eyes")
    with pytest.raises(WeightsMissing, match="assistant weights pull eyes"):
        known(tmp_path, hub=False).where("eyes")
    assert hub.asked == []


def test_copied_directories_count(tmp_path: Path) -> None:
    """A model copied by hand is used, but cannot be verified: nothing says what it should be."""
    own = tmp_path / "own"
    own.mkdir()
    (own / "config.json").write_text("{}")
    weights = known(tmp_path / "data", large=own)
    with pytest.raises(WeightsMissing, match=r"lacks \*\.safetensors"):
        weights.where("large")
    (own / "model.safetensors").write_bytes(b"1")
    assert weights.where("eyes") == own
    before = weights.identity("eyes")
    (own / "model.safetensors").write_bytes(b"22")
    assert weights.identity("eyes") != before
    with pytest.raises(WeightsCorrupt, match="they were not pulled"):
        weights.verify("large")


@pytest.mark.parametrize(
    "patterns", [("*",), ("*.bin",), ("*.py",), ("sub/*.json",), ("*.safetensors", "*.pkl")], ids=str
)
def test_dangerous_patterns_are_refused(patterns: tuple[str, ...], tmp_path: Path) -> None:
    """A pattern may bring numbers, settings and vocabularies only."""
    source = HubSource("owner/tiny", "main", patterns=patterns)
    with pytest.raises(PluginError, match="pattern"):
        Weights(tmp_path).add(replace(SPEC, sources=(source,)))


def test_files_or_patterns(tmp_path: Path) -> None:
    """A specification lists its files or leaves that to one repository, not both."""
    listed = (WeightsFile("config.json", "0" * 64, 1),)
    with pytest.raises(PluginError, match="files and patterns"):
        Weights(tmp_path).add(replace(SPEC, files=listed))
    with pytest.raises(PluginError, match="no files"):
        Weights(tmp_path).add(replace(SPEC, sources=(*SPEC.sources, *SPEC.sources)))


def test_names_are_taken_once(tmp_path: Path) -> None:
    """A choice and a set cannot share a name."""
    weights = known(tmp_path)
    weights.add(CHOICE)
    with pytest.raises(DuplicateName):
        weights.add(replace(SPEC, name="eyes"))
    with pytest.raises(DuplicateName):
        weights.add(replace(CHOICE, role="hearing"))


def test_memory_of_a_gpu(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where models run on a GPU its memory counts; where it cannot be asked, the machine's."""
    program = tmp_path / "nvidia-smi"
    program.write_text('#!/bin/sh\n[ "$1" = "--id=1" ] && echo 10000 && exit 0\nexit 6\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    assert machine_of("cuda:1").gpu
    assert machine_of("cuda:1").memory_mb == 8500
    assert "GPU memory" in str(machine_of("cuda:1"))
    assert machine_of("cuda:0") == machine_of("cpu")


def test_memory_of_this_machine() -> None:
    """Part of this machine's memory is for one model."""
    machine = machine_of("cpu")
    assert not machine.gpu
    assert 100 < machine.memory_mb < 10**8
    assert "GiB of memory" in str(machine)
