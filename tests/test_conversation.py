"""The first conversation, end to end with the starter weights: a photograph, a voice message and questions."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from assistant import Assistant
from assistant.app import Reply, Upload
from assistant.settings import load_settings
from assistant.types import Answered, Kind

pytestmark = pytest.mark.weights

ROOT = Path(__file__).parents[1]
VOICE = ROOT / "plugins" / "speech" / "tests" / "data" / "speech_two_sentences.ogg"
QUESTION = ROOT / "tests" / "data" / "how_many_people.ogg"
PLUGINS = ("reasoner", "sentiment", "speech", "text", "video", "vision")


@pytest.fixture(scope="module")
def photo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A photograph of one astronaut (NASA, public domain, bundled with scikit-image)."""
    import skimage.data

    path = tmp_path_factory.mktemp("media") / "astronaut.jpg"
    Image.fromarray(skimage.data.astronaut()).save(path, quality=92)
    return path


@pytest.fixture(scope="module")
def opened() -> Iterator[list[Assistant]]:
    """Loading models is what takes time here: one assistant does for all tests that do not end it."""
    shared: list[Assistant] = []
    yield shared
    for each in shared:
        each.close()


@pytest.fixture
def assistant(opened: list[Assistant]) -> Assistant:
    """Made within a test, so by the settings of tests."""
    if not opened:
        opened.append(Assistant())
    return opened[0]


def ended(reply: Reply, state: str) -> set[str]:
    return {status.perceiver for status in reply.statuses if status.state == state}


def test_a_photograph_and_a_voice_message(assistant: Assistant, photo: Path) -> None:
    """A picture is answered about with boxes, a recording with times; a follow-up perceives nothing anew."""
    conversation = assistant.store.create_conversation("local")
    reply = assistant.ask("How many people are there?", photo, VOICE, conversation=conversation)
    assert reply.gaps == ()
    assert reply.answer is not None
    assert reply.answer.short == "1"
    (person, *_) = reply.evidence
    assert (person.kind, person.text) == (Kind.OBJECT, "person")
    assert person.box is not None
    segments = [seen for seen in reply.observations if seen.kind == Kind.TRANSCRIPT_SEGMENT]
    assert segments
    assert all(seen.span is not None and seen.data["words"] for seen in segments)

    again = assistant.ask("What did they say?", conversation=conversation)
    assert {status.perceiver for status in again.statuses if status.part != again.question.part} <= {"sentiment_words"}
    assert segments[0].text.split()[0] in again.text


def test_the_next_process_goes_on(photo: Path) -> None:
    """It finds the photograph perceived already, and is asked about it without getting it again."""
    with Assistant() as earlier:
        conversation = earlier.store.create_conversation("local")
        first = earlier.ask("What is in the picture?", photo, conversation=conversation)
        assert {"vision_objects", "vision_text"} <= ended(first, "done")
    with Assistant() as later:
        again = later.perceive(photo)
        assert ended(again, "done") == set()
        assert {"vision_objects", "vision_text"} <= ended(again, "cached")
        assert "person" in {seen.text for seen in again.observations}
        reply = later.ask("Is there a person?", conversation=conversation)
    assert reply.answer is not None
    assert reply.answer.short == "yes"


def test_a_spoken_question_about_a_picture(assistant: Assistant, photo: Path) -> None:
    """Without typed text the voice message is the question, and the picture is answered about."""
    reply = assistant.ask("", photo, QUESTION)
    assert reply.question.spoken
    assert "people" in reply.question.text
    assert reply.answer is not None
    assert reply.answer.short == "1"


def test_a_spoken_remark_is_quoted(assistant: Assistant, photo: Path) -> None:
    """A voice message that asks nothing is not taken for a question."""
    reply = assistant.ask("", photo, VOICE)
    assert reply.question.spoken
    assert "fox" in reply.text


@pytest.mark.parametrize("missing", PLUGINS)
def test_any_plugin_may_be_missing(missing: str, assistant: Assistant, photo: Path) -> None:
    """Without one plugin the assistant still works, and says what it lacks when that was asked for.

    What the missing one has no part in may be remembered: that decides what is perceived anew.
    """
    with Assistant(load_settings(disabled=[missing], data_dir=assistant.settings.data_dir)) as without:
        assert missing not in {info.name for info in without.host.plugins()}
        assert without.host.problems() == ()
        reply = without.ask("What is in the picture, and what did they say?", photo, VOICE)
    assert reply.text
    if missing == "vision":
        assert any(gap.cause == "no_plugin" and "sensorium-vision" in gap.remedy for gap in reply.gaps)
    elif missing == "speech":
        assert any(gap.cause == "no_plugin" and "sensorium-speech" in gap.remedy for gap in reply.gaps)
    elif missing == "reasoner":
        assert "sensorium-reasoner" in reply.text
    else:
        assert "person" in {seen.text for seen in reply.observations}


def test_bad_files_among_good_ones(assistant: Assistant, photo: Path, tmp_path: Path) -> None:
    """Empty, cut off, disguised: each is named with what to do, and the photograph is answered about."""
    bad = {
        "empty.png": b"",
        "cut.jpg": photo.read_bytes()[:900],
        "text.jpg": b"this is only text\n",
        "page.svg": b"<svg xmlns='http://www.w3.org/2000/svg'><image href='file:///etc/passwd'/></svg>",
    }
    for name, content in bad.items():
        (tmp_path / name).write_bytes(content)
    reply = assistant.ask("Is there a person?", *(tmp_path / name for name in bad), photo)
    assert reply.answer is not None
    assert reply.answer.short == "yes"
    assert {gap.name for gap in reply.gaps} == set(bad)
    assert all(gap.name in gap.message and gap.remedy for gap in reply.gaps)


def test_a_picture_that_cannot_be_read_is_not_answered_about(assistant: Assistant, photo: Path, tmp_path: Path) -> None:
    """What could not be looked at is not said to hold nothing."""
    (tmp_path / "cut.jpg").write_bytes(photo.read_bytes()[:20_000])
    reply = assistant.ask("Is there a bus?", tmp_path / "cut.jpg")
    assert reply.answer is not None
    assert reply.answer.abstained
    assert "cut.jpg" in reply.text


async def test_a_turn_of_its_own_stores_nothing(assistant: Assistant, photo: Path) -> None:
    """Without a conversation the events come all the same, and no conversation is listed that was not there."""
    before = assistant.store.conversations("local")
    events = [event async for event in assistant.turn("Is there a person?", [Upload("photo.jpg", photo)])]
    (answered,) = [event for event in events if isinstance(event, Answered)]
    assert answered.answer.short == "yes"
    assert assistant.store.conversations("local") == before
