"""Questions in many wordings become the programs that people mean."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from assistant_reasoner.nouns import noun_phrase
from assistant_reasoner.parse import Situation, parse
from assistant_reasoner.programs import (
    Attached,
    Beyond,
    Choose,
    ColorOf,
    Compare,
    Count,
    Describe,
    Drawing,
    Every,
    Evidence,
    Facts,
    HasColor,
    InRegion,
    IsA,
    Locate,
    MoreThan,
    Noted,
    Number,
    Parsed,
    Place,
    Presence,
    Program,
    Read,
    Related,
    Sentiment,
    SmallTalk,
    Stands,
    Thing,
    Transcript,
    Unknown,
    WhatIs,
    When,
    Which,
)

BOTH = Situation(pictures=2, recordings=1)


def only(question: str, situation: Situation = BOTH, *, spoken: bool = False) -> Parsed:
    (one,) = parse(question, situation, spoken=spoken)
    return one


def program(question: str, situation: Situation = BOTH, *, spoken: bool = False) -> Program:
    found = only(question, situation, spoken=spoken).program
    return found.otherwise if isinstance(found, Drawing) else found


def thing(words: str) -> Thing:
    found = noun_phrase(words)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("kind", "questions"),
    [
        (
            Describe,
            "What is in this picture?|what do you see|Describe the image in detail, please.|Can you tell "
            "me what's in the photo?|"
            "What objects are visible?|tell me about this image|What am I looking at?|list all objects|"
            "what is going on here",
        ),
        (
            Presence,
            "Is there a dog?|Are there any people in the photo?|do you see a bike?|Does the picture contain a bus?|"
            "Is a person visible?|Is anybody there?|isn't there a car?|There's a dog in the photo, right?|"
            "Any dogs?|dog?|"
            "could you tell me if there is a dog in it|do you think there is a cat in this picture|is "
            "there a dog or not?",
        ),
        (
            Count,
            "How many people are there?|Count the cars.|how many red cars are in the picture|What is the "
            "number of chairs?|"
            "Hey, um, can you tell me how many dogs there are?|how many people are wearing glasses|how "
            "much food is there",
        ),
        (
            ColorOf,
            "What color is the car?|what colour is the cat's fur|which colour does the bus have|what colors are there|"
            "What are the main colours in the picture?|What is the color of the umbrella?|what color shirt "
            "is the man wearing",
        ),
        (HasColor, "Is the car red?|Are all the shapes yellow?|Is the traffic light green?|are any of the circles red"),
        (
            Locate,
            "Where is the dog?|where are the people|Locate the fork.|Can you find the remote?|Show me the "
            "dog.|On which side is the dog?",
        ),
        (InRegion, "Is the dog on the left?|is the car in the top right corner"),
        (
            Stands,
            "Is the dog on the sofa?|is the cat next to the laptop?|The cat is under the table.|Is the dog "
            "bigger than the cat?|"
            "The man is riding a horse.|A cat sits on the sofa|The bowl contains the apple.|the dog is inside the car",
        ),
        (
            Related,
            "What is to the left of the dog?|what's on the table|Who is standing next to the car?|What "
            "animal is on the couch?|"
            "What is the man holding?|what is the dog next to?|What is the woman riding?",
        ),
        (
            WhatIs,
            "What's this?|What animal is this?|What kind of dog is it?|which breed of dog is this|What is "
            "at the top left?|"
            "what shape is the red object|what is the green shape|What fruit is in the image?|Which animals are there?",
        ),
        (IsA, "Is this a dog?|is the shape a circle?|Is the animal a dog?|it is not a dog"),
        (MoreThan, "Are there more cats than dogs?|are there as many cups as plates|Are there fewer cars than bikes"),
        (Every, "Each box has at least 1 black item|does every box contain a circle"),
        (
            Read,
            "What does it say?|What does the sign say?|Read the text.|what is written on the sign|Is there "
            "any text in the image?|"
            'Does it say "STOP"?|What number is on the bus?|What\'s the license plate number?|what does it '
            "say at the top?",
        ),
        (
            Facts,
            "How big is the picture?|Is the image blurry?|Is it black and white?|How bright is it?|How "
            "long is the video?",
        ),
        (
            Place,
            "What room is this?|Is this a kitchen?|Is it indoors or outdoors?|Was this taken outside?",
        ),
        (
            Transcript,
            "What did they say?|what was said|Transcribe the recording.|What is he talking about|When did "
            "they mention the budget?|"
            "Did they mention London?|what language is spoken|Is anyone speaking?|What can you hear?|"
            'How many times did they say "thank you"?|Repeat what he said|What is the last thing they said?',
        ),
        (
            Sentiment,
            "How does the speaker feel?|Does he sound angry?|What's the mood of the recording?|is this "
            "review positive or negative?|"
            'What is the sentiment of "this film was terrible"?|How do I sound?',
        ),
        (
            Compare,
            "What's the difference between the two pictures?|Compare these images|Which picture has more "
            "people?|which is brighter?|"
            "In which picture is there a dog?|Are the two photos the same?|is the first picture darker than the second",
        ),
        (Noted, "Who is speaking?|Who says what?|Which camera was used?|Which camera, and when?"),
        (When, "when does the dog appear?|At what time can you see the car in the video?"),
        (
            Beyond,
            "Who is this?|What is the man doing?|Why is he here?|How old is the woman?|is it raining|what "
            "time does the clock show",
        ),
        (
            SmallTalk,
            "Hello!|Thanks a lot!|What can you do?|Who are you?|help|great, thanks!|you're wrong|how are you|bye|ok",
        ),
        (
            Unknown,
            "What is the capital of France?|Tell me a joke|What is 2 plus 2?|write a poem about the dog|asdf qwer",
        ),
        (Attached, "|   "),
    ],
)
def test_wordings(kind: type, questions: str) -> None:
    """Every wording of a question is understood as that question."""
    for question in questions.split("|"):
        assert isinstance(program(question), kind), question


@pytest.mark.parametrize(
    ("asked", "classes"),
    [
        ("bike", {"bicycle"}),
        ("men", {"person"}),
        ("sofas", {"couch"}),
        ("tv", {"tv"}),
        ("phones", {"cell phone"}),
        ("aeroplane", {"airplane"}),
        ("wine glasses", {"wine glass"}),
        ("mice", {"mouse"}),
        ("buses", {"bus"}),
        ("fruit", {"apple", "banana", "orange"}),
        ("unicorn", set()),
    ],
)
def test_names_mean_detector_classes(asked: str, classes: set[str]) -> None:
    """Plurals, synonyms and kinds of things are looked up."""
    assert thing(asked).classes == classes


def test_a_noun_phrase_with_everything() -> None:
    """Number, colour, size, name, region and relation are told apart."""
    found = thing("at least two big red cars on the left")
    assert (found.number, found.size, found.colors, found.words, found.region) == (
        Number(2, ">="),
        "big",
        ("red",),
        "car",
        "left",
    )
    other = thing("the black and white dog to the left of the bench")
    assert (other.colors, other.relation) == (("black", "white"), "left_of")
    assert other.anchor is not None
    assert other.anchor.words == "bench"
    assert thing("an orange").classes == {"orange"}
    assert thing("an orange cat").colors == ("orange",)
    assert thing("hot dog").classes == {"hot dog"}
    assert thing("no dogs").none
    assert [one.none for one in thing("a box with a yellow triangle and no blue squares").having] == [False, True]


@pytest.mark.parametrize(
    ("question", "negated"),
    [
        ("is there not a circle in the image?", True),
        ("does the image not contain a gray shape?", True),
        ("isn't there a car?", True),
        ("is there a circle", False),
    ],
)
def test_negation(question: str, negated: bool) -> None:
    """A "not" anywhere turns the question round."""
    found = program(question)
    assert isinstance(found, Presence)
    assert found.negated is negated


def test_no_negates_the_thing() -> None:
    """ "is no green shape present" asks for the absence of green shapes, and "no dogs or cats" of both."""
    found = program("is no green shape present")
    assert isinstance(found, Presence)
    assert found.things[0].none
    both = program("there are no dogs or cats")
    assert isinstance(both, Presence)
    assert both.every
    assert all(one.none for one in both.things)


@pytest.mark.parametrize(
    ("question", "number"),
    [
        ("Are there exactly two dogs?", Number(2, "=", exact=True)),
        ("There are 3 yellow squares", Number(3)),
        ("are there more than four cars", Number(4, ">")),
        ("is there at least one person", Number(1, ">=")),
        ("are there fewer than 5 cups", Number(5, "<")),
    ],
)
def test_numbers(question: str, number: Number) -> None:
    """Numbers keep what bounds them."""
    found = program(question)
    assert isinstance(found, Presence)
    assert found.things[0].number == number


def test_true_or_false_asks_for_a_verdict() -> None:
    """Statements are verified, and answered with true or false."""
    one = only("True or false: The pizza is touching the book.")
    assert one.verdict == "true"
    assert isinstance(one.program, Stands)
    assert one.program.relation == "touching"
    assert only("Is there a pizza?").verdict == "yes"


@pytest.mark.parametrize(
    ("question", "which"),
    [
        ("is there a dog in the second picture?", Which("index", 2)),
        ("How many cars are in picture 2?", Which("index", 2)),
        ("Is there a cat in the last photo?", Which("index", -1)),
        ("are there dogs in both pictures", Which("all")),
        ("what was in the previous picture", Which("previous")),
        ("is there a dog in the picture", Which()),
    ],
)
def test_which_picture(question: str, which: Which) -> None:
    """Ordinals, numbers, "both" and "previous" choose the picture."""
    assert only(question).which == which


@pytest.mark.parametrize(
    ("earlier", "question", "expected"),
    [
        ("Is there a dog?", "and a cat?", Presence((thing("a cat"),))),
        ("How many dogs are there?", "and cats?", Count(thing("cats"))),
        ("Is there a car?", "Is it red?", HasColor(thing("the car"), ("red",))),
        ("What color is the car?", "where is it?", Locate(thing("the car"))),
        ("What did they say about money?", "and about food?", Transcript("about", "food")),
        ("What did they say about money?", "when?", Transcript("when", "money")),
        ("Is there a car?", "are you sure?", Evidence(Presence((thing("a car"),)), ask="sure")),
    ],
)
def test_follow_ups(earlier: str, question: str, expected: Program) -> None:
    """A question that leans on the one before is completed from it."""
    assert program(question, Situation(pictures=2, recordings=1, earlier=(earlier,))) == expected


def test_a_follow_up_may_change_the_picture() -> None:
    """ "and on the second picture?" asks the same of another picture."""
    one = only("and on the second picture?", Situation(pictures=2, earlier=("How many dogs are there?",)))
    assert one == Parsed(Count(thing("dogs")), Which("index", 2))


def test_several_questions_are_several_programs() -> None:
    """Pronouns reach back to the question before; what only points is dropped."""
    found = parse("Look at this picture. How many dogs are there? And what colour are they?", BOTH)
    assert [type(one.program) for one in found] == [Count, ColorOf]
    assert isinstance(found[1].program, ColorOf)
    assert found[1].program.thing is not None
    assert found[1].program.thing.words == "dog"


@pytest.mark.parametrize(
    ("heard", "kind"),
    [
        ("um is their a dog in the pitcher", Presence),
        ("what collar is the dog", ColorOf),
        ("so uh how many people are there", Count),
        ("wear is the dog", Locate),
        ("what does the sine say", Read),
    ],
)
def test_spoken_questions(heard: str, kind: type) -> None:
    """Fillers, missing question marks and words that sound alike do no harm."""
    assert isinstance(program(heard, spoken=True), kind)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("waht colour is teh car", ColorOf(thing("the car"))),
        ("How many elehpants are there", Count(thing("elephants"))),
        ("Is htere a dgo in the picutre?", Presence((thing("a dog"),))),
        ("what did she say about Paris?", Transcript("about", "paris")),
    ],
)
def test_slips_of_the_keyboard(typed: str, expected: Program) -> None:
    """Plain slips are mended; names are left alone."""
    assert program(typed) == expected


@pytest.mark.parametrize(
    ("question", "options"),
    [
        ("How many pizzas do you see? Choices: one, none, two, five", ("one", "none", "two", "five")),
        ("What is this? (a) cat (b) dog (c) bird", ("cat", "dog", "bird")),
        ("is the car red or blue", ("red", "blue")),
        ("Is it a cat or a dog?", ("cat", "dog")),
        ("Is the dog on the left or on the right?", ("left", "right")),
    ],
)
def test_options(question: str, options: tuple[str, ...]) -> None:
    """Options are read from lists, letters and "or"."""
    found = program(question)
    assert isinstance(found, Choose)
    assert found.options == options


def test_what_it_says_depends_on_what_is_there() -> None:
    """ "What does it say?" reads a picture, or quotes the recording when there is no picture."""
    assert isinstance(program("What does it say?", Situation(pictures=1)), Read)
    assert program("What does it say?", Situation(recordings=1)) == Transcript("all")
    assert program("Describe it", Situation(recordings=1)) == Transcript("all")


@pytest.mark.parametrize(
    ("question", "expected", "language"),
    [
        ("图里有什么？", Describe(), "zh"),
        ("有几只狗？", Count(thing("dogs")), "zh"),
        ("图片里有猫吗", Presence((thing("cat"),)), "zh"),
        ("车是什么颜色？", ColorOf(thing("the car")), "zh"),
        ("狗在哪里？", Locate(thing("the dog")), "zh"),
        ("上面写了什么？", Read(), "zh"),
        ("他们说了什么？", Transcript("all"), "zh"),
        ("这是什么动物？", WhatIs(thing("animal")), "zh"),
        ("combien de chiens y a-t-il ?", Count(thing("dogs")), "fr"),
        ("Y a-t-il un chat ?", Presence((thing("a cat"),)), "fr"),
        ("¿Cuántos perros hay?", Count(thing("dogs")), "es"),
        ("¿De qué color es el coche?", ColorOf(thing("the car")), "es"),
        ("Gibt es eine Katze?", Presence((thing("a cat"),)), "de"),
        ("Wie viele Hunde sind auf dem Bild?", Count(thing("dogs")), "de"),
    ],
)
def test_other_languages(question: str, expected: Program, language: str) -> None:
    """Simple questions in Chinese, French, Spanish and German are understood."""
    one = only(question)
    assert (one.program, one.language) == (expected, language)


@given(st.text(max_size=300))
@example("is " * 150)
@example("what is the " + "a " * 180)
@example("\x00@q9 @here 's")
@example("' ' ' \" “ ”")
@settings(max_examples=150, deadline=None)
def test_anything_can_be_asked(text: str) -> None:
    """No text breaks the parser."""
    assert parse(text, BOTH)


WORDS = (
    "is are there the a an dog cats red and or not no what color how many it they left right of on in next "
    "to picture second "
    "two at least exactly where who when does say they said about true false : , ? @q0 'x' it's isn't does "
    "each box with has "
    "to 's which more than brighter both first than all between feel happy text does did speaker how old why 图 几只 狗"
).split()


@given(
    st.lists(st.sampled_from(WORDS), max_size=14).map(" ".join),
    st.lists(st.sampled_from(["Is there a dog?", "what did they say about x", "thanks"])),
)
@settings(max_examples=600, deadline=None)
def test_any_order_of_words_is_survived(text: str, earlier: list[str]) -> None:
    """Word salad, with any history, becomes some program and breaks nothing."""
    assert parse(text, Situation(pictures=2, recordings=1, earlier=tuple(earlier)), spoken=True)


@pytest.mark.parametrize(
    "text",
    [
        "is the dog " * 2000,
        "what did they say about " * 1000,
        "a" * 20_000,
        "how many " + "red " * 5000 + "cars?",
        ("is there a cat on the dog next to the bird under the tree " * 7)[:399],
        ("tell me, please, um, uh, " * 40)[:399],
        "what is " + "what is " * 45,
        "?" * 3000,
        "，。" * 2000,
    ],
)
def test_long_questions_are_read_quickly(text: str) -> None:
    """No text keeps the parser busy: patterns do not blow up."""
    parse("warm up", BOTH)
    began = time.thread_time()
    parse(text, BOTH)
    assert time.thread_time() - began < 1.5
