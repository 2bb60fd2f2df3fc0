"""Opens the ZIP files that office documents are, after a look at what they would unpack to. Not for their XML."""

from __future__ import annotations

import io
import zipfile
from typing import Any, Final
from xml.etree.ElementTree import ParseError

from assistant.errors import MediaTooLarge
from assistant_document.reading import Reading

MEMBERS: Final = 10_000
"""Files in one document: a presentation of hundreds of slides has a few thousand."""
UNPACKED: Final = 400 * 2**20
"""Bytes of all of them together."""
XML: Final = 48 * 2**20
"""Bytes of one file of XML, which takes some twenty times as many in memory while it is read."""
ALL_XML: Final = 96 * 2**20
"""Bytes of all files of XML together: some readers hold them all."""
PICTURE: Final = 50 * 2**20
"""Bytes of one embedded picture."""
REMEDY: Final = "Split it, or save the part that matters in a file of its own."


def opened(content: bytes, reading: Reading) -> zipfile.ZipFile:
    """The archive, if it is sound and unpacks to no more than the caps: a file's declared size is never exceeded.

    Raises:
        UnreadableMedia: it is broken, or encrypted.
        MediaTooLarge: it unpacks to too much.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, EOFError) as error:
        raise reading.unreadable("is cut short or damaged", "Send the file again.") from error
    members = archive.infolist()
    if any(member.flag_bits & 1 for member in members):
        raise reading.unreadable("is protected by a password", "Remove the password, then send it again.")
    if len(members) > MEMBERS:
        raise MediaTooLarge(f"{reading.name} holds {len(members):,} files; at most {MEMBERS:,} are taken.", REMEDY)
    texts = [member.file_size for member in members if is_xml(member.filename)]
    sizes = [
        (sum(member.file_size for member in members), UNPACKED),
        (sum(texts), ALL_XML),
        (max(texts, default=0), XML),
    ]
    for size, most in sizes:
        if size > most:
            raise MediaTooLarge(
                f"{reading.name} unpacks to {size / 1e6:,.0f} MB where at most {most / 1e6:,.0f} MB are read.", REMEDY
            )
    return archive


def is_xml(name: str) -> bool:
    """Whether a member is read as markup."""
    return name.lower().endswith((".xml", ".rels", ".xhtml", ".html", ".htm", ".opf", ".ncx", ".vml"))


def member(archive: zipfile.ZipFile, name: str, reading: Reading) -> bytes:
    """A member's bytes.

    Raises:
        UnreadableMedia: there is none, or it is damaged.
    """
    try:
        return archive.read(name)
    except (KeyError, zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, ValueError) as error:
        raise reading.unreadable(f"lacks a piece of itself ({name[:60]})", "Send the file again.") from error
    except zipfile.zlib.error as error:  # type: ignore[attr-defined]
        raise reading.unreadable("is damaged", "Send the file again.") from error


def xml(content: bytes, reading: Reading) -> Any:
    """The root of a tree; entities and document types are refused.

    Raises:
        UnreadableMedia: it is no XML, or has what no document needs.
    """
    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    try:
        return fromstring(content, forbid_dtd=True)
    except DefusedXmlException as error:
        raise reading.unreadable("defines entities, which no document of this sort does") from error
    except (ParseError, ValueError, LookupError, RecursionError) as error:
        raise reading.unreadable("is damaged") from error
