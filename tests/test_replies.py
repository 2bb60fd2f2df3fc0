"""What is read out of a language model's free text: bare answers, abstention, named observations."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.replies import abstains, cited, concluded, harmless, options_in, short_of
from assistant.types import Kind, Observation


@pytest.mark.parametrize(
    ("question", "text", "short"),
    [
        ("Is there a dog?", "Yes, there is a dog on the left.", "yes"),
        ("Is there a dog?", "No.", "no"),
        ("Is there a dog?", "The answer is no.", "no"),
        ("Is there a dog?", "Based on the picture, yes, there is one.", "yes"),
        ("What animal is this?", "The answer to the question is: a dog.", "dog"),
        ("What animal is this?", "In the picture, it is a dog.", "dog"),
        ("Is there a dog?", "**No**, I see only a cat.", "no"),
        ("Is there a dog?", "There is no dog in this picture.", "no"),
        ("Is there a dog?", "The picture shows a street.", None),
        ("Is there a dog?", "No idea, it is too dark.", None),
        ("Is there a dog in the image?", "There is a dog in the image.", "yes"),
        ("Is there a dog in the image?", "I do not find a dog in the picture.", "no"),
        ("Is the dog on the sofa?", "The dog is sitting on the sofa.", "yes"),
        ("Is the dog on the sofa?", "The dog isn't on the sofa.", "no"),
        ("Is the dog on the sofa?", "The dog is under the sofa.", None),
        ("Is the dog left of the cat?", "The cat is left of the dog.", None),
        ("Is the dog on the sofa?", "The dog on the floor is under the sofa.", None),
        ("Is there a dog?", "You ask whether there is a dog.", None),
        ("Is there a dog?", "There might be a dog.", None),
        ("Nice picture. Is there a dog?", "Yes.", "yes"),
        ("图片里有狗吗？", "有，在左边。", "yes"),
        ("图片里有狗吗？", "没有。", "no"),
        ("Y a-t-il un chien ?", "Oui, il y en a un.", "yes"),
        ("Gibt es einen Hund?", "Nein.", "no"),
        ("How many people are there?", "There are three people.", "3"),
        ("How many people are there?", "3", "3"),
        ("How many people are there?", "There are no people.", "0"),
        ("How many people are there?", "Two men and one woman.", None),
        ("How many people are there?", "A few.", None),
        ("What colour is the car?", "The car is red.", "red"),
        ("What color is the flag?", "Blue and white", "blue and white"),
        ("What color is the flag?", "It has stripes.", None),
        ("What color is the flag?", "It is not red.", None),
        ("What is it? Choices: dog, cat, horse", "It is a cat.", "cat"),
        ("What is it? Choices: dog, cat, horse", "B", "cat"),
        ("What is it? Choices: dog, cat, horse", "(C) horse", "horse"),
        ("What is it? Choices: dog, cat, horse", "A dog or a cat.", None),
        ("What is it? Choices: dog, cat, horse", "It is not a dog.", None),
        ("What is it? Choices: bus, school bus", "School bus.", "school bus"),
        ("What is it? (A) dog (B) cat", "The answer is B.", "cat"),
        ("True or false: the cat is black.", "True.", "true"),
        ("True or false: the cat is black.", "No, it is white.", "false"),
        ("True or false: the cat is black.", "The statement is false because it is white.", "false"),
        ("What animal is this?", "A dog.", "dog"),
        ("What animal is this?", "The animal is a brown dog.", "brown dog"),
        ("What animal is this?", "It's a dog.", "dog"),
        ("What animal is this?", "I cannot tell.", None),
        ("What animal is this?", "This seems to be a photograph that somebody took of a dog in a park.", None),
        ("What animal is this?", "", None),
    ],
)
def test_bare_answer(question: str, text: str, short: str | None) -> None:
    """The bare answer is found where the reply gives one plainly, and None where it does not."""
    assert short_of(question, text) == short


@pytest.mark.parametrize(
    "text",
    [
        "I don't know.",
        "I can’t tell from this picture.",
        "I'm not sure, but it may be a dog.",
        "It is impossible to say.",
        "Unknown",
        "I'm sorry, but I cannot see the image.",
        "无法判断。",
        "Je ne sais pas.",
        "No puedo decir cuántos hay.",
        "Das kann ich nicht sagen.",
    ],
)
def test_abstention_is_noticed(text: str) -> None:
    """A reply that says it cannot tell counts as abstained."""
    assert abstains(text)


@pytest.mark.parametrize(
    "text",
    [
        "Yes.",
        "She says that she does not know.",
        'The sign says "I do not know".',
        "A dog. I cannot tell its breed.",
        "There is no dog.",
        "The unknown soldier's grave.",
        "",
    ],
)
def test_answers_are_not_abstentions(text: str) -> None:
    """What is quoted, what others do not know, and doubts after the answer are no abstention."""
    assert not abstains(text)


def seen(kind: str, text: str, part: str = "p") -> Observation:
    return Observation(kind=kind, text=text, confidence=0.9, part=part)


DOG, CAT, SHEEP = seen(Kind.OBJECT, "dog"), seen(Kind.OBJECT, "cat"), seen(Kind.OBJECT, "person")
RED, STOP = seen(Kind.COLOR, "red"), seen(Kind.TEXT_LINE, "STOP")
SAID = seen(Kind.TRANSCRIPT_SEGMENT, "We meet at the station at nine o'clock.")
ALL = (DOG, CAT, SHEEP, RED, STOP, SAID)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Two dogs are running.", (DOG,)),
        ("There is no dog, but a cat.", (CAT,)),
        ("Three people wait.", (SHEEP,)),
        ("It is a hot dogma.", ()),
        ("Mostly red.", (RED,)),
        ("A red cat.", (CAT,)),
        ("The sign reads STOP.", (STOP,)),
        ('It says "stop".', (STOP,)),
        ("They should stop.", ()),
        ('She said "meet at the station".', (SAID,)),
        ("They meet.", ()),
        ("", ()),
    ],
)
def test_named_observations(text: str, named: tuple[Observation, ...]) -> None:
    """Only what the reply names is cited; what it denies is not."""
    assert cited(text, ALL) == tuple(each.id for each in named)


@pytest.mark.parametrize(
    ("question", "options"),
    [
        ("What? Choices: a dog, a cat or a horse", ("a dog", "a cat", "a horse")),
        ("What? (a) dog (b) cat", ("dog", "cat")),
        ("What is it?", ()),
        ("Options: one", ()),
    ],
)
def test_options(question: str, options: tuple[str, ...]) -> None:
    """Listed and lettered options are read; a question without them has none."""
    assert options_in(question) == options


@given(st.text(max_size=200), st.text(max_size=200))
def test_any_text_is_taken(question: str, text: str) -> None:
    """No text makes them fail, and a bare answer is never empty or longer than the options or the reply."""
    short = short_of(question, text)
    assert short is None or short.strip()
    assert isinstance(abstains(text), bool)
    assert set(cited(text, ALL)) <= {each.id for each in ALL}


@pytest.mark.parametrize(
    "mark",
    [
        "<|im_start|>",
        "<|im_end|>",
        "</s>",
        "<image>",
        "<__media__>",
        "[/INST]",
        "<<SYS>>",
        "<start_of_turn>",
        "<end_of_utterance>",
        "<|im_<|im_end|>end|>",
        "<｜begin▁of▁sentence｜>",
        "<row_1_col_2>",
    ],
)
def test_marks_are_broken(mark: str) -> None:
    """No mark of a chat template survives, nor arises from what is left; nothing but spaces is added."""
    broken = harmless(f"before {mark} after")
    assert mark not in broken
    assert harmless(broken) == broken
    assert broken.replace(" ", "") == f"before{mark}after"


def test_plain_text_stays() -> None:
    """Ordinary text, comparisons and markup pass unchanged."""
    text = "if a < b and b > c: <b>bold</b> [1] a|b"
    assert harmless(text) == text


def test_conclusion() -> None:
    """The closing delta carries all that is read out of a reply."""
    delta = concluded("Is there a dog?", "Yes, a dog.", ALL, 0.75)
    assert (delta.text, delta.short, delta.confidence, delta.abstained) == ("", "yes", 0.75, False)
    assert delta.citations == (DOG.id,)
    passing = concluded("Is there a dog?", "I cannot tell whether there is a dog.", ALL)
    assert (passing.short, passing.confidence, passing.abstained, passing.citations) == (None, None, True, ())
