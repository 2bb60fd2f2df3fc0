"""Embeddings over HTTP with OpenAI's client: texts and pictures, by embedders that are told what to do."""

from __future__ import annotations

import base64
import io
import itertools
import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import openai
import pytest
from api_serving import PIXEL, serving
from PIL import Image as Pillow

from assistant.api import create_app
from assistant.app import Assistant
from assistant.hookspecs import hookimpl
from assistant.host import Host
from assistant.plugin import Embedder
from assistant.settings import Settings
from assistant.types import IMAGE, TEXT


class Fake(Embedder):
    """Vectors of length 1 that tell the input: of a text its length, of a picture its width and height."""

    def __init__(self, name: str, modality: str = TEXT, space: str = "letters", across: bool = False, **more: Any):
        vars(self).update(name=name, modality=modality, space=space, across=across, dimensions=3, **more)
        self.batches: list[int] = []
        self.threads: set[str] = set()

    def embed(self, inputs: Sequence[Any]) -> np.ndarray:
        self.batches.append(len(inputs))
        self.threads.add(threading.current_thread().name)
        rows = [
            (len(each), 1, 2) if isinstance(each, str) else (each.rgb.shape[1], each.rgb.shape[0], 1) for each in inputs
        ]
        vectors = np.array(rows, np.float32).reshape(-1, 3)
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@dataclass
class Plugin:
    """Brings these embedders."""

    embedders: tuple[Embedder, ...]

    @hookimpl
    def register_embedders(self, register: Callable[[Embedder], None]) -> None:
        for each in self.embedders:
            register(each)


@contextmanager
def served(directory: Path, *embedders: Embedder, **settings: Any) -> Iterator[str]:
    """The address of a server with these embedders."""
    configured = Settings(data_dir=directory, **settings)
    host = Host(configured, plugins={"vectors": Plugin(embedders)}, discover=False)
    with Assistant(configured, host=host) as assistant, serving(create_app(assistant)) as url:
        yield f"{url}/v1"


@pytest.fixture(scope="module")
def texts() -> Fake:
    return Fake("texts")


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory, texts: Fake) -> Iterator[str]:
    others = (
        Fake("across", space="shared", across=True),
        Fake("pictures", IMAGE),
        Fake("alone", IMAGE, "its own"),
        Fake("missing", requires=("no_such_library_at_all",)),
    )
    server = {"model_aliases": {"text-embedding-3-small": "sensorium/texts"}}
    with served(tmp_path_factory.mktemp("embeddings"), *others[:1], texts, *others[1:], server=server) as address:
        yield address


@pytest.fixture
def client(url: str) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=url, api_key="none", max_retries=0, timeout=20) as opened:
        yield opened


def picture(width: int, height: int) -> str:
    held = io.BytesIO()
    Pillow.fromarray(np.full((height, width, 3), 90, np.uint8)).save(held, "PNG")
    return "data:image/png;base64," + base64.b64encode(held.getvalue()).decode()


def unit(*numbers: float) -> Any:
    vector = np.array(numbers, np.float32)
    return pytest.approx(list(vector / np.linalg.norm(vector)), abs=1e-6)


def test_one_text(client: openai.OpenAI) -> None:
    """The client's default, base64, arrives as numbers; the model says who embedded."""
    made = client.embeddings.create(input="hello", model="sensorium")
    assert made.data[0].embedding == unit(5, 1, 2)
    assert (made.model, made.data[0].index) == ("sensorium/texts", 0)
    assert made.usage.prompt_tokens == made.usage.total_tokens == 1
    assert made.to_dict()["sensorium"] == {"embedders": {"text": "texts"}, "space": "letters", "dimensions": 3}


def test_float_and_base64_are_the_same_numbers(url: str) -> None:
    """To the last bit of float32."""
    words = ["a", "some more words", "née 東京"]

    def vectors(encoding: str) -> list[Any]:
        body = {"input": words, "model": "texts", "encoding_format": encoding}
        return [each["embedding"] for each in httpx.post(f"{url}/embeddings", json=body).json()["data"]]

    decoded = [np.frombuffer(base64.b64decode(each), "<f4") for each in vectors("base64")]
    assert np.array_equal(np.array(vectors("float"), np.float32), np.array(decoded))


def test_order_is_kept(client: openai.OpenAI, texts: Fake) -> None:
    """However the texts are batched; none is embedded in the server's own thread."""
    lengths = [(number * 37) % 150 + 1 for number in range(300)]
    texts.batches.clear()
    made = client.embeddings.create(input=["x" * length for length in lengths], model="texts")
    assert [each.index for each in made.data] == list(range(300))
    assert [each.embedding for each in made.data] == [unit(length, 1, 2) for length in lengths]
    assert len(texts.batches) > 2
    assert all("assistant" in name for name in texts.threads)


async def test_async_client(url: str) -> None:
    """Requests beside each other get their own vectors."""
    import asyncio

    async with openai.AsyncOpenAI(base_url=url, api_key="none", max_retries=0) as client:
        made = await asyncio.gather(
            *(client.embeddings.create(input="x" * number, model="sensorium") for number in range(1, 4))
        )
    assert [each.data[0].embedding for each in made] == [unit(number, 1, 2) for number in range(1, 4)]


def test_pictures(client: openai.OpenAI, url: str) -> None:
    """As data URLs or as objects, beside texts, in one space; a text may begin like an address if it says it is one."""
    address = picture(7, 5)
    body = {
        "input": [
            "hello",
            address,
            {"type": "image_url", "image_url": {"url": picture(9, 2)}},
            {"type": "text", "text": "data:image/"},
        ]
    }
    made = httpx.post(f"{url}/embeddings", json=body).json()
    found = [each["embedding"] for each in made["data"]]
    assert found == [unit(5, 1, 2), unit(7, 5, 1), unit(9, 2, 1), unit(11, 1, 2)]
    assert made["sensorium"]["embedders"] == {"text": "texts", "image": "pictures"}
    assert made["usage"]["prompt_tokens"] > 0
    for model, space in (("pictures", "letters"), ("sensorium/alone", "its own"), ("sensorium", "letters")):
        one = client.embeddings.create(input=address, model=model)
        assert (one.data[0].embedding, one.to_dict()["sensorium"]["space"]) == (unit(7, 5, 1), space)


def test_models(client: openai.OpenAI) -> None:
    """By name, with or without the prefix, or by an alias of the settings; they are listed as what they are."""
    for model in ("texts", "sensorium/texts", "text-embedding-3-small"):
        assert client.embeddings.create(input="hi", model=model).model == "sensorium/texts"
    listed = {model.id: model.to_dict()["sensorium"]["task"] for model in client.models.list()}
    assert listed["sensorium/texts"] == listed["sensorium/alone"] == listed["text-embedding-3-small"] == "embed"


@pytest.mark.parametrize(
    ("body", "status", "param", "code"),
    [
        ({"input": ""}, 400, "input", "invalid_value"),
        ({"input": []}, 400, "input", "invalid_value"),
        ({"input": ["a", ""]}, 400, "input", "invalid_value"),
        ({"input": [1, 2]}, 400, "input", "unsupported_value"),
        ({"input": [[1, 2], [3]]}, 400, "input", "unsupported_value"),
        ({"input": None}, 400, "input", "invalid_value"),
        ({}, 400, "input", "invalid_value"),
        ({"input": ["a"] * 2049}, 400, "input", "invalid_value"),
        ({"input": ["a", "word " * 9000]}, 400, "input[1]", "input_too_long"),
        ({"input": ["word " * 8000] * 40}, 400, "input", "input_too_long"),
        ({"input": [picture(1, 1)] * 257}, 400, "input", "too_many_inputs"),
        ({"input": "a", "dimensions": 2}, 400, "dimensions", "unsupported_value"),
        ({"input": "a", "encoding_format": "hex"}, 400, "encoding_format", "invalid_value"),
        ({"input": "a", "colour": 1}, 400, "colour", "unknown_parameter"),
        ({"input": "a", "model": "text-embedding-9"}, 404, "model", "model_not_found"),
        ({"input": "a", "model": "missing"}, 501, "model", "not_installed"),
        ({"input": "a", "model": "alone"}, 400, "input", "unsupported_value"),
        ({"input": "data:image/png;base64,%%%"}, 400, "input[0]", "invalid_base64"),
        ({"input": "data:image/png;base64,aGVsbG8="}, 415, "input[0]", "unsupported_media"),
        (
            {"input": ["a", {"type": "image_url", "image_url": {"url": "file:///etc/passwd"}}]},
            400,
            "input[1]",
            "invalid_url",
        ),
    ],
)
def test_what_is_refused(url: str, body: dict[str, Any], status: int, param: str, code: str) -> None:
    """By name, with a word for programs and a sentence for people."""
    response = httpx.post(f"{url}/embeddings", json={"model": "sensorium", **body}, timeout=20)
    error = response.json()["error"]
    assert (response.status_code, error["code"]) == (status, code)
    assert error["param"].startswith(param)
    assert error["message"]


def test_dimensions_that_are_so_anyway(client: openai.OpenAI) -> None:
    """And a user's name, which nothing is done with."""
    made = client.embeddings.create(input="a", model="texts", dimensions=3, user="ann", encoding_format="float")
    assert len(made.data[0].embedding) == 3


def test_a_broken_picture(url: str) -> None:
    """One whose head is fine and whose rest is not is refused as unreadable."""
    broken = "data:image/png;base64," + base64.b64encode(PIXEL[:50]).decode()
    response = httpx.post(f"{url}/embeddings", json={"input": broken}, timeout=20)
    assert response.status_code in (415, 422)


def test_nothing_installed(tmp_path: Path) -> None:
    """Without embedders it is said what to install; without weights, how to get them."""

    class Weightless(Fake):
        def weights(self, options: Any) -> tuple[str, ...]:
            return ("no-such-weights",)

    with served(tmp_path / "none") as url:
        response = httpx.post(f"{url}/embeddings", json={"input": "a"}, timeout=20)
        assert response.status_code == 501
        assert "sensorium-text" in response.json()["error"]["remedy"]
    with served(tmp_path / "weightless", Weightless("texts")) as url:
        response = httpx.post(f"{url}/embeddings", json={"input": "a"}, timeout=20)
        assert (response.status_code, response.json()["error"]["code"]) == (503, "weights_missing")


PAIRS = (
    ("A cat sleeps on the sofa.", "A kitten is napping on the couch."),
    ("The train to Berlin leaves at nine.", "At nine o'clock the Berlin train departs."),
    ("He plays the guitar in a band.", "He is a musician in a group."),
)


@contextmanager
def started(directory: Path, **plugins: Any) -> Iterator[str]:
    """The address of a server with these plugins and the starter weights."""
    configured = Settings(data_dir=directory, weights={"directory": Settings().weights_directory()})
    host = Host(configured, plugins=plugins, discover=False)
    with Assistant(configured, host=host) as assistant, serving(create_app(assistant)) as url:
        yield f"{url}/v1"


@pytest.mark.weights
def test_sentences_that_mean_alike(tmp_path: Path) -> None:
    """With the starter weights, the two of each pair are closer than any two of different pairs."""
    text = pytest.importorskip("assistant_text", reason="sensorium-text is not installed")
    with started(tmp_path, text=text) as url, openai.OpenAI(base_url=url, api_key="none") as client:
        made = client.embeddings.create(input=[each for pair in PAIRS for each in pair], model="sensorium")
    vectors = np.array([each.embedding for each in made.data], np.float32)
    assert vectors.shape == (6, 384)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-4)
    alike = vectors @ vectors.T
    for first, second in itertools.combinations(range(6), 2):
        if first // 2 == second // 2:
            assert alike[first, second] > 0.5
        else:
            assert alike[first, second] < 0.4


@pytest.mark.weights
def test_a_photograph_among_words(tmp_path: Path) -> None:
    """With the starter weights a picture of a cat is closer to a cat than to other things."""
    text = pytest.importorskip("assistant_text", reason="sensorium-text is not installed")
    vision = pytest.importorskip("assistant_vision", reason="sensorium-vision is not installed")
    data = pytest.importorskip("skimage.data", reason="scikit-image brings the photograph")
    held = io.BytesIO()
    Pillow.fromarray(data.chelsea()).save(held, "JPEG")
    photograph = "data:image/jpeg;base64," + base64.b64encode(held.getvalue()).decode()
    body = {"input": [photograph, "a cat", "a bicycle", "a plate of food"]}
    with started(tmp_path, text=text, vision=vision) as url:
        response = httpx.post(f"{url}/embeddings", json=body, timeout=60)
    assert response.status_code == 200, json.dumps(response.json())[:300]
    seen, *words = (np.array(each["embedding"]) for each in response.json()["data"])
    closeness = [float(seen @ word) for word in words]
    assert closeness[0] == max(closeness)
    assert response.json()["sensorium"]["embedders"] == {"text": "text_embedder", "image": "vision_embedder"}
