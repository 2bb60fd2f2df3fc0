"""What the small language model may say: which messages are small talk, and which rewordings keep every fact."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.context import Snapshot
from assistant_llama.smalltalk import is_small_talk
from assistant_llama.wording import preserves


@pytest.mark.parametrize(
    ("computed", "worded"),
    [
        ("There are 3 people in the picture.", "I can see three people here."),
        ("The car is red.", "Sure, the car is red!"),
        ("No, I see no dog.", "No, there is no dog in the picture."),
        ("No, there is no dog.", "No, there isn't a dog."),
        ('The sign reads "STOP".', 'Well, the sign reads "STOP".'),
        ("I cannot tell who that is.", "I can't say who it is."),
        ("It costs 3.50 euros.", "That is it: it costs 3.50 euros."),
        ("The car is red (80 % sure).", "The car is red (80% sure)."),
    ],
)
def test_facts_kept(computed: str, worded: str) -> None:
    """Words without a fact of their own may change."""
    assert preserves(computed, worded)


@pytest.mark.parametrize(
    ("computed", "worded"),
    [
        ("There are 3 people.", "There are 2 people."),
        ("There are 3 people.", "There are people."),
        ("There are people.", "There are 2 people."),
        ("The car is red.", "The car is not red."),
        ("The car is red.", "The car is blue."),
        ("The car is red.", "The car is red and blue."),
        ("The car is red.", "The car may be red."),
        ("The car is probably red.", "The car is red."),
        ("The car is red.", "The bus is red."),
        ("Yes, there is a dog.", "No, there is a dog."),
        ("Yes, there is a dog.", "There is a dog."),
        ("No, I see no dog.", "Yes, I see a dog."),
        ("The dog is left of the cat.", "The cat is left of the dog."),
        ("The cat is on the table.", "The cat is in the table."),
        ('The sign reads "STOP".', 'The sign reads "Stop".'),
        ('The sign reads "STOP".', "The sign reads STOP here."),
        ('She says "I am not late".', 'She says "I am late".'),
        ("Ann said that.", "Bob said that."),
        ("The car is red (80 % sure).", "The car is red (90 % sure)."),
        ("You said hello.", "I said hello."),
        ("The dog looks happy.", "The dog looks."),
        ("The dog is red.", ""),
        ("It costs 3.50 euros.", "It costs 350 euros."),
    ],
)
def test_facts_changed(computed: str, worded: str) -> None:
    """A number, colour, name, quoted text, denial, doubt or order that differs is noticed."""
    assert not preserves(computed, worded)


@given(st.text(alphabet="abc xyz09\"'.,", min_size=1, max_size=60).filter(str.strip))
def test_same_text_is_kept(text: str) -> None:
    """A text preserves itself, and a number put behind it is noticed."""
    assert preserves(text, text)
    assert not preserves(text, f"{text} 777")


@pytest.mark.parametrize(
    "text", ["Hello!", "hi there", "Thank you very much.", "Tell me a joke, please!", "Good night", "你好！", "Merci !"]
)
def test_small_talk(text: str) -> None:
    """Greetings, thanks and wishes for a joke are small talk, unless a file came along."""
    assert is_small_talk(text, Snapshot())
    assert not is_small_talk(text, Snapshot(turn_parts=("p",)))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Hello, how many dogs are there?",
        "What is in the picture?",
        "Who are you?",
        "What can you do?",
        "Tell me what she said.",
        "Thank you, and what colour is it?",
        "Is it a joke?",
    ],
)
def test_no_small_talk(text: str) -> None:
    """What asks for perception, or about the assistant, is not."""
    assert not is_small_talk(text, Snapshot())
