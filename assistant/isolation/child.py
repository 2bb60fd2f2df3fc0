"""The program of a plugin's own process: takes calls one after another and gives each to the plugin's threads.

One thread listens, so that a call can be cancelled; as many work as the plugin declares calls at once. What goes wrong
in a call ends that call; what goes wrong with the process is the assistant's to notice. Not to be imported elsewhere.
"""

from __future__ import annotations

import os
import select
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

from assistant.errors import Cancelled, PluginError
from assistant.isolation import channel
from assistant.isolation.crossing import (
    read_answer,
    read_observation,
    read_question,
    read_sampling,
    read_snapshot,
    told_delta,
    told_error,
    told_observation,
)
from assistant.isolation.inside import Call, LentMedia, LentServices, embedded
from assistant.isolation.registration import SETTLED, description, find, options_from, plain
from assistant.media import Image, Limits
from assistant.media.source import memory_file
from assistant.plugin import Request, Task, Utterance
from assistant.types import Example, Observation, Part
from assistant.workers import Worker

if TYPE_CHECKING:
    import numpy as np


def serve(control: int, protections: Mapping[str, bool]) -> None:
    """Take calls until the assistant closes its end, or wants nothing for a while.

    Args:
        control: descriptor of a socket over which calls come, each with a socket of its own.
        protections: what could be taken from this process, by name.
    """
    connection = socket.socket(fileno=control)
    running: dict[int, Call] = {}
    plugin = _Plugin(protections)
    worker: Worker | None = None
    poll = select.poll()
    poll.register(control, select.POLLIN)
    idle: float | None = None
    while True:
        if not poll.poll(None if idle is None else idle * 1000):
            if running:
                continue
            plugin.close()
            return
        try:
            told, descriptors = channel.receive(connection, trusted=True)
        except (EOFError, OSError):
            return
        number = told["call"]
        if told["do"] == "cancel":
            if number in running:
                running[number].cancel.set()
            continue
        idle = told.get("idle", idle)
        worker = worker or Worker("plugin", told.get("concurrency", 1))
        call = running[number] = Call(socket.socket(fileno=descriptors[0]), told)
        worker.submit(partial(_run, plugin, call, running))


def _run(plugin: _Plugin, call: Call, running: dict[int, Call]) -> None:
    try:
        with plugin.current(call):
            call.ended({"done": getattr(plugin, f"do_{call.told['do']}")(call)})
    except BaseException as error:  # whatever the plugin raises is told to the assistant, or to its log
        call.ended(told_error(error))
    finally:
        running.pop(call.told["call"], None)


class _Plugin:
    """What was loaded, and what can be done with it."""

    def __init__(self, protections: Mapping[str, bool]) -> None:
        self._protections = protections
        self._plugged: Any = None
        self._options: Any = None
        self._local = threading.local()
        self._latest: Call | None = None

    @contextmanager
    def current(self, call: Call) -> Iterator[None]:
        """What `Services.embed` asks through, while this call runs in this thread."""
        self._local.call = self._latest = call
        yield

    def _call(self) -> Call:
        call = getattr(self._local, "call", None) or self._latest
        if call is None:
            raise PluginError("Nothing can be embedded outside a call.", "Embed in `load` or in a call.")
        return call

    def close(self) -> None:
        """Before the process ends by itself."""
        if self._plugged is not None:
            self._plugged.close()

    # ---- calls -----------------------------------------------------------------------------------------------------

    def do_report(self, call: Call) -> dict[str, Any]:
        return {"protections": dict(self._protections)}

    def do_describe(self, call: Call) -> dict[str, Any]:
        def section(name: str) -> Mapping[str, Any]:
            given: Mapping[str, Any] = call.ask("section", name=name)[0]["section"]
            return given

        return description(call.told["module"], section)

    def do_load(self, call: Call) -> dict[str, Any]:
        told = call.told
        plugged: Any = find(told["module"], told["sort"], told["plugged"])
        self._options = options_from(plugged, told["options"])
        plugged.load(LentServices(told, self._options, self._call))
        self._plugged = plugged
        settled = {name: plain(getattr(plugged, name)) for name in SETTLED[told["sort"]]}
        return {"settled": settled, "protections": dict(self._protections)}

    def do_close(self, call: Call) -> dict[str, Any]:
        plugged, self._plugged = self._plugged, None
        if plugged is not None:
            plugged.close()
        return {}

    def do_perceive(self, call: Call) -> dict[str, Any]:
        told = call.told
        seen = told["observation"]
        task = Task(
            call.part(told["part"]),
            LentMedia(call, Limits(**told["limits"])),
            read_observation(seen) if seen else None,
            tuple(read_observation(each) for each in told["observations"]),
            call.cancel,
            self._options if told["options"] is None else options_from(self._plugged, told["options"]),
        )
        with _closed(self._plugged.perceive(task)) as items:
            for item in items:
                self._check(call)
                if isinstance(item, Part):
                    lent = memory_file(item.read_bytes())
                    try:
                        call.yielded({"made": item.to_json()}, [lent])
                    finally:
                        os.close(lent)
                elif isinstance(item, Observation):
                    call.yielded({"seen": told_observation(item)})
                else:
                    raise PluginError(f"It yielded {type(item).__name__}, not an Observation or a Part.")
        return {}

    def do_answer(self, call: Call) -> dict[str, Any]:
        with _closed(self._plugged.answer(self._request(call))) as deltas:
            for delta in deltas:
                self._check(call)
                call.yielded({"delta": told_delta(delta)})
        return {}

    def do_check(self, call: Call) -> dict[str, Any]:
        delta = self._plugged.check(self._request(call), read_answer(call.told["answer"]))
        if delta is not None:
            call.yielded({"delta": told_delta(delta)})
        return {}

    def do_embed(self, call: Call) -> dict[str, Any]:
        told = call.told
        inputs: list[Any] = told["texts"]
        if told["images"]:
            inputs = []
            for index in range(told["images"]):
                brought, (descriptor,) = call.ask("input", index=index)
                inputs.append(Image(call.array(brought, descriptor)))
        self._hand_over(call, self._plugged.embed(inputs))
        return {}

    def do_speak(self, call: Call) -> dict[str, Any]:
        told = call.told
        utterance = Utterance(told["text"], told["speaker"], told["speed"], told["instructions"], call.cancel)
        with _closed(self._plugged.speak(utterance)) as pieces:
            for piece in pieces:
                self._check(call)
                self._hand_over(call, piece)
        return {}

    # ---- parts of calls --------------------------------------------------------------------------------------------

    @staticmethod
    def _check(call: Call) -> None:
        if call.cancel.is_set():
            raise Cancelled

    @staticmethod
    def _hand_over(call: Call, numbers: np.ndarray) -> None:
        import numpy as np

        plain = np.ascontiguousarray(numbers, np.float32)
        lent = memory_file(plain.tobytes())
        try:
            call.yielded({"shape": list(plain.shape)}, [lent])
        finally:
            os.close(lent)

    @staticmethod
    def _request(call: Call) -> Request:
        told = call.told

        def part(value: Mapping[str, Any]) -> Part:
            return call.part(value)

        snapshot = read_snapshot({**told["context"], "parts": []}, lambda digest: b"")
        context = type(snapshot)(
            tuple(part(each) for each in told["context"]["parts"]),
            snapshot.observations,
            snapshot.gaps,
            snapshot.messages,
            snapshot.turn_parts,
            {modality: tuple(kinds) for modality, kinds in told["capabilities"].items()},
        )
        return Request(
            question=read_question(told["question"]),
            context=context,
            media=LentMedia(call, Limits(**told["limits"])),
            embed=partial(embedded, call),
            capabilities=context.capabilities,
            vocabulary={kind: tuple(words) for kind, words in told["vocabulary"].items()},
            examples=tuple(
                Example(each["question"], each["answer"], part(each["part"]) if each["part"] else None)
                for each in told["examples"]
            ),
            instructions=told["instructions"],
            sampling=read_sampling(told["sampling"]),
            computed=lambda: read_answer(call.ask("computed")[0]["answer"]),
            cancel=call.cancel,
        )


@contextmanager
def _closed(results: Any) -> Iterator[Any]:
    """What a plugin returned to be iterated, closed at the end if it can be."""
    if hasattr(results, "close"):
        with closing(results):
            yield results
    else:
        yield results
