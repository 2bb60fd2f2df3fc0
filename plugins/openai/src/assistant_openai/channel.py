"""Sends requests through the OpenAI SDK from threads that must be able to stop at any moment. Knows no prompts.

The SDK's asynchronous client runs in one event loop in a thread of its own: cancelling a task ends a connection
attempt, a wait before a retry, a wait for the first token or a stream alike, and closes the connection, so that the
server stops computing.
"""

from __future__ import annotations

import asyncio
import queue
import threading
import time
from collections.abc import Coroutine, Iterator, Mapping
from typing import Any, Final, TypeVar

from assistant.errors import Cancelled

T = TypeVar("T")

POLL_SECONDS: Final = 0.1
"""How often a waiting call looks whether it is still wanted."""
CONNECT_SECONDS: Final = 5.0
CLOSE_SECONDS: Final = 2.0
_END: Final = object()


class Silent(Exception):
    """The server sent nothing for as long as one may wait."""


class NoStream(Exception):
    """The server answered something else than a stream of events; the argument is its content type."""


class Channel:
    """A client of one server; usable from several threads at once."""

    def __init__(self, url: str, key: str, *, retries: int, timeout: float) -> None:
        """Connects on first use.

        Args:
            url: the API's base, with its version.
            key: sent as bearer token; "" sends none.
            retries: how often a request is repeated.
            timeout: seconds of silence after which it is given up.
        """
        self.timeout = timeout
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="assistant-openai-channel", daemon=True)
        self._thread.start()
        self._headers: dict[str, Any] = {}
        try:
            self._client = asyncio.run_coroutine_threadsafe(self._connect(url, key, retries), self._loop).result()
        except BaseException:
            self._end()
            raise

    async def _connect(self, url: str, key: str, retries: int) -> Any:
        import httpx2
        import openai

        async def spare_long_waits(response: Any) -> None:
            """A server that asks for more patience than we have is not asked again; the SDK heeds this header."""
            if _seconds(response.headers.get("retry-after")) > self.timeout / 2:
                response.headers["x-should-retry"] = "false"

        client = openai.AsyncOpenAI(
            api_key=key,
            admin_api_key="",
            base_url=url,
            max_retries=retries,
            timeout=httpx2.Timeout(self.timeout, connect=CONNECT_SECONDS),
            http_client=openai.DefaultAsyncHttpxClient(
                follow_redirects=False, event_hooks={"response": [spare_long_waits]}
            ),
            _enforce_credentials=False,
        )
        self._headers = {} if key else {"Authorization": openai.omit}
        client.organization = client.project = None  # of the vendor's own service; taken from the environment
        return client

    def _wait(self, work: Coroutine[Any, Any, T], cancel: threading.Event) -> T:
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        ends = time.monotonic() + self.timeout
        done = threading.Event()
        future.add_done_callback(lambda _: done.set())
        while not done.wait(POLL_SECONDS):
            if cancel.is_set():
                future.cancel()
                raise Cancelled
            if time.monotonic() > ends:
                future.cancel()
                raise Silent
        return future.result()

    def models(self, cancel: threading.Event) -> list[dict[str, Any]]:
        """The models the server names, each as the JSON object it sent.

        Raises:
            openai.OpenAIError: as the SDK raises it.
            Silent: nothing came in time.
            Cancelled: `cancel` was set.
        """

        async def ask() -> list[dict[str, Any]]:
            page = await self._client.models.list(extra_headers=self._headers)
            return [model.model_dump() for model in page.data or ()]

        return self._wait(ask(), cancel)

    def stream(self, body: Mapping[str, Any], cancel: threading.Event, *, retries: int | None = None) -> Iterator[Any]:
        """The chunks of a chat completion as they come.

        Args:
            body: keyword arguments of the SDK's `chat.completions.create`, without `stream`.
            cancel: ends it within POLL_SECONDS when set.
            retries: instead of the client's.

        Raises:
            openai.OpenAIError: as the SDK raises it.
            NoStream: a successful response that is no event stream.
            Silent: nothing came in time.
            Cancelled: `cancel` was set.
        """
        inbox: queue.SimpleQueue[Any] = queue.SimpleQueue()
        client = self._client if retries is None else self._client.with_options(max_retries=retries)

        async def receive() -> None:
            async with await client.chat.completions.create(**body, stream=True, extra_headers=self._headers) as stream:
                kind = stream.response.headers.get("content-type", "")
                if not kind.startswith("text/event-stream"):
                    raise NoStream(kind)
                async for chunk in stream:
                    inbox.put(chunk)

        future = asyncio.run_coroutine_threadsafe(receive(), self._loop)
        future.add_done_callback(lambda _: inbox.put(_END))
        heard = time.monotonic()
        try:
            while True:
                if cancel.is_set():
                    raise Cancelled
                try:
                    item = inbox.get(timeout=POLL_SECONDS)
                except queue.Empty:
                    if time.monotonic() - heard > self.timeout:
                        raise Silent from None
                    continue
                if item is _END:
                    break
                heard = time.monotonic()
                yield item
            future.result()
        finally:
            future.cancel()

    def close(self) -> None:
        """Close all connections and end the thread."""

        async def end() -> None:
            others = asyncio.all_tasks() - {asyncio.current_task()}
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)
            await self._client.close()

        try:
            asyncio.run_coroutine_threadsafe(end(), self._loop).result(CLOSE_SECONDS)
        finally:
            self._end()

    def _end(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(CLOSE_SECONDS)
        if not self._thread.is_alive():
            self._loop.close()


def _seconds(retry_after: str | None) -> float:
    try:
        return float(retry_after or 0)
    except ValueError:  # a date; the SDK reads it, and waits two minutes at most
        return 0.0
