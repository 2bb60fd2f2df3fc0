"""The table of models and the choice among them."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.errors import WeightsMissing
from assistant.weights import Weights
from assistant.weights.choices import Machine, pick
from assistant_vlm.specs import CHOICE, MODELS, SPECS


def known(directory: Path) -> Weights:
    weights = Weights(directory)
    for spec in SPECS:
        weights.add(spec)
    weights.add(CHOICE)
    return weights


def test_table_is_accepted(tmp_path: Path) -> None:
    """Every row is a specification that the assistant accepts, with licence, origin and size."""
    weights = known(tmp_path)
    assert weights.names()[-1] == "vlm"
    for model in MODELS:
        told = weights.describe(model.name)
        assert told["state"] == "missing"
        assert told["bytes"] > 10**8
        assert told["licence"] in ("Apache-2.0", "MIT", "BSD-3-Clause")
        assert model.repository in told["origin"]
        assert "assistant weights pull" in told["hint"]


@pytest.mark.parametrize(
    ("memory_mb", "gpu", "installed", "chosen"),
    [
        (12_000, False, (), "smolvlm-500m-instruct"),
        (12_000, False, ("num2words",), "smolvlm-500m-instruct"),
        (12_000, False, ("torchvision",), "qwen3.5-0.8b"),
        (3_200, False, ("torchvision", "num2words"), "smolvlm2-500m-video"),
        (2_000, False, ("torchvision",), "smolvlm-256m-instruct"),
        (500, False, (), "smolvlm-256m-instruct"),
        (8_000, True, ("torchvision",), "qwen3.5-2b"),
        (40_000, True, ("torchvision",), "qwen3-vl-4b-instruct"),
        (40_000, True, (), "smolvlm-500m-instruct"),
    ],
)
def test_choice_by_the_machine(memory_mb: int, gpu: bool, installed: tuple[str, ...], chosen: str) -> None:
    """A pull takes the best that fits into memory, and none that needs what is not there."""
    option = pick(CHOICE, Machine(memory_mb, gpu), lambda module: module in installed)
    assert option.weights == chosen


def test_what_is_here_is_used(tmp_path: Path) -> None:
    """Of those that were pulled the best one is used; without any, the message says how to bring one."""
    weights = known(tmp_path)
    with pytest.raises(WeightsMissing, match="assistant weights pull vlm"):
        weights.where("vlm")
    assert weights.identity("vlm") == ""
    for name in ("smolvlm-256m-instruct", "qwen3.5-0.8b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "config.json").write_text("{}")
        (tmp_path / name / "model.safetensors").write_bytes(b"")
        assert weights.where("vlm") == tmp_path / name
    assert weights.describe("vlm")["chosen"] == "qwen3.5-0.8b"
    assert weights.identity("vlm")
