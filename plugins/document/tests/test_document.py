"""Documents of every sort are read page by page; what is hostile or broken costs a clear sentence only."""

from __future__ import annotations

import threading
import zipfile
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import document_files as files
import numpy as np
import pytest

from assistant import FileFormat, Observation, Part
from assistant.errors import Cancelled, MediaError, MediaTooLarge, UnreadableMedia, UnsupportedMedia
from assistant.media import Media
from assistant.media.formats import check_format
from assistant.plugin import Task
from assistant.testing import FakeServices, PerceiverContract
from assistant_document import FORMATS, DocumentOptions, DocumentPerceiver
from assistant_document.archive import MEMBERS
from assistant_document.sheets import written

MEDIA = Media(formats=FORMATS)


def perceived(content: bytes, name: str = "file", **options: Any) -> tuple[list[Observation], list[Part], Observation]:
    """The texts, the parts, and the facts, which come last."""
    perceiver = DocumentPerceiver()
    perceiver.load(FakeServices(options=DocumentOptions(**options)))
    found = list(perceiver.perceive(Task(MEDIA.open(content, name), MEDIA)))
    facts = found[-1]
    assert isinstance(facts, Observation)
    assert facts.kind == "document_facts"
    texts = [each for each in found[:-1] if isinstance(each, Observation)]
    return texts, [each for each in found if isinstance(each, Part)], facts


def refusal(content: bytes, name: str) -> MediaError | None:
    """Why it is not read; None if it is. Anything else than a MediaError fails the test."""
    try:
        list(DocumentPerceiver().perceive(Task(MEDIA.open(content, name), MEDIA)))
    except MediaError as error:
        return error
    return None


class TestDocument(PerceiverContract):
    perceiver = DocumentPerceiver
    part = MEDIA.open(files.pdf(["Hello there, this is one page"], jpeg=files.picture("SCAN", format="JPEG")), "a.pdf")


def test_formats_are_such_as_the_host_takes() -> None:
    """Each format is accepted beside the others."""
    known: list[FileFormat] = []
    for each in FORMATS:
        check_format(each, known)
        known.append(each)


MADE: list[tuple[str, Callable[[], bytes]]] = [
    ("PDF document", lambda: files.pdf(["x"])),
    ("Word document", files.word),
    ("Excel workbook", files.sheets),
    ("PowerPoint presentation", files.slides),
    ("OpenDocument text", lambda: files.open_document("text", "<office:text/>")),
    ("OpenDocument spreadsheet", lambda: files.open_document("spreadsheet", "<office:spreadsheet/>")),
    ("OpenDocument presentation", lambda: files.open_document("presentation", "<office:presentation/>")),
    ("EPUB book", lambda: files.book("x")),
]


@pytest.mark.parametrize(("label", "make"), MADE, ids=[label for label, _ in MADE])
def test_each_sort_is_recognised_by_its_bytes(label: str, make: Callable[[], bytes]) -> None:
    """Files of every sort are known whatever they are called."""
    part = MEDIA.open(make(), "photo.jpg")
    assert (part.modality, part.facts) == ("document", {"format": label})


def test_other_archives_are_refused() -> None:
    """A ZIP file that is no document is no document."""
    with pytest.raises(UnsupportedMedia, match="ZIP archive"):
        MEDIA.open(files.zipped({"a.txt": "x"}), "a.docx")


def test_pdf() -> None:
    """Pages in order with number and count; the facts say title, author, pages and words."""
    content = files.pdf(["Bill no. 7", "Thank you for your visit"], ["Total: 42.00 EUR", "Please pay soon"],
                        author="Ann", title="Bill")  # fmt: skip
    texts, parts, facts = perceived(content, "bill.pdf")
    assert [each.text.splitlines() for each in texts] == [
        ["Bill no. 7", "Thank you for your visit"],
        ["Total: 42.00 EUR", "Please pay soon"],
    ]
    assert [dict(each.data) for each in texts] == [{"page": n, "pages": 2, "unit": "page"} for n in (1, 2)]
    assert all(each.confidence == 1.0 for each in texts)
    assert not parts
    assert (facts.data["title"], facts.data["author"], facts.data["words"]) == ("Bill", "Ann", 14)
    assert facts.text == "PDF document, 2 pages, 14 words, titled Bill, by Ann"


def test_pictures_are_made_of_scanned_pages() -> None:
    """A page without text becomes a picture that says which page it is; one with text or nothing at all does not."""
    content = files.pdf(["This page has more than enough text"], [], jpeg=files.picture("TOTAL 99", format="JPEG"))
    _, parts, facts = perceived(content, "scan.pdf")
    assert [(part.name, part.facts["page"], part.modality) for part in parts] == [("page 3 of scan.pdf", 3, "image")]
    shown = MEDIA.image(parts[0]).rgb
    assert max(shown.shape) == 1500
    assert shown.min() < 60
    assert facts.data["pictures"] == 1


@pytest.mark.parametrize(("render", "pages"), [("all", [1, 3]), ("none", []), ("scans", [3])])
def test_which_pages_become_pictures(render: str, pages: list[int]) -> None:
    """As the option says; never those with nothing on them."""
    content = files.pdf(["This page has more than enough text"], [], jpeg=files.picture("HI", format="JPEG"))
    assert [part.facts["page"] for part in perceived(content, render=render)[1]] == pages


def test_word_document() -> None:
    """Text in order, pages where they break, rows of tables as lines, embedded pictures with their page."""
    texts, parts, facts = perceived(files.word(embedded=files.picture("HI")), "notes.docx")
    assert [each.text for each in texts] == [
        "Meeting notes\nThe budget was approved.",
        "Item | Price\nPaint | 12.50\nTotal | 42.00",
    ]
    assert [each.data["page"] for each in texts] == [1, 2]
    assert [(part.name, part.facts["page"]) for part in parts] == [("picture 1 on page 2 of notes.docx", 2)]
    assert MEDIA.image(parts[0]).rgb.shape == (300, 600, 3)
    assert facts.text == "Word document, 2 pages, 12 words, titled Minutes, by Ann Lee"


def test_workbook() -> None:
    """Sheets by name, rows as lines, numbers as a person writes them."""
    texts, _, facts = perceived(files.sheets())
    assert [(each.data["title"], each.data["unit"]) for each in texts] == [("Sales", "sheet"), ("Staff", "sheet")]
    assert texts[0].text.splitlines() == ["Month | Units | Revenue", "M1 | 0 | 0", "M2 | 10 | 2.5", "M3 | 20 | 5"]
    assert "Chef: Carla" in texts[1].text
    assert facts.data["pages"] == 2


def test_rows_are_capped() -> None:
    """A huge sheet is read to the cap, and the facts say so."""
    texts, _, facts = perceived(files.sheets(rows=300), rows=100)
    assert len("\n".join(each.text for each in texts if each.data["title"] == "Sales").splitlines()) == 100
    assert facts.data["notes"] == ["only the first 100 rows of the sheet Sales were read"]


def test_a_sheet_that_lies_about_its_size_takes_no_time() -> None:
    """One cell in the last corner that the format allows is not a table of billions."""
    import openpyxl

    book = openpyxl.Workbook()
    book.active["XFD1048576"] = "far"
    book.active["A1"] = "near"
    texts, _, _ = perceived(files.saved(book))
    assert texts[0].text == "near"


def test_presentation() -> None:
    """Slides with their title, points, tables and notes; pictures say which slide they are on."""
    texts, parts, _ = perceived(files.slides(embedded=files.picture("HI")), "plan.pptx")
    assert [each.data["title"] for each in texts] == ["Plan for spring", "Costs"]
    assert texts[0].text == "Plan for spring\nOpen the shop\nHire two people"
    assert texts[1].text.splitlines() == ["Costs", "Rent | 900", "Notes: Mention the deposit"]
    assert [part.name for part in parts] == ["picture 1 on slide 2 of plan.pptx"]


def test_open_document_text() -> None:
    """Paragraphs, spaces, tables and pages of an ODT, its pictures and what it says of itself."""
    body = (
        '<office:text><text:h>Letter</text:h><text:p>Dear <text:span>Sam</text:span>,<text:s text:c="2"/>hello</text:p>'
        "<text:p><text:soft-page-break/>Second</text:p><table:table><table:table-row><table:table-cell><text:p>Total"
        "</text:p></table:table-cell><table:table-cell><text:p>7</text:p></table:table-cell></table:table-row>"
        '</table:table><draw:frame><draw:image xlink:href="Pictures/a.png"/></draw:frame></office:text>'
    )
    texts, parts, facts = perceived(files.open_document("text", body, **{"Pictures/a.png": files.picture("HI")}))
    assert [each.text for each in texts] == ["Letter\nDear Sam, hello", "Second\nTotal | 7"]
    assert [part.facts["page"] for part in parts] == [2]
    assert (facts.data["title"], facts.data["author"]) == ("Open", "Dee")


def test_open_document_spreadsheet() -> None:
    """Repeated cells are repeated, but not a million times; empty ends are left out."""
    cell = "<table:table-cell><text:p>{}</text:p></table:table-cell>"
    body = (
        '<office:spreadsheet><table:table table:name="Cash"><table:table-row>'
        + cell.format("a")
        + '<table:table-cell table:number-columns-repeated="2"><text:p>b</text:p></table:table-cell>'
        '<table:table-cell table:number-columns-repeated="16000"/></table:table-row>'
        '<table:table-row table:number-rows-repeated="1048000"><table:table-cell/></table:table-row>'
        '<table:table-row table:number-rows-repeated="99999999">'
        + cell.format("z")
        + "</table:table-row></table:table></office:spreadsheet>"
    )
    texts, _, facts = perceived(files.open_document("spreadsheet", body), rows=50)
    assert texts[0].text.splitlines() == ["a | b | b", *["z"] * 48]
    assert texts[0].data["title"] == "Cash"
    assert facts.data["notes"] == ["only the first 50 rows of the sheet Cash were read"]


def test_open_document_presentation() -> None:
    """Slides with their titles."""
    body = (
        '<office:presentation><draw:page><draw:frame presentation:class="title"><draw:text-box><text:p>Why</text:p>'
        "</draw:text-box></draw:frame><draw:frame><draw:text-box><text:p>Because</text:p></draw:text-box></draw:frame>"
        "</draw:page></office:presentation>"
    )
    texts, _, _ = perceived(files.open_document("presentation", body))
    assert [(each.text, each.data["title"], each.data["unit"]) for each in texts] == [("Why\nBecause", "Why", "slide")]


def test_book() -> None:
    """Chapters in order, without scripts; pictures with their chapter."""
    content = files.book(
        "<h1>One</h1><p>It was &amp; is.</p><script>alert(1)</script>",
        '<h1>Two</h1><p>The end<img src="art.png"/></p>',
        picture=files.picture("HI"),
    )
    texts, parts, facts = perceived(content)
    assert [(each.data["title"], each.text) for each in texts] == [
        ("One", "One\nIt was & is."),
        ("Two", "Two\nThe end"),
    ]
    assert [part.facts["page"] for part in parts] == [2]
    assert facts.text == "EPUB book, 2 chapters, 7 words, titled Tales, by Eve"


# ---- caps -------------------------------------------------------------------------------------------------------


def test_pages_are_capped() -> None:
    """A document of a hundred thousand pages is read to the cap, and the facts say how many there are."""
    one = files.pdf(["Text of a page that repeats"])
    many = one.replace(b"/Count 1 /Kids [5 0 R]", b"/Count 3 /Kids [5 0 R 5 0 R 5 0 R]")
    texts, _, facts = perceived(many, pages=2)
    assert len(texts) == 2
    assert facts.data["pages"] == 3
    assert facts.data["notes"] == ["only the first 2 of 3 pages were read"]


def test_characters_are_capped() -> None:
    """No more text is taken than the option says."""
    texts, _, facts = perceived(files.pdf(["abcdefghij " * 5], ["klmnopqrst " * 5]), characters=60)
    assert sum(len(each.text) for each in texts) <= 60
    assert facts.data["notes"] == ["only the first 60 characters were read"]


def test_pictures_are_capped() -> None:
    """No more pictures are taken out than the option says; the facts tell."""
    _, parts, facts = perceived(files.pdf(["Some"], ["Words"], ["Here"]), images=2)
    assert len(parts) == 2
    assert facts.data["notes"] == ["only the first 2 pictures were taken out"]


def test_long_pages_become_several_observations() -> None:
    """Text is never cut off within a page for want of room in one observation."""
    body = "".join(f"<text:p>Line {number} of many lines</text:p>" for number in range(2000))
    texts, _, _ = perceived(files.open_document("text", f"<office:text>{body}</office:text>"))
    assert len(texts) > 3
    assert [each.data.get("piece", 1) for each in texts] == list(range(1, len(texts) + 1))
    assert "\n".join(each.text for each in texts).count("Line ") == 2000


def test_ornaments_and_repetitions_are_left_out() -> None:
    """Small pictures are not taken out."""
    assert perceived(files.word(embedded=files.picture(size=(40, 20))))[1] == []


def test_pictures_can_be_left_where_they_are() -> None:
    """As the option says."""
    assert perceived(files.word(embedded=files.picture()), pictures=False)[1] == []


# ---- hostile and broken files -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("label", "make"), MADE[:4] + MADE[7:], ids=[label for label, _ in (*MADE[:4], MADE[7])])
@pytest.mark.parametrize("share", [0.3, 0.9])
def test_what_is_cut_short_is_said_to_be(label: str, make: Callable[[], bytes], share: float) -> None:
    """A truncated file gives a MediaError that names it, or at worst what was whole in it."""
    whole = make()
    content = whole[: int(len(whole) * share)]
    error = refusal(content, "cut.bin")
    assert error is None or ("cut.bin" in error.message and error.remedy)


@pytest.mark.parametrize("seed", range(12))
def test_damage_is_never_more_than_a_media_error(seed: int) -> None:
    """Files with bytes that were changed at random are read, or refused by name."""
    random = np.random.default_rng(seed)
    for _, make in MADE[:4]:
        whole = bytearray(make())
        for place in random.integers(8, len(whole), 30):
            whole[place] = random.integers(0, 256)
        error = refusal(bytes(whole), "odd.bin")
        assert error is None or "odd.bin" in error.message


def test_a_bomb_is_not_unpacked() -> None:
    """An archive that unpacks to more than is read is refused before anything of it is."""
    bomb = files.zipped({"[Content_Types].xml": "<x/>", "word/document.xml": b"\0" * 60_000_000})
    with pytest.raises(MediaTooLarge, match=r"bomb\.docx unpacks to 60 MB where at most 50 MB"):
        perceived(bomb, "bomb.docx")


def test_repetitions_are_not_multiplied_out() -> None:
    """A cell that is repeated over a whole sheet, on many sheets, gives no more text than is read."""
    cell = (
        f'<table:table-cell table:number-columns-repeated="16000"><text:p>{"x" * 100_000}</text:p></table:table-cell>'
    )
    row = f'<table:table-row table:number-rows-repeated="1048576">{cell}</table:table-row>'
    body = f"<office:spreadsheet>{f'<table:table>{row}</table:table>' * 20}</office:spreadsheet>"
    texts, _, facts = perceived(files.open_document("spreadsheet", body))
    assert sum(len(each.text) for each in texts) <= 1_000_000
    assert facts.data["notes"] == ["only the first 1,000,000 characters were read"]


def test_a_word_document_without_end_is_cut() -> None:
    """Of a text far longer than is read only so much is looked at as is taken."""
    import docx

    document = docx.Document()
    for _ in range(300):
        document.add_paragraph("word " * 2000)
    texts, _, facts = perceived(files.saved(document), characters=50_000)
    assert 49_000 < sum(len(each.text) for each in texts) <= 50_000
    assert facts.data["notes"] == ["only the first 50,000 characters were read"]


def test_too_many_members_are_refused() -> None:
    """An archive of very many files is refused before anything of it is read."""
    content = files.zipped(dict.fromkeys(["[Content_Types].xml", "word/document.xml"], "<x/>")
                           | {f"{number}": "" for number in range(MEMBERS)})  # fmt: skip
    with pytest.raises(MediaTooLarge, match="holds 10,002 files"):
        perceived(content)


@pytest.mark.parametrize("sort", ["docx", "xlsx", "pptx", "odt"])
def test_entities_are_not_expanded(sort: str) -> None:
    """A billion laughs in the XML of a document give an error, or nothing, in no time; files are never fetched."""
    laughs = '<!DOCTYPE x [<!ENTITY a0 "ha"><!ENTITY f SYSTEM "file:///etc/passwd">' + "".join(
        f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10)
    )
    laughs += "]>"
    if sort == "odt":
        content = files.open_document("text", "<office:text><text:p>&a9;&f;</text:p></office:text>", before=laughs)
    else:
        make, place = {
            "docx": (files.word, "word/document.xml"),
            "xlsx": (files.sheets, "xl/worksheets/sheet1.xml"),
            "pptx": (files.slides, "ppt/slides/slide1.xml"),
        }[sort]
        content = _patched(make(), place, laughs)
    try:
        texts = perceived(content)[0]
    except UnreadableMedia:
        return
    said = "".join(each.text for each in texts)
    assert "hahaha" not in said
    assert "root:" not in said


def _patched(content: bytes, place: str, declaration: str) -> bytes:
    import io
    import re

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members: dict[str, bytes | str] = {name: archive.read(name) for name in archive.namelist()}
    text = str(members[place], "utf-8") if isinstance(members[place], bytes) else ""
    assert text
    end = text.index("?>") + 2 if text.startswith("<?xml") else 0
    body = re.sub(r"(<(?:w:t|a:t|t|v)(?: [^>]*)?>)", r"\1&a9;&f;", text[end:])
    members[place] = text[:end] + declaration + body
    return files.zipped(members)


def test_deep_nesting_is_survived() -> None:
    """XML nested a hundred thousand deep gives an error or its text, never a crash."""
    deep = "<text:span>" * 100_000 + "x" + "</text:span>" * 100_000
    error = refusal(files.open_document("text", f"<office:text><text:p>{deep}</text:p></office:text>"), "deep.odt")
    assert error is None or "deep.odt" in error.message


def test_passwords_are_asked_to_be_removed() -> None:
    """What is encrypted says so, and what to do."""
    locked = files.open_document("text", "<office:text/>", **{"META-INF/manifest.xml": "<encryption-data/>"})
    with pytest.raises(UnreadableMedia, match=r"secret\.odt is protected by a password.*Remove the password"):
        perceived(locked, "secret.odt")
    flagged = bytearray(files.sheets())
    at = flagged.rfind(b"PK\x01\x02")
    flagged[at + 8] |= 1
    with pytest.raises(UnreadableMedia, match="protected by a password"):
        perceived(bytes(flagged))
    with pytest.raises(UnreadableMedia, match="protected against copying"):
        perceived(files.book("x", rights=True))


def test_an_encrypted_pdf_says_what_to_do() -> None:
    """A PDF that needs a password is not taken for a damaged one."""
    encrypted = files.pdf(["x"]).replace(
        b"trailer\n<< ",
        b"trailer\n<< /Encrypt << /Filter /Standard /V 1 /R 2 /P -44 /O <" + b"41" * 32 + b"> /U <" + b"42" * 32
        + b"> >> /ID [<00> <00>] ",
    )  # fmt: skip
    with pytest.raises(UnreadableMedia, match=r"secret\.pdf is protected by a password.*Remove the password"):
        perceived(encrypted, "secret.pdf")


def test_empty_documents() -> None:
    """A document without text is one of no words, not a failure; a PDF without pages is one."""
    texts, parts, facts = perceived(files.pdf([]))
    assert (texts, parts, facts.data["words"]) == ([], [], 0)
    with pytest.raises(UnreadableMedia):
        perceived(files.pdf(), "none.pdf")


def test_control_characters_are_left_out() -> None:
    """Text is what can be shown: no escape sequences, no invisible marks."""
    texts, _, _ = perceived(files.book("<p>a\x1b[31mb\ufeff c\x00</p>"))
    assert texts[0].text == "a[31mb c"


def test_work_stops_when_nobody_waits() -> None:
    """A cancelled task ends between pages."""
    cancel = threading.Event()
    part = MEDIA.open(files.pdf(["First page with text"], ["Second page with text"]), "a.pdf")
    stream = iter(DocumentPerceiver().perceive(Task(part, MEDIA, cancel=cancel)))
    next(stream)
    cancel.set()
    with pytest.raises(Cancelled):
        list(stream)


def test_the_name_of_the_file_stays_out_of_observations() -> None:
    """What is remembered for the same bytes under another name does not tell the first one."""
    for _, make in MADE:
        texts, _, facts = perceived(make(), "divorce papers.bin")
        assert all("divorce" not in str(replace(each)) for each in (*texts, facts))


@pytest.mark.parametrize(
    ("value", "said"),
    [(None, ""), (True, "TRUE"), (3.0, "3"), (0.1 + 0.2, "0.3"), (1e300, "1e+300"), (" a\n b ", "a b"), (12, "12")],
)
def test_values_are_written_as_people_do(value: object, said: str) -> None:
    """Cells read as they look."""
    assert written(value) == said
