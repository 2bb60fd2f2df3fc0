"""Documents for the assistant: registers the formats and the perceiver that reads them. Not for reading: reading.py."""

from __future__ import annotations

from collections.abc import Callable

from assistant import FileFormat, Perceiver, hookimpl
from assistant_document.formats import FORMATS
from assistant_document.options import DocumentOptions
from assistant_document.perceiver import DocumentPerceiver

__all__ = ["FORMATS", "DocumentOptions", "DocumentPerceiver"]

ASSISTANT_API = ">=1.1,<2"


@hookimpl
def register_formats(register: Callable[[FileFormat], None]) -> None:
    """The sorts of documents."""
    for each in FORMATS:
        register(each)


@hookimpl
def register_perceivers(register: Callable[[Perceiver], None]) -> None:
    """The one perceiver of documents."""
    register(DocumentPerceiver())
