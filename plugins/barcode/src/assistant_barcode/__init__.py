"""Barcodes for the assistant: registers the perceiver that reads them. Light to import."""

from __future__ import annotations

from collections.abc import Callable

from assistant.hookspecs import hookimpl
from assistant.plugin import Perceiver
from assistant_barcode.perceiver import BarcodeOptions, Barcodes

__all__ = ["BarcodeOptions", "Barcodes"]

ASSISTANT_API = ">=1.0,<2"


@hookimpl
def register_perceivers(register: Callable[[Perceiver], None]) -> None:
    """The one reader of barcodes."""
    register(Barcodes())
