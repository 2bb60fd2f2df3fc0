"""Decodes pictures with Pillow, one allowed format at a time and within caps. Not for recordings: see recordings.py."""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from assistant.errors import MediaError, MediaTooLarge, UnreadableMedia
from assistant.media.source import Content, opened, read_at, size_of
from assistant.media.values import Image, Limits

if TYPE_CHECKING:
    import numpy as np
    from PIL.Image import Image as Picture

WORKING_SIDE = 4096
"""Pixels of the long side that no perceiver gains from exceeding; larger pictures are reduced while decoding."""
SCANS = 30
"""Scans of a JPEG that are always accepted: progressive encoders write about ten."""
SCAN_PIXELS = 1_500_000_000
"""Pixels that all scans of one JPEG may visit: some seconds of work; a few kilobytes can ask for hours."""
HEADER_BYTES = 16 * 1024 * 1024
"""Where the pixels of a JPEG must have begun: depth maps of telephones take a few MB before them."""
COUNTED_BYTES = 4 * 1024 * 1024
"""Largest GIF whose frames are counted: that means walking through the whole file."""
STRIP_ROWS = 32
"""Rows of pixels handed over at a time: they stay in the processor's cache."""
COUNTED_PAGES = 100
"""Pages of a TIFF that are counted."""

_AGAIN = "Send the original file again."
_SMALLER = "Scale it down, or raise the setting limits.pixels."
_QUARTER_TURNS = {1: 0, 2: 0, 3: 2, 4: 2, 5: 1, 6: 3, 7: 3, 8: 1}
"""EXIF orientation -> counter-clockwise quarter turns that put it upright, after mirroring (TIFF 6.0, tag 274)."""
_MIRRORED = (2, 4, 5, 7)


@dataclass(frozen=True, slots=True)
class PictureHeader:
    """What a picture's header says."""

    width: int
    """Pixels, upright."""
    height: int
    frames: int | None
    """Frames of an animation, pages of a TIFF, 1 for a still picture; None for an animation of unknown length."""
    notes: tuple[str, ...] = ()


def read_header(content: Content, reader: str, name: str, limits: Limits) -> PictureHeader:
    """The header of a picture; no pixel is decoded.

    Args:
        content: the encoded picture.
        reader: the Pillow format, as sniffed.
        name: what messages call it.
        limits: caps.

    Raises:
        MediaTooLarge: more pixels than `limits.pixels`.
        UnreadableMedia: the header is broken.
    """
    with _opened(content, reader, name, limits) as picture:
        orientation, notes = _orientation(picture)
        width, height = picture.size
        if _QUARTER_TURNS[orientation] % 2:
            width, height = height, width
        frames = _frames(picture, reader, size_of(content, name))
        return PictureHeader(width, height, frames, (*_frame_notes(reader, frames), *notes))


Allocate: TypeAlias = "Callable[[tuple[int, int, int]], Callable[[], np.ndarray]]"
"""Told the shape of a picture as soon as it is known; what it returns is called for the array once pixels are there."""


def _allocate(shape: tuple[int, int, int]) -> Callable[[], np.ndarray]:
    import numpy as np

    return lambda: np.empty(shape, np.uint8)


def decode(
    content: Content,
    reader: str,
    name: str,
    limits: Limits,
    frames: int | None,
    allocate: Allocate = _allocate,
) -> Image:
    """The picture, upright, RGB, at most WORKING_SIDE on its long side.

    Args:
        content: the encoded picture.
        reader: the Pillow format, as sniffed.
        name: what messages call it.
        limits: caps.
        frames: as `PictureHeader.frames`.
        allocate: gives the array to decode into.

    Raises:
        MediaTooLarge: more pixels than `limits.pixels`.
        UnreadableMedia: truncated or corrupt.
    """
    with _opened(content, reader, name, limits) as picture:
        width, height = picture.size
        orientation, notes = _orientation(picture)
        reduced = max(width, height) > WORKING_SIDE
        memory = None if reduced else allocate(_upright_shape(width, height, orientation))
        if reduced:
            # A JPEG can be decoded at a half or less; a quarter below the working size is near enough to do so.
            picture.draft(None, (WORKING_SIDE * 3 // 4, WORKING_SIDE * 3 // 4))
        picture.load()
        if reduced and picture.mode not in ("1", "P", "PA"):
            # Reduced before anything else, so that no second picture of the full size is held.
            picture.thumbnail((WORKING_SIDE, WORKING_SIDE), reducing_gap=2.0)
        upright = _rgb(picture, notes)
        if reduced:
            upright.thumbnail((WORKING_SIDE, WORKING_SIDE), reducing_gap=2.0)
            notes.append(f"reduced from {width} x {height} to {upright.width} x {upright.height} pixels while decoding")
        if memory is None or upright.size != (width, height):
            memory = allocate(_upright_shape(*upright.size, orientation))
        rgb = memory()
        _put_upright(upright, orientation, rgb)
        rgb.flags.writeable = False
        return Image(rgb, (*_frame_notes(reader, frames), *notes))


def _upright_shape(width: int, height: int, orientation: int) -> tuple[int, int, int]:
    return (width, height, 3) if _QUARTER_TURNS[orientation] % 2 else (height, width, 3)


def _put_upright(picture: Picture, orientation: int, rgb: np.ndarray) -> None:
    """Write the pixels of an RGB picture upright into an array; strip by strip, so that none is held twice."""
    import numpy as np

    width, height = picture.size
    seen = np.rot90(rgb, -_QUARTER_TURNS[orientation])
    if orientation in _MIRRORED:
        seen = seen[:, ::-1]
    for top in range(0, height, STRIP_ROWS):
        bottom = min(height, top + STRIP_ROWS)
        seen[top:bottom] = np.asarray(picture.crop((0, top, width, bottom)))


@contextmanager
def _opened(content: Content, reader: str, name: str, limits: Limits) -> Iterator[Picture]:
    """The opened picture; whatever any decoder raises within becomes a MediaError."""
    from PIL import Image as Pillow

    _check_webp(content, reader, name, limits)
    scans = _scans(content, name) if reader == "JPEG" else 0
    try:
        with opened(content) as file, warnings.catch_warnings():
            # Pillow warns of what is judged here by the caps; its own error still stops what is twice over its cap.
            warnings.simplefilter("ignore")
            with Pillow.open(file, formats=(reader,)) as picture:
                _check_size(picture.width, picture.height, name, limits)
                _check_scans(scans, picture, name)
                _check_tiles(picture, reader, name, limits)
                yield picture
    except MediaError:
        raise
    except Pillow.DecompressionBombError as error:
        raise MediaTooLarge(
            f"{name} has far more than the {limits.pixels / 1e6:.0f} million pixels allowed.", _SMALLER
        ) from error
    except MemoryError as error:
        raise MediaTooLarge(f"{name} needs too much memory to be decoded.", "Scale it down.") from error
    except Exception as error:
        # Pillow's decoders let out anything on broken input: OSError, SyntaxError, struct.error, IndexError, ...
        raise _unreadable(error, size_of(content, name), name) from error


def _unreadable(error: Exception, size: int, name: str) -> UnreadableMedia:
    said = str(error).lower()
    if "truncated" in said or isinstance(error, EOFError):
        return UnreadableMedia(f"{name} is cut off after {_bytes(size)}: the rest of the picture is missing.", _AGAIN)
    if "cannot identify" in said:
        return UnreadableMedia(f"{name} is damaged: it begins like a picture, but what follows makes no sense.", _AGAIN)
    return UnreadableMedia(f"{name} is damaged and cannot be decoded ({error or type(error).__name__}).", _AGAIN)


def _bytes(count: int) -> str:
    return f"{count} bytes" if count < 1000 else f"{count / 1e3:.1f} kB" if count < 1e6 else f"{count / 1e6:.1f} MB"


def _check_size(width: int, height: int, name: str, limits: Limits) -> None:
    if width * height > limits.pixels:
        raise MediaTooLarge(
            f"{name} is {width} x {height} = {width * height / 1e6:.0f} million pixels; "
            f"at most {limits.pixels / 1e6:.0f} million are read.",
            _SMALLER,
        )
    if width < 1 or height < 1:
        raise UnreadableMedia(f"{name} has no pixels ({width} x {height}).", _AGAIN)


def _check_webp(content: Content, reader: str, name: str, limits: Limits) -> None:
    """Pillow's WebP reader allocates the canvas on opening, so its size is read here first (RFC 9649, section 2.7)."""
    head = read_at(content, 0, 30)
    if reader == "WEBP" and head[12:16] == b"VP8X" and len(head) == 30:
        width, height = (1 + int.from_bytes(head[at : at + 3], "little") for at in (24, 27))
        _check_size(width, height, name, limits)


def _scans(content: Content, name: str) -> int:
    """How many scans a JPEG has; the first must come soon, because Pillow looks for it byte by byte."""
    data = read_at(content, 0, size_of(content, name))
    first = data.find(b"\xff\xda", 0, HEADER_BYTES)
    if first < 0:
        raise UnreadableMedia(f"{name} is damaged: it begins like a JPEG, but no picture follows.", _AGAIN)
    return data.count(b"\xff\xda", first)


def _check_scans(scans: int, picture: Picture, name: str) -> None:
    """A progressive JPEG of a few kilobytes can have thousands of scans, each as much work as a whole picture."""
    if scans > SCANS and scans * picture.width * picture.height > SCAN_PIXELS:
        raise UnreadableMedia(f"{name} has {scans} passes over its pixels, which no camera writes.", _AGAIN)


def _check_tiles(picture: Picture, reader: str, name: str, limits: Limits) -> None:
    """A small TIFF may declare huge tiles, which are allocated whole (TIFF 6.0, tags 322 and 323)."""
    if reader != "TIFF":
        return
    tags: Any = getattr(picture, "tag_v2", {})
    tile = int(tags.get(322, 0)) * int(tags.get(323, 0))
    if tile > max(4 * picture.width * picture.height, 1 << 22):
        raise UnreadableMedia(f"{name} has tiles far larger than the picture itself.", _AGAIN)


def _frames(picture: Picture, reader: str, size: int) -> int | None:
    if reader == "JPEG" or (reader == "GIF" and size > COUNTED_BYTES):
        return 1 if reader == "JPEG" or not getattr(picture, "is_animated", False) else None
    if reader != "TIFF":
        return int(getattr(picture, "n_frames", 1))
    for page in range(1, COUNTED_PAGES):
        try:
            picture.seek(page)
        except EOFError:
            picture.seek(0)
            return page
    picture.seek(0)
    return None


def _frame_notes(reader: str, frames: int | None) -> tuple[str, ...]:
    if frames == 1:
        return ()
    many = str(frames) if frames else "many"
    if reader == "TIFF":
        return (f"only the first of {many} pages was looked at",)
    return (f"animated: only the first of {many} frames was looked at",)


def _orientation(picture: Picture) -> tuple[int, list[str]]:
    """EXIF orientation 1-8, and notes; broken EXIF data counts as upright."""
    if picture.format == "TIFF":
        return 1, []  # Pillow turns TIFF pictures upright itself
    if picture.format == "PNG" and not picture.info.keys() & {"exif", "XML:com.adobe.xmp", "xmp"}:
        return 1, []  # asking for EXIF that did not come before the pixels would decode them all
    try:
        orientation = picture.getexif().get(0x0112, 1)
    except Exception:
        # The EXIF parser lets out anything on broken input; the pixels may still be good.
        return 1, ["its EXIF data is damaged, so it may be turned the wrong way"]
    return (orientation if orientation in _QUARTER_TURNS else 1), []


def _rgb(picture: Picture, notes: list[str]) -> Picture:
    """Any mode as RGB, alpha over white."""
    from PIL import Image as Pillow

    if picture.mode.startswith("I") or picture.mode == "F":
        return _from_deep(picture, notes).convert("RGB")
    if picture.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in picture.info:
        layered = picture.convert("RGBA")
        white = Pillow.new("RGB", layered.size, (255, 255, 255))
        white.paste(layered, mask=layered.getchannel("A"))
        return white
    return picture.convert("RGB") if picture.mode != "RGB" else picture


def _from_deep(picture: Picture, notes: list[str]) -> Picture:
    """A picture of 16 or 32 bits a pixel as 8-bit grey: full ranges by their scale, others stretched and noted."""
    import numpy as np
    from PIL import Image as Pillow

    values = np.asarray(picture)
    finite = values if values.dtype.kind in "iu" else np.nan_to_num(values, posinf=0.0, neginf=0.0)
    low, high = float(finite.min()), float(finite.max())
    if values.dtype.kind == "f" and low >= 0 and high <= 1:
        scale, offset = 255.0, 0.0
    elif low >= 0 and high <= 255:
        scale, offset = 1.0, 0.0
    elif low >= 0 and 4096 <= high <= 65535:
        scale, offset = 255.0 / 65535.0, 0.0
    else:
        # Twelve-bit cameras, heights, temperatures: no scale is written down, so the range found is used.
        scale, offset = 255.0 / max(high - low, 1e-12), low
        notes.append("brightness stretched: its numbers have no known scale")
    grey = np.empty(finite.shape, np.uint8)
    for start in range(0, len(finite), 256):  # in strips, so that no second full-size copy of wide numbers is made
        strip = (finite[start : start + 256].astype(np.float32) - offset) * scale
        grey[start : start + 256] = np.clip(np.rint(strip), 0, 255)
    return Pillow.fromarray(grey)


def encode(rgb: np.ndarray, format: str, max_side: int | None = None, quality: int = 92) -> bytes:
    """An RGB array [height, width, 3] uint8 as an encoded picture.

    Args:
        rgb: the pixels.
        format: "JPEG", "PNG" or "WEBP".
        max_side: pixels of the long side at most; None keeps the size.
        quality: of JPEG and WebP, 1-95.
    """
    import numpy as np
    from PIL import Image as Pillow

    picture = Pillow.fromarray(np.ascontiguousarray(rgb, dtype=np.uint8))
    if max_side is not None:
        picture.thumbnail((max_side, max_side), reducing_gap=2.0)
    target = io.BytesIO()
    picture.save(target, format, quality=quality)
    return target.getvalue()
