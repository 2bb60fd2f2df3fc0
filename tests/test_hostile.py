"""Nothing that is sent can crash, stall or fill the process: each file is read or refused by name, quickly."""

from __future__ import annotations

import io
import json
import struct
import subprocess
import sys
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image as Pillow

from assistant.errors import MediaError
from assistant.media import Media

SHARED = Path(__file__).resolve().parents[1] / "../shared/data/hostile"
PEAK_MB = 800
"""Largest resident memory of a process that does nothing but decode: leaves half of 1.5 GiB to the models."""
SMALL_MB = 320
"""The same where processes of their own decode: a program with two pictures, the last and the next."""
SECONDS = 10.0
"""Longest that any one file may take, on a busy machine."""

PROGRAM = """
import json, re, sys, time
from pathlib import Path
from assistant.errors import MediaError
from assistant.media import Media
from assistant.media.decoder import InProcess
from assistant.media.worker import Workers

decoder = {"here": InProcess, "elsewhere": Workers}[sys.argv[1]]()
for file in map(Path, sys.argv[2:]):
    media, began, said = Media(decoder=decoder), time.perf_counter(), "read"
    try:
        part = media.open(file)
        if part.modality == "image":
            media.image(part)
        if part.facts.get("has_audio"):
            for block in media.audio(part).blocks():
                pass
        if part.modality == "video":
            for frame in media.frames(part):
                pass
    except MediaError as error:
        said = str(error)
    status = Path("/proc/self/status").read_text()  # ru_maxrss would count the process that started this one
    peak = int(re.search(r"VmHWM:\\s+(\\d+)", status)[1]) / 1024
    print(json.dumps([file.name, said, time.perf_counter() - began, peak]), flush=True)
decoder.close()
"""
PLACES = pytest.mark.parametrize("place", ["here", "elsewhere"])
"""Decoding in the process itself, and in processes of its own."""


def survey(files: list[Path], place: str) -> dict[str, str]:
    """What a fresh process said of each file, after checking that it lived, was quick and stayed small."""
    finished = subprocess.run(
        [sys.executable, "-W", "error::ResourceWarning", "-c", PROGRAM, place, *map(str, files)],
        capture_output=True,
        text=True,
        timeout=SECONDS * len(files),
        check=False,
    )
    lines = [json.loads(line) for line in finished.stdout.splitlines()]
    assert finished.returncode == 0, finished.stderr[-2000:]
    assert len(lines) == len(files)
    for name, said, seconds, peak in lines:
        assert seconds < SECONDS, f"{name} took {seconds:.1f} s"
        assert peak < (PEAK_MB if place == "here" else SMALL_MB), f"{name} took the process to {peak:.0f} MB"
        assert "made its decoder crash" not in said
        assert said == "read" or name[:90] in said
    return {name: said for name, said, _, _ in lines}


def png(width: int, height: int, pixels: bool = True) -> bytes:
    """A black picture of one byte a pixel, compressed a thousand to one."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    # Blocks that do not look back are all alike, so one is enough to compress (RFC 1950 and 1951).
    rows = 100 if pixels else 1
    blocks = height // rows if pixels else 1
    packer = zlib.compressobj(wbits=-15)
    block = packer.compress(bytes((width + 1) * rows)) + packer.flush(zlib.Z_FULL_FLUSH)
    checksum = (blocks * rows * (width + 1) % 65521) << 16 | 1
    data = b"\x78\x9c" + block * blocks + b"\x03\0" + struct.pack(">I", checksum)
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def box(kind: bytes, *bodies: bytes) -> bytes:
    body = b"".join(bodies)
    return struct.pack(">I4s", 8 + len(body), kind) + body


def numbers(*values: int) -> bytes:
    """Version and flags, then 32-bit numbers."""
    return struct.pack(f">{len(values) + 1}I", 0, *values)


def mp4(*tables: bytes, after: bytes = b"") -> bytes:
    """A recording of one AAC track with the given sample tables."""
    entry = box(b"mp4a", bytes(6) + b"\0\1" + bytes(8) + struct.pack(">HHHHI", 1, 16, 0, 0, 48000 << 16))
    table = box(b"stbl", box(b"stsd", numbers(1), entry), *tables)
    media = box(
        b"mdia",
        box(b"mdhd", numbers(0, 0, 48000, 1000, 0)),
        box(b"hdlr", numbers(0) + b"soun" + bytes(13)),
        box(b"minf", table),
    )
    track = box(b"trak", box(b"tkhd", bytes(84)), media)
    return (
        box(b"ftyp", b"mp42" + bytes(4))
        + box(b"moov", box(b"mvhd", bytes(100)), track)
        + after
        + box(b"mdat", bytes(999))
    )


def saved(picture: Pillow.Image, format: str, **options: Any) -> bytes:
    target = io.BytesIO()
    picture.save(target, format, **options)
    return target.getvalue()


def endless_scans() -> bytes:
    """A progressive JPEG whose last scan is repeated: kilobytes that ask for hours."""
    data = saved(Pillow.new("L", (6000, 6000)), "JPEG", progressive=True)
    last = data.rindex(b"\xff\xda")
    return data[:last] + data[last:-2] * 2000 + data[-2:]


def wav(rate: int, channels: int, data: bytes) -> bytes:
    block = channels * 2
    header = struct.pack("<IHHIIHH", 16, 1, channels, rate, rate * block & 0xFFFFFFFF, block & 0xFFFF, 16)
    return (
        b"RIFF"
        + struct.pack("<I", len(data) + 36)
        + b"WAVEfmt "
        + header
        + b"data"
        + struct.pack("<I", len(data))
        + data
    )


MANY = 300_000_000
REFUSED: dict[str, Any] = {
    "bomb.png": lambda: png(50_000, 50_000),
    "canvas.webp": lambda: b"RIFF\xe8\3\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0" + (16382).to_bytes(3, "little") * 2 + bytes(900),
    "canvas.gif": lambda: b"GIF89a\xff\xff\xff\xff\x80\0\0" + bytes(6) + b",\0\0\0\0\xff\xff\xff\xff\0\2\2D\1\0;",
    "canvas.bmp": lambda: b"BM" + bytes(12) + struct.pack("<IiiHHIIiiII", 40, 60_000, 60_000, 1, 24, 0, 0, 0, 0, 0, 0),
    "scans.jpg": endless_scans,
    "zeros.jpg": lambda: b"\xff\xd8\xff\xe0" + bytes(20_000_000),
    "zeros.mp3": lambda: b"ID3\3\0\0\0\0\0\0" + bytes(20_000_000),
    "zeros.mp4": lambda: b"\0\0\0\x18ftypmp42" + bytes(20_000_000),
    "zeros.mkv": lambda: b"\x1aE\xdf\xa3" + bytes(20_000_000),
    "zeros.ogg": lambda: b"OggS" + bytes(20_000_000),
    "zeros.avi": lambda: b"RIFF\xff\xff\xff\x7fAVI LIST" + bytes(20_000_000),
    "zeros.ts": lambda: (b"\x47" + bytes(187)) * 100_000,
    "zeros.mpg": lambda: b"\0\0\1\xba" + bytes(20_000_000),
    "zeros.amr": lambda: b"#!AMR\n" + bytes(20_000_000),
    "zeros.caf": lambda: b"caff\0\1\0\0" + bytes(20_000_000),
    "zeros.bin": lambda: bytes(20_000_000),
    "samples.mp4": lambda: mp4(
        box(b"stts", numbers(1, MANY, 2)),
        box(b"stsc", numbers(1, 1, MANY, 1)),
        box(b"stsz", numbers(1, MANY)),
        box(b"stco", numbers(1, 700)),
    ),
    "fragment.mp4": lambda: mp4(
        *(box(kind, numbers(0, 0)) for kind in (b"stts", b"stsc", b"stsz", b"stco")),
        after=box(b"moof", box(b"traf", box(b"tfhd", numbers(1)), box(b"trun", numbers(MANY)))),
    ),
    "deep.mp4": lambda: b"\0\0\0\x18ftypmp42"
    + bytes(12)
    + b"".join(struct.pack(">I4s", 8 * (2000 - level), b"moov") for level in range(2000)),
    "rate.wav": lambda: wav(0x7FFFFFFF, 1, bytes(96_000)),
    "slow.wav": lambda: wav(1, 1, bytes(96_000)),
    "channels.wav": lambda: wav(16_000, 65_535, bytes(960_000)),
    "text.jpg": lambda: b"hello",
    "empty.png": lambda: b"",
    "archive.docx": lambda: b"PK\3\4" + bytes(1000),
    "long.txt": lambda: b"a" * 50_000_000,
}  # fmt: skip
HEAVY: dict[str, Any] = {
    "grey.png": lambda: png(7000, 7000),
    "alpha.png": lambda: saved(Pillow.new("RGBA", (7000, 7000)), "PNG", compress_level=1),
    "palette.gif": lambda: saved(Pillow.new("P", (7000, 7000)), "GIF"),
    "float.tif": lambda: saved(Pillow.new("F", (7000, 7000), 0.5), "TIFF", compression="tiff_adobe_deflate"),
    "cmyk.tif": lambda: saved(Pillow.new("CMYK", (7000, 7000)), "TIFF", compression="tiff_lzw"),
    "photo.jpg": lambda: saved(Pillow.new("RGB", (7000, 7000)), "JPEG"),
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with all files that are made here."""
    folder = tmp_path_factory.mktemp("hostile")
    for name, make in (REFUSED | HEAVY).items():
        (folder / name).write_bytes(make())
    return folder


@PLACES
def test_bombs_and_forgeries_are_refused(place: str, made: Path) -> None:
    """Files built to fill memory or to stall are refused by name, in little time and memory."""
    said = survey([made / name for name in REFUSED], place)
    assert [name for name in said if said[name] == "read"] == []


def test_the_largest_allowed_pictures_fit(made: Path) -> None:
    """Pictures just under the pixel cap are read within the memory that a decoder may take, in every mode."""
    assert set(survey([made / name for name in HEAVY], "elsewhere").values()) == {"read"}


@PLACES
@pytest.mark.shared
def test_the_hostile_collection(place: str) -> None:
    """Published exploits, fuzzing crashes and broken files: all are read or refused, none escapes."""
    if not SHARED.is_dir():
        pytest.skip("the hostile collection is not beside the checkout")
    files = sorted(SHARED.iterdir())
    said = survey(files, place)
    readable = {name for name, sentence in said.items() if sentence == "read"}
    assert {"hopper_bad_exif.jpg", "no_duration.webm", "video_90.mov", "blns.json", "silence-44-s.flac"} <= readable
    harmful = (".svg", ".html", ".fli", ".j2k", ".dds", ".blp", ".sgi", ".ico", ".mid", ".wma", ".mpc", ".avi")
    assert [name for name in readable if name.endswith(harmful)] == []
    assert "read_passwd_bypass.mp4" not in readable
    assert "truncated_jpeg.jpg" not in readable


NOISE = Pillow.fromarray(np.random.default_rng(3).integers(0, 255, (24, 24, 3), np.uint8))
SAMPLES = {
    **{format: saved(NOISE, format) for format in ("JPEG", "PNG", "GIF", "WEBP", "BMP", "TIFF", "AVIF")},
    "WAV": wav(16_000, 1, bytes(3200)),
    "MP4": mp4(*(box(kind, numbers(0, 0)) for kind in (b"stts", b"stsc", b"stsz", b"stco"))),
}


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(sorted(SAMPLES)), st.data())
def test_damage_anywhere_is_a_media_error_or_nothing(format: str, data: st.DataObject) -> None:
    """However bytes are changed or cut, the outcome is a picture, a sound or a MediaError."""
    content = bytearray(SAMPLES[format])
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    content = content[: data.draw(st.integers(1, len(content)))]
    media = Media()
    try:
        part = media.open(bytes(content), "damaged")
        if part.modality == "image":
            assert media.image(part).rgb.dtype == np.uint8
        elif part.modality == "audio":
            assert media.audio(part).samples().dtype == np.float32
    except MediaError as error:
        assert "damaged" in error.message  # noqa: PT017
