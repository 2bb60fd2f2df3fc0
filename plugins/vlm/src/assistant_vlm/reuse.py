"""Keeps the attention cache of the last prompt, cut back to what the next prompt has in common with it. Heavy.

One cache is kept: a person asks several questions about the same pictures, and the prompt puts the pictures first.
Only what has the same tokens and the same pictures is used again, so nothing of another conversation can show.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from transformers import DynamicCache

LEAST: Final = 16
"""Tokens in common below which it is not worth the trouble."""


class Prefix:
    """The cache of the last prompt and its answer."""

    def __init__(self, picture_tokens: frozenset[int]) -> None:
        """`picture_tokens` are the ids that stand for pixels in a prompt."""
        self._picture_tokens = picture_tokens
        self._tokens: list[int] = []
        self._pictures: tuple[str, ...] = ()
        self._cache: Any = None
        self.reused = 0
        """Tokens of the last prompt that did not have to be computed."""

    def take(self, tokens: Sequence[int], pictures: tuple[str, ...]) -> Any:
        """The cache of the longest beginning in common, or None; it is handed over, so put one back."""
        cache, self._cache = self._cache, None
        self.reused = 0
        if cache is None or pictures != self._pictures:
            return None
        common = 0
        for ours, theirs in zip(self._tokens, tokens, strict=False):
            if ours != theirs:
                break
            common += 1
        common = min(common, len(tokens) - 1)  # one token at least must be computed: what comes after it is asked
        last = max((at for at, token in enumerate(tokens) if token in self._picture_tokens), default=-1)
        if common < LEAST or common <= last:
            return None
        surplus = len(self._tokens) - common
        if surplus:
            cache.crop(-surplus)
        if cache.get_seq_length() != common:
            return None
        self.reused = common
        return cache

    def put(self, tokens: Sequence[int], pictures: tuple[str, ...], cache: Any) -> None:
        """Keep a cache that holds these tokens (the very last may be missing); only kinds that can be cut back."""
        length = cache.get_seq_length()
        if not (0 < length <= len(tokens)) or not self.plain(cache):
            return
        self._tokens, self._pictures, self._cache = list(tokens[:length]), pictures, cache

    def clear(self) -> None:
        """Forget it."""
        self._tokens, self._pictures, self._cache = [], (), None

    @staticmethod
    def plain(cache: Any) -> bool:
        """Whether every layer keeps all tokens one by one."""
        return all(type(layer).__name__ == "DynamicLayer" for layer in getattr(cache, "layers", [None]))


def empty_cache(model: Any) -> Any:
    """A cache for a new prompt."""
    return DynamicCache(config=model.config.get_text_config(decoder=True))


def picture_tokens(model: Any, processor: Any) -> frozenset[int]:
    """Ids that stand for pixels in a prompt of this model."""
    names = ("image_token_id", "image_token_index", "video_token_id")
    found = [getattr(source, name, None) for source in (model.config, processor) for name in names]
    return frozenset(int(each) for each in found if isinstance(each, int))
