"""Pictures of every sort come out upright, RGB, capped, and are decoded once."""

from __future__ import annotations

import gc
import io
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from PIL import Image as Pillow

from assistant.errors import DecoderUnavailable, MediaError, MediaTooLarge, UnreadableMedia, UnsupportedMedia
from assistant.media import Image, Limits, Media, text_part
from assistant.media.decoder import InProcess
from assistant.types import Part

RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)


def encoded(picture: Pillow.Image, format: str = "PNG", **options: Any) -> bytes:
    target = io.BytesIO()
    picture.save(target, format, **options)
    return target.getvalue()


def decoded(data: bytes, name: str = "photo", **limits: Any) -> Image:
    media = Media(Limits(**limits))
    return media.image(media.open(data, name))


def quartered() -> Pillow.Image:
    """Red and green above blue and white, 24 x 16 pixels."""
    picture = Pillow.new("RGB", (24, 16), RED)
    picture.paste(GREEN, (12, 0, 24, 8))
    picture.paste(BLUE, (0, 8, 12, 16))
    picture.paste(WHITE, (12, 8, 24, 16))
    return picture


def corners(rgb: np.ndarray) -> list[tuple[int, ...]]:
    return [tuple(int(value > 127) * 255 for value in rgb[y, x]) for y, x in ((2, 2), (2, -3), (-3, 2), (-3, -3))]


@pytest.mark.parametrize("format", ["JPEG", "PNG", "GIF", "WEBP", "BMP", "TIFF", "AVIF"])
def test_every_allowed_format_is_sniffed_and_decoded(format: str) -> None:
    """The content decides, whatever the name; pixels keep their places and colours."""
    media = Media()
    part = media.open(
        encoded(quartered(), format, **({"quality": 95} if format in ("JPEG", "AVIF") else {})), "scan.dat"
    )
    assert part.modality == "image"
    assert part.media_type == f"image/{format.lower()}"
    assert (part.facts["width"], part.facts["height"]) == (24, 16)
    image = media.image(part)
    assert image.rgb.dtype == np.uint8
    assert not image.rgb.flags.writeable
    assert corners(image.rgb) == [RED, GREEN, BLUE, WHITE]


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("format", ["JPEG", "PNG", "TIFF"])
def test_exif_orientation_is_undone(orientation: int, format: str) -> None:
    """For each of the eight orientations the picture stands upright, and the facts say its upright size."""
    undo = {
        2: [Pillow.Transpose.FLIP_LEFT_RIGHT],
        3: [Pillow.Transpose.ROTATE_180],
        4: [Pillow.Transpose.FLIP_TOP_BOTTOM],
        5: [Pillow.Transpose.TRANSPOSE],
        6: [Pillow.Transpose.ROTATE_90],  # the inverse of the turn that a viewer makes
        7: [Pillow.Transpose.TRANSVERSE],
        8: [Pillow.Transpose.ROTATE_270],
    }
    stored = quartered()
    for step in undo.get(orientation, []):
        stored = stored.transpose(step)
    exif = Pillow.Exif()
    exif[0x0112] = orientation
    options = {"quality": 95, "subsampling": 0} if format == "JPEG" else {}
    media = Media()
    part = media.open(encoded(stored, format, exif=exif, **options), "turned")
    image = media.image(part)
    assert (part.facts["width"], part.facts["height"]) == (24, 16)
    assert image.rgb.shape == (16, 24, 3)
    assert corners(image.rgb) == [RED, GREEN, BLUE, WHITE]


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16", "I", "F"])
def test_every_mode_becomes_rgb(mode: str) -> None:
    """Black to white stays black to white in any number of channels and bits, alpha lying over white."""
    ramp = np.tile(np.linspace(0, 1, 256), (8, 1))
    grey = Pillow.fromarray((ramp * 255).astype(np.uint8))
    deep = {
        "I;16": (ramp * 65535).astype(np.uint16),
        "I": (ramp * 65535).astype(np.int32),
        "F": ramp.astype(np.float32),
    }
    if mode in deep:
        picture = Pillow.fromarray(deep[mode])
    elif mode in ("LA", "RGBA"):  # black that grows opaque from right to left
        picture = Pillow.merge("LA", (Pillow.new("L", grey.size), grey.transpose(Pillow.Transpose.FLIP_LEFT_RIGHT)))
        picture = picture.convert(mode)
    else:
        picture = grey.convert(mode) if mode == "P" else grey.convert("RGB").convert(mode)
    image = decoded(encoded(picture, "TIFF" if mode in ("CMYK", "I", "F") else "PNG"))
    assert image.rgb.shape == (8, 256, 3)
    assert image.rgb[4, 0].tolist() == [0, 0, 0]
    assert image.rgb[4, -1].tolist() == [255, 255, 255]
    assert image.notes == ()
    if mode != "1":
        assert abs(int(image.rgb[4, 128, 1]) - 128) <= 2


def test_numbers_without_scale_are_stretched_and_noted() -> None:
    """A 12-bit grey picture is neither black nor silently changed; NaN does no harm."""
    ramp = np.tile(np.linspace(0, 4095, 64), (8, 1))
    twelve = decoded(encoded(Pillow.fromarray(ramp.astype(np.uint16)), "TIFF"))
    assert twelve.rgb.max() == 255
    assert "stretched" in twelve.notes[0]
    ramp[0, 0] = np.nan
    assert decoded(encoded(Pillow.fromarray(ramp.astype(np.float32)), "TIFF")).rgb.max() == 255


def test_palette_transparency_lies_over_white() -> None:
    """A GIF's transparent colour is white, not whatever the palette has there."""
    picture = Pillow.new("P", (8, 8), 1)
    picture.putpalette([255, 0, 0, 10, 20, 30])
    assert decoded(encoded(picture, "GIF", transparency=1)).rgb[4, 4].tolist() == [255, 255, 255]


@pytest.mark.parametrize("format", ["GIF", "WEBP", "PNG"])
def test_first_frame_of_an_animation_and_a_note(format: str) -> None:
    """An animation gives its first frame and says so."""
    frames = [Pillow.new("RGB", (20, 20), color) for color in (RED, GREEN, BLUE)]
    media = Media()
    part = media.open(encoded(frames[0], format, save_all=True, append_images=frames[1:], duration=100), "moving")
    assert part.facts["frames"] == 3
    image = media.image(part)
    assert image.notes == ("animated: only the first of 3 frames was looked at",)
    assert corners(image.rgb)[0] == RED


def test_first_page_of_a_tiff_and_a_note() -> None:
    """A scan of several pages gives its first page and says so."""
    pages = [Pillow.new("L", (20, 20), value) for value in (0, 255)]
    assert decoded(encoded(pages[0], "TIFF", save_all=True, append_images=pages[1:])).notes == (
        "only the first of 2 pages was looked at",
    )


@pytest.mark.parametrize("format", ["JPEG", "PNG"])
def test_large_pictures_are_reduced_and_noted(format: str) -> None:
    """Over the working size a picture is reduced; the facts keep its true size."""
    media = Media()
    part = media.open(encoded(Pillow.new("RGB", (9000, 100), BLUE), format), "panorama")
    image = media.image(part)
    assert part.facts["width"] == 9000
    assert max(image.rgb.shape) <= 4096
    assert "reduced from 9000 x 100" in image.notes[0]


def test_pixel_cap_holds_before_decoding() -> None:
    """Too many pixels are refused when opened, with the size, the cap and the setting to change."""
    with pytest.raises(MediaTooLarge, match=r"wall\.png is 300 x 200 .* limits\.pixels"):
        Media(Limits(pixels=50_000)).open(encoded(Pillow.new("1", (300, 200))), "wall.png")


@pytest.mark.parametrize("format", ["JPEG", "PNG", "TIFF", "WEBP", "GIF"])
def test_a_cut_off_picture_is_refused_by_name(format: str) -> None:
    """Half a picture is no picture: the message names the file and asks for it again."""
    noise = Pillow.fromarray(np.random.default_rng(1).integers(0, 255, (200, 200, 3), np.uint8))
    data = encoded(noise, format)
    with pytest.raises(UnreadableMedia, match="beach"):
        decoded(data[: len(data) // 2], "beach")
    if format == "JPEG":
        with pytest.raises(UnreadableMedia, match=r"beach is cut off after .* kB.* again"):
            decoded(data[: len(data) // 2], "beach")


def test_broken_exif_is_noted_not_fatal() -> None:
    """Damaged EXIF data costs the orientation, not the picture."""
    image = decoded(encoded(quartered(), "JPEG", exif=b"Exif\0\0MM\0*\xff\xff\xff\xff\xff\xff", quality=95))
    assert corners(image.rgb) == [RED, GREEN, BLUE, WHITE]


class Counting(InProcess):
    """A decoder that counts, behind the seam."""

    def __init__(self) -> None:
        self.calls = 0
        self.entered = threading.Event()

    def picture(self, *arguments: Any) -> Image:  # type: ignore[override]
        self.calls += 1
        self.entered.wait(5)
        return InProcess.picture(*arguments)


def test_decoded_once_when_several_threads_ask() -> None:
    """Eight perceivers asking at once get the same pixels from one decoding."""
    decoder = Counting()
    media = Media(decoder=decoder)
    part = media.open(encoded(quartered()), "shared.png")
    with ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(media.image, part) for _ in range(8)]
        decoder.entered.set()
        images = [one.result(10) for one in asked]
    assert decoder.calls == 1
    assert all(image is images[0] for image in images)


def test_a_failure_reaches_every_asker() -> None:
    """A picture that cannot be decoded fails alike for each perceiver, and is tried once."""
    data = encoded(Pillow.fromarray(np.random.default_rng(1).integers(0, 255, (200, 200, 3), np.uint8)), "JPEG")
    decoder = Counting()
    decoder.entered.set()
    media = Media(decoder=decoder)
    part = media.open(data[:9000], "cut.jpg")
    for _ in range(3):
        with pytest.raises(UnreadableMedia, match=r"cut\.jpg"):
            media.image(part)
    assert decoder.calls == 1


def test_cache_of_pictures_is_bounded() -> None:
    """Old pictures are let go: what is kept stays under its cap."""
    decoder = Counting()
    decoder.entered.set()
    media = Media(decoder=decoder)
    parts = [media.open(encoded(Pillow.new("RGB", (2000, 2000), (shade, 0, 0))), f"{shade}") for shade in range(8)]
    for part in parts:  # 12 MB each: five fit
        media.image(part)
    media.image(parts[-1])
    assert decoder.calls == 8
    media.image(parts[0])
    assert decoder.calls == 9


class Failing(Counting):
    """Decodes nothing: says what it is told to."""

    def __init__(self, error: type[MediaError]) -> None:
        super().__init__()
        self.entered.set()
        self.error = error

    def picture(self, *arguments: Any) -> Image:
        super().picture(*arguments)
        raise self.error("broken", "Send another.")


def test_what_cannot_be_decoded_is_tried_once_and_forgotten_in_time() -> None:
    """A broken picture costs its decoding once; thousands of them neither stay in memory nor keep their bytes there."""
    decoder = Failing(UnreadableMedia)
    media = Media(decoder=decoder)
    colours = [(number % 256, number // 256, 0) for number in range(300)]
    files = [media.open(encoded(Pillow.new("RGB", (4, 4), colour)), "broken") for colour in colours]
    for part in (files[0], *files):
        with pytest.raises(UnreadableMedia):
            media.image(part)
    assert decoder.calls == 300
    with pytest.raises(UnreadableMedia):
        media.image(files[0])
    assert decoder.calls == 301
    content = files[-1].content
    del files, part
    gc.collect()
    assert [each for each in gc.get_referrers(content) if isinstance(each, (tuple, Part))] == []


def test_a_decoder_that_was_ended_is_no_fault_of_the_picture() -> None:
    """Asked again, the picture is decoded again."""
    decoder = Failing(DecoderUnavailable)
    media = Media(decoder=decoder)
    part = media.open(encoded(quartered()), "photo")
    for calls in (1, 2):
        with pytest.raises(DecoderUnavailable):
            media.image(part)
        assert decoder.calls == calls


def test_digest_covers_meaning_and_parent() -> None:
    """Equal bytes are one part; the same pixels from two moments of a video are two."""
    media = Media()
    data = encoded(quartered())
    assert media.open(data, "a").digest == media.open(data, "b").digest
    assert media.open(data).digest != media.open(encoded(quartered(), "BMP")).digest
    parent = text_part("stands in for a video")
    pixels = np.zeros((8, 8, 3), np.uint8)
    first, second = (media.image_part(pixels, "frame", parent=parent, span=(at, at)) for at in (1.0, 2.0))
    assert first.digest != second.digest
    assert (first.parent, first.span) == (parent.digest, (1.0, 1.0))
    assert media.image(first).rgb.shape == (8, 8, 3)


def test_facts_are_added_but_not_replaced() -> None:
    """A perceiver says where a picture comes from; how large it is, is measured."""
    media = Media()
    told = {"page": 3, "width": 1, "seconds": 1}
    made = media.image_part(np.zeros((8, 6, 3), np.uint8), "page 3", facts=told)
    assert (made.facts["page"], made.facts["width"], made.facts["height"]) == (3, 6, 8)
    opened = media.open(encoded(quartered()), "drawing", parent=made, facts={"page": 4, "width": 1})
    assert (opened.facts["page"], opened.parent) == (4, made.digest)
    assert opened.facts["width"] != 1
    sound = media.audio_part(np.zeros(1600, np.float32), "sound", facts=told)
    assert (sound.facts["page"], sound.facts["seconds"]) == (3, 0.1)


@pytest.mark.parametrize(("format", "magic"), [("JPEG", b"\xff\xd8"), ("PNG", b"\x89PNG"), ("WEBP", b"RIFF")])
def test_previews_are_small_and_encoded(format: str, magic: bytes) -> None:
    """A preview fits the side asked for and keeps the shape."""
    data = Media().encode_preview(np.zeros((400, 800, 3), np.uint8), 200, format)
    assert data.startswith(magic)
    assert Pillow.open(io.BytesIO(data)).size == (200, 100)


def test_asking_a_text_for_pixels_is_refused() -> None:
    """A part of another modality is refused by name."""
    with pytest.raises(UnsupportedMedia, match="letter is no picture"):
        Media().image(text_part("hello", "letter"))
