"""Builds HTML in which all that is not ours is escaped. Not for what the page says: see thread.py, evidence.py."""

from __future__ import annotations

import re
from collections.abc import Iterable

from markupsafe import Markup, escape

_VOID = frozenset({"img", "input", "br", "meta", "source"})
_FENCE = re.compile(r"^```.*?\n(.*?)(?:^```[ \t]*$|\Z)", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"`([^`\n]+)`|\*\*([^*\n]+)\*\*")
_BULLET = re.compile(r"^[ \t]*(?:[-*•]|\d{1,2}[.)])[ \t]+(.*)$")


def tag(name: str, *children: object, **attributes: object) -> Markup:
    """One HTML element.

    Children and attribute values are escaped unless they are `Markup` made here. An attribute's trailing underscore
    is dropped (`class_`), inner ones become hyphens (`aria_label`); None and False leave it out, True sets it bare.
    """
    parts = [Markup("<"), Markup(name)]  # noqa: S704 (names are literals of this package)
    for key, value in attributes.items():
        if value is None or value is False:
            continue
        parts.append(Markup(" " + key.rstrip("_").replace("_", "-")))  # noqa: S704
        if value is not True:
            parts.append(Markup('="{}"').format(str(value)))
    parts.append(Markup(">"))
    if name in _VOID:
        return Markup("").join(parts)
    return Markup("").join([*parts, join(children), Markup("</"), Markup(name), Markup(">")])  # noqa: S704


def join(children: Iterable[object]) -> Markup:
    """The children one after the other, escaped; None is left out."""
    return Markup("").join(escape(child) for child in children if child is not None)


def classes(*names: str | bool | None) -> str:
    """A class attribute of those names that are given."""
    return " ".join(name for name in names if isinstance(name, str) and name)


def prose(text: str) -> Markup:
    """An answer as paragraphs, lists, **bold**, `code` and fenced code; all else, links and HTML too, as plain text."""
    blocks: list[Markup] = []
    position = 0
    for fence in _FENCE.finditer(text):
        blocks.extend(_paragraphs(text[position : fence.start()]))
        blocks.append(tag("pre", tag("code", fence.group(1).rstrip("\n"))))
        position = fence.end()
    blocks.extend(_paragraphs(text[position:]))
    return join(blocks)


def _paragraphs(text: str) -> list[Markup]:
    blocks: list[Markup] = []
    for chunk in re.split(r"\n[ \t]*\n", text.strip("\n")):
        lines: list[Markup] = []
        items: list[Markup] = []
        for line in chunk.splitlines():
            bullet = _BULLET.match(line)
            if bullet:
                if lines:
                    blocks.append(tag("p", _lines(lines)))
                    lines = []
                items.append(tag("li", _inline(bullet.group(1))))
            elif line.strip():
                if items:
                    blocks.append(tag("ul", *items))
                    items = []
                lines.append(_inline(line))
        if lines:
            blocks.append(tag("p", _lines(lines)))
        if items:
            blocks.append(tag("ul", *items))
    return blocks


def _lines(lines: list[Markup]) -> Markup:
    return tag("br").join(lines)


def _inline(line: str) -> Markup:
    pieces: list[Markup] = []
    position = 0
    for match in _INLINE.finditer(line):
        pieces.append(escape(line[position : match.start()]))
        code, bold = match.groups()
        pieces.append(tag("code", code) if code is not None else tag("strong", bold))
        position = match.end()
    pieces.append(escape(line[position:]))
    return join(pieces)


def percent(share: float) -> str:
    """0.873 as "87%"."""
    return f"{round(100 * min(1.0, max(0.0, share)))}%"


def clock(seconds: float) -> str:
    """Seconds as "0:07" or "1:02:33"."""
    whole = max(0, int(seconds))
    hours, minutes = whole // 3600, whole // 60 % 60
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"


def measure(size: int) -> str:
    """Bytes as "640 B", "12 kB" or "3.4 MB"."""
    if size < 1000:
        return f"{size} B"
    return f"{size / 1000:.0f} kB" if size < 1_000_000 else f"{size / 1_000_000:.1f} MB"


def duration(milliseconds: float) -> str:
    """Milliseconds as "12 ms" or "3.4 s"."""
    return f"{milliseconds:.0f} ms" if milliseconds < 1000 else f"{milliseconds / 1000:.1f} s"
