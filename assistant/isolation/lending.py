"""Answers what a plugin's process asks for while it works: media decoded here, embeddings, contents of its parts.

Belongs to one call. What it asks is not trusted: it gets what it was given, and what can be made of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from assistant.errors import MediaError, PluginError, UnreadableMedia
from assistant.isolation import channel
from assistant.isolation.channel import Nonsense
from assistant.isolation.crossing import read_part, text, told_answer, whole
from assistant.media import Media
from assistant.media.media import added
from assistant.media.shared import file_of
from assistant.media.source import digest, memory_file
from assistant.types import JSON, TEXT, Answer, Part

if TYPE_CHECKING:
    import numpy as np

RECORDINGS: Final = 8
"""Recordings and videos that one call may be decoding at once."""
TEXTS: Final = 256
"""Texts that are embedded at once, as inside.py asks for them."""
Given = tuple[dict[str, Any], list[int]]


class Lending:
    """What one call may ask for."""

    def __init__(
        self,
        name: str,
        media: Media | None = None,
        parts: Sequence[Part] = (),
        *,
        embed: Callable[[Sequence[str]], np.ndarray | None] | None = None,
        computed: Callable[[], Answer | None] | None = None,
        inputs: Sequence[np.ndarray] = (),
        section: Callable[[str], Mapping[str, Any]] | None = None,
    ) -> None:
        """For a call of `name`.

        Args:
            name: of the plugged object.
            media: decodes.
            parts: those that it is given.
            embed: see `Services.embed`.
            computed: see `Request.computed`.
            inputs: pictures to embed.
            section: the settings of an object of the plugin.
        """
        self._name = name
        self._media = media
        self._parts = {part.digest: part for part in parts}
        self._embed, self._computed, self._inputs, self._section = embed, computed, inputs, section
        self._pieces: dict[int, tuple[Iterator[Any], list[str]]] = {}

    def __call__(self, told: Mapping[str, Any], descriptors: list[int]) -> Given:
        """The answer to one question. Raises Nonsense for one that the program of ours does not ask."""
        what = told.get("ask")
        if what == "content":
            return self._content(self._given(told))
        if what == "image":
            image = self._decoder().image(self._part(told, descriptors))
            return {**_described(image.rgb), "notes": image.notes}, [file_of(image.rgb)]
        if what == "audio":
            return {"seconds": self._decoder().audio(self._part(told, descriptors)).seconds}, []
        if what == "sound":
            audio = self._decoder().audio(self._part(told, descriptors))
            return self._begun(audio.blocks(), audio.notes)
        if what == "frames":
            count = told.get("count")
            frames = self._decoder().frames(
                self._part(told, descriptors), None if count is None else whole(count, 1, 1 << 20)
            )
            return self._begun(frames, [])
        if what == "piece":
            return self._piece(whole(told.get("number"), 0, RECORDINGS))
        if what == "open":
            return self._opened(told, descriptors)
        if what == "input":
            rgb = self._inputs[whole(told.get("index"), 0, len(self._inputs) - 1)]
            return _described(rgb), [file_of(rgb)]
        return self._words(told)

    def _words(self, told: Mapping[str, Any]) -> Given:
        what = told.get("ask")
        if what == "embed" and self._embed is not None:
            texts = told.get("texts")
            if not isinstance(texts, list) or len(texts) > TEXTS:
                raise PluginError(f"{self._name} embeds more than {TEXTS} texts at once.", "Embed fewer at a time.")
            vectors = self._embed([text(each) for each in texts])
            return ({}, []) if vectors is None else (_described(vectors), [_copied(vectors)])
        if what == "computed" and self._computed is not None:
            return {"answer": told_answer(self._computed())}, []
        if what == "section" and self._section is not None:
            return {"section": dict(self._section(text(told.get("name"), 200)))}, []
        raise Nonsense("a question that nobody asks here")

    def close(self) -> None:
        """End what is being decoded."""
        for pieces, _ in self._pieces.values():
            close = getattr(pieces, "close", None)
            if close is not None:
                close()

    def made(self, value: Any, data: bytes) -> Part:
        """A part that it yields: sniffed, measured and hashed here.

        Raises:
            PluginError: it is not what its maker says it is.
        """
        claimed = read_part(value, lambda _: data)
        if claimed.parent is not None and claimed.parent not in self._parts:
            raise PluginError(f"{self._name} yielded a part of a part that it was not given.")
        try:
            found = self._measured(claimed, data)
        except MediaError as error:  # of the plugin's making: no fault of the file that it read
            raise PluginError(f"{self._name} yielded a part that cannot be read: {error.message}") from error
        meanings = ("", f"{claimed.parent} {claimed.span}")
        if (found.modality, found.media_type) != (claimed.modality, claimed.media_type) or claimed.digest not in {
            digest(found.modality, found.media_type, data, meaning) for meaning in meanings
        }:
            raise PluginError(
                f"{self._name} yielded a part that is not what it says ({claimed.media_type}).",
                "Make it with task.media or assistant.media.text_part.",
            )
        part = replace(
            found,
            digest=claimed.digest,
            name="".join(letter if letter.isprintable() else " " for letter in claimed.name)[:300],
            facts={**added(claimed.facts), **found.facts},
            parent=claimed.parent,
            span=claimed.span,
        )
        self._parts[part.digest] = part
        return part

    # ---- parts ---------------------------------------------------------------------------------------------------

    def _measured(self, claimed: Part, data: bytes) -> Part:
        if claimed.modality != TEXT:
            return self._decoder().open(data, claimed.name)
        try:
            characters = len(data.decode())
        except UnicodeDecodeError as error:
            raise UnreadableMedia("it is no text.") from error
        if characters > self._decoder().limits.text_characters:
            raise UnreadableMedia(f"it has {characters:,} characters.")
        facts: dict[str, JSON] = {"characters": characters}
        return Part(TEXT, "", claimed.name, "text/plain", data, facts)

    def _decoder(self) -> Media:
        if self._media is None:
            raise Nonsense("media where there are none")
        return self._media

    def _given(self, told: Mapping[str, Any]) -> Part:
        part = self._parts.get(text(told.get("part"), 200))
        if part is None:
            raise PluginError(f"{self._name} asked for a part that it was not given.")
        return part

    def _part(self, told: Mapping[str, Any], descriptors: list[int]) -> Part:
        """One that it was given, or one that it made: such a one is looked at like any file."""
        if not descriptors:
            return self._given(told)
        claimed = read_part(told.get("made"), lambda _: b"")
        return self._decoder().open(self._bytes(descriptors), claimed.name)

    def _bytes(self, descriptors: list[int]) -> bytes:
        if len(descriptors) != 1:
            raise Nonsense("no file, or several")
        return channel.read_file(descriptors[0], self._decoder().limits.bytes)

    def _opened(self, told: Mapping[str, Any], descriptors: list[int]) -> Given:
        parent = told.get("parent")
        above = None if parent is None else self._given({"part": parent})
        part = self._decoder().open(self._bytes(descriptors), text(told.get("name"), 10_000), parent=above)
        return {"part": part.to_json()}, []

    @staticmethod
    def _content(part: Part) -> Given:
        if isinstance(part.content, bytes):
            return {"file": False}, [memory_file(part.content)]
        return {"file": True}, [_file_in_memory(part.content)]

    # ---- recordings ------------------------------------------------------------------------------------------------

    def _begun(self, pieces: Iterator[Any], notes: list[str]) -> Given:
        number = len(self._pieces)
        if number >= RECORDINGS:
            raise PluginError(f"{self._name} decodes more than {RECORDINGS} recordings in one call.")
        self._pieces[number] = pieces, notes
        return {"number": number}, []

    def _piece(self, number: int) -> Given:
        if number not in self._pieces:
            raise Nonsense("a recording that was not begun")
        pieces, notes = self._pieces[number]
        piece = next(pieces, None)
        if piece is None:
            return {"notes": notes}, []
        if hasattr(piece, "rgb"):
            return {**_described(piece.rgb), "seconds": piece.seconds}, [_copied(piece.rgb)]
        return {**_described(piece), "notes": notes}, [_copied(piece)]


def _described(numbers: np.ndarray) -> dict[str, Any]:
    return {"shape": list(numbers.shape), "kind": numbers.dtype.str}


def _copied(numbers: np.ndarray) -> int:
    import numpy as np

    return memory_file(np.ascontiguousarray(numbers).data.cast("B") if numbers.size else b"")


def _file_in_memory(path: Path) -> int:
    """A copy: with the file itself a plugin could do more than read it."""
    with path.open("rb") as file:
        return memory_file(file.read())
