"""Small documents made on the fly, and pictures of text. Not tests."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont


def picture(text: str = "", size: tuple[int, int] = (600, 300), format: str = "PNG") -> bytes:
    """A picture that shows a text."""
    image = Image.new("RGB", size, "white")
    ImageDraw.Draw(image).multiline_text((30, 30), text, "black", ImageFont.load_default(48))
    target = io.BytesIO()
    image.save(target, format)
    return target.getvalue()


def pdf(*pages: Sequence[str], author: str = "", jpeg: bytes = b"", title: str = "") -> bytes:
    """A PDF written by hand: each page some lines of text; with `jpeg`, a last page that only shows that picture."""
    objects: list[bytes] = []

    def add(body: bytes) -> int:
        objects.append(body)
        return len(objects)

    def stream(head: str, data: bytes) -> bytes:
        return f"<< {head} /Length {len(data)} >>\nstream\n".encode() + data + b"\nendstream"

    add(b"<< /Type /Catalog /Pages 2 0 R >>")
    add(b"")
    font = add(b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")
    kids = []
    for lines in pages:
        shown = " ".join(f"({line}) Tj 0 -20 Td" for line in lines)
        text = add(stream("", f"BT /F1 14 Tf 60 740 Td {shown} ET".encode("latin-1") if lines else b""))
        kids.append(
            add(
                f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {text} 0 R "
                f"/Resources << /Font << /F1 {font} 0 R >> >> >>".encode()
            )
        )
    if jpeg:
        width, height = Image.open(io.BytesIO(jpeg)).size
        image = add(
            stream(
                f"/Type /XObject /Subtype /Image /Width {width} /Height {height} /ColorSpace /DeviceRGB "
                "/BitsPerComponent 8 /Filter /DCTDecode",
                jpeg,
            )
        )
        text = add(stream("", f"q 500 0 0 {500 * height // width} 56 300 cm /I1 Do Q".encode()))
        kids.append(
            add(
                f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {text} 0 R "
                f"/Resources << /XObject << /I1 {image} 0 R >> >> >>".encode()
            )
        )
    objects[1] = f"<< /Type /Pages /Count {len(kids)} /Kids [{' '.join(f'{kid} 0 R' for kid in kids)}] >>".encode()
    info = add(f"<< /Author ({author}) /Title ({title}) >>".encode("latin-1"))
    written = bytearray(b"%PDF-1.7\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(written))
        written += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    start = len(written)
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    written += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}".encode()
    written += (
        f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R /Info {info} 0 R >>\nstartxref\n{start}\n%%EOF".encode()
    )
    return bytes(written)


def word(*, embedded: bytes = b"") -> bytes:
    """Two pages: a heading and a paragraph; a table and, if given, a picture."""
    import docx
    import docx.enum.text

    document = docx.Document()
    document.core_properties.author, document.core_properties.title = "Ann Lee", "Minutes"
    document.add_heading("Meeting notes", 1)
    document.add_paragraph("The budget was approved.").add_run().add_break(docx.enum.text.WD_BREAK.PAGE)
    table = document.add_table(0, 2)
    for name, price in (("Item", "Price"), ("Paint", "12.50"), ("Total", "42.00")):
        cells = table.add_row().cells
        cells[0].text, cells[1].text = name, price
    if embedded:
        document.add_picture(io.BytesIO(embedded))
    return saved(document)


def sheets(rows: int = 3) -> bytes:
    """Two sheets, the first with so many rows."""
    import openpyxl

    book = openpyxl.Workbook()
    book.properties.creator = "Bo"
    first = book.active
    first.title = "Sales"
    first.append(["Month", "Units", "Revenue"])
    for number in range(rows):
        first.append([f"M{number + 1}", number * 10, number * 2.5])
    second = book.create_sheet("Staff")
    second["B2"] = "Chef: Carla"
    return saved(book)


def slides(*, embedded: bytes = b"") -> bytes:
    """Two slides: title and points; a table, notes and, if given, a picture."""
    import pptx
    from pptx.util import Inches

    show = pptx.Presentation()
    slide = show.slides.add_slide(show.slide_layouts[1])
    slide.shapes.title.text = "Plan for spring"
    slide.placeholders[1].text = "Open the shop\nHire two people"
    other = show.slides.add_slide(show.slide_layouts[5])
    other.shapes.title.text = "Costs"
    table = other.shapes.add_table(1, 2, Inches(1), Inches(2), Inches(4), Inches(1)).table
    table.cell(0, 0).text, table.cell(0, 1).text = "Rent", "900"
    other.notes_slide.notes_text_frame.text = "Mention the deposit"
    if embedded:
        other.shapes.add_picture(io.BytesIO(embedded), Inches(1), Inches(4))
    return saved(show)


def saved(document: object) -> bytes:
    target = io.BytesIO()
    document.save(target)  # type: ignore[attr-defined]
    return target.getvalue()


def zipped(members: dict[str, bytes | str], *, first: str = "") -> bytes:
    """A ZIP file; `first` is the content of an uncompressed first member `mimetype`."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        if first:
            archive.writestr("mimetype", first, zipfile.ZIP_STORED)
        for name, content in members.items():
            archive.writestr(name, content)
    return target.getvalue()


def open_document(sort: str, body: str, *, before: str = "", **members: bytes | str) -> bytes:
    """An OpenDocument file with this in its body."""
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{full}:1.0"'
        for name, full in (
            ("office", "office"),
            ("text", "text"),
            ("table", "table"),
            ("draw", "drawing"),
            ("presentation", "presentation"),
        )
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?>{before}<office:document-content {spaces} '
        f'xmlns:xlink="http://www.w3.org/1999/xlink"><office:body>{body}</office:body></office:document-content>'
    )
    meta = (
        f'<office:document-meta {spaces} xmlns:dc="http://purl.org/dc/elements/1.1/"><office:meta>'
        "<dc:title>Open</dc:title><dc:creator>Dee</dc:creator></office:meta></office:document-meta>"
    )
    files = {"content.xml": content, "meta.xml": meta, "META-INF/manifest.xml": "<m/>", **members}
    return zipped(files, first=f"application/vnd.oasis.opendocument.{sort}")


def book(*chapters: str, picture: bytes = b"", rights: bool = False) -> bytes:
    """An EPUB of these chapters."""
    items = "".join(f'<item id="c{n}" href="c{n}.xhtml"/>' for n in range(len(chapters)))
    spine = "".join(f'<itemref idref="c{n}"/>' for n in range(len(chapters)))
    members: dict[str, bytes | str] = {
        "META-INF/container.xml": '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
        '<rootfile full-path="OEBPS/book.opf"/></rootfiles></container>',
        "OEBPS/book.opf": '<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<metadata><dc:title>Tales</dc:title><dc:creator>Eve</dc:creator></metadata><manifest>{items}</manifest>"
        f"<spine>{spine}</spine></package>",
    }
    members |= {f"OEBPS/c{n}.xhtml": f"<!DOCTYPE html><html><head><title>x</title></head><body>{text}</body></html>"
                for n, text in enumerate(chapters)}  # fmt: skip
    if picture:
        members["OEBPS/art.png"] = picture
    if rights:
        members["META-INF/rights.xml"] = "<r/>"
    return zipped(members, first="application/epub+zip")


def noise(side: int) -> bytes:
    """A PNG of that many pixels a side."""
    target = io.BytesIO()
    Image.fromarray(np.random.default_rng(1).integers(0, 255, (side, side, 3), np.uint8)).save(target, "PNG")
    return target.getvalue()
