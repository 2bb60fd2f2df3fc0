"""The sorts of documents, as they are recognised by their bytes. Not for reading them: see reading.py."""

from __future__ import annotations

from typing import Final

from assistant import FileFormat

DOCUMENT: Final = "document"
_OFFICE: Final = "application/vnd.openxmlformats-officedocument."
_OPEN: Final = "application/vnd.oasis.opendocument."
_ZIP: Final = b"PK\x03\x04"

PDF: Final = FileFormat(
    modality=DOCUMENT,
    media_type="application/pdf",
    label="PDF document",
    suffixes=(".pdf",),
    begins=b"%PDF-",
)
WORD: Final = FileFormat(
    modality=DOCUMENT,
    media_type=f"{_OFFICE}wordprocessingml.document",
    label="Word document",
    suffixes=(".docx",),
    begins=_ZIP,
    holds=(b"[Content_Types].xml", b"word/document.xml"),
)
SHEETS: Final = FileFormat(
    modality=DOCUMENT,
    media_type=f"{_OFFICE}spreadsheetml.sheet",
    label="Excel workbook",
    suffixes=(".xlsx",),
    begins=_ZIP,
    holds=(b"[Content_Types].xml", b"xl/workbook.xml"),
)
SLIDES: Final = FileFormat(
    modality=DOCUMENT,
    media_type=f"{_OFFICE}presentationml.presentation",
    label="PowerPoint presentation",
    suffixes=(".pptx",),
    begins=_ZIP,
    holds=(b"[Content_Types].xml", b"ppt/presentation.xml"),
)


def _open_document(what: str, label: str, suffix: str) -> FileFormat:
    # The first member says what it is, uncompressed (OpenDocument 1.3, part 2, section 3.3).
    return FileFormat(
        modality=DOCUMENT,
        media_type=f"{_OPEN}{what}",
        label=label,
        suffixes=(suffix,),
        begins=_ZIP,
        holds=(f"mimetype{_OPEN}{what}".encode(), b"content.xml"),
    )


OPEN_TEXT: Final = _open_document("text", "OpenDocument text", ".odt")
OPEN_SHEETS: Final = _open_document("spreadsheet", "OpenDocument spreadsheet", ".ods")
OPEN_SLIDES: Final = _open_document("presentation", "OpenDocument presentation", ".odp")
BOOK: Final = FileFormat(
    modality=DOCUMENT,
    media_type="application/epub+zip",
    label="EPUB book",
    suffixes=(".epub",),
    begins=_ZIP,
    holds=(b"mimetypeapplication/epub+zip",),
)
FORMATS: Final = (PDF, WORD, SHEETS, SLIDES, OPEN_TEXT, OPEN_SHEETS, OPEN_SLIDES, BOOK)
