"""Decodes pictures for a model once, and remembers what its image processor made of the last ones. Heavy."""

from __future__ import annotations

import copy
import functools
from collections import OrderedDict
from collections.abc import Iterator
from typing import Any, Final

from PIL import Image as Pillow

from assistant.media import Media
from assistant.types import Part

KEPT: Final = 16
"""Decoded pictures that are kept; of the usual sizes some 50 MB."""


class Pictures:
    """The pictures of the last prompts."""

    def __init__(self, side: int) -> None:
        """Reduce pictures to `side` pixels on their long side; 0 leaves them."""
        self._side = side
        self._decoded: OrderedDict[str, Pillow.Image] = OrderedDict()
        self._shown: tuple[Pillow.Image, ...] = ()
        self._wanted = ""
        self._prepared: Any = None

    def attach(self, image_processor: Any) -> None:
        """Remember what the processor makes of the pictures of a prompt, for another question about the same ones."""
        original = image_processor.preprocess

        @functools.wraps(original)
        def preprocess(images: Any, *positional: Any, **named: Any) -> Any:
            shown, wanted = tuple(_flat(images)), repr((_nesting(images), positional, sorted(named.items())))
            same = len(shown) == len(self._shown) and all(map(_is, shown, self._shown)) and wanted == self._wanted
            if not same:
                self._prepared = original(images, *positional, **named)
                self._shown, self._wanted = shown, wanted
            return copy.copy(self._prepared)  # processors take entries out

        image_processor.preprocess = preprocess

    def get(self, media: Media, part: Part) -> Pillow.Image:
        """A picture, decoded and reduced. Raises MediaError."""
        known = self._decoded.pop(part.digest, None)
        if known is None:
            known = Pillow.fromarray(media.image(part).rgb)
            if self._side and max(known.size) > self._side:
                known.thumbnail((self._side, self._side), Pillow.Resampling.LANCZOS)
        self._decoded[part.digest] = known
        while len(self._decoded) > KEPT:
            self._decoded.popitem(last=False)
        return known


def _is(one: object, other: object) -> bool:
    return one is other


def _flat(images: Any) -> Iterator[Any]:
    if isinstance(images, (list, tuple)):
        for each in images:
            yield from _flat(each)
    else:
        yield images


def _nesting(images: Any) -> Any:
    return [_nesting(each) for each in images] if isinstance(images, (list, tuple)) else 0
