"""Text, names, sizes and paths: what is read as text, and how everything else is refused."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import MediaError, MediaTooLarge, UnreadableMedia, UnsupportedMedia
from assistant.media import Limits, Media, text_part
from assistant.testing import imported_by


def test_import_is_light() -> None:
    """Importing the decoder imports neither Pillow nor PyAV nor numpy."""
    assert imported_by("assistant.media", ("PIL", "av", "numpy")) == []


@pytest.mark.parametrize("name", ["notes.txt", "notes.md", "table.csv", "data.json", "README", ""])
def test_utf8_is_text(name: str) -> None:
    """Any UTF-8 text is a text part, whatever it is called."""
    part = Media().open("naïve, 你好 🙂\n".encode(), name)
    assert (part.modality, part.text) == ("text", "naïve, 你好 🙂\n")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_byte_order_marks_are_understood(encoding: str, tmp_path: Path) -> None:
    """Text saved with a byte order mark reads the same, from bytes and from a file."""
    mark = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}.get(encoding, b"")
    file = tmp_path / "letter.txt"
    file.write_bytes(mark + "héllo".encode(encoding))
    assert Media().open(file).text == "héllo"
    assert Media().open(file).digest == text_part("héllo").digest


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=50))
def test_text_survives(text: str) -> None:
    """What is read is what was written, in any script."""
    part = Media().open(("- " + text).encode(), "note.txt")
    assert part.text == "- " + text


def test_too_long_text_is_refused() -> None:
    """The cap on characters counts characters, and the message names the setting."""
    media = Media(Limits(text_characters=10))
    assert media.open("你好你好你好你好你好".encode(), "ok.txt").text
    for data in ("你好你好你好你好你好!".encode(), b"a" * 1_000_000):
        with pytest.raises(MediaTooLarge, match=r"long\.txt .* limits\.text_characters"):
            media.open(data, "long.txt")


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [
        (b"hello there", "photo.jpg", r"photo\.jpg is a text file, not a picture"),
        (b"hello there", "song.MP3", r"song\.MP3 is a text file, not a sound recording"),
        (b"hello there", "clip.mp4", r"clip\.mp4 is a text file, not a video"),
        (b"\x01\x02\xfe\0\0" * 99, "photo.jpg", r"photo\.jpg is named like a picture, but its content is not one"),
        (b"PK\x03\x04" + bytes(99), "pages.docx", "ZIP archive or an office document"),
        (b"%PDF-1.7\n", "paper.pdf", "PDF document"),
        (b"\x7fELF" + bytes(99), "a.out", "a program"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "IMG_1.HEIC", "HEIC photograph, .* JPEG or PNG"),
        (b"<svg xmlns='...'>", "logo.svg", "SVG drawing"),
        (b"<?xml version='1.0'?><!-- x --><svg:svg>", "logo", "SVG drawing"),
        (b"\n <!DOCTYPE html><p>", "page", "web page"),
        (b"<script>alert(1)</script>", "page.txt", "web page"),
        (b"#EXTM3U\nfile:///etc/passwd", "film.mp4", "playlist that points to other files"),
        (b"ffconcat version 1.0\nfile /etc/passwd", "list.txt", "playlist"),
        (b"MThd" + bytes(99), "tune.mid", "MIDI"),
        (b"abc\0def", "odd.txt", "not read here"),
        ("Grüße".encode("latin-1"), "alt.txt", "nor UTF-8 text.*UTF-8"),
        (b"\0" * 20_000_000, "zeros", "not read here"),
    ],
)  # fmt: skip
def test_refusals_say_what_it_is_and_what_to_send(data: bytes, name: str, said: str) -> None:
    """Anything not on the allow-list is refused with its name, its nature and a remedy."""
    with pytest.raises(UnsupportedMedia, match=said) as refused:
        Media().open(data, name)
    assert refused.value.remedy


def test_markdown_with_tags_is_text() -> None:
    """A README that begins with a centred paragraph is text, not a web page."""
    assert Media().open(b'<p align="center">Hello</p>\n\n# Title', "README.md").modality == "text"


def test_many_comments_are_looked_at_quickly() -> None:
    """Markup built to make a parser try every combination takes no time."""
    assert Media().open(b"<!---->" * 1000 + b"<", "c.txt").modality == "text"


def test_sizes() -> None:
    """Empty and oversized files are refused before anything looks inside."""
    with pytest.raises(UnreadableMedia, match=r"nothing\.png is empty"):
        Media().open(b"", "nothing.png")
    with pytest.raises(MediaTooLarge, match=r"big\.bin .* limits\.bytes"):
        Media(Limits(bytes=100)).open(b"a" * 101, "big.bin")


def test_paths_must_be_ordinary_files(tmp_path: Path) -> None:
    """A folder, a pipe, a device or nothing at all is refused at once."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path in (tmp_path, pipe, Path("/dev/zero"), tmp_path / "absent.png"):
        with pytest.raises(UnreadableMedia, match=path.name):
            Media().open(path)


def test_names_cannot_forge_messages() -> None:
    """Control characters, folders and endless names do not reach messages."""
    for name in ("a\nb\x1b[31m.jpg", "../../etc/x.jpg", "C:\\secret\\x.jpg", "x" * 5000 + ".jpg"):
        with pytest.raises(MediaError) as refused:
            Media().open(b"hello", name)
        assert refused.value.message.isprintable()
        assert len(refused.value.message) < 300
        assert "/" not in refused.value.message
        assert ".jpg is a text file" in refused.value.message
