"""Answers about documents: the page that is asked for, values by their labels, and what is honest to say otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from assistant.types import Gap, Kind
from assistant_reasoner.documents import NEEDED

if TYPE_CHECKING:
    from conftest import Talk

PAGES = (
    "Annual report of the garden club\nWritten by Ann Lee",
    "Income\nFees: 3400.00 EUR\nTotal: 4000.00 EUR",
    "Outlook\nWe plan to plant forty trees in spring.",
)


def report(talk: Talk, *pages: str, unit: str = "page", title: str = "") -> Talk:
    pages = pages or PAGES
    talk.part("document", "report.pdf")
    for number, text in enumerate(pages, 1):
        about = {"title": title} if title else {}
        talk.add("document_text", text, 1.0, page=number, pages=len(pages), unit=unit, **about)
    facts = f"PDF document, {len(pages)} {unit}s, 20 words"
    return talk.add("document_facts", facts, 1.0, pages=len(pages), unit=unit, words=20, author="Ann Lee")


@pytest.mark.parametrize(
    ("question", "short", "said"),
    [
        ("What is the total on page 2?", "4000.00 EUR", "page 2 of report.pdf"),
        ("How much are the fees?", "3400.00 EUR", "page 2 of report.pdf"),
        ("Who wrote it?", "Ann Lee", "Ann Lee"),
        ("How many pages does it have?", "3", "3 pages"),
        ("How many words are in the document?", "20", "20 words"),
        ("What is on page 2?", None, "Total: 4000.00 EUR"),
        ("What does the third page say?", None, "Outlook"),
        ("What is on the last page?", None, "forty trees"),
        ("What does the document say?", None, "garden club"),
        ("What does it say about spring?", None, "page 3 of report.pdf"),
        ("How many trees will be planted?", None, "forty trees"),
        ("Does it mention trees?", "yes", "page 3"),
        ("Does it mention bicycles?", "no", "not in report.pdf"),
        ("What is this document about?", None, "Page 2 begins “Income”"),
        ("Wie hoch ist die Summe auf Seite 2?", "4000.00 EUR", "4000.00 EUR"),
        ("", None, "Annual report"),
    ],
)
def test_questions_about_a_document(talk: Talk, question: str, short: str | None, said: str) -> None:
    """The answer comes from the page that bears it, says which, and cites it."""
    answer = report(talk).ask(question)
    assert said in answer.text
    assert answer.citations
    if short is not None:
        assert answer.short == short


PLAN = (
    "Renovation plan\nThe deadline is 3 May 2024. All work must be finished by then.",
    "Guests\nThe committee decided to postpone the meeting until June.\nOur paint supplier is Meyer and Sons.",
)


@pytest.mark.parametrize(
    ("question", "short", "page"),
    [
        ("When is the deadline?", "The deadline is 3 May 2024.", 1),
        ("Who is the paint supplier?", "Our paint supplier is Meyer and Sons.", 2),
        ("What did the committee decide?", "The committee decided to postpone the meeting until June.", 2),
        ("Until when was the meeting postponed?", "The committee decided to postpone the meeting until June.", 2),
    ],
)
def test_a_sentence_with_all_words_of_the_question_answers_it(talk: Talk, question: str, short: str, page: int) -> None:
    """The one sentence is given as what the document says, with its page, and no surer than such sentences are."""
    answer = report(talk, *PLAN).ask(question)
    assert answer.short == short
    assert f"It says: “{short}” (page {page} of report.pdf)" in answer.text
    assert answer.confidence == pytest.approx(0.7)
    assert len(answer.citations) == 1


@pytest.mark.parametrize(
    "question",
    ["How many guests are there?", "When will our paint supplier come?", "How much did the committee decide?"],
)
def test_a_sentence_without_what_is_asked_for_is_no_answer(talk: Talk, question: str) -> None:
    """A heading, or a sentence without the number or the time that is asked for, is at most quoted as the closest."""
    assert "It says:" not in report(talk, *PLAN).ask(question).text


@pytest.mark.parametrize(
    "question",
    [
        "",
        "What does the document say?",
        "What is it about?",
        "What is on page 1?",
        "What is the total?",
        "Who wrote it?",
        "Does it mention trees?",
        "How many pages does it have?",
    ],
)
def test_empty_pages_hold_nothing(talk: Talk, question: str) -> None:
    """Of a document whose pages bear no text at all the answer says so, whatever is asked."""
    talk.part("document", "blank.pdf")
    talk.add("document_facts", "PDF document, 1 page, 0 words", 1.0, pages=1, unit="page", words=0)
    assert talk.ask(question).text


def test_only_the_page_that_is_named_counts(talk: Talk) -> None:
    """A value of another page is no answer."""
    answer = report(talk).ask("What is the total on page 3?")
    assert "4000" not in answer.text
    assert answer.abstained


@pytest.mark.parametrize("question", ["What is on page 9?", "What is the capital of France?", "Where is the dog?"])
def test_what_is_not_there_is_not_made_up(talk: Talk, question: str) -> None:
    """It says that nothing there fits."""
    answer = report(talk).ask(question)
    assert answer.abstained
    assert "report.pdf" in answer.text


def test_tables_are_read_by_row_and_column(talk: Talk) -> None:
    """A cell is found by the head of its column and the name of its row."""
    report(talk, "Month | Units | Revenue\nM1 | 0 | 0\nM3 | 20 | 5\nM6 | 50 | 12.5", unit="sheet", title="Sales")
    assert talk.ask("What is the revenue of M3?").short == "5"
    assert talk.ask("What are the units for M6?").short == "50"
    assert "sheet 1 (“Sales”)" in talk.ask("What is the revenue of M6 on the sheet Sales?").text


def test_scanned_pages_count_as_their_pages(talk: Talk) -> None:
    """What was read in the picture of a page is answered with, and cited itself."""
    report(talk, "A first page with some text")
    talk.part("image", "scan", parent="report.pdf", page=2).line("Total: 99.50 EUR")
    answer = talk.ask("What is the total on page 2?")
    assert answer.short == "99.50 EUR"
    (cited,) = (seen for seen in talk.seen if seen.id in answer.citations)
    assert cited.kind == Kind.TEXT_LINE


def test_pictures_sent_since_are_not_the_document(talk: Talk) -> None:
    """A question after a picture is about the picture, unless it names the document."""
    report(talk).next_turn("What is this?")
    talk.picture().thing("dog")
    assert talk.ask("What is in the picture?").text.count("dog") >= 1
    assert "4000.00" in talk.ask("What is the total in the report?").text


def test_follow_ups_stay_with_the_document(talk: Talk) -> None:
    """Without new files, the next question is about the same one."""
    report(talk).next_turn("What is this?")
    assert talk.ask("What is the total?").short == "4000.00 EUR"


def test_why_nothing_could_be_read(talk: Talk) -> None:
    """The gap is told: what is wrong, and what to do."""
    talk.part("document", "secret.pdf")
    talk.gaps.append(
        Gap(
            cause="unreadable", message="secret.pdf is protected by a password.", remedy="Remove it.", part="secret.pdf"
        )
    )
    answer = talk.ask("What does it say?")
    assert answer.abstained
    assert "protected by a password. Remove it" in answer.text


def test_it_waits_for_text_only(talk: Talk) -> None:
    """An answer from a document waits for its text and for what is read in scans, not for colours."""
    assert report(talk).needs("What is the total?") == NEEDED


def test_long_documents_are_searched_quickly(talk: Talk) -> None:
    """A sheet of thousands of rows is answered from without comparing everything with everything."""
    rows = "\n".join(f"Item {number} | {number * 3} | {number * 7}" for number in range(5000))
    report(talk, f"Name | Units | Revenue\n{rows}", unit="sheet")
    assert talk.ask("What is the revenue of Item 4321?").short == str(4321 * 7)


@pytest.mark.parametrize("question", ["Thank you!", "Hello", "What can you do?"])
def test_small_talk_is_not_looked_up(talk: Talk, question: str) -> None:
    """A document in the conversation does not make every sentence a question about it."""
    talk.capabilities["document"] = ("document_text",)
    answer = report(talk).next_turn("What is this?").ask(question)
    assert "report.pdf" not in answer.text
    assert talk.needs(question) == frozenset()


def test_what_can_be_read_is_told(talk: Talk) -> None:
    """Sorts of files that plugins bring are among what it can do."""
    talk.capabilities["document"] = ("document_text",)
    assert "files of these sorts: document" in talk.ask("What can you do?").text


@pytest.mark.parametrize("piece", ["a ", "page ", "what is ", "on the ", "how much is the a of ", "what does a", " "])
def test_long_questions_about_documents_are_read_quickly(talk: Talk, piece: str) -> None:
    """A question built to make patterns try every combination is read like any other."""
    assert report(talk).ask(piece * 5000 + "x").text


def test_what_an_answer_rests_on(talk: Talk) -> None:
    """Asked how it knows, it says where that stands."""
    answer = report(talk).next_turn("What is the total?", "4000.00 EUR").ask("How do you know?")
    assert "page 2 of report.pdf" in answer.text
