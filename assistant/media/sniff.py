"""Says from the content alone what a file is: a format we read, or a refusal that names it. Not for decoding."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath

from assistant.errors import UnsupportedMedia
from assistant.media.formats import PICTURE_PAGE, as_pages, recognised, sendable
from assistant.media.source import Content, read_at
from assistant.types import AUDIO, IMAGE, TEXT, VIDEO, FileFormat

HEAD_BYTES = 4096
"""How much of a file is looked at; enough for every signature and for the first tags of a page of HTML."""


@dataclass(frozen=True, slots=True)
class Format:
    """A format on the allow-list."""

    modality: str
    """One of `types.MODALITIES`; a container of either sort is VIDEO until its streams are known."""
    media_type: str
    reader: str
    """The only reader that may touch it: a Pillow format ("PNG"), a libavformat demuxer ("mov") or "text"."""
    label: str
    """What a person calls it: "PNG picture"."""


_JPEG = Format(IMAGE, "image/jpeg", "JPEG", "JPEG picture")
_PNG = Format(IMAGE, "image/png", "PNG", "PNG picture")
_GIF = Format(IMAGE, "image/gif", "GIF", "GIF picture")
_WEBP = Format(IMAGE, "image/webp", "WEBP", "WebP picture")
_BMP = Format(IMAGE, "image/bmp", "BMP", "BMP picture")
_TIFF = Format(IMAGE, "image/tiff", "TIFF", "TIFF picture")
_AVIF = Format(IMAGE, "image/avif", "AVIF", "AVIF picture")
_WAV = Format(AUDIO, "audio/wav", "wav", "WAV recording")
_AIFF = Format(AUDIO, "audio/aiff", "aiff", "AIFF recording")
_FLAC = Format(AUDIO, "audio/flac", "flac", "FLAC recording")
_MP3 = Format(AUDIO, "audio/mpeg", "mp3", "MP3 recording")
_ADTS = Format(AUDIO, "audio/aac", "aac", "AAC recording")
_AMR = Format(AUDIO, "audio/amr", "amr", "AMR recording")
_CAF = Format(AUDIO, "audio/x-caf", "caf", "CAF recording")
_AU = Format(AUDIO, "audio/basic", "au", "AU recording")
_OGG = Format(VIDEO, "video/ogg", "ogg", "Ogg file")
_WEBM = Format(VIDEO, "video/webm", "matroska", "WebM file")
_MATROSKA = Format(VIDEO, "video/x-matroska", "matroska", "Matroska file")
_MP4 = Format(VIDEO, "video/mp4", "mov", "MP4 file")
_M4A = Format(VIDEO, "audio/mp4", "mov", "M4A recording")
_3GP = Format(VIDEO, "video/3gpp", "mov", "3GP file")
_MOV = Format(VIDEO, "video/quicktime", "mov", "QuickTime file")
_AVI = Format(VIDEO, "video/x-msvideo", "avi", "AVI file")
_TS = Format(VIDEO, "video/mp2t", "mpegts", "MPEG transport stream")
_MPEG = Format(VIDEO, "video/mpeg", "mpeg", "MPEG file")
_TEXT = Format(TEXT, "text/plain", "text", "text file")

_ALLOWED: tuple[tuple[bytes, Format], ...] = (
    (b"\xff\xd8\xff", _JPEG),
    (b"\x89PNG\r\n\x1a\n", _PNG),
    (b"GIF87a", _GIF),
    (b"GIF89a", _GIF),
    (b"II*\0", _TIFF),
    (b"MM\0*", _TIFF),
    (b"II+\0", _TIFF),
    (b"MM\0+", _TIFF),
    (b"fLaC", _FLAC),
    (b"OggS", _OGG),
    (b"#!AMR", _AMR),
    (b"caff\0", _CAF),
    (b".snd\0", _AU),
    (b"\0\0\x01\xba", _MPEG),
)

_PICTURE = "Send it as JPEG or PNG."
_SOUND = "Send it as MP3, WAV, M4A or OGG."
_MOVIE = "Send it as MP4 or WebM."
_PAGES = "pages"
_ANY = "any"
"""Stand for what may be sent, which depends on the plugins: see `_remedy`."""

_REFUSED: tuple[tuple[int, bytes, str, str], ...] = (
    (0, b"PK\x03\x04", "a ZIP archive or an office document", _PAGES),
    (0, b"PK\x05\x06", "an empty ZIP archive", _ANY),
    (0, b"%PDF", "a PDF document", _PAGES),
    (0, b"{\\rtf", "an RTF document", _PAGES),
    (0, b"\xd0\xcf\x11\xe0", "an old office document, or one with a password", _PAGES),
    (0, b"\x7fELF", "a program", _ANY),
    (0, b"MZ", "a Windows program", _ANY),
    (0, b"\x1f\x8b", "a gzip archive", _ANY),
    (0, b"BZh", "a bzip2 archive", _ANY),
    (0, b"\xfd7zXZ\0", "an xz archive", _ANY),
    (0, b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", _ANY),
    (0, b"Rar!", "a RAR archive", _ANY),
    (0, b"(\xb5/\xfd", "a Zstandard archive", _ANY),
    (257, b"ustar", "a tar archive", _ANY),
    (0, b"SQLite format 3", "a database", _ANY),
    (0, b"MThd", "a MIDI file (notes, not sound)", _SOUND),
    (0, b"\0\0\x01\0", "a Windows icon", _PICTURE),
    (0, b"\0\0\x02\0", "a Windows cursor", _PICTURE),
    (0, b"8BPS", "a Photoshop document", _PICTURE),
    (0, b"\0\0\0\x0cjP  ", "a JPEG 2000 picture", _PICTURE),
    (0, b"\xff\x4f\xff\x51", "a JPEG 2000 picture", _PICTURE),
    (0, b"\0\0\0\x0cJXL ", "a JPEG XL picture", _PICTURE),
    (0, b"\xff\x0a", "a JPEG XL picture", _PICTURE),
    (0, b"DDS ", "a DirectDraw texture", _PICTURE),
    (0, b"BLP1", "a BLP texture", _PICTURE),
    (0, b"BLP2", "a BLP texture", _PICTURE),
    (0, b"\x01\xda\x00", "an SGI picture", _PICTURE),
    (0, b"\x01\xda\x01", "an SGI picture", _PICTURE),
    (0, b"v/1\x01", "an OpenEXR picture", _PICTURE),
    (0, b"qoif", "a QOI picture", _PICTURE),
    (0, b"AT&TFORM", "a DjVu document", _PAGES),
    (4, b"\x11\xaf", "an Autodesk animation", _MOVIE),
    (4, b"\x12\xaf", "an Autodesk animation", _MOVIE),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "a Windows Media (ASF) file", "Send it as MP3 or MP4."),
    (0, b"FLV\x01", "a Flash video", _MOVIE),
    (0, b".RMF", "a RealMedia file", "Send it as MP3 or MP4."),
    (0, b"MP+", "a Musepack recording", _SOUND),
    (0, b"MPCK", "a Musepack recording", _SOUND),
    (0, b"wvpk", "a WavPack recording", _SOUND),
    (0, b"MAC ", "a Monkey's Audio recording", _SOUND),
    (0, b"FWS", "a Flash animation", _MOVIE),
    (0, b"CWS", "a Flash animation", _MOVIE),
)

_PLAYLISTS = ("#extm3u", "[playlist]", "ffconcat version")
_PAGE_TAGS = ("html", "head", "body", "script", "iframe", "meta", "title")

_NAMED_AS = {
    **dict.fromkeys("jpg jpeg jpe png gif webp bmp tif tiff avif heic heif".split(), "picture"),
    **dict.fromkeys("wav mp3 m4a aac flac ogg oga opus aif aiff amr caf wma mpc au".split(), "sound recording"),
    **dict.fromkeys("mp4 mov m4v webm mkv avi mpg mpeg ts 3gp ogv wmv flv".split(), "video"),
}
_INSTEAD = {"picture": _PICTURE, "sound recording": _SOUND, "video": _MOVIE}


def sniff(content: Content, size: int, name: str, formats: Sequence[FileFormat] = ()) -> Format | FileFormat:
    """What the content is; for text only a guess from its beginning, which `decode_text` confirms.

    Args:
        content: the file.
        size: its bytes.
        name: for messages, and for files that pretend to be something else.
        formats: what plugins read; what the core reads comes before, what it refuses after them.

    Raises:
        UnsupportedMedia: it is not on the allow-list; the message says what it is and what to send instead.
    """
    head = read_at(content, 0, HEAD_BYTES)
    found = _recognised(head, content, size) or recognised(formats, head, content, size)
    if found:
        return found
    for offset, magic, what, remedy in _REFUSED:
        if head.startswith(magic, offset):
            raise UnsupportedMedia(f"{name} is {what}, which is not read here.", _remedy(remedy, formats))
    if head[4:8] == b"ftyp":
        brand = (
            "a HEIC photograph" if head[8:11] in (b"hei", b"hev") or head[8:12] in (b"mif1", b"msf1") else "a raw photo"
        )
        raise UnsupportedMedia(f"{name} is {brand}, which is not read here.", _PICTURE)
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" not in head:
        return _TEXT
    pretends = _named_as(name)
    if pretends:
        raise UnsupportedMedia(f"{name} is named like a {pretends}, but its content is not one.", _INSTEAD[pretends])
    raise UnsupportedMedia(f"{name} is of a kind that is not read here.", sendable(formats))


def _remedy(remedy: str, formats: Sequence[FileFormat]) -> str:
    return sendable(formats) if remedy == _ANY else as_pages(formats) if remedy == _PAGES else remedy


def decode_text(data: bytes, name: str, formats: Sequence[FileFormat] = ()) -> str:
    """The text of a text file: UTF-8, or UTF-16 that begins with a byte order mark.

    Raises:
        UnsupportedMedia: binary, in another encoding, markup that is not read, or named like other media.
    """
    try:
        text = data.decode("utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig")
    except UnicodeDecodeError as error:
        pretends = _named_as(name)
        if pretends:
            raise UnsupportedMedia(
                f"{name} is named like a {pretends}, but its content is not one.", _INSTEAD[pretends]
            ) from error
        raise UnsupportedMedia(
            f"{name} is neither a picture, a recording or a video that is read here, nor UTF-8 text.",
            f"If it is text, save it with the encoding UTF-8. {sendable(formats)}",
        ) from error
    strange = sum(1 for character in text if character < " " and character not in "\t\n\r\f\b\x1b")
    if "\0" in text or strange > len(text) // 100 + 1:
        raise UnsupportedMedia(f"{name} is a binary file, not text.", sendable(formats))
    markup = _markup(text[:HEAD_BYTES])
    if markup:
        raise UnsupportedMedia(f"{name} is {markup[0]}, which is not read here.", _remedy(markup[1], formats))
    pretends = _named_as(name)
    if pretends:
        raise UnsupportedMedia(
            f"{name} is a text file, not a {pretends}.", f"Send the {pretends} itself, or rename it to .txt."
        )
    return text


def _markup(beginning: str) -> tuple[str, str] | None:
    """What text that is meant for other programs is, and what to send instead; None for text to be read."""
    left = beginning.lstrip().lower()
    if left.startswith(_PLAYLISTS):
        return "a playlist that points to other files", _ANY
    for _ in range(32):  # declarations and comments may come first
        for opening, closing in (("<?", "?>"), ("<!--", "-->"), ("<!doctype svg", ">")):
            if left.startswith(opening):
                left = left.partition(closing)[2].lstrip()
                break
        else:
            break
    tag = re.match(r"<(!doctype html\b|[a-z0-9:]+)", left)
    if tag is None:
        return None
    if tag[1].rpartition(":")[2] == "svg":
        return "an SVG drawing", _PICTURE
    return ("a web page (HTML)", PICTURE_PAGE) if tag[1].startswith("!") or tag[1] in _PAGE_TAGS else None


def _named_as(name: str) -> str | None:
    return _NAMED_AS.get(PurePath(name).suffix.lower().lstrip("."))


def _recognised(head: bytes, content: Content, size: int) -> Format | None:
    for magic, found in _ALLOWED:
        if head.startswith(magic):
            return found
    if head[:4] in (b"RIFF", b"RF64", b"BW64"):
        return {b"WAVE": _WAV, b"AVI ": _AVI, b"WEBP": _WEBP}.get(head[8:12])
    if head[:4] == b"FORM" and head[8:12] in (b"AIFF", b"AIFC"):
        return _AIFF
    # The size of the info header that follows (12 to 124 bytes) tells a bitmap from text that begins with "BM".
    if head[:2] == b"BM" and len(head) > 18 and head[14] in (12, 40, 52, 56, 64, 108, 124) and head[15:18] == b"\0\0\0":
        return _BMP
    if head[:4] == b"\x1aE\xdf\xa3":
        return _WEBM if b"webm" in head[:64] else _MATROSKA
    if _is_transport_stream(head):
        return _TS
    if head[:3] == b"ID3" and len(head) >= 10 and head[3] in (2, 3, 4):
        return _after_id3(head, content, size)
    return _mpeg_audio(head) or _iso_media(head)


def _is_transport_stream(head: bytes) -> bool:
    # Packets of 188 bytes begin with 0x47; Blu-ray and AVCHD put four bytes of time before each.
    return any(
        len(head) > start + 2 * step and all(head[start + step * index] == 0x47 for index in range(3))
        for start, step in ((0, 188), (4, 192))
    )


def _after_id3(head: bytes, content: Content, size: int) -> Format:
    # The tag's length has seven bits in each byte (ID3v2.3, section 3.1).
    length = sum((byte & 0x7F) << shift for byte, shift in zip(head[6:10], (21, 14, 7, 0), strict=True))
    following = read_at(content, 10 + length, 4) if 10 + length < size else b""
    if following == b"fLaC":
        return _FLAC
    return _mpeg_audio(following) or _MP3


def _mpeg_audio(head: bytes) -> Format | None:
    """MP2 and MP3 frames, or AAC in ADTS frames, by the fields of a frame header (ISO 11172-3, 13818-7)."""
    if len(head) < 3 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return None
    version, layer = head[1] >> 3 & 3, head[1] >> 1 & 3
    if head[1] & 0xF6 == 0xF0:
        return _ADTS if head[2] >> 2 & 15 < 13 else None
    # Layer I is not accepted: nothing records it, and FF FE would be confused with a UTF-16 byte order mark.
    return _MP3 if version != 1 and layer in (1, 2) and head[2] >> 4 != 15 and head[2] >> 2 & 3 != 3 else None


def _iso_media(head: bytes) -> Format | None:
    if head[4:8] in (b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"):
        return _MOV
    if head[4:8] != b"ftyp" or len(head) < 12:
        return None
    brand = head[8:12]
    brands = {brand} | {head[at : at + 4] for at in range(16, min(int.from_bytes(head[:4], "big"), 256), 4)}
    if brands & {b"avif", b"avis"}:
        return _AVIF
    if brand[:3] in (b"hei", b"hev", b"crx") or brand in (b"mif1", b"msf1"):
        return None
    if brand == b"qt  ":
        return _MOV
    if brand[:3] in (b"3gp", b"3g2"):
        return _3GP
    return _M4A if brand in (b"M4A ", b"M4B ") else _MP4
