"""The page as Gradio runs it, where every file is somebody's: in every event, of the chat and of plugins' pages alike.
Not for who may fetch a file: see access.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextvars import ContextVar
from itertools import cycle
from typing import Any, NoReturn

import gradio as gr
from gradio import processing_utils
from gradio_client.utils import is_file_obj_with_meta, traverse  # type: ignore[import-untyped]

from assistant_ui.access import Uploads, visitor

_OWNERS: ContextVar[Iterator[str]] = ContextVar("owners")
"""Whose the event is that is worked on; of a batch, whose the next one is."""


class Guarded(gr.Blocks):  # type: ignore[misc]
    """A page whose events may name only files of whoever sent them, and whose answers belong to them."""

    def __init__(self, uploads: Uploads, **options: Any) -> None:
        super().__init__(**options)
        self._uploads = uploads

    def close_doors(self) -> None:
        """Close two doors that Gradio leaves open for a client that names a file instead of uploading one.

        Whether a path lies among the uploads is checked only for pages that Gradio has launched itself, not for mounted
        ones; and a web address in place of a path would be fetched by this server.
        """
        self.has_launched = True
        processing_utils.async_ssrf_protected_download = _refuse_address
        processing_utils.ssrf_protected_download = _refuse_address

    def open_given(self) -> None:
        """What components were given when the page was built is for everybody; call when it is."""
        for path in _paths(self.get_config_file()):
            self._uploads.give(path)

    async def process_api(
        self, block_fn: Any, inputs: list[Any], state: Any = None, request: Any = None, **rest: Any
    ) -> dict[str, Any]:
        """See `gradio.Blocks`. Raises gradio.Error if somebody else's file was named."""
        senders = request if isinstance(request, list) else [request]
        owners = [visitor(each).caller.owner for each in senders]
        _OWNERS.set(cycle(owners))
        for owner in owners:
            self._check(owner, getattr(rest.get("event_data"), "_data", None))
        answer: dict[str, Any] = await super().process_api(block_fn, inputs, state, request, **rest)
        if answer.get("render_config"):
            self._note(owners, answer["render_config"])
        return answer

    async def preprocess_data(self, block_fn: Any, inputs: list[Any], *rest: Any, **options: Any) -> Any:
        """See `gradio.Blocks`."""
        self._check(next(_OWNERS.get()), inputs)
        return await super().preprocess_data(block_fn, inputs, *rest, **options)

    async def postprocess_data(self, block_fn: Any, predictions: Any, state: Any) -> list[Any]:
        """See `gradio.Blocks`."""
        answered: list[Any] = await super().postprocess_data(block_fn, predictions, state)
        self._note([next(_OWNERS.get())], answered)
        return answered

    def _check(self, owner: str, told: Any) -> None:
        if not all(self._uploads.owns(owner, path) for path in _paths(told)):
            raise gr.Error("A file was named that you have not uploaded.", print_exception=False)

    def _note(self, owners: Sequence[str], answered: Any) -> None:
        for path in _paths(answered):
            for owner in owners:
                self._uploads.add(owner, path, waits=False)


def _paths(told: Any) -> list[str]:
    """Every file that is named, wherever in it; found as Gradio finds them."""
    found: list[str] = []

    def note(file: dict[str, Any]) -> dict[str, Any]:
        found.append(str(file["path"]))
        return file

    traverse(told, note, is_file_obj_with_meta)
    return found


def _refuse_address(address: str, *_: object, **__: object) -> NoReturn:
    raise ValueError(f"Only uploaded files are taken, not addresses: {address!r}.")
