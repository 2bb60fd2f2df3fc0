"""What HTTP costs over the engine called in process: a turn, and a chunk of a stream. With fakes, so that nothing else
counts; both sides in one run, in turn, so that the ratio holds on a busy machine.

python benchmarks/http_overhead.py [--turns 200] [--words 500]
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import io
import json
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import uvicorn
from PIL import Image

from assistant.api import create_app
from assistant.api.server import listen
from assistant.app import Assistant, Upload
from assistant.host import Host
from assistant.plugin import Request
from assistant.settings import Settings
from assistant.testing import FakeAnswerer, FakePerceiver, FakePlugin
from assistant.types import Delta


def answer(request: Request) -> Iterator[Delta]:
    """As many words as the question says."""
    count = int(request.question.text.split()[-1])
    cited = tuple(seen.id for seen in request.context.observations)
    yield Delta("word ", citations=cited, confidence=0.9)
    for _ in range(count - 1):
        yield Delta("word ")


def assistant_of(directory: Path) -> Assistant:
    """One perceiver of pictures, one of text, one answerer; no limits that a benchmark would hit."""
    settings = Settings(data_dir=directory, server={"requests_per_minute": 0})
    fakes = FakePlugin(
        FakePerceiver("notes", lambda task: [task.observe("note", "seen", 1.0)], consumes=("image",)),
        FakePerceiver("reader", lambda task: [], consumes=("text",)),
        FakeAnswerer("teller", answer),
    )
    return Assistant(settings, host=Host(settings, plugins={"fakes": fakes}, discover=False))


async def in_process(assistant: Assistant, question: str, uploads: tuple[Upload, ...]) -> float:
    """Milliseconds of one turn."""
    began = time.perf_counter()
    async for _ in assistant.turn(question, uploads):
        pass
    return (time.perf_counter() - began) * 1000


class Connection:
    """A client that costs next to nothing: one kept connection, requests made before the clock starts."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    async def ask(self, path: str, body: dict[str, object]) -> float:
        """Milliseconds of one request, its answer read to the end."""
        content = json.dumps(body).encode()
        head = (
            f"POST {path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n"
            f"content-length: {len(content)}\r\n\r\n"
        )
        began = time.perf_counter()
        self._writer.write(head.encode() + content)
        status, *fields = (await self._reader.readuntil(b"\r\n\r\n")).decode().lower().split("\r\n")
        assert " 200 " in status, status
        length = next((field.partition(":")[2] for field in fields if field.startswith("content-length:")), None)
        if length is not None:
            await self._reader.readexactly(int(length))
        else:
            while size := int(await self._reader.readuntil(b"\r\n"), 16):
                await self._reader.readexactly(size + 2)
            await self._reader.readexactly(2)
        return (time.perf_counter() - began) * 1000


async def in_application(app: Any, path: str, body: dict[str, object]) -> float:
    """Milliseconds of processor time of one request, without a connection: what holds however busy the machine is."""
    content = json.dumps(body).encode()
    headers = [(b"host", b"127.0.0.1"), (b"content-type", b"application/json")]
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [*headers, (b"content-length", str(len(content)).encode())],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }
    done = asyncio.Event()
    messages = iter([{"type": "http.request", "body": content, "more_body": False}])

    async def receive() -> dict[str, object]:
        message = next(messages, None)
        if message is None:
            await done.wait()
            return {"type": "http.disconnect"}
        return message

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.body" and not message.get("more_body"):
            done.set()

    began = time.process_time()
    await app(scope, receive, send)
    return (time.process_time() - began) * 1000


async def measure(assistant: Assistant, app: Any, address: tuple[str, int], turns: int, words: int) -> None:
    """Print the figures."""
    buffer = io.BytesIO()
    Image.effect_noise((640, 480), 60).convert("RGB").save(buffer, "JPEG", quality=85)
    photo = buffer.getvalue()
    url = "data:image/jpeg;base64," + base64.b64encode(photo).decode()
    picture = ({"type": "image_url", "image_url": {"url": url}},)
    print(f"photograph of {len(photo) / 1024:.0f} KiB; median of {turns} turns; milliseconds")
    reader, writer = await asyncio.open_connection(*address, limit=2**24)
    client = Connection(reader, writer)
    with closing(writer):

        def body(path: str, count: int, parts: tuple[object, ...], *, stream: bool) -> dict[str, object]:
            question = f"words {count}"
            if path == "/v1/responses":
                content = [{"type": "input_text", "text": question}]
                content += [{"type": "input_image", "image_url": url} for _ in parts]
                return {"input": [{"role": "user", "content": content}], "stream": stream}
            return {
                "messages": [{"role": "user", "content": [{"type": "text", "text": question}, *parts]}],
                "stream": stream,
            }

        for path in ("/v1/chat/completions", "/v1/responses"):
            for name, parts, uploads in (
                ("text", (), ()),
                ("photograph", picture, (Upload("photo.jpg", photo),)),
            ):
                inside, whole, streamed, long_inside, long_streamed = (list[Any]() for _ in range(5))
                for number in range(turns + 5):
                    figures = (
                        await in_process(assistant, "words 5", uploads),
                        await client.ask(path, body(path, 5, parts, stream=False)),
                        await client.ask(path, body(path, 5, parts, stream=True)),
                    )
                    if number >= 5:
                        for kept, figure in zip((inside, whole, streamed), figures, strict=True):
                            kept.append(figure)
                    if number % 10 == 5:
                        long_inside.append(await in_process(assistant, f"words {words}", uploads))
                        long_streamed.append(await client.ask(path, body(path, words, parts, stream=True)))
                used = []
                for _ in range(turns):
                    began = time.process_time()
                    await in_process(assistant, "words 5", uploads)
                    engine = (time.process_time() - began) * 1000
                    used.append(await in_application(app, path, body(path, 5, parts, stream=False)) - engine)
                base = statistics.median(inside)
                added = statistics.median(a - b for a, b in zip(whole, inside, strict=True))
                added_stream = statistics.median(a - b for a, b in zip(streamed, inside, strict=True))
                longer = statistics.median(a - b for a, b in zip(long_streamed, long_inside, strict=True))
                chunk = (longer - added_stream) / (words - 5)
                print(
                    f"{path:22} {name:10}  in process {base:6.2f}  HTTP adds {added:5.2f} whole, "
                    f"{added_stream:5.2f} streamed, {chunk:6.3f} a chunk; "
                    f"processor time added {statistics.median(used):5.2f}"
                )


def main() -> None:
    """Serve on a free port of this machine, and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=200)
    parser.add_argument("--words", type=int, default=500)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory, assistant_of(Path(directory)) as assistant:
        listener = listen("127.0.0.1", 0)
        app = create_app(assistant)
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        address = listener.getsockname()
        try:
            asyncio.run(measure(assistant, app, address, arguments.turns, arguments.words))
        finally:
            server.should_exit = True
            thread.join(10)
            listener.close()


if __name__ == "__main__":
    main()
