"""Hostile files sent to every endpoint that takes files: refused with a reason, or a gap; others are served on."""

from __future__ import annotations

import base64
import io
import struct
import threading
import time
import wave
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from api_serving import PIXEL, Script, assistant_with, serving
from PIL import Image

from assistant.api import create_app

SHARED = Path(__file__).resolve().parents[1] / "../shared/data/hostile"
MISSING = frozenset({501, 503})
"""Nothing is installed that could do it, or nothing free just now: said, and nothing broken."""
QUICK = 1.0
"""Seconds that others wait at most for a look at the server's health, on a busy machine."""
PATIENT = 60.0
LOOK_SECONDS = 0.05


def url_of(data: bytes, kind: str) -> str:
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"


def own_json(client: httpx.Client, name: str, data: bytes) -> httpx.Response:
    sent = {"text": "what is it?", "files": [{"name": name, "data": url_of(data, "image/png")}]}
    return client.post(f"/api/v1/conversations/{_conversation(client)}/turns", json=sent)


def own_form(client: httpx.Client, name: str, data: bytes) -> httpx.Response:
    files = {"files": (name, data, "audio/wav")}
    return client.post(f"/api/v1/conversations/{_conversation(client)}/turns", files=files)


def chat(part: Callable[[bytes], dict[str, Any]]) -> Callable[[httpx.Client, str, bytes], httpx.Response]:
    def post(client: httpx.Client, name: str, data: bytes) -> httpx.Response:
        content = [{"type": "text", "text": "what is it?"}, part(data)]
        message = {"role": "user", "content": content}
        return client.post("/v1/chat/completions", json={"model": "sensorium", "messages": [message]})

    return post


def responses(client: httpx.Client, name: str, data: bytes) -> httpx.Response:
    content = [
        {"type": "input_text", "text": "what is it?"},
        {"type": "input_image", "image_url": url_of(data, "image/png")},
        {"type": "input_file", "filename": name, "file_data": url_of(data, "application/pdf")},
    ]
    return client.post("/v1/responses", json={"model": "sensorium", "input": [{"role": "user", "content": content}]})


def sound(route: str) -> Callable[[httpx.Client, str, bytes], httpx.Response]:
    def post(client: httpx.Client, name: str, data: bytes) -> httpx.Response:
        return client.post(f"/v1/audio/{route}", files={"file": (name, data)}, data={"model": "whisper-1"})

    return post


def embeddings(client: httpx.Client, name: str, data: bytes) -> httpx.Response:
    return client.post("/v1/embeddings", json={"model": "looks", "input": [url_of(data, "image/png")]})


ENDPOINTS: dict[str, Callable[[httpx.Client, str, bytes], httpx.Response]] = {
    "own, JSON": own_json,
    "own, form": own_form,
    "chat, image": chat(lambda data: {"type": "image_url", "image_url": {"url": url_of(data, "image/jpeg")}}),
    "chat, audio": chat(
        lambda data: {"type": "input_audio", "input_audio": {"data": base64.b64encode(data).decode(), "format": "wav"}}
    ),
    "chat, file": chat(
        lambda data: {"type": "file", "file": {"filename": "f", "file_data": url_of(data, "text/plain")}}
    ),
    "responses": responses,
    "transcriptions": sound("transcriptions"),
    "translations": sound("translations"),
    "embeddings": embeddings,
}


def _conversation(client: httpx.Client) -> str:
    return str(client.post("/api/v1/conversations").json()["id"])


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server whose perceiver decodes everything to its end."""
    script = Script()
    script.decoding = True
    with (
        assistant_with(tmp_path_factory.mktemp("data"), script, limits={"bytes": 2_000_000}) as assistant,
        serving(create_app(assistant)) as served,
    ):
        yield served


@contextmanager
def watched(url: str) -> Iterator[None]:
    """Somebody else looks at the server's health all the while, and never waits long."""
    waits: list[float] = []
    over = threading.Event()

    def look() -> None:
        with httpx.Client(base_url=url, timeout=PATIENT) as client:
            while not over.wait(LOOK_SECONDS):
                began = time.perf_counter()
                assert client.get("/health/live").status_code == 200
                waits.append(time.perf_counter() - began)

    with ThreadPoolExecutor(1) as pool:
        looking = pool.submit(look)
        try:
            yield
        finally:
            over.set()
        looking.result()
    waits.sort()
    assert waits[int(len(waits) * 0.95)] < QUICK


def survive(url: str, files: dict[str, bytes]) -> None:
    """Send each file to each endpoint."""
    told: list[str] = []
    with watched(url), httpx.Client(base_url=url, timeout=PATIENT) as client:
        for name, data in files.items():
            for endpoint, send in ENDPOINTS.items():
                answer = send(client, name, data)
                body = answer.json()
                if answer.status_code >= 400:
                    good = bool(body["error"]["message"]) and (
                        answer.status_code < 500 or answer.status_code in MISSING
                    )
                else:
                    good = answer.status_code == 200
                if not good:
                    told.append(f"{name} to {endpoint}: {answer.status_code} {answer.text[:300]}")
    assert told == []


def small() -> dict[str, bytes]:
    """Files that lie about themselves, made here."""

    def png(width: int, height: int, data: bytes) -> bytes:
        def chunk(kind: bytes, content: bytes) -> bytes:
            return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

        header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
        return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")

    target = io.BytesIO()
    Image.fromarray(np.random.default_rng(1).integers(0, 255, (80, 80, 3), np.uint8)).save(target, "JPEG")
    wav = b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\1\0\1\0\x80\x3e\0\0\0\x7d\0\0\2\0\x10\0data"
    return {
        "empty.jpg": b"",
        "truncated.jpg": target.getvalue()[: len(target.getvalue()) // 2],
        "header.jpg": target.getvalue()[:20],
        "bomb.png": png(60_000, 60_000, zlib.compress(bytes(1_000_000))),
        "lying.png": png(200, 200, b"no zlib"),
        "text.png": b"I am a text, not a picture.",
        "silent.wav": wav + b"\0\0\0\0",
        "endless.wav": wav + b"\xff\xff\xff\xff",
        "noise.mp4": b"\0\0\0\x18ftypmp42" + np.random.default_rng(2).bytes(500),
        "page.html": b"<html><script>alert(1)</script></html>",
        "drawing.svg": b'<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>',
        "../../etc/passwd\0": b"name that climbs",
        "large.txt": b"word " * 500_000,
    }


def test_files_that_lie(url: str) -> None:
    """No file breaks an endpoint or keeps others waiting."""
    survive(url, small())


@pytest.mark.shared
def test_files_that_broke_others(url: str) -> None:
    """Files that once crashed, stalled or misled decoders."""
    if not SHARED.is_dir():
        pytest.skip("../shared/data is not there")
    survive(url, {path.name: path.read_bytes() for path in sorted(SHARED.iterdir())})


def test_good_files_are_taken_by_every_endpoint(url: str) -> None:
    """What is refused above is refused for what it is: a picture and a recording get through."""
    wav = io.BytesIO()
    with wave.open(wav, "wb") as file:
        file.setparams((1, 2, 16000, 0, "NONE", ""))
        file.writeframes(bytes(32000))
    with httpx.Client(base_url=url, timeout=PATIENT) as client:
        for endpoint, send in ENDPOINTS.items():
            heard = endpoint in ("chat, audio", "transcriptions", "translations")
            answer = send(client, "file", wav.getvalue() if heard else PIXEL)
            assert answer.status_code == 200 or endpoint == "translations", f"{endpoint}: {answer.text}"


def test_no_address_of_a_file_is_opened(url: str) -> None:
    """file:, http: and paths are refused by name: nothing of this machine is read."""
    with httpx.Client(base_url=url, timeout=PATIENT) as client:
        where = _conversation(client)
        for address in (
            "file:///etc/passwd",
            "/etc/passwd",
            "http://127.0.0.1:1/",
            "gopher://x",
            "data:",
            "",
            "data:;x",
        ):
            sent = {"text": "what is it?", "files": [{"name": "x", "data": address}]}
            answer = client.post(f"/api/v1/conversations/{where}/turns", json=sent)
            assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid_data_url"), address


def test_a_body_that_never_ends_is_cut_off(url: str) -> None:
    """A form without a length is read up to the cap and no further."""

    def body() -> Iterator[bytes]:
        yield b'--x\r\nContent-Disposition: form-data; name="files"; filename="a"\r\n\r\n'
        for _ in range(64):
            yield bytes(2**20)

    with httpx.Client(base_url=url, timeout=PATIENT) as client:
        where = _conversation(client)
        kind = {"content-type": "multipart/form-data; boundary=x"}
        try:
            answer = client.post(f"/api/v1/conversations/{where}/turns", content=body(), headers=kind)
        except httpx.WriteError:  # the server had closed the connection by then
            return
        assert answer.status_code == 413
