"""curl, as docs/api.md shows it, against the real server: its examples are run as they stand."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from api_serving import Script, assistant_with, serving
from PIL import Image
from skimage import data

from assistant.api import create_app

pytestmark = pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
PAGE = (Path(__file__).parents[1] / "docs" / "api.md").read_text()
EXAMPLES = re.findall(r"```bash\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with (
        assistant_with(tmp_path_factory.mktemp("data"), Script()) as assistant,
        serving(create_app(assistant)) as found,
    ):
        yield found


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Holds the files that the examples name."""
    found = tmp_path_factory.mktemp("files")
    Image.fromarray(data.coffee()[:64, :64]).save(found / "photo.jpg")
    return found


def run(script: str, address: str, folder: Path) -> str:
    command = ["bash", "-euo", "pipefail", "-c", script.replace("http://127.0.0.1:7860", address)]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("example", [each for each in EXAMPLES if re.search("/v1/(models|chat|responses)", each)])
def test_examples(example: str, address: str, folder: Path) -> None:
    """Each example of the page gets an answer, whole or as a stream."""
    printed = run(example, address, folder)
    if '"stream": true' in example:
        assert printed.strip().endswith("data: [DONE]")
        printed = printed.partition("data: ")[2].partition("\n")[0]
    found = json.loads(printed)
    assert found["object"] in ("list", "chat.completion", "chat.completion.chunk", "response")
    if "photo.jpg" in example:
        assert found["sensorium"]["parts"][0]["modality"] == "image"


def test_the_page_has_examples() -> None:
    """The examples above were found."""
    assert len(EXAMPLES) >= 5


def test_error(address: str, folder: Path) -> None:
    """The error that the page shows is the one that comes."""
    body = '{"messages": [{"role": "user", "content": "hi"}], "n": 2}'
    printed = run(
        f"curl -s {address}/v1/chat/completions -H 'Content-Type: application/json' -d '{body}'", address, folder
    )
    shown = re.search(r"```json\n(\{\"error\".*?)```", PAGE, re.DOTALL)
    assert shown is not None
    assert json.loads(printed) == json.loads(shown[1])
