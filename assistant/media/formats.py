"""Sorts of files that plugins read: how one is recognised, and what people may send. Not for what the core decodes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any, Final

from assistant.errors import PluginError
from assistant.media.source import Content, read_at
from assistant.types import MODALITIES, FileFormat

WORD: Final = re.compile(r"[a-z][a-z0-9_]{0,31}")
"""A modality."""
MEDIA_TYPE: Final = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,63}/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}")
"""RFC 6838, section 4.2, in lower case."""
LEAST_BEGINNING: Final = 3
"""Bytes of `begins`: fewer would take plain text for the plugin's own."""
LOOKED_AT: Final = 64 * 1024
"""Bytes at either end of a file in which `holds` is looked for."""

PICTURE_PAGE: Final = "Send the text as plain UTF-8 text, or a screenshot of the page."
_WITH_PLUGIN: Final = "Install the plugin sensorium-document, or send the text as plain UTF-8 text, or a screenshot."
_CORE: Final = "a picture (JPEG, PNG), a recording (MP3, WAV, M4A), a video (MP4, WebM)"


def check_format(found: Any, known: Sequence[FileFormat] = ()) -> None:
    """Check a format that a plugin registers.

    Args:
        found: what it registers.
        known: formats that are there already.

    Raises:
        PluginError: names the attribute that is wrong and what it should be.
    """
    if not isinstance(found, FileFormat):
        raise PluginError(f"{type(found).__name__} is not a FileFormat.", "Register assistant.FileFormat(...).")
    label = found.label
    if not isinstance(label, str) or not 0 < len(label) <= 60 or not label.isprintable():
        raise PluginError(f"The format's label is {label!r}.", 'Call it as a person would: "PDF document".')
    if not isinstance(found.modality, str) or not WORD.fullmatch(found.modality) or found.modality in MODALITIES:
        raise PluginError(
            f"The modality of the format {label} is {found.modality!r}.",
            f"Choose a lower-case word of your own; {', '.join(MODALITIES)} are the core's.",
        )
    if not isinstance(found.media_type, str) or not MEDIA_TYPE.fullmatch(found.media_type):
        raise PluginError(f"The media type of the format {label} is {found.media_type!r}.", 'Like "application/pdf".')
    if found.media_type.partition("/")[0] in ("image", "audio", "video", "multipart", "text"):
        raise PluginError(
            f"The media type of the format {label} is {found.media_type}, which browsers show in place.",
            "Choose one under application/.",
        )
    if not isinstance(found.suffixes, tuple) or not all(_is_suffix(each) for each in found.suffixes):
        raise PluginError(f"The suffixes of the format {label} are {found.suffixes!r}.", 'A tuple such as (".pdf",).')
    if not isinstance(found.begins, bytes) or len(found.begins) < LEAST_BEGINNING:
        raise PluginError(
            f"The format {label} begins with {found.begins!r}.",
            f"Give the first {LEAST_BEGINNING} bytes or more that every such file has.",
        )
    if not isinstance(found.holds, tuple) or not all(isinstance(each, bytes) and each for each in found.holds):
        raise PluginError(f"The format {label} holds {found.holds!r}.", "Make it a tuple of bytes.")
    for other in known:
        if (other.begins, other.holds) == (found.begins, found.holds):
            raise PluginError(
                f"The format {label} is recognised as {other.label} is, which is there already.",
                "Disable one of the plugins.",
            )


def _is_suffix(value: object) -> bool:
    return isinstance(value, str) and len(value) > 1 and value == f".{value.rpartition('.')[2]}".lower()


def recognised(formats: Iterable[FileFormat], head: bytes, content: Content, size: int) -> FileFormat | None:
    """The format of a file, by its bytes alone; of several that fit, the one that holds most, then the first.

    Args:
        formats: those to choose from.
        head: the file's first bytes.
        content: the file.
        size: its bytes.
    """
    fitting = [each for each in formats if head.startswith(each.begins)]
    if any(each.holds for each in fitting):
        ends = read_at(content, 0, LOOKED_AT), read_at(content, max(0, size - LOOKED_AT), LOOKED_AT)
        fitting = [each for each in fitting if all(any(piece in end for end in ends) for piece in each.holds)]
    return max(fitting, key=lambda each: len(each.holds), default=None)


def sendable(formats: Sequence[FileFormat]) -> str:
    """What may be sent, as a remedy for what may not."""
    labels = dict.fromkeys(each.label for each in formats)
    return f"Send {', '.join((_CORE, *(_with_article(label) for label in labels)))} or plain text."


def as_pages(formats: Sequence[FileFormat]) -> str:
    """What to do with a document that is not read here."""
    return sendable(formats) if any(each.modality == "document" for each in formats) else _WITH_PLUGIN


def _with_article(label: str) -> str:
    return f"{'an' if label[0] in 'AEIOUaeiou' else 'a'} {label}"


def suffixes(formats: Iterable[FileFormat]) -> tuple[str, ...]:
    """Ends of the names of such files, each once."""
    return tuple(dict.fromkeys(suffix for each in formats for suffix in each.suffixes))
