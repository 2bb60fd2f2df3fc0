"""Values beside their names: menus, receipts, timetables, signs, forms; and lines by their place."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.types import Kind, Observation
from assistant_reasoner.execute.layout import pairs, rows
from assistant_reasoner.execute.values import amount, bounds, days, values

Row = tuple[tuple[float, str], ...]

MENU: tuple[Row, ...] = (
    ((0.35, "LA TAVOLA"),),
    ((0.1, "Tomato soup"), (0.7, "6.50")),
    ((0.1, "Green salad"), (0.7, "7.00")),
    ((0.1, "Spaghetti carbonara ......... 18.50"),),
    ((0.1, "Veal schnitzel"), (0.7, "CHF 29.00")),
    ((0.1, "Espresso"), (0.7, "4.20")),
    ((0.1, "Iced coffee 6.80"),),
    ((0.1, "House wine (2 dl)"), (0.7, "9.-")),
)
RECEIPT: tuple[Row, ...] = (
    ((0.3, "CORNER MARKET"),),
    ((0.1, "Bahnhofstrasse 57, 8001 Zürich"),),
    ((0.1, "Tel. 044 226 92 20"),),
    ((0.1, "Date: 14.03.2023"), (0.6, "Time: 17:42")),
    ((0.1, "Milk 1L"), (0.7, "1.65")),
    ((0.1, "Bread"), (0.7, "3.20")),
    ((0.1, "Subtotal"), (0.7, "10.49")),
    ((0.1, "VAT 2.5%"), (0.7, "0.26")),
    ((0.1, "TOTAL CHF"), (0.7, "10.75")),
    ((0.1, "Cash"), (0.7, "20.00")),
    ((0.1, "Change"), (0.7, "9.25")),
    ((0.1, "Receipt no. 48213"),),
    ((0.1, "www.corner-market.ch"),),
)
TIMETABLE: tuple[Row, ...] = (
    ((0.35, "DEPARTURES"),),
    ((0.1, "Time"), (0.25, "Destination"), (0.55, "Platform"), (0.75, "Train")),
    ((0.1, "10:02"), (0.25, "Bern"), (0.55, "31"), (0.75, "IC 8")),
    ((0.1, "10:09"), (0.25, "Geneva Airport"), (0.55, "14"), (0.75, "IR 15")),
    ((0.1, "10:12"), (0.25, "St. Gallen"), (0.55, "9"), (0.75, "IC 1")),
)
SIGN: tuple[Row, ...] = (
    ((0.3, "Café Central"),),
    ((0.1, "Opening hours"),),
    ((0.1, "Mon - Fri"), (0.5, "8:00 - 18:30")),
    ((0.1, "Saturday"), (0.5, "9:00 - 17:00")),
    ((0.1, "Sunday"), (0.5, "closed")),
    ((0.1, "Call us: +41 31 555 01 02"),),
    ((0.1, "info@cafecentral.ch"),),
)
FORM: tuple[Row, ...] = (
    ((0.1, "INVOICE"),),
    ((0.1, "Invoice No:"), (0.4, "2023-0417")),
    ((0.1, "Customer: Maria Keller"),),
    ((0.1, "Due date"), (0.4, "30 April 2023")),
    ((0.1, "Amount due"), (0.4, "$1,240.00")),
    ((0.1, "Wi-Fi password: blue-horse-42"),),
)

SIZES: tuple[Row, ...] = (
    ((0.35, "Small"), (0.55, "Medium"), (0.75, "Large")),
    ((0.08, "Margherita"), (0.35, "8.00"), (0.55, "10.00"), (0.75, "12.50")),
    ((0.08, "Hawaiian"), (0.35, "9.00"), (0.55, "11.00"), (0.75, "13.50")),
)
BOARDING_PASS: tuple[Row, ...] = (
    ((0.1, "Passenger"), (0.5, "Flight"), (0.75, "Seat")),
    ((0.1, "SMITH/JOHN"), (0.5, "LX 318"), (0.75, "14C")),
    ((0.1, "Gate"), (0.5, "Boarding time"), (0.75, "Date")),
    ((0.1, "B32"), (0.5, "09:45"), (0.75, "12 MAY")),
)
TWO_LISTS: tuple[Row, ...] = (
    ((0.08, "Hot drinks"), (0.55, "Cold drinks")),
    ((0.08, "Latte"), (0.32, "$4.25"), (0.55, "Lemonade"), (0.85, "$3.75")),
    ((0.08, "Mocha"), (0.32, "$4.75"), (0.55, "Iced tea"), (0.85, "$3.50")),
)


def page(talk: Any, layout: tuple[Row, ...], tall: float = 0.04) -> Any:
    """A picture that reads so, its rows one under the other."""
    talk.picture()
    order = 0
    for index, row in enumerate(layout):
        top = 0.04 + 0.07 * index
        for left, text in row:
            talk.line(text, order, (left, top, left + 0.012 * len(text), top + tall))
            order += 1
    return talk


@pytest.mark.parametrize(
    ("layout", "question", "short"),
    [
        (MENU, "How much is the soup?", "6.50"),
        (MENU, "how much does the salad cost?", "7.00"),
        (MENU, "What is the price of the carbonara?", "18.50"),
        (MENU, "How much is the schnitzel?", "CHF 29.00"),
        (MENU, "How much is an iced coffee?", "6.80"),
        (MENU, "how much is the wine?", "9.-"),
        (MENU, "How much is the tomatto sooup?", "6.50"),
        (MENU, "What is the cheapest item?", "Espresso"),
        (MENU, "What is the most expensive dish?", "Veal schnitzel"),
        (MENU, "what costs 7.00?", "Green salad"),
        (RECEIPT, "What is the total?", "10.75"),
        (RECEIPT, "How much did I pay?", "10.75"),
        (RECEIPT, "What is the subtotal?", "10.49"),
        (RECEIPT, "what is the tax?", "0.26"),
        (RECEIPT, "How much was the bread?", "3.20"),
        (RECEIPT, "how much was paid in cash?", "20.00"),
        (RECEIPT, "what's the phone number?", "044 226 92 20"),
        (RECEIPT, "What is the address?", "Bahnhofstrasse 57, 8001 Zürich"),
        (RECEIPT, "What is the date on the receipt?", "14.03.2023"),
        (RECEIPT, "what is the receipt number?", "48213"),
        (RECEIPT, "What is the website?", "www.corner-market.ch"),
        (TIMETABLE, "Which platform for Bern?", "31"),
        (TIMETABLE, "which platform does the train to Geneva leave from?", "14"),
        (TIMETABLE, "When does the train to Bern leave?", "10:02"),
        (TIMETABLE, "what time does the train to St. Gallen depart?", "10:12"),
        (SIGN, "What time does it open on Saturday?", "9:00"),
        (SIGN, "when does it close on Monday?", "18:30"),
        (SIGN, "what time does the cafe open on Wednesday?", "8:00"),
        (SIGN, "What time does it open on Sunday?", "closed"),
        (SIGN, "Is it open on Sunday?", "no"),
        (SIGN, "is the cafe closed on Sunday?", "yes"),
        (SIGN, "What are the opening hours on Saturday?", "9:00 - 17:00"),
        (SIGN, "what is the email address?", "info@cafecentral.ch"),
        (SIZES, "How much is a large Margherita?", "12.50"),
        (SIZES, "how much is the small Hawaiian?", "9.00"),
        (BOARDING_PASS, "Who is the passenger?", "SMITH/JOHN"),
        (BOARDING_PASS, "What is the seat number?", "14C"),
        (BOARDING_PASS, "which gate is it?", "B32"),
        (BOARDING_PASS, "When does boarding start?", "09:45"),
        (BOARDING_PASS, "what is the date?", "12 MAY"),
        (TWO_LISTS, "how much is the iced tea?", "$3.50"),
        (TWO_LISTS, "the price of the mocha?", "$4.75"),
        (FORM, "what is the invoice number?", "2023-0417"),
        (FORM, "who is the customer?", "Maria Keller"),
        (FORM, "When is it due?", "30 April 2023"),
        (FORM, "How much is due?", "$1,240.00"),
        (FORM, "what is the wifi password?", "blue-horse-42"),
    ],
)
def test_a_value_is_found_by_its_name(talk: Any, layout: tuple[Row, ...], question: str, short: str) -> None:
    """The value that stands beside, after or under what is asked for, with the lines it was read from."""
    answer = page(talk, layout).ask(question)
    assert answer.short == short
    assert not answer.abstained
    assert answer.citations
    assert 0.5 < (answer.confidence or 0) < 0.95


def test_both_lines_are_cited(talk: Any) -> None:
    """The label and the value are the evidence."""
    answer = page(talk, MENU).ask("How much is the soup?")
    texts = {seen.text for seen in talk.seen if seen.id in answer.citations}
    assert texts == {"Tomato soup", "6.50"}


@pytest.mark.parametrize(
    ("layout", "question"),
    [
        (MENU, "How much is the pizza?"),
        (MENU, "What is the phone number?"),
        (SIGN, "what is the total?"),
        (TIMETABLE, "Which platform for Lausanne?"),
        (FORM, "what is the email address?"),
    ],
)
def test_what_is_not_written_is_not_made_up(talk: Any, layout: tuple[Row, ...], question: str) -> None:
    """A value that stands nowhere is not replaced by another one."""
    assert page(talk, layout).ask(question).abstained


def test_two_values_of_one_name_lower_the_certainty(talk: Any) -> None:
    """Where several fit equally, the first is given with the others, and less surely."""
    layout: tuple[Row, ...] = (((0.1, "Coffee"), (0.6, "3.50")), ((0.1, "Coffee"), (0.6, "5.00")))
    answer = page(talk, layout).ask("how much is the coffee?")
    assert answer.short == "3.50"
    assert "5.00" in answer.text
    assert (answer.confidence or 1) < 0.6


def test_a_name_over_its_value(talk: Any) -> None:
    """Forms print the label over what is filled in."""
    layout: tuple[Row, ...] = (((0.1, "Passenger"),), ((0.1, "HANS MEIER"),), ((0.1, "Gate"),), ((0.1, "B12"),))
    page(talk, layout)
    assert talk.ask("who is the passenger?").short == "HANS MEIER"
    assert talk.ask("what is the gate number?").short == "B12"


def test_meaning_finds_a_price_that_words_do_not(talk: Any) -> None:
    """With an embedder, "beverage" finds the row that means it."""
    layout: tuple[Row, ...] = (((0.1, "Orange juice"), (0.6, "4.00")), ((0.1, "Steak"), (0.6, "32.00")))
    near = {"orange juice": (1.0, 0.0), "steak": (0.0, 1.0)}
    talk.embed = lambda texts: np.array([near.get(text.casefold(), (0.9, 0.436)) for text in texts])
    answer = page(talk, layout).ask("how much is the beverage?")
    assert answer.short == "4.00"
    assert (answer.confidence or 1) < 0.7


@pytest.mark.parametrize(
    ("question", "short"),
    [
        ("How many lines of text are there?", "8"),
        ("Which line comes after Green salad?", "Spaghetti carbonara ......... 18.50"),
        ("what is the last line?", "House wine (2 dl) 9.-"),
        ("what is the second word?", "TAVOLA"),
    ],
)
def test_lines_by_their_place(talk: Any, question: str, short: str) -> None:
    """Lines are counted by rows, and found after another or by number."""
    assert page(talk, MENU).ask(question).short == short


def test_the_title_is_the_largest_text(talk: Any) -> None:
    """Whatever comes first, the largest letters are the title and the name."""
    talk.picture().line("Monday edition", 0, (0.1, 0.02, 0.3, 0.05)).line("THE DAILY NEWS", 1, (0.1, 0.1, 0.9, 0.25))
    talk.line("Rain expected in the north", 2, (0.1, 0.3, 0.6, 0.34))
    assert talk.ask("What is the title?").short == "THE DAILY NEWS"
    assert talk.ask("what is the name of the newspaper?").short == "THE DAILY NEWS"


def test_a_clock_that_is_read_tells_the_time(talk: Any) -> None:
    """A digital clock answers "what time is it?"; without one nobody knows."""
    talk.picture().line("12:45")
    assert talk.ask("What time is it?").short == "12:45"
    assert talk.ask("What time does the clock show?").short == "12:45"
    talk.next_turn().picture("q").thing("dog")
    assert talk.ask("What time is it?").abstained


def test_a_word_misread_by_a_letter_is_still_there(talk: Any) -> None:
    """What differs by a slip is said to be there, less surely; another word is not."""
    talk.picture().line("JAZZ NlGHT at the Town Hall")
    answer = talk.ask("Does it say 'jazz night'?")
    assert answer.short == "yes"
    assert (answer.confidence or 1) < 0.8
    assert talk.ask("does it say 'rock night'?").short == "no"


def test_pictures_without_text_give_no_values(talk: Any) -> None:
    """Nothing read, nothing answered."""
    talk.picture().thing("dog")
    assert talk.ask("how much is the dog?").abstained
    assert talk.ask("what is the phone number?").abstained


@pytest.mark.parametrize(
    ("text", "kind", "found"),
    [
        ("Soup of the day ....... 4.50", "price", ["4.50"]),
        ("Espresso 2,80 €", "price", ["2,80 €"]),
        ("$1,200.00", "price", ["$1,200.00"]),
        ("Mon-Fri 9am-5pm", "time", ["9am-5pm"]),
        ("8.30 - 18.00", "time", ["8.30 - 18.00"]),
        ("Phone: (555) 123-4567", "phone", ["(555) 123-4567"]),
        ("06.05.2023", "phone", []),
        ("March 3, 2024", "date", ["March 3, 2024"]),
        ("Write to info@cafe-bern.ch", "email", ["info@cafe-bern.ch"]),
        ("info@cafe-bern.ch", "url", []),
        ("12 Main St, Springfield", "address", ["12 Main St, Springfield"]),
        ("20% off", "percent", ["20%"]),
        ("Gate B12", "number", ["B12"]),
    ],
)
def test_typed_values(text: str, kind: Any, found: list[str]) -> None:
    """Prices, hours, telephone numbers, dates and addresses as they are printed."""
    assert [value.text for value in values(text, kind)] == found


def test_amounts_hours_and_days() -> None:
    """What values mean: numbers of prices, ends of hours, days of a range."""
    assert [amount(text) for text in ("CHF 4.50", "4,50 €", "$1,200", "1'234.50", "free")] == [
        4.5,
        4.5,
        1200,
        1234.5,
        None,
    ]
    assert bounds("9:00 - 17:00") == ("9:00", "17:00")
    assert bounds("closed") is None
    assert days("Mon - Wed") == {"monday", "tuesday", "wednesday"}
    assert days("Sat-Mon") == {"saturday", "sunday", "monday"}
    assert len(days("weekdays")) == 5
    assert days("Tomato soup") == set()


lines_ = st.lists(
    st.builds(
        lambda text, x, y: Observation(
            kind=Kind.TEXT_LINE, text=text, confidence=0.9, part="p", box=(x, y, min(1.0, x + 0.2), min(1.0, y + 0.04))
        ),
        st.text(max_size=30),
        st.floats(0, 0.9),
        st.floats(0, 0.9),
    ),
    max_size=12,
)


@given(lines_, st.sampled_from(["any", "text", "price", "time", "number", "phone", "address"]))
def test_any_text_is_laid_out(found: list[Observation], kind: Any) -> None:
    """Whatever was read, every line is in one row, and pairs are made of what was read."""
    assert sorted(line.id for row in rows(found) for line in row) == sorted(line.id for line in found)
    for pair in pairs(found, kind):
        assert pair.value.strip() in pair.line.text
