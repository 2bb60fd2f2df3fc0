"""What all tests of the workspace share: no test reads the user's settings, and those with weights find them."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs
import pytest

ROOT = Path(__file__).parent
WEIGHTS = Path(
    os.environ.get("ASSISTANT_WEIGHTS__DIRECTORY")
    or Path(os.environ.get("ASSISTANT_DATA_DIR") or platformdirs.user_data_dir("sensorium")) / "weights"
)
"""Where `assistant weights pull` put the starter weights, by the environment the tests were started in."""
STARTERS = ("whisper-base", "all-minilm-l6-v2", "ssd-mobilenet-v2-coco", "efficientnet-lite3")
os.environ["HF_HUB_OFFLINE"] = "1"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip, with the reason, what this machine cannot run; in CI missing weights are a failure instead."""
    missing = [name for name in STARTERS if not (WEIGHTS / name).is_dir()]
    shared = (ROOT.parent / "shared" / "data").is_dir()
    for item in items:
        if missing and item.get_closest_marker("weights") and not os.environ.get("REQUIRE_WEIGHTS"):
            reason = f"weights {', '.join(missing)} are missing; bring them with: assistant weights pull"
            item.add_marker(pytest.mark.skip(reason=reason))
        if not shared and item.get_closest_marker("shared"):
            item.add_marker(pytest.mark.skip(reason="there is no ../shared/data beside this checkout"))


@pytest.fixture(autouse=True)
def _own_settings(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test starts from the defaults, with a data directory of its own and the pulled weights."""
    for name in os.environ:
        if name.startswith("ASSISTANT_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path_factory.getbasetemp() / "no-config"))
    monkeypatch.setenv("ASSISTANT_DATA_DIR", str(tmp_path_factory.mktemp("data")))
    monkeypatch.setenv("ASSISTANT_WEIGHTS__DIRECTORY", str(WEIGHTS))


@pytest.fixture
def shared_data() -> Path:
    """The directory of real media beside the checkout; tests that use it are marked `shared`."""
    return ROOT.parent / "shared" / "data"


@pytest.fixture(scope="session")
def language_model() -> Path:
    """The small language model, a GGUF file; tests that use it are marked `weights`."""
    name = "smollm2-135m-instruct"
    found = sorted((WEIGHTS / name).glob("*.gguf"))
    if not found and not os.environ.get("REQUIRE_WEIGHTS"):
        pytest.skip(f"the language model is missing; bring it with: assistant weights pull {name}")
    return found[0]
