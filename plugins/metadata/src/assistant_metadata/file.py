"""Takes the wanted fields out of a picture's file: EXIF, XMP and IPTC. Not for judging them: see statements.py.

Everything here is the word of whoever made the file. It runs in a process of its own.
"""

from __future__ import annotations

import io
import struct
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from xml.etree import ElementTree

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

BROKEN: Final = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    OverflowError,
    ZeroDivisionError,
    RecursionError,
    struct.error,
)
"""What Pillow lets out on broken headers."""
TEXT_BYTES: Final = 8_192
"""Longest value that is looked at."""
XMP_BYTES: Final = 262_144
"""Longest XMP packet that is parsed: those of telephones and of Lightroom stay below 64 KiB."""

EXIF_DIRECTORY: Final = 0x8769
GPS_DIRECTORY: Final = 0x8825
MAIN_TAGS: Final = {
    270: "description",
    271: "make",
    272: "model",
    305: "software",
    306: "written",
    315: "author",
    33432: "copyright",
    40091: "windows_title",
    40093: "windows_author",
}
EXIF_TAGS: Final = {
    33434: "exposure_seconds",
    33437: "aperture",
    34855: "sensitivity",
    36867: "taken",
    36868: "digitised",
    36880: "written_offset",
    36881: "taken_offset",
    36882: "digitised_offset",
    37385: "flash",
    37386: "focal_length",
    41989: "focal_length_35mm",
    42035: "lens_make",
    42036: "lens",
}
"""Tags of EXIF 2.32 (CIPA DC-008-2019), and of Windows; nothing else is taken over, so that nothing else gets out."""
GPS_TAGS: Final = {1: "north", 2: "latitude", 3: "east", 4: "longitude", 5: "below", 6: "altitude"}
IPTC_RECORDS: Final = {(2, 5): "title", (2, 80): "author", (2, 116): "copyright", (2, 120): "description"}
XMP_NAMES: Final = {
    "{http://purl.org/dc/elements/1.1/}title": "title",
    "{http://purl.org/dc/elements/1.1/}creator": "author",
    "{http://purl.org/dc/elements/1.1/}description": "description",
    "{http://purl.org/dc/elements/1.1/}rights": "copyright",
}


@dataclass(frozen=True, slots=True)
class Fields:
    """Values as the file has them: of any type, and perhaps nonsense."""

    exif: Mapping[str, Any] = field(default_factory=dict)
    xmp: Mapping[str, Any] = field(default_factory=dict)
    iptc: Mapping[str, Any] = field(default_factory=dict)
    gps: Mapping[str, Any] = field(default_factory=dict)


def read(content: bytes, reader: str, *, location: bool) -> Fields:
    """The wanted fields of a picture; what is broken is left out.

    Args:
        content: the encoded picture.
        reader: Pillow's name of its format, as sniffed.
        location: whether the GPS directory is looked at.
    """
    from PIL import Image as Pillow

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with Pillow.open(io.BytesIO(content), formats=(reader,)) as picture:
                return Fields(
                    dict(_exif(picture)),
                    dict(_xmp(picture)),
                    dict(_iptc(picture)),
                    dict(_directory(picture, GPS_DIRECTORY, GPS_TAGS)) if location else {},
                )
        except (*BROKEN, Pillow.DecompressionBombError):
            return Fields()


def _exif(picture: Picture) -> Iterator[tuple[str, Any]]:
    try:
        main = picture.getexif()
    except BROKEN:
        return
    yield from _wanted(main, MAIN_TAGS)
    yield from _directory(picture, EXIF_DIRECTORY, EXIF_TAGS)


def _directory(picture: Picture, directory: int, tags: Mapping[int, str]) -> Iterator[tuple[str, Any]]:
    try:
        found = picture.getexif().get_ifd(directory)
    except BROKEN:
        return
    yield from _wanted(found, tags)


def _wanted(values: Any, tags: Mapping[int, str]) -> Iterator[tuple[str, Any]]:
    for tag, name in tags.items():
        try:
            value = values.get(tag)
        except BROKEN:
            continue
        if value is not None and not (isinstance(value, str | bytes) and len(value) > TEXT_BYTES):
            yield name, value


def _xmp(picture: Picture) -> Iterator[tuple[str, Any]]:
    packet = picture.info.get("xmp") or picture.info.get("XML:com.adobe.xmp") or b""
    packet = packet.encode("utf-8", "replace") if isinstance(packet, str) else packet
    if not isinstance(packet, bytes) or not 0 < len(packet) <= XMP_BYTES or b"<!" in packet:
        return  # a declaration of types or entities has no business in XMP
    try:
        tree = ElementTree.fromstring(packet.strip(b"\0 \r\n\t"))  # noqa: S314 (no entities: see above; Expat limits the rest)
    except (ElementTree.ParseError, *BROKEN):
        return
    for element in tree.iter():
        name = XMP_NAMES.get(element.tag) if isinstance(element.tag, str) else None
        if name:
            text = " ".join(part.strip() for part in element.itertext() if part.strip())
            if text:
                yield name, text[:TEXT_BYTES]


def _iptc(picture: Picture) -> Iterator[tuple[str, Any]]:
    from PIL import ImageFile, IptcImagePlugin

    if not isinstance(picture, ImageFile.ImageFile):
        return
    try:
        records = IptcImagePlugin.getiptcinfo(picture) or {}
    except BROKEN:
        return
    for key, name in IPTC_RECORDS.items():
        value = records.get(key)
        value = value[0] if isinstance(value, list) and value else value
        if isinstance(value, bytes) and 0 < len(value) <= TEXT_BYTES:
            yield name, value
