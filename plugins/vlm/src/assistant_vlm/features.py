"""Keeps what a vision encoder made of pictures, so that a picture is encoded once. Heavy; knows no prompts.

Keyed by the prepared pixels, so by the picture and the size it is shown in. Where the family's pixel inputs fall apart
into pictures or tiles, each is kept on its own, and only those that are new are encoded.
"""

from __future__ import annotations

import functools
import hashlib
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import torch


@dataclass(slots=True)
class _Row:
    """Features of one picture or tile."""

    pooled: Any
    """[tokens, width]"""
    deep: tuple[Any, ...]
    """Features that later layers get too, [tokens, width] each (Qwen3-VL)."""

    @property
    def bytes(self) -> int:
        return sum(each.numel() * each.element_size() for each in (self.pooled, *self.deep))


class Features:
    """Stands before a model's `get_image_features` and answers from memory what it has seen."""

    def __init__(self, sort: Literal["pictures", "tiles", "grid"], capacity: int) -> None:
        """Keep at most `capacity` bytes; `sort` as `Family.features`."""
        self._sort = sort
        self._capacity = capacity
        self._rows: OrderedDict[str, _Row] = OrderedDict()
        self._original: Any = None
        self._stacked = False
        """Whether the model gives features of all pictures as one tensor."""
        self._deep_joined = False
        """Whether it gives each layer's further features of all pictures as one tensor."""
        self.bytes = 0
        self.encoded = 0
        """Pictures or tiles encoded so far."""
        self.remembered = 0
        """Pictures or tiles answered from memory so far."""

    def attach(self, model: Any) -> bool:
        """Take the place of the method; False if the model has none that can be told apart."""
        inner = getattr(model, "model", None)
        if inner is None or not hasattr(inner, "get_image_features"):
            return False
        self._original = original = inner.get_image_features

        @functools.wraps(original)  # `generate` looks at the signature to know what to pass
        def features(*positional: Any, **named: Any) -> Any:
            return self._features(*positional, **named)

        inner.get_image_features = features
        return True

    def clear(self) -> None:
        """Forget everything."""
        self._rows.clear()
        self.bytes = 0

    def _features(self, pixel_values: Any, *positional: Any, **named: Any) -> Any:
        second = {"tiles": "pixel_attention_mask", "grid": "image_grid_thw"}.get(self._sort)
        if positional and second and len(positional) == 1:
            named[second] = positional[0]
        elif positional:
            return self._original(pixel_values, *positional, **named)
        named["return_dict"] = True
        aside = named.get(second) if second else None
        rows = self._split(pixel_values, aside)
        keys = [_key(row) for row in rows]
        found = {key: self._rows[key] for key in keys if key in self._rows}
        new = [index for index, key in enumerate(keys) if key not in found and key not in keys[:index]]
        if new:
            output = self._original(**{**named, **self._joined([rows[index] for index in new], second)})
            made = self._parts(output, [rows[index] for index in new])
            if made is None:  # not as we know it: no harm done, but nothing to keep
                return self._original(pixel_values, **named)
            for index, row in zip(new, made, strict=True):
                found[keys[index]] = row
        self.encoded += len(new)
        self.remembered += len(keys) - len(new)
        self._keep(found)
        return self._output([found[key] for key in keys])

    def _split(self, pixels: Any, aside: Any) -> list[tuple[Any, Any]]:
        """Each picture's or tile's pixels with what belongs to them."""
        if self._sort == "grid":
            lengths = aside.prod(-1).tolist()
            return list(zip(pixels.split(lengths), aside.split(1), strict=True))
        if self._sort == "tiles":
            masks = [None] * pixels.shape[1] if aside is None else aside[0].split(1)
            return list(zip(pixels[0].split(1), masks, strict=True))
        return [(each, None) for each in pixels.split(1)]

    def _joined(self, rows: Sequence[tuple[Any, Any]], second: str | None) -> dict[str, Any]:
        pixels = torch.cat([row[0] for row in rows])
        asides = [row[1] for row in rows if row[1] is not None]
        aside = torch.cat(asides) if asides else None
        if self._sort == "tiles":
            pixels, aside = pixels[None], None if aside is None else aside[None]
        return {"pixel_values": pixels} | ({second: aside} if second else {})

    def _parts(self, output: Any, rows: Sequence[tuple[Any, Any]]) -> list[_Row] | None:
        """One `_Row` a row; None if the output cannot be told apart."""
        pooled = output.pooler_output
        deep: Sequence[Any] = getattr(output, "deepstack_features", None) or ()
        if self._sort == "tiles":
            whole = torch.cat(list(pooled))
            if whole.shape[0] % len(rows):  # padding tiles were dropped
                return None
            pieces = whole.chunk(len(rows))
        else:
            pieces = tuple(pooled)
        if len(pieces) != len(rows):
            return None
        lengths = [len(piece) for piece in pieces]
        self._stacked = isinstance(pooled, torch.Tensor)
        self._deep_joined = bool(deep) and isinstance(deep[0], torch.Tensor)
        layers = [layer.split(lengths) for layer in deep] if self._deep_joined else deep
        return [_Row(piece, tuple(layer[index] for layer in layers)) for index, piece in enumerate(pieces)]

    def _output(self, rows: Sequence[_Row]) -> Any:
        """The features as the model's own method gives them."""
        from transformers.modeling_outputs import BaseModelOutputWithPooling

        pooled = [torch.cat([row.pooled for row in rows])] if self._sort == "tiles" else [row.pooled for row in rows]
        result = BaseModelOutputWithPooling(pooler_output=torch.stack(pooled) if self._stacked else pooled)
        layers = [[row.deep[index] for row in rows] for index in range(len(rows[0].deep))]
        result.deepstack_features = [torch.cat(layer) for layer in layers] if self._deep_joined else layers or None
        return result

    def _keep(self, rows: dict[str, _Row]) -> None:
        for key, row in rows.items():
            if key not in self._rows:
                # a piece of a larger tensor would keep all of it in memory
                self._rows[key] = _Row(row.pooled.clone(), tuple(layer.clone() for layer in row.deep))
                self.bytes += row.bytes
            self._rows.move_to_end(key)
        while self.bytes > self._capacity and self._rows:
            _, dropped = self._rows.popitem(last=False)
            self.bytes -= dropped.bytes


def _key(tensors: Iterable[Any]) -> str:
    digest = hashlib.blake2b(digest_size=16)
    for tensor in tensors:
        if tensor is not None:
            digest.update(repr((tuple(tensor.shape), str(tensor.dtype))).encode())
            whole = tensor.detach().cpu().contiguous()
            digest.update(whole.view(torch.uint8).numpy() if whole.dtype != torch.bool else whole.numpy())
    return digest.hexdigest()
