"""Writes for a person at a terminal what files, plugins and packages say. Not for JSON, which escapes by itself."""

from __future__ import annotations

import re
from typing import Final

import click

_COMMANDS: Final = re.compile("\r(?!\n)|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""Control characters but tab and newline, and what turns the direction of writing: they would move the cursor, set the
window's title, or show other than what is there."""


def plain(text: str) -> str:
    """The text with every character that a terminal would obey shown as U+FFFD."""
    return _COMMANDS.sub("\ufffd", text)


def echo(text: str = "", *, nl: bool = True, err: bool = False) -> None:
    """As `click.echo`, of `plain` text."""
    click.echo(plain(text), nl=nl, err=err)
