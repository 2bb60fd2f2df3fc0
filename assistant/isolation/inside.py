"""What a plugin finds in its own process in place of the assistant: media, services and parts that are asked for.

Decoding is always done by the assistant; pixels and sound come in shared memory that can only be read.
"""

from __future__ import annotations

import errno
import mmap
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from assistant.errors import PluginError
from assistant.isolation import channel
from assistant.isolation.crossing import read_error, read_part
from assistant.media import Audio, Frame, Image, Limits, Media
from assistant.media.media import added
from assistant.media.source import memory_file
from assistant.types import EMPTY, JSON, Part

if TYPE_CHECKING:
    import numpy as np

BUSY_SECONDS: Final = 0.01
"""How long to wait when the kernel allows no further descriptors to be under way."""
TEXTS: Final = 256
"""Texts that are embedded at once: a call that is given up does not wait for more."""


class Call:
    """One call of the assistant, in the plugin's process: what it is told, and means to ask back."""

    def __init__(self, connection: socket.socket, told: Mapping[str, Any]) -> None:
        self.told = told
        self.cancel = threading.Event()
        self._connection = connection
        self._turn = threading.Lock()
        self._held: list[int] = []
        self._contents: dict[str, bytes | Path] = {}
        self.given: set[str] = set()
        """Digests of parts that the assistant knows."""

    def yielded(self, item: Any, descriptors: Sequence[int] = ()) -> None:
        """Hand over one thing."""
        with self._turn:
            self._send({"item": item}, descriptors)

    def ended(self, message: Mapping[str, Any]) -> None:
        """The last message; whatever was lent is given back."""
        with suppress(OSError), self._turn:
            self._send(message)
        self._connection.close()
        channel.close(self._held)

    def ask(self, what: str, descriptors: Sequence[int] = (), **told: Any) -> tuple[dict[str, Any], list[int]]:
        """Ask the assistant for something, from any thread.

        Raises:
            AssistantError: as the assistant raised it.
        """
        with self._turn:
            self._send({"ask": what, **told}, descriptors)
            message, brought = channel.receive(self._connection, trusted=True)
        if "error" in message:
            channel.close(brought)
            raise read_error(message, "the assistant")
        return message, brought

    def array(self, told: Mapping[str, Any], descriptor: int) -> np.ndarray:
        """The numbers in a file in memory, which is closed: read-only."""
        import numpy as np

        shape = tuple(told["shape"])
        kind = np.dtype(told["kind"])
        size = int(np.prod(shape)) * kind.itemsize
        try:
            if not size:
                return np.zeros(shape, kind)
            memory = mmap.mmap(descriptor, size, mmap.MAP_SHARED | mmap.MAP_POPULATE, mmap.PROT_READ)
        finally:
            os.close(descriptor)
        return np.frombuffer(memory, kind, size // kind.itemsize).reshape(shape)

    def part(self, told: Mapping[str, Any]) -> Part:
        """A part that the assistant told of; its content is fetched when it is looked at."""
        self.given.add(told["digest"])
        part: Part = LentPart.__new__(LentPart)
        plain = read_part(told, lambda digest: b"")
        for name in Part.__dataclass_fields__:
            value = (lambda: self._content(plain.digest)) if name == "content" else getattr(plain, name)
            object.__setattr__(part, name, value)
        return part

    def _content(self, digest: str) -> bytes | Path:
        known = self._contents.get(digest)
        if known is None:
            told, (descriptor,) = self.ask("content", part=digest)
            if told["file"]:
                self._held.append(descriptor)
                known = Path(f"/proc/self/fd/{descriptor}")
            else:
                known = channel.read_file(descriptor, None)
                os.close(descriptor)
            self._contents[digest] = known
        return known

    def _send(self, message: Mapping[str, Any], descriptors: Sequence[int] = ()) -> None:
        try:
            while True:
                try:
                    channel.send(self._connection, message, descriptors)
                    return
                except OSError as error:
                    if error.errno != errno.ETOOMANYREFS:
                        raise
                time.sleep(BUSY_SECONDS)  # descriptors that nobody took out yet: the assistant reads, if slowly
        except (TypeError, ValueError, RecursionError) as error:
            raise PluginError(f"What it yields is not JSON: {error}.", "Use plain numbers, texts and lists.") from error


class LentPart(Part):
    """A part whose content is fetched once something looks at it."""

    __slots__ = ("_content",)
    _content: bytes | Path | Callable[[], bytes | Path]

    @property
    def content(self) -> bytes | Path:
        """As in `Part`; a file may be opened by its path while the call lasts."""
        return self._content() if callable(self._content) else self._content

    @content.setter
    def content(self, value: Any) -> None:
        object.__setattr__(self, "_content", value)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Part):
            return NotImplemented
        return (self.modality, self.digest) == (other.modality, other.digest)

    def __hash__(self) -> int:
        return hash((self.modality, self.digest))


class LentMedia(Media):
    """`Media` of one call: asks the assistant to decode. Encoding is done here."""

    def __init__(self, call: Call, limits: Limits) -> None:
        super().__init__(limits)
        self._call = call
        self._images: dict[str, Image] = {}

    def open(
        self,
        source: bytes | Path,
        name: str = "",
        *,
        parent: Part | None = None,
        facts: Mapping[str, JSON] = EMPTY,
    ) -> Part:
        """See `Media.open`: sniffed and read by the assistant."""
        content = source if isinstance(source, bytes) else source.read_bytes()
        name = name or (source.name if isinstance(source, Path) else "")
        lent = memory_file(content)
        try:
            told, _ = self._call.ask("open", [lent], name=name, parent=parent.digest if parent else None)
        finally:
            os.close(lent)
        part = read_part(told["part"], lambda digest: content)
        return replace(part, facts={**added(facts), **part.facts})

    def image(self, part: Part) -> Image:
        """See `Media.image`."""
        known = self._images.get(part.digest)
        if known is None:
            told, (descriptor,) = self._ask("image", part)
            known = Image(self._call.array(told, descriptor), tuple(told["notes"]))
            self._images[part.digest] = known
        return known

    def audio(self, part: Part) -> Audio:
        """See `Media.audio`."""
        told, _ = self._ask("audio", part)
        notes: list[str] = []

        def decode() -> Iterator[np.ndarray]:
            begun, _ = self._ask("sound", part)
            while True:
                piece, descriptors = self._call.ask("piece", number=begun["number"])
                notes[:] = piece["notes"]
                if not descriptors:
                    return
                yield self._call.array(piece, descriptors[0])

        return Audio(part, told["seconds"], decode, notes)

    def frames(self, part: Part, count: int | None = None) -> Iterator[Frame]:
        """See `Media.frames`."""
        begun, _ = self._ask("frames", part, count=count)

        def pieces() -> Iterator[Frame]:
            while True:
                piece, descriptors = self._call.ask("piece", number=begun["number"])
                if not descriptors:
                    return
                yield Frame(piece["seconds"], self._call.array(piece, descriptors[0]))

        return pieces()

    def _ask(self, what: str, part: Part, **told: Any) -> tuple[dict[str, Any], list[int]]:
        if part.digest in self._call.given:
            return self._call.ask(what, part=part.digest, **told)
        lent = memory_file(part.read_bytes())  # made here: the assistant looks at it as at any other file
        try:
            return self._call.ask(what, [lent], made=part.to_json(), **told)
        finally:
            os.close(lent)


class LentServices:
    """`plugin.Services` in the plugin's process."""

    def __init__(self, told: Mapping[str, Any], options: Any, call: Callable[[], Call]) -> None:
        self.options = options
        self.threads: int = told["threads"]
        self.device: str = told["device"]
        self.hub: bool = told["hub"]
        self._weights: Mapping[str, Any] = told["weights"]
        self._call = call

    def weights(self, name: str) -> Path:
        """See `Services.weights`: those that it declared to need."""
        found = self._weights.get(name)
        if found is None:
            raise PluginError(
                f"The weights {name} are not among those it declares.", "Name them in what `weights` returns."
            )
        if isinstance(found, str):
            return Path(found)
        raise read_error(found, "the assistant")

    def embed(self, texts: Sequence[str]) -> np.ndarray | None:
        """See `Services.embed`."""
        return embedded(self._call(), texts)


def embedded(call: Call, texts: Sequence[str]) -> np.ndarray | None:
    """Ask the assistant for sentence embeddings."""
    import numpy as np

    found = []
    for start in range(0, max(1, len(texts)), TEXTS):
        told, descriptors = call.ask("embed", texts=list(texts[start : start + TEXTS]))
        if not descriptors:
            return None
        found.append(call.array(told, descriptors[0]))
    return np.concatenate(found)
