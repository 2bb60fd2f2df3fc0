"""One call of a plugin's process: what it yields, what it asks back, how it ends. Nothing that comes is trusted."""

from __future__ import annotations

import logging
import os
import select
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, NoReturn, TypeAlias

from assistant.errors import AssistantError, Cancelled, PluginCrashed
from assistant.isolation import channel
from assistant.isolation.channel import Nonsense
from assistant.isolation.crossing import crash, read_error, read_trace, table, told_error

if TYPE_CHECKING:
    from assistant.isolation.process import Process

GRACE_SECONDS: Final = 0.5
"""What a call has left to end by itself once it is given up; then its process is killed."""
POLL_SECONDS: Final = 0.05
"""How often a call that is waited for is looked at for whether it is still wanted."""

logger = logging.getLogger(__name__)
Serve: TypeAlias = "Callable[[Mapping[str, Any], list[int]], tuple[dict[str, Any], list[int]]]"
"""Answers what a plugin asks back: its message and descriptors; the reply and the descriptors to send, to be closed."""


class Lost(PluginCrashed):
    """The process was ended for the sake of another call, or because it was not needed any more."""


class Conversation:
    """One call of a process: what it yields, what it asks back, how it ends. In one thread."""

    def __init__(
        self,
        process: Process,
        connection: socket.socket,
        number: int,
        name: str,
        serve: Serve,
        cancel: threading.Event,
        seconds: float | None,
    ) -> None:
        self._process, self._connection, self._number, self._name = process, connection, number, name
        self._serve, self._cancel, self._seconds = serve, cancel, seconds
        self._watched = process.watched()
        self._ends = None if seconds is None else time.monotonic() + seconds
        self._given_up: float | None = None
        self._over = False
        self._allowance = channel.Allowance()
        self.began = False
        """Whether anything came back yet."""
        self.done: dict[str, Any] = {}
        """What it ended with."""

    def items(self) -> Iterator[tuple[dict[str, Any], list[int]]]:
        """What it yields, with descriptors that are closed when the next is asked for.

        Raises:
            Cancelled: it was given up.
            AssistantError: as it raised.
            PluginCrashed: its process failed, ended or took too long.
        """
        try:
            while True:
                message, descriptors = self._next()
                try:
                    if "done" in message:
                        self._over = True
                        self.done = table(message["done"])
                        return
                    yield table(message.get("item")), descriptors
                finally:
                    channel.close(descriptors)
        except Nonsense as error:
            self._over = True
            logger.warning("The process of %s said what makes no sense: %s", self._name, error)
            self._process.kill()
            raise crash("PluginCrashed", self._name) from error
        finally:
            self.close()

    def result(self) -> dict[str, Any]:
        """What a call that yields nothing ends with."""
        for _ in self.items():
            raise crash("PluginCrashed", self._name)
        return self.done

    def close(self) -> None:
        """Give the call up unless it is over: it is told so, and its process is ended unless it then ends soon."""
        if not self._over:
            self._over = True
            self._cancel.set()
            with suppress(AssistantError, Nonsense):
                while True:
                    message, descriptors = self._next()
                    channel.close(descriptors)
                    if "done" in message:
                        break
        self._connection.close()
        if self._watched >= 0:
            os.close(self._watched)
            self._watched = -1

    # ---- waiting -------------------------------------------------------------------------------------------------

    def _next(self) -> tuple[dict[str, Any], list[int]]:
        """The next message that is no question; questions are answered."""
        while True:
            message, descriptors = self._receive()
            self.began = True
            if "error" in message:
                self._over = True
                channel.close(descriptors)
                for line in read_trace(message):
                    logger.warning("plugin %s raised: %s", self._name, line)
                raise read_error(message, self._name, cancelled=self._cancel.is_set())
            if "ask" not in message:
                return message, descriptors
            try:
                reply, lent = self._answer(message, descriptors)
            finally:
                channel.close(descriptors)
            try:
                channel.send(self._connection, reply, lent)
            except OSError as error:  # it has ended, or asks and asks and does not listen
                logger.debug("%s does not take the answer to its question: %s", self._name, error)
            finally:
                channel.close(lent)

    def _answer(self, message: Mapping[str, Any], descriptors: list[int]) -> tuple[dict[str, Any], list[int]]:
        try:
            if self._cancel.is_set():
                raise Cancelled
            return self._serve(message, descriptors)
        except Nonsense:
            raise
        except AssistantError as error:
            return told_error(error), []
        except Exception as error:  # of other plugins, whose embeddings or answers it asked for
            logger.warning("What %s asked for failed", self._name, exc_info=error)
            return told_error(error), []

    def _receive(self) -> tuple[dict[str, Any], list[int]]:
        if self._watched < 0:
            self._died()
        poll = select.poll()
        poll.register(self._connection, select.POLLIN)
        poll.register(self._watched, select.POLLIN)
        while True:
            ready = {descriptor for descriptor, _ in poll.poll(POLL_SECONDS * 1000)}
            now = time.monotonic()
            if self._cancel.is_set() and self._given_up is None:
                self._given_up = now + GRACE_SECONDS
                with suppress(OSError):
                    self._process.send({"call": self._number, "do": "cancel"})
            if self._given_up is not None and now >= self._given_up:
                self._process.kill()
                self._over = True
                logger.warning("%s did not stop when it was told to, so its process was ended", self._name)
                raise Cancelled
            if self._ends is not None and now >= self._ends:
                self._process.kill()
                self._over = True
                raise PluginCrashed(f"{self._name} took longer than {self._seconds:.0f} s.", "The log says more.")
            if self._connection.fileno() in ready:
                try:
                    return channel.receive(self._connection, allowance=self._allowance)
                except BlockingIOError:
                    continue
                except (EOFError, ConnectionError):
                    readable(self._watched, GRACE_SECONDS)
                    self._died()
            if self._watched in ready:
                self._died()

    def _died(self) -> NoReturn:
        self._over = True
        how = self._process.status()
        lost = self._process.ended_here or (self._process.left and not self.began)
        self._process.kill()
        if self._cancel.is_set():
            raise Cancelled
        if lost:
            raise Lost(f"The process of {self._name} was ended while it worked.", "Ask again.")
        logger.warning("The process of %s %s", self._name, how)
        raise PluginCrashed(f"The process of {self._name} {how}.", "The log says more.")


def serve_nothing(told: Mapping[str, Any], descriptors: list[int]) -> tuple[dict[str, Any], list[int]]:
    """For calls in which nothing is asked back."""
    raise Nonsense("a question where there is nothing to ask")


def readable(descriptor: int, seconds: float) -> bool:
    """Whether something can be read within this time."""
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return bool(poll.poll(seconds * 1000))
